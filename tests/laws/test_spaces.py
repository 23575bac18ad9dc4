"""Where outcomes live: generic outcomes, membership, coordinates, listing."""

import pytest
import sympy
from sympy import FiniteSet, ImmutableMatrix, Interval, ProductSet, Range, S, Symbol, Tuple, exp, log
from sympy.matrices.expressions.sets import MatrixSet

from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws.spaces import (
    Counts,
    Image,
    PositiveDefinite,
    Simplex,
    Sphere,
    X,
    coordinates,
    generic,
    inner,
    is_discrete,
    is_positive,
    moved,
    points,
    read,
    slot,
    variable,
)

HALF = S(1) / 2


def image(f: sympy.Expr, base: sympy.Set) -> sympy.Set:
    return Image(sympy.Lambda(X, f), base)


SETS = [
    Interval(0, 1),
    Range(0, sympy.oo),
    FiniteSet(1, 2),
    FiniteSet(Tuple(1, 2)),
    Simplex(3),
    Sphere(2),
    Counts(2, 3, [1, 3]),
    PositiveDefinite(2),
    MatrixSet(2, 3, S.Reals),
    ProductSet(Interval(0, 1), ProductSet(Simplex(2), PositiveDefinite(2))),
]


@pytest.mark.parametrize("support", SETS, ids=str)
def test_the_coordinates_of_the_generic_outcome_are_the_variables(support: sympy.Set) -> None:
    found = coordinates(support, generic(support))
    leaves = [v for v in found if str(v).startswith("x")]
    assert leaves
    assert all(found[v] == v for v in leaves)


@pytest.mark.parametrize("support", SETS, ids=str)
def test_moving_is_undone(support: sympy.Set) -> None:
    there = moved(generic(support), 7)
    assert inner(there) == generic(support)
    assert {slot(v) for v in there.free_symbols} == {7}
    assert generic(ProductSet(support, support)) == Tuple(moved(generic(support), 1), moved(generic(support), 2))


@pytest.mark.parametrize(
    ("support", "outcome", "inside"),
    [
        (Simplex(2), [HALF, HALF], True),
        (Simplex(2), [0, 1], False),
        (Simplex(2), [sympy.sqrt(2) / 2, 1 - sympy.sqrt(2) / 2], True),
        (Sphere(2), [sympy.sqrt(2) / 2, sympy.sqrt(2) / 2], True),
        (Sphere(2), [0, 0], False),
        (Sphere(2), [sympy.exp(-1), sympy.cos(1)], False),
        (Counts(2, 3, [1, 3]), [1, 0, 1], True),
        (Counts(2, 3, [1, 3]), [1, 1, 0], False),
        (Counts(2, 2, [1, 2]), [3, -1], False),
        (Counts(2, 2, [1, 2]), [HALF, 3 * HALF], False),
        (PositiveDefinite(2), [[1, 0], [0, -1]], False),
        (PositiveDefinite(2), [[2, 1], [0, 2]], False),
        (PositiveDefinite(2), [[2, 1], [1, 2]], True),
        (image(exp(X), Interval(0, 1)), 1, True),
        (image(exp(X), Interval(0, 1)), -1, False),
        (image(X**2, Interval(0, 2)), 4, True),
        (image(2 * X, Range(0, 3)), 3, False),
    ],
)
def test_membership(support: sympy.Set, outcome: object, inside: bool) -> None:
    assert (support.contains(read(support, outcome)) == sympy.true) is inside


def test_membership_with_symbols_is_a_condition() -> None:
    t = Symbol("t", real=True)
    assert Simplex(2).contains(Tuple(t, 1 - t)) == sympy.And(t > 0, 1 - t > 0)


def test_reading() -> None:
    assert read(MatrixSet(1, 2, S.Reals), [["1/2", 0.25]]) == ImmutableMatrix([[HALF, HALF / 2]])
    assert read(ProductSet(Interval(0, 1), Sphere(2)), (1, [0, 1])) == Tuple(1, Tuple(0, 1))
    for wrong in (1, [1], [[1, 2]], "12", [[1, 2], [3]]):
        with pytest.raises(KLExactError):
            read(PositiveDefinite(2), wrong)


def test_the_inverse_is_among_the_coordinates() -> None:
    found = coordinates(PositiveDefinite(2), ImmutableMatrix([[2, 1], [1, 1]]))
    assert [found[variable(*place, letter="y")] for place in ((1, 1), (1, 2), (2, 2))] == [1, -1, 2]
    assert found[variable(letter="logdet")] == log(1)


def test_listing() -> None:
    assert points(Counts(1, 2, [1, 2])) == (Tuple(1, 0), Tuple(0, 1))
    assert points(ProductSet(FiniteSet(0, 1), Range(2, 4))) == tuple(Tuple(i, j) for i in (0, 1) for j in (2, 3))
    assert points(image(exp(X), FiniteSet(0))) == (1,)
    assert points(ProductSet(FiniteSet(0), Interval(0, 1))) is points(Simplex(2)) is None
    assert (
        points(Counts(Symbol("n"), 2, [1, 2]))
        is points(Range(0, sympy.oo))
        is points(image(exp(X), Interval(0, 1)))
        is None
    )
    for many in (Counts(10**6, 9, range(1, 10)), Range(0, 10**6), ProductSet(Range(0, 999), Range(0, 999))):
        with pytest.raises(NoClosedFormError, match="at most 2,000 outcomes"):
            points(many)


def test_what_is_known_of_entries() -> None:
    assert is_discrete(ProductSet(Counts(2, 2, [1]), image(2 * X, Range(0, 3))))
    assert not is_discrete(ProductSet(Counts(2, 2, [1]), Simplex(2)))
    assert is_positive(ProductSet(Interval(-1, 1), Simplex(2)), variable(2, 1))
    assert not is_positive(Sphere(2), variable(1))
