"""A case with one view of a given exact value: what grading is tested on."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

from klexact.formats import FORMATS, Format, rounded
from klexact.golden.cases import Case, View

GOLDEN_FORMATS = ("binary16", "bfloat16", "binary32", "binary64", "binary128")
INFINITE = Fraction(10) ** 6000  # rounds to infinity in every format


def decimal(x: Fraction, digits: int) -> str:
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
    return f"{context.divide(Decimal(x.numerator), Decimal(x.denominator)):e}"


def bits(x: Fraction, dtype: str, direction: str = "nearest") -> str:
    return rounded(x.as_integer_ratio(), FORMATS[dtype], direction).bits


def case_with(view: View, *, terms: int = 1, **options: Any) -> Case:
    return Case(
        function="entropy",
        variant="raw",
        unit="nat",
        arguments={"p": "vector"},
        id="entropy-000000000000",
        slug="made",
        level="core",
        inputs={"p": ["1"]},
        value={"kind": view.kind},
        terms=terms,
        flags=(),
        source="made for a test",
        views={view.dtype: view},
        **options,
    )


def finite(
    value: Fraction, dtype: str, *, terms: int = 1, magnitude: Fraction | None = None, flags: tuple[str, ...] = ()
) -> Case:
    """Return a case of a finite value, 0 too, with the magnitude of its terms (its own where none is given)."""
    size = abs(value) if magnitude is None else magnitude
    view = View(
        dtype,
        exact_inputs=True,
        inputs={"p": [bits(Fraction(1), dtype)]},
        kind="finite" if value else "zero",
        flags=flags,
        **{way: bits(value, dtype, way) for way in ("nearest", "down", "up")},
        decimal50=decimal(value, 50) if value else None,
        magnitude=decimal(size, 5),
    )
    return case_with(view, terms=terms)


def infinite(sign: str, dtype: str) -> Case:
    end = bits(INFINITE if sign == "+" else -INFINITE, dtype)
    view = View(dtype, True, {}, "infinite", (), nearest=end, down=end, up=end, sign=sign)
    return case_with(view)


def outside(dtype: str, **options: Any) -> Case:
    return case_with(View(dtype, True, {}, "domain", ()), **options)


def steps(target: Format, x: Fraction, count: int) -> Fraction:
    """Return the number of a format that is some steps away from a number of it, one neighbour at a time."""
    for _ in range(abs(count)):
        nudge = target.least / 2 if count > 0 else -target.least / 2
        near = rounded((x + nudge).as_integer_ratio(), target, "up" if count > 0 else "down")
        x = Fraction(near.value)
    return x
