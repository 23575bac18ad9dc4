"""Coq for tests: they skip where it is missing, and share one copy of the theory, built."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.proofs.places import PROOFS, make

PACKAGES = "coq libcoq-coquelicot libcoq-interval"


@pytest.fixture(scope="session")
def coq() -> None:
    """Skip where Coq is missing."""
    if shutil.which("coqc") is None:
        pytest.skip(f"Coq must be installed to check proofs; found no coqc: apt-get install {PACKAGES}")


@pytest.fixture(scope="session")
def theory(coq: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a copy of proofs/ in which the theory is built: one for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "theory"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "built").exists():
            shutil.rmtree(root / "proofs", ignore_errors=True)
            shutil.copytree(PROOFS, root / "proofs", ignore=shutil.ignore_patterns("certificates"))
            done = make(root)
            assert done.returncode == 0, done.stderr
            (root / "built").touch()
    return root


@pytest.fixture(scope="module")
def workshop(theory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a copy of the built theory, for the certificates of a module's tests."""
    root = tmp_path_factory.mktemp("workshop")
    shutil.copytree(theory / "proofs", root / "proofs")
    (root / "klexact").symlink_to(PROOFS.parent / "klexact")
    return root
