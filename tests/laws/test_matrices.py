"""Laws of matrices: against formulas of textbooks, integration on a grid, and laws of numbers where they have one row."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Matrix, Rational, S, Symbol, eye, log, polygamma
from sympy.abc import a, b, m, t

from klexact.certify import sign
from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.laws import (
    entropy,
    expectation,
    fisher_information,
    gamma,
    inverse_gamma,
    inverse_wishart,
    kl_divergence,
    matrix_normal,
    multivariate_normal,
    normal_inverse_wishart,
    wishart,
)
from klexact.laws.canonical import canonical
from klexact.laws.linear import log_multigamma
from klexact.laws.spaces import variable
from tests.laws.several import TOLERANCE, averages, line

entry = st.fractions(-2, 2, max_denominator=3)
degrees = st.integers(2, 6)


@st.composite
def definite(draw: st.DrawFn, d: int = 2) -> Matrix:
    half = Matrix(
        d, d, [Rational(x.numerator, x.denominator) for x in draw(st.lists(entry, min_size=d * d, max_size=d * d))]
    )
    return half * half.T + eye(d)


# -- normal ----------------------------------------------------------------------------------------------------


@given(definite(), definite(), st.lists(entry, min_size=4, max_size=4))
@settings(max_examples=4)
def test_matrix_normal_is_normal_in_its_entries(u: Matrix, v: Matrix, mean: list[Fraction]) -> None:
    rows = [mean[:2], mean[2:]]
    one, other = matrix_normal(rows, u, v), matrix_normal([[0, 1], [0, 0]], eye(2), 2 * eye(2))
    flat = multivariate_normal(mean, sympy.kronecker_product(u, v)), multivariate_normal([0, 1, 0, 0], 2 * eye(4))
    assert kl_divergence(one, other) == kl_divergence(*flat)
    assert entropy(one) == entropy(flat[0])
    assert kl_divergence(one, one) == 0


def test_matrix_normal_is_as_printed() -> None:
    """tr(U₂⁻¹U₁) tr(V₂⁻¹V₁) in place of the trace, and log-determinants to the powers of the other dimension."""
    u1, u2 = Matrix([[2, 1], [1, 2]]), Matrix([[1, 0], [0, 5]])
    v1, v2 = Matrix([[1, 0, 0], [0, 2, 1], [0, 1, 3]]), eye(3)
    shift = Matrix([[1, 0, 2], [0, 1, 1]])
    found = kl_divergence(matrix_normal(shift, u1, v1), matrix_normal(sympy.zeros(2, 3), u2, v2))
    traces = (u2.inv() * u1).trace() * (v2.inv() * v1).trace() + (v2.inv() * shift.T * u2.inv() * shift).trace()
    logs = 3 * log(u2.det() / u1.det()) + 2 * log(v2.det() / v1.det())
    assert found == canonical((traces - 6 + logs) / 2)


def test_matrix_normal_knows_its_covariances_up_to_a_factor() -> None:
    p, q = matrix_normal([[0, 0]], [[t]], eye(2)), matrix_normal([[0, 0]], [[1]], t * eye(2))
    assert kl_divergence(p, q) == 0
    with pytest.raises(InvalidFamilyError, match="1 by 2; found 2 by 1"):
        matrix_normal([[0], [0]], [[1]], eye(2))


# -- Wishart ---------------------------------------------------------------------------------------------------


def wishart_divergence(n: sympy.Expr, v: Matrix, k: sympy.Expr, w: Matrix) -> sympy.Expr:
    """As in Penny's note of 2001, with the expectation of log |X| as a sum of digammas."""
    d = v.rows
    psi = sympy.Add(*(polygamma(0, (n - j) / 2) for j in range(d)))
    logs = k * log(w.det() / v.det()) / 2 + log_multigamma(k / 2, d) - log_multigamma(n / 2, d)
    return canonical(logs + n * ((w.inv() * v).trace() - d) / 2 + (n - k) * psi / 2)


@given(degrees, degrees, definite(), definite())
@settings(max_examples=8)
def test_wishart_is_as_printed(n: int, k: int, v: Matrix, w: Matrix) -> None:
    found = kl_divergence(wishart(n, v), wishart(k, w))
    assert found == wishart_divergence(S(n), v, S(k), w)
    assert sign(found) >= 0
    assert kl_divergence(wishart(n, v), wishart(n, v)) == 0


@given(degrees, degrees, definite(), definite())
@settings(max_examples=5)
def test_inverse_wishart_is_wishart_of_the_inverse(n: int, k: int, v: Matrix, w: Matrix) -> None:
    found = kl_divergence(inverse_wishart(n, v), inverse_wishart(k, w))
    assert found == kl_divergence(wishart(n, v.inv()), wishart(k, w.inv()))


@pytest.mark.parametrize(("n", "k"), [(3, 4), (a, 3), (3, b), (Rational(5, 2), Rational(7, 3))])
def test_matrices_of_one_row(n: sympy.Expr, k: sympy.Expr) -> None:
    n, k = S(n), S(k)
    numbers = gamma(n / 2, Rational(1, 4)), gamma(k / 2, Rational(1, 6))
    assert kl_divergence(wishart(n, [[2]]), wishart(k, [[3]])) == kl_divergence(*numbers)
    assert entropy(wishart(n, [[2]])) == entropy(numbers[0])
    inverses = inverse_gamma(n / 2, 1), inverse_gamma(k / 2, Rational(3, 2))
    assert kl_divergence(inverse_wishart(n, [[2]]), inverse_wishart(k, [[3]])) == kl_divergence(*inverses)
    assert entropy(inverse_wishart(n, [[2]])) == entropy(inverses[0])


