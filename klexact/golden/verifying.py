"""Verifying: every claim of a golden file made anew from the inputs, every value held against the second engine.

A case must be what the first engine makes of its inputs, key by key, and its values, Σ|terms| and numbers of terms must agree
with `klexact.golden.definitions`. So a file whose hash was mended after an edit is caught as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from flint import fmpq

from klexact.errors import InvalidFileError, KLExactError
from klexact.exact import clipped
from klexact.formats import FORMATS, decode
from klexact.golden.cases import LEVELS, LICENCE, PACKAGED, file_name, files_hash, index, parse, read_json
from klexact.golden.definitions import BITS, Second, second
from klexact.golden.flags import FLAGS
from klexact.golden.function import Function, distinct, exact_inputs
from klexact.golden.functions import FUNCTIONS
from klexact.golden.making import make_case, received
from klexact.work import one_at_a_time, run

__all__ = ["Problem", "chunk_count", "verify_case", "verify_files"]

_CHUNK = 8
_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?(e[+-]?[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Problem:
    """Something that a golden file claims and the second engine does not find."""

    file: str
    case: str
    claim: str

    def __str__(self) -> str:
        return f"{self.file}: {self.case}{': ' if self.case else ''}{self.claim}"


def verify_files(
    directory: Path = PACKAGED,
    *,
    only: Callable[[str], bool] = lambda _: True,
    every: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[int, list[Problem]]:
    """Return how many cases were verified, and what is wrong with the files of a directory.

    `only` chooses files by name; `every` = k takes one case in k. Raises KLExactError if no case is left, and InvalidFileError
    for an index that cannot be read; a file that cannot be read is a problem.
    """
    listed = index(directory)["files"]
    problems = [Problem("index.json", "", claim) for claim in _of_index(directory)]
    chunks, n = [], 0
    for name in (name for name in listed if only(name)):
        try:
            document = read_json(directory / name)
            parse(document, name)
            problems += [Problem(name, "", claim) for claim in _of_file(document, name, listed[name])]
        except InvalidFileError as error:
            problems.append(Problem(name, "", str(error)))
            continue
        cases = document["cases"][::every]
        n += len(cases)
        head = {key: document[key] for key in ("function", "variant", "unit")}
        chunks += [{"file": name, **head, "cases": cases[i : i + _CHUNK]} for i in range(0, len(cases), _CHUNK)]
    if not n and not problems:
        raise KLExactError(f"there must be cases to verify; found none in {directory}")
    for found in run(_of_chunk, chunks, executor=executor, progress=progress):
        problems += [Problem(*problem) for problem in found]
    return n, problems


def chunk_count(directory: Path, only: Callable[[str], bool], every: int) -> int:
    """Return how many chunks `verify_files` will report to `progress`."""
    listed = index(directory)["files"]
    return sum(ceil(ceil(int(listed[name]["cases"]) / every) / _CHUNK) for name in listed if only(name))


def _of_index(directory: Path) -> Iterator[str]:
    document = index(directory)
    listed = document["files"]
    if document.get("cases") != str(sum(int(entry["cases"]) for entry in listed.values())):
        yield "the number of cases is not that of its files"
    if not str(document.get("suite")).endswith(f"-{files_hash(listed)}"):
        yield "the version of the suite is not that of its files"
    if document.get("licence") != LICENCE:
        yield f"the licence must be {LICENCE}"
    there = {path.name for path in directory.glob("*.*.*.json")}
    yield from (f"{name} is there and not listed" for name in sorted(there - set(listed)))


@one_at_a_time
def _of_chunk(chunk: Mapping[str, Any]) -> list[list[str]]:
    return [
        [chunk["file"], case["id"], claim]
        for case in chunk["cases"]
        for claim in verify_case(case, chunk["function"], chunk["variant"], chunk["unit"])
    ]


def _of_file(document: Mapping[str, Any], name: str, listed: Mapping[str, str]) -> Iterator[str]:
    function, variant, unit = (document[key] for key in ("function", "variant", "unit"))
    spec = FUNCTIONS.get(str(function))
    if spec is None or variant not in spec.variants or unit not in spec.units:
        raise InvalidFileError(
            f"{name} must be of a known function, variant and unit; found {function!r:.40} {variant!r:.40} {unit!r:.40}"
        )
    if name != file_name(function, variant, unit):
        yield "the name must say function, variant and unit"
    if document.get("licence") != LICENCE:
        yield f"the licence must be {LICENCE}"
    if document["definition"] != spec.defined(variant, unit):
        yield "the definition is not that of the function"
    if document["arguments"] != dict(spec.arguments):
        yield "the arguments are not those of the function"
    used = {str(flag) for case in document["cases"] for flag in case["flags"]}
    if document["flags"] != {flag: FLAGS.get(flag) for flag in sorted(used)}:
        yield "the notes are not those of the flags that occur"
    if listed != {"cases": str(len(document["cases"])), "content": document["content"]}:
        yield "the index says otherwise"
    ids = [case["id"] for case in document["cases"]]
    if len(set(ids)) != len(ids):
        yield "an id occurs twice"


def verify_case(case: Mapping[str, Any], function: str, variant: str, unit: str) -> list[str]:
    """Return what is wrong with a case as it stands in a file: nothing, for a right one."""
    spec = FUNCTIONS[function]
    try:
        described = {key: case[key] for key in ("slug", "level", "source")}
        made = make_case(function, variant, unit, case["inputs"], **described)
        wrong = [
            f"{where} is not what the inputs make: {clipped(there)} in place of {clipped(own)}"
            for where, there, own in _differences(case, made)
        ]
        if case["level"] not in LEVELS:
            wrong.append(f"the level must be one of {', '.join(LEVELS)}")
        return wrong + list(_second_opinion(spec, variant, unit, case))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        return [f"it must follow the format; found {type(error).__name__}: {error}"]


def _differences(found: Any, made: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(found, Mapping) and isinstance(made, Mapping):
        for key in sorted({*found, *made}):
            yield from _differences(found.get(key), made.get(key), f"{where}.{key}" if where else key)
    elif found != made:
        yield where, found, made


def _second_opinion(spec: Function, variant: str, unit: str, case: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the second engine finds something else at the exact inputs, or at those of a view."""
    exact = exact_inputs(spec, case["inputs"])
    known: dict[tuple[int, ...], Second | None] = {}

    def found(inputs: Mapping[str, Any]) -> Second | None:
        key = tuple(map(id, inputs.values()))  # a view of exact inputs has the very same objects
        if key not in known:
            plain = {name: _fractions(x) for name, x in inputs.items()}
            known[key] = second(spec.name, variant, unit, plain) if spec.contains(variant, inputs) else None
        return known[key]

    value, own = case["value"], found(exact)
    yield from (f"the second engine finds another {what}" for what in _unlike(value, own))
    if (
        value["kind"] == "finite"
        and own
        and not (_meets(value["lo"], value["hi"], own) and _shown(value["decimal50"], own))
    ):
        yield "the second engine finds another value"
    if own and own.terms and str(own.terms) != case["terms"]:
        yield f"the second engine adds up {own.terms} terms"
    kept = []  # inputs stay alive, so that ids stay theirs
    for dtype, view in case["ieee"].items():
        taken = received(spec, exact, case["inputs"], FORMATS[dtype])
        if taken is not None:
            kept.append(taken)
            opinion = found(taken[1])
            yield from (f"the second engine finds another {what} in {dtype}" for what in _unlike(view, opinion))
            if opinion and not opinion.infinity:
                yield from (
                    f"the second engine finds another {what} in {dtype}" for what in _view_unlike(dtype, view, opinion)
                )


