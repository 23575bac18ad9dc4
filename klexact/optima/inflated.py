"""Zero-inflated families: the optimum by the chain rule, from two problems in one parameter.

With π = w + (1 - w) q_θ(0), the probability of 0, D(P‖Q) = D(P(0)‖π) + P(x > 0)·D(P₊‖Q₊θ): a Bernoulli's divergence and that of
the laws without zeros. For a given θ the first is 0 at π = P(0) if that needs w >= 0, thus if q_θ(0) <= P(0); else w = 0 is
best, for D(P(0)‖π) grows with π >= P(0). So the minimum is among the candidates of the second problem with q_θ(0) <= P(0), and
those of the family itself, w = 0. Lambert, "Zero-inflated Poisson regression", *Technometrics* 34, 1992, has the model.
"""

from collections.abc import Mapping
from functools import cmp_to_key
from typing import Any

import sympy
from flint import fmpq_poly
from sympy import QQ, FiniteSet, Symbol

from klexact.algebraic import Value
from klexact.certify import order
from klexact.distribution import Distribution
from klexact.errors import NoClosedFormError
from klexact.family import Family, ends
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum
from klexact.optima.stationary import minimise
from klexact.places import Place
from klexact.ratfunc import as_expr, constant, element_of, is_parametric, substitute
from klexact.roots import RealRoot, cells, point_expr, polynomial, real_roots

__all__ = ["minimise_inflated"]


def minimise_inflated(objective: LogForm, data: Distribution, family: Family) -> Minimum:
    """Return the minimum of D(data ‖ family) for a zero-inflated family, with its certificate.

    >>> from klexact import fit
    >>> from klexact.families import geometric, zero_inflated
    >>> fit(Distribution.from_counts([6, 2, 1, 1]), zero_inflated(geometric())).argmin
    (1/15, 4/7)
    """
    if family.inflated is None or data.free_symbols:
        raise NoClosedFormError(
            f"a zero-inflated optimum needs data without symbols; found {data}: give the data values"
        )
    plain, positive = family.inflated
    theta, zeros = plain.parameters[0], data.mass(0)
    at_zero = element_of(plain.log_probability(0).exp())  # type: ignore[union-attr]
    if zeros == 1:
        return _flat(
            objective, family, LogForm(), sympy.Or(sympy.Eq(family.parameters[0], 1), sympy.Eq(as_expr(at_zero), 1))
        )
    seen = [(x, p) for x, p in data.table if p and x != 0]
    known = LogForm.of_logs([*((p, p) for _, p in seen), (zeros - 1, 1 - zeros)])
    law = minimise(LogForm.sum([(QQ(1), known), *_crossed(seen, positive)]), theta, positive.domain)
    gap = constant(zeros - at_zero)
    if not law.certificate.candidates:  # flat
        if not _somewhere_feasible(gap, theta, positive.domain):
            raise NoClosedFormError(f"{family.name} must reach the observed share of zeros; found {as_expr(zeros)}")
        return _flat(objective, family, law.value, sympy.Eq(family.log_probability(0).exp(), as_expr(zeros)))  # type: ignore[union-attr]
    every = list(data.table) if zeros else seen
    start = LogForm.of_logs([(p, p) for _, p in every if p])
    own = minimise(
        LogForm.sum([(QQ(1), start), *_crossed([(x, p) for x, p in every if p], plain)]), theta, plain.domain
    )
    candidates, limits = _feasible(law, gap, at_zero, theta)
    found = {c.location: c for c in candidates}
    for c in own.certificate.candidates:
        if c.kind != "open end":
            location = sympy.Tuple(sympy.S.Zero, c.location)
            found.setdefault(location, Candidate("on a face", location, c.value))
    return _least(objective, family, list(found.values()), limits)


def _crossed(seen: list[tuple[Any, Any]], family: Family) -> list[tuple[Any, LogForm]]:
    logs = [(-p, family.log_probability(x)) for x, p in seen]
    return [(c, form) for c, form in logs if form is not None]


