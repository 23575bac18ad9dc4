"""Bars and outlines: as high as the exact values, complete, and legible."""

from fractions import Fraction
from math import fsum, ulp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.abc import t

from klexact import Distribution, KLExactError, decimal, kl_divergence, round_to
from klexact.forms import rel_entr, sum_terms
from klexact.plot import distributions, lengths, losses, rendered
from klexact.plot.canvas import ACCENT, COLOURS, DASHES, HATCHES, MARKERS
from tests.plot.reading import axes, bars, infinities, outlines, texts, words

COUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


def exact(d: Distribution) -> list[float]:
    return [float(Fraction(int(p.p), int(p.q))) for p in d.values()]


@settings(max_examples=5)
@given(COUNTS, COUNTS)
def test_bars_are_as_high_as_the_exact_probabilities(one: list[int], other: list[int]) -> None:
    p, q = map(Distribution.from_counts, (one, other))
    figure = distributions({"one": p, "other": q})
    longer = max(len(one), len(other))
    assert bars(figure) == [[*exact(d), *[0.0] * (longer - len(d))] for d in (p, q)]
    assert words(figure)[1:] == ["one", "other"]
    assert axes(figure).get_ylabel() == "probability"


def test_numbers_are_in_order_and_names_as_listed() -> None:
    numbers = distributions({"d": Distribution({10: "1/2", Fraction(1, 2): "1/4", 3: "1/4"})}, outcome="size, mm")
    assert [label.get_text() for label in axes(numbers).get_xticklabels()] == ["1/2", "3", "10"]
    assert axes(numbers).get_xlabel() == "size, mm"
    names = distributions({"d": Distribution({"b": "1/2", "a": "1/2"})})
    assert [label.get_text() for label in axes(names).get_xticklabels()] == ["b", "a"]


