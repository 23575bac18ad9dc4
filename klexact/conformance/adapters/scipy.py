"""SciPy: scipy.special, scipy.stats.entropy and scipy.spatial.distance.jensenshannon.

Its functions have loops for single and double precision. Those of scipy.special are documented to be infinite outside the
domain.
"""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.library import BASES, Library, imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_EXTENDED = frozenset({"extended-value"})
_DTYPES = {"binary32": "float32", "binary64": "float64"}


def _array(name: str, numbers: Any) -> Any:
    return imported("numpy", "numpy").array(numbers, dtype=name)


_NUMBERS = Library("import numpy as np", _array, "np.{dtype}({numbers})", _DTYPES)
_VECTORS = Library("import numpy as np", _array, "np.array({numbers}, dtype=np.{dtype})", _DTYPES)


def _special() -> Iterator[Target]:
    f = imported("scipy.special", "scipy")
    for library, name, function, variant, formula, text in (
        (_NUMBERS, "entr", "entr", "raw", f.entr, "entr(p)"),
        (_NUMBERS, "rel_entr", "rel_entr", "raw", f.rel_entr, "rel_entr(p, q)"),
        (_NUMBERS, "kl_div", "kl_div", "generalised", f.kl_div, "kl_div(p, q)"),
        (_VECTORS, "entr", "entropy", "raw", lambda p: f.entr(p).sum(), "entr(p).sum()"),
        (_VECTORS, "rel_entr", "kl_divergence", "raw", lambda p, q: f.rel_entr(p, q).sum(), "rel_entr(p, q).sum()"),
        (_VECTORS, "kl_div", "kl_divergence", "generalised", lambda p, q: f.kl_div(p, q).sum(), "kl_div(p, q).sum()"),
    ):
        shown = f"scipy.special.{name}" if library is _NUMBERS else f"sum of scipy.special.{name}"
        prelude = f"from scipy.special import {name}"
        yield library.target(shown, function, variant, formula, text, prelude=prelude, conventions=_EXTENDED)


def _entropy(unit: str) -> Iterator[Target]:
    entropy, base = imported("scipy.stats", "scipy").entropy, BASES[unit]
    for function, formula, text in (
        ("entropy", lambda p: entropy(p, base=base), f"entropy(p, base={base})"),
        ("kl_divergence", lambda p, q: entropy(p, q, base=base), f"entropy(p, q, base={base})"),
    ):
        prelude = "from scipy.stats import entropy"
        yield _VECTORS.target("scipy.stats.entropy", function, "normalised", formula, text, unit=unit, prelude=prelude)


def _jensenshannon(unit: str) -> Iterator[Target]:
    distance, base = imported("scipy.spatial.distance", "scipy").jensenshannon, BASES[unit]
    name, prelude = "scipy.spatial.distance.jensenshannon", "from scipy.spatial.distance import jensenshannon"
    text = f"jensenshannon(p, q, base={base})"
    for shown, function, power in (
        (name, "jensen_shannon_distance", 1),
        (f"square of {name}", "jensen_shannon_divergence", 2),
    ):
        yield _VECTORS.target(
            shown,
            function,
            "normalised",
            lambda p, q, power=power: distance(p, q, base=base) ** power,
            f"{text} ** {power}",
            unit=unit,
            prelude=prelude,
        )


def _targets() -> tuple[Target, ...]:
    found = list(_special())
    for unit in BASES:
        found += [*_entropy(unit), *_jensenshannon(unit)]
    return tuple(found)


ADAPTER = Adapter("scipy", ("scipy",), _targets)
