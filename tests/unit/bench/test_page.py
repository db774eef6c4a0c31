"""The page of benchmarks, from a report."""

from xml.etree import ElementTree as ET

from bench.page import SECTIONS, page, plot

REPORT = {
    "accept": {
        "trueup": 1.5,
        "testinfra_ssh": 60.0,
        "spread": {"trueup": [1.4, 1.6], "testinfra_ssh": [59.0, 61.0]},
        "about": {"nodes": 2},
    },
    "scale": {
        "trueup": 9.0,
        "limit": 8.0,
        "spread": {"trueup": [9.0, 9.0], "limit": [8.0, 8.0]},
        "about": {"sizes": {"10": {"trueup": {"wall_s": 9.0, "cpu_s": 2.0, "mib": 200.0}}}},
    },
}


def test_every_section_is_there_or_said_to_be_missing() -> None:
    """What nobody measured is no empty table."""
    found = page(REPORT, "# About\n")

    assert list(SECTIONS.values()) == [line[3:] for line in found.splitlines() if line.startswith("## ")]
    assert len(SECTIONS) - len(REPORT) == found.count("Not measured.")


def test_a_ratio_is_to_ours() -> None:
    """Forty times as long."""
    assert "| testinfra_ssh | 60.00 | 59.00 | 61.00 | 40.0 |" in page(REPORT, "").splitlines()


def test_each_size_has_its_row() -> None:
    """Wall, CPU and memory."""
    assert "| 10 | trueup | 9.0 | 2.0 | 200 |" in page(REPORT, "").splitlines()


def test_the_longest_bar_is_the_slowest() -> None:
    """The plot is well-formed, and its bars are to scale within a section."""
    bars = [
        float(each.attrib["width"])
        for each in ET.fromstring(plot(REPORT)).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314  # our own
    ]

    assert (4, 40.0) == (len(bars), round(max(bars) / min(bars)))
