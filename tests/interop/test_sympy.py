"""Random variables of sympy.stats, both ways: exactly, with symbols."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as some
from sympy import Integer, Interval, Lambda, Rational, Symbol, Tuple, exp, log, oo, sqrt, stats
from sympy.abc import a, b, m, p, q, s, x

from klexact import (
    Distribution,
    KLExactError,
    compare,
    cross_entropy,
    entropy,
    fit,
    jeffreys_divergence,
    jensen_shannon_divergence,
    kl_divergence,
    laws,
    mutual_information,
    perplexity,
    round_to,
)
from klexact.errors import InvalidDistributionError
from klexact.families import binomial
from klexact.interop import to_sympy, understood
from klexact.interop.affine import affine
from klexact.laws import Law
from tests.interop.mappings import assert_same_density, points
from tests.laws.draws import DRAWS, drawn
from tests.property.strategies import distributions, models, relabellings

N = Symbol("n", integer=True, positive=True)
DIE, COIN = stats.Die("D", 6), stats.Coin("C", p)
HALF = Rational(1, 2)


def test_entropy_of_a_finite_random_variable_where_sympy_has_none() -> None:
    quarters = stats.FiniteRV("X", {0: Rational(1, 4), 1: Rational(3, 4)})
    assert stats.entropy(quarters).has(Lambda)  # sympy#18718: -log of a function, no number
    assert entropy(quarters) == 2 * log(2) - 3 * log(3) / 4
    assert entropy(quarters, base=2) == 2 - 3 * log(3) / (4 * log(2))
    assert stats.entropy(COIN) is sympy.zoo
    assert entropy(COIN) == -p * log(p) + (p - 1) * log(1 - p)


@pytest.mark.parametrize(
    "variable", [DIE, stats.Bernoulli("B", p), stats.Bernoulli("B", HALF / 2), stats.Binomial("X", 3, HALF)]
)
def test_entropies_where_sympy_has_them(variable: Any) -> None:
    difference = sympy.expand_log(stats.entropy(variable) - entropy(variable), force=True)
    assert sympy.simplify(difference) == 0


def test_divergences_of_random_variables() -> None:
    assert kl_divergence(stats.Binomial("X", N, p), stats.Binomial("Y", N, q)) == kl_divergence(
        laws.binomial(N, p), laws.binomial(N, q)
    )
    normal = stats.Normal("X", m, s)
    assert kl_divergence(stats.Normal("Z", 0, 1), normal) == log(s) + (m**2 - s**2 + 1) / (2 * s**2)
    assert cross_entropy(COIN, {"H": "1/2", "T": "1/2"}) == log(2)
    assert jeffreys_divergence(stats.Exponential("X", 1), stats.Exponential("Y", 2)) == HALF
    assert kl_divergence(DIE, stats.Die("E", 4)) is oo
    assert kl_divergence(stats.Geometric("G", HALF), stats.Poisson("P", 1)) is not oo
    assert jensen_shannon_divergence(stats.Bernoulli("X", 0), stats.Bernoulli("Y", 1), base=2) == 1
    assert perplexity(DIE) == 6


def test_random_variables_in_fit() -> None:
    assert fit(DIE, binomial(6)).argmin == Rational(7, 12)
    assert fit(DIE, stats.Binomial("B", 6, p)).argmin == Rational(7, 12)
    assert fit(stats.Gamma("X", 3, b), stats.Normal("Y", m, s)).argmin == Tuple(3 * b, sqrt(3) * b)
    assert [name for name, _ in compare(stats.Binomial("X", 2, HALF), [stats.Binomial("Y", 2, p), DIE]).rows] == [
        "Y",
        "D",
    ]


def test_expressions_of_finite_ones_are_tables() -> None:
    d, e = DIE, stats.Die("E", 6)
    assert Distribution(d + e) == Distribution.from_counts({2 + i: min(i + 1, 11 - i) for i in range(11)})
    assert Distribution(d > 4) == Distribution({True: "1/3", False: "2/3"})
    assert Distribution(stats.given(d, d > 3)) == Distribution.uniform([4, 5, 6])
    assert Distribution(d / 2)[Fraction(1, 2)] == Rational(1, 6)
    assert mutual_information(Tuple(d, d + e)) == sympy.expand(entropy(d + e) - entropy(e))
    assert mutual_information(Tuple(d, e)) == 0


def test_expressions_of_one_random_variable_are_images() -> None:
    normal = stats.Normal("X", m, s)
    assert understood(2 * normal + 1) == laws.normal(2 * m + 1, 2 * s)
    assert understood(exp(normal)) == laws.log_normal(m, s)
    assert understood(stats.Geometric("G", p) - 1) == laws.geometric(p)
    assert entropy(stats.Gamma("G", 2, 3) ** 2) == entropy(laws.pushforward(laws.gamma(2, "1/3"), lambda y: y**2))


def test_floats_are_the_binary_numbers_they_are() -> None:
    assert understood(stats.Normal("X", 0.1, 1)) == laws.normal(Rational(0.1), 1)
    tenths = stats.FiniteRV("X", {0: 0.1, 1: 0.9})
    with pytest.raises(InvalidDistributionError, match="short by 1/36028797018963968"):
        Distribution(stats.FiniteRV("X", {0: 0.1, 1: 0.2, 2: 0.7}))
    assert Distribution.from_weights(tenths)[0] == Rational(0.1) / (Rational(0.1) + Rational(0.9))
    assert Distribution(stats.Bernoulli("X", 0.1, 5, 6)) == Distribution({5: Rational(0.1), 6: 1 - Rational(0.1)})


def test_tables_may_be_irrational_or_symbolic() -> None:
    root = sqrt(2) / 2
    assert (
        sympy.simplify(
            entropy(stats.FiniteRV("X", {0: root, 1: 1 - root})) - entropy(laws.categorical([root, 1 - root]))
        )
        == 0
    )
    with pytest.raises(InvalidDistributionError, match="found a total of 1/2"):
        entropy(stats.FiniteRV("X", {0: root, 1: HALF}))
    with pytest.raises(KLExactError, match="the probability of 'a' must be rational"):
        entropy(stats.FiniteRV("X", {a: root, b: 1 - root}))
    for variable in (stats.BetaBinomial("X", 3, a, b), stats.Hypergeometric("X", 7, 4, 3), stats.Rademacher("X")):
        found = Distribution(variable)
        assert sum(found.values()) == 1 or sympy.simplify(sum(found.values())) == 1
        assert set(found) == {int(k) for k in stats.density(variable).dict}


def test_labels_become_text_and_numbers() -> None:
    assert Distribution(COIN).outcomes == ("H", "T")
    pairs = stats.FiniteRV("X", {Tuple(1, x): HALF, Tuple(Rational(1, 2), sqrt(2)): HALF})
    assert set(Distribution(pairs)) == {(1, "x"), (Fraction(1, 2), sqrt(2))}
    twins = stats.FiniteRV("X", {Symbol("h"): HALF, Symbol("h", positive=True): HALF})
    with pytest.raises(InvalidDistributionError, match="values must be distinct as labels; found h, h"):
        Distribution(twins)


REFUSED = {
    "X, a StudentTDistribution of sympy.stats": stats.StudentT("X", 3),
    "X, a CompoundDistribution of sympy.stats": stats.Normal("X", stats.Normal("M", 0, 1), 1),
    "x, a ContinuousDistributionHandmade of sympy.stats": stats.ContinuousRV(x, exp(-x), Interval(0, oo)),
    "X, a ContinuousPSpace of sympy.stats": stats.given(stats.Normal("X", 0, 1), stats.Normal("X", 0, 1) > 0),
    "the expression X + Y of random variables": stats.Normal("X", 0, 1) + stats.Normal("Y", 0, 1),
    "X, a HypergeometricDistribution of sympy.stats": stats.Hypergeometric("X", N, 1, 1),
}


@pytest.mark.parametrize("message", REFUSED)
def test_others_are_refused_by_name(message: str) -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        entropy(REFUSED[message])
    assert f"found {message}" in str(caught.value)
    assert "known are Arcsin, Bernoulli" in str(caught.value)


def test_what_is_no_random_variable_is_left_alone() -> None:
    for other in (x, stats.BernoulliProcess("B", p=HALF), stats.DiscreteMarkovChain("M")):
        with pytest.raises(
            InvalidDistributionError, match=r"a sequence or a mapping of probabilities is required; found \w"
        ):
            entropy(other)
    assert Distribution([*sympy.Matrix([HALF, HALF])]) == Distribution.uniform(2)


# -- out, and back ---------------------------------------------------------------------------------------------

HAS_NO = {
    "categorical",
    "continuous_bernoulli",
    "exp_gamma",
    "exp_inverse_gamma",
    "half_normal",
    "ordered_logistic",
    "probit_bernoulli",
    "stopping_ratio_logistic",
}
TAKES_INTEGERS = {"chi", "chi_squared"}


@pytest.mark.parametrize("name", sorted(set(DRAWS) - HAS_NO))
@pytest.mark.parametrize("seed", range(2))
def test_laws_there_and_back(name: str, seed: int) -> None:
    law = getattr(laws, name)(seed + 3) if name in TAKES_INTEGERS else drawn(name, f"sympy {seed}")
    variable = to_sympy(law, "X")
    found = understood(variable)
    assert found == law or Distribution(found) == law.distribution()
    if name != "geometric":  # X - 1, an expression, whose density SymPy does not compute
        density = stats.density(variable)
        # evalf to 15 digits; the densities are short formulas
        assert_same_density(law, lambda at: sympy.N(density(at)), points(law), 1e-12)


@pytest.mark.parametrize("name", sorted(HAS_NO))
def test_laws_that_sympy_has_not(name: str) -> None:
    with pytest.raises(KLExactError, match=f"must have the law; found {name}"):
        to_sympy(drawn(name, "sympy"))
    with pytest.raises(KLExactError, match=r"sympy\.stats must take the parameters of chi"):
        to_sympy(laws.chi("5/2"))


@pytest.mark.parametrize(
    "law",
    [
        laws.multivariate_normal([0, "1/2"], [[2, 1], [1, 2]]),
        laws.dirichlet(["1/2", 2, 3]),
        laws.multinomial(3, ["1/2", "1/3", "1/6"]),
        laws.matrix_normal([[0, 1]], [[2]], [[1, "1/2"], ["1/2", 1]]),
        laws.matrix_normal([[0], [1]], [[1, "1/2"], ["1/2", 1]], [[2]]),
        laws.multivariate_normal([1], [[2]]),
        laws.wishart(3, [[2, 1], [1, 2]]),
        laws.normal(m, s),
        laws.gamma(a, b),
        laws.binomial(N, p),
        laws.pushforward(laws.beta(2, 3), lambda y: 1 + 2 * y),
    ],
    ids=str,
)
def test_laws_of_several_variables_and_with_symbols(law: Law) -> None:
    assert understood(to_sympy(law)) == law


@given(distributions(), some.data())
def test_distributions_there_and_back(d: Distribution, data: some.DataObject) -> None:
    named = d.pushforward(data.draw(relabellings(len(d))).__getitem__)
    assert Distribution(to_sympy(named)) == named
    assert entropy(to_sympy(named)) == entropy(d)


@given(models())
def test_distributions_with_a_parameter_there_and_back(d: Distribution) -> None:
    assert Distribution(to_sympy(d)) == d


def test_bad_exports() -> None:
    with pytest.raises(KLExactError, match="a Distribution or a Law is required; found 3"):
        to_sympy(3)  # type: ignore[arg-type]
    with pytest.raises(KLExactError, match="outcomes in SymPy are numbers, text and tuples of them; found None"):
        to_sympy(Distribution.point(None))
    text = "__import__('os')"
    assert Distribution(to_sympy(Distribution.point(text))) == Distribution.point(text)  # a name, never evaluated


CLASSES = {
    stats.Arcsin("X", 1, 3): laws.pushforward(laws.beta(HALF, HALF), lambda y: 1 + 2 * y),
    stats.Gumbel("X", 2, 1, minimum=True): affine(laws.exp_gamma(1, 1), 1, 2),
    stats.Maxwell("X", 2): affine(laws.chi(3), 0, 2),
    stats.Erlang("X", 2, 3): laws.gamma(2, 3),
}


@pytest.mark.parametrize("variable", CLASSES, ids=lambda v: type(v.pspace.distribution).__name__)
def test_other_classes(variable: Any) -> None:
    law = CLASSES[variable]
    assert understood(variable) == law
    density = stats.density(variable)
    for at in (Rational(5, 4), Rational(2), Rational(11, 4)):
        assert abs(sympy.N(density(at)) - sympy.N(law.density(at))) < 1e-12  # evalf to 15 digits, values below 1


def test_integer_labels_are_python_s() -> None:
    assert all(type(k) is int for k in Distribution(stats.FiniteRV("X", {Integer(1): 1})))
    assert round_to(entropy(DIE)).float == 1.791759469228055
