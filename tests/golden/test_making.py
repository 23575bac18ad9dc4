"""Cases as they are made: views are rounded inputs with the value of those, roundings are correct, bounds are neighbours."""

import math
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact.decimals import outward
from klexact.formats import FORMATS, decode, rounded
from klexact.golden.cases import case_id
from klexact.golden.functions import FUNCTIONS
from klexact.golden.generators import described
from klexact.golden.making import DIGITS, DTYPES, five_digits, make_case
from klexact.golden.recipes import requests
from tests import reference

# a sample: every 131st case of the suite but the long ones and the laws, whose closed forms are slow
SAMPLE = [r for r in requests() if r.level != "long" and r.function != "law_kl_divergence"][::131]
SAMPLE += [r for r in requests() if r.function == "law_kl_divergence"][::26]


def make(function: str, variant: str, unit: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return make_case(function, variant, unit, inputs, slug="a-slug", level="core", source="a test")


def divergence(p: list[str], q: list[str], variant: str = "raw", unit: str = "nat") -> dict[str, Any]:
    return make("kl_divergence", variant, unit, {"p": p, "q": q})


@pytest.fixture(scope="module", params=SAMPLE, ids=lambda r: f"{r.function}-{r.variant}-{r.unit}-{r.slug}")
def asked(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any]]:
    r = request.param
    return r, make(r.function, r.variant, r.unit, r.inputs)


def flat(argument: Any) -> Iterator[Any]:
    if isinstance(argument, list):
        for x in argument:
            yield from flat(x)
    else:
        yield argument


def value_of(bits: str, dtype: str) -> Fraction | float:
    """Return the number of an encoding by the reference's decoding; NaN is none of these."""
    precision, emax = reference.SIZES[dtype]
    width = len(bits) * 4
    code = int(bits, 16)
    negative, magnitude = divmod(code, 1 << width - 1)
    if magnitude == (2 * emax + 1) << precision - 1:
        found: Fraction | float = math.inf
    else:
        found = reference.decoded(magnitude, precision, emax)
    return -found if negative else found


# -- views -------------------------------------------------------------------------------------------------


def _numeric(request: Any) -> dict[str, list[str]]:
    return {
        name: list(flat(request.inputs[name]))
        for name, kind in FUNCTIONS[request.function].arguments.items()
        if kind not in ("index", "name")
    }


def _rounded(text: str, dtype: str) -> Fraction | float:
    special = text in ("inf", "-inf", "nan")
    return float(text) if special else reference.reference(Fraction(text), *reference.SIZES[dtype], "nearest")


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_view_has_the_rounded_inputs(asked: tuple[Any, dict[str, Any]], dtype: str) -> None:
    r, case = asked
    texts = [text for column in _numeric(r).values() for text in column if text not in ("inf", "-inf", "nan")]
    kept = all(isinstance(_rounded(x, dtype), Fraction | int) and bool(_rounded(x, dtype)) == (x != "0") for x in texts)
    assert (dtype in case["ieee"]) == kept
    if not kept:
        return
    view = case["ieee"][dtype]
    assert view["exact_inputs"] == all(_rounded(x, dtype) == Fraction(x) for x in texts)
    assert {*FUNCTIONS[r.function].arguments} & {*view} == {*_numeric(r)}
    for name, column in _numeric(r).items():
        for text, bits in zip(column, flat(view[name]), strict=True):
            if text == "nan":
                assert decode(bits, FORMATS[dtype]) is None
            else:
                assert value_of(bits, dtype) == _rounded(text, dtype)


