"""What wrong answers have in common, whatever formula is behind them."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klexact.conformance.answered import Answered
from klexact.conformance.outcomes import Outcome
from klexact.formats import FORMATS, decode, rounded

__all__ = ["Diagnosis", "doubles", "habits", "lost_digits", "named", "outside_the_domain"]

_EXAMPLES = 3
_ALIKE = 5  # answers that show a habit
_NARROW = ("binary32", "bfloat16", "binary16")
_STRAY = 0.05  # of the wrong answers that rounding may explain by chance
_LEAST = 2.0**-24  # of what usual formulas may lose: what loses less is something else
_TOLD = 200  # characters of an error


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that reproduces wrong answers: `explains` of `of` wrong ones, to the cases with these ids.

    `sentence` says what the function seems to compute, and what to change.
    """

    name: str
    sentence: str
    explains: int
    of: int
    cases: tuple[str, ...]

    @property
    def examples(self) -> tuple[str, ...]:
        """Some of the cases."""
        return tuple(dict.fromkeys(self.cases))[:_EXAMPLES]

    def __str__(self) -> str:
        return (
            f"looks like: {self.name}: {self.sentence} (explains {self.explains} of {self.of} wrong answers, "
            f"as of {', '.join(self.examples)})"
        )


def named(name: str, sentence: str, explained: Sequence[Answered], of: int) -> Diagnosis:
    """Return a mistake that explains answers."""
    return Diagnosis(name, sentence, len(explained), of, tuple(x.id for x in explained))


def habits(answered: Sequence[Answered], errors: Sequence[str], of: int) -> list[Diagnosis]:
    """Return what all answers have in common, whatever the inputs; `errors` are all that there were."""
    wrong = [x for x in answered if x.wrong]
    answers = {"NaN" if x.answer is not None and math.isnan(x.answer) else x.answer for x in answered}
    if len(answers) == 1 and len({x.truth for x in answered}) >= _ALIKE:
        (only,) = answers
        if only is None:
            ((error, _),) = Counter(errors).most_common(1)
            return [
                Diagnosis("an error, whatever the inputs", error[:_TOLD], len(errors), of, tuple(x.id for x in wrong))
            ]
        return [named(f"always {only}", "the answer does not depend on the inputs: see whether they arrive", wrong, of)]
    for dtype in _NARROW:
        fits = [x for x in wrong if _is_narrower(x, dtype)]
        kept = [x for x in answered if x.answer and math.isfinite(x.answer) and not _is_in(x.truth, dtype)]
        several = len({x.answer for x in fits}) >= _ALIKE
        if several and all(_is_in(x.answer or 0.0, dtype) for x in kept):
            sentence = f"every answer is a number of {dtype}: compute in the format that is asked"
            return [named(f"computed in {dtype}", sentence, fits, of)]
    return []


def _is_narrower(x: Answered, dtype: str) -> bool:
    """Tell whether an answer in a wider format is a number of a narrower one, as near as that has it."""
    return (
        FORMATS[dtype].precision < x.format.precision
        and x.answer is not None
        and _is_in(x.answer, dtype)
        and abs(x.answer - x.truth) <= x.noise / x.roundoff * 2.0 ** -FORMATS[dtype].precision
    )


def _is_in(x: float, dtype: str) -> bool:
    return not math.isfinite(x) or rounded(x.as_integer_ratio(), FORMATS[dtype], "nearest").exact


def doubles(asked: Sequence[Outcome], wrong: Sequence[Outcome]) -> Iterator[Diagnosis]:
    """Yield that formats wider than binary64 are answered in binary64."""
    wide, fits = ([x for x in found if FORMATS[x.dtype].precision > 53 and x.answer.bits] for found in (asked, wrong))
    if len({x.answer.bits for x in fits}) >= _ALIKE and all(map(_is_double, wide)):
        sentence = "every answer is a number of binary64: compute in the format that is asked"
        yield Diagnosis("computed in binary64", sentence, len(fits), len(wrong), tuple(x.case for x in fits))


def _is_double(x: Outcome) -> bool:
    found = decode(x.answer.bits or "", FORMATS[x.dtype])
    return found is None or found.float is not None


def lost_digits(answered: Sequence[Answered], of: int) -> Iterator[Diagnosis]:
    """Yield that digits are lost to rounding, where nothing is left, or usual formulas give the same or may be as far off.

    Nothing is said where more of the answers are wrong by something that is not known: that may be behind these, too.
    """
    lost = [x for x in answered if x.wrong and not x.gross and (x.answer == 0 or x.usual or x.off >= _LEAST * x.noise)]
    if len(lost) > max(_STRAY * of, sum(x.gross for x in answered)):
        yield named(
            "digits lost to cancellation",
            "what nearly cancels is rounded first (p/q, log p - log q, a normalised p, a midpoint, a total), which costs all "
            "digits where the value is small, as for p near q: form log1p((p - q)/q), and subtract before anything is rounded",
            lost,
            of,
        )


def outside_the_domain(wrong: Sequence[Outcome]) -> Iterator[Diagnosis]:
    """Yield that there are answers where the inputs are outside the domain."""
    outside = [x for x in wrong if x.verdict.defect == "DomainError"]
    if outside:
        yield Diagnosis(
            "no check of the domain",
            "it answers where the inputs are no probabilities (negative; NaN, which nansum swallows): raise, or return NaN",
            len(outside),
            len(wrong),
            tuple(x.case for x in outside),
        )
