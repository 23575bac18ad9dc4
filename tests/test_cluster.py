"""Filling and checking through a real Dask cluster of two worker processes, one of them killed midway."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from klexact import work
from klexact.cli import main
from klexact.commands import golden as commands
from klexact.commands import working
from klexact.conformance.checking import check_target, targets_of
from klexact.errors import KLExactError
from klexact.golden.filling import chunks_of, fill
from tests.golden.asked import FEW, FORTY, contents

ROOT = Path(__file__).parents[1]
ASKED = [*FORTY, *FEW]


def without_dask() -> bool:
    try:
        import distributed  # noqa: F401
    except ImportError:
        return True
    return False


needs_dask = pytest.mark.skipif(without_dask(), reason="needs dask.distributed: pip install 'klexact[cluster]'")


class Cluster:
    """A scheduler and two worker processes on this machine, each started afresh as on a machine of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # a task whose worker died is not tried for ever: with two workers, two deaths are enough
        self.environment = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        self.children: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start(self) -> "Cluster":
        file = self.directory / "scheduler.json"
        self._run("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self._wait(file.exists)
        for _ in range(2):
            self.add_worker()
        from distributed import Client

        make: Any = Client
        with make(scheduler_file=str(file), timeout="60s") as client:
            client.wait_for_workers(2, timeout=60)
            self.address = client.scheduler.address
        return self

    def add_worker(self) -> None:
        file = self.directory / "scheduler.json"
        options = ("--nworkers", "1", "--nthreads", "2", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        self._run("worker", "--scheduler-file", str(file), "--local-directory", str(self.directory), *options)

    def _run(self, what: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        with (self.directory / "log").open("ab") as log:
            self.children.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=self.environment))

    def _wait(self, there: Any) -> None:
        end = time.monotonic() + 60
        while not there():
            assert time.monotonic() < end, (self.directory / "log").read_text(encoding="utf-8")
            time.sleep(0.02)

    def kill_worker(self) -> None:
        os.kill(self.children[1].pid, signal.SIGKILL)
        self.children.pop(1).wait()

    def close(self) -> None:
        for child in reversed(self.children):
            child.kill()
            child.wait()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    found = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield found.start()
    finally:
        found.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("filled")
    fill(directory, wanted=ASKED)
    return directory


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@needs_dask
def test_a_cluster_that_loses_a_worker_makes_the_same_bytes(cluster: Cluster, filled: Path, tmp_path: Path) -> None:
    told: list[int] = []

    def progress(n: int) -> None:
        told.append(n)
        if len(told) == 1:
            cluster.kill_worker()

    with working.executor_of(1, cluster.address) as executor:
        fill(tmp_path / "made", wanted=ASKED, executor=executor, progress=progress)
    assert told == [1] * len(chunks_of(ASKED))
    assert len(told) > 4
    assert contents(tmp_path / "made") == contents(filled)
    check_the_command_line(cluster, filled, tmp_path / "by-command")


def check_the_command_line(cluster: Cluster, filled: Path, directory: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "requests", lambda: ASKED)
        made = run("golden", "fill", "--directory", str(directory), "--dask", cluster.address)
        assert made.exit_code == 0, made.output
        assert contents(directory) == contents(filled)
        again = run("golden", "fill", "--check", "--directory", str(directory), "--dask", cluster.address)
        assert (again.exit_code, again.stdout) == (0, "")
    verified = run("golden", "verify", "--directory", str(directory), "--dask", cluster.address)
    assert (verified.exit_code, verified.stdout) == (0, f"{len(ASKED)} cases verified, 0 problems\n")


@needs_dask
def test_checking_through_a_cluster_that_loses_a_worker(cluster: Cluster, tmp_path: Path) -> None:
    options: dict[str, Any] = {"adapter": "numpy", "level": "core"}
    target = next(t for t in targets_of("numpy") if (t.function, t.unit) == ("kl_divergence", "nat"))
    alone = check_target(target, **options)
    told: list[int] = []

    def progress(n: int) -> None:
        told.append(n)
        if len(told) == 1:
            cluster.kill_worker()

    with working.executor_of(1, cluster.address) as executor:
        found = check_target(target, executor=executor, journal=tmp_path, progress=progress, **options)
    assert found == alone
    assert len(told) > 1
    assert sum(told) == len(alone)
    asked = (
        "check",
        "numpy",
        "--function",
        "entropy",
        "--unit",
        "nat",
        "--dtype",
        "binary64",
        "--level",
        "core",
        "--json",
    )
    serial, spread = run(*asked), run(*asked, "--dask", cluster.address)
    assert serial.stdout == spread.stdout
    assert serial.exit_code == spread.exit_code < 2


@needs_dask
def test_work_that_kills_every_worker_is_told(cluster: Cluster) -> None:
    with working.executor_of(1, cluster.address) as executor, pytest.raises(KLExactError, match="must live"):
        list(work.run(kill_this_worker, [1], executor=executor))


def kill_this_worker(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@needs_dask
def test_without_a_scheduler_the_error_is_clear_and_fast() -> None:
    begun = time.monotonic()
    found = run("golden", "fill", "--check", "--dask", "tcp://127.0.0.1:1")
    assert found.exit_code == 2
    (line,) = found.stderr.splitlines()
    assert line.startswith(
        "error: --dask must be the address of a scheduler, such as tcp://host:8786; found 'tcp://127"
    )
    assert time.monotonic() - begun < 60
    for address in ("nonsense", "http://host:1", "tcp://"):
        wrong = run("check", "numpy", "--function", "entropy", "--dask", address)
        assert wrong.exit_code == 2
        (line,) = wrong.stderr.splitlines()
        assert line.startswith(
            f"error: --dask must be the address of a scheduler, such as tcp://host:8786; found '{address}'"
        )


def test_missing_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = run("check", "numpy", "--function", "entropy", "--dask", "tcp://127.0.0.1:1")
    assert found.exit_code == 2
    assert (
        found.stderr == "error: --dask needs dask.distributed, which is not installed: pip install 'klexact[cluster]'\n"
    )
