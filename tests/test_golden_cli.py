"""`klexact golden`: what each command prints and writes, its exit code, and one line on stderr for bad input."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from klexact.cli import main
from klexact.commands import golden as commands
from klexact.golden.cases import index, load, names, read_json
from klexact.golden.exporting import LAYOUTS
from klexact.golden.filling import fill
from tests.golden.asked import FEW, contents

NAME = "kl_divergence.raw.nat.json"


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "golden"
    directory.mkdir()
    for name, content in contents(filled).items():
        (directory / name).write_bytes(content)
    return directory


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "requests", lambda: FEW)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["golden", *map(str, arguments)])


def out(*arguments: object) -> str:
    found = run(*arguments)
    assert (found.exit_code, found.stderr) == (0, "")
    return found.stdout


def refused(*arguments: object) -> str:
    """Return the one line that bad input gets."""
    found = run(*arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_list_shows_files_and_the_version_of_the_suite(filled: Path) -> None:
    text = out("list", "--directory", filled)
    assert f"suite {index(filled)['suite']}: {len(FEW)} cases" in text
    for key in names(filled):
        assert any(line.split()[1:8:2][:3] == list(key) for line in text.splitlines()), key
    assert json.loads(out("list", "--directory", filled, "--json")) == index(filled)


def test_list_of_a_function_shows_its_cases(filled: Path) -> None:
    cases = [case for key in names(filled) if key[0] == "kl_divergence" for case in load(*key, filled).cases]
    rows = [[c.id, c.variant, c.unit, c.level, c.slug, ", ".join(c.flags)] for c in cases]
    assert len(rows) == 5
    assert [line.split("\t") for line in out("list", "kl_divergence", "--directory", filled).splitlines()] == rows
    found = json.loads(out("list", "kl_divergence", "--directory", filled, "--json"))
    assert [list(row.values()) for row in found] == rows


def test_the_packaged_files_are_the_default() -> None:
    assert index()["suite"] in out("list")
    assert json.loads(out("list", "entropy", "--json"))[0]["id"].startswith("entropy-")


def test_show_prints_the_case_of_the_file(filled: Path) -> None:
    for name in index(filled)["files"]:
        document = read_json(filled / name)
        for case in document["cases"]:
            assert json.loads(out("show", case["id"], "--directory", filled, "--json")) == case
            text = " ".join(out("show", case["id"], "--directory", filled).split())
            assert case["id"] in text
            assert " ".join(document["definition"].split())[:40] in text
            for key, given in case["inputs"].items():
                assert " ".join(f"{key} = {json.dumps(given)}".split())[:40] in text
            for view in case["ieee"].values():
                assert view.get("nearest", view["kind"]) in text
            for key in ("lo", "hi", "decimal50"):
                assert case["value"].get(key, case["value"]["kind"]) in text


def test_fill_writes_and_then_changes_nothing(filled: Path, tmp_path: Path) -> None:
    found = run("fill", "--directory", tmp_path / "made", "--workers", "1")
    assert found.exit_code == 0
    assert sorted(found.stdout.split()) == sorted(contents(filled))
    assert found.stderr.splitlines()[-1] == f"{len(contents(filled))} of the files changed; {len(FEW)} cases"
    assert contents(tmp_path / "made") == contents(filled)
    again = run("fill", "--directory", tmp_path / "made", "--workers", "2")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.splitlines()[-1] == f"0 of the files changed; {len(FEW)} cases"


def test_fill_check_names_what_differs(copied: Path) -> None:
    good = run("fill", "--check", "--directory", copied, "--workers", "1")
    assert (good.exit_code, good.stdout) == (0, "")
    (copied / NAME).write_bytes((copied / NAME).read_bytes() + b"\n")
    before = contents(copied)
    found = run("fill", "--check", "--directory", copied, "--workers", "1")
    assert (found.exit_code, found.stdout) == (1, f"{NAME}\n")
    assert found.stderr.splitlines()[-1] == f"1 of the files differ; {len(FEW)} cases"
    assert contents(copied) == before


def test_fill_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    line = refused("fill", "--directory", tmp_path / "taken", "--workers", "1")
    assert line.startswith(f"{tmp_path / 'taken' / '.fill'} must be a directory that can be made; found: ")


def test_verify_passes_and_fails(copied: Path) -> None:
    verify = ("verify", "--directory", copied, "--workers", "1")
    assert out(*verify) == f"{len(FEW)} cases verified, 0 problems\n"
    assert out(*verify, "--only", "kl_div", "--every", "2") == "6 cases verified, 0 problems\n"
    assert out(*verify, "--only", "nat.json", "--every", "2") == "10 cases verified, 0 problems\n"
    (copied / NAME).write_bytes((copied / NAME).read_bytes().replace(b'"core"', b'"full"', 1))
    found = run(*verify)
    assert found.exit_code == 1
    problem, total = found.stdout.splitlines()
    assert problem.startswith(f"{NAME}: {NAME} must hold what its content hash says")
    assert total == f"{len(FEW) - 3} cases verified, 1 problem"
    as_json = json.loads(run(*verify, "--json").stdout)
    assert as_json == {"cases": len(FEW) - 3, "problems": [problem]}
    assert refused(*verify, "--only", "nothing").endswith("such as entropy.raw.bit; found 'nothing'")


def test_diff_tells_what_changed(copied: Path, filled: Path) -> None:
    assert run("diff", filled, copied).exit_code == 0
    fill(copied, wanted=FEW[:-1])
    found = run("diff", filled, copied)
    assert found.exit_code == 1
    assert "law_kl_divergence" in found.stdout
    assert "law_kl_divergence" in json.dumps(json.loads(run("diff", filled, copied, "--json").stdout))
    assert refused("diff", filled, copied / "none") == (
        f"{copied / 'none'} must be a golden file or a directory of them; found nothing there"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_export_writes_every_layout(layout: str, filled: Path, tmp_path: Path) -> None:
    if layout == "parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow")
    target = tmp_path / f"golden.{layout}"
    asked = ("--function", "kl_divergence", "--variant", "raw", "--dtype", "binary64")
    found = run("export", target, "--format", layout, "--directory", filled, *asked)
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == f"3 views written to {target}\n"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    if layout == "csv":
        with target.open(encoding="utf-8", newline="") as file:
            assert {row["function"] for row in csv.DictReader(file)} == {"kl_divergence"}


def test_export_refuses_what_there_is_not(filled: Path, tmp_path: Path) -> None:
    assert "must be one of" in refused(
        "export", tmp_path / "x", "--format", "csv", "--directory", filled, "--function", "y"
    )
    (tmp_path / "taken").mkdir()
    line = refused("export", tmp_path / "taken", "--format", "csv", "--directory", filled)
    assert line.startswith(f"{tmp_path / 'taken'} must be writable; found: Is a directory")
    assert list((tmp_path / "taken").iterdir()) == []


def test_unknown_functions_and_ids(filled: Path) -> None:
    assert refused("list", "kl", "--directory", filled).endswith("found 'kl'")
    line = refused("show", "entropy-000000000000", "--directory", filled)
    suite = f"an id must be that of a case of the suite {index(filled)['suite']}"
    assert line == f"{suite}; found 'entropy-000000000000': see `klexact golden list entropy`"
    assert refused("show", "kl-1", "--directory", filled).endswith("found 'kl-1': see `klexact golden list`")
    whole = refused("show", "entropy-000000000000:binary64", "--directory", filled)
    assert whole.endswith(": ids have no format, entropy-000000000000")
    assert "--only must be part of the name of a file" in refused("verify", "--only", "nosuch", "--directory", filled)


BROKEN: dict[str, tuple[Any, str]] = {
    "truncated": (lambda text: text[:-30], "must be whole, well-formed JSON; found: "),
    "edited": (lambda text: text.replace('"core"', '"full"', 1), "must hold what its content hash says"),
    "newer": (lambda text: text.replace("klexact-golden/1", "klexact-golden/2", 1), "a newer klexact may read it"),
    "other": (lambda text: "[1]", "must be a golden file with a key format; found [1]"),
    "no numbers": (lambda text: text.replace('"core"', "NaN", 1), "the number NaN, which is not JSON"),
    "empty": (lambda text: "", "must be whole, well-formed JSON; found: "),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_files_are_one_line(how: str, copied: Path) -> None:
    change, said = BROKEN[how]
    document = read_json(copied / NAME)
    text = (copied / NAME).read_text(encoding="utf-8")
    (copied / NAME).write_text(change(text), encoding="utf-8")
    case = document["cases"][0]["id"]
    for arguments in (
        ("list", "kl_divergence"),
        ("show", case),
        ("export", copied / "x.csv", "--format", "csv"),
    ):
        line = refused(*arguments, "--directory", copied)
        assert said in line
        assert NAME in line
    assert not (copied / "x.csv").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        '{"format": "klexact-golden/2", "files": {}}',
        '{"format": "klexact-golden/1", "files": {"x": 1}}',
    ],
)
def test_a_broken_index_is_one_line(text: str, copied: Path) -> None:
    (copied / "index.json").write_text(text, encoding="utf-8")
    for arguments in (("list",), ("list", "entropy"), ("show", "entropy-0"), ("verify", "--workers", "1")):
        assert f"{copied / 'index.json'} must" in refused(*arguments, "--directory", copied)


def test_help_names_every_command() -> None:
    text = CliRunner().invoke(main, ["golden", "--help"]).output
    for command in ("list", "show", "fill", "verify", "diff", "export"):
        assert f"\n  {command} " in text
