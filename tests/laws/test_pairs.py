"""Every univariate pair that torch.distributions.kl (2.13) or TensorFlow Probability (0.26) registers has its value here.

A value is finite and agrees with quadrature or the defining sum at generic parameters; the 33 constant infinities
that torch registers are oo. Multivariate and structural entries are elsewhere.
"""

import math
from itertools import product

import pytest
from sympy import Rational, oo

from klexact import laws
from klexact.laws import kl_divergence
from klexact.laws.law import Law
from tests.laws.catalogue import decimal, integral, log_density, masses

P: dict[str, Law] = {
    "Bernoulli": laws.bernoulli(Rational(1, 3)),
    "Beta": laws.beta(Rational(5, 2), Rational(4, 3)),
    "Binomial": laws.binomial(4, Rational(1, 3)),
    "Categorical": laws.categorical([Rational(1, 2), Rational(1, 6), Rational(1, 3)]),
    "Cauchy": laws.cauchy(Rational(1, 3), Rational(1, 2)),
    "Chi": laws.chi(Rational(5, 2)),
    "Chi2": laws.chi_squared(Rational(7, 2)),
    "ContinuousBernoulli": laws.continuous_bernoulli(Rational(1, 5)),
    "ExpGamma": laws.exp_gamma(Rational(5, 2), Rational(3, 2)),
    "ExpInverseGamma": laws.exp_inverse_gamma(Rational(5, 2), Rational(3, 2)),
    "Exponential": laws.exponential(Rational(3, 4)),
    "Gamma": laws.gamma(Rational(5, 2), Rational(4, 3)),
    "Geometric": laws.geometric(Rational(1, 3)),
    "Gumbel": laws.gumbel(Rational(1, 3), Rational(5, 4)),
    "HalfNormal": laws.half_normal(Rational(6, 5)),
    "Laplace": laws.laplace(Rational(1, 4), Rational(2, 3)),
    "LogNormal": laws.log_normal(Rational(1, 4), Rational(2, 3)),
    "LogitNormal": laws.logit_normal(Rational(1, 3), Rational(4, 5)),
    "Moyal": laws.moyal(Rational(1, 3), Rational(4, 5)),
    "Normal": laws.normal(Rational(1, 3), Rational(3, 2)),
    "OrderedLogistic": laws.ordered_logistic([-1, Rational(1, 2)], Rational(1, 3)),
    "Pareto": laws.pareto(Rational(1, 2), Rational(9, 2)),
    "Poisson": laws.poisson(Rational(3, 2)),
    "ProbitBernoulli": laws.probit_bernoulli(Rational(1, 3)),
    "StoppingRatioLogistic": laws.stopping_ratio_logistic([-1, Rational(1, 2)], Rational(1, 3)),
    "Uniform": laws.uniform(Rational(1, 4), Rational(3, 4)),
    "VonMises": laws.von_mises(Rational(1, 2), Rational(3, 2)),
    "Weibull": laws.weibull(Rational(3, 2), Rational(4, 5)),
}
Q: dict[str, Law] = {
    "Bernoulli": laws.bernoulli(Rational(3, 4)),
    "Beta": laws.beta(Rational(3, 2), Rational(7, 3)),
    "Binomial": laws.binomial(4, Rational(3, 4)),
    "Categorical": laws.categorical([Rational(1, 4), Rational(1, 2), Rational(1, 4)]),
    "Cauchy": laws.cauchy(-1, Rational(3, 2)),
    "Chi": laws.chi(4),
    "Chi2": laws.chi_squared(Rational(5, 2)),
    "ContinuousBernoulli": laws.continuous_bernoulli(Rational(2, 3)),
    "ExpGamma": laws.exp_gamma(Rational(3, 2), Rational(1, 2)),
    "ExpInverseGamma": laws.exp_inverse_gamma(Rational(3, 2), Rational(1, 2)),
    "Exponential": laws.exponential(2),
    "Gamma": laws.gamma(Rational(7, 2), Rational(2, 3)),
    "Geometric": laws.geometric(Rational(2, 3)),
    "Gumbel": laws.gumbel(Rational(-1, 3), 2),
    "HalfNormal": laws.half_normal(Rational(1, 2)),
    "Laplace": laws.laplace(Rational(-1, 2), Rational(6, 5)),
    "LogNormal": laws.log_normal(Rational(-1, 4), 1),
    "LogitNormal": laws.logit_normal(0, Rational(3, 2)),
    "Moyal": laws.moyal(-1, Rational(3, 2)),
    "Normal": laws.normal(Rational(-1, 2), Rational(4, 5)),
    "OrderedLogistic": laws.ordered_logistic([0, 1], 0),
    "Pareto": laws.pareto(Rational(1, 8), Rational(7, 2)),
    "Poisson": laws.poisson(Rational(2, 3)),
    "ProbitBernoulli": laws.probit_bernoulli(-1),
    "StoppingRatioLogistic": laws.stopping_ratio_logistic([0, 1], 0),
    "Uniform": laws.uniform(-1, 2),
    "VonMises": laws.von_mises(-1, Rational(2, 3)),
    "Weibull": laws.weibull(Rational(7, 3), Rational(6, 5)),
}

