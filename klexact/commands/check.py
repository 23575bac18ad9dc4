"""`klexact check`: implementations graded with golden values - libraries, callables of Python, programs in any language."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from importlib import import_module
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from klexact.choices import meant
from klexact.commands.working import executor_of, progress_bar, working
from klexact.conformance import baseline
from klexact.conformance.checking import Question, check_target, questions, target_of, targets_of
from klexact.conformance.grading import GRADES
from klexact.conformance.junit import junit
from klexact.conformance.libraries import ADAPTERS, adapter
from klexact.conformance.mistakes import described
from klexact.conformance.outcomes import Outcome, outcomes_of
from klexact.conformance.processes import command_of
from klexact.conformance.programs import Prompt, ask
from klexact.conformance.reports import Report, report_of
from klexact.conformance.runner_vectors import check_runner, read_vectors
from klexact.conformance.targets import Target
from klexact.conformance.terminal import show
from klexact.errors import KLExactError
from klexact.formats import format_of
from klexact.golden.cases import LEVELS, PACKAGED, load, names, require_names
from klexact.work import write_atomically

__all__ = ["check"]

_FORMS = ("terminal", "markdown", "json", "junit")


@click.command()
@click.argument("libraries", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--cmd", "programs", multiple=True, metavar="PROGRAM", help="A program that answers JSON lines, with its arguments."
)
@click.option("--module", "modules", multiple=True, metavar="PKG:FUNC", help="A callable of Python, here or installed.")
@click.option(
    "--function",
    "functions",
    multiple=True,
    help="A golden function of `klexact golden list`; may be given several times, as the two before and the three after it.",
)
@click.option("--variant", "variants", multiple=True, help="raw, normalised or generalised.")
@click.option("--unit", "units", multiple=True, help="nat, bit or dit.")
@click.option(
    "--dtype", "dtypes", multiple=True, help="binary16, bfloat16, binary32, binary64 (if none is) or binary128."
)
@click.option("--level", type=click.Choice(LEVELS), default="full", show_default=True, help="Cases up to this level.")
@click.option(
    "--at-least",
    type=click.Choice(GRADES[:-1]),
    default="conditioned",
    show_default=True,
    help="The grade that passes.",
)
@click.option(
    "--convention",
    "conventions",
    multiple=True,
    type=click.Choice(["extended-value"]),
    help="An alternate that --cmd or --module claims.",
)
@click.option("--baseline", "known", type=click.Path(path_type=Path), help='Known failures: {"CASE:FORMAT": "reason"}.')
@click.option("--format", "form", type=click.Choice(_FORMS), help="terminal if none is given.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--flags", is_flag=True, help="On a terminal, the verdicts by flag too.")
@click.option(
    "--diagnose", is_flag=True, help="Name likely mistakes of libraries too; --cmd and --module always get that."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A file for the report, with its directory, in place of standard output.",
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    help="A directory of answers: an interrupted check of libraries resumes.",
)
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, help="Seconds that --cmd may be silent."
)
@click.option(
    "--directory", type=click.Path(path_type=Path), default=PACKAGED, help="Golden files; by default those of klexact."
)
@working(1)
def check(libraries: tuple[str, ...], **options: Any) -> None:
    """Grade implementations of entropy and divergences.

    TARGET is a library: dit, jax, keras, numpy, numpyro, optax, scipy, sklearn, tfp, torch, torchmetrics; or `runner`, with
    --cmd, for a test runner of your own. Without --function, --cmd is asked every function and skips what it does not take,
    and --module is kl_divergence, raw, in nats. Both are asked in binary64 unless --dtype says otherwise.

    Exit codes: 0 where every answer has the grade of --at-least, 1 where one has not, 2 for bad input.
    """
    if libraries == ("runner",):
        _check_runner(options)
        return
    _settle(libraries, options)
    outcomes, distributions = _outcomes(libraries, options)
    report = report_of(outcomes, distributions=distributions, directory=options["directory"])
    notes = _notes(report, options) if options["diagnose"] or not libraries else []
    report = replace(report, notes=tuple(notes), known=options["known"])
    if report.known is not None:
        click.echo(
            baseline.compare(report.outcomes, report.known, at_least=options["at_least"]).summary(), err=True, nl=False
        )
    _write(report, options)
    click.get_current_context().exit(report.worst_status(options["at_least"]))


def _settle(libraries: Sequence[str], options: dict[str, Any]) -> None:
    """Check the options before anything runs, and bring them to one form: names of formats, the baseline's content."""
    if options["as_json"] and options["form"] not in (None, "json"):
        raise KLExactError(f"--json is --format json; found --format {options['form']} beside it")
    options["form"] = "json" if options["as_json"] else options["form"] or "terminal"
    kinds = {"libraries": libraries, "--cmd": options["programs"], "--module": options["modules"]}
    given = [name for name, found in kinds.items() if found]
    if len(given) != 1:
        raise KLExactError(
            f"check needs one of: libraries ({', '.join(ADAPTERS)}), --cmd PROGRAM, --module PKG:FUNC; found "
            f"{' and '.join(given) or 'none'}"
        )
    require_names(options["directory"], options["functions"], options["variants"], options["units"])
    options["dtypes"] = tuple(format_of(name).name for name in options["dtypes"])
    if not libraries and (options["dask"] is not None or options["workers"] > 1 or options["journal"]):
        raise KLExactError(
            "--workers, --dask and --journal are for libraries; --cmd and --module answer in order, here"
        )
    options["known"] = _known(options)


