"""Linear constraints E[T] = c on distributions: read exactly, and checked for being satisfied by any."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flint import fmpq
from sympy import QQ

from klexact.derivation import Sign
from klexact.errors import InvalidConstraintError
from klexact.exact import clipped, element, rational, shown
from klexact.ratfunc import element_of
from klexact.sheet import worded
from klexact.simplex import Polytope

__all__ = ["Constraint", "Statistic", "conflict", "constraints_of", "polytope", "types_of"]

Statistic = Callable[[Any], object] | AbstractSet[Any] | Mapping[Any, object] | Sequence[object]

_MAX_OUTCOMES = 10_000
_MAX_CONSTRAINTS = 200
_MAX_ENTRIES = 200_000  # outcomes times constraints


@dataclass(frozen=True)
class Constraint:
    """E[T] = target: the values of T on the outcomes in their order, and an element."""

    name: Sign
    values: tuple[fmpq, ...]
    target: Any

    def __str__(self) -> str:
        return f"{self.name} = {shown(self.target)}"


def constraints_of(
    outcomes: Sequence[Hashable], constraints: Mapping[Any, object] | Iterable[tuple[Statistic, object]]
) -> tuple[Constraint, ...]:
    """Read constraints: a mapping statistic -> value, or pairs of them.

    A statistic is a function of the outcome (a predicate stands for its indicator), a frozenset of outcomes (an event,
    whose probability is meant), a mapping outcome -> value, or a sequence of values in the order of the outcomes. Raises
    InvalidConstraintError, or InvalidNumberError for what is no exact number.

    >>> one, two = constraints_of((1, 2, 4), {frozenset({1, 4}): "1/2", (lambda x: x**2): 3})
    >>> print(one, two, sep=", ")
    P({1, 4}) = 1/2, E[T_2] = 3
    """
    if len(outcomes) > _MAX_OUTCOMES:
        raise InvalidConstraintError(
            f"constraints take at most {_MAX_OUTCOMES:,} outcomes; found {len(outcomes):,}: merge those with equal statistics"
        )
    pairs = _pairs(constraints)
    if len(pairs) > _MAX_CONSTRAINTS:
        raise InvalidConstraintError(f"at most {_MAX_CONSTRAINTS} constraints are taken; found {len(pairs):,}")
    if len(pairs) * len(outcomes) > _MAX_ENTRIES:
        raise InvalidConstraintError(
            f"at most {_MAX_ENTRIES:,} values of statistics are taken; found {len(pairs):,} for {len(outcomes):,} outcomes"
        )
    return tuple(_constraint(outcomes, statistic, value, n) for n, (statistic, value) in enumerate(pairs, 1))


def _pairs(constraints: Any) -> list[tuple[Any, object]]:
    if isinstance(constraints, Mapping):
        return list(constraints.items())
    needed = "constraints must be a mapping {statistic: value} or a sequence of pairs (statistic, value)"
    if isinstance(constraints, str) or not isinstance(constraints, Iterable):
        raise InvalidConstraintError(f"{needed}; found {clipped(constraints)}")
    pairs = list(constraints)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise InvalidConstraintError(f"{needed}; found {clipped(pair)} among them")
    return [(statistic, value) for statistic, value in pairs]


def _constraint(outcomes: Sequence[Hashable], statistic: Any, value: object, n: int) -> Constraint:
    name, values = _values(outcomes, statistic, n)
    exact = [
        rational(v, f"the statistic of {name} at outcome {clipped(x)}") for x, v in zip(outcomes, values, strict=True)
    ]
    target = element_of(element(value, f"the value of {name}"))
    return Constraint(name, tuple(fmpq(int(v.numerator), int(v.denominator)) for v in exact), target)


def _values(outcomes: Sequence[Hashable], statistic: Any, n: int) -> tuple[Sign, list[object]]:
    if isinstance(statistic, AbstractSet):
        return _event(outcomes, statistic)
    if callable(statistic):
        found = [statistic(x) for x in outcomes]
        indicator = all(isinstance(v, bool) for v in found)
        values: list[object] = [int(v) for v in found] if indicator else found
        return _named(getattr(statistic, "__name__", "<lambda>"), n, event=indicator), values
    name = _named("<lambda>", n)
    if isinstance(statistic, Mapping):
        missing = [x for x in outcomes if x not in statistic]
        if missing:
            raise InvalidConstraintError(
                f"the statistic of {name} must give every outcome a value; found none for {clipped(missing[0])}"
            )
        return name, [statistic[x] for x in outcomes]
    if isinstance(statistic, str) or not (isinstance(statistic, Sequence) or hasattr(statistic, "tolist")):
        raise InvalidConstraintError(
            "a statistic must be a function of the outcome, a frozenset of outcomes, a mapping outcome -> value, or a sequence "
            f"of values; found {clipped(statistic)}"
        )
    if len(statistic) != len(outcomes):
        raise InvalidConstraintError(
            f"the statistic of {name} must have a value for each of {len(outcomes):,} outcomes; found {len(statistic):,}"
        )
    return name, list(statistic)


def _named(function: str, n: int, *, event: bool = False) -> Sign:
    letter = "A" if event else "T"
    plain, latex = (f"{letter}_{n}", f"{letter}_{{{n}}}") if function == "<lambda>" else (function, worded(function))
    return Sign(f"P({plain})", f"P({latex})") if event else Sign(f"E[{plain}]", f"E[{latex}]")


def _event(outcomes: Sequence[Hashable], event: Any) -> tuple[Sign, list[object]]:
    unknown = [x for x in event if x not in set(outcomes)]
    if unknown:
        raise InvalidConstraintError(f"an event must consist of the reference's outcomes; found {clipped(unknown[0])}")
    inside = [x for x in outcomes if x in event]
    text = ", ".join(map(repr, inside[:6])) + (f", ... {len(inside) - 6} more" if len(inside) > 6 else "")
    return Sign(f"P({{{text}}})", rf"P(\{{{worded(text)}\}})"), [int(x in event) for x in outcomes]


def polytope(constraints: Sequence[Constraint], positions: Iterable[int]) -> tuple[Polytope, list[list[int]]]:
    """Return the distributions that satisfy constraints on some outcomes, where all with equal statistics count as one.

    The second value lists, for each coordinate, the positions of its outcomes.
    """
    types = types_of(constraints, positions)
    rows = [[fmpq(1)] * len(types), *([c.values[members[0]] for members in types] for c in constraints)]
    return Polytope(rows, [fmpq(1), *map(_target, constraints)]), types


def types_of(constraints: Sequence[Constraint], positions: Iterable[int]) -> list[list[int]]:
    """Return positions of outcomes grouped by the values of all statistics."""
    types: dict[tuple[fmpq, ...], list[int]] = {}
    for i in positions:
        types.setdefault(tuple(c.values[i] for c in constraints), []).append(i)
    return list(types.values())


def conflict(constraints: Sequence[Constraint], positions: Sequence[int]) -> str:
    """Say which constraint is the first that no distribution on these outcomes satisfies, and which values it may have.

    >>> print(conflict(constraints_of((1, 2, 3), {(lambda x: x): 4}), range(3)))
    E[T_1] can have any value from 1 to 3; found E[T_1] = 4
    """
    n = next(n for n in range(1, len(constraints) + 1) if polytope(constraints[:n], positions)[0].is_empty)
    before, last = constraints[: n - 1], constraints[n - 1]
    rows = [[fmpq(1)] * len(positions), *([c.values[i] for i in positions] for c in before)]
    ends = Polytope(rows, [fmpq(1), *map(_target, before)]).range([last.values[i] for i in positions])
    low, high = (shown(QQ(int(x.p), int(x.q))) for x in ends)
    given = f"given {', '.join(map(str, before))}, " if before else ""
    allowed = f"any value from {low} to {high}" if low != high else f"the value {low} only"
    return f"{given}{last.name} can have {allowed}; found {last}"


def _target(constraint: Constraint) -> fmpq:
    return fmpq(int(constraint.target.numerator), int(constraint.target.denominator))
