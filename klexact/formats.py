"""Binary floating-point formats and their numbers, with integers only: encoding, decoding and one rounding, in every direction.

A real number x is rounded to the nearest number of a format (ties to an even significand), or up, down or toward zero.
No step goes through a float: rounding to binary64 and then to a narrower format would round twice. This module needs nothing
beyond Python, so that fixtures can be read and graded without SymPy and FLINT; inputs of other kinds are `klexact.ieee`'s.

IEEE 754-2019, sections 3, 4 and 7; Muller et al., *Handbook of Floating-Point Arithmetic*, 2nd ed., 2018, chapter 2.
"""

import builtins
import math
from dataclasses import dataclass, field, replace
from fractions import Fraction

from klexact.choices import meant, require_one_of
from klexact.errors import KLExactError

__all__ = [
    "DIRECTIONS",
    "FORMATS",
    "Format",
    "Ratio",
    "Rounded",
    "bfloat16",
    "binary16",
    "binary32",
    "binary64",
    "binary128",
    "common",
    "decode",
    "direction_of",
    "format_of",
    "rounded",
    "special_bits",
    "x87_extended",
]

DIRECTIONS = ("nearest", "up", "down", "zero")
_MAX_PRECISION = 100_000
_MAX_EMAX = 2**20  # the least number of a format has about emax binary digits when it is written out

Ratio = tuple[int, int]  # numerator, positive denominator; not reduced


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: significands of `precision` bits, exponents emin..emax with emin = 1 - emax.

    Its numbers are ±m·2^(e - precision + 1) with an integer m < 2^precision and emin <= e <= emax, and ±inf.
    Raises KLExactError for fewer than 2 bits, emax < 1, or sizes that fill megabytes.

    >>> binary64.emin, binary64.width, binary64.exponent_bits
    (-1022, 64, 11)
    >>> Format("fp8", precision=3, emax=15).largest
    Fraction(57344, 1)
    """

    name: str
    precision: int
    emax: int
    integer_bit: bool = False  # stored, as x87 does, or implied by the exponent

    def __post_init__(self) -> None:
        sizes = (("precision", self.precision, 2, _MAX_PRECISION), ("emax", self.emax, 1, _MAX_EMAX))
        for noun, size, least, most in sizes:
            if not isinstance(size, int) or isinstance(size, bool) or not least <= size <= most:
                raise KLExactError(
                    f"the {noun} of a format must be an integer in {least}..{most:,} (more would fill "
                    f"megabytes with one number); found {size!r}"
                )

    @property
    def emin(self) -> int:
        """The exponent of the least normal number, 2^emin."""
        return 1 - self.emax

    @property
    def exponent_bits(self) -> int:
        """The width of the exponent's field; its bias is emax, and all ones stand for infinity."""
        return (2 * self.emax + 1).bit_length()

    @property
    def width(self) -> int:
        """The number of bits of the encoding."""
        return 1 + self.exponent_bits + self.precision - (not self.integer_bit)

    @property
    def largest(self) -> Fraction:
        """The largest finite number, (2^precision - 1)·2^(emax - precision + 1)."""
        return _scaled(2**self.precision - 1, self.emax - self.precision + 1)

    @property
    def least(self) -> Fraction:
        """The least positive number, a subnormal: 2^(emin - precision + 1)."""
        return _scaled(1, self.emin - self.precision + 1)


binary16 = Format("binary16", 11, 15)
bfloat16 = Format("bfloat16", 8, 127)
binary32 = Format("binary32", 24, 127)
binary64 = Format("binary64", 53, 1023)
x87_extended = Format("x87_extended", 64, 16383, integer_bit=True)
binary128 = Format("binary128", 113, 16383)

FORMATS = {f.name: f for f in (binary16, bfloat16, binary32, binary64, x87_extended, binary128)}
_ALIASES = {
    **dict.fromkeys(("half", "float16", "fp16"), binary16),
    **dict.fromkeys(("bf16",), bfloat16),
    **dict.fromkeys(("single", "float32", "fp32"), binary32),
    **dict.fromkeys(("double", "float64", "fp64"), binary64),
    **dict.fromkeys(("x87", "extended", "float80"), x87_extended),
    **dict.fromkeys(("quad", "quadruple", "fp128"), binary128),
}
_AMBIGUOUS = {"float128", "longdouble", "long double"}


