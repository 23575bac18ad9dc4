"""The one door in: what comes through becomes exact, what does not is refused at once and in words."""

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Float, Rational, Symbol

from klexact.errors import InvalidNumberError
from klexact.exact import MAX_DIGITS, clipped, element, outcome, rational, shown, whole

A, B, C, T = sympy.symbols("a b c t")

ACCEPTED: list[tuple[Any, Any]] = [
    (3, QQ(3)),
    (-7, QQ(-7)),
    (10**400, QQ(10**400)),
    (Fraction(3, 10), QQ(3, 10)),
    (Decimal("0.3"), QQ(3, 10)),
    (Decimal("-3E-5"), QQ(-3, 10**5)),
    (Decimal("1E+3"), QQ(1000)),
    (0.5, QQ(1, 2)),
    (0.1, QQ(3602879701896397, 36028797018963968)),  # the binary value, not 1/10
    (5e-324, QQ(1, 2**1074)),
    (-0.0, QQ(0)),
    (np.int8(-3), QQ(-3)),
    (np.uint64(2**64 - 1), QQ(2**64 - 1)),
    (np.float16(0.1), QQ(819, 8192)),
    (np.float32(0.1), QQ(13421773, 134217728)),
    (np.float64(0.1), QQ(3602879701896397, 36028797018963968)),
    (np.longdouble(1) / 4, QQ(1, 4)),
    (sympy.Integer(4), QQ(4)),
    (Rational(1, 3), QQ(1, 3)),
    (Float(0.1), QQ(3602879701896397, 36028797018963968)),
    (sympy.pi - sympy.pi, QQ(0)),
    (QQ(2, 3), QQ(2, 3)),
    (fmpz(5), QQ(5)),
    (fmpq(5, 6), QQ(5, 6)),
    ("3/10", QQ(3, 10)),
    ("0.3", QQ(3, 10)),
    ("3e-5", QQ(3, 10**5)),
    ("-3E+2", QQ(-300)),
    (" 1 / 3 ", QQ(1, 3)),
    (".5", QQ(1, 2)),
    ("5.", QQ(5)),
    ("+.5e1", QQ(5)),
    ("-.5", QQ(-1, 2)),
    ("0.1/0.3", QQ(1, 3)),
    ("1/-2", QQ(-1, 2)),
    ("0e9999", QQ(0)),
    ("0" * 5000 + "7", QQ(7)),
    ("1e" + "0" * 5000 + "2", QQ(100)),
    ("9" * MAX_DIGITS, QQ(10**MAX_DIGITS - 1)),
]


@pytest.mark.parametrize(("given_value", "value"), ACCEPTED, ids=lambda x: f"{type(x).__name__} {x!s:.20}"[:40])
def test_accepted(given_value: Any, value: Any) -> None:
    assert rational(given_value) == value
    assert type(rational(given_value)) is type(QQ(1, 2))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_its_binary_value(x: float) -> None:
    assert Fraction(int(rational(x).numerator), int(rational(x).denominator)) == Fraction(x)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_text_is_what_it_says(x: Decimal) -> None:
    assert rational(str(x)) == rational(x) == rational(Fraction(x)) == rational(f"{x:e}")


TEXT = "written as a number such as 3/10, 0.3 or 3e-5"
NUMBER = "an int, Fraction, Decimal, float, SymPy or NumPy number, or text such as '3/10', '0.3' or '3e-5'"
REFUSED: list[tuple[Any, str, str]] = [
    ("__import__('os')", TEXT, "\"__import__('os')\""),
    ("os.system('false')", TEXT, "os.system"),
    ("", TEXT, "''"),
    (" ", TEXT, "' '"),
    ("-", TEXT, "'-'"),
    (".", TEXT, "'.'"),
    ("1/2/3", TEXT, "'1/2/3'"),
    ("1_000", TEXT, "'1_000'"),
    ("0x10", TEXT, "'0x10'"),
    ("1e", TEXT, "'1e'"),
    ("1,5", TEXT, "'1,5'"),
    ("½", TEXT, "'½'"),
    ("٣", TEXT, "'٣'"),
    ("t", TEXT, "'t'"),
    ("inf", TEXT, "'inf'"),
    ("nan", TEXT, "'nan'"),
    ("1/0", "finite", "'1/0'"),
    ("0/0", "finite", "'0/0'"),
    (float("nan"), "finite", "nan"),
    (float("inf"), "finite", "inf"),
    (float("-inf"), "finite", "-inf"),
    (Decimal("NaN"), "finite", "NaN"),
    (Decimal("sNaN"), "finite", "sNaN"),
    (Decimal("-Infinity"), "finite", "-Infinity"),
    (np.float64("nan"), "finite", "nan"),
    (np.float32("inf"), "finite", "inf"),
    (sympy.nan, "finite", "nan"),
    (sympy.oo, "finite", "oo"),
    (sympy.zoo, "finite", "zoo"),
    (sympy.sqrt(2), "rational", "sqrt(2)"),
    (sympy.I, "rational", "I"),
    (sympy.pi, "rational", "pi"),
    (T, "a number", "t"),
    (True, NUMBER, "True"),
    (np.bool_(True), NUMBER, "True"),
    (sympy.true, NUMBER, "True"),
    (None, NUMBER, "None"),
    (1 + 0j, NUMBER, "(1+0j)"),
    (b"1/2", NUMBER, "b'1/2'"),
    ([1], NUMBER, "[1]"),
    (np.array([0.5]), NUMBER, "array([0.5])"),
    (sympy.Matrix([1]), NUMBER, "Matrix"),
]


