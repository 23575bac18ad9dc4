"""Errata: values of golden files that were once published wrong. A corrected value keeps its id."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import LICENCE, read_json
from klexact.golden.differences import Differences
from klexact.work import write_atomically

__all__ = ["FORMAT", "errata", "read_errata", "write_errata"]

FORMAT = "klexact-golden-errata/1"


def errata(found: Differences, why: str) -> list[dict[str, Any]]:
    """Return the entries that ERRATA.json needs for differences, each with the same reason. Raises KLExactError without one."""
    if not why.strip():
        raise KLExactError("an erratum needs a reason; found none: say what was wrong")
    return [
        {
            "id": case.id,
            "file": case.file,
            "published_in": found.old,
            "corrected_in": found.new,
            "why": why.strip(),
            "changes": [{"field": x.field, "published": x.old, "corrected": x.new} for x in case.wrong],
        }
        for case in found.wrong
    ]


def read_errata(path: Path) -> list[dict[str, Any]]:
    """Return the entries of an ERRATA.json. Raises InvalidFileError, with its name, where it is none.

    >>> from klexact.golden.cases import PACKAGED
    >>> all({"id", "why", "changes"} <= set(entry) for entry in read_errata(PACKAGED / "ERRATA.json"))
    True
    """
    document = read_json(path)
    entries = document.get("errata") if isinstance(document, dict) and document.get("format") == FORMAT else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidFileError(f"{path} must be errata of the format {FORMAT}; found {document!r:.80}")
    return entries


def write_errata(found: Differences, path: Path, *, why: str) -> int:
    """Add what was published wrong to an ERRATA.json, which is made where it is missing; return how many entries are new.

    `why` says what was wrong with them, for people. An entry that is there already, whatever its reason, is not added again.
    Raises KLExactError where there is no reason or the file cannot be written, InvalidFileError where it is damaged.
    """
    needed = errata(found, why)
    known = read_errata(path) if path.exists() else []
    stated = [_unexplained(entry) for entry in known]
    new = [entry for entry in needed if _unexplained(entry) not in stated]
    if new or not path.exists():
        write_atomically(path, _text([*known, *new]))
    return len(new)


def _unexplained(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: content for key, content in entry.items() if key != "why"}


def _text(entries: Sequence[Mapping[str, Any]]) -> str:
    document = {"format": FORMAT, "licence": LICENCE, "errata": entries}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
