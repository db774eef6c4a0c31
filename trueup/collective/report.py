"""Show a verdict on a console, or as one JSON document."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trueup.collective.bandwidth import BandwidthVerdict
from trueup.collective.job_problem import as_documents
from trueup.collective.nccl_log import parse
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

_COLOUR = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.UNKNOWN: "yellow"}
_BAR = 40


def as_json(verdict: JobVerdict, bandwidth: BandwidthVerdict | None, raw_tcp: dict[str, float]) -> dict[str, Any]:
    """Return the document of --json; raw_tcp: GB/s by "node1 -> node2"."""
    return {
        "outcome": verdict.outcome,
        "problems": as_documents(verdict.problems),
        "notes": list(verdict.notes),
        "seconds": round(verdict.seconds, 3),
        "busbw": verdict.busbw(),
        "busbw_ring": verdict.busbw(algorithm="ring"),
        "bandwidth": None if bandwidth is None else vars(bandwidth),
        "raw_tcp": raw_tcp,
        "nccl": {name: _nccl(log) for name, log in verdict.logs},
        "records": [record.model_dump(mode="json") for record in verdict.records],
    }


def _nccl(log: str) -> dict[str, Any] | None:
    """Return what NCCL logged that it used; None where it logged nothing."""
    facts = parse(log)
    if facts.bootstrap is None:
        return None
    ways = {f"{a} -> {b}": way for (a, b), way in sorted(facts.transports.items())}
    used = {"version": facts.version, "network": facts.network, "interfaces": sorted({facts.bootstrap, *facts.sockets})}
    return {**used, "transports": ways, "warnings": list(facts.warnings)}


def _summary(verdict: JobVerdict) -> str:
    checks = [check for record in verdict.records for check in record.checks]
    counts = {outcome: sum(check.outcome == outcome for check in checks) for outcome in ("exact", "wrong")}
    left = sorted({str(check.why) for check in checks if check.outcome == "not_applicable"})
    ranks = f"{len(verdict.records)} ranks, {counts['exact']} results exact, {counts['wrong']} wrong"
    nccl_of = [(name, _nccl(log)) for name, log in verdict.logs]
    used = [
        f"{name}: NCCL {nccl['version']} over {nccl['network']}, {', '.join(nccl['interfaces'])}"
        for name, nccl in nccl_of
        if nccl
    ]
    return "\n".join([ranks, *(f"not applicable: {why}" for why in left), *used])


def _plot(rates: dict[int, tuple[float, ...]], title: str) -> Table:
    table = Table("size", "bus bandwidth, GB/s", "", title=title, title_justify="left")
    means = {size: sum(by_round) / len(by_round) for size, by_round in rates.items()}
    most = max(means.values(), default=0.0)
    for size, mean in means.items():
        table.add_row(f"{size:,} B", f"{mean:.3f}", "█" * round(_BAR * mean / most) if most else "")
    return table


def show(console: Console, verdict: JobVerdict, bandwidth: BandwidthVerdict | None, raw_tcp: dict[str, float]) -> None:
    """Print the verdict: counts, bandwidth over size, and the problems."""
    colour = _COLOUR[verdict.outcome]
    console.print(f"[{colour}]{verdict.outcome.label}[/] in {verdict.seconds:.1f} s", highlight=False)
    if verdict.records:
        console.print(escape(_summary(verdict)), highlight=False)
    for algorithm, title in (("own", "all-reduce, the slowest rank"), ("ring", "the same, in NCCL's ring")):
        if rates := verdict.busbw(algorithm=algorithm):
            console.print(_plot(rates, title))
    for pair, rate in raw_tcp.items():
        console.print(f"raw TCP {pair}: {rate:.3f} GB/s", highlight=False)
    if bandwidth is not None:
        label = "warning" if bandwidth.warning else bandwidth.outcome.label
        console.print(escape(f"bandwidth: {label}: {bandwidth.reason}"), highlight=False)
    for text in (*verdict.reasons, *(f"note: {note}" for note in verdict.notes)):
        console.print(f"  {escape(text)}", highlight=False, soft_wrap=True)
