"""Constraints: every way to write one, every way to write none, and what is said where they contradict each other."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from sympy import QQ, Symbol, pi

from klexact.constraints import conflict, constraints_of, polytope, types_of
from klexact.errors import InvalidConstraintError, InvalidNumberError

OUTCOMES = (1, 2, 4)


def square(x: int) -> int:
    return x * x


def is_even(x: int) -> bool:
    return x % 2 == 0


@pytest.mark.parametrize(
    "statistic",
    [square, {1: 1, 2: "4", 4: 16.0, 5: 0}, [1, Decimal(4), Fraction(16)], np.array([1, 4, 16])],
    ids=["function", "mapping", "sequence", "array"],
)
def test_one_statistic_in_many_ways(statistic: Any) -> None:
    (found,) = constraints_of(OUTCOMES, [(statistic, "7/2")])
    assert found.values == (fmpq(1), fmpq(4), fmpq(16))
    assert found.target == QQ(7, 2)


def test_events_and_predicates_are_indicators() -> None:
    found = constraints_of(OUTCOMES, {frozenset({2, 4}): "1/2", is_even: 0.5, (lambda x: x > 1): Fraction(1, 2)})
    assert [c.values for c in found] == [(fmpq(0), fmpq(1), fmpq(1))] * 3
    assert list(map(str, found)) == ["P({2, 4}) = 1/2", "P(is_even) = 1/2", "P(A_3) = 1/2"]
    assert constraints_of(OUTCOMES, [({2}, 1)])[0].values == (fmpq(0), fmpq(1), fmpq(0))


def test_names() -> None:
    found = constraints_of(tuple(range(9)), [(square, 1), (lambda x: x, 2), (range(9), 3), (set(range(9)), 1)])
    assert [str(c.name) for c in found] == ["E[square]", "E[T_2]", "E[T_3]", "P({0, 1, 2, 3, 4, 5, ... 3 more})"]
    assert [c.name.latex for c in found[:2]] == [r"E[\text{square}]", "E[T_{2}]"]
    assert constraints_of((1, 2), [(is_even, 0)])[0].name.latex == r"P(\text{is\_even})"


def test_the_value_may_be_a_symbol() -> None:
    (found,) = constraints_of(OUTCOMES, [(square, Symbol("c"))])
    assert str(found) == "E[square] = c"


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (3, "constraints must be a mapping .* or a sequence of pairs .*; found 3"),
        ("ab", "found 'ab'"),
        ([(1, 2, 3)], r"found \(1, 2, 3\) among them"),
        ({"x": 1}, "a statistic must be a function of the outcome, a frozenset .*; found 'x'"),
        ([(1, 1)], "a statistic must be .*; found 1"),
        ({frozenset({1, 9}): 1}, "an event must consist of the reference's outcomes; found 9"),
        ([({1: 1, 2: 1}, 1)], r"E\[T_1\] must give every outcome a value; found none for 4"),
        ([([1, 2], 1)], r"E\[T_1\] must have a value for each of 3 outcomes; found 2"),
        ([(square, 1)] * 201, "at most 200 constraints are taken; found 201"),
    ],
)
def test_what_is_no_constraint_is_refused(constraints: Any, message: str) -> None:
    with pytest.raises(InvalidConstraintError, match=message):
        constraints_of(OUTCOMES, constraints)


@pytest.mark.parametrize(
    ("statistic", "value", "message"),
    [
        (lambda _: "red", 1, r"the statistic of E\[T_1\] at outcome 1 must be written as a number.*; found 'red'"),
        (lambda _: float("nan"), 1, "must be a finite number; found nan"),
        (lambda x: x * Symbol("t"), 1, "must be a number; found t with the symbol t"),
        (lambda _: None, 1, "found None"),
        (square, "x", r"the value of E\[square\] must be .*; found 'x'"),
        (square, pi, "must be rational; found pi"),
        (square, float("inf"), "must be a finite number; found inf"),
    ],
)
def test_what_is_no_number_is_refused(statistic: Callable[[Any], Any], value: object, message: str) -> None:
    with pytest.raises(InvalidNumberError, match=message):
        constraints_of(OUTCOMES, [(statistic, value)])


def test_too_many_outcomes_are_refused_at_once() -> None:
    def never(_: int) -> int:
        raise AssertionError

    with pytest.raises(InvalidConstraintError, match="at most 10,000 outcomes; found 10,001"):
        constraints_of(range(10_001), [(never, 1)])


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ([(square, 17)], "E[square] can have any value from 1 to 16; found E[square] = 17"),
        (
            [(square, 3), (lambda x: x, 2)],
            "given E[square] = 3, E[T_2] can have any value from 7/5 to 5/3; found E[T_2] = 2",
        ),
        (
            [(square, 3), (lambda x: 2 * x * x, 5)],
            "given E[square] = 3, E[T_2] can have the value 6 only; found E[T_2] = 5",
        ),
        (
            [({1}, "2/3"), (square, 2), ({2}, "2/3")],
            "given P({1}) = 2/3, E[square] = 2, P({2}) can have the value 1/3 only; found P({2}) = 2/3",
        ),
    ],
)
def test_a_conflict_names_the_exact_range(constraints: Any, message: str) -> None:
    found = constraints_of(OUTCOMES, constraints)
    assert conflict(found, range(3)) == message


def test_too_many_values_are_refused() -> None:
    with pytest.raises(InvalidConstraintError, match="values of statistics are taken; found 21 for 10,000 outcomes"):
        constraints_of(range(10_000), [(square, 1)] * 21)


def test_outcomes_with_equal_statistics_are_one_type() -> None:
    found = constraints_of(OUTCOMES, [(is_even, "1/2")])
    assert types_of(found, range(3)) == [[0], [1, 2]]
    space, types = polytope(found, [0, 2])
    assert not space.is_empty
    assert types == [[0], [2]]
