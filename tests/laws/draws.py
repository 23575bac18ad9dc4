"""Laws at random rational parameters, from a seed: what closed forms are checked at."""

from collections.abc import Callable
from random import Random

from sympy import Rational

from klexact import laws
from klexact.laws.law import Law

Draw = Callable[[Random], Law]


def positive(r: Random, low: int = 2, high: int = 24) -> Rational:
    """Return a multiple of 1/7 or 1/8: integer and half-integer parameters, which are special, come up too."""
    return Rational(r.randint(low, high), r.choice([7, 8]))


def location(r: Random) -> Rational:
    return Rational(r.randint(-12, 12), 8)


def share(r: Random) -> Rational:
    return Rational(r.randint(1, 10), 11)


def shares(r: Random) -> list[Rational]:
    weights = [r.randint(1, 9) for _ in range(3)]
    return [Rational(w, sum(weights)) for w in weights]


def cuts(r: Random) -> list[Rational]:
    low = location(r)
    return [low, low + positive(r)]


CONTINUOUS: dict[str, Draw] = {
    "normal": lambda r: laws.normal(location(r), positive(r)),
    "laplace": lambda r: laws.laplace(location(r), positive(r)),
    "cauchy": lambda r: laws.cauchy(location(r), positive(r)),
    "gumbel": lambda r: laws.gumbel(location(r), positive(r)),
    "moyal": lambda r: laws.moyal(location(r), positive(r)),
    "exp_gamma": lambda r: laws.exp_gamma(positive(r), positive(r)),
    "exp_inverse_gamma": lambda r: laws.exp_inverse_gamma(positive(r), positive(r)),
    "gamma": lambda r: laws.gamma(positive(r), positive(r)),
    "exponential": lambda r: laws.exponential(positive(r)),
    "chi_squared": lambda r: laws.chi_squared(positive(r)),
    "chi": lambda r: laws.chi(positive(r)),
    "half_normal": lambda r: laws.half_normal(positive(r)),
    "rayleigh": lambda r: laws.rayleigh(positive(r)),
    "weibull": lambda r: laws.weibull(positive(r), positive(r)),
    "inverse_gamma": lambda r: laws.inverse_gamma(positive(r), positive(r)),
    "log_normal": lambda r: laws.log_normal(location(r), positive(r, 4, 12)),
    "pareto": lambda r: laws.pareto(positive(r), positive(r)),
    "inverse_gaussian": lambda r: laws.inverse_gaussian(positive(r), positive(r)),
    "beta": lambda r: laws.beta(positive(r), positive(r)),
    "kumaraswamy": lambda r: laws.kumaraswamy(positive(r), positive(r)),
    "continuous_bernoulli": lambda r: laws.continuous_bernoulli(share(r)),
    "uniform": lambda r: laws.uniform(low := location(r), low + positive(r)),
    "log_uniform": lambda r: laws.log_uniform(low := positive(r), low + positive(r)),
    "logit_normal": lambda r: laws.logit_normal(location(r), positive(r, 4, 12)),
    "von_mises": lambda r: laws.von_mises(location(r), positive(r)),
}
DISCRETE: dict[str, Draw] = {
    "bernoulli": lambda r: laws.bernoulli(share(r)),
    "binomial": lambda r: laws.binomial(r.randint(1, 6), share(r)),
    "geometric": lambda r: laws.geometric(share(r)),
    "first_success": lambda r: laws.first_success(share(r)),
    "negative_binomial": lambda r: laws.negative_binomial(positive(r), share(r)),
    "poisson": lambda r: laws.poisson(positive(r)),
    "logarithmic": lambda r: laws.logarithmic(share(r)),
    "categorical": lambda r: laws.categorical(shares(r)),
    "discrete_uniform": lambda r: laws.discrete_uniform(low := r.randint(-1, 3), low + r.randint(0, 6)),
    "ordered_logistic": lambda r: laws.ordered_logistic(cuts(r), location(r)),
    "stopping_ratio_logistic": lambda r: laws.stopping_ratio_logistic(cuts(r), location(r)),
    "probit_bernoulli": lambda r: laws.probit_bernoulli(location(r)),
}
DRAWS = CONTINUOUS | DISCRETE


def drawn(name: str, seed: str) -> Law:
    """Return a law of a name: the same one for the same seed."""
    return DRAWS[name](Random(f"{name} {seed}"))
