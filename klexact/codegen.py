"""Closed forms as code: functions in Python, C, JavaScript, R or Rust; formulas in LaTeX and Wolfram's language.

SymPy's printers write the arithmetic; what is added here are the zeros. A term c·log(a) whose argument may vanish goes
through a guarded branch, so that 0·log 0 is 0 and p·log(p/0) is infinite, as `klexact.conventions` has them; and where c
has the factor a, as in t·log t, the branch is taken exactly where a is 0, whatever rounding does to c. log(1 + x) becomes
log1p where there is one. Numbers without a closed form, and those that the printer cannot write, become their correctly
rounded doubles.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sympy
from sympy import AtomicExpr, E, Expr, Float, Function, Piecewise, S, Symbol, Tuple, log
from sympy.core.function import AppliedUndef
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from klexact.choices import require_one_of
from klexact.closedform import nodes, short
from klexact.errors import KLExactError
from klexact.exact import formula
from klexact.languages import LANGUAGES, Language
from klexact.logform import LogForm
from klexact.optima.formula import read_form
from klexact.rounding import double
from klexact.units import unit_name
from klexact.zeroof import ZeroOf

__all__ = ["code"]

_LONG = 300
_NOTATION = (sympy.Sum, sympy.Product, sympy.Integral, sympy.Derivative, sympy.Subs, sympy.Limit)


class _Printed:
    """What is written alike by all printers, each of which looks for a method of its own."""

    def _code(self, printer: Any) -> str:
        raise NotImplementedError

    def _pythoncode(self, printer: Any) -> str:
        return self._code(printer)

    _ccode = _javascript = _mcode = _rcode = _rust_code = _pythoncode


class _Double(_Printed, AtomicExpr):  # type: ignore[misc]  # SymPy is untyped
    """A double > 0, written with the digits that bring it back."""

    is_commutative = True
    is_real = True

    def __new__(cls, value: float) -> Any:
        self = super().__new__(cls)
        self.value = value
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.value,)

    def _code(self, printer: Any) -> str:
        return repr(self.value).replace("e", getattr(printer, "exponent", "e"))


class _Guarded(_Printed, Function):  # type: ignore[misc]
    """x·log y, 0 where x is 0."""

    helper = "xlogy"

    def _code(self, printer: Any) -> str:
        opening, closing = getattr(printer, "brackets", ("(", ")"))
        return f"{getattr(printer, 'prefix', '')}{self.helper}{opening}{printer.stringify(self.args, ', ')}{closing}"


class _GuardedNearOne(_Guarded):
    """x·log(1 + y), 0 where x is 0."""

    helper = "xlog1py"


def code(
    value: object,
    language: str = "python",
    name: str = "f",
    *,
    arguments: Iterable[Symbol] | None = None,
    base: object = E,
) -> str:
    """Return a closed form as code: a function of its symbols, with a comment on zeros and on its unit.

    `value` is a SymPy expression, such as a measure or `Fit.argmin` (a Tuple makes one function an entry, f_1, f_2, ...),
    or a log form, rendered in units of log(base). The symbols become arguments, sorted by name, or as `arguments` says; names
    that the language does not allow are altered. Arithmetic is in doubles: where terms cancel, as those of a divergence do
    near p = q, digits are lost that `decimal` would give. Outside the domain the language's own
    logarithm answers: NaN, or an error. Raises KLExactError for what the language has no function for, naming it.

    >>> from klexact import kl_divergence
    >>> from sympy.abc import p, q
    >>> print(code(kl_divergence([p, 1 - p], [q, 1 - q]), "c", "kl"))
    #include <math.h>
    <BLANKLINE>
    // zeros: x*log(y) is 0 where x is 0, also at y = 0; elsewhere log(0) is minus infinity, so p*log(p/0) is infinity
    static double kl_xlogy(double x, double y) { return x == 0 ? 0 : x * log(y); }
    static double kl_xlog1py(double x, double y) { return x == 0 ? 0 : x * log1p(y); }
    <BLANKLINE>
    // p*log(p) - p*log(q) + (1 - p)*log(1 - p) + (p - 1)*log(1 - q), in nats
    double kl(double p, double q)
    {
        return kl_xlogy(p, p) - kl_xlogy(p, q) + kl_xlog1py(1 - p, -p) + kl_xlog1py(p - 1, -q);
    }
    >>> scope = {}
    >>> exec(code(kl_divergence([p, 1 - p], [q, 1 - q], base=2)), scope)   # our own text
    >>> scope["f"](0, 0.5), scope["f"](0.5, 0), scope["f"](1, 1)
    (1.0, inf, 0.0)
    """
    language = language.lower()
    require_one_of("language", language, LANGUAGES)
    target = LANGUAGES[language]
    if not target.is_free(name):
        raise KLExactError(f"name must be a free identifier in {language}; found {name!r}")
    exprs = [_expression(v, base) for v in (value if isinstance(value, (Tuple, tuple, list)) else [value])]
    names = [name] if len(exprs) == 1 else [f"{name}{target.joint}{i}" for i in range(1, len(exprs) + 1)]
    symbols = _arguments(exprs, arguments)
    renamed = target.renamed(symbols, names)
    own = [renamed[s] for s in symbols]
    functions = [_function(language, title, e.xreplace(renamed), own) for title, e in zip(names, exprs, strict=True)]
    return target.header + "\n\n".join(functions)


def _expression(value: object, base: object) -> Expr:
    if hasattr(value, "argmins"):
        raise KLExactError(f"a form is required; found {value!r:.80}: ask for its argmin or its divergence")
    found = value.as_expr(base) if isinstance(value, LogForm) else formula(value, "the form")
    if found.has(sympy.nan, sympy.zoo, sympy.I):
        raise KLExactError(f"a real form is required; found {short(found)}")
    return found.xreplace({f: sympy.Rational(f) for f in found.atoms(Float)})


def _arguments(exprs: Sequence[Expr], given: Iterable[Symbol] | None) -> list[Symbol]:
    free = set().union(*(e.free_symbols for e in exprs))
    if given is None:
        return sorted(free, key=lambda s: [int(x) if x.isdecimal() else x for x in re.split(r"(\d+)", s.name)])
    listed = list(given)
    if not free <= set(listed) or len(set(listed)) < len(listed):
        raise KLExactError(
            f"arguments must hold every symbol once: {', '.join(sorted(map(str, free)))}; found {', '.join(map(str, listed))}"
        )
    return listed


def _function(language: str, name: str, expr: Expr, symbols: Sequence[Symbol]) -> str:
    target = LANGUAGES[language]
    printer, body = target.printer(name), expr if target.is_notation else _written(expr, target)
    used = {getattr(f, "helper", "") for f in body.atoms(Function)}
    try:
        text = printer.doprint(body)
    except PrintMethodNotImplementedError as error:
        missing = re.search(r">: (?:<class '[\w.]*\.)?(\w+)", str(error))
        found = missing[1] if missing else "one that is missing"
        raise KLExactError(
            f"{language} must have all functions of the formula; found {found} in {short(expr)}: generate latex or wolfram, or "
            "give the parameters values"
        ) from None
    shown = str(expr) if len(str(expr)) < _LONG else short(expr)
    arguments = [printer.doprint(s) for s in symbols]
    if target.is_notation:
        name = name if len(name) == 1 else rf"\operatorname{{{name}}}".replace("_", r"\_")
        arguments = [rf"\left({', '.join(arguments)}\right)"] if arguments else []
    return target.function(name, arguments, text, [h for h in target.helpers if h in used], f"{shown}{_unit(expr)}")


def _unit(expr: Expr) -> str:
    if not expr.has(log):
        return ""
    try:
        return f", in {unit_name(read_form(expr)[1])}"
    except KLExactError:
        return "; logarithms are natural"


# -- zeros and numbers -----------------------------------------------------------------------------------------


def _written(expr: Expr, target: Language) -> Expr:
    """Return an expression with guarded logarithms, and numbers that a printer can write."""
    refused = [node for node in nodes(expr) if isinstance(node, (*_NOTATION, AppliedUndef))]
    if refused:
        raise KLExactError(f"code needs a closed form; found {short(refused[0])}: latex writes it as it is")
    return _numbers(_guarded(expr, target), target)


def _guarded(expr: Any, target: Language) -> Any:
    """Return the expression with c·log(a), where a may vanish, guarded, and 0/0 cancelled.

    Sums in brackets are multiplied out for that.
    """
    if expr.is_Mul and expr.is_rational_function():
        return sympy.cancel(expr)
    if not expr.free_symbols or not expr.has(log):
        return expr
    if isinstance(expr, log):
        return _term(S.One, expr.args[0], target)
    if expr.is_Mul:
        opened = sympy.expand_mul(expr) if any(f.is_Add and f.has(log) for f in expr.args) else expr
        if opened.is_Add:
            return _guarded(opened, target)
        logs = [f for f in expr.args if isinstance(f, log) and f.free_symbols]
        if logs:
            rest = sympy.Mul(*(f for f in expr.args if f is not logs[0]))
            return _term(_guarded(rest, target), logs[0].args[0], target)
    parts = [_guarded(part, target) for part in expr.args]
    return expr.func(*parts, evaluate=False) if isinstance(expr, Piecewise) else expr.func(*parts)


def _term(c: Expr, a: Expr, target: Language) -> Expr:
    """Return c·log(a), guarded where a may vanish; as c/a·(a·log a) where c has that factor, so that both are 0 at once."""
    number, rest = c.as_independent(*c.free_symbols, as_Add=False) if c.free_symbols else (c, S.One)
    if a.is_positive or (rest == 1 and not target.raises_at_zero):
        return c * log(a)
    quotient = _quotient(rest, a)
    outer, inner = (number * quotient, a) if quotient is not None else (number, rest)
    inner = _Double(1.0) if inner == 1 else inner
    if "xlog1py" in target.helpers and a.is_Add and len(a.args) == 2 and S.One in a.args:
        return outer * _GuardedNearOne(inner, a - 1)
    return outer * _Guarded(inner, a)


def _quotient(c: Expr, a: Expr) -> Expr | None:
    """Return c/a if that is a rational function without a in its denominator."""
    if not (c.is_rational_function() and a.is_polynomial()):
        return None
    above, below = sympy.fraction(sympy.together(c))
    quotient, remainder = sympy.div(above, a, *sorted(a.free_symbols, key=str))
    return quotient / below if remainder == 0 else None


def _numbers(expr: Any, target: Language) -> Any:
    """Return the expression with its symbol-free parts as the language can write them."""
    if isinstance(expr, _Double) or expr in {S.Infinity, S.NegativeInfinity}:
        return expr
    if isinstance(expr, Expr) and not expr.free_symbols and not expr.atoms(_Double):
        return expr if _is_plain(expr, target) else _double(expr)
    if isinstance(expr, sympy.Pow) and expr.exp.is_Integer:
        return _numbers(expr.base, target) ** expr.exp
    parts = [part if expr.is_Mul and part == -1 else _numbers(part, target) for part in expr.args]
    if not parts:
        return expr
    return expr.func(*parts, evaluate=False) if isinstance(expr, Piecewise) else expr.func(*parts)


def _is_plain(expr: Expr, target: Language) -> bool:
    def allowed(node: Any) -> bool:
        if node.is_Rational:
            return bool(max(abs(node.p), node.q) < target.largest)
        return isinstance(node, target.plain) and not isinstance(node, (ZeroOf, sympy.CRootOf))

    return bool(target.plain) and all(map(allowed, nodes(expr)))


def _double(expr: Expr) -> Expr:
    value = double(expr)
    return S.Zero if value == 0 else -_Double(-value) if value < 0 else _Double(value)
