"""Decimals written from integers: rational numbers and balls, rounded once, ties away from zero."""

from fractions import Fraction
from typing import Any

from flint import arb, fmpz
from sympy import QQ

__all__ = ["of_ball", "of_rational", "outward"]


def of_rational(q: Any, digits: int, places: int | None) -> str:
    """Return a rational number as a decimal, ties away from zero; without trailing zeros where it is exact.

    >>> of_rational(QQ(113, 20), 15, 1), of_rational(QQ(0), 15, None)
    ('5.7', '0')
    """
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


def of_ball(ball: arb, digits: int, places: int | None) -> tuple[str | None, bool]:
    """Return the rounded decimal if all numbers in the ball share it, and whether one of them is exact or a tie.

    >>> of_ball(arb(2).sqrt(), 5, None), of_ball(arb(0, 1), 5, None), of_ball(arb(3), 2, None)
    (('1.4142', False), (None, True), ('3.0', True))
    """
    magnitude = abs(ball)
    scale = places
    if scale is None:
        if magnitude.contains(0):
            return None, True
        exponent = (magnitude.lower().log() / arb(10).log()).lower().floor().unique_fmpz()
        if exponent is None:
            return None, True
        scale = digits - 1 - int(exponent)
    scaled = magnitude * arb(10) ** scale
    rounded = (scaled + arb(0.5)).floor().unique_fmpz()
    if rounded is None or (places is None and rounded > 10**digits):  # 10**digits itself: 9.99 became 10.0
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


def outward(q: Fraction, digits: int, *, up: bool) -> str:
    """Return the decimal of so many significant digits next to a number, from below or above; itself where it is one.

    >>> outward(Fraction(2, 3), 3, up=False), outward(Fraction(2, 3), 3, up=True), outward(Fraction(-1, 8), 5, up=True)
    ('6.66e-1', '6.67e-1', '-1.25e-1')
    """
    if not q:
        return "0"
    scale = digits - 1 - _floor_log10(abs(q.numerator), q.denominator)
    scaled = q * Fraction(10) ** scale
    mantissa = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    text = fmpz(abs(mantissa)).str()
    tail = text[1:].rstrip("0")
    return f"{'-' * (q < 0)}{text[0]}{'.' * bool(tail)}{tail}e{len(text) - 1 - scale}"
