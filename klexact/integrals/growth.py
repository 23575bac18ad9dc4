"""How an expression behaves far out: its germ (`klexact.integrals.germs`), built from the germs of its parts.

Stirling's error: Whittaker & Watson, *A Course of Modern Analysis*, section 12.33.
"""

import sympy
from flint import arb, ctx
from sympy import S

from klexact.balls import FUNCTIONS, UnresolvedError, apply
from klexact.closedform import short
from klexact.errors import InvalidNumberError, KLExactError
from klexact.integrals.germs import Germ, NotYetError
from klexact.integrals.programs import exprel, logrel

__all__ = ["germ"]

_PREC = 64
_RANGES = {  # balls around all values on the real line
    sympy.sin: arb(0, 1),
    sympy.cos: arb(0, 1),
    sympy.erf: arb(0, 1),
    sympy.erfc: arb(1, 1),
    sympy.atan: arb(0, 1.6),
}
_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)


def germ(expr: sympy.Expr, variable: sympy.Symbol, start: int, log_factor: sympy.Expr = S.Zero) -> Germ:
    """Return the germ of exp(log_factor)·expr, expressions in a variable, on [start, ∞), start >= 3.

    Raises NotYetError where the bounds are not proved from there on, InvalidNumberError for a function without rules.

    >>> k = sympy.Symbol("k", positive=True)
    >>> found = germ(k, k, 100, log_factor=k * sympy.log(5) - sympy.loggamma(k + 1))
    >>> found.tail_sum() < germ(sympy.exp(-k), k, 100).tail_sum()
    True
    >>> germ(sympy.exp(sympy.exp(k)), k, 100)
    Traceback (most recent call last):
    ...
    klexact.integrals.germs.NotYetError
    """
    if start < 3:
        raise KLExactError(f"a germ starts at 3 or later; found {start}")
    with ctx.workprec(_PREC):
        builder = _Builder(variable, start)
        found = builder.germ(expr)
        return found if log_factor == 0 else builder.germ(log_factor).exp() * found


class _Builder:
    def __init__(self, variable: sympy.Symbol, start: int) -> None:
        self._start = start
        self._variable = variable
        self._found: dict[sympy.Expr, Germ] = {variable: Germ.variable(start)}

    def germ(self, expr: sympy.Expr) -> Germ:
        if expr not in self._found:
            self._found[expr] = self._build(expr) if expr.has(self._variable) else Germ.constant(expr, self._start)
        return self._found[expr]

    def _build(self, expr: sympy.Expr) -> Germ:
        if expr.is_Add:
            return Germ.of((term for part in expr.args for term in self.germ(part).terms.items()), self._start)
        if expr.is_Mul:
            constant, rest = expr.as_independent(self._variable, as_Add=False)
            product, *others = (self.germ(part) for part in sympy.Mul.make_args(rest))
            for other in others:
                product *= other
            return product.times(constant)
        if expr.is_Pow:
            return self._power(*expr.as_base_exp())
        if isinstance(expr, _HYPERBOLIC):
            return self.germ(expr.rewrite(sympy.exp))
        if isinstance(expr, (exprel, logrel)):
            z = expr.args[0]
            return self.germ((sympy.exp(z) - 1 if isinstance(expr, exprel) else sympy.log(1 + z)) / z)
        return self._function(expr)

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> Germ:
        if exponent.has(self._variable):
            return (self.germ(exponent) * self.germ(base).log()).exp()
        return self.germ(base).power(exponent)

    def _function(self, expr: sympy.Expr) -> Germ:
        rules = {
            sympy.exp: Germ.exp,
            sympy.log: Germ.log,
            sympy.loggamma: _log_gamma,
            sympy.Abs: Germ.absolute,
        }
        if isinstance(expr, sympy.polygamma) and expr.args[0] == 0:
            return _digamma(self.germ(expr.args[1]))
        if len(expr.args) != 1:
            raise InvalidNumberError(f"a function whose growth is known is required; found {short(expr)}")
        inner = self.germ(expr.args[0])
        if expr.func in rules:
            return rules[expr.func](inner)
        return Germ.constant(self._values(expr, inner), self._start)

    def _values(self, expr: sympy.Expr, inner: Germ) -> arb:
        """Return a ball around all values of a function on the ray."""
        if expr.func not in FUNCTIONS:
            raise InvalidNumberError(f"a function whose growth is known is required; found {short(expr)}")
        try:
            found: arb = apply(expr.func, [inner.bounded()])
        except (UnresolvedError, InvalidNumberError, NotYetError):
            if expr.func not in _RANGES:
                raise NotYetError from None
            return _RANGES[expr.func]
        return found


def _log_gamma(z: Germ) -> Germ:
    """Return the germ of (z - 1/2)·log z - z + log(2π)/2 + R, 0 < R < 1/(12·z) for z > 0."""
    if not z.is_unbounded:
        raise NotYetError
    half = Germ.constant(-S.Half, z.start)
    constant = Germ.constant(sympy.log(2 * sympy.pi) / 2, z.start)
    error = z.power(S.NegativeOne).times(arb(0.5, 0.5) / 12)
    return (z + half) * z.log() + z.times(S.NegativeOne) + constant + error


def _digamma(z: Germ) -> Germ:
    """Return the germ of log z - 1/(2·z) - R, 0 < R < 1/(12·z²) for z > 0."""
    if not z.is_unbounded:
        raise NotYetError
    inverse = z.power(S.NegativeOne)
    return z.log() + inverse.times(-S.Half) + (inverse * inverse).times(-arb(0.5, 0.5) / 12)
