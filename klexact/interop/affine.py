"""The law of a + b·x: under its own name where it has one, else as a pushforward."""

from collections.abc import Callable

from sympy import Expr, S, exp, log

from klexact import laws
from klexact.laws import Law
from klexact.laws.law import X
from klexact.laws.parameters import POSITIVE, decide, exact, number
from klexact.laws.parents import log_gamma, power_gamma

__all__ = ["affine", "mapped"]


def _scaled_chi(scale: object, degrees: object) -> Law:
    """Return the law of scale·y, y ~ Chi(degrees): Maxwell's for three degrees."""
    given = exact("scaled_chi", scale=(scale, POSITIVE), degrees=(degrees, POSITIVE))
    c, k = given
    return power_gamma(S(2)).law("scaled_chi", given, (-1 / (2 * c**2), k - 1), make=_scaled_chi)


def _scaled_exp_gamma(scale: object, shape: object, rate: object) -> Law:
    """Return the law of scale·log y, y ~ Gamma(shape, rate): of minima for shape 1."""
    given = exact("scaled_exp_gamma", scale=(scale, POSITIVE), shape=(shape, POSITIVE), rate=(rate, POSITIVE))
    c, a, b = given
    return log_gamma(1 / c).law("scaled_exp_gamma", given, (a / c, -b), make=_scaled_exp_gamma)


_EITHER_WAY = {"cauchy", "laplace", "normal"}  # symmetric, parameters location and scale
_UPWARDS = {"gumbel", "moyal"}  # location and scale
_SCALED: dict[str, Callable[..., Law]] = {
    "chi": _scaled_chi,
    "chi_squared": lambda b, k: laws.gamma(k / 2, 1 / (2 * b)),
    "exp_gamma": _scaled_exp_gamma,
    "exponential": lambda b, rate: laws.exponential(rate / b),
    "gamma": lambda b, shape, rate: laws.gamma(shape, rate / b),
    "half_normal": lambda b, scale: laws.half_normal(b * scale),
    "inverse_gamma": lambda b, shape, scale: laws.inverse_gamma(shape, b * scale),
    "inverse_gaussian": lambda b, mean, shape: laws.inverse_gaussian(b * mean, b * shape),
    "log_normal": lambda b, mean, deviation: laws.log_normal(mean + log(b), deviation),
    "log_uniform": lambda b, low, high: laws.log_uniform(b * low, b * high),
    "pareto": lambda b, scale, shape: laws.pareto(b * scale, shape),
    "rayleigh": lambda b, scale: laws.rayleigh(b * scale),
    "scaled_chi": lambda b, c, degrees: _scaled_chi(b * c, degrees),
    "scaled_exp_gamma": lambda b, c, shape, rate: _scaled_exp_gamma(b * c, shape, rate),
    "weibull": lambda b, shape, scale: laws.weibull(shape, b * scale),
}
_SHIFTED: dict[str, Callable[..., Law | None]] = {
    "discrete_uniform": lambda a, low, high: laws.discrete_uniform(low + a, high + a) if a.is_integer else None,
    "exp_gamma": lambda a, shape, rate: laws.exp_gamma(shape, rate * exp(-a)),
    "exp_inverse_gamma": lambda a, shape, scale: laws.exp_inverse_gamma(shape, scale * exp(a)),
    "first_success": lambda a, p: laws.geometric(p) if a == -1 else None,
    "geometric": lambda a, p: laws.first_success(p) if a == 1 else None,
    "scaled_exp_gamma": lambda a, c, shape, rate: _scaled_exp_gamma(c, shape, rate * exp(-a / c)),
    "von_mises": lambda a, location, concentration: laws.von_mises(location + a, concentration),
}


def affine(law: Law, shift: object = 0, scale: object = 1) -> Law:
    """Return the law of shift + scale·x.

    >>> affine(laws.normal(0, 1), 1, -2), affine(laws.gamma(2, 1), 0, 3), affine(laws.uniform(0, 1), 1, -1)
    (normal(1, 2), gamma(2, 1/3), uniform(0, 1))
    >>> affine(laws.gamma(2, 1), 1, 3), affine(laws.geometric("1/2"), 1)
    (pushforward(gamma(2, 1/3), Lambda(x, x + 1)), first_success(1/2))
    >>> maxwell = affine(laws.chi(3), 0, 2)
    >>> laws.kl_divergence(maxwell, laws.rayleigh(2))
    -log(pi)/2 - EulerGamma/2 + 1
    """
    a, b = number(shift, "the shift"), number(scale, "the scale")
    up, given = decide(b > 0), tuple(law.parameters.values())
    if law.name in _EITHER_WAY | _UPWARDS and up is not None and (up or law.name in _EITHER_WAY):
        location, spread = given
        return getattr(laws, law.name)(a + b * location, spread * (b if up else -b))  # type: ignore[no-any-return]
    if law.name == "uniform" and up is not None:
        low, high = (a + b * end for end in (given if up else reversed(given)))
        return laws.uniform(low, high)
    if law.name in _SCALED and up and b != 1:
        law, b = _SCALED[law.name](b, *given), S.One
    if (
        law.name in _SHIFTED
        and b == 1
        and a != 0
        and (moved := _SHIFTED[law.name](a, *law.parameters.values())) is not None
    ):
        return moved
    return law if (a, b) == (0, 1) else laws.pushforward(law, a + b * X)


def mapped(law: Law, function: Expr) -> Law:
    """Return the law of a one-to-one function of x, an expression in `klexact.laws.Law.variable`.

    >>> mapped(laws.normal(0, 1), 2 * exp(X)), mapped(laws.normal(0, 1), exp(X) ** 2)
    (log_normal(log(2), 1), pushforward(normal(0, 1), Lambda(x, exp(2*x))))
    """
    if function.is_polynomial(X) and not (slope := function.diff(X)).has(X):
        return affine(law, function.xreplace({X: S.Zero}), slope)
    factor, core = function.as_independent(X, as_Add=False)
    if law.name == "normal" and core == exp(X):
        return affine(laws.log_normal(*law.parameters.values()), 0, factor)
    return laws.pushforward(law, function)
