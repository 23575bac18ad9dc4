"""Answers as floats beside what formulas make of the same inputs: what a diagnosis looks at."""

import math
from dataclasses import dataclass, replace
from functools import cache, cached_property

from klexact.conformance.formulas import Formula, Sides, Value, difference, guarded, quotient, sides
from klexact.conformance.grading import bound
from klexact.conformance.outcomes import Outcome
from klexact.formats import FORMATS, Format
from klexact.golden.cases import Case, number
from klexact.golden.generators import is_generated

__all__ = ["Answered", "answered_of", "is_wrong", "size_of"]

_NEARER = 16  # times, to a formula's value than to the right one


@dataclass(frozen=True)
class Answered:
    """A question with its answer, as floats; an answer of None is an exception.

    `noise` is what any usual formula loses; `right` is the right formula, None where there is none.
    """

    id: str
    given: Sides | None
    format: Format
    answer: float | None
    truth: float
    noise: float
    wrong: bool
    right: Formula | None

    @property
    def roundoff(self) -> float:
        return 2.0**-self.format.precision

    def near(self, x: float | None, value: Value) -> bool:
        """Tell whether a number is a value within its error: NaN is NaN, an exception an exception."""
        if x is None or value.value is None:
            return x is value.value
        if math.isnan(x) or math.isnan(value.value):
            return math.isnan(x) and math.isnan(value.value)
        largest, least = _range(self.format)
        if abs(value.value) > largest:
            return abs(x) > largest and (x > 0) == (value.value > 0)
        return math.isfinite(x) and abs(x - value.value) <= value.noise + 16 * least

    def of(self, formula: Formula) -> Value:
        """Return what a formula makes of the inputs; of the value, where it differs from the right one in unit and outputs."""
        scale = self.scale(formula)
        if self.given is not None and scale is None:
            return formula(self.given, self.roundoff)
        known, scale = len(self.right.outputs) if self.right else 0, scale or 1.0
        return replace(formula, outputs=formula.outputs[known:]).out(
            self.truth * scale, self.noise * scale, self.roundoff
        )

    def scale(self, formula: Formula) -> float | None:
        """Return what the unit of a formula multiplies the value by; None for one that computes something else."""
        right = self.right
        if right is None or replace(formula, outputs=right.outputs, base=right.base) != right:
            return None
        if formula.base != right.base and right.outputs:
            return None
        return math.log(right.base) / math.log(formula.base)

    @cached_property
    def gross(self) -> bool:
        """Tell whether the answer is wrong, and not by rounding."""
        return self.wrong and not self.near(self.answer, Value(self.truth, self.noise))

    @property
    def off(self) -> float:
        """How far the answer is from the value."""
        return abs((self.answer or 0.0) - self.truth)

    @cached_property
    def usual(self) -> bool:
        """Tell whether the answer is what the right formula comes to, written down in a usual way: no mistake's doing."""
        right = self.right
        return right is not None and any(
            self.comes_to(self.of(replace(right, term=guarded(way)))) for way in (quotient, difference)
        )

    def comes_to(self, value: Value) -> bool:
        """Tell whether the answer is what a formula comes to, digits lost and all: much nearer to it than to the truth."""
        if value.value is None or self.answer is None:
            return False
        much_nearer = _NEARER * abs(self.answer - value.value) <= self.off < math.inf
        return much_nearer or self.near(self.answer, value.tight(self.roundoff))


@cache
def _range(target: Format) -> tuple[float, float]:
    return float(target.largest), float(target.least)


def is_wrong(x: Outcome) -> bool:
    """Tell whether an answer is worse than the conditioning of its sum explains."""
    return x.verdict.grade != "skipped" and not x.verdict.at_least("conditioned") and not x.verdict.explained


def size_of(case: Case) -> int:
    """Return the number of entries of the longest argument."""
    return max(
        int(given["length"]) if is_generated(given) else len(given) if isinstance(given, list) else 1
        for given in case.inputs.values()
    )


def answered_of(x: Outcome, case: Case, formula: Formula | None) -> Answered:
    """Return an outcome as a question with its answer; of a function that has no formula, without its inputs."""
    view, target = case.views[x.dtype], FORMATS[x.dtype]
    truth = _float(view.nearest, x.dtype)
    given = None if formula is None else sides(case.function, tuple(case.values(x.dtype).values()))
    if formula is not None and given is not None:
        noise = formula(given, 2.0**-target.precision).noise
    else:
        noise = float(min(bound(case, x.dtype), target.largest)) if view.kind in ("finite", "zero") else 0.0
    answer = _float(x.answer.bits, x.dtype) if x.answer.bits else None
    return Answered(x.case, given, target, answer, truth, noise, is_wrong(x), formula)


def _float(bits: str | None, dtype: str) -> float:
    return float(number(bits or "", dtype))
