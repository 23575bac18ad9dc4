"""Laws on the positive half-line."""

from functools import cache

import sympy
from sympy import Ei, Interval, Rational, S, Symbol, besselk, exp, log, oo, pi, sqrt, uppergamma

from klexact.laws.canonical import power as exact_power
from klexact.laws.law import ExponentialFamily, Law, Moment, X
from klexact.laws.parameters import POSITIVE, REAL, decide, exact
from klexact.laws.parents import gaussian, power_gamma
from klexact.laws.rules import power
from klexact.laws.rules import rate as rate_of

__all__ = [
    "chi",
    "chi_squared",
    "exponential",
    "gamma",
    "half_normal",
    "inverse_gamma",
    "inverse_gaussian",
    "log_normal",
    "pareto",
    "rayleigh",
    "weibull",
]

_HALF_LINE = Interval.open(0, oo)


def gamma(shape: object, rate: object) -> Law:
    """Return Gamma(shape, rate): density ∝ x^(shape - 1) e^(-rate x) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(gamma(2, 1), gamma(2, 3)), kl_divergence(gamma(2, 1), gamma(2, 1))
    (4 - 2*log(3), 0)

    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* 1, 2nd ed., chapter 17.
    """
    given = exact("gamma", shape=(shape, POSITIVE), rate=(rate, POSITIVE))
    a, b = given
    return power_gamma(S.One).law("gamma", given, (-b, a - 1), make=gamma)


def exponential(rate: object) -> Law:
    """Return Exponential(rate): density rate·e^(-rate x) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(exponential(1), exponential(2)), kl_divergence(exponential(1), gamma(1, 1))
    (1 - log(2), 0)

    Coq: Exponential.kl_exponential.
    """
    given = exact("exponential", rate=(rate, POSITIVE))
    (b,) = given
    return power_gamma(S.One).law("exponential", given, (-b, S.Zero), make=exponential)


def chi_squared(degrees: object) -> Law:
    """Return ChiSquared(degrees), that is Gamma(degrees/2, 1/2).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(chi_squared(3), gamma("3/2", "1/2")), kl_divergence(chi_squared(2), chi_squared(4))
    (0, EulerGamma)
    """
    given = exact("chi_squared", degrees=(degrees, POSITIVE))
    (k,) = given
    return power_gamma(S.One).law("chi_squared", given, (-S.Half, k / 2 - 1), make=chi_squared)


def chi(degrees: object) -> Law:
    """Return Chi(degrees), of the root of a chi-squared variable: density ∝ x^(degrees - 1) e^(-x²/2) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(chi(2), chi(4)), kl_divergence(chi(1), half_normal(1))
    (EulerGamma, 0)
    """
    given = exact("chi", degrees=(degrees, POSITIVE))
    (k,) = given
    return power_gamma(S(2)).law("chi", given, (-S.Half, k - 1), make=chi)


def half_normal(scale: object) -> Law:
    """Return HalfNormal(scale), of |y|, y ~ Normal(0, scale): density ∝ exp(-x²/(2 scale²)) on (0, ∞).

    >>> from klexact.laws import kl_divergence, normal
    >>> kl_divergence(half_normal(1), half_normal(2)), kl_divergence(half_normal(1), normal(0, 1))
    (-3/8 + log(2), log(2))
    """
    given = exact("half_normal", scale=(scale, POSITIVE))
    (s,) = given
    return power_gamma(S(2)).law("half_normal", given, (-1 / (2 * s**2), S.Zero), make=half_normal)


def rayleigh(scale: object) -> Law:
    """Return Rayleigh(scale): density ∝ x exp(-x²/(2 scale²)) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(rayleigh(1), rayleigh(2)), kl_divergence(rayleigh(1), chi(2))
    (-3/4 + 2*log(2), 0)
    """
    given = exact("rayleigh", scale=(scale, POSITIVE))
    (s,) = given
    return power_gamma(S(2)).law("rayleigh", given, (-1 / (2 * s**2), S.One), make=rayleigh)


def weibull(shape: object, scale: object) -> Law:
    """Return Weibull(shape, scale): density ∝ x^(shape - 1) exp(-(x/scale)^shape) on (0, ∞).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(weibull(2, 1), weibull(1, 1)), kl_divergence(weibull(1, "1/2"), exponential(2))
    (-1 - EulerGamma/2 + log(2) + sqrt(pi)/2, 0)

    Bauckhage, "Computing the Kullback-Leibler divergence between two Weibull distributions", 2013.
    """
    given = exact("weibull", shape=(shape, POSITIVE), scale=(scale, POSITIVE))
    k, s = given
    return power_gamma(k).law("weibull", given, (-exact_power(s, -k), k - 1), make=weibull)


