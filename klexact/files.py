"""Reading distributions from CSV and JSON: what a file holds, as text and integers, before it becomes exact.

CSV has a header. With one column every row is a sample; with more, the last column is `probability`, `count` or
`weight` and the others name the outcome (a tuple where there are several). JSON is an array of probabilities,
an object of outcome: probability, or an object with one of the keys `probabilities`, `counts`, `weights` (or their
singular) or `samples`; other keys (a name, a provenance) are left alone.
"""

import csv
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from klexact.errors import InvalidDistributionError
from klexact.exact import outcome, rational

__all__ = ["KINDS", "read_csv", "read_json"]

KINDS = ("probabilities", "counts", "weights", "samples")
_COLUMNS = {"probability": "probabilities", "count": "counts", "weight": "weights"} | {k: k for k in KINDS[:3]}


def read_csv(path: str | Path) -> tuple[str, Any]:
    """Return the kind of a CSV file (one of KINDS) and its content; errors name the line."""
    rows = _rows(path)
    if not rows:
        raise InvalidDistributionError(f"{path} must have a header and rows; found an empty file")
    _, header = rows.pop(0)
    kind = _COLUMNS.get(header[-1].strip().lower())
    if len(header) == 1:
        if kind is not None:
            raise InvalidDistributionError(
                f"{path}, line 1: a column of outcomes is required before {header[-1]!r}; found that column alone"
            )
        if any(mark in header[0] for mark in ";\t|") or not isinstance(outcome(header[0]), str):
            raise InvalidDistributionError(
                f"{path}, line 1: a header and commas between columns are required; found {header[0]!r}"
            )
        return "samples", [outcome(row[0]) for _, row in rows]
    if kind is None:
        raise InvalidDistributionError(
            f"{path}, line 1: the last column must be called probability, count or weight (which percentages are); found "
            f"{header[-1]!r}"
        )
    table: dict[Hashable, Any] = {}
    for line, row in rows:
        if len(row) != len(header):
            raise InvalidDistributionError(
                f"{path}, line {line}: {len(header)} fields are required, as in the header; found {len(row)}: {row}"
            )
        names = tuple(outcome(cell) for cell in row[:-1])
        key = names if len(names) > 1 else names[0]
        if key in table:
            raise InvalidDistributionError(f"{path}, line {line}: outcomes must be distinct; found {key!r} again")
        table[key] = rational(row[-1], f"{path}, line {line}: the {header[-1].strip()}")
    return kind, table


def _rows(path: str | Path) -> list[tuple[int, list[str]]]:
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InvalidDistributionError(
            f"{path}, line {reader.line_num}: well-formed CSV is required; {error}"
        ) from None
    except (OSError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str | Path, error: Exception) -> InvalidDistributionError:
    found = error.strerror if isinstance(error, OSError) else error
    return InvalidDistributionError(f"{path} must be a readable UTF-8 file; found: {found}")


def read_json(path: str | Path) -> tuple[str, Any]:
    """Return the kind of a JSON file (one of KINDS) and its content; its numbers stay text."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        content = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise InvalidDistributionError(
            f"{path}, line {error.lineno}: well-formed JSON is required; {error.msg}"
        ) from None
    except (OSError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from None
    except RecursionError:
        raise InvalidDistributionError(f"{path} must hold an array or object of numbers; found deep nesting") from None
    if isinstance(content, _Pairs):
        found = [(_COLUMNS.get(k, k), x) for k, x in content if k in KINDS or (k in _COLUMNS and isinstance(x, list))]
        if len(found) > 1:
            raise InvalidDistributionError(
                f"{path} must have one of {', '.join(KINDS)}; found {', '.join(kind for kind, _ in found)}"
            )
        kind, content = found[0] if found else ("probabilities", content)
    else:
        kind = "probabilities"
    if isinstance(content, _Pairs) and kind != "samples":
        return kind, _table(path, content)
    if not isinstance(content, list) or isinstance(content, _Pairs):
        raise InvalidDistributionError(
            f"{path}: {kind} must be an array or an object of numbers; found {content!r:.60}"
        )
    return kind, [outcome(x) if isinstance(x, str) else x for x in content] if kind == "samples" else content


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its duplicates kept."""


def _table(path: str | Path, pairs: _Pairs) -> dict[Hashable, Any]:
    table: dict[Hashable, Any] = {}
    for key, value in pairs:
        name = outcome(key)
        if name in table:
            raise InvalidDistributionError(f"{path}: outcomes must be distinct; found {name!r} again")
        table[name] = value
    return table
