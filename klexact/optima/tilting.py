"""Exponential tilting in closed form: q_i = r_i exp(λ·T_i)/Z with E_q[T] = c, wherever it splits into small algebraic parts.

Where E_r[T] = c, it is r itself, and λ = 0. Else three rules, applied again and again to the points T_i with the weights r_i,
c inside their hull:

* *Components.* Where the equations fall apart over disjoint sets of points (the connected components of the matrix with rows 1,
  T_1 .. T_d), the mass m_j of each set is fixed: q is r conditioned on the set, projected there, and scaled to m_j. If every
  component is one point, q is found by linear algebra alone: fixed masses of blocks.
* *Independent groups.* Where groups of statistics are independent under r, Z is a product, and each group is projected alone:
  both marginals of an independent reference.
* *One statistic.* Scaled to whole numbers e_i >= 0 without a common factor, x = exp(λ) is a root of Σ r_i (e_i - c) x^e_i,
  whose coefficients change sign once: it has exactly one positive root (Descartes), a rational or a real algebraic number.

Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, section 3; Good, "Maximum entropy for hypothesis
formulation", 1963 (independence).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, lcm, prod
from typing import Any

import sympy
from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_poly
from sympy import QQ

from klexact.algebraic import AlgebraicForm, Value, evaluate
from klexact.derivation import Sign, Step
from klexact.logform import LogForm
from klexact.ratfunc import as_expr, constant, element_of, is_parametric, unify
from klexact.roots import RealRoot, compare, point_expr, real_roots
from klexact.simplex import independent

__all__ = ["MAX_DEGREE", "Term", "Tilt", "combined", "scaled", "tilt"]

_X = sympy.Symbol("x")
MAX_DEGREE = 60  # of the polynomial in exp(λ) that is solved exactly
_COLLAPSE_DEGREE = 20  # up to which logarithms at one root are tried as one of a rational number

Term = tuple[Any, LogForm, RealRoot | None]  # a coefficient, and a form in x at a root, or a plain form
Point = Sequence[fmpq]


@dataclass(frozen=True)
class Tilt:
    """The densities q_i/r_i as SymPy numbers and by their logarithms, the divergence, and how they were found.

    The divergence is summed by the chain rule, Σ m_j (log m_j + D_j) over components: not from the densities' logarithms.
    """

    densities: tuple[sympy.Expr, ...]
    logs: tuple[tuple[Term, ...], ...]
    divergence: tuple[Term, ...]
    steps: tuple[Step, ...] = ()


def tilt(points: Sequence[Point], weights: Sequence[Any], target: Sequence[Any]) -> Tilt | None:
    """Return the projection of weights r (of any total) on distinct points T_i onto E_q[T] = target; None if none was found.

    The points span the space, and the target lies inside their hull. Weights and target are elements, with symbols where
    all components are single points.

    >>> from klexact.certify import decimal
    >>> found = tilt([[fmpq(0)], [fmpq(1)], [fmpq(2)]], [QQ(1, 3)] * 3, [QQ(1, 2)])
    >>> found.densities[0].n(4), decimal(combined(found.divergence), 5)
    (1.849, '0.19738')
    """
    total = _total(weights)
    means = [_ratio(_combination([p[k] for p in points], weights), total) for k in range(len(target))]
    if means == list(target):  # r itself is feasible
        log_total = _log(total, -1)
        return Tilt((as_expr(1 / total),) * len(points), (log_total,) * len(points), log_total)
    parts = _components(points)
    if len(parts.columns) > 1:
        return _by_component(points, weights, target, parts)
    if any(map(is_parametric, [*weights, *target])):
        return None
    groups = _groups(points, weights)
    if len(groups) > 1:
        return _by_group(points, weights, target, groups)
    return _algebraic([p[0] for p in points], weights, target[0]) if len(target) == 1 else None


def combined(terms: Iterable[Term]) -> Value:
    """Return the sum of terms, a plain log form wherever that shows.

    >>> combined([(QQ(1), LogForm.log(3), None), (QQ(-1, 2), LogForm.log(9), None)])
    LogForm(0)
    """
    collected: dict[RealRoot | None, list[tuple[Any, LogForm]]] = {None: []}
    for c, form, root in terms:
        collected.setdefault(root, []).append((c, form))
    plain, pieces = LogForm.sum(collected.pop(None)), list[Any]()
    for root, forms in collected.items():
        form = LogForm.sum(forms)
        if root is not None and len(root.coefficients) > _COLLAPSE_DEGREE + 1 and form.free_symbols:
            pieces.append((form, _X, root))
            continue
        value = evaluate(form, _X, root)
        if isinstance(value, LogForm):
            plain += value
        else:
            pieces += value.pieces
    return AlgebraicForm(tuple([*pieces, (plain, None, None)][: None if plain.logs else -1])) if pieces else plain


def _log(x: Any, c: int = 1) -> tuple[Term, ...]:
    return ((QQ(c), LogForm.of_logs([(QQ(1), x)]), None),)


def scaled(c: Any, terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return c times a sum of terms."""
    return tuple((prod(unify([c, d]), start=QQ(1)), form, root) for d, form, root in terms)


