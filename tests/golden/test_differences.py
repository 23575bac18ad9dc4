"""Differences of suites: every planted change is found, named by its kind, and nothing else; damaged files are named."""

import copy
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, rounded
from klexact.golden.cases import PACKAGED, case_id, content_hash
from klexact.golden.differences import Change, Differences, differences
from klexact.golden.errata import errata, read_errata, write_errata
from klexact.golden.suite import file_names, read_suite
from tests.golden.made import Documents, fresh, written

FILE = "entropy.raw.nat.json"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("old"), fresh())


def first(made: Documents) -> dict[str, Any]:
    found: dict[str, Any] = made[FILE]["cases"][1]  # entropy of (3, 1/7): finite, in every format
    return found


def after(old: Path, directory: Path, change: Callable[[dict[str, Any]], object]) -> Differences:
    """Return what differs after a change of one case."""
    made = fresh()
    change(first(made))
    return differences(old, written(directory, made))


def only(found: Differences) -> tuple[Change, ...]:
    (case,) = found.changed
    assert (case.id, case.file) == (first(fresh())["id"], FILE)
    assert (found.added, found.removed, found.texts) == ((), (), ())
    return case.changes


def put(case: dict[str, Any], field: str, content: Any) -> None:
    *path, last = field.split(".")
    target = case
    for key in path:
        target = target[key]
    target[last] = content


def got(case: dict[str, Any], field: str) -> Any:
    for key in field.split("."):
        case = case[key]
    return case


def test_a_suite_differs_in_nothing_from_itself(old: Path, tmp_path: Path) -> None:
    found = differences(old, written(tmp_path, fresh()))
    assert found.none
    assert list(found.lines()) == ["1.0-00c0ffee -> 1.0-00c0ffee: no differences"]
    assert differences(PACKAGED, PACKAGED).none


def test_provenance_is_no_difference(old: Path, tmp_path: Path) -> None:
    made = fresh()
    made[FILE]["provenance"]["engines"] = "others"
    assert differences(old, written(tmp_path, made)).none


def test_added_and_removed_cases_are_told_by_id(old: Path, tmp_path: Path) -> None:
    made = fresh()
    new = copy.deepcopy(first(made))
    gone = made[FILE]["cases"].pop(0)["id"]
    new["inputs"] = {"p": ["3", "1/9"]}
    new["id"] = case_id("entropy", "raw", "nat", new["inputs"])
    made[FILE]["cases"].append(new)
    found = differences(old, written(tmp_path, made))
    assert (found.added, found.removed) == (((new["id"], FILE),), ((gone, FILE),))
    assert not found.changed
    assert list(found.lines())[1:] == [f"+ {new['id']} in {FILE}", f"- {gone} in {FILE}"]


def test_added_and_removed_files_are_their_cases(old: Path, tmp_path: Path) -> None:
    made = fresh()
    gone = made.pop(FILE)
    found = differences(old, written(tmp_path, made))
    assert [case for case, _ in found.removed] == [case["id"] for case in gone["cases"]]
    back = differences(tmp_path, old)
    assert (back.added, back.removed) == (found.removed, ())


PLANTED: list[tuple[str, Any, str, bool]] = [
    ("slug", "another name", "label", False),
    ("source", "another source", "label", False),
    ("level", "full", "label", False),
    ("terms", "3", "condition", False),
    ("condition", "9.0000e+9", "condition", False),
    ("flags", ["Basic", "PointMass"], "flags", False),
    ("value.decimal50", "1", "value", True),
    ("value.lo", "1e0", "value", True),
    ("value.logs", [["1", "2"]], "value", True),
    ("value.constant", "1/3", "value", True),
    ("ieee.binary64.nearest", "3ff0000000000000", "view", True),
    ("ieee.binary16.down", "3c00", "view", True),
    ("ieee.binary128.up", "3fff" + "0" * 28, "view", True),
    ("ieee.binary32.p", ["3f800000", "3f800000"], "view", True),
    ("ieee.binary32.exact_inputs", True, "view", True),
    ("ieee.bfloat16.decimal50", "1", "view", True),
    ("ieee.bfloat16.hex", "0x1p+0", "view", True),
    ("ieee.binary64.magnitude", "1.0000e+0", "condition", False),
    ("ieee.binary64.condition", "1.0000e+1", "condition", False),
    ("ieee.binary64.flags", ["PointMass"], "flags", False),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted[0])