def format_of(wanted: "Format | str | tuple[int, int]") -> Format:
    """Return a format by its name or alias, or the one of a pair (precision, emax). Raises KLExactError.

    >>> format_of("half") is binary16, format_of((24, 127)) is binary32, format_of((3, 15)).width
    (True, True, 8)
    >>> format_of("binary63")
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: the format must be one of binary16, bfloat16, ... or a pair (precision, emax); found ...
    """
    if isinstance(wanted, Format):
        return wanted
    if isinstance(wanted, str):
        name = wanted.strip().lower()
        if name in _AMBIGUOUS:
            raise KLExactError(
                f"{wanted!r} is x87_extended on some machines and binary128 or binary64 on others: name the one you mean"
            )
        found = FORMATS.get(name) or _ALIASES.get(name)
        if found is not None:
            return found
    elif isinstance(wanted, tuple) and len(wanted) == 2:
        made = Format(f"(precision {wanted[0]}, emax {wanted[1]})", *wanted)
        known = (f for f in FORMATS.values() if not f.integer_bit and (f.precision, f.emax) == wanted)
        return next(known, made)
    raise KLExactError(
        f"the format must be one of {', '.join(FORMATS)} (or an alias: {', '.join(_ALIASES)}), "
        f"or a pair (precision, emax); found {wanted!r}{meant(wanted, (*FORMATS, *_ALIASES))}"
    )


@dataclass(frozen=True)
class Rounded:
    """A number of a format, how it came about, and what was lost: |value| = significand·2^exponent, None for infinity.

    `exact` tells that nothing was lost. `overflow` is IEEE's flag: rounded to the precision alone, the number would
    lie above the largest finite one; the value is then infinite or that largest number, as the direction says.
    """

    format: Format
    direction: str
    negative: bool
    significand: int | None
    exponent: int
    exact: bool = field(default=True, kw_only=True)
    overflow: bool = field(default=False, kw_only=True)

    @property
    def is_infinite(self) -> bool:
        """Tell whether the value is +inf or -inf."""
        return self.significand is None

    @property
    def value(self) -> "Fraction | builtins.float":
        """The exact value, a Fraction; math.inf or -math.inf where it is infinite. Both zeros are 0."""
        magnitude = math.inf if self.significand is None else _scaled(self.significand, self.exponent)
        return -magnitude if self.negative else magnitude

    @property
    def inexact(self) -> bool:
        """Tell whether the value differs from the number that was rounded."""
        return not self.exact

    @property
    def subnormal(self) -> bool:
        """Tell whether the value is not 0 and below the least normal number, 2^emin."""
        return bool(self.significand) and self._leading() < self.format.emin

    @property
    def underflow(self) -> bool:
        """Tell whether an inexact value is 0 or subnormal."""
        return self.inexact and (self.significand == 0 or self.subnormal)

    def _leading(self) -> int:
        return (self.significand or 0).bit_length() - 1 + self.exponent

    @property
    def bits(self) -> str:
        """The encoding, big-endian, in lower-case hexadecimal digits of fixed width.

        >>> [rounded(q, f, "nearest").bits for q, f in (((1, 3), binary64), ((-1, 1), binary16), ((1, 1), x87_extended))]
        ['3fd5555555555555', 'bc00', '3fff8000000000000000']
        """
        f = self.format
        stored = f.precision - (not f.integer_bit)
        if self.significand is None:
            biased, fraction = 2**f.exponent_bits - 1, 2 ** (f.precision - 1)
        else:
            normal = self.significand.bit_length() == f.precision
            biased, fraction = (self.exponent + f.precision - 1 + f.emax if normal else 0), self.significand
        pattern = (self.negative << f.exponent_bits | biased) << stored | fraction % 2**stored
        return f"{pattern:0{-(-f.width // 4)}x}"

    @property
    def hex(self) -> str:
        """The value as a hexadecimal float with leading digit 1, subnormals too; 'inf' where it is infinite.

        >>> [rounded(q, binary64, "up").hex for q in ((3, 1), (0, 1), (1, 10**400))]
        ['0x1.8p+1', '0x0p+0', '0x1p-1074']
        """
        minus = "-" if self.negative else ""
        if self.significand is None:
            return minus + "inf"
        if not self.significand:
            return minus + "0x0p+0"
        digits = self.significand.bit_length() - 1
        fraction = (self.significand - 2**digits) << -digits % 4
        text = f"{fraction:0{-(-digits // 4)}x}".rstrip("0") if digits else ""
        return f"{minus}0x1{'.' if text else ''}{text}p{self._leading():+d}"

    def __str__(self) -> str:
        return self.hex

    @property
    def float(self) -> "builtins.float | None":
        """The value as a Python float, or None where binary64 does not have it.

        >>> rounded((1, 3), binary32, "nearest").float, rounded((1, 3), binary128, "nearest").float
        (0.3333333432674408, None)
        """
        if self.significand is None:
            return -math.inf if self.negative else math.inf
        if not self.significand:
            return -0.0 if self.negative else 0.0
        odd = self.significand // (self.significand & -self.significand)
        lowest = self._leading() - odd.bit_length() + 1
        if odd.bit_length() > 53 or lowest < -1074 or self._leading() > 1023:
            return None
        return math.ldexp(-odd if self.negative else odd, lowest)


