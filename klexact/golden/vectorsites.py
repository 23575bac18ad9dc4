"""Where a vector for a runner can be made: a case in a format, with exact numbers at stated distances from its value."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from klexact.errors import KLExactError
from klexact.formats import FORMATS, Format, Rounded, decode, rounded

__all__ = ["Made", "Site"]


@dataclass(frozen=True)
class Made:
    """An answer and its verdict, with the conventions that are opted into."""

    answer: Mapping[str, str]
    verdict: str
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """A case in one format, where a vector can be made."""

    file: str
    arguments: Mapping[str, str]
    case: Mapping[str, Any]
    dtype: str

    @property
    def view(self) -> Mapping[str, Any]:
        """What the golden file says of the case in the format."""
        return self.case["ieee"][self.dtype]  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        """finite, zero, infinite or domain."""
        return str(self.view["kind"])

    @property
    def format(self) -> Format:
        """The format of the answer."""
        return FORMATS[self.dtype]

    def end(self, key: str) -> Rounded:
        """Return the number of nearest, down or up."""
        found = decode(self.view[key], self.format)
        if found is None:
            raise KLExactError(f"{key} of {self.case['id']} must be a number in {self.dtype}; found NaN")
        return found

    @cached_property
    def nearest(self) -> Rounded:
        """The nearest number."""
        return self.end("nearest")

    @cached_property
    def other(self) -> Rounded:
        """The neighbour that is not the nearest."""
        down, up = self.end("down"), self.end("up")
        return up if down.value == self.nearest.value else down

    @cached_property
    def value(self) -> Fraction:
        """The value to 50 digits; 0 where it is not finite."""
        return Fraction(self.view["decimal50"]) if self.kind == "finite" else Fraction(0)

    @cached_property
    def side(self) -> int:
        """The direction away from 0."""
        return -1 if self.value < 0 else 1

    @cached_property
    def inexact(self) -> bool:
        """Whether the value lies strictly between two finite neighbours of which the nearest is not 0."""
        ends = [self.end("down"), self.end("up")] if self.kind == "finite" else []
        return bool(ends) and not any(x.is_infinite for x in ends) and ends[0] != ends[1] and bool(self.nearest.value)

    @cached_property
    def normal(self) -> bool:
        """Whether it is inexact, and both neighbours are normal numbers."""
        return self.inexact and not self.nearest.subnormal and not self.other.subnormal and bool(self.other.value)

    @cached_property
    def ulp(self) -> Fraction:
        """The distance of its neighbours."""
        return Fraction(self.end("up").value) - Fraction(self.end("down").value)

    @cached_property
    def bound(self) -> Fraction:
        """B of the README, with the magnitude as it is written: the true one may be larger by 1/10,000."""
        m, target = int(self.case["terms"]), self.format
        lost = Fraction(m + 8, 2**target.precision)
        return lost / (1 - lost) * Fraction(self.view["magnitude"]) + 9 * m * target.least

    def moved(self, start: Rounded, ulps: int) -> Rounded | None:
        """Return the number so many ulp above, where it lies in the binade of the value and on its side of 0."""
        x = Fraction(start.value) + ulps * self.ulp
        found = rounded(x.as_integer_ratio(), self.format, "nearest")
        same = found.exponent == self.nearest.exponent == self.other.exponent and not found.is_infinite
        return found if same and found.value == x and x * self.value > 0 else None

    def displaced(self, distance: Fraction, within: tuple[Fraction, Fraction]) -> Rounded | None:
        """Return the value displaced away from 0, where that is a number whose distance is within two parts of B."""
        x = self.value + self.side * distance
        found = rounded(x.as_integer_ratio(), self.format, "nearest")
        if found.is_infinite or not self.inexact:
            return None
        real = abs(Fraction(found.value) - self.value)
        return found if real > 5 * self.ulp and within[0] <= real / self.bound <= within[1] else None
