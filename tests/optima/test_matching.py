"""Moment matching: textbook estimates, zero gradients, enclosed zeros, and what is refused."""

from typing import Any

import pytest
import sympy
from sympy import FiniteSet, Rational, Symbol, Tuple, log, sqrt
from sympy.abc import a, b, c, m, s, t

from klexact import Distribution, KLExactError, cross_entropy, decimal, enclose, fit, kl_divergence, laws, order
from klexact.errors import NoClosedFormError
from klexact.laws.law import Law
from klexact.optima.matching import match
from klexact.zeroof import ZeroOf

P = laws.gamma(Rational(5, 2), Rational(4, 3))
COUNTS = Distribution.from_counts([3, 4, 2, 1])
SIZES = Distribution.from_counts({1: 5, 2: 2, 3: 1})


@pytest.mark.parametrize(
    ("data", "model", "argmin"),
    [
        (COUNTS, laws.poisson(m), Rational(11, 10)),
        (COUNTS, laws.geometric(t), Rational(10, 21)),
        (COUNTS, laws.binomial(3, t), Rational(11, 30)),
        (laws.bernoulli("1/3"), laws.bernoulli(t), Rational(1, 3)),
        (P, laws.exponential(b), Rational(8, 15)),
        (P, laws.normal(m, s), Tuple(Rational(15, 8), 3 * sqrt(10) / 8)),
        (laws.log_normal(m, 1), laws.log_normal(a, s), Tuple(m, 1)),
        (laws.laplace(0, 2), laws.laplace(0, b), 2),
        (laws.gamma(a, b), laws.exponential(t), b / a),
        (laws.gamma(a, b), laws.normal(m, s), Tuple(a / b, sqrt(a) / b)),
        (laws.pareto(2, 3), laws.pareto(1, b), 3 / (1 + 3 * log(2))),
        (laws.uniform(0, 1), laws.beta(a, 1), 1),
        (Distribution.symbolic("p", 3), laws.poisson(t), Symbol("p_1") + 2 * Symbol("p_2")),
    ],
    ids=str,
)
def test_textbook_estimates(data: Any, model: Law, argmin: sympy.Basic) -> None:
    found = match(data, model).argmin
    assert sympy.simplify(sympy.Matrix([found]) - sympy.Matrix([argmin])).is_zero_matrix


@pytest.mark.parametrize(
    "model",
    [
        laws.normal(m, s),
        laws.exponential(b),
        laws.half_normal(s),
        laws.rayleigh(s),
        laws.weibull(2, b),
        laws.gamma(3, b),
        laws.log_normal(m, s),
        laws.inverse_gaussian(m, s),
        laws.inverse_gamma(2, b),
    ],
    ids=str,
)
def test_the_gradient_is_zero_there(model: Law) -> None:
    found = match(P, model)
    argmin = found.argmin if isinstance(found.argmin, Tuple) else Tuple(found.argmin)
    best = dict(zip(found.certificate.parameters, argmin, strict=True))
    divergence = kl_divergence(P, model)
    for symbol in best:
        assert sympy.simplify(sympy.diff(divergence, symbol).subs(best)) == 0


def test_a_member_is_its_own_projection() -> None:
    for law in (laws.normal(a, b), laws.pareto(1, b), laws.negative_binomial(3, t)):
        primes = {v: Symbol(f"{v}_") for v in law.free_symbols}
        found = match(law, law.subs(primes))
        assert found.argmins == FiniteSet(*(v for v in law.free_symbols)) or found.argmin == Tuple(a, b)
        assert found.divergence == 0


def test_a_zero_without_closed_form_is_isolated_and_least() -> None:
    found = fit(SIZES, laws.gamma(a, b), objective="cross-entropy")
    assert found.argmin.has(ZeroOf)
    shape, rate = found.argmin
    assert order(shape / rate, Rational(3, 2)) == 0 or decimal(shape / rate, 40) == "1.5"
    assert enclose(rate, digits=60).width < enclose(rate, digits=20).width

    def loss(law: Law) -> sympy.Expr:
        return -sympy.Add(*(p * law_log(law, x) for x, p in SIZES.items()))

    def law_log(law: Law, x: Any) -> sympy.Expr:
        return sympy.Add(*(k * stat.subs(law.variable, x) for stat, k in law.log_density.items()))

    for near in (Rational(99, 100), Rational(101, 100)):
        there = laws.gamma(Rational(decimal(shape, 20)) * near, Rational(decimal(rate, 20)))
        assert order(loss(there), found.value) > 0


