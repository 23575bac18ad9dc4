"""Sums of products of powers, Σ Π a^e, in canonical form: what the measures of order α are made of.

Integer powers of rational numbers and of rational functions add up to one. Fractional powers of rational numbers are
radicals: each product is split into a rational coefficient and prime numbers with exponents in (0, 1). Different such products
are linearly independent over Q (Besicovitch, "On the linear independence of fractional powers of integers", J. London
Math. Soc. 15, 1940), so equal sums have equal forms. Anything else, symbolic exponents included, is left as it is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd, lcm, prod
from typing import Any

import sympy
from sympy import QQ

from klexact import integers
from klexact.errors import InvalidNumberError
from klexact.exact import element
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, constant, factored, is_parametric, unify

__all__ = ["PowerSum"]

_MAX_BITS = 10_000_000

Power = tuple[Any, Any]  # (a, e) for a^e: a positive element; a rational number or a SymPy expression in symbols
Monomial = frozenset[Power]  # atoms with exponents in (0, 1)


@dataclass(frozen=True)
class PowerSum:
    """A sum of products of powers, in canonical form.

    `coefficients` holds the coefficient of every monomial: a rational number or function, or the whole sum as SymPy wrote it;
    `positive` the elements that were raised to powers.

    >>> total = PowerSum.of([[(QQ(1, 2), QQ(1, 2))], [(QQ(1, 4), QQ(1, 2))], [(QQ(1, 4), QQ(1, 2))]])
    >>> total.as_expr(), total.log(), total.log(base=2), PowerSum.of([]).as_expr()
    (sqrt(2)/2 + 1, -log(2)/2 + log(1 + sqrt(2)), -1/2 + log(1 + sqrt(2))/log(2), 0)
    """

    coefficients: Mapping[Monomial, Any]
    positive: tuple[Any, ...] = field(compare=False, repr=False)

    @classmethod
    def of(cls, terms: Iterable[Sequence[Power]]) -> "PowerSum":
        """Return the sum of the products of a^e over the pairs (a, e) of each term."""
        listed = list(terms)
        powers = [power for term in listed for power in term]
        _check_sizes(powers)
        if all(_is_integer(e) for _, e in powers):
            coefficients = _elements(listed)
        elif all(not is_parametric(a) and not isinstance(e, sympy.Expr) for a, e in powers):
            coefficients = _radicals(listed)
        else:
            coefficients = _written(listed)
        return cls(coefficients, tuple(a for a, _ in powers))

    @property
    def is_zero(self) -> bool:
        """Tell whether there were no terms."""
        return not self.coefficients

    def as_expr(self) -> sympy.Expr:
        """Return the sum as a SymPy expression."""
        return _rendered(self.coefficients)

    def log(self, base: object = sympy.E) -> sympy.Expr:
        """Return the positive sum's logarithm, in units of the base's.

        Its largest factor that is a product of rational powers is split off, so that it cancels against log(base).
        """
        if len(self.coefficients) == 1:
            ((rest, c),) = self.coefficients.items()
            if isinstance(c, sympy.Expr):
                return sympy.log(c) * LogForm(1).as_expr(base)
            powers = [(QQ(1), c), *((e, QQ(a)) for a, e in rest)]
            return LogForm.of_logs(powers, assuming=self.positive).as_expr(base)
        content, primitive = _primitive(self.coefficients)
        return content.as_expr(base) + sympy.log(_rendered(primitive), evaluate=False) * LogForm(1).as_expr(base)


def _elements(terms: Sequence[Sequence[Power]]) -> dict[Monomial, Any]:
    products = [prod(unify([a ** int(e) for a, e in term]), start=QQ(1)) for term in terms]
    total = constant(sum(unify(products), QQ(0)))
    return {frozenset(): total} if total else {}


def _radicals(terms: Sequence[Sequence[Power]]) -> dict[Monomial, Any]:
    coefficients: dict[Monomial, Any] = {}
    for exponents in _over_one_base([LogForm.of_logs((e, a) for a, e in term).logs for term in terms]):
        whole = {a: e.numerator // e.denominator for a, e in exponents.items()}
        rest = frozenset((a, e - whole[a]) for a, e in exponents.items() if e != whole[a])
        c = prod((QQ(a) ** int(k) for a, k in whole.items()), start=QQ(1))
        coefficients[rest] = coefficients.get(rest, QQ(0)) + c
    return coefficients


def _written(terms: Sequence[Sequence[Power]]) -> dict[Monomial, Any]:
    factors = ([factored(a) ** (e if isinstance(e, sympy.Expr) else as_expr(e)) for a, e in term] for term in terms)
    return {frozenset(): sympy.Add(*(sympy.Mul(*term) for term in factors))}


def _is_integer(e: Any) -> bool:
    return bool(not isinstance(e, sympy.Expr) and e.denominator == 1)


def _check_sizes(powers: Iterable[Power]) -> None:
    """Refuse powers that would not be written out: of parameters, too many terms; of numbers, too many bits."""
    bits = 0
    for a, e in powers:
        if isinstance(e, sympy.Expr):
            continue
        if not is_parametric(a):
            bits += abs(e) * max(int(a.numerator).bit_length() - 1, int(a.denominator).bit_length() - 1)
        elif _is_integer(e):
            element(sympy.Pow(factored(a), abs(int(e)), evaluate=False), "a power of a probability")
    if bits > _MAX_BITS:
        raise InvalidNumberError(
            f"the powers of all probabilities must fit into {_MAX_BITS:,} bits; found {int(bits):,}: lower the order"
        )


def _over_one_base(terms: Sequence[Mapping[int, Any]]) -> list[dict[int, Any]]:
    """Return atom -> exponent for each term, all atoms from one coprime base."""
    atoms = {a for term in terms for a in term}
    base = integers.coprime((a, QQ(1)) for a in atoms)
    pieces = {a: {b: k for b in ([a] if a in base else base) if (k := integers.valuation({a: 1}, b))} for a in atoms}
    found: list[dict[int, Any]] = []
    for term in terms:
        exponents: dict[int, Any] = {}
        for a, e in term.items():
            for b, k in pieces[a].items():
                exponents[b] = exponents.get(b, QQ(0)) + e * k
        found.append(exponents)
    return found


def _primitive(coefficients: Mapping[Monomial, Any]) -> tuple[LogForm, dict[Monomial, Any]]:
    """Split off the content: what is left has coprime integer coefficients, and no atom is in all of its terms."""
    values = coefficients.values()
    unit = QQ(gcd(*(int(c.numerator) for c in values)), lcm(*(int(c.denominator) for c in values)))
    content = [(QQ(1), unit)]
    left = {rest: c / unit for rest, c in coefficients.items()}
    for a in {a for rest in coefficients for a, _ in rest}:
        if all(dict(rest).get(a) or not int(c) % a for rest, c in left.items()):
            least = min(dict(rest)[a] for rest, c in left.items() if int(c) % a)
            content.append((least, QQ(a)))
            left = dict(_divided(rest, c, a, least) for rest, c in left.items())
    return LogForm.of_logs(content), left


def _divided(rest: Monomial, c: Any, a: int, exponent: Any) -> tuple[Monomial, Any]:
    """Return a term divided by a^exponent, exponent in (0, 1)."""
    own = dict(rest)
    shifted = own.pop(a, QQ(0)) - exponent
    if shifted < 0:
        shifted, c = shifted + 1, c / a
    return frozenset((own | ({a: shifted} if shifted else {})).items()), c


def _rendered(coefficients: Mapping[Monomial, Any]) -> sympy.Expr:
    return sympy.Add(*(_term(c, rest) for rest, c in coefficients.items()))


def _term(c: Any, rest: Monomial) -> sympy.Expr:
    if isinstance(c, sympy.Expr):
        return c
    return as_expr(c) if is_parametric(c) else integers.product_of_powers(dict(rest), c)
