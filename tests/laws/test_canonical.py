"""The normal form: what is equal becomes the same, and nothing changes its value."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    EulerGamma,
    Rational,
    besselk,
    cos,
    erf,
    exp,
    factorial,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sin,
    sqrt,
    symbols,
)

from klexact.laws.canonical import canonical, exponential, is_rational_function

a, b, c = symbols("a b c", positive=True)
r = symbols("r", real=True)

ZERO = [
    loggamma(a + 3) - loggamma(a) - log(a) - log(a + 1) - log(a + 2),
    polygamma(1, a + 1) - polygamma(1, a) + 1 / a**2,
    gamma(a + Rational(5, 2)) - (a + Rational(3, 2)) * (a + Rational(1, 2)) * gamma(a + Rational(1, 2)),
    factorial(a) - a * gamma(a),
    (a / b) ** (c + 1) - a ** (c + 1) * b ** (-c) / b,
    exp(r / a) * exp(r / b - r / a) - exp(r / b),
    log(1 + a / (1 + b)) - log(1 + a + b) + log(1 + b),
    log(pi * a) - log(pi) - log(a),
    log(exp(r) * b) - r - log(b),
    (a * (a + b)) ** r - a**r * (a + b) ** r,
    exp(3 * b * log(a)) - a ** (3 * b),
    besselk(Rational(-3, 2), a) - sqrt(pi / (2 * a)) * exp(-a) * (1 + 1 / a),
    besselk(-a, b) - besselk(a, b),
    a * log(a) / (a - 1) - log(a) / (a - 1) - log(a),
    (log(a) + 1) ** 2 - log(a) ** 2 - 2 * log(a) - 1,
    1 / (2 * log(a) - 2 * log(b)) - 1 / (log(a) - log(b)) / 2,
    sqrt((a * cos(r)) ** 2 + (a * sin(r)) ** 2) - a,
    2**a * 3**a - 6**a,
    log(12) - 2 * log(2) - log(3),
    EulerGamma * (a + 1) - EulerGamma * a - EulerGamma,
    erf((a * b + b) / b) - erf(a + 1),
    loggamma(Rational(7, 2)) - log(15) + 3 * log(2) - log(pi) / 2,
    polygamma(0, Rational(9, 4)) - polygamma(0, Rational(1, 4)) - 4 - Rational(4, 5),
]


@pytest.mark.parametrize("expr", ZERO, ids=str)
def test_what_is_zero_is_seen_to_be_zero(expr: sympy.Expr) -> None:
    assert canonical(expr) == 0


@pytest.mark.parametrize("expr", [*(part for e in ZERO for part in e.args), *ZERO], ids=str)
def test_the_value_stays(expr: sympy.Expr) -> None:
    point = {a: Rational(7, 3), b: Rational(5, 4), c: Rational(3, 2), r: Rational(-2, 3)}
    # 25 digits of the same number by two formulas: they agree to 20
    assert abs(sympy.N(canonical(expr).xreplace(point) - expr.xreplace(point), 25)) < sympy.Float("1e-20")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from([a, b, log(a), log(a * b), loggamma(a + 1), exp(r), 1 / (a + b), sqrt(a), pi]),
        min_size=1,
        max_size=4,
    )
)
def test_it_is_a_fixed_point_and_does_not_mind_the_order(parts: list[sympy.Expr]) -> None:
    total = sympy.Mul(*parts) + sympy.Add(*parts)
    found = canonical(total)
    assert canonical(found) == found
    assert canonical(sympy.expand(total)) == found


def test_signs_follow_from_what_is_positive() -> None:
    t = sympy.Symbol("t")
    assert canonical(log((1 - t) ** 2) / 2, [1 - t]) == log(1 - t)
    assert canonical(log((t - 1) / (t - 2)), [1 - t]) == log(1 - t) - log(2 - t)
    odd = log((2 * t - 1) / (log(t) - log(1 - t)))  # both factors change their sign at 1/2
    assert canonical(odd, [t, 1 - t]) == odd
    assert canonical(odd.subs(t, Rational(1, 4))) == -log(2) - log(log(3))


def test_bases() -> None:
    assert canonical(log(8) + pi, base=2) == 3 + pi / log(2)
    assert canonical(pi * log(2), base=sympy.pi) == pi * log(2) / log(pi)


def test_exponentials_undo_logarithms() -> None:
    assert exponential(loggamma(a) + 2 * log(b) - r) == gamma(a) * b**2 * exp(-r)
    assert exponential(r * log(a)) == a**r


def test_rational_functions() -> None:
    assert is_rational_function((a + 1) / (b**2 - 3))
    assert not any(map(is_rational_function, [sqrt(a), pi * a, log(a), a**b]))
