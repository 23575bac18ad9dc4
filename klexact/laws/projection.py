"""The member of an exponential family nearest to a law, by matching moments: the argmin of D(p‖q_θ) over θ.

D(p‖q_θ) = const + A(η) - η·E_p[T] is convex in η, and strictly so where the statistics are affinely independent; so
∇A(η) = E_p[T] has at most one solution, and it is the global minimum (Brown, 1986, theorem 5.5).
"""

from collections.abc import Mapping, Sequence

import sympy
from sympy import Dummy, Matrix

from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.laws.canonical import canonical
from klexact.laws.divergence import law_of
from klexact.laws.expectation import moment
from klexact.laws.law import Law
from klexact.laws.parameters import assumptions, decide, known_positive
from klexact.laws.support import inclusion

__all__ = ["project"]


def project(p: Law | Distribution, family: Law, *symbols: sympy.Symbol) -> dict[sympy.Symbol, sympy.Expr]:
    """Return the values of symbols of `family` at which D(p‖family) is least: the maximum likelihood estimate from p.

    `family` is a law of an exponential family whose natural parameters depend on the symbols one to one; without
    `symbols`, on all that it has. Raises NoClosedFormError where the moment equations have no closed solution, and
    KLExactError where D is infinite throughout or its infimum lies on the boundary and is not attained.

    >>> from klexact.laws import gamma, log_normal, normal, poisson
    >>> from sympy.abc import a, b, m, s
    >>> project(gamma(a, b), normal(m, s)), project(Distribution(["1/2", "1/4", "1/4"]), poisson(m))
    ({m: a/b, s: sqrt(a)/b}, {m: 3/4})
    >>> project(Distribution([1]), poisson(m))
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the minimum must be attained where m > 0; found m = 0

    Cover & Thomas, 2nd ed., section 11.6; Amari & Nagaoka, *Methods of Information Geometry*, 2000, section 3.5.
    """
    data = law_of(p, family)
    chosen = symbols or tuple(sorted(family.free_symbols, key=sympy.default_sort_key))
    _check(data, family, chosen)
    given = sorted(data.free_symbols | family.free_symbols, key=sympy.default_sort_key)
    stand_ins = assumptions(data.conditions + family.conditions, given)
    own, model = data.xreplace(stand_ins), family.xreplace(stand_ins)
    positive = known_positive(data.conditions + family.conditions, stand_ins)
    theta = [stand_ins[s] for s in chosen]
    assert model.family is not None
    used = [i for i, eta in enumerate(model.naturals) if eta.free_symbols & set(theta)]
    mean = [canonical(moment(model, model.family.statistics[i]).value, positive) for i in used]
    if len(used) != len(theta) or canonical(Matrix([model.naturals[i] for i in used]).jacobian(theta).det()) == 0:
        raise InvalidFamilyError(
            f"as many natural parameters of {family} must move as there are symbols, one to one; found {len(used)} for "
            f"{', '.join(map(str, chosen))}"
        )
    targets = [Dummy(f"tau_{i}", real=True) for i in used]
    solution = _inverted(mean, targets, theta, positive)
    moments = [moment(own, model.family.statistics[i]) for i in used]
    for i, found in zip(used, moments, strict=True):
        if found.finite != sympy.true:
            raise KLExactError(
                f"D is infinite for every {', '.join(map(str, chosen))}: E[{model.family.statistics[i]}] is"
            )
    values = dict(zip(targets, (found.value for found in moments), strict=True))
    back = {dummy: s for s, dummy in stand_ins.items()}
    best = {s: canonical(solution[stand_ins[s]].xreplace(values), positive).xreplace(back) for s in chosen}
    _check_inside(family.conditions, best)
    return best


def _check(p: Law, family: Law, chosen: Sequence[sympy.Symbol]) -> None:
    if not chosen or set(chosen) - family.free_symbols:
        known = ", ".join(sorted(map(str, family.free_symbols))) or "none"
        raise InvalidFamilyError(f"symbols must be among those of {family}: {known}; found {list(map(str, chosen))}")
    if p.free_symbols & set(chosen):
        raise InvalidFamilyError(f"the law to project must not depend on {', '.join(map(str, chosen))}; found {p}")
    parent = family.family
    parts = () if parent is None else (*parent.statistics, parent.log_carrier)
    if parent is None or any(part.free_symbols & set(chosen) for part in (*parts, parent.support)):
        raise NoClosedFormError(f"{family} must be an exponential family in {', '.join(map(str, chosen))}; it is not")
    if inclusion(p.support, family.support) == sympy.false:
        raise KLExactError(f"D is infinite for every member of {family}: {p} has mass outside {family.support}")


def _inverted(
    mean: Sequence[sympy.Expr], targets: Sequence[Dummy], theta: Sequence[Dummy], positive: Sequence[sympy.Expr]
) -> Mapping[Dummy, sympy.Expr]:
    """Return θ as expressions in the means τ: the solution that gives θ back when τ is ∇A(η(θ))."""
    equations = [m - tau for m, tau in zip(mean, targets, strict=True)]
    if all(e.is_algebraic_expr(*theta) for e in equations):
        there = dict(zip(targets, mean, strict=True))
        for found in sympy.solve(equations, theta, dict=True, check=False):
            if set(found) == set(theta) and all(canonical(found[s].xreplace(there) - s, positive) == 0 for s in theta):
                return found  # type: ignore[no-any-return]
    raise NoClosedFormError(
        f"the moment equations must have a closed solution; found none of {' and '.join(map(str, mean))}"
    )


def _check_inside(conditions: Sequence[sympy.Basic], best: Mapping[sympy.Symbol, sympy.Expr]) -> None:
    for condition in conditions:
        if condition.free_symbols & set(best) and decide(condition.xreplace(best)) is False:
            found = ", ".join(f"{s} = {v}" for s, v in best.items())
            raise KLExactError(f"the minimum must be attained where {condition}; found {found}")
