"""Laws of integers: masses, moments, and their degenerate members."""

import math

import pytest
import sympy
from sympy import FiniteSet, Range, Rational, Symbol, oo
from sympy.abc import t

from klexact import laws
from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.laws import entropy, expectation, kl_divergence
from tests.laws.catalogue import DISCRETE, masses


@pytest.mark.parametrize("name", DISCRETE)
def test_masses_have_total_one(name: str) -> None:
    for law in DISCRETE[name]:
        assert math.isclose(sum(map(math.exp, masses(law).values())), 1, rel_tol=1e-12)  # tails below 1e-15


def test_supports() -> None:
    assert laws.binomial(3, "1/2").support == Range(0, 4)
    assert laws.logarithmic("1/2").support == Range(1, oo)
    assert laws.categorical([0, "1/2", "1/2"]).support == FiniteSet(1, 2)
    assert laws.binomial(0, "1/2").support == laws.geometric(1).support == FiniteSet(0)
    assert laws.binomial(Symbol("n", integer=True), 1).support == FiniteSet(Symbol("n", integer=True))


def test_moments_with_symbols() -> None:
    n = Symbol("n", integer=True)
    assert expectation(laws.binomial(n, t), lambda x: x) == n * t
    assert sympy.simplify(expectation(laws.discrete_uniform(1, n), lambda x: x) - (n + 1) / 2) == 0
    assert expectation(laws.negative_binomial(3, t), lambda x: x) == (3 - 3 * t) / t
    assert sympy.simplify(expectation(laws.logarithmic(t), lambda x: x) + t / ((1 - t) * sympy.log(1 - t))) == 0


def test_entropies() -> None:
    assert entropy(laws.discrete_uniform(1, 8), base=2) == 3
    assert entropy(laws.geometric("1/2"), base=2) == 2
    assert entropy(laws.binomial(2, "1/2"), base=2) == Rational(3, 2)
    assert entropy(laws.categorical([0, 1])) == 0


def test_categorical_takes_any_exact_numbers() -> None:
    root = sympy.sqrt(2) / 2
    assert kl_divergence(laws.categorical([root, 1 - root]), laws.categorical([root, 1 - root])) == 0
    with pytest.raises(InvalidFamilyError, match="1 to 1,000 probabilities; found 0"):
        laws.categorical([])
    with pytest.raises(InvalidFamilyError, match="must sum to 1"):
        laws.categorical([t, t])


def test_logistic_links() -> None:
    assert laws.ordered_logistic([0, 1], 0).density(0) == Rational(1, 2)
    assert laws.stopping_ratio_logistic([0, 0], 0).density(1) == Rational(1, 4)
    with pytest.raises(InvalidFamilyError, match="needs 1 to 1,000 cutpoints; found 0"):
        laws.ordered_logistic([], 0)


def test_parameters_that_are_large_are_cheap_where_no_sum_is_needed() -> None:
    n = 10**9
    assert kl_divergence(laws.binomial(n, "1/2"), laws.binomial(n, "1/4"), base=2) == n - n * sympy.log(3) / (
        2 * sympy.log(2)
    )
    with pytest.raises(NoClosedFormError, match=r"at most 2,000 outcomes is made; .* has 1,000,000,001"):
        entropy(laws.binomial(n, "1/2"))
