"""The grade of one answer, and the bound behind `conditioned`: exact fractions, as the golden files' README defines them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from klexact.choices import require_one_of
from klexact.conformance.answers import Answer, as_number
from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, Format, Rounded, decode
from klexact.golden.cases import Case, View

__all__ = ["DEFECTS", "GRADES", "Verdict", "bound", "grade", "ulp"]

GRADES = ("correct", "faithful", "accurate", "conditioned", "fail")
DEFECTS = ("NaN", "WrongInfinity", "WrongSign", "MissedZero", "DomainError")

_ACCURATE = 4  # ulp
_OF_MAGNITUDE = Fraction(10_001, 10_000)  # it is rounded to 5 digits
_DECIMAL = re.compile(r"[+-]?[0-9]{1,99}(?:\.[0-9]{1,99})?(?:e[+-]?[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth: one of GRADES, "errored" or "skipped"; or one of DEFECTS in the place of a grade.

    `ulps` is the distance from the value in ulp of the format, None where there is none to measure: infinite, NaN, no number.
    `explained` tells whether that distance is within the bound of `conditioned`, whatever the defect; right answers are.
    """

    grade: str | None
    defect: str | None = None
    ulps: Fraction | None = None
    explained: bool = False

    @property
    def name(self) -> str:
        """The defect where there is one, the grade elsewhere."""
        return self.defect or self.grade or ""

    def at_least(self, wanted: str) -> bool:
        """Tell whether this is a grade as good as the wanted one or better; defects, errors and skips never are.

        Raises KLExactError for a name that is no grade.

        >>> Verdict("faithful").at_least("accurate"), Verdict(None, "NaN").at_least("fail")
        (True, False)
        """
        require_one_of("a wanted grade", wanted, GRADES)
        return self.grade in GRADES[: GRADES.index(wanted) + 1]


def grade(case: Case, dtype: str, answer: Answer, *, conventions: Collection[str] = frozenset()) -> Verdict:
    """Return what an answer to the view of a case in a format is worth.

    `conventions` names the alternates that are right, too. Raises KLExactError where the case has no view in the format or the
    bits are not of its width.

    >>> view = View("binary16", True, {"p": ["3800"]}, "finite", (), nearest="358c", down="358b", up="358c",
    ...     decimal50="0.34657359027997265470861606072908828403775006718013", magnitude="3.4657e-1")
    >>> case = Case("entropy", "raw", "nat", {"p": "vector"}, "entropy-0", "half", "core", {"p": ["1/2"]}, {"kind": "finite"},
    ...     terms=1, flags=(), source="", views={"binary16": view})
    >>> [grade(case, "binary16", Answer(bits=bits)).name for bits in ("358c", "358b", "358f", "358a", "3591", "b58c", "7e00")]
    ['correct', 'faithful', 'accurate', 'accurate', 'conditioned', 'WrongSign', 'NaN']
    """
    view = case.view(dtype)
    if answer.skip is not None:
        return Verdict("skipped")
    if answer.error is not None:
        refused = view.kind == "domain" and not answer.fault
        return Verdict("correct", explained=True) if refused else Verdict("errored")
    got = as_number(answer, dtype)
    if any(_same(got, bits, dtype) for bits in _alternates(case, dtype, conventions)):
        return Verdict("correct", explained=True)
    if view.kind == "domain":
        return Verdict("correct", explained=True) if got is None else Verdict(None, "DomainError")
    if got is None:
        return Verdict(None, "NaN")
    return _number_graded(case, view, got)


def _alternates(case: Case, dtype: str, conventions: Collection[str]) -> list[str]:
    alternates = case.alternates or {}
    return [alternates[name][dtype] for name in sorted(conventions) if dtype in alternates.get(name, {})]


def _same(got: Rounded | None, bits: str | None, dtype: str) -> bool:
    """Tell whether a number, None for NaN, is the one of the bits; both zeros are."""
    if bits is None:
        return False
    other = decode(bits, FORMATS[dtype])
    return got is other if got is None or other is None else got.value == other.value


def _number_graded(case: Case, view: View, got: Rounded) -> Verdict:
    distance, unit = _distance(view, got)
    ulps = None if distance is None else distance / unit
    name = _by_bits(view, got)
    if name is not None:
        return Verdict(name, ulps=ulps, explained=True)
    explained = distance is not None and distance <= bound(case, view.dtype)
    defect = _defect(view, got)
    if defect is not None:
        return Verdict(None, defect, ulps=ulps, explained=explained)
    if ulps is not None and ulps <= _ACCURATE:
        return Verdict("accurate", ulps=ulps, explained=True)
    return Verdict("conditioned" if explained else "fail", ulps=ulps, explained=explained)


