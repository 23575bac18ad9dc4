"""Formulas read back as log forms over one base, and what is refused: what is no such sum, poles, complex values."""

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, Interval, Piecewise, Rational, Symbol, exp, log, oo, pi, sqrt

from klexact import (
    Distribution,
    LogForm,
    cross_entropy,
    entropy,
    fit,
    jensen_shannon_divergence,
    kl_divergence,
    minimise,
    order,
)
from klexact.errors import KLExactError, NoClosedFormError
from klexact.families import binomial
from klexact.optima.formula import Formula, read_form, require_real
from tests.property.strategies import T as THETA
from tests.property.strategies import distributions, models

T = Symbol("t")

READ: list[tuple[sympy.Expr, LogForm, sympy.Expr]] = [
    (sympy.Integer(0), LogForm(0), E),
    (Rational(1, 3), LogForm("1/3"), E),
    (T**2 / (T + 1), LogForm(T**2 / (T + 1)), E),
    (log(T), LogForm.log(T), E),
    (log(T**2), LogForm.log(T**2), E),
    (T * (log(T) - log(2 * T)), -LogForm.log(2) * T, E),
    (log(T * (1 - T)) * (T + 1) / (T - 3), LogForm.log(T * (1 - T)) * (T + 1) / (T - 3), E),
    (2 * log(3) + 1, LogForm.log(9) + LogForm(1), E),
    (log(T) / log(2), LogForm.log(T), 2),
    (log(T) / log(2) - 3, LogForm.log(T) - LogForm.log(8), 2),
    (log(2) / log(3), LogForm.log(2), 3),
    (1 / log(10), LogForm(1), 10),
    (T / log(10) + T, LogForm(T) + LogForm.log(10) * T, 10),
    (log(T) / log(Rational(3, 2)), LogForm.log(T), Rational(3, 2)),
    (log(T) / log(Rational(2, 3)), -LogForm.log(T), Rational(3, 2)),
    (log(T) / log(Rational(1, 2)) + 1, LogForm.log(2) - LogForm.log(T), 2),
    (0.5 * log(T), LogForm.log(T) / 2, E),
    (T * (log(T) + 2 * (log(2) - 1)) / (T + 1), (LogForm.log(4 * T) - LogForm(2)) * (T / (T + 1)), E),
    (T * log(T) / ((T + 1) * log(2)), LogForm.log(T) * (T / (T + 1)), 2),
]


@pytest.mark.parametrize(("expr", "form", "base"), READ, ids=[str(r[0]) for r in READ])
def test_formulas_are_read(expr: sympy.Expr, form: LogForm, base: Any) -> None:
    assert read_form(expr) == (form, base)


REFUSED: list[tuple[sympy.Expr, str]] = [
    (exp(T), r"found exp\(t\) in"),
    (log(T) ** 2, r"found log\(t\)\*\*2 in"),
    (log(T) * log(2), r"found log\(2\)\*log\(t\)"),
    (log(T) / log(T + 1), r"found log\(t\)/log\(t \+ 1\)"),
    (log(T) / log(sqrt(2)) / log(3), "found "),
    (sqrt(2) * log(T), r"found sqrt\(2\) in"),
    (pi * T, "found pi"),
    (log(sqrt(T)), r"found log\(sqrt\(t\)\)"),
    (log(1 - log(2)), r"found log\(1 - log\(2\)\)"),
    (sympy.Abs(T), r"found Abs\(t\)"),
    (T**T, r"found t\*\*t"),
    (Piecewise((T, T > 0), (1, True)), "found Piecewise"),
    (oo, "found oo"),
    (sympy.nan, "found nan"),
    (log(T) / log(2) + log(T) / log(3), "must have one log base"),
    (log(T) / log(2) + log(T), "must have one log base"),
]


@pytest.mark.parametrize(("expr", "message"), REFUSED, ids=[str(r[0]) for r in REFUSED])
def test_what_is_no_sum_of_logarithms_is_refused(expr: sympy.Expr, message: str) -> None:
    with pytest.raises(NoClosedFormError, match=message):
        read_form(expr)


