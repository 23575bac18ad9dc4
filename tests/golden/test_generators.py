"""Long vectors: the recurrence against its closed form, hashes, and refusals."""

import hashlib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact.errors import InvalidFileError
from klexact.golden.generators import MAX_LENGTH, described, entries, is_generated, weights

MODULUS = 2**31 - 1


def minstd(seed: int, bits: int, length: int) -> list[int]:
    """Return the weights by powers of the multiplier, each by itself: no recurrence."""
    return [1 + seed * pow(48271, i, MODULUS) % MODULUS % 2**bits for i in range(1, length + 1)]


@given(st.integers(1, MODULUS - 1), st.integers(1, 30), st.integers(1, 300))
def test_minstd(seed: int, bits: int, length: int) -> None:
    assert weights(described("minstd", length, seed=seed, bits=bits)) == minstd(seed, bits, length)


def test_minstd_is_the_one_of_the_standard() -> None:
    # ISO C++, [rand.predef]: the 10,000th number of minstd_rand is 399268537
    assert pow(48271, 10_000, MODULUS) == 399268537
    assert weights(described("minstd", 10_000, seed=1, bits=30))[-1] == 1 + 399268537 % 2**30


@pytest.mark.parametrize(
    ("description", "wanted"),
    [
        (described("constant", 3, shift=2), [Fraction(1, 4)] * 3),
        (described("ramp", 4, shift=1), [Fraction(k, 2) for k in (1, 2, 3, 4)]),
        (described("ramp", 4, shift=0, reverse=True), [4, 3, 2, 1]),
        (described("ramp", 5, shift=0, step=2), [1, 1, 2, 2, 3]),
        (described("ramp", 5, shift=0, step=2, reverse=True), [3, 2, 2, 1, 1]),
        (described("ramp", 6, shift=0, zero_every=3), [1, 2, 0, 4, 5, 0]),
        (described("ramp", 3, shift=0, zero_every=2, reverse=True), [3, 0, 1]),
        (described("powers", 3), [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)]),
        (described("powers", 3, reverse=True), [Fraction(1, 8), Fraction(1, 4), Fraction(1, 2)]),
        (described("powers", 4, zero_every=2), [Fraction(1, 2), 0, Fraction(1, 8), 0]),
        (described("minstd", 2, seed=1, bits=7, shift=10), [Fraction(16, 1024), Fraction(99, 1024)]),
    ],
)
def test_entries(description: dict[str, str], wanted: list[Fraction]) -> None:
    assert list(entries(description)) == wanted
    assert all(isinstance(x, str) for x in description.values())


@given(st.integers(1, 50), st.integers(1, 9), st.booleans(), st.one_of(st.none(), st.integers(2, 60)))
def test_ramps(length: int, step: int, reverse: bool, zero_every: int | None) -> None:
    options: dict[str, Any] = {} if zero_every is None else {"zero_every": zero_every}
    found = weights(described("ramp", length, step=step, reverse=reverse, **options))
    for i, w in enumerate(found):
        at = length - 1 - i if reverse else i
        assert w == (0 if zero_every and i % zero_every == zero_every - 1 else 1 + at // step)


def test_the_hash_is_that_of_the_integers_in_decimal() -> None:
    text = "".join(f"{w}\n" for w in minstd(17, 9, 500))
    assert described("minstd", 500, seed=17, bits=9, shift=20)["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    exponents = "".join(f"{k}\n" for k in range(1, 31))
    assert described("powers", 30)["sha256"] == hashlib.sha256(exponents.encode()).hexdigest()


def test_a_wrong_hash_is_refused() -> None:
    right = described("ramp", 5)
    with pytest.raises(InvalidFileError, match="must have the sha256 that it states; found "):
        entries(right | {"sha256": described("ramp", 6)["sha256"]})
    for key, value in (("length", "6"), ("step", "2"), ("reverse", "true"), ("zero_every", "2")):
        with pytest.raises(InvalidFileError, match="must have the sha256"):
            entries(right | {key: value})


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"generator": "sobol"}, "needs a generator of minstd, ramp, constant, powers"),
        ({"generator": "constant", "seed": "1"}, "and its own keys"),
        ({"generator": "powers", "step": "1"}, "and its own keys"),
        ({"surprise": "1"}, "and its own keys"),
        ({"length": "0"}, r"length of a generated vector must be 1\.\.1,000,000"),
        ({"length": str(MAX_LENGTH + 1)}, "length of a generated vector"),
        ({"length": "9" * 400}, "length of a generated vector"),
        ({"length": "1e3"}, "length of a generated vector"),
        ({"length": "-5"}, "length of a generated vector"),
        ({"length": "²"}, "length of a generated vector"),
        ({"length": ""}, "length of a generated vector"),
        ({"step": "0"}, "step of a generated vector"),
        ({"zero_every": "1"}, "zero_every of a generated vector"),
        ({"shift": "1001"}, "shift of a generated vector"),
        ({"shift": "x"}, "shift of a generated vector"),
        ({"generator": "minstd", "bits": "7"}, "seed of a generated vector"),
        ({"generator": "minstd", "bits": "7", "seed": "0"}, "seed of a generated vector"),
        ({"generator": "minstd", "bits": "7", "seed": str(MODULUS)}, "seed of a generated vector"),
        ({"generator": "minstd", "bits": "31", "seed": "1"}, "bits of a generated vector"),
    ],
)
def test_what_is_refused(change: dict[str, str], match: str) -> None:
    description = {"generator": "ramp", "length": "3", "shift": "0"} | change
    with pytest.raises(InvalidFileError, match=match):
        entries(description)


def test_what_is_generated() -> None:
    assert is_generated(described("ramp", 1))
    assert not is_generated(["1/2"])
    assert not is_generated("1/2")


def test_products_stay_below_2_to_the_53() -> None:
    assert 48271 * (MODULUS - 1) < 2**53


@pytest.mark.parametrize(
    "wrong",
    [
        {"generator": "powers", "length": "16495", "shift": "0"},
        {"generator": "powers", "length": "3", "shift": "0", "reverse": "yes"},
        {"generator": "constant", "length": 3, "shift": "0"},
        {"generator": 7, "length": "3", "shift": "0"},
    ],
)
def test_wrong_descriptions_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidFileError):
        weights(wrong)
