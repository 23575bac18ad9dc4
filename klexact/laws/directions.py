"""Laws of directions: on the sphere of unit vectors of R^d; their densities are to its surface measure."""

from collections.abc import Iterable
from functools import cache

import sympy
from sympy import S, StrictGreaterThan, Tuple, besseli, log, loggamma, pi, sinh, sqrt

from klexact.errors import InvalidFamilyError
from klexact.laws.expectation import moment
from klexact.laws.law import ExponentialFamily, Law, Moment, Step
from klexact.laws.linear import naturals, same, vector
from klexact.laws.parameters import NONNEGATIVE, Parameters, exact
from klexact.laws.spaces import Outcome, Sphere, slot, variable

__all__ = ["power_spherical", "spherical_uniform", "von_mises_fisher"]

_MAX_DIMENSION = 1_000


def _unit(law: str, direction: object) -> tuple[sympy.Expr, ...]:
    """Return a vector of length 1; with symbols in it, identically so."""
    mu = vector(law, "direction", direction, at_least=2)
    length = sympy.Add(*(m**2 for m in mu))
    if not same(sympy.trigsimp(length), S.One):
        raise InvalidFamilyError(f"direction of {law} must be a unit vector; found the squared length {length}")
    return mu


def _log_area(d: int) -> sympy.Expr:
    """Return the logarithm of the area of the sphere in R^d, 2 π^(d/2)/Γ(d/2).

    >>> _log_area(2), _log_area(3)
    (log(2) + log(pi), -log(sqrt(pi)/2) + log(2) + 3*log(pi)/2)
    """
    return log(2) + S(d) / 2 * log(pi) - loggamma(S(d) / 2)


def spherical_uniform(dimension: object) -> Law:
    """Return the uniform law on the unit vectors of R^d, d >= 2.

    >>> from klexact.laws import entropy, kl_divergence
    >>> entropy(spherical_uniform(3)), kl_divergence(spherical_uniform(3), spherical_uniform(3))
    (log(pi) + 2*log(2), 0)

    Mardia & Jupp, *Directional Statistics*, 2000, section 9.3.1.
    """
    given = exact("spherical_uniform", dimension=(dimension, sympy.Range(2, _MAX_DIMENSION + 1)))
    (d,) = given
    if not d.is_Integer:
        raise InvalidFamilyError(f"the dimension of spherical_uniform must be an integer; found {d}")
    return _flat("spherical_uniform", given, int(d), spherical_uniform)


def _flat(name: str, given: Parameters, d: int, make: object) -> Law:
    density = {S.One: -_log_area(d)}
    return Law(name, given.values, Sphere(d), density, given.conditions, rules=(_evenly,), make=make)  # type: ignore[arg-type]


