"""A verdict for people, and as one JSON document."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trueup.collective.bandwidth import SpeedVerdict
from trueup.collective.nccl_log import parse
from trueup.collective.verdict import JobVerdict

EXIT = {"pass": 0, "fail": 1, "unknown": 2}
_COLOUR = {"pass": "green", "fail": "red", "unknown": "yellow"}
_BAR = 40


def as_json(verdict: JobVerdict, speed: SpeedVerdict | None, wire: dict[str, float]) -> dict[str, Any]:
    """The document of --json; wire: GB/s of raw TCP by "node1 -> node2"."""
    return {
        "outcome": verdict.outcome,
        "reasons": list(verdict.reasons),
        "notes": list(verdict.notes),
        "seconds": round(verdict.seconds, 3),
        "busbw": verdict.busbw(),
        "busbw_ring": verdict.busbw(algorithm="ring"),
        "speed": None if speed is None else vars(speed),
        "raw_tcp": wire,
        "nccl": {name: _nccl(log) for name, log in verdict.logs},
        "records": [record.model_dump(mode="json") for record in verdict.records],
    }


def _nccl(log: str) -> dict[str, Any] | None:
    """What NCCL said that it used; None where it said nothing."""
    heard = parse(log)
    if heard.bootstrap is None:
        return None
    ways = {f"{a} -> {b}": way for (a, b), way in sorted(heard.transports.items())}
    used = {"version": heard.version, "network": heard.network, "interfaces": sorted({heard.bootstrap, *heard.sockets})}
    return {**used, "transports": ways, "warnings": list(heard.warnings)}


def _summary(verdict: JobVerdict) -> str:
    checks = [check for record in verdict.records for check in record.checks]
    counts = {outcome: sum(check.outcome == outcome for check in checks) for outcome in ("exact", "wrong")}
    left = sorted({str(check.why) for check in checks if check.outcome == "not_applicable"})
    told = f"{len(verdict.records)} ranks, {counts['exact']} results exact, {counts['wrong']} wrong"
    said = [(name, _nccl(log)) for name, log in verdict.logs]
    used = [
        f"{name}: NCCL {nccl['version']} over {nccl['network']}, {', '.join(nccl['interfaces'])}"
        for name, nccl in said
        if nccl
    ]
    return "\n".join([told, *(f"not applicable: {why}" for why in left), *used])


def _plot(rates: dict[int, tuple[float, ...]], title: str) -> Table:
    table = Table("size", "bus bandwidth, GB/s", "", title=title, title_justify="left")
    means = {size: sum(each) / len(each) for size, each in rates.items()}
    most = max(means.values(), default=0.0)
    for size, mean in means.items():
        table.add_row(f"{size:,} B", f"{mean:.3f}", "█" * round(_BAR * mean / most) if most else "")
    return table


def show(console: Console, verdict: JobVerdict, speed: SpeedVerdict | None, wire: dict[str, float]) -> None:
    """Print it: what was looked at, bandwidth over size, and what is wrong."""
    colour = _COLOUR[verdict.outcome]
    console.print(f"[{colour}]{verdict.outcome.replace('-', ' ')}[/] in {verdict.seconds:.1f} s", highlight=False)
    if verdict.records:
        console.print(escape(_summary(verdict)), highlight=False)
    for algorithm, title in (("own", "all-reduce, the slowest rank"), ("ring", "the same, in NCCL's ring")):
        if rates := verdict.busbw(algorithm=algorithm):
            console.print(_plot(rates, title))
    for pair, rate in wire.items():
        console.print(f"raw TCP {pair}: {rate:.3f} GB/s", highlight=False)
    if speed is not None:
        console.print(escape(f"speed {speed.outcome}: {speed.why}"), highlight=False)
    for text in (*verdict.reasons, *(f"note: {note}" for note in verdict.notes)):
        console.print(f"  {escape(text)}", highlight=False, soft_wrap=True)
