"""Both engines held against each other: log forms with ball arithmetic, and definitions with mpmath.

The first encloses a value by proved bounds, the second states a bound on its error: if neither errs, the two
intervals meet. `klexact.naive` knows nothing of the forms; this module is where they are brought together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import ctx

from klexact import forms
from klexact.algebraic import Value
from klexact.certify import decimal, sign
from klexact.distribution import Distribution
from klexact.dyadic import midpoint
from klexact.errors import KLExactError, UndecidedError
from klexact.logform import LogForm, log_base
from klexact.naive import Approximation, approximate

__all__ = ["Agreement", "verify"]

_MAX_BITS = 1_000_000


@dataclass(frozen=True)
class Agreement:
    """What both engines found: enclosures that meet, each narrower than 10^-digits of the value.

    `lower` and `upper` are the ends of the form's enclosure, None for an infinite value; `second` is what the definition
    gave. `digits` is what was asked for, `value` the correctly rounded decimal.
    """

    function: str
    digits: int
    value: str
    lower: Fraction | None
    upper: Fraction | None
    second: Approximation

    @property
    def ok(self) -> bool:
        """Always True: a disagreement raises."""
        return True


def _jensen_shannon(*components: Any, weights: Any = None) -> LogForm:
    return forms.jensen_shannon_divergence([Distribution(p) for p in components], weights)


def _jeffreys(p: Any, q: Any, variant: str | None = None) -> LogForm:
    return forms.kl_divergence(p, q, variant) + forms.kl_divergence(q, p, variant)


_FORMS: Mapping[str, Callable[..., LogForm]] = {
    "conditional_entropy": forms.conditional_entropy,
    "cross_entropy": forms.cross_entropy,
    "entropy": forms.entropy,
    "jeffreys_divergence": _jeffreys,
    "jensen_shannon_divergence": _jensen_shannon,
    "kl_divergence": forms.kl_divergence,
    "mutual_information": forms.mutual_information,
}


def verify(
    function: str,
    *operands: Any,
    digits: int = 50,
    base: object = sympy.E,
    claimed: Value | None = None,
    **options: Any,
) -> Agreement:
    """Compute a measure with both engines and return their agreement to `digits` significant digits.

    `function`, `operands` and `options` are those of `klexact.naive.approximate`; a form given as `claimed` is checked in
    place of the first engine's own. Raises KLExactError, with both values, if the engines disagree, and
    UndecidedError if a value other than 0 cancels so far that the second engine cannot tell it from 0.

    >>> verify("kl_divergence", ["1/2", "1/2"], ["1/4", "3/4"], base=2, digits=20).value
    '0.20751874963942190927'
    >>> verify("entropy", ["1/2", "1/2"], base=2).value, verify("kl_divergence", [1, 0], [0, 1]).value
    ('1', '∞')
    >>> verify("entropy", ["1/2", "1/2"], claimed=LogForm.log(3))
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the two engines must agree on entropy; found 1.0986... from the form, 0.6931... from ...
    """
    second = approximate(function, *operands, digits=digits, base=base, **options)
    form = _FORMS[function](*operands, **options) if claimed is None else claimed
    unit = log_base(base)
    if not isinstance(unit, LogForm):
        raise KLExactError(f"comparing needs a base whose logarithm is a log form; found {base}")
    value = decimal(form, digits, base=base)
    if form.is_infinite or second.value is None:
        if form.is_infinite and second.value is None:
            return Agreement(function, digits, value, None, None, second)
        raise _disagreement(function, value, second)
    zero = sign(form) == 0
    lower, upper = (Fraction(0), Fraction(0)) if zero else _enclosed(form, unit, digits)
    if upper < second.value - second.error or second.value + second.error < lower:
        raise _disagreement(function, value, second)
    if not zero and second.error * 10**digits > abs(second.value):
        raise UndecidedError(
            f"the second engine must tell {function} from 0; it found 0 within {_shown(second.error, 3)}"
        )
    return Agreement(function, digits, value, lower, upper, second)


def _disagreement(function: str, value: str, second: Approximation) -> KLExactError:
    found = "∞" if second.value is None else _shown(second.value, 30)
    return KLExactError(
        f"the two engines must agree on {function}; found {value} from the form, {found} from the definition: "
        "one of them errs, please report the operands"
    )


def _shown(x: Fraction, digits: int) -> str:
    return str(sympy.Rational(x.numerator, x.denominator).evalf(digits))


def _enclosed(form: Value, unit: LogForm, digits: int) -> tuple[Fraction, Fraction]:
    """Return dyadic bounds of form/unit, not 0, closer together than 10^-digits of either."""
    prec = digits * 10 // 3 + 64
    while prec < _MAX_BITS:
        with ctx.workprec(prec):
            quotient = form.ball(prec) / unit.ball(prec)
            lower, upper = (midpoint(end) for end in (quotient.lower(), quotient.upper()))
        if (upper - lower) * 10**digits <= min(abs(lower), abs(upper)):
            return lower, upper
        prec *= 2
    raise UndecidedError(f"{digits} digits of {form} must show within {_MAX_BITS:,} bits; they did not")
