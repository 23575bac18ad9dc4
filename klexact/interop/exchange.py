"""What the modules of `klexact.interop` share: importing a library for an export, refusing by name, rounding to doubles."""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from importlib import import_module
from typing import Any

from klexact.distribution import Distribution
from klexact.errors import InvalidDistributionError, KLExactError
from klexact.laws import Law

__all__ = ["fractions", "imported", "unknown", "unknown_law", "without_symbols"]


def imported(module: str, extra: str) -> Any:
    """Return a module of a library that was asked for. Raises KLExactError, saying what to install.

    >>> imported("no_such_library", "interop")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: no_such_library is needed, which is not installed: pip install 'klexact[interop]'
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise KLExactError(f"{library} is needed, which is not installed: pip install 'klexact[{extra}]'") from None


def unknown(what: str, known: Iterable[str], *, why: str = "") -> InvalidDistributionError:
    """Return the error for an object of another library that is no law here."""
    return InvalidDistributionError(
        f"a distribution that klexact has as a law is required; found {what}{why and f', {why}'}: known are "
        f"{', '.join(sorted(known, key=str.lower))}; for others write a Law (see klexact.laws)"
    )


def unknown_law(law: Law, library: str, known: Iterable[str]) -> KLExactError:
    """Return the error for a law that a library does not have."""
    return KLExactError(f"{library} must have the law; found {law}: it has {', '.join(sorted(known))}")


def without_symbols(d: Distribution | Law) -> None:
    """Raise KLExactError if parameters are left, which only SymPy can hold."""
    if not isinstance(d, (Distribution, Law)):
        raise KLExactError(f"a Distribution or a Law is required; found {d!r:.80}")
    if d.free_symbols:
        symbols = ", ".join(sorted(map(str, d.free_symbols)))
        raise KLExactError(f"numbers are required; found the parameters {symbols}: give them values with subs")


def fractions(d: Distribution) -> Mapping[Hashable, Fraction]:
    """Return outcome -> probability of a distribution without parameters.

    >>> fractions(Distribution(["1/4", "3/4"]))
    {0: Fraction(1, 4), 1: Fraction(3, 4)}
    """
    without_symbols(d)
    return {x: Fraction(int(p.numerator), int(p.denominator)) for x, p in d.table}
