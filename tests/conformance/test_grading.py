"""Grades are what their construction says, in every format; the bound behind `conditioned` holds, and is not idle."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klexact.conformance.answers import Answer
from klexact.conformance.grading import DEFECTS, GRADES, Verdict, bound, grade, ulp
from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, Format, rounded
from klexact.golden.cases import Case
from tests.conformance.one_view import GOLDEN_FORMATS, INFINITE, bits, case_with, finite, infinite, outside, steps

NAN = {
    "binary16": "7e00",
    "bfloat16": "7fc0",
    "binary32": "7fc00000",
    "binary64": "7ff8" + "0" * 12,
    "binary128": "7fff8" + "0" * 27,
}
in_formats = pytest.mark.parametrize("dtype", GOLDEN_FORMATS)


def graded(case: Case, dtype: str, answer: Fraction | str) -> Verdict:
    return grade(case, dtype, Answer(bits=answer if isinstance(answer, str) else bits(answer, dtype)))


@st.composite
def placed(draw: st.DrawFn) -> tuple[str, int, int, Fraction]:
    """Draw a format, a significand and an exponent of one of its normal numbers, and a part of an ulp above it."""
    dtype = draw(st.sampled_from(GOLDEN_FORMATS))
    target = FORMATS[dtype]
    lowest = 1 << target.precision - 1
    significand = draw(st.integers(lowest + 10, 2 * lowest - 10))
    exponent = (
        draw(st.integers(target.emin, target.emax) | st.sampled_from([target.emin, -1, 0])) - target.precision + 1
    )
    part = draw(st.just(Fraction(0)) | st.fractions(0, 1, max_denominator=1000).filter(lambda x: x.denominator > 2))
    return dtype, significand, exponent, part


@given(placed(), st.integers(-10, 10), st.booleans())
def test_a_displaced_answer_has_the_grade_of_its_distance(
    place: tuple[str, int, int, Fraction], displaced: int, negative: bool
) -> None:
    dtype, significand, exponent, part = place
    sign, unit = -1 if negative else 1, Fraction(2) ** exponent
    case = finite(sign * (significand + part) * unit, dtype, terms=1)
    verdict = graded(case, dtype, sign * (significand + displaced) * unit)
    distance = abs(displaced - part)
    if displaced == round(part):
        wanted = "correct"
    elif distance < 1:
        wanted = "faithful"
    elif distance <= 4:
        wanted = "accurate"
    else:
        wanted = "conditioned" if distance * unit <= bound(case, dtype) else "fail"
    assert verdict.name == wanted
    assert verdict.ulps is not None
    assert abs(verdict.ulps - distance) < Fraction(1, 10**14)
    assert verdict.explained == (wanted != "fail")


@given(placed(), st.integers(1, 50))
def test_beyond_the_bound_is_fail_and_at_the_bound_is_not(place: tuple[str, int, int, Fraction], terms: int) -> None:
    dtype, significand, exponent, part = place
    target = FORMATS[dtype]
    if exponent > target.emax - target.precision - 3:
        exponent -= 5
    value = (significand + part) * Fraction(2) ** exponent
    case = finite(value, dtype, terms=terms, magnitude=value * 3)
    limit = value + bound(case, dtype)
    inside, beyond = (Fraction(rounded(limit.as_integer_ratio(), target, way).value) for way in ("down", "up"))
    assert graded(case, dtype, inside).name == "conditioned"
    if beyond > limit * (1 + Fraction(1, 10**48)):
        assert graded(case, dtype, beyond) == Verdict("fail", ulps=graded(case, dtype, beyond).ulps, explained=False)


@in_formats
def test_the_bound_is_the_formula_of_the_readme(dtype: str) -> None:
    target = FORMATS[dtype]
    case = finite(Fraction(1), dtype, terms=3, magnitude=Fraction(5, 2))
    u = Fraction(1, 2**target.precision)
    assert bound(case, dtype) == 11 * u / (1 - 11 * u) * Fraction(5, 2) * Fraction("1.0001") + 27 * target.least


def near(target: Format, x: Fraction, step: int) -> Fraction:
    """Return a number of a format within 4 ulp of x, some steps away from the nearest one where that is within."""
    nearest = Fraction(rounded(x.as_integer_ratio(), target, "nearest").value)
    moved = steps(target, nearest, step)
    return moved if abs(moved - x) <= 4 * ulp(x, target) else nearest


def added(target: Format, terms: list[Fraction], order: random.Random) -> Fraction:
    """Return the rounded sum of numbers, in any order of additions."""
    while len(terms) > 1:
        one, other = (terms.pop(order.randrange(len(terms))) for _ in range(2))
        terms.append(Fraction(rounded((one + other).as_integer_ratio(), target, "nearest").value))
    return terms[0]


@st.composite
def sums(draw: st.DrawFn) -> tuple[str, list[Fraction]]:
    """Draw a format and terms, from subnormal to moderate, that may cancel."""
    dtype = draw(st.sampled_from(["binary16", "bfloat16"]))
    lowest = FORMATS[dtype].emin - FORMATS[dtype].precision
    top = draw(st.integers(lowest, 4))
    term = st.builds(
        lambda m, e: m * Fraction(2) ** e, st.fractions(-1, 1, max_denominator=10**6), st.integers(lowest, top)
    )
    terms = draw(st.lists(term, min_size=1, max_size=20))
    if draw(st.booleans()):
        terms += [-x for x in terms]
    return dtype, terms


@given(sums(), st.data())
def test_terms_within_4_ulp_added_in_any_order_stay_within_the_bound(
    made: tuple[str, list[Fraction]], data: st.DataObject
) -> None:
    dtype, terms = made
    target = FORMATS[dtype]
    case = finite(sum(terms, Fraction(0)), dtype, terms=len(terms), magnitude=sum(map(abs, terms), Fraction(0)))
    moves = data.draw(st.lists(st.integers(-4, 4), min_size=len(terms), max_size=len(terms)))
    computed = [near(target, x, step) for x, step in zip(terms, moves, strict=True)]
    assert all(abs(got - x) <= 4 * ulp(x, target) for got, x in zip(computed, terms, strict=True))
    verdict = graded(case, dtype, added(target, computed, data.draw(st.randoms(use_true_random=False))))
    assert verdict.explained
    assert verdict.at_least("conditioned") or verdict.defect in ("WrongSign", "MissedZero")


@in_formats
def test_the_bound_is_nearly_reached_by_one_term_just_above_a_power_of_two(dtype: str) -> None:
    case = finite(Fraction(1), dtype)
    four = 4 * ulp(Fraction(1), FORMATS[dtype])
    assert four <= bound(case, dtype) < four * Fraction(9, 7)


def test_five_ulp_of_one_term_are_not_explained() -> None:
    assert graded(finite(Fraction(1), "binary64"), "binary64", 1 + 5 * Fraction(1, 2**52)).name == "fail"


@in_formats
def test_four_ulp_are_accurate_also_where_50_digits_round_the_value(dtype: str) -> None:
    target = FORMATS[dtype]
    value = (2**target.precision - 2**3 - 1) * target.least  # a subnormal's neighbourhood: hundreds of digits
    for moved in (-4, 4):
        verdict = graded(finite(value, dtype), dtype, steps(target, value, moved))
        assert (verdict.name, verdict.ulps) == ("accurate", Fraction(4))


def test_an_ulp_is_the_distance_of_the_neighbours_where_50_digits_round_to_a_power_of_two() -> None:
    value = 1 - Fraction(1, 2**200)
    case = finite(value, "binary128")
    assert case.views["binary128"].decimal50 == "1.0000000000000000000000000000000000000000000000000e+0"
    verdict = graded(case, "binary128", 1 - Fraction(3, 2**113))
    assert verdict.name == "accurate"
    assert verdict.ulps == 3  # those below 1, not those above


@in_formats
def test_both_zeros_are_exactly_zero_and_nothing_else_is(dtype: str) -> None:
    case = finite(Fraction(0), dtype, magnitude=Fraction(1))
    zero = "0" * len(NAN[dtype])
    assert (
        graded(case, dtype, zero) == graded(case, dtype, "8" + zero[1:]) == Verdict("correct", None, Fraction(0), True)
    )
    small, large = Fraction(1, 2 ** FORMATS[dtype].precision), Fraction(1)
    for answer, explained in ((small, True), (-small, True), (large, False)):
        verdict = graded(case, dtype, answer)
        assert (verdict.name, verdict.grade, verdict.explained) == ("MissedZero", None, explained)


def test_a_zero_without_terms_explains_subnormal_answers_only() -> None:
    case, least = finite(Fraction(0), "binary64"), FORMATS["binary64"].least
    assert [graded(case, "binary64", k * least).explained for k in (9, 10)] == [True, False]


@in_formats
def test_overflow_is_right_by_its_bits(dtype: str) -> None:
    largest = FORMATS[dtype].largest
    for sign in (1, -1):
        case = finite(sign * largest * 3, dtype)
        names = [graded(case, dtype, sign * x).name for x in (INFINITE, largest, -INFINITE)]
        assert names == ["correct", "faithful", "WrongInfinity"]
        assert graded(case, dtype, sign * INFINITE).ulps is None
    just_above = finite(largest + ulp(largest, FORMATS[dtype]) / 4, dtype)
    assert [graded(just_above, dtype, x).name for x in (largest, INFINITE)] == ["correct", "faithful"]


@in_formats
def test_underflow_is_right_by_its_bits(dtype: str) -> None:
    least, zero = FORMATS[dtype].least, "0" * len(NAN[dtype])
    case = finite(-least / 3, dtype)
    assert [graded(case, dtype, x).name for x in (zero, "8" + zero[1:], -least)] == ["correct", "correct", "faithful"]
    verdict = graded(case, dtype, least)
    assert (verdict.name, verdict.explained) == ("WrongSign", True)
    assert verdict.ulps is not None
    assert abs(verdict.ulps - Fraction(4, 3)) < Fraction(1, 10**40)


@in_formats
def test_nan_and_infinities_where_the_value_is_finite(dtype: str) -> None:
    case = finite(Fraction(1, 3), dtype)
    assert graded(case, dtype, NAN[dtype]) == Verdict(None, "NaN", None, explained=False)
    for sign in (1, -1):
        assert graded(case, dtype, sign * INFINITE) == Verdict(None, "WrongInfinity", None, explained=False)


@in_formats
def test_a_wrong_sign_is_a_defect_even_where_cancellation_explains_it(dtype: str) -> None:
    small = Fraction(1, 2 ** (FORMATS[dtype].precision + 2))
    assert graded(finite(small, dtype, magnitude=Fraction(1)), dtype, -small).explained
    verdict = graded(finite(small, dtype), dtype, -small)
    assert (verdict.defect, verdict.grade, verdict.explained) == ("WrongSign", None, False)


def test_zero_has_no_sign_to_be_wrong() -> None:
    assert (
        graded(finite(Fraction(1, 2**60), "binary64", magnitude=Fraction(1)), "binary64", Fraction(0)).name
        == "conditioned"
    )
    assert graded(finite(Fraction(1, 2), "binary64"), "binary64", Fraction(0)).name == "fail"


@in_formats
def test_an_infinite_value(dtype: str) -> None:
    for sign, end in (("+", INFINITE), ("-", -INFINITE)):
        case = infinite(sign, dtype)
        assert graded(case, dtype, end) == Verdict("correct", None, Fraction(0), explained=True)
        assert [graded(case, dtype, x).name for x in (-end, FORMATS[dtype].largest, NAN[dtype])] == [
            "WrongInfinity"
        ] * 2 + ["NaN"]
        with pytest.raises(KLExactError, match="finite value"):
            bound(case, dtype)


@in_formats
def test_outside_the_domain_only_an_error_or_nan_is_right(dtype: str) -> None:
    case = outside(dtype)
    assert graded(case, dtype, NAN[dtype]).name == "correct"
    assert grade(case, dtype, Answer(error="ValueError: negative")).name == "correct"
    assert grade(case, dtype, Answer(error="segmentation fault", fault=True)).name == "errored"
    assert [graded(case, dtype, x).name for x in (Fraction(0), INFINITE)] == ["DomainError"] * 2


def test_errors_and_skips_are_no_grades() -> None:
    case = finite(Fraction(1), "binary64")
    refused, passed_over = (grade(case, "binary64", x) for x in (Answer(error="no"), Answer(skip="too long")))
    assert (refused, passed_over) == (Verdict("errored"), Verdict("skipped"))
    assert not any(x.at_least("fail") for x in (refused, passed_over))


def test_alternates_are_right_for_those_who_opt_in_and_the_value_stays_right() -> None:
    alternates = {"nan-for-0/0": {"binary64": NAN["binary64"]}, "extended": {"binary64": bits(INFINITE, "binary64")}}
    zero = finite(Fraction(0), "binary64")
    case = case_with(zero.views["binary64"], alternates=alternates)
    answers = {name: Answer(bits=x["binary64"]) for name, x in alternates.items()}
    for name, answer in answers.items():
        assert grade(case, "binary64", answer).defect is not None
        assert grade(case, "binary64", answer, conventions={name}).name == "correct"
        other = next(iter(set(answers) - {name}))
        assert grade(case, "binary64", answer, conventions={other, "unheard-of"}).defect is not None
    assert grade(case, "binary64", Answer(bits="0" * 16), conventions=set(answers)).name == "correct"
    domain = outside("binary64", alternates=alternates)
    assert grade(domain, "binary64", answers["extended"], conventions={"extended"}).name == "correct"
    assert grade(domain, "binary64", answers["extended"]).name == "DomainError"


def test_grades_are_ordered() -> None:
    verdicts = [Verdict(name) for name in GRADES] + [Verdict(None, name) for name in DEFECTS]
    for i, wanted in enumerate(GRADES):
        assert [x.name for x in verdicts if x.at_least(wanted)] == list(GRADES[: i + 1])
    with pytest.raises(KLExactError, match="one of correct, faithful"):
        verdicts[0].at_least("NaN")


def test_wrong_questions_and_damaged_views_are_named() -> None:
    case = finite(Fraction(1, 3), "binary64", terms=2)
    view = case.views["binary64"]
    with pytest.raises(KLExactError, match=r"view in binary16.*it has binary64"):
        grade(case, "binary16", Answer(bits="3c00"))
    with pytest.raises(KLExactError, match="16 lower-case"):
        grade(case, "binary64", Answer(bits="3c00"))
    for damaged in ("1e999999999", "1e1_0", "0x1p3", "", None):
        with pytest.raises(InvalidFileError, match="decimal50"):
            graded(case_with(replace(view, decimal50=damaged)), "binary64", Fraction(1))
    with pytest.raises(InvalidFileError, match="magnitude"):
        bound(case_with(replace(view, magnitude="inf")), "binary64")
    with pytest.raises(InvalidFileError, match="down and up"):
        graded(case_with(replace(view, down=NAN["binary64"])), "binary64", Fraction(1))
    with pytest.raises(KLExactError, match="1017 terms"):
        bound(finite(Fraction(1, 3), "binary16", terms=1017), "binary16")
    assert bound(finite(Fraction(1, 3), "binary16", terms=1016), "binary16") > Fraction(1, 3)
