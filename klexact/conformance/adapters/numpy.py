"""Plain formulas, for comparison: the natural one in NumPy, and the careful one of `klexact.conformance.adapters.careful`."""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters import careful
from klexact.conformance.adapters.library import Library, imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_LOGS = {"nat": "log", "bit": "log2", "dit": "log10"}


def _array(name: str, numbers: Any) -> Any:
    return imported("numpy", "numpy").array(numbers, dtype=name)


_ARRAYS = Library(
    "import numpy as np",
    _array,
    "np.array({numbers}, dtype=np.{dtype})",
    {"binary16": "float16", "binary32": "float32", "binary64": "float64"},
)
_LISTS = Library(
    "from klexact.conformance.adapters.careful import *", lambda _, numbers: numbers, "{numbers}", {"binary64": ""}
)


def _natural(unit: str) -> Iterator[Target]:
    np = imported("numpy", "numpy")
    name = _LOGS[unit]
    log = getattr(np, name)
    for function, variant, formula, text in (
        ("entropy", "raw", lambda p: -np.sum(p * log(p)), "-np.sum(p * np.{log}(p))"),
        ("cross_entropy", "raw", lambda p, q: -np.sum(p * log(q)), "-np.sum(p * np.{log}(q))"),
        ("kl_divergence", "raw", lambda p, q: np.sum(p * log(p / q)), "np.sum(p * np.{log}(p / q))"),
    ):
        yield _ARRAYS.target(
            f"numpy: {text.format(log=name)}", function, variant, formula, text.format(log=name), unit=unit
        )


def _natural_others() -> Iterator[Target]:
    np = imported("numpy", "numpy")
    for function, variant, formula, text in (
        ("entr", "raw", lambda p: -p * np.log(p), "-p * np.log(p)"),
        ("rel_entr", "raw", lambda p, q: p * np.log(p / q), "p * np.log(p / q)"),
        ("kl_div", "generalised", lambda p, q: p * np.log(p / q) - p + q, "p * np.log(p / q) - p + q"),
        (
            "kl_divergence",
            "generalised",
            lambda p, q: np.sum(p * np.log(p / q) - p + q),
            "np.sum(p * np.log(p / q) - p + q)",
        ),
        (
            "kl_divergence",
            "normalised",
            lambda p, q: np.sum(p / p.sum() * np.log(p / p.sum() / (q / q.sum()))),
            "np.sum(p / p.sum() * np.log(p / p.sum() / (q / q.sum())))",
        ),
        (
            "jensen_shannon_divergence",
            "raw",
            lambda p, q: (np.sum(p * np.log(2 * p / (p + q))) + np.sum(q * np.log(2 * q / (p + q)))) / 2,
            "(np.sum(p * np.log(2 * p / (p + q))) + np.sum(q * np.log(2 * q / (p + q)))) / 2",
        ),
        (
            "kl_divergence_log_q",
            "raw",
            lambda p, log_q: np.sum(p * (np.log(p) - log_q)),
            "np.sum(p * (np.log(p) - log_q))",
        ),
        (
            "kl_divergence_log_p_log_q",
            "raw",
            lambda log_p, log_q: np.sum(np.exp(log_p) * (log_p - log_q)),
            "np.sum(np.exp(log_p) * (log_p - log_q))",
        ),
        (
            "kl_divergence_logits",
            "raw",
            lambda p, logits: np.sum(p * (np.log(p) - logits + np.log(np.sum(np.exp(logits))))),
            "np.sum(p * (np.log(p) - logits + np.log(np.sum(np.exp(logits)))))",
        ),
    ):
        yield _ARRAYS.target(f"numpy: {text}", function, variant, formula, text)


def _careful() -> Iterator[Target]:
    n = careful.normalised
    for function, variant, formula, text in (
        ("entr", "raw", careful.entr, "entr(p)"),
        ("rel_entr", "raw", careful.rel_entr, "rel_entr(p, q)"),
        ("kl_div", "generalised", careful.kl_div, "kl_div(p, q)"),
        ("entropy", "raw", careful.entropy, "entropy(p)"),
        ("entropy", "normalised", lambda p: careful.entropy(n(p)), "entropy(normalised(p))"),
        ("cross_entropy", "raw", careful.cross_entropy, "cross_entropy(p, q)"),
        ("kl_divergence", "raw", careful.kl_divergence, "kl_divergence(p, q)"),
        ("kl_divergence", "generalised", careful.generalised_kl_divergence, "generalised_kl_divergence(p, q)"),
        (
            "kl_divergence",
            "normalised",
            lambda p, q: careful.kl_divergence(n(p), n(q)),
            "kl_divergence(normalised(p), normalised(q))",
        ),
        ("jensen_shannon_divergence", "raw", careful.jensen_shannon_divergence, "jensen_shannon_divergence(p, q)"),
        ("mutual_information", "raw", careful.mutual_information, "mutual_information(joint)"),
        (
            "cross_entropy_logits",
            "raw",
            lambda p, logits: -sum(x * y for x, y in zip(p, careful.log_softmax(logits), strict=True) if x),
            "-sum(x * y for x, y in zip(p, log_softmax(logits)) if x)",
        ),
    ):
        yield _LISTS.target(f"careful: {text}", function, variant, formula, text)


def _targets() -> tuple[Target, ...]:
    found = [target for unit in _LOGS for target in _natural(unit)]
    return (*found, *_natural_others(), *_careful())


ADAPTER = Adapter("numpy", ("numpy",), _targets)
