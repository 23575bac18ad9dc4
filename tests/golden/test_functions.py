"""Every golden function: against plain formulas in floats, measures, fits and laws of the library, and SymPy's derivatives."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import digamma, loggamma
from sympy import Rational

from klexact import Distribution, laws, measures
from klexact.certify import order
from klexact.errors import KLExactError
from klexact.families import binomial, geometric, poisson, two_part
from klexact.fitting import fit
from klexact.golden.cases import PACKAGED
from klexact.golden.functions import FUNCTIONS
from klexact.golden.lawpairs import PARAMETERS
from klexact.golden.quantities import Closed, LogSum
from tests.golden.asking import close, exact, floats, in_domain, near, quantity

log = math.log
UNITS = {"nat": math.e, "bit": 2.0, "dit": 10.0}
P, Q = ["1/5", "3", "0", "7/10"], ["2", "1/2", "3/7", "1"]
NORMAL = ["1/8", "3/8", "1/2"], ["1/3", "1/2", "1/6"]
LOGS = ["-1", "-5/2", "-1/3", "-inf"], ["-2", "0", "-7/8", "-inf"]
WEIGHTS = [["1", "2", "4"], ["1/2", "1/2"], ["3", "0", "1", "5"], ["0", "1", "0"]]


def _xlogx(x: float) -> float:
    return x * log(x) if x else 0.0


def _shares(x: list[float]) -> list[float]:
    return [a / sum(x) for a in x]


def _kl(p: list[float], q: list[float]) -> float:
    return sum(_xlogx(a) - (a * log(b) if a else 0) for a, b in zip(p, q, strict=True))


def _jsd(p: list[float], q: list[float]) -> float:
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return (_kl(p, middle) + _kl(q, middle)) / 2


def _mutual(joint: list[list[float]]) -> float:
    flat = [x for row in joint for x in row]
    return _kl(flat, [sum(row) * sum(column) for row in joint for column in zip(*joint, strict=True)])


def _softmax(z: list[float]) -> list[float]:
    return _shares([math.exp(x) for x in z])


def _mean(p: list[float]) -> float:
    return sum(i * x for i, x in enumerate(_shares(p)))


def _least(p: list[float], model: Callable[[int], float]) -> float:
    return _kl(_shares(p), [model(i) for i in range(len(p))])


def _two_part(p: list[float], s: int) -> tuple[float, float]:
    p = _shares(p)
    one, other = (len(block) * math.exp(sum(map(log, block)) / len(block)) for block in (p[:s], p[s:]))
    return one / (one + other), -log(one + other)


PLAIN: Mapping[str, Callable[..., float]] = {
    "entropy": lambda p: -sum(map(_xlogx, p)),
    "cross_entropy": lambda p, q: -sum(a * log(b) for a, b in zip(p, q, strict=True) if a),
    "kl_divergence": _kl,
    "entr": lambda p: -_xlogx(p),
    "rel_entr": lambda p, q: _kl([p], [q]),
    "kl_div": lambda p, q: _kl([p], [q]) - p + q,
    "jensen_shannon_divergence": _jsd,
    "mutual_information": _mutual,
    "kl_divergence_log_q": lambda p, log_q: sum(a * (log(a) - b) for a, b in zip(p, log_q, strict=True) if a),
    "kl_divergence_log_p_log_q": lambda log_p, log_q: sum(
        math.exp(a) * (a - b) for a, b in zip(log_p, log_q, strict=True) if a > -math.inf
    ),
    "kl_divergence_logits": lambda p, logits: _kl(p, _softmax(logits)),
    "cross_entropy_logits": lambda p, logits: _kl(p, _softmax(logits)) - sum(map(_xlogx, p)),
    "kl_gradient_logits": lambda p, logits, index: sum(p) * _softmax(logits)[index] - p[index],
    "entropy_gradient": lambda p, index: -log(p[index]) - 1,
    "kl_gradient_p": lambda p, q, index: log(p[index] / q[index]) + 1,
    "kl_gradient_q": lambda p, q, index: -p[index] / q[index],
    "binomial_argmin": lambda p: _mean(p) / (len(p) - 1),
    "geometric_argmin": lambda p: 1 / (1 + _mean(p)),
    "poisson_argmin": _mean,
    "binomial_minimum": lambda p: _least(
        p,
        lambda i: (
            math.comb(len(p) - 1, i)
            * (_mean(p) / (len(p) - 1)) ** i
            * (1 - _mean(p) / (len(p) - 1)) ** (len(p) - 1 - i)
        ),
    ),
    "geometric_minimum": lambda p: _least(p, lambda i: (_mean(p) / (1 + _mean(p))) ** i / (1 + _mean(p))),
    "poisson_minimum": lambda p: _least(p, lambda i: math.exp(-_mean(p)) * _mean(p) ** i / math.factorial(i)),
    "two_part_reverse_argmin": lambda p, index: _two_part(p, index)[0],
    "two_part_reverse_minimum": lambda p, index: _two_part(p, index)[1],
}
INPUTS: Mapping[str, list[dict[str, Any]]] = {
    **{
        name: [dict(zip(FUNCTIONS[name].arguments, pair, strict=False)) for pair in ((P, Q), NORMAL)]
        for name in ("entropy", "cross_entropy", "kl_divergence", "jensen_shannon_divergence")
    },
    **{
        name: [dict(zip(FUNCTIONS[name].arguments, pair, strict=False)) for pair in (("2", "1/3"), ("1/7", "1/2"))]
        for name in ("entr", "rel_entr", "kl_div")
    },
    "mutual_information": [{"joint": [["1/8", "1/4"], ["0", "5/8"]]}, {"joint": [["3", "1", "2"], ["1", "5", "0"]]}],
    "kl_divergence_log_q": [{"p": P, "log_q": [*LOGS[1][:2], "-inf", "3"]}],
    "kl_divergence_log_p_log_q": [{"log_p": LOGS[0], "log_q": LOGS[1]}],
    **{
        name: [{"p": P, "logits": ["1", "-1/2", "-inf", "3"]}, {"p": NORMAL[0], "logits": ["2", "2", "2"]}]
        for name in ("kl_divergence_logits", "cross_entropy_logits")
    },
    "kl_gradient_logits": [{"p": P, "logits": ["1", "-1/2", "-inf", "3"], "index": str(i)} for i in range(4)],
    "entropy_gradient": [{"p": P, "index": "0"}, {"p": P, "index": "3"}],
    **{name: [{"p": P, "q": Q, "index": i} for i in ("0", "1", "3")] for name in ("kl_gradient_p", "kl_gradient_q")},
    **{
        f"{name}_{what}": [{"p": p} for p in WEIGHTS]
        for name in ("binomial", "geometric", "poisson")
        for what in ("argmin", "minimum")
    },
    **{f"two_part_reverse_{what}": [{"p": ["1", "2", "5", "9"], "index": i} for i in "123"] for what in ("argmin", "minimum")},
}  # fmt: skip


def test_every_function_is_held_against_a_plain_formula() -> None:
    assert {*PLAIN, "jensen_shannon_distance", "law_kl_divergence"} == set(FUNCTIONS)


@pytest.mark.parametrize("function", PLAIN)
def test_plain_formulas_in_floats(function: str) -> None:
    spec = FUNCTIONS[function]
    for inputs in INPUTS[function]:
        plain: dict[str, Any] = {name: int(x) if name == "index" else floats(x) for name, x in inputs.items()}
        for variant in spec.variants:
            given_ = dict(plain)
            if variant == "normalised" and function == "mutual_information":
                total = sum(map(sum, plain["joint"]))
                given_ = {"joint": [[x / total for x in row] for row in plain["joint"]]}
            elif variant == "normalised" and "index" not in plain:
                given_ = {name: _shares(x) for name, x in plain.items()}
            wanted = PLAIN[function](**given_)
            if variant == "generalised" and function == "kl_divergence":
                wanted += sum(plain["q"]) - sum(plain["p"])
            if variant == "generalised" and "gradient" in function:
                wanted += 1 if function == "kl_gradient_q" else -1
            for unit in spec.units:
                found = near(function, variant, unit, **inputs)
                assert found == pytest.approx(wanted / log(UNITS[unit]), rel=1e-12, abs=1e-14), (inputs, variant, unit)


@pytest.mark.parametrize("unit", UNITS)
def test_the_distance_is_the_root_of_the_divergence(unit: str) -> None:
    for p, q in ((P, Q), NORMAL):
        square = near("jensen_shannon_divergence", "normalised", unit, p=p, q=q)
        assert near("jensen_shannon_distance", "normalised", unit, p=p, q=q) == pytest.approx(
            math.sqrt(square), rel=1e-15
        )
    disjoint = {"p": ["3", "0"], "q": ["0", "1/7"]}
    one = quantity("jensen_shannon_distance", "normalised", "bit", **disjoint).certified()
    assert one.exact_rational == 1
    half = quantity("jensen_shannon_distance", "normalised", "bit", p=["1", "1", "0"], q=["1", "0", "1"]).certified()
    assert half.exact_rational is None  # the root of 1/2


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("function", "inputs", "same"),
    [
        ("entropy", {"p": NORMAL[0]}, lambda **how: measures.entropy(NORMAL[0], **how)),
        ("cross_entropy", {"p": P, "q": Q}, lambda **how: measures.cross_entropy(P, Q, **how)),
        ("kl_divergence", {"p": P, "q": Q}, lambda **how: measures.kl_divergence(P, Q, **how)),
        ("kl_divergence", {"p": ["0", "1"], "q": ["0", "2"]}, lambda **how: measures.kl_divergence([0, 1], [0, 2], **how)),
    ],
)  # fmt: skip
def test_measures_agree_exactly(function: str, inputs: dict[str, Any], same: Any, unit: str) -> None:
    base = sympy.E if unit == "nat" else int(UNITS[unit])
    for variant in FUNCTIONS[function].variants:
        found = quantity(function, variant, unit, **inputs)
        assert order(exact(found), same(base=base, variant=variant)) == 0
        assert isinstance(found, LogSum)


def test_measures_of_distributions_agree_exactly() -> None:
    p, q = (Distribution(x) for x in NORMAL)
    found = quantity("jensen_shannon_divergence", "normalised", p=NORMAL[0], q=NORMAL[1])
    assert order(exact(found), measures.jensen_shannon_divergence(p, q)) == 0
    joint = [["1/8", "1/4"], ["1/2", "1/8"]]
    table = Distribution({(i, j): x for i, row in enumerate(joint) for j, x in enumerate(row)})
    for variant in ("raw", "normalised"):
        mutual = quantity("mutual_information", variant, joint=joint)
        assert order(exact(mutual), measures.mutual_information(table)) == 0
    for name, given_ in (("entr", ("1/3",)), ("rel_entr", ("2", "1/3")), ("kl_div", ("2", "1/3"))):
        spec = FUNCTIONS[name]
        scalar = quantity(name, *spec.variants, **dict(zip(spec.arguments, given_, strict=True)))
        assert order(exact(scalar), getattr(measures, name)(*given_)) == 0


INF = math.inf
ZEROS = ["0"], ["1"]


@pytest.mark.parametrize(
    ("function", "variant", "inputs", "wanted"),
    [
        ("entropy", "raw", {"p": ["0", "1"]}, 0),
        ("cross_entropy", "raw", {"p": ["0", "1"], "q": ["0", "1"]}, 0),
        ("cross_entropy", "raw", {"p": ["1/2", "1/2"], "q": ["0", "1"]}, INF),
        ("kl_divergence", "raw", {"p": ["0", "1"], "q": ["0", "1"]}, 0),
        ("kl_divergence", "raw", {"p": ["0", "1"], "q": ["5", "1"]}, 0),
        ("kl_divergence", "generalised", {"p": ["0", "1"], "q": ["5", "1"]}, 5),
        ("kl_divergence", "generalised", {"p": ["1", "1"], "q": ["0", "5"]}, INF),
        ("kl_divergence", "normalised", {"p": ["0", "1"], "q": ["0", "9"]}, 0),
        ("kl_divergence", "raw", {"p": ["0", "0"], "q": ["1", "0"]}, 0),
        ("entr", "raw", {"p": "0"}, 0),
        ("rel_entr", "raw", {"p": "0", "q": "0"}, 0),
        ("rel_entr", "raw", {"p": "0", "q": "3"}, 0),
        ("rel_entr", "raw", {"p": "3", "q": "0"}, INF),
        ("kl_div", "generalised", {"p": "0", "q": "3"}, 3),
        ("kl_div", "generalised", {"p": "0", "q": "0"}, 0),
        ("kl_div", "generalised", {"p": "3", "q": "0"}, INF),
        ("jensen_shannon_divergence", "raw", {"p": ["0", "0"], "q": ["0", "0"]}, 0),
        ("jensen_shannon_distance", "normalised", {"p": ["0", "1"], "q": ["0", "2"]}, 0),
        ("mutual_information", "raw", {"joint": [["0", "0"], ["0", "1"]]}, 0),
        ("kl_divergence_log_q", "raw", {"p": ["0", "1"], "log_q": ["-inf", "0"]}, 0),
        ("kl_divergence_log_q", "raw", {"p": ["1", "1"], "log_q": ["-inf", "0"]}, INF),
        ("kl_divergence_log_q", "raw", {"p": ["0", "0"], "log_q": ["-inf", "7"]}, 0),
        ("kl_divergence_log_p_log_q", "raw", {"log_p": ["-inf", "0"], "log_q": ["-inf", "0"]}, 0),
        ("kl_divergence_log_p_log_q", "raw", {"log_p": ["-inf", "-inf"], "log_q": ["-inf", "3"]}, 0),
        ("kl_divergence_log_p_log_q", "raw", {"log_p": ["0"], "log_q": ["-inf"]}, INF),
        ("kl_divergence_logits", "raw", {"p": ["1", "0"], "logits": ["5", "-inf"]}, 0),
        ("kl_divergence_logits", "raw", {"p": ["1", "1"], "logits": ["5", "-inf"]}, INF),
        ("cross_entropy_logits", "raw", {"p": ["0", "1"], "logits": ["-inf", "-9"]}, 0),
        ("cross_entropy_logits", "raw", {"p": ["1", "0"], "logits": ["-inf", "-9"]}, INF),
        ("kl_gradient_logits", "raw", {"p": ["1", "2"], "logits": ["-inf", "0"], "index": "0"}, -1),
        ("kl_gradient_logits", "raw", {"p": ["0", "2"], "logits": ["-inf", "0"], "index": "0"}, 0),
        ("kl_gradient_logits", "raw", {"p": ["2", "2"], "logits": ["7", "7"], "index": "0"}, 0),
        ("entropy_gradient", "raw", {"p": ["0", "1"], "index": "0"}, INF),
        ("kl_gradient_p", "raw", {"p": ["0", "1"], "q": ["1", "1"], "index": "0"}, -INF),
        ("kl_gradient_p", "raw", {"p": ["1", "1"], "q": ["0", "1"], "index": "0"}, INF),
        ("kl_gradient_p", "generalised", {"p": ["0", "1"], "q": ["1", "1"], "index": "0"}, -INF),
        ("kl_gradient_p", "generalised", {"p": ["0", "1"], "q": ["0", "1"], "index": "1"}, 0),
        ("kl_gradient_q", "raw", {"p": ["0", "1"], "q": ["1", "1"], "index": "0"}, 0),
        ("kl_gradient_q", "generalised", {"p": ["0", "1"], "q": ["1", "1"], "index": "0"}, 1),
        ("kl_gradient_q", "raw", {"p": ["1", "1"], "q": ["0", "1"], "index": "0"}, -INF),
        ("kl_gradient_q", "generalised", {"p": ["1", "1"], "q": ["0", "1"], "index": "0"}, -INF),
        *((f"{name}_minimum", "normalised", {"p": ["5", "0", "0"]}, 0) for name in ("binomial", "geometric", "poisson")),
        ("binomial_minimum", "normalised", {"p": ["0", "0", "7"]}, 0),
        ("binomial_argmin", "normalised", {"p": ["0", "0", "7"]}, 1),
        ("geometric_argmin", "normalised", {"p": ["5", "0", "0"]}, 1),
        ("poisson_argmin", "normalised", {"p": ["5", "0", "0"]}, 0),
        ("two_part_reverse_minimum", "normalised", {"p": ["3", "7"], "index": "1"}, 0),
    ],
)  # fmt: skip
def test_conventions_at_zeros(function: str, variant: str, inputs: dict[str, Any], wanted: float) -> None:
    assert in_domain(function, variant, **inputs)
    found = quantity(function, variant, **inputs)
    if wanted in (INF, -INF):
        assert found.infinity * INF == wanted
    else:
        assert found.infinity == 0
        assert order(exact(found), wanted) == 0


@pytest.mark.parametrize(
    ("function", "variant", "inputs"),
    [
        ("kl_divergence", "normalised", {"p": ["0", "0"], "q": ["1", "1"]}),
        ("kl_divergence", "normalised", {"p": ["1", "1"], "q": ["0", "0"]}),
        ("kl_divergence", "raw", {"p": ["-1", "2"], "q": ["1", "1"]}),
        ("kl_divergence", "raw", {"p": ["1", "2"], "q": ["inf", "1"]}),
        ("entropy", "raw", {"p": ["nan"]}),
        ("entr", "raw", {"p": "-1/9"}),
        ("mutual_information", "normalised", {"joint": [["0"], ["0"]]}),
        ("mutual_information", "raw", {"joint": [["1", "-1"]]}),
        ("kl_divergence_log_q", "raw", {"p": ["1"], "log_q": ["inf"]}),
        ("kl_divergence_log_q", "raw", {"p": ["1"], "log_q": ["nan"]}),
        ("kl_divergence_log_q", "raw", {"p": ["-1"], "log_q": ["0"]}),
        ("kl_divergence_log_p_log_q", "raw", {"log_p": ["inf"], "log_q": ["0"]}),
        ("kl_divergence_logits", "raw", {"p": ["1"], "logits": ["-inf"]}),
        ("kl_divergence_logits", "raw", {"p": ["0", "0"], "logits": ["1", "2"]}),
        ("kl_divergence_logits", "raw", {"p": ["2", "-1"], "logits": ["1", "2"]}),
        ("kl_gradient_logits", "raw", {"p": ["1", "1"], "logits": ["1", "2"], "index": "2"}),
        ("kl_gradient_p", "raw", {"p": ["0", "1"], "q": ["0", "1"], "index": "0"}),
        ("kl_gradient_q", "generalised", {"p": ["0", "1"], "q": ["0", "1"], "index": "0"}),
        ("kl_gradient_p", "raw", {"p": ["1", "-1"], "q": ["1", "1"], "index": "0"}),
        ("kl_gradient_p", "raw", {"p": ["1", "1"], "q": ["1", "1"], "index": "2"}),
        ("entropy_gradient", "raw", {"p": ["1", "1"], "index": "-1"}),
        ("binomial_argmin", "normalised", {"p": ["1"]}),
        ("poisson_minimum", "normalised", {"p": ["0", "0"]}),
        ("geometric_minimum", "normalised", {"p": ["1", "-1"]}),
        ("two_part_reverse_argmin", "normalised", {"p": ["1", "0"], "index": "1"}),
        ("two_part_reverse_argmin", "normalised", {"p": ["1", "1"], "index": "2"}),
        ("two_part_reverse_minimum", "normalised", {"p": ["1", "1"], "index": "0"}),
        ("law_kl_divergence", "raw", {"law_p": "normal", "p": ["0", "0"], "law_q": "normal", "q": ["0", "1"]}),
        ("law_kl_divergence", "raw", {"law_p": "uniform", "p": ["1", "1"], "law_q": "normal", "q": ["0", "1"]}),
        ("law_kl_divergence", "raw", {"law_p": "binomial", "p": ["5/2", "1/2"], "law_q": "binomial", "q": ["5", "1/2"]}),
    ],
)  # fmt: skip
def test_outside_the_domain(function: str, variant: str, inputs: dict[str, Any]) -> None:
    assert not in_domain(function, variant, **inputs)


def test_a_law_that_there_is_not_is_no_question_of_domain() -> None:
    with pytest.raises(KLExactError, match=r"must be one of bernoulli \(1\), beta \(2\).*found 'gauss' with 2"):
        in_domain("law_kl_divergence", "raw", law_p="gauss", p=["0", "1"], law_q="normal", q=["0", "1"])


FAMILIES: Mapping[str, Callable[[list[str]], Any]] = {
    "binomial": lambda p: binomial(len(p) - 1),
    "geometric": lambda _: geometric(),
    "poisson": lambda _: poisson(),
}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("p", [["1", "2", "4"], ["1/2", "1/2"], ["3", "0", "1", "5"], ["1", "0"], ["0", "0", "1"]])
def test_optima_are_those_of_fit(name: str, p: list[str]) -> None:
    found = fit(Distribution.from_weights([*map(Rational, p)]), FAMILIES[name](p))
    argmin, minimum = (quantity(f"{name}_{what}", "normalised", p=p) for what in ("argmin", "minimum"))
    assert order(exact(argmin), found.argmin) == 0
    assert order(exact(minimum), found.divergence) == 0


@pytest.mark.parametrize(
    ("p", "index"), [(["1", "2", "4"], "1"), (["3", "5", "7", "11"], "2"), (["1/4"] * 4, "2"), (["1", "9"], "1")]
)
def test_reverse_optima_are_those_of_fit(p: list[str], index: str) -> None:
    outcomes = list(range(len(p)))
    family = two_part(outcomes[: int(index)], outcomes[int(index) :])
    found = fit(Distribution.from_weights([*map(Rational, p)]), family, objective="reverse")
    argmin, minimum = (
        quantity(f"two_part_reverse_{what}", "normalised", p=p, index=index) for what in ("argmin", "minimum")
    )
    assert sympy.simplify(exact(argmin) - found.argmin) == 0
    assert close(exact(minimum), found.divergence)


def test_terms_of_closed_optima() -> None:
    least = quantity("two_part_reverse_minimum", "normalised", p=["1", "2", "5", "9"], index="1")
    theta, _ = _two_part([1, 2, 5, 9], 1)
    shares, p = [theta, *[(1 - theta) / 3] * 3], _shares([1, 2, 5, 9])
    assert least.terms == 4
    sizes = [abs(a * log(a / b)) for a, b in zip(shares, p, strict=True)]
    assert float(least.magnitude(100).mid()) == pytest.approx(sum(sizes))
    best = quantity("two_part_reverse_argmin", "normalised", p=["1", "2", "5", "9"], index="1")
    logs = [abs(log(x)) / (1 if i < 1 else 3) for i, x in enumerate(p)]
    assert best.terms == 6
    assert float(best.magnitude(100).mid()) == pytest.approx(theta * (1 + sum(logs) + log(3)))
    assert quantity("binomial_argmin", "normalised", p=["1", "2", "5"]).terms == 6


# -- laws --------------------------------------------------------------------------------------------------

LAWS: list[tuple[str, list[str], str, list[str], float]] = [
    ("normal", ["1/2", "2"], "normal", ["-3", "1/2"], log(0.25) + (4 + 3.5**2) / (2 * 0.25) - 0.5),
    ("exponential", ["3"], "exponential", ["2"], log(3 / 2) + 2 / 3 - 1),
    ("poisson", ["2"], "poisson", ["3"], 2 * log(2 / 3) + 1),
    ("poisson", ["0"], "poisson", ["3"], 3.0),
    ("geometric", ["1/2"], "geometric", ["1/4"], log(2) + log(0.5 / 0.75)),
    ("bernoulli", ["1/4"], "bernoulli", ["1/2"], log(2) - 0.25 * log(4) - 0.75 * log(4 / 3)),
    ("binomial", ["5", "1/4"], "binomial", ["5", "1/2"], 5 * (log(2) - 0.25 * log(4) - 0.75 * log(4 / 3))),
    ("binomial", ["5", "1"], "binomial", ["5", "1/2"], 5 * log(2)),
    ("laplace", ["0", "1"], "laplace", ["1", "2"], log(2) + (math.exp(-1) + 1) / 2 - 1),
    ("cauchy", ["0", "1"], "cauchy", ["1", "2"], log((9 + 1) / 8)),
    ("pareto", ["2", "3"], "pareto", ["1", "5"], log(3 / 5) + 5 * log(2) + 2 / 3),
    ("uniform", ["0", "1"], "uniform", ["-1", "3"], log(4)),
    ("half_normal", ["1"], "half_normal", ["2"], log(2) + 1 / 8 - 0.5),
    ("rayleigh", ["1"], "rayleigh", ["2"], 2 * log(2) + 1 / 4 - 1),
    (
        "gamma", ["2", "3"], "gamma", ["5/2", "1"],
        float(-0.5 * digamma(2) - loggamma(2) + loggamma(2.5)) + 2.5 * log(3) + 2 * (1 - 3) / 3,
    ),
    ("exponential", ["1"], "uniform", ["0", "1"], INF),
    ("poisson", ["1"], "poisson", ["0"], INF),
]  # fmt: skip


@pytest.mark.parametrize(("law_p", "p", "law_q", "q", "wanted"), LAWS)
def test_laws_against_textbook_formulas(law_p: str, p: list[str], law_q: str, q: list[str], wanted: float) -> None:
    asked: dict[str, Any] = {"law_p": law_p, "p": p, "law_q": law_q, "q": q}
    assert near("law_kl_divergence", "raw", **asked) == pytest.approx(wanted, rel=1e-12)
    own = laws.kl_divergence(*(getattr(laws, name)(*map(Rational, x)) for name, x in ((law_p, p), (law_q, q))))
    assert exact(quantity("law_kl_divergence", "raw", **asked)) == own


@pytest.mark.parametrize("name", PARAMETERS)
def test_terms_of_laws_add_up_and_do_not_depend_on_prime_factors(name: str) -> None:
    def parameters(x: str) -> list[str]:
        return [{"trials": "4", "low": "-3", "high": "7/2"}.get(parameter, x) for parameter in PARAMETERS[name]]

    found = [  # 29/119 is near 1/4 and has other primes
        quantity("law_kl_divergence", "raw", law_p=name, p=parameters(x), law_q=name, q=parameters("1/8"))
        for x in ("1/4", "29/119")
    ]
    for one in found:
        assert isinstance(one, Closed)
        assert close(sympy.Add(*one.parts), one.expr)
        assert len(one.parts) == one.terms
    assert found[0].terms == found[1].terms
    sizes = [float(one.magnitude(100).mid()) for one in found]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.2)


# -- gradients ---------------------------------------------------------------------------------------------

PS, QS, ZS = (sympy.symbols(f"{name}:3", positive=name != "z", real=True) for name in "pqz")
_RAW = sum(a * sympy.log(a / b) for a, b in zip(PS, QS, strict=True))
_PARTITION = sum(map(sympy.exp, ZS))
SYMBOLIC: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("entropy_gradient", "raw"): (-sum(a * sympy.log(a) for a in PS), PS),
    ("kl_gradient_p", "raw"): (_RAW, PS),
    ("kl_gradient_q", "raw"): (_RAW, QS),
    ("kl_gradient_p", "generalised"): (_RAW - sum(PS) + sum(QS), PS),
    ("kl_gradient_q", "generalised"): (_RAW - sum(PS) + sum(QS), QS),
    ("kl_gradient_logits", "raw"): (
        sum(a * (sympy.log(a) - z + sympy.log(_PARTITION)) for a, z in zip(PS, ZS, strict=True)), ZS,
    ),
}  # fmt: skip


def test_every_gradient_is_differentiated() -> None:
    assert {(f.name, v) for f in FUNCTIONS.values() if "gradient" in f.name for v in f.variants} == set(SYMBOLIC)


@pytest.mark.parametrize(("function", "variant"), SYMBOLIC)
def test_gradients_are_sympys_derivatives(function: str, variant: str) -> None:
    whole, by = SYMBOLIC[function, variant]
    columns = {"p": ["2/7", "1", "1/9"], "q": ["1/3", "2", "5/4"], "logits": ["1", "-1/2", "1/3"]}
    at = {s: Rational(x) for s, x in zip((*PS, *QS, *ZS), [x for c in columns.values() for x in c], strict=True)}
    for i in range(3):
        inputs: dict[str, Any] = {name: columns[name] for name in FUNCTIONS[function].arguments if name != "index"}
        found = quantity(function, variant, **inputs, index=str(i)).certified()
        assert close(found, sympy.diff(whole, by[i]).subs(at))


# -- terms and magnitudes ----------------------------------------------------------------------------------

A, B = log(4 / 3) / 2, log(2 / 3)


@pytest.mark.parametrize(
    ("function", "variant", "inputs", "terms"),
    [
        ("kl_divergence", "raw", {"p": P, "q": Q}, [0.2 * log(0.1), 3 * log(6), 0, 0.7 * log(0.7)]),
        (
            "kl_divergence", "generalised", {"p": P, "q": Q},
            [0.2 * log(0.1), 3 * log(6), 0, 0.7 * log(0.7), 1.8, -2.5, 3 / 7, 0.3],
        ),
        ("entropy", "raw", {"p": P}, [0.2 * log(5), -3 * log(3), 0, -0.7 * log(0.7)]),
        ("kl_div", "generalised", {"p": "2", "q": "1/3"}, [2 * log(6), 1 / 3 - 2]),
        ("kl_divergence_log_q", "raw", {"p": ["2", "0", "0"], "log_q": ["3", "-inf", "1"]}, [2 * log(2), -6]),
        ("kl_divergence_log_p_log_q", "raw", {"log_p": ["0", "-inf"], "log_q": ["-3", "1"]}, [3]),
        ("kl_divergence_logits", "raw", {"p": ["2", "0"], "logits": ["1", "0"]}, [2 * log(2), -2, 2 * log(math.e + 1)]),
        ("kl_divergence_logits", "raw", {"p": ["2", "0"], "logits": ["1", "1"]}, [2 * log(2), -2, 2 * log(2 * math.e)]),
        ("cross_entropy_logits", "raw", {"p": ["2", "1"], "logits": ["3", "3"]}, [-6, -3, 3 * log(2 * math.exp(3))]),
        ("kl_gradient_logits", "raw", {"p": ["2", "1"], "logits": ["3", "3"], "index": "1"}, [1.5, -1]),
        ("kl_gradient_p", "raw", {"p": ["2"], "q": ["1"], "index": "0"}, [log(2), 1]),
        ("kl_gradient_q", "generalised", {"p": ["2"], "q": ["1"], "index": "0"}, [-2, 1]),
        ("poisson_minimum", "normalised", {"p": ["1", "0", "1"]}, [0.5 * log(0.5), 0, 1]),
        ("binomial_minimum", "normalised", {"p": ["1", "0", "1"]}, [0.5 * log(2), 0, 0.5 * log(2)]),
        ("mutual_information", "raw", {"joint": [["1/2", "0"], ["1/4", "1/4"]]}, [A, 0, B / 4, log(2) / 4]),
        ("jensen_shannon_divergence", "raw", {"p": ["1", "0"], "q": ["1/2", "0"]}, [A, 0, B / 4, 0]),
    ],
)  # fmt: skip
def test_terms_are_those_that_the_definition_adds_up(
    function: str, variant: str, inputs: dict[str, Any], terms: list[float]
) -> None:
    found = quantity(function, variant, **inputs)
    assert found.terms == len(terms)
    assert float(found.magnitude(100).mid()) == pytest.approx(sum(map(abs, terms)), rel=1e-14)
    assert near(function, variant, **inputs) == pytest.approx(sum(terms), rel=1e-12)


def test_infinite_values_have_their_terms() -> None:
    assert quantity("kl_divergence", "generalised", p=["1", "1", "0"], q=["0", "1", "1"]).terms == 6
    assert quantity("kl_divergence_log_p_log_q", "raw", log_p=["0", "0"], log_q=["-inf", "0"]).terms == 2
    assert quantity("kl_divergence_logits", "raw", p=["1", "0", "1"], logits=["-inf", "0", "0"]).terms == 5
    assert quantity("cross_entropy_logits", "raw", p=["1", "0", "1"], logits=["-inf", "0", "0"]).terms == 3


# -- what the Lindemann-Weierstrass theorem decides --------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "inputs", "rational"),
    [
        ("kl_divergence_log_p_log_q", {"log_p": ["-1", "-1"], "log_q": ["-2", "0"]}, Fraction(0)),
        ("kl_divergence_log_p_log_q", {"log_p": ["-1", "-1", "0"], "log_q": ["-2", "0", "3"]}, Fraction(-3)),
        ("kl_divergence_log_p_log_q", {"log_p": ["-1", "0"], "log_q": ["-2", "3"]}, None),
        ("kl_gradient_logits", {"p": ["1/3", "2/3"], "logits": ["5", "5"], "index": "0"}, Fraction(1, 6)),
        ("kl_gradient_logits", {"p": ["1/3", "2/3"], "logits": ["5", "4"], "index": "0"}, None),
        ("kl_divergence_logits", {"p": ["1/2", "1/2"], "logits": ["5", "5"]}, Fraction(0)),
        ("cross_entropy_logits", {"p": ["1/2", "1/2"], "logits": ["5", "-inf"] }, "infinite"),
        ("cross_entropy_logits", {"p": ["1/2", "0"], "logits": ["5", "-inf"] }, Fraction(0)),
        ("cross_entropy_logits", {"p": ["1/2", "1/2"], "logits": ["5", "4"] }, None),
    ],
)  # fmt: skip
def test_rational_values_are_known_to_be(function: str, inputs: dict[str, Any], rational: Any) -> None:
    found = quantity(function, "raw", **inputs)
    if rational == "infinite":
        assert found.infinity == 1
        return
    known = found.certified().exact_rational
    assert (known is None) == (rational is None)
    if known is not None:
        assert Fraction(int(known.numerator), int(known.denominator)) == rational


positive = st.fractions(Fraction(1, 1000), 1000, max_denominator=10**6)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=5))
def test_gibbs(pairs: list[tuple[Fraction, Fraction]]) -> None:
    p, q = ([str(x) for x in column] for column in zip(*pairs, strict=True))
    for variant in ("normalised", "generalised"):
        value = quantity("kl_divergence", variant, p=p, q=q).certified()
        equal = p == q if variant == "generalised" else len({a / b for a, b in pairs}) == 1
        assert value.is_zero if equal else value.ball(2000) > 0


def test_the_readme_lists_every_function_with_its_arguments() -> None:
    text = (PACKAGED / "README.md").read_text(encoding="utf-8")
    for name, spec in FUNCTIONS.items():
        arguments = ", ".join(f"`{argument}` ({kind})" for argument, kind in spec.arguments.items())
        assert f"| `{name}` | {arguments} | {', '.join(spec.variants)} | {', '.join(spec.units)} |\n" in text
