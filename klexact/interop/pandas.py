"""pandas: a Series is its index with its numbers, a DataFrame a two-way table; distributions become Series."""

from collections.abc import Hashable
from typing import Any

from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError
from klexact.interop.exchange import fractions, imported

__all__ = ["observations", "read", "to_pandas"]


def read(x: Any) -> Any:
    """Return label -> number of a Series, (row, column) -> number of a DataFrame; anything else as it is.

    Whether the numbers are probabilities, counts or weights is for the caller to say.
    """
    if not hasattr(x, "index") or not hasattr(x, "ndim"):
        return x
    rows = _labels(x.index)
    if x.ndim == 1:
        return dict(zip(rows, x.tolist(), strict=True))
    columns = [(column, x.iloc[:, i].tolist()) for i, column in enumerate(_labels(x.columns))]
    return {(*_parts(row), *_parts(column)): values[i] for i, row in enumerate(rows) for column, values in columns}


def observations(x: Any) -> Any:
    """Return the entries of a Series; the rows of a DataFrame, as tuples."""
    if not hasattr(x, "ndim") or not hasattr(x, "index"):
        return x
    return x.tolist() if x.ndim == 1 else list(x.itertuples(index=False, name=None))


def _labels(index: Any) -> list[Hashable]:
    if not index.is_unique:
        again = index[index.duplicated()][0]
        raise InvalidDistributionError(
            f"outcomes must be distinct; found {again!r} again in the index: group by it first"
        )
    if index.isna().any() if index.nlevels == 1 else index.to_frame().isna().any(axis=None):
        raise InvalidDistributionError(
            "outcomes must not be missing; found a missing one in the index: drop or name it"
        )
    return list(index.tolist())


def _parts(label: Hashable) -> tuple[Hashable, ...]:
    return label if isinstance(label, tuple) else (label,)


def to_pandas(d: Distribution, *, exact: bool = False) -> Any:
    """Return a Series: the outcomes are its index, tuples of one length a MultiIndex, and its name is "probability".

    The values are correctly rounded doubles, so their sum may differ from 1; with `exact` they are Fractions, and
    `Distribution(to_pandas(d, exact=True)) == d`. Raises KLExactError for parameters.
    """
    table = fractions(d)
    pandas = imported("pandas", "interop")
    if _are_joint(list(table)):
        index = pandas.MultiIndex.from_tuples(list(table))
    else:
        index = pandas.Index(list(table), name="outcome", tupleize_cols=False)
    values = list(table.values()) if exact else list(map(float, table.values()))
    return pandas.Series(values, index=index, name="probability", dtype=object if exact else float)


def _are_joint(outcomes: list[Hashable]) -> bool:
    lengths = {len(x) if isinstance(x, tuple) else 0 for x in outcomes}
    return len(lengths) == 1 and max(lengths) > 1
