"""Codes: Huffman's optimal against brute force, Shannon's within a letter, the excess exactly, words that decode."""

import pickle
from copy import deepcopy
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, Symbol, expand, latex, oo, pretty

from klexact import Distribution, LogForm, entropy, forms, kl_divergence, order, sign
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


@given(counts, counts, st.sampled_from(["01", "012", "ACGT"]), st.booleans())
def test_the_excess_is_the_divergence_from_the_masses_of_the_words(
    weights: list[int], others: list[int], alphabet: str, shannon: bool
) -> None:
    base = len(alphabet)
    code = (shannon_code if shannon else huffman_code)(Distribution.from_counts(weights), alphabet=alphabet)
    masses = {x: Rational(1, base**n) for x, n in code.lengths.items()}
    p, q = Distribution.from_counts(others), Distribution.from_weights(masses)
    if not set(p.support) <= set(q.support):
        assert code.excess(p) == oo
        return
    wanted = forms.kl_divergence(p, q) - LogForm.log(code.kraft_sum)
    assert code.excess(p) == wanted.as_expr(base)
    assert sign(wanted) >= 0
    if code.kraft_sum == 1:
        assert code.excess(p) == kl_divergence(p, q, base=base)


def test_the_excess_of_a_code_for_another_distribution_is_the_divergence() -> None:
    p, q = Distribution(["1/8", "3/8", "1/4", "1/4"]), Distribution(["1/2", "1/4", "1/8", "1/8"])
    for code in (huffman_code(q), shannon_code(q)):
        assert code.excess(p) == kl_divergence(p, q, base=2)
        assert code.expected_length(q) == entropy(q, base=2)
    t = Symbol("t")
    assert expand(huffman_code(q).excess([t, 1 - t]) - (2 - t - entropy([t, 1 - t], base=2))) == 0


@given(st.lists(st.integers(1, 20), min_size=2, max_size=6), st.sampled_from([3, 4]))
def test_no_prefix_code_of_more_letters_is_shorter(weights: list[int], base: int) -> None:
    p, n = Distribution.from_counts(weights), len(weights)
    kraft = (ls for ls in product(range(1, 4), repeat=n) if sum(Fraction(1, base**k) for k in ls) <= 1)
    code = huffman_code(p, alphabet="ACGT"[:base])
    assert code.expected_length(p) == min(expected_length(dict(enumerate(ls)), p) for ls in kraft)
    assert code.is_prefix_free


@given(counts, st.sampled_from(["01", "012", "ACGT", "0123456789"]))
def test_codes_of_any_alphabet_lie_within_a_letter_of_entropy(weights: list[int], alphabet: str) -> None:
    p, letter = Distribution.from_counts(weights), LogForm.log(len(alphabet))
    for code in (huffman_code(p, alphabet=alphabet), shannon_code(p, alphabet=alphabet)):
        length = letter * code.expected_length(p)
        assert order(forms.entropy(p), length) <= 0 < order(forms.entropy(p) + letter, length)
        assert code.is_prefix_free
        outcomes = list(p.support)
        assert len(outcomes) == 1 or code.decode(code.encode(outcomes)) == outcomes


def test_words_of_one_length_follow_the_order_of_the_outcomes() -> None:
    code = code_of_lengths({"d": 2, "a": 3, "c": 1, "b": 3})
    assert dict(code.words) == {"d": "10", "a": "110", "c": "0", "b": "111"}
    assert list(code_of_lengths(dict.fromkeys(range(9), 2), alphabet="abc").words.values()) == [
        "aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mass", "length"),
    [("1", 0), (Fraction(1, 2**3000), 3000), (Fraction(1, 2**3000 + 1), 3001), (Fraction(1, 2**3000 - 1), 3000)],
)
def test_shannon_lengths_are_decided_exactly(mass: object, length: int) -> None:
    assert shannon_code({"x": mass, "rest": 1 - Fraction(str(mass))}).lengths["x"] == length


def test_a_long_code_is_made_in_seconds() -> None:
    code = huffman_code(Distribution.uniform(20_000))
    assert code.decode(code.encode(range(2_000))) == list(range(2_000))
    assert len(repr(code)) < 1000
    assert "19988 more words" in code._repr_html_()
    deep = huffman_code(Distribution.from_weights([2**i for i in range(1_000)]))
    assert max(deep.lengths.values()) == 999


def test_codes_that_need_not_be_prefix_free() -> None:
    backwards = Code({"a": "0", "b": "01", "c": "11"})
    assert not backwards.is_prefix_free
    assert backwards.kraft_sum == 1
    with pytest.raises(KLExactError, match="prefix-free"):
        backwards.decode("0")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Code({"a": "0", "b": "0"}), "a word of its own; found '0' twice"),
        (lambda: Code({"a": "2"}), "text of the letters '01'; found '2' for 'a'"),
        (lambda: Code({"a": 0}), "found 0 for 'a'"),  # type: ignore[dict-item]
        (lambda: Code(["0", "1"]), "a mapping from outcomes to words; found"),  # type: ignore[arg-type]
        (lambda: Code({}, "0"), "2 different letters or more; found '0'"),
        (lambda: huffman_code(["1/2", "1/2"], alphabet="AA"), "2 different letters or more; found 'AA'"),
        (lambda: code_of_lengths({1: -1}), "the length of the word of 1 must be an integer in .*; found -1"),
        (lambda: code_of_lengths({1: 10**9}), "the length of the word of 1 must be an integer in .*; found 1000000000"),
        (lambda: code_of_lengths(dict.fromkeys(range(9), 2 * 10**7)), "the number of letters of all words must be"),
        (lambda: code_of_lengths({1: 1, 2: 1, 3: 2}), "found 5/4"),
        (lambda: Code({"a": "0", "b": "1"}).encode("abc"), "found 'c'"),
        (lambda: Code({"a": "0", "b": "10"}).decode("0111"), "found '111' from place 1 on"),
        (lambda: Code({"a": "0"}).decode(0), "must be text; found 0"),  # type: ignore[arg-type]
        (lambda: Code({"a": "0"}).encode([["a"]]), "outcomes must be hashable"),  # type: ignore[list-item]
        (lambda: Code({"a": "0", "b": "10"}).decode("01"), "found '1' from place 1 on"),
    ],
)
def test_bad_input_is_told(make: object, words: str) -> None:
    with pytest.raises(KLExactError, match=words):
        make()  # type: ignore[operator]


def test_codes_are_values_and_show_themselves() -> None:
    code = huffman_code(Distribution(["1/2", "1/4", "1/4"]))
    assert code == Code({0: "0", 1: "10", 2: "11"})
    assert hash(code) == hash(Code({2: "11", 1: "10", 0: "0"}))
    assert code != Code({0: "0", 1: "10", 2: "11"}, "012")
    for copied in (pickle.loads(pickle.dumps(code)), deepcopy(code)):
        assert copied == code
    with pytest.raises(TypeError):
        code.words[0] = "1"  # type: ignore[index]
    assert repr(Code({"a": "A"}, "ACGT")) == "Code({'a': 'A'}, alphabet='ACGT')"
    assert eval(repr(code)) == code
    assert pretty(code, use_unicode=True).split("\n")[2].split() == ["0", "0", "1"]
    assert "<td>10</td><td>2</td>" in code._repr_html_()
    assert "prefix-free, Kraft sum 1" in code._repr_html_()
    assert r"\text{10}" in latex(code)
