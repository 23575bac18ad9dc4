"""Minima of a log form in one parameter: all stationary points, the ends of the domain, and the proof.

The objective F(θ) = c_0(θ) + Σ c_j(θ)·log|f_j(θ)| is smooth on the domain but for the zeros of the f_j, where it is
continuous or +∞. So its global minimum, if attained, is at a zero of F', at a zero of an f_j or at a closed end; if not, it is
a limit at an open one. Where F' is a rational function its zeros are the real roots of a polynomial; else
`klexact.optima.isolation` finds all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cmp_to_key
from typing import Any

import sympy
from flint import arb, ctx
from sympy import QQ, FiniteSet

from klexact import dyadic
from klexact.certify import order
from klexact.distribution import Distribution
from klexact.errors import NoClosedFormError
from klexact.expression import Expression
from klexact.family import Family, ends
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum, told
from klexact.optima.isolation import order_points, simplest_between, zeros
from klexact.optima.limits import at_infinity, limit, value_at
from klexact.ratfunc import as_expr, constant, derivative, factored, is_parametric, split, symbols_of
from klexact.roots import ball, cells, compare, point_expr, polynomial, real_roots, sign_at
from klexact.zeroof import ZeroOf

__all__ = ["minimise", "minimise_symbolic"]

_MIRROR_BITS = 128
_NAMES = {"D": "the divergence"}
_COMPLETE = (
    "these are all real zeros of the derivative in {domain}, and the divergence is continuous there (+∞ where an "
    "observed outcome has probability 0): no other point can be the minimum"
)
_GIBBS = "{noun} is never negative, and 0 only where the model is the data (Gibbs' inequality)"
_ISOLATED = (
    "the derivative has no other zero for {theta} inside {domain}: near singular logarithms its leading term outweighs the "
    "rest, elsewhere ball arithmetic shows it to be non-zero, or monotone with the signs at both sides (see klexact.optima)"
)


def _score(objective: LogForm, theta: sympy.Symbol) -> Any:
    slope = objective.derivative(theta)
    if slope.logs:
        raise NoClosedFormError(
            f"a closed form is promised where the score is a rational function over Q; found {slope.as_expr()}"
        )
    return slope.rational_part


def minimise(
    objective: LogForm,
    theta: sympy.Symbol,
    domain: sympy.Set,
    *,
    name: str = "D",
    apart: Sequence[Candidate] = (),
    known: Sequence[Any] = (),
) -> Minimum:
    """Return the minimum (or infimum) of a form in one parameter over an interval, with its certificate.

    `apart` are points of the interval where the objective is finite though the form is not, with the values there;
    `known` are all the points, rational or real algebraic, where an objective that is never negative is 0.

    >>> from sympy.abc import t
    >>> minimise(LogForm.log(t) * t, t, sympy.Interval(0, 1)).argmin
    exp(-1)
    """
    slope = objective if objective.is_infinite else objective.derivative(theta)
    if slope.is_zero:
        return _flat(objective, theta, domain, name)
    kept, rejected = ([], []) if objective.is_infinite else _stationary(slope, theta, domain)
    kept = [_exactly(x, known) for x in kept]
    values = [LogForm() if x in known else value_at(objective, theta, x) for x in kept]
    candidates = [Candidate("stationary point", point_expr(x), value) for x, value in zip(kept, values, strict=True)]
    mirror = _Mirror(objective, theta, domain, [c.location for c in candidates])
    candidates += [*apart, *([] if objective.is_infinite else _cuts(objective, theta, domain))]
    candidates += [c for c in _ends(objective, theta, domain) if all(c.location != a.location for a in apart)]
    minimisers, value, conclusion = _least(candidates, theta, name, mirror)
    why = [*mirror.found, *([_GIBBS.format(noun=_NAMES.get(name, name))] if known else [])]
    certificate = Certificate(
        (theta,),
        objective,
        conclusion,
        candidates=tuple(candidates),
        minimisers=tuple(minimisers),
        rejected=tuple(rejected),
        name=name,
        **({} if objective.is_infinite else _shape(objective, slope, theta, domain, _NAMES.get(name, name))),
    )
    certificate = replace(certificate, arguments=(*certificate.arguments, *why))
    return Minimum(FiniteSet(*(c.location for c in minimisers)), value, certificate)


def _exactly(x: Any, known: Sequence[Any]) -> Any:
    """Return the known zero of the derivative that a bracket holds: it is the only one there."""
    if not isinstance(x, ZeroOf):
        return x
    return next((k for k in known if order_points(x.lower, k) < 0 < order_points(x.upper, k)), x)


@dataclass(frozen=True, eq=False)
class _Mirror:
    """Decides whether two zeros of F' are x and s - x, where F(s - θ) = F(θ): then the values there are equal.

    The zeros of F' are mirrored too, so s - x is among them if it lies in the domain: it is the only one that is near.
    """

    objective: LogForm
    theta: sympy.Symbol
    domain: sympy.Set
    zeros: Sequence[sympy.Expr]
    found: list[str] = field(default_factory=list)
    _balls: dict[sympy.Expr, arb] = field(default_factory=dict)

    def swaps(self, x: sympy.Expr, y: sympy.Expr) -> bool:
        if x == y or any(z.is_Rational or z not in self.zeros for z in (x, y)):
            return False
        with ctx.workprec(_MIRROR_BITS):
            bounds = dyadic.ends(self._ball(x) + self._ball(y))
            total = None if bounds is None else simplest_between(*(QQ(*bound) for bound in bounds))
            if total is None or int(total.denominator).bit_length() > _MIRROR_BITS // 4:
                return False
            image = ball(total, _MIRROR_BITS) - self._ball(x)
            lower, upper = (None if end is None else ball(end, _MIRROR_BITS) for end in ends(self.domain))
            inside = (lower is None or lower < image) and (upper is None or image < upper)
            near = [z for z in self.zeros if self._ball(z).overlaps(image)]
        reflected = point_expr(total) - self.theta
        if not inside or near != [y] or self.objective.subs({self.theta: reflected}) != self.objective:
            return False
        self.found[:] = [f"the values at {self.theta} and {reflected} are equal for every {self.theta}"]
        return True

    def _ball(self, x: sympy.Expr) -> arb:
        if x not in self._balls:
            self._balls[x] = Expression(x).ball(_MIRROR_BITS)
        return self._balls[x]


def _shape(objective: LogForm, slope: LogForm, theta: sympy.Symbol, domain: sympy.Set, noun: str) -> dict[str, Any]:
    """Return what a certificate says of the derivatives: formulas, convexity, and why no other point can be the minimum."""
    curvature = slope.derivative(theta)
    rational = not curvature.logs
    convex = (
        rational
        and _is_nonnegative(curvature.rational_part, theta, domain)
        and not _singular_inside(objective, theta, domain)
    )
    why = [_COMPLETE.format(domain=domain) if not slope.logs else _ISOLATED.format(theta=theta, domain=domain)]
    if convex:
        why.append(f"the second derivative is positive for {theta} inside {domain}: {noun} is strictly convex")
    return {
        "derivative": slope.as_expr() if slope.logs else factored(slope.rational_part),
        "equation": None if slope.logs else _numerator(slope.rational_part),
        "second_derivative": factored(curvature.rational_part) if rational else curvature.as_expr(),
        "convex": convex if rational else None,
        "arguments": tuple(why),
    }


def _flat(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set, name: str) -> Minimum:
    why = f"the derivative is 0 for every {theta}: every member of the family is at the same divergence"
    conclusion = f"the minimum is attained on all of {domain}"
    flat = Certificate((theta,), objective, conclusion, sympy.S.Zero, arguments=(why,), name=name)
    return Minimum(domain, objective, flat)


def _numerator(score: Any) -> sympy.Expr:
    return sympy.Mul(*(as_expr(f) for f, k in split(score)[1] if k > 0)) if is_parametric(score) else as_expr(score)


def _stationary(
    slope: LogForm, theta: sympy.Symbol, domain: sympy.Set
) -> tuple[list[Any], list[tuple[sympy.Expr, str]]]:
    """Return the zeros of the derivative inside the domain, and the others, where they are known, with the reason."""
    lower, upper = ends(domain)
    if slope.logs:
        return zeros(slope, theta, lower, upper), []
    if not is_parametric(slope.rational_part):
        return [], []
    kept, rejected = [], []
    for x in real_roots(polynomial(slope.rational_part.numer, theta)):
        inside = (lower is None or compare(lower, x) < 0) and (upper is None or compare(x, upper) < 0)
        if inside:
            kept.append(x)
        else:
            rejected.append(
                (point_expr(x), "an end of the domain, see below" if x in (lower, upper) else f"outside {domain}")
            )
    return kept, rejected


def _cuts(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> list[Candidate]:
    """Return the inner points where a logarithm is singular and the objective is finite all the same."""
    lower, upper = ends(domain)
    found = {p: None for f in objective.logs if not isinstance(f, int) for p in real_roots(polynomial(f, theta))}
    inside = [p for p in found if (lower is None or compare(lower, p) < 0) and (upper is None or compare(p, upper) < 0)]
    values = [(p, limit(objective, theta, p, 1)) for p in sorted(inside, key=cmp_to_key(compare))]
    return [Candidate("zero of a probability", point_expr(p), value) for p, value in values if not value.is_infinite]


def _ends(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> list[Candidate]:
    ends = []
    for end, is_open, side in ((domain.start, domain.left_open, 1), (domain.end, domain.right_open, -1)):
        kind = "open end" if is_open or end.is_infinite else "closed end"
        if objective.is_infinite:
            value = objective
        elif end.is_infinite:
            value = at_infinity(objective, theta, -side)
        else:
            value = limit(objective, theta, QQ(int(end.p), int(end.q)), side)
        ends.append(Candidate(kind, end, value))
    return ends


def _least(
    candidates: list[Candidate], theta: sympy.Symbol, name: str, mirror: _Mirror
) -> tuple[list[Candidate], Any, str]:
    """Return the candidates where the minimum is attained, the least value, and the conclusion in words."""

    def compared(one: Candidate, other: Candidate) -> int:
        return 0 if mirror.swaps(one.location, other.location) else order(one.value, other.value)

    best = candidates[0]
    for candidate in candidates[1:]:
        best = candidate if compared(candidate, best) < 0 else best
    least, ties = best.value, [c for c in candidates if c is best or compared(c, best) == 0]
    attained = [c for c in ties if c.kind != "open end"]
    if least.is_infinite:
        return [], least, f"{_NAMES.get(name, name)} is +∞ for every {theta}"
    if not attained:
        points = " and ".join(told(c.location) for c in ties)
        return [], least, f"there is no minimum: the infimum is the limit as {theta} -> {points}, never attained"
    points = " and ".join(told(c.location) for c in attained)
    if len(attained) > 1:
        return attained, least, f"the global minimum is attained at {len(attained)} points, {theta} = {points}"
    return attained, least, f"the unique global minimum is at {theta} = {points}"


def _singular_inside(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> bool:
    """Tell whether the divergence is +∞ somewhere inside the domain."""
    polys = [polynomial(f, theta) for f in objective.logs if not isinstance(f, int)]
    return len(cells(polys, *ends(domain))) > 1


def _is_nonnegative(x: Any, theta: sympy.Symbol, domain: sympy.Set) -> bool:
    """Tell whether a rational function is >= 0 inside the domain, and > 0 but for isolated points."""
    if not is_parametric(x):
        return bool(x > 0)
    polys = [polynomial(part, theta) for part in (x.numer, x.denom)]
    return all(sign_at(polys[0], p) * sign_at(polys[1], p) > 0 for p in cells(polys, *ends(domain)))


def minimise_symbolic(objective: LogForm, data: Distribution, family: Family, *, name: str = "D") -> Minimum:
    """Do the same for data with symbols of their own, where the equation is linear in the parameter.

    The proof does not depend on the data: every -log q_θ(x) observed is convex in θ, and so is their mean.
    """
    (theta,), domain = family.parameters, family.domain
    score = _score(objective, theta)
    if not score:
        return _flat(objective, theta, domain, name)
    factors = [f for f, k in split(score)[1] if k > 0 and theta in symbols_of(f)] if is_parametric(score) else []
    if len(factors) != 1 or factors[0].degree(factors[0].ring.gens[factors[0].ring.symbols.index(theta)]) != 1:
        raise NoClosedFormError(
            f"symbolic data need an equation that is linear in {theta}; found {_numerator(score)} = 0: give the data values"
        )
    for x in data.support:
        bend = derivative(_score(family.log_probability(x) or LogForm(), theta), theta)
        if bend and not _is_nonnegative(constant(-bend), theta, domain):
            raise NoClosedFormError(f"symbolic data need a log-concave model; found log q({x!r}) with {factored(bend)}")
    slope, rest = sympy.Poly(as_expr(factors[0]), theta).all_coeffs()
    argmin = sympy.cancel(-rest / slope)
    why = (
        f"-log q(x) is convex in {theta} inside {domain} for every outcome x, so the divergence is, whatever the data",
    )
    certificate = Certificate(
        (theta,),
        objective,
        f"the global minimum is at {theta} = {argmin}",
        factored(score),
        as_expr(factors[0]),
        arguments=why,
        conditions=_conditions(argmin, data, domain),
        name=name,
    )
    return Minimum(FiniteSet(argmin), objective.subs({theta: argmin}), certificate)


def _conditions(argmin: sympy.Expr, data: Distribution, domain: sympy.Set) -> tuple[sympy.Basic, ...]:
    """Return what must hold for the stationary point to lie in the domain, beyond what the data's simplex grants."""
    sides = [argmin - domain.start] if not domain.start.is_infinite else []
    sides += [domain.end - argmin] if not domain.end.is_infinite else []
    return tuple(sympy.Ge(side, 0, evaluate=False) for side in sides if not _nonnegative_on_simplex(side, data))


def _nonnegative_on_simplex(expr: sympy.Expr, data: Distribution) -> bool:
    """Tell whether an affine expression is >= 0 at every vertex of the data's simplex of free probabilities."""
    symbols = sorted(data.free_symbols, key=sympy.default_sort_key)
    free = {p for p in data.values() if p.is_Symbol}
    if free != set(symbols) or not expr.is_polynomial(*symbols) or sympy.Poly(expr, *symbols).total_degree() > 1:
        return False
    vertices = [dict.fromkeys(symbols, 0)] + [{**dict.fromkeys(symbols, 0), s: 1} for s in symbols]
    return all(expr.subs(vertex) >= 0 for vertex in vertices)
