"""The pairs that torch and TensorFlow Probability register, with laws at random doubles taken as they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import sympy

from klexact import laws
from klexact.laws.law import Law
from tests.laws.test_pairs import INFINITE, TFP, TORCH, listed

Values = tuple[Any, ...]


def exact(values: Any) -> Any:
    """Return doubles as the rational numbers they are."""
    return [exact(v) for v in values] if isinstance(values, list) else sympy.Rational(values)


def _gram(factor: list[list[float]]) -> sympy.Matrix:
    root = sympy.Matrix(exact(factor))
    return root * root.T


def _low_rank(mean: list[float], factor: list[list[float]], diagonal: list[float]) -> Law:
    return laws.multivariate_normal(exact(mean), _gram(factor) + sympy.diag(*exact(diagonal)))


def _vector(means: list[float], deviations: list[float]) -> Law:
    return laws.product(*(laws.normal(m, s) for m, s in zip(exact(means), exact(deviations), strict=True)))


LAWS: dict[str, Callable[..., Law]] = {
    "Bernoulli": laws.bernoulli,
    "Beta": laws.beta,
    "Binomial": laws.binomial,
    "Categorical": laws.categorical,
    "Cauchy": laws.cauchy,
    "Chi": laws.chi,
    "Chi2": laws.chi_squared,
    "ContinuousBernoulli": laws.continuous_bernoulli,
    "Dirichlet": laws.dirichlet,
    "ExpGamma": laws.exp_gamma,
    "ExpInverseGamma": laws.exp_inverse_gamma,
    "Exponential": laws.exponential,
    "Gamma": laws.gamma,
    "Geometric": laws.geometric,
    "Gumbel": laws.gumbel,
    "HalfNormal": laws.half_normal,
    "Independent": _vector,
    "Laplace": laws.laplace,
    "LogNormal": laws.log_normal,
    "LogitNormal": laws.logit_normal,
    "LowRankMultivariateNormal": _low_rank,
    "MatrixNormal": lambda mean, rows, columns: laws.matrix_normal(exact(mean), _gram(rows), _gram(columns)),
    "Moyal": laws.moyal,
    "MultivariateNormal": lambda mean, root: laws.multivariate_normal(exact(mean), _gram(root)),
    "Normal": laws.normal,
    "OneHotCategorical": laws.categorical,
    "OrderedLogistic": laws.ordered_logistic,
    "Pareto": laws.pareto,
    "Poisson": laws.poisson,
    "PowerSpherical": laws.power_spherical,
    "ProbitBernoulli": laws.probit_bernoulli,
    "SphericalUniform": laws.spherical_uniform,
    "StoppingRatioLogistic": laws.stopping_ratio_logistic,
    "TransformedDistribution": laws.log_normal,
    "Uniform": laws.uniform,
    "VonMises": laws.von_mises,
    "VonMisesFisher": laws.von_mises_fisher,
    "Weibull": laws.weibull,
}


def law(name: str, values: Values) -> Law:
    """Return the exact law at doubles."""
    return LAWS[name](*map(exact, values))


def _between(r: Random, low: float, high: float) -> float:
    """Return a multiple of 1/64: roots of degree 2^52, as in E[e^(-cx)] of a gamma law of any double, are slow."""
    return round(r.uniform(low, high) * 64) / 64


def _shares(r: Random) -> list[float]:
    cuts = sorted(r.sample(range(1, 1024), 2))
    return [share / 1024 for share in (cuts[0], cuts[1] - cuts[0], 1024 - cuts[1])]  # their sum is 1 exactly


def _root(r: Random) -> list[list[float]]:
    return [[_between(r, 0.5, 2), 0.0], [_between(r, -1, 1), _between(r, 0.5, 2)]]


def _pair(r: Random, low: float = -2, high: float = 2) -> list[float]:
    return [_between(r, low, high), _between(r, low, high)]


def _middle_cuts(r: Random) -> list[float]:
    return [_between(r, -2, 0), _between(r, 0.1, 2)]


def _off_centre(r: Random) -> float:
    """Return a probability where no library switches to a series around 1/2."""
    return r.choice([_between(r, 0.05, 0.45), _between(r, 0.55, 0.95)])


def _axis(r: Random) -> list[float]:
    return r.choice([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]])  # of length 1 exactly


def _of_scale(r: Random) -> Values:
    return (_between(r, 0.3, 5),)


def _two_scales(r: Random) -> Values:
    return (_between(r, 0.3, 5), _between(r, 0.3, 5))


def _line(r: Random) -> Values:
    return (_between(r, -3, 3), _between(r, 0.3, 3))


def _share(r: Random) -> Values:
    return (_between(r, 0.05, 0.95),)


DRAWS: dict[str, Callable[[Random], Values]] = {
    "Bernoulli": _share,
    "Beta": _two_scales,
    "Binomial": lambda r: (7, _between(r, 0.05, 0.95)),
    "Categorical": lambda r: (_shares(r),),
    "Cauchy": _line,
    "Chi": _of_scale,
    "Chi2": _of_scale,
    "ContinuousBernoulli": lambda r: (_off_centre(r),),
    "Dirichlet": lambda r: ([*_two_scales(r), _between(r, 0.3, 5)],),
    "ExpGamma": _two_scales,
    "ExpInverseGamma": _two_scales,
    "Exponential": _of_scale,
    "Gamma": _two_scales,
    "Geometric": _share,
    "Gumbel": _line,
    "HalfNormal": _of_scale,
    "Independent": lambda r: (_pair(r), _pair(r, 0.3, 3)),
    "Laplace": _line,
    "LogNormal": _line,
    "LogitNormal": _line,
    "LowRankMultivariateNormal": lambda r: (_pair(r), [[x] for x in _pair(r)], _pair(r, 0.3, 2)),
    "MatrixNormal": lambda r: ([_pair(r), _pair(r)], _root(r), _root(r)),
    "Moyal": _line,
    "MultivariateNormal": lambda r: (_pair(r), _root(r)),
    "Normal": _line,
    "OneHotCategorical": lambda r: (_shares(r),),
    "OrderedLogistic": lambda r: (_middle_cuts(r), _between(r, -1, 1)),
    "Pareto": lambda r: (_between(r, 0.5, 1), _between(r, 2.5, 6)),
    "Poisson": _of_scale,
    "PowerSpherical": lambda r: (_axis(r), _between(r, 0.3, 5)),
    "ProbitBernoulli": lambda r: (_between(r, -2, 2),),
    "SphericalUniform": lambda r: (3,),
    "StoppingRatioLogistic": lambda r: (_middle_cuts(r), _between(r, -1, 1)),
    "TransformedDistribution": _line,
    "Uniform": lambda r: (_between(r, 0.1, 0.4), _between(r, 0.5, 0.9)),
    "VonMises": lambda r: (_between(r, -3, 3), _between(r, 0.3, 5)),
    "VonMisesFisher": lambda r: (_axis(r), _between(r, 0.3, 5)),
    "Weibull": _two_scales,
}
AROUND: dict[str, Callable[[Random], Values]] = {  # second laws whose support holds that of the first
    "Pareto": lambda r: (_between(r, 0.02, 0.09), _between(r, 0.3, 5)),
    "Uniform": lambda r: (_between(r, -3, -0.1), _between(r, 1.1, 3)),
}


@dataclass(frozen=True)
class Pair:
    """A pair that a library registers."""

    library: str
    p: str
    q: str
    through: str = ""  # the name that it registers, where that is not the laws'

    def __str__(self) -> str:
        return self.through or f"{self.p}‖{self.q}"

    def draw(self, seed: int) -> tuple[Values, Values]:
        """Return parameters of both laws: the same for the same seed."""
        r = Random(f"{self.p} {self.q} {seed}")
        return DRAWS[self.p](r), AROUND.get(self.q, DRAWS[self.q])(r)


GAUSSIAN = ["LowRankMultivariateNormal", "MultivariateNormal"]
OF_TORCH = [
    *listed(dict(TORCH)),
    *((p, q) for p in GAUSSIAN for q in GAUSSIAN),
    *((p, p) for p in ("Dirichlet", "Independent", "OneHotCategorical", "TransformedDistribution")),
]
OF_TFP = [
    *listed(dict(TFP)),
    *((p, p) for p in ("Dirichlet", "Independent", "MatrixNormal", "MultivariateNormal", "OneHotCategorical")),
    ("TransformedDistribution", "TransformedDistribution"),
    ("PowerSpherical", "SphericalUniform"),
    ("PowerSpherical", "VonMisesFisher"),
    ("VonMisesFisher", "SphericalUniform"),
]


def pairs(library: str) -> Iterator[Pair]:
    """Yield the pairs with formulas; torch's generic one, for exponential families, is asked of gamma laws."""
    yield from (Pair(library, p, q) for p, q in (OF_TORCH if library == "torch" else OF_TFP))
    if library == "torch":
        yield Pair("torch", "Gamma", "Gamma", "ExponentialFamily‖ExponentialFamily")


def infinities() -> Iterator[Pair]:
    """Yield the pairs that torch registers as infinite."""
    yield from (Pair("torch", p, q) for p, q in listed(dict(INFINITE)))
