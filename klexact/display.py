"""How a distribution is shown: plain text, LaTeX and HTML, the first outcomes of a long one."""

from collections.abc import Hashable, Iterator
from html import escape
from itertools import islice
from typing import Any, Protocol

import sympy

from klexact.exact import approximation
from klexact.zeroof import ZeroOf

__all__ = ["html", "latex", "plain", "text"]

_SHOWN = 12
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


def text(expr: sympy.Expr) -> str:
    """Return an exact number as text; with a `CRootOf` or `ZeroOf` unsorted, for to sort terms SymPy would evaluate it.

    >>> text(sympy.log(3) - 2)
    '-2 + log(3)'
    """
    return str(sympy.sstr(expr, order="none")) if expr.has(sympy.CRootOf, ZeroOf) else str(expr)


def plain(d: _Shown) -> str:
    """Return one line: the outcomes with their probabilities, and the conditions on the parameters."""
    entries = [f"{x!r}: {p}" for x, p in _entries(d)]
    if len(d) > _SHOWN:
        entries.append(f"... {len(d) - _SHOWN} more")
    conditions = " if " + " and ".join(map(str, d.conditions)) if d.conditions else ""
    return f"Distribution({{{', '.join(entries)}}}{conditions})"


def latex(d: _Shown) -> str:
    r"""Return a LaTeX cases environment.

    >>> from klexact import Distribution
    >>> print(latex(Distribution({"a": 1})))
    $P(x) = \begin{cases} 1 & x = \text{a} \end{cases}$
    """
    rows = [f"{sympy.latex(p)} & x = \\text{{{x}}}" for x, p in _entries(d)]
    if len(d) > _SHOWN:
        rows.append("\\ldots & \\ldots")
    conditions = "".join(f",\\ {sympy.latex(c)}" for c in d.conditions)
    return "$P(x) = \\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}" + conditions + "$"


def html(d: _Shown) -> str:
    """Return an HTML table.

    >>> from klexact import Distribution
    >>> html(Distribution({"<a>": 1}))
    '<table><tr><th>outcome</th><th>probability</th></tr><tr><td>&lt;a&gt;</td><td>1</td></tr></table>'
    """
    rows = "".join(f"<tr><td>{escape(str(x))}</td><td>{escape(str(p))}</td></tr>" for x, p in _entries(d))
    if len(d) > _SHOWN:
        rows += f"<tr><td>…</td><td>{len(d) - _SHOWN} more</td></tr>"
    conditions = escape(" and ".join(map(str, d.conditions)))
    caption = f"<caption>if {conditions}</caption>" if conditions else ""
    return f"<table>{caption}<tr><th>outcome</th><th>probability</th></tr>{rows}</table>"
