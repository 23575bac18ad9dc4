"""Parameters: the door, domains, conditions, and what they let one assume."""

import pytest
import sympy
from sympy import And, Contains, Float, Interval, Rational, S, Symbol, oo, sqrt

from klexact.errors import InvalidFamilyError, InvalidNumberError, KLExactError
from klexact.laws import binomial, categorical, discrete_uniform, gamma, normal, ordered_logistic, uniform
from klexact.laws.parameters import POSITIVE, REAL, UNIT, assumptions, decide, exact, joint, known_positive, number

x, y = sympy.symbols("x y")


def test_numbers_are_exact() -> None:
    assert number(0.1, "p") == Rational(0.1) != Rational(1, 10)
    assert number(Float(0.5), "p") == Rational(1, 2)
    assert number("1/3", "p") == Rational(1, 3)
    assert number(sqrt(2) * sympy.pi, "p") == sqrt(2) * sympy.pi
    assert number(0.5 * x, "p") == x / 2


@pytest.mark.parametrize("bad", [oo, sympy.I, sympy.nan, oo * x, "x", None, True])
def test_what_is_no_real_number_is_refused(bad: object) -> None:
    with pytest.raises(KLExactError):
        number(bad, "p")


def test_domains_are_checked_exactly() -> None:
    assert exact("law", p=(sqrt(2) / 2, UNIT)).conditions == ()
    with pytest.raises(InvalidFamilyError, match=r"p must lie in Interval\(0, 1\) for law; found sqrt\(2\)"):
        exact("law", p=(sqrt(2), UNIT))
    with pytest.raises(InvalidFamilyError, match=r"deviation must lie in Interval.open\(0, oo\) for normal; found 0"):
        normal(0, 0)
    with pytest.raises(InvalidFamilyError, match=r"rate must lie in .* for gamma; found _?n"):
        gamma(1, Symbol("n", negative=True))
    with pytest.raises(InvalidFamilyError, match=r"high must lie in Interval.open\(1, oo\) for uniform; found 1"):
        uniform(1, 1)
    with pytest.raises(InvalidFamilyError, match="n must lie in Naturals0 for binomial; found 5/2"):
        binomial("5/2", "1/2")
    with pytest.raises(InvalidFamilyError, match="n of binomial must be an integer; found x: declare"):
        binomial(x, "1/2")
    with pytest.raises(InvalidFamilyError, match=r"high must lie in Interval\(2, oo\) for discrete_uniform; found 1"):
        discrete_uniform(2, 1)
    with pytest.raises(InvalidFamilyError, match="must sum to 1; found 5/6"):
        categorical(["1/2", "1/3"])
    with pytest.raises(InvalidFamilyError, match="cutpoint_1 must lie in"):
        ordered_logistic([1, 0], 0)
    with pytest.raises(InvalidNumberError):
        gamma("two", 1)


def test_symbols_make_conditions_of_the_interior() -> None:
    assert exact("law", p=(x, UNIT), r=(x, POSITIVE), m=(y, REAL)).conditions == (x > 0, x < 1)
    assert exact("law", p=(Symbol("t", positive=True), POSITIVE)).conditions == ()
    assert exact("law", n=(x, S.Naturals0)).conditions == (Contains(x, S.Naturals0),)
    assert uniform(x, y).conditions == (y > x,)


def test_decisions() -> None:
    assert decide(And(x > 0, sympy.false)) is False
    assert decide(sympy.Or(x > 0, sympy.true)) is True
    assert decide(x + 1 > x) is True
    assert decide(sympy.Gt(sqrt(2) + sqrt(3), sqrt(5 + 2 * sqrt(6)), evaluate=False)) is False  # they are equal
    assert decide(sympy.Lt(1, oo, evaluate=False)) is True
    assert decide(x > y) is None


def test_assumptions_are_what_conditions_say() -> None:
    n = Symbol("n", integer=True)
    found = assumptions([x > 0, x < 1, y < 0, Contains(n, S.Naturals0)], [x, y, n])
    assert found[x].is_positive
    assert found[y].is_negative
    assert found[n].is_integer
    assert found[n].is_nonnegative
    assert known_positive([x > 0, x < 1], {x: found[x]}) == (found[x], 1 - found[x], found[x])


def test_weaker_conditions_are_left_out() -> None:
    assert joint([x > 2, x > 1, y >= 0]) == And(x > 2, y >= 0)
    assert joint([x > 2, sympy.false]) == sympy.false
    assert joint([x > 2, x > 1]) == (x > 2)


def test_interval_domains_keep_their_closed_ends_for_numbers() -> None:
    assert exact("law", p=(1, Interval.Lopen(0, 1))).conditions == ()
    with pytest.raises(InvalidFamilyError):
        exact("law", p=(0, Interval.Lopen(0, 1)))
