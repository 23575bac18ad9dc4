"""`fit`: the parameter that minimises D(data ‖ model), in closed form, with the proof that it is the global minimum.

One parameter: D is a log form; where its derivative is a rational function, the list of its zeros is complete, and
comparing the values there with those at the ends of the domain settles the global minimum. Models that give a
mass to each of several disjoint blocks: D(P‖Q_θ) = D(P‖Q_π) + D(π‖θ), π the blocks' masses under P, so Gibbs'
inequality does. Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, section 3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cmp_to_key

import sympy
from sympy import QQ, E, EmptySet, FiniteSet

from klexact import forms
from klexact.certificate import Certificate, Minimum
from klexact.certify import decimal, order, unit_name
from klexact.display import text
from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.families import fixed
from klexact.family import Family
from klexact.inflated import minimise_inflated
from klexact.logform import LogForm, log_base
from klexact.polytope import Polytope
from klexact.ratfunc import as_expr, is_parametric, unify
from klexact.several import minimise_several
from klexact.stationary import minimise, minimise_symbolic

__all__ = ["Comparison", "Fit", "compare", "fit"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit(Minimum):
    """The result of `fit`: where D(data ‖ model) is least, its value there, and why: a `Minimum` with data and family."""

    data: Distribution
    family: Family

    @property
    def model(self) -> Distribution:
        """The member of the family at the unique minimiser, where that is rational."""
        if not self.family.parameters:
            return self.family.member()
        best = self.argmin
        values = best if isinstance(best, sympy.Tuple) else (best,)
        if not all(x.is_Rational or x.free_symbols for x in values):
            raise NoClosedFormError(
                f"the model is a Distribution where the optimum is rational; found {best}: use argmin"
            )
        return self.family.at(*values)

    def __repr__(self) -> str:
        return f"<Fit of {self.family.name}: {self.certificate.conclusion}>"


def fit(data: Distribution, family: Family | Distribution, *, base: object = E, limit: float = 60) -> Fit:
    """Minimise D(data ‖ q_θ) over the parameters θ of a family, exactly.

    The data may be symbolic: where the equation is linear in θ the optimum is a formula in the data's symbols. A
    `Distribution` counts as a family without parameters. The result's `explain()` is the whole argument: the collected
    divergence, its derivative, every real zero (kept or rejected), the values at closed ends and the limits at open
    ones, and why the least of them is the global minimum.

    Several parameters: argmins are SymPy Tuples; `limit` bounds the seconds spent on systems of equations, about.

    The minimum may lie at an end, may not be attained, may be +∞ for every θ, and a family may be flat: see `argmins`.
    Raises NoClosedFormError where the derivative is not a rational function over Q, or no proof is found in time.

    >>> from klexact.families import binomial, geometric
    >>> fit(Distribution.from_counts([0, 1, 3]), binomial(2)).argmin
    7/8
    >>> fit(Distribution.point(0), geometric()).argmin, fit(Distribution.point(3), binomial(2)).divergence
    (1, oo)
    >>> fit(Distribution.symbolic("p", 3), binomial(2)).argmin
    p_1/2 + p_2
    """
    data = Distribution(data)
    if isinstance(family, Distribution):
        family = fixed(family)
    if not isinstance(family, Family):
        raise InvalidFamilyError(
            f"a model must be a Family or a Distribution; found {family!r:.80}: see klexact.families"
        )
    log_base(base)  # refuses what is none before anything is computed
    shared = data.free_symbols & set(family.parameters)
    if shared:
        raise InvalidFamilyError(
            f"the parameters of {family.name} must differ from the data's symbols; found {min(shared, key=str)} in both"
        )
    if family.wide is not None:
        raise _no_promise(family)
    found = _least(_divergence(data, family), data, family, limit)
    return Fit(found.argmins, found.value, found.certificate, base, data=data, family=family)


def _least(objective: LogForm, data: Distribution, family: Family, limit: float) -> Minimum:
    if objective.is_infinite:
        return _infinite(objective, data, family)
    if not family.parameters:
        return Minimum(EmptySet, objective, Certificate((), objective, "the model has no parameters"))
    if len(family.parameters) > 1 or isinstance(family.domain, Polytope):
        return _of_several(objective, data, family, limit)
    if data.free_symbols:
        return minimise_symbolic(objective, data, family)
    return minimise(objective, family.parameters[0], family.domain)


def _of_several(objective: LogForm, data: Distribution, family: Family, limit: float) -> Minimum:
    if family.inflated is not None:
        return minimise_inflated(objective, data, family)
    if family.components:
        return _masses(data, family, objective)
    if not isinstance(family.domain, Polytope):
        raise InvalidFamilyError(f"the domain of several parameters must be a Polytope; found {family.domain}")
    given = [p for _, p in data.table if is_parametric(p)]
    return minimise_several(objective, family.parameters, family.domain, limit=limit, given=given)


def _infinite(objective: LogForm, data: Distribution, family: Family) -> Minimum:
    impossible = [x for x in data.support if family.log_probability(x) is None]
    why = (
        f"{family.name} gives probability 0 to the observed {', '.join(map(repr, impossible[:3]))} for every parameter"
    )
    conclusion = "the divergence is +∞ for every parameter"
    return Minimum(EmptySet, objective, Certificate(family.parameters, objective, conclusion, arguments=(why,)))


def _divergence(data: Distribution, family: Family) -> LogForm:
    """Return D(data ‖ q_θ), collected: sum of p log p - p log q_θ."""
    terms = [(QQ(-1), forms.entropy(data))]
    for x in data.support:
        log_q = family.log_probability(x)
        if log_q is None:
            return LogForm.infinity()
        terms.append((-data.mass(x), log_q))
    return LogForm.sum(terms)


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


def _masses(data: Distribution, family: Family, objective: LogForm) -> Minimum:
    masses = []
    for component in family.components:
        elements = unify([data.mass(x) for x in component.support])
        masses.append(sum(elements, QQ(0)))
    weights = [*family.parameters, 1 - sympy.Add(*family.parameters)]
    found, theta = Distribution([as_expr(m) for m in masses]), Distribution(weights)
    value = forms.kl_divergence(data, Distribution.mixture(family.components, list(found.values())))
    gap = forms.kl_divergence(found, theta)
    if objective - value != gap:
        raise KLExactError(f"D(P‖Q_θ) - D(P‖Q_π) must equal D(π‖θ) for {family.name}; found {objective - value}")
    argmin = sympy.Tuple(*(as_expr(m) for m in masses[:-1]))
    names = ", ".join(f"{s} = {v}" for s, v in zip(family.parameters, argmin, strict=True))
    why = (
        f"D(P‖Q_θ) - D(P‖Q_π) = D(π‖θ) = {gap.as_expr()} identically in θ, π being the components' masses under P",
        "D(π‖θ) >= 0, and = 0 only at θ = π (Gibbs' inequality)",
    )
    conclusion = f"the unique global minimum is at {names}"
    return Minimum(FiniteSet(argmin), value, Certificate(family.parameters, objective, conclusion, arguments=why))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models ranked by the divergence of the data from them, least first; ties by the number of parameters."""

    rows: tuple[tuple[str, Fit], ...]
    base: object

    @property
    def best(self) -> tuple[str, Fit]:
        """The first row: a name and its fit."""
        return self.rows[0]

    def __repr__(self) -> str:
        unit = unit_name(self.base)
        lost = [(name, decimal(found.value, base=self.base), text(found.divergence)) for name, found in self.rows]
        return "\n".join(
            f"{i}. {name} loses {short} {unit} = {exact}" for i, (name, short, exact) in enumerate(lost, 1)
        )


