"""Laws of vectors: against formulas of textbooks, sums over all outcomes, and integration on a grid."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, Matrix, Rational, S, Symbol, expand_log, eye, log, loggamma, oo, pi, polygamma, sqrt
from sympy.abc import a, b, c, m, p, q, r, t

from klexact import Distribution
from klexact.certify import sign
from klexact.errors import InvalidFamilyError, KLExactError
from klexact.laws import (
    Law,
    beta,
    binomial,
    cross_entropy,
    dirichlet,
    entropy,
    expectation,
    fisher_information,
    kl_divergence,
    multinomial,
    multivariate_normal,
    normal,
    poisson,
    product,
)
from klexact.laws.canonical import canonical
from klexact.laws.spaces import variable
from tests.laws.several import TOLERANCE, averages, line, unit

positive = st.fractions(Fraction(1, 4), 9, max_denominator=4)
number = st.fractions(-3, 3, max_denominator=5)
weights = st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any)


# -- on the simplex --------------------------------------------------------------------------------------------


def dirichlet_divergence(a: list[sympy.Expr], b: list[sympy.Expr]) -> sympy.Expr:
    """As printed in Penny's note of 2001 and in most libraries."""
    total = sympy.Add(*a)
    logs = loggamma(total) - loggamma(sympy.Add(*b)) + sympy.Add(*map(loggamma, b)) - sympy.Add(*map(loggamma, a))
    psi = [(x - y) * (polygamma(0, x) - polygamma(0, total)) for x, y in zip(a, b, strict=True)]
    return canonical(logs + sympy.Add(*psi))


@given(st.lists(st.integers(1, 6), min_size=3, max_size=3), st.lists(st.integers(1, 6), min_size=3, max_size=3))
@settings(max_examples=20)
def test_dirichlet_is_as_printed(one: list[int], other: list[int]) -> None:
    found = kl_divergence(dirichlet(one), dirichlet(other))
    assert found == dirichlet_divergence([S(x) for x in one], [S(x) for x in other])
    assert (found == 0) == (one == other)
    assert sign(found) >= 0


def test_dirichlet_with_symbols_is_as_printed() -> None:
    positives = sympy.symbols("a b c", positive=True)
    found = kl_divergence(dirichlet(positives), dirichlet([1, 2, Rational(7, 2)]))
    assert found == dirichlet_divergence(list(positives), [S(1), S(2), Rational(7, 2)])


def test_dirichlet_against_a_grid() -> None:
    one, other = dirichlet([Rational(3, 2), 2, Rational(5, 2)]), dirichlet([1, Rational(1, 2), 3])
    x, rest, w = unit()
    u, v = np.meshgrid(np.arange(len(x)), np.arange(len(x)))
    at = {variable(1): x[u], variable(2): rest[u] * x[v], variable(3): rest[u] * rest[v]}
    mass, divergence, h = averages(one, other, at, w[u] * w[v] * rest[u])
    assert mass == pytest.approx(1, abs=TOLERANCE)
    assert divergence == pytest.approx(float(kl_divergence(one, other)), abs=TOLERANCE)
    assert h == pytest.approx(float(entropy(one)), abs=TOLERANCE)


@pytest.mark.parametrize("pair", [((2, 3), (1, 1)), ((a, b), (1, 2)), ((Rational(1, 2), 1), (a, 2))])
def test_dirichlet_of_two_is_beta(pair: tuple[tuple[sympy.Expr, ...], ...]) -> None:
    one, other = pair
    assert kl_divergence(dirichlet(one), dirichlet(other)) == kl_divergence(beta(*one), beta(*other))
    assert entropy(dirichlet(one)) == entropy(beta(*one))


def test_dirichlet_moments() -> None:
    law = dirichlet([1, 2, 3])
    assert expectation(law, lambda x: x[0]) == Rational(1, 6)
    assert expectation(law, lambda x: x[0] * x[1]) == Rational(2, 42)  # a_1 a_2/(A(A + 1))
    assert expectation(law, lambda x: x[0] + x[1] + x[2]) == 1
    assert expectation(law, lambda x: 1 / x[0]) is oo
    assert expectation(law, lambda x: log(1 - x[0])) == expectation(beta(1, 5), lambda x: log(1 - x))
    assert law.density(["1/2", "1/4", "1/4"]) == 60 * Rational(1, 4) * Rational(1, 16)
    assert law.density(["1/2", "1/4", "1/3"]) == 0


