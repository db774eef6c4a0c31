"""Raw TCP between two nodes, here over the loopback."""

from dataclasses import replace
from pathlib import Path

import pytest

from trueup.collective.bandwidth import (
    Baseline,
    BaselineError,
    NotMeasuredError,
    baseline_file,
    both_directions,
    evaluate_bandwidth,
    link_model,
    read_baseline,
    slow_paths,
    throughput,
    write_baseline,
)
from trueup.collective.job_spec import Member

SIZE = 64 << 20


@pytest.mark.parametrize(("mbit", "rate"), [(100, 0.01), (1_000, 0.1), (10_000, 0.9), (100_000, 4.0), (400_000, 4.0)])
def test_link_gives_what_the_table_says(mbit: int, rate: float) -> None:
    """At the rows themselves, below the first and above the last."""
    assert rate == pytest.approx(link_model(mbit))


def test_link_between_two_rows_lies_between_them() -> None:
    """40 Gbit/s is more than 25 and less than 100."""
    assert 1.7 < link_model(40_000) < 4.0


@pytest.mark.parametrize(
    ("rates", "link", "baseline", "outcome"),
    [
        ((0.11, 0.11, 0.11), 1_000, None, "pass"),
        ((0.011, 0.011, 0.011), 1_000, None, "fail"),
        ((0.11, 0.011, 0.11), 1_000, None, "pass"),
        ((0.079, 0.079, 0.2), 1_000, None, "fail"),
        ((0.094, 0.094, 0.2), 1_000, None, "warning"),
        ((0.5, 0.5, 0.5), None, 0.85, "fail"),
        ((0.8, 0.8, 0.8), None, 0.85, "warning"),
        ((0.09, 0.09, 0.09), 1_000, 0.09, "pass"),
        ((0.5, 0.5, 0.5), None, None, "unknown"),
    ],
)
def test_two_of_three_rounds_decide(
    rates: tuple[float, ...], link: int | None, baseline: float | None, outcome: str
) -> None:
    """One slow round is noise; the floor is the lower of link and baseline."""
    verdict = evaluate_bandwidth({SIZE: rates}, link, baseline)

    assert outcome == ("warning" if verdict.warning else verdict.outcome)
    assert not verdict.warning or verdict.outcome == "pass"


def test_small_sizes_are_not_judged() -> None:
    """They measure latency."""
    assert "unknown" == evaluate_bandwidth({1024: (0.1,)}, 1_000, None).outcome


def test_reason_has_the_figures() -> None:
    """Actual and expected rates, and their source."""
    why = evaluate_bandwidth({SIZE: (0.011, 0.012, 0.013)}, 1_000, None).reason

    assert (
        "3 of 3 rounds below 0.8 of it: 0.011, 0.012, 0.013 GB/s at 67108864 B; a link of 1000 Mbit/s gives 0.100"
        == why
    )


def test_baseline_is_kept(tmp_path: Path) -> None:
    """Whatever the order in which the nodes are named."""
    kept = Baseline(
        nodes=("b", "a"), backend="gloo", ranks_per_node=2, recorded="2026-01-01T00:00:00+00:00", busbw={SIZE: 0.85}
    )
    write_baseline(baseline_file(tmp_path, {"b": "10.0.0.2", "a": "10.0.0.1"}, "gloo", 2), kept)

    assert kept == read_baseline(baseline_file(tmp_path, {"a": "10.0.0.1", "b": "10.0.0.2"}, "gloo", 2))


def test_another_fleet_of_the_same_names_has_its_own_baseline(tmp_path: Path) -> None:
    """node1 and node2 are everybody's names."""
    first = baseline_file(tmp_path, {"node1": "10.0.0.1", "node2": "10.0.0.2"}, "gloo", 2)

    assert first != baseline_file(tmp_path, {"node1": "10.9.0.1", "node2": "10.9.0.2"}, "gloo", 2)


def test_baseline_of_many_nodes_has_a_name(tmp_path: Path) -> None:
    """A file name holds 255 bytes."""
    many = {f"gpu-node-{n}": f"10.0.{n // 250}.{n % 250}" for n in range(1000)}

    assert len(baseline_file(tmp_path, many, "nccl", 8).name) < 80


@pytest.mark.parametrize(
    ("raw_tcp", "expected", "slow"),
    [
        ({"a -> b": 0.117, "b -> a": 0.012}, 0.1, ["b -> a"]),
        ({"a -> b": 0.013, "b -> a": 0.012}, 0.1, ["b -> a", "a -> b"]),
        ({"a -> b": 0.117, "b -> a": 0.117}, 0.1, []),
        ({"a -> b": 2.5, "b -> a": 2.5}, 4.0, []),
        ({}, 0.1, []),
    ],
)
def test_slow_network_is_distinguished_from_a_slow_collective(
    raw_tcp: dict[str, float], expected: float, slow: list[str]
) -> None:
    """One connection does not fill a link of 100 Gbit/s, and is no sign that it is slow."""
    assert slow == slow_paths(raw_tcp, expected)


def test_no_baseline_is_none(tmp_path: Path) -> None:
    """The first run has nothing to be held to."""
    assert read_baseline(tmp_path / "none.json") is None


def test_broken_baseline_is_refused(tmp_path: Path) -> None:
    """With the way to renew it."""
    (tmp_path / "broken.json").write_text('{"nodes": []}')
    with pytest.raises(BaselineError, match="--rebaseline"):
        read_baseline(tmp_path / "broken.json")


PORT = 29640


def test_both_ways_are_measured(pair: tuple[Member, Member]) -> None:
    """A link may be slow in one of them only."""
    found, lost = both_directions(pair[0], pair[1], PORT)

    assert ({"node1 -> node2", "node2 -> node1"}, ()) == (set(found), lost)
    assert all(rate > 0 for rate in found.values())


def test_node_without_the_environment_is_not_measured(pair: tuple[Member, Member]) -> None:
    """And nothing is made up for it."""
    with pytest.raises(NotMeasuredError, match=r"node1 -> node2: .*"):
        throughput(replace(pair[0], python="/nowhere/python"), pair[1], PORT)
