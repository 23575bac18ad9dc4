"""`python -m tests.peers.report` grades the pinned libraries with the golden values, and writes what README and REPORT.md say.

Every answer up to the level `full` is graded in every format, and long vectors in binary64 for entropy and divergence in nats.
What is called wrong was read in the libraries' sources, and each time a case bears witness.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import click

from klexact.commands.working import executor_of, progress_bar
from klexact.conformance.checking import check_target, questions, targets_of
from klexact.conformance.grading import GRADES
from klexact.conformance.libraries import ADAPTERS
from klexact.conformance.mistakes import described
from klexact.conformance.outcomes import Outcome
from klexact.conformance.reports import Report, Row, report_of, versions
from klexact.conformance.targets import Target
from klexact.golden.cases import index, load
from klexact.work import write_atomically
from tests.peers.golden_findings import GOLDEN_FINDINGS, PINNED, GoldenFinding
from tests.peers.verdicts import TELLING, VERDICTS, Verdict

__all__ = ["BEGIN", "END", "README", "REPORT", "between", "cells", "findings", "graded", "readme", "report"]

ROOT = Path(__file__).parents[2]
README, REPORT = ROOT / "README.md", Path(__file__).with_name("REPORT.md")
BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
LONG = (
    "entropy",
    "kl_divergence",
)  # functions whose long vectors are graded, in nats and binary64: more takes ten minutes

Graded = dict[str, list[Outcome]]  # by adapter


def _parts(adapter: str, target: Target) -> list[tuple[Target, str]]:
    """Return what of a target is graded, each with its level."""
    if adapter == "numpy" or target.function not in LONG or target.unit != "nat" or "binary64" not in target.dtypes:
        return [(target, "full")]
    others = tuple(dtype for dtype in target.dtypes if dtype != "binary64")
    long = [(replace(target, dtypes=("binary64",)), "long")]
    return [*long, (replace(target, dtypes=others), "full")] if others else long


def graded(adapters: Sequence[str] = tuple(ADAPTERS), *, level: str = "long", workers: int = 1) -> Graded:
    """Return what became of every question, by adapter, with a progress bar on stderr; nothing long at the level `full`."""
    parts = [
        (name, *part)
        for name in adapters
        for target in targets_of(name)
        for part in (_parts(name, target) if level == "long" else [(target, level)])
    ]
    found: Graded = {name: [] for name in adapters}
    total = sum(len(questions(t.function, t.variant, t.unit, t.dtypes, level=up_to)) for _, t, up_to in parts)
    with progress_bar("answers", total) as progress, executor_of(workers, None) as executor:
        for name, target, up_to in parts:
            found[name] += check_target(target, adapter=name, level=up_to, executor=executor, progress=progress)
    return found


def _of_level(outcomes: Sequence[Outcome], *, long: bool) -> list[Outcome]:
    def is_long(x: Outcome) -> bool:
        return x.case in _long_cases(x.function, x.variant, x.unit)

    return [x for x in outcomes if is_long(x) is long]


def _long_cases(function: str, variant: str, unit: str) -> set[str]:
    return {case.id for case in load(function, variant, unit).cases if case.level == "long"}


# -- REPORT.md ---------------------------------------------------------------------------------------------


def report(found: Graded) -> str:
    """Return the whole report as Markdown."""
    parts = [_HEAD.format(suite=index()["suite"])]
    parts += [_section(name, outcomes) for name, outcomes in found.items()]
    return "\n\n".join(parts) + "\n"


_HEAD = """# What libraries compute, graded with golden values

Printed by `python -m tests.peers.report`; the suite is {suite}. The grades, the defects and the bound behind `conditioned` are
explained in [klexact/data/golden/README.md](../../klexact/data/golden/README.md). A case that is outside of what a library
documents to take is skipped there, and a documented answer outside the domain (`extended-value`) is right.

Each line that is printed below an answer asks for it again. `Guessed` is what `klexact check --diagnose` infers from the
answers alone (two mistakes may give the same ones: numpyro has no quotient that overflows, its q = 1e-310 counts as 0);
`read` was found in the source of the library, and names a case that shows it. Counts of grades may differ by
a few on other processors, whose vector instructions round differently.

Judge with care:

* An answer is graded against the value of the inputs as the library receives them. Where p is near q, a formula that first
  rounds p/q, log p - log q or p/Σp has lost the result, however it adds up: `fail` says that, and nothing of everyday inputs.
