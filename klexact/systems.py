"""Polynomial systems over Q: all real solutions, exactly, as polynomials in one real algebraic number each.

A Gröbner basis (Buchberger, with the criteria of Gebauer and Möller and sugar; arithmetic by FLINT) tells whether there
are finitely many complex solutions, and gives multiplication in the quotient ring. There a linear form t separates the
solutions where the characteristic polynomial of multiplication by t is square-free, and then every coordinate is a
polynomial in t: a rational univariate representation (Cox, Little & O'Shea, *Using Algebraic Geometry*, 2005, ch. 2).
Nothing is numerical but the isolation of the real values of t, which is certified.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import Ordering, arb, ctx, fmpq_mat, fmpq_poly, fmpz_mpoly_ctx, fmpz_mpoly_vec, fmpz_poly
from sympy import QQ

from klexact.errors import NoClosedFormError
from klexact.exact import clipped
from klexact.roots import RealRoot, ball, real_roots

__all__ = ["Deadline", "Solution", "context", "coordinate", "enclosed", "residue", "solve", "values_on"]

_MOST_SOLUTIONS = 200  # complex ones: beyond, their polynomial would fill pages

Monomial = tuple[int, ...]
Poly = Any  # FLINT's fmpz_mpoly, whose stubs lag behind


class Deadline:
    """A time from which on nothing more is tried.

    >>> Deadline(60).check("a doctest")
    """

    def __init__(self, seconds: object) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
            raise NoClosedFormError(f"limit must be a positive number of seconds; found {clipped(seconds)}")
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self, what: str) -> None:
        """Raise NoClosedFormError where the time has passed."""
        if time.monotonic() > self._end:
            raise NoClosedFormError(f"{what} must end within {self.seconds} seconds; it did not: raise limit")


@dataclass(frozen=True)
class Solution:
    """A real solution: every coordinate is a polynomial in one point, a rational number or a `RealRoot`."""

    point: Any
    coordinates: tuple[fmpq_poly, ...]


def context(variables: int) -> fmpz_mpoly_ctx:
    """Return FLINT's ring of integer polynomials in so many variables, ordered by degree (degrevlex)."""
    return fmpz_mpoly_ctx.get(tuple(f"x{i}" for i in range(variables)), Ordering.degrevlex)


def residue(poly: Poly, coordinates: Sequence[fmpq_poly], modulus: fmpq_poly | None) -> fmpq_poly:
    """Return a polynomial at coordinates in Q[t], modulo a polynomial if there is one."""
    powers: dict[tuple[int, int], fmpq_poly] = {}

    def reduced(x: fmpq_poly) -> fmpq_poly:
        return x if modulus is None else x % modulus

    def power(i: int, k: int) -> fmpq_poly:
        if k == 0:
            return fmpq_poly([1])
        if (i, k) not in powers:
            powers[i, k] = reduced(power(i, k - 1) * coordinates[i])
        return powers[i, k]

    total = fmpq_poly([0])
    for monomial, c in poly.to_dict().items():
        term = fmpq_poly([c])
        for i, k in enumerate(monomial):
            term = reduced(term * power(i, int(k))) if k else term
        total += term
    return total


def solve(equations: Sequence[Poly], deadline: Deadline) -> list[Solution] | None:
    """Return all real solutions of polynomials = 0 in one `context`; None where there are infinitely many complex ones.

    >>> x, y = context(2).gens()
    >>> [s.point for s in solve([x**2 + y**2 - 2, x - y], Deadline(60))]
    [-1, 1]
    >>> solve([x * y, x * (y - 1)], Deadline(60)) is None, solve([x * y - 1, x], Deadline(60))
    (True, [])
    """
    ring = equations[0].context()
    if ring.nvars() == 1:
        return _univariate(equations)
    quotient = _quotient(equations, ring, deadline)
    if quotient is None or not quotient.basis:
        return None if quotient is None else []
    found = _separated(quotient, deadline)
    if found is None:  # not radical: add what makes it so (Seidenberg's lemma)
        more = [_in_one_variable(quotient.matrices[i].charpoly(), ring.gen(i)) for i in range(ring.nvars())]
        quotient = _quotient([*equations, *more], ring, deadline)
        found = _separated(quotient, deadline) if quotient else None
        if found is None:
            raise NoClosedFormError("no small linear form separates the solutions of the stationary equations")
    poly, coordinates = found
    return _real(poly, coordinates)


