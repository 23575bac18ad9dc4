"""What klexact raises: each message says what was required, what was found, and what to do."""

import typing
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

__all__ = [
    "DivergentError",
    "InvalidBaseError",
    "InvalidConstraintError",
    "InvalidDistributionError",
    "InvalidFamilyError",
    "InvalidFileError",
    "InvalidNumberError",
    "KLExactError",
    "NoClosedFormError",
    "UndecidedError",
    "meant",
    "require_one_of",
]

_NEAR = 0.75  # of 1, for the same word


class KLExactError(ValueError):
    """Base of every error that klexact raises on purpose."""


class InvalidNumberError(KLExactError):
    """A value that is no exact finite number, or an absurdly large one."""


class InvalidDistributionError(KLExactError):
    """Outcomes and probabilities that make no distribution, or a file that holds none."""


class InvalidBaseError(KLExactError):
    """A logarithm base that is not a positive real other than 1."""


class InvalidConstraintError(KLExactError):
    """Constraints that are not exact, or that no distribution on the outcomes satisfies."""


class InvalidFamilyError(KLExactError):
    """A parametric model that is no distribution on its domain, or a parameter outside it."""


class NoClosedFormError(KLExactError):
    """An optimum for which no closed form is promised; `found` is the certificate as far as it went, if there is one."""

    found: typing.Any = None  # a Certificate


class DivergentError(KLExactError):
    """An integral or a series that is proved to have no finite value."""


class UndecidedError(KLExactError):
    """A sign or an equality that could not be decided within the stated work bound."""


class InvalidFileError(KLExactError):
    """A file of golden values, or a report, that is truncated, edited, of a newer format or not what it should be."""


def meant(word: object, known: Mapping[str, str]) -> str:
    """Return the end of a message that asks whether the nearest of the known words was meant, as shown; "" where none is near.

    >>> meant("unifrm", {"uniform": "uniform(n)"}), meant("normal", {"binomial": "binomial(n)"}), meant(3, {"3": "3"})
    (': did you mean uniform(n)?', '', '')
    """
    close = get_close_matches(word, known, n=1, cutoff=_NEAR) if isinstance(word, str) else []
    return f": did you mean {known[close[0]]}?" if close else ""


def require_one_of(noun: str, found: object, known: Iterable[str]) -> None:
    """Raise KLExactError unless what was found is one of the known names.

    >>> require_one_of("the unit", "bits", ("nat", "bit"))
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the unit must be one of nat, bit; found 'bits': did you mean bit?
    """
    names = {name: name for name in known}
    if not isinstance(found, str) or found not in names:
        raise KLExactError(f"{noun} must be one of {', '.join(names)}; found {found!r:.60}{meant(found, names)}")