def test_wishart_against_a_grid() -> None:
    """X = (e^u, r; r, e^v), r = tanh(w)·e^((u + v)/2): du dv dw on all of R³."""
    scales, step = line(9.6, 0.2)
    nodes, finer = line(8, 0.16)
    u, v, w = np.meshgrid(scales - 5, scales - 5, nodes, indexing="ij")
    volume = step[0] ** 2 * finer[0] * np.exp(1.5 * (u + v)) / np.cosh(w) ** 2
    at = {
        variable(1, 1): np.exp(u),
        variable(1, 2): np.tanh(w) * np.exp((u + v) / 2),
        variable(2, 2): np.exp(v),
        variable(letter="logdet"): u + v - 2 * np.log(np.cosh(w)),
    }
    one, other = wishart(6, [[1, Rational(1, 2)], [Rational(1, 2), 1]]), wishart(Rational(9, 2), [[1, 0], [0, 2]])
    mass, divergence, h = averages(one, other, at, volume)
    assert mass == pytest.approx(1, abs=TOLERANCE)
    assert divergence == pytest.approx(float(kl_divergence(one, other)), abs=TOLERANCE)
    assert h == pytest.approx(float(entropy(one)), abs=TOLERANCE)


def test_wishart_moments() -> None:
    law = wishart(5, [[1, Rational(1, 2)], [Rational(1, 2), 1]])
    assert expectation(law, lambda x: x[0, 1]) == Rational(5, 2)
    assert expectation(law, lambda x: x[0, 0] * x[1, 1]) == 25 + 2 * 5 * Rational(1, 4)  # n² v₁₁ v₂₂ + 2 n v₁₂²
    assert law.density([[1, 0], [0, -1]]) == law.density([[1, 0], [1, 1]]) == 0
    assert law.density(eye(2)) != 0


def test_between_wishart_and_inverse_no_form_is_known() -> None:
    with pytest.raises(NoClosedFormError, match="needs E"):
        kl_divergence(wishart(5, eye(2)), inverse_wishart(5, eye(2)))


def test_wishart_with_symbols() -> None:
    assert kl_divergence(wishart(t, [[a]]), wishart(t, [[b]])) == canonical(
        -t / 2 + t * log(b) / 2 - t * log(a) / 2 + t * a / (2 * b), (a, b, t)
    )
    trigammas = polygamma(1, t / 2) + polygamma(1, t / 2 - Rational(1, 2))
    found = fisher_information(wishart(t, eye(2)), t)[0]
    assert canonical((found - trigammas / 4).subs(t, Symbol("t", positive=True) + 1)) == 0
    with pytest.raises(InvalidFamilyError, match=r"degrees must lie in Interval.open\(2, oo\) for wishart; found 2"):
        wishart(2, eye(3))


# -- a mean and a covariance -----------------------------------------------------------------------------------


@given(degrees, definite(), definite(), st.lists(entry, min_size=2, max_size=2), st.integers(1, 3))
@settings(max_examples=6)
def test_the_conjugate_prior_by_the_chain_rule(n: int, v: Matrix, w: Matrix, mean: list[Fraction], count: int) -> None:
    """D of the covariances, and the mean over them of that of the means: (d(r - 1 - log r) + r₂ n mᵀΨ⁻¹m)/2."""
    one, other = normal_inverse_wishart([0, 0], 2, n, v), normal_inverse_wishart(mean, count, 3, w)
    shift = Matrix([Rational(x.numerator, x.denominator) for x in mean])
    ratio = Rational(count, 2)
    means = (2 * (ratio - 1 - log(ratio)) + count * n * (shift.T * v.inv() * shift)[0]) / 2
    assert kl_divergence(one, other) == canonical(kl_divergence(inverse_wishart(n, v), inverse_wishart(3, w)) + means)
    assert kl_divergence(one, one) == 0


def test_the_conjugate_prior_against_a_grid() -> None:
    one, other = normal_inverse_wishart([Rational(1, 2)], 2, 5, [[2]]), normal_inverse_wishart([0], 1, 4, [[3]])
    nodes, step = line(14, 0.08)
    z, u = np.meshgrid(nodes, nodes)
    x = np.exp(u)
    mean = 0.5 + z * np.exp(u / 2)
    at = {variable(1, 1): mean, variable(2, 1, 1, letter="y"): 1 / x, variable(2, letter="logdet"): u}
    mass, divergence, h = averages(one, other, at, step[0] ** 2 * np.exp(1.5 * u))
    assert mass == pytest.approx(1, abs=TOLERANCE)
    assert divergence == pytest.approx(float(kl_divergence(one, other)), abs=TOLERANCE)
    assert h == pytest.approx(float(entropy(one)), abs=TOLERANCE)


def test_the_conjugate_prior_refuses() -> None:
    with pytest.raises(InvalidFamilyError, match="one dimension; found 1 and 2"):
        normal_inverse_wishart([m], 1, 3, eye(2))
    with pytest.raises(InvalidFamilyError, match="count must lie in"):
        normal_inverse_wishart([0], 0, 3, [[1]])
    assert (
        kl_divergence(normal_inverse_wishart([m], 1, 3, [[1]]), normal_inverse_wishart([0], 1, 3, [[1]]))
        == 3 * m**2 / 2
    )
