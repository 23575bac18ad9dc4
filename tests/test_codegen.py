"""Generated code: run in every language that the machine has, beside exact values, boundaries included."""

import ctypes
import json
import math
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as some
from sympy import Rational, Symbol, Tuple, exp, log, oo, pi, sqrt
from sympy.abc import a, b, m, p, q, s, t

from klexact import (
    Distribution,
    KLExactError,
    LogForm,
    cross_entropy,
    decimal,
    entropy,
    fit,
    jensen_shannon_divergence,
    kl_divergence,
    laws,
    round_to,
)
from klexact.codegen import code
from klexact.families import binomial, two_part
from klexact.languages import LANGUAGES
from tests.property.strategies import T, models

# c·log a, |c| <= 4, |log a| <= 50: within |c|·(|log a| + 1)·4 ulps of 2^-53 each, for 20 terms at most below 2e-12
ABSOLUTE = 2e-12


@dataclass(frozen=True)
class Case:
    """A form, its arguments, the points where it is asked, and its exact value there."""

    form: Any
    arguments: tuple[Symbol, ...]
    points: Sequence[tuple[float, ...]]
    exact: Callable[..., Any]


def coin(x: Any) -> Distribution:
    return Distribution([1 - x, x])


p_1, p_2 = sympy.symbols("p_1 p_2")
CORNERS = [
    (0.0, 0.5),
    (0.5, 0.0),
    (0.0, 0.0),
    (1.0, 1.0),
    (1.0, 0.25),
    (0.25, 1.0),
    (1.0, 0.0),
    (0.3, 0.7),
    (1e-300, 0.5),
]
WEIGHTS = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.25, 0.25), (0.125, 0.75), (0.3, 0.6)]
CUBE = Distribution.binomial(3, t)
CASES: Mapping[str, Case] = {
    "kl": Case(kl_divergence(coin(p), coin(q)), (p, q), CORNERS, lambda x, y: kl_divergence(coin(x), coin(y))),
    "kl bits": Case(
        kl_divergence(coin(p), coin(q), base=2), (p, q), CORNERS, lambda x, y: kl_divergence(coin(x), coin(y), base=2)
    ),
    "cross-entropy": Case(
        cross_entropy(coin(p), coin(q)), (p, q), CORNERS, lambda x, y: cross_entropy(coin(x), coin(y))
    ),
    "jensen-shannon": Case(
        jensen_shannon_divergence(coin(p), coin(q)),
        (p, q),
        CORNERS,
        lambda x, y: jensen_shannon_divergence(coin(x), coin(y)),
    ),
    "entropy of three": Case(
        entropy([1 - p_1 - p_2, p_1, p_2], base=2), (p_1, p_2), WEIGHTS, lambda x, y: entropy([1 - x - y, x, y], base=2)
    ),
    "binomial": Case(
        entropy(CUBE), (t,), [(0.0,), (1.0,), (0.3,), (1e-9,)], lambda x: entropy(Distribution.binomial(3, x))
    ),
    "two parts": Case(
        kl_divergence(["1/2", "1/3", "1/6"], Distribution([t / 3, 2 * t / 3, 1 - t])),
        (t,),
        [(0.0,), (1.0,), (0.3,), (0.9,)],
        lambda x: kl_divergence(["1/2", "1/3", "1/6"], [x / 3, 2 * x / 3, 1 - x]),
    ),
    "slope of entropy": Case(
        sympy.diff(entropy(coin(t)), t),
        (t,),
        [(0.0,), (1.0,), (0.5,), (0.2,)],
        lambda x: oo if x == 0 else -oo if x == 1 else log((1 - x) / x),
    ),
    "normal": Case(
        kl_divergence(laws.normal(0, 1), laws.normal(m, s)),
        (m, s),
        [(0.0, 1.0), (-1.5, 0.25), (3.0, 8.0)],
        lambda x, y: kl_divergence(laws.normal(0, 1), laws.normal(x, y)),
    ),
    "piecewise": Case(
        kl_divergence(laws.pareto(1, a), laws.exponential(b)),
        (a, b),
        [(1.0, 1.0), (0.5, 2.0), (2.0, 1.0), (3.5, 0.25)],
        lambda x, y: kl_divergence(laws.pareto(1, x), laws.exponential(y)),
    ),
    "argmin": Case(
        fit(Distribution(["1/2", "1/3", "1/6"]), two_part([0], [1, 2]), objective="reverse").argmin,
        (),
        [()],
        lambda: 3 / (2 * sqrt(2) + 3),
    ),
    "numbers of doubles": Case(
        entropy([0.1, 0.9], variant="raw"), (), [()], lambda: entropy([0.1, 0.9], variant="raw")
    ),
    "power": Case(sqrt(t) ** 3 * exp(-t) / 7 - pi, (t,), [(0.0,), (2.0,)], lambda x: sqrt(x) ** 3 * exp(-x) / 7 - pi),
}


