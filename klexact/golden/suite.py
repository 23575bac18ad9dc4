"""A suite: the golden files of a directory, or one file alone, checked whole before anything is made of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from klexact.errors import InvalidFileError
from klexact.formats import FORMATS
from klexact.golden.cases import (
    LEVELS,
    LICENCE,
    NAMED,
    Case,
    CaseFile,
    View,
    case_id,
    file_name,
    index,
    parse,
    read_json,
)
from klexact.golden.generators import is_generated

__all__ = ["KINDS", "Suite", "file_names", "read_suite"]

KINDS = ("finite", "zero", "infinite", "domain")

_DEPTHS = {"number": 0, "vector": 1, "matrix": 2}  # how far the lists of an argument are nested
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}\.json", re.ASCII)
_ARGUMENT = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_BITS = {f.name: re.compile(f"[0-9a-f]{{{-(-f.width // 4)}}}", re.ASCII) for f in FORMATS.values()}
_RAGGED = -1
_ROUNDINGS = ("nearest", "down", "up")
_VIEW_TEXTS = (*_ROUNDINGS, "hex", "decimal50", "magnitude", "condition", "sign")

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Suite:
    """Golden files by name, and their version: the index's, or the content hash of a file that was read alone."""

    version: str
    files: Mapping[str, CaseFile]

    def cases(self) -> Iterator[tuple[str, Case]]:
        """Yield every case with the name of its file."""
        for name, file in self.files.items():
            yield from ((name, case) for case in file.cases)


def file_names(path: Path) -> list[str]:
    """Return the names of the golden files that a directory's index lists, or of the one file. Raises InvalidFileError.

    >>> from klexact.golden.cases import PACKAGED
    >>> "entropy.raw.nat.json" in file_names(PACKAGED)
    True
    """
    return list(_listed(path)[1]) if path.is_dir() else [path.name]


def read_suite(path: Path, *, wanted: Callable[[str], bool] | None = None, progress: Progress | None = None) -> Suite:
    """Return the golden files of a directory with an index, only those whose names are `wanted`; or one file.

    `progress(1)` is told of every file. Raises InvalidFileError, with the file's name, where one is missing, truncated,
    edited or newer, or where an id is not that of its inputs, or bits are not of their format.
    """
    if not path.is_dir():
        file = _read(path)
        return Suite(file.content, {file_name(file.function, file.variant, file.unit): file})
    version, listed = _listed(path)
    found = {}
    for name in filter(wanted, listed):
        found[name] = _of_index(path / name, listed[name])
        if progress:
            progress(1)
    return Suite(version, found)


def _listed(directory: Path) -> tuple[str, Mapping[str, Any]]:
    document, where = index(directory), directory / "index.json"
    _require(isinstance(document.get("suite"), str), where, "the version of the suite", document.get("suite"))
    for name in document["files"]:
        _require(_NAME.fullmatch(name), where, "names of files, FUNCTION.VARIANT.UNIT.json", name)
    return document["suite"], document["files"]


def _of_index(path: Path, entry: Any) -> CaseFile:
    file = _read(path)
    stated = entry.get("content") if isinstance(entry, dict) else entry
    _require(file.content == stated, path, f"the content hash of index.json, {stated!r:.80}", file.content)
    own = file_name(file.function, file.variant, file.unit)
    _require(path.name == own, path, "the cases that its name says", own)
    return file


def _read(path: Path) -> CaseFile:
    try:
        document = read_json(path)
        file = parse(document, str(path))
    except InvalidFileError:
        raise
    except (ValueError, RecursionError) as error:  # a number that is none, text that is no Unicode
        raise InvalidFileError(f"{path} must follow the schema of golden files; found: {error}") from None
    _require(document.get("licence") == LICENCE, path, f"the licence {LICENCE}", document.get("licence"))
    texts = (file.function, file.variant, file.unit, file.definition)
    _require(all(isinstance(x, str) for x in texts), path, "function, variant, unit and definition as text", texts)
    _require(isinstance(file.flags, dict), path, "notes of flags by name", file.flags)
    _check_arguments(file.arguments, path)
    known: set[str] = set()
    for case in file.cases:
        _check_case(case, path)
        _require(case.id not in known, path, "each id once", case.id)
        known.add(case.id)
    return file


