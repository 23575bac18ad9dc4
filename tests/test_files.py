"""CSV and JSON: what a file holds; what is wrong with it, and in which line."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from klexact import Distribution
from klexact.errors import KLExactError
from klexact.files import KINDS, read_csv, read_json


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(content: str | bytes, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


CSV: list[tuple[str, Any]] = [
    ("x,probability\na,1/2\nb,0.5\n", {"a": "1/2", "b": "1/2"}),
    ("x,Probability \r\n\r\na,1/2\r\nb,5e-1\r\n", {"a": "1/2", "b": "1/2"}),
    ("\ufeffteeth,count\n3,1\n4,3\n", {3: "1/4", 4: "3/4"}),
    ("x,weight\n0.5,0.1\n1,0.3\n", {Fraction(1, 2): "1/4", 1: "3/4"}),
    ("x,weights\na,1/3\nb,1/3", {"a": "1/2", "b": "1/2"}),
    ("x,y,count\n0,a,1\n0,b,3\n", {(0, "a"): "1/4", (0, "b"): "3/4"}),
    ('x,count\n"a, b",1\n"say ""c""",1\n', {"a, b": "1/2", 'say "c"': "1/2"}),
    ("x,count\na,1\n,1\n", {"a": "1/2", "": "1/2"}),
    ("teeth\n3\n3\n4\n", {3: "2/3", 4: "1/3"}),
    ("tooth\nmolar\n", {"molar": 1}),
]


@pytest.mark.parametrize(("content", "wanted"), CSV, ids=range(len(CSV)))
def test_csv(file: Any, content: str, wanted: Any) -> None:
    assert Distribution.from_csv(file(content)) == Distribution(wanted)
    assert read_csv(file(content))[0] in KINDS


BAD_CSV: list[tuple[str | bytes, str]] = [
    ("", r"must have a header and rows; found an empty file"),
    ("x,probability\n", r"at least one probability is required; found none"),
    (
        "x,p\na,1\n",
        r", line 1: the last column must be called .* or weight \(which percentages are\); found 'p'",
    ),
    ("probability\n1\n", r", line 1: a column of outcomes is required before 'probability'"),
    ("x,probability\na,1/2\nb\n", r", line 3: 2 fields are required.*found 1: \['b'\]"),
    ("x,probability\na,1/2\nb,1/2,\n", r", line 3: 2 fields are required.*found 3"),
    ("x,probability\na,1/2\n\na,1/2\n", r", line 4: outcomes must be distinct; found 'a' again"),
    ("x,count\n1,1\n01,1\n", r", line 3: outcomes must be distinct; found 1 again"),
    ('x,probability\n"a,1/2\n', r", line 2: well-formed CSV is required"),
    ("x,probability\na,1/2\nb,half\n", r", line 3: .*must be .*found 'half'"),
    ("x,probability\na,\nb,1\n", r", line 2: .*must be .*found ''"),
    ("x,probability\na,1/0\n", r", line 2: .*finite.*found '1/0'"),
    ("x,probability\na,nan\n", r", line 2: .*found 'nan'"),
    ("x,probability\na,1e999999999\n", r", line 2: .*at most 10,000 digits; found the exponent"),
    ("x,probability\na,__import__('os')\n", r", line 2: .*must be .*__import__"),
    ("x,probability\na," + "9" * 10**5 + "\n", r", line 2: .*at most 10,000 digits"),
    ("x,probability\na," + "9" * 10**6 + "\n", r", line 2: "),
    ("x,count\na,1\nb,-1\n", r"the count of 'b' must not be negative; found -1"),
    ("x,count\na,1.5\n", r"the count of 'a' must be a whole number; found 3/2: use weights for fractions"),
    ("x,count\na,0\nb,0\n", r"counts must have a positive total"),
    ("x,probability\na,1/2\nb,1/3\n", r"must sum to exactly 1; found a total of 5/6, short by 1/6"),
    (b"x,probability\n\xff,1\n", r"must be a readable UTF-8 file"),
]


