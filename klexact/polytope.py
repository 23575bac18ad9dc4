"""Polytopes: where several parameters may lie, a_i·θ + b_i >= 0 with rational numbers, and their faces.

All comes from the extreme points and rays, found by the double description method (Motzkin and others, 1953; Fukuda &
Prodon, "Double description method revisited", 1996) in integers: whether the polytope is empty or unbounded, points
inside it, and its faces of every dimension, each as an affine map from fewer parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import gcd, lcm
from operator import and_
from typing import Any

import sympy
from flint import fmpq, fmpq_mat, fmpz_mat
from sympy import QQ, Symbol

from klexact.errors import InvalidFamilyError
from klexact.exact import clipped, element
from klexact.ratfunc import as_expr, element_of, is_parametric

__all__ = ["Affine", "Face", "Polytope"]

_MOST_GENERATORS = 2_000
_MOST_FACES = 5_000


@dataclass(frozen=True)
class Affine:
    """An affine function b + sum of a_i * θ_i with rational numbers; the a_i that are 0 are left out.

    >>> from sympy.abc import s, t
    >>> Affine.of(1 - s - t / 2, (s, t))
    Affine(constant=1, slopes=((0, -1), (1, -1/2)))
    """

    constant: Any
    slopes: tuple[tuple[int, Any], ...]

    @classmethod
    def of(cls, expr: object, symbols: Sequence[Symbol]) -> "Affine | None":
        """Return an expression, an element or a polynomial as a function of the symbols; None if it is not affine."""
        x: Any = expr if hasattr(expr, "ring") or is_parametric(expr) else element_of(element(expr))
        if is_parametric(x):
            if not x.denom.is_ground:
                return None
            scale, x = QQ.convert(x.denom.LC), x.numer
        elif hasattr(x, "ring"):
            scale = QQ(1)
        else:
            return cls(QQ(x), ())
        position = {s: i for i, s in enumerate(symbols)}
        constant, slopes = QQ(0), []
        for monomial, c in x.terms():
            used = [(s, k) for s, k in zip(x.ring.symbols, monomial, strict=True) if k]
            if not used:
                constant = QQ.convert(c) / scale
            elif len(used) > 1 or used[0][1] > 1 or used[0][0] not in position:
                return None
            else:
                slopes.append((position[used[0][0]], QQ.convert(c) / scale))
        return cls(constant, tuple(sorted(slopes)))

    def at(self, point: Sequence[Any]) -> Any:
        """Return the value at a point of anything that adds and multiplies."""
        return sum((point[i] * a for i, a in self.slopes), self.constant)

    def along(self, direction: Sequence[Any]) -> Any:
        """Return the slope along a direction."""
        return sum((direction[i] * a for i, a in self.slopes), QQ(0))

    def vector(self, n: int) -> list[Any]:
        """Return the slopes as a dense vector."""
        found = [QQ(0)] * n
        for i, a in self.slopes:
            found[i] = a
        return found

    def as_expr(self, symbols: Sequence[Symbol]) -> sympy.Expr:
        """Return the function as a SymPy expression."""
        return sympy.Add(as_expr(self.constant), *(as_expr(a) * symbols[i] for i, a in self.slopes))

    @cached_property
    def direction(self) -> "tuple[Affine, Any]":
        """The primitive integer function with a positive first coefficient, and the factor that gives this one."""
        numbers = [a for _, a in self.slopes] or [self.constant]
        content = QQ(gcd(*(int(x.numerator) for x in numbers)), lcm(*(int(x.denominator) for x in numbers))) or QQ(1)
        content = -content if numbers[0] < 0 else content
        return Affine(self.constant / content, tuple((i, a / content) for i, a in self.slopes)), content


@dataclass(frozen=True)
class Face:
    """A face: the substitution that parametrises it by `free` symbols, and a rational point in its relative interior."""

    free: tuple[Symbol, ...]
    values: Mapping[Symbol, sympy.Expr]  # the other symbols, affine in the free ones
    centre: tuple[Any, ...]
    active: tuple[int, ...]  # the inequalities that are equations here

    @property
    def dimension(self) -> int:
        """The number of free symbols."""
        return len(self.free)


class Polytope:
    """The points where all of some affine functions with rational coefficients are >= 0.

    The functions are SymPy expressions, meant to be >= 0, or relations (>=, <=, ==); a domain is closed, so strict
    relations are refused. A symbol assumed to be positive or nonnegative is >= 0, for SymPy makes `s >= 0` of it true.
    Raises InvalidFamilyError for what is not affine over Q.

    >>> from sympy.abc import s, t
    >>> region = Polytope([s, t], [s >= 0, t >= s, s + t <= 1])
    >>> region, region.vertices
    (Polytope(s >= 0, -s + t >= 0, -s - t + 1 >= 0), ((0, 0), (0, 1), (1/2, 1/2)))
    >>> (QQ(1, 2), QQ(1, 2)) in region, (1, 0) in region
    (True, False)
    """

    def __init__(self, symbols: Iterable[Symbol], inequalities: Iterable[object]) -> None:
        self.symbols = tuple(symbols)
        if not self.symbols or not all(isinstance(s, Symbol) for s in self.symbols):
            raise InvalidFamilyError(f"a polytope needs SymPy Symbols; found {clipped(self.symbols)}")
        if len(set(self.symbols)) < len(self.symbols):
            raise InvalidFamilyError(f"the parameters of a polytope must be distinct; found {self.symbols}")
        rows = [row for inequality in inequalities for row in self._rows(inequality)]
        rows += [Affine(QQ(0), ((i, QQ(1)),)) for i, s in enumerate(self.symbols) if s.is_nonnegative]
        self.rows: tuple[Affine, ...] = tuple(dict.fromkeys(rows))

    @classmethod
    def simplex(cls, symbols: Iterable[Symbol]) -> "Polytope":
        """Return where all symbols are >= 0 and their sum is at most 1."""
        names = tuple(symbols)
        found = cls(names, [])
        ones = [Affine(QQ(0), ((i, QQ(1)),)) for i in range(len(names))]
        found.rows = (*ones, Affine(QQ(1), tuple((i, QQ(-1)) for i in range(len(names)))))
        return found

    def _rows(self, inequality: object) -> list[Affine]:
        if isinstance(inequality, Affine):
            return [inequality]
        if isinstance(inequality, sympy.And):
            return [row for part in inequality.args for row in self._rows(part)]
        if inequality == True:  # noqa: E712  (SymPy's true is not True)
            return []
        if inequality == False:  # noqa: E712
            return [Affine(QQ(-1), ())]
        if isinstance(inequality, (sympy.StrictGreaterThan, sympy.StrictLessThan, sympy.Ne)):
            raise InvalidFamilyError(f"a domain of several parameters must be closed: >=, <=; found {inequality}")
        sides = [inequality]
        if isinstance(inequality, sympy.Rel):
            difference = inequality.gts - inequality.lts if not isinstance(inequality, sympy.Eq) else None
            equal = inequality.lhs - inequality.rhs
            sides = [equal, -equal] if difference is None else [difference]
        rows = [Affine.of(side, self.symbols) for side in sides]
        if None in rows:
            raise InvalidFamilyError(
                f"the inequalities of a domain must be affine over Q in {', '.join(map(str, self.symbols))}; found {inequality}"
            )
        return [row for row in rows if row is not None]

    def __contains__(self, point: Sequence[Any]) -> bool:
        return all(row.at(point) >= 0 for row in self.rows)

    def __repr__(self) -> str:
        shown = [f"{row.as_expr(self.symbols)} >= 0" for row in self.rows[:6]]
        more = f", and {len(self.rows) - 6} more" if len(self.rows) > 6 else ""
        return f"Polytope({', '.join(shown)}{more})"

    @property
    def relations(self) -> tuple[sympy.Basic, ...]:
        """The inequalities as SymPy relations."""
        return tuple(sympy.Ge(row.as_expr(self.symbols), 0, evaluate=False) for row in self.rows)

    # -- extreme points ------------------------------------------------------------------------------------------------

    @cached_property
    def _generators(self) -> tuple[list[tuple[list[int], int]], bool]:
        """Return extreme rays of the cone over the polytope with the set of inequalities tight there, and if it has lines."""
        n = len(self.symbols)
        rows = [_whole([row.constant, *row.vector(n)]) for row in self.rows] + [[1, *[0] * n]]
        return _extreme_rays(rows, n + 1)

    @property
    def has_lines(self) -> bool:
        """Tell whether it contains a whole line (unless it is empty): then it has no vertex."""
        return self._generators[1]

    @cached_property
    def vertices(self) -> tuple[tuple[Any, ...], ...]:
        """The extreme points, in lexical order."""
        return tuple(sorted(tuple(QQ(x, r[0]) for x in r[1:]) for r, _ in self._generators[0] if r[0]))

    @cached_property
    def rays(self) -> tuple[tuple[int, ...], ...]:
        """The extreme directions in which it is unbounded."""
        return tuple(sorted(tuple(r[1:]) for r, _ in self._generators[0] if not r[0]))

    @property
    def is_empty(self) -> bool:
        """Tell whether no point satisfies all inequalities."""
        if not self.has_lines:
            return not self.vertices
        kept = _independent(
            [list(c) for c in zip(*(_whole(row.vector(len(self.symbols))) for row in self.rows), strict=True)]
        )
        across = [Affine(r.constant, tuple((kept.index(i), a) for i, a in r.slopes if i in kept)) for r in self.rows]
        return bool(kept) and Polytope([self.symbols[i] for i in kept], across).is_empty

    @property
    def is_bounded(self) -> bool:
        """Tell whether it is compact."""
        return not self.rays and not self.has_lines

    def sign_of(self, function: Affine) -> int | None:
        """Return 1 or -1 if a function is >= 0 or <= 0 here throughout (0: both), None if it takes both signs."""
        signs = {_sign(function.at(v)) for v in self.vertices} | {_sign(function.along(r)) for r in self.rays}
        if {1, -1} <= signs:
            return None
        return (signs - {0} or {0}).pop()

    def face(self, active: Iterable[int]) -> Face | None:
        """Return the smallest face where these inequalities (their positions) are equations; None if there is none."""
        wanted = sum(1 << i for i in active)
        inside = [mask for r, mask in self._generators[0] if mask & wanted == wanted]
        if not any(r[0] for r, mask in self._generators[0] if mask & wanted == wanted):
            return None
        return self._face(reduce(and_, inside))

    def faces(self) -> list[Face]:
        """Return all faces, from the polytope itself down to its vertices. Raises InvalidFamilyError for too many."""
        if self.is_empty or self.has_lines:
            return []
        masks = {mask for r, mask in self._generators[0] if r[0]}
        closed, front = set(masks), set(masks)
        generators = {mask for _, mask in self._generators[0]}
        while front:
            front = {a & b for a in front for b in generators} - closed
            closed |= front
            if len(closed) > _MOST_FACES:
                raise InvalidFamilyError(
                    f"a domain may have at most {_MOST_FACES:,} faces to search; found more: {self!r}"
                )
        faces = [self._face(mask) for mask in closed]
        return sorted(faces, key=lambda face: (-face.dimension, face.active))

    def _face(self, mask: int) -> Face:
        inside = [r for r, tight in self._generators[0] if tight & mask == mask]
        points = [[QQ(x, r[0]) for x in r[1:]] for r in inside if r[0]]
        rays = [r[1:] for r in inside if not r[0]]
        centre = [
            sum(p) / len(points) + sum(d)
            for p, d in zip(zip(*points, strict=True), _columns(rays, len(self.symbols)), strict=True)
        ]
        active = tuple(i for i in range(len(self.rows)) if mask >> i & 1)
        free, values = self.parametrised([self.rows[i] for i in active])
        return Face(free, values, tuple(centre), active)

    def parametrised(self, equations: Sequence[Affine]) -> tuple[tuple[Symbol, ...], dict[Symbol, sympy.Expr]]:
        """Solve affine equations: the last parameters are eliminated first."""
        n, turned = len(self.symbols), self.symbols[::-1]
        if not equations:
            return self.symbols, {}
        table = [[*(_fmpq(x) for x in reversed(e.vector(n))), _fmpq(e.constant)] for e in equations]
        reduced, rank = fmpq_mat(table).rref()
        values = {}
        for r in range(rank):
            pivot = next(i for i in range(n + 1) if reduced[r, i])
            rest = [(turned[i], -_rational(reduced[r, i])) for i in range(pivot + 1, n) if reduced[r, i]]
            values[turned[pivot]] = sympy.Add(-_rational(reduced[r, n]), *(s * c for s, c in rest))
        return tuple(s for s in self.symbols if s not in values), values

    def image(self, functions: Sequence[Affine], symbols: Sequence[Symbol]) -> "Polytope":
        """Return the polytope of the values of affine functions, in new symbols; it must have inner points.

        >>> from sympy.abc import s, t, u
        >>> Polytope.simplex([s, t]).image([Affine.of(s + t, (s, t))], [u])
        Polytope(1 - u >= 0, u >= 0)
        """
        points = [[1, *(f.at(v) for f in functions)] for v in self.vertices]
        points += [[0, *(f.along(r) for f in functions)] for r in self.rays]
        dual, flat = _extreme_rays([_whole(p) for p in points], len(functions) + 1)
        if flat:
            raise InvalidFamilyError(
                f"the values of functions on a domain must have inner points; found none on {self!r}"
            )
        rows = [Affine(QQ(r[0]), tuple((i, QQ(a)) for i, a in enumerate(r[1:]) if a)) for r, _ in dual]
        return Polytope(symbols, [row for row in sorted(rows, key=lambda row: row.slopes) if row.slopes])


def _columns(rows: Sequence[Sequence[int]], n: int) -> list[tuple[int, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * n


def _sign(x: Any) -> int:
    return int(x > 0) - int(x < 0)


def _fmpq(x: Any) -> fmpq:
    return fmpq(int(x.numerator), int(x.denominator))


def _rational(x: fmpq) -> sympy.Rational:
    return sympy.Rational(int(x.numerator), int(x.denominator))


def _whole(row: Sequence[Any]) -> list[int]:
    """Return the primitive integer vector of the same direction."""
    common = lcm(*(int(x.denominator) for x in row))
    scaled = [int(x.numerator) * (common // int(x.denominator)) for x in row]
    content = gcd(*scaled) or 1
    return [x // content for x in scaled]


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True) if x and y)


def _extreme_rays(rows: Sequence[list[int]], dimension: int) -> tuple[list[tuple[list[int], int]], bool]:
    """Return the extreme rays of a cone {x: row·x >= 0}, each with the set of rows (as bits) that are 0 there.

    The flag says that the cone contains a line; then there are no extreme rays.
    """
    first = _independent(rows)
    if len(first) < dimension:
        return [], True
    inverse = fmpq_mat(fmpz_mat([rows[i] for i in first])).inv()
    every = sum(1 << i for i in first)
    rays = []
    for k, i in enumerate(first):
        column = [QQ(int(inverse[r, k].numerator), int(inverse[r, k].denominator)) for r in range(dimension)]
        rays.append((_whole(column), every & ~(1 << i)))
    for i in range(len(rows)):
        if i not in first:
            rays = _cut(rays, rows[i], i)
            if len(rays) > _MOST_GENERATORS:
                raise InvalidFamilyError(
                    f"a domain may have at most {_MOST_GENERATORS:,} vertices; found more, from {len(rows) - 1} inequalities"
                )
    return rays, False


def _independent(rows: Sequence[list[int]]) -> list[int]:
    """Return the first rows that form a basis of all."""
    reduced, _, rank = fmpz_mat([list(column) for column in zip(*rows, strict=True)]).rref()
    return [next(i for i in range(len(rows)) if reduced[r, i]) for r in range(rank)]


def _cut(rays: list[tuple[list[int], int]], row: list[int], i: int) -> list[tuple[list[int], int]]:
    """Return the extreme rays of a cone cut by one more half-space."""
    values = [(_dot(row, ray), ray, tight) for ray, tight in rays]
    kept = [(ray, tight | 1 << i if v == 0 else tight) for v, ray, tight in values if v >= 0]
    for v, one, tight in values:
        if v <= 0:
            continue
        for w, other, slack in values:
            common = tight & slack
            if w < 0 and sum(mask & common == common for _, _, mask in values) == 2:  # they span a face of dimension 2
                ray = _whole([QQ(v * y - w * x) for x, y in zip(one, other, strict=True)])
                kept.append((ray, common | 1 << i))
    return kept
