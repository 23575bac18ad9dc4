"""All zeros of a log form inside an interval of its parameter: each isolated, and no other there is.

With the common denominator and the common factor of its coefficients taken out (`klexact.optima.curves`), a form reads
H(θ) = n_0(θ) + Σ n_j(θ)·log|f_j(θ)|, with integer polynomials n_j and atoms f_j. Then

* without logarithms the zeros are real algebraic numbers;
* where every n_j is a constant and n_0 = 0, H = 0 says Π|f_j|^n_j = 1, which is algebraic again (`_exponentiated`);
* else the zeros of the atoms cut the interval into cells, where H is analytic. Near the end u of a cell, at θ = u ± s,
  H = n(θ)·log s + R(θ) with R analytic, and the term of lowest order in s, taken against a bound on the other over [0, δ],
  proves that H has no zero for 0 < s <= δ. What is left is bisected with ball arithmetic until H ≠ 0, or H' ≠ 0 and the signs
  at the two ends tell (interval Newton's test: Moore, Kearfott & Cloud, *Introduction to Interval Analysis*, 2009, chapter 8).

A zero that is no simple one and is not rational cannot be isolated so: UndecidedError.
"""

from collections import deque
from collections.abc import Iterable
from functools import cmp_to_key
from itertools import pairwise
from math import gcd, lcm
from typing import Any

import sympy
from flint import arb, arb_poly, ctx, fmpz_poly
from sympy import QQ

from klexact.certify import order
from klexact.dyadic import midpoint
from klexact.errors import KLExactError, UndecidedError
from klexact.logform import LogForm
from klexact.optima.curves import Curve, Singular, expanded, expression
from klexact.ratfunc import element_of
from klexact.roots import RealRoot, ball, between, compare, point_expr, real_roots
from klexact.zeroof import ZeroOf

__all__ = ["order_points", "simplest_between", "zeros"]

_DEPTH = 80  # halvings of a cell, after which a zero counts as multiple
_BOXES = 20_000  # parts of a cell that are looked at
_DEGREE = 200  # of the polynomial that an exponentiated equation may become
_SHARPER = 40  # halvings of a bracket before it is asked for a short rational zero
_NEARER = 10  # times that the end of a cell is approached, each time squared
_ORDER = 6  # the highest order of vanishing at the end of a cell that is looked at


def order_points(x: Any, y: Any) -> int:
    """Order two points, rational, real algebraic or SymPy numbers: -1, 0 or 1.

    >>> order_points(QQ(1), sympy.sqrt(2)), order_points(QQ(1), QQ(1))
    (-1, 0)
    """
    for one, other, sign in ((x, y, 1), (y, x, -1)):
        if isinstance(one, ZeroOf) and not isinstance(other, RealRoot):  # brackets often tell
            lower, upper = (other.lower, other.upper) if isinstance(other, ZeroOf) else (point_expr(other),) * 2
            if one.upper <= lower or one.lower >= upper:
                return -sign if one.upper <= lower else sign
    if isinstance(x, sympy.Expr) or isinstance(y, sympy.Expr):
        a, b = (p if isinstance(p, sympy.Expr) else point_expr(p) for p in (x, y))
        return 0 if a == b else order(a, b)
    return compare(x, y)


def zeros(form: LogForm, symbol: sympy.Symbol, lower: Any = None, upper: Any = None) -> list[Any]:
    """Return the zeros inside (lower, upper), in increasing order; the ends are rational, or None for an infinite one.

    A zero is a rational number, a `RealRoot`, or a SymPy number: in radicals, or a `ZeroOf`. Zeros of atoms and poles of
    coefficients are no zeros. Raises KLExactError for the form 0.

    >>> from sympy.abc import t
    >>> zeros(LogForm.log(t) * (2 * t - 1), t, QQ(0)), zeros(LogForm.log(t) + LogForm(t), t, QQ(0))
    ([1/2, 1], [ZeroOf(t + log(t), t, 1/2, 3/5)])
    """
    if form.is_zero:
        raise KLExactError("the zeros of a form are isolated where it is not zero everywhere; found the form 0")
    curve = Curve.of(form, symbol)
    singular = {p for f in (*curve.atoms, curve.poles) for p in real_roots(f) if _inside(p, lower, upper)}
    cuts = sorted(singular, key=cmp_to_key(compare))
    found = [p for p in real_roots(curve.factor) if _inside(p, lower, upper) and p not in cuts]
    exact = _exponentiated(curve)
    if exact is None:
        exact = _between_cuts(curve, lower, upper, cuts)
    else:
        exact = [p for p in exact if all(order_points(p, q) for q in cuts)]
    found += [p for p in exact if _inside(p, lower, upper) and all(order_points(p, q) for q in found)]
    return sorted(found, key=cmp_to_key(order_points))


