"""TensorFlow Probability on JAX: Categorical, which takes probabilities, and kl_divergence of its laws.

The entropy of a Categorical does not normalise them, its divergence does; so vectors of another mass are skipped.
"""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.jaxes import ARRAYS, PRELUDE, array, enabled
from klexact.conformance.adapters.laws import Distributions
from klexact.conformance.adapters.library import imported, off_simplex
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_MODULE, _DISTRIBUTION = "tensorflow_probability.substrates.jax", "tfp-nightly"
_PRELUDE = f"from {_MODULE} import distributions as tfd"
_DTYPES = ("binary32", "binary64")
_LAWS = {
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


def _categorical(tfd: Any) -> Iterator[Target]:
    def d(p: Any) -> Any:
        return tfd.Categorical(probs=p)

    for function, variant, formula, text in (
        ("entropy", "raw", lambda p: d(p).entropy(), "tfd.Categorical(probs=p).entropy()"),
        (
            "kl_divergence",
            "normalised",
            lambda p, q: d(p).kl_divergence(d(q)),
            "tfd.Categorical(probs=p).kl_divergence(tfd.Categorical(probs=q))",
        ),
    ):
        yield ARRAYS.target(
            "tfp.Categorical",
            function,
            variant,
            formula,
            text,
            dtypes=_DTYPES,
            prelude=_PRELUDE,
            takes=off_simplex,
        )


def _targets() -> tuple[Target, ...]:
    enabled(_DISTRIBUTION)
    tfd = imported(_MODULE, _DISTRIBUTION).distributions
    laws = Distributions(
        laws=_LAWS,
        classes=tfd,
        number=array,
        divergence=tfd.kl_divergence,
        prelude=f'{PRELUDE}; from {_MODULE}.distributions import *; t = lambda x: jnp.array(x, dtype="{{dtype}}")',
        shown="kl_divergence({p}, {q})",
        dtypes={"binary32": "float32", "binary64": "float64"},
    )
    return (*_categorical(tfd), laws.target("tfp.kl_divergence"))


ADAPTER = Adapter("tfp", (_DISTRIBUTION, "jax"), _targets)
