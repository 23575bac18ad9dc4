"""The conventions at zero, in one place: three are limits, one is a definition.

| term | value | why |
|---|---|---|
| 0·log 0 | 0 | lim x·log x, x → 0+ |
| 0·log(0/q), q > 0 | 0 | lim x·log(x/q), x → 0+ |
| p·log(p/0), p > 0 | +∞ | lim p·log(p/x), x → 0+ |
| 0·log(0/0) | 0 | no limit: the iterated limits of p·log(p/q) are 0 and +∞. An outcome that cannot happen does not count; no other value leaves the divergence alone when impossible outcomes are added |

Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 2.1 and 2.3.
"""

from functools import cache

import sympy
from sympy import S, limit, log

__all__ = ["UNDEFINED_AS_LIMIT", "cross_entr_at", "entr_at_zero", "rel_entr_at"]

UNDEFINED_AS_LIMIT = S.Zero  # 0·log(0/0) and 0·log 0 with two different zeros: the definition

_x = sympy.Symbol("x", positive=True)
_p = sympy.Symbol("p", positive=True)
_q = sympy.Symbol("q", positive=True)


@cache
def entr_at_zero() -> sympy.Expr:
    """Return -p·log p at p = 0.

    >>> entr_at_zero()
    0
    """
    return limit(-_x * log(_x), _x, 0, "+")


@cache
def rel_entr_at(p_positive: bool, q_positive: bool) -> sympy.Expr:  # noqa: FBT001  (a truth table)
    """Return p·log(p/q) where p or q is 0.

    >>> rel_entr_at(False, True), rel_entr_at(True, False), rel_entr_at(False, False)
    (0, oo, 0)
    """
    if p_positive:
        return limit(_p * log(_p / _x), _x, 0, "+")
    return limit(_x * log(_x / _q), _x, 0, "+") if q_positive else UNDEFINED_AS_LIMIT


@cache
def cross_entr_at(p_positive: bool, q_positive: bool) -> sympy.Expr:  # noqa: FBT001  (a truth table)
    """Return -p·log q where p or q is 0.

    >>> cross_entr_at(False, True), cross_entr_at(True, False), cross_entr_at(False, False)
    (0, oo, 0)
    """
    if p_positive:
        return limit(-_p * log(_x), _x, 0, "+")
    return limit(-_x * log(_q), _x, 0, "+") if q_positive else UNDEFINED_AS_LIMIT
