"""`klexact check`: grades by exit code and report, wrong functions whose mistake is named, and bad input in one line."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

import klexact
from klexact.cli import main
from klexact.golden.cases import PACKAGED, index, load
from tests.golden.asked import contents

RUNNER = Path(klexact.__file__).parent.parent / "tests" / "conformance" / "runner.py"
NUMPY = ("numpy", "--function", "entropy", "--unit", "nat", "--dtype", "binary64", "--level", "core")
MINE = """
import math
import numpy as np

np.seterr(all="ignore")
inf = math.inf
number = 3
class Lacking: pass

def term(x, y):
    if not x >= 0 or not y >= 0 or x == inf or y == inf:
        raise ValueError("no masses")
    if not x:
        return 0.0
    if not y:
        return inf
    if 0.5 < x / y < 2:
        return x * -math.log1p((y - x) / x)
    return x * (math.log(x / y) if 0 < x / y < inf else math.log(x) - math.log(y))

def kl(p, q):
    terms = [term(x, y) for x, y in zip(p, q)]
    return inf if inf in terms else math.fsum(terms)

def natural(p, q):
    p, q = np.array(p), np.array(q)
    return float(np.sum(p * np.log(p / q)))

def plain(p, q):
    return sum(x * math.log(x / y) for x, y in zip(p, q))

def nansum(p, q):
    p, q = np.array(p), np.array(q)
    return float(np.nansum(p * np.log(p / q)))

def finite(p, q):
    p, q = np.array(p), np.array(q)
    terms = p * np.log(p / q)
    return float(np.sum(terms[np.isfinite(terms)]))

def clipped(p, q):
    p, q = np.clip(p, 1e-10, 1), np.clip(q, 1e-10, 1)
    return float(np.sum(p * np.log(p / q)))

def added(p, q):
    p, q = np.array(p), np.array(q)
    return float(np.sum(p * np.log((p + 1e-9) / (q + 1e-9))))

def backwards(p, q):
    return kl(q, p)

def bits(p, q):
    return kl(p, q) / math.log(2)

def negative(p, q):
    return -kl(p, q)

def nothing(p, q):
    return math.nan
"""
WRONG = {
    "natural": "natural formula, NaN at zeros",
    "plain": "natural formula, an exception at zeros",
    "nansum": "no check of the domain: it answers where the inputs are no probabilities (negative; NaN, which nansum swallows)",
    "finite": "terms that are not finite dropped",
    "clipped": "clipped to [1e-10, 1]",
    "added": "1e-09 added",
    "backwards": "reversed arguments",
    "bits": "wrong base: bits in place of nats",
    "negative": "sign flipped",
    "nothing": "always NaN",
}
PROGRAM = """
import json, math, struct, sys
for line in sys.stdin:
    prompt = json.loads(line)
    if prompt["function"] != "entropy" or prompt["dtype"] != "binary64":
        print(json.dumps({"id": prompt["id"], "skip": "entropy only"}), flush=True)
        continue
    p = [struct.unpack(">d", bytes.fromhex(x))[0] for x in prompt["p"]]
    base = {"nat": 1.0, "bit": math.log(2), "dit": math.log(10)}[prompt["unit"]]
    if prompt["variant"] == "normalised":
        total = math.fsum(p)
        p = [x / total for x in p]
    value = math.fsum(-x * math.log(x) for x in p if x)
    print(json.dumps({"id": prompt["id"], "value": repr(value / base)}), flush=True)