def _rational(x: fmpq) -> Any:
    return QQ(int(x.p), int(x.q))


def _combination(coefficients: Iterable[fmpq], values: Sequence[Any]) -> Any:
    return constant(sum((_rational(c) * v for c, v in zip(coefficients, unify(values), strict=True) if c), QQ(0)))


def _total(values: Sequence[Any]) -> Any:
    return constant(sum(unify(values), QQ(0)))


def _ratio(x: Any, y: Any) -> Any:
    above, below = unify([x, y])
    return constant(above / below)


# -- components --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """The equations 1·q = 1, T·q = c solved for pivots, by component."""

    solver: list[list[fmpq]]  # gives the right sides of the solved equations from (1, c)
    pivots: list[int]  # the column of each equation
    columns: list[list[int]]
    rows: list[list[int]]


def _components(points: Sequence[Point]) -> _Parts:
    height, width = len(points[0]) + 1, len(points)
    equations = [[fmpq(1)] * width, *(list(row) for row in zip(*points, strict=True))]
    unit = [[fmpq(int(i == k)) for i in range(height)] for k in range(height)]
    solved = fmpq_mat([row + e for row, e in zip(equations, unit, strict=True)]).rref()[0].tolist()
    pivots = [next(j for j, x in enumerate(row) if x) for row in solved]
    owner = list(range(width))

    def find(j: int) -> int:
        while owner[j] != j:
            owner[j] = owner[owner[j]]
            j = owner[j]
        return j

    for row, pivot in zip(solved, pivots, strict=True):
        for j in range(width):
            if row[j]:
                owner[find(j)] = find(pivot)
    roots = list(dict.fromkeys(map(find, range(width))))
    columns = [[j for j in range(width) if find(j) == root] for root in roots]
    rows = [[i for i, pivot in enumerate(pivots) if find(pivot) == root] for root in roots]
    return _Parts([row[width:] for row in solved], pivots, columns, rows)


def _by_component(points: Sequence[Point], weights: Sequence[Any], target: Sequence[Any], parts: _Parts) -> Tilt | None:
    right = [_combination(row, [QQ(1), *target]) for row in parts.solver]
    densities: dict[int, sympy.Expr] = {}
    logs: dict[int, tuple[Term, ...]] = {}
    divergence: list[Term] = []
    steps: list[Step] = []
    for columns, rows in zip(parts.columns, parts.rows, strict=True):
        values = [right[i] for i in rows]
        mass = _total(values)
        statistics = [[points[j][k] for j in columns] for k in range(len(target))]
        kept = [k - 1 for k in independent([[fmpq(1)] * len(columns), *statistics])[1:]]
        means = [_ratio(_combination([points[parts.pivots[i]][k] for i in rows], values), mass) for k in kept]
        found = tilt([[points[j][k] for k in kept] for j in columns], [weights[j] for j in columns], means)
        if found is None:
            return None
        for j, density, log in zip(columns, found.densities, found.logs, strict=True):
            densities[j] = as_expr(mass) * density
            logs[j] = (*_log(mass), *log)
        divergence += scaled(mass, (*_log(mass), *found.divergence))
        steps += found.steps
    order = range(len(points))
    what = f"the equations fall apart into {len(parts.columns)} components, whose masses they fix: "
    how = "each is conditioned, projected alone and scaled to its mass"
    first = Step("{}", Sign(what + how, rf"\text{{{what + how}}}"))
    return Tilt(tuple(densities[j] for j in order), tuple(logs[j] for j in order), tuple(divergence), (first, *steps))


# -- independent groups ------------------------------------------------------------------------------------


def _groups(points: Sequence[Point], weights: Sequence[Any]) -> list[list[int]]:
    """Return the statistics in groups that are independent of each other; in one group where that was not found."""
    total = sum(weights, QQ(0))
    found: list[tuple[list[int], list[int]]] = []  # statistics, and what they are together at every point
    for k in range(len(points[0])):
        labels = _coded([point[k] for point in points])
        together = [group for group in found if not _are_independent([group[1], labels], weights, total)]
        members = [*(i for group in together for i in group[0]), k]
        joint = _coded(list(zip(*(group[1] for group in together), labels, strict=True)))
        found = [*(group for group in found if group not in together), (members, joint)]
    independent_all = _are_independent([labels for _, labels in found], weights, total)
    return [group for group, _ in found] if independent_all else [list(range(len(points[0])))]


def _coded(labels: Sequence[Any]) -> list[int]:
    """Return labels as small integers, equal where they are equal: rational numbers are slow to hash."""
    codes: dict[Any, int] = {}
    return [codes.setdefault(label, len(codes)) for label in labels]


def _are_independent(columns: Sequence[Sequence[Any]], weights: Sequence[Any], total: Any) -> bool:
    marginals = [_pushed(labels, weights) for labels in columns]
    joint = _pushed(list(zip(*columns, strict=True)), weights)
    if len(joint) != prod(map(len, marginals)):
        return False
    return all(
        mass * total ** (len(marginals) - 1) == prod(m[label] for m, label in zip(marginals, labels, strict=True))
        for labels, mass in joint.items()
    )


