"""Parametric models as data: their members, what they refuse, and log q(x) as a form."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Interval, Rational, Symbol, exp, oo, sqrt

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
    multinomial,
    parts,
    poisson,
    truncated,
    truncated_geometric,
    two_part,
    uniform,
    zero_inflated,
)
from klexact.polytope import Polytope

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
    ("trinomial", multinomial(1, 3), ("1/2", "1/3"), {(1, 0, 0): "1/2", (0, 1, 0): "1/3", (0, 0, 1): "1/6"}),
    ("multinomial at a vertex", multinomial(2, 3), (1, 0), {(2, 0, 0): 1}),
    ("custom of two", custom([S / 2, S / 2, T, 1 - S - T], [S, T]), ("1/2", "1/4"), ["1/4", "1/4", "1/4", "1/4"]),
    ("custom of one in a list", custom([S / 2, 1 - S / 2], [S]), ("1/2",), ["1/4", "3/4"]),
    ("zero-inflated", zero_inflated(binomial(2)), ("1/2", "1/2"), ["5/8", "1/4", "1/8"]),
    ("zero-inflated, zeros alone", zero_inflated(binomial(2)), (1, "1/2"), [1, 0, 0]),
    ("truncated", truncated(binomial(2), [0, 1]), ("1/3",), ["1/2", "1/2"]),
    ("truncated, without", truncated(binomial(2), without=[0]), ("1/2",), {1: "2/3", 2: "1/3"}),
    ("truncated poisson", truncated(poisson(), [1, 2]), (4,), {1: "1/3", 2: "2/3"}),
    ("truncated mixture", truncated(mixture(HALF, Distribution.point(2)), [0, 1]), ("1/3",), ["1/2", "1/2"]),
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
    ("outside a simplex", multinomial(2, 3), ("2/3", "1/2"), r"-p_1 - p_2 \+ 1 must not be negative; found -1/6"),
    ("outside a product", zero_inflated(binomial(2)), (2, 1), r"w, p must lie in .* for zero_inflated binomial\(2\)"),
    ("outside what is left", truncated(binomial(2), without=[0]), (0,), r"p must lie in Interval.Lopen\(0, 1\)"),
    ("too large", binomial(2), (2,), r"p must lie in Interval\(0, 1\) for binomial\(2\); found 2"),
    ("too small", binomial(2), ("-1e-9",), r"p must lie in Interval\(0, 1\) for binomial\(2\); found -1/1000000000"),
    ("too few", binomial(2), (), r"binomial\(2\) needs 1 parameter values; found 0: p"),
    ("too many", uniform(2), (1,), r"uniform\(2\) needs 0 parameter values; found 1: it has none"),
    ("irrational", binomial(2), (sqrt(2) / 2,), r"p must be rational; found sqrt\(2\)/2"),
    ("NaN", binomial(2), (float("nan"),), r"p must be a finite number; found nan"),
    ("text", binomial(2), ("half",), r"p must be written as a number.*found 'half'"),
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


SQUARE = [S >= 0, S <= 1, T >= 0, T <= 1]

MADE: list[tuple[str, Any, str]] = [
    (
        "a total that varies",
        lambda: custom([S, T, 1 - S * T], [S, T], SQUARE),
        r"must sum to 1 for every value of the parameters; found a total of .* = -s\*t \+ s \+ t \+ 1",
    ),
    ("negative at a vertex", lambda: custom([S - T, 1 - S + T], [S, T], SQUARE), r"found -1 at s = 0, t = 1"),
    (
        "negative in a corner",
        lambda: custom([S * T - HALF[0], 1 - S * T + HALF[0]], [S, T], SQUARE),
        r"must be >= 0 .*; found -1/2",
    ),
    ("negative constant", lambda: custom([Rational(-1, 2), S, Rational(3, 2) - S], [S, T], SQUARE), r"negative"),
    (
        "discontinuous",
        lambda: custom([S / (S + T), T / (S + T)], [S, T], SQUARE),
        r"must be continuous .* factor s \+ t, which is 0 there at s = 0, t = 0",
    ),
    ("no domain, not affine", lambda: custom([S * T, 1 - S * T], [S, T]), r"needs a domain: .* is not affine"),
    ("no domain, quotients", lambda: custom([S / (S + T), T / (S + T)], [S, T]), r"found the denominator s \+ t"),
    ("an empty domain", lambda: custom([S, 1 - S], [S, T], [S >= 1, S <= 0]), r"must not be empty"),
    ("an open domain", lambda: custom([S, 1 - S], [S, T], [S > 0, S < 1]), r"must be closed"),
    ("one parameter twice", lambda: custom([S, 1 - S], [S, S], SQUARE), r"must be distinct"),
    ("parameters that are text", lambda: custom([S, 1 - S], ["s", "t"], SQUARE), r"must be distinct SymPy Symbols"),
    ("a third symbol", lambda: custom([S, 1 - S], [T, Symbol("u")]), r"must depend on t, u alone; found \['s'\]"),
    (
        "a domain of others",
        lambda: custom([S, 1 - S], [S, T], Polytope.simplex([T, S])),
        r"the domain of custom must be one of \(s, t\); found one of \(t, s\)",
    ),
    ("one part", lambda: multinomial(2, 1), r"k must be an integer in 2\.\."),
    ("parameters too few", lambda: multinomial(2, 3, [S]), r"needs 2 parameters; found 1"),
    ("a multinomial of text", lambda: multinomial("2", 3), r"n must be an integer"),  # type: ignore[arg-type]
    ("too many outcomes", lambda: multinomial(1000, 4).at("1/4", "1/4", "1/4"), r"number of outcomes of a multinomial"),
    ("truncated to nothing", lambda: truncated(binomial(2), [5]), r"must give some outcome kept a probability"),
    ("truncated to no outcomes", lambda: truncated(binomial(2), []), r"needs 1 to 1,000 outcomes; found 0"),
    ("all left out", lambda: truncated(binomial(1), without=[0, 1]), r"found none but \(0, 1\)"),
    ("truncated both ways", lambda: truncated(binomial(1), [0], without=[1]), r"either the outcomes to keep"),
    ("truncated without parameters", lambda: truncated(uniform(2), [0]), r"needs a family .* parameters"),
    ("zero-truncated poisson", lambda: truncated(poisson(), without=[0]), r"found exp\(-lambda\) for poisson"),
    ("zero-inflated poisson", lambda: zero_inflated(poisson()), r"rational probabilities .*; found exp\(-lambda\)"),
    ("zero-inflated, two parameters", lambda: zero_inflated(categorical(3)), r"needs a family with one parameter"),
    ("zero-inflated, one name", lambda: zero_inflated(binomial(2), Symbol("p")), r"a Symbol other than p; found p"),
    (
        "zero-inflated without zero",
        lambda: zero_inflated(truncated(binomial(2), without=[0])),
        r"must give 0 a probability",
    ),
    (
        "truncated where nothing is left",
        lambda: truncated(multinomial(2, 3), [(1, 1, 0)]),
        r"a positive probability in the whole domain .* found 0 at",
    ),
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
    ("no number", lambda: custom(["half", 1 - T], T, Interval(0, 1)), r"must be written as a number.*found 'half'"),
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


def test_domains_of_several_parameters_found_or_given() -> None:
    simplex = custom([S, T, 1 - S - T], [S, T]).domain
    assert isinstance(simplex, Polytope)
    assert simplex.relations == Polytope.simplex([S, T]).relations
    given = custom([S * T, 1 - S * T], [S, T], sympy.And(S >= 0, S <= 1, T >= 0, T <= 1))
    assert isinstance(given.domain, Polytope)
    assert len(given.domain.rows) == 4
    wide = custom([S**2, 1 - S**2], [S, T], SQUARE)  # both factors, not only those of odd power
    assert wide.at("1/2", 0) == Distribution(["1/4", "3/4"])
    assert repr(categorical(3)) == (
        "<Family categorical(3) over w_1, w_2 in Polytope(w_1 >= 0, w_2 >= 0, -w_1 - w_2 + 1 >= 0)>"
    )


def test_outcomes_that_a_multinomial_never_has() -> None:
    family = multinomial(2, 3)
    assert all(family.log_probability(x) is None for x in [(1, 1), (1, 1, 1), (3, -1, 0), "110", 2, ("a", 1, 1)])
    assert family.log_probability((2.0, 0, 0)) == 2 * LogForm.log(Symbol("p_1"))
    assert multinomial(4, 3).log_probability((2, 1, 1)) == sum(
        [LogForm.log(x) for x in (Symbol("p_1"), Symbol("p_2"))],
        LogForm.log(12) + LogForm.log(Symbol("p_1")) + LogForm.log(1 - Symbol("p_1") - Symbol("p_2")),
    )


def test_truncated_families_are_conditional_laws() -> None:
    for base, kept, values in ((binomial(4), [1, 3], ("2/7",)), (mixture(HALF, uniform(3).at()), [1, 2], ("1/5",))):
        law = truncated(base, kept).at(*values)
        assert law == base.at(*values).conditional(kept)
        left = [x for x in base.at(*values) if x not in kept]
        assert truncated(base, without=left).at(*values) == law


def test_a_family_is_called_by_its_blocks() -> None:
    assert two_part(range(6, 11), range(6)).name == "two_part(6..10 | 0..5)"
    assert parts([0], "ab", range(3, 9)).name == "parts(0 | 'a', 'b' | 3..8)"
    assert parts(*([x] for x in range(9))).name == "parts(9)"
    assert categorical(3).name == "categorical(3)"


def test_one_symbol_has_the_domain_where_probabilities_are_none_below_0() -> None:
    assert repr(custom([T, 1 - T], T)) == repr(custom([T, 1 - T], [T])) == "<Family custom over t in Interval(0, 1)>"
    assert custom({"a": 2 * T, "b": 1 - 2 * T}, T).domain == Interval(0, Rational(1, 2))


def test_a_mixture_takes_families_without_parameters() -> None:
    assert mixture(uniform(2), Distribution.point(0)).at("1/2") == Distribution(["3/4", "1/4"])
    with pytest.raises(InvalidDistributionError):
        mixture(binomial(2), Distribution.point(0))


@pytest.mark.parametrize("value", [3, 0.5, "1/2", Rational(1, 2), None, -3])
def test_parameters_are_symbols(value: Any) -> None:
    makers: list[Any] = [
        lambda: binomial(4, value),
        lambda: geometric(value),
        lambda: poisson(value),
        lambda: truncated_geometric(5, value),
        lambda: two_part([0, 1], [2], value),
        lambda: parts([0], [1], [2], parameters=[value, T]),
        lambda: multinomial(2, 2, [value]),
    ]
    for make in makers:
        with pytest.raises(InvalidFamilyError, match=r"must be SymPy Symbols; found .*: one member is made by at\(\)"):
            make()


def test_a_block_has_outcomes() -> None:
    with pytest.raises(InvalidFamilyError, match="a block must have at least one outcome; found none"):
        two_part([], [1])