def values_on(poly: Poly, equations: Sequence[Poly], deadline: Deadline) -> fmpz_poly:
    """Return a polynomial that is 0 at all values of a polynomial where equations hold, 0 itself if there is none other.

    >>> x, y = context(2).gens()
    >>> values_on(x**2 * y - 1, [2 * x * y, x**2], Deadline(60))
    x + 1
    """
    n = poly.context().nvars()
    ring = fmpz_mpoly_ctx.get(tuple(f"x{i}" for i in range(n + 1)), Ordering.lex)
    moved = [ring.from_dict({(*m, 0): c for m, c in e.to_dict().items()}) for e in (poly, *equations)]
    for g in _groebner([ring.gen(n) - moved[0], *moved[1:]], ring, deadline):
        powers = {int(m[n]): int(c) for m, c in g.to_dict().items() if not any(m[:n])}
        if len(powers) == len(g):
            return fmpz_poly([powers.get(k, 0) for k in range(max(powers) + 1)])
    return fmpz_poly([0])


def _univariate(equations: Sequence[Poly]) -> list[Solution] | None:
    common: Any = fmpz_poly([0])
    for e in equations:
        coefficients = [0] * (int(e.total_degree()) + 1) if e != 0 else [0]
        for (k,), c in e.to_dict().items():
            coefficients[int(k)] = int(c)
        common = common.gcd(fmpz_poly(coefficients))
    if common == 0:
        return None
    return _real(fmpq_poly(common), [fmpq_poly([0, 1])])


def _real(poly: fmpq_poly, coordinates: Sequence[fmpq_poly]) -> list[Solution]:
    """Return the solutions at the real roots of a polynomial in t."""
    found = []
    for point in real_roots(poly.numer()):
        if isinstance(point, RealRoot):
            modulus = fmpq_poly(point.minimal_polynomial)
            found.append(Solution(point, tuple(c % modulus for c in coordinates)))
        else:
            at = _rational(point)
            found.append(Solution(point, tuple(fmpq_poly([c(at)]) for c in coordinates)))
    return found


def _rational(point: Any) -> Any:
    return fmpq_poly([int(point.numerator)])[0] / int(point.denominator)


def coordinate(poly: fmpq_poly, point: Any) -> Any:
    """Return a polynomial in a point as a point of its own: rational, or a root of its minimal polynomial.

    >>> from flint import fmpq
    >>> root = real_roots(fmpz_poly([-2, 0, 1]))[1]
    >>> coordinate(fmpq_poly([1, fmpq(1, 2)]), root).as_expr(), coordinate(fmpq_poly([3]), root)
    (sqrt(2)/2 + 1, 3)
    """
    if not isinstance(point, RealRoot) or poly.degree() < 1:
        value = poly(_rational(point)) if not isinstance(point, RealRoot) else poly[0]
        return QQ(int(value.numerator), int(value.denominator))
    if poly == fmpq_poly([0, 1]):
        return point
    degree, modulus = len(point.coefficients) - 1, fmpq_poly(point.minimal_polynomial)
    columns = [poly * fmpq_poly([0] * i + [1]) % modulus for i in range(degree)]
    multiplication = fmpq_mat(degree, degree, [c[i] for i in range(degree) for c in columns])
    candidates = real_roots(multiplication.charpoly().numer())
    prec = 64
    while len(candidates) > 1:
        value = enclosed(poly, point, prec)
        candidates = [c for c in candidates if ball(c, prec).overlaps(value)]
        prec *= 2
    return candidates[0]


def enclosed(poly: fmpq_poly, point: Any, prec: int) -> arb:
    """Return a ball around a polynomial at a point."""
    with ctx.workprec(prec + 64):
        x, total = ball(point, prec + 64), arb(0)
        for c in reversed(poly.coeffs()):
            total = total * x + c
        return total


# -- Gröbner bases ---------------------------------------------------------------------------------------------------


