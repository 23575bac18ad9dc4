"""Rényi and Tsallis measures: special orders as limits, conventions at zero, values of books, naive definitions, bad orders."""

import math
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Max, Piecewise, Rational, limit, log, oo, sqrt
from sympy.abc import a, b, t

from klexact import (
    Distribution,
    decimal,
    entropy,
    is_zero,
    kl_divergence,
    laws,
    renyi_divergence,
    renyi_entropy,
    tsallis_divergence,
    tsallis_entropy,
)
from klexact.errors import InvalidBaseError, InvalidDistributionError, InvalidNumberError, KLExactError
from tests.property.strategies import distributions, pairs

P, Q = Distribution(["1/2", "1/3", "1/6"]), Distribution(["1/6", "1/3", "1/2"])
HALVES, QUARTERS = Distribution(["1/2", "1/2", 0]), Distribution(["1/4", "1/4", "1/2"])
MODEL = Distribution([t, 1 - t])

_numerators = st.integers(0, 12)
orders = st.builds(Fraction, _numerators, st.integers(1, 6)).filter(lambda order: order != 1)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (renyi_entropy(QUARTERS, 0), log(3)),
        (renyi_entropy(QUARTERS, 1, base=2), Rational(3, 2)),
        (renyi_entropy(QUARTERS, 2), 3 * log(2) - log(3)),
        (renyi_entropy(QUARTERS, 3, base=2), -log(5) / (2 * log(2)) + Rational(5, 2)),
        (renyi_entropy(QUARTERS, math.inf, base=2), 1),
        (renyi_entropy(QUARTERS, "1/2"), 2 * log(1 + sqrt(2)) - log(2)),
        (renyi_entropy(P, Fraction(1, 2), base=2), 2 * log(1 + sqrt(2) + sqrt(3)) / log(2) - log(3) / log(2) - 1),
        (renyi_entropy([1, 0], "7/3"), 0),
        (renyi_entropy(HALVES, 0), log(2)),
        (renyi_divergence(QUARTERS, QUARTERS, "2/7"), 0),
        (renyi_divergence(QUARTERS, HALVES, 0), 0),
        (renyi_divergence(HALVES, QUARTERS, 0, base=2), 1),
        (renyi_divergence(HALVES, QUARTERS, 1, base=2), 1),
        (renyi_divergence(P, Q, 2), log(17) - 2 * log(3)),
        (renyi_divergence(P, Q, oo), log(3)),
        (tsallis_entropy(P, 0), 2),
        (tsallis_entropy(P, 1), entropy(P)),
        (tsallis_entropy(P, 2), Rational(11, 18)),
        (tsallis_entropy(P, oo), 0),
        (tsallis_entropy(QUARTERS, "1/2"), sqrt(2)),
        (tsallis_divergence(P, Q, 1), kl_divergence(P, Q)),
        (tsallis_divergence(HALVES, QUARTERS, 0), Rational(1, 2)),
        (tsallis_divergence(HALVES, QUARTERS, 3), Rational(3, 2)),
    ],
)
def test_values(value: Any, wanted: Any) -> None:
    assert value == wanted
    assert isinstance(value, sympy.Expr)


@pytest.mark.parametrize("order", [0, "1/7", "1/2", 1, "3/2", 2, 5, oo])
def test_equally_likely_outcomes_have_the_same_entropy_at_every_order(order: object) -> None:
    assert renyi_entropy(Distribution.uniform(12), order) == log(3) + 2 * log(2)


# -- the special orders are limits ---------------------------------------------------------------------------------

SPECIAL = [(0, "+"), (1, "+"), (1, "-"), (oo, "-")]


@pytest.mark.parametrize(("order", "side"), SPECIAL)
@pytest.mark.parametrize("p", [P, QUARTERS, HALVES, Distribution.from_counts([5, 2, 1, 1])], ids=repr)
def test_special_orders_of_entropies_are_limits(p: Distribution, order: Any, side: str) -> None:
    for measure in (renyi_entropy, tsallis_entropy):
        assert is_zero(limit(measure(p, a), a, order, side) - measure(p, order))


@pytest.mark.parametrize(("order", "side"), SPECIAL)
@pytest.mark.parametrize("pair", [(P, Q), (HALVES, QUARTERS), (Q, QUARTERS), (P, P)], ids=repr)
def test_special_orders_of_divergences_are_limits(pair: tuple[Any, Any], order: Any, side: str) -> None:
    assert is_zero(limit(renyi_divergence(*pair, a), a, order, side) - renyi_divergence(*pair, order))
    if order != oo:
        assert is_zero(limit(tsallis_divergence(*pair, a), a, order, side) - tsallis_divergence(*pair, order))


