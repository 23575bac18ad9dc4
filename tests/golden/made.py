"""A small suite on disk, made afresh: every kind of argument and value, in every format."""

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from klexact.golden.cases import FORMAT, LICENCE, content_hash, file_name
from klexact.golden.flags import FLAGS
from tests.conformance.documents import document, documents

PROVENANCE = {"generator": "tests", "command": "none", "engines": "klexact"}
MORE: dict[tuple[str, str, str], list[dict[str, Any]]] = {
    ("mutual_information", "raw", "nat"): [{"joint": [["1/8", "1/4", "1/8"], ["1/4", "0", "1/4"]]}, {"joint": [["1"]]}],
    ("kl_gradient_p", "raw", "nat"): [
        {"p": ["1/3", "2/3"], "q": ["1/2", "1/2"], "index": "1"},
        {"p": ["0", "1"], "q": ["1/2", "1/2"], "index": "0"},
    ],
    ("kl_divergence_logits", "raw", "nat"): [{"p": ["1/2", "1/2", "0"], "logits": ["0", "1", "-inf"]}],
    ("law_kl_divergence", "raw", "nat"): [{"law_p": "poisson", "p": ["2"], "law_q": "poisson", "q": ["3"]}],
}
Documents = dict[str, dict[str, Any]]


@cache
def _made() -> Documents:
    return documents() | {file_name(*key): document(*key, inputs) for key, inputs in MORE.items()}


def fresh() -> Documents:
    """Return documents by file name that a test may change, with notes, slugs and provenance as packaged ones have."""
    made = copy.deepcopy(_made())
    for found in made.values():
        found["provenance"] = dict(PROVENANCE)
        found["flags"] = {flag: FLAGS[flag] for flag in sorted({x for case in found["cases"] for x in case["flags"]})}
        for i, case in enumerate(found["cases"]):
            case["slug"] = f"made-{i}"
    return made


def written(directory: Path, made: Mapping[str, Any], *, rehash: bool = True) -> Path:
    """Write documents with their index and return the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name, found in made.items():
        if rehash:
            found["content"] = content_hash(found)
        (directory / name).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        listed[name] = {"cases": str(len(found["cases"])), "content": found["content"]}
    total = sum(len(found["cases"]) for found in made.values())
    index = {"format": FORMAT, "licence": LICENCE, "suite": "1.0-00c0ffee", "cases": str(total), "files": listed}
    text = json.dumps(index | {"provenance": PROVENANCE})
    (directory / "index.json").write_text(text, encoding="utf-8")
    return directory


def changed(directory: Path, change: Callable[[Documents], object]) -> Path:
    """Write documents after a change."""
    made = fresh()
    change(made)
    return written(directory, made)
