"""Laws on a bounded interval, and on the circle."""

from functools import cache

import sympy
from sympy import Abs, Ei, EulerGamma, Interval, Ne, S, Symbol, besseli, cos, exp, log, oo, pi, sin, sqrt

from klexact.laws.law import ExponentialFamily, Law, Moment, X
from klexact.laws.parameters import NONNEGATIVE, POSITIVE, REAL, Parameters, exact
from klexact.laws.parents import gaussian, power_beta
from klexact.laws.rules import flat, tail_series, through

__all__ = ["beta", "continuous_bernoulli", "kumaraswamy", "log_uniform", "logit_normal", "uniform", "von_mises"]

_UNIT = Interval.open(0, 1)


def beta(a: object, b: object) -> Law:
    """Return Beta(a, b): density ∝ x^(a - 1) (1 - x)^(b - 1) on (0, 1).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(beta(2, 1), beta(1, 1)), kl_divergence(beta(2, 3), beta(2, 3))
    (-1/2 + log(2), 0)

    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* 2, 2nd ed., chapter 25.
    """
    given = exact("beta", a=(a, POSITIVE), b=(b, POSITIVE))
    left, right = given
    return power_beta(S.One).law("beta", given, (left - 1, right - 1), rules=[tail_series], make=beta)


def kumaraswamy(a: object, b: object) -> Law:
    """Return Kumaraswamy(a, b): density a b x^(a - 1) (1 - x^a)^(b - 1) on (0, 1); x^a ~ Beta(1, b).

    Beside a law with another power of x in it the divergence is a series.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(kumaraswamy(2, 1), kumaraswamy(2, 2)), kl_divergence(kumaraswamy(1, 3), beta(1, 3))
    (1 - log(2), 0)

    Jones, "Kumaraswamy's distribution", *Statistical Methodology* 6, 2009.
    """
    given = exact("kumaraswamy", a=(a, POSITIVE), b=(b, POSITIVE))
    p, r = given
    return power_beta(p).law("kumaraswamy", given, (p - 1, r - 1), rules=[tail_series], make=kumaraswamy)


@cache
def _tilted() -> ExponentialFamily:
    eta = Symbol("eta", real=True)
    return ExponentialFamily((X,), (eta,), log((exp(eta) - 1) / eta), _UNIT)


def continuous_bernoulli(p: object) -> Law:
    """Return ContinuousBernoulli(p): density ∝ p^x (1 - p)^(1 - x) on (0, 1), 0 < p < 1; at 1/2 it is uniform.

    The formula for a symbol p holds off that removable singularity: the condition is p ≠ 1/2.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(continuous_bernoulli("1/2"), uniform(0, 1)), continuous_bernoulli(Symbol("p")).conditions
    (0, (p > 0, p < 1, Ne(p, 1/2)))

    Loaiza-Ganem & Cunningham, "The continuous Bernoulli", 2019.
    """
    given = exact("continuous_bernoulli", p=(p, _UNIT))
    (t,) = given
    if t == S.Half:
        return _flat("continuous_bernoulli", given, _UNIT, continuous_bernoulli)
    if t.free_symbols:
        given = Parameters(given.values, (*given.conditions, Ne(t, S.Half)))
    return _tilted().law(
        "continuous_bernoulli", given, (log(t) - log(1 - t),), rules=[_exponential_integral], make=continuous_bernoulli
    )


