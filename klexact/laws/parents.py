r"""The log-partitions from which most laws are made: each is one integral, and everything else its derivatives.

| parent | statistics | ∫ h·exp(η·T) |
|---|---|---|
| `power_gamma(k)` | x^k, log x on (0, ∞) | Γ(s) (-η₁)^-s / \|k\|, s = (η₂ + 1)/k |
| `log_gamma(c)` | x, e^(c x) | Γ(s) (-η₂)^-s / \|c\|, s = η₁/c |
| `power_beta(a)` | log x, log(1 - x^a) on (0, 1) | B((η₁ + 1)/a, η₂ + 1)/a |
| `gaussian(y)` | y, y² of an increasing y(x) | (-π/η₂)^½ exp(-η₁²/(4η₂)) |
"""

from functools import cache

import sympy
from sympy import Abs, Interval, S, Symbol, exp, log, oo, pi

from klexact.laws.canonical import LogGamma
from klexact.laws.law import ExponentialFamily, X

__all__ = ["gaussian", "log_gamma", "power_beta", "power_gamma"]

_LINE = Interval(-oo, oo)
_E1, _E2 = Symbol("eta_1", real=True), Symbol("eta_2", real=True)


@cache
def power_gamma(k: sympy.Expr) -> ExponentialFamily:
    """Return the parent of gamma, Weibull, chi, half-normal and Rayleigh laws, and with k < 0 of inverse gamma laws."""
    s = (_E2 + 1) / k
    partition = LogGamma(s) - s * log(-_E1) - log(Abs(k))
    return ExponentialFamily((X**k, log(X)), (_E1, _E2), partition, Interval.open(0, oo), domain=(_E1 < 0, s > 0))


@cache
def log_gamma(c: sympy.Expr) -> ExponentialFamily:
    """Return the parent of the laws of logarithms of gamma variables: Gumbel, Moyal, exp-gamma."""
    s = _E1 / c
    partition = LogGamma(s) - s * log(-_E2) - log(Abs(c))
    return ExponentialFamily((X, exp(c * X)), (_E1, _E2), partition, Interval(-oo, oo), domain=(s > 0, _E2 < 0))


@cache
def power_beta(a: sympy.Expr) -> ExponentialFamily:
    """Return the parent of beta and Kumaraswamy laws."""
    s, r = (_E1 + 1) / a, _E2 + 1
    partition = LogGamma(s) + LogGamma(r) - LogGamma(s + r) - log(a)
    return ExponentialFamily((log(X), log(1 - X**a)), (_E1, _E2), partition, Interval.open(0, 1), domain=(s > 0, r > 0))


@cache
def gaussian(y: sympy.Expr, support: sympy.Set = _LINE, log_carrier: sympy.Expr = S.Zero) -> ExponentialFamily:
    """Return the parent of normal laws, and of the laws of x where y(x) is normal: the carrier is log |dy/dx|."""
    partition = -(_E1**2) / (4 * _E2) - log(-_E2) / 2 + log(pi) / 2
    return ExponentialFamily((y, y**2), (_E1, _E2), partition, support, log_carrier=log_carrier, domain=(_E2 < 0,))
