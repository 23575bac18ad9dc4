"""What an expression does far out: bounds that are proved for every v >= V, not at points.

A germ on the ray [V, ∞), V >= 3, describes a function as Σ cᵢ(v)·Mᵢ(v) with monomials M = e^(a·v)·v^k·(log v)^j. A
coefficient is an exact number, or a ball in which cᵢ(v) lies for every v on the ray: a statement about all of it.
The germ of an expression is built from the germs of its parts:

* The sup on the ray of a monomial that tends to 0 is its value at V, where a + max(k, 0)/V + max(j, 0)/(V·log V) <= 0: the
  left side bounds its logarithmic derivative on the whole ray.
* Logarithm and powers: F = c·M·(1 + w), with M the largest monomial and |w| <= s < 1/2 on the ray. Then
  log(1 + w) = w + R·w² and (1 + w)^r = 1 + r·w + R·w² by Taylor, the ball R from the second derivative on [1 - s, 1 + s].
* exp(F): exact terms c·v, c·log v and c become a monomial; what tends to 0 is expanded as above. If the largest
  monomial M outgrows v, M(v)/v is non-decreasing on the ray, and F/M <= -β < 0 there, then F(v) <= -β·M(V)·v/V,
  so exp(F) = c(v)·exp(-β·M(V)/V·v) with c(v) in [0, 1].
* log Γ and digamma by Stirling's series, with its error bounds for positive arguments (`klexact.integrals.growth`).

A germ that needs a larger V for its proof says so (`NotYetError`), and so does one that outgrows all monomials. A germ whose
terms all decay exponentially bounds the integral and the sum over the ray (`tail_integral`, `tail_sum`); one whose leading
coefficient stays away from zero and whose monomial is not integrable proves divergence (`diverges`).

Hardy, *Orders of Infinity*, 1910 (the scale); Johansson, "Arb", 2017 (the balls).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cmp_to_key, lru_cache
from typing import Any

import sympy
from flint import arb, ctx
from sympy import Rational, S

from klexact.certify import sign
from klexact.closedform import nodes
from klexact.expression import Expression

__all__ = ["Germ", "NotYetError"]

_PREC = 64
_TERMS = 8
_SIMPLE = 12  # an exact coefficient of more parts becomes a ball
_LARGEST_RATE = 2**64

Monomial = tuple[Any, Any, Any]  # a, k, j of e^(a·v)·v^k·(log v)^j, exact numbers
Coefficient = Any  # an exact SymPy number, or an arb
_ONE: Monomial = (S.Zero, S.Zero, S.Zero)
_V: Monomial = (S.Zero, S.One, S.Zero)
_LOG_V: Monomial = (S.Zero, S.Zero, S.One)


class NotYetError(Exception):
    """The bounds are not proved from this V on: a larger V may do."""


@dataclass(frozen=True)
class Germ:
    """A function on [start, ∞) as a sum of monomials, each with what is proved of its coefficient.

    >>> v, one = Germ.variable(8), Germ.constant(S.One, 8)
    >>> (one + v.exp()).log()                              # v + e^-v - something below e^-2v/2
    Germ({'v': 1, 'exp(-v)': 1, 'exp(-2*v)': '[-0.500 +/- 3.36e-4]'}, start=8)
    >>> v.exp().exp()
    Traceback (most recent call last):
    ...
    klexact.integrals.germs.NotYetError
    """

    terms: dict[Monomial, Coefficient]
    start: int

    def __repr__(self) -> str:
        v = sympy.Symbol("v", positive=True)
        shown = {
            str(sympy.exp(a * v) * v**k * sympy.log(v) ** j): c.str(3) if isinstance(c, arb) else c
            for (a, k, j), c in self._descending()
        }
        return f"Germ({shown}, start={self.start})"

    @classmethod
    def variable(cls, start: int) -> "Germ":
        """Return the germ of v itself."""
        return cls({_V: S.One}, start)

    @classmethod
    def constant(cls, c: Coefficient, start: int) -> "Germ":
        """Return the germ of an exact number, or of a function whose values all lie in a ball."""
        return cls.of([(_ONE, c if isinstance(c, arb) else _simple(c))], start)

    @classmethod
    def of(cls, terms: Iterable[tuple[Monomial, Coefficient]], start: int) -> "Germ":
        """Return the sum of terms, equal monomials together, the many smallest as one ball."""
        found: dict[Monomial, Coefficient] = {}
        for monomial, c in terms:
            found[monomial] = _plus(found[monomial], c) if monomial in found else c
        kept = cls({m: c for m, c in found.items() if not _is_zero(c)}, start)
        return kept if len(kept.terms) <= _TERMS else kept._merged()

    def _merged(self) -> "Germ":
        ordered = self._descending()
        large, (monomial, c) = ordered[: _TERMS - 1], ordered[_TERMS - 1]
        rest = _ball(c)
        for m, other in ordered[_TERMS:]:
            rest += _ball(other) * self._range(_ratio(m, monomial))
        return Germ(dict([*large, (monomial, rest)]), self.start)

    def _descending(self) -> list[tuple[Monomial, Coefficient]]:
        return [(m, self.terms[m]) for m in sorted(self.terms, key=_by_growth, reverse=True)]

    def __add__(self, other: "Germ") -> "Germ":
        return Germ.of([*self.terms.items(), *other.terms.items()], self.start)

    def __mul__(self, other: "Germ") -> "Germ":
        return Germ.of(
            ((_product(m, n), _times(c, d)) for m, c in self.terms.items() for n, d in other.terms.items()), self.start
        )

    def times(self, c: Coefficient) -> "Germ":
        """Return the germ times an exact number or a function whose values all lie in a ball."""
        c = c if isinstance(c, arb) else _simple(c)
        return Germ.of(((m, _times(c, d)) for m, d in self.terms.items()), self.start)

    # -- monomials on the ray ----------------------------------------------------------------------------------

    def at(self, v: arb) -> arb:
        """Return a ball around the value at v >= start: what the terms say of it."""
        return sum((_ball(c) * self._value(m, v) for m, c in self.terms.items()), arb(0))

    def _value(self, monomial: Monomial, v: arb | None = None) -> arb:
        a, k, j = map(_ball, monomial)
        v = arb(self.start) if v is None else v
        return (a * v + k * v.log() + j * v.log().log()).exp()

    def _slope(self, monomial: Monomial, *, upper: bool) -> arb:
        """Return a bound of the logarithmic derivative a + k/v + j/(v·log v) on the whole ray."""
        a, k, j = map(_ball, monomial)
        k, j = (k.max(arb(0)), j.max(arb(0))) if upper else (k.min(arb(0)), j.min(arb(0)))
        v = arb(self.start)
        return a + k / v + j / (v * v.log())

    def _does_not_grow(self, monomial: Monomial) -> None:
        a, k, j = monomial
        bound = self._slope(monomial, upper=True)
        if a == 0:  # the derivative is (k + j/log v)/v
            bound = _ball(k) + _ball(j).max(arb(0)) / arb(self.start).log()
        if not bound <= 0 and monomial != _ONE:
            raise NotYetError

    def _range(self, monomial: Monomial) -> arb:
        """Return a ball around all values on the ray of a monomial that does not grow."""
        if monomial == _ONE:
            return arb(1)
        self._does_not_grow(monomial)
        return arb(0).union(self._value(monomial))

    def bounded(self) -> arb:
        """Return a ball around all values on the ray. Raises NotYetError where there is none."""
        total = arb(0)
        for m, c in self.terms.items():
            if _order(m) > 0:
                raise NotYetError
            total += _ball(c) * self._range(m)
        return total

    # -- functions ---------------------------------------------------------------------------------------------

    def _leading(self) -> tuple[Monomial, Coefficient, "Germ", arb]:
        """Return M, c, w and a ball s around all values of w, with self = c·M·(1 + w) and |w| < 1/2."""
        if not self.terms:
            raise NotYetError
        (monomial, c), *rest = self._descending()
        if not _ball(c) != 0:
            raise NotYetError
        inverse = _power(c, S.NegativeOne)
        w = Germ.of(((_ratio(m, monomial), _times(d, inverse)) for m, d in rest), self.start)
        s = w.bounded()
        if not abs(s) < 0.5:
            raise NotYetError
        return monomial, c, w, s

    def log(self) -> "Germ":
        """Return the germ of the logarithm. Raises NotYetError where the function is not proved positive."""
        (a, k, j), c, w, s = self._leading()
        if not _ball(c) > 0:
            raise NotYetError
        exact = [(_V, a), (_LOG_V, k), (_ONE, c.log() if isinstance(c, arb) else _simple(sympy.log(c)))]
        if j != 0:  # 0 <= log log v <= log v
            exact.append((_LOG_V, _ball(j) * arb(0.5, 0.5)))
        remainder = -1 / (2 * (1 + arb(0).union(s)) ** 2)
        return Germ.of([*exact, *w.terms.items(), *(w * w).times(remainder).terms.items()], self.start)

    def power(self, exponent: sympy.Expr) -> "Germ":
        """Return the germ of a power with an exact exponent."""
        if exponent.is_Integer and 0 < exponent <= 4:
            result = self
            for _ in range(int(exponent) - 1):
                result *= self
            return result
        monomial, c, w, s = self._leading()
        if not exponent.is_Integer and not _ball(c) > 0:
            raise NotYetError
        r = _ball(exponent)
        remainder = r * (r - 1) / 2 * (1 + arb(0).union(s)) ** (r - 2)
        raised = (monomial[0] * exponent, monomial[1] * exponent, monomial[2] * exponent)
        result = Germ.of([(_ONE, S.One), *w.times(exponent).terms.items()], self.start) + (w * w).times(remainder)
        return result * Germ({raised: _power(c, exponent)}, self.start)

    def exp(self) -> "Germ":
        """Return the germ of the exponential: exact where it is a monomial, else at least a bound from above."""
        known: dict[Monomial, Coefficient] = {}
        small: dict[Monomial, Coefficient] = {}
        growing: dict[Monomial, Coefficient] = {}
        for m, c in self.terms.items():
            if m == _ONE or (m in (_V, _LOG_V) and not isinstance(c, arb)):
                known[m] = c
            else:
                (small if _order(m) < 0 else growing)[m] = c
        if growing:
            superlinear = self._superlinear(growing)
            if superlinear is not None:
                return superlinear
            rate = sum((self._linear_rate(m, c) for m, c in growing.items()), S.Zero)
            known[_V] = known.get(_V, S.Zero) + rate
        w = Germ.of(small.items(), self.start)
        s = w.bounded()
        if abs(s) < 1:
            expanded = Germ.of([(_ONE, S.One), *w.terms.items()], self.start) + (w * w).times(arb(0).union(s).exp() / 2)
        else:
            expanded = Germ({_ONE: s.exp()}, self.start)
        constant = known.get(_ONE, S.Zero)
        factor = constant.exp() if isinstance(constant, arb) else _simple(sympy.exp(constant))
        if growing:
            factor = _ball(factor) * arb(0.5, 0.5)
        monomial = (known.get(_V, S.Zero), known.get(_LOG_V, S.Zero), S.Zero)
        return expanded * Germ({monomial: factor}, self.start)

    def _superlinear(self, growing: dict[Monomial, Coefficient]) -> "Germ | None":
        """Return the bound of exp where the largest monomial outgrows v, None where it does not."""
        lead = max(growing, key=_by_growth)
        per_v = _ratio(lead, _V)
        if _order(per_v) <= 0:
            return None
        if not self._slope(per_v, upper=False) >= 0:
            raise NotYetError
        quotient = Germ({_ratio(m, lead): c for m, c in self.terms.items()}, self.start).bounded()
        if not quotient < 0:
            raise NotYetError
        rate = _below(-quotient * self._value(per_v))
        return Germ({(-rate, S.Zero, S.Zero): arb(0.5, 0.5)}, self.start)

    def _linear_rate(self, monomial: Monomial, c: Coefficient) -> sympy.Rational:
        """Return a number r with c(v)·M(v) <= r·v on the ray."""
        per_v = self._range(_ratio(monomial, _V))
        if monomial != _V and _ball(c) <= 0:
            return S.Zero
        return -_below(-_ball(c) * per_v)

    def absolute(self) -> "Germ":
        """Return the germ of the absolute value."""
        _, c, _, _ = self._leading()
        return self if _ball(c) > 0 else self.times(S.NegativeOne)

    @property
    def is_unbounded(self) -> bool:
        """Tell whether the function is proved positive, and to grow beyond all bounds."""
        monomial, c, _, _ = self._leading()
        return _order(monomial) > 0 and bool(_ball(c) > 0)

    # -- tails -------------------------------------------------------------------------------------------------

    def tail_integral(self) -> arb:
        """Return a bound of ∫ |f| over the ray: M(v) <= M(V)·e^(-r·(v - V)), so each term gives |c|·M(V)/r."""
        return self._tail(lambda rate: -rate)

    def tail_sum(self) -> arb:
        """Return a bound of Σ |f(k)| over k = V, V + 1, ...: each term gives |c|·M(V)/(1 - e^-r)."""
        return self._tail(lambda rate: 1 - rate.exp())

    def _tail(self, divisor: Any) -> arb:
        total = arb(0)
        with ctx.workprec(_PREC):
            for m, c in self.terms.items():
                rate = self._slope(m, upper=True)
                if not rate < 0:
                    raise NotYetError
                total += abs(_ball(c)) * self._value(m) / divisor(rate)
            return arb(total.upper())

    def diverges(self) -> int:
        """Return the sign of the infinite integral (or sum of a monotonic bound) over the ray, 0 where not proved infinite.

        The leading term must have a coefficient that stays away from zero, and a monomial that is not integrable.
        """
        try:
            monomial, c, _, _ = self._leading()
        except NotYetError:
            return 0
        if _order(_ratio(monomial, (S.Zero, S.NegativeOne, S.NegativeOne))) < 0:
            return 0
        return 1 if _ball(c) > 0 else -1

    @property
    def decays(self) -> bool:
        """Tell whether every term decays exponentially."""
        return all(_sign(a) < 0 for a, _, _ in self.terms)

    @property
    def is_settled(self) -> bool:
        """Tell whether the order of decay is known exactly, so that no larger V can show a faster one."""
        try:
            self._leading()
        except NotYetError:
            return False
        return True


# -- coefficients and monomials --------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _number_ball(x: sympy.Expr) -> arb:
    return Expression(x).ball(_PREC)


def _ball(c: Coefficient) -> arb:
    return c if isinstance(c, arb) else _number_ball(c)


def _is_zero(c: Coefficient) -> bool:
    return bool(c.is_zero()) if isinstance(c, arb) else c == 0


def _simple(c: sympy.Expr) -> Coefficient:
    if c.is_Rational or sum(1 for _ in zip(range(_SIMPLE + 1), nodes(c), strict=False)) <= _SIMPLE:
        return c
    return _ball(c)


def _plus(c: Coefficient, d: Coefficient) -> Coefficient:
    if isinstance(c, arb) or isinstance(d, arb):
        return _ball(c) + _ball(d)
    return _simple(c + d)


def _times(c: Coefficient, d: Coefficient) -> Coefficient:
    if isinstance(c, arb) or isinstance(d, arb):
        return _ball(c) * _ball(d)
    return _simple(c * d)


def _power(c: Coefficient, exponent: sympy.Expr) -> Coefficient:
    if isinstance(c, arb):
        return c ** _ball(exponent)
    return _simple(c**exponent)


def _below(x: arb) -> sympy.Rational:
    """Return a short rational number that is at most x, and at most the largest rate."""
    if not x.is_finite():
        raise NotYetError
    with ctx.workprec(30):
        mantissa, exponent = map(int, x.min(arb(_LARGEST_RATE)).lower().man_exp())
    return Rational(mantissa) * Rational(2) ** exponent


def _product(m: Monomial, n: Monomial) -> Monomial:
    return m[0] + n[0], m[1] + n[1], m[2] + n[2]


def _ratio(m: Monomial, n: Monomial) -> Monomial:
    return m[0] - n[0], m[1] - n[1], m[2] - n[2]


def _order(monomial: Monomial) -> int:
    """Return 1 for a monomial that grows beyond all bounds, -1 for one that tends to 0, 0 for 1."""
    return next((s for s in map(_sign, monomial) if s), 0)


def _grows_faster(m: Monomial, n: Monomial) -> int:
    return _order(_ratio(m, n))


_by_growth = cmp_to_key(_grows_faster)


@lru_cache(maxsize=65536)
def _sign(x: sympy.Expr) -> int:
    return int(x.is_positive) - int(x.is_negative) if x.is_Rational else sign(x)
