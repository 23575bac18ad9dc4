"""Arrays: NumPy's, PyTorch's and JAX's are read as the binary numbers they hold; distributions become NumPy arrays."""

from typing import Any

from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError
from klexact.interop.exchange import fractions, imported

__all__ = ["observations", "read", "to_numpy"]


def read(x: Any) -> Any:
    """Return a vector as a list, an array of more dimensions as index -> entry, a joint table; anything else as it is."""
    if not hasattr(x, "tolist"):
        return x
    shape = x.shape
    if len(shape) > 1 and 1 in shape:
        raise InvalidDistributionError(
            f"an array of one row or column may be a vector or a batch; found the shape {tuple(shape)}: ravel it"
        )
    listed = x.tolist()
    return listed if len(shape) < 2 else dict(_entries(listed, len(shape), ()))


def observations(x: Any) -> Any:
    """Return the entries of a vector; the rows of a matrix, as tuples."""
    if not hasattr(x, "tolist"):
        return x
    return x.tolist() if len(x.shape) < 2 else [_tuple(row) for row in x.tolist()]


def _entries(listed: Any, depth: int, index: tuple[int, ...]) -> Any:
    if depth == 0:
        yield index, listed
        return
    for i, part in enumerate(listed):
        yield from _entries(part, depth - 1, (*index, i))


def _tuple(row: Any) -> Any:
    return tuple(map(_tuple, row)) if isinstance(row, list) else row


def to_numpy(d: Distribution, *, exact: bool = False) -> Any:
    """Return the probabilities as a NumPy array, in the order of the outcomes, which are lost.

    They are correctly rounded doubles, so their sum may differ from 1; with `exact` they are Fractions in an array of
    objects, and `Distribution(to_numpy(d, exact=True))` is d on 0, 1, 2, ... Raises KLExactError for parameters.
    """
    values = list(fractions(d).values())
    numpy = imported("numpy", "interop")
    return numpy.array(values, dtype=object) if exact else numpy.array(list(map(float, values)))
