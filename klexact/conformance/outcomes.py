"""What became of one question put to one implementation: the answer, its verdict, and how to see it again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from klexact.conformance.answers import Answer
from klexact.conformance.grading import Verdict, grade
from klexact.errors import KLExactError
from klexact.formats import FORMATS, decode
from klexact.golden.cases import Case

__all__ = ["Outcome", "outcome", "outcomes_of", "shown"]


@dataclass(frozen=True)
class Outcome:
    """One answer of one implementation (`target`) to one case in one format, graded; `line` asks again.

    `flags` are those of the view; `wanted` is the value rounded to the format, for people.
    """

    case: str
    slug: str
    function: str
    variant: str
    unit: str
    dtype: str
    target: str
    flags: tuple[str, ...]
    answer: Answer
    verdict: Verdict
    wanted: str
    line: str

    @property
    def key(self) -> str:
        """The case and the format, `ID:DTYPE`: the id of the prompt, and the key of a baseline."""
        return f"{self.case}:{self.dtype}"

    @property
    def got(self) -> str:
        """The answer for people: a number, or what was said instead of one."""
        if self.answer.bits is not None:
            return shown(self.answer.bits, self.dtype)
        return self.answer.error or self.answer.skip or ""

    @property
    def badness(self) -> tuple[int, Fraction] | None:
        """How far off the answer is, for comparing: finite distances, infinities, NaN; None where there is no distance."""
        if self.verdict.ulps is not None:
            return 0, self.verdict.ulps
        rank = {"WrongInfinity": 1, "NaN": 2}.get(self.verdict.defect or "")
        return None if rank is None else (rank, Fraction(0))


def outcome(
    case: Case, dtype: str, answer: Answer, *, target: str, line: str, conventions: Collection[str] = frozenset()
) -> Outcome:
    """Return what became of a case in a format; `target` names who answered. Raises KLExactError as `grade` does."""
    view = case.view(dtype)
    return Outcome(
        case=case.id,
        slug=case.slug,
        function=case.function,
        variant=case.variant,
        unit=case.unit,
        dtype=dtype,
        target=target,
        flags=view.flags,
        answer=replace(answer, error=_printable(answer.error), skip=_printable(answer.skip)),
        verdict=grade(case, dtype, answer, conventions=conventions),
        wanted="an error or NaN" if view.nearest is None else shown(view.nearest, dtype),
        line=line,
    )


def _printable(text: str | None) -> str | None:
    """Return what an implementation said with escapes for what would move a cursor or cannot be encoded."""
    return text and "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def outcomes_of(
    questions: Sequence[tuple[Case, str]],
    answers: Mapping[str, Answer],
    *,
    target: str,
    line: Callable[[Case, str], str],
    conventions: Collection[str] = frozenset(),
) -> list[Outcome]:
    """Return what became of each question by the answers of a program, key -> answer; `line(case, dtype)` asks again.

    Raises KLExactError where a question has no answer.
    """
    missing = [key for case, dtype in questions if (key := f"{case.id}:{dtype}") not in answers]
    if missing:
        raise KLExactError(
            f"each of {len(questions)} questions must have an answer; {len(missing)} lack one: {missing[0]}"
        )
    return [
        outcome(
            case, dtype, answers[f"{case.id}:{dtype}"], target=target, line=line(case, dtype), conventions=conventions
        )
        for case, dtype in questions
    ]


def shown(bits: str, dtype: str) -> str:
    """Return the number of an encoding for people: as Python writes it, or hexadecimal where a float does not have it.

    >>> shown("3800", "binary16"), shown("7f80", "bfloat16"), shown("7e00", "binary16"), shown("0" * 31 + "1", "binary128")
    ('0.5', 'inf', 'nan', '0x1p-16494')
    """
    found = decode(bits, FORMATS[dtype])
    if found is None:
        return "nan"
    return found.hex if found.float is None else repr(found.float)
