"""Laws of vectors: on the simplex, of counts, and on R^d."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import sympy
from sympy import (
    ImmutableMatrix,
    MatrixBase,
    ProductSet,
    S,
    StrictGreaterThan,
    Tuple,
    exp,
    log,
    loggamma,
    pi,
    sqrt,
)

from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.laws.bounded import beta
from klexact.laws.discrete import binomial
from klexact.laws.expectation import moment
from klexact.laws.law import ExponentialFamily, Law, Moment, Rule, X, point
from klexact.laws.linear import bordered, definite, determinant, inverse, naturals, same, symmetric, vector
from klexact.laws.parameters import NATURAL, POSITIVE, REAL, UNIT, Parameters, exact
from klexact.laws.real import normal
from klexact.laws.spaces import Counts, Outcome, Simplex, slot, variable

__all__ = ["dirichlet", "gaussian_family", "gaussian_naturals", "multinomial", "multivariate_normal"]


def _marginal(law_of: Any) -> Rule:
    """Return the rule for statistics of a single entry: law_of(law, its variable) is the law of that entry."""

    def rule(law: Law, statistic: sympy.Expr) -> Moment | None:
        present = statistic.atoms(Outcome)
        if len(present) != 1:
            return None
        (v,) = present
        try:
            return moment(law_of(law, v), statistic.xreplace({v: X}))
        except NoClosedFormError:
            return None

    return rule


# -- on the simplex --------------------------------------------------------------------------------------------


@cache
def _simplex_family(k: int) -> ExponentialFamily:
    def partition(*etas: sympy.Expr) -> sympy.Expr:
        shapes = [eta + 1 for eta in etas]
        return sympy.Add(*map(loggamma, shapes)) - loggamma(sympy.Add(*shapes))

    def domain(*etas: sympy.Expr) -> list[sympy.Basic]:
        return [StrictGreaterThan(eta + 1, 0) for eta in etas]

    statistics = tuple(log(variable(i)) for i in range(1, k + 1))
    return ExponentialFamily(statistics, naturals(k), partition, Simplex(k), domain=domain)


def dirichlet(concentrations: Iterable[object]) -> Law:
    """Return Dirichlet(concentrations): density ∝ Π x_i^(a_i - 1) on the open simplex, in all entries but one; a_i > 0.

    Two concentrations make the law of (x, 1 - x), x ~ Beta.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(dirichlet([2, 1, 1]), dirichlet([1, 1, 1])), kl_divergence(dirichlet([1, 2]), dirichlet([1, 2]))
    (-5/6 + log(3), 0)

    Kotz, Balakrishnan & Johnson, *Continuous Multivariate Distributions* 1, 2nd ed., chapter 49.
    """
    listed = vector("dirichlet", "concentrations", concentrations, at_least=2)
    given = exact("dirichlet", **{f"concentrations_{i}": (a, POSITIVE) for i, a in enumerate(listed, 1)})
    shown = Parameters({"concentrations": Tuple(*listed)}, given.conditions)
    etas = [a - 1 for a in listed]
    return _simplex_family(len(listed)).law("dirichlet", shown, etas, rules=[_marginal(_one_share)], make=dirichlet)


def _one_share(law: Law, v: Outcome) -> Law:
    (shapes,) = law.parameters.values()
    own = shapes[slot(v) - 1]
    return beta(own, sympy.Add(*shapes) - own)


# -- counts ----------------------------------------------------------------------------------------------------


@cache
def _sorting(n: sympy.Expr, k: int, places: tuple[int, ...]) -> ExponentialFamily:
    etas = naturals(len(places))
    carrier = loggamma(n + 1) - sympy.Add(*(loggamma(variable(i) + 1) for i in range(1, k + 1)))
    statistics = tuple(variable(i) for i in places)
    return ExponentialFamily(statistics, etas, n * log(sympy.Add(*map(exp, etas))), Counts(n, k, places), carrier)


def multinomial(n: object, probabilities: Iterable[object]) -> Law:
    """Return Multinomial(n, probabilities): mass n!/Π x_i! · Π p_i^x_i on the vectors of counts that sum to n.

    Probabilities of 0 keep their entries at 0; laws of different n have no outcome in common.

    >>> from klexact.laws import entropy, kl_divergence
    >>> kl_divergence(multinomial(3, ["1/2", "1/2", 0]), multinomial(3, ["1/4", "1/4", "1/2"]))
    3*log(2)
    >>> kl_divergence(multinomial(3, ["1/2", "1/2"]), multinomial(3, [1, 0])), entropy(multinomial(2, ["1/2", "1/2"]))
    (oo, 3*log(2)/2)
    >>> kl_divergence(multinomial(2, ["1/2", "1/2"]), multinomial(3, ["1/2", "1/2"]))
    oo

    Johnson, Kotz & Balakrishnan, *Discrete Multivariate Distributions*, 1997, chapter 35.
    """
    listed = vector("multinomial", "probabilities", probabilities)
    given = exact("multinomial", n=(n, NATURAL), **{f"probabilities_{i}": (p, UNIT) for i, p in enumerate(listed, 1)})
    trials, *_ = given
    if not trials.is_integer:
        raise InvalidFamilyError(
            f"n of multinomial must be an integer; found {trials}: declare its symbols integer=True"
        )
    total = sympy.Add(*listed)
    if not same(total, S.One, given.conditions):
        raise InvalidFamilyError(f"the probabilities of multinomial must sum to 1; found {total}")
    positive = [StrictGreaterThan(trials, 0)] if trials.free_symbols and not trials.is_positive else []
    shown = Parameters({"n": trials, "probabilities": Tuple(*listed)}, (*given.conditions, *positive))
    places = tuple(i for i, p in enumerate(listed, 1) if p != 0)
    if trials == 0 or len(places) == 1:
        at = Tuple(*(trials if p != 0 else S.Zero for p in listed))
        return point("multinomial", shown, at, make=multinomial)
    etas = [log(listed[i - 1]) for i in places]
    return _sorting(trials, len(listed), places).law(
        "multinomial", shown, etas, rules=[_marginal(_one_count)], make=multinomial
    )


def _one_count(law: Law, v: Outcome) -> Law:
    n, probabilities = law.parameters.values()
    return binomial(n, probabilities[slot(v) - 1])


# -- on R^d ----------------------------------------------------------------------------------------------------


@cache
def gaussian_family(variables: tuple[Outcome, ...], support: sympy.Set) -> ExponentialFamily:
    """Return the parent of normal laws of several variables: statistics x_i and x_i x_j, i <= j.

    ∫ exp(h·x - xᵀKx/2) = (2π)^(d/2) |K|^(-1/2) exp(hᵀK⁻¹h/2), and hᵀK⁻¹h is the determinant of K bordered by h over -|K|.
    """
    d = len(variables)

    def precision(etas: tuple[sympy.Expr, ...]) -> ImmutableMatrix:
        halved = symmetric(etas[d:], d)
        return ImmutableMatrix(d, d, lambda i, j: -halved[i, j] * (2 if i == j else 1))

    def partition(*etas: sympy.Expr) -> sympy.Expr:
        k, h = precision(etas), ImmutableMatrix(etas[:d])
        whole = determinant(k)
        square = -determinant(bordered(k, h, 0)) / whole if any(h) else 0
        return S(d) / 2 * log(2 * pi) - log(whole) / 2 + square / 2

    def domain(*etas: sympy.Expr) -> list[sympy.Basic]:
        k = precision(etas)
        return [StrictGreaterThan(determinant(k[:i, :i]), 0, evaluate=False) for i in range(1, d + 1)]

    products = tuple(variables[i] * variables[j] for i in range(d) for j in range(i, d))
    count = d + len(products)
    return ExponentialFamily((*variables, *products), naturals(count), partition, support, domain=domain)


def gaussian_naturals(mean: MatrixBase, covariance: MatrixBase) -> list[sympy.Expr]:
    """Return the natural parameters of a normal law in `gaussian_family`."""
    d = covariance.rows
    k = inverse(covariance)
    return [*(k * mean), *(-k[i, j] / (2 if i == j else 1) for i in range(d) for j in range(i, d))]


def multivariate_normal(mean: Iterable[object], covariance: object) -> Law:
    """Return Normal(mean, covariance) of d variables: density ∝ exp(-(x - m)ᵀ C⁻¹ (x - m)/2) on R^d.

    The covariance is symmetric and positive definite: its leading principal minors are positive, which for symbols are the
    conditions. A singular one has no density on R^d and is refused.

    >>> from klexact.laws import entropy, kl_divergence
    >>> p, q = multivariate_normal([0, 0], [[2, 1], [1, 2]]), multivariate_normal([1, 0], [[1, 0], [0, 1]])
    >>> kl_divergence(p, q), kl_divergence(p, p)
    (3/2 - log(3)/2, 0)
    >>> c = sympy.Symbol("c")
    >>> correlated = multivariate_normal([0, 0], [[1, c], [c, 1]])
    >>> kl_divergence(correlated, q), correlated.conditions
    (-log(1 - c)/2 - log(c + 1)/2 + 1/2, (1 - c**2 > 0,))

    Kullback, *Information Theory and Statistics*, 1959, chapter 9.
    """
    m = vector("multivariate_normal", "mean", mean)
    c, conditions = definite("multivariate_normal", "covariance", covariance)
    if len(m) != c.rows:
        raise InvalidFamilyError(f"mean and covariance must have one dimension; found {len(m)} and {c.rows}")
    variables = tuple(variable(i) for i in range(1, len(m) + 1))
    family = gaussian_family(variables, ProductSet(*[REAL] * len(m)))
    shown = Parameters({"mean": Tuple(*m), "covariance": c}, conditions)
    etas = gaussian_naturals(ImmutableMatrix(m), c)
    return family.law("multivariate_normal", shown, etas, rules=[_marginal(_one_entry)], make=multivariate_normal)


def _one_entry(law: Law, v: Outcome) -> Law:
    mean, covariance = law.parameters.values()
    i = slot(v) - 1
    return normal(mean[i], sqrt(covariance[i, i]))
