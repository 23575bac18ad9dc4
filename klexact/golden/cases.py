"""What a golden file holds, as records, and reading it; nothing beyond Python is needed.

The format is described for every language in the README beside the data files (`klexact/data/golden/README.md`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from klexact.choices import require_one_of
from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, decode, format_of, rounded
from klexact.golden.generators import entries, is_generated

__all__ = [
    "FORMAT",
    "LEVELS",
    "LICENCE",
    "PACKAGED",
    "Case",
    "CaseFile",
    "View",
    "canonical",
    "case_id",
    "content_hash",
    "file_name",
    "files_hash",
    "index",
    "load",
    "names",
    "number",
    "parse",
    "read",
    "read_json",
    "require_names",
]

FORMAT = "klexact-golden/1"
LICENCE = "CC0-1.0"
LEVELS = ("core", "full", "long")  # each holds the ones before it
NAMED = ("index", "name")  # kinds of arguments that are the same in every format

_FILE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}\.json", re.ASCII)


def canonical(content: object) -> str:
    """Return the one JSON text of a content: sorted keys, no white space.

    >>> canonical({"b": ["1"], "a": "π"})
    '{"a":"π","b":["1"]}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the hash of a document without its content and provenance.

    >>> content_hash({"content": "old", "a": "1"}) == content_hash({"a": "1", "provenance": {}})
    True
    """
    hashed = {key: value for key, value in document.items() if key not in ("content", "provenance")}
    return "sha256:" + hashlib.sha256(canonical(hashed).encode()).hexdigest()


def case_id(function: str, variant: str, unit: str, inputs: Mapping[str, Any]) -> str:
    """Return the id of a case, made from what is asked and never from the answer.

    >>> case_id("entropy", "raw", "nat", {"p": ["1/2", "1/2"]})
    'entropy-4a841f91413d'
    """
    asked = {"function": function, "variant": variant, "unit": unit, "inputs": inputs}
    return f"{function}-{hashlib.sha256(canonical(asked).encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class View:
    """What an implementation receives in one format, and the value of that.

    `inputs` holds the bits of each numeric argument that is written out; `nearest`, `down` and `up` are bits, None where
    the kind is "domain"; `magnitude` and `condition` are decimals as text.
    """

    dtype: str
    exact_inputs: bool
    inputs: Mapping[str, Any]
    kind: str
    flags: tuple[str, ...]
    nearest: str | None = None
    down: str | None = None
    up: str | None = None
    hex: str | None = None
    decimal50: str | None = None
    magnitude: str | None = None
    condition: str | None = None
    sign: str | None = None


@dataclass(frozen=True)
class Case:
    """A question with exact inputs, its value, and what it becomes in each format.

    `arguments` (kind by name) is the file's; `terms` is the number of terms that the definition adds up.
    """

    function: str
    variant: str
    unit: str
    arguments: Mapping[str, str]
    id: str
    slug: str
    level: str
    inputs: Mapping[str, Any]
    value: Mapping[str, Any]
    terms: int
    flags: tuple[str, ...]
    source: str
    views: Mapping[str, View]
    condition: str | None = None
    alternates: Mapping[str, Mapping[str, str]] | None = None

    def view(self, dtype: str) -> View:
        """Return the view in a format. Raises KLExactError where there is none."""
        name = format_of(dtype).name
        if name not in self.views:
            raise KLExactError(f"{self.id} must have a view in {name}; it has {', '.join(self.views)}")
        return self.views[name]

    def bits(self, dtype: str) -> dict[str, Any]:
        """Return each argument as a program in another language receives it: bits, or text where its kind is index or name.

        Raises KLExactError where there is no view in the format, as `values`.
        """
        view, found = self.view(dtype), {}
        for name in self.arguments:
            given = self.inputs[name]
            if is_generated(given):
                found[name] = list(_encoded(canonical(given), view.dtype))
            else:
                found[name] = view.inputs.get(name, given)
        return found

    def values(self, dtype: str) -> dict[str, Any]:
        """Return each argument in Python's numbers, exactly: floats (Fractions in binary128), ints for indices, text."""
        dtype = format_of(dtype).name
        return {
            name: given if kind == "name" else int(given) if kind == "index" else _nested(given, dtype)
            for (name, kind), given in zip(self.arguments.items(), self.bits(dtype).values(), strict=True)
        }


