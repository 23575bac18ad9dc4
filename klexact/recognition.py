"""SymPy expressions read back as log forms: what the measures return, and whatever else is a quotient of two log forms.

`quotient` returns (form, unit), log forms over the rationals, with the value form/unit: then zero, sign and
rationality are decided by the canonical form. Rational numbers are the case unit = 1.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy
from sympy import QQ

from klexact.errors import KLExactError
from klexact.exact import MAX_DIGITS, element
from klexact.logform import LogForm

__all__ = ["Quotient", "quotient"]

_MAX_BITS = 3 * MAX_DIGITS
_MAX_FACTORS = 16
_DEPTH = 30  # nested deeper, an expression is evaluated as it stands

Quotient = tuple[LogForm, LogForm]
Chooser = Callable[[sympy.Expr], sympy.Expr]
_ONE = LogForm(1)


def quotient(expr: sympy.Expr, chosen: Chooser) -> Quotient | None:
    """Return (form, unit), unit not zero, with form/unit the value; None where the expression is no such quotient.

    `chosen` gives the branch of a Piecewise that holds, and the value of a sign, and leaves anything else alone.

    >>> quotient(1 + sympy.log(3) / sympy.log(2), lambda node: node), quotient(sympy.pi, lambda node: node)
    ((LogForm(log(2) + log(3)), LogForm(log(2))), None)
    """
    return _quotient(expr, _DEPTH, chosen)


@lru_cache(maxsize=1024)
def _quotient(expr: sympy.Expr, depth: int, chosen: Chooser) -> Quotient | None:  # noqa: PLR0911  (one a kind)
    expr = chosen(expr)
    if expr.is_Rational:
        return LogForm(expr), _ONE
    if not depth:
        return None
    if isinstance(expr, sympy.log):
        form = _log_of(expr.args[0], depth - 1, chosen)
        return None if form is None else (form, _ONE)
    if expr.is_Add:
        parts = [_quotient(a, depth - 1, chosen) for a in expr.args]
        return None if any(part is None for part in parts) else _sum([part for part in parts if part is not None])
    if expr.is_Mul or (expr.is_Pow and expr.exp.is_Integer):
        return _product(expr, depth, chosen)
    if isinstance(expr, (sympy.Max, sympy.Min, sympy.Abs)):
        return _extreme(expr, depth, chosen)
    return None


def _rational(found: Quotient | None) -> Any | None:
    return None if found is None else found[0].ratio(found[1])


def _sum(parts: list[Quotient]) -> Quotient | None:
    """Add quotients over one unit: their units are proportional, or they are rational numbers."""
    unit = next((u for form, u in parts if form.ratio(u) is None), _ONE)
    terms = []
    for form, own in parts:
        scale = own.ratio(unit)
        value = form.ratio(own)
        if scale is not None:
            terms.append((1 / scale, form))
        elif value is not None:
            terms.append((value, unit))
        else:
            return None
    return LogForm.sum(terms), unit


def _product(expr: sympy.Expr, depth: int, chosen: Chooser) -> Quotient | None:
    """Multiply quotients; proportional forms above and below cancel."""
    above, below = [], []
    for factor in sympy.Mul.make_args(expr):
        power, exponent = (factor.base, factor.exp) if factor.is_Pow else (factor, sympy.Integer(1))
        part = _quotient(power, depth - 1, chosen)
        if part is None or not exponent.is_Integer:
            return None
        found = _power(part, int(exponent))
        if found is None:
            return None
        above += found[0]
        below += found[1]
    coefficient = QQ(1)
    for form in list(above):
        match = next((unit for unit in below if form.ratio(unit) is not None), None)
        if match is not None:
            coefficient *= form.ratio(match)
            above.remove(form)
            below.remove(match)
    above = [form for form in above if form.ratio(_ONE) is None or not (coefficient := coefficient * form.ratio(_ONE))]
    for unit in [unit for unit in below if unit.ratio(_ONE) is not None]:
        coefficient /= unit.ratio(_ONE)
        below.remove(unit)
    if not coefficient:
        return LogForm(), _ONE
    if len(above) > 1 or len(below) > 1:
        return None
    return LogForm.sum([(coefficient, above[0] if above else _ONE)]), below[0] if below else _ONE


def _power(part: Quotient, exponent: int) -> tuple[list[LogForm], list[LogForm]] | None:
    """Return the factors above and below of an integer power: one number, or the form so many times."""
    form, unit = part
    value = form.ratio(unit)
    if value is None:
        factors = [form] * abs(exponent), [unit] * abs(exponent)
        return None if abs(exponent) > _MAX_FACTORS else factors if exponent > 0 else factors[::-1]
    size = max(int(value.numerator).bit_length(), int(value.denominator).bit_length())
    if (size * abs(exponent) > _MAX_BITS and abs(value) != 1) or (not value and exponent < 0):
        return None
    return [LogForm(sympy.Rational(int(value.numerator), int(value.denominator)) ** exponent)], []


def _log_of(argument: sympy.Expr, depth: int, chosen: Chooser) -> LogForm | None:
    """Return log of a product of rational powers of positive rational numbers and of e; None for anything else."""
    argument = chosen(argument)
    if not depth:
        return None
    if argument is sympy.E:
        return _ONE
    if isinstance(argument, sympy.exp):
        inner = _quotient(argument.args[0], depth - 1, chosen)
        return inner[0] / inner[1].rational_part if inner is not None and not inner[1].logs else None
    if argument.is_Mul:
        logs = [_log_of(a, depth - 1, chosen) for a in argument.args]
        if not any(form is None for form in logs):
            return LogForm.sum((QQ(1), form) for form in logs if form is not None)
    if argument.is_Pow and argument.exp.is_Rational:
        inner_log = _log_of(argument.base, depth - 1, chosen)
        return None if inner_log is None else inner_log * element(argument.exp)
    value = _rational(_quotient(argument, depth - 1, chosen))
    return None if value is None or value <= 0 else LogForm.of_logs([(QQ(1), value)])


def _extreme(expr: sympy.Expr, depth: int, chosen: Chooser) -> Quotient | None:
    """Return the greatest or least of arguments that all are quotients and in decided order."""
    arguments = [*expr.args, -expr.args[0]] if isinstance(expr, sympy.Abs) else list(expr.args)
    best, *others = arguments
    try:
        for other in others:
            larger = chosen(sympy.sign(other - best, evaluate=False)) if other != best else sympy.Integer(0)
            if larger == (-1 if isinstance(expr, sympy.Min) else 1):
                best = other
    except KLExactError:
        return None
    return _quotient(best, depth - 1, chosen)
