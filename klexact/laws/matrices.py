"""Laws of matrices: normal, Wishart, inverse Wishart, and the law of a mean and a covariance together."""

from collections.abc import Iterable
from functools import cache

import sympy
from sympy import ImmutableMatrix, Interval, ProductSet, S, StrictGreaterThan, Tuple, log, oo, pi
from sympy.matrices.expressions.sets import MatrixSet

from klexact.errors import InvalidFamilyError
from klexact.laws.law import ExponentialFamily, Law
from klexact.laws.linear import (
    bordered,
    definite,
    determinant,
    inverse,
    log_multigamma,
    matrix,
    naturals,
    symmetric,
    upper,
    vector,
)
from klexact.laws.parameters import POSITIVE, REAL, Parameters, exact
from klexact.laws.spaces import Outcome, PositiveDefinite, moved, variable
from klexact.laws.vectors import gaussian_family, gaussian_naturals

__all__ = ["inverse_wishart", "matrix_normal", "normal_inverse_wishart", "wishart"]


def matrix_normal(mean: object, row_covariance: object, column_covariance: object) -> Law:
    """Return MatrixNormal(M, U, V): density ∝ exp(-tr(V⁻¹ (x - M)ᵀ U⁻¹ (x - M))/2); entries have covariance U_ik V_jl.

    Only the product of U and V counts: (2U, V) and (U, 2V) are one law.

    >>> from klexact.laws import kl_divergence
    >>> p, q = matrix_normal([[0, 0]], [[2]], [[1, 0], [0, 1]]), matrix_normal([[0, 0]], [[1]], [[2, 0], [0, 2]])
    >>> kl_divergence(p, q), kl_divergence(p, matrix_normal([[0, 2]], [[1]], [[1, 0], [0, 1]]))
    (0, 3 - log(2))

    Gupta & Nagar, *Matrix Variate Distributions*, 2000, chapter 2.
    """
    name = "matrix_normal"
    m = matrix(name, "mean", mean)
    u, of_rows = definite(name, "row_covariance", row_covariance)
    v, of_columns = definite(name, "column_covariance", column_covariance)
    if m.shape != (u.rows, v.rows):
        raise InvalidFamilyError(
            f"the mean must have a row for each of row_covariance and a column for each of column_covariance: "
            f"{u.rows} by {v.rows}; found {m.rows} by {m.cols}"
        )
    places = [(i, j) for i in range(m.rows) for j in range(m.cols)]
    covariance = ImmutableMatrix([[u[i, k] * v[j, h] for k, h in places] for i, j in places])
    variables = tuple(variable(i + 1, j + 1) for i, j in places)
    family = gaussian_family(variables, MatrixSet(m.rows, m.cols, S.Reals))
    shown = Parameters({"mean": m, "row_covariance": u, "column_covariance": v}, (*of_rows, *of_columns))
    etas = gaussian_naturals(ImmutableMatrix([m[place] for place in places]), covariance)
    return family.law(name, shown, etas, make=matrix_normal)


# -- positive definite matrices --------------------------------------------------------------------------------


def _entries(d: int, letter: str) -> list[Outcome]:
    return [variable(i, j, letter=letter) for i in range(1, d + 1) for j in range(i, d + 1)]


def _traced(k: ImmutableMatrix) -> list[sympy.Expr]:
    """Return the coefficients of the entries of X, on and above the diagonal, in -tr(K X)."""
    return [-k[i, j] * (1 if i == j else 2) for i in range(k.rows) for j in range(i, k.rows)]


def _untraced(etas: tuple[sympy.Expr, ...], d: int) -> ImmutableMatrix:
    doubled = symmetric(etas, d)
    return ImmutableMatrix(d, d, lambda i, j: -doubled[i, j] / (1 if i == j else 2))


def _minors(k: ImmutableMatrix) -> list[sympy.Basic]:
    return [StrictGreaterThan(determinant(k[:i, :i]), 0, evaluate=False) for i in range(1, k.rows + 1)]


@cache
def _wishart_family(d: int, letter: str) -> ExponentialFamily:
    """Return the parent of Wishart laws, and with the letter of the inverse that of inverse Wishart laws.

    ∫ |X|^(a - (d + 1)/2) exp(-tr KX) = Γ_d(a) |K|^-a; with Y the inverse of X, dX is |Y|^-(d + 1) dY.
    """
    sign = 1 if letter == "x" else -1

    def shape(power: sympy.Expr) -> sympy.Expr:
        return sign * (power + S(d + 1) / 2)

    def partition(*etas: sympy.Expr) -> sympy.Expr:
        a = shape(etas[-1])
        return log_multigamma(a, d) - a * log(determinant(_untraced(etas[:-1], d)))

    def domain(*etas: sympy.Expr) -> list[sympy.Basic]:
        return [StrictGreaterThan(shape(etas[-1]), S(d - 1) / 2), *_minors(_untraced(etas[:-1], d))]

    statistics = (*_entries(d, letter), variable(letter="logdet"))
    return ExponentialFamily(statistics, naturals(len(statistics)), partition, PositiveDefinite(d), domain=domain)


