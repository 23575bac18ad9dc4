"""PyTorch: tensors, and the objects of torch.distributions, are read as they are held; laws become such objects."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Matrix, Tuple, diag
from sympy import exp as exponential

from klexact import laws
from klexact.distribution import Distribution
from klexact.interop.affine import mapped
from klexact.interop.arrays import observations
from klexact.interop.arrays import read as read_array
from klexact.interop.exchange import fractions, imported, unknown, unknown_law, without_symbols
from klexact.interop.tensors import SHARED, Held, Reader, covariance
from klexact.lawnames import TORCH
from klexact.laws import Law
from klexact.laws.law import X
from klexact.rounding import double

__all__ = ["observations", "read", "to_torch"]


def _given(x: Any, *names: str) -> str:
    """Return which of several attributes was given: the others are computed later, when they are asked for."""
    return next((name for name in vars(getattr(x, "_categorical", x)) if name in names), "")


def _spread(held: Held) -> Any:
    kind = _given(held.x, "covariance_matrix", "precision_matrix", "scale_tril")
    matrix = held(kind, 2)
    return (
        covariance(matrix) if kind == "scale_tril" else Matrix(matrix).inv() if kind == "precision_matrix" else matrix
    )


def _low_rank(held: Held) -> Law:
    spread = covariance(held("cov_factor", 2)) + diag(*held("cov_diag", 1))
    return laws.multivariate_normal(held("loc", 1), spread)


def _transformed(held: Held) -> Law:
    law, function = _READ(held.x.base_dist, held.member), X
    for transform in held.x.transforms:
        kind = type(transform).__name__
        if kind == "ExpTransform":
            function = exponential(function)
        elif kind == "AffineTransform" and not transform.event_dim:
            part = Held(transform, by_probabilities=True, member=held.member)
            function = part("loc") + part("scale") * function
        else:
            raise unknown(f"a TransformedDistribution with {kind}", ["AffineTransform", "ExpTransform"])
    return mapped(law, function)


_LAWS = TORCH | {
    "kumaraswamy": ("Kumaraswamy", ("concentration1", "concentration0")),
    "von_mises": ("VonMises", ("loc", "concentration")),
}
_OTHERS: Mapping[str, Callable[[Held], Any]] = {
    **SHARED,
    "Independent": lambda h: _READ.independent(h.x.base_dist, h.x.reinterpreted_batch_ndims),
    "LowRankMultivariateNormal": _low_rank,
    "MultivariateNormal": lambda h: laws.multivariate_normal(h("loc", 1), _spread(h)),
    "TransformedDistribution": _transformed,
    "Wishart": lambda h: laws.wishart(h("df"), _spread(h)),
}
_READ: Reader = Reader("torch.distributions", _LAWS, _OTHERS, lambda x: _given(x, "probs", "logits") == "probs")


def read(x: Any) -> Any:
    """Return a tensor as `klexact.interop.arrays` does, an object of torch.distributions as a law; anything else as it is."""
    if any(cls.__name__ == "Distribution" for cls in type(x).__mro__):
        return _READ(x)
    return read_array(x)


def to_torch(d: Distribution | Law) -> Any:
    """Return an object of torch.distributions in double precision; of a Distribution a Categorical, without its labels.

    Parameters are correctly rounded, and a Categorical divides by the sum of the rounded probabilities. Raises KLExactError
    for laws that PyTorch does not have.
    """
    without_symbols(d)
    if isinstance(d, Distribution):
        torch, values = imported("torch", "peers"), [float(p) for p in fractions(d).values()]
        return torch.distributions.Categorical(probs=torch.tensor(values, dtype=torch.float64))
    if d.name not in _LAWS:
        raise unknown_law(d, "torch.distributions", _LAWS)
    torch, (kind, names) = imported("torch", "peers"), _LAWS[d.name]
    tensors = (torch.tensor(_doubles(p), dtype=torch.float64) for p in d.parameters.values())
    return getattr(torch.distributions, kind)(**dict(zip(names, tensors, strict=True)))


def _doubles(value: Any) -> Any:
    return [*map(double, value)] if isinstance(value, Tuple) else double(value)
