"""`klexact repl`: a console with the names ready, SymPy's pretty printing, completion and a tour of one minute."""

import builtins
import code
import sys
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import click
import sympy

import klexact
from klexact import families, forms, laws
from klexact.errors import KLExactError
from klexact.story import worms

__all__ = ["TOUR", "banner", "names", "start", "tour"]

TOUR = (
    ("A distribution is exact.", "worms"),
    ("Measures are SymPy expressions, in any base; decimals have as many proved digits as you like.", ""),
    ("", "entropy(worms, base=2)"),
    ("", "decimal(entropy(worms, base=2), 30)"),
    ("The conventions at zero hold.", "kl_divergence([1, 0], [0, 1]), kl_divergence([0, 1], ['1/2', '1/2'])"),
    ("Parameters are symbols.", "kl_divergence([p, 1 - p], [q, 1 - q])"),
    ("The model that loses least is found in closed form, and proved to be the best.", ""),
    ("", "fit(worms, families.binomial(10), base=2)"),
    ("", "print(fit(worms, families.binomial(10)).explain())"),
    ("", "compare(worms, [families.uniform(11), families.binomial(10), families.two_part(range(6, 11), range(6))])"),
    ("So it is for laws that a formula gives.", "kl_divergence(laws.normal(0, 1), laws.normal(m, s))"),
)
_SYMBOLS = "a b m n p q r s t x"
_SYMPY = "E Interval Rational Symbol diff exp latex limit log oo pi pprint simplify sqrt symbols"


def names() -> dict[str, Any]:
    """Return what a session starts with: klexact's names, some of SymPy's, symbols, the worms and the tour.

    >>> ready = names()
    >>> ready["kl_divergence"](ready["worms"], [1]), ready["p"]
    (oo, p)
    """
    found: dict[str, Any] = {name: getattr(klexact, name) for name in klexact.__all__}
    found |= {
        "code": import_module("klexact.codegen").code,
        "families": families,
        "forms": forms,
        "laws": laws,
        "sympy": sympy,
    }
    found |= {name: getattr(sympy, name) for name in _SYMPY.split()}
    found |= {symbol.name: symbol for symbol in sympy.symbols(_SYMBOLS)}
    return found | {"worms": worms(), "tour": tour}


def banner() -> str:
    """Return what a session says first."""
    return (
        f"klexact {version('klexact')}. tour() shows what there is in a minute; help(entropy) explains.\n"
        "Ready: Distribution, entropy, kl_divergence, fit, compare, decimal ...; families, laws, sympy;\n"
        f"worms, the data of a story; the symbols {_SYMBOLS}."
    )


def tour() -> None:
    """Show what klexact does: each line is typed as you would, and its result printed."""
    ready = names()
    for words, typed in TOUR:
        if words:
            click.echo(f"\n# {words}")
        if typed:
            click.echo(f">>> {typed}")
            _show(eval(typed, ready))  # noqa: S307  (our own lines above)


def _show(result: object) -> None:
    if isinstance(result, str):
        click.echo(repr(result))
    elif result is not None:
        click.echo(sympy.pretty(result, wrap_line=False))


def start(*, plain: bool = False) -> None:
    """Start a session: IPython's where it is installed, unless `plain`, else Python's own."""
    if not plain and find_spec("IPython"):
        _ipython(names())
    else:
        _python(names())


class _Console(code.InteractiveConsole):
    """Python's console; errors that klexact raises on purpose are a line there, without where in klexact that was."""

    def showtraceback(self) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, KLExactError):
            _tell(error)
        else:
            super().showtraceback()


def _tell(error: BaseException) -> None:
    click.echo(f"{type(error).__name__}: {error}", err=True)


def _ipython(ready: dict[str, Any]) -> None:
    config = import_module("traitlets.config").Config()
    config.TerminalInteractiveShell.banner1 = f"{banner()}\n"
    config.TerminalInteractiveShell.confirm_exit = False
    config.InteractiveShellApp.exec_lines = ["sympy.init_printing(use_latex=False)"]
    app = import_module("IPython.terminal.ipapp").TerminalIPythonApp.instance(config=config, user_ns=ready)
    app.initialize([])
    app.shell.set_custom_exc((KLExactError,), lambda _shell, _kind, error, _trace, **_: _tell(error))
    app.start()


def _python(ready: dict[str, Any]) -> None:
    _complete(ready)
    shown, sys.displayhook = sys.displayhook, _display
    try:
        _Console(ready).interact(banner(), exitmsg="")
    finally:
        sys.displayhook = shown


def _display(result: object) -> None:
    """Print a result as the tour does, and keep it as `_`."""
    _show(result)
    if result is not None:
        builtins._ = result  # type: ignore[attr-defined]


def _complete(ready: dict[str, Any]) -> None:
    """Complete names with the tab key, where the system has readline."""
    if find_spec("readline"):
        readline, completer = import_module("readline"), import_module("rlcompleter")
        readline.set_completer(completer.Completer(ready).complete)
        readline.parse_and_bind("tab: complete")
