"""The fleet's state for node_exporter's textfile collector."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from trueup.drift.model import Run
from trueup.drift.state_dir import put
from trueup.drift.store.current import CurrentItem
from trueup.outcome import Outcome

# Prometheus, Exposition formats and Metric and label naming: base units, a unit as suffix, no "_total" on a gauge.
HELP = {
    "trueup_items": "Items by node, component and outcome.",
    "trueup_in_sync": "1 when every item of the node is in order.",
    "trueup_drift_last_run_timestamp_seconds": "When the last stored drift run began.",
    "trueup_drift_run_duration_seconds": "How long the last drift run took.",
    "trueup_gpu_temperature_celsius": "GPU temperature.",
    "trueup_gpu_ecc_uncorrected_errors": "Uncorrected ECC errors since boot.",
    "trueup_gpu_pcie_replays": "PCIe replays.",
    "trueup_allreduce_bus_bandwidth_bytes_per_second": "Bus bandwidth of the all-reduce.",
}
_MEASURES = {
    "temperature": ("trueup_gpu_temperature_celsius", 1.0),
    "ecc": ("trueup_gpu_ecc_uncorrected_errors", 1.0),
    "replays": ("trueup_gpu_pcie_replays", 1.0),
    "bandwidth": ("trueup_allreduce_bus_bandwidth_bytes_per_second", 1e9),
}

Sample = tuple[str, dict[str, str], float]


def write(path: Path, run: Run, items: Iterable[CurrentItem]) -> None:
    """The whole file or none of it, readable by node_exporter. Raises OSError."""
    put(path, text(run, tuple(items)), mode=0o644)


def text(run: Run, items: tuple[CurrentItem, ...]) -> str:
    """The exposition format, families together, each with its HELP and TYPE."""
    lines: list[str] = []
    samples = [*_of_items(items), *_of_run(run)]
    for name, told in HELP.items():
        here = [sample for sample in samples if sample[0] == name]
        if here:
            lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge", *map(_line, here)]
    return "\n".join(lines) + "\n"


def _of_items(items: tuple[CurrentItem, ...]) -> list[Sample]:
    counts = Counter((one.node, one.component, one.outcome) for one in items)
    wrong = {one.node for one in items if one.outcome in (Outcome.FAIL, Outcome.UNKNOWN)}
    found: list[Sample] = [
        (
            "trueup_items",
            {"node": node, "component": component, "outcome": outcome.value.replace(" ", "_")},
            float(number),
        )
        for (node, component, outcome), number in sorted(counts.items())
    ]
    return found + [
        ("trueup_in_sync", {"node": node}, float(node not in wrong)) for node in sorted({one.node for one in items})
    ]


def _of_run(run: Run) -> list[Sample]:
    found: list[Sample] = [
        ("trueup_drift_last_run_timestamp_seconds", {}, run.started),
        ("trueup_drift_run_duration_seconds", {"tier": run.tier.value}, run.seconds),
    ]
    named = [
        (node, seen.simulated, name, value) for node, seen in run.nodes.items() for name, value in seen.measures.items()
    ]
    stand_in = any(seen.simulated for seen in run.nodes.values())
    named += [("fleet", stand_in, name, value) for name, value in run.measures.items()]
    for node, simulated, name, value in named:
        kind, _, rest = name.partition("[")
        if kind in _MEASURES:
            metric, factor = _MEASURES[kind]
            labels = {"node": node, "simulated": str(simulated).lower()}
            found.append((metric, labels | ({"gpu": rest.removesuffix("]")} if rest else {}), value * factor))
    return found


def _line(sample: Sample) -> str:
    name, labels, value = sample
    shown = ",".join(f'{key}="{escape(each)}"' for key, each in labels.items())
    return f"{name}{{{shown}}} {value:.17g}" if shown else f"{name} {value:.17g}"


def escape(value: str) -> str:
    """A label's value: backslash, quote and line feed are escaped, nothing else."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
