"""Derivations: the steps of an argument, readable as text and as LaTeX."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from klexact.sheet import text, worded

__all__ = ["Derivation", "Sign", "Step", "slope"]


@dataclass(frozen=True)
class Sign:
    r"""A piece of notation: as plain text and as LaTeX.

    >>> print(Sign("dD/dp", r"\frac{dD}{dp}"))
    dD/dp
    """

    plain: str
    latex: str

    def __str__(self) -> str:
        return self.plain


def slope(name: str, *parameters: sympy.Symbol) -> Sign:
    """Return the sign of a derivative of `name` by one parameter, or of a partial one by one or two of them.

    >>> from sympy.abc import s, t
    >>> str(slope("D", t)), str(slope("D", t, t)), str(slope("D", s, t))
    ('dD/dt', 'd²D/dt²', '∂²D/∂s∂t')
    """
    below = "".join(f"d{p}" for p in parameters)
    names = [sympy.latex(p) for p in parameters]
    if len(parameters) == 1:
        return Sign(f"d{name}/{below}", rf"\frac{{d {name}}}{{d {names[0]}}}")
    if len(set(parameters)) == 1:
        return Sign(f"d²{name}/d{parameters[0]}²", rf"\frac{{d^2 {name}}}{{d {names[0]}^2}}")
    under = " ".join(rf"\partial {n}" for n in names)
    return Sign(f"∂²{name}/" + "".join(f"∂{p}" for p in parameters), rf"\frac{{\partial^2 {name}}}{{{under}}}")


@dataclass(frozen=True, eq=False)
class Step:
    r"""One line: words with a `{}` for every formula.

    >>> from sympy.abc import t
    >>> step = Step("stationary point: {} = {}", t, sympy.Rational(1, 2))
    >>> str(step), step.latex()
    ('stationary point: t = 1/2', '\\text{stationary point: }t\\text{ = }\\frac{1}{2}')
    """

    words: str
    formulas: tuple[Any, ...]

    def __init__(self, words: str, *formulas: Any) -> None:
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "formulas", formulas)

    def __str__(self) -> str:
        return self.words.format(*(text(f) if isinstance(f, sympy.Basic) else f for f in self.formulas))

    def latex(self) -> str:
        """Return the line for LaTeX's math mode."""
        words = [worded(part) for part in self.words.split("{}")]
        signs = [f.latex if isinstance(f, Sign) else sympy.latex(f) for f in self.formulas]
        return words[0] + "".join(a + b for a, b in zip(signs, words[1:], strict=True))


@dataclass(frozen=True, eq=False)
class Derivation:
    """The steps of an argument in their order; printed one a line.

    >>> from sympy.abc import t
    >>> print(Derivation([Step("{} = {}", Sign("D(t)", "D(t)"), t**2), Step("so the minimum is at {} = {}", t, 0)]))
    D(t) = t**2
    so the minimum is at t = 0
    """

    steps: tuple[Step, ...]

    def __init__(self, steps: Iterable[Step]) -> None:
        object.__setattr__(self, "steps", tuple(steps))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    def latex(self) -> str:
        """Return the steps as one LaTeX `aligned` environment."""
        lines = " \\\\\n".join(f"& {step.latex()}" for step in self.steps)
        return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"
