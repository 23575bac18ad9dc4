"""Reports as JUnit XML, which continuous integration reads."""

import re
from xml.etree import ElementTree as ET

from klexact.conformance.outcomes import Outcome
from klexact.conformance.reports import Report, distance

__all__ = ["junit"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, at_least: str = "conditioned") -> str:
    """Return a report as JUnit XML: a suite for each row, a test case for each outcome.

    A failure is below the grade; refusals are errors. Those of the baseline count as skipped, and one that does not fail
    any more is a failure.
    """
    root, fixed = ET.Element("testsuites", name="klexact"), frozenset(report.fixed(at_least))
    stated = {"suite": report.suite, "klexact": report.klexact, "python": report.python, "platform": report.platform}
    for row in report.rows:
        suite = ET.SubElement(root, "testsuite", name=_xml(" ".join(row.where)))
        properties = ET.SubElement(suite, "properties")
        for name, value in (stated | dict(sorted(report.libraries.items()))).items():
            ET.SubElement(properties, "property", name=_xml(name), value=_xml(value))
        for x in row.outcomes:
            case = ET.SubElement(
                suite, "testcase", classname=_xml(".".join(row.where[:4])), name=_xml(f"{x.key} {x.slug}")
            )
            known = (report.known or {}).get(x.key)
            if x.key in fixed and x.verdict.grade != "skipped":
                message = f"a known failure passes, remove it from the baseline: {known}"
                ET.SubElement(case, "failure", type="fixed", message=_xml(message))
            elif x.verdict.grade == "skipped" or not x.verdict.at_least(at_least):
                _tell(case, x, known)
        for key, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(key, str(sum(1 for _ in suite.iter(tag))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _tell(case: ET.Element, x: Outcome, known: str | None) -> None:
    """Say what became of a question that was skipped, or whose answer is below the grade."""
    said = f"got {x.got}\nwanted {x.wanted}\n{x.line}"
    if x.verdict.grade == "skipped":
        ET.SubElement(case, "skipped", message=_xml(x.got))
    elif known is not None:
        ET.SubElement(case, "skipped", message=_xml(f"known: {known}"))
    elif x.verdict.grade == "errored":
        ET.SubElement(case, "error", type="errored", message=_xml(x.got)).text = _xml(said)
    else:
        message = f"{x.verdict.name}: got {x.got}, wanted {x.wanted}"
        message += f", {distance(x)} ulp" if x.verdict.ulps is not None else ""
        ET.SubElement(case, "failure", type=x.verdict.name, message=_xml(message)).text = _xml(said)


def _xml(text: str) -> str:
    """Return a text with what XML cannot hold written as an escape."""
    return _NOT_XML.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
