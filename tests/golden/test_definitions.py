"""The second engine of golden values: its independence, and that both engines agree wherever they are asked."""

import ast
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact.dyadic import ends, midpoint
from klexact.golden import definitions, densities
from klexact.golden.definitions import BITS, Second, second
from klexact.golden.functions import FUNCTIONS
from klexact.golden.lawpairs import PARAMETERS
from klexact.golden.quantities import Quantity
from tests.golden.asking import fractions, in_domain, quantity

SMALL = st.fractions(0, 20, max_denominator=50)
WIDE = st.one_of(
    SMALL,
    st.integers(-1074, 1023).map(lambda k: Fraction(2) ** k),
    st.floats(0, 1, exclude_min=True).map(Fraction),
    st.just(Fraction(0)),
)
NEAR = st.integers(1, 2**20).map(lambda k: Fraction(1, 2) + Fraction(k, 2**72))
MASSES = st.one_of(WIDE, SMALL, NEAR)
LOGITS = st.one_of(st.fractions(-30, 30, max_denominator=64), st.sampled_from(["-inf"]))


def imports(module: Any) -> set[str]:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {
        f"klexact.{a.name}"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module == "klexact"
        for a in n.names
    }
    return (
        (found - {"klexact"})
        | names
        | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    )


def test_it_shares_no_code_with_the_first_engine() -> None:
    ours = {m for m in imports(definitions) if m.startswith("klexact")}
    assert ours == {"klexact.errors", "klexact.golden.densities", "klexact.naive"}
    assert not {m for m in imports(densities) if m.startswith("klexact")}
    assert not (imports(definitions) | imports(densities)) & {"flint"}


def test_it_defines_every_function_from_its_own_table() -> None:
    assert set(definitions._DEFINITIONS) == set(FUNCTIONS)  # noqa: SLF001
    assert set(densities.LAWS) == set(PARAMETERS)


def test_the_users_context_is_left_alone() -> None:
    before = mpmath.mp.prec
    second("kl_divergence_logits", "raw", "nat", {"p": [Fraction(1)], "logits": [Fraction(1)]})
    assert mpmath.mp.prec == before


def bounds(found: Quantity) -> tuple[Fraction, Fraction]:
    certified = found.certified()
    if certified.ball(64).contains(0) and certified.is_zero:
        return Fraction(0), Fraction(0)
    prec = 256
    while certified.ball(prec).rel_accuracy_bits() < 100:
        prec *= 2
    found_ends = ends(certified.ball(prec))
    assert found_ends is not None
    low, high = found_ends
    return Fraction(*low), Fraction(*high)


def agree(function: str, variant: str, unit: str = "nat", *, bits: int = BITS - 3, **inputs: Any) -> Second:
    """Ask both engines; return what the second found."""
    first = quantity(function, variant, unit, **inputs)
    plain = {
        name: int(x) if name == "index" else x if name.startswith("law_") else fractions(x)
        for name, x in inputs.items()
    }
    other = second(function, variant, unit, plain)
    assert first.infinity == other.infinity
    if other.terms:
        assert first.terms == other.terms
    if first.infinity:
        return other
    low, high = bounds(first)
    assert low <= other.upper
    assert other.lower <= high
    assert (other.upper - other.lower) * 2**bits <= max(abs(low), abs(high)) or low == high == 0
    assert not low == high == 0 or other.upper - other.lower < Fraction(1, 2**500)
    if function != "law_kl_divergence":
        size = _middle(first)
        assert abs(size - other.magnitude) <= (size / 10**12 or Fraction(1, 2**BITS))  # what no precision tells from 0
    return other


def _middle(found: Quantity) -> Fraction:
    prec = 256
    while not (ball := found.magnitude(prec)) == 0 and ball.rel_accuracy_bits() < 64:  # noqa: SIM201
        prec *= 2
    return midpoint(ball)