def test_the_value_of_a_view_is_that_of_the_rounded_inputs_taken_as_exact(asked: tuple[Any, dict[str, Any]]) -> None:
    r, case = asked
    if r.function == "law_kl_divergence" or any(x in ("inf", "nan") for x in flat(list(r.inputs.values()))):
        return
    for dtype in ("binary16", "binary64"):
        if dtype not in case["ieee"]:
            continue
        view = case["ieee"][dtype]
        inputs = {
            name: r.inputs[name] if name == "index" else _each(view[name], dtype)
            for name in FUNCTIONS[r.function].arguments
        }
        other = make(r.function, r.variant, r.unit, inputs)
        assert other["value"]["kind"] == view["kind"]
        assert other["value"].get("sign") == view.get("sign")
        assert other["value"].get("decimal50") == view.get("decimal50")
        assert other["ieee"][dtype] | {"exact_inputs": False, "flags": 0} == view | {"exact_inputs": False, "flags": 0}
        assert other["ieee"][dtype]["exact_inputs"] is True
        if view["kind"] == "finite":
            assert other.get("condition") == view["condition"]


def _each(bits: Any, dtype: str) -> Any:
    if isinstance(bits, list):
        return [_each(x, dtype) for x in bits]
    found = value_of(bits, dtype)
    return "-inf" if found == -math.inf else str(found)


def test_roundings_are_those_of_the_reference(asked: tuple[Any, dict[str, Any]]) -> None:
    _, case = asked
    for dtype, view in case["ieee"].items():
        precision, emax = reference.SIZES[dtype]
        if view["kind"] == "domain":
            assert not {"nearest", "down", "up", "hex", "decimal50", "magnitude", "condition"} & set(view)
        elif view["kind"] == "infinite":
            assert {view[d] for d in ("nearest", "down", "up")} == {view["nearest"]}
            assert value_of(view["nearest"], dtype) == float(view["sign"] + "inf")
            assert view["hex"] == ("-" if view["sign"] == "-" else "") + "inf"
        elif view["kind"] == "zero":
            assert {int(view[d], 16) for d in ("nearest", "down", "up")} == {0}
        else:
            _check_finite(case, dtype, view, precision, emax)


def _check_finite(case: dict[str, Any], dtype: str, view: dict[str, Any], precision: int, emax: int) -> None:
    middle = Fraction(view["decimal50"])
    half = abs(middle) / 10**49
    for direction in ("nearest", "down", "up"):
        ends = {reference.reference(middle + side * half, precision, emax, direction) for side in (-1, 1)}
        if len(ends) == 1:  # else the value is a number of the format, or 50 digits do not tell
            assert value_of(view[direction], dtype) in ends
    down, near, up = (value_of(view[d], dtype) for d in ("down", "nearest", "up"))
    assert near in (down, up)
    assert (
        down - float(half) <= middle <= up + float(half)
        if math.inf in (abs(down), abs(up))
        else down - half <= middle <= up + half
    )
    if near in (math.inf, -math.inf):
        assert view["hex"] == str(near)
    elif dtype in ("binary16", "bfloat16", "binary32", "binary64"):
        assert Fraction(float.fromhex(view["hex"])) == near
    assert math.isclose(float(view["condition"]), float(Fraction(view["magnitude"]) / abs(middle)), rel_tol=1.01e-4)


def test_bounds_enclose_and_are_neighbours(asked: tuple[Any, dict[str, Any]]) -> None:
    _, case = asked
    value = case["value"]
    if value["kind"] != "finite":
        assert set(value) <= {"kind", "sign"}
        return
    low, high, middle = (Fraction(value[key]) for key in ("lo", "hi", "decimal50"))
    digits = [value[key].partition("e")[0].lstrip("-").replace(".", "").ljust(DIGITS, "0") for key in ("lo", "hi")]
    assert all(len(x) == DIGITS for x in digits)
    if low != high:
        context = Context(prec=DIGITS, Emax=10**6, Emin=-(10**6))
        assert Fraction(context.next_plus(Decimal(value["lo"]))) == high
    assert low - abs(low) / 10**49 <= middle <= high + abs(high) / 10**49
    if "logs" in value:
        context_ = mpmath.MPContext()
        context_.dps = 1000  # logs of numbers of 600 digits may cancel
        form = context_.mpf(Fraction(value["constant"]).numerator) / Fraction(value["constant"]).denominator
        for c, a in value["logs"]:
            form += context_.mpf(Fraction(c).numerator) / Fraction(c).denominator * context_.log(int(a))
            assert int(a) > 1
        form /= context_.log({"nat": context_.e, "bit": 2, "dit": 10}[case_unit(case, asked[0])])
        lowest, highest = (context_.mpf(x.numerator) / x.denominator for x in (low, high))
        assert lowest - abs(form) * context_.mpf(10) ** -70 <= form <= highest + abs(form) * context_.mpf(10) ** -70
        numbers = [int(a) for _, a in value["logs"]]
        assert all(math.gcd(x, y) == 1 for i, x in enumerate(numbers) for y in numbers[:i])