def compare(
    data: Distribution,
    models: Mapping[str, Family]
    | Mapping[str, Distribution]
    | Mapping[str, Family | Distribution]
    | Iterable[Family | Distribution],
    *,
    base: object = 2,
) -> Comparison:
    """Rank models by D(data ‖ model), each at its optimum, exactly: what is lost, in bits unless `base` says otherwise.

    Equal divergences are decided as equal and ranked by the number of parameters, the simpler model first.

    >>> from klexact.families import binomial, uniform
    >>> print(compare(Distribution(["1/4", "1/2", "1/4"]), [uniform(3), binomial(2)]))
    1. binomial(2) loses 0 bits = 0
    2. uniform(3) loses 0.0849625007211562 bits = -3/2 + log(3)/log(2)
    """
    if not isinstance(models, Iterable) or isinstance(models, (str, Distribution)):
        raise InvalidFamilyError(f"compare needs a sequence or a mapping of models; found {models!r:.80}")
    named = models.items() if isinstance(models, Mapping) else [(getattr(m, "name", repr(m)), m) for m in models]
    rows = [(name, fit(data, model, base=base)) for name, model in named]
    if not rows:
        raise KLExactError("compare needs at least one model; found none")

    def by_divergence(a: tuple[str, Fit], b: tuple[str, Fit]) -> int:
        parameters = len(a[1].family.parameters) - len(b[1].family.parameters)
        return order(a[1].value, b[1].value) or parameters

    return Comparison(tuple(sorted(rows, key=cmp_to_key(by_divergence))), base)
