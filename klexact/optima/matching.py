"""Moment matching: the law of an exponential family that is nearest to another law, or to data.

-E_P[log q_θ] = A(η) - η·E_P[T] - E_P[log h], η = η(θ), and A is strictly convex. So where η(θ) fills an affine part of the
natural parameters, a zero of the gradient, ∇A(η) = E_P[T] along it, is the only one, and the global minimum of D(P‖q_θ)
(Brown, *Fundamentals of Statistical Exponential Families*, 1986, theorems 1.13 and 5.5).
Coq: ExponentialFamilies.moment_matching, ExponentialFamilies.moment_matching_argmin,
ExponentialFamilies.moment_matching_unique, ExponentialFamilies.log_partition_derivative.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import sympy
from flint import ctx
from sympy import FiniteSet, S

from klexact.balls import UnresolvedError
from klexact.certify import is_zero
from klexact.distribution import Distribution
from klexact.dyadic import ball_of
from klexact.errors import InvalidNumberError, KLExactError, NoClosedFormError, UndecidedError
from klexact.expression import Expression, evaluated, recognised
from klexact.laws.canonical import canonical
from klexact.laws.divergence import cross_entropy, kl_divergence, law_of
from klexact.laws.expectation import expectation
from klexact.laws.law import Law
from klexact.laws.parameters import assumptions, decide, known_positive
from klexact.laws.support import inclusion
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum, told
from klexact.optima.formula import Formula
from klexact.zeroof import ZeroOf

__all__ = ["match"]

_CONVEX = (
    "up to a constant the objective is A(η) - η·E_P[T], strictly convex in the natural parameters η, and these fill "
    "a part of an affine space: a zero of the gradient is the only one, and the global minimum"
)
_OCTAVES = 60  # in which the zero of a last equation is looked for, on both sides of 1
_CANDIDATES = 200  # integers and half-integers that are tried as zeros
_WITHOUT_INVERSE = (sympy.polygamma, sympy.loggamma, sympy.besseli, sympy.log, sympy.exp)
_SAMPLES = 3  # rational points a dimension, from which affine relations are guessed before they are proved


def match(data: Distribution | Law, model: Law, *, likelihood: bool = False) -> Minimum:
    """Return the minimum of D(P‖q_θ) over the free symbols of a law, or of -E_P[log q_θ] where `likelihood` is said.

    The symbols of the data stay symbols. For a density beside data the divergence is +∞; its likelihood is not. Raises
    NoClosedFormError, with the equations, for a law that is no exponential family, or curved, or too hard.

    >>> from klexact.laws import gamma, normal, poisson
    >>> from sympy.abc import m, s, t
    >>> match(gamma(2, 1), normal(m, s)).argmins, match(Distribution.from_counts([1, 2, 1]), poisson(t)).argmin
    ({(2, sqrt(2))}, 1)
    >>> match(Distribution.point(0), poisson(t))
    Traceback (most recent call last):
    ...
    klexact.errors.NoClosedFormError: E_P[T] must be a mean of poisson(t); found no t with t > 0 and -t = 0: ...
    """
    parameters = tuple(sorted(model.free_symbols - data.free_symbols, key=sympy.default_sort_key))
    family = model.family
    if not parameters:
        raise NoClosedFormError(f"a model to fit must have free symbols beside the data's; found {model}")
    if family is None:
        raise NoClosedFormError(f"moments are matched to an exponential family; found {model}, which is none")
    parts = (*family.statistics, family.log_carrier, family.support)
    if any(part.free_symbols & set(parameters) for part in parts):
        raise NoClosedFormError(
            f"{model} must be an exponential family in {', '.join(map(str, parameters))}; found that its statistics or its "
            "support move with them"
        )
    _require_affine(model, parameters)
    own = _read(data, model)
    moments = sympy.Tuple(*(_mean(own, t, model) for t in family.statistics))
    stand_in = assumptions((*data.conditions, *model.conditions), data.free_symbols | model.free_symbols)
    back = {dummy: symbol for symbol, dummy in stand_in.items()}
    positive = known_positive((*data.conditions, *model.conditions), stand_in)
    scores = [canonical(e.xreplace(stand_in), positive) for e in _scores(moments, model, parameters)]
    found = _solved(scores, [stand_in[t] for t in parameters], model, back)
    argmin = sympy.Tuple(*(canonical(found[stand_in[t]], positive).xreplace(back) for t in parameters))
    scores = [e.xreplace(back) for e in scores]
    best = model.subs(dict(zip(parameters, argmin, strict=True)))
    measure = _log_loss if likelihood else kl_divergence
    value, location = _value(measure(data, best)), argmin[0] if len(argmin) == 1 else argmin
    certificate = Certificate(
        parameters,
        Formula(measure(data, model)),
        f"the unique global minimum is at {', '.join(f'{t} = {told(x)}' for t, x in zip(parameters, argmin, strict=True))}",
        minimisers=(Candidate("stationary point", location, value),),
        convex=True,
        arguments=(
            f"E_P[T] = {moments} for the statistics T = {family.statistics}",
            f"the gradient is 0 where {' and '.join(f'{e} = 0' for e in scores)}",
            _CONVEX,
        ),
        conditions=tuple(c for c in best.conditions if not decide(c.xreplace(stand_in))),
        name="H" if likelihood else "D",
    )
    return Minimum(FiniteSet(location), value, certificate)


def _scores(moments: sympy.Tuple, model: Law, parameters: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
    """Return what vanishes where the gradient by the parameters does; E_q[T] is ∇A(η)."""
    statistics = model.family.statistics if model.family else ()
    gaps = [m - expectation(model, t) for m, t in zip(moments, statistics, strict=True)]
    if len(parameters) == len(gaps):  # η is one to one in θ
        return gaps
    jacobian = sympy.Matrix(model.naturals).jacobian(sympy.Matrix(parameters))
    return list(sympy.Matrix([gaps]) * jacobian)


def _mean(data: Law, statistic: sympy.Expr, model: Law) -> sympy.Expr:
    found = expectation(data, statistic)
    if found.is_infinite:
        raise KLExactError(f"E_P[{statistic}] must be finite for {model}; found {found}")
    return found


def _read(data: Distribution | Law, model: Law) -> Law:
    """Return the data as a law, on outcomes of the model's kind; refuse others."""
    if isinstance(data, Law):
        if inclusion(data.support, model.support) == S.false:
            raise KLExactError(f"the data must lie in {model.support} for {model}; found {data} on {data.support}")
        return data
    own = law_of(data, model)
    if len(own.support) < len(data.support):
        known = set(map(str, own.support))
        odd = next((x for x in data.support if str(sympy.Tuple(*x) if isinstance(x, tuple) else x) not in known), None)
        raise KLExactError(f"the data must be numbers, or tuples of as many, for {model}; found {odd!r}")
    for x in own.support:
        if isinstance(x, sympy.Expr) and model.support.contains(x) == S.false:
            raise KLExactError(f"the data must lie in {model.support} for {model}; found {x!r}")
    return own


