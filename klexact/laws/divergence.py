"""Entropy, cross-entropy and divergence of laws: one mechanism for every pair.

log p - log q is a linear combination of statistics; like statistics are joined first, so what cancels is never asked for.
The expectation of the others under p is asked of p (`klexact.laws.expectation`). The value is +∞ where the support
of p is not inside that of q, and where an expectation diverges: D(p‖q) >= 0 is defined always and E[log p] is finite, so a
diverging -E[log q] can only be +∞ (statistics of different growth cannot cancel).
"""

from collections.abc import Mapping
from numbers import Real

import sympy
from sympy import E, S

from klexact import forms
from klexact.distribution import Distribution
from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws.canonical import canonical
from klexact.laws.expectation import weighed
from klexact.laws.law import Law, Moment, table
from klexact.laws.parameters import Parameters, assumptions, joint, known_positive
from klexact.laws.spaces import Outcome, read
from klexact.laws.support import inclusion
from klexact.logform import LogForm
from klexact.ratfunc import as_expr

__all__ = ["Pair", "cross_entropy", "difference", "entropy", "kl_divergence", "law_of", "smooth_divergence"]

Operand = Law | Distribution
Density = dict[sympy.Expr, sympy.Expr]


def entropy(p: Operand, *, base: object = E) -> sympy.Expr:
    """Return the entropy -E[log p(X)] of a law in units of log(base): Shannon's of a mass function, differential of a density.

    A differential entropy may be negative; a point mass has entropy 0. Raises NoClosedFormError.

    >>> from klexact.laws import normal, poisson
    >>> entropy(normal(0, 1)), entropy(poisson(0))
    (log(2)/2 + 1/2 + log(pi)/2, 0)

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., chapter 8.
    """
    if isinstance(p, Distribution):
        return forms.entropy(p).as_expr(base)
    law = law_of(p, p)
    return Pair(law, law).evaluated({t: -c for t, c in law.log_density.items()}, base)


def cross_entropy(p: Operand, q: Operand, *, base: object = E) -> sympy.Expr:
    """Return the cross-entropy -E_p[log q(X)] in units of log(base): the average is over the first law.

    oo where p has mass outside the support of q, or -log q no finite expectation; a density and a mass function have
    infinite cross-entropy. Raises NoClosedFormError.

    >>> from klexact.laws import exponential, normal
    >>> cross_entropy(exponential(1), exponential(2)), cross_entropy(normal(0, 1), exponential(1))
    (2 - log(2), oo)

    Cover & Thomas, 2nd ed., theorem 5.4.3.
    """
    if isinstance(p, Distribution) and isinstance(q, Distribution):
        return forms.cross_entropy(p, q).as_expr(base)
    if _has_labels(p, q):
        return LogForm.infinity().as_expr(base)
    one, other = law_of(p, q), law_of(q, p)
    return Pair(one, other).evaluated({t: -c for t, c in other.log_density.items()}, base)


def kl_divergence(p: Operand, q: Operand, *, base: object = E) -> sympy.Expr:
    """Return the divergence D(p‖q) = E_p[log p(X) - log q(X)] in units of log(base): the average is over the first law.

    It is 0 iff p = q; oo where p has mass outside the support of q, where an expectation under p diverges, and for a
    density beside a mass function. It holds under the conditions of both laws; what it needs beyond them is a
    Piecewise. Raises NoClosedFormError, naming the statistic whose expectation has none.

    >>> from klexact.laws import exponential, normal, pareto, poisson, uniform
    >>> kl_divergence(poisson(0), poisson(1)), kl_divergence(poisson(1), poisson(0))
    (1, oo)
    >>> from sympy.abc import a, b
    >>> kl_divergence(exponential(a), exponential(b))
    log(a) - log(b) + (-a + b)/a
    >>> kl_divergence(uniform(0, a), uniform(0, b))
    Piecewise((-log(a) + log(b), a <= b), (oo, True))
    >>> kl_divergence(pareto(1, 1), exponential(1))
    oo

    Cover & Thomas, 2nd ed., section 8.5; for exponential families it is A(η_q) - A(η_p) - (η_q - η_p)·∇A(η_p):
    Amari & Nagaoka, *Methods of Information Geometry*, 2000, section 3.4.
    """
    if isinstance(p, Distribution) and isinstance(q, Distribution):
        return forms.kl_divergence(p, q).as_expr(base)
    if _has_labels(p, q):
        return LogForm.infinity().as_expr(base)
    one, other = law_of(p, q), law_of(q, p)
    return Pair(one, other).evaluated(difference(one, other), base)


def smooth_divergence(p: Law, q: Law) -> sympy.Expr:
    """Return D(p‖q) of laws whose symbols carry their assumptions, as it comes: to be differentiated.

    Raises NoClosedFormError where it is not known to be finite.
    """
    pair = Pair(p, q)
    value, holds = pair.expected(difference(p, q))
    if holds != sympy.true:
        raise NoClosedFormError(f"a finite divergence is required of {p} from {q}; it needs {holds}")
    return pair.named(value)


