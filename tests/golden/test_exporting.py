"""Exports: every layout holds what the JSON holds, byte for byte the same each time, and nobody sees half a file."""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, decode
from klexact.golden.cases import LICENCE, PACKAGED, Case, View
from klexact.golden.columns import HEAD
from klexact.golden.exporting import LAYOUTS, export
from klexact.golden.selection import select
from klexact.golden.suite import read_suite
from tests.golden.made import changed, fresh, written

SUFFIX = {"csv": "csv", "tsv": "tsv", "npz": "npz", "parquet": "parquet", "c": "h"}
ROUNDINGS = ("nearest", "down", "up")
ARROW = pytest.mark.skipif(find_spec("pyarrow") is None, reason="needs pyarrow, of the extra parquet")
HERE = [pytest.param(layout, marks=ARROW if layout == "parquet" else ()) for layout in LAYOUTS]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("suite"), fresh())


def views(suite: Path) -> Iterator[tuple[Case, View]]:
    for _, case in read_suite(suite).cases():
        yield from ((case, view) for view in case.views.values())


def exported(suite: Path, directory: Path, layout: str, **options: Any) -> Path:
    target = directory / f"golden.{SUFFIX[layout]}"
    assert export(suite, target, layout, **options) > 0
    return target


def nested(text: str, kind: str) -> Any:
    """Read an argument of a table back."""
    if kind in ("index", "name", "number"):
        return text
    if text.startswith("{"):
        return json.loads(text)
    rows = [row.split(" ") for row in text.split(";")]
    return rows if kind == "matrix" else rows[0]


def check_row(row: dict[str, str | None], case: Case, view: View) -> None:
    assert (row["suite"], row["licence"]) == ("1.0-00c0ffee", "CC0-1.0")
    for key in ("id", "function", "variant", "unit", "level", "slug", "source"):
        assert row[key] == getattr(case, key)
    assert (row["terms"], row["exact_condition"]) == (str(case.terms), case.condition or "")
    assert json.loads(row["inputs"] or "") == case.inputs
    assert json.loads(row["value"] or "") == case.value
    assert (json.loads(row["alternates"]) if row["alternates"] else None) == case.alternates
    for key in ("dtype", "kind", "sign", *ROUNDINGS, "hex", "decimal50", "magnitude", "condition"):
        assert row[key] == (getattr(view, key) or "")
    assert row["exact_inputs"] == ("true" if view.exact_inputs else "false")
    assert row["flags"] == " ".join(view.flags)
    for name, kind in case.arguments.items():
        assert nested(row[name] or "", kind) == view.inputs.get(name, case.inputs[name])


def check_rows(rows: list[dict[str, str | None]], suite: Path) -> None:
    expected = list(views(suite))
    for row, (case, view) in zip(rows, expected, strict=True):
        check_row(row, case, view)
    assert {view.kind for _, view in expected} == {"finite", "zero", "infinite", "domain"}


