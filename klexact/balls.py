"""Functions of closed forms as ball functions: each returns a ball that contains the value (Arb: the bound is proved).

| kind | SymPy names |
|---|---|
| elementary | `exp`, `log`, `sin` ... `csc`, `sinh` ... `csch`, their inverses, `atan2` |
| gamma | `gamma`, `loggamma`, `digamma`, `trigamma`, `polygamma`, `beta`, `factorial`, `uppergamma`, `lowergamma` |
| others | `zeta` (Riemann, Hurwitz), `erf`, `erfc`, `erfi`, `Ei`, `besseli`, `besselk` |

A ball is an `arb`, or an `acb` where a value is complex. A function of a real argument outside its real domain
is refused, except that `log` and powers of negative numbers have their complex principal value.
"""

from collections.abc import Callable
from typing import Any

import sympy
from flint import acb, arb, fmpz

from klexact.dyadic import ball_of
from klexact.errors import InvalidNumberError

__all__ = ["CONSTANTS", "FUNCTIONS", "Ball", "UnresolvedError", "apply", "power"]

Ball = Any  # arb | acb


class UnresolvedError(Exception):
    """The precision does not yet show where a ball lies: more bits may."""


CONSTANTS: dict[Any, Callable[[], Ball]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
    sympy.I: lambda: acb(0, 1),
}

_MEROMORPHIC = {
    name: name for name in ("exp", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech")
} | {"csch": "csch", "gamma": "gamma", "erf": "erf", "erfc": "erfc", "erfi": "erfi"}
_ON_THE_LINE = {name: name for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "digamma")} | {
    "loggamma": "lgamma",
    "Ei": "ei",
}
_OF_THE_INVERSE = {"acot": "atan", "asec": "acos", "acsc": "asin", "acoth": "atanh", "asech": "acosh", "acsch": "asinh"}


def _method(name: str) -> Callable[..., Ball]:
    return lambda x: getattr(x, name)()


def _of_the_inverse(name: str) -> Callable[..., Ball]:
    return lambda x: getattr(1 / x, name)()


def _polygamma(n: arb, x: arb) -> arb:
    order = n.unique_fmpz() if n.is_exact() else None
    if order is None or not 0 <= order <= 10_000:
        raise InvalidNumberError(f"the order of polygamma must be an integer from 0 to 10,000; found {n.str(10)}")
    return acb(x).polygamma(acb(order)).real


def _beta(x: arb, y: arb) -> arb:
    return x.gamma() * y.gamma() * (x + y).rgamma()


def _zeta(s: arb, *a: arb) -> arb:
    if not a and s > 10**9:  # 2^-s < zeta(s) - 1 < 2·2^-s; Arb would need more bits than s has
        return 1 + arb(2) ** -s * arb(1.5, 0.5)
    return s.zeta(*a)


def _named(names: dict[str, str], build: Callable[[str], Callable[..., Ball]]) -> dict[Any, Callable[..., Ball]]:
    return {getattr(sympy, name): build(method) for name, method in names.items()}


_COMPLEX = _named(_MEROMORPHIC, _method)
_REAL: dict[Any, Callable[..., Ball]] = {
    **_named(_ON_THE_LINE, _method),
    **_named(_OF_THE_INVERSE, _of_the_inverse),
    sympy.atan2: arb.atan2,
    sympy.trigamma: lambda x: _polygamma(arb(1), x),
    sympy.polygamma: _polygamma,
    sympy.beta: _beta,
    sympy.factorial: lambda x: (x + 1).gamma(),
    sympy.uppergamma: lambda s, x: x.gamma_upper(s),
    sympy.lowergamma: lambda s, x: x.gamma_lower(s),
    sympy.zeta: _zeta,
    sympy.besseli: lambda order, x: x.bessel_i(order),
    sympy.besselk: lambda order, x: x.bessel_k(order),
}
FUNCTIONS = frozenset({sympy.log, *_COMPLEX, *_REAL})

