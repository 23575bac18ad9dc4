"""`klexact golden`: golden values listed, shown, filled, verified, compared and exported."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from klexact.choices import require_one_of
from klexact.commands.working import executor_of, progress_bar, working
from klexact.conformance.checking import case_of
from klexact.errors import KLExactError
from klexact.golden.cases import PACKAGED, Case, index, load, names
from klexact.golden.certificates import certify
from klexact.golden.differences import differences
from klexact.golden.exporting import LAYOUTS, export
from klexact.golden.filling import chunks_of, fill, stale
from klexact.golden.recipes import requests
from klexact.golden.verifying import chunk_count, verify_files

__all__ = ["golden"]

_DIRECTORY = click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=PACKAGED,
    help="Golden files; by default those that come with klexact.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def golden() -> None:
    """Golden values: inputs that hurt with proved results, for testing any implementation.

    Exit codes: 0, 1 where --check, verify or diff finds something, 2 for bad input.
    """


@golden.command(name="list")
@click.argument("function", required=False)
@_DIRECTORY
@_JSON
def list_command(function: str | None, directory: Path, as_json: bool) -> None:
    """List the files, or the cases of a FUNCTION with their ids."""
    listed = index(directory)
    if function is None:
        if as_json:
            click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
            return
        table = Table("function", "variant", "unit", "cases", title=f"suite {listed['suite']}: {listed['cases']} cases")
        for name, entry in listed["files"].items():
            table.add_row(*name.split(".")[:3], entry["cases"])
        Console(highlight=False).print(table)
        return
    require_one_of("the function", function, sorted(key[0] for key in names(directory)))
    found = [case for key in names(directory) if key[0] == function for case in load(*key, directory).cases]
    rows = [[c.id, c.variant, c.unit, c.level, c.slug, ", ".join(c.flags)] for c in found]
    if as_json:
        keys = ("id", "variant", "unit", "level", "slug", "flags")
        click.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\t".join(row))


@golden.command()
@click.argument("case_id", metavar="ID")
@_DIRECTORY
@_JSON
def show(case_id: str, directory: Path, as_json: bool) -> None:
    """Show one case: exact inputs, value, and what it becomes in each format."""
    case = case_of(case_id, directory=directory)
    if as_json:
        name = f"{case.function}.{case.variant}.{case.unit}.json"
        document = json.loads((directory / name).read_text(encoding="utf-8"))
        click.echo(json.dumps(next(c for c in document["cases"] if c["id"] == case_id), indent=2, ensure_ascii=False))
        return
    _show(case, load(case.function, case.variant, case.unit, directory).definition, Console(highlight=False))


def _show(case: Case, definition: str, console: Console) -> None:
    console.print(Text(f"{case.id} ({case.slug}, {case.level}): {case.function}, {case.variant}, in {case.unit}s"))
    console.print(Text(definition, style="dim"))
    for name, given in case.inputs.items():
        console.print(Text(f"{name} = {json.dumps(given, ensure_ascii=False)}"))
    for key, value in case.value.items():
        console.print(Text(f"{key} = {value if isinstance(value, str) else json.dumps(value)}"))
    for dtype, view in case.views.items():
        bits = view.kind if view.nearest is None else f"{view.nearest} = {view.hex}"
        condition = f"; condition {view.condition}" if view.condition else ""
        console.print(Text(f"{dtype:<9} {bits}{condition}; {', '.join(view.flags)}"), soft_wrap=True)
    console.print(Text(case.source, style="dim"))


@golden.command(name="fill")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file differs by a byte.")
@_DIRECTORY
@working(None)
def fill_command(check: bool, directory: Path, workers: int, dask: str | None) -> None:
    """Compute every golden file from the recipes. An interrupted run resumes."""
    with executor_of(workers, dask) as executor:
        wanted = requests()
        with progress_bar("cases, in chunks", len(chunks_of(wanted))) as progress:
            options: dict[str, Any] = {"executor": executor, "progress": progress, "wanted": wanted}
            found = (stale if check else fill)(directory, **options)
    for name in found:
        click.echo(name)
    click.echo(f"{len(found)} of the files {'differ' if check else 'changed'}; {len(wanted)} cases", err=True)
    click.get_current_context().exit(int(check and bool(found)))


@golden.command()
@click.option("--only", default="", help="Files whose name contains this.")
@click.option("--every", type=click.IntRange(1), default=1, help="One case in so many, of each file.")
@_DIRECTORY
@_JSON
@working(None)
def verify(only: str, every: int, directory: Path, as_json: bool, workers: int, dask: str | None) -> None:
    """Make every case anew from its inputs and compute every value with the second engine."""

    def chosen(name: str) -> bool:
        return only in name

    if not any(map(chosen, index(directory)["files"])):
        raise KLExactError(f"--only must be part of the name of a file, such as entropy.raw.bit; found {only!r:.60}")
    with (
        executor_of(workers, dask) as executor,
        progress_bar("cases, in chunks", chunk_count(directory, chosen, every)) as progress,
    ):
        n, problems = verify_files(directory, only=chosen, every=every, executor=executor, progress=progress)
    if as_json:
        click.echo(json.dumps({"cases": n, "problems": [str(p) for p in problems]}, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{n} cases verified, {len(problems)} problem{'s' if len(problems) != 1 else ''}")
    click.get_current_context().exit(int(bool(problems)))


@golden.command(name="certify")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--only", default="", help="Files whose name contains this.")
@click.option("--every", type=click.IntRange(1), default=1, help="One case in so many, of each file.")
@_DIRECTORY
def certify_command(target: Path, only: str, every: int, directory: Path) -> None:
    """Write certificates to the directory TARGET: theorems about the cases, for Coq's kernel to check.

    There is one for each value of entropy, cross-entropy, KL and Jensen-Shannon divergence, in nats and bits, of at most 64
    outcomes. `make -C proofs certificates` in klexact's repository runs this and checks them.
    """
    written = certify(target, golden=directory, only=only, every=every)
    if not written:
        raise KLExactError(f"--only must be part of the name of a file with such values; found {only!r:.60}")
    for name, n in written.items():
        click.echo(f"{n:6} {name}")
    click.echo(f"{sum(written.values())} certificates in {len(written)} files written to {target}", err=True)


@golden.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Compare two files, or two directories, of golden values case by case."""
    for path in (old, new):
        if not path.exists():
            raise KLExactError(f"{path} must be a golden file or a directory of them; found nothing there")
    found = differences(old, new)
    click.echo(found.json() if as_json else "\n".join(found.lines()))
    click.get_current_context().exit(int(not found.none))


@golden.command(name="export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "layout", type=click.Choice(list(LAYOUTS)), required=True)
@click.option(
    "--function", multiple=True, help="Functions; by default all. May be given several times, as the next four."
)
@click.option("--variant", multiple=True, help="raw, normalised or generalised.")
@click.option("--unit", multiple=True, help="nat, bit or dit.")
@click.option("--dtype", multiple=True, help="binary64 and so on.")
@click.option("--level", multiple=True, help="core, full or long.")
@_DIRECTORY
def export_command(target: Path, layout: str, directory: Path, **chosen: tuple[str, ...]) -> None:
    """Write golden values to the file TARGET, with its directory, in another format."""
    with progress_bar("files", sum(1 for _ in names(directory))) as progress:
        n = export(directory, target, layout, progress=progress, **chosen)
    click.echo(f"{n} views written to {target}", err=True)