def decode(bits: str, target: Format) -> Rounded | None:
    """Return the number of an encoding, None for NaN. Raises KLExactError for anything but its hexadecimal digits.

    >>> decode("3ff8000000000000", binary64).value, decode("fc00", binary16).value, decode("7e00", binary16)
    (Fraction(3, 2), -inf, None)
    """
    digits = -(-target.width // 4)
    if len(bits) != digits or not set(bits) <= set("0123456789abcdef"):
        raise KLExactError(f"{target.name} takes {digits} lower-case hexadecimal digits; found {bits!r:.60}")
    stored = target.precision - (not target.integer_bit)
    head, fraction = divmod(int(bits, 16), 1 << stored)
    negative, biased = divmod(head, 1 << target.exponent_bits)
    if biased == 2**target.exponent_bits - 1:
        if fraction % (1 << target.precision - 1):
            return None
        return Rounded(target, "nearest", bool(negative), None, 0)
    significand = fraction + (1 << stored if biased and not target.integer_bit else 0)
    return Rounded(target, "nearest", bool(negative), significand, max(biased, 1) - target.emax - target.precision + 1)


def special_bits(x: builtins.float, target: Format) -> str:
    """Return the encoding of an infinity or of a quiet NaN.

    >>> [special_bits(x, binary16) for x in (math.inf, -math.inf, math.nan)]
    ['7c00', 'fc00', '7e00']
    """
    if not math.isnan(x):
        return Rounded(target, "nearest", x < 0, None, 0).bits
    infinity = special_bits(math.inf, target)
    return f"{int(infinity, 16) | 1 << target.precision - 2:0{len(infinity)}x}"


def direction_of(direction: str) -> str:
    """Return the direction if it is one. Raises KLExactError."""
    require_one_of("the direction", direction, DIRECTIONS)
    return direction


def _scaled(significand: int, exponent: int) -> Fraction:
    return Fraction(significand << max(exponent, 0), 1 << max(-exponent, 0))


def _ulp_exponent(magnitude: int, denominator: int, target: Format) -> int:
    """Return the exponent of the ulp of magnitude / denominator > 0, without a bound above."""
    exponent = magnitude.bit_length() - denominator.bit_length()
    if magnitude << max(-exponent, 0) < denominator << max(exponent, 0):
        exponent -= 1
    return max(exponent, target.emin) - target.precision + 1


def rounded(ratio: Ratio, target: Format, direction: str) -> Rounded:
    """Return the one rounding of a ratio: the quotient and the remainder of integers decide it."""
    numerator, denominator = ratio
    below_zero = numerator < 0
    if not numerator:
        return Rounded(target, direction, below_zero, 0, target.emin - target.precision + 1)
    magnitude = abs(numerator)
    exponent = _ulp_exponent(magnitude, denominator, target)
    scaled = denominator << max(exponent, 0)
    significand, lost = divmod(magnitude << max(-exponent, 0), scaled)
    if direction == "nearest":
        away = 2 * lost > scaled or (2 * lost == scaled and bool(significand & 1))
    else:
        away = bool(lost) and direction == ("down" if below_zero else "up")
    significand += away
    if significand == 1 << target.precision:  # the next binade begins
        significand, exponent = significand >> 1, exponent + 1
    if exponent > target.emax - target.precision + 1:
        return _overflowed(target, direction, negative=below_zero)
    return Rounded(target, direction, below_zero, significand, exponent, exact=not lost)


def _overflowed(target: Format, direction: str, *, negative: bool) -> Rounded:
    exponent = target.emax - target.precision + 1
    outward = direction in ("nearest", "down" if negative else "up")
    significand = None if outward else (1 << target.precision) - 1
    return Rounded(target, direction, negative, significand, 0 if outward else exponent, exact=False, overflow=True)


def common(lower: Ratio, upper: Ratio, target: Format, direction: str, *, closed: bool = True) -> Rounded | None:
    """Return the rounding that all numbers between two ratios share; rounding is monotone, so the ends decide."""
    if not closed:
        lower, upper = _nudged(lower, 1, target), _nudged(upper, -1, target)
    one, other = rounded(lower, target, direction), rounded(upper, target, direction)
    if one == other:
        return one
    lost = replace(one, exact=False)
    return lost if lost == replace(other, exact=False) else None


def _nudged(ratio: Ratio, step: int, target: Format) -> Ratio:
    """Return a number so close above or below that no rounding boundary lies between, nor is it one."""
    numerator, denominator = ratio
    exponent = target.emin - target.precision + 1
    if numerator:
        exponent = _ulp_exponent(abs(numerator), denominator, target)
    # boundaries near x are multiples of ulp/4 (ulp/2, in a smaller binade below a power of two)
    shift = max(2 - exponent, 0) + 1
    return (numerator << shift) + step, denominator << shift
