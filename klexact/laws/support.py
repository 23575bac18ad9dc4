"""When one support lies in another: decided, or as a condition on the symbols."""

from itertools import pairwise
from typing import Any

import sympy
from sympy import FiniteSet, Interval, Range, oo

from klexact.errors import NoClosedFormError
from klexact.laws.parameters import decide

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
    known = (Interval, FiniteSet, Range)
    if not isinstance(p, known) or not isinstance(q, known):
        return _subset(p, q)
    if isinstance(p, Interval) != isinstance(q, Interval):
        return sympy.false
    if isinstance(p, Interval):
        return sympy.And(at_most(q.start, p.start), at_most(p.end, q.end))
    if isinstance(p, FiniteSet):
        return sympy.And(*(_contains(q, k) for k in p))
    runs = [q] if isinstance(q, Range) else _runs(q)
    inside = [sympy.And(at_most(run.start, p.start), at_most(p.stop, run.stop)) for run in runs]
    return sympy.Or(*inside)


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
