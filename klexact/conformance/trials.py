"""One case put to a test of the user's own: its arguments, and a check that explains what is wrong."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from klexact.choices import require_one_of
from klexact.conformance.answers import Answer, answer_of
from klexact.conformance.grading import GRADES, Verdict, bound, grade
from klexact.errors import KLExactError
from klexact.formats import FORMATS, decode, format_of
from klexact.golden.cases import LEVELS, PACKAGED, Case, CaseFile, View, index, load, names

__all__ = ["Trial", "require_conventions", "trials"]


_CLIPPED = 160  # characters of an argument in a message
_MEANING = {
    "correct": "the nearest number of the format",
    "faithful": "one of the two neighbours of the value",
    "accurate": "within 4 ulp",
    "conditioned": "within the bound of adding up correctly computed terms",
    "fail": "farther off than adding up correctly computed terms explains",
    "NaN": "the answer is NaN, and the value exists",
    "WrongInfinity": "infinite where the value is not, or finite where it is",
    "WrongSign": "the sign of the answer is not that of the value",
    "MissedZero": "the value is exactly 0",
    "DomainError": "the inputs are outside the domain: an error or NaN is right",
    "errored": "the function raised",
}


@dataclass(frozen=True, repr=False)
class Trial:
    """A case in a format, put to an implementation; `at_least` is the grade that passes, `record` hears every grade."""

    case: Case
    dtype: str
    at_least: str
    conventions: frozenset[str]
    notes: Mapping[str, str]  # flag -> what it means
    suite: str  # its version
    record: Callable[[str], object] = lambda _: None

    def __repr__(self) -> str:
        return f"<{self.case.slug}, {self.key}>"

    @property
    def key(self) -> str:
        """The case's id and the format, as prompts and baselines name it."""
        return f"{self.case.id}:{self.dtype}"

    @property
    def view(self) -> View:
        """What an implementation receives in the format, and the value of that."""
        return self.case.views[self.dtype]

    @property
    def bits(self) -> dict[str, Any]:
        """Each argument as bits (text where it is an index or a name)."""
        return self.case.bits(self.dtype)

    @cached_property
    def arguments(self) -> tuple[Any, ...]:
        """The arguments in order, as Python's numbers: floats (Fractions in binary128), nested lists of them, ints, text."""
        return tuple(self.case.values(self.dtype).values())

    def check(self, answer: Any) -> Verdict:
        """Grade an answer: a number of any kind, or its text. Raises AssertionError, explaining it, below the wanted grade."""
        __tracebackhide__ = True
        try:
            given = answer_of(answer, self.dtype)
        except KLExactError as error:
            self.record("errored")
            raise AssertionError(f"{self._head}: {error}") from None
        return self._judged(given)

    def call(self, function: Callable[..., Any]) -> Verdict:
        """Call a function with the arguments and check what it returns; an exception is its refusal of the inputs.

        A refusal passes where the inputs are outside the domain. Raises AssertionError like `check`.
        """
        __tracebackhide__ = True
        try:
            answer = function(*self.arguments)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its refusal
            return self._judged(Answer(error=f"{type(error).__name__}: {error}"), error)
        return self.check(answer)

    def _judged(self, answer: Answer, cause: Exception | None = None) -> Verdict:
        __tracebackhide__ = True
        verdict = grade(self.case, self.dtype, answer, conventions=self.conventions)
        self.record(verdict.name)
        if not verdict.at_least(self.at_least):
            raise AssertionError(self._explained(answer, verdict)) from cause
        return verdict

    @property
    def _head(self) -> str:
        case = self.case
        return f"{case.function} ({case.variant}, {case.unit}), {case.slug}, {self.key}"

    def _explained(self, answer: Answer, verdict: Verdict) -> str:
        lines = [(name, _clipped(value)) for name, value in zip(self.case.arguments, self.arguments, strict=True)]
        lines.append(("wanted", self._wanted()))
        lines.append(("got", answer.error or _shown(answer.bits, self.dtype)))
        lines.append(("grade", self._graded(verdict)))
        lines += [(flag, self.notes.get(flag, "")) for flag in self.view.flags]
        lines += self._opted(answer)
        width = max(len(name) for name, _ in lines)
        return "\n".join([f"{self._head}: {verdict.name}", *(f"  {name:<{width}}  {text}" for name, text in lines)])

    def _wanted(self) -> str:
        view = self.view
        if view.kind == "domain":
            return "an error or NaN: the inputs are outside the domain"
        if view.kind == "infinite":
            return f"{view.sign}infinity (bits {view.nearest})"
        return f"{view.decimal50 or '0'} = {view.hex} to nearest (bits {view.nearest})"

    def _graded(self, verdict: Verdict) -> str:
        text = f"{verdict.name}: {_MEANING[verdict.name]}"
        if verdict.ulps is not None:
            text += f"; {_short(verdict.ulps)} ulp off"
        if self.view.kind in ("finite", "zero") and verdict.grade != "errored":
            inside = "within" if verdict.explained else "beyond"
            text += f", {inside} the bound {_short(bound(self.case, self.dtype))} of conditioned"
        return f"{text}; at least {self.at_least} is asked for"

    def _opted(self, answer: Answer) -> list[tuple[str, str]]:
        """Say which conventions, not opted into, the answer is right under."""
        found = [
            name
            for name in sorted(set(self.case.alternates or {}) - self.conventions)
            if grade(self.case, self.dtype, answer, conventions={name}).name == "correct"
        ]
        return [("convention", f"the answer is right under {name}; opt in with conventions={name!r}") for name in found]


