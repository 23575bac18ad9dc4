"""scipy.stats: frozen distributions are read with the doubles they hold, and made of laws and distributions."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb
from numbers import Real
from typing import Any

from sympy import Expr, Rational, S, exp, log, rf

from klexact import laws
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.exact import whole
from klexact.interop.affine import affine
from klexact.interop.exchange import fractions, imported, unknown, unknown_law, without_symbols
from klexact.laws import Law
from klexact.laws.law import X
from klexact.laws.parameters import POSITIVE, exact, number
from klexact.rounding import double

__all__ = ["read", "to_scipy"]

_CONTINUOUS: Mapping[str, Callable[..., Law]] = {  # of the shapes, with loc = 0 and scale = 1
    "arcsine": lambda: laws.beta("1/2", "1/2"),
    "beta": laws.beta,
    "cauchy": lambda: laws.cauchy(0, 1),
    "chi": laws.chi,
    "chi2": laws.chi_squared,
    "erlang": lambda a: laws.gamma(a, 1),
    "expon": lambda: laws.exponential(1),
    "gamma": lambda a: laws.gamma(a, 1),
    "gibrat": lambda: laws.log_normal(0, 1),
    "gumbel_l": lambda: laws.exp_gamma(1, 1),
    "gumbel_r": lambda: laws.gumbel(0, 1),
    "halfnorm": lambda: laws.half_normal(1),
    "invgamma": lambda a: laws.inverse_gamma(a, 1),
    "invgauss": lambda mu: laws.inverse_gaussian(mu, 1),
    "laplace": lambda: laws.laplace(0, 1),
    "loggamma": lambda c: laws.exp_gamma(c, 1),
    "lognorm": lambda s: laws.log_normal(0, s),
    "loguniform": laws.log_uniform,
    "maxwell": lambda: laws.chi(3),
    "moyal": lambda: laws.moyal(0, 1),
    "norm": lambda: laws.normal(0, 1),
    "pareto": lambda b: laws.pareto(1, b),
    "powerlaw": lambda a: laws.beta(a, 1),
    "rayleigh": lambda: laws.rayleigh(1),
    "reciprocal": laws.log_uniform,
    "uniform": lambda: laws.uniform(0, 1),
    "vonmises": lambda kappa: laws.von_mises(0, kappa),
    "wald": lambda: laws.inverse_gaussian(1, 1),
    "weibull_min": lambda c: laws.weibull(c, 1),
}
_DISCRETE: Mapping[str, Callable[..., Any]] = {  # of the shapes, with loc = 0: a law, or value -> probability
    "bernoulli": laws.bernoulli,
    "betabinom": lambda n, a, b: {k: comb(n, k) * rf(a, k) * rf(b, n - k) / rf(a + b, n) for k in range(_size(n) + 1)},
    "binom": laws.binomial,
    "geom": laws.first_success,
    "hypergeom": lambda total, marked, drawn: {
        k: Fraction(comb(marked, k) * comb(total - marked, drawn - k), comb(total, drawn))
        for k in range(max(0, drawn - (total - marked)), min(_size(marked), drawn) + 1)
    },
    "logser": laws.logarithmic,
    "nbinom": laws.negative_binomial,
    "nhypergeom": lambda total, marked, r: {
        k: Fraction(comb(k + r - 1, k) * comb(total - r - k, marked - k), comb(total, marked))
        for k in range(_size(marked) + 1)
    },
    "planck": lambda rate: laws.geometric(1 - exp(-rate)),
    "poisson": laws.poisson,
    "randint": lambda low, high: laws.discrete_uniform(low, high - 1),
}
_OBJECTS: Mapping[str, Callable[[Any], Law]] = {  # other classes
    "Binomial": lambda x: laws.binomial(_number(x.n), _number(x.p)),
    "Normal": lambda x: laws.normal(_number(x.mu), _number(x.sigma)),
    "StandardNormal": lambda _: laws.normal(0, 1),
    "Uniform": lambda x: laws.uniform(_number(x.a), _number(x.b)),
    "dirichlet_frozen": lambda x: laws.dirichlet(x.alpha.tolist()),
    "invwishart_frozen": lambda x: laws.inverse_wishart(x.df, x.scale.tolist()),
    "matrix_normal_frozen": lambda x: laws.matrix_normal(x.mean.tolist(), x.rowcov.tolist(), x.colcov.tolist()),
    "multinomial_frozen": lambda x: laws.multinomial(_number(x.n), _completed(x.p.tolist())),
    "multivariate_normal_frozen": lambda x: laws.multivariate_normal(x.mean.tolist(), x.cov.tolist()),
    "vonmises_fisher_frozen": lambda x: laws.von_mises_fisher(x.mu.tolist(), x.kappa),
    "wishart_frozen": lambda x: laws.wishart(x.df, x.scale.tolist()),
}
_MOST = 10_000
_KNOWN = sorted({*_CONTINUOUS, *_DISCRETE, *_OBJECTS, "rv_discrete(values=...)"}, key=str.lower)


def read(x: Any) -> Any:
    """Return a frozen distribution as a law or as a table of value -> probability; anything else as it is."""
    kind = type(x).__name__
    if not type(x).__module__.startswith("scipy.stats"):
        return x
    if kind in {"rv_discrete_frozen", "rv_continuous_frozen"}:
        return _frozen(x)
    if kind == "rv_sample":
        return _sample(x)
    if kind in _OBJECTS:
        return _OBJECTS[kind](x)
    if (name := getattr(x, "name", None)) in {*_CONTINUOUS, *_DISCRETE}:
        raise InvalidDistributionError(
            f"a frozen distribution is required; found scipy.stats.{name} without parameters: call it with them first"
        )
    raise unknown(f"scipy.stats.{kind}", _KNOWN)


def _frozen(x: Any) -> Any:
    dist = x.dist
    if type(dist).__name__ == "rv_sample":
        return _moved(_sample(dist), *(_number(v) for v in (*x.args, *x.kwds.values())))
    located = dist.name in _CONTINUOUS
    if not located and dist.name not in _DISCRETE:
        raise unknown(f"scipy.stats.{dist.name}", _KNOWN)
    shapes = dist.shapes.replace(",", " ").split() if dist.shapes else []
    given = dict(zip([*shapes, "loc", "scale"], x.args, strict=False)) | x.kwds
    loc, scale = _number(given.pop("loc", 0)), _number(given.pop("scale", 1))
    values = [_number(given[name]) for name in shapes]
    if located:
        exact(dist.name, scale=(scale, POSITIVE))
        return affine(_CONTINUOUS[dist.name](*values), loc, scale)
    return _moved(_DISCRETE[dist.name](*(int(v) if v.is_Integer else v for v in values)), loc)


def _moved(found: Any, loc: Expr = S.Zero) -> Any:
    if isinstance(found, Law):
        return affine(found, loc)
    return {k + (int(loc) if loc.is_Integer else loc): p for k, p in found.items()}


def _sample(x: Any) -> dict[Any, Any]:
    if x.xk.ndim > 1:
        raise InvalidDistributionError(
            f"one distribution at a time is read; found an rv_discrete of shape {x.xk.shape}"
        )
    return dict(zip(x.xk.tolist(), x.pk.tolist(), strict=True))


def _number(value: Any) -> Expr:
    if getattr(value, "shape", ()) or isinstance(value, (list, tuple)):
        raise InvalidDistributionError(
            f"one distribution at a time is read; found the array of parameters {value!r:.80}"
        )
    return number(value.item() if hasattr(value, "item") else value, "a parameter")


def _size(n: Any) -> int:
    return whole(n, "the number of outcomes", 0, _MOST)


def _completed(p: list[float]) -> list[Expr]:
    """SciPy takes the last probability for what the others leave."""
    *others, _ = map(Rational, p)
    return [*others, 1 - sum(others)]


# -- out -------------------------------------------------------------------------------------------------------

_FROZEN: Mapping[str, tuple[str, Callable[..., dict[str, Any]]]] = {  # law -> name, and its parameters there
    "bernoulli": ("bernoulli", lambda p: {"p": p}),
    "beta": ("beta", lambda a, b: {"a": a, "b": b}),
    "binomial": ("binom", lambda n, p: {"n": n, "p": p}),
    "cauchy": ("cauchy", lambda m, s: {"loc": m, "scale": s}),
    "chi": ("chi", lambda k: {"df": k}),
    "chi_squared": ("chi2", lambda k: {"df": k}),
    "discrete_uniform": ("randint", lambda low, high: {"low": low, "high": high + 1}),
    "exp_gamma": ("loggamma", lambda a, b: {"c": a, "loc": -log(b)}),
    "exponential": ("expon", lambda b: {"scale": 1 / b}),
    "first_success": ("geom", lambda p: {"p": p}),
    "gamma": ("gamma", lambda a, b: {"a": a, "scale": 1 / b}),
    "geometric": ("geom", lambda p: {"p": p, "loc": S.NegativeOne}),
    "gumbel": ("gumbel_r", lambda m, s: {"loc": m, "scale": s}),
    "half_normal": ("halfnorm", lambda s: {"scale": s}),
    "inverse_gamma": ("invgamma", lambda a, b: {"a": a, "scale": b}),
    "inverse_gaussian": ("invgauss", lambda m, s: {"mu": m / s, "scale": s}),
    "laplace": ("laplace", lambda m, s: {"loc": m, "scale": s}),
    "log_normal": ("lognorm", lambda m, s: {"s": s, "scale": exp(m)}),
    "log_uniform": ("loguniform", lambda low, high: {"a": low, "b": high}),
    "logarithmic": ("logser", lambda p: {"p": p}),
    "moyal": ("moyal", lambda m, s: {"loc": m, "scale": s}),
    "negative_binomial": ("nbinom", lambda r, p: {"n": r, "p": p}),
    "normal": ("norm", lambda m, s: {"loc": m, "scale": s}),
    "pareto": ("pareto", lambda m, a: {"b": a, "scale": m}),
    "poisson": ("poisson", lambda m: {"mu": m}),
    "rayleigh": ("rayleigh", lambda s: {"scale": s}),
    "scaled_chi": ("chi", lambda c, k: {"df": k, "scale": c}),
    "scaled_exp_gamma": ("loggamma", lambda c, a, b: {"c": a, "loc": -c * log(b), "scale": c}),
    "uniform": ("uniform", lambda low, high: {"loc": low, "scale": high - low}),
    "von_mises": ("vonmises", lambda m, k: {"kappa": k, "loc": m}),
    "weibull": ("weibull_min", lambda k, s: {"c": k, "scale": s}),
}


def to_scipy(d: Distribution | Law) -> Any:
    """Return a frozen distribution of scipy.stats: a law by its name, a Distribution on numbers as rv_discrete(values=...).

    Parameters and probabilities are correctly rounded to doubles; labels that are no numbers are refused, since SciPy
    has none. A pushforward under a + b·x, b > 0, gets loc and scale. Raises KLExactError for laws that SciPy does not have.
    """
    without_symbols(d)
    if isinstance(d, Distribution):
        table = fractions(d)
        labels = [x for x in table if not isinstance(x, (Real, Expr)) or isinstance(x, bool)]
        if labels:
            raise KLExactError(f"outcomes in SciPy are numbers; found {labels[0]!r:.80}: rename them with pushforward")
        values = list(table), [float(p) for p in table.values()]
        return imported("scipy.stats", "interop").rv_discrete(values=values)
    name, given = _named(d)
    return getattr(imported("scipy.stats", "interop"), name)(**{key: _double(value) for key, value in given.items()})


def _named(law: Law) -> tuple[str, dict[str, Any]]:
    if law.name == "pushforward":
        base, function = law.parameters.values()
        slope = function(X).diff(X)
        if not slope.has(X) and slope > 0:
            name, given = _named(base)
            loc, scale = given.get("loc", S.Zero), given.get("scale", S.One)
            return name, {**given, "loc": function(loc), "scale": slope * scale}
    if law.name not in _FROZEN:
        raise unknown_law(law, "scipy.stats", _FROZEN)
    name, parameters = _FROZEN[law.name]
    return name, parameters(*law.parameters.values())


def _double(value: Any) -> Any:
    rounded = double(value)
    return int(value) if value.is_Integer and rounded == value else rounded
