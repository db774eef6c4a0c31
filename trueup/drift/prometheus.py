"""Write the fleet's state for node_exporter's textfile collector."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from trueup.drift.model import WRONG, Run
from trueup.drift.store.current import CurrentItem
from trueup.files import write_atomic

# A measure of a run: the metric, and the factor to Prometheus' base unit.
MEASURES = {
    "temperature": ("trueup_gpu_temperature_celsius", 1.0),
    "ecc": ("trueup_gpu_ecc_uncorrected_errors", 1.0),
    "replays": ("trueup_gpu_pcie_replays", 1.0),
    "bandwidth": ("trueup_allreduce_bus_bandwidth_bytes_per_second", 1e9),
}
# Metric: its help and its labels.
METRICS = {
    "trueup_items": ("Items by node, component and outcome.", ("node", "component", "outcome")),
    "trueup_in_sync": ("1 when every item of the node is in order.", ("node",)),
    "trueup_drift_last_run_timestamp_seconds": ("When the last stored drift run began.", ()),
    "trueup_drift_run_duration_seconds": ("How long the last drift run took.", ("tier",)),
    "trueup_gpu_temperature_celsius": ("GPU temperature.", ("node", "simulated", "gpu")),
    "trueup_gpu_ecc_uncorrected_errors": ("Uncorrected ECC errors since boot.", ("node", "simulated", "gpu")),
    "trueup_gpu_pcie_replays": ("PCIe replays.", ("node", "simulated", "gpu")),
    "trueup_allreduce_bus_bandwidth_bytes_per_second": ("Bus bandwidth of the all-reduce.", ("node", "simulated")),
}


def write(path: Path, run: Run, items: Iterable[CurrentItem]) -> None:
    """Write the whole file or none of it, readable by node_exporter.

    prometheus_client's write_to_textfile leaves the permissions to the umask, and a timer's umask hides the file.

    Raises:
        OSError: The file cannot be written.
    """
    write_atomic(path, text(run, tuple(items)), mode=0o644)


def text(run: Run, items: tuple[CurrentItem, ...]) -> str:
    """Return the metrics in Prometheus' exposition format."""
    registry = CollectorRegistry()
    gauges = {name: Gauge(name, told, labels, registry=registry) for name, (told, labels) in METRICS.items()}
    counts = Counter((item.node, item.component, item.outcome.value) for item in items)
    for labels, number in sorted(counts.items()):
        gauges["trueup_items"].labels(*labels).set(number)
    drifted = {item.node for item in items if item.outcome in WRONG}
    for node in sorted({item.node for item in items}):
        gauges["trueup_in_sync"].labels(node).set(node not in drifted)
    gauges["trueup_drift_last_run_timestamp_seconds"].set(run.started)
    gauges["trueup_drift_run_duration_seconds"].labels(run.tier.value).set(run.seconds)
    simulated = any(state.simulated for state in run.nodes.values())
    for node, state in run.nodes.items():
        _set_measures(gauges, node, state.simulated, state.measures)
    _set_measures(gauges, "fleet", simulated, run.measures)
    return generate_latest(registry).decode()


def _set_measures(gauges: dict[str, Gauge], node: str, simulated: bool, measures: dict[str, float]) -> None:
    for measure, value in measures.items():
        kind, _, gpu = measure.partition("[")
        if kind in MEASURES:
            metric, factor = MEASURES[kind]
            labels = [node, str(simulated).lower(), gpu.removesuffix("]")]
            gauges[metric].labels(*labels[: len(METRICS[metric][1])]).set(value * factor)
