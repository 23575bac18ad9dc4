"""`Distribution`: exact, immutable, labelled; every way to make one, derive from one, and be refused."""

import copy
import pickle
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from sympy import Float, Rational, exp, sqrt

from klexact import Distribution
from klexact.errors import InvalidDistributionError, InvalidNumberError, KLExactError
from tests.property.strategies import distributions, joints

A, B, S, T = sympy.symbols("a b s t")
ONE: Any = np.int64(1)
ROWS: Any = [[1, 0], ["1/2", "1/2"]]
TWO: Any = np.int64(2)
THIRDS = Distribution(["1/3", "2/3"])


# -- making ------------------------------------------------------------------------------------------------------

MADE: list[tuple[str, Any, dict[Any, Any]]] = [
    ("text", lambda: Distribution(["1/2", "0.25", "25e-2"]), {0: "1/2", 1: "1/4", 2: "1/4"}),
    ("mapping", lambda: Distribution({"a": "1/3", "b": Fraction(2, 3)}), {"a": "1/3", "b": "2/3"}),
    ("named", lambda: Distribution([0.5, 0.5], outcomes="ab"), {"a": "1/2", "b": "1/2"}),
    ("generator", lambda: Distribution(x for x in ("1/2", "1/2")), {0: "1/2", 1: "1/2"}),
    ("NumPy", lambda: Distribution(np.array([0.5, 0.25, 0.25])), {0: "1/2", 1: "1/4", 2: "1/4"}),
    ("NumPy 32", lambda: Distribution(np.array([0.5, 0.5], dtype=np.float32)), {0: "1/2", 1: "1/2"}),
    ("SymPy", lambda: Distribution([Rational(1, 3), Float(0.5), Rational(1, 6)]), {0: "1/3", 1: "1/2", 2: "1/6"}),
    ("itself", lambda: Distribution(THIRDS), {0: "1/3", 1: "2/3"}),
    ("counts", lambda: Distribution.from_counts([1, 3, 0]), {0: "1/4", 1: "3/4", 2: 0}),
    ("NumPy counts", lambda: Distribution.from_counts(np.bincount([0, 1, 1, 1])), {0: "1/4", 1: "3/4"}),
    ("whole floats", lambda: Distribution.from_counts([1.0, 3.0]), {0: "1/4", 1: "3/4"}),
    ("weights", lambda: Distribution.from_weights({"a": "0.1", "b": "1/5"}), {"a": "1/3", "b": "2/3"}),
    ("weights of a distribution", lambda: Distribution.from_weights(THIRDS), {0: "1/3", 1: "2/3"}),
    ("weights with a parameter", lambda: Distribution.from_weights([T, 2 * T]), {0: "1/3", 1: "2/3"}),
    ("samples", lambda: Distribution.from_samples("abba"), {"a": "1/2", "b": "1/2"}),
    ("NumPy samples", lambda: Distribution.from_samples(np.array([3, 3, 4])), {3: "2/3", 4: "1/3"}),
    ("uniform", lambda: Distribution.uniform(3), {0: "1/3", 1: "1/3", 2: "1/3"}),
    ("uniform on names", lambda: Distribution.uniform("xy"), {"x": "1/2", "y": "1/2"}),
    ("NumPy number of outcomes", lambda: Distribution.uniform(TWO), {0: "1/2", 1: "1/2"}),
    ("SymPy number of outcomes", lambda: Distribution.uniform(sympy.Integer(2)), {0: "1/2", 1: "1/2"}),
    ("point", lambda: Distribution.point((1, "x")), {(1, "x"): 1}),
    ("binomial", lambda: Distribution.binomial(2, "2/5"), {0: "9/25", 1: "12/25", 2: "4/25"}),
    ("binomial at its ends", lambda: Distribution.binomial(2, 1), {0: 0, 1: 0, 2: 1}),
    ("binomial without trials", lambda: Distribution.binomial(0, "1/2"), {0: 1}),
    ("binomial, NumPy", lambda: Distribution.binomial(ONE, np.float64(0.25)), {0: "3/4", 1: "1/4"}),
    ("mixture", lambda: Distribution.mixture([THIRDS, Distribution.point(1)], ["3/4", "1/4"]), {0: "1/4", 1: "3/4"}),
    (
        "mixture of sequences",
        lambda: Distribution.mixture(ROWS, ["1/2", "1/2"]),
        {0: "3/4", 1: "1/4"},
    ),
    ("product", lambda: Distribution.product(THIRDS, Distribution.point("x")), {(0, "x"): "1/3", (1, "x"): "2/3"}),
    ("product of one", lambda: Distribution.product(THIRDS), {(0,): "1/3", (1,): "2/3"}),
    ("product of none", Distribution.product, {(): 1}),
    ("pushforward", lambda: Distribution.uniform(4).pushforward(lambda x: x % 3), {0: "1/2", 1: "1/4", 2: "1/4"}),
    ("conditional on a set", lambda: Distribution.uniform(4).conditional({0, 1, 7}), {0: "1/2", 1: "1/2"}),
    ("conditional on a predicate", lambda: THIRDS.conditional(lambda x: x > 0), {1: 1}),
    ("conditional on an iterator", lambda: Distribution.uniform(4).conditional(iter([2, 3])), {2: "1/2", 3: "1/2"}),
]