TORCH = {
    "Bernoulli": "Bernoulli Poisson",
    "Beta": "Beta ContinuousBernoulli Exponential Gamma Normal Uniform",
    "Binomial": "Binomial",
    "Categorical": "Categorical",
    "Cauchy": "Cauchy",
    "ContinuousBernoulli": "ContinuousBernoulli Exponential Normal Uniform",
    "Exponential": "Exponential Gamma Gumbel Normal",
    "Gamma": "Exponential Gamma Gumbel Normal",
    "Geometric": "Geometric",
    "Gumbel": "Gumbel Normal",
    "HalfNormal": "HalfNormal",
    "Laplace": "Laplace Normal",
    "Normal": "Gumbel Laplace Normal",
    "Pareto": "Exponential Gamma Normal Pareto",
    "Poisson": "Poisson",
    "Uniform": "Beta ContinuousBernoulli Exponential Gamma Gumbel Normal Pareto Uniform",
}
TFP = {
    **dict.fromkeys(
        [
            "Bernoulli",
            "Beta",
            "Categorical",
            "Cauchy",
            "Chi",
            "ContinuousBernoulli",
            "ExpGamma",
            "ExpInverseGamma",
            "Gumbel",
            "HalfNormal",
            "Laplace",
            "LogNormal",
            "LogitNormal",
            "Moyal",
            "Normal",
            "OrderedLogistic",
            "Pareto",
            "ProbitBernoulli",
            "StoppingRatioLogistic",
            "Uniform",
            "VonMises",
        ]
    ),
    "Chi2": "Chi2 Gamma",
    "Gamma": "Gamma Chi2",
    "Weibull": "Weibull Gamma",
}
BOUNDED = "Beta ContinuousBernoulli Exponential Gamma Pareto Uniform"
INFINITE = {
    "Beta": "Pareto",
    "ContinuousBernoulli": "Pareto",
    "Exponential": "Beta ContinuousBernoulli Pareto Uniform",
    "Gamma": "Beta ContinuousBernoulli Pareto Uniform",
    "Gumbel": BOUNDED,
    "Laplace": BOUNDED,
    "Normal": BOUNDED,
    "Pareto": "Beta ContinuousBernoulli Uniform",
    "Poisson": "Bernoulli Binomial",
}


def listed(table: dict[str, str | None]) -> list[tuple[str, str]]:
    return [(p, q) for p, names in table.items() for q in (names or p).split()]


@pytest.mark.parametrize(("p", "q"), sorted({*listed(dict(TORCH)), *listed(TFP)}))
def test_registered_pairs(p: str, q: str) -> None:
    one, other = P[p], Q[q]
    value = decimal(kl_divergence(one, other))
    if one.is_discrete:
        own, theirs = masses(one), masses(other)
        expected = sum(math.exp(v) * (v - theirs[k]) for k, v in own.items())
    else:
        f, g = log_density(one), log_density(other)
        expected = integral(one, lambda x: f(x) - g(x), other)
    # see tests/laws/test_divergence.py for the tolerance
    assert math.isclose(value, expected, rel_tol=1e-7)
    assert value > 0


def test_there_are_as_many_infinities_as_torch_registers() -> None:
    assert len(listed(dict(INFINITE))) == 33


@pytest.mark.parametrize(("p", "q"), listed(dict(INFINITE)))
def test_registered_infinities(p: str, q: str) -> None:
    assert kl_divergence(P[p], Q[q]) is oo


UNIFORMS = [
    laws.uniform(low, high) for low, high in [(0, 1), (-1, 0), (Rational(1, 4), Rational(3, 4)), (-1, 2), (2, 3)]
]


@pytest.mark.parametrize(("p", "q"), list(product(UNIFORMS, repeat=2)), ids=str)
def test_uniform_supports(p: Law, q: Law) -> None:
    (a, b), (c, d) = p.parameters.values(), q.parameters.values()
    finite = c <= a and b <= d
    assert (kl_divergence(p, q) is not oo) == finite


@pytest.mark.parametrize("q", ["Beta", "ContinuousBernoulli", "Exponential", "Gamma", "Pareto"])
def test_uniforms_that_stick_out(q: str) -> None:
    assert kl_divergence(laws.uniform(-1, 2), Q[q]) is oo
    assert kl_divergence(laws.uniform(-2, -1), Q[q]) is oo
