"""What a law is: a distribution given by a formula, as data; and exponential families, from which most are made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType, MappingProxyType
from typing import Any

import sympy
from sympy import S

from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, KLExactError
from klexact.laws.canonical import canonical, exponential
from klexact.laws.parameters import Parameters, assumptions, decide, known_positive, number
from klexact.laws.spaces import Outcome, X, coordinates, generic, is_discrete, points, read
from klexact.sheet import Displayed, Sheet

__all__ = ["ExponentialFamily", "Law", "Moment", "Outcome", "Rule", "Step", "X", "outcomes", "point", "table", "terms"]


class Step(sympy.Dummy):  # type: ignore[misc]  # SymPy is untyped
    """A symbol to differentiate in: how far to go in a direction."""


@dataclass(frozen=True)
class Moment:
    """An expectation: its value where `finite` holds; elsewhere the integral diverges."""

    value: sympy.Expr
    finite: sympy.Basic = sympy.true


Rule = Callable[["Law", sympy.Expr], Moment | None]


@dataclass(frozen=True)
class ExponentialFamily:
    """Densities h(x)·exp(Σ η_i T_i(x) - A(η)) on a fixed support: A and the data it needs.

    `statistics` are the T_i and `log_carrier` log h, expressions in `variable`; `log_partition` is A, an expression in the
    symbols `naturals`; `domain` holds the relations of the η where A is finite, which must be all of them: there
    the integral of h·exp(Σ η_i T_i) is exp(A), elsewhere it is infinite. Where matrices make A too long to write
    in symbols, both may be functions of the η. Calling it gives a law.

    The speeds of a gas (Maxwell's law) have h = x², T = x² on (0, ∞):

    >>> from sympy import Interval, Rational, log, oo, pi
    >>> from sympy.abc import eta, s, x
    >>> speeds = ExponentialFamily([x**2], [eta], -3 * log(-eta) / 2 + log(pi) / 2 - log(4), Interval.open(0, oo),
    ...                            log_carrier=2 * log(x), domain=[eta < 0], variable=x)
    >>> maxwell = speeds(-1 / (2 * s**2), name="maxwell", scale=s)
    >>> maxwell, maxwell.conditions
    (maxwell(s), (-1/(2*s**2) < 0,))
    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(maxwell.subs({s: 1}), maxwell.subs({s: 2}))
    -9/8 + 3*log(2)
    >>> speeds(0)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: the natural parameters must satisfy eta < 0; found eta = 0

    Brown, *Fundamentals of Statistical Exponential Families*, 1986, chapter 1.
    """

    statistics: tuple[sympy.Expr, ...]
    naturals: tuple[sympy.Symbol, ...]
    log_partition: Any
    support: sympy.Set
    log_carrier: sympy.Expr = S.Zero
    domain: Any = ()
    variable: sympy.Symbol = X

    def __post_init__(self) -> None:
        swap = {self.variable: X}
        values = {
            "statistics": tuple(sympy.sympify(t, strict=True).xreplace(swap) for t in self.statistics),
            "naturals": tuple(self.naturals),
            "log_partition": self.log_partition if self.is_function else sympy.sympify(self.log_partition, strict=True),
            "log_carrier": sympy.sympify(self.log_carrier, strict=True).xreplace(swap),
            "domain": self.domain if self.is_function else tuple(self.domain),
            "variable": X,
        }
        written = S.Zero if self.is_function else values["log_partition"]
        if len(values["statistics"]) != len(values["naturals"]) or written.has(Outcome):
            raise InvalidFamilyError(
                "an exponential family needs a natural parameter a statistic, and a log-partition in those alone; "
                f"found statistics {list(values['statistics'])}, naturals {list(values['naturals'])}, "
                f"log-partition {values['log_partition']}"
            )
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def is_function(self) -> bool:
        """Tell whether A and its domain are functions of the η, not expressions."""
        return isinstance(self.log_partition, FunctionType)

    def __call__(self, *naturals: object, name: str = "law", **parameters: object) -> "Law":
        """Return the law with these natural parameters; `parameters` name what they are made of, for display."""
        etas = tuple(number(value, str(eta)) for eta, value in zip(self.naturals, naturals, strict=True))
        shown = {key: number(value, key) for key, value in parameters.items()} or dict(
            zip(map(str, self.naturals), etas, strict=True)
        )
        conditions = []
        for relation in self.relations(etas):
            holds = decide(relation)
            if holds is False:
                found = ", ".join(f"{eta} = {value}" for eta, value in zip(self.naturals, etas, strict=True))
                wanted = " and ".join(map(str, self.relations(self.naturals)))
                raise InvalidFamilyError(f"the natural parameters must satisfy {wanted}; found {found}")
            conditions += [relation] if holds is None else []
        return self.law(name, Parameters(shown, tuple(conditions)), etas)

    def partition(self, etas: Sequence[sympy.Expr]) -> sympy.Expr:
        """Return A at natural parameters."""
        return self.log_partition(*etas) if self.is_function else self.at(self.log_partition, etas)

    def relations(self, etas: Sequence[sympy.Expr]) -> tuple[sympy.Basic, ...]:
        """Return what must hold of natural parameters for A to be finite there."""
        return tuple(self.domain(*etas)) if self.is_function else self.at(self.domain, etas)

    def along(
        self, etas: Sequence[sympy.Expr], directions: Sequence[Sequence[sympy.Expr]]
    ) -> tuple["ExponentialFamily", dict[sympy.Symbol, sympy.Expr]]:
        """Return the family of the η + Σ s_j d_j, its naturals the s_j, and what symbols for long coefficients stand for.

        Its statistics are the d_j·T; it is for derivatives at s = 0.
        """
        steps = tuple(Step("s", real=True) for _ in directions)
        rows = list(zip(*directions, strict=True)) or [()] * len(etas)
        moved = [
            eta + sympy.Add(*(s * d for s, d in zip(steps, row, strict=True)))
            for eta, row in zip(etas, rows, strict=True)
        ]
        combined = [sympy.Add(*(d * t for d, t in zip(ds, self.statistics, strict=True))) for ds in directions]
        partition, coefficients = _grouped(self.partition(moved), steps)
        return ExponentialFamily(tuple(combined), steps, partition, self.support, self.log_carrier), coefficients

    def at(self, what: Any, etas: Sequence[sympy.Expr]) -> Any:
        """Put values in for the natural parameters in an expression or relation, or in each of several."""
        values = dict(zip(self.naturals, etas, strict=True))
        return tuple(w.xreplace(values) for w in what) if isinstance(what, tuple) else what.xreplace(values)

    def law(
        self,
        name: str,
        parameters: Parameters,
        etas: Sequence[sympy.Expr],
        *,
        rules: Iterable[Rule] = (),
        make: Callable[..., "Law"] | None = None,
    ) -> "Law":
        """Return the member with natural parameters `etas` as a law, with further rules for expectations."""
        etas = tuple(etas)
        density = dict(zip(self.statistics, etas, strict=True))
        for statistic, c in terms(self.log_carrier).items():
            density[statistic] = density.get(statistic, S.Zero) + c
        density[S.One] = density.get(S.One, S.Zero) - self.partition(etas)
        return Law(
            name,
            parameters.values,
            self.support,
            density,
            conditions=parameters.conditions,
            rules=tuple(rules),
            make=make,
            family=self,
            naturals=etas,
        )


def _grouped(expr: sympy.Expr, steps: Sequence[sympy.Symbol]) -> tuple[sympy.Expr, dict[sympy.Symbol, sympy.Expr]]:
    """Return an expression with sums collected by powers of the steps, their coefficients under symbols of their own."""
    coefficients: dict[sympy.Symbol, sympy.Expr] = {}

    def collected(total: sympy.Expr) -> sympy.Expr:
        found: dict[sympy.Expr, list[sympy.Expr]] = {}
        for term in total.args:
            c, power = term.as_independent(*steps, as_Add=False)
            found.setdefault(power, []).append(c)
        names = {power: sympy.Dummy("c") for power, cs in found.items() if len(cs) > 1}
        coefficients.update({name: sympy.Add(*found[power]) for power, name in names.items()})
        return sympy.Add(*(names.get(power, cs[0]) * power for power, cs in found.items()))

    grouped = expr.replace(lambda e: e.is_Add and e.has(*steps), collected) if steps else expr
    return grouped, coefficients


@dataclass(frozen=True, eq=False, repr=False)
class Law(Displayed):
    """A distribution given by a formula; the functions of `klexact.laws` make them.

    Of a law of your own nothing checks that the total mass is 1: `klexact.integrals.definition.enclose_mass` proves it.

    `log_density` is log q(x) as a linear combination: statistic (an expression in `Law.variable`) -> coefficient.
    `conditions` are what the symbols must satisfy; results hold where they do. `rules` give expectations:
    rule(law, statistic) is a `Moment`, or None where it has nothing to say.

    >>> from klexact.laws import gamma
    >>> from sympy.abc import b
    >>> gamma(2, b), gamma(2, b).support, gamma(2, b).conditions
    (gamma(2, b), Interval.open(0, oo), (b > 0,))
    >>> gamma(2, b).subs({b: 3}) == gamma(2, 3)
    True
    """

    name: str
    parameters: Mapping[str, sympy.Expr]
    support: sympy.Set
    log_density: Mapping[sympy.Expr, sympy.Expr]
    conditions: tuple[sympy.Basic, ...] = ()
    rules: tuple[Rule, ...] = ()
    make: Callable[..., "Law"] | None = None
    family: ExponentialFamily | None = None
    naturals: tuple[sympy.Expr, ...] = ()

    variable = X

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        object.__setattr__(self, "log_density", MappingProxyType(dict(self.log_density)))

    @property
    def is_discrete(self) -> bool:
        """Tell whether the law has a mass function; else it has a density, in one of its variables at least."""
        return is_discrete(self.support)

    @property
    def outcome(self) -> Any:
        """The outcome as expressions in log_density have it: `variable`, or a tuple or matrix of variables.

        >>> from klexact.laws import dirichlet, normal
        >>> normal(0, 1).outcome, dirichlet([1, 2]).outcome
        (x, (x_1, x_2))
        """
        return generic(self.support)

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """The symbols among the parameters."""
        return set().union(*(value.free_symbols for value in self.parameters.values()))

    def subs(self, values: Mapping[sympy.Symbol, object]) -> "Law":
        """Put values in for symbols; at the ends of the parameters' domain the law degenerates as it should.

        >>> from klexact.laws import poisson
        >>> from sympy.abc import t
        >>> poisson(t).subs({t: 0}).support
        {0}
        """
        exact = {s: number(value, str(s)) for s, value in values.items()}
        unknown = set(exact) - self.free_symbols
        if unknown:
            known = ", ".join(sorted(map(str, self.free_symbols))) or "none"
            raise InvalidFamilyError(f"symbols to substitute must be among {known}; found {sorted(map(str, unknown))}")
        if self.make is not None:
            return self.make(*(value.xreplace(exact) for value in self.parameters.values()))
        try:
            found = self.xreplace(exact)
            decided = [decide(condition) for condition in found.conditions]
        except TypeError:  # SymPy compares no infinities that have no sign
            decided = [False]
        if False in decided:
            at = ", ".join(f"{s} = {value}" for s, value in exact.items())
            raise InvalidFamilyError(f"{self} needs {' and '.join(map(str, self.conditions))}; found {at}")
        kept = [c for c, holds in zip(found.conditions, decided, strict=True) if holds is None]
        return replace(found, conditions=tuple(kept))

    def xreplace(self, mapping: Mapping[sympy.Expr, sympy.Expr]) -> "Law":
        """Replace symbols everywhere, without asking whether the law still is one."""
        family = self.family
        if family is not None and not family.is_function:
            family = replace(
                family,
                statistics=tuple(t.xreplace(mapping) for t in family.statistics),
                log_partition=family.log_partition.xreplace(mapping),
                support=family.support.xreplace(mapping),
                log_carrier=family.log_carrier.xreplace(mapping),
                domain=tuple(c.xreplace(mapping) for c in family.domain),
            )
        return replace(
            self,
            parameters={key: value.xreplace(mapping) for key, value in self.parameters.items()},
            support=self.support.xreplace(mapping),
            log_density={t.xreplace(mapping): c.xreplace(mapping) for t, c in self.log_density.items()},
            conditions=tuple(c.xreplace(mapping) for c in self.conditions),
            family=family,
            naturals=tuple(eta.xreplace(mapping) for eta in self.naturals),
        )

    def distribution(self) -> Distribution:
        """Return a law with finitely many outcomes and rational probabilities as a `Distribution`.

        >>> from klexact.laws import binomial
        >>> binomial(2, "1/3").distribution()
        Distribution({0: 4/9, 1: 4/9, 2: 1/9})
        """
        found = outcomes(self)
        if found is None:
            raise KLExactError(
                f"finitely many outcomes are required; found {self} on {self.support}: entropy, cross_entropy, kl_divergence, "
                "jeffreys_divergence and fit take such laws"
            )
        return Distribution({_label(k): sympy.cancel(self.density(k)) for k in found})

    _distribution_ = distribution  # what Distribution looks for

    def density(self, x: object) -> sympy.Expr:
        """Return the density, or the mass, at a point or an expression; outside the support it is 0.

        >>> from klexact.laws import canonical, exponential
        >>> exponential(2).density(3), exponential(2).density(-1)
        (2*exp(-6), 0)
        """
        at = read(self.support, x)
        if not at.free_symbols and self.support.contains(at) == sympy.false:
            return S.Zero
        symbols = assumptions(self.conditions, self.free_symbols | at.free_symbols)
        swap = coordinates(self.support, at)
        logarithm = sympy.Add(*(c * t.xreplace(swap).doit() for t, c in self.log_density.items()))
        value = canonical(exponential(logarithm.xreplace(symbols)), known_positive(self.conditions, symbols))
        return value.xreplace({dummy: s for s, dummy in symbols.items()})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Law):
            return NotImplemented
        return (self.name, dict(self.parameters), self.support, dict(self.log_density)) == (
            other.name,
            dict(other.parameters),
            other.support,
            dict(other.log_density),
        )

    def __hash__(self) -> int:
        return hash((self.name, *self.parameters.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        if self.make is not None:
            return self.make, tuple(self.parameters.values())
        fields = (self.name, dict(self.parameters), self.support, dict(self.log_density), self.conditions, self.rules)
        return Law, (*fields, None, self.family, self.naturals)

    def _sheet(self) -> Sheet:
        what = "mass" if self.is_discrete else "density"
        rows: list[tuple[str, sympy.Basic]] = [(what, self.density(generic(self.support))), ("support", self.support)]
        return Sheet(repr(self), (), rows, [f"provided that {c}" for c in self.conditions])

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters.values()))})"


def _label(outcome: Any) -> Any:
    """Return an outcome as a label of a Distribution."""
    if isinstance(outcome, sympy.Tuple):
        return tuple(map(_label, outcome))
    return int(outcome) if outcome.is_Integer else outcome


def outcomes(law: Law) -> tuple[Any, ...] | None:
    """Return the outcomes of a law with finitely many, known ones; None for any other."""
    return points(law.support)


def table(
    name: str,
    parameters: Parameters,
    masses: Mapping[sympy.Expr, sympy.Expr],
    *,
    make: Callable[..., Law] | None = None,
) -> Law:
    """Return the law with these masses, outcomes of mass 0 left out; its statistics are the indicators of outcomes."""
    present = {k: p for k, p in masses.items() if p != 0}
    support = sympy.FiniteSet(*present)
    density = {_indicator(support, k): sympy.log(p) for k, p in present.items()}
    return Law(name, parameters.values, support, density, parameters.conditions, make=make)


def _indicator(support: sympy.Set, k: Any) -> sympy.Expr:
    return sympy.Mul(*(sympy.KroneckerDelta(v, value) for v, value in coordinates(support, k).items()))


def point(name: str, parameters: Parameters, at: sympy.Expr, *, make: Callable[..., Law] | None = None) -> Law:
    """Return the law that has all mass on one point: what a discrete family becomes at the ends of its parameters."""
    return Law(name, parameters.values, sympy.FiniteSet(at), {S.One: S.Zero}, parameters.conditions, make=make)


def terms(expr: sympy.Expr) -> dict[sympy.Expr, sympy.Expr]:
    """Return an expression in the variable as a linear combination: statistic -> coefficient without the variable.

    >>> terms((X + 2) ** 2 + sympy.log(3 * X))
    {1: log(3) + 4, x: 4, x**2: 1, log(x): 1}
    """
    found: dict[sympy.Expr, sympy.Expr] = {}
    opened = sympy.expand(sympy.expand_log(expr, force=True), log=False)
    for term in sympy.Add.make_args(opened):
        c, statistic = term.as_independent(Outcome, as_Add=False)
        found[statistic] = found.get(statistic, S.Zero) + c
    return {t: c for t, c in sorted(found.items(), key=lambda item: sympy.default_sort_key(item[0])) if c != 0}
