"""What `fit` minimises: each objective as a form is the measure itself, and where it is infinite."""

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, Interval, Rational, Symbol, log, sqrt

from klexact import (
    Distribution,
    LogForm,
    cross_entropy,
    jeffreys_divergence,
    jensen_shannon_divergence,
    kl_divergence,
    order,
)
from klexact.errors import KLExactError, NoClosedFormError
from klexact.families import binomial, custom, geometric, mixture, poisson, two_part
from klexact.optima.objectives import OBJECTIVES, Objective, Posed, named, posed
from klexact.roots import point_expr
from tests.property.strategies import T, distributions

MEASURES: dict[str, Any] = {
    "forward": kl_divergence,
    "reverse": lambda p, q: kl_divergence(q, p),
    "jeffreys": jeffreys_divergence,
    "jensen-shannon": jensen_shannon_divergence,
    "cross-entropy": cross_entropy,
}
FAMILIES = [
    binomial(2, T),
    mixture(Distribution(["1/2", "1/3", "1/6"]), Distribution(["1/7", "2/7", "4/7"]), parameters=[T]),
    custom([(1 - 2 * T) ** 2, 2 * T * (1 - T), 2 * T * (1 - T)], T, Interval(0, 1)),
    custom([1 / (1 + T + T**2), T / (1 + T + T**2), T**2 / (1 + T + T**2)], T, Interval(0, sympy.oo)),
]


def at(name: str, data: Distribution, family: Any) -> Posed:
    objective = named(name)
    return posed(objective, data, family, E)


@settings(max_examples=30, derandomize=True)
@given(distributions(3, 3, zeros=False), st.sampled_from(FAMILIES), st.sampled_from(sorted(MEASURES)))
def test_the_form_is_the_measure_at_every_member(data: Distribution, family: Any, name: str) -> None:
    problem = at(name, data, family)
    for value in ("1/3", "4/5"):
        member = family.at(value)
        assert order(problem.form.subs({T: value}), MEASURES[name](data, member)) == 0


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_names(name: str) -> None:
    objective = named(name)
    assert isinstance(objective, Objective)
    assert objective is OBJECTIVES[name]
    assert at(name, Distribution.uniform(3), binomial(2)).symbol == {
        "forward": "D",
        "reverse": "R",
        "jeffreys": "J",
    }.get(name, {"jensen-shannon": "JS", "cross-entropy": "H"}.get(name))


def test_an_unknown_name_is_refused_and_a_function_passes() -> None:
    with pytest.raises(KLExactError, match=r"objective must be one of forward, reverse, .*; found 'kl'"):
        named("kl")
    assert named(kl_divergence) is kl_divergence


INFINITE: list[tuple[str, str, list[Any], Any, list[Any], list[sympy.Expr]]] = [
    # what is impossible, and where it is finite all the same: [points], [values]
    ("reverse, an impossible outcome at an end", "reverse", ["1/2", "1/2", 0], binomial(2, T), [0], [log(2)]),
    ("reverse, at both ends in turn: nowhere", "reverse", [0, 1, 0], binomial(2, T), [], []),
    (
        "reverse, an impossible outcome inside",
        "reverse",
        [0, "1/2", "1/2"],
        custom([(1 - 2 * T) ** 2, 4 * T * (1 - T) / 4, 3 * T * (1 - T)], T, Interval(0, 1)),
        [Rational(1, 2)],
        [log(2) * Rational(1, 4) * 0 + Rational(1, 4) * log(Rational(1, 2)) + Rational(3, 4) * log(Rational(3, 2))],
    ),
    (
        "reverse, at irrational points",
        "reverse",
        [0, 1],
        custom([(2 * T**2 - 1) ** 2, 4 * T**2 * (1 - T**2)], T, Interval(0, 1)),
        [sqrt(2) / 2],
        [sympy.Integer(0)],
    ),
    ("jeffreys, where forward is infinite too", "jeffreys", ["1/2", "1/2", 0], binomial(2, T), [0], [sympy.oo]),
    ("jeffreys, at an end", "jeffreys", [1, 0, 0], binomial(2, T), [0], [sympy.Integer(0)]),
    ("reverse, outside the domain", "reverse", [1, 0], custom([1 - T, T], T, Interval(Rational(1, 5), 1)), [], []),
    ("reverse, at an open end", "reverse", [1, 0], custom([1 - T, T], T, Interval.Lopen(0, 1)), [], []),
    (
        "reverse, an outcome that is never impossible",
        "reverse",
        [1, 0],
        custom(["1/3", "2/3"], T, Interval(0, 1)),
        [],
        [],
    ),
    ("reverse, infinitely many outcomes", "reverse", [1, 0], poisson(T), [0], [sympy.Integer(0)]),
    ("jeffreys, infinitely many outcomes", "jeffreys", ["1/2", "1/2"], poisson(T), [0], [sympy.oo]),
    ("reverse, geometric", "reverse", ["1/3", "2/3"], geometric(T), [1], [log(3)]),
]


