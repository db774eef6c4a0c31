"""How a node of the inventory is reached."""

from pathlib import Path

import pytest

from trueup.declaration import Node
from trueup.remote_shell import Result, Target
from trueup.remote_shell.ssh import settings


def node(**data: object) -> Node:
    """A node that is declared with what it must have, and this."""
    every = {"name": "a", "hostname": "10.0.0.1", "address": "10.0.0.1", "profile": "lab", "mirror": "http://m"}
    return Node.model_validate({**every, "gpus": "a100-pcie-40gb x2", "interface": "eth0", **data})


def test_all_that_is_declared_is_used() -> None:
    """A wrong port or account is another machine's."""
    declared = {"key": "/k", "known_hosts": "/h", "config_file": "/c", "port": 2222, "user": "ops", "sudo": True}

    assert Target("a", "10.0.0.1", 2222, "ops", "/k", "/h", "/c", sudo=True) == Target.of_node(node(**declared))


def test_what_is_not_said_is_left_to_ssh() -> None:
    """None, not an empty path."""
    assert Target("a", "10.0.0.1", 22, None, None, None, None, sudo=False) == Target.of_node(node())


def test_tilde_is_the_operators_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both for the pins and for ssh's own settings; a key of another home would be nobody's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("h", "c"):
        (tmp_path / name).touch()
    given, _ = settings(Target.of_node(node(known_hosts="~/h", config_file="~/c")))

    assert (f"{tmp_path}/h", [f"{tmp_path}/c"]) == (given["known_hosts"], given["config"])


def test_target_of_host_data_is_that_of_the_node() -> None:
    """pyinfra's hosts and the nodes of acceptance are the same machines; sudo is pyinfra's own there."""
    data = {"ssh_hostname": "10.0.0.1", "ssh_port": 2222, "ssh_user": "ops", "ssh_key": "/k"}
    data |= {"ssh_known_hosts_file": "/h", "ssh_config_file": None}

    assert Target.of_node(node(port=2222, user="ops", key="/k", known_hosts="/h")) == Target.of_host_data("a", data)
    assert Target("b", "b") == Target.of_host_data("b", dict.fromkeys(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", []), (b"a", ["a"]), (b"a\n\nb\n", ["a", "", "b"]), (b"a\r\nb\xff", ["a\r", "b\\xff"])],
)
def test_lines_end_at_newlines_only(data: bytes, expected: list[str]) -> None:
    """pyinfra splits them so; a byte that is not UTF-8 is shown."""
    assert (expected, expected) == (Result(0, data, b"").lines, Result(0, b"", data).err_lines)
