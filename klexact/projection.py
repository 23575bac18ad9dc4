"""`project`: the distribution nearest to a reference under linear constraints (I-projection), with the proof.

The I-projection q* minimises D(q‖r) over all q with E_q[T_k] = c_k; for a uniform reference it has maximum entropy. With
q_λ(i) = r_i exp(λ·T_i)/Z(λ) and the Lagrange dual g(λ) = λ·c - log Z(λ), every feasible q and every λ satisfy

    D(q‖r) - g(λ) = D(q‖q_λ) >= 0,

so a feasible q_λ is the minimum, the only one, without a duality gap, and D(q‖r) = D(q‖q*) + D(q*‖r): the Pythagorean
identity. Where the constraints force outcomes to probability 0, they are found first, exactly, and left out; then there is
such a λ.

The multipliers have a closed form where the equations split (`klexact.optima.tilting`); else they are enclosed, with a
proof, to any number of digits (`klexact.optima.dual`), and the result says that no closed form was found.

Csiszár, "I-divergence geometry of probability distributions and minimization problems", 1975; Csiszár & Shields,
*Information Theory and Statistics: A Tutorial*, 2004, section 3; Cover & Thomas, *Elements of Information Theory*, 2nd ed.,
ch. 11 and 12; Jaynes, "Information theory and statistical mechanics", 1957.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sympy
from flint import fmpq, fmpq_mat
from sympy import QQ, E, EmptySet, FiniteSet

from klexact.constraints import Constraint, Statistic, conflict, constraints_of, polytope, types_of
from klexact.derivation import Step
from klexact.distribution import Distribution
from klexact.errors import InvalidConstraintError, KLExactError, NoClosedFormError
from klexact.expression import Expression
from klexact.logform import LogForm, log_base
from klexact.optima.certificate import Candidate, Certificate, Minimum, is_brief, told
from klexact.optima.dual import Dual
from klexact.optima.duality import Problem, Proof, argument, said
from klexact.optima.tilting import MAX_DEGREE, Tilt, combined, scaled, tilt
from klexact.ratfunc import as_expr, is_parametric
from klexact.sheet import Sheet, text
from klexact.simplex import Face, independent
from klexact.units import quantity

__all__ = ["Projection", "max_entropy", "project"]

_SHOWN = 12  # outcomes


@dataclass(frozen=True, eq=False, kw_only=True)
class Projection(Minimum):
    """The result of `project`: where D(q‖r) is least, its value there, and why: a `Minimum`.

    `probabilities` gives every outcome its exact probability, a SymPy number, and `multipliers` every constraint its λ_k (0 for
    a constraint that follows from others). Where no closed form was found, they are numbers known by balls
    (`klexact.implicit`), which `decimal`, `enclose` and `order` take like any. Both are empty where D is +∞ for all
    feasible q.
    """

    reference: Distribution
    constraints: tuple[Constraint, ...]
    multipliers: tuple[sympy.Expr, ...]
    probabilities: Mapping[Hashable, sympy.Expr]
    is_closed_form: bool

    @property
    def distribution(self) -> Distribution:
        """The projection as a Distribution, where its probabilities are rational. Raises NoClosedFormError elsewhere."""
        if not self.probabilities:
            raise KLExactError(f"a projection needs a finite divergence; found: {self.certificate.conclusion}")
        found = next((p for p in self.probabilities.values() if not p.free_symbols and not p.is_Rational), None)
        if found is not None:
            raise NoClosedFormError(
                f"a projection is a Distribution where it is rational; found the probability {text(found)}: use probabilities"
            )
        return Distribution(self.probabilities)

    @property
    def entropy(self) -> sympy.Expr:
        """H(q*) in units of log(base), where the reference is uniform on its support: log n - D(q*‖r)."""
        masses = {self.reference.mass(x) for x in self.reference.support}
        if len(masses) > 1:
            raise NoClosedFormError(
                "the entropy is read off for a uniform reference; found another: use the distribution"
            )
        return sympy.expand(LogForm.log(len(self.reference.support)).as_expr(self.base) - self.divergence)

    def __repr__(self) -> str:
        return f"<Projection: {self.certificate.conclusion}>"

    def _sheet(self) -> Sheet:
        if not self.probabilities:
            return super()._sheet()
        shown = [
            (repr(x), p if p.free_symbols or is_brief(p) else told(p))
            for x, p in islice(self.probabilities.items(), _SHOWN)
        ]
        more = [f"... {len(self.probabilities) - _SHOWN} more"] if len(self.probabilities) > _SHOWN else []
        least = "" if self.divergence.free_symbols else f"D = {quantity(self.value, base=self.base)}: "
        return Sheet("", ("outcome", "probability"), shown, [*more, f"{least}{self.certificate.conclusion}"])


def max_entropy(
    outcomes: int | Iterable[Hashable],
    constraints: Mapping[Any, object] | Iterable[tuple[Statistic, object]],
    *,
    base: object = E,
) -> Projection:
    """Return the distribution of maximum entropy under E[T_k] = c_k: the projection of the uniform one.

    H(q*) = log n - D(q*‖uniform) is its `entropy`. For constraints, errors and what is returned see `project`.

    >>> found = max_entropy(3, {(lambda x: x): "1/2"})
    >>> found.probabilities[1], max_entropy(3, {(lambda x: x): 0}).entropy
    (-1/3 + sqrt(13)/6, 0)
    """
    return project(Distribution.uniform(outcomes), constraints, base=base)


def project(
    reference: Distribution,
    constraints: Mapping[Any, object] | Iterable[tuple[Statistic, object]],
    *,
    base: object = E,
) -> Projection:
    """Return the distribution q* that minimises D(q‖reference) over all q with E_q[T_k] = c_k, exactly.

    `constraints` maps statistics to values (or is a sequence of pairs): a statistic is a function of the outcome, a predicate
    or a frozenset of outcomes (then its probability is meant), a mapping outcome -> number, or a sequence of numbers in the
    order of the outcomes. The reference and the values may hold symbols where the constraints fix the masses of blocks.

    The value may lie at an end of its range: then q* is a conditional of the reference. D is +∞ where every feasible q needs
    outcomes of probability 0. Raises InvalidConstraintError where no distribution on the outcomes is feasible.

    >>> dice = project(Distribution.uniform(range(1, 7)), {(lambda x: x): "9/2"})
    >>> from klexact import decimal
    >>> decimal(dice.multipliers[0], 10), decimal(dice.probabilities[6], 10), decimal(dice.divergence, 10)
    ('0.3710489381', '0.3474940658', '0.1781783711')
    >>> project(Distribution.uniform(range(1, 7)), {frozenset({1, 2}): "1/2"}).distribution
    Distribution({1: 1/4, 2: 1/4, 3: 1/8, 4: 1/8, 5: 1/8, 6: 1/8})
    >>> project(Distribution([0, 1]), {(lambda x: x): 0}).divergence
    oo
    >>> project(Distribution.uniform(range(1, 7)), {(lambda x: x): 7})
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidConstraintError: constraints must hold for some distribution on the outcomes; E[T_1] can have
    any value from 1 to 6; found E[T_1] = 7: change the value, or leave a constraint out

    Coq: Projection.pythagorean_identity.
    """
    reference = Distribution(reference)
    listed = constraints_of(reference.outcomes, constraints)
    log_base(base)  # refuses what is none before anything is computed
    support = [i for i, x in enumerate(reference.outcomes) if reference.mass(x)]
    if any(is_parametric(c.target) for c in listed):
        types = types_of(listed, support)
        face = Face(tuple(range(len(types))), None)
    else:
        space, types = polytope(listed, support)
        if space.is_empty:
            return _infinite(reference, listed, support, base)
        face = space.face()
    problem = Problem(reference, listed, tuple(tuple(types[i]) for i in face.positive), face.functional)
    return _solved(problem, base)


def _infinite(reference: Distribution, listed: Sequence[Constraint], support: list[int], base: object) -> Projection:
    everything = range(len(reference))
    if polytope(listed, everything)[0].is_empty:
        raise InvalidConstraintError(
            f"constraints must hold for some distribution on the outcomes; {conflict(listed, everything)}: change the value, "
            "or leave a constraint out"
        )
    why = f"on outcomes that have a probability under the reference, {conflict(listed, support)}"
    conclusion = "the divergence is +∞ for every distribution that satisfies the constraints"
    infinity = LogForm.infinity()
    certificate = Certificate((), infinity, conclusion, arguments=(why,))
    return Projection(
        EmptySet,
        infinity,
        certificate,
        base,
        reference=reference,
        constraints=tuple(listed),
        multipliers=(),
        probabilities={},
        is_closed_form=True,
    )


# -- solving -----------------------------------------------------------------------------------------------


def _solved(problem: Problem, base: object) -> Projection:
    found = tilt(problem.points, problem.weights, problem.target)
    if found is not None:
        return _closed(problem, found, base)
    if any(map(is_parametric, [*problem.weights, *problem.target])):
        raise NoClosedFormError(
            "a projection with symbols needs constraints that fix the masses of blocks; found others: give the symbols values"
        )
    return _enclosed(problem, base)


def _closed(problem: Problem, found: Tilt, base: object) -> Projection:
    """Solve log q_i/r_i = λ·T_i - log Z for the multipliers, at as many points as determine them."""
    columns = independent([[fmpq(1), *point] for point in problem.points])
    solver = fmpq_mat([[fmpq(1), *problem.points[i]] for i in columns]).inv().tolist()
    terms = [
        [t for c, i in zip(row, columns, strict=True) if c for t in scaled(_rational(c), found.logs[i])]
        for row in solver
    ]
    dual = [t for c, part in zip([QQ(1), *problem.target], terms, strict=True) for t in scaled(c, part)]
    if not combined([*found.divergence, *scaled(QQ(-1), dual)]).is_zero:
        raise KLExactError("the dual must equal the divergence exactly; it does not: please report this")
    masses = [p for _, p in problem.reference.table]
    table = {
        problem.reference.outcomes[j]: _simplified(as_expr(masses[j]) * density)
        for density, members in zip(found.densities, problem.types, strict=True)
        for j in members
    }
    same = said("Σ q* log(q*/r), summed by the chain rule, and the dual λ·c - log Z(λ) have the same form: no gap")
    multipliers = [combined(part).as_expr() for part in terms[1:]]
    return _projection(problem, table, multipliers, combined(found.divergence), [*found.steps, same], base=base)


def _enclosed(problem: Problem, base: object) -> Projection:
    weights, target = (list(map(_fmpq, elements)) for elements in (problem.weights, problem.target))
    dual = Dual(problem.points, weights, target)
    dual.ball("divergence", 64)  # what cannot be proved shows here
    masses = [p for _, p in problem.reference.table]
    table = {
        problem.reference.outcomes[j]: as_expr(masses[j] / problem.weights[i]) * dual.probability(i)
        for i, members in enumerate(problem.types)
        for j in members
    }
    steps = [
        said(
            f"no closed form was found (one equation is solved up to degree {MAX_DEGREE}): the multipliers are enclosed"
        ),
        said("the interval Newton operator maps a box around them into itself: it holds a zero of the gradient of g"),
        said("g is strictly concave: there is no other"),
    ]
    multipliers = [dual.multiplier(k) for k in range(len(target))]
    return _projection(problem, table, multipliers, Expression(dual.divergence), steps, base=base, closed=False)


def _projection(
    problem: Problem,
    table: Mapping[Hashable, sympy.Expr],
    multipliers: list[sympy.Expr],
    value: Any,
    steps: Sequence[Step],
    *,
    base: object,
    closed: bool = True,
) -> Projection:
    probabilities = {x: table.get(x, sympy.S.Zero) for x in problem.reference}
    conditions: tuple[sympy.Basic, ...] = ()
    if all(p.is_Rational or p.free_symbols for p in probabilities.values()):
        model = Distribution(probabilities)
        probabilities, conditions = dict(model.items()), model.conditions
    candidate = Candidate("stationary point", sympy.Tuple(*multipliers), value)
    certificate = Proof(
        problem.multipliers,
        problem,
        "q* is the projection, unique" + ("" if closed else "; no closed form was found"),
        candidates=(candidate,),
        minimisers=(candidate,),
        convex=True,
        conditions=conditions,
        name="g",
        lines=tuple(argument(problem, probabilities, multipliers, value, steps)),
    )
    found = dict(zip(problem.kept, multipliers, strict=True))
    return Projection(
        FiniteSet(sympy.Tuple(*probabilities.values())),
        value,
        certificate,
        base,
        reference=problem.reference,
        constraints=problem.constraints,
        multipliers=tuple(found.get(k, sympy.S.Zero) for k in range(len(problem.constraints))),
        probabilities=probabilities,
        is_closed_form=closed,
    )


def _simplified(p: sympy.Expr) -> sympy.Expr:
    return p if p.is_Rational or p.free_symbols or p.has(sympy.CRootOf) else sympy.expand(p)


def _rational(x: fmpq) -> Any:
    return QQ(int(x.p), int(x.q))


def _fmpq(x: Any) -> fmpq:
    return fmpq(int(x.numerator), int(x.denominator))
