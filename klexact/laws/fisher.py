"""Fisher information: the Hessian of the log-partition, or of the divergence where a law is no exponential family."""

from itertools import combinations_with_replacement

import sympy
from sympy import Dummy, S

from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.laws.canonical import canonical, is_rational_function
from klexact.laws.divergence import smooth_divergence
from klexact.laws.law import ExponentialFamily, Law
from klexact.laws.parameters import assumptions, known_positive
from klexact.ratfunc import element_of, factored

__all__ = ["fisher_information"]


def fisher_information(law: Law, *symbols: sympy.Symbol) -> sympy.Matrix:
    """Return the Fisher information E[∂_i log q · ∂_j log q] of a law with respect to symbols among its parameters, in nats.

    Without symbols: all of the law's that are not integers, in the order of its parameters. For an exponential family it is
    ∇²A in its natural parameters, carried over by their derivatives; for others the Hessian of D(q_θ‖q_θ') at θ' = θ.
    Raises InvalidFamilyError where there is none because the support moves, or no symbol is given or found.

    >>> from klexact.laws import laplace, normal, poisson, uniform
    >>> from sympy.abc import b, m, s
    >>> fisher_information(normal(m, s)), fisher_information(poisson(m))[0]
    (Matrix([
    [s**(-2),       0],
    [      0, 2/s**2]]), 1/m)
    >>> fisher_information(laplace(m, 1))[0]
    1
    >>> fisher_information(uniform(0, b))
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: Fisher information needs a support that does not move with b; found Interval(0, b)

    Lehmann & Casella, *Theory of Point Estimation*, 2nd ed., section 2.5.
    """
    chosen = symbols or _default(law)
    unknown = set(chosen) - law.free_symbols
    if unknown or not chosen:
        known = ", ".join(sorted(map(str, law.free_symbols))) or "none"
        raise InvalidFamilyError(f"symbols must be among those of {law}: {known}; found {list(map(str, chosen))}")
    moving = law.support.free_symbols & set(chosen)
    if moving:
        names = ", ".join(sorted(map(str, moving)))
        raise InvalidFamilyError(
            f"Fisher information needs a support that does not move with {names}; found {law.support}"
        )
    stand_ins = assumptions(law.conditions, law.free_symbols)
    positive = known_positive(law.conditions, stand_ins)
    own, theta = law.xreplace(stand_ins), [stand_ins[s] for s in chosen]
    fixed = own.family is not None and not _symbols(own.family) & set(theta)
    found = _pulled_back(own, theta) if fixed else _hessian(own, theta)
    back = {dummy: s for s, dummy in stand_ins.items()}
    return found.applyfunc(lambda entry: _reduced(canonical(entry, positive)).xreplace(back))


def _reduced(entry: sympy.Expr) -> sympy.Expr:
    return factored(element_of(entry)) if is_rational_function(entry) else entry


def _default(law: Law) -> tuple[sympy.Symbol, ...]:
    ordered = [s for value in law.parameters.values() for s in sorted(value.free_symbols, key=sympy.default_sort_key)]
    return tuple(dict.fromkeys(s for s in ordered if not s.is_integer))


def _symbols(family: ExponentialFamily) -> set[sympy.Symbol]:
    """Return the symbols that are no natural parameters: with them the family itself changes."""
    parts = [*family.statistics, family.log_carrier, *([] if family.is_function else [family.log_partition])]
    return set().union(*(part.free_symbols for part in parts)) - set(family.naturals)


def _pulled_back(law: Law, theta: list[sympy.Symbol]) -> sympy.Matrix:
    """Return the second derivatives of A at η in the directions in which the parameters move η."""
    family = law.family
    assert family is not None
    directions = [[sympy.diff(eta, t) for eta in law.naturals] for t in theta]
    found = sympy.zeros(len(theta))
    for i, j in combinations_with_replacement(range(len(theta)), 2):
        plane, coefficients = family.along(law.naturals, [directions[i], directions[j]])
        curvature = plane.at(sympy.diff(plane.log_partition, *plane.naturals), (S.Zero, S.Zero))
        found[i, j] = found[j, i] = curvature.xreplace(coefficients)
    return found


def _hessian(law: Law, theta: list[sympy.Symbol]) -> sympy.Matrix:
    """Return the second derivatives of D(q_θ‖q_(θ + h)) at h = 0, from h > 0."""
    steps = [Dummy(f"h_{s.name}", positive=True) for s in theta]
    there = law.xreplace({s: s + h for s, h in zip(theta, steps, strict=True)})
    divergence = smooth_divergence(law, there)
    at_zero = dict.fromkeys(steps, S.Zero)
    found = sympy.hessian(divergence, steps).applyfunc(lambda entry: entry.xreplace(at_zero).doit())
    if found.has(sympy.nan, sympy.zoo, sympy.Derivative):
        raise NoClosedFormError(f"no closed form is known for the Fisher information of {law}")
    return found
