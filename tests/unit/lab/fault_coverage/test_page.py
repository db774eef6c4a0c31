"""lab.fault_coverage.page: what a reader sees of a run."""

from lab.fault_coverage.page import summary, text
from lab.fault_coverage.result import CoverageReport, FaultVerdict
from lab.faults.catalogue import catalogue

NAME = "access-home-open"


def report(*problems: str) -> CoverageReport:
    """A run of one fault."""
    one = FaultVerdict(
        name=NAME,
        node="node1",
        batch=1,
        caught=True,
        exact=not problems,
        healed=True,
        seconds=0.1,
        problems=tuple(problems),
    )
    return CoverageReport(date="2026-11-25", commit="abc1234", seconds=12.3, batches=(12.0,), verdicts=(one,))


def test_page_names_date_commit_and_what_must_see_it() -> None:
    """A table without its date and commit is a claim about nothing."""
    found = text(report(), catalogue())
    row = next(line for line in found.splitlines() if line.startswith(f"| {NAME} "))

    assert "2026-11-25, commit abc1234, 1 batches in 12 s" in found
    assert [
        "node1",
        catalogue()[NAME].cause,
        "access/home_is_closed_to_other_writers[train]",
        "2",
        "access &#124; home of train",
        "converge",
        "ok",
    ] == [cell.strip() for cell in row.split("|")[2:-1]]


def test_page_says_not_where_it_was_not() -> None:
    """A fault that was not exact is never read as one that was."""
    row = next(line for line in text(report("problems"), catalogue()).splitlines() if line.startswith(f"| {NAME} "))

    assert "NOT" == row.split("|")[-2].strip()


def test_page_names_what_was_not_injected() -> None:
    """A sample is never read as the whole."""
    found = text(report().model_copy(update={"left_out": ("gpu-hot", "host-oom")}), catalogue())

    assert "Not injected in this run (2): gpu-hot, host-oom." in found


def test_summary_has_the_counts_and_every_fault() -> None:
    """What failed is said, not only that something did."""
    found = summary(report("node1: x: wanted y, found z").model_copy(update={"uncovered": ("host/a",)}))

    assert [
        "faults 1, caught 1, exact 0, healed 1, controls 0, false alarms 0 (1 batches, 12 s)",
        "no fault covers host/a",
        f"{NAME}: node1: x: wanted y, found z",
    ] == found.splitlines()