def case_unit(case: dict[str, Any], request: Any) -> str:
    assert case["id"] == case_id(request.function, request.variant, request.unit, request.inputs)
    return str(request.unit)


def test_the_rest_of_a_case(asked: tuple[Any, dict[str, Any]]) -> None:
    r, case = asked
    assert case["inputs"] == r.inputs
    assert (case["slug"], case["level"], case["source"]) == ("a-slug", "core", "a test")
    assert case["terms"].isdigit()
    assert ("condition" in case) == (case["value"]["kind"] in ("finite", "zero"))
    assert ("alternates" in case) <= (case["value"]["kind"] == "domain")


# -- by hand -----------------------------------------------------------------------------------------------


def test_the_example_of_near_equal_coins() -> None:
    case = divergence(["1/2", "1/2"], ["536870913/1073741824", "536870911/1073741824"])
    assert case["value"]["logs"] == [
        ["29", "2"], ["-1/2", "3"], ["-1/2", "59"], ["-1/2", "233"], ["-1/2", "1103"], ["-1/2", "2089"], ["-1/2", "3033169"],
    ]  # fmt: skip
    assert case["value"]["lo"] == "1.734723475976807097421190019496962765641540301154041e-18"
    assert case["value"]["hi"] == "1.734723475976807097421190019496962765641540301154042e-18"
    assert case["value"]["decimal50"] == "1.7347234759768070974211900194969627656415403011540e-18"
    assert case["condition"] == "1.0737e+9"
    view = case["ieee"]["binary64"]
    assert (view["nearest"], view["down"], view["up"]) == ("3c40000000000000", "3c40000000000000", "3c40000000000001")
    assert view["hex"] == "0x1p-59"
    assert view["exact_inputs"]


def test_a_view_of_rounded_inputs_has_its_own_value() -> None:
    view = divergence(["1/3", "2/3"], ["1/5", "4/5"])["ieee"]["binary64"]
    p, q = ([Fraction(x) for x in column] for column in ((1 / 3, 2 / 3), (1 / 5, 4 / 5)))
    with mpmath.workdps(80):
        wanted = mpmath.fsum(
            mpmath.mpf(a.numerator) / a.denominator * mpmath.log(mpmath.mpf((a / b).numerator) / (a / b).denominator)
            for a, b in zip(p, q, strict=True)
        )
        assert abs(mpmath.mpf(view["decimal50"]) - wanted) < mpmath.mpf(10) ** -50
    assert float.fromhex(view["hex"]) != float(divergence(["1/3", "2/3"], ["1/5", "4/5"])["value"]["decimal50"])


def test_a_view_is_omitted_where_an_input_overflows_or_vanishes() -> None:
    assert set(divergence(["100000", "1"], ["1", "1"])["ieee"]) == set(DTYPES) - {"binary16"}
    assert set(divergence(["1", "1"], [f"1/{2**26}", "1"])["ieee"]) == set(DTYPES) - {"binary16"}
    assert set(divergence(["1"], [f"1/{10**310}"])["ieee"]) == {"binary64", "binary128"}
    assert set(divergence(["1"], [str(10**310)])["ieee"]) == {"binary128"}


