"""The console: what is ready in it, what it shows, and its tour."""

import subprocess
import sys
from importlib.util import find_spec

import pytest
import sympy

import klexact
from klexact import repl
from klexact.story import worms


def session(typed: str, *options: str) -> str:
    command = [sys.executable, "-m", "klexact", "repl", *options]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=True, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_public_name_is_ready_and_none_is_hidden_by_a_symbol() -> None:
    ready = repl.names()
    for name in klexact.__all__:
        assert ready[name] is getattr(klexact, name)
    assert isinstance(ready["p"], sympy.Symbol)
    assert ready["worms"].mean() == sympy.Rational(113, 20)


def test_a_plain_session_shows_formulas_in_two_dimensions() -> None:
    shown = session("worms\nentropy(worms, base=2)\n1 + 1\n_ + 1\n'text'\nNone\n", "--plain")
    assert sympy.pretty(klexact.entropy(worms(), base=2)) in shown.replace(">>> ", "")
    assert "outcome  probability" in shown
    assert "███████████████" in shown
    assert ">>> 3" in shown
    assert "'text'" in shown
    assert "tour()" in shown


@pytest.mark.parametrize("options", [["--plain"], []])
def test_an_error_of_klexact_is_a_line_and_others_are_traced(
    options: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    command = [sys.executable, "-m", "klexact", "repl", *options]
    typed = "entropy(['1/2'])\n1/0\n1 + 1\n"
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=True, timeout=120)
    told = [line for line in done.stderr.splitlines() if line.startswith("InvalidDistributionError: ")]
    assert len(told) == 1
    assert "found a total of 1/2, short by 1/2: use from_weights" in told[0]
    everything = done.stdout + done.stderr
    assert everything.count("Traceback") == 1
    assert "ZeroDivisionError" in everything
    assert "2" in done.stdout


@pytest.mark.skipif(not find_spec("IPython"), reason="needs IPython: pip install 'klexact[repl]'")
def test_ipython_session(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shown = session("worms\nentropy([p, 1 - p])\n")
    assert "outcome  probability" in shown
    assert "p⋅log(p)" in shown


def test_the_tour_runs(capsys: pytest.CaptureFixture[str]) -> None:
    repl.tour()
    shown = capsys.readouterr().out
    for words, typed in repl.TOUR:
        assert words in shown
        assert f">>> {typed}" in shown
    assert "3.12104403731425313715539121650" in shown
    assert "(∞, log(2))" in shown
