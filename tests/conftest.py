"""Settings for all tests: no deadline, because SymPy's caches make the first example slow and the next one fast."""

from hypothesis import settings

settings.register_profile("klexact", deadline=None)
settings.load_profile("klexact")
