"""Laws on a bounded interval."""

from sympy import S

from klexact.laws.law import Law
from klexact.laws.parameters import POSITIVE, exact
from klexact.laws.parents import power_beta

__all__ = ["beta"]


def beta(a: object, b: object) -> Law:
    """Return Beta(a, b): density ∝ x^(a - 1) (1 - x)^(b - 1) on (0, 1).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(beta(2, 1), beta(1, 1)), kl_divergence(beta(2, 3), beta(2, 3))
    (-1/2 + log(2), 0)
    """
    given = exact("beta", a=(a, POSITIVE), b=(b, POSITIVE))
    left, right = given
    return power_beta(S.One).law("beta", given, (left - 1, right - 1), make=beta)
