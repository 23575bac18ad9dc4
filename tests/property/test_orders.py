"""Laws of the measures of any order and of the distances, tested exactly.

Entropies of order α
 1. Rényi's falls as the order grows, lies in [0, log n], and is log n iff the distribution is uniform (α > 0).
 2. Rényi adds on products; Tsallis' S(pq) = S(p) + S(q) + (1 - α)·S(p)·S(q). H_α(p) = log n - D_α(p‖uniform).
Divergences of order α
 3. >= 0, = 0 iff p = q (α > 0); grows with the order; (1 - α)·D_α(p‖q) = α·D_{1-α}(q‖p) for 0 < α < 1.
 4. Rényi adds on products. Data processing. Relabelling and impossible outcomes change nothing.
 5. D_{1/2} = 2·Bhattacharyya, Tsallis of order 2 = χ² = exp(D_2) - 1, Tsallis of order 1/2 = 2·Hellinger².
Distances
 6. Total variation is the greatest difference of the probability of an event, and half the sum over outcomes.
 7. Total variation and Hellinger: symmetric, within [0, 1], 0 iff equal, 1 iff disjoint; the triangle inequality.
 8. H² <= TV <= √2·H, 2·TV² <= D (Pinsker), D <= log(1 + χ²) <= χ².
Total correlation
 9. >= 0, = 0 iff independent; mutual information for two; D(joint‖product of marginals); TC(X,Y,Z) = I(X;Y) + I(X,Y;Z).
"""

from fractions import Fraction
from itertools import combinations

import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, log, oo, sqrt

from klexact import (
    Distribution,
    LogForm,
    bhattacharyya_distance,
    chi_squared_divergence,
    forms,
    hellinger_distance,
    is_zero,
    kl_divergence,
    mutual_information,
    order,
    renyi_divergence,
    renyi_entropy,
    total_correlation,
    total_variation,
    tsallis_divergence,
    tsallis_entropy,
)
from tests.property.strategies import distributions, joints, pairs, relabellings

Pair = tuple[Distribution, Distribution]

_fractional = st.builds(Fraction, st.integers(1, 8), st.integers(2, 4)).filter(lambda x: x != 1)
_small = st.lists(st.integers(0, 12), min_size=1, max_size=3).filter(any).map(Distribution.from_weights)
orders = st.one_of(st.sampled_from([Fraction(0), Fraction(1), Fraction(2), Fraction(3)]), _fractional)


@given(distributions(), orders, orders)
def test_renyi_entropy_falls_from_log_n(p: Distribution, first: Fraction, second: Fraction) -> None:
    low, high = sorted((first, second))
    n, uniform = len(p.support), p == Distribution.uniform(p.support)
    falls = order(renyi_entropy(p, high), renyi_entropy(p, low))
    assert falls == (0 if uniform or low == high else -1)
    assert order(renyi_entropy(p, low), log(n)) == (0 if uniform or low == 0 else -1)
    assert order(renyi_entropy(p, oo), renyi_entropy(p, high)) == (0 if uniform else -1)
    assert order(renyi_entropy(p, oo), 0) == int(n > 1)


@given(_small, _small, st.builds(Fraction, st.integers(0, 6), st.just(2)))
def test_entropies_of_products(p: Distribution, q: Distribution, alpha: Fraction) -> None:
    both = Distribution.product(p, q)
    s, t = tsallis_entropy(p, alpha), tsallis_entropy(q, alpha)
    assert sympy.expand(tsallis_entropy(both, alpha) - s - t - (1 - Rational(alpha)) * s * t) == 0
    whole = alpha.numerator // alpha.denominator  # two logarithms of algebraic numbers are not one
    assert is_zero(renyi_entropy(both, whole) - renyi_entropy(p, whole) - renyi_entropy(q, whole))


@given(distributions(), orders)
def test_entropy_is_what_the_divergence_from_uniform_leaves(p: Distribution, alpha: Fraction) -> None:
    loss = renyi_divergence(p, Distribution.uniform(p.outcomes), alpha)
    assert sympy.expand(renyi_entropy(p, alpha) + loss - LogForm.log(len(p)).as_expr()) == 0


@given(pairs(), orders, orders)
def test_renyi_divergence_grows_from_0(pair: Pair, first: Fraction, second: Fraction) -> None:
    p, q = pair
    low, high = sorted((first, second))
    below, above, top = (renyi_divergence(p, q, alpha) for alpha in (low, high, oo))
    assert order(below, above) <= 0
    assert order(above, top) <= 0
    same_support = set(p.support) >= set(q.support)
    assert order(below, 0) == int(p != q if low else not same_support)
    assert (top == oo) == (not set(p.support) <= set(q.support))
    if low:
        assert order(tsallis_divergence(p, q, low), 0) == int(p != q)


