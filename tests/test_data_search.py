"""The worm data are the only ones that reproduce the article's figures: by exhaustive search.

The article shows its data only as a picture. Among all distributions with denominator 100 on 0..10 teeth, every outcome
observed at least once, a mean of 5.7 and 47 worms with 6 or more teeth, exactly one reproduces every figure to the
digits given if the binomial is taken at p = 57/100, and exactly one other if it is taken at p = mean/10, unrounded.

Floats only sift: they leave a superset of the fits. klexact's exact values decide each of the survivors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import comb, log2

import numpy as np
from numpy.typing import NDArray
from sympy import Rational

from klexact import Distribution, LogForm, fit, forms, order
from klexact.families import two_part

TEETH = 10
WORMS = 100
FEW, MANY = range(6), range(6, TEETH + 1)
WITH_MANY = 47
TOTALS_OF_TEETH = range(565, 575)  # the means that round to 5.7

FIGURES = {
    "H(data)": "3.12",
    "D(data ‖ uniform)": "0.338",
    "D(data ‖ binomial)": "0.477",
    "D(binomial ‖ data)": "0.330",
    "two-part optimum": "0.338",
    "two-part argmin": "0.47",
    "mean": "5.7",
    "mean/n": "0.57",
}

AT_ROUNDED_P = (1, 2, 2, 12, 21, 15, 10, 12, 12, 6, 7)
AT_UNROUNDED_P = (2, 2, 6, 5, 14, 24, 12, 8, 12, 12, 3)

# Every float of the sieve comes from under a hundred operations in double precision on numbers under 2·10^6, each of
# which errs by under 10^-9: in all by under 10^-7, a thousandth of what the intervals are widened by at both ends, so
# no fit is lost. A smaller margin would be safe too, but it would leave the exact verdict nothing to reject.
MARGIN = 1e-4

Counts = tuple[int, ...]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Parameter = Callable[[int], Rational]  # the total of teeth -> p of the binomial


def rounded(_: int) -> Rational:
    return Rational(57, 100)


def unrounded(teeth: int) -> Rational:
    return Rational(teeth, TEETH * WORMS)


def test_blocks_hold_every_composition_once() -> None:
    few, many = blocks()
    for found, worms, size in ((few.counts, WORMS - WITH_MANY, 2_598_960), (many.counts, WITH_MANY, 163_185)):
        outcomes = found.shape[1]
        assert len(found) == size == comb(worms - 1, outcomes - 1)
        assert len(np.unique(found @ WORMS ** np.arange(outcomes))) == size
        assert (found >= 1).all()
        assert (found.sum(axis=1) == worms).all()


def test_join_keeps_every_pair_in_the_interval() -> None:
    teeth = TOTALS_OF_TEETH[0]
    few, many = blocks()
    least, most = c_log_c_interval()
    kept = joined(teeth)[:, len(FEW) :]
    found = 0
    for row in range(0, len(many.counts), 20_000):
        c_log_c = few.c_log_c + many.c_log_c[row]
        inside = (few.teeth + many.teeth[row] == teeth) & (least <= c_log_c) & (c_log_c <= most)
        assert (kept == many.counts[row]).all(axis=1).sum() == inside.sum()
        found += inside.sum()
    assert found


def test_one_fit_with_the_binomial_at_rounded_p() -> None:
    assert fits(rounded) == [AT_ROUNDED_P]


def test_one_fit_with_the_binomial_at_unrounded_p() -> None:
    assert fits(unrounded) == [AT_UNROUNDED_P]
    assert Distribution.from_counts(AT_UNROUNDED_P).expectation() == Rational(567, 100)


def test_neither_fit_survives_the_other_reading_of_p() -> None:
    assert missed_figures(AT_ROUNDED_P, unrounded) == {"D(data ‖ binomial)", "D(binomial ‖ data)"}
    assert missed_figures(AT_UNROUNDED_P, rounded) == {"D(binomial ‖ data)"}


# -- the verdict: exact ------------------------------------------------------------------------------------


def fits(parameter: Parameter) -> list[Counts]:
    found = list(survivors(parameter))
    assert 1 < len(found) < 10
    return [counts for counts in found if not missed_figures(counts, parameter)]


def missed_figures(counts: Counts, parameter: Parameter) -> set[str]:
    values = exact_values(counts, parameter)
    return {name for name, figure in FIGURES.items() if not shows(*values[name], figure)}


def exact_values(counts: Counts, parameter: Parameter) -> dict[str, tuple[LogForm, LogForm]]:
    """Return value and unit of every figure."""
    data = Distribution.from_counts(counts)
    binomial = Distribution.binomial(TEETH, parameter(total_of_teeth(counts)))
    best = fit(data, two_part(MANY, FEW))
    assert isinstance(best.value, LogForm)
    one, bit = LogForm(1), LogForm.log(2)
    return {
        "H(data)": (forms.entropy(data), bit),
        "D(data ‖ uniform)": (forms.kl_divergence(data, Distribution.uniform(TEETH + 1)), bit),
        "D(data ‖ binomial)": (forms.kl_divergence(data, binomial), bit),
        "D(binomial ‖ data)": (forms.kl_divergence(binomial, data), bit),
        "two-part optimum": (best.value, bit),
        "two-part argmin": (LogForm(best.argmin), one),
        "mean": (LogForm(data.expectation()), one),
        "mean/n": (LogForm(data.expectation() / TEETH), one),
    }


def total_of_teeth(counts: Counts) -> int:
    return sum(i * count for i, count in enumerate(counts))


def shows(value: LogForm, unit: LogForm, figure: str) -> bool:
    """Tell whether the value rounds to the figure, ties away from zero."""
    lower, upper = rounding_interval(figure)
    return order(value, lower * unit) >= 0 and order(value, upper * unit) < 0


def rounding_interval(figure: str) -> tuple[Rational, Rational]:
    half = Rational(1, 2 * 10 ** len(figure.partition(".")[2]))
    return Rational(figure) - half, Rational(figure) + half


# -- the sieve: floats with a margin -----------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """All ways to spread worms over neighbouring outcomes, a row each, sorted by the key."""

    counts: Ints
    teeth: Ints
    c_log_c: Floats  # Σ c·log2 c, in place of the entropy

    @property
    def key(self) -> Floats:
        return join_key(self.teeth, self.c_log_c)


def join_key(teeth: Ints, c_log_c: Floats) -> Floats:
    # the total of teeth comes first: Σ c·log2 c, and what one block's leaves for the other's, lie within ±100·log2 100
    return 2048.0 * teeth + c_log_c


@cache
def blocks() -> tuple[Block, Block]:
    return block(FEW, WORMS - WITH_MANY), block(MANY, WITH_MANY)


def block(outcomes: range, worms: int) -> Block:
    counts = compositions(worms, len(outcomes))
    teeth = counts @ np.array(outcomes)
    some = np.arange(1, worms + 1)
    c_log_c = (some * np.log2(some))[counts - 1].sum(axis=1)
    ranks = np.argsort(join_key(teeth, c_log_c))
    return Block(counts[ranks], teeth[ranks], c_log_c[ranks])


def compositions(total: int, parts: int) -> Ints:
    """Return every way to write the total as an ordered sum of positive parts."""
    columns: list[Ints] = []
    rest = np.array([total])
    for parts_left in range(parts - 1, 0, -1):
        row, place = runs(rest - parts_left)
        columns = [*(column[row] for column in columns), place + 1]
        rest = rest[row] - columns[-1]
    return np.stack([*columns, rest], axis=1)


def runs(lengths: Ints) -> tuple[Ints, Ints]:
    """Return, for runs of these lengths laid end to end, every element's run and its place in the run."""
    run = np.repeat(np.arange(len(lengths)), lengths)
    return run, np.arange(len(run)) - (np.cumsum(lengths) - lengths)[run]


