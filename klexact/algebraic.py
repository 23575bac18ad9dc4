"""Log forms at an irrational algebraic point: sums of c * log|f(α)|, compared exactly.

Equality is decided by height (Liouville): with integers n_j and algebraic β_j of a field of degree D, x = Π β_j^n_j
is either 1 or |x - 1| >= exp(-D·(h(x) + log 2)), with the absolute logarithmic height h(x) <= Σ |n_j|·h(β_j)
(Waldschmidt, *Diophantine Approximation on Linear Algebraic Groups*, 2000, section 3.5). So a value whose enclosure
lies closer to 0 is 0. A rational constant beside the logarithms settles it at once: e to a non-zero
algebraic power is transcendental (Hermite-Lindemann).
"""

from dataclasses import dataclass
from math import gcd, lcm, log
from typing import Any

import sympy
from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly
from sympy import QQ

from klexact.errors import UndecidedError
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, is_parametric
from klexact.roots import RealRoot, ball, polynomial, sign_at

__all__ = ["AlgebraicForm", "Value", "evaluate"]

_WORK_BITS = 1_000_000  # an equality that needs more precision is left undecided
_WORK_PRODUCT = 10_000  # factors times squared degree: larger products are not multiplied out


def evaluate(form: LogForm, symbol: sympy.Symbol, point: Any) -> "LogForm | AlgebraicForm":
    """Return the value of a form in one parameter at a point where no atom vanishes.

    It is a plain log form wherever the irrational logarithms combine to one of a rational number.

    >>> from sympy.abc import t
    >>> from klexact.roots import real_roots
    >>> root = real_roots(fmpz_poly([-1, 0, 2]))[1]
    >>> evaluate(LogForm.log(t), t, root), evaluate(LogForm.log(1 + t), t, root).as_expr()
    (LogForm(-log(2)/2), log(sqrt(2)/2 + 1))
    """
    if not isinstance(point, RealRoot) or symbol not in form.free_symbols:
        return form.subs({symbol: as_expr(point)}) if symbol in form.free_symbols else form
    return _collapsed(form, symbol, point) or AlgebraicForm(((form, symbol, point),))


