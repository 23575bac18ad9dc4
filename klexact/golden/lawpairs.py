"""The golden function that is a divergence of two laws given by formulas: normal, gamma, beta and their like."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sympy
from flint import ctx, fmpq

from klexact import laws
from klexact.errors import KLExactError
from klexact.golden.function import Function, Inputs
from klexact.golden.quantities import Closed

__all__ = ["FUNCTIONS", "PARAMETERS"]

PARAMETERS: Mapping[str, Sequence[str]] = {
    "bernoulli": ("probability",),
    "beta": ("a", "b"),
    "binomial": ("trials", "probability"),
    "cauchy": ("location", "scale"),
    "continuous_bernoulli": ("probability",),
    "exponential": ("rate",),
    "gamma": ("shape", "rate"),
    "geometric": ("probability (of 0, 1, 2, ... failures)",),
    "gumbel": ("location", "scale"),
    "half_normal": ("scale",),
    "inverse_gamma": ("shape", "scale"),
    "laplace": ("location", "scale"),
    "log_normal": ("mean", "deviation of the logarithm"),
    "normal": ("mean", "deviation"),
    "pareto": ("scale", "shape"),
    "poisson": ("rate",),
    "rayleigh": ("scale",),
    "uniform": ("low", "high"),
    "weibull": ("shape", "scale"),
}
_REAL = ("high", "location", "low", "mean")  # the others are positive
_PREC = 256


def _made(name: str, parameters: Sequence[Any]) -> laws.Law:
    if name not in PARAMETERS or len(parameters) != len(PARAMETERS[name]):
        known = ", ".join(f"{law} ({len(names)})" for law, names in PARAMETERS.items())
        raise KLExactError(
            f"a law and its number of parameters must be one of {known}; found {name!r:.60} with {len(parameters)}"
        )
    made: laws.Law = getattr(laws, name)(*parameters)
    return made


def _law(name: str, parameters: Sequence[fmpq]) -> laws.Law:
    return _made(name, [sympy.Rational(int(x.p), int(x.q)) for x in parameters])


def _divergence(_variant: str, _unit: str, *, law_p: str, p: list[fmpq], law_q: str, q: list[fmpq]) -> Closed:
    found = laws.kl_divergence(_law(law_p, p), _law(law_q, q))
    terms = () if found is sympy.oo else _terms(law_p, p, law_q, q)
    whole = Closed(found, terms)
    with ctx.workprec(_PREC):
        adds_up = bool(terms) and whole.certified().ball(_PREC).overlaps(
            sum(Closed(x).certified().ball(_PREC) for x in terms)
        )
    return whole if adds_up else Closed(found)


def _terms(law_p: str, p: list[fmpq], law_q: str, q: list[fmpq]) -> Sequence[sympy.Expr]:
    """Return the terms of the closed form in symbols at the parameters, without those that are 0·log 0."""
    symbols, form = _in_symbols(law_p, law_q)
    at: dict[sympy.Symbol, sympy.Rational] = {}
    for symbol, x in zip(symbols, (*p, *q), strict=True):
        value = sympy.Rational(int(x.p), int(x.q))
        if at.setdefault(symbol, value) != value:
            return ()
    if isinstance(form, sympy.Piecewise):
        form = next(branch for branch, condition in form.args if condition.subs(at) == True)  # noqa: E712
    found = [term.subs(at) for term in sympy.Add.make_args(sympy.expand(form))]
    live = [term for term in found if term is not sympy.nan]
    return live if all(term.is_finite for term in live) else ()


@cache
def _in_symbols(law_p: str, law_q: str) -> tuple[Sequence[sympy.Symbol], sympy.Expr]:
    """Return symbols for the parameters of both laws, one for both numbers of trials, and the divergence."""
    p, q = ([_symbol(name, side) for name in PARAMETERS[law]] for side, law in (("p", law_p), ("q", law_q)))
    return (*p, *q), laws.kl_divergence(_made(law_p, p), _made(law_q, q))


def _symbol(name: str, side: str) -> sympy.Symbol:
    if name == "trials":
        return sympy.Symbol("n", integer=True, positive=True)
    return sympy.Symbol(f"{side}_{name}", **{"real" if name in _REAL else "positive": True})


def _laws_exist(_variant: str, inputs: Inputs) -> bool:
    for law, argument in (("law_p", "p"), ("law_q", "q")):
        if inputs[law] not in PARAMETERS:
            _made(inputs[law], inputs[argument])
        try:
            _law(inputs[law], inputs[argument])
        except KLExactError:
            return False
    return True


def _described() -> str:
    return "; ".join(f"{name} ({', '.join(parameters)})" for name, parameters in PARAMETERS.items())


FUNCTIONS = (
    Function(
        "law_kl_divergence",
        {"law_p": "name", "p": "vector", "law_q": "name", "q": "vector"},
        {
            "raw": "D(P‖Q) = E_P[log(dP/dQ)] of two laws with the parameters p and q, +∞ where P has mass outside the support "
            "of Q; terms: those of the closed form in the parameters, multiplied out. Laws and their parameters, in order: "
            f"{_described()}"
        },
        _divergence,
        domain=_laws_exist,
    ),
)
