"""The standard library: `statistics.NormalDist` and `collections.Counter`."""

from collections import Counter
from collections.abc import Hashable
from math import lcm
from statistics import NormalDist
from typing import Any

from klexact import laws
from klexact.distribution import Distribution
from klexact.interop.exchange import fractions, unknown_law, without_symbols
from klexact.laws import Law
from klexact.rounding import double

__all__ = ["read", "to_counter", "to_statistics"]


def read(x: Any) -> Any:
    """Return a NormalDist as a law; anything else as it is."""
    return laws.normal(x.mean, x.stdev) if isinstance(x, NormalDist) else x


def to_counter(d: Distribution) -> Counter[Hashable]:
    """Return the least whole numbers in the proportions of the probabilities; nothing is lost.

    >>> to_counter(Distribution({"a": "1/2", "b": "1/3", "c": "1/6", "d": 0}))
    Counter({'a': 3, 'b': 2, 'c': 1, 'd': 0})
    >>> Distribution.from_counts(to_counter(Distribution(["1/4", "3/4"])))
    Distribution({0: 1/4, 1: 3/4})
    """
    table = fractions(d)
    unit = lcm(*(p.denominator for p in table.values()))
    return Counter({x: int(p * unit) for x, p in table.items()})


def to_statistics(law: Law) -> NormalDist:
    """Return a normal law as a `statistics.NormalDist`; its mean and deviation are rounded to doubles.

    >>> to_statistics(laws.normal("1/2", 2)), to_statistics(laws.normal("1/3", 2)).mean
    (NormalDist(mu=0.5, sigma=2.0), 0.3333333333333333)
    >>> to_statistics(laws.exponential(2))
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: statistics must have the law; found exponential(2): it has normal
    """
    without_symbols(law)
    if not isinstance(law, Law) or law.name != "normal":
        raise unknown_law(law, "statistics", ["normal"])
    return NormalDist(*map(double, law.parameters.values()))
