"""The signs of polynomial atoms where given rational functions are positive.

The logarithm of an atom f is real only as log|f|. Where the arguments of the logarithms are probabilities,
they are positive, and that fixes the sign of most atoms: 1 - t rather than t - 1 on (0, 1).
"""

import random
from collections.abc import Collection, Iterable
from functools import lru_cache
from math import prod
from typing import Any

import sympy
from sympy import QQ

from klexact.errors import InvalidDistributionError
from klexact.ratfunc import as_expr, factored, is_parametric, oriented, split, substitute, symbols_of
from klexact.roots import cells, polynomial, sign_at

__all__ = ["conditions", "merge", "signs"]

_SAMPLES = 256


def signs(positive: Iterable[Any]) -> dict[Any, int]:
    """Return the sign (1 or -1) of every atom of elements that are positive; 0 where it may change.

    In one parameter this is decided exactly, on all cells between the atoms' roots. In several it follows from the
    elements one by one; where it does not, it is the sign at some fixed rational points where all of them are positive.

    Raises InvalidDistributionError if one parameter is all there is and none of its values makes all of
    them positive on an open interval.

    >>> from sympy.abc import t
    >>> from klexact.ratfunc import element_of
    >>> signs([element_of(t), element_of((1 - t) ** 3)])
    {t: 1, t - 1: -1}
    """
    return _signs(frozenset(x for x in positive if is_parametric(x)))


@lru_cache(maxsize=1024)
def _signs(positive: frozenset[Any]) -> dict[Any, int]:
    factored = [split(x) for x in positive]
    atoms = sorted({f for _, factors in factored for f, _ in factors}, key=lambda f: str(as_expr(f)))
    symbols = sorted({s for f in atoms for s in symbols_of(f)}, key=sympy.default_sort_key)
    if not atoms:
        return {}
    if len(symbols) > 1:
        known = _propagated(factored)
        if len(known) == len(atoms):
            return known
    patterns = _cell_patterns(atoms, symbols[0]) if len(symbols) == 1 else _sampled_patterns(atoms, symbols)
    feasible = [p for p in patterns if all(_product(unit, factors, p) > 0 for unit, factors in factored)]
    if len(symbols) == 1 and not feasible:
        shown = ", ".join(str(sympy.factor(as_expr(x))) for x in sorted(positive, key=str))
        raise InvalidDistributionError(
            f"probabilities with the parameter {symbols[0]} must be positive together somewhere; "
            f"found none of its intervals where {shown} all are"
        )
    return {f: _common(p[f] for p in feasible) for f in atoms}


def _propagated(factored: list[tuple[Any, tuple[tuple[Any, int], ...]]]) -> dict[Any, int]:
    """Return the signs that follow from elements in which only one atom of odd exponent is still unknown."""
    known: dict[Any, int] = {}
    waiting = [(1 if unit > 0 else -1, [f for f, k in factors if k % 2]) for unit, factors in factored]
    while True:
        waiting = [(s * prod(known.get(f, 1) for f in odd), [f for f in odd if f not in known]) for s, odd in waiting]
        found = {odd[0]: s for s, odd in waiting if len(odd) == 1}
        if not found:
            return known
        known |= found


def _cell_patterns(atoms: list[Any], symbol: sympy.Symbol) -> list[dict[Any, int]]:
    polys = {f: polynomial(f, symbol) for f in atoms}
    return [{f: sign_at(polys[f], point) for f in atoms} for point in cells(polys.values())]


def _sampled_patterns(atoms: list[Any], symbols: list[sympy.Symbol]) -> list[dict[Any, int]]:
    rng = random.Random(0)  # noqa: S311  (sample points, not secrets)
    patterns = []
    scales = QQ(1, len(symbols) + 1), QQ(1), QQ(16)  # inside the simplex, the unit cube, a wider cube
    for i in range(_SAMPLES):
        values = {s: scales[i % 3] * QQ(rng.randrange(1, 10**6), 10**6) for s in symbols}
        if i % 4 == 3:
            values = {s: v * rng.choice((-1, 1)) for s, v in values.items()}
        found = {f: substitute(f, values) for f in atoms}
        if all(found.values()):
            patterns.append({f: 1 if v > 0 else -1 for f, v in found.items()})
    return patterns


def _product(unit: Any, factors: Iterable[tuple[Any, int]], pattern: dict[Any, int]) -> int:
    sign = 1 if unit > 0 else -1
    for f, k in factors:
        if k % 2:
            sign *= pattern[f]
    return sign


def _common(values: Iterable[int]) -> int:
    found = set(values)
    return found.pop() if len(found) == 1 else 0


def merge(*known: dict[Any, int]) -> dict[Any, int]:
    """Join what several forms know of their atoms' signs; contradictions become 0.

    >>> merge({"f": 1, "g": 1}, {"f": 0, "g": -1})
    {'f': 1, 'g': 0}
    """
    joined: dict[Any, int] = {}
    clashes = set()
    for found in known:
        for f, sign in found.items():
            if sign and joined.get(f):
                clashes |= {f} if joined[f] != sign else set()
            joined[f] = joined.get(f) or sign
    return {f: 0 if f in clashes else sign for f, sign in joined.items()}


def conditions(probabilities: Collection[Any]) -> tuple[sympy.Basic, ...]:
    """Return what the parameters' values must satisfy, beyond their assumptions, for every probability to be >= 0."""
    known = signs(p for p in probabilities if p)
    odd: dict[tuple[sympy.Expr, ...], None] = {}
    for p in filter(is_parametric, probabilities):
        unit, factors = split(p)
        atoms = []
        for f, k in factors:
            if k % 2:
                turned = f * known[f] if known[f] else oriented(f)
                unit = unit if turned == f else -unit
                atoms.append(as_expr(turned))
        atoms = [f for f in atoms if not f.is_positive]
        if atoms:
            atoms[0] = atoms[0] if unit > 0 else -atoms[0]
            odd[tuple(sorted(atoms, key=sympy.default_sort_key))] = None
        elif unit < 0:
            raise InvalidDistributionError(f"a probability must not be negative; found {factored(p)}")
    alone = {atoms[0] for atoms in odd if len(atoms) == 1}
    needed = [atoms for atoms in odd if len(atoms) == 1 or not alone.issuperset(atoms)]
    return tuple(sympy.Ge(sympy.Mul(*atoms), 0, evaluate=False) for atoms in needed)
