"""Rounding once more, written so that no idea is shared with klexact.ieee.

A format is its sorted list of finite magnitudes on the grid of its least subnormal: x is measured in that unit, once and
for all, and its two neighbours on the list are compared with it. `by_bisection` does not even do that: it
searches the encodings themselves, which IEEE 754 orders like the magnitudes.
"""

from fractions import Fraction
from math import inf

SIZES = {  # name: (precision, emax), from IEEE 754-2019, table 3.5, and Intel's manuals
    "binary16": (11, 15),
    "bfloat16": (8, 127),
    "binary32": (24, 127),
    "binary64": (53, 1023),
    "x87_extended": (64, 16383),
    "binary128": (113, 16383),
}
DIRECTIONS = ("nearest", "up", "down", "zero")


def power(exponent: int) -> Fraction:
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


def reference(x: Fraction, precision: int, emax: int, direction: str) -> Fraction | float:
    """Return x rounded; -0 is 0, infinity a float."""
    units = in_units(x, precision, emax)[direction]
    return units if isinstance(units, float) else units * power(2 - emax - precision)


def in_units(x: Fraction, precision: int, emax: int) -> dict[str, int | float]:
    """Return x rounded in every direction, in units of the least subnormal."""
    below, rest = divmod(abs(x.numerator) << emax + precision - 2, x.denominator)
    step: int = 2 ** max(0, len(f"{below:b}") - precision)
    low = below - below % step
    gap = (below - low) * x.denominator + rest  # x - low, as a multiple of 1 / denominator
    high = low + step if gap else low
    middle = step * x.denominator
    nearest = high if 2 * gap > middle or (2 * gap == middle and low // step % 2 == 1) else low
    top: int = 2 ** (2 * emax + precision - 1)
    largest = top - top // 2**precision
    outward = high if high < top else inf
    inward = min(low, largest)
    near = nearest if nearest < top else inf
    if x < 0:
        return {"nearest": -near, "up": -inward, "down": -outward, "zero": -inward}
    return {"nearest": near, "up": outward, "down": inward, "zero": inward}


def decoded(code: int, precision: int, emax: int) -> Fraction:
    """Return the magnitude of an encoding with an implied leading bit; one past the largest is 2^(emax + 1)."""
    exponent, fraction = divmod(code, 2 ** (precision - 1))
    units = fraction if exponent == 0 else (2 ** (precision - 1) + fraction) * 2 ** (exponent - 1)
    magnitude: Fraction = units * power(2 - emax - precision)
    return magnitude


def by_bisection(x: Fraction, precision: int, emax: int) -> Fraction | float:
    """Return x >= 0 rounded to nearest, ties to the even encoding."""
    low, high = 0, (2 * emax + 1) * 2 ** (precision - 1)  # high encodes infinity
    if x >= decoded(high, precision, emax):
        return inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if decoded(middle, precision, emax) <= x else (low, middle)
    twice = decoded(low, precision, emax) + decoded(high, precision, emax)
    chosen = high if 2 * x > twice or (2 * x == twice and low % 2) else low
    return inf if chosen == (2 * emax + 1) * 2 ** (precision - 1) else decoded(chosen, precision, emax)