def _lcm(a: Monomial, b: Monomial) -> Monomial:
    return tuple(map(max, a, b))


def _divides(a: Monomial, b: Monomial) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def _leading(poly: Poly) -> Monomial:
    return tuple(map(int, poly.monomial(0)))


class _Basis:
    """A Gröbner basis in the making: polynomials, those still needed as divisors, and critical pairs."""

    def __init__(self, ring: fmpz_mpoly_ctx) -> None:
        self.ring = ring
        self.polys: list[Poly] = []
        self.leads: list[Monomial] = []
        self.sugars: list[int] = []
        self.active: list[int] = []
        self.pairs: list[tuple[int, Monomial, int, int]] = []

    def divisors(self) -> fmpz_mpoly_vec:
        return fmpz_mpoly_vec([self.polys[i] for i in self.active], self.ring)

    def reduce(self, poly: Poly) -> Poly:
        return poly.reduction_primitive_part(self.divisors()) if self.active and poly != 0 else poly

    def add(self, poly: Poly, sugar: int) -> None:
        """Add a reduced polynomial; keep only the pairs that the criteria of Gebauer and Möller leave."""
        new, lead = len(self.polys), _leading(poly)
        lcms = {i: _lcm(self.leads[i], lead) for i in self.active}
        kept: list[tuple[int, Monomial]] = []
        for i, m in sorted(lcms.items(), key=lambda item: (sum(item[1]), item[1])):
            if not any(_divides(other, m) for _, other in kept):
                kept.append((i, m))
        coprime = {m for i, m in lcms.items() if not any(map(min, self.leads[i], lead))}
        self.pairs = [
            (s, m, i, j)
            for s, m, i, j in self.pairs
            if not _divides(lead, m) or _lcm(self.leads[i], lead) == m or _lcm(self.leads[j], lead) == m
        ]
        for i, m in kept:
            if m not in coprime:
                excess = max(self.sugars[i] - sum(self.leads[i]), sugar - sum(lead))
                self.pairs.append((excess + sum(m), m, i, new))
        self.polys.append(poly)
        self.leads.append(lead)
        self.sugars.append(sugar)
        self.active = [i for i in self.active if not _divides(lead, self.leads[i])] + [new]

    def next_pair(self) -> tuple[Poly, int]:
        k = min(range(len(self.pairs)), key=lambda k: (self.pairs[k][0], sum(self.pairs[k][1]), self.pairs[k][1]))
        sugar, _, i, j = self.pairs.pop(k)
        return self.polys[i].spoly(self.polys[j]), sugar


def _groebner(equations: Sequence[Poly], ring: fmpz_mpoly_ctx, deadline: Deadline) -> list[Poly]:
    """Return a reduced Gröbner basis."""
    basis = _Basis(ring)
    for e in sorted((e for e in equations if e != 0), key=lambda e: (int(e.total_degree()), len(e))):
        reduced = basis.reduce(e)
        if reduced != 0:
            basis.add(reduced, int(e.total_degree()))
    while basis.pairs:
        deadline.check(f"a Gröbner basis of {len(equations)} equations")
        poly, sugar = basis.next_pair()
        reduced = basis.reduce(poly)
        if reduced != 0:
            basis.add(reduced, sugar)
    return list(basis.divisors().autoreduction())


@dataclass(frozen=True)
class _Quotient:
    """The ring modulo the ideal: a basis of monomials, and the matrices of multiplication by the variables."""

    basis: tuple[Monomial, ...]
    matrices: tuple[fmpq_mat, ...]


def _quotient(equations: Sequence[Poly], ring: fmpz_mpoly_ctx, deadline: Deadline) -> _Quotient | None:
    """Return the quotient ring where it has a finite dimension, else None."""
    n, found = ring.nvars(), _groebner(equations, ring, deadline)
    leads = {_leading(g): g for g in found}
    if tuple([0] * n) in leads:
        return _Quotient((), ())
    pure = {i for m in leads for i in range(n) if m[i] == sum(m)}
    if len(pure) < n:
        return None
    basis = _standard(list(leads), n, deadline)
    position = {m: k for k, m in enumerate(basis)}
    forms = _normal_forms(basis, position, leads)
    columns = [[forms(_times(m, i)) for m in basis] for i in range(n)]
    size = len(basis)
    matrices = [fmpq_mat(size, size, [c[r] for r in range(size) for c in columns[i]]) for i in range(n)]
    return _Quotient(basis, tuple(matrices))


