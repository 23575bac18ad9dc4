"""Where the pinned libraries disagree with a certified value: the call, what it prints, and the laws that it is about."""

from dataclasses import dataclass

from tests.peers.pairs import Values

TORCH = "import torch\nfrom torch.distributions import *\nt = lambda x: torch.tensor(x, dtype=torch.float64)\n"
TFP = (
    'import jax\njax.config.update("jax_enable_x64", True)\n'
    "from tensorflow_probability.substrates.jax import distributions as tfd\nt = jax.numpy.float64\n"
)


@dataclass(frozen=True)
class Finding:
    """A disagreement: `call` is the lines that print it, `said` what they print."""

    library: str
    p: tuple[str, Values]
    q: tuple[str, Values]
    call: str
    said: str
    why: str

    @property
    def code(self) -> str:
        """The lines that reproduce it."""
        if self.library == "tfp":
            return f"{TFP}print(float(tfd.kl_divergence({self.call})))"
        return f"{TORCH}print(kl_divergence({self.call}).item())"


def _torch(p: tuple[str, Values], q: tuple[str, Values], call: str, said: str, why: str) -> Finding:
    return Finding("torch", p, q, call, said, why)


CANCELS = "terms that nearly cancel are added in double precision"
CLAMPED = "probabilities are clamped to [2^-52, 1 - 2^-52]"
FINDINGS = (
    _torch(
        ("Poisson", (0.0,)),
        ("Poisson", (1.0,)),
        "Poisson(t(0.)), Poisson(t(1.))",
        "nan",
        "0·log 0 in the formula; rate 0 is a valid parameter",
    ),
    _torch(
        ("Binomial", (5, 1.0)),
        ("Binomial", (5, 0.5)),
        "Binomial(5, t(1.)), Binomial(5, t(.5))",
        "-inf",
        "0·log 0 in the formula; a divergence is never negative",
    ),
    _torch(
        ("ContinuousBernoulli", (0.3,)),
        ("Uniform", (0.0, 1.0)),
        "ContinuousBernoulli(t(.3)), Uniform(t(0.), t(1.))",
        "inf",
        "equal supports are taken for supports that stick out",
    ),
    _torch(
        ("Uniform", (0.0, 1.0)),
        ("ContinuousBernoulli", (0.3,)),
        "Uniform(t(0.), t(1.)), ContinuousBernoulli(t(.3))",
        "inf",
        "equal supports are taken for supports that stick out",
    ),
    _torch(
        ("Normal", (0.0, 1.0)),
        ("Normal", (0.0, 1e-200)),
        "Normal(t(0.), t(1.)), Normal(t(0.), t(1e-200))",
        "nan",
        "∞ - ∞ after an overflow; the value is finite and above the largest double, so it rounds to inf",
    ),
    _torch(
        ("Normal", (0.0, 1.0)),
        ("Normal", (1e-9, 1.0)),
        "Normal(t(0.), t(1.)), Normal(t(1e-9), t(1.))",
        "0.0",
        CANCELS,
    ),
    _torch(
        ("Beta", (2.0, 3.0)),
        ("Beta", (2 + 1e-8, 3.0)),
        "Beta(t(2.), t(3.)), Beta(t(2 + 1e-8), t(3.))",
        "3.700743393359039e-16",
        CANCELS,
    ),
    _torch(
        ("Beta", (1e6, 1e6)),
        ("Beta", (1e6 + 1, 1e6)),
        "Beta(t(1e6), t(1e6)), Beta(t(1e6 + 1), t(1e6))",
        "2.555459897024548e-07",
        CANCELS,
    ),
    _torch(
        ("Geometric", (1e-8,)),
        ("Geometric", (2e-8,)),
        "Geometric(t(1e-8)), Geometric(t(2e-8))",
        "0.3068526777190286",
        CANCELS,
    ),
    _torch(
        ("Poisson", (1e6,)),
        ("Poisson", (1e6 + 1,)),
        "Poisson(t(1e6)), Poisson(t(1e6 + 1))",
        "4.999046723241918e-07",
        CANCELS,
    ),
    _torch(
        ("Bernoulli", (0.5,)),
        ("Bernoulli", (1e-30,)),
        "Bernoulli(t(.5)), Bernoulli(t(1e-30))",
        "17.32867951399863",
        CLAMPED,
    ),
    Finding(
        "tfp",
        ("ContinuousBernoulli", (0.546875,)),
        ("ContinuousBernoulli", (0.359375,)),
        "tfd.ContinuousBernoulli(probs=t(.546875)), tfd.ContinuousBernoulli(probs=t(.359375))",
        "0.024411257962444644",
        "the mean is taken from its Laurent polynomial at 1/2, too short for logits of 0.19: 0.51566178, true 0.51566179",
    ),
)
