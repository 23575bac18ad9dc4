"""Chunks of work through any `concurrent.futures.Executor`, with a journal so that an interrupted run resumes.

A task is a function of one JSON-able chunk with a JSON-able result; both travel to worker processes or machines by pickle.
Results come back in the order of the chunks, whatever the executor and the order in which they end.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, as_completed
from contextlib import suppress
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

from klexact.errors import KLExactError

__all__ = ["one_at_a_time", "run", "write_atomically"]

Task = TypeVar("Task", bound=Callable[[Any], Any])

_ENGINES = RLock()


def one_at_a_time(task: Task) -> Task:
    """Make threads of a process take turns in a task: the precision of FLINT and of mpmath is that of the whole process."""

    @wraps(task)
    def wrapped(chunk: Any) -> Any:
        with _ENGINES:
            return task(chunk)

    return cast("Task", wrapped)


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
    raised here; KLExactError where a worker that had to live did not, or the journal cannot be written.

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
    futures: dict[Future[Any], int] = {}
    try:
        for i in missing:
            futures[executor.submit(task, chunks[i])] = i
        for future in as_completed(futures):
            yield futures[future], _result(future)
    except BrokenExecutor as error:
        raise _lost() from error
    finally:
        for future in futures:
            future.cancel()


def _result(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except CancelledError as error:  # nobody here cancels before the end: the scheduler is gone
        raise _lost() from error
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # Dask's, after several workers died of one task
            raise _lost() from error
        raise


def _lost() -> KLExactError:
    return KLExactError(
        "every worker process must live until the work is done; found one that ended (killed, or out of memory): run "
        "again, what was finished is kept where there is a journal"
    )


class _Journal:
    """Results on disk, a file each, named by the hash of the task and the chunk, with a hash against damage."""

    def __init__(self, directory: Path, task: str) -> None:
        self.directory, self.task = directory, task
        _made(directory)

    def _path(self, chunk: Any) -> Path:
        text = json.dumps([self.task, chunk], sort_keys=True)
        return self.directory / hashlib.sha256(text.encode()).hexdigest()

    def get(self, chunk: Any) -> list[Any] | None:
        with suppress(OSError, ValueError, RecursionError):
            stated, _, text = self._path(chunk).read_text(encoding="utf-8").partition("\n")
            if stated == hashlib.sha256(text.encode()).hexdigest():
                return [json.loads(text)]
        return None

    def put(self, chunk: Any, result: Any) -> None:
        text = json.dumps(result)
        write_atomically(self._path(chunk), f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")


def _made(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KLExactError(f"{directory} must be a directory that can be made; found: {error.strerror}") from None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write text (in UTF-8) or bytes so that nobody ever sees half a file: beside it first, then renamed.

    A device or a pipe, such as /dev/stdout, is written to as it is. Raises KLExactError where it fails.
    """
    found = content.encode() if isinstance(content, str) else content
    try:
        _made(path.parent)
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(found)
        else:
            _replace(path, found)
    except OSError as error:
        raise KLExactError(f"{path} must be writable; found: {error.strerror}: nothing was changed") from None


def _replace(path: Path, content: bytes) -> None:
    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:  # an interrupt from the keyboard as well
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise
