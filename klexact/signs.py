"""The signs of polynomial atoms where given rational functions are positive.

The logarithm of an atom f is real only as log|f|. Where the arguments of the logarithms are probabilities,
they are positive, and that fixes the sign of most atoms: 1 - t rather than t - 1 on (0, 1).
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

import sympy

from klexact.errors import InvalidDistributionError
from klexact.ratfunc import as_expr, element_of, factored, is_parametric, oriented, split, symbols_of
from klexact.roots import cells, polynomial, sign_at

__all__ = ["conditions", "merge", "signs"]

_MOST_PATTERNS = 4096


def signs(positive: Iterable[Any]) -> dict[Any, int]:
    """Return the sign (1 or -1) of every atom of elements that are positive; 0 where it may change.

    In one parameter this is decided exactly, on all cells between the atoms' roots. In several a sign is given where it
    follows from the elements, the symbols' assumptions and those cells; else it is 0.

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
    symbols = {s for f in atoms for s in symbols_of(f)}
    known = _propagated(atoms, factored) if len(symbols) > 1 else {}
    unknown = [f for f in atoms if f not in known]
    patterns = _patterns(unknown)
    feasible = [p for p in patterns if all(_product(unit, factors, known | p) > 0 for unit, factors in factored)]
    if len(symbols) == 1 and not feasible:
        shown = ", ".join(str(sympy.factor(as_expr(x))) for x in sorted(positive, key=str))
        raise InvalidDistributionError(
            f"probabilities with the parameter {symbols.pop()} must be positive together somewhere; "
            f"found none of its intervals where {shown} all are"
        )
    return known | {f: _common(p[f] for p in feasible) for f in unknown}


def _propagated(atoms: list[Any], factored: list[tuple[Any, tuple[tuple[Any, int], ...]]]) -> dict[Any, int]:
    """Return the signs that are assumed, or follow from elements where only one atom of odd exponent is unknown."""
    assumed = {f: as_expr(f) for f in atoms}
    known = {f: 1 if e.is_positive else -1 for f, e in assumed.items() if e.is_positive or e.is_negative}
    waiting = [(1 if unit > 0 else -1, [f for f, k in factors if k % 2]) for unit, factors in factored]
    while True:
        waiting = [(s * prod(known.get(f, 1) for f in odd), [f for f in odd if f not in known]) for s, odd in waiting]
        found = {odd[0]: s for s, odd in waiting if len(odd) == 1}
        if not found:
            return known
        known |= found


def _patterns(atoms: list[Any]) -> list[dict[Any, int]]:
    """Return sign patterns that include every one that occurs: none, if there are too many to list."""
    alone: dict[sympy.Symbol, list[Any]] = {}
    choices: list[list[dict[Any, int]]] = []
    for f in atoms:
        symbols = symbols_of(f)
        if len(symbols) == 1:
            alone.setdefault(symbols.pop(), []).append(f)
        else:
            choices.append([{f: 1}, {f: -1}])
    for symbol, group in alone.items():
        polys = {f: polynomial(f, symbol) for f in group}
        choices.append([{f: sign_at(polys[f], point) for f in group} for point in cells(polys.values())])
    if prod(map(len, choices)) > _MOST_PATTERNS:
        return []
    return [{f: sign for part in parts for f, sign in part.items()} for parts in product(*choices)]


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


def conditions(probabilities: Collection[Any], inherited: Iterable[sympy.Basic] = ()) -> tuple[sympy.Basic, ...]:
    """Return what suffices of the parameters' values, beyond their assumptions, for every probability to be >= 0.

    What the distributions it is made from required is inherited, as far as it speaks of these parameters.
    """
    symbols = {s for p in probabilities for s in symbols_of(p)}
    kept = [c for c in dict.fromkeys(inherited) if c.free_symbols <= symbols]
    known = signs([*filter(None, probabilities), *(element_of(c.lhs) for c in kept)])
    odd: dict[tuple[sympy.Expr, ...], None] = {}
    for p in filter(is_parametric, probabilities):
        atoms = _odd_part(p, known)
        if atoms:
            odd[atoms] = None
    alone = {atoms[0] for atoms in odd if len(atoms) == 1} | {c.lhs for c in kept}
    needed = [atoms for atoms in odd if len(atoms) == 1 or not alone.issuperset(atoms)]
    own = [sympy.Ge(sympy.Mul(*atoms), 0, evaluate=False) for atoms in needed]
    return tuple(dict.fromkeys((*own, *kept)))


def _odd_part(p: Any, known: dict[Any, int]) -> tuple[sympy.Expr, ...]:
    """Return the factors of odd exponent whose sign is open, their product of the sign of p; none if p >= 0 anyway."""
    unit, factors = split(p)
    atoms = []
    for f, k in factors:
        if k % 2:
            turned = f * known[f] if known[f] else oriented(f)
            turned = -turned if as_expr(turned).is_negative else turned
            unit = unit if turned == f else -unit
            atoms.append(as_expr(turned))
    atoms = [f for f in atoms if not f.is_positive]
    if atoms:
        atoms[0] = atoms[0] if unit > 0 else -atoms[0]
    elif unit < 0:
        raise InvalidDistributionError(f"a probability must not be negative; found {factored(p)}")
    return tuple(sorted(atoms, key=sympy.default_sort_key))
