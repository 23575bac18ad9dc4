"""NumPyro: Categorical, which takes probabilities that sum to 1 up to rounding, and kl_divergence of its laws."""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.jaxes import PRELUDE, array, enabled
from klexact.conformance.adapters.laws import Distributions
from klexact.conformance.adapters.library import Library, imported, off_simplex
from klexact.conformance.targets import Adapter, Target
from klexact.lawnames import NUMPYRO

__all__ = ["ADAPTER"]

_DTYPES = {"binary32": "float32", "binary64": "float64"}
_ARRAYS = Library(PRELUDE, array, 'jnp.array({numbers}, dtype="{dtype}")', _DTYPES)


def _categorical(d: Any) -> Iterator[Target]:
    name, prelude = "numpyro.distributions.Categorical", "import numpyro.distributions as dist"
    for function, formula, text in (
        ("entropy", lambda p: d.Categorical(p).entropy(), "dist.Categorical(p).entropy()"),
        (
            "kl_divergence",
            lambda p, q: d.kl_divergence(d.Categorical(p), d.Categorical(q)),
            "dist.kl_divergence(dist.Categorical(p), dist.Categorical(q))",
        ),
    ):
        yield _ARRAYS.target(name, function, "raw", formula, text, prelude=prelude, takes=off_simplex)


def _targets() -> tuple[Target, ...]:
    enabled("numpyro")
    d = imported("numpyro.distributions", "numpyro")
    laws = Distributions(
        laws=NUMPYRO,
        classes=d,
        number=array,
        divergence=d.kl_divergence,
        prelude=f'{PRELUDE}; from numpyro.distributions import *; t = lambda x: jnp.array(x, dtype="{{dtype}}")',
        shown="kl_divergence({p}, {q})",
        dtypes=_DTYPES,
    )
    return (*_categorical(d), laws.target("numpyro.distributions.kl_divergence"))


ADAPTER = Adapter("numpyro", ("numpyro",), _targets)
