"""Each library computes the golden function that its adapter says, and each line prints what was graded."""

import contextlib
import io
import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import hypothesis
import mpmath
import pytest
from hypothesis import strategies as st

from klexact.conformance.adapters import careful
from klexact.conformance.adapters.library import ARGUMENTS, written
from klexact.conformance.answers import Answer, answer_of
from klexact.conformance.libraries import ADAPTERS, adapter
from klexact.conformance.targets import MissingLibraryError, Target
from klexact.errors import KLExactError
from klexact.formats import FORMATS

Vector = list[float]
BASES = {"nat": math.e, "bit": 2.0, "dit": 10.0}

# every number has at most four significant bits: all formats have it
SIMPLE = [
    ([0.5, 0.25, 0.25], [0.25, 0.25, 0.5]),
    ([0.625, 0.125, 0.25], [0.125, 0.75, 0.125]),
    ([0.75, 0.25], [0.375, 0.625]),
    ([1.0, 0.5, 0.25], [0.5, 0.75, 0.25]),  # neither has mass 1: variants differ
    ([0.5, 0.25], [0.25, 0.125]),
]
LOGITS = [1.5, -0.75, 0.5]
LOGS = [-1.5, -1.25, -0.75]


def entropy(p: Vector) -> float:
    return -sum(x * math.log(x) for x in p)


def cross(p: Vector, log_q: Vector) -> float:
    return -sum(x * y for x, y in zip(p, log_q, strict=True))


def logs(p: Vector) -> Vector:
    return [math.log(x) for x in p]


def log_softmax(logits: Vector) -> Vector:
    total = math.log(sum(math.exp(x) for x in logits))
    return [x - total for x in logits]


def divergence(p: Vector, q: Vector) -> float:
    return cross(p, logs(q)) - entropy(p)


def mean(p: Vector, q: Vector) -> Vector:
    return [(x + y) / 2 for x, y in zip(p, q, strict=True)]


def jensen_shannon(p: Vector, q: Vector) -> float:
    return (divergence(p, mean(p, q)) + divergence(q, mean(p, q))) / 2


def mutual_information(joint: list[Vector]) -> float:
    rows, columns = [sum(row) for row in joint], [sum(column) for column in zip(*joint, strict=True)]
    return divergence([x for row in joint for x in row], [a * b for a in rows for b in columns])


PLAIN: dict[str, Callable[..., float]] = {
    "entropy": entropy,
    "cross_entropy": lambda p, q: cross(p, logs(q)),
    "kl_divergence": divergence,
    "entr": lambda p: entropy([p]),
    "rel_entr": lambda p, q: divergence([p], [q]),
    "kl_div": lambda p, q: divergence([p], [q]) - p + q,
    "jensen_shannon_divergence": jensen_shannon,
    "jensen_shannon_distance": jensen_shannon,
    "mutual_information": mutual_information,
    "kl_divergence_log_q": lambda p, log_q: cross(p, log_q) - entropy(p),
    "kl_divergence_log_p_log_q": lambda log_p, log_q: sum(
        math.exp(a) * (a - b) for a, b in zip(log_p, log_q, strict=True)
    ),
    "kl_divergence_logits": lambda p, logits: cross(p, log_softmax(logits)) - entropy(p),
    "cross_entropy_logits": lambda p, logits: cross(p, log_softmax(logits)),
    "entropy_gradient": lambda p, index: -math.log(p[index]) - 1,
    "kl_gradient_p": lambda p, q, index: math.log(p[index] / q[index]) + 1,
    "kl_gradient_q": lambda p, q, index: -p[index] / q[index],
    "kl_gradient_logits": lambda p, logits, index: sum(p) * math.exp(log_softmax(logits)[index]) - p[index],
}
GENERALISED: dict[str, Callable[..., float]] = {
    "kl_divergence": lambda p, q: divergence(p, q) - sum(p) + sum(q),
    "kl_div": PLAIN["kl_div"],
    "kl_gradient_p": lambda p, q, index: math.log(p[index] / q[index]),
    "kl_gradient_q": lambda p, q, index: 1 - p[index] / q[index],
}


