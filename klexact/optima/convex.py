"""Convex problems in several parameters: one point whose first-order conditions prove it the global minimum.

F = c0 + sum of c_j log f_j with affine f_j >= 0, c_j < 0 and c0 affine is convex: its Hessian is the sum of
|c_j| a_j a_jᵀ / f_j². So a point θ* is a minimum if and only if ∇F(θ*)·(v - θ*) >= 0 for every vertex v of the domain, and
∇F(θ*)·r >= 0 for every extreme ray (Boyd & Vandenberghe, *Convex Optimization*, 2004, section 4.2.3). Which face θ* lies
in is guessed by an interior-point method in floats, and proved exactly.
Coq: Mixtures.mixture_of_argmin.
"""

from collections.abc import Iterator, Sequence
from math import fsum, inf, log
from typing import Any

import sympy
from flint import ctx, fmpq_mat, fmpq_poly
from sympy import QQ, Dummy, FiniteSet

from klexact.errors import KLExactError
from klexact.logform import LogForm
from klexact.optima.certificate import Minimum
from klexact.optima.problem import Problem
from klexact.places import Place, is_flat, stationary_places
from klexact.polytope import Affine, Face
from klexact.ratfunc import as_expr
from klexact.systems import enclosed

__all__ = ["by_first_order", "is_identifiable", "reduced"]


def by_first_order(problem: Problem) -> Minimum:
    """Return the minimum of an identifiable convex problem."""
    _require_bound(problem)
    for face in _promising_faces(problem):
        problem.deadline.check("the search for the face of the minimum")
        for place in _stationary(problem, face):
            slopes = _signs(problem, face, place)
            if all(sign >= 0 for sign, _ in slopes):
                return _proved(problem, face, place, [shown for _, shown in slopes])
    raise problem.refusal("no face of the domain has a stationary point that can be written down")


def _proved(problem: Problem, face: Face, place: Place, slopes: Sequence[str]) -> Minimum:
    inside = face.dimension == len(problem.symbols)
    candidate = problem.candidate("stationary point" if inside else "on a face", place)
    ends = [str(sympy.Tuple(*map(as_expr, v))) for v in problem.region.vertices] + [
        f"infinity along {r}" for r in problem.region.rays
    ]
    towards = ", ".join(f"{end}: {slope}" for end, slope in zip(ends[:8], slopes, strict=False))
    more = ", ..." if len(ends) > 8 else ""
    arguments = (
        "D is convex in the domain: its Hessian is the sum of |c_j| a_j a_jᵀ / f_j² over the factors f_j = a_j·θ + b_j >= 0",
        "it is strictly so along every direction in which a factor changes; in others it is affine and not constant",
        f"the slopes of D from there towards the vertices, {towards}{more}, are all >= 0: no point of the domain lies lower",
    )
    certificate = problem.certificate(
        problem.conclusion([place.location]),
        candidates=(candidate,),
        minimisers=(candidate,),
        second_derivative=problem.hessian,
        convex=True,
        arguments=arguments,
    )
    return Minimum(FiniteSet(place.location), candidate.value, certificate)


def _rational(value: fmpq_poly) -> Any:
    return QQ(int(value[0].numerator), int(value[0].denominator))


def _functions(problem: Problem) -> list[tuple[Affine, Any]]:
    """Return the factors f_j >= 0 with their c_j < 0."""
    found = []
    for f, c in problem.atoms.items():
        function = problem.affine[f]
        if function is not None:
            sign = problem.region.sign_of(function) or 1
            found.append((Affine(function.constant * sign, tuple((i, a * sign) for i, a in function.slopes)), c))
    return found


def _require_bound(problem: Problem) -> None:
    slope = problem.slope or Affine(QQ(0), ())
    for ray in problem.region.rays:
        fall = slope.along(ray)
        if fall < 0 or (fall == 0 and any(f.along(ray) > 0 for f, _ in _functions(problem))):
            raise KLExactError(
                f"the objective must have a lower bound; found -∞ along {problem.named(ray)}, times λ -> oo"
            )


