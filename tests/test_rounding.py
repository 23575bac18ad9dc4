"""Forms rounded to IEEE formats: exact cases, values beside a boundary, algebraic points, bad input."""

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx, fmpz_poly
from sympy import sqrt
from sympy.abc import t

from klexact import Distribution, LogForm, bulk, forms, rounding
from klexact.algebraic import AlgebraicForm, Value, evaluate
from klexact.errors import InvalidBaseError, InvalidNumberError, KLExactError, UndecidedError
from klexact.formats import DIRECTIONS, FORMATS, Format, Rounded
from klexact.ieee import round_rational
from klexact.roots import real_roots
from klexact.rounding import round_balls, round_to
from tests.reference import reference

ALL = tuple(FORMATS.values())
TINY = Fraction(1, 2**200)
each_format = pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)


def fraction(ball: arb) -> Fraction:
    m, e = map(int, ball.mid().man_exp())
    return m * Fraction(2) ** e


def beside(boundary: Fraction, unit: LogForm, log: LogForm, gap: Fraction) -> LogForm:
    """Return log + c·unit, irrational and within gap/8 of boundary + gap in units."""
    with ctx.workprec(40_000):
        missing = boundary + gap - fraction(log.ball(40_000) / unit.ball(40_000))
    denominator = int(64 / abs(gap)) + 1
    return log + unit * Fraction(round(missing * denominator), denominator)


