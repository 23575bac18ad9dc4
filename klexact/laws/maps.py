"""Functions of one number that can be undone: expressions in which the variable occurs once.

Such an expression is a chain of sums, products, powers, exponentials and logarithms with constants, each strictly
monotone where it is real; so it is one-to-one on an interval, and its inverse is the chain backwards.
"""

from typing import Any

import sympy
from sympy import E, Ge, Gt, Lt, S, exp, log, oo

from klexact.errors import InvalidFamilyError
from klexact.laws.parameters import decide

__all__ = ["direction", "undone"]


def _layers(function: sympy.Expr, v: sympy.Symbol) -> list[tuple[str, sympy.Expr]]:
    """Return what is done to the variable, first things first: (operation, constant)."""
    found = []
    inner = function
    while inner != v:
        if inner.is_Add or inner.is_Mul:
            c, rest = inner.as_independent(v, as_Add=inner.is_Add)
            step = ("+" if inner.is_Add else "*", c)
        elif isinstance(inner, log):
            step, rest = ("log", S.One), inner.args[0]
        else:
            b, n = (E, inner.args[0]) if isinstance(inner, exp) else (inner.as_base_exp())
            step, rest = (("power", n), b) if b.has(v) else (("exp", b), n)
        if rest.has(v) and rest != inner and step[1].has(v) is False and function.count(v) == 1:
            found.append(step)
            inner = rest
            continue
        raise InvalidFamilyError(
            "a function to be undone must be a chain of sums, products, powers, exponentials and logarithms in which "
            f"the variable occurs once; found {function}"
        )
    return found[::-1]


def undone(function: sympy.Expr, v: sympy.Symbol, y: sympy.Expr) -> sympy.Expr:
    """Return the x where the function of v is y.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> undone(1 / (1 + exp(-x)), x, y), undone(3 - 2 * x**2, x, sympy.Integer(1))
    (-log(-1 + 1/y), 1)
    """
    back: dict[str, Any] = {
        "+": lambda y, c: y - c,
        "*": lambda y, c: y / c,
        "log": lambda y, _: exp(y),
        "exp": lambda y, b: log(y) / log(b),
        "power": lambda y, n: y ** (1 / n),
    }
    for operation, c in reversed(_layers(function, v)):
        y = back[operation](y, c)
    return y


def direction(function: sympy.Expr, v: sympy.Symbol, low: sympy.Expr, high: sympy.Expr, *, attained: bool) -> int:
    """Return 1 where the function of v increases from low to high, -1 where it decreases.

    Raises InvalidFamilyError where it is not real all the way; with `attained` the ends count.

    >>> x = sympy.Symbol("x")
    >>> direction(exp(-x), x, -oo, oo, attained=False), direction(x**2, x, S.Zero, oo, attained=True)
    (-1, 1)
    >>> direction(log(x), x, S.Zero, oo, attained=True)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: log(x) must be real and one-to-one on the support; found log of values from 0 to oo
    """
    turned = 1
    for operation, c in _layers(function, v):
        sign = 1
        if operation == "*":
            sign = _sign(c, function)
        elif operation == "exp":
            _sign(c, function, positive=True)
            sign = _sign(c - 1, function)
        elif operation in {"power", "log"}:
            sign = _sign(c, function)
            strict = attained and (operation == "log" or sign < 0)
            if not decide((Gt if strict else Ge)(low, 0, evaluate=False)):
                raise InvalidFamilyError(
                    f"{function} must be real and one-to-one on the support; found {operation} of values from {low} to {high}"
                )
        ends = [_at(operation, c, end) for end in (low, high)]
        low, high = ends if sign > 0 else ends[::-1]
        turned *= sign
    return turned


def _sign(c: sympy.Expr, function: sympy.Expr, *, positive: bool = False) -> int:
    if decide(Gt(c, 0, evaluate=False)):
        return 1
    if decide(Lt(c, 0, evaluate=False)) and not positive:
        return -1
    raise InvalidFamilyError(f"the sign of {c} in {function} must be known; declare its symbols positive or negative")


def _at(operation: str, c: sympy.Expr, end: sympy.Expr) -> sympy.Expr:
    """Return what an operation makes of an end of an interval."""
    if operation == "+":
        return end + c
    if operation == "*":
        return end * c
    if operation == "log":
        return -oo if end == 0 else log(end)
    if operation == "power":
        return oo if end == 0 and c.is_negative else end**c
    return exp(end * log(c))
