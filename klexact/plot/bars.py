"""Bars over outcomes: distributions side by side, and where the bits of a divergence are lost.

Up to 40 outcomes are bars with their names, up to 200 an outline, and more are drawn in blocks of consecutive outcomes, with
the sum of each block: so a million outcomes stay legible, and nothing is left out.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count
from math import isfinite, nan
from numbers import Real
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb
from sympy import QQ

from klexact import bulk, forms
from klexact.certify import value_of
from klexact.distribution import Distribution
from klexact.dyadic import ball_of
from klexact.errors import KLExactError
from klexact.exact import rational
from klexact.logform import LogForm
from klexact.plot.canvas import (
    ACCENT,
    COLOURS,
    DASHES,
    HATCHES,
    INFINITY,
    approximated,
    canvas,
    float_of,
    legend,
    picture,
    plain,
    unit_of,
    value_text,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["distributions", "lengths", "losses"]

_BARS = 120
_NAMED = 40  # outcomes that have a bar and a name each
_FEW = 5
_STEPS = 200  # of an outline, each an outcome or a block of outcomes
_TICKS = 12
_NAME = 28  # characters of an outcome's name
_LINE = 75  # characters that fit beside each other
_WIDE = 0.8  # of a group of bars
_HEIGHT = 3.8


@dataclass(frozen=True)
class _Axis:
    """Outcomes along an axis, in blocks of so many."""

    outcomes: Sequence[Hashable]
    block: int
    has_bars: bool

    @classmethod
    def of(cls, *distributions: Distribution, beside: int = 1) -> "_Axis":
        """Return the outcomes of distributions; `beside` is the number of bars that each would have."""
        found = list(dict.fromkeys(x for d in distributions for x in d.outcomes))
        if all(isinstance(x, Real) and not isinstance(x, bool) and isfinite(x) for x in found):
            found.sort(key=rational)
        n = len(found)
        return cls(found, -(-n // _STEPS), n <= _NAMED and n * beside <= _BARS)

    @property
    def edges(self) -> list[float]:
        """The ends of the blocks; outcomes lie at 0, 1, 2, ..."""
        n = len(self.outcomes)
        return [x - 0.5 for x in [*range(0, n, self.block), n]]

    @cached_property
    def ticks(self) -> tuple[list[int], list[str]]:
        """The places that have a name below the axis, and the names: all of them, or those at round places."""
        n, first = len(self.outcomes), self.outcomes[0]
        is_range = isinstance(first, int) and list(self.outcomes) == list(range(first, first + n))
        steps = [1, *(s * 10**k for k in range(7) for s in (2, 5, 10))] if is_range or n > _NAMED else [1]
        for step in steps:
            places = list(range(-int(first) % step if is_range else 0, n, step))  # type: ignore[call-overload]
            names = [plain(self.outcomes[i], _NAME) for i in places[: _LINE // 2]]
            if len(names) == len(places) and (_fits(names) or (not is_range and len(places) <= _TICKS)):
                break
        return places, names

    @property
    def is_upright(self) -> bool:
        """Tell whether the names fit beside each other."""
        return _fits(self.ticks[1])

    @property
    def height(self) -> float:
        """The height in inches that leaves room for names that do not."""
        return _HEIGHT + (0 if self.is_upright else 0.07 * max(map(len, self.ticks[1])))

    def masses(self, d: Distribution) -> list[Any]:
        """Return the probabilities that a distribution gives the outcomes."""
        table, zero = dict(d.table), QQ(0)
        return [table.get(x, zero) for x in self.outcomes]

    def blocks(self, terms: Iterable[Any]) -> list[list[Any]]:
        """Return terms, one an outcome, block by block."""
        listed = list(terms)
        return [listed[i : i + self.block] for i in range(0, len(listed), self.block)]

    def label(self, ax: Any, name: str) -> None:
        """Write the outcomes below an axis."""
        n, room = len(self.outcomes), max(_FEW - len(self.outcomes), 0) / 2  # a bar alone is no wall
        ax.set_xticks(*self.ticks, rotation=0 if self.is_upright else 90)
        ax.tick_params(axis="x", length=0 if self.has_bars else 3)
        ax.set_xlim(-0.5 - room - 0.01 * n, n - 0.5 + room + 0.01 * n)
        blocks = f" ({n:,} in blocks of {self.block:,})" if self.block > 1 else ""
        ax.set_xlabel(plain(name, 80) + blocks)


def _fits(names: Sequence[str]) -> bool:
    return sum(map(len, names)) + 2 * len(names) <= _LINE


def _numbers(d: object, name: str) -> Distribution:
    found = Distribution(d)
    if found.free_symbols:
        shown = ", ".join(sorted(map(str, found.free_symbols)))
        raise KLExactError(f"a picture needs numbers; found the symbol {shown} in {name}: use subs first")
    return found


@picture
def distributions(shown: Mapping[str, Any], *, outcome: str = "outcome", title: str = "") -> "Figure":
    """Draw distributions side by side: the probability of each outcome, a bar or a step as high as the exact value.

    `shown` maps a name to a `Distribution`, or what makes one; at most six. Numbers are in their order, other outcomes
    as they are listed; one that only some distributions list has probability 0 in the others. `outcome` says what they are.

    Raises KLExactError for parameters, for none or too many distributions, and where matplotlib is missing.
    """
    if not isinstance(shown, Mapping) or not 1 <= len(shown) <= len(COLOURS):
        raise KLExactError(
            f"distributions must be a mapping name -> distribution of 1 to {len(COLOURS)}, which the eye can tell apart; "
            f"found {len(shown) if isinstance(shown, Mapping) else repr(shown)[:60]}"
        )
    ds = {name: _numbers(d, name) for name, d in shown.items()}
    axis = _Axis.of(*ds.values(), beside=len(ds))
    figure, ax = canvas(height=axis.height)
    handles = []
    for k, d in enumerate(ds.values()):
        heights = [_total(block) for block in axis.blocks(axis.masses(d))]
        if axis.has_bars:
            width = _WIDE / len(ds)
            places = [i - _WIDE / 2 + width * (k + 0.5) for i in range(len(heights))]
            style = {"color": COLOURS[k], "hatch": HATCHES[k], "edgecolor": "white", "linewidth": 0.3}
            handles.append(ax.bar(places, heights, width, **style))
        else:
            if k == 0:
                ax.stairs(heights, axis.edges, fill=True, color=COLOURS[k], alpha=0.2)
            handles.append(ax.stairs(heights, axis.edges, baseline=None, color=COLOURS[k], linestyle=DASHES[k]))
    axis.label(ax, outcome)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("probability" if axis.block == 1 else f"probability of a block of {axis.block:,}")
    ax.grid(axis="y", color="#dddddd", linewidth=0.6)
    legend(figure, handles, [plain(name) for name in ds], plain(title))
    return figure


def _total(masses: Sequence[Any]) -> float:
    if len(masses) == 1:
        return float(_fraction(masses[0]))
    return approximated(lambda _: sum(map(ball_of, masses), arb(0)))


@picture
def losses(
    p: Any,
    q: Any,
    *,
    base: object = 2,
    names: tuple[str, str] = ("P", "Q"),
    outcome: str = "outcome",
    title: str = "",
) -> "Figure":
    """Draw where D(p‖q) is lost: the term p(x)·log(p(x)/q(x)) of each outcome, in units of log(base); their sum is D(p‖q).

    A term is negative where q gives the outcome more than p. Where q is 0 and p is not it is ∞, and is marked as such; an
    outcome with p(x) = 0 adds nothing. `names` are those of p and q.

    Raises KLExactError for parameters, and where matplotlib is missing.

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., section 2.3.
    """
    one, other = _numbers(p, names[0]), _numbers(q, names[1])
    axis, unit = _Axis.of(one, other), unit_of(base)
    masses = [axis.masses(d) for d in (one, other)]
    blocks = axis.blocks(forms.rel_entr(a, b) for a, b in zip(*masses, strict=True))
    infinite = [i for i, block in enumerate(blocks) if any(term is sympy.oo for term in block)]
    heights = [nan if i in infinite else _sum(block, base) for i, block in enumerate(blocks)]
    figure, ax = canvas(height=axis.height)
    names = (plain(names[0], 32), plain(names[1], 32))
    drawn = _draw_terms(ax, axis, heights, names)
    if infinite:
        drawn[f"{INFINITY}: impossible under {names[1]}"] = _draw_infinite(ax, axis, infinite)
    axis.label(ax, outcome)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_ylabel(f"p·log(p/q), {unit}" + ("" if axis.block == 1 else f", of a block of {axis.block:,}"))
    whole = value_text(bulk.kl_divergence(*(map(_fraction, column) for column in masses), variant="raw"), base)
    legend(
        figure,
        list(drawn.values()),
        list(drawn),
        f"{plain(title) or 'Sum of the bars'}: D({names[0]} ‖ {names[1]}) = {whole}",
    )
    return figure


@picture
def lengths(
    p: Any,
    models: Mapping[str, Any],
    *,
    base: object = 2,
    name: str = "P",
    title: str = "",
) -> "Figure":
    """Draw the average length of ideal codes for outcomes from p: H(p), and the excess D(p‖q) of a code made for each model q.

    In units of log(base) per outcome; H(p) + D(p‖q) is the cross-entropy H(p, q). Where q gives 0 to an outcome that p does
    not, no word is left for it: the excess is ∞, and is marked as such. `models` maps a name to a distribution.

    Raises KLExactError for parameters, for no model, and where matplotlib is missing.

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., theorem 5.4.3.
    """
    if not isinstance(models, Mapping) or not models:
        raise KLExactError(f"models must be a mapping name -> distribution; found {models!r:.60}")
    data, unit, shown = _numbers(p, name), unit_of(base), plain(name, 32)
    qs = [_numbers(q, label) for label, q in models.items()]
    entropy, lost = forms.entropy(data), [forms.kl_divergence(data, q) for q in qs]
    least = float_of(entropy, base=base)
    finite = [float_of(d, base=base) for d in lost if not d.is_infinite]
    most = 1.05 * (least + max(finite, default=0.0)) or 1.0
    figure, ax = canvas(height=1.3 + 0.42 * (1 + len(qs)))
    styles = [
        {"color": c, "hatch": h, "edgecolor": "white", "linewidth": 0.3} for c, h in zip(COLOURS, HATCHES, strict=True)
    ]
    drawn = {f"H({shown}) = {value_text(entropy, base)}": ax.barh(range(1 + len(qs)), least, 0.6, **styles[0])}
    for i, d in enumerate(lost, 1):
        excess = most - least if d.is_infinite else float_of(d, base=base)
        style = {"facecolor": "white", "edgecolor": ACCENT, "hatch": "////"} if d.is_infinite else styles[1]
        words = f"{INFINITY}: an outcome has no word" if d.is_infinite else "excess D"
        drawn[words] = ax.barh([i], [excess], 0.6, left=[least], **style)
        ax.text(least + excess, i, f"  + {value_text(d, base)}", va="center")
    ax.set_yticks(range(1 + len(qs)), [f"code for {shown}", *(f"code for {plain(label, 32)}" for label in models)])
    ax.set_ylim(len(qs) + 0.5, -0.5)
    ax.set_xlim(0, most * 1.3)
    ax.set_xlabel(f"average length of a code word for an outcome of {shown}, {unit}")
    ax.tick_params(axis="y", length=0)
    legend(figure, list(drawn.values()), list(drawn), plain(title))
    return figure


def _sum(terms: Sequence[Any], base: object) -> float:
    """Return the sum of finite terms, lists of pairs (c, a) that stand for c·log a, in units of log(base)."""
    pairs = [pair for term in terms if isinstance(term, list) for pair in term]
    unit = value_of(LogForm(1), base).unit
    return approximated(lambda prec: sum((ball_of(c) * ball_of(a).log() for c, a in pairs), arb(0)) / unit.ball(prec))


def _draw_terms(ax: Any, axis: _Axis, heights: Sequence[float], names: tuple[str, str]) -> dict[str, Any]:
    """Draw the finite terms, those of each sign in its style; return what each style is for."""
    drawn = {}
    for sign, words in ((1, f"more probable under {names[0]}: lost"), (-1, "less probable: gained back")):
        signed = [h if h * sign > 0 else 0.0 for h in heights]
        style = {"color": COLOURS[sign < 0], "hatch": HATCHES[sign < 0], "edgecolor": "white"}
        if not any(signed):
            continue
        if axis.has_bars:
            drawn[words] = ax.bar(range(len(signed)), signed, _WIDE, linewidth=0.3, **style)
        else:
            drawn[words] = ax.stairs(signed, axis.edges, fill=True, linewidth=0, **style)
    if not drawn:
        ax.set_ylim(0, 1)
        ax.set_yticks([0])
    return drawn


def _draw_infinite(ax: Any, axis: _Axis, infinite: Sequence[int]) -> Any:
    """Mark outcomes or blocks whose term is infinite by bars that reach the top of the axes."""
    low, high = ax.get_ylim()
    high = max(high, -low / 2)
    ax.set_ylim(low, high)
    edges, inset = axis.edges, (1 - _WIDE) / 2 if axis.has_bars else 0
    runs = [i for i in infinite if axis.has_bars or i - 1 not in infinite]
    for i in runs:
        last = i if axis.has_bars else next(j for j in count(i) if j + 1 not in infinite)
        ends = edges[i] + inset, edges[last + 1] - inset
        style = {"facecolor": "white", "edgecolor": ACCENT, "hatch": "////"}
        drawn = ax.axvspan(*ends, ymin=-low / (high - low), **style)
        if len(runs) <= _NAMED:
            middle = (sum(ends) / 2, high)
            ax.annotate(INFINITY, middle, (0, 1), textcoords="offset points", ha="center", color=ACCENT)
    return drawn


def _fraction(x: Any) -> Fraction:
    return Fraction(int(x.numerator), int(x.denominator))
