"""pandas, both ways; without it the tests are skipped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sympy import Rational, Symbol, log

from klexact import Distribution, KLExactError, entropy, kl_divergence, mutual_information
from klexact.errors import InvalidDistributionError, InvalidNumberError
from klexact.interop import to_pandas
from tests.property.strategies import distributions, joints, relabellings

pd: Any = pytest.importorskip("pandas")


@given(distributions(), some.data())
def test_there_and_back(d: Distribution, data: some.DataObject) -> None:
    named = d.pushforward(data.draw(relabellings(len(d))).__getitem__)
    assert Distribution(to_pandas(named, exact=True)) == named
    series = to_pandas(named)
    assert (series.name, series.dtype) == ("probability", float)
    assert series.tolist() == [float(p) for p in named.values()]
    assert series.index.tolist() == list(named.outcomes)


@given(joints())
def test_joint_distributions_have_a_multiindex(d: Distribution) -> None:
    series = to_pandas(d, exact=True)
    assert series.index.nlevels == 2  # by their places
    assert Distribution(series) == d
    table = series.unstack()
    assert mutual_information(table.astype(object)) == mutual_information(d)


def test_what_pandas_counts() -> None:
    pets = pd.DataFrame({"pet": list("cdccd"), "owner": ["x", "x", "y", "y", "x"]})
    data = Distribution({"c": "3/5", "d": "2/5"})
    assert Distribution.from_counts(pets["pet"].value_counts()) == data
    assert Distribution.from_samples(pets["pet"]) == data
    assert Distribution.from_weights(pets["pet"].value_counts(normalize=True)) != data  # 0.6 is no 3/5
    assert Distribution.from_samples(pets) == Distribution.from_counts(pets.value_counts())
    cross = Distribution.from_counts(pd.crosstab(pets["owner"], pets["pet"]))
    assert mutual_information(cross) == mutual_information(Distribution.from_samples(pets))
    three = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 2], "c": [0, 1, 1]})
    assert Distribution.from_counts(pd.crosstab([three.a, three.b], three.c))[1, 2, 1] == Rational(1, 3)


def test_the_index_names_the_outcomes() -> None:
    one, other = pd.Series([0.25, 0.75], index=["a", "b"]), pd.Series([0.75, 0.25], index=["b", "a"])
    assert kl_divergence(one, other) == 0
    assert entropy(pd.Series([0.5, 0.5], index=pd.Index([1, 2], dtype="Int64"))) == log(2)
    assert all(type(x) is int for x in Distribution(pd.Series([0.5, 0.5])))
    assert Distribution(pd.DataFrame([[0.5, 0.25], [0.25, 0]], columns=["u", "v"])).outcomes == (
        (0, "u"),
        (0, "v"),
        (1, "u"),
        (1, "v"),
    )


def test_bad_series() -> None:
    with pytest.raises(InvalidDistributionError, match=r"found a total of 5, too much by 4: .* from_counts"):
        entropy(pd.Series([2, 3]))
    with pytest.raises(InvalidDistributionError, match="outcomes must be distinct; found 'a' again in the index"):
        entropy(pd.Series([0.5, 0.5], index=["a", "a"]))
    for missing in (None, pd.NA, float("nan"), pd.NaT):
        with pytest.raises(InvalidDistributionError, match="must not be missing; found a missing one in the index"):
            entropy(pd.Series([0.5, 0.5], index=["a", missing]))
    with pytest.raises(InvalidDistributionError, match="must not be missing; found a missing one in the index"):
        entropy(pd.Series([1], index=pd.MultiIndex.from_tuples([("a", None)])))
    with pytest.raises(InvalidNumberError, match="the probability of 0 must be a finite number; found nan"):
        entropy(pd.Series([None, 1.0]))
    with pytest.raises(InvalidNumberError, match=r"found 'a': for observations use Distribution\.from_samples"):
        entropy(pd.Series(["a", "b"]))
    with pytest.raises(KLExactError, match="numbers are required; found the parameters t"):
        to_pandas(Distribution([Symbol("t"), 1 - Symbol("t")]))
