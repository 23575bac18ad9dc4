"""TensorFlow Probability, on any substrate: the objects of its distributions are read as they are held."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import exp

from klexact import laws
from klexact.interop.affine import mapped
from klexact.interop.exchange import unknown
from klexact.interop.tensors import SHARED, Held, Reader, covariance
from klexact.lawnames import TFP
from klexact.laws import Law
from klexact.laws.law import X

__all__ = ["read"]


def _dense(held: Held, name: str) -> Any:
    """Return the factor of a covariance, which is held as a linear operator."""
    operator = getattr(held.x, name)
    return covariance(Held(_Dense(operator.to_dense()), by_probabilities=True)("matrix", 2))


class _Dense:
    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix


def _normal(held: Held) -> Law:
    spread = _dense(held, "scale")
    return laws.multivariate_normal([0] * spread.rows if held.x.loc is None else held("loc", 1), spread)


def _transformed(held: Held) -> Law:
    kind = type(held.x.bijector).__name__
    if kind not in {"Exp", "_Exp"}:
        raise unknown(f"a TransformedDistribution with the bijector {kind}", ["Exp"])
    return mapped(_READ(held.x.distribution, held.member), exp(X))


_LAWS = TFP | {
    "inverse_gaussian": ("InverseGaussian", ("loc", "concentration")),
    "kumaraswamy": ("Kumaraswamy", ("concentration1", "concentration0")),
    "point_mass": ("Deterministic", ("loc",)),
    "spherical_uniform": ("SphericalUniform", ("dimension",)),
}
_OTHERS: Mapping[str, Callable[[Held], Any]] = {
    **SHARED,
    "Independent": lambda h: _READ.independent(h.x.distribution, int(h.x.reinterpreted_batch_ndims)),
    "MatrixNormalLinearOperator": lambda h: laws.matrix_normal(
        h("loc", 2), _dense(h, "scale_row"), _dense(h, "scale_column")
    ),
    "MultivariateNormalDiag": _normal,
    "MultivariateNormalLinearOperator": _normal,
    "MultivariateNormalTriL": _normal,
    "OrderedLogistic": lambda h: laws.ordered_logistic(h("cutpoints", 1), h("loc")),
    "PowerSpherical": lambda h: laws.power_spherical(h("mean_direction", 1), h("concentration")),
    "StoppingRatioLogistic": lambda h: laws.stopping_ratio_logistic(h("cutpoints", 1), h("loc")),
    "TransformedDistribution": _transformed,
    "VonMisesFisher": lambda h: laws.von_mises_fisher(h("mean_direction", 1), h("concentration")),
}
_READ: Reader = Reader("tensorflow_probability", _LAWS, _OTHERS, lambda x: getattr(x, "probs", None) is not None)


def read(x: Any) -> Any:
    """Return an object of TensorFlow Probability's distributions as a law; anything else as it is."""
    return _READ(x) if any(cls.__name__ == "Distribution" for cls in type(x).__mro__) else x
