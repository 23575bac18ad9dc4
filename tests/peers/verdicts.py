"""What is wrong with functions of libraries, as read in their sources: each claim names a case that bears witness to it."""

from dataclasses import dataclass

__all__ = ["TELLING", "VERDICTS", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a target in binary64: `witness` is the slug of a case that it gets wrong, "" where nothing is wrong.

    `shown` tells whether the README's table has it.
    """

    target: str
    function: str
    variant: str
    wrong: str
    witness: str
    unit: str = "nat"
    shown: bool = True

    @property
    def where(self) -> tuple[str, str, str, str, str]:
        """What the verdict is about, as a report's row names it."""
        return self.target, self.function, self.variant, self.unit, "binary64"


NOTHING = "nothing beyond rounding"
FLUSHED = "subnormal numbers count as 0"
NAN_AT_ZEROS = "NaN where p = q = 0"
NAN_OF_LOGS = "NaN where log p = -∞"
CLAMPED = "p, q clamped to [2⁻⁵², 1 - 2⁻⁵²]"
NEAR = "loses p ≈ q: logarithms subtracted"

VERDICTS = (
    Verdict(
        "numpy: np.sum(p * np.log(p / q))", "kl_divergence", "raw", "NaN at zeros, p/q overflows, loses p ≈ q", "zero-p"
    ),
    Verdict("careful: kl_divergence(p, q)", "kl_divergence", "raw", "an infinite p gives ∞", "infinite-p-zero-q"),
    Verdict("scipy.special.entr", "entr", "raw", NOTHING, ""),
    Verdict("scipy.special.rel_entr", "rel_entr", "raw", NOTHING, ""),
    Verdict(
        "scipy.special.kl_div", "kl_div", "generalised", "p/q overflows, underflows; - p + q cancels", "ratio-underflow"
    ),
    Verdict("sum of scipy.special.rel_entr", "kl_divergence", "raw", NOTHING, ""),
    Verdict("scipy.stats.entropy", "entropy", "normalised", "small masses lost: p/Σp is rounded", "tail-1e-12"),
    Verdict(
        "scipy.stats.entropy", "kl_divergence", "normalised", "negative near p = q: p/Σp is rounded", "relative-1e-12"
    ),
    Verdict(
        "scipy.spatial.distance.jensenshannon",
        "jensen_shannon_distance",
        "normalised",
        "NaN near p = q: root of a negative",
        "adjacent-doubles",
    ),
    Verdict("torch.nn.functional.kl_div", "kl_divergence_log_q", "raw", NAN_AT_ZEROS, "log-zero-both", shown=False),
    Verdict(
        "torch.nn.functional.kl_div(log_target=True)", "kl_divergence_log_p_log_q", "raw", NAN_OF_LOGS, "logs-zero-p"
    ),
    Verdict(
        "torch.nn.functional.kl_div of log(q)",
        "kl_divergence",
        "raw",
        f"{NAN_AT_ZEROS}; loses p ≈ q",
        "zero-both-sides",
    ),
    Verdict(
        "torch.nn.functional.kl_div of log_softmax",
        "kl_divergence_logits",
        "raw",
        "NaN where p = 0 meets logit -∞",
        "logits-mask-both",
        shown=False,
    ),
    Verdict(
        "torch.nn.functional.cross_entropy",
        "cross_entropy_logits",
        "raw",
        "NaN where p = 0 meets logit -∞",
        "logits-mask-both",
    ),
    Verdict("torch.special.entr", "entr", "raw", NOTHING, ""),
    Verdict("torch.distributions.Categorical", "entropy", "normalised", "p clamped to [2⁻⁵², 1 - 2⁻⁵²]", "zero-p"),
    Verdict("torch.distributions.Categorical", "kl_divergence", "normalised", CLAMPED, "q-subnormal"),
    Verdict(
        "torch.distributions.Categorical(logits=)",
        "kl_divergence_logits",
        "raw",
        "∞ where softmax underflows to 0",
        "logits-large",
    ),
    Verdict(
        "gradient of torch.nn.functional.kl_div", "kl_gradient_p", "raw", "NaN at p = 0, where it is -∞", "zero-p-1"
    ),
    Verdict(
        "torch.distributions.kl_divergence",
        "law_kl_divergence",
        "raw",
        "0·log 0, equal supports, clamped probabilities",
        "binomial-sure",
    ),
    Verdict("jax.scipy.special.entr", "entr", "raw", FLUSHED, "p-least-0"),
    Verdict("jax.scipy.special.rel_entr", "rel_entr", "raw", f"{NEAR}; {FLUSHED}", "relative-1e-12-0"),
    Verdict("jax.scipy.special.kl_div", "kl_div", "generalised", f"{NEAR}; {FLUSHED}", "relative-1e-12-0"),
    Verdict(
        "sum of jax.scipy.special.rel_entr", "kl_divergence", "raw", f"{NEAR}; {FLUSHED}", "relative-1e-12", shown=False
    ),
    Verdict("gradient of jax.scipy.special.rel_entr", "kl_gradient_p", "raw", "0 at p = 0, where it is -∞", "zero-p-1"),
    Verdict(
        "sklearn.metrics.mutual_info_score",
        "mutual_information",
        "normalised",
        "weak dependence lost: log p - log q is rounded",
        "nearly-independent",
    ),
    Verdict("sklearn.metrics.log_loss", "cross_entropy", "raw", NOTHING, ""),
    Verdict("dit.shannon.entropy", "entropy", "raw", NOTHING, "", unit="bit"),
    Verdict("dit.divergences.cross_entropy", "cross_entropy", "raw", NOTHING, "", unit="bit", shown=False),
    Verdict(
        "dit.divergences.kullback_leibler_divergence",
        "kl_divergence",
        "raw",
        "loses p ≈ q: cross-entropy less entropy",
        "near-equal-2-2^-10",
        unit="bit",
    ),
    Verdict(
        "dit.divergences.jensen_shannon_divergence",
        "jensen_shannon_divergence",
        "raw",
        "entropies subtracted, hence negative",
        "one-hot-almost",
        unit="bit",
    ),
    Verdict(
        "dit.shannon.mutual_information",
        "mutual_information",
        "raw",
        "negative probabilities are accepted",
        "negative-cell",
        unit="bit",
    ),
    Verdict("optax.losses.kl_divergence of log(q)", "kl_divergence", "raw", f"{NEAR}; {FLUSHED}", "q-subnormal"),
    Verdict(
        "optax.losses.kl_divergence_with_log_targets", "kl_divergence_log_p_log_q", "raw", NAN_OF_LOGS, "logs-zero-p"
    ),
    Verdict("optax.losses.safe_softmax_cross_entropy", "cross_entropy_logits", "raw", NOTHING, ""),
    Verdict("keras.losses.kl_divergence", "kl_divergence", "raw", "p, q clipped to [10⁻⁷, 1]", "zero-q"),
    Verdict(
        "torchmetrics.functional.kl_divergence",
        "kl_divergence",
        "normalised",
        "p/q overflows; negative near p = q",
        "q-subnormal",
    ),
    Verdict(
        "torchmetrics.functional.kl_divergence(log_prob=True)",
        "kl_divergence_log_p_log_q",
        "raw",
        NAN_OF_LOGS,
        "logs-zero-p",
        shown=False,
    ),
    Verdict("numpyro.distributions.Categorical", "kl_divergence", "raw", f"{NEAR}; {FLUSHED}", "q-subnormal"),
    Verdict("tfp.Categorical", "entropy", "raw", FLUSHED, "p-least"),
    Verdict("tfp.Categorical", "kl_divergence", "normalised", f"{NEAR}; {FLUSHED}", "q-subnormal"),
    Verdict(
        "tfp.kl_divergence",
        "law_kl_divergence",
        "raw",
        "exp of a rounded log of scales",
        "normal-normal-narrow-2pow-66",
    ),
)

TELLING = (  # how the lines of the findings end that the README lists
    "kl_div(1e-300, 1e300)))",
    "[0.0100000001, 0.0399999999, 0.95])))",
    "[0.0100000001, 0.0899999999, 0.9])))",
    'F.kl_div(t([0.0, 1.0]).log(), t([0.0, 1.0]), reduction="sum")))',
    "Categorical(torch.arange(1.0, 10**6 + 1)))))",
    "jax.grad(lambda p: rel_entr(p, 0.5))(0.0)))",
    "keras.losses.kl_divergence(jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0]))))",
    "np.array([[2**33, 1], [1, 2**33]])))",
    "d([0.5, 0.5]), d([0.5 - 2**-30, 0.5 + 2**-30]))))",
    "d.kl_divergence(d.Kumaraswamy(1.0, 2.0), d.Beta(1.0, 2.0))))",
)
