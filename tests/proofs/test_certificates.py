"""Certificates in Coq: a stated sample of them is proved, and the kernel refuses every other stored number.

The sample is one certificate in 40 of each file, and a short one of each kind. `make -C proofs check` proves all.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from klexact.golden.cases import PACKAGED, Case, load, names
from klexact.golden.certificates import certifiable, certificate, certify
from tests.golden.made import written
from tests.proofs.places import PROOFS, audit, counts, make, small_project

EVERY = 40
README = (PROOFS / "README.md").read_text(encoding="utf-8")


def kind(case: Case) -> tuple[str, str]:
    """Return the predicate of a certificate, and the kind of value."""
    return certificate(case).splitlines()[2].split()[0], case.views["binary64"].kind


CASES = [[case for case in load(*key).cases if certifiable(case)] for key in names()]
SHORT = {kind(case): case for found in CASES for case in reversed(found) if max(map(len, case.inputs.values())) < 4}
SAMPLE = {case.id: case for case in [*SHORT.values(), *(case for found in CASES for case in found[::EVERY])]}


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a file of certificates begins with."""
    directory = tmp_path_factory.mktemp("opening")
    certify(directory, only="kl_divergence.raw.nat", every=1_000)
    text = (directory / "kl_divergence_raw_nat.v").read_text(encoding="utf-8")
    return text[: text.index("(* plain")]


@pytest.fixture
def certificates(workshop: Path) -> Path:
    """Return an empty directory for certificates beside a built theory."""
    directory = workshop / "proofs" / "certificates"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory


def test_a_sample_is_proved_from_the_axioms_of_the_theory(workshop: Path, certificates: Path, opening: str) -> None:
    assert SHORT.keys() == {
        ("certified", "finite"),
        ("certified", "infinite"),
        ("correctly_rounded", "finite"),
        ("exact", "finite"),
        ("exact", "zero"),
    }
    (certificates / "sample.v").write_text(opening + "\n".join(map(certificate, SAMPLE.values())), encoding="utf-8")
    done = make(workshop, "certified")
    assert done.returncode == 0, done.stderr
    done = audit(workshop, "--brief")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"certificates {len(SAMPLE):20}          classical reals, machine integers\n" in done.stdout


def others(case: Case) -> list[str]:
    """Return the 64 bits of the stored number's neighbours, and of its opposite where that is another number."""
    bits = int(case.views["binary64"].nearest or "", 16)
    sign = 1 << 63
    return [f"{x:016x}" for x in ([bits + 1, bits - 1, bits ^ sign] if bits % sign else [1, sign + 1])]


def test_the_kernel_refuses_other_numbers(workshop: Path, certificates: Path, opening: str) -> None:
    text = opening
    for case in SHORT.values():  # a wrong number costs all the precisions that the check knows
        for i, bits in enumerate(others(case)):
            view = replace(case.views["binary64"], nearest=bits)
            doctored = certificate(replace(case, views={"binary64": view})).replace(" :\n", f"_{i} :\n")
            text += doctored.replace("Qed.", "Fail Qed. Abort.")
    (certificates / "refused.v").write_text(text, encoding="utf-8")
    done = make(workshop, "certified")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("step", [0, 1, -1])
def test_a_golden_value_one_ulp_off_fails_make(workshop: Path, certificates: Path, tmp_path: Path, step: int) -> None:
    name = "kl_divergence.raw.nat.json"
    document = json.loads((PACKAGED / name).read_text(encoding="utf-8"))
    document["cases"] = document["cases"][:2]
    view = document["cases"][1]["ieee"]["binary64"]
    view["nearest"] = f"{int(view['nearest'], 16) + step:016x}"
    certify(certificates, golden=written(tmp_path, {name: document}))
    done = make(workshop, "certified")
    assert (done.returncode == 0) == (step == 0), done.stderr
    assert ("Error" in done.stderr) == (step != 0)


def test_the_readme_says_how_many_there_are(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    certify(root / "proofs" / "certificates")
    found = counts(root)["certificates"]
    n = found["kinds"]
    shown = f"{found['total']:,} certificates in {found['files']} files: {n['certified']:,} certified, {n['exact']} exact and"
    assert f"{shown} {n['correctly_rounded']} correctly rounded" in " ".join(README.split())
