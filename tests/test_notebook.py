"""The notebook of the story: it runs from top to bottom, has no output, and says what the story says."""

import json
import sys
from pathlib import Path

import pytest
import sympy

import klexact
from klexact.story import tell
from klexact.work import write_atomically

PATH = Path(klexact.__file__).parent / "data" / "worms.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def test_no_output_is_committed() -> None:
    for cell in NOTEBOOK["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_it_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib", reason="needs matplotlib: pip install 'klexact[plot]'")
    names: dict[str, object] = {}
    for source in CODE:
        exec(compile(source, "cell", "exec"), names)
    story = tell()
    assert names["best"].divergence == story.fits["binomial"].divergence  # type: ignore[attr-defined]
    assert names["two_part"].divergence == story.fits["two-part"].divergence  # type: ignore[attr-defined]
    assert isinstance(names["lost"], dict)
    assert names["lost"]["uniform"] == next(f.exact for f in story.figures if f.what == "D(worms ‖ uniform)")
    printed = capsys.readouterr().out
    assert "so the unique global minimum is at p = 113/200" in printed
    assert "only at p = 5/11" in printed


def test_jupyter_shows_tables_formulas_and_pictures(tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason="needs Jupyter: pip install 'klexact[notebook]'")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("matplotlib")
    pytest.importorskip("ipykernel")
    kernels = tmp_path / "kernels" / "python3"
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "here"}
    write_atomically(kernels / "kernel.json", json.dumps(spec | {"language": "python"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(tmp_path))
        patch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        done = nbclient.NotebookClient(
            nbformat.reads(PATH.read_text(encoding="utf-8"), as_version=4), timeout=120
        ).execute()
    shown = [data for cell in done.cells for out in cell.get("outputs", []) if (data := out.get("data"))]
    kinds = [set(data) for data in shown]
    assert sum("image/png" in kind for kind in kinds) == sum("plot." in source for source in CODE)
    assert sum("text/html" in kind and "text/latex" in kind for kind in kinds) >= 4
    assert sympy.latex(tell().fits["binomial"]) in " ".join(data.get("text/latex", "") for data in shown)
