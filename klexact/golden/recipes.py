"""Recipes: suites of cases as data with seeds (recipes.toml), written out to exact inputs.

A recipe has a name, a `kind` that says how inputs are made, a level, and blocks of functions with variants and units. The same
recipes and version give the same cases, byte for byte: random numbers are MINSTD's, as in long vectors.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from klexact.errors import InvalidFileError
from klexact.exact import rational
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import described, minstd
from klexact.golden.search import hard_arguments

__all__ = ["Request", "recipes", "requests"]


@dataclass(frozen=True)
class Request:
    """A case to be made: what is asked, and what describes it."""

    function: str
    variant: str
    unit: str
    inputs: Mapping[str, Any]
    slug: str
    level: str
    source: str


@cache
def recipes() -> tuple[Mapping[str, Any], ...]:
    """Return the recipes as they stand in the file."""
    text = (files("klexact") / "golden" / "recipes.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["recipe"])


def requests() -> list[Request]:
    """Return every case of every recipe once, in the order of the recipes."""
    found: dict[tuple[str, str, str, str], Request] = {}
    for recipe in recipes():
        for request in _requests(recipe):
            key = (request.function, request.variant, request.unit, repr(sorted(request.inputs.items())))
            found.setdefault(key, request)
    return list(found.values())


def _requests(recipe: Mapping[str, Any]) -> Iterator[Request]:
    made = list(_KINDS[recipe["kind"]](recipe))
    for block in recipe["for"]:
        for function in block["functions"]:
            spec = FUNCTIONS[function]
            for variant in block.get("variants", spec.variants):
                if variant not in spec.variants:
                    continue
                for unit in (u for u in block.get("units", ["nat"]) if u in spec.units):
                    for slug, inputs, source in made:
                        for suffix, asked in _fitted(function, inputs):
                            yield Request(
                                function,
                                variant,
                                unit,
                                asked,
                                slug + suffix,
                                recipe.get("level", "core"),
                                source or f"recipe {recipe['name']}",
                            )


def _fitted(function: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield inputs as a function's arguments: entry by entry for scalar functions, at each index that counts for gradients."""
    spec = FUNCTIONS[function]
    missing = [name for name in spec.arguments if name not in inputs and name != "index"]
    if missing:
        if missing == ["joint"]:
            return
        raise InvalidFileError(f"a recipe for {function} must give {', '.join(missing)}; found {', '.join(inputs)}")
    if all(kind == "number" for kind in spec.arguments.values()):
        columns = [inputs[name] for name in spec.arguments]
        for i, values in enumerate(zip(*columns, strict=True)):
            yield f"-{i}" if len(columns[0]) > 1 else "", dict(zip(spec.arguments, values, strict=True))
    elif spec.arguments.get("index") == "index" and "index" not in inputs:
        some = {name: inputs[name] for name in spec.arguments if name != "index"}
        for i in range(len(next(iter(some.values())))):
            if len(some) == 1 or any(column[i] not in ("0", "-inf") for column in some.values()):
                yield f"-{i}", {name: str(i) if name == "index" else some[name] for name in spec.arguments}
    else:
        yield "", {name: inputs[name] for name in spec.arguments}


Made = tuple[str, Mapping[str, Any], str]


def text_of(value: object) -> str:
    """Return the text of an exact number in a golden file; text of special values and names stays.

    >>> text_of("0.1"), text_of(0.5), text_of("nan"), text_of("0x1p-3")
    ('1/10', '1/2', 'nan', '1/8')
    """
    if value in ("nan", "inf", "-inf"):
        return str(value)
    if isinstance(value, str) and "0x" in value:
        return str(Fraction(float.fromhex(value)))
    if isinstance(value, Fraction):
        return str(value)
    q = rational(value)
    return str(Fraction(int(q.numerator), int(q.denominator)))


def _texts(value: Any) -> Any:
    return [_texts(x) for x in value] if isinstance(value, list) else text_of(value)


