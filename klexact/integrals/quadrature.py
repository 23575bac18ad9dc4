"""Expectations under a density as certified numbers: ∫ p(x)·g(x) dx, for p = exp(L) with L and g closed forms in x.

This is the independent check of every closed form of a divergence or an entropy of continuous laws: D(p‖q) is the
integral with g = log p - log q, and H(p) that with g = -log p, in nats. Nothing is known here of any law.

The interval is cut where |x - m|, Max, Min, sign or Piecewise change their form. The ends of the pieces are made harmless:

* an end around which the integrand is holomorphic stays;
* any other finite end α becomes infinite by x = α + r·e^-v. Then log(x - α) = log r - v exactly, and an integrable
  singularity (x - α)^(c - 1)·log^k decays like v^k·e^(-c·v);
* an infinite end is x = c + v, or x = e^v where that does not decay exponentially (polynomial and log-normal tails).

What is left are integrals over v of functions F on [v0, v1] or [v0, ∞). **Theorem.** Let U > v0, let F have a germ on
[U, ∞) (`klexact.integrals.germs`), and let T be its bound of ∫ |F| over [U, ∞). Then the integral lies within T of
that over [v0, U].

The latter is enclosed by Arb's `acb.integral`: Gauss-Legendre quadrature, with Petras' error bound from values on
ellipses in which the program of F (`klexact.integrals.programs`) proves F holomorphic, and bisection elsewhere. U is
chosen so that T is below the accuracy wanted. The substitutions are identities on the real line, so F continues the
integrand from there.

An integral that is proved infinite is refused with DivergentError; what cannot be proved, with UndecidedError.

Johansson, "Numerical integration in arbitrary-precision ball arithmetic", 2018; Petras, "Self-validating integration and
approximation of piecewise analytic functions", J. Comput. Appl. Math. 145, 2002.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, cmp_to_key
from itertools import pairwise
from typing import Any

import sympy
from flint import acb, arb, ctx
from sympy import Interval, S

from klexact.certify import order, sign
from klexact.closedform import short
from klexact.enclosure import Enclosure
from klexact.errors import InvalidNumberError, UndecidedError
from klexact.expression import Expression, decided
from klexact.integrals.germs import Germ
from klexact.integrals.programs import Program
from klexact.integrals.refinement import checked, refined
from klexact.integrals.substitution import towards_infinity, towards_zero
from klexact.integrals.tails import Tail

__all__ = ["integrate"]

_V = sympy.Dummy("v", real=True)
_T = sympy.Dummy("t", positive=True)
_LAST_PREC = 20_000
_EVALUATIONS = 100_000
_NEAR_ZERO = arb(0, 2**-6)


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
    >>> found = integrate(normal, sympy.log(abs(x)), x, sympy.Reals)          # singular inside, at the kink
    >>> found.contains(0), float(found.lower)                                # -(log 2 + γ)/2
    (False, -0.6351814227307391)
    >>> cauchy = -sympy.log(1 + x**2) - sympy.log(sympy.pi)
    >>> integrate(cauchy, cauchy - normal, x, sympy.Reals)
    Traceback (most recent call last):
    ...
    klexact.errors.DivergentError: a finite value is required; the integral of exp(...)·(...) diverges to +∞ towards -oo
    """
    lower, upper = _interval(support)
    log_p, g = (_without_extremes(checked(expr, variable, lower, upper)) for expr in (log_density, statistic))
    if variable.is_integer or variable.is_irrational:
        raise InvalidNumberError(f"the variable of an integral must be real; found {variable}, integer or irrational")
    name = f"the integral of exp({short(log_density)})·({short(statistic)})"
    segments = list(_segments(_Piece(log_p, g, variable, name), lower, upper))

    def ball(bits: int) -> arb:
        with ctx.workprec(bits + 32):
            return sum((segment.ball(bits + len(segments)) for segment in segments), arb(0))

    return refined(ball, digits, name)


