"""A selection of golden cases: by function, variant, unit, format and level."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from klexact.choices import require_one_of
from klexact.errors import KLExactError
from klexact.formats import format_of
from klexact.golden.cases import LEVELS, Case, require_names
from klexact.golden.suite import read_suite

__all__ = ["Choice", "Selection", "select"]

Choice = str | Sequence[str]  # one or several; none stands for all
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Selection:
    """Cases that have at least one view each, in the order of their files, and the version of the suite that they are from."""

    version: str
    cases: tuple[Case, ...]

    @property
    def views(self) -> int:
        """How many views the cases have."""
        return sum(len(case.views) for case in self.cases)

    def arguments(self) -> list[str]:
        """Return the names of all arguments, in the order in which they first occur."""
        return list(dict.fromkeys(name for case in self.cases for name in case.arguments))


def select(
    directory: Path,
    *,
    function: Choice = (),
    variant: Choice = (),
    unit: Choice = (),
    dtype: Choice = (),
    level: Choice = (),
    progress: Progress | None = None,
) -> Selection:
    """Return the cases of a directory (or of one file) that were chosen, with the views that were.

    Each choice is a name or several; formats go by their aliases too. Raises KLExactError where a name is unknown or
    nothing is left, InvalidFileError where a file is damaged.

    >>> from klexact.golden.cases import LEVELS, PACKAGED
    >>> found = select(PACKAGED, function="entropy", variant="raw", unit="nat", dtype=("half", "double"), level="core")
    >>> {case.function for case in found.cases}, sorted({dtype for case in found.cases for dtype in case.views})
    ({'entropy'}, ['binary16', 'binary64'])
    >>> select(PACKAGED, unit="trit")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the unit of golden cases must be one of bit, dit, nat; found 'trit'
    """
    parts = {"function": _several(function), "variant": _several(variant), "unit": _several(unit)}
    levels, dtypes = _several(level), {format_of(name).name for name in _several(dtype)}
    for name in levels:
        require_one_of("the level of golden cases", name, LEVELS)
    if directory.is_dir():
        require_names(directory, *parts.values())
    suite = read_suite(directory, wanted=lambda name: _matches(name.split(".")[:3], parts.values()), progress=progress)
    cases = []
    for name, case in suite.cases():
        views = {d: view for d, view in case.views.items() if not dtypes or d in dtypes}
        if views and (not levels or case.level in levels) and _matches(name.split(".")[:3], parts.values()):
            cases.append(replace(case, views=views))
    if not cases:
        raise KLExactError(f"at least one case of {directory} must be chosen; found none: choose less narrowly")
    return Selection(suite.version, tuple(cases))


def _several(choice: Choice) -> tuple[str, ...]:
    return (choice,) if isinstance(choice, str) else tuple(choice)


def _matches(names: Sequence[str], choices: Iterable[Sequence[str]]) -> bool:
    return all(not chosen or name in chosen for name, chosen in zip(names, choices, strict=True))
