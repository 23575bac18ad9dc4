"""Log forms at irrational algebraic points: equal values are equal, however they were built."""

from typing import Any

import pytest
import sympy
from flint import fmpz_poly
from sympy import CRootOf, E, Float, Rational, log, pi, sqrt

from klexact import LogForm, decimal, order, sign
from klexact.algebraic import AlgebraicForm, evaluate
from klexact.errors import InvalidBaseError, UndecidedError
from klexact.roots import RealRoot, real_roots

S, T = sympy.symbols("s t")
SMALL, LARGE = real_roots(fmpz_poly([1, -3, 1]))  # (3 ± sqrt(5))/2: their product is 1
GOLDEN = real_roots(fmpz_poly([-1, -1, 1]))[1]
QUINTIC = real_roots(fmpz_poly([-1, -1, 0, 0, 0, 1]))[0]  # t^5 = t + 1


def at(expr: sympy.Expr, root: RealRoot, factor: object = 1, symbol: sympy.Symbol = T) -> Any:
    return evaluate(LogForm.log(expr) * factor, symbol, root)


def test_what_is_rational_collapses_to_a_plain_form() -> None:
    root = real_roots(fmpz_poly([-1, 0, 2]))[1]  # 1/sqrt(2)
    assert at(T, root) == LogForm.log(2) * Rational(-1, 2)
    assert at(T**4 / 3, root) == LogForm.log("1/12")
    assert at(T * (3 - T), LARGE) == LogForm()
    assert evaluate(LogForm.log(T) * 3 + LogForm.log(3 - T) * 3 + LogForm.log(5), T, LARGE) == LogForm.log(5)
    assert evaluate(LogForm(T**2 - 3 * T) + LogForm.log(2), T, LARGE) == LogForm.log(2) - LogForm(1)
    assert evaluate(LogForm.log(1 + T), T, Rational(1, 2)) == LogForm.log("3/2")
    assert evaluate(LogForm.log(S), T, GOLDEN) == LogForm.log(S)


def test_many_factors_collapse_too() -> None:
    # at t = (2 - sqrt(2))/4 both (1 - 2t)^2 and 4t(1 - t) are 1/2, whatever the exponents
    root = real_roots(fmpz_poly([1, -8, 8]))[0]
    form = LogForm.log((1 - 2 * T) ** 2) * Rational(12345, 10**5) + LogForm.log(4 * T * (1 - T)) * Rational(
        87655, 10**5
    )
    assert order(evaluate(form, T, root), -LogForm.log(2)) == 0


EQUAL = [
    ("golden ratio", at(T + 1, GOLDEN), at(T, GOLDEN, 2)),
    ("conjugates", at(T, SMALL), at(T, LARGE, -1)),
    ("conjugates in two symbols", at(T, SMALL), at(S, LARGE, -1, S)),
    ("two fields", at(T, LARGE), at(T, GOLDEN, 2)),
    ("quintic", at(T + 1, QUINTIC), at(T, QUINTIC, 5)),
    ("many factors", at(T + 1, QUINTIC, 3000), at(T, QUINTIC, 15000)),
    ("large coefficients", at(T + 1, QUINTIC, Rational(10**30, 7)), at(T, QUINTIC, Rational(5 * 10**30, 7))),
    ("integers on both sides", at(6 * (T + 1), QUINTIC), evaluate(LogForm.log(T) * 5 + LogForm.log(6), T, QUINTIC)),
]


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in EQUAL], ids=[name for name, *_ in EQUAL])
def test_equal_values_are_equal(one: Any, other: Any) -> None:
    assert order(one, other) == 0
    assert order(other, one) == 0
    assert (one - other).is_zero
    assert decimal(one, 40) == decimal(other, 40)


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in EQUAL], ids=[name for name, *_ in EQUAL])
def test_the_equals_sign_compares_values_as_it_does_for_log_forms(one: Any, other: Any) -> None:
    assert one == other
    assert other == one


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (at(T, SMALL), at(T, LARGE), -1),
        (at(T + 1, QUINTIC, 100000), at(T, QUINTIC, 500001), -1),
        (at(T, GOLDEN), LogForm.log("1.618033988749894848204586834365638117720309"), 1),
        (LogForm.log("1.618033988749894848204586834365638117720310"), at(T, GOLDEN), 1),
        (at(T, GOLDEN), LogForm(Rational(1, 2)), -1),
        (LogForm.infinity(), at(T, GOLDEN), 1),
        (at(T, GOLDEN), LogForm.infinity(), -1),
        (evaluate(LogForm.log(T) + LogForm(1), T, GOLDEN), at(T, GOLDEN), 1),
    ],
)
def test_order(one: Any, other: Any, wanted: int) -> None:
    assert order(one, other) == wanted
    assert one != other