@lru_cache(maxsize=8)
def _encoded(description: str, dtype: str) -> tuple[str, ...]:
    """Return the bits of a generated vector, each distinct entry encoded once."""
    exact = entries(json.loads(description))
    bits = {
        i: rounded(x.as_integer_ratio(), FORMATS[dtype], "nearest").bits for i, x in {id(x): x for x in exact}.items()
    }
    return tuple(bits[id(x)] for x in exact)


@cache
def number(bits: str, dtype: str) -> float | Fraction:
    """Return what bits stand for: a float, exactly, or a Fraction where binary64 does not have it.

    >>> number("3c00", "binary16"), number("7e00", "binary16"), number("3fff" + "0" * 27 + "1", "binary128").denominator
    (1.0, nan, 5192296858534827628530496329220096)
    """
    found = decode(bits, FORMATS[dtype])
    if found is None:
        return float("nan")
    return found.value if found.float is None else found.float


def _nested(given: Any, dtype: str) -> Any:
    if not isinstance(given, list):
        return number(given, dtype)
    if given and isinstance(given[0], list):
        return [_nested(row, dtype) for row in given]
    known = {bits: number(bits, dtype) for bits in set(given)}
    return [known[bits] for bits in given]


@dataclass(frozen=True)
class CaseFile:
    """The cases of one function, variant and unit, with what explains them."""

    function: str
    variant: str
    unit: str
    definition: str
    arguments: Mapping[str, str]
    flags: Mapping[str, str]
    content: str
    provenance: Mapping[str, Any]
    cases: tuple[Case, ...]


def file_name(function: str, variant: str, unit: str) -> str:
    """Return the name of the file of a function, variant and unit."""
    return f"{function}.{variant}.{unit}.json"


PACKAGED = Path(str(files("klexact") / "data" / "golden"))


