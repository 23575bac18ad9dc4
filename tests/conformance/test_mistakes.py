"""Wrong functions of a user's own, with NumPy and without: each gets its mistake named, right ones and random ones none."""

import math
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klexact.conformance.answers import Answer, answer_of
from klexact.conformance.mistakes import Diagnosis, described, diagnose
from klexact.conformance.outcomes import Outcome, outcome
from klexact.errors import KLExactError
from klexact.golden.cases import load, number
from tests.conformance import golden_made

inf, nan, log = math.inf, math.nan, math.log
A = np.array
JS = "Jensen-Shannon divergence"
Vector = Any  # a list of floats or an array

ASKED = [
    ("kl_divergence", "raw", "nat"),
    ("kl_divergence", "raw", "bit"),
    ("kl_divergence", "normalised", "nat"),
    ("kl_divergence", "generalised", "nat"),
    ("entropy", "raw", "nat"),
    ("entropy", "raw", "bit"),
    ("entropy", "normalised", "nat"),
    ("cross_entropy", "raw", "nat"),
    ("jensen_shannon_divergence", "raw", "nat"),
    ("jensen_shannon_divergence", "normalised", "bit"),
    ("kl_divergence_log_q", "raw", "nat"),
    ("entr", "raw", "nat"),
    ("rel_entr", "raw", "nat"),
    ("kl_div", "generalised", "nat"),
]


def pairs() -> Iterator[tuple[list[str], list[str]]]:
    plain = "1/2 1/2 1/4 3/4; 1/10 1/5 7/10 3/10 3/10 2/5; 1/8 1/8 1/4 1/2 1/2 1/8 1/8 1/4; 1/3 2/3 1/5 4/5"
    zeros = "0 1 1/2 1/2; 0 1/2 1/2 0 1/4 3/4; 1/2 0 1/2 1/4 0 3/4; 0 0 1 1/4 1/4 1/2; 1 0 1 0; 0 1/4 3/4 1/4 1/4 1/2"
    infinite = "1/2 1/2 1 0; 1/4 1/4 1/2 0 1/2 1/2; 1 0 0 1; 0 1/2 1/2 1/2 0 1/2; 1/3 1/3 1/3 1/2 1/2 0"
    masses = "2 8 1 9; 1/2 1/2 3/10 3/10; 3 3 3 1 1 1; 1/8 1/16 1/2 1/8; 5 1/2 2 3/2; 1/100 1/50 4 1/8; 1/16 0 1/4 1/4"
    tiny, huge = str(Fraction(1, 2**1040)), str(Fraction(10) ** 300)
    ranged = f"1/2 1/2 1 {tiny}; {tiny} 1 1/2 1/2; {huge} 1 1/{huge} 1; 1/{huge} 2 {huge} 1; 1/2 1/2 {tiny} 1"
    for group in (plain, zeros, infinite, masses, ranged):
        for pair in group.split(";"):
            numbers = pair.split()
            yield numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    for k in (10, 20, 26, 30, 40, 50):
        yield ["1/2", "1/2"], [str(Fraction(1, 2) + Fraction(1, 2**k)), str(Fraction(1, 2) - Fraction(1, 2**k))]
        yield ["1/4", "3/4"], [str(Fraction(1, 4) - Fraction(1, 2**k)), str(Fraction(3, 4) + Fraction(1, 2**k))]
    chosen = random.Random(5)
    for n in (2, 2, 3, 3, 4, 5, 5, 7, 9, 12, 17, 30, 100):
        p, q = ([chosen.randrange(1, 2**20) for _ in range(n)] for _ in range(2))
        yield [str(Fraction(x, sum(p))) for x in p], [str(Fraction(x, sum(q))) for x in q]


