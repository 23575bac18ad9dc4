"""All stationary points, the ends and the limits of a form in one parameter; the certificate that says so."""

from typing import Any

import pytest
import sympy
from sympy import EmptySet, FiniteSet, Interval, Rational, Symbol, exp, log, oo, sqrt

from klexact import Distribution, LogForm, fit, order
from klexact.errors import KLExactError, NoClosedFormError
from klexact.families import binomial, custom, geometric, poisson, truncated_geometric
from klexact.optima.stationary import minimise

S, T = sympy.symbols("s t")
QUARTER, HALF, EDGE = Rational(1, 4), Rational(1, 2), sympy.Integer(10**30 + 1)
BOTH = (HALF - sqrt(2) / 4, HALF + sqrt(2) / 4)
LOG_T, LOG_1T, LOG_1PT = LogForm.log(T), LogForm.log(1 - T), LogForm.log(1 + T)

LOG = LogForm.log
MINIMA: list[tuple[str, LogForm, sympy.Set, Any, LogForm]] = [
    ("inside", LogForm(T) - LOG_T, Interval(0, oo), FiniteSet(1), LogForm(1)),
    ("inside, open", LogForm(T) - LOG_T, Interval.open(0, oo), FiniteSet(1), LogForm(1)),
    ("at a closed end", LogForm(T) - LOG_T, Interval(2, 3), FiniteSet(2), LogForm(2) - LOG(2)),
    ("at an open end: none", LogForm(T) - LOG_T, Interval.open(2, 3), EmptySet, LogForm(2) - LOG(2)),
    ("at the right end", LogForm(T) - LOG_T, Interval(QUARTER, HALF), FiniteSet(HALF), LogForm("1/2") + LOG(2)),
    ("a pole at the end", LogForm(1 / T) + LOG_T, Interval(0, oo), FiniteSet(1), LogForm(1)),
    ("a pole inside", LogForm(1 / T**2), Interval(-1, 2), FiniteSet(2), LogForm("1/4")),
    ("a finite limit at infinity", LOG_1PT - LOG_T, Interval(0, oo), EmptySet, LogForm()),
    ("a limit with logarithms", LOG(3 * T + 1) - LOG(2 * T), Interval(1, oo), EmptySet, LOG("3/2")),
    ("a rational limit", LogForm((2 * T + 5) / (3 * T + 1)), Interval(0, oo), EmptySet, LogForm("2/3")),
    ("a vanishing limit", LogForm(1 / (1 + T)), Interval(0, oo), EmptySet, LogForm()),
    ("logarithmic growth", 2 * LOG_1PT - LOG_T, Interval(0, oo), FiniteSet(1), 2 * LOG(2)),
    ("rational growth", LogForm(T**2 / (1 + T)) + LOG_1PT, Interval(0, oo), FiniteSet(0), LogForm()),
    (
        "growth beats logarithms",
        LogForm(T) - 100 * LOG_T,
        Interval(0, oo),
        FiniteSet(100),
        LogForm(100) - 200 * LOG(10),
    ),
    ("both infinities", LOG(1 + T**2), Interval(-oo, oo), FiniteSet(0), LogForm()),
    ("minus infinity", LOG((1 + T**2) / T**2), Interval(-oo, -1), EmptySet, LogForm()),
    ("two minima", -LOG((1 - 2 * T) ** 2) - LOG_T - LOG_1T, Interval(0, 1), FiniteSet(*BOTH), 4 * LOG(2)),
    ("flat", LOG(7), Interval(0, 1), Interval(0, 1), LOG(7)),
    ("infinite at both ends", -LOG_T - LOG_1T, Interval(0, 1), FiniteSet(HALF), 2 * LOG(2)),
    (
        "large ends",
        LogForm(T) - EDGE * LOG_T,
        Interval(EDGE - 1, oo),
        FiniteSet(EDGE),
        LogForm(EDGE) - EDGE * LOG(EDGE),
    ),
]


@pytest.mark.parametrize(("form", "domain", "argmins", "value"), [m[1:] for m in MINIMA], ids=[m[0] for m in MINIMA])
def test_minima(form: LogForm, domain: sympy.Set, argmins: Any, value: LogForm) -> None:
    found = minimise(form, T, domain)
    certificate = found.certificate
    assert found.argmins == argmins
    assert order(found.value, value) == 0
    assert all(order(c.value, found.value) >= 0 for c in certificate.candidates)
    assert certificate.steps()[-1] == f"so {certificate.conclusion}"


def test_candidates_are_complete_and_labelled() -> None:
    certificate = minimise(LogForm(T**3 / 3 - T) - LogForm(), T, Interval(Rational(1, 2), 3)).certificate
    assert [(c.kind, c.location) for c in certificate.candidates] == [
        ("stationary point", 1),
        ("closed end", Rational(1, 2)),
        ("closed end", 3),
    ]
    assert certificate.rejected == ((-1, "outside Interval(1/2, 3)"),)
    assert sympy.expand(certificate.derivative) == T**2 - 1
    assert certificate.second_derivative == 2 * T
    assert certificate.convex


def test_a_root_at_an_end_is_no_inner_point() -> None:
    certificate = minimise(LogForm(T**2), T, Interval(0, 1)).certificate
    assert certificate.rejected == ((0, "an end of the domain, see below"),)
    assert [c.kind for c in certificate.candidates] == ["closed end", "closed end"]
    open_end = minimise(LogForm(T**2), T, Interval.Lopen(0, 1)).certificate
    assert [c.kind for c in open_end.candidates] == ["open end", "closed end"]
    assert "never attained" in open_end.conclusion


