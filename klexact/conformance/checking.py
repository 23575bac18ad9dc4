"""Running an implementation over the golden cases: in this process, or in chunks through any executor."""

import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from functools import cache
from inspect import Signature, signature
from pathlib import Path
from typing import Any

from klexact.choices import require_one_of
from klexact.conformance.answers import Answer, answer_of
from klexact.conformance.lines import call_line, importing
from klexact.conformance.mistakes import described
from klexact.conformance.outcomes import Outcome, outcome
from klexact.conformance.reports import Report, report_of, versions
from klexact.conformance.targets import MissingLibraryError, Target
from klexact.conformance.trials import require_conventions
from klexact.errors import KLExactError
from klexact.formats import format_of
from klexact.golden.cases import LEVELS, PACKAGED, Case, CaseFile, index, load, names
from klexact.golden.generators import is_generated
from klexact.work import run

__all__ = [
    "Outcome",
    "again",
    "arguments",
    "case_of",
    "check",
    "check_target",
    "longest",
    "questions",
    "target_of",
    "targets_of",
]


_CHUNK_CASES, _CHUNK_ENTRIES = 64, 500_000
_WRITTEN_OUT = 1_000  # entries of an argument, and characters of a line
_MAX_ERROR = 300  # characters
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{5,}\b")  # differs from run to run

Question = tuple[Case, str]


def questions(
    function: str,
    variant: str,
    unit: str,
    dtypes: Sequence[str],
    *,
    level: str = "long",
    directory: Path = PACKAGED,
) -> list[Question]:
    """Return the cases of a function, variant and unit up to a level, each with every asked format in which it has a view.

    The order is that of the formats, then of the file. Raises KLExactError where there is none: running nothing must not pass.
    """
    require_one_of("the level", level, LEVELS)
    dtypes = [format_of(name).name for name in dtypes]
    taken = LEVELS[: LEVELS.index(level) + 1]
    cases = [case for case in load(function, variant, unit, directory).cases if case.level in taken]
    found = [(case, dtype) for dtype in dtypes for case in cases if dtype in case.views]
    if not found:
        raise KLExactError(
            f"there must be cases to run; found none of {function} {variant} {unit} up to level {level} in "
            f"{', '.join(dtypes) or 'no format'}"
        )
    return found


def longest(case: Case) -> int:
    """Return the number of entries of the longest argument of a case."""
    return max((_entries(case.inputs[name]) for name in case.arguments), default=0)


def _entries(given: Any) -> int:
    if is_generated(given):
        return int(given["length"])
    return sum(map(_entries, given)) if isinstance(given, list) else 1


def check_target(
    target: Target,
    *,
    adapter: str | None = None,
    level: str = "long",
    directory: Path = PACKAGED,
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: Callable[[int], object] | None = None,
) -> list[Outcome]:
    """Run a target over its cases and return what became of each, in the order of `questions`.

    With an executor or a journal (see `klexact.work.run`) the target is made anew where the work is done: `adapter` must name
    the adapter that has it. `progress(n)` hears that n more questions are answered. Raises KLExactError if there is no case.
    """
    if adapter is None and (executor or journal):
        raise KLExactError(
            f"an executor or a journal needs the name of the adapter that makes {target.name}; found none"
        )
    asked = questions(target.function, target.variant, target.unit, target.dtypes, level=level, directory=directory)
    chunks = [_described(chunk, target, adapter, directory) for chunk in _chunks(asked)]

    def here(chunk: Mapping[str, Any]) -> list[list[Any]]:
        return _answered(target, None, chunk)

    results = run(here if adapter is None else _answered_by_name, chunks, executor=executor, journal=journal)
    named: dict[str, Any] = {"target": target.name, "conventions": target.conventions}
    found: list[Outcome] = []
    pending = iter(asked)
    for result in results:
        pairs = zip(result, pending, strict=False)  # the chunk ends first
        found += [outcome(*question, Answer(**answer), line=line, **named) for (answer, line), question in pairs]
        if progress:
            progress(len(result))
    return found


