"""Laws on the real line."""

import math

import numpy as np
import pytest
import sympy
from sympy import Abs, EulerGamma, Interval, Rational, exp, log, oo
from sympy.abc import a, b, m, s

from klexact import laws
from klexact.laws import expectation, kl_divergence
from tests.laws.catalogue import CONTINUOUS, integral

NAMES = [name for name, (law, _) in CONTINUOUS.items() if law.support == Interval(-oo, oo)]


@pytest.mark.parametrize("name", NAMES)
def test_densities_have_total_one(name: str) -> None:
    for law in CONTINUOUS[name]:
        assert math.isclose(integral(law, np.ones_like), 1, rel_tol=1e-8)  # see tests/laws/test_divergence.py


def test_means() -> None:
    assert expectation(laws.laplace(m, b), lambda x: x) == m
    assert expectation(laws.gumbel(m, b), lambda x: x) == m + EulerGamma * b
    assert expectation(laws.moyal(m, s), lambda x: x) == m + EulerGamma * s + s * log(2)
    assert expectation(laws.exp_gamma(a, b), lambda x: x) == sympy.polygamma(0, a) - log(b)
    assert expectation(laws.exp_gamma(a, b), exp) == a / b
    assert expectation(laws.exp_inverse_gamma(a, b), lambda x: exp(-x)) == a / b


def test_laplace_with_symbolic_locations() -> None:
    value = kl_divergence(laws.laplace(m, 1), laws.laplace(a, 1))
    assert value == Abs(a - m) + exp(-Abs(a - m)) - 1
    assert value.subs(a, m) == 0


def test_gumbel_with_different_scales() -> None:
    assert kl_divergence(laws.gumbel(0, 1), laws.gumbel(0, Rational(1, 2))) == 1 + EulerGamma - log(2)


def test_cauchy_is_symmetric() -> None:
    one = kl_divergence(laws.cauchy(m, s), laws.cauchy(a, b))
    assert sympy.expand(one - kl_divergence(laws.cauchy(a, b), laws.cauchy(m, s))) == 0
