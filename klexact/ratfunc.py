"""Rational functions of parameters over Q: the coefficients and arguments of log forms.

An *element* is a rational number (of SymPy's QQ) or, when it depends on parameters, a `FracElement` of
Q(parameters). It is in lowest terms, so equal elements of one field compare equal. An *atom* is a primitive
irreducible polynomial with a positive leading coefficient.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from math import prod
from operator import mul
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy import QQ
from sympy.polys.fields import FracElement, FracField
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyElement

from klexact.errors import InvalidNumberError

__all__ = [
    "as_expr",
    "common_field",
    "constant",
    "derivative",
    "element_of",
    "factored",
    "field_of",
    "is_parametric",
    "lift",
    "oriented",
    "split",
    "substitute",
    "symbols_of",
    "unify",
]


def is_parametric(x: Any) -> bool:
    """Tell whether an element depends on parameters."""
    return isinstance(x, FracElement)


@lru_cache(maxsize=256)
def field_of(symbols: frozenset[sympy.Symbol]) -> FracField:
    """Return Q(symbols), its generators in a fixed order."""
    return FracField(tuple(sorted(symbols, key=sympy.default_sort_key)), QQ, lex)


def common_field(elements: Iterable[Any]) -> FracField | None:
    """Return the smallest field over the fields of these elements and atoms, or None if all are rational."""
    fields = {x.field if isinstance(x, FracElement) else x.ring.to_field() for x in elements if not _is_rational(x)}
    if len(fields) <= 1:
        return next(iter(fields), None)
    return field_of(frozenset(s for k in fields for s in k.symbols))


def _is_rational(x: Any) -> bool:
    return not isinstance(x, (FracElement, PolyElement))


def lift(x: Any, field: FracField | None) -> Any:
    """Carry an element or an atom into a larger field; rational numbers stay as they are."""
    if field is None or _is_rational(x):
        return x
    if isinstance(x, FracElement):
        return x if x.field is field else x.set_field(field)
    return x if x.ring is field.ring else x.set_ring(field.ring)


def unify(elements: Sequence[Any]) -> list[Any]:
    """Carry elements and atoms into their common field."""
    field = common_field(elements)
    return [lift(x, field) for x in elements]


def constant(x: Any) -> Any:
    """Return an element in its one form: a rational number wherever it is constant."""
    if not isinstance(x, FracElement):
        return x
    if x.numer.is_ground and x.denom.is_ground:
        return QQ.convert(x.numer.LC) / QQ.convert(x.denom.LC)
    # SymPy's negative powers leave a sign below, and its in-place arithmetic may leave a stale hash: copies have none
    numerator, denominator = (x.numer, x.denom) if x.denom.LC > 0 else (-x.numer, -x.denom)
    return FracElement(x.field, numerator.copy(), denominator.copy())


def element_of(expr: Any, symbols: frozenset[sympy.Symbol] | None = None) -> Any:
    """Return the element that a SymPy expression (or a rational number) is, in Q(symbols).

    >>> from sympy.abc import t
    >>> element_of((1 - t**2) / (2 - 2 * t)), element_of((1 + t) / (2 + 2 * t))
    ((t + 1)/2, 1/2)
    """
    if not isinstance(expr, sympy.Expr):
        return expr
    try:
        return constant(field_of(symbols or frozenset(expr.free_symbols)).from_expr(expr))
    except (ValueError, ZeroDivisionError):
        raise InvalidNumberError(
            f"a probability with parameters must be a rational function over Q; found {expr}: "
            "reparametrise it, for example with a new symbol for exp(t)"
        ) from None


def symbols_of(x: Any) -> set[sympy.Symbol]:
    """Return the parameters that an element or an atom depends on."""
    if isinstance(x, FracElement):
        return symbols_of(x.numer) | symbols_of(x.denom)
    if isinstance(x, PolyElement):
        return {s for s, d in zip(x.ring.symbols, x.degrees(), strict=True) if d > 0}
    return set()


def as_expr(x: Any) -> sympy.Expr:
    """Return an element or an atom as a SymPy expression, its numerator expanded."""
    if _is_rational(x):
        return sympy.Rational(int(x.numerator), int(x.denominator))
    return x.as_expr()


def derivative(x: Any, symbol: sympy.Symbol) -> Any:
    """Differentiate an element with respect to a parameter."""
    if not isinstance(x, FracElement) or symbol not in x.field.symbols:
        return QQ(0)
    return constant(x.diff(x.field.gens[x.field.symbols.index(symbol)]))


@lru_cache(maxsize=8192)
def split(x: Any) -> tuple[Any, tuple[tuple[Any, int], ...]]:
    """Factor a parametric element into a rational constant and (atom, exponent) pairs.

    >>> from sympy.abc import t
    >>> split(element_of(2 * t * (1 - t) / 3))
    (-2/3, ((t, 1), (t - 1, 1)))
    """
    numerator, above = _factor(x.numer)
    denominator, below = _factor(x.denom)
    return numerator / denominator, above + tuple((f, -k) for f, k in below)


def _factor(poly: Any) -> tuple[Any, tuple[tuple[Any, int], ...]]:
    """Factor a polynomial; monomials and what is left of degree 1 are irreducible without asking."""
    lowest = tuple(map(min, zip(*poly.monoms(), strict=True)))
    factors = tuple((g, k) for g, k in zip(poly.ring.gens, lowest, strict=True) if k)
    rest = poly.quo(poly.ring({lowest: poly.ring.domain.one})) if factors else poly
    if rest.is_ground:
        return QQ.convert(rest.LC), factors
    if max(map(sum, rest.monoms())) > 1:
        small = rest.set_ring(field_of(frozenset(symbols_of(rest))).ring)  # SymPy's cost grows with idle generators
        unit, found = _by_flint(small)
        return unit, factors + tuple((f.set_ring(poly.ring), k) for f, k in found)
    content, primitive = rest.primitive()
    sign = 1 if primitive.LC > 0 else -1
    return QQ.convert(content * sign), (*factors, (primitive * sign, 1))


def _by_flint(poly: Any) -> tuple[Any, list[tuple[Any, int]]]:
    """Factor a polynomial into primitive ones by FLINT, whose time does not grow with the degree as SymPy's does."""
    ring = poly.ring
    context = fmpq_mpoly_ctx.get(tuple(f"x{i}" for i in range(ring.ngens)), Ordering.lex)
    terms = {m: fmpq(int(c.numerator), int(c.denominator)) for m, c in poly.terms()}
    factors = []
    for f, k in context.from_dict(terms).factor()[1]:
        found = ring.from_dict(
            {tuple(map(int, m)): QQ(int(c.numerator), int(c.denominator)) for m, c in f.to_dict().items()}
        )
        primitive = found.primitive()[1]
        factors.append((primitive if primitive.LC > 0 else -primitive, int(k)))
    return poly.LC / prod((f.LC**k for f, k in factors), start=QQ(1)), factors


