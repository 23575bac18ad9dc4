"""Every mistake that is known by name, as a change of a right formula."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from klexact.conformance import formulas as f
from klexact.conformance.epsilons import of_epsilons
from klexact.conformance.formulas import BASES, FUNCTIONS, ONE_VECTOR, Formula, Log, Sides, Vector
from klexact.conformance.mistake import Mistake, early, term

__all__ = ["mistakes"]


_SYMMETRIC = ("jensen_shannon_divergence", "jensen_shannon_distance", "mutual_information")
_NUMBERS = ("entr", "rel_entr", "kl_div")
_RANGE = "the quotient p/q leaves the range before its logarithm is taken: use log p - log q there"


def mistakes(function: str, formula: Formula, unit: str, replaced: Iterable[float] = ()) -> list[Mistake]:
    """Return the mistakes that a golden function's formula can have, plain ones first.

    `replaced` holds numbers that may stand in the place of infinity. Functions that have no formula get those of results.
    """
    found = [*_of_outputs(function, unit, replaced)]
    if function in FUNCTIONS:
        found = [
            *_of_order(function),
            *_of_terms(function),
            *found,
            *_of_units(unit),
            *_of_variant(function, formula),
            *_of_measure(function, formula),
            *_of_sums(),
            *_of_logs(function),
            *_of_numbers(),
            *of_epsilons(function, formula),
        ]
    return found


def _of_order(function: str) -> Iterator[Mistake]:
    if function not in (*ONE_VECTOR, *_SYMMETRIC):
        yield Mistake(
            "reversed arguments",
            f"it computes {function} with p and q in each other's place: swap them",
            "order",
            early(lambda s: Sides(s.q, s.p, s.log_q, s.log_p), first=True),
        )


# -- terms -------------------------------------------------------------------------------------------------


def _raising(form: Callable[[Log], float]) -> Callable[[Log], float | None]:
    """Return a form as plain Python computes it: the logarithm of 0 and division by 0 raise."""

    def formed(term: Log) -> float | None:
        by_zero = term.b == 0 and term.log_b is None
        return None if by_zero or _is_of_zero(term) else form(term)

    return formed


def _is_of_zero(term: Log) -> bool:
    """Tell whether a term is formed by a logarithm of 0, be it of a quotient that underflows."""
    if term.log_a is not None:
        return False
    return term.a == 0 or (term.b is not None and term.log_b is None and f.divided(term.a, term.b) == 0)


def _underflowing(term: Log) -> float | None:
    return None if _is_of_zero(term) else f.quotient(term)


def _split(term: Log) -> float:
    """Return weight·log a, 0 where the weight is 0, less weight·log b, whatever comes of that."""
    if term.b is None:
        return f.difference(term)
    log_a, log_b = f.logs(term)
    return (term.weight * log_a if term.weight else 0.0) - term.weight * log_b


def _positive(form: Callable[[Log], float]) -> Callable[[Log], float]:
    return lambda term: form(term) if term.a > 0 and (term.b is None or term.b > 0) else 0.0


def _finite(term: Log) -> float:
    found = f.quotient(term)
    return found if math.isfinite(found) else 0.0


def _of_terms(function: str) -> Iterator[Mistake]:
    infinite = "p·log(p/0) is infinite for p > 0"
    zeros = "give a term with weight 0 the value 0 before any logarithm is taken"
    natural: list[tuple[str, str, Callable[[Log], float | None]]] = [
        ("natural formula, NaN at zeros", f"0·log 0 comes out as NaN: {zeros}", f.quotient),
        ("natural formula, an exception at zeros", f"log 0 or a division by 0 raises: {zeros}", _raising(f.quotient)),
    ]
    if function not in ONE_VECTOR:
        natural += [
            (
                "natural difference of logarithms, NaN at zeros",
                f"0·(log 0 - log q) comes out as NaN: {zeros}",
                f.difference,
            ),
            ("0·log q as NaN", f"p·log q with p = 0 and q = 0 comes out as NaN: {zeros}", _split),
            (
                "an exception where the value is infinite",
                "q = 0 < p raises (log 0 or a division by 0): return infinity",
                f.guarded(_raising(f.quotient)),
            ),
            *(
                ("zeros dropped", f"entries with q = 0 are left out: {infinite}", _positive(x))
                for x in (f.exact, f.quotient)
            ),
            (
                "terms that are not finite dropped",
                f"infinite and NaN terms are left out (a mask, nansum, nan_to_num): {infinite}",
                _finite,
            ),
            ("p/q overflows or underflows", _RANGE, f.guarded(f.quotient)),
            ("p/q overflows, an exception where it underflows", _RANGE, f.guarded(_underflowing)),
        ]
    for name, sentence, form in natural:
        yield Mistake(name, sentence, "term", term(form))


# -- results -----------------------------------------------------------------------------------------------


def _of_outputs(function: str, unit: str, replaced: Iterable[float]) -> Iterator[Mistake]:
    def result(name: str, sentence: str, change: Callable[[float], float]) -> Mistake:
        return Mistake(name, sentence, "result", lambda formula: replace(formula, outputs=(*formula.outputs, change)))

    yield result("sign flipped", "the result has the other sign: negate it", lambda x: -x)
    yield result("absolute value", "negative results come out positive: a raw sum may be negative", abs)
    yield result(
        "clipped at 0", "negative results come out as 0: a raw sum may be negative", lambda x: 0.0 if x < 0 else x
    )
    if function == "jensen_shannon_distance":
        yield result("divergence in place of the distance", "it computes the square: take the root", lambda x: x * x)
    else:
        name = "square root" if "jensen" not in function else "distance in place of the divergence (square root)"
        yield result(name, "it computes the square root of the value: leave the root out", f.square_root)
        yield result("square", "it computes the square of the value", lambda x: x * x)
    yield result("factor 2", "it computes twice the value: halve it", lambda x: 2 * x)
    yield result("factor 1/2", "it computes half the value: double it", lambda x: x / 2)
    if "entropy" in function:
        base = BASES[unit]
        yield result(
            "perplexity", "it computes the base to the power of the value", lambda x: f.exp(x * math.log(base))
        )
    for number in replaced:
        yield result(
            f"{number:.6g} in place of infinity",
            f"an infinite value comes out as {number!r}: return infinity",
            lambda x, number=number: number if x == math.inf else x,  # type: ignore[misc]
        )
    if function not in FUNCTIONS:
        for other, base in BASES.items():
            if other != unit:
                scale = math.log(BASES[unit]) / math.log(base)
                yield result(*_in_unit(other, unit), lambda x, scale=scale: x * scale)  # type: ignore[misc]


def _in_unit(other: str, unit: str) -> tuple[str, str]:
    logs = {"nat": "natural logarithms", "bit": "logarithms to base 2", "dit": "logarithms to base 10"}
    return (
        f"wrong base: {other}s in place of {unit}s",
        f"it takes {logs[other]}, and {unit}s are asked: divide by log {BASES[unit]:.0f}"
        if unit != "nat"
        else f"it takes {logs[other]}, and nats are asked: use natural logarithms",
    )


def _of_units(unit: str) -> Iterator[Mistake]:
    for other, base in BASES.items():
        if other != unit:
            yield Mistake(*_in_unit(other, unit), "base", lambda formula, base=base: replace(formula, base=base))  # type: ignore[misc]


def _of_sums() -> Iterator[Mistake]:
    yield Mistake(
        "mean in place of the sum",
        "the sum is divided by the number of entries: leave that out",
        "sum",
        lambda formula: replace(formula, sum=lambda parts, n: f.total(parts) / n),
    )
    yield Mistake(
        "absolute values of the terms",
        "it adds up |terms|: terms may be negative",
        "sum",
        lambda formula: replace(formula, sum=lambda parts, _: f.total([abs(x) for x in parts])),
    )


# -- variants and measures ---------------------------------------------------------------------------------


def _of_variant(function: str, formula: Formula) -> Iterator[Mistake]:
    def variant(name: str, sentence: str, *, normalised: bool, generalised: bool) -> Mistake:
        def change(given: Formula) -> Formula:
            return replace(given, normalised=normalised, generalised=generalised)

        return Mistake(name, sentence, "variant", change)

    if formula.read is not None:
        yield Mistake(
            "softmax missing",
            "it takes logits as if they were log q: subtract log Σ exp",
            "variant",
            lambda given: replace(given, read=None),
        )
        yield Mistake(
            "exponentials of logits overflow or underflow",
            "it takes log Σ exp of the logits themselves: subtract the largest of them first",
            "variant",
            lambda given: replace(given, read=f.naive_softmax),
        )
        return
    asked = "normalised" if formula.normalised else "generalised" if formula.generalised else "raw"
    if formula.normalised or (formula.generalised and function != "kl_div"):
        yield variant(f"raw though {asked} is asked", _raw(asked), normalised=False, generalised=False)
    if function == "kl_div":
        yield variant("rel_entr in place of kl_div", "- p + q is missing: add it", normalised=False, generalised=False)
    if not formula.normalised and function not in _NUMBERS:
        name, sentence = (
            f"normalised though {asked} is asked",
            "vectors are divided by their totals: take them as they are",
        )
        yield variant(name, sentence, normalised=True, generalised=False)
    if not formula.generalised and formula.measure is f.kl and function != "mutual_information":
        name, sentence = f"generalised though {asked} is asked", "it adds Σq - Σp: leave that out"
        yield variant(name, sentence, normalised=False, generalised=True)


def _raw(asked: str) -> str:
    missing = "vectors are not divided by their totals" if asked == "normalised" else "Σq - Σp is missing"
    return f"{missing}: do that" if asked == "normalised" else f"{missing}: add it"


def _of_measure(function: str, formula: Formula) -> Iterator[Mistake]:
    others = {
        "entropy": (f.entropy, ("kl", "cross")),
        "cross-entropy": (f.cross_entropy, ("kl",)),
        "KL divergence": (f.kl, ("cross", "js")),
        "Jeffreys divergence": (f.jeffreys, ("kl", "js")),
        "Jensen-Shannon divergence": (f.jensen_shannon, ("kl",)),
        "one half of the Jensen-Shannon divergence": (_half_of_jensen_shannon, ("js",)),
    }
    right = {"kl": f.kl, "cross": f.cross_entropy, "js": f.jensen_shannon}
    kind = next((kind for kind, measure in right.items() if measure is formula.measure), None)
    for name, (measure, kinds) in others.items():
        if kind in kinds:
            yield Mistake(
                f"{name} in place of {function}",
                f"it computes the {name}: p‖q of the definition is another sum",
                "measure",
                lambda given, measure=measure: replace(given, measure=measure, generalised=False),  # type: ignore[misc]
            )


def _half_of_jensen_shannon(s: Sides) -> list[Log]:
    return f.jensen_shannon(s)[: len(s.p)]


# -- inputs ------------------------------------------------------------------------------------------------


def _of_logs(function: str) -> Iterator[Mistake]:
    if function in ("kl_divergence", "cross_entropy", "rel_entr", "kl_div"):
        yield Mistake(
            "q taken as log q",
            "it expects log q (as torch's F.kl_div does) and gets q: take the logarithm of q first",
            "logs",
            early(lambda s: Sides(s.p, [f.exp(x) for x in s.q], s.log_p, s.q)),
        )
        yield Mistake(
            "p and q taken as log p and log q",
            "it expects logarithms of both: take them first",
            "logs",
            early(lambda s: Sides([f.exp(x) for x in s.p], [f.exp(x) for x in s.q], s.p, s.q)),
        )
    if "log_q" in function:
        yield Mistake(
            "log q taken as q",
            "it takes the logarithm of log q: use log q as it is",
            "logs",
            early(lambda s: s._replace(q=s.log_q or s.q, log_q=None)),
        )


def _kept_logs(change: Callable[[float], float]) -> Callable[[Sides], Sides]:
    def every(vector: Vector | None) -> Vector | None:
        return None if vector is None else [change(x) for x in vector]

    return lambda s: Sides([change(x) for x in s.p], [change(x) for x in s.q], every(s.log_p), every(s.log_q))


def _of_numbers() -> Iterator[Mistake]:
    yield Mistake(
        "inputs rounded to binary32",
        "inputs pass through single precision before anything is computed: keep their format",
        "vectors",
        early(_kept_logs(lambda x: f.narrowed(x, "binary32"))),
    )
    for exponent in (-1022, -126):
        least = 2.0**exponent

        def flushed(x: float, least: float = least) -> float:
            return 0.0 if abs(x) < least else x

        yield Mistake(
            f"subnormal numbers flushed to 0 (below 2^{exponent})",
            "subnormal inputs and results count as 0: turn that mode of the processor or compiler off",
            "vectors",
            lambda given, flushed=flushed: replace(  # type: ignore[misc]
                given, early=(*given.early, _kept_logs(flushed)), outputs=(*given.outputs, flushed)
            ),
        )
