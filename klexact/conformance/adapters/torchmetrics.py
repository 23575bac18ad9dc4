"""TorchMetrics: functional.kl_divergence, which divides each row by its sum, or takes logarithms."""

from typing import Any

from klexact.conformance.adapters.library import Library, imported
from klexact.conformance.targets import Adapter, Target

__all__ = ["ADAPTER"]


def _rows(name: str, numbers: Any) -> Any:
    torch = imported("torch", "torch")
    return torch.tensor([numbers], dtype=getattr(torch, name))


_ROWS = Library(
    "import torch",
    _rows,
    "torch.tensor([{numbers}], dtype=torch.{dtype})",
    {"binary16": "float16", "bfloat16": "bfloat16", "binary32": "float32", "binary64": "float64"},
)


def _targets() -> tuple[Target, ...]:
    divergence = imported("torchmetrics.functional", "torchmetrics").kl_divergence
    name, prelude = "torchmetrics.functional.kl_divergence", "from torchmetrics.functional import kl_divergence"
    of_logs = "kl_divergence(log_p, log_q, log_prob=True)"
    return (
        _ROWS.target(name, "kl_divergence", "normalised", divergence, "kl_divergence(p, q)", prelude=prelude),
        _ROWS.target(
            f"{name}(log_prob=True)",
            "kl_divergence_log_p_log_q",
            "raw",
            lambda log_p, log_q: divergence(log_p, log_q, log_prob=True),
            of_logs,
            prelude=prelude,
        ),
    )


ADAPTER = Adapter("torchmetrics", ("torchmetrics", "torch"), _targets)
