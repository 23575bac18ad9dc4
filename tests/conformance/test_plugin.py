"""The pytest plugin, in suites of its own: off unless asked for, strict where it is."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from klexact.golden.cases import load
from tests.conformance import golden_made

pytest_plugins = ["pytester"]

HALVES = {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]}
SAME = {"p": ["1/4", "3/4"], "q": ["1/4", "3/4"]}
ZERO = {"p": ["0", "1"], "q": ["1/4", "3/4"]}
LONGER = {"p": ["1/4", "1/4", "1/2"], "q": ["1/8", "3/8", "1/2"]}
NEGATIVE = {"p": ["-1/2", "3/2"], "q": ["1/4", "3/4"]}

GOOD = """
import math
import pytest

def kl(p, q):
    if min(p) < 0 or min(q) < 0:
        raise ValueError("a probability must not be negative")
    return math.fsum(a * math.log(a / b) if a else 0.0 for a, b in zip(p, q))

@pytest.mark.klexact(function="kl_divergence")
def test_kl(klexact_case):
    klexact_case.call(kl)
"""
WRONG = GOOD.replace(
    "return math.fsum(a * math.log(a / b) if a else 0.0 for a, b in zip(p, q))",
    'return float("nan") if 0 in p else 1.0',
)


def made_case(inputs: dict[str, list[str]], **options: object) -> dict[str, object]:
    return golden_made.case("kl_divergence", "raw", "nat", inputs, **options)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite whose golden files, of kl_divergence and entropy, are small."""
    both = ["binary64", "binary32"]
    cases = [
        made_case(HALVES, slug="halves", dtypes=both),
        made_case(SAME, slug="same", flags=["ExactZero"], dtypes=both),
        made_case(
            ZERO, slug="zero", flags=["ZeroTimesLogZero"], alternates={"zero-is-nan": {"binary64": "7ff8000000000000"}}
        ),
        made_case(LONGER, slug="longer", level="full"),
        made_case(NEGATIVE, slug="negative", level="full"),
    ]
    entropy = [golden_made.case("entropy", "raw", "bit", {"p": ["1/2", "1/2"]})]
    golden = pytester.mkdir("golden")
    golden_made.write(golden, {("kl_divergence", "raw", "nat"): cases, ("entropy", "raw", "bit"): entropy})
    pytester.makeini(f"[pytest]\naddopts = --strict-markers\nklexact_golden = {golden.name}\n")
    return pytester


def ids(suite: pytest.Pytester, *slugs: str) -> list[str]:
    file = load("kl_divergence", "raw", "nat", suite.path / "golden")
    return [case.id for slug in slugs for case in file.cases if case.slug == slug]


def collected(suite: pytest.Pytester, *options: str) -> list[str]:
    result = suite.runpytest_inprocess("--collect-only", "-q", *options)
    return [line.split("[")[1][:-1] for line in result.outlines if "[" in line and "::" in line]


def marked(arguments: str, body: str = "klexact_case.call(kl)") -> str:
    return GOOD.replace('function="kl_divergence"', arguments).replace("klexact_case.call(kl)", body)


# -- what it runs ------------------------------------------------------------------------------------------


def test_a_test_runs_once_per_case_and_the_ids_are_the_cases(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD)
    assert collected(suite) == ids(suite, "halves", "same", "zero")
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*golden values, suite 0-made*", "3 cases: 1 correct, 2 accurate"])


