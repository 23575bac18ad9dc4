"""Log forms: one canonical form for every value, whatever route it came by; rendering in every base."""

import copy
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest
import sympy
from sympy import QQ, E, Float, Integer, Rational, Symbol, exp, log, nextprime, oo, pi, sqrt

from klexact import LogForm, decimal, sign
from klexact.errors import InvalidBaseError, KLExactError
from klexact.logform import log_base

A, S, T = sympy.symbols("a s t")
P, Q, R = (int(nextprime(2**100 + k)) for k in (10**6, 10**9, 10**12))  # 100 bits: products are not factored


# -- one form for one value --------------------------------------------------------------------------------------

EQUAL: list[tuple[str, LogForm, LogForm]] = [
    ("6", LogForm.log(6), LogForm.log(2) + LogForm.log(3)),
    ("powers", LogForm.log(2**500), 500 * LogForm.log(2)),
    ("fractions", LogForm.log("8/9"), 3 * LogForm.log(2) - 2 * LogForm.log(3)),
    ("nothing", LogForm.log(1), LogForm()),
    ("cancelling", LogForm.log("0.1") + LogForm.log(10), LogForm(0)),
    ("coefficients", LogForm.log(4) / 2, LogForm.log(2)),
    ("rational part", LogForm("1/2") + LogForm("1/3"), LogForm("5/6")),
    ("semiprimes", LogForm.log(P * Q) + LogForm.log(Q * R) - LogForm.log(P * R), 2 * LogForm.log(Q)),
    ("one known factor", LogForm.log(P * Q), LogForm.log(P) + LogForm.log(Q)),
    ("powers of semiprimes", LogForm.log((P * Q) ** 3), LogForm.log(P) * 3 + LogForm.log(Q**3)),
    ("uneven powers", LogForm.log(P**2 * Q**3), LogForm.log(P * Q) * 2 + LogForm.log(Q)),
    ("parametric", LogForm.log(T**2 * (1 - T)), 2 * LogForm.log(T) + LogForm.log(1 - T)),
    ("signs", LogForm.log((1 - T) ** 2), 2 * LogForm.log(1 - T)),
    ("denominators", LogForm.log((T + 1) / (2 * T)), LogForm.log(T + 1) - LogForm.log(T) - LogForm.log(2)),
    ("two fields", LogForm.log(S * T) - LogForm.log(S), LogForm.log(T)),
    ("parametric coefficients", LogForm.log(4) * T + LogForm.log(T) * S, LogForm.log(2) * (2 * T) + LogForm.log(T) * S),
    ("a parameter that leaves", LogForm.log(2) * T - LogForm.log(2) * (T - 1), LogForm.log(2)),
    ("a parameter of the constant", LogForm(T) + LogForm(1 - T), LogForm(1)),
    ("infinity", LogForm.infinity() + LogForm.log(2), LogForm.infinity()),
]


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in EQUAL], ids=[name for name, *_ in EQUAL])
def test_equal_values_have_equal_forms_and_hashes(one: LogForm, other: LogForm) -> None:
    assert one == other
    assert other == one
    assert hash(one) == hash(other)


# what is not factored, or not known to be positive, may look different
VARIED = {
    "one known factor",
    "powers of semiprimes",
    "uneven powers",
    "parametric",
    "signs",
    "denominators",
    "two fields",
}
SAME_LOOK = [(name, one, other) for name, one, other in EQUAL if name not in VARIED]


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in SAME_LOOK], ids=[name for name, *_ in SAME_LOOK])
def test_equal_forms_render_identically(one: LogForm, other: LogForm) -> None:
    assert one.as_expr() == other.as_expr()
    assert one.as_expr(2) == other.as_expr(2)
    assert repr(one) == repr(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LogForm.log(2), LogForm.log(3)),
        (LogForm.log(2), LogForm(Rational(0.6931471805599453))),
        (LogForm.log(P * Q), LogForm.log(P * R)),
        (LogForm.log(T), LogForm.log(S)),
        (LogForm.log(2) * T, LogForm.log(2)),
        (LogForm.infinity(), LogForm(10**9)),
    ],
)
def test_different_values_differ(one: LogForm, other: LogForm) -> None:
    assert one != other
    assert one != one.as_expr()


