"""Parametric models as data: their members, what they refuse, and log q(x) as a form."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Interval, Symbol, exp, oo, sqrt

from klexact import Distribution, LogForm, fit
from klexact.errors import InvalidDistributionError, InvalidFamilyError, InvalidNumberError, KLExactError
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
    truncated_geometric,
    two_part,
    uniform,
)

S, T = sympy.symbols("s t")
HALF = Distribution.uniform(2)

MEMBERS: list[tuple[str, Family, tuple[Any, ...], Any]] = [
    ("binomial", binomial(2), ("2/5",), ["9/25", "12/25", "4/25"]),
    ("binomial at 0", binomial(2), (0,), [1, 0, 0]),
    ("binomial at 1", binomial(2), (1.0,), [0, 0, 1]),
    ("binomial, NumPy", binomial(2), (np.float64(0.5),), ["1/4", "1/2", "1/4"]),
    ("binomial, symbolic", binomial(1), (T,), [1 - T, T]),
    ("binomial without trials", binomial(0), ("1/3",), [1]),
    ("truncated geometric", truncated_geometric(3), (2,), ["1/7", "2/7", "4/7"]),
    ("truncated geometric, uniform", truncated_geometric(4), (1,), ["1/4"] * 4),
    ("truncated geometric at 0", truncated_geometric(3), (0,), [1, 0, 0]),
    ("truncated geometric of one", truncated_geometric(1), (7,), [1]),
    ("two parts", two_part([0, 1], [2]), ("1/3",), ["1/6", "1/6", "2/3"]),
    ("two parts, empty", two_part([0, 1], [2]), (0,), [0, 0, 1]),
    ("parts", parts([0], [1, 2], [3]), ("1/2", "1/4"), ["1/2", "1/8", "1/8", "1/4"]),
    ("categorical", categorical(3), ("1/2", "1/4"), ["1/2", "1/4", "1/4"]),
    ("categorical, names", categorical("ab"), ("1/3",), {"a": "1/3", "b": "2/3"}),
    ("mixture", mixture(HALF, Distribution.point(1)), ("1/3",), ["1/6", "5/6"]),
    (
        "mixture of three",
        mixture(HALF, Distribution.point(1), Distribution.point(2)),
        ("1/2", "1/4"),
        ["1/4", "1/2", "1/4"],
    ),
    ("uniform", uniform("ab"), (), {"a": "1/2", "b": "1/2"}),
    ("fixed", fixed(HALF), (), ["1/2", "1/2"]),
    ("custom", custom([(1 - 2 * T) ** 2, 4 * T * (1 - T)], T, Interval(0, 1)), ("1/4",), ["1/4", "3/4"]),
    ("custom, named", custom({"x": 1 / (1 + T), "y": T / (1 + T)}, T, Interval(0, oo)), (3,), {"x": "1/4", "y": "3/4"}),
    ("custom without a parameter", custom(["1/3", "2/3"], T, Interval(0, 1)), ("1/2",), ["1/3", "2/3"]),
]


@pytest.mark.parametrize(("family", "values", "wanted"), [m[1:] for m in MEMBERS], ids=[m[0] for m in MEMBERS])
def test_members(family: Family, values: tuple[Any, ...], wanted: Any) -> None:
    assert family.at(*values) == Distribution(wanted)


@pytest.mark.parametrize(("family", "values"), [m[1:3] for m in MEMBERS], ids=[m[0] for m in MEMBERS])
def test_log_probability_is_the_logarithm_of_the_member(family: Family, values: tuple[Any, ...]) -> None:
    member, point = family.at(*values), dict(zip(family.parameters, values, strict=True))
    for x, q in member.table:
        form = family.log_probability(x)
        if q:
            assert form is not None
            inside = {s: v for s, v in point.items() if s in form.free_symbols}
            assert (form.subs(inside) if inside else form) == LogForm.of_logs([(1, q)])
    assert family.log_probability("nowhere") is None


AT: list[tuple[str, Family, tuple[Any, ...], str]] = [
    ("too large", binomial(2), (2,), r"p must lie in Interval\(0, 1\) for binomial\(2\); found 2"),
    ("too small", binomial(2), ("-1e-9",), r"p must lie in Interval\(0, 1\) for binomial\(2\); found -1/1000000000"),
    ("too few", binomial(2), (), r"binomial\(2\) needs 1 parameter values; found 0: p"),
    ("too many", uniform(2), (1,), r"uniform\(2\) needs 0 parameter values; found 1: it has none"),
    ("irrational", binomial(2), (sqrt(2) / 2,), r"p must be rational; found sqrt\(2\)/2"),
    ("NaN", binomial(2), (float("nan"),), r"p must be a finite number; found nan"),
    ("text", binomial(2), ("half",), r"p must be an int.*found 'half'"),
    ("exponential", binomial(2), (exp(T),), r"must be a rational function over Q"),
    ("outside the simplex", categorical(3), ("3/4", "1/2"), r"must not be negative; found -1/4"),
    ("negative mass", categorical(3), ("-1/4", "1/2"), r"must not be negative; found -1/4"),
    ("negative ratio", truncated_geometric(3), (-2,), r"r must lie in Interval\(0, oo\)"),
    ("infinite support", poisson(), (3,), r"a Distribution has finitely many rational probabilities; poisson has not"),
    ("infinite support", geometric(), ("1/2",), r"geometric has not: use it with fit"),
    ("open end", geometric(), (0,), r"p must lie in Interval.Lopen\(0, 1\) for geometric; found 0"),
    ("open end of one's own", custom([T, 1 - T], T, Interval.open(0, 1)), (1,), r"t must lie in Interval.open\(0, 1\)"),
]


@pytest.mark.parametrize(("family", "values", "message"), [a[1:] for a in AT], ids=[a[0] for a in AT])
def test_values_refused(family: Family, values: tuple[Any, ...], message: str) -> None:
    with pytest.raises((InvalidFamilyError, InvalidDistributionError, InvalidNumberError), match=message):
        family.at(*values)


MADE: list[tuple[str, Any, str]] = [
    ("negative trials", lambda: binomial(-1), r"n must be an integer in 0\.\..*; found -1"),
    ("half a trial", lambda: binomial(2.5), r"n must be an integer .*; found 2\.5"),  # type: ignore[arg-type]
    ("text for trials", lambda: binomial("2"), r"n must be an integer .*; found '2'"),  # type: ignore[arg-type]
    ("no outcomes", lambda: truncated_geometric(0), r"n must be an integer in 1\.\..*; found 0"),
    ("one component", lambda: mixture(HALF), r"mixture needs at least two components; found 1"),
    ("one category", lambda: categorical(1), r"found 1"),
    ("one category, named", lambda: categorical("a"), r"needs at least two components; found 1"),
    ("an empty block", lambda: two_part([0], []), r"at least one"),
    ("a repeated outcome", lambda: two_part([0, 0, 1], [2]), r"outcomes must be distinct; found 0 again"),
    ("parameters", lambda: mixture(HALF, HALF, parameters=[S, T]), r"needs one parameter fewer; found 2"),
    ("a parametric component", lambda: mixture(Distribution([T, 1 - T]), HALF), r"found .*t"),
    ("a component's parameter", lambda: mixture(Distribution.binomial(1, Symbol("w")), HALF), r"found .*w"),
    ("negative inside", lambda: custom([T / 2, 1 - T / 2], T, Interval(0, 3)), r"found -1/4 at t = 5/2"),
    (
        "negative before a double zero",
        lambda: custom([T**3, 1 - T**3], T, Interval(-1, 1)),
        r"the probability of 0 must be >= 0",
    ),
    (
        "another symbol",
        lambda: custom([S * T, 1 - S * T], T, Interval(0, 1)),
        r"must depend on t alone; found \['s', 't'\]",
    ),
    ("a wrong total", lambda: custom([T, 1 - T**2], T, Interval(0, 1)), r"which is 1 only at t = 0 and t = 1"),
    (
        "a wrong wide total",
        lambda: custom([exp(-T), 1 - exp(T)], T, Interval(0, oo)),
        r"must sum to 1 for every t; found",
    ),
    ("an irrational end", lambda: custom([T, 1 - T], T, Interval(0, sqrt(2) / 2)), r"rational or infinite ends; found"),
    ("all reals", lambda: custom([T, 1 - T], T, sympy.S.Reals), r"the probability of . must be >= 0"),
    ("no interval", lambda: custom([T, 1 - T], T, sympy.FiniteSet(0, 1)), r"a domain must be a SymPy Interval"),
    ("no number", lambda: custom(["half", 1 - T], T, Interval(0, 1)), r"must be an int.*found 'half'"),
    ("a parameter that is text", lambda: custom([T, 1 - T], "t", Interval(0, 1)), r"Symbol"),
]


@pytest.mark.parametrize(("make", "message"), [m[1:] for m in MADE], ids=[m[0] for m in MADE])
def test_families_refused(make: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        make()


@pytest.mark.parametrize("three", [np.int64(3), np.uint8(3), sympy.Integer(3)], ids=lambda x: type(x).__name__)
def test_numpy_and_sympy_integers_count_as_integers(three: Any) -> None:
    assert binomial(three).at("1/2") == binomial(3).at("1/2")
    assert truncated_geometric(three).at(2) == truncated_geometric(3).at(2)
    assert categorical(three).at("1/2", "1/4") == categorical(3).at("1/2", "1/4")
    assert uniform(three).at() == uniform(3).at()


@pytest.mark.parametrize(
    "names", [[0, 1, 2], [0.0, 1.0, 2.0], [Fraction(0), Fraction(1), Fraction(2)], list(np.arange(3.0))]
)
@pytest.mark.parametrize("family", [binomial(2), poisson(), geometric(), truncated_geometric(3)], ids=lambda f: f.name)
def test_outcomes_count_by_value_as_they_do_in_a_distribution(family: Family, names: list[Any]) -> None:
    data = Distribution(["1/2", "1/4", "1/4"], outcomes=names)
    assert data == Distribution(["1/2", "1/4", "1/4"])
    assert fit(data, family).argmins == fit(Distribution(["1/2", "1/4", "1/4"]), family).argmins


@pytest.mark.parametrize("x", [-1, 3, 0.5, "1", (1,), None])
def test_outcomes_that_a_family_never_has(x: Any) -> None:
    assert binomial(2).log_probability(x) is None
    assert truncated_geometric(3).log_probability(x) is None


def test_log_probabilities_of_infinite_families() -> None:
    p, rate = Symbol("p"), Symbol("lambda")
    assert geometric().log_probability(3) == LogForm.log(p) + 3 * LogForm.log(1 - p)
    assert poisson().log_probability(4) == 4 * LogForm.log(rate) - LogForm.log(24) - LogForm(rate)
    assert poisson(T).log_probability(0) == LogForm(-T)


def test_a_family_of_ones_own_where_no_closed_form_is_promised() -> None:
    family = custom([exp(-T), 1 - exp(-T)], T, Interval(0, oo))
    assert family.parameters == (T,)
    with pytest.raises(KLExactError, match="use it with fit"):
        family.at(1)


def test_reprs() -> None:
    assert repr(binomial(3)) == "<Family binomial(3) over p in Interval(0, 1)>"
    assert repr(uniform(3)) == "<Family uniform(3)>"
    assert repr(geometric(T)) == "<Family geometric over t in Interval.Lopen(0, 1)>"


def test_the_articles_two_part_model_is_refused_with_its_total() -> None:
    p = Symbol("p")
    with pytest.raises(KLExactError, match=r"6\*p/5 \+ 5\*\(1 - p\)/6 .*, which is 1 only at p = 5/11"):
        custom([*[p / 5] * 6, *[(1 - p) / 6] * 5], p, Interval(0, 1))
