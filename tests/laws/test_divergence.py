"""Divergence, entropy and cross-entropy of laws: zero at equality, naive numerics, supports, conditions, boundaries."""

import math
from itertools import product

import pytest
import sympy
from sympy import EulerGamma, Piecewise, Rational, Symbol, exp, log, oo, pi
from sympy.abc import a, b, c, d, m, s, t

from klexact import Distribution, forms, laws
from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws import cross_entropy, entropy, kl_divergence
from klexact.laws.law import Law
from tests.laws.catalogue import (
    CONTINUOUS,
    DEGENERATE,
    DISCRETE,
    LAWS,
    SYMBOLIC,
    decimal,
    integral,
    log_density,
    masses,
)

# Double exponential quadrature in doubles errs by about 1e-10 on these integrands (halving its step changes no value by
# more); a wrong term would show as a difference of the size of the parameters, which are generic.
CLOSE = 1e-7


@pytest.mark.parametrize("law", [*SYMBOLIC, *(p for pair in LAWS.values() for p in pair), *DEGENERATE], ids=str)
def test_divergence_from_itself_is_structurally_zero(law: Law) -> None:
    assert kl_divergence(law, law) == 0


def log_ratio(p: Law, q: Law) -> float:
    own, other = log_density(p), log_density(q)
    return integral(p, lambda x: own(x) - other(x), q)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_every_pair_of_densities_agrees_with_quadrature_or_says_why_not(name: str) -> None:
    p = CONTINUOUS[name][0]
    for _, q in CONTINUOUS.values():
        try:
            value = kl_divergence(p, q)
        except NoClosedFormError as error:
            assert "E[" in str(error)  # noqa: PT017  (the other pairs go on)
            continue
        if value is oo or value.has(sympy.Sum):
            continue
        expected = log_ratio(p, q)
        assert math.isclose(decimal(value), expected, rel_tol=CLOSE, abs_tol=CLOSE), q
        assert expected > 0


@pytest.mark.parametrize("name", DISCRETE)
def test_every_pair_of_mass_functions_agrees_with_its_sum(name: str) -> None:
    p = DISCRETE[name][0]
    own = masses(p)
    for q in [*(pair[1] for pair in DISCRETE.values()), *DEGENERATE]:
        other = masses(q)
        covered = all(k in other for k in own)
        expected = sum(math.exp(v) * (v - other[k]) for k, v in own.items()) if covered else math.inf
        assert math.isclose(decimal(kl_divergence(p, q)), expected, rel_tol=CLOSE, abs_tol=CLOSE), q
        assert expected >= 0


@pytest.mark.parametrize("law", [p for pair in LAWS.values() for p in pair], ids=str)
def test_entropy_agrees_with_naive_numerics(law: Law) -> None:
    if law.name == "logit_normal":
        with pytest.raises(NoClosedFormError, match=r"needs E\[log\(x\)\] under logit_normal"):
            entropy(law)
        return
    if law.is_discrete:
        expected = -sum(math.exp(v) * v for v in masses(law).values())
    else:
        own = log_density(law)
        expected = integral(law, lambda x: -own(x))
    assert math.isclose(decimal(entropy(law)), expected, rel_tol=CLOSE, abs_tol=CLOSE)


FINITE = [p for name in ("bernoulli", "binomial", "categorical", "discrete_uniform") for p in DISCRETE[name]]


@pytest.mark.parametrize(("p", "q"), list(product([*FINITE, *DEGENERATE], repeat=2)), ids=str)
def test_finite_laws_have_exactly_the_defining_sum(p: Law, q: Law) -> None:
    one, other = p.distribution(), q.distribution()
    assert kl_divergence(p, q) == forms.kl_divergence(one, other).as_expr()
    assert cross_entropy(p, q, base=2) == forms.cross_entropy(one, other).as_expr(2)
    assert entropy(p) == forms.entropy(one).as_expr()
    assert kl_divergence(one, q) == kl_divergence(p, other) == kl_divergence(p, q)


def test_parametric_binomial_has_exactly_the_defining_sum() -> None:
    p, q = laws.binomial(3, a), laws.binomial(3, b)
    assert sympy.simplify(kl_divergence(p, q) - forms.kl_divergence(p.distribution(), q.distribution()).as_expr()) == 0