@pytest.mark.parametrize(
    ("name", "data", "family", "points", "values"), [i[1:] for i in INFINITE], ids=[i[0] for i in INFINITE]
)
def test_where_it_is_infinite_but_for_single_points(
    name: str, data: list[Any], family: Any, points: list[Any], values: list[sympy.Expr]
) -> None:
    problem = at(name, Distribution(data), family)
    assert problem.form.is_infinite
    assert [c.location for c in problem.apart] == points
    assert [order(c.value, v) for c, v in zip(problem.apart, values, strict=True)] == [0] * len(values)


@pytest.mark.parametrize("name", ["forward", "cross-entropy"])
def test_observed_but_impossible(name: str) -> None:
    problem = at(name, Distribution.uniform(4), binomial(2, T))
    assert problem.form.is_infinite
    assert (problem.apart, problem.impossible) == ((), (3,))


def test_jensen_shannon_is_never_infinite_but_needs_finitely_many_outcomes() -> None:
    problem = at("jensen-shannon", Distribution.point("elsewhere"), binomial(2, T))
    assert problem.form == LogForm.log(2)
    with pytest.raises(
        NoClosedFormError, match="jensen-shannon needs a model with finitely many outcomes; found poisson"
    ):
        at("jensen-shannon", Distribution.uniform(2), poisson(T))


@pytest.mark.parametrize(
    ("data", "family", "known"),
    [
        (["1/4", "1/2", "1/4"], binomial(2, T), [Rational(1, 2)]),
        (["1/3", "1/3", "1/3"], binomial(2, T), []),
        (
            ["1/2", "1/2"],
            custom([(1 - 2 * T) ** 2, 4 * T * (1 - T)], T, Interval(0, 1)),
            [(2 - sqrt(2)) / 4, (2 + sqrt(2)) / 4],
        ),
        (
            ["1/2", "1/2"],
            custom([(1 - 2 * T) ** 2, 4 * T * (1 - T)], T, Interval(0, Rational(1, 2))),
            [(2 - sqrt(2)) / 4],
        ),
        (["1/3", "2/3"], custom(["1/3", "2/3"], T, Interval(0, 1)), []),
        ([1, 0, 0], mixture(Distribution([1, 0, 0]), Distribution.uniform(3), parameters=[T]), []),
    ],
)
def test_points_where_the_model_is_the_data_are_known(data: list[Any], family: Any, known: list[sympy.Expr]) -> None:
    for name in ("reverse", "jeffreys", "jensen-shannon"):
        if 0 in data and name != "jensen-shannon":
            continue
        found = [point_expr(x) for x in at(name, Distribution(data), family).known]
        wanted = [Rational(1)] if 0 in data else known
        assert [sympy.expand(a - b) for a, b in zip(found, wanted, strict=True)] == [0] * len(wanted)


def test_a_formula_is_read_and_keeps_its_base() -> None:
    data = Distribution.uniform(2)
    problem = posed(lambda p, q: kl_divergence(q, p, base=2), data, binomial(1, T), E)
    assert (problem.base, problem.symbol) == (2, "F")
    assert problem.form == at("reverse", data, binomial(1, T)).form
    with pytest.raises(NoClosedFormError, match="found oo"):
        posed(lambda _, q: kl_divergence(q, Distribution.point(0)), data, binomial(1, T), E)
    with pytest.raises(KLExactError, match="must depend on t alone"):
        posed(lambda _, q: Symbol("a") * q[0], data, binomial(1, T), E)


def test_disjoint_blocks_are_posed_like_any_family() -> None:
    data = Distribution(["1/2", "1/3", "1/6"])
    problem = at("reverse", data, two_part([0], [1, 2], T))
    assert order(problem.form.subs({T: "1/4"}), kl_divergence(two_part([0], [1, 2]).at("1/4"), data)) == 0