def _literal(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Cases written out: a slug and its inputs; numbers as exact text, names as they are."""
    for case in recipe["cases"]:
        inputs = {
            name: case[name] if name.startswith("law_") else _texts(case[name])
            for name in case
            if name not in ("slug", "source")
        }
        yield case["slug"], inputs, case.get("source", "")


class _Random:
    """Random integers from MINSTD, the generator of long vectors."""

    def __init__(self, seed: int) -> None:
        self._stream = minstd(seed)

    def below(self, n: int) -> int:
        return next(self._stream) % n


def _simplex(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Random distributions: counts below `most`, some of them 0, over their total; `floats` rounds them to binary64."""
    for n in recipe["sizes"]:
        for k in range(recipe["each"]):
            random = _Random(recipe["seed"] + 1000 * n + k)
            columns = {}
            for name in ("p", "q"):
                counts = [1 + random.below(recipe["most"]) for _ in range(n)]
                if name == "p" and recipe.get("zeros"):
                    counts = [0 if random.below(4) == 0 else w for w in counts[:-1]] + counts[-1:]
                total = sum(counts)
                values = [Fraction(w, total) for w in counts]
                columns[name] = [text_of(float(x) if recipe.get("floats") else x) for x in values]
            yield f"{recipe['name']}-{n}-{k}", columns, ""


def _near_equal(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Return p with dyadic entries, and q: p moved by 2^-k of its least entry, up at even and down at odd outcomes."""
    for k in recipe["exponents"]:
        for base in recipe["bases"]:
            p = [Fraction(x) for x in base]
            step = min(p) / 2**k
            q = [x + step * (-1) ** i if i < len(p) // 2 * 2 else x for i, x in enumerate(p)]
            yield f"near-equal-{len(p)}-2^-{k}", {"p": [*map(text_of, p)], "q": [*map(text_of, q)]}, ""


def _generated(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Long vectors by description."""
    for case in recipe["cases"]:
        inputs = {
            name: described(
                case[name]["generator"],
                case[name]["length"],
                **{k: v for k, v in case[name].items() if k not in ("generator", "length")},
            )
            for name in ("p", "q")
            if name in case
        }
        yield case["slug"], inputs, ""


def _hard(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Arguments of a scalar function whose value lies closest to the middle of two neighbours, of so many candidates."""
    for inputs in hard_arguments(
        recipe["function"], recipe["format"], recipe["seed"], recipe["candidates"], recipe["keep"]
    ):
        yield (
            f"{recipe['name']}-{'-'.join(x.partition('/')[0] for x in inputs.values())}",
            {k: [x] for k, x in inputs.items()},
            "",
        )


def _tables(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Random tables of counts, and independent ones (products of counts)."""
    for rows, columns in recipe["sizes"]:
        for k in range(recipe["each"]):
            random = _Random(recipe["seed"] + 1000 * rows + 100 * columns + k)
            a, b = ([1 + random.below(recipe["most"]) for _ in range(n)] for n in (rows, columns))
            table = [[x * y if recipe.get("independent") else random.below(recipe["most"]) for y in b] for x in a]
            table[0][0] += 1 - bool(recipe.get("independent"))
            yield f"{recipe['name']}-{rows}x{columns}-{k}", {"joint": _texts(table)}, ""


def _logs(recipe: Mapping[str, Any]) -> Iterator[Made]:
    """Random p with random dyadic logits or logarithms of q, which need not be a distribution's, and then logarithms of p."""
    for n in recipe["sizes"]:
        for k in range(recipe["each"]):
            random = _Random(recipe["seed"] + 1000 * n + k)
            p, z = [1 + random.below(1000) for _ in range(n)], [random.below(4001) - 2000 for _ in range(n)]
            total = sum(p)
            columns = {
                "p": [Fraction(w, total) for w in p],
                recipe["argument"]: [Fraction(x, recipe["scale"]) for x in z],
            }
            if recipe["argument"] == "log_q":
                columns["log_q"] = [-abs(x) for x in columns["log_q"]]
                columns["log_p"] = [-Fraction(1 + random.below(4000), recipe["scale"]) for _ in range(n)]
            yield f"{recipe['name']}-{n}-{k}", {name: [*map(text_of, column)] for name, column in columns.items()}, ""


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Made]]] = {
    "generated": _generated,
    "hard": _hard,
    "literal": _literal,
    "logs": _logs,
    "near-equal": _near_equal,
    "simplex": _simplex,
    "tables": _tables,
}
