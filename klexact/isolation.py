"""All zeros of a log form inside an interval of its parameter: each isolated, and no other there is.

With the common denominator and the common factor of its coefficients taken out, a form reads
H(θ) = n_0(θ) + Σ n_j(θ)·log|f_j(θ)|, with integer polynomials n_j and atoms f_j. Then

* without logarithms the zeros are real algebraic numbers;
* where every n_j is a constant and n_0 = 0, H = 0 says Π|f_j|^n_j = 1, which is algebraic again (`_exponentiated`);
* else the zeros of the atoms cut the interval into cells, where H is analytic. Near the end u of a cell, at θ = u ± s,
  H = n(θ)·log s + R(θ) with R analytic, and the term of lowest order in s, taken against a bound on the other over [0, δ],
  proves that H has no zero for 0 < s <= δ. What is left is bisected with ball arithmetic until H ≠ 0, or H' ≠ 0 and the signs
  at the two ends tell (interval Newton's test: Moore, Kearfott & Cloud, *Introduction to Interval Analysis*, 2009, chapter 8).

A zero that is no simple one and is not rational cannot be isolated so: UndecidedError.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cmp_to_key
from itertools import pairwise
from math import floor, gcd, lcm
from typing import Any

import sympy
from flint import arb, arb_poly, arb_series, ctx, fmpz_poly
from sympy import QQ

from klexact.certify import order, sign
from klexact.dyadic import midpoint
from klexact.errors import UndecidedError
from klexact.logform import LogForm
from klexact.ratfunc import element_of, is_parametric
from klexact.roots import RealRoot, ball, between, compare, point_expr, polynomial, real_roots, sign_at
from klexact.zeroof import ZeroOf

__all__ = ["order_points", "zeros"]

_DEPTH = 80  # halvings of a cell, after which a zero counts as multiple
_DEGREE = 200  # of the polynomial that an exponentiated equation may become
_SHARPER = 40  # halvings of a bracket before it is asked for a short rational zero
_NEARER = 10  # times that the end of a cell is approached, each time squared
_ORDER = 6  # the highest order of vanishing at the end of a cell that is looked at


def order_points(x: Any, y: Any) -> int:
    """Order two points, rational, real algebraic or SymPy numbers: -1, 0 or 1.

    >>> order_points(QQ(1), sympy.sqrt(2)), order_points(QQ(1), QQ(1))
    (-1, 0)
    """
    if isinstance(x, sympy.Expr) or isinstance(y, sympy.Expr):
        a, b = (p if isinstance(p, sympy.Expr) else point_expr(p) for p in (x, y))
        return 0 if a == b else order(a, b)
    return compare(x, y)


def zeros(form: LogForm, symbol: sympy.Symbol, lower: Any = None, upper: Any = None) -> list[Any]:
    """Return the zeros inside (lower, upper), in increasing order; the ends are rational, or None for an infinite one.

    A zero is a rational number, a `RealRoot`, or a SymPy number: in radicals, or a `ZeroOf`. Zeros of atoms are no zeros.

    >>> from sympy.abc import t
    >>> zeros(LogForm.log(t) * (2 * t - 1), t, QQ(0)), zeros(LogForm.log(t) + LogForm(t), t, QQ(0))
    ([1/2, 1], [ZeroOf(t + log(t), t, 1/2, 3/5)])
    """
    curve, common = _curve(form, symbol)
    cuts = sorted({p for f in curve.atoms for p in real_roots(f) if _inside(p, lower, upper)}, key=cmp_to_key(compare))
    found = [p for p in real_roots(common) if _inside(p, lower, upper) and p not in cuts]
    exact = _exponentiated(curve)
    if exact is None:
        exact = _between_cuts(curve, lower, upper, cuts)
    found += [p for p in exact if _inside(p, lower, upper) and all(order_points(p, q) for q in found)]
    return sorted(found, key=cmp_to_key(order_points))


def _inside(x: Any, lower: Any, upper: Any) -> bool:
    return (lower is None or order_points(lower, x) < 0) and (upper is None or order_points(x, upper) < 0)


@dataclass(frozen=True, eq=False)
class _Curve:
    """n_0 + Σ n_j·log|f_j|, f_j polynomials or integers; `form` is the same as a log form in the parameter `symbol`."""

    form: LogForm
    symbol: sympy.Symbol
    rest: fmpz_poly
    terms: tuple[tuple[fmpz_poly, Any], ...]
    _smooth: dict[int, arb_poly] = field(default_factory=dict)

    @property
    def atoms(self) -> list[fmpz_poly]:
        return [f for _, f in self.terms if isinstance(f, fmpz_poly)]

    def smooth(self) -> arb_poly:
        """Return n_0 + Σ n_j·log f_j over the integers f_j, to the current precision."""
        if ctx.prec not in self._smooth:
            numbers = (arb_poly(n) * arb(f).log() for n, f in self.terms if isinstance(f, int))
            self._smooth[ctx.prec] = sum(numbers, arb_poly(self.rest))
        return self._smooth[ctx.prec]

    def series(self, x: arb, length: int, singular: "_Singular | None" = None) -> arb_series:
        """Return enclosures of the Taylor coefficients at every point of a ball; without log s of a singular atom."""
        total = _expanded(self.smooth(), x, length)
        for n, f in self.terms:
            if not isinstance(f, int):
                g = arb_poly(f) if singular is None or f != singular.atom else singular.quotient()
                argument = _expanded(g, x, length)
                total += _expanded(arb_poly(n), x, length) * (argument if argument[0] > 0 else -argument).log()
        return total

    def sign_at(self, point: Any) -> int:
        """Return the sign at a rational point that is no zero of an atom, exactly."""
        with ctx.workprec(128):
            found = self.series(ball(point, 128), 1)[0]
        if found != 0:
            return 1 if found > 0 else -1
        return sign(self.form.subs({self.symbol: point_expr(point)}))

    def inverted(self) -> "_Curve":
        """Return the curve in s = 1/θ, without the factors that are its coefficients' in common."""
        return _curve(self.form.subs({self.symbol: 1 / self.symbol}), self.symbol)[0]


