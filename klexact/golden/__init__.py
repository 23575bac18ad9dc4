"""Golden values: cases with exact inputs and proved values, the files that hold them, and how they are made and verified.

`cases` reads files and needs neither SymPy nor FLINT; everything that makes or verifies values does.
"""

__all__: list[str] = []
