"""Laws of integers."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import sympy
from sympy import Interval, Range, S, Symbol, erf, exp, log, loggamma, oo, sqrt

from klexact.certify import is_zero
from klexact.errors import InvalidFamilyError
from klexact.laws.canonical import LogGamma, canonical
from klexact.laws.law import ExponentialFamily, Law, Moment, X, outcomes, point, table
from klexact.laws.parameters import NATURAL, NONNEGATIVE, POSITIVE, REAL, UNIT, Parameters, exact, known_positive
from klexact.laws.rules import index, power, series

__all__ = [
    "bernoulli",
    "binomial",
    "categorical",
    "discrete_uniform",
    "first_success",
    "geometric",
    "logarithmic",
    "negative_binomial",
    "ordered_logistic",
    "poisson",
    "probit_bernoulli",
    "stopping_ratio_logistic",
]

_ETA = Symbol("eta", real=True)
_MAX_TABLE = 1_000


@cache
def _trials(n: sympy.Expr) -> ExponentialFamily:
    carrier = log(sympy.binomial(n, X)) if n != 1 else S.Zero
    return ExponentialFamily((X,), (_ETA,), n * log(1 + exp(_ETA)), Range(0, n + 1), log_carrier=carrier)


def bernoulli(p: object) -> Law:
    """Return Bernoulli(p): mass p on 1 and 1 - p on 0, p in [0, 1].

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(bernoulli("1/2"), bernoulli("1/4")), kl_divergence(bernoulli(1), bernoulli("1/2"))
    (-log(3)/2 + log(2), log(2))

    Coq: Families.kl_bernoulli.
    """
    given = exact("bernoulli", p=(p, UNIT))
    (t,) = given
    if t in {0, 1}:
        return point("bernoulli", given, t, make=bernoulli)
    return _trials(S.One).law("bernoulli", given, (log(t) - log(1 - t),), make=bernoulli)


def probit_bernoulli(probit: object) -> Law:
    """Return Bernoulli(Φ(probit)), Φ the standard normal distribution function.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(probit_bernoulli(0), bernoulli("1/2")), probit_bernoulli(0).density(1)
    (0, 1/2)
    """
    given = exact("probit_bernoulli", probit=(probit, REAL))
    (z,) = given
    upper, lower = ((1 + sign * erf(z / sqrt(2))) / 2 for sign in (1, -1))
    return _trials(S.One).law("probit_bernoulli", given, (log(upper) - log(lower),), make=probit_bernoulli)


def binomial(n: object, p: object) -> Law:
    """Return Binomial(n, p): mass comb(n, x) p^x (1 - p)^(n - x) on 0..n, p in [0, 1].

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(binomial(5, 1), binomial(5, "1/2")), kl_divergence(binomial(3, "1/2"), binomial(2, "1/2"))
    (5*log(2), oo)
    >>> kl_divergence(binomial(1, "1/2"), binomial(2, "1/2"))
    log(2)/2

    Coq: Families.kl_binomial_bernoulli.
    """
    given = exact("binomial", n=(n, NATURAL), p=(p, UNIT))
    trials, t = given
    if not trials.is_integer:
        raise InvalidFamilyError(f"n of binomial must be an integer; found {trials}: declare its symbols integer=True")
    if t in {0, 1} or trials == 0:
        return point("binomial", given, trials * t if trials else S.Zero, make=binomial)
    return _trials(trials).law("binomial", given, (log(t) - log(1 - t),), rules=[series], make=binomial)


@cache
def _counts() -> ExponentialFamily:
    return ExponentialFamily((X,), (_ETA,), exp(_ETA), Range(0, oo), log_carrier=-loggamma(X + 1))


def poisson(rate: object) -> Law:
    """Return Poisson(rate): mass e^-rate rate^x / x! on 0, 1, 2, ...; Poisson(0) is all on 0.

    >>> from klexact.laws import entropy, kl_divergence
    >>> kl_divergence(poisson(2), poisson(1)), kl_divergence(poisson(0), poisson(1)), kl_divergence(poisson(1), poisson(0))
    (-1 + 2*log(2), 1, oo)
    >>> entropy(poisson(1))
    exp(-1)*Sum(log(factorial(k))/factorial(k), (k, 0, oo)) + 1

    Coq: CountingLaws.kl_poisson.
    """
    given = exact("poisson", rate=(rate, NONNEGATIVE))
    (m,) = given
    if m == 0:
        return point("poisson", given, S.Zero, make=poisson)
    return _counts().law("poisson", given, (log(m),), rules=[series], make=poisson)


@cache
def _failures(r: sympy.Expr) -> ExponentialFamily:
    carrier = loggamma(X + r) - loggamma(X + 1) - LogGamma(r) if r != 1 else S.Zero
    partition = -r * log(1 - exp(_ETA))
    return ExponentialFamily((X,), (_ETA,), partition, Range(0, oo), log_carrier=carrier, domain=(_ETA < 0,))


def geometric(p: object) -> Law:
    """Return Geometric(p), the failures before the first success: mass p (1 - p)^x on 0, 1, 2, ..., p in (0, 1].

    >>> from klexact.laws import entropy, kl_divergence
    >>> kl_divergence(geometric("1/2"), geometric("1/4")), kl_divergence(geometric(1), geometric("1/2"))
    (-log(3) + 2*log(2), log(2))

    Coq: CountingLaws.kl_geometric.
    """
    given = exact("geometric", p=(p, Interval.Lopen(0, 1)))
    (t,) = given
    if t == 1:
        return point("geometric", given, S.Zero, make=geometric)
    return _failures(S.One).law("geometric", given, (log(1 - t),), rules=[series], make=geometric)


@cache
def _trials_to_success() -> ExponentialFamily:
    return ExponentialFamily((X,), (_ETA,), _ETA - log(1 - exp(_ETA)), Range(1, oo), domain=(_ETA < 0,))


def first_success(p: object) -> Law:
    """Return the law of the trials up to the first success: mass p (1 - p)^(x - 1) on 1, 2, 3, ..., p in (0, 1].

    It is 1 plus a geometric outcome; some libraries call this law geometric.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(first_success("1/2"), first_success("1/4")), kl_divergence(first_success("1/2"), geometric("1/2"))
    (-log(3) + 2*log(2), log(2))
    >>> kl_divergence(geometric("1/2"), first_success("1/2")), kl_divergence(first_success(1), first_success("1/2"))
    (oo, log(2))

    Blitzstein & Hwang, *Introduction to Probability*, 2nd ed., section 4.3.
    """
    given = exact("first_success", p=(p, Interval.Lopen(0, 1)))
    (t,) = given
    if t == 1:
        return point("first_success", given, S.One, make=first_success)
    return _trials_to_success().law("first_success", given, (log(1 - t),), rules=[series], make=first_success)


def negative_binomial(r: object, p: object) -> Law:
    """Return the failures before the r-th success: mass Γ(x + r)/(x! Γ(r)) p^r (1 - p)^x on 0, 1, 2, ..., r > 0, p in (0, 1].

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(negative_binomial(2, "1/2"), negative_binomial(2, "1/4"))
    -2*log(3) + 4*log(2)
    >>> kl_divergence(negative_binomial(1, "1/2"), geometric("1/2"))
    0
    """
    given = exact("negative_binomial", r=(r, POSITIVE), p=(p, Interval.Lopen(0, 1)))
    size, t = given
    if t == 1:
        return point("negative_binomial", given, S.Zero, make=negative_binomial)
    return _failures(size).law("negative_binomial", given, (log(1 - t),), rules=[series], make=negative_binomial)


@cache
def _logarithms() -> ExponentialFamily:
    partition = log(-log(1 - exp(_ETA)))
    return ExponentialFamily((X,), (_ETA,), partition, Range(1, oo), log_carrier=-log(X), domain=(_ETA < 0,))


def logarithmic(p: object) -> Law:
    """Return the logarithmic series law: mass -p^x/(x log(1 - p)) on 1, 2, 3, ..., p in (0, 1).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(logarithmic("1/2"), logarithmic("1/2")), kl_divergence(logarithmic("1/2"), poisson(0))
    (0, oo)

    Johnson, Kemp & Kotz, *Univariate Discrete Distributions*, 3rd ed., chapter 7.
    """
    given = exact("logarithmic", p=(p, Interval.open(0, 1)))
    (t,) = given
    return _logarithms().law("logarithmic", given, (log(t),), rules=[series], make=logarithmic)


def discrete_uniform(low: object, high: object) -> Law:
    """Return the uniform law on the integers low, ..., high.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(discrete_uniform(1, 6), discrete_uniform(1, 12)), kl_divergence(discrete_uniform(0, 1), bernoulli(1))
    (log(2), oo)
    """
    (start,) = exact("discrete_uniform", low=(low, S.Integers))
    given = exact("discrete_uniform", low=(low, S.Integers), high=(high, S.Integers))
    a, b = given
    exact("discrete_uniform", high=(b, Interval(start, oo)))
    if not (a.is_integer and b.is_integer):
        raise InvalidFamilyError(f"the ends of discrete_uniform must be integers; found {a}, {b}: declare integer=True")
    conditions = (*given.conditions, *([sympy.Le(a, b)] if (b - a).is_nonnegative is None else []))
    density = {S.One: -log(b - a + 1)}
    return Law(
        "discrete_uniform", given.values, Range(a, b + 1), density, conditions, (_faulhaber, series), discrete_uniform
    )


def _faulhaber(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[x^n] by the sum of powers."""
    n = power(statistic)
    if outcomes(law) is not None or n is None or not n.is_Integer or n < 1:
        return None
    a, b = law.parameters.values()
    k = index(a, b)
    return Moment(sympy.summation(k**n, (k, a, b)) / (b - a + 1))


