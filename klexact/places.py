"""Places: exact points of several coordinates, rational or algebraic, and the stationary ones on the faces of a polytope."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

import sympy
from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_mpoly_ctx, fmpz_poly
from sympy import QQ, Symbol

from klexact.algebraic import Value, evaluate
from klexact.errors import NoClosedFormError
from klexact.logform import LogForm
from klexact.polytope import Affine, Face, Polytope
from klexact.ratfunc import as_expr, constant, element_of, field_of, is_parametric, substitute
from klexact.roots import RealRoot, point_expr, real_roots, sign_at
from klexact.systems import Deadline, Solution, context, coordinate, residue, solve, values_on

__all__ = ["Place", "integral", "is_flat", "signs_on", "stationary_places"]

_T = Symbol("t")


@dataclass(frozen=True, eq=False)
class Place:
    """A point whose coordinates are polynomials in one real algebraic number, its `point`."""

    point: Any
    coordinates: tuple[fmpq_poly, ...]

    @classmethod
    def rational(cls, values: Sequence[Any]) -> "Place":
        """Return a place with rational coordinates.

        >>> Place.rational([QQ(1, 2), QQ(0)]).location
        (1/2, 0)
        """
        return cls(QQ(0), tuple(fmpq_poly([_fmpq(x)]) for x in values))

    @cached_property
    def location(self) -> sympy.Tuple:
        """The coordinates as SymPy numbers."""
        return sympy.Tuple(*(point_expr(coordinate(c, self.point)) for c in self.coordinates))

    @property
    def is_rational(self) -> bool:
        """Tell whether all coordinates are rational."""
        return all(c.degree() < 1 for c in self.coordinates)

    @cached_property
    def _modulus(self) -> fmpq_poly | None:
        return fmpq_poly(self.point.minimal_polynomial) if isinstance(self.point, RealRoot) else None

    def affine(self, function: Affine) -> fmpq_poly:
        """Return the value of an affine function, a polynomial in the point."""
        total = fmpq_poly([_fmpq(function.constant)])
        for i, a in function.slopes:
            total += self.coordinates[i] * _fmpq(a)
        return total

    def at(self, poly: Any, symbols: Sequence[Symbol]) -> fmpq_poly:
        """Return the value of a polynomial of SymPy's rings, as a polynomial in the point."""
        whole, scale = integral(poly, symbols, context(len(symbols)))
        return residue(whole, self.coordinates, self._modulus) / scale

    def inverse(self, value: fmpq_poly) -> fmpq_poly:
        """Return 1 / value; the value must not be 0."""
        if self._modulus is None:
            return fmpq_poly([1 / value[0]])
        unit, inverse, _ = value.xgcd(self._modulus)
        return inverse / unit[0]

    def times(self, a: fmpq_poly, b: fmpq_poly) -> fmpq_poly:
        """Return the product of two values."""
        return a * b if self._modulus is None else a * b % self._modulus

    def sign(self, value: fmpq_poly) -> int:
        """Return the sign of a value, exactly."""
        return sign_at(value.numer(), self.point) if value.degree() >= 0 else 0

    def value(self, form: LogForm, symbols: Sequence[Symbol]) -> Value:
        """Return a log form at this place, where no atom of it is 0."""
        if self.is_rational:
            values = {s: _expr(c[0]) for s, c in zip(symbols, self.coordinates, strict=True) if s in form.free_symbols}
            return form.subs(values) if values else form
        terms = [(c, QQ(a)) for a, c in form.logs.items() if isinstance(a, int)]
        for f, c in form.logs.items():
            if not isinstance(f, int):
                found = self.at(f, symbols)
                terms.append((c, _element(found * self.sign(found))))
        rational = form.rational_part
        if is_parametric(rational):
            above, below = (self.at(part, symbols) for part in (rational.numer, rational.denom))
            rational = _element(self.times(above, self.inverse(below)))
        moved = LogForm.of_logs(terms) + LogForm(as_expr(rational))
        return evaluate(moved, _T, self.point)


def _fmpq(x: Any) -> fmpq:
    return fmpq(int(x.numerator), int(x.denominator))


def _expr(x: fmpq) -> sympy.Rational:
    return sympy.Rational(int(x.numerator), int(x.denominator))


