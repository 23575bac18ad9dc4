"""How a distribution is shown: plain text, LaTeX and a table, the first outcomes of a long one."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

import sympy

from klexact.exact import approximation
from klexact.ratfunc import is_parametric
from klexact.sheet import Sheet, bar, worded

__all__ = ["latex", "listed", "plain", "sheet"]

_SHOWN = 12
_WIDTH = 15  # characters of the longest bar
_LONG = 10**40


class _Shown(Protocol):
    conditions: tuple[sympy.Basic, ...]

    def items(self) -> Iterator[tuple[Hashable, sympy.Expr]]: ...

    def mass(self, outcome: Hashable) -> Any: ...

    def __len__(self) -> int: ...


def _entries(d: _Shown) -> list[tuple[Hashable, Any]]:
    """Return the first outcomes with their probabilities; rational ones too long to read as approximations."""
    first = islice(d.items(), _SHOWN)
    return [
        (x, p if not p.is_Rational or p.q < _LONG else sympy.Symbol(f"≈{approximation(d.mass(x))}")) for x, p in first
    ]


def plain(d: _Shown) -> str:
    """Return one line: the outcomes with their probabilities, and the conditions on the parameters."""
    entries = [f"{x!r}: {p}" for x, p in _entries(d)]
    if len(d) > _SHOWN:
        entries.append(f"... {len(d) - _SHOWN} more")
    conditions = " if " + " and ".join(map(str, d.conditions)) if d.conditions else ""
    return f"Distribution({{{', '.join(entries)}}}{conditions})"


def listed(outcomes: Iterable[Hashable], most: int = 5) -> str:
    """Return outcomes as text, runs of integers as 0..4; after `most` of them how many more there are.

    >>> listed([0, 1, 2, 4, "a"]), listed(range(3, 10**6)), listed(range(0, 30, 2), 3), listed([])
    ("0..2, 4, 'a'", '3..999999', '0, 2, 4 and 12 more', '')
    """
    found = list(outcomes)
    pieces: list[str] = []
    at = 0
    while at < len(found) and len(pieces) < most:
        length = _run(found, at)
        pieces.append(repr(found[at]) if length == 1 else f"{found[at]}..{found[at + length - 1]}")
        at += length
    return ", ".join(pieces) + (f" and {len(found) - at:,} more" if at < len(found) else "")


def _run(found: Sequence[Any], start: int) -> int:
    """Return how many outcomes from one on are told as a run of integers; two stay two."""
    first = found[start]
    if type(first) is not int:
        return 1
    length = next((k for k, x in enumerate(found[start:]) if type(x) is not int or x != first + k), len(found) - start)
    return length if length > 2 else 1


def latex(d: _Shown, printer: Any) -> str:
    r"""Return a LaTeX cases environment.

    >>> from klexact import Distribution
    >>> print(sympy.latex(Distribution({"a": 1})))
    P(x) = \begin{cases} 1 & x = \text{a} \end{cases}
    """
    rows = [f"{printer.doprint(p)} & x = {worded(str(x))}" for x, p in _entries(d)]
    if len(d) > _SHOWN:
        rows.append("\\ldots & \\ldots")
    conditions = "".join(f",\\ {printer.doprint(c)}" for c in d.conditions)
    return "P(x) = \\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}" + conditions


def sheet(d: _Shown) -> Sheet:
    """Return the table of outcomes, probabilities and, where these are numbers, bars.

    >>> from klexact import Distribution
    >>> print(sheet(Distribution({"<a>": "1/4", "b": "3/4"})).unicode())
    outcome  probability
    ───────  ───────────  ───────────────
    <a>      1/4          █████
    b        3/4          ███████████████
    """
    entries = _entries(d)
    remarks = [f"{len(d) - _SHOWN} more outcomes"] if len(d) > _SHOWN else []
    if d.conditions:
        remarks.append(f"if {' and '.join(map(str, d.conditions))}")
    if any(is_parametric(d.mass(x)) for x, _ in entries):
        return Sheet("", ("outcome", "probability"), [(str(x), p) for x, p in entries], remarks)
    masses = [float(approximation(d.mass(x))) for x, _ in entries]
    bars = [bar(m / max(*masses, 1e-300), _WIDTH) for m in masses]
    rows = [(str(x), str(p), drawn) for (x, p), drawn in zip(entries, bars, strict=True)]
    return Sheet("", ("outcome", "probability", ""), rows, remarks)
