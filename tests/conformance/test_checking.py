"""Running implementations over small golden files: what is asked, what counts as an answer, and who does the work."""

import math
import multiprocessing
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from klexact.conformance import checking
from klexact.conformance.answers import Answer
from klexact.conformance.checking import again, arguments, case_of, check, check_target, longest, questions, targets_of
from klexact.conformance.lines import call_line
from klexact.conformance.outcomes import Outcome, outcomes_of
from klexact.conformance.reports import report_of
from klexact.conformance.targets import Adapter, MissingLibraryError, Target
from klexact.errors import KLExactError
from klexact.golden.cases import LEVELS, index, load
from tests.conformance import golden_made

KL = ("kl_divergence", "raw", "nat")
BOTH = ["binary64", "binary32"]


def kl(p: list[float], q: list[float]) -> float:
    """A user's function that knows no zeros."""
    return math.fsum(a * math.log(a / b) for a, b in zip(p, q, strict=True))


def good(p: list[float], q: list[float]) -> float:
    if min(p) < 0 or min(q) < 0:
        raise ValueError("a probability must not be negative")
    if any(a and not b for a, b in zip(p, q, strict=True)):
        return math.inf
    return math.fsum(a * math.log(a / b) if a else 0.0 for a, b in zip(p, q, strict=True))


def pairs(count: int) -> Iterator[dict[str, list[str]]]:
    for k in range(2, count + 2):
        yield {"p": [f"1/{k}", f"{k - 1}/{k}"], "q": ["1/4", "3/4"]}


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    made: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]}, {"slug": "halves", "dtypes": BOTH}),
        ({"p": ["0", "1"], "q": ["1/4", "3/4"]}, {"slug": "zero", "flags": ["ZeroTimesLogZero"], "dtypes": BOTH}),
        ({"p": ["1", "0"], "q": ["0", "1"]}, {"slug": "disjoint", "level": "full"}),
        ({"p": ["-1/2", "3/2"], "q": ["1/4", "3/4"]}, {"slug": "negative", "level": "full"}),
        ({"p": ["1/8"] * 8, "q": ["1/8"] * 8}, {"slug": "long", "level": "long", "flags": ["ExactZero"]}),
    ]
    cases = [golden_made.case(*KL, inputs, **options) for inputs, options in made]
    many = [golden_made.case("entropy", "raw", "bit", {"p": given["p"]}, dtypes=BOTH) for given in pairs(150)]
    return golden_made.write(tmp_path, {KL: cases, ("entropy", "raw", "bit"): many})


def target_of(call: Any, asked: tuple[str, str, str] = KL, **options: Any) -> Target:
    def line(dtype: str, *given: Any) -> str:
        return f"print(f({', '.join(map(repr, given))}))  # {dtype}"

    def called(_: str, *given: Any) -> Any:
        return call(*given)

    return replace(Target("made.f", *asked, dtypes=("binary64", "binary32"), call=called, line=line), **options)


def by_slug(outcomes: list[Outcome]) -> dict[tuple[str, str], str]:
    return {(x.slug, x.dtype): x.verdict.name for x in outcomes}


def test_each_case_is_asked_in_each_format_in_which_it_has_a_view(golden: Path) -> None:
    outcomes = check_target(target_of(good), directory=golden)
    assert list(by_slug(outcomes)) == [
        *((slug, "binary64") for slug in ("halves", "zero", "disjoint", "negative", "long")),
        *((slug, "binary32") for slug in ("halves", "zero")),
    ]
    assert all(x.verdict.at_least("accurate") for x in outcomes)
    halves = outcomes[0]
    assert (halves.function, halves.variant, halves.unit, halves.target) == (*KL, "made.f")
    assert halves.line == "print(f([0.5, 0.5], [0.25, 0.75]))  # binary64"
    assert (halves.got, halves.wanted) == (repr(good([0.5, 0.5], [0.25, 0.75])), "0.14384103622589045")
    assert halves.key == f"{halves.case}:binary64"
    assert outcomes[1].flags == ("ZeroTimesLogZero",)