@pytest.mark.parametrize(("content", "message"), BAD_CSV, ids=range(len(BAD_CSV)))
def test_bad_csv(file: Any, content: str, message: str) -> None:
    path = file(content)
    with pytest.raises(KLExactError, match=message) as caught:
        Distribution.from_csv(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < 500


JSON: list[tuple[str, Any]] = [
    ('["1/2", 0.5]', {0: "1/2", 1: "1/2"}),
    ("[0.1, 0.2, 0.7]", {0: "0.1", 1: "0.2", 2: "0.7"}),  # as written, not as doubles
    ('{"a": 0.1, "b": 9e-1}', {"a": "1/10", "b": "9/10"}),
    ('{"name": "worms", "counts": {"0": 1, "1": 3}}', {0: "1/4", 1: "3/4"}),
    ('{"counts": [1, 3]}', {0: "1/4", 1: "3/4"}),
    ('{"weights": {"0.5": 0.1, "x": 0.3}}', {Fraction(1, 2): "1/4", "x": "3/4"}),
    ('{"counts": [[1, 2], [3, 4]]}', {(0, 0): "0.1", (0, 1): "0.2", (1, 0): "0.3", (1, 1): "0.4"}),
    ('{"probabilities": ["1/3", "2/3"], "source": [1]}', {0: "1/3", 1: "2/3"}),
    ('{"samples": ["a", "b", 1, "1"]}', {"a": "1/4", "b": "1/4", 1: "1/2"}),
]


@pytest.mark.parametrize(("content", "wanted"), JSON, ids=range(len(JSON)))
def test_json(file: Any, content: str, wanted: Any) -> None:
    assert Distribution.from_json(file(content)) == Distribution(wanted)
    assert read_json(file(content))[0] in KINDS


BAD_JSON: list[tuple[str | bytes, str]] = [
    ("", r", line 1: well-formed JSON is required"),
    ('{"a": 0.5,\n "b": }', r", line 2: well-formed JSON is required"),
    ("null", r"must be an array or an object of numbers; found None"),
    ("5", r"must be an array or an object of numbers; found '5'"),
    ('"abc"', r"must be an array or an object of numbers; found 'abc'"),
    ("[]", r"at least one probability is required"),
    ("{}", r"at least one probability is required"),
    ("[NaN, 1]", r"the probability of 0 must be .*found 'NaN'"),
    ("[Infinity]", r"the probability of 0 must be .*found 'Infinity'"),
    ("[true, false]", r"the probability of 0 must be .*found True"),
    ("[null]", r"the probability of 0 must be .*found None"),
    ("[[1, 2]]", r"a table of one row or column may be a vector or a batch; found 1 × 2: flatten it"),
    ('{"a": {"b": 1}}', r"the probability of 'a' must be"),
    ('{"a": 0.5, "a": 0.5}', r"outcomes must be distinct; found 'a' again"),
    ('{"1": 0.5, "1.0": 0.5}', r"outcomes must be distinct; found 1 again"),
    ('{"counts": [1], "weights": [1]}', r"must have one of .*; found counts, weights"),
    ('{"weights": 3}', r"weights must be an array or an object of numbers; found '3'"),
    ('{"samples": "abba"}', r"samples must be an array.*found 'abba'"),
    ('{"samples": {"a": 1}}', r"samples must be an array"),
    ('{"samples": [[1, 2], [1, 2]]}', r"samples"),
    ('{"samples": [{"a": 1}]}', r"samples"),
    ("[" * 100_000, r"deep nesting"),
    ("[" + "9" * 10**6 + "]", r"at most 10,000 digits"),
    ("[1e999999999]", r"at most 10,000 digits"),
    ("[0.5, 0.4]", r"must sum to exactly 1; found a total of 9/10, short by 1/10"),
    (b"[\xff]", r"must be a readable UTF-8 file"),
]


@pytest.mark.parametrize(("content", "message"), BAD_JSON, ids=range(len(BAD_JSON)))
def test_bad_json(file: Any, content: str, message: str) -> None:
    path = file(content)
    with pytest.raises(KLExactError, match=message) as caught:
        Distribution.from_json(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("read", [Distribution.from_csv, Distribution.from_json])
@pytest.mark.parametrize("path", ["/nonexistent/file", "."])
def test_files_that_are_none(read: Any, path: str) -> None:
    with pytest.raises(KLExactError, match="must be a readable UTF-8 file"):
        read(path)


@pytest.mark.parametrize("text", ["x;n\n0;3\n1;4\n", "x\tn\n0\t3\n", "3\n1\n0\n"])
def test_other_delimiters_and_missing_headers_are_refused(tmp_path: Any, text: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KLExactError, match="line 1: a header and commas between columns are required; found"):
        Distribution.from_csv(path)