@each_format
def test_exact_values_are_exact_in_every_direction(f: Format) -> None:
    eight = forms.entropy(Distribution.uniform(8))
    for direction in DIRECTIONS:
        found = round_to(eight, f, direction, base=2)
        assert (found.value, found.exact, found.hex) == (3, True, "0x1.8p+1")
        assert round_to(LogForm("-5/4"), f, direction).value == Fraction(-5, 4)
        assert round_to(eight, f, direction, base=sqrt(2)).value == 6
        assert round_to(LogForm(), f, direction, base=10).bits == "0" * -(-f.width // 4)
        assert round_to(LogForm.infinity(), f, direction).hex == "inf"
        assert round_to(LogForm.infinity(), f, direction).exact


def test_a_tie_goes_to_the_even_significand() -> None:
    tie = LogForm.log(2) * (1 + Fraction(1, 2**11))  # 1 + ulp/2 of binary16, in bits
    assert round_to(tie, "half", base=2).value == 1
    assert round_to(tie + LogForm.log(2) * Fraction(1, 2**10), "half", base=2).value == 1 + Fraction(1, 2**9)


@each_format
@pytest.mark.parametrize(("base", "log"), [("E", 2), (2, 3), (10, 7)])
def test_values_one_part_in_2_to_the_200_from_a_boundary(f: Format, base: object, log: int) -> None:
    unit = LogForm(1) if base == "E" else LogForm.log(base)
    options = {} if base == "E" else {"base": base}
    ulp = Fraction(2) ** (1 - f.precision)
    for boundary in (1 + ulp / 2, 1 + ulp, Fraction(1), 1 - ulp / 4, Fraction(2), 5 * f.least / 2, f.largest):
        for gap in (boundary * TINY, -boundary * TINY):
            form = beside(boundary, unit, LogForm.log(log), gap)
            for direction in DIRECTIONS:
                for sign in (1, -1):
                    found = round_to(form * sign, f, direction, **options)
                    assert found.value == reference(sign * (boundary + gap), f.precision, f.emax, direction)
                    assert found.inexact


@each_format
def test_values_below_half_the_least_subnormal(f: Format) -> None:
    speck = LogForm.log(3) * (f.least / 1000)
    for sign in (1, -1):
        values = {d: round_to(speck * sign, f, d) for d in DIRECTIONS}
        outward = "up" if sign > 0 else "down"
        assert {d for d, x in values.items() if x.value} == {outward}
        assert values[outward].value == sign * f.least
        assert all(x.underflow and x.negative == (sign < 0) for x in values.values())


def test_subnormal_values_of_a_divergence() -> None:
    p, q = [1, Fraction(1, 10**320)], [1, Fraction(2, 10**320)]
    found = round_to(forms.kl_divergence(p, q, "raw"), "double", "up")
    assert found.subnormal
    assert found == round_rational("-6.931471805599453094e-321", "double", "up")
    found = round_to(forms.kl_divergence(q, p, "raw"), "double", "down")
    assert found == round_rational("1.386294361119890618e-320", "double", "down")


@each_format
def test_overflow(f: Format) -> None:
    huge = LogForm.log(3) * (f.largest * 2)
    values = {d: round_to(huge, f, d) for d in DIRECTIONS}
    assert all(x.overflow for x in values.values())
    assert {d for d, x in values.items() if x.is_infinite} == {"nearest", "up"}
    assert {d for d in DIRECTIONS if round_to(-huge, f, d).is_infinite} == {"nearest", "down"}
    assert values["zero"].value == f.largest


def test_the_negative_unit_of_a_base_below_one() -> None:
    assert round_to(LogForm.log(8), base="1/2").value == -3
    assert round_to(LogForm.log(3), base="1/2") == round_to(-LogForm.log(3), base=2)
    assert round_to(LogForm.infinity(), base="1/2").hex == "-inf"


def test_numbers_and_expressions_mean_themselves() -> None:
    assert round_to("0.1").float == 0.1
    assert round_to(1 / sympy.log(2)).float == 1.4426950408889634
    assert round_to(3 - 2 * sympy.log(3) / sympy.log(2), "half").bits == "b170"
    assert round_to(sympy.log(8) / sympy.log(2)).exact
    assert round_to(LogForm.log(2), base=sympy.pi).float == 0.6055115613982801
    with pytest.raises(KLExactError, match="base is for log forms; found base=2 beside the expression 1"):
        round_to(1, base=2)


def test_bulk_measures_round_like_their_forms() -> None:
    p, q = [1, 2, 5, 0], [3, 3, 2, 7]
    for name in FORMATS:
        assert round_to(bulk.kl_divergence(p, q), name) == round_to(forms.kl_divergence(p, q, "normalised"), name)
    assert round_to(bulk.entropy([1] * 8), "binary16", base=2).value == 3
    assert round_to(bulk.kl_divergence([1, 0], [0, 1])).bits == "7ff0000000000000"


# -- algebraic points --------------------------------------------------------------------------------------


def at_root_three(form: LogForm) -> Value:
    return evaluate(form, t, real_roots(fmpz_poly([-3, 0, 1]))[1])


def exactly(n: int) -> Value:
    """Return log(2 + √3) + log(2 - √3) + n·log 2, in three pieces that nobody multiplied out."""
    rest = LogForm.log(2) * -n - at_root_three(LogForm.log(2 - t))
    assert isinstance(rest, AlgebraicForm)
    return at_root_three(LogForm.log(2 + t)) - rest


@each_format
def test_algebraic_values_that_are_rational_end_the_loop(f: Format) -> None:
    for direction in DIRECTIONS:
        for n in (3, 0, -5):
            found = round_to(exactly(n), f, direction, base=2)
            assert (found.value, found.exact, found.negative) == (n, True, n < 0)
    ulp = Fraction(2) ** (1 - f.precision)
    tie = exactly(0) - LogForm.log(2) * -(1 + ulp / 2)
    assert [round_to(tie, f, d, base=2).value for d in DIRECTIONS] == [1, 1 + ulp, 1, 1]


def test_algebraic_values_that_are_irrational() -> None:
    found = round_to(at_root_three(LogForm.log(2 + t)))
    assert found == round_rational("1.3169578969248167086250463473079684440")
    assert found.inexact


# -- Ziv's loop by itself ----------------------------------------------------------------------------------


def test_precision_doubles_until_the_ends_agree() -> None:
    used: list[int] = []

    def ball(prec: int) -> arb:
        used.append(prec)
        return LogForm.log(2).ball(prec) * arb(2) ** -10 + 1 + arb(2) ** -24 - LogForm.log(2).ball(900) * arb(2) ** -10

    def shifted(prec: int) -> arb:
        return ball(prec) + LogForm.log(3).ball(prec) * arb(2) ** -500

    assert round_balls(shifted, "single").value == 1 + Fraction(1, 2**23)
    assert used == [88, 176, 352, 704]


@pytest.mark.parametrize("equals", [None, lambda q: False])
def test_nothing_that_decides_is_undecided(monkeypatch: pytest.MonkeyPatch, equals: Callable[..., bool] | None) -> None:
    monkeypatch.setattr(rounding, "MAX_BITS", 5000)

    def tie(prec: int) -> arb:
        return arb(1) + arb(2) ** -24 + arb(0, arb(2) ** -prec)

    with pytest.raises(UndecidedError, match="5,000 bits must show on which side of a rounding boundary of binary32"):
        round_balls(tie, "single", equals=equals)
    assert round_balls(tie, "single", equals=lambda q: q == 1 + Fraction(1, 2**24)).value == 1


def test_an_undecided_equality_is_not_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "MAX_BITS", 5000)

    def undecided(q: Fraction) -> bool:
        raise UndecidedError(f"{q} is beyond the work bound")

    with pytest.raises(UndecidedError, match="5,000 bits"):
        round_balls(lambda prec: arb(1) + arb(0, arb(2) ** -prec), equals=undecided)


def test_balls_without_an_end_or_a_radius() -> None:
    found = round_balls(lambda prec: arb("0.5") if prec > 200 else arb(0, "inf"))
    assert found == round_rational("1/2")
    assert isinstance(found, Rounded)


# -- bad input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [LogForm(t), LogForm.log(t), LogForm.log(2) * t, LogForm.log(1 + t) * t])
def test_a_symbol_is_named(form: LogForm) -> None:
    with pytest.raises(KLExactError, match="found the symbol t: use subs first"):
        round_to(form)


def test_bases_and_values_that_are_refused() -> None:
    with pytest.raises(InvalidBaseError):
        round_to(LogForm(1), base=1)
    with pytest.raises(KLExactError, match="the format must be one of"):
        round_to(LogForm(1), "binary63")
    with pytest.raises(KLExactError, match="the direction must be one of"):
        round_to(LogForm(1), direction="away")
    with pytest.raises(InvalidNumberError):
        round_to(float("nan"))
