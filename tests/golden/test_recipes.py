"""The suite's recipes: deterministic, complete, and with every edge case that implementations are known to fail."""

import copy
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from klexact.errors import InvalidFileError
from klexact.golden import recipes as module
from klexact.golden.flags import FLAGS
from klexact.golden.function import numbers, parsed
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import is_generated
from klexact.golden.lawpairs import PARAMETERS
from klexact.golden.making import make_case
from klexact.golden.recipes import Request, recipes, requests, text_of

ALL = requests()
VARIANTS = {"raw", "normalised", "generalised"}


def test_there_are_at_least_3000() -> None:
    assert len(ALL) >= 3000


def test_they_are_deterministic() -> None:
    assert requests() == ALL


def test_no_question_is_asked_twice() -> None:
    asked = Counter((r.function, r.variant, r.unit, repr(sorted(r.inputs.items()))) for r in ALL)
    assert max(asked.values()) == 1


def test_they_are_described() -> None:
    for r in ALL:
        assert r.slug
        assert r.slug == r.slug.strip("-")
        assert r.source
        assert r.level in ("core", "full", "long")


def test_every_function_variant_and_unit_is_asked() -> None:
    assert {r.function for r in ALL} == set(FUNCTIONS)
    for name, f in FUNCTIONS.items():
        assert {r.variant for r in ALL if r.function == name} == set(f.variants)
        assert {r.unit for r in ALL if r.function == name} == set(f.units)
    assert {r.inputs[side] for r in ALL if r.function == "law_kl_divergence" for side in ("law_p", "law_q")} == set(
        PARAMETERS
    )


def test_inputs_are_canonical_texts_of_the_arguments() -> None:
    for r in ALL:
        assert list(r.inputs) == list(FUNCTIONS[r.function].arguments)
        for name, kind in FUNCTIONS[r.function].arguments.items():
            given = r.inputs[name]
            if kind == "index":
                assert given.isdigit()
            elif kind != "name" and not is_generated(given):
                for text in numbers(given):
                    assert isinstance(parsed(text), float) or str(parsed(text)) == text


def test_vectors_fit_each_other() -> None:
    for r in ALL:
        if r.function != "law_kl_divergence":
            sizes = {
                int(x["length"]) if is_generated(x) else len(x)
                for x in r.inputs.values()
                if is_generated(x) or isinstance(x, list)
            }
            assert len(sizes) <= 1 or "joint" in r.inputs


def test_long_vectors_are_of_the_level_long_and_no_other() -> None:
    assert {r.level for r in ALL if any(map(is_generated, r.inputs.values()))} == {"long"}
    assert all(any(map(is_generated, r.inputs.values())) for r in ALL if r.level == "long")
    assert max(int(x["length"]) for r in ALL for x in r.inputs.values() if is_generated(x)) == 1_000_000


def test_all_flags_occur() -> None:
    """Make cases until all flags were seen: a sample, the short raw divergences and one or two of what they cannot show."""
    missing = set(FLAGS)
    sample = [
        r for r in ALL if (r.function, r.variant, r.unit) == ("kl_divergence", "raw", "nat") and r.level == "core"
    ]
    sample += [r for r in ALL if r.level == "long" and r.inputs["p"]["length"] == "100"][:1]
    sample += [r for r in ALL if r.source == "recipe hard-entr-binary64"][:1]
    sample += [r for r in ALL if r.slug == "logits-mask-both"][:1]
    for r in sample:
        case = make_case(r.function, r.variant, r.unit, r.inputs, slug=r.slug, level=r.level, source=r.source)
        missing -= set(case["flags"])
        if not missing:
            break
    assert not missing


# -- the edge cases that libraries were measured with ------------------------------------------------------


def _vectors(r: Request) -> Any:
    return [r.inputs.get(name) for name in ("p", "q")]


def row(*columns: str) -> Callable[[Request], bool]:
    wanted = [[text_of(x) for x in column.split()] for column in columns]
    return lambda r: _vectors(r)[: len(wanted)] == wanted


def long(p: str, q: str, length: int) -> Callable[[Request], bool]:
    def found(r: Request) -> bool:
        vectors = [x for x in _vectors(r) if is_generated(x)]
        return [(x["generator"], x["length"]) for x in vectors] == [(p, str(length)), (q, str(length))]

    return found


