"""The door for objects of other libraries: a module of `klexact.interop` reads them, loaded when the first one comes.

What decides is the package that an object's class, or a class beneath it, was written in. For anything else nothing is
imported.
"""

from importlib import import_module
from typing import Any

__all__ = ["observations", "understood"]

_READERS = {
    "jaxlib": "arrays",
    "numpy": "arrays",
    "pandas": "pandas",
    "scipy": "scipy",
    "statistics": "standard",
    "sympy": "sympy",
    "tensorflow_probability": "tfp",
    "torch": "torch",
}


def understood(x: Any) -> Any:
    """Return what an object of another library stands for: a law, a `Distribution`, or outcomes with numbers.

    Anything that is none of the known libraries', or no distribution there, comes back as it is.

    >>> from statistics import NormalDist
    >>> understood(NormalDist(1, 2)), understood(["1/2", "1/2"])
    (normal(1, 2), ['1/2', '1/2'])
    """
    reader = _reader(x)
    return x if reader is None else reader.read(x)


def observations(x: Any) -> Any:
    """Return the outcomes that were observed one by one: of a table or an array of several columns, the rows as tuples.

    >>> observations("abba")
    'abba'
    """
    reader = _reader(x)
    return reader.observations(x) if hasattr(reader, "observations") else x


def _reader(x: Any) -> Any:
    for cls in type(x).__mro__:
        name = _READERS.get(cls.__module__.partition(".")[0])
        if name is not None:
            return import_module(f"klexact.interop.{name}")
    return None
