"""Arrays: NumPy's; those of PyTorch and JAX where they are installed."""

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from sympy import Rational, log

from klexact import (
    Distribution,
    KLExactError,
    entropy,
    jensen_shannon_divergence,
    kl_divergence,
    mutual_information,
    total_correlation,
    total_variation,
)
from klexact.errors import InvalidDistributionError, InvalidNumberError
from klexact.interop import to_numpy
from tests.property.strategies import distributions, joints


@given(distributions())
def test_there_and_back(d: Distribution) -> None:
    assert Distribution(to_numpy(d, exact=True)) == d
    array = to_numpy(d)
    assert array.dtype == np.float64
    assert array.tolist() == [float(p) for p in d.values()]  # SymPy rounds rationals correctly
    if Distribution.from_weights(array) != d:
        assert any(Rational(float(p)) != p for p in d.values())


@given(joints(3))
def test_more_dimensions_are_joint(d: Distribution) -> None:
    outcomes: Any = d.outcomes
    shape = tuple(max(axis) + 1 for axis in zip(*outcomes, strict=True))
    array: Any = np.empty(shape, dtype=object)
    for index, p in d.items():
        array[index] = p
    if 1 in shape:
        with pytest.raises(InvalidDistributionError, match="flatten it"):
            Distribution(array)
    else:
        assert Distribution(array) == d
        assert total_correlation(array) == total_correlation(d)


def test_numbers_of_every_width() -> None:
    tenth = np.float32(0.1)
    assert Distribution.from_weights(np.array([tenth, 1 - tenth]))[0] == Rational(float(tenth)) / (
        Rational(float(tenth)) + Rational(float(1 - tenth))
    )
    wide = np.array([np.longdouble(1) / 3, np.longdouble(2) / 3])
    third = Rational(*wide[0].as_integer_ratio())
    assert Distribution.from_weights(wide)[0] == third / (third + Rational(*wide[1].as_integer_ratio()))
    assert Distribution.from_counts(np.array([1, 3], dtype=np.uint8)) == Distribution(["1/4", "3/4"])
    assert entropy(np.array(["1/4", "3/4"])) == entropy(["1/4", "3/4"])
    with pytest.raises(InvalidDistributionError, match="must have the same length; found 2 and 2 × 2"):
        kl_divergence(np.array([0.5, 0.5]), np.array([[0.5, 0], [0, 0.5]]))
    assert mutual_information(np.eye(2) / 2) == log(2)
    assert kl_divergence(np.array([1, 1]), np.array([1, 2]), variant="raw") == -log(2)


def test_observations() -> None:
    assert Distribution.from_samples(np.array([3, 1, 3])) == Distribution({3: "2/3", 1: "1/3"})
    assert Distribution.from_samples(np.array([[1, 2], [1, 2], [2, 2]])) == Distribution({(1, 2): "2/3", (2, 2): "1/3"})
    assert all(type(x) is int for x in Distribution.from_samples(np.array([3, 1, 3])))
    with pytest.raises(InvalidDistributionError, match="found nan"):
        Distribution.from_samples(np.array([np.nan]))


def test_an_array_without_dimensions_is_no_distribution_beside_another() -> None:
    for measure in (jensen_shannon_divergence, total_variation):
        with pytest.raises(
            InvalidDistributionError, match=r"a sequence or a mapping of probabilities is required; found 0\.5"
        ):
            measure(np.array(0.5), [1])


def test_bad_arrays() -> None:
    with pytest.raises(InvalidDistributionError, match=r"a vector or a batch; found 1 × 2: flatten it"):
        entropy(np.array([[0.5, 0.5]]))
    with pytest.raises(InvalidDistributionError, match="a sequence or a mapping of probabilities is required"):
        entropy(np.array(0.5))
    with pytest.raises(InvalidNumberError, match="the probability of 1 must be an int"):
        entropy(np.ma.masked_array([0.5, 0.5], [False, True]))
    with pytest.raises(InvalidNumberError, match="the probability of 0 must be a finite number; found nan"):
        entropy(np.array([np.nan, 1]))
    with pytest.raises(KLExactError, match="numbers are required; found the parameters t"):
        to_numpy(Distribution([sympy.Symbol("t"), 1 - sympy.Symbol("t")]))


def test_tensors_of_torch() -> None:
    torch: Any = pytest.importorskip("torch")
    assert entropy(torch.tensor([0.5, 0.5], dtype=torch.bfloat16, requires_grad=True)) == log(2)
    assert mutual_information(torch.eye(2) / 2) == log(2)
    assert Distribution.from_samples(torch.tensor([1, 1, 2])) == Distribution({1: "2/3", 2: "1/3"})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_arrays_of_jax() -> None:
    jnp: Any = pytest.importorskip("jax.numpy")
    assert entropy(jnp.array([0.5, 0.5])) == log(2)
    assert Distribution.from_weights(jnp.array([0.1, 0.9], dtype=jnp.float32))[0] == Rational(
        float(np.float32(0.1))
    ) / (Rational(float(np.float32(0.1))) + Rational(float(np.float32(0.9))))
