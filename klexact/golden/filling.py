"""Filling: the golden files of all recipes, computed through any executor and written so that nobody sees half a file."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import astuple
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from klexact.errors import InvalidFileError
from klexact.golden.cases import FORMAT, LICENCE, PACKAGED, canonical, content_hash, file_name, read_json
from klexact.golden.flags import FLAGS
from klexact.golden.functions import FUNCTIONS
from klexact.golden.making import make_case
from klexact.golden.recipes import Request, requests
from klexact.golden.runner import make_document
from klexact.work import run, write_atomically

__all__ = ["SUITE", "chunks_of", "fill", "make_chunk", "stale", "texts"]

SUITE = "1.0"
_CHUNK = 8
_ERRATA = {"format": "klexact-golden-errata/1", "licence": LICENCE, "errata": []}

Progress = Callable[[int], object]
Chunk = dict[str, Any]


def fill(
    directory: Path = PACKAGED,
    *,
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: Progress | None = None,
    wanted: Sequence[Request] | None = None,
) -> list[str]:
    """Write the golden files of `wanted` (by default of all recipes) and their index; return the names of files that changed.

    Finished chunks stand in the journal (by default `.fill` in the directory) until the end: a run that was killed goes on from
    there. Raises KLExactError where the directory cannot be written; what was there before is then unchanged.
    """
    kept = journal or directory / ".fill"
    made = texts(executor=executor, journal=kept, progress=progress, wanted=wanted, directory=directory)
    changed = [name for name, text in made.items() if _stored(directory / name) != text]
    for name in changed:
        write_atomically(directory / name, made[name])
    for path in directory.glob("*.*.*.json"):
        if path.name not in made:
            path.unlink()
            changed.append(path.name)
    shutil.rmtree(kept, ignore_errors=True)
    return changed


def stale(directory: Path = PACKAGED, **options: Any) -> list[str]:
    """Return the names of files that differ from what `fill` would write, byte for byte; writes nothing but the journal.

    The provenance block is taken as it stands: it says with which versions a file was made, and others make the same values.
    """
    made = texts(directory=directory, **options)
    wrong = [name for name, text in made.items() if _stored(directory / name) != text]
    return wrong + [path.name for path in directory.glob("*.*.*.json") if path.name not in made]


def texts(
    *,
    directory: Path,
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: Progress | None = None,
    wanted: Sequence[Request] | None = None,
) -> dict[str, str]:
    """Return the text of every file by name, the index and the runner's vectors included."""
    asked = requests() if wanted is None else list(wanted)
    made = run(make_chunk, chunks_of(asked), executor=executor, journal=journal, progress=progress)
    cases: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for request, case in zip(asked, (case for chunk in made for case in chunk), strict=True):
        cases.setdefault((request.function, request.variant, request.unit), []).append(case)
    documents = {file_name(*key): _document(key, cases[key]) for key in sorted(cases)}
    provenance = {name: _provenance(directory / name) for name in (*documents, "runner.json", "index.json")}
    found = {name: _text(document, provenance[name]) for name, document in documents.items()}
    found["runner.json"] = _text(make_document(documents, {}), provenance["runner.json"])
    found["ERRATA.json"] = json.dumps(_ERRATA, indent=1) + "\n"
    found["index.json"] = json.dumps(_index(documents) | {"provenance": provenance["index.json"]}, indent=1) + "\n"
    return found


def chunks_of(asked: Sequence[Request]) -> list[Chunk]:
    """Return requests in chunks for workers, each with the version of the code that answers it."""
    return [
        {"code": code_hash(), "requests": [list(astuple(r)) for r in asked[i : i + _CHUNK]]}
        for i in range(0, len(asked), _CHUNK)
    ]


def make_chunk(chunk: Chunk) -> list[dict[str, Any]]:
    """Return the cases of a chunk."""
    return [
        make_case(function, variant, unit, inputs, slug=slug, level=level, source=source)
        for function, variant, unit, inputs, slug, level, source in chunk["requests"]
    ]


@cache
def code_hash() -> str:
    """Return a hash of the library's own source: a journal of other code is not taken for this one's."""
    root = Path(str(files("klexact")))
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _stored(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _document(key: tuple[str, str, str], cases: list[dict[str, Any]]) -> dict[str, Any]:
    function, variant, unit = key
    spec = FUNCTIONS[function]
    found = sorted({flag for case in cases for flag in case["flags"]})
    document = {
        "format": FORMAT,
        "licence": LICENCE,
        "function": function,
        "variant": variant,
        "unit": unit,
        "definition": spec.definition[variant]
        + ("" if unit == "nat" else f"; in {unit}s: divided by log {_BASE[unit]}"),
        "arguments": dict(spec.arguments),
        "flags": {flag: FLAGS[flag] for flag in found},
        "cases": cases,
    }
    return document | {"content": content_hash(document)}


_BASE = {"bit": 2, "dit": 10}


def _text(document: Mapping[str, Any], provenance: Mapping[str, str]) -> str:
    """Write a document: a line a key, and a line a case or vector."""
    lines = []
    for key, value in {**document, "provenance": provenance}.items():
        shown = json.dumps(value, ensure_ascii=False)
        if key in ("cases", "vectors"):
            shown = "[\n" + ",\n".join(_line(x) for x in value) + "\n]"
        lines.append(f"{json.dumps(key)}: {shown}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(content: object) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _provenance(path: Path) -> dict[str, str]:
    """Return the provenance that a stored file has, else this machine's."""
    try:
        found = read_json(path)["provenance"]
        return {str(key): str(value) for key, value in found.items()}
    except (InvalidFileError, KeyError, TypeError, AttributeError):
        engines = ", ".join(f"{name} {version(name)}" for name in ("python-flint", "sympy", "mpmath"))
        return {"generator": f"klexact {version('klexact')}", "command": "klexact golden fill", "engines": engines}


def _index(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    listed = {name: {"cases": str(len(d["cases"])), "content": d["content"]} for name, d in documents.items()}
    digest = hashlib.sha256(canonical(listed).encode()).hexdigest()[:8]
    total = sum(len(d["cases"]) for d in documents.values())
    return {
        "format": FORMAT,
        "licence": LICENCE,
        "suite": f"{SUITE}-{digest}",
        "cases": str(total),
        "files": listed,
    }
