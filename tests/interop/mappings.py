"""Laws beside another library's objects: the densities are the same, whatever the parameters are called."""

from collections.abc import Callable
from random import Random
from typing import Any

import sympy

from klexact.laws import Law
from klexact.laws.law import outcomes


def points(law: Law, seed: int = 0, n: int = 4) -> list[Any]:
    """Return rational points of the support of a law of numbers, within a few units."""
    r = Random(f"{law} {seed}")
    if law.is_discrete:
        return list(outcomes(law) or range(int(law.support.inf), int(law.support.inf) + n))[:n]
    low, high = law.support.inf, law.support.sup
    start = low if low.is_finite else high - 4 if high.is_finite else sympy.Rational(-3)
    length = high - start if high.is_finite else sympy.Rational(5)
    return [start + length * sympy.Rational(r.randint(1, 63), 64) for _ in range(n)]


def assert_same_density(law: Law, theirs: Callable[[Any], Any], at: list[Any], relative: float) -> None:
    """Compare the density at points; `relative` says how far their arithmetic may be off."""
    for x in at:
        value = float(sympy.N(law.density(x), 30))
        assert abs(float(theirs(x)) - value) <= relative * value, (law, x)
