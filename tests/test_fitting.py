"""`fit` and `compare`: the exact optimum, against the definition, against brute force, and every way to have none."""

import random
import re
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import CRootOf, EmptySet, FiniteSet, Interval, Poly, Rational, Symbol, log, oo, pretty, sqrt

from klexact import (
    Comparison,
    Distribution,
    LogForm,
    compare,
    entropy,
    fit,
    forms,
    kl_divergence,
    laws,
    minimise,
    order,
    sign,
)
from klexact.errors import InvalidBaseError, InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.families import (
    Family,
    binomial,
    categorical,
    custom,
    fixed,
    geometric,
    mixture,
    parts,
    poisson,
    truncated,
    truncated_geometric,
    two_part,
    uniform,
    zero_inflated,
)
from tests.property.strategies import distributions

T = Symbol("t")
WORMS = Distribution.from_counts([1, 2, 2, 12, 21, 15, 10, 12, 12, 6, 7])
SIGN_CHANGING = custom([(1 - 2 * T) ** 2, 4 * T * (1 - T)], T, Interval(0, 1))


def naive(data: Distribution, model: Callable[[Any, Any], Any], theta: Any) -> Any:
    """Sum p log(p/q) in mpmath, infinite where q is 0: the definition, and no code of klexact's."""
    total = mpmath.mpf(0)
    for x in data.support:
        p = mpmath.mpf(int(data[x].p)) / int(data[x].q)
        q = model(theta, x)
        total += p * mpmath.log(p / q) if q > 0 else mpmath.inf
    return total


# -- the binomial ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [10, 40, 1000])
def test_binomial_gives_the_mean_over_n(n: int) -> None:
    rng = random.Random(n)
    for _ in range(2):
        data = Distribution.from_counts([rng.randrange(50) for _ in range(n + 1)])
        found = fit(data, binomial(n))
        assert found.argmin == data.mean() / n
        assert found.certificate.convex


@given(distributions(2, 6))
def test_binomial_beats_all_its_members(data: Distribution) -> None:
    n = len(data) - 1
    found = fit(data, binomial(n))
    assert found.argmin == data.mean() / n
    assert found.value == forms.kl_divergence(data, found.model)
    for p in (0, Rational(1, 3), found.argmin + Rational(1, 10**20), 1):
        if p <= 1:
            assert order(found.value, forms.kl_divergence(data, binomial(n).at(p))) == -int(p != found.argmin)


def test_binomial_with_the_data_as_symbols() -> None:
    p = sympy.symbols("p_1:5")
    found = fit(Distribution.symbolic("p", 5), binomial(4))
    assert sympy.expand(found.argmin - sympy.Add(*((i + 1) * x for i, x in enumerate(p))) / 4) == 0
    assert found.certificate.conditions == ()
    point = dict(zip(p, map(Rational, ("1/8", "1/4", "1/8", "1/4")), strict=True))
    data = Distribution.symbolic("p", 5).subs(point)
    assert found.argmin.subs(point) == fit(data, binomial(4)).argmin
    assert isinstance(found.value, LogForm)
    assert found.value.subs(point) == fit(data, binomial(4)).value


# -- one parameter ---------------------------------------------------------------------------------------------------