@pytest.mark.parametrize(("make", "table"), [m[1:] for m in MADE], ids=[m[0] for m in MADE])
def test_made(make: Any, table: dict[Any, Any]) -> None:
    made = make()
    assert dict(made.items()) == {x: Rational(p) for x, p in table.items()}
    assert made == Distribution(table)
    assert made.outcomes == tuple(table)
    assert made.conditions == ()


REFUSED: list[tuple[str, Any, str]] = [
    ("empty", lambda: Distribution([]), r"at least one probability is required; found none"),
    ("short", lambda: Distribution(["1/2", "1/3"]), r"found a total of 5/6, short by 1/6: use from_weights"),
    ("negative", lambda: Distribution(["3/2", "-1/2"]), r"the probability of 1 must not be negative; found -1/2"),
    ("negative zero sum", lambda: Distribution([1, "-1e-30", "1e-30"]), r"must not be negative"),
    ("NaN", lambda: Distribution([float("nan"), 1]), r"the probability of 0 must be a finite number; found nan"),
    ("infinite", lambda: Distribution({"a": float("inf")}), r"of 'a' must be a finite number; found inf"),
    ("text", lambda: Distribution("1/2,1/2"), r"a sequence or a mapping of probabilities is required"),
    (
        "code",
        lambda: Distribution(["__import__('os')"]),
        r"the probability of 0 must be written as a number.*__import__",
    ),
    ("duplicate", lambda: Distribution([1, 0], outcomes="aa"), r"outcomes must be distinct; found 'a' again"),
    ("duplicate by value", lambda: Distribution([1, 0], outcomes=[1, True]), r"outcomes must be distinct; found True"),
    ("duplicate in uniform", lambda: Distribution.uniform("aab"), r"outcomes must be distinct; found 'a' again"),
    (
        "zero counts",
        lambda: Distribution.from_counts([0, 0]),
        r"counts must have a positive total; found that all 2 are 0",
    ),
    ("no counts", lambda: Distribution.from_counts([]), r"at least one count is required; found none"),
    ("no samples", lambda: Distribution.from_samples([]), r"at least one (count|sample) is required; found none"),
    (
        "half a count",
        lambda: Distribution.from_counts([1.5, 2]),
        r"the count of 0 must be a whole number; found 3/2: use",
    ),
    ("a symbolic count", lambda: Distribution.from_counts([T, 1]), r"the count of 0 must be a whole number; found t"),
    ("a negative count", lambda: Distribution.from_counts([-1, 2]), r"the count of 0 must not be negative; found -1"),
    ("zero weights", lambda: Distribution.from_weights([0, 0]), r"weights must have a positive total"),
    (
        "a distribution for counts",
        lambda: Distribution.from_counts(Distribution.uniform(3)),
        r"must be a whole number; found 1/3",
    ),
    ("no outcomes", lambda: Distribution.uniform(0), r"number of outcomes must be an integer in 1\.\..*; found 0"),
    ("negative outcomes", lambda: Distribution.uniform(-3), r"found -3"),
    ("no trials", lambda: Distribution.binomial(-1, "1/2"), r"n must be an integer in 0\.\..*; found -1"),
    ("half a trial", lambda: Distribution.binomial(2.5, "1/2"), r"n must be an integer in 0\.\..*; found 2\.5"),  # type: ignore[arg-type]
    ("p too large", lambda: Distribution.binomial(2, "3/2"), r"p must lie in \[0, 1\]; found 3/2"),
    ("p negative", lambda: Distribution.binomial(2, -0.5), r"p must lie in \[0, 1\]; found -1/2"),
    (
        "few weights",
        lambda: Distribution.mixture([THIRDS, THIRDS], [1]),
        r"one weight a component; found 1 weights for 2",
    ),
    ("no mixture", lambda: Distribution.mixture([], []), r"at least one"),
    ("weights beyond 1", lambda: Distribution.mixture([THIRDS, THIRDS], [1, 1]), r"too much by 1"),
    ("no such event", lambda: THIRDS.conditional({7}), r"an event of positive probability; found probability 0"),
    ("impossible event", lambda: Distribution([1, 0]).conditional({1}), r"an event of positive probability"),
    ("no tuples", lambda: THIRDS.marginal(0), r"a marginal on \(0,\) needs tuples with those coordinates; found 0"),
    ("no such axis", lambda: Distribution.product(THIRDS, THIRDS).marginal(2), r"needs tuples with those coordinates"),
    ("not rational", lambda: Distribution([sqrt(2) / 2, 1 - sqrt(2) / 2]), r"must be rational; found sqrt\(2\)/2"),
    ("exponential", lambda: Distribution([exp(T), 1 - exp(T)]), r"must be a rational function over Q; found exp\(t\)"),
    ("never positive", lambda: Distribution([1 + T**2, -(T**2)]), r"must be positive together somewhere"),
    ("wrong total", lambda: Distribution([T, 2 * T]), r"found a total of .*3\*t, which is 1 only at t = 1/3"),
]


