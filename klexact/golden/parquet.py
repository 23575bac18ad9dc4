"""Golden cases as a Parquet file: the columns of text of `klexact.golden.columns`."""

import io
from importlib import import_module
from typing import Any

from klexact.errors import KLExactError
from klexact.golden.cases import LICENCE
from klexact.golden.columns import column_names, rows
from klexact.golden.selection import Selection

__all__ = ["parquet_bytes"]


def parquet_bytes(selection: Selection) -> bytes:
    """Return a Parquet file; suite and licence stand in the schema's metadata, too.

    Raises KLExactError, saying what to install, where pyarrow is missing.
    """
    arrow, parquet = _imported("pyarrow"), _imported("pyarrow.parquet")
    names = column_names(selection)
    columns = zip(*rows(selection), strict=True)
    metadata = {"klexact_suite": selection.version, "klexact_licence": LICENCE}
    schema = arrow.schema([(name, arrow.string()) for name in names], metadata=metadata)
    table = arrow.table([arrow.array(column, arrow.string()) for column in columns], schema=schema)
    stream = io.BytesIO()
    parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _imported(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise KLExactError(
            f"Parquet needs the library pyarrow; found: {error}: pip install 'klexact[parquet]', or export to csv"
        ) from None