def inputs(function: str) -> Iterator[dict[str, Any]]:
    for p, q in pairs():
        if function == "entropy":
            yield {"p": p}
            yield {"p": q}
        elif function == "entr":
            yield from ({"p": x} for x in (*p[:3], *q[:3]))
        elif function in ("rel_entr", "kl_div"):
            yield from ({"p": x, "q": y} for x, y in zip(p[:3], q[:3], strict=True))
        elif function == "kl_divergence_log_q":
            logs = ["-inf" if Fraction(x) == 0 else str(Fraction(log(Fraction(x)))) for x in q]
            yield {"p": p, "log_q": logs}
        else:
            yield {"p": p, "q": q}


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {}
    for asked in ASKED:
        unique = {str(given): given for given in inputs(asked[0])}
        cases = [golden_made.case(*asked, given, slug=f"made-{i}") for i, given in enumerate(unique.values())]
        files[asked] = [c for c in cases if c["value"]["kind"] != "domain"]
    return golden_made.write(tmp_path_factory.mktemp("golden"), files)


def answered(golden: Path, asked: tuple[str, str, str], function: Callable[..., Any]) -> list[Outcome]:
    found = []
    for case in load(*asked, golden).cases:
        for dtype in case.views:
            try:
                with np.errstate(all="ignore"):
                    answer = answer_of(function(*case.values(dtype).values()), dtype)
            except (ValueError, ZeroDivisionError, OverflowError) as error:
                answer = Answer(error=str(error))
            found.append(outcome(case, dtype, answer, target="mine", line=""))
    return found


def diagnosed(golden: Path, asked: tuple[str, str, str], function: Callable[..., Any]) -> list[Diagnosis]:
    return diagnose(answered(golden, asked, function), directory=golden)


# -- functions of a user's own -----------------------------------------------------------------------------


def term(p: float, q: float) -> float:
    """P log(p/q) as it should be."""
    if p == 0 or q == 0:
        return inf if p else 0.0
    if 0.5 < p / q < 2:
        return p * math.log1p((p - q) / q)
    return p * (log(p / q) if 1e-300 < p / q < 1e300 else log(p) - log(q))


def kl(p: Vector, q: Vector) -> float:
    return math.fsum(map(term, p, q))


def normalised(p: Vector) -> Vector:
    return [x / math.fsum(p) for x in p]


def entropy(p: Vector) -> float:
    return math.fsum(-x * log(x) if x else 0.0 for x in p)


def cross(p: Vector, q: Vector) -> float:
    return math.fsum((-x * log(y) if y else inf) if x else 0.0 for x, y in zip(p, q, strict=True))


def jsd(p: Vector, q: Vector) -> float:
    return (kl(p, middle(p, q)) + kl(q, middle(p, q))) / 2


def middle(p: Vector, q: Vector) -> Vector:
    return [x / 2 + y / 2 for x, y in zip(p, q, strict=True)]


def summed(form: Callable[[float, float], float]) -> Callable[[Vector, Vector], float]:
    return lambda p, q: math.fsum(form(x, y) for x, y in zip(p, q, strict=True))


def categorical(p: Vector, q: Vector) -> Any:
    """D of torch's Categorical distributions."""
    p, q = A(p) / np.sum(p), A(q) / np.sum(q)
    inside = np.log(clipped(p, 2**-52, 1 - 2**-52)) - np.log(clipped(q, 2**-52, 1 - 2**-52))
    return np.sum(np.where(p == 0, 0, np.where(q == 0, inf, p * inside)))


def quotient_first(x: float, y: float) -> float:
    if not x or not y:
        return inf if x else 0.0
    return x * log(x / y) if x / y else -inf


def clipped(x: Any, low: float, high: float = inf) -> Any:
    return np.clip(A(x), low, high)


def np_kl(p: Any, q: Any) -> Any:
    p, q = A(p), A(q)
    return np.sum(p * np.log(p / q))


def np_masked(p: Any, q: Any) -> Any:
    p, q = A(p), A(q)
    live = (p > 0) & (q > 0)
    return np.sum(p[live] * np.log(p[live] / q[live]))


