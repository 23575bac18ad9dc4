"""How long the divergence of 100,000 outcomes takes at 128 bits: the bulk path beside plain loops from the same inputs.

Counts, fractions and floats each enter as they are, conversion included. The bare loop is what one would write with
python-flint; mpmath's sums at the same precision, without a bound. Rows at 10,000 to 1,000,000 outcomes show that the
cost is linear. No time is asserted.
"""

import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import pytest
from flint import arb, ctx, fmpq
from pytest_benchmark.fixture import BenchmarkFixture

from klexact import bulk

N, BITS = 100_000, 128

Vectors = tuple[list[Any], list[Any]]


def vectors(kind: str, n: int) -> Vectors:
    random = Random(n)
    counts = [[random.randrange(1, 10**6) for _ in range(n)] for _ in range(2)]
    totals = [sum(column) for column in counts]
    if kind == "counts":
        return counts[0], counts[1]
    p, q = ([Fraction(x, total) for x in column] for column, total in zip(counts, totals, strict=True))
    return (p, q) if kind == "fractions" else (list(map(float, p)), list(map(float, q)))


def bare_loop(p: list[Any], q: list[Any]) -> arb:
    """Σ p log(p/q) / Σp + log(Σq/Σp), one outcome after the other."""
    with ctx.workprec(BITS):
        total, p_total, q_total = arb(0), arb(0), arb(0)
        for x, y in zip(p, q, strict=True):
            a, b = as_arb(x), as_arb(y)
            total += a * (a / b).log()
            p_total += a
            q_total += b
        return total / p_total + (q_total / p_total).log()


def as_arb(x: Any) -> arb:
    return arb(fmpq(x.numerator, x.denominator)) if isinstance(x, Fraction) else arb(x)


def mpmath_sum(p: list[Any], q: list[Any]) -> mpmath.mpf:
    with mpmath.workprec(BITS):
        ps, qs = ([mpmath.mpf(x.numerator) / x.denominator for x in map(Fraction, column)] for column in (p, q))
        total = mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(ps, qs, strict=True))
        return total / mpmath.fsum(ps) + mpmath.log(mpmath.fsum(qs) / mpmath.fsum(ps))


def klexact(p: list[Any], q: list[Any]) -> arb:
    return bulk.kl_divergence(p, q).ball(BITS)


KINDS = [pytest.param(k, marks=pytest.mark.benchmark(group=f"{N:,} {k}")) for k in ("counts", "fractions", "floats")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("path", "rounds"), [(klexact, 5), (bare_loop, 5), (mpmath_sum, 1)])
def test_long_vectors(benchmark: BenchmarkFixture, kind: str, path: Callable[..., Any], rounds: int) -> None:
    p, q = vectors(kind, N)
    found = benchmark.pedantic(path, (p, q), rounds=rounds)  # type: ignore[no-untyped-call]
    assert abs(float(found) - float(klexact(p, q))) < 1e-12  # both are right to more than 100 bits


@pytest.mark.benchmark(group="linear in the number of outcomes")
@pytest.mark.parametrize("n", [10_000, 100_000, 1_000_000])
def test_length(benchmark: BenchmarkFixture, n: int) -> None:
    p, q = vectors("counts", n)
    assert benchmark.pedantic(klexact, (p, q), rounds=3) > 0  # type: ignore[no-untyped-call]


MAXIMA = """display2d: false$ fpprec: 39$ p: {p}$ q: {q}$ P: apply("+", p)$ Q: apply("+", q)$
s: 0b0$ for i thru length(p) do s: s + p[i] * log(bfloat(p[i] / q[i]))$ print(s / P + log(bfloat(Q / P)))$
"""


@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
@pytest.mark.benchmark(group=f"{N // 10:,} counts, beside PARI/GP and Maxima")
@pytest.mark.parametrize("path", ["klexact", "maxima"])
def test_maxima(benchmark: BenchmarkFixture, path: str) -> None:
    p, q = vectors("counts", N // 10)
    wanted = float(klexact(p, q))
    if path == "klexact":
        assert float(benchmark.pedantic(klexact, (p, q), rounds=3)) == wanted  # type: ignore[no-untyped-call]
        return
    command, program = ["maxima", "--very-quiet"], MAXIMA.format(p=p, q=q)

    def run() -> str:
        return subprocess.run(command, input=program, capture_output=True, text=True, check=True).stdout

    found = benchmark.pedantic(run, rounds=1)  # type: ignore[no-untyped-call]
    assert abs(float(found.strip().replace("b", "e")) - wanted) < 1e-12


@pytest.mark.skipif(shutil.which("gp") is None, reason="PARI/GP is not installed")
@pytest.mark.benchmark(group=f"{N // 10:,} counts, beside PARI/GP and Maxima")
def test_pari(benchmark: BenchmarkFixture) -> None:
    p, q = vectors("counts", N // 10)
    program = f"default(realbitprecision, {BITS});\np = {p};\nq = {q};\nP = vecsum(p); Q = vecsum(q);\n"
    program += "print(sum(i = 1, #p, p[i] * log(p[i] / q[i])) / P + log(Q / P));\n"

    def run() -> str:
        return subprocess.run(
            ["gp", "-q", "-f", "-s", "1G"], input=program, capture_output=True, text=True, check=True
        ).stdout

    found = benchmark.pedantic(run, rounds=3)  # type: ignore[no-untyped-call]
    assert abs(float(found.replace(" E", "e")) - float(klexact(p, q))) < 1e-12
