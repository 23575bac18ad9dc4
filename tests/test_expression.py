"""Balls around closed forms: held against mpmath at four times the precision, for every supported function."""

import time
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, I, Rational, S, exp, log, oo, pi, root, sqrt

from klexact.balls import FUNCTIONS
from klexact.errors import InvalidNumberError, KLExactError, UndecidedError
from klexact.expression import LIMIT, Expression, chosen, recognised
from klexact.logform import LogForm

PREC = 160
T, U = sympy.symbols("t u")

INSIDE = [Rational(1, 3), Rational(7, 9), Rational(-2, 7), Rational(1, 10**6)]
POSITIVE = [Rational(1, 3), Rational(22, 7), Rational(41, 2), Rational(1, 10**6)]
ABOVE_ONE = [Rational(4, 3), Rational(22, 7), Rational(10**6 + 1, 10**6)]
ANY = [*POSITIVE, Rational(-2, 7), Rational(-19, 4)]
mp = mpmath

UNARY: dict[str, tuple[Any, list[Any]]] = {
    "log": (mp.log, POSITIVE),
    "exp": (mp.exp, ANY),
    "sin": (mp.sin, ANY),
    "cos": (mp.cos, ANY),
    "tan": (mp.tan, ANY),
    "cot": (mp.cot, ANY),
    "sec": (mp.sec, ANY),
    "csc": (mp.csc, ANY),
    "sinh": (mp.sinh, ANY),
    "cosh": (mp.cosh, ANY),
    "tanh": (mp.tanh, ANY),
    "coth": (mp.coth, ANY),
    "sech": (mp.sech, ANY),
    "csch": (mp.csch, ANY),
    "asin": (mp.asin, INSIDE),
    "acos": (mp.acos, INSIDE),
    "atan": (mp.atan, ANY),
    "acot": (mp.acot, ANY),
    "asec": (mp.asec, ABOVE_ONE),
    "acsc": (mp.acsc, ABOVE_ONE),
    "asinh": (mp.asinh, ANY),
    "acosh": (mp.acosh, ABOVE_ONE),
    "atanh": (mp.atanh, INSIDE),
    "acoth": (mp.acoth, ABOVE_ONE),
    "asech": (mp.asech, [Rational(1, 3), Rational(7, 9)]),
    "acsch": (mp.acsch, ANY),
    "gamma": (mp.gamma, ANY),
    "loggamma": (mp.loggamma, POSITIVE),
    "digamma": (mp.digamma, ANY),
    "trigamma": (lambda x: mp.polygamma(1, x), ANY),
    "factorial": (mp.factorial, ANY),
    "zeta": (mp.zeta, ANY),
    "erf": (mp.erf, ANY),
    "erfc": (mp.erfc, ANY),
    "erfi": (mp.erfi, INSIDE),
    "Ei": (mp.ei, ANY),
}
BINARY: dict[str, tuple[Any, list[tuple[Any, Any]]]] = {
    "polygamma": (mp.polygamma, [(S(2), Rational(1, 3)), (S(5), Rational(22, 7)), (S(3), Rational(-2, 7))]),
    "beta": (mp.beta, [(Rational(1, 3), Rational(22, 7)), (Rational(41, 2), Rational(1, 5))]),
    "zeta": (mp.zeta, [(Rational(7, 3), Rational(1, 5)), (Rational(-2, 3), Rational(22, 7))]),
    "besseli": (mp.besseli, [(S(0), Rational(1, 3)), (Rational(1, 3), Rational(22, 7)), (S(3), Rational(-2, 7))]),
    "besselk": (mp.besselk, [(S(0), Rational(1, 3)), (Rational(1, 3), Rational(22, 7))]),
    "uppergamma": (mp.gammainc, [(Rational(1, 3), Rational(22, 7)), (Rational(7, 5), Rational(1, 9))]),
    "lowergamma": (
        lambda s, x: mp.gammainc(s, 0, x),
        [(Rational(1, 3), Rational(22, 7)), (Rational(7, 5), Rational(1, 9))],
    ),
    "atan2": (mp.atan2, [(Rational(1, 3), Rational(-22, 7)), (Rational(-7, 5), Rational(1, 9))]),
}
CASES = [(n, (x,)) for n, (_, args) in UNARY.items() for x in args] + [
    (n, a) for n, (_, args) in BINARY.items() for a in args
]


def exact(x: Any) -> arb:
    """Return an mpf as the exact ball that it is."""
    sign, mantissa, exponent, _ = x._mpf_
    value = fmpq(int(mantissa)) * fmpq(2) ** int(exponent)
    return arb(-value if sign else value)


