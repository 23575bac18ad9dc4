"""Log forms at an irrational algebraic point: sums of c * log|f(α)|, compared exactly.

Equality is decided by height (Liouville): with integers n_j and algebraic β_j of a field of degree D, x = Π β_j^n_j
is either 1 or |x - 1| >= exp(-D·(h(x) + log 2)), with the absolute logarithmic height h(x) <= Σ |n_j|·h(β_j)
(Waldschmidt, *Diophantine Approximation on Linear Algebraic Groups*, 2000, section 3.5). So a value whose enclosure
lies closer to 0 is 0. A rational constant beside the logarithms settles it at once: e to a non-zero
algebraic power is transcendental (Hermite-Lindemann).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, log
from typing import Any

import sympy
from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly
from sympy import QQ

from klexact.dyadic import ball_of
from klexact.errors import UndecidedError
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, element_of, is_parametric
from klexact.roots import RealRoot, ball, polynomial, sign_at

__all__ = ["AlgebraicForm", "Value", "ball_at", "evaluate"]

_WORK_BITS = 1_000_000  # an equality that needs more precision is left undecided
_LAST_TRY = 50_000  # to this many bits a difference beyond the bound may still show
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
    form = _with_rational_coefficients(form, symbol, point)
    return _collapsed(form, symbol, point) or AlgebraicForm(((form, symbol, point),))


@dataclass(frozen=True, eq=False)
class AlgebraicForm:
    """A sum of log forms, each at a point of its parameter, or without one (symbol and root None).

    `==` compares values, as for log forms; there is no canonical form here, so no hash.
    """

    pieces: tuple[tuple[LogForm, sympy.Symbol | None, RealRoot | None], ...]

    is_infinite = False

    def __sub__(self, other: "LogForm | AlgebraicForm") -> "AlgebraicForm":
        merged: dict[tuple[sympy.Symbol | None, RealRoot | None], LogForm] = {}
        for sign, value in ((1, self), (-1, other)):
            for form, *where in _pieces(value):
                key = tuple(where)
                merged[key] = LogForm.sum([(QQ(1), merged.get(key, LogForm())), (QQ(sign), form)])
        return AlgebraicForm(tuple((form, *key) for key, form in merged.items() if not form.is_zero))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (LogForm, AlgebraicForm)):
            return NotImplemented
        return not other.is_infinite and (self - other).is_zero

    __hash__ = None  # type: ignore[assignment]

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
        if self.ball(64) != 0:
            return False
        rational, logs = self._collected()
        if rational or not logs:
            return not rational  # Hermite-Lindemann
        return _is_one(logs, self.ball)

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

    def _collected(self) -> tuple[Any, list[tuple[Any, "_Beta"]]]:
        """Return the rational constant and the logarithms, those of numbers of one magnitude (or inverse) together."""
        integers, logs = LogForm(), list[tuple[Any, _Beta]]()
        for form, symbol, root in self.pieces:
            if is_parametric(form.rational_part) or any(map(is_parametric, form.logs.values())):
                raise UndecidedError(
                    f"equality is decided for rational coefficients; found {form} at {symbol} = {root and root.as_expr()}"
                )
            whole = [(c, QQ(a)) for a, c in form.logs.items() if isinstance(a, int)]
            integers += LogForm.of_logs(whole) + LogForm(as_expr(form.rational_part))
            for a, c in form.logs.items():
                if not isinstance(a, int):
                    _join(logs, c, _Beta(a, symbol, root))
        logs += [(c, _Beta(a, None, None)) for a, c in integers.logs.items()]
        return integers.rational_part, [(c, beta) for c, beta in logs if c]

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


@dataclass(frozen=True)
class _Beta:
    """The magnitude of an atom: an integer, or |f(α)|."""

    atom: Any
    symbol: sympy.Symbol | None
    root: RealRoot | None

    def log(self, prec: int) -> arb:
        with ctx.workprec(prec):
            if self.root is None or isinstance(self.atom, int):
                return arb(self.atom).log()
            return abs(_value(polynomial(self.atom, self.symbol), ball(self.root, prec))).log()

    @property
    def height(self) -> float:
        """Bound the height: h(f(α)) <= log |f|_1 + deg f·h(α), and h(α) <= log |m|_2 / deg m (Landau)."""
        if self.root is None or isinstance(self.atom, int):
            return log(self.atom)
        f, minimal = polynomial(self.atom, self.symbol), self.root.coefficients
        of_root = log(sum(c * c for c in minimal)) / 2 / (len(minimal) - 1)
        return log(sum(abs(int(c)) for c in f.coeffs())) + f.degree() * of_root


def _join(logs: list[tuple[Any, _Beta]], c: Any, beta: _Beta) -> None:
    """Add c * log β to a sum, together with a logarithm that is the same or the opposite."""
    for i, (d, other) in enumerate(logs):
        for sign in (1, -1):
            if _is_one_of([(QQ(1), beta), (QQ(-sign), other)]):
                logs[i] = d + sign * c, other
                return
    logs.append((c, beta))


def _is_one_of(logs: list[tuple[Any, _Beta]]) -> bool:
    def total(prec: int) -> arb:
        with ctx.workprec(prec):
            return sum((arb(int(c)) * beta.log(prec) for c, beta in logs), arb(0))

    return total(64).contains(0) and _is_one(logs, total)


def _is_one(logs: list[tuple[Any, _Beta]], value: Callable[[int], arb]) -> bool:
    """Tell whether Π β^c is 1, given a source of balls for its logarithm."""
    bits = _bits_that_decide(logs)
    prec, last = 128, 4 * bits + 128 if bits <= _WORK_BITS else _LAST_TRY
    while prec <= last:
        found = value(prec)
        if found != 0:
            return False
        with ctx.workprec(64):
            if found.abs_upper() < arb(2) ** -bits:
                return True
        prec *= 2
    raise UndecidedError(
        f"equality at algebraic points is decided up to {_WORK_BITS:,} bits; a sum of {len(logs)} logarithms of algebraic "
        f"numbers looks like 0 and would need {bits}"
    )


def _bits_that_decide(logs: list[tuple[Any, _Beta]]) -> int:
    """Return b such that a sum of c * log β below 2**-b is 0.

    The sum is shared/common * log x, with x = Π β^n for integers n without a common factor.
    """
    common = lcm(*(int(c.denominator) for c, _ in logs))
    shared = gcd(*(int(c * common) for c, _ in logs))
    height = sum(abs(int(c * common)) // shared * Fraction(beta.height) for c, beta in logs)
    degree = 1
    used: Counter[tuple[int, ...]] = Counter()
    for root in {beta.root for _, beta in logs if beta.root is not None}:
        degree *= (
            len(root.coefficients) - 1 - used[root.coefficients]
        )  # a conjugate has a smaller degree over the others
        used[root.coefficients] += 1
    return int(degree * (height * Fraction(1.4427) + 1)) + common.bit_length() + 4  # 1.4427 > 1/log 2


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


def _ball(form: LogForm, symbol: sympy.Symbol, root: RealRoot, prec: int) -> arb:
    return ball_at(form, symbol, ball(root, prec), prec)


def ball_at(form: LogForm, symbol: sympy.Symbol, point: arb, prec: int) -> arb:
    """Return a ball that contains the value of a form in one parameter at every point of a ball.

    >>> from sympy.abc import t
    >>> ball_at(LogForm.log(t) * t, t, arb(1), 64)
    0
    """
    with ctx.workprec(prec):
        total = _at(form.rational_part, symbol, point)
        for a, c in form.logs.items():
            argument = arb(a) if isinstance(a, int) else abs(_value(polynomial(a, symbol), point))
            total += _at(c, symbol, point) * argument.log()
        return total


def _value(poly: fmpz_poly, alpha: arb) -> arb:
    total = arb(0)
    for c in reversed(poly.coeffs()):
        total = total * alpha + c
    return total


def _at(x: Any, symbol: sympy.Symbol, alpha: arb) -> arb:
    if is_parametric(x):
        return _value(polynomial(x.numer, symbol), alpha) / _value(polynomial(x.denom, symbol), alpha)
    return ball_of(x)


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


def _with_rational_coefficients(form: LogForm, symbol: sympy.Symbol, root: RealRoot) -> LogForm:
    """Return a form of the same value at the root, its coefficients rational numbers wherever they are there."""
    changes = []
    for a, c in form.logs.items():
        residue = _residue(c, symbol, root) if is_parametric(c) else fmpq_poly([0, 1])
        if residue.degree() <= 0:
            value = _rational(residue)
            change = QQ(int(value.p), int(value.q)) - c
            squared = QQ(a) ** 2 if isinstance(a, int) else element_of(as_expr(a)) ** 2
            changes.append((change / 2, LogForm.of_logs([(QQ(1), squared)])))
    return LogForm.sum([(QQ(1), form), *changes]) if changes else form


def _collapsed(form: LogForm, symbol: sympy.Symbol, root: RealRoot) -> LogForm | None:
    """Return the value as a plain form where its irrational logarithms combine to ones of rational numbers."""
    constant = _residue(form.rational_part, symbol, root)
    atoms = {a: c for a, c in form.logs.items() if not isinstance(a, int)}
    if constant.degree() > 0 or any(is_parametric(c) for c in form.logs.values()):
        return None
    logs = [(c, QQ(a)) for a, c in form.logs.items() if isinstance(a, int)]
    for split in (_by_coefficient(atoms), *_as_one_product(atoms, len(root.coefficients))):
        found = [_rational_log(c, exponents, symbol, root) for c, exponents in split]
        if None not in found:
            return LogForm.of_logs([*logs, *filter(None, found)]) + LogForm(_rational(constant))
    return None


_Split = list[tuple[Any, dict[Any, int]]]  # a sum of c * log Π f^n


def _by_coefficient(atoms: dict[Any, Any]) -> _Split:
    return [(c, {a: 1 for a, d in atoms.items() if d == c}) for c in dict.fromkeys(atoms.values())]


def _as_one_product(atoms: dict[Any, Any], length: int) -> list[_Split]:
    common = lcm(1, *(int(c.denominator) for c in atoms.values()))
    shared = gcd(0, *(int(c * common) for c in atoms.values())) or 1
    exponents = {a: int(c * common) // shared for a, c in atoms.items()}
    small = sum(map(abs, exponents.values())) * length**2 <= _WORK_PRODUCT
    return [[(QQ(shared, common), exponents)]] if small else []


def _rational_log(c: Any, exponents: dict[Any, int], symbol: sympy.Symbol, root: RealRoot) -> tuple[Any, Any] | None:
    """Return (d, r) with c * log|Π f^n| = d * log r at the root, where a small power of the product is rational."""
    modulus = fmpq_poly(root.minimal_polynomial)
    product = fmpq_poly([1])
    for a, n in exponents.items():
        product = product * _power(_residue(a, symbol, root), n, modulus) % modulus
    power = product
    for k in range(1, len(root.coefficients)):
        if power.degree() == 0:
            value = abs(power[0])
            return c / k, QQ(int(value.numerator), int(value.denominator))
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
            argument = at(a) * sign_at(polynomial(a, symbol), root)
            simple = len(root.coefficients) == 3  # else SymPy would evaluate the root numerically, at length
            terms.append(at(c) * sympy.log(argument, evaluate=simple) * unit)
    return sympy.Add(*terms)
