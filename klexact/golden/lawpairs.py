"""The golden function that is a divergence of two laws given by formulas: normal, gamma, beta and their like."""

from typing import Any

import sympy
from flint import fmpq

from klexact import laws
from klexact.errors import KLExactError
from klexact.golden.function import Function, Inputs
from klexact.golden.quantities import Closed

__all__ = ["FUNCTIONS", "PARAMETERS"]

PARAMETERS = {
    "bernoulli": "probability",
    "beta": "a, b",
    "cauchy": "location, scale",
    "continuous_bernoulli": "probability",
    "exponential": "rate",
    "gamma": "shape, rate",
    "geometric": "probability (of 0, 1, 2, ... failures)",
    "gumbel": "location, scale",
    "half_normal": "scale",
    "inverse_gamma": "shape, scale",
    "laplace": "location, scale",
    "log_normal": "mean, deviation of the logarithm",
    "normal": "mean, deviation",
    "pareto": "scale, shape",
    "poisson": "rate",
    "rayleigh": "scale",
    "uniform": "low, high",
    "weibull": "shape, scale",
}


def _law(name: str, parameters: list[fmpq]) -> laws.Law:
    if name not in PARAMETERS:
        raise KLExactError(f"a law must be one of {', '.join(PARAMETERS)}; found {name!r:.60}")
    made: laws.Law = getattr(laws, name)(*(sympy.Rational(int(x.p), int(x.q)) for x in parameters))
    return made


def _divergence(variant: str, unit: str, law_p: str, p: list[fmpq], law_q: str, q: list[fmpq]) -> Closed:
    return Closed(laws.kl_divergence(_law(law_p, p), _law(law_q, q)))


def _laws_exist(variant: str, inputs: Inputs) -> bool:
    try:
        _law(inputs["law_p"], inputs["p"]), _law(inputs["law_q"], inputs["q"])
    except KLExactError:
        return False
    return True


def _described() -> str:
    return "; ".join(f"{name} ({parameters})" for name, parameters in PARAMETERS.items())


FUNCTIONS = (
    Function(
        "law_kl_divergence",
        {"law_p": "name", "p": "vector", "law_q": "name", "q": "vector"},
        {
            "raw": "D(P‖Q) = E_P[log(dP/dQ)] of two laws with the parameters p and q, +∞ where P has mass outside the support of Q; terms: those of "
            f"the closed form, expanded. Laws and their parameters, in order: {_described()}"
        },
        _divergence,
        domain=_laws_exist,
    ),
)
