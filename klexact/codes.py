"""Codes: words of 0s and 1s for outcomes, and their expected lengths, which entropy and cross-entropy measure."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count, pairwise
from typing import Any

import sympy
from sympy import QQ

from klexact import forms
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.ratfunc import as_expr
from klexact.sheet import Displayed, Sheet

__all__ = ["Code", "code_of_lengths", "expected_length", "huffman_code", "huffman_lengths", "shannon_code"]


def huffman_lengths(p: Distribution) -> dict[Hashable, int]:
    """Return the word lengths, in bits, of a Huffman code for p: no prefix code has a smaller expected length.

    Impossible outcomes get no word; a single possible outcome gets the empty word. Raises InvalidDistributionError
    if p has parameters.

    >>> huffman_lengths(Distribution(["1/2", "1/4", "1/4", 0])), huffman_lengths(Distribution.point("a"))
    ({0: 1, 1: 2, 2: 2}, {'a': 0})

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 5.6 and 5.8.
    Coq: Kraft.mcmillan_inequality, Codes.optimal_code_bounds.
    """
    p = _numbers(p)
    number = count()
    heap: list[tuple[Any, int, list[Hashable]]] = [(p.mass(x), next(number), [x]) for x in p.support]
    heapify(heap)
    lengths = dict.fromkeys(p.support, 0)
    while len(heap) > 1:
        a, _, left = heappop(heap)
        b, _, right = heappop(heap)
        for x in left + right:
            lengths[x] += 1
        heappush(heap, (a + b, next(number), left + right))
    return lengths


def expected_length(lengths: Mapping[Hashable, int], p: Distribution) -> sympy.Expr:
    """Return the exact expected word length Σ p(x) l(x), in bits; oo if a possible outcome has no word.

    For a Huffman code of p it lies in [H(p), H(p) + 1): Cover & Thomas, 2nd ed., theorem 5.4.1.

    >>> expected_length({0: 1, 1: 2, 2: 2}, Distribution(["1/2", "1/4", "1/4"])), expected_length({}, Distribution([1]))
    (3/2, oo)

    Coq: Codes.entropy_le_expected_length, Codes.entropy_eq_expected_length, Codes.prefix_code_bound,
    Codes.decodable_code_bound, Codes.noiseless_coding.
    """
    if not set(p.support) <= set(lengths):
        return sympy.oo
    return as_expr(sum((p.mass(x) * QQ(lengths[x]) for x in p.support), QQ(0)))


def _numbers(p: Distribution) -> Distribution:
    p = Distribution(p)
    if p.free_symbols:
        raise InvalidDistributionError(f"a code needs numbers; found the parameters {p.free_symbols}: use subs")
    return p


@dataclass(frozen=True, repr=False)
class Code(Displayed):
    """A binary code: a word of 0s and 1s for each outcome, all different.

    Raises KLExactError for words of other letters, and where two outcomes share a word.

    >>> code = Code({"a": "0", "b": "10", "c": "11"})
    >>> code.kraft_sum, code.is_prefix_free, code.encode("abca"), code.decode("010110")
    (1, True, '010110', ['a', 'b', 'c', 'a'])
    >>> p = Distribution({"a": "1/2", "b": "1/4", "c": "1/4"})
    >>> code.expected_length(p), code.excess(p), code.expected_length(Distribution.uniform("abcd"))
    (3/2, 0, oo)

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 5.1 and 5.2.
    """

    words: Mapping[Hashable, str]

    def __post_init__(self) -> None:
        for x, word in self.words.items():
            if not isinstance(word, str) or not set(word) <= {"0", "1"}:
                raise KLExactError(f"a word must be text of 0s and 1s; found {word!r:.60} for {x!r:.60}")
        if len(set(self.words.values())) < len(self.words):
            raise KLExactError("every outcome must have a word of its own; found one word twice")
        object.__setattr__(self, "words", dict(self.words))

    def __hash__(self) -> int:
        return hash(frozenset(self.words.items()))

    @property
    def lengths(self) -> dict[Hashable, int]:
        """The lengths of the words."""
        return {x: len(word) for x, word in self.words.items()}

    @property
    def kraft_sum(self) -> sympy.Rational:
        """Σ 2^-l(x): at most 1 where the code can be decoded (McMillan)."""
        return as_expr(_kraft_sum(self.lengths.values()))

    @property
    def is_prefix_free(self) -> bool:
        """Tell whether no word begins with another one, so that a text is decoded word by word."""
        ordered = sorted(self.words.values())
        return not any(b.startswith(a) for a, b in pairwise(ordered))

    def expected_length(self, p: Distribution) -> sympy.Expr:
        """Return Σ p(x) l(x), in bits; oo if an outcome that p allows has no word."""
        return expected_length(self.lengths, Distribution(p))

    def excess(self, p: Distribution) -> sympy.Expr:
        """Return how much longer than H(p) the words for outcomes from p are on average, in bits: L - H(p).

        It is never negative where the code can be decoded, and D(p‖q) for q(x) = 2^-l(x), whoever the code was made for.

        >>> shannon_code(Distribution(["1/4", "1/4", "1/2"])).excess(Distribution(["1/2", "1/4", "1/4"]))
        1/4
        """
        p = Distribution(p)
        length = self.expected_length(p)
        return length if length is sympy.oo else length - forms.entropy(p).as_expr(2)

    def encode(self, outcomes: Iterable[Hashable]) -> str:
        """Return the words of outcomes, one after the other. Raises KLExactError for one without a word."""
        text = []
        for x in outcomes:
            if x not in self.words:
                raise KLExactError(f"the outcome must have a word in the code; found {x!r:.60}")
            text.append(self.words[x])
        return "".join(text)

    def decode(self, text: str) -> list[Hashable]:
        """Return the outcomes whose words make up the text. Raises KLExactError elsewhere, or if words begin with words."""
        if not self.is_prefix_free or "" in self.words.values():
            raise KLExactError("decoding word by word needs a prefix-free code without an empty word; found another")
        outcome_of = {word: x for x, word in self.words.items()}
        found, word = [], ""
        for at, letter in enumerate(text, 1):
            word += letter
            if word in outcome_of:
                found.append(outcome_of[word])
                word = ""
            elif len(word) > max(self.lengths.values(), default=0):
                raise KLExactError(f"a text must be made of the code's words; found {word!r:.60} before place {at}")
        if word:
            raise KLExactError(f"a text must end with a word; found the rest {word!r:.60}")
        return found

    def _sheet(self) -> Sheet:
        return Sheet("", ("outcome", "word"), [(str(x), word) for x, word in self.words.items()])

    def __repr__(self) -> str:
        return f"Code({dict(self.words)!r})"


def _kraft_sum(lengths: Iterable[int]) -> Any:
    return sum((QQ(1, 2**n) for n in lengths), QQ(0))


def code_of_lengths(lengths: Mapping[Hashable, int]) -> Code:
    """Return the canonical prefix-free code with these word lengths: shorter words first, counted up in binary.

    Raises KLExactError unless Σ 2^-l(x) <= 1, for then there is none.

    >>> code_of_lengths({"a": 2, "b": 1, "c": 2}).words, code_of_lengths({"a": 0}).words
    ({'a': '10', 'b': '0', 'c': '11'}, {'a': ''})
    >>> code_of_lengths({"a": 1, "b": 1, "c": 1})
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the lengths of a prefix-free code must have Σ 2^-l <= 1 (Kraft); found 3/2

    Cover & Thomas, 2nd ed., theorem 5.2.1.
    Coq: Kraft.kraft_inequality, Kraft.kraft_converse.
    """
    total = _kraft_sum(lengths.values())
    if total > 1:
        raise KLExactError(f"the lengths of a prefix-free code must have Σ 2^-l <= 1 (Kraft); found {total}")
    words, place, before = {}, 0, 0
    for x, n in sorted(lengths.items(), key=lambda item: item[1]):
        place <<= n - before
        words[x] = f"{place:0{n}b}" if n else ""
        place, before = place + 1, n
    return Code({x: words[x] for x in lengths})


def huffman_code(p: Distribution) -> Code:
    """Return a Huffman code for p: no code that can be decoded has a smaller expected length, H(p) <= L < H(p) + 1 bits.

    Impossible outcomes get no word; a single possible outcome gets the empty word. Raises as `huffman_lengths`.

    >>> huffman_code(Distribution({"a": "1/2", "b": "1/3", "c": "1/6", "d": 0}))
    Code({'a': '0', 'b': '10', 'c': '11'})

    Cover & Thomas, 2nd ed., sections 5.6 and 5.8.
    """
    return code_of_lengths(huffman_lengths(p))


def shannon_code(p: Distribution) -> Code:
    """Return Shannon's code for p: a word of ⌈-log₂ p(x)⌉ bits for each possible outcome, so that H(p) <= L < H(p) + 1.

    The lengths are decided in integers. For outcomes from another distribution p′ the length lies in [H + D, H + D + 1) with
    H = H(p′), D = D(p′‖p). Raises InvalidDistributionError if p has parameters.

    >>> shannon_code(Distribution(["9/10", "1/10"])), shannon_code(Distribution(["1/2", "1/2", 0]))
    (Code({0: '0', 1: '1000'}), Code({0: '0', 1: '1'}))

    Cover & Thomas, 2nd ed., section 5.4 and theorem 5.4.3.
    Coq: Codes.shannon_lengths_kraft, Codes.shannon_code_bounds.
    """
    p = _numbers(p)
    return code_of_lengths({x: _shannon_length(p.mass(x)) for x in p.support})


def _shannon_length(mass: Any) -> int:
    """Return the least l with 2^l·mass >= 1."""
    return int(-(-mass.denominator // mass.numerator) - 1).bit_length()
