"""Why a projection is the nearest distribution: the problem, its Lagrange dual, and the whole argument as a derivation."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import fmpq
from sympy import QQ

from klexact.certify import decimal
from klexact.constraints import Constraint
from klexact.derivation import Derivation, Sign, Step
from klexact.distribution import Distribution
from klexact.errors import InvalidConstraintError
from klexact.optima.certificate import Certificate
from klexact.ratfunc import as_expr, constant, is_parametric, unify
from klexact.sheet import worded
from klexact.simplex import independent

__all__ = ["Problem", "Proof", "argument", "said"]

_LISTED = 12  # outcomes up to which formulas are written out
_LONG = 400  # characters from which a formula is shown by its digits


def said(words: str) -> Step:
    """Return a step in words alone."""
    return Step("{}", Sign(words, worded(words)))


@dataclass(frozen=True)
class Problem:
    """Minimise D(q‖r) under constraints, over the outcomes that may have a positive probability at all.

    Outcomes with equal statistics are one type: q/r is constant there. `functional` says why the other outcomes of the
    reference have probability 0: coefficients y of (1, T), with y·(1, T) >= 0, > 0 on just those, and of expectation 0.
    """

    reference: Distribution
    constraints: tuple[Constraint, ...]
    types: tuple[tuple[int, ...], ...]  # positions of outcomes
    functional: tuple[fmpq, ...] | None = None

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """The constraints that do not follow from those before them."""
        rows = [[c.values[members[0]] for members in self.types] for c in self.constraints]
        kept = tuple(k - 1 for k in independent([[fmpq(1)] * len(self.types), *rows])[1:])
        if len(kept) < len(rows) and any(is_parametric(c.target) for c in self.constraints):
            dropped = next(c for k, c in enumerate(self.constraints) if k not in kept)
            raise InvalidConstraintError(
                f"constraints with symbols must be independent; found {dropped}, which the others fix: leave it out"
            )
        return kept

    @cached_property
    def points(self) -> list[list[fmpq]]:
        """The values of the kept statistics on every type."""
        return [[self.constraints[k].values[members[0]] for k in self.kept] for members in self.types]

    @cached_property
    def weights(self) -> list[Any]:
        """The reference's mass of every type, an element."""
        masses = unify([p for _, p in self.reference.table])
        return [constant(sum((masses[i] for i in members), QQ(0))) for members in self.types]

    @property
    def target(self) -> list[Any]:
        """The values that the kept statistics must have in expectation, elements."""
        return [self.constraints[k].target for k in self.kept]

    @property
    def multipliers(self) -> tuple[sympy.Symbol, ...]:
        """The symbols λ_k of the kept constraints."""
        return tuple(sympy.Symbol(f"λ_{k + 1}") for k in self.kept)

    @property
    def excluded(self) -> list[Hashable]:
        """The reference's outcomes that have probability 0 under every feasible distribution."""
        inside = {i for members in self.types for i in members}
        return [x for i, (x, p) in enumerate(self.reference.table) if p and i not in inside]

    def as_expr(self) -> sympy.Expr:
        """Return the dual g(λ) = Σ λ_k c_k - log Σ r_i exp(λ·T_i)."""
        return sympy.Add(*(s * as_expr(c) for s, c in zip(self.multipliers, self.target, strict=True))) - sympy.log(
            sympy.Add(
                *(
                    as_expr(w)
                    * sympy.exp(sympy.Add(*(s * _number(t) for s, t in zip(self.multipliers, p, strict=True))))
                    for w, p in zip(self.weights, self.points, strict=True)
                )
            )
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Proof(Certificate):
    """The certificate of a projection: its objective is the dual, its derivation the argument of duality."""

    lines: tuple[Step, ...]

    @property
    def derivation(self) -> Derivation:
        """The argument as steps that print as text and as LaTeX."""
        given = [Step("provided that {}", condition) for condition in self.conditions]
        return Derivation([*self.lines, *given, said(f"so {self.conclusion}")])


def argument(
    problem: Problem,
    probabilities: Mapping[Hashable, sympy.Expr],
    multipliers: Sequence[sympy.Expr],
    value: Any,
    steps: Sequence[Step],
) -> list[Step]:
    """Return the whole argument that q* is the projection; `steps` say how the multipliers were found."""
    lines = [_task(problem), *_left_out(problem), *_dual(problem)]
    gibbs = Sign("D(q‖r) - g(λ) = D(q‖q_λ) >= 0", r"D(q\|r) - g(\lambda) = D(q\|q_\lambda) \geq 0")
    tilted = Sign("q_λ = r·exp(λ·T)/Z(λ)", r"q_\lambda = r e^{\lambda \cdot T} / Z(\lambda)")
    words = "for every feasible q and every λ: {} (Gibbs' inequality), with {}: where feasible, it is the only minimum"
    lines.append(Step(f"{words}, and leaves no duality gap", gibbs, tilted))
    lines += steps
    found = [*zip(problem.multipliers, multipliers, multipliers, strict=True)]
    found.append((Sign("D(q*‖r) = g(λ)", r"D(q^*\|r) = g(\lambda)"), value.as_expr(), value))
    if len(probabilities) <= _LISTED:
        found += [(_probability(x), p, p) for x, p in probabilities.items()]
    roots = sympy.Tuple(*(expr for _, expr, _ in found)).atoms(sympy.CRootOf)
    short = dict.fromkeys(roots, sympy.Symbol("x")) if len(roots) == 1 else {}
    for name, expr, number in found:
        lines.append(_equals(name, expr.xreplace(short), number if expr.has(sympy.CRootOf) else None))
    pythagoras = Sign("D(q‖r) = D(q‖q*) + D(q*‖r)", r"D(q\|r) = D(q\|q^*) + D(q^*\|r)")
    return [*lines, Step("{} for every feasible q (the Pythagorean identity)", pythagoras)]


def _task(problem: Problem) -> Step:
    parts = [part for c in problem.constraints for part in (c.name, as_expr(c.target))]
    under = " where " + ", ".join(["{} = {}"] * len(problem.constraints)) if parts else ""
    return Step("minimise {} over q" + under, Sign("D(q‖r)", r"D(q\|r)"), *parts)


def _left_out(problem: Problem) -> list[Step]:
    lines = []
    if problem.functional is not None:
        one, *rest = problem.functional
        names = [sympy.Symbol(f"T_{k + 1}") for k in range(len(rest))]
        h = sympy.Add(_number(one), *(_number(y) * t for y, t in zip(rest, names, strict=True)))
        which = ", ".join(map(repr, problem.excluded[:_LISTED])) + (", ..." if len(problem.excluded) > _LISTED else "")
        zero = (
            "{} has expectation 0 under every feasible q, is >= 0, and > 0 on {}, with {} the statistic of constraint k"
        )
        then = "these have probability 0, and the projection is one of r conditioned on the others"
        lines.append(Step(f"{zero}: {then}", h, Sign(which, worded(which)), sympy.Symbol("T_k")))
    if len(problem.kept) < len(problem.constraints):
        dropped = ", ".join(str(c.name) for k, c in enumerate(problem.constraints) if k not in problem.kept)
        lines.append(said(f"what is asked of {dropped} follows from the rest: its multiplier is 0"))
    return lines


def _dual(problem: Problem) -> list[Step]:
    sign = Sign("g(λ)", r"g(\lambda)")
    if len(problem.types) <= _LISTED:
        return [Step("the Lagrange dual is {} = {}", sign, problem.as_expr())]
    general = r"\lambda \cdot c - \log Z(\lambda),\ Z(\lambda) = \sum_i r_i e^{\lambda \cdot T_i}"
    return [Step("the Lagrange dual is {} = {}", sign, Sign("λ·c - log Z(λ), Z(λ) = Σ r_i exp(λ·T_i)", general))]


def _equals(name: Any, expr: sympy.Expr, number: Any) -> Step:
    if number is None:
        return Step("{} = {}", name, expr)
    digits = Sign(decimal(number), decimal(number))
    if len(str(expr)) > _LONG:
        return Step("{} is about {} (its exact form is long)", name, digits)
    return Step("{} = {}, about {}", name, expr, digits)


def _probability(x: Hashable) -> Sign:
    return Sign(f"q*({x!r})", f"q^*({worded(str(x))})")


def _number(x: fmpq) -> sympy.Rational:
    return sympy.Rational(int(x.p), int(x.q))
