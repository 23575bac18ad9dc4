"""Filling: the same bytes from any executor, after any interruption, and from what is packaged; stale files by name."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from select import select
from typing import Any

import pytest

from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import FORMAT, PACKAGED, content_hash, index, load, names, read_json
from klexact.golden.filling import chunks_of, fill, make_chunk, stale
from klexact.golden.making import make_case
from klexact.golden.verifying import verify_files
from tests.golden.asked import FEW, FORTY, contents, request

EVERY = 97  # of the packaged cases, one in so many is made again


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Path:
    for name, content in contents(filled).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_file_for_each_function_variant_and_unit(filled: Path) -> None:
    keys = sorted({f"{r.function}.{r.variant}.{r.unit}.json" for r in FEW})
    assert sorted(contents(filled)) == sorted([*keys, "index.json", "runner.json", "ERRATA.json"])
    listed = index(filled)
    assert sorted(listed["files"]) == keys
    assert listed["cases"] == str(len(FEW)) == str(sum(int(x["cases"]) for x in listed["files"].values()))
    found = [case for key in names(filled) for case in load(*key, filled).cases]
    assert len(found) == len(FEW)
    assert {case.value["kind"] for case in found} == {"finite", "zero", "infinite", "domain"}
    assert verify_files(filled) == (len(FEW), [])


def test_filling_again_changes_nothing(copied: Path) -> None:
    before = contents(copied)
    times = {path.name: path.stat().st_mtime_ns for path in copied.iterdir()}
    assert fill(copied, wanted=FEW) == []
    assert contents(copied) == before
    assert {path.name: path.stat().st_mtime_ns for path in copied.iterdir()} == times
    assert stale(copied, wanted=FEW) == []


@contextmanager
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize("pool", [threads, processes])
def test_every_executor_makes_the_same_bytes(pool: Any, filled: Path, tmp_path: Path) -> None:
    with pool() as executor:
        fill(tmp_path, wanted=FEW, executor=executor)
    assert contents(tmp_path) == contents(filled)


def test_the_order_of_requests_is_that_of_the_cases_and_of_nothing_else(filled: Path, tmp_path: Path) -> None:
    fill(tmp_path, wanted=FEW[::-1])
    for key in names(filled):
        one, other = load(*key, filled), load(*key, tmp_path)
        assert one.cases == other.cases[::-1]
        assert (one.flags, one.definition) == (other.flags, other.definition)


def test_stale_files_are_named_and_nothing_is_written(copied: Path) -> None:
    changed, missing = copied / "entropy.raw.bit.json", copied / "rel_entr.raw.nat.json"
    extra, others = copied / "entr.raw.nat.json", copied / "my.own.notes.json"
    changed.write_bytes(changed.read_bytes().replace(b'"Basic"', b'"Basik"', 1))
    missing.unlink()
    extra.write_text("{}", encoding="utf-8")
    others.write_text("mine", encoding="utf-8")
    (copied / "runner.json").write_bytes((copied / "runner.json").read_bytes().replace(b",\n", b",\r", 1))
    before = contents(copied)
    told: list[int] = []
    found = stale(copied, wanted=FEW, progress=told.append)
    assert sorted(found) == ["entr.raw.nat.json", "entropy.raw.bit.json", "rel_entr.raw.nat.json", "runner.json"]
    assert sum(told) == len(chunks_of(FEW))
    assert contents(copied) == before
    assert sorted(fill(copied, wanted=FEW)) == sorted(found)
    assert stale(copied, wanted=FEW) == []
    assert not extra.exists()
    assert others.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["index.json", "kl_divergence.raw.nat.json", "runner.json"])
def test_any_changed_byte_is_stale(name: str, copied: Path) -> None:
    content = (copied / name).read_bytes()
    skipped = content.index(b'"provenance"'), content.index(b"}", content.index(b'"provenance"'))
    places = [i for i in range(len(content)) if not skipped[0] <= i < skipped[1]]  # provenance is taken as it stands
    for place in places[:: 1 + len(places) // 7]:
        (copied / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert stale_by_bytes(copied, name)
    (copied / name).write_bytes(content)
    assert stale(copied, wanted=FEW) == []


def stale_by_bytes(directory: Path, name: str) -> bool:
    return name in stale(directory, wanted=FEW, journal=directory.parent / "kept")


def test_a_missing_directory_is_stale_and_stays_missing(tmp_path: Path) -> None:
    found = stale(tmp_path / "none", wanted=FEW[:1])
    assert sorted(found) == ["ERRATA.json", "entropy.raw.bit.json", "index.json", "runner.json"]
    assert not (tmp_path / "none").exists()


def test_provenance_is_kept_and_not_hashed(copied: Path) -> None:
    path = copied / "entropy.raw.bit.json"
    document = read_json(path)
    document["provenance"] = {"generator": "klexact 0.0", "command": "by hand", "engines": "none"}
    assert content_hash(document) == document["content"]
    path.write_bytes(path.read_bytes().replace(*provenances(path, document)))
    assert stale(copied, wanted=FEW) == []
    assert fill(copied, wanted=FEW) == []
    assert read_json(path)["provenance"]["generator"] == "klexact 0.0"
    changed = [*FEW, request("entropy", unit="bit", p=["1/4", "3/4"])]
    assert "entropy.raw.bit.json" in fill(copied, wanted=changed)
    assert read_json(path)["provenance"]["command"] == "klexact golden fill"  # other values were made by others


def provenances(path: Path, document: dict[str, Any]) -> tuple[bytes, bytes]:
    return json.dumps(read_json(path)["provenance"]).encode(), json.dumps(document["provenance"]).encode()


def test_errata_are_kept(copied: Path) -> None:
    path = copied / "ERRATA.json"
    document = read_json(path)
    document["errata"] = [{"id": "entropy-000000000000", "why": "π"}]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    before = path.read_bytes()
    assert stale(copied, wanted=FEW) == []
    assert fill(copied, wanted=FEW) == []
    assert path.read_bytes() == before
    path.write_text('{"errata": []}', encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"ERRATA\.json must be errata"):
        fill(copied, wanted=FEW)


def test_a_journal_of_ones_own_stays(tmp_path: Path) -> None:
    journal = tmp_path / "mine"
    journal.mkdir()
    (journal / "notes").write_text("mine", encoding="utf-8")
    fill(tmp_path / "made", wanted=FEW[:3], journal=journal)
    assert (journal / "notes").read_text(encoding="utf-8") == "mine"
    assert len(list(journal.iterdir())) == 2
    assert not (tmp_path / "made" / ".fill").exists()


def test_a_journal_is_of_this_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (chunk,) = chunks_of(FEW[:1])
    monkeypatch.setattr("klexact.golden.filling.code_hash", lambda: "0" * 16)
    (other,) = chunks_of(FEW[:1])
    assert chunk["requests"] == other["requests"]
    assert chunk != other
    assert make_chunk(chunk) == make_chunk(other)


PROGRAM = """
import sys
from pathlib import Path
from klexact.golden.filling import fill
from tests.golden.asked import FORTY
fill(Path(sys.argv[1]), wanted=FORTY, progress=lambda n: print(n, flush=True))
"""


def test_a_killed_run_shows_no_half_file_and_resumes(tmp_path: Path) -> None:
    directory, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-c", PROGRAM, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        ready, _, _ = select([child.stdout], [], [], 120)
        assert ready, "the run must finish a chunk"
        assert child.stdout.readline() == b"1\n"
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert list(directory.glob("*.json")) == []
    entries = len(list((directory / ".fill").iterdir()))
    assert 1 <= entries < len(chunks_of(FORTY))
    told: list[int] = []
    fill(directory, wanted=FORTY, progress=told.append)
    assert told[0] >= 1
    assert told[1:] == [1] * (len(chunks_of(FORTY)) - told[0])
    fill(whole, wanted=FORTY)
    assert contents(directory) == contents(whole)


def test_a_run_killed_while_it_writes_leaves_whole_files_and_resumes(
    copied: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [*FEW, request("entropy", unit="bit", p=["1/4", "3/4"]), request("rel_entr", p="1/7", q="3/7")]
    real, written = Path.replace, list[str]()

    def dying(self: Path, target: Path) -> Path:
        if not target.name.endswith(".json"):
            return real(self, target)
        if written:
            raise SystemExit("killed")
        written.append(target.name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(SystemExit):
        fill(copied, wanted=more)
    monkeypatch.undo()
    (copied / ".index.json.abc123").write_text("{", encoding="utf-8")  # what a SIGKILL leaves behind
    old = contents(filled)
    for name in old:
        read_json(copied / name)
        assert (copied / name).read_bytes() == old[name] or name in written
    fill(copied, wanted=more)
    assert stale(copied, wanted=more) == []
    assert sorted(path.name for path in copied.iterdir()) == sorted(old)


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(KLExactError, match="must be a directory that can be made"):
        fill(tmp_path / "taken", wanted=FEW[:1])
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_packaged_files_are_small_and_many() -> None:
    sizes = {path.name: path.stat().st_size for path in PACKAGED.iterdir() if path.is_file()}
    assert max(sizes.values()) < 1_000_000, max(sizes, key=lambda name: sizes[name])
    listed = index()
    assert {path.name for path in PACKAGED.glob("*.*.*.json")} == set(listed["files"])
    found = {key: load(*key) for key in names()}
    total = sum(len(file.cases) for file in found.values())
    assert total == int(listed["cases"])
    assert total >= 3_000
    assert len({case.id for file in found.values() for case in file.cases}) == total
    assert listed["format"] == FORMAT


def packaged() -> list[tuple[str, str]]:
    """Return lines of cases as they are packaged, one in EVERY, with the names of their files."""
    lines = [
        (name, line)
        for name in index()["files"]
        for line in (PACKAGED / name).read_text(encoding="utf-8").splitlines()
        if line.startswith('{"id":')
    ]
    assert len(lines) == int(index()["cases"])
    return lines[::EVERY]


def test_packaged_cases_are_made_again_byte_for_byte() -> None:
    sample = packaged()
    assert len(sample) > 30
    for name, line in sample:
        function, variant, unit, _ = name.split(".")
        stored = json.loads(line.rstrip(","))
        described = {key: stored[key] for key in ("slug", "level", "source")}
        made = make_case(function, variant, unit, stored["inputs"], **described)
        assert json.dumps(made, separators=(",", ":"), ensure_ascii=False) == line.rstrip(","), (name, stored["id"])
