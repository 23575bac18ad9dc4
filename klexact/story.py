"""The space-worm story: every number of the article, exact and beside the article's figure, and its errors.

The article ("Kullback-Leibler Divergence Explained") fits two models to the teeth of 100 worms. `tell()` computes
everything from the counts; nothing but the article's own figures is written down here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import as_file, files

import sympy
from sympy import Rational, Symbol

from klexact import families, forms
from klexact.algebraic import Value
from klexact.certify import decimal, order
from klexact.codes import expected_length, huffman_lengths
from klexact.conventions import cross_entr_at, entr_at_zero, rel_entr_at
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError
from klexact.families import Family
from klexact.fitting import Comparison, Fit, compare, fit
from klexact.logform import LogForm
from klexact.units import unit_name

__all__ = ["Figure", "Story", "tell", "worms"]

_PLACES = 6
_ROUNDED_P = Rational(57, 100)
_HIGH, _LOW = range(6, 11), range(6)
_p = Symbol("p")


@dataclass(frozen=True)
class Figure:
    """One number: what it is, exactly, as a decimal, and the article's figure (empty where it gives none)."""

    row: str  # its row in the article's list of systems
    what: str
    unit: str
    exact: sympy.Expr
    decimal: str
    article: str = ""
    agrees: bool | None = None  # with the article, to the digits it gives


_Measured = tuple[Figure, Value, object]  # a figure in the article's base, with its value and that base


@dataclass(frozen=True)
class Story:
    """All that the article computes, states or draws."""

    provenance: str
    data: Distribution
    models: dict[str, Distribution]
    figures: tuple[Figure, ...]
    fits: dict[str, Fit]
    ranking: Comparison
    curves: dict[str, tuple[tuple[sympy.Expr, str], ...]]
    lengths: dict[object, int]
    statements: tuple[str, ...]
    corrections: tuple[str, ...]


def worms() -> Distribution:
    """Return the distribution of the worms' teeth; the counts are reconstructed, not the article's own.

    >>> worms().mean()
    113/20

    Coq: Story.worms_dist, Story.worms_mean.
    """
    with as_file(files("klexact") / "data" / "worms.json") as path:
        return Distribution.from_json(path)


def tell(base: object = 2, places: int = _PLACES) -> Story:
    """Compute the whole story; what the article gives in bits is shown in units of log(base), to so many places.

    Coq: Story.worms_figures, Story.article_figures, Story.uniform_beats_binomial, Story.uniform_beats_every_binomial,
    Story.worms_binomial_argmin, Story.worms_two_part_argmin, Story.literal_two_part_dist.
    """
    data = worms()
    models = {"uniform": Distribution.uniform(11), "binomial(10, 57/100)": Distribution.binomial(10, _ROUNDED_P)}
    fits = {
        "binomial": fit(data, families.binomial(10, _p), base=base),
        "two-part": fit(data, families.two_part(_HIGH, _LOW, _p), base=base),
    }
    best = {f"{name} at its best": found.family for name, found in fits.items()}
    candidates: dict[str, Family | Distribution] = {**models, **best}
    lengths = huffman_lengths(data)
    measured = (*_figures(data, models), *_optima(data, fits), *_codes(data, models, lengths))
    figures = tuple(_restated(figure, value, own, base, places) for figure, value, own in measured)
    return Story(
        "The counts are reconstructed: the article shows its data only as a picture, and these are the only ones that "
        "reproduce every figure in its text.",
        data,
        {"worms": data, **models, "two-part at its best": fits["two-part"].model},
        figures,
        fits,
        compare(data, candidates, base=base),
        {name: _curve(found) for name, found in fits.items()},
        lengths,
        _statements(data, fits),
        tuple(_corrections(data, models, fits)),
    )


def _number(row: str, what: str, exact: sympy.Expr, article: str = "", *, unit: str = "") -> _Measured:
    return _measured(row, what, LogForm(exact), article, base=sympy.E, unit=unit)


