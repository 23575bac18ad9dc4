"""Germs hold on their whole ray: against values far out, computed with mpmath, and against what is known."""

import mpmath
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, S, exp, log, loggamma, sqrt

from klexact.errors import InvalidNumberError, KLExactError
from klexact.integrals.germs import Germ, NotYetError
from klexact.integrals.growth import germ
from klexact.integrals.programs import Program

V = sympy.Symbol("v", real=True)
FUNCTIONS = [
    log(V**2 + 1),
    log(1 + (exp(V) - 3) ** 2),
    1 - (1 - exp(-V)) ** Rational(7, 3),
    log(1 - (1 - exp(-V)) ** Rational(7, 3)),
    exp(-(V**2) / 2 + 5 * V) * (V**2 + 3),
    exp(-(V - 3) - exp(-(V - 3))),
    exp(V - exp(V)) * (exp(V / 2) + V),
    log(1 + exp(sqrt(2) * V)),
    exp(-(log(V) ** 2)),
    exp(-sqrt(V)) * V**3,
    1 / (V**3 + V * log(V)),
    log(log(V)),
    log(V * log(V) + V),
    sympy.cosh(V) / (1 + sympy.sinh(V)),
    exp(-loggamma(V + 1) + V * log(5)),
    loggamma(V / 3 + 2) - V,
    sympy.digamma(V + 2) - log(V),
    sympy.sin(V) * exp(-V / 7),
    sympy.erf(exp(-V)) + sympy.atan(V),
    (1 + 1 / V) ** V,
    abs(3 - V) - V,
]


def first_germ(expr: sympy.Expr) -> Germ:
    start = 4
    while True:
        try:
            return germ(expr, V, start)
        except NotYetError:
            start *= 2
            assert start < 2**12, expr


@pytest.mark.parametrize("expr", FUNCTIONS, ids=str)
def test_germs_contain_the_values_on_the_ray(expr: sympy.Expr) -> None:
    found = first_germ(expr)
    function = sympy.lambdify(V, expr, "mpmath")
    with mpmath.workdps(400):
        for place in (found.start, found.start + 1, 2 * found.start, 7 * found.start):
            value = arb(mpmath.nstr(function(mpmath.mpf(place)), 50))
            # mpmath's value is rounded to 50 digits: a relative 1e-40 covers that
            assert found.at(arb(place)).overlaps(value * arb(1, 1e-40)), (place, found)


@pytest.mark.parametrize(
    ("expr", "leading"),
    [
        (log(1 + (exp(V) - 3) ** 2), "{'v': 2, "),
        (1 - (1 - exp(-V)) ** Rational(7, 3), "{'exp(-v)': 7/3, "),
        (log(1 + exp(sqrt(2) * V)), "{'v': sqrt(2), "),
        (loggamma(V + 1), "{'v*log(v)': 1, 'v': -1, 'log(v)': 1/2, "),
        (exp(-V) * V**3 / 7, "{'v**3*exp(-v)': 1/7}"),
        (exp(3 * log(V) + V), "{'v**3*exp(v)': 1}"),
    ],
    ids=str,
)
def test_leading_terms_are_exact(expr: sympy.Expr, leading: str) -> None:
    assert repr(first_germ(expr)).startswith(f"Germ({leading}")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_germs_of_random_expressions_hold(data: st.DataObject) -> None:
    """Random towers of the rules, against Arb at points of the ray."""
    number = st.fractions(min_value=-3, max_value=3, max_denominator=5).map(
        lambda q: Rational(q.numerator, q.denominator)
    )
    expr = V * data.draw(number) + data.draw(number)
    for _ in range(data.draw(st.integers(1, 4))):
        rule = data.draw(st.sampled_from(["log", "exp", "power", "times", "plus"]))
        if rule == "log":
            expr = log(expr**2 + 1)
        elif rule == "exp":
            expr = exp(-expr) if data.draw(st.booleans()) else exp(expr)
        elif rule == "power":
            expr = (expr**2 + 1) ** data.draw(number)
        elif rule == "times":
            expr = expr * (V ** data.draw(st.integers(-2, 2)) + data.draw(number))
        else:
            expr = expr + data.draw(number) * exp(data.draw(number) * V)
    if not expr.has(V):
        return
    run = Program([expr], V).at(2000, "real")
    for start in (4, 32):
        try:
            found = germ(expr, V, start)
        except NotYetError:
            continue
        for place in (start, start + 1, 3 * start):
            with ctx.workprec(2000):
                (value,) = run(arb(place))
            assert not value.is_finite() or found.at(arb(place)).overlaps(value)


def test_tails_bound_integrals_and_sums() -> None:
    found = germ(V**2, V, 20, -V).tail_integral()
    exact = 442 * arb(-20).exp()  # ∫ v²·e^-v = (v² + 2·v + 2)·e^-v
    assert exact <= found < 2 * exact
    geometric = germ(S.One, V, 20, -V * log(2))
    assert arb(2) ** -20 < geometric.tail_sum() < arb(2) ** -18  # the sum is 2^-19


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (1 / V, 1),
        (-1 / (V * log(V)), -1),
        (S.One, 1),
        (V**-2 - exp(V), -1),
        (1 / (V * log(V) ** 2), 0),
        (exp(-V), 0),
        (V**-2, 0),
    ],
    ids=str,
)
def test_divergence(expr: sympy.Expr, sign: int) -> None:
    assert germ(expr, V, 64).diverges() == sign


def test_what_is_not_proved_is_not_said() -> None:
    for expr in (exp(exp(V)), log(V - 100), log(-V), (-V) ** Rational(1, 3), 1 / sympy.sin(V), log(sympy.sin(V))):
        with pytest.raises(NotYetError):
            germ(expr, V, 8)
    oscillating = germ(sympy.sin(V), V, 8)
    assert not oscillating.is_settled
    assert oscillating.diverges() == 0
    with pytest.raises(InvalidNumberError, match="whose growth is known"):
        germ(sympy.airyai(V), V, 8)
    with pytest.raises(InvalidNumberError, match="whose growth is known"):
        germ(sympy.besseli(1, V), V, 8)
    with pytest.raises(KLExactError, match="3 or later"):
        germ(V, V, 2)
    with pytest.raises(NotYetError):
        germ(loggamma(exp(-V)), V, 8)


def test_many_terms_become_one_ball() -> None:
    found = germ(sum(exp(-i * V) for i in range(20)), V, 4)
    assert len(found.terms) <= 8
    value = sum(arb(-4 * i).exp() for i in range(20))
    assert found.at(arb(4)).overlaps(value)
