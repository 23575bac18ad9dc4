"""Minima of a log form in several parameters over a polytope, with the proof that they are global.

F(θ) = c0(θ) + sum of c_j log|f_j(θ)|, its gradient rational over Q. From the cheapest proof to the dearest:

* weighted Gibbs: affine f_j whose weighted sum is constant on the domain have a closed form, with symbols in the data too;
* separable objectives are minimised one group of parameters at a time;
* convex ones (affine f_j, c_j < 0, affine c0; the Hessian is the sum of |c_j| a_j a_jᵀ / f_j²): one point with
  ∇F(θ*)·(v - θ*) >= 0 at every vertex v of the domain, found by solving the stationary equations on one face;
* any on a compact domain: the stationary points inside all faces, compared exactly. F is lower semicontinuous
  there, so it has a minimum, and that is among them.

Boyd & Vandenberghe, *Convex Optimization*, 2004, section 4.2.3; Lindsay, *Mixture Models*, 1995, chapter 5.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import sympy
from sympy import FiniteSet, Symbol

from klexact.algebraic import AlgebraicForm, Value
from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Minimum
from klexact.optima.convex import by_first_order, is_identifiable, reduced
from klexact.optima.exhaustive import by_faces
from klexact.optima.gibbs import by_gibbs
from klexact.optima.problem import Problem
from klexact.polytope import Affine, Face, Polytope
from klexact.ratfunc import symbols_of
from klexact.systems import Deadline

__all__ = ["minimise_several"]


def minimise_several(
    objective: LogForm,
    parameters: tuple[Symbol, ...],
    region: Polytope,
    *,
    limit: float = 60,
    given: Iterable[Any] = (),
) -> Minimum:
    """Return the minimum of a form in several parameters over a polytope, with its certificate.

    `given` are elements in other symbols (the data's) that are known to be >= 0. `limit` bounds the time in seconds, about:
    single steps of a Gröbner basis are not interrupted.

    Raises InvalidFamilyError for an empty domain, KLExactError where the objective has no lower bound, and
    NoClosedFormError where no proof is found: its message says how far it went, and its `found` is the certificate so far.

    >>> from sympy.abc import s, t
    >>> form = LogForm.log(s) * -2 + LogForm.log(t) * -1 + LogForm.log(1 - s - t) * -1
    >>> found = minimise_several(form, (s, t), Polytope.simplex([s, t]))
    >>> found.argmin, found.value
    ((1/2, 1/4), LogForm(6*log(2)))
    """
    problem = Problem(objective, parameters, region, Deadline(limit), tuple(given))
    try:
        return _minimum(problem)
    except NoClosedFormError as error:
        if error.found is not None:
            raise
        raise problem.refusal(str(error)) from None


def _minimum(problem: Problem) -> Minimum:
    """Try the cheapest argument first."""
    if not problem.depends_on:
        return _constant(problem)
    groups = _groups(problem)
    if len(groups) > 1:
        return _separable(problem, groups)
    found = by_gibbs(problem)
    if found is not None:
        return found
    if not problem.is_numeric:
        raise problem.refusal(
            "symbolic data need affine factors with a weighted sum that is constant: give the data values"
        )
    region = problem.region
    _require_points(region)
    if region.has_lines:
        raise problem.refusal(f"a domain must have a vertex; found {region!r}: bound the parameters")
    whole = region.face(())
    if whole is not None and whole.dimension < len(problem.symbols):
        return _within(problem, whole)
    if not problem.is_convex:
        return by_faces(problem)
    return by_first_order(problem) if is_identifiable(problem) else _unidentifiable(problem)


def _require_points(region: Polytope) -> None:
    if region.is_empty:
        raise InvalidFamilyError(f"a domain must not be empty; found {region!r}")


def _constant(problem: Problem) -> Minimum:
    _require_points(problem.region)
    why = "the objective depends on no parameter: every member of the family is at the same divergence"
    names = ", ".join(map(str, problem.symbols))
    conclusion = f"the minimum is attained at all values of {names} in the domain"
    return Minimum(problem.minimisers(), problem.objective, problem.certificate(conclusion, arguments=(why,)))


# -- separable -------------------------------------------------------------------------------------------------------


def _groups(problem: Problem) -> list[tuple[Symbol, ...]]:
    """Return the parameters in groups that no term and no inequality connects."""
    symbols = problem.symbols
    group = {s: [s] for s in symbols}
    links = [symbols_of(x) & set(symbols) for x in (problem.rational, *problem.atoms)]
    links += [{symbols[i] for i, _ in row.slopes} for row in problem.region.rows]
    for link in links:
        joined = list({id(group[s]): group[s] for s in link}.values())
        if len(joined) > 1:
            merged = [s for part in joined for s in part]
            group |= dict.fromkeys(merged, merged)
    found = {id(g): g for s in symbols for g in [group[s]]}
    return [tuple(s for s in symbols if s in set(g)) for g in found.values()]


def _separable(problem: Problem, groups: list[tuple[Symbol, ...]]) -> Minimum:
    """Minimise the terms of every group by themselves."""
    parts = []
    for group in groups:
        index = {problem.symbols.index(s): i for i, s in enumerate(group)}
        rows = [
            Affine(row.constant, tuple((index[i], a) for i, a in row.slopes))
            for row in problem.region.rows
            if all(i in index for i, _ in row.slopes)
        ]
        region = Polytope(group, rows)
        parts.append(_minimum(Problem(problem.part(group), group, region, problem.deadline, problem.given)))
    value: Value = problem.rest
    for part in parts:
        if part.value.is_infinite:
            return problem.infinite(part.certificate.arguments[-1])
        value = _sum(value, part.value)
    shown = " and ".join("(" + ", ".join(map(str, g)) + ")" for g in groups)
    arguments = [f"D is a sum of functions of {shown}, the domain a product: each is minimised by itself"]
    arguments += dict.fromkeys(line for part in parts for line in part.certificate.arguments)
    common = {
        "arguments": tuple(arguments),
        "conditions": tuple(c for part in parts for c in part.certificate.conditions),
        "convex": all(part.certificate.convex for part in parts) or None,
        "second_derivative": problem.hessian,
    }
    if not all(isinstance(part.argmins, FiniteSet) for part in parts):
        conclusion = "; ".join(part.certificate.conclusion for part in parts)
        equations = [c for part in parts for c in _membership(part)]
        return Minimum(problem.minimisers(*equations), value, problem.certificate(conclusion, **common))
    locations = []
    for choice in product(*(part.argmins.args for part in parts)):
        where = {s: x for g, point in zip(groups, choice, strict=True) for s, x in zip(g, point, strict=True)}
        locations.append(sympy.Tuple(*(where[s] for s in problem.symbols)))
    return _attained(problem, locations, value, "stationary point", common)


def _attained(
    problem: Problem, locations: Sequence[sympy.Tuple], value: Value, kind: str, parts: dict[str, Any]
) -> Minimum:
    candidates = tuple(Candidate(kind, x, value) for x in locations)
    parts = {**parts, "candidates": candidates, "minimisers": candidates}
    return Minimum(FiniteSet(*locations), value, problem.certificate(problem.conclusion(locations), **parts))


def _membership(found: Minimum) -> tuple[sympy.Basic, ...]:
    """Return the conditions of a set of minimisers."""
    parameters = found.certificate.parameters
    if isinstance(found.argmins, FiniteSet):
        points = [sympy.And(*map(sympy.Eq, parameters, x)) for x in found.argmins.args]
        return (sympy.Or(*points),)
    return (found.argmins.condition,)


def _sum(one: Value, other: Value) -> Value:
    if isinstance(one, LogForm) and isinstance(other, LogForm):
        return one + other
    return AlgebraicForm(()) - (AlgebraicForm(()) - one - other)


# -- fewer parameters ------------------------------------------------------------------------------------------------


def _within(problem: Problem, whole: Face) -> Minimum:
    """Solve in fewer parameters where the domain lies in a plane."""
    if problem.on(whole) is None:
        return problem.infinite("a factor is 0 on the whole domain")
    values, free = dict(whole.values), whole.free
    why = f"in the domain {', '.join(f'{s} = {v}' for s, v in values.items())}"
    if not free:
        location = sympy.Tuple(*(values[s] for s in problem.symbols))
        value = problem.objective.subs(values)
        return _attained(problem, [location], value, "the only point", {"arguments": (why,)})
    rows = [Affine.of(row.as_expr(problem.symbols).subs(values), free) for row in problem.region.rows]
    region = Polytope(free, [row for row in rows if row is not None and row.slopes])
    moved = {s: v for s, v in values.items() if s in problem.objective.free_symbols}
    inner = _minimum(Problem(problem.objective.subs(moved), free, region, problem.deadline, problem.given))
    parts = {"arguments": (why, *inner.certificate.arguments), "convex": inner.certificate.convex}
    if inner.value.is_infinite:
        return problem.infinite(inner.certificate.arguments[-1])
    if not isinstance(inner.argmins, FiniteSet):
        found = problem.minimisers(*_membership(inner))
        return Minimum(found, inner.value, problem.certificate(inner.certificate.conclusion, **parts))
    locations = []
    for point in inner.argmins.args:
        known = dict(zip(free, point, strict=True))
        locations.append(sympy.Tuple(*(known[s] if s in known else values[s].subs(known) for s in problem.symbols)))
    return _attained(problem, locations, inner.value, "on a face", parts)


def _unidentifiable(problem: Problem) -> Minimum:
    """Minimise over the values of independent factors where the objective is constant along some directions."""
    functions, inner = reduced(problem)
    found = _minimum(inner)
    shown = [f.as_expr(problem.symbols) for f in functions]
    point = found.argmin
    lost = len(problem.symbols) - len(functions)
    why = (
        (
            f"D depends on the {len(problem.symbols)} parameters only through {', '.join(map(str, shown))}: it is constant "
            f"along {lost} independent direction{'s' * (lost > 1)}"
        ),
        *(f"as a function of them: {line}" for line in found.certificate.arguments),
    )
    common = {"arguments": why, "convex": True, "second_derivative": problem.hessian}
    if all(x.is_Rational for x in point):
        fibre = [
            *problem.region.relations,
            *(sympy.Eq(f, x, evaluate=False) for f, x in zip(shown, point, strict=True)),
        ]
        vertices = Polytope(problem.symbols, fibre).vertices
        if len(vertices) == 1 and problem.region.is_bounded:
            location = sympy.Tuple(*(sympy.Rational(int(x.numerator), int(x.denominator)) for x in vertices[0]))
            return _attained(problem, [location], found.value, "on a face", common)
    equations = [sympy.Eq(f, x) for f, x in zip(shown, point, strict=True)]
    where = " and ".join(f"{f} = {x}" for f, x in zip(shown, point, strict=True))
    conclusion = f"the minimum is attained wherever {where} in the domain: the parameters are not identifiable"
    return Minimum(problem.minimisers(*equations), found.value, problem.certificate(conclusion, **common))
