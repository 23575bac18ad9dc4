"""The signs of atoms where probabilities are positive, and the conditions that say so."""

from typing import Any

import pytest
import sympy
from sympy import QQ, Rational, Symbol, symbols

from klexact.errors import InvalidDistributionError
from klexact.ratfunc import as_expr, element_of, unify
from klexact.signs import conditions, merge, signs

A, B, S, T = symbols("a b s t")


def signs_of(*positive: sympy.Expr) -> dict[Any, int]:
    return {as_expr(f): sign for f, sign in signs(unify([element_of(x) for x in positive])).items()}


def conditions_of(*probabilities: sympy.Expr) -> list[str]:
    return [str(c) for c in conditions(unify([element_of(sympy.sympify(x)) for x in probabilities]))]


@pytest.mark.parametrize(
    ("positive", "found"),
    [
        ([T, 1 - T], {T: 1, T - 1: -1}),
        ([(1 - T) ** 3], {T - 1: -1}),
        ([(1 - 2 * T) ** 2, 4 * T * (1 - T)], {2 * T - 1: 0, T: 1, T - 1: -1}),
        ([T * (1 - T)], {T: 1, T - 1: -1}),  # they cannot both be negative
        ([(T - 1) * (T - 2)], {T - 1: 0, T - 2: 0}),
        ([(T - 1) * (T - 2), T - 1], {T - 1: 1, T - 2: 1}),
        ([T**2 + 1], {T**2 + 1: 1}),
        ([2 - T**2, T - 1], {T**2 - 2: -1, T - 1: 1}),
        ([T**2 - 2, -T], {T**2 - 2: 1, T: -1}),
        ([1 / (T - 10**30)], {T - 10**30: 1}),
        ([T - 10**30, 10**30 + 1 - T], {T - 10**30: 1, T - 10**30 - 1: -1}),
        ([A, B, 1 - A - B], {A: 1, B: 1, A + B - 1: -1}),
        ([-A, B], {A: -1, B: 1}),
        ([A * (1 - B), 1 - B], {A: 1, B - 1: -1}),
    ],
)
def test_signs(positive: list[sympy.Expr], found: dict[sympy.Expr, int]) -> None:
    assert signs_of(*positive) == found


@pytest.mark.parametrize(
    "positive",
    [
        [(1 - S) ** 2, T, 1 - T - (1 - S) ** 2],  # s = 3/2, t = 1/4 and s = 1/2, t = 1/4
        [S * (1 - S) ** 2, T, 1 - T - S * (1 - S) ** 2],
        [(T - 10**9 * S) ** 2, S, T],
        [(1 - 1000 * S) ** 2, S, T],
    ],
)
def test_an_atom_of_even_multiplicity_may_change_its_sign_in_several_parameters(positive: list[sympy.Expr]) -> None:
    found = signs_of(*positive)
    changing = next(iter(x.base for x in positive[0].as_ordered_factors() if x.is_Pow))
    assert found[next(f for f in found if f in (changing.expand(), (-changing).expand()))] == 0


@pytest.mark.parametrize("positive", [[-(T**2) - 1], [T, -T], [T - 2, 1 - T], [(T - 1) * (1 - T)]])
def test_nowhere_positive_is_refused(positive: list[sympy.Expr]) -> None:
    with pytest.raises(InvalidDistributionError, match="positive together somewhere; found none of its intervals"):
        signs_of(*positive)


def test_merge() -> None:
    assert merge({"f": 1}, {"f": -1}) == {"f": 0}
    assert merge({"f": 1}, {"f": -1}, {"f": 1}) == {"f": 0}
    assert merge({"f": 0}, {"f": -1}, {"g": 1}) == {"f": -1, "g": 1}
    assert merge() == {}


@pytest.mark.parametrize(
    ("probabilities", "found"),
    [
        ([T, 1 - T], ["t >= 0", "1 - t >= 0"]),
        ([(1 - 2 * T) ** 2, 4 * T * (1 - T)], ["t*(1 - t) >= 0"]),
        ([1 / (1 + T**2), T**2 / (1 + T**2)], ["t**2 + 1 >= 0"]),
        ([S, 1 - S - T, T], ["s >= 0", "-s - t + 1 >= 0", "t >= 0"]),
        ([Rational(1, 2), Rational(1, 2)], []),
    ],
)
def test_conditions(probabilities: list[sympy.Expr], found: list[str]) -> None:
    assert sorted(conditions_of(*probabilities)) == sorted(found)


def test_conditions_know_assumptions() -> None:
    p = Symbol("p", positive=True)
    assert conditions_of(p / (1 + p), 1 / (1 + p)) == []
    assert conditions_of(p, 1 - p) == ["1 - p >= 0"]
    negative = Symbol("n", negative=True)
    with pytest.raises(InvalidDistributionError, match="must not be negative; found n"):
        conditions_of(negative, 1 - negative)


def test_rational_probabilities_need_nothing() -> None:
    assert conditions([QQ(1, 2), QQ(1, 2)]) == ()
