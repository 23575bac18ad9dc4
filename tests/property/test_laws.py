"""Laws that hold for all distributions, each proved in the literature and tested here exactly.

The divergence
 1. D(p‖q) >= 0, and = 0 iff p = q (Gibbs); = oo iff q gives 0 to an outcome that p does not.
 2. D(p‖q) = H(p, q) - H(p) where finite: as forms, as hashes and as SymPy expressions.
 3. Chain rule: D(p(x,y)‖q(x,y)) = D(p(x)‖q(x)) + sum of p(x) D(p(y|x)‖q(y|x)).
 4. Additivity: D of products is the sum of the D of the factors.
 5. Relabelling outcomes and adding impossible ones change nothing.
 6. Data processing: D(f(p)‖f(q)) <= D(p‖q). Joint convexity of D.
Entropy and its kin
 7. 0 <= H <= log n; = 0 iff a point mass, = log n iff uniform. Chain rule: H(X, Y) = H(Y) + H(X|Y).
 8. Jensen-Shannon: symmetric, >= 0, <= log 2, = 0 iff equal; = H(m) - mean of H.
 9. Mutual information: >= 0, symmetric, = 0 iff independent, = H(X) + H(Y) - H(X, Y).
10. Huffman: H <= L < H + 1, and the excess of a code made for q with dyadic q is D(p‖q).
Forms
11. Base change: a value in base b, times log b, is the value in nats.
12. Refinement: however arguments are split, merged and shuffled, the form, its hash and its rendering are one.
13. Derivatives: D and the cross-entropy have the same gradient with respect to a model; (c f)' = c' f + c f'; the
    derivative agrees with SymPy's; substitution commutes with measuring.
14. Parametric distributions: conditions hold wherever all probabilities are positive, imply that none is negative,
    and what is rendered is real there.
Two engines
15. `decimal` to 30 digits agrees with the naive definition in mpmath at 60 digits, which shares no code with it.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import mpmath
import sympy
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sympy import QQ, Rational, Symbol, log

from klexact import (
    Distribution,
    LogForm,
    cross_entropy,
    decimal,
    entropy,
    forms,
    jensen_shannon_divergence,
    kl_divergence,
    mutual_information,
    order,
    sign,
)
from klexact.codes import expected_length, huffman_lengths
from tests.property.strategies import (
    T,
    bases,
    distributions,
    joints,
    log_terms,
    models,
    near_pairs,
    pairs,
    relabellings,
    several_parameters,
)

Pair = tuple[Distribution, Distribution]
any_pairs = st.one_of(pairs(), near_pairs())
dominated_pairs = st.one_of(pairs(dominated=True), near_pairs())


def total(pieces: Iterable[tuple[Any, LogForm]]) -> LogForm:
    return LogForm.sum(pieces)


def given_axis(joint: Distribution, axis: int, value: Any) -> Distribution:
    return joint.conditional(lambda outcome: outcome[axis] == value)


def form_of(expr: sympy.Expr) -> LogForm:
    """Read a SymPy sum of rational multiples of logarithms of rational numbers or their roots back into a form."""
    form = LogForm()
    for term in sympy.Add.make_args(sympy.expand(expr, log=False)):
        coefficient, rest = term.as_coeff_Mul()
        power, exponent = rest.args[0].as_base_exp() if rest.args else (1, 0)
        form += LogForm.log(power) * (coefficient * exponent) if rest.args else LogForm(coefficient)
    return form


# -- 1 to 6: the divergence --------------------------------------------------------------------------------------


@given(any_pairs)
@example((Distribution([1, 0]), Distribution([0, 1])))
def test_sign_zero_and_infinity(pair: Pair) -> None:
    p, q = pair
    form = forms.kl_divergence(p, q)
    assert form.is_infinite == (not set(p.support) <= set(q.support))
    assert sign(form) == int(p != q)
    assert form.is_zero == (p == q)


@given(dominated_pairs)
def test_divergence_is_cross_entropy_minus_entropy(pair: Pair) -> None:
    p, q = pair
    direct, other = forms.kl_divergence(p, q), forms.cross_entropy(p, q) - forms.entropy(p)
    assert direct == other
    assert hash(direct) == hash(other)
    assert kl_divergence(p, q, base=2) == other.as_expr(2)
    assert kl_divergence(p, q) == sympy.expand(cross_entropy(p, q) - entropy(p))


@given(joints(), st.data())
def test_chain_rule_of_the_divergence(p: Distribution, data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(p), max_size=len(p)))
    q = Distribution.from_weights(dict(zip(p.outcomes, weights, strict=True)))
    px, qx = p.marginal(0), q.marginal(0)
    rest = ((px.mass(x), forms.kl_divergence(given_axis(p, 0, x), given_axis(q, 0, x))) for x in px.support)
    assert forms.kl_divergence(p, q) == forms.kl_divergence(px, qx) + total(rest)


@given(any_pairs, any_pairs)
def test_divergence_and_entropy_add_on_products(first: Pair, second: Pair) -> None:
    (p, q), (r, s) = first, second
    together = forms.kl_divergence(Distribution.product(p, r), Distribution.product(q, s))
    assert together == forms.kl_divergence(p, q) + forms.kl_divergence(r, s)
    assert forms.entropy(Distribution.product(p, r)) == forms.entropy(p) + forms.entropy(r)


@given(any_pairs, st.data())
def test_relabelling_changes_nothing(pair: Pair, data: st.DataObject) -> None:
    p, q = pair
    names = data.draw(relabellings(len(p)))
    r, s = (d.pushforward(names.__getitem__) for d in pair)
    assert forms.kl_divergence(r, s) == forms.kl_divergence(p, q)
    assert entropy(r) == entropy(p)
    back = {name: x for x, name in names.items()}
    assert r.pushforward(back.__getitem__) == p


@given(any_pairs)
def test_impossible_outcomes_change_nothing(pair: Pair) -> None:
    p, q = pair
    more = Distribution({"never": 0, **dict(p.items()), 99: 0})
    assert more == p
    assert hash(more) == hash(p)
    assert kl_divergence(more, q) == kl_divergence(p, q)
    assert kl_divergence(p, Distribution({**dict(q.items()), "unheard": 0})) == kl_divergence(p, q)
    assert entropy(more) == entropy(p)


@given(any_pairs, st.integers(1, 4))
def test_data_processing(pair: Pair, n: int) -> None:
    p, q = pair
    r, s = (d.pushforward(lambda x: x % n) for d in pair)
    assert order(forms.kl_divergence(r, s), forms.kl_divergence(p, q)) <= 0


@given(st.data(), st.integers(2, 4), st.fractions(0, 1, max_denominator=20))
def test_divergence_is_jointly_convex(data: st.DataObject, n: int, share: Fraction) -> None:
    p, q, r, s = (data.draw(distributions(n, n)) for _ in range(4))
    weights = [share, 1 - share]
    mixed = forms.kl_divergence(Distribution.mixture([p, r], weights), Distribution.mixture([q, s], weights))
    apart = total(
        (QQ(w.numerator, w.denominator), forms.kl_divergence(a, b))
        for w, a, b in zip(weights, (p, r), (q, s), strict=True)
    )
    assert order(mixed, apart) <= 0


# -- 7 to 10: entropy and its kin ----------------------------------------------------------------------------------


@given(distributions())
def test_entropy_bounds(p: Distribution) -> None:
    form, n = forms.entropy(p), len(p.support)
    assert sign(form) == int(n > 1)
    assert order(form, LogForm.log(n)) == -int(p != Distribution.uniform(p.support))


@given(joints())
def test_chain_rule_of_entropy(joint: Distribution) -> None:
    y = joint.marginal(1)
    pieces = [(y.mass(b), forms.entropy(given_axis(joint, 1, b))) for b in y.support]
    assert forms.conditional_entropy(joint, (0,), (1,)) == total(pieces)
    assert forms.entropy(joint) == forms.entropy(y) + total(pieces)


@given(pairs())
def test_jensen_shannon(pair: Pair) -> None:
    p, q = pair
    form = forms.jensen_shannon_divergence(pair)
    assert jensen_shannon_divergence(p, q) == jensen_shannon_divergence(q, p) == form.as_expr()
    assert sign(form) == int(p != q)
    assert order(form, LogForm.log(2)) == (0 if set(p.support).isdisjoint(q.support) else -1)
    middle = Distribution.mixture(pair, ["1/2", "1/2"])
    assert form == forms.entropy(middle) - (forms.entropy(p) + forms.entropy(q)) / 2


@given(joints(3))
def test_mutual_information(joint: Distribution) -> None:
    form = forms.mutual_information(joint, (0,), (1, 2))
    assert mutual_information(joint, x=0, y=(1, 2)) == mutual_information(joint, x=(2, 1), y=0) == form.as_expr()
    x, y = joint.marginal(0), joint.marginal(1, 2)
    independent = Distribution.product(x, y).pushforward(lambda o: (o[0], *o[1])) == joint
    assert sign(form) == int(not independent)
    assert form == forms.entropy(x) + forms.entropy(y) - forms.entropy(joint)


@given(distributions())
def test_huffman_lies_between_entropy_and_one_bit_more(p: Distribution) -> None:
    length = LogForm.log(2) * expected_length(huffman_lengths(p), p)
    assert order(forms.entropy(p), length) <= 0
    assert order(length, forms.entropy(p) + LogForm.log(2)) == -1


@given(distributions(4, 4), st.permutations([1, 2, 3, 3]))
def test_excess_of_a_dyadic_code_is_the_divergence(p: Distribution, lengths: list[int]) -> None:
    q = Distribution([Rational(1, 2**n) for n in lengths])
    assert expected_length(dict(enumerate(lengths)), p) == cross_entropy(p, q, base=2)


# -- 11 to 14: forms -------------------------------------------------------------------------------------------------


@given(dominated_pairs, bases())
def test_base_change(pair: Pair, base: sympy.Expr) -> None:
    form = forms.kl_divergence(*pair)
    assert form_of(form.as_expr(base) * log(base)) == form
    assert form_of(form.as_expr(4) * log(4)) == form_of(form.as_expr(2) * log(2))


@given(log_terms(), st.randoms(use_true_random=False))
def test_refinement(terms: list[tuple[Any, Any]], rng: Any) -> None:
    pieces: list[tuple[Any, Any]] = []
    for c, a in terms:
        part, k = QQ(rng.randrange(1, 10**6), rng.randrange(1, 10**6)), rng.randrange(1, 4)
        pieces += [(c / k, a**k / part), (c / k / 3, part), (2 * c / k / 3, part)]
    rng.shuffle(pieces)
    form, other = LogForm.of_logs(terms), LogForm.of_logs(pieces)
    assert form == other
    assert hash(form) == hash(other)
    assert form.as_expr() == other.as_expr()
    assert repr(form) == repr(other)


@given(distributions(3, 3), models())
def test_divergence_and_cross_entropy_have_the_same_gradient(p: Distribution, q: Distribution) -> None:
    gradient = forms.kl_divergence(p, q).derivative(T)
    assert gradient == forms.cross_entropy(p, q).derivative(T)
    assert not gradient.logs  # a rational function: why the optimum has a closed form


@given(models(), models(), st.integers(1, 40))
def test_derivatives(p: Distribution, q: Distribution, k: int) -> None:
    form, factor = forms.kl_divergence(p, q), (1 + T) / (2 - T)
    slope = form.derivative(T)
    assert (form * factor).derivative(T) == slope * factor + form * sympy.diff(factor, T)
    assert (form + form * T).derivative(T) - slope == (form * T).derivative(T)
    point = Rational(k, 41)  # no atom of these models vanishes there
    assert slope.subs({T: point}) == form_of(sympy.diff(form.as_expr(), T).subs(T, point))


@given(models(), models(), st.integers(1, 40))
def test_substitution_commutes_with_measuring(p: Distribution, q: Distribution, k: int) -> None:
    point = {T: Rational(k, 41)}
    there = forms.kl_divergence(p.subs(point), q.subs(point))
    assert forms.kl_divergence(p, q).subs(point) == there
    assert form_of(kl_divergence(p, q).subs(point)) == there


_grid = st.fractions(-3, 3, max_denominator=7).map(lambda x: Rational(x.numerator, x.denominator))


@given(several_parameters(), st.lists(st.tuples(_grid, _grid), min_size=8, max_size=8))
@example([T * (1 - T) ** 2, Symbol("s"), 1 - T * (1 - T) ** 2 - Symbol("s")], [(Rational(3, 2), Rational(1, 4))])
def test_parametric_conditions_and_rendering(values: list[sympy.Expr], points: list[tuple[Any, Any]]) -> None:
    assume(all(v.free_symbols for v in values))
    positive_somewhere = any(all(v.subs({T: a, Symbol("s"): b}) > 0 for v in values) for a, b in points)
    assume(positive_somewhere)
    p = Distribution(values)
    rendered = entropy(p)
    for a, b in points:
        point = {s: x for s, x in ((T, a), (Symbol("s"), b)) if s in p.free_symbols}
        found = [v.subs(point) for v in values]
        holds = all(bool(c.subs(point)) for c in p.conditions)
        if all(v > 0 for v in found):
            assert holds
            value = rendered.subs(point)
            assert value.is_real
            assert form_of(value) == forms.entropy(p.subs(point))
        if holds:
            assert all(v >= 0 for v in found)


# -- 15: two engines -------------------------------------------------------------------------------------------------


def naive(p: Distribution, q: Distribution) -> Any:
    masses = [[mpmath.mpf(int(d[x].p)) / int(d[x].q) for d in (p, q)] for x in p.support]
    return mpmath.fsum(a * mpmath.log(a / b) for a, b in masses)


@given(dominated_pairs)
def test_two_engines(pair: Pair) -> None:
    p, q = pair
    assume(p != q)
    with mpmath.workdps(60):
        first, second = mpmath.mpf(decimal(forms.kl_divergence(p, q), 30)), naive(p, q)
        # `first` is off by at most half a unit of its 30th digit. `second` adds at most 6 terms a·log(a/b) with a <= 1 and
        # |log(a/b)| <= log(6·2**60) < 44, each with a relative error below 1e-58: it is off by less than 1e-55
        unit = mpmath.mpf(10) ** (mpmath.floor(mpmath.log10(abs(first))) - 29)
        assert abs(first - second) <= unit / 2 + mpmath.mpf(10) ** -55
