"""Expectations of statistics under a law, by differentiating the log-partition, by tilting, by finite sums.

For an exponential family E[Π T_i^{n_i} · exp(Σ t_i T_i)] = e^{-A(η)} (∂^n e^A)(η + t), and the expectation of
exp(Σ t_i T_i) is infinite where η + t leaves the natural domain (Brown, 1986, section 2.2). With log x among the statistics
that gives E[x^r], with x among them the moment generating function. What a family needs besides are its `rules`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import sympy
from sympy import S, log, oo

from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws.canonical import canonical, exponential, is_rational_function
from klexact.laws.law import ExponentialFamily, Law, Moment, Outcome, X, outcomes, terms
from klexact.laws.parameters import assumptions, decide, known_positive
from klexact.laws.spaces import coordinates, is_positive
from klexact.laws.support import at_most
from klexact.logform import LogForm
from klexact.ratfunc import element_of

__all__ = ["expectation", "moment", "weighed"]

_MAX_ORDER = 40


def expectation(law: Law, function: Callable[[sympy.Expr], sympy.Expr] | sympy.Expr) -> sympy.Expr:
    """Return E[f(X)] under a law; f is a function of the outcome, or an expression in its variables.

    It is ±oo where the integral of a single term of f diverges. Raises NoClosedFormError for a statistic without a
    rule, KLExactError where the expectation does not exist.

    >>> from klexact.laws import gamma, poisson
    >>> from sympy.abc import a, b
    >>> expectation(gamma(a, b), sympy.log), expectation(gamma(2, 3), lambda x: 1 / x**2)
    (-log(b) + polygamma(0, a), oo)
    >>> expectation(poisson(0), lambda x: x**2)
    0
    """
    expr = sympy.sympify(function(law.outcome) if callable(function) else function)
    stand_ins = assumptions(law.conditions, law.free_symbols)
    own = law.xreplace(stand_ins)
    found = weighed(own, terms(expr.xreplace(stand_ins)))
    value = sympy.Add(*(c * m.value for c, _, m in found))
    finite = sympy.And(*(m.finite for _, _, m in found))
    shown = canonical(value, known_positive(law.conditions, stand_ins)) if finite != sympy.false else S.Zero
    if finite != sympy.true:
        diverging = [(c, t) for c, t, m in found if m.finite != sympy.true]
        c, t = diverging[0]
        if len(diverging) > 1 or not _is_nonnegative(t, own) or not c.is_extended_real or c.is_zero is not False:
            raise KLExactError(f"the expectation of {expr} under {law} must exist; found {_shown(diverging)} diverging")
        shown = sympy.Piecewise((shown, finite), (sympy.sign(c) * oo, True))
    return shown.xreplace({dummy: s for s, dummy in stand_ins.items()})


def _is_nonnegative(statistic: sympy.Expr, law: Law) -> bool:
    known = {v: sympy.Dummy(v.name, positive=True) for v in statistic.atoms(Outcome) if is_positive(law.support, v)}
    return bool(statistic.xreplace(known).is_nonnegative)


def _shown(diverging: list[tuple[sympy.Expr, sympy.Expr]]) -> str:
    return ", ".join(f"E[{t}]" for _, t in diverging)


def weighed(law: Law, weights: Mapping[sympy.Expr, sympy.Expr]) -> list[tuple[sympy.Expr, sympy.Expr, Moment]]:
    """Return (coefficient, statistic, moment) of a linear combination: statistic -> coefficient.

    Where A is a function, the natural statistics with coefficients that are numbers are taken together: their
    combination c·T has the expectation d/ds A(η + s·c) at s = 0, one derivative in one symbol.
    """
    family = law.family
    if family is None or not family.is_function:
        return [(c, t, moment(law, t)) for t, c in weights.items()]
    together = {t: c for t, c in weights.items() if t in family.statistics and not c.free_symbols}
    direction = tuple(together.get(t, S.Zero) for t in family.statistics)
    joint = sympy.Add(*(c * t for t, c in together.items()))
    found = [(S.One, joint, Moment(_differentiated(family, law.naturals, [direction], (1,))))] if together else []
    return found + [(c, t, moment(law, t)) for t, c in weights.items() if t not in together]


def moment(law: Law, statistic: sympy.Expr) -> Moment:
    """Return the expectation of a statistic under a law, whose symbols carry their assumptions.

    Raises NoClosedFormError where no rule gives it.
    """
    found = _asked(law, statistic)
    if found is not None:
        return found
    parts = terms(statistic)
    if list(parts) != [statistic]:
        moments = [(c, moment(law, t)) for t, c in parts.items()]
        return Moment(sympy.Add(*(c * m.value for c, m in moments)), sympy.And(*(m.finite for _, m in moments)))
    raise NoClosedFormError(f"a closed form needs E[{statistic}] under {law}; no rule gives it: see klexact.laws")


def _asked(law: Law, statistic: sympy.Expr) -> Moment | None:
    if statistic is S.One:
        return Moment(S.One)
    if law.family is not None and (found := _natural(law.family, law.naturals, statistic)) is not None:
        return found
    for rule in law.rules:
        if (found := rule(law, statistic)) is not None:
            return found
    points = outcomes(law)
    if points is not None:
        return _finite_sum(law, statistic, points)
    return _one_sided(law, statistic)


def _one_sided(law: Law, statistic: sympy.Expr) -> Moment | None:
    """|T| is T or -T where the support is known to lie on one side."""
    if not isinstance(statistic, sympy.Abs) or not isinstance(law.support, sympy.Interval):
        return None
    for inner in (statistic.args[0], -statistic.args[0]):
        ends = [inner.xreplace({X: end}) for end in law.support.args[:2]]
        if inner.coeff(X) in {1, -1} and all(at_most(S.Zero, end) == sympy.true for end in ends):
            return moment(law, inner)
    return None


# -- exponential families --------------------------------------------------------------------------------------


def _natural(family: ExponentialFamily, etas: tuple[sympy.Expr, ...], statistic: sympy.Expr) -> Moment | None:
    matched = _matched(family.statistics, statistic)
    if matched is None:
        return None
    order, tilt = matched
    if sum(order) > _MAX_ORDER:
        return None
    moved = tuple(eta + t for eta, t in zip(etas, tilt, strict=True))
    finite = sympy.true
    if any(tilt):
        relations = family.relations(moved)
        decided = [decide(r) for r in relations]
        finite = sympy.And(*(r for r, holds in zip(relations, decided, strict=True) if holds is None))
        if False in decided:
            finite = sympy.false
        if finite != sympy.true and any(order):
            return None  # a statistic may vanish where the tilted density is not integrable
        if finite == sympy.false:
            return Moment(S.Zero, finite)
    if family.is_function:
        involved = [i for i, n in enumerate(order) if n]
        units = [[S.One if j == i else S.Zero for j in range(len(etas))] for i in involved]
        value = _differentiated(family, moved, units, tuple(order[i] for i in involved))
    else:
        value = family.at(_derivative(family, order), moved)
    if any(tilt):
        value *= exponential(family.partition(moved) - family.partition(etas))
    return Moment(value, finite)


def _differentiated(
    family: ExponentialFamily,
    etas: Sequence[sympy.Expr],
    directions: Sequence[Sequence[sympy.Expr]],
    order: tuple[int, ...],
) -> sympy.Expr:
    """Return e^{-A} ∂^order e^A along directions."""
    plane, coefficients = family.along(etas, directions)
    return plane.at(_derivative(plane, order), [S.Zero] * len(order)).xreplace(coefficients)


@lru_cache(maxsize=4096)
def _derivative(family: ExponentialFamily, order: tuple[int, ...]) -> sympy.Expr:
    """Return e^{-A} ∂^order e^A, a polynomial in the derivatives of A."""
    i = next((i for i, n in enumerate(order) if n), None)
    if i is None:
        return S.One
    lower = _derivative(family, (*order[:i], order[i] - 1, *order[i + 1 :]))
    eta = family.naturals[i]
    slope = sympy.diff(family.log_partition, eta)
    return slope if lower is S.One else sympy.expand(sympy.diff(lower, eta) + lower * slope)


@lru_cache(maxsize=4096)
def _matched(
    statistics: tuple[sympy.Expr, ...], statistic: sympy.Expr
) -> tuple[tuple[int, ...], tuple[sympy.Expr, ...]] | None:
    """Return (n, t) with Π T_i^{n_i}·exp(Σ t_i T_i) the statistic, or None."""
    order, tilt = [0] * len(statistics), [S.Zero] * len(statistics)
    if statistic in statistics:
        order[statistics.index(statistic)] = 1
        return tuple(order), tuple(tilt)
    for factor in sympy.Mul.make_args(statistic):
        logarithm = sympy.expand_log(log(factor), force=True)
        for i, t in enumerate(statistics):
            ratio = _constant_ratio(logarithm, sympy.expand_log(log(t), force=True))
            if ratio is not None and ratio.is_Integer and ratio > 0:
                order[i] += int(ratio)
                break
        else:
            for term in sympy.Add.make_args(sympy.expand(logarithm)):
                found = [(i, r) for i, t in enumerate(statistics) if (r := _constant_ratio(term, t)) is not None]
                if not found:
                    return None
                tilt[found[0][0]] += found[0][1]
    return tuple(order), tuple(tilt)


def _constant_ratio(one: sympy.Expr, other: sympy.Expr) -> sympy.Expr | None:
    if other == 0:
        return None
    ratio = one / other
    if ratio.has(Outcome):
        ratio = sympy.cancel(sympy.powsimp(ratio))
    return None if ratio.has(Outcome) else ratio


# -- sums ------------------------------------------------------------------------------------------------------


def _finite_sum(law: Law, statistic: sympy.Expr, points: tuple[sympy.Expr, ...]) -> Moment:
    def at(expr: sympy.Expr, k: sympy.Expr) -> sympy.Expr:
        return expr.xreplace(coordinates(law.support, k)).doit()

    logs = [sympy.Add(*(c * value for t, c in law.log_density.items() if (value := at(t, k)) != 0)) for k in points]
    masses, values = [exponential(e) for e in logs], [at(statistic, k) for k in points]
    arguments = [value.args[0] if isinstance(value, log) else sympy.exp(value) for value in values]
    if all(x.is_Rational for x in arguments) and all(map(is_rational_function, masses)):
        pairs = zip(map(element_of, masses), map(element_of, arguments), strict=True)
        return Moment(LogForm.of_logs(pairs).as_expr())  # a thousand logarithms are slow to add as expressions
    return Moment(sympy.Add(*(mass * value for mass, value in zip(masses, values, strict=True))))