def test_convexity_is_claimed_only_where_it_holds() -> None:
    for form, domain, convex in [
        (-LOG_T - LOG_1T, Interval(0, 1), True),
        (-LogForm.log((1 - 2 * T) ** 2) - LOG_T, Interval(0, 1), False),  # infinite at 1/2
        (LogForm.log(1 + T**2), Interval(-oo, oo), False),
        (LogForm.log(1 + T**2), Interval(-1, 1), True),
        (LogForm(T**4), Interval(-1, 1), True),
        (LogForm(T), Interval(0, 1), False),
    ]:
        assert minimise(form, T, domain).certificate.convex is convex


@pytest.mark.parametrize(
    ("form", "domain"),
    [
        (LOG_T, Interval(0, 1)),
        (-LogForm(T), Interval(0, oo)),
        (LogForm(-1 / T), Interval(0, 1)),
        (-LOG_1PT, Interval(0, oo)),
        (LogForm(1 / T), Interval(-1, 0)),
    ],
)
def test_what_is_unbounded_below_is_no_divergence(form: LogForm, domain: sympy.Set) -> None:
    with pytest.raises(KLExactError, match="an objective must be bounded below; found -∞ at an end"):
        minimise(form, T, domain)


def test_no_closed_form_is_promised_beyond_rational_scores() -> None:
    family = custom([exp(-T), 1 - exp(-T)], T, Interval(0, oo))
    with pytest.raises(
        NoClosedFormError, match=r"no closed form is promised; reparametrise it, .* new symbol for exp\(t\)"
    ):
        fit(Distribution.uniform(2), family)


def test_a_rational_argmin_is_rational_and_an_algebraic_one_exact() -> None:
    found = minimise(LogForm(T) - LogForm.log(T**2 - 2), T, Interval(2, 10))
    assert found.argmins == FiniteSet(1 + sqrt(3))
    # two numbers below 10, evaluated to 40 digits each
    assert abs(found.divergence.evalf(40) - (1 + sqrt(3) - log((1 + sqrt(3)) ** 2 - 2)).evalf(40)) < Rational(1, 10**35)


CERTIFICATES: list[tuple[str, Any, list[str]]] = [
    (
        "binomial",
        lambda: fit(Distribution.from_counts([1, 1, 2]), binomial(2)),
        [
            r"D(p) = -5*log(p)/4 - 3*log(1 - p)/4 - 7*log(2)/4",
            r"dD/dp = (8*p - 5)/(4*p*(1 - p))",
            r"dD/dp = 0 where 8*p - 5 = 0",
            r"stationary point: p = 5/8",
            r"closed end: p = 0, D = oo",
            r"closed end: p = 1, D = oo",
            r"d²D/dp² =",
            r"these are all real zeros of the derivative in Interval(0, 1)",
            r"the second derivative is positive for p inside Interval(0, 1): the divergence is strictly convex",
            r"so the unique global minimum is at p = 5/8",
        ],
    ),
    (
        "no minimum",
        lambda: fit(Distribution.point(2), truncated_geometric(3)),
        [
            "rejected: r = -2 (outside Interval(0, oo))",
            "open end: r = oo, D = 0",
            "the limit as r -> oo, never attained",
        ],
    ),
    (
        "infinite",
        lambda: fit(Distribution.point(5), binomial(2)),
        [
            "binomial(2) gives probability 0 to the observed 5 for every parameter: its outcomes are 0..2",
            "so the divergence is +∞ for every parameter",
        ],
    ),
    (
        "flat",
        lambda: fit(Distribution.point(0), truncated_geometric(1)),
        ["the derivative is 0 for every r", "so the minimum is attained on all of Interval(0, oo)"],
    ),
    (
        "symbolic",
        lambda: fit(Distribution.symbolic("p", 3), poisson()),
        [
            "convex in lambda inside Interval(0, oo) for every outcome x",
            "so the global minimum is at lambda = p_1 + 2*p_2",
        ],
    ),
]


@pytest.mark.parametrize(("made", "lines"), [c[1:] for c in CERTIFICATES], ids=[c[0] for c in CERTIFICATES])
def test_certificates_read_as_arguments(made: Any, lines: list[str]) -> None:
    text = made().explain()
    position = -1
    for line in lines:
        assert line in text
        assert text.index(line) > position
        position = text.index(line)


def test_symbolic_data_need_another_symbol_than_the_models() -> None:
    p = Symbol("p")
    for family in (binomial(1), geometric()):
        with pytest.raises(KLExactError, match="must differ from the data's symbols; found p in both"):
            fit(Distribution([1 - p, p]), family)


def test_conditions_of_a_symbolic_optimum() -> None:
    assert fit(Distribution.symbolic("q", 3), binomial(2)).certificate.conditions == ()  # q is a distribution: enough
    inner = custom([T, 1 - T], T, Interval(Rational(1, 3), 1))
    conditions = fit(Distribution([S, 1 - S]), inner).certificate.conditions
    assert [bool(c.subs(S, Rational(1, 4))) for c in conditions].count(False) == 1
    assert all(c.subs(S, Rational(1, 2)) for c in conditions)
