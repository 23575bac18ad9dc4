"""sympy.stats: random variables and expressions of them are read exactly, symbols included, and made of distributions.

A random variable with a law of `klexact.laws` becomes that law; any other one that takes finitely many values, expressions of
several included, becomes its table, which SymPy's own arithmetic adds up after floats are replaced by the binary
numbers they are. A one-to-one expression of one random variable becomes the law of that.
"""

import math
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Expr, Float, Integer, Rational, Symbol, Tuple, stats
from sympy.logic.boolalg import BooleanAtom
from sympy.stats.rv import RandomSymbol, pspace

from klexact import laws
from klexact.certify import is_zero
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, InvalidNumberError, KLExactError
from klexact.exact import element
from klexact.interop.affine import mapped
from klexact.interop.exchange import unknown, unknown_law
from klexact.laws import Law
from klexact.laws.law import X, table
from klexact.laws.parameters import Parameters
from klexact.ratfunc import as_expr, element_of

__all__ = ["read", "to_sympy"]

_LAWS: Mapping[str, Callable[..., Any]] = {  # class without "Distribution" -> law, or None where it is a table
    "Arcsin": lambda a, b: mapped(laws.beta("1/2", "1/2"), a + (b - a) * X),
    "Bernoulli": lambda p, success, failure: laws.bernoulli(p) if (success, failure) == (1, 0) else None,
    "Beta": laws.beta,
    "Binomial": lambda n, p, success, failure: laws.binomial(n, p) if (success, failure) == (1, 0) else None,
    "Cauchy": laws.cauchy,
    "Chi": laws.chi,
    "ChiSquared": laws.chi_squared,
    "Die": lambda sides: laws.discrete_uniform(1, sides),
    "Exponential": laws.exponential,
    "Gamma": lambda shape, scale: laws.gamma(shape, 1 / scale),
    "GammaInverse": laws.inverse_gamma,
    "GaussianInverse": laws.inverse_gaussian,
    "Geometric": laws.first_success,
    "Gumbel": lambda scale, location, minimum: (
        mapped(laws.exp_gamma(1, 1), location + scale * X) if minimum else laws.gumbel(location, scale)
    ),
    "Kumaraswamy": laws.kumaraswamy,
    "Laplace": laws.laplace,
    "LogNormal": laws.log_normal,
    "Logarithmic": laws.logarithmic,
    "LogitNormal": laws.logit_normal,
    "MatrixNormal": laws.matrix_normal,
    "Maxwell": lambda scale: mapped(laws.chi(3), scale * X),
    "Moyal": laws.moyal,
    "Multinomial": lambda n, probabilities: laws.multinomial(n, list(probabilities)),
    "MultivariateBeta": lambda concentrations: laws.dirichlet(list(concentrations)),
    "MultivariateNormal": lambda mean, covariance: laws.multivariate_normal(list(mean), covariance),
    "NegativeBinomial": laws.negative_binomial,
    "Normal": laws.normal,
    "Pareto": laws.pareto,
    "Poisson": laws.poisson,
    "Rayleigh": laws.rayleigh,
    "Reciprocal": laws.log_uniform,
    "Uniform": laws.uniform,
    "VonMises": laws.von_mises,
    "Weibull": lambda scale, shape: laws.weibull(shape, scale),
    "Wishart": laws.wishart,
}


def read(x: Any) -> Any:
    """Return a random variable, or an expression of some, as a law or as a table of value -> probability.

    Values that are whole numbers or fractions become Python's; symbols, such as the H and T of a coin, become text.
    """
    if not isinstance(x, Basic) or not x.atoms(RandomSymbol):
        return x
    x = x.xreplace({f: Rational(f) for f in x.atoms(Float)})
    if isinstance(x, RandomSymbol) and (law := _law(x)) is not None:
        return law
    space = pspace(x)
    if space.is_Finite and not getattr(space, "_is_symbolic", False):
        return _table(space.compute_density(x))
    symbols = x.atoms(RandomSymbol)
    if isinstance(x, Expr) and len(symbols) == 1 and x not in symbols:
        (inner,) = symbols
        law = read(inner)
        if isinstance(law, Law):
            return mapped(law, x.xreplace({inner: X}))
    raise _refused(x)


def _law(x: RandomSymbol) -> Law | None:
    distribution: Any = getattr(x.pspace, "distribution", None)
    make = _LAWS.get(_name(distribution))
    if make is None or any(part.atoms(RandomSymbol) for part in distribution.args):
        return None
    return make(*distribution.args)  # type: ignore[no-any-return]


def _name(distribution: Any) -> str:
    return type(distribution).__name__.removesuffix("Distribution")


def _refused(x: Any) -> InvalidDistributionError:
    if not isinstance(x, RandomSymbol):
        return unknown(f"the expression {x} of random variables", _LAWS, why="which is not finite, nor of one of them")
    kind = type(getattr(x.pspace, "distribution", x.pspace)).__name__
    return unknown(f"{x}, a {kind} of sympy.stats", _LAWS)