def _require_affine(model: Law, parameters: Sequence[sympy.Symbol]) -> None:
    """Require that η(θ) lies in an affine space of as many dimensions as there are parameters."""
    functions = [S.One, *model.naturals]
    points = [
        {t: sympy.Rational(2 * i + 3 * j + 5, 7 * i + 11) for j, t in enumerate(parameters)}
        for i in range(_SAMPLES * len(functions))
    ]
    samples = sympy.Matrix([[f.subs(point) for f in functions] for point in points])
    relations = [
        r for r in samples.nullspace() if sympy.simplify(sum(c * f for c, f in zip(r, functions, strict=True))) == 0
    ]
    if len(model.naturals) - len(relations) != len(parameters):
        raise NoClosedFormError(
            f"the natural parameters of {model} must fill an affine space; found a curved family {model.naturals}"
        )


def _solved(
    scores: Sequence[sympy.Expr],
    parameters: Sequence[sympy.Symbol],
    model: Law,
    names: Mapping[sympy.Dummy, sympy.Symbol],
) -> dict[sympy.Symbol, sympy.Expr]:
    """Solve the equations, one parameter after the other; the last equation may have a zero without closed form."""
    left, unknown, chain = list(scores), list(parameters), list[tuple[sympy.Symbol, sympy.Expr]]()
    while unknown:
        step = next(
            ((i, t, x) for i, e in enumerate(left) for t in unknown for x in _roots(e, t, model, names)),
            None,
        )
        if step is None and len(unknown) == 1 and len(left[0].free_symbols) == 1:
            step = 0, unknown[0], _isolated(left[0], unknown[0], model, names)
        if step is None:
            shown = ", ".join(f"{e.xreplace(names)} = 0" for e in left)
            raise NoClosedFormError(
                f"the moment equations of {model} must have a closed form, or be one; left is {shown}"
            )
        i, t, solution = step
        left.pop(i)
        left = [e.subs(t, solution) for e in left]
        unknown.remove(t)
        chain.append((t, solution))
    found: dict[sympy.Symbol, sympy.Expr] = {}
    for t, solution in reversed(chain):
        found[t] = solution.subs(found)
    return found


