#!/usr/bin/env python3
"""Audit of proofs/: every theorem is proved, from nothing but the axioms of the classical reals and machine integers.

    python3 proofs/audit.py [--json] [--brief] [--no-certificates] [--no-coq]

It reads the files as text: nothing is left unproved, nothing assumed, heads list the theorems, claims.toml and the
docstrings of klexact name theorems that exist, and agree. Then Coq tells on which axioms the theorems rest.
Exit codes: 0, 1 where something is wrong, 2 where Coq or a compiled file is missing. It needs nothing but Python.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

PROOFS = Path(__file__).resolve().parent
PACKAGE = PROOFS.parent / "klexact"
PACKAGES = "coq libcoq-coquelicot libcoq-interval"

REALS, INTEGERS = "classical reals", "machine integers"
CLASSICAL = {
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
# the 63-bit integers of the kernel and what they compute: the arithmetic beneath the library Interval
PRIMITIVE = ("PrimInt63.", "Uint63.")

SETTINGS = ["-Q . klexact", "-arg -w -arg -ambiguous-paths"]
THEOREM = r"\b(?:Theorem|Corollary)"
LEMMA = r"\b(?:Lemma|Proposition|Fact|Remark|Property|Example)"
DECLARATION = (
    rf"(?:{THEOREM}|{LEMMA}|"
    r"\b(?:Definition|Fixpoint|CoFixpoint|Function|Inductive|Record|Structure|Class|Instance|Notation|Ltac|Let|Module|with))"
)
COMMANDS = (
    "Print|Check|Search|SearchPattern|SearchRewrite|About|Locate|Compute|Eval|Show|Time|Timeout|Fail|Redirect|Load|Test|Inspect|"
    "Extraction|Drop|Quit|Cd|Pwd|Add LoadPath|Guarded"
)
# what may not stand in a file: pattern, what is required, what to do
REFUSED = [
    (
        r"(?<![\w.'])(?:Admitted|admit|give_up|Abort)(?![\w'])",
        "proofs must be complete",
        "prove it, or leave the statement out",
    ),
    (
        r"(?<![\w.'])(?:Axioms?|Parameters?|Conjectures?|Hypothes[ie]s|Variables?|Declare|Primitive)(?![\w'])",
        "nothing must be assumed",
        "make it a premise of the statement, or Context of a section",
    ),
    (
        r"\b(?:Guard|Positivity|Universe) Checking\b|\bbypass_check\b|\btype.in.type\b",
        "all checks of the kernel must be on",
        "leave them on",
    ),
    (
        rf"(?:^|(?<=[.}}])\s)\s*(?:{COMMANDS})(?![\w'])",
        "a file must hold definitions, statements and proofs alone",
        "take the command out",
    ),
]
# of a file of certificates, with single spaces
OPENING = re.compile(
    r"From Coq Require Import QArith List\. From klexact Require Import Golden Checking ExactChecking\. "
    r"Import ListNotations\. Open Scope Q_scope\. "
)
CERTIFICATE = re.compile(
    r"(?P<name>\w+) : (?P<kind>certified|exact|correctly_rounded) \w+ \w+ \w+ \[[\d #;]*\] \[[\d #;]*\] 0x[0-9a-f]{16}\. "
    r"Proof\. prove_(?P=kind)\. Qed\. ?"
)
CITATION = re.compile(r"Coq:\s+([A-Z]\w*\.\w+(?:,\s+[A-Z]\w*\.\w+)*)\.(?=\s|$)")
KEYS = {"claim", "theorem", "python", "source"}


class NotReadyError(Exception):
    """Coq, or a file compiled by it, is missing."""


class Problem(NamedTuple):
    """Something wrong, and where; it says what is required, what was found, and what to do."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def code_of(text: str) -> str:
    """Return a file of Coq without its comments, which nest, and its strings; lines stay where they are."""
    depth, kept = 0, []
    for piece in re.findall(r'\(\*|\*\)|"(?:[^"]|"")*"|.', text, re.DOTALL):
        depth += piece == "(*"
        shown = depth == 0 and not piece.startswith('"')
        kept.append(piece if shown else re.sub(r"[^\n]", " ", piece))
        depth -= piece == "*)"
    return "".join(kept)


