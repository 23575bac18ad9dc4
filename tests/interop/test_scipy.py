"""Frozen distributions of scipy.stats, both ways; without SciPy the tests are skipped."""

import warnings
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as some
from sympy import Rational, log, oo

from klexact import Distribution, KLExactError, entropy, fit, kl_divergence, laws, round_to
from klexact.errors import InvalidDistributionError, InvalidFamilyError
from klexact.families import binomial
from klexact.interop import to_scipy, understood
from klexact.laws import Law
from tests.interop.mappings import assert_same_density
from tests.laws.catalogue import log_density
from tests.laws.draws import DRAWS, drawn
from tests.property.strategies import distributions

stats: Any = pytest.importorskip("scipy.stats")
KINDS = {  # of the shape parameters: s positive, p a probability, o above the one before, n and N integers
    "": "arcsine cauchy expon gibrat gumbel_l gumbel_r halfnorm laplace maxwell moyal norm rayleigh uniform wald",
    "s": "chi chi2 gamma invgamma invgauss loggamma lognorm pareto planck poisson powerlaw vonmises weibull_min",
    "ss": "beta",
    "so": "loguniform reciprocal",
    "p": "bernoulli geom logser",
    "n": "erlang",
    "np": "binom nbinom",
    "nN": "randint",
    "nss": "betabinom",
    "Nnn": "hypergeom nhypergeom",
}
SHAPES = {name: kinds for kinds, names in KINDS.items() for name in names.split()}


def shapes(name: str, r: Random) -> list[Any]:
    found: list[Any] = []
    for kind in SHAPES[name]:
        numbers = {"s": r.randint(4, 40) / 16, "p": r.randint(1, 63) / 64, "n": r.randint(1, 5), "N": r.randint(11, 13)}
        found.append(found[-1] + 1.5 if kind == "o" else numbers[kind])
    return found


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_name_has_the_density(name: str) -> None:
    r = Random(name)
    generator = getattr(stats, name)
    given: dict[str, Any] = {"loc": r.randint(-2, 2)}
    if isinstance(generator, stats.rv_continuous):
        given = {"loc": r.randint(-16, 16) / 8, "scale": 1.0 if name == "vonmises" else r.randint(4, 40) / 16}
    frozen = generator(*shapes(name, r), **given)
    at = [float(x) for x in frozen.ppf([0.2, 0.4, 0.5, 0.7])]
    found = understood(frozen)
    if not isinstance(found, Law):
        found = Distribution(found)
        table = {k: float(p) for k, p in found.items()}
        # probabilities of at most 13 outcomes: SciPy adds and multiplies a few gamma functions
        assert table == pytest.approx({k: frozen.pmf(k) for k in table}, rel=1e-12)
        return
    theirs = frozen.pmf if found.is_discrete else frozen.pdf
    # exp of sums below 100 of logarithms, each within a few ulps: 100·2^-50 < 1e-12
    assert_same_density(found, lambda x: theirs(float(x)), [Rational(x) for x in at], 1e-12)


def test_the_table_is_whole() -> None:
    from klexact.interop import scipy

    assert set(SHAPES) == {*scipy._CONTINUOUS, *scipy._DISCRETE}  # noqa: SLF001


@pytest.mark.parametrize("name", ["norm", "expon", "uniform", "laplace", "cauchy", "gumbel_r", "halfnorm", "binom"])
def test_entropies_where_scipy_is_right(name: str) -> None:
    r = Random(name)
    frozen = getattr(stats, name)(*shapes(name, r))
    value = round_to(entropy(frozen)).float
    # a short formula, or a sum of a few terms
    assert value == pytest.approx(float(frozen.entropy()), rel=1e-12)


