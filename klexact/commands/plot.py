"""`klexact plot`: pictures as PNG and SVG files."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from klexact import plot as pictures
from klexact.commands.working import busy
from klexact.conformance.checking import check_target, targets_of
from klexact.conformance.libraries import adapter
from klexact.conformance.reports import Report, report_of
from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, KLExactError
from klexact.family import Family
from klexact.fitting import fit
from klexact.formats import format_of
from klexact.golden.cases import LEVELS
from klexact.operands import parse_base, parse_distribution, parse_model, parse_operands
from klexact.optima.objectives import OBJECTIVES
from klexact.plot.canvas import FORMS, form_of
from klexact.plot.figures import figures
from klexact.story import Story

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot", "write_story"]


@click.group()
def plot() -> None:
    """Draw pictures: PNG and SVG files, as their names say.

    Distributions and models are written as for the other commands. Needs matplotlib: pip install 'klexact[plot]'.
    """


def _picture(command: "Callable[..., Figure]") -> Callable[..., None]:
    """Make a function that draws a command: with a title, and files to write."""

    @click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="A file to write, .png or .svg, with its directory; may be given several times.",
    )
    @click.option("--title", default="", help="A title.")
    @wraps(command)
    def wrapped(*args: Any, outputs: Sequence[Path], **kwargs: Any) -> None:
        for path in outputs:  # before the work is done
            form_of(path)
        with busy("drawing"):
            figure = command(*args, **kwargs)
            for path in outputs:
                pictures.save(figure, path)
        click.echo("\n".join(map(str, outputs)))

    return wrapped


_base = click.option("--base", default="2", show_default=True, help="Log base: e, 2, 10 or any rational > 0 but 1.")
_labels = click.option(
    "--label",
    "labels",
    multiple=True,
    help="What the operands are called, one by one: those without an option first, then each --model.",
)
_outcome = click.option("--outcome", default="outcome", show_default=True, help="What the outcomes are.")


def _named(operands: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Return a name for each operand: its label, the stem of its file, or as it is written."""
    if len(labels) > len(operands):
        raise KLExactError(f"there are at most as many labels as operands; found {len(labels)} for {len(operands)}")
    plain = [Path(text).stem if Path(text).suffix.lower() in {".csv", ".json"} else text for text in operands]
    return [*labels, *plain[len(labels) :]]


def _distinct(names: Sequence[str]) -> list[str]:
    return [name if names.count(name) == 1 else f"{name} ({i})" for i, name in enumerate(names, 1)]


@plot.command()
@click.argument("distributions", metavar="DISTRIBUTION...", nargs=-1, required=True)
@_labels
@_outcome
@_picture
def distributions(distributions: tuple[str, ...], labels: tuple[str, ...], outcome: str, title: str) -> "Figure":
    """Distributions side by side."""
    names = _distinct(_named(distributions, labels))
    shown = dict(zip(names, map(parse_distribution, distributions), strict=True))
    return pictures.distributions(shown, outcome=outcome, title=title)


@plot.command()
@click.argument("data")
@click.option(
    "--model", "models", multiple=True, required=True, help="A family with one parameter; may be given again."
)
@click.option(
    "--objective",
    "objectives",
    multiple=True,
    type=click.Choice(list(OBJECTIVES)),
    default=["forward"],
    show_default=True,
    help="forward is D(DATA‖model), reverse is D(model‖DATA); may be given again.",
)
@_labels
@_base
@_picture
def divergence(
    data: str, models: tuple[str, ...], objectives: tuple[str, ...], labels: tuple[str, ...], base: str, title: str
) -> "Figure":
    """A divergence of DATA from models as a function of the parameter, with the certified optimum."""
    first, *others = _distinct(_named([data, *models], labels))
    known, unit = parse_distribution(data), parse_base(base)
    found = {
        pictures.name_of(curve, first, name): curve
        for name, text in zip(others, models, strict=True)
        for objective in objectives
        for curve in [fit(known, parse_model(text), objective=objective, base=unit)]
    }
    return pictures.divergence(found, title=title)


