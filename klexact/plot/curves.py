"""A divergence as a function of its parameter: the curve, its certified minimum, and where it is infinite.

The points of the curve are the exact form, evaluated by ball arithmetic; its ends, its infinities and its minimum are those of
the certificate. Nothing is read off the curve.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb
from sympy import Interval

from klexact.algebraic import ball_at
from klexact.certify import value_of
from klexact.errors import KLExactError, NoClosedFormError
from klexact.expression import evaluated
from klexact.fitting import Fit
from klexact.logform import LogForm
from klexact.optima.certificate import Candidate, Minimum, location_decimal
from klexact.optima.limits import limit
from klexact.plot.canvas import (
    ACCENT,
    COLOURS,
    DASHES,
    INFINITY,
    MARKERS,
    approximated,
    canvas,
    float_of,
    legend,
    location_text,
    picture,
    plain,
    pretty,
    unbroken,
    unit_of,
    value_text,
)
from klexact.ratfunc import is_parametric
from klexact.roots import point_expr, polynomial, real_roots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["divergence", "name_of"]

_POINTS = 240  # of a curve between two singular points, evenly spaced
_NEAR = range(3, 40)  # halvings of such a stretch towards its ends
_SHARE = 0.9  # of a curve with an infinity that is shown, in the order of its values
_REACH = 2.5  # how far an infinite domain is shown beyond the last point that matters
_NAMES = {
    "D": "D({p} ‖ {q})",
    "R": "D({q} ‖ {p})",
    "J": "D({p} ‖ {q}) + D({q} ‖ {p})",
    "JS": "Jensen-Shannon divergence of {p} and {q}",
    "H": "H({p}, {q})",
}


def name_of(found: Minimum, data: str = "data", model: str = "") -> str:
    """Return what a minimum is the minimum of, in words, for given names of the data and the model.

    >>> from klexact import Distribution, fit
    >>> from klexact.families import binomial
    >>> name_of(fit(Distribution(["1/2", "1/2"]), binomial(1), objective="reverse"), "coin")
    'D(binomial(1) ‖ coin)'
    """
    own = found.family.name if isinstance(found, Fit) else "model"
    return _NAMES.get(found.certificate.name, "objective").format(p=data, q=model or own)


@picture
def divergence(found: Minimum | Mapping[str, Minimum], *, title: str = "") -> "Figure":
    """Draw the objective of a fit over its parameter, in units of log(base), with the minimum marked where it is proved to be.

    `found` is what `klexact.fit` or `klexact.minimise` returns, or a mapping name -> such a result: curves over the same
    parameter, at most six. Where a curve is +∞, at an end or inside, it leaves the axes and ∞ is written there; an end that is
    not part of the domain is a hollow circle; of an infinite domain the part around the points that matter is shown. For a law
    no limits at the ends are known, and none is marked.

    Raises KLExactError for several parameters, symbolic data, curves of different parameters or bases, and where matplotlib is
    missing.
    """
    named = found if isinstance(found, Mapping) else {"": found}
    if not 1 <= len(named) <= len(COLOURS):
        raise KLExactError(
            f"a picture shows 1 to {len(COLOURS)} curves, which the eye can tell apart; found {len(named)}"
        )
    curves = [_Curve.of(name, minimum) for name, minimum in named.items()]
    parameters = sorted({str(c.symbol) for c in curves})
    bases = sorted({unit_of(c.found.base) for c in curves})
    if len(parameters) > 1 or len(bases) > 1:
        raise KLExactError(f"curves must have one parameter and one unit; found {', '.join([*parameters, *bases])}")
    unit, (low, high) = bases[0], _window(curves)
    figure, ax = canvas()
    drawn = [curve.drawn(low, high) for curve in curves]
    bottom, top = _range(drawn)
    ax.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    ax.set_ylim(bottom, top)
    handles = []
    for k, (curve, path) in enumerate(zip(curves, drawn, strict=True)):
        style = {"color": COLOURS[k], "linestyle": DASHES[k]}
        for stretch in path.stretches:
            ax.plot(
                *zip(*stretch, strict=True),
                marker="" if len(stretch) > 1 else MARKERS[k],
                clip_on=len(stretch) > 1,
                **style,
            )
        handles.append(_mark(ax, curve, k, style, bottom))
    for x in sorted({x for path in drawn for x in path.infinities}):
        _mark_infinity(ax, x)
    for k, curve in enumerate(curves):
        if curve.is_infinite:
            _mark_infinite(ax, curve, {"color": COLOURS[k], "linestyle": DASHES[k]})
    if all(c.is_infinite for c in curves):
        ax.set_yticks([y for path in drawn for stretch in path.stretches for _, y in stretch])
    ax.set_xlabel(pretty(curves[0].symbol) + _beyond(curves))
    ax.set_ylabel(_quantity(curves, unit))
    ax.grid(axis="y", color="#dddddd", linewidth=0.6)
    legend(figure, handles, [f"{plain(c.name)}: {plain(c.told())}" for c in curves], plain(title))
    return figure


@dataclass(frozen=True, eq=False)
class _Path:
    """What is drawn of a curve: stretches between its infinities, and where these are."""

    stretches: list[list[tuple[float, float]]]
    infinities: Sequence[float] = ()
    even: Sequence[float] = ()  # values at evenly spaced places


def _described(found: object) -> str:
    if not isinstance(found, Minimum):
        return f"{found!r:.80}"
    names = ", ".join(map(str, found.certificate.parameters))
    return f"{names}: see plot surface for two" if names else "one without parameters"


@dataclass(frozen=True, eq=False)
class _Curve:
    """The objective of a minimum over one parameter, and its domain."""

    name: str
    found: Minimum
    symbol: sympy.Symbol
    domain: Interval

    @classmethod
    def of(cls, name: str, found: Minimum) -> "_Curve":
        if not isinstance(found, Minimum) or len(found.certificate.parameters) != 1:
            raise KLExactError(f"a curve is drawn of a fit with one parameter; found {_described(found)}")
        (symbol,) = found.certificate.parameters
        others = found.certificate.objective.as_expr().free_symbols - {symbol}
        if others:
            raise KLExactError(
                f"a picture needs numbers; found the symbol {min(others, key=str)} in {name or name_of(found)}: give it a value"
            )
        return cls(name or name_of(found), found, symbol, _domain(found, symbol))

    @property
    def is_infinite(self) -> bool:
        return bool(self.found.certificate.objective.is_infinite)

    @cached_property
    def ends(self) -> dict[sympy.Expr, Candidate]:
        """What the certificate says of the ends of the domain and of points apart."""
        return {c.location: c for c in self.found.certificate.candidates if c.kind != "stationary point"}

    @cached_property
    def _unit(self) -> Any:
        return value_of(LogForm(1), self.found.base).unit

    @cached_property
    def _expr(self) -> sympy.Expr:
        return self.found.certificate.objective.as_expr(self.found.base)

    def value(self, x: float) -> float:
        """Return the objective at a float, taken as the number that it is."""
        return approximated(partial(self._ball, arb(x)))

    def _ball(self, x: arb, prec: int) -> Any:
        form = self.found.certificate.objective
        if isinstance(form, LogForm):
            return ball_at(form, self.symbol, x, prec) / self._unit.ball(prec)
        return evaluated(self._expr, prec, {self.symbol: x})

    def float_of(self, value: Any) -> float:
        """Return a certified value in the unit of the picture."""
        return float_of(value, base=self.found.base)

    def singular(self) -> Iterator[tuple[float, float]]:
        """Yield the inner points where a logarithm or a coefficient is singular, with the limit there."""
        form = self.found.certificate.objective
        if not isinstance(form, LogForm) or form.is_infinite:
            return
        parts = [f for f in form.logs if not isinstance(f, int)]
        parts += [c.denom for c in (form.rational_part, *form.logs.values()) if is_parametric(c)]
        points = {p for f in parts if f.degree() > 0 for p in real_roots(polynomial(f, self.symbol))}
        for point in points:
            if point_expr(point) in self.domain.interior:
                with suppress(NoClosedFormError):
                    yield _place(point_expr(point)), self.float_of(limit(form, self.symbol, point, 1))

    def drawn(self, low: float, high: float) -> _Path:
        """Return what is drawn between two places."""
        if self.is_infinite:
            apart = [[(_place(x), self.float_of(c.value))] for x, c in self.ends.items() if not c.value.is_infinite]
            return _Path(apart)
        known = dict(self.singular())
        known |= {_place(x): self.float_of(c.value) for x, c in self.ends.items() if x.is_finite}
        start, end = (_place(x) for x in (self.domain.start, self.domain.end))
        places = sorted({max(low, start), min(high, end), *(x for x in known if low < x < high)})
        stretches = []
        for a, b in pairwise(places):
            inner = [(x, self.value(x)) for x in _between(a, b)]
            outer = [[(x, known[x] if x in known else self.value(x))] for x in (a, b)]
            points = [*outer[0], *inner, *outer[1]]
            stretches.append([(x, y) for x, y in points if isfinite(y)])
        even = [self.value(low + (high - low) * (k + 0.5) / _POINTS) for k in range(_POINTS)]
        if not any(map(isfinite, even)):
            raise KLExactError(
                f"a curve needs values; found none of {self.name} that could be computed: {self._expr!s:.80}"
            )
        infinities = [x for x, y in known.items() if y == inf and low <= x <= high]
        return _Path([s for s in stretches if s], infinities, [y for y in even if isfinite(y)])

    def told(self) -> str:
        """Return where the minimum is and what it is, in words."""
        least = value_text(self.found.value, self.found.base)
        points = [location_text(c.location) for c in self.found.certificate.minimisers]
        if not points:
            words = re.sub(r"\boo\b", INFINITY, self.found.certificate.conclusion.replace("->", "→"))
            return words if self.float_of(self.found.value) == inf else f"{words}, {least}"
        name = sympy.pretty(self.symbol)
        equal = (unbroken(f"{name} {x}" if x[0] == "≈" else f"{name} = {x}") for x in points)
        return f"least {least} at {' and '.join(equal)}"


def _domain(found: Minimum, symbol: sympy.Symbol) -> Interval:
    """Return the domain of a minimum's parameter: that of its family or law, or the one that its certificate names."""
    if isinstance(found, Fit) and isinstance(found.family.domain, Interval):
        return found.family.domain
    if isinstance(found, Fit) and found.law is not None:
        own = [c for c in found.law.conditions if c.free_symbols == {symbol}]
        region = sympy.And(*own).as_set() if own else sympy.S.Reals
        return region if isinstance(region, Interval) else Interval(-sympy.oo, sympy.oo)
    ends = [c for c in found.certificate.candidates if c.kind in ("closed end", "open end")]
    if len(ends) == 2:
        return Interval(*(c.location for c in ends), *(c.kind == "open end" for c in ends))
    if isinstance(found.argmins, Interval):
        return found.argmins
    raise KLExactError(f"a curve needs an interval as its domain; found none in {found!r:.80}")


