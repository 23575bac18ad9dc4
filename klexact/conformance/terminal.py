"""Reports on a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from klexact.conformance.grading import DEFECTS, GRADES
from klexact.conformance.reports import Report, Row

__all__ = ["show"]

_COLUMNS = ("cases", "corr.", "faith", "acc.", "cond.", "fail", "defects", "err.", "skip", "worst ulp")
_WIDTHS = (5, 5, 5, 5, 5, 5, 12, 4, 4, 9)


def show(report: Report, console: Console, *, flags: bool = False) -> None:
    """Print a report: a table for each implementation and golden function, a row for each format, in 80 columns.

    Below stands the worst answer in each format that is not `correct`, with the line that asks again; with `flags` the verdicts
    of each flag too. What was skipped altogether shares a line.
    """
    console.print(Text(report.title), soft_wrap=True)
    skipped = []
    for where, found in groupby(report.rows, key=lambda row: row.where[:4]):
        rows = list(found)
        if all(set(row.counts) == {"skipped"} for row in rows):
            skipped.append(where)
            continue
        console.print(Text(f"\n{where[0]}: {' '.join(where[1:])}", style="bold"), soft_wrap=True)
        console.print(_table(rows))
        for x in (row.examples[0] for row in rows if row.examples):
            said = f"{x.verdict.name} in {x.dtype}: got {x.got}, wanted {x.wanted} ({x.slug}, {x.case})"
            console.print(Text(said), soft_wrap=True)
            console.print(Text(f"  {x.line}", style="dim"), soft_wrap=True)
        for row in rows if flags else ():
            for flag, counts in row.flags.items():
                verdicts = ", ".join(f"{name} {n}" for name, n in counts.items())
                console.print(Text(f"{row.dtype} {flag}: {verdicts}", style="dim"), soft_wrap=True)
    if any(row.explained for row in report.rows):
        console.print(Text("\nin brackets: defects no farther off than adding up correctly computed terms explains"))
    if skipped:
        console.print(Text(f"\nskipped: {', '.join(_skipped(report, skipped))}"), soft_wrap=True)


def _skipped(report: Report, skipped: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the functions of which everything was skipped, and of others the variants and units."""
    answered = {(row.target, row.function) for row in report.rows if row.where[:4] not in skipped}
    return sorted({where[1] if where[:2] not in answered else " ".join(where[1:]) for where in skipped})


def _table(rows: Iterable[Row]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("format", min_width=9)
    for name, width in zip(_COLUMNS, _WIDTHS, strict=True):
        table.add_column(name, justify="right", min_width=width)
    for row in rows:
        table.add_row(row.dtype, *_counted(row.counts, row.explained), row.worst_ulps, style=_style(row))
    return table


def _counted(counts: Mapping[str, int], explained: int) -> list[str]:
    defects = sum(counts.get(name, 0) for name in DEFECTS)
    ends = (str(counts.get(name, 0)) for name in ("errored", "skipped"))
    grades = (str(counts.get(name, 0)) for name in GRADES)
    return [str(sum(counts.values())), *grades, f"{defects} ({explained})" if explained else str(defects), *ends]


def _style(row: Row) -> str:
    if sum(row.defects.values()) or row.grades["fail"]:
        return "red"
    return "yellow" if row.counts.get("errored") else "green"
