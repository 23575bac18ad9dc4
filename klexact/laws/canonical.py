"""A normal form for results: rational functions of the parameters times products of other functions of them.

Logarithms of rational functions become log forms (`klexact.logform`); gamma functions and their kin are shifted by
integers to one argument, powers split into powers of irreducible bases, products of exponentials joined, products of
sines and cosines made sums. Coefficients are in lowest terms, so what cancels is seen to cancel.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sympy
from sympy import QQ, E, S, exp, factorial, gamma, log, loggamma, polygamma, preorder_traversal
from sympy.simplify.fu import TR8

from klexact.logform import LogForm, log_base
from klexact.ratfunc import as_expr, element_of, is_parametric, split, unify
from klexact.signs import signs

__all__ = ["LogGamma", "PolyGamma", "canonical", "exponential", "is_rational_function", "power"]

_MAX_SHIFT = 200
_MAX_POWER = 16

Terms = dict[sympy.Expr, Any]  # product of functions -> its coefficient, an element


def canonical(expr: sympy.Expr, positive: Sequence[sympy.Expr] = (), base: object = E) -> sympy.Expr:
    """Return an expression divided by log(base) in normal form; `positive` are expressions known to be positive.

    >>> a, b = sympy.symbols("a b", positive=True)
    >>> canonical(loggamma(a + 1) - loggamma(a) - log(a * b) + 2 * log(b / 3))
    log(b) - 2*log(3)
    >>> canonical(sympy.Integer(0)), canonical(log(8), base=2)
    (0, 3)
    """
    return _Normal(tuple(positive)).rendered(expr, base)


def exponential(expr: sympy.Expr) -> sympy.Expr:
    """Return e to the power of a sum with its logarithms and log-gammas undone.

    >>> a = sympy.Symbol("a", positive=True)
    >>> exponential(loggamma(a + 1) - 2 * log(a)), exponential(sympy.Integer(0))
    (gamma(a + 1)/a**2, 1)
    """
    factors = []
    for term in sympy.Add.make_args(sympy.expand(expr)):
        c, rest = term.as_coeff_Mul()
        logs = [f for f in sympy.Mul.make_args(rest) if isinstance(f, log)]
        if isinstance(rest, (loggamma, LogGamma)):
            factors.append(_unless_large(gamma, rest.args[0]) ** c)
        else:
            factors.append(power(logs[0].args[0], term / logs[0]) if len(logs) == 1 else exp(term))
    return sympy.Mul(*factors)


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """Return a power, of rational numbers prime by prime: SymPy alone may raise parts of doubles to powers of 2^52 on the way.

    >>> power(S(9) / 4, S(3) / 2), power(sympy.Symbol("s"), sympy.Symbol("k"))
    (27/8, s**k)
    """
    if not (base.is_Rational and base > 0 and exponent.is_Rational):
        return base**exponent
    return sympy.Mul(*(prime ** (n * exponent) for prime, n in base.factors(limit=2**15).items()))


def is_rational_function(expr: sympy.Expr) -> bool:
    """Tell whether an expression is built from rational numbers and symbols by +, ·, / alone."""
    return all(
        node.is_Rational or node.is_Symbol or node.is_Add or node.is_Mul or (node.is_Pow and node.exp.is_Integer)
        for node in preorder_traversal(expr)
    )


class LogGamma(sympy.Function):  # type: ignore[misc]  # SymPy is untyped
    """log Γ(z), which SymPy would write out as the logarithm of a factorial of any size; `canonical` makes it `loggamma`."""

    @classmethod
    def eval(cls, z: sympy.Expr) -> sympy.Expr | None:
        return loggamma(z) if _is_small(z) else None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        assert argindex == 1
        return PolyGamma(S.Zero, self.args[0])


class PolyGamma(sympy.Function):  # type: ignore[misc]  # SymPy is untyped
    """The derivatives of log Γ, which SymPy would write out as harmonic numbers; `canonical` makes it `polygamma`."""

    @classmethod
    def eval(cls, n: sympy.Expr, z: sympy.Expr) -> sympy.Expr | None:
        return polygamma(n, z) if _is_small(z) else None

    def fdiff(self, argindex: int = 2) -> sympy.Expr:
        assert argindex == 2
        return PolyGamma(self.args[0] + 1, self.args[1])


def _is_small(z: sympy.Expr) -> bool:
    return bool(z.is_Rational and abs(z) <= _MAX_SHIFT)


def _unless_large(function: Any, *args: sympy.Expr) -> sympy.Expr:
    """Return a function, not written out where its argument is a large number."""
    return function(*args, evaluate=not args[-1].is_Rational or _is_small(args[-1]))


class _Normal:
    """The normal form under what is known to be positive."""

    def __init__(self, positive: tuple[sympy.Expr, ...]) -> None:
        rational = [p for p in positive if is_rational_function(p)]
        self._assuming = [x for x in map(element_of, rational) if is_parametric(x)]
        self.terms: Callable[[sympy.Expr], Terms] = cache(self._terms)
        self._kinds: list[tuple[Any, Callable[[sympy.Expr], Terms]]] = [
            (sympy.Add, self._add),
            (sympy.Mul, self._mul),
            (exp, lambda e: self._exp(self.terms(e.args[0]))),
            (sympy.Pow, lambda e: self._pow(e.base, e.exp)),
            (log, lambda e: self._log(e.args[0])),
            ((loggamma, polygamma, gamma, factorial, LogGamma, PolyGamma), self._shifted),
            (sympy.besselk, lambda e: self._besselk(*e.args)),
            (sympy.besseli, lambda e: {sympy.besseli(*map(self._inner, e.args)): QQ(1)}),
            (sympy.Piecewise, lambda e: {e: QQ(1)}),
            (sympy.Function, self._function),
        ]

    def rendered(self, expr: sympy.Expr, base: object = E) -> sympy.Expr:
        trigonometric = expr.has(sympy.sin, sympy.cos)
        terms = self.terms(TR8(expr) if trigonometric else expr)
        logs, others = [], []
        for rest, c in terms.items():
            if isinstance(rest, log) and is_rational_function(rest.args[0]):
                logs.append((c, element_of(rest.args[0])))
            elif rest is not S.One:
                others.append(as_expr(c) * rest)
        form = LogForm.of_logs(logs, assuming=self._assuming) + LogForm(as_expr(terms.get(S.One, QQ(0))))
        if not others:
            return form.as_expr(base)
        unit = log_base(base)
        return form.as_expr(base) + sympy.Add(*others) / (unit.as_expr() if isinstance(unit, LogForm) else unit)

    def _terms(self, expr: sympy.Expr) -> Terms:
        if is_rational_function(expr):
            x = element_of(expr)
            return {S.One: x} if x else {}
        for kind, normal in self._kinds:
            if isinstance(expr, kind):
                return normal(expr)
        return {expr: QQ(1)}

    def _add(self, expr: sympy.Expr) -> Terms:
        return _sum(self.terms(a) for a in expr.args)

    def _mul(self, expr: sympy.Expr) -> Terms:
        found: Terms = {S.One: QQ(1)}
        for factor in expr.args:
            found = self._product(found, self.terms(factor))
        return found

    def _besselk(self, order: sympy.Expr, argument: sympy.Expr) -> Terms:
        """Return a Bessel function K, even in its order; elementary where that is half an odd number."""
        order, inner = self._inner(order), self._inner(argument)
        order = -order if order.could_extract_minus_sign() else order
        if not order.is_Rational or order.q != 2 or order > _MAX_SHIFT:
            return {sympy.besselk(order, inner): QQ(1)}
        n = int(order - S.Half)
        parts = (factorial(n + j) / factorial(j) / factorial(n - j) / (2 * inner) ** j for j in range(n + 1))
        return self.terms(sympy.sqrt(sympy.pi / (2 * inner)) * exp(-inner) * sympy.Add(*parts))

    def _function(self, expr: sympy.Expr) -> Terms:
        """Return any other function, its arguments in normal form; unless they make something else of it."""
        found = expr.func(*map(self._inner, expr.args))
        return {found: QQ(1)} if found.func == expr.func else self.terms(found)

    def _inner(self, expr: sympy.Expr) -> sympy.Expr:
        """Return an argument of a function in normal form."""
        return self.rendered(expr) if isinstance(expr, sympy.Expr) else expr

    def _product(self, one: Terms, other: Terms) -> Terms:
        if set(other) == {S.One}:
            return _scaled(one, other[S.One])
        parts = []
        for rest, c in one.items():
            for more, d in other.items():
                coefficient = _times(c, d)
                joined = self._joined(rest * more) if S.One not in (rest, more) else {rest * more: QQ(1)}
                parts.append(_scaled(joined, coefficient))
        return _sum(parts)

    def _joined(self, product: sympy.Expr) -> Terms:
        """Return a product of functions with the powers of one base joined."""
        powers: dict[sympy.Expr, list[sympy.Expr]] = {}
        for factor in sympy.Mul.make_args(product):
            b, e = factor.as_base_exp()
            powers.setdefault(b, []).append(e)
        coefficient, rest = QQ(1), S.One
        for b, exponents in powers.items():
            e = self._inner(sympy.Add(*exponents)) if len(exponents) > 1 else exponents[0]
            whole = b.is_Symbol or b.is_Rational
            power = b**e
            if is_rational_function(power):
                coefficient = _times(coefficient, element_of(power))
            elif whole and e.is_Rational and e.q != 1 and abs(e) > 1:
                n = e.p // e.q
                coefficient = _times(coefficient, element_of(b**n))
                rest *= b ** (e - n)
            else:
                rest *= power
        c, rest = rest.as_coeff_Mul()
        return {rest: _times(coefficient, element_of(c))}

    def _exp(self, exponent: Terms) -> Terms:
        """Return e^(sum): logarithms undone, what is left under one e."""
        found: Terms = {S.One: QQ(1)}
        left: Terms = {}
        for rest, c in exponent.items():
            if isinstance(rest, log):
                found = self._product(found, self._pow(rest.args[0], as_expr(c)))
            else:
                left[rest] = c
        if left:
            found = self._product(found, {exp(_expr(left)): QQ(1)})
        return found

    def _pow(self, base: sympy.Expr, e: sympy.Expr) -> Terms:
        if base is E:
            return self._exp(self.terms(e))
        inner = self.terms(base)
        if e.is_Integer:
            return self._whole_power(inner, int(e))
        exponent = self._inner(e)
        if exponent.is_Integer:
            return self._whole_power(inner, int(exponent))
        if len(inner) != 1:
            return {_expr(inner) ** exponent: QQ(1)}
        ((rest, c),) = inner.items()
        found: Terms = {S.One: QQ(1)}
        for b, k in self._factors(c, positive=rest is S.One):
            if b != -1:
                base_of, times = (b, k) if self._is_positive(b) else (b**2, k / 2)
                found = self._product(found, self._simple_power(base_of, self._inner(times * exponent)))
        for factor in sympy.Mul.make_args(rest):
            b, k = factor.as_base_exp()
            found = self._product(found, self._simple_power(b, self._inner(k * exponent))) if b is not S.One else found
        return found

    def _simple_power(self, b: sympy.Expr, e: sympy.Expr) -> Terms:
        """Return b^e with the whole part of a symbolic exponent taken out."""
        if b is E:
            return self._exp(self.terms(e))
        n, tail = e.as_coeff_Add() if not e.is_Rational else (S.Zero, e)
        shift = n.p // n.q if n.is_Rational else 0
        power = b ** (tail + n - shift)
        c, rest = power.as_coeff_Mul()
        found: Terms = {rest: element_of(c)} if not is_rational_function(power) else {S.One: element_of(power)}
        return self._product(found, self.terms(b**shift)) if shift else found

    def _whole_power(self, inner: Terms, n: int) -> Terms:
        if len(inner) == 1:
            ((rest, c),) = inner.items()
            return _scaled(self._joined(rest**n) if rest is not S.One else {S.One: QQ(1)}, c**n)
        if not inner or not 0 < n <= _MAX_POWER:
            _, content = min(inner.items(), key=lambda item: sympy.default_sort_key(item[0]))
            primitive = _expr(_scaled(inner, 1 / content))
            return {primitive**n: content**n}
        found = inner
        for _ in range(n - 1):
            found = self._product(found, inner)
        return found

    def _factors(self, c: Any, *, positive: bool) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
        """Yield (base, exponent) of an element: bases are positive where that is known; of -1 the sign of the others.

        `positive` says that the element is so.
        """
        unit, factors = split(c) if is_parametric(c) else (c, ())
        squares = [element_of(as_expr(f) ** 2) for f, _ in factors]  # positive whatever f: to be told its sign
        known = signs(unify([*squares, *self._assuming, *([c] if positive and factors else [])])) if factors else {}
        named = {as_expr(f): sign for f, sign in known.items()}
        sign = 1 if unit > 0 else -1
        for f, k in factors:
            own = named.get(as_expr(f), 0)
            sign *= own**k if own else 1
            yield as_expr(f) * (own or 1), sympy.Integer(k)
        if abs(unit) != 1:
            yield as_expr(abs(unit)), S.One
        if sign < 0:
            yield S.NegativeOne, S.One

    def _is_positive(self, b: sympy.Expr) -> bool:
        if b.is_positive is not None or not is_rational_function(b):
            return bool(b.is_positive)
        known = signs(unify([element_of(b**2), *self._assuming]))
        return any(sign and as_expr(f) * sign == b for f, sign in known.items())

    def _log(self, argument: sympy.Expr) -> Terms:
        """Return log of a positive argument; of a product factor by factor, those of open sign together."""
        inner = self.terms(argument)
        if len(inner) != 1:
            return {log(_expr(inner)): QQ(1)}
        ((rest, c),) = inner.items()
        if rest is S.One:
            return self._log_element(c)
        factors = [*self._factors(c, positive=False), *(f.as_base_exp() for f in sympy.Mul.make_args(rest))]
        known = [(b, e) for b, e in factors if self._is_positive(b)]
        parts = [self._product(self._log_positive(b), self.terms(e)) for b, e in known]
        sign = sympy.Mul(*(b for b, _ in factors if b == -1))
        rest_factors = [(b, e) for b, e in factors if b != -1 and (b, e) not in known]
        if len(rest_factors) == 1 and rest_factors[0][1].is_odd:  # the product is positive: so is this one, turned
            ((b, e),) = rest_factors
            parts.append(self._product(self._log_positive(sign * b), self.terms(e)))
        elif rest_factors:
            parts.append({log(sign * sympy.Mul(*(b**e for b, e in rest_factors))): QQ(1)})
        return _sum(parts)

    def _log_positive(self, b: sympy.Expr) -> Terms:
        if b is E:
            return {S.One: QQ(1)}
        return self._log_element(element_of(b)) if is_rational_function(b) else {log(b): QQ(1)}

    def _log_element(self, c: Any) -> Terms:
        form = LogForm.of_logs([(QQ(1), c)], assuming=self._assuming)
        return _collected(form)

    def _shifted(self, expr: sympy.Expr) -> Terms:
        """Shift the argument of a gamma function, its logarithm or derivatives by an integer."""
        if isinstance(expr, factorial):
            return self._shifted(gamma(expr.args[0] + 1, evaluate=False))
        argument = sympy.expand(self._inner(expr.args[-1]))
        n, rest = argument.as_coeff_Add()
        low = n - sympy.floor(n) + rest
        low = S.One if low == 0 else low
        shift = argument - low
        if not shift.is_Integer or not low.is_positive or abs(shift) > _MAX_SHIFT:
            low, shift = argument, S.Zero
        sign = 1 if shift > 0 else -1
        steps = [low + j for j in (range(shift) if shift > 0 else range(shift, 0))]
        if isinstance(expr, gamma):
            return self._settled(_unless_large(gamma, low), sympy.Mul(*(step**sign for step in steps)))
        if isinstance(expr, (loggamma, LogGamma)):
            return _sum(
                [self._settled(_unless_large(loggamma, low)), *(self.terms(sign * log(step)) for step in steps)]
            )
        order = expr.args[0]
        if not order.is_Integer:
            return {polygamma(*expr.args): QQ(1)}
        weight = sign * (-1) ** order * factorial(order)
        steps = [weight * step ** (-order - 1) for step in steps]
        return _sum([self._settled(_unless_large(polygamma, order, low)), *map(self.terms, steps)])

    def _settled(self, value: sympy.Expr, factor: sympy.Expr = S.One) -> Terms:
        """Return a function whose argument is in normal form, times a factor."""
        own = {value: QQ(1)} if isinstance(value, (gamma, loggamma, polygamma)) else self.terms(value)
        return self._product(own, self.terms(factor))


def _collected(form: LogForm) -> Terms:
    found: Terms = {}
    for term in sympy.Add.make_args(form.as_expr()):
        c, rest = term.as_coeff_Mul()
        found[rest] = element_of(c)
    return {rest: c for rest, c in found.items() if c}


def _expr(terms: Mapping[sympy.Expr, Any]) -> sympy.Expr:
    return sympy.Add(*(as_expr(c) * rest for rest, c in terms.items()))


def _times(c: Any, d: Any) -> Any:
    one, other = unify([c, d])
    return one * other


def _scaled(terms: Terms, c: Any) -> Terms:
    return {rest: _times(c, d) for rest, d in terms.items()} if c else {}


def _sum(parts: Iterable[Terms]) -> Terms:
    found: dict[sympy.Expr, list[Any]] = {}
    for part in parts:
        for rest, c in part.items():
            found.setdefault(rest, []).append(c)
    return {rest: total for rest, cs in found.items() if (total := sum(unify(cs), QQ(0)))}
