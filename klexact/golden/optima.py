"""Golden functions that are optima: the parameter that minimises a divergence, and the least divergence.

The closed forms are those that `klexact.fit` derives (a test holds them against it); here they are evaluated for any weights.
"""

import math
from typing import Any

import sympy
from flint import fmpq

from klexact import forms
from klexact.golden.function import Function, Inputs
from klexact.golden.quantities import Closed, LogSum
from klexact.golden.sums import DIVIDED, P, normalised

__all__ = ["FUNCTIONS"]

Vector = list[Any]


def _rational(x: Any) -> sympy.Rational:
    return sympy.Rational(int(x.p), int(x.q))


def _mean(p: Vector) -> Any:
    (p,) = normalised("normalised", p)
    return sum((i * x for i, x in enumerate(p)), fmpq(0))


def _argmin(value: Any, p: Vector) -> Closed:
    """A ratio of two sums of non-negative terms, 2 len(p) of them: its relative error is that of both sums."""
    found = _rational(value)
    return Closed(found, (found,), 2 * len(p))


def _binomial(p: Vector, unit: str) -> LogSum:
    n = len(p) - 1
    theta = _mean(p) / n
    (p,) = normalised("normalised", p)
    model = [math.comb(n, i) * theta**i * (1 - theta) ** (n - i) for i in range(n + 1)]
    return LogSum.of((forms.rel_entr(a, b) for a, b in zip(p, model, strict=True)), unit)


def _geometric(p: Vector, unit: str) -> LogSum:
    theta = 1 / (1 + _mean(p))
    (p,) = normalised("normalised", p)
    return LogSum.of((forms.rel_entr(a, theta * (1 - theta) ** i) for i, a in enumerate(p)), unit)


def _poisson(p: Vector, unit: str) -> LogSum:
    """D(p‖Poisson(λ)) at λ = the mean: p_i (log p_i - i log λ + log i!) for each i, and λ."""
    rate = _mean(p)
    (p,) = normalised("normalised", p)
    terms: list[Any] = [
        [(a, a), (a, fmpq(math.factorial(i)))] + ([(-a * i, rate)] if i else []) for i, a in enumerate(p) if a
    ]
    return LogSum.of([*terms, rate], unit)


def _blocks(p: Vector, index: int) -> tuple[sympy.Expr, ...]:
    """Return size times geometric mean of the first `index` entries, and of the others."""
    (p,) = normalised("normalised", p)
    return tuple(
        len(block) * sympy.Mul(*(sympy.Pow(_rational(x), sympy.Rational(1, len(block))) for x in block))
        for block in (p[:index], p[index:])
    )


def _reverse_argmin(p: Vector, index: int) -> Closed:
    """θ = 1/(1 + e^-L), L the log odds, a sum of logs; dθ/dL = θ(1 - θ): an error of L moves θ by less than θ times it."""
    one, other = _blocks(p, index)
    theta, rest = one / (one + other), len(p) - index
    (p,) = normalised("normalised", p)
    logs = [sympy.log(_rational(x)) / (index if i < index else rest) for i, x in enumerate(p)]
    parts = (theta, *(theta * log for log in (*logs, sympy.log(index), sympy.log(rest)) if log))
    return Closed(theta, parts, len(p) + 2)


def _reverse_minimum(p: Vector, index: int) -> Closed:
    """-log(s·g + (n - s)·h), the sum of Q_i·log(Q_i/p_i) at the best θ."""
    one, other = _blocks(p, index)
    (p,) = normalised("normalised", p)
    shares = [one / (one + other) / index] * index + [other / (one + other) / (len(p) - index)] * (len(p) - index)
    parts = [a * sympy.log(a / _rational(x)) for a, x in zip(shares, p, strict=True)]
    return Closed(-sympy.log(one + other), parts, len(p))


def _positive_blocks(_variant: str, inputs: Inputs) -> bool:
    return all(x > 0 for x in inputs["p"]) and 0 < inputs["index"] < len(inputs["p"])


def _on_integers(_variant: str, inputs: Inputs) -> bool:
    p = inputs["p"]
    return len(p) > 1 and all(x >= 0 for x in p) and any(p)


TWO_PART = (
    "Q_θ gives θ/s to each of the first s = index outcomes and (1 - θ)/(n - s) to each of the others (n = length of p, "
    "which is divided by its exact total)"
)
ON = {
    "binomial": "Binomial(n, θ), n = length of p minus 1",
    "geometric": "the geometric law θ(1 - θ)^i, i = 0, 1, 2, ...",
    "poisson": "the Poisson law of rate λ",
}
ARGMIN = {
    "binomial": "θ = Σ i·p_i/n",
    "geometric": "θ = 1/(1 + Σ i·p_i)",
    "poisson": "λ = Σ i·p_i",
}


def _pair(name: str, argmin: Any, minimum: Any) -> tuple[Function, Function]:
    """Return the functions of the argmin and of the minimum of D(p‖law), p on 0, 1, 2, ..."""
    return (
        Function(
            f"{name}_argmin",
            P,
            {
                "normalised": f"the parameter that minimises D(p‖Q), Q {ON[name]}; p on 0, 1, 2, ..., {DIVIDED}: "
                f"{ARGMIN[name]}; terms: those of Σ i·p_i and of Σ p_i, counted; their magnitude is the value"
            },
            lambda _, __, p: _argmin(argmin(p), p),
            domain=_on_integers,
        ),
        Function(
            f"{name}_minimum",
            P,
            {
                "normalised": f"the least D(p‖Q), Q {ON[name]}, reached at {ARGMIN[name]}; p on 0, 1, 2, ..., {DIVIDED}; "
                "terms: " + ("p_i·log(i!·p_i/λ^i) for p_i > 0, and λ" if name == "poisson" else "p_i·log(p_i/Q_i)")
            },
            lambda _, unit, p: minimum(p, unit),
            domain=_on_integers,
        ),
    )


FUNCTIONS = (
    *_pair("binomial", lambda p: _mean(p) / (len(p) - 1), _binomial),
    *_pair("geometric", lambda p: 1 / (1 + _mean(p)), _geometric),
    *_pair("poisson", _mean, _poisson),
    Function(
        "two_part_reverse_argmin",
        P | {"index": "index"},
        {
            "normalised": f"the θ that minimises D(Q_θ‖p), where {TWO_PART}: θ/(1 - θ) = s·g/((n - s)·h), g and h the "
            "geometric means of both parts of p; terms: log s, log(n - s), and log p_i over the size of its part, counted; "
            "their magnitude, with 1, times the value"
        },
        lambda _, __, p, index: _reverse_argmin(p, index),
        domain=_positive_blocks,
    ),
    Function(
        "two_part_reverse_minimum",
        P | {"index": "index"},
        {
            "normalised": f"the least D(Q_θ‖p), where {TWO_PART}: -log(s·g + (n - s)·h), g and h the geometric means of both "
            "parts of p; terms: Q_i·log(Q_i/p_i) at the best θ"
        },
        lambda _, __, p, index: _reverse_minimum(p, index),
        domain=_positive_blocks,
    ),
)