def _inside(x: Any, lower: Any, upper: Any) -> bool:
    return (lower is None or order_points(lower, x) < 0) and (upper is None or order_points(x, upper) < 0)


# -- equations that exponentiate -------------------------------------------------------------------------------


def _exponentiated(curve: Curve) -> list[Any] | None:
    """Return the points where e^n_0·Π|f_j|^n_j = 1, for constant exponents; None where that has no algebraic solution."""
    if curve.rest.degree() > 0 or any(n.degree() > 0 for n, _ in curve.terms):
        return None
    if not curve.atoms:
        return []
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


def _between_cuts(curve: Curve, lower: Any, upper: Any, cuts: list[Any]) -> list[Any]:
    """Return the zeros in the cells; an unbounded one is turned inside out by s = 1/θ."""
    finite = [p for p in (lower, *cuts, upper) if p is not None]
    below, above = min([QQ(-2), *(between(None, p) for p in finite)]), max([QQ(2), *(between(p, None) for p in finite)])
    ends = [below if lower is None else lower, *cuts, above if upper is None else upper]
    found = [p for u, v in pairwise(ends) for p in _in_cell(curve, u, v)]
    outside = [end for end, infinite in ((below, lower is None), (above, upper is None)) if infinite]
    found += [end for end in outside if curve.sign_at(end) == 0]
    for end in outside:
        turned = [QQ(0), 1 / end] if end > 0 else [1 / end, QQ(0)]
        found += [_turned(p) for p in _in_cell(curve.inverted(), *turned)]
    shown = curve.form.as_expr()
    return [
        ZeroOf(shown, curve.symbol, point_expr(p[0]), point_expr(p[1]), curve.value) if isinstance(p, tuple) else p
        for p in (p if not isinstance(p, tuple) else _rational_or_not(curve, *p) for p in found)
    ]


