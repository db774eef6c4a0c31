"""trueup.gpu.checks.under_load: the pace and the links of GPUs at work, each threshold on both of its sides."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.gpu.checks import under_load
from trueup.gpu.findings import ProbeVerdict

Json = dict[str, Any]


def job_report(*gpus: Json, seconds: float = 30.0) -> Json:
    """What the watch beside a job tells."""
    return {"state": "looked", "value": {"seconds": seconds, "gpus": list(gpus)}}


def gpu(samples: int = 100, slow: int = 0, events: int = 0, bits: int = 0x40, **changes: Json | str) -> Json:
    """One GPU that worked."""
    pace = {"v": {"samples": samples, "slow": slow, "events": events, "bits": bits}}
    return {"index": 0, "uuid": {"v": "GPU-1"}, "pace": pace, "replays": {"v": [5, 5]}, **changes}


def kinds(verdict: ProbeVerdict) -> list[str]:
    """Of its findings."""
    return [finding.kind for finding in verdict.findings]


@pytest.mark.parametrize(
    ("slow", "events", "seconds", "kind"),
    [
        (0, 0, 30.0, []),
        # One event in less than 100 s would be more than 0.6 a minute, and tells no rate.
        (1, 1, 30.0, ["note"]),
        (2, 2, 30.0, ["fault"]),
        # 0.6 a minute are six in ten minutes.
        (5, 5, 600.0, ["note"]),
        (6, 6, 600.0, ["fault"]),
        # One that does not end.
        (49, 1, 600.0, ["note"]),
        (50, 1, 600.0, ["fault"]),
    ],
)
def test_slowdowns_are_counted_by_the_minute(slow: int, events: int, seconds: float, kind: list[str]) -> None:
    """Fewer than 0.6, and never for half of the time."""
    verdict = under_load.judge(
        {"node1": job_report(gpu(slow=slow, events=events), seconds=seconds)}, under_load.slowdown
    )

    assert kind == kinds(verdict)


def test_growing_replays_are_noted() -> None:
    """With the count of the job, and the one since boot."""
    verdict = under_load.judge({"node1": job_report(gpu(replays={"v": [5, 9]}))}, under_load.replays)

    assert ["note"] == kinds(verdict)
    assert "found 4 in 30 s (of 9 since boot); to do: drain" in str(verdict.findings[0])


def test_a_message_says_where_and_what_to_do() -> None:
    """Node, GPU, expected, actual, remedy."""
    text = str(under_load.judge({"node2": job_report(gpu(slow=90, events=9))}, under_load.slowdown))

    assert text.startswith("node2: GPU 0 (GPU-1): expected fewer than 0.6 slowdowns a minute while the job ran, found ")
    assert "hardware thermal slowdown: 9 times in 30 s, in 90 of 100 looks; to do: see the fans" in text


@pytest.mark.parametrize("check", [under_load.slowdown, under_load.replays])
@pytest.mark.parametrize(
    "words",
    [
        None,
        {"state": "hung", "after_s": 3.0},
        {"state": "cannot", "why": "NVMLError_DriverNotLoaded"},
        {"state": "looked"},
        job_report(),
        job_report({"index": 0, "lost": "NVMLError_GpuIsLost"}),
        job_report(gpu(pace={"error": "NVMLError_GpuIsLost"}, replays={"error": "NVMLError_GpuIsLost"})),
        job_report({"index": 0}),
        {"anything": "else"},
    ],
)
def test_what_was_not_observed_is_a_blind_spot(check: under_load.Judge, words: Json | None) -> None:
    """One node that tells nothing, beside one that does."""
    assert ["blind"] == kinds(under_load.judge({"node1": words, "node2": job_report(gpu())}, check))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_anything_ends_in_a_verdict(words: Any) -> None:
    """A node may tell what it likes."""
    found = under_load.judge({"node1": words if isinstance(words, dict) else None}, under_load.slowdown)

    assert ["blind"] == kinds(found)
