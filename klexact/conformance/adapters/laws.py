"""Divergences of pairs of laws in libraries of distributions: what each law is called there, and what its parameters are."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from klexact.conformance.adapters.library import written
from klexact.conformance.answers import Answer
from klexact.conformance.targets import Target
from klexact.lawnames import Named

__all__ = ["OF_VECTORS", "Distributions"]

OF_VECTORS = ("categorical", "dirichlet")  # laws whose numbers are one parameter


@dataclass(frozen=True)
class Distributions:
    """A library's laws.

    `classes` has them by name; `number(dtype, x)` makes a parameter, and `prelude`, with {dtype}, defines t(x) in a line to be
    the same; `divergence(p, q)` is kl_divergence there, and `shown`, with {p} and {q}, the same as Python.
    """

    laws: Mapping[str, Named]
    classes: Any
    number: Callable[[str, Any], Any]
    divergence: Callable[[Any, Any], Any]
    prelude: str
    shown: str
    dtypes: Mapping[str, str]

    def target(self, name: str) -> Target:
        """Return the target of D(p‖q) for the pairs that the library registers; others are skipped."""

        def call(dtype: str, law_p: str, p: list[float], law_q: str, q: list[float]) -> Any:
            unknown = [law for law in (law_p, law_q) if law not in self.laws]
            if unknown:
                return Answer(skip=f"has no law {unknown[0]}")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                one, other = (self._made(dtype, law, x) for law, x in ((law_p, p), (law_q, q)))
                try:
                    return float(self.divergence(one, other))
                except NotImplementedError:
                    return Answer(skip=f"has no divergence of {law_p} and {law_q}")

        def line(dtype: str, law_p: str, p: list[float], law_q: str, q: list[float]) -> str:
            if not {law_p, law_q} <= set(self.laws):
                return ""  # nothing was computed
            prelude = self.prelude.format(dtype=self.dtypes[dtype])
            special = "from math import inf, nan; " if {"inf", "nan"} & set(map(repr, p + q)) else ""
            shown = self.shown.format(p=self._text(law_p, p), q=self._text(law_q, q))
            return f"{special}{prelude}; print(float({shown}))"

        return Target(name, "law_kl_divergence", "raw", "nat", tuple(self.dtypes), call, line)

    def _parameters(self, law: str, values: list[float]) -> list[tuple[str, Any]]:
        given: list[Any] = [values] if law in OF_VECTORS else values
        return list(zip(self.laws[law][1], given, strict=True))

    def _made(self, dtype: str, law: str, values: list[float]) -> Any:
        given = {name: self.number(self.dtypes[dtype], x) for name, x in self._parameters(law, values)}
        return getattr(self.classes, self.laws[law][0])(**given)

    def _text(self, law: str, values: list[float]) -> str:
        given = (f"{name}=t({written(x)})" for name, x in self._parameters(law, values))
        return f"{self.laws[law][0]}({', '.join(given)})"
