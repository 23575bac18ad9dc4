"""Polynomial systems: all real solutions, verified exactly by substitution, counted against SymPy."""

import random
import time
from typing import Any

import pytest
import sympy
from flint import fmpq_poly, fmpz_poly
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, sqrt

from klexact.errors import NoClosedFormError
from klexact.roots import RealRoot, ball, point_expr, real_roots
from klexact.systems import Deadline, Solution, context, coordinate, residue, solve

X, Y = context(2).gens()


def long() -> Deadline:
    return Deadline(120)


def points(solutions: list[Solution] | None) -> set[tuple[sympy.Expr, ...]]:
    assert solutions is not None
    return {tuple(point_expr(coordinate(c, s.point)) for c in s.coordinates) for s in solutions}


def holds(equation: Any, solution: Solution) -> bool:
    modulus = fmpq_poly(solution.point.minimal_polynomial) if isinstance(solution.point, RealRoot) else None
    return residue(equation, solution.coordinates, modulus).degree() < 0


KNOWN: list[tuple[str, list[Any], set[tuple[Any, ...]]]] = [
    ("a line and a circle", [X**2 + Y**2 - 2, X - Y], {(-1, -1), (1, 1)}),
    ("no real ones", [X**2 + Y**2 + 1, X - Y], set()),
    ("a contradiction", [X * Y - 1, X], set()),
    ("one coordinate does not separate", [X**2 - 1, Y**2 - 1], {(1, 1), (1, -1), (-1, 1), (-1, -1)}),
    (
        "radicals",
        [X**2 - 2, Y**2 - 8],
        {(sqrt(2), 2 * sqrt(2)), (sqrt(2), -2 * sqrt(2)), (-sqrt(2), 2 * sqrt(2)), (-sqrt(2), -2 * sqrt(2))},
    ),
    ("multiple ones", [(X - 1) ** 2, (Y**2 - 2) ** 2 * (Y - 3)], {(1, sqrt(2)), (1, -sqrt(2)), (1, 3)}),
    ("a fat point", [X**2, X * Y, Y**2], {(0, 0)}),
    ("rational ones", [2 * X - 1, 3 * Y + 2 * X - 2], {(Rational(1, 2), Rational(1, 3))}),
    ("more equations than unknowns", [X - 1, Y - 2, X * Y - 2], {(1, 2)}),
    ("a zero among them", [X - 1, 0 * X, Y - 2], {(1, 2)}),
]


@pytest.mark.parametrize(("equations", "wanted"), [k[1:] for k in KNOWN], ids=[k[0] for k in KNOWN])
def test_known_systems(equations: list[Any], wanted: set[tuple[Any, ...]]) -> None:
    found = solve(equations, long())
    assert points(found) == {tuple(map(sympy.sympify, p)) for p in wanted}
    assert all(holds(e, s) for e in equations for s in found or [])


@pytest.mark.parametrize("equations", [[X * Y, X * (Y - 1)], [X**2 - Y], [(X - Y) ** 2, X**2 - Y**2], [0 * X]])
def test_infinitely_many_solutions(equations: list[Any]) -> None:
    assert solve(equations, long()) is None


def test_one_variable() -> None:
    (x,) = context(1).gens()
    assert points(solve([x**3 - x, x**2 - 1], long())) == {(-1,), (1,)}
    assert points(solve([x**2 - 2], long())) == {(-sqrt(2),), (sqrt(2),)}
    assert solve([0 * x], long()) is None
    assert solve([x, x - 1], long()) == []


small = st.integers(-3, 3)


@given(st.tuples(*[small] * 6), st.tuples(*[small] * 6))
def test_two_conics_against_resultants(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    x, y = sympy.symbols("x y")
    terms = [(2, 0), (1, 1), (0, 2), (1, 0), (0, 1), (0, 0)]
    equations = [sum((c * X**i * Y**j for c, (i, j) in zip(cs, terms, strict=True)), 0 * X) for cs in (one, other)]
    plain = [sum(c * x**i * y**j for c, (i, j) in zip(cs, terms, strict=True)) for cs in (one, other)]
    found = solve(equations, long())
    if found is None:
        assert any(p == 0 for p in plain) or sympy.gcd(*plain) != 1 or any(not p.free_symbols for p in plain)
        return
    assert all(holds(e, s) for e in equations for s in found)
    eliminant = sympy.resultant(*plain, y)
    if eliminant != 0 and eliminant.free_symbols:
        allowed = set(real_roots(fmpz_poly([int(c) for c in reversed(sympy.Poly(eliminant, x).all_coeffs())])))
        assert {coordinate(s.coordinates[0], s.point) for s in found} <= allowed


def test_real_solutions_are_complete_against_a_planted_product() -> None:
    rng = random.Random(5)
    for _ in range(10):
        xs, ys = (sorted({rng.randint(-5, 5) for _ in range(3)}) for _ in range(2))
        f, g = 0 * X + 1, 0 * X + 1
        for a in xs:
            f = f * (X - a)
        for b in ys:
            g = g * (Y - b)
        shear = rng.randint(-3, 3)
        found = points(solve([f + shear * g, g * (X**2 + 1)], long()))
        assert found == {(a, b) for a in xs for b in ys}


def test_coordinates_as_points_of_their_own() -> None:
    golden = real_roots(fmpz_poly([-1, -1, 1]))[1]
    assert coordinate(fmpq_poly([0, 1, 1]), golden).as_expr() == sympy.expand((1 + sqrt(5)) / 2 + (3 + sqrt(5)) / 2)
    assert coordinate(fmpq_poly([1, 0, 0]), golden) == 1
    for root in real_roots(fmpz_poly([1, -4, 1, 3, -2, 1])):
        square = coordinate(fmpq_poly([0, 0, 1]), root)
        assert (ball(root, 200) ** 2).overlaps(ball(square, 200))


def test_the_deadline_is_kept() -> None:
    ring = context(6)
    rng = random.Random(1)
    equations = [
        sum((rng.randint(-9, 9) * a * b for a in ring.gens() for b in ring.gens()), ring.constant(rng.randint(1, 9)))
        + sum((rng.randint(-9, 9) * a for a in ring.gens()), ring.constant(0))
        for _ in range(6)
    ]
    start = time.monotonic()
    with pytest.raises(NoClosedFormError, match=r"must end within 0\.2 seconds; it did not: raise limit"):
        solve(equations, Deadline(0.2))
    assert time.monotonic() - start < 60  # one step of a Gröbner basis is not interrupted


def test_too_many_solutions_are_refused() -> None:
    with pytest.raises(NoClosedFormError, match=r"at most 200 complex solutions; found more"):
        solve([X**15 - 2, Y**15 - 3], long())


@pytest.mark.parametrize("limit", [0, -1, True, "1", float("nan")])
def test_limits_refused(limit: Any) -> None:
    with pytest.raises(NoClosedFormError, match="limit must be a positive number of seconds"):
        Deadline(limit)
