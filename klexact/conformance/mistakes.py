"""The mistake behind a wrong function, by name: hypotheses held against everything that it answered, right answers too."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path

from klexact.conformance.formulas import (
    FUNCTIONS,
    Formula,
    Sides,
    Value,
    difference,
    formula_of,
    guarded,
    quotient,
    sides,
)
from klexact.conformance.grading import bound
from klexact.conformance.hypotheses import mistakes
from klexact.conformance.mistake import Mistake, pairs
from klexact.conformance.outcomes import Outcome
from klexact.errors import KLExactError
from klexact.formats import FORMATS, Format, rounded
from klexact.golden.cases import PACKAGED, Case, load, number
from klexact.golden.generators import is_generated

__all__ = ["Diagnosis", "described", "diagnose"]

_MOST, _AGAINST = 0.75, 0.03  # of the wrong answers that must be reproduced, of the right ones that may be missed
_STRAY = 0.05  # of the wrong answers that rounding may explain by chance
_LONGEST = 20_000  # entries
_SAMPLE, _SHORT = 16, 8  # answers, entries
_EXAMPLES = 3
_FEW = 3  # wrong answers that two mistakes at once must reproduce
_ALIKE = 5  # answers that show a habit
_NARROW = ("binary32", "bfloat16", "binary16")


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that reproduces wrong answers: `explains` of `of` wrong ones, with `examples` among them by the case's id.

    `sentence` says what the function seems to compute, and what to change.
    """

    name: str
    sentence: str
    explains: int
    of: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"looks like: {self.name}: {self.sentence} (explains {self.explains} of {self.of} wrong answers, "
            f"as of {', '.join(self.examples)})"
        )


@dataclass(frozen=True)
class _Answered:
    """A question with its answer, as floats; an answer of None is an exception. `noise` is what any usual formula loses.

    `right` is the right formula, None where there is none.
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
        """Return what a formula makes of the inputs, or its outputs of the value where there is no formula."""
        if self.given is None:
            return formula.out(self.truth, self.noise, self.roundoff)
        return formula(self.given, self.roundoff)

    @cached_property
    def gross(self) -> bool:
        """Tell whether the answer is wrong, and not by rounding."""
        return self.wrong and not self.near(self.answer, Value(self.truth, self.noise))

    @cached_property
    def usual(self) -> bool:
        """Tell whether the answer is what the right formula comes to, written down in a usual way: no mistake's doing."""
        right = self.right
        return right is not None and any(
            self.is_of(replace(right, term=guarded(way))) for way in (quotient, difference)
        )

    def is_of(self, formula: Formula) -> bool:
        """Tell whether the answer is what a formula comes to, digits lost and all."""
        value = self.of(formula)
        return value.value is not None and self.near(self.answer, value.tight(self.roundoff))


@cache
def _range(target: Format) -> tuple[float, float]:
    return float(target.largest), float(target.least)


def diagnose(outcomes: Iterable[Outcome], *, directory: Path = PACKAGED) -> list[Diagnosis]:
    """Return the mistakes that explain the wrong answers of one function, variant and unit, [] where nothing does.

    A mistake is named where it reproduces most of the wrong answers, differs from the value there, and does not contradict the
    right ones; two at once where one alone leaves answers unexplained. What the usual ways to write the right formula lose by
    rounding is no mistake's doing and is named by itself. Cases of more than 20,000 entries, and formats that are
    wider than binary64, are left out. Raises KLExactError for outcomes of several functions.

    >>> diagnose([])
    []
    """
    asked = [x for x in outcomes if x.verdict.grade != "skipped" and FORMATS[x.dtype].precision <= 53]
    wrong = [x for x in asked if _is_wrong(x)]
    if not wrong:
        return []
    of_what = {(x.function, x.variant, x.unit, x.target) for x in asked}
    if len(of_what) > 1:
        raise KLExactError(
            f"a diagnosis is of one function, variant and unit of one target; found {len(of_what)}: one at a time"
        )
    function, variant, unit, _ = of_what.pop()
    cases = {case.id: case for case in load(function, variant, unit, directory).cases}
    formula = formula_of(function, variant, unit) if function in FUNCTIONS else None
    answered = [
        _answered(x, cases[x.case], formula)
        for x in asked
        if x.verdict.defect != "DomainError"
        and cases[x.case].views[x.dtype].kind != "domain"
        and _size(cases[x.case]) <= _LONGEST
    ]
    found = _habits(answered, len(wrong))
    if not found:
        fits = _searched(function, unit, formula, answered)
        told = {id(x) for fit in fits for x in fit.explained}
        found = [_named(fit.mistake.name, fit.mistake.sentence, fit.explained, len(wrong)) for fit in fits]
        found += _lost([x for x in answered if id(x) not in told], len(wrong))
    return [*found, *_domain(wrong)]


