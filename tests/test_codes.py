"""Codes: Huffman's optimal against brute force, Shannon's within a bit, words that decode."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, Symbol, latex, oo

from klexact import Distribution, LogForm, entropy, forms, kl_divergence, order
from klexact.codes import Code, code_of_lengths, expected_length, huffman_code, huffman_lengths, shannon_code
from klexact.errors import InvalidDistributionError, KLExactError

counts = st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any)


@given(counts)
def test_kraft_and_the_bounds_of_the_noiseless_coding_theorem(weights: list[int]) -> None:
    p = Distribution.from_counts(weights)
    lengths = huffman_lengths(p)
    assert sum(Fraction(1, 2**n) for n in lengths.values()) == 1
    bits, bound = LogForm.log(2) * expected_length(lengths, p), forms.entropy(p)
    assert order(bound, bits) <= 0 < order(bound + LogForm.log(2), bits)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=5))
def test_no_prefix_code_is_shorter(weights: list[int]) -> None:
    p = Distribution.from_counts(weights)
    n = len(weights)
    kraft = (ls for ls in product(range(1, n), repeat=n) if sum(Fraction(1, 2**k) for k in ls) <= 1)
    best = min(expected_length(dict(enumerate(ls)), p) for ls in kraft) if n > 1 else 0
    assert expected_length(huffman_lengths(p), p) == best


def test_boundaries() -> None:
    assert huffman_lengths(Distribution.point("a")) == {"a": 0}
    assert expected_length(huffman_lengths(Distribution([1, 0])), Distribution.uniform(2)) == oo
    with pytest.raises(InvalidDistributionError, match="found the parameters"):
        huffman_lengths(Distribution([Symbol("t"), 1 - Symbol("t")]))


@given(counts, st.data())
def test_shannon_codes_lie_within_a_bit_of_cross_entropy(weights: list[int], data: st.DataObject) -> None:
    q = Distribution.from_counts(weights)
    n = len(q.support)
    others = data.draw(st.lists(st.integers(0, 50), min_size=n, max_size=n).filter(any))
    p = Distribution.from_counts(dict(zip(q.support, others, strict=True)))
    code = shannon_code(q)
    bits, bound = LogForm.log(2) * code.expected_length(p), forms.cross_entropy(p, q)
    assert order(bound, bits) <= 0 < order(bound + LogForm.log(2), bits)
    for x, length in code.lengths.items():
        assert Rational(1, 2**length) <= q[x] < Rational(2, 2**length)


@given(counts, st.data())
def test_texts_are_decoded(weights: list[int], data: st.DataObject) -> None:
    p = Distribution.from_counts(weights)
    if len(p.support) == 1:
        return
    for code in (huffman_code(p), shannon_code(p)):
        assert code.is_prefix_free
        assert code.kraft_sum <= 1
        assert code.lengths == (huffman_lengths(p) if code == huffman_code(p) else code.lengths)
        outcomes = data.draw(st.lists(st.sampled_from(p.support), max_size=20))
        assert code.decode(code.encode(outcomes)) == outcomes


def test_the_excess_of_a_code_for_another_distribution_is_the_divergence() -> None:
    p, q = Distribution(["1/8", "3/8", "1/4", "1/4"]), Distribution(["1/2", "1/4", "1/8", "1/8"])
    assert huffman_code(q).excess(p) == kl_divergence(p, q, base=2)
    assert shannon_code(q).excess(p) == kl_divergence(p, q, base=2)
    assert shannon_code(q).expected_length(q) == entropy(q, base=2)
    assert huffman_code(q).excess(Distribution.uniform(5)) == oo


def test_codes_that_need_not_be_prefix_free() -> None:
    backwards = Code({"a": "0", "b": "01", "c": "11"})
    assert not backwards.is_prefix_free
    assert backwards.kraft_sum == 1
    with pytest.raises(KLExactError, match="prefix-free"):
        backwards.decode("0")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Code({"a": "0", "b": "0"}), "one word twice"),
        (lambda: Code({"a": "2"}), "0s and 1s; found '2' for 'a'"),
        (lambda: Code({"a": 0}), "found 0 for 'a'"),  # type: ignore[dict-item]
        (lambda: code_of_lengths({1: 1, 2: 1, 3: 2}), "found 5/4"),
        (lambda: Code({"a": "0", "b": "1"}).encode("abc"), "found 'c'"),
        (lambda: Code({"a": "0", "b": "10"}).decode("0111"), "found '111' before place 4"),
        (lambda: Code({"a": "0", "b": "10"}).decode("01"), "found the rest '1'"),
    ],
)
def test_bad_input_is_told(make: object, words: str) -> None:
    with pytest.raises(KLExactError, match=words):
        make()  # type: ignore[operator]


def test_codes_are_values_and_show_themselves() -> None:
    code = huffman_code(Distribution(["1/2", "1/4", "1/4"]))
    assert code == Code({0: "0", 1: "10", 2: "11"})
    assert hash(code) == hash(Code({2: "11", 1: "10", 0: "0"}))
    assert "<td>10</td>" in code._repr_html_()
    assert r"\text{10}" in latex(code)