@dataclass(frozen=True)
class AlgebraicForm:
    """A sum of log forms, each at a point of its parameter, or without one (symbol and root None)."""

    pieces: tuple[tuple[LogForm, sympy.Symbol | None, RealRoot | None], ...]

    is_infinite = False

    def __sub__(self, other: "LogForm | AlgebraicForm") -> "AlgebraicForm":
        merged: dict[tuple[sympy.Symbol | None, RealRoot | None], LogForm] = {}
        for sign, value in ((1, self), (-1, other)):
            for form, *where in _pieces(value):
                key = tuple(where)
                merged[key] = LogForm.sum([(QQ(1), merged.get(key, LogForm())), (QQ(sign), form)])
        return AlgebraicForm(tuple((form, *key) for key, form in merged.items() if not form.is_zero))

    def __rsub__(self, other: LogForm) -> "AlgebraicForm":
        return AlgebraicForm(_pieces(other)) - self

    def ball(self, prec: int) -> arb:
        """Return a ball that contains the value in nats, computed with `prec` bits."""
        with ctx.workprec(prec):
            total = arb(0)
            for form, symbol, root in self.pieces:
                total += form.ball(prec) if symbol is None or root is None else _ball(form, symbol, root, prec)
            return total

    @property
    def is_zero(self) -> bool:
        """Tell whether the value is exactly zero. Raises UndecidedError beyond a stated work bound."""
        if not self.pieces:
            return True
        prec = 64
        needed = None
        while not needed or prec < 2 * needed:
            value = self.ball(prec)
            if value != 0:
                return False
            if needed is None:
                needed = self._bits_that_decide()
                if needed is None:
                    return False
            with ctx.workprec(64):
                if value.abs_upper() < arb(2) ** -needed:
                    return True
            prec *= 2
        raise UndecidedError(f"the sign of {self.as_expr()} must show within {prec} bits; it did not")

    def ratio(self, unit: LogForm) -> Any | None:
        """Return the rational number self / unit, or None where there is none. Raises UndecidedError as `is_zero`.

        If self = r·unit, the average over the conjugates of each root is r·unit too; it is a plain log form, for
        a norm is rational. So that form has the only candidate.

        >>> from sympy.abc import t
        >>> from klexact.roots import real_roots
        >>> one, two = real_roots(fmpz_poly([1, -4, 1]))
        >>> form = LogForm.log(t) + LogForm(3)
        >>> AlgebraicForm(((form, t, one), (form, t, two))).ratio(LogForm(1)), AlgebraicForm(()).ratio(LogForm(1))
        (6, 0)
        """
        if len(self.pieces) == 1 and not self.pieces[0][0].logs and unit.ratio(LogForm(1)) is not None:
            form, symbol, root = self.pieces[0]
            if symbol is not None and root is not None:  # an algebraic number of Q(α)
                residue = _residue(form.rational_part, symbol, root)
                return None if residue.degree() > 0 else LogForm(_rational(residue)).ratio(unit)
        average = LogForm.sum((QQ(1), _averaged(*piece)) for piece in self.pieces)
        candidate = average.ratio(unit)
        if candidate is None:
            return None
        return candidate if (self - LogForm.sum([(candidate, unit)])).is_zero else None

    def _bits_that_decide(self) -> int | None:
        """Return b such that |value| < 2**-b implies value = 0, or None if the value cannot be 0."""
        rational = QQ(0)
        exponents: list[tuple[Any, float]] = []
        degrees: dict[tuple[int, ...], set[int]] = {}
        for form, symbol, root in self.pieces:
            constant, logs = form.rational_part, form.logs
            if is_parametric(constant) or any(is_parametric(c) for c in logs.values()):
                raise UndecidedError(
                    f"equality is decided for rational coefficients; found {form} at {symbol} = {root and root.as_expr()}"
                )
            rational += constant
            if root is not None:
                degrees.setdefault(root.coefficients, set()).add(root.index)
            exponents += [(c, _height(a, symbol, root)) for a, c in logs.items()]
        if rational:
            return None
        common = lcm(*(int(c.denominator) for c, _ in exponents)) if exponents else 1
        height = sum(float(min(int(abs(c) * common), 10**300)) * h for c, h in exponents)
        degree = 1
        for coefficients, indices in degrees.items():
            for used in range(len(indices)):
                degree *= len(coefficients) - 1 - used
        bits = 1.01 * degree * (height / log(2) + 1) + 2 + common.bit_length()  # 1.01: above the floats' rounding
        if bits > _WORK_BITS:
            raise UndecidedError(
                f"equality at algebraic points is decided up to {_WORK_BITS:,} bits; {self.as_expr()} would need {bits:.0f}"
            )
        return int(bits) + 1

    def as_expr(self, base: object = sympy.E) -> sympy.Expr:
        """Return the SymPy expression of the value divided by log(base)."""
        return sympy.Add(
            *(
                form.as_expr(base) if symbol is None or root is None else _rendered(form, symbol, root, base)
                for form, symbol, root in self.pieces
            )
        )

    def __repr__(self) -> str:
        return f"AlgebraicForm({self.as_expr()})"


Value = LogForm | AlgebraicForm


def _pieces(value: Value) -> tuple[Any, ...]:
    return value.pieces if isinstance(value, AlgebraicForm) else ((value, None, None),)


def _averaged(form: LogForm, symbol: sympy.Symbol | None, root: RealRoot | None) -> LogForm:
    """Return the mean of a form over the conjugates of its root: log|f(α)| becomes log|norm of f(α)| / degree."""
    if symbol is None or root is None:
        return form
    if is_parametric(form.rational_part) or any(is_parametric(c) for c in form.logs.values()):
        raise UndecidedError(f"rationality is decided for rational coefficients; found {form} at {root.as_expr()}")
    minimal, terms = root.minimal_polynomial, []
    for a, c in form.logs.items():
        if isinstance(a, int):
            terms.append((c, QQ(a)))
            continue
        f = polynomial(a, symbol)
        norm = QQ(abs(int(minimal.resultant(f))), abs(root.coefficients[-1]) ** f.degree())
        terms.append((c / minimal.degree(), norm))
    return LogForm.of_logs(terms) + LogForm.sum([(form.rational_part, LogForm(1))])


def _height(atom: Any, symbol: sympy.Symbol | None, root: RealRoot | None) -> float:
    """Bound the height of an atom at a root: h(f(α)) <= log |f|_1 + deg f·h(α), h(α) <= log |m|_2 / deg m."""
    if isinstance(atom, int):
        return log(atom)
    f = polynomial(atom, symbol)
    minimal = [] if root is None else root.coefficients
    of_root = log(sum(c * c for c in minimal)) / 2 / (len(minimal) - 1)
    return log(sum(abs(int(c)) for c in f.coeffs())) + f.degree() * of_root


