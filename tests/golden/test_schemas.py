"""The schemas of the golden files: packaged files follow them, their closed lists are the code's, mutated files fail."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact.formats import FORMATS
from klexact.golden.cases import FORMAT, LEVELS, LICENCE, PACKAGED, read_json
from klexact.golden.differences import differences
from klexact.golden.errata import FORMAT as ERRATA_FORMAT
from klexact.golden.errata import errata
from klexact.golden.flags import FLAGS
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import described
from klexact.golden.making import DTYPES
from klexact.golden.quantities import UNITS
from klexact.golden.suite import KINDS
from tests.golden.made import fresh, written

NAMES = sorted(path.name for path in PACKAGED.glob("*.*.*.json"))
DIGITS = {name: -(-FORMATS[name].width // 4) for name in DTYPES}


@cache
def schema(name: str) -> Any:
    return json.loads((PACKAGED / f"{name}.schema.json").read_text(encoding="utf-8"))


@cache
def validator(name: str) -> Any:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    return jsonschema.Draft202012Validator(schema(name))


def faults(name: str, document: Any) -> list[str]:
    found = sorted(validator(name).iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message:.200}" for error in found[:3]]


def fails(name: str, document: Any) -> bool:
    return not validator(name).is_valid(document)


def entries(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield everything in a document with its path, itself first."""
    yield path, found
    if isinstance(found, dict):
        for key, value in found.items():
            yield from entries(value, (*path, key))
    elif isinstance(found, list):
        for i, value in enumerate(found):
            yield from entries(value, (*path, i))


def put(document: Any, path: tuple[Any, ...], content: Any) -> Any:
    """Return a copy with other content at a path."""
    if not path:
        return content
    copied = copy.copy(document)
    copied[path[0]] = put(document[path[0]], path[1:], content)
    return copied


@cache
def samples() -> dict[str, dict[str, Any]]:
    """Return documents of one short case each, in two formats, one for each kind of value and one that is generated."""
    document = fresh()["kl_divergence.raw.nat.json"]
    found: dict[str, dict[str, Any]] = {}
    for case in sorted(document["cases"], key=lambda case: len(str(case))):
        name = "generated" if isinstance(case["inputs"]["p"], dict) else case["value"]["kind"]
        case["ieee"] = {dtype: view for dtype, view in case["ieee"].items() if dtype in ("binary16", "binary64")}
        if set(case["ieee"]) == {"binary16", "binary64"} or name == "generated":
            found.setdefault(name, document | {"cases": [case]})
    assert set(found) == {*KINDS, "generated"}
    return found


SAMPLES = (*KINDS, "generated")
CASE = ("cases", 0)


def with_case(sample: str, path: tuple[Any, ...], content: Any) -> dict[str, Any]:
    found: dict[str, Any] = put(samples()[sample], (*CASE, *path), content)
    return found


def at(sample: str, *path: Any) -> Any:
    return dict(entries(samples()[sample]["cases"][0]))[path]


@pytest.mark.parametrize("name", NAMES)
def test_a_packaged_file_follows_the_schema(name: str) -> None:
    assert not faults("cases", read_json(PACKAGED / name))


def test_the_index_and_the_errata_follow_theirs() -> None:
    assert not faults("index", read_json(PACKAGED / "index.json"))
    assert not faults("errata", read_json(PACKAGED / "ERRATA.json"))
    assert len(NAMES) == len(read_json(PACKAGED / "index.json")["files"])


@pytest.mark.parametrize("name", list(fresh()))
def test_a_file_made_afresh_follows_the_schema(name: str, tmp_path: Path) -> None:
    assert not faults("cases", fresh()[name])
    assert not faults("index", read_json(written(tmp_path, fresh()) / "index.json"))


def test_closed_lists_are_those_of_the_code() -> None:
    found, defs = schema("cases"), schema("cases")["$defs"]
    assert defs["flag"]["enum"] == sorted(FLAGS) == list(found["properties"]["flags"]["properties"])
    assert defs["kind"]["enum"] == list(KINDS)
    assert defs["case"]["properties"]["level"]["enum"] == list(LEVELS)
    assert list(defs["case"]["properties"]["ieee"]["properties"]) == list(DTYPES)
    assert set(found["properties"]["unit"]["enum"]) == set(UNITS)
    assert set(found["properties"]["variant"]["enum"]) == {v for f in FUNCTIONS.values() for v in f.variants}
    assert found["properties"]["format"]["const"] == schema("index")["properties"]["format"]["const"] == FORMAT
    assert schema("errata")["properties"]["format"]["const"] == ERRATA_FORMAT
    assert {schema(x)["properties"]["licence"]["const"] for x in ("cases", "index", "errata")} == {LICENCE}


