"""The Lagrange dual of an I-projection, maximised with a proof: balls of any precision around the multipliers.

The dual g(λ) = λ·c - log Σ r_i exp(λ·T_i) is -log Ψ(λ) with Ψ(λ) = Σ r_i exp(λ·(T_i - c)). Where c lies inside the convex
hull of the points T_i, which span the space, Ψ is strictly convex and grows in every direction: it has one stationary point. A
damped Newton iteration finds it nearly; the interval Newton operator then maps a small box into itself, which proves
that the box holds a zero of the gradient (Neumaier, *Interval Methods for Systems of Equations*, 1990, ch. 5), the only one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from klexact.errors import UndecidedError
from klexact.implicit import Implicit

__all__ = ["Dual"]

_STEPS = 500
_ATTEMPTS = 8
_GUARD = 32


@dataclass(eq=False)
class Dual:
    """The dual of: minimise D(q‖r) where E_q[T] = c; r has the weights, T the points, c is inside their hull.

    The points span the space: then multipliers, probabilities and the divergence are unique, and are known by balls.

    >>> coin = Dual([[fmpq(0)], [fmpq(1)]], [fmpq(1, 2)] * 2, [fmpq(3, 4)])
    >>> coin.multiplier(0).evalf(10), coin.probability(1).evalf(10), coin.divergence.evalf(10)
    (1.098612289, 0.7500000000, 0.1308120359)
    """

    points: Sequence[Sequence[fmpq]]
    weights: Sequence[fmpq]
    target: Sequence[fmpq]

    def __post_init__(self) -> None:
        self._centred = fmpq_mat([[t - c for t, c in zip(point, self.target, strict=True)] for point in self.points])
        self._solved: dict[int, tuple[arb_mat, list[arb], arb]] = {}

    def multiplier(self, k: int) -> sympy.Expr:
        """Return λ_k."""
        return Implicit(f"multiplier {k}", self)

    def probability(self, i: int) -> sympy.Expr:
        """Return q_i = r_i exp(λ·T_i) / Z."""
        return Implicit(f"probability {i}", self)

    @property
    def divergence(self) -> sympy.Expr:
        """The maximum g(λ) of the dual, which is the least divergence."""
        return Implicit("divergence", self)

    def ball(self, name: str, prec: int) -> arb:
        """Return a ball around one of these numbers, computed with about `prec` bits. Raises UndecidedError."""
        box, tilted, total = self._solution(prec)
        kind, _, index = name.partition(" ")
        if kind == "multiplier":
            return box[int(index), 0]
        with ctx.workprec(prec + _GUARD):
            return tilted[int(index)] / total if kind == "probability" else -total.log()

    def _solution(self, prec: int) -> tuple[arb_mat, list[arb], arb]:
        """Return a proved box around the multipliers, the r_i exp(λ·(T_i - c)) there, and their sum Ψ."""
        if prec not in self._solved:
            box = self._box(prec)
            with ctx.workprec(prec + _GUARD):
                tilted = self._tilted(box)
                self._solved[prec] = box, tilted, sum(tilted, arb(0))
        return self._solved[prec]

    def _box(self, prec: int) -> arb_mat:
        start = self._solved[max(self._solved)][0] if self._solved else arb_mat(len(self.target), 1)
        bits = prec + _GUARD
        for _ in range(_ATTEMPTS):
            with ctx.workprec(bits):
                start = self._nearly(start.mid())
                found = self._proved(start)
            if found is not None:
                return found
            bits *= 2
        raise UndecidedError(
            f"the multipliers must be proved within {bits // 2:,} bits; they were not: the constraints are extremely close "
            "to the edge of what is feasible"
        )

    def _tilted(self, multipliers: arb_mat) -> list[arb]:
        exponents = (arb_mat(self._centred) * multipliers).entries()
        return [e.exp() * w for e, w in zip(exponents, self.weights, strict=True)]

    def _slopes(self, tilted: list[arb]) -> tuple[arb_mat, arb_mat]:
        """Return the gradient and the Hessian of Ψ."""
        points = arb_mat(self._centred)
        rows = [[w * x for x in row] for w, row in zip(tilted, points.tolist(), strict=True)]
        return points.transpose() * arb_mat([[w] for w in tilted]), points.transpose() * arb_mat(rows)

    def _nearly(self, multipliers: arb_mat) -> arb_mat:
        """Minimise log Ψ by damped Newton steps; nothing is proved about what is returned."""
        tilted = self._tilted(multipliers)
        for _ in range(_STEPS):
            total = sum(tilted, arb(0)).mid()
            gradient, hessian = (m.mid() * (1 / total) for m in self._slopes(tilted))
            try:
                step = (hessian - gradient * gradient.transpose()).mid().solve(gradient.mid()).mid()
            except ZeroDivisionError:
                break  # more bits are needed
            decrement = (gradient.transpose() * step)[0, 0].mid()
            length, slack = arb(1), arb(2) ** (16 - ctx.prec)
            while length > slack:
                moved = (multipliers - step * length).mid()
                tilted = self._tilted(moved)
                if not (sum(tilted, arb(0)) / total).mid().log() > slack - length * decrement / 4:
                    break
                length /= 2
            multipliers = moved
            if decrement < arb(2) ** -ctx.prec:
                break
        return multipliers

    def _proved(self, middle: arb_mat) -> arb_mat | None:
        """Return a box around the middle that certainly holds the one zero of the gradient, or None."""
        gradient, hessian = self._slopes(self._tilted(middle))
        try:
            middles, newton = middle.entries(), hessian.solve(gradient).entries()
            least = arb(2) ** (8 - ctx.prec)
            radii = [2 * x.abs_upper() + least * m.abs_upper() for x, m in zip(newton, middles, strict=True)]
            radii = [r if r > 0 else least for r in radii]
            box = arb_mat([[m + arb(0, r)] for m, r in zip(middles, radii, strict=True)])
            shift = self._slopes(self._tilted(box))[1].solve(gradient)
        except ZeroDivisionError:
            return None
        inside = all(abs(x) < r for x, r in zip(shift.entries(), radii, strict=True))
        return middle - shift if inside else None
