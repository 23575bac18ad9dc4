"""Optima: what `klexact.fit`, `klexact.minimise` and `klexact.project` are made of.

| what | modules, each above those before it |
|---|---|
| the answer | `certificate` |
| one parameter | `curves`, `isolation` (all zeros of a log form), `limits`, `formula`, `objectives`, `stationary`, `inflated` |
| several parameters | `problem`, `gibbs`, `convex`, `exhaustive`, `several` |
| closed forms at once | `blocks` (masses of disjoint blocks), `matching` (moments of exponential families) |
| linear constraints | `dual`, `tilting`, `duality` |
"""

__all__: list[str] = []
