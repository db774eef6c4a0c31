"""The report's file, written after each batch, so that an interrupted run can be resumed."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from lab.fault_coverage.result import CoverageReport, FaultVerdict
from lab.fault_coverage.run import CoverageRun, uncovered
from lab.faults.catalogue import catalogue

# Where a new run begins.
EMPTY = CoverageReport(date="", commit="", seconds=0.0, batches=(), verdicts=())


def document(report: CoverageReport) -> dict[str, object]:
    """Return report/fault-coverage.json as JSON values, the counts first."""
    return {**report.counts, **report.model_dump(mode="json")}


def read(text: str) -> CoverageReport:
    """Read what document() returned; the counts follow from the rest."""
    fields = {name: value for name, value in json.loads(text).items() if name in CoverageReport.model_fields}
    return CoverageReport.model_validate_json(json.dumps(fields))


@dataclass
class Checkpoint:
    """The verdicts of one run, after those that hold of the run that it resumes."""

    path: Path
    commit: str
    applicable: frozenset[str]
    """The names of all faults of the lab's shape."""
    before: CoverageReport = EMPTY
    verdicts: list[FaultVerdict] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        """Keep the verdicts that hold: those faults are not injected again."""
        self.verdicts += [one for one in self.before.verdicts if one.holds]

    def write(self, run: CoverageRun, stopped: str) -> CoverageReport:
        """Write the report as it is now. stopped: why the run ended early, "" where it did not."""
        report = CoverageReport(
            date=datetime.now(UTC).strftime("%Y-%m-%d"),
            commit=", then ".join(filter(None, (self.before.commit, self.commit))),
            seconds=round(monotonic() - self.began + self.before.seconds, 1),
            batches=(*self.before.batches, *run.seconds),
            verdicts=tuple(self.verdicts),
            uncovered=uncovered(run.healthy.tiers.keys(), catalogue().values()),
            left_out=tuple(sorted(self.applicable - {one.name for one in self.verdicts})),
            stopped=stopped,
        )
        self.path.parent.mkdir(exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(document(report), indent=1) + "\n", "utf-8")
        fresh.replace(self.path)
        return report
