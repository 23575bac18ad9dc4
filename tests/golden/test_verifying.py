"""Verifying: what is packaged holds, and every mutation of it is found, whether or not hashes were mended after it."""

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from klexact.errors import InvalidFileError, KLExactError
from klexact.golden import verifying
from klexact.golden.cases import FORMAT, LICENCE, PACKAGED, content_hash, file_name, files_hash, index, read_json
from klexact.golden.definitions import second
from klexact.golden.flags import FLAGS
from klexact.golden.functions import FUNCTIONS
from klexact.golden.making import DTYPES, make_case
from klexact.golden.verifying import chunk_count, verify_case, verify_files
from tests.golden.asked import FEW
from tests.golden.mutations import mutations, of_kinds

EVERY = 191  # of the cases of each packaged file in nats, one in so many is verified
SEALS = ("none", "file", "index")


@cache
def packaged() -> dict[str, Any]:
    return {name: read_json(PACKAGED / name) for name in index()["files"]}


def test_packaged_files_verify() -> None:
    def only(name: str) -> bool:
        return name.endswith(".nat.json")

    told: list[int] = []
    n, problems = verify_files(only=only, every=EVERY, progress=told.append)
    assert problems == []
    assert n == sum(-(-len(document["cases"]) // EVERY) for name, document in packaged().items() if only(name)) > 30
    assert sum(told) == chunk_count(PACKAGED, only, EVERY)


def write(directory: Path, name: str, document: dict[str, Any]) -> None:
    """Write a file with its index."""
    listed = {name: {"cases": str(len(document["cases"])), "content": document["content"]}}
    head = {"format": FORMAT, "licence": LICENCE, "suite": f"1.0-{files_hash(listed)}"}
    found = head | {"cases": listed[name]["cases"], "files": listed, "provenance": {}}
    (directory / "index.json").write_text(json.dumps(found), encoding="utf-8")
    (directory / name).write_text(json.dumps(document), encoding="utf-8")


def sealed(document: dict[str, Any], *, notes: bool = False) -> dict[str, Any]:
    """Return a document whose hash is right, and whose notes are those of its flags."""
    found = copy.deepcopy(document)
    if notes:
        used = {flag for case in found["cases"] for flag in case["flags"]}
        found["flags"] = {flag: FLAGS[flag] for flag in sorted(used)}
    return found | {"content": content_hash(found)}


def is_found(directory: Path, name: str, what: str, changed: dict[str, Any], seal: str) -> bool:
    """Tell whether a mutation is found: with the old hashes, with the file's mended, or with the index's as well."""
    found = changed if seal == "none" else sealed(changed, notes="flags" in what)
    if seal == "index":
        write(directory, name, found)
    else:
        (directory / name).write_text(json.dumps(found), encoding="utf-8")
    return bool(verify_files(directory)[1])


def remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what a function returned: hundreds of mutations ask for the same case."""
    known: dict[str, Any] = {}

    def remembered(*args: Any, **kwargs: Any) -> Any:
        key = repr((args, kwargs))
        if key not in known:
            known[key] = function(*args, **kwargs)
        return copy.deepcopy(known[key])

    return remembered


def mutated_documents(function: str) -> Iterator[tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]]:
    """Yield documents of one case with all their mutations: formats take turns."""
    for i, plain in enumerate(of_kinds(packaged(), function), [*FUNCTIONS].index(function)):
        document = sealed(plain, notes=True)
        there = [dtype for dtype in DTYPES if dtype in document["cases"][0]["ieee"]]
        yield document, [*mutations(document, (there[i % len(there)],))]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_mutation_is_found(function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "make_case", remembering(make_case))
    monkeypatch.setattr(verifying, "second", remembering(second))
    undetected, n = [], 0
    for document, mutated in mutated_documents(function):
        name = file_name(*(document[key] for key in ("function", "variant", "unit")))
        directory = tmp_path / str(n)
        directory.mkdir()
        write(directory, name, document)
        assert verify_files(directory) == (1, [])
        for seal in SEALS:
            for what, changed in mutated[:: 10 if seal == "file" else 1]:
                n += 1
                if not is_found(directory, name, what, changed, seal):
                    undetected.append((name, document["cases"][0]["id"], what, seal))
    assert undetected == []
    assert n > 80


def test_there_are_hundreds_of_mutations_of_every_kind() -> None:
    found = [what for f in FUNCTIONS for _, mutated in mutated_documents(f) for what, _ in mutated]
    kinds = {" ".join(word for word in what.split() if word not in DTYPES) for what in found}
    assert {dtype for what in found for dtype in DTYPES if what.startswith(f"{dtype} bits")} == set(DTYPES)
    assert len(found) > 3_000  # each twice, with old hashes and with mended ones
    assert {f"bits of {d}" for d in ("nearest", "down", "up", "p", "q", "joint", "logits", "log_q")} <= kinds
    assert {"lo", "hi", "decimal50", "coefficient of a logarithm", "flags", "flags, one more", "terms"} <= kinds
    assert {"condition", "value sign", "value kind zero", "alternates", "alternates dropped", "input index"} <= kinds
    assert {"magnitude", "exact_inputs", "dropped", "sign", "kind domain", "id"} <= kinds
    assert {"definition", "argument's kind", "note of a flag", "function", "input law_p with its id"} <= kinds


# What the second engine says alone: a first engine with the same mistake would not be caught by comparing with it.
ALONE = [
    ("kl_divergence", {"nearest", "down", "up", "decimal50", "magnitude", "terms"}),
    ("entropy", {"nearest", "down", "up", "decimal50", "magnitude", "terms"}),
    ("kl_gradient_logits", {"nearest", "down", "up", "decimal50"}),
]


def irrational(function: str) -> dict[str, Any]:
    """Return a document of one short case whose value lies between two numbers of every format."""
    return next(
        document | {"cases": [case]}
        for document in packaged().values()
        if document["function"] == function
        for case in document["cases"]
        if case["level"] == "core" and all(v.get("down") != v.get("up") for v in case["ieee"].values())
    )


@pytest.mark.parametrize(("function", "keys"), ALONE)
def test_the_second_engine_finds_wrong_values_alone(
    function: str, keys: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = irrational(function)
    where = [document[key] for key in ("function", "variant", "unit")]
    found = set()
    for what, changed in mutations(document):
        key = what.split()[-1]
        if changed["cases"] != document["cases"] and len(changed["cases"]) == 1 and key in keys and "input" not in what:
            (case,) = changed["cases"]
            monkeypatch.setattr(verifying, "make_case", lambda *_, case=case, **__: case)
            assert any("second engine" in claim for claim in verify_case(case, *where)), what
            found.add(key)
    assert found == keys
    for low, high in (("-1e+9", "-0.9e+9"), ("1e+9", "1.1e+9")):
        (case,) = copy.deepcopy(document["cases"])
        case["value"] |= {"lo": low, "hi": high}
        monkeypatch.setattr(verifying, "make_case", lambda *_, case=case, **__: case)
        assert verify_case(case, *where) == ["the second engine finds another value"]


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Path:
    for path in filled.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_executors_find_the_same(copied: Path) -> None:
    name = "kl_divergence.raw.nat.json"
    document = read_json(copied / name)
    document["cases"][0]["ieee"]["binary64"]["nearest"] = "3ff0000000000000"
    (copied / name).write_text(json.dumps(sealed(document)), encoding="utf-8")
    n, problems = verify_files(copied)
    assert n == len(FEW)
    assert len(problems) > 2
    with ThreadPoolExecutor(3) as executor:
        assert verify_files(copied, executor=executor) == (n, problems)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert verify_files(copied, executor=executor) == (n, problems)
    case = document["cases"][0]["id"]
    wrong = f"{name}: {case}: ieee.binary64.nearest is not what the inputs make: '3ff0000000000000' in place of '"
    assert any(str(problem).startswith(wrong) for problem in problems)
    assert f"{name}: the index says otherwise" in map(str, problems)


def test_zero_cases_are_an_error(copied: Path) -> None:
    with pytest.raises(KLExactError, match="there must be cases to verify; found none in"):
        verify_files(copied, only=lambda name: name.startswith("cross"))
    document = read_json(copied / "index.json")
    document["files"], document["cases"] = {}, "0"
    document["suite"] = f"1.0-{files_hash({})}"
    for path in copied.glob("*.*.*.json"):
        path.unlink()
    (copied / "index.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(KLExactError, match="there must be cases to verify; found none in"):
        verify_files(copied)


@pytest.mark.parametrize(
    ("key", "value", "claim"),
    [
        ("cases", "14", "index.json: the number of cases is not that of its files"),
        ("suite", "1.0-00000000", "index.json: the version of the suite is not that of its files"),
        ("licence", "MIT", "index.json: the licence must be CC0-1.0"),
    ],
)
def test_the_index_is_verified(key: str, value: str, claim: str, copied: Path) -> None:
    document = read_json(copied / "index.json")
    (copied / "index.json").write_text(json.dumps(document | {key: value}), encoding="utf-8")
    n, problems = verify_files(copied, only=lambda name: name.startswith("entropy"))
    assert (n, [str(problem) for problem in problems]) == (2, [claim])


def test_files_that_are_missing_or_too_many_are_named(copied: Path) -> None:
    (copied / "rel_entr.raw.nat.json").rename(copied / "entr.raw.nat.json")
    n, problems = verify_files(copied, only=lambda name: name.startswith("rel"))
    assert n == 0
    assert [problem.file for problem in problems] == ["index.json", "rel_entr.raw.nat.json"]
    assert problems[0].claim == "entr.raw.nat.json is there and not listed"
    assert "must be a readable file; found: No such file or directory" in problems[1].claim


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": "klexact-golden/1", "files": {"a": {}}}'])
def test_an_index_that_is_none_is_an_error(content: str, copied: Path) -> None:
    (copied / "index.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"index\.json must"):
        verify_files(copied)


def test_a_truncated_file_is_a_problem_and_the_rest_is_verified(copied: Path) -> None:
    path = copied / "entropy.raw.bit.json"
    path.write_bytes(path.read_bytes()[:-50])
    n, (problem,) = verify_files(copied)
    assert n == len(FEW) - 2
    assert problem.file == path.name
    assert "must be whole, well-formed JSON" in problem.claim


@pytest.mark.parametrize(
    ("case", "claim"),
    [
        ({}, "it must follow the format; found KeyError"),
        ({"slug": "", "level": "core", "source": "", "inputs": {"p": ["1/0"]}}, "it must follow the format"),
        ({"slug": "", "level": "core", "source": "", "inputs": {"p": "1e9"}}, "it must follow the format"),
        ({"slug": "", "level": "core", "source": "", "inputs": []}, "it must follow the format"),
    ],
)
def test_a_case_that_follows_no_format(case: dict[str, Any], claim: str) -> None:
    (found,) = verify_case(case, "entropy", "raw", "nat")
    assert found.startswith(claim)