def test_a_view_is_omitted_where_nothing_could_be_graded() -> None:
    """(terms + 8)·u <= 1/2 holds to 120 terms in bfloat16 and to 1,016 in binary16."""
    for n, wanted in ((120, True), (121, False)):
        assert ("bfloat16" in divergence(["1/128"] * n, ["1/256"] * n)["ieee"]) == wanted
    for n, wanted in ((508, True), (509, False)):
        assert ("binary16" in divergence(["1/128"] * n, ["1/256"] * n, "generalised")["ieee"]) == wanted


def test_generated_vectors_are_left_as_they_are_and_must_be_exact() -> None:
    short = {"p": described("minstd", 30, seed=3, bits=7, shift=12), "q": described("ramp", 30, shift=10)}
    case = make("kl_divergence", "raw", "nat", short)
    assert set(case["ieee"]) == set(DTYPES)
    assert not any({"p", "q"} & set(view) for view in case["ieee"].values())
    assert all(view["exact_inputs"] for view in case["ieee"].values())
    assert case["inputs"] == short
    wide = {"p": described("ramp", 100, shift=0, step=1)}
    assert "bfloat16" in make("entropy", "raw", "nat", wide)["ieee"]
    assert (
        "bfloat16"
        not in make("entropy", "raw", "nat", {"p": described("minstd", 50, seed=3, bits=12, shift=0)})["ieee"]
    )


def test_kinds() -> None:
    assert divergence(["1", "1"], ["2", "1/2"])["value"] == {"kind": "zero"}
    assert divergence(["1"], ["0"])["value"] == {"kind": "infinite", "sign": "+"}
    assert divergence(["-1"], ["1"])["value"] == {"kind": "domain"}
    minus = make("kl_gradient_p", "raw", "nat", {"p": ["0"], "q": ["1"], "index": "0"})
    assert minus["value"] == {"kind": "infinite", "sign": "-"}
    assert minus["ieee"]["binary16"]["nearest"] == "fc00"


def test_the_condition_of_zero() -> None:
    """The condition is inf where the terms are not 0, and 0 where they are."""
    cancelled = divergence(["1", "1"], ["2", "1/2"])
    assert cancelled["condition"] == "inf"
    assert {view["condition"] for view in cancelled["ieee"].values()} == {"inf"}
    assert cancelled["ieee"]["binary64"]["magnitude"] == five_digits(Fraction(2 * math.log(2)))
    nothing = divergence(["1/2", "1/2"], ["1/2", "1/2"])
    assert nothing["condition"] == "0"
    assert {view["condition"] for view in nothing["ieee"].values()} == {"0"}
    assert {view["magnitude"] for view in nothing["ieee"].values()} == {"0"}


def test_exact_values_have_equal_bounds() -> None:
    value = divergence(["1"], ["1/8"], unit="bit")["value"]
    assert value["lo"] == value["hi"] == "3e0"
    assert value["decimal50"] == "3"
    third = make("kl_gradient_q", "raw", "nat", {"p": ["1"], "q": ["3"], "index": "0"})["value"]
    assert third["lo"] == "-3." + "3" * 50 + "4e-1"
    assert third["hi"] == "-3." + "3" * 51 + "e-1"


def test_alternates_are_offered_where_a_convention_gives_a_value() -> None:
    case = divergence(["-1", "2"], ["1", "1"])
    assert case["alternates"]["extended-value"]["binary64"] == "7ff0000000000000"
    assert make("entr", "raw", "nat", {"p": "-1"})["alternates"]["extended-value"]["binary16"] == "fc00"
    assert "alternates" not in divergence(["nan"], ["1"])
    assert "alternates" not in divergence(["0"], ["1"], "normalised")
    assert "alternates" not in divergence(["1"], ["1"])