@dataclass(frozen=True)
class Source:
    """A file of Coq."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def code(self) -> str:
        return code_of(self.text)

    @property
    def name(self) -> str:
        """The name of the file below proofs/."""
        return str(self.path.relative_to(PROOFS))

    @property
    def module(self) -> str:
        """The name of the file as Coq says it, below klexact."""
        return self.name.removesuffix(".v").replace("/", ".")

    def problem(self, position: int, text: str) -> Problem:
        return Problem(f"proofs/{self.name}", self.text.count("\n", 0, position) + 1, text)

    def declared(self, keyword: str) -> dict[str, int]:
        """Return the names that a keyword declares, with their positions."""
        return {m[1]: m.start(1) for m in re.finditer(rf"{keyword}\s+([\w']+)", self.code)}

    @cached_property
    def theorems(self) -> dict[str, int]:
        return self.declared(THEOREM)

    @cached_property
    def head(self) -> str:
        """The comment that opens a file; empty if there is none."""
        return self.text.split("*)")[0] if self.text.startswith("(** * ") else ""

    def listed(self) -> dict[str, int]:
        """Return the names that the head lists, `- [name args], [name args]   what it is`, with their positions."""
        items = re.finditer(r"^\s*- (\[[^\]]*\](?:,\s*\[[^\]]*\])*)", self.head, re.MULTILINE)
        return {m[1]: item.start(1) + m.start(1) for item in items for m in re.finditer(r"\[([\w']+)", item[1])}


def project_lines() -> list[str]:
    return (PROOFS / "_CoqProject").read_text(encoding="utf-8").splitlines()


def read_theory() -> list[Source]:
    return [Source(PROOFS / line) for line in project_lines() if line.endswith(".v") and (PROOFS / line).exists()]


def project_problems() -> Iterator[Problem]:
    """Yield what is wrong with the list of files and settings."""
    for number, line in enumerate(project_lines(), 1):
        at = Problem("proofs/_CoqProject", number, "")
        if line.endswith(".v") and not (PROOFS / line).exists():
            yield at._replace(text=f"files listed must exist; found no {line}: take it out")
        elif not line.endswith(".v") and line not in SETTINGS:
            yield at._replace(text=f"settings must be {' and '.join(SETTINGS)}; found {line!r}: take it out")
    for path in sorted(PROOFS.rglob("*.v")):
        source = Source(path)
        if source.name not in project_lines() and path.parent != PROOFS / "certificates":
            yield source.problem(0, "_CoqProject must list all files; found another one: list it, or remove it")


def refused(source: Source) -> Iterator[Problem]:
    for pattern, required, advice in REFUSED:
        for found in re.finditer(pattern, source.code, re.MULTILINE):
            word = found[0].strip()
            yield source.problem(found.end() - len(word), f"{required}; found {word}: {advice}")


def head_problems(source: Source) -> Iterator[Problem]:
    if not source.head:
        yield source.problem(
            0, "a file must open with a comment that lists its theorems, `(** * Title`; found none: add it"
        )
        return
    listed, declared = source.listed(), source.declared(DECLARATION)
    for name in source.theorems.keys() - listed.keys():
        text = f"the head must list every theorem; found no [{name}]: add `- [{name}]` to it"
        yield source.problem(source.theorems[name], text)
    for name in listed.keys() - declared.keys():
        text = f"what the head lists must be declared in the file; found no {name}: correct the head"
        yield source.problem(listed[name], text)


def certificates_of(source: Source) -> Iterator[tuple[str, str] | Problem]:
    """Yield the name and the predicate of each certificate; a file may hold nothing else."""
    opening, *rest = re.sub(r"\s+", " ", source.code.lstrip()).split("Theorem ")
    for part, wanted in [(opening, OPENING), *((part, CERTIFICATE) for part in rest)]:
        found = wanted.fullmatch(part)
        if not found:
            text = f"files must be as `klexact golden certify` writes them; found {part:.60}: write them anew"
            yield source.problem(source.theorems.get(part.split(" ")[0], 0), text)
        elif wanted is CERTIFICATE:
            yield found["name"], found["kind"]


def docstrings(package: Path) -> Iterator[tuple[str, Path, ast.AST, str]]:
    """Yield the dotted names of modules, classes and functions, with their docstrings."""
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "Coq:" in text:
            name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
            yield from ((dotted, path, node, doc) for dotted, node, doc in _documented(name, ast.parse(text)))


def _documented(dotted: str, node: ast.AST) -> Iterator[tuple[str, ast.AST, str]]:
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
        yield dotted, node, ast.get_docstring(node) or ""
        for child in node.body:
            if isinstance(child, (ast.ClassDef, ast.FunctionDef)):
                yield from _documented(f"{dotted}.{child.name}", child)


class Citation(NamedTuple):
    """A theorem that a docstring cites."""

    theorem: str
    python: str
    path: str
    line: int


def citations(package: Path) -> Iterator[Citation | Problem]:
    for dotted, path, node, doc in docstrings(package):
        where = str(path.relative_to(package.parent)), getattr(node, "lineno", 1)
        found = CITATION.findall(doc)
        if len(found) != doc.count("Coq:"):
            text = "citations must read `Coq: File.theorem, File.theorem.`; found another form: correct it"
            yield Problem(*where, text)
        yield from (Citation(name, dotted, *where) for names in found for name in re.split(r",\s+", names))


def read_claims() -> list[tuple[int, dict[str, str]]]:
    """Return the claims with the lines on which they begin."""
    text = (PROOFS / "claims.toml").read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line == "[[claim]]"]
    return list(zip(lines, tomllib.loads(text).get("claim", []), strict=True))


def claim_problems(theorems: Collection[str]) -> Iterator[Problem]:
    """Yield where claims, theorems and docstrings do not agree."""
    found = list(citations(PACKAGE))
    yield from (p for p in found if isinstance(p, Problem))
    cited = [c for c in found if isinstance(c, Citation)]
    claimed: set[tuple[str, str]] = set()
    for line, claim in read_claims():
        pair = claim.get("theorem", ""), claim.get("python", "")
        for text in _wrong_with(claim, theorems, {(c.theorem, c.python) for c in cited}):
            yield Problem("proofs/claims.toml", line, text)
        if pair in claimed:
            yield Problem("proofs/claims.toml", line, f"claims must differ; found {' in '.join(pair)} again: keep one")
        claimed.add(pair)
    for theorem, python, path, line in cited:
        if theorem not in theorems:
            text = f"docstrings must cite theorems of proofs/; found {theorem} in {python}: correct it"
            yield Problem(path, line, text)
        elif (theorem, python) not in claimed:
            text = f"citations must be claims too; found {theorem} in {python}: add it to claims.toml"
            yield Problem(path, line, text)


def _wrong_with(
    claim: Mapping[str, str], theorems: Collection[str], cited: Collection[tuple[str, str]]
) -> Iterator[str]:
    if claim.keys() != KEYS or not all(isinstance(value, str) and value for value in claim.values()):
        yield f"a claim must have the keys {', '.join(sorted(KEYS))}; found {', '.join(claim)}: complete it"
        return
    theorem, python = claim["theorem"], claim["python"]
    if theorem not in theorems:
        yield f"a claim must name a theorem of proofs/, `File.theorem`; found {theorem}: correct the name"
    if (theorem, python) not in cited:
        yield f"a docstring must cite a claim; found no {theorem} in {python}: add `Coq: {theorem}.` to it"


def axioms_of(groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the axioms beneath each group of theorems (named below klexact), as `Print Assumptions` tells them."""
    n = os.cpu_count() or 1
    parts = [part for part in (dict(list(groups.items())[i::n]) for i in range(n)) if part]
    with ThreadPoolExecutor(n) as pool:
        found = {group: axioms for part in pool.map(_axioms_of, parts) for group, axioms in part.items()}
    return {group: found[group] for group in groups}


