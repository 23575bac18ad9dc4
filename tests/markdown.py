"""Code blocks of Markdown files; the Python ones run as doctests."""

import doctest
import re
from typing import Any


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the fenced blocks: language and contents."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run_python(text: str, name: str) -> tuple[doctest.TestResults, dict[str, Any]]:
    """Run all `pycon` blocks as one session; return the results and the names that it leaves."""
    session = "\n".join(block for language, block in blocks(text) if language == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, name, name, 0)
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, clear_globs=False)
    return results, test.globs
