"""Log forms in one parameter as curves: what is taken out, Taylor coefficients over balls, exact signs."""

import pytest
import sympy
from flint import arb, arb_poly, ctx, fmpz_poly
from sympy import QQ, Rational, Symbol

from klexact import LogForm
from klexact.optima.curves import Curve, expanded, expression
from klexact.roots import real_roots

T = Symbol("t")
FORM = LogForm.log(T) * ((T - 1) / (T + 2)) + LogForm.log(3 * (2 - T)) * (T - 1) + LogForm((T - 1) / 5)


def test_a_form_is_its_curve_times_a_factor_over_poles() -> None:
    curve = Curve.of(FORM, T)
    factor, poles = (expression(p, T) for p in (curve.factor, curve.poles))
    assert curve.form * (factor / poles) == FORM
    assert factor == T - 1
    assert sympy.rem(poles, T + 2, T) == 0
    assert sorted(f.degree() for f in curve.atoms) == [1, 1]


@pytest.mark.parametrize("point", [Rational(1, 3), Rational(19, 10), Rational(1, 10**30), Rational(10**20 + 1, 10**20)])
def test_signs_are_exact(point: Rational) -> None:
    curve = Curve.of(FORM, T)
    q = QQ(int(point.p), int(point.q))
    value = curve.form.as_expr().subs(T, point).evalf(60)
    assert curve.sign_at(q) == sympy.sign(value)
    root = Curve.of(LogForm.log(T) * T - LogForm.log(27), T)
    assert [root.sign_at(x) for x in (QQ(3), QQ(3) + QQ(1, 10**60), QQ(3) - QQ(1, 10**60))] == [0, 1, -1]


def test_taylor_coefficients_hold_the_derivatives_everywhere_in_a_ball() -> None:
    curve = Curve.of(FORM, T)
    with ctx.workprec(200):
        series = curve.series(arb(1, 0.25), 4)
    for point in (Rational(3, 4), Rational(9, 10), Rational(1), Rational(5, 4)):
        derivative = curve.form.as_expr()
        for k in range(4):
            with ctx.workprec(200):
                value = arb(str(derivative.subs(T, point).evalf(40))) / int(sympy.factorial(k))
            assert series[k].overlaps(value)
            derivative = sympy.diff(derivative, T)


def test_without_the_singular_logarithm() -> None:
    curve = Curve.of(LogForm.log(T**2 - 2) * (T**2 - 2) ** 2 * (T + 1) + LogForm(T), T)
    root = real_roots(fmpz_poly([-2, 0, 1]))[1]
    singular = curve.singular_at(root)
    assert singular is not None
    assert (singular.order, singular.rest) == (2, fmpz_poly([1, 1]))
    assert curve.singular_at(QQ(1)) is None
    with ctx.workprec(100):
        assert singular.quotient()[0].overlaps(arb(2).sqrt())
        assert curve.series(arb(2).sqrt(), 1, singular)[0].overlaps(arb(2).sqrt())
        assert not curve.series(arb(2).sqrt(), 1)[0].is_finite()


def test_inverted() -> None:
    curve = Curve.of(LogForm.log(T) * T - LogForm(T**2), T).inverted()
    assert curve.form == -LogForm.log(T) * T - LogForm(1) or curve.form == LogForm.log(T) * T + LogForm(1)
    assert curve.factor.degree() <= 0 or curve.factor == fmpz_poly([0, 1])


def test_polynomials_are_expanded_around_the_middle() -> None:
    poly = expanded(arb_poly([1, -2, 1]), arb(1, 0.5), 3)
    assert poly[0].contains(0)
    assert poly[0].rad() <= 0.26  # (x - 1)^2 on [1/2, 3/2] is at most 1/4; from 1 - 2x + x^2 the radius were 2.25
    assert poly[2] == 1
