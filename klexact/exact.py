"""The one door in: every input becomes an exact rational, or a SymPy expression in parameters.

Floats and NumPy scalars count as the binary values they are, so 0.1 is not 1/10; text counts as written, so
"0.1" is. Text has a grammar of its own and is never evaluated. A number of more than 10,000 digits, or an
exponent that would make one, is refused before anything is computed.
"""

import math
import re
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from operator import index
from typing import Any

import sympy
from flint import fmpq, fmpz
from sympy import QQ

from klexact.dyadic import ball_of
from klexact.errors import InvalidNumberError

__all__ = ["MAX_DIGITS", "approximation", "clipped", "element", "formula", "outcome", "rational", "shown", "whole"]

MAX_DIGITS = 10_000
_Exact = QQ.dtype  # SymPy's rationals, whatever library they come from
_MAX_BITS = int(MAX_DIGITS * math.log2(10)) + 1
_MAX_DEGREE = 2_000
_MAX_TERMS = 10_000

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TEXT = re.compile(rf"\s*({_NUMBER})(?:\s*/\s*({_NUMBER}))?\s*", re.ASCII)
_ACCEPTED = "an int, Fraction, Decimal, float, SymPy or NumPy number, or text such as '3/10', '0.3' or '3e-5'"
_WRITTEN = "written as a number such as 3/10, 0.3 or 3e-5"


def rational(value: object, name: str = "value") -> Any:
    """Return the exact rational (an element of SymPy's QQ) that `value` stands for.

    >>> rational("3e-1"), rational(0.5), rational(0)
    (3/10, 1/2, 0)
    >>> rational("__import__('os')")
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: value must be written as a number such as 3/10, ...; found "__import__('os')"
    """
    found = element(value, name)
    if isinstance(found, sympy.Expr):
        symbols = ", ".join(sorted(map(str, found.free_symbols)))
        raise InvalidNumberError(f"{name} must be a number; found {found} with the symbol {symbols}: give it a value")
    return found


def element(value: object, name: str = "value") -> Any:
    """Return an exact rational, or the SymPy expression where `value` has parameters.

    >>> from sympy import Symbol
    >>> element(Symbol("t") / 2), element("1/2")
    (t/2, 1/2)
    """
    if isinstance(value, str):
        return _from_text(value, name)
    if isinstance(value, sympy.Basic):
        return _from_sympy(value, name)
    if isinstance(value, (fmpq, fmpz)):
        return _bounded(int(value.numerator), int(value.denominator), name)
    if not isinstance(value, bool):
        if isinstance(value, (Integral, Rational)):
            return _bounded(int(value.numerator), int(value.denominator), name)
        if isinstance(value, Decimal):
            return _from_decimal(value, name)
        if hasattr(value, "as_integer_ratio"):  # float, and NumPy's floats of every width
            return _from_float(value, name)
    raise _refusal(name, value)


def formula(value: object, name: str = "the formula") -> sympy.Expr:
    """Return a SymPy expression as it is, anything else as the exact number it is; other text is refused, not evaluated.

    >>> formula(sympy.pi), formula("1/2")
    (pi, 1/2)
    >>> formula("t + 1")
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: the formula must be ...; found 't + 1'
    """
    if isinstance(value, sympy.Expr):
        return value
    q = rational(value, name)
    return sympy.Rational(int(q.numerator), int(q.denominator))


def outcome(text: str) -> int | str | Any:
    """Return the outcome that a text names: an int or Fraction where it is written as one, else the text.

    >>> outcome("3"), outcome("0.5"), outcome(" red ")
    (3, Fraction(1, 2), 'red')
    """
    try:
        value = _from_text(text, "outcome")
    except InvalidNumberError:
        return text.strip()
    numerator, denominator = int(value.numerator), int(value.denominator)
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def shown(value: Any) -> str:
    """Return an exact value for a message: whole where it is short, else its leading digits too.

    >>> from sympy import QQ
    >>> shown(QQ(1, 3)), shown(QQ(1, 3**99))
    ('1/3', '1/171792506910670443678820376588540424234035840667 (about 5.82e-48)')
    """
    if not hasattr(value, "denominator"):
        return str(value)
    numerator, denominator = int(value.numerator), int(value.denominator)
    if denominator == 1 and abs(numerator) < 10**12:
        return str(numerator)
    about = approximation(value)
    if max(abs(numerator), denominator) >= 10**60:
        return f"about {about}"
    return f"{numerator}/{denominator}" + (f" (about {about})" if denominator >= 10**6 else "")


def approximation(q: Any) -> str:
    """Return the leading digits of a rational number of any size."""
    return ball_of(q).str(3, radius=False)


def clipped(value: object) -> str:
    """Return the repr of any value for a message, cut where it is long; a huge integer has none."""
    try:
        text = repr(value)
    except ValueError:
        return f"a {type(value).__name__} of more than 4,300 digits"
    return text if len(text) <= 80 else f"{text[:40]}... ({len(text):,} characters)"


