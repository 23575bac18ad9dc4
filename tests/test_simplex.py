"""Exact linear programs: emptiness, ranges and minimal faces, against each other and against all vertices."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from klexact.simplex import Polytope, independent

Rows = list[list[fmpq]]


def numbers(rows: Sequence[Sequence[int | fmpq]]) -> Rows:
    return [[fmpq(x) for x in row] for row in rows]


def vertices(rows: Rows, target: Sequence[fmpq]) -> Iterator[list[fmpq]]:
    """Yield every vertex, by solving for every choice of columns: the definition."""
    chosen = independent(rows)
    kept, width = [rows[k] for k in chosen], len(rows[0])
    for columns in combinations(range(width), len(kept)):
        square = fmpq_mat([[row[j] for j in columns] for row in kept])
        if square.det() == 0:
            continue
        solution = square.solve(fmpq_mat([[target[k]] for k in chosen])).entries()
        point = [fmpq(0)] * width
        for j, x in zip(columns, solution, strict=True):
            point[j] = x
        if min(point) >= 0 and all(dot(row, point) == b for row, b in zip(rows, target, strict=True)):
            yield point


def dot(row: Sequence[fmpq], q: Sequence[fmpq]) -> fmpq:
    return sum((a * x for a, x in zip(row, q, strict=True)), fmpq(0))


@st.composite
def programs(draw: st.DrawFn) -> tuple[Rows, list[fmpq]]:
    width = draw(st.integers(1, 6))
    entry = st.integers(-2, 2)
    rows = numbers([[1] * width, *draw(st.lists(st.lists(entry, min_size=width, max_size=width), max_size=3))])
    if draw(st.booleans()):  # a feasible target, perhaps on a face
        q = draw(st.lists(st.integers(0, 2), min_size=width, max_size=width).filter(any))
        return rows, [dot(row, [fmpq(x, sum(q)) for x in q]) for row in rows]
    return rows, [fmpq(1), *(fmpq(draw(entry)) for _ in rows[1:])]


@given(programs())
def test_what_is_found_is_what_all_vertices_say(program: tuple[Rows, list[fmpq]]) -> None:
    rows, target = program
    space, all_vertices = Polytope(rows, target), list(vertices(rows, target))
    assert space.is_empty == (not all_vertices)
    if all_vertices:
        objective = [fmpq(j * j - 3) for j in range(len(rows[0]))]
        values = [dot(objective, v) for v in all_vertices]
        assert space.range(objective) == (min(values), max(values))
        face = space.face()
        assert set(face.positive) == {j for v in all_vertices for j, x in enumerate(v) if x}
        assert (face.functional is None) == (len(face.positive) == len(rows[0]))


@given(programs())
def test_the_functional_proves_the_face(program: tuple[Rows, list[fmpq]]) -> None:
    rows, target = program
    space = Polytope(rows, target)
    if not space.is_empty and (y := space.face().functional) is not None:
        values = [dot(y, column) for column in zip(*rows, strict=True)]
        assert dot(y, target) == 0
        assert min(values) == 0
        assert {j for j, h in enumerate(values) if not h} == set(space.face().positive)


def test_a_cycling_example_ends() -> None:
    # Beale's example, on which Dantzig's rule alone cycles, with a slack that bounds it
    rows = numbers(
        [
            [fmpq(1, 4), -60, fmpq(-1, 25), 9, 1, 0, 0, 0],
            [fmpq(1, 2), -90, fmpq(-1, 50), 3, 0, 1, 0, 0],
            [0, 0, 1, 0, 0, 0, 1, 0],
            [1, 1, 1, 1, 1, 1, 1, 1],
        ]
    )
    space = Polytope(rows, [fmpq(0), fmpq(0), fmpq(1), fmpq(100)])
    objective = [fmpq(3, 4), fmpq(-150), fmpq(1, 50), fmpq(-6), *[fmpq(0)] * 4]
    assert space.range(objective)[1] == fmpq(1, 20)


def test_inconsistent_and_redundant_equations() -> None:
    rows = numbers([[1, 1], [0, 1], [0, 2]])
    assert Polytope(rows, [fmpq(1), fmpq(1, 2), fmpq(2)]).is_empty
    redundant = Polytope(rows, [fmpq(1), fmpq(1, 2), fmpq(1)])
    assert redundant.face().positive == (0, 1)
    on_a_face = Polytope(numbers([[1, 1, 1], [0, 1, 2], [0, 2, 4]]), [fmpq(1), fmpq(2), fmpq(4)]).face()
    assert on_a_face.positive == (2,)
    assert on_a_face.functional is not None
    assert on_a_face.functional[2] == 0
    assert independent([]) == []


def test_an_empty_polytope_has_no_range_and_no_face() -> None:
    empty = Polytope(numbers([[1, 1], [0, 1]]), [fmpq(1), fmpq(2)])
    with pytest.raises(ValueError, match="not empty"):
        empty.range([fmpq(1), fmpq(0)])
    with pytest.raises(ValueError, match="not empty"):
        empty.face()
