"""Expressions in one variable as straight-line ball programs: compiled once, evaluated on thousands of boxes.

A program runs in one of two modes. `real` takes an `arb` and returns a ball around the values of the expression on it.
`analytic` takes an `acb`, and returns a finite ball only where every part is holomorphic on the whole box, as `acb.integral`
demands of its integrand: a box that touches the cut of a logarithm, a root or an inverse function, or a pole, gives a
ball that is not finite. So at a real point the value is the real one or none; never a principal value beside the real line.

Numbers in the expression are certified (`klexact.expression`), once for each precision.
"""

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy
from flint import acb, arb, ctx, fmpz

from klexact.balls import Ball
from klexact.closedform import short
from klexact.errors import InvalidNumberError
from klexact.expression import Expression

__all__ = ["Program", "Run", "exprel", "logrel"]

Run = Callable[[Any], list[Ball]]
_Step = tuple[Callable[[Any, Any], Any], int, int]
_NOWHERE = acb(arb.nan())
_I = acb(0, 1)


class exprel(sympy.Function):  # type: ignore[misc]  # noqa: N801  (SciPy's name)
    """(e^z - 1)/z, 1 at 0: what is left of a difference 1 - e^z that loses all digits near 0."""


class logrel(sympy.Function):  # type: ignore[misc]  # noqa: N801
    """log(1 + z)/z, 1 at 0."""


_METHODS = {
    getattr(sympy, name): name
    for name in (
        *("exp", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"),
        *("log", "asin", "acos", "atan", "asinh", "acosh", "atanh", "gamma", "digamma", "erf", "erfc", "erfi"),
    )
} | {sympy.loggamma: "lgamma", sympy.Ei: "ei", sympy.Abs: "abs", exprel: "exprel", logrel: "logrel"}

# the cut of each function is where one of these functions of its argument is real and not positive
_CUTS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "lgamma": lambda z: (z,),
    "ei": lambda z: (z,),
    "atan": lambda z: (1 + z * _I, 1 - z * _I),
    "asinh": lambda z: (1 + z * _I, 1 - z * _I),
    "asin": lambda z: (1 + z, 1 - z),
    "acos": lambda z: (1 + z, 1 - z),
    "atanh": lambda z: (1 + z, 1 - z),
    "acosh": lambda z: (z - 1,),
}


class Program:
    """The values of expressions in one variable, in order, as one program that shares their common parts.

    >>> x = sympy.Symbol("x")
    >>> run = Program([sympy.log(x) ** 2, 1 / x], x).at(64, "analytic")
    >>> run(acb(1)), [ball.is_finite() for ball in run(acb(arb(0, 1)))]
    ([0, 1.00000000000000], [False, False])
    >>> Program([sympy.zeta(x)], x)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: a function of x that has a ball program is required; found zeta(x)
    """

    def __init__(self, exprs: list[sympy.Expr], variable: sympy.Symbol) -> None:
        self._variable = variable
        self._slots: dict[sympy.Expr, int] = {variable: 0}
        self._constants: list[sympy.Expr | None] = [None]  # a number a slot, or None where a step fills it
        self._steps: list[tuple[str, int, int]] = []
        self._order: list[int] = []  # the slot that each step fills
        self._results = [self._slot(expr) for expr in exprs]

    def at(self, prec: int, mode: str) -> Run:
        """Return the program for a precision in bits, and a mode: "real" or "analytic". It is to be run at that precision."""
        with ctx.workprec(prec):
            kind = acb if mode == "analytic" else arb
            start = [None if c is None else kind(Expression(c).ball(prec)) for c in self._constants]
        table = _table(mode)
        steps = [(table[name], i, j, slot) for (name, i, j), slot in zip(self._steps, self._order, strict=True)]
        results = self._results

        def run(x: Any) -> list[Ball]:
            values = start.copy()
            values[0] = x
            for step, i, j, slot in steps:
                values[slot] = step(values[i], values[j])
            return [values[slot] for slot in results]

        return run

    def _slot(self, expr: sympy.Expr) -> int:
        found = self._slots.get(expr)
        if found is None:
            found = self._emit(expr) if expr.has(self._variable) else self._new(expr)
            self._slots[expr] = found
        return found

    def _new(self, constant: sympy.Expr | None) -> int:
        self._constants.append(constant)
        return len(self._constants) - 1

    def _step(self, name: str, i: int, j: int = 0) -> int:
        slot = self._new(None)
        self._steps.append((name, i, j))
        self._order.append(slot)
        return slot

    def _emit(self, expr: sympy.Expr) -> int:
        if expr.is_Add or expr.is_Mul:
            constant, rest = expr.as_independent(self._variable, as_Add=expr.is_Add)
            return self._fold(expr, constant, list(type(expr).make_args(rest)))
        if expr.is_Pow:
            return self._power(*expr.as_base_exp())
        if isinstance(expr, sympy.factorial):
            return self._step("gamma", self._slot(expr.args[0] + 1))
        if isinstance(expr, sympy.polygamma) and expr.args[0] == 0:
            return self._step("digamma", self._slot(expr.args[1]))
        if expr.func in _METHODS and len(expr.args) == 1:
            return self._step(_METHODS[expr.func], self._slot(expr.args[0]))
        raise InvalidNumberError(
            f"a function of {self._variable} that has a ball program is required; found {short(expr)}"
        )

    def _fold(self, expr: sympy.Expr, constant: sympy.Expr, parts: list[sympy.Expr]) -> int:
        name = "add" if expr.is_Add else "mul"
        slot = self._slot(parts[0])
        for part in parts[1:]:
            slot = self._step(name, slot, self._slot(part))
        if constant == (0 if expr.is_Add else 1):
            return slot
        if constant == -1 and expr.is_Mul:
            return self._step("neg", slot)
        return self._step(name, slot, self._slot(constant))

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> int:
        if exponent.is_Integer and abs(exponent) <= 10_000:
            if exponent < 0:
                return self._step("inv", self._slot(base**-exponent))
            return self._step("sqr" if exponent == 2 else f"pow {exponent}", self._slot(base))
        if exponent == sympy.S.Half:
            return self._step("sqrt", self._slot(base))
        if exponent == -sympy.S.Half:
            return self._step("inv", self._slot(sympy.sqrt(base)))
        logarithm = self._step("log", self._slot(base)) if base.has(self._variable) else self._slot(sympy.log(base))
        return self._step("exp", self._step("mul", logarithm, self._slot(exponent)))


