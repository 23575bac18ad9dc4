"""The definition of a law's entropy and divergences, integrated or summed with a proof: for closed forms to be held against.

It also serves where there is no closed form.
"""

import sympy

from klexact.enclosure import Enclosure
from klexact.errors import NoClosedFormError
from klexact.integrals.quadrature import integrate
from klexact.integrals.series import summate
from klexact.laws import Law

__all__ = ["enclose_cross_entropy", "enclose_divergence", "enclose_entropy", "enclose_mass"]


def enclose_entropy(p: Law, *, digits: int = 30) -> Enclosure:
    """Enclose -E_p[log p] in nats by the definition. Raises as `integrate` and `summate`.

    >>> from klexact.laws import poisson
    >>> bounds = enclose_entropy(poisson(1), digits=20)
    >>> float(bounds.lower), bounds.width < bounds.upper / 10**20
    (1.3048422422562516, True)
    """
    return enclose_cross_entropy(p, p, digits=digits)


def enclose_cross_entropy(p: Law, q: Law, *, digits: int = 30) -> Enclosure:
    """Enclose -E_p[log q] in nats by the definition."""
    return _enclosed(p, -_log_density(q), digits)


def enclose_divergence(p: Law, q: Law, *, digits: int = 30) -> Enclosure:
    """Enclose D(p‖q) = E_p[log p - log q] in nats by the definition, where p's support is in q's.

    Raises DivergentError where it is proved infinite.

    >>> from klexact.laws import gamma, weibull
    >>> bounds = enclose_divergence(gamma(2, 3), weibull(2, 1), digits=25)
    >>> float(bounds.lower), bounds.width < bounds.upper / 10**25
    (0.17074406344294074, True)
    """
    return _enclosed(p, _log_density(p) - _log_density(q), digits)


def enclose_mass(p: Law, *, digits: int = 30) -> Enclosure:
    """Enclose the total mass of a law: for a law of your own, which nothing else checks, it must be 1.

    >>> from klexact.laws import ExponentialFamily, gamma
    >>> enclose_mass(gamma(2, 3)).contains(1)
    True
    >>> x, eta = sympy.symbols("x eta")
    >>> wrong = ExponentialFamily([x], [eta], -2 * sympy.log(-eta), sympy.Interval.open(0, sympy.oo), variable=x)
    >>> float(enclose_mass(wrong(-3)).upper)
    3.0
    """
    return _enclosed(p, sympy.Integer(1), digits)


def _enclosed(p: Law, statistic: sympy.Expr, digits: int) -> Enclosure:
    if p.free_symbols:
        raise NoClosedFormError(f"an enclosure needs values for all parameters; found {p}")
    make = summate if p.is_discrete else integrate
    return make(_log_density(p), statistic, p.variable, p.support, digits=digits)


def _log_density(law: Law) -> sympy.Expr:
    return sympy.Add(*(c * t for t, c in law.log_density.items()))