def inverse_gamma(shape: object, scale: object) -> Law:
    """Return InverseGamma(shape, scale), of 1/y, y ~ Gamma(shape, scale): density ∝ x^(-shape - 1) e^(-scale/x).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(inverse_gamma(2, 1), inverse_gamma(2, 3)), kl_divergence(inverse_gamma(1, 1), exponential(1))
    (4 - 2*log(3), oo)
    """
    given = exact("inverse_gamma", shape=(shape, POSITIVE), scale=(scale, POSITIVE))
    a, b = given
    return power_gamma(S.NegativeOne).law("inverse_gamma", given, (-b, -a - 1), make=inverse_gamma)


@cache
def _log_gaussian() -> ExponentialFamily:
    return gaussian(log(X), support=_HALF_LINE, log_carrier=-log(X))


def log_normal(mean: object, deviation: object) -> Law:
    """Return LogNormal(mean, deviation), of e^y, y ~ Normal(mean, deviation).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(log_normal(0, 1), log_normal(1, 2)), kl_divergence(log_normal(0, 1), gamma(1, 1))
    (-1/4 + log(2), -log(pi)/2 - 1/2 - log(2)/2 + exp(1/2))
    """
    given = exact("log_normal", mean=(mean, REAL), deviation=(deviation, POSITIVE))
    mu, sigma = given
    return _log_gaussian().law("log_normal", given, (mu / sigma**2, -1 / (2 * sigma**2)), make=log_normal)


@cache
def _powers_above(m: sympy.Expr) -> ExponentialFamily:
    eta = Symbol("eta", real=True)
    partition = (eta + 1) * log(m) - log(-eta - 1)
    return ExponentialFamily((log(X),), (eta,), partition, Interval(m, oo), domain=(eta < -1,))


def pareto(scale: object, shape: object) -> Law:
    """Return Pareto(scale, shape): density shape·scale^shape/x^(shape + 1) on [scale, ∞).

    Its moment of order r is infinite for r >= shape, and so is a divergence that needs it.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(pareto(1, 2), pareto(1, 1)), kl_divergence(pareto(1, 1), pareto(2, 1))
    (-1/2 + log(2), oo)
    >>> kl_divergence(pareto(1, 2), exponential(1)), kl_divergence(pareto(1, 1), exponential(1))
    (1/2 + log(2), oo)
    """
    given = exact("pareto", scale=(scale, POSITIVE), shape=(shape, POSITIVE))
    m, a = given
    return _powers_above(m).law("pareto", given, (-a - 1,), rules=[_laplace_transform], make=pareto)


def _laplace_transform(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[e^(-t x)] = a (t m)^a Γ(-a, t m) for t > 0, infinite for t < 0."""
    c = rate_of(statistic)
    if c is None:
        return None
    m, a = law.parameters.values()
    negative = decide(c < 0)
    if negative is None:
        return None
    return Moment(a * (-c * m) ** a * uppergamma(-a, -c * m)) if negative else Moment(S.Zero, sympy.false)


@cache
def _first_passages() -> ExponentialFamily:
    first, second = Symbol("eta_1", real=True), Symbol("eta_2", real=True)
    partition = -2 * sqrt(first * second) + log(pi) / 2 - log(-second) / 2
    return ExponentialFamily(
        (X, 1 / X),
        (first, second),
        partition,
        _HALF_LINE,
        log_carrier=-Rational(3, 2) * log(X),
        domain=(first <= 0, second < 0),
    )


def inverse_gaussian(mean: object, shape: object) -> Law:
    """Return InverseGaussian(mean, shape): density ∝ x^(-3/2) exp(-shape (x - mean)²/(2 mean² x)) on (0, ∞).

    >>> from klexact.laws import entropy, kl_divergence
    >>> kl_divergence(inverse_gaussian(1, 1), inverse_gaussian(1, 2)), entropy(inverse_gaussian(1, 1))
    (1/2 - log(2)/2, 3*exp(2)*Ei(-2)/2 + log(2)/2 + 1/2 + log(pi)/2)

    Chhikara & Folks, *The Inverse Gaussian Distribution*, 1989, chapter 2.
    """
    given = exact("inverse_gaussian", mean=(mean, POSITIVE), shape=(shape, POSITIVE))
    mu, lam = given
    naturals = (-lam / (2 * mu**2), -lam / 2)
    return _first_passages().law("inverse_gaussian", given, naturals, rules=[_bessel], make=inverse_gaussian)


def _bessel(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[x^r] = (2λ/π)^½ e^(λ/μ) μ^(r - ½) K_(r - ½)(λ/μ); its derivative at r = 0 is E[log x] = log μ + e^(2λ/μ) Ei(-2λ/μ)."""
    mu, lam = law.parameters.values()
    r = power(statistic)
    if r is not None:
        return Moment(sqrt(2 * lam / pi) * exp(lam / mu) * mu ** (r - S.Half) * besselk(r - S.Half, lam / mu))
    return Moment(log(mu) + exp(2 * lam / mu) * Ei(-2 * lam / mu)) if statistic == log(X) else None
