"""Golden cases as a header for C11: bits of binary64 and binary32 in static arrays, for programs without a JSON parser."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from klexact.errors import InvalidFileError, KLExactError
from klexact.golden.cases import LICENCE, NAMED, Case, View
from klexact.golden.generators import is_generated
from klexact.golden.selection import Selection
from klexact.golden.suite import KINDS

__all__ = ["header_text", "in_header"]

_WIDTHS = {"binary64": 64, "binary32": 32}
_PER_LINE = {64: 6, 32: 10}
_PLAIN = frozenset(map(chr, range(32, 127))) - frozenset('"\\?')  # ? begins trigraphs

_TOP = """\
/* Golden values of entropy and KL divergence, as bits. Dedicated to the public domain (CC0 1.0).

   klexact_cases64 has KLEXACT_CASES64 cases in binary64, klexact_cases32 has KLEXACT_CASES32 cases in binary32; a format
   without cases has no arrays. An argument has its length numbers in bits, those of a matrix by rows of columns numbers
   (columns is 0 elsewhere); an index (decimal) or a name has text and no bits. nearest, down and up are the value rounded
   to nearest, toward -infinity and +infinity; they are 0 where kind is KLEXACT_DOMAIN: there an error or NaN is right.
   condition and magnitude are decimals, condition may be "inf"; both are empty where the value is infinite or does not exist.
   What it all means stands in klexact/data/golden/README.md.
{left_out}*/
#ifndef KLEXACT_GOLDEN_H
#define KLEXACT_GOLDEN_H

#include <stddef.h>
#include <stdint.h>

#define KLEXACT_GOLDEN_SUITE {suite}
#define KLEXACT_GOLDEN_LICENCE {licence}

enum klexact_kind {{ {kinds} }};
"""

_TYPES = """
struct klexact_argument{w} {{
    const char *name, *text;
    const uint{w}_t *bits;
    size_t length, columns;
}};

struct klexact_case{w} {{
    const char *id, *function, *variant, *unit, *level, *flags;
    enum klexact_kind kind;
    uint{w}_t nearest, down, up;
    const char *condition, *magnitude;
    unsigned long terms;
    const struct klexact_argument{w} *arguments;
    size_t count; /* of arguments */
}};
"""


def header_text(selection: Selection) -> str:
    """Return the header. Cases with generated vectors are left out, and listed in its first comment.

    Raises KLExactError where no case is left in binary64 or binary32.
    """
    taken = in_header(selection).cases
    parts = []
    for dtype, width in _WIDTHS.items():
        cases = [case for case in taken if dtype in case.views]
        if cases:
            parts.append(_part(cases, dtype, width))
    if not parts:
        raise KLExactError(
            f"a C header takes cases in binary64 or binary32 whose vectors are written out; found none among "
            f"{len(selection.cases):,}: choose others, or export to csv"
        )
    generated = [case.id for case in selection.cases if _is_generated(case)]
    top = _TOP.format(
        suite=_quoted(selection.version),
        licence=_quoted(LICENCE),
        kinds=", ".join(map(_enumerator, KINDS)),
        left_out="".join(_left_out(generated)),
    )
    return "".join((top, *parts, "\n#endif\n"))


def in_header(selection: Selection) -> Selection:
    """Return what a header takes of a selection: views in binary64 and binary32 of cases whose vectors are written out."""
    cases = []
    for case in selection.cases:
        views = {dtype: view for dtype, view in case.views.items() if dtype in _WIDTHS}
        if views and not _is_generated(case):
            cases.append(replace(case, views=views))
    return Selection(selection.version, tuple(cases))


def _is_generated(case: Case) -> bool:
    return any(map(is_generated, case.inputs.values()))


def _left_out(ids: Sequence[str]) -> Iterator[str]:
    if ids:
        yield f"\n   Left out, because a generator makes their vectors ({len(ids)} cases):\n"
        yield from (f"   {_commented(x)}\n" for x in ids)


def _commented(text: str) -> str:
    if not set(text) <= _PLAIN or "*/" in text or "/*" in text:
        raise InvalidFileError(f"ids of golden cases must be letters, digits, _ and -; found {text!r:.60}")
    return text


def _enumerator(kind: str) -> str:
    return f"KLEXACT_{kind.upper()}"


def _part(cases: Sequence[Case], dtype: str, width: int) -> str:
    """Return the types and arrays of one format; equal vectors are written once."""
    pool = _Pool(width)
    arguments: list[str] = []
    written: list[str] = []
    for case in cases:
        view = case.views[dtype]
        written.append(_case(case, view, width, len(arguments)))
        arguments += [_argument(pool, case, view, name) for name in case.arguments]
    return "".join(
        (
            _TYPES.format(w=width),
            _array(f"const uint{width}_t klexact_bits{width}", pool.lines()),
            _array(f"const struct klexact_argument{width} klexact_arguments{width}", arguments),
            _array(f"const struct klexact_case{width} klexact_cases{width}", written),
            f"\n#define KLEXACT_CASES{width} ((size_t){len(cases)})\n",
        )
    )


def _array(declared: str, lines: Iterable[str]) -> str:
    body = ",\n".join(f"    {line}" for line in lines)
    return f"\nstatic {declared}[] = {{\n{body}\n}};\n"


def _case(case: Case, view: View, width: int, first: int) -> str:
    texts = (case.id, case.function, case.variant, case.unit, case.level, " ".join(view.flags))
    return (
        f"{{{', '.join(map(_quoted, texts))}, {_enumerator(view.kind)}, "
        f"{', '.join(_word(bits or '0') for bits in (view.nearest, view.down, view.up))}, "
        f"{_quoted(view.condition or '')}, {_quoted(view.magnitude or '')}, {case.terms}UL, "
        f"klexact_arguments{width} + {first}, {len(case.arguments)}}}"
    )


def _argument(pool: "_Pool", case: Case, view: View, name: str) -> str:
    if case.arguments[name] in NAMED:
        return f"{{{_quoted(name)}, {_quoted(case.inputs[name])}, NULL, 0, 0}}"
    given: Any = view.inputs[name]
    columns = 0
    if isinstance(given, str):
        given = [given]
    elif isinstance(given[0], list):
        columns = len(given[0])
        given = [bits for row in given for bits in row]
    return f"{{{_quoted(name)}, NULL, {pool.place(tuple(given))}, {len(given)}, {columns}}}"


class _Pool:
    """The bits of all vectors, one after the other, each vector once."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._words: list[str] = []
        self._places: dict[tuple[str, ...], int] = {}

    def place(self, bits: tuple[str, ...]) -> str:
        if bits not in self._places:
            self._places[bits] = len(self._words)
            self._words += map(_word, bits)
        return f"klexact_bits{self.width} + {self._places[bits]}"

    def lines(self) -> Iterator[str]:
        step, words = _PER_LINE[self.width], self._words or ["0"]
        yield from (", ".join(words[i : i + step]) for i in range(0, len(words), step))


def _word(bits: str) -> str:
    return f"0x{bits}u"


def _quoted(text: str) -> str:
    r"""Return text as a C string: whatever is not plain as octal digits of its UTF-8.

    >>> print(_quoted('a"b?ü'))
    "a\042b\077\303\274"
    """
    plain = (c if c in _PLAIN else "".join(f"\\{byte:03o}" for byte in c.encode()) for c in text)
    return f'"{"".join(plain)}"'
