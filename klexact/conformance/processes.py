"""A program as a child process: lines in, lines out, and its end in words. Nothing that it does hangs or fills this process."""

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import IO, Self

from klexact.errors import KLExactError

__all__ = ["MAX_LINE", "Process", "clipped", "command_of"]

MAX_LINE = 1_000_000  # bytes: longer than any answer
_TAIL = 10_000  # bytes of the standard error that are kept
_SHOWN = 300  # characters of them that are shown
_SAYS_WHY = re.compile(r"^(?!at ).*(Error|Exception|panicked)\b")  # the line of a stack trace that does
_JOIN = 5  # seconds for the threads of a program that has ended


def command_of(text: str) -> list[str]:
    """Return the words of a command, quoted as in a shell; no shell ever sees it. Raises KLExactError if there are none.

    >>> command_of("node 'my kl.js' --strict")
    ['node', 'my kl.js', '--strict']
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise KLExactError(f"a command must be words, quoted as in a shell; found {clipped(text)}: {error}") from None
    if not words:
        raise KLExactError('a command must name a program, such as "node kl.js"; found no word')
    return words


def clipped(text: str, length: int = 120) -> str:
    """Return text in quotes, cut where it is long.

    >>> clipped("a" * 50, 5)
    "'aaaaa'... (50 characters)"
    """
    return repr(text) if len(text) <= length else f"{text[:length]!r}... ({len(text):,} characters)"


class Process:
    """A program that a thread feeds lines, as fast as it takes them; iteration yields the lines that it writes.

    Iteration ends with the program; `fault` then says what was wrong with its end, None after exit code 0. A program
    that neither takes nor writes a line for `timeout` seconds is killed. Leaving the context kills it with its whole
    process group (POSIX). Raises KLExactError where it cannot be started or writes a line of more than MAX_LINE bytes.

    >>> with Process(["cat"], ["one", "two"], timeout=60) as process:
    ...     list(process), process.fault
    (['one', 'two'], None)
    """

    def __init__(self, command: Sequence[str], lines: Iterable[str], *, timeout: float) -> None:
        self.fault: str | None = None
        self._lines, self._timeout = lines, timeout
        self._written: SimpleQueue[bytes | Exception | None] = SimpleQueue()
        self._tail = b""
        self._moved = time.monotonic()
        self._making = False
        self._child = _started(command)
        tasks = (self._feed, self._child.stdin), (self._listen, self._child.stdout), (self._keep, self._child.stderr)
        self._threads = [Thread(target=task, args=(stream,), daemon=True) for task, stream in tasks]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        for thread in self._threads:
            thread.join(_JOIN)

    def __iter__(self) -> Iterator[str]:
        self._moved = time.monotonic()
        while (line := self._next()) is not None:
            self._moved = time.monotonic()
            yield line
        self.fault = self.fault or self._end()

    def _next(self) -> str | None:
        while True:
            rest = self._timeout if self._making else self._moved + self._timeout - time.monotonic()
            try:
                line = self._written.get(timeout=max(rest, 0))
            except Empty:
                if self._making or time.monotonic() - self._moved < self._timeout:
                    continue
                self.fault = self._hung()
                return None
            if isinstance(line, Exception):
                raise line
            return None if line is None else _decoded(line)

    def _hung(self) -> str:
        """Kill a program that is silent; it may have ended and left a child of its own that holds its output open."""
        self._kill()
        code = self._child.returncode
        silent = f"neither took nor wrote a line for {self._timeout:g} s, and was killed"
        return self._told(silent if code == -signal.SIGKILL else _ended(code))

    def _end(self) -> str | None:
        try:
            code = self._child.wait(self._timeout)
        except subprocess.TimeoutExpired:
            self._kill()
            return self._told(f"closed its output and did not end for {self._timeout:g} s, and was killed")
        return self._told(_ended(code)) if code else None

    def _told(self, end: str) -> str:
        self._threads[2].join(_JOIN)
        lines = [line.strip() for line in self._tail.decode(errors="replace").splitlines() if line.strip()]
        said = next((line for line in reversed(lines) if _SAYS_WHY.search(line)), " ".join(lines)[-_SHOWN:])
        return f"{end}; its standard error says {said[:_SHOWN]!r}" if said else end

    def _kill(self) -> None:
        # the group of a child that was not yet waited for cannot have become another's
        if self._child.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL) if hasattr(os, "killpg") else self._child.kill()
            self._child.wait()

    def _feed(self, stream: IO[bytes]) -> None:
        try:
            with suppress(OSError), stream:  # a program that ended takes no more: its end says why
                for line in self._made():
                    stream.write(line.encode() + b"\n")
                    stream.flush()
                    self._moved = time.monotonic()
        except Exception as error:  # noqa: BLE001 - raised where the lines are read
            self._written.put(error)

    def _made(self) -> Iterator[str]:
        """Yield the lines; while one is being made, silence is not the program's."""
        lines = iter(self._lines)
        while True:
            self._making = True
            try:
                line = next(lines, None)
            finally:
                self._moved = time.monotonic()
                self._making = False
            if line is None:
                return
            yield line

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(MAX_LINE + 1):
                self._written.put(line)
                if len(line) > MAX_LINE:
                    break
            self._written.put(None)

    def _keep(self, stream: IO[bytes]) -> None:
        with stream:
            while part := stream.read1(1 << 16):  # type: ignore[attr-defined]
                self._tail = (self._tail + part)[-_TAIL:]


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    if not command:
        raise KLExactError("a command must name a program; found no word")
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)  # noqa: S603
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise KLExactError(
            f"{clipped(command[0])} must be a program that can be started; found: {reason}: give its path, and see that "
            "it is executable"
        ) from None


def _decoded(line: bytes) -> str:
    if len(line) > MAX_LINE:
        raise KLExactError(f"a line must have at most {MAX_LINE:,} bytes; found a longer one, {clipped(_text(line))}")
    return _text(line).removesuffix("\n").removesuffix("\r")


def _text(line: bytes) -> str:
    return line.decode(errors="backslashreplace")


def _ended(code: int) -> str:
    """Return the end of a program in words.

    >>> _ended(3), _ended(-11)
    ('ended with exit code 3', 'was ended by signal 11 (SIGSEGV)')
    """
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"was ended by signal {-code}"