def _pushed(labels: Sequence[Any], weights: Sequence[Any]) -> dict[Any, Any]:
    table: dict[Any, Any] = {}
    for label, w in zip(labels, weights, strict=True):
        table[label] = table.get(label, QQ(0)) + w
    return table


def _by_group(
    points: Sequence[Point], weights: Sequence[Any], target: Sequence[Any], groups: list[list[int]]
) -> Tilt | None:
    total = sum(weights, QQ(0))
    densities = [as_expr(1 / total)] * len(points)
    logs = [_log(total, -1)] * len(points)
    divergence, steps = _log(total, -1), list[Step]()
    for group in groups:
        labels = [tuple(point[k] for k in group) for point in points]
        masses = _pushed(labels, [w / total for w in weights])
        found = tilt(list(masses), list(masses.values()), [target[k] for k in group])
        if found is None:
            return None
        place = {label: i for i, label in enumerate(masses)}
        densities = [d * found.densities[place[label]] for d, label in zip(densities, labels, strict=True)]
        logs = [log + found.logs[place[label]] for log, label in zip(logs, labels, strict=True)]
        divergence += found.divergence
        steps += found.steps
    what = f"the statistics are {len(groups)} groups that are independent under the reference: each is projected alone"
    return Tilt(tuple(densities), tuple(logs), divergence, (Step("{}", Sign(what, rf"\text{{{what}}}")), *steps))


# -- one statistic -----------------------------------------------------------------------------------------


def _algebraic(values: list[fmpq], weights: Sequence[Any], target: Any) -> Tilt | None:
    low, common = min(values), lcm(*(int(v.q) for v in values))
    unit = fmpq(gcd(*(int((v - low) * common) for v in values)), common)
    powers = [int((v - low) / unit) for v in values]
    if max(powers) > MAX_DEGREE:
        return None
    centre = (target - _rational(low)) / _rational(unit)
    scale = lcm(*(int((w * (e - centre)).denominator) for w, e in zip(weights, powers, strict=True)))
    coefficients = dict(
        zip(powers, (int(w * (e - centre) * scale) for w, e in zip(weights, powers, strict=True)), strict=True)
    )
    equation = fmpz_poly([coefficients.get(e, 0) for e in range(max(powers) + 1)])
    (root,) = (x for x in real_roots(equation) if compare(x, QQ(0)) > 0)
    partition = element_of(sympy.Add(*(as_expr(w) * _X**e for e, w in zip(powers, weights, strict=True))))
    log_x, log_z = LogForm.log(_X), LogForm.of_logs([(QQ(1), partition)])
    at = root if isinstance(root, RealRoot) else None
    if at is None:
        log_x, log_z = (form.subs({_X: root}) for form in (log_x, log_z))
    scaling = (_shown(low) + _shown(unit) * sympy.Symbol("e"), _X, sympy.exp(_shown(unit) * sympy.Symbol("λ")))
    steps = (
        Step("with the statistic = {}, e whole, and {} = {}:", *scaling),
        Step("{} = 0 has one positive root, for its coefficients change sign once (Descartes)", _expr(equation)),
        Step("{} = {}", _X, point_expr(root)),
    )
    return Tilt(
        tuple(_densities(powers, weights, root)),
        tuple(((QQ(e), log_x, at), (QQ(-1), log_z, at)) for e in powers),
        ((centre, log_x, at), (QQ(-1), log_z, at)),
        steps,
    )


def _shown(x: fmpq) -> sympy.Rational:
    return sympy.Rational(int(x.p), int(x.q))


def _expr(poly: fmpz_poly) -> sympy.Expr:
    return sympy.Poly([int(c // poly.content()) for c in reversed(poly.coeffs())], _X).as_expr()


def _densities(powers: list[int], weights: Sequence[Any], root: Any) -> list[sympy.Expr]:
    """Return x^e / Z(x), Z(x) = Σ r_i x^e_i; of a quadratic x as a + b·sqrt(d)."""
    x = point_expr(root)
    if not isinstance(root, RealRoot) or len(root.coefficients) > 3:
        common = lcm(*(int(w.denominator) for w in weights))
        total = sympy.Add(*(int(w * common) * x**e for e, w in zip(powers, weights, strict=True)))
        return [common * x**e / total for e in powers]
    modulus = fmpq_poly(root.minimal_polynomial)
    power = {0: fmpq_poly([1])}
    for e in range(max(powers)):
        power[e + 1] = power[e] * fmpq_poly([0, 1]) % modulus
    total = sum(
        (power[e] * fmpq(int(w.numerator), int(w.denominator)) for e, w in zip(powers, weights, strict=True)),
        fmpq_poly(),
    )
    one, inverse, _ = total.xgcd(modulus)
    residues = [power[e] * inverse / one[0] % modulus for e in powers]
    return [sympy.expand(_shown(r[0]) + _shown(r[1]) * x) for r in residues]
