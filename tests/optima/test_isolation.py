"""All zeros of a log form in an interval: each isolated, none missed, and UndecidedError where they cannot be told apart."""

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
import sympy
from flint import fmpz_poly
from sympy import QQ, E, Rational, Symbol, exp, expand, log, sqrt

from klexact import LogForm, decimal, enclose
from klexact.errors import KLExactError, UndecidedError
from klexact.optima.isolation import order_points, zeros
from klexact.roots import RealRoot, point_expr, real_roots
from klexact.zeroof import ZeroOf

T = Symbol("t")


def log_of(x: object) -> LogForm:
    return LogForm.log(x)


def plain(x: object) -> LogForm:
    return LogForm(x)


ROOT_TWO = real_roots(fmpz_poly([-2, 0, 1]))[1]

EXACT: list[tuple[str, LogForm, Any, Any, list[Any]]] = [
    ("no logarithm", plain(T**3 - 2 * T), None, None, [-sqrt(2), 0, sqrt(2)]),
    ("poles are no zeros", plain((T - 1) * (T - 2) / ((T - 3) * T)), None, None, [1, 2]),
    ("a removable pole is none", log_of(2 * T) / (2 * T - 1), 0, None, []),
    ("one beside a zero", log_of(T) * (T - 2) / (T - 1), 0, None, [2]),
    ("rational factor and logarithm", log_of(T) * (2 * T - 1), 0, None, [Rational(1, 2), 1]),
    ("zeros of atoms are none", log_of(T) * T, None, None, [-1, 1]),
    ("constants", log_of(2) - log_of(3), None, None, []),
    ("a rational constant", plain(7), 0, 1, []),
    ("open ends", log_of(T) * (T - 2), 1, 2, []),
    ("exponentiated: rational", log_of(T) - log_of(3), 0, None, [3]),
    ("exponentiated: both signs", log_of(T) - log_of(3), None, None, [-3, 3]),
    ("exponentiated: odds", log_of(T) - log_of(1 - T) - log_of(2), 0, 1, [Rational(2, 3)]),
    ("exponentiated: radical", (log_of(T) - log_of(1 - T)) * 2 - log_of(2), 0, 1, [sqrt(2) / (1 + sqrt(2))]),
    ("exponentiated: e", log_of(T) - plain(1), 0, None, [E]),
    ("exponentiated: e and radicals", log_of(T) * 2 - plain(3) - log_of(5), 0, None, [sqrt(5) * exp(Rational(3, 2))]),
    ("exponentiated: quadratic", log_of(T) + log_of(1 + T), 0, None, [(sqrt(5) - 1) / 2]),
    ("exponentiated: double and irrational", log_of(T**2 - 2 * T + 2) * 2 + log_of(1), None, None, [1]),
    (
        "exponentiated: degree 5",
        log_of(T) * 4 + log_of(T + 1) - log_of(3),
        0,
        None,
        [sympy.CRootOf(T**5 + T**4 - 3, 0)],
    ),
    ("exponentiated: high degree, constant of e", log_of(T) - log_of(T + 1) + plain(1), 0, None, [1 / (E - 1)]),
    ("double and rational", log_of(T) * T - plain(T - 1), 0, None, [1]),
    ("double and no dyadic number", log_of(3 * T / 2) * T - plain(T - Rational(2, 3)), 0, None, [Rational(2, 3)]),
    ("triple and rational", log_of(T) * (T + 1) - plain(2 * (T - 1)), 0, None, [1]),
    ("simple and rational, unforeseen", log_of(T) * T - log_of(27), 0, None, [3]),
    ("one third", log_of(T) * 3 * T + log_of(3), 0, Rational(7, 20), [Rational(1, 3)]),
    ("an algebraic factor", log_of(T**2 / 2) * (T + 1), 0, None, [sqrt(2)]),
]


def taylor(order: int, at: Any) -> LogForm:
    """Return log(t/at) less its Taylor polynomial: a zero of the given order at that point and nowhere else on (0, oo)."""
    return log_of(T / at) - plain(
        expand(sum((-1) ** (k + 1) * (T / at - 1) ** k / Rational(k) for k in range(1, order)))
    )


