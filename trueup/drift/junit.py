"""Write a run as JUnit XML, which every CI server reads."""

import re
from xml.etree import ElementTree as ET

from trueup.drift.model import DriftItem, Run
from trueup.outcome import Outcome

# XML 1.0, production 2: what a document may not contain.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: Run) -> str:
    """Return one suite a node, one case an item, with its fields as properties.

    Unknown is an error; not applicable, and what a deeper tier runs, is skipped.
    """
    root = ET.Element("testsuites", name="trueup drift", time=f"{run.seconds:.3f}")
    for node in sorted({item.node for item in run.items}):
        items = [item for item in run.items if item.node == node]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=node,
            tests=str(len(items)),
            failures=str(sum(item.outcome is Outcome.FAIL for item in items)),
            errors=str(sum(item.outcome is Outcome.UNKNOWN for item in items)),
            skipped=str(sum(item.outcome in (None, Outcome.NOT_APPLICABLE) for item in items)),
        )
        for item in items:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=f"{node}.{item.component}",
                name=clean(item.check),
                time=f"{item.seconds:.3f}",
            )
            _add_properties(case, item)
            text = clean(f"{item.why}\nexpected: {item.expected}\nactual: {item.actual}\nremedy: {item.remedy}")
            if item.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
                kind = "failure" if item.outcome is Outcome.FAIL else "error"
                ET.SubElement(case, kind, message=clean(item.actual)[:200]).text = text
            elif item.outcome is None:
                ET.SubElement(case, "skipped", message="a deeper tier runs it")
            elif item.outcome is Outcome.NOT_APPLICABLE:
                ET.SubElement(case, "skipped", message=f"not applicable: {clean(item.why)}")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_properties(case: "ET.Element[str]", item: DriftItem) -> None:
    if item.outcome is None:
        return
    fields = {"outcome": item.outcome.value, "expected": item.expected, "actual": item.actual, "remedy": item.remedy}
    properties = ET.SubElement(case, "properties")
    for name, value in fields.items():
        if value:
            ET.SubElement(properties, "property", name=name, value=clean(value))


def clean(text: str) -> str:
    """Replace the characters that no XML document may hold."""
    return _FORBIDDEN.sub("?", text)
