"""Golden functions asked at exact inputs that are written as text, and what plain floats or mpmath make of the answer."""

import math
from fractions import Fraction
from typing import Any

from klexact.certify import Value, value_of
from klexact.dyadic import midpoint
from klexact.golden.function import exact_inputs, parsed
from klexact.golden.functions import FUNCTIONS
from klexact.golden.quantities import UNITS, Closed, LogSum, Quantity

__all__ = ["close", "exact", "floats", "fractions", "in_domain", "near", "quantity"]


def quantity(function: str, variant: str, unit: str = "nat", **inputs: Any) -> Quantity:
    """Return what a function is at inputs as they stand in a golden file."""
    spec = FUNCTIONS[function]
    return spec.quantity(variant, unit, exact_inputs(spec, inputs))


def in_domain(function: str, variant: str, **inputs: Any) -> bool:
    """Tell whether inputs lie in a function's domain."""
    spec = FUNCTIONS[function]
    return spec.contains(variant, exact_inputs(spec, inputs))


def near(function: str, variant: str, unit: str = "nat", **inputs: Any) -> float:
    """Return a value as a float, far closer than a sum of floats comes."""
    found = quantity(function, variant, unit, **inputs)
    return found.infinity * math.inf if found.infinity else float(midpoint(found.certified().ball(400)))


def exact(found: Quantity) -> Any:
    """Return a value as what `klexact.certify.order` compares exactly: a form in its unit, an expression, a rational."""
    if isinstance(found, LogSum):
        return Value(found.form, UNITS[found.unit])
    return found.expr if isinstance(found, Closed) else found.certified().exact_rational


def close(x: Any, y: Any) -> bool:
    """Tell whether two closed forms or certified values agree to 50 digits or so."""
    one, other = (midpoint(value_of(v).ball(250)) for v in (x, y))
    return abs(one - other) <= Fraction(1, 10**50) * (1 + abs(one))


def floats(text: Any) -> Any:
    """Return numbers from their texts as floats, nested as they are."""
    return [floats(x) for x in text] if isinstance(text, list) else float(_plain(text))


def fractions(text: Any) -> Any:
    """Return numbers from their texts as Fractions, infinities as floats."""
    return [fractions(x) for x in text] if isinstance(text, list) else _plain(text)


def _plain(text: str) -> Fraction | float:
    found = parsed(text)
    return found if isinstance(found, float) else Fraction(int(found.p), int(found.q))