def _expanded(poly: arb_poly, x: arb, length: int) -> arb_series:
    """Return Taylor coefficients of a polynomial over a ball: from those at its middle, which keeps them narrow."""
    middle = arb(x.mid())
    shifted, offset, coefficients = poly(arb_poly([middle, 1])), x - middle, []
    for i in range(1, length + 1):
        coefficients.append(shifted(offset))
        shifted = shifted.derivative() * (arb(1) / i)
    return arb_series(coefficients, prec=length)


def _curve(form: LogForm, symbol: sympy.Symbol) -> tuple[_Curve, fmpz_poly]:
    """Return the form without the common denominator and the common factor of its coefficients; and that factor."""
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
    factor = element_of(_expr(below, symbol) / _expr(common, symbol))
    cleared = LogForm.sum([(factor, form)])
    return _Curve(cleared, symbol, rest, tuple(zip(coefficients, atoms, strict=True))), common


def _fraction(x: Any, symbol: sympy.Symbol) -> tuple[fmpz_poly, fmpz_poly]:
    if is_parametric(x):
        return polynomial(x.numer, symbol), polynomial(x.denom, symbol)
    return fmpz_poly([int(x.numerator)]), fmpz_poly([int(x.denominator)])


def _expr(poly: fmpz_poly, symbol: sympy.Symbol) -> sympy.Expr:
    return sympy.Poly([int(c) for c in reversed(poly.coeffs())], symbol).as_expr()


# -- equations that exponentiate -------------------------------------------------------------------------------


