"""What libraries of distributions call the laws of `klexact.laws` whose parameters correspond one to one.

Data alone: what grades the libraries and what reads their objects agree on it.
"""

__all__ = ["NUMPYRO", "TFP", "TORCH", "Named"]

Named = tuple[str, tuple[str, ...]]  # a class, and its parameters in the order of klexact.laws


NUMPYRO: dict[str, Named] = {
    "beta": ("Beta", ("concentration1", "concentration0")),
    "categorical": ("Categorical", ("probs",)),
    "dirichlet": ("Dirichlet", ("concentration",)),
    "gamma": ("Gamma", ("concentration", "rate")),
    "kumaraswamy": ("Kumaraswamy", ("concentration1", "concentration0")),
    "normal": ("Normal", ("loc", "scale")),
    "weibull": ("Weibull", ("concentration", "scale")),
}

TFP: dict[str, Named] = {
    "bernoulli": ("Bernoulli", ("probs",)),
    "beta": ("Beta", ("concentration1", "concentration0")),
    "categorical": ("Categorical", ("probs",)),
    "cauchy": ("Cauchy", ("loc", "scale")),
    "chi": ("Chi", ("df",)),
    "chi_squared": ("Chi2", ("df",)),
    "continuous_bernoulli": ("ContinuousBernoulli", ("probs",)),
    "dirichlet": ("Dirichlet", ("concentration",)),
    "exp_gamma": ("ExpGamma", ("concentration", "rate")),
    "exp_inverse_gamma": ("ExpInverseGamma", ("concentration", "scale")),
    "exponential": ("Exponential", ("rate",)),
    "gamma": ("Gamma", ("concentration", "rate")),
    "geometric": ("Geometric", ("probs",)),
    "gumbel": ("Gumbel", ("loc", "scale")),
    "half_normal": ("HalfNormal", ("scale",)),
    "inverse_gamma": ("InverseGamma", ("concentration", "scale")),
    "laplace": ("Laplace", ("loc", "scale")),
    "log_normal": ("LogNormal", ("loc", "scale")),
    "logit_normal": ("LogitNormal", ("loc", "scale")),
    "moyal": ("Moyal", ("loc", "scale")),
    "normal": ("Normal", ("loc", "scale")),
    "pareto": ("Pareto", ("scale", "concentration")),
    "poisson": ("Poisson", ("rate",)),
    "probit_bernoulli": ("ProbitBernoulli", ("probits",)),
    "uniform": ("Uniform", ("low", "high")),
    "von_mises": ("VonMises", ("loc", "concentration")),
    "weibull": ("Weibull", ("concentration", "scale")),
}

TORCH: dict[str, Named] = {
    "bernoulli": ("Bernoulli", ("probs",)),
    "beta": ("Beta", ("concentration1", "concentration0")),
    "binomial": ("Binomial", ("total_count", "probs")),
    "categorical": ("Categorical", ("probs",)),
    "cauchy": ("Cauchy", ("loc", "scale")),
    "chi_squared": ("Chi2", ("df",)),
    "continuous_bernoulli": ("ContinuousBernoulli", ("probs",)),
    "dirichlet": ("Dirichlet", ("concentration",)),
    "exponential": ("Exponential", ("rate",)),
    "gamma": ("Gamma", ("concentration", "rate")),
    "geometric": ("Geometric", ("probs",)),
    "gumbel": ("Gumbel", ("loc", "scale")),
    "half_normal": ("HalfNormal", ("scale",)),
    "inverse_gamma": ("InverseGamma", ("concentration", "rate")),
    "laplace": ("Laplace", ("loc", "scale")),
    "log_normal": ("LogNormal", ("loc", "scale")),
    "normal": ("Normal", ("loc", "scale")),
    "pareto": ("Pareto", ("scale", "alpha")),
    "poisson": ("Poisson", ("rate",)),
    "uniform": ("Uniform", ("low", "high")),
    "weibull": ("Weibull", ("concentration", "scale")),
}