def law_of(p: Operand, beside: Operand) -> Law:
    """Return a law; of a Distribution, what it has on outcomes of the other operand's kind."""
    if isinstance(p, Law):
        return p
    if not isinstance(p, Distribution) or not isinstance(beside, Law):
        raise KLExactError(f"a Law or a Distribution is required; found {p!r:.80}")
    found = ((_outcome(x, beside), mass) for x, mass in p.table)
    masses = {x: as_expr(mass) for x, mass in found if x is not None}
    parameters = Parameters({f"p_{k}": mass for k, mass in masses.items()}, p.conditions)
    return table("distribution", parameters, masses)


def _outcome(x: object, law: Law) -> sympy.Basic | None:
    """Return an outcome of a Distribution as one of a law: a number, or a tuple of as many; None of another kind."""
    if not _is_numeric(x):
        return None
    try:
        return read(law.support, x)
    except KLExactError:
        return None


def _is_numeric(x: object) -> bool:
    return all(map(_is_numeric, x)) if isinstance(x, tuple) else isinstance(x, (Real, sympy.Expr))


def _has_labels(p: Operand, q: Operand) -> bool:
    """Tell whether outcomes with mass are none that a law like q could have."""
    return isinstance(p, Distribution) and isinstance(q, Law) and any(_outcome(x, q) is None for x in p.support)


class Pair:
    """Two laws with symbols that carry their assumptions."""

    def __init__(self, p: Law, q: Law) -> None:
        conditions = p.conditions + q.conditions
        symbols = sorted(p.free_symbols | q.free_symbols, key=sympy.default_sort_key)
        self.stand_ins = assumptions(conditions, symbols)
        self.given = {dummy: s for s, dummy in self.stand_ins.items()}
        self.p, self.q = p.xreplace(self.stand_ins), q.xreplace(self.stand_ins)
        self.positive = known_positive(conditions, self.stand_ins)

    def expected(self, density: Mapping[sympy.Expr, sympy.Expr]) -> tuple[sympy.Expr, sympy.Basic]:
        """Return the expectation under p of a linear combination of statistics, and when it is finite."""
        included = inclusion(self.p.support, self.q.support)
        if included == sympy.false:
            return S.Zero, included
        found = self.moments(density)
        finite = joint(m.finite for _, _, m in found)
        _require_no_cancellation([t for _, t, m in found if m.finite != sympy.true], self.p)
        return sympy.Add(*(w * m.value for w, _, m in found)), joint([included, finite])

    def evaluated(self, density: Mapping[sympy.Expr, sympy.Expr], base: object) -> sympy.Expr:
        """Return that expectation in normal form, oo where it diverges, in the symbols that were given."""
        found, holds = self.expected(density)
        infinity = LogForm.infinity().as_expr(base)
        if holds == sympy.false:
            return infinity
        value = canonical(found, self.positive, base)
        if holds != sympy.true:
            value = sympy.Piecewise((value, holds), (infinity, True))
        return self.named(value)

    def moments(self, density: Mapping[sympy.Expr, sympy.Expr]) -> list[tuple[sympy.Expr, sympy.Expr, Moment]]:
        """Return (coefficient, statistic, its expectation under p) of what does not cancel."""
        own = {t.xreplace(self.stand_ins): c.xreplace(self.stand_ins) for t, c in density.items()}
        return weighed(self.p, {t: w for t, c in own.items() if (w := canonical(c, self.positive))})

    def named(self, expr: sympy.Basic) -> sympy.Basic:
        """Return an expression in the symbols that the stand-ins stand for."""
        return expr.xreplace(self.given)


def difference(p: Law, q: Law) -> Density:
    """Return log p - log q, like statistics joined."""
    joined = dict(p.log_density)
    for t, c in q.log_density.items():
        joined[t] = joined.get(t, S.Zero) - c
    return joined


def _require_no_cancellation(diverging: list[sympy.Expr], p: Law) -> None:
    """Refuse diverging expectations that might cancel: of statistics that grow alike."""
    growths = [_growth(t) for t in diverging]
    if len(growths) > 1 and (None in growths or len(set(growths)) < len(growths)):
        shown = ", ".join(f"E[{t}]" for t in diverging)
        raise NoClosedFormError(f"at most one expectation of each growth may diverge under {p}; found {shown}")


def _growth(t: sympy.Expr) -> tuple[sympy.Basic, ...] | None:
    """Return what differs for statistics which are not of the same order at any end, or of different entries."""
    variables = t.atoms(Outcome)
    if len(variables) != 1:
        return None
    (v,) = variables
    if isinstance(t, sympy.exp):
        return (v, S(2), t.args[0])
    if isinstance(t, sympy.Abs):
        return (v, S.One, S.One)
    b, e = t.as_base_exp()
    return (v, S.One, e) if b == v else (v, S.Zero, e) if b == sympy.log(v) else None
