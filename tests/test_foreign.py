"""The door for objects of other libraries: nothing is loaded but for objects of theirs, and all errors say what to do."""

import subprocess
import sys
from typing import Any

import pytest

import klexact.interop
from klexact import Distribution, KLExactError, entropy, rounding
from klexact.errors import InvalidDistributionError
from klexact.foreign import observations, understood


class Odd:
    """A class of nobody's."""


@pytest.mark.parametrize("x", [3, "abba", [1, 2], {"a": 1}, Distribution.uniform(2), Odd(), None, ()])
def test_anything_else_is_left_alone(x: Any) -> None:
    assert understood(x) is x
    assert observations(x) is x


def test_no_library_is_loaded_for_nothing() -> None:
    code = """
import sys
from collections import Counter
from statistics import NormalDist
from klexact import Distribution, entropy, fit, laws
from klexact.families import binomial
import klexact.interop
fit(Distribution.from_counts(Counter("abb")), Distribution({"a": "1/2", "b": "1/2"}))
klexact.interop.to_counter(Distribution.uniform(2)); entropy(NormalDist())
print([m for m in ("numpy", "pandas", "scipy", "sympy.stats", "torch", "jax") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_missing_library_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        KLExactError, match=r"pandas is needed, which is not installed: pip install 'klexact\[interop\]'"
    ):
        klexact.interop.to_pandas(Distribution.uniform(2))


def test_names_of_the_package() -> None:
    assert all(callable(getattr(klexact.interop, name)) for name in klexact.interop.__all__ if name != "to_torch")
    with pytest.raises(AttributeError, match="no attribute 'to_excel'"):
        klexact.interop.to_excel  # noqa: B018
    with pytest.raises(InvalidDistributionError, match="a sequence or a mapping of probabilities is required; found <"):
        entropy(Odd())


def test_rounding_is_correct() -> None:
    import sympy

    assert rounding.double(sympy.Rational(2**53 + 1, 2**53)) == 1.0  # a tie, to even
    assert rounding.double(sympy.Rational(2**54 + 3, 2**54)) == 1 + 2**-52
    with pytest.raises(KLExactError, match="numbers must be in the range of doubles; found exp"):
        rounding.double(sympy.exp(1000))
