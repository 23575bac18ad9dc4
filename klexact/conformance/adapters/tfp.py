"""TensorFlow Probability on JAX: Categorical, which takes probabilities, and kl_divergence of its laws.

The entropy of a Categorical does not normalise them, its divergence does; so vectors of another mass are skipped.
"""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.jaxes import ARRAYS, PRELUDE, array, enabled
from klexact.conformance.adapters.laws import Distributions
from klexact.conformance.adapters.library import imported, off_simplex
from klexact.conformance.targets import Adapter, Target
from klexact.lawnames import TFP

__all__ = ["ADAPTER"]

_MODULE, _DISTRIBUTION = "tensorflow_probability.substrates.jax", "tfp-nightly"
_PRELUDE = f"from {_MODULE} import distributions as tfd"
_DTYPES = ("binary32", "binary64")


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
        laws=TFP,
        classes=tfd,
        number=array,
        divergence=tfd.kl_divergence,
        prelude=f'{PRELUDE}; from {_MODULE}.distributions import *; t = lambda x: jnp.array(x, dtype="{{dtype}}")',
        shown="kl_divergence({p}, {q})",
        dtypes={"binary32": "float32", "binary64": "float64"},
    )
    return (*_categorical(tfd), laws.target("tfp.kl_divergence"))


ADAPTER = Adapter("tfp", (_DISTRIBUTION, "jax"), _targets)
