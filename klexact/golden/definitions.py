"""The second engine for golden values: every function from its definition, with mpmath, sharing no code with the first.

What is a sum of logarithms goes through `klexact.naive`, whose errors are bounded. The rest is computed at two precisions, the second
twice the first, until both agree; divergences of laws are integrated or summed, minima searched, not taken from closed forms.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath

from klexact import naive
from klexact.errors import UndecidedError
from klexact.golden.densities import integrated, support_inside
from klexact.naive import Sum

__all__ = ["BITS", "Second", "second"]

BITS = 190  # of agreement; the integrals of laws reach fewer
_LAW_BITS = 100
_MOST = 20_000

Vector = Sequence[Any]
BASES = {"nat": "e", "bit": 2, "dit": 10}


@dataclass(frozen=True)
class Second:
    """What the second engine finds: an infinity (its sign), or bounds of the value, Σ|terms| and the number of terms."""

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
    if written.terms is None:
        return Second(1)
    import sympy

    base = sympy.E if unit == "nat" else BASES[unit]
    found = naive.evaluate(written, digits=BITS * 3 // 10, base=base)
    absolute = [(abs(c) if r > 1 else -abs(c), r) for c, r in written.terms]
    size = naive.evaluate(Sum(tuple(absolute), tuple(map(abs, written.linear))), digits=20, base=base)
    if found.value is None or size.value is None:
        raise AssertionError("a sum that is written out is finite")
    return Second(0, found.value - found.error, found.value + found.error, size.value, terms)


def _measure(name: str, count: Callable[..., int]) -> Callable[..., Second]:
    def evaluate(variant: str, unit: str, **inputs: Any) -> Second:
        operands = list(inputs.values())
        if name == "mutual_information":
            (joint,) = operands
            operands = [{(i, j): x for i, row in enumerate(joint) for j, x in enumerate(row)}]
        written = naive.MEASURES[name](*operands, variant=variant)
        return _of_sum(written, unit, count(variant, *inputs.values()))

    return evaluate


def _log(c: int, r: Fraction) -> Sum | int:
    return Sum(((Fraction(c), r),)) if r else -c


def _plus(part: Sum | int, linear: list[Fraction], unit: str = "nat") -> Second:
    if isinstance(part, int):
        return Second(part)
    return _of_sum(Sum(part.terms, tuple(linear)), unit, len(part.terms or ()) + len(linear))


def _log_q(variant: str, unit: str, p: Vector, log_q: Vector) -> Second:
    if any(a != 0 and b == -math.inf for a, b in zip(p, log_q, strict=True)):
        return Second(1)
    live = [(a, b) for a, b in zip(p, log_q, strict=True) if a != 0]
    empty = sum(1 for a, b in zip(p, log_q, strict=True) if a == 0 and b == -math.inf)
    return _of_sum(Sum(tuple((a, a) for a, _ in live), tuple(-a * b for a, b in live)), unit, 2 * len(live) + empty)


def _gradient_p(variant: str, unit: str, p: Vector, q: Vector, index: int) -> Second:
    a, b = p[index], q[index]
    slope: Sum | int = 1 if b == 0 else _log(1, a / b)
    return _plus(slope, [] if variant == "generalised" else [Fraction(1)])


def _gradient_q(variant: str, unit: str, p: Vector, q: Vector, index: int) -> Second:
    a, b = p[index], q[index]
    if b == 0:
        return Second(-1)
    return _plus(Sum(()), [-a / b] + ([Fraction(1)] if variant == "generalised" else []))


def _distance(variant: str, unit: str, p: Vector, q: Vector) -> Second:
    square = _DEFINITIONS["jensen_shannon_divergence"](variant, unit, p=p, q=q)
    low, high = (_root(max(x, Fraction(0))) for x in (square.lower, square.upper))
    middle = (low + high) / 2
    return Second(0, low, high, square.magnitude / middle if middle else Fraction(0), square.terms)


def _root(x: Fraction) -> Fraction:
    shift = 2 * max(0, 2 * BITS + x.denominator.bit_length() - x.numerator.bit_length())
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
    """Return the sum of terms as computed with more and more bits, once two of the sums agree to `bits` bits."""
    prec, last = 2 * bits, None
    while prec < _MOST:
        context = _context(prec)
        found = terms(context)
        value, size = _fraction(context.fsum(found)), _fraction(context.fsum(map(abs, found)))
        if last is not None and abs(value - last) * 2**bits <= abs(value):
            error = abs(value) / 2**bits
            return Second(0, value - error, value + error, size, counted or len(found))
        last, prec = value, 2 * prec
    raise UndecidedError(f"the second engine must reach {bits} bits; it did not within {_MOST:,}")


def _from_logs(variant: str, unit: str, log_p: Vector, log_q: Vector) -> Second:
    live = [(a, b) for a, b in zip(log_p, log_q, strict=True) if a != -math.inf]
    if any(b == -math.inf for _, b in live):
        return Second(1)
    return _agreed(lambda c: [c.exp(_mpf(a, c)) * _mpf(a - b, c) for a, b in live])


def _from_logits(p: Vector, logits: Vector, *, with_entropy: bool) -> Second:
    if any(a != 0 and z == -math.inf for a, z in zip(p, logits, strict=True)):
        return Second(1)

    def terms(c: Any) -> list[Any]:
        total = c.log(c.fsum(c.exp(_mpf(z, c)) for z in logits))
        own = [_mpf(a, c) * c.log(_mpf(a, c)) for a in p if a != 0] if with_entropy else []
        return [*own, *(_mpf(-a * z, c) for a, z in zip(p, logits, strict=True) if a != 0), _mpf(sum(p), c) * total]

    return _agreed(terms)


def _gradient_logits(variant: str, unit: str, p: Vector, logits: Vector, index: int) -> Second:
    if logits[index] == -math.inf:
        return _plus(Sum(()), [-p[index]])

    def terms(c: Any) -> list[Any]:
        total = c.fsum(c.exp(_mpf(z, c)) for z in logits)
        return [_mpf(sum(p), c) * c.exp(_mpf(logits[index], c)) / total, -_mpf(p[index], c)]

    return _agreed(terms)


# -- optima ------------------------------------------------------------------------------------------------


def _normal(p: Vector) -> list[Fraction]:
    total = sum(p, Fraction(0))
    return [x / total for x in p]


MODELS: Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    # log Q(i) at the parameter t, and its derivative
    "binomial": (
        lambda c, n, i, t: c.log(math.comb(n, i)) + i * c.log(t) + (n - i) * c.log(1 - t),
        lambda n, i, t: i / t - (n - i) / (1 - t),
    ),
    "geometric": (
        lambda c, n, i, t: c.log(t) + i * c.log(1 - t),
        lambda n, i, t: 1 / t - i / (1 - t),
    ),
    "poisson": (
        lambda c, n, i, t: i * c.log(t) - t - c.log(math.factorial(i)),
        lambda n, i, t: i / t - 1,
    ),
}


def _stationary(name: str, p: list[Fraction], context: Any) -> Any:
    """Return the zero of the derivative of Σ p_i log Q_t(i) by bisection: it decreases in t."""
    n, slope = len(p) - 1, MODELS[name][1]
    weights = [(i, _mpf(x, context)) for i, x in enumerate(p) if x != 0]
    low, high = context.mpf(0), context.mpf(n + 1 if name == "poisson" else 1)
    for _ in range(context.prec + 40):
        t = (low + high) / 2
        if context.fsum(x * slope(n, i, t) for i, x in weights) > 0:
            low = t
        else:
            high = t
    return (low + high) / 2


def _argmin(name: str) -> Callable[..., Second]:
    def evaluate(variant: str, unit: str, p: Vector) -> Second:
        return _agreed(lambda c: [_stationary(name, _normal(p), c)], counted=2 * len(p))

    return evaluate


def _minimum(name: str) -> Callable[..., Second]:
    def evaluate(variant: str, unit: str, p: Vector) -> Second:
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


def _two_part(variant: str, unit: str, p: Vector, index: int, *, minimum: bool) -> Second:
    weights = _normal(p)
    s, n = index, len(p)

    def found(c: Any) -> tuple[Any, Any]:
        logs = [c.log(_mpf(x, c)) for x in weights]
        one, other = c.fsum(logs[:s]) / s, c.fsum(logs[s:]) / (n - s)

        def slope(t: Any) -> Any:
            return c.log(t / s) - one - c.log((1 - t) / (n - s)) + other

        low, high = c.mpf(0), c.mpf(1)
        for _ in range(c.prec + 40):
            t = (low + high) / 2
            low, high = (low, t) if slope(t) > 0 else (t, high)
        t = (low + high) / 2
        least = t * (c.log(t / s) - one) + (1 - t) * (c.log((1 - t) / (n - s)) - other)
        sizes = c.fsum(abs(x) / (s if i < s else n - s) for i, x in enumerate(logs)) + c.log(s) + c.log(n - s)
        return (least, abs(least)) if minimum else (t, t * (1 + sizes))

    value = _agreed(lambda c: [found(c)[0]], counted=1 if minimum else n + 2)
    size = _fraction(found(_context(4 * BITS))[1])
    return Second(0, value.lower, value.upper, size, value.terms)


# -- laws --------------------------------------------------------------------------------------------------


def _laws(variant: str, unit: str, law_p: str, p: Vector, law_q: str, q: Vector) -> Second:
    if not support_inside(law_p, p, law_q, q):
        return Second(1)
    value = _agreed(lambda c: [integrated(c, law_p, p, law_q, q)], bits=_LAW_BITS)
    return Second(0, value.lower, value.upper, Fraction(0), 0)  # the terms are those of the closed form


def _vectors(per: int) -> Callable[..., int]:
    return lambda _, p, *rest: per * len(p)


_DEFINITIONS: Mapping[str, Callable[..., Second]] = {
    "entropy": _measure("entropy", _vectors(1)),
    "cross_entropy": _measure("cross_entropy", _vectors(1)),
    "kl_divergence": _measure("kl_divergence", lambda variant, p, q: len(p) * (2 if variant == "generalised" else 1)),
    "entr": lambda variant, unit, p: _DEFINITIONS["entropy"]("raw", unit, p=[p]),
    "rel_entr": lambda variant, unit, p, q: _DEFINITIONS["kl_divergence"]("raw", unit, p=[p], q=[q]),
    "kl_div": lambda variant, unit, p, q: _DEFINITIONS["kl_divergence"]("generalised", unit, p=[p], q=[q]),
    "jensen_shannon_divergence": _measure("jensen_shannon_divergence", _vectors(2)),
    "jensen_shannon_distance": _distance,
    "mutual_information": _measure("mutual_information", lambda _, joint: len(joint) * len(joint[0])),
    "kl_divergence_log_q": _log_q,
    "kl_divergence_log_p_log_q": _from_logs,
    "kl_divergence_logits": lambda variant, unit, p, logits: _from_logits(p, logits, with_entropy=True),
    "cross_entropy_logits": lambda variant, unit, p, logits: _from_logits(p, logits, with_entropy=False),
    "kl_gradient_logits": _gradient_logits,
    "entropy_gradient": lambda variant, unit, p, index: _plus(_log(-1, p[index]), [Fraction(-1)]),
    "kl_gradient_p": _gradient_p,
    "kl_gradient_q": _gradient_q,
    **{f"{name}_argmin": _argmin(name) for name in MODELS},
    **{f"{name}_minimum": _minimum(name) for name in MODELS},
    "two_part_reverse_argmin": lambda variant, unit, **inputs: _two_part(variant, unit, minimum=False, **inputs),
    "two_part_reverse_minimum": lambda variant, unit, **inputs: _two_part(variant, unit, minimum=True, **inputs),
    "law_kl_divergence": _laws,
}
