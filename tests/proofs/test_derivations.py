"""The derivations for readers: every line runs, every theorem named exists, and klexact computes the same."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
from sympy import Rational

from klexact import (
    Distribution,
    LogForm,
    cross_entropy,
    entropy,
    fit,
    forms,
    jensen_shannon_divergence,
    kl_divergence,
    laws,
    max_entropy,
    mutual_information,
)
from klexact.codes import expected_length
from klexact.conventions import entr_at_zero, rel_entr_at
from klexact.families import binomial, geometric, mixture, poisson, two_part
from klexact.story import worms
from tests import markdown

PROOFS = Path(__file__).parents[2] / "proofs"
TEXT = (PROOFS / "derivations.md").read_text(encoding="utf-8")
SECTIONS = [section.partition("\n")[::2] for section in TEXT.split("\n## ")[1:]]


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    results, names = markdown.run_python(TEXT, "derivations.md")
    assert results.attempted > 100
    assert results.failed == 0
    return names


def test_the_derivations_use_sympy_only() -> None:
    code = "".join(block for _, block in markdown.blocks(TEXT))
    assert {language for language, _ in markdown.blocks(TEXT)} == {"pycon"}
    assert set(re.findall(r"^>>> (?:from|import) (\w+)", code, re.MULTILINE)) == {"sympy"}


@pytest.mark.parametrize(("title", "body"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_each_section_names_theorems_that_exist(title: str, body: str) -> None:
    (named,) = re.findall(r"^Coq: ((?:.+\n)+)", body, re.MULTILINE)
    cited = re.findall(r"`(\w+)\.(\w+)`", named)
    assert len(cited) == named.count(",") + 1
    for file, theorem in cited:
        coq = (PROOFS / f"{file}.v").read_text(encoding="utf-8")
        assert re.search(rf"^Theorem {theorem}\b", coq, re.MULTILINE)


def test_laws(names: dict[str, Any]) -> None:
    n, p, q, lam, mu = (names[name] for name in ("n", "p", "q", "lam", "mu"))
    m1, m2, s1, s2 = (names[name] for name in ("m1", "m2", "s1", "s2"))
    for name, ours in (
        ("binomial_kl", kl_divergence(laws.binomial(n, p), laws.binomial(n, q))),
        ("geometric_kl", kl_divergence(laws.geometric(p), laws.geometric(q))),
        ("poisson_kl", kl_divergence(laws.poisson(lam), laws.poisson(mu))),
        ("exponential_kl", kl_divergence(laws.exponential(lam), laws.exponential(mu))),
        ("normal_kl", kl_divergence(laws.normal(m1, s1), laws.normal(m2, s2))),
    ):
        assert names["same"](ours, names[name]), name


def test_measures(names: dict[str, Any]) -> None:
    same, ps, qs = names["same"], names["ps"], names["qs"]
    assert same(kl_divergence(ps, qs), names["kl"](ps, qs))
    assert same(entropy(ps), names["entropy"](ps))
    assert same(cross_entropy(ps, qs), names["cross_entropy"])
    at = {names[v]: Rational(x) for v, x in {"p1": "1/5", "p2": "3/5", "q1": "1/2", "q2": "1/4"}.items()}
    numbers = [[mass.subs(at) for mass in masses] for masses in (ps, qs)]
    assert same(jensen_shannon_divergence(*numbers), names["js"].subs(at))
    joint = Distribution(dict(zip([(1, 1), (1, 0), (0, 1), (0, 0)], names["joint"], strict=True)))
    assert same(mutual_information(joint), names["kl"](names["joint"], names["product"]))


def test_conventions(names: dict[str, Any]) -> None:
    assert (-entr_at_zero(), rel_entr_at(0, 1), rel_entr_at(1, 0)) == names["limits"]


def test_optima(names: dict[str, Any]) -> None:
    data = Distribution.from_counts([1, 2, 1, 4])
    at = {names["m"]: data.mean(), names["N"]: 3}
    fitted = [fit(data, family).argmin for family in (binomial(3), geometric(), poisson())]
    assert fitted == [optimum.subs(at) for (optimum,) in names["optima"]]
    first, second = Distribution(["1/5", "4/5"]), Distribution(["3/4", "1/4"])
    at = {names["p1"]: Rational(1, 2), names["f1"]: Rational(1, 5), names["g1"]: Rational(3, 4)}
    assert fit(Distribution.uniform(2), mixture(first, second)).argmin == names["mixture_optimum"][0].subs(at)
    assert max_entropy(range(3), {}).distribution == Distribution.uniform(3)


def test_worms(names: dict[str, Any]) -> None:
    values, same, uniform = names["values"], names["same"], Distribution.uniform(11)
    assert [worms()[k] for k in range(11)] == names["worms"]
    blocks = fit(worms(), two_part(range(6, 11), range(6)))
    assert (fit(worms(), binomial(10)).argmin, blocks.argmin) == (Rational(113, 200), Rational(47, 100))
    assert same(entropy(worms()), values["entropy"])
    assert same(kl_divergence(worms(), uniform), values["uniform"])
    for t, name in ((Rational(57, 100), "binomial"), (Rational(113, 200), "best binomial")):
        assert same(kl_divergence(worms(), Distribution.binomial(10, t)), values[name])
    assert same(kl_divergence(Distribution.binomial(10, Rational(57, 100)), worms()), values["reverse"])
    assert same(blocks.divergence, values["best two-part"])


def test_codes_and_exact_values(names: dict[str, Any]) -> None:
    lengths: dict[Hashable, int] = {k: int(length) for k, length in enumerate(names["lengths"])}
    assert expected_length(lengths, worms()) == Rational(381, 100)
    form = LogForm.of_logs([(c, prime) for prime, c in names["from_uniform"].items()])
    assert form == forms.kl_divergence(worms(), Distribution.uniform(11))
