"""The record of one fault."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from trueup.declaration import NodeName, Record

# As the records of acceptance name a check: component/check, with a parameter where it has one.
CheckId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+/[a-z0-9_]+(\[.+\])?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$")]
# The kinds of node that a lab has (lab/topologies.py).
NodeKind = Literal["debian-11", "debian-12", "debian-13", "el"]
EVERYWHERE: tuple[NodeKind, ...] = get_args(NodeKind)


class Fault(Record):
    """One fault of one node, or a change that must stay green (named control-...)."""

    name: Name
    cause: str
    """What a person or a program did in real life."""
    node: NodeName
    """The node that it is injected into."""
    runs_on: tuple[NodeKind, ...] = EVERYWHERE
    """The distributions that have what it changes."""
    inject: Annotated[tuple[str, ...], Field(min_length=1)]
    """Shell lines that inject it, as root on the node."""
    verify: str
    """A shell line that succeeds while the fault is there."""
    failing_checks: tuple[CheckId, ...]
    """The checks that must fail; the first is the fault's own."""
    reasons: tuple[str, ...] = ()
    """Why each failing check after the first follows from the fault, in their order."""
    unknown_checks: tuple[CheckId, ...] = ()
    """The checks that must be unknown."""
    notes: tuple[CheckId, ...] = ()
    """The checks that pass with a note."""
    plan: tuple[str, ...] = ()
    """The operations that a dry plan must show for the node."""
    elsewhere: tuple[str, ...] = ()
    """The operations that a dry plan must show for every other node."""
    refuses: str = ""
    """A part of the message with which converge refuses to run, instead of a plan."""
    converge_repairs: bool
    """Whether converge repairs the node."""
    undo: tuple[str, ...] = ()
    """Shell lines that undo what converge does not repair."""
    cleanup: tuple[str, ...] = ()
    """Shell lines that remove what converge rightly leaves."""
    deep: bool = False
    """Whether only acceptance's tier `deep` sees it."""
    rebuilds: tuple[str, ...] = ()
    """The components that converge builds anew to repair it, or that it hides; no other fault of theirs is on the node
    meanwhile. "*" stands for no other fault at all.
    """
    exclusive_resources: tuple[str, ...] = ()
    """Files or lines that other faults change as well: one fault at a time has each. "NODE:name" is one of that node,
    whichever node the fault is injected into.
    """

    @property
    def checks(self) -> tuple[CheckId, ...]:
        """Every check whose result it changes; its own first."""
        return (*self.failing_checks, *self.unknown_checks, *self.notes)

    def without(self, reason: str) -> Self:
        """Return the same fault where that reason does not hold: the checks that follow by it do not fail."""
        kept = [(check, why) for check, why in zip(self.failing_checks[1:], self.reasons, strict=True) if why != reason]
        checks = (*self.failing_checks[:1], *(check for check, _ in kept))
        return self.model_copy(update={"failing_checks": checks, "reasons": tuple(why for _, why in kept)})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        control = self.name.startswith("control-")
        if control and (self.failing_checks or self.unknown_checks):
            raise ValueError("a control leaves every check as it was, but for a note")
        if not control and not (self.failing_checks or self.unknown_checks or self.notes):
            raise ValueError("a fault must be caught by at least one check")
        if len(self.reasons) != max(0, len(self.failing_checks) - 1):
            raise ValueError("every failing check after the first needs its reason")
        if self.converge_repairs == bool(self.undo):
            raise ValueError("what converge does not repair needs commands that undo it, and only that")
        if self.cleanup and not self.converge_repairs:
            raise ValueError("commands that undo a fault clean up as well")
        if self.refuses and (self.converge_repairs or self.plan or self.elsewhere):
            raise ValueError("what converge refuses it neither plans nor repairs")
        return self
