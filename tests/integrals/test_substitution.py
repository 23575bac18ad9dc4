"""What is taken out is put back: the identities hold, and nothing is lost near the end."""

import pytest
import sympy
from flint import arb, ctx
from sympy import Rational, Symbol, exp, log, sqrt

from klexact.integrals.programs import Program
from klexact.integrals.substitution import towards_infinity, towards_zero

T = Symbol("t", positive=True)
NEAR = [
    log(2 * T - T**2),
    log(1 - (1 - T / 2) ** Rational(9, 4)),
    log(1 - (1 - T / 2) ** 18),
    log(1 - exp(-T)),
    log(1 - exp(-(T**2) / 3)) * sqrt(3 * T + T**2),
    (T - T**2) ** -Rational(9, 10),
    log((1 - T) / T),
    log(2 * sqrt(2 * T - T**2) / 3),
    log(1 - (1 - T) ** 2),
]
FAR = [
    log((T - 3) ** 2 + 1),
    log(1 + 4 * T ** Rational(18, 7) / 343),
    ((T - 1000) ** 2 + 1) ** -Rational(3, 2),
    log(1 + exp(T * Rational(3, 2) + Rational(69, 38))),
    log(exp(-T) + T**2),
    log(T**2 * exp(T) + exp(2 * T) + 1),
    log(T / (T + 1)),
]


def agree(one: sympy.Expr, other: sympy.Expr, place: arb) -> bool:
    with ctx.workprec(2000):
        first, second = Program([one, other], T).at(2000, "real")(place)
        return bool(first.overlaps(second) and first.is_finite() and first.rad() < arb(2) ** -500)


@pytest.mark.parametrize("expr", NEAR, ids=str)
def test_towards_zero(expr: sympy.Expr) -> None:
    found = towards_zero(expr, T)
    for place in (arb(0.375), arb(2) ** -10, arb(2) ** -300):
        assert agree(expr, found, place)
    with ctx.workprec(100):  # where t is far below the precision, the digits are still there
        (value,) = Program([found], T).at(100, "real")(arb(2) ** -10_000)
        assert value.rel_accuracy_bits() > 80


@pytest.mark.parametrize("expr", FAR, ids=str)
def test_towards_infinity(expr: sympy.Expr) -> None:
    found = towards_infinity(expr, T)
    for place in (arb(0.375), arb(7), arb(1200)):
        assert agree(expr, found, place)


def test_squares_are_not_multiplied_out() -> None:
    far = towards_infinity(log((T - 1000) ** 2 + Rational(1, 700) ** 2), T)
    assert far.has(1 - 1000 / T)
