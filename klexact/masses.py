"""Masses: a table of outcome -> exact non-negative element, before anybody asks for a total of 1."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sized
from itertools import product
from typing import Any

import sympy
from sympy import QQ

from klexact.errors import InvalidDistributionError, InvalidNumberError
from klexact.exact import clipped, element, shown
from klexact.foreign import understood
from klexact.ratfunc import as_expr, constant, element_of, factored, is_parametric, symbols_of, unify
from klexact.roots import point_expr, polynomial, real_roots

__all__ = ["checked", "hashable", "masses", "require_one_length", "require_unit_total", "total"]

Outcome = Hashable


def masses(
    data: object,
    *,
    outcomes: Iterable[Outcome] | None = None,
    noun: str = "probability",
) -> dict[Outcome, Any]:
    """Return outcome -> element for a mapping, or for a sequence on outcomes 0, 1, 2, ... or on `outcomes`.

    Lists of lists are a joint table, on outcomes (0, 0), (0, 1), ...

    >>> masses(["1/2", 2]), masses([[1, 2], [3, 0]])
    ({0: 1/2, 1: 2}, {(0, 0): 1, (0, 1): 2, (1, 0): 3, (1, 1): 0})
    """
    data = understood(data)
    if isinstance(data, (str, bytes, set, frozenset)) or not isinstance(data, Iterable):
        raise InvalidDistributionError(
            f"a sequence or a mapping of {_plural(noun)} is required; found {clipped(data)}: "
            "pass ['1/2', '1/2'] or {'a': '1/2', 'b': '1/2'}"
        )
    pairs = _pairs(data, outcomes)
    table: dict[Outcome, Any] = {}
    for x, value in pairs:
        if hashable(x) in table:
            raise InvalidDistributionError(f"outcomes must be distinct; found {clipped(x)} again")
        try:
            table[x] = element(value, f"the {noun} of {clipped(x)}")
        except InvalidNumberError as error:
            if isinstance(value, str) and not any(map(str.isdigit, value)):
                raise InvalidNumberError(f"{error}: for observations use Distribution.from_samples") from None
            raise
    if not table:
        raise InvalidDistributionError(f"at least one {noun} is required; found none")
    return checked({x: element_of(value) for x, value in table.items()}, noun)


def require_one_length(data: Iterable[Any]) -> None:
    """Raise InvalidDistributionError if vectors (or tables) that are compared differ in length; mappings have names."""
    vectors = (d for d in data if isinstance(d, Sized) and not isinstance(d, str) and not hasattr(d, "items"))
    lengths = dict.fromkeys(_size(_shape(d)) for d in vectors)
    if len(lengths) > 1:
        raise InvalidDistributionError(
            f"vectors that are compared must have the same length; found {' and '.join(lengths)}: "
            "write 0 for what cannot happen, or name the outcomes, as in {'a': '1/2', 'b': '1/2'} or in a file"
        )


def _pairs(data: Any, outcomes: Iterable[Outcome] | None) -> list[tuple[Outcome, object]]:
    if hasattr(data, "items"):
        if outcomes is not None:
            raise InvalidDistributionError("outcomes= names those of a sequence; found it beside a mapping")
        return list(data.items())
    values = list(data)
    shape = _shape(values)
    for _ in shape[1:]:
        values = [x for row in values for x in row]
    indices = product(*map(range, shape)) if len(shape) > 1 else range(len(values))
    names: list[Any] = list(indices if outcomes is None else outcomes)
    if len(names) != len(values):
        raise InvalidDistributionError(f"one outcome a value is required; found {len(names)} for {len(values)} values")
    return list(zip(names, values, strict=True))


def _shape(values: Sized) -> tuple[int, ...]:
    """Return the length of a vector; the numbers of rows, columns, ... where all its entries are lists."""
    if not isinstance(values, list) or not values or not all(isinstance(row, list) for row in values):
        return (len(values),)
    rows = list(dict.fromkeys(map(_shape, values)))
    if len(rows) > 1:
        raise InvalidDistributionError(
            f"the rows of a joint table must have the same length; found {_size(rows[0])} and {_size(rows[1])}"
        )
    shape = (len(values), *rows[0])
    if 1 in shape:
        raise InvalidDistributionError(
            f"a table of one row or column may be a vector or a batch; found {_size(shape)}: flatten it"
        )
    return shape


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def hashable(x: Any) -> Outcome:
    """Return x if it can be an outcome: hashable, and equal to itself."""
    try:
        hash(x)
    except TypeError:
        raise InvalidDistributionError(f"outcomes must be hashable; found {clipped(x)}: use a tuple") from None
    if x != x:  # noqa: PLR0124  (NaN)
        raise InvalidDistributionError(f"outcomes must be equal to themselves; found {x!r}: drop what is missing")
    return x  # type: ignore[no-any-return]


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def checked(table: dict[Outcome, Any], noun: str) -> dict[Outcome, Any]:
    """Return the table in one field, its rational masses checked to be >= 0."""
    for x, value in table.items():
        if not is_parametric(value) and value < 0:
            raise InvalidDistributionError(f"the {noun} of {clipped(x)} must not be negative; found {shown(value)}")
    return dict(zip(table, unify(list(table.values())), strict=True))


def total(table: Mapping[Outcome, Any]) -> Any:
    """Return the exact sum of the masses."""
    return constant(sum(table.values(), QQ(0)))


def require_unit_total(table: Mapping[Outcome, Any], *, floats: bool = False) -> None:
    """Raise InvalidDistributionError, saying by how much, unless the masses sum to exactly 1."""
    found = total(table)
    if found == 1:
        return
    if is_parametric(found):
        grouped, collected = _grouped(table.values()), str(as_expr(found))
        shown_total = grouped if grouped == collected else f"{grouped} = {collected}"
        raise InvalidDistributionError(
            "probabilities must sum to 1 for every value of the parameters; found a total of "
            f"{shown_total}, which is 1 {_where_one(found)}"
        )
    if not found:
        raise InvalidDistributionError("probabilities must sum to exactly 1; found a total of 0: some must be positive")
    gap = f"short by {shown(1 - found)}" if found < 1 else f"too much by {shown(found - 1)}"
    advice = (
        "use from_weights to divide by the total, or from_counts (weights:..., counts:... on the command line; weights, counts "
        "as the name in a file)"
    )
    if floats:
        advice = (
            "floats are taken as the binary values they are; write decimals as text ('0.1'), or use from_weights, "
            "or from_counts where you have counted"
        )
    raise InvalidDistributionError(
        f"probabilities must sum to exactly 1; found a total of {shown(found)}, {gap}: {advice}"
    )


def _grouped(values: Iterable[Any]) -> str:
    """Return the sum with equal masses taken together: 6*p/5 + 5*(1 - p)/6."""
    shares = []
    for x, n in Counter(values).items():
        content, rest = factored(x).as_content_primitive()
        share = str(sympy.Mul(n * content, rest, evaluate=False) if n * content != 1 else rest)
        shares.append(f"({share})" if n * content == 1 and rest.is_Add else share)
    return " + ".join(shares)


def _where_one(found: Any) -> str:
    symbols = symbols_of(found)
    if len(symbols) > 1:
        return "only for some of them"
    (symbol,) = symbols
    points = [f"{symbol} = {point_expr(p)}" for p in real_roots(polynomial((found - 1).numer, symbol))]
    return f"only at {' and '.join(points)}" if points else "nowhere"
