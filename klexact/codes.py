"""Code lengths: what entropy and cross-entropy measure."""

from collections.abc import Hashable, Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

import sympy
from sympy import QQ

from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError
from klexact.ratfunc import as_expr

__all__ = ["expected_length", "huffman_lengths"]


def huffman_lengths(p: Distribution) -> dict[Hashable, int]:
    """Return the word lengths, in bits, of a Huffman code for p: no prefix code has a smaller expected length.

    Impossible outcomes get no word; a single possible outcome gets the empty word. Raises InvalidDistributionError
    if p has parameters.

    >>> huffman_lengths(Distribution(["1/2", "1/4", "1/4", 0])), huffman_lengths(Distribution.point("a"))
    ({0: 1, 1: 2, 2: 2}, {'a': 0})

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., sections 5.6 and 5.8.
    Coq: Kraft.kraft_inequality, Kraft.kraft_converse, Kraft.mcmillan_inequality, Codes.optimal_code_bounds.
    """
    p = Distribution(p)
    if p.free_symbols:
        raise InvalidDistributionError(f"a Huffman code needs numbers; found the parameters {p.free_symbols}: use subs")
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