def texts(values: Any) -> Any:
    return [texts(x) for x in values] if isinstance(values, list) else str(values)


VECTORS = [
    (function, variant, unit)
    for function in (
        "entropy",
        "cross_entropy",
        "kl_divergence",
        "jensen_shannon_divergence",
        "jensen_shannon_distance",
    )
    for variant in FUNCTIONS[function].variants
    for unit in FUNCTIONS[function].units
]


@pytest.mark.parametrize(("function", "variant", "unit"), VECTORS)
@given(st.lists(st.tuples(MASSES, MASSES), min_size=1, max_size=4))
@settings(max_examples=12)
def test_measures(function: str, variant: str, unit: str, pairs: list[tuple[Fraction, Fraction]]) -> None:
    columns = dict(zip("pq", texts([list(c) for c in zip(*pairs, strict=True)]), strict=True))
    inputs = {name: columns[name] for name in FUNCTIONS[function].arguments}
    if in_domain(function, variant, **inputs):
        agree(function, variant, unit, **inputs)


@pytest.mark.parametrize("function", ["entr", "rel_entr", "kl_div"])
@given(MASSES, MASSES)
@settings(max_examples=25)
def test_scalars(function: str, p: Fraction, q: Fraction) -> None:
    spec = FUNCTIONS[function]
    agree(function, spec.variants[0], **dict(zip(spec.arguments, texts([p, q]), strict=False)))


@pytest.mark.parametrize("unit", ["nat", "bit", "dit"])
@pytest.mark.parametrize("variant", ["raw", "normalised"])
@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n), min_size=1, max_size=3)))
@settings(max_examples=12)
def test_mutual_information(variant: str, unit: str, joint: list[list[Fraction]]) -> None:
    if in_domain("mutual_information", variant, joint=texts(joint)):
        agree("mutual_information", variant, unit, joint=texts(joint))


@pytest.mark.parametrize(
    ("function", "variant"),
    [(f.name, v) for f in FUNCTIONS.values() if "gradient" in f.name and "logits" not in f.name for v in f.variants],
)
@given(st.lists(st.tuples(MASSES, MASSES), min_size=1, max_size=3), st.data())
@settings(max_examples=20)
def test_gradients(function: str, variant: str, pairs: list[tuple[Fraction, Fraction]], data: st.DataObject) -> None:
    columns = dict(zip("pq", texts([list(c) for c in zip(*pairs, strict=True)]), strict=True))
    inputs = {name: columns[name] for name in FUNCTIONS[function].arguments if name != "index"}
    inputs["index"] = str(data.draw(st.integers(0, len(pairs) - 1)))
    if in_domain(function, variant, **inputs):
        agree(function, variant, **inputs)


