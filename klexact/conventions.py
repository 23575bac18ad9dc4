"""The conventions at zero, in one place: three are limits, one is a definition.

| term | value | why |
|---|---|---|
| 0·log 0 | 0 | lim x·log x, x → 0+ |
| 0·log(0/q), q > 0 | 0 | lim x·log(x/q), x → 0+ |
| p·log(p/0), p > 0 | +∞ | lim p·log(p/x), x → 0+ |
| 0·log(0/0) | 0 | no limit but a definition |

The iterated limits of p·log(p/q) at (0, 0) are 0 and +∞. The definition says that an outcome that cannot happen does not
count; no other value leaves the divergence alone when impossible outcomes are added.

Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 2.1 and 2.3.
"""

from functools import cache

import sympy
from sympy import S, limit, log

__all__ = ["BY_DEFINITION", "cross_entr_at", "entr_at_zero", "rel_entr_at"]

BY_DEFINITION = S.Zero  # 0·log(0/0), and 0·log 0 where the two zeros are different masses

_x = sympy.Symbol("x", positive=True)
_p = sympy.Symbol("p", positive=True)
_q = sympy.Symbol("q", positive=True)


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
