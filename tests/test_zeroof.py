"""`ZeroOf`: a number given as the only zero of a function between two bounds, to any number of digits."""

import pickle

import mpmath
import pytest
import sympy
from flint import ctx
from sympy import E, FiniteSet, Max, Rational, Symbol, cos, exp, log

from klexact import decimal, enclose, order, sign
from klexact.errors import InvalidNumberError, UndecidedError
from klexact.expression import evaluated
from klexact.zeroof import ZeroOf

T = Symbol("t")
TINY = Rational(1, 10**100)

# known otherwise: as a closed form, or with SymPy's LambertW
KNOWN: list[tuple[str, ZeroOf, sympy.Expr]] = [
    ("log t = 1", ZeroOf(log(T) - 1, T, 2, 3), E),
    ("t log t = 1", ZeroOf(T * log(T) - 1, T, 1, 2), exp(sympy.LambertW(1))),
    ("log t = -t", ZeroOf(log(T) + T, T, Rational(1, 2), 1), sympy.LambertW(1)),
    ("negative", ZeroOf(log(-T) - 1, T, -3, -2), -E),
    ("rational, not dyadic", ZeroOf(3 * T - 1, T, 0, 1), Rational(1, 3)),
    ("algebraic", ZeroOf(T**2 - 2, T, 0, 2), sympy.sqrt(2)),
    ("near 0", ZeroOf(log(T) + 200, T, TINY, 1), exp(-200)),
    ("near 1, from below", ZeroOf(log(1 - T) + 200, T, 0, 1 - TINY), 1 - exp(-200)),
    ("huge", ZeroOf(log(T) - 200, T, 1, 1 / TINY), exp(200)),
    ("steep", ZeroOf(10**200 * T * log(T) - 1, T, Rational(99, 100), Rational(101, 100)), None),
    ("flat", ZeroOf((T * log(T) - 1) / 10**200, T, 1, 2), exp(sympy.LambertW(1))),
]


def known(x: ZeroOf, value: sympy.Expr | None, digits: int) -> mpmath.mpf:
    """Return the number by SymPy's own evaluation of its closed form; log(1 + y) ~ y where there is none."""
    return mpmath.mpf(1) if value is None else mpmath.mpf(str(value.evalf(digits, maxn=2000)))


@pytest.mark.parametrize(("x", "value"), [k[1:] for k in KNOWN], ids=[k[0] for k in KNOWN])
@pytest.mark.parametrize("digits", [10, 100, 1000])
def test_enclosures_have_the_promised_width_and_hold_the_number(
    x: ZeroOf, value: sympy.Expr | None, digits: int
) -> None:
    found = enclose(x, digits=digits)
    assert 0 < found.width * 10**digits <= min(abs(found.lower), abs(found.upper)) * Rational(1000001, 1000000)
    with mpmath.workdps(digits + 30):
        lower, upper = (mpmath.mpf(b.numerator) / b.denominator for b in (found.lower, found.upper))
        # the known value is right to 15 digits beyond the enclosure's; where it is only 1 + 1e-200, to 200
        slack = abs(lower) * mpmath.mpf(10) ** -min(digits + 15, 199 if value is None else digits + 15)
        assert lower - slack <= known(x, value, digits + 25) <= upper + slack


@pytest.mark.parametrize(("x", "value"), [k[1:] for k in KNOWN if k[2] is not None], ids=[k[0] for k in KNOWN if k[2]])
def test_evalf_is_right_to_the_last_digit(x: ZeroOf, value: sympy.Expr) -> None:
    for digits in (5, 30, 300):
        # two correct results may differ by one unit in the last place of the binary number: 2 ulp are below 1e(1 - digits)
        found, wanted = sympy.Rational(x.evalf(digits)), sympy.Rational(value.evalf(digits, maxn=2000))
        assert abs(found - wanted) <= abs(wanted) * Rational(1, 10 ** (digits - 1))


def test_evalf_where_a_secant_in_floating_point_is_lost() -> None:
    steep = ZeroOf(10**200 * T * log(T) - 1, T, Rational(99, 100), Rational(101, 100))
    assert sympy.Rational(steep.evalf(20)) == 1
    assert decimal(steep - 1, 20) == "1.0000000000000000000e-200"
    near = ZeroOf(log(1 - T) + T * log(1 + T) + 50, T, 1 - Rational(1, 10**21), 1 - Rational(1, 10**23))
    assert decimal(1 - near, 5) == "9.6437e-23"


