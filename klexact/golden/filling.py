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
from klexact.golden.cases import FORMAT, LICENCE, PACKAGED, content_hash, file_name, files_hash, read_json
from klexact.golden.errata import FORMAT as ERRATA_FORMAT
from klexact.golden.errata import read_errata
from klexact.golden.flags import FLAGS
from klexact.golden.functions import FUNCTIONS
from klexact.golden.making import make_case
from klexact.golden.quantities import UNITS
from klexact.golden.recipes import Request, requests
from klexact.golden.runner import make_document
from klexact.work import one_at_a_time, run, write_atomically

__all__ = ["SUITE", "chunks_of", "fill", "make_chunk", "stale", "texts"]

SUITE = "1.0"
_CHUNK = 8
_JOURNAL = ".fill"
_VARIANTS = ("raw", "normalised", "generalised")
_ERRATA = {"format": ERRATA_FORMAT, "licence": LICENCE, "errata": []}

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

    Finished chunks stand in the journal until the end: a run that was killed goes on from there. By default that is `.fill` in
    the directory, which is removed at the end; another one stays. Golden files of functions that are not wanted are removed,
    ERRATA.json is left as it is. Raises KLExactError where the directory cannot be written; each file is then either the
    old or the new one, and the next run goes on.
    """
    made = texts(
        executor=executor,
        journal=journal or directory / _JOURNAL,
        progress=progress,
        wanted=wanted,
        directory=directory,
    )
    changed = [name for name, text in made.items() if _stored(directory / name) != text.encode()]
    for name in changed:
        write_atomically(directory / name, made[name])
    for path in _left_over(directory, made):
        path.unlink()
        changed.append(path.name)
    for name in made:
        for path in directory.glob(f".{name}.*"):  # of a run that was killed while it wrote
            path.unlink()
    if journal is None:
        shutil.rmtree(directory / _JOURNAL, ignore_errors=True)
    return changed


def stale(directory: Path = PACKAGED, **options: Any) -> list[str]:
    """Return the names of files that differ from what `fill` would write, byte for byte; writes nothing but the journal.

    The provenance block is taken as it stands: it says with which versions a file was made, and others make the same values.
    """
    made = texts(directory=directory, **options)
    wrong = [name for name, text in made.items() if _stored(directory / name) != text.encode()]
    return wrong + [path.name for path in _left_over(directory, made)]


def _left_over(directory: Path, made: Mapping[str, str]) -> list[Path]:
    """Return the golden files of a directory that nothing was made for; other people's files are none."""
    parts = ((path, path.name.split(".")) for path in sorted(directory.glob("*.*.*.json")))
    return [
        path
        for path, (_, variant, unit, *_) in parts
        if path.name not in made and variant in _VARIANTS and unit in UNITS
    ]


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
    found = {
        name: _text(document | {"provenance": _provenance(directory / name, document)})
        for name, document in (documents | {"runner.json": make_document(documents, {})}).items()
    }
    found["ERRATA.json"] = _errata(directory / "ERRATA.json")
    index = _index(documents)
    index["provenance"] = _provenance(directory / "index.json", index)
    return found | {"index.json": json.dumps(index, indent=1) + "\n"}


def chunks_of(asked: Sequence[Request]) -> list[Chunk]:
    """Return requests in chunks for workers, each with the version of the code that answers it."""
    return [
        {"code": code_hash(), "requests": [list(astuple(r)) for r in asked[i : i + _CHUNK]]}
        for i in range(0, len(asked), _CHUNK)
    ]


@one_at_a_time
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


def _stored(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _errata(path: Path) -> str:
    """Return the errata that a directory has: people write their reasons, no recipe makes them."""
    if path.exists():
        read_errata(path)
        return path.read_bytes().decode()
    return json.dumps(_ERRATA, indent=1) + "\n"


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
        "definition": spec.defined(variant, unit),
        "arguments": dict(spec.arguments),
        "flags": {flag: FLAGS[flag] for flag in found},
        "cases": cases,
    }
    return document | {"content": content_hash(document)}


def _text(document: Mapping[str, Any]) -> str:
    """Write a document: a line a key, and a line a case or vector."""
    lines = []
    for key, value in document.items():
        shown = json.dumps(value, ensure_ascii=False)
        if key in ("cases", "vectors"):
            shown = "[\n" + ",\n".join(_line(x) for x in value) + "\n]"
        lines.append(f"{json.dumps(key)}: {shown}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(content: object) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _provenance(path: Path, document: Mapping[str, Any]) -> dict[str, str]:
    """Return the provenance of a stored file that is otherwise the same, else this machine's."""
    try:
        stored = read_json(path)
        found = stored["provenance"]
        if stored | {"provenance": {}} == {**document, "provenance": {}}:
            return {str(key): str(value) for key, value in found.items()}
    except (InvalidFileError, KeyError, TypeError, AttributeError):
        pass  # no file to go by
    engines = ", ".join(f"{name} {version(name)}" for name in ("python-flint", "sympy", "mpmath"))
    return {"generator": f"klexact {version('klexact')}", "command": "klexact golden fill", "engines": engines}


def _index(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    listed = {name: {"cases": str(len(d["cases"])), "content": d["content"]} for name, d in documents.items()}
    total = sum(len(d["cases"]) for d in documents.values())
    return {
        "format": FORMAT,
        "licence": LICENCE,
        "suite": f"{SUITE}-{files_hash(listed)}",
        "cases": str(total),
        "files": listed,
    }
