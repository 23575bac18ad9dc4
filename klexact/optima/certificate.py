"""Certificates: why a minimum is global, as data and as a readable derivation.

`Candidate` is a point where the minimum may be; a `Certificate` holds all of them, what makes their list complete, and
what follows. A `Minimum` is the answer together with its certificate. The modules that minimise (`stationary` and its
neighbours) make them; this one only tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import E, FiniteSet

from klexact.algebraic import evaluate
from klexact.certify import decimal
from klexact.derivation import Derivation, Sign, Step, slope
from klexact.errors import KLExactError
from klexact.logform import LogForm
from klexact.roots import RealRoot
from klexact.sheet import Displayed, Sheet, text, worded
from klexact.units import quantity
from klexact.zeroof import ZeroOf

__all__ = ["Candidate", "Certificate", "Minimum", "has_closed_form", "is_brief", "location_decimal", "told"]

_LONG = 120  # characters of a point that are told
_DIGITS = 15


def location_decimal(location: sympy.Expr, digits: int) -> str:
    """Return a point correctly rounded: a number, an infinity, or a Tuple of numbers.

    >>> location_decimal(sympy.Tuple(sympy.Rational(1, 4), sympy.sqrt(2)), 5), location_decimal(sympy.oo, 5)
    ('(0.25, 1.4142)', 'oo')
    """
    if isinstance(location, sympy.Tuple):
        return f"({', '.join(location_decimal(x, digits) for x in location)})"
    if isinstance(location, sympy.CRootOf):  # of any degree
        x, root = sympy.Dummy("x"), RealRoot(tuple(map(int, reversed(location.poly.all_coeffs()))), location.index)
        return decimal(evaluate(LogForm(x), x, root), digits)
    return str(location) if location.is_infinite else decimal(location, digits)


def is_brief(location: sympy.Expr) -> bool:
    """Tell whether a point is short enough for a sentence as it is."""
    return len(text(location)) <= _LONG and not location.has(ZeroOf)


def told(location: sympy.Expr) -> str:
    """Return a point for a sentence: as it is where it is short, else its first digits.

    >>> from sympy.abc import t
    >>> told(sympy.sqrt(2)), told(ZeroOf(sympy.cos(t) - t, t, 0, 1))
    ('sqrt(2)', '0.739085133215160... (no closed form found)')
    """
    if isinstance(location, sympy.Tuple):
        return f"({', '.join(map(told, location))})"
    if is_brief(location):
        return text(location)
    digits = location_decimal(location, _DIGITS + 2)
    kind = "no closed form found" if location.has(ZeroOf) else "an algebraic number"
    return f"{_cut(digits)} ({kind})"


def _cut(digits: str) -> str:
    """Return a decimal without its last two digits, which are rounded."""
    mantissa, e, exponent = digits.partition("e")
    return f"{mantissa[:-2]}...{e}{exponent}"


@dataclass(frozen=True, eq=False)
class Candidate:
    """A point where the minimum may be, with the objective there (or its limit, where the point is no member)."""

    kind: str  # "stationary point", "closed end", "open end", "zero of a probability", "on a face"
    location: sympy.Expr  # a number, or a Tuple of one number a parameter
    value: Any  # a form or an expression that `klexact.certify` takes

    def decimal(self, digits: int) -> str:
        """Return the point, correctly rounded."""
        return location_decimal(self.location, digits)


def has_closed_form(c: Candidate) -> bool:
    """Tell whether a point, and so the value there, has a closed form."""
    return not c.location.has(ZeroOf)


def _brief(number: sympy.Expr) -> sympy.Expr | Sign:
    return Sign(told(number), worded(told(number))) if number.has(ZeroOf) else number


def _approximately(value: Any) -> Sign:
    digits = _cut(decimal(value, _DIGITS + 2))
    return Sign(digits, digits)


@dataclass(frozen=True, eq=False)
class Certificate:
    """Why a minimum is global: the whole argument, as data and as readable `steps()`.

    With several parameters `derivative` and `equation` are SymPy Tuples, `second_derivative` is the Hessian matrix.
    """

    parameters: tuple[sympy.Symbol, ...]
    objective: Any
    conclusion: str
    derivative: sympy.Basic | None = None
    equation: sympy.Basic | None = None  # its zeros are the stationary points
    candidates: tuple[Candidate, ...] = ()
    minimisers: tuple[Candidate, ...] = ()
    rejected: tuple[tuple[sympy.Expr, str], ...] = ()
    second_derivative: sympy.Basic | None = None
    convex: bool | None = None
    arguments: tuple[str, ...] = ()
    conditions: tuple[sympy.Basic, ...] = ()
    name: str = "D"
    meaning: str = ""  # what the name stands for
    unless: str = ""  # where an infinite objective is finite

    @property
    def derivation(self) -> Derivation:
        """The argument as steps that print as text and as LaTeX."""
        at = ", ".join(map(str, self.parameters))
        head = f"{self.name}({at})" if at else self.name
        meaning = f" = {self.meaning}" if self.meaning else ""
        unless = f" unless {self.unless}" if self.unless else ""
        steps = [Step(f"{{}}{meaning} = {{}}{unless}", Sign(head, head), self.objective.as_expr())]
        steps += [Step("{} = {}", slope(self.name, p), d) for p, d in self._by_parameter(self.derivative)]
        stationary = any(c.kind == "stationary point" for c in self.candidates)
        nowhere = "" if stationary or self.rejected or not self.candidates else ", which has no real solution"
        steps += [
            Step(f"{{}} = 0 where {{}} = 0{nowhere}", slope(self.name, p), e)
            for p, e in self._by_parameter(self.equation)
        ]
        steps += [Step(f"rejected: {{}} = {{}} ({why})", self._theta, point) for point, why in self.rejected]
        steps += [self._told(c) for c in self.candidates]
        if isinstance(self.second_derivative, sympy.MatrixBase):
            steps.append(Step("the Hessian is {}", self.second_derivative))
        elif self.second_derivative is not None:
            steps.append(
                Step("{} = {}", slope(self.name, self.parameters[0], self.parameters[0]), self.second_derivative)
            )
        steps += [Step("{}", Sign(line, worded(line))) for line in self.arguments]
        steps += [Step("provided that {}", condition) for condition in self.conditions]
        return Derivation([*steps, Step("so {}", Sign(self.conclusion, worded(self.conclusion)))])

    def steps(self) -> list[str]:
        """Return the argument line by line."""
        return [str(step) for step in self.derivation]

    def _told(self, c: Candidate) -> Step:
        point, found = _brief(c.location), c.value.as_expr() if has_closed_form(c) else _approximately(c.value)
        words = "{}: {} = {}, {} = {}"
        return Step(words, Sign(c.kind, worded(c.kind)), self._theta, point, Sign(self.name, self.name), found)

    @property
    def _theta(self) -> sympy.Basic:
        return self.parameters[0] if len(self.parameters) == 1 else sympy.Tuple(*self.parameters)

    def _by_parameter(self, found: sympy.Basic | None) -> Sequence[tuple[sympy.Symbol, sympy.Basic]]:
        if found is None:
            return []
        return list(zip(self.parameters, found if isinstance(found, sympy.Tuple) else [found], strict=True))


@dataclass(frozen=True, eq=False)
class Minimum(Displayed):
    """The minimum of an objective: where it is attained, its value, and why.

    `argmins` is the exact set of all minimisers: a FiniteSet, the whole domain where the objective is constant, or the
    EmptySet where no minimum is attained; `value` is the minimum (or infimum) as a form or a certified expression.
    """

    argmins: sympy.Set
    value: Any
    certificate: Certificate
    base: object = E

    @property
    def argmin(self) -> sympy.Expr:
        """The unique minimiser, a SymPy number; a tuple for several parameters. Raises KLExactError if none is."""
        if isinstance(self.argmins, FiniteSet) and len(self.argmins) == 1:
            return self.argmins.args[0]
        raise KLExactError(f"argmin needs a unique minimum; found: {self.certificate.conclusion}: see argmins")

    @property
    def divergence(self) -> sympy.Expr:
        """The least value of the objective as a SymPy expression in units of log(base)."""
        return self.value.as_expr(self.base)

    def __repr__(self) -> str:
        return f"<Minimum: {self.certificate.conclusion}>"

    def _sheet(self) -> Sheet:
        least, points = self.divergence, [c.location for c in self.certificate.minimisers]
        brief = all(map(is_brief, points))
        where = self.argmins if brief else ", ".join(map(told, points))
        rows: list[tuple[str | sympy.Basic, ...]] = [("argmins", where)]
        if brief:
            rows.append(("minimum", least))
        if not least.free_symbols and not least.is_infinite:
            rows.append(("" if brief else "minimum", quantity(self.value, base=self.base)))
        return Sheet("", (), rows, [self.certificate.conclusion])

    @property
    def derivation(self) -> Derivation:
        """The derivation and the proof, as steps that print as text and as LaTeX."""
        return self.certificate.derivation

    def explain(self) -> str:
        """Return the derivation and the proof, step by step, as text."""
        return str(self.derivation)