def test_text_is_no_formula() -> None:
    from matplotlib.cbook import is_math_text

    odd = ["$x_1$", "a_b", r"$\frac{1}{2}$", "$", "tab\there", "日本", "<b>&", ""]
    figure = distributions(
        {odd[0]: Distribution.uniform(odd), "_hidden": Distribution.uniform(odd)}, title=odd[2], outcome=odd[0]
    )
    shown = [t.get_text() for t in axes(figure).get_xticklabels()]
    assert shown == [r"\$x_1\$", "a_b", r"\$\frac{1}{2}\$", r"\$", r"tab\there", r"\u65e5\u672c", "<b>&", ""]
    assert words(figure) == [r"\$\frac{1}{2}\$", r"\$x_1\$", " _hidden"]
    assert not any(is_math_text(text) for text in (*shown, *words(figure), axes(figure).get_xlabel()))
    assert rendered(figure, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("n", [1, 2, 40])
def test_few_outcomes_have_a_bar_and_a_name_each(n: int) -> None:
    figure = distributions({"d": Distribution.uniform(n)})
    assert bars(figure) == [[float(Fraction(1, n))] * n]
    low, high = axes(figure).get_xlim()
    assert low < 0 <= n - 1 < high


def test_many_outcomes_are_an_outline_and_very_many_blocks_with_exact_sums() -> None:
    fifty = Distribution.from_counts(range(1, 51))
    assert outlines(distributions({"d": fifty})) == [exact(fifty)] * 2  # filled, and its line
    counts = [(7 * i) % 101 for i in range(1_001)]
    figure = distributions({"d": Distribution.from_counts(counts), "e": Distribution.uniform(1_001)})
    sums = [float(Fraction(sum(counts[i : i + 6]), sum(counts))) for i in range(0, 1_001, 6)]
    assert outlines(figure)[0] == sums
    assert len(outlines(figure)[-1]) == len(sums) <= 200
    assert axes(figure).get_ylabel() == "probability of a block of 6"
    assert "1,001 in blocks of 6" in axes(figure).get_xlabel()
    assert len(axes(figure).get_xticklabels()) <= 12


def test_a_long_name_is_cut_and_gets_room() -> None:
    names = [f"outcome number {i} of a very long list" for i in range(12)]
    figure = distributions({"d": Distribution.uniform(names)})
    assert all(len(label.get_text()) <= 28 for label in axes(figure).get_xticklabels())
    assert figure.get_figheight() > distributions({"d": Distribution.uniform(12)}).get_figheight()


@settings(max_examples=5)
@given(COUNTS.filter(all), st.data())
def test_losses_are_the_terms_and_add_up(counts: list[int], data: st.DataObject) -> None:
    p = Distribution.from_counts(counts)
    q = Distribution.from_counts(data.draw(st.lists(st.integers(1, 1000), min_size=len(counts), max_size=len(counts))))
    figure = losses(p, q, names=("p", "q"))
    terms = [sum_terms([rel_entr(p.mass(x), q.mass(x))]) for x in p]
    shown = [sum(heights) for heights in zip(*bars(figure), strict=True)] or [0.0] * len(p)
    for height, term in zip(shown, terms, strict=True):
        nearest = round_to(term, base=2).float
        assert nearest is not None
        assert abs(height - nearest) <= ulp(nearest)  # pictures are true to 53 bits, which may be a neighbour
    total = float(decimal(kl_divergence(p, q, base=2), 17))
    assert abs(fsum(shown) - total) <= 1e-13  # eight roundings of numbers below 20
    assert axes(figure).get_ylabel() == "p·log(p/q), bits"


def test_losses_mark_what_is_infinite_and_leave_it_out_of_the_bars() -> None:
    figure = losses(["1/2", "1/4", "1/4", 0], [0, "1/2", "1/4", "1/4"], names=("data", "model"))
    assert bars(figure) == [[0.0, -0.25, 0.0, 0.0]]  # 1/4·log2(1/2); equal probabilities; and 0·log(0/q) = 0
    assert infinities(figure) == [0.0]
    assert words(figure) == [
        "Sum of the bars: D(data ‖ model) = ∞",
        "less probable: gained back",
        "∞: impossible under model",
    ]
    low, high = axes(figure).get_ylim()
    assert low < 0 < high < 1


def test_losses_of_many_outcomes_are_sums_of_blocks_and_infinite_ones_are_one_mark() -> None:
    p = Distribution.uniform(range(1_000))
    figure = losses(p, Distribution.uniform(range(100, 1_100)), base=2)
    assert len(infinities(figure)) == 1
    assert words(figure) == ["Sum of the bars: D(P ‖ Q) = ∞", "∞: impossible under Q"]
    q = Distribution.from_weights([1] * 500 + [3] * 500)
    halves = losses(p, q, base=2)
    assert "= 0.207519 bits" in words(halves)[0]
    found = fsum(map(fsum, outlines(halves)))
    assert abs(found - 0.20751874963942190927) < 1e-15  # 167 roundings of numbers below 0.01, and of the sum


def test_nothing_is_lost_between_equals() -> None:
    figure = losses(["1/3", "2/3"], ["1/3", "2/3"])
    assert bars(figure) == []
    assert words(figure) == ["Sum of the bars: D(P ‖ Q) = 0 bits"]


def test_lengths_are_entropy_and_excess() -> None:
    p = Distribution(["1/2", "1/4", "1/4"])
    figure = lengths(p, {"uniform": Distribution.uniform(3), "short": ["1/2", "1/2", 0]}, name="p")
    own, excess, infinite = bars(figure)
    assert own == [1.5, 1.5, 1.5]
    lost = float(decimal(kl_divergence(p, Distribution.uniform(3), base=2), 17))
    assert abs(excess[0] - lost) < 1e-15  # matplotlib keeps the ends of a bar, of size 2, rounded
    assert infinite > excess
    assert words(figure)[1:] == ["H(p) = 1.5 bits", "excess D", "∞: an outcome has no word"]
    assert [text.strip() for text in texts(figure)] == ["+ 0.0849625 bits", "+ ∞"]
    assert axes(figure).get_xlabel().endswith("of p, bits")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: distributions({}), "1 to 6"),
        (lambda: distributions({str(i): [1] for i in range(7)}), "found 7"),
        (lambda: distributions([[1]]), "mapping name"),  # type: ignore[arg-type]
        (lambda: distributions({"a": {"x": 1, "y": 1}}), "sum to exactly 1"),
        (lambda: distributions({"coin": [t, 1 - t]}), "found the symbol t in coin"),
        (lambda: losses([t, 1 - t], [1, 0]), "found the symbol t in P"),
        (lambda: losses([1], [1], base="1/2"), "base above 1; found 1/2"),
        (lambda: lengths([1], {}), "mapping name"),
        (lambda: rendered(distributions({"a": [1]}), "pdf"), "png or svg; found 'pdf'"),
    ],
)
def test_bad_input_is_told(draw: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        draw()


def test_series_differ_in_more_than_colour() -> None:
    for styles in (COLOURS, HATCHES, DASHES, MARKERS):
        assert len(set(map(str, styles))) == len(COLOURS)
    assert ACCENT not in COLOURS
