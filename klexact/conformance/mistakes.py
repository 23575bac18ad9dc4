"""The mistake behind a wrong function, by name: hypotheses held against everything that it answered, right answers too."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from klexact.conformance.answered import Answered, answered_of, is_wrong, size_of
from klexact.conformance.formulas import FUNCTIONS, Formula, formula_of, guarded, quotient
from klexact.conformance.habits import Diagnosis, doubles, habits, lost_digits, named, outside_the_domain
from klexact.conformance.hypotheses import mistakes
from klexact.conformance.mistake import Mistake, pairs
from klexact.conformance.outcomes import Outcome
from klexact.errors import KLExactError
from klexact.formats import FORMATS
from klexact.golden.cases import PACKAGED, load

__all__ = ["Diagnosis", "described", "diagnose"]

_MOST, _AGAINST = 0.75, 0.03  # of the wrong answers that must be reproduced, of the right ones that may be missed
_LONGEST = 20_000  # entries
_SAMPLE, _SHORT = 16, 8  # answers, entries
_FEW = 3  # wrong answers that two mistakes at once must reproduce
_TOLD = 5  # diagnoses


def diagnose(outcomes: Iterable[Outcome], *, directory: Path = PACKAGED) -> list[Diagnosis]:
    """Return the mistakes that explain the wrong answers of one function, variant and unit, [] where nothing does.

    A mistake is named where it reproduces most of the wrong answers, differs from the value there, and does not contradict the
    right ones; two at once where one alone leaves answers unexplained. What the usual ways to write the right formula lose by
    rounding is no mistake's doing and is named by itself. Cases of more than 20,000 entries are left out; of formats wider than
    binary64 only a habit is seen. Raises KLExactError for outcomes of several functions.

    >>> diagnose([])
    []
    """
    asked = [x for x in outcomes if x.verdict.grade != "skipped"]
    wrong = [x for x in asked if is_wrong(x)]
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
        answered_of(x, cases[x.case], formula)
        for x in asked
        if FORMATS[x.dtype].precision <= 53
        and x.verdict.defect != "DomainError"
        and cases[x.case].views[x.dtype].kind != "domain"
        and size_of(cases[x.case]) <= _LONGEST
    ]
    errors = [x.answer.error for x in wrong if x.answer.error]
    found = habits(answered, errors, len(wrong)) or _explained(function, unit, formula, answered, len(wrong))
    return [*found, *doubles(asked, wrong), *outside_the_domain(wrong)]


def _explained(
    function: str, unit: str, formula: Formula | None, answered: Sequence[Answered], of: int
) -> list[Diagnosis]:
    fits = _searched(function, unit, formula, answered)
    told = {id(x) for fit in fits for x in fit.explained}
    rest = [x for x in answered if id(x) not in told]
    return [
        *(named(fit.mistake.name, fit.mistake.sentence, fit.explained, of) for fit in fits),
        *lost_digits(rest, of),
    ]


# -- the search --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """How well a mistake reproduces the answers."""

    mistake: Mistake
    explained: tuple[Answered, ...]
    missed: int  # of the right answers
    blind: tuple[Answered, ...]  # gross answers that it does not reproduce

    @property
    def rank(self) -> tuple[int, int]:
        return -len(self.blind), -self.missed


def _searched(function: str, unit: str, formula: Formula | None, answered: Sequence[Answered]) -> list[_Fit]:
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


def _found(function: str, unit: str, right: Formula, answered: Sequence[Answered]) -> _Fit | None:
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
    answered: Sequence[Answered],
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


def _sampled(gross: Sequence[Answered]) -> list[Answered]:
    """Return some of the wrong answers, evenly, of short vectors where there are such."""
    short = [x for x in gross if x.given is None or len(x.given.p) <= _SHORT] or list(gross)
    step = max(1, len(short) // _SAMPLE)
    return sorted(short[::step][:_SAMPLE], key=lambda x: len(x.given.p) if x.given else 0)


def _survives(formula: Formula, sample: Sequence[Answered], allowed: int) -> bool:
    for x in sample:
        allowed -= not x.near(x.answer, x.of(formula))
        if allowed < 0:
            return False
    return True


def _fitted(mistake: Mistake, formula: Formula, answered: Sequence[Answered]) -> _Fit:
    explained: list[Answered] = []
    blind: list[Answered] = []
    missed = 0
    for x in answered:
        value = x.of(formula)
        near = x.near(x.answer, value)
        missed += not near and not x.wrong
        if x.gross:
            (explained if near and not x.near(x.truth, value.tight(x.roundoff)) else blind).append(x)
        elif x.wrong and near and (x.scale(formula) is not None or not x.usual) and x.comes_to(value):
            explained.append(x)
    return _Fit(mistake, tuple(explained), missed, tuple(blind))


def _in_place_of_infinity(gross: Sequence[Answered]) -> list[float]:
    """Return the finite number that infinite values come out as, if it is one."""
    found = Counter(x.answer for x in gross if math.isinf(x.truth) and x.answer is not None and math.isfinite(x.answer))
    return [value for value, count in found.most_common(1) if count > 1 or value == 0 or abs(value) > 1e30]


def described(outcomes: Sequence[Outcome], *, directory: Path = PACKAGED) -> list[str]:
    """Return lines for a report: a line per diagnosis, and one that says how many wrong answers no known mistake explains.

    >>> described([])
    []
    """
    wrong, found = [x for x in outcomes if is_wrong(x)], diagnose(outcomes, directory=directory)
    lines, rest = [str(x) for x in islice(found, _TOLD)], len(wrong) - sum(x.explains for x in found)
    if rest <= 0:
        return lines
    those = "the wrong answer" if len(wrong) == 1 else f"{rest} of {len(wrong)} wrong answers"
    told = {case for x in found for case in x.cases}
    some = next((x for x in wrong if x.case not in told), None)
    example = f", such as {some.case}: got {some.got:.80}, wanted {some.wanted}" if some else ""
    return [*lines, f"no known mistake explains {those}{example}"]