def _element(poly: fmpq_poly) -> Any:
    """Return a polynomial in the point as an element of Q(t)."""
    field = field_of(frozenset([_T]))
    terms = {(i,): QQ(int(c.numerator), int(c.denominator)) for i, c in enumerate(poly.coeffs()) if c}
    return constant(field(field.ring.from_dict(terms)))


def integral(poly: Any, symbols: Sequence[Symbol], ring: fmpz_mpoly_ctx) -> tuple[Any, int]:
    """Return a polynomial of SymPy's rings times an integer, in a ring of FLINT's whose last variables are the symbols."""
    offset = ring.nvars() - len(symbols)
    position = [symbols.index(s) + offset if s in symbols else None for s in poly.ring.symbols]
    scale = lcm(*(int(c.denominator) for c in poly.coeffs()))
    terms = {}
    for monomial, c in poly.terms():
        exponents = [0] * ring.nvars()
        for i, k in zip(position, monomial, strict=True):
            if k and i is not None:
                exponents[i] = k
        terms[tuple(exponents)] = int(c * scale)
    return ring.from_dict(terms), scale


def stationary_places(
    rational: Any, atoms: Mapping[Any, Any], face: Face, region: Polytope, deadline: Deadline
) -> tuple[list[Place], list[Place]] | None:
    """Return where the gradient of rational + sum of c * log|f| is 0 on a face: inside its relative interior, and outside.

    `rational` and the atoms f -> c live in the face's free symbols. None means infinitely many (complex) such points.
    """
    equations = list(_equations(rational, atoms, face.free))
    solutions = solve(equations, deadline)
    if solutions is None:
        return None
    inside: list[Place] = []
    outside: list[Place] = []
    for solution in solutions:
        place = _lifted(solution, face, region.symbols)
        slacks = [place.sign(place.affine(row)) for i, row in enumerate(region.rows) if i not in face.active]
        (inside if all(s > 0 for s in slacks) else outside).append(place)
    return inside, outside


def _equations(rational: Any, atoms: Mapping[Any, Any], free: Sequence[Symbol]) -> Iterator[Any]:
    """Yield the gradient in the free symbols and in u_j = 1 / f_j, and the equations u_j * f_j = 1."""
    if len(free) == 1:
        yield _numerator(rational, atoms, free)
        return
    below = rational.denom if is_parametric(rational) and not rational.denom.is_ground else None
    ring = context(len(atoms) + (below is not None) + len(free))
    polys = [integral(f, free, ring)[0] for f in atoms]
    weights = [QQ.convert(c) for c in atoms.values()]
    common = lcm(*(int(c.denominator) for c in weights))
    parts = [(p, int(c * common)) for p, c in zip(polys, weights, strict=True)]
    if is_parametric(rational):
        above, scale = integral(rational.numer, free, ring)
        under, other = integral(rational.denom, free, ring)
    offset = ring.nvars() - len(free)
    for i in range(offset, ring.nvars()):
        slope = sum((ring.gen(k) * p.derivative(i) * c for k, (p, c) in enumerate(parts)), ring.constant(0))
        if is_parametric(rational):
            if below is None:
                slope = slope * (int(under.leading_coefficient()) * scale) + above.derivative(i) * (common * other)
            else:
                v = ring.gen(len(atoms))
                turned = above.derivative(i) * v - above * under.derivative(i) * v**2
                slope = slope * scale + turned * (common * other)
        yield slope
    for k, (p, _) in enumerate(parts):
        yield ring.gen(k) * p - 1
    if below is not None:
        yield ring.gen(len(atoms)) * under - 1


def _numerator(rational: Any, atoms: Mapping[Any, Any], free: Sequence[Symbol]) -> Any:
    """Return the numerator of the derivative in one parameter, without the zeros of the atoms."""
    ring = context(1)
    polys = [(integral(f, free, ring)[0], QQ.convert(c)) for f, c in atoms.items()]
    common = lcm(*(int(c.denominator) for _, c in polys))
    whole, product = ring.constant(0), ring.constant(1)
    for p, c in polys:
        whole = whole * p + product * p.derivative(0) * int(c * common)
        product = product * p
    if is_parametric(rational):
        above, scale = integral(rational.numer, free, ring)
        below, other = integral(rational.denom, free, ring)
        turned = above.derivative(0) * below - above * below.derivative(0)
        whole = whole * below**2 * scale + turned * product * (common * other)
        product = product * below
    while whole.total_degree() > 0 and (shared := whole.gcd(product)).total_degree() > 0:
        whole = whole / shared
    return whole


