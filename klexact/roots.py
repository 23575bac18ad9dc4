"""Real algebraic numbers: the exact real roots of rational polynomials in one parameter.

A *point* is a rational number (of SymPy's QQ) or a `RealRoot`. Roots are isolated by FLINT's certified
complex root finder, which returns real roots with an imaginary part that is exactly zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cmp_to_key, lru_cache
from itertools import pairwise
from typing import Any, cast

import sympy
from flint import acb, arb, ctx, fmpq, fmpz_poly
from sympy import QQ

from klexact.dyadic import ball_of, midpoint

__all__ = ["RealRoot", "ball", "between", "cells", "compare", "point_expr", "polynomial", "real_roots", "sign_at"]


@dataclass(frozen=True)
class RealRoot:
    """An irrational real root of an irreducible integer polynomial, counted upwards from index 0.

    >>> root = real_roots(fmpz_poly([-2, 0, 1]))[1]
    >>> root, root.as_expr()
    (RealRoot(coefficients=(-2, 0, 1), index=1), sqrt(2))
    """

    coefficients: tuple[int, ...]
    index: int

    @property
    def minimal_polynomial(self) -> fmpz_poly:
        return fmpz_poly(list(self.coefficients))

    def as_expr(self) -> sympy.Expr:
        """Return a radical where the degree is 2, else a SymPy `CRootOf`."""
        x = sympy.Dummy("x")
        return sympy.rootof(sympy.Poly(self.coefficients[::-1], x), self.index, radicals=True)


def point_expr(point: Any) -> sympy.Expr:
    """Return a point as a SymPy number."""
    if isinstance(point, sympy.Expr):
        return point
    if isinstance(point, RealRoot):
        return point.as_expr()
    return sympy.Rational(int(point.numerator), int(point.denominator))


def polynomial(poly: Any, symbol: sympy.Symbol) -> fmpz_poly:
    """Return an integer polynomial in one parameter as FLINT's, whatever ring it lives in."""
    position = poly.ring.symbols.index(symbol)
    coefficients = [0] * (poly.degree(poly.ring.gens[position]) + 1)
    for monomial, c in poly.terms():
        coefficients[monomial[position]] = int(c)
    return fmpz_poly(coefficients)


@lru_cache(maxsize=1024)
def _isolated(coefficients: tuple[int, ...], prec: int) -> tuple[arb, ...]:
    with ctx.workprec(prec):
        found = fmpz_poly(list(coefficients)).complex_roots()
    real = [root.real for root, _ in cast("list[tuple[acb, int]]", found) if root.imag == 0]
    return tuple(sorted(real, key=lambda root: root.mid()))


def real_roots(poly: fmpz_poly) -> list[Any]:
    """Return the distinct real roots as points, in increasing order.

    >>> real_roots(fmpz_poly([1, -2]) * fmpz_poly([1, 0, 1]) * fmpz_poly([3, 1]) ** 2)
    [-3, 1/2]
    """
    points: list[Any] = []
    for factor, _ in poly.factor()[1]:
        coefficients = tuple(int(c) for c in factor.coeffs())
        if len(coefficients) == 2:
            points.append(QQ(-coefficients[0], coefficients[1]))
        elif len(coefficients) > 2:
            points.extend(RealRoot(coefficients, i) for i in range(len(_isolated(coefficients, 64))))
    return sorted(points, key=cmp_to_key(compare))


def ball(point: Any, prec: int) -> arb:
    """Return a ball around a point, of about `prec` bits of relative accuracy."""
    if isinstance(point, RealRoot):
        return _isolated(point.coefficients, prec)[point.index]
    with ctx.workprec(prec):
        return ball_of(point)


def compare(x: Any, y: Any) -> int:
    """Order two points exactly: -1, 0 or 1."""
    if x == y:
        return 0
    if not isinstance(x, RealRoot) and not isinstance(y, RealRoot):
        return -1 if x < y else 1
    prec = 64  # different points: their balls part at some precision
    while True:
        a, b = ball(x, prec), ball(y, prec)
        if not a.overlaps(b):
            return -1 if a < b else 1
        prec *= 2


def sign_at(poly: fmpz_poly, point: Any) -> int:
    """Return the sign of an integer polynomial at a point, exactly."""
    if not isinstance(point, RealRoot):
        value = poly(fmpq(int(point.numerator), int(point.denominator)))
        return int(value > 0) - int(value < 0)
    if poly.gcd(point.minimal_polynomial).degree() > 0:
        return 0
    prec = 64  # not zero: the enclosure parts from zero at some precision
    while True:
        with ctx.workprec(prec):
            enclosure = poly(acb(ball(point, prec))).real
        if enclosure != 0:
            return 1 if enclosure > 0 else -1
        prec *= 2


def between(x: Any, y: Any) -> Any:
    """Return a rational number strictly between two points x < y; None stands for an infinite end."""
    if x is None and y is None:
        return QQ(0)
    if x is None or y is None:
        return _middle(ball(y, 64).lower().floor()) - 1 if x is None else _middle(ball(x, 64).upper().ceil()) + 1
    prec = 64
    while True:
        a, b = ball(x, prec), ball(y, prec)
        if a < b:
            with ctx.workprec(prec):
                middle = _middle((a.upper() + b.lower()) / 2)
            if compare(x, middle) < 0 < compare(y, middle):
                return middle
        prec *= 2


def _middle(ball: arb) -> Any:
    return QQ(*midpoint(ball).as_integer_ratio())


def cells(polys: Iterable[fmpz_poly], lower: Any = None, upper: Any = None) -> list[Any]:
    """Return a rational sample point of every open cell that the polynomials' roots cut (lower, upper) into.

    >>> cells([fmpz_poly([-1, 4])], QQ(0), QQ(1))
    [1/8, 5/8]
    """
    roots = {root for poly in polys for root in real_roots(poly)}
    inside = [
        r
        for r in sorted(roots, key=cmp_to_key(compare))
        if (lower is None or compare(lower, r) < 0) and (upper is None or compare(r, upper) < 0)
    ]
    return [between(a, b) for a, b in pairwise([lower, *inside, upper])]
