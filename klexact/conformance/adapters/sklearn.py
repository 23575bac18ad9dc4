"""scikit-learn: mutual_info_score of a contingency table, and log_loss as a cross-entropy.

`log_loss` of the labels 0, 1, ..., each predicted by q and weighing p, adds up -p log q. It takes no fewer than two labels, is
documented to clip q to [2^-52, 1 - 2^-52], and weights may have any sign. `mutual_info_score` takes integer counts alone.
"""

from typing import Any

from klexact.conformance.adapters.library import Library, imported
from klexact.conformance.answers import Answer
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_DTYPES = {"binary64": "float64"}
_LARGEST = 2**53
_CLIP = 2.0**-52


def _array(name: str, numbers: Any) -> Any:
    return imported("numpy", "numpy").array(numbers, dtype=name)


_COUNTS = Library("import numpy as np", lambda _, x: _array("int64", x), "np.array({numbers}).astype(int)", _DTYPES)
_VECTORS = Library("import numpy as np", _array, "np.array({numbers})", _DTYPES)


def _no_counts(joint: list[list[float]]) -> Answer | None:
    if all(0 <= x <= _LARGEST and x.is_integer() for row in joint for x in row):
        return None
    return Answer(skip="takes integer counts")


def _not_taken(p: list[float], q: list[float]) -> Answer | None:
    if len(q) < 2:
        return Answer(skip="takes two classes or more")
    clipped = [x for x in q if 0 <= x < _CLIP or x > 1 - _CLIP]
    if clipped:
        return Answer(skip=f"is documented to clip probabilities to [2^-52, 1 - 2^-52]; found {clipped[0]!r}")
    return Answer(skip="takes weights of any sign for p") if any(x < 0 for x in p) else None


def _targets() -> tuple[Target, ...]:
    metrics, np = imported("sklearn.metrics", "scikit-learn"), imported("numpy", "numpy")

    def log_loss(p: Any, q: Any) -> Any:
        rows = np.tile(q, (len(q), 1))
        return metrics.log_loss(np.arange(len(q)), rows, sample_weight=p, normalize=False)

    mutual_information = _COUNTS.target(
        "sklearn.metrics.mutual_info_score",
        "mutual_information",
        "normalised",
        lambda joint: metrics.mutual_info_score(None, None, contingency=joint),
        "mutual_info_score(None, None, contingency=joint)",
        prelude="from sklearn.metrics import mutual_info_score",
        takes=_no_counts,
    )
    cross_entropy = _VECTORS.target(
        "sklearn.metrics.log_loss",
        "cross_entropy",
        "raw",
        log_loss,
        "log_loss(np.arange(len(q)), np.tile(q, (len(q), 1)), sample_weight=p, normalize=False)",
        prelude="from sklearn.metrics import log_loss",
        takes=_not_taken,
        max_length=1_000,
    )
    return (mutual_information, cross_entropy)


ADAPTER = Adapter("sklearn", ("scikit-learn",), _targets)
