"""What a golden function is: its arguments, its domain, its definition in words, and how a quantity is made of exact inputs.

Exact inputs are rationals (`fmpq`), nested in lists as the argument's kind says; an input that is no finite number is a float
(inf, -inf, nan), for arguments that take it or cases that are about it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flint import fmpq

from klexact.golden.generators import entries, is_generated
from klexact.golden.quantities import Quantity

__all__ = ["Function", "Inputs", "exact_inputs", "numbers", "parsed", "spelled"]

Inputs = Mapping[str, Any]

_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


@dataclass(frozen=True)
class Function:
    """A function that golden values exist of.

    `evaluate(variant, unit, **inputs)` returns its quantity; `definition[variant]` is the formula in words.
    `log_arguments` may hold -inf, the other numeric ones are masses or parameters.
    `reference` names the arguments that are compared outcome by outcome, for the flags.
    """

    name: str
    arguments: Mapping[str, str]
    definition: Mapping[str, str]
    evaluate: Callable[..., Quantity]
    units: tuple[str, ...] = ("nat",)
    log_arguments: frozenset[str] = frozenset()
    reference: tuple[str, ...] = ()
    domain: Callable[[str, Inputs], bool] | None = None
    alternates: Mapping[str, str] = field(default_factory=dict)  # convention -> the answer outside the domain
    signed: bool = False  # whether a negative value is nothing to remark on

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants that the function has."""
        return tuple(self.definition)

    def contains(self, variant: str, inputs: Inputs) -> bool:
        """Tell whether inputs lie in the domain: masses finite, >= 0 and, where they are normalised, not all 0."""
        for name in self.numeric:
            found = list(numbers(inputs[name]))
            if name in self.log_arguments:
                if any(isinstance(x, float) and x != -math.inf for x in found):
                    return False
            elif any(isinstance(x, float) for x in found) or (self.domain is None and any(x < 0 for x in found)):
                return False
            elif self.domain is None and variant == "normalised" and not any(found):
                return False
        return self.domain is None or self.domain(variant, inputs)

    @property
    def numeric(self) -> tuple[str, ...]:
        """The arguments that a format rounds."""
        return tuple(name for name, kind in self.arguments.items() if kind not in ("index", "name"))

    def quantity(self, variant: str, unit: str, inputs: Inputs) -> Quantity:
        """Return the value at inputs in the domain."""
        return self.evaluate(variant, unit, **inputs)


def numbers(argument: Any) -> Iterator[Any]:
    """Yield the numbers of an argument, however nested."""
    if isinstance(argument, list):
        for x in argument:
            yield from numbers(x)
    else:
        yield argument


def parsed(text: str) -> Any:
    """Return the exact number of a text of a golden file: p, -p, p/q, inf, -inf or nan.

    >>> parsed("-1/3"), parsed("-inf")
    (-1/3, -inf)
    """
    if text in _SPECIAL:
        return _SPECIAL[text]
    numerator, _, denominator = text.partition("/")
    return fmpq(int(numerator), int(denominator or "1"))


def spelled(x: Any) -> str:
    """Return the text of an exact number.

    >>> spelled(fmpq(2, 6)), spelled(-math.inf)
    ('1/3', '-inf')
    """
    if isinstance(x, float):
        return next(text for text, value in _SPECIAL.items() if value == x or (value != value and x != x))  # noqa: PLR0124
    return str(x)


def exact_inputs(function: Function, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exact inputs of a case: numbers from their texts, generated vectors written out."""
    return {
        name: _exact(inputs[name]) if kind not in ("index", "name") else int(inputs[name]) if kind == "index" else inputs[name]
        for name, kind in function.arguments.items()
    }


def _exact(argument: Any) -> Any:
    if is_generated(argument):
        one = cache(lambda x: fmpq(x.numerator, x.denominator))  # equal entries are one object
        return [one(x) for x in entries(argument)]
    return [_exact(x) for x in argument] if isinstance(argument, list) else parsed(argument)
