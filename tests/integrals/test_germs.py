"""The arithmetic of germs; what they say of expressions is in test_growth."""

import pytest
import sympy
from flint import arb
from sympy import Rational, S

from klexact.integrals.germs import Germ, NotYetError

V = Germ.variable(8)
ONE = Germ.constant(S.One, 8)


def test_exact_terms_stay_exact() -> None:
    square = (V + ONE) * (V + ONE.times(Rational(-1)))
    assert repr(square) == "Germ({'v**2': 1, '1': -1}, start=8)"
    assert repr(V.power(S(3)).log()) == "Germ({'log(v)': 3}, start=8)"
    assert repr(V.log().times(S(5)).exp()) == "Germ({'v**5': 1}, start=8)"
    assert repr(V + V.times(S.NegativeOne)) == "Germ({}, start=8)"


def test_differences_of_exponentials_keep_their_order() -> None:
    small = V.times(S.NegativeOne).exp()
    assert repr(ONE + small.times(S.NegativeOne).exp().times(S.NegativeOne)).startswith("Germ({'exp(-v)': 1,")
    assert repr((ONE + small).log()).startswith("Germ({'exp(-v)': 1,")


def test_a_ball_coefficient_varies_on_the_ray() -> None:
    between = V.times(arb(0.5, 0.5))  # c(v)·v, 0 <= c(v) <= 1
    with pytest.raises(NotYetError):
        between.log()
    bound = between.exp()
    assert (bound + V.times(S(-2)).exp()).at(arb(8)) > 0 or bound.at(arb(8)).contains(1)
    assert bound.at(arb(8)).contains(arb(8).exp())
    assert bound.at(arb(20)).contains(1)


def test_sup_of_a_monomial_needs_a_ray_on_which_it_falls() -> None:
    hump = V.power(S(20)) * V.times(S.NegativeOne).exp()  # v^20·e^-v grows until v = 20
    with pytest.raises(NotYetError):
        hump.bounded()
    with pytest.raises(NotYetError):
        hump.tail_integral()
    far = Germ.variable(64)
    assert (far.power(S(20)) * far.times(S.NegativeOne).exp()).tail_integral() > 0


def test_superlinear_exponents() -> None:
    gauss = (V * V).times(Rational(-1, 2)).exp()
    assert gauss.at(arb(8)).contains(arb(-32).exp())
    assert gauss.at(arb(9)).contains((arb(-81) / 2).exp())
    assert gauss.tail_integral() < arb(-31).exp()
    with pytest.raises(NotYetError):
        (V * V).exp()


def test_signs() -> None:
    assert V.is_unbounded
    assert not ONE.is_unbounded
    assert repr(V.times(S(-3)).absolute()) == "Germ({'v': 3}, start=8)"
    assert V.is_settled
    assert not V.decays
    assert V.times(-sympy.sqrt(2)).exp().decays
