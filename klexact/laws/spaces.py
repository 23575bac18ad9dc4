"""Where outcomes live: numbers, vectors, matrices, tuples of them; and the variables that densities are written in.

A law of numbers is written in `X`. The entries of any other outcome are variables of their own, `x_1_2` by their place,
and `generic(support)` is the outcome made of them. SymPy's sets serve where it has them: `ProductSet` for R^n and for
independent outcomes, `MatrixSet` for matrices; here are the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import comb, prod
from typing import Any

import sympy
from sympy import Eq, FiniteSet, Gt, ImmutableMatrix, Interval, MatrixBase, ProductSet, Range, S, Tuple
from sympy.matrices.expressions.sets import MatrixSet

from klexact.errors import KLExactError, NoClosedFormError
from klexact.laws.maps import undone
from klexact.laws.parameters import decide, number

__all__ = [
    "Counts",
    "Image",
    "Outcome",
    "PositiveDefinite",
    "Simplex",
    "Sphere",
    "X",
    "coordinates",
    "generic",
    "inner",
    "is_discrete",
    "is_positive",
    "moved",
    "points",
    "read",
    "slot",
    "variable",
]

_MAX_POINTS = 2_000


class Outcome(sympy.Symbol):  # type: ignore[misc]  # SymPy is untyped
    """A symbol that stands for the outcome or an entry of it, never for a parameter, whatever its name."""


X = Outcome("x", real=True)  # the outcome of every law of one variable


def variable(*place: int, letter: str = "x") -> Outcome:
    """Return the variable for the entry at a place of an outcome; other letters are for functions of it.

    >>> variable(), variable(1, 2)
    (x, x_1_2)
    """
    return Outcome("_".join([letter, *map(str, place)]), real=True)


def slot(v: Outcome) -> int:
    """Return the number of the part of a tuple that a variable belongs to."""
    return int(v.name.split("_")[1])


def moved(expr: Any, into: int) -> Any:
    """Return an expression in the variables of an outcome, with that outcome as a part of a tuple.

    >>> moved(X**2, 3), moved(variable(1), 3)
    (x_3**2, x_3_1)
    """
    return expr.xreplace({v: _renamed(v, lambda place: [str(into), *place]) for v in expr.atoms(Outcome)})


def inner(expr: Any) -> Any:
    """Return an expression in the variables of one part of a tuple, with that part as the outcome: `moved` undone.

    >>> inner(moved(X**2, 3)), inner(variable(3, 1))
    (x**2, x_1)
    """
    return expr.xreplace({v: _renamed(v, lambda place: place[1:]) for v in expr.atoms(Outcome)})


def _renamed(v: Outcome, rule: Any) -> Outcome:
    letter, *place = v.name.split("_")
    return Outcome("_".join([letter, *rule(place)]), real=True)


# -- sets ------------------------------------------------------------------------------------------------------


class Simplex(sympy.Set):  # type: ignore[misc]
    """Points of R^k with positive entries that sum to 1: the open simplex, k >= 2.

    >>> ("1/2", "1/3") in Simplex(2), read(Simplex(2), ["1/2", "1/2"]) in Simplex(2)
    (False, True)
    """

    def __new__(cls, k: int) -> Any:
        return super().__new__(cls, sympy.Integer(k))

    def _contains(self, x: Any) -> Any:
        if not _has_length(x, self.args[0]):
            return S.false
        return _all([*(Gt(e, 0, evaluate=False) for e in x), Eq(sympy.Add(*x), 1, evaluate=False)])


class Sphere(sympy.Set):  # type: ignore[misc]
    """Unit vectors of R^d, d >= 2.

    >>> read(Sphere(2), ["3/5", "4/5"]) in Sphere(2), read(Sphere(2), [1, 1]) in Sphere(2)
    (True, False)
    """

    def __new__(cls, d: int) -> Any:
        return super().__new__(cls, sympy.Integer(d))

    def _contains(self, x: Any) -> Any:
        if not _has_length(x, self.args[0]):
            return S.false
        return _all([Eq(sympy.Add(*(e**2 for e in x)), 1, evaluate=False)])


class Counts(sympy.Set):  # type: ignore[misc]
    """Vectors of k natural numbers that sum to n; only the entries with these numbers, from 1, may be positive.

    >>> points(Counts(2, 3, [1, 3]))
    ((2, 0, 0), (1, 0, 1), (0, 0, 2))
    """

    def __new__(cls, n: Any, k: Any, places: Iterable[int]) -> Any:
        return super().__new__(cls, sympy.sympify(n), sympy.Integer(k), Tuple(*places))

    def _contains(self, x: Any) -> Any:
        n, k, places = self.args
        if not _has_length(x, k):
            return S.false
        zero = [Eq(e, 0, evaluate=False) for i, e in enumerate(x, 1) if i not in places]
        natural = [sympy.Contains(e, S.Naturals0, evaluate=False) for e in x]
        return _all([*zero, *natural, Eq(sympy.Add(*x), n, evaluate=False)])


class PositiveDefinite(sympy.Set):  # type: ignore[misc]
    """Symmetric positive definite matrices of d rows.

    >>> [read(PositiveDefinite(2), [[2, k], [k, 2]]) in PositiveDefinite(2) for k in (1, 2)]
    [True, False]
    """

    def __new__(cls, d: int) -> Any:
        return super().__new__(cls, sympy.Integer(d))

    def _contains(self, x: Any) -> Any:
        d = self.args[0]
        if not isinstance(x, MatrixBase) or x.shape != (d, d):
            return S.false
        symmetric = [Eq(x[i, j], x[j, i], evaluate=False) for i in range(d) for j in range(i)]
        minors = [Gt(x[: k + 1, : k + 1].det(), 0, evaluate=False) for k in range(d)]
        return _all([*symmetric, *minors])


class Image(sympy.Set):  # type: ignore[misc]
    """The values of a one-to-one function, a Lambda of X, on a set of numbers; densities stay written in its argument.

    >>> squares = Image(sympy.Lambda(X, X**2), Interval(0, 2))
    >>> sympy.Integer(4) in squares, sympy.Integer(9) in squares
    (True, False)
    """

    def __new__(cls, function: sympy.Lambda, base: sympy.Set) -> Any:
        return super().__new__(cls, function, base)

    def _contains(self, y: Any) -> Any:
        function, base = self.args
        x = undone(function.expr, X, y)
        if not x.is_extended_real:
            return S.false
        return sympy.And(base.contains(x), _all([Eq(function(x), y, evaluate=False)]))


def _has_length(x: Any, k: Any) -> bool:
    return isinstance(x, Tuple) and len(x) == k


def _all(relations: Iterable[Any]) -> Any:
    decided = [(r, decide(r)) for r in relations]
    if any(holds is False for _, holds in decided):
        return S.false
    return sympy.And(*(r for r, holds in decided if holds is None))


def is_discrete(support: sympy.Set) -> bool:
    """Tell whether laws on a support have mass functions: with several parts, whether all have.

    >>> is_discrete(FiniteSet(0, 1)), is_discrete(Interval(0, 1)), is_discrete(ProductSet(FiniteSet(0), Interval(0, 1)))
    (True, False, False)
    """
    if isinstance(support, ProductSet):
        return all(map(is_discrete, support.sets))
    if isinstance(support, Image):
        return is_discrete(support.args[1])
    return not isinstance(support, (Interval, MatrixSet, PositiveDefinite, Simplex, Sphere))


def is_positive(support: sympy.Set, v: Outcome) -> bool:
    """Tell whether an entry of the outcomes is known not to be negative.

    >>> is_positive(Interval(0, 1), X), is_positive(ProductSet(Simplex(2), Interval(-1, 1)), variable(2))
    (True, False)
    """
    if isinstance(support, ProductSet):
        return v in generic(support).free_symbols and is_positive(support.sets[slot(v) - 1], inner(v))
    if generic(support) == X:
        return bool(support.is_subset(Interval(0, sympy.oo)))
    return isinstance(support, (Simplex, Counts))


# -- outcomes --------------------------------------------------------------------------------------------------


def generic(support: sympy.Set) -> Any:
    """Return the outcome made of variables: a variable, a tuple, or a matrix.

    >>> generic(Interval(0, 1)), generic(Simplex(2)), generic(ProductSet(Interval(0, 1), Sphere(2)))
    (x, (x_1, x_2), (x_1, (x_2_1, x_2_2)))
    """
    if isinstance(support, ProductSet):
        return Tuple(*(moved(generic(part), i) for i, part in enumerate(support.sets, 1)))
    if isinstance(support, (Simplex, Sphere, Counts)):
        k = support.args[1] if isinstance(support, Counts) else support.args[0]
        return Tuple(*(variable(i) for i in range(1, int(k) + 1)))
    if isinstance(support, MatrixSet):
        return ImmutableMatrix(*support.shape, lambda i, j: variable(i + 1, j + 1))
    if isinstance(support, PositiveDefinite):
        d = int(support.args[0])
        return ImmutableMatrix(d, d, lambda i, j: variable(min(i, j) + 1, max(i, j) + 1))
    if isinstance(support, FiniteSet):
        return _like(support.args[0])
    return support.args[0].expr if isinstance(support, Image) else X


def _like(outcome: Any) -> Any:
    if isinstance(outcome, Tuple):
        return Tuple(*(moved(_like(part), i) for i, part in enumerate(outcome, 1)))
    if isinstance(outcome, MatrixBase):
        return ImmutableMatrix(*outcome.shape, lambda i, j: variable(i + 1, j + 1))
    return X


def read(support: sympy.Set, outcome: object) -> Any:
    """Return an outcome given as numbers, sequences and matrices of them, exactly.

    >>> read(Interval(0, 1), "1/2"), read(Simplex(2), ["1/4", 0.75])
    (1/2, (1/4, 3/4))
    >>> read(Simplex(2), [1])
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: an outcome must be like (x_1, x_2); found [1]
    """
    return _read(generic(support), outcome)


def _read(like: Any, outcome: Any) -> Any:
    if isinstance(like, sympy.Expr) and not isinstance(like, MatrixBase):
        return number(outcome, "x")
    rows = outcome.tolist() if isinstance(outcome, MatrixBase) else outcome
    parts = [list(row) for row in like.tolist()] if isinstance(like, MatrixBase) else list(like)
    if not isinstance(rows, (list, tuple, Tuple)) or len(rows) != len(parts):
        raise KLExactError(f"an outcome must be like {like}; found {outcome!r:.80}")
    if not isinstance(like, MatrixBase):
        return Tuple(*(_read(part, given) for part, given in zip(parts, rows, strict=True)))
    return ImmutableMatrix([list(_read(Tuple(*part), given)) for part, given in zip(parts, rows, strict=True)])


def coordinates(support: sympy.Set, outcome: Any) -> dict[Outcome, sympy.Expr]:
    """Return the values of all variables at an outcome; of a positive definite matrix also its inverse's and log det.

    >>> coordinates(Simplex(2), (sympy.Rational(1, 4), sympy.Rational(3, 4)))
    {x_1: 1/4, x_2: 3/4}
    >>> coordinates(PositiveDefinite(1), ImmutableMatrix([[2]]))
    {x_1_1: 2, y_1_1: 1/2, logdet: log(2)}
    """
    if isinstance(support, ProductSet):
        found: dict[Outcome, sympy.Expr] = {}
        for i, (part, value) in enumerate(zip(support.sets, outcome, strict=True), 1):
            found |= {moved(v, i): c for v, c in coordinates(part, value).items()}
        return found
    if isinstance(support, Image):
        return {X: undone(support.args[0].expr, X, outcome)}
    found = dict(zip(_leaves(generic(support)), _leaves(outcome), strict=True))
    if isinstance(support, PositiveDefinite):
        inverse = outcome.inv()
        places = [(i, j) for i in range(inverse.rows) for j in range(i, inverse.rows)]
        found |= {variable(i + 1, j + 1, letter="y"): inverse[i, j] for i, j in places}
        found[variable(letter="logdet")] = sympy.log(outcome.det())
    return found


def _leaves(outcome: Any) -> Iterator[Any]:
    if isinstance(outcome, (Tuple, tuple, MatrixBase)):
        for part in outcome:
            yield from _leaves(part)
    else:
        yield outcome


def points(support: sympy.Set) -> tuple[Any, ...] | None:
    """Return the outcomes of a support that has finitely many, known ones; None of any other.

    Raises NoClosedFormError for more than 2,000.
    """
    if isinstance(support, Image):
        inside = points(support.args[1])
        return None if inside is None else tuple(map(support.args[0], inside))
    if isinstance(support, ProductSet):
        return _combined([points(part) for part in support.sets], support)
    if isinstance(support, Counts):
        return _counted(support) if support.args[0].is_Integer else None
    if isinstance(support, Range) and not support.free_symbols and support.size.is_finite:
        _few(int(support.size), support)
        return tuple(support)
    return tuple(support) if isinstance(support, FiniteSet) else None


def _combined(parts: Sequence[tuple[Any, ...] | None], support: sympy.Set) -> tuple[Any, ...] | None:
    listed = [part for part in parts if part is not None]
    if len(listed) < len(parts):
        return None
    _few(prod(map(len, listed)), support)
    return tuple(Tuple(*chosen) for chosen in product(*listed))


def _counted(support: Counts) -> tuple[Any, ...]:
    n, k = int(support.args[0]), int(support.args[1])
    places = [int(i) for i in support.args[2]]
    _few(comb(n + len(places) - 1, n), support)
    found = (dict(zip(places, split, strict=True)) for split in _splits(n, len(places)))
    return tuple(Tuple(*(counts.get(i, 0) for i in range(1, k + 1))) for counts in found)


def _few(size: int, support: sympy.Set) -> None:
    if size > _MAX_POINTS:
        raise NoClosedFormError(f"a sum over at most {_MAX_POINTS:,} outcomes is made; {support} has {size:,}")


def _splits(n: int, k: int) -> Iterator[tuple[int, ...]]:
    """Yield the ways to write n as k natural numbers in order."""
    if k == 1:
        yield (n,)
        return
    for first in range(n, -1, -1):
        yield from ((first, *rest) for rest in _splits(n - first, k - 1))
