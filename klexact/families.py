"""Parametric models as data: what a `Family` is, and the ones that come with klexact.

A family is a name, its parameters with their domain, and log q(x) as a log form in the parameters. Adding one is
writing one function here that returns a `Family`.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from math import comb, factorial, isfinite
from numbers import Real
from typing import Any, cast

import sympy
from sympy import QQ, Interval, Symbol, oo

from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, InvalidNumberError
from klexact.exact import element, whole
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, element_of, is_parametric, split
from klexact.roots import cells, polynomial

__all__ = [
    "Family",
    "binomial",
    "bounds",
    "categorical",
    "custom",
    "fixed",
    "geometric",
    "mixture",
    "parts",
    "poisson",
    "truncated_geometric",
    "two_part",
    "uniform",
]

Outcome = Hashable

_MAX_TRIALS = 100_000
_MAX_TERMS = 1_000


@dataclass(frozen=True, eq=False)
class Family:
    """A parametric model q_θ: what `fit` minimises over.

    `log_probability(x)` is log q_θ(x), or None where q_θ(x) = 0 for every θ; `member` makes the distribution
    at given values. A family without parameters is one distribution.
    """

    name: str
    parameters: tuple[Symbol, ...]
    domain: sympy.Set | None  # of one parameter; several are non-negative with a sum of at most 1
    log_probability: Callable[[Any], LogForm | None]
    member: Callable[..., Distribution]
    components: tuple[Distribution, ...] = ()  # with disjoint supports: θ holds their masses
    wide: Mapping[Outcome, sympy.Expr] | None = None  # probabilities that are not rational functions
    finite: bool = True  # finitely many outcomes

    def at(self, *values: object) -> Distribution:
        """Return the member with these parameter values, rational and inside the domain.

        >>> binomial(2).at("1/2")
        Distribution({0: 1/4, 1: 1/2, 2: 1/4})
        >>> binomial(2).at(2)
        Traceback (most recent call last):
        ...
        klexact.errors.InvalidFamilyError: p must lie in Interval(0, 1) for binomial(2); found 2
        """
        if len(values) != len(self.parameters):
            raise InvalidFamilyError(
                f"{self.name} needs {len(self.parameters)} parameter values; found {len(values)}: "
                f"{', '.join(map(str, self.parameters)) or 'it has none'}"
            )
        exact = [element_of(element(v, str(s))) for s, v in zip(self.parameters, values, strict=True)]
        if self.domain is not None and not is_parametric(exact[0]) and as_expr(exact[0]) not in self.domain:
            raise InvalidFamilyError(
                f"{self.parameters[0]} must lie in {self.domain} for {self.name}; found {as_expr(exact[0])}"
            )
        return self.member(*map(as_expr, exact))

    def __repr__(self) -> str:
        over = f" over {self.parameters[0]} in {self.domain}" if self.domain is not None else ""
        return f"<Family {self.name}{over}>"


def fixed(distribution: Distribution, name: str = "fixed") -> Family:
    """Return the family without parameters whose only member is `distribution`."""

    def log_probability(x: Outcome) -> LogForm | None:
        q = distribution.mass(x)
        return LogForm.of_logs([(QQ(1), q)]) if q else None

    return Family(name, (), None, log_probability, lambda: distribution)


def uniform(outcomes: int | Iterable[Outcome]) -> Family:
    """Return the uniform model on given outcomes or on 0..n-1; it has no parameters."""
    model = Distribution.uniform(outcomes)
    return fixed(model, f"uniform({len(model)})")


def binomial(n: int, parameter: Symbol = Symbol("p")) -> Family:
    """Return Binomial(n, p): q(x) = comb(n, x) p^x (1 - p)^(n - x) on 0..n, p in [0, 1].

    >>> binomial(2).log_probability(1)
    LogForm(log(p) + log(1 - p) + log(2))
    """
    n = whole(n, "n", 0, _MAX_TRIALS)
    success, failure = LogForm.log(parameter), LogForm.log(1 - parameter)

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        if k is None or k > n:
            return None
        return LogForm.sum(
            [(QQ(1), LogForm.of_logs([(QQ(1), QQ(comb(n, k)))])), (QQ(k), success), (QQ(n - k), failure)]
        )

    return Family(
        f"binomial({n})", (parameter,), Interval(0, 1), log_probability, lambda value: Distribution.binomial(n, value)
    )


def geometric(parameter: Symbol = Symbol("p")) -> Family:
    """Return the number of failures before the first success: q(x) = p (1 - p)^x on 0, 1, 2, ..., p in (0, 1]."""
    success, failure = LogForm.log(parameter), LogForm.log(1 - parameter)

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        return None if k is None else LogForm.sum([(QQ(1), success), (QQ(k), failure)])

    member = partial(_infinite, "geometric", 1)
    return Family("geometric", (parameter,), Interval.Lopen(0, 1), log_probability, member, finite=False)


def poisson(parameter: Symbol = Symbol("lambda")) -> Family:
    """Return Poisson(λ): q(x) = e^-λ λ^x / x! on 0, 1, 2, ..., λ >= 0."""
    rate = LogForm.log(parameter)

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        if k is None:
            return None
        return LogForm.sum(
            [(QQ(k), rate), (QQ(-1), LogForm.of_logs([(QQ(1), QQ(factorial(k)))])), (QQ(-1), LogForm(parameter))]
        )

    member = partial(_infinite, "poisson", 0)
    return Family("poisson", (parameter,), Interval(0, oo), log_probability, member, finite=False)


def truncated_geometric(n: int, parameter: Symbol = Symbol("r")) -> Family:
    """Return the geometric progression q(x) = r^x / (1 + r + ... + r^(n-1)) on 0..n-1, r >= 0 (r = 1: uniform)."""
    n = whole(n, "n", 1, _MAX_TERMS)
    ratio = LogForm.log(parameter)
    total = LogForm.log(sympy.Poly([1] * n, parameter).as_expr())

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        return None if k is None or k >= n else LogForm.sum([(QQ(k), ratio), (QQ(-1), total)])

    def member(value: sympy.Expr) -> Distribution:
        return Distribution.from_weights([value**x for x in range(n)])

    return Family(f"truncated_geometric({n})", (parameter,), Interval(0, oo), log_probability, member)


def two_part(first: Iterable[Outcome], second: Iterable[Outcome], parameter: Symbol = Symbol("p")) -> Family:
    """Return the model that spreads p evenly over one block of outcomes and 1 - p over another, p in [0, 1].

    >>> two_part(range(6, 11), range(6)).at("47/100")[10]
    47/500
    """
    blocks = [Distribution.uniform(_block(block)) for block in (first, second)]
    return mixture(*blocks, parameters=[parameter], name="two_part")


def parts(*blocks: Iterable[Outcome], parameters: Iterable[Symbol] | None = None, name: str = "parts") -> Family:
    """Return the model with a mass for every block of outcomes, spread evenly over the block."""
    return mixture(
        *(Distribution.uniform(_block(b)) for b in blocks), parameters=parameters, name=f"{name}({len(blocks)})"
    )


def _block(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    if not isinstance(outcomes, Iterable):
        raise InvalidFamilyError(f"a block must be a sequence of outcomes, such as range(6, 11); found {outcomes!r}")
    return tuple(outcomes)


def categorical(outcomes: int | Iterable[Outcome]) -> Family:
    """Return the model of all distributions on given outcomes, or on 0..n-1."""
    names = (
        outcomes if isinstance(outcomes, Iterable) else range(whole(outcomes, "the number of outcomes", 2, _MAX_TERMS))
    )
    return parts(*((x,) for x in names), name="categorical")


def mixture(*distributions: Distribution, parameters: Iterable[Symbol] | None = None, name: str = "mixture") -> Family:
    """Return the mixtures of given distributions: of two with weights w and 1 - w, w in [0, 1]; of more with
    weights w_1, w_2, ... and what they leave for the last.

    >>> mixture(Distribution.point(0), Distribution.uniform(2)).at("1/3")
    Distribution({0: 2/3, 1: 1/3})
    """
    components = [Distribution(d) for d in distributions]
    for d in components:
        if d.free_symbols:
            raise InvalidFamilyError(f"components must not have parameters of their own; found {d}")
    if len(components) < 2:
        raise InvalidFamilyError(f"{name} needs at least two components; found {len(components)}")
    free = tuple(parameters or _default_weights(len(components) - 1))
    if len(free) != len(components) - 1:
        raise InvalidFamilyError(f"{name} of {len(components)} components needs one parameter fewer; found {len(free)}")
    weights = (*free, 1 - sympy.Add(*free))
    model = Distribution.mixture(components, weights)
    supports = [x for c in components for x in c.support]
    disjoint = len(supports) == len(set(supports))
    one = len(free) == 1
    return Family(
        name,
        free,
        Interval(0, 1) if one else None,
        _log_of(model, free[0], Interval(0, 1)) if one else _log_of(model),
        lambda *values: Distribution.mixture(components, (*values, 1 - sympy.Add(*values))),
        tuple(components) if disjoint else (),
    )


def _default_weights(n: int) -> list[Symbol]:
    return [Symbol("w")] if n == 1 else [Symbol(f"w_{i}") for i in range(1, n + 1)]


def custom(
    probabilities: Mapping[Any, object] | Iterable[object],
    parameter: Symbol,
    domain: sympy.Set,
    name: str = "custom",
) -> Family:
    """Return a model of your own: SymPy expressions in one parameter that sum to 1 on its domain, an Interval.

    Where the probabilities are not rational functions over Q the family is made all the same, but `fit` promises no
    closed form. Raises InvalidFamilyError if a probability is negative somewhere in the domain.

    >>> from sympy.abc import t
    >>> custom([(1 - 2 * t) ** 2, 4 * t * (1 - t)], t, Interval(0, 1))
    <Family custom over t in Interval(0, 1)>
    >>> custom([t / 2, 1 - t / 2], t, Interval(0, 3))
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: the probability of 1 must be >= 0 for t in Interval(0, 3); found -1/4 at t = 5/2
    """
    lower, upper = bounds(domain)
    if not isinstance(parameter, Symbol):
        raise InvalidFamilyError(f"the parameter of {name} must be a SymPy Symbol; found {parameter!r}")
    if not isinstance(probabilities, Mapping):
        probabilities = list(probabilities)
    try:
        model = Distribution(probabilities)
    except InvalidNumberError:
        return _wide(probabilities, parameter, domain, name)
    if model.free_symbols - {parameter}:
        raise InvalidFamilyError(
            f"{name} must depend on {parameter} alone; found {sorted(map(str, model.free_symbols))}"
        )
    for x, q in model.table:
        for point in cells(_factors(q, parameter), lower, upper):
            value = as_expr(q).subs(parameter, as_expr(point))
            if value < 0:
                raise InvalidFamilyError(
                    f"the probability of {x!r} must be >= 0 for {parameter} in {domain}; "
                    f"found {value} at {parameter} = {as_expr(point)}"
                )
    return Family(
        name,
        (parameter,),
        domain,
        _log_of(model, parameter, domain),
        lambda value: model.subs({parameter: value}) if model.free_symbols else model,
    )


def _factors(q: Any, parameter: Symbol) -> list[Any]:
    return [polynomial(f, parameter) for f, _ in split(q)[1]] if is_parametric(q) else []


def _wide(probabilities: Any, parameter: Symbol, domain: sympy.Set, name: str) -> Family:
    pairs = probabilities.items() if isinstance(probabilities, Mapping) else enumerate(probabilities)
    table = {x: q if isinstance(q, sympy.Expr) else as_expr(element(q)) for x, q in pairs}
    total = sympy.simplify(sympy.Add(*table.values()))
    if total != 1:
        raise InvalidFamilyError(f"the probabilities of {name} must sum to 1 for every {parameter}; found {total}")
    return Family(name, (parameter,), domain, lambda _: None, partial(_infinite, name, None), wide=table)


def bounds(domain: sympy.Set) -> tuple[Any, Any]:
    """Return the rational ends of an interval, None for an infinite one."""
    if not isinstance(domain, Interval) or not all(
        end.is_Rational or end.is_infinite for end in (domain.start, domain.end)
    ):
        raise InvalidFamilyError(f"a domain must be a SymPy Interval with rational or infinite ends; found {domain}")
    return tuple(None if end.is_infinite else element_of(element(end)) for end in (domain.start, domain.end))  # type: ignore[return-value]


def _log_of(
    model: Distribution, parameter: Symbol | None = None, domain: sympy.Set | None = None
) -> Callable[[Any], Any]:
    inside = _inside(parameter, domain)

    def log_probability(x: Outcome) -> LogForm | None:
        q = model.mass(x)
        return LogForm.of_logs([(QQ(1), q)], assuming=inside) if q else None

    return log_probability


def _inside(parameter: Symbol | None, domain: sympy.Set | None) -> list[Any]:
    """Return elements that are positive exactly inside the domain."""
    if parameter is None or domain is None:
        return []
    lower, upper = bounds(domain)
    x = element_of(parameter)
    return ([] if lower is None else [x - lower]) + ([] if upper is None else [upper - x])


def _count(x: object) -> int | None:
    """Return the outcome as a natural number if it is one, whatever its type: 2.0 and Fraction(2) are 2."""
    n = int(cast("float", x)) if isinstance(x, Real) and isfinite(x) else -1
    return n if n >= 0 and n == x else None


def _infinite(name: str, end: int | None, value: sympy.Expr) -> Distribution:
    """Return the point mass at 0 that such a family is at one end of its domain."""
    if end is not None and value == end:
        return Distribution.point(0)
    raise InvalidFamilyError(
        f"a Distribution has finitely many rational probabilities; {name} has not: use it with fit, and read argmin"
    )