def test_levels_hold_the_ones_before(golden: Path) -> None:
    found = {n: [c.slug for c, _ in questions(*KL, ["binary64"], level=n, directory=golden)] for n in LEVELS}
    assert found["core"] == ["halves", "zero"]
    assert found["full"] == ["halves", "zero", "disjoint", "negative"]
    assert found["long"] == [*found["full"], "long"]
    assert len(check_target(target_of(good), level="core", directory=golden)) == 4


def test_what_it_raises_is_its_refusal(golden: Path) -> None:
    def refuses(p: list[float], q: list[float]) -> float:
        raise RuntimeError(f"cannot\n take {object()} at 0x7f0011223344" + "!" * 400)

    found = {x.slug: x for x in check_target(target_of(refuses), directory=golden)}
    assert found["negative"].verdict.name == "correct"
    assert found["halves"].verdict.name == "errored"
    said = found["halves"].got
    assert said.startswith("RuntimeError: cannot take <object object at 0x...> at 0x...!")
    assert said.endswith("!...")
    assert len(said) < 320


@pytest.mark.parametrize("answer", [None, [0.5, 0.5], "a half", {}, 1j])
def test_what_is_no_number_is_an_error(golden: Path, answer: object) -> None:
    outcomes = check_target(target_of(lambda p, q: answer), level="core", directory=golden)
    assert {x.verdict.name for x in outcomes} == {"errored"}
    assert all("must be" in x.got for x in outcomes)


def test_a_target_may_skip_by_itself_or_by_length(golden: Path) -> None:
    def some(p: list[float], q: list[float]) -> Any:
        return Answer(skip="takes positive numbers") if min(p) <= 0 else good(p, q)

    found = {x.slug: x for x in check_target(target_of(some, max_length=7), directory=golden)}
    assert {slug for slug, x in found.items() if x.verdict.name == "skipped"} == {
        "zero",
        "disjoint",
        "negative",
        "long",
    }
    assert found["long"].got == "takes at most 7 entries; there are 8"
    assert found["zero"].got == "takes positive numbers"


def test_a_library_that_turns_out_missing_is_no_answer(golden: Path) -> None:
    def missing(p: list[float], q: list[float]) -> float:
        raise MissingLibraryError("grading x needs x")

    with pytest.raises(MissingLibraryError):
        check_target(target_of(missing), directory=golden)


def test_warnings_of_what_is_graded_are_silenced_and_no_others(golden: Path) -> None:
    def warns(p: list[float], q: list[float]) -> float:
        warnings.warn("divide by zero", RuntimeWarning, stacklevel=1)
        return good(p, q)

    before = list(warnings.filters)
    assert all(x.verdict.at_least("accurate") for x in check_target(target_of(warns), directory=golden))
    assert warnings.filters == before


def test_conventions_of_a_target_make_its_alternates_right(tmp_path: Path) -> None:
    alternates = {"extended-value": {"binary64": "7ff0000000000000"}}
    case = golden_made.case(*KL, {"p": ["-1", "2"], "q": ["1/4", "3/4"]}, alternates=alternates)
    directory = golden_made.write(tmp_path, {KL: [case]})
    plain = target_of(lambda p, q: math.inf)
    names = [
        check_target(target, directory=directory)[0].verdict.name
        for target in (plain, replace(plain, conventions=frozenset({"extended-value"})))
    ]
    assert names == ["DomainError", "correct"]


def test_running_nothing_is_an_error(golden: Path) -> None:
    for asked, wrong in (
        ({"dtypes": ["binary16"]}, r"found none of kl_divergence raw nat up to level long in binary16"),
        ({"dtypes": []}, "in no format"),
        ({"dtypes": ["binary63"]}, "found 'binary63': did you mean binary"),
        ({"dtypes": BOTH, "level": "all"}, "one of core, full, long; found 'all'"),
    ):
        with pytest.raises(KLExactError, match=wrong):
            questions(*KL, **{"directory": golden} | asked)
    with pytest.raises(KLExactError, match="the variant of golden cases must be one of raw; found 'normalised'"):
        check(good, variant="normalised", directory=golden)
    with pytest.raises(KLExactError, match=r"at least one case must be executed; found 0, and 5 skipped: .*too hard"):
        check(lambda p, q: Answer(skip="too hard"), level="long", directory=golden)


