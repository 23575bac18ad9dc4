"""Known failures: reading them strictly, and a run beside them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact.conformance.baseline import compare, read
from klexact.conformance.grading import GRADES
from klexact.errors import InvalidFileError
from klexact.golden.cases import load
from tests.conformance import golden_made
from tests.conformance.test_reports import ANSWERS, made

PASSING = {*GRADES[:-1]}


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    cases = [
        golden_made.case("entropy", "raw", "nat", {"p": [f"1/{k}"]}, dtypes=["binary64", "binary16"]) for k in (2, 4)
    ]
    return golden_made.write(tmp_path, {("entropy", "raw", "nat"): cases})


def written(directory: Path, text: str) -> Path:
    path = directory / "known.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_baseline_is_read_back(golden: Path) -> None:
    ids = [case.id for case in load("entropy", "raw", "nat", golden).cases]
    known = {f"{ids[0]}:binary16": "overflows", f"{ids[1]}:binary64": "cancels"}
    assert read(written(golden, json.dumps(known)), directory=golden) == known
    assert read(written(golden, "{}"), directory=golden) == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[]", "must be a JSON object"),
        ('"entropy"', "must be a JSON object"),
        ('{"ID:binary64": 1}', "reason in words for ID:binary64; found 1"),
        ('{"ID:binary64": null}', "reason in words for ID:binary64; found None"),
        ('{"ID:binary64": " "}', "reason in words for ID:binary64; found ' '"),
        ('{"ID": "why"}', "found ID: remove"),
        ('{"ID:binary32": "why"}', "found ID:binary32: remove"),
        ('{"entropy-000000000000:binary64": "why"}', "suite 0-made .*found entropy-000000000000:binary64: remove"),
        ('{"no_such-000000000000:binary64": "why", "": "why"}', "found , no_such-000000000000:binary64: remove"),
        ('{"ID:binary64": "one", "ID:binary64": "two"}', "a key twice"),
        ('{"ID:binary64": "one"', "whole, well-formed JSON"),
    ],
)
def test_what_is_no_baseline_is_named(golden: Path, text: str, wrong: str) -> None:
    case = load("entropy", "raw", "nat", golden).cases[0].id
    with pytest.raises(InvalidFileError, match=wrong.replace("ID", case)):
        read(written(golden, text.replace("ID", case)), directory=golden)


def test_a_missing_file_is_named(golden: Path) -> None:
    with pytest.raises(InvalidFileError, match=r"nowhere\.json must be a readable file"):
        read(golden / "nowhere.json", directory=golden)


def test_many_unknown_keys_are_counted(golden: Path) -> None:
    text = json.dumps({f"entropy-{k:012x}:binary64": "why" for k in range(25)})
    with pytest.raises(InvalidFileError, match="entropy-000000000009:binary64 and 15 more: remove"):
        read(written(golden, text), directory=golden)


@given(st.lists(st.tuples(st.sampled_from(list(ANSWERS)), st.booleans()), max_size=30))
def test_each_outcome_is_new_known_fixed_or_fine(drawn: list[tuple[str, bool]]) -> None:
    outcomes = [made(verdict, i) for i, (verdict, _) in enumerate(drawn)]
    known = {x.key: "a reason" for x, (_, listed) in zip(outcomes, drawn, strict=True) if listed}
    found = compare(outcomes, known)
    wanted: dict[str, list[str]] = {"new": [], "known": [], "fixed": []}
    for x, (verdict, listed) in zip(outcomes, drawn, strict=True):
        if verdict in PASSING:
            wanted["fixed"] += [x.key] if listed else []
        elif verdict != "skipped":
            wanted["known" if listed else "new"].append(x.key)
    assert [x.key for x in found.new] == wanted["new"]
    assert [x.key for x in found.known] == wanted["known"]
    assert list(found.fixed) == wanted["fixed"]
    assert found.passed == (not wanted["new"] and not wanted["fixed"])


def test_known_failures_pass_and_fixed_ones_are_named() -> None:
    outcomes = [made("NaN", 1), made("correct", 2), made("skipped", 3)]
    known = {x.key: "so it is" for x in outcomes}
    found = compare(outcomes, known)
    assert not found.passed
    assert found.summary() == (
        "known failures that now pass, remove them from the baseline: entropy-000000000002:binary64\n"
        "1 known failure, 0 new\n"
    )
    assert compare(outcomes, {outcomes[0].key: "so it is"}).passed
    assert "new failure: entropy-000000000001:binary64 of made.f is NaN\n" in compare(outcomes, {}).summary()


def test_a_key_is_fixed_only_if_every_implementation_passes_it() -> None:
    outcomes = [made("NaN", 1), made("correct", 1, target="made.g")]
    assert compare(outcomes, {outcomes[0].key: "f fails"}).passed


def test_the_wanted_grade_decides_what_fails() -> None:
    outcomes = [made("accurate", 1)]
    assert compare(outcomes, {}, at_least="accurate").passed
    assert [x.key for x in compare(outcomes, {}, at_least="faithful").new] == [outcomes[0].key]
