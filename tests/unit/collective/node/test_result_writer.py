"""The record of one process."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from trueup.collective.node.result_writer import EXIT_INTERRUPTED, MARK, ResultWriter
from trueup.collective.results import read


def written(pipe: int) -> dict[str, object]:
    """The record that came through the pipe."""
    line = os.read(pipe, 1 << 16).decode().strip()
    found: dict[str, object] = json.loads(line.removeprefix(MARK))
    return found


def test_error_is_written_with_its_step_and_goes_on(tmp_path: Path) -> None:
    """A rank that fails leaves a record as one that does not."""
    lock = tmp_path / "lock"
    lock.touch()
    source, sink = os.pipe()
    with pytest.raises(ValueError, match="bad"), ResultWriter("rank", str(lock), sink, node="node1") as record:  # noqa: PT012 (the block is what is tested)
        record.step("rendezvous")
        raise ValueError("bad")

    assert "in step rendezvous: ValueError: bad" == written(source)["error"]


def test_record_is_written_once(tmp_path: Path) -> None:
    """The deadline may strike while the record is being written."""
    lock = tmp_path / "lock"
    lock.touch()
    source, sink = os.pipe()
    record = ResultWriter("rank", str(lock), sink)
    record.write(None)
    record.write("too late")

    assert written(source)["error"] is None


def test_long_records_of_several_writers_stay_whole(tmp_path: Path) -> None:
    """A pipe tears what is longer than PIPE_BUF, unless the writers take turns."""
    lock = tmp_path / "lock"
    lock.touch()
    source, sink = os.pipe()
    writers = [
        threading.Thread(target=ResultWriter("rank", str(lock), sink, text=str(n) * 100_000).write, args=[None])
        for n in range(4)
    ]
    for writer in writers:
        writer.start()
    text = b""
    while text.count(b"\n") < 8:
        text += os.read(source, 1 << 16)
    lines = [line for line in text.decode().splitlines() if line]

    assert {str(n) * 100_000 for n in range(4)} == {json.loads(x.removeprefix(MARK))["text"] for x in lines}


@pytest.mark.parametrize(
    ("stuck", "deadline", "words"),
    [
        ("signal.pause()", 0.3, "in step stuck: the deadline passed, 0.3 s after this process began"),
        ("signal.pause()", -2.0, "in step stuck: the deadline passed, 0.0 s after this process began"),
        ("os.kill(os.getpid(), signal.SIGTERM); signal.pause()", 20, "in step stuck: was told to end"),
    ],
)
def test_record_of_a_stuck_process_names_its_step(tmp_path: Path, stuck: str, deadline: float, words: str) -> None:
    """The main thread need not come back for it."""
    (tmp_path / "lock").touch()
    source = (
        "import os, signal, sys\n"
        "from trueup.collective.node.result_writer import ResultWriter, guard\n"
        "record = ResultWriter('agent', sys.argv[1], 1, node='node1', status=None, ended=[])\n"
        "record.step('stuck')\n"
        f"guard(record, {deadline})\n"
        f"{stuck}\n"
    )
    command = [sys.executable, "-c", source, str(tmp_path / "lock")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)

    assert EXIT_INTERRUPTED == done.returncode
    assert words in str(read(done.stdout).agents[0].error)


RANK = """
import os, sys
from trueup.collective.node.result_writer import as_rank

def run(settings, record):
    print("noise of a library")
    record.step("working")
    if settings["fails"]:
        raise ValueError("no such device")

as_rank("rank", run, checks=[], timings=[])
"""


@pytest.mark.parametrize(
    ("fails", "status", "error"), [(False, 0, None), (True, 1, "in step working: ValueError: no such device")]
)
def test_rank_writes_one_record_apart_from_what_its_libraries_print(
    tmp_path: Path, fails: bool, status: int, error: str | None
) -> None:
    """Its standard output holds the record alone; the launcher's variables say which rank it is."""
    (tmp_path / "lock").touch()
    settings = {"node": "node1", "backend": "gloo", "bundle": str(tmp_path / "lock"), "fails": fails}
    until = time.monotonic() + 20
    done = subprocess.run(
        [sys.executable, "-c", RANK, json.dumps({**settings, "until": until})],
        env={**os.environ, "RANK": "1", "WORLD_SIZE": "2"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    [rank] = read(done.stdout).ranks
    assert (status, error) == (done.returncode, rank.error)
    assert (1, 2, "node1", "gloo") == (rank.rank, rank.world, rank.node, rank.backend)
    assert done.stdout.count("noise") == 0
    assert "noise of a library" in done.stderr
