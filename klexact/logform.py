"""Log forms: c0 + sum of c_j * log(a_j) in canonical form, the engine beneath every result.

The coefficients are rational numbers or rational functions of parameters; the atoms a_j are primes (or pairwise
coprime integers, where factoring would cost too much) and primitive irreducible polynomials of the
parameters, of which log|f| is meant. By unique factorisation, and because logarithms of pairwise coprime integers are
linearly independent over Q, also from 1, equal values have equal forms (elementary; Baker, *Transcendental Number
Theory*, 1975, thm 2.1, says more).
Coq: Independence.log_coprime_independent_from_1, Independence.coprime_factorisation_unique, Irrational.exp_irrational,
Irrational.ln_irrational.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy
from flint import arb, ctx
from sympy import QQ
from sympy.polys.fields import FracField

from klexact import integers
from klexact.dyadic import ball_of
from klexact.errors import InvalidBaseError, KLExactError
from klexact.exact import element, rational
from klexact.ratfunc import (
    as_expr,
    common_field,
    constant,
    derivative,
    element_of,
    is_parametric,
    lift,
    oriented,
    split,
    substitute,
    symbols_of,
    unify,
)
from klexact.signs import merge, signs

__all__ = ["LogForm", "is_positive", "log_base"]


class LogForm:
    """An immutable sum c0 + sum of c_j * log(a_j), or +infinity.

    Build one with `LogForm.log`, `LogForm.of_logs` or `LogForm.sum`; `+`, `-` and multiplication by a rational
    function stay inside. `==` compares values, whatever route they came by.

    >>> LogForm.log("8/9"), LogForm.log("8/9").as_expr(base=2)
    (LogForm(-2*log(3) + 3*log(2)), -2*log(3)/log(2) + 3)
    >>> LogForm.log(6) - LogForm.log(2) == LogForm.log(3)
    True
    >>> LogForm.log(0)
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: log needs a positive argument; found 0: ...

    Coq: CanonicalForms.canonical_form_eq_iff, CanonicalForms.prime_form_eq_iff, CanonicalForms.canonical_form_exists,
    CanonicalForms.log_form_eq_iff.
    """

    __slots__ = ("_constant", "_field", "_logs", "_signs")

    _constant: Any  # element, or None for +infinity
    _field: FracField | None  # the field over which it stands, None for Q
    _logs: dict[Any, Any]  # atom -> element, never zero
    _signs: dict[Any, int]  # polynomial atom -> its sign where the form is meant (0: it changes)

    def __new__(cls, constant_term: Any = 0) -> "LogForm":  # noqa: PYI034  (final: no subclassing)
        x = element_of(element(constant_term, "the constant of a log form"))
        return _make(x, {}, {}, common_field([x]))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a LogForm is immutable; found an assignment to {name}")

    @classmethod
    def infinity(cls) -> "LogForm":
        """Return the form whose value is +infinity."""
        return _make(None, {}, {}, None)

    @classmethod
    def log(cls, argument: object) -> "LogForm":
        """Return the logarithm of a positive rational number or a rational function."""
        return cls.of_logs([(QQ(1), element_of(element(argument, "the argument of log")))])

    @classmethod
    def of_logs(cls, terms: Iterable[tuple[Any, Any]], *, assuming: Sequence[Any] = ()) -> "LogForm":
        """Return the sum of c * log(a) over pairs (c, a) of elements, every a positive.

        `assuming` names further elements that are positive where the form is meant, for example the distances
        of a parameter from the ends of its domain: they fix the signs of atoms.
        """
        pairs = list(terms)
        field = common_field((*(x for pair in pairs for x in pair), *assuming))
        if field is None:
            return _make(QQ(0), _canonical(integers.log_terms(pairs)), {}, None)
        lifted = [(lift(c, field), lift(a, field)) for c, a in pairs]
        factored = [(c, *split(a)) for c, a in lifted if is_parametric(a)]
        numbers = [(c, a) for c, a in lifted if not is_parametric(a)] + [(c, abs(unit)) for c, unit, _ in factored]
        logs: list[tuple[Any, Any]] = list(integers.log_terms(numbers))
        logs += [(f, c * k) for c, _, factors in factored for f, k in factors]
        known = signs(a for a in (*(a for _, a in lifted), *(lift(x, field) for x in assuming)) if is_parametric(a))
        return _make(QQ(0), _canonical(logs), known, field)

    @classmethod
    def sum(cls, terms: Iterable[tuple[Any, "LogForm"]]) -> "LogForm":
        """Return the sum of c * form over pairs (c, form); a form that is +infinity needs c > 0 or c = 0."""
        pairs = [(c, form) for c, form in terms if c]
        if any(form.is_infinite for _, form in pairs):
            if all(is_parametric(c) or c > 0 for c, form in pairs if form.is_infinite):
                return cls.infinity()
            raise KLExactError("a log form must not be infinity minus infinity: sum the divergence's own terms instead")
        field = common_field(_fields(pairs))
        if field is not None:
            pairs = [(lift(c, field), form._lifted(field)) for c, form in pairs]
        logs = _canonical((a, c * d) for c, form in pairs for a, d in form._logs.items())
        total = constant(sum((c * form._constant for c, form in pairs), QQ(0)))
        return _make(total, logs, merge(*(form._signs for _, form in pairs)), field)

    def _lifted(self, field: FracField) -> "LogForm":
        if self._field is None or self._field is field:
            return self
        logs = {lift(a, field): lift(c, field) for a, c in self._logs.items()}
        return _make(lift(self._constant, field), logs, {lift(f, field): s for f, s in self._signs.items()}, field)

    # -- reading -------------------------------------------------------------------------------------------

    @property
    def is_infinite(self) -> bool:
        """Tell whether the value is +infinity."""
        return self._constant is None

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero: decided by the form."""
        return not self._logs and self._constant is not None and not self._constant

    @property
    def rational_part(self) -> Any:
        """The coefficient of log e, an element; None for +infinity."""
        return self._constant

    @property
    def logs(self) -> Mapping[Any, Any]:
        """The coefficient of every log atom: an int > 1, or an irreducible polynomial f for log|f|."""
        return dict(self._logs)

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """The parameters that the form depends on."""
        parts = (self._constant, *self._logs, *self._logs.values())
        return set().union(*(symbols_of(x) for x in parts))

    # -- arithmetic ----------------------------------------------------------------------------------------

    def __add__(self, other: "LogForm") -> "LogForm":
        if not isinstance(other, LogForm):
            return NotImplemented
        return LogForm.sum([(QQ(1), self), (QQ(1), other)])

    def __sub__(self, other: "LogForm") -> "LogForm":
        if not isinstance(other, LogForm):
            return NotImplemented
        return LogForm.sum([(QQ(1), self), (QQ(-1), other)])

    def __neg__(self) -> "LogForm":
        return LogForm.sum([(QQ(-1), self)])

    def __mul__(self, factor: object) -> "LogForm":
        if isinstance(factor, LogForm):
            return NotImplemented
        return LogForm.sum([(element_of(element(factor, "the factor of a log form")), self)])

    __rmul__ = __mul__

    def __truediv__(self, divisor: object) -> "LogForm":
        if isinstance(divisor, LogForm):
            return NotImplemented
        exact = element_of(element(divisor, "the divisor of a log form"))
        if not exact:
            raise KLExactError(f"the divisor of a log form must not be 0; found {divisor}")
        return LogForm.sum([(1 / exact, self)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LogForm):
            return NotImplemented
        if self.is_infinite or other.is_infinite:
            return self.is_infinite and other.is_infinite
        return (self - other).is_zero

    def __hash__(self) -> int:
        # what equal forms share whatever their field and their coprime base: small primes always stand alone
        shared = {a: c for a, c in self._logs.items() if isinstance(a, int) and a <= integers.SMALL}
        numbers = {a: c for a, c in shared.items() if not is_parametric(c)}
        return hash((None if is_parametric(self._constant) else self._constant, frozenset(numbers.items())))

    def derivative(self, parameter: sympy.Symbol) -> "LogForm":
        """Differentiate with respect to a parameter; the result is again a log form.

        >>> from sympy.abc import t
        >>> (LogForm.log(t) * t).derivative(t)
        LogForm(log(t) + 1)
        """
        self._require_finite()
        logs = {a: derivative(c, parameter) for a, c in self._logs.items()}
        moved = [derivative(self._constant, parameter)]
        for f, c in self._logs.items():
            if not isinstance(f, int) and parameter in f.ring.symbols:
                field = f.ring.to_field()
                slope = f.diff(f.ring.gens[f.ring.symbols.index(parameter)])
                lifted, ratio = unify([c, field(slope) / field(f)])
                moved.append(constant(lifted * ratio))
        total = constant(sum(unify(moved), QQ(0)))
        return _make(total, {a: c for a, c in logs.items() if c}, self._signs, self._field)

    def subs(self, values: Mapping[sympy.Symbol, object]) -> "LogForm":
        """Put values in for parameters, where no atom becomes zero and no coefficient has a pole.

        At such points the conventions decide, and they belong to the distribution: substitute there.
        """
        self._require_finite()
        exact = {s: element_of(element(v, f"the value of {s}")) for s, v in values.items()}
        terms = []
        try:
            rational = substitute(self._constant, exact)
            for a, c in self._logs.items():
                coefficient, argument = substitute(c, exact), QQ(a) if isinstance(a, int) else substitute(a, exact)
                if not argument:
                    raise ZeroDivisionError  # noqa: TRY301  (0·log 0 is not the form's to decide)
                sign = 1 if isinstance(a, int) else self._signs.get(a, 0)
                terms.append((coefficient, argument * sign) if sign else (coefficient / 2, argument**2))
        except ZeroDivisionError:
            shown = ", ".join(f"{s} = {v}" for s, v in values.items())
            raise KLExactError(
                f"{self!r} must be defined at {shown}; found log(0) or a pole: substitute in the Distribution, "
                "where the conventions at zero apply"
            ) from None
        return LogForm.sum(
            [(QQ(1), LogForm.of_logs(terms)), (QQ(1), _make(rational, {}, {}, common_field([rational])))]
        )

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats, computed with `prec` bits (Arb: the bound is proved)."""
        self._require_finite()
        if self._field is not None and self.free_symbols:
            shown = ", ".join(sorted(map(str, self.free_symbols)))
            raise KLExactError(f"a number needs values for all parameters; found the symbol {shown}: use subs first")
        with ctx.workprec(prec):
            total = ball_of(self._constant)
            for a, c in self._logs.items():
                total += ball_of(c) * arb(a).log()
            return total

    def _require_finite(self) -> None:
        if self.is_infinite:
            raise KLExactError("a finite log form is required; found +infinity")

    # -- rendering -----------------------------------------------------------------------------------------

    def as_expr(self, base: object = sympy.E) -> sympy.Expr:
        """Return the SymPy expression of the value divided by log(base); +infinity is `oo`.

        For a rational base the largest prime of the base is eliminated in favour of log(base), so that whatever is
        proportional to log(base) is a rational number. Raises InvalidBaseError unless the base is a
        positive real other than 1.

        >>> LogForm.log(20).as_expr(10), LogForm.log(8).as_expr(sympy.sqrt(2))
        (log(2)/log(10) + 1, 6)

        Coq: ExactValues.base_change.
        """
        unit = log_base(base)
        if self.is_infinite:
            return sympy.oo if is_positive(unit) else -sympy.oo  # a base below 1 has a negative unit
        ratio, rest = self._eliminate(unit) if isinstance(unit, LogForm) else (QQ(0), self)
        irrational = isinstance(base, sympy.Expr) and not base.is_Float
        unit_expr = sympy.log(base if irrational else as_expr(rational(base)))
        return sympy.Add(as_expr(ratio), *rest._terms(1 / unit_expr))

    def ratio(self, unit: "LogForm") -> Any | None:
        """Return the rational number self / unit, or None where there is none.

        Coq: ExactValues.rational_in_base_iff, ExactValues.rational_in_base_test, ExactValues.rational_in_nats_iff.
        """
        ratio, rest = self._eliminate(unit)
        return ratio if rest.is_zero and not is_parametric(ratio) else None

    def _eliminate(self, unit: "LogForm") -> tuple[Any, "LogForm"]:
        """Return (ratio, rest) with self = ratio * unit + rest, rest without the largest atom of the unit."""
        atoms = integers.coprime((a, QQ(1)) for a in (*self._logs, *unit._logs) if isinstance(a, int))
        weights = {a: w for a in atoms if (w := integers.valuation(unit._logs, a))}
        if weights:
            largest = max(weights)
            ratio = constant(integers.valuation(self._logs, largest) / weights[largest])
        else:
            ratio = constant(self._constant / unit._constant)
        return ratio, LogForm.sum([(QQ(1), self), (-ratio, unit)])

    def _terms(self, scale: sympy.Expr) -> list[sympy.Expr]:
        logs = (sympy.Mul(as_expr(c), self._log_expr(a), scale) for a, c in self._logs.items())
        return [as_expr(self._constant) * scale, *logs]

    def _log_expr(self, atom: Any) -> sympy.Expr:
        if isinstance(atom, int):
            number = sympy.Integer(atom)
            assert number.is_positive  # known from here on; else SymPy may ask first whether the number is prime
            return sympy.log(number, evaluate=False)  # SymPy would leave it as it is, too, but only after a while
        sign = self._signs.get(atom, 0)
        if sign:
            return sympy.log(as_expr(atom * sign))
        return sympy.log(as_expr(oriented(atom)) ** 2) / 2

    def exp(self) -> sympy.Expr:
        """Return e to the power of the form: an algebraic number where the form is Sum c*log(a), c rational."""
        if self.is_infinite:
            return sympy.oo
        numbers = {a: c for a, c in self._logs.items() if isinstance(a, int) and not is_parametric(c)}
        rest = (sympy.exp(self._log_expr(a)) ** as_expr(c) for a, c in self._logs.items() if a not in numbers)
        parts = (sympy.exp(as_expr(self._constant)), *rest, integers.product_of_powers(numbers))
        return sympy.Mul(*(part for part in parts if part != 1))

    def __reduce__(self) -> tuple[Any, ...]:
        if self.is_infinite:
            return LogForm.infinity, ()
        atoms = [
            (a if isinstance(a, int) else as_expr(a), as_expr(c), self._signs.get(a, 0)) for a, c in self._logs.items()
        ]
        return _restored, (as_expr(self._constant), atoms)

    def __repr__(self) -> str:
        try:
            return f"LogForm({self.as_expr()})"
        except ValueError:  # Python prints no integer of more than 4,300 digits
            return f"<LogForm of {len(self._logs)} logarithms with very long coefficients>"

    def _pretty(self, printer: Any) -> Any:
        return printer._print(self.as_expr())

    def _latex(self, printer: Any) -> str:
        return str(printer._print(self.as_expr()))

    def _repr_latex_(self) -> str:
        return f"${sympy.latex(self)}$"


def _restored(constant_term: sympy.Expr, atoms: list[tuple[Any, sympy.Expr, int]]) -> LogForm:
    """Return a pickled form."""
    terms = [(QQ(1), LogForm(constant_term))]
    for a, c, sign in atoms:
        atom = a if isinstance(a, int) else element_of(a).numer
        terms.append((element_of(c), _make(QQ(0), {atom: QQ(1)}, {atom: sign}, common_field([atom]))))
    return LogForm.sum(terms)


def _fields(pairs: Iterable[tuple[Any, LogForm]]) -> Iterator[Any]:
    for c, form in pairs:
        yield c
        if form._field is not None:
            yield form._field.one


def _make(constant_term: Any, logs: dict[Any, Any], known: Mapping[Any, int], field: FracField | None) -> LogForm:
    form = object.__new__(LogForm)
    signs_of_atoms = {f: sign for f, sign in known.items() if f in logs}
    for name, value in zip(LogForm.__slots__, (constant_term, field, logs, signs_of_atoms), strict=True):
        object.__setattr__(form, name, value)
    return form


def _canonical(logs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Collect (atom, coefficient) pairs of one field into the canonical dictionary."""
    numbers: list[tuple[int, Any]] = []
    functions: dict[Any, Any] = {}
    for atom, c in logs:
        if isinstance(atom, int):
            numbers.append((atom, c))
        else:
            functions[atom] = functions[atom] + c if atom in functions else c
    collected = integers.coprime(numbers) | {f: c for f, c in functions.items() if c}
    return {a: constant(c) for a, c in collected.items()}


def log_base(base: object) -> LogForm | sympy.Expr:
    """Return log(base) as a form, or as a SymPy expression where it is no log form (base pi).

    Raises InvalidBaseError unless the base is a positive real number other than 1.
    """
    unit: LogForm | sympy.Expr
    if isinstance(base, sympy.Expr) and not base.is_Rational and not base.is_Float:
        if base.is_positive is not True or base.free_symbols:
            raise _invalid_base(base)
        unit = _log_of_product(base) or sympy.log(base)
        is_one = unit.is_zero if isinstance(unit, LogForm) else base.equals(1) is not False
    else:
        if isinstance(base, str) and base.strip().lower() == "e":
            raise _invalid_base(repr(base))
        value = rational(base, "the base")
        if value <= 0:
            raise _invalid_base(base)
        unit = LogForm.of_logs([(QQ(1), value)])
        is_one = unit.is_zero
    if is_one:
        raise _invalid_base(base)
    return unit


def _invalid_base(base: object) -> InvalidBaseError:
    return InvalidBaseError(
        f"the base must be a positive real number other than 1, such as 2, 10 or sympy.E (e on the command line); found {base}"
    )


def is_positive(unit: LogForm | sympy.Expr) -> bool:
    """Tell whether the logarithm of a base is positive; it is not zero."""
    if not isinstance(unit, LogForm):
        return bool(unit.is_positive)
    prec = 64
    while (ball := unit.ball(prec)) == 0:
        prec *= 2
    return bool(ball > 0)


def _log_of_product(expr: sympy.Expr) -> LogForm | None:
    """Return log of a product of rational powers of rational numbers and of e, or None."""
    parts = []
    for factor in sympy.Mul.make_args(expr):
        power, exponent = factor.as_base_exp()
        if not exponent.is_Rational or not (power is sympy.E or (power.is_Rational and power > 0)):
            return None
        parts.append((element_of(element(exponent)), LogForm(1) if power is sympy.E else LogForm.log(power)))
    return LogForm.sum(parts)
