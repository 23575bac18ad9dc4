"""Enclosures: proved bounds of a number, dyadic rational numbers."""

import math
from dataclasses import dataclass
from fractions import Fraction

from klexact.decimals import of_rational
from klexact.exact import rational

__all__ = ["Enclosure"]


@dataclass(frozen=True)
class Enclosure:
    """Proved bounds lower <= value <= upper, dyadic rational numbers.

    As text it is the decimal to which both bounds round, with as many digits as they agree in; where these do not reach the
    units, the bounds, for 180 would not do for what lies between 182 and 183.

    >>> Enclosure(Fraction(1, 2), Fraction(3, 4)).contains("2/3"), Enclosure(Fraction(1), Fraction(1)).width
    (True, Fraction(0, 1))
    >>> print(Enclosure(Fraction(314159, 100_000), Fraction(314161, 100_000)), Enclosure(Fraction(-1), Fraction(1)))
    3.1416 [-1, 1]
    """

    lower: Fraction
    upper: Fraction

    @property
    def width(self) -> Fraction:
        """The difference of the bounds."""
        return self.upper - self.lower

    def contains(self, number: object) -> bool:
        """Tell whether a rational number lies between the bounds."""
        q = rational(number, "number")
        return self.lower <= Fraction(int(q.numerator), int(q.denominator)) <= self.upper

    def overlaps(self, other: "Enclosure") -> bool:
        """Tell whether two enclosures have a point in common."""
        return self.lower <= other.upper and other.lower <= self.upper

    def __str__(self) -> str:
        if not self.width:
            return str(self.lower)
        known = int(max(abs(self.lower), abs(self.upper)) / self.width).bit_length() // 3 + 1
        for digits in range(known, 0, -1):
            shown = of_rational(self.lower, digits, None)
            whole = "." in shown or "e" in shown or len(shown.lstrip("-")) <= digits
            if whole and shown == of_rational(self.upper, digits, None):
                return shown
        return f"[{self.lower}, {self.upper}]"

    @classmethod
    def around(cls, middle: Fraction, radius: Fraction, bits: int) -> "Enclosure":
        """Return bounds around middle -+ radius of about bits + 3 bits, rounded outwards; a dyadic point stays.

        >>> Enclosure.around(Fraction(1, 2), Fraction(0), 5), Enclosure.around(Fraction(1, 3), Fraction(0), 2).width
        (Enclosure(lower=Fraction(1, 2), upper=Fraction(1, 2)), Fraction(1, 64))
        """
        if not radius and middle.denominator & (middle.denominator - 1) == 0:
            return cls(middle, middle)
        # |middle| > 2**(magnitude - 1)
        magnitude = abs(middle.numerator).bit_length() - middle.denominator.bit_length()
        grid = Fraction(2) ** (bits + 3 - magnitude)
        return cls(math.floor((middle - radius) * grid) / grid, math.ceil((middle + radius) * grid) / grid)
