"""dit: measures of its distributions, in bits and double precision; it takes probabilities that sum to 1 up to rounding."""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.library import Library, imported, off_simplex
from klexact.conformance.answers import Answer
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_LISTS = Library("import dit", lambda _, numbers: numbers, "{numbers}", {"binary64": ""})
_PRELUDE = "d = lambda p: dit.Distribution([(i,) for i in range(len(p))], p)"
_OF_PAIRS = (
    "d = lambda p: dit.Distribution([(i, j) for i in range(len(p)) for j in range(len(p[0]))], "
    "[x for row in p for x in row])"
)


def _off(joint: list[list[float]]) -> Answer | None:
    return off_simplex([x for row in joint for x in row])


def _measures() -> Iterator[Target]:
    dit = imported("dit", "dit")
    divergences = imported("dit.divergences", "dit")

    def d(p: Any) -> Any:
        return dit.Distribution([(i,) for i in range(len(p))], p)

    for name, function, formula, text in (
        ("dit.shannon.entropy", "entropy", lambda p: dit.shannon.entropy(d(p)), "{}(d(p))"),
        (
            "dit.divergences.cross_entropy",
            "cross_entropy",
            lambda p, q: divergences.cross_entropy(d(p), d(q)),
            "{}(d(p), d(q))",
        ),
        (
            "dit.divergences.kullback_leibler_divergence",
            "kl_divergence",
            lambda p, q: divergences.kullback_leibler_divergence(d(p), d(q)),
            "{}(d(p), d(q))",
        ),
        (
            "dit.divergences.jensen_shannon_divergence",
            "jensen_shannon_divergence",
            lambda p, q: divergences.jensen_shannon_divergence([d(p), d(q)]),
            "{}([d(p), d(q)])",
        ),
    ):
        yield _LISTS.target(
            name,
            function,
            "raw",
            formula,
            text.format(name),
            unit="bit",
            prelude=_PRELUDE,
            takes=off_simplex,
            max_length=1_000,
        )


def _mutual_information() -> Target:
    dit = imported("dit", "dit")

    def formula(joint: Any) -> Any:
        outcomes = [(i, j) for i in range(len(joint)) for j in range(len(joint[0]))]
        return dit.shannon.mutual_information(dit.Distribution(outcomes, [x for row in joint for x in row]), [0], [1])

    return _LISTS.target(
        "dit.shannon.mutual_information",
        "mutual_information",
        "raw",
        formula,
        "dit.shannon.mutual_information(d(joint), [0], [1])",
        unit="bit",
        prelude=_OF_PAIRS,
        takes=_off,
        max_length=1_000,
    )


def _targets() -> tuple[Target, ...]:
    return (*_measures(), _mutual_information())


ADAPTER = Adapter("dit", ("dit",), _targets)
