"""The least value of a divergence by search alone: a dense grid, then golden sections, on the definition in mpmath.

It shares no code with klexact: polynomials as lists of fractions, sums of p·log(p/q) term by term.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath

__all__ = ["DEFINITIONS", "bernstein", "composed", "search"]

Polynomial = list[Fraction]  # lowest degree first
_DIGITS = 115  # a minimum is located to half of the digits of its value
_RATIO = (mpmath.mpf(5) ** 0.5 - 1) / 2


def _divergence(p: Any, q: Any) -> Any:
    return p * mpmath.log(p / q) if p and q else mpmath.inf if p else mpmath.mpf(0)


DEFINITIONS: dict[str, Callable[[Any, Any], Any]] = {
    "forward": _divergence,
    "reverse": lambda p, q: _divergence(q, p),
    "jeffreys": lambda p, q: _divergence(p, q) + _divergence(q, p),
    "jensen-shannon": lambda p, q: (_divergence(p, (p + q) / 2) + _divergence(q, (p + q) / 2)) / 2,
    "cross-entropy": lambda p, q: -p * mpmath.log(q) if p and q else mpmath.inf if p else mpmath.mpf(0),
}


def bernstein(rows: Sequence[Sequence[int]]) -> list[Polynomial]:
    """Return q_i = Σ_k c_ik·comb(d, k)·t^k·(1 - t)^(d - k): >= 0 on [0, 1]; every column c_·k is scaled to the sum 1."""
    d = len(rows[0]) - 1
    sums = [sum(row[k] for row in rows) for k in range(d + 1)]
    powers: list[Polynomial] = [[Fraction(1)]]
    for _ in range(d):
        powers.append(_times(powers[-1], [Fraction(1), Fraction(-1)]))
    basis = [
        [Fraction(0)] * k + [mpmath.binomial(d, k) and Fraction(int(mpmath.binomial(d, k))) * c for c in powers[d - k]]
        for k in range(d + 1)
    ]
    return [
        [
            sum((Fraction(c, s) * b[i] for c, s, b in zip(row, sums, basis, strict=True)), Fraction(0))
            for i in range(d + 1)
        ]
        for row in rows
    ]


def _times(f: Polynomial, g: Polynomial) -> Polynomial:
    product = [Fraction(0)] * (len(f) + len(g) - 1)
    for i, a in enumerate(f):
        for j, b in enumerate(g):
            product[i + j] += a * b
    return product


def composed(f: Polynomial, g: Polynomial) -> Polynomial:
    """Return f(g(t))."""
    total: Polynomial = [Fraction(0)]
    for c in reversed(f):
        total = _times(total, g)
        total[0] += c
    return total


def search(
    objective: str,
    data: Sequence[Fraction],
    model: Sequence[Polynomial],
    ends: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
    *,
    points: int = 200,
) -> tuple[Any, list[Any]]:
    """Return the least value found on a closed interval, and all the places where it was found, 1e-30 or more apart."""
    with mpmath.workdps(_DIGITS):
        p = [_number(x) for x in data]
        polys = [[_number(c) for c in reversed(f)] for f in model]
        term = DEFINITIONS[objective]

        def value(t: Any) -> Any:
            q = (mpmath.polyval(f, t) for f in polys)
            return mpmath.fsum(
                term(a, b if b > mpmath.mpf(10) ** -100 else mpmath.mpf(0)) for a, b in zip(p, q, strict=True)
            )

        lower, upper = map(_number, ends)
        grid = [lower + (upper - lower) * i / points for i in range(points + 1)]
        with mpmath.workdps(30):
            rough = [value(t) for t in grid]
        found = [(value(t), t) for t in (lower, upper)]
        for i, y in enumerate(rough):
            left, right = max(i - 1, 0), min(i + 1, points)
            if mpmath.isfinite(y) and y <= min(rough[left], rough[right]):
                t = _golden(value, grid[left], grid[right])
                found.append((value(t), t))
        least = min(y for y, _ in found)
        if not mpmath.isfinite(least):
            return least, []
        places = sorted(t for y, t in found if y - least < mpmath.mpf(10) ** -90)
        return least, [places[0], *(b for a, b in pairwise(places) if b - a > mpmath.mpf(10) ** -30)]


def _golden(value: Callable[[Any], Any], a: Any, b: Any) -> Any:
    ratio = (mpmath.sqrt(5) - 1) / 2
    c, d = b - ratio * (b - a), a + ratio * (b - a)
    at_c, at_d = value(c), value(d)
    while b - a > mpmath.mpf(10) ** (-_DIGITS // 2 + 1):
        if at_c < at_d:
            b, d, at_d = d, c, at_c
            c = b - ratio * (b - a)
            at_c = value(c)
        else:
            a, c, at_c = c, d, at_d
            d = a + ratio * (b - a)
            at_d = value(d)
    return (a + b) / 2


def _number(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator
