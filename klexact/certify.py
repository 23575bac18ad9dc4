"""Certified numbers: sign, order and correctly rounded decimals, by ball arithmetic with proved bounds (Arb).

A *value* is a `LogForm` without parameters, an `AlgebraicForm` or a `BulkMeasure`. Its form decides whether it is zero; a
value that is not shows its sign at some precision (Johansson, "Arb", 2017; Ziv's rounding loop, 1991).
"""

import math
from typing import Any, Protocol

import sympy
from flint import arb, ctx, fmpz
from sympy import QQ

from klexact.algebraic import Value
from klexact.errors import KLExactError, UndecidedError
from klexact.exact import clipped
from klexact.logform import LogForm, is_positive, log_base

__all__ = ["Number", "decimal", "order", "sign", "unit_name"]

_MAX_DIGITS = 100_000
_MAX_BITS = 1_000_000


class Number(Protocol):
    """What `sign` and `decimal` need: a `LogForm` without parameters, an `AlgebraicForm` or a `BulkMeasure`."""

    @property
    def is_infinite(self) -> bool:
        """Tell whether the value is +infinity."""

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero."""

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats."""


def sign(value: Number) -> int:
    """Return the sign of a value exactly: -1, 0 or 1.

    >>> sign(LogForm.log(9) - LogForm.log(3) - LogForm.log(3)), sign(LogForm.log("1/2")), sign(LogForm.infinity())
    (0, -1, 1)
    """
    if _number(value).is_infinite:
        return 1
    if value.is_zero:
        return 0
    prec = 64
    while True:
        ball = value.ball(prec)
        if ball != 0:
            return 1 if ball > 0 else -1
        prec *= 2


def order(x: Value, y: Value) -> int:
    """Return the sign of x - y exactly; +infinity equals itself.

    >>> order(LogForm.log(2), LogForm.log(3)), order(LogForm.infinity(), LogForm.log(3))
    (-1, 1)
    """
    if _number(x).is_infinite or _number(y).is_infinite:
        return int(x.is_infinite) - int(y.is_infinite)
    return sign(x - y) if x is not y else 0


def _number(value: Any) -> Any:
    """Return a value if it is a number: a form without parameters."""
    if not hasattr(value, "ball") or not hasattr(value, "is_infinite"):
        raise KLExactError(f"a LogForm is required, such as klexact.forms make; found {value!r:.80}")
    if isinstance(value, LogForm) and value.free_symbols:
        shown = ", ".join(sorted(map(str, value.free_symbols)))
        raise KLExactError(f"a number needs values for all parameters; found the symbol {shown}: use subs first")
    return value


def unit_name(base: object) -> str:
    """Return the name of the unit of a log base.

    >>> unit_name(sympy.E), unit_name("2"), unit_name(10), unit_name(7)
    ('nats', 'bits', 'dits', 'units of log(7)')
    """
    unit = log_base(base)
    names = {"nats": LogForm(1), "bits": LogForm.log(2), "dits": LogForm.log(10)}
    return next((name for name, form in names.items() if form == unit), f"units of log({base})")