def test_known_formulas() -> None:
    assert kl_divergence(laws.normal(a, b), laws.normal(c, d)) == log(d) - log(b) + (
        a**2 - 2 * a * c + b**2 + c**2 - d**2
    ) / (2 * d**2)
    assert kl_divergence(laws.exponential(a), laws.exponential(b)) == log(a) - log(b) + (b - a) / a
    assert kl_divergence(laws.poisson(a), laws.poisson(b)) == a * log(a) - a * log(b) - a + b
    assert kl_divergence(laws.cauchy(0, a), laws.cauchy(0, b)) == 2 * log(a + b) - log(a) - log(b) - 2 * log(2)
    assert kl_divergence(laws.geometric("1/2"), laws.geometric("1/4"), base=2) == 2 - log(3) / log(2)
    assert entropy(laws.normal(0, s), base=2) == sympy.expand(
        (log(s) + log(2) / 2 + Rational(1, 2) + log(pi) / 2) / log(2)
    )
    assert entropy(laws.cauchy(m, s)) == log(s) + 2 * log(2) + log(pi)
    assert entropy(laws.gumbel(m, b)) == log(b) + EulerGamma + 1
    assert entropy(laws.laplace(m, b)) == log(b) + log(2) + 1


def test_one_mechanism_sees_that_laws_are_the_same() -> None:
    assert kl_divergence(laws.exponential(b), laws.gamma(1, b)) == 0
    assert kl_divergence(laws.weibull(1, 1 / b), laws.exponential(b)) == 0
    assert kl_divergence(laws.chi_squared(a), laws.gamma(a / 2, "1/2")) == 0
    assert kl_divergence(laws.rayleigh(1), laws.chi(2)) == 0
    assert kl_divergence(laws.beta(1, b), laws.kumaraswamy(1, b)) == 0
    assert kl_divergence(laws.uniform(0, 1), laws.beta(1, 1)) == 0
    assert kl_divergence(laws.negative_binomial(1, t), laws.geometric(t)) == 0
    assert kl_divergence(laws.bernoulli(t), laws.binomial(1, t)) == 0


@pytest.mark.parametrize("kind", ["gamma", "inverse_gamma", "normal"])
def test_divergence_does_not_change_under_a_bijection(kind: str) -> None:
    image = {"gamma": "exp_gamma", "inverse_gamma": "exp_inverse_gamma", "normal": "log_normal"}[kind]
    here, there = getattr(laws, kind), getattr(laws, image)
    assert kl_divergence(here(a, b), here(c, d)) == kl_divergence(there(a, b), there(c, d))


def test_boundary_parameters() -> None:
    assert kl_divergence(laws.poisson(0), laws.poisson(1)) == 1
    assert kl_divergence(laws.poisson(1), laws.poisson(0)) is oo
    assert kl_divergence(laws.poisson(0), laws.poisson(t)) == t
    assert kl_divergence(laws.binomial(5, 1), laws.binomial(5, "1/2")) == 5 * log(2)
    assert kl_divergence(laws.binomial(5, "1/2"), laws.binomial(5, 1)) is oo
    assert kl_divergence(laws.binomial(5, 0), laws.poisson(0)) == 0
    assert kl_divergence(laws.bernoulli(0), laws.bernoulli(1)) is oo
    assert kl_divergence(laws.geometric(1), laws.geometric("1/8"), base=2) == 3
    assert kl_divergence(laws.von_mises(0, 0), laws.von_mises(3, 0)) == 0
    assert entropy(laws.poisson(0)) == entropy(laws.binomial(7, 1)) == entropy(laws.geometric(1)) == 0


def test_binomials_of_different_size() -> None:
    assert kl_divergence(laws.binomial(3, "1/2"), laws.binomial(2, "1/2")) is oo
    assert kl_divergence(laws.binomial(1, "1/2"), laws.binomial(2, "1/2")) == log(2) / 2
    n = Symbol("n", integer=True)
    assert kl_divergence(laws.binomial(n + 1, t), laws.binomial(n, t)) is oo
    conditional = kl_divergence(laws.binomial(2, "1/2"), laws.binomial(n, "1/2"))
    assert isinstance(conditional, Piecewise)
    assert conditional.args[-1] == (oo, True)


def test_supports_equal_nested_touching_and_disjoint() -> None:
    unit, left, double = laws.uniform(0, 1), laws.uniform(-1, 0), laws.uniform(0, 2)
    assert [kl_divergence(unit, q) for q in (unit, double, left)] == [0, log(2), oo]
    assert [kl_divergence(p, unit) for p in (double, left, laws.uniform(2, 3))] == [oo, oo, oo]
    assert kl_divergence(laws.beta(2, 2), laws.uniform("1/4", 2)) is oo
    assert kl_divergence(laws.continuous_bernoulli("1/3"), unit) != oo  # torch 2.13 has inf here
    assert kl_divergence(laws.discrete_uniform(0, 1), laws.discrete_uniform(1, 2)) is oo
    assert kl_divergence(laws.pareto(2, 1), laws.pareto(1, 1)) == log(2)
    assert kl_divergence(laws.pareto(1, 1), laws.pareto(2, 1)) is oo


