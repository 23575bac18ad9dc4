"""Formulas in plain floats: IEEE arithmetic as NumPy has it, and right formulas that are right."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact.conformance.formulas import FUNCTIONS, divided, exp, formula_of, log, narrowed, sides, total
from klexact.conformance.hypotheses import mistakes
from klexact.conformance.mistake import pairs
from klexact.errors import KLExactError

numbers = st.floats()
probabilities = st.floats(2.0**-20, 1.0)


def near(x: float) -> Any:
    return pytest.approx(x, rel=1e-9, abs=1e-12)


def alike(x: float, y: float) -> bool:
    return x == y or (math.isnan(x) and math.isnan(y))


@given(numbers, numbers)
def test_arithmetic_is_that_of_ieee(x: float, y: float) -> None:
    with np.errstate(all="ignore"):
        if y or not math.isinf(divided(x, y)):  # the sign of a zero divisor is not kept
            assert alike(divided(x, y), float(np.float64(x) / np.float64(y)))
        assert alike(narrowed(x, "binary32"), float(np.float32(x)))
        assert log(x) == pytest.approx(float(np.log(x)), rel=1e-14, nan_ok=True)


@given(st.lists(st.floats(-1e300, 1e300)), st.sampled_from([math.inf, -math.inf, math.nan]))
def test_sums_are_rounded_once_and_follow_ieee_beyond(parts: list[float], special: float) -> None:
    assert total(parts) == math.fsum(parts)
    assert alike(total([*parts, special]), special)


def test_sums_and_exponentials_that_overflow_are_infinite() -> None:
    assert total([1.7e308, 1.7e308]) == math.inf
    assert (exp(1000.0), exp(-math.inf), exp(0.0)) == (math.inf, 0.0, 1.0)


@given(st.lists(st.tuples(probabilities, probabilities), min_size=1, max_size=8))
def test_formulas_agree_with_one_another(given_pairs: list[tuple[float, float]]) -> None:
    p, q = [x for x, _ in given_pairs], [y for _, y in given_pairs]

    def value(function: str, *arguments: Any, variant: str = "raw", unit: str = "nat") -> float:
        found = formula_of(function, variant, unit)(sides(function, arguments)).value
        assert found is not None
        return found

    kl = value("kl_divergence", p, q)
    assert kl == near(value("cross_entropy", p, q) - value("entropy", p))
    assert kl == near(value("kl_divergence_log_q", p, [math.log(x) for x in q]))
    assert kl == near(value("kl_divergence", p, q, unit="bit") * math.log(2))
    assert kl == near(math.fsum(value("rel_entr", x, y) for x, y in given_pairs))
    generalised = value("kl_divergence", p, q, variant="generalised")
    assert generalised == near(math.fsum(value("kl_div", x, y) for x, y in given_pairs))
    over = [x / math.fsum(q) for x in q]
    assert value("kl_divergence_logits", p, [math.log(x) for x in q]) == near(value("kl_divergence", p, over))
    assert value("jensen_shannon_distance", p, q) ** 2 == near(value("jensen_shannon_divergence", p, q))


def test_an_unknown_function_is_refused_by_name() -> None:
    with pytest.raises(KLExactError, match=r"one of entropy, entr, .*; found 'renyi'"):
        formula_of("renyi", "raw", "nat")


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("variant", ["raw", "normalised", "generalised"])
@pytest.mark.parametrize("unit", ["nat", "bit", "dit"])
def test_every_mistake_can_be_computed_and_changes_something(function: str, variant: str, unit: str) -> None:
    formula = formula_of(function, variant, unit)
    known = mistakes(function, formula, unit, [1e9])
    names = [x.name for x in known if not x.name.startswith("zeros dropped")]
    assert len(set(names)) == len(names)
    arguments = {
        "mutual_information": ([[0.5, 0.0], [0.125, 0.375]],),
        "entr": (0.25,),
        "entropy": ([0.5, 0.0, 0.75],),
        "rel_entr": (0.5, 0.125),
        "kl_div": (0.5, 0.125),
    }.get(function, ([0.5, 0.0, 0.75], [0.25, 0.5, 0.0]))
    at = sides(function, arguments)
    for mistake in (*known, *pairs(known[:12])):
        changed = mistake.change(formula)
        assert changed != formula
        assert isinstance(changed(at).value, float | None)