def _ball(form: LogForm, symbol: sympy.Symbol, root: RealRoot, prec: int) -> arb:
    with ctx.workprec(prec):
        alpha = ball(root, prec)
        total = _at(form.rational_part, symbol, alpha)
        for a, c in form.logs.items():
            argument = arb(a) if isinstance(a, int) else abs(_value(polynomial(a, symbol), alpha))
            total += _at(c, symbol, alpha) * argument.log()
        return total


def _value(poly: fmpz_poly, alpha: arb) -> arb:
    total = arb(0)
    for c in reversed(poly.coeffs()):
        total = total * alpha + c
    return total


def _at(x: Any, symbol: sympy.Symbol, alpha: arb) -> arb:
    if is_parametric(x):
        return _value(polynomial(x.numer, symbol), alpha) / _value(polynomial(x.denom, symbol), alpha)
    return arb(fmpq(int(x.numerator), int(x.denominator)))


def _residue(x: Any, symbol: sympy.Symbol, root: RealRoot) -> fmpq_poly:
    """Return an element, an atom or an integer in Q[symbol] modulo the minimal polynomial of the root."""
    modulus = fmpq_poly(root.minimal_polynomial)
    if is_parametric(x):
        numerator, denominator = (fmpq_poly(polynomial(part, symbol)) for part in (x.numer, x.denom))
        return numerator * _inverse(denominator % modulus, modulus) % modulus
    if hasattr(x, "ring"):
        return fmpq_poly(polynomial(x, symbol)) % modulus
    return fmpq_poly([fmpq(int(x.numerator), int(x.denominator))])


def _inverse(x: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    unit, inverse, _ = x.xgcd(modulus)
    return inverse / unit[0]


def _power(x: fmpq_poly, n: int, modulus: fmpq_poly) -> fmpq_poly:
    base, result = (x if n >= 0 else _inverse(x, modulus)), fmpq_poly([1])
    for bit in f"{abs(n):b}":
        result = result * result % modulus
        result = result * base % modulus if bit == "1" else result
    return result


def _collapsed(form: LogForm, symbol: sympy.Symbol, root: RealRoot) -> LogForm | None:
    """Return the value as a plain form if a small power of the product of the atoms at the root is rational."""
    constant = _residue(form.rational_part, symbol, root)
    atoms = {a: c for a, c in form.logs.items() if not isinstance(a, int)}
    if constant.degree() > 0 or any(is_parametric(c) for c in form.logs.values()):
        return None
    common = lcm(1, *(int(c.denominator) for c in atoms.values()))
    exponents = {a: int(c * common) for a, c in atoms.items()}
    shared = gcd(0, *exponents.values()) or 1
    if sum(abs(n) for n in exponents.values()) // shared * len(root.coefficients) ** 2 > _WORK_PRODUCT:
        return None
    modulus = fmpq_poly(root.minimal_polynomial)
    product = fmpq_poly([1])
    for a, n in exponents.items():
        product = product * _power(_residue(a, symbol, root), n // shared, modulus) % modulus
    power = product
    for k in range(1, len(root.coefficients)):
        if power.degree() == 0:
            numbers = [(c, QQ(a)) for a, c in form.logs.items() if isinstance(a, int)]
            value = abs(power[0])
            numbers.append((QQ(shared, common * k), QQ(int(value.numerator), int(value.denominator))))
            return LogForm.of_logs(numbers) + LogForm(_rational(constant))
        power = power * product % modulus
    return None


def _rational(poly: fmpq_poly) -> Any:
    value = poly[0] if poly.degree() >= 0 else fmpq(0)
    return sympy.Rational(int(value.numerator), int(value.denominator))


def _rendered(form: LogForm, symbol: sympy.Symbol, root: RealRoot, base: object) -> sympy.Expr:
    alpha = root.as_expr()

    def at(x: Any) -> sympy.Expr:
        residue = _residue(x, symbol, root)
        powers = (
            sympy.Rational(int(c.numerator), int(c.denominator)) * alpha**i for i, c in enumerate(residue.coeffs())
        )
        value = sympy.Add(*powers)
        return sympy.expand(value) if len(root.coefficients) == 3 else value

    numbers = LogForm.of_logs((c, QQ(a)) for a, c in form.logs.items() if isinstance(a, int) and not is_parametric(c))
    unit = LogForm(1).as_expr(base)
    terms = [numbers.as_expr(base), at(form.rational_part) * unit]
    for a, c in form.logs.items():
        if isinstance(a, int):
            if is_parametric(c):
                terms.append(at(c) * sympy.log(a) * unit)
        else:
            terms.append(at(c) * sympy.log(at(a) * sign_at(polynomial(a, symbol), root)) * unit)
    return sympy.Add(*terms)