def _exponentiated(curve: _Curve) -> list[Any] | None:
    """Return the points where e^n_0·Π|f_j|^n_j = 1, for constant exponents; None where that has no algebraic solution."""
    if curve.rest.degree() > 0 or any(n.degree() > 0 for n, _ in curve.terms):
        return None
    exponents = [(int(n[0]), f) for n, f in curve.terms]
    shared = gcd(*(n for n, f in exponents if not isinstance(f, int)))
    atoms = [(n // shared, f) for n, f in exponents if not isinstance(f, int)]
    numbers = [(sympy.Rational(-n, shared), sympy.Integer(f)) for n, f in exponents if isinstance(f, int)]
    numbers.append((sympy.Rational(-int(curve.rest[0]), shared), sympy.E))
    degree = max(sum(n * s * f.degree() for n, f in atoms if n * s > 0) for s in (1, -1))
    root = lcm(*(int(n.q) for n, _ in numbers))
    whole = [(int(n * root), a) for n, a in numbers if n]
    bits = sum(abs(n) * int(a).bit_length() for n, a in whole)
    if degree > 1 and (curve.rest or root * degree > _DEGREE or bits > _DEGREE * 64):
        return None
    above, below = (_product((n * s, f) for n, f in atoms if n * s > 0) for s in (1, -1))
    if degree == 1:
        return _of_degree_one(above, below, sympy.Mul(*(a**n for n, a in numbers)))
    up, down = (_product((n * s, fmpz_poly([int(a)])) for n, a in whole if n * s > 0) for s in (1, -1))
    one, other = above**root * down, below**root * up
    return list({p: None for side in (other, -other) for p in real_roots(one - side)})


def _product(powers: Iterable[tuple[int, fmpz_poly]]) -> fmpz_poly:
    product = fmpz_poly([1])
    for n, f in powers:
        product *= f**n
    return product


def _of_degree_one(above: fmpz_poly, below: fmpz_poly, constant: sympy.Expr) -> list[Any]:
    """Solve |above/below| = constant, both at most of degree 1: in radicals."""
    (a, b), (c, d) = ((int(p[1]), int(p[0])) for p in (above, below))
    solutions = [(s * constant * d - b, a - s * constant * c) for s in (1, -1)]
    found = [sympy.radsimp(x / y) if constant.is_Rational else x / y for x, y in solutions if y != 0]
    return [QQ(int(x.p), int(x.q)) if x.is_Rational else x for x in found]


# -- cells -----------------------------------------------------------------------------------------------------


def _between_cuts(curve: _Curve, lower: Any, upper: Any, cuts: list[Any]) -> list[Any]:
    """Return the zeros in the cells; an unbounded one is turned inside out by s = 1/θ."""
    finite = [p for p in (lower, *cuts, upper) if p is not None]
    below, above = min([-1, *(_floor(p) - 1 for p in finite)]), max([1, *(_floor(p) + 2 for p in finite)])
    ends = [QQ(below) if lower is None else lower, *cuts, QQ(above) if upper is None else upper]
    found = [p for u, v in pairwise(ends) for p in _in_cell(curve, u, v)]
    outside = [end for end, infinite in ((QQ(below), lower is None), (QQ(above), upper is None)) if infinite]
    found += [end for end in outside if curve.sign_at(end) == 0]
    for end in outside:
        turned = [QQ(0), 1 / end] if end > 0 else [1 / end, QQ(0)]
        found += [_turned(p) for p in _in_cell(curve.inverted(), *turned)]
    shown = curve.form.as_expr()
    return [
        ZeroOf(shown, curve.symbol, *map(point_expr, p)) if isinstance(p, tuple) else p
        for p in (p if not isinstance(p, tuple) else _rational_or_not(curve, *p) for p in found)
    ]


def _floor(point: Any) -> int:
    """Return the integer part, or one below it for an irrational point next to an integer."""
    if isinstance(point, RealRoot):
        return floor(midpoint(ball(point, 64).lower()))
    return int(point.numerator // point.denominator)


def _turned(x: Any) -> Any:
    return (1 / x[1], 1 / x[0]) if isinstance(x, tuple) else 1 / x


def _rational_or_not(curve: _Curve, lower: Any, upper: Any) -> Any:
    """Return the zero in a bracket if it is a rational number of few digits, else a bracket of short decimals."""
    sign_below, a, b = curve.sign_at(lower), lower, upper
    for _ in range(_SHARPER):
        middle = (a + b) / 2
        found = curve.sign_at(middle)
        if not found:
            return middle
        a, b = (middle, b) if found == sign_below else (a, middle)
    simple = _simplest(a, b)
    if not curve.sign_at(simple):
        return simple
    for scale in (10**digits for digits in range(_SHARPER)):
        short = QQ(_floor(a * scale), scale), QQ(-_floor(-b * scale), scale)
        if lower <= short[0] and short[1] <= upper:
            return short
    return a, b


def _simplest(lower: Any, upper: Any) -> Any:
    """Return the rational number of least denominator between two positive or negative ones (Stern-Brocot)."""
    whole = -(-lower.numerator // lower.denominator)
    if QQ(whole) <= upper:
        return QQ(whole)
    whole -= 1
    return whole + 1 / _simplest(1 / (upper - whole), 1 / (lower - whole))


def _in_cell(curve: _Curve, lower: Any, upper: Any) -> list[Any]:
    """Return the zeros between two neighbouring cuts: rational numbers, and brackets (a, b) of one zero each."""
    a, b = _clear(curve, lower, upper), _clear(curve, upper, lower)
    if compare(a, b) >= 0:
        return []
    deepest = _DEPTH + max(int(p.denominator).bit_length() for p in (a, b))
    found: dict[Any, None] = {}
    waiting = [(a, b, 0)]
    while waiting:
        left, right, depth = waiting.pop()
        verdict = _verdict(curve, left, right, 64 + 2 * depth)
        if verdict is None and depth == deepest:
            touching = _simplest(left, right)
            if curve.sign_at(touching):
                raise UndecidedError(
                    f"zeros must be simple or rational to be told apart; {curve.form} has a cluster at "
                    f"{curve.symbol} = {float(touching):.15g}"
                )
            return sorted([*_in_cell(curve, lower, touching), touching, *_in_cell(curve, touching, upper)], key=_left)
        if verdict is None:
            middle = (left + right) / 2
            waiting += [(left, middle, depth + 1), (middle, right, depth + 1)]
        elif verdict:
            signs = [curve.sign_at(left), curve.sign_at(right)]
            found |= {p: None for p, s in zip((left, right), signs, strict=True) if not s}
            if signs[0] * signs[1] < 0:
                found[left, right] = None
    return sorted(found, key=_left)


def _left(x: Any) -> Any:
    return x[0] if isinstance(x, tuple) else x


def _verdict(curve: _Curve, left: Any, right: Any, prec: int) -> bool | None:
    """Return False where there is no zero, True where the curve is strictly monotone, None where neither shows."""
    with ctx.workprec(prec):
        middle = ball((left + right) / 2, prec)
        offset = arb(0, ball((right - left) / 2, prec).upper())
        box = curve.series(middle + offset, 2)
        value, slope = box[0], box[1]
        if value != 0 or curve.series(middle, 1)[0] + slope * offset != 0:
            return False
        return True if slope != 0 else None


# -- the ends of a cell ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Singular:
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


def _singular(curve: _Curve, point: Any) -> _Singular | None:
    for n, f in curve.terms:
        if not isinstance(f, int) and sign_at(f, point) == 0:
            power = 0
            while n % f == 0:
                n, power = n / f, power + 1  # noqa: PLW2901
            return _Singular(f, point, power, n)
    return None


def _clear(curve: _Curve, end: Any, other: Any) -> Any:
    """Return a rational point a of a cell such that the curve has no zero between `end` and a, nor at a."""
    singular = _singular(curve, end)
    lowest = _lowest(curve, end, singular)
    towards = compare(other, end)
    with ctx.workprec(256):
        gap = abs(ball(between(*sorted((end, other), key=cmp_to_key(compare))), 256) - ball(end, 256)).lower()
        delta = min(QQ(1, 8), QQ(*midpoint(gap).as_integer_ratio()) / 2)
    for _ in range(_NEARER):
        prec = 128 + 2 * int(1 / delta).bit_length()
        with ctx.workprec(prec):
            u, d = ball(end, prec), ball(delta, prec)
            box = u + d / 2 * towards + arb(0, (d / 2).upper())
            if _dominates(curve, singular, lowest, box, d):
                return QQ(*midpoint(u).as_integer_ratio()) + delta * towards / 2
        delta *= min(delta, QQ(1, 4))
    raise UndecidedError(
        f"the curve {curve.form} must show its sign near {curve.symbol} = {point_expr(end)}; it did not"
    )


def _dominates(curve: _Curve, singular: _Singular | None, lowest: int, box: arb, delta: arb) -> bool:
    """Tell whether the term of lowest order outweighs the others for 0 < s <= delta."""
    smooth = abs(curve.series(box, lowest + 1, singular)[lowest])
    if singular is None:
        return bool(smooth > 0)
    scale = abs(_expanded(arb_poly(singular.rest) * singular.quotient() ** singular.order, box, 1)[0])
    if lowest == singular.order:
        return bool(scale * -delta.log() > smooth)
    return bool(smooth > scale * delta ** (singular.order - lowest) * -delta.log())


def _lowest(curve: _Curve, point: Any, singular: _Singular | None) -> int:
    """Return the order of the leading term: that of R, the rest beside n·log s, where it is below the order of n."""
    most = _ORDER if singular is None else min(_ORDER, singular.order)
    with ctx.workprec(256):
        coefficients = curve.series(ball(point, 256), most + 1, singular)
    for i in range(most):
        if coefficients[i] != 0 or not _vanishes(curve, point, singular, i):
            return i
    if singular is None or singular.order > _ORDER:
        raise UndecidedError(
            f"{curve.form} vanishes to an order above {_ORDER - 1} at {curve.symbol} = {point_expr(point)}"
        )
    return singular.order


def _vanishes(curve: _Curve, point: Any, singular: _Singular | None, order_: int) -> bool:
    """Tell exactly whether a derivative of R is zero at the end of a cell."""
    form = curve.form
    if singular is not None:
        if isinstance(point, RealRoot):
            raise UndecidedError(
                f"a zero of {form} beside that of a logarithm, at {point.as_expr()}, is not told apart"
            )
        n = element_of(_expr(singular.rest * singular.atom**singular.order, curve.symbol))
        f, lead = element_of(_expr(singular.atom, curve.symbol)), QQ(int(singular.atom[1]))
        form = LogForm.sum([(QQ(1), form), (-n, LogForm.of_logs([(QQ(1, 2), f**2 / lead**2)]))])
    for _ in range(order_):
        form = form.derivative(curve.symbol)
    return form.subs({curve.symbol: point_expr(point)}).is_zero
