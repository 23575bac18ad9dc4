"""Golden cases as NumPy arrays in an NPZ file: bits as unsigned integers, vectors one after the other with offsets.

Arrays of cases have an entry a case; those named FORMAT/... have an entry a view, and FORMAT/case says whose view it is.
`X` and `X/offsets` are ragged: entry i is X[offsets[i]:offsets[i + 1]]. The text of JSON is ragged UTF-8.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import accumulate
from typing import Any

from klexact.errors import KLExactError
from klexact.formats import FORMATS
from klexact.golden.cases import LICENCE, NAMED, Case, View, canonical
from klexact.golden.generators import is_generated
from klexact.golden.selection import Selection

__all__ = ["npz_bytes"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever the file is made
_HALF = 1 << 64

Arrays = dict[str, Any]


def npz_bytes(selection: Selection) -> bytes:
    """Return an NPZ file. Raises KLExactError, saying what to install, where NumPy is missing."""
    numpy = _numpy()
    arrays = {"suite": numpy.array(selection.version), "licence": numpy.array(LICENCE)}
    arrays |= _of_cases(numpy, selection.cases)
    for dtype in FORMATS:
        cases = [(i, case) for i, case in enumerate(selection.cases) if dtype in case.views]
        if cases:
            arrays |= {f"{dtype}/{name}": array for name, array in _of_views(numpy, dtype, cases).items()}
    return _zipped(numpy, arrays)


def _numpy() -> Any:
    try:
        return import_module("numpy")
    except ImportError as error:
        raise KLExactError(
            f"NPZ needs the library NumPy; found: {error}: pip install numpy, or export to csv"
        ) from None


def _zipped(numpy: Any, arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            numpy.lib.format.write_array(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return stream.getvalue()


def _of_cases(numpy: Any, cases: Sequence[Case]) -> Arrays:
    arrays = {
        name: numpy.array([getattr(case, name) for case in cases])
        for name in ("id", "function", "variant", "unit", "level", "slug", "source")
    }
    arrays["terms"] = numpy.array([case.terms for case in cases], dtype=numpy.int64)
    arrays["condition"] = numpy.array([case.condition or "" for case in cases])
    arrays |= _ragged_text(numpy, "inputs", (canonical(case.inputs) for case in cases))
    arrays |= _ragged_text(numpy, "value", (canonical(case.value) for case in cases))
    alternates = ("" if case.alternates is None else canonical(case.alternates) for case in cases)
    return arrays | _ragged_text(numpy, "alternates", alternates)


def _of_views(numpy: Any, dtype: str, cases: Sequence[tuple[int, Case]]) -> Arrays:
    views = [case.views[dtype] for _, case in cases]
    arrays = {
        "case": numpy.array([i for i, _ in cases], dtype=numpy.int64),
        "exact_inputs": numpy.array([view.exact_inputs for view in views]),
    }
    for name in ("kind", "sign", "hex", "decimal50", "magnitude", "condition"):
        arrays[name] = numpy.array([getattr(view, name) or "" for view in views])
    arrays["flags"] = numpy.array([" ".join(view.flags) for view in views])
    for name in ("nearest", "down", "up"):
        arrays[name] = _words(numpy, dtype, [getattr(view, name) or "0" for view in views])
    kinds = {name: kind for _, case in cases for name, kind in case.arguments.items()}
    for name, kind in kinds.items():
        given = [case.inputs.get(name, "") for _, case in cases]
        arrays |= {name: numpy.array(given)} if kind in NAMED else _bits(numpy, dtype, name, views)
        if any(map(is_generated, given)):
            described = (canonical(x) if is_generated(x) else "" for x in given)
            arrays |= _ragged_text(numpy, f"{name}/generated", described)
    return arrays


def _bits(numpy: Any, dtype: str, name: str, views: Iterable[View]) -> Arrays:
    """Return the entries of an argument in all views, none where it is generated or the function does not have it.

    The rows of a matrix follow each other; `columns` is their length, and 0 where the argument is no matrix.
    """
    given = [view.inputs.get(name, []) for view in views]
    columns = [len(x[0]) if isinstance(x, list) and x and isinstance(x[0], list) else 0 for x in given]
    flat = [_flat(x) for x in given]
    arrays = {name: _words(numpy, dtype, [bits for x in flat for bits in x]), f"{name}/offsets": _offsets(numpy, flat)}
    return arrays | ({f"{name}/columns": numpy.array(columns, dtype=numpy.int64)} if any(columns) else {})


def _flat(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    return [bits for x in given for bits in _flat(x)]


def _words(numpy: Any, dtype: str, bits: Sequence[str]) -> Any:
    """Return bits as unsigned integers; those of more than 64 as two, the upper half first."""
    width = FORMATS[dtype].width
    if width > 64:
        halves = [divmod(int(x, 16), _HALF) for x in bits]
        return numpy.array(halves, dtype=numpy.uint64).reshape(-1, 2)
    return numpy.array([int(x, 16) for x in bits], dtype=getattr(numpy, f"uint{width}"))


def _offsets(numpy: Any, parts: Iterable[Sequence[Any] | bytes]) -> Any:
    return numpy.array([0, *accumulate(map(len, parts))], dtype=numpy.int64)


def _ragged_text(numpy: Any, name: str, texts: Iterable[str]) -> Arrays:
    encoded = [text.encode() for text in texts]
    return {name: numpy.frombuffer(b"".join(encoded), dtype=numpy.uint8), f"{name}/offsets": _offsets(numpy, encoded)}
