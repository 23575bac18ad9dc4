"""The second engine: its independence, its values and bounds, and what it does with zeros and infinities."""

import ast
from fractions import Fraction
from math import log
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import oo, sqrt
from sympy.abc import t

from klexact import Distribution, measures, naive
from klexact.errors import InvalidBaseError, InvalidDistributionError, InvalidNumberError, KLExactError
from klexact.naive import MEASURES, Approximation, approximate

JOINT = Distribution({(0, "a"): "1/2", (1, "a"): "1/8", (1, "b"): "3/8", (2, "b"): 0})
P, Q, ZERO = ["1/2", "1/3", "1/6"], ["1/4", "1/4", "1/2"], ["1/2", "1/2", 0]


def value(*args: Any, **options: Any) -> Fraction:
    found = approximate(*args, **options).value
    assert found is not None
    return found


def test_it_shares_no_code_with_the_forms() -> None:
    tree = ast.parse(Path(naive.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {m for m in modules if m and "klexact" in m} == {
        f"klexact.{m}" for m in ("choices", "distribution", "errors", "exact", "masses")
    }
    assert not modules & {"flint"}


def test_the_users_context_is_left_alone() -> None:
    before = mpmath.mp.prec
    approximate("entropy", P, digits=500)
    assert mpmath.mp.prec == before


@pytest.mark.parametrize(
    ("function", "operands", "options"),
    [
        ("entropy", (P,), {}),
        ("entropy", ([1, 2, 0],), {"variant": "raw"}),
        ("cross_entropy", (P, Q), {}),
        ("cross_entropy", (ZERO, P), {}),
        ("kl_divergence", (P, Q), {}),
        ("kl_divergence", ([1, 0, 3], [2, 5, 7]), {"variant": "raw"}),
        ("kl_divergence", ([1, 0, 3], [2, 5, 7]), {"variant": "normalised"}),
        ("kl_divergence", ([1, 0, 3], [2, 5, 7]), {"variant": "generalised"}),
        ("kl_divergence", ({"a": "1/2", "b": "1/2"}, {"b": "1/3", "a": "1/3", "c": "1/3"}), {}),
        ("jeffreys_divergence", (P, Q), {}),
        ("jensen_shannon_divergence", (P, Q, ZERO), {}),
        ("jensen_shannon_divergence", (P, Q), {"weights": ["1/5", "4/5"]}),
        ("jensen_shannon_divergence", (P, Q), {"weights": [0, 1]}),
        ("mutual_information", (JOINT,), {}),
        ("mutual_information", (JOINT,), {"x": (0, 1), "y": 1}),
        ("conditional_entropy", (JOINT,), {}),
        ("conditional_entropy", (JOINT,), {"of": 1, "given": 0}),
        ("conditional_entropy", (JOINT,), {"of": 0, "given": 0}),
    ],
)
@pytest.mark.parametrize("base", [sympy.E, 2, "1/3", sqrt(2), 1 + Fraction(1, 10**30), sympy.pi])
def test_values_are_sympys(function: str, operands: tuple[Any, ...], options: dict[str, Any], base: Any) -> None:
    found = approximate(function, *operands, base=base, digits=40, **options)
    symbolic = getattr(measures, function)(*operands, base=base, **options)
    if symbolic == 0:
        assert found.value == found.error == 0
    else:
        wanted = sympy.Rational(symbolic.evalf(60))
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower - abs(found.lower) / 10**55 <= wanted <= found.upper + abs(found.upper) / 10**55
        assert found.upper - found.lower <= 2 * abs(found.upper) / 10**39


@pytest.mark.parametrize(
    ("function", "operands"),
    [("kl_divergence", (P, ZERO)), ("cross_entropy", (P, ZERO)), ("jeffreys_divergence", (ZERO, P))],
)
def test_infinity(function: str, operands: tuple[Any, ...]) -> None:
    assert approximate(function, *operands) == Approximation(None, Fraction(0), approximate(function, *operands).prec)
    assert approximate(function, *operands, base=2).upper is None
    assert getattr(measures, function)(*operands) is oo


def test_exact_zeros() -> None:
    independent = Distribution.product(Distribution(P), Distribution(Q))
    for found in (
        approximate("entropy", [1, 0]),
        approximate("kl_divergence", P, P),
        approximate("jensen_shannon_divergence", P, P),
        approximate("mutual_information", independent),
        approximate("conditional_entropy", independent, of=0, given=(0, 1)),
        approximate("kl_divergence", [0, 0], [0, 0], variant="raw", base=2),
    ):
        assert found.value == found.error == 0


def test_cancellation_is_made_up_for() -> None:
    gap = Fraction(1, 10**300)
    p, q = [Fraction(1, 2)] * 2, [Fraction(1, 2) + gap, Fraction(1, 2) - gap]
    found = approximate("kl_divergence", p, q, digits=30)
    assert found.value is not None
    assert found.prec > 2000
    assert abs(found.value / (2 * gap**2) - 1) < Fraction(1, 10**29)  # -log(1 - 4·gap²)/2


def test_a_sum_that_cancels_to_zero_is_left_within_its_error() -> None:
    found = approximate("kl_divergence", [2, 1], [1, 4], variant="raw", digits=10)  # 2·log 2 - log 4
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= 0 <= found.upper < Fraction(1, 10**4900)


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=6))
def test_bounds_of_two_precisions_meet(weights: list[int]) -> None:
    p = Distribution.from_counts(weights)
    coarse, fine = (approximate("entropy", p, digits=d) for d in (5, 60))
    assert coarse.value is not None
    assert fine.value is not None
    assert abs(coarse.value - fine.value) <= coarse.error + fine.error
    floats = [w / sum(weights) for w in weights]
    assert float(fine.value) == pytest.approx(-sum(x * log(x) for x in floats), rel=1e-9)  # sums of 6 terms


@pytest.mark.parametrize("digits", [0, -1, 10_001, 2.5, "3"])
def test_absurd_digits(digits: Any) -> None:
    with pytest.raises(KLExactError, match=r"between 1 and 10,000 \(more would take minutes\); found"):
        approximate("entropy", P, digits=digits)


@pytest.mark.parametrize("base", [1, 0, -2, sympy.Integer(1), -sqrt(2), t])
def test_bases_that_are_none(base: Any) -> None:
    with pytest.raises((InvalidBaseError, InvalidNumberError)):
        approximate("entropy", P, base=base)


def test_bad_input() -> None:
    with pytest.raises(KLExactError, match=f"one of {', '.join(MEASURES)}; found 'surprise'"):
        approximate("surprise", P)
    with pytest.raises(KLExactError, match="the probability t of 1: use subs first"):
        approximate("entropy", Distribution({1: t, 0: 1 - t}))
    with pytest.raises(KLExactError, match="variant must be None"):
        approximate("kl_divergence", P, Q, variant="median")
    with pytest.raises(KLExactError, match="positive total"):
        approximate("kl_divergence", [0, 0], [1, 1], variant="normalised")
    with pytest.raises(KLExactError, match="one weight an operand"):
        approximate("jensen_shannon_divergence", P, Q, weights=[1])
    with pytest.raises(KLExactError, match="coordinates 0 and 2 need tuples"):
        approximate("mutual_information", JOINT, y=2)
    with pytest.raises(KLExactError, match="generalised"):
        approximate("entropy", P, variant="generalised")
    with pytest.raises(InvalidDistributionError):
        approximate("entropy", [1, 2])
