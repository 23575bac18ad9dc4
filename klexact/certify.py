"""Certified numbers: enclosures, sign, order and correctly rounded decimals, by ball arithmetic with proved bounds (Arb).

All functions take a `LogForm` without parameters or an `AlgebraicForm`, whose value is meant in units of log(base); or
a number (int, Fraction, Decimal, float, text such as '3/10') or a closed-form SymPy expression, such as the measures return,
which means itself: `base` must be left alone there. `value_of` makes one kind of `Value` of them all.

A form decides whether it is zero and whether it is rational; a value that is not shows its sign, and its side of any
rounding boundary, at some precision (Johansson, "Arb", 2017; Ziv's rounding loop, 1991). For wider expressions nothing
guarantees an end: UndecidedError says to which precision they looked like zero (`klexact.expression`). SymPy's own
relations on rendered values are left as they are: `x < y` may stay unevaluated where `order` decides.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from flint import arb, ctx
from sympy import QQ

from klexact.algebraic import AlgebraicForm
from klexact.decimals import of_ball, of_rational
from klexact.dyadic import ends, midpoint, simplest
from klexact.enclosure import Enclosure
from klexact.errors import KLExactError, UndecidedError
from klexact.exact import clipped, rational
from klexact.expression import LIMIT, Expression, certain_sign, recognised
from klexact.logform import LogForm, log_base

__all__ = [
    "Value",
    "decimal",
    "enclose",
    "is_zero",
    "order",
    "precisions",
    "shows_zero",
    "sign",
    "value_of",
]

_NATS = LogForm(1)
_MAX_DIGITS = 100_000
_MAX_BITS = 332_193  # as many bits
_LAST_PREC = 1_000_000
_MAX_EXPONENT = 1_000_000  # bits before or after the binary point that an enclosure writes out


@dataclass(frozen=True)
class Value:
    """A certified real number: a form divided by a unit that is not zero.

    >>> value_of(LogForm.log(8), base=4).exact_rational, value_of("1/3").exact_rational, value_of(sympy.pi).exact_rational
    (3/2, 1/3, None)
    """

    form: Any  # a LogForm, an AlgebraicForm, an Expression, or a BulkMeasure, which has a `form`
    unit: LogForm | Expression = _NATS

    @cached_property
    def infinity(self) -> int:
        """1 for +infinity, -1 for -infinity, 0 for a finite value."""
        if not self.form.is_infinite:
            return 0
        towards = self.form.infinity if isinstance(self.form, Expression) else 1
        return towards * certain_sign(self.unit)

    @property
    def is_infinite(self) -> bool:
        """Tell whether the value is an infinity."""
        return self.infinity != 0

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero. Raises UndecidedError where it cannot be decided."""
        return bool(self.form.is_zero)

    @property
    def exact_rational(self) -> Any | None:
        """The rational number (of SymPy's QQ) that the form proves the value to be; None if it is irrational or unknown."""
        return self._rationality[0]

    @property
    def terminates(self) -> bool:
        """Tell whether `exact_rational` is None only for irrational values, so that every rounding loop ends."""
        return isinstance(self.unit, LogForm) if self.on_demand else self._rationality[1]

    @property
    def on_demand(self) -> bool:
        """Tell whether the form is still to be made: a bulk measure's, which is slower than its balls."""
        return hasattr(type(self.form), "form")

    @cached_property
    def _rationality(self) -> tuple[Any | None, bool]:
        form, unit = getattr(self.form, "form", self.form), self.unit
        if self.is_infinite:
            return None, True
        if isinstance(form, Expression):
            found = form.rational if unit == _NATS else None
            return None if found is None else QQ(int(found.p), int(found.q)), unit == _NATS and form.is_algebraic
        try:
            if isinstance(unit, LogForm):
                return form.ratio(unit), True
            return (QQ(0), True) if form.is_zero else (None, False)
        except UndecidedError:
            return None, False

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value, computed with about `prec` bits; the whole line while nothing is known."""
        numerator, denominator = self.form.ball(prec), self.unit.ball(prec)
        with ctx.workprec(prec + 16):
            quotient = numerator / denominator
        return quotient if quotient.is_finite() else arb(0, math.inf)

    def as_expr(self) -> sympy.Expr:
        """Return the value as a SymPy expression."""
        above, below = (f.expr if isinstance(f, Expression) else f.as_expr() for f in (self.form, self.unit))
        return above / below

    def undecided(self, wanted: str, bits: int) -> UndecidedError:
        """Return the error for a result that did not show within a number of bits."""
        text = str(self.as_expr())
        shown = text if len(text) <= 120 else f"{text[:80]}... ({len(text)} characters)"
        return UndecidedError(f"{wanted} of {shown} must show within {bits:,} bits; it did not")


def value_of(x: object, base: object = sympy.E) -> Value:
    """Return any accepted x as a certified value. Raises KLExactError, naming what is not supported.

    >>> value_of(3 - 2 * sympy.log(3) / sympy.log(2)).unit, value_of(sympy.sin(1)).terminates
    (LogForm(log(2)), False)
    >>> value_of(sympy.pi, base=2)
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: base is for log forms; found base=2 beside the expression pi, which means itself
    """
    if isinstance(x, Value):
        return x
    if isinstance(x, (LogForm, AlgebraicForm)):
        if isinstance(x, LogForm) and not x.is_infinite and x.free_symbols:
            shown = ", ".join(sorted(map(str, x.free_symbols)))
            raise KLExactError(f"a number needs values for all parameters; found the symbol {shown}: use subs first")
        unit = log_base(base)
        return Value(x, unit if isinstance(unit, LogForm) else Expression(unit))
    by_balls = hasattr(type(x), "form") or hasattr(x, "ratio")  # of klexact.bulk; at a number without closed form
    if by_balls or (isinstance(x, Expression) and base is not sympy.E):
        unit = log_base(base)
        return Value(x, unit if isinstance(unit, LogForm) else Expression(unit))
    if base is not sympy.E:
        raise KLExactError(f"base is for log forms; found base={base} beside the expression {x}, which means itself")
    expr = x.expr if isinstance(x, Expression) else x
    if isinstance(expr, sympy.Basic):
        try:
            found = recognised(expr)
            return Value(*found) if found else Value(Expression(expr))
        except RecursionError:
            raise KLExactError("an expression must not be nested deeper than SymPy's own recursion goes") from None
    return Value(LogForm.sum([(rational(expr, "x"), LogForm(1))]))


def precisions(value: Value, first: int) -> Iterator[int]:
    """Yield doubling precisions: for ever where an end is guaranteed, else up to the stated limit."""
    prec = first
    while value.terminates or prec <= first + LIMIT:
        yield prec
        prec *= 2


def sign(x: object, *, base: object = sympy.E) -> int:
    """Return the sign of a value exactly: -1, 0 or 1. Raises UndecidedError for a wide expression that looks like zero.

    >>> sign(LogForm.log(9) - LogForm.log(3) - LogForm.log(3)), sign(LogForm.log("1/2")), sign(LogForm.infinity())
    (0, -1, 1)
    >>> sign(1 - sympy.log(3) / sympy.log(2)), sign(sympy.gamma(sympy.Rational(1, 3)) - 3), sign(-sympy.oo)
    (-1, -1, -1)
    """
    value = value_of(x, base)
    return value.infinity or certain_sign(value.form) * certain_sign(value.unit)


def is_zero(x: object) -> bool:
    """Tell whether a value is exactly zero: decided by its form. Raises UndecidedError as `sign`.

    >>> is_zero(sympy.log(6) - sympy.log(2) - sympy.log(3)), is_zero(sympy.sqrt(2) - 1)
    (True, False)
    """
    value = value_of(x)
    return not value.is_infinite and value.is_zero


def order(x: object, y: object, *, base: object = sympy.E) -> int:
    """Return the sign of x - y exactly; an infinity equals itself. `base` is that of the forms among x and y.

    Values in two different bases that are equal cannot be told to be: UndecidedError.

    >>> order(LogForm.log(2), LogForm.log(3)), order(LogForm.infinity(), LogForm.log(3))
    (-1, 1)
    >>> order(sympy.log(5) / sympy.log(3), sympy.log(4) / sympy.log(2)), order(LogForm.log(8), 3, base=2)
    (-1, 0)
    """
    if x is y and hasattr(x, "ball"):
        return 0
    one, other = (value_of(v, base if isinstance(v, (LogForm, AlgebraicForm)) else sympy.E) for v in (x, y))
    if one.is_infinite or other.is_infinite:
        return (one.infinity > other.infinity) - (one.infinity < other.infinity)
    return sign(_difference(one, other))


def _difference(x: Value, y: Value) -> Value:
    """Return x - y, as a form wherever both are forms over proportional units, or one is rational."""
    forms = (LogForm, AlgebraicForm)
    if isinstance(x.form, forms) and isinstance(y.form, forms):
        for unit in (x.unit, y.unit):
            one, other = _over(x, unit), _over(y, unit)
            if one is not None and other is not None:
                return Value(one - other, unit)
    if all(isinstance(v.form, (*forms, Expression)) for v in (x, y)):
        return value_of(sympy.Add(x.as_expr(), sympy.Mul(-1, y.as_expr())))
    return Value(_Gap(x, y))


@dataclass(frozen=True)
class _Gap:
    """The difference of two values of which one is known by balls only."""

    one: Value
    other: Value

    is_infinite = False

    def ball(self, prec: int) -> arb:
        found = [value.ball(prec) for value in (self.one, self.other)]
        with ctx.workprec(prec):
            return found[0] - found[1]

    @property
    def is_zero(self) -> bool:
        return shows_zero(self)

    def ratio(self, _: LogForm) -> None:
        raise UndecidedError("a difference of values known by balls is not known to be rational")


def shows_zero(form: Any) -> bool:
    """Return False where a ball shows that a value is not zero; raise UndecidedError where none of `LIMIT` bits does.

    >>> shows_zero(LogForm.log(2))
    False
    """
    prec = 64
    while prec <= LIMIT:
        if form.ball(prec) != 0:
            return False
        prec *= 2
    raise UndecidedError(f"a value known by balls must differ from zero within {LIMIT:,} bits; it did not")


def _over(x: Value, unit: LogForm | Expression) -> Any | None:
    """Return the form whose quotient by `unit` is x, or None."""
    if x.unit == unit:
        return x.form
    if not isinstance(unit, LogForm) or not isinstance(x.form, LogForm):
        return None
    value = x.exact_rational
    if value is not None:
        return LogForm.sum([(value, unit)])
    scale = unit.ratio(x.unit) if isinstance(x.unit, LogForm) else None
    return None if scale is None else LogForm.sum([(scale, x.form)])


def enclose(x: object, *, digits: int | None = None, bits: int | None = None, base: object = sympy.E) -> Enclosure:
    """Return bounds lower <= x <= upper with upper - lower <= 2^-bits·|x|, or 10^-digits·|x|: reached, not attempted.

    Exactly one of `digits` and `bits` is given. The bounds coincide iff x is proved to be a dyadic rational number, zero
    included. Raises KLExactError for an infinity or absurd digits, UndecidedError where x may be zero.

    >>> enclose(LogForm.log(2), bits=8), enclose(LogForm.log(8), digits=30, base=2)
    (Enclosure(lower=Fraction(2839, 4096), upper=Fraction(355, 512)), Enclosure(lower=Fraction(3, 1), upper=Fraction(3, 1)))
    >>> enclose(sympy.besseli(0, 1), digits=3).contains("1.26606588")
    True
    """
    wanted = _bits_of(digits, bits)
    value = value_of(x, base)
    if value.is_infinite:
        raise KLExactError(f"an enclosure has finite bounds; found {'+' if value.infinity > 0 else '-'}infinity")
    q = None if value.on_demand else value.exact_rational
    if q is not None:
        return Enclosure.around(Fraction(int(q.numerator), int(q.denominator)), Fraction(0), wanted)
    prec = wanted + 32
    while prec <= 4 * wanted + _LAST_PREC or value.terminates:
        ball = value.ball(prec)
        if ball.contains(0) and value.is_zero:
            return Enclosure(Fraction(0), Fraction(0))
        if ball != 0 and ball.rel_accuracy_bits() > wanted + 5:
            _check_magnitude(ball)
            bounds = ends(ball)
            point = simplest(*bounds) if bounds else Fraction(0)
            if point.numerator.bit_length() < wanted and value.exact_rational == QQ(*point.as_integer_ratio()):
                return Enclosure(point, point)
            return Enclosure.around(midpoint(ball), midpoint(ball.rad()), wanted)
        prec *= 2
    raise value.undecided(f"{wanted} bits", prec // 2)


def _bits_of(digits: int | None, bits: int | None) -> int:
    if (digits is None) == (bits is None):
        raise KLExactError(f"give exactly one of digits and bits; found digits={digits} and bits={bits}")
    name, found, limit = ("digits", digits, _MAX_DIGITS) if bits is None else ("bits", bits, _MAX_BITS)
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= limit:
        raise KLExactError(
            f"{name} must be an integer between 1 and {limit:,} (accuracy is relative; more would take minutes); found {found}"
        )
    return found if bits is not None else math.ceil(found * math.log2(10)) + 1


def _check_magnitude(ball: arb) -> None:
    with ctx.workprec(64):
        size = abs(ball).log() / arb(2).log()
        if not abs(size) < _MAX_EXPONENT:
            raise KLExactError(
                f"an enclosure writes out at most {_MAX_EXPONENT:,} bits before or after the point; found a value of "
                f"about 2**{size.str(6, radius=False)}: use sign, order or decimal"
            )


def decimal(x: object, digits: int = 15, *, places: int | None = None, base: object = sympy.E) -> str:
    """Return the value as a decimal, correctly rounded, ties away from zero.

    To `digits` significant digits, or to `places` after the point. A value that its form proves to have fewer digits is
    printed whole, without trailing zeros. Raises KLExactError for digits out of range, and UndecidedError for a wide
    expression on a tie.

    >>> decimal(LogForm.log(8), base=2), decimal(LogForm.log(3), 20, base=2), decimal(LogForm.infinity())
    ('3', '1.5849625007211561815', '∞')
    >>> decimal(LogForm("5.65"), places=1), decimal(LogForm("5.65"), 2), decimal(sympy.exp(-sympy.pi), 5)
    ('5.7', '5.7', '0.043214')
    """
    wanted = digits if places is None else places
    lowest = 1 if places is None else 0
    if not isinstance(wanted, int) or not lowest <= wanted <= _MAX_DIGITS:
        raise KLExactError(
            f"digits must lie between {lowest} and {_MAX_DIGITS:,}, a whole number (more would take minutes); "
            f"found {clipped(wanted)}"
        )
    value = value_of(x, base)
    if value.is_infinite:
        return "∞" if value.infinity > 0 else "-∞"
    prec = 0
    for prec in precisions(value, int(wanted * math.log2(10)) + 64):
        ball = value.ball(prec)
        if places is not None:
            _check_magnitude(ball + arb(1))
        with ctx.workprec(prec):
            text, suspect = of_ball(ball, digits, places)
        if suspect and value.exact_rational is not None:  # only then may it be a short decimal or a tie
            return of_rational(value.exact_rational, digits, places)
        if text is not None:
            return text
    raise value.undecided(f"digit {wanted}", prec)
