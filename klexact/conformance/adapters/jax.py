"""JAX: jax.scipy.special, sums of it and their gradients, compiled by jax.jit; documented to be infinite outside the domain."""

from collections.abc import Iterator
from typing import Any

from klexact.conformance.adapters.jaxes import ARRAYS, enabled
from klexact.conformance.adapters.library import imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]

_EXTENDED = frozenset({"extended-value"})


def _special() -> Iterator[Target]:
    f = imported("jax.scipy.special", "jax")
    for name, function, variant, formula, text in (
        ("entr", "entr", "raw", f.entr, "entr(p)"),
        ("rel_entr", "rel_entr", "raw", f.rel_entr, "rel_entr(p, q)"),
        ("kl_div", "kl_div", "generalised", f.kl_div, "kl_div(p, q)"),
        ("entr", "entropy", "raw", lambda p: f.entr(p).sum(), "entr(p).sum()"),
        ("rel_entr", "kl_divergence", "raw", lambda p, q: f.rel_entr(p, q).sum(), "rel_entr(p, q).sum()"),
        ("kl_div", "kl_divergence", "generalised", lambda p, q: f.kl_div(p, q).sum(), "kl_div(p, q).sum()"),
    ):
        shown = f"jax.scipy.special.{name}" if function == name else f"sum of jax.scipy.special.{name}"
        prelude = f"from jax.scipy.special import {name}"
        yield ARRAYS.target(shown, function, variant, formula, text, prelude=prelude, conventions=_EXTENDED)


def _gradients() -> Iterator[Target]:
    jax, f = imported("jax", "jax"), imported("jax.scipy.special", "jax")

    def gradient(name: str, argument: int, *given: Any) -> Any:
        return jax.grad(lambda *x: getattr(f, name)(*x).sum(), argument)(*given)

    for name, function, variant, argument in (
        ("entr", "entropy_gradient", "raw", 0),
        ("rel_entr", "kl_gradient_p", "raw", 0),
        ("rel_entr", "kl_gradient_q", "raw", 1),
        ("kl_div", "kl_gradient_p", "generalised", 0),
        ("kl_div", "kl_gradient_q", "generalised", 1),
    ):
        names = "p" if name == "entr" else "p, q"

        def formula(*given: Any, name: str = name, argument: int = argument) -> Any:
            return gradient(name, argument, *given[:-1])[given[-1]]

        yield ARRAYS.target(
            f"gradient of jax.scipy.special.{name}",
            function,
            variant,
            formula,
            f"jax.grad(lambda {names}: {name}({names}).sum(), {argument})({names})[index]",
            prelude=f"from jax.scipy.special import {name}",
        )


def _targets() -> tuple[Target, ...]:
    enabled("jax")
    return (*_special(), *_gradients())


ADAPTER = Adapter("jax", ("jax",), _targets)
