"""Integers as products of atoms: bounded factoring, pairwise coprime refinement."""

import time
from fractions import Fraction
from itertools import combinations
from math import gcd, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Integer, Mul, Rational, factorint, nextprime, primerange

from klexact.integers import SMALL, _refine, coprime, factor, product_of_powers

P, Q, R = (int(nextprime(2**100 + k)) for k in (10**6, 10**9, 10**12))
BIG = nextprime(2**64)


@given(st.integers(1, 2**70))
def test_factors_multiply_to_the_number(n: int) -> None:
    atoms = factor(n)
    assert prod(a**k for a, k in atoms) == n
    assert [a for a, _ in atoms] == sorted({a for a, _ in atoms})
    assert all(gcd(a, b) == 1 for (a, _), (b, _) in combinations(atoms, 2))


@given(st.integers(1, 2**64 - 1))
def test_words_are_factored_completely(n: int) -> None:
    assert dict(factor(n)) == factorint(n)


@pytest.mark.parametrize("n", [1, 2, SMALL, SMALL**2, SMALL**5, 2**500, 6**200, 32719 * 32749 * 32771, 30030**20])
def test_smooth_numbers_are_factored_completely(n: int) -> None:
    assert dict(factor(n)) == factorint(n)


@pytest.mark.parametrize(
    ("n", "atoms"),
    [
        (P * Q, {P * Q: 1}),  # 60 digits: no attempt
        ((P * Q) ** 3, {P * Q: 3}),  # roots are cheap
        (P**2, {P: 2}),
        (12 * P * Q, {2: 2, 3: 1, P * Q: 1}),
        (2**90 * int(BIG), {2: 90, int(BIG): 1}),
        (SMALL**3 * P, {SMALL: 3, P: 1}),
        (3**80 * 4294967291 * 4294967279, {3: 80, 4294967279: 1, 4294967291: 1}),  # a cofactor of 64 bits
    ],
)
def test_large_cofactors_stay_whole(n: int, atoms: dict[int, int]) -> None:
    assert dict(factor(n)) == atoms


def test_factoring_is_bounded() -> None:
    start = time.perf_counter()
    atoms = factor(10**2000 + 4567)
    assert prod(a**k for a, k in atoms) == 10**2000 + 4567
    assert time.perf_counter() - start < 5


def split(n: int, c: Fraction) -> list[tuple[int, Fraction]]:
    return [(a, c * k) for a, k in factor(n)]


def test_refinement_splits_what_the_other_side_knows() -> None:
    assert coprime([*split(P * Q, Fraction(1)), *split(P, Fraction(-1))]) == {Q: 1}
    assert coprime([*split(P * Q, Fraction(1)), *split(Q * R, Fraction(1)), *split(P * R, Fraction(-1))]) == {Q: 2}
    assert coprime([*split(P**2 * Q**3, Fraction(1)), *split(P, Fraction(-2))]) == {Q: 3}
    assert coprime([*split(P * Q, Fraction(1)), *split(P * Q, Fraction(-1))]) == {}
    assert coprime([(3, 5), (2, 0)]) == {3: 5}


@given(st.lists(st.tuples(st.sampled_from([2, 7, SMALL, 65537, 2**61 - 1, P, Q, R]), st.integers(0, 3)), max_size=6))
def test_refined_atoms_are_coprime_and_keep_the_value(parts: list[tuple[int, int]]) -> None:
    numbers = [prod(p**k for p, k in parts[i : i + 2]) for i in range(len(parts))]
    refined = coprime([pair for i, n in enumerate(numbers) for pair in split(n, Fraction(i % 3 - 1))])
    assert all(refined.values())
    assert all(gcd(a, b) == 1 for a, b in combinations(refined, 2))
    value = prod((Fraction(a) ** int(c) for a, c in refined.items()), start=Fraction(1))
    assert value == prod((Fraction(n) ** (i % 3 - 1) for i, n in enumerate(numbers)), start=Fraction(1))


@given(
    st.lists(st.integers(2**60, 2**80), max_size=12),
    st.lists(st.sampled_from([2**61 - 1, SMALL * 65537, P * Q, Q * R, P**2 * R, P * (2**61 - 1)]), max_size=6),
)
def test_setting_aside_what_shares_nothing_changes_nothing(apart: list[int], together: list[int]) -> None:
    pairs = [pair for i, n in enumerate(apart + together) for pair in split(n, Fraction(1, i + 1))]
    added: dict[int, Fraction] = {}
    for a, c in pairs:
        added[a] = added.get(a, Fraction(0)) + c
    small = {a: added.pop(a) for a in list(added) if a <= SMALL}
    assert coprime(pairs) == {a: c for a, c in (small | _refine(sorted(added.items()))).items() if c}


def test_tens_of_thousands_that_share_nothing_are_refined_in_seconds() -> None:
    primes = [int(p) for p in primerange(10**6, 13 * 10**5)]
    numbers = {p**5: Fraction(1) for p in primes} | {primes[0] * primes[1] ** 4: Fraction(1)}
    start = time.perf_counter()
    refined = coprime(numbers.items())
    assert time.perf_counter() - start < 20
    assert refined == {p**5: Fraction(1) for p in primes[2:]} | {primes[0]: Fraction(6), primes[1]: Fraction(9)}


def test_thousands_of_large_atoms_are_refined_in_seconds() -> None:
    primes = [int(nextprime(2**80 + 10**6 * k)) for k in range(60)]
    numbers = [p * q for p, q in combinations(primes, 2)]
    start = time.perf_counter()
    refined = coprime([pair for n in numbers for pair in split(n, Fraction(1))])
    assert refined == dict.fromkeys(primes, 59)
    assert time.perf_counter() - start < 10


@given(
    st.dictionaries(st.sampled_from([2, 3, 5, 7, 11, 97, SMALL]), st.fractions(-5, 5, max_denominator=6)),
    st.fractions(max_denominator=20).filter(bool),
)
def test_products_of_powers_are_written_as_sympy_writes_them(exponents: dict[int, Fraction], c: Fraction) -> None:
    ours = product_of_powers(
        {a: QQ(e.numerator, e.denominator) for a, e in exponents.items()}, QQ(*c.as_integer_ratio())
    )
    plain = Mul(Rational(c), *(Integer(a) ** Rational(e) for a, e in exponents.items()))
    assert ours == plain
    assert str(ours) == str(plain)
