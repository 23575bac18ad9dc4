"""Integrals against closed forms from the textbooks, wrong formulas told apart, and what must be refused.

Every closed form is evaluated by `klexact.certify.enclose`, which shares no code with the quadrature beyond ball arithmetic.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    EulerGamma,
    Expr,
    Interval,
    Rational,
    S,
    Symbol,
    beta,
    cos,
    digamma,
    exp,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    sqrt,
)

from klexact.certify import enclose
from klexact.enclosure import Enclosure
from klexact.errors import DivergentError, InvalidNumberError, KLExactError, UndecidedError
from klexact.integrals.quadrature import integrate

X = Symbol("x", real=True)
LINE, HALF, UNIT = S.Reals, Interval(0, oo), Interval(0, 1)


def normal(m: Expr, s2: Expr) -> Expr:
    return -((X - m) ** 2) / (2 * s2) - log(2 * pi * s2) / 2


def log_normal(m: Expr, s2: Expr) -> Expr:
    return -((log(X) - m) ** 2) / (2 * s2) - log(X) - log(2 * pi * s2) / 2


def gamma_law(a: Expr, b: Expr) -> Expr:
    return a * log(b) - loggamma(a) + (a - 1) * log(X) - b * X


def inverse_gamma(a: Expr, b: Expr) -> Expr:
    return a * log(b) - loggamma(a) - (a + 1) * log(X) - b / X


def beta_law(a: Expr, b: Expr) -> Expr:
    return (a - 1) * log(X) + (b - 1) * log(1 - X) - log(beta(a, b))


def weibull(k: Expr, s: Expr) -> Expr:
    return log(k / s) + (k - 1) * log(X / s) - (X / s) ** k


def pareto(a: Expr, m: Expr) -> Expr:
    return log(a * m**a) - (a + 1) * log(X)


def laplace(m: Expr, b: Expr) -> Expr:
    return -abs(X - m) / b - log(2 * b)


def gumbel(m: Expr, b: Expr) -> Expr:
    return -(X - m) / b - exp(-(X - m) / b) - log(b)


def moyal(m: Expr, s: Expr) -> Expr:
    return -((X - m) / s + exp(-(X - m) / s)) / 2 - log(2 * pi * s**2) / 2


def cauchy(m: Expr, g: Expr) -> Expr:
    return log(g / pi) - log(g**2 + (X - m) ** 2)


def logistic(m: Expr, s: Expr) -> Expr:
    return -(X - m) / s - log(s) - 2 * log(1 + exp(-(X - m) / s))


def inverse_gaussian(m: Expr, s: Expr) -> Expr:
    return log(s / (2 * pi * X**3)) / 2 - s * (X - m) ** 2 / (2 * m**2 * X)


def kumaraswamy(a: Expr, b: Expr) -> Expr:
    return log(a * b) + (a - 1) * log(X) + (b - 1) * log(1 - X**a)


def logit_normal(m: Expr, s2: Expr) -> Expr:
    return -((log(X / (1 - X)) - m) ** 2) / (2 * s2) - log(X) - log(1 - X) - log(2 * pi * s2) / 2


def von_mises(m: Expr, k: Expr) -> Expr:
    return k * cos(X - m) - log(2 * pi * sympy.besseli(0, k))


def rayleigh(s2: Expr, _: Expr) -> Expr:
    return log(X / s2) - X**2 / (2 * s2)


def half_normal(s2: Expr, _: Expr) -> Expr:
    return log(2 / (pi * s2)) / 2 - X**2 / (2 * s2)


Closed = Callable[[Expr, Expr, Expr, Expr], Expr]
CLOSED: dict[str, tuple[Callable[[Expr, Expr], Expr], Interval, Closed]] = {
    "normal": (normal, LINE, lambda a, b, c, d: (log(d / b) + (b + (a - c) ** 2) / d - 1) / 2),
    "log-normal": (log_normal, HALF, lambda a, b, c, d: (log(d / b) + (b + (a - c) ** 2) / d - 1) / 2),
    "logit-normal": (logit_normal, UNIT, lambda a, b, c, d: (log(d / b) + (b + (a - c) ** 2) / d - 1) / 2),
    "gamma": (
        gamma_law,
        HALF,
        lambda a, b, c, d: (a - c) * digamma(a) - loggamma(a) + loggamma(c) + c * log(b / d) + a * (d - b) / b,
    ),
    "inverse gamma": (
        inverse_gamma,
        HALF,
        lambda a, b, c, d: (a - c) * digamma(a) - loggamma(a) + loggamma(c) + c * log(b / d) + a * (d - b) / b,
    ),
    "beta": (
        beta_law,
        UNIT,
        lambda a, b, c, d: (
            log(beta(c, d) / beta(a, b))
            + (a - c) * digamma(a)
            + (b - d) * digamma(b)
            + (c - a + d - b) * digamma(a + b)
        ),
    ),
    "Weibull": (
        weibull,
        HALF,
        lambda a, b, c, d: (
            log(a / b**a) - log(c / d**c) + (a - c) * (log(b) - EulerGamma / a) + (b / d) ** c * gamma(c / a + 1) - 1
        ),
    ),
    "Laplace": (
        laplace,
        LINE,
        lambda a, b, c, d: log(d / b) + abs(a - c) / d + b / d * exp(-abs(a - c) / b) - 1,
    ),
    "Gumbel": (
        gumbel,
        LINE,
        lambda a, b, c, d: (
            log(d / b) + EulerGamma * (b / d - 1) + exp((c - a) / d) * gamma(b / d + 1) - 1 + (a - c) / d
        ),
    ),
    "Cauchy": (cauchy, LINE, lambda a, b, c, d: log(((b + d) ** 2 + (a - c) ** 2) / (4 * b * d))),
    "Rayleigh": (rayleigh, HALF, lambda a, b, c, d: log(c / a) + a / c - 1),
    "half-normal": (half_normal, HALF, lambda a, b, c, d: (log(c / a) + a / c - 1) / 2),
}
parameter = st.fractions(min_value=Fraction(1, 8), max_value=12, max_denominator=9).map(
    lambda q: Rational(q.numerator, q.denominator)
)


def nested(levels: int) -> Expr:
    expr = X
    for _ in range(levels):
        expr = log(2 + expr)
    return expr


def is_narrow(found: Enclosure, digits: int = 30) -> bool:
    """Tell whether the promise is kept: relative accuracy, or absolute where the value is tiny."""
    unit = Fraction(1, 10**digits)
    return found.width <= unit * max(abs(found.lower), abs(found.upper), unit)


def agrees(found: Enclosure, closed: Expr) -> bool:
    if closed == 0:
        return found.contains(0)
    return found.overlaps(enclose(closed, digits=40))


@pytest.mark.parametrize("name", CLOSED)
@settings(max_examples=4, deadline=None, database=None, derandomize=True)
@given(st.tuples(parameter, parameter, parameter, parameter))
def test_divergences_within_a_family(name: str, parameters: tuple[Any, ...]) -> None:
    law, support, closed = CLOSED[name]
    a, b, c, d = parameters
    p, q = law(a, b), law(c, d)
    found = integrate(p, p - q, X, support)
    assert agrees(found, closed(a, b, c, d))
    assert is_narrow(found)
    if found.lower > 0:  # a formula that is wrong in the 25th digit is seen to be
        assert not agrees(found, closed(a, b, c, d) * (1 + Rational(1, 10**25)))


HARD = {
    "beta near 0": (beta_law(Rational(1, 10), Rational(1, 7)), UNIT),
    "beta of 1/1000": (beta_law(Rational(1, 1000), Rational(1, 1000)), UNIT),
    "gamma of 1/1000": (gamma_law(Rational(1, 1000), S.One), HALF),
    "wide Cauchy": (cauchy(S(1000), Rational(1, 700)), LINE),
    "far normal": (normal(S(10**6), Rational(1, 10**6)), LINE),
    "narrow normal": (normal(S.Zero, Rational(1, 10**40)), LINE),
    "Weibull of 1/3": (weibull(Rational(1, 3), S(2)), HALF),
    "heavy Pareto": (pareto(Rational(1, 100), S(3)), Interval(3, oo)),
    "inverse Gaussian": (inverse_gaussian(Rational(1, 3), Rational(7, 5)), HALF),
    "Kumaraswamy": (kumaraswamy(Rational(9, 4), Rational(1, 10)), UNIT),
    "Kumaraswamy of degree 18": (kumaraswamy(S(18), Rational(1, 8)), UNIT),
    "logit-normal": (logit_normal(Rational(1, 3), S(4)), UNIT),
    "Moyal": (moyal(S(-2), Rational(1, 3)), LINE),
    "logistic": (logistic(S(2), Rational(2, 3)), LINE),
    "von Mises": (von_mises(Rational(1, 2), S(5)), Interval(-pi, pi)),
    "irrational": (gamma_law(sqrt(2), pi), HALF),
    "Weibull of sqrt 3": (weibull(sqrt(3), pi), HALF),
    "arcsine": (-log(X * (1 - X)) / 2 - log(pi), UNIT),
    "semicircle": (log(2 * sqrt(1 - X**2) / pi), Interval(-1, 1)),
    "triangular": (log(1 - abs(X)), Interval(-1, 1)),
}


@pytest.mark.parametrize("name", HARD)
def test_densities_integrate_to_one(name: str) -> None:
    log_p, support = HARD[name]
    found = integrate(log_p, S.One, X, support)
    assert found.contains(1)
    assert is_narrow(found)


@pytest.mark.parametrize(
    ("log_p", "statistic", "support", "closed"),
    [
        (HARD["heavy Pareto"][0], -HARD["heavy Pareto"][0], Interval(3, oo), log(300) + 101),
        (HARD["arcsine"][0], -HARD["arcsine"][0], UNIT, log(pi / 4)),
        (HARD["semicircle"][0], -HARD["semicircle"][0], Interval(-1, 1), log(pi) - Rational(1, 2)),
        (HARD["triangular"][0], -HARD["triangular"][0], Interval(-1, 1), Rational(1, 2)),
        (HARD["logistic"][0], -HARD["logistic"][0], LINE, log(Rational(2, 3)) + 2),
        (moyal(S.Zero, S.One), X, LINE, EulerGamma + log(2)),
        (inverse_gaussian(S(2), S(3)), X**2, HALF, S(4) + Rational(8, 3)),
        (normal(S.Zero, S.One), sympy.Max(X, 0), LINE, 1 / sqrt(2 * pi)),
        (normal(S.Zero, S.One), log(abs(X)), LINE, -(log(2) + EulerGamma) / 2),
        (normal(S.Zero, S.One), cos(50 * X), LINE, exp(-1250)),
        (normal(S.Zero, S.One), sympy.sign(X), LINE, S.Zero),
        (S.Zero, sympy.Piecewise((X, Rational(1, 2) > X), (X**2, True)), UNIT, Rational(1, 8) + Rational(7, 24)),
        (normal(S.Zero, S.One), S.Zero, LINE, S.Zero),
        (normal(S.Zero, S(10) ** 40), S(10) ** -40 * X**2 / 2, LINE, Rational(1, 2)),
        (-log(4), X**3, Interval(sqrt(2), pi), (pi**4 - 4) / 16),
    ],
    ids=str,
)
def test_statistics(log_p: Expr, statistic: Expr, support: Interval, closed: Expr) -> None:
    found = integrate(log_p, statistic, X, support)
    assert agrees(found, closed)
    assert is_narrow(found)


def test_pareto_against_laws_without_its_scale() -> None:
    a, m = Rational(21, 10), S(1)
    p, q = pareto(a, m), normal(Rational(1, 3), Rational(7, 5))
    first, second = a / (a - 1), a / (a - 2)
    closed = log(a) - (a + 1) / a + (second - first * 2 / 3 + Rational(1, 9)) * Rational(5, 14) + log(14 * pi / 5) / 2
    found = integrate(p, p - q, X, Interval(1, oo))
    assert agrees(found, closed)
    assert is_narrow(found)


def test_kumaraswamy_against_beta() -> None:
    a, b, c, d = Rational(7, 5), Rational(2, 7), Rational(1, 3), Rational(9, 4)
    p, q = kumaraswamy(a, b), beta_law(c, d)
    found = integrate(p, p - q, X, UNIT)
    log_x = -(EulerGamma + digamma(b + 1)) / a  # E log x; E log(1 - x^a) = -1/b
    rest = integrate(p, log(1 - X), X, UNIT, digits=40)
    closed = enclose(log(a * b) + (a - c) * log_x - (b - 1) / b + log(beta(c, d)), digits=40)
    low, high = closed.lower - rest.upper * Fraction(5, 4), closed.upper - rest.lower * Fraction(5, 4)
    assert found.overlaps(Enclosure(low, high))
    assert is_narrow(found)


ACROSS = [
    (normal(S(1), S(2)), gumbel(S(2), Rational(1, 2)), LINE),
    (gumbel(S(1), S(2)), logistic(S(2), Rational(1, 2)), LINE),
    (log_normal(S(1), S(2)), gumbel(S(2), Rational(1, 2)), HALF),
    (inverse_gamma(Rational(11, 10), Rational(38, 3)), moyal(S(-3), S(19)), HALF),
    (inverse_gaussian(S(1), S(2)), weibull(Rational(1, 2), S(3)), HALF),
    (logit_normal(S(1), S(2)), kumaraswamy(Rational(9, 4), Rational(1, 10)), UNIT),
    (beta_law(S(1), S(3)), cauchy(S(1), S(2)), UNIT),
]


@pytest.mark.parametrize("pair", ACROSS, ids=str)
def test_more_digits_lie_within_fewer(pair: tuple[Any, ...]) -> None:
    p, q, support = pair
    wide, narrow = (integrate(p, p - q, X, support, digits=digits) for digits in (12, 60))
    assert wide.overlaps(narrow)
    assert is_narrow(wide, 12)
    assert is_narrow(narrow, 60)
    assert narrow.lower > 0


@pytest.mark.parametrize(
    ("log_p", "statistic", "support", "towards"),
    [
        (cauchy(S(0), S(1)), cauchy(S(0), S(1)) - normal(S(0), S(1)), LINE, r"\+∞"),
        (cauchy(S(1), S(2)), cauchy(S(1), S(2)) - gumbel(S(1), S(2)), LINE, r"\+∞"),
        (cauchy(S(0), S(1)), X, LINE, "-∞ towards -oo"),  # and to +∞ towards oo: it has no value
        (pareto(S(2), S(1)), pareto(S(2), S(1)) - normal(S(0), S(1)), Interval(1, oo), r"\+∞ towards oo"),
        (beta_law(Rational(1, 2), S(1)), -1 / X, UNIT, "-∞"),
        (gamma_law(Rational(1, 2), S(1)), gamma_law(Rational(1, 2), S(1)) - inverse_gamma(S(1), S(1)), HALF, r"\+∞"),
        (S.Zero, 1 / (1 - X), UNIT, r"\+∞ towards 1"),
        (-X, exp(X), HALF, r"\+∞"),
        (log(X), S.One, HALF, r"\+∞"),
    ],
    ids=str,
)
def test_infinite_integrals_are_refused(log_p: Expr, statistic: Expr, support: Interval, towards: str) -> None:
    with pytest.raises(DivergentError, match=f"diverges to {towards}"):
        integrate(log_p, statistic, X, support)


@pytest.mark.parametrize(
    ("log_p", "statistic", "support"),
    [
        (-2 * log(X), sympy.sin(X), Interval(1, oo)),  # converges, but oscillates for ever
        (-log(X) - 2 * log(log(X)), S.One, Interval(10, oo)),  # converges too slowly
        (S.Zero, 1 / X, Interval(-1, 2)),  # infinite inside
        (S.Zero, 1 / (X**2 - 2) ** 2, Interval(-1, 2)),
    ],
    ids=str,
)
def test_what_is_not_proved_is_undecided(log_p: Expr, statistic: Expr, support: Interval) -> None:
    with pytest.raises(UndecidedError):
        integrate(log_p, statistic, X, support, digits=5)


@pytest.mark.parametrize(
    ("log_p", "statistic", "support", "message"),
    [
        (S.Zero, log(X), Interval(-1, 0), "real and finite inside"),
        (S.Zero, log(X) ** 2, Interval(-3, -1), "real and finite inside"),
        (S.Zero, sqrt(X), Interval(-3, -1), "real and finite inside"),
        (S.Zero, Symbol("m") * X, UNIT, "found the symbol m"),
        (S.Zero, sympy.I * X, UNIT, "real number is required"),
        (S.Zero, sympy.airyai(X), UNIT, r"found airyai\(x\)"),
        (S.Zero, abs(exp(X) - 2), UNIT, "zeros of a polynomial"),
        (S.Zero, X, S.Naturals, "Interval between numbers"),
        (S.Zero, X, Interval(0, Symbol("b")), "Interval between numbers"),
        (S.Zero, 1, UNIT, "SymPy expression is required"),
        (nested(60), X, UNIT, "100 levels"),
        (S.Zero, sympy.Piecewise((X, Rational(1, 2) > X), (1, X > 3)), UNIT, "what holds at 3/4"),
    ],
    ids=str,
)
def test_what_is_refused_is_named(log_p: Any, statistic: Any, support: Any, message: str) -> None:
    with pytest.raises(InvalidNumberError, match=message):
        integrate(log_p, statistic, X, support)


def test_assumptions_of_the_variable_must_hold() -> None:
    for name, support in [("positive", LINE), ("negative", HALF), ("integer", UNIT), ("irrational", UNIT)]:
        x = Symbol("x", **{name: True})
        with pytest.raises(InvalidNumberError, match=r"must be (assumed to be )?real"):
            integrate(-(x**2), abs(x), x, support)


def test_a_kink_may_be_written_in_two_ways() -> None:
    found = integrate(S.Zero, abs(X**2 - 2) + abs(2 * X - 2 * sqrt(2)), X, Interval(0, 2))
    assert agrees(found, Rational(8, 3) * sqrt(2) - Rational(4, 3) + 2 + (2 - sqrt(2)) ** 2)


@pytest.mark.parametrize("digits", [0, -1, 2.5, True, 10**6])
def test_digits_are_whole_and_bounded(digits: Any) -> None:
    with pytest.raises(KLExactError, match="digits must be an integer"):
        integrate(S.Zero, X, X, UNIT, digits=digits)


def test_the_name_of_the_variable_does_not_matter() -> None:
    for symbol in (Symbol("v", real=True), Symbol("t", positive=True), Symbol("x")):
        found = integrate(-symbol, symbol**2, symbol, HALF)
        assert found.contains(2)