ARGMINS: list[tuple[str, Distribution, Family, Any]] = [
    ("story: binomial", WORMS, binomial(10), Rational(113, 200)),
    ("story: two parts", WORMS, two_part(range(6, 11), range(6)), Rational(47, 100)),
    ("poisson: the mean", WORMS, poisson(), Rational(113, 20)),
    ("geometric: 1/(1 + mean)", WORMS, geometric(), Rational(20, 133)),
    ("truncated geometric, uniform data", Distribution.uniform(5), truncated_geometric(5), 1),
    ("truncated geometric, symmetric data", Distribution.from_counts([2, 1, 2]), truncated_geometric(3), 1),
    (
        "truncated geometric, radical",
        Distribution.from_counts([1, 2, 3]),
        truncated_geometric(3),
        Rational(1, 4) + sqrt(33) / 4,
    ),
    ("boundary: binomial at 0", Distribution.point(0), binomial(3), 0),
    ("boundary: binomial at 1", Distribution.point(3), binomial(3), 1),
    ("boundary: poisson at 0", Distribution.point(0), poisson(), 0),
    ("boundary: geometric at 1", Distribution.point(0), geometric(), 1),
    ("boundary: truncated geometric at 0", Distribution.point(0), truncated_geometric(3), 0),
    (
        "boundary: mixture",
        Distribution.from_counts([9, 1]),
        mixture(Distribution.uniform(2), Distribution(["3/5", "2/5"])),
        0,
    ),
    (
        "an end of one's own",
        Distribution.uniform(2),
        custom([T, 1 - T], T, Interval(Rational(3, 5), 1)),
        Rational(3, 5),
    ),
    (
        "rational functions",
        Distribution.from_counts([1, 2]),
        custom([1 / (1 + T**2), T**2 / (1 + T**2)], T, Interval(0, oo)),
        sqrt(2),
    ),
    ("float data", Distribution.from_weights([0.1, 0.7]), binomial(1), Distribution.from_weights([0.1, 0.7])[1]),
    ("zeros do not count", Distribution({0: "1/2", 1: "1/2", "never": 0}), binomial(1), Rational(1, 2)),
    ("overlapping blocks", Distribution.uniform(3), two_part([0, 1], [1, 2]), Rational(1, 2)),
]


@pytest.mark.parametrize(("data", "family", "argmin"), [a[1:] for a in ARGMINS], ids=[a[0] for a in ARGMINS])
def test_argmins(data: Distribution, family: Family, argmin: Any) -> None:
    found = fit(data, family)
    assert found.argmin == argmin
    assert found.argmins == FiniteSet(argmin)
    if sympy.sympify(argmin).is_Rational and family.name not in {"poisson", "geometric"}:
        assert found.value == forms.kl_divergence(data, found.model)
        assert found.divergence == kl_divergence(data, found.model)


def test_a_mixture_of_binomials_needs_a_root_of_degree_above_four() -> None:
    data = Distribution.from_counts([5, 1, 4, 1, 3, 2, 6])
    ends = [Distribution.binomial(6, "1/5"), Distribution.binomial(6, "3/4")]
    found = fit(data, mixture(*ends))
    root = found.argmin
    assert isinstance(root, CRootOf)
    assert Poly(root.poly).degree() > 4
    assert (
        Poly(found.certificate.equation, Symbol("w")).rem(Poly(root.poly.as_expr(), root.poly.gen).replace(Symbol("w")))
        == 0
    )
    assert found.certificate.convex
    masses = [[d[x] for d in ends] for x in range(7)]

    def divergence(w: Any) -> Any:
        first, second = ([mpmath.mpf(int(m[i].p)) / int(m[i].q) for m in masses] for i in (0, 1))
        return naive(data, lambda v, x: v * first[x] + (1 - v) * second[x], w)

    with mpmath.workdps(40):
        best = mpmath.mpf(str(root.evalf(40)))
        least = divergence(best)
        # two sums of 7 terms below 10, each with nearly 40 digits
        assert abs(least - mpmath.mpf(str(found.divergence.evalf(40)))) < mpmath.mpf(10) ** -35
        assert all(least < divergence(mpmath.mpf(k) / 200) for k in range(201))
        # the divergence is strictly convex in w, so being lower than 1e-12 to either side makes it the minimum to 1e-12;
        # there it is higher by about 1e-24 times the second derivative, far above the rounding of 40 digits
        step = mpmath.mpf(10) ** -12
        assert divergence(best - step) > least < divergence(best + step)


