"""Rules for expectations outside the exponential families: antiderivatives, generating functions, series."""

from collections.abc import Callable, Iterator
from typing import Any

import sympy
from sympy import Abs, Dummy, Eq, Piecewise, S, Symbol, atan, cos, exp, factorial, log, loggamma, oo, sin, sqrt

from klexact.errors import NoClosedFormError
from klexact.laws.canonical import exponential
from klexact.laws.expectation import moment
from klexact.laws.law import Law, Moment, Outcome, Rule, X, outcomes
from klexact.laws.parameters import Parameters, decide
from klexact.laws.parents import power_beta

__all__ = ["Series", "centre", "flat", "generated", "heavy", "quadratic", "series", "tail_series", "through"]

_MAX_ORDER = 40


class Series(sympy.Sum):  # type: ignore[misc]  # SymPy is untyped
    """A sum that is a value of its own: SymPy's printers do not stop to evaluate it, which may take for ever."""

    def _latex(self, printer: Any) -> Any:
        return printer._print_Sum(self)  # noqa: SLF001  (SymPy has a Series of its own, which it would take this for)

    def _pretty(self, printer: Any) -> Any:
        return printer._print_Sum(self)  # noqa: SLF001

    def __complex__(self) -> complex:
        raise TypeError("a series has no quick decimal value: ask evalf, or klexact for a certified one")


def index(*taken: sympy.Expr) -> Symbol:
    """Return an index of summation that is none of the symbols taken."""
    names = {s.name for e in taken for s in e.free_symbols}
    name = next(name for name in ("k", "j", "i", "n", *(f"k_{i}" for i in range(1000))) if name not in names)
    return Symbol(name, nonnegative=True)  # as an integer SymPy would rewrite gamma functions of it


def centre(statistic: sympy.Expr) -> sympy.Expr | None:
    """Return m of the statistic |x - m|, or None.

    >>> centre(Abs(X - 3)), centre(Abs(X)), centre(X)
    (3, 0, None)
    """
    if not isinstance(statistic, Abs):
        return None
    slope = statistic.args[0].coeff(X)
    rest = X - statistic.args[0] * slope
    return None if slope not in {1, -1} or sympy.expand(rest).has(X) else sympy.expand(rest)


