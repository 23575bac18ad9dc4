"""All golden functions by name."""

from collections.abc import Mapping

from klexact.golden import exponentials, lawpairs, optima, sums
from klexact.golden.function import Function

__all__ = ["FUNCTIONS"]

FUNCTIONS: Mapping[str, Function] = {
    f.name: f for f in (*sums.FUNCTIONS, *exponentials.FUNCTIONS, *optima.FUNCTIONS, *lawpairs.FUNCTIONS)
}
