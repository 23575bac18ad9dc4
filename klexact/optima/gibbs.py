"""Weighted Gibbs: affine factors whose weighted sum is constant have their minimum in closed form.

If a_j > 0 and the sum of a_j f_j(θ) is the constant C on a domain where all f_j >= 0, then the sum of w_j log f_j,
w_j >= 0 of sum W, is greatest where a_j f_j = C·w_j/W, and only there: by Gibbs' inequality for w_j/W and a_j f_j/C. This
covers categorical models and models of many parts, ties, and multinomials; the weights may have symbols.
"""

from typing import Any

import sympy
from flint import fmpq, fmpq_mat
from sympy import QQ, FiniteSet

from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Minimum
from klexact.optima.problem import Problem
from klexact.polytope import Affine, Polytope
from klexact.ratfunc import as_expr, constant, is_parametric, symbols_of, unify

__all__ = ["by_gibbs"]

_FEW = 12  # factors to show, and parameters to look for the signs of others
_MOST_DATA = 60  # symbols of data for which a weight's sign is looked for


def by_gibbs(problem: Problem) -> Minimum | None:
    """Return the minimum where the argument applies, else None.

    >>> from sympy.abc import s
    >>> from klexact.systems import Deadline
    >>> form = LogForm.log(s) * -2 + LogForm.log(1 - s) * -1
    >>> by_gibbs(Problem(form, (s,), Polytope.simplex([s]), Deadline(60))).argmin
    (2/3,)
    """
    n, forms = len(problem.symbols), _factors(problem)
    if forms is None or len(forms) != n + 1:
        return None
    rows = list(forms)
    dependency = _dependency(rows, n)
    if dependency is None:
        return None
    total = sum((a * row.constant for a, row in zip(dependency, rows, strict=True)), QQ(0))
    if total <= 0:
        return None
    weights = unify(list(forms.values()))
    mass = sum(weights, QQ(0))
    best = [constant(w * (total / a) / mass) for a, w in zip(dependency, weights, strict=True)]
    location = sympy.Tuple(*map(as_expr, _solved(rows, best, n)))
    lookup = dict(zip(rows, best, strict=True))
    value = problem.rest + LogForm.of_logs([(c, _value(problem.affine[f], lookup)) for f, c in problem.atoms.items()])
    vanish = any(not is_parametric(w) and not w for w in weights)
    candidate = Candidate("on a face" if vanish else "stationary point", location, value)
    certificate = problem.certificate(
        problem.conclusion([location]),
        candidates=(candidate,),
        minimisers=(candidate,),
        second_derivative=problem.hessian,
        convex=True,
        arguments=_argument(problem, rows, dependency, total),
        conditions=tuple(
            sympy.Ge(as_expr(w), 0, evaluate=False) for w in weights if not _is_nonnegative(w, problem.given)
        ),
    )
    return Minimum(FiniteSet(location), value, certificate)


def _argument(problem: Problem, rows: list[Affine], dependency: list[Any], total: Any) -> tuple[str, ...]:
    shown = f"the sum of a_j f_j over {len(rows)} affine factors, a_j > 0,"
    if len(rows) <= _FEW:
        terms = [
            f"{'' if a == 1 else f'{as_expr(a)}*'}({row.as_expr(problem.symbols)})"
            for a, row in zip(dependency, rows, strict=True)
        ]
        shown = " + ".join(terms)
    return (
        f"{shown} = {as_expr(total)} identically, and every term is >= 0 in the domain",
        (
            "so by Gibbs' inequality the sum of |c_j| log f_j is greatest where each term has the share |c_j| / (sum of |c|) "
            "of it, and only there"
        ),
    )


def _factors(problem: Problem) -> dict[Affine, Any] | None:
    """Return affine functions that are >= 0 on the domain with their weights: the atoms, and the domain's own with 0."""
    if symbols_of(problem.rational) & set(problem.symbols):
        return None
    forms: dict[Affine, Any] = {}
    own = {row.direction[0]: row.direction[1] for row in problem.region.rows}
    for f, c in problem.atoms.items():
        function = problem.affine[f]
        if function is None or not (is_parametric(c) or c < 0):
            return None
        primitive, factor = function.direction
        inside = own.get(primitive)
        if inside is None:
            if len(problem.symbols) > _FEW or problem.region.has_lines:
                return None
            inside = (problem.region.sign_of(function) or 0) * factor
        if not inside:
            return None
        forms[_turned(primitive, inside)] = -c
    for row in problem.region.rows:
        if row.slopes:
            primitive, factor = row.direction
            forms.setdefault(_turned(primitive, factor), QQ(0))
        elif row.constant < 0:
            return None
    return forms


def _turned(function: Affine, sign: Any) -> Affine:
    if sign > 0:
        return function
    return Affine(-function.constant, tuple((i, -a) for i, a in function.slopes))


def _value(function: Affine | None, lookup: dict[Affine, Any]) -> Any:
    """Return |f| where its multiple has a known value."""
    primitive, factor = function.direction if function else (None, QQ(0))
    return next(lookup[g] for g in (primitive, _turned(primitive, -1)) if g in lookup) * abs(factor)  # type: ignore[arg-type]


def _dependency(rows: list[Affine], n: int) -> list[Any] | None:
    """Return a_j > 0 such that the sum of a_j f_j is constant, where there is but one combination that is."""
    vectors = [row.vector(n) for row in rows]
    reduced, rank = fmpq_mat([[_fmpq(v[i]) for v in vectors] for i in range(n)]).rref()
    if rank < n:
        return None
    pivots = [next(j for j in range(n + 1) if reduced[i, j]) for i in range(n)]
    (free,) = set(range(n + 1)) - set(pivots)
    found = [QQ(1)] * (n + 1)
    for i, j in enumerate(pivots):
        found[j] = -_rational(reduced[i, free])
    return found if all(a > 0 for a in found) else None


def _solved(rows: list[Affine], values: list[Any], n: int) -> list[Any]:
    """Return the point where affine functions have given values; any n of the n + 1 determine it."""
    inverse = fmpq_mat([[_fmpq(x) for x in row.vector(n)] for row in rows[:n]]).inv()
    shifted = [v - row.constant for v, row in zip(values[:n], rows[:n], strict=True)]
    point = []
    for i in range(n):
        terms = unify([_rational(inverse[i, j]) * shifted[j] for j in range(n) if inverse[i, j]])
        point.append(constant(sum(terms, QQ(0))))
    return point


def _is_nonnegative(weight: Any, given: tuple[Any, ...]) -> bool:
    """Tell whether a weight is >= 0 for all data: an affine function that is so at the extreme points of what is given."""
    if not is_parametric(weight) or weight in given:
        return True
    symbols = sorted(set().union(*(symbols_of(g) for g in (weight, *given))), key=sympy.default_sort_key)
    function = Affine.of(weight, symbols)
    if function is None or len(symbols) > _MOST_DATA:
        return False
    data = Polytope(symbols, [row for g in given if (row := Affine.of(g, symbols)) is not None])
    return not data.has_lines and data.sign_of(function) in {0, 1}


def _fmpq(x: Any) -> fmpq:
    return fmpq(int(x.numerator), int(x.denominator))


def _rational(x: fmpq) -> Any:
    return QQ(int(x.numerator), int(x.denominator))
