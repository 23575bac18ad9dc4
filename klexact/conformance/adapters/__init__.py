"""What other people's libraries compute, as golden functions, one module a library; `klexact.conformance.libraries` lists them.

A module loads its library when its targets are asked for. One more library is one more module with an `ADAPTER`.
"""

__all__: list[str] = []