def categorical(probabilities: Iterable[object]) -> Law:
    """Return the law on 0, 1, ..., n - 1 with these probabilities, which sum to 1; those that are 0 do not count.

    They may be any exact numbers or expressions; for rational ones `klexact.Distribution` has labels and joints.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(categorical(["1/2", "1/2", 0]), categorical(["1/4", "1/4", "1/2"]))
    log(2)
    >>> kl_divergence(categorical(["1/2", "1/2"]), categorical([1, 0])), kl_divergence(bernoulli("1/2"), categorical([0, 1]))
    (oo, oo)
    """
    listed = list(probabilities)
    if not 1 <= len(listed) <= _MAX_TABLE:
        raise InvalidFamilyError(f"categorical needs 1 to {_MAX_TABLE:,} probabilities; found {len(listed):,}")
    given = exact("categorical", **{f"p_{k}": (p, UNIT) for k, p in enumerate(listed)})
    total = canonical(sympy.Add(*given), known_positive(given.conditions, {}))
    if not (total == 1 or (not total.free_symbols and is_zero(total - 1))):
        raise InvalidFamilyError(f"the probabilities of categorical must sum to 1; found {total}")
    return _table("categorical", {"probabilities": sympy.Tuple(*given)}, list(given), given.conditions, categorical)


