"""Masses of disjoint components, in both directions: against the general way, by substitution, and at infinite distances."""

from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import EmptySet, FiniteSet, Interval, Rational, Symbol, oo, sqrt

from klexact import Distribution, decimal, fit, forms, order
from klexact.families import custom, mixture, parts, two_part
from klexact.optima.certificate import location_decimal
from tests.property.strategies import distributions

W = Symbol("w")
ENDS = [Distribution({0: "1/2", 1: "1/3", 2: "1/6"}), Distribution({3: "1/4", 4: "3/4"})]
GENERAL = custom({0: W / 2, 1: W / 3, 2: W / 6, 3: (1 - W) / 4, 4: 3 * (1 - W) / 4}, W, Interval(0, 1))


@settings(max_examples=8, derandomize=True)
@given(distributions(5, 5, zeros=False), st.sampled_from(["forward", "reverse"]))
def test_the_closed_form_is_what_the_general_way_finds(data: Distribution, objective: str) -> None:
    """Gibbs' inequality on one side; zeros of the derivative, isolated or exponentiated, on the other."""
    quick, general = (fit(data, family, objective=objective) for family in (mixture(*ENDS), GENERAL))
    assert "Gibbs" in quick.explain() or objective == "forward"
    # both are exact; radicals and roots of high degree are compared to 50 digits
    assert location_decimal(quick.argmin, 50) == location_decimal(general.argmin, 50)
    assert decimal(quick.value, 50) == decimal(general.value, 50)


EXACT: list[tuple[str, list[Any], list[list[int]], Any]] = [
    ("geometric means", ["1/2", "1/3", "1/6"], [[0], [1, 2]], 3 / (2 * sqrt(2) + 3)),
    ("uniform data", ["1/4"] * 4, [[0], [1, 2, 3]], Rational(1, 4)),
    ("the data are a member", ["1/5", "2/5", "2/5"], [[0], [1, 2]], Rational(1, 5)),
    ("a component out of reach", ["1/2", "1/2", 0], [[0, 1], [2]], 1),
    ("the other component out of reach", [0, "1/3", "2/3"], [[0], [1, 2]], 0),
    ("partly out of reach is out of reach", ["1/3", 0, "2/3"], [[0, 1], [2]], 0),
]


@pytest.mark.parametrize(("data", "blocks", "argmin"), [e[1:] for e in EXACT], ids=[e[0] for e in EXACT])
def test_reverse_of_two_blocks(data: list[Any], blocks: list[list[int]], argmin: Any) -> None:
    found = fit(Distribution(data), two_part(*blocks), objective="reverse")
    assert sympy.radsimp(found.argmin - argmin) == 0
    assert found.argmins == FiniteSet(found.argmin)
    if sympy.sympify(argmin).is_rational:
        assert order(found.value, forms.kl_divergence(found.model, Distribution(data))) == 0


def test_every_component_out_of_reach_is_infinite() -> None:
    found = fit(Distribution(["1/2", 0, "1/2", 0]), two_part([0, 1], [2, 3]), objective="reverse")
    assert (found.divergence, found.argmins) == (oo, EmptySet)
    assert "+∞ for every parameter" in found.explain()


@settings(max_examples=15, derandomize=True)
@given(distributions(6, 6, zeros=False), distributions(3, 3))
def test_the_identity_that_proves_it(data: Distribution, masses: Distribution) -> None:
    """D(Q_θ‖P) = D(θ‖g/Z) - log Z for every θ, summed naively."""
    blocks = [[0, 5], [1, 2, 3], [4]]
    found = fit(data, parts(*blocks), objective="reverse")
    theta = [masses[i] for i in range(3)]
    model = parts(*blocks).at(*theta[:2])
    with mpmath.workdps(60):
        best = [mpmath.mpf(location_decimal(x, 55)) for x in found.argmin]
        best.append(1 - best[0] - best[1])

        def number(x: sympy.Rational) -> Any:
            return mpmath.mpf(int(x.p)) / int(x.q)

        pairs = [(number(model[x]), number(data[x])) for x in range(6)]
        left = mpmath.fsum(q * mpmath.log(q / p) for q, p in pairs if q)
        gap = mpmath.fsum(number(a) * mpmath.log(number(a) / b) for a, b in zip(theta, best, strict=True) if a)
        # 55 digits of each, of which cancellation in the last mass may lose as many as its size has: 2**60 below 1 at most
        assert abs(left - gap - mpmath.mpf(decimal(found.value, 55))) < mpmath.mpf(10) ** -34


@pytest.mark.parametrize("objective", ["forward", "reverse", "cross-entropy"])
def test_symbolic_data_by_substitution(objective: str) -> None:
    data = Distribution.symbolic("p", 4)
    symbols = sorted(data.free_symbols, key=str)
    point = dict(zip(symbols, (Rational(1, 5), Rational(1, 10), Rational(1, 2)), strict=True))
    for family in (two_part([0, 1], [2, 3]), parts([0], [1, 3], [2])):
        found, numeric = (fit(d, family, objective=objective) for d in (data, data.subs(point)))
        known, wanted = (x if isinstance(x, sympy.Tuple) else sympy.Tuple(x) for x in (found.argmin, numeric.argmin))
        assert all(order(a.subs(point), b) == 0 for a, b in zip(known, wanted, strict=True))
        assert order(found.divergence.subs(point), numeric.divergence) == 0


def test_the_argument_in_words_and_in_latex() -> None:
    found = fit(Distribution(["1/2", "1/3", "1/6"]), two_part([0], [1, 2], Symbol("w_1")), objective="reverse")
    assert found.explain().splitlines()[1:] == [
        "D(Q_θ‖P) = D(θ‖g/Z) - log Z identically in θ, with g_c = exp(-D(component c‖P)): 1/2, sqrt(2)/3, and Z their sum",
        "D(θ‖g/Z) >= 0, and = 0 only at θ = g/Z (Gibbs' inequality)",
        "so the unique global minimum is at w_1 = 3/(2*sqrt(2) + 3)",
    ]
    latex = found.derivation.latex()
    assert r"\text{D(Q\_θ‖P) = D(θ‖g/Z) - log Z identically in θ" in latex
    assert r"\text{the unique global minimum is at w\_1 = 3/(2*sqrt(2) + 3)}" in latex
