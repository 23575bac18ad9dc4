"""I-projections: known answers, the laws of information geometry, brute force, and every way to have none."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import EmptySet, FiniteSet, Integer, Rational, Symbol, Tuple, log, oo

from klexact import Distribution, KLExactError, LogForm, decimal, enclose, entropy, forms, kl_divergence, order
from klexact.algebraic import AlgebraicForm
from klexact.errors import InvalidBaseError, InvalidConstraintError, InvalidNumberError, NoClosedFormError
from klexact.projection import Projection, max_entropy, project
from tests.property.strategies import distributions

DIE = Distribution.uniform(range(1, 7))
Statistic = Mapping[Any, int]


def identity(x: int) -> int:
    return x


def square(x: int) -> int:
    return x * x


def mean(found: Projection, statistic: Statistic) -> sympy.Expr:
    return sympy.Add(*(statistic[x] * p for x, p in found.probabilities.items()))


# -- known answers ---------------------------------------------------------------------------------------------------


def test_the_brandeis_dice() -> None:
    # Jaynes, "Where do we stand on maximum entropy?", 1978: these probabilities, and the entropy 1.61358
    found = max_entropy(range(1, 7), {identity: "9/2"})
    printed = ["0.05435", "0.07877", "0.11416", "0.16545", "0.23977", "0.34749"]
    assert [decimal(p, places=5) for p in found.probabilities.values()] == printed
    assert decimal(found.entropy, places=5) == "1.61358"
    assert found.is_closed_form
    assert isinstance(found.value, AlgebraicForm)
    (root,) = found.multipliers[0].atoms(sympy.CRootOf)
    assert found.multipliers == (log(root),)
    assert root.poly.all_coeffs() == [3, 1, -1, -3, -5, -7]
    with pytest.raises(NoClosedFormError, match="where it is rational; found the probability 1/"):
        _ = found.distribution


def test_the_derivation_of_the_brandeis_dice() -> None:
    steps = project(DIE, {identity: "9/2"}).certificate.steps()
    assert steps[0] == "minimise D(q‖r) over q where E[identity] = 9/2"
    assert (
        "3*x**5 + x**4 - x**3 - 3*x**2 - 5*x - 7 = 0 has one positive root, for its coefficients change sign once (Descartes)"
        in steps
    )
    assert "λ_1 = log(x), about 0.371048938081033" in steps
    assert "q*(6) = x**5/(x**5 + x**4 + x**3 + x**2 + x + 1), about 0.347494065774061" in steps
    assert steps[-2:] == [
        "D(q‖r) = D(q‖q*) + D(q*‖r) for every feasible q (the Pythagorean identity)",
        "so q* is the projection, unique",
    ]
    assert r"D(q\|r) = D(q\|q^*) + D(q^*\|r)" in project(DIE, {identity: "9/2"}).derivation.latex()


def test_geometric_tilts_are_found_as_rational() -> None:
    found = project(DIE, {identity: Rational(642, 126)})  # Σ k 2^(k-1) / 63
    assert found.distribution == Distribution.from_weights({k: 2**k for k in range(1, 7)})
    assert found.multipliers == (log(2),)
    assert found.value == forms.kl_divergence(found.distribution, DIE)
    assert found.argmins == FiniteSet(Tuple(*found.distribution.values()))
    assert found.argmin == Tuple(*found.distribution.values())


def test_a_feasible_reference_is_its_own_projection() -> None:
    found = project(DIE, {identity: "7/2"})
    assert found.distribution == DIE
    assert found.divergence == 0
    assert found.multipliers == (0,)
    assert project(DIE, {}).distribution == DIE


@pytest.mark.parametrize("reference", [DIE, Distribution.from_weights({k: k * k for k in range(1, 7)})])
def test_several_constraints_that_the_reference_satisfies(reference: Distribution) -> None:
    found = project(reference, {identity: reference.mean(), square: reference.expectation(square)})
    assert found.distribution == reference
    assert found.multipliers == (0, 0)
    assert found.value == LogForm()
    on_a_face = project(reference, {identity: reference.conditional({1, 2}).mean(), frozenset({1, 2}): 1})
    assert on_a_face.distribution == reference.conditional({1, 2})


@pytest.mark.parametrize(("value", "kept"), [(1, [1]), (6, [6])])
def test_an_end_of_the_range_leaves_the_outcomes_that_attain_it(value: int, kept: list[int]) -> None:
    found = project(DIE, {identity: value})
    assert found.distribution == DIE.conditional(kept)
    assert found.divergence == kl_divergence(DIE.conditional(kept), DIE)
    assert any("has expectation 0 under every feasible q" in step for step in found.certificate.steps())
    high = project(DIE, {(lambda x: x > 4): 1})
    assert high.distribution == DIE.conditional({5, 6})


def test_a_face_of_several_constraints() -> None:
    # the point (9/2, 41/2) lies on an edge of the hull of the points (x, x^2): of 4 and 5
    found = project(DIE, {identity: "9/2", square: "41/2"})
    assert found.distribution == DIE.conditional({4, 5})
    assert found.multipliers == (0, 0)
    quarter = project(DIE, {identity: "17/4", square: "73/4"})
    assert quarter.distribution == Distribution({4: "3/4", 5: "1/4"})
    assert quarter.divergence == kl_divergence(quarter.distribution, DIE)


def test_blocks_are_rescaled_conditionals() -> None:
    reference = Distribution.from_weights({k: k for k in range(1, 7)})
    found = project(reference, {frozenset({1, 2}): "1/2", frozenset({6}): "1/8"})
    expected = {1: "1/6", 2: "1/3", 3: "3/32", 4: "1/8", 5: "5/32", 6: "1/8"}
    assert found.distribution == Distribution(expected)
    assert found.value == forms.kl_divergence(found.distribution, reference)


def test_marginals_of_an_independent_reference_give_their_product() -> None:
    one, two = Distribution(["1/2", "1/3", "1/6"]), Distribution(["1/4", "3/4"])
    wanted, other = Distribution(["1/6", "1/6", "2/3"]), Distribution(["2/5", "3/5"])
    found = project(Distribution.product(one, two), _marginals(wanted, other))
    assert found.distribution == Distribution.product(wanted, other)
    assert found.value == forms.kl_divergence(wanted, one) + forms.kl_divergence(other, two)
    assert sum("follows from the rest" in step for step in found.certificate.steps()) == 1


def _marginals(*wanted: Distribution) -> list[Any]:
    return [(lambda o, i=i, x=x: o[i] == x, p) for i, marginal in enumerate(wanted) for x, p in marginal.items()]


def test_marginals_of_a_dependent_reference_are_enclosed() -> None:
    joint = Distribution.from_weights({(0, 0): 3, (0, 1): 1, (1, 0): 2, (1, 1): 2, (2, 0): 1, (2, 1): 5})
    found = project(joint, _marginals(Distribution(["1/3", "1/3", "1/3"]), Distribution(["1/2", "1/2"])))
    assert not found.is_closed_form
    # iterative proportional fitting: the odds ratios are the reference's
    q = found.probabilities
    odds = q[0, 0] * q[1, 1] / (q[0, 1] * q[1, 0])
    assert enclose(odds, digits=50).contains(3)
    assert enclose(q[0, 0] + q[0, 1], digits=50).contains("1/3")


def test_the_maximum_entropy_is_log_n_minus_the_divergence() -> None:
    found = max_entropy(4, {identity: "7/5"}, base=2)
    assert order(found.entropy + found.divergence, 2) == 0
    rational = max_entropy(4, {identity: Rational(34, 15)}, base=2)  # x = 2
    assert rational.entropy == entropy(rational.distribution, base=2)
    assert max_entropy(4, {}).entropy == 2 * log(2)
    with pytest.raises(NoClosedFormError, match="uniform reference"):
        _ = project(Distribution(["1/3", "2/3"]), {}).entropy


def test_symbols() -> None:
    a, b = Symbol("a"), Symbol("b")
    found = project(DIE, {frozenset({1, 2}): a, frozenset({3}): b})
    assert found.distribution == Distribution({1: a / 2, 2: a / 2, 3: b, **dict.fromkeys((4, 5, 6), (1 - a - b) / 3)})
    assert found.value == forms.kl_divergence(found.distribution, DIE)
    assert found.certificate.conditions == found.distribution.conditions
    coin = project(Distribution.symbolic("p", 2), {identity: a})
    assert coin.value == forms.kl_divergence(Distribution([1 - a, a]), Distribution.symbolic("p", 2))
    assert project(DIE, {frozenset({1}): Symbol("x")}).probabilities[2] == Rational(1, 5) - Symbol("x") / 5


# -- certificates and numbers ----------------------------------------------------------------------------------------


def test_what_has_no_closed_form_is_enclosed_and_says_so() -> None:
    found = project(DIE, {identity: "9/2", square: 22})
    assert not found.is_closed_form
    assert "no closed form was found" in found.certificate.conclusion
    assert repr(found) == "<Projection: q* is the projection, unique; no closed form was found>"
    for power, value in ((0, 1), (1, "9/2"), (2, 22)):
        total = mean(found, {x: x**power for x in range(1, 7)})
        bounds = enclose(total, digits=100)
        assert bounds.contains(value)
        assert bounds.width < Fraction(1, 10**98)
    # λ and Z give back every probability: log q_i = λ·T_i - log Z - log 6, so second differences of log q are 2λ_2
    logs = [log(found.probabilities[x]) for x in (1, 2, 3)]
    assert enclose(logs[0] - 2 * logs[1] + logs[2] - 2 * found.multipliers[1] + 1, digits=50).contains(1)
    assert decimal(found.divergence / log(2), 10) == decimal(project(DIE, dict(_pairs(found)), base=2).divergence, 10)


def _pairs(found: Projection) -> list[tuple[Any, Any]]:
    values = [tuple(Rational(int(v.p), int(v.q)) for v in c.values) for c in found.constraints]
    return [
        (v, Rational(int(c.target.numerator), int(c.target.denominator)))
        for v, c in zip(values, found.constraints, strict=True)
    ]


def test_a_thousand_outcomes() -> None:
    found = max_entropy(1000, {identity: "123.45"})
    total = LogForm.log(1000).as_expr() - found.divergence
    # the entropy of a geometric law of the same mean on 0, 1, 2, ... is above, that of one cut at 1000 within 1/100
    m = Rational("123.45")
    geometric = (m + 1) * log(m + 1) - m * log(m)
    assert order(total, geometric) == -1
    assert order(total, geometric - Rational(1, 100)) == 1
    assert len(found.certificate.steps()) < 12


def test_the_primal_value_is_the_dual_value() -> None:
    # by hand: λ·c - log Z at the root, against Σ q log(q/r) at it, both balls at 300 bits
    found = project(DIE, {identity: "9/2"})
    (multiplier,) = found.multipliers
    dual = multiplier * Rational(9, 2) - log(sympy.Add(*(sympy.exp(k * multiplier) / 6 for k in range(1, 7))))
    primal = sympy.Add(*(q * log(6 * q) for q in found.probabilities.values()))
    for value in (dual, primal):
        assert enclose(value, bits=300).overlaps(enclose(found.value, bits=300))


# -- laws ------------------------------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn, most: int = 5) -> tuple[Distribution, list[tuple[Statistic, sympy.Expr]], Distribution]:
    """A reference, constraints, and a distribution that satisfies them: all outcomes of it are the reference's."""
    reference = draw(distributions(2, most, zeros=False))
    feasible = Distribution.from_weights(
        draw(st.lists(st.integers(0, 5), min_size=len(reference), max_size=len(reference)).filter(any))
    )
    tables = draw(st.lists(st.lists(st.integers(0, 3), min_size=len(reference), max_size=len(reference)), max_size=2))
    statistics = [dict(zip(reference, table, strict=True)) for table in tables]
    return reference, [(s, feasible.expectation(s.__getitem__)) for s in statistics], feasible