def test_a_thousand_terms_by_two_routes() -> None:
    rng = random.Random(1)
    primes = [int(nextprime(2**70 + 10**9 * k)) for k in range(20)]
    terms = [(QQ(rng.randrange(-9, 10), 7), QQ(rng.choice(primes) * rng.choice(primes))) for _ in range(1000)]
    shuffled = rng.sample(terms, len(terms))
    halves = LogForm.of_logs(shuffled[:500]) + LogForm.of_logs(shuffled[500:])
    assert LogForm.of_logs(terms) == halves
    assert hash(LogForm.of_logs(terms)) == hash(halves)


def test_infinity() -> None:
    assert LogForm.infinity().is_infinite
    assert not LogForm.infinity().is_zero
    assert LogForm.infinity().as_expr() is oo
    assert LogForm.infinity().as_expr(2) is oo
    assert LogForm.infinity().exp() is oo
    assert LogForm.infinity() * 3 == LogForm.infinity()
    with pytest.raises(KLExactError, match="must not be infinity minus infinity"):
        LogForm.infinity() - LogForm.infinity()
    with pytest.raises(KLExactError, match="must not be infinity minus infinity"):
        LogForm.infinity() * -1
    with pytest.raises(KLExactError, match="a finite log form is required"):
        LogForm.infinity().derivative(T)


@pytest.mark.parametrize("argument", [0, -2, "-1/3", float("-0.0")])
def test_logarithms_of_what_is_not_positive_are_refused(argument: Any) -> None:
    with pytest.raises(KLExactError, match="log needs a positive argument; found"):
        LogForm.log(argument)


@pytest.mark.parametrize("argument", [-(T**2) - 1, "log(2)", None, float("nan"), exp(T)])
def test_wrong_arguments_are_refused(argument: Any) -> None:
    with pytest.raises(KLExactError):
        LogForm.log(argument)


def test_forms_are_immutable_and_can_be_copied() -> None:
    form: Any = LogForm.log(6) / 5 + LogForm(2)
    with pytest.raises(AttributeError):
        form.value = 3
    with pytest.raises(AttributeError):
        form._constant = 3  # noqa: SLF001
    form.logs.clear()
    assert form == LogForm.log(2) / 5 + LogForm.log(3) / 5 + LogForm(2)
    assert copy.copy(form) == copy.deepcopy(form) == pickle.loads(pickle.dumps(form)) == form


def test_reading() -> None:
    form = LogForm.log("4/3") / 5 + LogForm("1/2")
    assert form.rational_part == QQ(1, 2)
    assert form.logs == {2: QQ(2, 5), 3: QQ(-1, 5)}
    assert form.free_symbols == set()
    assert (LogForm.log(T) * S).free_symbols == {S, T}
    assert form._repr_latex_() == f"${sympy.latex(form.as_expr())}$"


def test_mixing_with_numbers_is_a_type_error_as_in_python() -> None:
    form: Any = LogForm.log(2)
    wrongs: list[Callable[[], Any]] = [lambda: form + 1, lambda: form - 1, lambda: form * form, lambda: 1 / form]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            wrong()


# -- parameters --------------------------------------------------------------------------------------------------


def test_sign_changing_factors_render_as_real_logarithms() -> None:
    form = LogForm.log((1 - 2 * T) ** 2)
    assert form.as_expr() == log((1 - 2 * T) ** 2)
    for x in (Rational(1, 4), Rational(3, 4)):
        assert sympy.expand_log(form.as_expr().subs(T, x)) == form.subs({T: x}).as_expr() == -2 * log(2)


@pytest.mark.parametrize("moved", [S, S + 1, S**2, 1 - S, 2 * S])
def test_sign_changing_factors_stay_real_under_substitution(moved: sympy.Expr) -> None:
    form = LogForm.log((1 - 2 * T) ** 2).subs({T: moved})
    assert form == LogForm.log((1 - 2 * moved) ** 2)
    for x in (Rational(-3), Rational(1, 5), Rational(4, 5), Rational(3)):
        assert form.as_expr().subs(S, x).is_real


