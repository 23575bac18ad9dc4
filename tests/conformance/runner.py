"""A runner over JSON lines, made of klexact's own grader: `python runner.py`."""

import json
import sys
from typing import Any

from klexact.conformance.grading import DEFECTS, grade
from klexact.conformance.programs import answer_in
from klexact.golden.cases import FORMAT, LICENCE, content_hash, parse


def verdict(vector: dict[str, Any]) -> dict[str, str]:
    function, variant, unit, _ = vector["file"].split(".")
    document = {
        "format": FORMAT,
        "licence": LICENCE,
        "function": function,
        "variant": variant,
        "unit": unit,
        "definition": "",
        "arguments": vector["arguments"],
        "flags": {},
        "cases": [vector["case"]],
    }
    (case,) = parse(document | {"content": content_hash(document), "provenance": {}}, vector["file"]).cases
    answer = answer_in({"id": vector["id"]} | vector["answer"], vector["dtype"])
    name = grade(case, vector["dtype"], answer, conventions=frozenset(vector["conventions"])).name
    return {"id": vector["id"], "defect" if name in DEFECTS else "grade": name}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(verdict(json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
