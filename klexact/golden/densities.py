"""Densities of laws as textbooks write them, and D(P‖Q) integrated or summed from them with mpmath: no closed form is used."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["LAWS", "integrated", "support_inside"]

Parameters = Sequence[Any]
INF = float("inf")


@dataclass(frozen=True)
class Density:
    """The logarithm of a density, or of probabilities of integers, its support, and a point where it has a corner or its bulk.

    `cut`, where given, is a point below which the density is less than e^(-8·precision), and too small to compute.
    """

    log: Callable[..., Any]  # of a context, x and the parameters
    support: Callable[..., tuple[Any, Any]]  # its ends
    middle: Callable[..., Any]
    discrete: bool = False
    cut: Callable[..., Any] | None = None


def _half_line(*_: Any) -> tuple[Any, Any]:
    return 0, INF


def _line(*_: Any) -> tuple[Any, Any]:
    return -INF, INF


def _unit(*_: Any) -> tuple[Any, Any]:
    return 0, 1


def _continuous_bernoulli(c: Any, x: Any, p: Any) -> Any:
    constant = c.log(2 * c.atanh(1 - 2 * p) / (1 - 2 * p)) if p != c.mpf(1) / 2 else c.log(2)
    return constant + x * c.log(p) + (1 - x) * c.log(1 - p)


def _gumbel(c: Any, x: Any, m: Any, s: Any) -> Any:
    z = (x - m) / s
    return -z - c.exp(-z) - c.log(s)


def _binomial(c: Any, x: Any, n: Any, p: Any) -> Any:
    return c.log(c.binomial(n, x)) + (x * c.log(p) if x else 0) + ((n - x) * c.log(1 - p) if x != n else 0)


def _geometric(c: Any, x: Any, p: Any) -> Any:
    return c.log(p) + (x * c.log(1 - p) if x else 0)


def _poisson(c: Any, x: Any, r: Any) -> Any:
    return (x * c.log(r) if x else 0) - r - c.loggamma(x + 1)


LAWS: Mapping[str, Density] = {
    "bernoulli": Density(
        lambda c, x, p: c.log(p) if x == 1 else c.log(1 - p),
        lambda p: (int(p == 1), int(p != 0)),
        lambda p: p,
        discrete=True,
    ),
    "binomial": Density(_binomial, lambda n, p: (n if p == 1 else 0, n if p else 0), lambda n, p: n * p, discrete=True),
    "geometric": Density(_geometric, lambda p: (0, 0 if p == 1 else INF), lambda p: 1 / p, discrete=True),
    "poisson": Density(_poisson, lambda r: (0, INF if r else 0), lambda r: r, discrete=True),
    "beta": Density(
        lambda c, x, a, b: (a - 1) * c.log(x) + (b - 1) * c.log(1 - x) - c.log(c.beta(a, b)),
        _unit,
        lambda a, b: a / (a + b),
    ),
    "cauchy": Density(lambda c, x, m, s: -c.log(c.pi * s * (1 + ((x - m) / s) ** 2)), _line, lambda m, _: m),
    "continuous_bernoulli": Density(_continuous_bernoulli, _unit, lambda _: 0.5),
    "exponential": Density(lambda c, x, r: c.log(r) - r * x, _half_line, lambda r: 1 / r),
    "gamma": Density(
        lambda c, x, a, r: a * c.log(r) + (a - 1) * c.log(x) - r * x - c.loggamma(a), _half_line, lambda a, r: a / r
    ),
    "gumbel": Density(_gumbel, _line, lambda m, _: m, cut=lambda c, m, s: m - s * c.log(8 * c.prec)),
    "half_normal": Density(lambda c, x, s: c.log(2 / (c.pi * s**2)) / 2 - x**2 / (2 * s**2), _half_line, lambda s: s),
    "inverse_gamma": Density(
        lambda c, x, a, s: a * c.log(s) - (a + 1) * c.log(x) - s / x - c.loggamma(a), _half_line, lambda a, s: s / a
    ),
    "laplace": Density(lambda c, x, m, s: -abs(x - m) / s - c.log(2 * s), _line, lambda m, _: m),
    "log_normal": Density(
        lambda c, x, m, s: -((c.log(x) - m) ** 2) / (2 * s**2) - c.log(x * s) - c.log(2 * c.pi) / 2,
        _half_line,
        lambda *_: 1,
    ),
    "normal": Density(
        lambda c, x, m, s: -((x - m) ** 2) / (2 * s**2) - c.log(s) - c.log(2 * c.pi) / 2, _line, lambda m, _: m
    ),
    "pareto": Density(
        lambda c, x, s, a: c.log(a) + a * c.log(s) - (a + 1) * c.log(x), lambda s, _: (s, INF), lambda s, _: 2 * s
    ),
    "rayleigh": Density(lambda c, x, s: c.log(x) - 2 * c.log(s) - x**2 / (2 * s**2), _half_line, lambda s: s),
    "uniform": Density(lambda c, _, a, b: -c.log(b - a), lambda a, b: (a, b), lambda a, b: (a + b) / 2),
    "weibull": Density(
        lambda c, x, k, s: c.log(k / s) + (k - 1) * c.log(x / s) - (x / s) ** k, _half_line, lambda _, s: s
    ),
}


def support_inside(law_p: str, p: Parameters, law_q: str, q: Parameters) -> bool:
    """Tell whether P has no mass outside the support of Q (a finite mean is the caller's to see to).

    >>> support_inside("beta", [1, 1], "normal", [0, 1]), support_inside("normal", [0, 1], "beta", [1, 1])
    (True, False)
    """
    one, other = LAWS[law_p], LAWS[law_q]
    (low, high), (least, most) = one.support(*p), other.support(*q)
    return (one.discrete == other.discrete) and least <= low and high <= most


def integrated(c: Any, law_p: str, p: Parameters, law_q: str, q: Parameters) -> Any:
    """Return ∫ p log(p/q), or the sum over integers, in a context of mpmath."""
    one, other = LAWS[law_p], LAWS[law_q]
    a, b = ([c.mpf(x.numerator) / x.denominator for x in parameters] for parameters in (p, q))

    def term(x: Any) -> Any:
        log_p = one.log(c, x, *a)
        return c.exp(log_p) * (log_p - other.log(c, x, *b))

    low, high = one.support(*a)
    if one.discrete:
        return _summed(c, term, int(low), high, one.middle(*a))
    if one.cut is not None:
        low = one.cut(c, *a)
    corners = [y for y in (one.middle(*a), other.middle(*b)) if low < y < high]
    return c.quad(term, sorted({low, high, *corners}))


def _summed(c: Any, term: Callable[[Any], Any], low: int, high: Any, middle: Any) -> Any:
    """Add the terms until they have long been below the precision; all tails here fall geometrically or faster."""
    total, x, small = c.mpf(0), low, 0
    while x <= high and small < 50:
        found = term(c.mpf(x))
        total += found
        small = small + 1 if x > middle and abs(found) <= abs(total) * c.eps / 2**20 else 0
        x += 1
    return total