def decimal(value: Number, digits: int = 15, *, places: int | None = None, base: object = sympy.E) -> str:
    """Return the value in a log base as a decimal, correctly rounded, ties away from zero.

    To `digits` significant digits, or to `places` after the point. A value with fewer significant digits is
    printed whole, without trailing zeros. Raises KLExactError for digits out of range or a base such as pi.

    >>> decimal(LogForm.log(8), base=2), decimal(LogForm.log(3), 20, base=2), decimal(LogForm.infinity())
    ('3', '1.5849625007211561815', '∞')
    >>> decimal(LogForm("5.65"), places=1), decimal(LogForm("5.65"), 2)
    ('5.7', '5.7')
    """
    wanted = digits if places is None else places
    lowest = 1 if places is None else 0
    if not isinstance(wanted, int) or not lowest <= wanted <= _MAX_DIGITS:
        raise KLExactError(
            f"digits must lie between {lowest} and {_MAX_DIGITS:,}, a whole number (more would take minutes); "
            f"found {clipped(wanted)}"
        )
    unit = log_base(base)
    if not isinstance(unit, LogForm):
        raise KLExactError(
            f"a decimal needs a base whose logarithm is a log form (rational, or a power of one); found {base}"
        )
    if _number(value).is_infinite:
        return "∞" if is_positive(unit) else "-∞"
    exact, asked = None, False
    prec = int(wanted * math.log2(10)) + 64
    while prec < _MAX_BITS:
        with ctx.workprec(prec):
            text, suspect = _of_ball(value.ball(prec) / unit.ball(prec), digits, places)
        if suspect and not asked:  # only then may the value be a short decimal or a tie, which its form knows
            exact, asked = _exact(value, unit), True
        if exact is not None:
            return _of_rational(exact, digits, places)
        if text is not None:
            return text
        prec *= 2
    raise UndecidedError(f"digit {wanted} of {value} must show within {_MAX_BITS:,} bits; it did not")


def _exact(value: Any, unit: LogForm) -> Any | None:
    """Return the rational number that value / unit is, as far as the form tells; None otherwise."""
    form = getattr(value, "form", value)
    if isinstance(form, LogForm):
        return form.ratio(unit)
    return QQ(0) if form.is_zero else None


def _of_rational(q: Any, digits: int, places: int | None) -> str:
    numerator, denominator = abs(int(q.numerator)), int(q.denominator)
    scale = places
    if scale is None:
        scale = digits - 1 - _floor_log10(numerator, denominator) if q else 0
    scaled = QQ(numerator * 10 ** max(scale, 0), denominator * 10 ** max(-scale, 0))
    rounded = (2 * int(scaled.numerator) + int(scaled.denominator)) // (2 * int(scaled.denominator))
    text = _layout(rounded, scale, digits, places)
    if scaled.denominator == 1 and places is None:
        text = _trimmed(text)
    return "-" + text if q < 0 and rounded else text


def _floor_log10(numerator: int, denominator: int) -> int:
    guess = len(fmpz(numerator).str()) - len(fmpz(denominator).str())
    below = numerator * 10 ** max(-guess, 0) < denominator * 10 ** max(guess, 0)
    return guess - 1 if below else guess


def _of_ball(ball: arb, digits: int, places: int | None) -> tuple[str | None, bool]:
    """Return the rounded decimal if all numbers in the ball share it, and whether one of them is exact or a tie."""
    magnitude = abs(ball)
    scale = places
    if scale is None:
        if magnitude.contains(0):
            return None, True
        exponent = (magnitude.log() / arb(10).log()).floor().unique_fmpz()
        if exponent is None:
            return None, True
        scale = digits - 1 - int(exponent)
    scaled = magnitude * arb(10) ** scale
    rounded = (scaled + arb(0.5)).floor().unique_fmpz()
    if rounded is None:
        return None, True
    sign = "-" if ball < 0 and rounded else ""
    return sign + _layout(int(rounded), scale, digits, places), bool(scaled.contains(rounded))


def _layout(rounded: int, scale: int, digits: int, places: int | None) -> str:
    """Write rounded / 10**scale; in scientific notation where it is very small or large."""
    text = fmpz(rounded).str()
    if places is None and len(text) > digits:  # 9.99 became 10.0
        text, scale = text[:digits], scale - 1
    exponent = len(text) - 1 - scale
    if places is None and not -7 < exponent < max(digits, 21):
        return f"{text[0]}{'.' if digits > 1 else ''}{text[1:]}e{exponent:+03d}"
    if scale <= 0:
        return text + "0" * -scale
    text = text.rjust(scale + 1, "0")
    return f"{text[:-scale]}.{text[-scale:]}"


def _trimmed(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + e + exponent
