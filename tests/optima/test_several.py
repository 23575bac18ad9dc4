"""Several parameters: against brute force, planted optima, first-order conditions checked by hand; and every refusal."""

import random
from itertools import product
from operator import itemgetter
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import ConditionSet, FiniteSet, Rational, Symbol, Tuple, sqrt, symbols

from klexact import Distribution, LogForm, fit, forms, order, sign
from klexact.errors import InvalidFamilyError, KLExactError, NoClosedFormError
from klexact.families import custom, mixture, multinomial
from klexact.family import Family
from klexact.optima.certificate import location_decimal
from klexact.optima.several import minimise_several
from klexact.polytope import Polytope

P, Q, S, T = symbols("p q s t")
SQUARE = [S >= 0, S <= 1, T >= 0, T <= 1]


def random_mixture(rng: random.Random, k: int, m: int) -> list[Distribution]:
    return [Distribution.from_counts([rng.randint(1, 9) for _ in range(m)]) for _ in range(k)]


def simplex_grid(k: int, steps: int) -> list[tuple[Rational, ...]]:
    corner = [c for c in product(range(steps + 1), repeat=k) if sum(c) == steps]
    return [tuple(Rational(c, steps) for c in point) for point in corner]


def decimals(location: Tuple, digits: int) -> list[Any]:
    return [mpmath.mpf(location_decimal(x, digits)) for x in location]


def slopes(data: Distribution, components: list[Distribution], weights: list[Any]) -> list[Any]:
    """Return sum of p(x) q_k(x) / q(x) for every component k, which is at most 1 at the optimum (Lindsay, 1995)."""
    q = {
        x: sum(w * mpmath.mpf(int(c[x].p)) / int(c[x].q) for w, c in zip(weights, components, strict=True))
        for x in data
    }
    return [
        sum(
            mpmath.mpf(int(data[x].p)) / int(data[x].q) * (mpmath.mpf(int(c[x].p)) / int(c[x].q)) / q[x]
            for x in data.support
        )
        for c in components
    ]


# -- overlapping mixtures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "m", "seed"), [(3, 4, 1), (3, 4, 2), (3, 5, 3), (3, 6, 4), (4, 5, 5), (4, 5, 6), (4, 6, 7)]
)
def test_random_mixtures_against_a_grid_and_the_first_order_conditions(k: int, m: int, seed: int) -> None:
    rng = random.Random(seed)
    components = random_mixture(rng, k, m)
    true = [rng.randint(1, 9) for _ in range(k)]
    blend = Distribution.mixture(components, [Rational(w, sum(true)) for w in true])
    data = Distribution.from_weights([blend[x] * rng.randint(18, 22) for x in range(m)])
    found = fit(data, mixture(*components))
    assert found.certificate.convex
    for weights in simplex_grid(k, 4):
        assert order(found.value, forms.kl_divergence(data, Distribution.mixture(components, weights))) <= 0
    with mpmath.workdps(60):
        best = decimals(found.argmin, 50)
        # 50 digits of the weights leave more than 40 of these sums, whose terms are below 100
        error = mpmath.mpf(10) ** -40
        for w, slope in zip([*best, 1 - sum(best)], slopes(data, components, [*best, 1 - sum(best)]), strict=True):
            assert slope < 1 + error
            assert abs(w) < error or abs(slope - 1) < error


@pytest.mark.parametrize(("k", "seed"), [(3, 1), (3, 2), (4, 3)])
def test_mixtures_against_newton_in_floats(k: int, seed: int) -> None:
    rng = random.Random(seed)
    components = random_mixture(rng, k, k + 2)
    blend = Distribution.mixture(components, [Rational(1, k)] * k)
    data = Distribution.from_weights([p * (100 + rng.randint(-3, 3)) for p in blend.values()])
    found = fit(data, mixture(*components))
    if found.certificate.minimisers[0].kind != "stationary point":
        pytest.fail("the data were planted for an inner optimum")
    with mpmath.workdps(40):

        def gradient(*w: Any) -> list[Any]:
            every = slopes(data, components, [*w, 1 - sum(w)])
            return [every[-1] - s for s in every[:-1]]

        start = [mpmath.mpf(1) / k] * (k - 1)
        root = mpmath.findroot(gradient, start)
        # Newton's method stops below the square of 1e-20, and the optimum is a simple zero
        assert all(abs(a - b) < mpmath.mpf(10) ** -15 for a, b in zip(decimals(found.argmin, 30), root, strict=True))