def holds(ball: arb, reference: Any, bits: int) -> bool:
    """Tell whether the ball holds the mpmath value, give or take the last 20 bits of its precision."""
    from flint import ctx

    with ctx.workprec(8 * PREC):
        near = exact(reference) * (1 + arb(0, arb(2) ** (-4 * PREC + 20)))
        return bool(ball.overlaps(near) and ball.rel_accuracy_bits() >= bits)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_every_function_agrees_with_mpmath_and_is_narrow(name: str, arguments: tuple[Any, ...]) -> None:
    function = (UNARY if len(arguments) == 1 else BINARY)[name][0]
    with mpmath.workprec(4 * PREC + 64):
        reference = function(*(mpmath.mpf(int(x.p)) / int(x.q) if x.q > 1 else int(x.p) for x in arguments))
        if isinstance(reference, mpmath.mpc):
            assert reference.imag == 0
            reference = reference.real
    expr = getattr(sympy, name)(*arguments)
    # 40 bits are lost at most: arguments as near as 10^-6 to a zero or a pole
    assert holds(Expression(expr).ball(PREC), reference, PREC - 40)


def test_every_supported_function_is_tested() -> None:
    assert {getattr(sympy, n) for n in (*UNARY, *BINARY)} == set(FUNCTIONS)


CONSTANTS = [
    (pi, lambda: +mp.pi),
    (E, lambda: +mp.e),
    (sympy.EulerGamma, lambda: +mp.euler),
    (sympy.Catalan, lambda: +mp.catalan),
    (sympy.GoldenRatio, lambda: +mp.phi),
    (
        sympy.CRootOf(sympy.Symbol("x") ** 5 - sympy.Symbol("x") - 1, 0),
        lambda: mp.findroot(lambda x: x**5 - x - 1, 1.17),
    ),
    (root(7, 5) + sqrt(2) ** 3, lambda: mp.root(7, 5) + mp.sqrt(8)),
    (pi**E - E**pi, lambda: mp.pi**mp.e - mp.e**mp.pi),
    (sqrt(2) ** pi, lambda: mp.sqrt(2) ** mp.pi),
    (sympy.Float(0.1) * pi, lambda: mp.mpf(0.1) * mp.pi),
    (exp(I) + exp(-I), lambda: 2 * mp.cos(1)),
    ((1 + I) ** 8 + pi, lambda: 16 + mp.pi),
    (sqrt(1 - pi) * sqrt(2 - pi), lambda: -mp.sqrt(mp.pi - 1) * mp.sqrt(mp.pi - 2)),
    (root(-1, 3) + 1 / root(-1, 3), lambda: mp.mpf(1)),
    (sympy.Max(pi, E, sympy.besseli(0, 1)), lambda: +mp.pi),
    (sympy.Min(pi, E, sympy.besseli(0, 1)), lambda: mp.besseli(0, 1)),
    (abs(sympy.gamma(Rational(1, 3)) - 3), lambda: 3 - mp.gamma(mp.mpf(1) / 3)),
    (sympy.sign(sympy.zeta(3) - Rational(6, 5)) * pi, lambda: +mp.pi),
    (sympy.Piecewise((pi, sympy.gamma(Rational(1, 3)) > 3), (E, True)), lambda: +mp.e),
]


@pytest.mark.parametrize(("expr", "reference"), CONSTANTS)
def test_numbers_powers_and_choices_agree_with_mpmath(expr: Any, reference: Any) -> None:
    with mpmath.workprec(4 * PREC + 64):
        assert holds(Expression(expr).ball(PREC), reference(), PREC - 40)


def test_a_casus_irreducibilis_is_proved_real() -> None:
    x = sympy.Symbol("x")
    for found in sympy.roots(x**3 - 3 * x + 1, x):
        value = Expression(found)
        assert value.ball(PREC).rel_accuracy_bits() >= PREC
        assert Expression(found**3 - 3 * found + 1).is_zero


leaves = st.fractions(min_value=Rational(1, 9), max_value=9, max_denominator=50).map(
    lambda q: Rational(q.numerator, q.denominator)
)
expressions = st.recursive(
    leaves | st.sampled_from([pi, E, sqrt(2), sympy.EulerGamma]),
    lambda s: st.one_of(
        st.tuples(s, s).map(lambda a: a[0] + a[1]),
        st.tuples(s, s).map(lambda a: a[0] * a[1]),
        st.tuples(s, s).map(lambda a: a[0] / a[1]),
        s.map(lambda a: log(1 + abs(a))),
        s.map(sqrt),
        s.map(sympy.atan),
        s.map(lambda a: exp(-a)),
        s.map(lambda a: sympy.erf(1 / (1 + a))),
    ),
    max_leaves=8,
)


