"""`Implicit`: a real number in SymPy expressions that is known by balls of any precision, where no closed form was found."""

from typing import Any, Protocol

import sympy
from flint import arb
from mpmath.libmp import from_man_exp, round_nearest

__all__ = ["Implicit", "Source"]


class Source(Protocol):
    """What defines several numbers at once, such as the solution of a system of equations."""

    def ball(self, name: str, prec: int) -> arb:
        """Return a ball that contains the number of that name, computed with about `prec` bits."""
        ...


class Implicit(sympy.AtomicExpr):  # type: ignore[misc]
    """A real number given by its source and its name there; equal to another only if both are the same.

    It prints as a ball that contains it, evaluates with `evalf`, and is certified by `klexact.certify` as part of any
    expression; whether it equals some other number is left undecided where the balls do not part.
    """

    is_real = True
    is_number = True

    def __new__(cls, name: str, source: Source) -> "Implicit":  # noqa: PYI034  (final)
        self: Implicit = super().__new__(cls)
        self.name, self.source = name, source
        return self

    name: str
    source: Source

    def __getnewargs__(self) -> tuple[str, Source]:
        return self.name, self.source

    def _hashable_content(self) -> tuple[Any, ...]:
        return self.name, id(self.source)

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the number, computed with about `prec` bits."""
        return self.source.ball(self.name, prec)

    def _eval_evalf(self, prec: int) -> sympy.Float:
        bits = prec + 8
        while (found := self.ball(bits)).rel_accuracy_bits() < prec and bits < 16 * prec:  # it may be zero
            bits *= 2
        mantissa, exponent = map(int, found.mid().man_exp())
        return sympy.Float._new(from_man_exp(mantissa, exponent, prec, round_nearest), prec)  # noqa: SLF001

    def _sympystr(self, _: Any) -> str:
        return str(self.ball(64).str(10))

    def _latex(self, _: Any) -> str:
        return rf"\left[{self.ball(64).str(10).strip('[]')}\right]".replace("+/-", r"\pm")
