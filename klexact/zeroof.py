"""`ZeroOf`: a number that has no closed form, given as the only zero of a function in an interval."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

import mpmath
import sympy
from flint import arb, ctx
from sympy.core.expr import AtomicExpr

from klexact.dyadic import ball_of, midpoint
from klexact.errors import InvalidNumberError, UndecidedError

__all__ = ["ZeroOf", "refined"]

Evaluate = Callable[[sympy.Expr, int, Mapping[sympy.Symbol, sympy.Rational]], Any]

_FIRST = 64
_GAIN = 8  # bits that a secant is first trusted to gain
_LONG = 200  # characters of a function that are printed
_LAST = 1_000_000  # bits of precision
_TINY = 20_000  # bits after the point, to which a zero may look like 0


class ZeroOf(AtomicExpr):  # type: ignore[misc]
    """The zero x of `expr` in `symbol` with lower < x < upper, where it changes sign, and only there.

    A real SymPy number: `evalf`, and `klexact.enclose` and `klexact.decimal` to any number of proved digits. It is printed
    with `...` for a long function, which is `expr`.

    >>> from sympy.abc import t
    >>> x = ZeroOf(sympy.cos(t) - t, t, 0, 1)
    >>> x, x.evalf(20), x.subs(t, 5) == x
    (ZeroOf(-t + cos(t), t, 0, 1), 0.73908513321516064166, True)
    """

    __slots__ = ("expr", "lower", "quick", "symbol", "upper")

    is_number = True
    is_commutative = True
    is_real = True
    is_algebraic = None
    is_rational = None

    expr: sympy.Expr
    symbol: sympy.Symbol
    lower: sympy.Rational
    upper: sympy.Rational
    quick: Callable[[arb, int], Any] | None  # a faster way to evaluate expr

    def __new__(  # noqa: PYI034
        cls,
        expr: object,
        symbol: sympy.Symbol,
        lower: object,
        upper: object,
        quick: Callable[[arb, int], Any] | None = None,
    ) -> "ZeroOf":
        self: ZeroOf = AtomicExpr.__new__(cls)
        for name, value in zip(("expr", "symbol", "lower", "upper"), (expr, symbol, lower, upper), strict=True):
            setattr(self, name, sympy.sympify(value))
        self.quick = quick
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
    middle = refined(x, prec + 8, _by_mpmath).mid()
    return sympy.Float(_rational(middle), precision=prec)


def _by_mpmath(expr: sympy.Expr, prec: int, given: Mapping[sympy.Symbol, sympy.Rational]) -> arb:
    """Return a ball around the value from two precisions and their difference: not proved, but for the eye."""
    (symbol, point), *_ = given.items()
    values = []
    for bits in (prec + 32, 2 * prec + 64):
        with mpmath.workprec(bits):
            values.append(_function(expr, symbol)(mpmath.mpf(int(point.p)) / int(point.q)))
    rough, fine = values
    if not all(isinstance(v, mpmath.mpf) and mpmath.isfinite(v) for v in values):
        return arb(0, inf)
    with ctx.workprec(2 * prec + 64):
        return _of_mpf(fine) + arb(0, 256 * abs(_of_mpf(rough - fine)))


def _of_mpf(x: mpmath.mpf) -> arb:
    mantissa, exponent = x.man_exp
    return arb((int(mantissa) * (1 if x >= 0 else -1), int(exponent)))


@lru_cache(maxsize=64)
def _function(expr: sympy.Expr, symbol: sympy.Symbol) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = sympy.lambdify(symbol, expr, "mpmath")
    return found


def _at(x: ZeroOf, point: sympy.Rational, prec: int, evaluate: Evaluate) -> Any:
    if x.quick is None:
        return evaluate(x.expr, prec, {x.symbol: point})
    with ctx.workprec(prec):
        return x.quick(ball_of(point), prec)


@lru_cache(maxsize=1024)
def _sign(x: ZeroOf, at: sympy.Rational, evaluate: Evaluate) -> int:
    prec = _FIRST
    while prec <= _LAST:
        ball = _at(x, at, prec, evaluate)
        if ball != 0:
            return 1 if ball > 0 else -1
        prec *= 2
    raise UndecidedError(f"the sign of {x.expr} at {x.symbol} = {at} must show within {_LAST:,} bits; it did not")


def refined(x: ZeroOf, prec: int, evaluate: Evaluate) -> arb:
    """Return a ball around the number, of about `prec` bits: proved by the change of sign at its ends.

    `evaluate` returns a ball around the value of a function at a point, the whole line where it does not know one.
    """
    lower, upper = _bracket(x, prec, evaluate)
    with ctx.workprec(prec + 32):
        middle, radius = (lower + upper) / 2, (upper - lower) / 2
        return arb(ball_of(middle), ball_of(radius))


@lru_cache(maxsize=4096)
def _bracket(x: ZeroOf, prec: int, evaluate: Evaluate) -> tuple[sympy.Rational, sympy.Rational]:
    lower, upper = _bracket(x, max(_FIRST, prec // 2 + 8), evaluate) if prec > _FIRST else (x.lower, x.upper)
    sign = _sign(x, lower, evaluate)
    if prec <= _FIRST and _sign(x, upper, evaluate) == sign:
        raise InvalidNumberError(f"a function must change its sign between the bounds of its zero; found {x}")
    gain = _GAIN
    while (upper - lower) * 2**prec > max(abs(lower), abs(upper)):
        if int((upper - lower).q).bit_length() > _TINY + prec:
            raise UndecidedError(f"a zero must differ from 0 within {_TINY:,} bits; {x} did not")
        around = _around_secant(x, lower, upper, gain, evaluate)
        if around is not None and _sign(x, around[0], evaluate) == sign != _sign(x, around[1], evaluate):
            lower, upper = around
            gain *= 2
            continue
        gain = max(2, gain // 2)
        middle = _short((lower + upper) / 2, (upper - lower) / 8)
        lower, upper = (middle, upper) if _sign(x, middle, evaluate) == sign else (lower, middle)
    return lower, upper


def _around_secant(
    x: ZeroOf, lower: sympy.Rational, upper: sympy.Rational, gain: int, evaluate: Evaluate
) -> tuple[sympy.Rational, sympy.Rational] | None:
    """Return a bracket narrower by so many bits around a secant's zero, to be tried (Abbott's quadratic refinement)."""
    width = upper - lower
    bits = 64 + 2 * max(0, int(1 / width).bit_length()) + gain
    ends = [_at(x, e, bits, evaluate) for e in (lower, upper)]
    with ctx.workprec(bits):
        rise = ends[1] - ends[0]
        if not rise != 0:  # noqa: SIM202  (a ball is neither = 0 nor != 0 while it contains 0)
            return None
        guess = _rational((ball_of(lower) - ends[0] * ball_of(width) / rise).mid())
    margin = width / 2**gain
    a, b = (_short(guess + side * margin, margin / 8) for side in (-1, 1))
    return (a, b) if lower < a < b < upper else None


def _rational(ball: arb) -> sympy.Rational:
    return sympy.Rational(*midpoint(ball).as_integer_ratio())


def _short(q: sympy.Rational, slack: sympy.Rational) -> sympy.Rational:
    """Return a dyadic number within `slack` of q."""
    scale = 2 ** max(0, int(1 / slack).bit_length())
    return sympy.Rational((2 * scale * int(q.p) + int(q.q)) // (2 * int(q.q)), scale)
