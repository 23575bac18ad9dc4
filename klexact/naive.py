"""The second engine: every measure summed term by term from its definition, with mpmath at high precision.

It shares no code with the log forms: of the library it uses only what reads the inputs. No factoring, no canonical form,
no table of conventions, no ball arithmetic; zeros and infinities are plain if-statements, and a private mpmath context
computes. So an error would have to be made twice, differently, to go unseen (`klexact.crosscheck` compares).

The error bound: with u = 2^-prec, a term c·log r, computed from the exact fractions c and r, is off by at most
4u·|c| (r rounded) + 8u·|c·log r| (the other operations; mpmath's log within 2 ulp, which mpmath says and
nobody proved), n additions by n·u·Σ|c·log r|. The bound is twice their sum. The precision doubles until the bound is small
beside the value, so what cancels between the terms is made up for.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy

from klexact.choices import require_one_of
from klexact.distribution import Distribution
from klexact.errors import InvalidBaseError, KLExactError
from klexact.exact import rational
from klexact.masses import masses

__all__ = [
    "MEASURES",
    "Approximation",
    "Sum",
    "added",
    "approximate",
    "conditional_entropy",
    "cross_entropy",
    "entropy",
    "evaluate",
    "jeffreys_divergence",
    "jensen_shannon_divergence",
    "kl_divergence",
    "mutual_information",
]

MAX_DIGITS = 10_000
_SPARE_BITS = 16_384  # precision beyond the digits asked for, after which a value counts as not told from 0

Table = Mapping[Hashable, Fraction]


@dataclass(frozen=True)
class Sum:
    """A definition written out: Σ c·log r over exact pairs (c, r) and linear terms in nats; None stands for +∞."""

    terms: tuple[tuple[Fraction, Fraction], ...] | None
    linear: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Approximation:
    """A value computed with `prec` bits and a bound on its error, both exact fractions; value None for +∞."""

    value: Fraction | None
    error: Fraction
    prec: int

    @property
    def lower(self) -> Fraction | None:
        """The value minus the error bound."""
        return None if self.value is None else self.value - self.error

    @property
    def upper(self) -> Fraction | None:
        """The value plus the error bound."""
        return None if self.value is None else self.value + self.error


def approximate(
    function: str, *operands: Any, digits: int = 50, base: object = sympy.E, **options: Any
) -> Approximation:
    """Return a measure by its definition, in units of log(base), to `digits` significant digits.

    `function` is a key of MEASURES; `operands` and `options` (variant, weights, x, y, of, given) are those of the measure in
    `klexact.measures`. The error is at most 10^-digits·|value|, unless the terms cancel beyond some 5,000 digits: then
    the value is not told from 0, and the error says how small it is. Raises KLExactError for an unknown function,
    digits outside 1..10,000, parameters, and InvalidBaseError.

    >>> approximation = approximate("entropy", ["1/2", "1/4", "1/4", 0], base=2, digits=20)
    >>> approximation.lower <= Fraction(3, 2) <= approximation.upper
    True
    >>> approximate("kl_divergence", [1, 0], [0, 1]).value, approximate("kl_divergence", [1, 0], [1, 0]).error
    (None, Fraction(0, 1))
    """
    require_one_of("the function", function, MEASURES)
    if not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise KLExactError(f"digits must lie between 1 and {MAX_DIGITS:,} (more would take minutes); found {digits!r}")
    return evaluate(MEASURES[function](*operands, **options), digits=digits, base=base)


def evaluate(written: Sum, *, digits: int, base: object = sympy.E) -> Approximation:
    """Return the value of a definition that is written out, as `approximate` does.

    >>> evaluate(Sum(((Fraction(3), Fraction(1, 2)),), (Fraction(1),)), digits=5, base=2).value < -1
    True
    """
    wanted = digits * 10 // 3 + 2
    prec, most = wanted + 64, wanted + _SPARE_BITS
    while True:
        found = _evaluated(written, base, prec)
        if found.value is None or found.error * 10**digits <= abs(found.value) or prec >= most:
            return found
        prec = min(2 * prec, most)


# -- the definitions ---------------------------------------------------------------------------------------


def entropy(p: Any, variant: str | None = None) -> Sum:
    """H(p) = -Σ p log p."""
    _refuse_generalised(variant)
    (one,) = _read([p], variant)
    return Sum(tuple((-x, x) for x in one.values() if x != 0))


def cross_entropy(p: Any, q: Any, variant: str | None = None) -> Sum:
    """H(p, q) = -Σ p log q."""
    _refuse_generalised(variant)
    one, other = _read([p, q], variant)
    terms = []
    for name, x in one.items():
        y = other.get(name, Fraction(0))
        if x != 0 and y == 0:
            return Sum(None)
        if x != 0:
            terms.append((-x, y))
    return Sum(tuple(terms))


def kl_divergence(p: Any, q: Any, variant: str | None = None) -> Sum:
    """D(p‖q) = Σ p log(p/q); generalised: Σ p log(p/q) - p + q."""
    one, other = _read([p, q], variant)
    return _divergence(one, other, generalised=variant == "generalised")


def jeffreys_divergence(p: Any, q: Any, variant: str | None = None) -> Sum:
    """J(p, q) = D(p‖q) + D(q‖p)."""
    return added([(Fraction(1), kl_divergence(p, q, variant)), (Fraction(1), kl_divergence(q, p, variant))])


def jensen_shannon_divergence(
    *components: Any, weights: Iterable[object] | None = None, variant: str | None = None
) -> Sum:
    """Σ w_i D(p_i‖m) with m = Σ w_i p_i."""
    tables = _read(components, variant)
    shares = [Fraction(1, len(tables))] * len(tables)
    if weights is not None:
        shares = list(_read([list(weights)], None)[0].values())
        if len(shares) != len(tables):
            raise KLExactError(f"one weight an operand is required; found {len(shares)} for {len(tables)}")
    middle: dict[Hashable, Fraction] = {}
    for w, table in zip(shares, tables, strict=True):
        for name, x in table.items():
            middle[name] = middle.get(name, Fraction(0)) + w * x
    return added([(w, _divergence(table, middle)) for w, table in zip(shares, tables, strict=True) if w != 0])


def mutual_information(joint: Any, x: Any = 0, y: Any = 1, variant: str | None = None) -> Sum:
    """I(X; Y) = Σ p(x, y) log(p(x, y) / (p(x) p(y)))."""
    pairs, one, other = _coordinates(joint, x, y, variant)
    return Sum(tuple((p, p / (one[a] * other[b])) for (a, b), p in pairs.items() if p != 0))


def conditional_entropy(joint: Any, of: Any = 0, given: Any = 1) -> Sum:
    """H(X|Y) = -Σ p(x, y) log(p(x, y) / p(y))."""
    pairs, _, other = _coordinates(joint, of, given)
    return Sum(tuple((-p, p / other[b]) for (_, b), p in pairs.items() if p != 0))


MEASURES: Mapping[str, Callable[..., Sum]] = {
    "conditional_entropy": conditional_entropy,
    "cross_entropy": cross_entropy,
    "entropy": entropy,
    "jeffreys_divergence": jeffreys_divergence,
    "jensen_shannon_divergence": jensen_shannon_divergence,
    "kl_divergence": kl_divergence,
    "mutual_information": mutual_information,
}


def _divergence(one: Table, other: Table, *, generalised: bool = False) -> Sum:
    terms = []
    for name, x in one.items():
        y = other.get(name, Fraction(0))
        if x != 0 and y == 0:
            return Sum(None)
        if x != 0:
            terms.append((x, x / y))
    if not generalised:
        return Sum(tuple(terms))
    zero = Fraction(0)
    return Sum(tuple(terms), tuple(other.get(name, zero) - one.get(name, zero) for name in {**one, **other}))


def added(parts: Iterable[tuple[Fraction, Sum]]) -> Sum:
    """Return the weighted sum of definitions that are written out."""
    terms: list[tuple[Fraction, Fraction]] = []
    linear: list[Fraction] = []
    for weight, part in parts:
        if part.terms is None:
            return Sum(None)
        terms += [(weight * c, r) for c, r in part.terms]
        linear += [weight * x for x in part.linear]
    return Sum(tuple(terms), tuple(linear))


# -- reading -----------------------------------------------------------------------------------------------


def _read(operands: Sequence[Any], variant: str | None) -> list[Table]:
    if variant not in (None, "raw", "normalised", "generalised"):
        raise KLExactError(f"variant must be None, raw, normalised or generalised; found {variant!r}")
    tables: list[Table] = []
    for operand in operands:
        if variant is None or isinstance(operand, Distribution):
            table = _fractions(Distribution(operand).table)
        else:
            table = _fractions(masses(operand).items())
        if variant == "normalised":
            whole = sum(table.values(), Fraction(0))
            if whole == 0:
                raise KLExactError("normalising needs a positive total; found 0")
            table = {name: x / whole for name, x in table.items()}
        tables.append(table)
    return tables


def _refuse_generalised(variant: str | None) -> None:
    if variant == "generalised":
        raise KLExactError("the variant must be None, raw or normalised; found 'generalised', which is a divergence's")


def _fractions(table: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, Fraction]:
    found = {}
    for name, x in table:
        if not hasattr(x, "numerator"):
            raise KLExactError(
                f"the second engine computes numbers; found the probability {x} of {name!r}: use subs first"
            )
        found[name] = Fraction(int(x.numerator), int(x.denominator))
    return found


def _coordinates(
    joint: Any, x: Any, y: Any, variant: str | None = None
) -> tuple[dict[Any, Fraction], dict[Any, Fraction], dict[Any, Fraction]]:
    """Return the joint table of two groups of coordinates, and the two marginals."""
    axes = [axis if isinstance(axis, tuple) else (axis,) for axis in (x, y)]
    (table,) = _read([joint], variant)
    pairs: dict[Any, Fraction] = {}
    one: dict[Any, Fraction] = {}
    other: dict[Any, Fraction] = {}
    for outcome, p in table.items():
        if not isinstance(outcome, tuple) or any(
            not -len(outcome) <= i < len(outcome) for group in axes for i in group
        ):
            raise KLExactError(f"coordinates {x} and {y} need tuples that have them; found {outcome!r}")
        a, b = (tuple(outcome[i] for i in group) for group in axes)
        for where, key in ((pairs, (a, b)), (one, a), (other, b)):
            where[key] = where.get(key, Fraction(0)) + p
    return pairs, one, other


# -- computing ---------------------------------------------------------------------------------------------


@cache
def _context(prec: int) -> Any:
    context = mpmath.MPContext()  # never mpmath.mp, which belongs to the user
    context.prec = prec
    return context


def _evaluated(written: Sum, base: object, prec: int) -> Approximation:
    unit = _log_of_base(base, prec)
    if written.terms is None:
        return Approximation(None, Fraction(0), prec)
    context = _context(prec)
    linear = _mpf(sum(written.linear, Fraction(0)), context)
    total, sizes, coefficients = linear, abs(linear), context.zero
    log = cache(lambda r: context.log(_mpf(r, context)))
    for c, r in written.terms:
        if r != 1:
            coefficient = _mpf(c, context)
            term = coefficient * log(r)
            total += term
            sizes += abs(term)
            coefficients += abs(coefficient)
    bound = (8 * _exact(coefficients) + (16 + 2 * len(written.terms)) * _exact(sizes)) / 2**prec
    if unit is None:
        return Approximation(_exact(total), bound, prec)
    quotient = _exact(total / unit)  # off by the bound of the total, by the unit's relative error u, and once rounded
    return Approximation(quotient, 2 * bound / abs(_exact(unit)) + 4 * abs(quotient) / 2**prec, prec)


def _log_of_base(base: object, prec: int) -> Any | None:
    """Return log(base) with a relative error of at most 2^-prec, None for base e."""
    if base is sympy.E:
        return None
    if isinstance(base, sympy.Expr) and not base.is_Rational and not base.is_Float:
        if base.is_positive is not True or base.free_symbols or base.equals(1) is not False:
            raise InvalidBaseError(f"the base must be a positive real number other than 1; found {base}")
        return _context(prec).make_mpf(sympy.log(base).evalf(prec * 3 // 10 + 10)._mpf_)
    exact = rational(base, "the base")
    b = Fraction(int(exact.numerator), int(exact.denominator))
    if b <= 0 or b == 1:
        raise InvalidBaseError(f"the base must be a positive real number other than 1; found {b}")
    # |log b| > 1/(2 max(n, d)), so this many bits more make up for a base close to 1
    context = _context(prec + 8 + max(b.numerator.bit_length(), b.denominator.bit_length()))
    return context.log(_mpf(b, context))


def _mpf(x: Fraction, context: Any) -> Any:
    return context.mpf(x.numerator) / x.denominator


def _exact(x: Any) -> Fraction:
    negative, mantissa, exponent, _ = x._mpf_
    value = Fraction(int(mantissa) << max(exponent, 0), 1 << max(-exponent, 0))
    return -value if negative else value