* A divergence that is rounded to a negative number is a `WrongSign`, however small: code that takes its root gets NaN.
* An infinite mass is outside the domain, also where the formula has the limit +∞, as for p = (∞, 1), q = (0, 1).
* The slope at p = 0 is -∞; that JAX has 0 there is by design, so that optimisers go on.
* JAX, and what is built on it, counts subnormal numbers as 0 on this processor."""


def _section(adapter: str, outcomes: list[Outcome]) -> str:
    distributions = ADAPTERS[adapter].distributions
    usual = report_of(_of_level(outcomes, long=False), distributions=distributions)
    shown = ", ".join(f"{name} {number}" for name, number in usual.libraries.items())
    parts = [f"## {adapter}: {shown}\n\n`klexact check {adapter}`", _body(usual)]
    if read := [f"* {v.target} {v.function} {v.variant}: {v.wrong} ({v.witness})" for v in _read(adapter)]:
        parts += ["Read:", "\n".join(read)]
    if guessed := _guessed(usual):
        parts += ["Guessed:", "\n".join(guessed)]
    far = _of_level(outcomes, long=True)
    if any(x.verdict.grade != "skipped" for x in far):
        parts += [f"### {adapter}, long vectors, binary64", _body(report_of(far, distributions=distributions))]
    return "\n\n".join(parts)


def _body(found: Report) -> str:
    """Return the counts and the worst answers of a report, without its title and its flags."""
    body = found.markdown().partition("\n\n")[2].partition("\n\n")[2].partition("\n\n## By flag")[0]
    return body.strip().replace("## Worst answers", "Worst answers")


def _read(adapter: str) -> list[Verdict]:
    names = {target.name for target in targets_of(adapter)}
    return [v for v in VERDICTS if v.target in names and v.witness]


def _guessed(found: Report) -> list[str]:
    def where(x: Outcome) -> tuple[str, str, str, str]:
        return x.target, x.function, x.variant, x.unit

    return [
        f"* {' '.join(key)}: {line}"
        for key, same in groupby(found.outcomes, key=where)
        for line in described(list(same))
    ]


# -- the README --------------------------------------------------------------------------------------------


def cells(row: Row, verdict: Verdict) -> list[str]:
    """Return the cells of a row of the README's table. Raises AssertionError where the verdict has no witness or hides one."""
    wrong = [x for x in row.outcomes if x.verdict.grade != "skipped" and not x.verdict.at_least("conditioned")]
    assert bool(wrong) is bool(verdict.witness), f"{row.where}: {verdict.wrong}, of {len(wrong)} wrong answers"
    assert not wrong or verdict.witness in {x.slug for x in wrong}, f"{row.where}: {verdict.witness} is right"
    defects = ", ".join(f"{name} {n}" for name, n in row.defects.items() if n)
    named = f"{row.target} as {row.function}/{row.variant}/{row.unit}".replace("|", "\\|")
    counted = str(sum(x.verdict.grade != "skipped" for x in row.outcomes))
    return [named, counted, *map(str, row.grades.values()), defects or "0", row.worst_ulps, verdict.wrong]


def readme(found: Graded) -> str:
    """Return what stands between the README's marks."""
    everything = [x for outcomes in found.values() for x in _of_level(outcomes, long=False)]
    rows = {row.where: row for row in report_of(everything).rows}
    title = report_of(everything).title
    table = [
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
        *(f"| {' | '.join(cells(rows[v.where], v))} |" for v in VERDICTS if v.shown),
    ]
    return _README.format(
        versions=", ".join(f"{name} {number}" for name, number in versions(_distributions()).items()),
        title=title,
        table="\n".join(table),
        others=", ".join(name for name in ADAPTERS if name != "scipy"),
        findings="\n".join(map(listed, findings())),
    )


_COLUMNS = ("library function as golden function", "cases", *GRADES, "defects", "worst ulp", "what is wrong")
_README = """
Graded in double precision with the {title}: {versions}.

{table}

`klexact check scipy --function kl_div --dtype binary64 --diagnose` prints such a row again, with its worst answers and a line
that asks for each; so for {others} (`pip install 'klexact[peers]'`). Cases that a library is documented not to take are
skipped, and not counted here. What the grades mean is told [with the data](klexact/data/golden/README.md); all formats, units,
gradients and long vectors are in [tests/peers/REPORT.md](tests/peers/REPORT.md), with what to keep in mind when judging.

The most telling answers, each confirmed by the exact value and by a few lines of plain code in
[tests/peers/golden_findings.py](tests/peers/golden_findings.py):

{findings}
"""


def _distributions() -> list[str]:
    return sorted({name for adapter in ADAPTERS.values() for name in adapter.distributions})


def findings() -> list[GoldenFinding]:
    """Return the findings that the README lists."""
    found = []
    for end in TELLING:
        (one,) = [x for x in GOLDEN_FINDINGS if x.line.endswith(end)]
        found.append(one)
    return found


def listed(finding: GoldenFinding) -> str:
    """Return a finding as an entry of the README's list."""
    true = finding.decimal.replace("oo", "∞")
    name = f"{finding.distribution} {PINNED[finding.distribution]}"
    return f"- {name}: `{finding.line}` prints `{finding.said}`; true is {true}: {finding.why}."


def between(text: str) -> str:
    """Return what stands between the marks of a text."""
    return text.partition(BEGIN)[2].partition(END)[0]


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def main(workers: int) -> None:
    """Grade the installed libraries, and write REPORT.md and the README's table."""
    found = graded(workers=workers)
    whole, shown = report(found), readme(found)
    write_atomically(REPORT, whole)
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    write_atomically(README, f"{before}{BEGIN}{shown}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
