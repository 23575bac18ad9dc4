"""Where the pinned libraries disagree with the exact value of a golden function: the line that prints it, and two proofs.

The exact value is klexact's, and that of a few lines of plain Python which use nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

import klexact
from klexact import bulk, laws

JAX = 'import jax; jax.config.update("jax_enable_x64", True); import jax.numpy as jnp; '
KERAS = f'import os; os.environ["KERAS_BACKEND"] = "jax"; {JAX}import keras; '
TORCH = (
    "import torch; import torch.nn.functional as F; from torch.distributions import Categorical, kl_divergence; "
    "t = lambda x: torch.tensor(x, dtype=torch.float64); "
)
DIT = "import dit; "
TORCHMETRICS = (
    "import torch; from torchmetrics.functional import kl_divergence; "
    "t = lambda x: torch.tensor([x], dtype=torch.float64); "
)
NUMPYRO = f"{JAX}import numpyro.distributions as d; "
TFP = f"{JAX}from tensorflow_probability.substrates.jax import distributions as d; "
SKLEARN = "import numpy as np; from sklearn.metrics import mutual_info_score; "

PINNED = {  # distribution -> version that the findings hold for
    "dit": "2.3",
    "jax": "0.10.2",
    "keras": "3.15.1",
    "numpyro": "0.22.0",
    "optax": "0.2.8",
    "scikit-learn": "1.9.1",
    "scipy": "1.17.1",
    "tfp-nightly": "0.26.0.dev20261027",
    "torch": "2.13.0",
    "torchmetrics": "1.9.0",
}


PLAIN = """from mpmath import *
mp.prec = 2400  # doubles are exact here, and so are their quotients, nearly
kl = lambda p, q: fsum(mpf(a) * (log(a) - log(b)) for a, b in zip(p, q) if a)
h = lambda p: -fsum(mpf(a) * log(a) for a in p if a)
normal = lambda p: [a / fsum(p) for a in p]
js = lambda p, q: (kl(p, [(mpf(a) + b) / 2 for a, b in zip(p, q)]) + kl(q, [(mpf(a) + b) / 2 for a, b in zip(p, q)])) / 2
mi = lambda t: h(normal([*map(sum, t)])) + h(normal([*map(sum, zip(*t))])) - h(normal(sum(t, [])))
"""


@dataclass(frozen=True)
class GoldenFinding:
    """A disagreement.

    `line` prints what `distribution` says, `said`; `exact()` is the value, `decimal` its first 20 digits (oo, -oo and 0 as
    such); `plain` is the same in the words of `PLAIN`.
    """

    distribution: str
    line: str
    said: str
    decimal: str
    exact: Callable[[], Any]
    plain: str
    why: str

    @property
    def confirmation(self) -> str:
        """Lines of plain Python that print the value to 20 digits."""
        return f"{PLAIN}print(nstr(mpf({self.plain}), 20))"


def _exact(p: list[float]) -> list[Fraction]:
    return [Fraction(x) for x in p]


def _normal(p: list[float]) -> list[Fraction]:
    exact = _exact(p)
    return [x / sum(exact) for x in exact]


def _kl(p: list[float], q: list[float], variant: str = "raw") -> Callable[[], Any]:
    return lambda: klexact.kl_divergence(_exact(p), _exact(q), variant=variant)


def _mutual_information(joint: list[list[int]]) -> Callable[[], Any]:
    total = sum(map(sum, joint))
    outcomes = {(i, j): Fraction(n, total) for i, row in enumerate(joint) for j, n in enumerate(row)}
    return lambda: klexact.mutual_information(klexact.Distribution(outcomes))


def _slope_at_zero() -> Any:
    x = sympy.Symbol("x", positive=True)
    return sympy.limit(sympy.diff(klexact.rel_entr(x, sympy.Rational(1, 2)), x), x, 0, "+")


@cache
def _million() -> str:
    """Return D of the uniform distribution on 1, ..., 10^6 from the one that is proportional to them, to 20 digits."""
    return klexact.decimal(bulk.kl_divergence([1] * 10**6, range(1, 10**6 + 1)), 20)


MILLION = "log(mpf(10**6 + 1) / 2) - loggamma(10**6 + 1) / 10**6"
OVERFLOWS = "p/q overflows although p log(p/q) does not"
FLUSHED = "a subnormal q is taken for 0"
CANCELS = "p log p - p log q is rounded before it cancels"
CLIPPED = "both arguments are clipped to [1e-7, 1], as an example in its documentation does"
CLAMPED = "probabilities are clamped to [2^-52, 1 - 2^-52] (float32: 2^-23)"

GOLDEN_FINDINGS = (
    GoldenFinding(
        "scipy",
        "from scipy.special import kl_div; print(float(kl_div(1e-300, 1e300)))",
        "-inf",
        "1.0000000000000000525e+300",
        lambda: klexact.kl_div(Fraction(1e-300), Fraction(1e300)),
        "1e-300 * log(mpf(1e-300) / 1e300) - 1e-300 + mpf(1e300)",
        "p/q underflows to 0; rel_entr was repaired in 2024, kl_div was not",
    ),
    GoldenFinding(
        "scipy",
        "from scipy.special import kl_div; print(float(kl_div(4.0, 2.2e-308)))",
        "inf",
        "2835.1761825716867642",
        lambda: klexact.kl_div(Fraction(4), Fraction(2.2e-308)),
        "4 * log(4 / mpf(2.2e-308)) - 4 + mpf(2.2e-308)",
        OVERFLOWS,
    ),
    GoldenFinding(
        "scipy",
        "from scipy.special import kl_div; print(float(kl_div(0.5, 1e-310)))",
        "inf",
        "356.05411582379710990",
        lambda: klexact.kl_div(Fraction(0.5), Fraction(1e-310)),
        "0.5 * log(0.5 / mpf(1e-310)) - 0.5 + mpf(1e-310)",
        OVERFLOWS,
    ),
    GoldenFinding(
        "scipy",
        "from scipy.special import kl_div; print(float(kl_div(0.5, 0.5 + 2**-40)))",
        "0.0",
        "8.2718061255202458636e-25",
        lambda: klexact.kl_div(Fraction(0.5), Fraction(0.5 + 2**-40)),
        "0.5 * log(0.5 / mpf(0.5 + 2**-40)) + mpf(2)**-40",
        "p log(p/q) is rounded before - p + q cancels it",
    ),
    GoldenFinding(
        "scipy",
        "from scipy.spatial.distance import jensenshannon; print(float(jensenshannon([0.01, 0.04, 0.95], "
        "[0.0100000001, 0.0399999999, 0.95])))",
        "nan",
        "3.9528470657182820127e-10",
        lambda: sympy.sqrt(
            klexact.jensen_shannon_divergence(_normal([0.01, 0.04, 0.95]), _normal([0.0100000001, 0.0399999999, 0.95]))
        ),
        "sqrt(js(normal([0.01, 0.04, 0.95]), normal([0.0100000001, 0.0399999999, 0.95])))",
        "the divergence is rounded below 0, and its square root taken",
    ),
    GoldenFinding(
        "scipy",
        "from scipy.spatial.distance import jensenshannon; print(float(jensenshannon([0.0, 1.0], [5e-324, 1.0])))",
        "inf",
        "1.3085492146388467240e-162",
        lambda: sympy.sqrt(klexact.jensen_shannon_divergence(_normal([0, 1]), _normal([5e-324, 1]))),
        "sqrt(js(normal([0, 1]), normal([5e-324, 1])))",
        "the mean of 0 and 5e-324 is rounded to 0",
    ),
    GoldenFinding(
        "scipy",
        "from scipy.stats import entropy; print(float(entropy([0.01, 0.09, 0.9], [0.0100000001, 0.0899999999, 0.9])))",
        "-4.648614900057673e-18",
        "5.5555554204118221841e-19",
        _kl([0.01, 0.09, 0.9], [0.0100000001, 0.0899999999, 0.9], "normalised"),
        "kl(normal([0.01, 0.09, 0.9]), normal([0.0100000001, 0.0899999999, 0.9]))",
        "a divergence is never negative: terms that nearly cancel are added in double precision",
    ),
    GoldenFinding(
        "torch",
        f'{TORCH}print(float(F.kl_div(t([0.0, 1.0]).log(), t([0.0, 1.0]), reduction="sum")))',
        "nan",
        "0",
        _kl([0, 1], [0, 1]),
        "kl([0, 1], [0, 1])",
        "0·(-∞) where target and exp(input) are both 0",
    ),
    GoldenFinding(
        "torch",
        f'{TORCH}print(float(F.kl_div(t([0.5, 0.5]).log(), t([0.0, 1.0]).log(), reduction="sum", log_target=True)))',
        "nan",
        "0.69314718055994528623",
        lambda: -sympy.Rational(Fraction(-0.6931471805599453)),
        "-mpf(-0.6931471805599453)",  # the term of p = 1; the other one is 0
        "0·(-∞) where the target is log 0",
    ),
    GoldenFinding(
        "torch",
        f"{TORCH}p, q = t([0.125, 0.15625, 0.71875]), t([0.125 + 2**-35, 0.15625 - 2**-35, 0.71875]); print(float(F.kl_div("
        'q.log(), p, reduction="sum")))',
        "-5.551115123125783e-17",
        "6.0986372200416358242e-21",
        _kl([0.125, 0.15625, 0.71875], [0.125 + 2**-35, 0.15625 - 2**-35, 0.71875]),
        "kl([0.125, 0.15625, 0.71875], [0.125 + 2**-35, 0.15625 - 2**-35, 0.71875])",
        f"a divergence is never negative: {CANCELS}",
    ),
    GoldenFinding(
        "torch",
        f"{TORCH}print(float(kl_divergence(Categorical(torch.ones(10**6)), Categorical(torch.arange(1.0, 10**6 + 1)))))",
        "0.24724742770195007",
        "0.30684599274565917077",
        _million,
        MILLION,
        f"{CLAMPED}: 19 % are lost",
    ),
    GoldenFinding(
        "torch",
        f"{TORCH}print(float(kl_divergence(Categorical(t([0.5, 0.5])), Categorical(t([1e-310, 1.0])))))",
        "17.32867951399863",
        "356.20754223351713724",
        _kl([0.5, 0.5], [1e-310, 1], "normalised"),
        "kl([0.5, 0.5], normal([1e-310, 1]))",
        CLAMPED,
    ),
    GoldenFinding(
        "torch",
        f"{TORCH}print(float(Categorical(t([1.0, 0.0])).entropy()))",
        "2.220446049250313e-16",
        "0",
        lambda: klexact.entropy([1, 0]),
        "h([1, 0])",
        CLAMPED,
    ),
    GoldenFinding(
        "torch",
        f'{TORCH}print(float(F.cross_entropy(t([0.0, float("-inf")]), t([1.0, 0.0]), reduction="sum")))',
        "nan",
        "0",
        lambda: klexact.cross_entropy([1, 0], [1, 0]),  # softmax of (0, -∞)
        "-log(exp(0) / (exp(0) + exp(-inf)))",
        "0·(-∞) where the target is 0 and the logit -∞",
    ),
    GoldenFinding(
        "torch",
        f'{TORCH}p = t([0.0, 1.0]).requires_grad_(); F.kl_div(t([0.5, 0.5]).log(), p, reduction="sum").backward(); '
        "print(float(p.grad[0]))",
        "nan",
        "-oo",
        _slope_at_zero,
        "log(0) - log(0.5) + 1",
        "the slope at 0 is -∞",
    ),
    GoldenFinding(
        "jax",
        f"{JAX}from jax.scipy.special import rel_entr; print(float(jax.grad(lambda p: rel_entr(p, 0.5))(0.0)))",
        "0.0",
        "-oo",
        _slope_at_zero,
        "log(0) - log(0.5) + 1",
        "the slope at 0 is -∞",
    ),
    GoldenFinding(
        "jax",
        f"{JAX}from jax.scipy.special import rel_entr; print(float(rel_entr(0.5, 1e-310)))",
        "inf",
        "356.55411582379710990",
        lambda: klexact.rel_entr(Fraction(0.5), Fraction(1e-310)),
        "0.5 * log(0.5 / mpf(1e-310))",
        FLUSHED,
    ),
    GoldenFinding(
        "jax",
        f"{JAX}from jax.scipy.special import rel_entr; print(float(rel_entr(0.3, 0.3 + 2**-40)))",
        "-9.095502129241595e-13",
        "-9.0949470177154960356e-13",
        lambda: klexact.rel_entr(Fraction(0.3), Fraction(0.3 + 2**-40)),
        "mpf(0.3) * log(mpf(0.3) / mpf(0.3 + 2**-40))",
        CANCELS,
    ),
    GoldenFinding(
        "jax",
        f'{JAX}from jax.scipy.special import rel_entr; print(float(rel_entr(float("nan"), 0.5)))',
        "inf",
        "nan",
        lambda: sympy.nan,
        "nan * log(nan / 0.5)",
        "NaN is outside the domain: an answer that is a number hides it",
    ),
    GoldenFinding(
        "keras",
        f"{KERAS}print(float(keras.losses.kl_divergence(jnp.array([0.0, 1.0]), jnp.array([0.5, 0.5]))))",
        "0.6931456380650982",
        "0.69314718055994530942",
        _kl([0, 1], [0.5, 0.5]),
        "log(2)",
        CLIPPED,
    ),
    GoldenFinding(
        "keras",
        f"{KERAS}print(float(keras.losses.kl_divergence(jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0]))))",
        "7.365900644919215",
        "oo",
        _kl([0.5, 0.5], [0, 1]),
        "kl([0.5, 0.5], [0, 1])",
        CLIPPED,
    ),
    GoldenFinding(
        "keras",
        f"{KERAS}print(float(keras.losses.kl_divergence(jnp.full(10**6, 1e-6), jnp.arange(1, 10**6 + 1) / 500000500000)))",
        "0.25685227157502616",
        "0.30684599274565917077",
        _million,
        MILLION,
        f"{CLIPPED}: 16 % are lost in double precision, too; rounding the inputs moves the value by less than 1e-14",
    ),
    GoldenFinding(
        "optax",
        f"{JAX}import optax; x = jnp.array([0.0, 1.0]); print(float(optax.losses.kl_divergence(jnp.log(x), x)))",
        "nan",
        "0",
        _kl([0, 1], [0, 1]),
        "kl([0, 1], [0, 1])",
        "0·(-∞) where target and prediction are both 0; targets are documented to be positive, but the code takes care of 0",
    ),
    GoldenFinding(
        "optax",
        f"{JAX}import optax; print(float(optax.losses.kl_divergence_with_log_targets(jnp.log(jnp.array([0.5, 0.5])), "
        "jnp.log(jnp.array([0.0, 1.0])))))",
        "nan",
        "0.69314718055994528623",
        lambda: -sympy.Rational(Fraction(-0.6931471805599453)),
        "-mpf(-0.6931471805599453)",
        "0·(-∞) where the target is log 0",
    ),
    GoldenFinding(
        "scikit-learn",
        f"{SKLEARN}print(mutual_info_score(None, None, contingency=np.array([[1000001, 1000000], [1000000, 1000000]])))",
        "3.136380044566067e-14",
        "3.1249968750023763004e-14",
        _mutual_information([[1000001, 1000000], [1000000, 1000000]]),
        "mi([[1000001, 1000000], [1000000, 1000000]])",
        CANCELS,
    ),
    GoldenFinding(
        "scikit-learn",
        f"{SKLEARN}print(mutual_info_score(None, None, contingency=np.array([[2**20 + 1, 2**20], [2**20, 2**20 - 1]])))",
        "0.0",
        "2.5849394142293869783e-26",
        _mutual_information([[2**20 + 1, 2**20], [2**20, 2**20 - 1]]),
        "mi([[2**20 + 1, 2**20], [2**20, 2**20 - 1]])",
        CANCELS,
    ),
    GoldenFinding(
        "scikit-learn",
        f"{SKLEARN}print(mutual_info_score(None, None, contingency=np.array([[2**33, 1], [1, 2**33]])))",
        "22.873856955873535",
        "0.69314717778066256866",
        _mutual_information([[2**33, 1], [1, 2**33]]),
        "mi([[2**33, 1], [1, 2**33]])",
        "products of marginal counts overflow 64 bits; two binary variables share at most log 2",
    ),
    GoldenFinding(
        "dit",
        f"{DIT}p = [(0, 0), (0, 1), (1, 0), (1, 1)]; print(float(dit.shannon.mutual_information(dit.Distribution(p, "
        "[3 / 16, 1 / 16, 9 / 16, 3 / 16]), [0], [1])))",
        "-2.220446049250313e-16",
        "0",
        _mutual_information([[3, 1], [9, 3]]),
        "kl([3, 1, 9, 3], [4 * 12 / 16, 4 * 4 / 16, 12 * 12 / 16, 12 * 4 / 16])",
        "H(X) + H(Y) - H(X, Y), in double precision, of two independent variables",
    ),
    GoldenFinding(
        "dit",
        f'{DIT}d = lambda p: dit.Distribution(["a", "b"], p); print(float(dit.divergences.kullback_leibler_divergence('
        "d([0.5, 0.5]), d([0.5 - 2**-30, 0.5 + 2**-30]))))",
        "0.0",
        "2.5026769561054044465e-18",
        lambda: klexact.kl_divergence(_exact([0.5, 0.5]), _exact([0.5 - 2**-30, 0.5 + 2**-30]), base=2),
        "kl([0.5, 0.5], [0.5 - 2**-30, 0.5 + 2**-30]) / log(2)",
        "the entropy is subtracted from the cross-entropy in double precision",
    ),
    GoldenFinding(
        "torchmetrics",
        f"{TORCHMETRICS}print(float(kl_divergence(t([0.5, 0.5]), t([1e-310, 1.0]))))",
        "inf",
        "356.20754223351713724",
        _kl([0.5, 0.5], [1e-310, 1], "normalised"),
        "kl([0.5, 0.5], normal([1e-310, 1]))",
        OVERFLOWS,
    ),
    GoldenFinding(
        "torchmetrics",
        f"{TORCHMETRICS}print(float(kl_divergence(t([0.0, 1.0]).log(), t([0.5, 0.5]).log(), log_prob=True)))",
        "nan",
        "0.69314718055994528623",
        lambda: -sympy.Rational(Fraction(-0.6931471805599453)),
        "-mpf(-0.6931471805599453)",
        "0·(-∞) where log p is -∞",
    ),
    GoldenFinding(
        "numpyro",
        f"{NUMPYRO}print(float(d.kl_divergence(d.Categorical(jnp.array([0.5, 0.5])), "
        "d.Categorical(jnp.array([1e-310, 1.0])))))",
        "inf",
        "356.20754223351713724",
        _kl([0.5, 0.5], [1e-310, 1]),
        "kl([0.5, 0.5], [1e-310, 1])",
        FLUSHED,
    ),
    GoldenFinding(
        "numpyro",
        f"{NUMPYRO}print(float(d.kl_divergence(d.Kumaraswamy(1.0, 2.0), d.Beta(1.0, 2.0))))",
        "-0.007575751286051868",
        "0",
        lambda: laws.kl_divergence(laws.kumaraswamy(1, 2), laws.beta(1, 2)),
        "quad(lambda x: 2 * (1 - x) * log(1), [0, 1])",  # both densities are 2(1 - x)
        "10 terms of a series; both are the same law, and a divergence is never negative",
    ),
    GoldenFinding(
        "numpyro",
        f"{NUMPYRO}print(float(d.kl_divergence(d.Kumaraswamy(1.0, 0.5), d.Beta(1.0, 2.0))))",
        "1.073185310316825",
        "1.6137056388801093812",
        lambda: laws.kl_divergence(laws.kumaraswamy(1, sympy.Rational(1, 2)), laws.beta(1, 2)),
        "quad(lambda x: exp(-x / 2) / 2 * (log(mpf(1) / 4) + 3 * x / 2), [0, inf])",  # -log(1 - X) is exponential
        "10 terms of a series",
    ),
    GoldenFinding(
        "tfp-nightly",
        f"{TFP}print(float(d.kl_divergence(d.Categorical(probs=jnp.array([0.5, 0.5])), "
        "d.Categorical(probs=jnp.array([1e-310, 1.0])))))",
        "inf",
        "356.20754223351713724",
        _kl([0.5, 0.5], [1e-310, 1], "normalised"),
        "kl([0.5, 0.5], normal([1e-310, 1]))",
        FLUSHED,
    ),
    GoldenFinding(
        "tfp-nightly",
        f"{TFP}t = jnp.float64; print(float(d.kl_divergence(d.Beta(t(1e6), t(1e6)), d.Beta(t(1e6 + 1), t(1e6)))))",
        "2.4995805603111876e-07",
        "2.5000006249999999999e-07",
        lambda: laws.kl_divergence(laws.beta(10**6, 10**6), laws.beta(10**6 + 1, 10**6)),
        "log(beta(10**6 + 1, 10**6) / beta(10**6, 10**6)) - psi(0, 10**6) + psi(0, 2 * 10**6)",
        "terms that nearly cancel are added in double precision",
    ),
)
