"""How deep a run looks: which checks belong to which tier, and which are left for a deeper one."""

from enum import StrEnum

from trueup.declaration import Record


class Tier(StrEnum):
    """quick imports no torch and runs no collective; standard does both; deep also hashes every byte."""

    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"

    @property
    def depth(self) -> int:
        """0 for the quickest."""
        return list(Tier).index(self)

    def includes(self, other: "Tier") -> bool:
        """Whether a run of this tier asks what belongs to the other."""
        return other.depth <= self.depth


class SkippedByTier(Record):
    """A check that this run did not ask, because it belongs to a deeper tier. Nothing is known of it."""

    node: str
    component: str
    check: str
    why: str
    tier: Tier