def normalised(x: Any) -> Any:
    if isinstance(x[0], list):
        total = sum(map(sum, x))
        return [[y / total for y in row] for row in x]
    return [y / sum(x) for y in x]


# law, parameters: the closed forms are those of any textbook
LAWS: list[tuple[tuple[str, Vector, str, Vector], float]] = [
    (("normal", [0.5, 1.5], "normal", [1.0, 2.0]), math.log(2 / 1.5) + (1.5**2 + 0.25) / 8 - 0.5),
    (("exponential", [2.0], "exponential", [0.5]), math.log(4) + 0.25 - 1),
    (("bernoulli", [0.25], "bernoulli", [0.5]), math.log(2) - entropy([0.25, 0.75])),
    (("poisson", [2.0], "poisson", [3.0]), 2 * math.log(2 / 3) + 1),
    (("geometric", [0.5], "geometric", [0.25]), math.log(2) + math.log(0.5 / 0.75)),
    (("pareto", [1.0, 2.0], "pareto", [0.5, 3.0]), 3 * math.log(2) + math.log(2 / 3) + 0.5),
    (("pareto", [1.0, 2.0], "pareto", [0.5, 2.0]), 2 * math.log(2)),
    (("uniform", [0.25, 0.5], "uniform", [-1.0, 1.0]), math.log(8)),
    (("half_normal", [2.0], "half_normal", [0.5]), math.log(0.25) + 8 - 0.5),
    (("laplace", [0.0, 1.0], "laplace", [1.0, 2.0]), math.log(2) - 1 + (math.exp(-1) + 1) / 2),
    (("categorical", [0.75, 0.25], "categorical", [0.5, 0.5]), math.log(2) - entropy([0.25, 0.75])),
    (("gamma", [1.0, 2.0], "gamma", [1.0, 0.5]), math.log(4) + 0.25 - 1),
    (("gamma", [3.0, 2.0], "gamma", [3.0, 0.5]), 3 * (math.log(4) + 0.25 - 1)),
    (("beta", [1.0, 1.0], "beta", [2.0, 1.0]), 1 - math.log(2)),
    (("beta", [1.0, 2.0], "beta", [1.0, 1.0]), math.log(2) - 0.5),
    (("dirichlet", [1.0, 1.0], "dirichlet", [2.0, 1.0]), 1 - math.log(2)),
    (("weibull", [1.0, 2.0], "weibull", [1.0, 0.5]), 4 - 1 - math.log(4)),
    (("weibull", [1.0, 2.0], "gamma", [1.0, 1.0]), 2 - 1 - math.log(2)),
    (("kumaraswamy", [1.0, 2.0], "beta", [1.0, 1.0]), math.log(2) - 0.5),
    (("log_normal", [0.5, 1.5], "log_normal", [1.0, 1.5]), 0.25 / 4.5),
    (("cauchy", [0.0, 1.0], "cauchy", [1.0, 2.0]), math.log(10 / 8)),
    (("binomial", [5.0, 0.25], "binomial", [5.0, 0.5]), 5 * (math.log(2) - entropy([0.25, 0.75]))),
    (("gumbel", [0.5, 1.5], "gumbel", [0.5, 1.5]), 0.0),
    (("inverse_gamma", [1.0, 2.0], "inverse_gamma", [1.0, 0.5]), math.log(4) + 0.25 - 1),
    (("chi_squared", [2.0], "chi_squared", [2.0]), 0.0),
    (("exponential", [1.0], "uniform", [0.0, 1.0]), math.inf),
    (("continuous_bernoulli", [0.5], "continuous_bernoulli", [0.5]), 0.0),
]