"""
ENTROPY = ("--function", "entropy", "--variant", "raw", "--unit", "bit")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory of a user with a module of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def refused(*arguments: object) -> str:
    """Return the one line that bad input gets."""
    found = run(*arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


@pytest.mark.parametrize("name", WRONG)
def test_the_mistake_of_a_wrong_function_is_named(name: str, here: Path) -> None:
    found = run("--module", f"mine:{name}", "--level", "core")
    assert found.exit_code == 1
    assert found.stderr == ""
    assert f"mine:{name} was graded as kl_divergence: --function says if it is another golden function" in found.stdout
    assert f"mine:{name} kl_divergence raw nat: looks like: {WRONG[name]}" in found.stdout
    assert re.search(r"\(explains \d+ of \d+ wrong answers, as of kl_divergence-[0-9a-f]{12}", found.stdout)
    assert f"from mine import {name}; print({name}([" in found.stdout


def test_a_right_function_passes(here: Path) -> None:
    found = run("--module", "mine:kl", "--level", "core")
    assert (found.exit_code, found.stderr) == (0, ""), found.stdout
    assert "looks like" not in found.stdout
    assert "was graded as" not in found.stdout
    assert run("--module", "mine:kl", "--level", "core", "--at-least", "correct").exit_code == 1
    assert run("--module", "mine:kl", "--level", "core", "--function", "cross_entropy").exit_code == 1


def test_every_form_says_the_mistakes(here: Path) -> None:
    asked, mistake = ("--module", "mine:bits", "--level", "core", "--format"), "wrong base: bits in place of nats"
    found = run(*asked, "markdown")
    assert found.exit_code == 1
    assert found.stdout.startswith("# Conformance to the golden values of klexact\n")
    assert f"## Likely mistakes\n\n* mine:bits kl_divergence raw nat: looks like: {mistake}" in found.stdout
    assert found.stderr.startswith("mine:bits was graded as kl_divergence")
    notes = json.loads(run(*asked, "json").stdout)["notes"]
    assert mistake in notes[0]
    assert mistake in run(*asked, "junit").stderr
    assert refused("--module", "mine:bits", "--json", "--format", "junit").endswith("found --format junit beside it")


def test_a_library_is_graded() -> None:
    found = run(*NUMPY)
    assert found.exit_code == 1  # the careful formulas normalise in floats first
    assert f"suite {index()['suite']}, numpy " in found.stdout
    assert "looks like" not in found.stdout
    assert "looks like" in run(*NUMPY, "--diagnose").stdout
    assert "binary64 Basic: " in run(*NUMPY, "--flags").stdout
    worst = run(*NUMPY, "--at-least", "correct", "--variant", "raw")
    assert worst.exit_code == 1


def test_json_follows_its_schema_and_does_not_depend_on_the_workers(tmp_path: Path) -> None:
    found = run(*NUMPY, "--format", "json")
    document = json.loads(found.stdout)
    schema = json.loads((PACKAGED / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["suite"] == index()["suite"]
    assert document["passed"] is False
    assert len(document["failures"]) > 0
    assert sum(row["cases"] for row in document["rows"]) > 100
    assert run(*NUMPY, "--json").stdout == found.stdout
    journal = tmp_path / "journal"
    spread = run(*NUMPY, "--json", "--workers", "2", "--journal", journal)
    assert (spread.stdout, spread.exit_code) == (found.stdout, found.exit_code)
    assert len(list(journal.iterdir())) > 1
    assert run(*NUMPY, "--json", "--journal", journal).stdout == found.stdout


def test_junit_is_read(here: Path) -> None:
    found = run("--module", "mine:bits", "--level", "core", "--format", "junit")
    root = ET.fromstring(found.stdout)
    (suite,) = root
    cases = [case for case in load("kl_divergence", "raw").cases if case.level == "core" and "binary64" in case.views]
    assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase"))) == len(cases)
    assert int(suite.attrib["failures"]) == len(list(suite.iter("failure"))) > 20


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "junit"])
def test_reports_go_to_files(form: str, here: Path, filled: Path) -> None:
    asked = ("--module", "mine:bits", "--directory", filled, "--format", form)
    shown = run(*asked)
    target = here / "reports" / "report"
    found = run(*asked, "--output", target)
    assert (found.exit_code, found.stdout) == (1, "")
    assert target.read_text(encoding="utf-8") == shown.stdout
    assert [path.name for path in target.parent.iterdir()] == ["report"]
    (here / "taken").mkdir()
    line = run(*asked, "--output", here / "taken").stderr.splitlines()[-1]
    assert line.startswith(f"error: {here / 'taken'} must be writable; found: Is a directory")


def test_known_failures(here: Path, filled: Path) -> None:
    asked = ("--module", "mine:bits", "--directory", filled)
    failures = json.loads(run(*asked, "--json").stdout)["failures"]
    known = {f"{x['id']}:{x['dtype']}": "in bits" for x in failures}
    file = here / "known.json"
    file.write_text(json.dumps(known), encoding="utf-8")
    passed = run(*asked, "--json", "--baseline", file)
    assert passed.exit_code == 0
    assert passed.stderr.startswith(f"{len(known)} known failure")
    assert passed.stderr.count(" new\n") == 1
    document = json.loads(passed.stdout)
    assert document["passed"]
    assert {f"{x['id']}:{x['dtype']}": x["known"] for x in document["failures"]} == known
    junit = ET.fromstring(run(*asked, "--format", "junit", "--baseline", file).stdout)
    assert len(list(junit.iter("skipped"))) == len(known)
    assert list(junit.iter("failure")) == []
    first = next(iter(known))
    file.write_text(json.dumps({key: why for key, why in known.items() if key != first}), encoding="utf-8")
    one = run(*asked, "--baseline", file)
    assert one.exit_code == 1
    assert f"new failure: {first} of mine:bits is " in one.stderr
    file.write_text(json.dumps(known), encoding="utf-8")
    fixed = run("--module", "mine:kl", "--directory", filled, "--baseline", file)
    assert fixed.exit_code == 1
    assert f"known failures that now pass, remove them from the baseline: {first}" in fixed.stderr
    stale = ("--module", "mine:kl", "--directory", filled, "--baseline", file)
    assert json.loads(run(*stale, "--json").stdout)["fixed"] == list(known)
    junit = ET.fromstring(run(*stale, "--format", "junit").stdout)
    assert [x.attrib["type"] for x in junit.iter("failure")] == ["fixed"] * len(known)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "must be a readable file; found: No such file or directory"),
        ("{", "must be whole, well-formed JSON"),
        ("[]", "must be a JSON object"),
        ('{"entropy-1:binary64": ""}', "must give a reason in words"),
        ('{"entropy-1:binary64": "why"}', "must name cases of the suite"),
    ],
)
def test_a_wrong_baseline_is_told_before_anything_runs(text: str | None, said: str, here: Path) -> None:
    if text is not None:
        (here / "known.json").write_text(text, encoding="utf-8")
    assert said in refused("--module", "mine:kl", "--baseline", here / "known.json")


def command(*lines: str) -> str:
    return f"{sys.executable} -c '{chr(10).join(lines)}'"


def test_a_program_is_graded(filled: Path, here: Path) -> None:
    (here / "program.py").write_text(PROGRAM, encoding="utf-8")
    program = f"{sys.executable} program.py"
    asked = ("--cmd", program, "--directory", filled, "--json")
    found = run(*asked)
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    executed = {row["function"]: row["cases"] - row["skipped"] for row in document["rows"]}
    assert executed["entropy"] == 2
    assert sum(executed.values()) == 2
    packaged = run("--cmd", program, *ENTROPY, "--level", "core")
    assert packaged.exit_code == 0
    (here / "program.py").write_text(PROGRAM.replace("value / base", "value"), encoding="utf-8")
    wrong = run("--cmd", program, *ENTROPY, "--level", "core")
    assert wrong.exit_code == 1
    assert "looks like: wrong base: nats in place of bits" in wrong.stdout


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["print(1)"], "must be a JSON object with an id and a reply; found"),
        (["import sys", "sys.exit(3)"], "ended with exit code 3"),
        (["import sys", "sys.stdin.read()", "sys.stdin.close()"], "without a reply"),
    ],
)
def test_a_program_that_fails(lines: list[str], said: str, filled: Path) -> None:
    found = run("--cmd", command(*lines), *ENTROPY, "--directory", filled)
    assert found.exit_code in (1, 2)
    assert said in found.output


def test_a_program_that_skips_everything_does_not_pass(filled: Path) -> None:
    lines = (
        "import json, sys",
        "for x in sys.stdin:",
        '    print(json.dumps({"id": json.loads(x)["id"], "skip": "all"}))',
    )
    assert refused("--cmd", command(*lines), "--directory", filled).startswith(
        "at least one case must be executed; found 0, and 13 skipped: all"
    )


def test_a_hanging_program_is_ended(filled: Path) -> None:
    found = run(
        "--cmd", command("import time", "time.sleep(1000)"), *ENTROPY, "--directory", filled, "--timeout", "0.2"
    )
    assert found.exit_code == 1
    assert "neither took nor wrote a line for 0.2 s" in found.stdout


def test_runners_are_tested(filled: Path) -> None:
    right = run("runner", "--cmd", f"{sys.executable} {RUNNER}", "--directory", filled)
    assert right.exit_code == 0, right.output
    assert re.fullmatch(r"\d\d+ vectors, 0 wrong verdicts\n", right.stdout)
    everything = (
        "import json, sys",
        "for x in sys.stdin:",
        '    print(json.dumps({"id": json.loads(x)["id"], "grade": "correct"}))',
    )
    wrong = run("runner", "--cmd", command(*everything), "--directory", filled)
    assert wrong.exit_code == 1
    assert re.search(r"\d+ vectors, [1-9]\d+ wrong verdicts\n$", wrong.stdout)
    assert refused("runner") == "check runner needs the runner: one --cmd PROGRAM; found none"
    assert refused("runner", "--cmd", "cat", "--cmd", "cat").endswith("; found 2")


def test_targets_that_are_none_or_several(here: Path) -> None:
    assert "found 'sicpy'" in refused("sicpy")
    assert "found 'runner'" in refused("numpy", "runner")
    assert refused().endswith("--cmd PROGRAM, --module PKG:FUNC; found none")
    for several in (("numpy", "--cmd", "x"), ("numpy", "--module", "mine:kl"), ("--cmd", "x", "--module", "mine:kl")):
        assert re.search(r"found (libraries|--cmd) and --(cmd|module)$", refused(*several))
    assert refused("numpy", "--function", "binomial_argmin").startswith(
        "numpy must have a target that was asked for; found none: there are cross_entropy raw bit, "
    )
    for what in (("numpy",), ("--module", "mine:kl"), ("--cmd", "cat")):
        said = refused(*what, "--function", "entropi")
        assert said.startswith("the function of golden cases must be one of binomial_argmin, ")
        assert said.endswith("; found 'entropi': did you mean entropy?")
    assert "the unit of golden cases must be one of bit, dit, nat; found 'bits': did you mean bit?" in refused(
        "numpy", "--unit", "bits"
    )
    nothing = ("--function", "entropy", "--variant", "generalised")
    assert "found none of entropy generalised nat: there are entropy " in refused("--module", "mine:kl", *nothing)
    assert "found 'binary46': did you mean binary64?" in refused("--module", "mine:kl", "--dtype", "binary46")
    alias = run("--module", "mine:kl", "--level", "core", "--dtype", "float64", "--json")
    assert {row["dtype"] for row in json.loads(alias.stdout)["rows"]} == {"binary64"}
    for only in (("--dask", "tcp://x:1"), ("--workers", "2"), ("--journal", "x")):
        assert refused("--module", "mine:kl", *only).startswith("--workers, --dask and --journal are for libraries")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mine", "--module must be PACKAGE.MODULE:FUNCTION; found 'mine'"),
        ("mine:", "--module must be PACKAGE.MODULE:FUNCTION; found 'mine:'"),
        (":kl", "--module must be PACKAGE.MODULE:FUNCTION; found ':kl'"),
        ("mine:kl()", "--module must be PACKAGE.MODULE:FUNCTION; found 'mine:kl()'"),
        ("nowhere.else:kl", "found 'nowhere.else:kl': ModuleNotFoundError: No module named 'nowhere'"),
        ("mine:kl2", "found 'mine:kl2': AttributeError: module 'mine' has no attribute 'kl2'"),
        ("mine:number", "--module must name a callable; found 'mine:number', of type int"),
        ("broken:kl", "found 'broken:kl': SyntaxError: "),
        ("raising:kl", "found 'raising:kl': ZeroDivisionError: division by zero"),
        ("mine.py:kl", "--module names a module without .py; found 'mine.py:kl': write mine:kl"),
        ("ending:kl", "found 'ending:kl': SystemExit: 0"),
        ("mine:negativ", "module 'mine' has no attribute 'negativ': did you mean negative?"),
    ],
)
def test_modules_that_cannot_be_had(name: str, said: str, here: Path) -> None:
    (here / "broken.py").write_text("def kl(:\n", encoding="utf-8")
    (here / "raising.py").write_text("1 / 0\n", encoding="utf-8")
    (here / "ending.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    assert said in refused("--module", name)


def test_several_modules_and_programs_are_all_graded(here: Path, filled: Path) -> None:
    found = run("--module", "mine:bits", "--module", "mine:negative", "--level", "core")
    assert found.exit_code == 1
    for name, mistake in (("bits", WRONG["bits"]), ("negative", WRONG["negative"])):
        assert f"mine:{name} kl_divergence raw nat: looks like: {mistake}" in found.stdout
        assert f"mine:{name} was graded as kl_divergence" in found.stdout
    (here / "program.py").write_text(PROGRAM, encoding="utf-8")
    twice = [x for more in ("", " again") for x in ("--cmd", f"{sys.executable} program.py{more}")]
    report = json.loads(run(*twice, *ENTROPY, "--directory", filled, "--json").stdout)
    assert {row["target"] for row in report["rows"]} == {
        f"{sys.executable} program.py{more}" for more in ("", " again")
    }


def test_a_callable_of_other_arguments_is_refused_before_it_is_graded(here: Path) -> None:
    with (here / "mine.py").open("a", encoding="utf-8") as file:
        file.write("\ndef entropy(p): return 0.0\n")
    said = refused("--module", "mine:entropy")
    assert said.startswith("mine:entropy must take (p, q), in this order, to be graded as kl_divergence; found (p) (")
    assert said.endswith("`function` (--function on the command line) says which golden function it is")
    with (here / "mine.py").open("a", encoding="utf-8") as file:
        file.write("\ndef other(q, p): return kl(p, q)\n")
    sys.modules.pop("mine")
    assert "found (q, p): give a function that takes them so" in refused("--module", "mine:other")
    assert "must take (p), in this order, to be graded as entropy" in refused(
        "--module", "mine:kl", "--function", "entropy"
    )
    assert run("--module", "mine:entropy", "--function", "entropy", "--level", "core").exit_code == 1
    assert run("--module", "math:dist", "--level", "core").exit_code == 1  # a builtin has no signature


def test_attributes_of_attributes(here: Path, filled: Path) -> None:
    with (here / "mine.py").open("a", encoding="utf-8") as file:
        file.write("\nclass Measures:\n    kl = staticmethod(kl)\n")
    assert run("--module", "mine:Measures.kl", "--directory", filled).exit_code == 0
    asked = ("--module", "mine:Measures.kl", "--at-least", "correct", "--level", "long", "--json")
    for x in json.loads(run(*asked).stdout)["failures"]:
        assert "from mine import Measures; " in x["line"]
        compile(x["line"], "line", "exec")


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from klexact.conformance.checking import targets_of

    targets_of.cache_clear()
    monkeypatch.setitem(sys.modules, "dit", None)
    assert "pip install" in refused("dit")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:-30], "must be whole, well-formed JSON"),
        (lambda text: text.replace('"core"', '"full"', 1), "must hold what its content hash says"),
        (lambda text: text.replace("klexact-golden/1", "klexact-golden/2", 1), "a newer klexact may read it"),
        (lambda text: "", "must be whole, well-formed JSON"),
    ],
)
def test_broken_golden_files_are_one_line(change: object, said: str, here: Path, filled: Path) -> None:
    directory = here / "golden"
    directory.mkdir()
    for name, content in contents(filled).items():
        (directory / name).write_bytes(content)
    path = directory / "kl_divergence.raw.nat.json"
    assert callable(change)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    for target in (("--module", "mine:kl"), ("--cmd", "cat"), ("numpy", "--function", "kl_divergence")):
        assert said in refused(*target, "--directory", directory)
    (directory / "index.json").unlink()
    assert "index.json must be a readable file" in refused("--module", "mine:kl", "--directory", directory)
    assert "must be a readable file" in refused("--module", "mine:kl", "--directory", here / "none")
