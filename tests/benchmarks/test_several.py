"""How long fits of several parameters take as they grow; beside SymPy's `solve` on the gradient where it ends at all.

Groups: Gibbs' closed form (categorical data written with `custom`, so that nothing is known beforehand); mixtures of k
overlapping components on k + 2 outcomes, whose optimum is algebraic; the ABO blood groups. SymPy gets the same gradient, and
proves nothing; it has no row for the blood groups, whose two equations its `solve_poly_system` did not solve in four minutes.
Rounds start with empty caches. No time is asserted.
"""

from random import Random
from typing import Any

import pytest
import sympy
from pytest_benchmark.fixture import BenchmarkFixture
from sympy import Rational, symbols

from klexact import Distribution, fit
from klexact.families import custom, mixture
from tests.benchmarks.timing import timed

P, Q = symbols("p q", positive=True)


def at(name: str, *sizes: int) -> pytest.MarkDecorator:
    groups = [pytest.param(n, marks=pytest.mark.benchmark(group=name.format(n))) for n in sizes]
    return pytest.mark.parametrize("n", groups)


def counts_for(n: int) -> list[int]:
    random = Random(n)
    return [random.randint(1, 30) for _ in range(n)]


@at("categorical of {}, Gibbs", 5, 20, 80)
def test_gibbs(benchmark: BenchmarkFixture, n: int) -> None:
    counts, names = counts_for(n), symbols(f"x1:{n}")
    data = Distribution.from_counts(counts)

    def argmin() -> Any:
        return fit(data, custom([*names, 1 - sympy.Add(*names)], names)).argmin

    assert tuple(timed(benchmark, argmin, rounds=3)) == tuple(data.values())[:-1]


@at("categorical of {}, Gibbs", 5)
def test_gibbs_sympy(benchmark: BenchmarkFixture, n: int) -> None:
    counts, names = counts_for(n), symbols(f"x1:{n}", positive=True)
    data = list(Distribution.from_counts(counts).values())

    def argmin() -> Any:
        last = 1 - sympy.Add(*names)
        return sympy.solve([sympy.together(p / x - data[-1] / last) for p, x in zip(data, names, strict=False)], names)

    assert timed(benchmark, argmin, rounds=1) == dict(zip(names, data, strict=False))


@at("mixture of {}", 2, 3, 4, 5)
def test_mixture(benchmark: BenchmarkFixture, n: int) -> None:
    random = Random(n)
    components = [Distribution.from_counts([random.randint(1, 9) for _ in range(n + 2)]) for _ in range(n)]
    blend = Distribution.mixture(components, [Rational(1, n)] * n)
    data = Distribution.from_weights([p * (100 + random.randint(-3, 3)) for p in blend.values()])
    found = timed(benchmark, lambda: fit(data, mixture(*components)), rounds=3)
    assert found.certificate.convex
    benchmark.extra_info["inside"] = found.certificate.minimisers[0].kind


R = 1 - P - Q
GROUPS = {"A": P**2 + 2 * P * R, "B": Q**2 + 2 * Q * R, "AB": 2 * P * Q, "O": R**2}
COUNTS = {"A": 186, "B": 38, "AB": 13, "O": 284}


@pytest.mark.benchmark(group="ABO blood groups")
def test_abo(benchmark: BenchmarkFixture) -> None:
    family = custom(GROUPS, [P, Q], [P >= 0, Q >= 0, P + Q <= 1])
    found = timed(benchmark, lambda: fit(Distribution.from_counts(COUNTS), family), rounds=3)
    assert len(found.argmins) == 1
