"""What a certificate tells, and where a minimum is."""

import pytest
import sympy
from sympy import EmptySet, FiniteSet, Rational, Symbol, Tuple, sqrt

from klexact import KLExactError, LogForm
from klexact.optima.certificate import Candidate, Certificate, Minimum, location_decimal

S, T = Symbol("s"), Symbol("t")


def minimum(argmins: sympy.Set) -> Minimum:
    return Minimum(argmins, LogForm.log(8), Certificate((T,), LogForm(T), "it is so"), 2)


def test_a_minimum_has_a_value_in_its_base_and_a_unique_argmin_or_none() -> None:
    assert minimum(FiniteSet(3)).divergence == 3
    assert minimum(FiniteSet(3)).argmin == 3
    for argmins in (EmptySet, FiniteSet(1, 2), sympy.Interval(0, 1)):
        with pytest.raises(KLExactError, match="unique minimum; found: it is so: see argmins"):
            _ = minimum(argmins).argmin


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (Rational(1, 3), "0.33333"),
        (sqrt(2), "1.4142"),
        (-sympy.oo, "-oo"),
        (Tuple(Rational(1, 3), sqrt(2)), "(0.33333, 1.4142)"),
        (sympy.CRootOf(T**301 - 2, 0), "1.0023"),
    ],
)
def test_points_are_correctly_rounded(location: sympy.Expr, shown: str) -> None:
    assert location_decimal(location, 5) == shown
    assert Candidate("stationary point", location, LogForm()).decimal(5) == shown


def test_several_parameters_have_a_gradient_and_a_hessian() -> None:
    certificate = Certificate(
        (S, T),
        LogForm(S**2 + T**2),
        "the unique global minimum is at (0, 0)",
        Tuple(2 * S, 2 * T),
        Tuple(S, T),
        (Candidate("stationary point", Tuple(0, 0), LogForm()),),
        second_derivative=sympy.diag(2, 2),
        conditions=(sympy.Ge(S, 0),),
        name="F",
    )
    assert certificate.steps() == [
        "F(s, t) = s**2 + t**2",
        "dF/ds = 2*s",
        "dF/dt = 2*t",
        "dF/ds = 0 where s = 0",
        "dF/dt = 0 where t = 0",
        "stationary point: (s, t) = (0, 0), F = 0",
        "the Hessian is Matrix([[2, 0], [0, 2]])",
        "provided that s >= 0",
        "so the unique global minimum is at (0, 0)",
    ]
