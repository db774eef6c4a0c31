"""How the probe answers: a value, or why there is none; for one question, and for one part of the look."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from trueup.gpu.verdict import Unseen, plain
from trueup.spec.base import Record

T = TypeVar("T")
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Asked(Record, Generic[T]):
    """One answer of NVML: a value, or "unsupported" by this driver, or an error."""

    v: T | None = None
    unsupported: str | None = None
    error: str | None = None

    def known(self) -> T:
        """The value; raises Unseen where there is none, because no answer is not a 0."""
        if self.v is None:
            raise Unseen(plain(self.error or f"unsupported here: {self.unsupported}"))
        return self.v


class Section(Record, Generic[T]):
    """One part of the look: done, impossible, or killed after its seconds."""

    state: Literal["looked", "cannot", "hung"]
    found: T | None = None
    why: str | None = None
    after_s: float | None = None

    def known(self) -> T:
        """What was found; raises Unseen with the reason where nothing could be."""
        if self.state == "hung":
            raise Unseen(f"no answer within {self.after_s} s, killed")
        if self.found is None:
            raise Unseen(plain(self.why or "nothing was said"))
        return self.found
