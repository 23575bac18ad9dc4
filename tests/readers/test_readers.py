"""Readers in other languages: plain implementations of 60 lines, graded over JSON lines; a JSON parser is all it takes.

Each is built and run where its toolchain is; a skip says what is missing.
"""

import hashlib
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from klexact.conformance.grading import GRADES, Verdict, grade
from klexact.conformance.programs import Prompt, ask
from klexact.golden.cases import PACKAGED, file_name, load, read_json
from klexact.golden.generators import described, weights

HERE = Path(__file__).parent
FUNCTIONS = ("kl_divergence", "entropy")
LONGEST = 1_000  # terms; one longer vector is tried beside them


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def built(*command: str | Path) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stderr


def javascript(place: Path) -> list[str]:
    return [tool("node"), str(HERE / "javascript" / "kl.js")]


def c(place: Path, name: str = "kl") -> list[str]:
    warnings = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")
    built(tool("gcc"), *warnings, "-o", place / name, HERE / "c" / f"{name}.c", "-lm")
    return [str(place / name)]


def rust(place: Path) -> list[str]:
    built(tool("rustc"), "-O", "-D", "warnings", "-o", place / "kl", HERE / "rust" / "kl.rs")
    return [str(place / "kl")]


def r(place: Path) -> list[str]:
    script = tool("Rscript")
    if run(script, "-e", "library(jsonlite)").returncode:
        pytest.skip("the package jsonlite of R is not installed")
    return [script, str(HERE / "r" / "kl.R")]


READERS: Mapping[str, Callable[[Path], list[str]]] = {"JavaScript": javascript, "C": c, "Rust": rust, "R": r}


@pytest.fixture(scope="module", params=READERS)
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return READERS[request.param](tmp_path_factory.mktemp("reader"))


@cache
def prompts() -> tuple[Prompt, ...]:
    """Return every short packaged case of the functions in every format, one long vector, and a function that nobody takes."""
    taken = [case for function in FUNCTIONS for case in load(function, "raw").cases]
    long = min((case for case in taken if case.terms > LONGEST), key=lambda case: case.terms)
    cases = [*(case for case in taken if case.terms <= LONGEST), long, *load("kl_divergence", "normalised").cases[:3]]
    return tuple(Prompt(case, dtype) for case in cases for dtype in case.views)


def is_taken(prompt: Prompt) -> bool:
    return prompt.dtype == "binary64" and prompt.case.variant == "raw"


def graded(command: list[str], asked: list[Prompt]) -> dict[str, Verdict]:
    answers = ask(command, asked)
    return {prompt.key: grade(prompt.case, prompt.dtype, answers[prompt.key]) for prompt in asked}


def test_a_plain_implementation_is_never_worse_than_the_bound(reader: list[str]) -> None:
    verdicts = graded(reader, list(prompts()))
    executed = [prompt.key for prompt in prompts() if is_taken(prompt)]
    assert len(executed) >= 100
    assert {key: v.name for key, v in verdicts.items() if key in set(executed) and not v.at_least("conditioned")} == {}
    assert {v.name for key, v in verdicts.items() if key not in set(executed)} == {"skipped"}
    assert {v.name for v in verdicts.values()} >= {"correct", "faithful", "accurate", "conditioned"}


def test_reversed_arguments_are_caught(reader: list[str]) -> None:
    asked = [p for p in prompts() if is_taken(p) and p.case.function == "kl_divergence"]
    found = Counter(verdict.name for verdict in graded([*reader, "reversed"], asked).values())
    assert found["fail"] >= 10
    assert found["WrongInfinity"] >= 1
    assert sum(found[name] for name in GRADES[:4]) < len(asked) / 2


def golden(path: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    done = run(tool("node"), HERE / "javascript" / "golden.js", path, *more)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_golden_file_is_read_with_a_json_parser_alone(function: str) -> None:
    code, found, _ = golden(PACKAGED / file_name(function, "raw", "nat"))
    assert code == 0
    assert found == {"executed": sum("binary64" in case.views for case in load(function, "raw").cases), "wrong": []}


def test_a_reader_of_files_finds_reversed_arguments() -> None:
    code, found, _ = golden(PACKAGED / file_name("kl_divergence", "raw", "nat"), "reversed")
    assert code == 1
    assert len(found["wrong"]) > found["executed"] / 2


def test_a_reader_of_files_that_executes_nothing_fails() -> None:
    assert golden(PACKAGED / file_name("kl_divergence", "normalised", "nat"))[:2] == (1, {"executed": 0, "wrong": []})


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    document = read_json(PACKAGED / file_name("kl_divergence", "raw", "nat"))
    change(document)
    path = path / "edited.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_reader_of_files_refuses_a_newer_format_and_another_vector(tmp_path: Path) -> None:
    def reseeded(document: dict[str, Any]) -> None:
        generated = [x for case in document["cases"] for x in case["inputs"].values() if isinstance(x, dict)]
        next(x for x in generated if x["generator"] == "minstd")["seed"] = "5"

    code, found, said = golden(edited(tmp_path, lambda document: document.update(format="klexact-golden/2")))
    assert (code, found) == (1, {})
    assert "the format must be klexact-golden/1; found klexact-golden/2" in said
    code, found, said = golden(edited(tmp_path, reseeded))
    assert (code, found) == (1, {})
    assert "minstd: the sha256 must be" in said


@pytest.mark.parametrize(("seed", "bits", "length"), [(1, 7, 3), (2026, 30, 100_000), (2**31 - 2, 1, 1_000)])
def test_the_generator_in_c_makes_the_same_integers(tmp_path: Path, seed: int, bits: int, length: int) -> None:
    done = run(*c(tmp_path, "minstd"), str(seed), str(bits), str(length))
    description = described("minstd", length, seed=seed, bits=bits)
    assert list(map(int, done.stdout.split())) == weights(description)
    assert hashlib.sha256(done.stdout.encode()).hexdigest() == description["sha256"]


def test_readers_are_short() -> None:
    sources = [path for path in HERE.rglob("*") if path.suffix in (".js", ".c", ".rs", ".R")]
    assert len(sources) == 6
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 60 for path in sources)
