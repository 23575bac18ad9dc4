"""Distances and the χ²-divergence: values, ends, parameters, and the naive definitions in other engines."""

from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from sympy import Abs, Rational, log, oo, sqrt
from sympy.abc import t

from klexact import (
    Distribution,
    bhattacharyya_coefficient,
    bhattacharyya_distance,
    chi_squared_divergence,
    decimal,
    hellinger_distance,
    total_variation,
)
from klexact.errors import InvalidBaseError, InvalidDistributionError
from tests.property.strategies import distributions, pairs

HALVES, QUARTERS = Distribution(["1/2", "1/2", 0]), Distribution(["1/4", "1/4", "1/2"])
MODEL = Distribution([t, 1 - t])
DISTANCES = [
    total_variation,
    hellinger_distance,
    bhattacharyya_coefficient,
    bhattacharyya_distance,
    chi_squared_divergence,
]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (total_variation(HALVES, QUARTERS), Rational(1, 2)),
        (total_variation({"a": 1}, {"b": 1}), 1),
        (total_variation(MODEL, MODEL), 0),
        (total_variation(MODEL, ["1/2", "1/2"]), Abs(t - Rational(1, 2))),
        (total_variation({"a": t, "b": 1 - t}, {"a": t, "c": 1 - t}), Abs(1 - t)),
        (bhattacharyya_coefficient(HALVES, QUARTERS), sqrt(2) / 2),
        (bhattacharyya_coefficient(["4/5", "1/5"], ["1/5", "4/5"]), Rational(4, 5)),
        (bhattacharyya_coefficient(MODEL, MODEL), 1),
        (bhattacharyya_coefficient([1, 0], MODEL), sqrt(t)),
        (bhattacharyya_coefficient([1, 0], [0, 1]), 0),
        (bhattacharyya_distance(HALVES, QUARTERS), log(2) / 2),
        (bhattacharyya_distance(HALVES, QUARTERS, base="1/2"), -Rational(1, 2)),
        (bhattacharyya_distance([1, 0], [0, 1]), oo),
        (bhattacharyya_distance([1, 0], [0, 1], base="1/2"), -oo),
        (bhattacharyya_distance(["1/2", "1/2"], ["1/3", "2/3"]), log(2) / 2 + log(3) / 2 - log(1 + sqrt(2))),
        (hellinger_distance(HALVES, HALVES), 0),
        (hellinger_distance(["4/5", "1/5"], ["1/5", "4/5"]), sqrt(5) / 5),
        (hellinger_distance([1, 0], [0, 1]), 1),
        (hellinger_distance(MODEL, [1, 0]), sqrt(1 - sqrt(t))),
        (chi_squared_divergence(HALVES, QUARTERS), 1),
        (chi_squared_divergence(QUARTERS, HALVES), oo),
        (chi_squared_divergence(QUARTERS, QUARTERS), 0),
        (chi_squared_divergence(MODEL, ["1/2", "1/2"]), 4 * t**2 - 4 * t + 1),
        (chi_squared_divergence(MODEL, [1, 0]), oo),
    ],
)
def test_values(value: Any, wanted: Any) -> None:
    assert value == wanted
    assert isinstance(value, sympy.Expr)


@given(pairs())
def test_agreement_with_the_naive_definitions_to_50_digits(pair: tuple[Distribution, Distribution]) -> None:
    p, q = pair
    with mpmath.workdps(120):
        masses = [tuple(mpmath.mpf(int(m.numerator)) / int(m.denominator) for m in (p.mass(x), q.mass(x))) for x in p]
        squared = mpmath.fsum((mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2 for a, b in masses) / 2
        chi = mpmath.fsum((a - b) ** 2 / b if b else mpmath.inf for a, b in masses if a or b)
        affinity = mpmath.fsum(mpmath.sqrt(a * b) for a, b in masses)
        for value, wanted in (
            (total_variation(p, q), mpmath.fsum(abs(a - b) for a, b in masses) / 2),
            (hellinger_distance(p, q), mpmath.sqrt(squared)),
            (bhattacharyya_coefficient(p, q), affinity),
            (bhattacharyya_distance(p, q), -mpmath.log(affinity) if affinity else mpmath.inf),
            (chi_squared_divergence(p, q), chi),
        ):
            if value == oo:
                assert wanted == mpmath.inf
            else:  # sums of a few numbers, each to 120 digits, then a square root
                assert abs(mpmath.mpf(decimal(value, 60)) - wanted) < mpmath.mpf(10) ** -50 * max(1, wanted)


@given(distributions(2, 5, zeros=False), distributions(5, 5, zeros=False))
def test_agreement_with_scipy_and_dit(p: Distribution, q: Distribution) -> None:
    stats, dit = pytest.importorskip("scipy.stats"), pytest.importorskip("dit")
    q = q.conditional(p.outcomes)
    one, other = ([float(mass) for mass in d.values()] for d in (p, q))
    chi = float(chi_squared_divergence(p, q))
    # doubles throughout, at most five outcomes
    assert stats.chisquare(one, other, sum_check=False).statistic == pytest.approx(chi, rel=1e-9, abs=1e-12)
    pair = [dit.Distribution([str(x) for x in p], masses) for masses in (one, other)]
    assert dit.divergences.variational_distance(*pair) == pytest.approx(float(total_variation(p, q)), abs=1e-9)
    assert dit.divergences.bhattacharyya_coefficient(*pair) == pytest.approx(
        float(bhattacharyya_coefficient(p, q)), abs=1e-9
    )
    assert dit.divergences.hellinger_distance(*pair) ** 2 == pytest.approx(
        float(hellinger_distance(p, q) ** 2), abs=1e-9
    )


@pytest.mark.parametrize("measure", DISTANCES)
def test_bad_input(measure: Any) -> None:
    with pytest.raises(InvalidDistributionError, match="found a total of 3/4"):
        measure(["1/2", "1/4"], [1, 0])
    with pytest.raises(InvalidDistributionError, match="must have the same length; found 1 and 2"):
        measure([1], ["1/2", "1/2"])
    with pytest.raises(InvalidDistributionError, match="must not be negative"):
        measure([1, 0], ["3/2", "-1/2"])


def test_bad_base() -> None:
    for p in ([1, 0], [0, 1]):
        with pytest.raises(InvalidBaseError, match="the base must be a positive real number other than 1"):
            bhattacharyya_distance(p, [1, 0], base=1)
