"""Any problem on a compact domain: the stationary points inside all faces of it, compared exactly.

F = c0 + sum of c_j log|f_j| tends to +∞ where an f_j with c_j < 0 vanishes. Where no other f_j vanishes in a compact
domain, F is lower semicontinuous there and has a minimum; it lies in the relative interior of exactly one face, and
is a stationary point of F on it. A face along which F is constant in some direction needs no search: its values
occur on its own faces.
"""

from functools import cmp_to_key

import sympy
from sympy import FiniteSet

from klexact.certify import order
from klexact.optima.certificate import Candidate, Minimum
from klexact.optima.problem import Problem
from klexact.places import Place, is_flat, signs_on, stationary_places
from klexact.polytope import Face
from klexact.ratfunc import as_expr, is_parametric, split

__all__ = ["by_faces"]


def by_faces(problem: Problem) -> Minimum:
    """Return the minimum of any problem on a bounded domain. Raises NoClosedFormError where the list is not finite."""
    if not problem.region.is_bounded:
        raise problem.refusal(
            f"a problem that is not shown to be convex needs a bounded domain; found {problem.region!r}: bound the parameters"
        )
    _require_continuity(problem)
    found: list[tuple[Candidate, Place]] = []
    rejected, flat, level = [], [], []
    for face in problem.region.faces():
        problem.deadline.check("the search of all faces")
        restricted = problem.on(face)
        if restricted is None:
            continue
        rational, atoms = restricted
        if face.free and not atoms and not is_parametric(rational):
            place = Place.rational(face.centre)
            found.append((problem.candidate("constant on a face", place), place))
            level.append(face)
            continue
        if face.free and is_flat([rational, *atoms], face.free):
            flat.append(face)
            continue
        places: tuple[list[Place], list[Place]] | None = [Place.rational(face.centre)], []
        if face.free:
            places = stationary_places(rational, atoms, face, problem.region, problem.deadline)
        if places is None:
            raise problem.refusal(
                "the stationary points must be finitely many; found infinitely many (the parameters may not be identifiable)",
                candidates=tuple(c for c, _ in found),
            )
        kind = _kind(face, problem)
        found += [(problem.candidate(kind, place), place) for place in places[0]]
        if face.dimension == len(problem.symbols):
            rejected = [(place.location, "outside the domain") for place in places[1]]
    if not found:
        return problem.infinite("a factor is 0 on every face of the domain")
    return _compared(problem, found, rejected, (flat, level))


def _kind(face: Face, problem: Problem) -> str:
    if face.dimension == len(problem.symbols):
        return "stationary point"
    return "on a face" if face.free else "vertex"


def _require_continuity(problem: Problem) -> None:
    """Refuse factors that may take the objective to -∞, or leave it without a limit."""
    below = [f for f, c in problem.atoms.items() if c > 0]
    if is_parametric(problem.rational):
        below += [f for f, k in split(problem.rational)[1] if k < 0]
    for f in below:
        found = signs_on(f, problem.region, problem.deadline)
        if 0 in found or len(found) > 1:
            where = f"at {problem.named(found[0])}" if 0 in found else "inside the domain"
            raise problem.refusal(
                f"the objective must be bounded below and continuous; found the factor {as_expr(f)} in a denominator, 0 {where}"
            )


def _compared(
    problem: Problem,
    found: list[tuple[Candidate, Place]],
    rejected: list[tuple[sympy.Expr, str]],
    faces: tuple[list[Face], list[Face]],
) -> Minimum:
    flat, level = faces
    least = min((c.value for c, _ in found), key=cmp_to_key(order))
    ties = [(c, place) for c, place in found if order(c.value, least) == 0]
    for face in flat:
        for c, place in ties:
            if _lies_on(place, face, problem):
                raise problem.refusal(
                    f"the minimisers must be finitely many; found {c.location} on a face along which the objective is "
                    "constant in some direction: the parameters are not identifiable there",
                    candidates=tuple(c for c, _ in found),
                )
    minimisers = tuple(c for c, _ in ties)
    arguments = (
        "these are all stationary points inside the domain and inside each of its faces, and the vertices, where D is finite",
        (
            "D is lower semicontinuous on the compact domain (+∞ where what was observed is impossible), so it has a minimum, "
            "which can be at no other point"
        ),
    )
    level = [
        face for face in level if any(place.coordinates == Place.rational(face.centre).coordinates for _, place in ties)
    ]
    locations = [c.location for c, place in ties if not any(_lies_on(place, face, problem) for face in level)]
    argmins, conclusion = FiniteSet(*locations), problem.conclusion(locations)
    if level:
        argmins, conclusion = _with_faces(problem, locations, level)
    certificate = problem.certificate(
        conclusion,
        candidates=tuple(c for c, _ in found),
        minimisers=minimisers,
        rejected=tuple(rejected),
        second_derivative=problem.hessian,
        arguments=arguments,
    )
    return Minimum(argmins, least, certificate)


def _lies_on(place: Place, face: Face, problem: Problem) -> bool:
    return all(place.sign(place.affine(problem.region.rows[i])) == 0 for i in face.active)


def _with_faces(problem: Problem, locations: list[sympy.Tuple], level: list[Face]) -> tuple[sympy.Set, str]:
    """Return the set of minimisers, and the conclusion, where the objective is constant on some faces."""
    largest = [f for f in level if not any(set(g.active) < set(f.active) for g in level)]
    shown = [sympy.And(*(sympy.Eq(s, v) for s, v in face.values.items())) for face in largest]
    points = [sympy.And(*map(sympy.Eq, problem.symbols, x)) for x in locations]
    everywhere = " and ".join(", ".join(f"{s} = {v}" for s, v in face.values.items()) for face in largest)
    single = "".join(f", and at {problem.named(x)}" for x in locations)
    conclusion = (
        f"the minimum is attained on all of the face {everywhere}{single}: the parameters are not identifiable there"
    )
    return problem.minimisers(sympy.Or(*shown, *points)), conclusion
