"""One case of a golden file, made from exact inputs: the value, and a view of it in every format."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from klexact.certify import Value, decimal
from klexact.decimals import outward
from klexact.dyadic import ends, midpoint
from klexact.errors import UndecidedError
from klexact.formats import FORMATS, Format, Rounded, common, rounded, special_bits
from klexact.golden.cases import case_id
from klexact.golden.flags import Found, flags_of
from klexact.golden.function import Function, distinct, exact_inputs, numbers
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import is_generated
from klexact.golden.quantities import Quantity
from klexact.rounding import round_to

__all__ = ["DIGITS", "DTYPES", "five_digits", "make_case", "received"]

DTYPES = ("binary16", "bfloat16", "binary32", "binary64", "binary128")
DIGITS = 52  # of the bounds
_DIRECTIONS = ("nearest", "down", "up")


def make_case(function: str, variant: str, unit: str, inputs: Mapping[str, Any], **described: str) -> dict[str, Any]:
    """Return a case as it stands in a file. `described` has its slug, level and source."""
    spec = FUNCTIONS[function]
    exact = exact_inputs(spec, inputs)
    made = _Maker(spec, variant, unit)
    own = made.evaluated(exact)
    views = {}
    for dtype in DTYPES:
        view = made.view(exact, inputs, FORMATS[dtype])
        if view is not None:
            views[dtype] = view
    content = {
        "id": case_id(function, variant, unit, inputs),
        "slug": described["slug"],
        "level": described["level"],
        "flags": sorted(set().union(*(view["flags"] for view in views.values()))),
        "inputs": dict(inputs),
        "value": own.value(),
        "terms": str(own.terms),
        "ieee": views,
        "source": described["source"],
    }
    if own.kind in ("finite", "zero"):
        content["condition"] = own.shown_condition
    alternates = _alternates(spec) if own.kind == "domain" and not made.undefined(exact) else {}
    return content | ({"alternates": alternates} if alternates else {})


def _alternates(spec: Function) -> dict[str, dict[str, str]]:
    return {
        convention: {d: Rounded(FORMATS[d], "nearest", text == "-inf", None, 0).bits for d in DTYPES}
        for convention, text in spec.alternates.items()
    }


class _Maker:
    """Evaluates one function, each distinct input once."""

    def __init__(self, spec: Function, variant: str, unit: str) -> None:
        self.spec, self.variant, self.unit = spec, variant, unit
        self._known: dict[tuple[int, ...], tuple[Any, _Evaluated]] = {}

    def evaluated(self, inputs: Mapping[str, Any]) -> "_Evaluated":
        key = tuple(map(id, inputs.values()))  # a view of exact inputs has the very same objects
        if key not in self._known:
            inside = self.spec.contains(self.variant, inputs)
            quantity = self.spec.quantity(self.variant, self.unit, inputs) if inside else None
            self._known[key] = inputs, _Evaluated(quantity)
        return self._known[key][1]

    def undefined(self, inputs: Mapping[str, Any]) -> bool:
        """Tell whether no convention gives a value: an input is NaN, or a total is 0 or infinite and divided by."""
        values = [x for name in self.spec.numeric for x, _ in distinct(inputs[name])]
        if self.variant == "normalised":
            return any(isinstance(x, float) for x in values) or all(x >= 0 for x in values)
        return any(isinstance(x, float) and math.isnan(x) for x in values) or math.inf in self._seconds(inputs)

    def _seconds(self, inputs: Mapping[str, Any]) -> list[Any]:
        """Return the numbers of all arguments but the first: an infinite reference has no limit of its own."""
        return [x for name in self.spec.numeric[1:] for x, _ in distinct(inputs[name]) if isinstance(x, float)]

    def view(self, exact: Mapping[str, Any], inputs: Mapping[str, Any], target: Format) -> dict[str, Any] | None:
        """Return the view in a format, or None where an input overflows or vanishes or nothing could be graded."""
        taken = received(self.spec, exact, inputs, target)
        if taken is None:
            return None
        bits, values, is_exact = taken
        own = self.evaluated(values)
        if 2 * (own.terms + 8) > 2**target.precision:
            return None
        found, content = own.rounded(target)
        flags = flags_of(self.spec, values, found, target, exact=is_exact)
        return {"exact_inputs": is_exact, **bits, "flags": list(flags), **content}


def received(
    spec: Function, exact: Mapping[str, Any], inputs: Mapping[str, Any], target: Format
) -> tuple[dict[str, Any], dict[str, Any], bool] | None:
    """Return bits and exact values of what a format makes of inputs, and whether it has them exactly."""
    bits, values, is_exact = {}, dict(exact), True
    for name in spec.numeric:
        if is_generated(inputs[name]):
            if not all(found and found.exact for found in (_one(x, target) for x, _ in distinct(exact[name]))):
                return None
            continue
        rounding = _each(exact[name], lambda x: _one(x, target))
        found = list(numbers(rounding))
        if None in found:
            return None
        bits[name] = _each(rounding, lambda r: r.bits)
        if not all(r.exact for r in found):
            values[name] = _each(rounding, lambda r: r.value)
            is_exact = False
    return bits, values, is_exact


def _each(argument: Any, change: Any) -> Any:
    return [_each(x, change) for x in argument] if isinstance(argument, list) else change(argument)


@dataclass(frozen=True)
class _Received:
    """What a format makes of a number: bits, whether they are exact, and the value."""

    bits: str
    exact: bool
    value: Any


def _one(x: Any, target: Format) -> _Received | None:
    """Return what a format makes of a number, None where it overflows or vanishes."""
    if isinstance(x, float):
        return _Received(special_bits(x, target), exact=True, value=x)
    found = rounded((int(x.p), int(x.q)), target, "nearest")
    if found.significand is None or (x and not found.significand):
        return None
    value = Fraction(found.value)
    return _Received(found.bits, found.exact, x if found.exact else fmpq(value.numerator, value.denominator))


@dataclass(eq=False)
class _Evaluated:
    """A quantity with everything that is asked of it in several formats; None outside the domain."""

    quantity: Quantity | None

    def __post_init__(self) -> None:
        self.terms = self.quantity.terms if self.quantity else 1
        self.condition: Fraction | None = None
        if self.quantity is None:
            self.kind = "domain"
        elif self.quantity.infinity:
            self.kind = "infinite"
        else:
            self._finite(self.quantity)

    def _finite(self, quantity: Quantity) -> None:
        self.number: Value = quantity.certified()
        self.kind = "zero" if self.number.ball(64).contains(0) and self.number.is_zero else "finite"
        self.magnitude = _middle(quantity.magnitude)
        if self.kind == "finite":
            self.condition = self.magnitude / abs(self._near())
        elif not self.magnitude:
            self.condition = Fraction(0)

    def _near(self) -> Fraction:
        return _middle(self.number.ball)

    @property
    def shown_condition(self) -> str:
        """Σ|terms| over |value| to 5 digits."""
        return "inf" if self.condition is None else five_digits(self.condition)

    @property
    def sign(self) -> dict[str, str]:
        """The key that an infinite value has."""
        if self.kind != "infinite" or self.quantity is None:
            return {}
        return {"sign": "+" if self.quantity.infinity > 0 else "-"}

    def value(self) -> dict[str, Any]:
        """Return the value as it stands in a file."""
        content: dict[str, Any] = {"kind": self.kind, **self.sign}
        if self.kind == "finite" and self.quantity is not None:
            low, high = _bounds(self.number)
            content |= {**self.quantity.written(), "lo": low, "hi": high, "decimal50": self.decimal50}
        return content

    def _roundings(self, target: Format) -> dict[str, Rounded]:
        """Round one enclosure in every direction; Ziv's loop goes on where it does not tell."""
        bounds = ends(self.number.ball(target.precision + 64))
        told = {d: common(*bounds, target, d) if bounds else None for d in _DIRECTIONS}
        return {d: found or round_to(self.number, target, d) for d, found in told.items()}

    @property
    def decimal50(self) -> str:
        """The value to 50 digits."""
        return decimal(self.number, 50)

    def rounded(self, target: Format) -> tuple[Found, dict[str, Any]]:
        """Return what is known of the value in a format, and what its view says of it."""
        content: dict[str, Any] = {"kind": self.kind, **self.sign}
        if self.kind == "domain":
            return Found("domain"), content
        if self.kind == "infinite":
            negative = content["sign"] == "-"
            near = Rounded(target, "nearest", negative, None, 0)
            return Found("infinite", negative), content | dict.fromkeys(_DIRECTIONS, near.bits) | {"hex": near.hex}
        roundings = self._roundings(target)
        near = roundings["nearest"]
        content |= {d: found.bits for d, found in roundings.items()} | {"hex": near.hex}
        content["magnitude"] = five_digits(self.magnitude)
        content["condition"] = self.shown_condition
        if self.kind == "zero":
            return Found("zero"), content
        content["decimal50"] = self.decimal50
        middle = self._near()
        hard = _from_middle(middle, roundings)
        subnormal = near.subnormal or (not near.significand and not near.is_infinite)
        return Found("finite", middle < 0, self.condition, near.is_infinite, bool(subnormal), hard), content