@pytest.mark.parametrize(("value", "required", "found"), REFUSED, ids=lambda x: f"{x!s:.20}")
def test_refused_by_name(value: Any, required: str, found: str) -> None:
    with pytest.raises(InvalidNumberError) as caught:
        rational(value, "the weight of 'a'")
    message = str(caught.value)
    assert message.startswith("the weight of 'a' must be ")
    assert required in message
    assert found in message.partition("; found ")[2]


HUGE: list[tuple[str, Any]] = [
    ("exponent", "1e999999999"),
    ("negative exponent", "1e-999999999"),
    ("endless exponent", "1e" + "9" * 5000),
    ("long exponent", f"1e{MAX_DIGITS}"),
    ("million digits", "9" * 10**6),
    ("million decimals", "0." + "9" * 10**6),
    ("too long an int", 10 ** (MAX_DIGITS + 1)),
    ("a million bits", 1 << 10**6),
    ("its inverse", Fraction(1, 10 ** (MAX_DIGITS + 1))),
    ("Decimal", Decimal("1e999999999")),
    ("tiny Decimal", Decimal("1e-999999999")),
    ("quotient", "1e9999/1e-9999"),
    ("SymPy", sympy.Integer(10) ** (MAX_DIGITS + 1)),
    ("degree", T**1_000_000_000),
    ("nested degree", (T**1000 + 1) ** 1000),
    ("number of terms", (A + B + C + T) ** 60),
    ("nested terms", ((A + B + C) ** 1000 + 1) ** 10**8),
    ("product of sums", (A + B) ** 500 * (A + C) ** 500 * (B + C) ** 500),
]


@pytest.mark.parametrize("value", [v for _, v in HUGE], ids=[name for name, _ in HUGE])
def test_huge_input_is_refused_at_once(value: Any) -> None:
    start = time.perf_counter()
    with pytest.raises(
        InvalidNumberError,
        match=r"must have (at most 10,000 digits|a (degree|number of terms) of at most [0-9,]+).*; found",
    ):
        element(value)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("value", [[10**5000], {10**5000}, (1, 10**5000)], ids=["list", "set", "tuple"])
def test_a_refusal_does_not_stumble_over_what_python_will_not_print(value: Any) -> None:
    with pytest.raises(InvalidNumberError, match="must be an int"):
        rational(value)


def test_elements_may_have_parameters() -> None:
    assert element(T / 2) == T / 2
    assert element(0.5 * T) == T / 2  # floats inside are exact, too
    assert element("1/2") == QQ(1, 2)
    with pytest.raises(
        InvalidNumberError, match=r"p must be a number; found a\*t with the symbol a, t: give it a value"
    ):
        rational(T * Symbol("a"), "p")


def test_expressions_of_moderate_size_pass() -> None:
    assert element((A + B + 1) ** 20) == (A + B + 1) ** 20
    assert element(T**1999 / (1 + T)) == T**1999 / (1 + T)


@pytest.mark.parametrize("value", [7, np.int64(7), np.uint8(7), sympy.Integer(7)])
def test_whole(value: Any) -> None:
    assert whole(value, "n", 0, 7) == 7
    assert type(whole(value, "n", 0, 7)) is int


@pytest.mark.parametrize("value", [-1, 8, 2.0, "3", None, True, Fraction(3), 10**5000], ids=range(8))
def test_whole_refuses(value: Any) -> None:
    with pytest.raises(InvalidNumberError, match=r"n must be an integer in 0\.\.7; found "):
        whole(value, "n", 0, 7)


def test_clipped() -> None:
    assert clipped("ab") == "'ab'"
    assert clipped("a" * 10**6).endswith("... (1,000,002 characters)")
    assert len(clipped([10**5000])) < 100


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3", 3),
        ("-2", -2),
        ("0.5", Fraction(1, 2)),
        ("4/2", 2),
        (" red ", "red"),
        ("", ""),
        ("2024-01-31", "2024-01-31"),
        ("3/0", "3/0"),  # no number, so the text that it is
        ("1e99999", "1e99999"),
    ],
)
def test_outcome(text: str, name: Any) -> None:
    assert outcome(text) == name
    assert type(outcome(text)) is type(name)


def test_shown() -> None:
    assert shown(QQ(5)) == "5"
    assert shown(QQ(1, 3)) == "1/3"
    assert shown(QQ(1, 2**55)) == "1/36028797018963968 (about 2.78e-17)"
    assert shown(QQ(10**100 + 1, 3)) == "about 3.33e+99"
    assert len(shown(QQ(1, 7**10_000))) < 40
