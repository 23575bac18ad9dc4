"""Every law with numbers and with symbols, and naive numerics: what the tests of laws draw on."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Rational, Symbol, oo
from sympy.abc import a, b, m, s, t

from klexact import laws
from klexact.laws.law import Law, X, outcomes

n = Symbol("n", integer=True)

CONTINUOUS: dict[str, tuple[Law, Law]] = {
    "normal": (laws.normal(Rational(1, 3), Rational(3, 2)), laws.normal(Rational(-1, 2), Rational(4, 5))),
    "laplace": (laws.laplace(Rational(1, 4), Rational(2, 3)), laws.laplace(Rational(-1, 2), Rational(6, 5))),
    "cauchy": (laws.cauchy(Rational(1, 3), Rational(1, 2)), laws.cauchy(-1, Rational(3, 2))),
    "gumbel": (laws.gumbel(Rational(1, 3), Rational(5, 4)), laws.gumbel(Rational(-1, 3), 2)),
    "moyal": (laws.moyal(Rational(1, 3), Rational(4, 5)), laws.moyal(-1, Rational(3, 2))),
    "exp_gamma": (laws.exp_gamma(Rational(5, 2), Rational(3, 2)), laws.exp_gamma(Rational(3, 2), Rational(1, 2))),
    "exp_inverse_gamma": (
        laws.exp_inverse_gamma(Rational(5, 2), Rational(3, 2)),
        laws.exp_inverse_gamma(Rational(3, 2), Rational(1, 2)),
    ),
    "gamma": (laws.gamma(Rational(5, 2), Rational(4, 3)), laws.gamma(Rational(7, 2), Rational(2, 3))),
    "exponential": (laws.exponential(Rational(3, 4)), laws.exponential(2)),
    "chi_squared": (laws.chi_squared(3), laws.chi_squared(Rational(5, 2))),
    "chi": (laws.chi(Rational(5, 2)), laws.chi(4)),
    "half_normal": (laws.half_normal(Rational(6, 5)), laws.half_normal(Rational(1, 2))),
    "rayleigh": (laws.rayleigh(Rational(3, 4)), laws.rayleigh(2)),
    "weibull": (laws.weibull(Rational(3, 2), Rational(4, 5)), laws.weibull(Rational(7, 3), Rational(6, 5))),
    "inverse_gamma": (
        laws.inverse_gamma(Rational(7, 2), Rational(5, 3)),
        laws.inverse_gamma(Rational(9, 2), Rational(2, 3)),
    ),
    "log_normal": (laws.log_normal(Rational(1, 4), Rational(2, 3)), laws.log_normal(Rational(-1, 4), 1)),
    "pareto": (laws.pareto(Rational(1, 2), Rational(9, 2)), laws.pareto(Rational(1, 3), Rational(7, 2))),
    "inverse_gaussian": (
        laws.inverse_gaussian(Rational(3, 2), Rational(5, 4)),
        laws.inverse_gaussian(Rational(2, 3), Rational(1, 4)),
    ),
    "beta": (laws.beta(Rational(5, 2), Rational(4, 3)), laws.beta(Rational(3, 2), Rational(7, 3))),
    "kumaraswamy": (laws.kumaraswamy(Rational(5, 2), Rational(4, 3)), laws.kumaraswamy(Rational(5, 2), Rational(7, 3))),
    "continuous_bernoulli": (laws.continuous_bernoulli(Rational(1, 5)), laws.continuous_bernoulli(Rational(2, 3))),
    "uniform": (laws.uniform(Rational(1, 4), Rational(3, 4)), laws.uniform(0, 1)),
    "log_uniform": (laws.log_uniform(Rational(1, 2), 2), laws.log_uniform(Rational(1, 4), 3)),
    "logit_normal": (laws.logit_normal(Rational(1, 3), Rational(4, 5)), laws.logit_normal(0, Rational(3, 2))),
    "von_mises": (laws.von_mises(Rational(1, 2), Rational(3, 2)), laws.von_mises(-1, Rational(2, 3))),
}
DISCRETE: dict[str, tuple[Law, Law]] = {
    "bernoulli": (laws.bernoulli(Rational(1, 3)), laws.bernoulli(Rational(3, 4))),
    "binomial": (laws.binomial(4, Rational(1, 3)), laws.binomial(5, Rational(1, 4))),
    "geometric": (laws.geometric(Rational(1, 3)), laws.geometric(Rational(2, 3))),
    "first_success": (laws.first_success(Rational(1, 3)), laws.first_success(Rational(2, 3))),
    "negative_binomial": (
        laws.negative_binomial(Rational(5, 2), Rational(1, 2)),
        laws.negative_binomial(Rational(3, 2), Rational(1, 3)),
    ),
    "poisson": (laws.poisson(Rational(3, 2)), laws.poisson(Rational(2, 3))),
    "logarithmic": (laws.logarithmic(Rational(1, 3)), laws.logarithmic(Rational(1, 2))),
    "categorical": (
        laws.categorical([Rational(1, 2), Rational(1, 6), Rational(1, 3)]),
        laws.categorical([Rational(1, 2), 0, Rational(1, 2)]),
    ),
    "discrete_uniform": (laws.discrete_uniform(1, 3), laws.discrete_uniform(0, 6)),
    "ordered_logistic": (laws.ordered_logistic([-1, Rational(1, 2)], Rational(1, 3)), laws.ordered_logistic([0, 1], 0)),
    "stopping_ratio_logistic": (
        laws.stopping_ratio_logistic([-1, Rational(1, 2)], Rational(1, 3)),
        laws.stopping_ratio_logistic([0, 1], 0),
    ),
    "probit_bernoulli": (laws.probit_bernoulli(Rational(1, 3)), laws.probit_bernoulli(-1)),
}
DEGENERATE = (laws.bernoulli(0), laws.bernoulli(1), laws.poisson(0), laws.binomial(3, 1), laws.geometric(1))
LAWS = CONTINUOUS | DISCRETE
SYMBOLIC: tuple[Law, ...] = (
    laws.normal(m, s),
    laws.laplace(m, b),
    laws.cauchy(m, s),
    laws.gumbel(m, b),
    laws.moyal(m, s),
    laws.exp_gamma(a, b),
    laws.exp_inverse_gamma(a, b),
    laws.gamma(a, b),
    laws.exponential(b),
    laws.chi_squared(a),
    laws.chi(a),
    laws.half_normal(s),
    laws.rayleigh(s),
    laws.weibull(a, b),
    laws.inverse_gamma(a, b),
    laws.log_normal(m, s),
    laws.pareto(a, b),
    laws.inverse_gaussian(m, s),
    laws.beta(a, b),
    laws.kumaraswamy(a, b),
    laws.continuous_bernoulli(t),
    laws.uniform(a, b),
    laws.log_uniform(a, b),
    laws.logit_normal(m, s),
    laws.von_mises(m, s),
    laws.bernoulli(t),
    laws.binomial(n, t),
    laws.geometric(t),
    laws.first_success(t),
    laws.negative_binomial(a, t),
    laws.poisson(m),
    laws.logarithmic(t),
    laws.categorical([t, (1 - t) / 3, 2 * (1 - t) / 3]),
    laws.discrete_uniform(0, n),
    laws.ordered_logistic([a, b], m),
    laws.stopping_ratio_logistic([a, b], m),
    laws.probit_bernoulli(m),
)


def example(name: str) -> tuple[Law, Law]:
    """Return two laws of a name."""
    return LAWS[name]


# -- naive numerics --------------------------------------------------------------------------------------------

_H = 1 / 32
_K = np.arange(-4.0, 4.0 + _H, _H)
_U = np.pi / 2 * np.sinh(_K)


@cache
def log_density(law: Law) -> Callable[[Any], Any]:
    """Return log q as a NumPy function."""
    expr = sympy.Add(*(sympy.N(c, 17) * t for t, c in law.log_density.items()))
    return sympy.lambdify(X, expr, "numpy")  # type: ignore[no-any-return]


def _segment(f: Callable[[Any], Any], low: float, high: float) -> float:
    """Integrate by the double exponential rule, which does not need f at the ends."""
    if np.isinf(high):
        y = np.exp(_U)
        x, w = low + y, np.pi / 2 * np.cosh(_K) * y * _H
    elif np.isinf(low):
        y = np.exp(_U)
        x, w = high - y, np.pi / 2 * np.cosh(_K) * y * _H
    else:
        w = (high - low) * np.pi / 4 * np.cosh(_K) / np.cosh(_U) ** 2 * _H
        x = np.where(_U < 0, low + (high - low) / (1 + np.exp(-2 * _U)), high - (high - low) / (1 + np.exp(2 * _U)))
    inside = (x > low) & (x < high)
    values = f(x[inside]) * w[inside]
    return float(np.sum(values[np.isfinite(values)]))


def integral(p: Law, f: Callable[[Any], Any], *others: Law) -> float:
    """Return the integral of p·f, cut at all parameters, where a density may have a kink."""
    low, high = (float(end) for end in p.support.args[:2])
    own = log_density(p)

    def weighted(x: Any) -> Any:
        with np.errstate(all="ignore"):
            v = own(x) + 0 * x
            return np.where(v < -650, 0.0, np.exp(v) * f(x))

    kinks = [float(v) for law in (p, *others) for v in law.parameters.values()]
    cuts = {low, high, *(c for c in (-30, -10, -4, -1, 0, 0.1, 0.5, 1, 2, 5, 20, *kinks) if low < c < high)}
    return sum(_segment(weighted, x, y) for x, y in pairwise(sorted(cuts)))


@cache
def masses(law: Law, most: int = 100) -> dict[int, float]:
    """Return log q(k) of the first outcomes."""
    found = outcomes(law) or range(int(law.support.start), most)
    return {
        int(k): float(
            sympy.N(
                sympy.Add(
                    *(c * v for t, c in law.log_density.items() if (v := t.xreplace({X: sympy.Integer(k)})) != 0)
                ),
                17,
            )
        )
        for k in found
    }


def decimal(value: sympy.Expr, most: int = 100) -> float:
    """Return a value as a float; series of mass functions are cut after their first terms."""
    if value is oo:
        return float("inf")

    def cut(series: sympy.Sum) -> sympy.Expr:
        k, low, _ = series.args[1]
        term = sympy.lambdify(k, series.args[0], "mpmath")
        return sympy.Float(mpmath.fsum(term(mpmath.mpf(j)) for j in range(int(low), most)))

    return float(sympy.N(value.replace(lambda e: isinstance(e, sympy.Sum), cut), 17))
