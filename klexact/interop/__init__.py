"""Objects of other libraries, both ways.

In: wherever klexact takes a distribution, it takes these, their numbers as exactly the binary values they are:

| library | objects |
|---|---|
| SymPy | random variables of sympy.stats, with symbols; expressions of finite ones, one-to-one ones of any single one |
| SciPy | frozen distributions of scipy.stats, loc and scale included |
| NumPy, PyTorch, JAX | arrays: vectors on outcomes 0, 1, 2, ...; of more dimensions on tuples |
| pandas | Series, on their index; DataFrames, two-way tables on (row, column); samples with `Distribution.from_samples` |
| standard library | `statistics.NormalDist`, `collections.Counter` |
| PyTorch, TensorFlow Probability | single objects of their distributions; no batches |

Numbers are probabilities; `Distribution.from_counts` and `from_weights` take what are counts or weights. What is no law of
klexact is refused by name.

Out: `to_sympy` and `to_counter` lose nothing; `to_numpy`, `to_pandas`, `to_scipy`, `to_statistics` and `to_torch` round
to doubles, correctly. Nothing of a library is imported before one of its objects is given or asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klexact.foreign import understood
    from klexact.interop.arrays import to_numpy
    from klexact.interop.pandas import to_pandas
    from klexact.interop.scipy import to_scipy
    from klexact.interop.standard import to_counter, to_statistics
    from klexact.interop.sympy import to_sympy
    from klexact.interop.torch import to_torch

__all__ = [
    "to_counter",
    "to_numpy",
    "to_pandas",
    "to_scipy",
    "to_statistics",
    "to_sympy",
    "to_torch",
    "understood",
]

_HOME = {"to_counter": "standard", "to_numpy": "arrays", "to_statistics": "standard"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'klexact.interop' has no attribute {name!r}")
    if name == "understood":
        return getattr(import_module("klexact.foreign"), name)
    return getattr(import_module(f"klexact.interop.{_HOME.get(name, name.removeprefix('to_'))}"), name)