def _by_bits(view: View, got: Rounded) -> str | None:
    if _same(got, view.nearest, view.dtype):
        return "correct"
    return "faithful" if _same(got, view.down, view.dtype) or _same(got, view.up, view.dtype) else None


def _defect(view: View, got: Rounded) -> str | None:
    """Return what is wrong beyond distance with an answer that is not right by its bits."""
    if got.is_infinite or view.kind == "infinite":
        return "WrongInfinity"
    if view.kind == "zero":
        return "MissedZero"
    return "WrongSign" if Fraction(got.value) * _value(view) < 0 else None


def _distance(view: View, got: Rounded) -> tuple[Fraction | None, Fraction]:
    """Return the distance from the value, None where it is infinite, and one ulp of the value."""
    if view.kind == "infinite":
        return (Fraction(0) if _same(got, view.nearest, view.dtype) else None), Fraction(1)
    return None if got.is_infinite else abs(Fraction(got.value) - _value(view)), _ulp_of(view)


def _ends(view: View) -> tuple[Rounded, Rounded]:
    ends = tuple(decode(bits or "", FORMATS[view.dtype]) for bits in (view.down, view.up))
    if ends[0] is None or ends[1] is None:
        raise InvalidFileError(
            f"a view of kind {view.kind} must have numbers as down and up; found {view.down}, {view.up}"
        )
    return ends[0], ends[1]


def _value(view: View) -> Fraction:
    """Return the value: exactly where the format has it, else its 50 digits."""
    if view.kind == "zero":
        return Fraction(0)
    down, up = _ends(view)
    if down == up and not down.is_infinite:
        return Fraction(down.value)
    return _decimal(view.decimal50, "decimal50")


def _decimal(text: str | None, key: str) -> Fraction:
    if text is None or not _DECIMAL.fullmatch(text):
        raise InvalidFileError(f"{key} must be a decimal with an exponent of at most 6 digits; found {text!r:.120}")
    return Fraction(text)


def _ulp_of(view: View) -> Fraction:
    if view.kind == "finite":
        down, up = _ends(view)
        if down != up and not (down.is_infinite or up.is_infinite):
            return Fraction(up.value) - Fraction(down.value)  # 50 digits may round to the next power of two
    return ulp(_value(view), FORMATS[view.dtype])


def ulp(value: Fraction, target: Format) -> Fraction:
    """Return one ulp at a value: the distance of its two neighbours in a format without a largest number.

    >>> from klexact.formats import binary16
    >>> [ulp(Fraction(x), binary16) for x in ("1", "-1.999", "0", "131072")]
    [Fraction(1, 1024), Fraction(1, 1024), Fraction(1, 16777216), Fraction(128, 1)]
    """
    numerator, denominator = abs(value.numerator), value.denominator
    exponent = numerator.bit_length() - denominator.bit_length()
    if numerator << max(-exponent, 0) < denominator << max(exponent, 0):
        exponent -= 1
    return Fraction(2) ** (max(exponent if value else target.emin, target.emin) - target.precision + 1)


def bound(case: Case, dtype: str) -> Fraction:
    """Return B = γ_(m+8)·S + 9·m·η of a view: the error that adding up m terms, each within 4 ulp, never exceeds.

    S is 1.0001 times the magnitude, which is rounded to 5 digits. Raises KLExactError where there is no bound:
    the value is infinite or does not exist, or m is so large that γ_(m+8) says nothing.
    """
    view, target = case.view(dtype), FORMATS[dtype]
    if view.kind not in ("finite", "zero"):
        raise KLExactError(f"a bound needs a finite value; {case.id} in {dtype} is of kind {view.kind}")
    lost = Fraction(case.terms + 8, 2**target.precision)
    if not 0 < lost <= Fraction(1, 2):
        raise KLExactError(f"a bound in {dtype} needs (terms + 8)·u <= 1/2; found {case.terms} terms in {case.id}")
    return lost / (1 - lost) * _decimal(view.magnitude, "magnitude") * _OF_MAGNITUDE + 9 * case.terms * target.least
