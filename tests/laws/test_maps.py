"""Functions that can be undone: inverses, directions, refusals."""

import pytest
import sympy
from sympy import Rational, S, exp, log, oo
from sympy.abc import x

from klexact.errors import InvalidFamilyError
from klexact.laws.maps import direction, undone

y = sympy.Symbol("y", positive=True)
CHAINS = [
    (exp(x), -oo, oo, 1),
    (3 - 2 * x, -oo, oo, -1),
    (1 / (1 + exp(-x)), -oo, oo, 1),
    (x ** Rational(3, 2), S.Zero, oo, 1),
    (1 / x, S.Zero, oo, -1),
    (log(1 + 1 / x), S.Zero, oo, -1),
    (Rational(1, 2) ** x, -oo, oo, -1),
    (2**x, S.Zero, S.One, 1),
    ((x - 1) ** 2, S.One, oo, 1),
]


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chains_are_undone_and_have_the_sign_of_their_derivative(chain: tuple[sympy.Expr, ...]) -> None:
    f, low, high, turned = chain
    at = Rational(1, 3) if high is not oo else S(4) / 3
    assert direction(f, x, low, high, attained=False) == turned == sympy.sign(sympy.diff(f, x).subs(x, at))
    assert abs(sympy.N(undone(f, x, f.subs(x, at)) - at, 30)) < 1e-28


@pytest.mark.parametrize("f", [x + x**2, sympy.sin(x), x * exp(x), S(3), (-2) ** x * y, x - exp(x), sympy.Abs(x)])
def test_what_is_no_chain_is_refused(f: sympy.Expr) -> None:
    with pytest.raises(InvalidFamilyError):
        direction(f, x, S.Zero, S.One, attained=False)


def test_what_is_not_real_or_not_one_to_one_is_refused() -> None:
    for f, low in ((x**2, -S.One), (log(x - 1), S.Zero), (x**-2, -S.One), (sympy.sqrt(x), -S.One)):
        with pytest.raises(InvalidFamilyError, match="must be real and one-to-one on the support"):
            direction(f, x, low, oo, attained=False)
    assert direction(1 / x, x, S.Zero, oo, attained=False) == -1
    with pytest.raises(InvalidFamilyError, match="found power of values from 0 to oo"):
        direction(1 / x, x, S.Zero, oo, attained=True)
