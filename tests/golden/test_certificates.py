"""Certificates as text: what they state of a case. That Coq accepts them, and nothing else, is tested in `tests/proofs`."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from klexact import LogForm, forms
from klexact.golden.cases import Case, load, names, number
from klexact.golden.certificates import LARGEST, certifiable, certificate, certify, theorem_name

MEASURES = {"entropy", "cross_entropy", "kl_divergence", "jensen_shannon_divergence"}
EVERY = [case for key in names() for case in load(*key).cases]
CERTIFIED = [case for case in EVERY if certifiable(case)]


def kind(case: Case) -> str:
    return certificate(case).splitlines()[2].split()[0]


def test_every_short_measure_in_nats_and_bits_gets_one() -> None:
    left_out = Counter(
        case.views["binary64"].kind if "binary64" in case.views else "no view"
        for case in EVERY
        if case.function in MEASURES
        and case.unit != "dit"
        and not any(isinstance(x, dict) or len(x) > LARGEST for x in case.inputs.values())
        and not certifiable(case)
    )
    assert set(left_out) == {"domain"}
    assert {case.function for case in CERTIFIED} == MEASURES
    assert {case.unit for case in CERTIFIED} == {"nat", "bit"}
    assert len({theorem_name(case) for case in CERTIFIED}) == len(CERTIFIED)


def test_a_certificate_is_about_what_the_format_receives() -> None:
    for case in CERTIFIED:
        inside = certificate(case).split("[")[1:]
        stated = [[Fraction(x.replace(" # ", "/")) for x in part.split("]")[0].split(";")] for part in inside]
        received = [[Fraction(x) for x in given] for given in case.values("binary64").values()]
        assert stated == (received if len(received) == 2 else received * 2)
        assert f"0x{case.views['binary64'].nearest}." in certificate(case)


def test_zeros_are_exact_and_infinities_certified() -> None:
    for case in CERTIFIED:
        wanted = {"zero": "exact", "infinite": "certified"}.get(case.views["binary64"].kind)
        assert wanted in (None, kind(case)), case.id


@pytest.mark.parametrize("kind_of", ["exact", "correctly_rounded"])
def test_what_is_called_rational_is(kind_of: str) -> None:
    found = [case for case in CERTIFIED if kind(case) == kind_of and not case.function.startswith("jensen")]
    assert found
    for case in found:
        value = getattr(forms, case.function)(*case.values("binary64").values(), case.variant)
        unit = LogForm.log(2) if case.unit == "bit" else LogForm(1)
        stored = Fraction(number(case.views["binary64"].nearest or "", "binary64"))
        ratio = value.ratio(unit)
        assert ratio is not None, case.id
        assert (Fraction(str(ratio)) == stored) == (kind_of == "exact"), case.id


def test_one_in_so_many_of_chosen_files(tmp_path: Path) -> None:
    whole = certify(tmp_path / "whole", only="entropy.raw")
    some = certify(tmp_path / "some", only="entropy.raw", every=50)
    assert (
        set(whole)
        == set(some)
        == {f"{name}_raw_{unit}.v" for name in ("entropy", "cross_entropy") for unit in ("nat", "bit")}
    )
    for name, n in whole.items():
        assert some[name] == -(-n // 50)
        text = (tmp_path / "whole" / name).read_text()
        assert text.count("\nTheorem ") == n
        assert text.startswith("(* Written by")


def test_another_stored_number_makes_another_statement() -> None:
    case = CERTIFIED[0]
    view = case.views["binary64"]
    doctored = replace(view, nearest=f"{int(view.nearest or '', 16) + 1:016x}")
    assert certificate(replace(case, views={"binary64": doctored})) != certificate(case)