def _feasible(law: Minimum, gap: Any, at_zero: Any, theta: Symbol) -> tuple[list[Candidate], list[Value]]:
    """Return the candidates of the law without zeros whose weight w is >= 0, and the limits at open ends."""
    points = _points(law, theta)
    found, limits = [], []
    for c in law.certificate.candidates:
        point = points.get(c.location)
        place = None if point is None else Place(point, (_own(point),))
        if place is not None and place.sign(_at(gap, place, theta)) < 0:
            continue
        if c.kind == "open end" or place is None:
            limits.append(c.value)
        else:
            rest = place.inverse(_at(constant(1 - at_zero), place, theta))
            weight = place.times(_at(gap, place, theta), rest)
            location = Place(point, (weight, _own(point))).location
            found.append(Candidate(c.kind, location, c.value))
    return found, limits


def _points(law: Minimum, theta: Symbol) -> Mapping[sympy.Expr, Any]:
    """Return the exact points behind the finite locations of a certificate's candidates."""
    slope = law.certificate.objective.derivative(theta).rational_part
    roots = real_roots(polynomial(slope.numer, theta)) if is_parametric(slope) else []
    rational = [c.location for c in law.certificate.candidates if c.location.is_Rational]
    return {point_expr(x): x for x in roots} | {x: QQ(int(x.p), int(x.q)) for x in rational}


def _own(point: Any) -> fmpq_poly:
    return (
        fmpq_poly([0, 1]) if isinstance(point, RealRoot) else fmpq_poly([int(point.numerator)]) / int(point.denominator)
    )


def _at(x: Any, place: Place, theta: Symbol) -> fmpq_poly:
    """Return a rational function of the parameter at a place; its denominators (of probabilities) are not 0 there."""
    if not is_parametric(x):
        return fmpq_poly([int(x.numerator)]) / int(x.denominator)
    above, below = (place.at(part, (theta,)) for part in (x.numer, x.denom))
    return place.times(above, place.inverse(below))


def _somewhere_feasible(gap: Any, theta: Symbol, domain: sympy.Interval) -> bool:
    if not is_parametric(gap):
        return bool(gap >= 0)
    polys = [polynomial(part.primitive()[1], theta) for part in (gap.numer, gap.denom) if not part.is_ground]
    return any(substitute(gap, {theta: point}) > 0 for point in cells(polys, *ends(domain)))


def _certificate(objective: LogForm, family: Family, conclusion: str, **parts: Any) -> Certificate:
    gradient = sympy.Tuple(*(objective.derivative(s).as_expr() for s in family.parameters))
    return Certificate(family.parameters, objective, conclusion, gradient, **parts)


def _flat(objective: LogForm, family: Family, value: Value, condition: sympy.Basic) -> Minimum:
    inside = family.domain.contains(sympy.Tuple(*family.parameters))  # type: ignore[union-attr]
    argmins = sympy.ConditionSet(sympy.Tuple(*family.parameters), sympy.And(condition, inside), sympy.S.Reals**2)
    why = "the law without zeros is the same for every member: only the probability of 0 counts"
    conclusion = f"the minimum is attained wherever {condition} in the domain: the parameters are not identifiable"
    return Minimum(argmins, value, _certificate(objective, family, conclusion, arguments=(why,)))


def _least(objective: LogForm, family: Family, candidates: list[Candidate], limits: list[Value]) -> Minimum:
    least = min((c.value for c in candidates), key=cmp_to_key(order))
    if any(order(limit, least) < 0 for limit in limits):
        raise NoClosedFormError(
            f"{family.name} must attain its least divergence; found that it is a limit at an open end"
        )
    minimisers = tuple(c for c in candidates if order(c.value, least) == 0)
    arguments = (
        (
            "D(P‖Q) = D(P(0)‖π) + P(x > 0)·D(P₊‖Q₊), π the probability of 0: for each value of the family's own parameter the "
            "first term is 0 where π = P(0) needs a weight >= 0, and else least at weight 0"
        ),
        "the candidates are those of the second term that allow such a weight, and those of the family without inflation",
    )
    points = " and ".join(
        ", ".join(f"{s} = {v}" for s, v in zip(family.parameters, c.location, strict=True)) for c in minimisers
    )
    conclusion = f"the unique global minimum is at {points}"
    if len(minimisers) > 1:
        conclusion = f"the global minimum is attained at {len(minimisers)} points, {points}"
    certificate = _certificate(
        objective, family, conclusion, candidates=tuple(candidates), minimisers=minimisers, arguments=arguments
    )
    return Minimum(FiniteSet(*(c.location for c in minimisers)), least, certificate)
