"""Settings for all tests: no deadline, because SymPy's caches make the first example slow and the next one fast.

A run draws 50 examples a law; `--hypothesis-profile thorough` draws 1,000.
"""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("klexact", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("klexact")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory of golden files of a few requests, one for all tests of a module."""
    from klexact.golden.filling import fill
    from tests.golden.asked import FEW

    directory = tmp_path_factory.mktemp("filled")
    fill(directory, wanted=FEW)
    return directory
