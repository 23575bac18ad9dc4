"""Work in chunks: the same results in order from any executor, journals that resume, and files that are never half there."""

import errno
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

import pytest

from klexact.errors import KLExactError
from klexact.work import one_at_a_time, run, write_atomically

CHUNKS = [{"n": n} for n in range(20)]
SQUARES = [{"square": n * n, "pid": "any"} for n in range(20)]


def square(chunk: dict[str, int]) -> dict[str, object]:
    return {"square": chunk["n"] ** 2, "pid": "any"}


def cube(chunk: dict[str, int]) -> int:
    return int(chunk["n"] ** 3)


def refused(chunk: dict[str, int]) -> int:
    if chunk["n"] == 7:
        raise ZeroDivisionError("seven")
    return chunk["n"]


def killed(chunk: dict[str, int]) -> int:
    if chunk["n"] == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk["n"]


class Backwards(Executor):
    """Ends its work in the opposite order."""

    def __init__(self) -> None:
        self.asked: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.thread: Thread | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.asked.append((future, partial(fn, *args, **kwargs)))
        if len(self.asked) == len(CHUNKS):
            self.thread = Thread(target=self._work)
            self.thread.start()
        return future

    def _work(self) -> None:
        for future, call in reversed(self.asked):
            future.set_result(call())


