"""Laws of rounding, and ten thousand divergences rounded by two engines.

- Rounding is what two references written otherwise say, in every format and direction.
- It is monotone, odd (up and down swap), the identity on the numbers of the format; down <= x <= up, and both are
  neighbours; zero is the one nearer to 0, nearest one of the two.
- Encodings of non-negative numbers have the order of the numbers; decoding a hexadecimal float gives the value back.
- All numbers of an interval round to what `round_enclosure` says.
- A form's rounding is that of the definition summed with mpmath at four times the precision of binary128, and every
  enclosure of the form contains that sum.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import cycle, product
from math import inf, nextafter
from random import Random
from typing import Any

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from sympy import E

from klexact import Distribution, Enclosure, LogForm, enclose, forms
from klexact.formats import DIRECTIONS, FORMATS, Format, Rounded
from klexact.ieee import round_enclosure, round_rational
from klexact.naive import approximate
from klexact.rounding import round_balls, round_to
from tests.reference import SIZES, by_bisection, in_units, power, reference

DIGITS = 136  # four times the 113 bits of binary128
TOGETHER = 10_000

formats = st.sampled_from(list(FORMATS.values())) | st.builds(
    lambda p, emax: Format("any", p, emax), st.integers(2, 70), st.integers(1, 300)
)
directions = st.sampled_from(DIRECTIONS)
integers = st.integers(-(2**130), 2**130)
rationals = st.builds(
    lambda n, d, e: Fraction(n, d) * power(e), integers, st.integers(1, 2**130), st.integers(-400, 400)
) | st.builds(lambda n, e: n * power(e), st.integers(-(2**12), 2**12), st.integers(-320, 300))


def value(x: Fraction, f: Format, direction: str) -> Any:
    return round_rational(x, f, direction).value


@given(rationals, formats, directions)
def test_the_references_agree(x: Fraction, f: Format, direction: str) -> None:
    found = round_rational(x, f, direction)
    assert found.value == reference(x, f.precision, f.emax, direction)
    assert found.exact == (found.value == x)
    assert round_rational(abs(x), f).value == by_bisection(abs(x), f.precision, f.emax)


@given(rationals, rationals, formats, directions)
def test_monotone_and_odd(x: Fraction, y: Fraction, f: Format, direction: str) -> None:
    assert (value(x, f, direction) <= value(y, f, direction)) or x > y
    opposite = {"up": "down", "down": "up"}.get(direction, direction)
    assert value(-x, f, direction) == -value(x, f, opposite)


@given(rationals, formats)
def test_down_and_up_enclose(x: Fraction, f: Format) -> None:
    down, up, zero, nearest = (value(x, f, d) for d in ("down", "up", "zero", "nearest"))
    assert down <= x <= up
    assert (down == x == up) or down < x < up
    assert zero == (down if x >= 0 else up)
    assert nearest in (down, up)
    if isinstance(down, Fraction) and isinstance(up, Fraction) and down < up:
        assert value((down + up) / 2, f, "up") == up
        assert value((down + up) / 2, f, "down") == down
        assert abs(nearest - x) == min(x - down, up - x)


@given(rationals, formats, directions, directions)
def test_a_number_of_the_format_stays(x: Fraction, f: Format, direction: str, again: str) -> None:
    once = round_rational(x, f, direction)
    if isinstance(once.value, Fraction):
        twice = round_rational(once.value, f, again)
        assert twice.value == once.value
        assert twice.exact


@given(rationals, rationals, formats)
def test_encodings_are_ordered(x: Fraction, y: Fraction, f: Format) -> None:
    one, other = round_rational(abs(x), f), round_rational(abs(y), f)
    assert (one.value < other.value) == (one.bits < other.bits)
    assert len(one.bits) == -(-f.width // 4)


@given(rationals)
def test_hexadecimal_floats_are_read_back(x: Fraction) -> None:
    found = round_rational(x)
    assert float.fromhex(found.hex) == found.float == found.value


@given(rationals, st.fractions(0, 1), st.fractions(0, 1), st.integers(0, 160), formats, directions)
def test_enclosures(  # noqa: PLR0917
    x: Fraction, inside: Fraction, span: Fraction, narrow: int, f: Format, direction: str
) -> None:
    upper = x + span * abs(x) / 2**narrow
    found = round_enclosure(x, upper, f, direction)
    both = round_rational(x, f, direction), round_rational(upper, f, direction)
    if found is None:
        assert both[0] != both[1]
    else:
        middle = round_rational(x + inside * (upper - x), f, direction)
        assert (found.bits, found.overflow) == (middle.bits, middle.overflow)
        assert found.exact == (x == upper == middle.value)


# -- forms, by both engines --------------------------------------------------------------------------------

Case = tuple[str, tuple[Any, ...], dict[str, Any], object]
BASES = (E, 2, 10, "1/3")


def near_equal(random: Random) -> Case:
    """Vectors of floats that differ by one ulp here and there."""
    p = [random.uniform(0, 1) * 2.0 ** random.randrange(-30, 30) for _ in range(random.randrange(1, 4))]
    q = [nextafter(x, random.choice((0, x, inf))) for x in p]
    q[0] = nextafter(p[0], inf)
    variant = random.choice(("raw", "normalised", "generalised") if len(p) > 1 else ("raw", "generalised"))
    return "kl_divergence", (p, q), {"variant": variant}, random.choice(BASES)


def wide(random: Random) -> Case:
    """Masses across 600 orders of magnitude."""
    p, q = ([random.uniform(1, 9) * 10.0 ** random.randrange(-300, 300) for _ in range(2)] for _ in range(2))
    function = random.choice(("kl_divergence", "cross_entropy", "jeffreys_divergence"))
    return function, (p, q), {"variant": random.choice(("raw", "normalised"))}, random.choice(BASES)


def subnormal(random: Random) -> Case:
    """Masses that are subnormal floats, some beside ordinary ones."""
    p, q = ([random.randrange(1, 2**20) * 2.0**-1074 for _ in range(2)] for _ in range(2))
    if random.random() < 0.5:
        p[0], q[0] = random.random(), random.random()
    variant = random.choice(("raw", "normalised", "generalised"))
    return "kl_divergence", (p, q), {"variant": variant}, random.choice(BASES)


def counts(random: Random) -> Case:
    """Distributions with primes in their denominators, so that no base makes their entropy rational."""
    n = random.randrange(2, 6)
    p, q = (
        Distribution.from_counts([random.randrange(1, 10 ** random.randrange(1, 9)) for _ in range(n)]) for _ in "pq"
    )
    function = random.choice(("kl_divergence", "cross_entropy", "entropy", "jensen_shannon_divergence"))
    return function, (p,) if function == "entropy" else (p, q), {}, random.choice((E, 7, "10/3"))


def form_of(function: str, operands: tuple[Any, ...], options: dict[str, Any]) -> LogForm:
    if function == "jeffreys_divergence":
        p, q = operands
        return forms.kl_divergence(p, q, **options) + forms.kl_divergence(q, p, **options)
    if function == "jensen_shannon_divergence":
        return forms.jensen_shannon_divergence(operands)
    found: LogForm = getattr(forms, function)(*operands, **options)
    return found


def cases(make: Callable[[Random], Case], seed: int, n: int) -> Iterator[Case]:
    random = Random(seed)
    return (make(random) for _ in range(n))


def fraction(x: arb) -> Fraction:
    m, e = map(int, x.man_exp())
    return m * power(e)


def units(x: Rounded) -> int | float:
    """Return a result in units of its format's least subnormal."""
    if x.significand is None:
        return -inf if x.negative else inf
    size = x.significand << x.exponent - x.format.emin + x.format.precision - 1
    return -size if x.negative else size


