"""What a parametric model is, as data: its name, its parameters with their domain, and log q(x) as a log form in them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import QQ, Interval, Symbol

from klexact.display import listed
from klexact.distribution import Distribution
from klexact.errors import InvalidFamilyError
from klexact.exact import element
from klexact.logform import LogForm
from klexact.polytope import Polytope
from klexact.ratfunc import as_expr, element_of, is_parametric
from klexact.sheet import Displayed, Sheet

__all__ = ["Family", "ends", "infinite", "inside", "log_of", "require_symbols"]

Outcome = Hashable

_SHOWN = 6  # outcomes on the sheet
_FEW = 12  # inequalities of a domain that logarithms look at for their signs


@dataclass(frozen=True, eq=False)
class Family(Displayed):
    """A parametric model q_θ: what `fit` minimises over.

    `log_probability(x)` is log q_θ(x), or None where q_θ(x) = 0 for every θ; `member` makes the distribution
    at given values. The domain of one parameter is an Interval, that of several a `Polytope` (or a product of intervals); a
    family without parameters, one distribution, has none.
    """

    name: str
    parameters: tuple[Symbol, ...]
    domain: sympy.Set | Polytope | None
    log_probability: Callable[[Any], LogForm | None]
    member: Callable[..., Distribution]
    components: tuple[Distribution, ...] = ()  # with disjoint supports: θ holds their masses
    wide: Mapping[Outcome, sympy.Expr] | None = None  # probabilities that are not rational functions
    finite: bool = True  # finitely many outcomes
    inflated: "tuple[Family, Family] | None" = None  # zero-inflated: of which family, and that one without its zeros

    def __post_init__(self) -> None:
        require_symbols(self.name, self.parameters)

    def at(self, *values: object) -> Distribution:
        """Return the member with these parameter values, rational and inside the domain.

        >>> from klexact.families import binomial
        >>> binomial(2).at("1/2")
        Distribution({0: 1/4, 1: 1/2, 2: 1/4})
        >>> binomial(2).at(2)
        Traceback (most recent call last):
        ...
        klexact.errors.InvalidFamilyError: p must lie in Interval(0, 1) for binomial(2); found 2
        """
        if len(values) != len(self.parameters):
            raise InvalidFamilyError(
                f"{self.name} needs {len(self.parameters)} parameter values; found {len(values)}: "
                f"{', '.join(map(str, self.parameters)) or 'it has none'}"
            )
        exact = [element_of(element(v, str(s))) for s, v in zip(self.parameters, values, strict=True)]
        if not any(map(is_parametric, exact)):
            self._require_inside(exact)
        return self.member(*map(as_expr, exact))

    def _require_inside(self, point: list[Any]) -> None:
        if isinstance(self.domain, Polytope):
            for row in self.domain.rows:
                if row.at(point) < 0:
                    side = row.as_expr(self.parameters)
                    raise InvalidFamilyError(
                        f"{side} must not be negative; found {as_expr(row.at(point))} for {self.name}"
                    )
        elif self.domain is not None:
            value = sympy.Tuple(*map(as_expr, point)) if len(point) > 1 else as_expr(point[0])
            if value not in self.domain:
                names = ", ".join(map(str, self.parameters))
                raise InvalidFamilyError(f"{names} must lie in {self.domain} for {self.name}; found {value}")

    def _sheet(self) -> Sheet:
        some = self._some_outcomes()
        logs = [(x, self.log_probability(x)) for x in some[:_SHOWN]]
        rows = [(str(x), sympy.S.Zero if log is None else log.exp()) for x, log in logs]
        more = ["..."] if not self.finite or len(some) > _SHOWN else []
        return Sheet(repr(self)[1:-1], ("outcome", "probability"), rows, more)

    def _some_outcomes(self) -> list[Outcome]:
        if self.wide is not None:
            return list(self.wide)
        if not self.finite:
            return list(range(_SHOWN))
        return list(self.member(*self.parameters))

    @property
    def outcomes_text(self) -> str:
        """The outcomes as text, those with probability 0 for all parameters left out."""
        if not self.finite:
            return "0, 1, 2, ..."
        return listed(self.member(*self.parameters).support if self.wide is None else self.wide)

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.parameters[:3])) + (", ..." if len(self.parameters) > 3 else "")
        over = f" over {names} in {self.domain}" if self.domain is not None else ""
        return f"<Family {self.name}{over}>"


def require_symbols(name: str, parameters: Iterable[object]) -> None:
    """Raise InvalidFamilyError unless the parameters of a family are symbols.

    >>> require_symbols("poisson", [3])
    Traceback (most recent call last):
    ...
    klexact.errors.InvalidFamilyError: the parameters of poisson must be SymPy Symbols; found 3: one member is made by at(),
    or by a law of klexact.laws
    """
    for s in parameters:
        if not getattr(s, "is_symbol", False):
            raise InvalidFamilyError(
                f"the parameters of {name} must be SymPy Symbols; found {s!r:.60}: one member is made by at(), or by a law of "
                "klexact.laws"
            )


def ends(domain: object) -> tuple[Any, Any]:
    """Return the rational ends of an interval, None for an infinite one."""
    if not isinstance(domain, Interval) or not all(
        end.is_Rational or end.is_infinite for end in (domain.start, domain.end)
    ):
        raise InvalidFamilyError(f"a domain must be a SymPy Interval with rational or infinite ends; found {domain}")
    return tuple(None if end.is_infinite else element_of(element(end)) for end in (domain.start, domain.end))  # type: ignore[return-value]


def log_of(model: Distribution, domain: sympy.Set | Polytope | None = None) -> Callable[[Any], Any]:
    """Return the function from outcomes to log q(x) of a distribution with parameters."""
    positive = [x for x in inside(model.free_symbols, domain) if is_parametric(x)]

    def log_probability(x: Outcome) -> LogForm | None:
        q = model.mass(x)
        return LogForm.of_logs([(QQ(1), q)], assuming=positive) if q else None

    return log_probability


def inside(parameters: Collection[Symbol], domain: sympy.Set | Polytope | None) -> list[Any]:
    """Return elements that are positive inside the domain, as many as help: they fix the signs of logarithms."""
    if isinstance(domain, Polytope):
        few = len(domain.rows) <= _FEW
        return [element_of(row.as_expr(domain.symbols)) for row in domain.rows] if few else []
    if domain is None or len(parameters) != 1:
        return []
    (parameter,) = parameters
    lower, upper = ends(domain)
    x = element_of(parameter)
    return ([] if lower is None else [x - lower]) + ([] if upper is None else [upper - x])


def infinite(name: str, end: int | None, *value: sympy.Expr) -> Distribution:
    """Return the point mass at 0 that a family on infinitely many outcomes is at one end; refuse its other members."""
    if end is not None and value == (end,):
        return Distribution.point(0)
    raise InvalidFamilyError(
        f"a Distribution has finitely many rational probabilities; {name} has not: use it with fit, and read argmin"
    )
