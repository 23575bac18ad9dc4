"""Pictures need matplotlib; their tests are skipped where it is missing."""

import pytest


@pytest.fixture(autouse=True)
def _matplotlib(request: pytest.FixtureRequest) -> None:
    if "without_matplotlib" not in request.node.name:
        pytest.importorskip("matplotlib")
