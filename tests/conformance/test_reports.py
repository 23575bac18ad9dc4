"""Reports count what was constructed, say it in four forms, and are the same bytes for the same answers."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from klexact.conformance.answers import Answer
from klexact.conformance.grading import DEFECTS, GRADES
from klexact.conformance.junit import junit
from klexact.conformance.outcomes import Outcome, outcome
from klexact.conformance.reports import Report, report_of, ulps_shown, versions
from klexact.conformance.terminal import show
from klexact.errors import KLExactError
from klexact.golden.cases import PACKAGED, Case
from tests.conformance import golden_made
from tests.conformance.one_view import INFINITE, bits, finite, infinite, outside

THIRD, NAN = Fraction(1, 3), "7ff8000000000000"
NEAREST = Fraction(1 / 3)
ULP = Fraction(1, 2**54)
# what is answered to which case, by the verdict that it gets
ANSWERS: dict[str, tuple[Case, Answer]] = {
    "correct": (finite(THIRD, "binary64"), Answer(bits=bits(NEAREST, "binary64"))),
    "faithful": (finite(THIRD, "binary64"), Answer(bits=bits(NEAREST + ULP, "binary64"))),
    "accurate": (finite(THIRD, "binary64"), Answer(bits=bits(NEAREST + 3 * ULP, "binary64"))),
    "conditioned": (finite(THIRD, "binary64"), Answer(bits=bits(NEAREST + 5 * ULP, "binary64"))),
    "fail": (finite(THIRD, "binary64"), Answer(bits=bits(Fraction(3, 8), "binary64"))),
    "NaN": (finite(THIRD, "binary64"), Answer(bits=NAN)),
    "WrongInfinity": (finite(THIRD, "binary64"), Answer(bits=bits(-INFINITE, "binary64"))),
    "WrongSign": (finite(Fraction(1, 2**60), "binary64", magnitude=Fraction(1)), Answer(bits=bits(-ULP, "binary64"))),
    "MissedZero": (finite(Fraction(0), "binary64"), Answer(bits=bits(ULP, "binary64"))),
    "DomainError": (outside("binary64"), Answer(bits=bits(THIRD, "binary64"))),
    "errored": (finite(THIRD, "binary64"), Answer(error="ValueError: a | b `c` <d> \x1b[0m \ud800 \x00")),
    "skipped": (finite(THIRD, "binary64"), Answer(skip="takes no thirds")),
}


def made(verdict: str, number: int = 0, *, flags: tuple[str, ...] = ("Basic",), **options: Any) -> Outcome:
    case, answer = ANSWERS[verdict]
    found = outcome(
        replace(case, id=f"entropy-{number:012x}"), "binary64", answer, target="made.f", line=f"print({number})"
    )
    assert found.verdict.name == verdict
    return replace(found, **{"flags": flags} | options)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("golden")
    case = golden_made.case("entropy", "raw", "nat", {"p": ["1"]})
    return golden_made.write(directory, {("entropy", "raw", "nat"): [case]})


@pytest.fixture(scope="module")
def report(golden: Path) -> Report:
    """One outcome of each verdict in one row, two correct ones in another."""
    one_each = [made(verdict, i, flags=("Basic", "Odd") if i % 2 else ("Basic",)) for i, verdict in enumerate(ANSWERS)]
    return report_of([*one_each, made("correct", 1, target="a|b"), made("correct", 2, target="a|b")], directory=golden)


def test_a_row_counts_each_grade_and_defect(report: Report) -> None:
    fine, row = report.rows
    assert row.where == ("made.f", "entropy", "raw", "nat", "binary64")
    assert row.grades == dict.fromkeys(GRADES, 1)
    assert row.defects == dict.fromkeys(DEFECTS, 1)
    assert (row.counts["errored"], row.counts["skipped"], row.explained) == (1, 1, 1)
    assert fine.grades == {**dict.fromkeys(GRADES, 0), "correct": 2}
    assert fine.where[0] == "a|b"
    assert row.flags["Basic"] == dict.fromkeys(ANSWERS, 1)
    assert row.flags["Odd"] == dict.fromkeys(list(ANSWERS)[1::2], 1)
    assert list(row.flags["Basic"]) == [*GRADES, *DEFECTS, "errored", "skipped"]


@given(st.lists(st.sampled_from(list(ANSWERS)), min_size=1, max_size=40).filter(lambda x: set(x) != {"skipped"}))
def test_counts_add_up_and_the_order_of_outcomes_does_not_matter(golden: Path, verdicts: list[str]) -> None:
    outcomes = [made(verdict, i) for i, verdict in enumerate(verdicts)]
    found = report_of(outcomes, directory=golden)
    (row,) = found.rows
    assert dict(row.counts) == Counter(verdicts)
    assert sum(row.grades.values()) + sum(row.defects.values()) + row.counts["errored"] + row.counts["skipped"] == len(
        verdicts
    )
    other = report_of(outcomes[::-1], directory=golden)
    for form in (Report.markdown, Report.json, junit):
        assert form(found) == form(other)


def worst(golden: Path, *verdicts: str) -> tuple[object, str]:
    (row,) = report_of([made(verdict, i) for i, verdict in enumerate(verdicts)], directory=golden).rows
    return row.worst and row.worst.verdict.name, row.worst_ulps


def test_the_worst_is_nan_then_infinity_then_the_largest_distance(golden: Path) -> None:
    assert worst(golden, "fail", "NaN", "WrongInfinity", "DomainError") == ("NaN", "NaN")
    assert worst(golden, "fail", "WrongInfinity", "errored") == ("WrongInfinity", "inf")
    assert worst(golden, "correct", "fail", "conditioned", "DomainError") == ("fail", "7.51e+14")
    assert worst(golden, "MissedZero", "fail") == ("MissedZero", "1.12e+307")
    assert worst(golden, "errored", "DomainError") == (None, "")


def test_a_rightly_infinite_answer_has_no_distance_to_be_worst(golden: Path) -> None:
    right = outcome(
        infinite("+", "binary64"), "binary64", Answer(bits=bits(INFINITE, "binary64")), target="f", line="print(f())"
    )
    (row,) = report_of([right], directory=golden).rows
    assert (row.worst_ulps, row.examples) == ("0", ())
    overflow = finite(Fraction(2) ** 1025, "binary64")
    right = outcome(overflow, "binary64", Answer(bits=bits(INFINITE, "binary64")), target="f", line="print(f())")
    (row,) = report_of([right], directory=golden).rows
    assert (row.worst, row.worst_ulps) == (None, "")


def test_examples_are_one_of_each_kind_the_worst_first_and_the_shortest_of_equals(golden: Path) -> None:
    outcomes = [
        made("NaN", 1, line="print(a long line)"),
        made("NaN", 2, line="print(1)"),
        *map(made, ("fail", "errored")),
    ]
    (row,) = report_of(outcomes, directory=golden).rows
    assert [(x.verdict.name, x.line) for x in row.examples] == [
        ("NaN", "print(1)"),
        ("fail", "print(0)"),
        ("errored", "print(0)"),
    ]
    (row,) = report_of([made("correct"), made("faithful", 1), made("accurate", 2)], directory=golden).rows
    assert [x.verdict.name for x in row.examples] == ["accurate"]


def test_what_fails_depends_on_the_wanted_grade_and_skips_never_do(golden: Path, report: Report) -> None:
    failing = [x.verdict.name for x in report.failures()]
    assert failing == ["fail", *DEFECTS, "errored"]
    assert [x.verdict.name for x in report.failures("correct")] == [*GRADES[1:], *DEFECTS, "errored"]
    assert (report.passed(), report.worst_status()) == (False, 1)
    good = report_of([made("conditioned"), made("skipped", 1)], directory=golden)
    assert (good.passed(), good.worst_status(), good.worst_status("accurate")) == (True, 0, 1)
    with pytest.raises(KLExactError, match="one of correct"):
        good.passed("perfect")


def test_a_run_that_executed_nothing_is_an_error(golden: Path) -> None:
    with pytest.raises(KLExactError, match="found 0, and 2 skipped: takes no thirds"):
        report_of([made("skipped"), made("skipped", 1)], directory=golden)
    with pytest.raises(KLExactError, match="found 0, and 0 skipped"):
        report_of([], directory=golden)


def test_every_form_names_the_suite(golden: Path) -> None:
    found = report_of([made("correct")], distributions=["rich", "no-such-distribution"], directory=golden)
    stated = versions(["rich"])["rich"]
    assert f"suite 0-made, rich {stated}, Python CPython 3." in found.title
    assert f"Suite 0-made, rich {stated}" in found.markdown()
    document = json.loads(found.json())
    assert (document["suite"], document["libraries"]) == ("0-made", {"rich": stated})
    properties = {x.get("name"): x.get("value") for x in ET.fromstring(junit(found)).iter("property")}
    assert (properties["suite"], properties["rich"]) == ("0-made", stated)
    assert "suite 0-made" in printed(found)


def test_markdown_tables_hold_together(report: Report) -> None:
    text = report.markdown()
    lines = text.splitlines()
    tables = [line for line in lines if line.startswith("|")]
    head = next(line for line in tables if "| correct |" in line)
    assert head.count("|") == 16
    fine, mixed = (next(line for line in tables if line.startswith(start)) for start in ("| a\\|b |", "| made.f |"))
    assert fine == "| a\\|b | entropy | raw | nat | binary64 | 2 | 2 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0.333 |"
    assert mixed.endswith(
        "NaN 1, WrongInfinity 1, WrongSign 1, MissedZero 1, DomainError 1 (1 explained) | 1 | 1 | NaN |"
    )
    assert {line.replace("\\|", "").count("|") for line in tables if line.count("|") > 10} == {16}
    assert sum(line.startswith("* ") for line in lines) == 7  # one of each kind below conditioned
    assert (
        "**fail**, 7.51e+14 ulp: got 0.375, wanted 0.3333333333333333 (made, entropy-000000000004)  \n  `print(4)`"
        in text
    )
    odd = "faithful 1, conditioned 1, NaN 1, WrongSign 1, DomainError 1, skipped 1"
    assert f"| made.f | entropy | raw | nat | binary64 | Odd | {odd} |" in text


def test_code_spans_survive_backticks_and_new_lines(golden: Path) -> None:
    text = report_of([made("fail", line="print(`f``\n g`)")], directory=golden).markdown()
    assert "```print(`f`` g`)```" in text
    text = report_of([made("fail", line="`f`")], directory=golden).markdown()
    assert "`` `f` ``" in text


def schema() -> Any:
    return json.loads((PACKAGED / "report.schema.json").read_text(encoding="utf-8"))


def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_json_follows_its_schema(golden: Path, report: Report) -> None:
    document = json.loads(report.json().encode("utf-8"))
    assert not list(validator().iter_errors(document))
    assert [x["verdict"] for x in document["failures"]] == ["fail", *DEFECTS, "errored"]
    assert not document["passed"]
    row = document["rows"][1]
    assert (row["cases"], row["grades"]["correct"], row["worst"]["verdict"], row["worst"]["ulps"]) == (
        12,
        1,
        "NaN",
        "NaN",
    )
    assert row["explained"] == 1
    passing = json.loads(report_of([made("faithful")], directory=golden).json())
    assert (passing["passed"], passing["failures"], passing["rows"][0]["worst"]["ulps"]) == (True, [], "0.667")
    assert not list(validator().iter_errors(passing))


def objects(content: Any) -> list[dict[str, Any]]:
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else []
    return [*([content] if isinstance(content, dict) else []), *(x for part in inner for x in objects(part))]


def test_the_schema_is_closed_everywhere() -> None:
    described = [x for x in objects(schema()) if x.get("type") == "object"]
    assert len(described) >= 8
    assert all(x["additionalProperties"] is False for x in described)


MUTATIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda d: d.update(format="klexact-report/2"),
    "an unknown key": lambda d: d.update(date="today"),
    "no suite": lambda d: d.pop("suite"),
    "no rows": lambda d: d["rows"].clear(),
    "a number as text": lambda d: d["rows"][0].update(cases="12"),
    "a fraction of a case": lambda d: d["rows"][0].update(cases=1.5),
    "a number of ulps": lambda d: d["failures"][0].update(ulps=3),
    "an unknown verdict": lambda d: d["failures"][0].update(verdict="superb"),
    "an unknown defect": lambda d: d["rows"][0]["defects"].update(Wrong=1),
    "a grade less": lambda d: d["rows"][0]["grades"].pop("fail"),
    "two answers": lambda d: d["failures"][0]["answer"].update(bits="3c00", error="no"),
    "an odd id": lambda d: d["failures"][0].update(id="entropy"),
    "an odd flag": lambda d: d["rows"][0]["flags"].update({"a flag": {"correct": 1}}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutated_reports_do_not_follow_the_schema(report: Report, name: str) -> None:
    document = json.loads(report.json())
    MUTATIONS[name](document)
    assert list(validator().iter_errors(document))


def test_junit_is_well_formed_whatever_an_error_says(report: Report) -> None:
    text = junit(report)
    text.encode("utf-8")
    root = ET.fromstring(text)
    fine, mixed = root.iter("testsuite")
    assert mixed.attrib == {
        "name": "made.f entropy raw nat binary64",
        "tests": "12",
        "failures": "6",
        "errors": "1",
        "skipped": "1",
    }
    assert fine.attrib["failures"] == "0"
    cases = list(mixed.iter("testcase"))
    assert [next((x.tag for x in case), "") for case in cases] == ["", "", "", "", *["failure"] * 6, "error", "skipped"]
    assert cases[4].attrib == {"classname": "made.f.entropy.raw.nat", "name": "entropy-000000000004:binary64 made"}
    failure = cases[4][0]
    assert failure.attrib == {"type": "fail", "message": "fail: got 0.375, wanted 0.3333333333333333, 7.51e+14 ulp"}
    assert failure.text == "got 0.375\nwanted 0.3333333333333333\nprint(4)"
    assert cases[10][0].attrib["message"] == r"ValueError: a | b `c` <d> \x1b[0m \ud800 \x00"


def test_names_and_lines_of_any_characters_make_well_formed_junit(golden: Path) -> None:
    text = junit(report_of([made("fail", target="f\x00<&", line="\ud800\x1b\uffff")], directory=golden))
    text.encode("utf-8")
    (case,) = ET.fromstring(text).iter("testcase")
    assert case.attrib["classname"] == r"f\u{0}<&.entropy.raw.nat"
    assert (case[0].text or "").endswith("\n" + r"\u{d800}\u{1b}\u{ffff}")


def test_known_failures_are_skipped_in_junit(report: Report) -> None:
    known = {"entropy-000000000004:binary64": "known since 1948", "entropy-000000000000:binary64": "passes"}
    cases = list(ET.fromstring(junit(replace(report, known=known))).iter("testcase"))
    said = [x.attrib["message"] for case in cases for x in case if x.tag == "skipped"]
    assert said == ["known: known since 1948", "takes no thirds"]


def printed(report: Report, *, flags: bool = False) -> str:
    file = io.StringIO()
    show(report, Console(file=file, width=80), flags=flags)
    return file.getvalue()


def test_the_terminal_shows_rows_flags_and_the_worst_line(report: Report) -> None:
    text = printed(report)
    lines = [line.split() for line in text.splitlines()]
    head = next(line for line in lines if line[:1] == ["format"])
    assert head == [
        "format",
        "cases",
        "corr.",
        "faith",
        "acc.",
        "cond.",
        "fail",
        "defects",
        "err.",
        "skip",
        "worst",
        "ulp",
    ]
    rows = [line for line in lines if line[:1] == ["binary64"]]
    assert rows[0] == ["binary64", "2", "2", *["0"] * 7, "0.333"]
    assert rows[1] == ["binary64", "12", *["1"] * 5, "5", "(1)", "1", "1", "NaN"]
    assert "\nmade.f: entropy raw nat\n" in text
    assert "NaN in binary64: got nan, wanted 0.3333333333333333 (made, entropy-000000000005)\n  print(5)\n" in text
    assert "print(1)" not in text  # all are correct in that row
    assert "Basic" not in text
    flagged = printed(report, flags=True)
    assert "\nbinary64 Odd: faithful 1, conditioned 1, NaN 1, WrongSign 1, DomainError 1, skipped 1\n" in flagged


def test_markup_in_names_is_shown_as_it_is(golden: Path) -> None:
    text = printed(report_of([made("fail", target="[red]f[/red]", line="print([bold])")], directory=golden))
    assert "[red]f[/red]" in text
    assert "print([bold])" in text


@given(st.fractions(min_value=0, max_value=10**8))
def test_shown_ulps_are_near(x: Fraction) -> None:
    near = Fraction(ulps_shown(x))
    assert abs(near - x) <= x / 200


def test_shown_ulps_of_the_widest_format_do_not_overflow() -> None:
    assert ulps_shown(Fraction(2) ** 16494) == "1.54e+4965"
    assert ulps_shown(Fraction(1, 2**40)) == "9.09e-13"
