"""Parametric models as data: what a `Family` is, and the ones that come with klexact.

A family is a name, its parameters with their domain, and log q(x) as a log form in the parameters. Adding one is
writing one function here that returns a `Family`.
"""

from collections.abc import Hashable, Iterable
from functools import partial
from math import comb, factorial, isfinite
from numbers import Real
from typing import Any, cast

import sympy
from sympy import QQ, Interval, Symbol, oo

from klexact.compound import truncated, zero_inflated
from klexact.custom import custom
from klexact.display import listed
from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError
from klexact.exact import whole
from klexact.family import Family, infinite, log_of, require_symbols
from klexact.logform import LogForm
from klexact.polytope import Polytope

__all__ = [
    "Family",
    "binomial",
    "categorical",
    "custom",
    "fixed",
    "geometric",
    "mixture",
    "multinomial",
    "parts",
    "poisson",
    "truncated",
    "truncated_geometric",
    "two_part",
    "uniform",
    "zero_inflated",
]

Outcome = Hashable

_MAX_TRIALS = 100_000
_MAX_TERMS = 1_000
_MAX_OUTCOMES = 100_000
_TOLD = 5  # parts


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

    Coq: Optima.binomial_argmin.
    """
    n = whole(n, "n", 0, _MAX_TRIALS)
    require_symbols("binomial", [parameter])
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


def multinomial(n: int, k: int, parameters: Iterable[Symbol] | None = None) -> Family:
    """Return Multinomial(n; p_1, ..., p_k) on tuples of k counts: q(x) = n!/(x_1!...x_k!) p_1^x_1 ... p_k^x_k.

    The parameters are p_1, ..., p_(k-1) >= 0; p_k is what they leave of 1. A trinomial is `multinomial(n, 3)`.

    >>> multinomial(2, 2).at("1/3")
    Distribution({(0, 2): 4/9, (1, 1): 4/9, (2, 0): 1/9})
    """
    n, k = whole(n, "n", 0, _MAX_TRIALS), whole(k, "k", 2, _MAX_TERMS)
    free = tuple(parameters or (Symbol(f"p_{i}") for i in range(1, k)))
    if len(free) != k - 1:
        raise InvalidFamilyError(f"multinomial with k = {k} needs {k - 1} parameters; found {len(free)}")
    require_symbols("multinomial", free)
    masses = (*free, 1 - sympy.Add(*free))
    logs = [LogForm.log(p) for p in masses]

    def log_probability(x: Any) -> LogForm | None:
        counts = [_count(c) for c in x] if isinstance(x, tuple) and len(x) == k else [None]
        known = [c for c in counts if c is not None]
        if len(known) < k or sum(known) != n:
            return None
        ways = LogForm.of_logs([(QQ(1), QQ(_ways(known)))])
        return LogForm.sum([(QQ(1), ways), *((QQ(c), log) for c, log in zip(known, logs, strict=True))])

    def member(*values: sympy.Expr) -> Distribution:
        whole(comb(n + k - 1, k - 1), "the number of outcomes of a multinomial", 1, _MAX_OUTCOMES)
        every = (*values, 1 - sympy.Add(*values))
        return Distribution({x: _ways(x) * sympy.Mul(*map(sympy.Pow, every, x)) for x in _compositions(n, k)})

    return Family(f"multinomial({n}, {k})", free, Polytope.simplex(free), log_probability, member)


def _ways(counts: Iterable[int]) -> int:
    """Return the number of orders of so many things of each kind."""
    total = ways = 0
    for c in counts:
        total += c
        ways = ways * comb(total, c) if ways else 1
    return ways or 1


def _compositions(n: int, k: int) -> Iterable[tuple[int, ...]]:
    if k == 1:
        return [(n,)]
    return ((first, *rest) for first in range(n + 1) for rest in _compositions(n - first, k - 1))


def geometric(parameter: Symbol = Symbol("p")) -> Family:
    """Return the number of failures before the first success: q(x) = p (1 - p)^x on 0, 1, 2, ..., p in (0, 1].

    Coq: Optima.geometric_argmin.
    """
    require_symbols("geometric", [parameter])
    success, failure = LogForm.log(parameter), LogForm.log(1 - parameter)

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        return None if k is None else LogForm.sum([(QQ(1), success), (QQ(k), failure)])

    member = partial(infinite, "geometric", 1)
    return Family("geometric", (parameter,), Interval.Lopen(0, 1), log_probability, member, finite=False)


def poisson(parameter: Symbol = Symbol("lambda")) -> Family:
    """Return Poisson(λ): q(x) = e^-λ λ^x / x! on 0, 1, 2, ..., λ >= 0.

    Coq: Optima.poisson_argmin.
    """
    require_symbols("poisson", [parameter])
    rate = LogForm.log(parameter)

    def log_probability(x: Any) -> LogForm | None:
        k = _count(x)
        if k is None:
            return None
        return LogForm.sum(
            [(QQ(k), rate), (QQ(-1), LogForm.of_logs([(QQ(1), QQ(factorial(k)))])), (QQ(-1), LogForm(parameter))]
        )

    member = partial(infinite, "poisson", 0)
    return Family("poisson", (parameter,), Interval(0, oo), log_probability, member, finite=False)


def truncated_geometric(n: int, parameter: Symbol = Symbol("r")) -> Family:
    """Return the geometric progression q(x) = r^x / (1 + r + ... + r^(n-1)) on 0..n-1, r >= 0 (r = 1: uniform)."""
    n = whole(n, "n", 1, _MAX_TERMS)
    require_symbols("truncated_geometric", [parameter])
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

    Coq: Blocks.two_part_argmin.
    """
    sets = [_block(block) for block in (first, second)]
    blocks = list(map(Distribution.uniform, sets))
    return mixture(*blocks, parameters=[parameter], name=f"two_part({' | '.join(map(listed, sets))})")