def expected(case: Case, point: tuple[float, ...]) -> float:
    value = case.exact(*map(Rational, point))
    return math.copysign(math.inf, 1 if value is oo else -1) if value.is_infinite else float(round_to(value).value)


def assert_values(values: Sequence[Sequence[float]]) -> None:
    for (name, case), found in zip(CASES.items(), values, strict=True):
        for point, value in zip(case.points, found, strict=True):
            assert value == pytest.approx(expected(case, point), rel=1e-13, abs=ABSOLUTE), (name, point)


def texts(language: str) -> list[str]:
    header = LANGUAGES[language].header
    written = [
        code(case.form, language, f"f{i}", arguments=case.arguments).removeprefix(header)
        for i, case in enumerate(CASES.values())
    ]
    return [header, *written]


def python(text: str, name: str = "f") -> Callable[..., float]:
    scope: dict[str, Any] = {}
    exec(text, scope)  # our own text
    return scope[name]  # type: ignore[no-any-return]


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def test_python() -> None:
    scope = "\n\n\n".join(texts("python"))
    functions = [python(scope, f"f{i}") for i in range(len(CASES))]
    assert_values([[f(*point) for point in case.points] for f, case in zip(functions, CASES.values(), strict=True)])


def test_c(tmp_path: Path) -> None:
    compiler = tool("gcc")
    (tmp_path / "f.c").write_text("\n".join(texts("c")) + "\n", encoding="utf-8")
    flags = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC")
    run(compiler, *flags, "-o", tmp_path / "f.so", tmp_path / "f.c", "-lm")
    library = ctypes.CDLL(str(tmp_path / "f.so"))

    def value(i: int, point: tuple[float, ...]) -> float:
        function = getattr(library, f"f{i}")
        function.restype = ctypes.c_double
        return float(function(*map(ctypes.c_double, point)))

    assert_values([[value(i, point) for point in case.points] for i, case in enumerate(CASES.values())])


def calls(form: str) -> list[str]:
    return [
        form.format(f"f{i}({', '.join(map(repr, x))})") for i, case in enumerate(CASES.values()) for x in case.points
    ]


def read(lines: Sequence[str]) -> None:
    found = iter(float(line.replace("Infinity", "inf")) for line in lines)
    assert_values([[next(found) for _ in case.points] for case in CASES.values()])


def test_javascript(tmp_path: Path) -> None:
    script = "\n".join(["'use strict';", *texts("javascript"), *calls("console.log(String({}));")])
    (tmp_path / "f.js").write_text(script, encoding="utf-8")
    read(run(tool("node"), tmp_path / "f.js").splitlines())


def test_r(tmp_path: Path) -> None:
    script = "\n".join([*texts("r"), *calls("cat(format({}, digits = 17), '\\n')")])
    (tmp_path / "f.R").write_text(script, encoding="utf-8")
    read(run(tool("Rscript"), "--vanilla", tmp_path / "f.R").splitlines())


