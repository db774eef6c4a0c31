"""lab.fault_coverage.verdicts: what was expected, what was not, and what was left."""

from dataclasses import replace

from lab.fault_coverage.commands import FLEET, Refused
from lab.fault_coverage.expected import FAILING, NOTED, UNKNOWN, expected
from lab.fault_coverage.result import CoverageReport, FaultVerdict
from lab.fault_coverage.verdicts import BatchObservation, evaluate
from lab.faults.fault import Fault

ONE = Fault(
    name="a-break",
    cause="x",
    node="node1",
    inject=("true",),
    verify="true",
    failing_checks=("host/a", "host/between"),
    reasons=("why",),
    plan=("host | mend a",),
    converge_repairs=True,
)
OTHER = Fault(
    name="control-b",
    cause="x",
    node="node2",
    inject=("true",),
    verify="true",
    failing_checks=(),
    converge_repairs=False,
    undo=("true",),
)
GREEN = {("node1", "host/a"): "pass", ("node2", "host/a"): "pass", (FLEET, "host/between"): "pass"}
RED_ONE = GREEN | {("node1", "host/a"): FAILING, (FLEET, "host/between"): FAILING}
PLAN = frozenset({("node1", "host | mend a")})
GOOD = BatchObservation(GREEN, RED_ONE, PLAN, GREEN, frozenset(), frozenset())


def verdicts(observed: BatchObservation) -> dict[str, tuple[bool, bool, bool]]:
    """Name -> caught, exact, healed."""
    of = {one.name: expected(one, GREEN.keys(), ("node1", "node2")) for one in (ONE, OTHER)}
    found = evaluate((ONE, OTHER), of, observed, {ONE.name: 0.1, OTHER.name: 0.1}, 1)
    return {one.name: (one.caught, one.exact, one.healed) for one in found}


def test_a_check_between_nodes_belongs_to_the_fleet() -> None:
    """The record names a check; whether it is of a node or of the fleet, acceptance knows."""
    noted = ONE.model_copy(update={"notes": ("host/n",), "unknown_checks": ("host/x",)})

    assert {
        ("node1", "host/a"): FAILING,
        (FLEET, "host/between"): FAILING,
        ("node1", "host/x"): UNKNOWN,
        ("node1", "host/n"): NOTED,
    } == expected(noted, GREEN.keys(), ("node1",)).answers


def test_all_as_expected() -> None:
    """Caught, exact, healed; the control as well."""
    assert {"a-break": (True, True, True), "control-b": (True, True, True)} == verdicts(GOOD)


def test_a_check_that_stays_green_is_not_caught() -> None:
    """The fault was there, and no check saw it."""
    assert (False, False, True) == verdicts(replace(GOOD, broken=GREEN))["a-break"]


def test_a_follower_that_stays_green_is_caught_but_not_exact() -> None:
    """The record promised more than happened."""
    observed = replace(GOOD, broken=RED_ONE | {(FLEET, "host/between"): "pass"})

    assert (True, False, True) == verdicts(observed)["a-break"]


def test_an_unclaimed_failure_counts_against_all_faults_of_its_node() -> None:
    """A false alarm of the control's node is not the other node's fault."""
    observed = replace(GOOD, broken=RED_ONE | {("node2", "host/a"): FAILING})

    assert {"a-break": (True, True, True), "control-b": (True, False, True)} == verdicts(observed)


def test_an_attributed_failure_counts_against_its_fault() -> None:
    """Then the others are as exact as they would be alone; and what the check said stands there."""
    failure = (FLEET, "access/x")
    observed = replace(
        GOOD, broken=RED_ONE | {failure: FAILING}, messages={failure: "wanted\n  y"}, attributed={failure: "control-b"}
    )
    of = {one.name: expected(one, GREEN.keys(), ("node1", "node2")) for one in (ONE, OTHER)}
    found = evaluate((ONE, OTHER), of, observed, {ONE.name: 0.1, OTHER.name: 0.1}, 1)

    assert [(), ("fleet: access/x: fail, which no fault claims: wanted y",)] == [one.problems for one in found]
    assert {"a-break": (True, False, True), "control-b": (True, False, True)} == verdicts(
        replace(observed, attributed={})
    )


def test_an_operation_too_many_or_too_few_is_not_exact() -> None:
    """The plan is as exact as the checks."""
    more = replace(GOOD, plan=PLAN | {("node1", "host | other")})

    assert (True, False, True) == verdicts(more)["a-break"]
    assert (True, False, True) == verdicts(replace(GOOD, plan=frozenset()))["a-break"]
    assert (True, False, True) == verdicts(replace(GOOD, plan=Refused("no")))["a-break"]


def test_a_break_that_another_one_undid_proves_nothing() -> None:
    """A control that was overwritten is green for no reason."""
    assert (True, False, True) == verdicts(replace(GOOD, overwritten=frozenset({"control-b"})))["control-b"]


def test_what_is_left_is_not_healed() -> None:
    """A failing check, a missing result, a planned operation, a fault that is still there."""
    gone = {key: found for key, found in GREEN.items() if key[0] != "node1"}
    for observed in (
        replace(GOOD, after=RED_ONE),
        replace(GOOD, after=gone),
        replace(GOOD, plan_after=PLAN),
        replace(GOOD, still_there=frozenset({"a-break"})),
        replace(GOOD, plan_after=Refused("no")),
    ):
        assert (True, True, False) == verdicts(observed)["a-break"]


def verdict(name: str, *, exact: bool = True) -> FaultVerdict:
    """Caught and healed."""
    return FaultVerdict(name=name, node="node1", batch=1, caught=True, exact=exact, healed=True, seconds=0.1)


def test_counts_keep_controls_apart() -> None:
    """A control that changed something is a false alarm, and no fault."""
    of = (
        verdict("a-break"),
        verdict("b-break", exact=False),
        verdict("control-a", exact=False),
        verdict("control-b"),
    )
    report = CoverageReport(date="2026-11-25", commit="x", seconds=1.0, batches=(1.0,), verdicts=of)

    assert {
        "faults": 2,
        "caught": 2,
        "exact": 1,
        "healed": 2,
        "controls": 2,
        "false_alarms": 1,
    } == report.counts


def test_a_report_holds_where_all_do_and_every_check_can_fail() -> None:
    """One inexact verdict, or one check without a fault, is enough."""
    good = CoverageReport(date="2026-11-25", commit="x", seconds=1.0, batches=(1.0,), verdicts=(verdict("a-break"),))

    assert good.holds
    assert not good.model_copy(update={"verdicts": (verdict("a-break", exact=False),)}).holds
    assert not good.model_copy(update={"uncovered": ("host/a",)}).holds
