"""A sheet: what an object shows of itself, as a table of exact cells; and its faces: text, Unicode, LaTeX, HTML.

A noun of klexact says what is on its sheet, `Displayed` does the rest: in a console with `sympy.init_printing()`, in IPython
and in Jupyter, and for `sympy.pretty(x)` and `sympy.latex(x)`, as for any SymPy object.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from textwrap import wrap
from typing import Any, TypeAlias

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm

from klexact.zeroof import ZeroOf

__all__ = ["Displayed", "Sheet", "bar", "text", "worded"]

Cell: TypeAlias = Any  # text or a SymPy object, which is untyped

_PAGE, _WIDEST = 79, 40  # columns of a page, and of a formula
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "{}_#%&$"}
    | {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
)


def text(expr: sympy.Expr) -> str:
    """Return an exact number as text; with a `CRootOf` or `ZeroOf` unsorted, for to sort terms SymPy would evaluate it.

    >>> text(sympy.log(3) - 2)
    '-2 + log(3)'
    """
    return str(sympy.sstr(expr, order="none")) if expr.has(sympy.CRootOf, ZeroOf) else str(expr)


def worded(words: str) -> str:
    r"""Return words for LaTeX's math mode: what is special to LaTeX stands for itself; for no words nothing.

    >>> print(worded("w_1 -> 50%"))
    \text{w\_1 -> 50\%}
    """
    return rf"\text{{{words.translate(_SPECIAL)}}}" if words else ""


def bar(fraction: Fraction | float, width: int) -> str:
    """Return a bar of at most `width` characters, to an eighth of one.

    >>> bar(Fraction(1, 2), 5), bar(0, 5), bar(1, 5)
    ('██▌', '', '█████')
    """
    eighths = round(fraction * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


@dataclass(frozen=True)
class Sheet:
    """A table with a title above and remarks below; cells are text or SymPy objects, the header may be empty.

    >>> sheet = Sheet("a coin", ("outcome", "probability"), [("0", 1 / sympy.sqrt(2)), ("1", "the rest")], ["a remark"])
    >>> print(sheet.unicode())
    a coin
    outcome  probability
    ───────  ───────────
             √2
    0        ──
             2
    1        the rest
    a remark
    """

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    remarks: Sequence[str] = ()

    def unicode(self, printer: Any = None) -> str:
        """Return the table as text, formulas in two dimensions; a SymPy pretty printer brings its settings."""
        printer = printer or PrettyPrinter({"use_unicode": True})
        drawn = [[_form(cell, printer) for cell in row] for row in self.rows]
        head = [[prettyForm(name) for name in self.header]] if self.header else []
        widths = [max(form.width() for form in column) for column in zip(*head, *drawn, strict=True)]
        lines = [line for row in [*head, *drawn] for line in _joined(row, widths)]
        if head:
            lines.insert(1, "  ".join("─" * width for width in widths))
        above, below = ([part for line in told for part in wrap(line, _PAGE)] for told in ([self.title], self.remarks))
        return "\n".join([*above, *lines, *below])

    def latex(self, printer: Any = None) -> str:
        r"""Return the table as LaTeX's `array`, for math mode.

        >>> print(Sheet("", (), [("p", sympy.sqrt(2))]).latex())
        \begin{array}{ll}\text{p} & \sqrt{2}\end{array}
        """
        printer = printer or LatexPrinter()
        columns = max([len(self.header), *map(len, self.rows)])
        lines = [[worded(name) for name in self.header]] if self.header else []
        lines += [[worded(x) if isinstance(x, str) else printer._print(x) for x in row] for row in self.rows]  # noqa: SLF001
        table = _array("l" * columns, [" & ".join(line) for line in lines], ruled=bool(self.header))
        parts = [line for line in (worded(self.title), table, *map(worded, self.remarks)) if line]
        return table if len(parts) == 1 else _array("l", parts)

    def html(self) -> str:
        """Return the table as HTML; formulas are LaTeX between dollar signs, as notebooks typeset them."""
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        head = "<tr>" + "".join(f"<th>{escape(name)}</th>" for name in self.header) + "</tr>" if self.header else ""
        body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        below = "".join(f"<p>{escape(line)}</p>" for line in self.remarks)
        return f"<table>{caption}{head}{body}</table>{below}"


def _form(cell: Cell, printer: Any) -> prettyForm:
    """Return a cell in two dimensions; what is too wide for that in one line of text, folded."""
    if isinstance(cell, str):
        return prettyForm(cell)
    form = printer._print(cell)  # noqa: SLF001
    if form.width() <= _WIDEST:
        return form
    lines = wrap(text(cell), _WIDEST, break_long_words=False)
    return prettyForm("\n".join(line.ljust(max(map(len, lines))) for line in lines))


def _array(columns: str, lines: Sequence[str], *, ruled: bool = False) -> str:
    first = r" \\ \hline " if ruled else r" \\ "
    body = first.join([lines[0], r" \\ ".join(lines[1:])] if lines[1:] else lines)
    return rf"\begin{{array}}{{{columns}}}{body}\end{{array}}"


def _joined(row: Sequence[prettyForm], widths: Sequence[int]) -> list[str]:
    """Return the lines of cells side by side, their baselines level."""
    above = max(form.baseline for form in row)
    below = max(form.height() - form.baseline for form in row)
    padded = [
        [""] * (above - form.baseline) + list(form.picture) + [""] * (below - form.height() + form.baseline)
        for form in row
    ]
    return [
        "  ".join(line.ljust(width) for line, width in zip(lines, widths, strict=True)).rstrip()
        for lines in zip(*padded, strict=True)
    ]


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    return escape(str(cell)) if cell.is_Rational else f"${escape(sympy.latex(cell))}$"


class Displayed:
    """What shows itself as a sheet; a class that inherits says which."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._repr_pretty_ = Displayed._repr_pretty_  # type: ignore[method-assign]  # IPython prefers a __repr__ beside it

    def _sheet(self) -> Sheet:
        raise NotImplementedError

    def _pretty(self, printer: Any) -> prettyForm:
        lines = self._sheet().unicode(printer).split("\n")
        width = max(map(len, lines))
        return prettyForm("\n".join(line.ljust(width) for line in lines))  # lines of one length are not centred

    def _latex(self, printer: Any) -> str:
        return self._sheet().latex(printer)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  (IPython's protocol)
        printer.text("..." if cycle else self._sheet().unicode())

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self)}$"

    def _repr_html_(self) -> str:
        return self._sheet().html()
