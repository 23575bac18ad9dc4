"""Values and one-sided limits of a log form in one parameter: at a point, at an end of its domain, at infinity.

F(θ) = c_0(θ) + Σ c_j(θ)·log|f_j(θ)|, irreducible f_j: at most one f_j vanishes at a point, and its coefficient there says
whether F goes to ±∞ or, by lim s·log s = 0, the term to 0.
"""

from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb
from sympy import QQ

from klexact.algebraic import ball_at, evaluate
from klexact.certify import shows_zero, sign
from klexact.errors import KLExactError, NoClosedFormError, UndecidedError
from klexact.expression import Expression
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, element_of, is_parametric, symbols_of
from klexact.roots import RealRoot, cells, point_expr, polynomial, sign_at
from klexact.zeroof import ZeroOf

__all__ = ["Placed", "at_infinity", "limit", "value_at"]

_MAX_POLE = 10  # the order of a pole that is cleared


@dataclass(frozen=True, eq=False)
class Placed:
    """The value of a log form at a number without closed form: known by balls."""

    curve: LogForm
    symbol: sympy.Symbol
    point: Expression

    is_infinite = False

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats, computed with about `prec` bits."""
        return ball_at(self.curve, self.symbol, self.point.ball(prec), prec)

    @property
    def is_zero(self) -> bool:
        """False where a ball shows it. Raises UndecidedError elsewhere."""
        return shows_zero(self)

    def ratio(self, unit: LogForm) -> None:
        """Raise UndecidedError: whether it is a rational multiple of a unit is not known."""
        raise UndecidedError(
            f"the value of {self.curve} at {self.point.expr} / {unit} must be rational or not; it is not known"
        )

    def as_expr(self, base: object = sympy.E) -> sympy.Expr:
        """Return the SymPy expression of the value divided by log(base): the form with the number put in."""
        return self.curve.as_expr(base).subs(self.symbol, self.point.expr)


def value_at(form: LogForm, symbol: sympy.Symbol, point: Any) -> Any:
    """Return the value at a point, rational, real algebraic or a SymPy number, where no logarithm is singular.

    >>> from sympy.abc import t
    >>> value_at(LogForm.log(t), t, QQ(1, 2)), value_at(LogForm.log(t), t, sympy.exp(-sympy.sqrt(2)))
    (LogForm(-log(2)), Expression(expr=-sqrt(2)))
    """
    if isinstance(point, sympy.Expr) and point.has(ZeroOf):
        return Placed(form, symbol, Expression(point))
    if isinstance(point, sympy.Expr):
        return Expression(form.as_expr().subs(symbol, point))
    return evaluate(form, symbol, point)


def limit(form: LogForm, symbol: sympy.Symbol, point: Any, side: int) -> Any:
    """Return the limit from above (side 1) or from below (side -1): a value, or +∞; -∞ is refused.

    It is also the value at the point by the conventions at zero: 0·log 0 = 0, and +∞ where log 0 has a weight.

    >>> from sympy.abc import t
    >>> limit(LogForm.log(t) * t + LogForm.log(2), t, QQ(0), 1), limit(-LogForm.log(t), t, QQ(0), 1)
    (LogForm(log(2)), LogForm(oo))
    """
    if any(_has_pole(c, symbol, point) for c in form.logs.values()):
        return _at_pole(form, symbol, point, side)
    rational = form.rational_part
    if _has_pole(rational, symbol, point):
        return _signed_infinity(_sign_near(rational, symbol, point, side), form)
    for f, c in form.logs.items():
        if not isinstance(f, int) and sign_at(polynomial(f, symbol), point) == 0:
            if not is_parametric(c):
                return _signed_infinity(-1 if c > 0 else 1, form)
            weight = _sign_at(c, symbol, point)
            if weight:
                return _signed_infinity(-weight, form)
            form = _without(form, f, c)
    return evaluate(form, symbol, point)


def at_infinity(form: LogForm, symbol: sympy.Symbol, direction: int) -> Any:
    """Return the limit as the parameter grows to +∞ (direction 1) or falls to -∞ (direction -1).

    >>> from sympy.abc import t
    >>> at_infinity(LogForm.log((1 + 2 * t) / t), t, 1), at_infinity(LogForm(t) - LogForm.log(t), t, 1)
    (LogForm(log(2)), LogForm(oo))
    """
    if any(map(is_parametric, form.logs.values())):
        return limit(form.subs({symbol: 1 / symbol}), symbol, QQ(0), direction)
    rational, constant = form.rational_part, QQ(0)
    if is_parametric(rational):
        above, below = (polynomial(part, symbol) for part in (rational.numer, rational.denom))
        if above.degree() > below.degree():
            edge = cells([above, below])[-1 if direction > 0 else 0]
            return _signed_infinity(sign_at(above, edge) * sign_at(below, edge), form)
        if above.degree() == below.degree():
            constant = QQ(int(above[above.degree()]), int(below[below.degree()]))
    else:
        constant = rational
    growth, leading = QQ(0), []
    for f, c in form.logs.items():
        if isinstance(f, int):
            leading.append((c, QQ(f)))
        else:
            poly = polynomial(f, symbol)
            growth += c * poly.degree()
            leading.append((c, QQ(abs(int(poly[poly.degree()])))))
    if growth:
        return _signed_infinity(1 if growth > 0 else -1, form)
    return LogForm.of_logs(leading) + LogForm(as_expr(constant))


def _at_pole(form: LogForm, symbol: sympy.Symbol, point: Any, side: int) -> LogForm:
    """Return the infinity that a form goes to where coefficients of logarithms have poles: that of its leading term."""
    cleared, distance = form, None if isinstance(point, RealRoot) else element_of(symbol - point_expr(point))
    for order in range(1, _MAX_POLE + 1 if distance is not None else 1):
        cleared = LogForm.sum([(distance, cleared)])
        if not any(_has_pole(c, symbol, point) for c in (cleared.rational_part, *cleared.logs.values())):
            leading = _leading_sign(cleared, symbol, point)
            if leading:
                return _signed_infinity(leading * side**order, form)
            break
    raise NoClosedFormError(f"the leading term of {form} must show at {symbol} = {point_expr(point)}; it did not")


def _leading_sign(form: LogForm, symbol: sympy.Symbol, point: Any) -> int:
    for f, c in form.logs.items():
        if not isinstance(f, int) and sign_at(polynomial(f, symbol), point) == 0:
            weight = _sign_at(c, symbol, point) if is_parametric(c) else 1 if c > 0 else -1
            return -weight if weight else sign(evaluate(_without(form, f, c), symbol, point))
    return sign(evaluate(form, symbol, point))


def _without(form: LogForm, f: Any, c: Any) -> LogForm:
    """Return a form without the term c·log|f|."""
    return LogForm.sum([(QQ(1), form), (-c / 2, LogForm.of_logs([(QQ(1), element_of(as_expr(f)) ** 2)]))])


def _signed_infinity(sign: int, form: LogForm) -> LogForm:
    if sign < 0:
        raise KLExactError(f"an objective must be bounded below; found -∞ at an end of the domain for {form.as_expr()}")
    return LogForm.infinity()


def _has_pole(x: Any, symbol: sympy.Symbol, point: Any) -> bool:
    return is_parametric(x) and symbol in symbols_of(x) and sign_at(polynomial(x.denom, symbol), point) == 0


def _sign_at(x: Any, symbol: sympy.Symbol, point: Any) -> int:
    return sign_at(polynomial(x.numer, symbol), point) * sign_at(polynomial(x.denom, symbol), point)


def _sign_near(x: Any, symbol: sympy.Symbol, point: Any, side: int) -> int:
    polys = [polynomial(part, symbol) for part in (x.numer, x.denom)]
    near = cells(polys, point, None)[0] if side > 0 else cells(polys, None, point)[-1]
    return sign_at(polys[0], near) * sign_at(polys[1], near)
