"""What the command line calls distributions and models, as text: a grammar of its own, nothing is evaluated.

Distributions: `1/2,1/4,1/4`, `counts:1,2,2,12`, `weights:0.1,0.2`, `uniform(11)`, `binomial(10, 57/100)`, `point(3)`,
or the path of a CSV or JSON file. Models are those and `binomial(10)`, `geometric`, `poisson`, `truncated-geometric(11)`,
`categorical(11)`, `mixture(uniform(11) | binomial(10, 1/2))`, and `two-part(6..10 | 0..5)` or
`parts(0..3 | 4..6 | 7..10)` with blocks of outcomes.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sympy import E

from klexact import families
from klexact.choices import meant
from klexact.distribution import Distribution
from klexact.errors import InvalidBaseError, InvalidDistributionError, InvalidFamilyError
from klexact.exact import outcome
from klexact.families import Family
from klexact.masses import require_one_length

Made = TypeVar("Made")

__all__ = ["parse_base", "parse_distribution", "parse_model", "parse_operands"]

_CALL = re.compile(r"\s*([a-z][a-z_-]*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_WORD = re.compile(r"\s*([A-Za-z][\w -]*)", re.ASCII)
_RANGE = re.compile(r"\s*([0-9]{1,7})\s*\.\.\s*([0-9]{1,7})\s*", re.ASCII)
_LOOKS_NUMERIC = re.compile(r"[\s0-9.+/,eE-]*[0-9]")
_MAX_RANGE = 10_000
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


def parse_distribution(text: str) -> Distribution:
    """Return the distribution that a text names.

    >>> parse_distribution("counts:1,3"), parse_distribution("binomial(1, 0.25)")
    (Distribution({0: 1/4, 1: 3/4}), Distribution({0: 3/4, 1: 1/4}))
    >>> parse_distribution("__import__('os')")
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidDistributionError: a distribution must be numbers such as 1/2,1/4,1/4, counts:...,
    weights:..., a .csv or .json file, or one of binomial(n, p), point(outcome), uniform(n); found "__import__('os')"
    """
    if parts := _parts(text):
        return _LISTS[text.partition(":")[0].strip()](parts)
    if (suffix := Path(text).suffix.lower()) in _FILES:
        return _FILES[suffix](text)
    if match := _CALL.fullmatch(text):
        if match[1] in _DISTRIBUTIONS:
            return _call(match, _DISTRIBUTIONS)
    elif entries := _entries(text):
        return Distribution(entries)
    raise InvalidDistributionError(
        "a distribution must be numbers such as 1/2,1/4,1/4, counts:..., weights:..., a .csv or .json file, or one of "
        f"{_usages(_DISTRIBUTIONS)}; found {text!r:.80}{_ending(text) or _meant(text, _DISTRIBUTIONS)}"
    )


def _ending(text: str) -> str:
    with suppress(OSError):  # a name that is too long for one
        if Path(text).is_file():
            return f": the name of a file must end in {' or '.join(_FILES)}"
    return ""


def parse_operands(*texts: str) -> list[Distribution]:
    """Return distributions that are compared: those written as lists must have the same length.

    >>> parse_operands("1/2,1/2", "uniform(3)")
    [Distribution({0: 1/2, 1: 1/2}), Distribution({0: 1/3, 1: 1/3, 2: 1/3})]
    """
    require_one_length(entries for text in texts if (entries := _parts(text) or _entries(text)))
    return list(map(parse_distribution, texts))


def parse_model(text: str) -> Family | Distribution:
    """Return the model that a text names: a family to fit, or a distribution.

    >>> parse_model("two-part(1,2 | 0)"), parse_model("uniform(2)")
    (<Family two-part(1,2 | 0) over p in Interval(0, 1)>, Distribution({0: 1/2, 1: 1/2}))
    """
    match = _CALL.fullmatch(text)
    name = match[1] if match else ""
    if (
        match
        and name in _FAMILIES
        and not (name in _DISTRIBUTIONS and len(_arguments(match)) == _DISTRIBUTIONS[name][1])
    ):
        return replace(_call(match, _FAMILIES), name=text.strip())
    if name in _DISTRIBUTIONS or _parts(text) or _entries(text) or Path(text).suffix.lower() in _FILES:
        return parse_distribution(text)
    raise InvalidFamilyError(
        f"a model must be a distribution or one of {_usages(_FAMILIES)}, {_usages(_DISTRIBUTIONS)}; found {text!r:.80}"
        f"{_ending(text) or _meant(text, _DISTRIBUTIONS | _FAMILIES)}"
    )


def parse_base(text: str) -> Any:
    """Return a log base: `e`, or a rational number as text.

    >>> parse_base("e"), parse_base("2")
    (E, '2')
    >>> parse_base("bits")
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidBaseError: the base must be 2 (bits), e (nats), 10 (dits) or another rational number; found 'bits'
    """
    if text.strip().lower() == "e":
        return E
    if not any(map(str.isdigit, text)):
        raise InvalidBaseError(
            f"the base must be 2 (bits), e (nats), 10 (dits) or another rational number; found {text!r:.80}"
        )
    return text


def _arguments(match: re.Match[str]) -> list[str]:
    text = (match[2] or "").strip()
    return [part.strip() for part in text.split("|" if "|" in text else ",")] if text else []


def _call(match: re.Match[str], table: Mapping[str, tuple[str, int | None, Callable[..., Made]]]) -> Made:
    usage, arity, make = table[match[1]]
    arguments = _arguments(match)
    if arity is not None and len(arguments) != arity:
        raise InvalidFamilyError(f"{match[1]} must be written {usage}; found {match[0].strip()!r}")
    return make(*arguments)


def _usages(table: Mapping[str, tuple[str, int | None, Callable[..., Any]]]) -> str:
    return ", ".join(sorted(usage for usage, _, _ in table.values()))


def _meant(text: str, table: Mapping[str, tuple[str, int | None, Callable[..., Any]]]) -> str:
    word = _WORD.match(text)
    name = re.sub("[ _]+", "-", word[1].strip().lower()) if word else ""
    if name in _FAMILIES and name not in table:
        return f": {name} is a model, which fit and compare take"
    shown = {kind: f"{kind}:..." for kind in _LISTS} | {known: usage for known, (usage, *_) in table.items()}
    return meant(name, shown, shown=shown.__getitem__)


def _parts(text: str) -> list[str]:
    """Return the parts of a list of counts or weights; none for any other text."""
    kind, colon, rest = text.partition(":")
    return [part.strip() for part in rest.split(",")] if colon and kind.strip() in _LISTS else []


def _entries(text: str) -> list[str]:
    """Return the entries of a list of probabilities; none for any other text."""
    is_list = _LOOKS_NUMERIC.match(text) and Path(text).suffix.lower() not in _FILES
    return [part.strip() for part in text.split(",")] if is_list else []


def _whole(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise InvalidFamilyError(f"n must be a whole number from 0 to 999,999,999; found {text!r:.80}")
    return int(text)


def _block(text: str) -> list[Hashable]:
    """Return the outcomes of a block: single ones and ranges such as 6..10, separated by commas."""
    outcomes: list[Hashable] = []
    for part in text.split(","):
        if ".." in part:
            match = _RANGE.fullmatch(part)
            size = int(match[2]) + 1 - int(match[1]) if match else 0
            if match is None or not 1 <= size <= _MAX_RANGE:
                raise InvalidFamilyError(
                    f"a range must be written 6..10 and hold 1 to {_MAX_RANGE:,} outcomes; found {part!r:.80}"
                )
            outcomes += range(int(match[1]), int(match[2]) + 1)
        else:
            outcomes.append(outcome(part))
    return outcomes


_LISTS: dict[str, Callable[[Iterable[str]], Distribution]] = {
    "counts": Distribution.from_counts,
    "weights": Distribution.from_weights,
}
_FILES: dict[str, Callable[[str], Distribution]] = {".csv": Distribution.from_csv, ".json": Distribution.from_json}
_DISTRIBUTIONS: dict[str, tuple[str, int | None, Callable[..., Distribution]]] = {
    "binomial": ("binomial(n, p)", 2, lambda n, p: Distribution.binomial(_whole(n), p)),
    "point": ("point(outcome)", 1, lambda x: Distribution.point(outcome(x))),
    "uniform": ("uniform(n)", 1, lambda n: Distribution.uniform(_whole(n))),
}
_FAMILIES: dict[str, tuple[str, int | None, Callable[..., Family]]] = {
    "binomial": ("binomial(n)", 1, lambda n: families.binomial(_whole(n))),
    "categorical": ("categorical(n)", 1, lambda n: families.categorical(_whole(n))),
    "geometric": ("geometric", 0, families.geometric),
    "mixture": (
        "mixture(distribution | distribution)",
        2,
        lambda a, b: families.mixture(*map(parse_distribution, (a, b))),
    ),
    "parts": ("parts(block | block | ...)", None, lambda *blocks: families.parts(*map(_block, blocks))),
    "poisson": ("poisson", 0, families.poisson),
    "truncated-geometric": ("truncated-geometric(n)", 1, lambda n: families.truncated_geometric(_whole(n))),
    "two-part": ("two-part(block | block)", 2, lambda a, b: families.two_part(_block(a), _block(b))),
}
