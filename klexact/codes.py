"""Codes: words for outcomes, and their expected lengths, which entropy and cross-entropy measure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import islice, pairwise
from types import MappingProxyType
from typing import Any

import sympy
from sympy import QQ

from klexact import forms
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.exact import clipped, whole
from klexact.logform import LogForm
from klexact.masses import hashable
from klexact.ratfunc import as_expr
from klexact.sheet import Displayed, Sheet

__all__ = ["Code", "code_of_lengths", "expected_length", "huffman_code", "huffman_lengths", "shannon_code"]

_BITS = "01"
_SHOWN = 12
_WIDTH = 40
_MAX_LETTERS = 100_000_000


@dataclass(frozen=True, repr=False)
class Code(Displayed):
    """An immutable code: a word for each outcome, all different, of the letters of an alphabet, 0 and 1 by default.

    Lengths count letters; with D letters, entropies beside them are in units of log(D), so bits for two. Raises
    KLExactError for words of other letters, where two outcomes share a word, and for an alphabet of less than 2 letters.

    >>> code = Code({"a": "0", "b": "10", "c": "11"})
    >>> code.kraft_sum, code.is_prefix_free, code.encode("abca"), code.decode("010110")
    (1, True, '010110', ['a', 'b', 'c', 'a'])
    >>> p = Distribution({"a": "1/2", "b": "1/4", "c": "1/4"})
    >>> code.expected_length(p), code.excess(p), code.expected_length(Distribution.uniform("abcd"))
    (3/2, 0, oo)

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 5.1 and 5.2.
    """

    words: Mapping[Hashable, str]
    alphabet: str = _BITS

    def __post_init__(self) -> None:
        letters = set(_checked(self.alphabet))
        if not isinstance(self.words, Mapping):
            raise KLExactError(f"a code needs a mapping from outcomes to words; found {clipped(self.words)}")
        for x, word in self.words.items():
            if not isinstance(word, str) or not letters.issuperset(word):
                raise KLExactError(
                    f"a word must be text of the letters {self.alphabet!r}; found {clipped(word)} for {clipped(x)}"
                )
        repeated = [word for word, k in Counter(self.words.values()).items() if k > 1]
        if repeated:
            raise KLExactError(f"every outcome must have a word of its own; found {clipped(repeated[0])} twice")
        object.__setattr__(self, "words", MappingProxyType(dict(self.words)))

    def __hash__(self) -> int:
        return hash((frozenset(self.words.items()), self.alphabet))

    def __reduce__(self) -> tuple[Any, ...]:
        return Code, (dict(self.words), self.alphabet)

    @property
    def lengths(self) -> dict[Hashable, int]:
        """The lengths of the words."""
        return {x: len(word) for x, word in self.words.items()}

    @property
    def kraft_sum(self) -> sympy.Rational:
        """Σ D^-l(x), D the number of letters: at most 1 where the code can be decoded (McMillan)."""
        return as_expr(_kraft_sum(self.lengths.values(), len(self.alphabet)))

    @property
    def is_prefix_free(self) -> bool:
        """Tell whether no word begins with another one, so that a text is decoded word by word."""
        return not any(b.startswith(a) for a, b in pairwise(sorted(self.words.values())))

    def expected_length(self, p: object) -> sympy.Expr:
        """Return Σ p(x) l(x), in letters; oo if an outcome that p allows has no word."""
        return expected_length(self.lengths, p)

    def excess(self, p: object) -> sympy.Expr:
        """Return how much longer than H(p) the words for outcomes from p are on average, in letters: L - H(p).

        With the Kraft sum K and q(x) = D^-l(x)/K it is D(p‖q) - log K, whoever the code was made for: never negative where
        the code can be decoded, and the divergence where K = 1. oo if an outcome that p allows has no word.

        >>> shannon_code(Distribution(["1/4", "1/4", "1/2"])).excess(Distribution(["1/2", "1/4", "1/4"]))
        1/4
        """
        p, letters = Distribution(p), len(self.alphabet)
        length = self.expected_length(p)
        return length if length is sympy.oo else (LogForm.log(letters) * length - forms.entropy(p)).as_expr(letters)

    def encode(self, outcomes: Iterable[Hashable]) -> str:
        """Return the words of outcomes, one after the other. Raises KLExactError for one without a word."""
        text = []
        for x in outcomes:
            word = self.words.get(hashable(x))
            if word is None:
                raise KLExactError(f"an outcome must have a word in the code; found {clipped(x)}")
            text.append(word)
        return "".join(text)

    def decode(self, text: str) -> list[Hashable]:
        """Return the outcomes whose words make up the text. Raises KLExactError elsewhere, or if words begin with words."""
        if not self.is_prefix_free or "" in self.words.values():
            raise KLExactError("decoding word by word needs a prefix-free code without an empty word; found another")
        if not isinstance(text, str):
            raise KLExactError(f"what is decoded must be text; found {clipped(text)}")
        outcome_of = {word: x for x, word in self.words.items()}
        lengths = sorted(set(self.lengths.values()))
        found, start = [], 0
        while start < len(text):
            end = next((start + n for n in lengths if text[start : start + n] in outcome_of), start)
            if end == start:
                raise KLExactError(
                    f"a text must be made of the code's words; found {clipped(text[start:])} from place {start} on"
                )
            found.append(outcome_of[text[start:end]])
            start = end
        return found

    def _sheet(self) -> Sheet:
        rows = [
            (str(x), word if len(word) <= _WIDTH else f"{word[:_WIDTH]}...", str(len(word)))
            for x, word in islice(self.words.items(), _SHOWN)
        ]
        more = [f"{len(self.words) - _SHOWN} more words"] if len(self.words) > _SHOWN else []
        about = f"{'prefix-free' if self.is_prefix_free else 'not prefix-free'}, Kraft sum {self.kraft_sum}"
        return Sheet("", ("outcome", "word", "length"), rows, [*more, about])

    def __repr__(self) -> str:
        entries = [f"{x!r}: {word!r}" for x, word in islice(self.words.items(), _SHOWN)]
        if len(self.words) > _SHOWN:
            entries.append(f"... {len(self.words) - _SHOWN} more")
        return f"Code({{{', '.join(entries)}}}{'' if self.alphabet == _BITS else f', alphabet={self.alphabet!r}'})"


def expected_length(lengths: Mapping[Hashable, int], p: object) -> sympy.Expr:
    """Return the exact expected word length Σ p(x) l(x), in letters; oo if a possible outcome has no word.

    For a Huffman code of p it lies in [H(p), H(p) + 1): Cover & Thomas, 2nd ed., theorem 5.4.1.

    >>> expected_length({0: 1, 1: 2, 2: 2}, Distribution(["1/2", "1/4", "1/4"])), expected_length({}, Distribution([1]))
    (3/2, oo)

    Coq: Codes.entropy_le_expected_length, Codes.entropy_eq_expected_length, Codes.prefix_code_bound,
    Codes.decodable_code_bound, Codes.noiseless_coding.
    """
    p = Distribution(p)
    if not set(p.support) <= set(lengths):
        return sympy.oo
    return as_expr(sum((p.mass(x) * QQ(lengths[x]) for x in p.support), QQ(0)))


def code_of_lengths(lengths: Mapping[Hashable, int], *, alphabet: str = _BITS) -> Code:
    """Return the canonical prefix-free code with these word lengths: shorter words first, counted up.

    Raises KLExactError unless Σ D^-l(x) <= 1 with D letters, for then there is none.

    >>> code_of_lengths({"a": 2, "b": 1, "c": 2}), code_of_lengths({"a": 0}), code_of_lengths({1: 1, 2: 1}, alphabet="ACGT")
    (Code({'a': '10', 'b': '0', 'c': '11'}), Code({'a': ''}), Code({1: 'A', 2: 'C'}, alphabet='ACGT'))
    >>> code_of_lengths({"a": 1, "b": 1, "c": 1})
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the lengths of a prefix-free code of 2 letters must have Σ 2^-l <= 1 (Kraft); found 3/2

    Cover & Thomas, 2nd ed., theorem 5.2.1.
    Coq: Kraft.kraft_inequality, Kraft.kraft_converse.
    """
    checked = {x: whole(n, f"the length of the word of {clipped(x)}", 0, _MAX_LETTERS) for x, n in lengths.items()}
    whole(sum(checked.values()), "the number of letters of all words", 0, _MAX_LETTERS)
    base = len(_checked(alphabet))
    total = _kraft_sum(checked.values(), base)
    if total > 1:
        raise KLExactError(
            f"the lengths of a prefix-free code of {base} letters must have Σ {base}^-l <= 1 (Kraft); found {total}"
        )
    first, last, following = alphabet[0], alphabet[-1], dict(pairwise(alphabet))
    words, letters = dict.fromkeys(checked, ""), list[str]()
    for x, n in sorted(checked.items(), key=lambda item: item[1]):
        letters += first * (n - len(letters))
        words[x] = "".join(letters)
        at = n - 1
        while at >= 0 and letters[at] == last:
            letters[at] = first
            at -= 1
        if at >= 0:
            letters[at] = following[letters[at]]
    return Code(words, alphabet)


def huffman_lengths(p: object, *, alphabet: str = _BITS) -> dict[Hashable, int]:
    """Return the word lengths, in letters, of a Huffman code for p: no prefix code has a smaller expected length.

    Impossible outcomes get no word; a single possible outcome gets the empty word. Raises InvalidDistributionError
    if p has parameters.

    >>> huffman_lengths(Distribution(["1/2", "1/4", "1/4", 0])), huffman_lengths(Distribution.point("a"))
    ({0: 1, 1: 2, 2: 2}, {'a': 0})

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 5.6 and 5.8.
    Coq: Kraft.mcmillan_inequality, Codes.optimal_code_bounds.
    """
    p = _numbers(p)
    heap = [(p.mass(x), i) for i, x in enumerate(p.support)]
    heapify(heap)
    parents: list[int] = [0] * len(heap)
    base = len(_checked(alphabet))
    joined = 2 + (len(heap) - 2) % (base - 1)  # the least likely first, so many that later ones are full
    while len(heap) > 1:
        parts = [heappop(heap) for _ in range(joined)]
        for _, i in parts:
            parents[i] = len(parents)
        heappush(heap, (sum((mass for mass, _ in parts), QQ(0)), len(parents)))
        parents.append(0)
        joined = base
    depths = [0] * len(parents)
    for i in reversed(range(len(parents) - 1)):
        depths[i] = depths[parents[i]] + 1
    return dict(zip(p.support, depths, strict=False))


def huffman_code(p: object, *, alphabet: str = _BITS) -> Code:
    """Return a Huffman code for p: no code that can be decoded has a smaller expected length, H(p) <= L < H(p) + 1.

    Impossible outcomes get no word; a single possible outcome gets the empty word. Raises as `huffman_lengths`.

    >>> huffman_code(Distribution({"a": "1/2", "b": "1/3", "c": "1/6", "d": 0}))
    Code({'a': '0', 'b': '10', 'c': '11'})

    Cover & Thomas, 2nd ed., sections 5.6 and 5.8.
    """
    return code_of_lengths(huffman_lengths(p, alphabet=alphabet), alphabet=alphabet)


def shannon_code(p: object, *, alphabet: str = _BITS) -> Code:
    """Return Shannon's code for p: a word of ⌈-log p(x)⌉ letters for each possible outcome, so that H(p) <= L < H(p) + 1.

    The lengths are decided in integers. For outcomes from another distribution p′ the length lies in [H + D, H + D + 1) with
    H = H(p′), D = D(p′‖p). Raises InvalidDistributionError if p has parameters.

    >>> shannon_code(Distribution(["9/10", "1/10"])), shannon_code(Distribution(["1/2", "1/2", 0]))
    (Code({0: '0', 1: '1000'}), Code({0: '0', 1: '1'}))

    Cover & Thomas, 2nd ed., section 5.4 and theorem 5.4.3.
    Coq: Codes.shannon_lengths_kraft, Codes.shannon_code_bounds.
    """
    p, base = _numbers(p), len(_checked(alphabet))
    return code_of_lengths({x: _shannon_length(p.mass(x), base) for x in p.support}, alphabet=alphabet)


def _shannon_length(mass: Any, base: int) -> int:
    """Return the least l with base^l · mass >= 1."""
    length, reached = 0, mass.numerator
    while reached < mass.denominator:
        length, reached = length + 1, reached * base
    return length


def _kraft_sum(lengths: Iterable[int], base: int) -> Any:
    return sum((QQ(k, base**n) for n, k in Counter(lengths).items()), QQ(0))


def _checked(alphabet: object) -> str:
    if not isinstance(alphabet, str) or len(set(alphabet)) != len(alphabet) or len(alphabet) < 2:
        raise KLExactError(f"an alphabet must be text of 2 different letters or more; found {clipped(alphabet)}")
    return alphabet


def _numbers(operand: object) -> Distribution:
    p = Distribution(operand)
    if p.free_symbols:
        raise InvalidDistributionError(f"a code needs numbers; found the parameters {p.free_symbols}: use subs")
    return p
