"""Golden cases as columns of text, a row for each case and format: for CSV, TSV and Parquet.

Vectors are bits with a space between entries, the rows of a matrix have a semicolon between them, and what a generator makes is
its description, as JSON.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from klexact.errors import KLExactError
from klexact.golden.cases import LICENCE, Case, View, canonical
from klexact.golden.selection import Selection

__all__ = ["HEAD", "column_names", "csv_text", "rows", "tsv_text"]

HEAD = (
    "suite",
    "licence",
    "id",
    "function",
    "variant",
    "unit",
    "level",
    "slug",
    "source",
    "terms",
    "inputs",
    "value",
    "exact_condition",
    "alternates",
    "dtype",
    "exact_inputs",
    "kind",
    "sign",
    "nearest",
    "down",
    "up",
    "hex",
    "decimal50",
    "magnitude",
    "condition",
    "flags",
)


def column_names(selection: Selection) -> tuple[str, ...]:
    """Return the names of the columns: those of HEAD, then each argument by its name. Raises KLExactError for a name twice."""
    arguments = selection.arguments()
    twice = sorted(set(HEAD) & set(arguments))
    if twice:
        raise KLExactError(f"arguments must not be named like columns; found {', '.join(twice)}")
    return (*HEAD, *arguments)


def rows(selection: Selection) -> Iterator[tuple[str, ...]]:
    """Yield a row for each case and format: the exact case first, then the view. What a view has not is empty."""
    arguments = selection.arguments()
    for case in selection.cases:
        exact = _exact(selection.version, case)
        for view in case.views.values():
            yield (*exact, *_view(view), *(_argument(case, view, name) for name in arguments))


def _exact(version: str, case: Case) -> tuple[str, ...]:
    return (
        *(version, LICENCE, case.id, case.function, case.variant, case.unit, case.level, case.slug, case.source),
        *(str(case.terms), canonical(case.inputs), canonical(case.value), case.condition or ""),
        "" if case.alternates is None else canonical(case.alternates),
    )


def _view(view: View) -> tuple[str, ...]:
    stated = (view.sign, view.nearest, view.down, view.up, view.hex, view.decimal50, view.magnitude, view.condition)
    return (
        view.dtype,
        "true" if view.exact_inputs else "false",
        view.kind,
        *(text or "" for text in stated),
        " ".join(view.flags),
    )


def _argument(case: Case, view: View, name: str) -> str:
    given: Any = view.inputs.get(name, case.inputs.get(name, ""))
    if isinstance(given, dict):
        return canonical(given)
    if isinstance(given, list) and isinstance(given[0], list):
        return ";".join(" ".join(row) for row in given)
    return " ".join(given) if isinstance(given, list) else str(given)


def csv_text(selection: Selection) -> str:
    """Return the rows as CSV (RFC 4180, lines ending in a line feed), below a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column_names(selection))
    writer.writerows(rows(selection))
    return text.getvalue()


def tsv_text(selection: Selection) -> str:
    """Return the rows as TSV, below a header: nothing is quoted. Raises KLExactError where a field has a tab or line break."""
    lines = []
    for row in (column_names(selection), *rows(selection)):
        if any(not field.isprintable() for field in row):
            raise KLExactError(
                f"the fields of TSV must have no control characters; found one in {row!r:.200}: take CSV"
            )
        lines.append("\t".join(row) + "\n")
    return "".join(lines)
