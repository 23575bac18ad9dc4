"""Every claim against a library: its line prints what is said, and the exact value is proved twice."""

import contextlib
import io
import math
import warnings
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version

import mpmath
import pytest

import klexact
from tests.peers.golden_findings import GOLDEN_FINDINGS, PINNED, GoldenFinding


def installed(distribution: str) -> str | None:
    try:
        return version(distribution).partition("+")[0]
    except PackageNotFoundError:
        return None


def findings() -> list[object]:
    return [
        pytest.param(
            f,
            id=f"{f.distribution}-{i}",
            marks=pytest.mark.skipif(
                installed(f.distribution) != PINNED[f.distribution],
                reason=f"the finding is of {f.distribution} {PINNED[f.distribution]}",
            ),
        )
        for i, f in enumerate(GOLDEN_FINDINGS)
    ]


def printed(lines: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings(), mpmath.workprec(53):
        warnings.simplefilter("ignore")
        exec(lines, {})
    return out.getvalue().strip()


def number(text: str) -> float:
    return float(text.replace("oo", "inf"))


@pytest.mark.parametrize("finding", findings())
def test_the_line_prints_what_is_said(finding: GoldenFinding) -> None:
    assert printed(finding.line) == finding.said, "the library changed: check the finding"
    said, value = number(finding.said), number(finding.decimal)
    assert not math.isclose(said, value, rel_tol=1e-6)


@pytest.mark.parametrize("finding", GOLDEN_FINDINGS, ids=lambda f: f.line[-60:])
def test_the_exact_value_is_proved_twice(finding: GoldenFinding) -> None:
    value = finding.exact()
    if not isinstance(value, str):
        value = str(value) if finding.decimal in ("0", "oo", "-oo", "nan") else klexact.decimal(value, 20)
    assert value == finding.decimal
    plain = printed(finding.confirmation)
    if math.isfinite(number(finding.decimal)):
        wanted = Decimal(finding.decimal)
        assert abs(Decimal(plain) - wanted) <= abs(wanted) * Decimal("1e-19")
    else:
        assert repr(number(plain)) == repr(number(finding.decimal))


def test_every_library_that_is_pinned_has_a_finding() -> None:
    assert {f.distribution for f in GOLDEN_FINDINGS} == set(PINNED)