def _stationary(problem: Problem, face: Face) -> list[Place]:
    """Return the stationary points inside a face."""
    restricted = problem.on(face)
    if restricted is None:
        return []
    if not face.free:
        return [Place.rational(face.centre)]
    rational, atoms = restricted
    if is_flat([rational, *atoms], face.free):
        return []
    found = stationary_places(rational, atoms, face, problem.region, problem.deadline)
    return found[0] if found else []


def _signs(problem: Problem, face: Face, place: Place) -> list[tuple[int, str]]:
    """Return the sign of ∇F·(v - θ) for every vertex v, then of ∇F·r for every ray r, each with the slope to show.

    Towards the vertices of its own face the slope is 0, for the place solves the stationary equations there.
    """
    slope, functions = problem.slope or Affine(QQ(0), ()), _functions(problem)
    tight = [problem.region.rows[i] for i in face.active]
    ends: list[tuple[Any, bool, Any]] = [
        (v, all(row.at(v) == 0 for row in tight), Affine.at) for v in problem.region.vertices
    ]
    ends += [(r, all(row.along(r) == 0 for row in tight), Affine.along) for r in problem.region.rays]
    found = []
    for end, inside, value in ends:
        if inside:
            found.append((0, "0"))
            continue
        ray = value is Affine.along
        terms = [(f, _poly(c * value(f, end)), _poly(0 if ray else c)) for f, c in functions]
        start = _poly(value(slope, end)) - (0 if ray else place.affine(slope))
        found.append(_sign(place, start, terms))
    return found


def _sign(place: Place, start: fmpq_poly, terms: Sequence[tuple[Affine, fmpq_poly, fmpq_poly]]) -> tuple[int, str]:
    """Return the sign of start + sum of (above / f - less), by balls where they tell."""
    if not place.is_rational:
        for prec in (64, 256, 1024):
            with ctx.workprec(prec):
                total = enclosed(start, place.point, prec)
                for f, above, less in terms:
                    quotient = enclosed(above, place.point, prec) / enclosed(place.affine(f), place.point, prec)
                    total += quotient - enclosed(less, place.point, prec)
            if total != 0:
                return (1, "> 0") if total > 0 else (-1, "< 0")
    for f, above, less in terms:
        start = start + above * place.inverse(place.affine(f)) - less
    sign = place.sign(start)
    return sign, str(as_expr(_rational(start))) if start.degree() == 0 else f"{'<=>'[sign + 1]} 0"


def _poly(x: Any) -> fmpq_poly:
    return fmpq_poly([int(x.numerator)]) / int(x.denominator)


# -- unidentifiable --------------------------------------------------------------------------------------------------


def _own_directions(problem: Problem) -> list[Affine]:
    slope = problem.slope
    return [f for f, _ in _functions(problem)] + ([slope] if slope and slope.slopes else [])


def is_identifiable(problem: Problem) -> bool:
    """Tell whether no direction leaves a convex problem's objective constant."""
    n = len(problem.symbols)
    return bool(_matrix(_own_directions(problem), n).rank() == n)


def _matrix(functions: Sequence[Affine], n: int) -> fmpq_mat:
    table = fmpq_mat(len(functions), n)
    for i, f in enumerate(functions):
        for j, a in f.slopes:
            table[i, j] = _poly(a)[0]
    return table


def reduced(problem: Problem) -> tuple[list[Affine], Problem]:
    """Return independent affine functions on which alone the objective depends, and the problem in their values."""
    n, every = len(problem.symbols), _own_directions(problem)
    echelon, rank = _matrix(every, n).transpose().rref()
    chosen = [next(j for j in range(len(every)) if echelon[i, j]) for i in range(rank)]
    functions = [Affine(QQ(0), every[j].direction[0].slopes) for j in chosen]
    symbols = tuple(Dummy(f"l_{i}") for i in range(1, rank + 1))

    def moved(j: int) -> sympy.Expr:
        scales = [every[k].direction[1] for k in chosen]
        weights = [_rational(fmpq_poly([echelon[i, j]])) * scale for i, scale in enumerate(scales)]
        return sympy.Add(as_expr(every[j].constant), *(as_expr(w) * s for w, s in zip(weights, symbols, strict=True)))

    factors = _functions(problem)
    form = LogForm.sum([(QQ(1), problem.rest), *((c, LogForm.log(moved(j))) for j, (_, c) in enumerate(factors))])
    if len(every) > len(factors):
        form += LogForm(moved(len(factors)))
    region = problem.region.image(functions, symbols)
    return functions, Problem(form, symbols, region, problem.deadline, problem.given)