def test_laws_fit_laws_and_maximum_likelihood_is_cross_entropy() -> None:
    assert fit(P, laws.exponential(b)).model == laws.exponential(Rational(8, 15))
    assert fit(P, laws.exponential(b), objective="cross-entropy").divergence == cross_entropy(
        P, laws.exponential(Rational(8, 15))
    )
    infinite = fit(SIZES, laws.normal(m, s))
    assert infinite.divergence == sympy.oo
    assert infinite.argmins.is_empty
    assert "maximum likelihood" in infinite.explain()
    assert fit(SIZES, laws.normal(m, s), objective="cross-entropy").argmin == Tuple(Rational(3, 2), 1 / sqrt(2))
    with pytest.raises(NoClosedFormError, match="laws are fitted by forward or cross-entropy; found 'reverse'"):
        fit(SIZES, laws.poisson(m), objective="reverse")


@pytest.mark.parametrize(
    ("data", "model", "message"),
    [
        (P, laws.weibull(a, b), "weibull.a, b. must be an exponential family in a, b"),
        (P, laws.laplace(a, b), "must be an exponential family in a, b"),
        (P, laws.pareto(a, b), "must be an exponential family in a, b"),
        (P, laws.cauchy(m, s), r"moments are matched to an exponential family; found cauchy.m, s., which is none"),
        (P, laws.exponential(1), "must have free symbols"),
        (P, laws.normal(s, s), "found a curved family"),
        (laws.normal(0, 1), laws.exponential(b), r"the data must lie in Interval"),
        (laws.pareto(1, 1), laws.exponential(b), r"E_P\[x\] must be finite"),
        (Distribution.point(0), laws.geometric(t), "the infimum is at the boundary of the family"),
        (COUNTS, laws.logarithmic(t), "the data must lie in Range"),
        (Distribution.point("x"), laws.poisson(t), "found 'x'"),
        (laws.uniform(0, 1), laws.beta(a, b), "the moment equations of beta"),
        (laws.exponential(b), laws.exponential(b), "must have free symbols beside the data's"),
    ],
    ids=str,
)
def test_what_has_no_closed_minimum(data: Any, model: Law, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        match(data, model)


def test_the_certificate_gives_the_equations() -> None:
    steps = match(laws.gamma(c, 1), laws.normal(m, s)).certificate.steps()
    assert (
        steps[1] == "E_P[T] = (c, c*(c + 1)) for the statistics T = (x, x**2)" or "E_P[T] = (c, c**2 + c)" in steps[1]
    )
    assert steps[2].startswith("the gradient is 0 where ")
    assert "strictly convex in the natural parameters" in steps[3]
    assert steps[-1].startswith("so the unique global minimum is at m = c, s = sqrt(c)")


def test_a_simple_rational_zero_is_found_exactly() -> None:
    assert match(laws.beta(2, 2), laws.beta(a, a)).argmin == 2
    assert match(laws.beta(2, 2), laws.beta(a, a)).divergence == 0


def test_vectors_have_their_maximum_likelihood() -> None:
    data = Distribution.from_samples([(0, 0), (1, 2), (3, 1)])
    found = fit(data, laws.multivariate_normal([a, b], [[s, 0], [0, m]]), objective="cross-entropy")
    assert dict(zip(found.family.parameters, found.argmin, strict=True)) == {
        a: Rational(4, 3),
        b: 1,
        m: Rational(2, 3),
        s: Rational(14, 9),
    }
    with pytest.raises(KLExactError, match="found 5"):
        fit(Distribution.point(5), laws.multivariate_normal([a, b], [[s, 0], [0, m]]), objective="cross-entropy")


def test_a_value_that_is_a_series_does_not_hide_the_argmin() -> None:
    found = match(laws.poisson(3), laws.geometric(t))
    assert found.argmin == Rational(1, 4)
    assert found.divergence.has(sympy.Sum)