class Cancelled(Executor):
    """Loses its work, as the client of a scheduler that has gone does."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def test_results_come_in_the_order_of_the_chunks() -> None:
    assert list(run(square, CHUNKS)) == SQUARES
    assert list(run(square, [])) == []


def test_threads_and_processes_give_the_same(processes: Executor) -> None:
    with ThreadPoolExecutor(3) as threads:
        assert list(run(square, CHUNKS, executor=threads)) == SQUARES
    assert list(run(square, CHUNKS, executor=processes)) == SQUARES


def test_the_order_in_which_work_ends_does_not_matter(tmp_path: Path) -> None:
    executor = Backwards()
    assert list(run(square, CHUNKS, executor=executor, journal=tmp_path)) == SQUARES
    assert executor.thread is not None
    executor.thread.join()


def refuse_all(chunk: object) -> None:
    raise AssertionError(chunk)


def named(task: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    """Give a task the name of another one: to the journal they are the same."""

    def renamed(chunk: Any) -> Any:
        return task(chunk)

    renamed.__module__, renamed.__qualname__ = __name__, name
    return renamed


def test_a_journal_runs_only_what_is_missing(tmp_path: Path) -> None:
    assert list(run(square, CHUNKS[:12], journal=tmp_path)) == SQUARES[:12]
    asked = []

    def noting(chunk: dict[str, int]) -> dict[str, object]:
        asked.append(chunk["n"])
        return square(chunk)

    told: list[int] = []
    found = run(named(noting, "square"), CHUNKS, journal=tmp_path, progress=told.append)
    assert list(found) == SQUARES
    assert asked == list(range(12, 20))
    assert told == [12] + [1] * 8
    assert list(run(named(refuse_all, "square"), CHUNKS, journal=tmp_path)) == SQUARES


def test_results_are_kept_as_soon_as_they_are_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="seven"):
        list(run(refused, CHUNKS, journal=tmp_path))
    assert len(list(tmp_path.iterdir())) == 7
    found = run(square, CHUNKS, journal=tmp_path / "deep" / "down")
    assert [next(found), next(found)] == SQUARES[:2]
    assert len(list((tmp_path / "deep" / "down").iterdir())) == 2


def damaged(text: str) -> Iterator[bytes]:
    yield b""
    yield text.encode()[: len(text) // 2]
    yield text.replace("16", "17").encode()
    yield b"\xff" + text.encode()
    yield b"[" * 100_000
    deep = "[" * 100_000
    yield f"{hashlib.sha256(deep.encode()).hexdigest()}\n{deep}".encode()
    yield json.dumps([16]).encode()


@pytest.mark.parametrize("place", range(7))
def test_a_damaged_entry_is_made_again(place: int, tmp_path: Path) -> None:
    assert list(run(square, [{"n": 4}], journal=tmp_path)) == SQUARES[4:5]
    (entry,) = tmp_path.iterdir()
    text = entry.read_text(encoding="utf-8")
    entry.write_bytes(list(damaged(text))[place])
    asked = []

    def noting(chunk: dict[str, int]) -> dict[str, object]:
        asked.append(chunk)
        return square(chunk)

    assert list(run(named(noting, "square"), [{"n": 4}], journal=tmp_path)) == SQUARES[4:5]
    assert asked == [{"n": 4}]
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == [text]


def test_an_entry_is_of_one_task_and_one_chunk(tmp_path: Path) -> None:
    assert list(run(square, CHUNKS, journal=tmp_path)) == SQUARES
    assert list(run(cube, CHUNKS, journal=tmp_path)) == [n**3 for n in range(20)]
    assert list(run(cube, [{"n": 2, "seed": 1}], journal=tmp_path)) == [8]
    assert len(list(tmp_path.iterdir())) == 41
    assert list(run(square, [{"n": 3}], journal=tmp_path)) == SQUARES[3:4]


def test_none_is_a_result_that_is_kept(tmp_path: Path) -> None:
    assert list(run(named(lambda _: None, "nothing"), [1], journal=tmp_path)) == [None]
    assert list(run(named(refuse_all, "nothing"), [1], journal=tmp_path)) == [None]


def test_progress_hears_of_every_chunk(processes: Executor) -> None:
    for executor in (None, processes):
        told: list[int] = []
        list(run(square, CHUNKS, executor=executor, progress=told.append))
        assert told == [1] * 20


def test_what_a_task_raises_is_raised_here(processes: Executor) -> None:
    for executor in (None, processes):
        with pytest.raises(ZeroDivisionError, match="seven"):
            list(run(refused, CHUNKS, executor=executor))


def test_a_killed_worker_is_told_and_what_was_finished_stays(tmp_path: Path) -> None:
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(KLExactError, match=r"every worker process must live .* found one that ended .* run again"),
    ):
        list(run(killed, CHUNKS, executor=executor, journal=tmp_path))
    with (
        pytest.raises(KLExactError, match="every worker process must live"),
        ThreadPoolExecutor(1) as unused,  # the pool is broken already when it is asked
    ):
        list(run(killed, CHUNKS, executor=executor_that_broke(unused), journal=tmp_path))
    kept = len(list(tmp_path.iterdir()))
    assert kept <= 5
    found = list(run(named(lambda chunk: chunk["n"], "killed"), CHUNKS, journal=tmp_path))
    assert found == list(range(20))


def executor_that_broke(executor: ThreadPoolExecutor) -> Executor:
    executor._initializer_failed()  # noqa: SLF001
    return executor


def test_lost_work_is_told() -> None:
    with pytest.raises(KLExactError, match="every worker process must live"):
        list(run(square, CHUNKS, executor=Cancelled()))


def test_threads_take_turns_in_a_task_that_asks_for_it() -> None:
    inside: list[int] = []
    most: list[int] = []
    barrier = Barrier(3)

    @one_at_a_time
    def task(chunk: int) -> int:
        inside.append(chunk)
        most.append(len(inside))
        sum(range(20_000))
        inside.remove(chunk)
        return chunk

    def all_at_once(chunk: int) -> list[int]:
        barrier.wait()
        return [task(chunk) for _ in range(20)]

    with ThreadPoolExecutor(3) as threads:
        assert list(run(all_at_once, [1, 2, 3], executor=threads)) == [[1] * 20, [2] * 20, [3] * 20]
    assert set(most) == {1}
    assert len(most) == 60


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_written_whole_with_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.json"
    write_atomically(path, "π\n")
    assert path.read_bytes() == "π\n".encode()
    write_atomically(path, b"\x00\r\n")
    assert path.read_bytes() == b"\x00\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert files(path.parent) == ["file.json"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), KLExactError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_failed_write_changes_nothing(
    step: str, error: BaseException, raised: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.json"
    path.write_text("old", encoding="utf-8")

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", failing) if step == "fsync" else monkeypatch.setattr(Path, step, failing)
    with pytest.raises(raised) as caught:
        write_atomically(path, "new")
    if raised is KLExactError:
        expected = f"{path} must be writable; found: No space left on device: nothing was changed"
        assert str(caught.value) == expected
    monkeypatch.undo()
    assert path.read_text(encoding="utf-8") == "old"
    assert files(tmp_path) == ["file.json"]


def test_text_that_is_no_unicode_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_atomically(tmp_path / "file", "\ud800")
    assert files(tmp_path) == []


def test_a_directory_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(KLExactError, match=r"taken must be writable; found: Is a directory"):
        write_atomically(tmp_path / "taken", "x")
    assert files(tmp_path) == ["taken"]


def test_a_file_in_place_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(KLExactError, match=r"taken must be a directory that can be made; found: File exists"):
        write_atomically(tmp_path / "taken" / "file", "x")
    with pytest.raises(KLExactError, match=r"must be a directory that can be made; found: Not a directory"):
        list(run(square, CHUNKS, journal=tmp_path / "taken" / "journal"))
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    before = Path("/dev/null").stat().st_rdev
    write_atomically(Path("/dev/null"), "x")
    assert Path("/dev/null").stat().st_rdev == before
    if Path("/dev/full").exists():
        with pytest.raises(KLExactError, match="/dev/full must be writable; found: No space left on device"):
            write_atomically(Path("/dev/full"), "x")
    program = "from pathlib import Path; from klexact.work import *; write_atomically(Path('/dev/stdout'), 'said')"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert found.stdout == "said"


@pytest.mark.skipif(os.name != "posix", reason="needs permissions as POSIX has them")
def test_missing_permission() -> None:
    with TemporaryDirectory() as name:
        path = Path(name).resolve()
        path.chmod(0o555)
        told = f"{path / 'file'} must be writable; found: Permission denied: nothing was changed"
        if os.geteuid():
            with pytest.raises(KLExactError) as caught:
                write_atomically(path / "file", "x")
            assert str(caught.value) == told
        else:  # root may do everything: ask as nobody
            assert as_nobody(path) == told
        assert files(path) == []


def as_nobody(path: Path) -> str:
    """Return what a process that gave up its permissions is told."""
    program = (
        "import os, sys; from pathlib import Path; from klexact.work import write_atomically\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: write_atomically(Path(sys.argv[1]) / 'file', 'x')\nexcept ValueError as error: print(error, end='')"
    )
    command = [sys.executable, "-c", program, str(path)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """Make a file system of 64 kB."""
    path = tmp_path / "tiny"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(path)]
    try:
        mounted = os.geteuid() == 0 and not subprocess.run(command, capture_output=True, check=False).returncode
    except (OSError, AttributeError):
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small file system")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_a_disk_that_is_full_shows_no_half_file(tiny: Path) -> None:
    write_atomically(tiny / "file.json", "old")
    with pytest.raises(KLExactError, match=r"file\.json must be writable; found: No space left on device: nothing was"):
        write_atomically(tiny / "file.json", "x" * 100_000)
    assert files(tiny) == ["file.json"]
    assert (tiny / "file.json").read_text(encoding="utf-8") == "old"


def test_a_journal_on_a_full_disk_says_so_and_resumes(tiny: Path) -> None:
    chunks = list(range(10))
    with pytest.raises(KLExactError, match="must be writable; found: No space left on device"):
        list(run(long_text, chunks, journal=tiny / "journal"))
    kept = files(tiny / "journal")
    assert 0 < len(kept) < 10
    asked = chunks[: len(kept)]
    assert list(run(named(refuse_all, "long_text"), asked, journal=tiny / "journal")) == [long_text(n) for n in asked]


def long_text(n: int) -> str:
    return str(n) * 10_000
