"""Optima of models that give a mass to each of several components with disjoint supports: Gibbs' inequality settles them.

The divergence in either direction splits into D(π‖θ), or D(θ‖π), and what does not depend on the masses θ: the chain
rule, Cover & Thomas, *Elements of Information Theory*, 2nd ed., theorem 2.5.3. The data may be symbolic.
Coq: Processing.kl_chain_rule, Blocks.block_pythagoras.
"""

from typing import Any

import sympy
from sympy import QQ, FiniteSet

from klexact import forms
from klexact.distribution import Distribution
from klexact.errors import KLExactError
from klexact.expression import Expression, recognised
from klexact.family import Family
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum
from klexact.optima.formula import Formula
from klexact.optima.objectives import Posed
from klexact.ratfunc import as_expr, unify

__all__ = ["forward", "reverse"]


def forward(data: Distribution, family: Family, problem: Posed) -> Minimum:
    """Minimise over the masses of disjoint components: D(P‖Q_θ) = D(P‖Q_π) + D(π‖θ), π their masses under P."""
    masses = [sum(unify([data.mass(x) for x in c.support]), QQ(0)) for c in family.components]
    weights = [*family.parameters, 1 - sympy.Add(*family.parameters)]
    found, theta = Distribution([as_expr(m) for m in masses]), Distribution(weights)
    best = Distribution.mixture(family.components, list(found.values()))
    value = forms.kl_divergence(data, best) if problem.symbol == "D" else forms.cross_entropy(data, best)
    gap = forms.kl_divergence(found, theta)
    if problem.form - value != gap:
        raise KLExactError(f"D(P‖Q_θ) - D(P‖Q_π) must equal D(π‖θ) for {family.name}; found {problem.form - value}")
    why = [
        f"D(P‖Q_θ) - D(P‖Q_π) = D(π‖θ) = {gap.as_expr()} identically in θ, π being the components' masses under P",
        "D(π‖θ) >= 0, and = 0 only at θ = π (Gibbs' inequality)",
    ]
    return _at_masses([as_expr(m) for m in masses], value, family, problem, why)


def reverse(data: Distribution, family: Family, problem: Posed) -> Minimum | None:
    """Minimise D(Q_θ‖P) = D(θ‖g/Z) - log Z, g_c = exp(-D(component c‖P)), Z = Σ g_c; None where it is +∞ for every θ."""
    distances = [forms.kl_divergence(c, data) for c in family.components]
    if all(d.is_infinite for d in distances):
        return None
    weights = [sympy.S.Zero if d.is_infinite else (-d).exp() for d in distances]
    total = sympy.Add(*weights)
    least = -sympy.log(total)
    found = None if total.free_symbols else recognised(least)
    value = (
        Formula(least) if total.free_symbols else found[0] if found and found[1] == LogForm(1) else Expression(least)
    )
    shown = ", ".join(map(str, weights))
    why = [
        f"D(Q_θ‖P) = D(θ‖g/Z) - log Z identically in θ, with g_c = exp(-D(component c‖P)): {shown}, and Z their sum",
        "D(θ‖g/Z) >= 0, and = 0 only at θ = g/Z (Gibbs' inequality)",
    ]
    return _at_masses([sympy.together(w / total) for w in weights], value, family, problem, why)


def _at_masses(masses: list[sympy.Expr], value: Any, family: Family, problem: Posed, why: list[str]) -> Minimum:
    argmin = masses[0] if len(family.parameters) == 1 else sympy.Tuple(*masses[:-1])
    names = ", ".join(f"{s} = {v}" for s, v in zip(family.parameters, masses, strict=False))
    attained = Candidate("stationary point", argmin, value)
    certificate = Certificate(
        family.parameters,
        problem.form,
        f"the unique global minimum is at {names}",
        minimisers=(attained,),
        arguments=tuple(why),
        name=problem.symbol,
    )
    return Minimum(FiniteSet(argmin), value, certificate)
