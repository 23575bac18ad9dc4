"""Vectors that test a runner: answers made from golden values so that the verdict is known before any grader sees them.

A runner that passes everything, or confuses two grades, must be caught.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from klexact.errors import KLExactError
from klexact.golden.cases import LICENCE, canonical, content_hash
from klexact.golden.vectorrecipes import RECIPES
from klexact.golden.vectorsites import Made, Site

__all__ = ["FORMAT", "make_document", "make_vectors"]

FORMAT = "klexact-golden-runner/1"
_DTYPES = ("binary16", "bfloat16", "binary32", "binary64", "binary128")
_DEFINITION = (
    "Each vector is a case of a golden file, a format, and an answer in it, with the verdict that a runner must reach: a "
    "grade, errored, skipped, or a defect in the place of a grade. conventions are the alternates that are opted into. A "
    "runner that reaches another verdict on any vector, or reads no vector, is wrong."
)
_LONGEST = 3_500  # characters of a case: vectors are to be read by people, too


def make_vectors(files: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return vectors of every recipe in every format that some case allows: `files` are golden documents by file name.

    The same files give the same vectors. Ids are hashes of case, format, answer and conventions: they never move.
    Raises KLExactError where the files allow no vector.

    >>> make_vectors({})
    Traceback (most recent call last):
    ...
    klexact.errors.KLExactError: vectors need golden files with short cases; found none in 0 files
    """
    sites = [site for name in sorted(files) for site in _sites(name, files[name])]
    found: dict[str, dict[str, Any]] = {}
    for why, recipe in RECIPES.items():
        for dtype in _DTYPES:
            drawn = _drawn(why, dtype, sites)
            vectors = (_vector(why, site, made) for site in drawn if (made := recipe(site)))
            vector = next((v for v in vectors if v["id"] not in found), None)
            if vector:
                found[vector["id"]] = vector
    if not found:
        raise KLExactError(f"vectors need golden files with short cases; found none in {len(files)} files")
    return list(found.values())


def _sites(name: str, document: Mapping[str, Any]) -> Iterator[Site]:
    for case in document["cases"]:
        if len(canonical(case)) <= _LONGEST:
            yield from (Site(name, document["arguments"], case, dtype) for dtype in _DTYPES if dtype in case["ieee"])


def _drawn(why: str, dtype: str, sites: list[Site]) -> list[Site]:
    """Return the sites of a format in an order drawn by hash, so that functions take turns."""
    return sorted(
        (site for site in sites if site.dtype == dtype),
        key=lambda site: hashlib.sha256(f"{why}:{dtype}:{site.case['id']}".encode()).digest(),
    )


def _vector(why: str, site: Site, made: Made) -> dict[str, Any]:
    hashed = {
        "case": site.case["id"],
        "dtype": site.dtype,
        "answer": dict(made.answer),
        "conventions": list(made.conventions),
    }
    defect = made.verdict[0].isupper()
    return {
        "id": f"runner-{hashlib.sha256(canonical(hashed).encode()).hexdigest()[:12]}",
        "why": why,
        "file": site.file,
        "arguments": dict(site.arguments),
        **hashed,
        "case": site.case,
        "defect" if defect else "grade": made.verdict,
    }


def make_document(files: Mapping[str, Mapping[str, Any]], provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of `runner.json` with its content hash."""
    head = {"format": FORMAT, "licence": LICENCE, "definition": _DEFINITION}
    document = head | {"vectors": make_vectors(files)}
    return head | {"content": content_hash(document), "provenance": dict(provenance), "vectors": document["vectors"]}
