"""How JAX receives numbers: the arrays of every library built on it, in double precision, too, and one compilation a shape."""

from collections.abc import Callable
from typing import Any

from klexact.conformance.adapters.library import Library, imported

__all__ = ["ARRAYS", "DTYPES", "PRELUDE", "array", "enabled"]

PRELUDE = 'import jax; jax.config.update("jax_enable_x64", True); import jax.numpy as jnp'
DTYPES = {"binary16": "float16", "bfloat16": "bfloat16", "binary32": "float32", "binary64": "float64"}


def enabled(distribution: str) -> Any:
    """Return jax, with double precision enabled; `distribution` is what needs it."""
    jax = imported("jax", distribution)
    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    return jax


def array(name: str, numbers: Any) -> Any:
    """Return numbers as an array of a dtype; NumPy makes it, so that nothing is compiled for its shape."""
    jnp = imported("jax.numpy", "jax")
    return jnp.asarray(imported("numpy", "numpy").array(numbers, dtype=jnp.dtype(name)))


def _jit(formula: Callable[..., Any]) -> Callable[..., Any]:
    compiled: Callable[..., Any] = imported("jax", "jax").jit(formula)
    return compiled


ARRAYS = Library(
    PRELUDE,
    array,
    'jnp.array({numbers}, dtype="{dtype}")',
    DTYPES,
    _jit,
    "jax.jit(lambda {names}: {formula})({names})",
)