def test_it_is_a_real_sympy_number() -> None:
    x = ZeroOf(cos(T) - T, T, 0, 1)
    assert (x.is_number, x.is_real, x.is_positive, x.is_negative, x.is_zero) == (True, True, True, False, False)
    assert (x.is_rational, x.is_algebraic) == (None, None)
    assert x.free_symbols == set()
    assert x.subs(T, 5) == x.xreplace({T: sympy.Integer(2)}) == x
    assert x.diff(T) == 0
    assert (x > Rational(7, 10)) == sympy.true
    assert Max(x, 1) == 1
    assert len(FiniteSet(x, ZeroOf(cos(T) - T, T, 0, 1), 1)) == 2
    assert x != ZeroOf(cos(T) - T, T, 0, 2)
    assert abs(float(x) - 0.7390851332151607) < 1e-15  # a double near 3/4 has steps of 1.1e-16
    assert ZeroOf(log(-T) - 1, T, -3, -2).is_negative


def test_it_survives_pickling() -> None:
    x = ZeroOf(cos(T) - T, T, 0, 1, lambda point, _: point.cos() - point)
    copy = pickle.loads(pickle.dumps(ZeroOf(cos(T) - T, T, 0, 1)))
    assert copy == x
    assert hash(copy) == hash(x)
    assert decimal(copy, 30) == decimal(x, 30) == "0.739085133215160641655312087674"


def test_printing() -> None:
    assert str(ZeroOf(cos(T) - T, T, 0, 1)) == "ZeroOf(-t + cos(t), t, 0, 1)"
    assert sympy.latex(ZeroOf(T - 1, T, 0, 2)) == r"\operatorname{ZeroOf}\left(t - 1 = 0,\ 0 < t < 2\right)"
    long = ZeroOf(sympy.Add(*(T**k for k in range(1, 60))) - 1, T, 0, 1)
    assert str(long) == "ZeroOf(..., t, 0, 1)"


def test_order_and_sign() -> None:
    x, y = ZeroOf(cos(T) - T, T, 0, 1), ZeroOf(T * log(T) - 1, T, 1, 2)
    assert order(x, y) == -1
    assert sign(y - x - 1) == 1
    assert order(x, x) == 0
    with pytest.raises(UndecidedError, match="looked like zero"):
        order(x, ZeroOf(cos(T) - T, T, Rational(1, 2), 1))


@pytest.mark.parametrize("bounds", [(-1, 1), (0, 1), (1, 2)])
def test_without_a_change_of_sign_there_is_no_number(bounds: tuple[int, int]) -> None:
    x = ZeroOf(T**2 + 1, T, *bounds)
    with pytest.raises(InvalidNumberError, match="must change its sign between the bounds"):
        decimal(x, 5)


def test_a_zero_at_a_bound_or_at_0_is_undecided_and_ends() -> None:
    with pytest.raises(UndecidedError, match="the sign of t - 1 at t = 1 must show"):
        decimal(ZeroOf(T - 1, T, 1, 2), 5)
    with pytest.raises(UndecidedError, match="must differ from 0"):
        decimal(ZeroOf(T, T, -1, 2), 5)


def test_brackets_never_leave_their_bounds() -> None:
    """Beyond the upper bound the function is complex, and has another zero beyond the lower one."""
    edge = 1 - Rational(1, 10**40)
    x = ZeroOf(log(1 - T) + 40 * log(10) + Rational(1, 10**6), T, Rational(1, 2), 1 - Rational(1, 10**41))
    assert order(edge, x) == -1
    x = ZeroOf((T - 1) * (T - 1 - Rational(1, 10**40)), T, 1 + Rational(1, 2 * 10**40), 2)
    assert decimal(x - 1, 5) == "1.0000e-40"


def test_the_precision_in_force_does_not_matter() -> None:
    from klexact.expression import Expression

    x = ZeroOf(cos(T) - T + Rational(1, 997), T, 0, 1)
    with ctx.workprec(20):
        narrow = Expression(x).ball(500)
    assert narrow.rel_accuracy_bits() > 490
    assert evaluated(x, 500).overlaps(narrow)
