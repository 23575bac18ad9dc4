"""Curves: through exact values, the optimum where it is proved to be, infinities as such."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Interval, Symbol, oo
from sympy.abc import s, t

from klexact import (
    Distribution,
    KLExactError,
    decimal,
    entropy,
    fit,
    jeffreys_divergence,
    kl_divergence,
    laws,
    minimise,
)
from klexact.families import (
    binomial,
    categorical,
    custom,
    geometric,
    mixture,
    poisson,
    truncated_geometric,
    two_part,
    uniform,
)
from klexact.plot import divergence, name_of, rendered
from klexact.story import worms
from tests.plot.reading import axes, curves, infinities, marks, texts, words

DATA = worms()


def place(x: sympy.Expr) -> float:
    return float(decimal(x, 17))


def test_the_curve_passes_through_exact_values_and_the_certified_optimum_is_marked() -> None:
    found = fit(DATA, binomial(10), base=2)
    figure = divergence(found)
    (curve,) = curves(figure)
    for x, y in curve[:: len(curve) // 7]:
        exact = kl_divergence(DATA, binomial(10).at(Fraction(x)), base=2)  # a float is the binary number that it is
        assert abs(y - place(exact)) <= 2e-16 * y  # rounded to 53 bits, though not correctly
    assert marks(figure) == [(0.565, place(found.divergence))]
    assert min(y for _, y in curve) >= place(found.divergence)
    assert words(figure)[1] == "D(data ‖ binomial(10)): least 0.476427 bits at p = 113/200 = 0.565"
    assert axes(figure).get_xlabel() == "p"
    assert axes(figure).get_ylabel() == "divergence, bits"


def test_infinite_ends_are_marked_and_no_spike_is_drawn_to_them() -> None:
    figure = divergence(fit(DATA, binomial(10), base=2))
    assert infinities(figure) == [0.0, 1.0]
    (curve,) = curves(figure)
    assert axes(figure).get_ylim()[1] < max(y for _, y in curve) / 2
    assert 0.0 < curve[0][0] < 1e-9  # it leaves the axes on its way


def test_finite_ends_are_reached() -> None:
    found = fit(DATA, binomial(10), objective="reverse")
    figure = divergence(found)
    assert infinities(figure) == []
    (curve,) = curves(figure)
    at_ends = [kl_divergence(binomial(10).at(x), DATA) for x in (0, 1)]
    assert [curve[0], curve[-1]] == [(0.0, place(at_ends[0])), (1.0, place(at_ends[1]))]
    assert marks(figure) == [(place(found.argmin), float(decimal(found.value, 17)))]
    assert "least 0.211170 nats at p ≈ 0.525574" in words(figure)[1]


def test_a_mapping_draws_several_objectives_in_one_picture() -> None:
    data = Distribution.from_counts([1, 4, 3])
    found = [fit(data, binomial(2), objective=o, base=2) for o in ("forward", "reverse", "jeffreys", "jensen-shannon")]
    figure = divergence({name_of(f, "worms"): f for f in found}, title="Four")
    assert len(curves(figure)) == 4
    assert sorted(marks(figure)) == sorted((place(f.argmin), float(decimal(f.value, 17, base=2))) for f in found)
    assert words(figure)[0] == "Four"
    assert [line.partition(": least")[0] for line in words(figure)[1:]] == [
        "D(worms ‖ binomial(2))",
        "D(binomial(2) ‖ worms)",
        "D(worms ‖ binomial(2)) + D(binomial(2) ‖ worms)",
        "Jensen-Shannon divergence of worms and binomial(2)",
    ]
    (x, y) = curves(figure)[2][100]
    assert abs(y - place(jeffreys_divergence(data, binomial(2).at(Fraction(x)), base=2))) <= 2e-16 * y


def test_the_article_s_other_model() -> None:
    figure = divergence({"two-part": fit(DATA, two_part(range(6, 11), range(6)), base=2)})
    assert [x for x, _ in marks(figure)] == [0.47]
    assert words(figure)[1] == "two-part: least 0.337694 bits at p = 47/100 = 0.47"


def test_an_infinity_inside_the_domain_parts_the_curve_and_all_minima_are_marked() -> None:
    model = custom([(1 - 2 * t) ** 2, 4 * t * (1 - t)], t, Interval(0, 1))
    figure = divergence(fit(Distribution(["1/2", "1/2"]), model))
    assert infinities(figure) == [0.0, 0.5, 1.0]
    left, right = curves(figure)
    assert left[-1][0] < 0.5 < right[0][0]
    assert marks(figure) == [
        (place(x), 0.0) for x in (sympy.Rational(1, 2) - sympy.sqrt(2) / 4, sympy.Rational(1, 2) + sympy.sqrt(2) / 4)
    ]
    assert "and t = sqrt(2)/4 + 1/2 ≈ 0.853553" in words(figure)[1]


def test_an_optimum_at_an_end_and_a_point_that_is_not_one() -> None:
    figure = divergence(fit(Distribution.point(0), binomial(10)))
    assert marks(figure) == [(0.0, 0.0)]
    assert infinities(figure) == [1.0]


def test_open_ends_are_hollow_and_an_infimum_is_not_marked() -> None:
    coin = Distribution([1 - t, t])
    figure = divergence(minimise(entropy(coin, base=2), t, Interval.open(0, 1)))
    assert marks(figure) == []
    hollow = [line for line in axes(figure).lines if line.get_color() == "white"]
    assert [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in hollow] == [(0.0, 0.0), (1.0, 0.0)]
    assert "never attained, 0 bits" in words(figure)[1]
    assert axes(figure).get_ylabel() == "bits"


def test_a_flat_curve_is_a_line_and_says_where_the_minimum_is() -> None:
    same = Distribution.uniform(2)
    figure = divergence(fit(Distribution(["1/4", "3/4"]), mixture(same, same), base=2))
    (curve,) = curves(figure)
    low, high = axes(figure).get_ylim()
    assert {y for _, y in curve} == {place(kl_divergence(["1/4", "3/4"], same, base=2))}
    assert low < curve[0][1] < high
    assert "the minimum is attained on all of Interval(0, 1), 0.188722 bits" in words(figure)[1]


def test_what_is_nowhere_finite_is_said_so() -> None:
    figure = divergence(fit(DATA, binomial(9)))
    assert texts(figure) == ["∞ for every p"]
    assert words(figure)[1] == "D(data ‖ binomial(9)): the divergence is +∞ for every parameter"
    assert list(axes(figure).get_yticks()) == []
    single = divergence(fit(Distribution(["1/2", "1/2"]), poisson(), objective="reverse"))
    assert texts(single) == ["∞ for every other λ"]
    assert marks(single) == [(0.0, place(sympy.log(2)))]
    assert rendered(single, "png")


def test_an_infinite_domain_is_cut_and_says_so() -> None:
    figure = divergence(fit(DATA, poisson(), base=2))
    assert axes(figure).get_xlim()[1] > 5.65 * 2
    assert axes(figure).get_xlabel() == "λ\n(the domain goes on to ∞, where the curve tends to ∞)"
    assert marks(figure)[0][0] == 5.65
    assert infinities(figure) == [0.0]


def test_both_ends_may_be_infinite_and_an_infimum_far_out() -> None:
    x = Symbol("x")
    figure = divergence(
        minimise(kl_divergence(["1/3", "2/3"], [1 / (1 + x**2), x**2 / (1 + x**2)]), x, Interval(-oo, oo))
    )
    assert axes(figure).get_xlabel().count("where the curve tends to ∞") == 2
    assert marks(figure) == [(-place(sympy.sqrt(2)), 0.0), (place(sympy.sqrt(2)), 0.0)]
    assert infinities(figure) == [0.0]
    far = divergence(fit(Distribution.point(3), truncated_geometric(4)))
    assert marks(far) == []
    assert words(far)[1].endswith("the infimum is the limit as r → ∞, never attained, 0 nats")


def test_algebraic_optima_without_radicals_have_a_decimal() -> None:
    figure = divergence(fit(Distribution.from_counts([1, 2, 3, 4]), truncated_geometric(4), base=2))
    assert words(figure)[1].endswith("least 0.00584665 bits at r ≈ 1.52138")


def test_laws_have_curves_too() -> None:
    figure = divergence(fit(laws.gamma(2, 3), laws.exponential(t)))
    ((x, y),) = marks(figure)
    assert (x, y) == (1.5, place(kl_divergence(laws.gamma(2, 3), laws.exponential("3/2"))))
    assert curves(figure)


def test_open_ends_of_geometric_are_infinite() -> None:
    assert infinities(divergence(fit(DATA, geometric()))) == [0.0, 1.0]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: divergence(fit(DATA, categorical(11))), "one parameter; found w_1, .*: see plot surface for two"),
        (lambda: divergence(fit(DATA, uniform(11))), "one parameter; found one without parameters"),
        (lambda: divergence(fit(Distribution.symbolic("q", 3), binomial(2))), "found the symbol q_1"),
        (lambda: divergence(kl_divergence([1], [1])), "one parameter; found 0"),
        (lambda: divergence({}), "1 to 6 curves"),
        (
            lambda: divergence({"a": fit(DATA, binomial(10)), "b": fit(DATA, poisson())}),
            "one parameter and one unit; found lambda, p, nats",
        ),
        (
            lambda: divergence({"a": fit(DATA, binomial(10)), "b": fit(DATA, binomial(10), base=2)}),
            "one unit; found p, bits, nats",
        ),
        (lambda: divergence(fit(laws.gamma(s, 3), laws.exponential(t))), "found the symbol s"),
    ],
)
def test_bad_input_is_told(draw: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        draw()
