"""A listener and its caller, alone, with others at the same port, and where nobody comes."""

import shlex
import socket
import subprocess
import sys

import pytest

from tests.ports import free_port
from trueup.accept import tcp_probe

HOST = "127.0.0.1"


@pytest.fixture
def port() -> int:
    """One that nobody listens at."""
    return free_port()


def start(command: str) -> "subprocess.Popen[str]":
    """What a node's shell would start."""
    return subprocess.Popen(shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ends(*running: "subprocess.Popen[str]") -> list[tuple[int, str, str]]:
    """Status and words of each, when it has ended."""
    return [(process.wait(30), *process.communicate()) for process in running]


def test_one_listens_and_one_calls(port: int) -> None:
    """The listener says that one has come; the caller has nothing to say."""
    listens, calls = (
        start(tcp_probe.listener(sys.executable, HOST, port)),
        start(tcp_probe.caller(sys.executable, HOST, port)),
    )

    assert [(0, "here\n", ""), (0, "", "")] == ends(listens, calls)


def test_concurrent_runs_do_not_fail_each_other(port: int) -> None:
    """Acceptances and drift that look at once share a port; none of them is red for it.

    A caller that connects while the listener before it is leaving was lost once: two acceptances at once, one red.
    """
    for _ in range(4):
        both = [
            start(part(sys.executable, HOST, port)) for _ in range(4) for part in (tcp_probe.listener, tcp_probe.caller)
        ]

        assert [(0, "here\n", ""), (0, "", "")] * 4 == ends(*both)


def test_caller_without_a_listener_fails(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller gives up and says why."""
    monkeypatch.setattr(tcp_probe, "WAIT_S", 1)

    assert [(1, "", "ConnectionRefusedError: [Errno 111] Connection refused\n")] == ends(
        start(tcp_probe.caller(sys.executable, HOST, port))
    )


def test_caller_of_another_program_fails(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something else that has the port, and closes, is no listener of ours."""
    monkeypatch.setattr(tcp_probe, "WAIT_S", 1)
    with socket.create_server((HOST, port)) as other:
        calls = start(tcp_probe.caller(sys.executable, HOST, port))
        other.settimeout(0.1)
        while calls.poll() is None:
            try:
                peer, _ = other.accept()
            except TimeoutError:
                continue
            peer.recv(64)
            peer.close()

        assert [(1, "", "the connection was closed without an answer\n")] == ends(calls)


def test_listener_without_a_caller_fails(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener gives up, and prints nothing that could pass for a caller."""
    monkeypatch.setattr(tcp_probe, "WAIT_S", 1)
    ((status, out, why),) = ends(start(tcp_probe.listener(sys.executable, HOST, port)))

    assert (1, "", "TimeoutError") == (status, out, why.splitlines()[-1].split(":")[0])


def test_port_is_taken(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leftover job at the rendezvous port is named as what it is."""
    monkeypatch.setattr(tcp_probe, "WAIT_S", 1)
    with socket.create_server((HOST, port)):
        ((status, out, why),) = ends(start(tcp_probe.listener(sys.executable, HOST, port)))

    assert (1, "", "OSError: [Errno 98] Address already in use") == (status, out, why.splitlines()[-1])
