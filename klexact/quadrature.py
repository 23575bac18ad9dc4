"""Expectations under a density as certified numbers: ∫ p(x)·g(x) dx, for p = exp(L) with L and g closed forms in x.

This is the independent check of every closed form of a divergence or an entropy of continuous laws: D(p‖q) is the
integral with g = log p - log q, and H(p) that with g = -log p, in nats. Nothing is known here of any law.

The interval is cut where |x - m|, Max, Min, sign or Piecewise change their form, and no piece keeps a difficult end:

* an end where the integrand is holomorphic on a box around it stays;
* a finite end α otherwise becomes infinite: x = α + r·e^(-v), so that log(x - α) = log r - v exactly, and an integrable
  singularity (x - α)^(c-1)·log^k decays like v^k·e^(-c·v);
* an infinite end is x = c + v, or where the integrand does not decay exponentially (polynomial, log-normal tails) x = e^v.

So what is left are integrals over v in [v0, ∞) or [v0, v1] of a function F. **Theorem.** Let U > v0, let F be given by a germ on
[U, ∞) (`klexact.germs`) and T its bound of ∫_U^∞ |F|. Then the integral lies within T of ∫_{v0}^U F, and this is
enclosed by Arb's `acb.integral` (Petras' algorithm: Gauss-Legendre quadrature with the error bound from values on ellipses in which
the program of F proves it holomorphic). U is doubled until T is below the accuracy wanted. The substitutions are identities on the real
line, and continue from there.

An integral that is proved infinite is refused with DivergentError; what cannot be proved, with UndecidedError.

Johansson & Mezzarobba, "Numerical integration in arbitrary-precision ball arithmetic", 2018; Petras, "Self-validating
integration and approximation of piecewise analytic functions", J. Comput. Appl. Math. 145, 2002.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

import sympy
from flint import acb, arb, ctx
from sympy import Interval, S

from klexact.certify import Enclosure, order, sign
from klexact.closedform import short
from klexact.errors import DivergentError, InvalidNumberError, UndecidedError
from klexact.expression import Expression, decided
from klexact.germs import Germ, NotYetError, germ
from klexact.programs import Program
from klexact.refinement import refined

__all__ = ["integrate"]

_V = sympy.Symbol("v", real=True)
_T = sympy.Symbol("t", positive=True)
_LAST = 2**64  # where no bound is proved from here on, none is looked for further out
_LAST_PREC = 20_000
_EVALUATIONS = 20_000
_NEIGHBOURHOOD = sympy.Rational(1, 64)


def integrate(
    log_density: sympy.Expr,
    statistic: sympy.Expr,
    variable: sympy.Symbol,
    support: Interval,
    *,
    digits: int = 30,
) -> Enclosure:
    """Return proved bounds of the expectation ∫ exp(log_density)·statistic over an interval, to `digits` digits.

    The width is at most 10^-digits·|value|; or, where |value| < 10^-digits, at most 10^(-2·digits). Both expressions hold
    the variable and exact numbers, no parameter. Ends of the interval may be infinite, and the integrand singular at ends and
    kinks, nowhere else. The density need not be normalised. Nothing is assumed about it: 0·log 0 has to be its limit.

    Raises DivergentError where the integral is proved infinite, InvalidNumberError for functions that are not supported,
    UndecidedError where nothing was proved.

    >>> x = sympy.Symbol("x")
    >>> normal = -(x**2) / 2 - sympy.log(2 * sympy.pi) / 2
    >>> found = integrate(normal, x**2, x, sympy.Reals)
    >>> found.contains(1), found.width < sympy.Rational(1, 10**30)
    (True, True)
    >>> integrate(normal, sympy.log(abs(x)), x, sympy.Reals).contains("-0.63518142273")   # -(log 2 + γ)/2 is near
    False
    >>> cauchy = -sympy.log(1 + x**2) - sympy.log(sympy.pi)
    >>> integrate(cauchy, cauchy - normal, x, sympy.Reals)
    Traceback (most recent call last):
    ...
    klexact.errors.DivergentError: the integral of ... over [0, ∞) diverges to +∞
    """
    lower, upper = _interval(support)
    log_p, g = (_checked(expr, variable) for expr in (log_density, statistic))
    segments = list(_segments(log_p, g, variable, lower, upper))

    def ball(bits: int) -> arb:
        with ctx.workprec(bits + 32):
            return sum((segment.ball(bits + len(segments)) for segment in segments), arb(0))

    return refined(ball, digits, f"the integral of {short(statistic)}")


def _interval(support: Any) -> tuple[sympy.Expr, sympy.Expr]:
    if not isinstance(support, Interval):
        raise InvalidNumberError(f"the support must be an interval of SymPy; found {short(support)}")
    return support.inf, support.sup


def _checked(expr: Any, variable: sympy.Symbol) -> sympy.Expr:
    if not isinstance(expr, sympy.Expr):
        raise InvalidNumberError(f"a SymPy expression is required; found {short(expr)}")
    others = sorted(map(str, expr.free_symbols - {variable}))
    if others:
        raise InvalidNumberError(
            f"a number needs values for all parameters; found the symbol {', '.join(others)} in {short(expr)}"
        )
    return expr


# -- cuts ------------------------------------------------------------------------------------------------------


def _segments(
    log_p: sympy.Expr, g: sympy.Expr, x: sympy.Symbol, lower: sympy.Expr, upper: sympy.Expr
) -> Iterator["_Segment"]:
    """Yield integrals over v whose sum is the integral over x."""
    log_p, g = (_without_extremes(expr) for expr in (log_p, g))
    kinks = [root for root in _kinks([log_p, g], x) if order(lower, root) < 0 < order(upper, root)]
    points = [lower, *sorted(kinks, key=cmp_to_key(order)), upper]
    if points == [S.NegativeInfinity, S.Infinity]:
        points.insert(1, S.Zero)
    for a, b in zip(points, points[1:], strict=False):
        pieces = [_smooth(expr, x, _inner(a, b)) for expr in (log_p, g)]
        yield from _Piece(pieces[0], pieces[1], x).between(a, b)


def _without_extremes(expr: sympy.Expr) -> sympy.Expr:
    return expr.replace(lambda e: isinstance(e, (sympy.Max, sympy.Min)), lambda e: e.rewrite(sympy.Abs))


def _kinks(exprs: list[sympy.Expr], x: sympy.Symbol) -> set[sympy.Expr]:
    """Return the real zeros of all that changes its form with its sign."""
    found: set[sympy.Expr] = set()
    for expr in exprs:
        inner = [e.args[0] for e in expr.atoms(sympy.Abs, sympy.sign)]
        for piecewise in expr.atoms(sympy.Piecewise):
            inner += [c.lhs - c.rhs for _, condition in piecewise.args for c in condition.atoms(sympy.core.relational.Relational)]
        for f in inner:
            if f.has(x):
                found.update(_zeros(f, x))
    return found


def _zeros(f: sympy.Expr, x: sympy.Symbol) -> list[sympy.Expr]:
    if f.is_polynomial(x):
        polynomial = sympy.Poly(f, x)
        if polynomial.degree() == 1:
            slope, constant = polynomial.all_coeffs()
            return [-constant / slope]
        if all(c.is_Rational for c in polynomial.all_coeffs()):
            return list(dict.fromkeys(sympy.real_roots(polynomial)))
    raise InvalidNumberError(f"a form must change at the zeros of a polynomial over Q, or of a linear one; found {short(f)}")


def _inner(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    if a.is_infinite:
        return b - 1
    return a + 1 if b.is_infinite else (a + b) / 2


def _smooth(expr: sympy.Expr, x: sympy.Symbol, point: sympy.Expr) -> sympy.Expr:
    """Return the form that an expression has around a point, between two kinks."""

    def form(e: sympy.Expr) -> sympy.Expr:
        if isinstance(e, sympy.Piecewise):
            found = next((branch for branch, condition in e.args if decided(condition.subs(x, point))), None)
            if found is None:
                raise InvalidNumberError(f"a Piecewise must say what holds at {point}; found {short(e)}")
            return found
        s = sympy.Integer(sign(e.args[0].subs(x, point)))
        return s if isinstance(e, sympy.sign) else s * e.args[0]

    return expr.replace(lambda e: isinstance(e, (sympy.Abs, sympy.sign, sympy.Piecewise)) and e.has(x), form)


# -- substitutions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """exp(log_p)·g between two kinks."""

    log_p: sympy.Expr
    g: sympy.Expr
    x: sympy.Symbol

    def between(self, a: sympy.Expr, b: sympy.Expr) -> Iterator["_Segment"]:
        """Yield the segments of the interval [a, b]."""
        if a.is_infinite:
            yield from _Piece(*(e.subs(self.x, -self.x) for e in (self.log_p, self.g)), self.x).between(-b, -a)
        elif b.is_infinite:
            if self._is_regular(a, a + 1):
                yield from self._to_infinity(a)
            else:
                yield self._to_end(a, S.One)
                yield from self._to_infinity(a + 1)
        else:
            yield from self._finite(a, b)

    def _finite(self, a: sympy.Expr, b: sympy.Expr) -> Iterator["_Segment"]:
        left, right = self._is_regular(a, b), self._is_regular(b, a)
        length = b - a if left or right else (b - a) / 2
        if left and right:
            yield self._segment(a + _V, S.Zero, S.Zero, length)
        if not left:
            yield self._to_end(a, length)
        if not right:
            yield self._to_end(b, -length)

    def _is_regular(self, end: sympy.Expr, other: sympy.Expr) -> bool:
        """Tell whether the integrand is holomorphic around an end."""
        segment = self._segment(end + (other - end) * _V, S.Zero, S.Zero, S.One)
        radius = Expression(_NEIGHBOURHOOD).ball(64)
        with ctx.workprec(64):
            return bool(segment.integrand(64)(acb(arb(0, 1) * radius, arb(0, 1) * radius), True).is_finite())

    def _to_end(self, end: sympy.Expr, length: sympy.Expr) -> "_Segment":
        """Return the segment between a finite end and end + length, x = end + length·e^(-v)."""
        return self._segment(end + length * _T, sympy.log(abs(length)) - _V, S.Zero, None, sympy.exp(-_V)).checked()

    def _to_infinity(self, a: sympy.Expr) -> Iterator["_Segment"]:
        linear = self._segment(a + _V, S.Zero, S.Zero, None)
        if linear.decays():
            yield linear
            return
        start = S.Zero
        if order(a, S.One) >= 0:
            start = sympy.log(a)
        else:
            yield self._segment(a + _V, S.Zero, S.Zero, 1 - a)
        yield self._segment(_T, _V, start, None, sympy.exp(_V)).checked()

    def _segment(
        self,
        substitute: sympy.Expr,
        log_jacobian: sympy.Expr,
        start: sympy.Expr,
        end: sympy.Expr | None,
        t: sympy.Expr = S.Zero,
    ) -> "_Segment":
        parts = [_pulled(e.subs(self.x, substitute)).subs(_T, t) for e in (self.log_p, self.g)]
        return _Segment(parts[0] + log_jacobian, parts[1], start, end, f"{short(self.log_p)}, {short(self.g)}")


def _pulled(expr: sympy.Expr) -> sympy.Expr:
    """Return an expression in t > 0 with the powers of t taken out of logarithms and powers of polynomials in t."""

    def wanted(e: sympy.Expr) -> bool:
        return bool((e.func is sympy.log or e.is_Pow) and e.args[0].has(_T) and e.args[0].is_polynomial(_T))

    def pulled(e: sympy.Expr) -> sympy.Expr:
        polynomial = sympy.Poly(e.args[0], _T)
        (order_at_zero,) = min(polynomial.monoms())
        if order_at_zero == 0:
            return e
        rest = sympy.Poly(polynomial.all_coeffs()[:-order_at_zero], _T).as_expr()
        if e.func is sympy.log:
            return order_at_zero * sympy.log(_T) + sympy.log(rest)
        return _T ** (order_at_zero * e.exp) * rest**e.exp

    return expr.replace(wanted, pulled)


# -- segments --------------------------------------------------------------------------------------------------


@dataclass
class _Segment:
    """∫ exp(log_p(v))·g(v) dv over [start, end], or [start, ∞) where end is None."""

    log_p: sympy.Expr
    g: sympy.Expr
    start: sympy.Expr
    end: sympy.Expr | None
    name: str
    _program: Program = field(init=False)

    def __post_init__(self) -> None:
        self._program = Program([self.log_p, self.g], _V)

    def integrand(self, prec: int) -> Callable[[acb, bool], acb]:
        """Return the integrand as `acb.integral` takes it."""
        runs = [self._program.at(prec, mode) for mode in ("complex", "analytic")]

        def value(v: acb, analytic: bool) -> acb:
            log_p, g = runs[analytic](v)
            return log_p.exp() * g

        return value

    # -- far out -------------------------------------------------------------------------------------------

    def _germs(self) -> Iterator[tuple[int, Germ]]:
        first = 4
        while order(first, self.start) <= 0:
            first *= 2
        while first <= _LAST:
            try:
                yield first, germ(self.g, _V, first, self.log_p)
            except NotYetError:
                pass
            first *= 2

    def decays(self) -> bool:
        """Tell whether the integrand is proved to decay exponentially. Raises DivergentError."""
        for _, found in self._germs():
            try:
                found.tail_integral()
            except NotYetError:
                if found.is_settled and not found.decays:
                    infinite = found.diverges()
                    if infinite:
                        raise DivergentError(
                            f"the integral of {self.name} diverges to {'+' if infinite > 0 else '-'}∞"
                        ) from None
                    return False
            else:
                return True
        return False

    def checked(self) -> "_Segment":
        """Return the segment itself, which must decay."""
        if not self.decays():
            raise UndecidedError(f"an integrand that decays exponentially must show; found none in {self.name}")
        return self

    def _cut(self, bits: int) -> tuple[int, arb]:
        """Return U and a bound of the rest of the integral beyond it, below 2^-bits."""
        goal = arb(2) ** -bits
        for found, g in self._germs():
            with suppress(NotYetError):
                tail = g.tail_integral()
                if tail < goal:
                    return self._trimmed(found, tail, goal)
        raise UndecidedError(f"a bound of the tail must show; found none in {self.name}")

    def _trimmed(self, upper: int, tail: arb, goal: arb) -> tuple[int, arb]:
        lower = max(upper // 2, 3)
        while upper - lower > max(1, lower // 8):
            middle = (lower + upper) // 2
            try:
                found = germ(self.g, _V, middle, self.log_p).tail_integral()
            except NotYetError:
                found = goal
            if found < goal:
                upper, tail = middle, found
            else:
                lower = middle
        return upper, tail

    # -- near ----------------------------------------------------------------------------------------------

    def ball(self, bits: int) -> arb:
        """Return a ball around the integral, of a radius of about 2^-bits·max(1, |value|) where it can be reached."""
        end, tail = (self.end, arb(0)) if self.end is not None else self._cut(bits)
        prec = self._resolving(bits + 32, end)
        with ctx.workprec(prec):
            goal = arb(2) ** -bits
            found = acb.integral(
                self.integrand(prec),
                acb(Expression(self.start).ball(prec)),
                acb(Expression(sympy.sympify(end)).ball(prec)),
                rel_tol=goal,
                abs_tol=goal,
                eval_limit=_EVALUATIONS,
            )
            return found.real + arb(0, 1) * tail

    def _resolving(self, prec: int, end: Any) -> int:
        """Return a precision that resolves the integrand at its end: 1 - (1 - t)^a at t = e^-v loses v nats."""
        while prec < _LAST_PREC:
            with ctx.workprec(prec):
                values = self._program.at(prec, "real")(Expression(sympy.sympify(end)).ball(prec))
                if all(value.is_finite() and value.rad() < 1 for value in values):
                    return prec
            prec *= 2
        return prec
