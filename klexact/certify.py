"""Certified numbers: sign, order and correctly rounded decimals, by ball arithmetic with proved bounds (Arb).

A *value* is a `LogForm` without parameters or an `AlgebraicForm`. Its form decides whether it is zero; a value that
is not shows its sign at some precision (Johansson, "Arb", 2017; Ziv's rounding loop, 1991).
"""

import math
from typing import Any

import sympy
from flint import arb, ctx, fmpz
from sympy import QQ

from klexact.algebraic import AlgebraicForm
from klexact.errors import KLExactError, UndecidedError
from klexact.logform import LogForm, log_base

__all__ = ["decimal", "order", "sign"]

Value = LogForm | AlgebraicForm

_MAX_DIGITS = 100_000
_MAX_BITS = 1_000_000


def sign(value: Value) -> int:
    """Return the sign of a value exactly: -1, 0 or 1.

    >>> sign(LogForm.log(9) - LogForm.log(3) - LogForm.log(3)), sign(LogForm.log("1/2")), sign(LogForm.infinity())
    (0, -1, 1)
    """
    if value.is_infinite:
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
    if x is y:
        return 0
    if x.is_infinite or y.is_infinite:
        return int(x.is_infinite) - int(y.is_infinite)
    return sign(x - y)


def decimal(value: Value, digits: int = 15, *, base: object = sympy.E) -> str:
    """Return the value in a log base as a decimal, correctly rounded to significant digits, ties away from zero.

    A value with fewer digits is printed whole, without trailing zeros.

    >>> decimal(LogForm.log(8), base=2), decimal(LogForm.log(3), 20, base=2), decimal(LogForm.infinity())
    ('3', '1.5849625007211561815', '∞')
    """
    if not 1 <= digits <= _MAX_DIGITS:
        raise KLExactError(f"digits must lie between 1 and {_MAX_DIGITS:,} (more would take minutes); found {digits}")
    unit = log_base(base)
    if not isinstance(unit, LogForm):
        raise KLExactError(f"a decimal needs a base whose logarithm is a log form (rational, or a power of one); found {base}")
    if value.is_infinite:
        return "∞"
    exact = value.ratio(unit) if isinstance(value, LogForm) else None
    if exact is not None:
        return _digits_of_rational(exact, digits)
    if value.is_zero:
        return "0"
    prec = int(digits * math.log2(10)) + 32
    while prec < _MAX_BITS:
        with ctx.workprec(prec):
            text = _digits_of_ball(value.ball(prec) / unit.ball(prec), digits)
        if text is not None:
            return text
        prec *= 2
    raise UndecidedError(f"digit {digits} of {value} must show within {_MAX_BITS:,} bits; it did not")


def _digits_of_rational(q: Any, digits: int) -> str:
    if not q:
        return "0"
    numerator, denominator = int(abs(q).numerator), int(abs(q).denominator)
    exponent = _floor_log10(numerator, denominator)
    scale = digits - 1 - exponent
    scaled = QQ(numerator, denominator) * (QQ(10) ** scale if scale >= 0 else 1 / QQ(10) ** -scale)
    rounded = (2 * int(scaled.numerator) + int(scaled.denominator)) // (2 * int(scaled.denominator))
    text = _layout(rounded, exponent, digits)
    if scaled.denominator == 1:
        text = _trimmed(text)
    return "-" + text if q < 0 else text


def _floor_log10(numerator: int, denominator: int) -> int:
    guess = len(fmpz(numerator).str()) - len(fmpz(denominator).str())
    below = numerator < denominator * 10**guess if guess >= 0 else numerator * 10**-guess < denominator
    return guess - 1 if below else guess


def _digits_of_ball(ball: arb, digits: int) -> str | None:
    """Return the rounded decimal if all numbers in the ball share it."""
    if not ball.is_finite() or ball.contains(0):
        return None
    magnitude = abs(ball)
    try:
        exponent = int((magnitude.log() / arb(10).log()).floor().unique_fmpz())
    except (TypeError, ValueError):
        return None
    scaled = magnitude * arb(10) ** (digits - 1 - exponent)
    rounded = (scaled + arb(0.5)).floor().unique_fmpz()
    if rounded is None:
        return None
    text = _layout(int(rounded), exponent, digits)
    return "-" + text if ball < 0 else text


def _layout(rounded: int, exponent: int, digits: int) -> str:
    text = fmpz(rounded).str()
    if len(text) > digits:  # 9.99 became 10.0
        text, exponent = text[:digits], exponent + 1
    if not -7 < exponent < max(digits, 21):
        mantissa = text[0] + ("." + text[1:] if digits > 1 else "")
        return f"{mantissa}e{exponent:+03d}"
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + text
    whole = text[: exponent + 1].ljust(exponent + 1, "0")
    return whole + ("." + text[exponent + 1 :] if len(text) > exponent + 1 else "")


def _trimmed(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + e + exponent
