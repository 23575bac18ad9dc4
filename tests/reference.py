"""Rounding once more, written so that no idea is shared with klexact.ieee.

A format is its sorted list of finite magnitudes on the grid of its least subnormal: x is measured in that unit, once and
for all, and its two neighbours on the list are compared with it. `by_bisection` does not even do that: it
searches the encodings themselves, which IEEE 754 orders like the magnitudes.
"""

from fractions import Fraction
from math import floor, inf

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
    unit = power(2 - emax - precision)
    size = abs(x) / unit
    below = floor(size)
    step = 2 ** max(0, len(bin(below)) - 2 - precision)
    below -= below % step
    above = below if below == size else below + step
    top = floor(power(emax + 1) / unit)
    upward = _upward(direction, size, below, above, step, negative=x < 0)
    chosen = above if upward else below
    if chosen >= top:
        overflows_to_inf = direction in ("nearest", "down" if x < 0 else "up")
        magnitude: Fraction | float = inf if overflows_to_inf else (2**precision - 1) * power(emax + 1 - precision)
    else:
        magnitude = chosen * unit
    return -magnitude if x < 0 else magnitude


def _upward(direction: str, size: Fraction, below: int, above: int, step: int, *, negative: bool) -> bool:
    if direction != "nearest":
        return direction == ("down" if negative else "up")
    to_below, to_above = size - below, above - size
    return to_above < to_below or (to_above == to_below and (below // step) % 2 == 1)


def decoded(code: int, precision: int, emax: int) -> Fraction:
    """Return the magnitude of an encoding with an implied leading bit; one past the largest is 2^(emax + 1)."""
    exponent, fraction = divmod(code, 2 ** (precision - 1))
    if exponent == 0:
        return fraction * power(2 - emax - precision)
    return (2 ** (precision - 1) + fraction) * power(exponent + 1 - emax - precision)


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