@plot.command()
@click.argument("p")
@click.argument("q")
@_labels
@_outcome
@_base
@_picture
def losses(p: str, q: str, labels: tuple[str, ...], outcome: str, base: str, title: str) -> "Figure":
    """Where the bits of D(P‖Q) are lost, outcome by outcome."""
    one, other = _named([p, q], labels)
    return pictures.losses(
        *parse_operands(p, q), base=parse_base(base), names=(one, other), outcome=outcome, title=title
    )


@plot.command()
@click.argument("data")
@click.argument("models", metavar="DISTRIBUTION...", nargs=-1, required=True)
@_labels
@_base
@_picture
def lengths(data: str, models: tuple[str, ...], labels: tuple[str, ...], base: str, title: str) -> "Figure":
    """The average length of codes for outcomes from DATA that are made for other distributions."""
    first, *others = _distinct(_named([data, *models], labels))
    known, *made = parse_operands(data, *models)
    return pictures.lengths(known, dict(zip(others, made, strict=True)), base=parse_base(base), name=first, title=title)


@plot.command()
@click.argument("p")
@click.option("--model", required=True, help="A family with two parameters, or with one where P is a family.")
@_labels
@_base
@_picture
def surface(p: str, model: str, labels: tuple[str, ...], base: str, title: str) -> "Figure":
    """A divergence over two parameters.

    Of a distribution P from a model with two parameters, such as categorical(3); or of the members of a family P with one
    parameter from those of a model with one: `klexact plot surface "binomial(1)" --model "binomial(1)" -o bernoulli.png`.
    """
    one, other = _named([p, model], labels)
    first, second, unit = parse_model(p), parse_model(model), parse_base(base)
    if isinstance(second, Distribution):
        raise InvalidFamilyError(f"a surface needs a model with parameters; found the distribution {model!r:.80}")
    if isinstance(first, Family):
        return pictures.pairs(first, second, base=unit, names=(one, other), title=title)
    about = f"D({one} ‖ {other})"
    return pictures.surface(fit(first, second, base=unit), title=f"{title}: {about}" if title else about)


@plot.command()
@click.argument("sources", metavar="LIBRARY|REPORT...", nargs=-1, required=True)
@click.option("--function", "functions", multiple=True, help="Golden functions; may be given several times.")
@click.option("--unit", "units", multiple=True, help="nat, bit or dit.")
@click.option("--dtype", default="binary64", show_default=True, help="The format.")
@click.option("--level", type=click.Choice(LEVELS), default="full", show_default=True, help="Cases up to this level.")
@_picture
def accuracy(
    sources: tuple[str, ...], functions: tuple[str, ...], units: tuple[str, ...], dtype: str, level: str, title: str
) -> "Figure":
    """How accurate libraries are, case by case, in ulp.

    LIBRARY is one that `klexact check` knows, such as scipy, graded now; REPORT a file that `klexact check --json --at-least
    correct` has written.
    """
    dtype = format_of(dtype).name
    reports = [
        pictures.read_report(text) if text.endswith(".json") else _graded(text, functions, units, dtype, level)
        for text in sources
    ]
    return pictures.accuracy(*reports, dtype=dtype, functions=functions, units=units, title=title)


def _graded(library: str, functions: Sequence[str], units: Sequence[str], dtype: str, level: str) -> Report:
    chosen = [
        target
        for target in targets_of(adapter(library).name)
        if dtype in target.dtypes
        and (not functions or target.function in functions)
        and (not units or target.unit in units)
    ]
    if not chosen:
        raise KLExactError(f"{library} must have a target that was asked for; found none")
    outcomes = [x for target in chosen for x in check_target(replace(target, dtypes=(dtype,)), level=level)]
    return report_of(outcomes, distributions=adapter(library).distributions)


def write_story(story: Story, directory: Path) -> int:
    """Write all pictures of the story to a directory, each as PNG and as SVG; return how many files there are."""
    found = 0
    for name, figure in figures(story):
        for form in FORMS:
            pictures.save(figure, directory / f"{name}.{form}")
            found += 1
    return found
