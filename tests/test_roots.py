"""Real algebraic numbers: all real roots, ordered and compared exactly."""

from itertools import pairwise
from typing import Any

import pytest
import sympy
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Poly, Symbol

from klexact.ratfunc import element_of
from klexact.roots import RealRoot, ball, between, cells, compare, point_expr, polynomial, real_roots, sign_at

X = Symbol("x")
coefficients = st.lists(st.integers(-20, 20), min_size=1, max_size=5).filter(any)
HUGE = 10**30 + 1  # more digits than a ball of 64 bits keeps


def as_poly(c: list[int]) -> Any:
    return Poly(list(reversed(c)), X)


@given(coefficients)
def test_all_real_roots_in_order(c: list[int]) -> None:
    found, wanted = real_roots(fmpz_poly(c)), sorted(set(as_poly(c).real_roots()))
    assert len(found) == len(wanted)
    assert all(compare(a, b) < 0 for a, b in pairwise(found))
    assert all(point_expr(a).equals(b) for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("c", "roots"),
    [
        ([5], []),
        ([1, 0, 1], []),
        ([0, 0, 1], [0]),
        ([1, -3, 2], [sympy.Rational(1, 2), 1]),
        ([-2, 0, 1], [-sympy.sqrt(2), sympy.sqrt(2)]),
        ([-1, -1, 1], [sympy.Rational(1, 2) - sympy.sqrt(5) / 2, sympy.Rational(1, 2) + sympy.sqrt(5) / 2]),
        ([1, 1, -1], [sympy.Rational(1, 2) - sympy.sqrt(5) / 2, sympy.Rational(1, 2) + sympy.sqrt(5) / 2]),
        ([-1, -1, 0, 0, 0, 1], [sympy.CRootOf(X**5 - X - 1, 0)]),
        ([3, -25, 0, 1], [sympy.CRootOf(X**3 - 25 * X + 3, i) for i in range(3)]),
    ],
)
def test_roots_as_sympy_numbers(c: list[int], roots: list[Any]) -> None:
    found = [point_expr(r) for r in real_roots(fmpz_poly(c))]
    assert [sympy.simplify(a - b) for a, b in zip(found, roots, strict=True)] == [0] * len(roots)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7])
def test_radical_roots_keep_their_order(n: int) -> None:
    for c in ([-3, *[0] * (n - 1), 1], [3, *[0] * (n - 1), 1]):
        values = [point_expr(r).evalf(30) for r in real_roots(fmpz_poly(c))]
        assert values == sorted(values)
        assert all(v.is_real for v in values)


def test_roots_that_doubles_cannot_tell_apart() -> None:
    below, above = QQ(10**40 - 1, 10**40), QQ(10**40 + 1, 10**40)
    poly = fmpz_poly([1 - 10**40, 10**40]) * fmpz_poly([-1, 0, 1]) * fmpz_poly([-(10**40) - 1, 10**40])
    assert real_roots(poly) == [-1, below, 1, above]
    near = real_roots(fmpz_poly([-2 * 10**80 - 1, 0, 10**80]))[1]  # sqrt(2 + 1e-80)
    assert compare(real_roots(fmpz_poly([-2, 0, 1]))[1], near) == -1


@given(coefficients, coefficients)
def test_sign_at_a_root(c: list[int], d: list[int]) -> None:
    for root in real_roots(fmpz_poly(c)):
        assert sign_at(fmpz_poly(c), root) == 0
        value = as_poly(d).as_expr().subs(X, point_expr(root).evalf(60))
        # the norm of d(root) is a rational with a denominator of at most 20**16, and its up to 3 conjugates are below
        # 5·20·21**4 < 2e7, so |d(root)| is 0 or above 1e-43; its rounding error is below 1e-50
        assert sign_at(fmpz_poly(d), root) == (0 if abs(value) < 1e-45 else sympy.sign(value))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (None, None),
        (QQ(0), None),
        (None, QQ(0)),
        (QQ(0), QQ(1)),
        (QQ(1, 10**60), QQ(2, 10**60)),
        (QQ(10**18 + 1), None),
        (QQ(HUGE), QQ(HUGE + 1)),
        (QQ(HUGE), None),
        (None, QQ(-HUGE)),
        (QQ(-HUGE), None),
        (None, QQ(HUGE)),
        (RealRoot((-2, 0, 1), 1), QQ(3, 2)),
        (RealRoot((-2, 0, 1), 1), RealRoot((-2 * 10**50 - 1, 0, 10**50), 1)),
        (RealRoot((-(10**61), 0, 1), 1), None),
        (None, RealRoot((-(10**61), 0, 1), 0)),
    ],
    ids=lambda x: str(x)[:20],
)
def test_between_lies_between(x: Any, y: Any) -> None:
    middle = between(x, y)
    assert x is None or compare(x, middle) < 0
    assert y is None or compare(middle, y) < 0


@given(st.lists(coefficients, max_size=3))
def test_cells_have_constant_signs(polys: list[list[int]]) -> None:
    points = cells([fmpz_poly(c) for c in polys])
    roots = {r for c in polys for r in real_roots(fmpz_poly(c))}
    assert len(points) == len(roots) + 1
    for a, b in pairwise(points):
        assert sum(compare(a, r) < 0 < compare(b, r) for r in roots) == 1


def test_cells_inside_bounds() -> None:
    poly = fmpz_poly([-1, 4]) * fmpz_poly([-3, 1]) * fmpz_poly([0, 1])
    points = cells([poly], QQ(0), QQ(1))
    assert len(points) == 2
    assert 0 < points[0] < QQ(1, 4) < points[1] < 1
    assert len(cells([poly], QQ(3), None)) == 1


def test_cells_around_large_roots() -> None:
    points = cells([fmpz_poly([-HUGE, 1]), fmpz_poly([1 - HUGE, 1])])
    assert points[0] < HUGE - 1 < points[1] < HUGE < points[2]


def test_balls_are_small_and_contain_the_point() -> None:
    root = RealRoot((-2, 0, 1), 1)
    for prec in (64, 500, 3000):
        enclosure = ball(root, prec)
        assert (enclosure * enclosure).contains(2)
        assert enclosure.rad() * 2 ** (prec - 4) < 1
        assert ball(QQ(1, 3), prec).rad() * 2 ** (prec - 4) < 1


def test_polynomial_of_an_element() -> None:
    x = element_of((2 * X**2 - 3) / (X + 1))
    assert polynomial(x.numer, X) == fmpz_poly([-3, 0, 2])
    assert polynomial(x.denom, X) == fmpz_poly([1, 1])