def test_measures_and_fits() -> None:
    p, t = sympy.symbols("p t")
    assert kl_divergence(stats.norm(0, 1), stats.norm(1, 2)) == kl_divergence(laws.normal(0, 1), laws.normal(1, 2))
    assert kl_divergence(laws.cauchy(0, 1), stats.norm()) is oo
    assert entropy(stats.randint(0, 6)) == log(2) + log(3)
    assert fit(stats.binom(4, 0.25), binomial(4)).argmin == Rational(1, 4)
    assert fit(stats.gamma(2, scale=3), laws.exponential(t)).argmin == Rational(1, 6)
    assert fit(stats.hypergeom(10, 4, 3), laws.binomial(3, p)).argmin == Rational(2, 5)


def test_doubles_are_the_binary_numbers_they_are() -> None:
    assert understood(stats.bernoulli(0.1)) == laws.bernoulli(Rational(0.1))
    assert understood(stats.norm(np.float32(0.1), 1)) == laws.normal(Rational(float(np.float32(0.1))), 1)
    tenths = stats.rv_discrete(values=([0, 1, 2], [0.1, 0.2, 0.7]))
    with pytest.raises(InvalidDistributionError, match="short by 1/36028797018963968"):
        entropy(tenths)
    assert Distribution.from_weights(tenths)[0] == Rational(0.1) / (Rational(0.1) + Rational(0.2) + Rational(0.7))


OBJECTS: list[tuple[str, tuple[Any, ...], dict[str, Any], Law]] = [
    ("Normal", (), {"mu": 1.5, "sigma": 2}, laws.normal("3/2", 2)),
    ("Normal", (), {}, laws.normal(0, 1)),
    ("Uniform", (), {"a": 0, "b": 2}, laws.uniform(0, 2)),
    ("Binomial", (), {"n": 3, "p": 0.25}, laws.binomial(3, "1/4")),
    ("dirichlet", ([1, 2.5],), {}, laws.dirichlet([1, "5/2"])),
    ("multinomial", (3, [0.1, 0.9]), {}, laws.multinomial(3, [Rational(0.1), 1 - Rational(0.1)])),
    ("multivariate_normal", ([0, 1], [[2, 1], [1, 2]]), {}, laws.multivariate_normal([0, 1], [[2, 1], [1, 2]])),
    ("matrix_normal", ([[0, 1]], [[2]], [[1, 0], [0, 2]]), {}, laws.matrix_normal([[0, 1]], [[2]], [[1, 0], [0, 2]])),
    ("wishart", (3, [[2, 1], [1, 2]]), {}, laws.wishart(3, [[2, 1], [1, 2]])),
    ("invwishart", (3, [[2, 1], [1, 2]]), {}, laws.inverse_wishart(3, [[2, 1], [1, 2]])),
    ("vonmises_fisher", ([0.0, 1.0], 2), {}, laws.von_mises_fisher([0, 1], 2)),
]


