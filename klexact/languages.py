"""Languages that closed forms are written in: SymPy's printers, what a function looks like, which names are taken."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from keyword import kwlist
from math import inf
from typing import Any

from sympy import Add, Expr, Mul, Pow, Symbol, exp, log
from sympy.core.numbers import Exp1, Pi
from sympy.printing.c import C99CodePrinter
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathematica import MCodePrinter
from sympy.printing.pycode import PythonCodePrinter
from sympy.printing.rcode import RCodePrinter
from sympy.printing.rust import RustCodePrinter

__all__ = ["LANGUAGES", "Language"]

_NOTE = (
    "zeros: x*log(y) is 0 where x is 0, also at y = 0; elsewhere log(0) is minus infinity, so p*log(p/0) is infinity"
)
_TAKEN = "E I Inf Infinity Math N NaN Number S e exp f64 i inf log log1p math nan pi sqrt xlog1py xlogy"


class _Wolfram(MCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    brackets = ("[", "]")
    exponent = "*^"

    def _print_Piecewise(self, expr: Any) -> str:  # noqa: N802
        cases = ", ".join(f"{{{self.doprint(value)}, {self.doprint(condition)}}}" for value, condition in expr.args)
        return f"Piecewise[{{{cases}}}]"


class _Rust(RustCodePrinter):  # type: ignore[misc]
    def _cast_to_float(self, expr: Any) -> Any:
        return expr  # all numbers are written as doubles; SymPy's casts lose brackets

    def _print_Infinity(self, _: Any) -> str:  # noqa: N802
        return "f64::INFINITY"

    def _print_NegativeInfinity(self, _: Any) -> str:  # noqa: N802
        return "f64::NEG_INFINITY"


@dataclass(frozen=True)
class Language:
    """A language.

    `template` holds {name}, {arguments}, {shown}, {helpers}, {body}, and {gap} after helpers. `helpers` define x·log y and
    x·log(1 + y), guarded, above or in a function that uses them. `plain` are the kinds of constants that are written
    out, up to `largest`; with none whole numbers are doubles, too. `joint` joins the parts of a name; a notation keeps its
    logarithms.
    """

    printer_class: type
    template: str
    helpers: Mapping[str, str] = field(default_factory=dict)
    comment: str = "# {}"
    header: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    argument: str = "{}"
    none: str = ""
    joint: str = "_"
    reserved: str = ""
    plain: tuple[type, ...] = (Add, Mul, Pow, log, exp, Pi, Exp1)
    largest: float = 2**31
    raises_at_zero: bool = False
    is_notation: bool = False

    def printer(self, function: str) -> Any:
        """Return the printer for a function of this name."""
        printer = self.printer_class(dict(self.options))
        printer.prefix = f"{function}_" if "{name}_xlogy" in self.helpers.get("xlogy", "") else ""
        return printer

    def is_free(self, name: str) -> bool:
        """Tell whether a name may be given to a function or an argument."""
        words = getattr(self.printer_class(), "reserved_words", ())
        letters = r"[A-Za-z][A-Za-z0-9_]*" if self.joint else r"[a-z][A-Za-z0-9]*"
        return bool(re.fullmatch(letters, name)) and name not in {*words, *_TAKEN.split(), *self.reserved.split()}

    def renamed(self, symbols: Iterable[Symbol], functions: Iterable[str]) -> dict[Symbol, Symbol]:
        """Return the symbols under names that are free in this language, and distinct."""
        found: dict[Symbol, Symbol] = {}
        taken = set(functions)
        for symbol in symbols:
            name = symbol.name if self.is_notation and symbol.name.isprintable() else self._identifier(symbol.name)
            numbered = (name, *(f"{name}{self.joint}{i}" for i in range(1, 1_000)))
            name = next(n for n in numbered if n not in taken and (self.is_notation or self.is_free(n)))
            taken.add(name)
            found[symbol] = Symbol(name, **symbol.assumptions0)
        return found

    def _identifier(self, text: str) -> str:
        spelt = "".join(c if c.isascii() else unicodedata.name(c, "x").rpartition(" ")[2].lower() for c in text)
        name = re.sub(r"[^A-Za-z0-9]+", self.joint, spelt).strip("_") or "x"
        name = name if name[0].isalpha() else f"x{self.joint}{name}"
        return name if self.joint else name[0].lower() + name[1:]

    def function(self, name: str, arguments: Sequence[str], body: str, helpers: Sequence[str], shown: str) -> str:
        """Return the text of a function, or of a formula."""
        lines = [self.helpers[h].format(name=name) for h in helpers]
        first = _margin(lines[0].lstrip("\n")) + self.comment.format(_NOTE) if lines else ""
        margin = _margin(re.sub(r"\{\w+\}", "", self.template.partition("{body}")[0].rpartition("\n")[2]))
        return self.template.format(
            name=name,
            arguments=", ".join(map(self.argument.format, arguments)) or self.none,
            shown=self.comment.format(shown),
            helpers="".join(f"{line}\n" for line in [first, *lines] if line),
            gap="\n" if lines else "",
            body=body.replace("\n", f"\n{margin}"),
        )


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


_LATEX = "% zeros: 0 log 0 = 0, and p log(p/0) = infinity"
LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        PythonCodePrinter,
        "def {name}({arguments}):\n    {shown}\n{helpers}{gap}    return {body}",
        {
            "xlogy": "\n    def xlogy(x, y):\n        return x * (math.log(y) if y != 0 else -math.inf) if x != 0 else 0.0",
            "xlog1py": (
                "\n    def xlog1py(x, y):  # x*log(1 + y)\n"
                "        return x * (math.log1p(y) if y != -1 else -math.inf) if x != 0 else 0.0"
            ),
        },
        header="import math\n\n\n",
        options={"strict": True},
        reserved=" ".join(kwlist),
        raises_at_zero=True,
    ),
    "c": Language(
        C99CodePrinter,
        "{helpers}{gap}{shown}\ndouble {name}({arguments})\n{{\n    return {body};\n}}",
        {
            "xlogy": "static double {name}_xlogy(double x, double y) {{ return x == 0 ? 0 : x * log(y); }}",
            "xlog1py": "static double {name}_xlog1py(double x, double y) {{ return x == 0 ? 0 : x * log1p(y); }}",
        },
        comment="// {}",
        header="#include <math.h>\n\n",
        options={"strict": True, "math_macros": {}},
        plain=(Add, Mul, Pow, log, exp),
        argument="double {}",
        none="void",
        reserved="acos asin atan cbrt ceil cos erf fabs floor fmax fmin gamma j0 j1 jn lgamma log10 log2 main pow round sin "
        "tan tgamma y0 y1 yn",
    ),
    "javascript": Language(
        JavascriptCodePrinter,
        "function {name}({arguments}) {{\n  {shown}\n{helpers}  return {body};\n}}",
        {
            "xlogy": "  const xlogy = (x, y) => (x === 0 ? 0 : x * Math.log(y));",
            "xlog1py": "  const xlog1py = (x, y) => (x === 0 ? 0 : x * Math.log1p(y)); // x*log(1 + y)",
        },
        comment="// {}",
        options={"strict": True},
        reserved="arguments async await break case catch class const continue debugger default delete do else enum eval "
        "export extends false finally for function if implements import in instanceof interface let new null package private "
        "protected public return static super switch this throw true try typeof undefined var void while with yield",
    ),
    "r": Language(
        RCodePrinter,
        "{name} <- function({arguments}) {{\n  {shown}\n{helpers}  {body}\n}}",
        {
            "xlogy": "  xlogy <- function(x, y) ifelse(x == 0, 0, x * log(y))",
            "xlog1py": "  xlog1py <- function(x, y) ifelse(x == 0, 0, x * log1p(y))  # x*log(1 + y)",
        },
        options={"strict": True, "user_functions": {"loggamma": "lgamma"}},
        reserved="FALSE NA NULL TRUE break else for function if in next repeat while",
    ),
    "rust": Language(
        _Rust,
        "pub fn {name}({arguments}) -> f64 {{\n    {shown}\n{helpers}    {body}\n}}",
        {
            "xlogy": "    fn xlogy(x: f64, y: f64) -> f64 {{ if x == 0.0 {{ 0.0 }} else {{ x * y.ln() }} }}",
            "xlog1py": "    fn xlog1py(x: f64, y: f64) -> f64 {{ if x == 0.0 {{ 0.0 }} else {{ x * y.ln_1p() }} }}",
        },
        comment="// {}",
        options={"strict": True},
        argument="{}: f64",
        plain=(),
    ),
    "latex": Language(
        LatexPrinter,
        _LATEX + "\n{shown}\n{name}{arguments} = {body}",
        comment="% {}",
        is_notation=True,
    ),
    "wolfram": Language(
        _Wolfram,
        "{shown}\n{name}[{arguments}] := Module[{{xlogy}},\n{helpers}  {body}]",
        {"xlogy": "  xlogy[x_, y_] := Piecewise[{{{{0, x == 0}}}}, x*Log[y]];"},
        comment="(* {} *)",
        options={"strict": True},
        argument="{}_",
        joint="",
        plain=(Expr,),
        largest=inf,
    ),
}
