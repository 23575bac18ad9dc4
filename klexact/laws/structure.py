"""Laws made of laws: independent parts, one-to-one functions of an outcome, a single point."""

from collections.abc import Callable
from typing import Any

import sympy
from sympy import Interval, Lambda, Mul, ProductSet, Range, S, Tuple, log

from klexact.errors import InvalidFamilyError
from klexact.laws.expectation import moment
from klexact.laws.law import Law, Moment, X, point, terms
from klexact.laws.maps import direction
from klexact.laws.parameters import Parameters, number
from klexact.laws.spaces import Image, Outcome, generic, inner, moved, slot

__all__ = ["point_mass", "product", "pushforward"]


def product(*laws: Law) -> Law:
    """Return the law of independent outcomes, one of each law, as a tuple.

    Divergences and entropies add up; oo if one part is. Parts on the real line make a law on R^d, like a multivariate
    normal one. `product(*[p] * n)` is the law of a sample.

    >>> from klexact.laws import kl_divergence, multivariate_normal, normal, poisson
    >>> kl_divergence(product(normal(0, 1), poisson(2)), product(normal(1, 1), poisson(1)))
    -1/2 + 2*log(2)
    >>> kl_divergence(product(normal(0, 1), poisson(1)), product(normal(1, 1), poisson(0)))
    oo
    >>> kl_divergence(product(normal(0, 1), normal(0, 1)), multivariate_normal([0, 0], [[2, 1], [1, 2]]))
    -1/3 + log(3)/2

    Cover & Thomas, *Elements of Information Theory*, 2nd ed., theorem 2.5.3.
    """
    if not laws or not all(isinstance(law, Law) for law in laws):
        raise InvalidFamilyError(f"a product needs one law at least, and laws only; found {laws!r:.80}")
    density: dict[sympy.Expr, sympy.Expr] = {S.One: S.Zero}
    for i, law in enumerate(laws, 1):
        for statistic, c in law.log_density.items():
            place = moved(statistic, i)
            density[place] = density.get(place, S.Zero) + c
    return Law(
        "product",
        {f"part_{i}": law for i, law in enumerate(laws, 1)},
        ProductSet(*(law.support for law in laws)),
        density,
        tuple(dict.fromkeys(condition for law in laws for condition in law.conditions)),
        rules=(_independently,),
        make=lambda *parts: product(*(part.subs({}) for part in parts)),
    )


def _independently(law: Law, statistic: sympy.Expr) -> Moment | None:
    """E of a product of statistics, each of one part, is the product of their expectations."""
    by_part: dict[int, sympy.Expr] = {}
    for factor in Mul.make_args(statistic):
        parts = {slot(v) for v in factor.atoms(Outcome)}
        if len(parts) != 1:
            return None
        (i,) = parts
        by_part[i] = by_part.get(i, S.One) * inner(factor)
    laws = list(law.parameters.values())
    found = [moment(laws[i - 1], t) for i, t in by_part.items()]
    return Moment(Mul(*(m.value for m in found)), sympy.And(*(m.finite for m in found)))


def pushforward(law: Law, function: Callable[[sympy.Expr], sympy.Expr] | sympy.Expr) -> Law:
    """Return the law of f(x), f one-to-one; of a tuple of numbers, with f of each.

    The function is a chain of sums, products, powers, exponentials and logarithms with constants, in which x occurs
    once. Divergences between laws under one function are those of the laws themselves; with laws of another kind there
    is none: for those, see `log_normal`, `exp_gamma` and their like.

    >>> from klexact.laws import entropy, kl_divergence, log_normal, normal
    >>> p, q = (pushforward(normal(m, 1), sympy.exp) for m in (0, 1))
    >>> kl_divergence(p, q), entropy(q) - entropy(log_normal(1, 1)), p.density(1) == log_normal(0, 1).density(1)
    (1/2, 0, True)
    >>> pushforward(normal(0, 1), sympy.log)
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: log(x) must be real and one-to-one on the support; found log of values from -oo to oo

    Kullback, *Information Theory and Statistics*, 1959, section 2.4.
    """
    if not isinstance(law, Law):
        raise InvalidFamilyError(f"a Law is required; found {law!r:.80}")
    f = sympy.sympify(function(X) if callable(function) else function)
    if not f.free_symbols >= {X}:
        raise InvalidFamilyError(f"a function of x is required; found {f}")
    f = f.xreplace({c: number(c, "constant") for c in f.atoms(sympy.Float)})
    if f == X:
        return law
    density = dict(law.log_density)
    for v, rate in _rates(law.support, f):
        for statistic, c in terms(log(rate.xreplace({X: v}))).items():
            density[statistic] = density.get(statistic, S.Zero) - c
    return Law(
        "pushforward",
        {"law": law, "function": Lambda(X, f)},
        _image(law.support, f),
        density,
        law.conditions,
        rules=(_before,),
        make=lambda base, function: pushforward(base.subs({}), function),
    )


def _image(support: sympy.Set, f: sympy.Expr) -> sympy.Set:
    if isinstance(support, ProductSet):
        return ProductSet(*(_image(part, f) for part in support.sets))
    first, base = (support.args[0].expr, support.args[1]) if isinstance(support, Image) else (X, support)
    return Image(Lambda(X, f.xreplace({X: first})), base)


def _rates(support: sympy.Set, f: sympy.Expr) -> list[tuple[Outcome, sympy.Expr]]:
    """Return |f'| for the variables with densities, having checked f on the values of each."""
    if isinstance(support, ProductSet):
        found = (_rates(part, f) for part in support.sets)
        return [(moved(v, i), rate) for i, rates in enumerate(found, 1) for v, rate in rates]
    if isinstance(support, Image):
        first, base = support.args[0].expr, support.args[1]
        both = zip(_rates(base, f.xreplace({X: first})), _rates(base, first), strict=True)
        return [(v, rate / own) for (v, rate), (_, own) in both]
    if generic(support) != X:
        found = generic(support)
        raise InvalidFamilyError(f"a pushforward needs outcomes that are numbers or tuples of them; found {found}")
    low, high = (support.start, support.stop - 1) if isinstance(support, Range) else (support.inf, support.sup)
    turned = direction(f, X, low, high, attained=not isinstance(support, Interval))
    return [(X, turned * sympy.diff(f, X))] if isinstance(support, Interval) else []


def _before(law: Law, statistic: sympy.Expr) -> Moment:
    """Densities are written in the outcome before the function."""
    return moment(law.parameters["law"], statistic)


def point_mass(at: Any) -> Law:
    """Return the law with all mass on one outcome: a number, or a tuple of them.

    Its divergence from a law is -log of the mass there, oo if that is 0; from a density oo, since it has mass where a
    density has none.

    >>> from klexact.laws import kl_divergence, multinomial, normal, poisson
    >>> kl_divergence(point_mass(2), poisson(1)), kl_divergence(poisson(1), point_mass(2))
    (log(2) + 1, oo)
    >>> kl_divergence(point_mass(0), normal(0, 1)), kl_divergence(point_mass([1, 1]), multinomial(2, ["1/2", "1/2"]))
    (oo, log(2))
    """
    place = _outcome(at)
    return point("point_mass", Parameters({"at": place}, ()), place, make=point_mass)


def _outcome(at: Any) -> sympy.Basic:
    if isinstance(at, (tuple, list, Tuple)):
        return Tuple(*map(_outcome, at))
    return number(at, "at")
