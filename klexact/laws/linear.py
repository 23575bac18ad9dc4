"""Vectors and matrices as parameters: read exactly, checked, and the determinants that log-partitions are made of."""

from collections.abc import Iterable, Sequence
from typing import Any

import sympy
from sympy import ImmutableMatrix, MatrixBase, S, StrictGreaterThan, Symbol, log, loggamma, pi
from sympy.polys.matrices import DomainMatrix

from klexact.certify import is_zero
from klexact.closedform import short
from klexact.errors import InvalidFamilyError
from klexact.laws.canonical import canonical
from klexact.laws.parameters import decide, known_positive, number

__all__ = [
    "bordered",
    "definite",
    "determinant",
    "inverse",
    "log_multigamma",
    "matrix",
    "naturals",
    "same",
    "symmetric",
    "upper",
    "vector",
]

_MAX_ENTRIES = 1_000
_MAX_ROWS = 24


def vector(law: str, name: str, values: object, *, at_least: int = 1) -> tuple[sympy.Expr, ...]:
    """Return the entries of a vector, exact numbers or expressions.

    >>> vector("law", "mean", [1, "1/2", sympy.Symbol("m")])
    (1, 1/2, m)
    """
    listed = list(values) if isinstance(values, Iterable) and not isinstance(values, (str, bytes)) else []
    if not at_least <= len(listed) <= _MAX_ENTRIES:
        found = f"{len(listed):,} entries" if listed else f"{values!r:.80}"
        raise InvalidFamilyError(
            f"{name} of {law} must be a vector of {at_least} to {_MAX_ENTRIES:,} entries; found {found}"
        )
    return tuple(number(value, f"{name}_{i}") for i, value in enumerate(listed, 1))


def matrix(law: str, name: str, rows: object) -> ImmutableMatrix:
    """Return a matrix given as rows or as a SymPy matrix, of exact numbers or expressions.

    >>> matrix("law", "mean", [["1/2", 0]])
    Matrix([[1/2, 0]])
    """
    given = rows.tolist() if isinstance(rows, MatrixBase) else rows
    listed = (
        [vector(law, name, row) for row in given] if isinstance(given, Iterable) and not isinstance(given, str) else []
    )
    if not 1 <= len(listed) <= _MAX_ROWS or len({len(row) for row in listed}) != 1 or len(listed[0]) > _MAX_ROWS:
        raise InvalidFamilyError(
            f"{name} of {law} must be 1 to {_MAX_ROWS} rows of one length up to {_MAX_ROWS}; found {rows!r:.80}"
        )
    return ImmutableMatrix(listed)


def definite(law: str, name: str, rows: object) -> tuple[ImmutableMatrix, tuple[sympy.Basic, ...]]:
    """Return a symmetric positive definite matrix, and the conditions on its symbols: leading principal minors > 0.

    >>> c = sympy.Symbol("c")
    >>> definite("law", "covariance", [[1, c], [c, 2]])
    (Matrix([
    [1, c],
    [c, 2]]), (2 - c**2 > 0,))
    >>> definite("law", "covariance", [[1, 2], [2, 4]])
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: covariance of law must be positive definite; found the leading principal minors 1, 0
    """
    found = matrix(law, name, rows)
    if found.rows != found.cols:
        raise InvalidFamilyError(f"{name} of {law} must be a square matrix; found {found.rows} by {found.cols}")
    for i in range(found.rows):
        for j in range(i):
            if not same(found[i, j], found[j, i]):
                raise InvalidFamilyError(
                    f"{name} of {law} must be symmetric; found {short(found[j, i])} and {short(found[i, j])}"
                    f" in places ({j + 1}, {i + 1}) and ({i + 1}, {j + 1})"
                )
    minors, conditions = [], []
    for k in range(1, found.rows + 1):
        minors.append(canonical(determinant(found[:k, :k])))
        relation = StrictGreaterThan(minors[-1], 0, evaluate=False)
        holds = decide(relation)
        if holds is False:
            shown = ", ".join(map(short, minors))
            raise InvalidFamilyError(
                f"{name} of {law} must be positive definite; found the leading principal minors {shown}"
            )
        conditions += [relation] if holds is None else []
    return found, tuple(conditions)


