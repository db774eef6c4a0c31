"""The textfile for node_exporter."""

import re
from pathlib import Path

from tests.unit.drift.made import START, bad, good, run
from trueup.drift.prometheus import escape, text, write
from trueup.drift.record import Seen
from trueup.drift.store import Store
from trueup.drift.store.reading import fleet_now
from trueup.drift.store.writing import write as store_run

# Prometheus, Exposition formats, text-based: a metric line.
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? [0-9.e+-]+')


def test_form_and_values(store: Store) -> None:
    """Every line is a metric or its help; families stand together, no sample twice."""
    warm = Seen(boot="b", machine="m", profile="d", simulated=True, measures={"temperature[0]": 41.0})
    made = run([bad("n1"), *good()[1:]], seen={"n1": warm}).model_copy(update={"measures": {"bandwidth": 1.5}})
    store_run(store, made)
    lines = text(made, fleet_now(store, START)).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]

    assert [] == [line for line in samples if not LINE.fullmatch(line)]
    assert sorted(set(families)) == sorted(families)
    assert len(samples) == len({line.rpartition(" ")[0] for line in samples})
    assert 'trueup_items{node="n1",room="conda",outcome="does_not_hold"} 1' in samples
    assert 'trueup_in_sync{node="n1"} 0' in samples
    assert 'trueup_in_sync{node="n2"} 1' in samples
    assert 'trueup_gpu_temperature_celsius{node="n1",simulated="true",gpu="0"} 41' in samples
    assert 'trueup_allreduce_bus_bandwidth_bytes_per_second{node="fleet",simulated="true"} 1500000000' in samples
    assert "trueup_drift_last_run_timestamp_seconds 1800000000" in samples


def test_label_values_are_escaped() -> None:
    """A room or node cannot end its label."""
    assert r"a\\b\"c\nd" == escape('a\\b"c\nd')


def test_file_is_whole_and_readable(store: Store, tmp_path: Path) -> None:
    """node_exporter runs as another account, and reads at any moment."""
    made = run(good())
    store_run(store, made)
    path = tmp_path / "collector" / "trueup.prom"
    write(path, made, fleet_now(store, START))

    assert (0o644, ["trueup.prom"]) == (path.stat().st_mode & 0o777, [one.name for one in path.parent.iterdir()])
    assert path.read_text().endswith("\n")
