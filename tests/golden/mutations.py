"""Golden documents with one thing wrong, by what it is: an edit by hand, a bit that flipped, or a wrong value.

Slugs, levels and sources are for people: no value follows from them, and `fill --check` holds them against the recipes.
"""

import copy
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from klexact.golden.cases import case_id
from klexact.golden.flags import FLAGS

__all__ = ["mutations", "of_kinds"]

Document = dict[str, Any]
Change = Callable[[Document], object]


def of_kinds(documents: Mapping[str, Document], function: str) -> list[Document]:
    """Return documents of a function with one case each: the shortest of every kind of value, and of those with alternates."""
    found: dict[tuple[str, bool], tuple[int, Document]] = {}
    for document in documents.values():
        if document["function"] == function:
            for case in document["cases"]:
                key = (case["value"]["kind"], "alternates" in case)
                size = len(repr(case))
                if case["level"] != "long" and (key not in found or size < found[key][0]):
                    found[key] = size, document | {"cases": [case]}
    return [copy.deepcopy(document) for _, document in found.values()]


def mutations(document: Document, dtypes: Collection[str] = ("binary64",)) -> Iterator[tuple[str, Document]]:
    """Yield the name of each mutation of a document of one case and some of its views, and the document after it."""
    for name, change in _changes(document, dtypes):
        changed = copy.deepcopy(document)
        change(changed)
        assert changed != document, name
        yield name, changed


def _changes(document: Document, dtypes: Collection[str]) -> Iterator[tuple[str, Change]]:
    (case,) = document["cases"]
    yield from _of_case(case)
    for name, kind in document["arguments"].items():
        yield f"input {name}", lambda d, name=name: _input(d, name)  # type: ignore[misc]
        if kind == "name" and case["value"]["kind"] in ("domain", "infinite"):
            continue  # that may well be the answer for the other law too: another case, and a right one
        yield f"input {name} with its id", lambda d, name=name: _reidentified(_input(d, name))  # type: ignore[misc]
    for dtype in case["ieee"]:
        of_view = _of_view(case["ieee"][dtype], [*document["arguments"]]) if dtype in dtypes else ()
        for name, change in of_view:
            yield f"{dtype} {name}", lambda d, dtype=dtype, change=change: change(d["cases"][0]["ieee"][dtype])  # type: ignore[misc]
        yield f"{dtype} dropped", lambda d, dtype=dtype: d["cases"][0]["ieee"].pop(dtype)  # type: ignore[misc]
    yield from _of_head(document)


def _of_case(case: Document) -> Iterator[tuple[str, Change]]:
    def on(change: Change) -> Change:
        return lambda d: change(d["cases"][0])

    def on_value(change: Change) -> Change:
        return lambda d: change(d["cases"][0]["value"])

    for key in ("condition", "terms"):
        if key in case:
            yield key, on(lambda c, key=key: _digit(c, key))  # type: ignore[misc]
    yield "id", on(lambda c: c.update(id=c["id"][:-1] + ("0" if c["id"][-1] != "0" else "1")))
    yield "level of no kind", on(lambda c: c.update(level="easy"))
    yield "condition added or dropped", on(lambda c: c.pop("condition", None) or c.update(condition="1.0000e+0"))
    yield "flags", on(_dropped_flag)
    yield "flags, one more", on(_added_flag)
    yield "alternates", on(_alternates)
    if "alternates" in case:
        yield "alternates dropped", on(lambda c: c.pop("alternates"))
    value = case["value"]
    for key in ("lo", "hi", "decimal50", "constant"):
        if key in value:
            yield key, on_value(lambda v, key=key: _digit(v, key))  # type: ignore[misc]
            yield f"{key} dropped", on_value(lambda v, key=key: v.pop(key))  # type: ignore[misc]
    if value.get("logs"):
        yield "coefficient of a logarithm", on_value(lambda v: _digit(v["logs"][0], 0))
        yield "argument of a logarithm", on_value(lambda v: _digit(v["logs"][-1], 1))
        yield "a logarithm dropped", on_value(lambda v: v["logs"].pop())
    if "expression" in value:
        yield "expression", on_value(lambda v: v.update(expression=v["expression"] + " + 1"))
    yield "lo to overflow", on_value(lambda v: v.update(lo="1e999999999"))
    yield from ((f"value {name}", on_value(change)) for name, change in _of_kind(value))


def _of_kind(claim: Document) -> Iterator[tuple[str, Change]]:
    for kind in ("finite", "zero", "infinite", "domain"):
        if kind != claim["kind"]:
            yield f"kind {kind}", lambda c, kind=kind: c.update(kind=kind)  # type: ignore[misc]
    if "sign" in claim:
        yield "sign", lambda c: c.update(sign="-" if c["sign"] == "+" else "+")
        yield "sign dropped", lambda c: c.pop("sign")
    else:
        yield "sign added", lambda c: c.update(sign="+")