@settings(max_examples=25, derandomize=True)
@given(models(), distributions(3, 3), st.sampled_from([E, 2, 10, Rational(3, 2), Rational(1, 2)]))
def test_measures_are_read_back_as_the_forms_they_are(model: Distribution, data: Distribution, base: Any) -> None:
    for value in (
        entropy(model, base=base),
        cross_entropy(data, model, base=base),
        kl_divergence(data, model, base=base),
    ):
        form, unit = read_form(value)
        assert unit is E or unit > 1
        point = {THETA: Rational(2, 7)}
        assert order(form.subs(point).as_expr(unit), value.subs(point)) == 0


@pytest.mark.parametrize(
    ("expr", "domain", "message"),
    [
        (1 / (T - 1), Interval(0, 2), "must have no poles inside Interval.0, 2.; found one at t = 1 in"),
        (1 / (T**2 - 2), Interval(0, 2), r"found one at t = sqrt\(2\)"),
        (log(T) / (T - 1), Interval(0, oo), "found one at t = 1"),
        (log(T - 1), Interval(0, 2), r"must be real for t inside Interval\(0, 2\); found log\(t - 1\) at t = 1/2"),
        (-log((T - Rational(1, 4)) * (T - Rational(3, 4))), Interval(0, 1), "must be real .* at t = 1/2"),
        (Symbol("a") * T, Interval(0, 1), "must depend on t alone; found a in"),
    ],
)
def test_poles_complex_values_and_other_symbols_inside_the_domain_are_refused(
    expr: sympy.Expr, domain: Interval, message: str
) -> None:
    with pytest.raises(KLExactError, match=message):
        require_real(expr, read_form(expr)[0], T, domain)
    with pytest.raises(KLExactError, match=message):
        minimise(expr, T, domain)


@pytest.mark.parametrize(
    ("expr", "domain"),
    [
        (1 / T, Interval(0, 1)),
        (1 / (T - 1), Interval(0, 1)),
        (log(T - 1), Interval(1, 2)),
        (-log((T - 1) ** 2), Interval(0, 2)),
        (T**2 / (T**2 + 1), Interval(-oo, oo)),
    ],
)
def test_at_the_ends_and_where_a_square_is_zero_they_are_not(expr: sympy.Expr, domain: Interval) -> None:
    require_real(expr, read_form(expr)[0], T, domain)


def test_a_pole_inside_the_domain_makes_no_certificate() -> None:
    """Below a pole the formula falls to -∞: the least of the values at the ends is no minimum."""
    with pytest.raises(NoClosedFormError, match="no poles inside"):
        fit(Distribution.uniform(2), binomial(1), objective=lambda _, q: 1 / (q[1] - Rational(1, 2)))


def test_a_base_below_1_turns_the_formula_round() -> None:
    data = Distribution.from_counts([1, 2, 1])
    with pytest.raises(KLExactError, match="bounded below"):
        fit(data, binomial(2), objective=lambda p, q: kl_divergence(p, q, base=Rational(2, 3)))
    found = fit(data, binomial(2), objective=lambda p, q: -kl_divergence(p, q, base=Rational(2, 3)))
    assert found.argmin == Rational(1, 2)
    assert found.divergence == 0
    inner = Interval(Rational(1, 5), Rational(1, 4))
    model = Distribution([1 - T, T])
    worst = minimise(kl_divergence(Distribution.uniform(2), model, base=Rational(2, 3)), T, inner)
    assert worst.argmin == Rational(1, 5)
    assert worst.divergence.equals(kl_divergence(Distribution.uniform(2), ["4/5", "1/5"], base=Rational(2, 3)))


def test_a_measure_of_measures() -> None:
    model = Distribution([1 - T, T])
    data = Distribution(["1/3", "2/3"])
    total = kl_divergence(data, model, base=2) + jensen_shannon_divergence(data, model, base=2) - entropy(data, base=2)
    found = minimise(total, T, Interval(0, 1))
    assert found.argmin == Rational(2, 3)
    assert sympy.expand_log(found.divergence + entropy(data, base=2)).equals(0)


def test_a_formula_in_other_units() -> None:
    assert Formula(T).as_expr() == T
    assert Formula(T).as_expr(2) == T / log(2)
    assert not Formula(T).is_infinite