def test_symbolic_ends_make_a_piecewise() -> None:
    assert kl_divergence(laws.uniform(0, a), laws.uniform(0, b)) == Piecewise((log(b) - log(a), a <= b), (oo, True))
    assert kl_divergence(laws.uniform(a, b), laws.uniform(a, b)) == 0
    found = kl_divergence(laws.uniform(a, b), laws.gamma(2, 1))
    with_zero = found.subs(a, 0)
    assert sympy.simplify(with_zero.subs(b, 1) - kl_divergence(laws.uniform(0, 1), laws.gamma(2, 1))) == 0
    assert found.subs({a: -1, b: 1}) is oo


def test_diverging_moments_are_infinite_not_undefined() -> None:
    assert kl_divergence(laws.pareto(1, 1), laws.exponential(1)) is oo
    assert kl_divergence(laws.pareto(1, 2), laws.normal(1, 1)) is oo
    assert kl_divergence(laws.pareto(1, "3/2"), laws.normal(3, 1)) is oo  # E[x] finite, E[x²] not
    for q in (laws.normal(0, 1), laws.laplace(0, 1), laws.gumbel(0, 1), laws.moyal(1, 2)):
        assert kl_divergence(laws.cauchy(1, 1), q) is oo
    assert kl_divergence(laws.laplace(0, 2), laws.gumbel(0, 1)) is oo
    assert kl_divergence(laws.inverse_gamma(1, 1), laws.gamma(1, 1)) is oo
    assert kl_divergence(laws.log_normal(0, 1), laws.log_normal(0, 1)) == 0
    value = kl_divergence(laws.pareto(1, a), laws.exponential(1))
    assert value.subs(a, 1) is oo
    assert sympy.simplify(value.subs(a, 2) - kl_divergence(laws.pareto(1, 2), laws.exponential(1))) == 0
    assert kl_divergence(laws.pareto(1, a), laws.normal(0, 1)).args[0][1] == (a > 2)


def test_densities_and_mass_functions_are_mutually_singular() -> None:
    assert kl_divergence(laws.poisson(1), laws.normal(0, 1)) is oo
    assert kl_divergence(laws.normal(0, 1), laws.poisson(1)) is oo
    assert kl_divergence(Distribution([1]), laws.uniform(-1, 1)) is oo


def test_distributions_beside_laws() -> None:
    p = Distribution(["1/2", "1/4", "1/4"])
    assert kl_divergence(p, laws.poisson(1)) == 1 - 5 * log(2) / 4
    assert kl_divergence(laws.poisson(1), p) is oo
    assert kl_divergence(Distribution({"red": 1}), laws.poisson(1)) is oo
    assert kl_divergence(laws.bernoulli(0), Distribution({"red": "1/2", 0: "1/2"})) == log(2)
    assert kl_divergence(Distribution({"1/2": 1}), laws.poisson(1)) is oo
    assert cross_entropy(p, Distribution.uniform(3)) == log(3)
    assert cross_entropy(Distribution({"red": 1}), laws.poisson(1)) is oo
    assert entropy(p, base=2) == Rational(3, 2)
    coin = Distribution([1 - t, t])
    assert kl_divergence(coin, laws.bernoulli(t)) == 0


def test_cross_entropy_is_entropy_and_divergence() -> None:
    for p, q in [(laws.gamma(a, b), laws.gamma(c, d)), (laws.normal(a, b), laws.laplace(c, d))]:
        assert sympy.simplify(cross_entropy(p, q) - entropy(p) - kl_divergence(p, q)) == 0
    assert cross_entropy(laws.normal(0, 1), laws.exponential(1)) is oo


def test_bases() -> None:
    assert kl_divergence(laws.bernoulli(1), laws.bernoulli("1/2"), base=2) == 1
    assert kl_divergence(laws.poisson(1), laws.poisson(0), base=Rational(1, 2)) is -oo  # the unit is negative
    assert kl_divergence(laws.laplace(0, 1), laws.laplace(2, 1), base=2) == 1 / log(2) + exp(-2) / log(2)


def test_what_is_no_law_is_refused() -> None:
    with pytest.raises(KLExactError, match="a Law or a Distribution is required; found 1"):
        kl_divergence(1, laws.poisson(1))  # type: ignore[arg-type]


def test_a_missing_rule_is_named() -> None:
    with pytest.raises(NoClosedFormError, match=r"needs E\[log\(x\*\*2 \+ 1\)\] under normal\(0, 1\)"):
        kl_divergence(laws.normal(0, 1), laws.cauchy(0, 1))


def test_conditions_of_both_hold_in_the_result() -> None:
    p = laws.gamma(a, b)
    assert p.conditions == (a > 0, b > 0)
    assert kl_divergence(p, laws.exponential(b)).free_symbols == {a}


def test_symbols_keep_their_own_assumptions() -> None:
    low = Symbol("low", positive=True)
    assert not isinstance(kl_divergence(laws.uniform(low, low + 1), laws.exponential(1)), Piecewise)
