"""The textfile for node_exporter."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.unit.drift.factories import START, bad, good, run
from trueup.drift.model import NodeState
from trueup.drift.prometheus import HELP, escape, text, write
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.import_run import write as store_run

# Prometheus, Exposition formats, text-based: a metric line.
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? [0-9.e+-]+')


def test_form_and_values(store: Store) -> None:
    """Every line is a metric or its help; families stand together, no sample twice."""
    warm = NodeState(boot="b", machine="m", profile="d", simulated=True, measures={"temperature[0]": 41.0})
    made = run([bad("n1"), *good()[1:]], seen={"n1": warm}).model_copy(update={"measures": {"bandwidth": 1.5}})
    store_run(store, made)
    lines = text(made, fleet_now(store, START)).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]

    assert [] == [line for line in samples if not LINE.fullmatch(line)]
    assert sorted(set(families)) == sorted(families)
    assert len(samples) == len({line.rpartition(" ")[0] for line in samples})
    assert 'trueup_items{node="n1",component="conda",outcome="fail"} 1' in samples
    assert 'trueup_in_sync{node="n1"} 0' in samples
    assert 'trueup_in_sync{node="n2"} 1' in samples
    assert 'trueup_gpu_temperature_celsius{node="n1",simulated="true",gpu="0"} 41' in samples
    assert 'trueup_allreduce_bus_bandwidth_bytes_per_second{node="fleet",simulated="true"} 1500000000' in samples
    assert "trueup_drift_last_run_timestamp_seconds 1800000000" in samples


def test_prometheus_s_own_parser_reads_it(store: Store) -> None:
    """Every family with its help and type, every value as it was, and a hostile name as one label."""
    evil = 'a"b\\c\nd'
    measures = {"temperature[0]": 41.0, "ecc[0]": 2.0, "replays[0]": 3.0}
    warm = NodeState(boot="b", machine="m", profile="d", simulated=True, measures=measures)
    made = run([*good(), *good(evil)], nodes=("n1", "n2", evil), seen={"n1": warm})
    made = made.model_copy(update={"measures": {"bandwidth": 1.5}})
    store_run(store, made)
    found = {one.name: one for one in text_string_to_metric_families(text(made, fleet_now(store, START)))}
    values = {
        (sample.name, sample.labels.get("node")): sample.value for one in found.values() for sample in one.samples
    }

    assert {name: (told, "gauge") for name, told in HELP.items()} == {
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


def test_names_are_as_promtool_wants_them() -> None:
    """promlint: lower case, base units at the end, no type in a name, no "_total" on a gauge, help without its name."""
    units = ("_seconds", "_celsius", "_bytes_per_second")
    scaled = re.compile(
        r"milli|micro|kilo|mega|giga|minutes|hours|fahrenheit|gauge|counter|_total$|_count$|_sum$|_bucket$"
    )

    assert [] == [name for name in HELP if not re.fullmatch(r"trueup(_[a-z]+)+", name) or scaled.search(name)]
    assert [] == [name for name in HELP if ("duration" in name or "timestamp" in name) and not name.endswith(units)]
    assert [] == [name for name, told in HELP.items() if not told.endswith(".")]


def test_label_values_are_escaped() -> None:
    """A component or node cannot end its label."""
    assert r"a\\b\"c\nd" == escape('a\\b"c\nd')


def test_file_is_whole_and_readable(store: Store, tmp_path: Path) -> None:
    """node_exporter runs as another account, and reads at any moment."""
    made = run(good())
    store_run(store, made)
    path = tmp_path / "collector" / "trueup.prom"
    write(path, made, fleet_now(store, START))

    assert (0o644, ["trueup.prom"]) == (path.stat().st_mode & 0o777, [one.name for one in path.parent.iterdir()])
    assert path.read_text().endswith("\n")
