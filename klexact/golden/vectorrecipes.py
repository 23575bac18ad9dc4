"""Recipes of vectors for a runner: why -> how an answer is made of a golden value, so that its verdict is known.

Nothing here grades: an answer is the nearest number, a neighbour, or the value displaced by so many ulp or by a part of the
bound B of the golden files' README; its verdict follows from how it was made.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from klexact.formats import Rounded, binary128, decode, rounded
from klexact.golden.vectorsites import Made, Site

__all__ = ["RECIPES", "Recipe"]

Recipe = Callable[[Site], Made | None]

# parts of B that are surely within it and surely beyond, whatever the rounding of the magnitude to 5 digits
_INSIDE, _OUTSIDE = (Fraction(97, 100), Fraction(998, 1000)), (Fraction(1003, 1000), Fraction(103, 100))


def _number(x: Rounded | None, verdict: str, *conventions: str) -> Made | None:
    return None if x is None else Made({"bits": x.bits}, verdict, conventions)


def _exact(site: Site, value: Fraction, *, negative: bool = False) -> Rounded:
    if not value:
        return Rounded(site.format, "nearest", negative, 0, 0)
    return rounded(value.as_integer_ratio(), site.format, "nearest")


def _infinity(site: Site, side: int) -> Rounded:
    return Rounded(site.format, "nearest", side < 0, None, 0)


def _nan(site: Site, *, negative: bool = False, payload: int = 0) -> dict[str, str]:
    target = site.format
    pattern = int(_infinity(site, -1 if negative else 1).bits, 16) | 1 << target.precision - 2 | payload
    return {"bits": f"{pattern:0{target.width // 4}x}"}


def _between(site: Site) -> Made | None:
    """Text a hair beside the middle of the neighbours, on the side of the odd one: rounding twice takes the even one."""
    if site.dtype not in ("binary16", "bfloat16", "binary32") or not site.normal:
        return None
    ends = [site.nearest, site.other]
    odd = next(
        (x for x in ends if (x.significand or 0) % 2 and x.exponent == ends[0].exponent == ends[1].exponent), None
    )
    if odd is None:
        return None
    middle = (Fraction(ends[0].value) + Fraction(ends[1].value)) / 2
    x = middle + (Fraction(odd.value) - middle) / 2**70
    text = rounded(x.as_integer_ratio(), binary128, "nearest").hex
    return Made({"value": text}, "correct" if odd == site.nearest else "faithful")


def _decimal(site: Site) -> Made | None:
    """The value's 50 digits, unless they lie across the middle of its neighbours."""
    if not site.inexact or rounded(site.value.as_integer_ratio(), site.format, "nearest").bits != site.nearest.bits:
        return None
    return Made({"value": site.view["decimal50"]}, "correct")


def _steps(start: str, ulps: int, verdict: str) -> Recipe:
    """Return the recipe of a neighbour moved by so many ulp, away from the value; "conditioned" where B says so."""

    def make(site: Site) -> Made | None:
        if not site.normal:
            return None
        x: Rounded = getattr(site, start)
        outward = 1 if Fraction(x.value) > site.value else -1
        found = site.moved(x, outward * ulps)
        if found is None or verdict == "accurate":
            return _number(found, verdict)
        part = abs(Fraction(found.value) - site.value) / site.bound
        return (
            _number(found, verdict) if (part < _INSIDE[1] if verdict == "conditioned" else part > _OUTSIDE[0]) else None
        )

    return make


def _subnormal(start: str, ulps: int, verdict: str) -> Recipe:
    def make(site: Site) -> Made | None:
        if not site.inexact or not site.nearest.subnormal or site.nearest.bits == site.other.bits:
            return None
        x = Fraction(getattr(site, start).value) + ulps * site.side * site.format.least
        return _number(_exact(site, x), verdict) if x else None

    return make


def _part(of: Fraction, within: tuple[Fraction, Fraction], verdict: str) -> Recipe:
    return lambda site: _number(site.displaced(of * site.bound, within), verdict) if site.inexact else None


def _of(kind: str, make: Recipe) -> Recipe:
    return lambda site: make(site) if site.kind == kind else None


def _finite(make: Recipe) -> Recipe:
    return lambda site: make(site) if site.inexact else None


def _sign(site: Site) -> int:
    return -1 if site.view.get("sign") == "-" else 1


def _wrong_sign_within(site: Site) -> Made | None:
    x = -site.side * site.format.least
    near = site.inexact and abs(site.value - x) < site.bound * _INSIDE[0] and abs(site.value) > 5 * site.ulp
    return _number(_exact(site, x), "WrongSign") if near else None


def _zero_instead(verdict: str) -> Recipe:
    def make(site: Site) -> Made | None:
        if not site.inexact or abs(site.value) <= 5 * site.ulp:
            return None
        part = abs(site.value) / site.bound
        fits = part < _INSIDE[0] if verdict == "conditioned" else part > _OUTSIDE[1]
        return _number(_exact(site, Fraction(0)), verdict) if fits else None

    return make


def _next_to_exact(site: Site) -> Made | None:
    if (
        site.kind != "finite"
        or site.end("down") != site.end("up")
        or site.nearest.subnormal
        or site.nearest.is_infinite
    ):
        return None
    step = Fraction(2) ** site.nearest.exponent
    found = _exact(site, Fraction(site.nearest.value) + site.side * step)
    return None if found.is_infinite else _number(found, "accurate")


def _overflow(key: str, verdict: str) -> Recipe:
    """Return the recipe of one end of a value above the largest number."""

    def make(site: Site) -> Made | None:
        if site.kind != "finite" or not site.nearest.is_infinite:
            return None
        return _number(site.nearest if key == "nearest" else site.other, verdict)

    return make


