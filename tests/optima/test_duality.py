"""The problem and its dual as formulas, and the argument as text and LaTeX."""

import pytest
import sympy
from flint import fmpq
from sympy import QQ, Rational, Symbol, exp, log

from klexact import Distribution, LogForm
from klexact.constraints import constraints_of
from klexact.errors import InvalidConstraintError
from klexact.optima.duality import Problem, Proof, argument, said

REFERENCE = Distribution({"a": "1/2", "b": "1/4", "c": "1/8", "d": "1/8", "e": 0})
FIRST, SECOND = Symbol("λ_1"), Symbol("λ_2")


def problem(types: tuple[tuple[int, ...], ...], *values: object, functional: tuple[fmpq, ...] | None = None) -> Problem:
    statistics = [[0, 1, 1, 2, 5], [0, 2, 2, 4, 9]]
    return Problem(
        REFERENCE, constraints_of(REFERENCE.outcomes, list(zip(statistics, values, strict=False))), types, functional
    )


def test_outcomes_with_equal_statistics_count_together() -> None:
    found = problem(((0,), (1, 2), (3,)), "1/2")
    assert found.kept == (0,)
    assert found.points == [[fmpq(0)], [fmpq(1)], [fmpq(2)]]
    assert found.weights == [QQ(1, 2), QQ(3, 8), QQ(1, 8)]
    assert found.target == [QQ(1, 2)]
    assert found.excluded == []
    assert found.as_expr() == FIRST / 2 - log(exp(2 * FIRST) / 8 + 3 * exp(FIRST) / 8 + Rational(1, 2))


def test_what_follows_from_other_constraints_is_not_kept() -> None:
    assert problem(((0,), (1, 2), (3,)), "1/2", 1).kept == (0,)
    assert problem(((0,),), 0).kept == ()
    with pytest.raises(InvalidConstraintError, match=r"must be independent; found E\[T_2\] = c, which the others fix"):
        _ = problem(((0,), (1, 2), (3,)), "1/2", Symbol("c")).kept


def test_the_argument_says_what_is_left_out() -> None:
    found = problem(((0,),), 0, 0, functional=(fmpq(0), fmpq(1), fmpq(0)))
    assert found.excluded == ["b", "c", "d"]
    lines = [str(line) for line in argument(found, {"a": sympy.S.One}, [], LogForm.log(2), [said("found so")])]
    assert lines[0] == "minimise D(q‖r) over q where E[T_1] = 0, E[T_2] = 0"
    assert lines[1].startswith(
        "T_1 has expectation 0 under every feasible q, is >= 0, and > 0 on 'b', 'c', 'd', with T_k "
    )
    assert lines[2] == "what is asked of E[T_1], E[T_2] follows from the rest: its multiplier is 0"
    assert "found so" in lines
    assert "D(q*‖r) = g(λ) = log(2)" in lines
    assert "q*('a') = 1" in lines


def test_long_problems_are_not_written_out() -> None:
    n = 13
    reference = Distribution.uniform(n)
    wide = Problem(reference, constraints_of(reference.outcomes, [(range(n), 6)]), tuple((i,) for i in range(n)))
    lines = argument(wide, dict(reference.items()), [sympy.S.Zero], LogForm(), [])
    assert [str(line) for line in lines if "dual is" in str(line)] == [
        "the Lagrange dual is g(λ) = λ·c - log Z(λ), Z(λ) = Σ r_i exp(λ·T_i)"
    ]
    assert not any("q*(" in str(line) for line in lines)


def test_a_proof_prints_as_text_and_as_latex() -> None:
    given = problem(((0,), (1, 2), (3,)), "1/2")
    proof = Proof(given.multipliers, given, "it is so", conditions=(sympy.Ge(FIRST, 0),), lines=(said("because"),))
    assert proof.steps() == ["because", "provided that λ_1 >= 0", "so it is so"]
    assert r"& \text{because}" in proof.derivation.latex()
