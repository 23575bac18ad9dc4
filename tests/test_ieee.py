"""Formats and rounding of rationals: against numpy, struct, float(Fraction) and two references written otherwise."""

import struct
from fractions import Fraction
from math import inf, nextafter, ulp
from random import Random

import numpy as np
import pytest

from klexact import LogForm
from klexact.errors import KLExactError
from klexact.formats import (
    DIRECTIONS,
    FORMATS,
    Format,
    bfloat16,
    binary16,
    binary32,
    binary64,
    binary128,
    decode,
    format_of,
    x87_extended,
)
from klexact.ieee import round_enclosure, round_rational
from tests.reference import SIZES, by_bisection, reference

ALL = tuple(FORMATS.values())
EXTENDED = np.finfo(np.longdouble).nmant == 63


def boundaries(f: Format) -> list[Fraction]:
    """Numbers at which the rounding to a format changes, chosen where formats have their corners."""
    least, top = f.least, Fraction(2) ** (f.emax + 1)
    normal = Fraction(2) ** f.emin
    ulp_one = Fraction(2) ** (1 - f.precision)
    return [
        least / 2, least, 3 * least / 2, 2 * least, normal - least, normal - least / 2, normal, normal + least / 2,
        1 - ulp_one / 2, 1 - ulp_one / 4, Fraction(1), 1 + ulp_one / 2, 1 + ulp_one, 1 + 3 * ulp_one / 2,
        f.largest, (f.largest + top) / 2, top, 2 * top,
    ]  # fmt: skip


# -- formats -----------------------------------------------------------------------------------------------


def test_formats_have_the_sizes_of_the_standard() -> None:
    assert {f.name: (f.precision, f.emax) for f in ALL} == SIZES
    assert [f.width for f in ALL] == [16, 16, 32, 64, 80, 128]
    assert [f.exponent_bits for f in ALL] == [5, 8, 8, 11, 15, 15]
    assert [f.emin for f in ALL] == [-14, -126, -126, -1022, -16382, -16382]


@pytest.mark.parametrize(("f", "dtype"), [(binary16, np.float16), (binary32, np.float32), (binary64, np.float64)])
def test_extremes_are_numpys(f: Format, dtype: type[np.floating]) -> None:
    info = np.finfo(dtype)
    assert f.largest == Fraction(float(info.max))
    assert f.least == Fraction(float(info.smallest_subnormal))


def test_formats_by_alias_and_by_pair() -> None:
    assert [format_of(x) for x in ("half", "Float16", "bf16", "single", "double", "x87", "quad")] == [
        binary16, binary16, bfloat16, binary32, binary64, x87_extended, binary128,
    ]  # fmt: skip
    assert format_of((53, 1023)) is binary64
    assert format_of((64, 16383)) != x87_extended  # no integer bit: 79 bits
    assert format_of((237, 262143)).width == 256


@pytest.mark.parametrize("wanted", ["binary63", "", 64, (53,), None, "float8"])
def test_formats_that_do_not_exist(wanted: object) -> None:
    with pytest.raises(KLExactError, match=r"binary16, bfloat16, .*binary128.*found"):
        format_of(wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["float128", "longdouble"])
def test_an_ambiguous_name_is_refused(name: str) -> None:
    with pytest.raises(KLExactError, match="x87_extended on some machines and binary128"):
        format_of(name)


@pytest.mark.parametrize("pair", [(1, 10), (0, 0), (10, 0), (10**9, 10), (10, 10**9), (2.5, 3), (True, 3), ("a", 2)])
def test_absurd_sizes(pair: tuple[int, int]) -> None:
    with pytest.raises(KLExactError, match="of a format must be an integer in"):
        format_of(pair)


def test_directions_that_do_not_exist() -> None:
    with pytest.raises(KLExactError, match="nearest, up, down, zero; found 'sideways'"):
        round_rational(1, direction="sideways")


@pytest.mark.parametrize("value", [inf, float("nan"), "x", None, True])
def test_values_that_are_no_rationals(value: object) -> None:
    with pytest.raises(KLExactError, match="value must be"):
        round_rational(value)


# -- encodings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("f", "code", "count"), [(binary16, "e", 2**16), (binary32, "f", 3000), (binary64, "d", 3000)])
def test_bits_are_those_of_struct(f: Format, code: str, count: int) -> None:
    size, random = f.width // 8, Random(1)
    patterns = range(count) if count == 2**16 else (random.getrandbits(f.width) for _ in range(count))
    for pattern in patterns:
        (x,) = struct.unpack(f">{code}", pattern.to_bytes(size, "big"))
        if x - x != 0 or (x == 0 and pattern):  # infinite, NaN, -0
            continue
        found = round_rational(x, f)
        assert found.exact
        assert int(found.bits, 16) == pattern
        assert len(found.bits) == f.width // 4
        assert found.float == x == float.fromhex(found.hex)


