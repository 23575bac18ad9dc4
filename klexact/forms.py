"""The measures as log forms: scalar terms with the conventions at zero, and sums of them.

A term is a list of (coefficient, argument) pairs of logarithms, or the value that `klexact.conventions` gives it.
These functions are the engine; `klexact.measures` is the face that documents and renders them.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import sympy
from sympy import QQ

from klexact import conventions
from klexact.choices import require_one_of
from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.exact import clipped
from klexact.foreign import understood
from klexact.logform import LogForm
from klexact.masses import masses, require_one_length, total
from klexact.ratfunc import unify

__all__ = [
    "VARIANTS",
    "axes_of",
    "conditional_entropy",
    "cross_entropy",
    "distributions",
    "entropy",
    "jensen_shannon_divergence",
    "kl_divergence",
    "mutual_information",
    "sum_terms",
    "total_correlation",
]

VARIANTS = ("raw", "normalised", "generalised")
Term = list[tuple[Any, Any]] | Any  # pairs, or a SymPy number
Axes = int | Sequence[int]  # coordinates of a joint distribution


def entr(p: Any) -> Term:
    """-p·log p."""
    return [(-p, p)] if p else conventions.entr_at_zero()


def rel_entr(p: Any, q: Any) -> Term:
    """p·log(p/q)."""
    return [(p, p), (-p, q)] if p and q else conventions.rel_entr_at(p, q)


def cross_entr(p: Any, q: Any) -> Term:
    """-p·log q."""
    return [(-p, q)] if p and q else conventions.cross_entr_at(p, q)


def sum_terms(terms: Iterable[Term]) -> LogForm:
    """Return the sum of terms as one log form; +infinity if a convention says so."""
    pairs: list[tuple[Any, Any]] = []
    for term in terms:
        if isinstance(term, list):
            pairs += term
        elif term is sympy.oo:
            return LogForm.infinity()
    return LogForm.of_logs(pairs)


def distributions(data: Sequence[Any]) -> list[Distribution]:
    """Return the distributions that the operands of one measure are."""
    data = list(map(understood, data))
    require_one_length(data)
    return [Distribution(d) for d in data]


def tables(data: Sequence[Any], variant: str | None) -> Sequence[Mapping[Hashable, Any]]:
    """Return what the operands are under a variant: outcome -> element."""
    if variant is None:
        return [dict(d.table) for d in distributions(data)]
    require_one_of("variant, if not None,", variant, VARIANTS)
    require_one_length(data)
    found = [dict(d.table) if isinstance(d, Distribution) else masses(d) for d in data]
    if variant == "normalised":
        return [dict(Distribution.from_weights(table).table) for table in found]
    return found


def _aligned(p: Mapping[Hashable, Any], q: Mapping[Hashable, Any]) -> Iterable[tuple[Any, Any]]:
    zero = QQ(0)
    return [(p.get(x, zero), q.get(x, zero)) for x in {**p, **q}]


def entropy(p: Any, variant: str | None = None) -> LogForm:
    """H(p) as a form."""
    if variant == "generalised":
        raise KLExactError("entropy has the variants raw and normalised; found 'generalised', which is a divergence's")
    (table,) = tables([p], variant)
    return sum_terms(entr(x) for x in table.values())


def cross_entropy(p: Any, q: Any, variant: str | None = None) -> LogForm:
    """H(p, q) as a form."""
    if variant == "generalised":
        raise KLExactError("cross-entropy has the variants raw and normalised; found 'generalised', a divergence's")
    return sum_terms(cross_entr(a, b) for a, b in _aligned(*tables([p, q], variant)))


def kl_divergence(p: Any, q: Any, variant: str | None = None) -> LogForm:
    """D(p‖q) as a form.

    Coq: Divergence.log_sum_inequality, Divergence.log_sum_equality.
    """
    one, other = tables([p, q], variant)
    form = sum_terms(rel_entr(a, b) for a, b in _aligned(one, other))
    if variant != "generalised":
        return form
    gained, lost = unify([total(other), total(one)])
    return form + LogForm.sum([(gained - lost, LogForm(1))])


def jensen_shannon_divergence(components: Sequence[Distribution], weights: Iterable[object] | None = None) -> LogForm:
    """The sum of w_i D(p_i‖m), m the mixture, as a form."""
    mixing = Distribution(weights) if weights is not None else Distribution.uniform(len(components))
    mixture = Distribution.mixture(components, mixing.values())
    return LogForm.sum((w, kl_divergence(p, mixture)) for p, (_, w) in zip(components, mixing.table, strict=True) if w)


def mutual_information(joint: Any, x: Axes | None = None, y: Axes | None = None) -> LogForm:
    """I(X; Y) of coordinates of a joint distribution as a form."""
    joint = Distribution(joint)
    one, other = _two(joint, x=x, y=y)
    pairs = joint.marginal(*one, *other).pushforward(lambda o: (o[: len(one)], o[len(one) :]))
    return kl_divergence(pairs, Distribution.product(pairs.marginal(0), pairs.marginal(1)))


def total_correlation(joint: Any, parts: Iterable[Axes]) -> LogForm:
    """Sum of H(X_i) - H(X_1, ..., X_n) for groups of coordinates of a joint distribution as a form."""
    joint, groups = Distribution(joint), [axes_of(part) for part in parts]
    together = entropy(joint.marginal(*(axis for group in groups for axis in group)))
    return LogForm.sum((QQ(1), entropy(joint.marginal(*group))) for group in groups) - together


def conditional_entropy(joint: Any, of: Axes | None = None, given: Axes | None = None) -> LogForm:
    """H(X|Y) of coordinates of a joint distribution as a form."""
    joint = Distribution(joint)
    one, other = _two(joint, of=of, given=given)
    return entropy(joint.marginal(*one, *other)) - entropy(joint.marginal(*other))


def axes_of(axes: Axes) -> tuple[int, ...]:
    """Return coordinates, one or several, as a tuple."""
    return tuple(axes) if isinstance(axes, Sequence) else (axes,)


def _two(joint: Distribution, **axes: Axes | None) -> list[tuple[int, ...]]:
    """Return the coordinates of two variables: as they are named, or the two that there are."""
    named = [axes_of(axis) for axis in axes.values() if axis is not None]
    if len(named) == len(axes):
        return named
    one, other = (f"{name}=" for name in axes)
    if named:
        raise InvalidDistributionError(f"{one} and {other} must be given together; found one alone")
    for x in joint:
        if not isinstance(x, tuple) or len(x) != len(axes):
            raise InvalidDistributionError(
                f"without {one} and {other} outcomes must be pairs; found {clipped(x)}: "
                f"name the coordinates, as in {one}0, {other}(1, 2)"
            )
    return [(0,), (1,)]
