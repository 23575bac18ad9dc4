"""Long vectors that any language can repeat bit for bit: integers below 2^53 and a power of two.

A vector is described by text alone: `{"generator": "minstd", "length": "100000", "seed": "1", "bits": "7", "shift": "23",
"sha256": ...}`. Its entries are w·2^-shift; the hash is that of the integers w. The rules stand in the golden files' README.
"""

import hashlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice

from klexact.errors import InvalidFileError

__all__ = ["MAX_LENGTH", "described", "entries", "is_generated", "minstd", "weights"]

MAX_LENGTH = 1_000_000
_LONGEST_POWERS = 16_494  # 2^-16494 is the least number of binary128
_KEYS = {
    "minstd": {"seed", "bits"},
    "ramp": {"reverse", "step"},
    "constant": set[str](),
    "powers": {"reverse"},
}
_COMMON = {"generator", "length", "shift", "sha256", "zero_every"}
_MODULUS, _MULTIPLIER = 2**31 - 1, 48271


def is_generated(argument: object) -> bool:
    """Tell whether an argument of a case is a description instead of its entries."""
    return isinstance(argument, Mapping)


def described(generator: str, length: int, *, shift: int = 0, **options: object) -> dict[str, str]:
    r"""Return the description of a vector, with the hash of its integers.

    >>> described("ramp", 3, shift=2)["sha256"] == hashlib.sha256(b"1\n2\n3\n").hexdigest()
    True
    """
    found = {"generator": generator, "length": str(length), "shift": str(shift)}
    found |= {name: str(value).lower() for name, value in options.items()}
    return found | {"sha256": _hash(weights(found))}


def weights(description: Mapping[str, str]) -> list[int]:
    """Return the integers w of a description (the exponents of `powers`). Raises InvalidFileError for a wrong one.

    >>> weights({"generator": "minstd", "length": "3", "seed": "1", "bits": "7", "shift": "0"})
    [16, 99, 71]
    """
    kind = description.get("generator", "")
    texts = all(isinstance(value, str) for value in description.values())
    if not texts or kind not in _KEYS or set(description) - _COMMON - _KEYS[kind]:
        raise InvalidFileError(
            f"a generated vector needs a generator of {', '.join(_KEYS)} and its own keys, all text; found "
            f"{dict(description)!r:.200}"
        )
    if description.get("reverse", "false") not in ("true", "false"):
        raise InvalidFileError(f"reverse must be true or false; found {description['reverse']!r:.60}")
    length = _integer(description, "length", 1, _LONGEST_POWERS if kind == "powers" else MAX_LENGTH)
    found = list(islice(_stream(kind, length, description), length))
    if description.get("reverse") == "true":
        found.reverse()
    if "zero_every" in description:
        every = _integer(description, "zero_every", 2, MAX_LENGTH)
        found[every - 1 :: every] = [0] * (length // every)
    return found


def entries(description: Mapping[str, str]) -> list[Fraction]:
    """Return the exact entries of a description. Raises InvalidFileError where the hash is not that of its integers.

    >>> entries(described("powers", 3, reverse=True)), entries(described("ramp", 2, shift=1))
    ([Fraction(1, 8), Fraction(1, 4), Fraction(1, 2)], [Fraction(1, 2), Fraction(1, 1)])
    """
    found = weights(description)
    if "sha256" in description and _hash(found) != description["sha256"]:
        raise InvalidFileError(
            f"the integers of {dict(description)} must have the sha256 that it states; found {_hash(found)}"
        )
    scale = 1 << _integer(description, "shift", 0, 1_000)
    powers = description["generator"] == "powers"
    made = {w: Fraction(1, 1 << w) if powers and w else Fraction(w, scale) for w in set(found)}
    return [made[w] for w in found]


def _stream(kind: str, length: int, description: Mapping[str, str]) -> Iterator[int]:
    if kind == "constant":
        yield from [1] * length
    elif kind in ("ramp", "powers"):
        step = _integer(description, "step", 1, MAX_LENGTH) if "step" in description else 1
        yield from (1 + i // step for i in range(length))
    else:
        modulus = 1 << _integer(description, "bits", 1, 30)
        yield from (1 + x % modulus for x in minstd(_integer(description, "seed", 1, _MODULUS - 1)))


def minstd(seed: int) -> Iterator[int]:
    """Yield Park and Miller's minimal standard random numbers, with the multiplier of 1993, below 2^31 - 1.

    >>> list(islice(minstd(1), 3))
    [48271, 182605794, 1291394886]
    """
    x = seed
    while True:
        x = _MULTIPLIER * x % _MODULUS
        yield x


def _integer(description: Mapping[str, str], key: str, lowest: int, highest: int) -> int:
    text = description.get(key, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12 and lowest <= int(text) <= highest):
        raise InvalidFileError(f"{key} of a generated vector must be {lowest}..{highest:,} as text; found {text!r:.60}")
    return int(text)


def _hash(integers: list[int]) -> str:
    return hashlib.sha256("".join(f"{w}\n" for w in integers).encode()).hexdigest()
