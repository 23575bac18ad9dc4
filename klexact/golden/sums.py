"""Golden functions that are log forms: the measures, their scalar terms and their gradients.

Every term comes from `klexact.forms`, where the conventions at zero stand.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import sympy
from flint import fmpq

from klexact import forms
from klexact.golden.function import Function, Inputs
from klexact.golden.quantities import LogSum, Root

__all__ = ["FUNCTIONS"]

Vector = list[Any]

UNITS = ("nat", "bit", "dit")
EXTENDED = {"extended-value": "inf"}  # convex analysis: a convex function is +∞ outside its domain
ZEROS = "0·log 0 = 0, 0·log(0/q) = 0, 0·log(0/0) = 0, p·log(p/0) = +∞ for p > 0"
CROSS_ZEROS = "0·log q = 0 (at q = 0 too), -p·log 0 = +∞ for p > 0"
DIVIDED = "after each vector is divided by its exact total"


def _total(x: Vector) -> Any:
    return sum(x, fmpq(0))


def normalised(variant: str, *vectors: Vector) -> list[Vector]:
    """Return vectors as a variant takes them; entries that were one object stay one."""
    if variant != "normalised":
        return list(vectors)
    return [_divided(vector, _total(vector)) for vector in vectors]


def _divided(vector: Vector, total: Any) -> Vector:
    quotients = {i: x / total for i, x in _by_id(vector).items()}
    return [quotients[id(x)] for x in vector]


def _by_id(*vectors: Vector) -> dict[int, Any]:
    return {id(x): x for vector in vectors for x in vector}


def each(term: Callable[..., Any], *vectors: Vector) -> Iterator[tuple[int, Any]]:
    """Yield the term of every outcome, once with its multiplicity where outcomes share their objects (generated vectors do)."""
    entries = _by_id(*vectors)
    for ids, n in Counter(zip(*(map(id, vector) for vector in vectors), strict=True)).items():
        yield n, term(*(entries[i] for i in ids))


def _log(a: Any, c: int = 1) -> Any:
    """Return the term c·log a, with log 0 = -∞."""
    return [(fmpq(c), a)] if a else sympy.oo * -c


def _entropy(variant: str, unit: str, p: Vector) -> LogSum:
    return LogSum.counted(each(forms.entr, *normalised(variant, p)), unit)


def _cross_entropy(variant: str, unit: str, p: Vector, q: Vector) -> LogSum:
    return LogSum.counted(each(forms.cross_entr, *normalised(variant, p, q)), unit)


def _kl_divergence(variant: str, unit: str, p: Vector, q: Vector) -> LogSum:
    p, q = normalised(variant, p, q)
    gaps = each(lambda a, b: b - a, p, q) if variant == "generalised" else ()
    return LogSum.counted(chain(each(forms.rel_entr, p, q), gaps), unit)


def _scaled(term: Any, weight: Any) -> Any:
    return [(weight * c, a) for c, a in term] if isinstance(term, list) else weight * term


def _jensen_shannon(variant: str, unit: str, p: Vector, q: Vector) -> LogSum:
    p, q = normalised(variant, p, q)
    return LogSum.counted(chain(each(_half_to_middle, p, q), each(_half_to_middle, q, p)), unit)


def _half_to_middle(a: Any, b: Any) -> Any:
    return _scaled(forms.rel_entr(a, (a + b) / 2), fmpq(1, 2))


def _mutual_information(variant: str, unit: str, joint: list[Vector]) -> LogSum:
    total = _total([_total(row) for row in joint])
    table = [[x / total for x in row] for row in joint] if variant == "normalised" else joint
    rows = [_total(row) for row in table]
    columns = [_total(list(column)) for column in zip(*table, strict=True)]
    return LogSum.of(
        (
            forms.rel_entr(x, r * c)
            for row, r in zip(table, rows, strict=True)
            for x, c in zip(row, columns, strict=True)
        ),
        unit,
    )


def _kl_divergence_log_q(_variant: str, unit: str, p: Vector, log_q: Vector) -> LogSum:
    terms: list[Any] = []
    for a, b in zip(p, log_q, strict=True):
        if a:
            terms += [[(a, a)], sympy.oo if b == -math.inf else -a * b]
    return LogSum.of(terms, unit)


def _entropy_gradient(_variant: str, unit: str, p: Vector, index: int) -> LogSum:
    return LogSum.of([_log(p[index], -1), fmpq(-1)], unit)


def _gradient_p(variant: str, unit: str, p: Vector, q: Vector, index: int) -> LogSum:
    a, b = p[index], q[index]
    slope = [(fmpq(1), a), (fmpq(-1), b)] if a and b else _log(a) if b else _log(b, -1)
    return LogSum.of([slope] if variant == "generalised" else [slope, fmpq(1)], unit)


def _gradient_q(variant: str, unit: str, p: Vector, q: Vector, index: int) -> LogSum:
    a, b = p[index], q[index]
    slope = -a / b if b else _log(b)
    return LogSum.of([slope, fmpq(1)] if variant == "generalised" else [slope], unit)


def _index_inside(_variant: str, inputs: Inputs) -> bool:
    vectors = [v for v in inputs.values() if isinstance(v, list)]
    return all(x >= 0 for v in vectors for x in v) and all(0 <= inputs["index"] < len(v) for v in vectors)


def _either_positive(variant: str, inputs: Inputs) -> bool:
    return _index_inside(variant, inputs) and bool(inputs["p"][inputs["index"]] or inputs["q"][inputs["index"]])


MIDDLE = "Σ p_i·log(p_i/m_i)/2 + q_i·log(q_i/m_i)/2 with m_i = (p_i + q_i)/2"
SHARED = "Σ p_ij·log(p_ij/(r_i·c_j)) with the sums r_i of rows and c_j of columns"
AT_I = "i = index (from 0), by the i-th terms alone, whatever the others"
SLOPE_P = "-∞ at p_i = 0 < q_i, +∞ at q_i = 0 < p_i, outside the domain where both are 0"
SLOPE_Q = "-∞ at q_i = 0 < p_i, outside the domain where both are 0"
P = {"p": "vector"}
PQ = {"p": "vector", "q": "vector"}
AT = {"index": "index"}

FUNCTIONS = (
    Function(
        "entropy",
        P,
        {
            "raw": f"-Σ p_i·log p_i of the vector as it is; {ZEROS}; terms: -p_i·log p_i",
            "normalised": f"-Σ p_i·log p_i {DIVIDED}; {ZEROS}; terms: -p_i·log p_i",
        },
        _entropy,
        UNITS,
        reference=("p",),
        alternates={"extended-value": "-inf"},
        signed=True,
    ),
    Function(
        "cross_entropy",
        PQ,
        {
            "raw": f"-Σ p_i·log q_i of the vectors as they are; {CROSS_ZEROS}; terms: -p_i·log q_i",
            "normalised": f"-Σ p_i·log q_i {DIVIDED}; {CROSS_ZEROS}; terms: -p_i·log q_i",
        },
        _cross_entropy,
        UNITS,
        reference=("p", "q"),
        alternates=EXTENDED,
        signed=True,
    ),
    Function(
        "kl_divergence",
        PQ,
        {
            "raw": f"D(p‖q) = Σ p_i·log(p_i/q_i) of the vectors as they are; {ZEROS}; terms: p_i·log(p_i/q_i)",
            "normalised": f"D(p‖q) = Σ p_i·log(p_i/q_i) {DIVIDED}; {ZEROS}; terms: p_i·log(p_i/q_i)",
            "generalised": f"Σ p_i·log(p_i/q_i) + (q_i - p_i) of the vectors as they are; {ZEROS}; terms: p_i·log(p_i/q_i) and "
            "q_i - p_i",
        },
        _kl_divergence,
        UNITS,
        reference=("p", "q"),
        alternates=EXTENDED,
    ),
    Function(
        "entr",
        {"p": "number"},
        {"raw": "-p·log p; 0 at p = 0; one term"},
        lambda _, unit, p: LogSum.of([forms.entr(p)], unit),
        reference=("p",),
        alternates={"extended-value": "-inf"},
        signed=True,
    ),
    Function(
        "rel_entr",
        {"p": "number", "q": "number"},
        {"raw": "p·log(p/q); 0 at p = 0 (at q = 0 too), +∞ at q = 0 < p; one term"},
        lambda _, unit, p, q: LogSum.of([forms.rel_entr(p, q)], unit),
        reference=("p", "q"),
        alternates=EXTENDED,
        signed=True,
    ),
    Function(
        "kl_div",
        {"p": "number", "q": "number"},
        {"generalised": "p·log(p/q) - p + q; q at p = 0, +∞ at q = 0 < p; terms: p·log(p/q) and q - p"},
        lambda _, unit, p, q: LogSum.of([forms.rel_entr(p, q), q - p], unit),
        reference=("p", "q"),
        alternates=EXTENDED,
    ),
    Function(
        "jensen_shannon_divergence",
        PQ,
        {
            "raw": f"{MIDDLE}, of the vectors as they are; 0·log 0 = 0; terms: both, for each i",
            "normalised": f"{MIDDLE}, {DIVIDED}; 0·log 0 = 0; terms: both, for each i",
        },
        _jensen_shannon,
        UNITS,
        reference=("p", "q"),
    ),
    Function(
        "jensen_shannon_distance",
        PQ,
        {
            "normalised": f"the square root of the Jensen-Shannon divergence, {DIVIDED}; terms: those of the divergence, "
            "over the root"
        },
        lambda variant, unit, p, q: Root(_jensen_shannon(variant, unit, p, q)),
        UNITS,
        reference=("p", "q"),
    ),
    Function(
        "mutual_information",
        {"joint": "matrix"},
        {
            "raw": f"{SHARED}, of the matrix as it is; 0·log 0 = 0; terms: each ij",
            "normalised": f"{SHARED}, after the matrix is divided by its exact total; 0·log 0 = 0; terms: each ij",
        },
        _mutual_information,
        UNITS,
    ),
    Function(
        "kl_divergence_log_q",
        {"p": "vector", "log_q": "vector"},
        {
            "raw": "Σ p_i·(log p_i - ℓ_i) where the second argument ℓ is log q as given; 0 where p_i = 0 (at ℓ_i = -∞ too), +∞ "
            "where ℓ_i = -∞ and p_i > 0; terms: p_i·log p_i and -p_i·ℓ_i for p_i > 0"
        },
        _kl_divergence_log_q,
        log_arguments=frozenset({"log_q"}),
        signed=True,
    ),
    Function(
        "entropy_gradient",
        P | AT,
        {"raw": f"∂H/∂p_i = -log p_i - 1 of the raw entropy, {AT_I}; +∞ at p_i = 0; terms: both"},
        _entropy_gradient,
        domain=_index_inside,
        signed=True,
    ),
    Function(
        "kl_gradient_p",
        PQ | AT,
        {
            "raw": f"∂D/∂p_i = log(p_i/q_i) + 1 of the raw divergence, {AT_I}; {SLOPE_P}; terms: both",
            "generalised": f"∂D/∂p_i = log(p_i/q_i) of the generalised divergence, {AT_I}; {SLOPE_P}; one term",
        },
        _gradient_p,
        domain=_either_positive,
        signed=True,
    ),
    Function(
        "kl_gradient_q",
        PQ | AT,
        {
            "raw": f"∂D/∂q_i = -p_i/q_i of the raw divergence, {AT_I}; {SLOPE_Q}; one term",
            "generalised": f"∂D/∂q_i = -p_i/q_i + 1 of the generalised divergence, {AT_I}; {SLOPE_Q}; terms: both",
        },
        _gradient_q,
        domain=_either_positive,
        signed=True,
    ),
)
