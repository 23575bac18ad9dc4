"""Programs in any language as implementations: prompts and answers as JSON lines, as the golden files' README says."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klexact.conformance.answers import Answer, answer_of
from klexact.conformance.exchanges import exchange
from klexact.conformance.processes import clipped
from klexact.errors import KLExactError
from klexact.formats import FORMATS, decode
from klexact.golden.cases import Case

__all__ = ["Prompt", "answer_in", "ask"]

_KINDS = ("bits", "value", "error", "skip")
_MAX_TEXT = 500


@dataclass(frozen=True)
class Prompt:
    """A case in a format, as a program is asked it.

    >>> from klexact.golden.cases import View
    >>> view = View("binary16", True, {"p": ["3800"]}, "finite", ())
    >>> case = Case("entropy", "raw", "nat", {"p": "vector"}, "entropy-0", "half", "core", {"p": ["1/2"]}, {"kind": "finite"},
    ...     terms=1, flags=(), source="", views={"binary16": view})
    >>> print(Prompt(case, "binary16").line())
    {"id":"entropy-0:binary16","function":"entropy","variant":"raw","unit":"nat","dtype":"binary16","p":["3800"]}
    """

    case: Case
    dtype: str

    @property
    def key(self) -> str:
        """The id of the prompt: that of the case, a colon, and the format."""
        return f"{self.case.id}:{self.dtype}"

    def line(self) -> str:
        """Return the prompt as one line of JSON, without wanted values."""
        case = self.case
        named = {"function": case.function, "variant": case.variant, "unit": case.unit, "dtype": self.dtype}
        return json.dumps({"id": self.key} | named | case.bits(self.dtype), separators=(",", ":"))


def ask(
    command: Sequence[str],
    prompts: Sequence[Prompt],
    *,
    timeout: float = 60,
    restarts: int = 20,
    progress: Callable[[int], object] | None = None,
) -> dict[str, Answer]:
    """Return the answer of a program to each prompt, by key. All prompts are written without waiting for answers.

    A crash, a hang (no line taken or written for `timeout` seconds) and a line that is no answer become an answer with
    `error` and `fault`, never lost or repaired; the program is started again for the rest, at most `restarts` times.
    Raises KLExactError where a line cannot be ascribed to a prompt, and for a program that cannot be started or does
    not end with exit code 0 after its last answer. A program that is killed is killed with its process group (POSIX).

    >>> ask(["cat"], [])
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: a program must be asked something; found no prompt: see what was selected
    """
    dtypes = {prompt.key: prompt.dtype for prompt in prompts}
    if len(dtypes) != len(prompts):
        (key, times), *_ = Counter(prompt.key for prompt in prompts).most_common(1)
        raise KLExactError(f"each prompt must be asked once; found {key} {times} times")
    return exchange(
        command,
        {prompt.key: prompt.line for prompt in prompts},
        read=lambda key, content: answer_in(content, dtypes[key]),
        failed=lambda text: Answer(error=text, fault=True),
        timeout=timeout,
        restarts=restarts,
        progress=progress,
    )


def answer_in(content: Mapping[str, Any], dtype: str) -> Answer:
    """Return the answer in a JSON object: an id, and exactly one of bits, value, error and skip. Raises KLExactError.

    >>> answer_in({"id": "x", "value": "0x1p-1"}, "binary16"), answer_in({"id": "x", "bits": "38"}, "binary16")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: binary16 takes 4 lower-case hexadecimal digits; found '38'
    """
    keys = set(content) - {"id"}
    if len(keys) != 1 or not keys <= set(_KINDS):
        raise KLExactError(f"an answer must have an id and exactly one of {', '.join(_KINDS)}; found {_listed(keys)}")
    (kind,) = keys
    text = content[kind]
    if not isinstance(text, str):
        raise KLExactError(f"the {kind} of an answer must be text in quotes; found {clipped(json.dumps(text))}")
    if kind == "bits":
        decode(text, FORMATS[dtype])
        return Answer(bits=text)
    if kind == "value":
        return answer_of(text, dtype)
    said = text[:_MAX_TEXT] or "no reason given"
    return Answer(error=said) if kind == "error" else Answer(skip=said)


def _listed(keys: set[str]) -> str:
    return ", ".join(clipped(key, 20) for key in sorted(keys)[:6]) or "nothing"