def test_bits_of_bfloat16_are_the_upper_half_of_binary32() -> None:
    for code in range(2**15):
        (x,) = struct.unpack(">f", (code << 16).to_bytes(4, "big"))
        if x - x == 0:
            assert round_rational(x, bfloat16).bits == f"{code:04x}"


@pytest.mark.skipif(not EXTENDED, reason="long double is not x87's here")
def test_bits_of_x87_are_those_of_the_machine() -> None:
    random = Random(2)
    for _ in range(2000):
        m = Fraction(random.getrandbits(64) | 1, 2 ** random.randrange(64))
        x = np.ldexp(np.longdouble(m.numerator), -int(m.denominator).bit_length() + 1 + random.randrange(-16480, 16000))
        if not np.isfinite(x):
            continue
        n, d = x.as_integer_ratio()
        found = round_rational(Fraction(int(n), int(d)), x87_extended)
        assert found.exact
        assert found.bits == x.tobytes()[:10][::-1].hex()


def test_bits_of_the_extremes() -> None:
    rows = {f.name: [round_rational(v, f, "up").bits for v in (f.least, f.largest, f.largest + 1, 0, -1)] for f in ALL}
    assert rows["binary128"] == [
        "0" * 31 + "1", "7ffe" + "f" * 28, "7fff" + "0" * 28, "0" * 32, "bfff" + "0" * 28,
    ]  # fmt: skip
    assert rows["x87_extended"] == [
        "0000" + "0" * 15 + "1", "7ffe" + "f" * 16, "7fff8" + "0" * 15, "0" * 20, "bfff8" + "0" * 15,
    ]  # fmt: skip
    assert rows["bfloat16"] == ["0001", "7f7f", "7f80", "0000", "bf80"]
    assert round_rational(Fraction(2) ** -16382, x87_extended).bits == "00018" + "0" * 15  # least normal
    assert round_rational(Fraction(2) ** -16383, x87_extended).bits == "00004" + "0" * 15  # subnormal
    assert round_rational("1/2", (3, 5)).bits == "10"  # a width that is no multiple of 4: 0 0100 00


def test_signed_zeros_and_their_marks() -> None:
    zero, minus = round_rational(0), round_rational("-1e-999")
    assert (zero.bits, zero.hex, str(zero.float), zero.exact) == ("0" * 16, "0x0p+0", "0.0", True)
    assert (minus.bits, minus.hex, str(minus.float)) == ("8" + "0" * 15, "-0x0p+0", "-0.0")
    assert minus.value == 0
    assert minus.underflow
    assert not minus.subnormal


def test_float_is_none_where_binary64_lacks_the_number() -> None:
    assert round_rational("1/3", binary128).float is None
    assert round_rational(Fraction(2) ** -1075, binary128).float is None
    assert round_rational(Fraction(2) ** 1024, binary128).float is None
    assert round_rational(Fraction(2) ** -1074, binary128).float == 5e-324
    assert round_rational(3 * Fraction(2) ** -1074, x87_extended).float == 1.5e-323
    assert round_rational(-3, (5000, 20)).float == -3.0
    assert round_rational(Fraction(2) ** 9999, "half").float == inf