def test_dirichlet_information() -> None:
    found = fisher_information(dirichlet([a, b, c]))
    trigamma = polygamma(1, a + b + c)
    wanted = Matrix(3, 3, lambda i, j: (polygamma(1, (a, b, c)[i]) if i == j else 0) - trigamma)
    assert found == wanted


def test_dirichlet_refuses() -> None:
    with pytest.raises(InvalidFamilyError, match="2 to 1,000 entries; found 1 entries"):
        dirichlet([1])
    with pytest.raises(
        InvalidFamilyError, match=r"concentrations_2 must lie in Interval.open\(0, oo\) for dirichlet; found 0"
    ):
        dirichlet([1, 0])
    with pytest.raises(KLExactError, match=r"outcomes of one kind; found \(x_1, x_2\) and \(x_1, x_2, x_3\)"):
        kl_divergence(dirichlet([1, 1]), dirichlet([1, 1, 1]))


# -- counts ----------------------------------------------------------------------------------------------------


def shares(listed: list[int]) -> list[Fraction]:
    return [Fraction(w, sum(listed)) for w in listed]


@given(st.integers(0, 3), weights, weights)
@settings(max_examples=15)
def test_multinomial_is_the_sum_over_all_outcomes(n: int, one: list[int], other: list[int]) -> None:
    first, second = multinomial(n, shares(one)), multinomial(n, shares(other))
    tables = [law.distribution() for law in (first, second)]
    found = kl_divergence(first, second)
    assert found == kl_divergence(*tables)
    assert found == kl_divergence(tables[0], second) == kl_divergence(first, tables[1])
    assert found is oo or n == 0 or found == n * kl_divergence(*(multinomial(1, shares(x)) for x in (one, other)))
    assert entropy(first) == entropy(tables[0])
    assert cross_entropy(first, second) == cross_entropy(*tables)


@pytest.mark.parametrize("n", [1, 3, Symbol("n", integer=True)])
@pytest.mark.parametrize(("x", "y"), [(Rational(1, 3), Rational(1, 2)), (t, Rational(1, 4)), (1, t), (t, 1)])
def test_multinomial_of_two_is_binomial(n: sympy.Expr, x: sympy.Expr, y: sympy.Expr) -> None:
    found = kl_divergence(multinomial(n, [x, 1 - x]), multinomial(n, [y, 1 - y]))
    assert found == kl_divergence(binomial(n, x), binomial(n, y))


def test_multinomials_of_other_sizes_have_no_outcome_in_common() -> None:
    n, k = sympy.symbols("n k", integer=True)
    halves, thirds = [Rational(1, 2)] * 2, [Rational(1, 3), Rational(2, 3)]
    assert kl_divergence(multinomial(2, halves), multinomial(3, halves)) is oo
    found = kl_divergence(multinomial(n, halves), multinomial(k, thirds))
    assert found.subs({n: 3, k: 2}) is oo
    assert expand_log(found.subs({n: 3, k: 3})) == kl_divergence(multinomial(3, halves), multinomial(3, thirds))
    assert kl_divergence(multinomial(0, halves), multinomial(0, thirds)) == 0


def test_multinomial_beside_independent_counts() -> None:
    """D(Multinomial ‖ Poisson parts) is -log of the probability that these sum to n, where their means are n p."""
    found = kl_divergence(multinomial(3, ["1/3", "2/3"]), product(poisson(1), poisson(2)))
    assert found == canonical(-log(poisson(3).density(3)))
    assert kl_divergence(product(poisson(1), poisson(2)), multinomial(3, ["1/3", "2/3"])) is oo


def test_multinomial_with_labels_that_are_no_counts() -> None:
    assert kl_divergence(Distribution({"a": 1}), multinomial(1, ["1/2", "1/2"])) is oo
    assert kl_divergence(Distribution({(1, 0): 1}), multinomial(1, ["1/2", "1/2"])) == log(2)
    wider = Distribution({(1, 0): "1/2", (0, 1): "1/4", (1, 1): "1/4"})
    assert kl_divergence(multinomial(1, ["1/2", "1/2"]), wider) == log(2) / 2


