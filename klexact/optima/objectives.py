"""What `fit` minimises: the divergence in either direction, their symmetric kin, cross-entropy, or a formula of your own.

| name | objective | also known as |
|---|---|---|
| `"forward"` | D(P‖Q_θ) | M-projection, maximum likelihood |
| `"reverse"` | D(Q_θ‖P) | I-projection onto the model, variational inference |
| `"jeffreys"` | D(P‖Q_θ) + D(Q_θ‖P) | Jeffreys divergence, PSI |
| `"jensen-shannon"` | (D(P‖M) + D(Q_θ‖M))/2, M = (P + Q_θ)/2 | |
| `"cross-entropy"` | H(P, Q_θ) = H(P) + D(P‖Q_θ) | log loss |

Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, sections 3 and 5; Lin, 1991 (Jensen-Shannon).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

import sympy
from flint import fmpz_poly
from sympy import QQ

from klexact import forms
from klexact.choices import meant
from klexact.display import listed
from klexact.distribution import Distribution
from klexact.errors import KLExactError, NoClosedFormError
from klexact.exact import formula
from klexact.family import Family, ends
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate
from klexact.optima.formula import read_form, require_real
from klexact.optima.limits import limit
from klexact.ratfunc import constant, is_parametric, symbols_of, unify
from klexact.roots import compare, point_expr, polynomial, real_roots

__all__ = ["OBJECTIVES", "Objective", "Posed", "named", "posed"]

Formula = Callable[[Distribution, Distribution], sympy.Expr]


@dataclass(frozen=True, eq=False)
class Objective:
    """A sum over the outcomes x of terms in P(x) and Q_θ(x)."""

    name: str
    symbol: str  # what certificates call it
    meaning: str
    terms: Callable[[Any, Any], list[Any]]


def _jensen_shannon(p: Any, q: Any) -> list[Any]:
    middle = (p + q) / 2
    halves = [forms.rel_entr(x, middle) for x in (p, q)]
    return [[(c / 2, a) for c, a in term] if isinstance(term, list) else term for term in halves]


OBJECTIVES = {
    "forward": Objective("forward", "D", "", lambda p, q: [forms.rel_entr(p, q)]),
    "reverse": Objective("reverse", "R", "D(model‖data)", lambda p, q: [forms.rel_entr(q, p)]),
    "jeffreys": Objective(
        "jeffreys", "J", "D(data‖model) + D(model‖data)", lambda p, q: [forms.rel_entr(p, q), forms.rel_entr(q, p)]
    ),
    "jensen-shannon": Objective("jensen-shannon", "JS", "(D(data‖M) + D(model‖M))/2, M their mean", _jensen_shannon),
    "cross-entropy": Objective("cross-entropy", "H", "H(data, model)", lambda p, q: [forms.cross_entr(p, q)]),
}


def named(objective: str | Formula) -> Objective | Formula:
    """Return the objective of a name, or a formula as it is."""
    if callable(objective):
        return objective
    if objective not in OBJECTIVES:
        raise KLExactError(
            f"objective must be one of {', '.join(OBJECTIVES)}, or a function of (data, model); found {objective!r}"
            f"{meant(objective, OBJECTIVES)}"
        )
    return OBJECTIVES[objective]


@dataclass(frozen=True, eq=False)
class Posed:
    """An objective as a log form of the family's parameters, which is +∞ where it is finite at the points `apart` only."""

    form: LogForm
    base: object
    symbol: str
    meaning: str = ""
    apart: tuple[Candidate, ...] = ()
    impossible: tuple[Hashable, ...] = ()  # outcomes that make it +∞
    known: tuple[Any, ...] = ()  # points where the model is the data, and a divergence is 0

    @property
    def unless(self) -> str:
        """Where the objective is finite though the form is not, in words."""
        if not self.form.is_infinite:
            return ""
        if not self.impossible:
            return "the model has finitely many outcomes"
        return f"both have probability 0 at {listed(self.impossible)}"


