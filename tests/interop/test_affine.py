"""Images of laws under a + b·x keep the density that the change of variables gives, whatever name they get."""

from random import Random

import numpy as np
import pytest
import sympy
from sympy import Rational, Symbol, exp

from klexact import laws
from klexact.errors import InvalidFamilyError
from klexact.interop.affine import affine, mapped
from klexact.laws import Law
from klexact.laws.law import X
from tests.interop.mappings import points
from tests.laws.catalogue import log_density
from tests.laws.draws import CONTINUOUS, DISCRETE, drawn


def density(law: Law, x: float) -> float:
    if law.name != "pushforward":
        return float(np.exp(log_density(law)(x)))
    base, function = law.parameters.values()
    slope, shift = function(X).diff(X), function(0)
    return density(base, float((x - shift) / slope)) / abs(float(slope))


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("case", ["shift", "scale", "both", "negative"])
def test_continuous_laws(name: str, case: str) -> None:
    law, r = drawn(name, f"affine {case}"), Random(f"{name} {case}")
    a = Rational(r.randint(-9, 9), 4) if case != "scale" else Rational(0)
    b = {"shift": Rational(1), "negative": Rational(-3, 2)}.get(case, Rational(r.randint(2, 12), 5))
    found = affine(law, a, b)
    for x in points(law, n=3):
        expected = float(np.exp(log_density(law)(float(x)))) / abs(float(b))
        # exp of a sum below 100 of a few terms, each within a few ulps
        assert density(found, float(a + b * x)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("name", DISCRETE)
@pytest.mark.parametrize("shift", [-1, 1, 2])
def test_discrete_laws(name: str, shift: int) -> None:
    law = drawn(name, "affine")
    found = affine(law, shift)
    for k in points(law, n=3):
        assert sympy.simplify(found.density(k + shift) - law.density(k)) == 0


def test_names_are_kept_where_there_are_some() -> None:
    s, c = Symbol("s"), Symbol("c", positive=True)
    assert affine(laws.normal(0, s), 1, c) == laws.normal(1, c * s)
    with pytest.raises(InvalidFamilyError, match=r"the sign of c in .* must be known"):
        affine(laws.normal(0, s), 1, Symbol("c"))
    assert affine(laws.poisson(2)) == laws.poisson(2)
    assert affine(affine(laws.geometric("1/3"), 1), -1) == laws.geometric("1/3")
    assert affine(affine(laws.exp_gamma(2, 3), 1, 2), -1, "1/2").name == "scaled_exp_gamma"
    assert {affine(drawn(name, "names"), 0, 2).name for name in CONTINUOUS} - {"pushforward"} >= {"gamma", "weibull"}


def test_maps() -> None:
    assert mapped(laws.normal(0, 1), 3 * X - 1) == laws.normal(-1, 3)
    assert mapped(laws.normal(1, 2), exp(X)) == laws.log_normal(1, 2)
    assert mapped(laws.beta(2, 3), 1 / X) == laws.pushforward(laws.beta(2, 3), 1 / X)
    with pytest.raises(InvalidFamilyError, match="one-to-one"):
        mapped(laws.normal(0, 1), X**2)