def quadratic(statistic: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return (m, g) of the statistic log((x - m)² + g²), or None.

    >>> g = Symbol("g", positive=True)
    >>> quadratic(log((X - 1) ** 2 + g**2)), quadratic(log(X))
    ((1, g), None)
    """
    if not isinstance(statistic, log):
        return None
    opened = sympy.expand(statistic.args[0])
    m = -opened.coeff(X, 1) / 2
    rest = sympy.expand(opened - (X - m) ** 2)
    return None if rest.has(X) or rest == 0 else (m, sqrt(sympy.factor(rest)))


def power(statistic: sympy.Expr) -> sympy.Expr | None:
    """Return r of the statistic x^r, or None."""
    b, e = statistic.as_base_exp()
    return e if b == X and not e.has(Outcome) else None


def rate(statistic: sympy.Expr) -> sympy.Expr | None:
    """Return c of the statistic e^(c x), or None."""
    c = statistic.args[0] / X if isinstance(statistic, exp) else X
    return None if c.has(Outcome) else c


# -- uniform laws ----------------------------------------------------------------------------------------------


def flat(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[T] = (F(b) - F(a))/(b - a) on an interval with constant density, F' = T."""
    low, high = law.support.start, law.support.end
    c = power(1 - statistic.args[0]) if isinstance(statistic, log) and (low, high) == (0, 1) else None
    if c is not None and c.is_positive:
        return moment(power_beta(c).law("uniform", Parameters({}, ()), (S.Zero, S.Zero)), statistic)
    for antiderivative, singular, value, finite in _antiderivatives(statistic):
        upper, lower = (antiderivative.xreplace({X: end}) for end in (high, low))
        if singular == 0:  # the support lies on its right, and low < high
            lower = _at(lower, low, singular, value)
        elif singular == 1:
            upper = _at(upper, high, singular, value)
        return Moment((upper - lower) / (high - low), finite(low, high))
    return None


def _at(there: sympy.Expr, end: sympy.Expr, singular: sympy.Expr, value: sympy.Expr) -> sympy.Expr:
    """Return F at an end, its limit at the singular point; a Piecewise where it may be that."""
    same = decide(Eq(end, singular, evaluate=False)) if not (end - singular).free_symbols else (end - singular).is_zero
    if same is None:
        return Piecewise((value, Eq(end, singular)), (there, True))
    return value if same else there


Found = tuple[sympy.Expr, sympy.Expr | None, sympy.Expr, Callable[[sympy.Expr, sympy.Expr], sympy.Basic]]


def _always(_: sympy.Expr, __: sympy.Expr) -> sympy.Basic:
    return sympy.true


def _away_from_zero(low: sympy.Expr, _: sympy.Expr) -> sympy.Basic:
    holds = decide(sympy.Gt(low, 0, evaluate=False))
    return sympy.Gt(low, 0) if holds is None else sympy.true if holds else sympy.false


def _antiderivatives(t: sympy.Expr) -> Iterator[Found]:
    """Yield (F, its singular end or None, the limit there, when the integral converges) with F' = t."""
    r, c, m, square = power(t), rate(t), centre(t), quadratic(t)
    if r is not None and (r + 1).is_zero is not None:
        if r == -1:
            yield log(X), S.Zero, S.Zero, _away_from_zero
        elif (r + 1).is_positive or (r + 1).is_negative:
            fractional = not (r.is_integer and r.is_nonnegative)
            converges = _always if (r + 1).is_positive else _away_from_zero
            yield X ** (r + 1) / (r + 1), S.Zero if fractional else None, S.Zero, converges
    elif c is not None:
        yield exp(c * X) / c, None, S.Zero, _always
    elif m is not None:
        yield (X - m) * Abs(X - m) / 2, None, S.Zero, _always
    elif square is not None:
        m, g = square
        yield (X - m) * log((X - m) ** 2 + g**2) - 2 * X + 2 * g * atan((X - m) / g), None, S.Zero, _always
    elif t.as_base_exp()[0] == log(X) and t.as_base_exp()[1].is_Integer and 0 < t.as_base_exp()[1] <= _MAX_ORDER:
        n = int(t.as_base_exp()[1])
        signed = (sympy.ff(n, j) * (-1) ** j * log(X) ** (n - j) for j in range(n + 1))
        yield sympy.expand(X * sympy.Add(*signed)), S.Zero, S.Zero, _always
    elif t == log(1 - X):
        yield -(1 - X) * log(1 - X) - X, S.One, -S.One, _always
    elif t in {cos(X), sin(X)}:
        yield (sin(X) if t == cos(X) else -cos(X)), None, S.Zero, _always


# -- generating functions --------------------------------------------------------------------------------------


def generated(mgf: Callable[[Law, sympy.Expr], Moment]) -> Rule:
    """Return the rule for x^n and e^(c x) of a law with a moment generating function."""

    def rule(law: Law, statistic: sympy.Expr) -> Moment | None:
        c, n = rate(statistic), power(statistic)
        if c is not None:
            return mgf(law, c)
        if n is None or not n.is_Integer or not 0 < n <= _MAX_ORDER:
            return None
        t = Dummy("t", real=True)
        return Moment(sympy.diff(mgf(law, t).value, t, int(n)).xreplace({t: S.Zero}))

    return rule


def through(base: Callable[[Law], Law], outcome: sympy.Expr) -> Rule:
    """Return the rule of the law of `outcome`, an expression in X, where X has the base law."""

    def rule(law: Law, statistic: sympy.Expr) -> Moment | None:
        pulled = sympy.expand_log(statistic.xreplace({X: outcome}), force=True)
        try:
            return moment(base(law), sympy.powsimp(pulled))
        except NoClosedFormError:
            return None

    return rule


def heavy(_: Law, statistic: sympy.Expr) -> Moment | None:
    """Powers, distances and exponentials have no finite expectation under a law whose mean is infinite on both sides."""
    n = power(statistic)
    at_least_one = n is not None and (n - 1).is_nonnegative
    if at_least_one or centre(statistic) is not None or rate(statistic) is not None:
        return Moment(S.Zero, sympy.false)
    return None


# -- series ----------------------------------------------------------------------------------------------------


def series(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[log Γ(x + c)], E[log(x + c)] or E[log comb(n, x)] of a law of integers, as the sum that it is.

    It converges because all moments are finite.
    """
    if not isinstance(statistic, (loggamma, log)) or outcomes(law) is not None:
        return None
    if not isinstance(statistic.args[0], sympy.binomial) and statistic.args[0].coeff(X) != 1:
        return None
    k = index(statistic, *law.parameters.values())
    logarithm = sympy.Add(*(c * t.xreplace({X: k}) for t, c in law.log_density.items()))
    weight, mass = exponential(logarithm).as_independent(k, as_Add=False)
    term = (mass * statistic.xreplace({X: k})).replace(
        lambda e: isinstance(e, (sympy.gamma, loggamma)) and e.args[0].xreplace({k: S.Zero}).is_integer, _factorial
    )
    return Moment(weight * Series(term, (k, law.support.start, law.support.stop - 1)))


def _factorial(e: sympy.Expr) -> sympy.Expr:
    value = factorial(e.args[0] - 1)
    return log(value) if isinstance(e, loggamma) else value


def tail_series(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[log(1 - x^c)] = -Σ E[x^(cn)]/n of a law on (0, 1), by monotone convergence."""
    if not isinstance(statistic, log):
        return None
    c = power(1 - statistic.args[0])
    if c is None or not c.is_positive:
        return None
    n = Symbol(index(statistic, *law.parameters.values()).name, positive=True)
    try:
        inner = moment(law, X ** (c * n))
    except NoClosedFormError:
        return None
    return Moment(-Series(inner.value / n, (n, 1, oo)))
