"""Arrays: NumPy's, PyTorch's and JAX's are read as the binary numbers they hold; distributions become NumPy arrays."""

from typing import Any

from klexact.distribution import Distribution
from klexact.interop.exchange import fractions, imported

__all__ = ["observations", "read", "to_numpy"]


def read(x: Any) -> Any:
    """Return an array as a list, of lists where it has more dimensions; anything else as it is."""
    return x.tolist() if hasattr(x, "tolist") else x


def observations(x: Any) -> Any:
    """Return the entries of a vector; the rows of a matrix, as tuples."""
    if not hasattr(x, "tolist"):
        return x
    return x.tolist() if len(x.shape) < 2 else [_tuple(row) for row in x.tolist()]


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
