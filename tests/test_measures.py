"""The measures as documented functions: values that books print, every route, base and bad input."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import E, Float, Rational, Symbol, log, oo, pi, sqrt

import klexact
from klexact import (
    Distribution,
    LogForm,
    conditional_entropy,
    cross_entropy,
    entr,
    entropy,
    forms,
    jeffreys_divergence,
    jensen_shannon_divergence,
    joint_entropy,
    kl_div,
    kl_divergence,
    mutual_information,
    perplexity,
    rel_entr,
)
from klexact.errors import InvalidBaseError, InvalidNumberError, KLExactError

A, B, S, T = sympy.symbols("a b s t")
QUARTERS: Any = np.array([0.25] * 4)
KULLBACK = -2 * log(5) + 32 * log(2) / 25 + 11 * log(3) / 5
P, Q = Distribution.binomial(2, "2/5"), Distribution.uniform(3)
NOISY = Distribution({("sun", "dry"): "3/8", ("sun", "wet"): "1/8", ("rain", "dry"): "1/8", ("rain", "wet"): "3/8"})

ROUTES: list[tuple[str, Callable[[], Any]]] = [
    ("directly", lambda: kl_divergence(P, Q)),
    ("from text", lambda: kl_divergence(["9/25", "0.48", "4/25"], ["1/3"] * 3)),
    (
        "from mappings in another order",
        lambda: kl_divergence({2: "0.16", 0: "0.36", 1: "0.48"}, {1: "1/3", 2: "1/3", 0: "1/3"}),
    ),
    ("from counts", lambda: kl_divergence(Distribution.from_counts([9, 12, 4]), Distribution.from_counts([1, 1, 1]))),
    ("from weights", lambda: kl_divergence([9, 12, 4], [7, 7, 7], variant="normalised")),
    ("as H(p, q) - H(p)", (forms.cross_entropy(P, Q) - forms.entropy(P)).as_expr),
    ("as log 3 - H(p)", (LogForm.log(3) - forms.entropy(P)).as_expr),
    ("by substitution", lambda: kl_divergence(Distribution.binomial(2, T).subs({T: "2/5"}), Q)),
    ("substituted in the form", lambda: forms.kl_divergence(Distribution.binomial(2, T), Q).subs({T: "0.4"}).as_expr()),
    ("as one logarithm", lambda: LogForm.log(Fraction(2**32 * 3**55, 5**50)).as_expr() / 25),
    ("term by term", lambda: sympy.Add(*(rel_entr(p, q) for p, q in zip(P.values(), Q.values(), strict=True)))),
    ("relabelled, with impossible outcomes", lambda: kl_divergence([0, "9/25", "12/25", "4/25"], [0, *["1/3"] * 3])),
    ("as the fit of a fixed model", lambda: klexact.fit(P, Q).divergence),
    ("beside an equal factor", lambda: kl_divergence(Distribution.product(P, NOISY), Distribution.product(Q, NOISY))),
]


@pytest.mark.parametrize("route", [r[1] for r in ROUTES], ids=[r[0] for r in ROUTES])
def test_kullbacks_example_whatever_route_built_it(route: Callable[[], Any]) -> None:
    assert sympy.expand(route()) == KULLBACK


def test_kullbacks_example_prints_as_in_the_book() -> None:
    assert str(kl_divergence(P, Q)) == "-2*log(5) + 32*log(2)/25 + 11*log(3)/5"
    assert str(kl_divergence(Q, P)) == "-2*log(3) - 4*log(2)/3 + 2*log(5)"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (entropy(["1/2", "1/4", "1/4", 0], base=2), Rational(3, 2)),
        (entropy(Distribution.uniform(8), base=2), 3),
        (entropy(Distribution.uniform(8), base="1/2"), -3),
        (entropy(Distribution.uniform(7)), log(7)),
        (entropy(Distribution.point("x")), 0),
        (entropy([0.5, 0.5], base=2), 1),
        (entropy(QUARTERS, base=4), 1),
        (entropy([3, 1], variant="normalised", base=2), 2 - 3 * log(3) / (4 * log(2))),
        (entropy([2, 2], variant="raw", base=2), -4),
        (cross_entropy(["1/2", "1/2"], ["1/4", "3/4"], base=2), 2 - log(3) / (2 * log(2))),
        (cross_entropy([1, 0], [0, 1]), oo),
        (cross_entropy([0, 1], [0, 1]), 0),
        (kl_divergence([1, 0], [0, 1]), oo),
        (kl_divergence([0, 1], ["1/2", "1/2"], base=2), 1),
        (kl_divergence(["1/2", "1/2"], [0, 1]), oo),
        (kl_divergence([1, 1], [1, 2], variant="raw"), -log(2)),
        (kl_divergence([1, 1], [1, 2], variant="generalised"), 1 - log(2)),
        (jeffreys_divergence(["1/3", "2/3"], ["2/3", "1/3"], base=2), Rational(2, 3)),
        (jeffreys_divergence([1, 0], ["1/2", "1/2"]), oo),
        (jensen_shannon_divergence([1, 0], [0, 1], base=2), 1),
        (jensen_shannon_divergence([1, 0], [1, 0]), 0),
        (jensen_shannon_divergence([1, 0], [0, 1], weights=["1/4", "3/4"], base=2), 2 - 3 * log(3) / (4 * log(2))),
        (jensen_shannon_divergence([1, 0], [0, 1], weights=[1, 0]), 0),
        (jensen_shannon_divergence([1, 0, 0], [0, 1, 0], [0, 0, 1]), log(3)),
        (mutual_information(NOISY, base=2), 3 * log(3) / (4 * log(2)) - 1),
        (mutual_information(Distribution.product(P, Q)), 0),
        (mutual_information(Distribution.product(P, Q), x=0, y=0), entropy(P)),
        (conditional_entropy(NOISY, base=2), 2 - 3 * log(3) / (4 * log(2))),
        (conditional_entropy(Distribution.product(P, Q), of=1, given=0), log(3)),
        (conditional_entropy(NOISY, of=0, given=0), 0),
        (joint_entropy(Distribution.product(Q, Q, Q)), 3 * log(3)),
        (joint_entropy(Distribution.product(Q, P), of=0), log(3)),
        (joint_entropy(Distribution(["1/2", "1/2"]), base=2), 1),
        (perplexity(Distribution.uniform(6)), 6),
        (perplexity(["1/2", "1/4", "1/4"]), 2 * sqrt(2)),
        (perplexity([1, 0]), 1),
        (perplexity([1, 0], ["1/3", "2/3"]), 3),
        (perplexity([1, 0], [0, 1]), oo),
        (entr("1/4", base=2), Rational(1, 2)),
        (entr(2), -2 * log(2)),
        (rel_entr("1/2", "1/4"), log(2) / 2),
        (kl_div("1/2", "1/4"), log(2) / 2 - Rational(1, 4)),
        (kl_div(0, "1/3"), Rational(1, 3)),
        (kl_div(1, 0), oo),
        (kl_div(1, 2, base=2), 1 / log(2) - 1),
    ],
)
def test_values(value: Any, wanted: Any) -> None:
    assert value == wanted
    assert isinstance(value, sympy.Expr)


@pytest.mark.parametrize("base", [E, 2, 10, 3, "1/2", "3/2", sqrt(2), pi, E**2], ids=str)
def test_bases_against_evaluation(base: Any) -> None:
    unit = log(Rational(base) if isinstance(base, str) else base)
    here = [kl_divergence(P, Q, base=base), entropy(P, base=base), kl_div("1/3", "1/7", base=base)]
    nats = [kl_divergence(P, Q), entropy(P), kl_div("1/3", "1/7")]
    # numbers below 10, evaluated to 40 digits each
    assert all(abs(a.evalf(40) - (b / unit).evalf(40)) < Float("1e-35") for a, b in zip(here, nats, strict=True))


MEASURES: list[Callable[[Any], Any]] = [
    lambda base: entropy(P, base=base),
    lambda base: entropy([1, 0], base=base),
    lambda base: cross_entropy(P, Q, base=base),
    lambda base: kl_divergence(P, Q, base=base),
    lambda base: kl_divergence([1, 0], [0, 1], base=base),
    lambda base: jeffreys_divergence(P, Q, base=base),
    lambda base: jensen_shannon_divergence(P, Q, base=base),
    lambda base: mutual_information(NOISY, base=base),
    lambda base: conditional_entropy(NOISY, base=base),
    lambda base: joint_entropy(NOISY, base=base),
    lambda base: entr("1/2", base=base),
    lambda base: rel_entr(1, 0, base=base),
    lambda base: kl_div(0, 0, base=base),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_bad_bases_are_refused_by_every_measure(measure: Callable[[Any], Any]) -> None:
    for base in (1, 0, -2, "1", 1.0, Symbol("b"), sympy.nan, oo, 1 + 2 * sympy.I):
        with pytest.raises(InvalidBaseError, match=r"the base must be a positive real number other than 1, .*; found"):
            measure(base)
    for base in (float("nan"), "two", None, "__import__('os')"):
        with pytest.raises(KLExactError, match="the base must be"):
            measure(base)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: entropy(["1/2", "1/3"]), r"found a total of 5/6, short by 1/6"),
        (lambda: entropy([0.1, 0.2, 0.7]), r"short by 1/36028797018963968 .*'0.1'\), or use from_weights"),
        (lambda: entropy([]), r"at least one probability is required"),
        (lambda: kl_divergence(P, [1, 1]), r"too much by 1"),
        (lambda: kl_divergence([1, -1], [1, 2], variant="raw"), r"must not be negative; found -1"),
        (lambda: jensen_shannon_divergence([1, 0], [0, 1], weights=["1/2"]), r"short by 1/2"),
        (
            lambda: jensen_shannon_divergence([1, 0], [0, 1], weights=[1]),
            r"one weight a component; found 1 weights for 2",
        ),
        (lambda: conditional_entropy(NOISY, of=0, given=2), r"needs tuples with those coordinates"),
        (lambda: mutual_information(NOISY, x=0, y=2), r"needs tuples with those coordinates"),
        (lambda: mutual_information(NOISY, y=1), r"x= and y= must be given together; found one alone"),
        (lambda: mutual_information(P), r"without x= and y= outcomes must be pairs; found"),
        (
            lambda: mutual_information({(0, 0, 1): 1}),
            r"without x= and y= outcomes must be pairs; found \(0, 0, 1\): name the coordinates",
        ),
        (lambda: conditional_entropy({(0, 0, 1): 1}), r"without of= and given= outcomes must be pairs"),
        (lambda: kl_divergence([1], ["1/2", "1/2"]), r"the same length; found 1 and 2: write 0 for what cannot happen"),
        (lambda: kl_divergence([1], (1, 2), variant="raw"), r"the same length; found 1 and 2"),
        (lambda: jensen_shannon_divergence([1, 0], [1], [1]), r"the same length; found 2 and 1"),
        (lambda: joint_entropy(P, of=0), r"needs tuples with those coordinates"),
        (lambda: entropy("1/2,1/2"), r"a sequence or a mapping of probabilities is required"),
        (lambda: kl_divergence([T, 1 - T], [T - 2, 3 - T]), r"must be positive together somewhere"),
    ],
)
def test_bad_operands(wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        wrong()


@pytest.mark.parametrize("value", [-1, "-1/2", float("nan"), "p", None, sympy.nan, sympy.exp(T), -0.25])
def test_bad_scalars(value: Any) -> None:
    with pytest.raises(InvalidNumberError, match="must"):
        entr(value)
    for pair in ((value, 1), (1, value)):
        for term in (rel_entr, kl_div):
            with pytest.raises(InvalidNumberError, match="must"):
                term(*pair)


# -- parameters --------------------------------------------------------------------------------------------------

MODEL = Distribution([1 - T, T])


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (entropy([T, 1 - T]), -T * log(T) + (T - 1) * log(1 - T)),
        (entropy([T, 1 - T], base=2), -T * log(T) / log(2) + (T - 1) * log(1 - T) / log(2)),
        (cross_entropy(["1/3", "2/3"], MODEL), -log(1 - T) / 3 - 2 * log(T) / 3),
        (kl_divergence(MODEL, MODEL), 0),
        (kl_divergence(MODEL, [1, 0]), oo),
        (jensen_shannon_divergence([1, 0], [0, 1], weights=[T, 1 - T]), -T * log(T) + (T - 1) * log(1 - T)),
        (jensen_shannon_divergence(MODEL, [T, 1 - T]), T * log(T) + (1 - T) * log(1 - T) + log(2)),
        (joint_entropy(Distribution.product(MODEL, Q)), -T * log(T) + (T - 1) * log(1 - T) + log(3)),
        (mutual_information(Distribution.product(MODEL, Q)), 0),
        (perplexity(MODEL, MODEL), (1 - T) ** (T - 1) / T**T),
        (entr(T), -T * log(T)),
        (rel_entr(T, S), -T * log(S) + T * log(T)),
        (kl_div(T, 1), 1 - T + T * log(T)),
        (rel_entr(T, 0), oo),
        (rel_entr(0, T), 0),
        (jeffreys_divergence(MODEL, [T, 1 - T]), (2 - 4 * T) * log(1 - T) + (4 * T - 2) * log(T)),
        (conditional_entropy(Distribution.product(MODEL, Q), of=1, given=0), log(3)),
        (entropy(Distribution.binomial(1, T)), -T * log(T) + (T - 1) * log(1 - T)),
    ],
)
def test_parametric_values(value: Any, wanted: Any) -> None:
    assert value == wanted


def test_the_conventions_apply_by_substitution_in_the_distribution() -> None:
    assert kl_divergence(MODEL.subs({T: 0}), [1, 0]) == 0
    assert kl_divergence([1, 0], MODEL.subs({T: 1})) == oo
    assert entropy(MODEL.subs({T: 1})) == 0
    assert perplexity(MODEL.subs({T: 0})) == 1


@pytest.mark.parametrize(
    ("p", "points"),
    [
        ([(1 - 2 * T) ** 2, 4 * T * (1 - T)], [{T: Rational(1, 5)}, {T: Rational(4, 5)}]),
        (
            [(1 - S) ** 2, T, 1 - T - (1 - S) ** 2],
            [{S: Rational(3, 2), T: Rational(1, 4)}, {S: Rational(1, 2), T: Rational(1, 4)}],
        ),
        ([S * (1 - S) ** 2, T, 1 - T - S * (1 - S) ** 2], [{S: Rational(3, 2), T: Rational(1, 4)}]),
        ([(A - B) ** 2 / (A**2 + B**2), 2 * A * B / (A**2 + B**2)], [{A: 2, B: 1}, {A: 1, B: 2}, {A: -2, B: -1}]),
        (
            [1 / (1 + (10**9 * A - B) ** 2), (10**9 * A - B) ** 2 / (1 + (10**9 * A - B) ** 2)],
            [{A: Rational(1, 10**10), B: 1}],
        ),
    ],
)
def test_rendered_values_are_real_wherever_the_probabilities_are_positive(
    p: list[Any], points: list[dict[Any, Any]]
) -> None:
    model = Distribution(p)
    for point in points:
        value, exact = entropy(model).subs(point), entropy(model.subs(point))
        assert value.is_real
        # two numbers below 10, evaluated to 40 digits each
        assert abs(value.evalf(40) - exact.evalf(40)) < Float("1e-35")


def test_a_gradient_by_a_probability() -> None:
    p = Distribution.symbolic("p", 2)
    slope = forms.kl_divergence(p, ["1/4", "3/4"]).derivative(Symbol("p_1"))
    assert slope.as_expr() == log(Symbol("p_1")) - log(1 - Symbol("p_1")) - log(3)
