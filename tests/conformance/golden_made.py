"""Small directories of golden files for tests of the kit: values from mpmath at 200 digits, no engine of klexact."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath

from klexact.formats import FORMATS, decode, rounded
from klexact.golden.cases import FORMAT, LICENCE, case_id, content_hash, file_name

SUITE = "0-made"
NOTES = {
    "Basic": "plain inputs",
    "ExactZero": "the value is exactly 0",
    "ZeroTimesLogZero": "0·log 0 = 0: NaN is wrong",
}
_BASES = {"nat": mpmath.e, "bit": 2, "dit": 10}

Terms = list[Any]


def _rel_entr(p: Fraction, q: Fraction) -> Any:
    if not p:
        return mpmath.mpf(0)
    return mpmath.inf if not q else _mpf(p) * mpmath.log(_mpf(p / q))


def _mpf(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def _cross(p: Fraction, q: Fraction) -> Any:
    if not p:
        return mpmath.mpf(0)
    return mpmath.inf if not q else -_mpf(p) * mpmath.log(_mpf(q))


def _jsd(p: Sequence[Fraction], q: Sequence[Fraction]) -> Terms:
    return [
        term / 2 for a, b in zip(p, q, strict=True) for term in (_rel_entr(a, (a + b) / 2), _rel_entr(b, (a + b) / 2))
    ]


def _log_q(p: Sequence[Fraction], log_q: Sequence[Any]) -> Terms:
    found = []
    for a, b in zip(p, log_q, strict=True):
        if b == float("-inf"):
            found.append(mpmath.inf if a else mpmath.mpf(0))
        else:
            found += [_mpf(a) * mpmath.log(_mpf(a)), -_mpf(a) * _mpf(b)] if a else []
    return found


def _pairs(term: Callable[..., Any]) -> Callable[..., Terms]:
    return lambda *vectors: [term(*entries) for entries in zip(*vectors, strict=True)]


FUNCTIONS: Mapping[str, tuple[dict[str, str], Callable[..., Terms]]] = {
    "entropy": ({"p": "vector"}, _pairs(lambda p: _cross(p, p))),
    "cross_entropy": ({"p": "vector", "q": "vector"}, _pairs(_cross)),
    "kl_divergence": ({"p": "vector", "q": "vector"}, _pairs(_rel_entr)),
    "jensen_shannon_divergence": ({"p": "vector", "q": "vector"}, _jsd),
    "kl_divergence_log_q": ({"p": "vector", "log_q": "vector"}, _log_q),
    "entr": ({"p": "number"}, lambda p: [_cross(p, p)]),
    "rel_entr": ({"p": "number", "q": "number"}, lambda p, q: [_rel_entr(p, q)]),
    "kl_div": ({"p": "number", "q": "number"}, lambda p, q: [_rel_entr(p, q), _mpf(q), -_mpf(p)]),
}


def _terms(function: str, variant: str, arguments: list[Any]) -> Terms:
    if variant == "normalised":
        arguments = [[x / sum(vector) for x in vector] for vector in arguments]
    found = FUNCTIONS[function][1](*arguments)
    if variant == "generalised" and function == "kl_divergence":
        found += [_mpf(sum(arguments[1])), -_mpf(sum(arguments[0]))]
    return found


def _exact(mpf: Any) -> Fraction:
    sign, mantissa, exponent, _ = mpf._mpf_
    return Fraction(-1 if sign else 1) * int(mantissa) * Fraction(2) ** int(exponent)


def _number(text: str) -> Any:
    return float(text) if text in ("inf", "-inf", "nan") else Fraction(text)


def _each(x: Any, change: Callable[[Any], Any]) -> Any:
    return [_each(entry, change) for entry in x] if isinstance(x, list) else change(x)


def _encoded(x: Any, dtype: str) -> str:
    target = FORMATS[dtype]
    if isinstance(x, float):
        infinity = rounded((10**5000, 1) if x > 0 else (-(10**5000), 1), target, "nearest").bits
        return infinity if not math.isnan(x) else f"{int(infinity, 16) + 1:0{len(infinity)}x}"
    return rounded(x.as_integer_ratio(), target, "nearest").bits


def _decoded(bits: str, dtype: str) -> Any:
    found = decode(bits, FORMATS[dtype])
    return float("nan") if found is None else found.value


def _outside(arguments: list[Any]) -> bool:
    flat = [x for a in arguments for x in (a if isinstance(a, list) else [a])]
    return any(math.isnan(x) or x < 0 for x in flat)


def view(asked: tuple[str, str, str], inputs: Mapping[str, Any], dtype: str, flags: Sequence[str]) -> dict[str, Any]:
    """Return a view as a golden file has it."""
    function, variant, unit = asked
    exact = {name: _each(given, _number) for name, given in inputs.items()}
    bits = {name: _each(given, lambda x: _encoded(x, dtype)) for name, given in exact.items()}
    arguments = {name: _each(given, lambda x: _decoded(x, dtype)) for name, given in bits.items()}
    found: dict[str, Any] = {"exact_inputs": arguments == exact, **bits, "flags": list(flags)}
    checked = [a for name, a in arguments.items() if name != "log_q"]
    if _outside(checked):
        return {**found, "kind": "domain"}
    target = FORMATS[dtype]
    with mpmath.workdps(400):
        terms = [term / mpmath.log(_BASES[unit]) for term in _terms(function, variant, list(arguments.values()))]
        if mpmath.inf in terms:
            infinite = rounded((10**6000, 1), target, "nearest").bits
            return {
                **found,
                "kind": "infinite",
                "sign": "+",
                **dict.fromkeys(("nearest", "down", "up"), infinite),
                "hex": "inf",
            }
        value = _exact(sum(terms, mpmath.mpf(0)))
        if abs(value) < Fraction(10) ** -390 * max([Fraction(1), *(abs(_exact(term)) for term in terms)]):
            value = Fraction(0)
        magnitude = mpmath.nstr(sum(map(abs, terms), mpmath.mpf(0)), 5, min_fixed=0, max_fixed=0)
        decimal = mpmath.nstr(
            mpmath.mpf(value.numerator) / value.denominator, 50, strip_zeros=False, min_fixed=0, max_fixed=0
        )
    ends = {way: rounded(value.as_integer_ratio(), target, way) for way in ("nearest", "down", "up")}
    found |= {way: end.bits for way, end in ends.items()} | {"hex": ends["nearest"].hex, "magnitude": magnitude}
    return found | ({"kind": "finite", "decimal50": decimal} if value else {"kind": "zero", "condition": "inf"})


def case(function: str, variant: str, unit: str, inputs: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Return a case as a golden file has it; `options` are slug, level, flags, dtypes, alternates."""
    flags, dtypes = options.get("flags", ["Basic"]), options.get("dtypes", ["binary64"])
    views = {dtype: view((function, variant, unit), inputs, dtype, flags) for dtype in dtypes}
    first = next(iter(views.values()))
    lengths = [len(given) if isinstance(given, list) else 1 for given in inputs.values()]
    found = {
        "id": case_id(function, variant, unit, inputs),
        "slug": options.get("slug", "made"),
        "level": options.get("level", "core"),
        "inputs": dict(inputs),
        "value": {"kind": first["kind"]} | ({"sign": "+"} if first["kind"] == "infinite" else {}),
        "terms": max(lengths) * (3 if variant == "generalised" else 2),
        "flags": list(flags),
        "ieee": views,
        "source": "made for a test",
    }
    return found | ({"alternates": options["alternates"]} if "alternates" in options else {})


def write(directory: Path, files: Mapping[tuple[str, str, str], Iterable[dict[str, Any]]]) -> Path:
    """Write a directory of golden files with its index and return it."""
    listed = {}
    for (function, variant, unit), cases in files.items():
        document: dict[str, Any] = {
            "format": FORMAT,
            "licence": LICENCE,
            "function": function,
            "variant": variant,
            "unit": unit,
            "definition": "made for a test",
            "arguments": FUNCTIONS[function][0],
            "flags": NOTES,
            "cases": [{**c, "terms": str(c["terms"])} for c in cases],
            "provenance": {},
        }
        document["content"] = content_hash(document)
        name = file_name(function, variant, unit)
        (directory / name).write_text(json.dumps(document), encoding="utf-8")
        listed[name] = {"cases": str(len(document["cases"])), "content": document["content"]}
    index = {"format": FORMAT, "suite": SUITE, "files": listed}
    (directory / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return directory
