"""Numbers of every kind become answers exactly, rounded once."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact.conformance.answers import Answer, answer_of
from klexact.errors import KLExactError
from klexact.formats import FORMATS, decode, rounded
from tests.conformance.one_view import GOLDEN_FORMATS

in_formats = st.sampled_from(GOLDEN_FORMATS)


@given(st.floats(allow_nan=False), in_formats)
def test_a_float_is_rounded_once_whatever_carries_it(x: float, dtype: str) -> None:
    found = answer_of(x, dtype)
    if math.isinf(x) or x == 0:
        got = decode(found.bits or "", FORMATS[dtype])
        assert got is not None
        assert got.float == x
        assert math.copysign(1, got.float) == math.copysign(1, x)
    else:
        assert found.bits == rounded(Fraction(x).as_integer_ratio(), FORMATS[dtype], "nearest").bits
    for same in (x.hex(), np.float64(x), np.longdouble(x), np.array(x), Decimal(x)):
        assert answer_of(same, dtype) == found


@given(st.decimals(allow_nan=False, allow_infinity=False, places=60) | st.fractions(), in_formats)
def test_more_digits_than_a_float_has_are_kept(x: Decimal | Fraction, dtype: str) -> None:
    exact = Fraction(x)
    if exact:
        assert answer_of(x, dtype).bits == rounded(exact.as_integer_ratio(), FORMATS[dtype], "nearest").bits


def test_long_doubles_and_many_digits_reach_binary128() -> None:
    third = np.longdouble(1) / 3
    assert answer_of(third, "binary128").bits == rounded(third.as_integer_ratio(), FORMATS["binary128"], "nearest").bits
    tiny = Decimal("1e-4900")
    assert answer_of(tiny, "binary128") == answer_of("1e-4900", "binary128")
    assert int(answer_of(tiny, "binary128").bits or "", 16) > 0
    with mpmath.workdps(60):
        assert answer_of(mpmath.mpf(1) / 3, "binary128").bits == answer_of(Fraction(1, 3), "binary128").bits


@pytest.mark.parametrize(
    ("x", "bits"),
    [
        (Decimal("1e-999999999"), "0000"),
        (Decimal("-1e999999999"), "fc00"),
        (Decimal("Infinity"), "7c00"),
        (Decimal("NaN"), "7e00"),
        (Decimal("-0"), "8000"),
        (math.nan, "7e00"),
        ("-0x0p0", "8000"),
        ("-inf", "fc00"),
        (65520, "7c00"),
        (0, "0000"),
    ],
)
def test_extremes_are_answered_at_once(x: Any, bits: str) -> None:
    assert answer_of(x, "binary16") == Answer(bits=bits)


@pytest.mark.parametrize("x", [None, "", "1/3", "1e100000000", "0x1p9999999", [1.0], 1j, "one", np.array([1.0, 2.0])])
def test_what_is_no_number_is_refused(x: Any) -> None:
    with pytest.raises(KLExactError, match="an answer"):
        answer_of(x, "binary64")


def test_an_answer_stays_as_it_is() -> None:
    assert answer_of(Answer(skip="not these"), "binary16") == Answer(skip="not these")