@pytest.mark.parametrize(("form", "lower", "upper", "wanted"), [e[1:] for e in EXACT], ids=[e[0] for e in EXACT])
def test_exact_zeros(form: LogForm, lower: Any, upper: Any, wanted: list[Any]) -> None:
    ends = [None if x is None else QQ(*map(int, sympy.sympify(x).as_numer_denom())) for x in (lower, upper)]
    found = [point_expr(x) for x in zeros(form, T, *ends)]
    assert len(found) == len(wanted)
    assert [
        sympy.simplify(a - b) if not b.has(sympy.CRootOf) else int(a != b)
        for a, b in zip(found, map(sympy.sympify, wanted), strict=True)
    ] == [0] * len(wanted)


@pytest.mark.parametrize("order", [2, 3, 4, 5])
@pytest.mark.parametrize("at", [1, Rational(2, 3), Rational(123, 1000)])
def test_zeros_of_higher_order_are_found_where_they_are_rational(order: int, at: Any) -> None:
    assert [point_expr(x) for x in zeros(taylor(order, at), T, QQ(0))] == [at]


@pytest.mark.parametrize(
    "form",
    [
        taylor(7, 1),
        log_of(T**2 / 2) * T**2 / 2 - plain(T**2 / 2 - 1),  # at sqrt(2), twice
        log_of(T**2 / 2) * (T**2 / 2 + 1) - plain(T**2 - 2),  # three times
    ],
)
def test_what_cannot_be_told_apart_is_undecided(form: LogForm) -> None:
    with pytest.raises(UndecidedError):
        zeros(form, T, QQ(0))


def test_the_form_0_has_no_list_of_zeros() -> None:
    with pytest.raises(KLExactError, match="found the form 0"):
        zeros(LogForm(), T)


W = sympy.LambertW
TRANSCENDENTAL: list[tuple[str, LogForm, Any, Any, list[Any]]] = [
    ("log t = -t", log_of(T) + plain(T), 0, None, [W(1)]),
    ("t log t = 1", log_of(T) * T - plain(1), 0, None, [exp(W(1))]),
    (
        "t log t = -1/4",
        log_of(T) * T + plain(Rational(1, 4)),
        0,
        None,
        [exp(W(Rational(-1, 4), -1)), exp(W(Rational(-1, 4)))],
    ),
    ("log t = t/3", log_of(T) - plain(T / 3), 0, None, [-3 * W(Rational(-1, 3)), -3 * W(Rational(-1, 3), -1)]),
    (
        "far away: log t = t/1e30",
        log_of(T) - plain(T / 10**30),
        0,
        None,
        [-(10**30) * W(-Rational(1, 10**30)), -(10**30) * W(-Rational(1, 10**30), -1)],
    ),
    ("near 0: log t = -200 - t", log_of(T) + plain(T + 200), 0, 1, [W(exp(-200))]),
    (
        "near 0: t log t = -1e-200",
        log_of(T) * T + plain(Rational(1, 10**200)),
        0,
        Rational(1, 2),
        [exp(W(-Rational(1, 10**200), -1))],
    ),
    ("near 1", log_of(1 - T) + plain(201 - T), 0, 1, [1 - W(exp(-200))]),
    ("negative axis", log_of(-T) - plain(T), None, 0, [-W(1)]),
    ("from below", log_of(-T) + plain(-T), None, -Rational(1, 100), [-W(1)]),
    ("only integers in the logarithms", log_of(2) * T - log_of(3) + plain(T), None, None, [log(3) / (1 + log(2))]),
]


@pytest.mark.parametrize(
    ("form", "lower", "upper", "wanted"), [e[1:] for e in TRANSCENDENTAL], ids=[e[0] for e in TRANSCENDENTAL]
)
def test_known_transcendental_equations(form: LogForm, lower: Any, upper: Any, wanted: list[Any]) -> None:
    ends = [None if x is None else QQ(*map(int, sympy.sympify(x).as_numer_denom())) for x in (lower, upper)]
    found = zeros(form, T, *ends)
    assert len(found) == len(wanted)
    for x, value in zip(found, wanted, strict=True):
        bounds = enclose(point_expr(x), digits=60)
        with mpmath.workdps(400):  # LambertW near its branch point and 1 - 1e-87 keep more than 100 digits
            known = sympy.Rational(value.evalf(330, maxn=2000))
        slack = abs(known) * Rational(1, 10**300)
        assert bounds.lower - slack <= known <= bounds.upper + slack


