"""Minima of a log form in one parameter: all stationary points, the ends of the domain, and the proof.

The divergence F(θ) = c0(θ) + sum of c_j log|f_j(θ)| is smooth on the domain but for the zeros of the f_j, where it is
+∞. So its global minimum, if attained, is at a zero of F' or at a closed end; if not, it is a limit at an open one.
"""

from typing import Any

import sympy
from sympy import QQ, FiniteSet

from klexact.algebraic import Value, evaluate
from klexact.certificate import Candidate, Certificate, Minimum
from klexact.certify import order
from klexact.distribution import Distribution
from klexact.errors import KLExactError, NoClosedFormError
from klexact.families import Family
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, constant, derivative, factored, is_parametric, split, symbols_of
from klexact.roots import cells, compare, point_expr, polynomial, real_roots, sign_at

__all__ = ["minimise", "minimise_symbolic"]


def _score(objective: LogForm, theta: sympy.Symbol) -> Any:
    slope = objective.derivative(theta)
    if slope.logs:
        raise NoClosedFormError(
            f"a closed form is promised where the score is a rational function over Q; found {slope.as_expr()}"
        )
    return slope.rational_part


def minimise(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> Minimum:
    """Return the minimum (or infimum) of a form in one parameter over an interval, with its certificate."""
    score = _score(objective, theta)
    if not score:
        return _flat(objective, theta, domain)
    kept, rejected = _stationary(score, theta, domain)
    candidates = [Candidate("stationary point", point_expr(x), evaluate(objective, theta, x)) for x in kept]
    candidates += _ends(objective, theta, domain)
    minimisers, value, conclusion = _least(candidates, theta)
    curvature = derivative(score, theta)
    convex = _is_nonnegative(curvature, theta, domain) and not _singular_inside(objective, theta, domain)
    certificate = Certificate(
        (theta,),
        objective,
        conclusion,
        factored(score),
        _numerator(score),
        tuple(candidates),
        tuple(minimisers),
        tuple(rejected),
        factored(curvature),
        convex,
        _why(domain, theta, convex=convex),
    )
    return Minimum(FiniteSet(*(c.location for c in minimisers)), value, certificate)


def _flat(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> Minimum:
    why = f"the derivative is 0 for every {theta}: every member of the family is at the same divergence"
    conclusion = f"the minimum is attained on all of {domain}"
    return Minimum(domain, objective, Certificate((theta,), objective, conclusion, sympy.S.Zero, arguments=(why,)))


def _why(domain: sympy.Set, theta: sympy.Symbol, *, convex: bool) -> tuple[str, ...]:
    complete = (
        f"these are all real zeros of the derivative in {domain}, and the divergence is continuous there (+∞ where an "
        "observed outcome has probability 0): no other point can be the minimum"
    )
    if convex:
        return (
            complete,
            f"the second derivative is positive for {theta} inside {domain}: the divergence is strictly convex",
        )
    return (complete,)


def _numerator(score: Any) -> sympy.Expr:
    return sympy.Mul(*(as_expr(f) for f, k in split(score)[1] if k > 0)) if is_parametric(score) else as_expr(score)


def _bounds(domain: sympy.Set) -> tuple[Any, Any]:
    return tuple(None if e.is_infinite else QQ(int(e.p), int(e.q)) for e in (domain.start, domain.end))  # type: ignore[return-value]


def _stationary(score: Any, theta: sympy.Symbol, domain: sympy.Set) -> tuple[list[Any], list[tuple[sympy.Expr, str]]]:
    """Return the zeros of a rational function inside the domain, and the others with the reason."""
    if not is_parametric(score):
        return [], []
    lower, upper = _bounds(domain)
    poly = polynomial(score.numer, theta)
    kept, rejected = [], []
    for x in real_roots(poly):
        inside = (lower is None or compare(lower, x) < 0) and (upper is None or compare(x, upper) < 0)
        if inside:
            kept.append(x)
        else:
            rejected.append(
                (point_expr(x), "an end of the domain, see below" if x in (lower, upper) else f"outside {domain}")
            )
    return kept, rejected


def _ends(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> list[Candidate]:
    ends = []
    for end, is_open, side in ((domain.start, domain.left_open, 1), (domain.end, domain.right_open, -1)):
        value = _at_infinity(objective, theta, -side) if end.is_infinite else _at_end(objective, theta, end, side)
        kind = "open end" if is_open or end.is_infinite else "closed end"
        ends.append(Candidate(kind, end, value))
    return ends


def _at_end(objective: LogForm, theta: sympy.Symbol, end: sympy.Rational, side: int) -> Value:
    """Return the value at a rational end: by the definition, +∞ where an observed outcome has probability 0 there.

    No two atoms vanish at one point, and one that does belongs to observed probabilities only, so its coefficient says
    all; the same is the one-sided limit.
    """
    point = QQ(int(end.p), int(end.q))
    rational = objective.rational_part
    if (
        is_parametric(rational)
        and theta in symbols_of(rational)
        and sign_at(polynomial(rational.denom, theta), point) == 0
    ):
        return _checked_infinity(_sign_near(rational, theta, point, side), objective)
    for f, c in objective.logs.items():
        if not isinstance(f, int) and sign_at(polynomial(f, theta), point) == 0:
            return _checked_infinity(-1 if c > 0 else 1, objective)
    return evaluate(objective, theta, point)


def _sign_near(x: Any, theta: sympy.Symbol, point: Any, side: int) -> int:
    polys = [polynomial(part, theta) for part in (x.numer, x.denom)]
    near = cells(polys, point, None)[0] if side > 0 else cells(polys, None, point)[-1]
    return sign_at(polys[0], near) * sign_at(polys[1], near)


def _at_infinity(objective: LogForm, theta: sympy.Symbol, direction: int) -> Value:
    """Return the limit of a form as its parameter grows to ±∞, read off the coefficients."""
    rational, limit = objective.rational_part, QQ(0)
    if is_parametric(rational):
        above, below = (polynomial(part, theta) for part in (rational.numer, rational.denom))
        if above.degree() > below.degree():
            edge = cells([above, below])[-1 if direction > 0 else 0]
            return _checked_infinity(sign_at(above, edge) * sign_at(below, edge), objective)
        if above.degree() == below.degree():
            limit = QQ(int(above[above.degree()]), int(below[below.degree()]))
    else:
        limit = rational
    growth, leading = QQ(0), []
    for f, c in objective.logs.items():
        if isinstance(f, int):
            leading.append((c, QQ(f)))
        else:
            poly = polynomial(f, theta)
            growth += c * poly.degree()
            leading.append((c, QQ(abs(int(poly[poly.degree()])))))
    if growth:
        return _checked_infinity(1 if growth > 0 else -1, objective)
    return LogForm.of_logs(leading) + LogForm(as_expr(limit))


def _checked_infinity(sign: int, objective: LogForm) -> LogForm:
    if sign < 0:
        raise KLExactError(f"a divergence must be bounded below; found -∞ at an end of the domain for {objective}")
    return LogForm.infinity()


def _least(candidates: list[Candidate], theta: sympy.Symbol) -> tuple[list[Candidate], Value, str]:
    """Return the candidates where the minimum is attained, the least value, and the conclusion in words."""
    least = candidates[0].value
    for candidate in candidates[1:]:
        least = candidate.value if order(candidate.value, least) < 0 else least
    ties = [c for c in candidates if order(c.value, least) == 0]
    attained = [c for c in ties if c.kind != "open end"]
    if least.is_infinite:
        return [], least, f"the divergence is +∞ for every {theta}"
    if not attained:
        points = " and ".join(str(c.location) for c in ties)
        return [], least, f"there is no minimum: the infimum is the limit as {theta} -> {points}, never attained"
    points = " and ".join(str(c.location) for c in attained)
    if len(attained) > 1:
        return attained, least, f"the global minimum is attained at {len(attained)} points, {theta} = {points}"
    return attained, least, f"the unique global minimum is at {theta} = {points}"


def _singular_inside(objective: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> bool:
    """Tell whether the divergence is +∞ somewhere inside the domain."""
    polys = [polynomial(f, theta) for f in objective.logs if not isinstance(f, int)]
    return len(cells(polys, *_bounds(domain))) > 1


def _is_nonnegative(x: Any, theta: sympy.Symbol, domain: sympy.Set) -> bool:
    """Tell whether a rational function is >= 0 inside the domain, and > 0 but for isolated points."""
    if not is_parametric(x):
        return bool(x > 0)
    polys = [polynomial(part, theta) for part in (x.numer, x.denom)]
    return all(sign_at(polys[0], p) * sign_at(polys[1], p) > 0 for p in cells(polys, *_bounds(domain)))


def minimise_symbolic(objective: LogForm, data: Distribution, family: Family) -> Minimum:
    """Do the same for data with symbols of their own, where the equation is linear in the parameter.

    The proof does not depend on the data: every -log q_θ(x) observed is convex in θ, and so is their mean.
    """
    (theta,), domain = family.parameters, family.domain
    score = _score(objective, theta)
    if not score:
        return _flat(objective, theta, domain)
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