def same(a: sympy.Expr, b: sympy.Expr, conditions: Sequence[sympy.Basic] = ()) -> bool:
    """Tell whether two values are equal, of symbols identically so.

    >>> t = sympy.Symbol("t")
    >>> same((t + 1) ** 2, t**2 + 2 * t + 1), same(sympy.sqrt(2) ** 2, sympy.Integer(2)), same(t, t**2)
    (True, True, False)
    """
    difference = canonical(a - b, known_positive(conditions, {}))
    return bool(difference == 0 or (not difference.free_symbols and is_zero(difference)))


def determinant(entries: MatrixBase) -> sympy.Expr:
    """Return a determinant, a quotient of polynomials in what the entries are made of.

    >>> a, b = sympy.symbols("a b")
    >>> determinant(sympy.Matrix([[1 / a, b], [b, a]])), determinant(sympy.Matrix([[2]]))
    ((-a**2*b**2 + a**2)/a**2, 2)
    """
    denominator, numerator = DomainMatrix.from_Matrix(entries).to_field().clear_denoms(convert=True)
    top = numerator.domain.to_sympy(numerator.to_dense().det())
    return top / denominator.domain.to_sympy(denominator.element) ** entries.rows


def inverse(entries: MatrixBase) -> ImmutableMatrix:
    """Return the inverse of a matrix with a determinant other than 0."""
    return ImmutableMatrix(DomainMatrix.from_Matrix(entries).to_field().inv().to_Matrix())


def bordered(k: MatrixBase, h: MatrixBase, corner: object) -> MatrixBase:
    """Return a square matrix with a column, the same row and a corner added: its determinant is |K| (corner - hᵀK⁻¹h).

    >>> bordered(ImmutableMatrix([[2]]), ImmutableMatrix([3]), 4).tolist()
    [[2, 3], [3, 4]]
    """
    return k.row_join(h).col_join(h.T.row_join(ImmutableMatrix([[corner]])))


def upper(entries: MatrixBase) -> list[sympy.Expr]:
    """Return the entries on and above the diagonal of a square matrix, row by row.

    >>> upper(ImmutableMatrix([[1, 2], [2, 3]]))
    [1, 2, 3]
    """
    return [entries[i, j] for i in range(entries.rows) for j in range(i, entries.rows)]


def naturals(n: int) -> tuple[Symbol, ...]:
    """Return symbols for n natural parameters."""
    return tuple(Symbol(f"eta_{i}", real=True) for i in range(1, n + 1))


def symmetric(entries: Sequence[Any], d: int) -> ImmutableMatrix:
    """Return the symmetric matrix of d rows with these entries on and above the diagonal: `upper` undone.

    >>> symmetric([1, 2, 3], 2).tolist()
    [[1, 2], [2, 3]]
    """
    places = {place: k for k, place in enumerate((i, j) for i in range(d) for j in range(i, d))}
    return ImmutableMatrix(d, d, lambda i, j: entries[places[min(i, j), max(i, j)]])


def log_multigamma(a: sympy.Expr, d: int) -> sympy.Expr:
    """Return the logarithm of the integral of |X|^(a - (d + 1)/2) e^(-tr X) over the positive definite matrices of d rows.

    >>> log_multigamma(sympy.Integer(2), 2), log_multigamma(sympy.Symbol("a"), 1)
    (log(sqrt(pi)/2) + log(pi)/2, loggamma(a))

    Muirhead, *Aspects of Multivariate Statistical Theory*, 1982, theorem 2.1.12.
    """
    return sympy.Add(S(d * (d - 1)) / 4 * log(pi), *(loggamma(a - S(j) / 2) for j in range(d)))
