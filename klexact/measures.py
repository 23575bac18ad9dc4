"""Entropy, cross-entropy, KL divergence and their kin, as SymPy expressions in canonical form.

All results are in units of log(base): nats by default, bits with `base=2`. +∞ is SymPy's `oo`; no result is nan or zoo.
The conventions at zero are those of `klexact.conventions`. The engine's forms are in `klexact.forms`.

Operands are a `Distribution`, or what makes one (a sequence or mapping of exact probabilities); for entropy,
cross-entropy, KL and Jeffreys also the laws of `klexact.laws`, where sums become integrals. Random variables, arrays and
distributions of other libraries count as what they stand for (`klexact.interop`). For vectors that are no
distributions say which functional you mean with `variant`:

| variant | functional | elsewhere |
|---|---|---|
| `"raw"` | Σ p log(p/q) of the vectors as they are; it may be negative | sum of `scipy.special.rel_entr` |
| `"normalised"` | after division by the exact totals | `scipy.stats.entropy` |
| `"generalised"` | Σ p log(p/q) - p + q; it is never negative | sum of `scipy.special.kl_div` |

With parameters a result holds where all probabilities are positive; at the ends of the parameters' domain substitute in
the `Distribution`, where the conventions apply, not in the result.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sympy
from sympy import E

from klexact import forms, laws
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, InvalidNumberError, KLExactError
from klexact.exact import element, shown
from klexact.foreign import understood
from klexact.forms import Axes
from klexact.laws import Law
from klexact.logform import LogForm
from klexact.ratfunc import element_of, is_parametric, unify

__all__ = [
    "conditional_entropy",
    "cross_entropy",
    "entr",
    "entropy",
    "jeffreys_divergence",
    "jensen_shannon_divergence",
    "joint_entropy",
    "kl_div",
    "kl_divergence",
    "mutual_information",
    "perplexity",
    "rel_entr",
    "total_correlation",
]

Masses = object  # a Distribution, or what makes one
Operand = Masses  # or a law


def _mass(value: object, name: str) -> Any:
    x = element_of(element(value, name))
    if not is_parametric(x) and x < 0:
        raise InvalidNumberError(f"{name} must not be negative; found {shown(x)}")
    return x


def entr(p: object, *, base: object = E) -> sympy.Expr:
    """Return the scalar term -p·log p of entropy, in units of log(base).

    At p = 0 it is 0, the limit. Raises InvalidNumberError if p is negative or no exact number.

    >>> entr("1/4", base=2), entr(0)
    (1/2, 0)

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., (2.1).
    """
    return forms.sum_terms([forms.entr(_mass(p, "p"))]).as_expr(base)


def rel_entr(p: object, q: object, *, base: object = E) -> sympy.Expr:
    """Return the scalar term p·log(p/q) of the divergence of p from q, in units of log(base).

    At p = 0 it is 0 (for q = 0 too: the definition), at q = 0 < p it is oo, the limit.
    Raises InvalidNumberError if p or q is negative or no exact number.

    >>> rel_entr("1/2", "1/4"), rel_entr(0, 0), rel_entr(1, 0)
    (log(2)/2, 0, oo)

    Cover & Thomas, 2nd ed., section 2.3.
    """
    return forms.sum_terms([forms.rel_entr(*unify([_mass(p, "p"), _mass(q, "q")]))]).as_expr(base)


def kl_div(p: object, q: object, *, base: object = E) -> sympy.Expr:
    """Return the scalar term p·log(p/q) - p + q of the generalised divergence; the linear part counts in nats.

    At p = 0 it is q (in units of log(base)), at q = 0 < p it is oo. Raises InvalidNumberError as `rel_entr`.

    >>> kl_div("1/2", "1/4"), kl_div(0, "1/3"), kl_div(1, 0)
    (-1/4 + log(2)/2, 1/3, oo)

    Csiszár & Shields, *Information Theory and Statistics: A Tutorial*, 2004, section 4.
    Coq: Conventions.kl_term_ge, Conventions.kl_term_eq.
    """
    a, b = unify([_mass(p, "p"), _mass(q, "q")])
    return (forms.sum_terms([forms.rel_entr(a, b)]) + LogForm.sum([(b - a, LogForm(1))])).as_expr(base)


def entropy(p: Operand, *, base: object = E, variant: str | None = None) -> sympy.Expr:
    """Return the Shannon entropy H(p) = -Σ p(x) log p(x), in units of log(base).

    Impossible outcomes add nothing (0·log 0 = 0); a point mass has entropy 0, n equally likely outcomes log n.
    `variant` is for vectors that are no distributions: "raw" or "normalised". Raises KLExactError for anything that
    is no distribution, and InvalidBaseError.

    >>> entropy(["1/2", "1/4", "1/4", 0], base=2), entropy([1, 0])
    (3/2, 0)
    >>> from sympy.abc import t
    >>> entropy([t, 1 - t])
    -t*log(t) + (t - 1)*log(1 - t)

    0 <= H <= log n: Cover & Thomas, 2nd ed., lemma 2.1.1 and theorem 2.6.4.
    Coq: Entropy.entropy_ge0, Entropy.entropy_eq0, Entropy.entropy_le_ln_card, Entropy.entropy_eq_ln_card,
    Entropy.entropy_concave, Entropy.entropy_concave_equality, ExactValues.entropy_rational_iff.
    """
    p = understood(p)
    if isinstance(p, Law):
        return laws.entropy(_law(p, variant), base=base)
    return forms.entropy(p, variant).as_expr(base)


def cross_entropy(p: Operand, q: Operand, *, base: object = E, variant: str | None = None) -> sympy.Expr:
    """Return the cross-entropy H(p, q) = -Σ p(x) log q(x) of q relative to p, in units of log(base).

    It is the expected code length of outcomes from p in a code made for q. oo where q gives 0 to an outcome that p
    does not; outcomes with p = 0 add nothing. `variant`: "raw" or "normalised". Raises as `entropy`.

    >>> cross_entropy(["1/2", "1/2"], ["1/4", "3/4"], base=2), cross_entropy([1, 0], [0, 1])
    (-log(3)/(2*log(2)) + 2, oo)

    H(p, q) = H(p) + D(p‖q): Cover & Thomas, 2nd ed., theorem 5.4.3.
    Coq: Projection.cross_entropy_eq_entropy_plus_kl, Entropy.kl_eq_cross_entropy_sub_entropy,
    Entropy.cross_entropy_infinite_iff, Entropy.entropy_le_cross_entropy, Entropy.entropy_eq_cross_entropy,
    Codes.wrong_code_bounds.
    """
    p, q = understood(p), understood(q)
    if isinstance(p, Law) or isinstance(q, Law):
        return laws.cross_entropy(_law(p, variant), _law(q, variant), base=base)
    return forms.cross_entropy(p, q, variant).as_expr(base)


def kl_divergence(p: Operand, q: Operand, *, base: object = E, variant: str | None = None) -> sympy.Expr:
    """Return the Kullback-Leibler divergence D(p‖q) = Σ p(x) log(p(x)/q(x)) of p from q, in units of log(base).

    The first argument is the one averaged over: the data, or the truth. D is 0 iff p = q and oo iff q gives 0 to an
    outcome that p does not; it is no distance, D(p‖q) and D(q‖p) differ. Outcomes that only one operand lists
    have probability 0 in the other; bare vectors must have the same length. `variant` ("raw", "normalised", "generalised")
    is for vectors that are no distributions. Raises as `entropy`.

    >>> kl_divergence(Distribution.binomial(2, "2/5"), Distribution.uniform(3))
    -2*log(5) + 32*log(2)/25 + 11*log(3)/5
    >>> kl_divergence([1, 0], [0, 1]), kl_divergence([0, 1], ["1/2", "1/2"], base=2)
    (oo, 1)
    >>> from sympy.abc import m, s
    >>> kl_divergence(laws.normal(0, 1), laws.normal(m, s)), kl_divergence(laws.normal(0, 1), laws.exponential(1))
    (log(s) + (m**2 - s**2 + 1)/(2*s**2), oo)
    >>> kl_divergence([1, 1], [1, 2], variant="raw"), kl_divergence([1, 1], [1, 2], variant="generalised")
    (-log(2), 1 - log(2))

    D >= 0 (Gibbs): Cover & Thomas, 2nd ed., theorem 2.6.3; the example: Kullback, *Information Theory and Statistics*.
    Coq: Divergence.kl_ge0, Divergence.kl_eq0, Divergence.gibbs_inequality, Divergence.kl_infinite_iff,
    Divergence.kl_impossible_outcome, Story.kl_not_symmetric, Pinsker.pinsker_inequality, ExactValues.kl_rational_iff.
    """
    p, q = understood(p), understood(q)
    if isinstance(p, Law) or isinstance(q, Law):
        return laws.kl_divergence(_law(p, variant), _law(q, variant), base=base)
    return forms.kl_divergence(p, q, variant).as_expr(base)


def jeffreys_divergence(p: Operand, q: Operand, *, base: object = E, variant: str | None = None) -> sympy.Expr:
    """Return Jeffreys' symmetric divergence J(p, q) = D(p‖q) + D(q‖p), in units of log(base).

    oo unless p and q have the same support. Raises as `entropy`.

    >>> jeffreys_divergence(["1/3", "2/3"], ["2/3", "1/3"], base=2), jeffreys_divergence([1, 0], ["1/2", "1/2"])
    (2/3, oo)

    Kullback, *Information Theory and Statistics*, 1959, chapter 1, (3.1).
    """
    p, q = understood(p), understood(q)
    if isinstance(p, Law) or isinstance(q, Law):
        return sympy.Add(*(kl_divergence(a, b, base=base, variant=variant) for a, b in ((p, q), (q, p))))
    return (forms.kl_divergence(p, q, variant) + forms.kl_divergence(q, p, variant)).as_expr(base)


def _law(operand: Any, variant: str | None) -> Law | Distribution:
    if variant is not None:
        raise KLExactError(f"variants are for vectors that are no distributions; found {variant!r} beside a law")
    return operand if isinstance(operand, Law) else Distribution(operand)


def jensen_shannon_divergence(
    p: Operand, q: Operand, *others: Operand, weights: Iterable[object] | None = None, base: object = E
) -> sympy.Expr:
    """Return the Jensen-Shannon divergence Σ w_i D(p_i‖m), m = Σ w_i p_i, in units of log(base).

    The weights are equal unless given; they form a distribution. It is finite always, at most log 2 for two operands, and
    is the divergence, not its square root. Raises as `entropy`.

    >>> jensen_shannon_divergence([1, 0], [0, 1], base=2), jensen_shannon_divergence([1, 0], [1, 0])
    (1, 0)
    >>> jensen_shannon_divergence([1, 0], [0, 1], weights=["1/4", "3/4"], base=2)
    -3*log(3)/(4*log(2)) + 2

    Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37, 1991, (4.1).
    Coq: Information.mutual_information_channel, JensenShannon.js_eq_entropy, JensenShannon.js_finite,
    JensenShannon.js_symmetric, JensenShannon.js_ge0, JensenShannon.js_eq0, JensenShannon.js_le_ln2,
    JensenShannon.js_eq_ln2.
    """
    components = forms.distributions((p, q, *others))
    return forms.jensen_shannon_divergence(components, weights).as_expr(base)


def mutual_information(joint: Operand, *, x: Axes | None = None, y: Axes | None = None, base: object = E) -> sympy.Expr:
    """Return the mutual information I(X; Y) = D(p(x, y)‖p(x) p(y)), in units of log(base).

    `joint` has tuples as outcomes; `x` and `y` name the coordinates of X and Y (several as a tuple), which pairs do
    not need. It is 0 iff X and Y are independent. Raises InvalidDistributionError if an outcome lacks a coordinate.

    >>> mutual_information(Distribution({(0, 0): "1/2", (1, 1): "1/2"}), base=2)
    1
    >>> mutual_information(Distribution.product(Distribution.uniform(3), Distribution.point(0)))
    0

    Cover & Thomas, 2nd ed., (2.28) and (2.90).
    Coq: Information.mutual_information_ge0, Information.mutual_information_eq0,
    Information.mutual_information_symmetric, Information.mutual_information_entropies,
    Information.mutual_information_conditional, Information.mutual_information_processing.
    """
    return forms.mutual_information(joint, x, y).as_expr(base)


def total_correlation(joint: Operand, *, of: Sequence[Axes] | None = None, base: object = E) -> sympy.Expr:
    """Return the total correlation D(p(x_1, ..., x_n)‖p(x_1)...p(x_n)) = Σ H(X_i) - H(X_1, ..., X_n), in units of log(base).

    `joint` has tuples as outcomes; `of` names the variables, each a coordinate or several as a tuple; by default every
    coordinate is one. It is 0 iff they are independent, and the mutual information for two. Raises
    InvalidDistributionError if an outcome lacks a coordinate.

    >>> parity = Distribution.uniform([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)])
    >>> total_correlation(parity, base=2), total_correlation(parity, of=[(0, 1), 2], base=2)
    (1, 1)
    >>> total_correlation(parity, of=[0, 1])
    0

    Watanabe, "Information theoretical analysis of multivariate correlation", IBM J. Res. Dev. 4, 1960.
    """
    joint = Distribution(joint)
    return forms.total_correlation(joint, _coordinates(joint) if of is None else of).as_expr(base)


def conditional_entropy(
    joint: Operand, *, of: Axes | None = None, given: Axes | None = None, base: object = E
) -> sympy.Expr:
    """Return the conditional entropy H(X|Y) = -Σ p(x, y) log p(x|y), in units of log(base).

    `joint` has tuples as outcomes; `of` and `given` name the coordinates of X and Y, which pairs do not need.
    Outcomes y of probability 0 add nothing. Raises InvalidDistributionError if an outcome lacks a coordinate.

    >>> noisy = Distribution({(0, 0): "1/2", (1, 1): "1/4", (0, 1): "1/4"})
    >>> conditional_entropy(noisy, of=0, given=1, base=2), conditional_entropy(noisy, of=0, given=0)
    (1/2, 0)

    H(X, Y) = H(Y) + H(X|Y): Cover & Thomas, 2nd ed., theorem 2.2.1.
    Coq: Information.entropy_chain_rule, Information.conditional_entropy_ge0, Information.conditioning_reduces_entropy,
    Information.conditioning_irrelevant_iff.
    """
    return forms.conditional_entropy(joint, of, given).as_expr(base)


def joint_entropy(joint: Operand, *, of: Axes | None = None, base: object = E) -> sympy.Expr:
    """Return the joint entropy H(X, Y, ...) of some coordinates of `joint`, by default of all, in units of log(base).

    >>> joint_entropy(Distribution.product(Distribution.uniform(2), Distribution.uniform(4)), base=2)
    3
    >>> joint_entropy(Distribution({("a", 0): 1}), of=0)
    0

    Cover & Thomas, 2nd ed., (2.8).
    Coq: Information.entropy_subadditive, Information.entropy_additive_iff, Information.entropy_le_joint.
    """
    return forms.entropy(joint if of is None else Distribution(joint).marginal(*forms.axes_of(of))).as_expr(base)


def perplexity(p: Operand, q: Operand | None = None) -> sympy.Expr:
    """Return the perplexity exp H(p), or exp H(p, q) of a model q: an algebraic number, the same in every base.

    n equally likely outcomes have perplexity n, a point mass 1; oo where the cross-entropy is. Raises as `entropy`.

    >>> perplexity(Distribution.uniform(6)), perplexity(["1/2", "1/4", "1/4"]), perplexity([1, 0], [0, 1])
    (6, 2*sqrt(2), oo)

    Jelinek, *Statistical Methods for Speech Recognition*, 1997, section 8.3.
    """
    return (forms.entropy(p) if q is None else forms.cross_entropy(p, q)).exp()


def _coordinates(joint: Distribution) -> range:
    lengths = {len(x) if isinstance(x, tuple) else 0 for x in joint}
    if len(lengths) > 1 or lengths == {0}:
        raise InvalidDistributionError(
            f"a joint distribution needs tuples of one length as outcomes; found the lengths {sorted(lengths)}: "
            "name the coordinates with of="
        )
    return range(*lengths)
