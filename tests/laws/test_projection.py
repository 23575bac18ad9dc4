"""Projections onto exponential families: textbook estimates, zero gradient, and what is refused."""

import pytest
import sympy
from sympy import Rational, Symbol, log, sqrt
from sympy.abc import a, b, m, s, t

from klexact import Distribution, laws
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.laws import expectation, kl_divergence, project
from klexact.laws.law import Law

P = laws.gamma(Rational(5, 2), Rational(4, 3))


def test_textbook_estimates() -> None:
    data = Distribution.from_counts([3, 4, 2, 1])
    assert project(data, laws.poisson(m)) == {m: Rational(11, 10)}
    assert project(data, laws.geometric(t)) == {t: Rational(10, 21)}
    assert project(data, laws.binomial(3, t)) == {t: Rational(11, 30)}
    assert project(laws.bernoulli("1/3"), laws.bernoulli(t)) == {t: Rational(1, 3)}
    assert project(P, laws.exponential(b)) == {b: Rational(8, 15)}
    assert project(P, laws.normal(m, s)) == {m: Rational(15, 8), s: 3 * sqrt(10) / 8}
    assert project(laws.log_normal(m, 1), laws.log_normal(a, s)) == {a: m, s: 1}
    assert project(laws.laplace(0, 2), laws.laplace(0, b)) == {b: 2}
    assert project(laws.gamma(a, b), laws.exponential(t)) == {t: b / a}


@pytest.mark.parametrize(
    "family",
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
def test_the_gradient_is_zero_there(family: Law) -> None:
    best = project(P, family)
    divergence = kl_divergence(P, family)
    for symbol in best:
        assert sympy.simplify(sympy.diff(divergence, symbol).subs(best)) == 0


def test_a_member_is_its_own_projection() -> None:
    for law in (laws.normal(a, b), laws.inverse_gaussian(a, b), laws.pareto(1, b), laws.negative_binomial(3, t)):
        primes = {v: Symbol(f"{v}_") for v in law.free_symbols}
        found = project(law, law.subs(primes))
        assert found == {primes[v]: v for v in primes}


def test_pareto_by_the_mean_logarithm() -> None:
    law = laws.pareto(2, 3)
    assert expectation(law, log) == Rational(1, 3) + log(2)
    assert project(law, laws.pareto(1, b)) == {b: 3 / (1 + 3 * log(2))}


def test_what_has_no_closed_minimum() -> None:
    with pytest.raises(NoClosedFormError, match="moment equations must have a closed solution"):
        project(P, laws.gamma(a, b))
    with pytest.raises(NoClosedFormError, match="must be an exponential family in a, b"):
        project(P, laws.weibull(a, b))
    with pytest.raises(NoClosedFormError, match="must be an exponential family in m, s"):
        project(P, laws.cauchy(m, s))
    with pytest.raises(KLExactError, match=r"D is infinite for every member of exponential\(b\)"):
        project(laws.normal(0, 1), laws.exponential(b))
    with pytest.raises(KLExactError, match=r"D is infinite for every b: E\[x\] is"):
        project(laws.pareto(1, 1), laws.exponential(b))
    with pytest.raises(KLExactError, match="must be attained where t < 1; found t = 1"):
        project(Distribution([1]), laws.geometric(t))
    with pytest.raises(InvalidFamilyError, match="must not depend on b"):
        project(laws.exponential(b), laws.exponential(b))
    with pytest.raises(InvalidFamilyError, match="symbols must be among those of"):
        project(P, laws.exponential(1))
    with pytest.raises(InvalidFamilyError, match="one to one; found 2 for s"):
        project(P, laws.normal(s, s))