def _place(x: sympy.Expr) -> float:
    return float(location_decimal(x, 17).replace("oo", "inf"))


def _between(a: float, b: float) -> list[float]:
    """Return places inside an interval: evenly spaced, and ever nearer to both ends."""
    even = [a + (b - a) * k / _POINTS for k in range(1, _POINTS)]
    near = [x for k in _NEAR for x in (a + (b - a) / 2**k, b - (b - a) / 2**k)]
    return sorted({x for x in (*even, *near) if a < x < b})


def _window(curves: Sequence[_Curve]) -> tuple[float, float]:
    """Return the part of the parameter's axis that is shown."""
    low, high = min(_place(c.domain.start) for c in curves), max(_place(c.domain.end) for c in curves)
    if isfinite(low) and isfinite(high):
        return low, high
    points = [_place(c.location) for curve in curves for c in curve.found.certificate.candidates]
    points += [_place(c.location) for curve in curves for c in curve.found.certificate.minimisers]
    points = [x for x in (*points, low, high) if isfinite(x)] or [0.0]
    first, last = min(points), max(points)
    spread = (last - first) or abs(last) or 1.0
    return max(low, first - _REACH * spread), min(high, last + _REACH * spread)


def _range(drawn: Sequence[_Path]) -> tuple[float, float]:
    """Return the range of values that is shown: all of them, or most where a curve goes to infinity or is a spike."""
    values = [y for path in drawn for stretch in path.stretches for _, y in stretch]
    even = sorted(y for path in drawn for y in path.even)
    if not values:
        return 0.0, 1.0
    least, most = min(values), max(values)
    if even:
        common = even[int(_SHARE * (len(even) - 1))]
        if any(path.infinities for path in drawn) or most - least > 4 * (common - least) > 0:
            most = common
    if most - least <= 1e-12 * abs(most):
        return (-0.06, 1.0) if not most else (min(0, 2 * most), max(0, 2 * most))
    room = 0.06 * (most - least)
    bottom = 0.0 if 0 <= least < 2 * (most - least) else least - room
    return bottom - (room if bottom <= least < bottom + room else 0), most + room


