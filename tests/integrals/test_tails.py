"""Cuts are beyond the start, as far as is needed, and what lies beyond is bounded."""

import pytest
import sympy
from flint import arb
from sympy import S, Symbol, log

from klexact.errors import DivergentError, UndecidedError
from klexact.integrals.germs import Germ
from klexact.integrals.tails import Tail

V = Symbol("v", real=True)


@pytest.mark.parametrize("bits", [10, 100, 1000])
def test_the_bound_holds_and_the_cut_is_not_far(bits: int) -> None:
    place, rest = Tail(-(V**2), S.One, V, "f").cut(S.Zero, bits, Germ.tail_integral)
    assert rest < arb(2) ** -bits
    exact = arb(place).erfc() * arb.pi().sqrt() / 2
    assert exact < rest
    closer = place * 3 // 4  # the tail from there on is too large
    assert arb(closer).erfc() > arb(2) ** -bits or bits == 10


def test_the_cut_is_beyond_the_start() -> None:
    place, _ = Tail(-V, S.One, V, "f").cut(sympy.exp(8), 10, Germ.tail_integral)
    assert place > 2980


def test_decay() -> None:
    assert Tail(-V / 10**9, V**5, V, "f").decays(S.Zero)
    assert not Tail(-2 * log(V), S.One, V, "f").decays(S.Zero)
    assert not Tail(-(log(V) ** 2), S.One, V, "f").decays(S.Zero)
    with pytest.raises(DivergentError, match="f diverges to -∞ towards oo"):
        Tail(S.Zero, -log(V), V, "f").decays(S.Zero)


def test_no_cut_without_a_proof() -> None:
    with pytest.raises(UndecidedError, match="found none for f towards 1"):
        Tail(-2 * log(V), S.One, V, "f", S.One).cut(S.Zero, 60, Germ.tail_integral)
