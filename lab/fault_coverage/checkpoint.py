"""The report's file, written after each batch: what an interrupted run had shown is there for the one that goes on."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from lab.fault_coverage.result import CoverageReport, FaultVerdict
from lab.fault_coverage.run import CoverageRun, uncovered
from lab.faults.catalogue import catalogue

# What a run that begins anew goes on from.
NOTHING = CoverageReport(date="", commit="", seconds=0.0, batches=(), proved=())


def document(report: CoverageReport) -> dict[str, object]:
    """report/proof.json: the counts first."""
    return {**report.counts, **report.model_dump(mode="json")}


def read(text: str) -> CoverageReport:
    """The report that document() gave, without the counts, which follow from it."""
    fields = {name: value for name, value in json.loads(text).items() if name in CoverageReport.model_fields}
    return CoverageReport.model_validate_json(json.dumps(fields))


@dataclass
class Checkpoint:
    """One run's records, after those that it goes on from: of them, those that hold."""

    path: Path
    commit: str
    before: CoverageReport = NOTHING
    proved: list[FaultVerdict] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        """What held is not tried again."""
        self.proved += [one for one in self.before.proved if one.holds]

    def write(self, proof: CoverageRun, stopped: str) -> CoverageReport:
        """The report as it is now, in its file; stopped: why it is not the whole, "" where it is."""
        report = CoverageReport(
            date=datetime.now(UTC).strftime("%Y-%m-%d"),
            commit=", then ".join(filter(None, (self.before.commit, self.commit))),
            seconds=round(monotonic() - self.began + self.before.seconds, 1),
            batches=(*self.before.batches, *proof.seconds),
            proved=tuple(self.proved),
            uncovered=uncovered(proof.green.tiers.keys(), catalogue().values()),
            left_out=tuple(sorted(set(catalogue()) - {one.name for one in self.proved})),
            stopped=stopped,
        )
        self.path.parent.mkdir(exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(document(report), indent=1) + "\n", "utf-8")
        fresh.replace(self.path)
        return report
