"""What the distribution objects of PyTorch and TensorFlow Probability share: parameters are tensors, read as they are held.

One object holds one distribution; a batch of them is refused, except that `Independent` over one dimension of a
batch is the product of its members. Weights of a categorical law need not sum to exactly 1: both libraries divide by the sum,
and so does klexact, exactly. Logits give probabilities e^x/Σe^x, exactly, too.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr, Matrix, S, Tuple, exp

from klexact import laws
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError
from klexact.interop.exchange import unknown
from klexact.lawnames import Named
from klexact.laws import Law
from klexact.laws.law import table
from klexact.laws.parameters import Parameters, number

__all__ = ["SHARED", "Held", "Reader", "covariance"]

_LENGTHS = {"dirichlet": 1}  # how many dimensions a parameter has; else none


@dataclass(frozen=True)
class Held:
    """A distribution object, and which member of its batch is meant."""

    x: Any
    by_probabilities: bool
    member: tuple[int, ...] = ()

    def __call__(self, name: str, dimensions: int = 0) -> Any:
        """Return a parameter as exact numbers: one, or lists of them."""
        return _exact(self.raw(name, dimensions), name)

    def raw(self, name: str, dimensions: int) -> Any:
        """Return a parameter as the doubles it holds; refuse a batch."""
        value = _listed(getattr(self.x, name))
        for i in self.member if _depth(value) > dimensions else ():
            value = value[i]
        if _depth(value) != dimensions:
            raise InvalidDistributionError(
                f"one distribution at a time is read; found a {type(self.x).__name__} with {name} of {_depth(value)} "
                f"dimensions, not {dimensions}: pick a member of the batch"
            )
        return value

    def share(self) -> Expr:
        """Return the probability of success, held as such or as a logit."""
        return self("probs") if self.by_probabilities else 1 / (1 + exp(-self("logits")))

    def shares(self) -> list[Expr]:
        """Return probabilities: the weights divided by their sum, or of logits."""
        if self.by_probabilities:
            weights = self("probs", 1)
        else:
            weights = [S.Zero if x == -math.inf else exp(number(x, "a logit")) for x in self.raw("logits", 1)]
        total = sympy.Add(*weights)
        return [w / total for w in weights]

    def categorical(self) -> Distribution | Law:
        """Return the law of one of n outcomes: a Distribution where the probabilities are rational."""
        return self._finite(range(len(shares := self.shares())), shares)

    def one_hot(self) -> Distribution | Law:
        """Return the same law on vectors with a single 1."""
        n = len(shares := self.shares())
        return self._finite((tuple(int(i == k) for i in range(n)) for k in range(n)), shares)

    def _finite(self, outcomes: Iterable[Hashable], shares: list[Expr]) -> Distribution | Law:
        masses = dict(zip(outcomes, shares, strict=True))
        if self.by_probabilities:
            return Distribution(masses)
        given = Parameters({"probabilities": Tuple(*shares)}, ())
        return table("finite", given, {sympy.sympify(x): p for x, p in masses.items()})


SHARED: Mapping[str, Callable[[Held], Any]] = {
    "Bernoulli": lambda h: laws.bernoulli(h.share()),
    "Binomial": lambda h: laws.binomial(h("total_count"), h.share()),
    "Categorical": Held.categorical,
    "ContinuousBernoulli": lambda h: laws.continuous_bernoulli(h.share()),
    "Geometric": lambda h: laws.geometric(h.share()),
    "Multinomial": lambda h: laws.multinomial(h("total_count"), _completed(h.shares())),
    "NegativeBinomial": lambda h: laws.negative_binomial(h("total_count"), 1 - h.share()),
    "OneHotCategorical": Held.one_hot,
}


@dataclass(frozen=True)
class Reader:
    """How a library's distributions are read.

    `laws` have parameters that correspond one to one, `others` are made of what is `Held`; `by_probabilities(x)` tells
    whether an object was given probabilities, not logits.
    """

    library: str
    laws: Mapping[str, Named]
    others: Mapping[str, Callable[[Held], Any]]
    by_probabilities: Callable[[Any], bool]

    def __call__(self, x: Any, member: tuple[int, ...] = ()) -> Any:
        """Return the law of an object, or of a member of its batch."""
        kind = type(x).__name__
        if type(x).__module__.partition(".")[0] != self.library.partition(".")[0]:
            raise unknown(f"{kind}, a class of your own over one of {self.library}", self.known)
        held = Held(x, self.by_probabilities(x), member)
        if kind in self.others:
            return self.others[kind](held)
        for law, (name, parameters) in self.laws.items():
            if name == kind:
                return getattr(laws, law)(*(held(p, _LENGTHS.get(law, 0)) for p in parameters))
        raise unknown(f"{self.library}.{kind}", self.known)

    @property
    def known(self) -> set[str]:
        """The names of the classes that are read."""
        return {*self.others, *(name for name, _ in self.laws.values())}

    def independent(self, base: Any, dimensions: int) -> Law:
        """Return the product of the members of a batch."""
        shape = tuple(base.batch_shape)
        if len(shape) != 1 or dimensions != 1:
            raise InvalidDistributionError(
                f"Independent is read over the one dimension of a batch; found {dimensions} of a batch of shape {shape}"
            )
        return laws.product(*(self(base, (i,)) for i in range(shape[0])))


def covariance(factor: list[list[Expr]]) -> Any:
    """Return F·Fᵀ.

    >>> covariance([[1, 0], [2, 1]])
    Matrix([
    [1, 2],
    [2, 5]])
    """
    root = Matrix(factor)
    return root * root.T


def _completed(shares: list[Expr]) -> list[Expr]:
    """Return the shares with the last as what the others leave: irrational ones show that they sum to 1."""
    return [*shares[:-1], 1 - sympy.Add(*shares[:-1])]


def _listed(value: Any) -> Any:
    found = value if hasattr(value, "tolist") or not hasattr(value, "numpy") else value.numpy()
    return found.tolist() if hasattr(found, "tolist") else found


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) and value else 0


def _exact(value: Any, name: str) -> Any:
    return [_exact(part, name) for part in value] if isinstance(value, list) else number(value, name)
