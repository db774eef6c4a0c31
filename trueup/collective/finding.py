"""What a rung of the diagnosis reads, and what it yields."""

from collections.abc import Iterator
from dataclasses import dataclass

from trueup.collective.looks import Look, Looks, Peer
from trueup.collective.plan import Member

CONVERGE = "converge it: pyinfra inventory.py deploy/site.py"


@dataclass(frozen=True)
class Finding:
    """One thing that is broken: where, seen towards whom, wanted and found, and what to do."""

    rung: str
    node: str
    peer: str | None
    wanted: str
    found: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.node} -> {self.peer}" if self.peer else self.node
        return f"{where}: {self.rung}: wanted {self.wanted}, found {self.found}. {self.remedy}"


@dataclass(frozen=True)
class Context:
    """What a rung reads: the members, the host of the rendezvous first, and what each saw."""

    members: tuple[Member, ...]
    looks: Looks

    def seen(self) -> Iterator[tuple[Member, Look]]:
        """Each node that looked, with its look."""
        for here in self.members:
            look = self.looks.by_node[here.name]
            if isinstance(look, Look):
                yield here, look

    def pairs(self) -> Iterator[tuple[Member, Member, Peer]]:
        """Each ordered pair of which the first one looked."""
        for here, look in self.seen():
            for there in self.members:
                if there.name in look.peers:
                    yield here, there, look.peers[there.name]
