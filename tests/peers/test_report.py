"""REPORT.md and the README's table of libraries are what the pinned libraries give, and their lines print what is said."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import pytest

from klexact.conformance.libraries import ADAPTERS
from klexact.conformance.reports import Row, report_of
from klexact.golden.cases import index
from tests.peers.golden_findings import PINNED, GoldenFinding
from tests.peers.report import BEGIN, END, README, REPORT, between, cells, findings, graded, listed
from tests.peers.verdicts import VERDICTS

SHOWN = between(README.read_text(encoding="utf-8"))
CHECKED_IN = REPORT.read_text(encoding="utf-8")

# Libraries use what vector instructions a processor has, and their results differ in the last bits with those. So the numbers
# of correct, faithful, accurate, conditioned and failing answers, of wrong signs and of missed zeros, and distances are not
# compared; nor are the NaN of a function that takes the root of what may be rounded below 0. Long vectors take minutes.
EXACT = ("NaN", "WrongInfinity", "DomainError", "errored", "skipped")
ROOT = "scipy.spatial.distance.jensenshannon"


def installed(distribution: str) -> bool:
    try:
        return version(distribution).partition("+")[0] == PINNED[distribution]
    except PackageNotFoundError:
        return False


def of_pinned(adapter: str) -> object:
    missing = [d for d in ADAPTERS[adapter].distributions if d in PINNED and not installed(d)]
    return pytest.param(adapter, marks=pytest.mark.skipif(bool(missing), reason=f"the report is of other {missing}"))


def table(text: str) -> list[list[str]]:
    """Return the cells of the rows of every table."""
    return [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| ")]


def counted(cell: str) -> dict[str, int]:
    """Return the defects that a cell counts."""
    return {name: int(n) for name, n in re.findall(r"([A-Za-z]+) (\d+)", cell.partition(" (")[0])}


def exact(defects: dict[str, int], target: str) -> dict[str, int]:
    return {name: n for name, n in defects.items() if name in EXACT and n and not (name == "NaN" and ROOT in target)}


def test_the_report_is_of_this_suite_and_the_pinned_versions() -> None:
    suite = str(index()["suite"])
    assert f"the suite is {suite}." in CHECKED_IN
    assert f"suite {suite}," in SHOWN
    for distribution, number in PINNED.items():
        assert f"{distribution} {number}" in CHECKED_IN
        assert f"{distribution} {number}" in SHOWN


@pytest.mark.parametrize("adapter", [of_pinned(name) for name in ADAPTERS])
def test_a_library_is_graded_as_checked_in(adapter: str) -> None:
    usual = CHECKED_IN.partition(f"\n## {adapter}: ")[2].partition("\n## ")[0].partition("\n### ")[0]
    rows = [row for row in table(usual) if row[0] != "target"]
    found = report_of(graded([adapter], level="full")[adapter]).rows
    assert [r[:5] for r in rows] == [[x.replace("|", "\\|") for x in row.where] for row in found]
    for said, row in zip(rows, found, strict=True):
        assert said[5] == str(len(row.outcomes))
        assert exact(counted(said[11]), row.target) == exact(dict(row.defects), row.target)
        assert said[12:14] == [str(row.counts.get(name, 0)) for name in ("errored", "skipped")]
    compare_with_readme({row.where: row for row in found})


def compare_with_readme(found: dict[tuple[str, ...], Row]) -> None:
    shown = {row[0]: row for row in table(SHOWN)}
    for verdict in VERDICTS:
        if verdict.where in found:
            wanted = cells(found[verdict.where], verdict)
            if verdict.shown:
                said = shown[wanted[0]]
                assert said[1] == wanted[1]
                assert exact(counted(said[7]), verdict.target) == exact(counted(wanted[7]), verdict.target)
                assert said[9] == wanted[9]


def test_the_readme_has_the_rows_and_findings_that_are_meant() -> None:
    names = [row[0] for row in table(SHOWN)][1:]
    assert names == [f"{v.target} as {v.function}/{v.variant}/{v.unit}" for v in VERDICTS if v.shown]
    assert [line for line in SHOWN.splitlines() if line.startswith("- ")] == [listed(x) for x in findings()]
    assert README.read_text(encoding="utf-8").count(BEGIN) == README.read_text(encoding="utf-8").count(END) == 1


@pytest.mark.skipif(not installed("scipy"), reason="the table is of the pinned SciPy")
def test_the_command_of_the_readme_prints_its_row_again() -> None:
    (command,) = re.findall(r"`klexact (check [^`]+ --diagnose)`", SHOWN)
    main = [sys.executable, "-m", "klexact", *command.split(), "--format", "json"]
    done = subprocess.run(main, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)["rows"]
    shown = {cells[0]: cells for cells in table(SHOWN)}["scipy.special.kl_div as kl_div/generalised/nat"]
    assert shown[1] == str(row["cases"])
    assert counted(shown[7]) == {name: n for name, n in row["defects"].items() if n}


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(
            x, id=x.distribution + str(i), marks=pytest.mark.skipif(not installed(x.distribution), reason="other")
        )
        for i, x in enumerate(findings())
    ],
)
def test_a_line_of_the_readme_prints_what_is_stated(finding: GoldenFinding) -> None:
    line, said = re.findall(r"`([^`]+)` prints `([^`]+)`", listed(finding))[0]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said