def test_a_planted_change_is_the_one_that_is_found(
    planted: tuple[str, Any, str, bool], old: Path, tmp_path: Path
) -> None:
    field, content, kind, wrong = planted
    before = got(first(fresh()), field)
    assert before != content
    found = after(old, tmp_path, lambda case: put(case, field, content))
    (change,) = only(found)
    assert (change.field, change.old, change.new, change.kind, change.wrong) == (field, before, content, kind, wrong)
    assert found.changed[0].label_only == (kind == "label")
    assert bool(found.wrong) == wrong
    entries = errata(found, "planted")
    assert [entry["changes"] for entry in entries] == (
        [[{"field": field, "published": before, "corrected": content}]] * wrong
    )
    (line,) = [line for line in found.lines() if line.startswith("    ")]
    assert line.startswith(f"    {field}: ")


def test_two_changes_of_a_case_are_one_entry_without_what_was_not_wrong(old: Path, tmp_path: Path) -> None:
    def change(case: dict[str, Any]) -> None:
        case |= {"slug": "other", "condition": "1.0000e+7"}
        case["value"]["decimal50"] = "1"
        case["ieee"]["binary32"]["nearest"] = "00000000"

    found = after(old, tmp_path, change)
    assert [x.field for x in only(found)] == ["slug", "condition", "value.decimal50", "ieee.binary32.nearest"]
    (entry,) = errata(found, " a reason ")
    assert [x["field"] for x in entry["changes"]] == ["value.decimal50", "ieee.binary32.nearest"]
    assert (entry["why"], entry["published_in"], entry["corrected_in"]) == ("a reason", "1.0-00c0ffee", "1.0-00c0ffee")


def test_another_kind_of_value_is_wrong_and_what_is_absent_is_shown(old: Path, tmp_path: Path) -> None:
    def change(case: dict[str, Any]) -> None:
        case["value"] = {"kind": "infinite", "sign": "+"}

    found = after(old, tmp_path, change)
    changes = {x.field: (x.old, x.new) for x in only(found)}
    assert changes["value.kind"] == ("finite", "infinite")
    assert changes["value.sign"] == (None, "+")
    assert changes["value.lo"][1] is None
    assert [x["field"] for x in errata(found, "why")[0]["changes"]] == ["value.kind"]
    assert any(line.endswith("-> absent") for line in found.lines())


def test_a_view_that_comes_or_goes_is_no_erratum(old: Path, tmp_path: Path) -> None:
    found = after(old, tmp_path, lambda case: case["ieee"].pop("binary16"))
    (change,) = only(found)
    assert (change.field, change.old, change.new, change.wrong) == ("ieee.binary16", "present", None, False)
    assert not errata(found, "why")


def test_texts_of_a_file_are_compared(old: Path, tmp_path: Path) -> None:
    made = fresh()
    made[FILE]["definition"] += " indeed"
    flag = next(iter(made[FILE]["flags"]))
    made[FILE]["flags"][flag] = "another note"
    found = differences(old, written(tmp_path, made))
    assert found.texts == ((FILE, "definition"), (FILE, f"flags.{flag}"))
    assert not found.none
    assert not found.changed
    assert list(found.lines())[1:] == [f"~ definition of {FILE}", f"~ flags.{flag} of {FILE}"]


numbers = st.fractions(min_value=-4, max_value=4, max_denominator=2**12)


@given(numbers, st.integers(-300, 300), st.sampled_from(["binary16", "bfloat16", "binary32", "binary64", "binary128"]))
@settings(deadline=None)
def test_ulps_count_the_numbers_between(x: Any, steps: int, dtype: str) -> None:
    target = FORMATS[dtype]
    start = rounded(x.as_integer_ratio(), target, "nearest")
    found = start
    tiny = target.least / 4
    for _ in range(abs(steps)):
        value = found.value + (tiny if steps > 0 else -tiny)
        found = rounded(value.as_integer_ratio(), target, "up" if steps > 0 else "down")
    one, other = copy.deepcopy(first(fresh())), copy.deepcopy(first(fresh()))
    one["ieee"][dtype]["nearest"], other["ieee"][dtype]["nearest"] = start.bits, found.bits
    assert ulps(one, other) == ((abs(steps),) if steps else ())


def ulps(one: dict[str, Any], other: dict[str, Any]) -> tuple[int | None, ...]:
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name) / "old", Path(name) / "new"]
        for path, case in zip(paths, (one, other), strict=True):
            document = fresh()[FILE] | {"cases": [case]}
            path.write_text(json.dumps(document | {"content": content_hash(document)}), encoding="utf-8")
        return tuple(change.ulps for case in differences(*paths).changed for change in case.changes)


def test_zeros_are_one_number_and_nan_is_none(old: Path, tmp_path: Path) -> None:
    def change(case: dict[str, Any]) -> None:
        case["ieee"]["binary16"] |= {"nearest": "7e00", "down": "fc00", "up": "7c00"}

    before = first(fresh())["ieee"]["binary16"]
    found = {x.field: x.ulps for x in only(after(old, tmp_path, change))}
    places = {
        key: int(bits, 16) - (2 * (int(bits, 16) - 0x8000) + 0x8000) * (bits >= "8")
        for key, bits in before.items()
        if key in ("down", "up")
    }
    assert found == {
        "ieee.binary16.nearest": None,
        "ieee.binary16.down": 0x7C00 + places["down"],
        "ieee.binary16.up": 0x7C00 - places["up"],
    }


