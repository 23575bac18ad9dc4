"""Vectors that test a runner: what they say is what the grader says, and every wrong runner is caught."""

import copy
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klexact.conformance.grading import DEFECTS, GRADES
from klexact.conformance.runner_vectors import RunnerVector, check_runner, read_vectors
from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import PACKAGED, content_hash
from klexact.golden.runner import make_document, make_vectors
from klexact.golden.vectorrecipes import RECIPES
from tests.conformance import runner
from tests.conformance.documents import documents
from tests.conformance.runner import verdict

VECTORS = make_vectors(documents())


def wanted(vector: dict[str, Any]) -> str:
    return str(vector.get("grade") or vector["defect"])


def written(path: Path, change: Callable[[dict[str, Any]], None] | None = None, *, rehash: bool = True) -> Path:
    document = copy.deepcopy(make_document(documents(), {"command": "test"}))
    if change:
        change(document)
    if rehash:
        document["content"] = content_hash(document)
    path = path / "runner.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunnerVector, ...]:
    return read_vectors(written(tmp_path_factory.mktemp("vectors")))


def test_there_is_a_vector_of_every_recipe_verdict_and_format() -> None:
    assert len(VECTORS) >= 40
    assert {v["why"] for v in VECTORS} == set(RECIPES)
    assert {wanted(v) for v in VECTORS} == {*GRADES, *DEFECTS, "errored", "skipped"}
    assert {v["dtype"] for v in VECTORS} == {"binary16", "bfloat16", "binary32", "binary64", "binary128"}
    assert max(Counter(v["id"] for v in VECTORS).values()) == 1


@pytest.mark.parametrize("why", RECIPES)
def test_the_verdict_of_a_construction_is_the_graders(why: str) -> None:
    made = [v for v in VECTORS if v["why"] == why]
    assert [verdict(v) for v in made] == [
        {"id": v["id"], "defect" if wanted(v) in DEFECTS else "grade": wanted(v)} for v in made
    ]


def test_the_same_files_give_the_same_vectors_in_any_order() -> None:
    backwards = dict(reversed(documents().items()))
    assert make_vectors(backwards) == VECTORS


def test_files_without_short_cases_allow_no_vector() -> None:
    empty = {name: document | {"cases": []} for name, document in documents().items()}
    with pytest.raises(KLExactError, match="need golden files with short cases; found none in 5 files"):
        make_vectors(empty)


def test_a_runner_does_not_see_the_verdict(vectors: tuple[RunnerVector, ...]) -> None:
    for vector in vectors:
        assert list(json.loads(vector.line())) == ["id", "file", "arguments", "case", "dtype", "answer", "conventions"]
        assert "\n" not in vector.line()


def test_a_right_runner_is_right(vectors: tuple[RunnerVector, ...]) -> None:
    heard: list[int] = []
    report = check_runner([sys.executable, runner.__file__], vectors, progress=heard.append)
    assert report.ok
    assert report.vectors == len(vectors) == sum(heard)


def replying(reply: str) -> list[str]:
    code = f"import json, sys\nfor v in map(json.loads, sys.stdin):\n    {reply}\n"
    return [sys.executable, "-I", "-S", "-c", code]


@pytest.mark.parametrize("grade", [*GRADES, "errored", "skipped"])
def test_a_runner_that_says_one_thing_to_everything_is_caught(vectors: tuple[RunnerVector, ...], grade: str) -> None:
    report = check_runner(replying(f"print(json.dumps({{'id': v['id'], 'grade': '{grade}'}}))"), vectors)
    assert not report.ok
    assert [wrong.vector for wrong in report.wrong] == [v for v in vectors if v.verdict != grade]
    assert {wrong.found for wrong in report.wrong} == {grade}


@pytest.mark.parametrize(
    ("one", "other"), [("faithful", "accurate"), ("conditioned", "fail"), ("WrongSign", "MissedZero")]
)
def test_a_runner_that_swaps_two_verdicts_is_caught(
    vectors: tuple[RunnerVector, ...], tmp_path: Path, one: str, other: str
) -> None:
    swap = {one: other, other: one}
    said = {v.id: swap.get(v.verdict, v.verdict) for v in vectors}
    path = tmp_path / "said.json"
    path.write_text(json.dumps({k: {"defect" if n in DEFECTS else "grade": n} for k, n in said.items()}))
    report = check_runner(
        replying(f"print(json.dumps({{'id': v['id']}} | json.load(open({str(path)!r}))[v['id']]))"), vectors
    )
    assert {wrong.vector.verdict for wrong in report.wrong} == {one, other}
    assert str(report.wrong[0]).endswith(
        f"wanted {report.wrong[0].vector.verdict}, got {swap[report.wrong[0].vector.verdict]}"
    )


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("print(json.dumps({'id': v['id']}))", "must have an id and one of grade and defect; found ''"),
        ("print(json.dumps({'id': v['id'], 'grade': 'good'}))", "a grade must be one of correct, .* found '\"good\"'"),
        ("print(json.dumps({'id': v['id'], 'grade': 'NaN'}))", "a grade must be one of"),
        ("print(json.dumps({'id': v['id'], 'defect': 'correct'}))", "a defect must be one of NaN, "),
        ("print(json.dumps({'id': v['id'], 'grade': ['correct']}))", "a grade must be one of"),
        ("print(json.dumps({'id': v['id'], 'grade': 'correct', 'defect': 'NaN'}))", "found 'defect, grade'"),
    ],
)
def test_what_is_no_verdict_is_wrong(vectors: tuple[RunnerVector, ...], reply: str, why: str) -> None:
    report = check_runner(replying(reply), vectors[:3], restarts=2)
    assert len(report.wrong) == 3
    assert all(re.search(why, wrong.found) for wrong in report.wrong)


