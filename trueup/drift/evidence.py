"""What a look is worth: how often it must fail to count, and how long it stands as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from trueup.accept.tiers import Tier
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
# A performance item drifts when N of its last M looks in this boot failed: one bad look never counts.
N, M = 2, 3
HOUR_S = 3600.0
# How long an answer stands: three times the interval that docs/drift.md advises for a run of that tier.
STANDS_S = {Tier.QUICK: 3 * HOUR_S, Tier.STANDARD: 72 * HOUR_S, Tier.DEEP: 21 * 24 * HOUR_S}


@dataclass(frozen=True)
class Evidence:
    """The last look at an item: when, seconds since 1970 (None: never), and in which boot."""

    outcome: Outcome
    tier: Tier
    seen: float | None
    boot: str


def family(name: str) -> str:
    """time/clocks_agree[node1-node2] -> time/clocks_agree."""
    return name.partition("[")[0]


def counts(looks: Sequence[tuple[bool, str]], boot: str) -> bool:
    """Whether a performance item does not hold; looks: (failed, boot), oldest first. Other boots do not count."""
    recent = [failed for failed, when in looks if when == boot][-M:]
    return sum(recent) >= N


def stale(evidence: Evidence, now: float, boot: str) -> str:
    """Why the evidence no longer stands, or "" where it does; boot: the node's present one, "" if unknown."""
    if evidence.outcome is Outcome.NOT_APPLICABLE:
        return ""
    if evidence.seen is None:
        return "never looked at yet"
    if boot and evidence.boot and evidence.boot != boot:
        return "not looked at since the node started again"
    age = now - evidence.seen
    if age < -60.0:
        return f"seen {-age:.0f} s in the future: the clock went back"
    if age > STANDS_S[evidence.tier]:
        hours, stands = age / HOUR_S, STANDS_S[evidence.tier] / HOUR_S
        return f"not looked at for {hours:.0f} h, an answer of this tier stands for {stands:.0f} h"
    return ""
