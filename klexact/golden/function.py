"""What a golden function is: its arguments, its domain, its definition in words, and how a quantity is made of exact inputs.

Exact inputs are rationals (`fmpq`), nested in lists as the argument's kind says; an input that is no finite number is a float
(inf, -inf, nan), for arguments that take it or cases that are about it.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from flint import fmpq

from klexact.golden.generators import entries, is_generated
from klexact.golden.quantities import Quantity

__all__ = ["Function", "Inputs", "distinct", "exact_inputs", "numbers", "parsed", "spelled"]

Inputs = Mapping[str, Any]

_IN_UNIT = {"nat": "", "bit": "; in bits: divided by log 2", "dit": "; in dits: divided by log 10"}
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

    def defined(self, variant: str, unit: str) -> str:
        """Return the definition in words as it stands in a file."""
        return self.definition[variant] + _IN_UNIT[unit]

    def contains(self, variant: str, inputs: Inputs) -> bool:
        """Tell whether inputs lie in the domain: masses finite, >= 0 and, where they are normalised, not all 0."""
        for name in self.numeric:
            found = [x for x, _ in distinct(inputs[name])]
            if name in self.log_arguments:
                if any(isinstance(x, float) and x != -math.inf for x in found):
                    return False
            elif any(isinstance(x, float) for x in found):
                return False
        if self.domain is not None:
            return self.domain(variant, inputs)
        masses = [distinct(inputs[name]) for name in self.numeric if name not in self.log_arguments]
        return all(x >= 0 for mass in masses for x, _ in mass) and (
            variant != "normalised" or all(any(x for x, _ in mass) for mass in masses)
        )

    @property
    def numeric(self) -> tuple[str, ...]:
        """The arguments that a format rounds."""
        return tuple(name for name, kind in self.arguments.items() if kind not in ("index", "name"))

    def quantity(self, variant: str, unit: str, inputs: Inputs) -> Quantity:
        """Return the value at inputs in the domain."""
        return self.evaluate(variant, unit, **inputs)


def numbers(argument: Any) -> Iterator[Any]:
    """Yield the numbers of an argument, however nested."""
    if not isinstance(argument, list):
        yield argument
    elif argument and isinstance(argument[0], list):
        yield from chain.from_iterable(argument)
    else:
        yield from argument


class _Shared(list[Any]):
    """A long vector whose equal entries are one object, counted once."""

    counted: list[tuple[Any, int]]


def distinct(argument: Any) -> list[tuple[Any, int]]:
    """Return the numbers of an argument with how often each object occurs: generated vectors share equal entries.

    >>> half = fmpq(1, 2)
    >>> distinct([half, half, fmpq(1, 3)])
    [(1/2, 2), (1/3, 1)]
    """
    if isinstance(argument, _Shared):
        return argument.counted
    found = list(numbers(argument))
    by_id = {id(x): x for x in found}
    return [(by_id[i], n) for i, n in Counter(map(id, found)).items()]


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
        name: _exact(inputs[name])
        if kind not in ("index", "name")
        else int(inputs[name])
        if kind == "index"
        else inputs[name]
        for name, kind in function.arguments.items()
    }


def _exact(argument: Any) -> Any:
    if is_generated(argument):
        made = entries(argument)
        one = {id(x): fmpq(x.numerator, x.denominator) for x, _ in distinct(made)}  # equal entries stay one object
        found = _Shared(one[id(x)] for x in made)
        found.counted = distinct(list(found))
        return found
    return [_exact(x) for x in argument] if isinstance(argument, list) else parsed(argument)