@settings(deadline=None, max_examples=60)
@given(problems())
def test_no_feasible_distribution_is_nearer(
    problem: tuple[Distribution, list[tuple[Statistic, sympy.Expr]], Distribution],
) -> None:
    reference, constraints, feasible = problem
    found = project(reference, constraints)
    distance = forms.kl_divergence(feasible, reference)
    rational = all(p.is_Rational for p in found.probabilities.values())
    if rational:
        nearest = found.distribution
        for statistic, value in constraints:
            assert nearest.expectation(statistic.__getitem__) == value
        assert found.value == forms.kl_divergence(nearest, reference)
        assert distance == forms.kl_divergence(feasible, nearest) + found.value  # Pythagoras
    else:
        assert order(found.value, distance) == -1  # feasible is rational: it is not the projection
        for statistic, value in constraints:
            assert enclose(1 + mean(found, statistic), digits=30).contains(1 + value)
        shift = sum(p * log(found.probabilities[x]) for x, p in feasible.items() if p)
        beyond = -entropy(feasible) - shift  # D(feasible‖projection)
        assert enclose(beyond + found.divergence, digits=20).overlaps(enclose(distance, digits=20))


@settings(deadline=None, max_examples=60)
@given(problems())
def test_the_multipliers_give_the_probabilities(
    problem: tuple[Distribution, list[tuple[Statistic, sympy.Expr]], Distribution],
) -> None:
    reference, constraints, _ = problem
    found = project(reference, constraints)
    tilt = {
        x: sympy.Add(*(m * s[x] for m, (s, _) in zip(found.multipliers, constraints, strict=True))) for x in reference
    }
    inside = [x for x, p in found.probabilities.items() if p != 0]
    total = sympy.Add(*(reference[x] * sympy.exp(tilt[x]) for x in inside))
    for x in inside:
        one = found.probabilities[x] * total / (reference[x] * sympy.exp(tilt[x]))
        assert enclose(one, digits=20).contains(1)