def _interval(support: Any) -> tuple[sympy.Expr, sympy.Expr]:
    if not isinstance(support, Interval) or support.free_symbols:
        raise InvalidNumberError(f"the support must be a SymPy Interval between numbers; found {short(support)}")
    return support.inf, support.sup


# -- cuts ------------------------------------------------------------------------------------------------------


def _segments(whole: "_Piece", lower: sympy.Expr, upper: sympy.Expr) -> Iterator["_Segment"]:
    """Yield integrals over v whose sum is the integral over x."""
    kinks = [root for root in _kinks(whole) if order(lower, root) < 0 < order(upper, root)]
    points = [lower, *sorted(kinks, key=cmp_to_key(order)), upper]
    if points == [S.NegativeInfinity, S.Infinity]:
        points.insert(1, S.Zero)
    for a, b in pairwise(points):
        if order(a, b) == 0:
            continue  # one kink, written in two ways
        log_p, g = (_smooth(expr, whole.x, _inner(a, b)) for expr in (whole.log_p, whole.g))
        _check_inside(Program([log_p, g], whole.x), _inner(a, b), whole.name)
        yield from replace(whole, log_p=log_p, g=g).between(a, b)


def _check_inside(program: Program, point: sympy.Expr, name: str) -> None:
    with ctx.workprec(256):
        values = program.at(256, "real")(Expression(point).ball(256))
    if not all(value.is_finite() for value in values):
        raise InvalidNumberError(
            f"an integrand must be real and finite inside the support; at {point} it is not: {name}"
        )


def _without_extremes(expr: sympy.Expr) -> sympy.Expr:
    return expr.replace(lambda e: isinstance(e, (sympy.Max, sympy.Min)), lambda e: e.rewrite(sympy.Abs))


def _kinks(whole: "_Piece") -> set[sympy.Expr]:
    """Return the real zeros of all that changes its form with its sign."""
    found: set[sympy.Expr] = set()
    for expr in (whole.log_p, whole.g):
        inner = [e.args[0] for e in expr.atoms(sympy.Abs, sympy.sign)]
        for piecewise in expr.atoms(sympy.Piecewise):
            inner += [
                c.lhs - c.rhs
                for _, condition in piecewise.args
                for c in condition.atoms(sympy.core.relational.Relational)
            ]
        for f in inner:
            if f.has(whole.x):
                found.update(_zeros(f, whole.x))
    return found


def _zeros(f: sympy.Expr, x: sympy.Symbol) -> list[sympy.Expr]:
    if f.is_polynomial(x):
        polynomial = sympy.Poly(f, x)
        if polynomial.degree() == 1:
            slope, constant = polynomial.all_coeffs()
            return [-constant / slope]
        if all(c.is_Rational for c in polynomial.all_coeffs()):
            return list(dict.fromkeys(sympy.real_roots(polynomial)))
    raise InvalidNumberError(
        f"a form must change at the zeros of a polynomial over Q, or of a linear one; found {short(f)}"
    )


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
    name: str
    far: sympy.Expr = S.Infinity  # what x tends to where it is written as tending to oo

    def between(self, a: sympy.Expr, b: sympy.Expr) -> Iterator["_Segment"]:
        """Yield the segments of the interval [a, b]."""
        if a.is_infinite:
            log_p, g = (e.subs(self.x, -self.x) for e in (self.log_p, self.g))
            yield from replace(self, log_p=log_p, g=g, far=a).between(-b, -a)
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
            yield self._segment(a + _V, S.Zero, length)
        if not left:
            yield self._to_end(a, length)
        if not right:
            yield self._to_end(b, -length)

    def _is_regular(self, end: sympy.Expr, other: sympy.Expr) -> bool:
        """Tell whether the integrand is holomorphic around an end."""
        segment = self._segment(end + (other - end) * _V, S.Zero, S.One)
        with ctx.workprec(64):
            return bool(segment.integrand(64)(acb(_NEAR_ZERO, _NEAR_ZERO)).is_finite())

    def _to_end(self, end: sympy.Expr, length: sympy.Expr) -> "_Segment":
        """Return the segment between a finite end and end + length, x = end + length·e^(-v)."""
        segment = self._segment(end + length * _T, sympy.log(abs(length)) - _V, None)
        return replace(segment, towards=end).checked()

    def _to_infinity(self, a: sympy.Expr) -> Iterator["_Segment"]:
        linear = self._segment(a + _V, S.Zero, None)
        if linear.decays():
            yield linear
            return
        start = S.Zero
        if order(a, S.One) >= 0:
            start = sympy.log(a)
        else:
            yield self._segment(a + _V, S.Zero, 1 - a)
        log_p, g = (towards_infinity(e.subs(self.x, _T), _T).subs(_T, sympy.exp(_V)) for e in (self.log_p, self.g))
        yield _Segment(log_p + _V, g, start, None, self.far, self.name).checked()

    def _segment(self, substitute: sympy.Expr, log_jacobian: sympy.Expr, end: sympy.Expr | None) -> "_Segment":
        log_p, g = (towards_zero(e.subs(self.x, substitute), _T).subs(_T, sympy.exp(-_V)) for e in (self.log_p, self.g))
        return _Segment(log_p + log_jacobian, g, S.Zero, end, self.far, self.name)


