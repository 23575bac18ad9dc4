"""The table of claims at its Python end: public names that cite the theorems. `audit.py` sees to the other end."""

import inspect
import tomllib
from importlib import import_module
from typing import Any

import pytest

from tests.proofs.places import PROOFS

CLAIMS = tomllib.loads((PROOFS / "claims.toml").read_text(encoding="utf-8"))["claim"]
SYMBOLS = sorted({claim["python"] for claim in CLAIMS})


def public(dotted: str) -> Any:
    """Return what a dotted name stands for: a module, what its `__all__` names, or a public member of a class."""
    try:
        return import_module(dotted)
    except ModuleNotFoundError:
        where, _, name = dotted.rpartition(".")
    above = public(where)
    known = [n for n in getattr(above, "__all__", vars(above)) if not n.startswith("_")]
    assert name in known, f"{dotted} must be public; found {', '.join(known)}"
    return getattr(above, name)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_public_names_cite_the_theorems_claimed_of_them(symbol: str) -> None:
    last = " ".join((inspect.getdoc(public(symbol)) or "").rpartition("\n\n")[2].split())
    cited = last.rpartition("Coq: ")[2].removesuffix(".").split(", ")
    assert cited == [claim["theorem"] for claim in CLAIMS if claim["python"] == symbol]


def test_claims_say_something_and_where_it_comes_from() -> None:
    assert all(claim["claim"] and claim["source"] for claim in CLAIMS)
    assert len({claim["claim"] for claim in CLAIMS}) == len(CLAIMS) > 40


@pytest.mark.parametrize("symbol", ["klexact.measures.no_such", "klexact.measures._mass", "klexact.no_such.measure"])
def test_names_that_are_not_public_are_refused(symbol: str) -> None:
    with pytest.raises(AssertionError, match=r"must be public; found"):
        public(symbol)
