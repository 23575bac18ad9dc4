"""Hypothesis strategies: exact distributions of many kinds, relabellings, log terms and bases."""

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import QQ, E, Rational, Symbol, pi, sqrt

from klexact import Distribution

__all__ = [
    "T",
    "bases",
    "distributions",
    "joints",
    "log_terms",
    "models",
    "near_pairs",
    "pairs",
    "relabellings",
    "several_parameters",
]

T = Symbol("t")

# small weights give ties, zeros and shared factors; large ones give atoms that are not small primes
_weights = st.one_of(st.integers(0, 12), st.integers(0, 2**60))
_positive = st.one_of(st.integers(1, 12), st.integers(1, 2**60))


def distributions(least: int = 1, most: int = 6, *, zeros: bool = True) -> st.SearchStrategy[Distribution]:
    """Distributions on 0..n-1 with n in least..most, with or without outcomes of probability 0."""
    lists = st.lists(_weights if zeros else _positive, min_size=least, max_size=most)
    return lists.filter(any).map(Distribution.from_weights)


@st.composite
def pairs(draw: st.DrawFn, *, dominated: bool = False) -> tuple[Distribution, Distribution]:
    """Two distributions on the same outcomes; `dominated`: the second gives none of them probability 0."""
    n = draw(st.integers(1, 6))
    return draw(distributions(n, n)), draw(distributions(n, n, zeros=not dominated))


@st.composite
def near_pairs(draw: st.DrawFn) -> tuple[Distribution, Distribution]:
    """Two different distributions so close that doubles would call them equal, or not know which way round."""
    p = draw(distributions(2, zeros=False))
    step = min(p.values()) * Rational(draw(st.integers(1, 9)), 10 ** draw(st.integers(5, 10)))
    q = dict(p.items())
    q[0], q[1] = q[0] - step, q[1] + step
    return p, Distribution(q)


@st.composite
def joints(draw: st.DrawFn, axes: int = 2, *, zeros: bool = True) -> Distribution:
    """Joint distributions: their outcomes are tuples."""
    sizes = [draw(st.integers(1, 3)) for _ in range(axes)]
    cells: list[tuple[int, ...]] = [()]
    for size in sizes:
        cells = [(*cell, i) for cell in cells for i in range(size)]
    weights = draw(st.lists(_weights if zeros else _positive, min_size=len(cells), max_size=len(cells)).filter(any))
    return Distribution.from_weights(dict(zip(cells, weights, strict=True)))


@st.composite
def relabellings(draw: st.DrawFn, n: int) -> dict[int, Hashable]:
    """New names for the outcomes 0..n-1: permuted integers, text, fractions, tuples."""
    names: list[Hashable] = [
        *range(n),
        *"abcdef"[:n],
        *(Fraction(2 * i + 1, 2) for i in range(n)),
        *((i,) for i in range(n)),
    ]
    return dict(enumerate(draw(st.permutations(names))[:n]))


@st.composite
def models(draw: st.DrawFn) -> Distribution:
    """Distributions with the parameter T, on three outcomes, all positive for T in (0, 1)."""
    kind = draw(st.sampled_from(["binomial", "mixture", "geometric", "sign-changing"]))
    if kind == "binomial":
        return Distribution.binomial(2, T)
    if kind == "geometric":
        return Distribution.from_weights([1, T, T**2])
    if kind == "sign-changing":
        q = Rational(draw(st.integers(1, 9)), 10)
        return Distribution([(T - q) ** 2, (1 - (T - q) ** 2) / 3, 2 * (1 - (T - q) ** 2) / 3])
    ends = draw(st.lists(distributions(3, 3, zeros=False), min_size=2, max_size=2, unique=True))
    return Distribution.mixture(ends, [T, 1 - T])


_ATOMS = (T, Symbol("s"), 1 - T, 1 - Symbol("s"), T - Symbol("s"), 1 - 2 * T, T + Symbol("s"), T**2 + 1)


@st.composite
def several_parameters(draw: st.DrawFn) -> list[sympy.Expr]:
    """Probabilities, at least two, that are polynomials in T and s and sum to 1; they may be negative somewhere."""
    terms = []
    for _ in range(draw(st.integers(1, 2))):
        powers = draw(st.lists(st.tuples(st.sampled_from(_ATOMS), st.integers(1, 2)), min_size=1, max_size=2))
        terms.append(Rational(draw(st.integers(1, 6)), 6) * sympy.Mul(*(f**k for f, k in powers)))
    return [1 - sympy.Add(*terms), *terms]


def log_terms() -> st.SearchStrategy[list[tuple[Any, Any]]]:
    """Pairs (c, a) of rational numbers, a > 0, as `LogForm.of_logs` takes them."""
    c = st.fractions(max_denominator=50).map(lambda x: QQ(x.numerator, x.denominator))
    part = st.integers(1, 10**9)
    a = st.tuples(part, part).map(lambda x: QQ(*x))
    return st.lists(st.tuples(c, a), max_size=6)


def bases() -> st.SearchStrategy[sympy.Expr]:
    """Log bases of every kind: e, integers, fractions, below 1, algebraic, transcendental."""
    return st.sampled_from(
        [E, *map(sympy.Integer, (2, 3, 6, 10)), Rational(1, 2), Rational(3, 2), sqrt(2), E**2, 1 / E, pi]
    )
