"""`ZeroOf`: a number that has no closed form, given as the only zero of a function in an interval."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mpmath
import sympy
from flint import arb, ctx, fmpq
from sympy.core.expr import AtomicExpr

from klexact.dyadic import midpoint
from klexact.errors import UndecidedError

__all__ = ["ZeroOf", "refined"]

Evaluate = Callable[[sympy.Expr, int, Mapping[sympy.Symbol, arb]], Any]

_FIRST = 64
_LONG = 200  # characters of a function that are printed
_LAST = 1_000_000


class ZeroOf(AtomicExpr):  # type: ignore[misc]
    """The zero x of `expr` in `symbol` with lower < x < upper, where it changes sign, and only there.

    A real SymPy number: `evalf`, and `klexact.enclose` and `klexact.decimal` to any number of proved digits. It is printed
    with `...` for a long function, which is `expr`.

    >>> from sympy.abc import t
    >>> x = ZeroOf(sympy.cos(t) - t, t, 0, 1)
    >>> x, x.evalf(20), x.subs(t, 5) == x
    (ZeroOf(-t + cos(t), t, 0, 1), 0.73908513321516064166, True)
    """

    __slots__ = ("expr", "lower", "symbol", "upper")

    is_number = True
    is_commutative = True
    is_real = True
    is_algebraic = None
    is_rational = None

    expr: sympy.Expr
    symbol: sympy.Symbol
    lower: sympy.Rational
    upper: sympy.Rational

    def __new__(cls, expr: object, symbol: sympy.Symbol, lower: object, upper: object) -> "ZeroOf":  # noqa: PYI034
        self: ZeroOf = AtomicExpr.__new__(cls)
        for name, value in zip(("expr", "symbol", "lower", "upper"), (expr, symbol, lower, upper), strict=True):
            setattr(self, name, sympy.sympify(value))
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.expr, self.symbol, self.lower, self.upper

    _hashable_content = __getnewargs__

    @property
    def free_symbols(self) -> set[sympy.Basic]:
        """No symbols: the one inside is bound."""
        return set()

    def _eval_is_positive(self) -> bool | None:
        return True if self.lower >= 0 else False if self.upper <= 0 else None

    def _eval_is_negative(self) -> bool | None:
        return True if self.upper <= 0 else False if self.lower >= 0 else None

    def _eval_evalf(self, prec: int) -> sympy.Float:
        return _evalf(self, prec)

    def _sympystr(self, printer: Any) -> str:
        f, *rest = (printer.doprint(part) for part in self.__getnewargs__())
        return f"ZeroOf({f if len(f) <= _LONG else '...'}, {', '.join(rest)})"

    def _latex(self, printer: Any) -> str:
        f, x, a, b = (printer.doprint(part) for part in self.__getnewargs__())
        return rf"\operatorname{{ZeroOf}}\left({f if len(f) <= _LONG else '...'} = 0,\ {a} < {x} < {b}\right)"


@lru_cache(maxsize=1024)
def _evalf(x: ZeroOf, prec: int) -> sympy.Float:
    with mpmath.workprec(prec + 16):
        f = sympy.lambdify(x.symbol, x.expr, "mpmath")
        ends = [mpmath.mpf(int(e.p)) / int(e.q) for e in (x.lower, x.upper)]
        return sympy.Float(mpmath.findroot(f, ends, solver="anderson", verify=False), precision=prec)


def _at(x: ZeroOf, point: sympy.Rational, prec: int, evaluate: Evaluate) -> Any:
    with ctx.workprec(prec):
        return evaluate(x.expr, prec, {x.symbol: _arb(point)})


@lru_cache(maxsize=1024)
def _sign(x: ZeroOf, at: sympy.Rational, evaluate: Evaluate) -> int:
    prec = _FIRST
    while prec <= _LAST:
        ball = _at(x, at, prec, evaluate)
        if ball != 0:
            return 1 if ball > 0 else -1
        prec *= 2
    raise UndecidedError(f"the sign of {x.expr} at {x.symbol} = {at} must show within {_LAST:,} bits; it did not")


@lru_cache(maxsize=4096)
def refined(x: ZeroOf, prec: int, evaluate: Evaluate) -> arb:
    """Return a ball around the number, of about `prec` bits: proved by the change of sign at its ends."""
    lower, upper = x.lower, x.upper
    if prec > _FIRST:
        start = refined(x, max(_FIRST, prec // 2 + 8), evaluate)
        lower, upper = _rational(start.lower()), _rational(start.upper())
    sign = _sign(x, lower, evaluate)
    while (upper - lower) * 2**prec > max(abs(lower), abs(upper)):
        lower, upper = _step(x, lower, upper, sign, evaluate)
    with ctx.workprec(prec + 32):
        middle, radius = (lower + upper) / 2, (upper - lower) / 2
        return arb(_arb(middle), _arb(radius))


def _step(
    x: ZeroOf, lower: sympy.Rational, upper: sympy.Rational, sign: int, evaluate: Evaluate
) -> tuple[sympy.Rational, sympy.Rational]:
    """Return a narrower bracket: around a secant's zero where the sign changes there, else one half."""
    width = upper - lower
    bits = 64 + 2 * max(0, int(1 / width).bit_length())
    ends = [evaluate(x.expr, bits, {x.symbol: arb(fmpq(int(e.p), int(e.q)))}) for e in (lower, upper)]
    with ctx.workprec(bits):
        rise = ends[1] - ends[0]
        guess = (
            _rational((arb(fmpq(int(lower.p), int(lower.q))) - ends[0] * _arb(width) / rise).mid())
            if rise != 0
            else None
        )
    if guess is not None and lower < guess < upper:
        margin = width * min(width, sympy.Rational(1, 4))
        a, b = (_short(guess - margin, width**2 / 16), _short(guess + margin, width**2 / 16))
        if lower < a < b < upper and _sign(x, a, evaluate) == sign != _sign(x, b, evaluate):
            return a, b
    middle = _short((lower + upper) / 2, width / 8)
    return (middle, upper) if _sign(x, middle, evaluate) == sign else (lower, middle)


def _arb(q: sympy.Rational) -> arb:
    return arb(fmpq(int(q.p), int(q.q)))


def _rational(ball: arb) -> sympy.Rational:
    return sympy.Rational(*midpoint(ball).as_integer_ratio())


def _short(q: sympy.Rational, slack: sympy.Rational) -> sympy.Rational:
    """Return a dyadic number within `slack` of q."""
    scale = 2 ** max(0, int(1 / slack).bit_length())
    return sympy.Rational(round(q * scale), scale)
