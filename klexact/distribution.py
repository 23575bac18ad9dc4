"""`Distribution`: exact, immutable probabilities on labelled outcomes."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product as cartesian
from math import comb, prod
from pathlib import Path
from typing import Any

import sympy
from sympy import QQ

from klexact import display, files
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.exact import clipped, element, shown, whole
from klexact.foreign import observations, understood
from klexact.masses import checked, hashable, masses, require_unit_total
from klexact.ratfunc import as_expr, constant, element_of, factored, is_parametric, substitute, symbols_of, unify
from klexact.sheet import Displayed, Sheet
from klexact.signs import conditions

__all__ = ["Distribution"]

Outcome = Hashable

_MAX_OUTCOMES = 1_000_000
_MAX_SYMBOLS = 1_000
_MAX_AXIS = 1_000
_MAX_TRIALS = 10**9
_MAX_BINOMIAL_BITS = 10**9


class Distribution(Displayed):
    """An immutable distribution on finitely many outcomes; its probabilities are exact and sum to exactly 1.

    From a sequence the outcomes are 0, 1, 2, ..., from lists of lists (a joint table) (0, 0), (0, 1), ..., from a mapping its
    keys; `outcomes` names those of a sequence. A law with finitely many outcomes (`klexact.laws`) and objects of other
    libraries (`klexact.interop`) will do, too. Probabilities are whatever `klexact.exact` accepts, or rational functions of
    SymPy symbols, the parameters; what their signs need is kept in `conditions`. Outcomes of probability 0 do not count:
    `{a: 1}` equals `{a: 1, b: 0}`.

    Raises InvalidDistributionError if a probability is negative, the total is not exactly 1 (the message
    says by how much), an outcome comes twice, or there is none.

    >>> Distribution(["1/2", "1/4", "0.25"])
    Distribution({0: 1/2, 1: 1/4, 2: 1/4})
    >>> Distribution({"a": 1}) == Distribution({"a": 1, "b": 0})
    True
    >>> from sympy.abc import t
    >>> Distribution([1 - t, t])
    Distribution({0: 1 - t, 1: t} if 1 - t >= 0 and t >= 0)
    >>> Distribution([0.1, 0.2, 0.7])
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidDistributionError: probabilities must sum to exactly 1; found a total of
    36028797018963967/36028797018963968 (about 1.00), short by 1/36028797018963968 (about 2.78e-17): floats are taken
    as the binary values they are; write decimals as text ('0.1'), or use from_weights,
    or from_counts where you have counted
    """

    __slots__ = ("_table", "conditions")

    _table: dict[Outcome, Any]  # outcome -> element, all of one field
    conditions: tuple[sympy.Basic, ...]  # relations of the parameters that make every probability >= 0

    def __new__(  # noqa: PYI034  (final: no subclassing)
        cls, probabilities: object, *, outcomes: Iterable[Outcome] | None = None
    ) -> "Distribution":
        probabilities = understood(probabilities)
        if hasattr(probabilities, "_distribution_"):  # a law
            probabilities = probabilities._distribution_()
        if isinstance(probabilities, Distribution):
            return probabilities
        if not isinstance(probabilities, (Mapping, str)) and isinstance(probabilities, Iterable):
            probabilities = list(probabilities)
        table = masses(probabilities, outcomes=outcomes)
        require_unit_total(table, floats=_has_floats(probabilities))
        return cls._exactly(table)

    @classmethod
    def _exactly(cls, table: dict[Outcome, Any], inherited: Iterable[sympy.Basic] = ()) -> "Distribution":
        # the table sums to 1; what is left to settle are the signs
        self = object.__new__(cls)
        exact = dict(zip(table, map(constant, unify(list(table.values()))), strict=True))
        object.__setattr__(self, "_table", exact)
        object.__setattr__(self, "conditions", conditions(exact.values(), inherited))
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Distribution, (dict(self.items()),)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Distribution is immutable; found an assignment to {name}")

    # -- making --------------------------------------------------------------------------------------------

    @classmethod
    def from_counts(cls, counts: Mapping[Any, object] | Iterable[object]) -> "Distribution":
        """Return the empirical distribution of non-negative integer counts, not all zero.

        >>> Distribution.from_counts([1, 3, 0])
        Distribution({0: 1/4, 1: 3/4, 2: 0})
        """
        table = masses(counts, noun="count")
        for name, count in table.items():
            if is_parametric(count) or count.denominator != 1:
                raise InvalidDistributionError(
                    f"the count of {name!r} must be a whole number; found {shown(count)}: use weights for fractions"
                )
        return cls._normalised(table, "counts")

    @classmethod
    def from_weights(cls, weights: Mapping[Any, object] | Iterable[object]) -> "Distribution":
        """Return non-negative weights divided by their exact total; it is the only constructor that normalises.

        >>> Distribution.from_weights([0.1, 0.2, 0.7])[2] == sympy.Rational(0.7) / sum(map(sympy.Rational, (0.1, 0.2, 0.7)))
        True
        """
        return cls._normalised(masses(weights, noun="weight"), "weights")

    @classmethod
    def _normalised(cls, table: dict[Outcome, Any], noun: str, inherited: Iterable[sympy.Basic] = ()) -> "Distribution":
        whole = sum(table.values(), QQ(0))
        if not whole:
            raise InvalidDistributionError(f"{noun} must have a positive total; found that all {len(table)} are 0")
        return cls._exactly({name: x / whole for name, x in table.items()}, inherited)

    @classmethod
    def from_samples(cls, samples: Iterable[Outcome]) -> "Distribution":
        """Return the empirical distribution of observed outcomes; of a table's rows, as tuples.

        >>> Distribution.from_samples("abba")
        Distribution({'a': 1/2, 'b': 1/2})
        """
        if not isinstance(samples, Iterable) or isinstance(samples, (Mapping, Distribution)):
            raise InvalidDistributionError(
                f"samples must be a sequence of outcomes; found {clipped(samples)}: from_counts takes how often each came"
            )
        return cls.from_counts(Counter(map(hashable, observations(samples))))

    @classmethod
    def from_csv(cls, path: str | Path) -> "Distribution":
        """Read a CSV file with a header: samples in one column, or outcomes and a probability, count or weight."""
        return cls._read(files.read_csv(path), path)

    @classmethod
    def from_json(cls, path: str | Path) -> "Distribution":
        """Read a JSON file: probabilities, or an object with one of probabilities, counts, weights or samples."""
        return cls._read(files.read_json(path), path)

    @classmethod
    def _read(cls, found: tuple[str, Any], path: str | Path) -> "Distribution":
        kind, content = found
        make: dict[str, Callable[[Any], Distribution]] = {
            "probabilities": cls,
            "counts": cls.from_counts,
            "weights": cls.from_weights,
            "samples": cls.from_samples,
        }
        try:
            return make[kind](content)
        except KLExactError as error:
            raise InvalidDistributionError(f"{path}, {kind}: {error}") from None

    @classmethod
    def uniform(cls, outcomes: int | Iterable[Outcome]) -> "Distribution":
        """Return the uniform distribution on given outcomes, or on 0..n-1.

        >>> Distribution.uniform(3)
        Distribution({0: 1/3, 1: 1/3, 2: 1/3})
        """
        names = _named(outcomes, _MAX_OUTCOMES)
        return cls._normalised(masses([1] * len(names), outcomes=names), "outcomes")

    @classmethod
    def point(cls, outcome: Outcome) -> "Distribution":
        """Return the distribution that has all mass on one outcome."""
        return cls({hashable(outcome): 1})

    @classmethod
    def binomial(cls, n: int, p: object) -> "Distribution":
        """Return Binomial(n, p) on 0..n: comb(n, i) * p**i * (1 - p)**(n - i), p in [0, 1] or with parameters.

        >>> Distribution.binomial(2, "2/5"), Distribution.binomial(2, 0)
        (Distribution({0: 9/25, 1: 12/25, 2: 4/25}), Distribution({0: 1, 1: 0, 2: 0}))

        Coq: Families.binomial_dist, Families.binomial_mean.
        """
        x = element_of(element(p, "p"))
        n = _checked_trials(n, x)
        rising, falling = [x**0], [x**0]
        for _ in range(n):
            rising.append(rising[-1] * x)
            falling.append(falling[-1] * (1 - x))
        return cls._exactly({i: rising[i] * falling[n - i] * QQ(comb(n, i)) for i in range(n + 1)})

    @classmethod
    def symbolic(cls, name: str, outcomes: int | Iterable[Outcome]) -> "Distribution":
        """Return the general distribution: free symbols name_x, the first outcome having what the others leave.

        >>> Distribution.symbolic("p", 3)
        Distribution({0: -p_1 - p_2 + 1, 1: p_1, 2: p_2} if -p_1 - p_2 + 1 >= 0 and p_1 >= 0 and p_2 >= 0)
        """
        first, *others = _named(outcomes, _MAX_SYMBOLS) or [None]
        symbols = {x: sympy.Symbol(f"{name}_{x}") for x in others}
        return cls({first: 1 - sympy.Add(*symbols.values()), **symbols})

    @classmethod
    def mixture(cls, components: Sequence["Distribution"], weights: Iterable[object]) -> "Distribution":
        """Return the sum of weight * component; the weights form a distribution themselves.

        >>> Distribution.mixture([Distribution.point(0), Distribution.uniform(2)], ["1/3", "2/3"])
        Distribution({0: 2/3, 1: 1/3})

        Coq: Processing.kl_jointly_convex, Processing.kl_mixtures.
        """
        mixing = cls(weights)
        components = [cls(c) for c in components]
        if len(mixing) != len(components):
            raise InvalidDistributionError(
                f"a mixture needs one weight a component; found {len(mixing)} weights for {len(components)} components"
            )
        weighted = zip(components, mixing._table.values(), strict=True)
        return cls._merged(
            ((x, p, w) for c, w in weighted for x, p in c.table),
            (condition for d in (mixing, *components) for condition in d.conditions),
        )

    @classmethod
    def product(cls, *factors: "Distribution") -> "Distribution":
        """Return the joint distribution of independent factors; its outcomes are tuples.

        Coq: Processing.kl_product.
        """
        factors = tuple(map(cls, factors))
        whole(prod(map(len, factors)), "the number of outcomes of a product", 1, _MAX_OUTCOMES)
        cells = cartesian(*(f.table for f in factors))
        table: dict[Outcome, Any] = {tuple(x for x, _ in c): prod(unify([p for _, p in c]), start=QQ(1)) for c in cells}
        return cls._exactly(table, (condition for f in factors for condition in f.conditions))

    @classmethod
    def _merged(cls, terms: Iterable[tuple[Outcome, Any, Any]], inherited: Iterable[sympy.Basic]) -> "Distribution":
        """Return the distribution with mass p * w added up over (outcome, p, w)."""
        listed = list(terms)
        elements = unify([p for _, p, _ in listed] + [w for _, _, w in listed])
        table: dict[Outcome, Any] = {}
        for (x, _, _), p, w in zip(listed, elements, elements[len(listed) :], strict=False):
            table[x] = table.get(hashable(x), QQ(0)) + p * w
        return cls._exactly(table, inherited)

    # -- deriving ------------------------------------------------------------------------------------------

    def pushforward(self, function: Callable[[Any], Outcome]) -> "Distribution":
        """Return the distribution of function(outcome).

        >>> Distribution.uniform(4).pushforward(lambda x: x % 2)
        Distribution({0: 1/2, 1: 1/2})

        Coq: Processing.data_processing_inequality.
        """
        return self._merged(((function(x), p, QQ(1)) for x, p in self.table), self.conditions)

    def marginal(self, *axes: int) -> "Distribution":
        """Return the distribution of some coordinates of outcomes that are tuples; of one, without the tuple.

        Coq: Processing.kl_marginal.
        """
        axes = tuple(whole(axis, "a coordinate", -_MAX_AXIS, _MAX_AXIS) for axis in axes)
        for x in self._table:
            if not isinstance(x, tuple) or any(not -len(x) <= axis < len(x) for axis in axes):
                raise InvalidDistributionError(f"a marginal on {axes} needs tuples with those coordinates; found {x!r}")
        return self.pushforward(lambda x: x[axes[0]] if len(axes) == 1 else tuple(x[axis] for axis in axes))

    def conditional(self, event: Callable[[Any], bool] | Iterable[Outcome]) -> "Distribution":
        """Return the distribution given an event: a set of outcomes or a predicate.

        >>> Distribution.uniform(4).conditional({0, 1, 7})
        Distribution({0: 1/2, 1: 1/2})
        """
        inside = event if callable(event) else frozenset(event).__contains__
        table = {x: p for x, p in self.table if inside(x)}
        if not any(table.values()):
            raise InvalidDistributionError("conditioning needs an event of positive probability; found probability 0")
        return self._normalised(table, "probabilities of the event", self.conditions)

    def subs(self, values: Mapping[sympy.Symbol, object] | sympy.Symbol, value: object = None) -> "Distribution":
        """Put values (or rational functions of other parameters) in for parameters; the conventions apply there.

        As in SymPy, one parameter may stand with its value: `subs(t, 0)`.

        >>> from sympy.abc import t
        >>> Distribution([1 - t, t]).subs({t: 0})
        Distribution({0: 1, 1: 0})
        >>> Distribution([1 - t, t]).subs({t: 2})
        Traceback (most recent call last):
        ...
        klexact.errors.InvalidDistributionError: the probability of 0 must not be negative; found -1
        """
        values = values if isinstance(values, Mapping) else {values: value}
        unknown = set(values) - self.free_symbols
        if unknown:
            known = ", ".join(f"Symbol({str(s)!r})" for s in sorted(self.free_symbols, key=str)) or "none"
            raise InvalidDistributionError(
                f"parameters to substitute must be among: {known}; found {', '.join(sorted(map(repr, unknown)))}"
            )
        exact = {s: element_of(element(v, f"the value of {s}")) for s, v in values.items()}
        try:
            table = checked({x: substitute(p, exact) for x, p in self.table}, "probability")
            sides = checked({c: substitute(element_of(c.lhs), exact) for c in self.conditions}, "left side")
            kept = [sympy.Ge(as_expr(side), 0, evaluate=False) for side in sides.values() if is_parametric(side)]
            return self._exactly(table, kept)
        except ZeroDivisionError:
            point = ", ".join(f"{s} = {v}" for s, v in values.items())
            raise InvalidDistributionError(
                f"the probabilities must be continuous at {point}; found a pole or a discontinuity there"
            ) from None

    # -- reading -------------------------------------------------------------------------------------------

    @property
    def table(self) -> Iterable[tuple[Outcome, Any]]:
        """Pairs of outcome and element (a rational of SymPy's QQ, or a rational function), as the engine uses them."""
        return self._table.items()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes listed, those of probability 0 included."""
        return tuple(self._table)

    @property
    def support(self) -> tuple[Outcome, ...]:
        """The outcomes whose probability is not (identically) 0."""
        return tuple(x for x, p in self.table if p)

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """The parameters."""
        return set().union(*(symbols_of(p) for p in self._table.values() if is_parametric(p)))

    def mass(self, outcome: Outcome) -> Any:
        """Return the element of an outcome; 0 for one that is absent."""
        return self._table.get(outcome, QQ(0))

    def __getitem__(self, outcome: Outcome) -> sympy.Expr:
        return factored(self.mass(outcome))

    def values(self) -> Iterator[sympy.Expr]:
        """Iterate over the probabilities, SymPy expressions."""
        return (self[x] for x in self._table)

    def items(self) -> Iterator[tuple[Outcome, sympy.Expr]]:
        """Iterate over pairs of outcome and probability, a SymPy expression."""
        return ((x, self[x]) for x in self._table)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def expectation(self, function: Callable[[Any], object] | None = None) -> sympy.Expr:
        """Return the exact expectation of function(outcome), by default of the outcome itself.

        >>> Distribution.uniform(3).expectation(lambda x: x**2)
        5/3
        """
        values = [
            element_of(element(x if function is None else function(x), f"the value of outcome {x!r}"))
            for x in self.support
        ]
        elements = unify([self._table[x] for x in self.support] + values)
        return as_expr(constant(sum((p * v for p, v in zip(elements, elements[len(values) :], strict=False)), QQ(0))))

    def mean(self) -> sympy.Expr:
        """Return the exact mean of numeric outcomes."""
        return self.expectation()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Distribution):
            return NotImplemented
        if set(self.support) != set(other.support):
            return False
        elements = unify([self._table[x] for x in self.support] + [other._table[x] for x in self.support])
        half = len(elements) // 2
        return elements[:half] == elements[half:]

    def __hash__(self) -> int:
        return hash(frozenset((x, None if is_parametric(p) else p) for x, p in self.table if p))

    # -- showing -------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return display.plain(self)

    def _sheet(self) -> Sheet:
        return display.sheet(self)

    def _latex(self, printer: Any) -> str:
        return display.latex(self, printer)


def _named(outcomes: int | Iterable[Outcome], most: int) -> list[Outcome]:
    if isinstance(outcomes, Iterable):
        return list(outcomes)
    return list(range(whole(outcomes, "the number of outcomes", 1, most)))


def _checked_trials(trials: object, p: Any) -> int:
    n = whole(trials, "n", 0, _MAX_TRIALS)
    if not is_parametric(p) and not 0 <= p <= 1:
        raise InvalidDistributionError(f"p must lie in [0, 1]; found {shown(p)}")
    bits = n if is_parametric(p) else int(p.denominator).bit_length()
    if n * n * bits > _MAX_BINOMIAL_BITS:
        raise InvalidDistributionError(
            f"the probabilities of a binomial must fit into {_MAX_BINOMIAL_BITS:,} bits; found n = {n:,}, which needs "
            f"about {n * n * bits:,}: for a fit use families.binomial, which does not write them out"
        )
    return n


def _has_floats(data: Any) -> bool:
    values = data.values() if isinstance(data, Mapping) else data
    return any(
        isinstance(x, (float, sympy.Float))
        or (hasattr(x, "dtype") and hasattr(x, "as_integer_ratio"))
        or (isinstance(x, list) and _has_floats(x))
        for x in values
    )