def _is_wrong(x: Outcome) -> bool:
    return x.verdict.grade != "skipped" and not x.verdict.at_least("conditioned") and not x.verdict.explained


def _size(case: Case) -> int:
    return max(
        int(given["length"]) if is_generated(given) else len(given) if isinstance(given, list) else 1
        for given in case.inputs.values()
    )


def _answered(x: Outcome, case: Case, formula: Formula | None) -> _Answered:
    view, target = case.views[x.dtype], FORMATS[x.dtype]
    truth = _float(view.nearest, x.dtype)
    given = None if formula is None else sides(case.function, tuple(case.values(x.dtype).values()))
    if formula is not None and given is not None:
        noise = formula(given, 2.0**-target.precision).noise
    else:
        noise = float(min(bound(case, x.dtype), target.largest)) if view.kind in ("finite", "zero") else 0.0
    answer = _float(x.answer.bits, x.dtype) if x.answer.bits else None
    return _Answered(x.case, given, target, answer, truth, noise, _is_wrong(x), formula)


def _float(bits: str | None, dtype: str) -> float:
    return float(number(bits or "", dtype))


# -- the search --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """How well a mistake reproduces the answers."""

    mistake: Mistake
    explained: tuple[_Answered, ...]
    missed: int  # of the right answers
    blind: tuple[_Answered, ...]  # gross answers that it does not reproduce

    @property
    def rank(self) -> tuple[int, int]:
        return -len(self.blind), -self.missed


def _searched(function: str, unit: str, formula: Formula | None, answered: Sequence[_Answered]) -> list[_Fit]:
    """Return the mistake that explains the answers in all formats, or else those that do so in single formats."""
    right = formula or Formula(measure=lambda _: [])
    formats = list(dict.fromkeys(x.format for x in answered))
    whole = _found(function, unit, right, answered)
    if whole is not None or len(formats) == 1:
        return [] if whole is None else [whole]
    parts = [(f.name, _found(function, unit, right, [x for x in answered if x.format is f])) for f in formats]
    return [
        replace(fit, mistake=replace(fit.mistake, name=f"{fit.mistake.name} (in {name})"))
        for name, fit in parts
        if fit is not None
    ]


