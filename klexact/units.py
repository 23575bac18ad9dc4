"""The units of values: nats, bits, dits, or those of any other log base."""

import sympy

from klexact.certify import decimal
from klexact.logform import LogForm, log_base

__all__ = ["quantity", "unit_name", "with_unit"]


def unit_name(base: object) -> str:
    """Return the name of the unit of a log base.

    >>> unit_name(sympy.E), unit_name("2"), unit_name(10), unit_name(7)
    ('nats', 'bits', 'dits', 'units of log(7)')
    """
    unit = log_base(base)
    names = {"nats": LogForm(1), "bits": LogForm.log(2), "dits": LogForm.log(10)}
    return next((name for name, form in names.items() if form == unit), f"units of log({base})")


def quantity(x: object, digits: int = 15, *, base: object = sympy.E) -> str:
    """Return a value as a decimal, as `klexact.decimal` rounds it, with its unit; an infinity has none.

    >>> quantity(LogForm.log(3), 6, base=2), quantity(LogForm.log(2), base=2), quantity(LogForm.infinity())
    ('1.58496 bits', '1 bit', '∞')
    """
    return with_unit(decimal(x, digits, base=base), base)


def with_unit(shown: str, base: object) -> str:
    """Return a decimal with its unit.

    >>> with_unit("1", 2), with_unit("1.0", 7), with_unit("-∞", 2)
    ('1 bit', '1.0 units of log(7)', '-∞')
    """
    if shown.endswith("∞"):
        return shown
    unit = unit_name(base)
    return f"{shown} {unit.replace('s', '', 1) if shown in ('1', '-1') else unit}"