def test_check_takes_any_callable(golden: Path) -> None:
    assert check(good, directory=golden).passed("accurate")
    report = check(kl, level="long", directory=golden)
    assert {x.slug: x.verdict.name for x in report.outcomes} == {
        "halves": "accurate",  # its terms cancel
        "zero": "errored",
        "disjoint": "errored",
        "negative": "correct",  # log of a negative number raises
        "long": "correct",
    }
    assert [x.slug for x in check(kl, level="core", directory=golden).failures()] == ["zero"]
    with pytest.raises(KLExactError, match="must be callable; found 'kl'"):
        check("kl", directory=golden)  # type: ignore[arg-type]


def test_the_line_of_a_function_repeats_its_answer(golden: Path) -> None:
    for x in check(good, directory=golden).outcomes:
        if x.slug != "negative":
            done = subprocess.run([sys.executable, "-c", x.line], capture_output=True, text=True, check=True)
            assert float(done.stdout) == float(x.got)
    lines = [x.line for x in check(lambda p, q: 0.0, directory=golden).outcomes if x.slug == "halves"]
    assert lines == ["print(f([0.5, 0.5], [0.25, 0.75]))"]


def test_lines_write_what_python_can_read() -> None:
    given = [0.5, math.inf, -math.inf, math.nan, 3, "normal", [Fraction(1, 3)]]
    assert call_line("math:fsum", given) == (
        "from fractions import Fraction; from math import fsum; "
        "print(fsum(0.5, float('inf'), float('-inf'), float('nan'), 3, 'normal', [Fraction(1, 3)]))"
    )
    assert call_line("__main__:f", [1]) == "print(f(1))"
    assert call_line("m:g.<locals>.h", [1]) == "print(h(1))"