# -- a guess in floats -----------------------------------------------------------------------------------------------


def _promising_faces(problem: Problem) -> Iterator[Face]:
    """Yield the face where floats find the minimum, then all others."""
    guess = problem.region.face(_active_guess(problem))
    if guess is not None:
        yield guess
    for face in problem.region.faces():
        if guess is None or face.active != guess.active:
            yield face


def _active_guess(problem: Problem) -> tuple[int, ...]:
    """Return the inequalities that seem tight at the minimum: those with a multiplier above their slack."""
    n, rows = len(problem.symbols), problem.region.rows
    norms = [max(1e-9, max((abs(float(a)) for _, a in row.slopes), default=1)) for row in rows]
    barriers = [(_floats(row, n), 1 / norm) for row, norm in zip(rows, norms, strict=True)]
    terms = [(_floats(f, n), -float(c)) for f, c in _functions(problem)]
    slope = _floats(problem.slope, n)[0] if problem.slope else [0.0] * n
    whole = problem.region.face(())
    x = [float(c) for c in whole.centre] if whole else []
    weight = 1.0
    while weight > 1e-11:
        weight /= 8
        all_terms = terms + [(b, weight) for b, _ in barriers]
        for _ in range(40):
            moved = _newton(slope, all_terms, x)
            if moved is None:
                break
            x = moved
    slacks = [_at(b, x) * scale for b, scale in barriers]
    return tuple(i for i, s in enumerate(slacks) if s < weight / max(s, 1e-300))


_Float = tuple[list[float], float]


def _floats(function: Affine, n: int) -> _Float:
    return [float(a) for a in function.vector(n)], float(function.constant)


def _at(function: _Float, x: Sequence[float]) -> float:
    return fsum([a * v for a, v in zip(function[0], x, strict=True)] + [function[1]])


def _height(slope: Sequence[float], terms: Sequence[tuple[_Float, float]], x: Sequence[float]) -> float:
    values = [_at(f, x) for f, _ in terms]
    if min(values) <= 0:
        return inf
    return fsum(
        [a * v for a, v in zip(slope, x, strict=True)] + [-w * log(v) for v, (_, w) in zip(values, terms, strict=True)]
    )


def _newton(slope: Sequence[float], terms: Sequence[tuple[_Float, float]], x: list[float]) -> list[float] | None:
    """Return the point after a damped Newton step of a sum of -w log f; None where no step goes down."""
    n = len(x)
    gradient, hessian = list(slope), [[0.0] * n for _ in range(n)]
    for f, w in terms:
        value, a = _at(f, x), f[0]
        for i in range(n):
            if a[i]:
                gradient[i] -= w * a[i] / value
                for j in range(n):
                    hessian[i][j] += w * a[i] * a[j] / value**2
    step = _solve(hessian, [-g for g in gradient])
    if step is None or fsum(g * s for g, s in zip(gradient, step, strict=True)) > -1e-15:
        return None
    here, size = _height(slope, terms, x), 1.0
    while size > 1e-9:
        moved = [v + size * s for v, s in zip(x, step, strict=True)]
        if _height(slope, terms, moved) < here:
            return moved
        size /= 2
    return None


def _solve(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    """Solve a system of equations in floats by elimination; None where it is singular."""
    n = len(right)
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        if not abs(rows[k][k]) > 1e-250:
            return None
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    found = [0.0] * n
    for k in reversed(range(n)):
        found[k] = (rows[k][n] - fsum(rows[k][j] * found[j] for j in range(k + 1, n))) / rows[k][k]
    return found
