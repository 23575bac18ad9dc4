"""Laws as data: equality, substitution, densities, conversion; a user's own exponential family."""

import pickle
from dataclasses import FrozenInstanceError

import pytest
import sympy
from sympy import Interval, Rational, Symbol, exp, log, loggamma, oo, pi
from sympy.abc import a, b, eta, k, s, t, x

from klexact import Distribution, laws
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.laws import ExponentialFamily, entropy, expectation, fisher_information, kl_divergence
from klexact.laws.law import Law, X, outcomes, terms
from tests.laws.catalogue import LAWS, SYMBOLIC, decimal


def test_laws_are_immutable_data() -> None:
    law = laws.gamma(2, b)
    with pytest.raises(FrozenInstanceError):
        law.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        law.parameters["rate"] = 1  # type: ignore[index]
    assert str(law) == repr(law) == "gamma(2, b)"
    assert law != "gamma(2, b)"
    assert len({law, laws.gamma(2, b), laws.gamma(2, 3)}) == 2


@pytest.mark.parametrize("law", [*SYMBOLIC, *(p for pair in LAWS.values() for p in pair)], ids=str)
def test_pickled_laws_come_back(law: Law) -> None:
    assert pickle.loads(pickle.dumps(law)) == law


@pytest.mark.parametrize("name", sorted(LAWS))
def test_densities_have_total_one(name: str) -> None:
    law = LAWS[name][0]
    assert expectation(law, sympy.Integer(1)) == 1
    found = outcomes(law)
    if found is not None:
        total = sum(decimal(law.density(j)) for j in found)
        assert abs(total - 1) < 1e-12  # a handful of doubles, each within 2^-52


def test_densities() -> None:
    assert laws.exponential(2).density(3) == 2 * exp(-6)
    assert laws.exponential(2).density(-1) == 0
    assert laws.poisson(2).density(3) == Rational(4, 3) * exp(-2)
    assert laws.binomial(2, t).density(1) == 2 * t - 2 * t**2
    assert sympy.simplify(laws.normal(0, s).density(x) - exp(-(x**2) / (2 * s**2)) / (s * sympy.sqrt(2 * pi))) == 0


def test_substitution_applies_the_conventions_at_the_ends() -> None:
    assert laws.poisson(t).subs({t: 0}).support == sympy.FiniteSet(0)
    assert laws.binomial(3, t).subs({t: 1}) == laws.binomial(3, 1)
    assert laws.continuous_bernoulli(t).subs({t: "1/2"}) == laws.continuous_bernoulli("1/2")
    assert laws.gamma(a, b).subs({a: 2}).subs({b: 3}) == laws.gamma(2, 3)
    with pytest.raises(InvalidFamilyError, match=r"rate must lie in Interval\(0, oo\) for poisson; found -1"):
        laws.poisson(t).subs({t: -1})
    with pytest.raises(InvalidFamilyError, match=r"symbols to substitute must be among t; found \['x'\]"):
        laws.poisson(t).subs({x: 1})


def test_distributions() -> None:
    assert laws.binomial(2, "1/3").distribution() == Distribution.binomial(2, "1/3")
    assert laws.poisson(0).distribution() == Distribution([1])
    with pytest.raises(KLExactError, match=r"finitely many outcomes are required; found poisson\(1\)"):
        laws.poisson(1).distribution()


def test_terms_split_an_expression_in_the_variable() -> None:
    assert terms((X + a) ** 2) == {sympy.S.One: a**2, X: 2 * a, X**2: 1}
    assert terms(sympy.S.Zero) == {}


def maxwell() -> ExponentialFamily:
    partition = -3 * log(-eta) / 2 + log(pi) / 2 - log(4)
    return ExponentialFamily(
        (x**2,), (eta,), partition, Interval.open(0, oo), log_carrier=2 * log(x), domain=(eta < 0,), variable=x
    )


def test_a_users_own_family_needs_no_subclass() -> None:
    p, q = (maxwell()(-1 / (2 * v**2), name="maxwell", scale=v) for v in (a, s))
    assert p.conditions == (-1 / (2 * a**2) < 0,)
    assert kl_divergence(p, p) == 0
    # the square of a Maxwell speed is a gamma variable of shape 3/2
    there = kl_divergence(laws.gamma("3/2", 1 / (2 * a**2)), laws.gamma("3/2", 1 / (2 * s**2)))
    assert sympy.simplify(kl_divergence(p.subs({a: 2}), q.subs({s: 3})) - there.subs({a: 2, s: 3})) == 0
    assert kl_divergence(maxwell()(-Rational(1, 2)), laws.chi(3)) == 0
    assert expectation(maxwell()(-Rational(1, 2)), lambda v: v**4) == 15
    assert fisher_information(p.subs({a: Symbol("c", positive=True)}))[0] == 6 / Symbol("c", positive=True) ** 2
    with pytest.raises(NoClosedFormError, match=r"needs E\[log\(x\)\] under law\(-1/2\)"):
        entropy(maxwell()(-Rational(1, 2)))  # with log x among the statistics, not in the carrier, it would be known


def test_what_is_no_exponential_family_is_refused() -> None:
    with pytest.raises(InvalidFamilyError, match="must satisfy eta < 0; found eta = 1"):
        maxwell()(1)
    with pytest.raises(InvalidFamilyError, match="a natural parameter a statistic"):
        ExponentialFamily((X, X**2), (eta,), eta, Interval(0, 1))
    with pytest.raises(InvalidFamilyError, match="a natural parameter a statistic"):
        ExponentialFamily((X,), (eta,), eta * X, Interval(0, 1))
    with pytest.raises(InvalidFamilyError, match=r"needs .*; found k = 0"):
        maxwell()(-1 / k, name="maxwell", k=k).subs({k: 0})


def test_a_users_own_law_outside_the_class() -> None:
    carrier = {X: sympy.Integer(-1), loggamma(X + 1): sympy.Integer(-1), sympy.S.One: sympy.Integer(0)}
    law = Law("shifted", {}, sympy.Range(0, 3), carrier)
    assert kl_divergence(law, law) == 0
