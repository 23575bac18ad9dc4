"""Expectations: moments by differentiation and tilting, where they diverge, and what is refused."""

import math

import pytest
import sympy
from sympy import Piecewise, Rational, exp, gamma, log, oo, pi, polygamma, sqrt
from sympy.abc import a, b, m, s, t

from klexact import laws
from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws import expectation
from klexact.laws.law import Law, X
from tests.laws.catalogue import CONTINUOUS, decimal, integral


def test_moments_by_differentiation() -> None:
    assert expectation(laws.normal(m, s), X) == m
    assert expectation(laws.normal(m, s), lambda x: x**4) == sympy.expand(m**4 + 6 * m**2 * s**2 + 3 * s**4)
    assert expectation(laws.gamma(a, b), lambda x: x**2) == (a**2 + a) / b**2
    assert expectation(laws.gamma(a, b), log) == polygamma(0, a) - log(b)
    assert expectation(laws.beta(2, 3), lambda x: log(x) * log(1 - x)) == Rational(37, 18) - pi**2 / 6
    assert expectation(laws.poisson(t), lambda x: (x - t) ** 3) == t
    assert expectation(laws.binomial(5, t), X) == 5 * t
    assert expectation(laws.geometric(t), X) == (1 - t) / t


def test_moments_by_tilting() -> None:
    assert expectation(laws.gamma(a, b), sqrt) == gamma(a + Rational(1, 2)) / (sqrt(b) * gamma(a))
    assert expectation(laws.normal(m, s), lambda x: exp(2 * x)) == exp(2 * m + 2 * s**2)
    assert expectation(laws.log_normal(m, s), lambda x: x**3) == exp(3 * m + 9 * s**2 / 2)
    assert expectation(laws.gamma(2, b), lambda x: x * exp(-b * x)) == 1 / (4 * b)
    assert expectation(laws.weibull(a, b), lambda x: x ** (2 * a)) == 2 * b ** (2 * a)


def test_diverging_moments() -> None:
    assert expectation(laws.gamma(1, 1), lambda x: 1 / x) is oo
    assert expectation(laws.gamma(1, 1), lambda x: -exp(2 * x)) is -oo
    assert expectation(laws.cauchy(0, 1), lambda x: x**2) is oo
    assert expectation(laws.gamma(a, b), lambda x: 1 / x) == Piecewise((b / (a - 1), a > 1), (oo, True))
    assert expectation(laws.inverse_gaussian(1, 1), lambda x: exp(x / 2)) == sympy.E
    assert expectation(laws.inverse_gaussian(1, 1), exp) is oo
    with pytest.raises(KLExactError, match=r"must exist; found E\[x\] diverging"):
        expectation(laws.cauchy(0, 1), X)
    with pytest.raises(KLExactError, match="must exist"):
        expectation(laws.pareto(1, 1), lambda x: x**2 - x)


def test_a_statistic_that_may_vanish_at_the_end_is_not_called_infinite() -> None:
    # E[log(1 - x)²... ] tilted out of the domain may be finite: no rule says more
    with pytest.raises(NoClosedFormError):
        expectation(laws.beta(1, 2), lambda x: log(x) ** 2 / (1 - x) ** 2)


def test_missing_rules_are_named() -> None:
    with pytest.raises(NoClosedFormError, match=r"needs E\[cos\(x\)\] under gamma\(1, 1\)"):
        expectation(laws.gamma(1, 1), sympy.cos)


def test_absolute_values_on_one_side() -> None:
    assert expectation(laws.gamma(2, 1), lambda x: abs(x + 1)) == 3
    assert expectation(laws.beta(1, 1), lambda x: abs(x - 2)) == Rational(3, 2)
    with pytest.raises(NoClosedFormError):
        expectation(laws.gamma(2, 1), lambda x: abs(x - 1))


STATISTICS = [
    X,
    X**2,
    X**3,
    sympy.Abs(X - Rational(1, 3)),
    log(X),
    log(X) ** 2,
    1 / X,
    sqrt(X),
    exp(-X),
    exp(X / 5),
    log(1 - X),
]


@pytest.mark.parametrize("name", CONTINUOUS)
def test_every_answer_agrees_with_quadrature(name: str) -> None:
    law = CONTINUOUS[name][0]
    answered = 0
    for statistic in STATISTICS:
        low, high = law.support.start, law.support.end
        if (statistic.has(log(X)) or statistic in {1 / X, sqrt(X)}) and low < 0:
            continue
        if statistic == log(1 - X) and not (low >= 0 and high <= 1):
            continue
        try:
            value = expectation(law, statistic)
        except KLExactError:
            continue
        if value is not oo and not value.has(sympy.Sum):
            # see tests/laws/test_divergence.py for the tolerance
            assert math.isclose(decimal(value), quadrature(law, statistic), rel_tol=1e-6, abs_tol=1e-9), statistic
        answered += 1
    assert answered >= 1 or name in {"von_mises", "logit_normal"}


def quadrature(law: Law, statistic: sympy.Expr) -> float:
    return integral(law, sympy.lambdify(X, statistic, "numpy"), laws.laplace(Rational(1, 3), 1))
