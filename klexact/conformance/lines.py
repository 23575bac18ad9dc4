"""One line of Python that asks a function of one's own again."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

__all__ = ["call_line", "importing", "written"]


def importing(named: str) -> tuple[str, str]:
    """Return what imports a function named MODULE:FUNCTION, and how it is called then; "f" where it has no name.

    >>> importing("math:fsum"), importing("__main__:kl"), importing("m:<lambda>"), importing("m:Measures.kl")
    (('from math import fsum; ', 'fsum'), ('', 'kl'), ('', 'f'), ('from m import Measures; ', 'Measures.kl'))
    """
    module, _, name = named.rpartition(":")
    if "<" in named or not module:
        last = name.rpartition(".")[2]
        return "", "f" if "<" in last else last
    return ("" if module == "__main__" else f"from {module} import {name.partition('.')[0]}; "), name


def call_line(named: str, given: Sequence[Any]) -> str:
    """Return the line that prints what a function named MODULE:FUNCTION makes of arguments.

    >>> call_line("math:fsum", [[0.5, float("inf")]])
    "from math import fsum; print(fsum([0.5, float('inf')]))"
    """
    imported, name = importing(named)
    text = ", ".join(map(written, given))
    fractions = "from fractions import Fraction; " if "Fraction(" in text else ""
    return f"{fractions}{imported}print({name}({text}))"


def written(x: Any) -> str:
    """Return an argument of a case as Python writes it."""
    if isinstance(x, list):
        return f"[{', '.join(map(written, x))}]"
    return repr(x) if isinstance(x, (str, int, Fraction)) or x - x == 0 else f"float('{x}')"
