"""Measures in plain floats, as implementations write them down: right ones, and every wrong one that is known by name.

A formula is a chain of steps, and a mistake replaces one of them; nothing here computes golden values. Results are IEEE
numbers, or None where plain Python would raise.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from klexact.choices import require_one_of
from klexact.formats import FORMATS, rounded

__all__ = ["BASES", "FUNCTIONS", "Formula", "Log", "Sides", "Value", "formula_of", "sides"]

ONE_VECTOR = ("entropy", "entr")
BASES = {"nat": math.e, "bit": 2.0, "dit": 10.0}
Vector = list[float]


class Sides(NamedTuple):
    """The two vectors of a measure; their logarithms where those are what is given."""

    p: Vector
    q: Vector
    log_p: Vector | None = None
    log_q: Vector | None = None


class Log(NamedTuple):
    """One term weight·log(a/b), with log a and log b where they are given; b is None where there is no quotient."""

    weight: float
    a: float
    b: float | None = None
    log_a: float | None = None
    log_b: float | None = None


class Value(NamedTuple):
    """What a formula makes of its inputs, None where Python would raise, and the rounding error of any usual way to do so."""

    value: float | None
    noise: float = 0.0

    def tight(self, roundoff: float) -> "Value":
        """Return the value with the error of a few roundings of itself."""
        size = abs(self.value) if self.value is not None and math.isfinite(self.value) else 0.0
        return Value(self.value, 64 * roundoff * size)


# -- IEEE arithmetic on Python's floats --------------------------------------------------------------------


def log(x: float) -> float:
    """Return log x as IEEE arithmetic has it: -inf at 0, NaN below.

    >>> log(0.0), log(-1.0), log(1.0)
    (-inf, nan, 0.0)
    """
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def divided(a: float, b: float) -> float:
    """Return a/b as IEEE arithmetic has it.

    >>> divided(1.0, 0.0), divided(0.0, 0.0), divided(-1.0, 0.0)
    (inf, nan, -inf)
    """
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a)


def exp(x: float) -> float:
    """Return e^x, inf where it overflows."""
    return math.exp(x) if x < 709 else math.inf


def total(parts: Sequence[float]) -> float:
    """Return the sum: exactly rounded where it is finite, by IEEE's rules elsewhere.

    >>> total([1e16, 1.0, -1e16]), total([math.inf, -math.inf]), total([1e308, 1e308, -1e308])
    (1.0, nan, 1e+308)
    """
    if all(map(math.isfinite, parts)):
        try:
            return math.fsum(parts)
        except OverflowError:  # on the way, perhaps, and not in the end
            return math.fsum(x * 2.0**-60 for x in parts) * 2.0**60
    return sum(parts)


# -- the ways to form a term -------------------------------------------------------------------------------


def exact(term: Log) -> float:
    """Return a term as well as floats allow: no quotient that overflows, no logarithm of what is near 1."""
    weight, a, b, _, _ = term
    if weight == 0:
        return 0.0
    ratio = divided(a, b if b is not None else 1.0)
    if b is None or not a > 0 or not b > 0 or given(term):
        return difference(term)
    if 0.5 < ratio < 2:
        return weight * math.log1p((a - b) / b)
    return weight * (math.log(ratio) if 1e-300 < ratio < 1e300 else math.log(a) - math.log(b))


def given(term: Log) -> bool:
    """Tell whether a logarithm of the term is itself an input."""
    return term.log_a is not None or term.log_b is not None


def logs(term: Log) -> tuple[float, float]:
    """Return log a and log b, 0 where there is no b."""
    log_a = log(term.a) if term.log_a is None else term.log_a
    log_b = 0.0 if term.b is None else log(term.b) if term.log_b is None else term.log_b
    return log_a, log_b


def difference(term: Log) -> float:
    """Return weight·(log a - log b), whatever comes of zeros."""
    log_a, log_b = logs(term)
    return term.weight * (log_a - log_b)


def quotient(term: Log) -> float:
    """Return weight·log(a/b), whatever comes of zeros, overflow and underflow."""
    if term.b is None or given(term):
        return difference(term)
    return term.weight * log(divided(term.a, term.b))


def guarded(form: Callable[[Log], float | None]) -> Callable[[Log], float | None]:
    """Return the way of forming a term with 0 where its weight is 0."""
    return lambda term: form(term) if term.weight else 0.0


# -- measures ----------------------------------------------------------------------------------------------


def _columns(s: Sides) -> list[tuple[float, float, float | None, float | None]]:
    nothing = [None] * len(s.p)
    return list(zip(s.p, s.q, s.log_p or nothing, s.log_q or nothing, strict=True))


def kl(s: Sides) -> list[Log]:
    """Return the terms of Σ p log(p/q)."""
    return [Log(p, p, q, a, b) for p, q, a, b in _columns(s)]


def cross_entropy(s: Sides) -> list[Log]:
    """Return the terms of -Σ p log q."""
    return [Log(-p, q, None, b) for p, q, _, b in _columns(s)]


def entropy(s: Sides) -> list[Log]:
    """Return the terms of -Σ p log p."""
    return [Log(-p, p, None, a) for p, _, a, _ in _columns(s)]


def jeffreys(s: Sides) -> list[Log]:
    """Return the terms of D(p‖q) + D(q‖p)."""
    return kl(s) + kl(Sides(s.q, s.p, s.log_q, s.log_p))


def jensen_shannon(s: Sides) -> list[Log]:
    """Return the terms of (D(p‖m) + D(q‖m))/2 with m = (p + q)/2."""
    middle = [p / 2 + q / 2 for p, q in zip(s.p, s.q, strict=True)]
    return [Log(x / 2, x, m) for side in (s.p, s.q) for x, m in zip(side, middle, strict=True)]


# -- formulas ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Formula:
    """How a function is computed, step by step: what a mistake can replace.

    `read` makes probabilities of what is given, `early` changes the vectors, `normalised` divides them by their totals, and
    `late` changes them again; `measure` makes terms, `term` numbers of them, `sum` their sum (given the number of entries);
    generalised adds Σq - Σp; `outputs` come last.
    """

    measure: Callable[[Sides], list[Log]]
    normalised: bool = False
    generalised: bool = False
    base: float = math.e
    read: Callable[[Sides], Sides] | None = None
    early: tuple[Callable[[Sides], Sides], ...] = ()
    late: tuple[Callable[[Sides], Sides], ...] = ()
    term: Callable[[Log], float | None] = exact
    sum: Callable[[Sequence[float], int], float] = lambda parts, _: total(parts)
    outputs: tuple[Callable[[float], float], ...] = ()

    def __call__(self, s: Sides, roundoff: float = 2.0**-53) -> Value:
        """Return the value at two vectors, with the error of arithmetic that has a unit roundoff."""
        s = self._changed(s)
        terms = self.measure(s)
        parts = [self.term(term) for term in terms]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return Value(None)
        noise = total([_size(term) for term in terms])
        if self.generalised:
            found += [*s.q, *(-x for x in s.p)]
            noise += total([*map(abs, s.p), *map(abs, s.q)])
        unit = 1.0 if self.base == math.e else math.log(self.base)
        value, loss = self.sum(found, len(s.p)) / unit, (len(found) + 8) * roundoff / unit
        return self.out(value, noise * loss if math.isfinite(noise) else 0.0, roundoff)

    def _changed(self, s: Sides) -> Sides:
        s = self.read(s) if self.read else s
        for change in self.early:
            s = change(s)
        if self.normalised:
            s = normalised(s)
        for change in self.late:
            s = change(s)
        return s

    def out(self, value: float, noise: float, roundoff: float) -> Value:
        """Return what the outputs make of a value and its error."""
        shifted = [value, value + noise, value - noise]
        for change in self.outputs:
            shifted = [change(x) for x in shifted]
        middle, *ends = shifted
        own = 4 * roundoff * abs(middle) if math.isfinite(middle) else 0.0
        return Value(middle, own + max((abs(end - middle) for end in ends if math.isfinite(end - middle)), default=0.0))


def _size(term: Log) -> float:
    """Return what the errors of forming a term in any usual way are relative to."""
    sizes = [abs(x) for x in logs(term) if math.isfinite(x)]
    found = abs(term.weight) * (1 + sum(sizes))
    return found if math.isfinite(found) else 0.0


def normalised(s: Sides) -> Sides:
    """Return both vectors over their totals, a vector of logarithms less the logarithm of its total."""
    logs_there = (s.log_p, s.log_q)
    vectors = [_over_total(x) if given is None else x for x, given in zip((s.p, s.q), logs_there, strict=True)]
    less = [None if x is None else log_softmax(x) for x in logs_there]
    vectors = [x if given is None else [exp(y) for y in given] for x, given in zip(vectors, less, strict=True)]
    return Sides(vectors[0], vectors[1], less[0], less[1])


def _over_total(x: Vector) -> Vector:
    size = total(x)
    if math.isinf(size):
        return _over_total([y * 2.0**-60 for y in x]) if all(map(math.isfinite, x)) else [divided(y, size) for y in x]
    return [divided(y, size) for y in x]


def log_softmax(x: Vector) -> Vector:
    """Return logits less the logarithm of the sum of their exponentials."""
    top = max(x)
    if math.isinf(top):
        return [math.nan] * len(x)
    size = math.log(total([exp(y - top) for y in x]))
    return [y - top - size for y in x]


def narrowed(x: float, dtype: str) -> float:
    """Return the nearest number of a format.

    >>> narrowed(0.1, "binary32"), narrowed(1e300, "binary32"), narrowed(1e-300, "binary16")
    (0.10000000149011612, inf, 0.0)
    """
    if not math.isfinite(x) or not x:
        return x
    found = rounded(x.as_integer_ratio(), FORMATS[dtype], "nearest").float
    return x if found is None else found


# -- golden functions --------------------------------------------------------------------------------------


def _plain(p: Any, q: Any = None) -> Sides:
    p, q = (x if isinstance(x, list) else [x] for x in (p, p if q is None else q))
    return Sides(p, q)


def _with_log_q(p: Vector, log_q: Vector) -> Sides:
    return Sides(p, [exp(x) for x in log_q], None, log_q)


def _with_logs(log_p: Vector, log_q: Vector) -> Sides:
    return Sides([exp(x) for x in log_p], [exp(x) for x in log_q], log_p, log_q)


def naive_softmax(s: Sides) -> Sides:
    """Return the sides with logits of q made its logarithms by a sum of exponentials that overflows and underflows."""
    size = log(total([exp(x) for x in s.log_q or []]))
    log_q = [x - size for x in s.log_q or []]
    return s._replace(q=[exp(x) for x in log_q], log_q=log_q)


def softmax(s: Sides) -> Sides:
    """Return the sides with logits of q made its logarithms."""
    log_q = log_softmax(s.log_q or [])
    return s._replace(q=[exp(x) for x in log_q], log_q=log_q)


def _joint(joint: list[Vector]) -> Sides:
    rows, columns = [total(row) for row in joint], [total(column) for column in zip(*joint, strict=True)]
    return Sides([x for row in joint for x in row], [r * c for r in rows for c in columns])


def square_root(x: float) -> float:
    """Return the square root, NaN below 0."""
    return math.sqrt(x) if x >= 0 else math.nan


def _distance(x: float) -> float:
    return math.sqrt(max(x, 0.0))


FUNCTIONS: Mapping[str, tuple[Callable[..., Sides], Formula]] = {
    "entropy": (_plain, Formula(entropy)),
    "entr": (_plain, Formula(entropy)),
    "cross_entropy": (_plain, Formula(cross_entropy)),
    "kl_divergence": (_plain, Formula(kl)),
    "rel_entr": (_plain, Formula(kl)),
    "kl_div": (_plain, Formula(kl, generalised=True)),
    "jensen_shannon_divergence": (_plain, Formula(jensen_shannon)),
    "jensen_shannon_distance": (_plain, Formula(jensen_shannon, outputs=(_distance,))),
    "mutual_information": (_joint, Formula(kl)),
    "kl_divergence_log_q": (_with_log_q, Formula(kl)),
    "kl_divergence_log_p_log_q": (_with_logs, Formula(kl)),
    "kl_divergence_logits": (_with_log_q, Formula(kl, read=softmax)),
    "cross_entropy_logits": (_with_log_q, Formula(cross_entropy, read=softmax)),
}


def sides(function: str, arguments: Sequence[Any]) -> Sides:
    """Return the two vectors that a golden function's arguments stand for."""
    return _known(function)[0](*arguments)


def formula_of(function: str, variant: str, unit: str) -> Formula:
    """Return the right formula of a golden function. Raises KLExactError where none is written down here.

    >>> formula_of("entropy", "raw", "bit")(sides("entropy", ([0.5, 0.5],))).value
    1.0
    """
    found = _known(function)[1]
    generalised = found.generalised or variant == "generalised"
    return replace(found, normalised=variant == "normalised", generalised=generalised, base=BASES[unit])


def _known(function: str) -> tuple[Callable[..., Sides], Formula]:
    require_one_of("the function", function, FUNCTIONS)
    return FUNCTIONS[function]