def test_zero_is_no_ulp_from_minus_zero(tmp_path: Path) -> None:
    made = [fresh(), fresh()]
    for document, bits in zip(made, ("0000", "8000"), strict=True):
        first(document)["ieee"]["binary16"]["nearest"] = bits
    (change,) = only(differences(*(written(tmp_path / str(i), document) for i, document in enumerate(made))))
    assert (change.field, change.ulps) == ("ieee.binary16.nearest", 0)


def test_json_says_what_the_lines_say(old: Path, tmp_path: Path) -> None:
    near = first(fresh())["ieee"]["binary128"]["nearest"]
    other = f"{int(near, 16) + 2**64:032x}"
    found = after(old, tmp_path, lambda case: put(case, "ieee.binary128.nearest", other))
    document = json.loads(found.json())
    assert document["format"] == "klexact-golden-differences/1"
    assert document["changed"] == [
        {
            "id": first(fresh())["id"],
            "file": FILE,
            "wrong": True,
            "label_only": False,
            "changes": [
                {"field": "ieee.binary128.nearest", "kind": "view", "old": near, "new": other, "ulps": str(2**64)}
            ],
        }
    ]
    assert list(found.lines())[1:] == [
        f"! {first(fresh())['id']} in {FILE}",
        f"    ieee.binary128.nearest: {near} -> {other} ({2**64:,} ulp apart)",
    ]
    assert "1 had a wrong value and need an erratum" in next(found.lines())


def test_two_files_are_compared_alone(old: Path, tmp_path: Path) -> None:
    made = fresh()
    first(made)["slug"] = "other"
    directory = written(tmp_path, made)
    found = differences(old / FILE, directory / FILE)
    assert [x.field for x in only(found)] == ["slug"]
    assert found.old == json.loads((old / FILE).read_text())["content"] != found.new
    assert "~" in list(found.lines())[1]
    assert list(found.lines())[1].endswith(": labels only")
    with pytest.raises(KLExactError, match="two directories or two files can be compared; found one of each"):
        differences(old, directory / FILE)


def test_progress_hears_of_every_file(old: Path) -> None:
    heard: list[int] = []
    differences(old, old, progress=heard.append)
    assert heard == [1] * (2 * len(file_names(old)))


