"""Choices by name: one of those that there are is required, and the nearest is asked for when another is found."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from klexact.errors import KLExactError

__all__ = ["meant", "require_one_of"]

_NEAR = 0.75  # of 1, for the same word


def meant(word: object, known: Iterable[str], *, shown: Callable[[str], str] = str) -> str:
    """Return the end of a message that asks whether the nearest of the known words was meant; "" where none is near.

    >>> meant("unifrm", ["uniform"], shown="{}(n)".format), meant("normal", ["binomial"]), meant(3, ["3"])
    (': did you mean uniform(n)?', '', '')
    """
    close = get_close_matches(word, list(known), n=1, cutoff=_NEAR) if isinstance(word, str) else []
    return f": did you mean {shown(close[0])}?" if close else ""


def require_one_of(noun: str, found: object, known: Iterable[str]) -> None:
    """Raise KLExactError unless what was found is one of the known names.

    >>> require_one_of("the unit", "bits", ("nat", "bit"))
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the unit must be one of nat, bit; found 'bits': did you mean bit?
    """
    names = list(dict.fromkeys(known))
    if not isinstance(found, str) or found not in names:
        raise KLExactError(f"{noun} must be one of {', '.join(names)}; found {found!r:.60}{meant(found, names)}")
