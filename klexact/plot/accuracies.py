"""How accurate libraries are, case by case: the distance of every answer from the exact value, in ulp, on a log scale.

What has no distance, or one beyond the last digit, stands in columns of its own, counted.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klexact.conformance.grading import GRADES
from klexact.conformance.reports import REPORT_FORMAT, Report
from klexact.errors import InvalidFileError, KLExactError
from klexact.plot.canvas import ACCENT, COLOURS, QUIET, canvas, legend, picture, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["accuracy", "read_report"]

_MOST_ROWS = 60
_BEST, _WORST = -0.35, 17.0  # log10 of the ulp that the scale begins and ends with; 10^16 leave no digit of a double
_STEP = 2.3  # between columns
_PITCH, _GOLDEN = 0.36, 0.618034  # inches a row; multiples of the golden ratio spread points evenly
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_STYLES = {
    "faithful": ("a neighbour of the value", "o", COLOURS[0]),
    "accurate": ("within 4 ulp", "s", COLOURS[4]),
    "conditioned": ("within what the sum allows", "^", COLOURS[2]),
    "fail": ("wrong", "X", ACCENT),
    "WrongSign": ("wrong sign", "D", COLOURS[3]),
    "MissedZero": ("not the zero that it is", "v", COLOURS[1]),
}
_KEYS = ("target", "function", "variant", "unit", "dtype")
_COLUMNS = ("far", "WrongInfinity", "NaN", "DomainError", "errored")
_HEADS = {
    "correct": "correctly\nrounded",
    "far": "beyond\n10¹⁷ ulp",
    "WrongInfinity": "wrong\n∞",
    "NaN": "NaN",
    "DomainError": "no error\nraised",
    "errored": "refused",
}


@dataclass(frozen=True)
class _Row:
    """The answers of one implementation to one golden function in one format."""

    label: str
    cases: int
    counts: Mapping[str, int]  # of what has no point
    points: Sequence[tuple[float, str]]  # log10 of the ulp, verdict


def read_report(path: str | Path) -> dict[str, Any]:
    """Return the document of a report that `klexact check --json` has written. Raises InvalidFileError for anything else."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFileError(f"{path} must be a readable report; found: {error.strerror}") from None
    except ValueError:
        raise InvalidFileError(f"{path} must be a report in JSON; found text that is not JSON") from None
    if not isinstance(found, dict) or found.get("format") != REPORT_FORMAT:
        shown = found.get("format") if isinstance(found, dict) else type(found).__name__
        raise InvalidFileError(f"{path} must be a report of the format {REPORT_FORMAT}; found {shown!r:.40}")
    return found


@picture
def accuracy(
    *reports: Report | Mapping[str, Any],
    dtype: str = "binary64",
    functions: Collection[str] = (),
    units: Collection[str] = (),
    title: str = "",
) -> "Figure":
    """Draw how far the answers of implementations are from the exact values, a row for each function: one point a case.

    `reports` are what `klexact.conformance.checking.check` returns, or documents of `read_report` that list every answer, which
    those written with `--at-least correct` do. Only the format `dtype` is drawn, and of functions and units those that are
    named, all where none is. Cases that were skipped do not count.

    Raises KLExactError for reports that leave answers out, for none or more than 60 rows, and where matplotlib is missing.
    """
    documents = [_document(report) for report in reports]
    wanted = {"dtype": (dtype,), "function": functions, "unit": units}
    try:
        rows = [row for document in documents for row in _rows(document, wanted)]
        about = plain(title) or _about(dtype, documents)
    except (AttributeError, ArithmeticError, KeyError, TypeError):
        raise InvalidFileError("a report must follow report.schema.json; found rows or failures that do not") from None
    if not 1 <= len(rows) <= _MOST_ROWS:
        raise KLExactError(
            f"a picture shows 1 to {_MOST_ROWS} rows; found {len(rows)} in {dtype:.40}: choose a format, functions or units"
        )
    columns = ["correct", *(name for name in _COLUMNS if any(row.counts.get(name) for row in rows))]
    figure, ax = canvas(9.6, 1.1 + _PITCH * len(rows))
    places = {"correct": _BEST - 1.5} | {name: _WORST + 1.2 + _STEP * i for i, name in enumerate(columns[1:])}
    _draw_table(ax, rows, places)
    handles = _draw_points(ax, rows)
    ax.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=7)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(_BEST - 2.8, max(places.values()) + 1.2)
    ticks = [0, 4, 8, 12, 16]
    ax.set_xticks(ticks, [f"10{str(k).translate(_SUPERSCRIPT)}" if k else "1" for k in ticks])
    ax.set_xlabel("distance from the exact value, ulp")
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)
    words = [_STYLES[name][0] for name in handles]
    legend(figure, list(handles.values()), words, about)
    return figure