@given(expressions)
@settings(max_examples=150, deadline=None)
def test_random_closed_forms_agree_with_mpmath(expr: Any) -> None:
    with mpmath.workprec(4 * PREC + 64):
        reference = mpmath.mpf(sympy.lambdify((), expr, "mpmath")())
        balls = [Expression(expr).ball(PREC << k) for k in range(4)]
        assert all(holds(ball, reference, 0) for ball in balls[1:])
        assert holds(balls[1], reference, PREC - 60)  # log(1 + exp(-50)) is small: some bits cancel


# -- zeros -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expr", [
    sympy.sin(1) ** 2 + sympy.cos(1) ** 2 - 1,
    sympy.gamma(Rational(1, 3)) * sympy.gamma(Rational(2, 3)) - 2 * pi / sqrt(3),
    1 / (sympy.sin(1) ** 2 + sympy.cos(1) ** 2 - 1),
])  # fmt: skip
def test_a_wide_zero_is_undecided_at_the_stated_precision(expr: Any) -> None:
    assert LIMIT == 4096
    with pytest.raises(UndecidedError, match="4,096 bits"):
        _ = Expression(expr).is_zero


@pytest.mark.parametrize("expr", [
    sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3),
    sqrt(2) - root(2, 4) ** 2 * sqrt(sqrt(3 + 2 * sqrt(2)) - sqrt(2)),
    log(1 + sqrt(2)) + log(sqrt(2) - 1),
    log(3 + 2 * sqrt(2)) / log(2) - 2 * log(1 + sqrt(2)) / log(2),
    log(sqrt(3 + 2 * sqrt(2)) - sqrt(2) + 1) / log(2) - 1,
    sympy.GoldenRatio**2 - sympy.GoldenRatio - 1,
])  # fmt: skip
def test_algebraic_zeros_and_their_logarithms_are_decided(expr: Any) -> None:
    value = Expression(expr)
    assert value.is_zero
    nearly = Expression(expr + Rational(1, 10**60))
    assert not nearly.is_zero


def test_a_root_of_its_polynomial_is_zero() -> None:
    x = sympy.Symbol("x")
    alpha = sympy.CRootOf(x**5 - x - 1, 0)
    assert Expression(alpha**5 - alpha - 1).is_zero
    assert not Expression(alpha**5 - alpha - 1 - Rational(1, 10**50)).is_zero


def test_algebraic_numbers_are_recognised_as_rational() -> None:
    assert Expression(sqrt(3 + 2 * sqrt(2)) - sqrt(2)).rational == 1
    assert Expression(sqrt(2) + 1).rational is None
    assert Expression(sqrt(2) + 1).is_algebraic
    assert not Expression(pi).is_algebraic


# -- recognition -----------------------------------------------------------------------------------------------


def of(*terms: tuple[Any, Any]) -> LogForm:
    return LogForm.sum((S(c), LogForm.log(a)) for c, a in terms)


@pytest.mark.parametrize(("expr", "form", "unit"), [
    (3 - 2 * log(3) / log(2), of((3, 2), (-2, 3)), of((1, 2))),
    (log(5) / log(10), of((1, 5)), of((1, 10))),
    (log(sqrt(6)) - Rational(1, 3), of((Rational(1, 2), 6)) - LogForm("1/3"), LogForm(1)),
    ((1 + log(3)) / log(2), of((1, 3)) + LogForm(1), of((1, 2))),
    (log(3) / log(4) + log(5) / log(2), of((Rational(1, 2), 3), (1, 5)), of((1, 2))),
    (1 / log(3), LogForm(1), of((1, 3))),
    (sympy.log(E * sqrt(2)), LogForm(1) + of((Rational(1, 2), 2)), LogForm(1)),
    (sympy.Max(log(3), log(5) / 2), of((1, 3)), LogForm(1)),
    (abs(log(2) - log(3)), of((1, 3), (-1, 2)), LogForm(1)),
])  # fmt: skip
def test_log_forms_over_one_base_are_read_back(expr: Any, form: LogForm | None, unit: LogForm | None) -> None:
    found = recognised(expr)
    if form is None or unit is None:
        assert found is None
        return
    assert found is not None
    ratio = found[1].ratio(unit)
    assert ratio is not None
    assert LogForm.sum([(1 / ratio, found[0])]) == form