def test_a_limit_with_a_parameter() -> None:
    assert sympy.expand(limit(renyi_entropy(MODEL, a), a, 1) - entropy(MODEL)) == 0
    assert sympy.expand(limit(tsallis_entropy(MODEL, a), a, 1) - entropy(MODEL)) == 0


@given(pairs(dominated=True))
def test_orders_close_to_one_are_close_to_shannon_and_kl(pair: tuple[Distribution, Distribution]) -> None:
    p, q = pair
    near = 1 + Rational(1, 10**40)
    for value, wanted in (
        (renyi_entropy(p, near), entropy(p)),
        (renyi_divergence(p, q, near), kl_divergence(p, q)),
        (tsallis_entropy(p, near), entropy(p)),
        (tsallis_divergence(p, q, near), kl_divergence(p, q)),
    ):
        # the slope in the order is a variance of logarithms, which are below 45
        assert abs(Fraction(decimal(value, places=30)) - Fraction(decimal(wanted, places=30))) < Fraction(1, 10**29)


# -- conventions at zero ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "excluded", "disjoint"),
    [(0, 0, oo), ("1/2", 1, oo), ("9/10", None, oo), (1, oo, oo), ("11/10", oo, oo), (2, oo, oo), (oo, oo, oo)],
)
def test_what_q_excludes_and_p_does_not(order: Any, excluded: Any, disjoint: Any) -> None:
    found = renyi_divergence(QUARTERS, HALVES, order, base=2)
    assert found == excluded if excluded is not None else found.is_finite
    assert renyi_divergence([1, 0], [0, 1], order) == disjoint
    assert renyi_divergence([1, 0], [0, 1], order, base="1/2") == -oo  # a base below 1 has a negative unit
    if order != oo:
        alpha = Rational(order)
        assert tsallis_divergence([1, 0], [0, 1], order) == (oo if alpha >= 1 else 1 / (1 - alpha))


@pytest.mark.parametrize("order", [0, "1/3", 1, "5/2", 4, oo])
def test_impossible_outcomes_change_nothing(order: object) -> None:
    assert renyi_entropy({"x": 0, 0: "1/4", 1: "3/4"}, order) == renyi_entropy(["1/4", "3/4"], order)
    assert renyi_divergence([0, "1/4", "3/4"], [0, "1/2", "1/2"], order) == renyi_divergence(
        ["1/4", "3/4"], ["1/2", "1/2"], order
    )


def test_a_symbolic_order_where_q_excludes_an_outcome() -> None:
    value = renyi_divergence(QUARTERS, HALVES, a)
    assert isinstance(value, Piecewise)
    assert value.subs(a, 3) == renyi_divergence(QUARTERS, HALVES, 3) == oo
    for order in (Rational(1, 2), Rational(1, 3)):
        assert is_zero(value.subs(a, order) - renyi_divergence(QUARTERS, HALVES, order))
    assert renyi_divergence([1, 0], [0, 1], a) == oo
    assert tsallis_divergence([1, 0], [0, 1], b).subs(b, Rational(1, 2)) == 2


def test_parameters() -> None:
    assert renyi_entropy(MODEL, 2) == -log(2 * t**2 - 2 * t + 1)
    assert renyi_entropy(MODEL, "1/2") == 2 * log(sqrt(t) + sqrt(1 - t))
    assert renyi_entropy(MODEL, oo) == -log(Max(t, 1 - t))
    assert renyi_entropy(MODEL, a) == log(t**a + (1 - t) ** a) / (1 - a)
    assert renyi_divergence(MODEL, ["1/2", "1/2"], 2) == log(2 * t**2 - 2 * t + 1) + log(2)
    assert renyi_divergence([1, 0], MODEL, 3) == -log(t)
    assert renyi_divergence(MODEL, [1, 0], 3) == oo
    assert renyi_divergence(MODEL, MODEL, 3) == 0
    assert tsallis_entropy(MODEL, 2) == 2 * t - 2 * t**2
    assert tsallis_divergence(["1/2", "1/2"], MODEL, 2) == Rational(-1) - 1 / (4 * t**2 - 4 * t)
    at_a_quarter = renyi_divergence(MODEL, ["1/3", "2/3"], oo).subs(t, Rational(1, 4))
    assert is_zero(at_a_quarter - renyi_divergence(["1/4", "3/4"], ["1/3", "2/3"], oo))