def test_multinomial_information() -> None:
    n = Symbol("n", integer=True)
    found = fisher_information(multinomial(n, [p, q, 1 - p - q]))
    rest = 1 - p - q
    wanted = Matrix([[n / p + n / rest, n / rest], [n / rest, n / q + n / rest]])
    assert (found - wanted).applyfunc(sympy.cancel).is_zero_matrix


def test_multinomial_refuses() -> None:
    with pytest.raises(InvalidFamilyError, match="must sum to 1; found 5/6"):
        multinomial(2, ["1/2", "1/3"])
    with pytest.raises(InvalidFamilyError, match="n must lie in Naturals0 for multinomial; found 1/2"):
        multinomial("1/2", [1])
    with pytest.raises(InvalidFamilyError, match=r"declare its symbols integer=True"):
        multinomial(t, [1])


# -- on R^d ----------------------------------------------------------------------------------------------------


def spd(entries: list[Fraction], d: int) -> Matrix:
    """Return a positive definite matrix made of any d² numbers."""
    half = Matrix(d, d, [Rational(x.numerator, x.denominator) for x in entries])
    return half * half.T + eye(d)


@st.composite
def gaussians(draw: st.DrawFn, d: int) -> tuple[Law, Law]:
    def one() -> Law:
        mean = draw(st.lists(number, min_size=d, max_size=d))
        return multivariate_normal(mean, spd(draw(st.lists(number, min_size=d * d, max_size=d * d)), d))

    return one(), one()


def gaussian_divergence(one: Law, other: Law) -> sympy.Expr:
    """As printed everywhere: (tr(C₂⁻¹C₁) - d + (m₂ - m₁)ᵀC₂⁻¹(m₂ - m₁) + log |C₂|/|C₁|)/2."""
    (m1, c1), (m2, c2) = ((Matrix(law.parameters["mean"]), law.parameters["covariance"]) for law in (one, other))
    k = c2.inv()
    square = ((m2 - m1).T * k * (m2 - m1))[0]
    return canonical(((k * c1).trace() - c1.rows + square + log(c2.det()) - log(c1.det())) / 2)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_multivariate_normal_is_as_printed(d: int) -> None:
    @given(gaussians(d))
    @settings(max_examples=8 - d)
    def holds(pair: tuple[Law, Law]) -> None:
        one, other = pair
        found = kl_divergence(one, other)
        assert found == gaussian_divergence(one, other)
        assert sign(found) >= 0
        assert kl_divergence(one, one) == 0
        assert entropy(one) == canonical(log((2 * pi * E) ** d * one.parameters["covariance"].det()) / 2)

    holds()


def test_multivariate_normal_with_symbols_is_as_printed() -> None:
    one = multivariate_normal([m, 0], [[a, c], [c, b]])
    other = multivariate_normal([0, 1], [[p, r], [r, q]])
    difference = kl_divergence(one, other) - gaussian_divergence(one, other)
    values = {m: 2, a: 3, b: 2, c: 1, p: 2, q: 5, r: Rational(1, 2)}
    assert canonical(difference.subs(values)) == 0
    assert sympy.cancel(sympy.diff(difference, c)) == sympy.cancel(sympy.diff(difference, r)) == 0
    assert one.subs({m: 2, a: 3, b: 2, c: 1}) == multivariate_normal([2, 0], [[3, 1], [1, 2]])
    with pytest.raises(InvalidFamilyError, match="leading principal minors 1, -3"):
        one.subs({a: 1, b: 1, c: 2})


def test_multivariate_normal_with_roots() -> None:
    one = multivariate_normal([0, 0], [[1, sqrt(2) / 2], [sqrt(2) / 2, 1]])
    assert kl_divergence(one, multivariate_normal([0, 0], eye(2))) == log(2) / 2
    assert kl_divergence(one, one) == 0


def test_ten_dimensions_take_a_second() -> None:
    d = 10
    one = multivariate_normal([0] * d, Matrix(d, d, lambda i, j: Rational(1, i + j + 1)) + eye(d))
    other = multivariate_normal([1] * d, 2 * eye(d))
    assert kl_divergence(one, other) == gaussian_divergence(one, other)


