"""Exact values as sources of balls: what a golden function makes of exact inputs, before anything is rounded.

A quantity knows its terms, so the loss that adding them up must expect, and turns into a certified value
(`klexact.certify.Value`), through which every digit and every bit of a golden file goes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import sympy
from flint import arb, ctx, fmpq
from sympy import QQ

from klexact.certify import Value, value_of
from klexact.logform import LogForm
from klexact.sheet import text

__all__ = ["UNITS", "Closed", "LogSum", "Quantity", "Root", "Term", "Transcendental"]

UNITS = {"nat": LogForm(1), "bit": LogForm.log(2), "dit": LogForm.log(10)}  # what a value in nats is divided by
MAX_LOGS = 64  # longer forms are not written out
_FIRST = 256  # bits: enough for binary128 at the first try
_MAX_FACTORED = 5_000  # distinct logarithms

_ZERO = fmpq(0)

Term = tuple[tuple[tuple[fmpq, fmpq], ...], fmpq]  # pairs (c, a) of c·log a, and a rational part
_NOTHING: Term = ((), _ZERO)


class Quantity(Protocol):
    """What has a value: +-infinity (`infinity` is its sign), or a certified number that is a sum of `terms` terms."""

    @property
    def infinity(self) -> int:
        """1 or -1 for an infinity, else 0."""

    @property
    def terms(self) -> int:
        """How many terms the definition adds up."""

    def certified(self) -> Value:
        """The value, in its unit."""

    def magnitude(self, prec: int) -> arb:
        """Return Σ|terms|, in the same unit, as a ball computed with `prec` bits."""

    def written(self) -> dict[str, Any]:
        """How the value is written exactly in a file: `constant` and `logs`, or `expression`, or nothing."""


def _bucket(prec: int) -> int:
    found = _FIRST
    while found < prec:
        found *= 2
    return found


@dataclass(frozen=True, eq=False)
class LogSum:
    """A sum of terms Σ c·log a + r over log(base), with rational c, a > 0 and r: what the measures and their gradients are."""

    parts: Sequence[tuple[int, Term]]  # with multiplicities
    unit: str = "nat"
    infinity: int = 0

    @classmethod
    def of(cls, terms: Iterable[Any], unit: str = "nat") -> "LogSum":
        """Return the sum of terms: pairs of `klexact.forms`, a SymPy number of the conventions, a rational, a `Term`."""
        return cls.counted(((1, term) for term in terms), unit)

    @classmethod
    def counted(cls, terms: Iterable[tuple[int, Any]], unit: str = "nat") -> "LogSum":
        """Return the sum of terms with multiplicities."""
        parts: list[tuple[int, Term]] = []
        infinity = 0
        for n, term in terms:
            if isinstance(term, list):
                parts.append((n, (tuple(term), _ZERO)))
            elif isinstance(term, tuple):
                parts.append((n, term))
            elif term is sympy.oo or term is sympy.S.NegativeInfinity:
                infinity = 1 if term is sympy.oo else -1
                parts.append((n, _NOTHING))
            else:
                parts.append((n, ((), term if type(term) is fmpq else fmpq(int(term)))))
        return cls(parts, unit, infinity)

    @classmethod
    def infinite(cls, terms: int) -> "LogSum":
        """Return +∞ as a sum of so many terms."""
        return cls([(terms, _NOTHING)], infinity=1)

    @property
    def terms(self) -> int:
        """How many terms the definition adds up."""
        return sum(n for n, _ in self.parts)

    # -- as klexact.certify takes it -----------------------------------------------------------------------

    @property
    def is_infinite(self) -> bool:
        """Tell whether the value is an infinity."""
        return self.infinity != 0

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero, by the form."""
        return self.form.is_zero

    @cached_property
    def form(self) -> LogForm:
        """The canonical form of the value in nats."""
        constant, logs = self._collected
        return LogForm.of_logs([(_element(c), _element(a)) for a, c in logs]) + LogForm.sum(
            [(_element(constant), LogForm(1))]
        )

    @cached_property
    def _collected(self) -> tuple[fmpq, list[tuple[fmpq, fmpq]]]:
        constant, logs = _ZERO, dict[tuple[Any, Any], list[fmpq]]()
        for n, (pairs, r) in self.parts:
            if r:
                constant += n * r
            for c, a in pairs:
                known = logs.setdefault((a.p, a.q), [a, _ZERO])  # the hash of an fmpq itself is slow
                known[1] += c if n == 1 else n * c
        return constant, [(a, c) for a, c in logs.values() if c and a != 1]

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats."""
        return self._ball(_bucket(prec))

    @cached_property
    def _balls(self) -> dict[int, arb]:
        return {}

    def _ball(self, prec: int) -> arb:
        if prec not in self._balls:
            constant, logs = self._collected
            with ctx.workprec(prec):
                self._balls[prec] = sum((arb(c) * arb(a).log() for a, c in logs), arb(constant))
        return self._balls[prec]

    # -- the quantity --------------------------------------------------------------------------------------

    def certified(self) -> Value:
        """The value, in its unit."""
        return Value(self, UNITS[self.unit])

    def magnitude(self, prec: int) -> arb:
        """Return Σ|terms|, in the same unit."""
        with ctx.workprec(prec):
            total = sum((n * abs(_of_term(term)) for n, term in self.parts), arb(0))
            return total / UNITS[self.unit].ball(prec)

    def written(self) -> dict[str, Any]:
        """The canonical form, unless it is long."""
        if len(self._collected[1]) > _MAX_FACTORED or len(self.form.logs) > MAX_LOGS:
            return {}
        logs = sorted((int(a), str(c)) for a, c in self.form.logs.items())
        return {"constant": str(self.form.rational_part), "logs": [[c, str(a)] for a, c in logs]}


def _of_term(term: Term) -> arb:
    pairs, r = term
    if len(pairs) == 2 and pairs[0][0] == -pairs[1][0]:
        (c, a), (_, b) = pairs
        return arb(c) * arb(a / b).log() + arb(r)
    return sum((arb(c) * arb(a).log() for c, a in pairs), arb(r))


def _element(x: fmpq) -> Any:
    return QQ(int(x.p), int(x.q))


@dataclass(frozen=True, eq=False)
class Root:
    """The square root of a non-negative log sum, in its unit."""

    square: LogSum
    infinity: int = 0

    @property
    def terms(self) -> int:
        """How many terms the square adds up."""
        return self.square.terms

    is_infinite = False

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero."""
        return self.square.is_zero

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value."""
        with ctx.workprec(_bucket(prec)):
            return self.square.certified().ball(_bucket(2 * prec)).sqrt()

    def ratio(self, unit: LogForm) -> Any | None:
        """Return the value over a rational unit where it is rational, None where it is irrational."""
        square = self.square.certified().exact_rational
        if square is None:
            return None
        root = sympy.sqrt(sympy.Rational(int(square.numerator), int(square.denominator)))
        return QQ(int(root.p), int(root.q)) / unit.rational_part if root.is_Rational else None

    def certified(self) -> Value:
        """The value."""
        return Value(self)

    def magnitude(self, prec: int) -> arb:
        """Return Σ|terms of the square| / root: |sqrt(x) - sqrt(y)| <= |x - y| / sqrt(y)."""
        with ctx.workprec(prec):
            size = self.square.magnitude(prec)
            return arb(0) if size == 0 else size / self.ball(prec)

    def written(self) -> dict[str, Any]:
        """Nothing: the form is the square's."""
        return {}


