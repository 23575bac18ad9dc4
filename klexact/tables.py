"""Tables, bars and text for the terminal."""

import sympy
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from klexact.certify import decimal
from klexact.fitting import Comparison, Fit
from klexact.logform import LogForm
from klexact.sheet import bar
from klexact.story import Figure, Story
from klexact.units import unit_name

__all__ = ["ranking_table", "show_story"]


def ranking_table(ranking: Comparison, digits: int) -> Table:
    """Return the models of a comparison, the one that loses least first."""
    meaning, unit = ranking.best[1].certificate.meaning, unit_name(ranking.base)
    objective = meaning.replace("‖", " ‖ ") or "D(data ‖ model)"
    lost_in = f"{'least' if meaning else 'lost'}, {unit}"
    table = Table("", "model", "parameters", "optimum", lost_in, title=f"Ranked by {objective}")
    for column in table.columns:
        column.overflow = "fold"
    for rank, (name, found) in enumerate(ranking.rows, 1):
        lost = decimal(found.value, digits, base=ranking.base)
        table.add_row(str(rank), name, str(len(found.family.parameters)), _optimum(found, digits), lost)
    return table


def _optimum(found: Fit, digits: int) -> str:
    """Return the minimisers, as decimals where they are irrational."""
    if not found.family.parameters:
        return ""
    points = found.certificate.minimisers
    if points:
        return " or ".join(str(c.location) if _is_rational(c.location) else f"≈ {c.decimal(digits)}" for c in points)
    return "none" if found.argmins.is_empty else str(found.argmins)


def _is_rational(location: sympy.Basic) -> bool:
    return all(x.is_Rational for x in (location if isinstance(location, sympy.Tuple) else [location]))


def show_story(story: Story, console: Console, digits: int = 6) -> None:
    """Print the whole story."""
    console.print("[bold]The space worms[/]: the teeth of 100 worms, and models of them")
    console.print(story.provenance)
    console.print(_models_table(story))
    console.print("[bold]Every number, exactly, beside the article's figure[/] (left: the article's systems)")
    for figure in story.figures:
        _show_figure(figure, console)
    for name, found in story.fits.items():
        console.print(_curve_table(name, story.curves[name]))
        console.print(f"[bold]Derived[/]: {found.certificate.conclusion} (in nats)")
        _show_lines(found.certificate.steps(), console)
    console.print(ranking_table(story.ranking, digits))
    words = ", ".join(f"{x}: {n}" for x, n in story.lengths.items())
    console.print(f"[bold]Word lengths of the worms' Huffman code[/]: {words}")
    console.print("[bold]Stated by the article[/]")
    _show_lines(story.statements, console)
    console.print("[bold]Where the article is wrong or imprecise[/]")
    _show_lines([f"{i}. {text}" for i, text in enumerate(story.corrections, 1)], console)


def _show_lines(lines: list[str] | tuple[str, ...], console: Console) -> None:
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 3)))


def _models_table(story: Story) -> Table:
    table = Table("teeth", *story.models, title="Side by side")
    for x in story.data:
        cells = []
        for model in story.models.values():
            exact = str(model[x])
            shown = exact if len(exact) < 8 else decimal(LogForm(model[x]), places=4)
            cells.append(f"{shown:<7}{bar(float(model[x]) * 4, 8)}")
        table.add_row(str(x), *cells)
    return table


def _show_figure(figure: Figure, console: Console) -> None:
    number = f"{figure.decimal} {figure.unit}".strip()
    article = "" if figure.agrees is None else f"article {figure.article} {'✓' if figure.agrees else '✗'}"
    console.print(Text(f"{figure.row:>2} {figure.what:<44} {number:<14} {article}".rstrip()))
    if str(figure.exact) != figure.decimal:
        console.print(Padding(Text(f"= {figure.exact}", style="dim"), (0, 0, 0, 5)))


def _curve_table(name: str, curve: tuple[tuple[sympy.Expr, str], ...]) -> Table:
    table = Table("p", "bits", "", title=f"D(worms ‖ {name}) as a function of p")
    largest = max(float(value) for _, value in curve if value != "∞")
    for p, value in curve:
        drawn = "→ ∞" if value == "∞" else bar(float(value) / largest, 40)
        table.add_row(decimal(LogForm(p), places=2), value, drawn)
    return table
