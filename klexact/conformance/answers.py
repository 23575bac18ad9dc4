"""Answers of implementations: a number of the asked format, a refusal, or a skip."""

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

from klexact.errors import KLExactError
from klexact.formats import FORMATS, Rounded, decode, rounded, special_bits

__all__ = ["Answer", "answer_of"]

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]+)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]{1,6})", re.ASCII)
_SPECIAL = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_MAX_CHARACTERS = 20_000
_MAX_ADJUSTED = 99_999  # the decimal exponent: binary128 ends at 4932


@dataclass(frozen=True)
class Answer:
    """What an implementation made of one prompt: exactly one of a number's bits, an error's text, a reason to skip.

    `fault` tells that the error is no refusal of the inputs: a program crashed, hung or wrote what is no answer.
    """

    bits: str | None = None
    error: str | None = None
    skip: str | None = None
    fault: bool = False


def answer_of(value: Any, dtype: str) -> Answer:
    """Return a number of any kind, or its text, as an answer in a format: rounded once, to nearest.

    Takes floats, integers, Fractions, Decimals, scalars of NumPy, torch, JAX and mpmath, decimal or hexadecimal text; an Answer
    (a skip) stays as it is. Raises KLExactError for anything else.

    >>> answer_of(0.1, "binary32").bits, answer_of("inf", "binary16").bits, answer_of("0x1.8p+1", "binary64").bits
    ('3dcccccd', '7c00', '4008000000000000')
    """
    if isinstance(value, Answer):
        return value
    target = FORMATS[dtype]
    exact = _of_text(value) if isinstance(value, str) else _of_number(value)
    if isinstance(exact, float):
        return Answer(bits=special_bits(exact, target))
    if isinstance(exact, bool):
        return Answer(bits=Rounded(target, "nearest", exact, 0, 0).bits)
    return Answer(bits=rounded(exact.as_integer_ratio(), target, "nearest").bits)


def _of_number(value: Any) -> Fraction | float | bool:
    """Return an exact number; an infinity or NaN as a float; a zero as whether it is negative."""
    if isinstance(value, (int, Fraction)) or (isinstance(value, Rational) and not isinstance(value, bool)):
        return Fraction(value) or False
    if hasattr(value, "_mpf_"):  # mpmath's numbers may have more digits than a float
        sign, mantissa, exponent, _ = value._mpf_
        if mantissa:
            magnitude = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
            return -magnitude if sign else magnitude
    if hasattr(value, "as_integer_ratio") and not _is_extreme(value):  # long doubles, decimals
        with suppress(TypeError, ValueError, OverflowError):
            ratio = Fraction(*value.as_integer_ratio())
            if ratio:
                return ratio
    try:
        x = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise KLExactError(f"an answer must be one number; found {value!r:.80}: {error}") from None
    if math.isnan(x) or math.isinf(x):
        return x
    return Fraction(x) if x else math.copysign(1, x) < 0


def _is_extreme(value: Any) -> bool:
    """Tell whether a decimal would fill megabytes as a ratio."""
    return isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _MAX_ADJUSTED)


def _of_text(text: str) -> Fraction | float | bool:
    stripped = text.strip()
    bare = stripped.lstrip("+-").lower()
    if bare in _SPECIAL:
        return -_SPECIAL[bare] if stripped.startswith("-") else _SPECIAL[bare]
    if len(stripped) <= _MAX_CHARACTERS:
        if match := _HEXADECIMAL.fullmatch(stripped):
            sign, whole, part, exponent = match.groups()
            shift = int(exponent) - 4 * len(part)
            magnitude = Fraction(int(whole + part, 16)) * Fraction(2) ** shift
            return (-magnitude if sign == "-" else magnitude) or sign == "-"
        if _DECIMAL.fullmatch(stripped):
            return Fraction(stripped) or stripped.startswith("-")
    raise KLExactError(
        f"an answer's value must be a decimal or hexadecimal number, inf or nan, with at most {_MAX_CHARACTERS:,} "
        f"characters and an exponent of at most 5 digits; found {text!r:.80}"
    )


def as_number(answer: Answer, dtype: str) -> Rounded | None:
    """Return the number that the bits of an answer stand for, None for NaN. Raises KLExactError for wrong bits."""
    return decode(answer.bits or "", FORMATS[dtype])