def _of_view(view: Document, arguments: list[str]) -> Iterator[tuple[str, Change]]:
    for key in (*arguments, "nearest", "down", "up"):
        if key in view:
            yield f"bits of {key}", lambda v, key=key: v.update({key: _flipped(v[key])})  # type: ignore[misc]
    for key in ("hex", "decimal50", "magnitude", "condition"):
        if any(digit in "123456789" for digit in view.get(key, "")):
            yield key, lambda v, key=key: _digit(v, key)  # type: ignore[misc]
    yield "exact_inputs", lambda v: v.update(exact_inputs=not v["exact_inputs"])
    yield "flags", _dropped_flag
    yield "flags, one more", _added_flag
    yield from _of_kind(view)


def _of_head(document: Document) -> Iterator[tuple[str, Change]]:
    other = "entropy" if document["function"] != "entropy" else "cross_entropy"
    yield "definition", lambda d: d.update(definition=d["definition"].replace(" ", "  ", 1))
    yield "more definition", lambda d: d.update(definition=d["definition"] + "; in bits: divided by log 2")
    yield "no definition", lambda d: d.update(definition=None)
    yield "argument's kind", lambda d: d["arguments"].update({next(iter(d["arguments"])): "index"})
    yield "one argument more", lambda d: d["arguments"].update(x="number")
    yield "function", lambda d: d.update(function=other)
    yield "unknown function", lambda d: d.update(function=d["function"] + "s")
    yield "function of no kind", lambda d: d.update(function=[])
    yield "variant", lambda d: d.update(variant="raw" if d["variant"] != "raw" else "generalised")
    yield "unit", lambda d: d.update(unit="bit" if d["unit"] != "bit" else "nat")
    yield "licence", lambda d: d.update(licence="MIT")
    yield "format", lambda d: d.update(format="klexact-golden/2")
    yield "note of a flag", lambda d: d["flags"].update({next(iter(d["flags"] or ["Basic"])): "harmless"})
    yield "note of no flag", lambda d: d["flags"].update(Harmless="?")
    yield "no case", lambda d: d["cases"].clear()
    yield "a case twice", lambda d: d["cases"].append(copy.deepcopy(d["cases"][0]))
    yield "unknown key", lambda d: d.update(comment="")


def _dropped_flag(content: Document) -> None:
    content["flags"] = content["flags"][1:] if content["flags"] else ["Basic"]


def _added_flag(content: Document) -> None:
    missing = next(flag for flag in sorted(FLAGS) if flag not in content["flags"])
    content["flags"] = sorted([*content["flags"], missing])


def _alternates(case: Document) -> None:
    if "alternates" not in case:
        case["alternates"] = {"extended-value": {"binary64": "7ff0000000000000"}}
        return
    convention, answers = next(iter(case["alternates"].items()))
    case["alternates"][convention] = answers | {"binary64": _flipped(answers["binary64"])}


def _digit(container: Any, key: Any) -> None:
    """Change the last significant digit of a text."""
    text = container[key]
    head, e, tail = text.partition("e") if "x" not in text else text.partition("p")
    place = next((i for i in range(len(head) - 1, -1, -1) if head[i] in "0123456789"), None)
    if place is None:
        container[key] = "1"
        return
    container[key] = head[:place] + str((int(head[place]) + 1) % 10) + head[place + 1 :] + e + tail


def _flipped(bits: Any) -> Any:
    """Flip the last bit of the last number, however nested."""
    if isinstance(bits, list):
        return [*bits[:-1], _flipped(bits[-1])]
    return f"{int(bits, 16) ^ 1:0{len(bits)}x}"


def _input(document: Document, name: str) -> Document:
    inputs = document["cases"][0]["inputs"]
    inputs[name] = _other(inputs[name], document["arguments"][name])
    return document


def _other(given: Any, kind: str) -> Any:
    if isinstance(given, dict):
        return given | {"length": str(int(given["length"]) + 1)}
    if isinstance(given, list):
        return [_other(given[0], kind), *given[1:]]
    if kind == "name":
        return "exponential" if given != "exponential" else "poisson"
    if kind == "index":
        return str(int(given) + 1)
    if given in ("inf", "-inf", "nan"):
        return "1"
    return str(Fraction(given) + Fraction(1, 2**70))


def _reidentified(document: Document) -> None:
    (case,) = document["cases"]
    case["id"] = case_id(document["function"], document["variant"], document["unit"], case["inputs"])