def _evenly(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[x_i] = 0; the logarithm of 1 + m·x as under a power spherical law of concentration 0."""
    if isinstance(statistic, Outcome):
        return Moment(S.Zero)
    axis = _axis(statistic, int(law.support.args[0]))
    if axis is None:
        return None
    return moment(_axial_family(axis).law("flat", Parameters({}, ()), (S.Zero,)), statistic)


def _axis(statistic: sympy.Expr, d: int) -> tuple[sympy.Expr, ...] | None:
    """Return the unit vector m of the statistic log(1 + m·x), or None."""
    if not isinstance(statistic, log):
        return None
    mu = tuple(statistic.args[0].coeff(variable(i)) for i in range(1, d + 1))
    return mu if statistic == _along(mu) and same(sympy.Add(*(m**2 for m in mu)), S.One) else None


def _along(mu: tuple[sympy.Expr, ...]) -> sympy.Expr:
    return log(1 + sympy.Add(*(m * variable(i) for i, m in enumerate(mu, 1))))


# -- von Mises and Fisher --------------------------------------------------------------------------------------


class _Bessel(besseli):  # type: ignore[misc]  # SymPy is untyped
    """The function I_n(z), whose derivative is written I_{n+1}(z) + n/z I_n(z), so that r^-n I_n(r) leaves one term."""

    def fdiff(self, argindex: int = 2) -> sympy.Expr:
        """Return the derivative in z."""
        if argindex != 2:
            return super().fdiff(argindex)
        order, z = self.args
        return _Bessel(order + 1, z) + order / z * self


@cache
def _fisher_family(d: int) -> ExponentialFamily:
    """Return the parent of von Mises-Fisher laws: ∫ exp(η·x) = (2π)^(d/2) r^(1 - d/2) I_{d/2 - 1}(r), r = |η|."""
    order = S(d) / 2 - 1

    def partition(*etas: sympy.Expr) -> sympy.Expr:
        r = sqrt(sympy.trigsimp(sympy.expand(sympy.Add(*(eta**2 for eta in etas)))))
        if d == 3:
            return log(4 * pi) - log(r) + log(sinh(r))
        return S(d) / 2 * log(2 * pi) - order * log(r) + log((_Bessel if r.has(Step) else besseli)(order, r))

    statistics = tuple(variable(i) for i in range(1, d + 1))
    return ExponentialFamily(statistics, naturals(d), partition, Sphere(d), domain=lambda *_: ())


def von_mises_fisher(direction: Iterable[object], concentration: object) -> Law:
    """Return VonMisesFisher(direction, concentration): density ∝ exp(concentration·direction·x) on the unit vectors of R^d.

    The direction is a unit vector, d >= 2; concentration 0 is the uniform law. In the plane it is von Mises' law.

    >>> from klexact.laws import kl_divergence
    >>> q = von_mises_fisher([0, 0, 1], 1)
    >>> kl_divergence(q, spherical_uniform(3)), kl_divergence(spherical_uniform(3), q)
    (-1 - log(sinh(1)) + cosh(1)/sinh(1), log(sinh(1)))
    >>> von_mises_fisher([1, 1], 1)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: direction of von_mises_fisher must be a unit vector; found the squared length 2

    Mardia & Jupp, *Directional Statistics*, 2000, section 9.3.2.
    """
    mu = _unit("von_mises_fisher", direction)
    given = exact("von_mises_fisher", concentration=(concentration, NONNEGATIVE))
    (k,) = given
    shown = Parameters({"direction": Tuple(*mu), "concentration": k}, given.conditions)
    if k == 0:
        return _flat("von_mises_fisher", shown, len(mu), von_mises_fisher)
    return _fisher_family(len(mu)).law("von_mises_fisher", shown, [k * m for m in mu], make=von_mises_fisher)


# -- power spherical -------------------------------------------------------------------------------------------


@cache
def _axial_family(mu: tuple[sympy.Expr, ...]) -> ExponentialFamily:
    """Return the parent of power spherical laws in one direction.

    The surface measure of m·x = t is that of the sphere in R^(d - 1) times (1 - t²)^((d - 3)/2) dt, so with
    a = κ + (d - 1)/2 and b = (d - 1)/2, ∫ (1 + m·x)^κ is 2^(a + b - 1) B(a, b) times that area.
    """
    b = S(len(mu) - 1) / 2
    (eta,) = naturals(1)
    a = eta + b
    area = log(2) + b * log(pi) - loggamma(b)
    partition = area + (a + b - 1) * log(2) + loggamma(a) + loggamma(b) - loggamma(a + b)
    domain = (StrictGreaterThan(a, 0),)
    return ExponentialFamily((_along(mu),), (eta,), partition, Sphere(len(mu)), domain=domain)


def power_spherical(direction: Iterable[object], concentration: object) -> Law:
    """Return PowerSpherical(direction, concentration): density ∝ (1 + direction·x)^concentration on the unit vectors of R^d.

    The direction is a unit vector, d >= 2; concentration 0 is the uniform law. Laws of two directions, and the divergence
    from a von Mises-Fisher law, have no closed form.

    >>> from klexact.laws import kl_divergence
    >>> p = power_spherical([0, 0, 1], 1)
    >>> kl_divergence(p, spherical_uniform(3)), kl_divergence(spherical_uniform(3), p), kl_divergence(p, p)
    (-1/2 + log(2), 1 - log(2), 0)
    >>> kl_divergence(p, von_mises_fisher([0, 0, 1], 1))
    -5/6 + log(sinh(1)) + log(2)

    De Cao & Aziz, "The power spherical distribution", 2020.
    """
    mu = _unit("power_spherical", direction)
    given = exact("power_spherical", concentration=(concentration, NONNEGATIVE))
    (k,) = given
    shown = Parameters({"direction": Tuple(*mu), "concentration": k}, given.conditions)
    if k == 0:
        return _flat("power_spherical", shown, len(mu), power_spherical)
    return _axial_family(mu).law("power_spherical", shown, (k,), rules=[_mean], make=power_spherical)


def _mean(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E[x] = E[m·x] m, by symmetry about m; 1 + m·x is e to the natural statistic."""
    if not isinstance(statistic, Outcome) or law.family is None:
        return None
    mu = law.parameters["direction"]
    along = moment(law, sympy.exp(law.family.statistics[0]))
    return Moment(mu[slot(statistic) - 1] * (along.value - 1), along.finite)
