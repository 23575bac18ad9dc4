"""Timing of rounds that start with empty caches."""

import sys
from collections.abc import Callable
from typing import TypeVar

from pytest_benchmark.fixture import BenchmarkFixture
from sympy.core.cache import clear_cache

T = TypeVar("T")


def timed(benchmark: BenchmarkFixture, function: Callable[[], T], *, rounds: int) -> T:
    """Time rounds that start with empty caches; return what the function returns."""
    found: T = benchmark.pedantic(  # type: ignore[no-untyped-call]
        function, setup=empty_caches, rounds=rounds, warmup_rounds=int(rounds > 1)
    )
    return found


def empty_caches() -> None:
    """Forget what earlier rounds computed, in klexact and in SymPy."""
    clear_cache()
    for name in [name for name in sys.modules if name.startswith("klexact.")]:
        for value in vars(sys.modules[name]).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