def test_arguments_are_those_of_the_functions() -> None:
    taken = {
        name: kind.get("enum", [kind.get("const")])
        for name, kind in schema("cases")["properties"]["arguments"]["properties"].items()
    }
    used: dict[str, set[str]] = {}
    for function in FUNCTIONS.values():
        for name, kind in function.arguments.items():
            used.setdefault(name, set()).add(kind)
    assert {name: set(kinds) for name, kinds in taken.items()} == used


def test_every_object_of_the_schemas_is_closed() -> None:
    for name in ("cases", "index", "errata"):
        for path, found in entries(schema(name)):
            if isinstance(found, dict) and found.get("type") == "object":
                assert found.get("additionalProperties") is False, path


@pytest.mark.parametrize("name", SAMPLES)
def test_the_documents_that_are_mutated_are_right(name: str) -> None:
    assert not faults("cases", samples()[name])


@pytest.mark.parametrize("dtype", DTYPES)
def test_bits_have_exactly_the_digits_of_their_format(dtype: str) -> None:
    view = at("infinite", "ieee", "binary64")
    for key in ("nearest", "down", "up", "p", "q"):
        for digits in {*DIGITS.values(), DIGITS[dtype] - 1, DIGITS[dtype] + 1}:
            made: dict[str, Any] = dict.fromkeys(("nearest", "down", "up"), "0" * DIGITS[dtype])
            made |= {"p": ["0" * DIGITS[dtype]], "q": ["0" * DIGITS[dtype]]}
            made[key] = "0" * digits if key in ("nearest", "down", "up") else ["0" * digits]
            assert fails("cases", with_case("infinite", ("ieee",), {dtype: view | made})) == (digits != DIGITS[dtype])


@pytest.mark.parametrize("name", SAMPLES)
def test_an_unknown_key_fails_at_every_level(name: str) -> None:
    objects = [(path, found) for path, found in entries(samples()[name]) if isinstance(found, dict)]
    assert len(objects) >= 8
    for path, found in objects:
        assert fails("cases", put(samples()[name], path, found | {"extra": "1"})), path


