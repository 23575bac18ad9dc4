"""Laws on the positive half-line."""

import math

import numpy as np
import pytest
import sympy
from sympy import Interval, Rational, exp, log, oo, sqrt
from sympy.abc import a, b

from klexact import laws
from klexact.laws import expectation, kl_divergence
from tests.laws.catalogue import CONTINUOUS, integral

NAMES = [name for name, (law, _) in CONTINUOUS.items() if law.support.start >= 0 and law.support.end is oo]


@pytest.mark.parametrize("name", NAMES)
def test_densities_have_total_one(name: str) -> None:
    for law in CONTINUOUS[name]:
        assert math.isclose(integral(law, np.ones_like), 1, rel_tol=1e-8)  # see tests/laws/test_divergence.py


def test_supports() -> None:
    assert laws.pareto(2, 1).support == Interval(2, oo)
    assert laws.gamma(2, 1).support == Interval.open(0, oo)


def test_inverses_have_inverse_moments() -> None:
    assert expectation(laws.inverse_gamma(a, b), lambda x: 1 / x) == a / b
    assert expectation(laws.inverse_gamma(a, b), log) == log(b) - sympy.polygamma(0, a)
    assert expectation(laws.inverse_gaussian(a, b), lambda x: x) == a
    assert expectation(laws.inverse_gaussian(a, b), lambda x: 1 / x) == (a + b) / (a * b)
    assert expectation(laws.inverse_gaussian(a, b), lambda x: x**2) == (a**3 + a**2 * b) / b


def test_powers_of_exponential_variables() -> None:
    assert expectation(laws.weibull(2, 1), lambda x: x) == sqrt(sympy.pi) / 2
    assert expectation(laws.half_normal(1), lambda x: x) == sqrt(2) / sqrt(sympy.pi)
    assert expectation(laws.log_normal(0, 1), lambda x: x) == exp(Rational(1, 2))


def test_pareto_moments_end_at_the_shape() -> None:
    assert expectation(laws.pareto(1, 3), lambda x: x**2) == 3
    assert expectation(laws.pareto(1, 3), lambda x: x**3) is oo
    assert expectation(laws.pareto(1, 3), exp) is oo
    assert kl_divergence(laws.pareto(a, b), laws.pareto(a, b)) == 0
