"""A divergence over two parameters: filled contours, the certified minimum, and the edges where it is infinite.

The values are the exact form, evaluated by ball arithmetic on a grid that follows the domain's own edges.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import pairwise
from math import atan2, isfinite, pi, sin
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb
from sympy import Interval, Symbol

from klexact import forms
from klexact.errors import KLExactError, NoClosedFormError
from klexact.exact import rational
from klexact.expression import evaluated
from klexact.families import Family
from klexact.family import ends
from klexact.fitting import Fit, fit
from klexact.logform import LogForm
from klexact.optima.certificate import location_decimal
from klexact.optima.formula import read_form
from klexact.plot.canvas import (
    ACCENT,
    INFINITY,
    approximated,
    canvas,
    legend,
    location_text,
    picture,
    plain,
    pretty,
    unit_of,
    value_text,
)
from klexact.polytope import Polytope
from klexact.ratfunc import as_expr, element_of, is_parametric, substitute

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["pairs", "surface"]

_RINGS, _RAYS = 40, 144  # of the grid around the middle of the domain
_NEAR = 1 - 2.0**-30  # of the way from the middle to the edge
_LEVELS = 9
_SHARE = 0.8  # of the values, below the highest level
_LINES = 200  # points of a line of minima

Point = tuple[Any, Any]  # of SymPy's QQ


@dataclass(frozen=True, eq=False)
class _Field:
    """An objective in two parameters over a polygon."""

    expr: sympy.Expr  # in the unit of the picture
    form: LogForm | None  # the same in nats, where it is a log form
    region: Polytope
    corners: Sequence[Point]  # in order around it

    @classmethod
    def of(cls, form: LogForm | None, expr: sympy.Expr, region: Polytope) -> "_Field":
        if len(region.symbols) != 2:
            raise KLExactError(f"a surface needs two parameters; found {', '.join(map(str, region.symbols))}")
        if not region.is_bounded or len(region.vertices) < 3:
            raise KLExactError(f"a surface needs a bounded domain with an inside; found {region!r:.80}")
        others = expr.free_symbols - set(region.symbols)
        if others:
            raise KLExactError(f"a picture needs numbers; found the symbol {min(others, key=str)}: give it a value")
        if form is not None and form.is_infinite:
            raise KLExactError(f"a surface needs finite values; found {INFINITY} for all parameters")
        return cls(expr, form, region, _around(region.vertices))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        return self.region.symbols

    def extent(self, i: int) -> tuple[float, float]:
        """Return the lowest and the highest value of a parameter."""
        found = [float(v[i]) for v in self.corners]
        return min(found), max(found)

    def value(self, x: float, y: float) -> float:
        """Return the objective at a point of floats, taken as the numbers that they are."""
        s, t = self.symbols
        return approximated(partial(evaluated, self.expr, given={s: arb(x), t: arb(y)}))

    def edges(self) -> Iterator[tuple[Point, Point, bool]]:
        """Yield the edges of the domain: both corners, and whether the objective is proved to be infinite between them."""
        for a, b in pairwise([*self.corners, self.corners[0]]):
            yield a, b, self._is_infinite(a, b)

    def _is_infinite(self, a: Point, b: Point) -> bool:
        if self.form is None:
            return False
        t = Symbol("t")
        ends = [(as_expr(x), as_expr(y)) for x, y in zip(a, b, strict=True)]
        line = {s: element_of(x + (y - x) * t) for s, (x, y) in zip(self.symbols, ends, strict=True)}

        def vanishes(poly: Any) -> bool:
            return not substitute(poly, line)

        atoms = [(f, c) for f, c in self.form.logs.items() if not isinstance(f, int)]
        coefficients = [self.form.rational_part, *self.form.logs.values()]
        has_pole = any(is_parametric(c) and vanishes(element_of(as_expr(c.denom))) for c in coefficients)
        return has_pole or any(vanishes(element_of(as_expr(f))) and not vanishes(c) for f, c in atoms)


@picture
def surface(
    objective: Fit | sympy.Expr,
    region: Polytope | Mapping[Symbol, tuple[object, object]] | None = None,
    *,
    name: str = "divergence",
    unit: str = "nats",
    title: str = "",
) -> "Figure":
    """Draw an objective over two parameters as filled contours; of a fit, with its certified minimum, in the fit's unit.

    `objective` is what `klexact.fit` returns for a family with two parameters, or an expression in two symbols, such as the
    measures return; then `region` says where: a `Polytope`, or symbol -> (lowest, highest), and `unit` names its unit.
    Edges where the objective is +∞ are marked as such; close to them it exceeds the highest contour.

    Raises KLExactError for another number of parameters, symbols without a value, a domain that is not bounded, an objective
    that is infinite throughout, and where matplotlib is missing.
    """
    if isinstance(objective, Fit):
        form, base = objective.certificate.objective, objective.base
        domain = objective.family.domain
        if not isinstance(domain, Polytope):
            raise KLExactError(
                f"a surface needs a fit with two parameters; found {objective.family.name}: see plot divergence for one"
            )
        field = _Field.of(form, form.as_expr(base), domain)
        unit = unit_of(base)
        marks = [c.location for c in objective.certificate.minimisers]
        names = ", ".join(map(pretty, domain.symbols))
        least = f"least {value_text(objective.value, base)} at"
        words = [f"{least} ({names}) = {location_text(x)}" for x in marks]
        words = words or [objective.certificate.conclusion]
    else:
        field, marks, words = _Field.of(_form(objective), objective, _region(region)), [], []
    return _drawn(field, f"{plain(name, 40)}, {plain(unit, 20)}", marks, list(map(plain, words)), plain(title))


@picture
def pairs(p: Family, q: Family, *, base: object = 2, names: tuple[str, str] = ("", ""), title: str = "") -> "Figure":
    """Draw D(p_s‖q_t) of the members of two families of one parameter each, in units of log(base).

    For each s the t of the nearest member, where `klexact.fit` has it as a formula in s, is a dashed line. A parameter that has
    the same name in both is written s′ for p. `names` are those of p and q.

    Raises KLExactError for families with other numbers of parameters, unbounded domains or infinitely many outcomes, and where
    matplotlib is missing.
    """
    for family in (p, q):
        if not isinstance(family, Family) or not isinstance(family.domain, Interval):
            raise KLExactError(f"a surface of pairs needs families with one parameter; found {family!r:.80}")
        if None in ends(family.domain):
            raise KLExactError(f"a surface needs a bounded domain; found {family!r:.80}")
    (t,) = q.parameters
    s = p.parameters[0] if p.parameters[0] != t else Symbol(f"{t}′")
    first = p.member(s)
    form = forms.kl_divergence(first, q.member(t))
    field = _Field.of(form, form.as_expr(base), _region({s: ends(p.domain), t: ends(q.domain)}))
    one, other = (plain(own or family.name, 32) for own, family in zip(names, (p, q), strict=True))
    about = f"{plain(title)}{': ' if title else ''}D({one} at {pretty(s)} ‖ {other} at {pretty(t)})"
    return _drawn(field, f"divergence, {unit_of(base)}", [], [], about, nearest=_nearest(first, q))


def _nearest(data: Any, family: Family) -> sympy.Expr | None:
    """Return the parameter of the member that is nearest to a distribution with a symbol, where there is a formula."""
    with suppress(NoClosedFormError):
        found = fit(data, family)
        return found.argmin if isinstance(found.argmins, sympy.FiniteSet) else None
    return None


def _form(expr: sympy.Expr) -> LogForm | None:
    if not isinstance(expr, sympy.Expr):
        raise KLExactError(f"a surface is drawn of a fit or of an expression in two symbols; found {expr!r:.80}")
    with suppress(NoClosedFormError):
        return read_form(expr)[0]
    return None


def _region(region: Any) -> Polytope:
    if isinstance(region, Polytope):
        return region
    if not isinstance(region, Mapping):
        raise KLExactError(
            f"a surface of an expression needs a region: a Polytope, or symbol -> (low, high); found {region!r:.60}"
        )
    symbols = list(region)
    sides = [(s, *(as_expr(rational(x, f"an end of {s}")) for x in bounds)) for s, bounds in region.items()]
    return Polytope(symbols, [side for s, low, high in sides for side in (s - low, high - s)])


def _around(vertices: Sequence[Point]) -> list[Point]:
    """Return the corners of a polygon in order."""
    n = len(vertices)
    x, y = (sum(float(v[i]) for v in vertices) / n for i in (0, 1))
    return sorted(vertices, key=lambda v: atan2(float(v[1]) - y, float(v[0]) - x))


def _grid(corners: Sequence[Point]) -> tuple[list[list[float]], list[list[float]]]:
    """Return a grid of points in a polygon: rays from the middle to the edges, rings that are denser towards them."""
    outline = [(float(x), float(y)) for x, y in corners]
    n = len(outline)
    x0, y0 = (sum(p[i] for p in outline) / n for i in (0, 1))
    steps = -(-_RAYS // n)
    rim = [
        (ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps)
        for (ax, ay), (bx, by) in pairwise([*outline, outline[0]])
        for k in range(steps)
    ]
    rim.append(rim[0])
    radii = [sin(pi / 2 * k / _RINGS) * _NEAR for k in range(_RINGS + 1)]
    xs = [[x0 + (x - x0) * r for x, _ in rim] for r in radii]
    ys = [[y0 + (y - y0) * r for _, y in rim] for r in radii]
    return xs, ys


def _drawn(
    field: _Field, label: str, marks: Sequence[sympy.Tuple], words: Sequence[str], title: str, *, nearest: Any = None
) -> "Figure":
    xs, ys = _grid(field.corners)
    values = [[field.value(x, y) for x, y in zip(row, col, strict=True)] for row, col in zip(xs, ys, strict=True)]
    figure, ax = canvas(5.8, 4.6)
    levels = _levels(values)
    filled = ax.contourf(xs, ys, values, levels=levels, cmap="cividis_r", extend="max")
    ax.contour(xs, ys, values, levels=levels, colors="white", linewidths=0.5)
    figure.colorbar(filled, label=label, format="%.4g", ticks=levels)
    handles, said = [], list(words)
    for x in marks:
        place = [[float(location_decimal(c, 17))] for c in x]
        look = {"color": ACCENT, "marker": "o", "markersize": 8, "markeredgecolor": "black", "linestyle": "none"}
        handles += ax.plot(*place, zorder=5, clip_on=False, **look)
    if nearest is not None:
        handles += _draw_nearest(ax, field, nearest)
        said.append(f"nearest for each {pretty(field.symbols[0])}: {pretty(field.symbols[1])} = {plain(nearest, 110)}")
    infinite = _draw_edges(ax, field)
    if infinite:
        handles += infinite
        said.append(f"{INFINITY} on this edge")
    ax.set(xlabel=pretty(field.symbols[0]), ylabel=pretty(field.symbols[1]), xlim=field.extent(0), ylim=field.extent(1))
    ax.spines[:].set_visible(False)
    handles = [*ax.plot([], [], linestyle="none")] * (
        len(said) - len(handles)
    ) + handles  # a conclusion without a point
    legend(figure, handles, said, title)
    return figure


def _levels(values: Sequence[Sequence[float]]) -> Any:
    """Return round levels from the least value to one that most of the area is below."""
    areas = [sin(pi * k / _RINGS) for k in range(len(values))]  # of the cells of a ring, in proportion
    weighted = sorted((v, area) for row, area in zip(values, areas, strict=True) for v in row if isfinite(v))
    if not weighted:
        raise KLExactError("a surface needs values; found that none could be computed")
    least, below, most = weighted[0][0], 0.0, weighted[-1][0]
    for v, area in weighted:
        below += area
        if below > _SHARE * sum(areas) * len(values[0]):
            most = v
            break
    ticker = import_module("matplotlib.ticker")
    found = ticker.MaxNLocator(_LEVELS).tick_values(least, most if most > least else least + 1)
    return found[found >= 0] if least >= 0 else found


def _draw_nearest(ax: Any, field: _Field, nearest: sympy.Expr) -> list[Any]:
    s, _ = field.symbols
    (low, high), (bottom, top) = field.extent(0), field.extent(1)
    xs = [low + (high - low) * k / _LINES for k in range(_LINES + 1)]
    ys = [approximated(partial(evaluated, nearest, given={s: arb(x)})) for x in xs]
    inside = [(x, y) for x, y in zip(xs, ys, strict=True) if bottom <= y <= top]
    return ax.plot(*zip(*inside, strict=True), color=ACCENT, linestyle="--", zorder=4) if inside else []


def _draw_edges(ax: Any, field: _Field) -> list[Any]:
    """Draw the edges of the domain; return one that is infinite, if there is one."""
    infinite = []
    for a, b, is_infinite in field.edges():
        line = [[float(p[i]) for p in (a, b)] for i in (0, 1)]
        if is_infinite:
            infinite = ax.plot(*line, color=ACCENT, linewidth=4, clip_on=False, zorder=3, solid_capstyle="butt")
            ax.plot(*line, color="white", linewidth=1.5, linestyle=(0, (2, 2)), clip_on=False, zorder=3)
        else:
            ax.plot(*line, color="black", linewidth=0.8, clip_on=False)
    return infinite