@settings(max_examples=25)
@given(st.lists(st.integers(1, 9), min_size=12, max_size=12), st.lists(st.integers(1, 5), min_size=3, max_size=3))
def test_data_from_a_member_give_its_weights_back(counts: list[int], weights: list[int]) -> None:
    components = [Distribution.from_counts(counts[i : i + 4]) for i in (0, 4, 8)]
    true = [Rational(w, sum(weights)) for w in weights]
    data = Distribution.mixture(components, true)
    found = fit(data, mixture(*components))
    rank = sympy.Matrix([[c[x] for x in range(4)] for c in components]).rank()
    assert found.divergence == 0
    assert Tuple(*true[:2]) in found.argmins
    if rank == 3:
        assert found.argmin == Tuple(*true[:2])
        assert found.model == data
    else:
        assert "unique" not in found.certificate.conclusion


def test_planted_inner_optima_with_a_positive_divergence() -> None:
    """Weights w are optimal for data p = r·q_w if every component has the mean 1 of r: solve for such r exactly."""
    rng = random.Random(8)
    for _ in range(4):
        components = random_mixture(rng, 3, 6)
        table = sympy.Matrix([[c[x] for x in range(6)] for c in components])
        kernel = table.nullspace()
        weights = [Rational(1, 2), Rational(1, 3), Rational(1, 6)]
        q = Distribution.mixture(components, weights)
        bump = sum((v * rng.randint(1, 3) for v in kernel), sympy.zeros(6, 1))
        scale = 1 / (2 * max(abs(x) for x in bump))
        data = Distribution([q[x] * (1 + scale * bump[x]) for x in range(6)])
        found = fit(data, mixture(*components))
        assert found.argmin == Tuple(*weights[:2])
        assert found.value == forms.kl_divergence(data, q)
        assert sign(found.value) == 1


@pytest.mark.parametrize("best", range(3))
def test_optima_at_vertices(best: int) -> None:
    components = [Distribution.from_counts(c) for c in ([6, 3, 1], [1, 6, 3], [3, 1, 6])]
    found = fit(Distribution.point(best), mixture(*components))
    assert found.argmin == Tuple(int(best == 0), int(best == 1))
    assert found.certificate.minimisers[0].kind == "on a face"
    assert found.value == -LogForm.log("3/5")
    assert "the slopes of D from there towards the vertices" in found.explain()


def test_an_optimum_on_an_edge_is_that_of_the_two_components_left() -> None:
    components = [Distribution.from_counts(c) for c in ([6, 3, 1], [1, 6, 3], [1, 1, 8])]
    data = Distribution.from_counts([4, 5, 1])
    found = fit(data, mixture(*components))
    edge = fit(data, mixture(*components[:2]))
    assert found.argmin == Tuple(edge.argmin, 1 - edge.argmin)
    assert order(found.value, edge.value) == 0


def test_zero_counts_and_components_with_zeros() -> None:
    components = [Distribution([1, 0, 0]), Distribution(["1/2", "1/2", 0]), Distribution.uniform(3)]
    assert fit(Distribution.from_counts([2, 2, 0]), mixture(*components)).argmin == Tuple(0, 1)
    assert fit(Distribution.from_counts([3, 1, 0]), mixture(*components)).argmin == Tuple(
        Rational(1, 2), Rational(1, 2)
    )
    assert fit(Distribution.from_counts([3, 2, 1]), mixture(*components)).divergence == 0
    assert fit(Distribution({"x": 1}), mixture(*components)).divergence == sympy.oo


# -- unidentifiable --------------------------------------------------------------------------------------------------

ONE, OTHER = Distribution(["1/2", "1/4", "1/4"]), Distribution(["1/4", "1/4", "1/2"])


def test_a_duplicate_component_is_named() -> None:
    found = fit(Distribution.from_counts([3, 2, 2]), mixture(ONE, ONE, OTHER))
    w = symbols("w_1 w_2")
    assert isinstance(found.argmins, ConditionSet)
    assert Tuple(Rational(1, 2), Rational(3, 10)) in found.argmins
    assert Tuple(Rational(1, 2), Rational(1, 2)) not in found.argmins
    assert Tuple(Rational(9, 10), Rational(-1, 10)) not in found.argmins
    assert found.certificate.conclusion == (
        f"the minimum is attained wherever {w[0] + w[1]} = 4/5 in the domain: the parameters are not identifiable"
    )
    assert "constant along 1 independent direction" in found.explain()
    assert order(found.value, fit(Distribution.from_counts([3, 2, 2]), mixture(ONE, OTHER)).value) == 0
    with pytest.raises(KLExactError, match="argmin needs a unique minimum; found: the minimum is attained wherever"):
        found.argmin  # noqa: B018


