"""A run as JUnit XML."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.drift.factories import bad, item, run
from trueup.drift.junit import junit
from trueup.outcome import Outcome


def test_outcomes_are_junit_s() -> None:
    """Could not look is an error; what was not asked is skipped, never passed."""
    made = run(
        [
            bad("n1"),
            item("n1", "a/u", Outcome.UNKNOWN),
            item("n1", "a/n", Outcome.NOT_APPLICABLE),
            item("n1", "a/l", None),
        ]
    )
    suite = next(each for each in ET.fromstring(junit(made)) if each.get("name") == "n1")  # noqa: S314  # our own text

    assert ("4", "1", "1", "2") == tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped"))


def test_failing_item_has_its_fields_as_properties() -> None:
    """A CI server's reader needs no prose to know what was expected."""
    (case,) = ET.fromstring(junit(run([bad("n1")]))).iterfind(".//testcase[@name='conda/check0']")  # noqa: S314  # our own text
    found = {each.get("name"): each.get("value") for each in case.iterfind("properties/property")}

    assert {"outcome": "fail", "expected": "one", "actual": "another", "remedy": "mend it"} == found


@given(st.text(max_size=200))
def test_any_output_of_a_node_gives_a_document(text: str) -> None:
    """A node prints what it likes; the document stays readable."""
    made = run([item("n1", "a/x", Outcome.FAIL, actual=text, why=text)])

    assert "testsuites" == ET.fromstring(junit(made).encode()).tag  # noqa: S314  # our own text
