"""Laws made of laws: additivity, invariance, points."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, Matrix, Piecewise, Rational, Symbol, cos, exp, log, oo, pi, sqrt
from sympy.abc import a, b, m, s, t

from klexact.certify import sign
from klexact.errors import InvalidFamilyError, KLExactError
from klexact.laws import (
    Law,
    binomial,
    cauchy,
    cross_entropy,
    dirichlet,
    entropy,
    exp_gamma,
    expectation,
    exponential,
    fisher_information,
    gamma,
    inverse_wishart,
    kl_divergence,
    laplace,
    log_normal,
    logit_normal,
    multinomial,
    multivariate_normal,
    normal,
    normal_inverse_wishart,
    point_mass,
    poisson,
    product,
    pushforward,
    uniform,
    wishart,
)
from klexact.laws.canonical import canonical
from tests.laws.catalogue import CONTINUOUS, DISCRETE

NAMES = ["normal", "gamma", "poisson", "binomial", "uniform", "categorical"]
PAIRS = CONTINUOUS | DISCRETE
names = st.sampled_from(NAMES)


@given(st.lists(names, min_size=1, max_size=3))
@settings(max_examples=20)
def test_divergence_and_entropy_add_up(chosen: list[str]) -> None:
    pairs = [PAIRS[name] for name in chosen]
    first, second = (product(*laws) for laws in zip(*pairs, strict=True))
    divergences = [kl_divergence(*pair) for pair in pairs]
    found = kl_divergence(first, second)
    assert found is oo if oo in divergences else found == canonical(sympy.Add(*divergences))
    assert entropy(first) == canonical(sympy.Add(*(entropy(p) for p, _ in pairs)))
    assert kl_divergence(first, first) == 0


def test_the_difference_of_cross_entropy_and_entropy() -> None:
    p, q = product(normal(0, 1), dirichlet([1, 2])), product(normal(1, 2), dirichlet([2, 2]))
    assert canonical(cross_entropy(p, q) - entropy(p)) == kl_divergence(p, q)


def test_a_sample_has_so_many_times_the_divergence() -> None:
    p, q = gamma(a, 1), gamma(2, b)
    assert kl_divergence(product(*[p] * 4), product(*[q] * 4)) == canonical(4 * kl_divergence(p, q), (a, b))


def test_infinity_wins() -> None:
    fine = normal(0, 1)
    for p, q in [
        (poisson(1), poisson(0)),
        (cauchy(0, 1), normal(0, 1)),
        (uniform(0, 2), uniform(0, 1)),
        (fine, poisson(1)),
    ]:
        assert kl_divergence(product(fine, p), product(fine, q)) is oo
        assert kl_divergence(product(p, p), product(q, q)) is oo


def test_conditions_are_carried() -> None:
    found = kl_divergence(product(uniform(0, a), normal(0, 1)), product(uniform(0, b), normal(1, 1)))
    assert found == Piecewise((canonical(log(b) - log(a) + Rational(1, 2)), a <= b), (oo, True))
    law = product(gamma(a, 1), poisson(m))
    assert law.conditions == (a > 0, m > 0)
    assert law.subs({m: 0}) == product(gamma(a, 1), poisson(0))
    with pytest.raises(InvalidFamilyError, match="shape must lie in"):
        law.subs({a: -1})


def test_independent_normals_are_a_normal_law_with_a_diagonal_covariance() -> None:
    parts, whole = product(normal(1, 2), normal(m, 3)), multivariate_normal([1, m], [[4, 0], [0, 9]])
    other = multivariate_normal([0, 0], [[2, 1], [1, 2]])
    assert kl_divergence(parts, whole) == kl_divergence(whole, parts) == 0
    assert kl_divergence(parts, other) == kl_divergence(whole, other)
    assert kl_divergence(other, parts) == kl_divergence(other, whole)
    assert kl_divergence(other, product(laplace(0, 1), laplace(0, 1))) == canonical(
        cross_entropy(normal(0, sqrt(2)), laplace(0, 1)) * 2 - entropy(other)
    )


def test_products_of_products_and_of_matrices() -> None:
    p = product(product(normal(0, 1), poisson(1)), wishart(3, [[1]]))
    q = product(product(normal(1, 1), poisson(2)), wishart(3, [[2]]))
    assert kl_divergence(p, q) == canonical(
        Rational(1, 2) + kl_divergence(poisson(1), poisson(2)) + kl_divergence(wishart(3, [[1]]), wishart(3, [[2]]))
    )
    with pytest.raises(KLExactError, match="outcomes of one kind"):
        kl_divergence(p, product(normal(0, 1), product(poisson(1), wishart(3, [[1]]))))
    apart = product(multivariate_normal([0], [[1]]), inverse_wishart(3, [[1]]))
    assert sign(kl_divergence(apart, normal_inverse_wishart([0], 1, 3, [[1]]))) == 1
    assert kl_divergence(apart, apart) == 0


def test_expectations_and_information_of_products() -> None:
    law = product(gamma(2, 1), normal(3, 1))
    assert expectation(law, lambda x: x[0] * x[1] ** 2 + x[0]) == 2 * 10 + 2
    assert expectation(law, lambda x: x[0] ** -3) is oo
    assert fisher_information(product(normal(m, 2), normal(m, 1), poisson(t)), m, t) == Matrix(
        [[Rational(5, 4), 0], [0, 1 / t]]
    )
    assert law.density([1, 3]) == exp(-1) / sqrt(2 * pi)
    assert law.density([-1, 3]) == 0
    with pytest.raises(InvalidFamilyError, match="laws only; found"):
        product(normal(0, 1), 3)  # type: ignore[arg-type]


# -- one-to-one functions --------------------------------------------------------------------------------------

FUNCTIONS = [exp, lambda x: 3 - 2 * x, lambda x: 1 / (1 + exp(-x)), lambda x: 2 ** (x / 3), lambda x: log(exp(x) + 1)]


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("name", ["normal", "gamma", "laplace", "poisson", "binomial"])
def test_the_divergence_does_not_see_the_function(f: object, name: str) -> None:
    p, q = PAIRS[name]
    assert kl_divergence(pushforward(p, f), pushforward(q, f)) == kl_divergence(p, q)


def test_pushforwards_that_have_names() -> None:
    named = {
        log_normal(1, 2): pushforward(normal(1, 2), exp),
        exp_gamma(2, 3): pushforward(gamma(2, 3), log),
        logit_normal(1, 2): pushforward(normal(1, 2), lambda x: 1 / (1 + exp(-x))),
        normal(3, 4): pushforward(normal(1, 2), lambda x: 2 * x + 1),
        exponential(2): pushforward(exponential(1), lambda x: x / 2),
    }
    for law, pushed in named.items():
        assert float(law.density("1/3")) == pytest.approx(float(pushed.density("1/3")), rel=1e-14)  # one rounding each
    assert entropy(pushforward(normal(1, 2), exp)) == entropy(log_normal(1, 2))
    assert entropy(pushforward(gamma(2, 3), log)) == entropy(exp_gamma(2, 3))
    assert entropy(pushforward(normal(m, 1), lambda x: 3 * x)) == entropy(normal(m, 3))
    assert entropy(pushforward(poisson(2), lambda x: 3 * x)) == entropy(poisson(2))


def test_pushforwards_entry_by_entry() -> None:
    p, q = multivariate_normal([0, 0], [[2, 1], [1, 2]]), multivariate_normal([1, m], [[1, 0], [0, 1]])
    assert kl_divergence(pushforward(p, exp), pushforward(q, exp)) == kl_divergence(p, q)
    assert entropy(pushforward(q, exp)) == canonical(entropy(q) + 1 + m)
    apart = product(pushforward(normal(1, 1), exp), pushforward(normal(m, 1), exp))
    assert kl_divergence(pushforward(q, exp), apart) == 0
    assert pushforward(product(normal(0, 1), normal(0, 1)), exp).density([1, 1]) == 1 / (2 * pi)


def test_pushforwards_of_pushforwards() -> None:
    twice = pushforward(pushforward(normal(0, 1), lambda x: 2 * x), exp)
    assert float(twice.density(2)) == pytest.approx(float(log_normal(0, 2).density(2)), rel=1e-14)
    assert expectation(pushforward(normal(0, 1), exp), lambda y: y**2) == E**2
    assert expectation(pushforward(normal(0, 1), exp), log) == 0


def test_pushforwards_substitute() -> None:
    law = pushforward(normal(m, s), exp)
    assert law.subs({m: 0, s: 1}) == pushforward(normal(0, 1), exp)
    assert fisher_information(law) == fisher_information(normal(m, s))
    n = Symbol("n", integer=True)
    halved = pushforward(binomial(n, t), lambda x: x / 2), pushforward(binomial(n, "1/2"), lambda x: x / 2)
    assert kl_divergence(*halved) == kl_divergence(binomial(n, t), binomial(n, "1/2"))
    positive = Symbol("c", positive=True)
    assert pushforward(normal(0, 1), lambda x: positive * x).density(0) == 1 / (sqrt(2 * pi) * positive)


@pytest.mark.parametrize(
    ("base", "f", "message"),
    [
        (
            normal(0, 1),
            lambda x: x**2,
            "must be real and one-to-one on the support; found power of values from -oo to oo",
        ),
        (normal(0, 1), lambda x: x * exp(x), "in which the variable occurs once"),
        (normal(0, 1), cos, "must be a chain of"),
        (poisson(1), log, "found log of values from 0 to oo"),
        (poisson(1), lambda x: 1 / x, "found power of values from 0 to oo"),
        (normal(0, 1), lambda x: t * x, "the sign of t in x[*]t must be known"),
        (normal(0, 1), lambda x: 3, "a function of x is required; found 3"),
        (dirichlet([1, 1]), exp, "outcomes that are numbers or tuples of them"),
    ],
)
def test_functions_that_are_refused(base: Law, f: object, message: str) -> None:
    with pytest.raises(InvalidFamilyError, match=message):
        pushforward(base, f)
    with pytest.raises(KLExactError, match="outcomes of one kind"):
        kl_divergence(pushforward(normal(0, 1), exp), normal(0, 1))


# -- points ----------------------------------------------------------------------------------------------------


def test_from_a_point_the_divergence_is_minus_the_logarithm_of_its_mass() -> None:
    for q in (poisson(3), PAIRS["binomial"][0], PAIRS["categorical"][0]):
        assert kl_divergence(point_mass(2), q) == canonical(-log(q.density(2)))
    q = multinomial(3, ["1/2", "1/3", "1/6"])
    assert kl_divergence(point_mass([1, 1, 1]), q) == canonical(-log(q.density([1, 1, 1])))
    assert kl_divergence(point_mass([1, 1, 0]), q) is oo
    assert kl_divergence(point_mass([1, 2]), product(poisson(1), poisson(2))) == canonical(-log(2 * exp(-3)))
    assert kl_divergence(point_mass([1, -2]), product(poisson(1), poisson(2))) is oo


def test_from_a_point_a_density_is_infinitely_far() -> None:
    """Measures decide: the point has mass where a density has none. Some libraries return -log of the density."""
    assert kl_divergence(point_mass(0), normal(0, 1)) is kl_divergence(normal(0, 1), point_mass(0)) is oo
    assert kl_divergence(point_mass([0, 0]), multivariate_normal([0, 0], [[1, 0], [0, 1]])) is oo
    assert kl_divergence(point_mass(["1/2", "1/2"]), dirichlet([1, 1])) is oo
    assert kl_divergence(product(point_mass(1), normal(0, 1)), product(poisson(1), normal(0, 1))) == 1


def test_points() -> None:
    assert kl_divergence(point_mass(t), point_mass(t)) == entropy(point_mass(sqrt(2))) == 0
    assert kl_divergence(point_mass(1), point_mass(2)) is oo
    assert kl_divergence(point_mass(m), point_mass(t)) == Piecewise((0, sympy.Eq(m, t)), (oo, True))
    assert expectation(point_mass([1, 2]), lambda x: x[0] * x[1]) == 2
    assert point_mass(t).subs({t: 3}) == point_mass(3)
    assert kl_divergence(product(point_mass(1), point_mass(2)), multinomial(3, ["1/2", "1/2"])) == canonical(
        -log(Rational(3, 8))
    )
