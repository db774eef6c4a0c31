"""What the proof run found: a record a mutation, and the counts."""

from collections.abc import Iterable

from trueup.declaration.types import Record


class FaultVerdict(Record):
    """One mutation. caught: its first check saw it; exact: nothing else changed, in answers or plan; nothing lacked.

    healed: afterwards all is as before, and nothing is planned. seconds: of its own break; those of its batch's looks
    are shared. wrong: what was not as expected, in words.
    """

    name: str
    node: str
    batch: int
    caught: bool
    exact: bool
    healed: bool
    seconds: float
    wrong: tuple[str, ...] = ()

    @property
    def control(self) -> bool:
        """Whether it is a change that must stay green."""
        return self.name.startswith("control-")

    @property
    def holds(self) -> bool:
        """Caught, exactly, and healed."""
        return self.caught and self.exact and self.healed


class CoverageReport(Record):
    """A proof run. batches: seconds of each; uncovered: checks that no mutation of the catalogue names.

    left_out: mutations that were not asked for. stopped: why the run ended before its end, "" where it did not.
    """

    date: str
    commit: str
    seconds: float
    batches: tuple[float, ...]
    proved: tuple[FaultVerdict, ...]
    uncovered: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The figures; a false alarm is a control that changed something, or was not left as it was."""
        breaks = [one for one in self.proved if not one.control]
        controls = [one for one in self.proved if one.control]
        return {
            "mutations": len(breaks),
            "caught": _count(one.caught for one in breaks),
            "exact": _count(one.exact for one in breaks),
            "healed": _count(one.healed for one in breaks),
            "controls": len(controls),
            "false_alarms": _count(not (one.exact and one.healed) for one in controls),
        }

    @property
    def holds(self) -> bool:
        """Whether every one was caught, exactly, and healed, and every check can fail."""
        return not self.uncovered and not self.stopped and all(one.holds for one in self.proved)


def _count(values: Iterable[bool]) -> int:
    return sum(1 for value in values if value)
