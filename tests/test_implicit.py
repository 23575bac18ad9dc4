"""Numbers known by balls, inside SymPy expressions."""

import pickle
from dataclasses import dataclass

import pytest
import sympy
from flint import arb, ctx

from klexact import KLExactError, decimal, enclose, order, sign
from klexact.errors import UndecidedError
from klexact.expression import Expression
from klexact.implicit import Implicit


@dataclass
class Roots:
    """The numbers "2", "3", ...: the square roots of their names."""

    def ball(self, name: str, prec: int) -> arb:
        with ctx.workprec(prec):
            return arb(name).sqrt()


SOURCE = Roots()
ROOT = Implicit("2", SOURCE)


def test_it_is_a_real_number_to_sympy() -> None:
    assert ROOT.is_real
    assert ROOT.evalf(40) == sympy.sqrt(2).evalf(40)
    assert Implicit("2", SOURCE) == ROOT
    assert ROOT - Implicit("2", SOURCE) == 0
    assert ROOT not in {Implicit("3", SOURCE), Implicit("2", Roots())}
    assert ROOT > 1
    assert Implicit("0", SOURCE).evalf(20) == 0


def test_it_prints_as_a_ball() -> None:
    assert str(ROOT + 1) == "1 + [1.414213562 +/- 3.74e-10]"
    assert sympy.latex(ROOT) == r"\left[1.414213562 \pm 3.74e-10\right]"


def test_expressions_of_it_are_certified() -> None:
    assert decimal(ROOT / sympy.log(2), 20) == decimal(sympy.sqrt(2) / sympy.log(2), 20)
    assert sign(ROOT - Implicit("3", SOURCE)) == -1
    assert order(ROOT, sympy.Rational(99, 70)) == -1
    assert enclose(ROOT**2, digits=30).contains(2)
    assert Expression(ROOT).as_expr(4) == ROOT / (2 * sympy.log(2))
    assert Expression(ROOT).as_expr(sympy.pi) == ROOT / sympy.log(sympy.pi)


def test_an_equality_with_another_number_is_left_undecided() -> None:
    with pytest.raises(UndecidedError, match="4,096 bits"):
        order(ROOT, sympy.sqrt(2))


def test_it_survives_pickling() -> None:
    back = pickle.loads(pickle.dumps(ROOT))
    assert back.evalf(20) == ROOT.evalf(20)


def test_an_expression_in_a_base_that_is_none() -> None:
    with pytest.raises(KLExactError, match="base must be"):
        Expression(ROOT).as_expr(1)