# where a real argument has no real value; elsewhere a value that is not finite only needs more precision
_OUTSIDE: dict[Any, Callable[..., bool]] = {
    sympy.asin: lambda x: abs(x) > 1,
    sympy.acos: lambda x: abs(x) > 1,
    sympy.asec: lambda x: abs(x) < 1,
    sympy.acsc: lambda x: abs(x) < 1,
    sympy.acosh: lambda x: x < 1,
    sympy.asech: lambda x: x < 0 or x > 1,
    sympy.atanh: lambda x: abs(x) > 1,
    sympy.acoth: lambda x: abs(x) < 1,
    sympy.loggamma: lambda x: x < 0,
    sympy.uppergamma: lambda _, x: x < 0,
    sympy.lowergamma: lambda _, x: x < 0,
    sympy.zeta: lambda _, *a: bool(a) and a[0] < 0,
    sympy.besseli: lambda order, x: x < 0 and not (order.is_exact() and order.is_integer()),
    sympy.besselk: lambda _, x: x < 0,
}


def apply(function: Any, balls: list[Ball]) -> Ball:
    """Return a ball around the value of a SymPy function at balls.

    Raises InvalidNumberError where the value is certainly not real and this module has no complex one, and
    UnresolvedError where the precision does not show.

    >>> apply(sympy.log, [arb(1)]), apply(sympy.atan, [arb(0)])
    (0, 0)
    >>> apply(sympy.acos, [arb(2)])
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: acos must have real arguments where it is real; found 2.000000000
    """
    if function is sympy.log:
        return _finite(_log(balls[0]), "log")
    if function in _COMPLEX:
        return _finite(_COMPLEX[function](*balls), function.__name__)
    outside = _OUTSIDE.get(function)
    if any(isinstance(x, acb) for x in balls) or (outside is not None and outside(*balls)):
        shown = ", ".join(x.str(10, radius=False) for x in balls)
        raise InvalidNumberError(f"{function.__name__} must have real arguments where it is real; found {shown}")
    real: Callable[..., Ball] = _REAL[function]
    return _finite(real(*balls), function.__name__)


def _finite(ball: Ball, name: str) -> Ball:
    if not ball.is_finite():
        raise UnresolvedError(f"{name} has no finite bound: an argument is at a pole or the end of the domain, or huge")
    return ball


def _off_the_cut(x: Ball) -> Ball:
    """Return a ball that does not meet 0 and touches the negative axis only if it is a ball on it."""
    if (x.real.contains(0) and x.imag.contains(0)) or (isinstance(x, acb) and x.imag.contains(0) and not x.real > 0):
        raise UnresolvedError("an argument of log or of a power is not distinguished from zero or the negative axis")
    return x


def _log(x: Ball) -> Ball:
    x = _off_the_cut(x)
    if isinstance(x, arb) and x < 0:
        return acb((-x).log(), arb.pi())
    return x.log()


def power(base: Ball, exponent: Ball, exact: Any | None) -> Ball:
    """Return a ball around the principal value of base**exponent; `exact` is the exponent where it is rational.

    >>> power(arb(2), arb(-1), sympy.Integer(-1)), power(arb(-4), arb(0.5), sympy.Rational(1, 2))
    (0.500000000000000, 2.00000000000000j)
    """
    if exact is not None and exact.is_Integer:
        n = fmpz(int(exact))
        if n < 0:
            if base.real.contains(0) and base.imag.contains(0):
                raise UnresolvedError("a divisor is not distinguished from zero")
            return _finite((1 / base) ** -n, "a power")
        return _finite(base**n, "a power")
    if exact is not None and isinstance(base, arb) and base >= 0 and exact > 0:
        return _finite(base ** ball_of(exact) if exact.q > 2 else _half(base, exact), "a power")
    base = _off_the_cut(base)
    if exact is not None and exact.q == 2:
        return _finite(_half(base if not isinstance(base, arb) or base > 0 else acb(base), exact), "a power")
    return _finite((exponent * _log(base)).exp(), "a power")


def _half(base: Ball, exponent: Any) -> Ball:
    root = base.sqrt() ** fmpz(abs(int(exponent.p)))
    return root if exponent > 0 else 1 / root