def test_long_vectors_are_named_instead_of_written(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WRITTEN_OUT", 5)
    line = next(x.line for x in check(good, level="long", directory=golden).outcomes if x.slug == "long")
    case_id = next(case.id for case in load(*KL, golden).cases if case.slug == "long")
    assert line == (
        f"from tests.conformance.test_checking import good; from klexact.conformance.checking import arguments; "
        f"print(good(*arguments('{case_id}', 'binary64')))"
    )
    assert arguments(case_id, "binary64", directory=golden) == ([0.125] * 8, [0.125] * 8)
    with pytest.raises(KLExactError, match="view in binary16"):
        arguments(case_id, "binary16", directory=golden)
    with pytest.raises(KLExactError, match=r"case of the suite 0-made; found 'kl_divergence-000000000000'"):
        case_of("kl_divergence-000000000000", directory=golden)


def test_the_length_of_a_case_counts_matrices_and_generated_vectors(golden: Path) -> None:
    case = load(*KL, golden).cases[0]
    assert longest(case) == 2
    assert longest(replace(case, inputs={"p": [["1"] * 3] * 4, "q": "1"})) == 12
    assert longest(replace(case, inputs={"p": "1", "q": {"generator": "ramp", "length": "100000"}})) == 100_000


CALLS: list[str] = []


def entropy(p: list[float]) -> float:
    CALLS.append("entropy")
    return -math.fsum(a * math.log2(a) for a in p if a)


MADE = Adapter(
    "made", ("pytest", "no-such-thing"), lambda: (target_of(good), target_of(entropy, ("entropy", "raw", "bit")))
)


@pytest.fixture
def made_adapter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """The entropy of the adapter `made`, which is known while a test lasts."""
    targets_of.cache_clear()
    monkeypatch.setattr(checking, "_adapter", {"made": MADE}.__getitem__)
    yield MADE.targets()[1]
    targets_of.cache_clear()


def test_outcomes_are_the_same_in_threads(golden: Path, made_adapter: Target) -> None:
    here = check_target(made_adapter, directory=golden)
    assert len(here) == 300
    heard: list[int] = []
    with ThreadPoolExecutor(2) as executor:
        there = check_target(made_adapter, adapter="made", directory=golden, executor=executor, progress=heard.append)
    assert there == here
    assert sum(heard) == 300
    assert len(heard) == 6  # 64 cases at most, in one format


def test_outcomes_are_the_same_bytes_in_processes_that_start_from_nothing(golden: Path) -> None:
    target = next(x for x in targets_of("numpy") if (x.function, x.variant, x.unit) == ("entropy", "raw", "bit"))
    here = check_target(target, adapter="numpy", directory=golden)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        there = check_target(target, adapter="numpy", directory=golden, executor=executor)
    assert there == here
    assert report_of(there, directory=golden).json("correct") == report_of(here, directory=golden).json("correct")


def test_a_journal_resumes_and_is_not_fooled_by_other_golden_files(
    golden: Path, made_adapter: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, asked = tmp_path / "journal", {"adapter": "made", "directory": golden, "journal": tmp_path / "journal"}
    first = check_target(made_adapter, **asked)  # type: ignore[arg-type]
    kept = sorted(path.name for path in journal.iterdir())
    assert len(kept) == 6
    (journal / kept[0]).unlink()
    CALLS.clear()
    assert check_target(made_adapter, **asked) == first  # type: ignore[arg-type]
    assert 0 < len(CALLS) <= 64
    monkeypatch.setattr(checking, "versions", lambda names: {"pytest": "another"})
    check_target(made_adapter, **asked)  # type: ignore[arg-type]
    assert len(CALLS) > 300


def test_chunks_break_where_the_vectors_are_long(
    golden: Path, made_adapter: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = check_target(made_adapter, directory=golden)
    monkeypatch.setattr(checking, "_CHUNK_ENTRIES", 7)
    heard: list[int] = []
    assert check_target(made_adapter, directory=golden, progress=heard.append) == wanted
    assert heard == [3] * 100


def test_an_executor_needs_an_adapter_that_has_the_target(golden: Path, made_adapter: Target, tmp_path: Path) -> None:
    with pytest.raises(KLExactError, match=r"name of the adapter that makes made\.f; found none"):
        check_target(made_adapter, directory=golden, journal=tmp_path)
    with pytest.raises(KLExactError, match=r"adapter made must have the target other entropy raw bit"):
        check_target(replace(made_adapter, name="other"), adapter="made", directory=golden)


def test_again_repeats_an_answer(golden: Path, made_adapter: Target) -> None:
    for x in check_target(made_adapter, adapter="made", level="core", directory=golden)[:3]:
        assert repr(again("made", x.target, x.case, x.dtype, directory=golden)) == x.got
    with pytest.raises(KLExactError, match="must have the target nothing"):
        again("made", "nothing", x.case, x.dtype, directory=golden)


def test_answers_of_a_program_become_the_same_outcomes(golden: Path) -> None:
    target = target_of(good)
    wanted = check_target(target, directory=golden)
    asked = questions(*KL, BOTH, directory=golden)
    answers = {x.key: x.answer for x in wanted}

    def line(case: Any, dtype: str) -> str:
        return target.line(dtype, *case.values(dtype).values())

    assert outcomes_of(asked, answers, target="made.f", line=line) == wanted
    del answers[wanted[2].key]
    with pytest.raises(KLExactError, match=f"7 questions must have an answer; 1 lack one: {re.escape(wanted[2].key)}"):
        outcomes_of(asked, answers, target="made.f", line=line)


def test_conventions_are_known_names(golden: Path) -> None:
    def extended(p: float, q: float) -> float:
        return math.inf if p < 0 or q < 0 else rel_entr(p, q)

    def rel_entr(p: float, q: float) -> float:
        if not p >= 0 or not q >= 0:
            raise ValueError
        return 0.0 if not p else math.inf if not q else p * (math.log(p) - math.log(q))

    outside = [
        {x.slug: x.verdict.name for x in check(extended, "rel_entr", level="core", conventions=claimed).outcomes}
        for claimed in ((), "extended-value", {"extended-value"})
    ]
    assert outside[1] == outside[2] != outside[0]
    with pytest.raises(KLExactError, match="a convention must be one of extended-value; found 'extended'"):
        check(extended, "rel_entr", conventions=["extended"])


def test_a_report_shows_itself(golden: Path) -> None:
    shown = str(check(good, directory=golden))
    assert shown.startswith(f"suite {index(golden)['suite']}, Python ")
    assert re.search(r"\n[\w.]+:good kl_divergence raw nat binary64 (correct|faithful|accurate) \d+", shown)