def _chunks(asked: list[Question]) -> Iterator[list[Question]]:
    chunk: list[Question] = []
    entries = 0
    for question in asked:
        size = longest(question[0])
        if chunk and (len(chunk) == _CHUNK_CASES or entries + size > _CHUNK_ENTRIES or chunk[0][1] != question[1]):
            yield chunk
            chunk, entries = [], 0
        chunk.append(question)
        entries += size
    yield chunk


def _described(chunk: list[Question], target: Target, adapter: str | None, directory: Path) -> dict[str, Any]:
    """Return a chunk as JSON; whatever changes its answers is part of it, since a journal finds it by its content."""
    return {
        "adapter": adapter,
        "target": [target.name, target.function, target.variant, target.unit],
        "versions": {} if adapter is None else versions(_adapter(adapter).distributions),
        "directory": str(directory),
        "content": load(target.function, target.variant, target.unit, directory).content,
        "dtype": chunk[0][1],
        "cases": [case.id for case, _ in chunk],
    }


def _adapter(name: str) -> Any:
    from klexact.conformance.libraries import adapter  # noqa: PLC0415 - a function of one's own needs none

    return adapter(name)


@cache
def targets_of(adapter: str) -> tuple[Target, ...]:
    """Return the targets of an adapter, made once in each process. Raises KLExactError, or MissingLibraryError."""
    return tuple(_adapter(adapter).targets())


def _answered_by_name(chunk: Mapping[str, Any]) -> list[list[Any]]:
    asked = tuple(chunk["target"])
    for target in targets_of(chunk["adapter"]):
        if (target.name, target.function, target.variant, target.unit) == asked:
            return _answered(target, chunk["adapter"], chunk)
    raise KLExactError(f"the adapter {chunk['adapter']} must have the target {' '.join(asked)}; found none")


def _answered(target: Target, adapter: str | None, chunk: Mapping[str, Any]) -> list[list[Any]]:
    """Return the answer to each case of a chunk, and the line that asks again, as JSON."""
    file = load(target.function, target.variant, target.unit, Path(chunk["directory"]))
    cases = {case.id: case for case in file.cases}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_asked(target, adapter, cases[case], chunk["dtype"]) for case in chunk["cases"]]


def _asked(target: Target, adapter: str | None, case: Case, dtype: str) -> list[Any]:
    size = longest(case)
    if size > target.max_length:
        return [{"skip": f"takes at most {target.max_length:,} entries; there are {size:,}"}, ""]
    given = list(case.values(dtype).values())
    line = target.line(dtype, *given) if size <= _WRITTEN_OUT else ""
    if not 0 < len(line) <= _WRITTEN_OUT:
        line = _line_by_id(target, adapter, case, dtype)
    return [_answer(target, dtype, given), line]


def _line_by_id(target: Target, adapter: str | None, case: Case, dtype: str) -> str:
    head = "from klexact.conformance.checking import"
    if adapter is not None:
        return f"{head} again; print(again{(adapter, target.name, case.id, dtype)})"
    imported, name = importing(target.name)
    return f"{imported}{head} arguments; print({name}(*arguments{(case.id, dtype)}))"


def _answer(target: Target, dtype: str, given: list[Any]) -> dict[str, Any]:
    try:
        answer = answer_of(target.call(dtype, *given), dtype)
    except MissingLibraryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever an implementation raises is its refusal
        text = _ADDRESS.sub("0x...", " ".join(f"{type(error).__name__}: {error}".split()))
        return {"error": text if len(text) <= _MAX_ERROR else text[:_MAX_ERROR] + "..."}
    return {key: value for key, value in asdict(answer).items() if value}


def case_of(case_id: str, *, directory: Path = PACKAGED) -> Case:
    """Return the case of an id. Raises KLExactError where no file has it."""
    for function, variant, unit in names(directory):
        if case_id.startswith(f"{function}-"):
            for case in load(function, variant, unit, directory).cases:
                if case.id == case_id:
                    return case
    function = case_id.rpartition("-")[0]
    known = {function} & {name for name, _, _ in names(directory)}
    bare, colon, _ = case_id.partition(":")
    advice = f"ids have no format, {bare}" if colon else f"see `{' '.join(['klexact golden list', *known])}`"
    raise KLExactError(
        f"an id must be that of a case of the suite {index(directory).get('suite')}; found {case_id!r:.80}: {advice}"
    )


