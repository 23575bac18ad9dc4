"""Reports on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from klexact.conformance.grading import GRADES
from klexact.conformance.reports import Report, Row

__all__ = ["show"]

_SHORT = {"correct": "corr.", "faithful": "faith.", "accurate": "acc.", "conditioned": "cond.", "fail": "fail"}


def show(report: Report, console: Console, *, flags: bool = False) -> None:
    """Print a report: a row for each implementation and format, the worst answer of each with the line that asks again.

    With `flags`, each row is followed by one for each flag.
    """
    console.print(Text(report.title))
    table = Table("target", "function", "format", box=None, pad_edge=False)
    for name in ("cases", *_SHORT.values(), "defects", "errored", "skipped", "worst ulp"):
        table.add_column(name, justify="right")
    for row in report.rows:
        table.add_row(*map(Text, _cells(row)), style=_style(row))
        if flags:
            for flag, counts in row.flags.items():
                table.add_row(Text(f"  {flag}"), "", "", *map(Text, _flag_cells(counts)), style="dim")
    console.print(table)
    for row in report.rows:
        for x in row.examples[:1]:
            said = f"{x.target}, {x.key} ({x.slug}): {x.verdict.name}, got {x.got}, wanted {x.wanted}"
            console.print(Text(said), soft_wrap=True)
            console.print(Text(f"  {x.line}", style="dim"), soft_wrap=True)


def _style(row: Row) -> str:
    if sum(row.defects.values()) or row.grades["fail"]:
        return "red"
    return "yellow" if row.counts.get("errored") else "green"


def _cells(row: Row) -> list[str]:
    named = f"{row.function} {row.variant} {row.unit}"
    defects = sum(row.defects.values())
    explained = f"{defects} ({row.explained} expl.)" if row.explained else str(defects)
    grades = [str(n) for n in row.grades.values()]
    ends = [str(row.counts.get(name, 0)) for name in ("errored", "skipped")]
    return [row.target, named, row.dtype, str(len(row.outcomes)), *grades, explained, *ends, row.worst_ulps]


def _flag_cells(counts: dict[str, int]) -> list[str]:
    defects = sum(n for name, n in counts.items() if name not in {*GRADES, "errored", "skipped"})
    grades = [str(counts.get(name, 0)) for name in GRADES]
    return [
        str(sum(counts.values())),
        *grades,
        str(defects),
        str(counts.get("errored", 0)),
        str(counts.get("skipped", 0)),
        "",
    ]