@given(distributions(3, 6, zeros=False), st.data())
def test_mixtures_against_a_grid(data: Distribution, rest: st.DataObject) -> None:
    n = len(data)
    ends = [rest.draw(distributions(n, n, zeros=False)) for _ in range(2)]
    found = fit(data, mixture(*ends))
    for k in (0, 1, 5, 9, 10):
        member = Distribution.mixture(ends, [Rational(k, 10), Rational(10 - k, 10)])
        assert order(found.value, forms.kl_divergence(data, member)) <= 0
    if isinstance(found.argmins, FiniteSet):
        assert all(0 <= x <= 1 for x in found.argmins)


# -- several minima, none, infinite, flat ----------------------------------------------------------------------------

BOTH = FiniteSet((2 - sqrt(2)) / 4, (2 + sqrt(2)) / 4)


def test_a_sign_changing_factor_is_real_everywhere_and_has_two_minima() -> None:
    found = fit(Distribution(["1/2", "1/2"]), SIGN_CHANGING)
    assert {sympy.expand(x) for x in found.argmins} == {sympy.expand(x) for x in BOTH}
    assert found.divergence == 0
    assert sign(found.value) == 0
    curve = found.certificate.objective.as_expr()
    for k in range(1, 40):
        if k != 20:
            assert curve.subs(T, Rational(k, 40)).is_real
            assert order(found.certificate.objective.subs({T: Rational(k, 40)}), found.value) == 1
    with pytest.raises(
        KLExactError, match="argmin needs a unique minimum; found: the global minimum is attained at 2 points"
    ):
        found.argmin  # noqa: B018


@pytest.mark.parametrize(
    "weights", [["1/3", "2/3"], ["0.12345", "0.87655"], [0.3, 0.7], [10**20, 10**20 + 1], [501, 499]], ids=str
)
def test_both_minima_whatever_the_data(weights: list[Any]) -> None:
    data = Distribution.from_weights(weights)
    found = fit(data, SIGN_CHANGING)
    assert len(found.argmins) == 2
    assert sum(found.argmins).simplify() == 1
    assert sign(found.value) == 0
    for x in found.argmins:
        assert sympy.expand((1 - 2 * x) ** 2) == data[0]


def test_no_minimum() -> None:
    half, three_fifths = Distribution.uniform(2), Rational(3, 5)
    cases: list[tuple[Distribution, Family, Any, Any]] = [
        (Distribution.point(2), truncated_geometric(3), oo, 0),
        (
            half,
            custom([T, 1 - T], T, Interval.Lopen(three_fifths, 1)),
            three_fifths,
            kl_divergence(half, ["3/5", "2/5"]),
        ),
        (Distribution.point(0), custom([1 - T, T], T, Interval.open(0, 1)), 0, 0),
    ]
    for data, family, end, infimum in cases:
        found = fit(data, family)
        assert found.argmins == EmptySet
        assert (
            f"there is no minimum: the infimum is the limit as {family.parameters[0]} -> {end}, never attained"
            in found.explain()
        )
        assert found.divergence == infimum
        with pytest.raises(KLExactError, match="argmin needs a unique minimum; found: there is no minimum"):
            found.argmin  # noqa: B018


def test_geometric_with_an_open_end() -> None:
    found = fit(Distribution.point(10**9), geometric())
    assert found.argmin == Rational(1, 10**9 + 1)
    assert [c.kind for c in found.certificate.candidates] == ["stationary point", "open end", "closed end"]
    assert [c.value.is_infinite for c in found.certificate.candidates] == [False, True, True]


