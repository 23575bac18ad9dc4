"""The command line: `klexact entropy | cross-entropy | kl | fit | compare | worms | golden | check | plot | repl`."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sympy
from rich.console import Console

from klexact import bulk, forms, repl
from klexact.bulk import BulkMeasure
from klexact.certify import decimal
from klexact.commands.check import check
from klexact.commands.golden import golden
from klexact.commands.plot import plot, write_story
from klexact.commands.working import busy
from klexact.display import listed
from klexact.distribution import Distribution
from klexact.errors import KLExactError
from klexact.fitting import Fit, compare, fit
from klexact.logform import LogForm
from klexact.operands import parse_base, parse_distribution, parse_model, parse_operands
from klexact.optima.limits import Placed
from klexact.optima.objectives import OBJECTIVES
from klexact.sheet import text
from klexact.story import Story, tell
from klexact.tables import ranking_table, show_story
from klexact.units import unit_name, with_unit
from klexact.zeroof import ZeroOf

__all__ = ["main"]

_NO_FORM = "... (no closed form was found)"
_NO_CLOSED_FORM = "its value at the argmin: no closed form was found"
_WRITTEN = 10_000  # different probabilities up to which an exact form is written out


class _Group(click.Group):
    """A group whose commands turn a KLExactError into one line on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        limit = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)  # exact forms may be long; what comes in is bounded by klexact.exact
        try:
            return super().invoke(ctx)
        except KLExactError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(2)
        except click.NoSuchOption as error:
            if not error.option_name[1:2].isdigit():
                raise
            hint = "write -- before a number that starts with a minus sign"
            raise click.UsageError(f"{error.format_message().rstrip('.')}: {hint}", error.ctx) from None
        finally:
            sys.set_int_max_str_digits(limit)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="klexact")
def main() -> None:
    """Exact entropy, cross-entropy and KL divergence; optima in closed form.

    A distribution is 1/2,1/4,1/4 or counts:1,2,2,12 or weights:0.1,0.2 or uniform(11) or binomial(10, 57/100), each on the
    outcomes 0, 1, 2, ...; or point(3), or the path of a .csv or .json file. Two lists must have the same length;
    otherwise an outcome that only one of two distributions has is impossible in the other.

    A model is a distribution or binomial(10), geometric, poisson, truncated-geometric(11), categorical(11),
    two-part(6..10 | 0..5), parts(0..3 | 4..6 | 7..10) or mixture(uniform(11) | binomial(10, 1/2)).

    A CSV file has a header; its last column is probability, count or weight, and the others name the outcome; one column
    alone holds samples. A JSON file is an array or object of probabilities, or has a key counts, weights or samples.

    Numbers are exact: 0.1 is 1/10. Write -- before a number that starts with a minus sign. Exit codes: 0, 1 where a
    check fails, or 2 for bad input, with a message on stderr.
    """


