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

from klexact.algebraic import Value
from klexact.certify import sign
from klexact.errors import KLExactError, UndecidedError
from klexact.exact import rational
from klexact.ieee import Ratio, Rounded, common, direction_of, format_of, rounded
from klexact.logform import LogForm, log_base

__all__ = ["MAX_BITS", "round_balls", "round_to"]

MAX_BITS = 1_000_000  # Ziv's loop ends undecided beyond it


def round_to(
    value: Value | object,
    format: Any = "binary64",  # noqa: A002
    direction: str = "nearest",
    *,
    base: object = sympy.E,
) -> Rounded:
    """Return a value in units of log(base), correctly rounded to a format in a direction.

    `value` is a LogForm without parameters, an AlgebraicForm, or an exact rational number of nats; +∞ is infinite in
    every format (-∞ in a base below 1). Whether a value is the rounding boundary that its enclosures close in upon
    is decided by its form, so for a LogForm the loop always ends, and for an AlgebraicForm within the work bound
    of `AlgebraicForm.is_zero`. Raises KLExactError for a base whose
    logarithm is no log form, for a format or direction that does not exist, and UndecidedError beyond 1,000,000 bits.

    >>> round_to(LogForm.log(8), "half", base=2).hex, round_to(LogForm.log(2)).float
    ('0x1.8p+1', 0.6931471805599453)
    >>> round_to(LogForm.log(2), "single", "up").bits, round_to(LogForm.infinity(), "single").bits
    ('3f317218', '7f800000')
    """
    target, way = format_of(format), direction_of(direction)
    unit = log_base(base)
    if not isinstance(unit, LogForm):
        raise KLExactError(
            f"rounding needs a base whose logarithm is a log form (rational, or a power of one); found {base}: "
            "give round_balls the enclosures"
        )
    form: Any = value if hasattr(value, "ball") else LogForm(rational(value))
    if form.is_infinite:
        return Rounded(target, way, sign(unit) < 0, None, 0)

    def ball(prec: int) -> arb:
        with ctx.workprec(prec):
            quotient: arb = form.ball(prec) / unit.ball(prec)
            return quotient

    def equals(q: Fraction) -> bool:
        return bool((form - unit * q).is_zero)

    return round_balls(ball, target, way, equals=equals)


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
            ends = _ends(ball(prec))
        if ends is not None:
            found = common(*ends, target, way)
            suspect = _simplest(*ends) if equals else None
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


def _ends(ball: arb) -> tuple[Ratio, Ratio] | None:
    """Return the two ends of a ball exactly, as ratios, or None where it is not finite."""
    if not ball.is_finite():
        return None
    middle, m = map(int, ball.mid().man_exp())
    radius, r = map(int, ball.rad().man_exp())
    exponent = min(m, r)
    middle, radius = middle << m - exponent, radius << r - exponent
    shift, denominator = max(exponent, 0), 1 << max(-exponent, 0)
    return ((middle - radius) << shift, denominator), ((middle + radius) << shift, denominator)


def _simplest(lower: Ratio, upper: Ratio) -> Fraction:
    """Return the number between the ends of a ball with the fewest binary places: the boundary, if there is one."""
    (low, denominator), (high, _) = lower, upper
    if low <= 0 <= high:
        return Fraction(0)
    places = ((low - 1) ^ high).bit_length() - 1
    return Fraction(high >> places << places, denominator)


def _answer(equals: Callable[[Fraction], bool], number: Fraction) -> bool | None:
    try:
        return equals(number)
    except UndecidedError:
        return None