def np_entropy(p: Any) -> Any:
    return -np.sum(A(p) * np.log(A(p)))


def np_finite(p: Any, q: Any) -> Any:
    terms = A(p) * np.log(A(p) / A(q))
    return np.sum(terms[np.isfinite(terms)])


def float32_kl(p: Any, q: Any) -> Any:
    p, q = A(p, dtype=np.float32), A(q, dtype=np.float32)
    return np.sum(np.where(p > 0, p * np.log(p / q), 0), dtype=np.float32)


def flushed(x: Vector) -> Vector:
    return [0.0 if abs(y) < 2.0**-1022 else y for y in x]


def torch_kl_div(log_input: Any, target: Any) -> Any:
    log_input, target = A(log_input), A(target)
    return np.sum(np.where(target > 0, target * np.log(target), 0) - target * log_input)


RAW, BITS = ("kl_divergence", "raw", "nat"), ("kl_divergence", "raw", "bit")
NORMALISED, GENERALISED = ("kl_divergence", "normalised", "nat"), ("kl_divergence", "generalised", "nat")
H, H_BITS, H_NORMALISED = ("entropy", "raw", "nat"), ("entropy", "raw", "bit"), ("entropy", "normalised", "nat")
CROSS, JSD = ("cross_entropy", "raw", "nat"), ("jensen_shannon_divergence", "raw", "nat")
JSD_BITS = ("jensen_shannon_divergence", "normalised", "bit")
LOG_Q, ENTR, REL_ENTR = ("kl_divergence_log_q", "raw", "nat"), ("entr", "raw", "nat"), ("rel_entr", "raw", "nat")
KL_DIV = ("kl_div", "generalised", "nat")