def _measured(
    row: str, what: str, value: Value, article: str = "", *, base: object = 2, unit: str = "bits"
) -> _Measured:
    agrees = None
    if article:
        places = len(article.partition(".")[2])
        agrees = decimal(value, places=places, base=base) == article
    figure = Figure(row, what, unit, value.as_expr(base), decimal(value, places=_PLACES, base=base), article, agrees)
    return figure, value, base


def _restated(figure: Figure, value: Value, own: object, base: object, places: int) -> Figure:
    """Return the number in units of log(base) if the article has it in bits; the comparison with the article stays."""
    shown, unit = (base, unit_name(base)) if own == 2 else (own, figure.unit)
    return replace(figure, unit=unit, exact=value.as_expr(shown), decimal=decimal(value, places=places, base=shown))


def _figures(data: Distribution, models: dict[str, Distribution]) -> Iterator[_Measured]:
    uniform, binomial = models.values()
    entropy = forms.entropy(data)
    yield _number("1", "mean number of teeth", data.mean(), "5.7")
    yield _number("3", "p of the binomial, mean/10", data.mean() / 10, "0.57")
    yield _measured("4", "H(worms), base 2", entropy, "3.12")
    yield _measured("4", "H(worms), base e", entropy, base=sympy.E, unit="nats")
    yield _measured("4", "H(worms), base 10", entropy, base=10, unit="dits")
    yield _measured("6", "D(worms ‖ uniform)", forms.kl_divergence(data, uniform), "0.338")
    yield _measured("7", "D(worms ‖ binomial(10, 57/100))", forms.kl_divergence(data, binomial), "0.477")
    yield _measured("8", "D(binomial(10, 57/100) ‖ worms)", forms.kl_divergence(binomial, data), "0.330")


def _optima(data: Distribution, fits: dict[str, Fit]) -> Iterator[_Measured]:
    mass = sum((data[x] for x in _HIGH), sympy.S.Zero)
    binomial, two_part = fits["binomial"], fits["two-part"]
    yield _number("9", "argmin of D(worms ‖ binomial(10, p))", binomial.argmin, "0.57")
    yield _measured("9", "D there", binomial.value)
    yield _number("10", "mass of 6..10", mass)
    yield _number("10", "argmin of D(worms ‖ two-part(p))", two_part.argmin, "0.47")
    yield _measured("10", "D there", two_part.value, "0.338")


def _codes(data: Distribution, models: dict[str, Distribution], lengths: dict[object, int]) -> Iterator[_Measured]:
    yield _measured("12", "H(worms), the shortest average length", forms.entropy(data), "3.12")
    yield _number("12", "... with their Huffman code, in [H, H + 1)", expected_length(lengths, data), unit="bits")
    for name, model in models.items():
        yield _measured("12", f"H(worms, {name}), ideal code", forms.cross_entropy(data, model))
        length = expected_length(huffman_lengths(model), data)
        yield _number("12", "... with its Huffman code", length, unit="bits")


def _curve(found: Fit) -> tuple[tuple[sympy.Expr, str], ...]:
    """Return D in bits at p = 0, 1/20, ..., 1."""
    points = [Rational(k, 20) for k in range(21)]
    values = [forms.kl_divergence(found.data, found.family.at(point)) for point in points]
    return tuple((point, decimal(value, places=3, base=2)) for point, value in zip(points, values, strict=True))


