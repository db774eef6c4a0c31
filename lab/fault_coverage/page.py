"""Render docs/evidence/fault-coverage.md, and the summary at the end of a run."""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from lab.fault_coverage.result import CoverageReport, FaultVerdict
from lab.faults.fault import Fault

_JINJA = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 -- text


def text(report: CoverageReport, catalogue: Mapping[str, Fault]) -> str:
    """Return the page of a run."""
    template = files("lab.fault_coverage").joinpath("page.md.j2").read_text("utf-8")
    rows = [(one, catalogue[one.name]) for one in sorted(report.verdicts, key=lambda one: _place(one, catalogue))]
    return _JINJA.from_string(template).render(report=report, counts=report.counts, rows=rows)


def _place(verdicts: FaultVerdict, catalogue: Mapping[str, Fault]) -> int:
    return list(catalogue).index(verdicts.name)


def summary(report: CoverageReport) -> str:
    """Return the counts in one line, and what was not as it must be."""
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.counts.items())
    lines = [f"{counts} ({len(report.batches)} batches, {report.seconds:.0f} s)"]
    lines += [f"stopped: {report.stopped}"] if report.stopped else []
    lines += [f"no fault covers {check}" for check in report.uncovered]
    lines += [f"{one.name}: {problems}" for one in report.verdicts for problems in one.problems]
    return "\n".join(lines)
