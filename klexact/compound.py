"""Families made of a family: its conditional law on some outcomes, and the same with more zeros."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import sympy
from sympy import QQ, Interval, Symbol

from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, InvalidNumberError, NoClosedFormError
from klexact.family import Family, ends, inside
from klexact.logform import LogForm
from klexact.places import signs_on
from klexact.polytope import Polytope
from klexact.ratfunc import as_expr, constant, element_of, is_parametric, substitute, unify
from klexact.roots import cells, polynomial, sign_at
from klexact.systems import Deadline

__all__ = ["truncated", "zero_inflated"]

Outcome = Hashable

_MOST_OUTCOMES = 1_000
_SECONDS = 60.0


def truncated(
    family: Family, outcomes: Iterable[Outcome] | None = None, *, without: Iterable[Outcome] | None = None
) -> Family:
    """Return the conditional law q_θ(x) / (sum of q_θ(y) over the outcomes kept), on finitely many or without finitely many.

    Parameters for which the outcomes kept have probability 0 are no longer in the domain: there is no conditional law.

    >>> from klexact.families import binomial, poisson
    >>> truncated(binomial(2), [1, 2]).at("1/2")
    Distribution({1: 2/3, 2: 1/3})
    >>> truncated(poisson(), range(3)).at(2), truncated(binomial(2), without=[0])
    (Distribution({0: 1/5, 1: 2/5, 2: 2/5}), <Family truncated binomial(2) over p in Interval.Lopen(0, 1)>)

    Raises NoClosedFormError where what is left out has no rational probability (zero-truncated Poisson, 1 - exp(-λ)).
    """
    if not isinstance(family, Family) or not family.parameters or family.wide is not None:
        raise InvalidFamilyError(
            f"truncated needs a family with rational probabilities and parameters; found {family!r:.80}"
        )
    if (outcomes is None) == (without is None):
        raise InvalidFamilyError("truncated needs either the outcomes to keep or those to leave out (without=)")
    if outcomes is not None:
        return _kept(family, _distinct(outcomes))
    return _left(family, _distinct(without or ()))


def _distinct(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    found = tuple(dict.fromkeys(outcomes))
    if not found or len(found) > _MOST_OUTCOMES:
        raise InvalidFamilyError(f"truncated needs 1 to {_MOST_OUTCOMES:,} outcomes; found {len(found):,}")
    return found


def _kept(family: Family, outcomes: tuple[Outcome, ...]) -> Family:
    forms = {x: form for x in outcomes if (form := family.log_probability(x)) is not None}
    if not forms:
        raise InvalidFamilyError(
            f"{family.name} must give some outcome kept a probability; found 0 for {outcomes[:3]!r}"
        )
    weights = _weights(family, forms)
    total = _total(list(weights.values()))

    def gone(end: Any) -> bool:
        """Tell whether all outcomes kept have probability 0 at an end."""
        return all(_vanishes(form, family.parameters[0], end) for form in forms.values())

    domain = _domain(family, gone, lambda: _total([_exact(family, form) for form in forms.values()]))
    positive = inside(family.parameters, family.domain)

    def log_probability(x: Outcome) -> LogForm | None:
        w = weights.get(x) if isinstance(x, Hashable) else None
        return None if w is None else LogForm.of_logs([(QQ(1), w), (QQ(-1), total)], assuming=positive)

    def member(*values: sympy.Expr) -> Distribution:
        point = dict(zip(family.parameters, map(element_of, values), strict=True))
        return Distribution.from_weights({x: as_expr(substitute(w, point)) for x, w in weights.items()})

    return Family(f"truncated {family.name}", family.parameters, domain, log_probability, member)


def _left(family: Family, without: tuple[Outcome, ...]) -> Family:
    forms = [form for x in without if (form := family.log_probability(x)) is not None]
    lost = _total([QQ(0), *(_exact(family, form) for form in forms)])
    total = constant(1 - lost)
    if not total:
        raise InvalidFamilyError(
            f"{family.name} must give some outcome kept a probability; found none but {without[:3]!r}"
        )
    parameter, positive = family.parameters[0], inside(family.parameters, family.domain)

    def gone(end: Any) -> bool:
        return is_parametric(total) and sign_at(polynomial(total.numer, parameter), end) == 0

    domain = _domain(family, gone, lambda: total)
    rest = LogForm.of_logs([(QQ(1), total)], assuming=positive)

    def log_probability(x: Outcome) -> LogForm | None:
        form = None if x in without else family.log_probability(x)
        return None if form is None else form - rest

    def member(*values: sympy.Expr) -> Distribution:
        whole = family.member(*values)
        return whole.conditional([x for x in whole.support if x not in without])

    return Family(f"truncated {family.name}", family.parameters, domain, log_probability, member)


def _domain(family: Family, gone: Callable[[Any], bool], total: Callable[[], Any]) -> Any:
    """Return the part of the domain where the outcomes kept have a positive probability."""
    domain = family.domain
    if isinstance(domain, Interval):
        closed = [
            (end, not is_open) for end, is_open in zip(ends(domain), (domain.left_open, domain.right_open), strict=True)
        ]
        opened = [not is_closed or end is None or gone(end) for end, is_closed in closed]
        return Interval(domain.start, domain.end, *opened)
    found = total()
    if isinstance(domain, Polytope) and is_parametric(found):
        signs = signs_on(found.numer, domain, Deadline(_SECONDS))
        if 0 in signs or len(signs) > 1:
            raise InvalidFamilyError(
                f"the outcomes kept must have a positive probability in the whole domain of {family.name}; found 0 at "
                f"{signs.get(0, 'some point inside')}: give {family.name} a smaller domain"
            )
    return domain


def _vanishes(form: LogForm, parameter: Symbol, end: Any) -> bool:
    return any(
        c > 0 and not isinstance(f, int) and sign_at(polynomial(f, parameter), end) == 0 for f, c in form.logs.items()
    )


def _exact(family: Family, form: LogForm) -> Any:
    """Return e to a form as an element."""
    try:
        return element_of(form.exp())
    except InvalidNumberError:
        raise NoClosedFormError(
            f"a truncated or zero-inflated family needs rational probabilities for what is left out; found {form.exp()} "
            f"for {family.name}"
        ) from None


def _total(elements: list[Any]) -> Any:
    return constant(sum(unify(elements), QQ(0)))


def _weights(family: Family, forms: dict[Outcome, LogForm]) -> dict[Outcome, Any]:
    """Return polynomials proportional to the probabilities, without a common factor, positive inside the domain."""
    first = next(iter(forms.values()))
    ratios = unify([_exact(family, form - first) for form in forms.values()])
    if not any(map(is_parametric, ratios)):
        return dict(zip(forms, ratios, strict=True))
    field = next(r.field for r in ratios if is_parametric(r))
    lifted = [r if is_parametric(r) else field(r) for r in ratios]
    below = field.ring.one
    for r in lifted:
        below = below.lcm(r.denom)
    polys = [r.numer * below.quo(r.denom) for r in lifted]
    shared = polys[0]
    for p in polys[1:]:
        shared = shared.gcd(p)
    polys = [p.quo(shared) for p in polys]
    sign = 1 if _inner_sign(family, polys[0]) > 0 else -1
    return dict(zip(forms, (constant(field(p * sign)) for p in polys), strict=True))


def _inner_sign(family: Family, poly: Any) -> int:
    """Return the sign of a polynomial at a point inside the domain where it is not 0."""
    if isinstance(family.domain, Interval):
        if poly.is_ground:
            return 1 if poly.LC > 0 else -1
        univariate = polynomial(poly.primitive()[1], family.parameters[0])
        return sign_at(univariate, cells([univariate], *ends(family.domain))[0])
    whole = family.domain.face(()) if isinstance(family.domain, Polytope) else None
    point = dict(zip(family.parameters, whole.centre, strict=True)) if whole else {}
    value = substitute(poly, point)
    return 1 if value > 0 else -1


def zero_inflated(family: Family, parameter: Symbol = Symbol("w")) -> Family:
    """Return w·δ₀ + (1 - w)·q_θ, w in [0, 1]: the family with more zeros.

    >>> from klexact.families import binomial
    >>> zero_inflated(binomial(1)).at("1/2", "1/2")
    Distribution({0: 3/4, 1: 1/4})

    Raises NoClosedFormError where q_θ(0) is not rational (Poisson: exp(-λ)).
    """
    if not isinstance(family, Family) or len(family.parameters) != 1 or family.wide is not None:
        raise InvalidFamilyError(f"zero_inflated needs a family with one parameter; found {family!r:.80}")
    (theta,) = family.parameters
    if not isinstance(parameter, Symbol) or parameter == theta:
        raise InvalidFamilyError(f"the weight of the zeros must be a Symbol other than {theta}; found {parameter!r}")
    zero = family.log_probability(0)
    if zero is None:
        raise InvalidFamilyError(f"{family.name} must give 0 a probability; found none: use a mixture")
    at_zero = parameter + (1 - parameter) * as_expr(_exact(family, zero))
    rest, first = LogForm.log(1 - parameter), LogForm.log(at_zero)

    def log_probability(x: Any) -> LogForm | None:
        form = family.log_probability(x)
        if form is None or x == 0:
            return form if form is None else first
        return rest + form

    def member(w: sympy.Expr, value: sympy.Expr) -> Distribution:
        return Distribution.mixture([Distribution.point(0), family.member(value)], [w, 1 - w])

    return Family(
        f"zero_inflated {family.name}",
        (parameter, theta),
        sympy.ProductSet(Interval(0, 1), family.domain),
        log_probability,
        member,
        inflated=(family, truncated(family, without=[0])),
    )
