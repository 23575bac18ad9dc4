"""Laws on the real line."""

import sympy
from sympy import Abs, erf, exp, pi, sqrt

from klexact.laws.law import Law, Moment, X
from klexact.laws.parameters import POSITIVE, REAL, exact
from klexact.laws.parents import gaussian

__all__ = ["normal"]


def normal(mean: object, deviation: object) -> Law:
    """Return Normal(mean, deviation): density ∝ exp(-(x - mean)²/(2 deviation²)) on the real line.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(normal(0, 1), normal(1, 2)), kl_divergence(normal(0, 1), normal(0, 1))
    (-1/4 + log(2), 0)
    """
    given = exact("normal", mean=(mean, REAL), deviation=(deviation, POSITIVE))
    mu, sigma = given
    return gaussian().law("normal", given, (mu / sigma**2, -1 / (2 * sigma**2)), rules=[_distance], make=normal)


def _distance(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E|x - m|, from ∫ |x - m| φ = 2φ + m(2Φ - 1) for the standard normal law."""
    m = centre(statistic)
    if m is None:
        return None
    mu, sigma = law.parameters.values()
    d = (mu - m) / sigma
    return Moment(sigma * sqrt(2 / pi) * exp(-(d**2) / 2) + (mu - m) * erf(d / sqrt(2)))


def centre(statistic: sympy.Expr) -> sympy.Expr | None:
    """Return m of the statistic |x - m|, or None."""
    if not isinstance(statistic, Abs):
        return None
    rest = statistic.args[0] - X if statistic.args[0].coeff(X) == 1 else -statistic.args[0] - X
    return None if X in rest.free_symbols else -sympy.expand(rest)
