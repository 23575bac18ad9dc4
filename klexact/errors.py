"""What klexact raises: each message says what was required, what was found, and what to do."""

import typing

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
]


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
