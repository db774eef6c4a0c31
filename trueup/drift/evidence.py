"""Damp flapping performance checks, and bound the age of a result."""

from collections.abc import Sequence
from dataclasses import dataclass

from trueup.accept import Tier
from trueup.outcome import Outcome

# One look at these depends on what else the node, or the network, does at that moment.
PERFORMANCE = frozenset(
    {
        "allreduce/bandwidth_is_measured",
        "driver/no_slowdown",
        "driver/pcie_generation_at_p0",
        "driver/pcie_replays_do_not_grow",
        "time/clocks_agree",
    }
)
# A first failure of these is looked at again in the same run.
FLAKY = PERFORMANCE | {
    "driver/no_stray_process",
    "host/ephemeral_port_is_reachable",
    "host/rendezvous_port_is_reachable",
    "nccl/ports_of_the_collective_are_free",
}
# A performance item fails when FLAP_FAILURES of its last FLAP_WINDOW samples in this boot failed.
FLAP_FAILURES, FLAP_WINDOW = 2, 3
HOUR_S = 3600.0
# How long an answer stands: three times the interval that docs/drift.md advises for a run of that tier.
MAX_AGE_S = {Tier.QUICK: 3 * HOUR_S, Tier.STANDARD: 72 * HOUR_S, Tier.DEEP: 21 * 24 * HOUR_S}


@dataclass(frozen=True)
class Evidence:
    """The last result of an item."""

    outcome: Outcome
    """Its outcome."""
    tier: Tier
    """The check's tier."""
    checked_at: float | None
    """Seconds since 1970; None for never."""
    boot: str
    """The node's boot at that time."""


def family(name: str) -> str:
    """time/clocks_agree[node1-node2] -> time/clocks_agree."""
    return name.partition("[")[0]


def fails_often(samples: Sequence[tuple[bool, str]], boot: str) -> bool:
    """Tell whether a performance item fails; samples are (failed, boot), the oldest first."""
    recent = [failed for failed, when in samples if when == boot][-FLAP_WINDOW:]
    return sum(recent) >= FLAP_FAILURES


def stale(evidence: Evidence, now: float, boot: str) -> str:
    """Why the evidence no longer stands, or "" where it does; boot: the node's present one, "" if unknown."""
    if evidence.outcome is Outcome.NOT_APPLICABLE:
        return ""
    if evidence.checked_at is None:
        return "never checked yet"
    if boot and evidence.boot and evidence.boot != boot:
        return "not checked since the node started again"
    age = now - evidence.checked_at
    if age < -60.0:
        return f"checked {-age:.0f} s in the future: the clock went back"
    if age > MAX_AGE_S[evidence.tier]:
        hours, stands = age / HOUR_S, MAX_AGE_S[evidence.tier] / HOUR_S
        return f"not checked for {hours:.0f} h, an answer of this tier stands for {stands:.0f} h"
    return ""
