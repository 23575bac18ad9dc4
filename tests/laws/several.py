"""Naive numerics for laws of several variables: the definition on a grid. The double exponential and the trapezoidal rule
converge exponentially for the integrands here; 1e-8 is far above what is left of their error and of rounding.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from klexact.laws.law import Law
from klexact.laws.spaces import Outcome

TOLERANCE = 1e-8
Array = Any


def log_density(law: Law, at: Mapping[Outcome, Array]) -> Array:
    """Return log q on arrays of values of the variables."""
    variables = sorted(at, key=str)
    expr = sympy.Add(*(sympy.N(c, 17) * t for t, c in law.log_density.items()))
    return sympy.lambdify(variables, expr, "numpy")(*(at[v] for v in variables))


def averages(p: Law, q: Law, at: Mapping[Outcome, Array], volume: Array) -> tuple[float, float, float]:
    """Return ∫p, D(p‖q) and the entropy of p, from values of the variables and volumes of the cells around them."""
    one, other = log_density(p, at), log_density(q, at)
    weight = np.exp(one) * volume
    return float(weight.sum()), float((weight * (one - other)).sum()), float(-(weight * one).sum())


def line(reach: float, step: float) -> tuple[Array, Array]:
    """Return nodes and weights on the real line, for what decays like e^-x² or e^-|x|."""
    nodes = np.arange(-reach, reach + step / 2, step)
    return nodes, np.full(nodes.shape, step)


def unit(step: float = 0.1) -> tuple[Array, Array, Array]:
    """Return nodes x in (0, 1), 1 - x without cancellation, and weights: the double exponential rule."""
    u = np.arange(-3.2, 3.2 + step / 2, step)
    rising = np.pi / 2 * np.sinh(u)
    x, rest = 1 / (1 + np.exp(-2 * rising)), 1 / (1 + np.exp(2 * rising))
    return x, rest, step * np.pi * np.cosh(u) * x * rest
