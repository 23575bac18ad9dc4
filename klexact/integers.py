"""Integers as products of atoms: bounded factoring and pairwise coprime bases.

A logarithm of an integer is split over *atoms*: primes where they are cheap to find, pairwise coprime
integers otherwise. Logarithms of pairwise coprime integers > 1 are linearly independent over Q, so either
kind of atom gives a canonical form (Bernstein, "Factoring into coprimes in essentially linear time", 2005).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cmp_to_key, lru_cache
from math import prod
from typing import Any

import sympy
from flint import fmpz
from sympy import QQ

from klexact.errors import KLExactError

__all__ = ["SMALL", "coprime", "factor", "log_terms", "product_of_powers", "valuation"]

_TRIAL_PRIMES = 3512  # FLINT's whole table of small primes
SMALL = 32749  # the last of them: no atom that is not prime has a prime factor up to here
_ONE = QQ(1)
_WORD = 64  # FLINT factors a word completely in microseconds


@lru_cache(maxsize=65536)
def factor(n: int) -> tuple[tuple[int, int], ...]:
    """Split n >= 1 into (atom, exponent) pairs: primes, and perhaps a cofactor above 64 bits.

    Never factors without a bound: a cofactor above 64 bits stays whole, prime or not.

    >>> factor(360), factor(1)
    (((2, 3), (3, 2), (5, 1)), ())
    >>> factor(2 * (2**89 - 1) * (2**107 - 1))[1] == ((2**89 - 1) * (2**107 - 1), 1)
    True
    >>> factor((2**89 - 1) ** 2) == ((2**89 - 1, 2),)
    True
    """
    small = n.bit_length() <= _WORD
    found = fmpz(n).factor() if small else fmpz(n).factor(trial_limit=_TRIAL_PRIMES)
    atoms: dict[int, int] = {}
    for p, k in found:
        for atom, e in ((int(p), 1),) if small or p <= SMALL else _cofactor(p, n):
            atoms[atom] = atoms.get(atom, 0) + k * e
    return tuple(sorted(atoms.items()))


def log_terms(terms: Iterable[tuple[Any, Any]]) -> Iterator[tuple[int, Any]]:
    """Split the sum of c * log(a), every a a positive rational number, into (atom, coefficient) pairs.

    >>> from sympy import QQ
    >>> list(log_terms([(5, QQ(3, 4))]))
    [(3, 5), (2, -10)]
    """
    collected: dict[int, Any] = {}
    for c, a in terms:
        if a <= 0:
            raise KLExactError(f"log needs a positive argument; found {a}: the conventions at zero are the measures'")
        for n, signed in ((int(a.numerator), c), (int(a.denominator), -c)):
            if n != 1:
                collected[n] = collected[n] + signed if n in collected else signed
    return ((atom, c * k) for n, c in collected.items() for atom, k in factor(n))


def valuation(logs: Mapping[Any, Any], prime: int) -> Any:
    """Return the coefficient of log(prime) in a sum of c * log(a), prime from a base that refines the integers a.

    >>> valuation({12: 1, 9: 5}, 3)
    11
    """
    total = QQ(0)
    for a, c in logs.items():
        while isinstance(a, int) and a % prime == 0:
            a, total = a // prime, total + c  # noqa: PLW2901  (divided until the prime is gone)
    return total


def product_of_powers(exponents: Mapping[int, Any], coefficient: Any = _ONE) -> sympy.Expr:
    """Return coefficient · Π a^e over pairwise coprime atoms a with rational exponents e, as SymPy writes it.

    But SymPy would join the radicals of large atoms too, and then factor what it joined: at length, and SymPy 1.14 fails on
    products of two large numbers close together (sqrt(33731067313792477500898831033)). They stay apart.

    >>> from sympy import QQ
    >>> product_of_powers({2: QQ(3, 2), 3: QQ(-1, 2), 5: QQ(2)}), product_of_powers({})
    (50*sqrt(6)/3, 1)
    """
    whole = {a: e.numerator // e.denominator for a, e in exponents.items()}
    bases: dict[tuple[Any, int], int] = {}  # the key has the exponent and, if it is large, the atom
    for a, e in exponents.items():
        if e != whole[a]:
            key = e - whole[a], a if a > SMALL else 1
            bases[key] = bases.get(key, 1) * a
    c = prod((QQ(a) ** int(k) for a, k in whole.items()), start=coefficient)
    powers = [sympy.Pow(n, _number(e), evaluate=False) for (e, _), n in bases.items()]
    factors = [_number(c)] if c != 1 else []
    return sympy.Mul(*factors, *sorted(powers, key=cmp_to_key(sympy.Basic.compare)), evaluate=False)


def _number(x: Any) -> sympy.Rational:
    return sympy.Rational(int(x.numerator), int(x.denominator))


def _cofactor(m: fmpz, n: int) -> tuple[tuple[int, int], ...]:
    """Split what trial division of n left over: roots of powers, words; else m itself."""
    if m.is_perfect_power():
        exponent = next(k for k in range(2, m.bit_length()) if m.root(k) ** k == m)
        return tuple((atom, exponent * e) for atom, e in factor(int(m.root(exponent))))
    return factor(int(m)) if m < n and m.bit_length() <= _WORD else ((int(m), 1),)


def coprime(logs: Iterable[tuple[int, Any]]) -> dict[int, Any]:
    """Rewrite the sum of c * log(a) over atoms that are pairwise coprime; zero coefficients vanish.

    The pairs hold atoms as `factor` makes them, in any number and order.

    >>> big = (2**89 - 1) * (2**107 - 1)
    >>> coprime([(big, 1), (2**89 - 1, -1), (3, 5)]) == {2**107 - 1: 1, 3: 5}
    True

    Coq: CanonicalForms.coprime_refinement_step.
    """
    atoms: dict[int, Any] = {}
    for a, c in logs:
        atoms[a] = atoms[a] + c if a in atoms else c
    pending = [(a, atoms.pop(a)) for a in sorted(_entangled(atoms))]
    atoms.update(_refine(pending))
    return {a: c for a, c in atoms.items() if c}


def _entangled(atoms: Iterable[int]) -> list[int]:
    """Return the atoms that share a factor with another; words are primes, so one of two is above 64 bits."""
    words: list[int] = []
    large: list[int] = []
    for a in atoms:
        (large if a.bit_length() > _WORD else words).append(a)
    if not large:
        return []
    gcds = _gcds_with_others([_product_tree([1, *words])[-1][0], *large])[1:]
    found = [a for a, g in zip(large, gcds, strict=True) if g != 1]
    product = _product_tree([1, *found])[-1][0]
    return found + [a for a in words if product % a == 0]


def _gcds_with_others(numbers: list[int | fmpz]) -> list[fmpz]:
    # with the product P of all it is gcd((P mod a²)/a, a): a tree of products up, a tree of remainders down, as in
    # Bernstein's "How to find smooth parts of integers", 2004
    tree = _product_tree(numbers)
    rest = tree.pop()
    for row in reversed(tree):
        rest = [rest[i // 2] % a**2 for i, a in enumerate(row)]
    return [(r // a).gcd(a) for r, a in zip(rest, map(fmpz, numbers), strict=True)]


def _product_tree(numbers: Iterable[int | fmpz]) -> list[list[fmpz]]:
    """Return rows of products of two, from the numbers themselves to the row that holds the product of all."""
    tree = [list(map(fmpz, numbers))]
    while len(tree[-1]) > 1:
        row = tree[-1]
        tree.append([prod(row[i : i + 2], start=fmpz(1)) for i in range(0, len(row), 2)])
    return tree


def _refine(pending: list[tuple[int, Any]]) -> dict[int, Any]:
    # c·log a + d·log b = (c + d)·log g + c·log(a/g) + d·log(b/g) with g = gcd(a, b); the product of
    # all arguments falls with every step, so this ends
    base: dict[int, Any] = {}
    product = fmpz(1)
    while pending:
        a, c = pending.pop()
        shared = product.gcd(a)
        if shared == 1:
            base[a] = c
            product *= a
            continue
        b = next(b for b in base if shared.gcd(b) != 1)
        d = base.pop(b)
        product //= b
        g = int(fmpz(a).gcd(b))
        for piece, coefficient in ((g, c + d), (a // g, c), (b // g, d)):
            pending.extend((atom, coefficient * k) for atom, k in factor(piece))
    return base
