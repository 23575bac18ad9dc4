"""Correctly rounded IEEE 754 numbers from exact numbers of any kind, and from intervals.

`round_rational` rounds an exact rational, `round_enclosure` all numbers of an interval at once if they agree; values with
logarithms are rounded in `klexact.rounding`, formats and the rounding itself are `klexact.formats`.
"""

from fractions import Fraction
from typing import Any

from flint import fmpq, fmpz
from sympy import QQ

from klexact.errors import KLExactError
from klexact.exact import rational, shown
from klexact.formats import Ratio, Rounded, common, direction_of, format_of, rounded

__all__ = ["round_enclosure", "round_rational"]


def round_rational(value: object, format: Any = "binary64", direction: str = "nearest") -> Rounded:  # noqa: A002
    """Return an exact rational rounded once to a format; zero is +0, a negative number that vanishes is -0.

    `value` is whatever `klexact.exact.rational` accepts; integers and fractions may be of any size. Raises
    KLExactError for anything else, and for a format or direction that does not exist.

    >>> round_rational("1/10").float, round_rational(65520, "half").float, round_rational(65519, "half").float
    (0.1, inf, 65504.0)
    >>> round_rational(-1e-5, "half", "down").hex, round_rational("1e9999", "double", "zero").float
    ('-0x1.5p-17', 1.7976931348623157e+308)
    """
    return rounded(ratio_of(value), format_of(format), direction_of(direction))


def round_enclosure(
    lower: object,
    upper: object,
    format: Any = "binary64",  # noqa: A002
    direction: str = "nearest",
    *,
    closed: bool = True,
) -> Rounded | None:
    """Return the number to which all numbers from `lower` to `upper` round, or None where they differ.

    `closed=False` leaves out the two ends. Numbers that overflow and numbers that do not, or -0 and +0, count as
    different. The result is `exact` only if the interval is that one number. Raises as `round_rational`, and for an
    empty interval.

    >>> round_enclosure("0.1", "0.100000000000000001").float, round_enclosure("0.1", "0.11")
    (0.1, None)
    >>> round_enclosure(1, "1.00000000000000000001", direction="up") is None
    True
    >>> round_enclosure(1, "1.00000000000000000001", direction="up", closed=False).hex
    '0x1.0000000000001p+0'
    """
    ends = ratio_of(lower), ratio_of(upper)
    span = ends[1][0] * ends[0][1] - ends[0][0] * ends[1][1]
    if span < 0 or (span == 0 and not closed):
        raise KLExactError(f"an enclosure must not be empty; found the ends {shown(lower)} and {shown(upper)}")
    return common(*ends, format_of(format), direction_of(direction), closed=closed)


def ratio_of(value: object) -> Ratio:
    if not isinstance(value, (int, Fraction, fmpz, fmpq, QQ.dtype)) or isinstance(value, bool):
        value = rational(value)
    number: Any = value
    return int(number.numerator), int(number.denominator)
