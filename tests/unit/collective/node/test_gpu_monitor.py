"""trueup.collective.node.gpu_monitor: whatever the watch does, the job's end is not held up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trueup.collective.job_payload import bundle as packed
from trueup.collective.node.gpu_monitor import end, start
from trueup.collective.node.reap import VARIABLE


def child(source: str) -> subprocess.Popen[bytes]:
    """A watch that does this instead."""
    return subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_its_answer_is_taken_once_the_job_is_over() -> None:
    """It is told by the end of its standard input."""
    assert {"state": "looked"} == end(child('import sys; sys.stdin.read(); print(\'{"state": "looked"}\')'), 20)


def test_a_driver_that_hangs_is_not_waited_for() -> None:
    """Killed, and said so."""
    assert {"state": "hung", "after_s": 0.2} == end(child("import time; time.sleep(600)"), 0.2)


def test_no_answer_is_said() -> None:
    """A watch that was killed tells nothing."""
    assert {"state": "cannot", "why": "the monitor ended with status 3 and no answer"} == end(
        child("raise SystemExit(3)")
    )


def test_the_bundle_can_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On this machine, which has no driver: one document that says so; the job's token is not carried."""
    bundle = tmp_path / "bundle"
    bundle.write_bytes(packed())
    monkeypatch.setenv(VARIABLE, "a-token")
    watch = start(str(bundle))
    environment = Path(f"/proc/{watch.pid}/environ").read_bytes()
    found = end(watch, 30)

    assert "cannot" == found["state"], json.dumps(found)
    assert VARIABLE.encode() not in environment