def _middle(ball: Callable[[int], arb]) -> Fraction:
    """Return a number to some 64 bits; it is 0 only where a ball is."""
    prec = 256
    found = ball(prec)
    while not found == 0 and found.rel_accuracy_bits() < 64:  # noqa: SIM201  (balls: neither != nor == may hold)
        prec *= 2
        found = ball(prec)
    return midpoint(found)


def _from_middle(value: Fraction, roundings: Mapping[str, Rounded]) -> Fraction | None:
    """Return the distance of a value from the middle of its two neighbours, in ulp; None where it has none."""
    low, high = roundings["down"].value, roundings["up"].value
    if low == high or not isinstance(low, Fraction) or not isinstance(high, Fraction):
        return None
    return abs(value - (low + high) / 2) / (high - low)


def _bounds(number: Value) -> tuple[str, str]:
    """Return the neighbouring decimals of DIGITS digits that enclose a value; twice the value where it is one."""
    exact = number.exact_rational
    if exact is not None:
        q = Fraction(int(exact.numerator), int(exact.denominator))
        return outward(q, DIGITS, up=False), outward(q, DIGITS, up=True)
    prec = 256
    while prec < 1_000_000:
        with ctx.workprec(prec):
            bounds = ends(number.ball(prec))
        if bounds is not None:
            lows = {outward(Fraction(*end), DIGITS, up=False) for end in bounds}
            highs = {outward(Fraction(*end), DIGITS, up=True) for end in bounds}
            if len(lows) == len(highs) == 1:
                return lows.pop(), highs.pop()
        prec *= 2
    raise UndecidedError(f"{DIGITS} digits must show within {prec:,} bits; they did not")


def five_digits(x: Fraction) -> str:
    """Return a number to 5 significant digits, in scientific notation.

    >>> five_digits(Fraction(2**30)), five_digits(Fraction(0))
    ('1.0737e+9', '0')
    """
    if not x:
        return "0"
    context = Context(prec=5, Emax=10**6, Emin=-(10**6))
    return f"{context.divide(Decimal(x.numerator), Decimal(x.denominator)):.4e}"
