"""A library that is graded: importing it, handing it numbers of a format, and writing the same down as one line of Python."""

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from klexact.conformance.answers import Answer
from klexact.conformance.targets import MissingLibraryError, Target

__all__ = ["ARGUMENTS", "BASES", "Library", "above_one", "imported", "off_simplex", "written"]

ARGUMENTS = {
    "entropy": ("p",),
    "cross_entropy": ("p", "q"),
    "kl_divergence": ("p", "q"),
    "entr": ("p",),
    "rel_entr": ("p", "q"),
    "kl_div": ("p", "q"),
    "jensen_shannon_divergence": ("p", "q"),
    "jensen_shannon_distance": ("p", "q"),
    "mutual_information": ("joint",),
    "kl_divergence_log_q": ("p", "log_q"),
    "kl_divergence_log_p_log_q": ("log_p", "log_q"),
    "kl_divergence_logits": ("p", "logits"),
    "cross_entropy_logits": ("p", "logits"),
    "entropy_gradient": ("p", "index"),
    "kl_gradient_p": ("p", "q", "index"),
    "kl_gradient_q": ("p", "q", "index"),
    "kl_gradient_logits": ("p", "logits", "index"),
    "law_kl_divergence": ("law_p", "p", "law_q", "q"),
}
BASES = {"nat": None, "bit": 2, "dit": 10}


def imported(module: str, distribution: str) -> Any:
    """Return a module of a library. Raises MissingLibraryError, saying what to install, where the library is missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a library's import says about others is not news here
            return import_module(module)
    except ImportError as error:
        raise MissingLibraryError(
            f"grading {module} needs the distribution {distribution}; found: {error}: pip install {distribution}, or "
            "pip install 'klexact[peers]' for all libraries"
        ) from None


def written(numbers: Any) -> str:
    """Return numbers as Python text that stands for the same; inf and nan are names that a line imports from math.

    >>> written([0.5, float("inf")]), written([0.25] * 100), written(2)
    ('[0.5, inf]', '[0.25] * 100', '2')
    """
    if isinstance(numbers, list):
        if len(numbers) > 8 and not isinstance(numbers[0], list) and numbers.count(numbers[0]) == len(numbers):
            return f"[{written(numbers[0])}] * {len(numbers)}"
        return f"[{', '.join(map(written, numbers))}]"
    return repr(numbers)


def off_simplex(*vectors: list[float]) -> Answer | None:
    """Return a skip where a vector of non-negative numbers does not sum to 1 up to rounding: some libraries take no others.

    >>> off_simplex([0.5, 0.5]), off_simplex([-1.0, 1.0])
    (None, None)
    >>> off_simplex([0.5, 0.25]).skip
    'takes probabilities that sum to 1 up to rounding; found 0.75'
    """
    for vector in vectors:
        total = math.fsum(vector) if all(math.isfinite(x) for x in vector) else math.nan
        if abs(total - 1) > 1e-6 and min(vector, default=-1) >= 0:
            return Answer(skip=f"takes probabilities that sum to 1 up to rounding; found {total!r}")
    return None


def above_one(*vectors: list[float]) -> Answer | None:
    """Return a skip where a finite entry of a vector is more than 1: some libraries refuse it, or are documented to clip it.

    >>> above_one([0.5, 0.25]), above_one([0.5], [2.0, 1.0]).skip
    (None, 'takes numbers of at most 1; found 2.0')
    """
    highest = max((x for vector in vectors for x in vector if math.isfinite(x)), default=0.0)
    return Answer(skip=f"takes numbers of at most 1; found {highest!r}") if highest > 1 else None


@dataclass(frozen=True)
class Library:
    """How a library receives numbers.

    `prelude` is the beginning of every line. `dtypes` are the library's names of formats; `array(name, numbers)` makes what
    it takes, and `text`, with {numbers} and {dtype}, is the same as Python. `compiled` makes a function faster to call, and
    `compiled_text`, with {names} and {formula}, is the same as Python.
    """

    prelude: str
    array: Callable[[str, Any], Any]
    text: str
    dtypes: Mapping[str, str]
    compiled: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    compiled_text: str = "{formula}"

    def target(
        self,
        name: str,
        function: str,
        variant: str,
        formula: Callable[..., Any],
        text: str,
        *,
        unit: str = "nat",
        dtypes: tuple[str, ...] | None = None,
        prelude: str = "",
        takes: Callable[..., Answer | None] | None = None,
        conventions: frozenset[str] = frozenset(),
        max_length: int = 10**6,
    ) -> Target:
        """Return the target of a formula of the function's arguments; `text` is the same formula as Python.

        `takes` gets the arguments and returns a skip where the library does not take them.
        """
        compiled = self.compiled(formula) if self.compiled else formula

        def call(dtype: str, *arguments: Any) -> Any:
            if takes and (skipped := takes(*arguments)):
                return skipped
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return float(compiled(*(self._received(dtype, x) for x in arguments)))

        def line(dtype: str, *arguments: Any) -> str:
            names = ARGUMENTS[function]
            given = [f"{name} = {self._written(dtype, x)}" for name, x in zip(names, arguments, strict=True)]
            shown = self.compiled_text.format(names=", ".join(names), formula=text)
            return "; ".join([*_imports(self.prelude, prelude, given), *given, f"print(float({shown}))"])

        return Target(name, function, variant, unit, dtypes or tuple(self.dtypes), call, line, conventions, max_length)

    def _received(self, dtype: str, argument: Any) -> Any:
        return argument if isinstance(argument, int) else self.array(self.dtypes[dtype], argument)

    def _written(self, dtype: str, argument: Any) -> str:
        if isinstance(argument, int):
            return repr(argument)
        return self.text.format(numbers=written(argument), dtype=self.dtypes[dtype])


def _imports(*parts: Any) -> list[str]:
    *preludes, given = parts
    special = [name for name in ("inf", "nan") if any(name in text for text in given)]
    return [f"from math import {', '.join(special)}"] * bool(special) + [text for text in preludes if text]
