"""The conventions at zero: three are limits and are derived as such, one is a definition and is stated as one."""

import pytest
import sympy
from sympy import Limit, S, Symbol, log, oo

from klexact import Distribution, conventions, cross_entropy, entr, kl_divergence, rel_entr
from klexact.conventions import BY_DEFINITION, cross_entr_at, entr_at_zero, rel_entr_at

P, Q, X = sympy.symbols("p q x", positive=True)


def test_values() -> None:
    assert entr_at_zero() is S.Zero
    assert [rel_entr_at(p, q) for p, q in ((0, 1), (1, 0), (0, 0))] == [0, oo, 0]
    assert [cross_entr_at(p, q) for p, q in ((0, 1), (1, 0), (0, 0))] == [0, oo, 0]


def test_three_are_limits() -> None:
    assert Limit(-X * log(X), X, 0, "+").doit() == entr_at_zero()
    assert Limit(X * log(X / Q), X, 0, "+").doit() == rel_entr_at(0, 1)
    assert Limit(P * log(P / X), X, 0, "+").doit() == rel_entr_at(1, 0)
    assert Limit(-P * log(X), X, 0, "+").doit() == cross_entr_at(1, 0)


def test_the_fourth_is_no_limit() -> None:
    term = P * log(P / Q)
    assert Limit(Limit(term, P, 0, "+").doit(), Q, 0, "+").doit() == 0
    assert Limit(Limit(term, Q, 0, "+").doit(), P, 0, "+").doit() == oo
    assert rel_entr_at(0, 0) == cross_entr_at(0, 0) == BY_DEFINITION == 0
    assert "definition" in str(conventions.__doc__)


def test_the_definition_is_the_one_that_ignores_impossible_outcomes() -> None:
    plain = kl_divergence(["1/2", "1/2"], ["1/3", "2/3"])
    assert kl_divergence(["1/2", "1/2", 0], ["1/3", "2/3", 0]) == plain
    assert plain + rel_entr(0, 0) == plain


@pytest.mark.parametrize("base", [2, 10, "1/2", sympy.pi, sympy.sqrt(2)])
def test_the_same_in_every_base(base: object) -> None:
    assert entr(0, base=base) == 0
    assert rel_entr(0, "1/3", base=base) == 0
    assert rel_entr("1/3", 0, base=base) == oo
    assert cross_entropy([1, 0], [0, 1], base=base) == oo


def test_a_closed_end_is_the_definition_there_not_a_limit() -> None:
    t = Symbol("t")
    model, point = Distribution([1 - t, t]), [1, 0]
    assert kl_divergence(model, point) == oo  # wherever both outcomes are possible
    assert kl_divergence(model.subs({t: 0}), point) == 0
    assert [kl_divergence(model.subs({t: sympy.Rational(1, 10**k)}), point) for k in (1, 50, 500)] == [oo] * 3
    assert kl_divergence(model.subs({t: 1}), point) == oo