PLANTED: list[tuple[tuple[str, str, str], Callable[..., Any], str]] = [
    (RAW, np_kl, "natural formula, NaN at zeros"),
    (RAW, summed(lambda x, y: x * log(x / y)), "natural formula, an exception at zeros"),
    (RAW, lambda p, q: np.sum(A(p) * (np.log(p) - np.log(q))), "natural difference of logarithms, NaN at zeros"),
    (RAW, np_masked, "zeros dropped"),
    (RAW, summed(lambda x, y: term(x, y) if y else 0.0), "zeros dropped"),
    (RAW, np_finite, "terms that are not finite dropped"),
    (
        RAW,
        lambda p, q: np.nansum(np.nan_to_num(A(p) * np.log(A(p) / A(q)), posinf=0)),
        "terms that are not finite dropped",
    ),
    (RAW, summed(lambda x, y: x * log(x / y) if x else 0.0), "an exception where the value is infinite"),
    (RAW, lambda p, q: kl(q, p), "reversed arguments"),
    (RAW, lambda p, q: np_kl(q, p), "reversed arguments + natural formula, NaN at zeros"),
    (RAW, lambda p, q: kl(p, q) / log(2), "wrong base: bits in place of nats"),
    (RAW, lambda p, q: kl(p, q) / log(10), "wrong base: dits in place of nats"),
    (RAW, lambda p, q: np.sum(np.where(A(p) > 0, A(p) * np.log2(A(p) / A(q)), 0)), "wrong base: bits in place of nats"),
    (RAW, lambda p, q: kl(q, p) / log(2), "reversed arguments + wrong base: bits in place of nats"),
    (RAW, lambda p, q: -kl(p, q), "sign flipped"),
    (RAW, lambda p, q: kl(p, q) / len(p), "mean in place of the sum"),
    (RAW, lambda p, q: max(kl(p, q), 0.0), "clipped at 0"),
    (RAW, lambda p, q: abs(kl(p, q)), "absolute value"),
    (RAW, summed(lambda x, y: abs(term(x, y))), "absolute values of the terms"),
    (RAW, lambda p, q: kl(p, q) ** 2, "square"),
    (RAW, lambda p, q: 2 * kl(p, q), "factor 2"),
    (RAW, lambda p, q: kl(p, q) / 2, "factor 1/2"),
    (RAW, lambda p, q: kl(normalised(p), normalised(q)), "normalised though raw is asked"),
    (RAW, lambda p, q: kl(p, q) + math.fsum(q) - math.fsum(p), "generalised though raw is asked"),
    (RAW, lambda p, q: kl(p, q) + kl(q, p), "Jeffreys divergence in place of kl_divergence"),
    (RAW, jsd, "Jensen-Shannon divergence in place of kl_divergence"),
    (RAW, lambda p, q: entropy(p), "entropy in place of kl_divergence"),
    (RAW, cross, "cross-entropy in place of kl_divergence"),
    (RAW, lambda p, q: np_kl(clipped(p, 1e-7), clipped(q, 1e-7)), "clipped at 1e-07"),
    (RAW, lambda p, q: np_kl(clipped(p, 1e-10), clipped(q, 1e-10)), "clipped at 1e-10"),
    (RAW, lambda p, q: kl(p, clipped(q, 1e-12)), "q clipped at 1e-12"),
    (RAW, lambda p, q: np_kl(clipped(p, 1e-7, 1.0), clipped(q, 1e-7, 1.0)), "clipped to [1e-07, 1]"),
    (RAW, lambda p, q: np_kl(clipped(p, 1e-15), clipped(q, 1e-15)), "clipped at 1e-15"),
    (RAW, lambda p, q: np_kl(clipped(p, 1e-16), clipped(q, 1e-16)), "clipped at 1e-16"),
    (RAW, lambda p, q: np_kl(clipped(p, 2**-52), clipped(q, 2**-52)), "clipped at 2.22e-16"),
    (
        RAW,
        lambda p, q: kl(normalised(clipped(p, 1e-8)), normalised(clipped(q, 1e-8))),
        "clipped at 1e-08, then normalised",
    ),
    (RAW, lambda p, q: np_kl(A(p) + 1e-10, A(q) + 1e-10), "1e-10 added"),
    (RAW, lambda p, q: np_kl(normalised(A(p) + 1e-5), normalised(A(q) + 1e-5)), "1e-05 added, then normalised"),
    (RAW, lambda p, q: np.sum(A(p) * np.log((A(p) + 1e-12) / (A(q) + 1e-12))), "1e-12 added inside the logarithm"),
    (RAW, lambda p, q: kl(q, clipped(p, 1e-12)), "reversed arguments + q clipped at 1e-12"),
    (RAW, summed(lambda x, y: x * (log(x) - y) if x else 0.0), "q taken as log q"),
    (RAW, lambda p, q: np.sum(np.exp(p) * (A(p) - A(q))), "p and q taken as log p and log q"),
    (RAW, torch_kl_div, "reversed arguments + q taken as log q"),
    (RAW, lambda p, q: 1e9 if kl(p, q) == inf else kl(p, q), "1e+09 in place of infinity"),
    (RAW, lambda p, q: 0.0 if kl(p, q) == inf else kl(p, q), "0 in place of infinity"),
    (RAW, lambda p, q: np.nan_to_num(kl(p, q)), "1.79769e+308 in place of infinity"),
    (RAW, float32_kl, "computed in binary32"),
    (RAW, lambda p, q: kl(np.float32(p).tolist(), np.float32(q).tolist()), "inputs rounded to binary32"),
    (RAW, lambda p, q: kl(flushed(p), flushed(q)), "subnormal numbers flushed to 0 (below 2^-1022)"),
    (RAW, summed(quotient_first), "p/q overflows or underflows"),
    (RAW, lambda p, q: nan, "always NaN"),
    (RAW, lambda p, q: 1 / 0, "an error, whatever the inputs"),
    (BITS, kl, "wrong base: nats in place of bits"),
    (BITS, lambda p, q: kl(q, p), "reversed arguments + wrong base: nats in place of bits"),
    (NORMALISED, kl, "raw though normalised is asked"),
    (NORMALISED, lambda p, q: kl(normalised(q), normalised(p)), "reversed arguments"),
    (NORMALISED, lambda p, q: np_kl(clipped(normalised(p), 1e-8), clipped(normalised(q), 1e-8)), "clipped at 1e-08"),
    (NORMALISED, categorical, "clipped to [2.22e-16, 1 - 2.22e-16] inside the logarithm, infinity kept"),
    (GENERALISED, kl, "raw though generalised is asked"),
    (GENERALISED, lambda p, q: kl(normalised(p), normalised(q)), "normalised though generalised is asked"),
    (H, np_entropy, "natural formula, NaN at zeros"),
    (H, lambda p: -sum(x * log(x) for x in p), "natural formula, an exception at zeros"),
    (H, lambda p: -entropy(p), "sign flipped"),
    (H, lambda p: math.exp(min(entropy(p), 700)), "perplexity"),
    (H, lambda p: entropy(p) / log(2), "wrong base: bits in place of nats"),
    (H, lambda p: np_entropy(clipped(p, 1e-7)), "clipped at 1e-07"),
    (H, lambda p: np_entropy(clipped(p, 2.0**-23, 1 - 2.0**-23)), "clipped to [1.19e-07, 1 - 1.19e-07]"),
    (H, lambda p: -np.sum(A(p) * np.log(A(p) + 1e-9)), "1e-09 added inside the logarithm"),
    (H, lambda p: entropy(normalised(p)), "normalised though raw is asked"),
    (H, lambda p: entropy(p) / len(p), "mean in place of the sum"),
    (H_BITS, entropy, "wrong base: nats in place of bits"),
    (H_NORMALISED, entropy, "raw though normalised is asked"),
    (CROSS, lambda p, q: -np.sum(A(p) * np.log(A(q))), "natural formula, NaN at zeros"),
    (CROSS, lambda p, q: cross(q, p), "reversed arguments"),
    (CROSS, kl, "KL divergence in place of cross_entropy"),
    (CROSS, lambda p, q: entropy(p), "entropy in place of cross_entropy"),
    (CROSS, lambda p, q: -np.sum(A(p) * np.log(clipped(q, 1e-7))), "q clipped at 1e-07"),
    (CROSS, lambda p, q: -np.sum(A(p) * np.log(A(q) + 1e-10)), "1e-10 added to q"),
    (CROSS, lambda p, q: cross(p, q) / log(2), "wrong base: bits in place of nats"),
    (JSD, lambda p, q: 2 * jsd(p, q), "factor 2"),
    (JSD, lambda p, q: math.sqrt(max(jsd(p, q), 0.0)), "distance in place of the divergence (square root)"),
    (JSD, lambda p, q: jsd(normalised(p), normalised(q)), "normalised though raw is asked"),
    (JSD, lambda p, q: jsd(p, q) / log(2), "wrong base: bits in place of nats"),
    (JSD, kl, "KL divergence in place of jensen_shannon_divergence"),
    (JSD, lambda p, q: kl(p, middle(p, q)) / 2, f"one half of the {JS} in place of jensen_shannon_divergence"),
    (JSD, lambda p, q: (np_kl(p, middle(p, q)) + np_kl(q, middle(p, q))) / 2, "natural formula, NaN at zeros"),
    (JSD_BITS, lambda p, q: jsd(normalised(p), normalised(q)), "wrong base: nats in place of bits"),
    (LOG_Q, lambda p, log_q: np.sum(A(p) * (np.log(p) - log_q)), "natural formula, NaN at zeros"),
    (LOG_Q, lambda p, log_q: torch_kl_div(log_q, p), "0·log q as NaN"),
    (LOG_Q, lambda p, log_q: np.sum(np.where(A(p) > 0, A(p) * np.log(A(p) / A(log_q)), 0)), "log q taken as q"),
    (LOG_Q, lambda p, log_q: torch_kl_div(log_q, p) / len(p), "0·log q as NaN + mean in place of the sum"),
    (LOG_Q, lambda p, log_q: torch_kl_div(np.log(p), np.exp(log_q)), "reversed arguments + 0·log q as NaN"),
    (ENTR, lambda p: -p * np.log(p), "natural formula, NaN at zeros"),
    (ENTR, lambda p: p * log(p) if p else 0.0, "sign flipped"),
    (REL_ENTR, lambda p, q: term(q, p), "reversed arguments"),
    (REL_ENTR, lambda p, q: p * np.log(np.float64(p) / q), "natural formula, NaN at zeros"),
    (REL_ENTR, lambda p, q: term(p, q) + q - p, "generalised though raw is asked"),
    (KL_DIV, term, "rel_entr in place of kl_div"),
    (KL_DIV, lambda p, q: term(q, p) + p - q, "reversed arguments"),
    (KL_DIV, lambda p, q: (term(p, q) + q - p) / log(2), "wrong base: bits in place of nats"),
]


