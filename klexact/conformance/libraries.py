"""The libraries that can be graded, by name; importing this loads none of them."""

from klexact.conformance.adapters import (
    dit,
    jax,
    keras,
    numpy,
    numpyro,
    optax,
    scipy,
    sklearn,
    tfp,
    torch,
    torchmetrics,
)
from klexact.conformance.targets import Adapter
from klexact.errors import KLExactError

__all__ = ["ADAPTERS", "adapter"]

ADAPTERS: dict[str, Adapter] = {
    module.ADAPTER.name: module.ADAPTER
    for module in (numpy, scipy, torch, jax, sklearn, dit, optax, keras, torchmetrics, numpyro, tfp)
}


def adapter(name: str) -> Adapter:
    """Return the adapter of a library. Raises KLExactError, listing them, where there is none.

    >>> adapter("scipy").distributions
    ('scipy',)
    >>> adapter("sicpy")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: an adapter must be one of numpy, scipy, torch, jax, ...; found 'sicpy': ...
    """
    if name not in ADAPTERS:
        raise KLExactError(
            f"an adapter must be one of {', '.join(ADAPTERS)}; found {name!r:.60}: any other Python function or program can be "
            "graded by --module or --cmd"
        )
    return ADAPTERS[name]