def _roots(
    equation: sympy.Expr, t: sympy.Symbol, model: Law, names: Mapping[sympy.Dummy, sympy.Symbol]
) -> list[sympy.Expr]:
    """Return the solutions for one parameter that its conditions allow; none where SymPy has no closed form."""
    if t not in equation.free_symbols or any(t in f.free_symbols for f in equation.atoms(*_WITHOUT_INVERSE)):
        return []
    own = _own(model, names[t])
    found = [x for x in sympy.solve(equation, t) if all(decide(c.subs(names[t], x)) is not False for c in own)]
    if not found:
        raise NoClosedFormError(
            f"E_P[T] must be a mean of {model}; found no {names[t]} with {' and '.join(map(str, own)) or 'a real value'} and "
            f"{equation.xreplace(names)} = 0: the infimum is at the boundary of the family"
        )
    return found


def _own(model: Law, t: sympy.Symbol) -> list[sympy.Basic]:
    return [c for c in model.conditions if t in c.free_symbols]


def _isolated(
    equation: sympy.Expr, t: sympy.Symbol, model: Law, names: Mapping[sympy.Dummy, sympy.Symbol]
) -> sympy.Expr:
    """Return the only zero of a last equation; convexity says that there is one at most."""
    steps = [sympy.Rational(8, 7) * sympy.Rational(2) ** k for k in range(-_OCTAVES, _OCTAVES)]
    grid = {*steps, *(-x for x in steps), *(1 - x for x in steps)}
    own = _own(model, names[t])
    signs = [(x, _sign(equation, t, x)) for x in sorted(grid) if all(decide(c.subs(names[t], x)) for c in own)]
    shown = [(x, s) for x, s in signs if s]
    for (below, s), (above, other) in pairwise(shown):
        if s != other:
            return _simplified(ZeroOf(equation.xreplace(names), names[t], below, above))
    raise NoClosedFormError(
        f"{equation.xreplace(names)} = 0 must have a solution for {model}; found none for {names[t]} between "
        f"{shown[0][0]} and {shown[-1][0]}"
    )


def _simplified(zero: ZeroOf) -> sympy.Expr:
    """Return the integer or half-integer in the bracket that is the zero, if one is."""
    lower, upper = sympy.floor(2 * zero.lower), sympy.ceiling(2 * zero.upper)
    for twice in range(lower, min(upper, lower + _CANDIDATES) + 1):
        near = sympy.Rational(twice, 2)
        if zero.lower < near < zero.upper and _sign(zero.expr, zero.symbol, near) == 0:
            with suppress(UndecidedError):
                return near if is_zero(zero.expr.subs(zero.symbol, near)) else zero
    return zero


def _sign(equation: sympy.Expr, t: sympy.Symbol, at: sympy.Rational) -> int:
    """Return a sign, or 0 where it does not show."""
    for prec in (64, 256):
        with ctx.workprec(prec), suppress(UnresolvedError):
            ball = evaluated(equation, prec, {t: ball_of(at)})
            if ball != 0:
                return 1 if ball > 0 else -1
    return 0


def _log_loss(data: Distribution | Law, model: Law) -> sympy.Expr:
    """Return -E_P[log q]; of data beside a density too, where cross-entropy is infinite."""
    if isinstance(data, Law):
        return cross_entropy(data, model)
    own = law_of(data, model)
    return canonical(-sympy.Add(*(c * expectation(own, t) for t, c in model.log_density.items())))


def _value(expr: sympy.Expr) -> Any:
    """Return a value that `klexact.certify` takes, where it is a number."""
    if expr.free_symbols:
        return Formula(expr)
    try:
        found = recognised(expr)
        return found[0] if found and found[1] == LogForm(1) else Expression(expr)
    except InvalidNumberError:  # a series
        return Formula(expr)