def test_csv_holds_every_view(suite: Path, tmp_path: Path) -> None:
    with exported(suite, tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        check_rows(list(csv.DictReader(file)), suite)


def test_tsv_is_read_by_splitting_at_tabs(suite: Path, tmp_path: Path) -> None:
    head, *lines = exported(suite, tmp_path, "tsv").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    names = head.split("\t")
    check_rows([dict(zip(names, line.split("\t"), strict=True)) for line in lines], suite)


def test_parquet_holds_every_view_and_names_its_suite(suite: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(exported(suite, tmp_path, "parquet"))
    check_rows(table.to_pylist(), suite)
    assert table.schema.metadata == {b"klexact_suite": b"1.0-00c0ffee", b"klexact_licence": LICENCE.encode()}


def ragged(arrays: Any, name: str) -> list[Any]:
    offsets = arrays[f"{name}/offsets"]
    assert offsets[0] == 0
    assert offsets[-1] == len(arrays[name])
    return [arrays[name][a:b] for a, b in pairwise(offsets)]


def texts(arrays: Any, name: str) -> list[str]:
    return [bytes(x).decode() for x in ragged(arrays, name)]


def bits(words: Any, dtype: str) -> str:
    """Write an unsigned integer, or two of 64 bits, in the digits of a format."""
    width = FORMATS[dtype].width
    if width > 64:
        high, low = map(int, words)
        return f"{high:016x}{low:016x}"
    assert words.dtype == np.dtype(f"uint{width}")
    return f"{int(words):0{width // 4}x}"


def reshaped(flat: list[str], columns: int, kind: str) -> Any:
    if kind == "number":
        (found,) = flat
        return found
    return [flat[i : i + columns] for i in range(0, len(flat), columns)] if columns else flat


def check_argument(arrays: Any, dtype: str, i: int, case: Case, name: str) -> None:
    kind, key = case.arguments[name], f"{dtype}/{name}"
    if kind in ("index", "name"):
        assert arrays[key][i] == case.inputs[name]
        return
    given = case.views[dtype].inputs.get(name)
    flat = [bits(word, dtype) for word in ragged(arrays, key)[i]]
    if given is None:
        assert not flat
        assert json.loads(texts(arrays, f"{key}/generated")[i]) == case.inputs[name]
    else:
        columns = int(arrays[f"{key}/columns"][i]) if f"{key}/columns" in arrays else 0
        assert reshaped(flat, columns, kind) == given


def test_npz_holds_every_case_and_view(suite: Path, tmp_path: Path) -> None:
    cases = [case for _, case in read_suite(suite).cases()]
    with np.load(exported(suite, tmp_path, "npz"), allow_pickle=False) as stored:
        arrays = dict(stored)
    assert (str(arrays["suite"]), str(arrays["licence"])) == ("1.0-00c0ffee", "CC0-1.0")
    for key in ("id", "function", "variant", "unit", "level", "slug", "source"):
        assert arrays[key].tolist() == [getattr(case, key) for case in cases]
    assert arrays["terms"].tolist() == [case.terms for case in cases]
    assert arrays["condition"].tolist() == [case.condition or "" for case in cases]
    assert [json.loads(x) for x in texts(arrays, "inputs")] == [case.inputs for case in cases]
    assert [json.loads(x) for x in texts(arrays, "value")] == [case.value for case in cases]
    assert [json.loads(x) if x else None for x in texts(arrays, "alternates")] == [case.alternates for case in cases]
    for dtype in ("binary16", "bfloat16", "binary32", "binary64", "binary128"):
        places = [i for i, case in enumerate(cases) if dtype in case.views]
        assert arrays[f"{dtype}/case"].tolist() == places
        for i, place in enumerate(places):
            check_view(arrays, dtype, i, cases[place])


def check_view(arrays: Any, dtype: str, i: int, case: Case) -> None:
    view = case.views[dtype]
    for key in ("kind", "sign", "hex", "decimal50", "magnitude", "condition"):
        assert arrays[f"{dtype}/{key}"][i] == (getattr(view, key) or "")
    for key in ROUNDINGS:
        assert bits(arrays[f"{dtype}/{key}"][i], dtype) == (getattr(view, key) or "0" * -(-FORMATS[dtype].width // 4))
    assert bool(arrays[f"{dtype}/exact_inputs"][i]) is view.exact_inputs
    assert arrays[f"{dtype}/flags"][i].split(" ") == list(view.flags)
    for name in case.arguments:
        check_argument(arrays, dtype, i, case, name)


def test_bits_in_an_npz_are_floats_of_numpy(suite: Path, tmp_path: Path) -> None:
    chosen = {"function": "entropy", "variant": "raw", "unit": "bit", "dtype": "double"}
    with np.load(exported(suite, tmp_path, "npz", **chosen)) as arrays:
        assert arrays["binary64/p"].view(np.float64)[:2].tolist() == [0.5, 0.5]
        assert arrays["binary64/nearest"].view(np.float64)[0] == 1
        assert not any(name.startswith("binary32") for name in arrays)


PROGRAM = r"""
#include "golden.h"
#include <stdio.h>
#include <string.h>

int main(void)
{
    for (size_t i = 0; i < KLEXACT_CASES64; i++) {
        const struct klexact_case64 *c = klexact_cases64 + i;
        uint64_t sum = 0;
        double total = 0, x;
        for (size_t k = 0; k < c->count; k++) {
            const struct klexact_argument64 *a = c->arguments + k;
            for (size_t j = 0; j < a->length; j++) {
                sum += a->bits[j] * (j + 1);
                memcpy(&x, a->bits + j, sizeof x);
                total += x;
            }
            printf("%s=%s:%zu:%zu,", a->name, a->text ? a->text : "", a->length, a->columns);
        }
        printf("|%s|%s|%s|%s|%d|%016llx|%016llx|%016llx|%s|%s|%lu|%llu|%a\n", c->id, c->variant, c->level, c->flags,
               (int)c->kind, (unsigned long long)c->nearest, (unsigned long long)c->down, (unsigned long long)c->up,
               c->condition, c->magnitude, c->terms, (unsigned long long)sum, total);
    }
    return 0;
}
"""


def flat(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else [x for part in given for x in flat(part)]


def spelled(case: Case) -> str:
    """Write what the program prints of a case."""
    view, sizes = case.views["binary64"], ""
    words, total = 0, 0.0
    for name, kind in case.arguments.items():
        given = view.inputs.get(name)
        if given is None:
            sizes += f"{name}={case.inputs[name]}:0:0,"
            continue
        columns = len(given[0]) if kind == "matrix" else 0
        sizes += f"{name}=:{len(flat(given))}:{columns},"
        words += sum(int(x, 16) * (j + 1) for j, x in enumerate(flat(given)))
        for x in flat(given):
            number = decode(x, FORMATS["binary64"])
            total += float("nan") if number is None else float(number.value)
    place = ("finite", "zero", "infinite", "domain").index(view.kind)
    rounded = "|".join(getattr(view, key) or "0" * 16 for key in ROUNDINGS)
    head = f"{sizes}|{case.id}|{case.variant}|{case.level}|{' '.join(view.flags)}|{place}|{rounded}"
    return f"{head}|{view.condition or ''}|{view.magnitude or ''}|{case.terms}|{words % 2**64}|{total!r}"


def printed(line: str) -> str:
    head, _, total = line.rpartition("|")
    return f"{head}|{float('nan') if 'nan' in total else float.fromhex(total)!r}"


def compiled(directory: Path, program: str) -> str:
    (directory / "program.c").write_text(program, encoding="ascii")
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    done = subprocess.run(
        ["gcc", *flags, "program.c", "-o", "program"], cwd=directory, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 0, done.stderr
    return subprocess.run([directory / "program"], capture_output=True, text=True, check=True).stdout


def written_out(suite: Path) -> list[Case]:
    cases = [case for _, case in read_suite(suite).cases() if "binary64" in case.views]
    return [case for case in cases if not any(isinstance(x, dict) for x in case.inputs.values())]


def test_a_c_program_sees_every_case(suite: Path, tmp_path: Path) -> None:
    header = exported(suite, tmp_path, "c").read_text(encoding="ascii")
    lines = [printed(line) for line in compiled(tmp_path, PROGRAM).splitlines()]
    assert lines == [spelled(case) for case in written_out(suite)]
    left_out = [case.id for _, case in read_suite(suite).cases() if case not in written_out(suite)]
    assert left_out
    assert f"Left out, because a generator makes their vectors ({len(left_out)} cases):" in header
    assert all(header.count(x) == 1 for x in left_out)
    assert '#define KLEXACT_GOLDEN_SUITE "1.0-00c0ffee"' in header
    assert '#define KLEXACT_GOLDEN_LICENCE "CC0-1.0"' in header


def test_the_packaged_suite_compiles_and_no_case_is_missing(tmp_path: Path) -> None:
    written_views = export(PACKAGED, tmp_path / "golden.h", "c")
    counts = 'printf("%zu", KLEXACT_CASES64 + KLEXACT_CASES32)'
    program = f'#include "golden.h"\n#include <stdio.h>\nint main(void) {{ {counts}; return 0; }}\n'
    assert int(compiled(tmp_path, program)) == written_views > len(written_out(PACKAGED)) > 3000


@pytest.mark.parametrize("dtype", ["binary64", "binary32"])
def test_a_header_of_one_format_has_no_arrays_of_the_other(dtype: str, suite: Path, tmp_path: Path) -> None:
    header = exported(suite, tmp_path, "c", dtype=dtype).read_text(encoding="ascii")
    assert [f"KLEXACT_CASES{w} (" in header for w in (64, 32)] == [dtype == "binary64", dtype == "binary32"]
    width = 64 if dtype == "binary64" else 32
    assert compiled(tmp_path, f'#include "golden.h"\nint main(void) {{ return KLEXACT_CASES{width} == 0; }}\n') == ""


def test_a_header_of_what_it_cannot_take_says_what_it_takes(suite: Path, tmp_path: Path) -> None:
    with pytest.raises(
        KLExactError, match="takes cases in binary64 or binary32 whose vectors are written out; found none"
    ):
        export(suite, tmp_path / "golden.h", "c", dtype="binary16")
    assert not list(tmp_path.iterdir())


def test_text_in_a_header_cannot_leave_its_string(tmp_path: Path) -> None:
    made = fresh()
    index = written(tmp_path / "suite", made) / "index.json"
    evil = '1.0"\n#error ?\x3f/ */ ü'
    index.write_text(json.dumps(json.loads(index.read_text()) | {"suite": evil}))
    exported(tmp_path / "suite", tmp_path, "c")
    program = (
        '#include "golden.h"\n#include <stdio.h>\nint main(void) { printf("%s", KLEXACT_GOLDEN_SUITE); return 0; }\n'
    )
    assert compiled(tmp_path, program) == evil


@pytest.mark.parametrize("layout", HERE)
def test_equal_cases_give_equal_bytes(layout: str, suite: Path, tmp_path: Path) -> None:
    one, other = exported(suite, tmp_path / "a", layout), exported(suite, tmp_path / "b", layout)
    assert one.read_bytes() == other.read_bytes()
    if layout == "npz":
        with zipfile.ZipFile(one) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_selection_is_what_was_chosen(suite: Path) -> None:
    found = select(suite, function=("entropy", "rel_entr"), dtype=("float32", "binary128"), level="core")
    assert {case.function for case in found.cases} == {"entropy", "rel_entr"}
    assert {dtype for case in found.cases for dtype in case.views} == {"binary32", "binary128"}
    assert found.views == sum(len(case.views) for case in found.cases)
    expected = [
        case.id
        for _, case in read_suite(suite).cases()
        if case.function in ("entropy", "rel_entr") and {"binary32", "binary128"} & set(case.views)
    ]
    assert [case.id for case in found.cases] == expected
    bits = select(suite, function="entropy", unit="bit", variant="raw")
    assert {(case.variant, case.unit) for case in bits.cases} == {("raw", "bit")}


def test_one_file_is_exported_alone(suite: Path, tmp_path: Path) -> None:
    file = suite / "entropy.raw.bit.json"
    target = exported(file, tmp_path, "csv")
    with target.open(encoding="utf-8", newline="") as rows:
        found = list(csv.DictReader(rows))
    assert {row["suite"] for row in found} == {json.loads(file.read_text())["content"]}
    assert {(row["function"], row["unit"]) for row in found} == {("entropy", "bit")}
    with pytest.raises(KLExactError, match="at least one case"):
        export(file, target, "csv", unit="nat")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"function": "entropi"},
            "the function of golden cases must be one of entropy, kl_divergence, .*found 'entropi'",
        ),
        ({"variant": "cooked"}, "the variant .*found 'cooked'"),
        ({"unit": ("nat", "trit")}, "the unit .*found 'trit'"),
        ({"level": "easy"}, "the level of golden cases must be one of core, full, long; found 'easy'"),
        ({"dtype": "binary63"}, "the format must be one of"),
        ({"level": "long"}, "at least one case of .* must be chosen; found none"),
    ],
    ids=str,
)
def test_an_unknown_choice_says_what_there_is(
    options: dict[str, Any], message: str, suite: Path, tmp_path: Path
) -> None:
    with pytest.raises(KLExactError, match=message):
        export(suite, tmp_path / "golden.csv", "csv", **options)
    assert not list(tmp_path.iterdir())


def test_progress_hears_of_every_file_that_is_read(suite: Path, tmp_path: Path) -> None:
    heard: list[int] = []
    export(suite, tmp_path / "golden.csv", "csv", function="entropy", progress=heard.append)
    assert heard == [1, 1]


MISSING = {"npz": ("numpy", "pip install numpy"), "parquet": ("pyarrow", "pip install 'klexact[parquet]'")}


@pytest.mark.parametrize("layout", MISSING)
def test_a_missing_library_says_what_to_install(
    layout: str, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, advice = MISSING[layout]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(KLExactError, match=re.escape(advice)):
        export(suite, tmp_path / "golden", layout)
    assert not list(tmp_path.iterdir())


def test_a_control_character_is_for_csv_alone(tmp_path: Path) -> None:
    def tabbed(made: dict[str, Any]) -> None:
        made["entropy.raw.nat.json"]["cases"][0]["slug"] = "a\tb"

    suite = changed(tmp_path / "suite", tabbed)
    with pytest.raises(KLExactError, match=r"must have no control characters.*take CSV"):
        export(suite, tmp_path / "golden.tsv", "tsv")
    with exported(suite, tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        assert "a\tb" in {row["slug"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("layout", HERE)
def test_a_directory_in_the_place_of_the_file_stays(layout: str, suite: Path, tmp_path: Path) -> None:
    target = tmp_path / "golden"
    target.mkdir()
    with pytest.raises(KLExactError, match="golden must be writable; found: Is a directory: nothing was changed"):
        export(suite, target, layout)
    assert list(tmp_path.iterdir()) == [target]
    assert not list(target.iterdir())


def test_a_file_in_the_place_of_a_directory_stays(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(KLExactError, match="must be a directory that can be made"):
        export(suite, tmp_path / "file" / "golden.csv", "csv")
    assert (tmp_path / "file").read_text() == "mine"


FULL = """
import resource, signal, sys
from pathlib import Path
from klexact.errors import KLExactError
from klexact.golden.exporting import export
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    export(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
except KLExactError as error:
    print(error)
"""


@pytest.mark.parametrize("layout", HERE)
def test_a_full_disk_leaves_what_was_there(layout: str, suite: Path, tmp_path: Path) -> None:
    target = tmp_path / "golden"
    target.write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", FULL, suite, target, layout], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{target} must be writable; found: File too large: nothing was changed\n"
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to write everywhere for a while, where the tests have it."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_read_only_directory_stays_as_it_is() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = written(Path(name), fresh())
        before = sorted(directory.iterdir())
        directory.chmod(0o555)
        with as_nobody(), pytest.raises(KLExactError, match="must be writable; found: Permission denied: nothing was"):
            export(directory, directory / "golden.csv", "csv")
        assert sorted(directory.iterdir()) == before
        directory.chmod(0o755)


def test_exporting_needs_neither_sympy_nor_flint(suite: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from klexact.golden.exporting import export; "
        "from klexact.golden import differences, errata; export(Path(sys.argv[1]), Path(sys.argv[2]), 'csv'); "
        "print([m for m in ('sympy', 'flint', 'mpmath', 'click', 'rich', 'numpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, suite, tmp_path / "x.csv"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def spoiled(key: str, content: Any) -> Any:
    def change(made: dict[str, Any]) -> None:
        made["entropy.raw.nat.json"]["cases"][0]["ieee"]["binary64"][key] = content

    return change


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("nearest", "3FE0000000000000"),
        ("nearest", "3fe"),
        ("nearest", 5),
        ("p", ["3fe0000000000000"]),
        ("p", "3fe0000000000000"),
        ("p", [["3fe0000000000000", "3fe0000000000000"]]),
        ("p", [1, 2]),
        ("kind", "certain"),
        ("flags", [1]),
        ("exact_inputs", "true"),
        ("magnitude", 1.5),
    ],
    ids=str,
)
def test_bits_of_no_format_are_refused_by_name(key: str, content: Any, tmp_path: Path) -> None:
    suite = changed(tmp_path / "suite", spoiled(key, content))
    with pytest.raises(InvalidFileError, match=r"entropy\.raw\.nat\.json.* must "):
        export(suite, tmp_path / "golden.npz", "npz")
    assert not (tmp_path / "golden.npz").exists()


def test_the_document_names_every_column_array_and_field(suite: Path, tmp_path: Path) -> None:
    document = (PACKAGED / "EXPORTS.md").read_text(encoding="utf-8")
    tables, arrays = document.split("## NPZ")
    assert [name for name in HEAD if f"`{name}`" not in tables] == []
    with np.load(exported(suite, tmp_path, "npz")) as stored:
        names = {name.removesuffix("/offsets") for name in stored}
    arguments = {name for _, case in read_suite(suite).cases() for name in case.arguments}
    for name in names:
        _, *rest = name.split("/")
        shown = name if not rest else "/".join(["FORMAT", *("ARGUMENT" if x in arguments else x for x in rest)])
        assert f"`{shown}`" in arrays, name
    assert all(f"--format {'|'.join(LAYOUTS)}" in line for line in document.splitlines() if "--format" in line)
