"""What a closed form may hold: the parts of a SymPy expression walked once, checked, and named where they are refused."""

from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import And, BooleanAtom, Not, Or

from klexact.balls import CONSTANTS, FUNCTIONS
from klexact.errors import InvalidNumberError
from klexact.exact import MAX_DIGITS, element
from klexact.implicit import Implicit
from klexact.zeroof import ZeroOf

__all__ = ["exact_numbers", "nodes", "short"]

_MAX_NODES = 100_000
_MAX_ROOT_DEGREE = 200
_INFINITIES = (sympy.oo, sympy.S.NegativeInfinity)
_STRUCTURE = (
    sympy.Add,
    sympy.Mul,
    sympy.Pow,
    sympy.Max,
    sympy.Min,
    sympy.Abs,
    sympy.sign,
    sympy.re,
    sympy.Piecewise,
    ZeroOf,
    Implicit,
    ExprCondPair,
    Relational,
    And,
    Or,
    Not,
    BooleanAtom,
)


def exact_numbers(expr: sympy.Expr) -> sympy.Expr:
    """Return a closed form with floats as the binary values they are; refuse what is none, naming it.

    >>> exact_numbers(sympy.Float(0.5) * sympy.pi), exact_numbers(sympy.Integer(0))
    (pi/2, 0)
    >>> exact_numbers(sympy.airyai(1))
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidNumberError: a closed form of supported functions is required; found airyai in airyai(1)
    """
    if not isinstance(expr, sympy.Expr):
        raise InvalidNumberError(f"a number or a SymPy expression is required; found {short(expr)}")
    parts = list(nodes(expr))
    if any(isinstance(node, sympy.Sum) for node in parts):
        raise InvalidNumberError(
            f"a closed form is required; found the series {short(expr)}: "
            "print(klexact.integrals.series.enclose_sums(x)) has its digits"
        )
    symbols = sorted({str(node) for node in parts if node.is_Symbol})
    if symbols:
        plural = "symbol" if len(symbols) == 1 else "symbols"
        raise InvalidNumberError(
            f"a number needs values for all parameters; found the {plural} {', '.join(symbols)} in {short(expr)}"
        )
    for node in parts:
        _check(node, expr)
    floats = {node: sympy.Rational(node) for node in parts if node.is_Float}
    if floats and any(node.is_Pow and node.exp.is_number and abs(node.exp) > 10_000 for node in parts if node.is_Pow):
        raise InvalidNumberError("a power of a float must have an exponent up to 10,000: write exact numbers")
    return expr.xreplace(floats) if floats else expr


def nodes(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    """Walk every distinct part once; without recursion, for expressions may be deep.

    >>> sorted(map(str, nodes(sympy.sqrt(2) + 2)))
    ['1/2', '2', 'sqrt(2)', 'sqrt(2) + 2']
    """
    seen, stack = {expr}, [expr]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, sympy.CRootOf):
            new = [a for a in node.args if isinstance(a, sympy.Basic) and a not in seen]
            seen.update(new)
            stack += new
        if len(seen) > _MAX_NODES:
            raise InvalidNumberError(f"an expression must have at most {_MAX_NODES:,} parts; found more")


def _check(node: sympy.Basic, whole: sympy.Expr) -> None:
    if node is sympy.nan or node is sympy.zoo:
        raise InvalidNumberError(f"a real number is required; found {node} in {short(whole)}")
    if node.is_Rational or node.is_Float:
        element(node, "a number in an expression")
    elif isinstance(node, sympy.CRootOf):
        if not node.is_real or node.poly.degree() > _MAX_ROOT_DEGREE:
            raise InvalidNumberError(
                f"a CRootOf must be real and of degree at most {_MAX_ROOT_DEGREE}; found {short(node)}"
            )
    elif isinstance(node, sympy.Pow):
        _check_power(node, whole)
    elif node not in _INFINITIES and not (node in CONSTANTS or node.func in FUNCTIONS or isinstance(node, _STRUCTURE)):
        raise InvalidNumberError(
            f"a closed form of supported functions is required; found {node.func.__name__} in {short(whole)}"
        )


def _check_power(node: sympy.Pow, whole: sympy.Expr) -> None:
    # powers that SymPy was told not to multiply out: it does so in the next sum or product, and never returns
    base, exponent = node.base, node.exp
    if base.is_Rational and exponent.is_Integer:
        large = _size(base) * abs(int(exponent)) > 4 * MAX_DIGITS
    else:
        large = base.is_Rational and not exponent.is_Rational and all(map(_is_arithmetic, nodes(exponent)))
    if large:
        raise InvalidNumberError(
            f"a number in an expression must have at most {MAX_DIGITS:,} digits; found {short(node)} in {short(whole)}"
        )


def _is_arithmetic(node: sympy.Basic) -> bool:
    return bool(node.is_Rational or node.is_Add or node.is_Mul or (node.is_Pow and node.exp.is_Integer))


def _size(q: sympy.Rational) -> int:
    return max(abs(int(q.p)), int(q.q)).bit_length() - 1


def short(expr: Any) -> str:
    """Return an expression for a message, never a long one.

    >>> short(sympy.pi + 1), short("")
    ('1 + pi', '')
    """
    if isinstance(expr, sympy.Basic) and sum(1 for _ in zip(range(200), _bounded_walk(expr), strict=False)) >= 200:
        return f"an expression of more than 200 parts, a {type(expr).__name__}"
    try:
        text = str(expr)
    except ValueError:  # an integer longer than Python writes out
        return f"an expression of very long integers, a {type(expr).__name__}"
    return text if len(text) <= 120 else f"{text[:80]}... ({len(text)} characters)"


def _bounded_walk(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack += [a for a in node.args if isinstance(a, sympy.Basic)]
