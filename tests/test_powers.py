"""Sums of powers: equal values have equal forms, however they are written; logarithms split off all that they can."""

from random import Random
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Rational, log, sqrt
from sympy.abc import s, t
from sympy.core.cache import clear_cache

from klexact import Distribution, LogForm, decimal, is_zero, kl_divergence, order, renyi_divergence
from klexact.errors import InvalidNumberError
from klexact.powers import PowerSum
from klexact.ratfunc import element_of

Terms = list[list[tuple[Any, Any]]]

_numbers = st.builds(QQ, st.integers(1, 12), st.integers(1, 12))
_exponents = st.builds(QQ, st.integers(-3, 6), st.integers(1, 4))
_terms = st.lists(st.lists(st.tuples(_numbers, _exponents), min_size=1, max_size=2), min_size=1, max_size=4)


def rational(x: Any) -> sympy.Rational:
    return Rational(int(x.numerator), int(x.denominator))


def plain(terms: Terms) -> sympy.Expr:
    return sympy.Add(*(sympy.Mul(*(rational(a) ** rational(e) for a, e in term)) for term in terms))


@given(_terms, st.integers(0, 2**32), _numbers, _exponents)
def test_one_value_has_one_form(terms: Terms, seed: int, number: Any, exponent: Any) -> None:
    written = [
        [*((a * number, e) for a, e in term), *((number, -e) for _, e in term), (number, exponent), (number, -exponent)]
        for term in terms
    ]
    Random(seed).shuffle(written)
    one, other = PowerSum.of(terms), PowerSum.of(written)
    assert one == other
    assert one.as_expr() == other.as_expr()
    assert one.log(2) == other.log(2)


@given(_terms, _terms)
def test_different_forms_have_different_values(one: Terms, other: Terms) -> None:
    x, y = PowerSum.of(one), PowerSum.of(other)
    assert is_zero(x.as_expr() - y.as_expr()) == (x == y)


@given(_terms, _numbers, _exponents)
def test_a_factor_of_all_terms_comes_out_of_the_logarithm(terms: Terms, number: Any, exponent: Any) -> None:
    scaled = PowerSum.of([[*term, (number, exponent)] for term in terms])
    factor = LogForm.of_logs([(exponent, number)]).as_expr()
    assert sympy.expand(scaled.log() - PowerSum.of(terms).log() - factor) == 0


@given(_terms)
def test_value_and_logarithm_against_plain_sympy(terms: Terms) -> None:
    total, wanted = PowerSum.of(terms), plain(terms).evalf(60)
    # below 10^10, evaluated to 60 digits
    assert abs(total.as_expr().evalf(60) / wanted - 1) < Rational(1, 10**40)
    assert abs(total.log().evalf(60) - log(wanted)) < Rational(1, 10**40)
    assert abs(total.log("1/3").evalf(60) + log(wanted) / log(3).evalf(60)) < Rational(1, 10**40)


@pytest.mark.parametrize(
    ("terms", "value", "logarithm"),
    [
        ([[(QQ(2), QQ(1, 2))], [(QQ(8), QQ(1, 2))]], 3 * sqrt(2), log(2) / 2 + log(3)),
        ([[(QQ(2), QQ(1, 2))], [(QQ(4), QQ(1))]], sqrt(2) + 4, log(2) / 2 + log(1 + 2 * sqrt(2))),
        ([[(QQ(2), QQ(1, 3))], [(QQ(4), QQ(1, 3))]], 2 ** Rational(1, 3) + 2 ** Rational(2, 3), None),
        ([[(QQ(2), QQ(1, 2))], [(QQ(3), QQ(1, 2))]], sqrt(2) + sqrt(3), log(sqrt(2) + sqrt(3))),
        ([[(QQ(6), QQ(1, 2))], [(QQ(10), QQ(1, 2))]], sqrt(6) + sqrt(10), log(2) / 2 + log(sqrt(3) + sqrt(5))),
        ([[(QQ(9, 16), QQ(1, 2))], [(QQ(1, 4), QQ(3, 2))]], Rational(7, 8), log(7) - 3 * log(2)),
        ([[(QQ(1, 3), QQ(-2))]], 9, 2 * log(3)),
    ],
)
def test_what_a_logarithm_splits_off(terms: Terms, value: sympy.Expr, logarithm: sympy.Expr | None) -> None:
    total = PowerSum.of(terms)
    assert total.as_expr() == value
    assert total.log() == (logarithm if logarithm is not None else log(2) / 3 + log(1 + 2 ** Rational(1, 3)))


def test_integers_too_long_to_factor() -> None:
    p, q = 2**89 - 1, 2**107 - 1
    half = QQ(1, 2)
    total = PowerSum.of([[(QQ(p * q), half)], [(QQ(p), half)]])
    assert total == PowerSum.of([[(QQ(p), half), (QQ(q), half)], [(QQ(p), half)]])
    assert total.log() == log(p) / 2 + log(1 + sqrt(q))


def test_radicals_of_large_numbers_close_together() -> None:
    # SymPy 1.14 fails on sqrt(p * q * r), as on many products of large numbers close together
    p, q, r = 183660195209797, 432587, 424562447
    total = PowerSum.of([[(QQ(a), QQ(1, 2)) for a in (p, q, r)], [(QQ(1, 2), QQ(2))]])
    roots = frozenset({sqrt(p), sqrt(q), sqrt(r)})
    assert {frozenset(sympy.Mul.make_args(term)) for term in total.as_expr().args} == {
        frozenset({Rational(1, 4)}),
        roots,
    }
    assert decimal(total.log(2)) == "47.3840323127412"


def test_sums_of_radicals_of_distributions_close_together() -> None:
    random = Random(5)
    weights = [random.getrandbits(53) for _ in range(400)]
    clear_cache()  # what SymPy fails on it fails on once
    p, q = (Distribution.from_weights(w) for w in (weights, [w + random.randint(-(2**20), 2**20) for w in weights]))
    value = renyi_divergence(p, q, "1/2")
    assert 0 < float(decimal(value)) < 1e-18
    assert order(value, kl_divergence(p, q)) < 0


def test_powers_of_parameters() -> None:
    x, y = element_of(t), element_of(1 - t)
    assert PowerSum.of([[(x, QQ(2))], [(y, QQ(2))]]).as_expr() == 2 * t**2 - 2 * t + 1
    assert PowerSum.of([[(x, QQ(2)), (y, QQ(-1))]]).log() == 2 * log(t) - log(1 - t)
    assert PowerSum.of([[(x, QQ(1, 2))], [(y, QQ(1, 2))]]).log(2) == log(sqrt(t) + sqrt(1 - t)) / log(2)
    assert PowerSum.of([[(QQ(1, 2), s)], [(QQ(1, 3), s)]]).as_expr() == Rational(1, 3) ** s + Rational(1, 2) ** s


@pytest.mark.parametrize(
    ("power", "message"),
    [
        ((QQ(1, 3), QQ(10**8)), "must fit into 10,000,000 bits; found 100,000,000: lower the order"),
        ((element_of(t), QQ(5000)), "must have a degree of at most 2,000 when expanded; found 5,000"),
        (
            (element_of(1 - s - t), QQ(500)),
            "must have a number of terms of at most 10,000 when expanded; found 125,751",
        ),
    ],
)
def test_powers_that_would_not_be_written_out_are_refused(power: tuple[Any, Any], message: str) -> None:
    with pytest.raises(InvalidNumberError, match=message):
        PowerSum.of([[power]])
