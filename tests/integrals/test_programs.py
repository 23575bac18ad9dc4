"""Ball programs: values as the expressions', and no finite ball where something is not holomorphic."""

from typing import Any

import pytest
import sympy
from flint import acb, arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, Symbol, exp, log, sqrt

from klexact.errors import InvalidNumberError
from klexact.expression import Expression
from klexact.integrals.programs import Program, exprel, logrel

X = Symbol("x", real=True)
EXPRESSIONS = [
    X,
    sympy.pi * X**2 - X**-3 + sympy.sqrt(2),
    log(X) ** 2 * exp(-X / 3),
    X ** Rational(7, 3) + X ** -Rational(1, 2) + sqrt(X) + 2**X + X**X,
    sympy.sin(X) * sympy.cos(X) + sympy.tanh(X) - sympy.sech(X),
    sympy.loggamma(X + 2) + sympy.digamma(X) + sympy.gamma(X) + sympy.factorial(X),
    sympy.erf(X) + sympy.erfc(X) + sympy.atan(X) + sympy.asinh(X) + sympy.acosh(X + 1),
    sympy.asin(X / 9) - sympy.acos(X / 9) * sympy.atanh(X / 9),
    abs(X - 3) - sympy.Ei(X),
    -X,
]


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
@pytest.mark.parametrize("mode", ["real", "analytic"])
def test_values_are_those_of_the_expression(expr: sympy.Expr, mode: str) -> None:
    run = Program([expr], X).at(200, mode)
    for point in (Rational(1, 3), Rational(5, 4), sympy.Integer(7)):
        with ctx.workprec(200):
            place = arb(int(point.p)) / int(point.q)
            (found,) = run(place if mode == "real" else acb(place))
        expected = Expression(expr.subs(X, point)).ball(200)
        assert found.real.overlaps(expected)
        assert found.imag.contains(0)
        assert found.real.rad() < arb(2) ** -150


@pytest.mark.parametrize(
    ("expr", "cut"),
    [
        (log(X), -1),
        (sqrt(X), -1),
        (X ** Rational(1, 3), -1),
        (sympy.loggamma(X), -Rational(1, 2)),
        (sympy.Ei(X), -1),
        (sympy.asin(X), 2),
        (sympy.acos(X), -2),
        (sympy.atanh(X), 2),
        (sympy.acosh(X), 0),
        (logrel(X), -2),
        (abs(X), 0),
        (1 / X, 0),
        (sympy.gamma(X), -3),
        (sympy.digamma(X), 0),
        (sympy.tan(X), sympy.pi / 2),
        (log(1 - X), 2),
    ],
    ids=str,
)
def test_no_finite_ball_touches_a_cut_or_a_pole(expr: sympy.Expr, cut: Any) -> None:
    run = Program([expr], X).at(64, "analytic")
    middle = Expression(sympy.sympify(cut)).ball(64)
    for radius in (2**-4, 2**-30):
        box = acb(middle + arb(0, radius), arb(0, radius))
        assert not run(box)[0].is_finite()
    assert run(acb(arb(0.5, 0.01), arb(0.5, 0.01)))[0].is_finite()


@pytest.mark.parametrize("expr", [sympy.atan(X), sympy.asinh(X)], ids=str)
def test_cuts_off_the_real_line(expr: sympy.Expr) -> None:
    run = Program([expr], X).at(64, "analytic")
    assert not run(acb(arb(0, 0.01), arb(2, 0.01)))[0].is_finite()
    assert not run(acb(arb(0, 0.01), arb(-2, 0.01)))[0].is_finite()
    assert run(acb(arb(3, 0.01), arb(0.5, 0.01)))[0].is_finite()


@given(st.floats(-0.9, 0.9), st.floats(-3, 3), st.integers(0, 60))
def test_relative_differences_are_enclosed(re: float, im: float, shrink: int) -> None:
    with ctx.workprec(100):
        z = acb(re, im / 4) * acb(2) ** -shrink
        wide = z + acb(arb(0, 0.01), arb(0, 0.01))
        for function, value in ((exprel, (z.exp() - 1) / z), (logrel, (1 + z).log() / z)):
            run = Program([function(X)], X).at(100, "analytic")
            assert not value.is_finite() or run(z)[0].overlaps(value)
            assert not run(wide)[0].is_finite() or run(wide)[0].contains(run(z)[0].mid())


def test_relative_differences_keep_their_digits() -> None:
    for function in (exprel, logrel):
        run = Program([function(X)], X).at(100, "real")
        with ctx.workprec(100):
            (found,) = run(arb(2) ** -1000)
            assert abs(found - 1) < arb(2) ** -90
            assert run(arb(0))[0] == 1


def test_common_parts_are_computed_once() -> None:
    shared = log(1 + exp(X))
    one, two = Program([shared], X), Program([shared, shared**2, 3 * shared], X)
    assert len(two._steps) == len(one._steps) + 2  # noqa: SLF001


def test_constants() -> None:
    run = Program([sympy.Integer(3), sympy.pi + 0 * X], X).at(64, "analytic")
    assert run(acb(5))[0] == 3
    assert isinstance(run(acb(5))[1], acb)


@pytest.mark.parametrize(
    "expr", [sympy.besseli(X, 1), sympy.zeta(X), sympy.Piecewise((X, X > 0), (0, True)), sympy.Max(X, 1)], ids=str
)
def test_other_functions_are_refused(expr: sympy.Expr) -> None:
    with pytest.raises(InvalidNumberError, match="has a ball program"):
        Program([expr], X)
