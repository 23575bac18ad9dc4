"""Vectors and matrices as parameters: reading, refusals, determinants."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import ImmutableMatrix, Matrix, Rational, S, Symbol, cos, log, loggamma, pi, sin, sqrt

from klexact.errors import InvalidFamilyError
from klexact.laws.canonical import canonical
from klexact.laws.linear import (
    bordered,
    definite,
    determinant,
    inverse,
    log_multigamma,
    matrix,
    same,
    symmetric,
    upper,
    vector,
)

entries = st.lists(st.fractions(-3, 3, max_denominator=4), min_size=9, max_size=9)


@given(entries)
def test_determinants_are_sympys(listed: list[Fraction]) -> None:
    m = Matrix(3, 3, [Rational(x.numerator, x.denominator) for x in listed])
    assert determinant(m) == m.det()
    if m.det():
        assert inverse(m) * m == sympy.eye(3)
        column = ImmutableMatrix([1, 2, 3])
        assert determinant(bordered(m, column, 5)) == m.det() * (5 - (column.T * m.inv() * column)[0])


def test_determinants_with_symbols_and_roots() -> None:
    a, b = sympy.symbols("a b")
    m = ImmutableMatrix([[1 / a, b], [b, sqrt(2)]])
    assert sympy.simplify(determinant(m) - (sqrt(2) / a - b**2)) == 0
    assert (inverse(m) * m - sympy.eye(2)).applyfunc(sympy.simplify).is_zero_matrix


def test_triangles() -> None:
    assert upper(symmetric(range(6), 3)) == list(range(6))
    assert symmetric([1, 2, 3], 2).is_symmetric()


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_gamma_function_of_matrices_by_its_recurrence(d: int) -> None:
    """Γ_d(a) = π^((d - 1)/2) Γ(a) Γ_(d - 1)(a - 1/2)."""
    a = Symbol("a", positive=True) + 2
    step = log_multigamma(a, d) - (S(d - 1) / 2 * log(pi) + loggamma(a) + log_multigamma(a - S.Half, d - 1))
    assert canonical(step) == 0


def test_definite_matrices() -> None:
    assert definite("law", "c", [[2, sqrt(3)], [sqrt(3), 2]])[1] == ()
    t = Symbol("t")
    assert definite("law", "c", [[1, t], [t, 1]])[1] == (1 - t**2 > 0,)
    for rows, message in [
        ([[1, 2], [2, 1]], "positive definite; found the leading principal minors 1, -3"),
        ([[sqrt(2), 2], [2, sqrt(8)]], "positive definite; found the leading principal minors sqrt\\(2\\), 0"),
        ([[1, t], [-t, 1]], "must be symmetric; found t and -t"),
        ([[1, 2]], "must be a square matrix; found 1 by 2"),
        ([[1, 2], [2]], "rows of one length"),
        (5, "rows of one length"),
        ("12", "rows of one length"),
        (sympy.eye(25), "1 to 24 rows"),
    ]:
        with pytest.raises(InvalidFamilyError, match=message):
            definite("law", "c", rows)


def test_vectors() -> None:
    assert vector("law", "v", (x for x in (1, "1/2"))) == (1, Rational(1, 2))
    assert matrix("law", "m", Matrix([[0.5, 1]])) == Matrix([[Rational(1, 2), 1]])
    refused: list[object] = [5, "12", [], range(1001)]
    for wrong in refused:
        with pytest.raises(InvalidFamilyError, match="must be a vector of 1 to 1,000 entries"):
            vector("law", "v", wrong)


def test_sameness() -> None:
    t = Symbol("t")
    assert same(cos(1) ** 2 + sin(1) ** 2, S.One)
    assert not same(t, t + 1)
