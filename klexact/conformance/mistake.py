"""A mistake: a change of a right formula, by name; two at once; and the changes that many mistakes are made of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from klexact.conformance.formulas import Formula, Log, Sides

__all__ = ["Mistake", "each", "early", "joined", "pairs", "term"]


@dataclass(frozen=True)
class Mistake:
    """A change of a formula by name; `step` is the one that it changes, `sentence` says what is computed and what to do."""

    name: str
    sentence: str
    step: str
    change: Callable[[Formula], Formula]
    rare: bool = False  # not tried together with every other


def pairs(found: Sequence[Mistake], one: Mistake | None = None) -> Iterator[Mistake]:
    """Yield two mistakes at once, of different steps: no rare ones, or every other with a given one."""
    usual = [x for x in found if one is not None or not x.rare]
    for first, second in combinations(usual, 2):
        if first.step != second.step and (one is None or one is first or one is second):
            yield joined(first, second)


def joined(one: Mistake, other: Mistake) -> Mistake:
    """Return two mistakes as one."""
    first, second = one.change, other.change
    return Mistake(
        f"{one.name} + {other.name}",
        f"{one.sentence}; and {other.sentence}",
        f"{one.step} + {other.step}",
        lambda formula: second(first(formula)),
    )


def early(change: Callable[[Sides], Sides], *, first: bool = False) -> Callable[[Formula], Formula]:
    """Return a change of formulas from one of what they get, before or after other ones."""

    def changed(formula: Formula) -> Formula:
        return replace(formula, early=(change, *formula.early) if first else (*formula.early, change))

    return changed


def term(form: Callable[[Log], float | None]) -> Callable[[Formula], Formula]:
    """Return a change of formulas from another form of their terms."""
    return lambda formula: replace(formula, term=form)


def each(change: Callable[[float], float], *, p: bool = True, q: bool = True) -> Callable[[Sides], Sides]:
    """Return a change of every entry; logarithms of changed vectors are taken anew."""

    def changed(s: Sides) -> Sides:
        one, other = ([change(x) for x in s.p] if p else s.p), ([change(x) for x in s.q] if q else s.q)
        return Sides(one, other, None if p else s.log_p, None if q else s.log_q)

    return changed
