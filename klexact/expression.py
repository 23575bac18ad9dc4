"""Closed-form SymPy expressions as certified numbers: a ball around the value, and zero where it can be decided.

A SymPy expression is first read back as a log form over one log base (`recognised`): its zero and sign are then decided by
the canonical form. Anything else is an `Expression`. Its zero is decided for algebraic numbers and for sums of their
logarithms (`klexact.heights`, under a work bound); otherwise a value that is not distinguished from zero with
`LIMIT` = 4,096 bits is left undecided, for nothing is known that would end the search.

Supported are the functions of `klexact.balls`, `+`, `*`, powers, rational and algebraic numbers (radicals, `CRootOf`), pi,
E, EulerGamma, Catalan, GoldenRatio, and `Max`, `Min`, `Abs`, `sign`, `Piecewise`, `re`, with conditions that are decided.
Complex intermediate values are allowed; the whole must be proved real.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, Protocol

import sympy
from flint import acb, arb, ctx, fmpq
from sympy.logic.boolalg import And, BooleanAtom, Not, Or
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair

from klexact.balls import CONSTANTS, FUNCTIONS, Ball, UnresolvedError, apply, power
from klexact.errors import InvalidNumberError, KLExactError, UndecidedError
from klexact.exact import element
from klexact.heights import algebraic_height, zero_bits
from klexact.roots import RealRoot
from klexact.roots import ball as root_ball

__all__ = ["LIMIT", "Expression", "Form", "certain_sign", "chosen", "decided", "exact_numbers"]

LIMIT = 4096  # bits; a wide expression that looks like zero to this precision is left undecided
_WORK_BITS = 200_000  # an algebraic equality that needs more precision is left undecided
_MAX_NODES = 100_000
_MAX_ROOT_DEGREE = 200
_GUARD = 16

_STRUCTURE = (
    sympy.Add,
    sympy.Mul,
    sympy.Pow,
    sympy.Max,
    sympy.Min,
    sympy.Abs,
    sympy.sign,
    sympy.re,
    sympy.Piecewise,
    ExprCondPair,
    Relational,
    And,
    Or,
    Not,
    BooleanAtom,
)


class Form(Protocol):
    """What a certified number needs: a `LogForm`, an `AlgebraicForm` or an `Expression`."""

    @property
    def is_infinite(self) -> bool: ...

    @property
    def is_zero(self) -> bool: ...

    def ball(self, prec: int) -> arb: ...


def certain_sign(form: Form) -> int:
    """Return the sign of a finite form exactly; raises UndecidedError where it cannot be decided."""
    if form.is_zero:
        return 0
    prec = 64  # not zero: the ball parts from zero at some precision
    while True:
        ball = form.ball(prec)
        if ball != 0:
            return 1 if ball > 0 else -1
        prec *= 2


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
            return _evaluated(self.expr, prec)
        except UnresolvedError:
            return arb(0, inf)

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero. Raises UndecidedError beyond `LIMIT` and the work bound."""
        if self.is_infinite:
            return False
        prec, bits = 64, None
        while prec <= 2 * max(LIMIT, bits or 0):
            value = self.ball(prec)
            if value != 0:
                return False
            if prec == 256:
                bits = zero_bits(self.expr)
                if bits == inf:
                    return False
                bits = int(bits) + 1 if bits is not None and bits < _WORK_BITS else None
            if bits is not None and value.abs_upper() < arb(2) ** -bits:
                return True
            if bits is None and prec >= LIMIT:
                break
            prec *= 2
        raise self.undecided(min(prec, max(LIMIT, bits or 0)))

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
            _evaluated(self.expr, bits)
            reason = ""
        except UnresolvedError as error:
            reason = f" ({error})"
        return UndecidedError(
            f"a value must differ from zero within {bits:,} bits, or have a form that proves it zero; "
            f"{_short(self.expr)} looked like zero to that precision{reason}"
        )


# -- reading ---------------------------------------------------------------------------------------------------


def exact_numbers(expr: sympy.Expr) -> sympy.Expr:
    """Return a closed form with floats as the binary values they are; refuse what is none, naming it."""
    if not isinstance(expr, sympy.Expr):
        raise InvalidNumberError(f"a number or a SymPy expression is required; found {_short(expr)}")
    nodes = list(_nodes(expr))
    symbols = sorted({str(node) for node in nodes if node.is_Symbol})
    if symbols:
        plural = "symbol" if len(symbols) == 1 else "symbols"
        raise InvalidNumberError(
            f"a number needs values for all parameters; found the {plural} {', '.join(symbols)} in {_short(expr)}"
        )
    for node in nodes:
        _check(node, expr)
    floats = {node: sympy.Rational(node) for node in nodes if node.is_Float}
    if floats and any(node.is_Pow and node.exp.is_number and abs(node.exp) > 10_000 for node in nodes if node.is_Pow):
        raise InvalidNumberError("a power of a float must have an exponent up to 10,000: write exact numbers")
    return expr.xreplace(floats) if floats else expr


def _nodes(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    """Walk every distinct part once; without recursion, for expressions may be deep."""
    seen, stack = {expr}, [expr]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, sympy.CRootOf):
            new = [a for a in node.args if isinstance(a, sympy.Basic) and a not in seen]
            seen.update(new)
            stack += new
        if len(seen) > _MAX_NODES:
            raise InvalidNumberError(f"an expression must have at most {_MAX_NODES:,} parts; found more")


