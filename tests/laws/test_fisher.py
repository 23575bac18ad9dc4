"""Fisher information: textbook matrices, and -E[∂² log q] by its own route."""

import math

import pytest
import sympy
from sympy import EulerGamma, Matrix, Rational, Symbol, pi, polygamma
from sympy.abc import a, b, m, s, t, x

from klexact import laws
from klexact.errors import InvalidFamilyError
from klexact.laws import fisher_information
from klexact.laws.law import Law, X
from klexact.laws.parameters import assumptions
from tests.laws.catalogue import integral, masses

TEXTBOOK = {
    laws.normal(m, s): Matrix([[1 / s**2, 0], [0, 2 / s**2]]),
    laws.bernoulli(t): Matrix([[1 / (t * (1 - t))]]),
    laws.binomial(Symbol("n", integer=True), t): Matrix([[Symbol("n", integer=True) / (t * (1 - t))]]),
    laws.poisson(m): Matrix([[1 / m]]),
    laws.geometric(t): Matrix([[1 / (t**2 * (1 - t))]]),
    laws.gamma(a, b): Matrix([[polygamma(1, a), -1 / b], [-1 / b, a / b**2]]),
    laws.laplace(m, b): Matrix([[1 / b**2, 0], [0, 1 / b**2]]),
    laws.cauchy(m, s): Matrix([[1 / (2 * s**2), 0], [0, 1 / (2 * s**2)]]),
    laws.pareto(1, a): Matrix([[1 / a**2]]),
    laws.inverse_gaussian(m, s): Matrix([[s / m**3, 0], [0, 1 / (2 * s**2)]]),
}


@pytest.mark.parametrize("law", TEXTBOOK, ids=str)
def test_textbook_matrices(law: Law) -> None:
    assert fisher_information(law) == TEXTBOOK[law]


def test_gumbel_and_weibull_with_all_parameters() -> None:
    corner = (pi**2 / 6 + (1 - EulerGamma) ** 2) / b**2
    assert sympy.simplify(fisher_information(laws.gumbel(m, b))[1, 1] - corner) == 0
    assert sympy.simplify(fisher_information(laws.weibull(b, s))[0, 0] - corner) == 0


NUMBERS = {a: Rational(5, 2), b: Rational(4, 3), m: Rational(1, 3), s: Rational(3, 2), t: Rational(1, 3)}
CURVED = [
    laws.normal(m, s),
    laws.gamma(a, b),
    laws.beta(a, b),
    laws.gumbel(m, b),
    laws.moyal(m, s),
    laws.weibull(a, b),
    laws.log_normal(m, s),
    laws.inverse_gamma(a, b),
    laws.inverse_gaussian(a, b),
    laws.kumaraswamy(2, b),
    laws.continuous_bernoulli(t),
    laws.von_mises(m, s),
    laws.poisson(a),
    laws.binomial(4, t),
    laws.negative_binomial(a, t),
    laws.logarithmic(t),
    laws.categorical([t, (1 - t) / 3, 2 * (1 - t) / 3]),
]


@pytest.mark.parametrize("law", CURVED, ids=str)
def test_it_is_the_expected_curvature_of_the_log_density(law: Law) -> None:
    symbols = [v for v in (a, b, m, s, t) if v in law.free_symbols]
    values = {v: NUMBERS[v] for v in symbols}
    real = assumptions(law.conditions, symbols)
    expr = sympy.Add(*(c * T for T, c in law.log_density.items())).xreplace(real)
    at, found = law.subs(values), fisher_information(law, *symbols)
    for i, u in enumerate(symbols):
        for j, v in enumerate(symbols[: i + 1]):
            curvature = -sympy.diff(expr, real[u], real[v]).xreplace({real[w]: values[w] for w in symbols})
            value = found[i, j].xreplace(values).replace(lambda e: isinstance(e, sympy.Sum), _summed)
            # quadrature and a sum of 100 terms in doubles: see tests/laws/test_divergence.py
            assert math.isclose(float(sympy.N(value, 17)), expected(at, curvature), rel_tol=1e-6, abs_tol=1e-9)


def expected(law: Law, f: sympy.Expr) -> float:
    """Return E[f] by naive numerics."""
    if law.is_discrete:
        return sum(math.exp(w) * float(f.xreplace({X: sympy.Integer(k)}).doit()) for k, w in masses(law).items())
    return integral(law, sympy.lambdify(X, sympy.N(f, 17), "numpy"))


def _summed(series: sympy.Sum) -> sympy.Expr:
    k, low, _ = series.args[1]
    return sympy.Add(*(sympy.N(series.args[0].xreplace({k: sympy.Integer(j)}), 17) for j in range(int(low), 100)))


def test_chosen_symbols_in_their_order() -> None:
    assert fisher_information(laws.normal(m, s), s) == Matrix([[2 / s**2]])
    assert fisher_information(laws.normal(m, s), s, m) == Matrix([[2 / s**2, 0], [0, 1 / s**2]])
    assert fisher_information(laws.normal(m, m))[0] == 3 / m**2


def test_refusals() -> None:
    with pytest.raises(InvalidFamilyError, match=r"symbols must be among those of poisson\(1\): none; found \[\]"):
        fisher_information(laws.poisson(1))
    with pytest.raises(InvalidFamilyError, match=r"found \['x'\]"):
        fisher_information(laws.poisson(m), x)
    with pytest.raises(InvalidFamilyError, match="a support that does not move with a"):
        fisher_information(laws.pareto(a, 1))
