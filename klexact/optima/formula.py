"""SymPy formulas with parameters read back as log forms: what the measures return for distributions with symbols."""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy
from sympy import QQ, E

from klexact.errors import InvalidNumberError, KLExactError, NoClosedFormError
from klexact.exact import element
from klexact.expression import Expression
from klexact.family import ends
from klexact.logform import LogForm
from klexact.ratfunc import element_of, is_parametric
from klexact.roots import cells, compare, point_expr, polynomial, real_roots

__all__ = ["Formula", "read_form", "require_real"]


@dataclass(frozen=True)
class Formula:
    """A value with symbols that is no log form, in nats."""

    expr: sympy.Expr

    is_infinite = False

    def as_expr(self, base: object = E) -> sympy.Expr:
        """Return the value divided by log(base)."""
        return self.expr if base is E else self.expr / LogForm.log(base).as_expr()


def read_form(expr: sympy.Expr) -> tuple[LogForm, sympy.Expr]:
    """Return (form, base) with the value form/log(base), base > 1, for sums of logarithms with rational coefficients.

    Raises NoClosedFormError, naming the part, for anything else.

    >>> from sympy.abc import t
    >>> read_form(t * sympy.log(t) / sympy.log(2) - 1)
    (LogForm(t*log(t) - log(2)), 2)
    >>> read_form(sympy.exp(t))
    Traceback (most recent call last):
    ...
    klexact.errors.NoClosedFormError: an objective must be a sum of logarithms ...; found exp(t) in exp(t)
    """
    terms = [_term(term, expr) for term in _summands(expr)]
    bases = {base for _, base in terms if base is not E}
    if not bases:
        return LogForm.sum((QQ(1), form) for form, _ in terms), E
    base = bases.pop()
    mixed = [form for form, own in terms if own is E and form.logs]
    if bases or mixed:
        raise NoClosedFormError(f"an objective must have one log base; found {expr}")
    unit = LogForm.log(base)
    return LogForm.sum((form.rational_part, unit) if own is E else (QQ(1), form) for form, own in terms), base


def _summands(expr: sympy.Expr) -> Iterator[sympy.Expr]:
    """Yield the terms of a sum, multiplied out as far as logarithms stand in brackets: denominators stay."""
    for term in sympy.Add.make_args(expr):
        factors = sympy.Mul.make_args(term)
        bracket = next((f for f in factors if f.is_Add and f.has(sympy.log)), None)
        if bracket is None:
            yield term
        else:
            rest = sympy.Mul(*(f for f in factors if f is not bracket))
            for part in bracket.args:
                yield from _summands(rest * part)


def _term(term: sympy.Expr, whole: sympy.Expr) -> tuple[LogForm, sympy.Expr]:
    """Return one term as (form, base): a rational function, times at most one logarithm, over at most one log(base)."""
    coefficient, form, base = sympy.S.One, LogForm(1), E
    for factor in sympy.Mul.make_args(term):
        power, exponent = factor.as_base_exp()
        if not isinstance(power, sympy.log):
            coefficient *= factor
        elif exponent == 1 and form == LogForm(1):
            form = _log(power.args[0], whole)
        elif exponent == -1 and base is E and power.args[0].is_Rational:
            base = power.args[0]
            if base < 1:  # 1/log(2/3) is -1/log(3/2): a unit of a minimum is positive
                coefficient, base = -coefficient, 1 / base
        else:
            raise _refused(term, whole)
    if not coefficient.is_rational_function(*coefficient.free_symbols):
        raise _refused(coefficient, whole)
    try:
        return LogForm.sum([(element_of(element(coefficient, "a coefficient")), form)]), base
    except InvalidNumberError:
        raise _refused(coefficient, whole) from None


def _log(argument: sympy.Expr, whole: sympy.Expr) -> LogForm:
    try:
        return LogForm.log(argument)
    except InvalidNumberError:
        raise _refused(sympy.log(argument), whole) from None


def _refused(part: sympy.Expr, whole: sympy.Expr) -> NoClosedFormError:
    return NoClosedFormError(
        "an objective must be a sum of logarithms of rational functions over Q, with such coefficients; "
        f"found {part} in {whole}"
    )


def require_real(expr: sympy.Expr, form: LogForm, theta: sympy.Symbol, domain: sympy.Set) -> None:
    """Raise KLExactError unless a formula is real inside the domain, and finite but where an argument of a logarithm is 0.

    >>> from sympy.abc import t
    >>> require_real(1 / (t - 1), LogForm(1 / (t - 1)), t, sympy.Interval(0, 2))
    Traceback (most recent call last):
    ...
    klexact.errors.NoClosedFormError: an objective must have no poles inside Interval(0, 2); found one at t = 1 in 1/(t - 1)
    """
    lower, upper = ends(domain)
    others = form.free_symbols - {theta}
    if others:
        raise KLExactError(
            f"an objective must depend on {theta} alone; found {', '.join(sorted(map(str, others)))} in {expr}"
        )
    rational = [c for c in (form.rational_part, *form.logs.values()) if is_parametric(c)]
    for pole in (x for c in rational for x in real_roots(polynomial(c.denom, theta))):
        if (lower is None or compare(lower, pole) < 0) and (upper is None or compare(pole, upper) < 0):
            raise NoClosedFormError(
                f"an objective must have no poles inside {domain}; found one at {theta} = {point_expr(pole)} in {expr}"
            )
    atoms = [polynomial(f, theta) for f in form.logs if not isinstance(f, int)]
    for point in map(point_expr, cells(atoms, lower, upper)):
        try:
            Expression(expr.subs(theta, point))
        except InvalidNumberError:
            raise KLExactError(
                f"an objective must be real for {theta} inside {domain}; found {expr} at {theta} = {point}"
            ) from None
