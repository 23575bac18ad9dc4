"""Every error is a KLExactError and a ValueError, and the public functions raise no other."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Interval, Symbol

import klexact
from klexact import Distribution, LogForm, errors, families, forms
from klexact.errors import KLExactError

T = Symbol("t")
ROWS: Any = [["1/2", "1/3"]]
HALF = Distribution.uniform(2)


def test_all_errors_have_one_base() -> None:
    found = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(e, KLExactError) and issubclass(e, ValueError) for e in found)
    assert {e for _, e in inspect.getmembers(errors, inspect.isclass)} == set(found)
    assert klexact.KLExactError is KLExactError


# what a hurried user hands over; each must be refused by name, not by whatever breaks first inside
WRONG: dict[str, Callable[[], Any]] = {
    "fit: a name for a family": lambda: klexact.fit(HALF, "binomial(1)"),
    "fit: a number for data": lambda: klexact.fit(3, families.binomial(1)),
    "compare: one family": lambda: klexact.compare(HALF, families.binomial(1)),  # type: ignore[arg-type]
    "compare: names": lambda: klexact.compare(HALF, ["uniform"]),
    "mutual_information: no tuples": lambda: klexact.mutual_information(HALF),
    "mutual_information: no such axis": lambda: klexact.mutual_information(Distribution.product(HALF, HALF), y=5),
    "conditional_entropy: no tuples": lambda: klexact.conditional_entropy(HALF),
    "conditional_entropy: no such axis": lambda: klexact.conditional_entropy(Distribution.product(HALF, HALF), given=2),
    "joint_entropy: no tuples": lambda: klexact.joint_entropy(HALF, of=0),
    "sign: a parameter": lambda: klexact.sign(LogForm.log(T)),
    "decimal: a parameter": lambda: klexact.decimal(LogForm.log(T)),
    "decimal: a parameter alone": lambda: klexact.decimal(LogForm(T)),
    "decimal: a parameter times the unit": lambda: klexact.decimal(LogForm.log(2) * T, base=2),
    "decimal: half a digit": lambda: klexact.decimal(LogForm.log(2), 2.5),  # type: ignore[arg-type]
    "LogForm: division by zero": lambda: LogForm.log(2) / 0,
    "uniform: a fraction of an outcome": lambda: Distribution.uniform(2.5),  # type: ignore[arg-type]
    "from_samples: a number": lambda: Distribution.from_samples(5),  # type: ignore[arg-type]
    "from_samples: lists": lambda: Distribution.from_samples([[1], [2]]),  # type: ignore[list-item]
    "outcomes: lists": lambda: Distribution(["1/2", "1/2"], outcomes=[[0], [1]]),  # type: ignore[list-item]
    "pushforward to lists": lambda: HALF.pushforward(lambda x: [x]),  # type: ignore[arg-type, return-value]
    "mixture of what is none": lambda: Distribution.mixture(ROWS, [1]),
    "mixture family of what is none": lambda: families.mixture(HALF, ["1/2", "1/3"]),  # type: ignore[arg-type]
    "truncated_geometric: a fraction": lambda: families.truncated_geometric(2.5),  # type: ignore[arg-type]
    "a domain that is a tuple": lambda: families.custom([T, 1 - T], T, (0, 1)),
    "a parameter that is text": lambda: families.custom([T, 1 - T], "t", Interval(0, 1)),
    "from_csv: no path": lambda: Distribution.from_csv(None),  # type: ignore[arg-type]
    "from_csv: no file name": lambda: Distribution.from_csv("a\0b"),
    "entropy of text": lambda: klexact.entropy("abc"),
    "entropy of nothing": lambda: klexact.entropy(None),
    "forms: no variant": lambda: forms.kl_divergence([1], [1], "relative"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_by_name(wrong: Callable[[], Any]) -> None:
    with pytest.raises(KLExactError):
        wrong()


def test_a_message_says_what_was_expected_of_a_parameter() -> None:
    with pytest.raises(KLExactError, match="Symbol"):
        Distribution([T, 1 - T]).subs({"t": 1})
