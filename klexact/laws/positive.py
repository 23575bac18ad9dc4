"""Laws on the positive half-line."""

from sympy import S

from klexact.laws.law import Law
from klexact.laws.parameters import POSITIVE, exact
from klexact.laws.parents import power_gamma

__all__ = ["exponential", "gamma"]


def gamma(shape: object, rate: object) -> Law:
    """Return Gamma(shape, rate): density ∝ x^(shape - 1) e^(-rate x) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(gamma(2, 1), gamma(2, 3)), kl_divergence(gamma(2, 1), gamma(2, 1))
    (4 - 2*log(3), 0)
    """
    given = exact("gamma", shape=(shape, POSITIVE), rate=(rate, POSITIVE))
    a, b = given
    return power_gamma(S.One).law("gamma", given, (-b, a - 1), make=gamma)


def exponential(rate: object) -> Law:
    """Return Exponential(rate): density rate·e^(-rate x) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(exponential(1), exponential(2)), kl_divergence(exponential(1), gamma(1, 1))
    (1 - log(2), 0)
    """
    given = exact("exponential", rate=(rate, POSITIVE))
    (b,) = given
    return power_gamma(S.One).law("exponential", given, (-b, S.Zero), make=exponential)
