"""What integrals and series share: their operands checked, and balls of any precision made an enclosure of a promised width."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from klexact.closedform import short
from klexact.dyadic import ends
from klexact.enclosure import Enclosure
from klexact.errors import InvalidNumberError, KLExactError, UndecidedError
from klexact.exact import clipped

__all__ = ["MAX_DIGITS", "checked", "refined"]

MAX_DIGITS = 1000
_MAX_LEVELS = 100
_MAX_PARTS = 10_000
_ROUNDS = 3


def checked(expr: Any, variable: sympy.Symbol, lower: sympy.Expr, upper: sympy.Expr) -> sympy.Expr:
    """Return an expression in one symbol, which may stand for all numbers between two.

    Raises InvalidNumberError for other symbols, naming them; for assumptions of the symbol that do not hold between
    the numbers, since SymPy has simplified the expression by them; and for more than 100 levels or 10,000 parts.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> checked(x * y, x, sympy.S.Zero, sympy.oo)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: a number needs values for all parameters; found the symbol y in x*y
    >>> checked(abs(x), x, -sympy.oo, sympy.oo)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: a variable must be assumed to be real at most; found x, positive, between -oo and oo
    """
    if not isinstance(expr, sympy.Expr):
        raise InvalidNumberError(f"a SymPy expression is required; found {short(expr)}")
    if not isinstance(variable, sympy.Symbol):
        raise InvalidNumberError(f"a variable must be a SymPy Symbol; found {short(variable)}")
    _check_size(expr)
    others = sorted(map(str, expr.free_symbols - {variable}))
    if others:
        raise InvalidNumberError(
            f"a number needs values for all parameters; found the symbol {', '.join(others)} in {short(expr)}"
        )
    signed = [("positive", lower < 0), ("nonnegative", lower < 0), ("negative", upper > 0), ("nonpositive", upper > 0)]
    wrong = [name for name, fails in signed if fails and getattr(variable, f"is_{name}")]
    wrong += [name for name in ("zero", "imaginary") if getattr(variable, f"is_{name}")]
    if wrong:
        raise InvalidNumberError(
            f"a variable must be assumed to be real at most; found {variable}, {wrong[0]}, between {lower} and {upper}"
        )
    return expr


def _check_size(expr: sympy.Expr) -> None:
    level, levels, parts = {expr}, 0, 0
    while level:
        levels, parts = levels + 1, parts + len(level)
        if levels > _MAX_LEVELS or parts > _MAX_PARTS:
            raise InvalidNumberError(
                f"an expression must have at most {_MAX_LEVELS} levels and {_MAX_PARTS:,} parts; found more"
            )
        level = {part for e in level for part in e.args}


def refined(ball: Callable[[int], arb], digits: int, name: str) -> Enclosure:
    """Return bounds lower <= value <= upper of a number given by its balls.

    `ball(bits)` contains the value and has a radius of about 2^-bits·max(1, |value|). The width reached is at most
    10^-digits·|value|; or, if |value| < 10^-digits, at most 10^(-2·digits): nothing tells a value that is zero from a
    smaller one. Raises UndecidedError, with `name`, where the balls stay wider.

    >>> refined(lambda bits: arb(1) / 2, 30, "a half")
    Enclosure(lower=Fraction(1, 2), upper=Fraction(1, 2))
    >>> refined(lambda bits: arb(1, 1), 30, "x")
    Traceback (most recent call last):
    ...
    klexact.errors.UndecidedError: 30 digits of x must show; its enclosure stays [+/- 2.01]
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise KLExactError(f"digits must be an integer from 1 to {MAX_DIGITS:,}; found {clipped(digits)}")
    wanted = math.ceil(digits * math.log2(10)) + 1
    bits = wanted + 8
    for _ in range(_ROUNDS):
        found = ball(bits)
        bounds = ends(found)
        if bounds is not None:
            enclosure = Enclosure(Fraction(*bounds[0]), Fraction(*bounds[1]))
            if _is_narrow(enclosure, digits):
                return enclosure
            bits = max(bits + 16, wanted + 16 + _zeros(found, wanted))
        else:
            bits *= 2
    raise UndecidedError(f"{digits} digits of {name} must show; its enclosure stays {found.str(10)}")


def _is_narrow(enclosure: Enclosure, digits: int) -> bool:
    small, large = sorted([abs(enclosure.lower), abs(enclosure.upper)])
    if enclosure.lower <= 0 <= enclosure.upper:
        small = Fraction(0)
    unit = Fraction(1, 10**digits)
    return enclosure.width <= unit * small or (large < unit and enclosure.width <= unit**2)


def _zeros(ball: arb, wanted: int) -> int:
    """Return how many zero bits follow the point, at most the number wanted."""
    if not ball != 0:  # noqa: SIM202  (a ball is neither = 0 nor != 0 while it contains 0)
        return wanted
    size = abs(ball.mid()).log() / arb(2).log()
    return -int(float(size.max(arb(-wanted)).min(arb(0))))
