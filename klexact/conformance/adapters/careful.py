"""Entropy and divergences in double precision as carefully as a screen of plain Python allows: a baseline to compare with.

Terms with p = 0 are left out, log(p/q) near p = q is log1p((p - q)/q), whose difference is exact, and sums are rounded once.
What remains is that terms which cancel keep their own rounding errors.
"""

import math

__all__ = [
    "cross_entropy",
    "entr",
    "entropy",
    "generalised_kl_divergence",
    "jensen_shannon_divergence",
    "kl_div",
    "kl_divergence",
    "log_ratio",
    "log_softmax",
    "mutual_information",
    "normalised",
    "rel_entr",
]

Vector = list[float]


def log_ratio(p: float, q: float) -> float:
    """Return log(p/q) for p, q > 0, to within an ulp or two of itself: no cancellation near 1, no overflow of p/q.

    >>> log_ratio(1.0, 1.0), log_ratio(1e300, 1e-300)
    (0.0, 1381.551055796427...)
    """
    if q / 2 <= p <= 2 * q:
        return math.log1p((p - q) / q)
    ratio = p / q
    return math.log(ratio) if 1e-300 < ratio < math.inf else math.log(p) - math.log(q)


def entr(p: float) -> float:
    """Return -p log p, 0 at 0. Raises ValueError for p < 0."""
    return -p * math.log(p) if p else 0.0


def rel_entr(p: float, q: float) -> float:
    """Return p log(p/q): 0 for p = 0 <= q, infinity for q = 0 < p. Raises ValueError elsewhere outside p, q > 0."""
    if p < 0 or q < 0:
        raise ValueError(f"p and q must not be negative; found {p!r}, {q!r}")
    if not p:
        return 0.0 * q
    return p * log_ratio(p, q) if q else math.inf


def kl_div(p: float, q: float) -> float:
    """Return p log(p/q) - p + q."""
    return math.fsum([rel_entr(p, q), -p, q])


def normalised(p: Vector) -> Vector:
    """Return a vector divided by its sum."""
    total = math.fsum(p)
    return [x / total for x in p]


def entropy(p: Vector) -> float:
    """Return -Σ p log p."""
    return math.fsum(map(entr, p))


def cross_entropy(p: Vector, q: Vector) -> float:
    """Return -Σ p log q, infinite where q = 0 < p."""
    return math.fsum(-x * math.log(y) if y else math.inf for x, y in zip(p, q, strict=True) if x)


def kl_divergence(p: Vector, q: Vector) -> float:
    """Return Σ p log(p/q), infinite where q = 0 < p."""
    return math.fsum(map(rel_entr, p, q))


def generalised_kl_divergence(p: Vector, q: Vector) -> float:
    """Return Σ p log(p/q) - p + q."""
    return math.fsum([*map(rel_entr, p, q), *(-x for x in p), *q])


def jensen_shannon_divergence(p: Vector, q: Vector) -> float:
    """Return half the divergences of p and q from their mean, added."""
    twice = [x + y for x, y in zip(p, q, strict=True)]  # the mean would underflow
    return math.fsum(rel_entr(2 * x, z) for v in (p, q) for x, z in zip(v, twice, strict=True)) / 4


def mutual_information(joint: list[Vector]) -> float:
    """Return the divergence of a joint matrix of mass 1 from the product of its marginals."""
    rows, columns = [math.fsum(row) for row in joint], [math.fsum(column) for column in zip(*joint, strict=True)]
    return kl_divergence([x for row in joint for x in row], [a * b for a in rows for b in columns])


def log_softmax(logits: Vector) -> Vector:
    """Return x - log Σ exp x, without overflow."""
    highest = max(logits)
    total = math.log(math.fsum(math.exp(x - highest) for x in logits))
    return [x - highest - total for x in logits]