def test_sign() -> None:
    assert sign(at(T, SMALL)) == -1
    assert sign(at(T, LARGE)) == 1
    assert sign(at(T, LARGE) - at(T, LARGE)) == 0
    assert not at(T, LARGE).is_infinite


def test_a_rational_constant_decides_at_once() -> None:
    one = evaluate(LogForm.log(T) + LogForm("1e-300"), T, LARGE)
    assert order(one, at(T, LARGE)) == 1  # e to a non-zero rational power is transcendental


def test_equality_beyond_the_work_bound_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klexact.algebraic._WORK_BITS", 10_000)  # a hundredth of the stated bound, to save time
    # t^5 - t = 1 gives a second relation; 10^30 and 10^30 + 1 times the two have no common factor
    first = [(T + 1, 1), (T, -5)]
    second = [(T, 1), (T - 1, 1), (T + 1, 1), (T**2 + 1, 1)]
    logs = [(f, k * 10**30) for f, k in first] + [(f, k * (10**30 + 1)) for f, k in second]
    form = LogForm.sum((k, LogForm.log(f)) for f, k in logs)
    with pytest.raises(UndecidedError, match=r"decided up to 10,000 bits; .* would need [0-9,]{9,}"):
        sign(evaluate(form, T, QUINTIC))


def test_rendering() -> None:
    assert at(T, GOLDEN).as_expr() == log(Rational(1, 2) + sqrt(5) / 2)
    assert at(1 - T, SMALL).as_expr() == log(sqrt(5) / 2 - Rational(1, 2))
    root = CRootOf(S**5 - S - 1, 0)
    assert at(T**2 + 1, QUINTIC, 2).as_expr().evalf(40) == (2 * log(root**2 + 1)).evalf(40)


@pytest.mark.parametrize("base", [2, 10, "1/2", sqrt(2), E**2, pi], ids=str)
def test_rendering_in_a_base(base: Any) -> None:
    form = LogForm.log(T**2 + 1) * T + LogForm(T - 2) + LogForm.log(3) * T + LogForm.log(7) / 5
    alpha = CRootOf(S**5 - S - 1, 0)
    exact = log(alpha**2 + 1) * alpha + alpha - 2 + log(3) * alpha + log(7) / 5
    wanted = (exact / log(sympy.sympify(base))).evalf(40)
    # two evaluations of one number near 1, to 40 digits each
    assert abs(evaluate(form, T, QUINTIC).as_expr(base).evalf(40) - wanted) < Float("1e-35")


def test_decimals() -> None:
    assert decimal(at(T, GOLDEN), 30) == "0.481211825059603447497758913424"
    assert decimal(at(T, GOLDEN), 10, base=2) == str((log(sympy.GoldenRatio) / log(2)).evalf(10))
    with pytest.raises(InvalidBaseError):
        decimal(at(T, GOLDEN), base=1)


def test_differences() -> None:
    assert AlgebraicForm(()).is_zero
    assert (LogForm.log(2) - at(T, GOLDEN)).as_expr() == log(2) - log(Rational(1, 2) + sqrt(5) / 2)
    assert sign(LogForm.log(2) - at(T, GOLDEN)) == 1
    assert "sqrt(5)" in repr(at(T, GOLDEN))