def read_json(path: Path) -> Any:
    """Return the content of a JSON file; NaN, repeated keys and truncation are refused by name."""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except OSError as error:
        raise InvalidFileError(f"{path} must be a readable file; found: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(f"{path} must be whole, well-formed JSON; found: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a key twice in an object of {', '.join(key for key, _ in pairs)}")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"the number {name}, which is not JSON")


def read(path: Path) -> CaseFile:
    """Return the cases of a file. Raises InvalidFileError if it is truncated, edited, newer or no golden file."""
    return parse(read_json(path), str(path))


def parse(document: Any, where: str) -> CaseFile:
    """Return the cases of a document that was read from `where`."""
    if not isinstance(document, dict) or not isinstance(document.get("format"), str):
        raise InvalidFileError(f"{where} must be a golden file with a key format; found {document!r:.60}")
    if document["format"] != FORMAT:
        raise InvalidFileError(
            f"{where} must have the format {FORMAT}; found {document['format']!r:.60}: a newer klexact may read it"
        )
    try:
        found = content_hash(document)
    except UnicodeEncodeError:
        raise InvalidFileError(f"{where} must be text that UTF-8 can encode; found a lone surrogate") from None
    if document.get("content") != found:
        raise InvalidFileError(
            f"{where} must hold what its content hash says, {document.get('content')!r:.80}; found {found}: it was edited or "
            "damaged; take it afresh from its source"
        )
    try:
        head = {f.name: document[f.name] for f in fields(CaseFile) if f.name != "cases"}
        _require_keys(document, {*head, "format", "licence", "cases"}, where)
        cases = tuple(_case(content, head, where) for content in document["cases"])
        return CaseFile(**head, cases=cases)
    except InvalidFileError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InvalidFileError(f"{where} must follow the schema of golden files; found it wrong at {error}") from None


def _require_keys(content: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(content) - allowed)
    if unknown:
        raise InvalidFileError(f"{where} must have only the keys of the schema; found {', '.join(unknown)} too")


_VIEW = {f.name for f in fields(View)} - {"dtype", "inputs"}
_CASE = {f.name for f in fields(Case)} - {"function", "variant", "unit", "arguments", "views"} | {"ieee"}


def _case(content: dict[str, Any], head: Mapping[str, Any], where: str) -> Case:
    here = f"{where}, case {content['id']}"
    _require_keys(content, _CASE, here)
    named = {key: head[key] for key in ("function", "variant", "unit", "arguments")}
    kept = {key: value for key, value in content.items() if key != "ieee"}
    kept |= {"terms": int(content["terms"]), "flags": tuple(content["flags"])}
    views = {dtype: _view(dtype, view, head["arguments"], here) for dtype, view in content["ieee"].items()}
    return Case(**named, **kept, views=views)


def _view(dtype: str, content: dict[str, Any], arguments: Mapping[str, str], here: str) -> View:
    if dtype not in FORMATS:
        raise InvalidFileError(f"{here} must have views in {', '.join(FORMATS)}; found {dtype!r:.40}")
    inputs = {name: content[name] for name in arguments if name in content}
    kept = {key: value for key, value in content.items() if key not in inputs}
    _require_keys(kept, _VIEW, f"{here}, {dtype}")
    return View(dtype, inputs=inputs, **kept | {"flags": tuple(content["flags"])})


def index(directory: Path = PACKAGED) -> dict[str, Any]:
    """Return the index of a directory of golden files: `suite` (its version) and `files`, name -> cases and content."""
    path = directory / "index.json"
    document = read_json(path)
    if (
        not isinstance(document, dict)
        or document.get("format") != FORMAT
        or not isinstance(document.get("files"), dict)
    ):
        raise InvalidFileError(f"{path} must be an index of the format {FORMAT}; found {document!r:.60}")
    for name, entry in document["files"].items():
        if not _FILE.fullmatch(name):
            raise InvalidFileError(f"{path} must have names of files, FUNCTION.VARIANT.UNIT.json; found {name!r:.80}")
        if not isinstance(entry, dict) or not re.fullmatch("[0-9]{1,9}", str(entry.get("cases"))):
            raise InvalidFileError(f"{path} must have the number of cases of {name}; found {entry!r:.80}")
    return document


def files_hash(listed: Mapping[str, Any]) -> str:
    """Return the hash of the files of an index, with which the version of the suite ends.

    >>> files_hash({})
    '44136fa3'
    """
    return hashlib.sha256(canonical(listed).encode()).hexdigest()[:8]


def names(directory: Path = PACKAGED) -> Iterator[tuple[str, str, str]]:
    """Yield function, variant and unit of every file of the index."""
    for name in index(directory)["files"]:
        function, variant, unit, _ = name.split(".")
        yield function, variant, unit


def require_names(
    directory: Path, functions: Iterable[str] = (), variants: Iterable[str] = (), units: Iterable[str] = ()
) -> None:
    """Raise KLExactError unless some file has each of these functions, each of the variants, each of the units."""
    there = list(zip(*names(directory), strict=True)) or [()] * 3
    chosen = (("function", functions), ("variant", variants), ("unit", units))
    for (noun, wanted), known in zip(chosen, there, strict=True):
        for name in wanted:
            require_one_of(f"the {noun} of golden cases", name, sorted(known))


def load(function: str, variant: str, unit: str = "nat", directory: Path = PACKAGED) -> CaseFile:
    """Return the cases of a function, variant and unit. Raises KLExactError, saying what there is, where there are none."""
    return _loaded(directory, file_name(function, variant, unit))


@cache
def _loaded(directory: Path, name: str) -> CaseFile:
    files_there = index(directory)["files"]
    if name not in files_there:
        asked = name.removesuffix(".json").split(".")
        require_names(directory, *([x] for x in asked))
        there = [" ".join(key) for key in sorted(names(directory)) if key[0] == asked[0]]
        raise KLExactError(
            f"there must be golden values of {' '.join(asked)}; found none: there are {', '.join(there)}"
        )
    found = read(directory / name)
    if found.content != files_there[name].get("content"):
        raise InvalidFileError(f"{directory / name} must be the file of index.json; found another content hash")
    return found
