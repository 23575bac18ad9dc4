"""Mistakes that come of an epsilon: probabilities clipped to it, or it added, so that no logarithm is of 0."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from klexact.conformance import formulas as f
from klexact.conformance.formulas import ONE_VECTOR, Formula, Log, Sides
from klexact.conformance.mistake import Mistake, each, term

__all__ = ["of_epsilons"]

_EPSILONS = (
    *(1e-5, 1e-6, 2.0**-23, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 2.0**-52, 1e-16),
    *(1e-20, 1e-30, 2.0**-126, 1e-300, 2.0**-1022),
)
_USUAL = 1e-16


def of_epsilons(function: str, formula: Formula) -> Iterator[Mistake]:
    """Yield the mistakes of every usual epsilon."""
    two = function not in ONE_VECTOR
    for epsilon in _EPSILONS:
        for mistake in (*_clipped(epsilon, two=two), *_added(epsilon, formula, two=two)):
            yield replace(mistake, rare=mistake.rare or epsilon < _USUAL)


def _clipped(e: float, *, two: bool) -> Iterator[Mistake]:
    shown = f"{e:.3g}"
    ranges: list[tuple[str, Callable[[Sides], Sides]]] = [
        (f"clipped at {shown}", each(lambda x: max(x, e))),
        (f"clipped to [{shown}, 1]", each(lambda x: min(max(x, e), 1.0))),
        (f"clipped to [{shown}, 1 - {shown}]", each(lambda x: min(max(x, e), 1 - e))),
    ]
    if two:
        ranges.insert(1, (f"q clipped at {shown}", each(lambda x: max(x, e), p=False)))
        ranges.insert(2, (f"p clipped at {shown}", each(lambda x: max(x, e), q=False)))
    for name, change in ranges:
        yield from _placed(name, f"entries below {shown} are raised to it", change, rare="[" in name or name[0] == "p")


def _added(e: float, formula: Formula, *, two: bool) -> Iterator[Mistake]:
    shown = f"{e:.3g}"
    yield from _placed(f"{shown} added", f"{shown} is added to every entry", each(lambda x: x + e))
    if two:
        name, sentence = f"{shown} added to q", f"{shown} is added to every entry of q"
        yield from _placed(name, sentence, each(lambda x: x + e, p=False), rare=True)
    forms: list[tuple[str, Callable[[Log], float]]] = [
        ("", lambda t: t.weight * f.log(f.divided(t.a + e, 1.0 if t.b is None else t.b + e)))
    ]
    if two and formula.measure is not f.cross_entropy:
        forms += [
            (" of q", f.guarded(lambda t: t.weight * f.log(f.divided(t.a, 1.0 if t.b is None else t.b + e)))),  # type: ignore[list-item]
            (" of q, NaN at p = 0", lambda t: t.weight * f.log(f.divided(t.a, 1.0 if t.b is None else t.b + e))),
            (" of the quotient", lambda t: t.weight * f.log(f.divided(t.a, 1.0 if t.b is None else t.b) + e)),
        ]
    yield from _clipped_inside(e, two=two)
    for where, form in forms:
        sentence = f"{shown} is added inside the logarithm{where}: {_EXACTLY}"
        yield Mistake(f"{shown} added inside the logarithm{where}", sentence, "term", term(form), rare=bool(where))


def _clipped_inside(e: float, *, two: bool) -> Iterator[Mistake]:
    shown = f"{e:.3g}"

    def clipped(t: Log, high: float) -> float:
        b = 1.0 if t.b is None else min(max(t.b, e), high)
        return t.weight * f.log(f.divided(min(max(t.a, e), high), b))

    def kept(t: Log) -> float:
        return t.weight * math.inf if t.b == 0 else clipped(t, 1 - e)

    forms: list[tuple[str, Callable[[Log], float]]] = [
        (f"clipped at {shown} inside the logarithm", lambda t: clipped(t, math.inf)),
        (f"clipped to [{shown}, 1 - {shown}] inside the logarithm", lambda t: clipped(t, 1 - e)),
    ]
    if two:
        name = f"clipped to [{shown}, 1 - {shown}] inside the logarithm, infinity kept"
        forms.append((name, f.guarded(kept)))  # type: ignore[arg-type]
    for name, form in forms:
        yield Mistake(name, f"what the logarithm is taken of is clipped: {_EXACTLY}", "term", term(form), rare=True)


_EXACTLY = "test for zeros exactly instead, and return 0 or infinity"


def _placed(name: str, sentence: str, change: Callable[[Sides], Sides], *, rare: bool = False) -> Iterator[Mistake]:
    """Yield a change of the entries as it is, and followed by normalising."""

    def alone(given: Formula) -> Formula:
        if given.normalised:
            return replace(given, late=(*given.late, change))
        return replace(given, early=(*given.early, change))

    def renormalised(given: Formula) -> Formula:
        return replace(given, early=(*given.early, change), normalised=True)

    yield Mistake(name, f"{sentence}: {_EXACTLY}", "vectors", alone, rare)
    sentence = f"{sentence}, and totals are divided by: {_EXACTLY}"
    yield Mistake(f"{name}, then normalised", sentence, "vectors", renormalised, rare=True)
