"""Balls and exact rational numbers: a ball around one; of a ball the middle, the ends, and the simplest number inside."""

from fractions import Fraction
from typing import Any

from flint import arb, fmpq

__all__ = ["Ratio", "ball_of", "ends", "midpoint", "simplest"]

Ratio = tuple[int, int]  # numerator, denominator > 0


def ball_of(q: Any) -> arb:
    """Return a ball around a rational number of any library, to the current precision.

    >>> ball_of(Fraction(1, 4)), ball_of(Fraction(1, 3)).contains(fmpq(1, 3))
    (0.250000000000000, True)
    """
    return arb(q if type(q) is fmpq else fmpq(int(q.numerator), int(q.denominator)))


def midpoint(ball: arb) -> Fraction:
    """Return the middle of a ball exactly.

    >>> midpoint(arb(3) / 4), midpoint(arb(2) ** 70) == 2**70
    (Fraction(3, 4), True)
    """
    mantissa, exponent = map(int, ball.mid().man_exp())
    return Fraction(mantissa << max(exponent, 0), 1 << max(-exponent, 0))


def ends(ball: arb) -> tuple[Ratio, Ratio] | None:
    """Return the two ends of a ball exactly, over one power of two, or None where it is not finite.

    >>> ends(arb(3) / 2), ends(arb(0, float("inf")))
    (((3, 2), (3, 2)), None)
    """
    if not ball.is_finite():
        return None
    middle, m = map(int, ball.mid().man_exp())
    radius, r = map(int, ball.rad().man_exp())
    exponent = min(m, r)
    middle, radius = middle << m - exponent, radius << r - exponent
    shift, denominator = max(exponent, 0), 1 << max(-exponent, 0)
    return ((middle - radius) << shift, denominator), ((middle + radius) << shift, denominator)


def simplest(lower: Ratio, upper: Ratio) -> Fraction:
    """Return the number between two ends, over one power of two, with the fewest binary places.

    >>> simplest((3, 8), (6, 8)), simplest((-1, 8), (6, 8))
    (Fraction(1, 2), Fraction(0, 1))
    """
    (low, denominator), (high, _) = lower, upper
    if low <= 0 <= high:
        return Fraction(0)
    places = ((low - 1) ^ high).bit_length() - 1
    return Fraction(high >> places << places, denominator)
