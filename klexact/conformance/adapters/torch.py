"""PyTorch: torch.nn.functional, torch.special, torch.distributions, and gradients by torch.autograd.

`kl_div(input, target)` is the divergence of the target from exp(input). Formats of 16 bits are computed on the CPU, too.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from klexact.conformance.adapters.laws import Distributions
from klexact.conformance.adapters.library import Library, imported
from klexact.conformance.answers import Answer
from klexact.conformance.targets import Adapter, Target
from klexact.lawnames import TORCH

__all__ = ["ADAPTER"]

_DTYPES = {"binary16": "float16", "bfloat16": "bfloat16", "binary32": "float32", "binary64": "float64"}


def _tensor(name: str, numbers: Any) -> Any:
    torch = imported("torch", "torch")
    return torch.tensor(numbers, dtype=getattr(torch, name))


_TENSORS = Library("import torch", _tensor, "torch.tensor({numbers}, dtype=torch.{dtype})", _DTYPES)


def _functional() -> Iterator[Target]:
    f = imported("torch.nn.functional", "torch")
    name, prelude = "torch.nn.functional.kl_div", "import torch.nn.functional as F"

    def kl_div(log_q: Any, p: Any, *, log_target: bool = False) -> Any:
        return f.kl_div(log_q, p, reduction="sum", log_target=log_target)

    for shown, function, formula, text in (
        (name, "kl_divergence_log_q", lambda p, log_q: kl_div(log_q, p), 'F.kl_div(log_q, p, reduction="sum")'),
        (
            f"{name}(log_target=True)",
            "kl_divergence_log_p_log_q",
            lambda log_p, log_q: kl_div(log_q, log_p, log_target=True),
            'F.kl_div(log_q, log_p, reduction="sum", log_target=True)',
        ),
        (
            f"{name} of log(q)",
            "kl_divergence",
            lambda p, q: kl_div(q.log(), p),
            'F.kl_div(q.log(), p, reduction="sum")',
        ),
        (
            f"{name} of log_softmax",
            "kl_divergence_logits",
            lambda p, logits: kl_div(f.log_softmax(logits, -1), p),
            'F.kl_div(F.log_softmax(logits, -1), p, reduction="sum")',
        ),
        (
            "torch.nn.functional.cross_entropy",
            "cross_entropy_logits",
            lambda p, logits: f.cross_entropy(logits, p, reduction="sum"),
            'F.cross_entropy(logits, p, reduction="sum")',
        ),
    ):
        yield _TENSORS.target(shown, function, "raw", formula, text, prelude=prelude)


def _special() -> Iterator[Target]:
    entr, name = imported("torch", "torch").special.entr, "torch.special.entr"
    conventions = frozenset({"extended-value"})
    yield _TENSORS.target(name, "entr", "raw", entr, f"{name}(p)", conventions=conventions)
    yield _TENSORS.target(
        f"sum of {name}", "entropy", "raw", lambda p: entr(p).sum(), f"{name}(p).sum()", conventions=conventions
    )


def _of_other_mass(p: list[float]) -> Answer | None:
    if all(map(math.isfinite, p)) and sum(map(Fraction, p)) != 1:
        return Answer(skip="divides p by its sum, which is not exactly 1, and the golden function does not")
    return None


def _categorical() -> Iterator[Target]:
    d = imported("torch.distributions", "torch")
    name, prelude = "torch.distributions.Categorical", "from torch.distributions import Categorical, kl_divergence"
    yield _TENSORS.target(
        name, "entropy", "normalised", lambda p: d.Categorical(p).entropy(), "Categorical(p).entropy()", prelude=prelude
    )
    yield _TENSORS.target(
        name,
        "kl_divergence",
        "normalised",
        lambda p, q: d.kl_divergence(d.Categorical(p), d.Categorical(q)),
        "kl_divergence(Categorical(p), Categorical(q))",
        prelude=prelude,
    )
    yield _TENSORS.target(
        f"{name}(logits=)",
        "kl_divergence_logits",
        "raw",
        lambda p, logits: d.kl_divergence(d.Categorical(p), d.Categorical(logits=logits)),
        "kl_divergence(Categorical(p), Categorical(logits=logits))",
        prelude=prelude,
        takes=lambda p, _: _of_other_mass(p),
    )


def _gradients() -> Iterator[Target]:
    torch, f = imported("torch", "torch"), imported("torch.nn.functional", "torch")
    grad = torch.autograd.grad

    def of_kl_div(log_q: Any, p: Any, x: Any) -> Any:
        return grad(f.kl_div(log_q, p, reduction="sum"), x)[0]

    kl_div = "gradient of torch.nn.functional.kl_div"
    for shown, function, formula, text in (
        (
            "gradient of torch.special.entr",
            "entropy_gradient",
            lambda p, index: grad(torch.special.entr(p.requires_grad_()).sum(), p)[0][index],
            "torch.autograd.grad(torch.special.entr(p.requires_grad_()).sum(), p)[0][index]",
        ),
        (
            kl_div,
            "kl_gradient_p",
            lambda p, q, index: of_kl_div(q.log(), p.requires_grad_(), p)[index],
            'torch.autograd.grad(F.kl_div(q.log(), p.requires_grad_(), reduction="sum"), p)[0][index]',
        ),
        (
            kl_div,
            "kl_gradient_q",
            lambda p, q, index: of_kl_div(q.requires_grad_().log(), p, q)[index],
            'torch.autograd.grad(F.kl_div(q.requires_grad_().log(), p, reduction="sum"), q)[0][index]',
        ),
        (
            kl_div,
            "kl_gradient_logits",
            lambda p, logits, index: of_kl_div(f.log_softmax(logits.requires_grad_(), -1), p, logits)[index],
            (
                "torch.autograd.grad(F.kl_div(F.log_softmax(logits.requires_grad_(), -1), p, "
                'reduction="sum"), logits)[0][index]'
            ),
        ),
    ):
        yield _TENSORS.target(shown, function, "raw", formula, text, prelude="import torch.nn.functional as F")


def _laws() -> Target:
    distributions = imported("torch.distributions", "torch")
    return Distributions(
        laws=TORCH,
        classes=distributions,
        number=_tensor,
        divergence=distributions.kl_divergence,
        prelude="import torch; from torch.distributions import *; t = lambda x: torch.tensor(x, dtype=torch.{dtype})",
        shown="kl_divergence({p}, {q})",
        dtypes={"binary32": "float32", "binary64": "float64"},
    ).target("torch.distributions.kl_divergence")


def _targets() -> tuple[Target, ...]:
    imported("torch", "torch")
    return (*_functional(), *_special(), *_categorical(), *_gradients(), _laws())


ADAPTER = Adapter("torch", ("torch",), _targets)
