"""The command line: what each command prints, and that bad input is one line on stderr with exit code 2."""

import json
import sys
from math import log
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from klexact.cli import main

WORMS = "counts:1,2,2,12,21,15,10,12,12,6,7"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def out(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


@pytest.mark.parametrize(
    ("arguments", "exact", "shown"),
    [
        (("entropy", "1/2,1/4,1/4"), "3/2", "1.5 bits"),
        (("entropy", "uniform(8)", "--base", "e"), "3*log(2)", "2.07944154167984 nats"),
        (("entropy", "1,0"), "0", "0 bits"),
        (("entropy", "uniform(1000)", "--base", "10"), "3", "3 dits"),
        (("entropy", "uniform(9)", "--base", "3"), "2", "2 units of log(3)"),
        (("cross-entropy", "1/2,1/2", "1/4,3/4"), "-log(3)/(2*log(2)) + 2", "1.20751874963942 bits"),
        (("kl", "1/2,1/2", "1/4,3/4", "--digits", "3"), "-log(3)/(2*log(2)) + 1", "0.208 bits"),
        (("kl", "1,0", "1/2,1/2"), "1", "1 bit"),
        (
            ("kl", "binomial(2,2/5)", "uniform(3)", "--base", "e"),
            "-2*log(5) + 32*log(2)/25 + 11*log(3)/5",
            "0.0852996013183706 nats",
        ),
    ],
)
def test_values(arguments: tuple[str, ...], exact: str, shown: str) -> None:
    first, second = out(*arguments).splitlines()
    assert first.partition(" = ")[2] == exact
    assert second.partition("= ")[2] == shown


def test_an_infinite_value_names_what_q_excludes() -> None:
    assert out("kl", "1,0", "0,1") == "D(P‖Q) = oo\n       = ∞\nbecause Q gives probability 0 to what P does not: 0\n"
    assert out("cross-entropy", "uniform(20)", "uniform(3)").endswith("does not: 3..19\n")
    assert json.loads(out("kl", "1,0", "0,1", "--json"))["excluded"] == ["0"]
    assert out("kl", "point(a)", "uniform(9)").endswith(
        "\nbecause P and Q have no outcome in common: 'a' in P, 0..8 in Q\n"
    )
    poisson = "poisson gives probability 0 to the observed 'a' for every parameter: its outcomes are 0, 1, 2, ..."
    assert poisson in out("fit", "point(a)", "--model", "poisson")
    assert json.loads(out("kl", "1,0", "1,0", "--json"))["excluded"] == []
    assert json.loads(out("entropy", "1,0", "--json"))["excluded"] == []


def test_compare_says_why_a_model_is_infinitely_far() -> None:
    shown = out("compare", "counts:1,2,0,4", "--model", "binomial(2)", "--model", "poisson")
    why = "because binomial(2) gives probability 0 to the observed 3 for every parameter: its outcomes are 0..2"
    assert f"2. binomial(2): oo, {why}\n" in shown


def test_an_objective_says_where_it_is_finite() -> None:
    shown = out("fit", "counts:1,2,0,4", "--model", "binomial(3)", "--objective", "reverse")
    assert "R(p) = D(model‖data) = oo unless both have probability 0 at 2\n" in shown
    assert "the model has probability 0 at 2: p = 0, R = log(7)\n" in shown


def test_what_has_no_closed_form_is_null_in_json() -> None:
    asked = ("fit", "counts:1,2,4,4", "--model", "binomial(3)", "--objective", "jeffreys")
    content = json.loads(out(*asked, "--json"))
    assert content["argmins"] is content["minimisers"][0]["exact"] is content["divergence"]["exact"] is None
    digits = content["minimisers"][0]["decimal"]
    assert f"argmin      p = {digits}... (no closed form was found)\n" in out(*asked)
    assert json.loads(out("kl", "1,0", "0,1", "--json"))["decimal"] == "inf"


@pytest.mark.parametrize("n", [10_000, 10_001])
def test_exact_forms_of_many_different_probabilities_are_not_written_out(n: int, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("x,count\n" + "".join(f"{i},{i}\n" for i in range(1, n + 1)), encoding="utf-8")
    result = run("kl", str(file), f"uniform({n + 1})", "--digits", "12")
    assert result.exit_code == 0
    total = n * (n + 1) // 2
    nats = sum(i * log(i * (n + 1) / total) for i in range(1, n + 1)) / total
    *exact, shown = result.stdout.splitlines()
    assert float(shown.partition("= ")[2].removesuffix(" bits")) == pytest.approx(nats / log(2), rel=1e-9)
    assert len(exact) == (n <= 10_000)
    assert bool(result.stderr) is (n > 10_000)
    assert (json.loads(run("kl", str(file), f"uniform({n + 1})", "--json").stdout)["exact"] is None) is (n > 10_000)


def test_json() -> None:
    found = json.loads(out("kl", "1/2,1/2", "1/4,3/4", "--json", "--digits", "5"))
    assert found["exact"] == "-log(3)/(2*log(2)) + 1"
    assert found["decimal"] == "0.20752"
    assert found["unit"] == "bits"


def test_fit_prints_the_optimum_its_divergence_and_why(tmp_path: Path) -> None:
    file = tmp_path / "teeth.csv"
    file.write_text(
        "teeth,count\n" + "".join(f"{i},{n}\n" for i, n in enumerate(WORMS[7:].split(","))), encoding="utf-8"
    )
    text = out("fit", str(file), "--model", "binomial(10)", "--digits", "6")
    assert text == out("fit", WORMS, "--model", "binomial(10)", "--digits", "6")
    assert "argmin      p = 113/200\n" in text
    assert "= 0.476427 bits\n" in text
    assert text.endswith("so the unique global minimum is at p = 113/200\n")


def test_fit_as_json() -> None:
    found = json.loads(out("fit", WORMS, "--model", "two-part(6..10 | 0..5)", "--json", "--digits", "6"))
    assert found["minimisers"] == [{"parameter": "p", "exact": "47/100", "decimal": "0.47"}]
    assert found["divergence"]["decimal"] == "0.337694"


@pytest.mark.parametrize(
    ("data", "model", "conclusion"),
    [
        ("point(3)", "binomial(2)", "so the divergence is +∞ for every parameter"),
        (
            "point(3)",
            "truncated-geometric(4)",
            "so there is no minimum: the infimum is the limit as r -> oo, never attained",
        ),
        ("point(0)", "geometric", "so the unique global minimum is at p = 1"),
        ("uniform(2)", "mixture(1/2,1/2 | 1/2,1/2)", "so the minimum is attained on all of Interval(0, 1)"),
        ("uniform(3)", "uniform(3)", "so nothing is to be chosen: the model has no parameters"),
        ("1/2,1/4,1/4", "categorical(3)", "so the unique global minimum is at w_1 = 1/2, w_2 = 1/4"),
    ],
)
def test_every_kind_of_optimum_has_its_own_answer(data: str, model: str, conclusion: str) -> None:
    assert out("fit", data, "--model", model).splitlines()[-1].strip() == conclusion


def test_compare_ranks_models() -> None:
    text = out(
        "compare", WORMS, "--model", "uniform(11)", "--model", "binomial(10)", "--model", "binomial(5)", "--digits", "6"
    )
    ranks = [line.split(":")[0] for line in text.splitlines() if line[:1].isdigit()]
    assert ranks == ["1. uniform(11)", "2. binomial(10)", "3. binomial(5)"]
    assert "0.338388" in text
    assert "∞" in text
    found = json.loads(out("compare", WORMS, "--model", "uniform(11)", "--model", "binomial(10)", "--json"))
    assert [row["name"] for row in found] == ["uniform(11)", "binomial(10)"]


def test_worms_tells_the_whole_story() -> None:
    text = out("worms")
    assert "reconstructed" in text
    for figure in (
        "113/200",
        "47/100",
        "0.338388",
        "0.477162",
        "0.330458",
        "0.476427",
        "0.337694",
        "3.121044",
        "63/20",
    ):
        assert figure in text
    assert "✗" not in text
    assert text.count("✓") == 10
    assert [line for line in text.splitlines() if line.startswith("   5. That the optimum is the mean")]


def test_worms_as_json() -> None:
    found = json.loads(out("worms", "--json"))
    assert len(found["corrections"]) == 5
    assert all(figure["agrees"] for figure in found["figures"] if figure["article"])
    assert found["optima"]["binomial"]["minimisers"][0]["exact"] == "113/200"


BAD = [
    (("entropy", "1/2,1/4"), "found a total of 3/4, short by 1/4"),
    (("entropy", "--", "-1/2,3/2"), "must not be negative; found -1/2"),
    (("entropy", "nan,1"), "found 'nan,1'"),
    (("entropy", "1,inf"), "found 'inf'"),
    (("entropy", ""), "found ''"),
    (("entropy", "counts:0,0"), "positive total"),
    (("entropy", "counts:1/2,1"), "must be a whole number; found 1/2"),
    (("entropy", "1/2;1/2"), "found '1/2;1/2'"),
    (("kl", "1/2,1/2", "1/4,1/4,1/2"), "must have the same length; found 2 and 3: write 0 for what cannot happen"),
    (("entropy", "nofile.csv"), "nofile.csv must be a readable UTF-8 file; found: No such file or directory"),
    (("kl", "1/2,1/2", "poisson"), "found 'poisson': poisson is a model, which fit and compare take"),
    (("kl", "1/3,1/3,1/3", "1/2,1/2"), "must have the same length; found 3 and 2"),
    (("entropy", "1", "--base", "1"), "such as 2, 10 or sympy.E (e on the command line); found 1"),
    (("entropy", "unifrm(3)"), "found 'unifrm(3)': did you mean uniform(n)?"),
    (("fit", "1/2,1/2", "--model", "binomail(1)"), "found 'binomail(1)': did you mean binomial(n)?"),
    (("fit", "1/2,1/2", "--model", "poisson", "--model", "geometric"), "fit takes one --model; found 2: compare ranks"),
    (("fit", "1/2,1/2", "--model", "Poisson"), "found 'Poisson': did you mean poisson?"),
    (("fit", "1/2,1/2", "--model", "binomial(10"), "found 'binomial(10': did you mean binomial(n)?"),
    (("fit", "1/2,1/2", "--model", "truncated geometric(7)"), "(7)': did you mean truncated-geometric(n)?"),
    (("fit", "1/2,1/2", "--model", "poisson(3)"), "poisson must be written poisson; found 'poisson(3)'"),
    (("fit", "1/2,1/2", "--model", "poisson", "--digits", "0"), "digits must lie between 1 and"),
    (("entropy", "weigths:1,2"), "found 'weigths:1,2': did you mean weights:...?"),
    (("entropy", "50%,50%"), "found '50%': 50% is 1/2"),
    (("kl", "counts:1,2", "weights:1,1,1"), "must have the same length; found 2 and 3"),
    (
        ("fit", "1/2,1/2", "--model", "poisson", "--objective", "jensen-shannon"),
        "found poisson: leave it out, or truncate it",
    ),
    (("compare", WORMS, "--model", "normal"), "uniform(n); found 'normal'\n"),
    (("entropy", f"{__file__}"), "_cli.py': the name of a file must end in .csv or .json\n"),
    (("entropy", "x" * 5000), "found 'xxx"),
    (("entropy", "1/0,1"), "divides by zero"),
    (("entropy", "__import__('os')"), "__import__('os')"),
    (("entropy", "1e999999999"), "at most 10,000 digits"),
    (("entropy", "1" * 1_000_000), "at most 10,000 digits"),
    (("entropy", "1/2,1/2", "--base", "1"), "other than 1"),
    (("entropy", "1/2,1/2", "--base", "0"), "positive real"),
    (("entropy", "1/2,1/2", "--base", "-2"), "positive real"),
    (
        ("entropy", "1/2,1/2", "--base", "two"),
        "the base must be 2 (bits), e (nats), 10 (dits) or another rational number; found 'two'",
    ),
    (("entropy", "1/2,1/2", "--digits", "0"), "digits must lie between 1 and"),
    (("entropy", "uniform(999999999)"), "number of outcomes"),
    (("entropy", "binomial(999999999,1/2)"), "bits"),
    (("entropy", "binomial(10,2)"), "p must lie in [0, 1]; found 2"),
    (("entropy", "no-such.csv"), "must be a readable"),
    (("fit", WORMS, "--model", "bogus"), "found 'bogus'"),
    (("fit", WORMS, "--model", "binomial(1/2)"), "whole number"),
    (("fit", WORMS, "--model", "two-part(1)"), "two-part(block | block)"),
]


def test_the_limit_of_digits_is_the_process_own_again() -> None:
    limit = sys.get_int_max_str_digits()
    assert run("entropy", "1/2,1/2").exit_code == 0
    assert run("entropy", "nothing").exit_code == 2
    assert sys.get_int_max_str_digits() == limit > 0


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(a)[:40] for a, _ in BAD])
def test_bad_input_is_one_line_on_stderr(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert len(result.stderr) < 700


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,count\na,1\nb\n", "line 3: 2 fields are required"),
        ("x,count\na,1\na,2\n", "line 3: outcomes must be distinct; found 'a' again"),
        ("x,colour\na,1\n", "line 1: the last column must be called probability, count or weight"),
        ('x,count\na,"1\n', "line 2: well-formed CSV"),
        ("", "empty file"),
        ("x,probability\na,1/2\nb,1/3\n", "found a total of 5/6"),
    ],
)
def test_broken_csv_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(text, encoding="utf-8")
    result = run("entropy", str(file))
    assert result.exit_code == 2
    assert message in result.stderr
    assert str(file) in result.stderr


def test_worms_in_another_base_and_length() -> None:
    text = out("worms", "--base", "e", "--digits", "9")
    assert "0.234552398 nats" in text  # 0.338387581323 bits times log 2
    assert text.count("✓") == 10
    found = json.loads(out("worms", "--base", "e", "--digits", "9", "--json"))
    assert "0.234552398" in [figure["decimal"] for figure in found["figures"]]