def _floor(x: Any) -> int:
    return int(x.numerator // x.denominator)


def _turned(x: Any) -> Any:
    return (1 / x[1], 1 / x[0]) if isinstance(x, tuple) else 1 / x


def _rational_or_not(curve: Curve, lower: Any, upper: Any) -> Any:
    """Return the zero in a bracket if it is a rational number of few digits, else a bracket of short decimals."""
    sign_below, a, b = curve.sign_at(lower), lower, upper
    for _ in range(_SHARPER):
        middle = (a + b) / 2
        found = curve.sign_at(middle)
        if not found:
            return middle
        a, b = (middle, b) if found == sign_below else (a, middle)
    simple = simplest_between(a, b)
    if not curve.sign_at(simple):
        return simple
    for scale in (10**digits for digits in range(_SHARPER + len(str(int(1 / (b - a)))))):
        short = QQ(_floor(a * scale), scale), QQ(-_floor(-b * scale), scale)
        if lower <= short[0] and short[1] <= upper:
            return short
    return a, b


def simplest_between(lower: Any, upper: Any) -> Any:
    """Return the rational number of least denominator between two rational ones lower <= upper (Stern-Brocot).

    >>> simplest_between(QQ(31, 100), QQ(34, 100)), simplest_between(QQ(-3, 4), QQ(-3, 4))
    (1/3, -3/4)
    """
    whole = -(-lower.numerator // lower.denominator)
    if QQ(whole) <= upper:
        return QQ(whole)
    whole -= 1
    return whole + 1 / simplest_between(1 / (upper - whole), 1 / (lower - whole))


def _in_cell(curve: Curve, lower: Any, upper: Any) -> list[Any]:
    """Return the zeros between two neighbouring cuts: rational numbers, and brackets (a, b) of one zero each."""
    a, b = _clear(curve, lower, upper), _clear(curve, upper, lower)
    if compare(a, b) >= 0:
        return []
    deepest = _DEPTH + max(int(p.denominator).bit_length() for p in (a, b))
    found: dict[Any, None] = {}
    waiting = deque([(a, b, 0)])
    for _ in range(_BOXES):
        if not waiting:
            return sorted(found, key=_left)
        left, right, depth = waiting.popleft()
        verdict = _verdict(curve, left, right, curve.bits + 2 * depth)
        if verdict is None:
            touching = simplest_between(left, right)
            if not curve.sign_at(touching):
                return [*_in_cell(curve, lower, touching), touching, *_in_cell(curve, touching, upper)]
            if depth == deepest:
                break
            middle = (left + right) / 2
            waiting += [(left, middle, depth + 1), (middle, right, depth + 1)]
        elif verdict:
            signs = [curve.sign_at(left), curve.sign_at(right)]
            found |= {p: None for p, s in zip((left, right), signs, strict=True) if not s}
            if signs[0] * signs[1] < 0:
                found[left, right] = None
    raise UndecidedError(
        f"zeros must be simple or rational to be told apart; {curve.form} has a cluster at "
        f"{curve.symbol} = {float(left):.15g}"
    )


def _left(x: Any) -> Any:
    return x[0] if isinstance(x, tuple) else x


def _verdict(curve: Curve, left: Any, right: Any, prec: int) -> bool | None:
    """Return False where there is no zero, True where the curve is strictly monotone, None where neither shows."""
    with ctx.workprec(prec):
        middle = ball((left + right) / 2, prec)
        offset = arb(0, ball((right - left) / 2, prec).upper())
        at, box = curve.series(middle, 2), curve.series(middle + offset, 3)
        slope = at[1] + 2 * box[2] * offset
        if box[0] != 0 or at[0] + box[1] * offset != 0 or at[0] + (at[1] + box[2] * offset) * offset != 0:
            return False
        return True if box[1] != 0 or slope != 0 else None


# -- the ends of a cell ----------------------------------------------------------------------------------------


def _clear(curve: Curve, end: Any, other: Any) -> Any:
    """Return a rational point a of a cell such that the curve has no zero between `end` and a, nor at a."""
    singular = curve.singular_at(end)
    lowest = _lowest(curve, end, singular)
    towards = compare(other, end)
    middle = between(*sorted((end, other), key=cmp_to_key(compare)))
    size, prec = int(midpoint(abs(ball(end, 64)).upper())).bit_length(), 256
    while not (gap := _distance(middle, end, prec)) > 0:
        prec *= 2
    delta = min(QQ(1, 8), gap / 2)
    for _ in range(_NEARER):
        prec = curve.bits + 64 + size + 2 * int(1 / delta).bit_length()
        with ctx.workprec(prec):
            u, d = ball(end, prec), ball(delta, prec)
            box = u + d / 2 * towards + arb(0, (d / 2).upper())
            if _dominates(curve, singular, lowest, box, d):
                return QQ(*midpoint(u).as_integer_ratio()) + delta * towards / 2
        delta *= min(delta, QQ(1, 4))
    raise UndecidedError(
        f"the curve {curve.form} must show its sign near {curve.symbol} = {point_expr(end)}; it did not"
    )


def _distance(x: Any, y: Any, prec: int) -> Any:
    """Return a lower bound."""
    with ctx.workprec(prec):
        return QQ(*midpoint(abs(ball(x, prec) - ball(y, prec)).lower()).as_integer_ratio())


def _dominates(curve: Curve, singular: Singular | None, lowest: int, box: arb, delta: arb) -> bool:
    """Tell whether the term of lowest order outweighs the others for 0 < s <= delta."""
    smooth = abs(curve.series(box, lowest + 1, singular)[lowest])
    if singular is None:
        return bool(smooth > 0)
    scale = abs(expanded(arb_poly(singular.rest) * singular.quotient() ** singular.order, box, 1)[0])
    if lowest == singular.order:
        return bool(scale * -delta.log() > smooth)
    return bool(smooth > scale * delta ** (singular.order - lowest) * -delta.log())


def _lowest(curve: Curve, point: Any, singular: Singular | None) -> int:
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


def _vanishes(curve: Curve, point: Any, singular: Singular | None, order_: int) -> bool:
    """Tell exactly whether a derivative of R is zero at the end of a cell."""
    form = curve.form
    if isinstance(point, RealRoot):
        raise UndecidedError(f"a zero of {form} beside that of a logarithm, at {point.as_expr()}, is not told apart")
    if singular is not None:
        n = element_of(expression(singular.rest * singular.atom**singular.order, curve.symbol))
        f, lead = element_of(expression(singular.atom, curve.symbol)), QQ(int(singular.atom[1]))
        form = LogForm.sum([(QQ(1), form), (-n, LogForm.of_logs([(QQ(1, 2), f**2 / lead**2)]))])
    for _ in range(order_):
        form = form.derivative(curve.symbol)
    return form.subs({curve.symbol: point_expr(point)}).is_zero