@pytest.mark.parametrize(
    ("data", "family"),
    [
        (Distribution.point(3), binomial(2)),
        (Distribution.uniform([0, -1]), poisson()),
        (Distribution.uniform("ab"), geometric()),
        (Distribution.uniform([0, Rational(1, 2)]), poisson()),
        (Distribution.uniform(3), mixture(Distribution.point(0), Distribution.point(1))),
        (Distribution.uniform(3), mixture(Distribution.point(0), Distribution.point(1), Distribution.point("x"))),
        (Distribution.uniform(3), Distribution.uniform(2)),
        (Distribution.uniform(2), custom([0, 1], T, Interval(0, 1))),
    ],
)
def test_infinite_for_every_parameter(data: Distribution, family: Family | Distribution) -> None:
    found = fit(data, family)
    assert found.divergence == oo
    assert found.value.is_infinite
    assert found.argmins == EmptySet
    always = " for every parameter" if isinstance(family, Family) else ""
    assert found.explain().endswith(f"the divergence is +∞{always}")


@pytest.mark.parametrize(
    ("data", "family"),
    [
        (Distribution.point(0), binomial(0)),
        (Distribution.point(0), truncated_geometric(1)),
        (Distribution.uniform(2), custom(["1/3", "2/3"], T, Interval(0, 1))),
        (Distribution.uniform(3), mixture(Distribution.uniform(3), Distribution.uniform(3))),
        (Distribution.point(0), custom([Rational(1, 2), T / 2, (1 - T) / 2], T, Interval(0, 1))),
    ],
)
def test_flat_families(data: Distribution, family: Family) -> None:
    found = fit(data, family)
    assert found.argmins == family.domain
    assert found.value == forms.kl_divergence(data, family.at("1/2"))
    with pytest.raises(KLExactError, match="argmin needs a unique minimum; found: the minimum is attained on all of"):
        found.argmin  # noqa: B018


def test_flat_for_symbolic_data() -> None:
    found = fit(Distribution.symbolic("p", 2), custom(["1/3", "2/3"], T, Interval(0, 1)))
    assert found.argmins == Interval(0, 1)


# -- several parameters, none, symbolic ------------------------------------------------------------------------------


@given(distributions(3, 6))
def test_categorical_gives_the_data_back(data: Distribution) -> None:
    found = fit(data, categorical(len(data)))
    assert found.divergence == 0
    assert tuple(found.argmin) == tuple(data.values())[:-1]
    assert found.model == data
    assert "Gibbs" in found.explain()


@given(distributions(6, 6))
def test_parts_give_the_masses_of_the_blocks(data: Distribution) -> None:
    blocks = [[0, 5], [1, 2, 3], [4]]
    found = fit(data, parts(*blocks))
    masses = [sympy.Add(*(data[x] for x in block)) for block in blocks]
    assert tuple(found.argmin) == tuple(masses[:-1])
    assert found.value == forms.kl_divergence(data, found.model)
    other = parts(*blocks).at("1/3", "1/3")
    assert order(found.value, forms.kl_divergence(data, other)) == -int(other != found.model)


def test_models_without_parameters() -> None:
    assert fit(WORMS, uniform(11)).divergence == kl_divergence(WORMS, Distribution.uniform(11))
    assert fit(WORMS, Distribution.uniform(11)).model == Distribution.uniform(11)
    assert fit(WORMS, fixed(WORMS)).divergence == 0


SYMBOLIC: list[tuple[str, Distribution, Family, Any]] = [
    ("poisson", Distribution.symbolic("p", 3), poisson(), Symbol("p_1") + 2 * Symbol("p_2")),
    ("geometric", Distribution.symbolic("p", 3), geometric(), 1 / (1 + Symbol("p_1") + 2 * Symbol("p_2"))),
    ("two parts", Distribution.symbolic("p", 4), two_part([0, 1], [2, 3]), 1 - Symbol("p_2") - Symbol("p_3")),
    (
        "mixture of points",
        Distribution.symbolic("p", 2),
        mixture(Distribution.point(1), Distribution.point(0)),
        Symbol("p_1"),
    ),
    ("binomial of a binomial", Distribution.binomial(3, T), binomial(3), T),
]