def _statements(data: Distribution, fits: dict[str, Fit]) -> tuple[str, ...]:
    binomial, two_part = fits["binomial"], fits["two-part"]
    model = Distribution.binomial(10, _p)
    slope = forms.kl_divergence(data, model).derivative(_p)
    same = slope == forms.cross_entropy(data, model).derivative(_p)
    looks = forms.kl_divergence(Distribution.uniform(11), two_part.model)
    rounded = Distribution.binomial(10, _ROUNDED_P)
    forth, back = forms.kl_divergence(data, rounded), forms.kl_divergence(rounded, data)
    return (
        "5: D(p‖q) = Σ p(x) (log p(x) - log q(x)) = Σ p(x) log(p(x)/q(x)): the expected difference of the logarithms",
        (
            f"8: D is no distance: D(worms ‖ binomial) = {decimal(forth, places=3, base=2)} bits is "
            f"{'more' if order(forth, back) > 0 else 'not more'} than D(binomial ‖ worms) = {decimal(back, places=3, base=2)}"
        ),
        (
            "11: at its best the two-part model looks uniform: D(uniform ‖ two-part) = "
            f"{decimal(looks, places=6, base=2)} bits, and loses as much to three digits; so prefer the uniform model, which "
            "has no parameter"
        ),
        (
            f"13: d/dp D(worms ‖ binomial(10, p)) {'=' if same else 'differs from'} d/dp H(worms, binomial(10, p)) "
            f"= {binomial.certificate.derivative} nats: H(worms) does not depend on p, so cross-entropy serves as the loss"
        ),
        (
            f"14: 0·log 0 = {-entr_at_zero()}, 0·log(0/q) = {rel_entr_at(0, 1)}, p·log(p/0) = {rel_entr_at(1, 0)} "
            f"and -p·log 0 = {cross_entr_at(1, 0)} are limits; 0·log(0/0) = {rel_entr_at(0, 0)} is a definition"
        ),
    )


def literal_two_part() -> families.Family:
    """Return the two-part model as the article prints it: refused, for it is no distribution."""
    table = {**dict.fromkeys(_LOW, _p / 5), **dict.fromkeys(_HIGH, (1 - _p) / 6)}
    return families.custom(table, _p, sympy.Interval(0, 1), "the literal two-part model")


def _corrections(data: Distribution, models: dict[str, Distribution], fits: dict[str, Fit]) -> Iterator[str]:
    uniform, binomial = models.values()
    best, two_part = fits["binomial"], fits["two-part"]
    try:
        literal_two_part()
    except InvalidDistributionError as error:
        yield (
            "The index sets of the two-part model are swapped: p/5 for each of 0..5 and (1 - p)/6 for each of 6..10 is no "
            f"distribution. {str(error)[0].upper()}{str(error)[1:]}. With the blocks exchanged it is one, and the optimum "
            f"is the mass of 6..10, {two_part.argmin}."
        )
    to_uniform = forms.kl_divergence(data, uniform)
    gap = to_uniform - forms.kl_divergence(data, two_part.model)
    bernoulli = forms.kl_divergence([1 - two_part.argmin, two_part.argmin], ["6/11", "5/11"])
    yield (
        "“Exactly the same value” holds only after rounding: the uniform model loses "
        f"{decimal(to_uniform, places=6, base=2)} bits, the two-part model {decimal(two_part.value, places=6, base=2)}. "
        f"The difference is {'exactly' if gap == bernoulli else 'not'} D(Bernoulli({two_part.argmin}) ‖ Bernoulli(5/11)) "
        f"= {gap.as_expr(2)} = {decimal(gap, places=6, base=2)} bits > 0."
    )
    rounded = forms.kl_divergence(data, binomial)
    relation = {-1: "<", 0: "=", 1: ">"}[order(best.value, rounded)]
    yield (
        f"0.57 is the rounded argmin. The minimum is at mean/10 = {best.argmin}, where D = "
        f"{decimal(best.value, places=6, base=2)} {relation} {decimal(rounded, places=6, base=2)} bits at 57/100."
    )
    gap = forms.cross_entropy(data, binomial) - rounded
    yield (
        "D(p‖q) is not “equal” to the cross-entropy H(p, q): they differ by H(p), here "
        f"{decimal(gap, places=6, base=2)} bits{' = H(worms) exactly' if gap == forms.entropy(data) else ''}. "
        "Their gradients and argmins are equal."
    )
    general = fit(Distribution.symbolic("q", 11), best.family)
    yield (
        "That the optimum is the mean over n is a theorem about the binomial, not a reading of a curve: for any data "
        f"q_0, ..., q_10 the argmin is {general.argmin}."
    )
