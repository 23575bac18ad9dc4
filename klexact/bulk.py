"""Measures of long vectors, straight from counts, fractions or floats to ball arithmetic.

A `BulkMeasure` stands for the exact value of a measure of two vectors, as a `LogForm` does, but computes balls from the
vectors themselves: no form and no SymPy object is built unless a ball cannot tell (an exact zero, a tie). Integers and
floats enter exactly; the cost is linear in the length, and memory beyond the vectors stays constant (about 20 MB).

The vectors are weights, divided by their exact totals (`variant="normalised"`); "raw" and "generalised" are those of
`klexact.measures`. NumPy arrays count as the binary values they hold.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from klexact import conventions, forms
from klexact.choices import require_one_of
from klexact.errors import InvalidDistributionError
from klexact.exact import rational
from klexact.logform import LogForm

__all__ = ["BulkMeasure", "cross_entropy", "entropy", "kl_divergence"]

_CHUNK = 16_384

Column = list[Any]  # ints, floats or fmpq, finite and >= 0


@dataclass(frozen=True, eq=False)
class BulkMeasure:
    """The exact value of a measure of vectors, as a source of balls: what `klexact.certify` takes like a form."""

    name: str  # of the measure in klexact.forms
    p: Column
    q: Column
    variant: str
    is_infinite: bool

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats, computed with `prec` bits."""
        with ctx.workprec(prec):
            total, p_total, q_total = arb(0), arb(0), arb(0)
            for start in range(0, len(self.p), _CHUNK):
                p, q = (list(map(arb, column[start : start + _CHUNK])) for column in (self.p, self.q))
                total += sum(_TERMS[self.name](p, q), arb(0))
                p_total, q_total = sum(p, p_total), sum(q, q_total)
            if self.variant == "normalised":
                return total / p_total + _NORMALISERS[self.name](p_total, q_total).log()
            return total + (q_total - p_total) if self.variant == "generalised" else total

    @cached_property
    def form(self) -> LogForm:
        """The canonical form of the value: slower, but it decides what no ball can."""
        operands = (self.p,) if self.name == "entropy" else (self.p, self.q)
        measure: Callable[..., LogForm] = getattr(forms, self.name)
        return measure(*operands, variant=self.variant)

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero, by the form."""
        return self.form.is_zero


_TERMS: dict[str, Callable[[list[arb], list[arb]], list[arb]]] = {
    "entropy": lambda p, _: [-a * a.log() for a in p if a != 0],
    "cross_entropy": lambda p, q: [-a * b.log() for a, b in zip(p, q, strict=True) if a != 0],
    "kl_divergence": lambda p, q: [a * (a / b).log() for a, b in zip(p, q, strict=True) if a != 0],
}
_NORMALISERS: dict[str, Callable[[arb, arb], arb]] = {
    "entropy": lambda p, _: p,
    "cross_entropy": lambda _, q: q,
    "kl_divergence": lambda p, q: q / p,
}


def entropy(p: Iterable[object], *, variant: str = "normalised") -> BulkMeasure:
    """Return H(p) of a vector of weights, in nats, as a source of balls.

    >>> from klexact import decimal
    >>> decimal(entropy([1, 1, 2, 0]), base=2)
    '1.5'
    """
    return _measure("entropy", p, None, variant, ("raw", "normalised"))


def cross_entropy(p: Iterable[object], q: Iterable[object], *, variant: str = "normalised") -> BulkMeasure:
    """Return H(p, q) of two vectors of weights, in nats, as a source of balls; +∞ where q is 0 and p is not."""
    return _measure("cross_entropy", p, q, variant, ("raw", "normalised"))


def kl_divergence(p: Iterable[object], q: Iterable[object], *, variant: str = "normalised") -> BulkMeasure:
    """Return D(p‖q) of two vectors of weights, in nats, as a source of balls; +∞ where q is 0 and p is not.

    Raises KLExactError for negative or non-finite entries (naming the index), vectors of different lengths, a total of
    0 where it is divided by, and an unknown variant.

    >>> from klexact import decimal
    >>> decimal(kl_divergence([0.5, 0.5], [0.5 + 2**-30, 0.5 - 2**-30]), 20)
    '1.7347234759768070974e-18'
    >>> decimal(kl_divergence([1, 0], [0, 1])), decimal(kl_divergence([1, 2], [2, 4]))
    ('∞', '0')
    """
    return _measure("kl_divergence", p, q, variant, forms.VARIANTS)


def _measure(
    name: str, p: Iterable[object], q: Iterable[object] | None, variant: str, variants: Sequence[str]
) -> BulkMeasure:
    require_one_of(f"the variant of {name}", variant, variants)
    one = _column(p, "p")
    other = one if q is None else _column(q, "q")
    if len(one) != len(other):
        raise InvalidDistributionError(f"p and q must have the same length; found {len(one):,} and {len(other):,}")
    for side, column in (("p", one), ("q", other)):
        if variant == "normalised" and not any(column):
            raise InvalidDistributionError(f"{side} must have a positive total; found that all {len(column):,} are 0")
    lost = q is not None and any(a and not b for a, b in zip(one, other, strict=True))
    at_zero = conventions.rel_entr_at if name == "kl_divergence" else conventions.cross_entr_at
    return BulkMeasure(name, one, other, variant, lost and at_zero(1, 0) is sympy.oo)


def _column(data: Any, side: str) -> Column:
    """Return finite non-negative numbers that `arb` takes exactly."""
    if isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        raise InvalidDistributionError(f"{side} must be a vector of numbers; found {data!r:.60}")
    values = data.tolist() if hasattr(data, "tolist") else list(data)
    if not isinstance(values, list) or not values:
        raise InvalidDistributionError(f"{side} must be a vector of at least one number; found {data!r:.60}")
    if set(map(type, values)) <= {int, float}:
        column, bad = values, (i for i, x in enumerate(values) if not 0 <= x < inf)
    else:
        column = [
            x if type(x) is fmpq else fmpq(*x.as_integer_ratio()) if type(x) is Fraction else _entry(x, f"{side}[{i}]")
            for i, x in enumerate(values)
        ]
        bad = (i for i, x in enumerate(column) if x.p < 0)
    for i in bad:
        raise InvalidDistributionError(f"{side}[{i}] must be a finite number >= 0; found {values[i]}")
    return column


def _entry(value: object, name: str) -> Any:
    exact = rational(value, name)
    return fmpq(int(exact.numerator), int(exact.denominator))
