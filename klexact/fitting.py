"""`fit`: the parameter that minimises D(data ‖ model), in closed form, with the proof that it is the global minimum.

One parameter: the objective is a log form; the list of the zeros of its derivative is complete, and comparing the values there
with those at the ends of the domain settles the global minimum (`klexact.optima.stationary`). Models that give a mass to
each of several disjoint blocks: Gibbs' inequality does (`klexact.optima.blocks`).
Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, section 3.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import Any

import sympy
from sympy import E, EmptySet

from klexact.certify import order
from klexact.display import listed
from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.exact import formula
from klexact.families import fixed
from klexact.family import Family
from klexact.foreign import understood
from klexact.laws import Law
from klexact.laws.law import outcomes
from klexact.logform import LogForm, log_base
from klexact.optima import blocks
from klexact.optima.certificate import Certificate, Minimum, told
from klexact.optima.formula import read_form, require_real
from klexact.optima.inflated import minimise_inflated
from klexact.optima.limits import Placed
from klexact.optima.matching import match
from klexact.optima.objectives import Posed, named, posed
from klexact.optima.several import minimise_several
from klexact.optima.stationary import minimise as least
from klexact.optima.stationary import minimise_symbolic
from klexact.polytope import Polytope
from klexact.ratfunc import is_parametric
from klexact.sheet import Displayed, Sheet, text
from klexact.units import quantity

__all__ = ["Comparison", "Fit", "compare", "fit", "minimise"]

_LONG = 60  # characters of a name in a ranking


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit(Minimum):
    """The result of `fit`: where D(data ‖ model) is least, its value there, and why: a `Minimum` with data and family.

    For a model that is a law with free symbols, `law` is that law and `family` tells its name and parameters.
    """

    data: Distribution | Law
    family: Family
    law: Law | None = None

    @property
    def model(self) -> Any:
        """The member of the family at the unique minimiser: a Distribution where that is rational, or a law."""
        if self.law is not None:
            best = self.argmin
            values = best if isinstance(best, sympy.Tuple) else (best,)
            return self.law.subs(dict(zip(self.family.parameters, values, strict=True)))
        if not self.family.parameters:
            return self.family.member()
        best = self.argmin
        values = best if isinstance(best, sympy.Tuple) else (best,)
        if any(not x.is_Rational and not x.free_symbols for x in values):
            raise NoClosedFormError(
                f"the model is a Distribution where the optimum is rational; found {told(best)}: use argmin"
            )
        return self.family.at(*values)

    def __repr__(self) -> str:
        return f"<Fit of {self.family.name}: {self.certificate.conclusion}>"


def fit(
    data: object,
    family: object,
    *,
    objective: str | Callable[[Distribution, Distribution], sympy.Expr] = "forward",
    base: object = E,
    limit: float = 60,
) -> Fit:
    """Minimise D(data ‖ q_θ) over the parameters θ of a family, exactly; or another objective.

    `objective` is "forward", "reverse" (D(q_θ ‖ data)), "jeffreys", "jensen-shannon", "cross-entropy", or a function of
    (data, model) that returns a SymPy expression made of measures; then `base` is the expression's own.

    The data may be symbolic: where the equation is linear in θ the optimum is a formula in the data's symbols. A
    `Distribution` counts as a family without parameters, a law (`klexact.laws`) as the family of its free symbols: then
    the data may be a law too, and maximum likelihood for densities is the objective "cross-entropy". Data and models of other
    libraries count as what they stand for (`klexact.interop`).

    The result's `explain()` is the whole argument: the collected objective, its derivative, every real zero (kept or
    rejected), the values at closed ends and the limits at open ones, and why the least of them is the global minimum.
    Where the derivative is no rational function, its zeros may have no closed form: then they are `ZeroOf`, isolated,
    and refinable to any number of digits.

    Several parameters: argmins are SymPy Tuples; `limit` bounds the seconds spent on systems of equations, about.

    The minimum may lie at an end, may not be attained, may be +∞ for every θ, and a family may be flat: see `argmins`.
    Raises NoClosedFormError where the objective is not made of logarithms of rational functions over Q, or no proof is found in
    time: its `found` is the certificate so far.

    >>> from klexact.families import binomial, geometric, two_part
    >>> fit(Distribution.from_counts([0, 1, 3]), binomial(2)).argmin
    7/8
    >>> fit(Distribution.point(0), geometric()).argmin, fit(Distribution.point(3), binomial(2)).divergence
    (1, oo)
    >>> fit(Distribution.symbolic("p", 3), binomial(2)).argmin
    p_1/2 + p_2
    >>> fit(Distribution(["1/2", "1/3", "1/6"]), two_part([0], [1, 2]), objective="reverse").argmin   # 0.515
    3/(2*sqrt(2) + 3)

    Coq: Projection.cross_entropy_same_argmin, Projection.cross_entropy_same_derivative.
    """
    data, family = understood(data), understood(family)
    if isinstance(family, Law) and not family.free_symbols and outcomes(family) is not None:
        family = Distribution(family)
    if isinstance(family, Law):
        return _fit_law(data, family, objective, base)
    if isinstance(data, Law) and outcomes(data) is None:
        raise InvalidFamilyError(
            f"a law with infinitely many outcomes is fitted by a law with free symbols; found {family!r:.80}"
        )
    data = Distribution(data)
    if isinstance(family, Distribution):
        family = fixed(family, "the model")
    if not isinstance(family, Family):
        raise InvalidFamilyError(
            f"a model must be a Family, such as klexact.families.binomial(10), or a Distribution; found {family!r:.80}"
            f"{': call it' if callable(family) else ''}"
        )
    chosen = named(objective)
    log_base(base)  # refuses what is none before anything is computed
    shared = data.free_symbols & set(family.parameters)
    if shared:
        raise InvalidFamilyError(
            f"the parameters of {family.name} must differ from the data's symbols; found {min(shared, key=str)} in both"
        )
    if family.wide is not None:
        raise _no_promise(family)
    several, known = len(family.parameters) > 1, (*_FORWARD, *(["reverse"] if family.components else []))
    if several and getattr(chosen, "name", None) not in known:
        raise NoClosedFormError(
            f"several parameters are fitted by {', '.join(known)}; found {getattr(chosen, 'name', 'a formula')!r} for "
            f"{family.name} with {', '.join(map(str, family.parameters))}: give values to all but one"
        )
    problem = posed(chosen, data, family, base)
    found = _least(problem, chosen, data, family, limit)
    unless = "" if found.value.is_infinite else problem.unless
    certificate = replace(found.certificate, meaning=problem.meaning, unless=unless)
    return Fit(found.argmins, found.value, certificate, problem.base, data=data, family=family)


def _fit_law(data: object, law: Law, objective: object, base: object) -> Fit:
    """Match moments: the divergence of data from a density is +∞, its likelihood is not."""
    if objective not in _FORWARD:
        raise NoClosedFormError(f"laws are fitted by {' or '.join(_FORWARD)}; found {objective!r}")
    likelihood, data = objective == "cross-entropy", data if isinstance(data, Law) else Distribution(data)
    parameters = tuple(sorted(law.free_symbols - data.free_symbols, key=sympy.default_sort_key))
    family = Family(repr(law), parameters, None, lambda _: None, lambda *_: Distribution.point(0))
    if not likelihood and isinstance(data, Distribution) and not law.is_discrete:
        infinite = Posed(LogForm.infinity(), base, "D")
        found = _infinite(infinite, family, f"{law} is a density: maximum likelihood is the objective 'cross-entropy'")
    else:
        found = match(data, law, likelihood=likelihood)
    return Fit(found.argmins, found.value, found.certificate, base, data=data, family=family, law=law)


def _least(problem: Posed, objective: object, data: Distribution, family: Family, limit: float) -> Minimum:
    form, direction = problem.form, getattr(objective, "name", None)
    if family.components and direction == "reverse":
        return blocks.reverse(data, family, problem) or _infinite(problem, family)
    if form.is_infinite and not problem.apart:
        return _infinite(problem, family)
    if not family.parameters:
        nothing = Certificate((), form, "nothing is to be chosen: the model has no parameters", name=problem.symbol)
        return Minimum(EmptySet, form, nothing)
    if len(family.parameters) > 1 or isinstance(family.domain, Polytope):
        found = _of_several(problem, direction, data, family, limit)
    elif data.free_symbols:
        if direction not in _FORWARD:
            raise NoClosedFormError(
                f"symbolic data have a closed form forward, or for disjoint blocks; found {direction}"
            )
        found = minimise_symbolic(form, data, family, name=problem.symbol)
    else:
        theta, domain = family.parameters[0], family.domain
        found = least(form, theta, domain, name=problem.symbol, apart=problem.apart, known=problem.known)
    if direction != "cross-entropy":
        return found
    return replace(found, certificate=replace(found.certificate, arguments=(*found.certificate.arguments, _SAME)))


def _of_several(problem: Posed, direction: str | None, data: Distribution, family: Family, limit: float) -> Minimum:
    if family.inflated is not None and direction == "forward":
        return minimise_inflated(problem.form, data, family)
    if family.components and direction in _FORWARD:
        return blocks.forward(data, family, problem)
    if not isinstance(family.domain, Polytope):
        raise NoClosedFormError(
            f"{direction} needs the domain of several parameters to be a Polytope; found {family.domain}"
        )
    given = [p for _, p in data.table if is_parametric(p)]
    return minimise_several(problem.form, family.parameters, family.domain, limit=limit, given=given)


def _infinite(problem: Posed, family: Family, why: str = "") -> Minimum:
    shown, always = listed(problem.impossible), " for every parameter" if family.parameters else ""
    why = why or (
        f"{family.name} gives probability 0 to the observed {shown}{always}: its outcomes are {family.outcomes_text}"
        if problem.symbol in ("D", "H")
        else f"{family.name} and the data do not share {shown}, whatever the parameter"
    )
    conclusion = f"{'the divergence' if problem.symbol == 'D' else problem.symbol} is +∞{always}"
    certificate = Certificate(family.parameters, problem.form, conclusion, arguments=(why,), name=problem.symbol)
    return Minimum(EmptySet, problem.form, certificate)


def _no_promise(family: Family) -> NoClosedFormError:
    theta = family.parameters[0]
    slopes = {x: sympy.diff(sympy.log(q), theta) for x, q in (family.wide or {}).items()}
    x, slope = next(
        ((x, s) for x, s in slopes.items() if not s.is_rational_function(theta)), next(iter(slopes.items()))
    )
    return NoClosedFormError(
        f"a closed form is promised where the score is a rational function over Q; found d/d{theta} log q({x!r}) = "
        f"{slope} for {family.name}: no closed form is promised; reparametrise it, for example with a new symbol for "
        f"exp({theta})"
    )


_FORWARD = ("forward", "cross-entropy")
_SAME = "H(P, Q_θ) = H(P) + D(P‖Q_θ), and H(P) does not depend on θ: the minimisers are those of the divergence"


def minimise(objective: sympy.Expr, parameter: sympy.Symbol, domain: sympy.Interval) -> Minimum:
    """Minimise an expression made of measures over one parameter in an interval, exactly, with the proof.

    The expression is a sum of logarithms of rational functions of the parameter, with such coefficients, over one log base:
    what the measures return for distributions with that symbol. Open ends count by their limits. Raises NoClosedFormError
    for other expressions, KLExactError for one that is unbounded below.

    >>> from sympy.abc import t
    >>> from klexact.measures import entropy, kl_divergence
    >>> coin, data = Distribution([1 - t, t]), Distribution(["1/3", "2/3"])
    >>> minimise(kl_divergence(data, coin) + entropy(data), t, sympy.Interval(0, 1)).argmin
    2/3
    >>> minimise(-entropy(coin, base=2), t, sympy.Interval(0, 1)).divergence
    -1
    """
    objective = formula(objective, "the objective")
    form, base = read_form(objective)
    require_real(objective, form, parameter, domain)
    return replace(least(form, parameter, domain, name="F"), base=base)


def _name_of(model: Any) -> str:
    """Return what a model is called in a ranking."""
    if hasattr(model, "name") and not isinstance(model, Law):  # a family, a random variable
        return str(model.name)
    model = understood(model)
    if isinstance(model, Distribution) and len(repr(model)) > _LONG:
        return f"a distribution on {listed(model.support)}"
    return str(model)


@dataclass(frozen=True, eq=False)
class Comparison(Displayed):
    """Models ranked by the divergence of the data from them, least first; ties by the number of parameters."""

    rows: tuple[tuple[str, Fit], ...]
    base: object

    @property
    def best(self) -> tuple[str, Fit]:
        """The first row: a name and its fit."""
        return self.rows[0]

    def _sheet(self) -> Sheet:
        rows = [
            (str(i), name, quantity(found.value, base=self.base), found.divergence)
            for i, (name, found) in enumerate(self.rows, 1)
        ]
        return Sheet("", ("", "model", "loses", "exactly"), rows)

    def __repr__(self) -> str:
        lost = [
            (name, quantity(found.value, base=self.base), "" if isinstance(found.value, Placed) else found.divergence)
            for name, found in self.rows
        ]
        return "\n".join(
            f"{i}. {name} loses {short}" + (f" = {text(exact)}" if exact != "" else "")
            for i, (name, short, exact) in enumerate(lost, 1)
        )


def compare(
    data: object,
    models: Mapping[str, Any] | Iterable[Any],
    *,
    objective: str = "forward",
    base: object = 2,
) -> Comparison:
    """Rank models by D(data ‖ model), each at its optimum, exactly: what is lost, in bits unless `base` says otherwise.

    Data and models are what `fit` takes, and `objective` is one of its; a mapping names the models.

    Equal divergences are decided as equal and ranked by the number of parameters, the simpler model first.

    >>> from klexact.families import binomial, uniform
    >>> print(compare(Distribution(["1/4", "1/2", "1/4"]), [uniform(3), binomial(2)]))
    1. binomial(2) loses 0 bits = 0
    2. uniform(3) loses 0.0849625007211562 bits = -3/2 + log(3)/log(2)
    """
    if not isinstance(models, Iterable) or isinstance(models, (str, Distribution)):
        raise InvalidFamilyError(f"compare needs a sequence or a mapping of models; found {models!r:.80}")
    named = models.items() if isinstance(models, Mapping) else [(_name_of(m), m) for m in models]
    rows = [(name, fit(data, model, objective=objective, base=base)) for name, model in named]
    if not rows:
        raise KLExactError("compare needs at least one model; found none")

    def by_divergence(a: tuple[str, Fit], b: tuple[str, Fit]) -> int:
        parameters = len(a[1].family.parameters) - len(b[1].family.parameters)
        return order(a[1].value, b[1].value) or parameters

    return Comparison(tuple(sorted(rows, key=cmp_to_key(by_divergence))), base)
