"""What can be graded: implementations with the function, variant, unit and formats that they are declared to compute."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klexact.errors import KLExactError

__all__ = ["Adapter", "MissingLibraryError", "Target"]


class MissingLibraryError(KLExactError):
    """A library that is to be graded and is not installed."""


@dataclass(frozen=True)
class Target:
    """One implementation as a golden function.

    `call(dtype, *arguments)` gets the arguments of a case in order, as `Case.values` gives them (floats that the format has
    exactly, nested lists of them, ints, text), and returns one number, or an `Answer` with a reason to skip.
    `line(dtype, *arguments)` gets the same and returns one line of Python that prints it. What `call` raises counts as its
    refusal of the input. `conventions` are the alternates that it claims.
    """

    name: str
    function: str
    variant: str
    unit: str
    dtypes: tuple[str, ...]
    call: Callable[..., Any]
    line: Callable[..., str]
    conventions: frozenset[str] = frozenset()
    max_length: int = 10**6  # longer vectors are skipped


@dataclass(frozen=True)
class Adapter:
    """A library: its name on the command line, its distributions on PyPI, and what imports it and returns its targets."""

    name: str
    distributions: tuple[str, ...]
    targets: Callable[[], tuple[Target, ...]]