def _axioms_of(groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    modules = dict.fromkeys(name.rpartition(".")[0] for names in groups.values() for name in names)
    text = [f"Require klexact.{module}." for module in modules]
    for n, names in enumerate(groups.values()):
        chain = "\n".join(f"let _ := @klexact.{name} in" for name in names)
        text += [f"Definition group_{n} : True :=\n{chain} I.", f'Redirect "{n}" Print Assumptions group_{n}.']
    with TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "audit.v").write_text("\n".join(text) + "\n", encoding="utf-8")
        command = ["coqc", "-q", "-Q", str(PROOFS), "klexact", "-w", "none", "audit.v"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise NotReadyError(f"Coq must read the compiled files: run make -C proofs check; found\n{done.stderr}")
        return {group: assumed((place / f"{n}.out").read_text(encoding="utf-8")) for n, group in enumerate(groups)}


def assumed(printed: str) -> list[str]:
    """Return the axioms in an answer of `Print Assumptions`; a line of another kind as it is, for it is no allowed axiom."""
    lines = [line for line in printed.split("\n") if line and not line.startswith(" ")]
    lines = [line for line in lines if line not in {"Axioms:", "Closed under the global context"}]
    return sorted(re.sub(r"^([\w.']+)(?: :.*)?$", r"\1", line) for line in lines)


def allowed(axiom: str) -> bool:
    return group_of(axiom) in {REALS, INTEGERS}


def group_of(axiom: str) -> str:
    """Return the name of the allowed axioms that an axiom belongs to; of another one itself."""
    return REALS if axiom in CLASSICAL else INTEGERS if axiom.startswith(PRIMITIVE) else axiom


def require_compiled(sources: Sequence[Source]) -> None:
    if not shutil.which("coqc"):
        raise NotReadyError(f"Coq must be installed; found no coqc: apt-get install {PACKAGES}, or use --no-coq")
    for source in sources:
        compiled = source.path.with_suffix(".vo")
        if not compiled.exists() or compiled.stat().st_mtime < source.path.stat().st_mtime:
            state = "an older one" if compiled.exists() else "none"
            target = "certificates" if source.path.parent != PROOFS else "all"
            raise NotReadyError(f"{source.name}o must be up to date; found {state}: run make -C proofs {target}")


class Audit:
    """What is found: counts, axioms and problems."""

    def __init__(self, *, certificates: bool, coq: bool, brief: bool) -> None:
        self.theory = read_theory()
        self.files = [Source(path) for path in sorted((PROOFS / "certificates").glob("*.v")) if certificates]
        self.theorems = {f"{s.module}.{t}": s.problem(at, "") for s in self.theory for t, at in s.theorems.items()}
        found = {source: list(certificates_of(source)) for source in self.files}
        self.certificates = {s: [c for c in cs if not isinstance(c, Problem)] for s, cs in found.items()}
        self.problems = [
            *project_problems(),
            *(problem for source in [*self.theory, *self.files] for problem in refused(source)),
            *(problem for source in self.theory for problem in head_problems(source)),
            *(problem for cs in found.values() for problem in cs if isinstance(problem, Problem)),
            *claim_problems(self.theorems),
        ]
        self.axioms: dict[str, list[str]] = {}  # by file, of the theory as a whole, and of the certificates
        self.beyond: dict[str, list[str]] = {}  # what a theorem needs beside the classical reals
        if coq:
            require_compiled([*self.theory, *self.files])
            self._ask_coq(brief=brief)

    def _ask_coq(self, *, brief: bool) -> None:
        """Ask about the whole or about each file; then, where more than the classical reals shows, about each theorem."""
        files = {s.name: [f"{s.module}.{name}" for name in s.theorems] for s in self.theory if s.theorems}
        certified = {"certificates": [f"{s.module}.{c}" for s, found in self.certificates.items() for c, _ in found]}
        if brief:
            self.axioms = axioms_of({"theory": list(self.theorems)} | certified)
            if all(map(allowed, self.axioms["theory"])):
                files = {}
        self.axioms |= axioms_of(files if brief else files | certified)
        suspects = [name for file, names in files.items() for name in names if set(self.axioms[file]) - CLASSICAL]
        found = axioms_of({name: [name] for name in suspects})
        beyond = {name: sorted({group_of(axiom) for axiom in found[name]} - {REALS}) for name in suspects}
        self.beyond = {name: groups for name, groups in beyond.items() if groups}
        for name, axioms in [*found.items(), ("certificates", self.axioms["certificates"])]:
            self.problems += [self._unfounded(name, axiom) for axiom in axioms if not allowed(axiom)]

    def _unfounded(self, name: str, axiom: str) -> Problem:
        at = self.theorems.get(name, Problem("proofs/certificates", 1, ""))
        return at._replace(text=f"proofs must rest on {REALS}, {INTEGERS}; found {axiom} beneath {name}: avoid it")

    def as_json(self) -> dict[str, Any]:
        kinds = Counter(kind for found in self.certificates.values() for _, kind in found)
        axioms = sorted({axiom for found in self.axioms.values() for axiom in found})
        return {
            "theory": {
                s.name: {"theorems": len(s.theorems), "lemmas": len(s.declared(LEMMA)), "axioms": self._groups(s.name)}
                for s in self.theory
            },
            "files": len(self.theory),
            "theorems": len(self.theorems),
            "lemmas": sum(len(s.declared(LEMMA)) for s in self.theory),
            "claims": len(read_claims()),
            "certificates": {"files": len(self.files), "total": kinds.total(), "kinds": dict(sorted(kinds.items()))},
            "certificate_axioms": self._groups("certificates"),
            "axioms": {group: [a for a in axioms if group_of(a) == group] for group in map(group_of, axioms)},
            "beyond_classical_reals": self.beyond,
            "problems": [str(problem) for problem in self.problems],
        }

    def _groups(self, name: str) -> list[str]:
        return sorted({group_of(axiom) for axiom in self.axioms.get(name, ())})

    def table(self) -> Iterator[str]:
        found = self.as_json()
        certificates, kinds = found["certificates"], found["certificates"]["kinds"]
        yield _row("", "theorems", "lemmas", "axioms")
        for name, row in found["theory"].items():
            yield _row(name, row["theorems"], row["lemmas"], ", ".join(row["axioms"]))
        yield _row("all", found["theorems"], found["lemmas"], ", ".join(self._groups("theory")))
        yield _row("certificates", certificates["total"], "", ", ".join(found["certificate_axioms"]))
        split = ", ".join(f"{n:,} {kind}" for kind, n in kinds.items())
        yield (
            f"  {split} in {certificates['files']} files" if kinds else "  none: make -C proofs certificates makes them"
        )
        yield _row("claims", found["claims"], "", "")
        for group, names in found["axioms"].items():
            listed = f"{len(names)} of PrimInt63 and Uint63" if group == INTEGERS else ", ".join(names)
            yield f"{group}: {listed}"
        if self.beyond:
            yield f"beyond the classical reals: {', '.join(self.beyond)}"
        yield from found["problems"]
        yield f"problems: {len(found['problems'])}"


def _row(name: str, theorems: object, lemmas: object, axioms: str) -> str:
    return f"{name:24} {theorems:>8} {lemmas:>7}  {axioms}".rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Audit proofs/. Exit codes: 0, 1 for problems, 2 where something is missing."
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--brief", action="store_true", help="ask Coq about the theory as a whole, not about each file: faster"
    )
    parser.add_argument("--no-certificates", action="store_true", help="leave the generated certificates out")
    parser.add_argument("--no-coq", action="store_true", help="read the text only; nothing is said about axioms")
    asked = parser.parse_args()
    try:
        audit = Audit(certificates=not asked.no_certificates, coq=not asked.no_coq, brief=asked.brief)
    except NotReadyError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    lines = [json.dumps(audit.as_json(), indent=2)] if asked.json else audit.table()
    sys.stdout.write("\n".join(lines) + "\n")
    return int(bool(audit.problems))


if __name__ == "__main__":
    sys.exit(main())