@pytest.mark.parametrize(("data", "family", "argmin"), [s[1:] for s in SYMBOLIC], ids=[s[0] for s in SYMBOLIC])
def test_symbolic_data(data: Distribution, family: Family, argmin: Any) -> None:
    found = fit(data, family)
    assert sympy.simplify(found.argmin - argmin) == 0
    point = {s: Rational(1, 4 + i) for i, s in enumerate(sorted(data.free_symbols, key=str))}
    numeric = fit(data.subs(point), family)
    assert numeric.argmin == found.argmin.subs(point)
    assert isinstance(found.value, LogForm)
    assert numeric.value == found.value.subs(point)


def test_symbolic_categorical() -> None:
    found = fit(Distribution.symbolic("p", 3), categorical(3))
    assert found.divergence == 0
    assert tuple(found.argmin) == (1 - Symbol("p_1") - Symbol("p_2"), Symbol("p_1"))


@pytest.mark.parametrize(
    ("data", "family", "message"),
    [
        (Distribution.symbolic("p", 3), truncated_geometric(3), r"linear in r; found .* = 0: give the data values"),
        (Distribution.symbolic("w", 3), categorical(3), r"must differ from the data's symbols; found w_1"),
        (
            Distribution([1 - Symbol("w"), Symbol("w")]),
            mixture(Distribution.point(0), Distribution.uniform(2)),
            r"found w in both",
        ),
        (
            Distribution.symbolic("f", 3),
            mixture(Distribution.point(0), Distribution.point(1), Distribution.uniform(3)),
            r"symbolic data need affine factors",
        ),
        (
            Distribution.symbolic("f", 3),
            zero_inflated(binomial(2)),
            r"zero-inflated optimum needs data without symbols",
        ),
    ],
)
def test_no_closed_form(data: Distribution, family: Family, message: str) -> None:
    with pytest.raises((NoClosedFormError, KLExactError), match=message):
        fit(data, family)


def test_a_model_with_an_irrational_optimum_of_several_parameters_is_not_written_out() -> None:
    components = [Distribution(["1/6", "1/3", "1/2"]), Distribution.uniform(3), Distribution(["1/2", "1/6", "1/3"])]
    found = fit(Distribution.from_counts([0, 4, 1]), mixture(*components[:2], components[1]))
    assert found.divergence.is_finite
    algebraic = fit(Distribution.from_counts([4, 1, 7]), mixture(*components))
    if not all(x.is_Rational for x in algebraic.argmin):
        with pytest.raises(NoClosedFormError, match="where the optimum is rational"):
            algebraic.model  # noqa: B018


# -- zero-inflated and truncated models -------------------------------------------------------------------------------

ZEROS: list[tuple[str, list[int], Family]] = [
    ("many zeros", [60, 10, 20, 9, 3], zero_inflated(binomial(4))),
    ("few zeros", [1, 10, 20, 9, 3], zero_inflated(binomial(4))),
    ("no zeros", [0, 10, 20, 9, 3], zero_inflated(binomial(4))),
    ("exactly enough zeros", [8, 12, 6, 1], zero_inflated(binomial(3))),
    ("zeros and ones", [5, 1], zero_inflated(binomial(3))),
    ("the largest alone", [5, 0, 0, 2], zero_inflated(binomial(3))),
    ("of a truncated one", [7, 3, 1], zero_inflated(truncated(binomial(3), range(3)))),
]


@pytest.mark.parametrize(("counts", "family"), [z[1:] for z in ZEROS], ids=[z[0] for z in ZEROS])
def test_zero_inflated_models_against_a_grid(counts: list[int], family: Family) -> None:
    data = Distribution.from_counts(counts)
    found = fit(data, family)
    for i in range(9):
        for k in range(1, 10):
            member = family.at(Rational(i, 8), Rational(k, 10))
            assert order(found.value, forms.kl_divergence(data, member)) <= 0
    for c in found.certificate.minimisers:
        if all(x.is_Rational for x in c.location):
            assert found.value == forms.kl_divergence(data, family.at(*c.location))


