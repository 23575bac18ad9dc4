"""The audit of proofs/: what it says of them, and that it finds each thing that must not be."""

import re
from pathlib import Path

import pytest

from tests.proofs.places import PROOFS, ROOT, audit, counts, make, small_project, spoil

README = (PROOFS / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_project(tmp_path)


def test_the_text_of_all_proofs_is_in_order() -> None:
    done = audit(ROOT, "--no-coq", "--no-certificates")
    assert (done.stdout.splitlines()[-1], done.returncode) == ("problems: 0", 0), done.stdout


def test_theorems_rest_on_the_classical_reals_and_machine_integers(workshop: Path) -> None:
    done = audit(workshop, "--brief", "--no-certificates")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^all +\d+ +\d+  classical reals, machine integers$", done.stdout, re.MULTILINE)


def test_the_readme_says_what_is_counted() -> None:
    found = counts(ROOT, "--no-certificates")
    shown = (
        f"{found['theorems']} theorems and {found['lemmas']} lemmas in {found['files']} files; {found['claims']} claims"
    )
    assert shown in README


def test_the_readme_lists_every_file_in_order() -> None:
    files = (PROOFS / "_CoqProject").read_text(encoding="utf-8").split()
    assert re.findall(r"^\| `(\w+\.v)` \|", README, re.MULTILINE) == [name for name in files if name.endswith(".v")]


def test_a_small_project_is_in_order(small: Path) -> None:
    done = audit(small, "--no-coq")
    assert (done.stdout.splitlines()[-1], done.returncode) == ("problems: 0", 0)


HEAD = "  - [one_gt0]   1 is positive *)"
PROOF = "Proof. lra. Qed."
FAULTS = {
    "admitted": ("proofs/Small.v", PROOF, "Admitted.", "Small.v:10: proofs must be complete; found Admitted"),
    "admit": ("proofs/Small.v", PROOF, "Proof. admit. Admitted.", "found admit:"),
    "axiom": (
        "proofs/Small.v",
        PROOF,
        f"{PROOF}\nAxiom easy : 0 < 2.",
        "Small.v:11: nothing must be assumed; found Axiom",
    ),
    "parameter": ("proofs/Small.v", PROOF, f"{PROOF} Local Parameter x : R.", "found Parameter"),
    "hypothesis": ("proofs/Small.v", PROOF, f"{PROOF}\nSection S. Hypothesis h : 0 < 2. End S.", "found Hypothesis"),
    "guard": ("proofs/Small.v", PROOF, f"{PROOF}\nUnset Guard Checking.", "all checks of the kernel must be on"),
    "print": ("proofs/Small.v", PROOF, f"{PROOF}\nPrint Assumptions one_gt0.", "take the command out"),
    "check": ("proofs/Small.v", PROOF, f"{PROOF} (* so *) Check one_gt0.", "found Check"),
    "no head": ("proofs/Small.v", "(** * A theory", "(* A theory", "Small.v:1: a file must open with a comment"),
    "left out of the head": ("proofs/Small.v", HEAD, " *)", "Small.v:9: the head must list every theorem"),
    "only in the head": ("proofs/Small.v", HEAD, HEAD.replace("]", "], [two x]"), "Small.v:4: what the head lists"),
    "not listed": ("proofs/_CoqProject", "Small.v\n", "", "Small.v:1: _CoqProject must list all files"),
    "not there": ("proofs/_CoqProject", "Small.v", "Small.v\nLarge.v", "_CoqProject:4: files listed must exist"),
    "unsafe": ("proofs/_CoqProject", "Small.v", "-arg -type-in-type\nSmall.v", "_CoqProject:3: settings must be"),
    "wrong theorem claimed": ("proofs/claims.toml", "one_gt0", "two_gt0", "claims.toml:1: a claim must name a theorem"),
    "wrong symbol claimed": (
        "proofs/claims.toml",
        "small.one",
        "small.two",
        "must cite a claim; found no Small.one_gt0 in",
    ),
    "no source": ("proofs/claims.toml", 'source = "Euclid"\n', "", "a claim must have the keys"),
    "wrong theorem cited": ("klexact/small.py", "one_gt0", "one_ge0", "small.py:1: docstrings must cite theorems"),
    "wrong form": ("klexact/small.py", "Small.one_gt0", "one_gt0", "small.py:1: citations must read"),
    "a claim left out": ("proofs/claims.toml", "[[claim]]", "[[claims]]", "citations must be claims too"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_found(small: Path, fault: str) -> None:
    name, old, new, said = FAULTS[fault]
    spoil(small / name, old, new)
    done = audit(small, "--no-coq")
    assert done.returncode == 1
    assert said in done.stdout


def test_what_comments_and_strings_say_is_no_fault(small: Path) -> None:
    shown = (
        'Notation "\'Axiom\' x" := (x + 1). (* Admitted. (* Axiom *) "*) Axiom" Print x. *)\nDefinition admitted := 1.'
    )
    spoil(small / "proofs/Small.v", PROOF, f"{PROOF}\n{shown}")
    assert audit(small, "--no-coq").returncode == 0


def test_a_claim_stands_once(small: Path) -> None:
    claims = small / "proofs/claims.toml"
    claims.write_text(claims.read_text() * 2)
    done = audit(small, "--no-coq")
    assert done.returncode == 1
    assert "claims.toml:6: claims must differ" in done.stdout


def test_files_of_certificates_hold_nothing_else(small: Path) -> None:
    from klexact.golden.certificates import certify

    certify(small / "proofs/certificates", only="entropy.raw.bit", every=50)
    assert counts(small)["certificates"]["total"] >= 3
    path = small / "proofs/certificates/entropy_raw_bit.v"
    spoil(path, "Open Scope Q_scope.\n", "Open Scope Q_scope.\nDefinition certified := fun _ _ _ _ _ _ : Q => True.\n")
    done = audit(small, "--no-coq")
    assert done.returncode == 1
    assert "entropy_raw_bit.v:1: files must be as `klexact golden certify` writes them" in done.stdout


# -- with Coq -------------------------------------------------------------------------------------------------


def test_without_coq_it_says_what_to_install(small: Path) -> None:
    done = audit(small, path="/nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "apt-get install coq libcoq-coquelicot libcoq-interval" in done.stderr


def test_it_asks_for_files_compiled_from_the_text(small: Path, coq: None) -> None:
    done = audit(small)
    assert done.returncode == 2
    assert "Small.vo must be up to date; found none: run make -C proofs all" in done.stderr


ASSUMING = """\
(** * Theorems that assume what they should not

  Statements
  - [own], [smuggled], [unguarded], [outside], [honest] *)

From Coq Require Import Reals Lra ProofIrrelevance.

Axiom easy : False.
Theorem own : 1 = 2.
Proof. destruct easy. Qed.

Theorem smuggled (P : Prop) (x y : P) : x = y.
Proof. apply proof_irrelevance. Qed.

Unset Guard Checking.
Fixpoint loop (n : nat) : False := loop n.
Set Guard Checking.
Theorem unguarded : False.
Proof. exact (loop 0). Qed.

Context (given : False).
Theorem outside : False.
Proof. exact given. Qed.

Theorem honest (x : R) : (x <= x)%R.
Proof. lra. Qed.
"""


def test_axioms_are_found_beneath_the_theorems_that_use_them(small: Path, coq: None) -> None:
    (small / "proofs/Assuming.v").write_text(ASSUMING)
    spoil(small / "proofs/_CoqProject", "Small.v", "Small.v\nAssuming.v")
    assert make(small).returncode == 0  # Coq itself does not mind
    done = make(small, "audit")
    assert done.returncode != 0
    found = re.findall(r"Assuming.v:(\d+): proofs must rest on .*; found (.*) beneath Assuming\.(\w+):", done.stdout)
    assert [(name, axiom) for _, axiom, name in found] == [
        ("own", "Assuming.easy"),
        ("smuggled", "ProofIrrelevance.proof_irrelevance"),
        ("unguarded", "Assuming.loop is assumed to be guarded."),
        ("outside", "Assuming.given"),
    ]
    assert [ASSUMING.splitlines()[int(line) - 1].split()[1] for line, _, _ in found] == [name for _, _, name in found]


def test_a_statement_left_unproved_fails_the_audit_though_it_compiles(small: Path, coq: None) -> None:
    spoil(small / "proofs/Small.v", PROOF, "Admitted.")
    assert make(small).returncode == 0
    done = audit(small)
    assert done.returncode == 1
    assert "found Small.one_gt0 beneath Small.one_gt0" in done.stdout