def survivors(parameter: Parameter) -> Iterator[Counts]:
    """Yield a superset of the data that fit."""
    for teeth in TOTALS_OF_TEETH:
        q = np.array([float(x) for x in Distribution.binomial(TEETH, parameter(teeth)).values()])
        counts = joined(teeth)
        counts = counts[may_show(divergence(counts / WORMS, q), "D(data ‖ binomial)")]
        counts = counts[may_show(divergence(q, counts / WORMS), "D(binomial ‖ data)")]
        yield from (tuple(row) for row in counts.tolist())


def joined(teeth: int) -> Ints:
    """Return the data with this total of teeth that may show the figures which the entropy alone decides."""
    few, many = blocks()
    least, most = c_log_c_interval()
    first = np.searchsorted(few.key, join_key(teeth - many.teeth, least - many.c_log_c), side="left")
    beyond = np.searchsorted(few.key, join_key(teeth - many.teeth, most - many.c_log_c), side="right")
    partner, place = runs(beyond - first)
    return np.hstack([few.counts[first[partner] + place], many.counts[partner]])


def c_log_c_interval() -> tuple[float, float]:
    """Return what Σ c·log2 c may be: H(data) is log2 100 less a hundredth of it."""
    bounds = [interval("H(data)")]
    # with 47 worms in the block, the two-part optimum is below log2 11 - H as far as the masses 47/100 and 5/11 differ
    for name, gap in (("D(data ‖ uniform)", 0.0), ("two-part optimum", block_divergence())):
        least, most = interval(name)
        bounds.append((log2(TEETH + 1) - gap - most, log2(TEETH + 1) - gap - least))
    least, most = max(low for low, _ in bounds), min(high for _, high in bounds)
    return WORMS * (log2(WORMS) - most), WORMS * (log2(WORMS) - least)


def block_divergence() -> float:
    found, uniform = np.array([WORMS - WITH_MANY, WITH_MANY]) / WORMS, np.array([len(FEW), len(MANY)]) / (TEETH + 1)
    return float(divergence(found, uniform))


def divergence(p: Floats, q: Floats) -> Floats:
    total: Floats = (p * np.log2(p / q)).sum(axis=-1)
    return total


def may_show(values: Floats, name: str) -> NDArray[np.bool_]:
    least, most = interval(name)
    return np.logical_and(least <= values, values <= most)


def interval(name: str) -> tuple[float, float]:
    least, most = rounding_interval(FIGURES[name])
    return float(least) - MARGIN, float(most) + MARGIN
