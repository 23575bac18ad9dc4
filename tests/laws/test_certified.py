"""Every closed form of a univariate law, at random rational parameters, is enclosed as its definition is: to 30 digits.

The definition is an integral with proved bounds (`klexact.integrals.quadrature`), a series with a proved tail
(`klexact.integrals.series`), or a finite sum; none of them knows a closed form. Where one says oo, its definition is proved
to diverge.
"""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from sympy import oo

from klexact import certify, laws
from klexact.enclosure import Enclosure
from klexact.errors import DivergentError, NoClosedFormError, UndecidedError
from klexact.integrals.quadrature import integrate
from klexact.integrals.series import enclose_sums, summate
from klexact.laws.law import Law, X, outcomes
from klexact.laws.support import inclusion
from tests.laws.draws import CONTINUOUS, DISCRETE, DRAWS, drawn

DIGITS = 30


def log_density(law: Law, at: sympy.Expr = X) -> sympy.Expr:
    return sympy.Add(*(c * v for t, c in law.log_density.items() if (v := t.xreplace({X: at}).doit()) != 0))


def exponential_integral(n: sympy.Expr, z: sympy.Expr) -> sympy.Expr:
    """Return E_n(z) by n·E_(n+1)(z) = e^-z - z·E_n(z) from E_1(z) = -Ei(-z), which Arb encloses (DLMF 8.19.12, 6.2.6)."""
    return -sympy.Ei(-z) if n == 1 else (sympy.exp(-z) - z * exponential_integral(n - 1, z)) / (n - 1)


def closed_form(value: sympy.Expr) -> Enclosure:
    value = value.replace(sympy.expint, exponential_integral)
    if value.has(sympy.Sum):
        return enclose_sums(value, digits=DIGITS)
    return certify.enclose(value, digits=DIGITS)


def definition(p: Law, statistic: Any) -> Enclosure:
    """Return the expectation of a statistic, a function of the outcome."""
    points = outcomes(p)
    if points is not None:
        terms = [sympy.exp(log_density(p, k)) * statistic(k) for k in points]
        return certify.enclose(sympy.Add(*terms), digits=DIGITS)
    if p.is_discrete:
        return summate(log_density(p), statistic(X), X, p.support, digits=DIGITS)
    return integrate(log_density(p), statistic(X), X, p.support, digits=DIGITS)


def assert_same(one: Enclosure, other: Enclosure) -> None:
    size = max(abs(one.lower), abs(other.lower))
    # both narrow: where |value| < 10^-30, as integrals promise it
    assert max(one.width, other.width) <= Fraction(1, 10**DIGITS) * max(size, Fraction(1, 10**DIGITS))
    assert one.overlaps(other)


def assert_divergence(p: Law, q: Law) -> str:
    """Check D(p‖q) and return how."""
    try:
        value = laws.kl_divergence(p, q)
    except NoClosedFormError as error:
        assert "E[" in str(error)  # noqa: PT017  (which expectation has none)
        return "no closed form"
    if inclusion(p.support, q.support) == sympy.false:
        assert value is oo
        return "supports"

    def log_ratio(at: sympy.Expr) -> sympy.Expr:
        return log_density(p, at) - log_density(q, at)

    if value is oo:
        with pytest.raises(DivergentError, match=r"to \+∞"):
            definition(p, log_ratio)
        return "divergent"
    if value == 0:
        assert definition(p, log_ratio).contains(0)
        return "zero"
    try:
        found = closed_form(value)
    except UndecidedError:  # E[log(1 - x^c)] = -Σ E[x^(cn)]/n, terms of polynomial decay
        assert {p.name, q.name} <= {"beta", "kumaraswamy"}
        assert value.has(sympy.Sum)
        return "slow series"
    assert_same(found, definition(p, log_ratio))
    return "enclosed"


@pytest.mark.parametrize("name", DRAWS)
def test_divergences_from_every_law(name: str) -> None:
    p = drawn(name, "p")
    others = DISCRETE if p.is_discrete else CONTINUOUS
    assert {assert_divergence(p, drawn(other, f"q {name}")) for other in others} & {"enclosed", "supports"}


@pytest.mark.parametrize("name", DRAWS)
def test_entropies(name: str) -> None:
    p = drawn(name, "entropy")
    if name == "logit_normal":
        with pytest.raises(NoClosedFormError):
            laws.entropy(p)
        return
    value = laws.entropy(p)
    assert_same(closed_form(value), definition(p, lambda at: -log_density(p, at)))


@pytest.mark.parametrize(("p", "q"), list(product(["geometric", "poisson"], ["normal", "gamma"])))
def test_mass_functions_and_densities_are_singular(p: str, q: str) -> None:
    assert laws.kl_divergence(drawn(p, "p"), drawn(q, "q")) is oo
    assert laws.kl_divergence(drawn(q, "q"), drawn(p, "p")) is oo