def _exponential_integral(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[log x] = (γ + log|η| - Ei(η))/(e^η - 1), by parts; E[log(1 - x)] is the same at -η."""
    if statistic not in {log(X), log(1 - X)}:
        return None
    eta = law.naturals[0] if statistic == log(X) else -law.naturals[0]
    return Moment((EulerGamma + log(Abs(eta)) - Ei(eta)) / (exp(eta) - 1))


def _flat(name: str, given: Parameters, support: sympy.Set, make: object) -> Law:
    """Return the law with constant density on an interval; on (0, 1) it is Beta(1, 1) and inherits its expectations."""
    if (support.start, support.end) == (0, 1):
        return power_beta(S.One).law(name, given, (S.Zero, S.Zero), rules=[flat, tail_series], make=make)  # type: ignore[arg-type]
    density = {S.One: -log(support.end - support.start)}
    return Law(name, given.values, support, density, given.conditions, rules=(flat,), make=make)  # type: ignore[arg-type]


def uniform(low: object, high: object) -> Law:
    """Return Uniform(low, high): density 1/(high - low) on the interval, low < high.

    >>> from klexact.laws import exponential, kl_divergence
    >>> kl_divergence(uniform(0, 1), uniform(0, 2)), kl_divergence(uniform(0, 2), uniform(0, 1))
    (log(2), oo)
    >>> kl_divergence(uniform(0, 1), exponential(1)), kl_divergence(uniform(-1, 0), exponential(1))
    (1/2, oo)
    """
    (start,) = exact("uniform", low=(low, REAL))
    given = exact("uniform", low=(low, REAL), high=(high, Interval.open(start, oo)))
    return _flat("uniform", given, Interval(*given), uniform)


def log_uniform(low: object, high: object) -> Law:
    """Return LogUniform(low, high), of e^y, y uniform: density ∝ 1/x on [low, high], 0 < low < high.

    >>> from klexact.laws import exponential, kl_divergence
    >>> kl_divergence(log_uniform(1, 2), log_uniform(1, 4)), kl_divergence(log_uniform(1, 2), log_uniform(2, 4))
    (log(2), oo)
    """
    (start,) = exact("log_uniform", low=(low, POSITIVE))
    given = exact("log_uniform", low=(low, POSITIVE), high=(high, Interval.open(start, oo)))
    a, b = given
    density = {log(X): S.NegativeOne, S.One: -log(log(b) - log(a))}
    rules = (through(_logarithm, exp(X)),)
    return Law("log_uniform", given.values, Interval(a, b), density, given.conditions, rules=rules, make=log_uniform)


def _logarithm(law: Law) -> Law:
    low, high = (log(end) for end in law.parameters.values())
    return _flat("uniform", Parameters({"low": low, "high": high}, ()), Interval(low, high), uniform)


@cache
def _logit_gaussian() -> ExponentialFamily:
    return gaussian(log(X / (1 - X)), support=_UNIT, log_carrier=-log(X) - log(1 - X))


def logit_normal(mean: object, deviation: object) -> Law:
    """Return LogitNormal(mean, deviation), of 1/(1 + e^-y), y ~ Normal(mean, deviation).

    Its entropy has no closed form.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(logit_normal(0, 1), logit_normal(1, 2)), kl_divergence(uniform(0, 1), logit_normal(0, 1))
    (-1/4 + log(2), -2 + log(2)/2 + log(pi)/2 + pi**2/6)
    """
    given = exact("logit_normal", mean=(mean, REAL), deviation=(deviation, POSITIVE))
    mu, sigma = given
    return _logit_gaussian().law("logit_normal", given, (mu / sigma**2, -1 / (2 * sigma**2)), make=logit_normal)


@cache
def _circle() -> ExponentialFamily:
    east, north = Symbol("eta_1", real=True), Symbol("eta_2", real=True)
    partition = log(2 * pi) + log(besseli(0, sqrt(east**2 + north**2)))
    return ExponentialFamily((cos(X), sin(X)), (east, north), partition, Interval.Lopen(-pi, pi))


def von_mises(location: object, concentration: object) -> Law:
    """Return VonMises(location, concentration): density ∝ exp(concentration·cos(x - location)) on the circle (-π, π].

    Concentration 0 is the uniform law.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(von_mises(0, 0), von_mises(0, 1)), kl_divergence(von_mises(0, 1), von_mises(0, 1))
    (log(besseli(0, 1)), 0)

    Mardia & Jupp, *Directional Statistics*, 2000, section 3.5.4.
    """
    given = exact("von_mises", location=(location, REAL), concentration=(concentration, NONNEGATIVE))
    m, k = given
    if k == 0:
        return _flat("von_mises", given, Interval.Lopen(-pi, pi), von_mises)
    return _circle().law("von_mises", given, (k * cos(m), k * sin(m)), make=von_mises)