def oriented(atom: Any) -> Any:
    """Return the atom with its sign chosen so that the term of lowest degree is positive: 1 - t, not t - 1."""
    lowest = min(atom.terms(), key=lambda term: (sum(term[0]), term[0]))
    return atom if lowest[1] > 0 else -atom


def factored(p: Any) -> sympy.Expr:
    """Return an element as a product of atoms, each with its sign as it reads best.

    >>> from sympy.abc import t
    >>> factored(element_of(2 * t * (1 - t))), factored(element_of((t - 3) / (5 * t)))
    (2*t*(1 - t), (t - 3)/(5*t))
    """
    if not is_parametric(p):
        return as_expr(p)
    unit, factors = split(p)
    parts = []
    for f, k in factors:
        turned = oriented(f)
        unit = -unit if turned != f and k % 2 else unit
        parts.append((turned, k))
    if unit < 0:  # a minus sign goes into a numerator, the longest
        i = max((i for i, (_, k) in enumerate(parts) if k > 0 and k % 2), key=lambda i: len(parts[i][0]), default=None)
        if i is not None and len(parts[i][0]) > 1:
            unit, parts[i] = -unit, (-parts[i][0], parts[i][1])
    return sympy.Mul(as_expr(unit), *(as_expr(f) ** k for f, k in parts))


def substitute(x: Any, values: Mapping[sympy.Symbol, Any]) -> Any:
    """Put elements of one field in for parameters. Raises ZeroDivisionError at a pole."""
    if isinstance(x, FracElement):
        numerator, denominator = unify([substitute(x.numer, values), substitute(x.denom, values)])
        return constant(numerator / denominator)
    if not isinstance(x, PolyElement):
        return x
    gens = zip(x.ring.symbols, x.ring.to_field().gens, x.degrees(), strict=True)
    used = unify([values.get(s, g) if degree > 0 else QQ(1) for s, g, degree in gens])
    terms = (
        reduce(mul, (g**k for g, k in zip(used, monomial, strict=True) if k), QQ.convert(c))
        for monomial, c in x.terms()
    )
    return constant(sum(terms, QQ(0)))
