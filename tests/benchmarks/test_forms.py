"""How long the divergence of 1,000 random outcomes with 53-bit float weights takes: a form, an equality, 30 digits.

All rows start from the same probabilities, already numbers of the library that the row is about, and rounds start with
empty caches. klexact's digits are correctly rounded, and proved so; mpmath's plain sum at 30 digits bounds no error, and
SymPy's `evalf` works on the plain `Add`. The equality, D(p‖q) = H(p, q) - H(p), has no partner: SymPy's `equals` does not
decide it within a minute for 3 outcomes. No time is asserted.
"""

from random import Random

import mpmath
import pytest
import sympy
from pytest_benchmark.fixture import BenchmarkFixture

from klexact import Distribution, decimal, forms
from tests.benchmarks.timing import timed

DIGITS = 30
OUTCOMES = 1000
ROUNDS = 10

exact = pytest.mark.benchmark(group=f"divergence of {OUTCOMES:,} outcomes, exact")
digits = pytest.mark.benchmark(group=f"divergence of {OUTCOMES:,} outcomes, {DIGITS} digits")

Operands = tuple[Distribution, Distribution]
Pairs = list[tuple[sympy.Rational, sympy.Rational]]


@pytest.fixture(scope="module")
def operands() -> Operands:
    random = Random(53)
    p, q = ([random.random() for _ in range(OUTCOMES)] for _ in range(2))
    return Distribution.from_weights(p), Distribution.from_weights(q)


@pytest.fixture(scope="module")
def pairs(operands: Operands) -> Pairs:
    p, q = operands
    return list(zip(p.values(), q.values(), strict=True))


@pytest.fixture(scope="module")
def correct(pairs: Pairs) -> str:
    return shown(naive_sum(as_floats(pairs, 2 * DIGITS), 2 * DIGITS))


@exact
def test_klexact_form(benchmark: BenchmarkFixture, operands: Operands) -> None:
    form = timed(benchmark, lambda: forms.kl_divergence(*operands), rounds=ROUNDS)
    assert not form.is_zero


@exact
def test_klexact_equality(benchmark: BenchmarkFixture, operands: Operands) -> None:
    p, q = operands
    one, other = forms.kl_divergence(p, q), forms.cross_entropy(p, q) - forms.entropy(p)
    assert timed(benchmark, lambda: one == other, rounds=ROUNDS)


@exact
def test_sympy_add(benchmark: BenchmarkFixture, pairs: Pairs) -> None:
    total = timed(benchmark, lambda: plain_add(pairs), rounds=ROUNDS)
    assert len(total.args) == OUTCOMES


@digits
def test_klexact_digits_of_the_form(benchmark: BenchmarkFixture, operands: Operands, correct: str) -> None:
    form = forms.kl_divergence(*operands)
    assert timed(benchmark, lambda: decimal(form, DIGITS), rounds=ROUNDS) == correct


@digits
def test_klexact_form_and_digits(benchmark: BenchmarkFixture, operands: Operands, correct: str) -> None:
    assert timed(benchmark, lambda: decimal(forms.kl_divergence(*operands), DIGITS), rounds=ROUNDS) == correct


@digits
def test_mpmath_naive_sum(benchmark: BenchmarkFixture, pairs: Pairs, correct: str) -> None:
    floats = as_floats(pairs, DIGITS)
    found = timed(benchmark, lambda: naive_sum(floats, DIGITS), rounds=ROUNDS)
    assert is_near(shown(found), correct)


@digits
def test_sympy_evalf(benchmark: BenchmarkFixture, pairs: Pairs, correct: str) -> None:
    found = timed(benchmark, lambda: plain_add(pairs).evalf(DIGITS), rounds=ROUNDS)
    assert is_near(str(found), correct)


def plain_add(pairs: Pairs) -> sympy.Expr:
    return sympy.Add(*(p * sympy.log(p / q) for p, q in pairs))


def as_floats(pairs: Pairs, precision: int) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    with mpmath.workdps(precision):
        return [(mpmath.mpf(p.p) / p.q, mpmath.mpf(q.p) / q.q) for p, q in pairs]


def naive_sum(floats: list[tuple[mpmath.mpf, mpmath.mpf]], precision: int) -> mpmath.mpf:
    with mpmath.workdps(precision):
        return sum((p * mpmath.log(p / q) for p, q in floats), start=mpmath.mpf(0))


def shown(value: mpmath.mpf) -> str:
    text: str = mpmath.nstr(value, DIGITS, strip_zeros=False)
    return text


def is_near(found: str, correct: str) -> bool:
    """Tell whether all but the last digits, which rounding errors may reach, are right."""
    return bool(abs(sympy.Rational(found) - sympy.Rational(correct)) < sympy.Rational(1, 10 ** (DIGITS - 3)))
