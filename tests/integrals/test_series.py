"""Series against closed forms, wrong formulas told apart, and what must be refused."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational, S, Sum, Symbol, binomial, exp, factorial, log, loggamma, oo, pi, sqrt

from klexact.certify import enclose
from klexact.enclosure import Enclosure
from klexact.errors import DivergentError, InvalidNumberError, UndecidedError
from klexact.integrals.series import enclose_sums, summate

K = Symbol("k", integer=True, nonnegative=True)
R = Symbol("k", real=True)  # loggamma stays as it is


def poisson(rate: Expr) -> Expr:
    return R * log(rate) - rate - loggamma(R + 1)


def geometric(p: Expr) -> Expr:
    return R * log(1 - p) + log(p)


def negative_binomial(r: Expr, p: Expr) -> Expr:
    return loggamma(R + r) - loggamma(r) - loggamma(R + 1) + r * log(p) + R * log(1 - p)


def logarithmic(r: Expr) -> Expr:
    return R * log(r) - log(R) - log(-log(1 - r))


def is_narrow(found: Enclosure, digits: int = 30) -> bool:
    unit = Fraction(1, 10**digits)
    return found.width <= unit * max(abs(found.lower), abs(found.upper), unit)


def agrees(found: Enclosure, closed: Expr) -> bool:
    return found.contains(0) if closed == 0 else found.overlaps(enclose(closed, digits=40))


rate = st.fractions(min_value=Fraction(1, 8), max_value=30, max_denominator=9).map(
    lambda q: Rational(q.numerator, q.denominator)
)
chance = st.integers(1, 19).map(lambda n: Rational(n, 20))


def check(log_p: Expr, log_q: Expr, support: Any, closed: Expr) -> None:
    found = summate(log_p, log_p - log_q, R, support)
    assert agrees(found, closed)
    assert is_narrow(found)
    if found.lower > 0:
        assert not agrees(found, closed * (1 + Rational(1, 10**25)))


@settings(max_examples=8, deadline=None, database=None, derandomize=True)
@given(rate, rate)
def test_poisson(a: Expr, b: Expr) -> None:
    check(poisson(a), poisson(b), S.Naturals0, a * log(a / b) - a + b)


@settings(max_examples=8, deadline=None, database=None, derandomize=True)
@given(chance, chance)
def test_geometric_and_logarithmic(p: Expr, q: Expr) -> None:
    check(geometric(p), geometric(q), S.Naturals0, log(p / q) + (1 - p) / p * log((1 - p) / (1 - q)))
    mean = -p / ((1 - p) * log(1 - p))
    check(logarithmic(p), logarithmic(q), S.Naturals, mean * log(p / q) + log(log(1 - q) / log(1 - p)))


@settings(max_examples=5, deadline=None, database=None, derandomize=True)
@given(rate, chance, chance)
def test_negative_binomial(r: Expr, p: Expr, q: Expr) -> None:
    closed = r * log(p / q) + r * (1 - p) / p * log((1 - p) / (1 - q))
    check(negative_binomial(r, p), negative_binomial(r, q), S.Naturals0, closed)


def test_supports() -> None:
    half = -R * log(2)
    assert summate(half, S.One, R, S.Naturals).contains(1)
    assert summate(half, S.One, R, sympy.Range(3, 6)).contains("7/32")
    assert summate(half, S.One, R, sympy.Range(-2, oo)).contains(8)
    laplace = log(Rational(1, 3)) - sympy.Abs(R) * log(2)  # (1/3)·2^-|k| on the integers
    assert summate(laplace, S.One, R, S.Integers).contains(1)
    assert summate(laplace, R, R, S.Integers).contains(0)


def test_binomial_coefficients_and_factorials() -> None:
    row = log(binomial(10, K)) - 10 * log(2)
    assert summate(row, K, K, sympy.Range(0, 11)).contains(5)
    assert summate(K * log(3) - 3 - log(factorial(K)), K**2, K, S.Naturals0).contains(12)
    assert summate(log(sympy.gamma(K + 1)) - 2 * loggamma(K + 1) - 1, S.One, K, S.Naturals0).contains(1)


def test_many_terms() -> None:
    p = Rational(1, 1000)
    found = summate(geometric(p), R, R, S.Naturals0)
    assert found.contains(999)
    assert is_narrow(found)
    found = summate(poisson(S(2000)), R, R, S.Naturals0, digits=15)
    assert found.contains(2000)


@pytest.mark.parametrize("a", [Rational(1, 10), S(1), Rational(17, 3), sqrt(2), pi], ids=str)
def test_entropy_of_the_poisson_law(a: Expr) -> None:
    term = a**K * log(factorial(K)) / factorial(K)
    as_sum = enclose_sums(a - a * log(a) + exp(-a) * Sum(term, (K, 0, oo)), digits=40)
    expectation = summate(poisson(a), -poisson(a), R, S.Naturals0)
    assert as_sum.overlaps(expectation)
    assert is_narrow(as_sum, 40)
    assert is_narrow(expectation)
    other = enclose_sums(a - a * log(a) + exp(-a) * Sum(exp(-a) * term, (K, 0, oo)))
    assert not other.overlaps(as_sum)


def test_expressions_of_sums() -> None:
    e = Sum(1 / factorial(K), (K, 0, oo))
    two = Sum(Rational(1, 2) ** K, (K, 0, oo))
    assert agrees(enclose_sums(e), sympy.E)
    assert agrees(enclose_sums(e**2 * two - pi), 2 * sympy.E**2 - pi)
    assert enclose_sums(Sum(K**2, (K, 1, 10))).contains(385)
    assert enclose_sums(log(2) + 0 * K).overlaps(enclose(log(2), digits=20))
    assert enclose_sums(two - 2).contains(0)


def test_alternating_sums() -> None:
    assert agrees(enclose_sums(Sum((-1) ** K / factorial(K), (K, 0, oo))), exp(-1))
    assert agrees(enclose_sums(Sum(Rational(-1, 3) ** K, (K, 0, oo))), Rational(3, 4))
    with pytest.raises(UndecidedError, match="decay"):
        enclose_sums(Sum(exp(-K) * (-1) ** (K / 2), (K, 0, oo)))


def test_infinite_sums_are_refused() -> None:
    for log_p, statistic, support, towards in [
        (-R * log(2), S(2) ** R, S.Naturals0, r"\+∞ towards oo"),
        (-log(R), -S.One, S.Naturals, "-∞ towards oo"),
        (poisson(S(1)), exp(loggamma(R + 1)), S.Naturals0, None),
        (-sympy.Abs(R) * log(2) + R * log(3), S.One, S.Integers, r"\+∞ towards oo"),
        (-sympy.Abs(R) * log(2) - R * log(3), S.One, S.Integers, r"\+∞ towards -oo"),
    ]:
        error, message = (UndecidedError, "decay") if towards is None else (DivergentError, f"diverges to {towards}")
        with pytest.raises(error, match=message):
            summate(log_p, statistic, R, support)


def test_what_is_not_proved_is_undecided() -> None:
    with pytest.raises(UndecidedError, match="decay exponentially"):
        summate(-2 * log(R), S.One, R, S.Naturals)
    with pytest.raises(UndecidedError, match="1,000,000 terms"):
        summate(geometric(Rational(1, 10**6)), R, R, S.Naturals0)
    with pytest.raises(UndecidedError, match="must show"):
        summate(-R, R * log(R), R, S.Naturals0)  # 0·log 0 as it is written


@pytest.mark.parametrize(
    ("support", "message"),
    [
        (sympy.Interval(0, oo), "Range of step 1"),
        (sympy.Range(0, 10, 2), "Range of step 1"),
        (sympy.Range(-oo, 3), "Range of step 1"),
        (sympy.Range(0, Symbol("n", integer=True)), "Range of step 1"),
        (3, "Range of step 1"),
    ],
    ids=str,
)
def test_supports_that_are_none(support: Any, message: str) -> None:
    with pytest.raises(InvalidNumberError, match=message):
        summate(-R, S.One, R, support)


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (1 / Sum(exp(-K), (K, 0, oo)), "polynomial in sums"),
        (Symbol("m") * Sum(exp(-K), (K, 0, oo)), "polynomial in sums"),
        (Sum(exp(-K), (K, 0, Symbol("n"))), "from an integer to an integer"),
        (Sum(exp(-K * Symbol("m")), (K, 0, oo)), "found the symbol m"),
        (Sum(exp(-K - R), (K, 0, oo), (R, 0, oo)), "over one variable"),
        (3, "polynomial in sums"),
    ],
    ids=str,
)
def test_expressions_that_are_none(expr: Any, message: str) -> None:
    with pytest.raises(InvalidNumberError, match=message):
        enclose_sums(expr)