def _document(report: Report | Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = json.loads(report.json("correct")) if isinstance(report, Report) else report
    if not isinstance(found, Mapping) or "rows" not in found:
        raise KLExactError(f"accuracy is drawn of reports; found {report!r:.80}")
    if found.get("at_least") != "correct":
        raise KLExactError(
            "a report must list every answer that is not correctly rounded to be drawn: write it with --at-least correct; "
            f"found --at-least {found.get('at_least')!s:.20}"
        )
    return found


def _rows(document: Mapping[str, Any], wanted: Mapping[str, Collection[str]]) -> Iterable[_Row]:
    outcomes: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for x in document["failures"]:
        outcomes.setdefault(tuple(x[key] for key in _KEYS), []).append(x)
    for row in document["rows"]:
        if not all(row[key] in values for key, values in wanted.items() if values):
            continue
        points, counts = [], Counter({"correct": row["grades"][GRADES[0]]})
        for x in outcomes.get(tuple(row[key] for key in _KEYS), []):
            at = _log10(x["ulps"]) if x["verdict"] in _STYLES else None
            if at is None:
                counts[x["verdict"]] += 1
            elif at > _WORST:
                counts["far"] += 1
            else:
                points.append((max(at, _BEST), x["verdict"]))
        label = f"{plain(row['target'], 52)}\n{plain(', '.join(row[key] for key in _KEYS[1:4]), 52)}"
        yield _Row(label, row["cases"] - row["skipped"], counts, points)


def _log10(ulps: str) -> float | None:
    """Return the log10 of a distance as reports write it; those of doubles reach 10^616, beyond floats."""
    if ulps in {"", "inf", "NaN"}:
        return None
    x = Decimal(ulps)
    return float(x.log10()) if x else _BEST


def _draw_table(ax: Any, rows: Sequence[_Row], places: Mapping[str, float]) -> None:
    for name, x in places.items():
        ax.text(x, -0.6, _HEADS[name], ha="center", va="bottom", fontsize=7)
        for i, row in enumerate(rows):
            n = row.counts.get(name, 0)
            if name == "correct":
                ax.text(x, i, f"{n} of {row.cases}", ha="center", va="center", fontsize=7)
            elif n:
                box = {
                    "facecolor": QUIET if name == "far" else ACCENT,
                    "edgecolor": "none",
                    "boxstyle": "round,pad=0.25",
                }
                ax.text(x, i, f"{n}", ha="center", va="center", fontsize=7, color="white", weight="bold", bbox=box)
    for i in range(len(rows)):
        ax.axhspan(i - 0.46, i + 0.46, color="#f4f4f4", zorder=0, linewidth=0)
    for x in (_BEST, _WORST):
        ax.axvline(x, color=QUIET, linewidth=0.6)


def _draw_points(ax: Any, rows: Sequence[_Row]) -> dict[str, Any]:
    """Draw the points, those of each verdict in its style, spread over the height of their row; return a handle each."""
    handles = {}
    for name, (_, marker, colour) in _STYLES.items():
        found = [
            (at, i + 0.7 * (k * _GOLDEN % 1 - 0.5))
            for i, row in enumerate(rows)
            for k, (at, verdict) in enumerate(row.points)
            if verdict == name
        ]
        if found:
            look = {"marker": marker, "color": colour, "markersize": 4, "linestyle": "none", "markeredgewidth": 0}
            handles[name] = ax.plot(*zip(*found, strict=True), alpha=0.8, **look)[0]
    return handles


def _about(dtype: str, documents: Sequence[Mapping[str, Any]]) -> str:
    libraries = dict(sorted(pair for document in documents for pair in document["libraries"].items()))
    suites = sorted({document["suite"] for document in documents})
    return plain(f"{dtype}, suite {', '.join(suites)}" + "".join(f"; {name} {n}" for name, n in libraries.items()))
