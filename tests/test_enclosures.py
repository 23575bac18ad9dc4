"""Sign, order, zero, enclosures and decimals of forms, SymPy expressions and numbers."""

import math
import random
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import pytest
import sympy
from flint import fmpz_poly
from hypothesis import example, given
from hypothesis import strategies as st
from sympy import QQ, E, Rational, exp, gamma, log, oo, pi, sqrt

from klexact import Distribution, distribution, forms, kl_divergence
from klexact.algebraic import AlgebraicForm, evaluate
from klexact.certify import decimal, enclose, is_zero, order, sign, value_of
from klexact.enclosure import Enclosure
from klexact.errors import KLExactError, UndecidedError
from klexact.forms import kl_divergence as kl_form
from klexact.logform import LogForm
from klexact.roots import real_roots

ONE = sympy.sin(1) ** 2 + sympy.cos(1) ** 2
T = sympy.Symbol("t")


def fraction(x: Any) -> Fraction:
    sign_bit, mantissa, exponent, _ = x._mpf_
    return (-1 if sign_bit else 1) * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def promised(found: Enclosure, bits: float) -> bool:
    return found.width <= min(abs(found.lower), abs(found.upper)) / Fraction(2) ** math.floor(bits)


# -- value_of --------------------------------------------------------------------------------------------------


def test_numbers_of_every_kind_are_exact() -> None:
    for x in (0.5, "1/2", Fraction(1, 2), Decimal("0.5"), Rational(1, 2), sympy.Float(0.5), LogForm("1/2")):
        value = value_of(x)
        assert value.exact_rational == QQ(1, 2)
        assert value.terminates
    assert value_of(value_of(2)).exact_rational == 2


def test_rationality_is_read_off_the_form() -> None:
    assert value_of(LogForm.log(8), base=4).exact_rational == QQ(3, 2)
    assert value_of(log(8) / log(4)).exact_rational == QQ(3, 2)
    assert value_of(LogForm.log(8)).exact_rational is None
    assert value_of(LogForm.log(8)).terminates
    assert value_of(sqrt(3 + 2 * sqrt(2)) - sqrt(2)).exact_rational == 1
    assert value_of(sqrt(2)).terminates
    assert not value_of(LogForm.log(8), base=pi).terminates
    assert value_of(LogForm(), base=pi).exact_rational == 0
    assert not value_of(ONE).terminates


def test_algebraic_forms_know_their_rational_values() -> None:
    one, other = real_roots(fmpz_poly([1, -4, 1]))  # 2 -+ sqrt 3: their product is 1
    form = LogForm.log(T)
    both = AlgebraicForm(((form, T, one), (form, T, other), (LogForm.log(8), None, None)))
    assert both.ratio(LogForm.log(2)) == 3
    assert value_of(both, base=2).exact_rational == 3
    assert decimal(both, base=2) == "3"
    assert enclose(both, bits=50, base=2) == Enclosure(Fraction(3), Fraction(3))
    single = evaluate(LogForm.log(1 + T), T, one)
    assert value_of(single, base=2).exact_rational is None
    assert value_of(single, base=2).terminates


@pytest.mark.parametrize("function", [sign, is_zero, decimal, lambda x: enclose(x, bits=20)])
def test_what_is_no_number_is_named(function: Any) -> None:
    for x, message in [
        (T * pi, "symbol t"),
        (LogForm.log(T), "symbol t"),
        (sympy.nan, "nan"),
        (sympy.I * pi, "imaginary"),
        (sympy.airyai(1), "airyai"),
        (float("nan"), "finite"),
        ("pi", "a number such as"),
        (None, "None"),
        ([1], "must be"),
        (sympy.true, "SymPy expression"),
    ]:
        with pytest.raises(KLExactError, match=message):
            function(x)


def test_base_belongs_to_forms() -> None:
    for call in (lambda: sign(pi, base=2), lambda: decimal(pi, base=2), lambda: enclose(3, bits=9, base=2)):
        with pytest.raises(KLExactError, match="base is for log forms"):
            call()


# -- sign, zero, order -----------------------------------------------------------------------------------------


def test_log_forms_in_sympy_are_decided_exactly() -> None:
    assert is_zero(log(6) / log(2) - log(3) / log(2) - 1)
    assert is_zero(log(sqrt(6)) - log(6) / 2)
    assert sign(log(2**89 - 1) + log(3) - log(3 * (2**89 - 1))) == 0
    assert sign(3 - 2 * log(3) / log(2)) == -1
    tiny = kl_divergence(
        [Rational(1, 2)] * 2, [Rational(1, 2) + Rational(1, 10**300), Rational(1, 2) - Rational(1, 10**300)]
    )
    assert sign(tiny) == 1
    assert sign(tiny - Rational(1, 10**90)) == -1


