"""A few golden documents, made afresh: every kind of value, in every format."""

from functools import cache
from typing import Any

from klexact.golden.cases import FORMAT, LICENCE, content_hash, file_name
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import described
from klexact.golden.making import make_case

TINY = f"1/{2**1060}"
NEAR = ["536870913/1073741824", "536870911/1073741824"]
INPUTS: dict[tuple[str, str, str], list[dict[str, Any]]] = {
    ("kl_divergence", "raw", "nat"): [
        {"p": ["1/10", "1/5", "7/10"], "q": ["3/10", "3/10", "2/5"]},
        {"p": ["1/2", "1/2"], "q": NEAR},
        {"p": ["1/2", "1/2"], "q": ["513/1024", "511/1024"]},
        {"p": ["1/3", "2/3"], "q": ["1/5", "4/5"]},
        {"p": ["0", "1"], "q": ["1/2", "1/2"]},
        {"p": ["1/4", "3/4"], "q": ["1", "0"]},
        {"p": ["1/4", "3/4"], "q": ["1/4", "3/4"]},
        {"p": ["-1/4", "5/4"], "q": ["1/4", "3/4"]},
        {"p": ["1/4", "3/4"], "q": ["-1/4", "5/4"]},
        {"p": ["1/4", "1/4"], "q": ["1/2", "3/4"]},
        {"p": ["60000", "1"], "q": ["1/16384", "1"]},
        {"p": [str(10**300)], "q": [f"1/{10**300}"]},
        {"p": [str(3 * 2**1022)], "q": ["1"]},
        {"p": [TINY], "q": [f"1/{2**1061}"]},
        {"p": [f"1/{2**140}"], "q": [f"1/{2**141}"]},
        {"p": [f"1/{2**20}"], "q": [f"1/{2**21}"]},
        {"p": [f"10/{2**24}", f"11/{2**24}"], "q": [f"11/{2**24}", f"10/{2**24}"]},
        {"p": [f"10/{2**1074}", f"11/{2**1074}"], "q": [f"11/{2**1074}", f"10/{2**1074}"]},
        {"p": [f"1/{2**130}", "1"], "q": [f"1/{2**131}", "1"]},
        {"p": described("ramp", 100, shift=7), "q": described("minstd", 100, shift=7, seed=3, bits=6)},
    ],
    ("kl_divergence", "normalised", "bit"): [
        {"p": ["1", "1"], "q": ["1", "3"]},
        {"p": ["0", "0"], "q": ["1", "3"]},
        {"p": ["1", "0"], "q": ["1", "1"]},
    ],
    ("entropy", "raw", "nat"): [
        {"p": ["1/2", "1/2"]},
        {"p": ["3", "1/7"]},
        {"p": ["1"]},
        {"p": ["-1", "2"]},
        {"p": ["nan", "1"]},
    ],
    ("entropy", "raw", "bit"): [{"p": ["1/2", "1/2"]}, {"p": ["1/8", "7/8"]}],
    ("rel_entr", "raw", "nat"): [
        {"p": "1", "q": "3"},
        {"p": "0", "q": "0"},
        {"p": "1", "q": "0"},
        {"p": "-1", "q": "1"},
    ],
}


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Return golden documents by file name."""
    return {file_name(*key): document(*key, inputs) for key, inputs in INPUTS.items()}


def document(function: str, variant: str, unit: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    spec = FUNCTIONS[function]
    made = {
        "format": FORMAT,
        "licence": LICENCE,
        "function": function,
        "variant": variant,
        "unit": unit,
        "definition": spec.definition[variant],
        "arguments": dict(spec.arguments),
        "flags": {},
        "cases": [make_case(function, variant, unit, x, slug="", level="core", source="test") for x in inputs],
    }
    return made | {"content": content_hash(made), "provenance": {}}
