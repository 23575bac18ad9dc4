"""What all pictures share: exact numbers placed as floats, text as it is, colours that everybody tells apart, repeatable bytes.

The palette is that of Okabe & Ito, *Color Universal Design*, 2008; hatches, dashes and markers repeat what it says. A figure is
drawn without pyplot, so no state of the process matters, and with klexact's own settings, so no matplotlibrc does either.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from importlib import import_module
from io import BytesIO
from math import nan
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, ParamSpec

import sympy
from flint import arb, ctx

from klexact.balls import UnresolvedError
from klexact.certify import decimal, sign
from klexact.errors import InvalidNumberError, KLExactError
from klexact.logform import LogForm
from klexact.optima.certificate import location_decimal
from klexact.sheet import text
from klexact.units import quantity, unit_name
from klexact.work import write_atomically
from klexact.zeroof import ZeroOf

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "ACCENT",
    "COLOURS",
    "DASHES",
    "FORMS",
    "HATCHES",
    "INFINITY",
    "MARKERS",
    "QUIET",
    "approximated",
    "canvas",
    "float_of",
    "form_of",
    "legend",
    "location_text",
    "picture",
    "plain",
    "pretty",
    "rendered",
    "save",
    "unbroken",
    "unit_of",
    "value_text",
]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000")  # blue, orange, green, purple, sky, black
ACCENT = "#D55E00"  # vermilion, for optima and infinities alone
QUIET = "#777777"
HATCHES = ("", "///", "xxx", "\\\\\\", "---", "++")
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
INFINITY = "∞"
FORMS = ("png", "svg")

_STYLE = {
    "font.family": ["DejaVu Sans"],  # it comes with matplotlib
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "savefig.dpi": 160,
    "svg.fonttype": "path",  # it looks the same whatever fonts there are
    "svg.hashsalt": "klexact",
}
_METADATA = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
_BITS, _FINE, _MOST_BITS = 53, 2.0**-100, 8_192
_LAYOUTS = 3  # until the layout does not move any more
_LEADING = 0.17  # inches from line to line
_PER_INCH = 13  # characters of a line above the axes
_LONG = 40  # characters of a number that a label shows exactly

P = ParamSpec("P")


@contextmanager
def _style() -> Iterator[None]:
    try:
        style = import_module("matplotlib.style")
    except ImportError:
        raise KLExactError("pictures need matplotlib, which is not installed: pip install 'klexact[plot]'") from None
    with style.context(["default", _STYLE]):
        yield


def picture(build: "Callable[P, Figure]") -> "Callable[P, Figure]":
    """Make a function draw in klexact's style, and its figure show itself in a notebook; tell where matplotlib is missing."""

    @wraps(build)
    def built(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        with _style():
            figure = build(*args, **kwargs)
        vars(figure)["_repr_png_"] = partial(rendered, figure, "png")  # notebooks ask for it
        return figure

    return built


def canvas(width: float = 6.4, height: float = 3.8) -> "tuple[Figure, Any]":
    """Return an empty figure of a size in inches, and its axes."""
    figure = import_module("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def rendered(figure: "Figure", form: str) -> bytes:
    """Return a figure as the bytes of a PNG or SVG file: the same each time with one version of matplotlib."""
    if form not in FORMS:
        raise KLExactError(f"a picture is written as {' or '.join(FORMS)}; found {form!r:.40}")
    file = BytesIO()
    with _style():
        if figure.get_constrained_layout():
            for _ in range(_LAYOUTS):
                figure.draw_without_rendering()
            figure.set_layout_engine("none")  # else every rendering would move the axes a little further
        figure.savefig(file, format=form, metadata=_METADATA[form])
    return file.getvalue()


def form_of(path: Path) -> str:
    """Return in which form a picture of this name is written. Raises KLExactError for other names than .png and .svg.

    >>> form_of(Path("worms.PNG"))
    'png'
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise KLExactError(f"a picture is written to a name that ends in .png or .svg; found {str(path)!r:.80}")
    return form


def save(figure: "Figure", path: str | Path) -> None:
    """Write a figure to a file, whole or not at all; the name says in which form, .png or .svg."""
    write_atomically(Path(path), rendered(figure, form_of(Path(path))))


# -- numbers -----------------------------------------------------------------------------------------------------------


def float_of(value: object, *, base: object = sympy.E) -> float:
    """Return a certified value in units of log(base) as a float; +∞ is inf.

    >>> float_of(LogForm.log(8), base=2), float_of(LogForm.infinity())
    (3.0, inf)
    """
    return float(decimal(value, 17, base=base).replace("∞", "inf"))


def approximated(ball: Callable[[int], arb]) -> float:
    """Return a real number as a float from balls around it, to 53 bits or 2^-100; nan where none shows so much.

    >>> approximated(lambda prec: arb(2).sqrt())
    1.4142135623730951
    """
    prec = 64
    while prec <= _MOST_BITS:
        try:
            with ctx.workprec(prec):
                found = ball(prec)
        except UnresolvedError:
            found = arb(nan)
        except InvalidNumberError:  # outside the domain
            return nan
        if found.is_finite() and (found.rel_accuracy_bits() >= _BITS or found.rad() < _FINE):
            return float(found.mid())
        prec *= 2
    return nan


# -- text --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    fonts = import_module("matplotlib.font_manager")
    return frozenset(fonts.get_font(fonts.findfont("DejaVu Sans")).get_charmap())


def plain(words: object, most: int = 200) -> str:
    """Return any text for a picture: no formula is read into it, what the font lacks is escaped, and long text is cut."""
    shown = "".join(
        c if ord(c) in _glyphs() and unicodedata.category(c)[0] != "C" else c.encode("unicode_escape").decode()
        for c in str(words)
    )
    cut = shown if len(shown) <= most else shown[: most - 1] + "…"
    return cut.replace("$", r"\$")  # matplotlib shows it as $, and an escaped one starts no formula


def pretty(symbol: sympy.Symbol) -> str:
    """Return the name of a parameter as SymPy prints it: λ for lambda."""
    return plain(sympy.pretty(symbol))


def unit_of(base: object) -> str:
    """Return the name of the unit of a log base. Raises KLExactError for bases below 1, in which what is least looks greatest.

    >>> unit_of(2), unit_of(sympy.E)
    ('bits', 'nats')
    """
    if sign(LogForm(1), base=base) < 0:
        raise KLExactError(f"pictures need a log base above 1; found {base}")
    return unit_name(base)


def value_text(value: object, base: object) -> str:
    r"""Return a value in words: its decimal, correctly rounded, and the unit; an infinity has none.

    >>> value_text(LogForm.log(3), 2), value_text(LogForm.infinity(), 2)
    ('1.58496\xa0bits', '∞')
    """
    return unbroken(quantity(value, 6, base=base))


def location_text(location: sympy.Expr, digits: int = 6) -> str:
    r"""Return a point in words: exactly where that is short, and its decimal.

    >>> location_text(sympy.Rational(113, 200)), location_text(sympy.sqrt(2)), location_text(sympy.Integer(1))
    ('113/200\xa0=\xa00.565', 'sqrt(2)\xa0≈\xa01.41421', '1')
    """
    if isinstance(location, sympy.Tuple):
        return f"({', '.join(location_text(x, digits) for x in location)})"
    exact, shown = text(location), location_decimal(location, digits)
    if exact == shown:
        return exact
    if location.has(ZeroOf, sympy.CRootOf) or len(exact) > _LONG:
        return unbroken(f"≈ {shown}")
    is_exact = location.is_Rational and sympy.Rational(shown) == location
    return unbroken(f"{exact} {'=' if is_exact else '≈'} {shown}")


def unbroken(words: str) -> str:
    """Return a text that stays on one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def legend(figure: "Figure", handles: list[Any], words: list[str], title: str = "") -> None:
    """Put a title and a legend above the axes, where they cover nothing, in one row if that fits; the figure grows for more."""
    width = int(figure.get_figwidth() * _PER_INCH)
    is_row = sum(map(len, words)) + 7 * len(words) <= width
    head, *labels = (fill(line, width, subsequent_indent="   ", break_on_hyphens=False) for line in (title, *words))
    labels = [f"\N{NO-BREAK SPACE}{line}" if line.startswith("_") else line for line in labels]  # else it is left out
    found = figure.legend(
        handles,
        labels,
        title=head,
        loc="outside upper left",
        ncols=len(words) if is_row else 1,
        alignment="left",
        borderaxespad=0.3,
        handlelength=2.6,
    )
    found.get_title().set_fontsize(10)
    lines = "\n".join([head] if is_row else [head, *labels]).count("\n")
    figure.set_figheight(figure.get_figheight() + _LEADING * lines)
