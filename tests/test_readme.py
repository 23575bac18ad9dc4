"""Every command and number in the README is executed: console blocks by a shell, Python blocks as doctests."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from klexact.golden.cases import load, names
from klexact.golden.certificates import certifiable
from tests import markdown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = markdown.blocks(README)


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCKS if found == language]


def test_every_block_is_executed() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "console", "pycon"}


def test_continuous_integration_runs_the_two_setup_commands() -> None:
    assert len(blocks("sh")) == 2
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_python_blocks() -> None:
    results, _ = markdown.run_python(README, "README.md")
    assert results.attempted > 20
    assert results.failed == 0


def sessions(block: str) -> list[tuple[str, str]]:
    """Return the commands of a console block with the output that is shown."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(sysconfig.get_path("scripts"))
    return tmp_path


def test_console_blocks(workplace: Path) -> None:
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    shown = [session for block in blocks("console") for session in sessions(block)]
    assert len(shown) >= 5
    for command, output in shown:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=workplace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert [line.rstrip() for line in done.stdout.splitlines()] == output.splitlines()
        assert done.returncode == (2 if output.startswith("error: ") else 0)


def test_the_numbers_of_theorems_and_certificates_are_those_there_are() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "proofs").glob("*.v")]
    theorems = sum(len(re.findall(r"^Theorem ", text, re.MULTILINE)) for text in texts)
    certificates = sum(certifiable(case) for key in names() for case in load(*key).cases)
    assert f"{theorems} theorems, {certificates:,} certificates" in README
    assert f"with {certificates:,} golden values" in README


def test_pictures_and_files_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_map_of_modules_is_complete_and_in_order() -> None:
    named = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", README.partition("## Where things are")[2], re.MULTILINE)
    modules = [m for row in named for m in re.findall(r"`(\w+)`", row)]
    assert sorted(modules) == sorted(p.stem for p in (ROOT / "klexact").glob("*.py") if p.stem != "__init__")