def test_known_signs_survive_substitution() -> None:
    assert LogForm.log(1 - T).subs({T: S}).as_expr() == log(1 - S)
    assert LogForm.log(1 - T).subs({T: S / (1 + S)}) == LogForm.log(1 / (1 + S))


@pytest.mark.parametrize(
    ("form", "slope"),
    [
        (LogForm.log(T), LogForm(1 / T)),
        (LogForm.log(T) * T, LogForm.log(T) + LogForm(1)),
        (LogForm.log(1 - T) * S, LogForm(-S / (1 - T))),
        (LogForm.log(5) * T**3 + LogForm(7), LogForm.log(5) * (3 * T**2)),
        (LogForm.log((1 - 2 * T) ** 2), LogForm(-4 / (1 - 2 * T))),
        (LogForm.log(2), LogForm()),
        (LogForm.log(S + T) + LogForm(T / S), LogForm(1 / (S + T) + 1 / S)),
    ],
)
def test_derivative(form: LogForm, slope: LogForm) -> None:
    assert form.derivative(T) == slope
    assert form.derivative(A) == LogForm()


@pytest.mark.parametrize(
    ("form", "point"),
    [
        (LogForm.log(T), {T: 0}),
        (LogForm.log(T) * T, {T: 0}),
        (LogForm.log(1 - T) * 3, {T: 1}),
        (LogForm(1 / T), {T: 0}),
        (LogForm.log(2) / (T - S), {T: S}),
    ],
)
def test_substitution_at_poles_is_the_distributions(form: LogForm, point: Any) -> None:
    with pytest.raises(KLExactError, match="found log\\(0\\) or a pole: substitute in the Distribution"):
        form.subs(point)


@pytest.mark.parametrize("value", [2, -1])
def test_substitution_where_the_logarithm_is_not_real_is_refused(value: int) -> None:
    with pytest.raises(KLExactError):
        (LogForm.log(T) + LogForm.log(1 - T)).subs({T: value})


def test_a_parameter_that_has_left_may_be_substituted_all_the_same() -> None:
    gone = LogForm.log(2 * T) - LogForm.log(T)
    assert gone.subs({T: 3}) == LogForm.log(2)


def test_numbers_need_values_for_all_parameters() -> None:
    with pytest.raises(KLExactError, match="found the symbol s, t: use subs first"):
        (LogForm.log(T) * S).ball(64)


# -- rendering in a base -----------------------------------------------------------------------------------------

BASES: list[Any] = [
    E,
    2,
    10,
    3,
    "1/2",
    "3/2",
    0.5,
    Float(0.25),
    Rational(2, 9),
    10**30,
    sqrt(2),
    sqrt(6) / 5,
    2 ** Rational(-1, 3),
    E**2,
    1 / E,
    2 * E,
    E ** Rational(1, 3) * sqrt(3),
    pi,
    E**pi,
    1 + sqrt(2),
    log(2),
    sympy.GoldenRatio,
]
FORMS = [LogForm.log(12), LogForm("-7/3"), LogForm.log("0.3") * Rational(5, 7) + LogForm(2), LogForm.log(P * Q) / 3]


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("base", BASES, ids=str)
def test_rendering_in_a_base(form: LogForm, base: Any) -> None:
    exact = base if isinstance(base, sympy.Expr) and not base.is_Float else Rational(base)
    assert not form.as_expr(base).atoms(Float)
    nats, unit = form.as_expr().evalf(60), log(exact).evalf(60)
    value = form.as_expr(base).evalf(50)
    # both sides are numbers of at least 50 correct digits, between 1e-2 and 1e5 in size
    assert abs(value - nats / unit) < Float("1e-40")


