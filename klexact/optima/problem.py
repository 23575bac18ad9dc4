"""A problem: a log form over a polytope, with what its certificates have in common."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import sympy
from sympy import QQ, EmptySet, Symbol

from klexact.algebraic import Value
from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum
from klexact.places import Place
from klexact.polytope import Affine, Face, Polytope
from klexact.ratfunc import as_expr, element_of, is_parametric, oriented, split, substitute, symbols_of
from klexact.systems import Deadline

__all__ = ["Problem"]

HESSIAN_UP_TO = 6  # parameters


class Problem:
    """An objective F(θ) = c0(θ) + sum of c_j log|f_j(θ)| over a domain, to be minimised.

    `given` are elements in the data's symbols that are known to be >= 0.
    """

    def __init__(
        self,
        objective: LogForm,
        symbols: tuple[Symbol, ...],
        region: Polytope,
        deadline: Deadline,
        given: tuple[Any, ...] = (),
    ) -> None:
        if region.symbols != symbols:
            raise InvalidFamilyError(f"the domain must be one of {symbols}; found {region!r} of {region.symbols}")
        self.objective, self.symbols, self.region = objective, symbols, region
        self.deadline, self.given = deadline, given
        self.rational, own = objective.rational_part, set(symbols)
        if any(symbols_of(c) & own for c in objective.logs.values()):
            slope = next(d for s in symbols if (d := objective.derivative(s)).logs)
            raise NoClosedFormError(
                f"a closed form is promised where the gradient is a rational function over Q; found {slope.as_expr()}"
            )
        self.atoms = {f: c for f, c in objective.logs.items() if symbols_of(f) & own}
        self.affine = {f: Affine.of(f, symbols) for f in self.atoms}

    # -- what it is ----------------------------------------------------------------------------------------------------

    @property
    def depends_on(self) -> set[Symbol]:
        """The parameters that the objective depends on."""
        parts = (self.rational, *self.atoms)
        return set().union(*(symbols_of(x) for x in parts)) & set(self.symbols)

    @property
    def is_numeric(self) -> bool:
        """Tell whether the data have no symbols."""
        return self.objective.free_symbols <= set(self.symbols)

    @cached_property
    def slope(self) -> Affine | None:
        """The rational part where it is affine."""
        return Affine.of(self.rational, self.symbols)

    @cached_property
    def is_convex(self) -> bool:
        """Tell whether the atoms prove that the objective is convex on the domain."""
        return (
            self.is_numeric
            and not self.region.has_lines
            and self.slope is not None
            and all(c < 0 for c in self.atoms.values())
            and all(f is not None and self.region.sign_of(f) is not None for f in self.affine.values())
        )

    def part(self, symbols: Iterable[Symbol]) -> LogForm:
        """Return the terms that depend on some parameters."""
        own = set(symbols)
        form = LogForm(as_expr(self.rational)) if symbols_of(self.rational) & own else LogForm()
        return form + _logs_of({f: c for f, c in self.atoms.items() if symbols_of(f) & own})

    @property
    def rest(self) -> LogForm:
        """The terms that depend on no parameter."""
        logs = {a: c for a, c in self.objective.logs.items() if a not in self.atoms}
        rational = LogForm() if symbols_of(self.rational) & set(self.symbols) else LogForm(as_expr(self.rational))
        return rational + _logs_of(logs)

    def on(self, face: Face) -> tuple[Any, Mapping[Any, Any]] | None:
        """Return the rational part and the atoms f -> c on a face; None where the objective is infinite on all of it."""
        values = {s: element_of(v) for s, v in face.values.items()}
        atoms: dict[Any, Any] = {}
        for f, c in self.atoms.items():
            restricted = substitute(f, values)
            if not restricted:
                return None
            for g, k in split(restricted)[1] if is_parametric(restricted) else ():
                atoms[g] = atoms.get(g, QQ(0)) + c * k
        return substitute(self.rational, values), {g: c for g, c in atoms.items() if c}

    def valued(self, place: Place) -> Value:
        """Return the objective at a place: +∞ where an atom is 0 there."""
        if any(place.at(f, self.symbols).degree() < 0 for f in self.atoms):
            return LogForm.infinity()
        return place.value(self.objective, self.symbols)

    # -- certificates --------------------------------------------------------------------------------------------------

    @cached_property
    def gradient(self) -> sympy.Tuple:
        """The partial derivatives, each a sum over the atoms."""
        shown = {f: (as_expr(c), oriented(f)) for f, c in self.atoms.items()}
        shown_exprs = {f: (c, g, as_expr(g)) for f, (c, g) in shown.items()}
        rational = as_expr(self.rational)
        terms: dict[Symbol, list[sympy.Expr]] = {s: [sympy.diff(rational, s)] for s in self.symbols}
        for f, (c, g, expr) in shown_exprs.items():
            for s in symbols_of(f) & set(self.symbols):
                slope = g.diff(g.ring.gens[g.ring.symbols.index(s)])
                terms[s].append(c * slope.as_expr() / expr)
        return sympy.Tuple(*(sympy.Add(*terms[s]) for s in self.symbols))

    @property
    def hessian(self) -> sympy.ImmutableMatrix | None:
        """The second derivatives, for a few parameters."""
        if len(self.symbols) > HESSIAN_UP_TO:
            return None
        return sympy.ImmutableMatrix([[sympy.diff(g, s) for s in self.symbols] for g in self.gradient])

    def certificate(self, conclusion: str, **parts: Any) -> Certificate:
        """Return a certificate with this objective and its gradient."""
        return Certificate(self.symbols, self.objective, conclusion, self.gradient, **parts)

    def refusal(self, why: str, **parts: Any) -> NoClosedFormError:
        """Return the error that tells, and carries as a certificate, how far the argument went."""
        shown = ", ".join(f"∂D/∂{s} = {g}" for s, g in zip(self.symbols[:4], self.gradient, strict=False))
        verdict = "D is convex" if self.is_convex else "D is not shown to be convex"
        error = NoClosedFormError(f"{why}. Found so far: {shown}{', ...' if len(self.symbols) > 4 else ''}; {verdict}")
        error.found = self.certificate("no closed form was found", convex=self.is_convex or None, **parts)
        return error

    def named(self, location: Sequence[Any]) -> str:
        """Return a location in words."""
        return ", ".join(f"{s} = {v}" for s, v in zip(self.symbols, location, strict=True))

    def conclusion(self, locations: Sequence[sympy.Tuple]) -> str:
        """Return what follows where the minimum is attained at these points alone."""
        if len(locations) == 1:
            return f"the unique global minimum is at {self.named(locations[0])}"
        points = " and ".join(map(str, locations))
        return f"the global minimum is attained at {len(locations)} points, ({', '.join(map(str, self.symbols))}) = {points}"

    def minimisers(self, *equations: sympy.Basic) -> sympy.Set:
        """Return the part of the domain where equations hold, as a SymPy set."""
        conditions = sympy.And(*equations, *self.region.relations)
        return sympy.ConditionSet(sympy.Tuple(*self.symbols), conditions, sympy.S.Reals ** len(self.symbols))

    def infinite(self, why: str) -> Minimum:
        """Return the minimum of an objective that is nowhere finite."""
        conclusion = "the divergence is +∞ for every parameter"
        return Minimum(EmptySet, LogForm.infinity(), self.certificate(conclusion, arguments=(why,)))

    def candidate(self, kind: str, place: Place) -> Candidate:
        """Return a place with the objective there."""
        return Candidate(kind, place.location, self.valued(place))


def _logs_of(logs: Mapping[Any, Any]) -> LogForm:
    """Return the sum of c * log|f|."""
    terms = [(c, QQ(a)) if isinstance(a, int) else (c / 2, element_of(as_expr(a)) ** 2) for a, c in logs.items()]
    return LogForm.of_logs(terms)