TINY = "0x1p-1074"
ROWS: dict[str, Callable[[Request], bool]] = {
    "01 plain": row("0.1 0.2 0.7", "0.3 0.3 0.4"),
    "02 zero both sides": row("0.5 0.5 0", "0.25 0.75 0"),
    "03 p = 0 < q": row("0 1", "0.5 0.5"),
    "04 q = 0 < p": row("0.5 0.5", "1 0"),
    "05 p subnormal": row("1e-310 1", "0.5 0.5"),
    "06 q subnormal": row("0.5 0.5", "1e-310 1"),
    "07 both subnormal": row(f"1 {TINY}", "1 0x1p-1073"),
    "08 ratio overflows": row("4", "0x1p-1022"),
    "08 ratio overflows, 2.2e-308": row("4", "2.2e-308"),
    "09 ratio overflows": row("1e300", "1e-300"),
    "10 ratio underflows": row("1e-300", "1e300"),
    "11 near, 1e-12": row("0.5 0.5", "0.5000000000005 0.4999999999995"),
    "12 near, 1e-8": row("0.5 0.5", "0.500000005 0.499999995"),
    "13 adjacent doubles": row("0.5 0.5", "0.5 0x1.fffffffffffffp-2"),
    "14 equal": row("0.1 0.2 0.7", "0.1 0.2 0.7"),
    "15 proportional": row("0.3 0.6 2.1", "0.1 0.2 0.7"),
    "16 unnormalised": row("2 8", "1 9"),
    "17 unnormalised": row("0.5 0.5", "0.3 0.3"),
    "19 near, 1e-4": row("0.1 0.2 0.7", "0.10001 0.20002 0.69997"),
    "20 one outcome": row("1", "1"),
    "21 one outcome": row("1", "0.5"),
    "22 a million, uniform": long("constant", "constant", 1_000_000),
    "23 a million, ramp": long("constant", "ramp", 1_000_000),
    "25 powers, reversed": long("powers", "powers", 1074),
    "26 negative p": row("-0.1 1.1", "0.5 0.5"),
    "27 negative q": row("0.5 0.5", "-0.1 1.1"),
    "28 NaN in p": row("nan 0.5", "0.5 0.5"),
    "29 NaN in q where p = 0": row("0 1", "nan 0.5"),
    "30 p infinite, q = 0": row("inf 1", "0 1"),
    "one hot, almost": row("1 0", "0x1.fffffffffffffp-1 0x1p-53"),
    "seams of log1p": row("0.25 0.5 0.25", "0.5 0.25 0.25"),
    "half over 1e-310": row("0.5", "1e-310"),
}


@pytest.mark.parametrize("name", ROWS)
def test_edge_cases_stand_in_all_three_variants(name: str) -> None:
    found = {r.variant for r in ALL if r.function == "kl_divergence" and r.unit == "nat" and ROWS[name](r)}
    assert found == VARIANTS


@pytest.mark.parametrize(
    ("q", "dtype"), [("0.3 0.3 0.4", "binary32"), ("0.10001 0.20002 0.69997", "binary32"), ("0.3 0.3 0.4", "bfloat16")]
)
def test_rows_18_and_19_are_views(q: str, dtype: str) -> None:
    (request,) = (
        r
        for r in ALL
        if r.function == "kl_divergence" and r.variant == "raw" and r.unit == "nat" and row("0.1 0.2 0.7", q)(r)
    )
    assert dtype in make_case("kl_divergence", "raw", "nat", request.inputs, slug="s", level="core", source="s")["ieee"]


