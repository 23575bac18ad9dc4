"""What commands that take a while share: executors from options, progress bars and clocks on stderr."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from multiprocessing import get_context
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from klexact.errors import KLExactError

__all__ = ["busy", "executor_of", "progress_bar", "working"]

_MAX_WORKERS = 1_000


def working(default: int | None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options --workers and --dask; a default of None stands for the number of processors."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            "--workers",
            type=click.IntRange(1, _MAX_WORKERS),
            default=default or os.cpu_count() or 1,
            show_default=True if default else "processors",
            help="Processes on this machine.",
        )
        @click.option(
            "--dask", metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786, in place of processes."
        )
        @wraps(command)
        def wrapped(*args: Any, **kwargs: Any) -> None:
            command(*args, **kwargs)

        return wrapped

    return decorate


@contextmanager
def executor_of(workers: int, dask: str | None) -> Iterator[Executor | None]:
    """Yield an executor: Dask's, that of processes, or None for one worker, which is this process."""
    if dask is not None:
        with _dask_client(dask) as client, client.get_executor() as executor:
            yield executor
    elif workers > 1:
        # fresh processes: libraries with threads of their own do not survive a fork
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield None


def _dask_client(address: str) -> Any:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise KLExactError(
            "--dask needs dask.distributed, which is not installed: pip install 'klexact[cluster]'"
        ) from None
    try:
        return distributed.Client(address, timeout="5s")
    except (OSError, ValueError, TypeError) as error:
        raise KLExactError(
            f"--dask must be the address of a scheduler, such as tcp://host:8786; found {address!r:.80}: {error}"
        ) from None


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on stderr, where that is a terminal; yield the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _shown(*columns) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show on stderr, where that is a terminal, what is being done and since when: work of unknown length."""
    with _shown(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()) as clock:
        clock.add_task(what, total=None)
        yield


def _shown(*columns: ProgressColumn) -> Progress:
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