def _table(density: Mapping[Any, Expr]) -> Any:
    """Return value -> probability; a law where that is no rational function, and the values are numbers."""
    found = {_label(value): _opened(p) for value, p in density.items()}
    if len(found) < len(density):
        raise InvalidDistributionError(f"values must be distinct as labels; found {', '.join(map(str, density))}")
    if all(map(_is_rational, found.values())) or not all(value.is_number for value in density):
        return found
    total = sympy.simplify(sympy.Add(*found.values()))
    if total != 1 and (total.free_symbols or not is_zero(total - 1)):
        raise InvalidDistributionError(f"probabilities must sum to exactly 1; found a total of {total}")
    return table("finite", Parameters({f"p_{x}": p for x, p in found.items()}, ()), dict(density))


def _opened(p: Expr) -> Expr:
    return sympy.gammasimp(p.rewrite(sympy.gamma)) if p.has(sympy.beta) else p


def _is_rational(p: Expr) -> bool:
    try:
        element_of(element(p))
    except InvalidNumberError:
        return False
    return True


def _label(value: Any) -> Any:
    if isinstance(value, Tuple):
        return tuple(map(_label, value))
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, BooleanAtom):
        return bool(value)
    return value.name if isinstance(value, Symbol) else value


# -- out -------------------------------------------------------------------------------------------------------

_VARIABLES: Mapping[str, Callable[..., Any]] = {  # by the name of a law
    "bernoulli": stats.Bernoulli,
    "beta": stats.Beta,
    "binomial": stats.Binomial,
    "cauchy": stats.Cauchy,
    "chi": stats.Chi,
    "chi_squared": stats.ChiSquared,
    "dirichlet": lambda name, shapes: stats.MultivariateBeta(name, *shapes),
    "discrete_uniform": lambda name, low, high: stats.Die(name, high - low + 1) + (low - 1),
    "exponential": stats.Exponential,
    "first_success": stats.Geometric,
    "gamma": lambda name, shape, rate: stats.Gamma(name, shape, 1 / rate),
    "geometric": lambda name, p: stats.Geometric(name, p) - 1,
    "gumbel": lambda name, location, scale: stats.Gumbel(name, scale, location),
    "inverse_gamma": stats.GammaInverse,
    "inverse_gaussian": stats.GaussianInverse,
    "kumaraswamy": stats.Kumaraswamy,
    "laplace": stats.Laplace,
    "log_normal": stats.LogNormal,
    "log_uniform": stats.Reciprocal,
    "logarithmic": stats.Logarithmic,
    "logit_normal": stats.LogitNormal,
    "matrix_normal": stats.MatrixNormal,
    "moyal": stats.Moyal,
    "multinomial": lambda name, n, probabilities: stats.Multinomial(name, n, *probabilities),
    "multivariate_normal": lambda name, mean, covariance: stats.MultivariateNormal(name, list(mean), covariance),
    "negative_binomial": stats.NegativeBinomial,
    "normal": stats.Normal,
    "pareto": stats.Pareto,
    "poisson": stats.Poisson,
    "pushforward": lambda name, law, function: function(to_sympy(law, name)),
    "rayleigh": stats.Rayleigh,
    "scaled_chi": lambda name, scale, degrees: scale * stats.Chi(name, degrees),
    "uniform": stats.Uniform,
    "von_mises": stats.VonMises,
    "weibull": lambda name, shape, scale: stats.Weibull(name, scale, shape),
    "wishart": stats.Wishart,
}


def to_sympy(d: Distribution | Law, name: str = "X") -> Any:
    """Return a random variable of sympy.stats, or an expression of one; nothing is lost, symbols included.

    Labels that are text become symbols of that name, which `klexact.interop` reads as text again. Raises KLExactError for
    laws that SymPy does not have, and for outcomes that it cannot hold.

    >>> from sympy.stats import E, P
    >>> die = to_sympy(Distribution.uniform(range(1, 7)), "D")
    >>> E(die), P(die > 4), Distribution(die) == Distribution.uniform(range(1, 7))
    (7/2, 1/3, True)
    >>> E(to_sympy(laws.gamma(2, 3)))
    2/3
    """
    if isinstance(d, Distribution):
        density = {_value(x): as_expr(p) for x, p in d.table}
        return stats.FiniteRV(name, density)
    if not isinstance(d, Law):
        raise KLExactError(f"a Distribution or a Law is required; found {d!r:.80}")
    if d.name not in _VARIABLES:
        raise unknown_law(d, "sympy.stats", _VARIABLES)
    try:
        return _VARIABLES[d.name](name, *d.parameters.values())
    except ValueError as error:
        raise KLExactError(f"sympy.stats must take the parameters of {d}; it refuses them: {error}") from None


def _value(x: Hashable) -> Any:
    if isinstance(x, tuple):
        return Tuple(*map(_value, x))
    if isinstance(x, str):
        return Symbol(x)
    if isinstance(x, Fraction):
        return Rational(x.numerator, x.denominator)
    if isinstance(x, (bool, int, Basic)):
        return sympy.sympify(x)
    if isinstance(x, float) and math.isfinite(x):
        return Rational(x)
    raise KLExactError(f"outcomes in SymPy are numbers, text and tuples of them; found {x!r:.80}")
