"""The search for arguments whose values are hardest to round: nearest to the middle of two neighbouring numbers of a format."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache

from flint import arb, ctx

from klexact.formats import FORMATS
from klexact.golden.generators import minstd

__all__ = ["hard_arguments"]

_PREC = 320  # of a value that may cancel, down to the format's precision and 60 bits more

_VALUES: Mapping[str, Callable[..., arb]] = {
    "entr": lambda p: -p * p.log(),
    "rel_entr": lambda p, q: p * (p / q).log(),
    "kl_div": lambda p, q: p * (p / q).log() + (q - p),
}


@cache
def hard_arguments(function: str, dtype: str, seed: int, candidates: int, keep: int) -> tuple[dict[str, str], ...]:
    """Return the `keep` hardest of so many random arguments in [1/2, 1), hardest first; all are numbers of the format.

    >>> hard_arguments("entr", "binary32", 1, 100, 1)
    ({'p': '...'},)
    """
    precision = FORMATS[dtype].precision
    names = ("p",) if function == "entr" else ("p", "q")
    stream = _stream(seed, precision)
    found = []
    with ctx.workprec(_PREC):
        for i in range(candidates):
            numbers = [next(stream) for _ in names]
            value = _VALUES[function](*(arb(w) * arb(2) ** -precision for w in numbers))
            found.append((_distance(value, precision), i, numbers))
    scale = 1 << precision
    return tuple(
        {name: str(Fraction(w, scale)) for name, w in zip(names, numbers, strict=True)}
        for *_, numbers in heapq.nsmallest(keep, found)
    )


def _stream(seed: int, bits: int) -> Iterator[int]:
    """Yield integers of exactly so many bits."""
    random = minstd(seed)
    while True:
        number = 0
        for _ in range(-(-bits // 20)):
            number = number << 20 | next(random) >> 5 & 0xFFFFF
        yield number % (1 << bits - 1) | 1 << bits - 1


def _distance(value: arb, precision: int) -> int:
    """Return how far the significand of a value is from the middle of two neighbours, in units of 2^-60 ulp."""
    mantissa = int(abs(value).mid().man_exp()[0])
    shift = mantissa.bit_length() - precision - 60
    scaled = mantissa >> shift if shift >= 0 else mantissa << -shift
    return abs(scaled % (1 << 60) - (1 << 59))