def test_several_formats_show_in_the_ids(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl_divergence", dtype=["binary64", "binary32"]'))
    wanted = [f"{case}:binary64" for case in ids(suite, "halves", "same", "zero")]
    assert collected(suite) == wanted + [f"{case}:binary32" for case in ids(suite, "halves", "same")]
    suite.runpytest_inprocess().assert_outcomes(passed=5)


def test_the_fixture_holds_the_case_and_what_a_function_receives(suite: pytest.Pytester) -> None:
    body = """
    assert klexact_case.arguments == ([0.5, 0.5], [0.25, 0.75])
    assert klexact_case.bits["p"] == ["3f000000"] * 2
    assert (klexact_case.case.slug, klexact_case.dtype) == ("halves", "binary32")
    assert klexact_case.check("0x1.269622p-3").name == "correct"
    """
    suite.makepyfile(marked('function="kl_divergence", dtype="binary32"', body.strip().replace("\n    ", "\n    ")))
    suite.runpytest_inprocess("-k", ids(suite, "halves")[0]).assert_outcomes(passed=1, deselected=1)


def test_levels_hold_the_ones_before_them_and_refusals_are_right_outside_the_domain(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD)
    assert collected(suite, "--klexact-level", "full") == ids(suite, "halves", "same", "zero", "longer", "negative")
    suite.runpytest_inprocess("--klexact-level=full").assert_outcomes(passed=5)
    suite.makepyfile(marked('function="kl_divergence", level="full"', "klexact_case.call(lambda p, q: 1 / 0)"))
    suite.runpytest_inprocess().assert_outcomes(passed=1, failed=4)


def test_flags_choose_cases(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD)
    assert collected(suite, "--klexact-flags", "ExactZero") == ids(suite, "same")
    assert collected(suite, "--klexact-flags", "ZeroTimesLogZero, ExactZero") == ids(suite, "same", "zero")


def test_the_marker_goes_before_the_command_line_and_that_before_the_ini_file(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD)
    core, full = ids(suite, "halves", "same", "zero"), ids(suite, "halves", "same", "zero", "longer", "negative")
    suite.makeini("[pytest]\nklexact_golden = golden\nklexact_level = full\n")
    assert collected(suite) == full
    assert collected(suite, "--klexact-level=core") == core
    suite.makepyfile(marked('function="kl_divergence", level="full"'))
    assert collected(suite, "--klexact-level=core") == full


def test_the_wanted_grade_decides(suite: pytest.Pytester) -> None:
    near = "klexact_case.check(kl(*klexact_case.arguments))"
    suite.makepyfile(marked('function="kl_divergence", flags="Basic"', near))
    suite.runpytest_inprocess().assert_outcomes(passed=1)
    suite.runpytest_inprocess("--klexact-at-least=correct").assert_outcomes(failed=1)
    suite.makepyfile(marked('function="kl_divergence", flags="Basic", at_least="accurate"', near))
    suite.runpytest_inprocess("--klexact-at-least=correct").assert_outcomes(passed=1)


def test_conventions_are_opted_into(suite: pytest.Pytester) -> None:
    body = 'klexact_case.check("nan" if 0 in klexact_case.arguments[0] else kl(*klexact_case.arguments))'
    suite.makepyfile(marked('function="kl_divergence"', body))
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*right under zero-is-nan; opt in with conventions='zero-is-nan'*"])
    suite.runpytest_inprocess("--klexact-conventions=zero-is-nan").assert_outcomes(passed=3)
    suite.makepyfile(marked('function="kl_divergence", conventions=["zero-is-nan"]', body))
    suite.runpytest_inprocess().assert_outcomes(passed=3)


# -- what it says ------------------------------------------------------------------------------------------


def test_a_failure_shows_everything_that_explains_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(WRONG)
    result = suite.runpytest_inprocess("--tb=short")
    result.assert_outcomes(failed=3)
    halves, same, zero = ids(suite, "halves", "same", "zero")
    text = re.sub(r" +", " ", result.stdout.str())
    for part in (
        f"kl_divergence (raw, nat), halves, {halves}:binary64: fail",
        "E p [0.5, 0.5]",
        "E q [0.25, 0.75]",
        "E wanted 1.4384103622589046371960950299691371575175485544888e-1 = 0x1.269621134db92p-3 to nearest (bits 3fc26962",
        "E got 1.0 = 0x1p+0 (bits 3ff0000000000000)",
        "E grade fail: farther off than adding up correctly computed terms explains; 3.08e+16 ulp off, beyond the bound",
        "of conditioned; at least conditioned is asked for",
        "E Basic plain inputs",
        f"{same}:binary64: MissedZero",
        f"{zero}:binary64: NaN",
        "E ZeroTimesLogZero 0·log 0 = 0: NaN is wrong",
        "3 cases: 1 fail, 1 NaN, 1 MissedZero",
    ):
        assert part in text, part
    assert "in check" not in text  # the user's line is what failed


def test_answers_that_are_no_number_fail(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl_divergence"', "klexact_case.check(None)"))
    result = suite.runpytest_inprocess()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*halves*an answer must be one number; found None*", "3 cases: 3 errored"])


def test_exceptions_are_shown_as_answers(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl_divergence"', "klexact_case.call(lambda p, q: 1 / 0)"))
    result = suite.runpytest_inprocess()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*got *ZeroDivisionError: division by zero"])


def test_a_test_that_checks_nothing_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl_divergence"', "kl(*klexact_case.arguments)"))
    result = suite.runpytest_inprocess()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*must call its check or call*"])


# -- known failures ----------------------------------------------------------------------------------------


def baseline(suite: pytest.Pytester, **reasons: str) -> None:
    known = {f"{ids(suite, slug)[0]}:binary64": reason for slug, reason in reasons.items()}
    (suite.path / "known.json").write_text(json.dumps(known), encoding="utf-8")


@pytest.mark.parametrize("given", ["option", "ini", "marker"])
def test_known_failures_are_strict_xfails(suite: pytest.Pytester, given: str) -> None:
    wrong_at_zero = WRONG.replace("else 1.0", "else math.fsum(a * math.log(a / b) for a, b in zip(p, q))")
    by_marker = ', baseline="known.json")' if given == "marker" else ")"
    suite.makepyfile(wrong_at_zero.replace('"kl_divergence")', f'"kl_divergence"{by_marker}'))
    if given == "ini":
        suite.makeini("[pytest]\nklexact_golden = golden\nklexact_baseline = known.json\n")
    options = ["--klexact-baseline=known.json"] if given == "option" else []
    baseline(suite, zero="NaN at zeros, issue 12")
    result = suite.runpytest_inprocess("-rx", *options)
    result.assert_outcomes(passed=2, xfailed=1)
    result.stdout.fnmatch_lines(
        ["3 cases: 1 correct, 1 accurate, 1 NaN", "XFAIL*NaN at zeros, issue 12 (a known failure: *"]
    )
    baseline(suite, zero="NaN at zeros", halves="once wrong")
    result = suite.runpytest_inprocess(*options)
    result.assert_outcomes(passed=1, failed=1, xfailed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*once wrong*"])


def test_known_failures_of_unknown_cases_are_a_usage_error(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD)
    (suite.path / "known.json").write_text(
        json.dumps({"kl_divergence-000000000000:binary64": "never was"}), encoding="utf-8"
    )
    result = suite.runpytest_inprocess("--klexact-baseline=known.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*known.json must name cases*found kl_divergence-000000000000:binary64*"])


# -- wrong use ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('function="kl"', "the function of golden cases must be one of entropy, kl_divergence; found 'kl'"),
        ('"kl_divergence"', "*the keywords function, variant, unit, dtype, level*found 'kl_divergence'"),
        ('function="kl_divergence", tolerance=1', "*the keywords function, *found tolerance"),
        ("", "*needs function; found no function"),
        (
            'function="kl_divergence", variant="norm"',
            "the variant of golden cases must be one of raw; found 'norm'",
        ),
        ('function="kl_divergence", unit="bit"', "*found none: there are kl_divergence raw nat"),
        (
            'function="kl_divergence", dtype="binary63"',
            "the format must be one of *found 'binary63': did you mean *?",
        ),
        (
            'function="kl_divergence", dtype=[]',
            "*at least one case*found none*there are the formats binary32, binary64*",
        ),
        (
            'function="kl_divergence", dtype=["binary64", "binary16"]',
            "*found none of*in binary16*the formats binary32, binary64*",
        ),
        ('function="kl_divergence", level="all"', "level must be one of core, full, long; found 'all'"),
        ('function="kl_divergence", at_least="good"', "at_least must be one of correct, faithful, *; found 'good'"),
        (
            'function="kl_divergence", flags="Zero"',
            "a flag of kl_divergence must be one of Basic, ExactZero, *; found 'Zero'",
        ),
        ('function="kl_divergence", flags="ExactZero", dtype="binary16"', "*found none of*flags ExactZero*"),
        ('function="kl_divergence", conventions="numpy"', "a convention must be one of zero-is-nan; found 'numpy'"),
        ('function="kl_divergence", golden="elsewhere"', "*elsewhere*index.json must be a readable file*"),
        ('function="kl_divergence", baseline="none.json"', "*none.json must be a readable file*"),
    ],
)
def test_wrong_markers_are_usage_errors_that_say_what_exists(
    suite: pytest.Pytester, arguments: str, message: str
) -> None:
    suite.makepyfile(marked(arguments))
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *::test_kl: {message}"])


def test_marker_and_fixture_belong_together(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD.replace("(klexact_case)", "()"), test_other=GOOD.replace("@pytest.mark", "# @pytest.mark"))
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*needs both*found only the marker", "*needs both*found only the fixture"])


def test_options_that_choose_nothing_are_usage_errors(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl_divergence", dtype="binary32"'))
    result = suite.runpytest_inprocess("--klexact-flags=ZeroTimesLogZero")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*at least one case*found none of kl_divergence raw nat in binary32, level core, flags *"]
    )


# -- other suites, and many processes ----------------------------------------------------------------------


def test_other_suites_pay_nothing(pytester: pytest.Pytester) -> None:
    heavy = ("sympy", "flint", "mpmath", "numpy", "klexact.golden", "klexact.conformance.trials", "klexact.formats")
    pytester.makepyfile(f"import sys\ndef test_it(): assert [m for m in {heavy} if m in sys.modules] == []")
    result = pytester.runpytest_subprocess("-v", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    assert "golden values" not in result.stdout.str()
    assert "klexact" not in re.sub("plugins: .*", "", result.stdout.str())


def test_suites_that_use_it_load_no_engine(suite: pytest.Pytester) -> None:
    engines = "('sympy', 'flint', 'mpmath', 'numpy')"
    body = f"klexact_case.call(kl); import sys; assert not [m for m in {engines} if m in sys.modules]"
    suite.makepyfile(marked('function="kl_divergence"', body))
    suite.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=3)


def test_several_processes_give_the_same(suite: pytest.Pytester) -> None:
    suite.makepyfile(GOOD.replace("if a else 0.0", 'if a else float("nan")'))
    baseline(suite, zero="NaN at zeros")
    options = ["--klexact-level=full", "--klexact-baseline=known.json", "-rA"]
    one, two = (suite.runpytest_subprocess(*options, "-n", n) for n in ("0", "2"))
    for result in (one, two):
        result.assert_outcomes(passed=4, xfailed=1)
        result.stdout.fnmatch_lines(["*golden values, suite 0-made*", "5 cases: 2 correct, 2 accurate, 1 NaN"])
    shown = [sorted(set(re.findall(r"(?:PASSED|XFAIL) \S+", result.stdout.str()))) for result in (one, two)]
    assert shown[0] == shown[1] != []


def test_wrong_markers_stop_several_processes_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked('function="kl"'))
    result = suite.runpytest_subprocess("-n", "2")
    assert result.ret not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    result.stdout.fnmatch_lines(["*the function of golden cases must be one of entropy, kl_divergence; found 'kl'"])


def test_the_plugin_is_an_entry_point_that_can_be_turned_off(tmp_path: Path) -> None:
    code = "def test_it(pytestconfig): assert not pytestconfig.pluginmanager.hasplugin('klexact')"
    (tmp_path / "test_it.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:klexact", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