def test_rust(tmp_path: Path) -> None:
    body = "\n".join(calls('println!("{{:e}}", {});'))
    (tmp_path / "f.rs").write_text("\n".join([*texts("rust"), f"fn main() {{\n{body}\n}}"]), encoding="utf-8")
    run(tool("rustc"), "-A", "unused_parens", "-A", "non_snake_case", "-o", tmp_path / "f", tmp_path / "f.rs")
    read(run(tmp_path / "f").splitlines())


@given(models(), models(), some.floats(0, 1))
def test_models_with_their_zeros(one: Distribution, other: Distribution, x: float) -> None:
    h, d = python(code(entropy(one), name="h"), "h"), python(code(kl_divergence(one, other), arguments=[T]))
    for at in (0.0, 0.5, 1.0, x):
        p, q = (model.subs({T: Rational(at)}) for model in (one, other))
        exact, divergence = entropy(p), kl_divergence(p, q)
        # coefficients are quotients of polynomials of degree 4 with whole numbers up to 2^64: rounded at parts of 2^-53 of
        # their largest term; doubles next to a zero of a polynomial lose what cancels there
        assert h(at) == pytest.approx(float(round_to(exact).value), rel=1e-9, abs=1e-9)
        if divergence is not oo and min(abs(float(y)) for y in q.values() if y != 0) > 1e-3:
            assert d(at) == pytest.approx(float(round_to(divergence).value), rel=1e-9, abs=1e-9)
        if divergence is oo and at in {0.0, 1.0}:
            assert d(at) == math.inf


def test_near_one_nothing_is_lost() -> None:
    f = python(code(entropy(coin(t))))
    tiny = 1e-20
    assert f(tiny) == pytest.approx(
        float(decimal(entropy(coin(Rational(tiny))), 20)), rel=1e-15
    )  # t - t·log t, two terms


def test_a_coefficient_that_rounding_moves_off_zero() -> None:
    x = Fraction(3, 4)  # 4·x/7 - 3/7 is 0 at 3/4, and a rounded number there in doubles
    form = (4 * t / 7 - Rational(3, 7)) * log(4 * t - 3) / 11
    assert python(code(form))(float(x)) == 0.0
    assert "xlogy(4*t - 3, 4*t - 3)" in code(form)


def test_outside_the_domain_the_logarithm_answers() -> None:
    with pytest.raises(ValueError, match=r"math domain error|positive"):
        python(code(entropy(coin(t))))(1.5)


# -- text ------------------------------------------------------------------------------------------------------


def test_latex_and_wolfram() -> None:
    form = kl_divergence(coin(p), coin(q), base=2)
    latex = code(form, "latex", "D")
    assert latex.splitlines()[0] == "% zeros: 0 log 0 = 0, and p log(p/0) = infinity"
    assert latex.splitlines()[1].endswith(", in bits")
    assert latex.splitlines()[2] == rf"D\left(p, q\right) = {sympy.latex(form)}"
    assert r"\operatorname{my\_f} = 3" in code(3, "latex", "my_f")
    wolfram = code(form + Rational(1, 2**40) * p, "wolfram", "d")
    assert "d[p_, q_] := Module[{xlogy}," in wolfram
    assert "xlogy[x_, y_] := Piecewise[{{0, x == 0}}, x*Log[y]];" in wolfram
    assert "(1/1099511627776)*p" in wolfram
    assert "*^-07" in code(zero_of() ** 40 * p, "wolfram")
    assert "Piecewise[{{" in code(CASES["piecewise"].form, "wolfram")
    assert r"\sum_{k=0}^{\infty}" in code(entropy(laws.poisson(a)), "latex")
    assert "PolyGamma[0, a]" in code(entropy(laws.gamma(a, b)), "wolfram")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_zeros_and_units_are(language: str) -> None:
    text = code(entropy(coin(t), base=2), language)
    assert "zeros: " in text
    assert ", in bits" in text
    assert ", in " not in code(t / 3, language)  # no logarithm, no unit


