"""How long the fit of a binomial takes: klexact beside SymPy's and Maxima's `solve` on the plain sum.

Every row of a group starts from the same counts, forms D(data ‖ Binomial(n, θ)), differentiates it and finds the zero,
which is mean/n; klexact also proves that it is the global minimum. Rounds start with empty caches, after a warm-up if
there are several. Maxima's row is a whole process, so subtract the row of its start-up; the seconds that Maxima itself
counts are in the row's `extra_info`, which `--benchmark-json` writes. No time is asserted.
"""

import shutil
import subprocess
from math import comb
from random import Random
from typing import Any

import pytest
import sympy
from pytest_benchmark.fixture import BenchmarkFixture

from klexact import Distribution, fit
from klexact.families import binomial
from tests.benchmarks.timing import timed

needs_maxima = pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")

MAXIMA = """
display2d: false$
counts: {counts}$
n: length(counts) - 1$
total: apply("+", counts)$
start: elapsed_real_time()$
D: sum(counts[i+1]/total * log(counts[i+1]/total / (binomial(n, i) * theta^i * (1 - theta)^(n - i))), i, 0, n)$
solution: solve(diff(D, theta) = 0, theta)$
seconds: elapsed_real_time() - start$
print(length(solution), rhs(first(solution)), seconds)$
"""


def at(*sizes: int) -> pytest.MarkDecorator:
    groups = [pytest.param(n, marks=pytest.mark.benchmark(group=f"fit of Binomial({n}, θ)")) for n in sizes]
    return pytest.mark.parametrize("n", groups)


def counts_for(n: int) -> list[int]:
    random = Random(n)
    return [random.randint(1, 30) for _ in range(n + 1)]


def mean_over_n(counts: list[int]) -> sympy.Rational:
    return sympy.Rational(sum(i * count for i, count in enumerate(counts)), (len(counts) - 1) * sum(counts))


@at(10, 40, 200, 1000)
def test_klexact(benchmark: BenchmarkFixture, n: int) -> None:
    counts = counts_for(n)

    def argmin() -> sympy.Expr:
        return fit(Distribution.from_counts(counts), binomial(n)).argmin

    assert timed(benchmark, argmin, rounds=10) == mean_over_n(counts)


@at(10)
def test_sympy(benchmark: BenchmarkFixture, n: int) -> None:
    counts = counts_for(n)
    theta = sympy.Symbol("theta", positive=True)

    def argmin() -> Any:
        data = [sympy.Rational(count, sum(counts)) for count in counts]
        model = [comb(n, i) * theta**i * (1 - theta) ** (n - i) for i in range(n + 1)]
        divergence = sympy.Add(*(p * sympy.log(p / q) for p, q in zip(data, model, strict=True)))
        return sympy.solve(sympy.diff(divergence, theta), theta)

    assert timed(benchmark, argmin, rounds=1) == [mean_over_n(counts)]


@needs_maxima
@at(40, 200, 1000)
def test_maxima(benchmark: BenchmarkFixture, n: int) -> None:
    counts = counts_for(n)
    program = MAXIMA.format(counts=counts)
    solutions, root, seconds = timed(benchmark, lambda: maxima(program), rounds=5 if n < 1000 else 1).split()
    assert (int(solutions), sympy.Rational(root)) == (1, mean_over_n(counts))
    benchmark.extra_info["seconds that Maxima counts"] = float(seconds)


@needs_maxima
@at(40, 200, 1000)
def test_maxima_start_up(benchmark: BenchmarkFixture, n: int) -> None:
    assert timed(benchmark, lambda: maxima("print(1)$"), rounds=5).split() == ["1"]


def maxima(program: str) -> str:
    return subprocess.run(["maxima", "--very-quiet"], input=program, capture_output=True, text=True, check=True).stdout