@pytest.mark.parametrize(("asked", "function", "name"), PLANTED, ids=[f"{x[0][0]}-{x[2]}" for x in PLANTED])
def test_a_planted_mistake_is_named(
    golden: Path, asked: tuple[str, str, str], function: Callable[..., Any], name: str
) -> None:
    found = diagnosed(golden, asked, function)
    assert [x.name for x in found][:1] == [name], "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("asked", "function"),
    [
        (RAW, kl),
        (BITS, lambda p, q: kl(p, q) / log(2)),
        (H, entropy),
        (H_BITS, lambda p: entropy(p) / log(2)),
        (CROSS, cross),
        (ENTR, lambda p: entropy([p])),
        (REL_ENTR, term),
    ],
)
def test_right_functions_get_no_diagnosis(
    golden: Path, asked: tuple[str, str, str], function: Callable[..., Any]
) -> None:
    outcomes = answered(golden, asked, function)
    assert all(x.verdict.at_least("conditioned") or x.verdict.explained for x in outcomes)
    assert diagnose(outcomes, directory=golden) == []
    assert described(outcomes, directory=golden) == []


@pytest.mark.parametrize("asked", ASKED)
def test_random_functions_get_no_diagnosis(golden: Path, asked: tuple[str, str, str]) -> None:
    chosen = random.Random(1)
    outcomes = answered(golden, asked, lambda *_: chosen.uniform(-1, 3))
    wrong = sum(not x.verdict.at_least("conditioned") for x in outcomes)
    assert diagnose(outcomes, directory=golden) == []
    (line,) = described(outcomes, directory=golden)
    assert line.startswith(f"no known mistake explains {wrong} of {wrong} wrong answers, such as {asked[0]}-")