def is_optional(path: tuple[Any, ...]) -> bool:
    """Tell whether a key may be missing: notes of flags, exact forms, views, and alternates of a format or at all."""
    if path[0] == "flags":
        return len(path) == 2
    return path[-1] in ("alternates", "expression") or (len(path) > 2 and path[-2] in ("ieee", "extended-value"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_missing_key_fails_at_every_level(name: str) -> None:
    tried = 0
    for path, found in entries(samples()[name]):
        for key in found if isinstance(found, dict) else ():
            if not is_optional((*path, key)):
                tried += 1
                less = {other: value for other, value in found.items() if other != key}
                assert fails("cases", put(samples()[name], path, less)), (*path, key)
    assert tried >= 30


WORDS = ("slug", "source", "definition", "expression")
BITS = ("nearest", "down", "up", "p", "q")


def is_bits(path: tuple[Any, ...], found: Any) -> bool:
    """Tell whether text stands where a view or an alternate has bits."""
    if not isinstance(found, str) or path[:1] != ("cases",) or path[2] not in ("ieee", "alternates"):
        return False
    return path[2] == "alternates" or path[4] in BITS


def is_number(path: tuple[Any, ...], found: Any) -> bool:
    """Tell whether text is more than words for people: numbers, ids, hashes, names of a closed list."""
    return isinstance(found, str) and path[-1] not in WORDS and path[0] not in ("flags", "provenance")


Applies = Callable[[tuple[Any, ...], Any], bool]
WRONG: dict[str, tuple[Applies, Callable[[Any], Any]]] = {
    "a number in the place of text": (lambda path, x: isinstance(x, str), lambda x: 1),
    "NaN in the place of text": (lambda path, x: isinstance(x, str), lambda x: float("nan")),
    "null": (lambda path, x: True, lambda x: None),
    "lists around it": (lambda path, x: isinstance(x, str), lambda x: [[[x]]]),
    "an empty list": (lambda path, x: isinstance(x, list) and path[-1] != "logs", lambda x: []),
    "an empty object": (lambda path, x: isinstance(x, dict) and path != ("flags",), lambda x: {}),
    "empty text": (lambda path, x: isinstance(x, str), lambda x: ""),
    "capital digits": (lambda path, x: is_bits(path, x) and x.upper() != x, lambda x: x.upper()),
    "a digit less": (is_bits, lambda x: x[:-1]),
    "a digit more": (is_bits, lambda x: x + "0"),
    "a prefix": (is_bits, lambda x: "0x" + x[2:]),
    "a line break after it": (is_number, lambda x: x + "\n"),
    "a space before it": (is_number, lambda x: " " + x),
    "another plus before it": (is_number, lambda x: "+" + x),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_entry_fails_wherever_it_is(how: str) -> None:
    applies, change = WRONG[how]
    tried = 0
    for document in samples().values():
        for path, found in entries(document):
            if path and applies(path, found):
                tried += 1
                assert fails("cases", put(document, path, change(found))), (path, found)
    assert tried >= 10


KIND_KEYS = [
    ("finite", ("value",), ("lo", "hi", "decimal50")),
    ("finite", ("ieee", "binary64"), ("nearest", "down", "up", "hex", "decimal50", "magnitude", "condition")),
    ("zero", ("ieee", "binary64"), ("nearest", "down", "up", "hex", "magnitude", "condition")),
    ("infinite", ("value",), ("sign",)),
    ("infinite", ("ieee", "binary64"), ("sign", "nearest", "down", "up", "hex")),
]


@pytest.mark.parametrize(("kind", "where", "keys"), KIND_KEYS)
def test_a_kind_needs_its_keys_and_no_others(kind: str, where: tuple[str, ...], keys: tuple[str, ...]) -> None:
    found, domain = at(kind, *where), at("domain", *where)
    for key in keys:
        assert fails("cases", with_case(kind, where, {k: v for k, v in found.items() if k != key})), key
        assert fails("cases", with_case("domain", where, domain | {key: found[key]})), key
    for other in {*KINDS} - {kind}:
        assert fails("cases", with_case(kind, where, found | {"kind": other})), other


def test_an_exact_form_is_whole_and_no_expression() -> None:
    value = at("finite", "value")
    assert {"constant", "logs"} <= set(value)
    for key in ("constant", "logs"):
        assert fails("cases", with_case("finite", ("value",), {k: v for k, v in value.items() if k != key}))
    assert fails("cases", with_case("finite", ("value",), value | {"expression": "log(2)"}))
    bare = {k: v for k, v in value.items() if k not in ("constant", "logs")}
    assert not fails("cases", with_case("finite", ("value",), bare | {"expression": "log(2)"}))
    for wrong in (["1", "1"], ["1", "2", "3"], ["1"], ["1/1", "2"], ["inf", "2"], ["1", "-2"]):
        assert fails("cases", with_case("finite", ("value", "logs"), [wrong])), wrong


def test_arguments_and_inputs_belong_together() -> None:
    document = samples()["finite"]
    for wrong in ({"p": "vector"}, {"p": "number", "q": "vector"}, {"p": "vector", "q": "vector", "index": "index"}):
        assert fails("cases", document | {"arguments": wrong}), wrong
    for dtype, view in at("finite", "ieee").items():
        less = {key: value for key, value in view.items() if key != "p"}
        assert fails("cases", with_case("finite", ("ieee", dtype), less))
    view = at("generated", "ieee", "binary64")
    assert "p" not in view
    assert fails("cases", with_case("generated", ("ieee", "binary64"), view | {"p": ["0" * 16]}))


def test_numbers_are_no_vectors() -> None:
    document = fresh()["rel_entr.raw.nat.json"]
    assert not fails("cases", document)
    assert fails("cases", document | {"arguments": {"p": "vector", "q": "number"}})
    assert fails("cases", put(document, ("cases", 0, "inputs", "p"), ["1"]))
    assert fails("cases", put(document, ("cases", 0, "ieee", "binary64", "p"), ["0" * 16]))


HEAD_FAULTS = [
    ("format", "klexact-golden/2"),
    ("licence", "MIT"),
    ("variant", "cooked"),
    ("unit", "trit"),
    ("content", "sha256:" + "0" * 63),
    ("flags", {"Unheard": "a note"}),
    ("function", "KL divergence"),
]
CASE_FAULTS = [
    ("flags", ["Unheard"]),
    ("flags", ["Basic", "Basic"]),
    ("level", "easy"),
    ("id", "kl_divergence-00269C499E56"),
    ("terms", "02"),
    ("condition", "inf"),
    ("condition", "1e3"),
    ("alternates", {"extended-value": {"binary64": "7ff0000000000000"}}),
    *(("inputs", {"p": p, "q": ["1", "1"]}) for p in (["1/1", "1"], ["0.5", "1"], ["01/2", "1"], ["-0", "1"], ["1e3"])),
    ("inputs", {"p": described("ramp", 3) | {"seed": "1"}, "q": ["1", "1"]}),
    ("inputs", {"p": {"generator": "ramp", "length": "3"}, "q": ["1", "1"]}),
    ("inputs", {"p": described("ramp", 3) | {"generator": "twister"}, "q": ["1", "1"]}),
]


@pytest.mark.parametrize(("key", "content"), HEAD_FAULTS, ids=str)
def test_a_fault_of_the_head_fails(key: str, content: Any) -> None:
    assert fails("cases", samples()["finite"] | {key: content})


@pytest.mark.parametrize(("key", "content"), CASE_FAULTS, ids=str)
def test_a_fault_of_a_case_fails(key: str, content: Any) -> None:
    case = samples()["finite"]["cases"][0]
    assert fails("cases", samples()["finite"] | {"cases": [case | {key: content}]})


@pytest.mark.parametrize("name", ["x87_extended", "binary63", "float64", "Binary64", ""])
def test_an_unknown_format_fails_with_whatever_view(name: str) -> None:
    views = at("finite", "ieee")
    assert fails("cases", with_case("finite", ("ieee",), views | {name: views["binary64"]}))


NUMBERS = [
    (name, path)
    for name in SAMPLES
    for path, found in entries(samples()[name])
    if is_number(path, found) and path[-1] not in ("function", "generator", "reverse")
]
WORDLIKE = re.compile(r"[0-9a-z+./_-]+|[+-]", re.ASCII)


@given(site=st.sampled_from(NUMBERS), text=st.text(max_size=20).filter(lambda text: not WORDLIKE.fullmatch(text)))
@settings(deadline=None)
def test_arbitrary_text_is_no_number(site: tuple[str, tuple[Any, ...]], text: str) -> None:
    name, path = site
    old = dict(entries(samples()[name]))[path]
    assert text == old or fails("cases", put(samples()[name], path, text))


@given(
    site=st.sampled_from([(n, path) for n in SAMPLES for path, x in entries(samples()[n]) if is_bits(path, x)]),
    place=st.integers(0, 15),
    foreign=st.characters(exclude_characters="0123456789abcdef", exclude_categories=["Cs"]),
)
@settings(deadline=None)
def test_a_foreign_character_among_bits_fails(site: tuple[str, tuple[Any, ...]], place: int, foreign: str) -> None:
    name, path = site
    bits = dict(entries(samples()[name]))[path]
    i = place % len(bits)
    assert fails("cases", put(samples()[name], path, bits[:i] + foreign + bits[i + 1 :]))


INDEX_FAULTS: list[tuple[tuple[Any, ...], Any]] = [
    (("suite",), "1.0"),
    (("cases",), 5),
    (("cases",), "05"),
    (("files",), {}),
    (("files", "../entropy.raw.nat.json"), {"cases": "1", "content": "sha256:" + "0" * 64}),
    (("files", "entropy.raw.nat.json"), {"cases": "1"}),
    (("files", "entropy.raw.nat.json"), {"cases": "1", "content": "sha256:" + "0" * 64, "extra": "1"}),
    (("extra",), "1"),
    (("provenance",), {"generator": "x", "command": "y", "engines": "z", "extra": "1"}),
]


@pytest.mark.parametrize(("path", "content"), INDEX_FAULTS, ids=str)
def test_a_wrong_index_fails(path: tuple[Any, ...], content: Any) -> None:
    document = read_json(PACKAGED / "index.json")
    assert not faults("index", document)
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = content
    assert fails("index", document)


@pytest.mark.parametrize("key", ["format", "licence", "suite", "cases", "files", "provenance"])
def test_an_index_needs_every_key(key: str) -> None:
    document = read_json(PACKAGED / "index.json")
    del document[key]
    assert fails("index", document)


def test_errata_that_are_written_follow_their_schema_and_wrong_ones_fail(tmp_path: Path) -> None:
    made = fresh()
    for case in made["entropy.raw.nat.json"]["cases"]:
        case["ieee"]["binary64"]["p"] = [x[:-1] + "7" for x in case["ieee"]["binary64"]["p"]]
        case["value"] |= {"decimal50": "9"} if case["value"]["kind"] == "finite" else {}
    found = differences(written(tmp_path / "old", fresh()), written(tmp_path / "new", made))
    document = {"format": ERRATA_FORMAT, "licence": LICENCE, "errata": errata(found, "planted")}
    assert len(document["errata"]) == len(made["entropy.raw.nat.json"]["cases"])
    assert not faults("errata", document)
    for path, entry in entries(document):
        if isinstance(entry, dict):
            assert fails("errata", put(document, path, entry | {"extra": "1"})), path
            for key in entry:
                assert fails("errata", put(document, path, {k: v for k, v in entry.items() if k != key})), (path, key)
        if isinstance(entry, str):
            assert fails("errata", put(document, path, 1)), path
