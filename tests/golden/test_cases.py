"""Reading golden files: what is there, and every damage refused by name, without SymPy, FLINT or mpmath."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import (
    FORMAT,
    LICENCE,
    PACKAGED,
    CaseFile,
    canonical,
    case_id,
    content_hash,
    file_name,
    index,
    load,
    names,
    number,
    parse,
    read,
)
from klexact.golden.generators import described
from klexact.golden.making import make_case

NAME = file_name("kl_divergence", "raw", "nat")
LONG = {
    "p": described("minstd", 40, seed=5, bits=7, shift=12),
    "q": described("ramp", 40, shift=10, zero_every=7, reverse=True),
}
INPUTS: list[dict[str, Any]] = [
    {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"]},
    {"p": ["1/3", "2/3"], "q": ["0", "1"]},
    {"p": ["-1", "2"], "q": ["1", "1"]},
    LONG,
]


def made() -> dict[str, Any]:
    cases = [
        make_case("kl_divergence", "raw", "nat", x, slug=f"s{i}", level="core", source="a test")
        for i, x in enumerate(INPUTS)
    ]
    return sealed(
        {
            "format": FORMAT,
            "licence": LICENCE,
            "function": "kl_divergence",
            "variant": "raw",
            "unit": "nat",
            "definition": "Σ p·log(p/q)",
            "arguments": {"p": "vector", "q": "vector"},
            "flags": {"Basic": "plain"},
            "cases": cases,
            "provenance": {"generator": "a test"},
        }
    )


def sealed(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"content": content_hash(document)}


@pytest.fixture(scope="module")
def text() -> str:
    return json.dumps(made(), ensure_ascii=False)


@pytest.fixture
def document(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def directory(tmp_path: Path, document: dict[str, Any]) -> Path:
    (tmp_path / NAME).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    listed = {NAME: {"cases": "4", "content": document["content"]}}
    content = {"format": FORMAT, "licence": LICENCE, "suite": "0", "cases": "4", "files": listed}
    (tmp_path / "index.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# -- what is read ------------------------------------------------------------------------------------------


def test_a_file_is_read(directory: Path) -> None:
    found = load("kl_divergence", "raw", directory=directory)
    assert isinstance(found, CaseFile)
    assert (found.function, found.variant, found.unit) == ("kl_divergence", "raw", "nat")
    assert [case.slug for case in found.cases] == ["s0", "s1", "s2", "s3"]
    assert [case.value["kind"] for case in found.cases] == ["finite", "infinite", "domain", "infinite"]
    for case, inputs in zip(found.cases, INPUTS, strict=True):
        assert case.id == case_id("kl_divergence", "raw", "nat", inputs)
        assert case.inputs == inputs
    assert list(names(directory)) == [("kl_divergence", "raw", "nat")]
    assert load("kl_divergence", "raw", directory=directory) is found


def test_arguments_are_what_an_implementation_receives(document: dict[str, Any]) -> None:
    first, second, third, long = parse(document, "here").cases
    assert first.bits("binary64") == {"p": ["3fe0000000000000"] * 2, "q": ["3fd0000000000000", "3fe8000000000000"]}
    assert first.values("binary16") == {"p": [0.5, 0.5], "q": [0.25, 0.75]}
    assert second.values("binary64") == {"p": [1 / 3, 2 / 3], "q": [0.0, 1.0]}
    assert isinstance(second.values("binary128")["p"][0], Fraction)
    assert third.values("binary32")["p"] == [-1.0, 2.0]
    values = long.values("binary64")
    assert len(values["p"]) == len(values["q"]) == 40
    assert values["q"][:8] == [k / 1024 for k in (40, 39, 38, 37, 36, 35, 0, 33)]
    assert long.bits("binary64")["q"][6] == "0" * 16
    assert "p" not in long.views["binary64"].inputs


def test_other_arguments_are_text_and_integers() -> None:
    asked = {"p": ["1/2", "1/2"], "q": ["1/4", "3/4"], "index": "1"}
    case = make_case("kl_gradient_p", "raw", "nat", asked, slug="s", level="core", source="t")
    head = {"function": "kl_gradient_p", "arguments": {"p": "vector", "q": "vector", "index": "index"}, "cases": [case]}
    (found,) = parse(sealed(made() | head), "here").cases
    assert found.values("binary64")["index"] == 1
    assert found.bits("binary64")["index"] == "1"


@pytest.mark.parametrize(
    ("bits", "dtype", "wanted"),
    [
        ("3c00", "binary16", 1.0), ("8000", "binary16", 0.0), ("7c00", "binary16", math.inf), ("ff80", "bfloat16", -math.inf),
        ("0001", "binary16", 2.0**-24), ("00000001", "binary32", 2.0**-149), ("0000000000000001", "binary64", 5e-324),
        ("3fff" + "0" * 28, "binary128", 1.0), ("0" * 31 + "1", "binary128", Fraction(1, 2**16494)),
    ],
)  # fmt: skip
def test_numbers_of_bits(bits: str, dtype: str, wanted: float | Fraction) -> None:
    assert number(bits, dtype) == wanted


def test_nan_of_bits() -> None:
    assert math.isnan(number("7e00", "binary16"))
    with pytest.raises(KLExactError, match="binary16 takes 4 lower-case hexadecimal digits; found '3C00'"):
        number("3C00", "binary16")


def test_the_hash_is_of_canonical_json() -> None:
    assert canonical({"b": 1, "a": {"d": "π", "c": [1, 2]}}) == '{"a":{"c":[1,2],"d":"π"},"b":1}'
    assert content_hash({"a": "1", "b": "2"}) == content_hash({"b": "2", "a": "1", "content": "x", "provenance": "y"})
    assert content_hash({"a": "1"}) != content_hash({"a": "2"})


def test_ids_depend_on_what_is_asked_alone() -> None:
    asked: tuple[str, str, str, Any] = ("kl_divergence", "raw", "nat", {"p": ["1"], "q": ["1/2"]})
    assert case_id(*asked) == case_id(*asked[:3], {"q": ["1/2"], "p": ["1"]})
    inputs = asked[3]
    others: list[tuple[str, str, str, Any]] = [
        ("kl_divergence", "raw", "bit", inputs),
        ("kl_divergence", "normalised", "nat", inputs),
        ("cross_entropy", "raw", "nat", inputs),
        ("kl_divergence", "raw", "nat", inputs | {"q": ["1/3"]}),
    ]
    assert len({case_id(*asked), *(case_id(*other) for other in others)}) == 5


# -- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_truncated(tmp_path: Path, text: str, part: float) -> None:
    path = write(tmp_path / NAME, text[: int(len(text) * part)])
    with pytest.raises(InvalidFileError, match=r"must be whole, well-formed JSON; found: "):
        read(path)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "must be whole, well-formed JSON"),
        (b"\xff\xfe\x00", "must be whole, well-formed JSON"),
        ('{"format": NaN}', "the number NaN, which is not JSON"),
        ('{"format": [Infinity]}', "the number Infinity, which is not JSON"),
        ('{"format": "a", "format": "b"}', "a key twice in an object of format"),
        ('{"a": {"b": 1, "b": 2}}', "a key twice in an object of b"),
        ("[" * 100_000, "must be whole, well-formed JSON"),
        ("[]", "must be a golden file with a key format; found"),
        ("null", "must be a golden file with a key format; found None"),
        ("{}", "must be a golden file with a key format; found"),
        ('{"format": 1}', "must be a golden file with a key format; found"),
        (
            '{"format": "klexact-golden/2"}',
            "format klexact-golden/1; found 'klexact-golden/2': a newer klexact may read it",
        ),
        (
            '{"format": "klexact-golden-runner/1"}',
            "must have the format klexact-golden/1; found 'klexact-golden-runner/1'",
        ),
        ('{"format": "klexact-golden/1"}', "must hold what its content hash says, None"),
    ],
)
def test_no_golden_file(tmp_path: Path, content: str | bytes, match: str) -> None:
    with pytest.raises(InvalidFileError, match=match):
        read(write(tmp_path / "file.json", content))


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="must be a readable file; found: No such file or directory"):
        read(tmp_path / "none.json")
    with pytest.raises(InvalidFileError, match="must be a readable file; found: Is a directory"):
        read(tmp_path)
    with pytest.raises(InvalidFileError, match=r"index\.json must be a readable file"):
        load("kl_divergence", "raw", directory=tmp_path)


def _flip(document: dict[str, Any]) -> None:
    view = document["cases"][0]["ieee"]["binary64"]
    view["nearest"] = f"{int(view['nearest'], 16) ^ 1:016x}"


EDITS: list[Callable[[dict[str, Any]], object]] = [
    _flip,
    lambda d: d["cases"][0]["flags"].clear(),
    lambda d: d["cases"][0]["inputs"].update(p=["1/2", "1/3"]),
    lambda d: d["cases"].pop(),
    lambda d: d["cases"].reverse(),
    lambda d: d.update(definition="another"),
    lambda d: d["flags"].update(Basic="another"),
    lambda d: d.update(extra="1"),
    lambda d: d.update(content="sha256:" + "0" * 64),
]


@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_edited(tmp_path: Path, document: dict[str, Any], edit: int) -> None:
    EDITS[edit](document)
    path = write(tmp_path / NAME, json.dumps(document))
    with pytest.raises(
        InvalidFileError, match=r"must hold what its content hash says.*it was edited or damaged; take it afresh"
    ):
        read(path)


def test_the_provenance_is_not_hashed(tmp_path: Path, document: dict[str, Any]) -> None:
    document["provenance"] = {"generator": "another"}
    assert read(write(tmp_path / NAME, json.dumps(document))).provenance == {"generator": "another"}


def _case_of(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda d: d["cases"][0].update({key: value})


def _view_of(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda d: d["cases"][0]["ieee"]["binary64"].update({key: value})


SCHEMAS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(surprise="1"), "must have only the keys of the schema; found surprise too"),
    (
        _case_of("surprise", "1"),
        r"case kl_divergence-[0-9a-f]{12} must have only the keys of the schema; found surprise too",
    ),
    (_view_of("surprise", "1"), "binary64 must have only the keys of the schema; found surprise too"),
    (lambda d: d["cases"][0]["ieee"].update(binary63={}), "must have views in binary16.*found 'binary63'"),
    (lambda d: d.pop("definition"), "must follow the schema of golden files; found it wrong at 'definition'"),
    (lambda d: d.pop("cases"), "must follow the schema of golden files; found it wrong at 'cases'"),
    (lambda d: d.pop("provenance"), "must follow the schema of golden files; found it wrong at 'provenance'"),
    (lambda d: d.update(cases=None), "must follow the schema of golden files"),
    (lambda d: d.update(cases=["1"]), "must follow the schema of golden files"),
    (lambda d: d["cases"][0].pop("id"), "must follow the schema of golden files; found it wrong at 'id'"),
    (lambda d: d["cases"][0].pop("slug"), "must follow the schema of golden files.*slug"),
    (lambda d: d["cases"][0].pop("ieee"), "must follow the schema of golden files; found it wrong at 'ieee'"),
    (_case_of("terms", "many"), "must follow the schema of golden files"),
    (_case_of("terms", "9" * 5000), "must follow the schema of golden files"),
    (_case_of("flags", None), "must follow the schema of golden files"),
    (_case_of("ieee", []), "must follow the schema of golden files"),
    (lambda d: d["cases"][0]["ieee"]["binary64"].pop("kind"), "must follow the schema of golden files.*kind"),
]


@pytest.mark.parametrize("which", range(len(SCHEMAS)))
def test_wrong_schema_with_a_right_hash(tmp_path: Path, document: dict[str, Any], which: int) -> None:
    change, match = SCHEMAS[which]
    change(document)
    path = write(tmp_path / NAME, json.dumps(sealed(document)))
    with pytest.raises(InvalidFileError, match=match):
        read(path)


def test_a_file_that_is_not_the_indexs(directory: Path, document: dict[str, Any]) -> None:
    document["cases"].pop()
    write(directory / NAME, json.dumps(sealed(document)))
    with pytest.raises(InvalidFileError, match=r"must be the file of index\.json; found another content hash"):
        load("kl_divergence", "raw", directory=directory)


def test_a_listed_file_that_is_missing(directory: Path) -> None:
    (directory / NAME).unlink()
    with pytest.raises(InvalidFileError, match=f"{NAME} must be a readable file"):
        load("kl_divergence", "raw", directory=directory)


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        '{"format": "klexact-golden/2", "files": {}}',
        f'{{"format": "{FORMAT}"}}',
        f'{{"format": "{FORMAT}", "files": []}}',
    ],
)
def test_no_index(tmp_path: Path, content: str) -> None:
    write(tmp_path / "index.json", content)
    with pytest.raises(InvalidFileError, match=f"must be an index of the format {FORMAT}; found"):
        index(tmp_path)


def test_what_there_is_none_of_says_what_there_is(directory: Path) -> None:
    with pytest.raises(
        KLExactError, match="the function of golden cases must be one of kl_divergence; found 'entropi'"
    ):
        load("entropi", "raw", directory=directory)
    with pytest.raises(KLExactError, match="the unit of golden cases must be one of nat; found 'bit'"):
        load("kl_divergence", "raw", "bit", directory=directory)


# -- the packaged files, and what reading needs ------------------------------------------------------------


def test_packaged_files_are_read() -> None:
    """A sample: the first and the smallest."""
    listed = index()["files"]
    smallest = min(listed, key=lambda name: (PACKAGED / name).stat().st_size)
    for name in {next(iter(listed)), smallest}:
        found = load(*name.split(".")[:3])
        assert len(found.cases) == int(listed[name]["cases"]) > 0
        for case in found.cases:
            assert case.id == case_id(found.function, found.variant, found.unit, case.inputs)


def test_reading_needs_neither_sympy_nor_flint_nor_mpmath() -> None:
    program = (
        "import sys, klexact.golden.cases as cases\n"
        "name = next(iter(cases.index()['files'])).split('.')\n"
        "case = cases.load(*name[:3]).cases[0]\n"
        "case.values('binary64')\n"
        "print(sorted({'sympy', 'flint', 'mpmath', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
