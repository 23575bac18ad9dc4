"""How long closed forms of divergences of laws take: klexact, from the log-partition, beside SymPy's `integrate`.

SymPy integrates p·log(p/q), simplified with `expand_log`; the results agree at rational parameters. There is no row for two
gamma laws with four symbols: there `integrate` of SymPy 1.14 ends in a TypeError. No time is asserted.
"""

import pytest
import sympy
from pytest_benchmark.fixture import BenchmarkFixture
from sympy import exp, oo

from klexact import laws
from tests.benchmarks.timing import timed

A, B, C, D, X = sympy.symbols("a b c d x", positive=True)
VALUES = {A: 2, B: 3, C: sympy.Rational(5, 2), D: sympy.Rational(7, 3)}
PAIRS = {"exponential": (laws.exponential, (A,), (B,)), "gamma": (laws.gamma, (A, B), (C, D))}


def at(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "name", [pytest.param(n, marks=pytest.mark.benchmark(group=f"D({n} ‖ {n})")) for n in names]
    )


def value(expr: sympy.Expr) -> sympy.Float:
    return expr.subs(VALUES).evalf(20)


def closed_form(name: str) -> sympy.Expr:
    make, p, q = PAIRS[name]
    return laws.kl_divergence(make(*p), make(*q))  # type: ignore[operator]


@at("exponential", "gamma")
def test_klexact(benchmark: BenchmarkFixture, name: str) -> None:
    assert value(timed(benchmark, lambda: closed_form(name), rounds=5)) > 0


@at("exponential")
def test_sympy(benchmark: BenchmarkFixture, name: str) -> None:
    def integral() -> sympy.Expr:
        p, q = (k * exp(-k * X) for k in (A, B))
        return sympy.integrate(p * sympy.expand_log(sympy.log(p / q), force=True), (X, 0, oo))

    # both to 20 digits of a number of order 1
    assert abs(value(timed(benchmark, integral, rounds=1)) - value(closed_form(name))) < sympy.Float("1e-15")
