"""How many correctly rounded binary64 divergences of 10 outcomes a second gives: klexact beside mpmath at 100 digits.

mpmath's row sums the definition at 100 digits and rounds once, which is right unless a value lies very near a tie, and
proves nothing. No time is asserted.
"""

from random import Random

import mpmath
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from klexact import bulk, forms, round_to

PAIRS, OUTCOMES = 10_000, 10

pytestmark = pytest.mark.benchmark(group=f"{PAIRS:,} pairs of {OUTCOMES} outcomes to binary64")

Pairs = list[tuple[list[int], list[int]]]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    random = Random(10)
    return [tuple([random.randrange(1, 1000) for _ in range(OUTCOMES)] for _ in range(2)) for _ in range(PAIRS)]  # type: ignore[misc]


@pytest.fixture(scope="module")
def correct(pairs: Pairs) -> list[float | None]:
    return [round_to(bulk.kl_divergence(p, q)).float for p, q in pairs]


def test_klexact_bulk(benchmark: BenchmarkFixture, pairs: Pairs, correct: list[float]) -> None:
    found = benchmark.pedantic(lambda: [round_to(bulk.kl_divergence(p, q)).float for p, q in pairs], rounds=1)  # type: ignore[no-untyped-call]
    assert found == correct


def test_klexact_forms(benchmark: BenchmarkFixture, pairs: Pairs, correct: list[float]) -> None:
    def run() -> list[float | None]:
        return [round_to(forms.kl_divergence(p, q, "normalised")).float for p, q in pairs]

    assert benchmark.pedantic(run, rounds=1) == correct  # type: ignore[no-untyped-call]


def test_mpmath(benchmark: BenchmarkFixture, pairs: Pairs, correct: list[float]) -> None:
    def one(p: list[int], q: list[int]) -> float:
        n, m = mpmath.mpf(sum(p)), mpmath.mpf(sum(q))
        return float(mpmath.fsum(a / n * mpmath.log(a * m / (b * n)) for a, b in zip(p, q, strict=True)))

    def run() -> list[float]:
        with mpmath.workdps(100):
            return [one(p, q) for p, q in pairs]

    assert benchmark.pedantic(run, rounds=1) == correct  # type: ignore[no-untyped-call]