# -- against the definitions, in another engine ------------------------------------------------------------------------


def naive(p: Distribution, q: Distribution | None, order: Fraction) -> mpmath.mpf:
    """Sum the powers of positive numbers; +∞ where the definition says so."""
    alpha, total = real(order), mpmath.mpf(0)
    for x in p.support:
        mass, other = real(p.mass(x)), real(q.mass(x) if q else 1)
        if other:
            total += mass**alpha * other ** (1 - alpha)
        elif order > 1:
            return mpmath.inf
    return total


def real(x: Any) -> mpmath.mpf:
    return mpmath.mpf(int(x.numerator)) / int(x.denominator)


def agrees(value: sympy.Expr, wanted: mpmath.mpf) -> bool:
    """Tell whether 50 digits agree, or both are infinite; what is near 0 cancels in the definition."""
    if value == oo:
        return bool(wanted == mpmath.inf)
    found = mpmath.mpf(decimal(value, 60))
    return bool(abs(found - wanted) <= mpmath.mpf(10) ** -50 * max(1, abs(wanted)))


@given(pairs(), orders)
def test_agreement_with_the_naive_definitions_to_50_digits(
    pair: tuple[Distribution, Distribution], order: Fraction
) -> None:
    p, q = pair
    with mpmath.workdps(100):
        alone, both, alpha = naive(p, None, order), naive(p, q, order), real(order)
        assert agrees(renyi_entropy(p, order), mpmath.log(alone) / (1 - alpha))
        assert agrees(tsallis_entropy(p, order), (1 - alone) / (alpha - 1))
        assert agrees(renyi_divergence(p, q, order), mpmath.log(both) / (alpha - 1) if both else mpmath.inf)
        assert agrees(tsallis_divergence(p, q, order), (both - 1) / (alpha - 1))


@given(distributions(1, 5, zeros=False), st.sampled_from([0, 0.5, 1, 2, 3, 7.25, math.inf]))
def test_agreement_with_dit(p: Distribution, order: float) -> None:
    dit = pytest.importorskip("dit")
    other = dit.Distribution([str(x) for x in p], [float(mass) for mass in p.values()])
    # doubles: a few outcomes, logarithms below 64
    assert dit.other.renyi_entropy(other, order) == pytest.approx(float(renyi_entropy(p, order, base=2)), abs=1e-9)
    if order < math.inf:
        assert dit.other.tsallis_entropy(other, order) == pytest.approx(float(tsallis_entropy(p, order)), abs=1e-9)


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (-1, "the order must not be negative; found -1"),
        ("-1/2", "the order must not be negative; found -1/2"),
        (-math.inf, "the order must be a finite number; found -inf"),
        (math.nan, "the order must be a finite number; found nan"),
        (sympy.Symbol("n", negative=True), "the order must not be negative; found n"),
        (sympy.pi, "the order must be rational; found pi"),
        ("a", r"the order \(or 'oo'\) must be written as a number .* found 'a'"),
        (True, "the order must be an int, .* found True"),
        (None, "the order must be an int, .* found None"),
    ],
)
def test_bad_orders_are_refused(order: object, message: str) -> None:
    for measure in (renyi_entropy, tsallis_entropy):
        with pytest.raises(InvalidNumberError, match=message):
            measure(P, order)
    for divergence in (renyi_divergence, tsallis_divergence):
        with pytest.raises(InvalidNumberError, match=message):
            divergence(P, Q, order)


def test_the_order_infinity_may_be_text() -> None:
    assert renyi_entropy(P, "oo") == renyi_entropy(P, oo)
    assert renyi_divergence(P, Q, "oo") == renyi_divergence(P, Q, oo)


def test_other_bad_input() -> None:
    with pytest.raises(KLExactError, match="of a Tsallis divergence must be finite; found oo, where"):
        tsallis_divergence(P, Q, oo)
    for order in (0, "1/2", 1, 2, oo, a):
        with pytest.raises(InvalidBaseError, match="the base must be a positive real number other than 1"):
            renyi_entropy(P, order, base=1)
        with pytest.raises(InvalidBaseError, match="the base must be a positive real number other than 1"):
            renyi_divergence([1, 0], [0, 1], order, base=-2)
        with pytest.raises(InvalidDistributionError, match="must sum to exactly 1; found a total of 3/4"):
            renyi_entropy(["1/2", "1/4"], order)
        with pytest.raises(KLExactError, match="found normal"):
            renyi_entropy(laws.normal(0, 1), order)