UNDERFLOWING = {"p": text_of("1e-300"), "q": text_of("1e300")}
OTHERS: dict[str, tuple[str, Callable[[Request], bool]]] = {
    "entropy of a point": ("entropy", row("1 0")),
    "entropy of a million": ("entropy", lambda r: is_generated(r.inputs["p"]) and r.inputs["p"]["length"] == "1000000"),
    "entropy of a subnormal": ("entropy", row(f"{TINY} 1")),
    "cross-entropy, zero both sides": ("cross_entropy", row("0.5 0.5 0", "0.25 0.75 0")),
    "cross-entropy, infinite": ("cross_entropy", row("0.5 0.5 0", "1 0 0")),
    "kl_div at an overflowing ratio": ("kl_div", lambda r: r.inputs == {"p": "4", "q": text_of("2.2e-308")}),
    "kl_div at an underflowing ratio": ("kl_div", lambda r: r.inputs == UNDERFLOWING),
    "kl_div at a subnormal": ("kl_div", lambda r: r.inputs == {"p": "1/2", "q": text_of("1e-310")}),
    "a distance that rounds below 0": (
        "jensen_shannon_distance", row("0.1 0.2 0.7", "0.1000000001 0.2000000002 0.6999999997"),
    ),
    "a distance that was infinite": ("jensen_shannon_distance", row("0 1", f"{TINY} 1")),
    "independent table": ("mutual_information", lambda r: r.inputs["joint"][0] == ["3", "5", "7"]),
    "nearly independent table": ("mutual_information", lambda r: r.inputs["joint"][0] == ["1000001", "1000000"]),
    "gradient at p = 0": ("kl_gradient_p", lambda r: row("0 1", "0.5 0.5")(r) and r.inputs["index"] == "0"),
    "gradient of the entropy at p = 0": ("entropy_gradient", lambda r: r.inputs["p"][int(r.inputs["index"])] == "0"),
    "log q = -inf where p = 0": ("kl_divergence_log_q", lambda r: "-inf" in r.inputs["log_q"] and "0" in r.inputs["p"]),
    "log p = log q = -inf": (
        "kl_divergence_log_p_log_q", lambda r: any(a == b == "-inf" for a, b in zip(*r.inputs.values(), strict=True)),
    ),
    "a masked logit": ("cross_entropy_logits", lambda r: "-inf" in r.inputs["logits"]),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_functions_edge_cases(name: str) -> None:
    function, holds = OTHERS[name]
    assert {r.variant for r in ALL if r.function == function and holds(r)} == set(FUNCTIONS[function].variants)


LAWS = [
    ("bernoulli 0", "bernoulli 1/2"), ("bernoulli 1", "bernoulli 1/4"), ("bernoulli 1/2", "bernoulli 0"),
    ("binomial 5 1", "binomial 5 1/2"), ("binomial 5 0", "binomial 5 1/4"), ("binomial 5 1/2", "binomial 5 1"),
    ("poisson 0", "poisson 1"), ("poisson 1", "poisson 0"), ("geometric 1", "geometric 1/2"), ("geometric 1/2", "geometric 1"),
    ("continuous_bernoulli 3/10", "uniform 0 1"), ("normal 0 1", "normal 1/1073741824 1"),
    ("uniform 0 1", "uniform 0 1"), ("uniform 0 1", "uniform 0 2"), ("uniform 0 1", "uniform 1 2"),
    ("pareto 2 3", "pareto 2 5"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), LAWS)
def test_laws_at_boundaries(one: str, other: str) -> None:
    (law_p, *p), (law_q, *q) = one.split(), other.split()
    wanted = {"law_p": law_p, "p": p, "law_q": law_q, "q": q}
    assert any(r.inputs == wanted for r in ALL if r.function == "law_kl_divergence")


# -- seeds and mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "recipe", [r for r in recipes() if "seed" in r and r["kind"] != "hard"], ids=lambda r: str(r["name"])
)
def test_seeds_change_what_is_made(recipe: dict[str, Any]) -> None:
    def made(seed: int) -> list[Any]:
        return [inputs for _, inputs, _ in module._KINDS[recipe["kind"]](recipe | {"seed": seed})]  # noqa: SLF001

    assert made(recipe["seed"]) == made(recipe["seed"])
    assert made(recipe["seed"]) != made(recipe["seed"] + 500_000)


def test_random_vectors_are_what_their_recipe_says() -> None:
    for recipe in recipes():
        if recipe["kind"] == "simplex":
            made = list(module._KINDS["simplex"](recipe))  # noqa: SLF001
            assert len(made) == len(recipe["sizes"]) * recipe["each"]
            for _, columns, _ in made:
                for column in columns.values():
                    values = [Fraction(x) for x in column]
                    assert len(values) in recipe["sizes"]
                    if recipe.get("floats"):
                        assert all(Fraction(float(x)) == x for x in values)
                    else:
                        assert sum(values) == 1
            zeros = any("0" in columns["p"] for _, columns, _ in made)
            assert zeros == bool(recipe.get("zeros"))
        if recipe["kind"] == "near-equal":
            for _, columns, _ in module._KINDS["near-equal"](recipe):  # noqa: SLF001
                p, q = ([Fraction(x) for x in column] for column in columns.values())
                assert p != q
                assert all(x > 0 for x in q)
                assert len(p) % 2 or sum(p) == sum(q) == 1


def test_a_recipe_without_what_its_function_needs_is_refused() -> None:
    recipe = {
        "name": "x",
        "kind": "literal",
        "for": [{"functions": ["kl_divergence"]}],
        "cases": [{"slug": "s", "p": ["1"]}],
    }
    with pytest.raises(InvalidFileError, match="a recipe for kl_divergence must give q; found p"):
        list(module._requests(copy.deepcopy(recipe)))  # noqa: SLF001


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("0.1", "1/10"),
        (0.1, "3602879701896397/36028797018963968"),
        ("1e-3", "1/1000"),
        ("-0x1p-2", "-1/4"),
        ("nan", "nan"),
        ("-inf", "-inf"),
        (7, "7"),
    ],
)
def test_texts_of_numbers(value: Any, wanted: str) -> None:
    assert text_of(value) == wanted