def test_a_duplicate_component_with_no_weight_leaves_one_minimiser() -> None:
    found = fit(Distribution.point(2), mixture(ONE, ONE, OTHER))
    assert found.argmin == Tuple(0, 0)
    assert isinstance(fit(Distribution.point(0), mixture(ONE, ONE, OTHER)).argmins, ConditionSet)


def test_all_components_equal() -> None:
    found = fit(ONE, mixture(ONE, ONE, ONE))
    assert found.divergence == 0
    assert Tuple(0, 1) in found.argmins
    assert Tuple(1, 1) not in found.argmins
    assert "at all values of w_1, w_2" in found.certificate.conclusion


def test_a_parameter_that_no_probability_has() -> None:
    found = fit(ONE, custom([S, (1 - S) / 2, (1 - S) / 2], [S, T], SQUARE))
    assert Tuple(Rational(1, 2), Rational(1, 7)) in found.argmins
    assert Tuple(Rational(1, 3), Rational(1, 7)) not in found.argmins
    assert "unique" not in found.certificate.conclusion or "at all values of t" in found.certificate.conclusion


def test_infinitely_many_minimisers_of_a_curved_kind_are_refused_and_named() -> None:
    with pytest.raises(NoClosedFormError, match=r"finitely many.*not be identifiable\). Found so far: ∂D/∂s") as caught:
        fit(ONE, custom([S * T, (1 - S * T) / 2, (1 - S * T) / 2], [S, T], SQUARE))
    assert caught.value.found.derivative is not None


# -- closed forms ----------------------------------------------------------------------------------------------------

HARDY_WEINBERG = [P**2, 2 * P * Q, Q**2, 2 * P * (1 - P - Q), 2 * Q * (1 - P - Q), (1 - P - Q) ** 2]


def test_hardy_weinberg_with_two_alleles_is_gene_counting() -> None:
    found = fit(Distribution.from_counts([10, 5, 3]), custom([P**2, 2 * P * (1 - P), (1 - P) ** 2], [P]))
    assert found.argmin == Rational(25, 36)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50), min_size=6, max_size=6).filter(any))
def test_hardy_weinberg_with_three_alleles_is_gene_counting(n: list[int]) -> None:
    found = fit(Distribution.from_counts(n), custom(HARDY_WEINBERG, [P, Q]))
    genes = 2 * sum(n)
    assert found.argmin == Tuple(Rational(2 * n[0] + n[1] + n[3], genes), Rational(2 * n[2] + n[1] + n[4], genes))
    assert found.value == forms.kl_divergence(Distribution.from_counts(n), found.model)
    assert "Gibbs" in found.explain()


def test_hardy_weinberg_for_any_data() -> None:
    data = Distribution.symbolic("f", 6)
    found = fit(data, custom(HARDY_WEINBERG, [P, Q]))
    f = [data[i] for i in range(6)]
    wanted = (f[0] + f[1] / 2 + f[3] / 2, f[2] + f[1] / 2 + f[4] / 2)
    assert [sympy.expand(x - y) for x, y in zip(found.argmin, wanted, strict=True)] == [0, 0]
    assert found.certificate.conditions == ()


@pytest.mark.parametrize(("n", "k"), [(1, 3), (2, 3), (3, 4)])
def test_multinomial_for_any_data_gives_the_mean_over_n(n: int, k: int) -> None:
    family = multinomial(n, k)
    outcomes = list(family.at(*[Rational(1, k)] * (k - 1)))
    data = Distribution.symbolic("f", outcomes)
    found = fit(data, family)
    means = [data.pushforward(itemgetter(i)).mean() / n for i in range(k - 1)]
    assert [sympy.expand(x - y) for x, y in zip(found.argmin, means, strict=True)] == [0] * (k - 1)
    assert found.certificate.conditions == ()


