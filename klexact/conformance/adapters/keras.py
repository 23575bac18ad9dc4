"""Keras: kl_divergence, on the JAX backend unless KERAS_BACKEND names another; it is documented to clip numbers above 1."""

import os
from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.jaxes import DTYPES, PRELUDE, enabled
from klexact.conformance.adapters.library import Library, above_one, imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_BACKEND = 'import os; os.environ.setdefault("KERAS_BACKEND", "jax")'


def _tensor(name: str, numbers: Any) -> Any:
    return imported("keras", "keras").ops.convert_to_tensor(numbers, name)


_TENSORS = Library(
    f"{_BACKEND}; {PRELUDE}; import keras", _tensor, 'keras.ops.convert_to_tensor({numbers}, "{dtype}")', DTYPES
)


def _losses() -> Iterator[Target]:
    losses = imported("keras", "keras").losses
    yield _TENSORS.target(
        "keras.losses.kl_divergence",
        "kl_divergence",
        "raw",
        losses.kl_divergence,
        "keras.losses.kl_divergence(p, q)",
        takes=above_one,
    )


def _targets() -> tuple[Target, ...]:
    enabled("keras")
    os.environ.setdefault("KERAS_BACKEND", "jax")
    return tuple(_losses())


ADAPTER = Adapter("keras", ("keras", "jax"), _targets)