@pytest.mark.parametrize(
    ("name", "arguments", "options", "law"), OBJECTS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_other_classes(name: str, arguments: tuple[Any, ...], options: dict[str, Any], law: Law) -> None:
    if not hasattr(stats, name):
        pytest.skip(f"this SciPy has no {name}")
    assert understood(getattr(stats, name)(*arguments, **options)) == law


def test_shifts_of_tables() -> None:
    assert understood(stats.rv_discrete(values=([0, 1], [0.5, 0.5]))(loc=2)) == {2: 0.5, 3: 0.5}
    assert Distribution(stats.hypergeom(5, 2, 2, loc=-1)).outcomes == (-1, 0, 1)
    assert understood(stats.geom(0.5, loc=-1)) == laws.geometric("1/2")


REFUSED: dict[str, Any] = {
    "found scipy.stats.t:": lambda: stats.t(3),
    "found scipy.stats.zipf:": lambda: stats.zipf(3),
    "found scipy.stats.norm without parameters: call it with them first": lambda: stats.norm,
    "found scipy.stats.gaussian_kde:": lambda: stats.gaussian_kde([1, 2, 4]),
    "found scipy.stats.rv_histogram:": lambda: stats.rv_histogram(np.histogram([1, 2, 2, 3])),
    "found scipy.stats.multivariate_t_frozen:": lambda: stats.multivariate_t([0, 0]),
    "one distribution at a time is read; found the array of parameters [0, 1]": lambda: stats.norm([0, 1], 1),
    "one distribution at a time is read; found the array of parameters array([0.5])": lambda: stats.poisson(
        np.array([0.5])
    ),
    "scale must lie in Interval.open(0, oo) for expon; found -1": lambda: stats.expon(0, -1),
}


@pytest.mark.parametrize("message", REFUSED)
def test_others_are_refused_by_name(message: str) -> None:
    with pytest.raises((InvalidDistributionError, InvalidFamilyError)) as caught:
        entropy(REFUSED[message]())
    assert message in str(caught.value)


# -- out, and back ---------------------------------------------------------------------------------------------

HAS_NO = {
    "categorical",
    "continuous_bernoulli",
    "exp_inverse_gamma",
    "kumaraswamy",
    "logit_normal",
    "ordered_logistic",
    "probit_bernoulli",
    "stopping_ratio_logistic",
}


@pytest.mark.parametrize("name", sorted(set(DRAWS) - HAS_NO))
@pytest.mark.parametrize("seed", range(2))
def test_laws_there_and_back(name: str, seed: int) -> None:
    law = drawn(name, f"scipy {seed}")
    frozen = to_scipy(law)
    again = to_scipy(understood(frozen))
    assert (again.dist.name, again.kwds) == (frozen.dist.name, frozen.kwds)  # what doubles hold, they keep
    theirs = frozen.pmf if law.is_discrete else frozen.pdf
    for x in frozen.ppf([0.3, 0.6]):
        # both sides are exp of sums below 100 of terms within a few ulps, at parameters within half an ulp
        assert np.exp(log_density(law)(x)) == pytest.approx(theirs(x), rel=1e-11)


@pytest.mark.parametrize("name", sorted(HAS_NO))
def test_laws_that_scipy_has_not(name: str) -> None:
    with pytest.raises(KLExactError, match=f"must have the law; found {name}"):
        to_scipy(drawn(name, "scipy"))


def test_images_get_loc_and_scale() -> None:
    law = laws.pushforward(laws.gamma(2, "1/2"), lambda x: 1 + 2 * x)
    frozen = to_scipy(law)
    assert (frozen.dist.name, frozen.kwds) == ("gamma", {"a": 2, "loc": 1, "scale": 4})
    assert understood(frozen) == laws.pushforward(laws.gamma(2, "1/4"), lambda x: x + 1)
    with pytest.raises(KLExactError, match=r"scipy.stats must have the law; found pushforward"):
        to_scipy(laws.pushforward(laws.gamma(2, 1), lambda x: -x))


@given(distributions(), some.integers(-3, 3))
def test_distributions_there_and_back(d: Distribution, start: int) -> None:
    moved = d.pushforward(lambda x: x + start)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = understood(to_scipy(moved))
    assert table == {x: float(p) for x, p in moved.items()}
    if all(p.q & (p.q - 1) == 0 and p.q < 2**50 for p in d.values()):
        assert Distribution(table) == moved


def test_bad_exports() -> None:
    with pytest.raises(KLExactError, match="outcomes in SciPy are numbers; found 'a': rename them with pushforward"):
        to_scipy(Distribution.point("a"))
    with pytest.raises(KLExactError, match="numbers are required; found the parameters t: give them values with subs"):
        to_scipy(laws.poisson(sympy.Symbol("t")))
    with pytest.raises(KLExactError, match="a Distribution or a Law is required; found 'norm'"):
        to_scipy("norm")  # type: ignore[arg-type]
    with pytest.raises(KLExactError, match="numbers must be in the range of doubles"):
        to_scipy(laws.normal("1e400", 1))
