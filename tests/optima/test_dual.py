"""The Lagrange dual by interval Newton: against closed forms, at the edge of feasibility, and where nothing can be proved."""

import pytest
import sympy
from flint import fmpq

from klexact import decimal, enclose
from klexact.errors import UndecidedError
from klexact.optima.dual import Dual


def line(n: int, c: fmpq) -> Dual:
    return Dual([[fmpq(i)] for i in range(n)], [fmpq(1, n)] * n, [c])


def test_two_outcomes_have_the_logit() -> None:
    coin = line(2, fmpq(3, 4))
    assert decimal(coin.multiplier(0), 60) == decimal(sympy.log(3), 60)
    assert enclose(coin.probability(1), digits=60).contains("3/4")
    exact = sympy.log(2) + sympy.Rational(3, 4) * sympy.log(sympy.Rational(3, 4)) + sympy.log(sympy.Rational(1, 4)) / 4
    assert decimal(coin.divergence, 60) == decimal(exact, 60)


def test_balls_shrink_with_precision_and_contain_each_other() -> None:
    dice = line(6, fmpq(7, 2))
    coarse, fine = dice.ball("multiplier 0", 40), dice.ball("multiplier 0", 400)
    assert coarse.contains(fine)
    assert fine.rel_accuracy_bits() > 390


@pytest.mark.parametrize("exponent", [3, 30])
def test_near_the_edge_the_tail_is_geometric(exponent: int) -> None:
    # with x = exp(λ) < 1 the mean of 0..999 is x/(1 - x) but for 1000 x^1000/(1 - x^1000): x = c/(1 + c) nearly, and
    # |λ - log c| < c + 10^-2900 < 4c
    c = fmpq(1, 10**exponent)
    found = line(1000, c)
    bounds = enclose(found.multiplier(0) - sympy.log(sympy.Rational(1, 10**exponent)), digits=5)
    assert -4 * 10.0**-exponent < bounds.lower <= bounds.upper < 4 * 10.0**-exponent


def test_several_constraints_hold() -> None:
    points = [[fmpq(i), fmpq(i * i), fmpq(i % 3)] for i in range(50)]
    weights = [fmpq(i + 1, 1275) for i in range(50)]
    dual = Dual(points, weights, [fmpq(20), fmpq(600), fmpq(9, 10)])
    for k, mean in enumerate((20, 600, sympy.Rational(9, 10))):
        total = sum(sympy.Rational(int(p[k].p), int(p[k].q)) * dual.probability(i) for i, p in enumerate(points))
        assert enclose(total, digits=40).contains(mean)


def test_multipliers_that_are_zero_are_proved_too() -> None:
    points = [[fmpq(i), fmpq(i * i)] for i in range(4)]
    dual = Dual(points, [fmpq(1, 4)] * 4, [fmpq(3, 2), fmpq(7, 2)])
    assert dual.ball("multiplier 0", 53) == 0
    assert dual.ball("divergence", 53).contains(0)


def test_what_has_no_solution_is_left_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klexact.optima.dual._ATTEMPTS", 2)
    monkeypatch.setattr("klexact.optima.dual._STEPS", 20)
    with pytest.raises(UndecidedError, match="the multipliers must be proved within"):
        line(3, fmpq(5)).ball("divergence", 53)