@dataclass(frozen=True, eq=False)
class Transcendental:
    """A sum of terms that are balls at any precision, with what is proved of its rationality.

    `parts()` returns the terms at the precision of the context; `rational` is the value where it is a rational number, and None
    where it is proved to be irrational (by the Lindemann-Weierstrass theorem, in `klexact.golden.exponentials`).
    """

    parts: Callable[[], list[arb]]
    rational: Any | None = None
    infinity: int = 0

    is_infinite = False

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero."""
        return self.rational is not None and self.rational == 0

    @property
    def terms(self) -> int:
        """How many terms the definition adds up."""
        return len(self.parts())

    @cached_property
    def _balls(self) -> dict[int, arb]:
        return {}

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value."""
        wanted = _bucket(prec)
        if wanted not in self._balls:
            with ctx.workprec(wanted):
                self._balls[wanted] = sum(self.parts(), arb(0))
        return self._balls[wanted]

    def ratio(self, unit: LogForm) -> Any | None:
        """Return the value over a rational unit where it is rational, None where it is irrational."""
        return None if self.rational is None else QQ(int(self.rational.p), int(self.rational.q)) / unit.rational_part

    def certified(self) -> Value:
        """The value."""
        return Value(self)

    def magnitude(self, prec: int) -> arb:
        """Return Σ|terms|."""
        with ctx.workprec(prec):
            return sum((abs(x) for x in self.parts()), arb(0))

    def written(self) -> dict[str, Any]:
        """Nothing: exponentials of rational numbers have no short canonical form."""
        return {}


@dataclass(frozen=True, eq=False)
class Closed:
    """A closed form as a SymPy expression, with the terms that an implementation of it adds up.

    `parts` are those terms, or expressions with the same Σ|terms|, and `counted` is their number; by default they are the terms
    of the expression, multiplied out.
    """

    expr: sympy.Expr
    parts: Sequence[sympy.Expr] = ()
    counted: int | None = None

    @property
    def infinity(self) -> int:
        """1 or -1 for an infinity, else 0."""
        return 1 if self.expr is sympy.oo else -1 if self.expr is sympy.S.NegativeInfinity else 0

    @cached_property
    def _parts(self) -> Sequence[sympy.Expr]:
        return self.parts or sympy.Add.make_args(sympy.expand(self.expr))

    @property
    def terms(self) -> int:
        """How many terms are added up."""
        return self.counted or len(self._parts)

    def certified(self) -> Value:
        """The value."""
        return _certified(self.expr)

    def magnitude(self, prec: int) -> arb:
        """Return Σ|terms|."""
        with ctx.workprec(prec):
            return sum((abs(_certified(x).ball(prec)) for x in self._parts), arb(0))

    def written(self) -> dict[str, Any]:
        """The expression as text."""
        return {"expression": text(self.expr)}


@lru_cache(maxsize=256)
def _certified(expr: sympy.Expr) -> Value:
    return value_of(expr)