@given(st.lists(st.tuples(SMALL, LOGITS, LOGITS), min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_logarithms_and_logits(rows: list[tuple[Fraction, Any, Any]], data: st.DataObject) -> None:
    p, one, other = texts([list(column) for column in zip(*rows, strict=True)])
    agree("kl_divergence_log_q", "raw", p=p, log_q=one)
    agree("kl_divergence_log_p_log_q", "raw", log_p=one, log_q=other)
    if in_domain("kl_divergence_logits", "raw", p=p, logits=one):
        agree("kl_divergence_logits", "raw", p=p, logits=one)
        agree("cross_entropy_logits", "raw", p=p, logits=one)
        agree("kl_gradient_logits", "raw", p=p, logits=one, index=str(data.draw(st.integers(0, len(p) - 1))))


@pytest.mark.parametrize("name", ["binomial", "geometric", "poisson"])
@given(st.lists(st.one_of(SMALL, st.integers(-60, 0).map(lambda k: Fraction(2) ** k)), min_size=2, max_size=5))
@settings(max_examples=8, deadline=None)
def test_optima(name: str, p: list[Fraction]) -> None:
    for what in ("argmin", "minimum"):
        if in_domain(f"{name}_{what}", "normalised", p=texts(p)):
            agree(f"{name}_{what}", "normalised", p=texts(p))


@pytest.mark.parametrize("name", ["binomial", "geometric", "poisson"])
@pytest.mark.parametrize("p", [["1", "0", "0"], ["0", "0", "1"], ["0", "1", "0"], ["1", "1/1152921504606846976"]])
def test_optima_at_the_ends(name: str, p: list[str]) -> None:
    for what in ("argmin", "minimum"):
        agree(f"{name}_{what}", "normalised", p=p)


@given(st.lists(st.integers(1, 40), min_size=2, max_size=5), st.data())
@settings(max_examples=8, deadline=None)
def test_two_parts(weights: list[int], data: st.DataObject) -> None:
    inputs = {"p": texts(weights), "index": str(data.draw(st.integers(1, len(weights) - 1)))}
    agree("two_part_reverse_argmin", "normalised", **inputs)
    agree("two_part_reverse_minimum", "normalised", **inputs)


LAWS = [  # a sample, boundaries included: all pairs of the suite take a minute
    ("bernoulli", ["1/4"], "bernoulli", ["1/2"]), ("binomial", ["5", "1/4"], "binomial", ["5", "1/2"]),
    ("binomial", ["5", "0"], "binomial", ["6", "1/2"]), ("poisson", ["2"], "poisson", ["3"]),
    ("poisson", ["0"], "poisson", ["1"]), ("geometric", ["1"], "geometric", ["1/2"]),
    ("geometric", ["1/2"], "geometric", ["1/4"]), ("beta", ["2", "3"], "uniform", ["0", "1"]),
    ("cauchy", ["0", "1"], "cauchy", ["1", "2"]), ("continuous_bernoulli", ["1/4"], "continuous_bernoulli", ["1/2"]),
    ("exponential", ["3/2"], "gamma", ["2", "3"]), ("normal", ["1/2", "2"], "normal", ["0", "1"]),
    ("pareto", ["1", "3"], "pareto", ["1", "2"]), ("uniform", ["0", "1"], "normal", ["0", "1"]),
]  # fmt: skip


@pytest.mark.parametrize(("law_p", "p", "law_q", "q"), LAWS)
def test_laws(law_p: str, p: list[str], law_q: str, q: list[str]) -> None:
    agree("law_kl_divergence", "raw", bits=95, law_p=law_p, p=p, law_q=law_q, q=q)


@pytest.mark.parametrize(
    ("law_p", "p", "law_q", "q"),
    [
        ("poisson", ["1"], "poisson", ["0"]),
        ("geometric", ["1/2"], "geometric", ["1"]),
        ("binomial", ["5", "1/2"], "binomial", ["4", "1/2"]),
        ("bernoulli", ["1/2"], "bernoulli", ["1"]),
        ("normal", ["0", "1"], "exponential", ["1"]),
        ("uniform", ["0", "1"], "uniform", ["1", "2"]),
        ("uniform", ["0", "2"], "uniform", ["0", "1"]),
    ],
)
def test_laws_outside_the_support(law_p: str, p: list[str], law_q: str, q: list[str]) -> None:
    assert agree("law_kl_divergence", "raw", law_p=law_p, p=p, law_q=law_q, q=q).infinity == 1


def test_the_root_is_enclosed() -> None:
    disjoint = {"p": fractions(["1", "0"]), "q": fractions(["0", "1"])}
    found = second("jensen_shannon_distance", "normalised", "bit", disjoint)
    assert found.lower <= 1 <= found.upper
    for x in (Fraction(2), Fraction(1, 3), Fraction(4, 9), Fraction(1, 2**2001), Fraction(10**400)):
        root = definitions._root(x)  # noqa: SLF001
        assert root**2 <= x < (root * (1 + Fraction(1, 2 ** (2 * BITS)))) ** 2
    assert math.isclose(float(definitions._root(Fraction(2))), math.sqrt(2))  # noqa: SLF001