def wishart(degrees: object, scale: object) -> Law:
    """Return Wishart(degrees, scale): density ∝ |x|^((n - d - 1)/2) exp(-tr(V⁻¹ x)/2), n > d - 1.

    It is on the positive definite matrices, of d rows. For one row it is Gamma(n/2, 1/(2V)).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(wishart(3, [[2, 0], [0, 2]]), wishart(3, [[1, 0], [0, 1]]))
    3 - 3*log(2)
    >>> kl_divergence(wishart(2, [[1]]), wishart(4, [[1]])), kl_divergence(wishart(2, [[1]]), wishart(2, [[1]]))
    (EulerGamma, 0)
    >>> wishart(1, [[1, 0], [0, 1]])
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: degrees must lie in Interval.open(1, oo) for wishart; found 1

    Muirhead, *Aspects of Multivariate Statistical Theory*, 1982, section 3.2.
    """
    v, conditions = definite("wishart", "scale", scale)
    d = v.rows
    given = exact("wishart", degrees=(degrees, Interval.open(d - 1, oo)))
    (n,) = given
    shown = Parameters({"degrees": n, "scale": v}, (*given.conditions, *conditions))
    etas = [*_traced(inverse(v) / 2), (n - d - 1) / 2]
    return _wishart_family(d, "x").law("wishart", shown, etas, make=wishart)


def inverse_wishart(degrees: object, scale: object) -> Law:
    """Return InverseWishart(degrees, scale), of the inverse of a Wishart(degrees, scale⁻¹) matrix.

    Its density is ∝ |x|^(-(n + d + 1)/2) exp(-tr(Ψ x⁻¹)/2) on the positive definite matrices, n > d - 1.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(inverse_wishart(3, [[1, 0], [0, 1]]), inverse_wishart(3, [[2, 0], [0, 2]]))
    3 - 3*log(2)
    >>> kl_divergence(inverse_wishart(3, [[2]]), inverse_wishart(3, [[2]]))
    0

    Muirhead, 1982, section 3.2.
    """
    psi, conditions = definite("inverse_wishart", "scale", scale)
    d = psi.rows
    given = exact("inverse_wishart", degrees=(degrees, Interval.open(d - 1, oo)))
    (n,) = given
    shown = Parameters({"degrees": n, "scale": psi}, (*given.conditions, *conditions))
    etas = [*_traced(psi / 2), -(n + d + 1) / 2]
    return _wishart_family(d, "y").law("inverse_wishart", shown, etas, make=inverse_wishart)


@cache
def _conjugate_family(d: int) -> ExponentialFamily:
    """Return the parent of normal-inverse-Wishart laws of (m, X): statistics Y = X⁻¹, Ym, mᵀYm and log |X|.

    Over m first, ∫ exp(h·Ym - l mᵀYm) is a normal integral; what is left is that of an inverse Wishart law of
    K - hhᵀ/(4l), whose determinant is that of K bordered by h and 4l, over 4l.
    """
    count = d * (d + 1) // 2

    def parts(etas: tuple[sympy.Expr, ...]) -> tuple[ImmutableMatrix, ImmutableMatrix, sympy.Expr, sympy.Expr]:
        k, h = _untraced(etas[:count], d), ImmutableMatrix(etas[count : count + d])
        return k, h, -etas[-2], -etas[-1] - S(d + 2) / 2

    def partition(*etas: sympy.Expr) -> sympy.Expr:
        k, h, quarter, a = parts(etas)
        left = determinant(bordered(k, h, 4 * quarter)) / (4 * quarter)
        return S(d) / 2 * log(pi / quarter) + log_multigamma(a, d) - a * log(left)

    def domain(*etas: sympy.Expr) -> list[sympy.Basic]:
        k, h, quarter, a = parts(etas)
        return [quarter > 0, a > S(d - 1) / 2, *_minors(k - h * h.T / (4 * quarter))]

    mean = ImmutableMatrix(d, 1, lambda i, _: variable(1, i + 1))
    y = symmetric([moved(v, 2) for v in _entries(d, "y")], d)
    statistics = (*upper(y), *(y * mean), (mean.T * y * mean)[0], variable(2, letter="logdet"))
    support = ProductSet(ProductSet(*[REAL] * d), PositiveDefinite(d))
    return ExponentialFamily(statistics, naturals(len(statistics)), partition, support, domain=domain)


def normal_inverse_wishart(mean: Iterable[object], count: object, degrees: object, scale: object) -> Law:
    """Return the law of (m, C): C ~ InverseWishart(degrees, scale), and given C, m ~ Normal(mean, C/count).

    It is the conjugate prior of a multivariate normal law; count > 0, degrees > d - 1.

    >>> from klexact.laws import kl_divergence
    >>> prior = normal_inverse_wishart([0], 1, 2, [[1]])
    >>> kl_divergence(prior, normal_inverse_wishart([1], 1, 2, [[1]])), kl_divergence(prior, prior)
    (1, 0)

    Gelman et al., *Bayesian Data Analysis*, 3rd ed., section 3.6.
    """
    name = "normal_inverse_wishart"
    m = ImmutableMatrix(vector(name, "mean", mean))
    psi, conditions = definite(name, "scale", scale)
    d = psi.rows
    if m.rows != d:
        raise InvalidFamilyError(f"mean and scale must have one dimension; found {m.rows} and {d}")
    given = exact(name, count=(count, POSITIVE), degrees=(degrees, Interval.open(d - 1, oo)))
    weight, n = given
    values = {"mean": Tuple(*m), "count": weight, "degrees": n, "scale": psi}
    etas = [*_traced((psi + weight * m * m.T) / 2), *(weight * m), -weight / 2, -(n + d + 2) / 2]
    shown = Parameters(values, (*given.conditions, *conditions))
    return _conjugate_family(d).law(name, shown, etas, make=normal_inverse_wishart)
