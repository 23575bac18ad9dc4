"""The libraries that can be graded, by name; importing this loads none of them."""

from klexact.choices import require_one_of
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
    klexact.errors.KLExactError: a library (anything else goes by --module or --cmd) must be one of numpy, scipy, ...;
    found 'sicpy': did you mean scipy?
    """
    require_one_of("a library (anything else goes by --module or --cmd)", name, ADAPTERS)
    return ADAPTERS[name]
