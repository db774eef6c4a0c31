"""The job on a healthy pair: exact, whole, and gone without a trace."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trueup.collective.job_spec import DTYPES, Member
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.run import examine

SIZES = (4, 12, 1 << 10, 1_000_012, 16 << 20)
ENV = "/opt/anaconda3/envs/dis"


def test_job_is_exact_for_all_sizes_and_dtypes(lab: Any, members: Sequence[Member]) -> None:
    """Four ranks, every element; left out is only what gloo's documentation leaves out."""
    verdict = examine(members, replace(lab.job, sizes=SIZES, deadline_s=300))
    found: dict[tuple[str, str], set[str]] = {}
    for check in (check for record in verdict.records for check in record.checks):
        found.setdefault((check.operation, check.dtype), set()).add(check.outcome)
    without = {(operation, "bfloat16") for operation in OPERATIONS}
    without |= {("reduce_scatter", dtype) for dtype in DTYPES}

    assert ("pass", ()) == (verdict.outcome, verdict.reasons)
    assert without == {key for key, outcomes in found.items() if outcomes == {"not_applicable"}}
    assert {("exact",)} == {tuple(outcomes) for key, outcomes in found.items() if key not in without}
    assert [(0, "node1"), (1, "node1"), (2, "node2"), (3, "node2")] == [(r.rank, r.node) for r in verdict.records]


def test_job_leaves_nothing_on_a_node(lab: Any, members: Sequence[Member]) -> None:
    """No process, no file: looking never touches."""
    listing = "find /tmp /var/tmp /dev/shm /root /run/lock /opt/anaconda3/envs/dis -printf '%p %s\\n' | sort"
    before = {name: node.execute(listing) for name, node in lab.nodes.items()}
    verdict = examine(members, lab.job)

    assert "pass" == verdict.outcome, verdict.reasons
    assert before == {name: node.execute(listing) for name, node in lab.nodes.items()}
    assert {"node1": 0, "node2": 0} == lab.processes()


def test_held_port_is_passed_over_and_named(lab: Any, members: Sequence[Member]) -> None:
    """A stale process of an earlier run must not stop the next one, nor go unseen."""
    python = members[0].python
    code = "import socket, time; s = socket.create_server(('', 29500)); time.sleep(300)"
    lab.nodes["node1"].execute(f'nohup {python} -c "{code}" >/dev/null 2>&1 & echo $! >/run/stale.pid; sleep 1')
    verdict = examine(members, lab.job)
    lab.nodes["node1"].execute("kill $(cat /run/stale.pid); rm /run/stale.pid")

    assert "pass" == verdict.outcome, verdict.reasons
    assert "node1: port 29500 is held by process" in verdict.notes[0]


def test_second_job_does_not_disturb_the_first(lab: Any, members: Sequence[Member]) -> None:
    """One job a node: two would halve each other's bandwidth, and blame the network."""
    holder = f"{members[1].python} -c \"import fcntl, os, time; fcntl.flock(os.open('{ENV}', 0), 2); time.sleep(300)\""
    lab.nodes["node2"].execute(f"nohup {holder} >/dev/null 2>&1 & echo $! >/run/holder.pid; sleep 1")
    verdict = examine(members, lab.job)
    lab.nodes["node2"].execute("kill $(cat /run/holder.pid); rm /run/holder.pid")

    assert "unknown" == verdict.outcome
    assert "node2: in step lock: BusyError: another collective job holds the node (process" in verdict.reasons[0]
