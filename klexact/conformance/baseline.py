"""Known failures: a consumer's own file of cases that are allowed to fail, each with a reason, and how a run compares."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from klexact.conformance.outcomes import Outcome
from klexact.errors import InvalidFileError
from klexact.golden.cases import PACKAGED, index, load, names, read_json

__all__ = ["Comparison", "compare", "read"]

_NAMED = 10  # ids that a message lists


@dataclass(frozen=True)
class Comparison:
    """A run beside the known failures: what fails anew, what fails as known, and keys of the file that now pass."""

    new: tuple[Outcome, ...]
    known: tuple[Outcome, ...]
    fixed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing fails but what is known, and all of that still fails."""
        return not self.new and not self.fixed

    def summary(self) -> str:
        """Return what there is to do, by name: one line each."""
        lines = [f"known failures that now pass, remove them from the baseline: {key}" for key in self.fixed]
        lines += [f"new failure: {x.key} of {x.target} is {x.verdict.name}" for x in self.new]
        failures = "1 known failure" if len(self.known) == 1 else f"{len(self.known)} known failures"
        return "".join(f"{line}\n" for line in lines) + f"{failures}, {len(self.new)} new\n"


def read(path: Path, *, directory: Path = PACKAGED) -> dict[str, str]:
    """Return the known failures of a file, a JSON object {"CASE:FORMAT": "reason"}.

    Raises InvalidFileError, by name, for anything else, an empty reason, or a key of no case and view in the golden files.
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise InvalidFileError(f'{path} must be a JSON object {{"CASE:FORMAT": "reason"}}; found {found!r:.60}')
    for key, reason in found.items():
        if not isinstance(reason, str) or not reason.strip():
            raise InvalidFileError(f"{path} must give a reason in words for {key:.80}; found {reason!r:.60}")
    unknown = sorted(set(found) - _keys(set(found), directory))
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        raise InvalidFileError(
            f"{path} must name cases of the suite {index(directory).get('suite')} and their formats as CASE:FORMAT; found "
            f"{', '.join(f'{key:.80}' for key in unknown[:_NAMED])}{more}: remove what does not exist, and "
            "add formats, as in ID:binary64"
        )
    return found


def _keys(asked: set[str], directory: Path) -> set[str]:
    """Return the keys of the views of every file that may have one of those asked for."""
    functions = {key.rpartition("-")[0] for key in asked}
    return {
        f"{case.id}:{dtype}"
        for function, variant, unit in names(directory)
        if function in functions
        for case in load(function, variant, unit, directory).cases
        for dtype in case.views
    }


def compare(outcomes: Sequence[Outcome], known: Mapping[str, str], *, at_least: str = "conditioned") -> Comparison:
    """Return a run beside the known failures: an outcome below the grade fails, and what was skipped says nothing.

    A known failure counts as fixed if it was executed and no outcome of its key fails.
    """
    executed = [x for x in outcomes if x.verdict.grade != "skipped"]
    failed = [x for x in executed if not x.verdict.at_least(at_least)]
    failures: dict[str, int] = defaultdict(int)
    for x in failed:
        failures[x.key] += 1
    return Comparison(
        new=tuple(x for x in failed if x.key not in known),
        known=tuple(x for x in failed if x.key in known),
        fixed=tuple(sorted({x.key for x in executed if x.key in known and x.key not in failures})),
    )