@given(pairs(), _fractional.filter(lambda alpha: alpha < 1))
def test_skew_symmetry(pair: Pair, alpha: Fraction) -> None:
    p, q = pair
    one, other = renyi_divergence(p, q, alpha), renyi_divergence(q, p, 1 - alpha)
    assert one == other == oo or sympy.expand((1 - Rational(alpha)) * one - Rational(alpha) * other) == 0


@given(pairs(dominated=True), pairs(dominated=True), st.integers(0, 3))
def test_renyi_divergence_adds_on_products(first: Pair, second: Pair, alpha: int) -> None:
    (p, q), (r, s) = first, second
    together = renyi_divergence(Distribution.product(p, r), Distribution.product(q, s), alpha)
    assert is_zero(together - renyi_divergence(p, q, alpha) - renyi_divergence(r, s, alpha))


@given(pairs(), orders, st.integers(1, 4))
def test_data_processing(pair: Pair, alpha: Fraction, n: int) -> None:
    p, q = pair
    r, s = (d.pushforward(lambda x: x % n) for d in pair)
    assert order(renyi_divergence(r, s, alpha), renyi_divergence(p, q, alpha)) <= 0
    assert order(total_variation(r, s), total_variation(p, q)) <= 0
    assert order(hellinger_distance(r, s), hellinger_distance(p, q)) <= 0


@given(pairs(), orders, st.data())
def test_relabelling_and_impossible_outcomes_change_nothing(pair: Pair, alpha: Fraction, data: st.DataObject) -> None:
    p, q = pair
    names = data.draw(relabellings(len(p)))
    r, s = (Distribution({"never": 0, **dict(d.pushforward(names.__getitem__).items())}) for d in pair)
    assert renyi_entropy(r, alpha) == renyi_entropy(p, alpha)
    assert renyi_divergence(r, s, alpha) == renyi_divergence(p, q, alpha)
    assert hellinger_distance(r, s) == hellinger_distance(p, q)


@given(pairs())
def test_one_power_sum_makes_them_all(pair: Pair) -> None:
    p, q = pair
    assert renyi_divergence(p, q, "1/2") == 2 * bhattacharyya_distance(p, q)
    assert sympy.expand(tsallis_divergence(p, q, "1/2") - 2 * hellinger_distance(p, q) ** 2) == 0
    chi = chi_squared_divergence(p, q)
    assert chi == tsallis_divergence(p, q, 2)
    if chi != oo:
        assert is_zero(renyi_divergence(p, q, 2) - log(1 + chi))


# -- distances -----------------------------------------------------------------------------------------------------


@given(pairs())
def test_total_variation_is_the_greatest_difference_on_events(pair: Pair) -> None:
    p, q = pair
    events = [event for size in range(len(p) + 1) for event in combinations(p.outcomes, size)]
    assert total_variation(p, q) == max(sum((p[x] - q[x] for x in event), sympy.S.Zero) for event in events)


@given(st.data(), st.integers(1, 4))
def test_metrics(data: st.DataObject, n: int) -> None:
    p, q, r = (data.draw(distributions(n, n)) for _ in range(3))
    for distance in (total_variation, hellinger_distance):
        assert distance(p, q) == distance(q, p)
        assert order(distance(p, q), 0) == int(p != q)
        assert order(distance(p, q), 1) == (0 if set(p.support).isdisjoint(q.support) else -1)
        assert order(distance(p, r), distance(p, q) + distance(q, r)) <= 0


@given(pairs())
def test_inequalities_between_them(pair: Pair) -> None:
    p, q = pair
    variation, hellinger, chi = total_variation(p, q), hellinger_distance(p, q), chi_squared_divergence(p, q)
    assert order(hellinger**2, variation) <= 0
    assert order(variation, sqrt(2) * hellinger) <= 0
    assert order(2 * variation**2, kl_divergence(p, q)) <= 0
    assert chi == oo or order(kl_divergence(p, q), log(1 + chi)) <= 0
    assert order(kl_divergence(p, q), chi) <= 0


# -- total correlation ---------------------------------------------------------------------------------------------


@given(joints(3))
def test_total_correlation(joint: Distribution) -> None:
    form = forms.total_correlation(joint, [(0,), (1,), (2,)])
    independent = Distribution.product(*(joint.marginal(axis) for axis in range(3)))
    assert total_correlation(joint) == form.as_expr()
    assert form == forms.kl_divergence(joint, independent)
    assert order(form, LogForm(0)) == int(joint != independent)
    assert total_correlation(joint, of=[0, 2]) == mutual_information(joint, x=0, y=2)
    assert form == forms.mutual_information(joint, (0,), (1,)) + forms.mutual_information(joint, (0, 1), (2,))
    assert total_correlation(joint, of=[(0, 1), 2]) == mutual_information(joint, x=(0, 1), y=2)
