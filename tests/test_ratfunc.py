"""Rational functions over Q: one form for equal elements, factored into atoms, differentiated, substituted."""

from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Rational, exp, sin, sqrt

from klexact.errors import InvalidNumberError
from klexact.ratfunc import (
    as_expr,
    common_field,
    constant,
    derivative,
    element_of,
    factored,
    field_of,
    is_parametric,
    lift,
    oriented,
    split,
    substitute,
    symbols_of,
    unify,
)

S, T, U = sympy.symbols("s t u")
ATOMS = (T, 1 - T, S, S - T, 1 + T**2, 2 * T - 3 * S, 1 - S - T, S * T - 1, T**2 - 2)


@st.composite
def functions(draw: st.DrawFn) -> sympy.Expr:
    powers = draw(st.lists(st.tuples(st.sampled_from(ATOMS), st.integers(-2, 3)), max_size=4))
    c = draw(st.fractions(max_denominator=20).filter(bool))
    return Rational(c.numerator, c.denominator) * sympy.Mul(*(f**k for f, k in powers))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1 - T**2) / (2 - 2 * T), (1 + T) / 2),
        (T / (T * S), 1 / S),
        ((T + S) ** 2 - 2 * T * S, T**2 + S**2),
        (1 / (1 + 1 / T), T / (T + 1)),
        (-1 / (1 - T), 1 / (T - 1)),
        (1 / (1 - T), -1 / (T - 1)),
        ((1 - T) ** -2, (T - 1) ** -2),
        ((1 - T) ** -3, -((T - 1) ** -3)),
        (T / (1 - T) / (S - T), T / (T - 1) / (T - S)),
    ],
)
def test_equal_functions_are_equal_elements(one: sympy.Expr, other: sympy.Expr) -> None:
    a, b = unify([element_of(one), element_of(other)])
    assert a == b
    assert hash(a) == hash(b)


@given(functions(), functions())
def test_rewriting_changes_nothing(f: sympy.Expr, g: sympy.Expr) -> None:
    for expr in (f, f + g):
        for rewrite in (sympy.cancel, sympy.together, sympy.factor, sympy.expand):
            one, other = unify([element_of(expr), element_of(rewrite(expr))])
            assert one == other
            assert hash(one) == hash(other)


@pytest.mark.parametrize("expr", [(1 + T) / (2 + 2 * T), T - T + Rational(1, 2), (S * T + 1) / (2 + 2 * S * T)])
def test_constants_are_rational_numbers(expr: sympy.Expr) -> None:
    assert element_of(expr) == QQ(1, 2)
    assert not is_parametric(element_of(expr))


@pytest.mark.parametrize("expr", [exp(T), sqrt(T), sqrt(2) * T, sin(T), T**S, sympy.pi * T, abs(T), sympy.oo * T])
def test_wider_expressions_are_refused(expr: sympy.Expr) -> None:
    with pytest.raises(InvalidNumberError, match=r"must be a rational function over Q; found .*: reparametrise it"):
        element_of(expr)


@given(functions())
def test_split_multiplies_to_the_element(expr: sympy.Expr) -> None:
    x = element_of(expr)
    if is_parametric(x):
        unit, atoms = split(x)
        assert element_of(as_expr(unit) * sympy.Mul(*(as_expr(f) ** k for f, k in atoms))) == x
        assert len({f for f, _ in atoms}) == len(atoms)
        for f, k in atoms:
            assert k != 0
            assert sympy.Poly(as_expr(f)).is_irreducible
            assert sympy.Poly(as_expr(f)).primitive()[0] == 1
            assert f.LC > 0
        assert element_of(factored(x)) == x


@given(functions(), functions())
def test_derivative_agrees_with_sympy(f: sympy.Expr, g: sympy.Expr) -> None:
    x, y = element_of(f + g), element_of(sympy.diff(f + g, T))
    slope, wanted = unify([derivative(x, T), y])
    assert slope == wanted
    assert derivative(x, U) == 0


@given(functions(), st.fractions(max_denominator=9), st.fractions(max_denominator=9))
def test_substitution_agrees_with_sympy(expr: sympy.Expr, a: Any, b: Any) -> None:
    numerator, denominator = sympy.fraction(sympy.cancel(expr))
    point = {T: Rational(a.numerator, a.denominator), S: Rational(b.numerator, b.denominator)}
    values = {symbol: element_of(sympy.Rational(v)) for symbol, v in point.items()}
    exact = {symbol: QQ(int(v.p), int(v.q)) for symbol, v in values.items()}
    if denominator.subs(point) == 0:
        with pytest.raises(ZeroDivisionError):
            substitute(element_of(expr), exact)
    else:
        assert as_expr(substitute(element_of(expr), exact)) == numerator.subs(point) / denominator.subs(point)


def test_substitution_is_simultaneous_and_may_bring_new_symbols() -> None:
    x = element_of(T / (S + T))
    swapped = substitute(x, {T: element_of(S), S: element_of(T)})
    assert as_expr(swapped) == S / (S + T)
    assert substitute(x, {T: element_of(U**2), S: element_of(-(U**2) + 1)}) == element_of(U**2)
    assert substitute(element_of(T), {T: QQ(1, 3)}) == QQ(1, 3)


def test_fields() -> None:
    x, y = element_of(T), element_of(S)
    assert common_field([QQ(1, 2)]) is None
    assert common_field([x, y]) == field_of(frozenset({S, T}))
    assert lift(QQ(1, 2), field_of(frozenset({S}))) == QQ(1, 2)
    assert [e.field for e in unify([x, y])] == [field_of(frozenset({S, T}))] * 2
    assert symbols_of(unify([x, y])[0]) == {T}
    assert constant(x - x + 3) == QQ(3)


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (2 * T * (1 - T), "2*t*(1 - t)"),
        (1 - 2 * T, "1 - 2*t"),
        ((T - 3) / (5 * T), "(t - 3)/(5*t)"),
        (1 / (1 - T), "1/(1 - t)"),
        (-1 / (1 - T), "-1/(1 - t)"),
        (-T, "-t"),
        (1 - S - T, "-s - t + 1"),
    ],
)
def test_factored_reads_well(expr: sympy.Expr, text: str) -> None:
    assert str(factored(element_of(expr))) == text


def test_oriented_makes_the_lowest_term_positive() -> None:
    (atom,) = (f for f, _ in split(element_of(T - 1))[1])
    assert as_expr(oriented(atom)) == 1 - T
    (atom,) = (f for f, _ in split(element_of(T**2 + T))[1] if f.degree() == 1 and len(f) == 2)
    assert as_expr(oriented(atom)) == T + 1


def test_hashes_are_fresh() -> None:
    one, other = element_of((1 - T) ** 2), element_of(sympy.expand((1 - T) ** 2))
    assert hash(one) == hash(other)
    assert hash(one.numer) == hash(other.numer)
