"""Whether the nodes can do together what they are there for."""

from collections.abc import Callable
from statistics import median

import pytest

from trueup.accept.checks import (
    CheckFailed,
    CouldNotCheck,
    FleetUnderTest,
    applies,
    remedy,
    require,
    require_agreement,
    tier,
)
from trueup.collective import OPERATIONS, JobVerdict, evaluate_bandwidth, examine, job_of, members_of
from trueup.gpu.checks import under_load
from trueup.outcome import Outcome

DIAGNOSE = "trueup allreduce -v names the first thing that is broken between the nodes"

COOL = remedy("each line above says what to do")

pytestmark = [remedy(DIAGNOSE), tier("standard")]


@pytest.fixture(scope="module")
def verdict(fleet: FleetUnderTest) -> JobVerdict:
    """One job over all nodes, shared by the checks below."""
    found = examine(members_of(fleet.nodes, fleet.profile, fleet.shells), job_of(fleet.profile))
    if found.outcome is Outcome.UNKNOWN:
        raise CouldNotCheck(*found.problems)
    return found


def ranks(fleet: FleetUnderTest) -> set[int]:
    """Every rank that must answer; of a job that did not begin none does, and nothing holds."""
    return set(range(len(fleet.nodes) * fleet.profile.collective.ranks_per_node))


def judged(check: under_load.Judge, fleet: FleetUnderTest, verdict: JobVerdict, note: Callable[[str], None]) -> None:
    """What was seen of the GPUs while the job ran; raises CouldNotCheck where that was too little."""
    assert ranks(fleet) == {record.rank for record in verdict.records}
    found = under_load.judge({agent.node: agent.load for agent in verdict.agents}, check)
    for problem in found.problems("note"):
        note(str(problem))
    if not found.passes:
        raise CheckFailed(*found.problems("fault"))
    if found.problems("blind"):
        raise CouldNotCheck(*found.problems("blind"))


def test_job_ends_well_on_every_rank(verdict: JobVerdict) -> None:
    """A rank that fails, hangs or is missing stops all the others."""
    if verdict.problems:
        raise CheckFailed(*verdict.problems)


def test_every_rank_takes_part(fleet: FleetUnderTest, verdict: JobVerdict) -> None:
    """A world smaller than declared trains more slowly without a message."""
    per_node = fleet.profile.collective.ranks_per_node
    declared = {(node.name, at * per_node + i) for at, node in enumerate(fleet.nodes) for i in range(per_node)}

    assert declared == {(record.node, record.rank) for record in verdict.records}


def test_backend_is_the_declared_one(fleet: FleetUnderTest, verdict: JobVerdict) -> None:
    """A collective that falls back to the CPU is right, and a hundred times too slow."""
    declared = fleet.profile.collective.backend

    assert {declared} == {record.backend for record in verdict.records}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_results_are_exact_on_every_rank(fleet: FleetUnderTest, verdict: JobVerdict, operation: str) -> None:
    """A wrong sum gives a model that does not learn, without a message."""
    # Gloo has no reduce_scatter: a rank that says so has looked.
    looked = {record.rank for record in verdict.records for check in record.checks if check.operation == operation}
    wrong = [
        f"{record.node} rank {record.rank}: {check.dtype} of {check.count}: {check.why}"
        for record in verdict.records
        for check in record.checks
        if check.operation == operation and check.outcome == "wrong"
    ]

    assert ([], ranks(fleet)) == (wrong, looked), "\n".join(wrong)


def test_sums_are_checked_in_every_dtype(fleet: FleetUnderTest, verdict: JobVerdict) -> None:
    """A dtype that was not checked can be wrong alone: gradients, weights and counts take different paths."""
    looked = {
        record.rank: {c.dtype for c in record.checks if (c.operation, c.outcome) == ("all_reduce", "exact")}
        for record in verdict.records
    }

    assert ranks(fleet) == {rank for rank, dtypes in looked.items() if {"float32", "float16", "int64"} <= dtypes}


def test_torch_and_nccl_are_one_on_all_ranks(verdict: JobVerdict) -> None:
    """NCCL refuses to talk to another version of itself, at best."""
    found = {f"{each.node} rank {each.rank}": (each.torch, each.cuda, each.nccl) for each in verdict.records}

    require_agreement(found)


def test_mapped_libraries_are_one_on_all_nodes(verdict: JobVerdict) -> None:
    """A preloaded library on one node changes results, and only the mapped files show it."""
    hashes = {each.node: tuple(sorted(each.sha256.items())) for each in verdict.records if each.sha256}

    require_agreement(hashes)


@COOL
def test_gpus_keep_their_pace(fleet: FleetUnderTest, verdict: JobVerdict, note: Callable[[str], None]) -> None:
    """One hot GPU slows the whole fleet, and only under load."""
    judged(under_load.slowdown, fleet, verdict, note)


@COOL
def test_pcie_replays_do_not_grow_under_the_job(
    fleet: FleetUnderTest, verdict: JobVerdict, note: Callable[[str], None]
) -> None:
    """A poor contact shows when data moves."""
    judged(under_load.replays, fleet, verdict, note)


def test_bandwidth_is_measured(
    fleet: FleetUnderTest, verdict: JobVerdict, measure: Callable[[str, float], None]
) -> None:
    """A job that measured nothing leaves the bandwidth unknown."""
    rates = verdict.busbw()
    if rates:
        measure("bandwidth", median(rates[max(rates)]))

    assert ranks(fleet) == {record.rank for record in verdict.records if any(t.busbw > 0 for t in record.timings)}


@applies(lambda node, _: node.link_mbit is not None, "no link_mbit is declared for it")
def test_bandwidth_is_what_the_link_gives(
    fleet: FleetUnderTest, verdict: JobVerdict, note: Callable[[str], None]
) -> None:
    """A link at a tenth of its speed makes every step many times longer."""
    link = min(node.link_mbit for node in fleet.nodes if node.link_mbit)
    pace = evaluate_bandwidth(verdict.busbw(algorithm="ring") or verdict.busbw(), link, None)
    if pace.warning:
        note(pace.reason)

    rates = ", ".join(f"{rate:.3f}" for rate in pace.actual)
    expected = "a measured bandwidth" if pace.expected is None else f"{pace.expected:.3f} GB/s or nearly so"
    require(pace.outcome is Outcome.PASS, expected=expected, actual=f"{rates or 'no'} GB/s: {pace.reason}")
