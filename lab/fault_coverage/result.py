"""What a fault-coverage run found: a verdict on each fault, and the counts."""

from collections.abc import Iterable

from trueup.declaration import Record


class FaultVerdict(Record):
    """The verdict on one fault."""

    name: str
    node: str
    batch: int
    caught: bool
    """Whether its own check saw it."""
    exact: bool
    """Whether exactly the checks and operations that it claims changed."""
    healed: bool
    """Whether all is as before afterwards, and nothing is planned."""
    seconds: float
    """How long it took to faults; the batch's runs are shared."""
    problems: tuple[str, ...] = ()
    """What was not as expected."""

    @property
    def control(self) -> bool:
        """Whether it is a change that must stay green."""
        return self.name.startswith("control-")

    @property
    def holds(self) -> bool:
        """Caught, exactly, and healed."""
        return self.caught and self.exact and self.healed


class CoverageReport(Record):
    """A fault-coverage run."""

    date: str
    commit: str
    seconds: float
    batches: tuple[float, ...]
    """The seconds of each batch."""
    verdicts: tuple[FaultVerdict, ...]
    uncovered: tuple[str, ...] = ()
    """The checks that no fault of the catalogue names."""
    left_out: tuple[str, ...] = ()
    """The faults of the lab's shape that were not injected."""
    stopped: str = ""
    """Why the run ended early; "" where it did not."""

    @property
    def counts(self) -> dict[str, int]:
        """The figures; a false alarm is a control that changed a result, or was not undone."""
        faults = [one for one in self.verdicts if not one.control]
        controls = [one for one in self.verdicts if one.control]
        return {
            "faults": len(faults),
            "caught": _count(one.caught for one in faults),
            "exact": _count(one.exact for one in faults),
            "healed": _count(one.healed for one in faults),
            "controls": len(controls),
            "false_alarms": _count(not (one.exact and one.healed) for one in controls),
        }

    @property
    def holds(self) -> bool:
        """Whether every one was caught, exactly, and healed, and every check can fail."""
        return not self.uncovered and not self.stopped and all(one.holds for one in self.verdicts)


def _count(values: Iterable[bool]) -> int:
    return sum(1 for value in values if value)
