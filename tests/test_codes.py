"""Huffman codes: optimal against brute force, and between entropy and one bit more."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol, oo

from klexact import Distribution, LogForm, forms, order
from klexact.codes import expected_length, huffman_lengths
from klexact.errors import InvalidDistributionError

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
