"""The bulk path: the same values as the forms, straight from counts, fractions and floats."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact import KLExactError, bulk, decimal, enclose, forms, round_to, sign
from klexact.bulk import BulkMeasure

entries = st.one_of(
    st.integers(0, 10**6), st.floats(0, 1e300), st.fractions(0, 1000, max_denominator=10**6), st.just(5e-324)
)


@st.composite
def vectors(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    n = draw(st.integers(1, 8))
    return tuple(draw(st.lists(entries, min_size=n, max_size=n).filter(any)) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["entropy", "cross_entropy", "kl_divergence"])
@pytest.mark.parametrize("variant", ["normalised", "raw", "generalised"])
@given(vectors())
def test_balls_hold_the_value_of_the_form(name: str, variant: str, pair: tuple[list[Any], list[Any]]) -> None:
    operands = pair[:1] if name == "entropy" else pair
    if variant == "generalised" and name != "kl_divergence":
        with pytest.raises(KLExactError, match="must be one of raw, normalised; found 'generalised'"):
            getattr(bulk, name)(*operands, variant=variant)
        return
    found: BulkMeasure = getattr(bulk, name)(*operands, variant=variant)
    form = getattr(forms, name)(*operands, variant=variant)
    assert found.form == form
    assert found.is_infinite == form.is_infinite
    if not form.is_infinite:
        # the form's ball has 64 bits more, so it lies inside wherever both are right
        assert found.ball(256).contains(form.ball(4096))
        assert found.is_zero == form.is_zero


def test_width_is_that_of_the_precision() -> None:
    ball = bulk.kl_divergence(range(1, 1001), range(1000, 0, -1)).ball(256)
    assert ball.rel_accuracy_bits() > 230


def test_inputs_of_every_kind_are_one_value() -> None:
    p, q = [1, 2, 5], [3, 3, 2]
    wanted = decimal(forms.kl_divergence(p, q, "normalised"), 40)
    for kind in (
        list,
        tuple,
        np.array,
        lambda v: [Fraction(x, 7) for x in v],
        lambda v: list(map(float, v)),
        lambda v: map(str, v),
    ):
        assert decimal(bulk.kl_divergence(kind(p), kind(q)), 40) == wanted
    assert decimal(bulk.kl_divergence(np.array(p, dtype=np.float32), np.array(q, dtype=np.float32)), 40) == wanted


def test_chunks_do_not_show() -> None:
    n = 40_000  # more than two chunks
    assert decimal(bulk.entropy([1] * n), base=n) == "1"
    assert decimal(bulk.kl_divergence([1] * n + [0], [1] * n + [n]), base=2) == "1"


def test_exact_values_and_infinity() -> None:
    assert decimal(bulk.entropy([1] * 8), base=2) == "3"
    assert decimal(bulk.kl_divergence([1, 2], [2, 4])) == "0"
    assert decimal(bulk.kl_divergence([1, 0], [0, 1])) == "∞"
    assert decimal(bulk.cross_entropy([1, 0], [0, 1], variant="raw")) == "∞"


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([1, -1], r"p\[1\] must be a finite number >= 0; found -1"),
        ([Fraction(1), Fraction(-1, 2)], r"p\[1\] must be a finite number >= 0; found -1/2"),
        (np.array([0.5, np.nan]), r"p\[1\] must be a finite number >= 0; found nan"),
        ([0.5, float("inf")], r"p\[1\] must be a finite number >= 0; found inf"),
        ([1, "x"], r"p\[1\] must be written as a number.*found 'x'"),
        (np.array([[1, 2]]), r"p\[0\] must be an int"),
        ([True, False], r"p\[0\] must be an int.*found True"),
        ("12", r"p must be a vector of numbers; found '12'"),
        (5, r"p must be a vector of numbers; found 5"),
        ([], r"p must be a vector of at least one number"),
        ([0, 0], r"p must have a positive total; found that all 2 are 0"),
    ],
)
def test_bad_vectors(p: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        bulk.entropy(p)


def test_lengths_and_variants() -> None:
    with pytest.raises(KLExactError, match="same length; found 1 and 2"):
        bulk.kl_divergence([1], [1, 2])
    with pytest.raises(KLExactError, match="must be one of raw, normalised, generalised; found 'relative'"):
        bulk.kl_divergence([1], [1], variant="relative")


def test_no_form_is_made_unless_a_ball_cannot_tell() -> None:
    measure = bulk.kl_divergence(range(1, 100), range(100, 1, -1))
    assert enclose(measure, bits=100).width > 0
    assert round_to(measure).float is not None
    assert decimal(measure, 30)
    assert sign(measure) == 1
    assert "form" not in vars(measure)
    exact = bulk.entropy([1] * 8)
    assert enclose(exact, bits=100, base=2) == enclose(3, bits=100)
    assert "form" in vars(exact)
