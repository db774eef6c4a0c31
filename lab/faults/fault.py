"""The record of one mutation."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from trueup.declaration.types import NodeName, Record

# As the records of acceptance name a check: component/check, with a parameter where it has one.
CheckId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+/[a-z0-9_]+(\[.+\])?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$")]


class Fault(Record):
    """One break of one node, or a change that must stay green (named control-...).

    cause: what a person or a program did in real life. breaks: shell lines that do it, as root on the node;
    shows: a shell line that succeeds where it is done. reds: the checks that must not hold, first *the* check;
    reasons: why each of the others follows, in their order. blind: checks that then could not look.
    notes: checks that hold with a note. plan: the operations that a dry plan must show for the node, and elsewhere:
    those for the others. refuses: words with which converge refuses to run at all instead.
    heals: whether converge mends it; mends: shell lines for what it does not; tidies: for what it rightly leaves.
    deep: whether only acceptance's deepest tier sees it. spans: components whose state converge makes anew to heal
    it, or
    that it hides: no other mutation of these is on the node meanwhile ("*": no other at all). takes: lines or
    files that others write as well: no two that take the same are on a node at once; "NODE:what": on that one, from
    whichever node.
    """

    name: Name
    cause: str
    node: NodeName
    breaks: Annotated[tuple[str, ...], Field(min_length=1)]
    shows: str
    reds: tuple[CheckId, ...]
    reasons: tuple[str, ...] = ()
    blind: tuple[CheckId, ...] = ()
    notes: tuple[CheckId, ...] = ()
    plan: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    refuses: str = ""
    heals: bool
    mends: tuple[str, ...] = ()
    tidies: tuple[str, ...] = ()
    deep: bool = False
    spans: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    def without(self, reason: str) -> Self:
        """The same break where that reason does not hold: nothing turns red by it."""
        kept = [(red, why) for red, why in zip(self.reds[1:], self.reasons, strict=True) if why != reason]
        reds, reasons = (*self.reds[:1], *(red for red, _ in kept)), tuple(why for _, why in kept)
        return self.model_copy(update={"reds": reds, "reasons": reasons})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        control = self.name.startswith("control-")
        if control and (self.reds or self.blind):
            raise ValueError("a control leaves every check as it was, but for a note")
        if not control and not (self.reds or self.blind or self.notes):
            raise ValueError("a break must be seen by at least one check")
        if len(self.reasons) != max(0, len(self.reds) - 1):
            raise ValueError("every red after the first needs its reason")
        if self.heals == bool(self.mends):
            raise ValueError("what converge does not heal needs commands that do, and only that")
        if self.tidies and not self.heals:
            raise ValueError("what is mended by commands is tidied by them as well")
        if self.refuses and (self.heals or self.plan or self.elsewhere):
            raise ValueError("what converge refuses it neither plans nor heals")
        return self
