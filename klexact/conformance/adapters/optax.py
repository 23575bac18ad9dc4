"""Optax: losses that take log q first, or logits."""

from collections.abc import Iterator

from klexact.conformance.adapters.jaxes import ARRAYS, enabled
from klexact.conformance.adapters.library import imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]


def _losses() -> Iterator[Target]:
    optax, jnp = imported("optax", "optax"), imported("jax.numpy", "jax")
    for name, function, variant, formula, text in (
        (
            "kl_divergence",
            "kl_divergence_log_q",
            "raw",
            lambda p, log_q: optax.losses.kl_divergence(log_q, p),
            "optax.losses.kl_divergence(log_q, p)",
        ),
        (
            "kl_divergence_with_log_targets",
            "kl_divergence_log_p_log_q",
            "raw",
            lambda log_p, log_q: optax.losses.kl_divergence_with_log_targets(log_q, log_p),
            "optax.losses.kl_divergence_with_log_targets(log_q, log_p)",
        ),
        (
            "kl_divergence of log(q)",
            "kl_divergence",
            "raw",
            lambda p, q: optax.losses.kl_divergence(jnp.log(q), p),
            "optax.losses.kl_divergence(jnp.log(q), p)",
        ),
        (
            "generalized_kl_divergence of log(q)",
            "kl_divergence",
            "generalised",
            lambda p, q: optax.losses.generalized_kl_divergence(jnp.log(q), p),
            "optax.losses.generalized_kl_divergence(jnp.log(q), p)",
        ),
        (
            "safe_softmax_cross_entropy",
            "cross_entropy_logits",
            "raw",
            lambda p, logits: optax.losses.safe_softmax_cross_entropy(logits, p),
            "optax.losses.safe_softmax_cross_entropy(logits, p)",
        ),
    ):
        yield ARRAYS.target(f"optax.losses.{name}", function, variant, formula, text, prelude="import optax")


def _targets() -> tuple[Target, ...]:
    enabled("optax")
    return tuple(_losses())


ADAPTER = Adapter("optax", ("optax",), _targets)