def _underflow(site: Site) -> Made | None:
    lost = site.kind == "finite" and not site.nearest.value
    return _number(_exact(site, Fraction(0)), "correct") if lost else None


def _alternate(*, opted: bool, verdict: str) -> Recipe:
    def make(site: Site) -> Made | None:
        for name, bits in sorted((site.case.get("alternates") or {}).items()):
            if site.dtype in bits and site.kind == "domain" and decode(bits[site.dtype], site.format) is not None:
                return Made({"bits": bits[site.dtype]}, verdict, (name,) if opted else ())
        return None

    return make


def _tiny(site: Site, side: int) -> Rounded:
    found = _exact(site, Fraction(side, 10**17))
    return found if found.value else _exact(site, side * site.format.least)


_B = Fraction(1)
RECIPES: Mapping[str, Recipe] = {
    "the nearest number": _finite(lambda s: _number(s.nearest, "correct")),
    "the neighbour that is not the nearest": _finite(lambda s: _number(s.other, "faithful")),
    "one ulp beyond the nearest, away from the value": _steps("nearest", 1, "accurate"),
    "three ulp beyond the nearest, away from the value": _steps("nearest", 3, "accurate"),
    "between 3 and 4 ulp on the other side": _steps("other", 3, "accurate"),
    "between 4 and 5 ulp, within B": _steps("nearest", 4, "conditioned"),
    "half of B, more than 4 ulp": _part(_B / 2, (_B / 3, Fraction(2, 3)), "conditioned"),
    "a little less than B": _part(Fraction(99, 100), _INSIDE, "conditioned"),
    "a little more than B": _part(Fraction(102, 100), _OUTSIDE, "fail"),
    "twice B, more than 4 ulp": _part(2 * _B, (Fraction(3, 2), Fraction(5, 2)), "fail"),
    "twice the value": lambda s: _number(s.displaced(abs(s.value), (_OUTSIDE[1], Fraction(10**40))), "fail"),
    "NaN where the value is finite": _finite(lambda s: Made(_nan(s), "NaN")),
    "NaN with its sign set": _finite(lambda s: Made(_nan(s, negative=True), "NaN")),
    "NaN with a payload": _finite(lambda s: Made(_nan(s, payload=1), "NaN")),
    "+inf where the value is finite": _finite(lambda s: _number(_infinity(s, 1), "WrongInfinity")),
    "-inf where the value is finite": _finite(lambda s: _number(_infinity(s, -1), "WrongInfinity")),
    "the value negated": _finite(lambda s: _number(_exact(s, -Fraction(s.nearest.value)), "WrongSign")),
    "the least number of the wrong sign, within B": _wrong_sign_within,
    "0 where the value is not 0, within B": _zero_instead("conditioned"),
    "0 where the value is not 0, beyond B": _zero_instead("fail"),
    "the number next to a value that the format has": _next_to_exact,
    "a refusal where there is a value": _finite(lambda _: Made({"error": "refused"}, "errored")),
    "a skip": _finite(lambda _: Made({"skip": "not implemented"}, "skipped")),
    "50 digits, to be rounded once": _decimal,
    "text that rounds otherwise by way of binary64": _between,
    "subnormal: the nearest number": _subnormal("nearest", 0, "correct"),
    "subnormal: the neighbour that is not the nearest": _subnormal("other", 0, "faithful"),
    "subnormal: three of the least numbers away from the nearest": _subnormal("nearest", 3, "accurate"),
    "0 where the value rounds to 0": _underflow,
    "infinity where the value rounds to it": _overflow("nearest", "correct"),
    "the largest number where the value rounds to infinity": _overflow("other", "faithful"),
    "0 where the value is 0": _of("zero", lambda s: _number(_exact(s, Fraction(0)), "correct")),
    "-0 where the value is 0": _of("zero", lambda s: _number(_exact(s, Fraction(0), negative=True), "correct")),
    "1e-17 where the value is 0": _of("zero", lambda s: _number(_tiny(s, 1), "MissedZero")),
    "-1e-17 where the value is 0": _of("zero", lambda s: _number(_tiny(s, -1), "MissedZero")),
    "the least number where the value is 0": _of("zero", lambda s: _number(_exact(s, s.format.least), "MissedZero")),
    "NaN where the value is 0": _of("zero", lambda s: Made(_nan(s), "NaN")),
    "the infinity that the value is": _of("infinite", lambda s: _number(_infinity(s, _sign(s)), "correct")),
    "the other infinity": _of("infinite", lambda s: _number(_infinity(s, -_sign(s)), "WrongInfinity")),
    "the largest number where the value is infinite": _of(
        "infinite", lambda s: _number(_exact(s, _sign(s) * s.format.largest), "WrongInfinity")
    ),
    "0 where the value is infinite": _of("infinite", lambda s: _number(_exact(s, Fraction(0)), "WrongInfinity")),
    "NaN where the value is infinite": _of("infinite", lambda s: Made(_nan(s), "NaN")),
    "a refusal where the value is infinite": _of("infinite", lambda _: Made({"error": "q = 0"}, "errored")),
    "NaN outside the domain": _of("domain", lambda s: Made(_nan(s), "correct")),
    "a refusal outside the domain": _of("domain", lambda _: Made({"error": "p < 0"}, "correct")),
    "a skip outside the domain": _of("domain", lambda _: Made({"skip": "not implemented"}, "skipped")),
    "0 outside the domain": _of("domain", lambda s: _number(_exact(s, Fraction(0)), "DomainError")),
    "a number outside the domain": _of("domain", lambda s: _number(_exact(s, Fraction(3, 4)), "DomainError")),
    "infinity outside the domain, no convention opted into": _alternate(opted=False, verdict="DomainError"),
    "an alternate that is opted into": _alternate(opted=True, verdict="correct"),
}
