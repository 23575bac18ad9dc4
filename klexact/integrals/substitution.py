"""Integrands near a singular end, t -> 0, or far out, t -> oo: the leading behaviour taken out of logarithms and powers.

What is left is holomorphic on larger boxes, and keeps its digits where t is near its end: log(t·(2 - t)) becomes
log t + log(2 - t), and log((t - m)² + 1) becomes 2·log t + log((1 - m/t)² + 1/t²). All identities hold for real t > 0.
"""

from collections.abc import Callable
from functools import reduce

import sympy
from sympy import S

from klexact.certify import sign
from klexact.integrals.programs import exprel, logrel

__all__ = ["towards_infinity", "towards_zero"]

_SMALL_DEGREE = 8
_Order = tuple[sympy.Expr, sympy.Expr]
_Rule = Callable[[sympy.Expr, sympy.Symbol], _Order]


def towards_zero(expr: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    """Return an expression in t > 0 with the powers of t that vanish at 0 taken out of logarithms and powers.

    Powers are found in polynomials, in 1 - P^s and in 1 - e^w, with polynomials P that is 1 and w that is 0 at t = 0:
    1 - P^s = s·(1 - P)·logrel(P - 1)·exprel(s·log P).

    >>> t = sympy.Symbol("t", positive=True)
    >>> towards_zero(sympy.log(2 * t - t**2), t), towards_zero(sympy.log(1 - sympy.exp(-t)), t)
    (log(t) + log(2 - t), log(t) + log(exprel(-t)))
    """
    return _expanded(expr, t, _of_zero)


def towards_infinity(expr: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    """Return an expression in t > 0 with the largest powers and exponentials of sums taken out of logarithms and powers.

    >>> t = sympy.Symbol("t", positive=True)
    >>> towards_infinity(sympy.log((t - 3) ** 2 + 1), t), towards_infinity(sympy.log(1 + sympy.exp(t)), t)
    (2*log(t) + log((1 - 3/t)**2 + t**(-2)), t + log(1 + exp(-t)))
    """
    return _expanded(_without_exponentials(expr, t), t, _of_infinity)


def _expanded(expr: sympy.Expr, t: sympy.Symbol, order_of: _Rule) -> sympy.Expr:
    def wanted(e: sympy.Expr) -> bool:
        return bool((e.func is sympy.log or e.is_Pow) and (e.args[0].is_Add or e.args[0].is_Mul) and e.args[0].has(t))

    def pulled(e: sympy.Expr) -> sympy.Expr:
        n, rest = order_of(e.args[0], t)
        if e.func is sympy.log:
            return n * sympy.log(t) + sympy.log(rest)
        return t ** (n * e.exp) * rest**e.exp

    return expr.replace(wanted, pulled)


def _of_zero(f: sympy.Expr, t: sympy.Symbol) -> _Order:
    """Return n and a rest with f = t^n·rest, the rest not 0 at t = 0 if f is a polynomial, 1 - P^s or 1 - e^w."""
    found = _of_a_difference(1 - f, t)
    if found is not None:
        return found
    if f.is_polynomial(t):
        polynomial = sympy.Poly(f, t)
        (n,) = min(polynomial.monoms())
        return sympy.Integer(n), f if n == 0 else sympy.Poly(polynomial.all_coeffs()[:-n], t).as_expr()
    return _of_parts(f, t, _of_zero) or (S.Zero, f)


def _of_infinity(f: sympy.Expr, t: sympy.Symbol) -> _Order:
    """Return n and a rest with f = t^n·rest, the rest bounded as t -> oo if f is a sum of powers."""
    if f == t:
        return S.One, S.One
    if f.is_Add:
        parts = [_of_infinity(part, t) for part in f.args]
        if all(n.is_Rational for n, _ in parts):
            largest = max(n for n, _ in parts)
            return largest, sympy.Add(*(t ** (n - largest) * rest for n, rest in parts))
    return _of_parts(f, t, _of_infinity) or (S.Zero, f)


def _without_exponentials(expr: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    """Return an expression with E + log(f·e^-E) for log f, where e^E is the largest factor of a term of f as t -> oo."""

    def pulled(e: sympy.Expr) -> sympy.Expr:
        terms = [_without_exponential(part) for part in e.args[0].args]
        exponents = [exponent for exponent, _ in terms]
        if not all(exponent.is_polynomial(t) for exponent in exponents):
            return e
        largest = reduce(lambda a, b: b if a != b and sign(sympy.LC(b - a, t)) > 0 else a, exponents)
        return largest + sympy.log(sympy.Add(*(rest * sympy.exp(exponent - largest) for exponent, rest in terms)))

    return expr.replace(lambda e: e.func is sympy.log and e.args[0].is_Add and e.args[0].has(t), pulled)


def _without_exponential(term: sympy.Expr) -> _Order:
    """Return E and a rest with term = e^E·rest."""
    factors = sympy.Mul.make_args(term)
    exponents = [factor.args[0] for factor in factors if factor.func is sympy.exp]
    return sympy.Add(*exponents), sympy.Mul(*(factor for factor in factors if factor.func is not sympy.exp))


def _of_parts(f: sympy.Expr, t: sympy.Symbol, order_of: _Rule) -> _Order | None:
    if f.is_Mul:
        orders, rests = zip(*(order_of(part, t) for part in f.args), strict=True)
        return sympy.Add(*orders), sympy.Mul(*rests)
    if f.is_Pow and not f.exp.has(t):
        n, rest = order_of(f.base, t)
        return n * f.exp, rest**f.exp
    return None


def _of_a_difference(power: sympy.Expr, t: sympy.Symbol) -> _Order | None:
    """Return n and a rest with 1 - power = t^n·rest, where the power is 1 at t = 0."""
    if power.func is sympy.exp and _vanishes(power.args[0], t):
        w = power.args[0]
        n, rest = _of_zero(-w, t)
        return n, rest * exprel(w)
    if power.is_Pow and not power.exp.has(t) and _vanishes(power.base - 1, t) and power.exp.is_positive:
        if power.exp.is_Integer and power.exp <= _SMALL_DEGREE:  # whose base may be 0 inside
            return None
        w = power.base - 1
        n, rest = _of_zero(-w, t)
        return n, power.exp * rest * logrel(w) * exprel(power.exp * w * logrel(w))
    return None


def _vanishes(f: sympy.Expr, t: sympy.Symbol) -> bool:
    return bool(f.is_polynomial(t) and f.subs(t, 0) == 0)
