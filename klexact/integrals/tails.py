"""Where to cut an infinite integral or series: a place, and a proved bound of everything beyond it.

A tail is found by trying germs (`klexact.integrals.germs`) on [V, ∞) for V = 4, 8, 16, ...; each one that succeeds is a
proof for the whole ray.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import sympy
from flint import arb

from klexact.certify import order
from klexact.errors import DivergentError, UndecidedError
from klexact.integrals.germs import Germ, NotYetError
from klexact.integrals.growth import germ

__all__ = ["Tail"]

_LAST = 2**48  # where no bound is proved from here on, none is looked for further out


@dataclass(frozen=True)
class Tail:
    """exp(log_factor)·factor for large values of a variable; `name` and `towards` are for messages.

    >>> v = sympy.Symbol("v")
    >>> tail = Tail(-v, v, v, "∫ v·e^-v")
    >>> place, rest = tail.cut(0, 20, Germ.tail_integral)
    >>> tail.decays(0), place, rest < arb(2) ** -20
    (True, 18, True)
    >>> Tail(-2 * sympy.log(v), v, v, "∫ v/v²").decays(0)
    Traceback (most recent call last):
    ...
    klexact.errors.DivergentError: a finite value is required; ∫ v/v² diverges to +∞ towards oo
    """

    log_factor: sympy.Expr
    factor: sympy.Expr
    variable: sympy.Symbol
    name: str
    towards: sympy.Expr = sympy.oo

    def decays(self, start: sympy.Expr) -> bool:
        """Tell whether the function is proved to decay exponentially. Raises DivergentError."""
        for _, found in self._germs(start, 4):
            if found.decays:
                return True
            if found.is_settled:
                infinite = found.diverges()
                if infinite:
                    to = "+∞" if infinite > 0 else "-∞"
                    raise DivergentError(
                        f"a finite value is required; {self.name} diverges to {to} towards {self.towards}"
                    )
                return False
        return False

    def cut(self, start: sympy.Expr, bits: int, bound: Callable[[Germ], arb]) -> tuple[int, arb]:
        """Return V > start and a bound below 2^-bits of what lies beyond it. Raises UndecidedError."""
        goal = arb(2) ** -bits
        for place, found in self._germs(start, 2):
            with suppress(NotYetError):
                rest = bound(found)
                if rest < goal:
                    return self._trimmed(start, place, rest, bound, goal)
        raise UndecidedError(
            f"a bound of what lies far out must be proved; found none for {self.name} towards {self.towards}"
        )

    def _germs(self, start: sympy.Expr, step: int) -> Iterator[tuple[int, Germ]]:
        place = 4
        while order(place, start) <= 0:
            place *= 2
        while place <= _LAST:
            with suppress(NotYetError):
                yield place, self._germ(place)
            place *= step

    def _germ(self, place: int) -> Germ:
        return germ(self.factor, self.variable, place, self.log_factor)

    def _trimmed(
        self, start: sympy.Expr, upper: int, rest: arb, bound: Callable[[Germ], arb], goal: arb
    ) -> tuple[int, arb]:
        """Return a smaller V of the same use, within an eighth of the smallest that is found."""
        lower = max(upper // 2, 3)
        while upper - lower > max(1, lower // 8):
            middle = (lower + upper) // 2
            found = goal
            with suppress(NotYetError):
                found = bound(self._germ(middle))
            if found < goal and order(middle, start) > 0:
                upper, rest = middle, found
            else:
                lower = middle
        return upper, rest