@pytest.mark.parametrize(
    "expr", [pi, log(2) * log(3), log(2) + log(3) / log(2), log(1 + sqrt(2)), sqrt(2), log(log(3))]
)
def test_wide_expressions_are_not_log_forms(expr: Any) -> None:
    assert recognised(expr) is None


def test_a_quotient_of_proportional_logs_is_rational() -> None:
    for expr, value in [
        (log(8, evaluate=False) / log(4, evaluate=False), Rational(3, 2)),
        ((log(9) / log(3)) ** -3, Rational(1, 8)),
    ]:
        found = recognised(expr)
        assert found is not None
        assert found[0].ratio(found[1]) == value


def test_conditions_are_decided_by_forms() -> None:
    x = sympy.Piecewise((1, sympy.Eq(log(8) / log(2), 3, evaluate=False)), (2, True), evaluate=False)
    assert chosen(x) == 1
    with pytest.raises(UndecidedError, match="4,096 bits"):
        chosen(sympy.Piecewise((1, sympy.sin(1) ** 2 + sympy.cos(1) ** 2 > 1), (2, True)))


# -- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("expr", "message"), [
    (T + U * pi, "the symbols t, u"),
    (T + 1, "the symbol t"),
    (sympy.Integral(sympy.exp(-(T**2)), (T, 0, 1)), "symbol t"),
    (sympy.airyai(Rational(1, 3)), "airyai"),
    (sympy.Function("f")(1), "found f in"),
    (I * pi, "imaginary part"),
    (sqrt(1 - pi), "imaginary part"),
    (log(1 - pi), "imaginary part"),
    (sympy.acos(pi, evaluate=False), "acos must have real"),
    (sympy.loggamma(1 - pi), "loggamma must have real"),
    (sympy.besselk(0, 1 - pi), "besselk must have real"),
    (sympy.nan, "nan"),
    (sympy.zoo, "zoo"),
    (sympy.Mul(oo, sympy.sin(T).subs(T, 1) - 1, evaluate=False), "stand alone"),
    (sympy.polygamma(Rational(1, 2), 3), "order of polygamma"),
    (sympy.Max(1, sympy.Symbol("x")), "the symbol x"),
    (sympy.CRootOf(T**5 - T - 1, 1), "CRootOf must be real"),
    (sympy.Piecewise((1, pi > 4), evaluate=False), "one condition"),
])  # fmt: skip
def test_what_is_no_real_closed_form_is_named(expr: Any, message: str) -> None:
    with pytest.raises(KLExactError, match=message):
        Expression(expr).ball(64)


HUGE = sympy.Pow(10, sympy.Pow(10, 10, evaluate=False), evaluate=False)
ABSURD = {
    "exp": lambda: exp(HUGE),
    "exp of minus": lambda: exp(-HUGE),
    "tower": lambda: exp(exp(exp(sympy.Integer(100)))),
    "power of two": lambda: sympy.Pow(2, 10**12, evaluate=False),
    "gamma": lambda: sympy.gamma(HUGE),
    "sin": lambda: sympy.sin(HUGE),
    "zeta": lambda: sympy.zeta(sympy.Integer(10) ** 30 + Rational(1, 3)),
    "besseli": lambda: sympy.besseli(Rational(10**30, 3), pi),
    "polygamma": lambda: sympy.polygamma(10**9, pi),
    "power of a float": lambda: sympy.Pow(sympy.Float(0.5), 10**12, evaluate=False),
    "integer": lambda: sympy.Integer(10) ** 20_000,
    "log of an integer": lambda: log(sympy.Integer(10) ** 20_000 * pi, evaluate=False),
    "root": lambda: root(3, 10**15),
    "power of an algebraic number": lambda: sympy.Pow(1 + sqrt(2), 10**15, evaluate=False),
}


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_sizes_are_refused_or_handled_at_once(name: str) -> None:
    from klexact.certify import sign

    expr = ABSURD[name]()
    start = time.process_time()
    for attempt in (lambda: Expression(expr).ball(64), lambda: recognised(expr), lambda: sign(expr)):
        try:
            attempt()
        except KLExactError as error:
            assert len(str(error)) < 400  # noqa: PT017  (an error is one of two allowed ends)
    assert time.process_time() - start < 1  # milliseconds; the bound is generous to busy machines


def test_deep_expressions_are_evaluated_without_recursion() -> None:
    x: Any = pi
    for _ in range(60):
        x = sympy.atan(x) + 1
    assert Expression(x).ball(64) > 1


def test_infinities_stand_alone() -> None:
    assert Expression(oo).infinity == 1
    assert Expression(-oo).infinity == -1
    assert not Expression(-oo).is_zero
    with pytest.raises(InvalidNumberError):
        Expression("1")
