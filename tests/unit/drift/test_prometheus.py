"""The textfile for node_exporter."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.unit.drift.factories import START, bad, good, run
from trueup.drift.model import NodeState
from trueup.drift.prometheus import METRICS, text, write
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.import_run import write as store_run

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    """Value by metric and labels; a sample that stands twice fails."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """A sample's place."""
    return name, frozenset(labels.items())


def test_values_and_labels(store: Store) -> None:
    """Each value stands once, under its labels, with the outcome's own spelling."""
    warm = NodeState(boot="b", machine="m", profile="d", simulated=True, measures={"temperature[0]": 41.0})
    made = run([bad("n1"), *good()[1:]], states={"n1": warm}).model_copy(update={"measures": {"bandwidth": 1.5}})
    store_run(store, made)
    found = samples(text(made, fleet_now(store, START)))

    assert 1 == found[key("trueup_items", node="n1", component="conda", outcome="fail")]
    assert 2 == found[key("trueup_items", node="n1", component="conda", outcome="pass")]
    assert (0, 1) == (found[key("trueup_in_sync", node="n1")], found[key("trueup_in_sync", node="n2")])
    assert 41 == found[key("trueup_gpu_temperature_celsius", node="n1", simulated="true", gpu="0")]
    assert 1.5e9 == found[key("trueup_allreduce_bus_bandwidth_bytes_per_second", node="fleet", simulated="true")]
    assert 1_800_000_000 == found[key("trueup_drift_last_run_timestamp_seconds")]


def test_prometheus_s_own_parser_reads_it(store: Store) -> None:
    """Every family with its help and type, every value as it was, and a hostile name as one label."""
    evil = 'a"b\\c\nd'
    measures = {"temperature[0]": 41.0, "ecc[0]": 2.0, "replays[0]": 3.0}
    warm = NodeState(boot="b", machine="m", profile="d", simulated=True, measures=measures)
    made = run([*good(), *good(evil)], nodes=("n1", "n2", evil), states={"n1": warm})
    made = made.model_copy(update={"measures": {"bandwidth": 1.5}})
    store_run(store, made)
    found = {one.name: one for one in text_string_to_metric_families(text(made, fleet_now(store, START)))}
    values = {
        (sample.name, sample.labels.get("node")): sample.value for one in found.values() for sample in one.samples
    }

    assert {name: (told, "gauge") for name, (told, _) in METRICS.items()} == {
        name: (one.documentation, one.type) for name, one in found.items()
    }
    assert (41.0, 2.0, 3.0) == tuple(
        values[name, "n1"]
        for name in ("trueup_gpu_temperature_celsius", "trueup_gpu_ecc_uncorrected_errors", "trueup_gpu_pcie_replays")
    )
    assert (1.5e9, 1.0) == (
        values["trueup_allreduce_bus_bandwidth_bytes_per_second", "fleet"],
        values["trueup_in_sync", evil],
    )


def test_names_pass_promtool() -> None:
    """promlint: lower case, base units at the end, no type in a name, no "_total" on a gauge, help without its name."""
    units = ("_seconds", "_celsius", "_bytes_per_second")
    scaled = re.compile(
        r"milli|micro|kilo|mega|giga|minutes|hours|fahrenheit|gauge|counter|_total$|_count$|_sum$|_bucket$"
    )

    assert [] == [name for name in METRICS if not re.fullmatch(r"trueup(_[a-z]+)+", name) or scaled.search(name)]
    assert [] == [name for name in METRICS if ("duration" in name or "timestamp" in name) and not name.endswith(units)]
    assert [] == [name for name, (told, _) in METRICS.items() if not told.endswith(".")]


def test_file_is_whole_and_readable(store: Store, tmp_path: Path) -> None:
    """node_exporter runs as another account, and reads at any moment."""
    made = run(good())
    store_run(store, made)
    path = tmp_path / "collector" / "trueup.prom"
    write(path, made, fleet_now(store, START))

    assert (0o644, ["trueup.prom"]) == (path.stat().st_mode & 0o777, [one.name for one in path.parent.iterdir()])
    assert path.read_text().endswith("\n")