def arguments(case_id: str, dtype: str, *, directory: Path = PACKAGED) -> tuple[Any, ...]:
    """Return the arguments of a case in a format, as an implementation gets them. Raises KLExactError for unknown ids."""
    case = case_of(case_id, directory=directory)
    return tuple(case.values(dtype).values())


def again(adapter: str, target: str, case_id: str, dtype: str, *, directory: Path = PACKAGED) -> Any:
    """Return what a target of an adapter computes for a case: the line that reports print for long vectors."""
    case = case_of(case_id, directory=directory)
    asked = (target, case.function, case.variant, case.unit)
    for found in targets_of(adapter):
        if (found.name, found.function, found.variant, found.unit) == asked:
            return found.call(dtype, *arguments(case_id, dtype, directory=directory))
    raise KLExactError(f"the adapter {adapter} must have the target {' '.join(asked)}; found none")


def check(
    func: Callable[..., Any],
    function: str = "kl_divergence",
    variant: str = "raw",
    unit: str = "nat",
    dtype: str = "binary64",
    *,
    level: str = "full",
    conventions: Collection[str] = frozenset(),
    directory: Path | str = PACKAGED,
) -> Report:
    """Grade any callable with the golden cases of a function, variant and unit, in one format.

    It gets the arguments in order: floats that the format has exactly (Fractions in binary128), lists of them, ints, or text.
    It returns one number; what it raises is its refusal of that input. `conventions` names the alternates that it claims. The
    report's `rows` count, `failures()` are the outcomes below a grade, `notes` likely mistakes; it prints as text.
    Raises KLExactError where there is nothing to run.

    >>> check("kl_divergence")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: what is checked must be callable; found 'kl_divergence'
    """
    directory = Path(directory)
    if not callable(func):
        raise KLExactError(f"what is checked must be callable; found {func!r:.80}")
    file = load(function, variant, unit, directory)
    target = target_of(func, _name(func), file, (dtype,), conventions=conventions, directory=directory)
    found = check_target(target, level=level, directory=directory)
    return replace(report_of(found, directory=directory), notes=tuple(described(found, directory=directory)))


def target_of(
    func: Callable[..., Any],
    name: str,
    file: CaseFile,
    dtypes: Sequence[str],
    *,
    conventions: Collection[str] = frozenset(),
    directory: Path = PACKAGED,
) -> Target:
    """Return a callable of one's own, named `MODULE:FUNCTION`, as a target for the cases of a file.

    Raises KLExactError where it cannot take their arguments, and for unknown conventions.
    """
    claimed = (conventions,) if isinstance(conventions, str) else conventions
    require_conventions(claimed, file, directory)
    try:
        taken = signature(func)
    except ValueError:  # of a builtin
        pass
    else:
        _require_arguments(taken, name, file)
    return Target(
        name=name,
        function=file.function,
        variant=file.variant,
        unit=file.unit,
        dtypes=tuple(format_of(dtype).name for dtype in dtypes),
        call=lambda _, *given: func(*given),
        line=lambda _, *given: call_line(name, given),
        conventions=frozenset(claimed),
    )


def _require_arguments(taken: Signature, name: str, file: CaseFile) -> None:
    wanted = list(file.arguments)
    given = list(taken.parameters)[: len(wanted)]
    wrong = f"{name} must take ({', '.join(wanted)}), in this order, to be graded as {file.function}; found {taken}"
    if given != wanted and set(given) == set(wanted):
        raise KLExactError(f"{wrong}: give a function that takes them so")
    try:
        taken.bind(*wanted)
    except TypeError as error:
        raise KLExactError(
            f"{wrong} ({error}): `function` (--function on the command line) says which golden function it is"
        ) from None


def _name(func: Callable[..., Any]) -> str:
    named = getattr(func, "__qualname__", type(func).__qualname__)
    return f"{getattr(func, '__module__', None) or type(func).__module__}:{named}"
