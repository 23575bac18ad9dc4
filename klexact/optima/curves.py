"""A log form in one parameter as a curve: integer polynomials beside logarithms of others, and what it is near a point.

With the common denominator and the common factor of its coefficients taken out, a form reads
H(θ) = n_0(θ) + Σ n_j(θ)·log|f_j(θ)|, with integer polynomials n_j and atoms f_j: `Curve`. Its Taylor coefficients over a ball
are enclosed by ball arithmetic (Moore, Kearfott & Cloud, *Introduction to Interval Analysis*, 2009, chapter 9).
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy
from flint import arb, arb_poly, arb_series, ctx, fmpz_poly

from klexact.certify import sign
from klexact.logform import LogForm
from klexact.ratfunc import element_of, is_parametric
from klexact.roots import ball, point_expr, polynomial, sign_at

__all__ = ["Curve", "Singular", "expanded", "expression"]


@dataclass(frozen=True, eq=False)
class Singular:
    """An atom f that vanishes at the point u, and its coefficient n = f^order·rest."""

    atom: fmpz_poly
    point: Any
    order: int
    rest: fmpz_poly

    def quotient(self) -> arb_poly:
        """Return f/(θ - u)."""
        u, coefficients = ball(self.point, ctx.prec), [arb(0)]
        for c in reversed(self.atom.coeffs()[1:]):
            coefficients.append(arb(c) + u * coefficients[-1])
        return arb_poly(coefficients[:0:-1])


@dataclass(frozen=True, eq=False)
class Curve:
    """n_0 + Σ n_j·log|f_j|, f_j polynomials or integers; `form` is the same as a log form in the parameter `symbol`.

    >>> from sympy.abc import t
    >>> curve = Curve.of(LogForm.log(t) * (t - 1) / t + LogForm(t - 1), t)
    >>> curve.form, curve.factor, curve.poles
    (LogForm(t + log(t)), x + (-1), x)
    """

    form: LogForm
    symbol: sympy.Symbol
    rest: fmpz_poly
    terms: tuple[tuple[fmpz_poly, Any], ...]
    factor: fmpz_poly  # the common factor that is taken out
    poles: fmpz_poly  # the common denominator that is taken out
    _smooth: dict[int, arb_poly] = field(default_factory=dict)

    @classmethod
    def of(cls, form: LogForm, symbol: sympy.Symbol) -> "Curve":
        """Return the curve of a form that is not zero everywhere."""
        logs = form.logs
        parts = [_fraction(c, symbol) for c in (form.rational_part, *logs.values())]
        below = fmpz_poly([1])
        for _, denominator in parts:
            below = below * denominator / below.gcd(denominator)
        above = [numerator * (below / denominator) for numerator, denominator in parts]
        common = fmpz_poly([0])
        for numerator in above:
            common = common.gcd(numerator)
        rest, *coefficients = (numerator / common for numerator in above)
        atoms = [f if isinstance(f, int) else polynomial(f, symbol) for f in logs]
        cleared = LogForm.sum([(element_of(expression(below, symbol) / expression(common, symbol)), form)])
        return cls(cleared, symbol, rest, tuple(zip(coefficients, atoms, strict=True)), common, below)

    @property
    def atoms(self) -> list[fmpz_poly]:
        """The polynomials f_j."""
        return [f for _, f in self.terms if isinstance(f, fmpz_poly)]

    def smooth(self) -> arb_poly:
        """Return n_0 + Σ n_j·log f_j over the integers f_j, to the current precision."""
        if ctx.prec not in self._smooth:
            numbers = (arb_poly(n) * arb(f).log() for n, f in self.terms if isinstance(f, int))
            self._smooth[ctx.prec] = sum(numbers, arb_poly(self.rest))
        return self._smooth[ctx.prec]

    def series(self, x: arb, length: int, singular: Singular | None = None) -> arb_series:
        """Return enclosures of the Taylor coefficients at every point of a ball; without log|θ - u| of a singular atom."""
        total = expanded(self.smooth(), x, length)
        for n, f in self.terms:
            if not isinstance(f, int):
                g = arb_poly(f) if singular is None or f != singular.atom else singular.quotient()
                argument = expanded(g, x, length)
                total += expanded(arb_poly(n), x, length) * (argument if argument[0] > 0 else -argument).log()
        return total

    @cached_property
    def bits(self) -> int:
        """A precision that outlasts the cancellation between the coefficients."""
        return 64 + max(abs(int(c)).bit_length() for n in (self.rest, *(n for n, _ in self.terms)) for c in n.coeffs())

    def value(self, point: arb, prec: int) -> arb:
        """Return a ball around the value at a point."""
        with ctx.workprec(prec + self.bits):
            return self.series(point, 1)[0]

    def sign_at(self, point: Any) -> int:
        """Return the sign at a rational point that is no zero of an atom, exactly."""
        found = self.value(ball(point, self.bits + 64), 64)
        if found != 0:
            return 1 if found > 0 else -1
        return sign(self.form.subs({self.symbol: point_expr(point)}))

    def singular_at(self, point: Any) -> Singular | None:
        """Return the atom that vanishes at a point: irreducible, it is the only one."""
        for n, f in self.terms:
            if not isinstance(f, int) and sign_at(f, point) == 0:
                power = 0
                while n % f == 0:
                    n, power = n / f, power + 1  # noqa: PLW2901
                return Singular(f, point, power, n)
        return None

    def inverted(self) -> "Curve":
        """Return the curve in s = 1/θ, without the factors that are its coefficients' in common."""
        return Curve.of(self.form.subs({self.symbol: 1 / self.symbol}), self.symbol)


def expanded(poly: arb_poly, x: arb, length: int) -> arb_series:
    """Return Taylor coefficients of a polynomial over a ball: from those at its middle, which keeps them narrow."""
    middle = arb(x.mid())
    shifted, offset, coefficients = poly(arb_poly([middle, 1])), x - middle, []
    for i in range(1, length + 1):
        coefficients.append(shifted(offset))
        shifted = shifted.derivative() * (arb(1) / i)
    return arb_series(coefficients, prec=length)


def expression(poly: fmpz_poly, symbol: sympy.Symbol) -> sympy.Expr:
    """Return an integer polynomial as a SymPy expression."""
    return sympy.Poly([int(c) for c in reversed(poly.coeffs())], symbol).as_expr()


def _fraction(x: Any, symbol: sympy.Symbol) -> tuple[fmpz_poly, fmpz_poly]:
    if is_parametric(x):
        return polynomial(x.numer, symbol), polynomial(x.denom, symbol)
    return fmpz_poly([int(x.numerator)]), fmpz_poly([int(x.denominator)])
