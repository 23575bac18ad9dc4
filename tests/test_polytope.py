"""Polytopes: extreme points, rays, faces and images, against brute force and Euler's relation."""

from collections.abc import Callable
from itertools import combinations, product
from math import comb
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Rational, Symbol, symbols

from klexact.errors import InvalidFamilyError
from klexact.polytope import Affine, Polytope

A, B, C = symbols("a b c")


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_simplex_and_cube_have_the_known_faces(n: int) -> None:
    names = symbols(f"x0:{n}")
    simplex = Polytope.simplex(names)
    cube = Polytope(names, [r for x in names for r in (x >= 0, x <= 1)])
    for region, faces in (
        (simplex, [comb(n + 1, d + 1) for d in range(n + 1)]),
        (cube, [comb(n, d) * 2 ** (n - d) for d in range(n + 1)]),
    ):
        found = region.faces()
        assert [sum(f.dimension == d for f in found) for d in range(n + 1)] == faces
        assert region.is_bounded
        assert not region.is_empty
        for face in found:
            assert face.centre in region
            assert tuple(i for i, row in enumerate(region.rows) if row.at(face.centre) == 0) == face.active


def brute_force(region: Polytope) -> set[tuple[Rational, ...]]:
    """Solve all n of the inequalities as equations with SymPy; keep the solutions inside."""
    n, found = len(region.symbols), set()
    for rows in combinations(region.relations, n):
        matrix, right = sympy.linear_eq_to_matrix([r.lhs for r in rows], region.symbols)
        if matrix.det():
            point = tuple(matrix.LUsolve(right))
            if all(r.lhs.subs(dict(zip(region.symbols, point, strict=True))) >= 0 for r in region.relations):
                found.add(point)
    return found


coefficients = st.integers(-3, 3)


@given(st.lists(st.tuples(coefficients, coefficients, coefficients), min_size=0, max_size=4))
def test_vertices_against_all_intersections(rows: list[tuple[int, int, int]]) -> None:
    box = [A >= -2, A <= 2, B >= -2, B <= 2]
    region = Polytope([A, B], [*box, *(Affine(QQ(r[2]), tuple((i, QQ(r[i])) for i in (0, 1) if r[i])) for r in rows)])
    vertices = {tuple(Rational(int(x.numerator), int(x.denominator)) for x in v) for v in region.vertices}
    assert vertices == brute_force(region)
    assert region.is_empty == (not vertices)
    faces = region.faces()
    if vertices:
        assert sum((-1) ** f.dimension for f in faces) == 1  # Euler
        assert all(f.centre in region for f in faces)


def test_unbounded_empty_flat_and_lines() -> None:
    wedge = Polytope([A, B], [A >= 0, B >= A])
    assert (wedge.vertices, wedge.rays) == (((0, 0),), ((0, 1), (1, 1)))
    assert not wedge.is_bounded
    assert Polytope([A, B], [A >= 0, B >= 0, A + B <= -1]).is_empty
    assert Polytope([A, B], [A >= 0, A <= -1]).is_empty  # it has lines besides
    strip = Polytope([A, B], [A + B >= 0])
    assert strip.has_lines
    assert not strip.is_empty
    assert not Polytope([A, B], []).is_empty
    segment = Polytope([A, B], [A >= 0, B >= 0, sympy.Eq(A + B, 1)])
    assert [(f.dimension, f.centre) for f in segment.faces()] == [
        (1, (QQ(1, 2), QQ(1, 2))),
        (0, (0, 1)),
        (0, (1, 0)),
    ]
    assert segment.faces()[0].values == {B: 1 - A}


def test_symbols_assumed_positive_keep_their_bound() -> None:
    p = Symbol("p", positive=True)
    assert Polytope([p, B], [p >= 0, B >= 0, p + B <= 1]).vertices == Polytope.simplex([A, B]).vertices


def test_signs_of_affine_functions() -> None:
    region = Polytope.simplex([A, B])
    for expr, sign in ((A, 1), (A - 1, -1), (A - B, None), (A + B + 1, 1), (2 * A - 1, None)):
        function = Affine.of(expr, (A, B))
        assert function is not None
        assert region.sign_of(function) == sign
    assert Affine.of(A * B, (A, B)) is None
    assert Affine.of(1 / A, (A, B)) is None
    assert Affine.of(A + C, (A, B)) is None


@given(st.lists(st.tuples(coefficients, coefficients), min_size=1, max_size=3))
def test_images_are_the_hull_of_the_images_of_the_vertices(slopes: list[tuple[int, int]]) -> None:
    region = Polytope([A, B], [A >= 0, B >= 0, A <= 1, B <= 2])
    functions = [Affine(QQ(k), tuple((i, QQ(s)) for i, s in enumerate(pair) if s)) for k, pair in enumerate(slopes)]
    names = [Symbol(f"y{i}") for i in range(len(functions))]
    if sympy.Matrix(slopes).rank() < len(slopes):
        with pytest.raises(InvalidFamilyError, match="must have inner points"):
            region.image(functions, names)
        return
    image = region.image(functions, names)
    points = {tuple(f.at(v) for f in functions) for v in region.vertices}
    assert set(image.vertices) <= points
    assert all(p in image for p in points)
    for a, b in product((0, QQ(1, 3), 1), (0, QQ(1, 2), 2)):
        assert tuple(f.at((QQ(a), QQ(b))) for f in functions) in image


def test_forty_parameters_are_fast_enough_to_use() -> None:
    assert len(Polytope.simplex(symbols("x0:40")).vertices) == 41


BAD: list[tuple[str, Callable[[], Any], str]] = [
    ("strict", lambda: Polytope([A], [A > 0]), r"must be closed: >=, <=; found a > 0"),
    ("quadratic", lambda: Polytope([A], [A**2 <= 1]), r"must be affine over Q in a; found a\*\*2 <= 1"),
    ("irrational", lambda: Polytope([A], [sympy.sqrt(2) >= A]), r"must be rational|rational function"),
    ("another symbol", lambda: Polytope([A], [A <= B]), r"affine over Q in a"),
    ("none", lambda: Polytope([], []), r"needs SymPy Symbols"),
    ("text", lambda: Polytope(["a"], []), r"needs SymPy Symbols"),
    ("twice", lambda: Polytope([A, A], []), r"must be distinct"),
]


@pytest.mark.parametrize(("make", "message"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_domains_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_too_many_vertices_or_faces_are_refused() -> None:
    names = symbols("x0:12")
    with pytest.raises(InvalidFamilyError, match=r"at most 2,000 vertices; found more"):
        Polytope(names, [r for x in names for r in (x >= 0, x <= 1)]).vertices  # noqa: B018
    names = symbols("x0:9")
    with pytest.raises(InvalidFamilyError, match=r"at most 5,000 faces"):
        Polytope(names, [r for x in names for r in (x >= 0, x <= 1)]).faces()


def test_repr() -> None:
    assert repr(Polytope([A], [A >= 0, sympy.And(A <= 1, A <= 2)])) == "Polytope(a >= 0, 1 - a >= 0, 2 - a >= 0)"
    assert "and 1 more" in repr(Polytope.simplex(symbols("x0:6")))