def test_brackets_are_short_and_told_in_order() -> None:
    found = zeros(log_of(T) * T + plain(Rational(1, 4)), T, QQ(0))
    assert all(x.lower.q <= 1000 and x.upper.q <= 1000 for x in found)
    (near,) = zeros(log_of(T) + plain(T + 200), T, QQ(0), QQ(1))
    assert len(str(near.lower.p)) <= 3


# -- logarithms that are singular at an end ------------------------------------------------------------------------------


def by_changes_of_sign(form: LogForm) -> list[mpmath.mpf]:
    """Return the zeros in (0, 1) by bisection of every change of sign on a grid that is dense near 0, in mpmath."""
    function = sympy.lambdify(T, form.as_expr(), "mpmath")
    with mpmath.workdps(30):
        grid = [mpmath.mpf(10) ** (-mpmath.mpf(k) / 40) for k in range(400, 0, -1)]
        grid += [mpmath.mpf(k) / 1000 + mpmath.mpf(1) / 3001 for k in range(995)]
        return [
            mpmath.findroot(function, (x, y), solver="bisect", tol=1e-50)
            for x, y in pairwise(sorted(grid))
            if function(x) * function(y) < 0
        ]


SINGULAR: list[tuple[str, LogForm, int]] = [
    ("n of order 0", log_of(T) + log_of(2 - T) * T + plain(2), 1),
    ("n of order 0, R of order 1", log_of(T) * (1 - 2 * T) + log_of(1 + T) * 3 + plain(4 * T), 1),
    ("n of order 1, R of order 0", log_of(T) * T + plain(Rational(1, 5)), 2),
    ("n of order 1, R of order 1", log_of(T) * T + plain(3 * T - T**2), 1),
    ("n of order 1, R of order 2", log_of(T) * T + plain(5 * T**2), 1),
    ("n of order 2, R of order 1", log_of(T) * T**2 + plain(T / 5), 2),
    ("n of order 2, R of order 2", log_of(T) * T**2 * (1 + T) + plain(3 * T**2), 1),
    ("n of order 2, R of order 3", log_of(T) * T**2 * (1 + T) + plain(3 * T**3), 1),
    ("n of order 3, R of order 1", log_of(T) * T**3 + plain(T / 20 - T**2 / 2), 1),
]


@pytest.mark.parametrize(("form", "count"), [s[1:] for s in SINGULAR], ids=[s[0] for s in SINGULAR])
def test_ends_where_a_logarithm_is_singular(form: LogForm, count: int) -> None:
    wanted = [mpmath.nstr(x, 8, strip_zeros=False, min_fixed=-1, max_fixed=1) for x in by_changes_of_sign(form)]
    assert len(wanted) == count

    def told(numbers: list[sympy.Expr]) -> list[str]:
        return [
            mpmath.nstr(mpmath.mpf(decimal(x, 15)), 8, strip_zeros=False, min_fixed=-1, max_fixed=1) for x in numbers
        ]

    assert told([point_expr(x) for x in zeros(form, T, QQ(0), QQ(1))]) == wanted
    mirrored = zeros(form.subs({T: 1 - T}), T, QQ(0), QQ(1))
    assert told([1 - point_expr(x) for x in reversed(mirrored)]) == wanted
    moved = zeros(form.subs({T: 3 * T - 10**6}), T, QQ(10**6, 3), QQ(10**6 + 1, 3))
    assert told([3 * point_expr(x) - 10**6 for x in moved]) == wanted


def test_a_singular_point_that_is_irrational() -> None:
    assert len(zeros(log_of((T**2 - 2) ** 2) * T + plain(1), T, QQ(1), QQ(2))) == 2
    assert zeros(log_of((T**2 - 2) ** 2) * (T**2 - 2) * T + plain(T + 1), T, QQ(1), QQ(2)) == []
    with pytest.raises(UndecidedError, match="beside that of a logarithm"):
        zeros(log_of((T**2 - 2) ** 2) * (T**2 - 2) * T + log_of(T**2 - 1) * (T + 1), T, QQ(1), QQ(2))