# -- segments --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Segment:
    """∫ exp(log_p(v))·g(v) dv over [start, end], or [start, ∞) where end is None."""

    log_p: sympy.Expr
    g: sympy.Expr
    start: sympy.Expr
    end: sympy.Expr | None
    towards: sympy.Expr  # what x tends to as v -> oo
    name: str

    @cached_property
    def _program(self) -> Program:
        return Program([self.log_p, self.g], _V)

    @property
    def _tail(self) -> Tail:
        return Tail(self.log_p, self.g, _V, self.name, self.towards)

    def decays(self) -> bool:
        """Tell whether the integrand is proved to decay exponentially. Raises DivergentError."""
        return self._tail.decays(self.start)

    def checked(self) -> "_Segment":
        """Return the segment itself, which must decay."""
        if not self.decays():
            raise UndecidedError(
                f"an exponential decay must be proved; found none for {self.name} towards {self.towards}"
            )
        return self

    def integrand(self, prec: int) -> Callable[..., Any]:
        """Return the integrand as `acb.integral` takes it."""
        run = self._program.at(prec, "analytic")  # on the real line too: elsewhere a logarithm could be complex there

        def value(v: acb, *_: object) -> Any:
            log_p, g = run(v)
            return log_p.exp() * g

        return value

    def ball(self, bits: int) -> arb:
        """Return a ball around the integral, of a radius of about 2^-bits·max(1, |value|) where it can be reached."""
        end, rest = self.end, arb(0)
        if end is None:
            place, rest = self._tail.cut(self.start, bits, Germ.tail_integral)
            end = sympy.Integer(place)
        prec = self._resolving(bits + 32, end)
        with ctx.workprec(prec):
            goal = arb(2) ** -bits
            found = acb.integral(
                self.integrand(prec),
                acb(Expression(self.start).ball(prec)),
                acb(Expression(end).ball(prec)),
                rel_tol=goal,
                abs_tol=goal,
                eval_limit=_EVALUATIONS,
            )
            return found.real + arb(0, 1) * rest

    def _resolving(self, prec: int, end: sympy.Expr) -> int:
        """Return a precision that resolves the integrand at its end, where differences may have lost digits."""
        while prec < _LAST_PREC:
            with ctx.workprec(prec):
                values = self._program.at(prec, "real")(Expression(end).ball(prec))
                if all(value.rad() < 1 or value.rel_accuracy_bits() > 16 for value in values):
                    return prec
            prec *= 2
        return prec