@given(distributions(3, 6, zeros=False), st.data())
def test_projecting_in_steps_is_projecting_at_once(reference: Distribution, data: st.DataObject) -> None:
    # onto a linear family, then onto a smaller one inside: D(p2‖r) = D(p2‖p1) + D(p1‖r)
    n = len(reference)
    masses = data.draw(st.lists(st.integers(1, 9), min_size=3, max_size=3))
    cut = data.draw(st.integers(1, n - 2))
    coarse = [(frozenset(range(cut)), Rational(masses[0], sum(masses)))]
    fine = [*coarse, (frozenset({cut}), Rational(masses[1], sum(masses)))]
    first, last = project(reference, coarse), project(reference, fine)
    again = project(first.distribution, fine)
    assert again.distribution == last.distribution
    assert last.value == again.value + first.value


@settings(deadline=None, max_examples=30)
@given(distributions(2, 5, zeros=False), distributions(2, 4, zeros=False), st.data())
def test_both_marginals(one: Distribution, two: Distribution, data: st.DataObject) -> None:
    wanted = data.draw(distributions(len(one), len(one)))
    other = data.draw(distributions(len(two), len(two)))
    found = project(Distribution.product(one, two), _marginals(wanted, other))
    assert found.distribution == Distribution.product(wanted, other)
    assert found.value == forms.kl_divergence(wanted, one) + forms.kl_divergence(other, two)