def _outcomes(libraries: Sequence[str], options: dict[str, Any]) -> tuple[list[Outcome], list[str]]:
    if options["programs"]:
        return [x for program in dict.fromkeys(options["programs"]) for x in _of_program(program, options)], []
    if options["modules"]:
        return _of_callables(options), []
    found = [
        (name, target) for name in libraries for target in targets_of(adapter(name).name) if _chosen(target, options)
    ]
    if not found:
        has = sorted({f"{x.function} {x.variant} {x.unit}" for name in libraries for x in targets_of(name)})
        raise KLExactError(
            f"{', '.join(libraries)} must have a target that was asked for; found none: there are {', '.join(has)}"
        )
    with executor_of(options["workers"], options["dask"]) as executor:
        outcomes: list[Outcome] = []
        for name, target in ((name, _narrowed(target, options)) for name, target in found):
            common = {"level": options["level"], "directory": options["directory"]}
            total = len(questions(target.function, target.variant, target.unit, target.dtypes, **common))
            with progress_bar(f"{target.name} {target.function}", total) as progress:
                outcomes += check_target(
                    target, adapter=name, executor=executor, journal=options["journal"], progress=progress, **common
                )
    return outcomes, sorted({d for name in libraries for d in adapter(name).distributions})


def _chosen(target: Target, options: dict[str, Any]) -> bool:
    pairs = ((target.function, "functions"), (target.variant, "variants"), (target.unit, "units"))
    fits = all(not options[key] or value in options[key] for value, key in pairs)
    return fits and (not options["dtypes"] or bool(set(target.dtypes) & set(options["dtypes"])))


def _narrowed(target: Target, options: dict[str, Any]) -> Target:
    dtypes = tuple(d for d in target.dtypes if not options["dtypes"] or d in options["dtypes"])
    return replace(target, dtypes=dtypes)


def _asked(options: dict[str, Any], *, function: str | None = None) -> Iterator[list[Question]]:
    """Yield the questions of every file that was asked for; those of `function`, raw, in nats, where nothing was."""
    wanted = {key: options[key] for key in ("functions", "variants", "units")}
    if function is not None:
        wanted = {
            "functions": wanted["functions"] or (function,),
            "variants": wanted["variants"] or ("raw",),
            "units": wanted["units"] or ("nat",),
        }
    dtypes = options["dtypes"] or ("binary64",)
    found = False
    for key in names(options["directory"]):
        if all(not wanted[what] or value in wanted[what] for value, what in zip(key, wanted, strict=True)):
            found = True
            yield questions(*key, dtypes, level=options["level"], directory=options["directory"])
    if not found:
        asked = " ".join(" ".join(v) for v in wanted.values() if v)
        functions = wanted["functions"]
        there = [" ".join(key) for key in names(options["directory"]) if not functions or key[0] in functions]
        raise KLExactError(
            f"there must be golden values of what is asked for; found none of {asked}: there are {', '.join(there)}"
        )


def _of_program(program: str, options: dict[str, Any]) -> list[Outcome]:
    command = command_of(program)
    asked = [question for questions_of_file in _asked(options) for question in questions_of_file]
    prompts = [Prompt(case, dtype) for case, dtype in asked]
    with progress_bar(command[0], len(prompts)) as progress:
        answers = ask(command, prompts, timeout=options["timeout"], progress=progress)
    return outcomes_of(
        asked,
        answers,
        target=program,
        line=lambda case, dtype: f"klexact golden show {case.id}  # {dtype}",
        conventions=options["conventions"],
    )


