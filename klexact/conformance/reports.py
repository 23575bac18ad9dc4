"""Reports: what became of all questions, counted by implementation and format; as Markdown and JSON.

A report has no date: the same answers make the same bytes.
"""

import json
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

from klexact.conformance.baseline import compare
from klexact.conformance.grading import DEFECTS, GRADES
from klexact.conformance.outcomes import Outcome
from klexact.errors import KLExactError
from klexact.golden.cases import PACKAGED, index

__all__ = ["REPORT_FORMAT", "Report", "Row", "distance", "report_of", "ulps_shown", "versions"]

REPORT_FORMAT = "klexact-report/1"

_SHORT = Context(prec=3, Emax=999_999, Emin=-999_999)


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the installed version of each distribution; those that are not installed are left out.

    >>> list(versions(["no-such-distribution", "klexact"]))
    ['klexact']
    """
    found = {}
    for name in sorted(distributions):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def ulps_shown(ulps: Fraction) -> str:
    """Return a distance in 3 significant digits.

    >>> [ulps_shown(Fraction(x)) for x in ("0", "1/2", "12.345", "123456", "1e-9", "2e307")]
    ['0', '0.5', '12.3', '123000', '1e-9', '2e+307']
    """
    x = _SHORT.divide(Decimal(ulps.numerator), Decimal(ulps.denominator))
    if x and not -4 <= x.adjusted() < 6:
        return f"{x.normalize(_SHORT):e}"
    return f"{x.normalize(_SHORT):f}"


@dataclass(frozen=True)
class Row:
    """The outcomes of one implementation, as one golden function, in one format."""

    target: str
    function: str
    variant: str
    unit: str
    dtype: str
    outcomes: tuple[Outcome, ...] = field(repr=False)

    @property
    def where(self) -> tuple[str, str, str, str, str]:
        """What the row is about: target, function, variant, unit, format."""
        return self.target, self.function, self.variant, self.unit, self.dtype

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many outcomes there are of each grade and defect, errored and skipped."""
        return Counter(x.verdict.name for x in self.outcomes)

    @property
    def grades(self) -> dict[str, int]:
        """How many answers have each grade."""
        return {name: self.counts.get(name, 0) for name in GRADES}

    @property
    def defects(self) -> dict[str, int]:
        """How many answers have each defect."""
        return {name: self.counts.get(name, 0) for name in DEFECTS}

    @property
    def explained(self) -> int:
        """How many of the defective answers are within the bound of `conditioned`."""
        return sum(x.verdict.defect is not None and x.verdict.explained for x in self.outcomes)

    @cached_property
    def worst(self) -> Outcome | None:
        """The outcome farthest from its value, None where no answer has a distance; the first of equals."""
        measured = [(x.badness, x) for x in self.outcomes if x.badness is not None]
        return max(measured, key=lambda pair: pair[0])[1] if measured else None

    @cached_property
    def examples(self) -> tuple[Outcome, ...]:
        """The worst outcome of each verdict below `conditioned`, the worst first; of equals, that with the shortest line.

        Where there is none, the worst outcome alone; nothing where that is correct.
        """
        found: dict[str, Outcome] = {}
        for x in self.outcomes:
            name = x.verdict.name
            if name not in _GOOD and (name not in found or _telling(x) > _telling(found[name])):
                found[name] = x
        if not found and self.worst is not None and self.worst.verdict.name != "correct":
            return (self.worst,)
        return tuple(sorted(found.values(), key=_telling, reverse=True))

    @property
    def worst_ulps(self) -> str:
        """The distance of the worst outcome: "12.3", "inf" for a wrong infinity, "NaN"; "" where there is none."""
        return "" if self.worst is None else distance(self.worst)

    @cached_property
    def flags(self) -> dict[str, dict[str, int]]:
        """The counts of each flag, by its name: only verdicts that occur."""
        found: dict[str, Counter[str]] = {}
        for x in self.outcomes:
            for flag in x.flags:
                found.setdefault(flag, Counter())[x.verdict.name] += 1
        return {flag: _ordered(found[flag]) for flag in sorted(found)}


_VERDICTS = (*GRADES, *DEFECTS, "errored", "skipped")