def parts(*blocks: Iterable[Outcome], parameters: Iterable[Symbol] | None = None, name: str = "parts") -> Family:
    """Return the model with a mass for every block of outcomes, spread evenly over the block.

    Coq: Blocks.block_argmin.
    """
    sets = list(map(_block, blocks))
    told = str(len(sets)) if name != "parts" or len(sets) > _TOLD else " | ".join(map(listed, sets))
    return mixture(*map(Distribution.uniform, sets), parameters=parameters, name=f"{name}({told})")


def _block(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    if not isinstance(outcomes, Iterable):
        raise InvalidFamilyError(f"a block must be a sequence of outcomes, such as range(6, 11); found {outcomes!r}")
    block = tuple(outcomes)
    if not block:
        raise InvalidFamilyError("a block must have at least one outcome; found none")
    return block


def categorical(outcomes: int | Iterable[Outcome]) -> Family:
    """Return the model of all distributions on given outcomes, or on 0..n-1.

    Coq: Optima.categorical_argmin.
    """
    names = (
        outcomes if isinstance(outcomes, Iterable) else range(whole(outcomes, "the number of outcomes", 2, _MAX_TERMS))
    )
    return parts(*((x,) for x in names), name="categorical")


def mixture(
    *distributions: Distribution | Family, parameters: Iterable[Symbol] | None = None, name: str = "mixture"
) -> Family:
    """Return the mixtures of given distributions: of two with weights w and 1 - w, w in [0, 1]; of more with
    weights w_1, w_2, ... and what they leave for the last. Families without parameters are distributions here.

    >>> mixture(Distribution.point(0), Distribution.uniform(2)).at("1/3")
    Distribution({0: 2/3, 1: 1/3})

    Coq: Mixtures.mixture_convex, Mixtures.mixture_argmin, Mixtures.mixture_unique_argmin,
    Mixtures.mixture_disjoint_argmin.
    """
    components = [Distribution(d.member() if isinstance(d, Family) and not d.parameters else d) for d in distributions]
    for d in components:
        if d.free_symbols:
            raise InvalidFamilyError(f"components must not have parameters of their own; found {d}")
    if len(components) < 2:
        raise InvalidFamilyError(f"{name} needs at least two components; found {len(components)}")
    free = tuple(parameters or _default_weights(len(components) - 1))
    if len(free) != len(components) - 1:
        raise InvalidFamilyError(f"{name} of {len(components)} components needs one parameter fewer; found {len(free)}")
    require_symbols(name, free)
    weights = (*free, 1 - sympy.Add(*free))
    model = Distribution.mixture(components, weights)
    supports = [x for c in components for x in c.support]
    disjoint = len(supports) == len(set(supports))
    domain = Interval(0, 1) if len(free) == 1 else Polytope.simplex(free)
    return Family(
        name,
        free,
        domain,
        log_of(model, domain),
        lambda *values: Distribution.mixture(components, (*values, 1 - sympy.Add(*values))),
        tuple(components) if disjoint else (),
    )


def _default_weights(n: int) -> list[Symbol]:
    return [Symbol("w")] if n == 1 else [Symbol(f"w_{i}") for i in range(1, n + 1)]


def _count(x: object) -> int | None:
    """Return the outcome as a natural number if it is one, whatever its type: 2.0 and Fraction(2) are 2."""
    n = int(cast("float", x)) if isinstance(x, Real) and isfinite(x) else -1
    return n if n >= 0 and n == x else None
