"""Laws of integers."""

from functools import cache

import sympy
from sympy import Range, S, Symbol, exp, factorial, log, loggamma, oo

from klexact.laws.canonical import exponential
from klexact.laws.law import ExponentialFamily, Law, Moment, X, point
from klexact.laws.parameters import NONNEGATIVE, UNIT, exact

__all__ = ["bernoulli", "poisson"]

_ETA = Symbol("eta", real=True)


@cache
def _counts() -> ExponentialFamily:
    return ExponentialFamily((X,), (_ETA,), exp(_ETA), Range(0, oo), log_carrier=-loggamma(X + 1))


def poisson(rate: object) -> Law:
    """Return Poisson(rate): mass e^-rate rate^x / x! on 0, 1, 2, ...; Poisson(0) is all on 0.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(poisson(2), poisson(1)), kl_divergence(poisson(0), poisson(1)), kl_divergence(poisson(1), poisson(0))
    (-1 + 2*log(2), 1, oo)
    """
    given = exact("poisson", rate=(rate, NONNEGATIVE))
    (m,) = given
    if m == 0:
        return point("poisson", given, S.Zero, make=poisson)
    return _counts().law("poisson", given, (log(m),), rules=[_series], make=poisson)


@cache
def _trials(n: sympy.Expr) -> ExponentialFamily:
    carrier = loggamma(n + 1) - loggamma(X + 1) - loggamma(n - X + 1) if n != 1 else S.Zero
    return ExponentialFamily((X,), (_ETA,), n * log(1 + exp(_ETA)), Range(0, n + 1), log_carrier=carrier)


def bernoulli(p: object) -> Law:
    """Return Bernoulli(p): mass p on 1 and 1 - p on 0.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(bernoulli("1/2"), bernoulli("1/4")), kl_divergence(bernoulli(1), bernoulli("1/2"))
    (-log(3)/2 + log(2), log(2))
    """
    given = exact("bernoulli", p=(p, UNIT))
    (t,) = given
    if t in {0, 1}:
        return point("bernoulli", given, t, make=bernoulli)
    return _trials(S.One).law("bernoulli", given, (log(t) - log(1 - t),), make=bernoulli)


def _series(law: Law, statistic: sympy.Expr) -> Moment | None:
    """Return E[log Γ(x + c)] or E[log(x + c)] as the sum that it is: it converges, as all moments are finite."""
    if not isinstance(statistic, (loggamma, log)) or statistic.args[0].coeff(X) not in {1, -1}:
        return None
    k = Symbol("k", integer=True, nonnegative=True)
    logarithm = sympy.Add(*(c * t.xreplace({X: k}) for t, c in law.log_density.items()))
    weight, mass = exponential(logarithm).as_independent(k, as_Add=False)
    term = (mass * statistic.xreplace({X: k})).replace(
        lambda e: isinstance(e, (sympy.gamma, loggamma)) and e.args[0].coeff(k) in {1, -1}, _factorial
    )
    return Moment(weight * sympy.Sum(term, (k, law.support.start, law.support.stop - 1)))


def _factorial(e: sympy.Expr) -> sympy.Expr:
    value = factorial(e.args[0] - 1)
    return log(value) if isinstance(e, loggamma) else value
