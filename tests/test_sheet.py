"""Sheets: every noun shows itself as text, in Unicode, LaTeX and HTML, and through SymPy's own printers."""

from typing import Any

import pytest
import sympy
from sympy.abc import a, b, t

from klexact import Distribution, LogForm, compare, families, fit, laws, max_entropy
from klexact.sheet import Displayed, Sheet, bar, worded

WORMS = Distribution.from_counts([1, 2, 2, 12, 21, 15, 10, 12, 12, 6, 7])
NOUNS = [
    WORMS,
    Distribution([t, 1 - t]),
    Distribution({"50 % of <a_b>": 1}),
    Distribution.binomial(3000, "1/7"),
    families.binomial(10),
    families.poisson(),
    families.categorical(3),
    laws.normal(a, b),
    laws.poisson(3),
    laws.dirichlet([a, b]),
    fit(WORMS, families.binomial(10)),
    fit(WORMS, families.binomial(10), objective="reverse"),
    fit(Distribution.point(3), families.binomial(2)),
    fit(Distribution.symbolic("p", 3), families.binomial(2)),
    compare(WORMS, [families.uniform(11), families.binomial(10)]),
    max_entropy(range(1, 7), [(lambda spots: spots, "9/2")]),
]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: repr(noun)[:30])
def test_every_noun_has_every_face(noun: Displayed) -> None:
    sheet = noun._sheet()  # noqa: SLF001
    pretty = sympy.pretty(noun)
    assert [line.rstrip() for line in pretty.split("\n")] == sheet.unicode().split("\n")
    html = noun._repr_html_()
    assert html.count("<tr>") == len(sheet.rows) + bool(sheet.header)
    assert "<a_b>" not in html
    latex = sympy.latex(noun)
    assert noun._repr_latex_() == f"$\\displaystyle {latex}$"
    assert latex.count("\\begin{") == latex.count("\\end{")
    assert latex.replace("\\{", "").count("{") == latex.replace("\\}", "").count("}")


def test_sympy_settings_reach_the_cells() -> None:
    assert "√" not in sympy.pretty(Sheeted(), use_unicode=False)
    assert "√" in sympy.pretty(Sheeted())
    assert sympy.latex(Sheeted(), inv_trig_style="full") != sympy.latex(Sheeted())


class Sheeted(Displayed):
    def _sheet(self) -> Sheet:
        return Sheet("", (), [(sympy.sqrt(2), sympy.acos(t))])


def test_ipython_gets_the_table() -> None:
    class Printer:
        text_so_far = ""

        def text(self, more: str) -> None:
            self.text_so_far += more

    printer = Printer()
    WORMS._repr_pretty_(printer, cycle=False)
    assert printer.text_so_far == WORMS._sheet().unicode()  # noqa: SLF001


def test_forms_print_as_their_expressions() -> None:
    form = LogForm.log(3) / 2
    assert sympy.latex(form) == sympy.latex(sympy.log(3) / 2)
    assert sympy.pretty(form) == sympy.pretty(sympy.log(3) / 2)


@pytest.mark.parametrize("plain", ["a_b", "100 %", "{x}", "a & b", "\\alpha", "x^2", "#1", "$5", "~"])
def test_text_is_text_in_latex(plain: str) -> None:
    inside = worded(plain).removeprefix("\\text{").removesuffix("}")
    special: Any = set("&%$#_{}~^")
    bare = [c for i, c in enumerate(inside) if c in special and inside[i - 1 : i] != "\\"]
    assert [c for c in bare if c not in "{}"] == []


def test_bars_are_proportional() -> None:
    assert [len(bar(n / 8, 8)) for n in range(9)] == list(range(9))