def _lifted(solution: Solution, face: Face, symbols: Sequence[Symbol]) -> Place:
    """Return a solution in a face's free symbols as a place of the whole space."""
    known = dict(zip(face.free, solution.coordinates[len(solution.coordinates) - len(face.free) :], strict=True))
    inner = Place(solution.point, tuple(known.values()))
    found = []
    for s in symbols:
        value = known.get(s)
        if value is None:
            function = Affine.of(face.values[s], face.free)
            value = inner.affine(function) if function else fmpq_poly([])
        found.append(value)
    return Place(solution.point, tuple(found))


def signs_on(poly: Any, region: Polytope, deadline: Deadline) -> dict[int, sympy.Tuple]:
    """Return the signs that a polynomial takes at its extreme points on a polytope, each with a point where it does.

    They include those of its minimum and its maximum. Raises NoClosedFormError where the polytope is unbounded and the
    polynomial not affine, or where its stationary points are not finitely many.

    >>> from sympy.abc import s, t
    >>> signs_on(element_of(s * t - 1).numer, Polytope.simplex([s, t]), Deadline(60))
    {-1: (0, 1/2)}
    """
    affine = Affine.of(poly, region.symbols)
    if affine is not None and not region.has_lines:
        found = {_sign(affine.at(v)): Place.rational(v).location for v in reversed(region.vertices)}
        for r in region.rays:
            if slope := affine.along(r):
                start = region.vertices[0]
                far = [x + d * (1 + abs(affine.at(start) / slope)) for x, d in zip(start, r, strict=True)]
                found.setdefault(_sign(affine.at(far)), Place.rational(far).location)
        return found
    if not region.is_bounded:
        raise NoClosedFormError(
            f"the sign of {as_expr(poly)} is decided on bounded domains; found {region!r}: bound the parameters"
        )
    signs: dict[int, sympy.Tuple] = {}
    for face in region.faces():
        restricted = substitute(poly, {s: element_of(v) for s, v in face.values.items()})
        if not is_parametric(restricted):
            signs.setdefault(_sign(restricted), Place.rational(face.centre).location)
            continue
        if is_flat([restricted], face.free):  # its values are those on smaller faces
            continue
        found_places = stationary_places(restricted, {}, face, region, deadline)
        if found_places is None:
            signs.setdefault(_only_sign(restricted, face, deadline), Place.rational(face.centre).location)
            continue
        for place in found_places[0]:
            signs.setdefault(place.sign(place.at(poly, region.symbols)), place.location)
    return signs


def _only_sign(poly: Any, face: Face, deadline: Deadline) -> int:
    """Return the sign of a polynomial at infinitely many stationary points, where it is the same at all of them."""
    ring = context(len(face.free))
    whole, _ = integral(poly.numer, face.free, ring)
    slopes = [whole.derivative(i) for i in range(len(face.free))]
    found = {sign_at(fmpz_poly([0, 1]), v) for v in real_roots(values_on(whole, slopes, deadline))}
    if len(found) != 1:
        raise NoClosedFormError(
            f"the sign of {as_expr(poly)} is decided where stationary points are finitely many or of one sign; found others"
        )
    return found.pop()


def is_flat(functions: Sequence[Any], free: Sequence[Symbol]) -> bool:
    """Tell whether elements and atoms are all constant along some direction of their symbols.

    >>> from sympy.abc import s, t
    >>> is_flat([element_of((s - t) ** 2)], (s, t)), is_flat([element_of(s + t), element_of(s * t)], (s, t))
    (True, False)
    """
    ring = context(len(free))
    parts = [
        part for f in functions if not isinstance(f, int) for part in ((f.numer, f.denom) if is_parametric(f) else (f,))
    ]
    polys = [integral(p, free, ring)[0] for p in parts if hasattr(p, "ring")]
    columns = []
    for i in range(len(free)):
        slopes = [p.derivative(i).to_dict() for p in polys]
        columns.append({(k, m): int(c) for k, slope in enumerate(slopes) for m, c in slope.items()})
    keys = sorted({key for column in columns for key in column})
    table = fmpq_mat(len(free), len(keys), [column.get(key, 0) for column in columns for key in keys])
    return table.rank() < len(free)


def _sign(x: Any) -> int:
    return int(x > 0) - int(x < 0)
