"""Surfaces: the certified minimum, infinite edges, and the nearest member for each of another family."""

from typing import Any

import pytest
import sympy
from sympy import Interval, Symbol
from sympy.abc import a, b, m, s, t

from klexact import Distribution, KLExactError, fit, kl_divergence, laws
from klexact.families import binomial, categorical, custom, mixture, parts, poisson, two_part
from klexact.plot import pairs, rendered, surface
from klexact.plot.canvas import ACCENT
from klexact.polytope import Polytope
from klexact.story import worms
from tests.plot.reading import axes, marks, points, words

Corner = tuple[float, float]


def edges(figure: Any) -> set[frozenset[Corner]]:
    """Return the edges that are marked as infinite."""
    found = [line for line in axes(figure).lines if line.get_linewidth() == 4]
    assert all(line.get_color() == ACCENT for line in found)
    return {frozenset(points(line)) for line in found}


def test_a_fit_of_two_parameters_is_marked_where_its_certificate_says() -> None:
    found = fit(worms(), parts(range(4), range(4, 7), range(7, 11)), base=2)
    figure = surface(found, title="Three blocks")
    assert marks(figure) == [(0.17, 0.46)]
    assert words(figure) == [
        "Three blocks",
        "least 0.168690 bits at (w₁, w₂) = (17/100 = 0.17, 23/50 = 0.46)",
        "∞ on this edge",
    ]
    corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
    assert edges(figure) == {frozenset(pair) for pair in zip(corners, [*corners[1:], corners[0]], strict=True)}
    assert (axes(figure).get_xlabel(), axes(figure).get_ylabel()) == ("w₁", "w₂")
    assert figure.axes[1].get_ylabel() == "divergence, bits"
    assert rendered(figure, "png") == rendered(figure, "png")


def test_edges_where_nothing_observed_is_impossible_are_finite() -> None:
    figure = surface(fit(Distribution([1, 0, 0]), categorical(3)))
    assert edges(figure) == {frozenset([(0.0, 0.0), (0.0, 1.0)])}
    assert marks(figure) == [(1.0, 0.0)]


def test_minimisers_that_are_not_unique_are_told_in_words() -> None:
    same = Distribution.uniform(2)
    figure = surface(fit(Distribution(["1/4", "3/4"]), mixture(same, same, Distribution(["1/4", "3/4"])), base=2))
    assert marks(figure) in ([], [(0.0, 0.0)])
    assert len(words(figure)) >= 2


def test_pairs_of_coins() -> None:
    figure = pairs(binomial(1), binomial(1))
    assert edges(figure) == {frozenset([(0.0, y), (1.0, y)]) for y in (0.0, 1.0)}  # but for p′ = p there
    assert words(figure) == ["D(binomial(1) at p′ ‖ binomial(1) at p)", "nearest for each p′: p = p′", "∞ on this edge"]
    (line,) = (line for line in axes(figure).lines if line.get_linestyle() == "--" and line.get_color() == ACCENT)
    assert {x - y for x, y in points(line)} == {0.0}
    named = pairs(binomial(1, a), binomial(1, b), base=sympy.E, names=("P", "Q"), title="Coins")
    assert words(named)[:2] == ["Coins: D(P at a ‖ Q at b)", "nearest for each a: b = a"]
    assert named.axes[1].get_ylabel() == "divergence, nats"


def test_pairs_of_different_families() -> None:
    figure = pairs(binomial(2), two_part([2], [0, 1]))
    assert words(figure)[1] == "nearest for each p′: p = p′**2"
    (line,) = (line for line in axes(figure).lines if line.get_linestyle() == "--" and line.get_color() == ACCENT)
    assert all(abs(y - x * x) <= 2e-16 * y for x, y in points(line))


def test_an_expression_over_a_region() -> None:
    divergence = kl_divergence(laws.normal(0, 1), laws.normal(m, s))
    figure = surface(divergence, {m: (-2, 2), s: (0, "5/2")}, name="D(N ‖ N(m, s))", unit="nats")
    assert edges(figure) == {frozenset([(-2.0, 0.0), (2.0, 0.0)])}
    assert figure.axes[1].get_ylabel() == "D(N ‖ N(m, s)), nats"
    region = Polytope([s, t], [s >= 0, t >= 0, s + t <= 1])
    wide = surface(sympy.sin(s) + t, region)  # no log form: nothing is said of edges
    assert edges(wide) == set()
    levels = axes(wide).collections[0].levels
    assert levels[0] <= 0 < levels[-1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: surface(fit(worms(), binomial(10))),
            r"two parameters; found binomial\(10\): see plot divergence for one",
        ),
        (lambda: surface(fit(worms(), categorical(11))), "a surface needs two parameters; found w_1, w_2, "),
        (lambda: surface(fit(Distribution([0, 0, 0, 1]), categorical(3))), "finite values; found ∞"),
        (lambda: surface(sympy.log(s)), "needs a region"),
        (lambda: surface(sympy.log(s), Polytope([s, t], [s >= 0, t >= 0])), "bounded domain"),
        (lambda: surface(sympy.log(s) + m, {s: (0, 1), t: (0, 1)}), "found the symbol m"),
        (lambda: surface("log(s)", {s: (0, 1), t: (0, 1)}), "a fit or .* an expression in two symbols; found 'log"),
        (lambda: surface(sympy.zeta(s, t), {s: (-2, -1), t: (-2, -1)}), "none could be computed"),
        (lambda: pairs(binomial(1), poisson()), "bounded domain"),
        (lambda: pairs(categorical(3), binomial(1)), "one parameter; found .*categorical"),
        (lambda: pairs(binomial(2), binomial(1)), "finite values; found ∞"),
    ],
)
def test_bad_input_is_told(draw: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        draw()


def test_a_model_without_a_formula_for_the_nearest_has_no_line() -> None:
    x = Symbol("x")
    curved = custom([x**2 / 2 + sympy.Rational(1, 4), sympy.Rational(3, 4) - x**2 / 2], x, Interval(0, 1))
    figure = pairs(binomial(1), curved)
    assert words(figure) == ["D(binomial(1) at p ‖ custom at x)"]
