"""The rules beside the exponential families: what they recognise and what they answer."""

import math

import mpmath
import pytest
import sympy
from sympy import Abs, EulerGamma, Rational, S, Sum, Symbol, cos, exp, log, loggamma, pi
from sympy.abc import a, b

from klexact import laws
from klexact.laws import entropy, expectation, kl_divergence
from klexact.laws.law import X
from klexact.laws.rules import Series, centre, flat, heavy, index, power, quadratic, rate, series, tail_series
from tests.laws.catalogue import integral, log_density


def test_recognition() -> None:
    g = Symbol("g", positive=True)
    assert [centre(e) for e in (Abs(X - a), Abs(a - X), Abs(2 * X), Abs(X**2), X)] == [a, a, None, None, None]
    assert quadratic(log(X**2 - 2 * X + 1 + g**2)) == (1, g)
    assert [quadratic(e) for e in (log(X**2), log(X**3 + 1), X)] == [None, None, None]
    assert [power(e) for e in (X, 1 / X, X**a, X**X, log(X))] == [1, -1, a, None, None]
    assert [rate(e) for e in (exp(X), exp(-a * X), exp(X**2), X)] == [1, -a, None, None]
    assert str(index(Symbol("k"), Symbol("j"))) == "i"


def test_uniform_laws_integrate_antiderivatives() -> None:
    law = laws.uniform("1/4", "3/4")
    for statistic in (
        X**3,
        X ** Rational(-5, 2),
        1 / X,
        log(X) ** 3,
        exp(-2 * X),
        Abs(X - Rational(1, 2)),
        log(1 - X),
        cos(X),
    ):
        found = flat(law, statistic)
        assert found is not None
        assert found.finite == sympy.true
        expected = integral(law, sympy.lambdify(X, statistic, "numpy"), laws.uniform(0, "1/2"))
        assert math.isclose(float(found.value), expected, rel_tol=1e-9)  # see tests/laws/test_divergence.py
    assert flat(law, log(1 - X ** Rational(1, 3))) is None


def test_uniform_laws_up_to_a_singularity() -> None:
    assert expectation(laws.uniform(0, 1), log) == -1
    assert expectation(laws.uniform(0, 2), log) == log(2) - 1
    assert expectation(laws.uniform("1/2", 1), lambda x: log(1 - x)) == -1 - log(2)
    assert expectation(laws.uniform(0, 2), lambda x: 1 / x) is sympy.oo
    assert expectation(laws.uniform(0, 2), lambda x: 1 / sympy.sqrt(x)) == sympy.sqrt(2)
    assert expectation(laws.uniform(0, 1), lambda x: log(1 - x**2)) == 2 * log(2) - 2


def test_heavy_tails() -> None:
    law = laws.cauchy(0, 1)
    assert [heavy(law, e) is not None for e in (X, X**2, exp(X), Abs(X), log(X), sympy.sqrt(X))] == [True] * 4 + [
        False
    ] * 2


def test_series_print_without_being_evaluated() -> None:
    value = entropy(laws.poisson(1))
    assert str(value) == "exp(-1)*Sum(log(factorial(k))/factorial(k), (k, 0, oo)) + 1"
    with pytest.raises(TypeError, match="no quick decimal"):
        complex(Series(1 / X, (X, 1, sympy.oo)))
    assert series(laws.binomial(3, "1/2"), loggamma(X + 1)) is None  # finitely many outcomes are summed
    assert tail_series(laws.beta(1, 1), X) is None


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (laws.kumaraswamy(2, 3), laws.beta(2, 3)),
        (laws.kumaraswamy("5/2", "4/3"), laws.kumaraswamy("3/2", 2)),
        (laws.beta(2, 3), laws.kumaraswamy("1/2", 3)),
    ],
    ids=str,
)
def test_tail_series_agree_with_quadrature(p: laws.Law, q: laws.Law) -> None:
    value = kl_divergence(p, q)
    (found,) = value.atoms(Sum)
    k, low, _ = found.args[1]
    # the terms fall like k^-(1 + b): mpmath's Euler-Maclaurin sum of a smooth term
    total = mpmath.nsum(sympy.lambdify(k, found.args[0], "mpmath"), [int(low), mpmath.inf], method="e")
    own, other = log_density(p), log_density(q)
    expected = integral(p, lambda x: own(x) - other(x))
    assert math.isclose(float(value.xreplace({found: sympy.Float(total)})), expected, rel_tol=1e-7)


def test_closed_forms_of_rules() -> None:
    assert expectation(laws.laplace(a, b), lambda x: x**2) == a**2 + 2 * b**2
    assert expectation(laws.log_uniform(1, 2), lambda x: x) == 1 / log(2)
    assert expectation(laws.inverse_gaussian(2, 3), lambda x: x ** Rational(1, 2)) != 0
    assert kl_divergence(laws.uniform(-pi, pi), laws.von_mises(0, 0)) == 0
    assert expectation(laws.chi_squared(2), log) == log(2) - EulerGamma
    assert S.One == expectation(laws.discrete_uniform(0, 2), lambda x: x)