def test_zero_inflated_geometric() -> None:
    many = fit(Distribution.from_counts([90, 3, 4, 3]), zero_inflated(geometric()))
    assert many.argmin == sympy.Tuple(Rational(4, 5), Rational(1, 2))  # the others have the mean 2
    few = fit(Distribution.from_counts([5, 10, 1]), zero_inflated(geometric()))
    assert few.argmin == sympy.Tuple(0, fit(Distribution.from_counts([5, 10, 1]), geometric()).argmin)
    assert few.certificate.minimisers[0].kind == "on a face"
    assert "weight" in few.explain()


def test_zero_inflated_models_that_are_not_identifiable() -> None:
    w, p = symbols = sympy.symbols("w p")
    found = fit(Distribution.from_counts([5, 10]), zero_inflated(binomial(1)))
    assert found.divergence == 0
    assert sympy.Tuple(Rational(1, 6), Rational(4, 5)) in found.argmins
    assert sympy.Tuple(Rational(1, 6), Rational(1, 5)) not in found.argmins
    zeros = fit(Distribution.point(0), zero_inflated(binomial(2)))
    assert zeros.divergence == 0
    assert sympy.Tuple(1, Rational(1, 3)) in zeros.argmins
    assert sympy.Tuple(Rational(1, 3), 0) in zeros.argmins
    assert "not identifiable" in zeros.certificate.conclusion
    assert zeros.family.parameters == symbols == (w, p)


def test_truncated_models() -> None:
    without_zero = truncated(binomial(3), without=[0])
    data = Distribution({1: "1/2", 2: "1/4", 3: "1/4"})
    assert fit(data, without_zero).argmin == fit(data, truncated(binomial(3), [1, 2, 3])).argmin
    assert fit(data, without_zero).argmin == Rational(3, 2) - 3 * sqrt(21) / 14  # 3p/(1 - (1 - p)^3) = 7/4
    assert fit(data, truncated(geometric(), without=[0])).argmin == Rational(4, 7)
    assert fit(Distribution(["1/2", "1/4", "1/4"]), truncated(poisson(), range(3))).argmin == (sqrt(31) - 1) / 5
    ones = fit(Distribution.point(1), without_zero)
    assert ones.argmins == EmptySet
    assert ones.divergence == 0
    assert fit(Distribution.point(0), without_zero).divergence == oo
    for k in range(1, 10):
        member = without_zero.at(Rational(k, 10))
        assert order(fit(data, without_zero).value, forms.kl_divergence(data, member)) <= 0


@pytest.mark.parametrize("base", [1, 0, -2, Symbol("b")])
def test_a_bad_base_is_refused_before_anything_is_computed(base: Any) -> None:
    for family in (uniform(2), binomial(1), categorical(2), binomial(0)):
        with pytest.raises(InvalidBaseError):
            fit(Distribution.uniform(2), family, base=base)
    with pytest.raises(InvalidBaseError):
        compare(Distribution.uniform(2), [uniform(2)], base=base)


def test_bases() -> None:
    assert fit(Distribution.point(0), uniform(8), base=2).divergence == 3
    assert fit(Distribution.point(0), uniform(8)).divergence == 3 * log(2)


# -- comparing -------------------------------------------------------------------------------------------------------


def test_compare_ranks_by_divergence_then_parameters() -> None:
    models = {
        "binomial": binomial(10),
        "uniform": uniform(11),
        "two-part": two_part(range(6, 11), range(6)),
        "all": categorical(11),
    }
    ranking = compare(WORMS, models)
    assert isinstance(ranking, Comparison)
    assert [name for name, _ in ranking.rows] == ["all", "two-part", "uniform", "binomial"]
    assert ranking.best[0] == "all"
    gap = ranking.rows[2][1].value - ranking.rows[1][1].value
    assert gap == forms.kl_divergence(["47/100", "53/100"], ["5/11", "6/11"])


