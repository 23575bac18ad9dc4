"""How fast golden cases are made: beside a naive generator, and with two workers instead of one.

A case is a value with its exact form, proved bounds and 50 digits, and its views in five formats, each with its own value in
three roundings and its flags. The naive generator sums the definition with mpmath at 100 digits, once for the exact inputs and
once for each view, and proves nothing. Divide the number of cases (SAMPLE) by a time for cases per second. No time is asserted.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import cache
from multiprocessing import get_context
from typing import Any

import mpmath
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from klexact.golden.filling import chunks_of, make_chunk
from klexact.golden.generators import is_generated
from klexact.golden.making import make_case
from klexact.golden.recipes import Request, requests
from klexact.work import run
from tests.benchmarks.timing import timed

SAMPLE = 200
MEASURES = ("entropy", "cross_entropy", "kl_divergence")
DIGITS = 100


@cache
def sample() -> list[Request]:
    """Return requests for raw measures that are spread over the recipes."""
    fit = [
        r
        for r in requests()
        if r.function in MEASURES
        and (r.variant, r.unit) == ("raw", "nat")
        and not any(map(is_generated, r.inputs.values()))
        and not {"nan", "inf"} & {x for column in r.inputs.values() for x in column}
        and not any(x.startswith("-") for column in r.inputs.values() for x in column)
    ]
    return fit[:: len(fit) // SAMPLE][:SAMPLE]


def naive_value(function: str, columns: list[list[Any]]) -> mpmath.mpf:
    p, q = columns[0], columns[-1]
    if function == "entropy":
        return -mpmath.fsum(x * mpmath.log(x) for x in p if x)
    if any(x and not y for x, y in zip(p, q, strict=True)):
        return mpmath.inf
    if function == "cross_entropy":
        return -mpmath.fsum(x * mpmath.log(y) for x, y in zip(p, q, strict=True) if x)
    return mpmath.fsum(x * mpmath.log(x / y) for x, y in zip(p, q, strict=True) if x)


def naive_case(request: Request) -> list[str]:
    """Return the value at the exact inputs, and at the inputs of each of five formats, to 50 digits."""
    exact = [[mpmath.mpf(f.numerator) / f.denominator for f in map(Fraction, c)] for c in request.inputs.values()]
    found = [mpmath.nstr(naive_value(request.function, exact), 50)]
    for precision in (11, 8, 24, 53, 113):
        with mpmath.workprec(precision):
            rounded = [[+x for x in column] for column in exact]
        found.append(mpmath.nstr(naive_value(request.function, rounded), 50))
    return found


def klexact_cases(asked: list[Request]) -> list[dict[str, Any]]:
    return [
        make_case(r.function, r.variant, r.unit, r.inputs, slug=r.slug, level=r.level, source=r.source) for r in asked
    ]


def naive_cases(asked: list[Request]) -> list[list[str]]:
    with mpmath.workdps(DIGITS):
        return list(map(naive_case, asked))


@pytest.mark.benchmark(group="golden cases, one core")
@pytest.mark.parametrize("make", [klexact_cases, naive_cases], ids=["klexact", "mpmath-100-digits"])
def test_cases(benchmark: BenchmarkFixture, make: Any) -> None:
    asked = sample()
    found = timed(benchmark, lambda: make(asked), rounds=3)
    assert len(found) == SAMPLE
    if make is klexact_cases:  # the naive values are those of the exact forms, where they are not lost
        for case, naive in zip(found, naive_cases(asked), strict=True):
            if case["value"]["kind"] == "finite":
                assert (
                    abs(Fraction(case["value"]["decimal50"]) - Fraction(naive[0])) <= abs(Fraction(naive[0])) / 10**48
                )


@pytest.fixture(params=[1, 2], ids=["one-worker", "two-workers"])
def pool(request: pytest.FixtureRequest) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(request.param, mp_context=get_context("spawn")) as executor:
        list(run(make_chunk, chunks_of(sample()[:16]), executor=executor))  # imports are over
        yield executor


@pytest.mark.benchmark(group="golden cases, workers")
def test_workers(benchmark: BenchmarkFixture, pool: ProcessPoolExecutor) -> None:
    chunks = chunks_of(sample())
    found = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: list(run(make_chunk, chunks, executor=pool)), rounds=3
    )
    assert sum(map(len, found)) == SAMPLE