def test_digits_lost_near_p_equal_to_q_are_named_beside_the_rest(golden: Path) -> None:
    found = diagnosed(golden, RAW, summed(lambda x, y: x * log(x / y) if x and y and 0 < x / y < inf else term(x, y)))
    assert [x.name for x in found] == ["digits lost to cancellation"]
    assert found[0].explains == found[0].of > 5
    found = diagnosed(golden, RAW, lambda p, q: np.sum(A(p) * np.log(p)) - np.sum(A(p) * np.log(q)))
    assert [x.name for x in found] == [
        "natural difference of logarithms, NaN at zeros",
        "digits lost to cancellation",
    ]
    assert sum(x.explains for x in found) == found[0].of


def test_a_mistake_is_not_credited_with_what_any_usual_formula_loses(golden: Path) -> None:
    def plain(p: Vector, q: Vector) -> float:
        return sum((x * log(x / y) if y else inf) for x, y in zip(p, q, strict=True) if x)

    outcomes = answered(golden, RAW, plain)
    infinite = [x for x in outcomes if x.answer.bits and x.answer.bits == "7ff0000000000000"]
    assert any(x.verdict.at_least("conditioned") for x in infinite)
    found = diagnose(outcomes, directory=golden)
    assert [x.name for x in found] == [
        "p/q overflows, an exception where it underflows",
        "digits lost to cancellation",
    ]
    assert sum(x.explains for x in found) == found[0].of
    raising = diagnosed(golden, RAW, summed(lambda x, y: x * log(x / y) if x else 0.0))
    assert [x.name for x in raising] == ["an exception where the value is infinite", "digits lost to cancellation"]


