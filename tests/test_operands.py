"""The grammar of operands: what each text means, and that nothing else does."""

import pytest
from sympy import E

from klexact import Distribution, Family, KLExactError
from klexact.operands import parse_base, parse_distribution, parse_model, parse_operands


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1/2,1/4,1/4", Distribution(["1/2", "1/4", "1/4"])),
        (" 0.5 , .25, 25e-2 ", Distribution(["1/2", "1/4", "1/4"])),
        ("1", Distribution([1])),
        ("counts: 1, 3", Distribution(["1/4", "3/4"])),
        ("weights:0.1,0.3", Distribution(["1/4", "3/4"])),
        ("uniform(3)", Distribution.uniform(3)),
        ("binomial( 2 , 2/5 )", Distribution.binomial(2, "2/5")),
        ("point(red)", Distribution.point("red")),
        ("point(3)", Distribution.point(3)),
    ],
)
def test_distributions(text: str, wanted: Distribution) -> None:
    assert parse_distribution(text) == wanted
    assert parse_model(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "binomial(10)",
        "poisson",
        "geometric()",
        "categorical(3)",
        "truncated-geometric(4)",
        "two-part(6..10 | 0..5)",
        "parts(0 | 1,2 | 3..5)",
        "mixture(uniform(2) | 1/4,3/4)",
    ],
)
def test_families_are_called_as_they_are_written(text: str) -> None:
    family = parse_model(f" {text}")
    assert isinstance(family, Family)
    assert family.name == text


def test_lists_that_are_compared_have_one_length() -> None:
    assert parse_operands("1/2,1/2", "0,1", "1,0")[2] == Distribution([1])
    assert len(parse_operands("1/2,1/2", "counts:1,2", "uniform(4)", "point(a)")) == 4  # the last two have names
    with pytest.raises(KLExactError, match="must have the same length; found 2 and 3"):
        parse_operands("weights:1,2", "counts:1,2,3")
    with pytest.raises(KLExactError, match="must have the same length; found 1 and 2"):
        parse_operands("1", "uniform(2)", "1/2,1/2")


def test_blocks_hold_ranges_and_names() -> None:
    family = parse_model("two-part(red, 1..3 | 0, blue)")
    assert isinstance(family, Family)
    assert set(family.at("1/2").outcomes) == {"red", 1, 2, 3, 0, "blue"}


def test_bases() -> None:
    assert parse_base(" E ") is E
    assert parse_base("3/2") == "3/2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "os.system('x')",
        "1/2,,1/2",
        "uniform",
        "uniform()",
        "uniform(-1)",
        "binomial(1.5,1/2)",
        "counts:",
        "a=1",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    for parse in (parse_distribution, parse_model):
        with pytest.raises(KLExactError, match="found"):
            parse(text)


@pytest.mark.parametrize(
    "text", ["two-part(0 | 1..999999999)", "two-part(0 | 1..x)", "two-part(0 | 5..1)", "two-part(0 | 1...2)"]
)
def test_broken_ranges_are_refused(text: str) -> None:
    with pytest.raises(KLExactError, match=r"a range must be written 6\.\.10 and hold 1 to 10,000 outcomes; found"):
        parse_model(text)