def test_ties_between_categories() -> None:
    family = custom([S / 2, S / 2, T, 1 - S - T], [S, T])
    found = fit(Distribution.symbolic("f", 4), family)
    f = symbols("f_1:4")
    assert [sympy.expand(x) for x in found.argmin] == [1 - f[1] - f[2], f[1]]
    numeric = fit(Distribution.from_counts([5, 1, 0, 4]), family)
    assert numeric.argmin == Tuple(Rational(3, 5), 0)
    assert numeric.certificate.minimisers[0].kind == "on a face"
    assert "unique" in numeric.certificate.conclusion


def test_a_product_of_models_separates() -> None:
    family = custom([S * T, S * (1 - T), (1 - S) * T, (1 - S) * (1 - T)], [S, T])
    found = fit(Distribution.symbolic("f", 4), family)
    f = symbols("f_1:4")
    assert [sympy.expand(x) for x in found.argmin] == [1 - f[1] - f[2], sympy.expand(1 - f[0] - f[2])]
    assert "D is a sum of functions of (s) and (t)" in found.explain()


def test_a_separable_objective_with_two_minima_in_one_part() -> None:
    a = [(1 - 2 * S) ** 2, 4 * S * (1 - S)]
    family = custom([x * y for x in a for y in (T, 1 - T)], [S, T], SQUARE)
    found = fit(Distribution(["1/6", "1/3", "1/6", "1/3"]), family)
    assert found.argmins == FiniteSet(*(Tuple((2 + r) / 4, Rational(1, 3)) for r in (-sqrt(2), sqrt(2))))
    assert found.divergence == 0


def test_abo_blood_groups() -> None:
    """Bernstein's counts: the classical example of an algebraic optimum, against the EM algorithm."""
    r = 1 - P - Q
    groups = {"A": P**2 + 2 * P * r, "B": Q**2 + 2 * Q * r, "AB": 2 * P * Q, "O": r**2}
    counts = {"A": 186, "B": 38, "AB": 13, "O": 284}
    inside = [P >= 0, Q >= 0, P + Q <= 1]
    found = fit(Distribution.from_counts(counts), custom(groups, [P, Q], inside))
    assert found.certificate.convex
    wide = fit(Distribution.from_counts(counts), custom(groups, [P, Q]))
    assert (
        wide.argmin == found.argmin
    )  # where p + q > 1 the probabilities are >= 0, too: not convex, all faces searched
    assert not wide.certificate.convex
    with mpmath.workdps(30):
        p, q = mpmath.mpf(1) / 3, mpmath.mpf(1) / 3
        for _ in range(400):  # EM converges linearly here, by more than a digit in three steps
            o = 1 - p - q
            aa, bb = counts["A"] * p / (p + 2 * o), counts["B"] * q / (q + 2 * o)
            p, q = ((counts["A"] + aa + 13) / 1042, (counts["B"] + bb + 13) / 1042)
        assert all(abs(x - y) < mpmath.mpf(10) ** -20 for x, y in zip(decimals(found.argmin, 25), (p, q), strict=True))


# -- not convex ------------------------------------------------------------------------------------------------------

BOWLS = [(S - Rational(1, 3)) ** 2 / 2, (T - Rational(1, 2)) ** 2 / 2]
BOWLS.append(1 - BOWLS[0] - BOWLS[1])


def test_two_equal_minima_and_saddle_points() -> None:
    found = fit(Distribution(["1/16", "1/32", "29/32"]), custom(BOWLS, [S, T], SQUARE))
    s = Rational(1, 3) + sqrt(2) / 4
    assert found.argmins == FiniteSet(Tuple(s, Rational(1, 4)), Tuple(s, Rational(3, 4)))
    assert found.divergence == 0
    assert found.certificate.convex is None
    assert "the global minimum is attained at 2 points, (s, t) =" in found.explain()
    assert {c.kind for c in found.certificate.candidates} >= {"stationary point", "on a face", "vertex"}


def test_two_equal_minima_on_the_boundary() -> None:
    found = fit(Distribution(["1/2", "1/4", "1/4"]), custom(BOWLS, [S, T], SQUARE))
    assert found.argmins == FiniteSet(Tuple(1, 0), Tuple(1, 1))
    assert {c.kind for c in found.certificate.minimisers} == {"vertex"}


def on_grid(data: Distribution, family: Family, found: Any, steps: int) -> None:
    for a, b in product(range(steps + 1), repeat=2):
        member = family.at(Rational(a, steps), Rational(b, steps))
        assert order(found.value, forms.kl_divergence(data, member)) <= 0


