"""Exact signs and orders; decimals that are correctly rounded."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import E, Rational, Symbol, oo, pi, sqrt

from klexact import Distribution, LogForm, decimal, forms, order, sign
from klexact.errors import InvalidBaseError, KLExactError

T = Symbol("t")
TINY = LogForm.log(10**60 + 1) - LogForm.log(10**60)  # 1e-60


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (LogForm(), 0),
        (LogForm.log(9) - 2 * LogForm.log(3), 0),
        (LogForm.log("1/2"), -1),
        (TINY, 1),
        (-TINY, -1),
        (LogForm("1e-5000"), 1),
        (TINY - LogForm("1e-60"), -1),  # log(1 + x) < x, 120 digits down
        (LogForm.infinity(), 1),
        (
            forms.kl_divergence(
                ["1/2", "1/2"], [Fraction(1, 2) + Fraction(1, 10**100), Fraction(1, 2) - Fraction(1, 10**100)]
            ),
            1,
        ),
    ],
)
def test_sign(value: LogForm, wanted: int) -> None:
    assert sign(value) == wanted


def test_order() -> None:
    assert order(LogForm.log(2), LogForm.log(3)) == -1
    assert order(LogForm.log(4), 2 * LogForm.log(2)) == 0
    assert order(LogForm.infinity(), LogForm.infinity()) == 0
    assert order(LogForm.infinity(), LogForm(10**100)) == 1
    assert order(LogForm(10**100), LogForm.infinity()) == -1


@pytest.mark.parametrize(
    ("value", "digits", "wanted"),
    [
        (LogForm.log(2), 15, "0.693147180559945"),
        (LogForm.log(2), 1, "0.7"),
        (-LogForm.log(2), 3, "-0.693"),
        (LogForm(), 5, "0"),
        (LogForm.infinity(), 5, "∞"),
        (LogForm("5.65"), 2, "5.7"),  # ties go away from zero
        (LogForm("-5.65"), 2, "-5.7"),
        (LogForm("0.25"), 1, "0.3"),
        (LogForm("9.995"), 3, "10.0"),
        (LogForm("99999/100000"), 3, "1.00"),
        (LogForm("0.5"), 10, "0.5"),
        (LogForm("1/3"), 5, "0.33333"),
        (LogForm(123456789), 3, "123000000"),
        (LogForm(10**25), 3, "1e+25"),
        (LogForm("1.5e-30"), 5, "1.5e-30"),
        (LogForm("2e-7") / 3, 3, "6.67e-08"),
        (LogForm("1e-6"), 3, "0.000001"),
        (TINY, 5, "1.0000e-60"),
        (LogForm.log("1e-9999"), 5, "-23024"),
        (LogForm.log(10**100) * 10**30, 3, "2.30e+32"),
    ],
)
def test_decimal(value: LogForm, digits: int, wanted: str) -> None:
    assert decimal(value, digits) == wanted


@pytest.mark.parametrize(
    ("value", "places", "wanted"),
    [
        (LogForm.log(2), 0, "1"),
        (LogForm.log(2), 3, "0.693"),
        (LogForm("5.65"), 1, "5.7"),
        (LogForm(2), 3, "2.000"),
        (LogForm("-0.0004"), 3, "0.000"),
        (LogForm.log("0.9996"), 3, "0.000"),
        (-TINY, 3, "0.000"),
        (LogForm("999.9996"), 3, "1000.000"),
        (LogForm(10**25), 2, "1" + "0" * 25 + ".00"),
        (LogForm(), 2, "0.00"),
    ],
)
def test_decimal_places(value: LogForm, places: int, wanted: str) -> None:
    assert decimal(value, places=places) == wanted


@pytest.mark.parametrize(
    ("value", "base", "wanted"),
    [
        (LogForm.log(8), 2, "3"),
        (LogForm.log(8), "1/2", "-3"),
        (LogForm.log(2), sqrt(2), "2"),
        (LogForm(4), E**2, "2"),
        (LogForm.log(3), 2, "1.58496250072116"),
        (LogForm.log(3), 10, "0.477121254719662"),
        (LogForm.log(3), "3/2", "2.70951129135145"),
    ],
)
def test_decimal_in_a_base(value: LogForm, base: Any, wanted: str) -> None:
    assert decimal(value, base=base) == wanted


@given(st.fractions(min_value=-(10**12), max_value=10**12), st.integers(1, 25))
def test_rational_values_are_rounded_as_by_the_decimal_module(x: Fraction, digits: int) -> None:
    text = decimal(LogForm(Rational(x.numerator, x.denominator)), digits)
    with localcontext() as context:
        context.prec, context.rounding = digits, ROUND_HALF_UP
        assert Decimal(text) == Decimal(x.numerator) / Decimal(x.denominator)


@given(st.integers(2, 10**40), st.integers(1, 10**40), st.integers(1, 60))
def test_logarithms_are_rounded_as_by_mpmath(p: int, q: int, digits: int) -> None:
    value = LogForm.log(Rational(p, q))
    with mpmath.workdps(150):
        wanted = mpmath.log(mpmath.mpf(p) / q)
        text = decimal(value, digits)
        if p == q:
            assert text == "0"
        else:
            # correctly rounded: within half a unit of the last digit; mpmath's own error is below 1e-100
            unit = mpmath.mpf(10) ** (mpmath.floor(mpmath.log10(abs(wanted))) - digits + 1)
            assert abs(mpmath.mpf(text) - wanted) <= unit / 2 + mpmath.mpf(10) ** -100


def test_many_digits() -> None:
    assert len(decimal(LogForm.log(2), 100_000)) == 100_002
    with mpmath.workdps(4_010):
        # correctly rounded: half a unit of the last digit, and mpmath's own error far below
        assert abs(mpmath.mpf(decimal(LogForm.log(2), 4_000)) - mpmath.log(2)) < mpmath.mpf(10) ** -4_000


@pytest.mark.parametrize("digits", [0, -1, 10**6, 100_001])
def test_digits_out_of_range(digits: int) -> None:
    with pytest.raises(KLExactError, match=r"digits must .*1.*100,000.*; found"):
        decimal(LogForm.log(2), digits)


def test_bases_refused() -> None:
    for base in (1, 0, -2, Symbol("b")):
        for value in (LogForm.log(2), LogForm(), LogForm.infinity()):
            with pytest.raises(InvalidBaseError):
                decimal(value, base=base)


def test_any_positive_base() -> None:
    assert decimal(LogForm.log(2), base=pi) == "0.605511561398280"
    with pytest.raises(KLExactError, match="base is for log forms; found base=2 beside the expression 1"):
        decimal(1, base=2)


@pytest.mark.parametrize(
    "value", [LogForm.log(T), LogForm(T), LogForm.log(2) * T, LogForm.log(T) - LogForm.log(1 - T) + LogForm(1)], ids=str
)
def test_parameters_need_values(value: LogForm) -> None:
    for certified in (
        lambda: sign(value),
        lambda: order(value, LogForm()),
        lambda: decimal(value),
        lambda: decimal(value, base=2),
    ):
        with pytest.raises(KLExactError, match="found the symbol t: use subs first"):
            certified()


def test_near_pairs_are_told_apart() -> None:
    p = Distribution.from_weights([0.1, 0.2, 0.7])
    q = Distribution(["0.1", "0.2", "0.7"])
    assert order(forms.entropy(p), forms.entropy(q)) == sympy.sign(
        (forms.entropy(p) - forms.entropy(q)).as_expr().evalf(60)
    )
    assert sign(forms.kl_divergence(p, q)) == 1


def test_infinity_takes_the_sign_of_the_unit() -> None:
    assert [LogForm.infinity().as_expr(b) for b in (2, "1/2", pi, 1 / pi)] == [oo, -oo, oo, -oo]
    assert decimal(LogForm.infinity(), base="1/2") == "-∞"
