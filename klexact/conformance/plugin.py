"""The pytest plugin: the marker `klexact` and the fixture `klexact_case` run a test of one's own with every golden case.

It does nothing in suites that use neither, and imports nothing before they do.
"""

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from klexact.conformance.trials import Trial

__all__: list[str] = []

_FIXTURE = "klexact_case"
_MARKER = (
    "klexact(function='...', variant='raw', unit='nat', dtype='binary64', level, at_least, flags, conventions, baseline): "
    "run the test with every golden case of a function; it takes the fixture klexact_case"
)
_ASKED = ("function", "variant", "unit", "dtype")  # by the marker alone
_SETTINGS = {  # by the marker, the command line, the ini file, in this order
    "level": "cases of golden values to run: core, full or long, each with those before it (core)",
    "at_least": "the grade that passes: correct, faithful, accurate, conditioned or fail (conditioned)",
    "flags": "run only golden cases with one of these flags, separated by commas",
    "conventions": "take answers that are right under these conventions, separated by commas, as correct",
    "baseline": "JSON file of known failures, {'<case id>:<format>': 'reason'}, that become strict xfails",
    "golden": "directory of golden files to use in place of the packaged ones",
}
_GRADE, _SUITE = "klexact_grade", "klexact_suite"  # among a report's user properties
_WRONG = pytest.StashKey[list[str]]()
_CHECKED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("klexact", "golden values of entropy and divergences")
    for name, text in _SETTINGS.items():
        metavar = "FILE" if name == "baseline" else "DIR" if name == "golden" else None
        group.addoption(f"--klexact-{name.replace('_', '-')}", dest=f"klexact_{name}", metavar=metavar, help=text)
        parser.addini(f"klexact_{name}", text, default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)
    config.stash[_WRONG] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("klexact")
    wanted = _FIXTURE in metafunc.fixturenames
    if marker is None and not wanted:
        return
    try:
        _parametrise(metafunc, _whole(marker, wanted))
    except ValueError as error:  # KLExactError, without its import
        raise _refused(metafunc, str(error)) from None
    except pytest.UsageError as error:
        raise _refused(metafunc, str(error)) from None


def _whole(marker: pytest.Mark | None, wanted: bool) -> pytest.Mark:  # noqa: FBT001
    if marker is None or not wanted:
        raise pytest.UsageError(
            f"a test of golden values needs both the marker klexact and the fixture {_FIXTURE}; found only "
            f"{'the fixture' if marker is None else 'the marker'}"
        )
    return marker


def _refused(metafunc: pytest.Metafunc, message: str) -> Exception:
    text = f"{metafunc.definition.nodeid}: {message}"
    metafunc.config.stash[_WRONG].append(text)
    return pytest.Collector.CollectError(text)


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    wrong = config.stash[_WRONG]
    if wrong and not hasattr(config, "workerinput"):  # xdist's controller hears of the collection's own errors
        raise pytest.UsageError(*wrong)


def _parametrise(metafunc: pytest.Metafunc, marker: pytest.Mark) -> None:
    from klexact.conformance.baseline import read  # noqa: PLC0415 - only suites that ask for it pay
    from klexact.conformance.trials import trials  # noqa: PLC0415
    from klexact.golden.cases import PACKAGED  # noqa: PLC0415

    asked = _asked(marker)
    settings = _settings(metafunc, marker)
    directory, baseline = settings.pop("golden", PACKAGED), settings.pop("baseline", None)
    dtypes = _names(asked.pop("dtype", "binary64"))
    found = trials(**asked, **settings, dtypes=dtypes, directory=directory)
    known = read(baseline, directory=directory) if baseline else {}
    metafunc.parametrize(
        _FIXTURE,
        [pytest.param(trial, marks=_expected(known.get(trial.key))) for trial in found],
        indirect=True,
        ids=[trial.key if len(dtypes) > 1 else trial.case.id for trial in found],
    )


def _expected(reason: str | None) -> tuple[pytest.MarkDecorator, ...]:
    said = f"{reason} (a known failure: remove it from the baseline when it passes)"
    return () if reason is None else (pytest.mark.xfail(reason=said, strict=True),)


def _asked(marker: pytest.Mark) -> dict[str, Any]:
    unknown = sorted(set(marker.kwargs) - {*_ASKED, *_SETTINGS})
    if marker.args or unknown or "function" not in marker.kwargs:
        wrong = [*map(repr, marker.args), *unknown] or ["no function"]
        raise pytest.UsageError(
            f"the marker klexact takes the keywords {', '.join([*_ASKED, *_SETTINGS])}, and needs function; "
            f"found {', '.join(wrong)[:120]}"
        )
    return {name: marker.kwargs[name] for name in _ASKED if name in marker.kwargs}


def _settings(metafunc: pytest.Metafunc, marker: pytest.Mark) -> dict[str, Any]:
    """Return the arguments of `trials` that the marker, the command line or the ini file set, and the baseline's path."""
    config, found = metafunc.config, dict[str, Any]()
    for name in _SETTINGS:
        for value, home in (
            (marker.kwargs.get(name), metafunc.definition.path.parent),
            (config.getoption(f"klexact_{name}"), config.invocation_params.dir),
            (config.getini(f"klexact_{name}") or None, config.inipath.parent if config.inipath else config.rootpath),
        ):
            if value is not None:
                found[name] = _read(name, value, home)
                break
    return found


def _read(name: str, value: Any, home: Path) -> Any:
    if name in ("flags", "conventions"):
        return _names(value)
    if name in ("baseline", "golden"):
        return home / value
    return value


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


@pytest.fixture
def klexact_case(request: pytest.FixtureRequest) -> "Trial":
    """A golden case: `arguments`, `check(answer)`, `call(function)`; `case`, `dtype`, `bits`."""
    if not hasattr(request, "param"):
        raise pytest.UsageError(
            f"{_FIXTURE} is for test functions that bear the marker klexact; found {request.node.nodeid}"
        )
    node = request.node

    def record(grade: str) -> None:
        node.stash[_CHECKED] = True
        node.user_properties.extend([(_GRADE, grade), (_SUITE, trial.suite)])

    trial: Trial = replace(request.param, record=record)
    return trial


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    result = yield
    if _FIXTURE in pyfuncitem.fixturenames and not pyfuncitem.stash.get(_CHECKED, False):
        pytest.fail(f"a test that takes {_FIXTURE} must call its check or call; found neither called", pytrace=False)
    return result


def pytest_terminal_summary(terminalreporter: Any) -> None:
    found = [
        dict(report.user_properties)
        for kind in terminalreporter.stats.values()
        for report in kind
        if getattr(report, "when", None) == "call" and _GRADE in dict(report.user_properties)
    ]
    if found:
        counted = Counter(properties[_GRADE] for properties in found)
        versions = sorted({properties[_SUITE] for properties in found})
        grades = ", ".join(f"{counted[grade]} {grade}" for grade in sorted(counted, key=_rank))
        terminalreporter.write_sep("-", f"golden values, suite {' and '.join(versions)}")
        terminalreporter.write_line(f"{len(found)} case{'s' if len(found) > 1 else ''}: {grades}")


def _rank(grade: str) -> int:
    from klexact.conformance.grading import DEFECTS, GRADES  # noqa: PLC0415

    return [*GRADES, *DEFECTS, "errored", "skipped"].index(grade)