# -- none ------------------------------------------------------------------------------------------------------------


def test_impossible_outcomes_stay_impossible() -> None:
    reference = Distribution({1: "1/2", 2: "1/2", 3: 0})
    assert project(reference, {identity: "5/4"}).distribution == Distribution({1: "3/4", 2: "1/4"})
    assert project(reference, {identity: "5/4"}).probabilities[3] == 0


def test_the_divergence_is_infinite_where_impossible_outcomes_are_needed() -> None:
    found = project(Distribution({1: "1/2", 2: "1/2", 3: 0}), {identity: "5/2"}, base="1/2")
    assert found.divergence == -oo
    assert found.value.is_infinite
    assert found.argmins is EmptySet
    assert found.probabilities == {}
    assert "E[identity] can have any value from 1 to 2; found E[identity] = 5/2" in found.explain()
    with pytest.raises(KLExactError, match=r"a finite divergence; found: the divergence is \+∞"):
        _ = found.distribution


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ([(identity, 7)], r"E\[identity\] can have any value from 1 to 6; found E\[identity\] = 7: change the value"),
        (
            [(identity, "9/2"), (square, 40)],
            r"given .* = 9/2, E\[square\] can have any value from 41/2 to 51/2; found",
        ),
        ([(identity, "9/2"), (lambda x: 2 * x, 10)], r"E\[T_2\] can have the value 9 only; found E\[T_2\] = 10"),
        ([(frozenset({1}), "3/2")], r"P\(\{1\}\) can have any value from 0 to 1"),
        (
            [(frozenset({1}), Symbol("c")), (set(range(2, 7)), 1 - Symbol("c"))],
            "with symbols must be independent; found",
        ),
        ([(identity, 7)] * 201, "at most 200"),
    ],
)
def test_constraints_that_cannot_hold(constraints: Sequence[tuple[Any, Any]], message: str) -> None:
    with pytest.raises(InvalidConstraintError, match=message):
        project(DIE, constraints)


def test_a_redundant_constraint_has_the_multiplier_0() -> None:
    found = project(DIE, [(identity, Rational(642, 126)), (lambda x: 3 * x - 1, Rational(642, 42) - 1)])
    assert found.multipliers == (log(2), 0)
    assert "what is asked of E[T_2] follows from the rest: its multiplier is 0" in found.certificate.steps()


def test_what_is_refused() -> None:
    with pytest.raises(NoClosedFormError, match="fix the masses of blocks; found others"):
        project(DIE, {identity: Symbol("c")})
    with pytest.raises(InvalidNumberError, match=r"the statistic of E\[T_1\] at outcome 1 must be"):
        project(DIE, {(lambda _: "red"): 1})
    with pytest.raises(InvalidBaseError):
        project(DIE, {identity: 3}, base=1)
    with pytest.raises(KLExactError, match="probabilities must sum to exactly 1"):
        project(["1/2"], {identity: 3})  # type: ignore[arg-type]


def test_a_single_outcome() -> None:
    found = project(Distribution.point("a"), {frozenset("a"): Integer(1)})
    assert found.distribution == Distribution.point("a")
    assert found.divergence == 0


def test_a_projection_shows_its_probabilities() -> None:
    shown = sympy.pretty(max_entropy(range(1, 7), {lambda x: x: "9/2"}))
    assert "6        0.347494065774061... (an algebraic number)" in shown
    assert "D = 0.178178371074226 nats: q* is the projection, unique" in shown
    assert len(shown) < 1000
    exact = sympy.pretty(project(Distribution.uniform(20), [(frozenset({0}), "1/2")]))
    assert "0        1/2" in exact
    assert "... 8 more" in exact
