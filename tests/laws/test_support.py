"""Support inclusion: intervals but for null sets, integers, symbols."""

from itertools import product

import pytest
import sympy
from sympy import And, FiniteSet, Interval, Range, Symbol, false, oo, true

from klexact.errors import NoClosedFormError
from klexact.laws.support import at_most, inclusion

a, b = Symbol("a", real=True), Symbol("b", real=True)
n = Symbol("n", integer=True, nonnegative=True)

INTERVALS = [Interval(0, 1), Interval.open(0, 1), Interval(0, oo), Interval(-oo, oo), Interval(-1, 0), Interval(1, 2)]
INTEGERS = [Range(0, oo), Range(1, oo), Range(0, 4), FiniteSet(0), FiniteSet(0, 1, 2, 3), FiniteSet(0, 2), Range(-1, 2)]


@pytest.mark.parametrize(("p", "q"), list(product(INTERVALS, repeat=2)), ids=str)
def test_intervals_up_to_their_ends(p: Interval, q: Interval) -> None:
    assert (inclusion(p, q) == true) == p.closure.is_subset(q.closure)


@pytest.mark.parametrize(("p", "q"), list(product(INTEGERS, repeat=2)), ids=str)
def test_integers(p: sympy.Set, q: sympy.Set) -> None:
    shown = [{k for k in range(-5, 30) if s.contains(sympy.Integer(k)) == true} for s in (p, q)]
    assert (inclusion(p, q) == true) == (shown[0] <= shown[1])


def test_densities_and_mass_functions_never() -> None:
    assert inclusion(FiniteSet(0), Interval(-1, 1)) == false
    assert inclusion(Interval(0, 1), Range(0, oo)) == false


def test_symbols() -> None:
    assert inclusion(Interval(a, b), Interval(0, 1)) == And(a >= 0, b <= 1)
    assert inclusion(Interval(a, oo), Interval(0, 1)) == false
    assert inclusion(Interval(a, b), Interval(a, b)) == true
    assert inclusion(Range(0, n + 1), Range(0, n + 2)) == true
    assert inclusion(Range(0, n + 1), FiniteSet(0, 1, 3)) == (n + 1 <= 2)
    assert inclusion(Range(0, n + 1), FiniteSet(1, 2)) == false
    assert inclusion(FiniteSet(n), Range(0, oo)) == true
    assert inclusion(FiniteSet(n), FiniteSet(0)) == sympy.Eq(n, 0)
    assert inclusion(FiniteSet(sympy.Rational(1, 2)), Range(0, oo)) == false
    with pytest.raises(NoClosedFormError, match="declare its symbols integer=True"):
        inclusion(FiniteSet(a), Range(0, oo))


def test_other_sets() -> None:
    circle = sympy.ProductSet(Interval(0, 1), Interval(0, 1))
    assert inclusion(circle, circle) == true
    assert inclusion(circle, sympy.ProductSet(Interval(0, 2), Interval(0, 1))) == true
    with pytest.raises(NoClosedFormError, match="must be decidable"):
        inclusion(
            sympy.ConditionSet(a, a**5 - a > 1, sympy.S.Reals), sympy.ConditionSet(b, b**7 - b > 3, sympy.S.Reals)
        )


def test_order_with_infinities() -> None:
    assert at_most(-oo, a) == at_most(a, oo) == at_most(a, a) == true
    assert at_most(oo, a) == at_most(a, -oo) == false
    assert at_most(sympy.sqrt(2), sympy.Rational(3, 2)) == true
