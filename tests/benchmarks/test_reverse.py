"""How long the minimum of D(Binomial(n, θ) ‖ data) takes, which has no closed form: klexact beside SymPy's `nsolve`.

klexact isolates all zeros of the derivative, proves that there is no other, and gives 30 digits of the best; `nsolve` finds one
zero near a guess to 30 digits and proves nothing (`solve` refuses the equation). Rounds start with empty caches. No time is
asserted.
"""

from math import comb
from random import Random

import pytest
import sympy
from pytest_benchmark.fixture import BenchmarkFixture

from klexact import Distribution, decimal, fit
from klexact.families import binomial
from tests.benchmarks.timing import timed

DIGITS = 30


def at(*sizes: int) -> pytest.MarkDecorator:
    groups = [pytest.param(n, marks=pytest.mark.benchmark(group=f"reverse fit of Binomial({n}, θ)")) for n in sizes]
    return pytest.mark.parametrize("n", groups)


def data_for(n: int) -> Distribution:
    """Counts near those of Binomial(n, 1/3), so that one zero is the only one."""
    random = Random(n)
    return Distribution.from_weights([comb(n, i) * 2 ** (n - i) * random.randint(90, 110) for i in range(n + 1)])


def best(n: int) -> str:
    return decimal(fit(data_for(n), binomial(n), objective="reverse").argmin, DIGITS)


@at(10, 40, 80)
def test_klexact(benchmark: BenchmarkFixture, n: int) -> None:
    found = timed(benchmark, lambda: best(n), rounds=3)
    assert abs(sympy.Rational(found) - sympy.Rational(1, 3)) < sympy.Rational(1, 20)


@at(10, 40)
def test_sympy(benchmark: BenchmarkFixture, n: int) -> None:
    theta = sympy.Symbol("theta", positive=True)

    def argmin() -> sympy.Float:
        data = list(data_for(n).values())
        model = [comb(n, i) * theta**i * (1 - theta) ** (n - i) for i in range(n + 1)]
        divergence = sympy.Add(*(q * sympy.log(q / p) for p, q in zip(data, model, strict=True)))
        return sympy.nsolve(sympy.diff(divergence, theta), theta, 0.3, prec=DIGITS + 15)

    found = timed(benchmark, argmin, rounds=1)
    # nsolve's last digits are not proved: twenty of thirty must agree
    assert abs(sympy.Rational(str(found)) - sympy.Rational(best(n))) < sympy.Rational(1, 10**20)