def test_a_base_below_one_turns_the_sign() -> None:
    assert sign(LogForm.log(3), base="1/2") == -1
    assert order(LogForm.log(3), LogForm.log(2), base="1/2") == -1
    assert sign(LogForm.infinity(), base="1/2") == -1


@pytest.mark.parametrize("x", [ONE - 1, gamma(Rational(1, 3)) * gamma(Rational(2, 3)) - 2 * pi / sqrt(3)])
def test_wide_zeros_are_undecided_at_a_named_precision(x: Any) -> None:
    for function in (sign, is_zero, lambda v: order(v, 0), lambda v: enclose(v, bits=9), decimal):
        with pytest.raises(UndecidedError, match=r"\d bits"):
            function(x)


def test_order_of_wide_values() -> None:
    assert order(exp(pi), pi**E) == 1
    assert order(pi, Rational(355, 113)) == -1
    assert order(sqrt(5 + 2 * sqrt(6)), sqrt(2) + sqrt(3)) == 0
    assert order(sympy.Float(0.1), Rational(1, 10)) == 1
    assert order(sympy.Float(0.1) * sqrt(2), sqrt(2) / 10) == 1
    assert order(oo, LogForm.infinity()) == 0
    assert order(-oo, 3) == -1
    with pytest.raises(UndecidedError):
        order(ONE, 1)


def test_order_over_different_units() -> None:
    assert order(log(9) / log(4), log(3) / log(2)) == 0
    assert order(log(3) / log(2), log(5) / log(3)) == 1
    assert order(LogForm.log(8), 3, base=2) == 0
    assert order(log(8) / log(2), log(27) / log(3)) == 0
    assert order(LogForm.log(3), LogForm.log(3), base=pi) == 0
    assert order(LogForm.log(3), log(3) / log(2), base=2) == 0


def test_thousand_outcomes_by_two_routes() -> None:
    random.seed(3)
    counts, other = ([random.randrange(1, 10**6) for _ in range(1000)] for _ in range(2))
    p, q = (distribution.Distribution.from_counts(c) for c in (counts, other))
    direct = kl_form(p, q)
    mass, total = sum(counts), sum(other)
    pieces = [Fraction(a * total, b * mass) for a, b in zip(counts, other, strict=True)]
    route = LogForm.sum((QQ(a, mass), LogForm.log(ratio)) for a, ratio in zip(counts, pieces, strict=True))
    assert order(direct, route) == 0
    assert order(direct, route + LogForm(Fraction(1, 10**200))) == -1


# -- enclosures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 7, 53, 200, 1000])
def test_enclosures_reach_their_width_and_hold_mpmath(bits: int) -> None:
    cases: list[tuple[Any, Callable[[], Any]]] = [
        (LogForm.log(3), lambda: mpmath.log(3)),
        (3 - 2 * log(3) / log(2), lambda: 3 - 2 * mpmath.log(3) / mpmath.log(2)),
        (gamma(Rational(1, 3)) - pi, lambda: mpmath.gamma(mpmath.mpf(1) / 3) - mpmath.pi),
        (exp(-1000 * pi), lambda: mpmath.exp(-1000 * mpmath.pi)),
        (pi - Rational(314159265358979323846, 10**20), lambda: mpmath.pi - mpmath.mpf(314159265358979323846) / 10**20),
        (Rational(-1, 3), lambda: -mpmath.mpf(1) / 3),
        (Fraction(10**40, 7), lambda: mpmath.mpf(10) ** 40 / 7),
    ]
    for x, reference in cases:
        found = enclose(x, bits=bits)
        with mpmath.workprec(4 * bits + 400):
            value = fraction(reference())
        slack = abs(value) / Fraction(2) ** (4 * bits + 200)
        assert found.lower <= value + slack
        assert value - slack <= found.upper
        assert promised(found, bits)
        assert all(end.denominator & (end.denominator - 1) == 0 for end in (found.lower, found.upper))


def test_exact_values_are_points() -> None:
    assert enclose(LogForm.log(8), bits=10, base=2) == Enclosure(Fraction(3), Fraction(3))
    assert enclose(log(6) - log(2) - log(3), bits=10) == Enclosure(Fraction(0), Fraction(0))
    assert enclose(sqrt(3 + 2 * sqrt(2)) - sqrt(2), bits=10).width == 0
    point = Fraction(2**300 + 1, 2**400)
    assert enclose(point, bits=10) == Enclosure(point, point)
    assert enclose("1/3", bits=10).width > 0


def test_enclosures_in_other_bases() -> None:
    with mpmath.workdps(100):
        in_pi = fraction(mpmath.log(3) / mpmath.log(mpmath.pi))
    found = enclose(LogForm.log(3), digits=40, base=pi)
    assert found.contains(in_pi)
    assert promised(found, 132)
    assert enclose(LogForm.log(8), digits=40, base=sqrt(2)).lower == 6
    assert enclose(LogForm(), digits=9, base=pi).width == 0


