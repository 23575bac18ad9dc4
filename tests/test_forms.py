"""The measures as forms: scalar terms, sums of them, variants; speed on a thousand outcomes."""

import random
import time

import mpmath
import pytest
from sympy import QQ, Rational, Symbol, oo

from klexact import Distribution, LogForm, decimal, forms
from klexact.errors import KLExactError

T = Symbol("t")


def test_terms_are_lists_of_logarithms_or_conventions() -> None:
    assert forms.entr(QQ(1, 2)) == [(QQ(-1, 2), QQ(1, 2))]
    assert forms.entr(QQ(0)) == 0
    assert forms.rel_entr(QQ(1, 2), QQ(1, 3)) == [(QQ(1, 2), QQ(1, 2)), (QQ(-1, 2), QQ(1, 3))]
    assert [forms.rel_entr(QQ(p), QQ(q)) for p, q in ((0, 0), (0, 1), (1, 0))] == [0, 0, oo]
    assert [forms.cross_entr(QQ(p), QQ(q)) for p, q in ((0, 0), (0, 1), (1, 0))] == [0, 0, oo]


def test_sums() -> None:
    assert forms.sum_terms([]) == LogForm()
    assert forms.sum_terms([[(QQ(1), QQ(2))], forms.entr(QQ(0)), [(QQ(1), QQ(3))]]) == LogForm.log(6)
    assert forms.sum_terms([[(QQ(1), QQ(2))], oo]).is_infinite


def test_operands_are_aligned_by_outcome() -> None:
    p, q = {"a": "1/2", "b": "1/2"}, {"b": "1/4", "a": "3/4"}
    assert forms.kl_divergence(p, q) == forms.kl_divergence(["1/2", "1/2"], ["3/4", "1/4"])
    assert forms.kl_divergence({"a": 1}, {"a": "1/2", "c": "1/2"}) == LogForm.log(2)
    assert forms.kl_divergence({"a": 1}, {"c": 1}).is_infinite
    assert forms.cross_entropy({"a": 1}, {"c": 1}).is_infinite


VARIANTS = [
    ("raw", [1, 1], [1, 2], -LogForm.log(2)),
    ("raw", [0, 2], [0, 1], 2 * LogForm.log(2)),
    ("raw", [], [], None),
    ("raw", [0, 0], [1, 2], LogForm()),
    ("raw", [1, 1], [0, 2], LogForm.infinity()),
    ("normalised", [1, 1], [1, 3], LogForm.log("4/3") / 2),
    ("normalised", [2, 2], [5, 5], LogForm()),
    ("generalised", [1, 1], [1, 2], LogForm(1) - LogForm.log(2)),
    ("generalised", [0, 0], [1, 2], LogForm(3)),
    ("generalised", [1, 2], [0, 0], LogForm.infinity()),
    ("generalised", ["1/2", "1/2"], ["1/4", "3/4"], forms.kl_divergence(["1/2", "1/2"], ["1/4", "3/4"])),
]


@pytest.mark.parametrize(("variant", "p", "q", "wanted"), VARIANTS)
def test_variants(variant: str, p: list[object], q: list[object], wanted: LogForm | None) -> None:
    if wanted is None:
        with pytest.raises(KLExactError, match="at least one"):
            forms.kl_divergence(p, q, variant)
    else:
        assert forms.kl_divergence(p, q, variant) == wanted


def test_variants_of_distributions_agree() -> None:
    p, q = Distribution(["1/3", "2/3"]), Distribution(["1/2", "1/2"])
    assert len({forms.kl_divergence(p, q, v) for v in (None, *forms.VARIANTS)}) == 1
    assert forms.entropy(p, "raw") == forms.entropy(p, "normalised") == forms.entropy(p)


@pytest.mark.parametrize(
    ("p", "q", "variant", "message"),
    [
        ([1, 1], [1, 2], None, "must sum to exactly 1; found a total of 2"),
        ([1, -1], [1, 2], "raw", "must not be negative; found -1"),
        ([0, 0], [1, 2], "normalised", "must have a positive total"),
        ([1], [1], "relative", "variant, if not None, must be one of raw, normalised, generalised; found 'relative'"),
    ],
)
def test_operands_refused(p: list[object], q: list[object], variant: str | None, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        forms.kl_divergence(p, q, variant)


def test_entropy_and_cross_entropy_have_no_generalised_variant() -> None:
    with pytest.raises(KLExactError, match="has the variants raw and normalised; found 'generalised'"):
        forms.entropy([1], "generalised")
    with pytest.raises(KLExactError, match="has the variants raw and normalised; found 'generalised'"):
        forms.cross_entropy([1], [1], "generalised")


def test_a_thousand_outcomes_with_53_bit_weights() -> None:
    rng = random.Random(7)
    p, q = (Distribution.from_weights([rng.random() for _ in range(1000)]) for _ in range(2))
    start = time.perf_counter()
    form = forms.kl_divergence(p, q)
    other = LogForm.of_logs(
        [(p.mass(x), p.mass(x) / q.mass(x)) for x in rng.sample(range(1000), 1000)]  # shuffled, and as ratios
    )
    assert form == other == forms.cross_entropy(p, q) - forms.entropy(p)
    assert hash(form) == hash(other)
    assert form != forms.kl_divergence(q, p)
    digits = decimal(form, 30)
    assert time.perf_counter() - start < 10
    with mpmath.workdps(60):
        naive = mpmath.fsum(a * mpmath.log(a / b) for a, b in ((mpf(p, x), mpf(q, x)) for x in range(1000)))
        # half a unit of the 30th digit of a number below 1, and 1,000 terms below 1 with 58 correct digits
        assert abs(mpmath.mpf(digits) - naive) <= mpmath.mpf(10) ** -30 / 2 + mpmath.mpf(10) ** -54


def mpf(p: Distribution, x: int) -> mpmath.mpf:
    mass = p.mass(x)
    return mpmath.mpf(int(mass.numerator)) / int(mass.denominator)


def test_a_thousand_parametric_outcomes_collapse() -> None:
    counts = [1 + i % 7 for i in range(61)]
    form = forms.cross_entropy(Distribution.from_counts(counts), Distribution.binomial(60, T))
    mean = Rational(sum(i * c for i, c in enumerate(counts)), sum(counts))
    assert form.derivative(T) == LogForm(-mean / T + (60 - mean) / (1 - T))