def test_multivariate_normal_against_a_grid() -> None:
    one = multivariate_normal([Rational(1, 3), 0], [[2, 1], [1, 1]])
    other = multivariate_normal([0, Rational(1, 2)], [[1, Rational(-1, 2)], [Rational(-1, 2), 2]])
    nodes, w = line(14, 0.1)
    x, y = np.meshgrid(nodes, nodes)
    mass, divergence, h = averages(one, other, {variable(1): x, variable(2): y}, w[0] ** 2)
    assert mass == pytest.approx(1, abs=TOLERANCE)
    assert divergence == pytest.approx(float(kl_divergence(one, other)), abs=TOLERANCE)
    assert h == pytest.approx(float(entropy(one)), abs=TOLERANCE)


@pytest.mark.parametrize("v", [Rational(4), Rational(9, 4), Symbol("v", positive=True)])
def test_multivariate_normal_of_one_is_normal(v: sympy.Expr) -> None:
    one, other = multivariate_normal([m], [[v]]), multivariate_normal([1], [[9]])
    assert kl_divergence(one, other) == kl_divergence(normal(m, sqrt(v)), normal(1, 3))
    assert kl_divergence(other, one) == kl_divergence(normal(1, 3), normal(m, sqrt(v)))
    assert entropy(one) == entropy(normal(m, sqrt(v)))


def test_multivariate_normal_moments() -> None:
    law = multivariate_normal([1, 2], [[2, 1], [1, 3]])
    assert expectation(law, lambda x: x[0] * x[1]) == 3
    assert expectation(law, lambda x: x[0] ** 2 * x[1] ** 2) == 1 * 4 + 2 * 4 + 3 * 1 + 4 * 1 * 2 * 1 + 2 * 3 + 2 * 1
    assert expectation(law, lambda x: sympy.exp(x[0] - x[1])) == sympy.exp(Rational(1, 2))  # variance 2 + 3 - 2
    assert expectation(law, lambda x: sympy.exp(x[0] ** 2)) is oo
    assert expectation(law, lambda x: sympy.Abs(x[0] - 1)) == expectation(
        normal(1, sqrt(2)), lambda x: sympy.Abs(x - 1)
    )
    assert law.density([1, 2]) == 1 / (2 * sqrt(5) * pi)


def test_multivariate_normal_information() -> None:
    """The mean has C⁻¹; of the covariance, tr(C⁻¹ ∂C C⁻¹ ∂C)/2."""
    covariance = Matrix([[a, c], [c, 2]])
    k = covariance.inv()
    turns = [k * sympy.diff(covariance, x) for x in (a, c)]
    of_covariance = Matrix(2, 2, lambda i, j: (turns[i] * turns[j]).trace() / 2)
    found = fisher_information(multivariate_normal([m, t], covariance), m, t, a, c)
    assert (found - sympy.diag(k, of_covariance)).applyfunc(sympy.cancel).is_zero_matrix
    one = multivariate_normal([m, 2], [[1, Rational(1, 2)], [Rational(1, 2), 1]])
    assert fisher_information(one) == Matrix([[Rational(4, 3)]])


def test_multivariate_normal_refuses() -> None:
    with pytest.raises(InvalidFamilyError, match="must be positive definite; found the leading principal minors 1, 0"):
        multivariate_normal([0, 0], [[1, 1], [1, 1]])
    with pytest.raises(InvalidFamilyError, match=r"must be symmetric; found 1 and 1/2 in places \(1, 2\) and \(2, 1\)"):
        multivariate_normal([0, 0], [[1, 1], ["1/2", 1]])
    with pytest.raises(InvalidFamilyError, match="one dimension; found 1 and 2"):
        multivariate_normal([0], [[1, 0], [0, 1]])
    with pytest.raises(KLExactError, match="outcomes of one kind"):
        kl_divergence(multivariate_normal([0], [[1]]), normal(0, 1))


def test_laws_on_sets_of_other_dimension() -> None:
    one, other = dirichlet([1, 1]), multivariate_normal([0, 0], eye(2))
    assert kl_divergence(one, other) is kl_divergence(other, one) is oo
    assert kl_divergence(multinomial(1, ["1/2", "1/2"]), other) is oo