def _check(node: sympy.Basic, whole: sympy.Expr) -> None:
    if node is sympy.nan or node is sympy.zoo:
        raise InvalidNumberError(f"a real number is required; found {node} in {_short(whole)}")
    if node.is_Rational or node.is_Float:
        element(node, "a number in an expression")
    elif isinstance(node, sympy.CRootOf):
        if not node.is_real or node.poly.degree() > _MAX_ROOT_DEGREE:
            raise InvalidNumberError(
                f"a CRootOf must be real and of degree at most {_MAX_ROOT_DEGREE}; found {_short(node)}"
            )
    elif node.is_infinite is True and node in (sympy.oo, sympy.S.NegativeInfinity):
        return
    elif not (node in CONSTANTS or node.func in FUNCTIONS or isinstance(node, _STRUCTURE)):
        raise InvalidNumberError(
            f"a closed form of supported functions is required; found {node.func.__name__} in {_short(whole)}"
        )


def _short(expr: Any) -> str:
    if isinstance(expr, sympy.Basic) and sum(1 for _ in zip(range(200), _bounded_walk(expr), strict=False)) >= 200:
        return f"an expression of more than 200 parts, a {type(expr).__name__}"
    text = str(expr)
    return text if len(text) <= 120 else f"{text[:80]}... ({len(text)} characters)"


def _bounded_walk(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack += [a for a in node.args if isinstance(a, sympy.Basic)]


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
            raise InvalidNumberError(f"one condition of a Piecewise must hold; found none in {_short(node)}")
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
        return condition == sympy.true
    s = _sign(condition.lhs - condition.rhs)
    return {"==": s == 0, "!=": s != 0, "<": s < 0, "<=": s <= 0, ">": s > 0, ">=": s >= 0}[condition.rel_op]


def _sign(expr: sympy.Expr) -> int:
    from klexact.recognition import recognised  # noqa: PLC0415  (the two read each other)

    form = recognised(expr)
    if form is not None:
        return certain_sign(form[0]) * certain_sign(form[1])
    value = Expression(expr)
    return value.infinity or certain_sign(value)


# -- evaluation ------------------------------------------------------------------------------------------------


def _evaluated(expr: sympy.Expr, prec: int) -> arb:
    """Return a real ball around the value; children before parents, each part once."""
    balls: dict[sympy.Expr, Ball] = {}
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


def _node(node: sympy.Expr, parts: list[Ball]) -> Ball:
    """Return a ball around one node from balls around its parts."""
    if node.is_Rational:
        return arb(fmpq(int(node.p), int(node.q)))
    if node in CONSTANTS:
        return CONSTANTS[node]()
    if isinstance(node, sympy.CRootOf):
        root = RealRoot(tuple(int(c) for c in reversed(node.poly.all_coeffs())), node.index)
        return root_ball(root, ctx.prec)
    if node.is_Add:
        return sum(parts[1:], parts[0])
    if node.is_Mul:
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product
    if node.is_Pow:
        return power(*parts, node.exp if node.exp.is_Rational else None)
    if isinstance(node, (sympy.Max, sympy.Min, sympy.Abs, sympy.re)):
        return _part_or_extreme(node, parts)
    if node.is_infinite:
        raise InvalidNumberError(f"an infinity must stand alone; found {node} inside an expression")
    return apply(node.func, parts)


def _part_or_extreme(node: sympy.Expr, parts: list[Ball]) -> arb:
    if isinstance(node, sympy.Abs):
        return abs(parts[0])
    if isinstance(node, sympy.re):
        return parts[0].real
    if any(isinstance(part, acb) for part in parts):
        raise InvalidNumberError(f"{node.func.__name__} must have real arguments; found {_short(node)}")
    result = parts[0]
    for part in parts[1:]:
        result = result.max(part) if isinstance(node, sympy.Max) else result.min(part)
    return result


def _proved_real(expr: sympy.Expr, value: acb, balls: dict[sympy.Expr, Ball]) -> arb:
    if not value.imag.contains(0):
        raise InvalidNumberError(
            f"a real number is required; {_short(expr)} has the imaginary part {value.imag.str(10, radius=False)}"
        )
    found = algebraic_height(expr)
    if found is not None:  # so is the imaginary part: of degree at most (2·D)², of height at most 2·h + log 2
        bits = 4 * found[0] ** 2 * (2 * found[1] + 2) * 1.5
        if bits < _WORK_BITS and value.imag.abs_upper() < arb(2) ** -int(bits + 1):
            return value.real
        if bits < _WORK_BITS and ctx.prec < 4 * bits + 256:
            with ctx.workprec(int(4 * bits) + 512):
                return _evaluated(expr, int(4 * bits) + 512)
    elif _is_its_own_conjugate(expr, balls):
        return value.real
    raise InvalidNumberError(f"a number that is proved real is required; found {_short(expr)}, which is not: take re")


def _is_its_own_conjugate(expr: sympy.Expr, balls: dict[sympy.Expr, Ball]) -> bool:
    """Tell whether i -> -i leaves the expression as it is, and no part leaves the real line by itself.

    All functions here satisfy f(conj z) = conj f(z) off their cuts, and no argument is on one (`klexact.balls`).
    """
    for node in _nodes(expr):
        if isinstance(balls.get(node), acb) and node is not sympy.I:
            branch = chosen(node)
            parts = node.args if branch is node else [branch]
            if not any(isinstance(balls.get(part), acb) for part in parts):
                return False
    return bool(expr.xreplace({sympy.I: -sympy.I}) == expr)


def _ratio(x: arb) -> tuple[Any, Any]:
    q = x.fmpq()
    return q.p, q.q