_GOOD = {*GRADES[:-1], "skipped"}


def _telling(x: Outcome) -> tuple[tuple[int, Fraction], int]:
    return x.badness or (-1, Fraction(0)), -len(x.line)


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in _VERDICTS if counts.get(name)}


def distance(x: Outcome) -> str:
    """Return how far an answer is from its value, in ulp: a number, "inf", "NaN", or "" where there is no distance."""
    if x.verdict.ulps is not None:
        return ulps_shown(x.verdict.ulps)
    return {"WrongInfinity": "inf", "NaN": "NaN"}.get(x.verdict.defect or "", "")


@dataclass(frozen=True)
class Report:
    """What became of all questions, with the versions that make it repeatable; `report_of` makes one.

    `notes` are likely mistakes in words; `known` is a baseline, the failures that are allowed (`klexact.conformance.baseline`).
    """

    outcomes: tuple[Outcome, ...] = field(repr=False)
    libraries: Mapping[str, str]
    suite: str
    klexact: str
    python: str
    platform: str
    notes: tuple[str, ...] = ()
    known: Mapping[str, str] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        targets = ", ".join(dict.fromkeys(row.target for row in self.rows))
        return f"<Report of {targets}: {len(self.failures()):,} of {len(self.outcomes):,} answers below conditioned>"

    def __str__(self) -> str:
        rows = [
            " ".join([*row.where, *(f"{name} {n}" for name, n in _ordered(row.counts).items())]) for row in self.rows
        ]
        return "\n".join([self.title, *rows, *self.notes])

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The outcomes counted: a row for each implementation, golden function and format, sorted."""
        return tuple(Row(*where, tuple(found)) for where, found in groupby(self.outcomes, key=_where))

    def failures(self, at_least: str = "conditioned") -> tuple[Outcome, ...]:
        """Return the outcomes below a grade: worse grades, defects, errors. What was skipped is none."""
        return tuple(x for x in self.outcomes if x.verdict.grade != "skipped" and not x.verdict.at_least(at_least))

    def passed(self, at_least: str = "conditioned") -> bool:
        """Tell whether every answer has a grade or a better one; with a baseline, whether just what is known fails."""
        if self.known is not None:
            return compare(self.outcomes, self.known, at_least=at_least).passed
        return not self.failures(at_least)

    def worst_status(self, at_least: str = "conditioned") -> int:
        """Return the exit status of a run: 0 where it passed, else 1."""
        return 0 if self.passed(at_least) else 1

    @property
    def title(self) -> str:
        """The versions, in one line: a score without its suite says nothing."""
        libraries = "".join(f", {name} {number}" for name, number in sorted(self.libraries.items()))
        return (
            f"suite {self.suite}{libraries}, Python {self.python} on {self.platform}, graded by klexact {self.klexact}"
        )

    def markdown(self) -> str:
        """Return the report as Markdown: the counts, the examples of each row with the lines that ask again, the flags."""
        parts = ["# Conformance to the golden values of klexact", self.title[0].upper() + self.title[1:] + "."]
        parts.append(_table([_HEAD, *(_cells(row) for row in self.rows)]))
        if self.notes:
            parts += ["## Likely mistakes", "\n".join(f"* {_cell(note)}" for note in self.notes)]
        examples = [_example(x) for row in self.rows for x in row.examples]
        if examples:
            parts += ["## Worst answers of each kind", "\n".join(examples)]
        flags = [
            [*row.where, flag, ", ".join(f"{name} {n}" for name, n in counts.items())]
            for row in self.rows
            for flag, counts in row.flags.items()
        ]
        if flags:
            parts += ["## By flag", _table([[*_HEAD[:5], "flag", "verdicts"], *flags])]
        return "\n\n".join(parts) + "\n"

    def json(self, at_least: str = "conditioned") -> str:
        """Return the report as JSON that follows report.schema.json; `failures` lists the outcomes below the grade."""
        document = {
            "format": REPORT_FORMAT,
            "suite": self.suite,
            "klexact": self.klexact,
            "python": self.python,
            "platform": self.platform,
            "libraries": dict(sorted(self.libraries.items())),
            "at_least": at_least,
            "passed": self.passed(at_least),
            "rows": [_row_document(row) for row in self.rows],
            "failures": [_outcome_document(x) | self._reason(x) for x in self.failures(at_least)],
            "fixed": self.fixed(at_least),
            "notes": list(self.notes),
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def fixed(self, at_least: str) -> list[str]:
        """Return the keys of the baseline that do not fail any more, which a baseline must not hold."""
        return [] if self.known is None else list(compare(self.outcomes, self.known, at_least=at_least).fixed)

    def _reason(self, x: Outcome) -> dict[str, str]:
        return {"known": self.known[x.key]} if self.known and x.key in self.known else {}


def report_of(outcomes: Sequence[Outcome], *, distributions: Iterable[str] = (), directory: Path = PACKAGED) -> Report:
    """Return the report on outcomes with the golden files of a directory and the installed versions of distributions.

    Raises KLExactError if nothing was executed: a run that skipped everything must not pass.
    """
    if all(x.verdict.grade == "skipped" for x in outcomes):
        reasons = "; ".join(sorted({x.got for x in outcomes}))
        raise KLExactError(f"at least one case must be executed; found 0, and {len(outcomes)} skipped: {reasons:.300}")
    return Report(
        outcomes=tuple(sorted(outcomes, key=lambda x: (_where(x), x.case))),
        libraries=versions(distributions),
        suite=str(index(directory).get("suite")),
        klexact=versions(["klexact"]).get("klexact", "unknown"),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        platform=f"{sys.platform} {platform.machine()}",
    )


def _where(x: Outcome) -> tuple[str, str, str, str, str]:
    return x.target, x.function, x.variant, x.unit, x.dtype


_HEAD = [
    "target",
    "function",
    "variant",
    "unit",
    "format",
    "cases",
    *GRADES,
    "defects",
    "errored",
    "skipped",
    "worst ulp",
]


def _cells(row: Row) -> list[str]:
    defects = ", ".join(f"{name} {n}" for name, n in row.defects.items() if n)
    explained = f" ({row.explained} explained)" if row.explained else ""
    ends = (str(row.counts.get(name, 0)) for name in ("errored", "skipped"))
    counts = (str(n) for n in row.grades.values())
    return [*row.where, str(len(row.outcomes)), *counts, (defects or "0") + explained, *ends, row.worst_ulps]


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _example(x: Outcome) -> str:
    where = " ".join(_where(x)[:4])
    far = f", {distance(x)} ulp" if x.verdict.ulps is not None else ""
    return (
        f"* {_cell(where)}, {x.dtype}: **{x.verdict.name}**{far}: got {_cell(x.got)}, wanted {x.wanted} "
        f"({_cell(x.slug)}, {x.case}){_code(x.line)}"
    )


def _code(line: str) -> str:
    """Return a line as a code span that no backtick of its own ends."""
    text = " ".join(line.split())
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"  \n  {ticks}{pad}{text}{pad}{ticks}" if text else ""


def _row_document(row: Row) -> dict[str, Any]:
    worst = row.worst
    return {
        "target": row.target,
        "function": row.function,
        "variant": row.variant,
        "unit": row.unit,
        "dtype": row.dtype,
        "cases": len(row.outcomes),
        "grades": row.grades,
        "defects": row.defects,
        "explained": row.explained,
        "errored": row.counts.get("errored", 0),
        "skipped": row.counts.get("skipped", 0),
        "worst": None if worst is None else _outcome_document(worst),
        "flags": row.flags,
    }


def _outcome_document(x: Outcome) -> dict[str, Any]:
    answer = {"bits": x.answer.bits, "error": x.answer.error, "skip": x.answer.skip}
    return {
        "id": x.case,
        "slug": x.slug,
        "target": x.target,
        "function": x.function,
        "variant": x.variant,
        "unit": x.unit,
        "dtype": x.dtype,
        "flags": list(x.flags),
        "verdict": x.verdict.name,
        "explained": x.verdict.explained,
        "ulps": distance(x),
        "answer": {key: text for key, text in answer.items() if text is not None},
        "got": x.got,
        "wanted": x.wanted,
        "line": x.line,
    }