@pytest.mark.parametrize(("make", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(make: Any, message: str) -> None:
    with pytest.raises((InvalidDistributionError, InvalidNumberError), match=message):
        make()


@pytest.mark.parametrize(
    ("floats", "gap"),
    [
        ([0.1, 0.2, 0.7], "short by 1/36028797018963968"),
        ([0.1, 0.9], "too much by 1/36028797018963968"),
        (np.array([0.1, 0.2, 0.7]), "short by 1/36028797018963968"),
        ([np.float32(0.1), np.float32(0.9)], "short by 3/134217728"),
        ({"a": 0.1, "b": 0.9}, "too much by 1/36028797018963968"),
        ([Float(0.1), Float(0.2), Float(0.7)], "short by 1/36028797018963968"),
        ([0.3, "0.7"], "short by"),
    ],
)
def test_floats_that_miss_one_are_told_why(floats: Any, gap: str) -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        Distribution(floats)
    message = str(caught.value)
    assert gap in message
    assert (
        "floats are taken as the binary values they are; write decimals as text ('0.1'), or use from_weights" in message
    )


def test_normalising_is_exact() -> None:
    p = Distribution.from_weights([0.1, 0.2, 0.7])
    assert sum(p.values()) == 1
    assert p[0] == Rational(0.1) / (Rational(0.1) + Rational(0.2) + Rational(0.7))


HUGE = [
    "Distribution.uniform(10**9)",
    "Distribution.binomial(10**9, '1/2')",
    "Distribution.binomial(10**7, 0)",
    "Distribution.binomial(10**6, Symbol('t'))",
    "Distribution.symbolic('p', 10**7)",
    "Distribution([(a + b + c + d) ** 60, 1 - (a + b + c + d) ** 60])",
    "Distribution.product(*[Distribution.uniform(10)] * 12)",
    "families.uniform(10**9)",
    "families.binomial(10**9)",
    "families.categorical(10**9)",
    "families.truncated_geometric(10**9)",
]


@pytest.mark.parametrize("code", HUGE)
def test_huge_models_are_refused_at_once(code: str) -> None:
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
from sympy import Symbol, symbols
from klexact import Distribution, KLExactError, families
a, b, c, d = symbols('a b c d')
try:
    {code}
except KLExactError as error:
    print('refused')
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=5, check=False)
    assert done.stdout == "refused\n", done.stderr[-300:]


# -- equality ----------------------------------------------------------------------------------------------------

EQUAL: list[tuple[Distribution, Distribution]] = [
    (Distribution({"a": 1}), Distribution({"a": 1, "b": 0})),
    (Distribution([0, 1]), Distribution.point(1)),
    (Distribution({"b": "1/3", "a": "2/3"}), Distribution({"a": "2/3", "b": "1/3"})),
    (Distribution([1 - T, T]).subs({T: 0}), Distribution.point(0)),
    (Distribution({0: T, 1: 1 - T, 2: 0}), Distribution([T, 1 - T])),
    (Distribution.from_weights([S * T, S * (1 - T)]), Distribution([T, 1 - T])),
    (Distribution([T * S, T * (1 - S), 1 - T]).pushforward(lambda x: x // 2), Distribution([T, 1 - T])),
    (Distribution([S, 1 - S]).subs({S: T / (1 + T)}), Distribution.from_weights([T, 1])),
    (Distribution.binomial(2, T).subs({T: "1/2"}), Distribution.binomial(2, "1/2")),
    (Distribution.mixture([Distribution.point(0), Distribution([T, 1 - T])], [0, 1]), Distribution([T, 1 - T])),
    (Distribution({1: 1}), Distribution({1.0: 1})),
    (Distribution([1 / (1 - T), -T / (1 - T)]), Distribution([-1 / (T - 1), T / (T - 1)])),
    (Distribution.from_weights([1, -T]), Distribution([1 / (1 - T), -T / (1 - T)])),
]


@pytest.mark.parametrize(("p", "q"), EQUAL, ids=range(len(EQUAL)))
def test_equal_distributions_have_equal_hashes(p: Distribution, q: Distribution) -> None:
    assert p == q
    assert hash(p) == hash(q)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (THIRDS, Distribution(["2/3", "1/3"])),
        (THIRDS, Distribution({"0": "1/3", "1": "2/3"})),
        (Distribution([T, 1 - T]), Distribution([S, 1 - S])),
        (Distribution([T, 1 - T]), THIRDS),
        (THIRDS, Distribution([Rational(0.1) * 10 / 3, 1 - Rational(0.1) * 10 / 3])),
    ],
)
def test_different_distributions_differ(p: Distribution, q: Distribution) -> None:
    assert p != q
    assert p != [Rational(1, 3), Rational(2, 3)]


def test_immutable() -> None:
    for name in ("conditions", "table", "outcomes", "new"):
        with pytest.raises(AttributeError):
            setattr(THIRDS, name, ())
    with pytest.raises(TypeError):
        THIRDS[0] = 1  # type: ignore[index]
    values = {"a": "1/2", "b": "1/2"}
    p = Distribution(values)
    values["a"] = "0"
    assert p["a"] == Rational(1, 2)


@pytest.mark.parametrize("p", [THIRDS, Distribution([1 - T, T]), Distribution.product(THIRDS, THIRDS)], ids=str)
def test_copies_and_pickles(p: Distribution) -> None:
    assert copy.copy(p) == copy.deepcopy(p) == p
    again = pickle.loads(pickle.dumps(p))
    assert again == p
    assert again.conditions == p.conditions


# -- reading -----------------------------------------------------------------------------------------------------


def test_reading() -> None:
    p = Distribution({"a": "1/2", "b": 0, 3: "1/2"})
    assert p.support == ("a", 3)
    assert list(p) == ["a", "b", 3]
    assert len(p) == 3
    assert p["b"] == p["nowhere"] == 0
    assert p["a"] == Rational(1, 2)
    assert list(p.values()) == [Rational(1, 2), 0, Rational(1, 2)]
    assert p.free_symbols == set()
    assert Distribution([S * T, 1 - S * T]).free_symbols == {S, T}


def test_expectations() -> None:
    assert Distribution.binomial(7, T).mean() == 7 * T
    assert Distribution.uniform(3).expectation(lambda x: x**2) == Rational(5, 3)
    assert Distribution.uniform(3).expectation(lambda x: T * x) == T
    assert Distribution({"1/2": "1/2", Fraction(3, 2): "1/4", 0.5: "1/4"}).mean() == Rational(3, 4)
    assert Distribution({0: 1, "never": 0}).mean() == 0
    assert Distribution.uniform("ab").expectation({"a": 1, "b": "1/3"}.get) == Rational(2, 3)
    with pytest.raises(InvalidNumberError, match="the value of outcome 'a' must be"):
        Distribution.uniform("ab").mean()
    with pytest.raises(InvalidNumberError, match="the value of outcome 2 must be rational; found sqrt"):
        Distribution.uniform([0, 2]).expectation(sqrt)


@given(joints(3))
def test_marginals(joint: Distribution) -> None:
    assert joint.marginal(0, 1, 2) == joint
    assert joint.marginal(-1) == joint.marginal(2)
    assert joint.marginal(2, 0).marginal(1) == joint.marginal(0)
    assert joint.marginal(0, 2).pushforward(lambda o: o[0]) == joint.marginal(0)


@given(distributions(zeros=False), distributions())
def test_a_mixture_of_conditionals_is_the_whole(p: Distribution, q: Distribution) -> None:
    joint = Distribution.product(p, q)
    parts = [Distribution.product(Distribution.point(x), q) for x in p]
    assert all(part == joint.conditional(set(part)) for part in parts)
    assert Distribution.mixture(parts, p.values()) == joint
    assert joint.marginal(1) == q


# -- parameters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (Distribution([1 - T, T]), "Distribution({0: 1 - t, 1: t} if 1 - t >= 0 and t >= 0)"),
        (Distribution.binomial(2, T), "Distribution({0: (1 - t)**2, 1: 2*t*(1 - t), 2: t**2} if t*(1 - t) >= 0)"),
        (Distribution([1 - T**2, T**2]), "Distribution({0: (1 - t)*(t + 1), 1: t**2} if (1 - t)*(t + 1) >= 0)"),
        (Distribution({"a": 1}), "Distribution({'a': 1})"),
    ],
)
def test_conditions_are_shown(p: Distribution, shown: str) -> None:
    assert repr(p) == shown
    for condition in p.conditions:
        assert sympy.latex(condition) in p._repr_latex_()
        assert str(condition).replace(">", "&gt;") in p._repr_html_()


