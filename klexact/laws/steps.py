"""The derivation of a divergence, step by step: from the log-partition, from expectations, or term by term."""

import sympy

from klexact import forms
from klexact.derivation import Derivation, Sign, Step
from klexact.distribution import Distribution
from klexact.errors import KLExactError
from klexact.laws.divergence import Pair, difference, kl_divergence
from klexact.laws.law import ExponentialFamily, Law
from klexact.laws.support import inclusion

__all__ = ["derive"]

_D = Sign("D(p‖q)", r"D(p \,\|\, q)")
_MAX_TERMS = 20


def derive(p: Law | Distribution, q: Law | Distribution) -> Derivation:
    """Derive D(p‖q) in readable steps, as text and as LaTeX. A `Fit` has its own: `fit(...).derivation`.

    Raises as `kl_divergence`.

    >>> from klexact.laws import exponential, poisson
    >>> from sympy.abc import a, b
    >>> print(derive(poisson(a), poisson(b)))
    p = poisson(a) and q = poisson(b) have densities h(x)·exp(η·T(x) - A(η)), with T = (x,), log h = -loggamma(x + 1)
    A(η) = exp(eta)
    ∇A(η) = (exp(eta),)
    η_p = (log(a),) and η_q = (log(b),)
    E_p[T] = ∇A(η_p) = (a,)
    D(p‖q) = A(η_q) - A(η_p) - (η_q - η_p)·∇A(η_p) = a*log(a) - a*log(b) - a + b
    provided that a > 0
    provided that b > 0
    >>> print(derive(exponential(1), poisson(1)))
    exponential(1) has mass outside the support of poisson(1): D(p‖q) = oo
    """
    if isinstance(p, Distribution) and isinstance(q, Distribution):
        return _of_tables(p, q)
    if not isinstance(p, Law) or not isinstance(q, Law):
        raise KLExactError(f"derive needs two laws or two distributions; found {p!r:.80} and {q!r:.80}")
    value = kl_divergence(p, q)
    conditions = [Step("provided that {}", c) for c in dict.fromkeys((*p.conditions, *q.conditions))]
    if value is sympy.oo and inclusion(p.support, q.support) == sympy.false:
        outside = Step("{} has mass outside the support of {}: {} = {}", _said(p), _said(q), _D, value)
        return Derivation([outside, *conditions])
    if p.family is not None and p.family == q.family:
        return Derivation([*_bregman(p, q, p.family, value), *conditions])
    return Derivation([*_by_expectations(p, q, value), *conditions])


def _bregman(p: Law, q: Law, family: ExponentialFamily, value: sympy.Expr) -> list[Step]:
    statistics, carrier = sympy.Tuple(*family.statistics), family.log_carrier
    gradient = sympy.Tuple(*(sympy.diff(family.log_partition, eta) for eta in family.naturals))
    eta, at_p, at_q = Sign("η", r"\eta"), Sign("η_p", r"\eta_p"), Sign("η_q", r"\eta_q")
    density = Sign("h(x)·exp(η·T(x) - A(η))", r"h(x) \exp(\eta \cdot T(x) - A(\eta))")
    bregman = Sign(
        "A(η_q) - A(η_p) - (η_q - η_p)·∇A(η_p)",
        r"A(\eta_q) - A(\eta_p) - (\eta_q - \eta_p) \cdot \nabla A(\eta_p)",
    )
    means = sympy.Tuple(*(sympy.simplify(family.at(g, p.naturals)) for g in gradient))
    return [
        Step(
            "p = {} and q = {} have densities {}, with T = {}, log h = {}",
            _said(p),
            _said(q),
            density,
            statistics,
            carrier,
        ),
        Step("A({}) = {}", eta, family.log_partition),
        Step("{} = {}", Sign("∇A(η)", r"\nabla A(\eta)"), gradient),
        Step("{} = {} and {} = {}", at_p, sympy.Tuple(*p.naturals), at_q, sympy.Tuple(*q.naturals)),
        Step("{} = {}", Sign("E_p[T] = ∇A(η_p)", r"E_p[T] = \nabla A(\eta_p)"), means),
        Step("{} = {} = {}", _D, bregman, value),
    ]


def _by_expectations(p: Law, q: Law, value: sympy.Expr) -> list[Step]:
    """The densities' logarithms as sums of statistics, and the expectation of each."""
    pair = Pair(p, q)
    found = pair.moments(difference(p, q))
    steps = [
        Step(
            "{} = {}",
            Sign(f"log {name}(x)", rf"\log {name}(x)"),
            sympy.Add(*(c * t for t, c in law.log_density.items())),
        )
        for name, law in (("p", p), ("q", q))
    ]
    joined = pair.named(sympy.Add(*(w * t for w, t, _ in found)))
    steps.append(Step("{} = {}", Sign("log p(x) - log q(x)", r"\log p(x) - \log q(x)"), joined))
    for _, t, m in found:
        if t != 1:
            shown = pair.named(t)
            mean = Sign(f"E_p[{shown}]", rf"E_p\left[{sympy.latex(shown)}\right]")
            infinite = [] if m.finite == sympy.true else [pair.named(m.finite)]
            steps.append(Step("{} = {}" + ", finite where {}" * len(infinite), mean, pair.named(m.value), *infinite))
    return [*steps, Step("{} = {} = {}", _D, Sign("E_p[log p - log q]", r"E_p[\log p - \log q]"), value)]


def _log_density(law: Law) -> sympy.Expr:
    return sympy.Add(*(sympy.expand_log(c, force=True) * t for t, c in law.log_density.items()))


def _of_tables(p: Distribution, q: Distribution) -> Derivation:
    value = forms.kl_divergence(p, q).as_expr()
    support = list(p.support)
    terms = [
        Step("x = {}: {} = {}", _said(x), Sign("p(x)·log(p(x)/q(x))", r"p(x) \log \frac{p(x)}{q(x)}"), _term(p, q, x))
        for x in support[:_MAX_TERMS]
    ]
    more = [Step(f"and {len(support) - _MAX_TERMS} more terms")] if len(support) > _MAX_TERMS else []
    zero = Step("outcomes with p(x) = 0 add nothing: the limit of {} at 0", Sign("x·log x", r"x \log x"))
    return Derivation([*terms, *more, zero, Step("{} = {}", _D, value)])


def _said(thing: object) -> Sign:
    return Sign(repr(thing), rf"\text{{{thing!r}}}")


def _term(p: Distribution, q: Distribution, x: object) -> sympy.Expr:
    return forms.sum_terms([forms.rel_entr(p.mass(x), q.mass(x))]).as_expr()
