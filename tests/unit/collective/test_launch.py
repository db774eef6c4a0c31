"""The launcher and the agent, with a stand-in for torchrun: nothing hangs, nothing is left, nobody is missed."""

import socket
import time
from dataclasses import replace

import pytest

from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import NoPortError, Port, PortCheckFailed, choose_port, end_command, launch
from trueup.collective.node.reap import VARIABLE

JOB = JobSpec("gloo", 2, (29600, 29619), 20, sizes=(12,), dtypes=("float32",))
PORT = Port(29600, ())


def test_two_nodes_hold(pair: tuple[Member, Member]) -> None:
    """Four ranks, two a node, in the order of the nodes."""
    said: list[str] = []
    verdict = launch(pair, JOB, PORT, said.append)

    assert ("pass", ()) == (verdict.outcome, verdict.reasons)
    assert [("node1", 0), ("node1", 1), ("node2", 2), ("node2", 3)] == [(r.node, r.rank) for r in verdict.records]
    assert "2 nodes: gloo, rendezvous at 127.0.0.1:29600" == said[0]


def test_output_is_passed_on_with_its_node(pair: tuple[Member, Member]) -> None:
    """What libraries print, and no record among it."""
    heard: dict[str, bytes] = {}
    launch(pair, JOB, PORT, on_output=lambda name, data: heard.update({name: data}))

    assert {"node1", "node2"} == set(heard)
    assert all(b"NCCL version" in data and b"@trueup" not in data for data in heard.values())


@pytest.mark.parametrize("modes", [("well", "missing")])
def test_missing_rank_is_a_failure(pair: tuple[Member, Member], modes: tuple[str, str]) -> None:
    """Though torchrun says that all went well."""
    verdict = launch(pair, JOB, PORT)

    assert ("fail", ("node2: rank 3 of 4 left no record",)) == (verdict.outcome, verdict.reasons)


@pytest.mark.parametrize("modes", [("hang", "fail")])
def test_hanging_peer_is_ended_soon_after_a_failure(pair: tuple[Member, Member], modes: tuple[str, str]) -> None:
    """A rank that failed will not come back: nobody waits for the deadline."""
    since = time.monotonic()
    verdict = launch(pair, replace(JOB, deadline_s=60), PORT)

    assert "fail" == verdict.outcome
    assert time.monotonic() - since < 30
    assert "node1: in step ranks: InterruptedJob: was told to end by signal 15" in verdict.reasons


@pytest.mark.parametrize("modes", [("hang", "hang")])
def test_deadline_ends_the_job_on_every_node(pair: tuple[Member, Member], modes: tuple[str, str]) -> None:
    """Within the deadline and the grace, with no process left."""
    since = time.monotonic()
    verdict = launch(pair, replace(JOB, deadline_s=5), PORT)

    assert time.monotonic() - since < 5 + 30
    assert "node2: in step ranks: InterruptedJob: the deadline of 5 s passed" in verdict.reasons


@pytest.mark.parametrize("modes", [("hang", "hang")])
def test_two_jobs_on_one_node_are_refused(pair: tuple[Member, Member], modes: tuple[str, str]) -> None:
    """They would measure each other."""
    twice = (pair[0], replace(pair[1], python=pair[0].python))
    verdict = launch(twice, JOB, PORT)

    assert "unknown" == verdict.outcome
    assert "BusyError: another collective job holds the node" in verdict.reasons[0]


def test_free_port_is_chosen_in_the_declared_range(pair: tuple[Member, Member]) -> None:
    """And who holds those before it."""
    with socket.create_server(("127.0.0.1", 29600)):
        port = choose_port(pair[0], JOB)

    assert 29601 <= port.number <= 29619
    assert 29600 == port.held[0][0]


def test_range_without_a_free_port_is_refused(pair: tuple[Member, Member]) -> None:
    """Naming who holds it."""
    with (
        socket.create_server(("127.0.0.1", 29600)),
        pytest.raises(NoPortError, match=r"expected a free port from 29600 to 29600.*29600 is held by process"),
    ):
        choose_port(pair[0], replace(JOB, ports=(29600, 29600)))


def test_node_without_the_environment_could_not_be_queried(pair: tuple[Member, Member]) -> None:
    """With the way to make it."""
    bare = replace(pair[0], python="/nowhere/bin/python")
    with pytest.raises(PortCheckFailed, match=r"node1: /nowhere/bin/python .*: exit status 127: .*converge it"):
        choose_port(bare, JOB)


def test_end_command_matches_the_token_of_the_job_only() -> None:
    """The number of the node follows the token, and nothing else."""
    assert f"'{VARIABLE}=ab12-[0-9]*'" in end_command("ab12", "TERM")
