"""Optax: losses that take log q first, or logits; the divergences of p are documented to take strictly positive p."""

from collections.abc import Iterator

from klexact.conformance.adapters.jaxes import ARRAYS, enabled
from klexact.conformance.adapters.library import imported
from klexact.conformance.answers import Answer
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]


def _not_positive(p: list[float], _: list[float]) -> Answer | None:
    return Answer(skip="takes strictly positive targets; found 0.0") if 0.0 in p else None


def _losses() -> Iterator[Target]:
    optax, jnp = imported("optax", "optax"), imported("jax.numpy", "jax")
    for name, function, variant, formula, text, takes in (
        (
            "kl_divergence",
            "kl_divergence_log_q",
            "raw",
            lambda p, log_q: optax.losses.kl_divergence(log_q, p),
            "optax.losses.kl_divergence(log_q, p)",
            _not_positive,
        ),
        (
            "kl_divergence_with_log_targets",
            "kl_divergence_log_p_log_q",
            "raw",
            lambda log_p, log_q: optax.losses.kl_divergence_with_log_targets(log_q, log_p),
            "optax.losses.kl_divergence_with_log_targets(log_q, log_p)",
            None,
        ),
        (
            "kl_divergence of log(q)",
            "kl_divergence",
            "raw",
            lambda p, q: optax.losses.kl_divergence(jnp.log(q), p),
            "optax.losses.kl_divergence(jnp.log(q), p)",
            _not_positive,
        ),
        (
            "generalized_kl_divergence of log(q)",
            "kl_divergence",
            "generalised",
            lambda p, q: optax.losses.generalized_kl_divergence(jnp.log(q), p),
            "optax.losses.generalized_kl_divergence(jnp.log(q), p)",
            _not_positive,
        ),
        (
            "safe_softmax_cross_entropy",
            "cross_entropy_logits",
            "raw",
            lambda p, logits: optax.losses.safe_softmax_cross_entropy(logits, p),
            "optax.losses.safe_softmax_cross_entropy(logits, p)",
            None,
        ),
    ):
        yield ARRAYS.target(
            f"optax.losses.{name}", function, variant, formula, text, prelude="import optax", takes=takes
        )


def _targets() -> tuple[Target, ...]:
    enabled("optax")
    return tuple(_losses())


ADAPTER = Adapter("optax", ("optax",), _targets)
