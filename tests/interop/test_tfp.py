"""Objects of TensorFlow Probability (on JAX) are read as they are; without it the tests are skipped."""

from importlib import import_module
from random import Random
from typing import Any

import pytest
from sympy import Rational, exp, log

from klexact import Distribution, decimal, entropy, kl_divergence, laws
from klexact.errors import InvalidDistributionError
from klexact.interop import understood
from tests.peers.libraries import _jnp, _made, _tfd, installed
from tests.peers.pairs import DRAWS as VALUES
from tests.peers.pairs import OF_TFP, law

pytestmark = pytest.mark.skipif(installed("tfp") is None, reason="tfp-nightly is not installed: extra 'peers'")
NAMES = sorted({name for pair in OF_TFP for name in pair} - {"TransformedDistribution"})


def t(x: Any) -> Any:
    return _jnp().array(x, dtype=_jnp().float64)


@pytest.mark.parametrize("name", NAMES)
def test_objects_are_read_as_they_are(name: str) -> None:
    values = VALUES[name](Random(f"{name} tfp"))
    found, expected = understood(_made(_tfd(), name, values)), law(name, values)
    if name == "OneHotCategorical":
        assert Distribution(found).pushforward(lambda x: x.index(1)) == Distribution(expected)
    else:
        assert found == expected or Distribution(found) == Distribution(expected)


def test_transformed_laws() -> None:
    values = VALUES["TransformedDistribution"](Random(0))
    assert understood(_made(_tfd(), "TransformedDistribution", values)) == law("TransformedDistribution", values)


def test_weights_and_logits() -> None:
    d = _tfd()
    assert understood(d.Bernoulli(logits=t(1.0))) == laws.bernoulli(1 / (1 + exp(-1)))
    assert entropy(d.Categorical(probs=t([0.25, 0.75]))) == 2 * log(2) - 3 * log(3) / 4
    p, q = (d.Categorical(logits=t(x)) for x in ([0.0, 1.0, 2.0], [1.0, 0.0, 0.5]))
    assert float(decimal(kl_divergence(p, q), 17)) == pytest.approx(float(d.kl_divergence(p, q)), rel=1e-13)
    single = d.Normal(_jnp().float32(0.1), _jnp().float32(1))
    assert understood(single) == laws.normal(Rational(float(_jnp().float32(0.1))), 1)
    assert understood(d.NegativeBinomial(3.0, probs=t(0.25))) == laws.negative_binomial(3, "3/4")
    diagonal = d.MultivariateNormalDiag(scale_diag=t([1.0, 0.5]))
    assert understood(diagonal) == laws.multivariate_normal([0, 0], [[1, 0], [0, "1/4"]])
    assert understood(d.Deterministic(t(2.0))) == laws.point_mass(2)


def test_others_are_refused_by_name() -> None:
    d = _tfd()
    with pytest.raises(InvalidDistributionError, match=r"found tensorflow_probability\.StudentT: known are Bernoulli"):
        entropy(d.StudentT(t(3.0), t(0.0), t(1.0)))
    with pytest.raises(InvalidDistributionError, match="one distribution at a time is read; found a Normal with loc"):
        entropy(d.Normal(t([0.0, 1.0]), t(1.0)))
    with pytest.raises(InvalidDistributionError, match="found a TransformedDistribution with the bijector Invert"):
        entropy(d.TransformedDistribution(d.Normal(t(0.0), t(1.0)), _bijectors().Invert(_bijectors().Exp())))


def _bijectors() -> Any:
    return import_module("tensorflow_probability.substrates.jax").bijectors