def _of_callables(options: dict[str, Any]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for target, total in list(_own_targets(options)):  # all of them are made before any is graded
        with (
            progress_bar(f"{target.name} {target.function}", total) as progress,
            redirect_stdout(sys.stderr),  # what the callable prints is talk
        ):
            outcomes += check_target(target, level=options["level"], directory=options["directory"], progress=progress)
    return outcomes


def _own_targets(options: dict[str, Any]) -> Iterator[tuple[Target, int]]:
    """Yield every callable as every function that was asked for, with the number of questions."""
    dtypes = options["dtypes"] or ("binary64",)
    common = {key: options[key] for key in ("conventions", "directory")}
    for name in dict.fromkeys(options["modules"]):
        func = _callable(name)
        for asked in _asked(options, function="kl_divergence"):
            case = asked[0][0]
            file = load(case.function, case.variant, case.unit, options["directory"])
            yield target_of(func, name, file, dtypes, **common), len(asked)


def _callable(name: str) -> Any:
    module, colon, attribute = name.partition(":")
    if not colon or not all(part.isidentifier() for part in (*module.split("."), *attribute.split("."))):
        raise KLExactError(f"--module must be PACKAGE.MODULE:FUNCTION; found {name!r:.80}")
    if module.endswith(".py"):
        raise KLExactError(f"--module names a module without .py; found {name!r:.80}: write {module[:-3]}:{attribute}")
    sys.path.insert(0, "")
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module raises while it is imported
        said = " ".join(f"{type(error).__name__}: {error}".split())
        near = meant(error.name, dir(error.obj)) if isinstance(error, AttributeError) else ""
        raise KLExactError(
            f"--module must name something that can be imported; found {name!r:.80}: {said:.300}{near}"
        ) from None
    if not callable(found):
        raise KLExactError(f"--module must name a callable; found {name!r:.80}, of type {type(found).__name__}")
    return found


def _hints(report: Report, options: dict[str, Any]) -> list[str]:
    """Return what to try where callables failed as the function that was taken for granted."""
    if not options["modules"] or options["functions"]:
        return []
    tail = "was graded as kl_divergence: --function says if it is another golden function, such as cross_entropy"
    return [f"{name} {tail}" for name in dict.fromkeys(x.target for x in report.failures(options["at_least"]))]


def _notes(report: Report, options: dict[str, Any]) -> list[str]:
    def where(x: Outcome) -> tuple[str, str, str, str]:
        return x.target, x.function, x.variant, x.unit

    return [
        f"{' '.join(key)}: {line}"
        for key, found in groupby(sorted(report.outcomes, key=where), key=where)
        for line in described(list(found), directory=options["directory"])
    ]


def _write(report: Report, options: dict[str, Any]) -> None:
    form, at_least, hints = options["form"], options["at_least"], _hints(report, options)
    if form == "terminal":
        file = StringIO() if options["output"] else None
        console = Console(highlight=False, file=file)
        show(report, console, flags=options["flags"])
        for note in (*report.notes, *hints):
            console.print(note, markup=False, soft_wrap=True)
        if file is not None:
            write_atomically(options["output"], file.getvalue())
        return
    if form == "markdown":
        text = report.markdown()
    elif form == "json":
        text = report.json(at_least)
    else:
        text = junit(report, at_least)
        hints = [*report.notes, *hints]
    if options["output"]:
        write_atomically(options["output"], text)
    else:
        click.echo(text, nl=False)
    for hint in hints:
        click.echo(hint, err=True)


def _known(options: dict[str, Any]) -> dict[str, str] | None:
    path = options["known"]
    return None if path is None else baseline.read(path, directory=options["directory"])


def _check_runner(options: dict[str, Any]) -> None:
    if len(options["programs"]) != 1:
        raise KLExactError(
            f"check runner needs the runner: one --cmd PROGRAM; found {len(options['programs']) or 'none'}"
        )
    (program,) = options["programs"]
    vectors = read_vectors(options["directory"] / "runner.json")
    with progress_bar("vectors", len(vectors)) as progress:
        found = check_runner(command_of(program), vectors, timeout=options["timeout"], progress=progress)
    for wrong in found.wrong:
        click.echo(str(wrong))
    click.echo(f"{found.vectors} vectors, {len(found.wrong)} wrong verdicts")
    click.get_current_context().exit(int(not found.ok))
