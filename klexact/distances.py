"""Distances between distributions, and the χ²-divergence, exactly: rational numbers and square roots.

Operands are a `Distribution`, or what makes one; outcomes that only one of them lists have probability 0 in the other. In
nats, with H the Hellinger distance, TV the total variation: H² <= TV <= √2·H, 2·TV² <= D (Pinsker), D <= log(1 + χ²) <= χ².
"""

import sympy
from sympy import QQ, E, S

from klexact import forms
from klexact.logform import LogForm
from klexact.measures import Operand
from klexact.orders import power_sum
from klexact.powers import PowerSum
from klexact.ratfunc import as_expr, constant, factored, is_parametric, unify

__all__ = [
    "bhattacharyya_coefficient",
    "bhattacharyya_distance",
    "chi_squared_divergence",
    "hellinger_distance",
    "total_variation",
]


def total_variation(p: Operand, q: Operand) -> sympy.Expr:
    """Return the total variation distance Σ |p(x) - q(x)|/2: the greatest difference in the probability of an event.

    It is 0 iff p = q, and 1 iff p and q have no possible outcome in common. Raises KLExactError for anything
    that is no distribution.

    >>> total_variation(["1/2", "1/2"], ["1/3", "2/3"]), total_variation([1, 0], [0, 1])
    (1/6, 1)

    Levin, Peres & Wilmer, *Markov Chains and Mixing Times*, proposition 4.2; Pinsker: Cover & Thomas, 2nd ed., lemma 11.6.1.
    """
    p, q = forms.distributions((p, q))
    pairs = (unify([p.mass(x), q.mass(x)]) for x in dict.fromkeys((*p, *q)))
    gaps = [constant(a - b) for a, b in pairs]
    if any(map(is_parametric, gaps)):
        return sympy.Add(*(sympy.Abs(factored(gap)) for gap in gaps)) / 2
    return as_expr(sum(map(abs, gaps), QQ(0)) / 2)


def bhattacharyya_coefficient(p: Operand, q: Operand) -> sympy.Expr:
    """Return the Bhattacharyya coefficient BC = Σ √(p(x) q(x)), also called their affinity.

    It is 1 iff p = q, and 0 iff p and q have no possible outcome in common. Raises as `total_variation`.

    >>> bhattacharyya_coefficient(["1/2", "1/2"], ["1/3", "2/3"]), bhattacharyya_coefficient([1, 0], [0, 1])
    (sqrt(6)/6 + sqrt(3)/3, 0)

    Bhattacharyya, "On a measure of divergence between two statistical populations", Bull. Calcutta Math. Soc. 35, 1943.
    """
    return _affinity(p, q).as_expr()


def bhattacharyya_distance(p: Operand, q: Operand, *, base: object = E) -> sympy.Expr:
    """Return the Bhattacharyya distance -log Σ √(p(x) q(x)), in units of log(base): half the Rényi divergence of order 1/2.

    It is symmetric, but no distance: the triangle inequality fails. oo iff p and q have no possible outcome in common.
    Raises as `total_variation`, and InvalidBaseError.

    >>> bhattacharyya_distance(["1/2", "1/2", 0], ["1/4", "1/4", "1/2"], base=2), bhattacharyya_distance([1, 0], [0, 1])
    (1/2, oo)

    Kailath, "The divergence and Bhattacharyya distance measures in signal selection", IEEE Trans. Commun. 15, 1967.
    """
    total = _affinity(p, q)
    return LogForm.infinity().as_expr(base) if total.is_zero else -total.log(base)


def hellinger_distance(p: Operand, q: Operand) -> sympy.Expr:
    """Return the Hellinger distance √(1 - Σ √(p(x) q(x))) = √(Σ (√p(x) - √q(x))²/2).

    It is a metric; 0 iff p = q, and 1 iff p and q have no possible outcome in common. Some books leave out the 1/2 and have √2
    as the greatest value. Raises as `total_variation`.

    >>> hellinger_distance(["1/2", "1/2", 0], ["1/4", "1/4", "1/2"]) ** 2, hellinger_distance([1, 0], [0, 1])
    (1 - sqrt(2)/2, 1)

    Van der Vaart, *Asymptotic Statistics*, section 14.5.
    """
    return sympy.sqrt(1 - _affinity(p, q).as_expr())


def chi_squared_divergence(p: Operand, q: Operand) -> sympy.Expr:
    """Return Pearson's χ²-divergence χ²(p‖q) = Σ (p(x) - q(x))²/q(x): q is what was expected, p what was observed.

    Neyman's divides by the observed: exchange the arguments. n·χ² is Pearson's statistic of n observations. It is 0 iff p = q,
    and oo where q gives 0 to an outcome that p does not. Raises as `total_variation`.

    >>> chi_squared_divergence(["1/2", "1/2"], ["1/3", "2/3"]), chi_squared_divergence(["1/3", "2/3"], ["1/2", "1/2"])
    (1/8, 1/9)
    >>> chi_squared_divergence([1, 0], ["1/2", "1/2"]), chi_squared_divergence(["1/2", "1/2"], [1, 0])
    (1, oo)

    Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, section 4.
    """
    p, q = forms.distributions((p, q))
    total = power_sum(p, q, QQ(2))
    return S.Infinity if total is None else total.as_expr() - 1


def _affinity(p: Operand, q: Operand) -> PowerSum:
    p, q = forms.distributions((p, q))
    total = power_sum(p, q, QQ(1, 2))
    assert total is not None  # below order 1 every term is finite
    return total
