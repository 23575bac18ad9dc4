"""Rényi and Tsallis entropies and divergences of any order >= 0, exactly, with their limits at 0, 1 and ∞.

All of them are functions of Σ p^α q^(1-α). An integer order gives the logarithm of a rational number, a log form; a
fractional one that of an algebraic number in canonical form (`klexact.powers`), so that at one order equal values have equal
forms. A SymPy symbol as the order gives a plain expression for orders > 0; at 1 it is 0/0, and its limit there is Shannon's
entropy or the KL divergence:

>>> from sympy import limit
>>> from sympy.abc import a
>>> renyi_entropy(["1/2", "1/4", "1/4"], a)
log(2/4**a + (1/2)**a)/(1 - a)
>>> limit(renyi_entropy(["1/2", "1/4", "1/4"], a), a, 1) == renyi_entropy(["1/2", "1/4", "1/4"], 1)
True

Operands are a `Distribution`, or what makes one. The conventions at zero are those of `klexact.conventions`: an outcome that
cannot happen adds nothing; one that q excludes but p does not makes a divergence infinite from order 1 on.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import sympy
from sympy import QQ, E, S

from klexact import conventions, forms
from klexact.distribution import Distribution
from klexact.errors import InvalidNumberError, KLExactError
from klexact.exact import element, shown
from klexact.logform import LogForm
from klexact.measures import Operand
from klexact.powers import PowerSum
from klexact.ratfunc import as_expr, constant, factored, is_parametric, unify

__all__ = ["power_sum", "renyi_divergence", "renyi_entropy", "tsallis_divergence", "tsallis_entropy"]


def renyi_entropy(p: Operand, order: object, *, base: object = E) -> sympy.Expr:
    """Return the Rényi entropy H_α(p) = log(Σ p(x)^α)/(1 - α) of order α, in units of log(base).

    Order 0 counts the possible outcomes (Hartley), order 1 is Shannon's entropy, order `oo` the min-entropy -log max p(x):
    the limits. It falls as the order grows, and is log n at every order for n equally likely outcomes. Impossible outcomes
    add nothing. Raises KLExactError as `entropy`, and InvalidNumberError unless the order is rational and >= 0, `oo`, or
    has symbols.

    >>> p = Distribution(["1/2", "1/4", "1/4", 0])
    >>> [renyi_entropy(p, order, base=2) for order in (0, 1, 2, sympy.oo)]
    [log(3)/log(2), 3/2, -log(3)/log(2) + 3, 1]
    >>> renyi_entropy(p, "1/2", base=2), renyi_entropy([1, 0], "1/2")
    (-1 + 2*log(1 + sqrt(2))/log(2), 0)

    Rényi, "On measures of entropy and information", Proc. 4th Berkeley Symp. 1, 1961, (1.21).
    """
    p, alpha = Distribution(p), _order(order)
    if alpha == 1:
        return forms.entropy(p).as_expr(base)
    if alpha is S.Infinity:
        return -_log_of_greatest([p.mass(x) for x in p.support], base)
    return _power_sum(p, None, alpha).log(base) / _as_expr(1 - alpha)


def renyi_divergence(p: Operand, q: Operand, order: object, *, base: object = E) -> sympy.Expr:
    """Return the Rényi divergence D_α(p‖q) = log(Σ p(x)^α q(x)^(1-α))/(α - 1) of order α, in units of log(base).

    Order 0 is -log of the mass that q gives to the possible outcomes of p, order 1 the KL divergence, order `oo` the
    logarithm of the greatest ratio p(x)/q(x): the limits. It grows with the order. Orders from 1 on are oo where q gives 0
    to an outcome that p does not, orders below 1 only where p and q have no possible outcome in common. Raises as
    `renyi_entropy`.

    >>> p, q = Distribution(["1/2", "1/2", 0]), Distribution(["1/4", "1/4", "1/2"])
    >>> renyi_divergence(p, q, "1/3", base=2), renyi_divergence(q, p, "1/2", base=2), renyi_divergence(q, p, 2)
    (1, 1, oo)
    >>> renyi_divergence(["1/2", "1/2"], ["1/3", "2/3"], 2), renyi_divergence(["1/2", "1/2"], ["1/3", "2/3"], sympy.oo)
    (-3*log(2) + 2*log(3), -log(2) + log(3))

    Van Erven & Harremoës, "Rényi divergence and Kullback-Leibler divergence", IEEE Trans. Inf. Theory 60, 2014.
    """
    (p, q), alpha = forms.distributions((p, q)), _order(order)
    infinite = LogForm.infinity().as_expr(base)
    if alpha == 1:
        return forms.kl_divergence(p, q).as_expr(base)
    if alpha is S.Infinity:
        if not _is_dominated(p, q):
            return infinite
        return _log_of_greatest([_ratio(p.mass(x), q.mass(x)) for x in p.support], base)

    def of_sum(total: PowerSum) -> sympy.Expr:
        return infinite if total.is_zero else total.log(base) / _as_expr(alpha - 1)

    return _where_finite(p, q, alpha, of_sum, infinite)


def tsallis_entropy(p: Operand, order: object) -> sympy.Expr:
    """Return the Tsallis entropy S_α(p) = (1 - Σ p(x)^α)/(α - 1) of order α; it has no logarithm, hence no base.

    Order 0 is the number of possible outcomes less 1, order 1 Shannon's entropy in nats: the limits. Order 2 is the
    chance that two draws differ (Gini, Simpson). Order `oo` is 0. Raises as `renyi_entropy`.

    >>> p = Distribution(["1/2", "1/4", "1/4", 0])
    >>> [tsallis_entropy(p, order) for order in (0, "1/2", 1, 2, sympy.oo)]
    [2, sqrt(2), 3*log(2)/2, 5/8, 0]

    Tsallis, "Possible generalization of Boltzmann-Gibbs statistics", J. Stat. Phys. 52, 1988, (1).
    """
    p, alpha = Distribution(p), _order(order)
    if alpha == 1:
        return forms.entropy(p).as_expr()
    if alpha is S.Infinity:
        return S.Zero
    return (1 - _power_sum(p, None, alpha).as_expr()) / _as_expr(alpha - 1)


def tsallis_divergence(p: Operand, q: Operand, order: object) -> sympy.Expr:
    """Return the Tsallis divergence (Σ p(x)^α q(x)^(1-α) - 1)/(α - 1) of order α; it has no logarithm, hence no base.

    Order 0 is the mass that q gives to impossible outcomes of p, order 1 the KL divergence in nats: the limits. Order 2
    is the χ²-divergence, order 1/2 twice the squared Hellinger distance. Orders from 1 on are oo where q gives 0 to an
    outcome that p does not; orders below 1 are at most 1/(1 - α). Raises as `renyi_entropy`, and for the order `oo`.

    >>> p, q = Distribution(["1/2", "1/2", 0]), Distribution(["1/4", "1/4", "1/2"])
    >>> tsallis_divergence(p, q, 2), tsallis_divergence(p, q, "1/2"), tsallis_divergence(q, p, 2)
    (1, 2 - sqrt(2), oo)

    Tsallis, "Generalized entropy-based criterion for consistent testing", Phys. Rev. E 58, 1998, (8).
    """
    (p, q), alpha = forms.distributions((p, q)), _order(order)
    if alpha == 1:
        return forms.kl_divergence(p, q).as_expr()
    if alpha is S.Infinity:
        raise KLExactError(
            "the order of a Tsallis divergence must be finite; found oo, where it is 0 if p = q, else oo"
        )
    return _where_finite(p, q, alpha, lambda total: (total.as_expr() - 1) / _as_expr(alpha - 1), S.Infinity)


def power_sum(p: Distribution, q: Distribution, order: Any) -> PowerSum | None:
    """Return Σ p(x)^α q(x)^(1-α) for a rational order α >= 0 other than 1; None where it is infinite.

    >>> power_sum(Distribution(["1/2", "1/2"]), Distribution(["1/4", "3/4"]), QQ(2)).as_expr()
    4/3
    """
    zeros = [(p.mass(x), q.mass(x)) for x in dict.fromkeys((*p, *q)) if not (p.mass(x) and q.mass(x))]
    if any(conventions.power_at(a, b, order) is S.Infinity for a, b in zeros):
        return None
    return _power_sum(p, q, order)


def _power_sum(p: Distribution, q: Distribution | None, order: Any) -> PowerSum:
    if q is None:
        return PowerSum.of([(p.mass(x), order)] for x in p.support)
    if isinstance(order, sympy.Expr):  # SymPy does not see by itself that p^α p^(1-α) is p
        return PowerSum.of([(_ratio(p.mass(x), q.mass(x)), order), (q.mass(x), QQ(1))] for x in p.support if q.mass(x))
    return PowerSum.of([(p.mass(x), order), (q.mass(x), 1 - order)] for x in p.support if q.mass(x))


def _where_finite(
    p: Distribution, q: Distribution, order: Any, of_sum: Callable[[PowerSum], sympy.Expr], infinite: sympy.Expr
) -> sympy.Expr:
    """Return the value that the power sum gives, or infinity; with a symbolic order both, if it depends."""
    if not isinstance(order, sympy.Expr):
        total = power_sum(p, q, order)
        return infinite if total is None else of_sum(total)
    value = of_sum(_power_sum(p, q, order))
    return value if _is_dominated(p, q) else sympy.Piecewise((value, order < 1), (infinite, True))


def _is_dominated(p: Distribution, q: Distribution) -> bool:
    return all(q.mass(x) for x in p.support)


def _log_of_greatest(elements: Sequence[Any], base: object) -> sympy.Expr:
    if any(map(is_parametric, elements)):
        return sympy.log(sympy.Max(*map(factored, elements))) * LogForm(1).as_expr(base)
    return LogForm.of_logs([(QQ(1), max(elements))]).as_expr(base)


def _ratio(a: Any, b: Any) -> Any:
    above, below = unify([a, b])
    return constant(above / below)


def _as_expr(x: Any) -> sympy.Expr:
    return x if isinstance(x, sympy.Expr) else as_expr(x)


def _order(order: object) -> Any:
    """Return the order: a rational number >= 0, oo, or an expression in symbols."""
    if order == "oo" or (isinstance(order, (float, sympy.Expr)) and order == inf):
        return S.Infinity
    exact = element(order, "the order (or 'oo')" if isinstance(order, str) else "the order")
    if exact.is_negative if isinstance(exact, sympy.Expr) else exact < 0:
        raise InvalidNumberError(f"the order must not be negative; found {shown(exact)}")
    return exact