def test_forms_and_bases() -> None:
    assert python(code(LogForm.log(8), base=2))() == 3.0
    assert "in dits" in code(LogForm.log(8), base=10)
    assert python(code(LogForm.infinity()))() == math.inf
    several = Tuple(p_1 / 2, p_2)
    text = code(several, "c", "best")
    assert "double best_1(double p_1, double p_2)" in text
    assert "double best_2(double p_1, double p_2)" in text
    assert text.count("#include") == 1
    assert "best1[p1_, p2_]" in code(several, "wolfram", "best")
    many = fit(Distribution.symbolic("p", 12), binomial(11)).argmin
    assert code(many, "python").splitlines()[3] == f"def f({', '.join(f'p_{i}' for i in range(1, 12))}):"
    zero = zero_of()
    assert python(code(zero))() == float(round_to(zero).value)


def zero_of() -> Any:
    """Return a number without closed form."""
    return fit(Distribution.from_counts([3, 2, 5]), binomial(2), objective="reverse").argmin


def test_names_are_made_safe() -> None:
    odd = [
        Symbol(x) for x in ("lambda", "θ", "p_('a', 0)", "p_('a',_0)", "log", "math", "f", "x\nimport os", "", "2", "E")
    ]
    text = code(sympy.Add(*odd), "python", arguments=odd)
    assert (
        text.splitlines()[3] == "def f(lambda_1, theta, p_a_0, p_a_0_1, log_1, math_1, f_1, x_import_os, x, x_2, E_1):"
    )
    assert python(text)(*range(11)) == 55
    assert "import os" not in code(sympy.Add(*odd), "latex").replace("x_{import os}", "")
    assert "f[lambda_, theta_, pa0_, pa01_, log1_, math1_, f1_, ximportos_, x_, x2_, e1_]" in code(
        sympy.Add(*odd), "wolfram", arguments=odd
    )


BAD: dict[str, Callable[[], Any]] = {
    "language must be one of python, c, javascript, r, rust, latex, wolfram; found 'cobol'": lambda: code(t, "cobol"),
    "name must be a free identifier in python; found 'a b'": lambda: code(t, name="a b"),
    "name must be a free identifier in python; found 'lambda'": lambda: code(t, name="lambda"),
    "name must be a free identifier in c; found 'double'": lambda: code(t, "c", "double"),
    "name must be a free identifier in wolfram; found 'D_1'": lambda: code(t, "wolfram", "D_1"),
    "ask for its argmin or its divergence": lambda: code(fit(Distribution.uniform(2), binomial(1))),
    "a real form is required; found I*t": lambda: code(sympy.I * t),
    "python must have all functions of the formula; found polygamma": lambda: code(entropy(laws.gamma(a, b))),
    "code needs a closed form; found Sum(": lambda: code(entropy(laws.poisson(a)), "c"),
    "code needs a closed form; found g(t)": lambda: code(sympy.Function("g")(t)),
    "arguments must hold every symbol once: p, t; found t": lambda: code(p + t, arguments=[t]),
    "arguments must hold every symbol once: t; found t, t": lambda: code(t, arguments=[t, t]),
    "the form must be": lambda: code("__import__('os')"),
    "numbers must be in the range of doubles": lambda: code(10**400 * t),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message: str) -> None:
    with pytest.raises(KLExactError) as caught:
        BAD[message]()
    assert message in str(caught.value)


def test_the_text_is_stable() -> None:
    assert json.dumps(code(kl_divergence(coin(p), coin(q)), "javascript")) == json.dumps(
        code(kl_divergence(coin(p), coin(q)), "javascript")
    )


def test_the_case_of_a_language_does_not_matter() -> None:
    assert code(t, "C") == code(t, "c")
