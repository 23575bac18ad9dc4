"""The conventions at zero, in one place: limits, and one definition.

| term | value | why |
|---|---|---|
| 0·log 0 | 0 | lim x·log x, x → 0+ |
| 0·log(0/q), q > 0 | 0 | lim x·log(x/q), x → 0+ |
| p·log(p/0), p > 0 | +∞ | lim p·log(p/x), x → 0+ |
| 0·log(0/0) | 0 | no limit but a definition |
| 0^α q^(1-α), α > 0 | 0 | lim x^α, x → 0+; so too at α = 0, lim 0^α, α → 0+ |
| p^α 0^(1-α), p > 0 | 0 for α < 1, +∞ for α > 1 | lim x^(1-α), x → 0+ |
| 0^α 0^(1-α) | 0 | the same definition |

The iterated limits of p·log(p/q) at (0, 0) are 0 and +∞. The definition says that an outcome that cannot happen does not
count; no other value leaves the divergence alone when impossible outcomes are added.

Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 2.1 and 2.3; for powers van Erven & Harremoës, "Rényi
divergence and Kullback-Leibler divergence", IEEE Trans. Inf. Theory 60, 2014, section I.
"""

from functools import cache
from typing import Any

import sympy
from sympy import S, limit, log

__all__ = ["BY_DEFINITION", "cross_entr_at", "entr_at_zero", "power_at", "rel_entr_at"]

BY_DEFINITION = S.Zero  # 0·log(0/0), 0^α 0^(1-α), and 0·log 0 where the two zeros are different masses

_x = sympy.Symbol("x", positive=True)
_p = sympy.Symbol("p", positive=True)
_q = sympy.Symbol("q", positive=True)
_s = sympy.Symbol("s", positive=True)


@cache
def entr_at_zero() -> sympy.Expr:
    """Return -p·log p at p = 0.

    >>> entr_at_zero()
    0

    Coq: Conventions.xlogx_limit_0.
    """
    return limit(-_x * log(_x), _x, 0, "+")


def rel_entr_at(p: object, q: object) -> sympy.Expr:
    """Return p·log(p/q) where p or q is 0.

    >>> rel_entr_at(0, 1), rel_entr_at(1, 0), rel_entr_at(0, 0)
    (0, oo, 0)

    Coq: Conventions.kl_term_limit_p0, Conventions.kl_term_limit_q0, Conventions.kl_term_no_limit_00.
    """
    if p:
        return _rel_entr_at_q_zero()
    return _rel_entr_at_p_zero() if q else BY_DEFINITION


@cache
def _rel_entr_at_p_zero() -> sympy.Expr:
    return limit(_x * log(_x / _q), _x, 0, "+")


@cache
def _rel_entr_at_q_zero() -> sympy.Expr:
    return limit(_p * log(_p / _x), _x, 0, "+")


def cross_entr_at(p: object, q: object) -> sympy.Expr:
    """Return -p·log q where p or q is 0.

    >>> cross_entr_at(0, 1), cross_entr_at(1, 0), cross_entr_at(0, 0)
    (0, oo, 0)
    """
    if p:
        return _cross_entr_at_q_zero()
    return _cross_entr_at_p_zero() if q else BY_DEFINITION


@cache
def _cross_entr_at_p_zero() -> sympy.Expr:
    return limit(-_x * log(_q), _x, 0, "+")


@cache
def _cross_entr_at_q_zero() -> sympy.Expr:
    return limit(-_p * log(_x), _x, 0, "+")


def power_at(p: object, q: object, order: Any) -> sympy.Expr:
    """Return p^order · q^(1 - order) where p or q is 0, for an order >= 0 other than 1.

    >>> power_at(0, 1, 2), power_at(1, 0, 0), power_at(1, 0, 2), power_at(0, 0, 2)
    (0, 0, oo, 0)
    """
    if p:
        return _power_at_zero(1 if order < 1 else -1)
    return _power_at_zero(1) if q else BY_DEFINITION


@cache
def _power_at_zero(sign: int) -> sympy.Expr:
    return limit(_x ** (sign * _s), _x, 0, "+")