def _mark(ax: Any, curve: _Curve, k: int, style: dict[str, Any], bottom: float) -> Any:
    """Mark the minimum, and what the ends are; return the handle for the legend."""
    look = {"marker": MARKERS[k], "markersize": 8, "markeredgecolor": "black", "linestyle": "none"}
    points = [(_place(c.location), curve.float_of(c.value)) for c in curve.found.certificate.minimisers]
    for x, y in points:
        ax.plot([x], [y], color=ACCENT, zorder=5, clip_on=False, **look)
        ax.plot([x, x], [bottom, y], color=ACCENT, linewidth=0.8, linestyle=":")
    opens = [
        c for c in curve.ends.values() if c.kind == "open end" and c.location.is_finite and not c.value.is_infinite
    ]
    for c in opens:
        hollow = {**look, "marker": "o", "markersize": 6, "markeredgecolor": COLOURS[k]}
        ax.plot([_place(c.location)], [curve.float_of(c.value)], color="white", zorder=4, clip_on=False, **hollow)
    shown = (
        {"marker": MARKERS[k], "markersize": 8, "markeredgecolor": "black", "markerfacecolor": ACCENT} if points else {}
    )
    return ax.plot([], [], **style, **shown)[0]


def _mark_infinity(ax: Any, x: float) -> None:
    where = {"transform": ax.get_xaxis_transform(), "color": ACCENT, "clip_on": False}
    ax.plot([x, x], [0, 1], linewidth=0.8, linestyle=(0, (4, 4)), **where)
    ax.plot([x], [1], marker=(3, 0, 0), markersize=8, **where)
    ax.text(x, 1.03, INFINITY, ha="center", va="bottom", fontsize=11, **where)


