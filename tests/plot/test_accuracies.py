"""The accuracy of libraries: every answer is a point or counted in a column."""

import json
from math import log2
from pathlib import Path
from typing import Any

import pytest

from klexact import KLExactError
from klexact.conformance.checking import check
from klexact.conformance.reports import Report
from klexact.plot import accuracy, read_report, rendered
from tests.plot.reading import axes, points, texts, words


def naive(p: list[float], q: list[float]) -> float:
    """The divergence in bits, as it is often written."""
    return sum(a * log2(a / b) for a, b in zip(p, q, strict=True) if a and b)


@pytest.fixture(scope="module")
def report() -> Report:
    return check(naive, unit="bit", level="core")


def drawn(figure: Any) -> int:
    return sum(len(points(line)) for line in axes(figure).lines if line.get_linestyle() == "None")


def test_every_answer_is_drawn_once(report: Report) -> None:
    figure = accuracy(report)
    (row,) = report.rows
    counted = [int(text) for text in texts(figure) if text.isdigit()]
    assert f"{row.grades['correct']} of {len(row.outcomes)}" in texts(figure)
    assert drawn(figure) + sum(counted) + row.grades["correct"] == len(row.outcomes)
    infinite, no_error = row.defects["WrongInfinity"], row.defects["DomainError"]
    assert {infinite, no_error} - {0} <= set(counted)
    assert "wrong sign" in words(figure)
    assert axes(figure).get_xlabel() == "distance from the exact value, ulp"
    assert axes(figure).get_yticklabels()[0].get_text().endswith("naive\nkl_divergence, raw, bit")
    assert words(figure)[0].startswith("binary64, suite ")
    assert rendered(figure, "svg") == rendered(accuracy(report), "svg")


def test_the_places_are_the_distances(report: Report) -> None:
    figure = accuracy(report)
    (row,) = report.rows
    ulps = [float(x.verdict.ulps) for x in row.outcomes if x.verdict.name == "faithful" and x.verdict.ulps is not None]
    (line,) = [
        line
        for line, word in zip(figure.legends[0].legend_handles, words(figure)[1:], strict=True)
        if word == "a neighbour of the value"
    ]
    shown = next(found for found in axes(figure).lines if found.get_marker() == line.get_marker())
    # three significant digits, as reports write distances
    assert all(abs(10**at - u) <= 0.006 * u for (at, _), u in zip(sorted(points(shown)), sorted(ulps), strict=True))


def test_a_file_makes_the_same_picture(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(report.json("correct"), encoding="utf-8")
    assert rendered(accuracy(read_report(path)), "png") == rendered(accuracy(report), "png")


def document(**changes: Any) -> dict[str, Any]:
    where = {"target": "lib.$kl$", "function": "kl_divergence", "variant": "raw", "unit": "nat", "dtype": "binary64"}
    row = {**where, "cases": 5, "skipped": 1, "grades": {"correct": 1}}
    failures = [
        {**where, "verdict": v, "ulps": u} for v, u in (("MissedZero", "4.49e+307"), ("fail", "2e+580"), ("NaN", "NaN"))
    ]
    found = {"format": "klexact-report/1", "at_least": "correct", "suite": "1.0", "libraries": {"lib": "1.2"}}
    return {**found, "rows": [row], "failures": failures, **changes}


def test_distances_beyond_floats_are_counted() -> None:
    figure = accuracy(document())
    assert texts(figure) == ["correctly\nrounded", "1 of 4", "beyond\n10¹⁷ ulp", "2", "NaN", "1"]
    assert axes(figure).get_yticklabels()[0].get_text() == "lib.\\$kl\\$\nkl_divergence, raw, nat"


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (document(at_least="conditioned"), {}, "--at-least correct; found --at-least conditioned"),
        (document(), {"dtype": "binary16"}, "found 0 in binary16"),
        (document(), {"functions": ["entropy"]}, "found 0"),
        (document(), {"units": ["bit"]}, "found 0"),
        (document(rows=document()["rows"] * 61), {}, "1 to 60 rows; found 61"),
        ({"rows": 1, "at_least": "correct"}, {}, "report.schema.json"),
        (document(failures=[{}]), {}, "report.schema.json"),
        (document(failures=[{**document()["failures"][1], "ulps": "many"}]), {}, "report.schema.json"),
        (5, {}, "drawn of reports; found 5"),
    ],
)
def test_bad_reports_are_told(given: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        accuracy(given, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("[]", "found 'list'"), (json.dumps({"format": "x/1"}), "found 'x/1'"), ("\xff", "not JSON")],
)
def test_bad_files_are_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(KLExactError, match=message):
        read_report(path)
    with pytest.raises(KLExactError, match="readable report"):
        read_report(tmp_path)
