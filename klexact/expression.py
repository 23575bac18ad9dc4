"""Closed-form SymPy expressions as certified numbers: a ball around the value, and zero where it can be decided.

A SymPy expression is first read back as a log form over one log base (`recognised`): its zero and sign are then decided by
the canonical form. Anything else is an `Expression`. Its zero is decided for algebraic numbers and for sums of their
logarithms (`klexact.heights`, under a work bound); otherwise a value that is not distinguished from zero with
`LIMIT` = 4,096 bits is left undecided, for nothing is known that would end the search.

Supported are the functions of `klexact.balls`, `+`, `*`, powers, rational and algebraic numbers (radicals, `CRootOf`), pi,
E, EulerGamma, Catalan, GoldenRatio, `ZeroOf`, and `Max`, `Min`, `Abs`, `sign`, `Piecewise`, `re`, with conditions that are
decided. Complex intermediate values are allowed; the whole must be proved real.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from types import MappingProxyType
from typing import Any, Protocol

import sympy
from flint import acb, arb, ctx
from sympy.logic.boolalg import And, BooleanAtom, Not, Or

from klexact.balls import CONSTANTS, Ball, UnresolvedError, apply, power
from klexact.closedform import exact_numbers, nodes, short
from klexact.dyadic import ball_of
from klexact.errors import InvalidNumberError, UndecidedError
from klexact.heights import algebraic_height, zero_bits
from klexact.implicit import Implicit
from klexact.logform import LogForm, log_base
from klexact.recognition import Quotient, quotient
from klexact.roots import RealRoot
from klexact.roots import ball as root_ball
from klexact.zeroof import ZeroOf, refined

__all__ = ["LIMIT", "Expression", "Form", "certain_sign", "chosen", "decided", "evaluated", "recognised"]

LIMIT = 4096  # bits; a wide expression that looks like zero to this precision is left undecided
_WORK_BITS = 200_000  # an algebraic equality that needs more precision is left undecided
_GUARD = 16
_NOTHING: Mapping[sympy.Symbol, arb] = MappingProxyType({})


class Form(Protocol):
    """What a certified number needs: a `LogForm`, an `AlgebraicForm` or an `Expression`."""

    @property
    def is_infinite(self) -> bool: ...

    @property
    def is_zero(self) -> bool: ...

    def ball(self, prec: int) -> arb: ...


def certain_sign(form: Form) -> int:
    """Return the sign of a finite form exactly; raises UndecidedError where it cannot be decided."""
    ball = form.ball(64)
    if ball.contains(0) and form.is_zero:
        return 0
    prec = 128  # not zero: the ball parts from zero at some precision
    while not ball != 0:  # noqa: SIM202  (a ball is neither = 0 nor != 0 while it contains 0)
        ball = form.ball(prec)
        prec *= 2
    return 1 if ball > 0 else -1


@dataclass(frozen=True)
class Expression:
    """A real number given by a closed-form SymPy expression.

    >>> x = Expression(sympy.gamma(sympy.Rational(1, 3)) - sympy.pi)
    >>> x.ball(64) < 0, x.is_zero, Expression(sympy.sqrt(5 + 2 * sympy.sqrt(6)) - sympy.sqrt(2) - sympy.sqrt(3)).is_zero
    (True, False, True)
    >>> Expression(sympy.Symbol("t") + 1)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: a number needs values for all parameters; found the symbol t in t + 1
    """

    expr: sympy.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "expr", exact_numbers(self.expr))
        if not self.infinity:
            self.ball(64)  # what is not real shows here

    @property
    def infinity(self) -> int:
        """1 for +infinity, -1 for -infinity, 0 for a finite value."""
        expr = chosen(self.expr)
        return int(expr is sympy.oo) - int(expr is sympy.S.NegativeInfinity)

    @property
    def is_infinite(self) -> bool:
        """Tell whether the expression is oo or -oo."""
        return self.infinity != 0

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value, computed with about `prec` bits.

        It is the whole real line where the precision does not show which side of a pole or a branch a part lies on.
        """
        try:
            found: arb = evaluated(self.expr, prec)
        except UnresolvedError:
            return arb(0, inf)
        return found

    def as_expr(self, base: object = sympy.E) -> sympy.Expr:
        """Return the expression divided by log(base)."""
        unit = log_base(base)
        return self.expr / (unit.as_expr() if isinstance(unit, LogForm) else unit)

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero. Raises UndecidedError beyond `LIMIT` and the work bound."""
        if self.is_infinite:
            return False
        prec, bits = 64, 0
        while prec <= 2 * max(LIMIT, bits):
            value = self.ball(prec)
            if value != 0:
                return False
            if prec == 256:
                bound = zero_bits(self.expr)
                if bound == inf:
                    return False
                bits = int(bound) + 1 if bound is not None and bound < _WORK_BITS else 0
            if bits and value.abs_upper() < arb(2) ** -bits:
                return True
            if not bits and prec >= LIMIT:
                break
            prec *= 2
        raise self.undecided(min(prec, max(LIMIT, bits)))

    @property
    def rational(self) -> Any | None:
        """The rational number that the value is, where it is algebraic and proved rational; else None.

        >>> Expression(sympy.sqrt(3 + 2 * sympy.sqrt(2)) - sympy.sqrt(2)).rational, Expression(sympy.pi).rational
        (1, None)
        """
        found = self._height()
        if found is None:
            return None
        bits = int(found[1] * 1.5) + 1
        ball = self.ball(2 * bits + 128)
        if ball.rad() > arb(2) ** (-2 * bits - 4):
            return None
        middle = sympy.Rational(*map(int, _ratio(ball.mid())))
        candidate = middle.limit_denominator(2**bits)
        return candidate if Expression(self.expr - candidate).is_zero else None

    @property
    def is_algebraic(self) -> bool:
        """Tell whether the value is an algebraic number small enough for `rational` to be decided."""
        return self._height() is not None

    def _height(self) -> tuple[int, float] | None:
        found = None if self.is_infinite else algebraic_height(self.expr)
        if found is None or found[0] * (3 * found[1] + 2) * 1.5 > _WORK_BITS:
            return None
        return found

    def undecided(self, bits: int) -> UndecidedError:
        """Return the error that says to which precision the value looked like zero."""
        try:
            evaluated(self.expr, bits)
            found = "looked like zero to that precision"
        except UnresolvedError as error:
            found = f"has no bound to that precision: {error}"
        return UndecidedError(
            f"a value must differ from zero within {bits:,} bits, or have a form that proves it zero; "
            f"{short(self.expr)} {found}"
        )


def recognised(expr: sympy.Expr) -> Quotient | None:
    """Return log forms (form, unit), unit not zero, with form/unit the value; None where there are none.

    >>> recognised(3 - 2 * sympy.log(3) / sympy.log(2))
    (LogForm(-2*log(3) + 3*log(2)), LogForm(log(2)))
    >>> recognised(sympy.log(5) / sympy.log(10)), recognised(sympy.Integer(0)), recognised(sympy.pi)
    ((LogForm(log(5)), LogForm(log(2) + log(5))), (LogForm(0), LogForm(1)), None)
    """
    return quotient(exact_numbers(expr), chosen)


# -- decisions -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def chosen(node: sympy.Expr) -> sympy.Expr:
    """Return the branch of a Piecewise whose condition holds, and the value of a sign; else the node itself.

    >>> chosen(sympy.Piecewise((1, sympy.pi > sympy.Rational(22, 7)), (sympy.E, True)))
    E
    """
    while isinstance(node, sympy.Piecewise):
        found = next((branch for branch, condition in node.args if decided(condition)), None)
        if found is None:
            raise InvalidNumberError(f"one condition of a Piecewise must hold; found none in {short(node)}")
        node = found
    return sympy.Integer(_sign(node.args[0])) if isinstance(node, sympy.sign) else node


def decided(condition: sympy.Basic) -> bool:
    """Tell whether a condition on numbers holds, by certified signs. Raises UndecidedError.

    >>> decided(sympy.Lt(sympy.log(3, 2), sympy.log(5, 3))), decided(sympy.Eq(2 * sympy.log(3), sympy.log(9)))
    (False, True)
    """
    if isinstance(condition, And):
        return all(decided(c) for c in condition.args)
    if isinstance(condition, Or):
        return any(decided(c) for c in condition.args)
    if isinstance(condition, Not):
        return not decided(condition.args[0])
    if isinstance(condition, BooleanAtom):
        return condition is sympy.true
    s = _sign(condition.lhs - condition.rhs)
    return {"==": s == 0, "!=": s != 0, "<": s < 0, "<=": s <= 0, ">": s > 0, ">=": s >= 0}[condition.rel_op]


def _sign(expr: sympy.Expr) -> int:
    form = recognised(expr)
    if form is not None:
        return certain_sign(form[0]) * certain_sign(form[1])
    value = Expression(expr)
    return value.infinity or certain_sign(value)


# -- evaluation ------------------------------------------------------------------------------------------------


def evaluated(expr: sympy.Expr, prec: int, given: Mapping[sympy.Symbol, arb] = _NOTHING) -> Ball:
    """Return a real ball around the value, symbols being as given; children before parents, each part once.

    >>> from sympy.abc import t
    >>> evaluated(2 * t, 64, {t: arb(3)})
    6.00000000000000
    """
    balls: dict[sympy.Expr, Ball] = dict(given)
    stack = [expr]
    with ctx.workprec(prec + _GUARD):
        while stack:
            node = stack[-1]
            if node in balls:
                stack.pop()
                continue
            branch = chosen(node)
            parts = [branch] if branch is not node else [] if isinstance(node, sympy.CRootOf) else list(node.args)
            missing = [part for part in parts if part not in balls]
            if missing:
                stack += missing
                continue
            balls[node] = balls[branch] if branch is not node else _real(_node(node, [balls[p] for p in parts]))
        value = balls[expr]
        if isinstance(value, acb):
            value = _proved_real(expr, value, balls)
        return value


def _real(ball: Ball) -> Ball:
    return ball.real if isinstance(ball, acb) and ball.imag == 0 else ball


def _node(node: sympy.Expr, parts: list[Ball]) -> Ball:  # noqa: PLR0911  (one line a kind)
    """Return a ball around one node from balls around its parts."""
    if node.is_Rational:
        return ball_of(node)
    if node in CONSTANTS:
        return CONSTANTS[node]()
    if isinstance(node, (sympy.CRootOf, ZeroOf, Implicit)):
        return _root(node, ctx.prec)
    if node.is_Add:
        return sum(parts[1:], parts[0])
    if node.is_Mul:
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product
    if node.is_Pow:
        return power(parts[0], parts[1], node.exp if node.exp.is_Rational else None)
    if isinstance(node, (sympy.Max, sympy.Min, sympy.Abs, sympy.re)):
        return _part_or_extreme(node, parts)
    if node.is_Number:  # oo or -oo: of anything else SymPy would find out at length
        raise InvalidNumberError(f"an infinity must stand alone; found {node} inside an expression")
    return apply(node.func, parts)


def _of_zero(expr: sympy.Expr, prec: int, given: Mapping[sympy.Symbol, sympy.Rational]) -> Ball:
    """Return a ball around the value of a function whose zero is sought; the whole line where it has no bound yet."""
    with ctx.workprec(prec):
        points = {symbol: ball_of(point) for symbol, point in given.items()}
    try:
        return evaluated(expr, prec, points)
    except UnresolvedError:
        return arb(0, inf)


def _root(node: sympy.Expr, prec: int) -> arb:
    if isinstance(node, ZeroOf):
        return refined(node, prec, _of_zero)
    if isinstance(node, Implicit):
        return node.ball(prec)
    return root_ball(RealRoot(tuple(int(c) for c in reversed(node.poly.all_coeffs())), node.index), prec)


def _part_or_extreme(node: sympy.Expr, parts: list[Ball]) -> Ball:
    if isinstance(node, sympy.Abs):
        return abs(parts[0])
    if isinstance(node, sympy.re):
        return parts[0].real
    if any(isinstance(part, acb) for part in parts):
        raise InvalidNumberError(f"{node.func.__name__} must have real arguments; found {short(node)}")
    result = parts[0]
    for part in parts[1:]:
        result = result.max(part) if isinstance(node, sympy.Max) else result.min(part)
    return result


def _proved_real(expr: sympy.Expr, value: acb, balls: dict[sympy.Expr, Ball]) -> Ball:
    if not value.imag.contains(0):
        raise InvalidNumberError(
            f"a real number is required; {short(expr)} has the imaginary part {value.imag.str(10, radius=False)}"
        )
    found = algebraic_height(expr)
    if found is not None:  # x - conj x is algebraic of degree at most D², of height at most 2·h + log 2
        bits = int(found[0] ** 2 * (2 * found[1] + 0.7) * 1.5) + 3
        if bits < _WORK_BITS and value.imag.abs_upper() < arb(2) ** -bits:
            return value.real
        if bits < _WORK_BITS and ctx.prec < 2 * bits + 256:
            return evaluated(expr, max(2 * ctx.prec, bits + 128))
    elif _is_its_own_conjugate(expr, balls):
        return value.real
    raise InvalidNumberError(f"a number that is proved real is required; found {short(expr)}, which is not: take re")


def _is_its_own_conjugate(expr: sympy.Expr, balls: dict[sympy.Expr, Ball]) -> bool:
    """Tell whether i -> -i leaves the expression as it is, and no part leaves the real line by itself.

    All functions here satisfy f(conj z) = conj f(z) off their cuts, and no argument is on one (`klexact.balls`).
    """
    for node in nodes(expr):
        if isinstance(balls.get(node), acb) and node is not sympy.I:
            branch = chosen(node)
            parts = node.args if branch is node else [branch]
            if not any(isinstance(balls.get(part), acb) for part in parts):
                return False
    return bool(expr.xreplace({sympy.I: -sympy.I}) == expr)


def _ratio(x: arb) -> tuple[Any, Any]:
    q = x.fmpq()
    return q.p, q.q