def test_a_diagnosis_counts_and_points_at_cases(golden: Path) -> None:
    outcomes = answered(golden, RAW, lambda p, q: kl(q, p))
    found = diagnose(outcomes, directory=golden)[0]
    wrong = {x.case for x in outcomes if not x.verdict.at_least("conditioned")}
    assert (found.explains, found.of) == (len(wrong), len(wrong))
    assert set(found.examples) <= wrong
    assert len(found.examples) == 3
    assert str(found).startswith(
        "looks like: reversed arguments: it computes kl_divergence with p and q in each other's place"
    )
    assert f"(explains {len(wrong)} of {len(wrong)} wrong answers, as of {found.examples[0]}, " in str(found)


def test_a_mistake_that_explains_half_of_the_wrong_answers_is_not_named(golden: Path) -> None:
    flip = iter([True, False] * 1000)
    assert diagnosed(golden, RAW, lambda p, q: kl(q, p) if next(flip) else 17.25) == []


def test_answers_outside_the_domain_are_named(tmp_path: Path) -> None:
    given = [{"p": ["-1/2", "3/2"], "q": ["1/2", "1/2"]}, {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]}]
    directory = golden_made.write(tmp_path, {RAW: [golden_made.case(*RAW, x) for x in given]})
    (found,) = diagnosed(directory, RAW, summed(lambda x, y: term(x, y) if x > 0 else 0.0))
    assert (found.name, found.explains, found.of) == ("no check of the domain", 1, 1)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda p, q: kl(q, p), "reversed arguments"),
        (lambda p, q: kl(p, q) / log(2), "wrong base: bits in place of nats"),
        (np_kl, "natural formula, NaN at zeros"),
        (lambda p, q: kl(p, clipped(q, 1e-7)), "q clipped at 1e-07"),
    ],
)
def test_narrow_formats_take_part(tmp_path: Path, function: Callable[..., Any], name: str) -> None:
    dtypes = ["binary16", "binary32", "binary64"]
    given = list(pairs())[:19]
    cases = [golden_made.case(*RAW, {"p": p, "q": q}, dtypes=dtypes, slug=str(i)) for i, (p, q) in enumerate(given)]
    found = diagnosed(golden_made.write(tmp_path, {RAW: cases}), RAW, function)
    assert found[0].name == name
    assert found[0].explains > 0.9 * found[0].of


def test_formats_beyond_floats_are_left_out(tmp_path: Path) -> None:
    cases = [golden_made.case(*RAW, {"p": p, "q": q}, dtypes=["binary128"]) for p, q in list(pairs())[:4]]
    outcomes = answered(golden_made.write(tmp_path, {RAW: cases}), RAW, lambda p, q: kl(q, p))
    assert any(x.verdict.name == "fail" for x in outcomes)
    assert diagnose(outcomes, directory=tmp_path) == []