CURVED = [
    [S**2 * T, S * (1 - S) * T, (1 - S) * T, 1 - T],
    [(S**2 + T**2) / 4, (1 - S**2) / 4, (2 - T**2) / 4, Rational(1, 4)],
    [(1 + S * T) / 4, (1 - S**2 * T) / 4, (1 + S - S * T) / 4, (1 - S + S**2 * T) / 4],
    [(S - T) ** 2 / 2, (1 - (S - T) ** 2) * S, (1 - (S - T) ** 2) * (1 - S), (S - T) ** 2 / 2],
    [1 / (2 + S + T), (1 + S) / (2 + S + T) / 2, (1 + S) / (2 + S + T) / 2, T / (2 + S + T)],
]


@pytest.mark.parametrize("probabilities", CURVED, ids=["cubic", "discs", "saddle", "ridge", "quotients"])
@pytest.mark.parametrize("counts", [[1, 2, 3, 4], [5, 1, 1, 3], [0, 2, 7, 1]])
def test_curved_families_against_a_grid(probabilities: list[Any], counts: list[int]) -> None:
    data, family = Distribution.from_counts(counts), custom(probabilities, [S, T], SQUARE)
    found = fit(data, family)
    on_grid(data, family, found, 8)
    for c in found.certificate.minimisers:
        if all(x.is_Rational for x in c.location):
            assert c.location in found.argmins
            assert found.value == forms.kl_divergence(data, family.at(*c.location))


def test_a_face_of_minimisers() -> None:
    found = fit(Distribution.from_counts([1, 2, 3, 4]), custom(CURVED[2], [S, T], SQUARE))
    assert isinstance(found.argmins, ConditionSet)
    assert Tuple(0, Rational(1, 3)) in found.argmins
    assert Tuple(Rational(1, 100), 0) not in found.argmins
    assert found.certificate.conclusion == (
        "the minimum is attained on all of the face s = 0: the parameters are not identifiable there"
    )


def test_members_are_found_again() -> None:
    rng = random.Random(3)
    for probabilities in CURVED[:3]:
        family = custom(probabilities, [S, T], SQUARE)
        for _ in range(2):
            true = [Rational(rng.randint(1, 6), 7) for _ in range(2)]
            found = fit(family.at(*true), family)
            assert found.divergence == 0
            assert Tuple(*true) in found.argmins


def test_three_parameters() -> None:
    p = [S * T, S * (1 - T) * P, S * (1 - T) * (1 - P), 1 - S]
    found = fit(Distribution.from_counts([1, 2, 3, 4]), custom(p, [S, T, P]))
    assert found.argmin == Tuple(Rational(3, 5), Rational(1, 6), Rational(2, 5))


# -- domains ---------------------------------------------------------------------------------------------------------

FORM = LogForm.sum([(-2, LogForm.log(S)), (-1, LogForm.log(T)), (-1, LogForm.log(3 - S - T))])


def test_a_domain_that_cuts_the_optimum_off() -> None:
    free = minimise_several(FORM, (S, T), Polytope([S, T], [S >= 0, T >= 0, S + T <= 3]))
    assert free.argmin == Tuple(Rational(3, 2), Rational(3, 4))
    cut = minimise_several(FORM, (S, T), Polytope([S, T], [S >= 0, T >= 0, S <= 1, T <= 1]))
    assert cut.argmin == Tuple(1, 1)
    line = minimise_several(FORM, (S, T), Polytope([S, T], [S >= 0, T >= 0, sympy.Eq(S + T, 1)]))
    assert line.argmin == Tuple(Rational(2, 3), Rational(1, 3))
    point = minimise_several(FORM, (S, T), Polytope([S, T], [sympy.Eq(S, 1), sympy.Eq(T, 1)]))
    assert point.argmin == Tuple(1, 1)
    assert point.value == LogForm()


def test_an_unbounded_domain_with_a_convex_objective() -> None:
    form = LogForm(S + 2 * T) - LogForm.log(S) - 3 * LogForm.log(T) - LogForm.log(S + T)
    quarter = Polytope([S, T], [S >= 0, T >= 0])
    found = minimise_several(form, (S, T), quarter)
    with mpmath.workdps(30):
        s, t = decimals(found.argmin, 25)
        # both partial derivatives are below 1e-20 where the curvature is above 0.1
        assert abs(1 - 1 / s - 1 / (s + t)) < mpmath.mpf(10) ** -20
        assert abs(2 - 3 / t - 1 / (s + t)) < mpmath.mpf(10) ** -20
    far = minimise_several(form, (S, T), Polytope([S, T], [S >= 7, T >= 7]))
    assert far.argmin == Tuple(7, 7)


