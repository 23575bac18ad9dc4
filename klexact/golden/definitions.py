"""The second engine for golden values: every function from its definition, with mpmath, sharing no code with the first.

What is a sum of logarithms goes through `klexact.naive`, whose errors are bounded. The rest is computed at two precisions, the
second twice the first, until both agree; divergences of laws are integrated or summed, minima searched, not taken from closed
forms.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy

from klexact import naive
from klexact.errors import UndecidedError
from klexact.golden.densities import integrated, support_inside
from klexact.naive import Sum

__all__ = ["BITS", "Second", "second"]

BITS = 190  # of agreement; the integrals of laws reach fewer
_LAW_BITS = 100
_MOST = 8_000
_LONG = 1_000  # entries

Vector = Sequence[Any]
BASES = {"nat": sympy.E, "bit": 2, "dit": 10}


@dataclass(frozen=True)
class Second:
    """What the second engine finds: an infinity (its sign), or bounds of the value; Σ|terms| and the number of terms.

    Bounds on both sides of 0 mean that the value was not told from 0.
    """

    infinity: int
    lower: Fraction = Fraction(0)
    upper: Fraction = Fraction(0)
    magnitude: Fraction = Fraction(0)
    terms: int = 0


def second(function: str, variant: str, unit: str, inputs: Mapping[str, Any]) -> Second:
    """Return the value of a function at inputs in its domain: Fractions, nested as its arguments are; -inf as a float."""
    return _DEFINITIONS[function](variant, unit, **inputs)


# -- sums of logarithms ------------------------------------------------------------------------------------


def _of_sum(written: Sum, unit: str, terms: int) -> Second:
    found = naive.evaluate(written, digits=BITS * 3 // 10, base=BASES[unit])
    if written.terms is None or found.lower is None or found.upper is None:
        return Second(1, terms=terms)
    absolute = tuple((abs(c) if r > 1 else -abs(c), r) for c, r in written.terms)
    size = naive.evaluate(Sum(absolute, tuple(map(abs, written.linear))), digits=20, base=BASES[unit])
    return Second(0, found.lower, found.upper, size.value or Fraction(0), terms)


def _measure(name: str, count: Callable[..., int]) -> Callable[..., Second]:
    def evaluate(variant: str, unit: str, **inputs: Any) -> Second:
        operands = list(inputs.values())
        if name == "mutual_information":
            (joint,) = operands
            operands = [{(i, j): x for i, row in enumerate(joint) for j, x in enumerate(row)}]
        if len(operands[0]) > _LONG:
            written = _outcome_by_outcome(name, variant, operands)
        else:
            written = naive.MEASURES[name](*operands, variant=variant)
        return _of_sum(written, unit, count(variant, *inputs.values()))

    return evaluate


def _outcome_by_outcome(name: str, variant: str, operands: list[Any]) -> Sum:
    """Write out a sum over outcomes, equal outcomes once: those of generated vectors are the same objects."""
    if variant == "normalised":
        operands = [_normal(vector) for vector in operands]
    entries = {id(x): x for vector in operands for x in vector}
    counted = Counter(zip(*(map(id, vector) for vector in operands), strict=True))
    raw = "generalised" if variant == "generalised" else "raw"
    return naive.added(
        (Fraction(n), naive.MEASURES[name](*([entries[i]] for i in ids), variant=raw)) for ids, n in counted.items()
    )


def _log_q(_variant: str, unit: str, p: Vector, log_q: Vector) -> Second:
    live = [(a, b) for a, b in zip(p, log_q, strict=True) if a != 0]
    if any(b == -math.inf for _, b in live):
        return Second(1, terms=2 * len(live))
    return _of_sum(Sum(tuple((a, a) for a, _ in live), tuple(-a * b for a, b in live)), unit, 2 * len(live))


def _entropy_gradient(_variant: str, unit: str, p: Vector, index: int) -> Second:
    if p[index] == 0:
        return Second(1, terms=2)
    return _of_sum(Sum(((Fraction(-1), p[index]),), (Fraction(-1),)), unit, 2)


def _gradient_p(variant: str, unit: str, p: Vector, q: Vector, index: int) -> Second:
    rest = () if variant == "generalised" else (Fraction(1),)
    if p[index] == 0 or q[index] == 0:
        return Second(1 if q[index] == 0 else -1, terms=1 + len(rest))
    return _of_sum(Sum(((Fraction(1), p[index] / q[index]),), rest), unit, 1 + len(rest))


def _gradient_q(variant: str, unit: str, p: Vector, q: Vector, index: int) -> Second:
    rest = (Fraction(1),) if variant == "generalised" else ()
    if q[index] == 0:
        return Second(-1, terms=1 + len(rest))
    return _of_sum(Sum((), (-p[index] / q[index], *rest)), unit, 1 + len(rest))


def _distance(variant: str, unit: str, p: Vector, q: Vector) -> Second:
    square = _DEFINITIONS["jensen_shannon_divergence"](variant, unit, p=p, q=q)
    if square.lower <= 0 <= square.upper:
        return Second(0, Fraction(0), _root(square.upper) or Fraction(0), Fraction(0), square.terms)
    low = _root(square.lower)
    high = _root(square.upper) * (1 + Fraction(1, 2 ** (2 * BITS)))  # which outweighs that the root was rounded down
    return Second(0, low, high, square.magnitude / low, square.terms)


def _root(x: Fraction) -> Fraction:
    """Return the root of x, rounded down, within 2^(-2·BITS - 1) of itself."""
    shift = max(0, 2 * BITS + 2 + (x.denominator.bit_length() - x.numerator.bit_length()) // 2)
    return Fraction(math.isqrt((x.numerator << 2 * shift) // x.denominator), 1 << shift)


# -- everything else: two precisions that agree --------------------------------------------------------------------


@cache
def _context(prec: int) -> Any:
    context = mpmath.MPContext()
    context.prec = prec
    return context


def _mpf(x: Any, context: Any) -> Any:
    return context.mpf(x) if isinstance(x, float) else context.mpf(x.numerator) / x.denominator


def _fraction(x: Any) -> Fraction:
    negative, mantissa, exponent, _ = x._mpf_
    value = Fraction(int(mantissa) << max(exponent, 0), 1 << max(-exponent, 0))
    return -value if negative else value


def _agreed(terms: Callable[[Any], list[Any]], *, bits: int = BITS, counted: int | None = None) -> Second:
    """Return the sum of terms as computed with more and more bits, once two of the sums agree to `bits` bits.

    A sum that only shrinks with the error of the arithmetic is left with bounds on both sides of 0.
    """
    prec, last = 2 * bits, None
    found: list[Any] = []
    value, size = Fraction(0), Fraction(0)
    while prec < _MOST:
        context = _context(prec)
        found = terms(context)
        value, size = _fraction(context.fsum(found)), _fraction(context.fsum(map(abs, found)))
        if last is not None and abs(value - last) * 2**bits <= abs(value):
            error = abs(value) / 2**bits
            return Second(0, value - error, value + error, size, counted or len(found))
        last, prec = value, 2 * prec
    error = Fraction(1, 2 ** (prec // 4))
    if abs(value) < error:
        return Second(0, -error, error, size if size > error else Fraction(0), counted or len(found))
    raise UndecidedError(f"the second engine must reach {bits} bits; it did not within {_MOST:,}")


def _from_logs(_variant: str, _unit: str, log_p: Vector, log_q: Vector) -> Second:
    live = [(a, b) for a, b in zip(log_p, log_q, strict=True) if a != -math.inf]
    if any(b == -math.inf for _, b in live):
        return Second(1, terms=len(live))
    return _agreed(lambda c: [c.exp(_mpf(a, c)) * _mpf(a - b, c) for a, b in live])


def _from_logits(p: Vector, logits: Vector, *, with_entropy: bool) -> Second:
    if any(a != 0 and z == -math.inf for a, z in zip(p, logits, strict=True)):
        return Second(1, terms=sum(a != 0 for a in p) * (2 if with_entropy else 1) + 1)

    def terms(c: Any) -> list[Any]:
        total = c.log(c.fsum(c.exp(_mpf(z, c)) for z in logits))
        own = [_mpf(a, c) * c.log(_mpf(a, c)) for a in p if a != 0] if with_entropy else []
        return [*own, *(_mpf(-a * z, c) for a, z in zip(p, logits, strict=True) if a != 0), _mpf(sum(p), c) * total]

    return _agreed(terms)


def _gradient_logits(_variant: str, _unit: str, p: Vector, logits: Vector, index: int) -> Second:
    def terms(c: Any) -> list[Any]:
        total = c.fsum(c.exp(_mpf(z, c)) for z in logits)
        return [_mpf(sum(p), c) * c.exp(_mpf(logits[index], c)) / total, -_mpf(p[index], c)]

    return _agreed(terms)


# -- optima ------------------------------------------------------------------------------------------------


def _normal(p: Vector) -> list[Fraction]:
    entries = {id(x): x for x in p}
    total = sum((n * entries[i] for i, n in Counter(map(id, p)).items()), Fraction(0))
    quotients = {i: x / total for i, x in entries.items()}
    return [quotients[id(x)] for x in p]


def _power(c: Any, x: Any, n: int) -> Any:
    """Return log x^n, also where x and n are 0."""
    return n * c.log(x) if n else c.zero


MODELS: Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    # log Q(i) at the parameter t, and its derivative; n is the last of the integers
    "binomial": (
        lambda c, n, i, t: c.log(math.comb(n, i)) + _power(c, t, i) + _power(c, 1 - t, n - i),
        lambda n, i, t: i / t - (n - i) / (1 - t),
    ),
    "geometric": (
        lambda c, _, i, t: c.log(t) + _power(c, 1 - t, i),
        lambda _, i, t: 1 / t - i / (1 - t),
    ),
    "poisson": (
        lambda c, _, i, t: _power(c, t, i) - t - c.log(math.factorial(i)),
        lambda _, i, t: i / t - 1,
    ),
}


def _stationary(name: str, p: list[Fraction], context: Any) -> Any:
    """Return where Σ p_i log Q_t(i) is largest: its derivative decreases in t."""
    n, slope = len(p) - 1, MODELS[name][1]
    weights = [(i, _mpf(x, context)) for i, x in enumerate(p) if x != 0]
    return _zero(
        context,
        lambda t: context.fsum(x * slope(n, i, t) for i, x in weights),
        context.mpf(n + 1 if name == "poisson" else 1),
    )


def _zero(context: Any, decreasing: Callable[[Any], Any], last: Any) -> Any:
    """Return the zero of a decreasing function between 0 and `last`, an end where it has one sign: bisection, then secants."""
    margin = last * context.mpf(2) ** (2 - context.prec)
    if decreasing(margin) <= 0:
        return context.mpf(0)
    if decreasing(last - margin) > 0:
        return last
    low, high, left = context.mpf(0), last, 50
    while left:
        t = (low + high) / 2
        found = decreasing(t)
        if found == 0:
            return t
        low, high = (t, high) if found > 0 else (low, t)
        left -= low > 0 and high < last  # near an end it takes as many steps more to come off it
    tolerance = context.mpf(2) ** -(2 * context.prec - 100)
    return context.findroot(
        decreasing, (low, high), solver="illinois", tol=tolerance, verify=False
    )  # two precisions verify it


def _argmin(name: str) -> Callable[..., Second]:
    def evaluate(_variant: str, _unit: str, p: Vector) -> Second:
        return _agreed(lambda c: [_stationary(name, _normal(p), c)], counted=2 * len(p))

    return evaluate


def _minimum(name: str) -> Callable[..., Second]:
    def evaluate(_variant: str, _unit: str, p: Vector) -> Second:
        weights, n, log_model = _normal(p), len(p) - 1, MODELS[name][0]

        def terms(c: Any) -> list[Any]:
            t = _stationary(name, weights, c)
            extra = t if name == "poisson" else 0
            found = []
            for i, x in enumerate(weights):
                if x != 0:
                    y = _mpf(x, c)
                    found.append(y * (c.log(y) - log_model(c, n, i, t) - extra))
            return [*found, t] if name == "poisson" else found

        live = sum(1 for x in weights if x != 0) + 1 if name == "poisson" else len(p)
        return _agreed(terms, counted=live)

    return evaluate


def _two_part(_variant: str, _unit: str, *, p: Vector, index: int, minimum: bool) -> Second:
    weights = _normal(p)
    s, n = index, len(p)
    size_of = [s] * s + [n - s] * (n - s)

    def found(c: Any) -> tuple[Any, Any]:
        logs = [c.log(_mpf(x, c)) for x in weights]
        one, other = c.fsum(logs[:s]) / s, c.fsum(logs[s:]) / (n - s)
        t = _zero(c, lambda t: one - other - c.log(t / s) + c.log((1 - t) / (n - s)), c.mpf(1))
        if minimum:
            shares = [t / s] * s + [(1 - t) / (n - s)] * (n - s)
            terms = [a * (c.log(a) - log) for a, log in zip(shares, logs, strict=True)]
            return c.fsum(terms), c.fsum(map(abs, terms))
        sizes = c.fsum(abs(log) / m for log, m in zip(logs, size_of, strict=True)) + c.log(s) + c.log(n - s)
        return t, t * (1 + sizes)

    value = _agreed(lambda c: [found(c)[0]], counted=n if minimum else n + 2)
    size = _fraction(found(_context(4 * BITS))[1])
    return Second(0, value.lower, value.upper, size, value.terms)


# -- laws --------------------------------------------------------------------------------------------------


def _laws(_variant: str, _unit: str, *, law_p: str, p: Vector, law_q: str, q: Vector) -> Second:
    if not support_inside(law_p, p, law_q, q):
        return Second(1)
    value = _agreed(lambda c: [integrated(c, law_p, p, law_q, q)], bits=_LAW_BITS)
    return Second(0, value.lower, value.upper, Fraction(0), 0)  # the terms are those of the closed form


def _vectors(per: int) -> Callable[..., int]:
    return lambda _, p, *__: per * len(p)


_DEFINITIONS: Mapping[str, Callable[..., Second]] = {
    "entropy": _measure("entropy", _vectors(1)),
    "cross_entropy": _measure("cross_entropy", _vectors(1)),
    "kl_divergence": _measure("kl_divergence", lambda variant, p, _: len(p) * (2 if variant == "generalised" else 1)),
    "entr": lambda _, unit, p: _DEFINITIONS["entropy"]("raw", unit, p=[p]),
    "rel_entr": lambda _, unit, p, q: _DEFINITIONS["kl_divergence"]("raw", unit, p=[p], q=[q]),
    "kl_div": lambda _, unit, p, q: _DEFINITIONS["kl_divergence"]("generalised", unit, p=[p], q=[q]),
    "jensen_shannon_divergence": _measure("jensen_shannon_divergence", _vectors(2)),
    "jensen_shannon_distance": _distance,
    "mutual_information": _measure("mutual_information", lambda _, joint: len(joint) * len(joint[0])),
    "kl_divergence_log_q": _log_q,
    "kl_divergence_log_p_log_q": _from_logs,
    "kl_divergence_logits": lambda _, __, p, logits: _from_logits(p, logits, with_entropy=True),
    "cross_entropy_logits": lambda _, __, p, logits: _from_logits(p, logits, with_entropy=False),
    "kl_gradient_logits": _gradient_logits,
    "entropy_gradient": _entropy_gradient,
    "kl_gradient_p": _gradient_p,
    "kl_gradient_q": _gradient_q,
    **{f"{name}_argmin": _argmin(name) for name in MODELS},
    **{f"{name}_minimum": _minimum(name) for name in MODELS},
    "two_part_reverse_argmin": lambda variant, unit, **inputs: _two_part(variant, unit, minimum=False, **inputs),
    "two_part_reverse_minimum": lambda variant, unit, **inputs: _two_part(variant, unit, minimum=True, **inputs),
    "law_kl_divergence": _laws,
}
