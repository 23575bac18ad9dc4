"""Steps of an argument as text and as LaTeX."""

import sympy
from sympy import Rational, log
from sympy.abc import s, t

from klexact import Distribution, fit
from klexact.derivation import Derivation, Sign, Step, slope
from klexact.families import binomial


def test_a_step_reads_the_same_in_both_renderings() -> None:
    step = Step("{} = {}, so {}", slope("D", t), 2 * log(t), Sign("t → 1", r"t \to 1"))
    assert str(step) == "dD/dt = 2*log(t), so t → 1"
    assert step.latex() == r"\frac{d D}{d t}\text{ = }2 \log{\left(t \right)}\text{, so }t \to 1"


def test_partial_derivatives_have_their_own_sign() -> None:
    assert slope("D", s, t).latex == r"\frac{\partial^2 D}{\partial s \partial t}"
    assert slope("D", t, t).latex == r"\frac{d^2 D}{d t^2}"


def test_a_derivation_is_its_steps() -> None:
    derivation = Derivation([Step("first {}", t), Step("last")])
    assert str(derivation) == "first t\nlast"
    assert len(derivation) == 2
    assert [str(step) for step in derivation] == ["first t", "last"]
    assert derivation.latex() == "\\begin{aligned}\n& \\text{first }t \\\\\n& \\text{last}\n\\end{aligned}"
    assert derivation._repr_latex_().startswith("$\\displaystyle \\begin{aligned}")


def test_a_fit_derives_its_optimum() -> None:
    found = fit(Distribution.from_counts([1, 2, 1]), binomial(2))
    assert str(found.derivation) == found.explain()
    latex = found.derivation.latex()
    assert sympy.latex(Rational(1, 2)) in latex
    assert r"\frac{d D}{d p}\text{ = }" in latex
    assert r"\text{stationary point}\text{: }p\text{ = }\frac{1}{2}" in latex
