"""`klexact plot` and `klexact worms --figures`: the files they write, and what they say of bad input."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import klexact
from klexact.cli import main

FIGURES = Path(klexact.__file__).parent / "data" / "figures"
WORMS = str(FIGURES.parent / "worms.json")
# the pictures of the README: made by these commands with matplotlib 3.11
MADE = {
    "distributions.svg": (
        "distributions",
        WORMS,
        "uniform(11)",
        "binomial(10, 57/100)",
        "--outcome",
        "number of teeth",
    ),
    "divergence.svg": (
        "divergence",
        WORMS,
        "--model",
        "binomial(10)",
        "--objective",
        "forward",
        "--objective",
        "reverse",
    ),
    "losses.svg": ("losses", WORMS, "binomial(10, 57/100)", "--outcome", "number of teeth"),
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def shown(svg: str) -> list[str]:
    """Return the texts of a picture."""
    return re.findall("<!-- (.*?) -->", svg, re.DOTALL)


def taken_apart(svg: str) -> tuple[list[str], list[float]]:
    """Return what is drawn, and where."""
    number = r"-?\d+\.\d+|(?<![\w#])-?\d+(?![\w.])"
    return re.split(number, svg), list(map(float, re.findall(number, svg)))


@pytest.mark.parametrize("name", MADE)
def test_the_pictures_of_the_readme_are_made_by_the_command(name: str, tmp_path: Path) -> None:
    import matplotlib as mpl

    result = run("plot", *MADE[name], "-o", tmp_path / name)
    assert result.exit_code == 0, result.stderr
    made, kept = ((directory / name).read_text(encoding="utf-8") for directory in (tmp_path, FIGURES))
    assert shown(made) == shown(kept)
    if mpl.__version__.startswith("3.11."):
        (drawn, places), (was_drawn, where) = map(taken_apart, (made, kept))
        assert drawn == was_drawn
        assert (
            max(abs(a - b) for a, b in zip(places, where, strict=True)) < 0.5
        )  # of 1/72 inch: other processors, other roundings


@pytest.mark.parametrize(
    "arguments",
    [
        ("losses", "1/2,1/2", "1/4,3/4", "--base", "e", "--label", "coin"),
        ("lengths", "1/2,1/2", "uniform(3)", "uniform(3)"),
        ("surface", "counts:1,2,3", "--model", "categorical(3)", "--title", "Three"),
        ("divergence", "counts:1,2", "--model", "geometric", "--label", "mine", "--label", "theirs"),
    ],
)
def test_commands_write_both_forms_and_print_their_names(arguments: tuple[str, ...], tmp_path: Path) -> None:
    files = [tmp_path / "a.png", tmp_path / "b" / "a.svg"]
    result = run("plot", *arguments, "-o", files[0], "-o", files[1])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.split() == list(map(str, files))
    assert files[0].read_bytes().startswith(b"\x89PNG")
    texts = " ".join(shown(files[1].read_text(encoding="utf-8")))
    assert all(label in texts for label in ("coin", "nats") if "coin" in arguments)
    assert "mine" not in arguments or "theirs" in texts


def test_accuracy_reads_reports_and_grades_libraries(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    checked = run(
        "check", "numpy", "--function", "entr", "--level", "core", "--json", "--at-least", "correct", "--output", report
    )
    assert checked.exit_code == 1
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    assert run("plot", "accuracy", report, "-o", one).exit_code == 0
    assert run("plot", "accuracy", "numpy", "--function", "entr", "--level", "core", "-o", other).exit_code == 0
    assert one.read_bytes() == other.read_bytes()
    assert json.loads(report.read_text(encoding="utf-8"))["libraries"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("losses", "1", "1", "-o", "a.pdf"), "ends in .png or .svg; found 'a.pdf'"),
        (("losses", "1,0", "1,1", "-o", "a.png"), "sum to exactly 1"),
        (("losses", "1", "1/2,1/2", "-o", "a.png"), "must have the same length; found 1 and 2"),
        (("losses", "1", "1", "-o", "a.png", "--base", "1"), "the base must be"),
        (("losses", "1", "1", "-o", "a.png", *["--label", "x"] * 3), "found 3 for 2"),
        (
            ("surface", "1/2,1/2", "--model", "uniform(2)", "-o", "a.png"),
            "a model with parameters; found the distribution 'uniform(2)'",
        ),
        (("surface", "1/2,1/2", "--model", "binomial(1)", "-o", "a.png"), "two parameters"),
        (("divergence", "1/2,1/2", "--model", "binomial(1)", "--model", "poisson", "-o", "a.png"), "one parameter"),
        (("accuracy", "sicpy", "-o", "a.png"), "found 'sicpy'"),
        (("accuracy", "numpy", "--function", "nothing", "-o", "a.png"), "found none"),
        (("accuracy", "no.json", "-o", "a.png"), "readable report"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("plot", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_all_pictures_of_the_story(tmp_path: Path) -> None:
    result = run("worms", "--figures", tmp_path, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["figures"]
    names = sorted(p.stem for p in tmp_path.glob("*.svg"))
    assert sorted(p.stem for p in tmp_path.glob("*.png")) == names
    assert {"01", "02", "03", "06", "07", "08", "09", "10", "11", "12", "13"} == {name[:2] for name in names}
    assert result.stderr == f"{2 * len(names)} pictures in {tmp_path}\n"
    texts = {name: " ".join(shown((tmp_path / f"{name}.svg").read_text(encoding="utf-8"))) for name in names}
    assert "p\xa0=\xa0113/200\xa0=\xa00.565" in texts["09-binomial-curve"]
    assert "p\xa0=\xa047/100\xa0=\xa00.47" in texts["10-two-part-curve"]
    assert "0.338388\xa0bits" in texts["06-lost-by-uniform"]
    assert "0.477162\xa0bits" in texts["07-lost-by-binomial"]
    assert "0.330458\xa0bits" in texts["08-lost-the-other-way"]
    assert "H(worms) = 3.12104\xa0bits" in texts["12-code-lengths"]