def test_a_runner_that_never_answers_is_refused(vectors: tuple[RunnerVector, ...]) -> None:
    with pytest.raises(
        KLExactError, match="must answer a prompt; found that it failed 3 times, and ended with exit code 3"
    ):
        check_runner(replying("sys.exit(3)"), vectors[:3], restarts=2)


def test_no_vectors_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(KLExactError, match="must be asked something"):
        check_runner(replying("pass"), [])
    with pytest.raises(InvalidFileError, match="must hold vectors; found none"):
        read_vectors(written(tmp_path, lambda document: document["vectors"].clear()))


def edits() -> dict[str, tuple[Callable[[dict[str, Any]], None], str]]:
    def vector(**changed: Any) -> Callable[[dict[str, Any]], None]:
        return lambda document: document["vectors"][0].update(changed)

    return {
        "newer": (
            lambda document: document.update(format="klexact-golden-runner/2"),
            "must have the format .*/1; found",
        ),
        "licence": (lambda document: document.update(licence="MIT"), "must have the keys"),
        "a key more": (lambda document: document.update(more=""), "found .*more"),
        "a key less": (lambda document: document.pop("definition"), "must have the keys"),
        "twice": (
            lambda document: document["vectors"].append(document["vectors"][0]),
            "each id once; found runner-.* 2 times",
        ),
        "two verdicts": (vector(defect="NaN"), "one of grade and defect; found it wrong"),
        "no such verdict": (vector(grade="good"), "its keys and its verdict"),
        "a key more in a vector": (vector(more=""), "its keys and its verdict"),
        "no answer": (lambda document: document["vectors"][0].pop("answer"), "its keys and its verdict"),
        "no object": (lambda document: document["vectors"].append("runner-1"), "one of grade and defect"),
    }


@pytest.mark.parametrize("name", edits())
def test_a_wrong_file_is_refused(tmp_path: Path, name: str) -> None:
    change, why = edits()[name]
    with pytest.raises(InvalidFileError, match=why):
        read_vectors(written(tmp_path, change))


def test_an_edited_or_truncated_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, lambda document: document["vectors"][0].update(dtype="binary8"), rehash=False)
    with pytest.raises(InvalidFileError, match="must hold what its content hash says"):
        read_vectors(path)
    path.write_bytes(written(tmp_path).read_bytes()[:-20])
    with pytest.raises(InvalidFileError, match="must be whole, well-formed JSON"):
        read_vectors(path)
    path.write_text("[]")
    with pytest.raises(InvalidFileError, match="must have the format"):
        read_vectors(path)


def schema_errors(document: dict[str, Any]) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((PACKAGED / "runner.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]


def test_the_schema_takes_the_document() -> None:
    assert schema_errors(make_document(documents(), {"command": "test"})) == []


def of_one_vector() -> Any:
    document = copy.deepcopy(make_document(documents(), {}))
    del document["vectors"][1:]
    assert schema_errors(document) == []
    return document


def strangers() -> list[tuple[str, ...]]:
    return [
        (),
        ("vectors", "0"),
        ("vectors", "0", "case"),
        ("vectors", "0", "case", "value"),
        ("vectors", "0", "case", "ieee"),
        ("vectors", "0", "case", "inputs"),
        ("vectors", "0", "answer"),
        ("vectors", "0", "arguments"),
    ]


@pytest.mark.parametrize("path", strangers(), ids="/".join)
def test_the_schema_refuses_a_stranger_everywhere(path: tuple[str, ...]) -> None:
    document = of_one_vector()
    here = document
    for key in path:
        here = here[int(key) if key.isdigit() else key]
    here["stranger"] = "1"
    assert schema_errors(document)


@pytest.mark.parametrize(
    "changed",
    [
        {"grade": "good"},
        {"defect": "NaN"},
        {"dtype": "float"},
        {"answer": {"bits": 1}},
        {"id": "runner-1"},
        {"conventions": ["a", "a"]},
    ],
    ids=str,
)
def test_the_schema_refuses_wrong_values(changed: dict[str, Any]) -> None:
    document = of_one_vector()
    document["vectors"][0].update(changed)
    assert schema_errors(document)
