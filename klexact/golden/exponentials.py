"""Golden functions of logarithms of probabilities and of logits: sums with exponentials of rational numbers.

Where such a value is rational is decided by the Lindemann-Weierstrass theorem: exponentials of distinct algebraic numbers are
linearly independent over the algebraic numbers. (Baker, *Transcendental Number Theory*, 1975, theorem 1.4.)
"""

import math
from typing import Any

from flint import arb, fmpq

from klexact.golden.function import Function, Inputs
from klexact.golden.quantities import LogSum, Quantity, Transcendental

__all__ = ["FUNCTIONS"]

Vector = list[Any]


def _from_logs(_variant: str, _unit: str, log_p: Vector, log_q: Vector) -> Quantity:
    """Σ e^a (a - b): rational iff the coefficients of every e^a with a ≠ 0 cancel, and then that of e^0 is the value."""
    pairs = [(a, b) for a, b in zip(log_p, log_q, strict=True) if a != -math.inf]
    if any(b == -math.inf for _, b in pairs):
        return LogSum.infinite(len(pairs))
    coefficients: dict[fmpq, fmpq] = {}
    for a, b in pairs:
        coefficients[a] = coefficients.get(a, fmpq(0)) + a - b
    rational = None if any(c for a, c in coefficients.items() if a) else coefficients.get(fmpq(0), fmpq(0))
    return Transcendental(lambda: [arb(a).exp() * arb(a - b) for a, b in pairs], rational)


def _log_partition(logits: Vector) -> arb:
    top = max(logits)
    return arb(top) + sum((arb(z - top).exp() for z in logits), arb(0)).log()


def _from_logits(p: Vector, logits: Vector, *, with_entropy: bool) -> Quantity:
    """Σ p log p - Σ p z + P log Σ e^z, for p other than 0.

    If all z are equal it is a log form. Otherwise it is irrational: were it rational, then (Σ e^z)^P would be an algebraic
    number times an exponential of a rational number. Raised to a power that makes P an integer, (Σ e^z)^P is a sum of at least
    two exponentials of distinct rational numbers (multiples of the largest and of the least z among them) with positive
    coefficients, and one exponential cannot cancel both: that contradicts the theorem.
    """
    some = sum(1 for a in p if a)
    if any(a and z == -math.inf for a, z in zip(p, logits, strict=True)):
        return LogSum.infinite((2 if with_entropy else 1) * some + 1)
    live = [(a, z) for a, z in zip(p, logits, strict=True) if z != -math.inf]
    total, z = sum(p, fmpq(0)), [z for _, z in live]
    if len(set(z)) == 1:
        own = [[(a, a)] for a, _ in live if a] if with_entropy else []
        rest = [-a * y for a, y in live if a]
        return LogSum.of([*own, *rest, (((total, fmpq(len(z))),), total * z[0])])

    def parts() -> list[arb]:
        own = [arb(a) * arb(a).log() for a, _ in live if a] if with_entropy else []
        return [*own, *(arb(-a * y) for a, y in live if a), arb(total) * _log_partition(z)]

    return Transcendental(parts)


def _gradient(_variant: str, _unit: str, p: Vector, logits: Vector, index: int) -> Quantity:
    """P e^z_k / Σ e^z - p_k with P > 0: rational iff Σ e^(z - z_k) is, so iff all exponents are 0 (no term is negative)."""
    total, a, at = sum(p, fmpq(0)), p[index], logits[index]
    if at == -math.inf:
        return LogSum.of([fmpq(0), -a])
    shifts = [z - at for z in logits if z != -math.inf]
    rational = None if any(shifts) else total / len(shifts) - a
    return Transcendental(lambda: [arb(total) / sum((arb(d).exp() for d in shifts), arb(0)), arb(-a)], rational)


def _some_logit(_variant: str, inputs: Inputs) -> bool:
    masses, index = inputs["p"], inputs.get("index", 0)
    some = any(z != -math.inf for z in inputs["logits"])
    return some and any(masses) and all(x >= 0 for x in masses) and 0 <= index < len(masses)


P_LOGITS = {"p": "vector", "logits": "vector"}
SOFTMAX = "q_i = e^z_i/Σ e^z_j, z the logits as given (-∞ allowed: q_i = 0)"

FUNCTIONS = (
    Function(
        "kl_divergence_log_p_log_q",
        {"log_p": "vector", "log_q": "vector"},
        {
            "raw": "Σ e^a_i·(a_i - b_i) where the arguments a and b are log p and log q as given; 0 where a_i = -∞ (at b_i = "
            "-∞ too), +∞ where b_i = -∞ < a_i; terms: each i with a_i > -∞"
        },
        _from_logs,
        log_arguments=frozenset({"log_p", "log_q"}),
        signed=True,
    ),
    Function(
        "kl_divergence_logits",
        P_LOGITS,
        {
            "raw": f"Σ p_i·log(p_i/q_i) with {SOFTMAX}; 0·log 0 = 0, +∞ where q_i = 0 < p_i; terms: p_i·log p_i and "
            "-p_i·z_i for p_i > 0, and (Σ p_i)·log Σ e^z_j"
        },
        lambda _, __, p, logits: _from_logits(p, logits, with_entropy=True),
        log_arguments=frozenset({"logits"}),
        domain=_some_logit,
        signed=True,
    ),
    Function(
        "cross_entropy_logits",
        P_LOGITS,
        {
            "raw": f"-Σ p_i·log q_i with {SOFTMAX}; 0 where p_i = 0, +∞ where q_i = 0 < p_i; terms: -p_i·z_i for p_i > 0, and "
            "(Σ p_i)·log Σ e^z_j"
        },
        lambda _, __, p, logits: _from_logits(p, logits, with_entropy=False),
        log_arguments=frozenset({"logits"}),
        domain=_some_logit,
        signed=True,
    ),
    Function(
        "kl_gradient_logits",
        P_LOGITS | {"index": "index"},
        {
            "raw": f"∂/∂z_k of Σ p_i·log(p_i/q_i) with {SOFTMAX}: (Σ p_i)·q_k - p_k, k = index (from 0), where the divergence "
            "is +∞ too; terms: both"
        },
        _gradient,
        log_arguments=frozenset({"logits"}),
        domain=_some_logit,
        signed=True,
    ),
)