def test_errata_are_added_once_and_kept(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "ERRATA.json"
    one = after(old, tmp_path / "one", lambda case: put(case, "value.decimal50", "1"))
    two = after(old, tmp_path / "two", lambda case: put(case, "value.decimal50", "2"))
    assert write_errata(one, path, why="first") == 1
    assert write_errata(one, path, why="again") == 0
    assert write_errata(two, path, why="second") == 1
    assert [(x["why"], x["changes"][0]["corrected"]) for x in read_errata(path)] == [("first", "1"), ("second", "2")]


def test_no_errata_are_a_file_all_the_same(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "ERRATA.json"
    assert write_errata(differences(old, old), path, why="none") == 0
    assert path.read_text() == (PACKAGED / "ERRATA.json").read_text() or read_errata(path) == []
    with pytest.raises(KLExactError, match="an erratum needs a reason"):
        write_errata(differences(old, old), path, why="  ")


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": "klexact-golden-errata/2", "errata": []}', '{"errata": [1]}']
)
def test_damaged_errata_are_not_overwritten(text: str, old: Path, tmp_path: Path) -> None:
    path = tmp_path / "ERRATA.json"
    path.write_text(text)
    with pytest.raises(InvalidFileError, match=r"ERRATA\.json"):
        write_errata(differences(old, old), path, why="any")
    assert path.read_text() == text


def edited(text: str) -> str:
    return text.replace('"Basic"', '"Basics"', 1)


DAMAGES: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "edited": edited,
    "newer": lambda text: text.replace("klexact-golden/1", "klexact-golden/2"),
    "a list": lambda text: "[]",
    "null": lambda text: "null",
    "NaN": lambda text: text.replace('"inputs": ', '"inputs": NaN, "was": ', 1),
    "a key twice": lambda text: text.replace('"slug": ', '"slug": "x", "slug": ', 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [FILE, "index.json"])
def test_a_damaged_file_is_named(damage: str, name: str, old: Path, tmp_path: Path) -> None:
    directory = written(tmp_path, fresh())
    before = (directory / name).read_text(encoding="utf-8")
    if DAMAGES[damage](before) == before:
        assert name == "index.json"  # has neither flags, nor inputs, nor slugs
        return
    (directory / name).write_text(DAMAGES[damage](before), encoding="utf-8")
    for pair in ((old, directory), (directory, old)):
        with pytest.raises(InvalidFileError, match=name.replace(".", r"\.")):
            differences(*pair)


def test_bytes_that_are_no_utf_8_are_named(old: Path, tmp_path: Path) -> None:
    directory = written(tmp_path, fresh())
    (directory / FILE).write_bytes(b"\xff" + (directory / FILE).read_bytes())
    with pytest.raises(InvalidFileError, match=r"entropy\.raw\.nat\.json"):
        differences(old, directory)


def test_a_missing_file_is_named(old: Path, tmp_path: Path) -> None:
    directory = written(tmp_path, fresh())
    (directory / FILE).unlink()
    with pytest.raises(InvalidFileError, match=r"entropy\.raw\.nat\.json must be a readable file"):
        differences(old, directory)
    (tmp_path / "nowhere").mkdir()
    with pytest.raises(InvalidFileError, match=r"index\.json must be a readable file"):
        differences(old, tmp_path / "nowhere")


REHASHED: dict[str, Callable[[dict[str, Any]], object]] = {
    "no licence": lambda d: d.pop("licence"),
    "another licence": lambda d: d.update(licence="MIT"),
    "an id of other inputs": lambda d: d["cases"][0].update(id="entropy-000000000000"),
    "other inputs": lambda d: d["cases"][0]["inputs"].update(p=["1/3", "2/3"]),
    "a case twice": lambda d: d["cases"].append(d["cases"][0]),
    "terms that are no number": lambda d: d["cases"][0].update(terms="many"),
    "a lone surrogate": lambda d: d["cases"][0].update(slug="\ud800"),
    "a case that is a list": lambda d: d["cases"].append([]),
    "cases that are none": lambda d: d.update(cases=5),
    "views that are a list": lambda d: d["cases"][0].update(ieee=[]),
    "an unknown format": lambda d: d["cases"][0]["ieee"].update(binary63={}),
    "an unknown key": lambda d: d["cases"][0].update(extra="1"),
    "an argument too much": lambda d: d["arguments"].update(q="vector"),
    "an argument like a key of views": lambda d: d.update(arguments={"kind": "vector"}),
    "an unknown kind of argument": lambda d: d.update(arguments={"p": "tensor"}),
    "an unknown kind of value": lambda d: d["cases"][0]["value"].update(kind="certain"),
    "flags that are a number": lambda d: d["cases"][0].update(flags=5),
    "alternates that are no bits": lambda d: d["cases"][0].update(alternates={"x": {"binary64": "inf"}}),
    "notes that are a list": lambda d: d.update(flags=[]),
    "a definition that is a number": lambda d: d.update(definition=5),
    "another function than its name says": lambda d: d.update(function="entr", cases=[]),
}


@pytest.mark.parametrize("damage", REHASHED)
def test_a_wrong_file_with_a_right_hash_is_named(damage: str, old: Path, tmp_path: Path) -> None:
    directory, made = written(tmp_path, fresh()), fresh()
    REHASHED[damage](made[FILE])
    try:
        made[FILE]["content"] = content_hash(made[FILE])
    except UnicodeEncodeError:
        assert damage == "a lone surrogate"
    (directory / FILE).write_text(json.dumps(made[FILE]), encoding="utf-8")
    index = json.loads((directory / "index.json").read_text())
    index["files"][FILE]["content"] = made[FILE]["content"]
    (directory / "index.json").write_text(json.dumps(index))
    with pytest.raises(InvalidFileError, match=r"entropy\.raw\.nat\.json"):
        differences(old, directory)


@pytest.mark.parametrize("name", ["../secret.raw.nat.json", "entropy.json", "/etc/passwd", "a.b.c.json/x"])
def test_an_index_cannot_lead_elsewhere(name: str, old: Path, tmp_path: Path) -> None:
    directory = written(tmp_path, fresh())
    index = json.loads((directory / "index.json").read_text())
    index["files"][name] = index["files"][FILE]
    (directory / "index.json").write_text(json.dumps(index))
    with pytest.raises(InvalidFileError, match=r"index\.json must have names of files"):
        read_suite(directory)


def test_the_index_must_have_the_hash_of_the_file(old: Path, tmp_path: Path) -> None:
    made = fresh()
    directory = written(tmp_path, made)
    first(made)["slug"] = "other"
    made[FILE]["content"] = content_hash(made[FILE])
    (directory / FILE).write_text(json.dumps(made[FILE]), encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"entropy\.raw\.nat\.json must have the content hash of index\.json"):
        differences(old, directory)