REFUSED: list[tuple[str, LogForm, list[Any], type[Exception], str]] = [
    (
        "no lower bound",
        -LogForm.log(S) - LogForm.log(S + T),
        [S >= 0, T >= 0],
        KLExactError,
        r"lower bound; found -∞ along",
    ),
    (
        "falls along a ray",
        LogForm(S - T) - LogForm.log(S + 2 * T),
        [S >= 0, T >= 0],
        KLExactError,
        r"along s = 0, t = 1",
    ),
    ("empty", FORM, [S >= 0, T >= 0, S + T <= -1], InvalidFamilyError, r"must not be empty"),
    ("empty, constant", LogForm(1), [S >= 0, T >= 0, S + T <= -1], InvalidFamilyError, r"must not be empty"),
    ("no vertex", FORM, [S + T >= 0], NoClosedFormError, r"must have a vertex.*bound the parameters"),
    (
        "unbounded, not convex",
        LogForm.log(1 + S + T) - LogForm.log(S) - LogForm.log(1 + T),
        [S >= 0, T >= 0],
        NoClosedFormError,
        r"needs a bounded domain",
    ),
    (
        "a pole",
        LogForm.log(S + T) - LogForm.log(2 + S),
        SQUARE,
        NoClosedFormError,
        r"s \+ t in a denominator, 0 at s",
    ),
    ("a rational pole", LogForm(1 / (S + T)), SQUARE, NoClosedFormError, r"found the factor s \+ t in a denominator"),
    (
        "a wide gradient",
        S * LogForm.log(S) + T * LogForm.log(T),
        SQUARE,
        NoClosedFormError,
        r"gradient is a rational function over Q; found log\(s\) \+ 1",
    ),
]


@pytest.mark.parametrize(("form", "domain", "error", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refusals(form: LogForm, domain: list[Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        minimise_several(form, (S, T), Polytope([S, T], domain))


def test_the_callers_limit_ends_the_search_and_keeps_what_was_found() -> None:
    rng = random.Random(2)
    components = random_mixture(rng, 6, 12)
    data = Distribution.mixture(components, [Rational(1, 6)] * 6)
    noisy = Distribution.from_weights([p * rng.randint(95, 105) for p in data.values()])
    with pytest.raises(
        NoClosedFormError, match=r"within 0\.3 seconds.*Found so far: ∂D/∂w_1 = .*; D is convex"
    ) as caught:
        fit(noisy, mixture(*components), limit=0.3)
    assert caught.value.found.convex
    assert len(caught.value.found.derivative) == 5


def test_symbolic_data_beyond_gibbs() -> None:
    with pytest.raises(NoClosedFormError, match=r"symbolic data need affine factors .*: give the data values"):
        fit(Distribution.symbolic("f", 3), mixture(ONE, OTHER, Distribution.uniform(3)))


def test_weights_of_unknown_sign_become_conditions() -> None:
    a = Symbol("a")
    form = LogForm.log(S) * -a - LogForm.log(T) - LogForm.log(1 - S - T)
    found = minimise_several(form, (S, T), Polytope.simplex([S, T]))
    assert found.argmin == Tuple(a / (a + 2), 1 / (a + 2))
    assert found.certificate.conditions == (sympy.Ge(a, 0, evaluate=False),)


def test_one_parameter_as_several() -> None:
    form = LogForm.sum([(-2, LogForm.log(S)), (-1, LogForm.log(1 - S)), (-1, LogForm.log(1 + S))])
    found = minimise_several(form, (S,), Polytope.simplex([S]))
    assert found.argmin == Tuple(sqrt(2) / 2)


def test_hundreds_of_parameters() -> None:
    names = symbols("x_1:201")
    counts = [1 + i % 7 for i in range(201)]
    data = Distribution.from_counts(counts)
    found = fit(data, custom([*names, 1 - sympy.Add(*names)], names))
    assert tuple(found.argmin) == tuple(Rational(c, sum(counts)) for c in counts[:-1])
    assert found.divergence == 0
