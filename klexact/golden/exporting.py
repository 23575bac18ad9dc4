"""Exporting golden cases: CSV, TSV, NPZ, Parquet, or a header for C, written so that nobody sees half a file.

The layouts are described in `klexact/data/golden/EXPORTS.md`; all have the licence and the version of the suite.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from klexact.choices import require_one_of
from klexact.golden.arrays import npz_bytes
from klexact.golden.columns import csv_text, tsv_text
from klexact.golden.header import header_text, in_header
from klexact.golden.parquet import parquet_bytes
from klexact.golden.selection import Choice, Selection, select
from klexact.work import write_atomically

__all__ = ["LAYOUTS", "export"]

LAYOUTS: Mapping[str, Callable[[Selection], str | bytes]] = {
    "csv": csv_text,
    "tsv": tsv_text,
    "npz": npz_bytes,
    "parquet": parquet_bytes,
    "c": header_text,
}


def export(
    directory: Path,
    target: Path,
    layout: str,
    *,
    function: Choice = (),
    variant: Choice = (),
    unit: Choice = (),
    dtype: Choice = (),
    level: Choice = (),
    progress: Callable[[int], object] | None = None,
) -> int:
    """Write the golden cases of a directory, or of one file: those chosen, by default all. Return how many views were written.

    `layout` is one of LAYOUTS. Equal cases give equal bytes, with the same versions of NumPy or pyarrow where these write.
    `progress(1)` is told of every file that was read (`klexact.golden.suite.file_names` says which there are). Raises
    KLExactError for an unknown layout or choice, where nothing is chosen, a library is missing, or the target cannot be
    written (what was there before is then unchanged), and InvalidFileError where a golden file is damaged.

    >>> export(Path("golden"), Path("golden.xls"), "xls")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the layout of an export must be one of csv, tsv, npz, parquet, c; found 'xls'
    """
    require_one_of("the layout of an export", layout, LAYOUTS)
    chosen = select(
        directory, function=function, variant=variant, unit=unit, dtype=dtype, level=level, progress=progress
    )
    write_atomically(target, LAYOUTS[layout](chosen))
    return in_header(chosen).views if layout == "c" else chosen.views