def test_enclosures_compare() -> None:
    one, two = enclose(sqrt(2), digits=5), enclose(Rational(141421356, 10**8), digits=4)
    assert one.overlaps(two)
    assert not one.overlaps(enclose(pi, digits=5))
    assert not one.contains(1.5)
    assert enclose(ONE, bits=100).contains(1)


@pytest.mark.parametrize("arguments", [
    {}, {"digits": 3, "bits": 3}, {"digits": 0}, {"digits": -5}, {"bits": 0}, {"digits": 10**9}, {"bits": 10**9},
    {"digits": True}, {"digits": 2.5}, {"digits": "7"},
])  # fmt: skip
def test_absurd_accuracies_are_refused_with_their_limit(arguments: dict[str, Any]) -> None:
    with pytest.raises(KLExactError, match=r"exactly one|must be an integer between 1 and \d"):
        enclose(pi, **arguments)


def test_infinite_and_enormous_values_have_no_enclosure() -> None:
    for x, message in [
        (oo, r"\+infinity"),
        (-oo, "-infinity"),
        (exp(exp(sympy.Integer(40))), "an enclosure writes out"),
    ]:
        with pytest.raises(KLExactError, match=message):
            enclose(x, bits=10)


# -- decimals --------------------------------------------------------------------------------------------------


def test_decimals_of_expressions() -> None:
    assert decimal(pi, 50) == "3.1415926535897932384626433832795028841971693993751"
    with mpmath.workdps(40):
        assert decimal(LogForm.log(3), 10, base=pi) == mpmath.nstr(mpmath.log(3) / mpmath.log(mpmath.pi), 10)
        assert int(mpmath.exp(40) / mpmath.log(10)) == 102226522508642278
        assert decimal(exp(-1000 * pi), 5) == mpmath.nstr(mpmath.exp(-1000 * mpmath.pi), 5)
    assert decimal(log(8) / log(4)) == "1.5"
    assert decimal(-oo) == "-∞"
    assert decimal(exp(exp(sympy.Integer(40))), 3).endswith("e+102226522508642278")
    assert decimal(Rational(1, 3), 3) == "0.333"


def test_wide_values_at_a_power_of_ten_or_at_zero_are_rounded_where_rounding_allows() -> None:
    assert decimal(ONE, 5) == "1.0000"
    assert decimal(1000 * ONE, 5) == "1000.0"
    assert decimal(ONE - 1, places=3) == "0.000"
    with pytest.raises(UndecidedError, match="must show within"):
        decimal(ONE / 2, places=0)  # a tie for all we know


def test_rounding_up_to_a_power_of_ten() -> None:
    assert decimal(10 - exp(-50 * pi), 6) == "10.0000"
    assert decimal(exp(-50 * pi) + 10, 6) == "10.0000"
    assert decimal(Rational(99999, 10000) + pi / 10**9, 4) == "10.00"


@pytest.mark.parametrize("digits", [0, -1, 10**6])
def test_absurd_digits_are_refused(digits: int) -> None:
    with pytest.raises(KLExactError, match="digits must lie between"):
        decimal(pi, digits)


def test_forms_of_a_thousand_outcomes_are_compared() -> None:
    random = Random(1000)
    p, q = (Distribution.from_counts([random.randrange(1, 2**53) for _ in range(1000)]) for _ in range(2))
    one, other = forms.kl_divergence(p, q), forms.cross_entropy(p, q) - forms.entropy(p)
    assert one is not other
    assert order(one, other) == 0
    assert is_zero(one - other)
    apart = other + LogForm(Rational(1, 10**200))  # differs in the 200th digit
    assert (order(one, apart), order(apart, one)) == (-1, 1)
    assert decimal(one, 150) == decimal(apart, 150)
    assert decimal(one, 205) != decimal(apart, 205)


@given(st.fractions(), st.fractions(min_value=0, max_value=1), st.integers(0, 120))
@example(low=Fraction(182), width=Fraction(1), bits=0)
@example(low=Fraction(10), width=Fraction(1), bits=0)
def test_an_enclosure_is_told_by_the_digits_that_its_bounds_share(low: Fraction, width: Fraction, bits: int) -> None:
    found = Enclosure(low, low + width / 2**bits)
    shown = str(found)
    if not found.width:
        assert shown == str(low)
    elif shown.startswith("["):
        assert shown == f"[{found.lower}, {found.upper}]"
    else:
        digits = len(shown.partition("e")[0].lstrip("-0.").replace(".", ""))
        assert abs(Fraction(shown) - low) <= abs(Fraction(shown)) / 10 ** (digits - 1)
        assert decimal(found.lower, digits) == decimal(found.upper, digits)
