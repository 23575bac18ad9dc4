"""The pictures of the space-worm story: every figure of the article, and what it states without one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from klexact.fitting import fit
from klexact.plot.bars import distributions, lengths, losses
from klexact.plot.curves import divergence, name_of
from klexact.story import Story

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figures"]

_TEETH = "number of teeth"


def figures(story: Story) -> "Iterator[tuple[str, Figure]]":
    """Yield the name and the picture of each figure of the story, numbered as the article's systems."""
    shown = story.models
    data, uniform, binomial, best = shown
    base = story.ranking.base

    def beside(*names: str, title: str = "") -> "Figure":
        return distributions({name: shown[name] for name in names}, outcome=_TEETH, title=title)

    def lost(p: str, q: str, title: str) -> "Figure":
        return losses(shown[p], shown[q], base=base, names=(p, q), outcome=_TEETH, title=title)

    yield "01-worms", beside(data, title="The teeth of 100 worms (reconstructed counts)")
    yield "02-uniform", beside(data, uniform)
    yield "03-binomial", beside(data, binomial)
    yield "03-side-by-side", beside(data, uniform, binomial)
    yield "06-lost-by-uniform", lost(data, uniform, "What the uniform model loses")
    yield "07-lost-by-binomial", lost(data, binomial, "What the binomial model loses")
    yield "08-lost-the-other-way", lost(binomial, data, "The other way round")
    yield "08-no-distance", _with("reverse", story, "A divergence is no distance: two directions, two optima")
    for number, name in (("09", "binomial"), ("10", "two-part")):
        found = story.fits[name]
        model = "binomial(10, p)" if name == "binomial" else "two-part(p)"
        yield f"{number}-{name}-curve", divergence({name_of(found, data, model): found})
    yield "11-two-part-looks-uniform", beside(data, uniform, best)
    codes = {name: model for name, model in shown.items() if name != data}
    yield "12-code-lengths", lengths(story.data, codes, base=base, name=data)
    yield "13-cross-entropy", _with("cross-entropy", story, "H(worms) apart everywhere, so the same argmin")


def _with(objective: str, story: Story, title: str) -> "Figure":
    """Draw the divergence from the binomial model beside another objective."""
    forward = story.fits["binomial"]
    other = fit(story.data, forward.family, objective=objective, base=forward.base)
    return divergence({name_of(found, next(iter(story.models))): found for found in (forward, other)}, title=title)