def _fractions(argument: Any) -> Any:
    if isinstance(argument, list) and argument and isinstance(argument[0], list):
        return [_fractions(row) for row in argument]
    if isinstance(argument, list):
        made = {id(x): _fractions(x) for x, _ in distinct(argument)}
        return [made[id(x)] for x in argument]
    return Fraction(int(argument.p), int(argument.q)) if isinstance(argument, fmpq) else argument


def _unlike(claim: Mapping[str, Any], found: Second | None) -> Iterator[str]:
    """Yield what a claim says otherwise: whether there is a value, zero, or an infinity with its sign."""
    if found is None or claim["kind"] == "domain":
        if (found is None) != (claim["kind"] == "domain"):
            yield "domain"
    elif found.infinity:
        if claim["kind"] != "infinite" or claim["sign"] != "-+"[found.infinity > 0]:
            yield "infinity"
    elif claim["kind"] == "infinite" or (claim["kind"] == "zero") != (found.lower <= 0 <= found.upper):
        yield "kind of value"


def _meets(low: str, high: str, found: Second) -> bool:
    return _decimal(low) <= found.upper and found.lower <= _decimal(high)


def _decimal(text: str) -> Fraction:
    """Return a decimal exactly; an exponent that would fill the memory is refused."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"a decimal must have at most 60 digits and an exponent below 100,000; found {text!r:.80}")
    return Fraction(text)


def _shown(text: str, found: Second) -> bool:
    """Tell whether 50 digits are those of a number between the bounds."""
    digits = text.lower().partition("e")[0].replace(".", "").lstrip("-0")
    x = _decimal(text)
    half = abs(x) / Fraction(int(digits or "1")) / 2 if len(digits) >= 50 else Fraction(0)
    return found.lower - half <= x <= found.upper + half


def _view_unlike(dtype: str, view: Mapping[str, Any], found: Second) -> Iterator[str]:
    target = FORMATS[dtype]
    ends = [decode(view[d], target) for d in ("down", "nearest", "up")]
    low, near, high = (None if x is None else x.value for x in ends)
    if (
        low is None
        or near is None
        or high is None
        or not (low <= found.upper and found.lower <= high and near in (low, high))
        or _place(view["up"]) - _place(view["down"]) != (low != high)
    ):
        yield "rounding"
    elif low != high and abs(near) != float("inf") and abs(low) != float("inf") and abs(high) != float("inf"):
        middle = (Fraction(low) + Fraction(high)) / 2
        if (near == low and found.lower > middle) or (near == high and found.upper < middle):
            yield "nearest number"
    if "decimal50" in view and not _shown(view["decimal50"], found):
        yield "value"
    if found.terms and not _close(view["magnitude"], found.magnitude):
        yield "magnitude"


def _place(bits: str) -> int:
    """Return the place of a number among those of its format, counted from 0: neighbours are 1 apart."""
    half = 8 * 16 ** (len(bits) - 1)
    place = int(bits, 16)
    return place if place < half else half - place


def _close(text: str, x: Fraction) -> bool:
    """Tell whether 5 digits are those of a number that is known to some 20; 0 is claimed of what no precision tells from it."""
    if text == "0":
        return x < Fraction(1, 2**BITS)
    return abs(_decimal(text) - x) <= abs(x) * Fraction(5001, 10**8)