main.add_command(check)
main.add_command(golden)
main.add_command(plot)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    @click.option("--base", default="2", show_default=True, help="Log base: e, 2, 10 or any rational > 0 but 1.")
    @click.option("--digits", default=15, show_default=True, help="Significant digits of decimals.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        command(*args, **kwargs)

    return wrapped


def _value(value: Any, base: str, digits: int) -> dict[str, str | None]:
    """Return an exact value (None where it is not written) and its decimal, both as text."""
    parsed = parse_base(base)
    return {
        "exact": None if isinstance(value, (Placed, BulkMeasure)) else text(value.as_expr(parsed)),
        "decimal": decimal(value, digits, base=parsed),
        "unit": unit_name(parsed),
    }


def _print_json(content: object) -> None:
    click.echo(json.dumps(_machine(content), ensure_ascii=False, indent=2))


def _machine(content: Any) -> Any:
    """Return content with infinite decimals as programs read them."""
    if isinstance(content, dict):
        return {k: x.replace("∞", "inf") if k == "decimal" and x else _machine(x) for k, x in content.items()}
    return list(map(_machine, content)) if isinstance(content, list) else content


def _report(measure: str, symbol: str, texts: Sequence[str], base: str, digits: int, *, as_json: bool) -> None:
    with busy(f"computing {symbol}"):
        operands = parse_operands(*texts)
        value = _measured(measure, operands)
        found = _value(value, base, digits)
        p, q = operands[0], operands[-1]
        excluded = [x for x in p.support if not q.mass(x)]
    if as_json:
        _print_json({"quantity": symbol, "base": base, "digits": digits, **found, "excluded": list(map(str, excluded))})
        return
    shown = with_unit(str(found["decimal"]), parse_base(base))
    if found["exact"] is None:
        click.echo(f"exact forms of more than {_WRITTEN:,} different probabilities are not written out", err=True)
        click.echo(f"{symbol} = {shown}")
    else:
        click.echo(f"{symbol} = {found['exact']}\n{' ' * len(symbol)} = {shown}")
    if excluded and set(p).isdisjoint(q):
        click.echo(f"because P and Q have no outcome in common: {listed(p)} in P, {listed(q)} in Q")
    elif excluded:
        click.echo(f"because Q gives probability 0 to what P does not: {listed(excluded)}")


def _measured(measure: str, operands: Sequence[Distribution]) -> LogForm | BulkMeasure:
    if all(map(_is_written, operands)):
        form: LogForm = getattr(forms, measure)(*operands)
        return form
    outcomes = dict.fromkeys(x for d in operands for x in d)
    bulk_measure: BulkMeasure = getattr(bulk, measure)(
        *([d.mass(x) for x in outcomes] for d in operands), variant="raw"
    )
    return bulk_measure


def _is_written(d: Distribution) -> bool:
    different = set()
    for _, p in d.table:
        different.add((p.numerator, p.denominator))
        if len(different) > _WRITTEN:
            return False
    return True


@main.command()
@click.argument("p")
@_options
def entropy(p: str, base: str, digits: int, as_json: bool) -> None:
    """Entropy H(P) of a distribution."""
    _report("entropy", "H(P)", (p,), base, digits, as_json=as_json)


@main.command()
@click.argument("p")
@click.argument("q")
@_options
def cross_entropy(p: str, q: str, base: str, digits: int, as_json: bool) -> None:
    """Cross-entropy H(P, Q): the code length of P with a code made for Q."""
    _report("cross_entropy", "H(P, Q)", (p, q), base, digits, as_json=as_json)


@main.command()
@click.argument("p")
@click.argument("q")
@_options
def kl(p: str, q: str, base: str, digits: int, as_json: bool) -> None:
    """KL divergence D(P‖Q) of P from Q."""
    _report("kl_divergence", "D(P‖Q)", (p, q), base, digits, as_json=as_json)


_objective = click.option(
    "--objective",
    type=click.Choice(list(OBJECTIVES)),
    default="forward",
    show_default=True,
    help="forward is D(DATA‖model), reverse is D(model‖DATA).",
)


@main.command(name="fit")
@click.argument("data")
@click.option(
    "--model",
    "models",
    multiple=True,
    required=True,
    help="A family, such as binomial(10), poisson or two-part(6..10 | 0..5).",
)
@_objective
@_options
def fit_command(data: str, models: tuple[str, ...], objective: str, base: str, digits: int, as_json: bool) -> None:
    """Minimise D(DATA‖model), or another objective, over the model's parameters, with the proof."""
    if len(models) > 1:
        raise KLExactError(f"fit takes one --model; found {len(models)}: compare ranks several")
    (model,) = models
    with busy(f"fitting {model}"):
        found = fit(parse_distribution(data), parse_model(model), objective=objective, base=parse_base(base))
    if as_json:
        _print_json({**_fit_content(found, base, digits), "model": model})
        return
    least, points = _value(found.value, base, digits), _minimisers(found, digits)
    click.echo(f"model       {model}")
    for point in points:
        shown = point["exact"] or f"{point['decimal']}{_NO_FORM}"
        click.echo(f"argmin      {point['parameter']} = {shown}")
        if point["exact"] and point["decimal"] != point["exact"]:
            click.echo(f"            = {point['decimal']}")
    label = "divergence" if objective == "forward" else "objective"
    click.echo(
        f"{label:<12}{least['exact'] or _NO_CLOSED_FORM}\n            = {with_unit(str(least['decimal']), parse_base(base))}"
    )
    click.echo("because (in nats)")
    for step in found.certificate.steps():
        click.echo(f"  {step}")


def _minimisers(found: Fit, digits: int) -> list[dict[str, str | None]]:
    names = [str(s) for s in found.family.parameters]
    if len(names) > 1 and not found.argmins.is_empty:
        pairs = zip(names, found.argmin, strict=True)
        return [{"parameter": s, "exact": _exactly(x), "decimal": decimal(x, digits)} for s, x in pairs]
    return [
        {"parameter": names[0], "exact": _exactly(c.location), "decimal": c.decimal(digits)}
        for c in found.certificate.minimisers
    ]


def _exactly(x: sympy.Basic) -> str | None:
    """Return a point or a set of them as text; None where it has no closed form."""
    return None if x.has(ZeroOf) else str(x)


def _fit_content(found: Fit, base: str, digits: int) -> dict[str, Any]:
    return {
        "model": found.family.name,
        "base": base,
        "digits": digits,
        "argmins": _exactly(found.argmins),
        "minimisers": _minimisers(found, digits),
        "divergence": _value(found.value, base, digits),
        "conclusion": found.certificate.conclusion,
        "steps": found.certificate.steps(),
    }


@main.command(name="compare")
@click.argument("data")
@click.option(
    "--model", "models", multiple=True, required=True, help="A family or a distribution; give it several times."
)
@_objective
@_options
def compare_command(data: str, models: tuple[str, ...], objective: str, base: str, digits: int, as_json: bool) -> None:
    """Rank models by what is lost: D(DATA‖model), or another objective, each at its optimum."""
    named = {m: parse_model(m) for m in models}
    with busy("fitting the models"):
        ranking = compare(parse_distribution(data), named, objective=objective, base=parse_base(base))
    if as_json:
        _print_json([{"name": name, **_fit_content(found, base, digits)} for name, found in ranking.rows])
        return
    Console(highlight=False).print(ranking_table(ranking, digits))
    for rank, (name, found) in enumerate(ranking.rows, 1):
        why = f", because {'; '.join(found.certificate.arguments)}" if found.value.is_infinite else ""
        click.echo(f"{rank}. {name}: {_value(found.value, base, digits)['exact'] or _NO_CLOSED_FORM}{why}")


@main.command()
@click.option("--base", default="2", show_default=True, help="Log base of what the article gives in bits.")
@click.option("--digits", default=6, show_default=True, help="Digits after the point.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--figures", type=click.Path(path_type=Path), metavar="DIR", help="Write all pictures to a directory.")
def worms(base: str, digits: int, as_json: bool, figures: Path | None) -> None:
    """Tell the whole story of the space worms."""
    story = tell(parse_base(base), digits)
    if figures is not None:
        click.echo(f"{write_story(story, figures)} pictures in {figures}", err=True)
    if as_json:
        _print_json(_story_content(story, base, digits))
    else:
        show_story(story, Console(highlight=False), digits)


@main.command(name="repl")
@click.option("--plain", is_flag=True, help="Python's own console, also where IPython is installed.")
def repl_command(plain: bool) -> None:
    """Explore: a console with klexact's names ready, formulas in two dimensions, and a tour.

    It is IPython where that is installed: pip install 'klexact[repl]'.
    """
    repl.start(plain=plain)


def _story_content(story: Story, base: str, digits: int) -> dict[str, Any]:
    return {
        "provenance": story.provenance,
        "data": {str(x): str(p) for x, p in story.data.items()},
        "figures": [asdict(figure) | {"exact": str(figure.exact)} for figure in story.figures],
        "optima": {name: _fit_content(found, base, digits) for name, found in story.fits.items()},
        "ranking": [{"name": name, **_value(found.value, base, digits)} for name, found in story.ranking.rows],
        "huffman_lengths": {str(x): n for x, n in story.lengths.items()},
        "statements": story.statements,
        "corrections": story.corrections,
    }
