"""Grading implementations of entropy and divergences with golden values; nothing here needs SymPy or FLINT."""

__all__: list[str] = []
