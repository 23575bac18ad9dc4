"""Polytopes {q >= 0 : A·q = b} in exact arithmetic: whether one is empty, the range of a linear function, the minimal face.

The simplex method on rational tableaus, with Dantzig's rule and, where a step stalls, Bland's, which cannot cycle (Bland
1977; Schrijver, *Theory of Linear and Integer Programming*, 1986, ch. 11). Polytopes are bounded here: distributions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

__all__ = ["Face", "Polytope", "independent"]

Row = list[fmpq]


def independent(rows: Sequence[Sequence[fmpq]]) -> list[int]:
    """Return the positions of the rows that do not depend linearly on rows before them.

    >>> independent([[fmpq(1), fmpq(1)], [fmpq(2), fmpq(2)], [fmpq(0), fmpq(3)]])
    [0, 2]
    """
    if not rows or not rows[0]:
        return []
    reduced, rank = fmpq_mat([list(column) for column in zip(*rows, strict=True)]).rref()
    return [next(j for j in range(len(rows)) if reduced[i, j]) for i in range(rank)]


@dataclass(frozen=True)
class Face:
    """The smallest face that holds a polytope {q >= 0 : A·q = b}.

    `positive` are the positions i with q_i > 0 for some q inside. The others have q_i = 0 for all: then the `functional` y
    proves it, for y·A >= 0, y·b = 0, and (y·A)_i > 0 for just those i. It is None where there are none.
    """

    positive: tuple[int, ...]
    functional: tuple[fmpq, ...] | None


class Polytope:
    """The polytope of all q >= 0 with rows·q = target; it must be bounded.

    >>> one = Polytope([[fmpq(1)] * 3, [fmpq(0), fmpq(1), fmpq(3)]], [fmpq(1), fmpq(1)])
    >>> one.is_empty, one.range([fmpq(0), fmpq(0), fmpq(1)]) == (0, fmpq(1, 3))
    (False, True)
    >>> Polytope([[fmpq(1)] * 2, [fmpq(0), fmpq(1)]], [fmpq(1), fmpq(2)]).is_empty
    True
    """

    def __init__(self, rows: Sequence[Sequence[fmpq]], target: Sequence[fmpq]) -> None:
        self._kept = independent([[*row, b] for row, b in zip(rows, target, strict=True)])
        self._rows = [list(rows[k]) for k in self._kept]
        self._target = [target[k] for k in self._kept]
        self._height = len(rows)
        consistent = len(independent(self._rows)) == len(self._kept)
        self._tableau = _feasible(self._rows, self._target) if consistent else None

    @property
    def is_empty(self) -> bool:
        """Tell whether no q satisfies the equations."""
        return self._tableau is None

    def range(self, objective: Sequence[fmpq]) -> tuple[fmpq, fmpq]:
        """Return the least and the greatest value of objective·q."""
        tableau = self._found
        return tableau.maximise([-x for x in objective])[-1], -tableau.maximise(objective)[-1]

    def face(self) -> Face:
        """Return the smallest face that holds the polytope."""
        tableau, columns = self._found, range(len(self._rows[0]))
        positive = tableau.movable()
        while len(positive) < len(columns):
            objective = [fmpq(0 if j in positive else 1) for j in columns]
            if not tableau.maximise(objective)[-1]:
                functional = [fmpq(0)] * self._height
                for k, y in zip(self._kept, self._dual(tableau.basis, objective), strict=True):
                    functional[k] = y
                return Face(tuple(sorted(positive)), tuple(functional))
            positive |= tableau.movable()
        return Face(tuple(columns), None)

    @property
    def _found(self) -> "_Tableau":
        if self._tableau is None:
            raise ValueError("a polytope that is not empty is required")
        return self._tableau

    def _dual(self, basis: list[int], objective: Row) -> list[fmpq]:
        """Return y with y·A = objective on the columns of the basis."""
        square = fmpq_mat([[row[j] for row in self._rows] for j in basis])
        return [fmpq(x) for x in square.solve(fmpq_mat([[objective[j]] for j in basis])).entries()]


@dataclass
class _Tableau:
    """The equations solved for the variables of a basis, at a vertex; the last column is the right side, >= 0."""

    rows: list[Row]
    basis: list[int]

    def movable(self) -> set[int]:
        """Return the variables that are positive here or somewhere on an edge from here."""
        stuck = [row for row in self.rows if not row[-1]]
        free = set(range(len(self.rows[0]) - 1)) - set(self.basis)
        moving = {j for j in free if all(row[j] <= 0 for row in stuck)}
        at_zero = [(i, row) for row, i in zip(self.rows, self.basis, strict=True) if not row[-1]]
        rising = {i for i, row in at_zero if any(row[j] < 0 for j in moving)}
        return moving | rising | {i for row, i in zip(self.rows, self.basis, strict=True) if row[-1]}

    def maximise(self, objective: Sequence[fmpq]) -> Row:
        """Move to a vertex where objective·q is greatest; return the reduced costs, and last minus the greatest value."""
        costs = [*objective, fmpq(0)]
        for row, j in zip(self.rows, self.basis, strict=True):
            costs = _without(costs, row, j)
        stalled = False
        while candidates := [j for j, cost in enumerate(costs[:-1]) if cost > 0]:
            j = candidates[0] if stalled else max(candidates, key=costs.__getitem__)
            ratio, _, i = min((row[-1] / row[j], self.basis[i], i) for i, row in enumerate(self.rows) if row[j] > 0)
            stalled = not ratio
            self.pivot(i, j)
            costs = _without(costs, self.rows[i], j)
        return costs

    def pivot(self, i: int, j: int) -> None:
        """Let variable j enter the basis for the one of row i."""
        scale = 1 / self.rows[i][j]
        entering = [x * scale for x in self.rows[i]]
        self.rows = [entering if k == i else _without(row, entering, j) for k, row in enumerate(self.rows)]
        self.basis[i] = j


def _without(row: Row, entering: Row, j: int) -> Row:
    """Return the row with its entry j cleared by the entering row, which has 1 there."""
    factor = row[j]
    if not factor:
        return row
    cleared = list(row)
    for k, y in enumerate(entering):
        if y:
            cleared[k] -= factor * y
    return cleared


def _feasible(rows: list[Row], target: Row) -> _Tableau | None:
    """Return a tableau at some vertex, or None where there is none. The rows are independent."""
    height, width = len(rows), len(rows[0])
    if height == width:  # one point at most
        point = [fmpq(x) for x in fmpq_mat(rows).solve(fmpq_mat([[b] for b in target])).entries()]
        unit = [[fmpq(int(i == k)) for i in range(width)] for k in range(height)]
        return (
            _Tableau([[*e, x] for e, x in zip(unit, point, strict=True)], list(range(width)))
            if min(point) >= 0
            else None
        )
    signs = [-1 if b < 0 else 1 for b in target]
    artificial = [[fmpq(int(i == k)) for i in range(height)] for k in range(height)]
    joined = [
        [s * x for x in row] + unit + [s * b] for row, unit, b, s in zip(rows, artificial, target, signs, strict=True)
    ]
    tableau = _Tableau(joined, list(range(width, width + height)))
    if tableau.maximise([fmpq(0)] * width + [fmpq(-1)] * height)[-1]:
        return None
    for i, j in enumerate(tableau.basis):
        if j >= width:  # at 0: any other variable of its row may take its place
            tableau.pivot(i, next(k for k in range(width) if tableau.rows[i][k]))
    return _Tableau([row[:width] + row[-1:] for row in tableau.rows], tableau.basis)
