"""Flags: each where it is planted, and absent where it is not."""

from typing import Any

import pytest

from klexact.golden.flags import FLAGS
from klexact.golden.making import make_case

HALF = {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]}
TINY = "1/" + str(2**1074)


def ask(function: str, variant: str, inputs: dict[str, Any], dtype: str = "binary64") -> list[str]:
    case = make_case(function, variant, "nat", inputs, slug="s", level="core", source="test")
    flags: list[str] = case["ieee"][dtype]["flags"]
    assert flags == sorted(set(flags))
    assert set(flags) <= set(case["flags"]) <= set(FLAGS)
    return flags


KL = "kl_divergence"
PLANTED: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("Basic", KL, "raw", HALF, "binary64"),
    ("CatastrophicCancellation", KL, "raw", {"p": ["1/2", "1/2"], "q": ["4097/8192", "4095/8192"]}, "binary64"),
    ("CatastrophicCancellation", "law_kl_divergence", "raw",
     {"law_p": "normal", "p": ["0", "1"], "law_q": "normal", "q": ["1/1024", "1"]}, "binary64"),
    ("ExactZero", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/2", "1/2"]}, "binary64"),
    ("ExactZero", KL, "raw", {"p": ["1", "1"], "q": ["2", "1/2"]}, "binary64"),
    ("InfiniteDivergence", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1", "0"]}, "binary64"),
    ("InfiniteDivergence", "kl_gradient_q", "raw", {"p": ["1", "1"], "q": ["0", "1"], "index": "0"}, "binary64"),
    ("IntermediateOverflow", KL, "raw", {"p": ["4"], "q": [TINY]}, "binary64"),
    ("IntermediateUnderflow", KL, "raw", {"p": [TINY, "1"], "q": ["4", "1"]}, "binary64"),
    ("LogOfZero", "kl_divergence_log_q", "raw", {"p": ["1", "0"], "log_q": ["-1", "-inf"]}, "binary64"),
    ("LogOfZero", "kl_divergence_logits", "raw", {"p": ["1", "0"], "logits": ["-1", "-inf"]}, "binary64"),
    ("LongVector", "entropy", "raw", {"p": ["1/128"] * 100}, "binary64"),
    ("NegativeRawSum", KL, "raw", {"p": ["1", "1"], "q": ["2", "3"]}, "binary64"),
    ("NegativeRawSum", "mutual_information", "raw", {"joint": [["2", "2"], ["2", "2"]]}, "binary64"),
    ("NonDyadicInput", KL, "raw", {"p": ["1/3", "2/3"], "q": ["1/4", "3/4"]}, "binary64"),
    ("NonDyadicInput", KL, "raw", {"p": ["1/2", "1/2"], "q": ["4097/8192", "4095/8192"]}, "bfloat16"),
    ("OutsideDomain", KL, "raw", {"p": ["-1", "2"], "q": ["1/2", "1/2"]}, "binary64"),
    ("OverflowingResult", KL, "raw", {"p": ["1" + "0" * 308], "q": ["1/1024"]}, "binary64"),
    ("PointMass", "entropy", "raw", {"p": ["0", "1"]}, "binary64"),
    ("PointMass", KL, "raw", {"p": ["1/2", "1/2"], "q": ["0", "1"]}, "binary64"),
    ("SubnormalInput", KL, "raw", {"p": ["1/2", "1/2"], "q": [TINY, "1"]}, "binary64"),
    ("SubnormalInput", "entr", "raw", {"p": "1/32768"}, "binary16"),
    ("SubnormalResult", KL, "raw", {"p": [TINY, "1"], "q": ["1/2", "1"]}, "binary64"),
    ("SubnormalResult", "kl_div", "generalised", {"p": "1", "q": "1025/1024"}, "binary16"),
    ("UniformReference", KL, "raw", {"p": ["1/4", "3/4"], "q": ["1/2", "1/2"]}, "binary64"),
    ("Unnormalised", KL, "normalised", {"p": ["2", "8"], "q": ["1", "9"]}, "binary64"),
    ("Unnormalised", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/2", "3/4"]}, "binary64"),
    ("ZeroOverZero", KL, "raw", {"p": ["0", "1"], "q": ["0", "1/2"]}, "binary64"),
    ("ZeroTimesLogZero", KL, "raw", {"p": ["0", "1"], "q": ["1/2", "1/2"]}, "binary64"),
    ("ZeroTimesLogZero", "entropy", "raw", {"p": ["0", "1"]}, "binary64"),
    ("ZeroTimesLogZero", "mutual_information", "raw", {"joint": [["0", "1/2"], ["1/4", "1/4"]]}, "binary64"),
]  # fmt: skip
ABSENT: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("Basic", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/2", "1/2"]}, "binary64"),
    ("CatastrophicCancellation", KL, "raw", {"p": ["1/2", "1/2"], "q": ["17/32", "15/32"]}, "binary64"),
    ("CatastrophicCancellation", KL, "raw", {"p": ["1", "1"], "q": ["2", "1/2"]}, "binary64"),
    ("ExactZero", KL, "raw", {"p": ["1/2", "1/2"], "q": ["4097/8192", "4095/8192"]}, "binary64"),
    ("HardToRound", KL, "raw", HALF, "binary64"),
    ("InfiniteDivergence", KL, "raw", {"p": ["1", "0"], "q": ["1", "0"]}, "binary64"),
    ("InfiniteDivergence", KL, "raw", {"p": ["1" + "0" * 308], "q": ["1/1024"]}, "binary64"),
    ("IntermediateOverflow", KL, "raw", {"p": ["1/4"], "q": [TINY]}, "binary128"),
    ("IntermediateUnderflow", KL, "raw", {"p": [TINY, "1"], "q": ["1", "1"]}, "binary64"),
    ("LogOfZero", "kl_divergence_log_q", "raw", {"p": ["1", "0"], "log_q": ["-1", "-2"]}, "binary64"),
    ("LongVector", "entropy", "raw", {"p": ["1/128"] * 99}, "binary64"),
    ("NegativeRawSum", KL, "generalised", {"p": ["1", "1"], "q": ["2", "3"]}, "binary64"),
    ("NegativeRawSum", "entropy", "raw", {"p": ["2", "3"]}, "binary64"),
    ("NegativeRawSum", "kl_gradient_q", "raw", {"p": ["2"], "q": ["1"], "index": "0"}, "binary64"),
    ("NonDyadicInput", KL, "raw", {"p": ["1/2", "1/2"], "q": ["4097/8192", "4095/8192"]}, "binary64"),
    ("OutsideDomain", KL, "raw", {"p": ["0", "2"], "q": ["1/2", "1/2"]}, "binary64"),
    ("OverflowingResult", KL, "raw", {"p": ["1", "1"], "q": ["1", "0"]}, "binary64"),
    ("OverflowingResult", KL, "raw", {"p": ["1" + "0" * 308], "q": ["1/1024"]}, "binary128"),
    ("PointMass", "entropy", "raw", {"p": ["0", "1", "1"]}, "binary64"),
    ("SubnormalInput", "entr", "raw", {"p": "1/16384"}, "binary16"),
    ("SubnormalInput", KL, "raw", {"p": ["0", "1"], "q": ["1/2", "1/2"]}, "binary64"),
    ("SubnormalResult", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/2", "1/2"]}, "binary64"),
    ("UniformReference", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]}, "binary64"),
    ("UniformReference", KL, "raw", {"p": ["1"], "q": ["1/2"]}, "binary64"),
    ("Unnormalised", KL, "raw", {"p": ["1/2", "1/2"], "q": ["1/2", "255/512"]}, "binary64"),
    ("ZeroOverZero", KL, "raw", {"p": ["0", "1"], "q": ["1/2", "1/2"]}, "binary64"),
    ("ZeroTimesLogZero", KL, "raw", {"p": ["1/2", "1/2"], "q": ["0", "1"]}, "binary64"),
    ("ZeroTimesLogZero", KL, "raw", {"p": ["0", "1"], "q": ["0", "1"]}, "binary64"),
]  # fmt: skip


@pytest.mark.parametrize(("flag", "function", "variant", "inputs", "dtype"), PLANTED)
def test_planted(flag: str, function: str, variant: str, inputs: dict[str, Any], dtype: str) -> None:
    assert flag in ask(function, variant, inputs, dtype)


@pytest.mark.parametrize(("flag", "function", "variant", "inputs", "dtype"), ABSENT)
def test_absent(flag: str, function: str, variant: str, inputs: dict[str, Any], dtype: str) -> None:
    assert flag not in ask(function, variant, inputs, dtype)


def test_every_flag_is_planted_and_absent_somewhere() -> None:
    assert {flag for flag, *_ in PLANTED} | {"HardToRound"} == set(FLAGS)
    assert {flag for flag, *_ in ABSENT} == set(FLAGS)


def test_hard_to_round() -> None:
    from klexact.golden.search import hard_arguments

    hardest, *_, easiest = hard_arguments("entr", "binary64", 12345, 4000, 4000)
    assert "HardToRound" in ask("entr", "raw", hardest)
    assert "HardToRound" not in ask("entr", "raw", easiest)


def test_nothing_stands_beside_outside_domain_and_basic_stands_only_beside_rounded_inputs() -> None:
    assert ask(KL, "raw", {"p": ["-1", "2"], "q": ["1", "1"]}) == ["OutsideDomain"]
    assert ask(KL, "raw", HALF) == ["Basic"]
    assert ask(KL, "raw", {"p": ["1/3", "2/3"], "q": ["1/4", "3/4"]}) == ["Basic", "NonDyadicInput"]


def test_the_union_of_the_views_is_the_cases() -> None:
    case = make_case(KL, "raw", "nat", {"p": [TINY, "1"], "q": ["1/3", "1"]}, slug="s", level="core", source="test")
    assert set(case["ieee"]) == {"binary64", "binary128"}
    assert case["flags"] == sorted({flag for view in case["ieee"].values() for flag in view["flags"]})
    assert "SubnormalInput" not in case["ieee"]["binary128"]["flags"]
