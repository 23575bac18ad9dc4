"""Checking a runner: vectors with known verdicts, which it must reach on all of them."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klexact.conformance.exchanges import exchange
from klexact.conformance.grading import DEFECTS, GRADES
from klexact.conformance.processes import clipped
from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import LICENCE, PACKAGED, content_hash, read_json

__all__ = ["FORMAT", "RunnerReport", "RunnerVector", "WrongVerdict", "check_runner", "read_vectors"]

FORMAT = "klexact-golden-runner/1"
_HEAD = {"format", "licence", "definition", "content", "provenance", "vectors"}
_SENT = ("file", "arguments", "case", "dtype", "answer", "conventions")
_VERDICTS = {"grade": (*GRADES, "errored", "skipped"), "defect": DEFECTS}


@dataclass(frozen=True)
class RunnerVector:
    """A case, a format, an answer, and the one right verdict: a grade, errored, skipped, or a defect.

    `asked` is what a runner receives beside the id; it says nothing of the verdict.
    """

    id: str
    why: str
    asked: Mapping[str, Any]
    verdict: str

    def line(self) -> str:
        """Return the vector as one line of JSON, without the verdict.

        >>> RunnerVector("runner-1", "a neighbour", {"dtype": "binary16"}, "faithful").line()
        '{"id":"runner-1","dtype":"binary16"}'
        """
        return json.dumps({"id": self.id} | dict(self.asked), separators=(",", ":"))


@dataclass(frozen=True)
class WrongVerdict:
    """A vector on which a runner is wrong, and what it said."""

    vector: RunnerVector
    found: str

    def __str__(self) -> str:
        dtype, file = self.vector.asked["dtype"], self.vector.asked["file"]
        return f"{self.vector.id} ({self.vector.why}; {dtype}, {file}): wanted {self.vector.verdict}, got {self.found}"


@dataclass(frozen=True)
class RunnerReport:
    """On how many vectors a runner was tried, and each on which it was wrong."""

    vectors: int
    wrong: tuple[WrongVerdict, ...]

    @property
    def ok(self) -> bool:
        """Tell whether the runner reached every verdict."""
        return not self.wrong


def read_vectors(path: Path = PACKAGED / "runner.json") -> tuple[RunnerVector, ...]:
    """Return the vectors of a file. Raises InvalidFileError if it is truncated, edited, newer, or holds no vector."""
    document = read_json(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else document
        raise InvalidFileError(
            f"{path} must have the format {FORMAT}; found {found!r:.60}: a newer klexact may read it"
        )
    if document.get("content") != content_hash(document):
        raise InvalidFileError(f"{path} must hold what its content hash says; it was edited or damaged: take it afresh")
    if set(document) != _HEAD or document["licence"] != LICENCE or not isinstance(document["vectors"], list):
        raise InvalidFileError(f"{path} must have the keys {', '.join(sorted(_HEAD))}; found {', '.join(document)}")
    found = tuple(_vector(content, path) for content in document["vectors"])
    if not found:
        raise InvalidFileError(f"{path} must hold vectors; found none: a runner that is tried on nothing is not tried")
    (key, times), *_ = Counter(vector.id for vector in found).most_common(1)
    if times > 1:
        raise InvalidFileError(f"{path} must have each id once; found {key} {times} times")
    return found


def _vector(content: Any, path: Path) -> RunnerVector:
    try:
        (kind,) = set(content) & set(_VERDICTS)
        if set(content) != {"id", "why", kind, *_SENT} or content[kind] not in _VERDICTS[kind]:
            raise ValueError("its keys and its verdict")  # noqa: TRY301
        return RunnerVector(content["id"], content["why"], {key: content[key] for key in _SENT}, content[kind])
    except (TypeError, ValueError) as error:
        raise InvalidFileError(
            f"each vector of {path} must have id, why, {', '.join(_SENT)}, and one of grade and defect; found it wrong at "
            f"{error} in {clipped(json.dumps(content))}"
        ) from None


def check_runner(
    command: Sequence[str],
    vectors: Sequence[RunnerVector] | None = None,
    *,
    timeout: float = 60,
    restarts: int = 20,
    progress: Callable[[int], object] | None = None,
) -> RunnerReport:
    """Return on which vectors (the packaged ones) a runner is wrong.

    The program reads one vector a line, without its verdict, and writes `{"id", "grade"}` or `{"id", "defect"}` for
    each, in any order; errored and skipped stand under grade. A crash, a hang and a line that is no verdict are wrong
    verdicts. Raises KLExactError for no vectors, and where `klexact.conformance.exchanges.exchange` does.

    >>> check_runner(["cat"], [])
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: a program must be asked something; found no prompt: see what was selected
    """
    tried = {vector.id: vector for vector in (read_vectors() if vectors is None else vectors)}
    said = exchange(
        command,
        {key: vector.line for key, vector in tried.items()},
        read=lambda _, content: _verdict(content),
        failed=str,
        timeout=timeout,
        restarts=restarts,
        progress=progress,
    )
    wrong = tuple(WrongVerdict(vector, said[key]) for key, vector in tried.items() if said[key] != vector.verdict)
    return RunnerReport(len(tried), wrong)


def _verdict(content: Mapping[str, Any]) -> str:
    keys = set(content) - {"id"}
    for kind, known in _VERDICTS.items():
        if keys == {kind}:
            if content[kind] in known:
                return str(content[kind])
            raise KLExactError(
                f"a {kind} must be one of {', '.join(known)}; found {clipped(json.dumps(content[kind]))}"
            )
    raise KLExactError(
        f"a verdict must have an id and one of grade and defect; found {clipped(', '.join(sorted(keys)))}"
    )
