"""Expectations under a probability mass function as certified numbers: Σ p(k)·g(k), with a proved bound of the tail.

The independent check of closed forms for discrete laws on infinite supports (Poisson, geometric, negative binomial,
logarithmic series), and the value of what has no closed form, such as the entropy of the Poisson law
λ - λ·log λ + e^-λ·Σ λ^k·log(k!)/k!.

**Theorem.** Let |p(k)·g(k)| <= Σ |cᵢ|·Mᵢ(k) for all k >= K by a germ on [K, ∞) (`klexact.integrals.germs`; factorials by
Stirling's bounds). If every monomial satisfies M(k) <= M(K)·e^(-r·(k - K)) there with r > 0, the terms from K on add up to
at most Σ |cᵢ|·Mᵢ(K)/(1 - e^(-rᵢ)). The terms before K are added as balls.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import arb, ctx
from sympy import S

from klexact.closedform import short
from klexact.enclosure import Enclosure
from klexact.errors import InvalidNumberError, UndecidedError
from klexact.expression import Expression
from klexact.integrals.germs import Germ
from klexact.integrals.programs import Program
from klexact.integrals.refinement import checked, refined
from klexact.integrals.tails import Tail

__all__ = ["enclose_sums", "summate"]

_FACTORIALS = (sympy.factorial, sympy.gamma, sympy.binomial)
_MOST_TERMS = 1_000_000
_K = sympy.Dummy("k", real=True)  # no integer: SymPy makes log(gamma(n)) of loggamma(n)


def summate(
    log_mass: sympy.Expr,
    statistic: sympy.Expr,
    variable: sympy.Symbol,
    support: Any,
    *,
    digits: int = 30,
) -> Enclosure:
    """Return proved bounds of the expectation Σ exp(log_mass)·statistic over integers, to `digits` digits.

    `support` is a SymPy Range of step 1, Naturals, Naturals0 or Integers. The width is at most 10^-digits·|value|; or,
    where |value| < 10^-digits, at most 10^(-2·digits). Every term must be finite as it is written: leave out 0·log 0.

    Raises DivergentError where the sum is proved infinite, InvalidNumberError for functions that are not supported,
    UndecidedError where nothing was proved (polynomial tails) or over a million terms are needed.

    >>> k = sympy.Symbol("k", integer=True, nonnegative=True)
    >>> coin = -(k + 1) * sympy.log(2)                                       # tails before the first head
    >>> summate(coin, -coin / sympy.log(2), k, sympy.S.Naturals0).contains(2)
    True
    >>> summate(coin, 2**k, k, sympy.S.Naturals0)
    Traceback (most recent call last):
    ...
    klexact.errors.DivergentError: a finite value is required; the sum of exp((-k - 1)*log(2))·(2**k) diverges to +∞ towards oo
    """
    lower, upper = _range(support)
    log_p, g = (checked(expr, variable, lower, upper) for expr in (log_mass, statistic))
    name = f"the sum of exp({short(log_mass)})·({short(statistic)})"
    log_p, g = (_logarithmic(expr.subs(variable, _K)) for expr in (log_p, g))
    parts = _parts(log_p, g, lower, upper, name)

    def ball(bits: int) -> arb:
        with ctx.workprec(bits + 32):
            return sum((part.ball(bits + len(parts)) for part in parts), arb(0))

    return refined(ball, digits, name)


def enclose_sums(expr: sympy.Expr, *, digits: int = 30) -> Enclosure:
    """Return proved bounds of a polynomial in infinite sums with closed-form coefficients, to `digits` digits as `summate`.

    >>> k = sympy.Symbol("k", integer=True, nonnegative=True)
    >>> n = sympy.factorial(k)
    >>> found = enclose_sums(1 + sympy.exp(-1) * sympy.Sum(sympy.log(n) / n, (k, 0, sympy.oo)))   # H(Poisson(1)), nats
    >>> float(found.lower), found.width < sympy.Rational(1, 10**30)
    (1.3048422422562516, True)
    >>> enclose_sums(sympy.Sum(1 / k**2, (k, 1, sympy.oo)))
    Traceback (most recent call last):
    ...
    klexact.errors.UndecidedError: terms must be proved to decay exponentially; found none for Sum(k**(-2), (k, 1, oo))
    """
    if not isinstance(expr, sympy.Expr):
        raise InvalidNumberError(f"a polynomial in sums is required; found {short(expr)}")
    sums = sorted(expr.atoms(sympy.Sum), key=str)
    stand_ins = [sympy.Dummy() for _ in sums]
    values = [_Sum.of(s) for s in sums]
    whole = expr.xreplace(dict(zip(sums, stand_ins, strict=True)))
    if not whole.is_polynomial(*stand_ins) or whole.free_symbols - set(stand_ins):
        raise InvalidNumberError(f"a polynomial in sums without parameters is required; found {short(expr)}")
    terms = sympy.Poly(whole, *stand_ins).terms() if sums else [((), whole)]

    def ball(bits: int) -> arb:
        with ctx.workprec(bits + 64):
            found = [value.ball(bits + 32) for value in values]
            total = arb(0)
            for exponents, coefficient in terms:
                term = Expression(coefficient).ball(bits + 64)
                for value, exponent in zip(found, exponents, strict=True):
                    term *= value ** int(exponent)
                total += term
            return total

    return refined(ball, digits, short(expr))


def _range(support: Any) -> tuple[sympy.Expr, sympy.Expr]:
    if support is S.Integers:
        return -sympy.oo, sympy.oo
    steps = isinstance(support, sympy.Range) and support.step == 1 and not support.free_symbols
    if not (steps or support in (S.Naturals, S.Naturals0)) or not support.inf.is_Integer:
        raise InvalidNumberError(f"the support must be a Range of step 1 from an integer on; found {short(support)}")
    return support.inf, support.sup


def _parts(log_p: sympy.Expr, g: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr, name: str) -> list["_Sum"]:
    end = None if upper.is_infinite else int(upper)
    if not lower.is_infinite:
        return [_Sum(log_p, g, int(lower), end, name)]
    mirrored = _Sum(log_p.subs(_K, -_K), g.subs(_K, -_K), 1, None, name, -sympy.oo)
    return [_Sum(log_p, g, 0, end, name), mirrored]


@dataclass(frozen=True)
class _Sum:
    """Σ exp(log_p(k))·g(k) for start <= k <= end, or k >= start where end is None."""

    log_p: sympy.Expr
    g: sympy.Expr
    start: int
    end: int | None
    name: str
    towards: sympy.Expr = sympy.oo  # what the terms are taken to, where k is written as tending to oo

    @classmethod
    def of(cls, s: sympy.Sum) -> "_Sum":
        """Return a sum of SymPy, with the exponentials and factorials of its terms as one exponential."""
        if len(s.limits) != 1:
            raise InvalidNumberError(f"a sum over one variable is required; found {short(s)}")
        k, start, end = s.limits[0]
        if not start.is_Integer or not (end.is_Integer or end is S.Infinity):
            raise InvalidNumberError(f"a sum from an integer to an integer or oo is required; found {short(s)}")
        log_p, g = _split(checked(s.function, k, start, end).subs(k, _K))
        return cls(log_p, g, int(start), None if end is S.Infinity else int(end), short(s))

    @cached_property
    def _program(self) -> Program:
        return Program([self.log_p, self.g], _K)

    def ball(self, bits: int) -> arb:
        """Return a ball around the sum, of a radius of about 2^-bits·max(1, |value|)."""
        end, rest = self.end, arb(0)
        if end is None:
            end, rest = self._cut(bits)
            end -= 1
        if end - self.start >= _MOST_TERMS:
            raise UndecidedError(
                f"a sum must come close with {_MOST_TERMS:,} terms; {end - self.start + 1:,} are needed for {self.name}"
            )
        prec = bits + 32 + (end - self.start + 2).bit_length()
        with ctx.workprec(prec):
            run = self._program.at(prec, "real")
            total = arb(0)
            for k in range(self.start, end + 1):
                log_p, g = run(arb(k))
                total += log_p.exp() * g
            return total + arb(0, 1) * rest

    def _cut(self, bits: int) -> tuple[int, arb]:
        tail = Tail(self.log_p, self.g, _K, self.name, self.towards)
        start = sympy.Integer(self.start)
        if not tail.decays(start):
            raise UndecidedError(f"terms must be proved to decay exponentially; found none for {self.name}")
        return tail.cut(start, bits, Germ.tail_sum)


def _split(term: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Return L and g with term = exp(L)·g: the powers and factorials that grow fast are in L."""
    logs, rest = [], []
    for factor in sympy.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if (
            base.is_negative
            and exponent.is_polynomial(_K)
            and all(c.is_Integer for c in sympy.Poly(exponent, _K).coeffs())
        ):
            rest.append(sympy.cos(sympy.pi * exponent))  # (-1)^n, n an integer
            base = -base
        grows = exponent.has(_K) if not base.has(_K) else isinstance(base, _FACTORIALS) and not exponent.has(_K)
        if grows and (base.is_positive or base.has(_K)):
            logs.append(exponent * sympy.log(base))
        else:
            rest.append(factor)
    return _logarithmic(sympy.Add(*logs)), _logarithmic(sympy.Mul(*rest))


def _logarithmic(expr: sympy.Expr) -> sympy.Expr:
    """Return an expression with loggamma for logarithms of factorials, binomials and gamma functions."""
    return expr.replace(lambda e: e.func is sympy.log and isinstance(e.args[0], _FACTORIALS), lambda e: _log(e.args[0]))


def _log(f: sympy.Expr) -> sympy.Expr:
    if isinstance(f, sympy.factorial):
        return sympy.loggamma(f.args[0] + 1)
    if isinstance(f, sympy.gamma):
        return sympy.loggamma(f.args[0])
    n, k = f.args
    return sympy.loggamma(n + 1) - sympy.loggamma(k + 1) - sympy.loggamma(n - k + 1)
