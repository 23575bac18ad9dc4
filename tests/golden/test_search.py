"""The search for values that are hard to round: its winners are hard, by mpmath, and a longer search finds no easier ones."""

from collections.abc import Mapping
from fractions import Fraction

import mpmath
import pytest

from klexact.formats import FORMATS, rounded
from klexact.golden.flags import _HARD
from klexact.golden.recipes import recipes
from klexact.golden.search import hard_arguments

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 60


def value(function: str, arguments: Mapping[str, str]) -> Fraction:
    p, q = (
        CONTEXT.mpf(Fraction(x).numerator) / Fraction(x).denominator for x in (arguments["p"], arguments.get("q", "1"))
    )
    found = {
        "entr": lambda: -p * CONTEXT.log(p),
        "rel_entr": lambda: p * CONTEXT.log(p / q),
        "kl_div": lambda: p * CONTEXT.log(p / q) - p + q,
    }[function]()
    negative, mantissa, exponent, _ = found._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if negative else size


def distance(x: Fraction, dtype: str) -> Fraction:
    """Return how far x is from the middle of its neighbours, in ulp."""
    low, high = (Fraction(rounded(x.as_integer_ratio(), FORMATS[dtype], d).value) for d in ("down", "up"))
    return abs(x - (low + high) / 2) / (high - low)


@pytest.mark.parametrize("function", ["entr", "rel_entr", "kl_div"])
@pytest.mark.parametrize("dtype", ["binary32", "binary64"])
def test_winners_are_hard_and_in_order(function: str, dtype: str) -> None:
    candidates = 4000
    winners = hard_arguments(function, dtype, 97, candidates, 8)
    found = [distance(value(function, w), dtype) for w in winners]
    assert found == sorted(found)
    assert found[0] < Fraction(
        4, candidates
    )  # the least of n uniform numbers in [0, 1/2] is above 4/n once in 3,000 seeds
    assert len({tuple(w.values()) for w in winners}) == len(winners) == 8
    for winner in winners:
        for text in winner.values():
            assert Fraction(1, 2) <= Fraction(text) < 1
            assert rounded(Fraction(text).as_integer_ratio(), FORMATS[dtype], "nearest").exact


@pytest.mark.parametrize("function", ["entr", "kl_div"])
def test_no_candidate_is_harder_than_the_winner(function: str) -> None:
    everyone = hard_arguments(function, "binary32", 5, 300, 300)
    distances = [distance(value(function, x), "binary32") for x in everyone]
    assert distances[0] == min(distances)
    assert hard_arguments(function, "binary32", 5, 300, 1) == everyone[:1]


def test_more_candidates_never_give_an_easier_winner() -> None:
    found = [
        distance(value("rel_entr", *hard_arguments("rel_entr", "binary64", 11, n, 1)), "binary64")
        for n in (50, 500, 5000)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_the_suite_asks_for_searches_whose_winners_are_flagged() -> None:
    searches = [recipe for recipe in recipes() if recipe["kind"] == "hard"]
    assert {recipe["function"] for recipe in searches} == {"entr", "rel_entr", "kl_div"}
    for recipe in searches:  # of n uniform numbers in [0, 1/2], 2n/1024 lie below 1/1024: twice what is kept, and more
        assert 2 * recipe["candidates"] * _HARD > 2 * recipe["keep"]


def test_seeds_change_the_winners() -> None:
    assert hard_arguments("entr", "binary64", 1, 200, 1) != hard_arguments("entr", "binary64", 2, 200, 1)