def test_cuts_and_ends_that_doubles_cannot_hold() -> None:
    huge = 10**40 - 1
    form = log_of((T**2 - huge) ** 2) * T - plain(10**21)
    found = zeros(form, T)
    function = sympy.lambdify(T, form.as_expr(), "mpmath")
    with mpmath.workdps(80):
        for x in found:
            lower, upper = (mpmath.mpf(int(e.p)) / int(e.q) for e in (x.lower, x.upper))
            assert (function(lower) > 0) != (function(upper) > 0)
        roots = [mpmath.sqrt(huge + s * mpmath.exp(5)) for s in (-1, 1)]  # there T = 1e20 but for 1e-20
        assert [abs(mpmath.mpf(decimal(x, 60)) - r) < 1e-30 for x, r in zip(found[-2:], roots, strict=True)] == [
            True,
            True,
        ]
    far = QQ(10**60, 3)
    shifted = log_of(T - Rational(10**60, 3)) * (T - Rational(10**60, 3)) + plain(Rational(1, 4))
    assert len(zeros(shifted, T, far, far + 1)) == 2


def test_two_zeros_very_close_together() -> None:
    """t·log t - t + 1 = ε²/2 at 1 ± ε nearly."""
    found = zeros(log_of(T) * T - plain(T - 1 + Rational(1, 2 * 10**18)), T, QQ(0))
    assert [decimal(point_expr(x) - 1, 3) for x in found] == ["-1.00e-09", "1.00e-09"]


# -- completeness against sign changes ------------------------------------------------------------------------------------


def random_form(rng: random.Random) -> LogForm:
    """Return n_0 + Σ n_j log f_j with random polynomials of low degree: some f_j with zeros in (0, 1), some without."""
    atoms = [T, 1 - T, T + Rational(rng.randrange(1, 4)), (2 * T - 1) ** 2, T**2 + T + 1, (3 * T - 1) ** 2, T**2 + 2]
    form = plain(sympy.Add(*(rng.randrange(-6, 7) * T**k for k in range(rng.randrange(1, 4)))) / rng.randrange(1, 9))
    for atom in rng.sample(atoms, rng.randrange(1, 4)):
        form += log_of(atom) * sympy.Add(*(rng.randrange(-5, 6) * T**k for k in range(rng.randrange(1, 4))))
    return form


@pytest.mark.parametrize("seed", range(40))
def test_every_change_of_sign_is_a_zero_and_every_zero_changes_the_sign(seed: int) -> None:
    rng = random.Random(seed)
    form = random_form(rng)
    if form.is_zero:
        return
    try:
        found = zeros(form, T, QQ(0), QQ(1))
    except UndecidedError:
        pytest.fail(f"{form} has simple zeros only, but for rare chances")
    assert all(order_points(a, b) == -1 for a, b in pairwise([QQ(0), *found, QQ(1)]))
    function = sympy.lambdify(T, form.as_expr(), "mpmath")
    points = [Fraction(k, 997) for k in range(1, 997)]
    numbers = [Fraction(decimal(point_expr(x), 30)) for x in found]
    with mpmath.workdps(40):
        values = [function(mpmath.mpf(p.numerator) / p.denominator) for p in points]
        for (a, x), (b, y) in pairwise(zip(points, values, strict=True)):
            cut = any(a <= c <= b for c in (Fraction(1, 2), Fraction(1, 3)))
            inside = sum(a < z < b for z in numbers)
            assert cut or inside % 2 == int(x * y < 0)
        for x in found:
            if isinstance(x, ZeroOf):
                ends = [function(mpmath.mpf(int(e.p)) / int(e.q)) for e in (x.lower, x.upper)]
                assert ends[0] * ends[1] < 0
            elif not isinstance(x, sympy.Expr) and not isinstance(x, RealRoot):
                assert form.subs({T: point_expr(x)}).is_zero


def test_points_are_ordered_exactly() -> None:
    e_squared = sympy.exp(2)
    assert [order_points(a, b) for a, b in ((QQ(1), ROOT_TWO), (ROOT_TWO, e_squared), (e_squared, QQ(7)))] == [
        -1,
        -1,
        1,
    ]
    x = ZeroOf(log(T) + T, T, Rational(1, 2), Rational(3, 5))
    assert [order_points(x, y) for y in (QQ(1, 2), QQ(3, 5), QQ(567, 1000), ROOT_TWO, e_squared, x)] == [
        1,
        -1,
        1,
        -1,
        -1,
        0,
    ]
    assert order_points(ROOT_TWO, ROOT_TWO) == 0
