"""When one support lies in another: decided, or as a condition on the symbols."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import sympy
from sympy import FiniteSet, Interval, ProductSet, Range, oo

from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws.parameters import decide
from klexact.laws.spaces import Counts, Image, X, generic, points

__all__ = ["at_most", "inclusion"]


def inclusion(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    """Return the condition that a law on p has all its mass on q: true, false, or a relation of the symbols.

    Intervals are the supports of densities, for which their ends do not count; a density and a mass function
    never include each other.

    >>> inclusion(Interval(0, 1), Interval.open(0, 1)), inclusion(FiniteSet(0), Interval(0, 1))
    (True, False)
    >>> inclusion(Interval(0, sympy.Symbol("b")), Interval(0, 1)), inclusion(Range(0, oo), FiniteSet(0, 1))
    (b <= 1, False)
    """
    if p == q:
        return sympy.true
    if generic(p) != generic(q):
        raise KLExactError(f"the two laws must have outcomes of one kind; found {generic(p)} and {generic(q)}")
    if generic(p) == X:
        return _of_numbers(p, q)
    rule = _RULES.get((type(p), type(q)))
    return sympy.false if rule is None else rule(p, q)  # false: of different dimension, or densities beside masses


def _of_numbers(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    known = (Interval, FiniteSet, Range)
    if not isinstance(p, known) or not isinstance(q, known):
        return _subset(p, q)
    if isinstance(p, Interval) != isinstance(q, Interval):
        return sympy.false
    if isinstance(p, Interval):
        return sympy.And(at_most(q.start, p.start), at_most(p.end, q.end))
    if isinstance(p, FiniteSet):
        return _of_points(p, q)
    runs = [q] if isinstance(q, Range) else _runs(q)
    inside = [sympy.And(at_most(run.start, p.start), at_most(p.stop, run.stop)) for run in runs]
    return sympy.Or(*inside)


def _of_points(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return sympy.And(*(_contains(q, k) for k in p))


def _by_part(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return sympy.And(*(inclusion(one, other) for one, other in zip(p.sets, q.sets, strict=True)))


def _points_by_part(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return sympy.And(*(_by_part(ProductSet(*map(FiniteSet, k)), q) for k in p))


def _image(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return inclusion(p.args[1], q.args[1])  # the function is the same


def _counts(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return _equal(p.args[0], q.args[0]) if set(p.args[2]) <= set(q.args[2]) else sympy.false


def _counts_by_part(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    """Each entry of counts takes all values up to their sum."""
    n, k, places = p.args
    entries = (Range(0, n + 1) if i in places else FiniteSet(0) for i in range(1, int(k) + 1))
    return sympy.And(*(inclusion(one, other) for one, other in zip(entries, q.sets, strict=True)))


def _one_point(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    """Independent entries have a constant sum only if they are constant."""
    if not all(isinstance(part, FiniteSet) and len(part) == 1 for part in p.sets):
        return sympy.false
    return inclusion(FiniteSet(sympy.Tuple(*(part.args[0] for part in p.sets))), q)


def _listed(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    listed = points(p)
    return sympy.false if listed is None else _of_points(FiniteSet(*listed), q)


def _among_counts(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    return sympy.And(*(q.contains(k) for k in p))


_RULES: dict[tuple[type, type], Callable[[sympy.Set, sympy.Set], sympy.Basic]] = {
    (ProductSet, ProductSet): _by_part,
    (ProductSet, Counts): _one_point,
    (ProductSet, FiniteSet): _listed,
    (Counts, FiniteSet): _listed,
    (FiniteSet, FiniteSet): _of_points,
    (FiniteSet, ProductSet): _points_by_part,
    (FiniteSet, Counts): _among_counts,
    (Counts, Counts): _counts,
    (Counts, ProductSet): _counts_by_part,
    (Image, Image): _image,
}


def _equal(a: sympy.Expr, b: sympy.Expr) -> sympy.Basic:
    relation = sympy.Eq(a, b, evaluate=False)
    holds = decide(relation) if not (a - b).free_symbols else (a - b).is_zero
    return sympy.Eq(a, b) if holds is None else sympy.true if holds else sympy.false


def _subset(p: sympy.Set, q: sympy.Set) -> sympy.Basic:
    found = p.is_subset(q)
    if found is None:
        raise NoClosedFormError(f"whether the support {p} lies in {q} must be decidable; it was not")
    return sympy.true if found else sympy.false


def at_most(a: sympy.Expr, b: sympy.Expr) -> sympy.Basic:
    """Return a <= b: true, false, or the relation where symbols leave it open."""
    if a == b or a is -oo or b is oo:
        return sympy.true
    if a is oo or b is -oo:
        return sympy.false
    relation = sympy.LessThan(a, b, evaluate=False)
    holds = decide(relation)
    if holds is None:
        return sympy.GreaterThan(b, a) if a.is_number else sympy.LessThan(a, b)
    return sympy.true if holds else sympy.false


def _contains(q: sympy.Set, k: sympy.Expr) -> sympy.Basic:
    if isinstance(q, FiniteSet):
        if k in q.args:
            return sympy.true
        if k.free_symbols or q.free_symbols:
            return sympy.Or(*(sympy.Eq(k, x) for x in q))
        return sympy.false
    if k.is_integer is False:
        return sympy.false
    if k.is_integer is None:
        raise NoClosedFormError(f"whether {k} lies in {q} must be decidable; declare its symbols integer=True")
    return sympy.And(at_most(q.start, k), at_most(k + 1, q.stop))


def _runs(points: sympy.Set) -> list[Any]:
    """Return the maximal runs of consecutive integers among points."""
    whole = sorted(k for k in points if k.is_Integer)
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(whole)) if b != a + 1), len(whole)]
    return [Range(whole[i], whole[j - 1] + 1) for i, j in pairwise(cuts) if i < j]
