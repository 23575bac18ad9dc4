"""Certificates: golden values as theorems that Coq's kernel checks, one a case.

A certificate is about the inputs that a binary64 implementation receives, as literal rationals. It says one of

* `certified`: the value of the definition lies strictly between the midpoints from the stored number to its two neighbours, or
  beyond the midpoint after the largest one where infinity is stored, or is infinite;
* `exact`: the value is the stored number (zeros, and what is seen to be rational because all logarithms are of powers of two);
* `correctly_rounded`: such a rational value, a tie perhaps, rounds to the number, ties to even. (The first two imply it.)

What the statements mean, and the programs that the kernel runs, stand in `proofs/` (Golden.v, Checking.v, ExactChecking.v).
What is false does not compile; that a certificate is about its own case's inputs is a test in Python.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from klexact.golden.cases import PACKAGED, Case, load, names, number
from klexact.work import write_atomically

__all__ = ["LARGEST", "certifiable", "certificate", "certify", "theorem_name"]

LARGEST = 64  # outcomes
_QUANTITIES = {
    "entropy": "Entropy",
    "cross_entropy": "CrossEntropy",
    "kl_divergence": "KullbackLeibler",
    "jensen_shannon_divergence": "JensenShannon",
}
_UNITS = {"nat": "Nats", "bit": "Bits"}
_HEAD = """\
(* Written by `klexact golden certify` from {source}: do not edit. *)

From Coq Require Import QArith List.
From klexact Require Import Golden Checking ExactChecking.
Import ListNotations.
Open Scope Q_scope.
"""


def certifiable(case: Case) -> bool:
    """Tell whether a case gets a certificate: a measure in nats or bits, of at most `LARGEST` outcomes, that has a value.

    >>> [certifiable(load(name, "raw").cases[0]) for name in ("entropy", "entr")]
    [True, False]
    """
    view = case.views.get("binary64")
    return (
        case.function in _QUANTITIES
        and case.unit in _UNITS
        and view is not None
        and view.kind != "domain"
        and all(isinstance(given, list) and len(given) <= LARGEST for given in case.inputs.values())
    )


def theorem_name(case: Case) -> str:
    """Return the name of the theorem about a case: its id, as Coq writes names."""
    return case.id.replace("-", "_")


def certificate(case: Case) -> str:
    """Return the theorem about a case, with its proof.

    >>> print(certificate(load("kl_divergence", "raw", "bit").cases[2]))
    (* zero-p: 0x1p+0 *)
    Theorem kl_divergence_113abfaf1805 :
      exact KullbackLeibler Raw Bits [1; 0] [1 # 2; 1 # 2] 0x3ff0000000000000.
    Proof. prove_exact. Qed.
    <BLANKLINE>

    Coq: Golden.certified_rounds, Golden.exact_rounds, Checking.check_correct, ExactChecking.check_exact_correct,
    ExactChecking.check_rounded_correct.
    """
    view = case.views["binary64"]
    p, *rest = ([Fraction(number(bits, "binary64")) for bits in view.inputs[name]] for name in case.arguments)
    q = rest[0] if rest else p
    kind = _kind(case, p, q)
    about = f"{_QUANTITIES[case.function]} {case.variant.capitalize()} {_UNITS[case.unit]} {_list(p)} {_list(q)}"
    return (
        f"(* {case.slug}: {view.hex} *)\n"
        f"Theorem {theorem_name(case)} :\n  {kind} {about} 0x{view.nearest}.\nProof. prove_{kind}. Qed.\n"
    )


def _list(masses: Sequence[Fraction]) -> str:
    return f"[{'; '.join(str(x).replace('/', ' # ') for x in masses)}]"


def _kind(case: Case, p: Sequence[Fraction], q: Sequence[Fraction]) -> str:
    value = _rational_value(case, p, q)
    if value is None:
        return "certified"
    return "exact" if value == number(case.views["binary64"].nearest or "", "binary64") else "correctly_rounded"


def _rational_value(case: Case, p: Sequence[Fraction], q: Sequence[Fraction]) -> Fraction | None:
    """Return the value where it is seen to be rational, as `exact_value` of ExactChecking.v does, else None."""
    if case.variant == "normalised":
        p, q = ([x / sum(given, Fraction()) for x in given] for given in (p, q))
    rest = sum(q, Fraction()) - sum(p, Fraction()) if case.variant == "generalised" else Fraction(0)
    logs = Fraction(0)
    for c, a in _terms(case.function, p, q):
        power = _log2(a) if c else 0
        if power is None:
            return None
        logs += c * power
    value, other = (logs, rest) if case.unit == "bit" else (rest, logs)
    return None if other else value


def _terms(function: str, p: Sequence[Fraction], q: Sequence[Fraction]) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield the coefficients of a measure and the numbers whose logarithms they multiply; 0 for the latter means infinity."""
    for a, b in zip(p, q, strict=True):
        if function == "kl_divergence":
            yield a, a / b if b else b
        elif function == "jensen_shannon_divergence":
            yield from ((x / 2, 2 * x / (a + b)) for x in (a, b) if x)
        else:
            yield -a, a if function == "entropy" else b


def _log2(x: Fraction) -> int | None:
    """Return the exponent of a power of two, else None.

    >>> [_log2(Fraction(x)) for x in ("8", "1/4", "3", "0")]
    [3, -2, None, None]
    """
    powers = [n.bit_length() - 1 for n in (x.numerator, x.denominator) if n and n & (n - 1) == 0]
    return powers[0] - powers[1] if len(powers) == 2 else None


def certify(directory: Path, *, golden: Path = PACKAGED, only: str = "", every: int = 1) -> dict[str, int]:
    """Write the certificates of golden files whose name contains `only` into a directory; return how many are in which file.

    One file of Coq for each golden file, so that several processors can check them; of `every` cases of a file the first.
    """
    written = {}
    for function, variant, unit in names(golden):
        source = f"{function}.{variant}.{unit}"
        found = [case for case in load(function, variant, unit, golden).cases if certifiable(case)][::every]
        if found and only in source:
            name = f"{source.replace('.', '_')}.v"
            text = "\n".join([_HEAD.format(source=f"{source}.json"), *map(certificate, found)])
            write_atomically(directory / name, text)
            written[name] = len(found)
    return written
