"""The port of the rendezvous."""

import os
import socket

from trueup.collective.node.free_port import first_free, holder, is_free


def test_held_port_is_passed_over_and_its_holder_named() -> None:
    """A stale process of an earlier run is the usual one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert not is_free(port)
        assert f"process {os.getpid()} " in holder(port)
        found = first_free(port, min(port + 5, 65535))
        assert port == found["held"][0][0]  # type: ignore[index]  # the shape is of JSON, not of a type


def test_range_without_a_free_port_has_none() -> None:
    """The launcher must not take one that nobody opened."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert first_free(port, port)["port"] is None