def whole(value: object, name: str, lowest: int, highest: int) -> int:
    """Return an integer of any kind (NumPy's and SymPy's too) that lies in lowest..highest.

    >>> whole(3, "n", 0, 10)
    3
    """
    try:
        n = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        n = None
    if n is None or not lowest <= n <= highest:
        raise InvalidNumberError(f"{name} must be an integer in {lowest:,}..{highest:,}; found {clipped(value)}")
    return n


def _refusal(name: str, value: object) -> InvalidNumberError:
    if not isinstance(value, str):
        return InvalidNumberError(f"{name} must be {_ACCEPTED}; found {clipped(value)}")
    hint = ": 50% is 1/2" if value.strip().endswith("%") else ""
    return InvalidNumberError(f"{name} must be {_WRITTEN}; found {clipped(value)}{hint}")


def _too_large(name: str, found: str) -> InvalidNumberError:
    return InvalidNumberError(f"{name} must have at most {MAX_DIGITS:,} digits; found {found}")


def _bounded(numerator: int, denominator: int, name: str) -> Any:
    bits = max(numerator.bit_length(), denominator.bit_length())
    if bits > _MAX_BITS:
        raise _too_large(name, f"a number of about {int(bits / math.log2(10)):,} digits")
    return _Exact(numerator, denominator)


def _from_text(text: str, name: str) -> Any:
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
        return _Exact(int(fmpz(text)))  # no limit of 4,300 digits, unlike int(text)
    if len(text) > 2 * MAX_DIGITS:
        raise _too_large(name, f"a text of {len(text):,} characters")
    match = _TEXT.fullmatch(text)
    if match is None:
        raise _refusal(name, text)
    quotient = _scaled(match[1], name)
    if match[2] is not None:
        denominator = _scaled(match[2], name)
        if denominator == 0:
            raise InvalidNumberError(f"{name} must be a finite number; found {text!r}, which divides by zero")
        quotient /= denominator
    return _bounded(int(quotient.numerator), int(quotient.denominator), name)


def _scaled(text: str, name: str) -> Any:
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    if len(exponent.lstrip("+-").lstrip("0")) > len(str(MAX_DIGITS)):
        raise _too_large(name, f"the exponent {exponent[:20]}")
    shift = int(fmpz(exponent.lstrip("+") or "0")) - len(part)
    if abs(shift) + len(whole) > MAX_DIGITS:
        raise _too_large(name, f"a text that needs {abs(shift) + len(whole):,} of them")
    digits = int(fmpz((whole + part).lstrip("+")))
    return _Exact(digits * 10**shift) if shift >= 0 else _Exact(digits, 10**-shift)


def _from_decimal(value: Decimal, name: str) -> Any:
    if not value.is_finite():
        raise InvalidNumberError(f"{name} must be a finite number; found {value}")
    if abs(value.adjusted()) + len(value.as_tuple().digits) > MAX_DIGITS:
        raise _too_large(name, f"the Decimal {value:.6e}")
    return _bounded(*value.as_integer_ratio(), name)


def _from_float(value: Any, name: str) -> Any:
    try:
        ratio = value.as_integer_ratio()
    except (OverflowError, ValueError):
        raise InvalidNumberError(f"{name} must be a finite number; found {value}") from None
    return _bounded(int(ratio[0]), int(ratio[1]), name)


def _from_sympy(value: sympy.Basic, name: str) -> Any:
    if not isinstance(value, sympy.Expr):
        raise _refusal(name, value)
    floats = {f: sympy.Rational(f) for f in value.atoms(sympy.Float)}
    exact = value.xreplace(floats) if floats else value
    if exact.free_symbols:
        for bound, most, what in ((_degree, _MAX_DEGREE, "degree"), (_terms, _MAX_TERMS, "number of terms")):
            if (found := bound(exact)) > most:
                raise InvalidNumberError(
                    f"{name} must have a {what} of at most {most:,} when expanded; found {found:,}"
                )
        return exact
    if not isinstance(exact, sympy.Rational):
        if exact.is_finite is False or exact.has(sympy.nan, sympy.zoo):
            raise InvalidNumberError(f"{name} must be a finite number; found {value}")
        raise InvalidNumberError(f"{name} must be rational; found {value}: give an exact fraction")
    return _bounded(int(exact.p), int(exact.q), name)


def _degree(expr: sympy.Expr) -> int:
    """Bound the degree of an expression without expanding it."""
    if isinstance(expr, sympy.Pow) and expr.exp.is_Integer:
        return abs(int(expr.exp)) * _degree(expr.base)
    if isinstance(expr, sympy.Mul):
        return sum(_degree(a) for a in expr.args)
    return max((_degree(a) for a in expr.args), default=1)


def _terms(expr: sympy.Expr) -> int:
    """Bound the number of terms of an expression, which has a checked degree, without expanding it."""
    if isinstance(expr, sympy.Pow) and expr.exp.is_Integer:
        k = abs(int(expr.exp))
        return math.comb(_terms(expr.base) + k - 1, k)
    if isinstance(expr, sympy.Add):
        return sum(_terms(a) for a in expr.args)
    return math.prod(_terms(a) for a in expr.args)
