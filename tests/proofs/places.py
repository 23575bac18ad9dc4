"""Where the proofs are, and small projects beside them that a test may spoil."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["PROOFS", "ROOT", "audit", "counts", "make", "small_project", "spoil"]

ROOT = Path(__file__).parents[2]
PROOFS = ROOT / "proofs"
Done = subprocess.CompletedProcess[str]

_THEORY = """\
(** * A theory of one theorem

  Statements
  - [one_gt0]   1 is positive *)

From Coq Require Import Reals Lra.
Open Scope R_scope.

Theorem one_gt0 : 0 < 1.
Proof. lra. Qed.
"""
_PROJECT = {
    "proofs/_CoqProject": "-Q . klexact\n-arg -w -arg -ambiguous-paths\nSmall.v\n",
    "proofs/Small.v": _THEORY,
    "proofs/claims.toml": (
        '[[claim]]\nclaim = "1 > 0"\ntheorem = "Small.one_gt0"\npython = "klexact.small.one"\nsource = "Euclid"\n'
    ),
    "klexact/small.py": 'def one():\n    """Return 1.\n\n    Coq: Small.one_gt0.\n    """\n    return 1\n',
}


def small_project(directory: Path) -> Path:
    """Write a theory of one theorem, which a function cites, with the audit and Makefile of the real one."""
    for name, text in _PROJECT.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    for name in ("audit.py", "Makefile"):
        shutil.copy2(PROOFS / name, directory / "proofs")
    return directory


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path} must hold {old!r} once; found it {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def audit(root: Path, *options: str, path: str | None = None) -> Done:
    """Run the audit of a project; `path` stands for PATH."""
    environment = os.environ | ({} if path is None else {"PATH": path})
    command = [sys.executable, str(root / "proofs" / "audit.py"), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def counts(root: Path, *options: str) -> dict[str, Any]:
    """Return what the audit of a project finds, without Coq."""
    found: dict[str, Any] = json.loads(audit(root, "--no-coq", "--json", *options).stdout)
    return found


def make(root: Path, *targets: str) -> Done:
    """Run make on the proofs of a project."""
    environment = os.environ | {"MAKELEVEL": "0", "JOBS": str(os.cpu_count())}
    command = ["make", "-C", str(root / "proofs"), f"KLEXACT={sys.executable} -m klexact", *targets]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