def test_hard_cases_are_rounded_right() -> None:
    for r in [r for r in requests() if r.source.startswith("recipe hard-")][::7]:
        dtype = r.source.rpartition("-")[2]
        case = make(r.function, r.variant, r.unit, r.inputs)
        assert "HardToRound" in case["ieee"][dtype]["flags"]
        p, q = Fraction(r.inputs["p"]), Fraction(r.inputs.get("q", "1"))
        with mpmath.workdps(200):
            ratio = p if r.function == "entr" else p / q
            log = mpmath.log(mpmath.mpf(ratio.numerator) / ratio.denominator)
            value = mpmath.mpf(p.numerator) / p.denominator * log * (-1 if r.function == "entr" else 1)
            value += mpmath.mpf((q - p).numerator) / (q - p).denominator if r.function == "kl_div" else 0
            negative, mantissa, exponent, _ = value._mpf_
        exact = (-1) ** negative * int(mantissa) * Fraction(2) ** exponent
        for direction in ("nearest", "down", "up"):
            wanted = reference.reference(exact, *reference.SIZES[dtype], direction)
            assert value_of(case["ieee"][dtype][direction], dtype) == wanted


# -- decimals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (Fraction(0), "0"), (Fraction(1), "1.0000e+0"), (Fraction(2**30), "1.0737e+9"), (Fraction(1, 3), "3.3333e-1"),
        (Fraction(99999_5, 10), "1.0000e+5"), (Fraction(99999_4, 10), "9.9999e+4"), (Fraction(1, 10**400), "1.0000e-400"),
        (Fraction(10**5000), "1.0000e+5000"), (Fraction(1, 2**16494), "6.4752e-4966"),
    ],
)  # fmt: skip
def test_five_digits(x: Fraction, text: str) -> None:
    assert five_digits(x) == text
    assert abs(Fraction(text) - x) <= x / 20_000


@given(st.fractions().filter(bool), st.integers(1, 60))
@settings(max_examples=200)
def test_outward(x: Fraction, digits: int) -> None:
    low, high = (outward(x, digits, up=up) for up in (False, True))
    assert Fraction(low) <= x <= Fraction(high)
    context = Context(prec=digits, Emax=10**6, Emin=-(10**6))
    for text in (low, high):
        mantissa, e, _ = text.lstrip("-").partition("e")
        assert e == "e"
        assert len(mantissa.replace(".", "")) <= digits
        assert mantissa[0] != "0"
        assert not mantissa.endswith(".")
    if Fraction(low) == Fraction(high):
        assert Fraction(low) == x
    else:
        assert context.next_plus(Decimal(low)) == Decimal(high)


@pytest.mark.parametrize(
    ("x", "digits", "low", "high"),
    [
        (Fraction(9999, 10), 3, "9.99e2", "1e3"),
        (Fraction(-9999, 10), 3, "-1e3", "-9.99e2"),
        (Fraction(1, 8), 2, "1.2e-1", "1.3e-1"),
        (Fraction(-1, 8), 2, "-1.3e-1", "-1.2e-1"),
        (Fraction(1000), 1, "1e3", "1e3"),
        (Fraction(0), 5, "0", "0"),
    ],
)
def test_outward_at_powers_of_ten(x: Fraction, digits: int, low: str, high: str) -> None:
    assert (outward(x, digits, up=False), outward(x, digits, up=True)) == (low, high)


def test_rounding_of_inputs_is_to_nearest_even() -> None:
    tie = Fraction(2049, 2048) + Fraction(0)  # between 1 + 2^-10 and 1: the even one is 1
    assert rounded(tie.as_integer_ratio(), FORMATS["binary16"], "nearest").value == 1
    view = make("entr", "raw", "nat", {"p": "2049/2048"})["ieee"]["binary16"]
    assert (view["p"], view["kind"], view["exact_inputs"]) == ("3c00", "zero", False)