def _require(holds: object, path: Path, what: str, found: object) -> None:
    if not holds:
        raise InvalidFileError(f"{path} must have {what}; found {found!r:.120}: take it afresh from its source")


def _check_arguments(arguments: Any, path: Path) -> None:
    taken = {f.name for f in fields(View)}
    kinds = (*_DEPTHS, *NAMED)
    _require(isinstance(arguments, dict) and arguments, path, "arguments by name", arguments)
    for name, kind in arguments.items():
        _require(_ARGUMENT.fullmatch(name) and name not in taken, path, "arguments with names of their own", name)
        _require(kind in kinds, path, f"arguments of the kinds {', '.join(kinds)}", kind)


def _check_case(case: Case, path: Path) -> None:
    texts = (case.id, case.slug, case.source, case.condition or "")
    _require(all(isinstance(x, str) for x in texts), path, "id, slug, source and condition as text", texts)
    _require(
        isinstance(case.inputs, dict) and isinstance(case.value, dict), path, f"inputs and value of {case.id}", case
    )
    own = case_id(case.function, case.variant, case.unit, case.inputs)
    _require(case.id == own, path, f"the id {own}, made from its inputs", case.id)
    _require(list(case.inputs) == list(case.arguments), path, f"the arguments of {case.id}", list(case.inputs))
    _require(case.level in LEVELS, path, f"cases of the levels {', '.join(LEVELS)}", case.level)
    _require(_is_texts(case.flags), path, f"flags of {case.id} as text", case.flags)
    _require(case.value.get("kind") in KINDS, path, f"the kind of the value of {case.id}", case.value.get("kind"))
    _require(_is_bits_by_format(case.alternates), path, f"alternates of {case.id} as bits by format", case.alternates)
    for dtype, view in case.views.items():
        _check_view(case, view, path, f"{case.id} in {dtype}")


def _check_view(case: Case, view: View, path: Path, here: str) -> None:
    texts = {name: getattr(view, name) for name in _VIEW_TEXTS}
    _require(all(isinstance(x, str | None) for x in texts.values()), path, f"texts in {here}", texts)
    _require(view.kind in KINDS and isinstance(view.exact_inputs, bool), path, f"the kind of {here}", view.kind)
    _require(_is_texts(view.flags), path, f"flags of {here} as text", view.flags)
    if view.kind != "domain":
        rounded = [texts[name] for name in _ROUNDINGS]
        _require(all(_is_bits(x, view.dtype) for x in rounded), path, f"bits of its format in {here}", rounded)
    for name, kind in case.arguments.items():
        given, bits = case.inputs[name], view.inputs.get(name)
        if kind in NAMED:
            _require(isinstance(given, str) and bits is None, path, f"{name} of {here} as text, once", given)
        elif is_generated(given):
            _require(bits is None, path, f"no bits of the generated {name} of {here}", bits)
        else:
            holds = _is_nested(bits, _DEPTHS[kind], view.dtype) and _RAGGED not in _shape(bits) == _shape(given)
            _require(holds, path, f"{name} of {here} in bits of its format, one for each exact number", bits)


def _is_texts(found: tuple[Any, ...]) -> bool:
    return all(isinstance(x, str) for x in found)


def _is_bits(found: Any, dtype: str) -> bool:
    return isinstance(found, str) and _BITS[dtype].fullmatch(found) is not None


def _is_bits_by_format(found: Any) -> bool:
    if not isinstance(found, dict):
        return found is None
    views = found.values()
    return all(isinstance(x, dict) and all(d in FORMATS and _is_bits(b, d) for d, b in x.items()) for x in views)


def _is_nested(found: Any, depth: int, dtype: str) -> bool:
    if not depth:
        return _is_bits(found, dtype)
    return isinstance(found, list) and all(_is_nested(x, depth - 1, dtype) for x in found)


def _shape(found: Any) -> tuple[int, ...]:
    """Return the lengths of an argument's lists, from outside in; _RAGGED where they differ, or there are none."""
    if not isinstance(found, list):
        return ()
    lengths = {_shape(x) for x in found}
    return (len(found), *(lengths.pop() if len(lengths) == 1 else (_RAGGED,)))
