"""Models of one's own: probabilities as SymPy expressions in one parameter or several, checked on their whole domain."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import sympy
from sympy import Interval, Symbol

from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError, InvalidNumberError, NoClosedFormError
from klexact.exact import element
from klexact.family import Family, ends, infinite, log_of
from klexact.places import signs_on
from klexact.polytope import Affine, Polytope
from klexact.ratfunc import as_expr, is_parametric, split, substitute
from klexact.roots import cells, polynomial
from klexact.systems import Deadline

__all__ = ["custom"]

_MOST_FACTORS = 12  # whose signs are tried in all ways to find the domain
_SECONDS = 60.0  # for the signs of probabilities on a domain of several parameters


def custom(
    probabilities: Mapping[Any, object] | Iterable[object],
    parameter: Symbol | Sequence[Symbol],
    domain: sympy.Set | Polytope | sympy.Basic | Iterable[sympy.Basic] | None = None,
    name: str = "custom",
) -> Family:
    """Return a model of your own: SymPy expressions in one parameter that sum to 1 on its domain, an Interval.

    Several parameters are a sequence; their domain is a `Polytope`, or relations such as [s >= 0, s + t <= 1]. Without one
    it is where all probabilities are >= 0, if their factors are affine.

    Where the probabilities are not rational functions over Q the family is made all the same, but `fit` promises no
    closed form. Raises InvalidFamilyError if a probability is negative somewhere in the domain.

    >>> from sympy.abc import t
    >>> custom([(1 - 2 * t) ** 2, 4 * t * (1 - t)], t, Interval(0, 1))
    <Family custom over t in Interval(0, 1)>
    >>> from sympy.abc import s
    >>> custom([s / 2, s / 2, t, 1 - s - t], [s, t])
    <Family custom over s, t in Polytope(s >= 0, t >= 0, -s - t + 1 >= 0)>
    >>> custom([t / 2, 1 - t / 2], t, Interval(0, 3))
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: the probability of 1 must be >= 0 for t in Interval(0, 3); found -1/4 at t = 5/2
    """
    several = isinstance(parameter, Sequence) and not isinstance(parameter, str) and not isinstance(domain, Interval)
    if several or (domain is None and isinstance(parameter, Symbol)):
        given = (parameter,) if isinstance(parameter, Symbol) else tuple(parameter)
        return _several(probabilities, given, domain, name)
    if isinstance(parameter, Sequence) and len(parameter) == 1:
        (parameter,) = parameter
    lower, upper = ends(domain)
    if not isinstance(parameter, Symbol):
        raise InvalidFamilyError(f"the parameter of {name} must be a SymPy Symbol; found {parameter!r}")
    if not isinstance(probabilities, Mapping):
        probabilities = list(probabilities)
    try:
        model = Distribution(probabilities)
    except InvalidNumberError:
        return _wide(probabilities, parameter, domain, name)
    if model.free_symbols - {parameter}:
        raise InvalidFamilyError(
            f"{name} must depend on {parameter} alone; found {sorted(map(str, model.free_symbols))}"
        )
    for x, q in model.table:
        for point in cells(_factors(q, parameter), lower, upper):
            value = as_expr(q).subs(parameter, as_expr(point))
            if value < 0:
                raise InvalidFamilyError(
                    f"the probability of {x!r} must be >= 0 for {parameter} in {domain}; "
                    f"found {value} at {parameter} = {as_expr(point)}"
                )
    return Family(
        name,
        (parameter,),
        domain,
        log_of(model, domain),
        lambda value: model.subs({parameter: value}) if model.free_symbols else model,
    )


def _factors(q: Any, parameter: Symbol) -> list[Any]:
    return [polynomial(f, parameter) for f, _ in split(q)[1]] if is_parametric(q) else []


def _wide(probabilities: Any, parameter: Symbol, domain: sympy.Set, name: str) -> Family:
    pairs = probabilities.items() if isinstance(probabilities, Mapping) else enumerate(probabilities)
    table = {x: q if isinstance(q, sympy.Expr) else as_expr(element(q)) for x, q in pairs}
    total = sympy.simplify(sympy.Add(*table.values()))
    if total != 1:
        raise InvalidFamilyError(f"the probabilities of {name} must sum to 1 for every {parameter}; found {total}")
    return Family(name, (parameter,), domain, lambda _: None, partial(infinite, name, None), wide=table)


# -- several parameters ----------------------------------------------------------------------------------------------


def _several(probabilities: Any, parameters: tuple[Symbol, ...], domain: Any, name: str) -> Family:
    if not parameters or not all(isinstance(s, Symbol) for s in parameters) or len(set(parameters)) < len(parameters):
        raise InvalidFamilyError(f"the parameters of {name} must be distinct SymPy Symbols; found {parameters!r}")
    model = Distribution(probabilities if isinstance(probabilities, Mapping) else list(probabilities))
    if model.free_symbols - set(parameters):
        raise InvalidFamilyError(
            f"{name} must depend on {', '.join(map(str, parameters))} alone; found {sorted(map(str, model.free_symbols))}"
        )
    deadline = Deadline(_SECONDS)
    if domain is None:
        region = _where_nonnegative(model, parameters, name)
    else:
        relations = [domain] if isinstance(domain, sympy.Basic) else domain
        region = domain if isinstance(domain, Polytope) else Polytope(parameters, relations)
        if region.symbols != parameters:
            raise InvalidFamilyError(f"the domain of {name} must be one of {parameters}; found one of {region.symbols}")
        _require_probabilities(model, region, name, deadline)
    if len(parameters) == 1 and region.is_bounded:
        interval = Interval(*(as_expr(v[0]) for v in region.vertices))
        return Family(name, parameters, interval, log_of(model, interval), _substituted(model, parameters))
    return Family(name, parameters, region, log_of(model, region), _substituted(model, parameters))


def _substituted(model: Distribution, parameters: tuple[Symbol, ...]) -> Callable[..., Distribution]:
    def member(*values: object) -> Distribution:
        used = {s: v for s, v in zip(parameters, values, strict=True) if s in model.free_symbols}
        return model.subs(used) if used else model

    return member


def _odd_factors(q: Any) -> tuple[int, list[Any]]:
    """Return the sign of the unit of a probability and its factors of odd exponent."""
    if not is_parametric(q):
        return (1 if q >= 0 else -1), []
    unit, factors = split(q)
    return (1 if unit > 0 else -1), [f for f, k in factors if k % 2]


def _require_probabilities(model: Distribution, region: Polytope, name: str, deadline: Deadline) -> None:
    """Prove that all probabilities are >= 0, and continuous, on a polytope."""
    if region.is_empty:
        raise InvalidFamilyError(f"the domain of {name} must not be empty; found {region!r}")
    known: dict[Any, dict[int, sympy.Tuple]] = {}
    for x, q in model.table:
        for f, k in split(q)[1] if is_parametric(q) else ():
            if f not in known and (k % 2 or k < 0):
                known[f] = _signs_on(f, region, deadline, f"the probability of {x!r} in {name}")
            if k < 0 and (0 in known[f] or len(known[f]) > 1):
                raise InvalidFamilyError(
                    f"the probability of {x!r} must be continuous in the domain of {name}; found a denominator with the factor "
                    f"{as_expr(f)}, which is 0 there{_at(known[f].get(0), region)}"
                )
        sign, odd = _odd_factors(q)
        for f in odd:
            sign *= 0 if len(set(known[f]) - {0}) > 1 else next(iter(set(known[f]) - {0}), 1)
        if sign <= 0:
            _refuse_negative(x, q, region, name, [p for f in odd for p in known[f].values()])


def _signs_on(f: Any, region: Polytope, deadline: Deadline, what: str) -> dict[int, sympy.Tuple]:
    try:
        return signs_on(f, region, deadline)
    except NoClosedFormError as error:
        raise InvalidFamilyError(f"{what} must be shown to be >= 0: {error}") from None


def _at(point: sympy.Tuple | None, region: Polytope) -> str:
    if point is None:
        return ""
    return " at " + ", ".join(f"{s} = {v}" for s, v in zip(region.symbols, point, strict=True))


def _refuse_negative(x: object, q: Any, region: Polytope, name: str, points: Sequence[sympy.Tuple]) -> None:
    """Raise where a probability is negative somewhere: at one of some points, or between two of them."""
    centre = region.face(())
    rational = [p for p in points if all(v.is_Rational for v in p)]
    middles = [sympy.Tuple(*((u + v) / 2 for u, v in zip(a, b, strict=True))) for a, b in product(rational, repeat=2)]
    inner = [sympy.Tuple(*map(as_expr, centre.centre))] if centre else []
    for point in [*rational, *inner, *middles]:
        value = substitute(q, {s: _element(v) for s, v in zip(region.symbols, point, strict=True)})
        if value < 0:
            raise InvalidFamilyError(
                f"the probability of {x!r} must be >= 0 in the domain of {name}; found {as_expr(value)}{_at(point, region)}"
            )
    raise InvalidFamilyError(
        f"the factors of the probability of {x!r} must not change their sign in the domain of {name}; found {as_expr(q)}: "
        "give a smaller domain"
    )


def _element(x: sympy.Rational) -> Any:
    """Return a SymPy rational as an element."""
    return sympy.QQ(int(x.p), int(x.q))


def _where_nonnegative(model: Distribution, parameters: tuple[Symbol, ...], name: str) -> Polytope:
    """Return the only polytope with inner points where affine factors make all probabilities >= 0."""
    products = [_odd_factors(q) for _, q in model.table]
    factors = list(dict.fromkeys(f for _, odd in products for f in odd))
    functions = {f: Affine.of(f, parameters) for f in factors}
    below = [f for _, q in model.table if is_parametric(q) for f, k in split(q)[1] if k < 0]
    wide = [f"the factor {as_expr(f)}, which is not affine" for f in factors if functions[f] is None]
    wide += [f"the denominator {as_expr(f)}" for f in below]
    if wide:
        raise InvalidFamilyError(f"{name} needs a domain: found {wide[0]}")
    known: dict[Any, int] = {}
    while found := {
        open_[0]: sign * _product(known, odd)
        for sign, odd in products
        if len(open_ := [f for f in odd if f not in known]) == 1
    }:
        known |= found
    rest = [f for f in factors if f not in known]
    if len(rest) > _MOST_FACTORS:
        raise InvalidFamilyError(f"{name} needs a domain: found {len(rest)} factors of open sign")
    regions = []
    for signs in product((1, -1), repeat=len(rest)):
        pattern = known | dict(zip(rest, signs, strict=True))
        if all(sign * _product(pattern, odd) > 0 for sign, odd in products):
            rows = [_signed(functions[f], pattern[f]) for f in factors]
            region = Polytope(parameters, rows)
            if not rest or _has_interior(region):
                regions.append(region)
    if len(regions) != 1:
        raise InvalidFamilyError(
            f"{name} needs a domain: its probabilities are >= 0 on {len(regions) or 'no'} open parts of the parameters' space"
        )
    return regions[0]


def _product(known: Mapping[Any, int], factors: Iterable[Any]) -> int:
    sign = 1
    for f in factors:
        sign *= known.get(f, 1)
    return sign


def _signed(function: Affine | None, sign: int) -> Affine:
    if function is None:
        raise InvalidFamilyError("an affine factor is required")
    return Affine(function.constant * sign, tuple((i, a * sign) for i, a in function.slopes))


def _has_interior(region: Polytope) -> bool:
    whole = None if region.has_lines or region.is_empty else region.face(())
    return region.has_lines or (whole is not None and not whole.active)
