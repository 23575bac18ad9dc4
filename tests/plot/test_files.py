"""Files: PNG and SVG, whole or not at all, the same bytes each time; and what is said where matplotlib is missing."""

import pickle
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from klexact import Distribution, KLExactError, fit
from klexact.families import binomial
from klexact.plot import distributions, divergence, rendered, save
from klexact.plot.canvas import plain


def picture() -> Any:
    return distributions({"$p_1$": Distribution.uniform(3), "q": Distribution.binomial(2, "1/3")}, title="Two & more")


def test_both_forms_are_what_they_say() -> None:
    figure = picture()
    assert rendered(figure, "png").startswith(b"\x89PNG\r\n\x1a\n")
    svg = rendered(figure, "svg")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert b"<!-- \\$p_1\\$ -->" in svg or b"<!-- $p_1$ -->" in svg
    assert b"<dc:date>" not in svg
    assert b"Matplotlib v" not in svg


def test_the_bytes_do_not_depend_on_when_they_are_made_or_on_settings() -> None:
    import matplotlib as mpl

    figure = divergence(fit(Distribution.from_counts([1, 2, 3]), binomial(2)))
    first = {form: rendered(figure, form) for form in ("png", "svg")}
    assert {form: rendered(figure, form) for form in first} == first
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "text.parse_math": False, "svg.fonttype": "none"}):
        again = divergence(fit(Distribution.from_counts([1, 2, 3]), binomial(2)))
        assert {form: rendered(again, form) for form in first} == first


def test_pyplot_has_no_part_in_it() -> None:
    had = "matplotlib.pyplot" in sys.modules
    rendered(picture(), "png")
    assert ("matplotlib.pyplot" in sys.modules) == had


def test_a_notebook_shows_a_figure_and_a_pickle_keeps_it() -> None:
    figure = picture()
    assert figure._repr_png_() == rendered(figure, "png")
    assert pickle.loads(pickle.dumps(figure))._repr_png_().startswith(b"\x89PNG")


def test_files_are_written_whole(tmp_path: Path) -> None:
    figure = picture()
    for name in ("new/a.png", "b.SVG"):
        save(figure, tmp_path / name)
        assert (tmp_path / name).read_bytes() == rendered(figure, name[-3:].lower())
    (tmp_path / "old.png").write_bytes(b"old")
    vars(figure)["savefig"] = None  # whatever goes wrong while it is drawn
    with pytest.raises(TypeError):
        save(figure, tmp_path / "old.png")
    assert (tmp_path / "old.png").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.SVG", "new", "old.png"]


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.svg.gz", ""])
def test_other_forms_are_refused(name: str) -> None:
    with pytest.raises(KLExactError, match=r"ends in \.png or \.svg"):
        save(picture(), name)


def test_text_is_shown_as_it_is() -> None:
    assert plain("λ‖∞ é\n\x1b[0m") == r"λ‖∞ é\n\x1b[0m"
    assert plain("日本") == r"\u65e5\u672c"
    assert plain("a" * 300, 5) == "aaaa…"
    assert plain(r"100 $ and \$") == r"100 \$ and \\$"


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(KLExactError, match=r"pip install 'klexact\[plot\]'"):
        distributions({"a": [1]})
