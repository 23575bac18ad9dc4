"""Closed forms of tilted distributions: components, independent groups, one statistic; and where none is found."""

from collections.abc import Sequence

import pytest
import sympy
from flint import fmpq
from sympy import QQ, CRootOf, Rational, log, sqrt

from klexact import decimal, order
from klexact.algebraic import AlgebraicForm
from klexact.logform import LogForm
from klexact.optima.dual import Dual
from klexact.optima.tilting import MAX_DEGREE, Tilt, combined, scaled, tilt
from klexact.roots import RealRoot

Points = Sequence[Sequence[int]]


def tilted(points: Points, weights: Sequence[object], target: Sequence[object]) -> Tilt | None:
    fractions = [sympy.Rational(x) for x in (*weights, *target)]
    elements = [QQ(int(f.p), int(f.q)) for f in fractions]
    return tilt([[fmpq(x) for x in p] for p in points], elements[: len(weights)], elements[len(weights) :])


def probabilities(found: Tilt | None, weights: Sequence[object]) -> list[sympy.Expr]:
    assert found is not None
    return [sympy.expand(Rational(w) * d) for w, d in zip(weights, found.densities, strict=True)]


def test_one_statistic_with_a_rational_root() -> None:
    # (1 + 2 + 4) / 7: x = 2
    found = tilted([[0], [1], [2]], ["1/3"] * 3, ["10/7"])
    assert probabilities(found, ["1/3"] * 3) == [Rational(1, 7), Rational(2, 7), Rational(4, 7)]
    assert found is not None
    assert combined(found.divergence).as_expr() == sympy.expand_log(log(3) - log(7) + Rational(10, 7) * log(2))


def test_one_statistic_with_a_quadratic_root() -> None:
    found = probabilities(tilted([[0], [1], [2]], ["1/3"] * 3, ["1/2"]), ["1/3"] * 3)
    assert found == [Rational(11, 12) - sqrt(13) / 12, sqrt(13) / 6 - Rational(1, 3), Rational(5, 12) - sqrt(13) / 12]
    assert sum(found) == 1
    assert sympy.expand(found[1] + 2 * found[2]) == Rational(1, 2)


def test_scaling_and_shifting_a_statistic_does_not_change_the_degree() -> None:
    plain = tilted([[0], [1], [2]], ["1/3"] * 3, ["1/2"])
    moved = tilted([[1000], [1500], [2000]], ["1/3"] * 3, [1250])
    assert plain is not None
    assert moved is not None
    assert plain.densities == moved.densities


def test_a_root_of_higher_degree_is_a_crootof() -> None:
    found = tilted([[i] for i in range(1, 7)], ["1/6"] * 6, ["9/2"])
    assert found is not None
    (root,) = found.densities[0].atoms(CRootOf)
    assert root.poly.all_coeffs() == [3, 1, -1, -3, -5, -7]
    assert isinstance(combined(found.divergence), AlgebraicForm)


@pytest.mark.parametrize("degree", [MAX_DEGREE, MAX_DEGREE + 1])
def test_the_equation_is_solved_up_to_a_degree(degree: int) -> None:
    points, weights = [[i] for i in range(degree + 1)], [Rational(1, degree + 1)] * (degree + 1)
    found = tilted(points, weights, [10])
    assert (found is None) == (degree > MAX_DEGREE)
    if found is not None:
        dual = Dual([[fmpq(i)] for (i,) in points], [fmpq(1, degree + 1)] * (degree + 1), [fmpq(10)])
        assert decimal(combined(found.divergence), 30) == decimal(dual.divergence, 30)


def test_fixed_masses_of_blocks_need_linear_algebra_only() -> None:
    weights = ["1/2", "1/4", "1/4"]
    found = tilted([[0, 0], [1, 0], [0, 1]], weights, ["1/2", "1/3"])
    assert probabilities(found, weights) == [Rational(1, 6), Rational(1, 2), Rational(1, 3)]


def test_a_component_is_projected_alone() -> None:
    # the mass of the last three is fixed, and their mean given it is 1/2
    weights = ["1/4"] * 4
    found = probabilities(tilted([[0, 0], [1, 0], [1, 1], [1, 2]], weights, ["1/2", "1/4"]), weights)
    alone = probabilities(tilted([[0], [1], [2]], ["1/3"] * 3, ["1/2"]), ["1/3"] * 3)
    assert found == [Rational(1, 2), *(sympy.expand(p / 2) for p in alone)]


def test_independent_groups_are_projected_alone() -> None:
    weights = [Rational(i + 1, 6) * Rational(j + 1, 3) for i in range(3) for j in range(2)]
    points = [[i, j] for i in range(3) for j in range(2)]
    found = probabilities(tilted(points, weights, ["1/2", "1/3"]), weights)
    one = probabilities(tilted([[0], [1], [2]], ["1/6", "1/3", "1/2"], ["1/2"]), ["1/6", "1/3", "1/2"])
    two = probabilities(tilted([[0], [1]], ["1/3", "2/3"], ["1/3"]), ["1/3", "2/3"])
    assert found == [sympy.expand(a * b) for a in one for b in two]


def test_pairwise_independence_is_not_enough() -> None:
    # z = x xor y: every two are independent, the three are not
    points = [[x, y, x ^ y] for x in range(2) for y in range(2)]
    found = tilted(points, ["1/4"] * 4, ["1/2", "1/2", "1/3"])
    assert probabilities(found, ["1/4"] * 4) == [Rational(1, 3), Rational(1, 6), Rational(1, 6), Rational(1, 3)]


def test_what_does_not_split_has_no_closed_form_here() -> None:
    assert tilted([[i, i * i] for i in range(6)], ["1/6"] * 6, ["3", "10"]) is None


def test_weights_of_any_total() -> None:
    one, two = (tilted([[0], [1], [2]], [w] * 3, ["1/2"]) for w in ("1/3", "1/5"))
    assert one is not None
    assert two is not None
    assert [sympy.expand(5 * a) for a in one.densities] == [sympy.expand(3 * b) for b in two.densities]
    gap = combined([*two.divergence, *scaled(QQ(-1), one.divergence)])
    assert gap == LogForm.log("5/3")


def test_terms_at_two_roots_stay_two_pieces() -> None:
    x = LogForm.log(sympy.Symbol("x"))
    one, two = RealRoot((-1, -1, 1), 1), RealRoot((-1, -2, 1), 1)
    value = combined([(QQ(1), x, one), (QQ(1), x, two), (QQ(2), LogForm.log(3), None)])
    assert order(value, log((1 + sqrt(5)) / 2) + log(1 + sqrt(2)) + log(9)) == 0