def asked(target: Target) -> list[tuple[tuple[Any, ...], float]]:
    """Return arguments of a target, and what plain formulas make of them."""
    if target.function == "law_kl_divergence":
        return list(LAWS)
    plain = (GENERALISED if target.variant == "generalised" else PLAIN)[target.function]
    found = []
    for p, q in SIMPLE:
        values = {"p": p, "q": q, "joint": [[16 * x for x in p], [16 * x for x in q]], "index": 1, "log_p": LOGS}
        values |= {"logits": LOGITS[: len(p)], "log_q": LOGITS[: len(p)], "log_p": LOGS[: len(p)]}
        if target.function in ("entr", "rel_entr", "kl_div"):
            values |= {"p": p[0], "q": q[0]}
        given = tuple(values[name] for name in ARGUMENTS[target.function])
        found.append((given, _value(target, plain, given)))
        if target.function == "mutual_information":
            table = ([[0.5, 0.125], [0.125, 0.25]],)
            found.append((table, _value(target, plain, table)))
    return found


def _value(target: Target, plain: Callable[..., float], given: tuple[Any, ...]) -> float:
    x = plain(*map(normalised, given)) if target.variant == "normalised" else plain(*given)
    if "gradient" not in target.function:
        x /= math.log(BASES[target.unit])
    return math.sqrt(x) if target.function == "jensen_shannon_distance" else x


def targets(name: str) -> tuple[Target, ...]:
    try:
        return adapter(name).targets()
    except MissingLibraryError as error:
        pytest.skip(str(error))


