"""Correctly rounded values of log forms, by Ziv's loop.

The precision of an enclosure doubles until both its ends round to the same number. That ends unless the value is itself
a rounding boundary, a dyadic rational: the form shows whether it is, and the value is then rounded as that number.

Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last bit", ACM TOMS 17, 1991;
Muller et al., *Handbook of Floating-Point Arithmetic*, 2nd ed., 2018, chapter 10 (the table maker's dilemma).
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx

from klexact.certify import value_of
from klexact.closedform import short
from klexact.dyadic import ends, simplest
from klexact.errors import KLExactError, UndecidedError
from klexact.formats import Rounded, common, direction_of, format_of, rounded

__all__ = ["MAX_BITS", "double", "round_balls", "round_to"]

MAX_BITS = 1_000_000  # Ziv's loop ends undecided beyond it


def round_to(
    value: object,
    format: Any = "binary64",  # noqa: A002
    direction: str = "nearest",
    *,
    base: object = sympy.E,
) -> Rounded:
    """Return a value in units of log(base), correctly rounded to a format in a direction.

    `value` is a log form, a bulk measure, a number or a closed-form SymPy expression, as `klexact.certify` takes them;
    +∞ is infinite in every format (-∞ in a base below 1). Whether a value is the rounding boundary that its
    enclosures close in upon is decided by its form, so for log forms the loop always ends. Raises KLExactError for a
    format or direction that does not exist, and UndecidedError where nothing guarantees an end, beyond 1,000,000 bits.

    >>> from klexact import LogForm
    >>> round_to(LogForm.log(8), "half", base=2).hex, round_to(LogForm.log(2)).float
    ('0x1.8p+1', 0.6931471805599453)
    >>> round_to(LogForm.log(2), "single", "up").bits, round_to(LogForm.infinity(), "single").bits
    ('3f317218', '7f800000')

    Coq: RoundingLoop.ziv_loop_ends, RoundingLoop.nats_value_loop_ends, RoundingLoop.based_value_loop_ends,
    Rounding.between_midpoints_rounds, Rounding.rounds_to_unique.
    """
    target, way = format_of(format), direction_of(direction)
    number = value_of(value, base)
    if number.is_infinite:
        return Rounded(target, way, number.infinity < 0, None, 0)

    def equals(q: Fraction) -> bool:
        exact = number.exact_rational
        if exact is None and not number.terminates:
            raise number.undecided("the rationality", target.precision)
        return exact is not None and Fraction(int(exact.numerator), int(exact.denominator)) == q

    return round_balls(number.ball, target, way, equals=equals)


def double(value: object) -> float:
    """Return a value correctly rounded to a double. Raises KLExactError where that is infinite.

    >>> double(sympy.Rational(1, 3)), double(sympy.log(2)), double(0)
    (0.3333333333333333, 0.6931471805599453, 0.0)
    """
    found = round_to(value)
    if found.is_infinite:
        raise KLExactError(f"numbers must be in the range of doubles; found {short(value)}")
    return float(found.value)


def round_balls(
    ball: Callable[[int], arb],
    format: Any = "binary64",  # noqa: A002
    direction: str = "nearest",
    *,
    equals: Callable[[Fraction], bool] | None = None,
) -> Rounded:
    """Return the rounding of a number from its enclosures `ball(prec)`: Ziv's loop, which doubles `prec`.

    `equals(q)` decides whether the number is the rational q; it is asked about the one rounding boundary that
    the enclosures close in upon. Without it the number is taken for irrational (so for `inexact`), and if it
    is a rounding boundary all the same, the loop ends with UndecidedError beyond 1,000,000 bits.

    >>> round_balls(lambda prec: arb(2).sqrt()).hex
    '0x1.6a09e667f3bcdp+0'
    """
    target, way = format_of(format), direction_of(direction)
    verdicts: dict[Fraction, bool | None] = {}
    prec = target.precision + 64
    while prec < MAX_BITS:
        with ctx.workprec(prec):
            bounds = ends(ball(prec))
        if bounds is not None:
            found = common(*bounds, target, way)
            suspect = simplest(*bounds) if equals else None
            if found is not None and found.value != suspect:
                return found
            if equals and suspect is not None:
                if suspect not in verdicts:
                    verdicts[suspect] = _answer(equals, suspect)
                if verdicts[suspect]:
                    return rounded(suspect.as_integer_ratio(), target, way)
                if found is not None and verdicts[suspect] is False:
                    return found
        prec *= 2
    raise UndecidedError(
        f"{MAX_BITS:,} bits must show on which side of a rounding boundary of {target.name} the value lies; they did not"
    )


def _answer(equals: Callable[[Fraction], bool], number: Fraction) -> bool | None:
    try:
        return equals(number)
    except UndecidedError:
        return None
