"""Laws of directions: against known values, integration over the sphere, and von Mises' law in the plane."""

import numpy as np
import pytest
import sympy
from sympy import EulerGamma, Matrix, Rational, besseli, cos, coth, log, pi, sin, sqrt
from sympy.abc import k, t

from klexact.certify import sign
from klexact.errors import InvalidFamilyError, NoClosedFormError
from klexact.laws import (
    Law,
    entropy,
    expectation,
    fisher_information,
    kl_divergence,
    power_spherical,
    spherical_uniform,
    von_mises,
    von_mises_fisher,
)
from klexact.laws.spaces import Outcome, variable
from tests.laws.several import TOLERANCE, Array, averages

NORTH = [0, 0, 1]
TILTED = [Rational(2, 3), Rational(-1, 3), Rational(2, 3)]


def sphere(d: int) -> tuple[dict[Outcome, Array], Array]:
    """Return Cartesian nodes on the sphere in R² or R³ and their weights: equal angles, and Gauss's rule for the height."""
    phi = np.arange(0, 2 * np.pi, 2 * np.pi / 200)
    if d == 2:
        return {variable(1): np.cos(phi), variable(2): np.sin(phi)}, np.full(phi.shape, 2 * np.pi / 200)
    height, weight = np.polynomial.legendre.leggauss(200)
    z, angle = np.meshgrid(height, phi)
    rest = np.sqrt(1 - z**2)
    at = {variable(1): rest * np.cos(angle), variable(2): rest * np.sin(angle), variable(3): z}
    return at, np.broadcast_to(weight * 2 * np.pi / 200, z.shape)


PAIRS = [
    (von_mises_fisher(TILTED, 2), von_mises_fisher(NORTH, Rational(1, 2))),
    (von_mises_fisher(TILTED, 2), spherical_uniform(3)),
    (spherical_uniform(3), von_mises_fisher(TILTED, 2)),
    (power_spherical(NORTH, 6), spherical_uniform(3)),
    (power_spherical(NORTH, 6), power_spherical(NORTH, 9)),
    (power_spherical(NORTH, 6), von_mises_fisher(TILTED, 2)),
    (von_mises_fisher(["3/5", "4/5"], 2), von_mises_fisher([0, 1], 3)),
    (von_mises_fisher(["3/5", "4/5"], 2), spherical_uniform(2)),
    (power_spherical(["3/5", "4/5"], 8), von_mises_fisher([0, 1], 3)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_divergences_against_the_definition(pair: tuple[Law, Law]) -> None:
    p, q = pair
    at, volume = sphere(int(p.support.args[0]))
    mass, divergence, h = averages(p, q, at, volume)
    assert mass == pytest.approx(1, abs=TOLERANCE)
    assert divergence == pytest.approx(float(kl_divergence(p, q)), abs=TOLERANCE)
    assert h == pytest.approx(float(entropy(p)), abs=TOLERANCE)
    assert sign(kl_divergence(p, q)) == 1
    assert kl_divergence(p, p) == kl_divergence(q, q) == 0


def test_uniform_from_power_spherical() -> None:
    """The logarithm of 1 + t, t uniform on [-1, 1], has the mean log 2 - 1."""
    assert kl_divergence(spherical_uniform(3), power_spherical(TILTED, 1)) == 1 - log(2)
    assert expectation(spherical_uniform(3), lambda x: x[0]) == 0


@pytest.mark.parametrize(("angle", "one", "other"), [(0, 1, 2), (pi / 3, 2, 1), (t, 2, k), (t, k, 3)])
def test_the_plane_is_von_mises(angle: sympy.Expr, one: sympy.Expr, other: sympy.Expr) -> None:
    direction = [cos(angle), sin(angle)]
    p, q = von_mises_fisher(direction, one), von_mises_fisher([1, 0], other)
    assert kl_divergence(p, q) == kl_divergence(von_mises(angle, one), von_mises(0, other))
    assert kl_divergence(q, p) == kl_divergence(von_mises(0, other), von_mises(angle, one))
    assert entropy(p) == entropy(von_mises(angle, one))


def test_fisher_law_in_space_is_elementary() -> None:
    found = kl_divergence(von_mises_fisher(NORTH, k), spherical_uniform(3))
    wanted = k * coth(k) - 1 + log(k) - log(sympy.sinh(k))
    assert sympy.simplify((found - wanted).rewrite(sympy.exp)) == 0


@pytest.mark.parametrize("d", [4, 5, 10])
def test_the_mean_length_is_a_ratio_of_bessel_functions(d: int) -> None:
    law = von_mises_fisher([1] + [0] * (d - 1), 3)
    order = Rational(d, 2)
    assert expectation(law, lambda x: x[0]) == besseli(order, 3) / besseli(order - 1, 3)
    assert expectation(law, lambda x: x[1]) == 0
    assert sign(kl_divergence(law, spherical_uniform(d))) == 1


@pytest.mark.parametrize("make", [von_mises_fisher, power_spherical])
def test_concentration_0_is_uniform(make: object) -> None:
    assert callable(make)
    assert kl_divergence(make(NORTH, 0), spherical_uniform(3)) == kl_divergence(make(NORTH, 0), make(TILTED, 0)) == 0
    assert make(NORTH, k).subs({k: 0}).log_density == spherical_uniform(3).log_density
    with pytest.raises(InvalidFamilyError, match="concentration must lie in"):
        make(NORTH, -1)
    with pytest.raises(InvalidFamilyError, match="must be a unit vector; found the squared length 2"):
        make([1, 1], 1)
    with pytest.raises(InvalidFamilyError, match="2 to 1,000 entries"):
        make([1], 1)


def test_areas() -> None:
    assert [sympy.expand_log(sympy.exp(entropy(spherical_uniform(d)))) for d in (2, 3, 4)] == [
        2 * pi,
        4 * pi,
        2 * pi**2,
    ]
    with pytest.raises(InvalidFamilyError, match="dimension must lie in"):
        spherical_uniform(1)


def test_no_form_is_known_for_two_axes() -> None:
    with pytest.raises(NoClosedFormError, match="needs E"):
        kl_divergence(power_spherical(NORTH, 1), power_spherical(TILTED, 1))
    with pytest.raises(NoClosedFormError, match="needs E"):
        kl_divergence(von_mises_fisher(NORTH, 1), power_spherical(NORTH, 1))


def test_information() -> None:
    law = von_mises_fisher([cos(t), sin(t)], k)
    difference = fisher_information(law) - fisher_information(von_mises(t, k))
    recurrence = {besseli(2, k): besseli(0, k) - 2 * besseli(1, k) / k}
    assert difference.xreplace(recurrence).applyfunc(sympy.cancel).is_zero_matrix
    found = fisher_information(von_mises_fisher(NORTH, k))[0]
    assert sympy.simplify((found - 1 / k**2 + 1 / sympy.sinh(k) ** 2).rewrite(sympy.exp)) == 0
    assert fisher_information(power_spherical(NORTH, k)) == Matrix([[1 / (k + 1) ** 2]])


def test_exact_densities() -> None:
    assert spherical_uniform(3).density(NORTH) == 1 / (4 * pi)
    assert spherical_uniform(3).density([1, 1, 1]) == 0
    assert power_spherical(NORTH, 1).density(NORTH) == 1 / (2 * pi)
    root = sqrt(2) / 2
    assert kl_divergence(von_mises_fisher([root, root], 1), von_mises_fisher([root, root], 1)) == 0
    assert not entropy(power_spherical([root, root], 1)).has(EulerGamma)
