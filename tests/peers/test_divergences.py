"""The divergences of torch and TensorFlow Probability agree with certified values, and disagree where it is known."""

import math
from pathlib import Path

import pytest
from sympy import oo

from klexact import laws, round_to
from tests.peers.findings import FINDINGS, Finding
from tests.peers.libraries import LIBRARIES, PINNED, divergence, installed
from tests.peers.pairs import Pair, infinities, law, pairs
from tests.peers.table import error, said

# A formula adds at most some twenty terms, each below 200 at these parameters and within a few ulps of it:
# 20·200·4·2^-53 < 2e-12. The special functions in single terms are as accurate as that.
TOLERANCE = 1e-11
LOOSE = {"tfp ContinuousBernoulli‖ContinuousBernoulli": 1e-5}  # a finding: see README.md


def needs(library: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        installed(library) is None, reason=f"{LIBRARIES[library]} is not installed: extra 'peers'"
    )


def pinned(library: str) -> pytest.MarkDecorator:
    wanted = f"{LIBRARIES[library]} {PINNED[library]}"
    return pytest.mark.skipif(installed(library) != PINNED[library], reason=f"findings are of {wanted}")


def cases() -> list[object]:
    return [pytest.param(x, marks=needs(name), id=f"{name} {x}") for name in LIBRARIES for x in pairs(name)]


@pytest.mark.parametrize("pair", cases())
def test_registered_pairs(pair: Pair) -> None:
    value, _, absolute = error(pair, 0)
    assert float(absolute) <= LOOSE.get(f"{pair.library} {pair}", TOLERANCE) * max(1.0, float(value))


def test_as_many_as_are_registered() -> None:
    assert len(list(pairs("torch"))) == 54
    assert len(list(infinities())) == 33


@needs("torch")
def test_infinities() -> None:
    for pair in infinities():
        p, q = pair.draw(0)
        assert laws.kl_divergence(law(pair.p, p), law(pair.q, q)) is oo
        assert divergence(pair, p, q) == math.inf, pair


@pytest.mark.parametrize(
    "finding", [pytest.param(f, marks=pinned(f.library), id=f"{f.p[0]}{f.p[1]}‖{f.q[0]}{f.q[1]}") for f in FINDINGS]
)
def test_findings(finding: Finding) -> None:
    value = round_to(laws.kl_divergence(law(*finding.p), law(*finding.q))).float
    assert said(finding) == finding.said, "the library changed: check the finding, and run python -m tests.peers.table"
    assert not math.isclose(float(finding.said), float(str(value)), rel_tol=1e-8)


def test_the_document_shows_every_pair_and_finding() -> None:
    text = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    for name in LIBRARIES:
        assert f"## {LIBRARIES[name]} {PINNED[name]}" in text
        assert all(f"\n| {pair} |" in text for pair in pairs(name))
    assert all(f"```python\n{f.code}\n```" in text and f"`{f.said}`" in text for f in FINDINGS)
