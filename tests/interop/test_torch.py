"""Objects of torch.distributions, both ways; without PyTorch the tests are skipped."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import sympy
from sympy import Rational, Symbol, exp, log, oo

from klexact import Distribution, KLExactError, decimal, entropy, kl_divergence, laws
from klexact.errors import InvalidDistributionError
from klexact.interop import to_torch, understood
from klexact.lawnames import TORCH
from klexact.laws import Law
from tests.laws.draws import DRAWS, drawn
from tests.peers.libraries import _in_torch
from tests.peers.pairs import DRAWS as VALUES
from tests.peers.pairs import OF_TORCH, law

torch: Any = pytest.importorskip("torch")
d = torch.distributions


def t(x: Any) -> Any:
    return torch.tensor(x, dtype=torch.float64)


@pytest.mark.parametrize("name", sorted({name for pair in OF_TORCH for name in pair}))
@pytest.mark.parametrize("seed", range(3))
def test_objects_are_read_as_they_are(name: str, seed: int) -> None:
    values = VALUES[name](Random(f"{name} {seed}"))
    found, expected = understood(_in_torch(torch, name, values)), law(name, values)
    if name == "OneHotCategorical":
        assert Distribution(found).pushforward(lambda x: x.index(1)) == Distribution(expected)
    else:
        assert found == expected or Distribution(found) == Distribution(expected)


HAS = sorted(set(DRAWS) & {*TORCH, "kumaraswamy", "von_mises"})


@pytest.mark.parametrize("name", HAS)
def test_laws_there_and_back(name: str) -> None:
    ours = drawn(name, "torch")
    theirs = to_torch(ours)
    again = to_torch(understood(theirs))
    assert type(again) is type(theirs)
    for key in theirs.arg_constraints:
        if key in vars(theirs) or key not in {"logits", "probs"}:
            assert torch.equal(getattr(again, key), getattr(theirs, key)), key
    at = theirs.sample()
    if name != "categorical":
        value = float(sympy.N(sympy.log(_density(ours, at)), 20))
        # sums below 100 of a few terms within a few ulps, at parameters within half an ulp; PyTorch's Bessel functions are
        # polynomials good to 2e-7 (Abramowitz & Stegun 9.8)
        tolerance = 1e-6 if name == "von_mises" else 1e-10
        assert float(theirs.log_prob(at)) == pytest.approx(value, rel=tolerance, abs=tolerance)


def _density(ours: Law, at: Any) -> sympy.Expr:
    x = sympy.Float(float(at), 30)
    return exp(sympy.Add(*(c * s.xreplace({Law.variable: x}) for s, c in ours.log_density.items())))


def test_values_of_other_precisions() -> None:
    assert understood(d.Normal(0.1, 1.0)) == laws.normal(Rational(float(torch.tensor(0.1))), 1)
    half = torch.tensor(0.1, dtype=torch.bfloat16)
    assert understood(d.Poisson(half)) == laws.poisson(Rational(float(half)))


def test_weights_and_logits() -> None:
    tenths = d.Categorical(t([0.1, 0.2, 0.7]))
    weights = [Rational(float(p)) for p in tenths.probs]
    assert understood(tenths) == Distribution.from_weights(weights)
    assert understood(d.Bernoulli(logits=t(1.0))) == laws.bernoulli(1 / (1 + exp(-1)))
    p, q = (d.Categorical(logits=t(x)) for x in ([0.0, 1.0, 2.0, -float("inf")], [1.0, 0.0, 0.5, 2.0]))
    assert float(decimal(kl_divergence(p, q), 17)) == pytest.approx(float(d.kl_divergence(p, q)), rel=1e-14)
    assert kl_divergence(q, p) is oo
    one, other = (d.OneHotCategorical(logits=t(x)) for x in ([0.0, 1.0], [1.0, 0.0]))
    assert float(decimal(kl_divergence(one, other), 17)) == pytest.approx(float(d.kl_divergence(one, other)), rel=1e-14)
    assert float(decimal(entropy(d.Multinomial(1, logits=t([0.0, 1.0]))), 17)) == pytest.approx(
        float(decimal(entropy(d.Bernoulli(logits=t(1.0))), 17)), rel=1e-12
    )
    seen = d.Bernoulli(t(0.25))
    assert float(seen.logits) < 0  # computed from the probability, which it was given
    assert understood(seen) == laws.bernoulli("1/4")


OTHERS: list[tuple[Any, Law]] = [
    (d.NegativeBinomial(3, t(0.25)), laws.negative_binomial(3, "3/4")),
    (d.Multinomial(3, t([0.25, 0.75])), laws.multinomial(3, ["1/4", "3/4"])),
    (d.Wishart(t(3.0), t([[2.0, 1.0], [1.0, 2.0]])), laws.wishart(3, [[2, 1], [1, 2]])),
    (
        d.MultivariateNormal(t([0.0, 1.0]), precision_matrix=t([[2.0, 1.0], [1.0, 2.0]])),
        laws.multivariate_normal([0, 1], [["2/3", "-1/3"], ["-1/3", "2/3"]]),
    ),
    (d.TransformedDistribution(d.Normal(t(0.0), t(1.0)), [d.AffineTransform(1.0, 2.0)]), laws.normal(1, 2)),
    (
        d.Independent(d.Normal(t([0.0, 1.0]), t(1.0)), 1),
        laws.product(laws.normal(0, 1), laws.normal(1, 1)),
    ),
]


@pytest.mark.parametrize(("theirs", "ours"), OTHERS, ids=[type(x).__name__ for x, _ in OTHERS])
def test_other_classes(theirs: Any, ours: Law) -> None:
    assert understood(theirs) == ours


Mine: Any = type("Mine", (d.Normal,), {"__module__": "mine"})
REFUSED: dict[str, Callable[[], Any]] = {
    "found torch.distributions.StudentT:": lambda: d.StudentT(3.0),
    "found torch.distributions.RelaxedBernoulli:": lambda: d.RelaxedBernoulli(t(1.0), t(0.5)),
    "found Mine, a class of your own over one of torch.distributions": lambda: Mine(0.0, 1.0),
    "one distribution at a time is read; found a Normal with loc of 1 dimensions, not 0": lambda: d.Normal(
        t([0.0, 1.0]), 1.0
    ),
    "found a TransformedDistribution with TanhTransform": lambda: d.TransformedDistribution(
        d.Normal(0.0, 1.0), [d.transforms.TanhTransform()]
    ),
    "Independent is read over the one dimension of a batch": lambda: d.Independent(d.Normal(t([[0.0, 1.0]]), 1.0), 2),
}


@pytest.mark.parametrize("message", REFUSED)
def test_others_are_refused_by_name(message: str) -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        entropy(REFUSED[message]())
    assert message in str(caught.value)


def test_exports() -> None:
    theirs = to_torch(Distribution({"a": "1/4", "b": "3/4"}))
    assert entropy(theirs) == 2 * log(2) - 3 * log(3) / 4
    with pytest.raises(KLExactError, match=r"torch.distributions must have the law; found moyal"):
        to_torch(laws.moyal(0, 1))
    with pytest.raises(KLExactError, match="found the parameters s"):
        to_torch(laws.normal(0, Symbol("s")))