def test_compare_breaks_ties_by_parameters_and_then_keeps_the_order() -> None:
    data = Distribution.uniform(3)
    assert [name for name, _ in compare(data, [categorical(3), truncated_geometric(3), uniform(3)]).rows] == [
        "uniform(3)",
        "truncated_geometric(3)",
        categorical(3).name,
    ]
    same: dict[str, Family | Distribution] = {"b": uniform(3), "a": data}
    assert [name for name, _ in compare(data, same).rows] == ["b", "a"]


def test_compare_puts_infinite_divergences_last() -> None:
    models: dict[str, Family | Distribution] = {
        "point": Distribution.point(0),
        "few": binomial(1),
        "good": uniform(3),
    }
    ranking = compare(Distribution.uniform(3), models)
    assert [name for name, _ in ranking.rows] == ["good", "point", "few"]
    assert [f.divergence for _, f in ranking.rows] == [0, oo, oo]


def test_compare_decides_between_algebraic_values() -> None:
    data = Distribution.from_counts([5, 1, 4, 1, 3])
    one = mixture(Distribution.binomial(4, "1/5"), Distribution.binomial(4, "3/4"))
    mirrored = mixture(Distribution.binomial(4, "3/4"), Distribution.binomial(4, "1/5"))
    ranking = compare(data, {"one": one, "mirrored": mirrored, "uniform": uniform(5)})
    assert [name for name, _ in ranking.rows] == ["uniform", "one", "mirrored"]
    assert order(ranking.rows[1][1].value, ranking.rows[2][1].value) == 0


def test_compare_needs_models() -> None:
    with pytest.raises(KLExactError, match="compare needs at least one model; found none"):
        compare(WORMS, [])


def test_reprs() -> None:
    assert (
        repr(fit(Distribution.point(0), binomial(1))) == "<Fit of binomial(1): the unique global minimum is at p = 0>"
    )
    assert repr(compare(Distribution.uniform(2), [uniform(2)])).startswith("1. uniform(2)")


def test_other_objectives_are_for_one_parameter_or_disjoint_blocks() -> None:
    three = mixture(Distribution([1, 0, 0]), Distribution.uniform(3), Distribution(["1/2", "1/2", 0]))
    for objective in ("reverse", "jeffreys", "jensen-shannon"):
        with pytest.raises(
            NoClosedFormError, match=r"several parameters are fitted by forward, cross-entropy; found .* w_1, w_2"
        ):
            fit(Distribution.uniform(3), three, objective=objective)


def test_models_of_a_ranking_have_names() -> None:
    models = [binomial(2), laws.binomial(2, Rational(1, 3)), Distribution.uniform(3), Distribution.binomial(30, "1/2")]
    named = [name for name, _ in compare(Distribution.binomial(2, "1/3"), models).rows]
    shown = "Distribution({0: 1/3, 1: 1/3, 2: 1/3})"
    assert sorted(named) == sorted(["binomial(2)", "binomial(2, 1/3)", shown, "a distribution on 0..30"])
    with pytest.raises(InvalidFamilyError, match=r"found <function poisson at .*>: call it"):
        fit(Distribution.uniform(2), poisson)


def test_long_forms_are_shown_by_their_digits() -> None:
    found = fit(Distribution.from_counts([1, 2, 4]), binomial(2), objective="jeffreys")
    lines = pretty(found).splitlines()
    assert re.fullmatch(r"argmins  0\.\d+\.\.\. \(no closed form found\)\s*", lines[0])
    assert re.fullmatch(r"minimum  0\.\d+ nats\s*", lines[1])
    assert (
        repr(minimise(-entropy([T, 1 - T]), T, Interval(0, 1))) == "<Minimum: the unique global minimum is at t = 1/2>"
    )
