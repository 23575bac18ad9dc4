"""Differences of two suites of golden files: what was added, removed or changed, and which values were published wrong.

A case is found again by its id, which is made of what is asked: another value under the same id is a correction, and belongs
into ERRATA.json (`klexact.golden.errata`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from klexact.errors import KLExactError
from klexact.formats import FORMATS, decode
from klexact.golden.cases import Case, CaseFile, View
from klexact.golden.suite import read_suite

__all__ = ["Change", "Changed", "Differences", "differences"]

_DIFFERENCES_FORMAT = "klexact-golden-differences/1"
_LABELS = ("slug", "level", "source", "value.expression")
_LOSS = ("terms", "condition", "magnitude")
_VIEW = tuple(f.name for f in fields(View) if f.name not in ("dtype", "inputs"))
_ROUNDINGS = ("nearest", "down", "up")
_SHOWN = 60  # characters of a value on a line

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Change:
    """A field of a case before and after, None where it is absent: `value.decimal50`, `ieee.binary64.nearest`, `flags`, `slug`.

    `ulps` says how many numbers of the format two roundings are apart, where both are numbers.
    """

    field: str
    old: Any
    new: Any
    ulps: int | None = None

    @property
    def kind(self) -> str:
        """What the field is about: value, view, alternates, flags, condition (and what it comes from) or label."""
        if self.field in _LABELS:
            return "label"
        head, last = self.field.split(".")[0], self.field.rsplit(".", 1)[-1]
        if last == "flags":
            return "flags"
        if last in _LOSS:
            return "condition"
        return "view" if head == "ieee" else head

    @property
    def wrong(self) -> bool:
        """Tell whether what was published was wrong: a value, bits or an input of a view that is now another."""
        return self.kind in ("value", "view", "alternates") and self.old is not None and self.new is not None

    def line(self) -> str:
        """Return the change as a line."""
        apart = "" if self.ulps is None else f" ({self.ulps:,} ulp apart)"
        return f"{self.field}: {_shown(self.old)} -> {_shown(self.new)}{apart}"


@dataclass(frozen=True)
class Changed:
    """A case under the same id in both suites, with the fields that differ."""

    id: str
    file: str
    changes: tuple[Change, ...]

    @property
    def label_only(self) -> bool:
        """Tell whether only what is for people has changed: slug, source, level or expression."""
        return all(change.kind == "label" for change in self.changes)

    @property
    def wrong(self) -> tuple[Change, ...]:
        """The changes that say that something was published wrong."""
        return tuple(change for change in self.changes if change.wrong)


@dataclass(frozen=True)
class Differences:
    """What two suites differ in; `added` and `removed` are pairs of id and file, `texts` pairs of file and changed key."""

    old: str
    new: str
    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    changed: tuple[Changed, ...]
    texts: tuple[tuple[str, str], ...]

    @property
    def none(self) -> bool:
        """Tell whether there are no differences; versions and provenance do not count."""
        return not (self.added or self.removed or self.changed or self.texts)

    @cached_property
    def wrong(self) -> tuple[Changed, ...]:
        """The cases that had something published wrong."""
        return tuple(case for case in self.changed if case.wrong)

    def lines(self) -> Iterator[str]:
        """Yield the differences as lines for a terminal, a summary first."""
        yield f"{self.old} -> {self.new}: {self._summary()}"
        yield from (f"+ {case} in {file}" for case, file in self.added)
        yield from (f"- {case} in {file}" for case, file in self.removed)
        for case in self.changed:
            yield f"{'!' if case.wrong else '~'} {case.id} in {case.file}{': labels only' if case.label_only else ''}"
            yield from (f"    {change.line()}" for change in case.changes)
        yield from (f"~ {key} of {file}" for file, key in self.texts)

    def _summary(self) -> str:
        if self.none:
            return "no differences"
        counts = f"{len(self.added):,} cases added, {len(self.removed):,} removed, {len(self.changed):,} changed"
        return f"{counts}; {len(self.wrong):,} had a wrong value and need an erratum; {len(self.texts):,} texts changed"

    def json(self) -> str:
        """Return the differences as JSON; counts of ulp are text, because they may exceed 2^53."""
        document = {
            "format": _DIFFERENCES_FORMAT,
            "old": self.old,
            "new": self.new,
            "added": [{"id": case, "file": file} for case, file in self.added],
            "removed": [{"id": case, "file": file} for case, file in self.removed],
            "changed": [
                {
                    "id": case.id,
                    "file": case.file,
                    "wrong": bool(case.wrong),
                    "label_only": case.label_only,
                    "changes": [_change_document(change) for change in case.changes],
                }
                for case in self.changed
            ],
            "texts": [{"file": file, "key": key} for file, key in self.texts],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _change_document(change: Change) -> dict[str, Any]:
    found = {"field": change.field, "kind": change.kind, "old": change.old, "new": change.new}
    return found if change.ulps is None else found | {"ulps": str(change.ulps)}


def _shown(content: Any) -> str:
    if content is None:
        return "absent"
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}...{text[-_SHOWN // 2 :]}"


def differences(old: Path, new: Path, *, progress: Progress | None = None) -> Differences:
    """Return what differs between two directories of golden files with an index, or between two files.

    `progress(1)` is told of every file of the directories. Raises InvalidFileError, with the file's name, where one is damaged,
    KLExactError where a directory is compared with a file.

    >>> from klexact.golden.cases import PACKAGED
    >>> differences(PACKAGED / "entr.raw.nat.json", PACKAGED / "entr.raw.nat.json").none
    True
    """
    if old.is_dir() != new.is_dir():
        raise KLExactError(
            f"two directories or two files can be compared; found one of each: {old} and {new}: give the same of both"
        )
    before, after = read_suite(old, progress=progress), read_suite(new, progress=progress)
    ours = {case.id: (file, case) for file, case in before.cases()}
    theirs = {case.id: (file, case) for file, case in after.cases()}
    changed = []
    for key, (file, case) in theirs.items():
        changes = _changes(ours[key][1], case) if key in ours else ()
        if changes:
            changed.append(Changed(key, file, changes))
    texts = (
        (name, key) for name in before.files if name in after.files for key in _texts(before.files, after.files, name)
    )
    return Differences(
        before.version,
        after.version,
        added=tuple((key, file) for key, (file, _) in theirs.items() if key not in ours),
        removed=tuple((key, file) for key, (file, _) in ours.items() if key not in theirs),
        changed=tuple(changed),
        texts=tuple(texts),
    )


def _texts(before: Mapping[str, CaseFile], after: Mapping[str, CaseFile], name: str) -> Iterator[str]:
    one, other = before[name], after[name]
    yield from (key for key in ("definition", "arguments") if getattr(one, key) != getattr(other, key))
    for flag in dict.fromkeys((*one.flags, *other.flags)):
        if one.flags.get(flag) != other.flags.get(flag):
            yield f"flags.{flag}"


def _changes(old: Case, new: Case) -> tuple[Change, ...]:
    if old == new:
        return ()
    before, after = _fields(old, set(new.views)), _fields(new, set(old.views))
    return tuple(
        Change(field, before.get(field), after.get(field), _apart(field, before.get(field), after.get(field)))
        for field in dict.fromkeys((*after, *before))
        if before.get(field) != after.get(field)
    )


def _fields(case: Case, dtypes: set[str]) -> dict[str, Any]:
    """Return the fields of a case that may change; those of views in the given formats only."""
    found = {name: getattr(case, name) for name in ("slug", "level", "source", "condition")}
    found |= {"terms": str(case.terms), "flags": list(case.flags)}
    found |= {f"value.{name}": content for name, content in case.value.items()}
    for convention, bits in (case.alternates or {}).items():
        found |= {f"alternates.{convention}.{dtype}": text for dtype, text in bits.items()}
    for dtype, view in case.views.items():
        found[f"ieee.{dtype}"] = "present"
        if dtype in dtypes:
            found |= {f"ieee.{dtype}.{name}": bits for name, bits in view.inputs.items()}
            found |= {f"ieee.{dtype}.{name}": _listed(getattr(view, name)) for name in _VIEW}
    return found


def _listed(content: Any) -> Any:
    return list(content) if isinstance(content, tuple) else content


def _apart(field: str, old: Any, new: Any) -> int | None:
    head, *dtype = field.split(".")
    if head != "ieee" or dtype[-1] not in _ROUNDINGS or old is None or new is None:
        return None
    places = [_place(bits, dtype[0]) for bits in (old, new)]
    return None if None in places else abs(places[0] - places[1])  # type: ignore[operator]


def _place(bits: str, dtype: str) -> int | None:
    """Return the place of a number among those of its format, 0 being both zeros; None for NaN."""
    found = decode(bits, FORMATS[dtype])
    if found is None:
        return None
    magnitude = int(bits, 16) & ~(1 << FORMATS[dtype].width - 1)
    return -magnitude if found.negative else magnitude
