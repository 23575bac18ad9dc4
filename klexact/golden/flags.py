"""Flags: what is hard about a case, told mechanically from inputs, value and format, and what implementations get wrong."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from klexact.formats import Format
from klexact.golden.function import Function, distinct, numbers

__all__ = ["FLAGS", "Found", "flags_of"]

_CANCELS = 1024
_LONG = 100
_UNNORMALISED = fmpq(1, 100)
_HARD = Fraction(1, 1024)  # of an ulp, from a rounding boundary

FLAGS: Mapping[str, str] = {
    "Basic": "Nothing special: plain inputs, finite result. What fails here computes something else.",
    "CatastrophicCancellation": "The terms are more than 1,024 times the value: p ≈ q, or totals that cancel. Quotients and "
    "logarithms taken one by one lose as many digits as the condition number has; log1p((p - q)/q) does not. "
    "See scipy/scipy#20083, pytorch/pytorch#80488.",
    "ExactZero": "The value is exactly 0 (identical inputs, point masses). Rounding errors leave 1e-17 or a negative number. "
    "See scikit-learn/scikit-learn#16355.",
    "HardToRound": "The value lies within 1/1,024 ulp of the middle of two neighbours: only a proved computation in higher "
    "precision rounds it correctly. See Muller et al., Handbook of Floating-Point Arithmetic, chapter 10.",
    "InfiniteDivergence": "The value is infinite: q (or a logarithm of it) rules out what p allows. Clipping and epsilons "
    "return a finite number. See scikit-learn/scikit-learn#17399.",
    "IntermediateOverflow": "A quotient p/q or q/p overflows although the value may be finite: log p - log q does not. "
    "See scipy/scipy#20710.",
    "IntermediateUnderflow": "A quotient p/q or q/p vanishes although it is not 0: its logarithm becomes infinite. "
    "See scipy/scipy#19436.",
    "LogOfZero": "A logarithm of probability, or a logit, is -∞ by itself: -∞ times 0 is NaN where it should be 0. "
    "See pytorch/pytorch#32520, google-deepmind/optax#1786.",
    "LongVector": "At least 100 entries: errors add up. Pairwise or compensated sums keep them small.",
    "NegativeRawSum": "The raw sum of vectors that are no distributions is negative. Clipping at 0, or an assertion, hides it. "
    "See keras-team/keras#13747.",
    "NonDyadicInput": "The format has not all exact inputs: the view's value is that of the rounded ones.",
    "OutsideDomain": "A negative, infinite or NaN input, or a total of 0: an error or NaN is right, a number is not. "
    "See jax-ml/jax#38262, keras-team/keras#19520.",
    "OverflowingResult": "The value is finite and rounds to infinity in the format.",
    "PointMass": "A vector has exactly one positive entry. An entropy of 2e-16 instead of 0 comes from probabilities clamped "
    "to [eps, 1 - eps].",
    "SubnormalInput": "An input is subnormal in the format. Hardware or libraries that flush subnormals to zero see a 0.",
    "SubnormalResult": "The value rounds to a subnormal number.",
    "UniformReference": "The reference distribution is uniform: D(p‖u) = log n - H(p).",
    "Unnormalised": "The total of a vector is more than 1 % away from 1: raw, normalised and generalised values differ. "
    "See scipy/scipy#12553, scikit-learn/scikit-learn#24515.",
    "ZeroOverZero": "p and q are both 0 at an outcome, which must not count. 0·log(0/0) is NaN when written out. "
    "See google-deepmind/optax#1786.",
    "ZeroTimesLogZero": "p is 0 at an outcome: 0·log 0 is NaN when written out, and 0 by convention. "
    "See Lightning-AI/torchmetrics#1029, pytorch/pytorch#89558.",
}


@dataclass(frozen=True)
class Found:
    """What is known of a value in a format: kind, sign, Σ|terms|/|value|, what rounding does, how far it is from a boundary."""

    kind: str
    negative: bool = False
    condition: Fraction | None = None
    overflows: bool = False
    subnormal: bool = False
    hard: Fraction | None = None  # distance from the nearest middle of two neighbours, in ulp


def flags_of(
    function: Function, inputs: Mapping[str, Any], found: Found, target: Format, *, exact: bool
) -> tuple[str, ...]:
    """Return the flags of a view, sorted; inputs are the format's own."""
    if found.kind == "domain":
        return ("OutsideDomain",)
    flags = {flag for flag, holds in _of_value(function, found) if holds}
    flags |= {flag for flag, holds in _of_inputs(function, inputs, target) if holds}
    flags |= {flag for flag, holds in _of_pairs(function, inputs, target) if holds}
    if not flags:
        flags.add("Basic")
    if not exact:
        flags.add("NonDyadicInput")
    return tuple(sorted(flags))


def _of_value(function: Function, found: Found) -> Iterator[tuple[str, bool]]:
    yield "ExactZero", found.kind == "zero"
    yield "InfiniteDivergence", found.kind == "infinite"
    yield "NegativeRawSum", found.negative and not function.signed and found.kind == "finite"
    yield "CatastrophicCancellation", found.condition is not None and found.condition > _CANCELS
    yield "OverflowingResult", found.overflows
    yield "SubnormalResult", found.subnormal
    yield "HardToRound", found.hard is not None and found.hard < _HARD


def _of_inputs(function: Function, inputs: Mapping[str, Any], target: Format) -> Iterator[tuple[str, bool]]:
    given = {name: distinct(inputs[name]) for name in function.numeric}
    every = [x for values in given.values() for x, _ in values]
    least = fmpq(1, 2**-target.emin)
    yield "LogOfZero", any(x == -math.inf for x in every)
    yield "SubnormalInput", any(isinstance(x, fmpq) and 0 < abs(x) < least for x in every)
    yield "LongVector", any(_count(values) >= _LONG for values in given.values())
    if function.domain is not None:
        return
    masses = [
        values
        for name, values in given.items()
        if function.arguments[name] != "number" and name not in function.log_arguments
    ]
    yield "Unnormalised", any(abs(_total(values) - 1) > _UNNORMALISED for values in masses)
    yield "PointMass", any(_count(values, positive=True) == 1 for values in masses)
    if not function.reference:
        yield "ZeroTimesLogZero", any(x == 0 for values in masses for x, _ in values)


Counted = list[tuple[Any, int]]


def _count(values: Counted, *, positive: bool = False) -> int:
    return sum(n for x, n in values if not positive or x != 0)


def _total(values: Counted) -> Any:
    return sum((n * x for x, n in values), fmpq(0))


def _of_pairs(function: Function, inputs: Mapping[str, Any], target: Format) -> Iterator[tuple[str, bool]]:
    if not function.reference:
        return
    columns = [list(numbers(inputs[name])) for name in function.reference]
    if len(columns) == 1:
        yield "ZeroTimesLogZero", 0 in columns[0]
        return
    p, q = columns
    entries = {id(x): x for x in (*p, *q)}
    pairs = [(entries[i], entries[j]) for i, j in set(zip(map(id, p), map(id, q), strict=True))]
    yield "ZeroOverZero", any(a == 0 and b == 0 for a, b in pairs)
    yield "ZeroTimesLogZero", any(a == 0 and b != 0 for a, b in pairs)
    yield "UniformReference", len(q) > 1 and all(b == q[0] for _, b in pairs)
    most, least = (fmpq(x.numerator, x.denominator) for x in (target.largest, target.least / 2))
    quotients = [max(a / b, b / a) for a, b in pairs if a and b]
    yield "IntermediateOverflow", any(x > most for x in quotients)
    yield "IntermediateUnderflow", any(1 / x < least for x in quotients)