def posed(objective: Objective | Formula, data: Distribution, family: Family, base: object) -> Posed:
    """Return the objective for given data and family."""
    if not isinstance(objective, Objective):
        expr = formula(objective(data, family.member(*family.parameters)), "the objective")
        form, own = read_form(expr)
        if len(family.parameters) == 1 and not data.free_symbols:
            require_real(expr, form, family.parameters[0], cast("sympy.Set", family.domain))
        return Posed(form, own, "F")
    if objective.name in ("forward", "cross-entropy"):
        return _from_logs(objective, data, family, base)
    if not family.finite:
        return _from_ends(objective, data, family, base)
    model = family.member(*family.parameters)
    pairs = {x: unify([data.mass(x), model.mass(x)]) for x in dict.fromkeys([*data.support, *model.support])}
    terms = {x: objective.terms(p, q) for x, (p, q) in pairs.items()}
    impossible = tuple(x for x, found in terms.items() if sympy.oo in found)
    if not impossible:
        form = forms.sum_terms(t for found in terms.values() for t in found)
        return Posed(form, base, objective.symbol, objective.meaning, known=_known(pairs.values(), family))
    zero = QQ(0)
    rest = [t for x, (p, _) in pairs.items() for t in (objective.terms(p, zero) if x in impossible else terms[x])]
    apart = _apart(forms.sum_terms(rest), {x: pairs[x][1] for x in impossible}, family)
    return Posed(LogForm.infinity(), base, objective.symbol, objective.meaning, apart, impossible)


def _known(pairs: Iterable[Sequence[Any]], family: Family) -> tuple[Any, ...]:
    """Return the points of the domain where every outcome has the probability that the data give it."""
    gaps = [constant(q - p) for p, q in pairs]
    if len(family.parameters) != 1 or any(gap and symbols_of(gap) != set(family.parameters) for gap in gaps):
        return ()
    (theta,) = family.parameters
    shared = reduce(lambda f, g: f.gcd(g), (polynomial(gap.numer, theta) for gap in gaps if gap), fmpz_poly([0]))
    return tuple(x for x in real_roots(shared) if point_expr(x) in cast("sympy.Set", family.domain)) if shared else ()


def _from_logs(objective: Objective, data: Distribution, family: Family, base: object) -> Posed:
    """Sum -p·log q_θ, collected, with p·log p beside: faster than term by term, and for any support."""
    terms = [(QQ(-1), forms.entropy(data))] if objective.name == "forward" else []
    logs = {x: family.log_probability(x) for x in data.support}
    impossible = tuple(x for x, log_q in logs.items() if log_q is None)
    if impossible:
        return Posed(LogForm.infinity(), base, objective.symbol, objective.meaning, (), impossible)
    form = LogForm.sum(terms + [(-data.mass(x), log_q) for x, log_q in logs.items() if log_q is not None])
    return Posed(form, base, objective.symbol, objective.meaning)


def _from_ends(objective: Objective, data: Distribution, family: Family, base: object) -> Posed:
    """A model with infinitely many outcomes is at infinite divergence from the data, but where it shrinks to finitely many."""
    if objective.name == "jensen-shannon":
        raise NoClosedFormError(
            f"jensen-shannon needs a model with finitely many outcomes; found {family.name}: leave it out, or truncate it"
        )
    apart, domain = [], cast("sympy.Set", family.domain)
    for end in domain.boundary & domain:
        model = family.member(end)
        pairs = [unify([data.mass(x), model.mass(x)]) for x in dict.fromkeys([*data.support, *model.support])]
        value = forms.sum_terms(t for p, q in pairs for t in objective.terms(p, q))
        apart.append(Candidate("closed end", end, value))
    return Posed(LogForm.infinity(), base, objective.symbol, objective.meaning, tuple(apart))


def _apart(rest: LogForm, excluded: Mapping[Hashable, Any], family: Family) -> tuple[Candidate, ...]:
    """Return the points of the domain where the probabilities of these are all 0, with the value of what remains there."""
    probabilities = excluded.values()
    if rest.is_infinite or len(family.parameters) != 1 or not all(map(is_parametric, probabilities)):
        return ()
    kind = f"the model has probability 0 at {listed(excluded)}"
    (theta,), domain = family.parameters, cast("sympy.Set", family.domain)
    shared = reduce(lambda f, g: f.gcd(g), (polynomial(q.numer, theta) for q in probabilities))
    points = [x for x in real_roots(shared) if point_expr(x) in domain]
    lower, _ = ends(domain)
    sides = [1 if lower is not None and compare(lower, x) == 0 else -1 for x in points]
    return tuple(
        Candidate(kind, point_expr(x), limit(rest, theta, x, side)) for x, side in zip(points, sides, strict=True)
    )
