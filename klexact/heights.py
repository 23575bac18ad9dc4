"""How close to zero an algebraic number, or a sum of logarithms of algebraic numbers, can be without being zero.

A non-zero algebraic number x of degree at most D has |x| >= exp(-D·h(x)), with the absolute logarithmic height h
(Liouville), and heights obey h(x + y) <= h(x) + h(y) + log 2, h(x·y) <= h(x) + h(y), h(x^r) = |r|·h(x) (Waldschmidt,
*Diophantine Approximation on Linear Algebraic Groups*, 2000, chapter 3). A sum c0 + Σ c_j·log α_j with
rational c_j and positive algebraic α_j is 0 iff c0 = 0 and Π α_j^(n_j) = 1 (Hermite-Lindemann).
"""

from math import inf, lcm, log
from typing import Any

import sympy

__all__ = ["algebraic_height", "zero_bits"]

_LOG2 = log(2)
_SLACK = 1.01  # above the rounding of the floats below


def zero_bits(expr: sympy.Expr) -> float | None:
    """Return b such that |expr| < 2**-b implies expr = 0; None where no bound is known; inf if it cannot be 0.

    >>> zero_bits(sympy.sqrt(2) - 1) < 8, zero_bits(sympy.pi - 3), zero_bits(1 + sympy.log(1 + sympy.sqrt(2)))
    (True, None, inf)
    """
    found = algebraic_height(expr)
    if found is not None:
        degree, height = found
        return degree * height / _LOG2 * _SLACK + 2
    return _bits_of_logs(expr)


def algebraic_height(expr: sympy.Expr) -> tuple[int, float] | None:
    """Return bounds (degree, height) of an algebraic number written with radicals and `CRootOf`, or None.

    >>> algebraic_height(sympy.sqrt(2) + 1)[0], algebraic_height(sympy.pi)
    (2, None)
    """
    extensions: dict[Any, int] = {}
    try:
        height = _height(expr, extensions)
    except RecursionError:
        return None
    if height is None:
        return None
    degree = 1
    for factor in extensions.values():
        degree *= factor
    return (degree, height) if degree < 10**9 and height < 10**12 else None


def _height(expr: sympy.Expr, extensions: dict[Any, int]) -> float | None:  # noqa: PLR0911  (one a kind)
    if expr.is_Rational:
        return _log_of(max(abs(int(expr.p)), int(expr.q)))
    if expr is sympy.I or expr is sympy.GoldenRatio:
        extensions[expr] = 2
        return 0.0 if expr is sympy.I else 0.25  # log((1 + sqrt 5)/2)/2 < 0.25
    if isinstance(expr, sympy.CRootOf):
        coefficients = [int(c) for c in expr.poly.all_coeffs()]
        degree = len(coefficients) - 1
        extensions[expr] = degree
        return _log_of(sum(c * c for c in coefficients)) / 2 / degree
    if expr.is_Pow and expr.exp.is_Rational:
        inner = _height(expr.base, extensions)
        if inner is None or abs(expr.exp) > 10**9:
            return None
        if expr.exp.q > 1:
            extensions[expr.base, int(expr.exp.q)] = int(expr.exp.q)
        return inner * float(abs(expr.exp)) * _SLACK
    if expr.is_Add or expr.is_Mul:
        parts = [_height(a, extensions) for a in expr.args]
        if any(part is None for part in parts):
            return None
        return sum(part for part in parts if part is not None) + (_LOG2 * (len(parts) - 1) if expr.is_Add else 0)
    return None


def _log_of(n: int) -> float:
    return log(n) * _SLACK  # math.log takes integers of any size


def _bits_of_logs(expr: sympy.Expr) -> float | None:
    """Bound c0 + Σ c_j·log α_j, or the same over the logarithm of an integer."""
    terms = [_log_term(term) for term in sympy.Add.make_args(expr)]
    divisors = {term[2] for term in terms if term is not None} - {None}
    if len(divisors) > 1 or any(term is None for term in terms):
        return None
    divisor = next(iter(divisors), None)
    logs = [(abs(c), a or divisor) for c, a, d in filter(None, terms) if a is not None or (d is None and divisor)]
    if any(a is not None and d != divisor for _, a, d in filter(None, terms)):
        return None
    found = [(c, algebraic_height(a)) for c, a in logs]
    common = lcm(*(int(c.q) for c, _ in found))
    degree, height = 1, 0.0
    for c, bound in found:
        if bound is None or c * common > 10**12:
            return None
        degree *= bound[0]
        height += float(c * common) * bound[1]
    if any(a is None and d == divisor for _, a, d in filter(None, terms)):
        return inf  # a rational constant remains beside the logarithms
    # |log x| >= |x - 1|/2 for x near 1; a divisor makes the value smaller by less than 2**5
    bits = degree * (height / _LOG2 + 1) * _SLACK + 2 + common.bit_length() + (5 if divisor else 0)
    return bits if bits < 10**12 else None


def _log_term(term: sympy.Expr) -> tuple[Any, Any, Any] | None:
    """Split c·log(α)/log(b) into (c, α, b), None for what is missing; None for any other term."""
    coefficient, rest = term.as_coeff_Mul()
    argument = divisor = None
    for factor in sympy.Mul.make_args(rest):
        if isinstance(factor, sympy.log) and argument is None:
            argument = factor.args[0]
        elif factor.is_Pow and factor.exp == -1 and isinstance(factor.base, sympy.log) and divisor is None:
            divisor = factor.base.args[0]
            if not divisor.is_Integer or not 1 < divisor < 10**9:
                return None
        elif factor != 1:
            return None
    return (coefficient, argument, divisor) if coefficient.is_Rational else None
