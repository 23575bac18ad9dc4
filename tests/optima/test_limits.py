"""Values and one-sided limits of log forms, against SymPy's own limits, and what is refused."""

from typing import Any

import mpmath
import pytest
import sympy
from flint import fmpz_poly
from sympy import QQ, Rational, Symbol, log, oo, sqrt

from klexact import LogForm, order
from klexact.errors import KLExactError, NoClosedFormError
from klexact.optima.limits import at_infinity, limit, value_at
from klexact.roots import real_roots
from klexact.zeroof import ZeroOf

T = Symbol("t", positive=True)
S = Symbol("s")
ROOT_TWO = real_roots(fmpz_poly([-2, 0, 1]))[1]


def log_of(x: object) -> LogForm:
    return LogForm.log(x)


FORMS: list[tuple[str, LogForm]] = [
    ("t log t", log_of(S) * S),
    ("t^2 log t + log 2", log_of(S) * S**2 + log_of(2)),
    ("-log t", -log_of(S)),
    ("(t - 3) log t", log_of(S) * (S - 3)),
    ("log t with a coefficient that is 0 at 1", log_of((S - 1) ** 2) * (S - 1) / (S + 1)),
    ("a rational function", LogForm((S + 1) / (S + 2))),
    ("a pole of even order beside a logarithm", LogForm(1 / S**2) + log_of(S)),
    ("a pole at 1 beside a logarithm", LogForm(1 / (S - 1) ** 2) - log_of((S - 1) ** 2)),
    ("binary entropy, negated", log_of(S) * S + log_of((1 - S) ** 2) * (1 - S) / 2),
    ("quotient", log_of(S / (S + 3)) * S / (S + 1)),
    ("double zero of an argument", -log_of(S**2)),
    ("D of a coin", -log_of(S) / 3 - log_of((1 - S) ** 2) / 3),
]
POINTS = [0, Rational(1, 3), 1, 3]


@pytest.mark.parametrize("form", [f[1] for f in FORMS], ids=[f[0] for f in FORMS])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("side", [1, -1])
def test_limits_are_those_of_sympy(form: LogForm, point: Any, side: int) -> None:
    if point == 0 and side < 0:
        form = form.subs({S: -S})  # an argument of a logarithm must stay positive
    wanted = sympy.limit(form.as_expr(), S, point, "+" if side > 0 else "-")
    if wanted == -oo:
        with pytest.raises(KLExactError, match="bounded below; found -∞"):
            limit(form, S, QQ(*map(int, sympy.sympify(point).as_numer_denom())), side)
        return
    found = limit(form, S, QQ(*map(int, sympy.sympify(point).as_numer_denom())), side)
    assert order(found, sympy.expand_log(wanted, force=True)) == 0


GROWING: list[tuple[str, LogForm]] = [
    ("log of a quotient", log_of((1 + 2 * S) / S)),
    ("t - log t", LogForm(S) - log_of(S)),
    ("log t", log_of(S)),
    ("a quotient of degrees", LogForm((3 * S**2 + 1) / (2 * S**2 + S))),
    ("a rational function that vanishes", LogForm(1 / S) + log_of(7)),
    ("-t^2 + t", LogForm(S - S**2)),
    ("weights that cancel", log_of(S) * 2 - log_of(3 * S**2 + 1)),
    ("weights that do not", log_of(S) * 3 - log_of(3 * S**2 + 1)),
    ("coefficients that are functions", log_of((S + 1) / (S + 3)) * S / (S + 2) + log_of(5) / (S + 1)),
    ("a coefficient that vanishes", log_of(S) / (S + 1)),
    ("log t times a bounded function", log_of(S) * S / (S + 1)),
]


@pytest.mark.parametrize("form", [g[1] for g in GROWING], ids=[g[0] for g in GROWING])
@pytest.mark.parametrize("direction", [1, -1])
def test_limits_at_infinity_are_those_of_sympy(form: LogForm, direction: int) -> None:
    real = form.as_expr().subs(S, direction * T).replace(log, lambda x: log(x**2) / 2)  # log|f| is meant
    wanted = sympy.limit(real, T, oo)
    if wanted == -oo:
        with pytest.raises(KLExactError, match="bounded below; found -∞"):
            at_infinity(form, S, direction)
        return
    assert order(at_infinity(form, S, direction), sympy.expand_log(wanted, force=True)) == 0


def test_limits_at_an_algebraic_point() -> None:
    form = log_of((S**2 - 2) ** 2) * (S**2 - 2) + log_of(S) * 2
    for side in (1, -1):
        assert order(limit(form, S, ROOT_TWO, side), log(2)) == 0
        assert limit(-log_of((S**2 - 2) ** 2), S, ROOT_TWO, side).is_infinite
        with pytest.raises(KLExactError, match="bounded below"):
            limit(log_of((S**2 - 2) ** 2) * S, S, ROOT_TWO, side)


def test_a_pole_whose_leading_term_vanishes_is_refused() -> None:
    with pytest.raises(
        NoClosedFormError, match=r"the leading term of LogForm\(log\(s\)/\(s - 1\)\) must show at s = 1"
    ):
        limit(log_of(S) / (S - 1), S, QQ(1), 1)
    with pytest.raises(NoClosedFormError, match="the leading term of"):
        at_infinity(log_of((S + 1) / S) * S, S, 1)


def test_values_at_every_kind_of_point() -> None:
    form = log_of(S) * S
    assert value_at(form, S, QQ(1, 2)) == -log_of(2) / 2
    assert value_at(log_of(S) * 2, S, ROOT_TWO) == log_of(2)
    assert value_at(form, S, ROOT_TWO).as_expr() == sqrt(2) * log(sqrt(2))
    assert order(value_at(form, S, sympy.exp(2)), 2 * sympy.exp(2)) == 0
    x = ZeroOf(S * log(S) - 1, S, 1, 2)
    value = value_at(form, S, x)
    assert not value.is_infinite
    with mpmath.workdps(50):
        assert abs(mpmath.mpf(str(value.ball(200).mid().str(50, radius=False))) - 1) < 1e-45  # 200 bits are 60 digits
    assert value.as_expr().has(ZeroOf)


def test_a_pole_beside_a_logarithm_goes_where_its_leading_term_goes() -> None:
    t = sympy.Symbol("t")
    form = LogForm.log(t) * t - LogForm(t)
    assert at_infinity(form, t, 1) == LogForm.infinity()
    with pytest.raises(KLExactError, match="bounded below"):
        at_infinity(-form, t, 1)
    over = LogForm.log(1 + t) * (
        1 / t**2
    )  # log(1 + t)/t² -> ∞ from above, -∞ from below: its leading term vanishes at 0
    with pytest.raises(NoClosedFormError, match="the leading term of"):
        limit(over, t, sympy.QQ(0), 1)
    assert limit(LogForm.log(2 + t) * (1 / t**2), t, sympy.QQ(0), -1) == LogForm.infinity()