def test_long_distributions_are_shown_in_part() -> None:
    p = Distribution.uniform(1000)
    assert repr(p).endswith("... 988 more})")
    assert "988 more" in p._repr_html_()
    assert len(p._repr_latex_()) < 1000


def test_html_is_escaped() -> None:
    assert "<b>" not in Distribution({"<b>": 1})._repr_html_()


@pytest.mark.parametrize(
    "p", [lambda: Distribution.from_weights(["1" * 9000, 1]), lambda: Distribution.binomial(3000, "57/100")]
)
def test_long_numbers_can_be_shown(p: Any) -> None:
    made = p()
    assert repr(made).startswith("Distribution({0: ")
    assert made._repr_html_().startswith("<table>")
    assert made._repr_latex_().startswith("$\\displaystyle P(x)")


def test_symbolic() -> None:
    p = Distribution.symbolic("p", 3)
    assert p.free_symbols == set(sympy.symbols("p_1 p_2"))
    assert len(p.conditions) == 3
    assert p.subs(dict.fromkeys(p.free_symbols, "1/2")) == Distribution([0, "1/2", "1/2"])
    assert Distribution.symbolic("q", "ab").outcomes == ("a", "b")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({T: 0}, [1, 0]),
        ({T: "1/3"}, ["2/3", "1/3"]),
        ({T: 0.25}, ["3/4", "1/4"]),
        ({T: np.float64(1)}, [0, 1]),
        ({T: S**2}, [1 - S**2, S**2]),
        ({T: 1 - T}, [T, 1 - T]),
        ({}, [1 - T, T]),
    ],
)
def test_substitution(values: Any, wanted: list[Any]) -> None:
    assert Distribution([1 - T, T]).subs(values) == Distribution(wanted)


