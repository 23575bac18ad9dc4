"""Parameters of laws: exact real numbers or SymPy expressions, their domains, and what symbols may be assumed to be.

A number is checked at once, exactly. What cannot be decided because of a symbol becomes a condition: results hold where
the conditions do. Symbols stand for real numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Contains, Dummy, Interval, S, oo
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from klexact.certify import sign
from klexact.closedform import exact_numbers, short
from klexact.errors import InvalidFamilyError
from klexact.exact import rational
from klexact.ratfunc import as_expr

__all__ = [
    "NATURAL",
    "NONNEGATIVE",
    "POSITIVE",
    "REAL",
    "UNIT",
    "Parameters",
    "assumptions",
    "decide",
    "exact",
    "joint",
    "known_positive",
    "number",
]

REAL = S.Reals
POSITIVE = Interval.open(0, oo)
NONNEGATIVE = Interval(0, oo)
UNIT = Interval(0, 1)
NATURAL = S.Naturals0


@dataclass(frozen=True)
class Parameters:
    """Exact values by name, and the conditions on the symbols among them."""

    values: Mapping[str, sympy.Expr]
    conditions: tuple[sympy.Basic, ...]

    def __iter__(self) -> Any:
        return iter(self.values.values())


def number(value: object, name: str) -> sympy.Expr:
    """Return an exact real number or an expression in symbols; floats count as the binary values they are.

    >>> number("1/2", "p"), number(sympy.Symbol("t") + 0.5, "p"), number(sympy.pi, "p"), number(0, "p")
    (1/2, t + 1/2, pi, 0)
    """
    if not isinstance(value, sympy.Expr) or value.is_Rational or value.is_Float:
        return as_expr(rational(value, name))
    if value.free_symbols:
        if value.is_extended_real is False or value.has(sympy.nan, sympy.zoo, oo, -oo):
            raise InvalidFamilyError(f"{name} must be a real number; found {short(value)}")
        return value.xreplace({f: sympy.Rational(f) for f in value.atoms(sympy.Float)})
    found = exact_numbers(value)
    if found.is_infinite:
        raise InvalidFamilyError(f"{name} must be a finite number; found {short(value)}")
    sign(found)  # refuses what is not real
    return found


def exact(law: str, /, **given: tuple[object, sympy.Set]) -> Parameters:
    """Return the parameters of a law, each given as (value, domain); closed ends of a domain are for numbers only.

    Raises InvalidFamilyError for a value outside its domain.

    >>> exact("gamma", shape=(2, POSITIVE), rate=(sympy.Symbol("b"), POSITIVE))
    Parameters(values={'shape': 2, 'rate': b}, conditions=(b > 0,))
    >>> exact("gamma", shape=(0, POSITIVE))
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: shape must lie in Interval.open(0, oo) for gamma; found 0
    """
    values = {name: number(value, name) for name, (value, _) in given.items()}
    conditions: list[sympy.Basic] = []
    for name, (_, domain) in given.items():
        for relation in _relations(values[name], domain):
            holds = decide(relation)
            if holds is False:
                raise InvalidFamilyError(f"{name} must lie in {domain} for {law}; found {short(values[name])}")
            conditions += [relation] if holds is None else []
    return Parameters(values, tuple(dict.fromkeys(conditions)))


def _relations(value: sympy.Expr, domain: sympy.Set) -> list[sympy.Basic]:
    """Return what makes the value lie in the domain, or in its interior where it has symbols."""
    if domain is REAL:
        return []
    if not isinstance(domain, Interval):
        return [Contains(value, domain, evaluate=False)]
    symbolic = bool(value.free_symbols)
    if symbolic and domain == POSITIVE:
        value = _upright(value)
    found: list[sympy.Basic] = []
    if domain.start is not -oo:
        found.append(
            (StrictGreaterThan if domain.left_open or symbolic else GreaterThan)(value, domain.start, evaluate=False)
        )
    if domain.end is not oo:
        found.append((StrictLessThan if domain.right_open or symbolic else LessThan)(value, domain.end, evaluate=False))
    return found


def _upright(value: sympy.Expr) -> sympy.Expr:
    """Return m for c/m, c > 0, which is positive where that is: conditions on symbols alone say more.

    >>> m = sympy.Symbol("m")
    >>> _upright(3 / m), _upright(-3 / m)
    (m, -3/m)
    """
    factor, rest = value.as_coeff_Mul()
    return rest.base if factor > 0 and rest.is_Pow and rest.exp == -1 else value


def decide(condition: Any) -> bool | None:
    """Tell whether a relation, or a conjunction of them, holds; None where symbols leave it open.

    >>> x = sympy.Symbol("x", positive=True)
    >>> decide(x > -1), decide(sympy.Gt(sympy.sqrt(2), 2, evaluate=False)), decide(x > 1)
    (True, False, None)
    """
    if isinstance(condition, (sympy.And, sympy.Or)):
        found = [decide(part) for part in condition.args]
        decisive = isinstance(condition, sympy.Or)
        return decisive if decisive in found else None if None in found else not decisive
    if isinstance(condition, Relational) and not condition.free_symbols:
        return _compared(condition)
    settled = condition.doit() if isinstance(condition, (Relational, Contains)) else condition
    if isinstance(settled, Relational):
        settled = settled.func(sympy.expand(settled.lhs - settled.rhs), 0)
    return True if settled == sympy.true else False if settled == sympy.false else None


def _compared(relation: Relational) -> bool:
    left, right = relation.args
    if left.is_infinite or right.is_infinite:
        return bool(relation.func(left, right))
    order = sign(left - right)
    return bool(relation.func(sympy.Integer(order), sympy.Integer(0)))


def assumptions(conditions: Iterable[sympy.Basic], symbols: Iterable[sympy.Symbol]) -> dict[sympy.Symbol, Dummy]:
    """Return stand-ins for symbols that carry what the conditions say of single symbols: real, positive, integer.

    >>> s = sympy.Symbol("s")
    >>> assumptions([s > 0], [s])[s].is_positive, assumptions([], [s])[s].is_positive
    (True, None)
    """
    known: dict[sympy.Symbol, dict[str, bool]] = {s: {**s.assumptions0, "real": True} for s in symbols}
    for condition in conditions:
        if isinstance(condition, Contains) and condition.args[0] in known:
            known[condition.args[0]] |= {"integer": True, "nonnegative": True}
        elif isinstance(condition, (StrictGreaterThan, StrictLessThan)):
            if condition.gts in known and condition.lts.is_nonnegative:
                known[condition.gts]["positive"] = True
            if condition.lts in known and condition.gts.is_nonpositive:
                known[condition.lts]["negative"] = True
    return {s: Dummy(s.name, **facts) for s, facts in known.items()}


def joint(conditions: Iterable[sympy.Basic]) -> sympy.Basic:
    """Return the conjunction of conditions, without those that another one implies by a larger constant.

    >>> b = sympy.Symbol("b")
    >>> joint([b > 1, b > 2]), joint([])
    (b > 2, True)
    """
    strongest: dict[Any, tuple[Any, sympy.Basic]] = {}
    for part in sympy.And.make_args(sympy.And(*conditions)):
        key, constant = part, S.Zero
        if isinstance(part, (StrictGreaterThan, StrictLessThan)):
            constant, rest = sympy.expand(part.gts - part.lts).as_coeff_Add()
            key = (rest, "strict")
        if key not in strongest or constant < strongest[key][0]:
            strongest[key] = (constant, part)
    return sympy.And(*(part for _, part in strongest.values()))


def known_positive(
    conditions: Iterable[sympy.Basic], stand_ins: Mapping[sympy.Symbol, Dummy]
) -> tuple[sympy.Expr, ...]:
    """Return the differences that strict conditions say are positive, in the stand-ins for their symbols.

    >>> known_positive([sympy.Symbol("t") < 1], {})
    (1 - t,)
    """
    stated = [c.gts - c.lts for c in conditions if isinstance(c, (StrictGreaterThan, StrictLessThan))]
    return (
        *(difference.xreplace(stand_ins) for difference in stated),
        *(s for s in stand_ins.values() if s.is_positive),
    )
