"""klexact: exact entropy and Kullback-Leibler divergence.

Distributions are exact rationals, results SymPy expressions in a canonical form, optima closed forms with a proof.

| what | names |
|---|---|
| distributions | `Distribution` |
| measures | `entropy`, `cross_entropy`, `kl_divergence`, `jeffreys_divergence`, `jensen_shannon_divergence`, |
| | `mutual_information`, `conditional_entropy`, `joint_entropy`, `total_correlation`, `perplexity`; of any order |
| | `renyi_entropy`, `renyi_divergence`, `tsallis_entropy`, `tsallis_divergence` |
| distances | `total_variation`, `hellinger_distance`, `bhattacharyya_coefficient`, `bhattacharyya_distance`, |
| | `chi_squared_divergence` |
| scalar terms | `entr`, `rel_entr`, `kl_div` |
| codes | `Code`, `huffman_code`, `shannon_code` |
| models | `Family`, made by the functions of `klexact.families`; `Law`, by those of `klexact.laws` |
| optima | `fit`, `Fit`, `compare`, `Comparison`, `minimise`; under constraints `project`, `max_entropy`, `Projection` |
| derivations | `derive`; a `Fit` has its own |
| other libraries | their distributions are taken as they are, and made: `klexact.interop`; code: `klexact.codegen.code` |
| the engine | `LogForm`; `enclose`, `Enclosure`, `sign`, `is_zero`, `order`, `decimal`, `round_to`; `verify` |
| errors | `KLExactError` and its leaves in `klexact.errors` |

The names load when they are first used (PEP 562), so importing klexact loads neither SymPy nor FLINT.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klexact import families, laws
    from klexact.certify import decimal, enclose, is_zero, order, sign
    from klexact.codes import Code, huffman_code, shannon_code
    from klexact.crosscheck import verify
    from klexact.distances import (
        bhattacharyya_coefficient,
        bhattacharyya_distance,
        chi_squared_divergence,
        hellinger_distance,
        total_variation,
    )
    from klexact.distribution import Distribution
    from klexact.enclosure import Enclosure
    from klexact.errors import KLExactError
    from klexact.families import Family
    from klexact.fitting import Comparison, Fit, compare, fit, minimise
    from klexact.laws import Law, derive
    from klexact.logform import LogForm
    from klexact.measures import (
        conditional_entropy,
        cross_entropy,
        entr,
        entropy,
        jeffreys_divergence,
        jensen_shannon_divergence,
        joint_entropy,
        kl_div,
        kl_divergence,
        mutual_information,
        perplexity,
        rel_entr,
        total_correlation,
    )
    from klexact.orders import renyi_divergence, renyi_entropy, tsallis_divergence, tsallis_entropy
    from klexact.projection import Projection, max_entropy, project
    from klexact.rounding import round_to

__all__ = [
    "Code",
    "Comparison",
    "Distribution",
    "Enclosure",
    "Family",
    "Fit",
    "KLExactError",
    "Law",
    "LogForm",
    "Projection",
    "bhattacharyya_coefficient",
    "bhattacharyya_distance",
    "chi_squared_divergence",
    "compare",
    "conditional_entropy",
    "cross_entropy",
    "decimal",
    "derive",
    "enclose",
    "entr",
    "entropy",
    "families",
    "fit",
    "hellinger_distance",
    "huffman_code",
    "is_zero",
    "jeffreys_divergence",
    "jensen_shannon_divergence",
    "joint_entropy",
    "kl_div",
    "kl_divergence",
    "laws",
    "max_entropy",
    "minimise",
    "mutual_information",
    "order",
    "perplexity",
    "project",
    "rel_entr",
    "renyi_divergence",
    "renyi_entropy",
    "round_to",
    "shannon_code",
    "sign",
    "total_correlation",
    "total_variation",
    "tsallis_divergence",
    "tsallis_entropy",
    "verify",
]

_HOME = {
    "certify": ("decimal", "enclose", "is_zero", "order", "sign"),
    "codes": ("Code", "huffman_code", "shannon_code"),
    "crosscheck": ("verify",),
    "distances": (
        "bhattacharyya_coefficient",
        "bhattacharyya_distance",
        "chi_squared_divergence",
        "hellinger_distance",
        "total_variation",
    ),
    "distribution": ("Distribution",),
    "enclosure": ("Enclosure",),
    "errors": ("KLExactError",),
    "families": ("Family",),
    "fitting": ("Comparison", "Fit", "compare", "fit", "minimise"),
    "laws": ("Law", "derive"),
    "logform": ("LogForm",),
    "orders": ("renyi_divergence", "renyi_entropy", "tsallis_divergence", "tsallis_entropy"),
    "projection": ("Projection", "max_entropy", "project"),
    "rounding": ("round_to",),
}
_PACKAGES = ("families", "laws")
_MODULE = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'klexact' has no attribute {name!r}")
    if name in _PACKAGES:
        return import_module(f"klexact.{name}")
    return getattr(import_module(f"klexact.{_MODULE.get(name, 'measures')}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
