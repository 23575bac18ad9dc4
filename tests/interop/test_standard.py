"""The standard library: normal laws and counters."""

from collections import Counter
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sympy import Rational, Symbol

from klexact import Distribution, KLExactError, fit, kl_divergence, laws
from klexact.errors import InvalidDistributionError, InvalidFamilyError
from klexact.families import binomial
from klexact.interop import to_counter, to_statistics, understood
from tests.property.strategies import distributions

finite = some.floats(-1e9, 1e9)


@given(finite, some.floats(1e-9, 1e9))
def test_normal_laws_there_and_back(mean: float, deviation: float) -> None:
    theirs = NormalDist(mean, deviation)
    law = laws.normal(Rational(mean), Rational(deviation))
    assert understood(theirs) == law
    assert to_statistics(law) == theirs


def test_divergence_of_normal_laws() -> None:
    assert kl_divergence(NormalDist(0, 1), NormalDist(1, 2)) == kl_divergence(laws.normal(0, 1), laws.normal(1, 2))
    with pytest.raises(InvalidFamilyError, match="deviation must lie in"):
        kl_divergence(NormalDist(0, 1), NormalDist(0, 0))


@given(distributions())
def test_counters_there_and_back(d: Distribution) -> None:
    counter = to_counter(d)
    assert Distribution.from_counts(counter) == d
    assert all(type(n) is int for n in counter.values())


def test_counters_are_counts() -> None:
    teeth = Counter([0, 1, 1, 2])
    assert fit(Distribution.from_counts(teeth), binomial(2)).argmin == Rational(1, 2)
    with pytest.raises(InvalidDistributionError, match=r"found a total of 4, too much by 3: .* from_counts"):
        Distribution(teeth)
    with pytest.raises(InvalidDistributionError, match="samples must be a sequence of outcomes; found Counter"):
        Distribution.from_samples(teeth)


def test_bad_exports() -> None:
    with pytest.raises(KLExactError, match="statistics must have the law; found exponential"):
        to_statistics(laws.exponential(1))
    with pytest.raises(KLExactError, match="found the parameters m"):
        to_statistics(laws.normal(Symbol("m"), 1))
    with pytest.raises(KLExactError, match="a Distribution or a Law is required"):
        to_counter([1])  # type: ignore[arg-type]