def _clipped(value: object) -> str:
    if isinstance(value, list):
        few = ", ".join(repr(x) for x in value[:9])
        text = f"[{few}]" if len(value) <= 9 else f"[{few}, ...] ({len(value):,} entries)"
    else:
        text = repr(value)
    return text if len(text) <= _CLIPPED + 60 else f"{text[:_CLIPPED]}..."


def _shown(bits: str | None, dtype: str) -> str:
    found = decode(bits or "", FORMATS[dtype])
    if found is None:
        return f"nan (bits {bits})"
    near = found.hex if found.float is None else f"{found.float!r} = {found.hex}"
    return f"{near} (bits {bits})"


def _short(x: Any) -> str:
    """Return a non-negative fraction to three digits; one beyond floats as a power of two."""
    try:
        near = float(x)
    except OverflowError:
        near = 0.0
    if near or not x:
        return f"{near:.3g}"
    return f"2^{x.numerator.bit_length() - x.denominator.bit_length()}"


def trials(
    function: str,
    *,
    variant: str = "raw",
    unit: str = "nat",
    dtypes: Sequence[str] = ("binary64",),
    level: str = "core",
    at_least: str = "conditioned",
    flags: Collection[str] = (),
    conventions: Collection[str] = (),
    directory: Path = PACKAGED,
) -> list[Trial]:
    """Return the cases of a function as trials, by format, in the order of the file; `flags` keeps those with one of them.

    Raises KLExactError, saying what there is, for unknown names and where nothing is left.
    """
    require_one_of("level", level, LEVELS)
    require_one_of("at_least", at_least, GRADES)
    dtypes = [format_of(name).name for name in dtypes]
    file = load(function, variant, unit, directory)
    for flag in flags:
        require_one_of(f"a flag of {function}", flag, sorted(file.flags))
    require_conventions(conventions, file, directory)
    version = str(index(directory)["suite"])
    found = [
        Trial(case, dtype, at_least, frozenset(conventions), file.flags, version)
        for dtype, case in itertools.product(dtypes, file.cases)
        if _wanted(case, dtype, level, flags)
    ]
    missing = [dtype for dtype in dtypes if all(trial.dtype != dtype for trial in found)]
    if missing or not dtypes:
        raise KLExactError(_nothing(file, missing, level, flags))
    return found


def _wanted(case: Case, dtype: str, level: str, flags: Collection[str]) -> bool:
    view = case.views.get(dtype)
    if view is None or LEVELS.index(case.level) > LEVELS.index(level):
        return False
    return not flags or not set(flags).isdisjoint(view.flags)


def _nothing(file: CaseFile, missing: Sequence[str], level: str, flags: Collection[str]) -> str:
    views = sorted({dtype for case in file.cases for dtype in case.views})
    levels = sorted({case.level for case in file.cases}, key=LEVELS.index)
    return (
        f"every test of golden values must get at least one case of each format; found none of {file.function} {file.variant} "
        f"{file.unit} in {' and '.join(missing) or 'no format'}, level {level}"
        f"{', flags ' + ', '.join(sorted(flags)) if flags else ''}: there are the formats {', '.join(views)}, the levels "
        f"{', '.join(levels)} and the flags {', '.join(sorted(file.flags))}"
    )


def require_conventions(wanted: Collection[str], file: CaseFile, directory: Path) -> None:
    """Raise KLExactError unless these are alternates of some golden case; those of the file are looked at first.

    >>> require_conventions({"extended-value"}, load("rel_entr", "raw"), PACKAGED)
    >>> require_conventions({"extended"}, load("rel_entr", "raw"), PACKAGED)
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: a convention must be one of extended-value; found 'extended'
    """
    if set(wanted) <= _conventions([file]):
        return
    known = sorted(_conventions(load(*name, directory) for name in names(directory)))
    for name in wanted:
        require_one_of("a convention", name, known)


def _conventions(files: Iterable[CaseFile]) -> set[str]:
    return {name for file in files for case in file.cases for name in case.alternates or ()}