def _found(function: str, unit: str, right: Formula, answered: Sequence[_Answered]) -> _Fit | None:
    """Return the mistake that explains most; a pair where one alone leaves more to explain."""
    gross = [x for x in answered if x.gross]
    if not gross:
        return None
    known = mistakes(function, right, unit, _in_place_of_infinity(gross))
    best = _best(known, right, answered)
    if best is None or best.blind:
        more = pairs(known, best.mistake if best else None)
        both = _best(more, right, answered, alone=best, least=_FEW)
        if both is not None and (best is None or len(both.blind) < len(best.blind) * 3 // 4):
            return both
    return best


def _best(
    known: Iterable[Mistake],
    right: Formula,
    answered: Sequence[_Answered],
    *,
    alone: _Fit | None = None,
    least: int = 1,
) -> _Fit | None:
    """Return the mistake that reproduces most, the first of equals; None where none reproduces enough.

    Pairs with a mistake that was found `alone` must reproduce some of the answers to which that one is blind.
    """
    gross = [x for x in answered if x.gross]
    sample, still = _sampled(gross), _sampled(alone.blind) if alone else []
    allowed = len(sample) // (4 if least == 1 else 8)
    best: _Fit | None = None
    for mistake, formula in _formulas(known, right):
        if _survives(formula, still, len(still) * 3 // 4) and _survives(formula, sample, allowed):
            fit = _fitted(mistake, formula, answered)
            enough = len(gross) - len(fit.blind) >= max(least, _MOST * len(gross))
            if enough and fit.missed <= _AGAINST * len(answered) and (best is None or fit.rank > best.rank):
                best = fit
    return best


def _formulas(known: Iterable[Mistake], right: Formula) -> Iterator[tuple[Mistake, Formula]]:
    """Yield each mistake with terms as they should be, and with quotients formed first, as most people write them."""
    quotients = replace(right, term=guarded(quotient))
    for mistake in known:
        formula = mistake.change(right)
        yield mistake, formula
        if formula.term is right.term:
            yield mistake, mistake.change(quotients)


def _sampled(gross: Sequence[_Answered]) -> list[_Answered]:
    """Return some of the wrong answers, evenly, of short vectors where there are such."""
    short = [x for x in gross if x.given is None or len(x.given.p) <= _SHORT] or list(gross)
    step = max(1, len(short) // _SAMPLE)
    return sorted(short[::step][:_SAMPLE], key=lambda x: len(x.given.p) if x.given else 0)


def _survives(formula: Formula, sample: Sequence[_Answered], allowed: int) -> bool:
    for x in sample:
        allowed -= not x.near(x.answer, x.of(formula))
        if allowed < 0:
            return False
    return True


def _fitted(mistake: Mistake, formula: Formula, answered: Sequence[_Answered]) -> _Fit:
    explained: list[_Answered] = []
    blind: list[_Answered] = []
    missed = 0
    for x in answered:
        value = x.of(formula)
        near = x.near(x.answer, value)
        missed += not near and not x.wrong
        if x.gross:
            (explained if near and not x.near(x.truth, value) else blind).append(x)
        elif x.wrong and near and not x.usual and x.is_of(formula):
            explained.append(x)
    return _Fit(mistake, tuple(explained), missed, tuple(blind))


def _in_place_of_infinity(gross: Sequence[_Answered]) -> list[float]:
    """Return the finite number that infinite values come out as, if it is one."""
    found = Counter(x.answer for x in gross if math.isinf(x.truth) and x.answer is not None and math.isfinite(x.answer))
    return [value for value, count in found.most_common(1) if count > 1 or value == 0 or abs(value) > 1e30]


# -- what needs no formula ---------------------------------------------------------------------------------


def _named(name: str, sentence: str, explained: Sequence[_Answered], of: int) -> Diagnosis:
    examples = tuple(dict.fromkeys(x.id for x in explained))[:_EXAMPLES]
    return Diagnosis(name, sentence, len(explained), of, examples)


def _habits(answered: Sequence[_Answered], of: int) -> list[Diagnosis]:
    """Return what all answers have in common, whatever the inputs."""
    wrong = [x for x in answered if x.wrong]
    answers = {"NaN" if x.answer is not None and math.isnan(x.answer) else x.answer for x in answered}
    if len(answers) == 1 and len({x.truth for x in answered}) >= _ALIKE:
        (only,) = answers
        name = "an exception, whatever the inputs" if only is None else f"always {only}"
        return [_named(name, "the answer does not depend on the inputs: see whether they arrive", wrong, of)]
    for dtype in _NARROW:
        fits = [x for x in wrong if _is_narrower(x, dtype)]
        kept = [x for x in answered if x.answer and math.isfinite(x.answer) and not _is_in(x.truth, dtype)]
        several = len({x.answer for x in fits}) >= _ALIKE
        if several and all(_is_in(x.answer or 0.0, dtype) for x in kept):
            sentence = f"every answer is a number of {dtype}: compute in the format that is asked"
            return [_named(f"computed in {dtype}", sentence, fits, of)]
    return []


def _is_narrower(x: _Answered, dtype: str) -> bool:
    """Tell whether an answer in a wider format is a number of a narrower one, as near as that has it."""
    return (
        FORMATS[dtype].precision < x.format.precision
        and x.answer is not None
        and _is_in(x.answer, dtype)
        and abs(x.answer - x.truth) <= x.noise / x.roundoff * 2.0 ** -FORMATS[dtype].precision
    )


def _is_in(x: float, dtype: str) -> bool:
    return not math.isfinite(x) or rounded(x.as_integer_ratio(), FORMATS[dtype], "nearest").exact


def _lost(answered: Sequence[_Answered], of: int) -> Iterator[Diagnosis]:
    lost = [x for x in answered if x.wrong and not x.gross]
    if len(lost) > _STRAY * of:
        yield _named(
            "digits lost before the logarithm",
            "p/q, log p - log q or a normalised p is rounded, which costs all digits where terms are small, as for p near q: "
            "form log1p((p - q)/q) there",
            lost,
            of,
        )


def _domain(wrong: Sequence[Outcome]) -> Iterator[Diagnosis]:
    outside = [x for x in wrong if x.verdict.defect == "DomainError"]
    if outside:
        yield Diagnosis(
            "no check of the domain",
            "it answers where the inputs are no probabilities (negative; NaN, which nansum swallows): raise, or return NaN",
            len(outside),
            len(wrong),
            tuple(dict.fromkeys(x.case for x in outside))[:_EXAMPLES],
        )


def described(outcomes: Sequence[Outcome], *, directory: Path = PACKAGED) -> list[str]:
    """Return lines for a report: a line per diagnosis, or one that says that no known mistake explains the wrong answers.

    >>> described([])
    []
    """
    wrong = sum(map(_is_wrong, outcomes))
    found = diagnose(outcomes, directory=directory)
    if wrong and not found:
        return [f"no known mistake explains the {wrong} wrong answers"]
    return [str(x) for x in islice(found, 5)]
