"""The parents' log-partitions are the integrals that they claim to be, and their gradients the expectations."""

import math

import numpy as np
import pytest
import sympy
from sympy import Rational, S, exp, log

from klexact.laws.law import ExponentialFamily, X
from klexact.laws.parents import gaussian, log_gamma, power_beta, power_gamma
from tests.laws.catalogue import integral

CASES = [
    (power_gamma(S.One), (-2, Rational(1, 2))),
    (power_gamma(Rational(3, 2)), (-1, Rational(7, 3))),
    (power_gamma(S(-1)), (Rational(-5, 3), Rational(-9, 2))),
    (log_gamma(S.One), (Rational(5, 2), -2)),
    (log_gamma(Rational(-3, 2)), (-1, Rational(-1, 2))),
    (power_beta(S.One), (Rational(1, 3), 2)),
    (power_beta(Rational(5, 2)), (Rational(3, 2), Rational(1, 3))),
    (gaussian(X), (1, Rational(-3, 2))),
    (gaussian(log(X), support=sympy.Interval.open(0, sympy.oo), log_carrier=-log(X)), (1, Rational(-3, 2))),
]


@pytest.mark.parametrize(("family", "etas"), CASES, ids=str)
def test_the_density_has_total_one_and_the_gradient_is_the_mean(
    family: ExponentialFamily, etas: tuple[object, ...]
) -> None:
    law = family(*etas)
    assert math.isclose(integral(law, np.ones_like), 1, rel_tol=1e-8)  # see tests/laws/test_divergence.py
    for eta, statistic in zip(family.naturals, family.statistics, strict=True):
        mean = float(sympy.N(family.at(sympy.diff(family.log_partition, eta), law.naturals), 17))
        assert math.isclose(mean, integral(law, sympy.lambdify(X, statistic, "numpy")), rel_tol=1e-7)


@pytest.mark.parametrize(("family", "etas"), CASES, ids=str)
def test_outside_the_domain_there_is_no_law(family: ExponentialFamily, etas: tuple[object, ...]) -> None:
    for relation in family.domain:
        assert family.at(relation, [sympy.sympify(eta) for eta in etas]) == sympy.true
    assert family.naturals[0] != exp(family.naturals[0])