def test_functions_without_a_formula_get_mistakes_of_results(tmp_path: Path) -> None:
    gradient = "kl_gradient_p"
    arguments, pairs_of = golden_made.FUNCTIONS["kl_divergence"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(golden_made, "FUNCTIONS", {gradient: (arguments, pairs_of)})
        cases = [
            golden_made.case(gradient, "raw", "nat", x, slug=str(i)) for i, x in enumerate(inputs("kl_divergence"))
        ]
        directory = golden_made.write(tmp_path, {(gradient, "raw", "nat"): cases})
    (found,) = diagnosed(directory, (gradient, "raw", "nat"), lambda p, q: -kl(p, q))
    assert found.name == "sign flipped"


def test_outcomes_of_several_functions_are_refused(golden: Path) -> None:
    outcomes = [*answered(golden, RAW, lambda p, q: 2.0), *answered(golden, H, lambda p: 2.0)]
    with pytest.raises(KLExactError, match="one function, variant and unit"):
        diagnose(outcomes, directory=golden)


def only(found: list[Diagnosis]) -> Diagnosis:
    (diagnosis,) = found
    return diagnosis


def test_the_right_value_with_another_sign_is_told_from_lost_digits(golden: Path) -> None:
    values = {
        tuple(map(str, case.values("binary64").values())): float(
            number(case.views["binary64"].nearest or "", "binary64")
        )
        for case in load(*RAW, golden).cases
    }
    found = only(diagnosed(golden, RAW, lambda p, q: -values[str(p), str(q)]))
    assert (found.name, found.explains) == ("sign flipped", found.of)
    found = only(diagnosed(golden, RAW, lambda p, q: max(values[str(p), str(q)], 0.0)))
    assert (found.name, found.explains) == ("clipped at 0", found.of)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p, q: -kl(p, q),
        lambda p, q: 2 * kl(p, q),
        lambda p, q: abs(kl(p, q)),
        lambda p, q: kl(p, q) / log(2),
        lambda p, q: kl(q, p),
        lambda p, q: sum(map(term, q, p)),
    ],
)
def test_a_careful_function_with_one_mistake_has_that_one_alone(golden: Path, wrong: Callable[..., Any]) -> None:
    found = only(diagnosed(golden, RAW, wrong))
    assert found.explains == found.of


def test_lost_digits_are_not_blamed_where_more_is_unknown(golden: Path) -> None:
    for unknown in (lambda p, q: round(kl(p, q), 6), lambda p, q: kl(p[:-1], q[:-1])):
        outcomes = answered(golden, RAW, unknown)
        (line,) = described(outcomes, directory=golden)
        assert re.match(r"no known mistake explains (\d+) of \1 wrong answers, such as ", line)


def test_what_stays_unexplained_is_said(golden: Path) -> None:
    outcomes = answered(golden, RAW, lambda p, q: 17.25 if len(p) > 50 else kl(q, p))
    found = only(diagnose(outcomes, directory=golden))
    assert found.explains < found.of
    line, rest = described(outcomes, directory=golden)
    assert line == str(found)
    assert rest.startswith(
        f"no known mistake explains {found.of - found.explains} of {found.of} wrong answers, such as "
    )
    assert ": got 17.25, wanted " in rest


def test_the_root_of_a_divergence_is_named(golden: Path) -> None:
    found = diagnosed(golden, JSD, lambda p, q: math.sqrt(max(jsd(p, q), 0.0)))
    assert found[0].name == "distance in place of the divergence (square root)"


def test_an_error_is_told_as_it_was(golden: Path) -> None:
    def raises(p: Vector, q: Vector) -> float:
        raise ValueError("not in the mood")

    found = only(diagnosed(golden, RAW, raises))
    assert (found.name, found.sentence) == ("an error, whatever the inputs", "not in the mood")


def test_doubles_in_wider_formats_are_seen(tmp_path: Path) -> None:
    given = [*pairs()][:19]
    cases = [
        golden_made.case(*RAW, {"p": p, "q": q}, dtypes=["binary128"], slug=str(i)) for i, (p, q) in enumerate(given)
    ]
    directory = golden_made.write(tmp_path, {RAW: cases})
    found = only(diagnosed(directory, RAW, lambda p, q: kl([*map(float, p)], [*map(float, q)])))
    assert found.name == "computed in binary64"
    assert diagnosed(directory, RAW, lambda p, q: Fraction(kl([*map(float, p)], [*map(float, q)])) / 3) == []