# -- rounding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_corners_in_every_direction(f: Format) -> None:
    for boundary in boundaries(f):
        nearby = Fraction(1, 2**200)
        for x in (boundary, boundary * (1 + nearby), boundary * (1 - nearby)):
            for signed in (x, -x):
                for direction in DIRECTIONS:
                    found = round_rational(signed, f, direction)
                    assert found.value == reference(signed, f.precision, f.emax, direction), (f, signed, direction)
                    assert found.exact == (found.value == signed)
                    assert found.negative == (signed < 0)
            assert round_rational(x, f).value == by_bisection(x, f.precision, f.emax)


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_ties_go_to_the_even_significand(f: Format) -> None:
    ulp_one = Fraction(2) ** (1 - f.precision)
    assert round_rational(1 + ulp_one / 2, f).value == 1
    assert round_rational(1 + 3 * ulp_one / 2, f).value == 1 + 2 * ulp_one
    assert round_rational(f.least / 2, f).value == 0
    assert round_rational(3 * f.least / 2, f).value == 2 * f.least
    assert round_rational(1 - ulp_one / 4, f).value == 1  # half an ulp of the binade below


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_flags(f: Format) -> None:
    top = Fraction(2) ** (f.emax + 1)
    tie = (f.largest + top) / 2
    cases = [
        (f.largest, "nearest", False, f.largest), (tie - f.least, "nearest", False, f.largest),
        (tie, "nearest", True, inf), (tie, "zero", False, f.largest), (top, "zero", True, f.largest),
        (tie, "up", True, inf), (-tie, "up", False, -f.largest), (-top, "up", True, -f.largest), (-tie, "down", True, -inf),
    ]  # fmt: skip
    for x, direction, overflow, value in cases:
        found = round_rational(x, f, direction)
        assert (found.overflow, found.value) == (overflow, value)
        assert found.is_infinite == isinstance(value, float)
    normal = Fraction(2) ** f.emin
    assert not round_rational(normal, f).subnormal
    exact, lost = round_rational(normal / 2, f), round_rational(normal / 2 + f.least / 3, f)
    assert (exact.subnormal, exact.underflow) == (True, False)
    assert (lost.subnormal, lost.underflow) == (True, True)


def test_the_reference_catches_double_rounding() -> None:
    x = 1 + Fraction(1, 2**11) + Fraction(1, 2**70)  # just above a tie of binary16
    twice = Fraction(float(np.float16(float(x))))
    assert twice == 1
    assert reference(x, 11, 15, "nearest") == 1 + Fraction(1, 2**10) == round_rational(x, "half").value
    assert by_bisection(x, 11, 15) == 1 + Fraction(1, 2**10)


def test_nearest_is_that_of_python_and_numpy() -> None:
    random = Random(3)
    for _ in range(3000):
        x = Fraction(random.getrandbits(120) + 1, random.getrandbits(120) + 1) * Fraction(2) ** random.randrange(
            -1100, 900
        )
        assert round_rational(x).float == float(x)
        y = random.uniform(-1, 1) * 2.0 ** random.randrange(-160, 130)
        with np.errstate(over="ignore", under="ignore"):
            assert round_rational(y, "single").float == float(np.float32(y))
            assert round_rational(y, "half").float == float(np.float16(y))


def test_up_and_down_are_neighbours() -> None:
    for x in ("0.1", "1e-320", "1e308", "-2.3"):
        down, up = (round_rational(x, direction=d).float for d in ("down", "up"))
        assert down is not None
        assert up == nextafter(down, inf) == down + ulp(down)


# -- enclosures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_open_intervals_leave_out_their_ends(f: Format, direction: str) -> None:
    tiny = f.least / 2**9
    for boundary in boundaries(f):
        for b in (boundary, -boundary):
            above = round_enclosure(b, b + tiny, f, direction, closed=False)
            below = round_enclosure(b - tiny, b, f, direction, closed=False)
            assert above == round_rational(b + tiny / 3, f, direction)
            assert below == round_rational(b - tiny / 3, f, direction)


def test_an_interval_across_zero_has_two_zeros() -> None:
    tiny = Fraction(1, 10**400)
    assert round_enclosure(-tiny, tiny) is None
    found = round_enclosure(0, tiny, direction="down")
    assert found is not None
    assert (found.bits, found.exact) == ("0" * 16, False)


def test_one_number_is_an_interval() -> None:
    found = round_enclosure(1, 1)
    assert found is not None
    assert found.exact
    with pytest.raises(KLExactError, match="must not be empty; found the ends 2 and 1"):
        round_enclosure(2, 1)
    with pytest.raises(KLExactError, match="must not be empty"):
        round_enclosure(1, 1, closed=False)


def test_no_form_is_taken_for_a_number() -> None:
    with pytest.raises(KLExactError, match="value must be"):
        round_rational(LogForm.log(2))


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_decoding_inverts_encoding(f: Format) -> None:
    for x in boundaries(f):
        for number in (round_rational(x, f), round_rational(-x, f, "down")):
            found = decode(number.bits, f)
            assert found is not None
            assert (found.value, found.negative, found.bits) == (number.value, number.negative, number.bits)
    assert decode("7" + "f" * (-(-f.width // 4) - 1), f) is None
    for bad in ("", "0" * (f.width // 4 - 1), "G" * (f.width // 4), "0x3ff0000000000"):
        with pytest.raises(KLExactError, match=f"{f.name} takes"):
            decode(bad, f)
