"""Laws on the real line."""

from functools import cache

import sympy
from sympy import Abs, Interval, S, Symbol, erf, exp, log, oo, pi, sqrt

from klexact.laws.law import ExponentialFamily, Law, Moment, X
from klexact.laws.parameters import POSITIVE, REAL, decide, exact
from klexact.laws.parents import gaussian, log_gamma
from klexact.laws.rules import centre, generated, heavy, quadratic

__all__ = ["cauchy", "exp_gamma", "exp_inverse_gamma", "gumbel", "laplace", "moyal", "normal"]

_LINE = Interval(-oo, oo)


def normal(mean: object, deviation: object) -> Law:
    """Return Normal(mean, deviation): density ∝ exp(-(x - mean)²/(2 deviation²)) on the real line.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(normal(0, 1), normal(1, 2)), kl_divergence(normal(0, 1), normal(0, 1))
    (-1/4 + log(2), 0)

    Kullback, *Information Theory and Statistics*, 1959, chapter 9.
    """
    given = exact("normal", mean=(mean, REAL), deviation=(deviation, POSITIVE))
    mu, sigma = given
    return gaussian(X).law("normal", given, (mu / sigma**2, -1 / (2 * sigma**2)), rules=[_distance], make=normal)


def _distance(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E|x - m|, from ∫ |z + d| φ(z) dz = 2φ(d) + d(2Φ(d) - 1)."""
    m = centre(statistic)
    if m is None:
        return None
    mu, sigma = law.parameters.values()
    d = (mu - m) / sigma
    return Moment(sigma * sqrt(2 / pi) * exp(-(d**2) / 2) + (mu - m) * erf(d / sqrt(2)))


@cache
def _two_sided(m: sympy.Expr) -> ExponentialFamily:
    eta = Symbol("eta", real=True)
    return ExponentialFamily((Abs(X - m),), (eta,), log(2) - log(-eta), _LINE, domain=(eta < 0,))


def laplace(location: object, scale: object) -> Law:
    """Return Laplace(location, scale): density exp(-|x - location|/scale)/(2 scale) on the real line.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(laplace(0, 1), laplace(2, 1)), kl_divergence(laplace(0, 1), laplace(0, 1))
    (exp(-2) + 1, 0)

    Kotz, Kozubowski & Podgórski, *The Laplace Distribution and Generalizations*, 2001, section 2.1.
    """
    given = exact("laplace", location=(location, REAL), scale=(scale, POSITIVE))
    m, b = given
    return _two_sided(m).law("laplace", given, (-1 / b,), rules=[_detour, generated(_laplace_mgf)], make=laplace)


def _detour(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E|x - m'| = |m - m'| + b exp(-|m - m'|/b)."""
    other = centre(statistic)
    if other is None:
        return None
    m, b = law.parameters.values()
    return Moment(Abs(m - other) + b * exp(-Abs(m - other) / b))


def _laplace_mgf(law: Law, t: sympy.Expr) -> Moment:
    """E[e^(t x)] = e^(m t)/(1 - b²t²), |t| < 1/b."""
    m, b = law.parameters.values()
    decided = [(r, decide(r)) for r in (b * t < 1, -b * t < 1)]
    finite = sympy.And(*(r if holds is None else sympy.true if holds else sympy.false for r, holds in decided))
    return Moment(exp(m * t) / (1 - (b * t) ** 2) if finite != sympy.false else S.Zero, finite)


def cauchy(location: object, scale: object) -> Law:
    """Return Cauchy(location, scale): density ∝ 1/((x - location)² + scale²) on the real line.

    It has no mean: the divergence from laws that need one is oo.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(cauchy(0, 1), cauchy(0, 2)), kl_divergence(cauchy(0, 1), normal(0, 1))
    (-3*log(2) + 2*log(3), oo)

    Chyzak & Nielsen, "A closed-form formula for the Kullback-Leibler divergence between Cauchy distributions", 2019.
    """
    given = exact("cauchy", location=(location, REAL), scale=(scale, POSITIVE))
    m, g = given
    density = {log((X - m) ** 2 + g**2): S.NegativeOne, S.One: log(g) - log(pi)}
    return Law("cauchy", given.values, _LINE, density, given.conditions, rules=(_harmonic, heavy), make=cauchy)


def _harmonic(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E log((x - m')² + g'²) = log((m - m')² + (g + g')²): Poisson's integral of a harmonic function of (m, g)."""
    found = quadratic(statistic)
    if found is None:
        return None
    m, g = law.parameters.values()
    return Moment(log((m - found[0]) ** 2 + (g + found[1]) ** 2))


def gumbel(location: object, scale: object) -> Law:
    """Return Gumbel(location, scale), of maxima: density exp(-z - e^-z)/scale, z = (x - location)/scale.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(gumbel(0, 1), gumbel(1, 1)), kl_divergence(gumbel(0, 1), gumbel(0, 1))
    (-2 + E, 0)

    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* 2, 2nd ed., chapter 22.
    """
    given = exact("gumbel", location=(location, REAL), scale=(scale, POSITIVE))
    m, b = given
    return log_gamma(-1 / b).law("gumbel", given, (-1 / b, -exp(m / b)), make=gumbel)


def moyal(location: object, scale: object) -> Law:
    """Return Moyal(location, scale): density ∝ exp(-(z + e^-z)/2), z = (x - location)/scale.

    >>> from klexact.laws import entropy, kl_divergence
    >>> kl_divergence(moyal(0, 1), moyal(0, 1)), entropy(moyal(0, 1))
    (0, EulerGamma/2 + 1/2 + log(pi)/2 + log(2))

    Moyal, "Theory of ionization fluctuations", 1955.
    """
    given = exact("moyal", location=(location, REAL), scale=(scale, POSITIVE))
    m, s = given
    return log_gamma(-1 / s).law("moyal", given, (-1 / (2 * s), -exp(m / s) / 2), make=moyal)


def exp_gamma(shape: object, rate: object) -> Law:
    """Return the law of log y, y ~ Gamma(shape, rate): density ∝ exp(shape·x - rate·e^x).

    >>> from klexact.laws import gamma, kl_divergence
    >>> kl_divergence(exp_gamma(2, 1), exp_gamma(2, 3)) == kl_divergence(gamma(2, 1), gamma(2, 3))
    True
    """
    given = exact("exp_gamma", shape=(shape, POSITIVE), rate=(rate, POSITIVE))
    a, b = given
    return log_gamma(S.One).law("exp_gamma", given, (a, -b), make=exp_gamma)


def exp_inverse_gamma(shape: object, scale: object) -> Law:
    """Return the law of log y, y ~ InverseGamma(shape, scale): density ∝ exp(-shape·x - scale·e^-x).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(exp_inverse_gamma(2, 1), exp_inverse_gamma(2, 3))
    4 - 2*log(3)
    """
    given = exact("exp_inverse_gamma", shape=(shape, POSITIVE), scale=(scale, POSITIVE))
    a, b = given
    return log_gamma(S.NegativeOne).law("exp_inverse_gamma", given, (-a, -b), make=exp_inverse_gamma)
