"""The divergences of torch and TensorFlow Probability (on JAX) in double precision, where they are installed."""

import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tests.peers.pairs import Pair, Values

LIBRARIES = {"torch": "torch", "tfp": "tfp-nightly"}  # import name here -> distribution
PINNED = {
    "torch": "2.13.0",
    "tfp": "0.26.0.dev20261027",
}  # the extra `peers` in pyproject.toml; findings hold for these


def installed(library: str) -> str | None:
    """Return the version, without a local part such as +cpu, or None."""
    try:
        return version(LIBRARIES[library]).partition("+")[0]
    except PackageNotFoundError:
        return None


def divergence(pair: Pair, p: Values, q: Values) -> float:
    """Return what the library says for D(p‖q)."""
    if pair.library == "torch":
        return _of_torch(pair, p, q)
    tfd = _tfd()
    return float(tfd.kl_divergence(_made(tfd, pair.p, p), _made(tfd, pair.q, q)))


def _of_torch(pair: Pair, p: Values, q: Values) -> float:
    torch = import_module("torch")
    one, other = (_in_torch(torch, name, values) for name, values in ((pair.p, p), (pair.q, q)))
    if pair.through:
        generic = torch.distributions.exp_family.ExponentialFamily
        return float(torch.distributions.kl._KL_REGISTRY[generic, generic](one, other).detach())  # noqa: SLF001
    return float(torch.distributions.kl_divergence(one, other))


def _in_torch(torch: Any, name: str, values: Values) -> Any:
    d = torch.distributions
    tensors = [v if isinstance(v, int) else torch.tensor(v, dtype=torch.float64) for v in values]
    if name == "Independent":
        return d.Independent(d.Normal(*tensors), 1)
    if name == "TransformedDistribution":
        return d.TransformedDistribution(d.Normal(*tensors), [d.ExpTransform()])
    if name == "MultivariateNormal":
        return d.MultivariateNormal(tensors[0], scale_tril=tensors[1])
    return getattr(d, name)(*tensors)


@cache
def _tfd() -> Any:
    import_module("jax").config.update("jax_enable_x64", True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"jax\.core\.pytype_aval_mappings is deprecated", DeprecationWarning)
        found = import_module("tensorflow_probability.substrates.jax").distributions
        found.Normal  # noqa: B018  (imports happen at first use)
    return found


_TFP: dict[str, Callable[..., Any]] = {
    "Independent": lambda d, means, deviations: d.Independent(d.Normal(means, deviations), 1),
    "MatrixNormal": lambda d, mean, rows, columns: d.MatrixNormalLinearOperator(
        mean, _triangular(rows), _triangular(columns)
    ),
    "MultivariateNormal": lambda d, mean, root: d.MultivariateNormalTriL(mean, root),
    "Pareto": lambda d, scale, shape: d.Pareto(shape, scale),
    "SphericalUniform": lambda d, dimension: d.SphericalUniform(dimension, dtype=_jnp().float64),
    "TransformedDistribution": lambda d, mean, deviation: d.TransformedDistribution(
        d.Normal(mean, deviation), import_module("tensorflow_probability.substrates.jax").bijectors.Exp()
    ),
}


def _jnp() -> Any:
    return import_module("jax.numpy")


def _triangular(root: Any) -> Any:
    return import_module("tensorflow_probability.substrates.jax").tf2jax.linalg.LinearOperatorLowerTriangular(root)


def _made(tfd: Any, name: str, values: Values) -> Any:
    arrays = [v if isinstance(v, int) else _jnp().array(v, dtype=_jnp().float64) for v in values]
    if name in {"Bernoulli", "Categorical", "ContinuousBernoulli", "OneHotCategorical"}:
        return getattr(tfd, name)(probs=arrays[0])
    return _TFP[name](tfd, *arrays) if name in _TFP else getattr(tfd, name)(*arrays)
