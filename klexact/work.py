"""Chunks of work through any `concurrent.futures.Executor`, with a journal so that an interrupted run resumes.

A task is a function of one JSON-able chunk with a JSON-able result; both travel to worker processes or machines by pickle.
Results come back in the order of the chunks, whatever the executor and the order in which they end.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

from klexact.errors import KLExactError

__all__ = ["run", "write_atomically"]


def run(
    task: Callable[[Any], Any],
    chunks: Sequence[Any],
    *,
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Any]:
    """Yield the result of each chunk, in order: in this process, or by an executor.

    With a journal (a directory, made where it is missing) each result is kept as soon as it is there, and chunks whose results
    it has are not run again. `progress(n)` hears of every finished chunk that n more are done. What a task raises is
    raised here.

    >>> list(run(len, ["ab", "c"]))
    [2, 1]
    """
    kept = _Journal(journal, f"{task.__module__}.{task.__qualname__}") if journal else None
    found: dict[int, Any] = {}
    missing = []
    for i, chunk in enumerate(chunks):
        if kept and (known := kept.get(chunk)) is not None:
            found[i] = known[0]
        else:
            missing.append(i)
    if progress and found:
        progress(len(found))
    computed = _computed(task, chunks, missing, executor)
    for i in range(len(chunks)):
        while i not in found:
            j, result = next(computed)
            found[j] = result
            if kept:
                kept.put(chunks[j], result)
            if progress:
                progress(1)
        yield found.pop(i)


def _computed(
    task: Callable[[Any], Any], chunks: Sequence[Any], missing: list[int], executor: Executor | None
) -> Iterator[tuple[int, Any]]:
    if executor is None:
        yield from ((i, task(chunks[i])) for i in missing)
    else:
        yield from _from_executor(task, chunks, missing, executor)


def _from_executor(
    task: Callable[[Any], Any], chunks: Sequence[Any], missing: list[int], executor: Executor
) -> Iterator[tuple[int, Any]]:
    futures: dict[Future[Any], int] = {executor.submit(task, chunks[i]): i for i in missing}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BrokenProcessPool as error:
        raise KLExactError(
            "every worker process must live until the work is done; found one that ended (killed, or out of memory): run "
            "again, what was finished is kept where there is a journal"
        ) from error
    finally:
        for future in futures:
            future.cancel()


class _Journal:
    """Results on disk, a file each, named by the hash of the task and the chunk."""

    def __init__(self, directory: Path, task: str) -> None:
        self.directory, self.task = directory, task
        _made(directory)

    def _path(self, chunk: Any) -> Path:
        text = json.dumps([self.task, chunk], sort_keys=True)
        return self.directory / f"{hashlib.sha256(text.encode()).hexdigest()}.json"

    def get(self, chunk: Any) -> list[Any] | None:
        with suppress(OSError, ValueError):
            content = json.loads(self._path(chunk).read_text(encoding="utf-8"))
            if isinstance(content, list) and len(content) == 1:
                return content
        return None

    def put(self, chunk: Any, result: Any) -> None:
        write_atomically(self._path(chunk), json.dumps([result]))


def _made(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KLExactError(f"{directory} must be a directory that can be made; found: {error.strerror}") from None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write text (in UTF-8) or bytes so that nobody ever sees half a file: beside it first, then renamed.

    Raises KLExactError where it fails.
    """
    temporary: str | None = None
    try:
        _made(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise KLExactError(f"{path} must be writable; found: {error.strerror}: nothing was changed") from None