def _table(
    name: str, values: dict[str, Any], masses: Sequence[sympy.Expr], conditions: tuple[sympy.Basic, ...], make: Any
) -> Law:
    return table(name, Parameters(values, conditions), dict(enumerate(masses)), make=make)


def _sigmoids(name: str, cutpoints: Iterable[object], location: object) -> tuple[dict[str, Any], list[sympy.Expr]]:
    cuts = list(cutpoints)
    if not 1 <= len(cuts) <= _MAX_TABLE:
        raise InvalidFamilyError(f"{name} needs 1 to {_MAX_TABLE:,} cutpoints; found {len(cuts):,}")
    given = exact(name, **{f"cutpoint_{k}": (c, REAL) for k, c in enumerate(cuts)}, location=(location, REAL))
    *exact_cuts, middle = given
    return {"cutpoints": sympy.Tuple(*exact_cuts), "location": middle}, [1 / (1 + exp(middle - c)) for c in exact_cuts]


def ordered_logistic(cutpoints: Iterable[object], location: object) -> Law:
    """Return the ordered logistic law on 0..n: P(x <= k) = 1/(1 + exp(location - cutpoint_k)), cutpoints increasing.

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(ordered_logistic([0], 0), bernoulli("1/2"))
    0
    """
    values, below = _sigmoids("ordered_logistic", cutpoints, location)
    cuts = values["cutpoints"]
    conditions: tuple[sympy.Basic, ...] = ()
    for k, (a, b) in enumerate(pairwise(cuts)):
        conditions += exact("ordered_logistic", **{f"cutpoint_{k + 1}": (b, Interval.open(a, oo))}).conditions
    steps = [S.Zero, *below, S.One]
    masses = [high - low for low, high in pairwise(steps)]
    return _table("ordered_logistic", values, masses, conditions, ordered_logistic)


def stopping_ratio_logistic(cutpoints: Iterable[object], location: object) -> Law:
    """Return the stopping-ratio logistic law on 0..n: P(x = k | x >= k) = 1/(1 + exp(location - cutpoint_k)).

    >>> from klexact.laws import kl_divergence
    >>> kl_divergence(stopping_ratio_logistic([0, 0], 0), categorical(["1/2", "1/4", "1/4"]))
    0
    """
    values, stopping = _sigmoids("stopping_ratio_logistic", cutpoints, location)
    masses, left = [], S.One
    for stop in stopping:
        masses.append(left * stop)
        left *= 1 - stop
    return _table("stopping_ratio_logistic", values, [*masses, left], (), stopping_ratio_logistic)
