"""Tables of masses: outcome -> exact non-negative element; totals, and by how much they miss 1."""

from typing import Any

import numpy as np
import pytest
import sympy
from sympy import QQ, Symbol

from klexact.errors import InvalidDistributionError, InvalidNumberError
from klexact.masses import checked, masses, require_unit_total, total

P, T = Symbol("p"), Symbol("t")


@pytest.mark.parametrize(
    "data",
    [
        ["1/2", 2],
        ("1/2", 2),
        {0: "1/2", 1: 2},
        np.array([0.5, 2.0]),
        (x for x in (0.5, 2)),
        {"a": 0.5, "b": 2}.values(),
    ],
)
def test_sequences_and_mappings(data: Any) -> None:
    assert masses(data) == {0: QQ(1, 2), 1: QQ(2)}


@pytest.mark.parametrize("outcomes", ["ab", ["a", "b"], iter("ab"), (x for x in "ab"), {"a": 1, "b": 2}])
def test_outcomes_may_be_named(outcomes: Any) -> None:
    assert masses([1, 0], outcomes=outcomes) == {"a": QQ(1), "b": QQ(0)}


def test_lists_of_lists_are_a_joint_table() -> None:
    assert masses([[1, 2, 0], [3, "1/2", 5]]) == {
        (0, 0): 1,
        (0, 1): 2,
        (0, 2): 0,
        (1, 0): 3,
        (1, 1): QQ(1, 2),
        (1, 2): 5,
    }
    cube: Any = [[[1, 0], [0, 1]], [["1/2", 0], [0, 2]]]
    possible = {(0, 0, 0): 1, (0, 1, 1): 1, (1, 0, 0): QQ(1, 2), (1, 1, 1): 2}
    table = masses(cube)
    assert len(table) == 8
    assert {x: mass for x, mass in table.items() if mass} == possible
    assert masses(np.array(cube, dtype=object)) == table
    assert masses([[1, 2], [3, 4]], outcomes="abcd") == {"a": 1, "b": 2, "c": 3, "d": 4}


BAD: list[tuple[Any, dict[str, Any], str]] = [
    ([], {}, "at least one probability is required; found none"),
    ({}, {"noun": "count"}, "at least one count is required; found none"),
    ("1/2,1/2", {}, "a sequence or a mapping of probabilities is required; found '1/2,1/2': pass"),
    (b"ab", {}, "a sequence or a mapping of probabilities is required; found b'ab': pass"),
    (None, {"noun": "weight"}, "a sequence or a mapping of weights is required; found None: pass"),
    (0.5, {}, "a sequence or a mapping of probabilities is required; found 0.5"),
    ([1, -1], {}, "the probability of 1 must not be negative; found -1"),
    ({"a": "-1/3"}, {"noun": "weight"}, "the weight of 'a' must not be negative; found -1/3"),
    ([1, 1], {"outcomes": "aa"}, "outcomes must be distinct; found 'a' again"),
    ([1, 1], {"outcomes": [1, 1.0]}, "outcomes must be distinct; found 1.0 again"),
    ([1, 1], {"outcomes": "abc"}, "one outcome a value is required; found 3 for 2 values"),
    ({"a": 1}, {"outcomes": "b"}, "outcomes= names those of a sequence; found it beside a mapping"),
    ({float("nan"): 1}, {}, "outcomes must be equal to themselves; found nan"),
    ([[1], [2]], {}, "a table of one row or column may be a vector or a batch; found 2 × 1: flatten it"),
    (np.ones((1, 2)), {}, "a table of one row or column may be a vector or a batch; found 1 × 2: flatten it"),
    (np.ones((2, 0)), {}, "at least one probability is required; found none"),
    ([[1, 2], [3]], {}, "the rows of a joint table must have the same length; found 2 and 1"),
    ([[[1, 2], [3, 4]], [1, 2]], {}, "the rows of a joint table must have the same length; found 2 × 2 and 2"),
    ([[1, 2], 3], {}, "the probability of 0 must be an int"),
    ([("a", 1), ("b", 2)], {}, "the probability of 0 must be an int"),
    ([[1, 2], [3, 4]], {"outcomes": "ab"}, "one outcome a value is required; found 2 for 4 values"),
    ([float("nan")], {}, "the probability of 0 must be a finite number; found nan"),
    ([float("inf")], {}, "the probability of 0 must be a finite number; found inf"),
    ({"a": "__import__('os')"}, {}, "the probability of 'a' must be written as a number"),
    ([sympy.exp(T)], {}, "must be a rational function over Q; found exp"),
    ([[10**5000]], {}, "a table of one row or column"),
    (10**5000, {}, "a sequence or a mapping"),
    ({10**5000: -1}, {}, "must not be negative"),
]


@pytest.mark.parametrize(("data", "options", "message"), BAD, ids=[message[:40] for _, _, message in BAD])
def test_refused(data: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises((InvalidDistributionError, InvalidNumberError)) as caught:
        masses(data, **options)
    assert message in str(caught.value)


def test_a_set_has_no_order_and_is_no_sequence() -> None:
    with pytest.raises(InvalidDistributionError, match="a sequence or a mapping of probabilities is required"):
        masses({"1/2", "1/3", "1/6"})


def test_checked_carries_into_one_field() -> None:
    table = masses({"a": T, "b": P, "c": 1})
    assert table["a"].field == table["b"].field
    assert table["c"] == 1
    assert total(table) == sum(table.values())
    assert checked({"a": QQ(1)}, "weight") == {"a": QQ(1)}
    assert total(masses([T, 1 - T])) == 1


TOTALS: list[tuple[Any, str]] = [
    (["1/2", "1/3"], r"found a total of 5/6, short by 1/6: use from_weights to divide by the total, or from_counts"),
    (["1/2", "2/3"], r"found a total of 7/6, too much by 1/6: use from_weights"),
    (["0.3333", "0.6666"], r"found a total of 9999/10000, short by 1/10000"),
    ([0], r"found a total of 0: some must be positive"),
    ([2], r"found a total of 2, too much by 1"),
    ([T, 1 - T**2], r"for every value of the parameters; found a total of .*, which is 1 only at t = 0 and t = 1"),
    ([T, T], r"found a total of 2\*t, which is 1 only at t = 1/2"),
    ([T**2, 2 + T**2], r"which is 1 nowhere"),
    ([T**2, T**2], r"only at t = -sqrt\(2\)/2 and t = sqrt\(2\)/2"),
    ([T, P], r"which is 1 only for some of them"),
    ([P / 5] * 6 + [(1 - P) / 6] * 5, r"6\*p/5 \+ 5\*\(1 - p\)/6 .*, which is 1 only at p = 5/11"),
]


@pytest.mark.parametrize(("data", "message"), TOTALS, ids=range(len(TOTALS)))
def test_totals_miss_one_by_an_exact_gap(data: Any, message: str) -> None:
    with pytest.raises(InvalidDistributionError, match=message):
        require_unit_total(masses(data))


def test_floats_are_advised_to_become_text() -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        require_unit_total(masses([0.1, 0.2, 0.7]), floats=True)
    message = str(caught.value)
    assert "short by 1/36028797018963968 (about 2.78e-17)" in message
    assert "write decimals as text ('0.1'), or use from_weights" in message


def test_a_total_of_one_passes() -> None:
    require_unit_total(masses([T / (1 + T), 1 / (1 + T)]))
    require_unit_total(masses(["0.1", "0.2", "0.7"]))