class _Table(dict[str, Callable[[Any, Any], Any]]):
    """The steps of one mode; powers are made on demand."""

    def __missing__(self, name: str) -> Callable[[Any, Any], Any]:
        n = fmpz(int(name.removeprefix("pow ")))
        self[name] = lambda x, _: x**n
        return self[name]


@lru_cache(maxsize=2)
def _table(mode: str) -> _Table:
    table = _Table({name: _method(name) for name in [*_METHODS.values(), "sqrt"]})
    table |= {
        "add": operator.add,
        "mul": operator.mul,
        "neg": lambda x, _: -x,
        "sqr": lambda x, _: x * x,
        "inv": lambda x, _: 1 / x,
        "abs": lambda x, _: abs(x),
        "exprel": lambda x, _: _exprel(x),
        "logrel": lambda x, _: _logrel(x),
    }
    if mode == "analytic":
        table["abs"] = lambda x, _: x.real_abs(analytic=True)
        table["log"] = lambda x, _: x.log(analytic=True)
        table["sqrt"] = lambda x, _: x.sqrt(analytic=True)
        table |= {name: _guarded(name, cuts) for name, cuts in _CUTS.items()}
    return table


def _method(name: str) -> Callable[[Any, Any], Any]:
    call = operator.methodcaller(name)
    return lambda x, _: call(x)


def _guarded(name: str, cuts: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], Any]:
    call = operator.methodcaller(name)
    return lambda x, _: call(x) if all(z.log(analytic=True).is_finite() for z in cuts(x)) else _NOWHERE


def _exprel(z: Any) -> Any:
    r = abs(z).upper()  # |exprel(z) - 1| <= |z|·e^|z|/2, term by term
    return _narrower(z.expm1() / z, z, r * r.exp() / 2)


def _logrel(z: Any) -> Any:
    if isinstance(z, acb) and not (1 + z).log(analytic=True).is_finite():
        return _NOWHERE
    r = abs(z).upper()  # |logrel(z) - 1| <= |z|/(2·(1 - |z|)), term by term
    return _narrower(z.log1p() / z, z, r / (2 * (1 - r)) if r < 1 else arb.pos_inf())


def _narrower(value: Any, z: Any, radius: arb) -> Any:
    """Return the better of a value and the ball of a radius around 1."""
    if value.is_finite() and value.rad() < radius:
        return value
    return acb(arb(1, radius), arb(0, radius)) if isinstance(z, acb) else arb(1, radius)