@pytest.mark.parametrize(
    ("p", "values", "message"),
    [
        (Distribution([1 - T, T]), {T: 2}, r"the probability of 0 must not be negative; found -1"),
        (Distribution([1 - T, T]), {T: "-1e-9"}, r"the probability of 1 must not be negative; found -1/1000000000"),
        (Distribution([1 - T, T]), {S: 1}, r"parameters to substitute must be among: .*t.*; found s"),
        (Distribution([1 - T, T]), {T: 0, S: 1}, r"parameters to substitute must be among: .*t.*; found s"),
        (THIRDS, {T: 0}, r"parameters to substitute must be among: none; found t"),
        (Distribution([1 - T, T]), {T: float("nan")}, r"the value of t must be a finite number; found nan"),
        (Distribution([1 - T, T]), {T: sqrt(2) / 2}, r"the value of t must be rational; found sqrt\(2\)/2"),
        (Distribution([1 - T, T]), {T: exp(S)}, r"must be a rational function over Q; found exp\(s\)"),
        (Distribution.from_weights([1, T]), {T: -1}, r"must be continuous at t = -1; found a pole or a discontinuity"),
        (Distribution.from_weights([A, B]), {A: 0, B: 0}, r"must be continuous at a = 0, b = 0; found a pole"),
    ],
)
def test_substitution_refused(p: Distribution, values: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        p.subs(values)


def test_substitution_beside_a_discontinuity() -> None:
    p = Distribution.from_weights([A, B])
    assert p.subs({A: 0}) == Distribution([0, 1])
    assert p.subs({B: 0}) == Distribution([1, 0])
    assert p.subs({A: "1e-300", B: "1e-300"}) == Distribution(["1/2", "1/2"])


def test_large_parameters() -> None:
    edge = 10**30 + 1
    p = Distribution([1 - edge / T, edge / T])
    assert p.subs({T: edge}) == Distribution([0, 1])
    assert p.subs({T: 2 * edge}) == Distribution(["1/2", "1/2"])


def test_conditions_are_inherited() -> None:
    mixed = Distribution.mixture([Distribution([1 - T, T]), Distribution.point(1)], ["1/2", "1/2"])
    assert {str(c) for c in mixed.conditions} >= {"t >= 0", "1 - t >= 0"}
    with pytest.raises(InvalidDistributionError, match="must not be negative; found -1"):
        mixed.subs({T: -1})
    assert Distribution([1 - T, T]).pushforward(lambda _: 0).conditions == ()
    product = Distribution.product(Distribution([1 - T, T]), Distribution([1 - S, S]))
    assert {str(c) for c in product.conditions} == {"t >= 0", "1 - t >= 0", "s >= 0", "1 - s >= 0"}


def test_coordinates_are_integers() -> None:
    axis: Any = [0, 1]
    with pytest.raises(KLExactError, match=r"a coordinate must be an integer in .*; found \[0, 1\]"):
        Distribution({(0, 1): 1}).marginal(axis)


def test_one_parameter_may_stand_with_its_value() -> None:
    assert (
        Distribution([1 - T, T]).subs(T, "1/3")
        == Distribution([1 - T, T]).subs({T: "1/3"})
        == Distribution(["2/3", "1/3"])
    )
