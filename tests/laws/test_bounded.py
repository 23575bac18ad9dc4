"""Laws on bounded intervals and on the circle."""

import math

import numpy as np
import pytest
import sympy
from sympy import Interval, Ne, Rational, besseli, cos, log, oo, pi
from sympy.abc import a, b, m, s, t

from klexact import laws
from klexact.laws import entropy, expectation, kl_divergence
from tests.laws.catalogue import CONTINUOUS, integral

NAMES = [name for name, (law, _) in CONTINUOUS.items() if law.support.end is not oo]


@pytest.mark.parametrize("name", NAMES)
def test_densities_have_total_one(name: str) -> None:
    for law in CONTINUOUS[name]:
        assert math.isclose(integral(law, np.ones_like), 1, rel_tol=1e-8)  # see tests/laws/test_divergence.py


def test_continuous_bernoulli_at_its_removable_singularity() -> None:
    assert laws.continuous_bernoulli(t).conditions == (t > 0, t < 1, Ne(t, Rational(1, 2)))
    assert entropy(laws.continuous_bernoulli("1/2")) == 0
    assert expectation(laws.continuous_bernoulli("1/2"), lambda x: x) == Rational(1, 2)
    # torch 2.13 gives inf for the first, and the two directions are both finite
    for law in (laws.continuous_bernoulli("3/10"), laws.continuous_bernoulli("7/10")):
        assert (
            0 < float(kl_divergence(law, laws.uniform(0, 1))) == pytest.approx(0.02938620223212908, rel=1e-14)
        )  # mpmath, 25 digits
        assert kl_divergence(laws.uniform(0, 1), law) == kl_divergence(laws.continuous_bernoulli("1/2"), law)


def test_kumaraswamy_is_a_power_of_beta() -> None:
    assert kl_divergence(laws.kumaraswamy(a, b), laws.kumaraswamy(a, s)) == kl_divergence(
        laws.beta(1, b), laws.beta(1, s)
    )


def test_logarithms_and_logits_are_bijections() -> None:
    assert kl_divergence(laws.log_uniform(1, 2), laws.log_uniform(1, 4)) == log(2)
    assert kl_divergence(laws.logit_normal(a, b), laws.logit_normal(m, s)) == kl_divergence(
        laws.normal(a, b), laws.normal(m, s)
    )


def test_von_mises() -> None:
    value = kl_divergence(laws.von_mises(a, b), laws.von_mises(m, s))
    assert value.subs({a: m, b: s}).simplify() == 0
    assert kl_divergence(laws.von_mises(0, 1), laws.von_mises(m, 1)) == besseli(1, 1) * (1 - cos(m)) / besseli(
        0, 1
    ) or (
        sympy.expand(
            kl_divergence(laws.von_mises(0, 1), laws.von_mises(m, 1)) - (1 - cos(m)) * besseli(1, 1) / besseli(0, 1)
        )
        == 0
    )
    assert laws.von_mises(0, 1).support == Interval.Lopen(-pi, pi)
    assert entropy(laws.von_mises(0, 0)) == log(2) + log(pi)
