"""`python -m tests.peers.table` prints what the installed libraries say beside certified values, as Markdown."""

import contextlib
import io
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from sympy import oo

from klexact import certify, laws, round_to
from tests.peers.findings import FINDINGS, Finding
from tests.peers.libraries import LIBRARIES, divergence, installed
from tests.peers.pairs import Pair, Values, infinities, law, pairs

DRAWS = 5


def error(pair: Pair, seed: int) -> tuple[Fraction, Fraction, Fraction]:
    """Return the certified value to 30 digits, and the library's relative and absolute errors."""
    p, q = pair.draw(seed)
    found = certify.enclose(laws.kl_divergence(law(pair.p, p), law(pair.q, q)), digits=30)
    value = (found.lower + found.upper) / 2
    absolute = abs(Fraction(divergence(pair, p, q)) - value)
    return value, absolute / value, absolute


def ulps(value: Fraction, absolute: Fraction) -> float:
    """Return an error in units of the last place of the value."""
    return float(absolute / Fraction(math.ulp(float(value))))


def row(pair: Pair) -> str:
    """Return a row: the pair, its worst relative error over the draws, and the same in ulps."""
    value, relative, absolute = max((error(pair, seed) for seed in range(DRAWS)), key=lambda e: e[1])
    return f"| {pair} | {float(relative):.1e} | {ulps(value, absolute):.0f} |"


def said(finding: Finding) -> str:
    """Run the lines of a finding and return what they print."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(finding.code, {})
    return out.getvalue().strip()


def written(finding: Finding) -> str:
    """Return a finding with its exact value, its enclosure and the lines that reproduce it."""
    value = laws.kl_divergence(law(*finding.p), law(*finding.q))
    bounds = certify.enclose(value, digits=20)
    shown = str(value) if len(str(value)) <= 80 else f"{str(value)[:60]}…"
    return (
        f"### {finding.library}: {_named(finding.p)} ‖ {_named(finding.q)}\n\n"
        f"Exact: `{shown}`, between {_bound(bounds.lower, ROUND_FLOOR)} and {_bound(bounds.upper, ROUND_CEILING)}; "
        f"rounded: `{round_to(value).float!r}`. "
        f"{LIBRARIES[finding.library]} says `{finding.said}`: {finding.why}.\n\n```python\n{finding.code}\n```\n"
    )


def _bound(bound: Fraction, rounding: str) -> Decimal:
    """Return 24 digits, rounded outwards."""
    return Context(prec=24, rounding=rounding).divide(Decimal(bound.numerator), Decimal(bound.denominator))


def _named(member: tuple[str, Values]) -> str:
    name, values = member
    return f"{name}({', '.join(map(repr, values))})"


def document() -> str:
    """Return the whole document for the libraries that are installed."""
    parts = [
        "# Divergences of other libraries beside certified values\n",
        f"Printed by `python -m tests.peers.table`: the worst of {DRAWS} draws; relative errors, also in ulps.\n",
    ]
    for library, distribution in LIBRARIES.items():
        version = installed(library)
        if version is None:
            continue
        parts += [
            f"## {distribution} {version}\n",
            "| p‖q | relative error | ulps |\n|---|---|---|",
            *map(row, pairs(library)),
        ]
        if library == "torch":
            infinite = list(infinities())
            agree = sum(divergence(x, *x.draw(0)) == math.inf for x in infinite)
            proved = sum(laws.kl_divergence(law(x.p, x.draw(0)[0]), law(x.q, x.draw(0)[1])) is oo for x in infinite)
            parts.append(f"\nOf the {len(infinite)} infinite pairs {agree} are inf there, {proved} exactly oo here.")
        parts.append("")
    return "\n".join([*parts, "## Findings\n", *map(written, FINDINGS)])


if __name__ == "__main__":
    print(document())  # noqa: T201