def _times(m: Monomial, i: int) -> Monomial:
    return (*m[:i], m[i] + 1, *m[i + 1 :])


def _standard(leads: list[Monomial], n: int, deadline: Deadline) -> tuple[Monomial, ...]:
    """Return the monomials that no leading monomial divides."""
    found, front = [], {tuple([0] * n)}
    while front:
        found += sorted(front)
        if len(found) > _MOST_SOLUTIONS:
            raise NoClosedFormError(
                f"a system is solved where it has at most {_MOST_SOLUTIONS} complex solutions; found more"
            )
        deadline.check("the list of standard monomials")
        front = {m for b in front for i in range(n) if not any(_divides(d, m := _times(b, i)) for d in leads)}
    return tuple(found)


def _normal_forms(
    basis: Sequence[Monomial], position: dict[Monomial, int], leads: dict[Monomial, Poly]
) -> Callable[[Monomial], list[Any]]:
    """Return a function from monomials (of the basis times one variable) to their coordinates."""
    known: dict[Monomial, list[Any]] = {}
    zero = fmpq_poly([0])[0]

    def form(m: Monomial) -> list[Any]:
        if m not in known:
            known[m] = found = [zero] * len(basis)
            if m in position:
                found[position[m]] = zero + 1
            elif m in leads:
                unit = leads[m].leading_coefficient()
                for tail, c in leads[m].to_dict().items():
                    if (monomial := tuple(map(int, tail))) != m:
                        found[position[monomial]] = -(zero + c) / unit
            else:  # x_i times a smaller monomial off the basis
                i = next(i for i in range(len(m)) if m[i] and _down(m, i) not in position)
                for b, c in zip(basis, form(_down(m, i)), strict=True):
                    if c:
                        for k, d in enumerate(form(_times(b, i))):
                            found[k] += c * d
        return known[m]

    return form


def _down(m: Monomial, i: int) -> Monomial:
    return (*m[:i], m[i] - 1, *m[i + 1 :])


def _in_one_variable(poly: fmpq_poly, x: Poly) -> Poly:
    """Return the square-free part of a polynomial, in a variable of many."""
    whole = poly.numer()
    free = whole // whole.gcd(whole.derivative())
    return sum((int(c) * x**k for k, c in enumerate(free.coeffs())), 0 * x)


def _separated(quotient: _Quotient, deadline: Deadline) -> tuple[fmpq_poly, list[fmpq_poly]] | None:
    """Return the polynomial of a separating linear form and the coordinates in it; None if the ideal is not radical."""
    n, size = len(quotient.matrices), len(quotient.basis)
    for weights in _linear_forms(n):
        deadline.check("the search for a separating linear form")
        t = sum(
            (m * w for m, w in zip(quotient.matrices, weights, strict=True) if w),
            fmpq_mat(size, size),
        )
        poly = t.charpoly()
        if poly.gcd(poly.derivative()).degree() == 0:
            powers = [fmpq_mat(size, 1, [int(i == 0) for i in range(size)])]
            for _ in range(size - 1):
                powers.append(t * powers[-1])
            krylov = fmpq_mat(size, size, [p[i, 0] for i in range(size) for p in powers])
            targets = [m * powers[0] for m in quotient.matrices]
            found = krylov.solve(fmpq_mat(size, n, [c[i, 0] for i in range(size) for c in targets]))
            return poly, [fmpq_poly([found[i, k] for i in range(size)]) for k in range(n)]
    return None


def _linear_forms(n: int) -> list[tuple[int, ...]]:
    """Return weights of linear forms to try: a variable each, the last first, then mixed ones."""
    single = [tuple(int(i == k) for i in range(n)) for k in reversed(range(n))]
    mixed = [tuple((s + 1) ** k % 101 for k in reversed(range(n))) for s in range(1, 4)]
    return single + mixed