def _mark_infinite(ax: Any, curve: _Curve, style: dict[str, Any]) -> None:
    """Draw a curve that is nowhere finite, or at single points only, along the top."""
    ax.plot([0, 1], [1, 1], transform=ax.transAxes, clip_on=False, **style)
    other = "other " if curve.found.certificate.minimisers else ""
    words = f"{INFINITY} for every {other}{pretty(curve.symbol)}"
    ax.text(0.5, 1.02, words, transform=ax.transAxes, color=ACCENT, ha="center", va="bottom")


def _beyond(curves: Sequence[_Curve]) -> str:
    """Return what is to be said of the ends of an infinite domain."""
    said = []
    for end, word in ((-sympy.oo, "-∞"), (sympy.oo, INFINITY)):
        there = [c for c in curves if end in (c.domain.start, c.domain.end)]
        limits = {f"{c.float_of(c.ends[end].value):.6g}" if end in c.ends else "" for c in there}
        towards = limits.pop().replace("inf", INFINITY) if len(limits) == 1 else ""
        if there:
            said.append(f"the domain goes on to {word}" + (f", where the curve tends to {towards}" if towards else ""))
    return "".join(f"\n({line})" for line in said)


def _quantity(curves: Sequence[_Curve], unit: str) -> str:
    names = {c.found.certificate.name for c in curves}
    if names <= {"D", "R", "J", "JS"}:
        return f"divergence, {unit}"
    return f"cross-entropy, {unit}" if names == {"H"} else unit
