"""Both engines held against each other: they agree everywhere, and a wrong form is caught."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact import Distribution, LogForm, forms
from klexact.crosscheck import verify
from klexact.errors import KLExactError, UndecidedError
from klexact.naive import MEASURES, approximate

masses = st.lists(st.fractions(0, 10, max_denominator=10**6), min_size=3, max_size=3).filter(any)
bases = st.sampled_from([2, 10, "1/2", "1.0001"])


def operands(function: str, p: list[Fraction], q: list[Fraction]) -> tuple[Any, ...]:
    one, other = Distribution.from_weights(p), Distribution.from_weights(q)
    if function in ("mutual_information", "conditional_entropy"):
        cells = [(i, j) for i in range(2) for j in range(3)]
        return (Distribution.from_weights(dict(zip(cells, p + q, strict=True))),)
    return (one,) if function == "entropy" else (one, other)


@settings(max_examples=40)
@given(masses, masses, bases, st.integers(1, 100))
@pytest.mark.parametrize("function", MEASURES)
def test_the_engines_agree(function: str, p: list[Fraction], q: list[Fraction], base: Any, digits: int) -> None:
    found = verify(function, *operands(function, p, q), base=base, digits=digits)
    assert found.ok
    if found.lower is not None and found.upper is not None:
        assert (found.upper - found.lower) * 10**digits <= min(abs(found.lower), abs(found.upper))


@settings(max_examples=40)
@given(masses, masses, bases)
@pytest.mark.parametrize("variant", forms.VARIANTS)
def test_the_engines_agree_on_vectors(variant: str, p: list[Fraction], q: list[Fraction], base: Any) -> None:
    assert verify("kl_divergence", p, q, variant=variant, base=base, digits=20).ok


def test_zero_and_infinity() -> None:
    zero = verify("kl_divergence", [1, 0], [1, 0])
    assert zero.value == "0"
    assert zero.lower == zero.upper == 0
    infinite = verify("cross_entropy", [1, 0], [0, 1])
    assert (infinite.value, infinite.lower, infinite.second.value) == ("∞", None, None)
    assert verify("kl_divergence", [2, 1], [1, 4], variant="raw", digits=10).value == "0"  # 2·log 2 - log 4


@pytest.mark.parametrize(
    "claimed",
    [LogForm.log(3), LogForm(), LogForm.infinity(), LogForm.log(2) + Fraction(1, 10**49) * LogForm(1), -LogForm.log(2)],
)
def test_a_wrong_form_is_caught(claimed: LogForm) -> None:
    with pytest.raises(KLExactError, match=r"must agree on entropy; found .* from the form, 0\.693147180559945309417"):
        verify("entropy", ["1/2", "1/2"], claimed=claimed)


def test_a_claim_of_finiteness_is_caught() -> None:
    with pytest.raises(KLExactError, match=r"found 0.6931.* from the form, ∞ from the definition"):
        verify("kl_divergence", [1, 0], [0, 1], claimed=LogForm.log(2))


def test_a_wrong_convention_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "rel_entr", lambda p, q: [(p, p), (-p, q)] if p and q else [])
    with pytest.raises(KLExactError, match="the two engines must agree on kl_divergence"):
        verify("kl_divergence", ["1/2", "1/2"], [1, 0])


def test_what_the_second_engine_cannot_tell_from_zero_is_undecided() -> None:
    speck = Fraction(1, 10**3000)
    p, q = [Fraction(1, 2)] * 2, [Fraction(1, 2) + speck, Fraction(1, 2) - speck]
    with pytest.raises(UndecidedError, match="must tell kl_divergence from 0; it found 0 within"):
        verify("kl_divergence", p, q, digits=5)
    assert approximate("kl_divergence", p, q, digits=5).error < Fraction(1, 10**4900)