@pytest.mark.parametrize(
    ("argument", "base", "wanted"),
    [
        (8, 2, 3),
        (8, "1/2", -3),
        (8, sqrt(2), 6),
        (20, 10, 1 + log(2) / log(10)),
        (12, 2, 2 + log(3) / log(2)),
        (12, 3, 1 + 2 * log(2) / log(3)),
        (Rational(27, 8), Rational(3, 2), 3),
        (E**2, E, 2),
        (1000, 10, 3),
        (2, 2 ** Rational(1, 3), 3),
        (36, sqrt(6), 4),
        (4, E**2, log(2)),
        (2, pi, log(2) / log(pi)),
        (Q, P * Q, 1 - log(P) / log(P * Q)),
        (P, P * Q, log(P) / log(P * Q)),
        ((P * Q) ** 2, P * Q, 2),
    ],
)
def test_what_is_proportional_to_the_unit_is_rational(argument: Any, base: Any, wanted: Any) -> None:
    form = LogForm(2) if argument == E**2 else LogForm.log(argument)
    assert form.as_expr(base) == wanted


@pytest.mark.parametrize(
    "base",
    [
        *(1, 0, -2, "0", "-1/2", 1.0, 0.0, -0.5, "1", Float(1), Integer(-3), Rational(2, 2), sqrt(2) ** 2 / 2),
        *(sympy.nan, oo, -oo, sympy.zoo, sympy.I, A, Symbol("b", positive=True), 2 * A),
        *((1 + sqrt(2)) * (sqrt(2) - 1), sympy.sin(1) ** 2 + sympy.cos(1) ** 2, 1 - E, log(1), -pi),
    ],
    ids=str,
)
def test_bases_that_are_none(base: Any) -> None:
    for form in (LogForm.log(2), LogForm(), LogForm.infinity()):
        with pytest.raises(InvalidBaseError, match=r"the base must be a positive real number other than 1, .*; found"):
            form.as_expr(base)


@pytest.mark.parametrize(
    "base", [float("nan"), float("inf"), None, True, "e", "two", "__import__('os')", [2], "1e99999"]
)
def test_bases_that_are_not_even_numbers(base: Any) -> None:
    with pytest.raises(KLExactError, match="the base must"):
        LogForm.log(2).as_expr(base)


def test_log_base() -> None:
    assert log_base(E) == LogForm(1)
    assert log_base(2 * E**3) == LogForm.log(2) + LogForm(3)
    assert log_base(sqrt(Rational(2, 3))) == LogForm.log("2/3") / 2
    assert log_base(pi) == log(pi)


def test_ratio() -> None:
    assert LogForm.log(32).ratio(LogForm.log(4)) == QQ(5, 2)
    assert LogForm.log(6).ratio(LogForm.log(4)) is None
    assert LogForm(3).ratio(LogForm(2)) == QQ(3, 2)
    assert (LogForm.log(2) + LogForm(1)).ratio(LogForm(1)) is None
    assert (LogForm.log(2) * T).ratio(LogForm.log(2)) is None


def test_exp() -> None:
    assert LogForm.log("9/2").exp() == Rational(9, 2)
    assert (LogForm.log(2) * Rational(3, 2)).exp() == 2 * sqrt(2)
    assert LogForm(2).exp() == E**2
    assert (LogForm.log(T) * 2).exp() == T**2


def test_balls_contain_the_value_and_are_narrow() -> None:
    form = LogForm.log(P) - LogForm.log(Q)  # a difference of 1e-21 between numbers near 70
    for prec in (128, 1000):
        enclosure = form.ball(prec)
        assert enclosure.contains(form.ball(4000))
        assert enclosure.rad() * 2 ** (prec - 12) < 1
    assert sign(form) == -1
    assert decimal(form, 10) == str(log(Rational(P, Q)).evalf(10)).replace("e-", "e-")


def test_long_numbers_can_be_shown() -> None:
    assert "log" in repr(LogForm.log(2) / 10**4500)  # more digits than Python's int is willing to print


def test_rendering_does_not_ask_whether_a_long_integer_is_prime(monkeypatch: pytest.MonkeyPatch) -> None:
    # for 30,000 bits the answer takes SymPy minutes, and it asks on some days only: the order of its questions is random
    asked: list[object] = []
    monkeypatch.setattr("sympy.ntheory.primetest.isprime", asked.append)
    for n in range(60):
        assert str((LogForm.log(2**300 + 2 * n + 1) / 2).as_expr(2)).endswith("/(2*log(2))")
    assert not asked