def enclosure(form: LogForm, unit: LogForm, prec: int) -> arb:
    with ctx.workprec(prec):
        quotient: arb = form.ball(prec) / unit.ball(prec)
        return quotient


def encloses(form: LogForm, unit: LogForm, lower: Fraction, upper: Fraction) -> bool:
    """Tell whether balls of several precisions meet the interval of the second engine."""
    balls = [enclosure(form, unit, prec) for prec in (64, 256, 2048)]
    return all(fraction(b.lower()) <= upper and lower <= fraction(b.upper()) for b in balls)


def agreed(form: LogForm, unit: LogForm, ends: tuple[Fraction, Fraction]) -> None:
    """Assert that the enclosures round as both ends do, in every format and direction."""

    @cache
    def ball(prec: int) -> arb:
        return enclosure(form, unit, prec)

    for name, sizes in SIZES.items():
        low, high = (in_units(x, *sizes) for x in ends)
        assert low == high
        assert {d: units(round_balls(ball, name, d)) for d in DIRECTIONS} == low


def narrow(found: Enclosure, low: Fraction, high: Fraction) -> None:
    """Assert that bounds hold the value, known to four times their accuracy, and are as close as promised."""
    assert found.lower <= high
    assert low <= found.upper
    assert found.width <= max(abs(low), abs(high)) / 2**34


KINDS = (near_equal, wide, subnormal, counts)


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_forms_round_as_the_definition_does(make: Callable[[Random], Case], part: int) -> None:
    turn = cycle(product(SIZES, DIRECTIONS))
    for function, operands, options, base in cases(make, part, TOGETHER // 10):
        form = form_of(function, operands, options)
        second = approximate(function, *operands, base=base, digits=DIGITS, **options)
        assert second.value is not None
        unit = LogForm(1) if base is E else LogForm.log(base)
        ends = second.value - second.error, second.value + second.error
        assert encloses(form, unit, *ends)
        narrow(enclose(form, bits=34, base=base), *ends)
        agreed(form, unit, ends)
        name, direction = next(turn)
        found = round_to(form, name, direction, base=base)
        assert units(found) == in_units(second.value, *SIZES[name])[direction]


@pytest.mark.parametrize("part", range(2))
def test_powers_of_two_are_exact_in_base_two(part: int) -> None:
    random = Random(part)
    for _ in range(TOGETHER // 10):
        p, q = ([random.randrange(-1074, 1024) for _ in range(random.randrange(1, 4))] for _ in range(2))
        pairs = list(zip(p, q, strict=False))
        exact = sum((power(a) * (a - b) for a, b in pairs), Fraction(0))
        one, other = ([power(e) for e in x] for x in zip(*pairs, strict=True))
        form = forms.kl_divergence(one, other, "raw")
        second = approximate("kl_divergence", one, other, base=2, digits=DIGITS, variant="raw")
        assert second.value is not None
        assert abs(second.value - exact) <= second.error
        for name, sizes in SIZES.items():
            found = {d: round_to(form, name, d, base=2) for d in DIRECTIONS}
            assert {d: units(x) for d, x in found.items()} == in_units(exact, *sizes)
            assert all(x.exact == (x.value == exact) for x in found.values())
        assert enclose(form, bits=34, base=2) == Enclosure(exact, exact)
