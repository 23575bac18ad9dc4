"""Integrals and series with proved bounds: the independent check of closed forms, and values that have none.

| what | modules, each above those before it |
|---|---|
| far out | `germs` (bounds on a ray), `growth`, `substitution`, `tails` (where to cut) |
| inside | `programs` (expressions as ball programs), `refinement` (to a promised width) |
| the results | `quadrature` (expectations under densities), `series` (under mass functions), `definition` (of laws) |
"""

__all__: list[str] = []