def printed(line: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(line, {})
    return out.getvalue().strip()


@pytest.mark.parametrize("name", ADAPTERS)
def test_targets_compute_what_they_are_declared_to(name: str) -> None:
    for target in targets(name):
        for dtype in target.dtypes:
            answers = [(x, wanted, target.call(dtype, *x)) for x, wanted in asked(target)]
            taken = [answer for answer in answers if not isinstance(answer[2], Answer)]
            assert taken, (target, dtype)
            rounding = 4 * 2.0 ** -FORMATS[dtype].precision  # sums here have few terms, of at most about 1
            for x, wanted, got in taken:
                assert math.isclose(got, wanted, rel_tol=1e-3 + rounding, abs_tol=rounding), (target, dtype, x)


@pytest.mark.parametrize("name", ADAPTERS)
def test_lines_print_what_was_graded(name: str) -> None:
    for target in targets(name):
        for dtype in {target.dtypes[0], target.dtypes[-1]}:
            answers = ((x, target.call(dtype, *x)) for x, _ in asked(target))
            x, got = next(answer for answer in answers if not isinstance(answer[1], Answer))
            line = target.line(dtype, *x)
            assert printed(line) == repr(got), line
            assert "\n" not in line
            assert "'" not in line  # so that it can be quoted for a shell


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_stranger_pastes_a_line(name: str) -> None:
    target = targets(name)[0]
    dtype, given = target.dtypes[-1], asked(target)[0][0]
    command = [sys.executable, "-W", "ignore", "-c", target.line(dtype, *given)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == repr(target.call(dtype, *given))


@pytest.mark.parametrize("name", ADAPTERS)
def test_targets_are_told_apart(name: str) -> None:
    found = targets(name)
    assert len({(t.name, t.function, t.variant, t.unit) for t in found}) == len(found)
    assert all(t.function in ARGUMENTS and set(t.dtypes) <= set(FORMATS) and t.dtypes for t in found)


def test_infinite_arguments_are_written_so_that_they_can_be_read() -> None:
    target = next(t for t in targets("scipy") if t.function == "entropy" and t.variant == "raw")
    assert target.line("binary64", [math.inf, 0.5]).startswith("from math import inf; import numpy as np; ")
    assert printed(target.line("binary64", [math.inf, 0.5])) == "-inf"
    assert printed(target.line("binary64", [math.nan, 0.5])) == "nan"


MODULES = {
    "numpy": ("numpy", "numpy"),
    "scipy": ("scipy.special", "scipy"),
    "torch": ("torch", "torch"),
    "jax": ("jax", "jax"),
    "sklearn": ("sklearn.metrics", "scikit-learn"),
    "dit": ("dit", "dit"),
    "optax": ("optax", "optax"),
    "keras": ("keras", "keras"),
    "torchmetrics": ("torchmetrics.functional", "torchmetrics"),
    "numpyro": ("numpyro.distributions", "numpyro"),
    "tfp": ("tensorflow_probability.substrates.jax", "tfp-nightly"),
}


def test_every_adapter_is_tried_without_its_library() -> None:
    assert list(MODULES) == list(ADAPTERS)


@pytest.mark.parametrize("name", MODULES)
def test_a_missing_library_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, distribution = MODULES[name]
    targets(name)  # what it is built on is there, or the test is skipped
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingLibraryError) as caught:
        adapter(name).targets()
    assert f"pip install {distribution}, or pip install 'klexact[peers]'" in str(caught.value)


def test_an_unknown_adapter_lists_the_others() -> None:
    with pytest.raises(KLExactError, match="found 'sicpy'") as caught:
        adapter("sicpy")
    assert ", ".join(ADAPTERS) in str(caught.value)


def test_importing_the_adapters_loads_no_library() -> None:
    names = (
        "numpy scipy torch jax sklearn dit optax keras torchmetrics numpyro tensorflow_probability sympy flint mpmath"
    )
    code = f"import sys, klexact.conformance.adapters; print([m for m in {names.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_logits_are_not_graded_with_masses_that_torch_changes() -> None:
    target = next(t for t in targets("torch") if "logits" in t.name)
    assert isinstance(target.call("binary64", [0.1, 0.2, 0.7], LOGITS), Answer)  # the doubles sum to 1 - 2^-55
    assert not isinstance(target.call("binary64", [0.5, 0.25, 0.25], LOGITS), Answer)


def test_what_a_library_does_not_take_is_skipped() -> None:
    skipped = [
        ("sklearn", "mutual_information", ([[0.5, 0.25], [0.125, 0.125]],), "takes integer counts"),
        ("sklearn", "cross_entropy", ([1.0], [0.5]), "takes two classes or more"),
        (
            "sklearn",
            "cross_entropy",
            ([0.5, 0.5], [2.0, 0.5]),
            "is documented to clip probabilities to [2^-52, 1 - 2^-52]; found 2.0",
        ),
        ("sklearn", "cross_entropy", ([-0.5, 0.5], [0.5, 0.5]), "takes weights of any sign for p"),
        ("optax", "kl_divergence_log_q", ([0.0, 1.0], [-0.5, -0.5]), "takes strictly positive targets; found 0.0"),
        ("keras", "kl_divergence", ([2.0, 8.0], [1.0, 9.0]), "takes numbers of at most 1; found 9.0"),
        ("dit", "entropy", ([0.5, 0.25],), "takes probabilities that sum to 1 up to rounding; found 0.75"),
        ("torch", "law_kl_divergence", ("rayleigh", [1.0], "normal", [0.0, 1.0]), "has no law rayleigh"),
        (
            "torch",
            "law_kl_divergence",
            ("cauchy", [0.0, 1.0], "normal", [0.0, 1.0]),
            "has no divergence of cauchy and normal",
        ),
    ]
    for name, function, given, reason in skipped:
        target = next(t for t in targets(name) if t.function == function)
        answer = target.call("binary64", *given)
        assert answer == Answer(skip=reason)
        assert answer_of(answer, "binary64") is answer


NUMBERS = st.floats()


@hypothesis.given(st.one_of(NUMBERS, st.lists(NUMBERS), st.lists(st.lists(NUMBERS))))
def test_numbers_are_written_exactly(numbers: Any) -> None:
    assert repr(eval(written(numbers), {"inf": math.inf, "nan": math.nan})) == repr(numbers)


@hypothesis.given(
    st.floats(1e-320, 1e308), st.one_of(st.floats(1e-320, 1e308), st.floats(-1e-3, 1e-3).map(lambda x: 1 + x))
)
def test_the_careful_logarithm_of_a_ratio(p: float, q: float) -> None:
    q = p * q if 0.9 < q < 1.1 else q
    with mpmath.workprec(2400):  # p / q is not 1 unless p == q
        value = mpmath.log(mpmath.mpf(p) / mpmath.mpf(q))
        assert abs(careful.log_ratio(p, q) - value) <= 4 * mpmath.mpf(2) ** -53 * abs(value)
