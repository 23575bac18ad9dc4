"""Prompts for a program and its replies, matched by id in any order; whose fault it is when the program fails.

A program that crashes may take with it replies that it had already made but not yet written, as any program does whose output
is buffered. So the first prompt without a reply is not blamed at once: it is asked again alone, then twice as many
together, and so on, until the program fails with a single prompt left. That one is to blame.
"""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeVar

from klexact.conformance.processes import Process, clipped
from klexact.errors import KLExactError

__all__ = ["exchange"]

Reply = TypeVar("Reply")


def exchange(
    command: Sequence[str],
    prompts: Mapping[str, Callable[[], str]],
    *,
    read: Callable[[str, Mapping[str, Any]], Reply],
    failed: Callable[[str], Reply],
    timeout: float,
    restarts: int,
    progress: Callable[[int], object] | None = None,
) -> dict[str, Reply]:
    """Return the reply of a program to each prompt, by id: `prompts` make their lines when they are written.

    `read(id, content)` makes a reply of a JSON object that names a prompt; what it refuses by a KLExactError, and a crash or a
    hang, becomes `failed(text)`. The program is started again after a failure, at most `restarts` times; after that,
    prompts that still lack a reply are `failed` too. `progress(n)` hears that n more have a reply.

    Raises KLExactError where a reply belongs to no prompt (no JSON object with an id, an unknown id, one answered
    twice), where the program cannot be started, replies to everything and does not end with exit code 0, or fails with
    several prompts and then with none of them alone.
    """
    if not prompts:
        raise KLExactError("a program must be asked something; found no prompt: see what was selected")
    return _Exchange(
        command, dict(prompts), read=read, failed=failed, timeout=timeout, restarts=restarts, progress=progress
    ).run()


@dataclass
class _Exchange(Generic[Reply]):
    command: Sequence[str]
    waiting: dict[str, Callable[[], str]]
    read: Callable[[str, Mapping[str, Any]], Reply]
    failed: Callable[[str], Reply]
    timeout: float
    restarts: int
    progress: Callable[[int], object] | None
    found: dict[str, Reply] = field(default_factory=dict)
    blamed: set[str] = field(default_factory=set)
    faults: list[tuple[str, list[str]]] = field(default_factory=list)  # with the prompts that had no reply then

    def run(self) -> dict[str, Reply]:
        size = len(self.waiting)
        while self.waiting:
            batch = list(islice(self.waiting, size))
            fault = self._ask(batch)
            if fault is None:
                size *= 2
                continue
            left = [key for key in batch if key in self.waiting]
            self.faults.append((fault, left))
            size = 1
            if len(left) == 1:
                self._blame(left[0], f"the program {fault}")
                size = len(self.waiting)
            if self.waiting and len(self.faults) > self.restarts:
                self._give_up(fault)
        self._require_explained()
        return self.found

    def _ask(self, batch: list[str]) -> str | None:
        """Take the replies to some prompts, and return what was wrong with the end of the program where some lack one."""
        with Process(self.command, (self.waiting[key]() for key in batch), timeout=self.timeout) as process:
            expected = set(batch)
            for number, line in enumerate(process, 1):
                self._take(number, line, expected)
        if not expected:
            if process.fault:
                raise KLExactError(
                    f"{self._name} must end with exit code 0 after its last reply; found that it {process.fault}: "
                    "its replies were complete, but a program that fails may have made them wrong"
                )
            return None
        return process.fault or f"ended with exit code 0 and without a reply to {_some(batch, expected)}"

    @property
    def _name(self) -> str:
        return f"the program {' '.join(shlex.join(self.command).split()):.80}"

    def _take(self, number: int, line: str, expected: set[str]) -> None:
        content = self._object(number, line)
        key = content["id"]
        if key not in expected:
            wrong = "answered twice" if key in self.found else "of no prompt"
            raise KLExactError(
                f"line {number} of what {self._name} wrote must have the id of a prompt without a reply; "
                f"found one {wrong}, {clipped(key)}"
            )
        try:
            reply = self.read(key, content)
        except KLExactError as error:
            reply = self.failed(
                f"line {number} that the program wrote is no reply: {error}; the line is {clipped(line)}"
            )
        expected.remove(key)
        self._keep(key, reply)

    def _object(self, number: int, line: str) -> dict[str, Any]:
        why = "whatever is not a reply belongs on its standard error"
        try:
            content = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            content, why = None, str(error) if line.lstrip().startswith("{") else why
        if not isinstance(content, dict) or not isinstance(content.get("id"), str):
            raise KLExactError(
                f"line {number} of what {self._name} wrote must be a JSON object with an id and a reply; found "
                f"{clipped(line)}: {why}"
            )
        return content

    def _keep(self, key: str, reply: Reply) -> None:
        self.found[key] = reply
        del self.waiting[key]
        if self.progress:
            self.progress(1)

    def _blame(self, key: str, text: str) -> None:
        self.blamed.add(key)
        self._keep(key, self.failed(text))

    def _give_up(self, fault: str) -> None:
        if len(self.found) == len(self.blamed):
            raise KLExactError(
                f"{self._name} must answer a prompt; found that it failed {len(self.faults)} times, and {fault}"
            )
        for key in list(self.waiting):
            self._blame(key, f"not answered: the program failed {len(self.faults)} times, the last time it {fault}")

    def _require_explained(self) -> None:
        for fault, keys in self.faults:
            if self.blamed.isdisjoint(keys):
                raise KLExactError(
                    f"{self._name} must do the same whenever it is asked; found that it {fault}, with {len(keys)} prompts from "
                    f"{keys[0]} to {keys[-1]} left, and then replied to each of them, so that none can be blamed: mend that, "
                    "or give it more --timeout"
                )


def _some(batch: list[str], expected: set[str]) -> str:
    left = [key for key in batch if key in expected]
    return left[0] if len(left) == 1 else f"{len(left)} prompts, the first of them {left[0]}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> Iterator[None]:
    raise ValueError(f'{name} is no JSON: write it as text in quotes, "{name.lower()}"')
