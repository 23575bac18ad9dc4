"""A few requests of every kind, for tests that fill, and what a directory holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from klexact.golden.generators import described
from klexact.golden.recipes import Request

__all__ = ["FEW", "FORTY", "contents", "request"]


def request(function: str, variant: str = "raw", unit: str = "nat", **inputs: Any) -> Request:
    """Return a request with what describes it."""
    return Request(function, variant, unit, inputs, f"{function}-asked", "core", "tests")


P, Q = ["1/3", "2/3"], ["1/5", "4/5"]
RAMP = described("ramp", 300, shift=9)
FEW = [
    request("entropy", unit="bit", p=["1/2", "1/2"]),
    request("entropy", unit="bit", p=["1", "0"]),
    request("kl_divergence", p=P, q=Q),
    request("kl_divergence", p=P, q=["1", "0"]),
    request("kl_divergence", p=P, q=P),
    request("kl_divergence", "normalised", p=["0", "0"], q=Q),
    request("kl_divergence", "generalised", p=RAMP, q=described("ramp", 300, shift=9, reverse=True)),
    request("rel_entr", p="1/10", q="3/10"),
    request("mutual_information", joint=[["1/8", "3/8"], ["1/4", "1/4"]]),
    request("kl_gradient_q", p=P, q=Q, index="1"),
    request("kl_divergence_logits", p=P, logits=["0", "1/2"]),
    request("binomial_argmin", "normalised", p=["1/4", "1/2", "1/4"]),
    request("law_kl_divergence", law_p="poisson", p=["2"], law_q="poisson", q=["3"]),
]
FORTY = [
    request("jensen_shannon_divergence", p=[f"{i}/60", f"{60 - i}/60"], q=[f"{i + 3}/70", f"{67 - i}/70"])
    for i in range(1, 41)
]


def contents(directory: Path) -> Mapping[str, bytes]:
    """Return every file of a directory by its path, hidden ones too."""
    paths = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in paths}
