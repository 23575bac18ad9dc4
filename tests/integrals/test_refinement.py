"""The promised width is reached or refused."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx

from klexact.errors import InvalidNumberError, UndecidedError
from klexact.integrals.refinement import checked, refined

ENDS = (-sympy.oo, sympy.oo)


def blurred(value: Fraction, calls: list[int]) -> object:
    def ball(bits: int) -> arb:
        calls.append(bits)
        with ctx.workprec(4000):
            middle = arb(value.numerator) / value.denominator
            return middle + arb(0, 1) * arb(2) ** -bits * (1 + abs(middle)).upper()

    return ball


@pytest.mark.parametrize("exponent", [0, 20, -5, -20, -29, -45, -100])
def test_widths(exponent: int) -> None:
    calls: list[int] = []
    value = Fraction(10) ** exponent / 3
    found = refined(blurred(value, calls), 30, "x")  # type: ignore[arg-type]
    assert found.contains(value)
    assert found.width <= Fraction(1, 10**30) * max(value, Fraction(1, 10**30))
    assert len(calls) <= 2


def test_zero_is_enclosed_to_twice_the_digits() -> None:
    found = refined(blurred(Fraction(0), []), 30, "x")  # type: ignore[arg-type]
    assert found.lower < 0 < found.upper
    assert found.width <= Fraction(1, 10**60)


def test_what_stays_wide_is_undecided() -> None:
    for ball in (arb(1, 1), arb(0, float("inf")), arb("nan"), arb(1, 1) * arb(10) ** 10**400):
        with pytest.raises(UndecidedError, match="30 digits of x must show"):
            refined(lambda _, ball=ball: ball, 30, "x")  # type: ignore[misc]


def test_operands() -> None:
    x, y, z = sympy.symbols("x y z")
    assert checked(x + 1, x, *ENDS) == x + 1
    for expr, variable, message in [
        (x + y * z, x, "found the symbol y, z"),
        ("x", x, "SymPy expression"),
        (x, "x", "SymPy Symbol"),
        (x, x + 1, "SymPy Symbol"),
        (sympy.Add(*(x**i for i in range(10_001))), x, "10,000 parts"),
        (nested(x, 60), x, "100 levels"),
    ]:
        with pytest.raises(InvalidNumberError, match=message):
            checked(expr, variable, *ENDS)


def nested(x: sympy.Expr, levels: int) -> sympy.Expr:
    for _ in range(levels):
        x = sympy.log(1 + x)
    return x


@pytest.mark.parametrize("name", ["positive", "nonnegative", "negative", "nonpositive", "imaginary"])
def test_assumptions_that_do_not_hold(name: str) -> None:
    x = sympy.Symbol("x", **{name: True})
    with pytest.raises(InvalidNumberError, match=f"found x, {name}"):
        checked(x, x, *ENDS)


def test_assumptions_that_hold() -> None:
    x, y = sympy.Symbol("x", positive=True), sympy.Symbol("y", negative=True)
    assert checked(x, x, sympy.S.Zero, sympy.oo) == x
    assert checked(y, y, -sympy.oo, sympy.S.Zero) == y
