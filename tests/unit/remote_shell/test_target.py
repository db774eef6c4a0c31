"""How a node of the inventory is reached."""

from pathlib import Path

import pytest

from trueup.declaration import Node
from trueup.remote_shell.ssh import settings
from trueup.remote_shell.target import Target, target_of


def node(**data: object) -> Node:
    """A node that is declared with what it must have, and this."""
    every = {"name": "a", "hostname": "10.0.0.1", "address": "10.0.0.1", "profile": "lab", "mirror": "http://m"}
    return Node.model_validate({**every, "gpus": "a100-pcie-40gb x2", "interface": "eth0", **data})


def test_all_that_is_declared_is_used() -> None:
    """A wrong port or account is another machine's."""
    declared = {"key": "/k", "known_hosts": "/h", "config_file": "/c", "port": 2222, "user": "ops", "sudo": True}

    assert Target("a", "10.0.0.1", 2222, "ops", "/k", "/h", "/c", sudo=True) == target_of(node(**declared))


def test_what_is_not_said_is_left_to_ssh() -> None:
    """None, not an empty path."""
    assert Target("a", "10.0.0.1", 22, None, None, None, None, sudo=False) == target_of(node())


def test_tilde_is_the_operators_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both for the pins and for ssh's own settings; a key of another home would be nobody's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("h", "c"):
        (tmp_path / name).touch()
    given, _ = settings(target_of(node(known_hosts="~/h", config_file="~/c")))

    assert (f"{tmp_path}/h", [f"{tmp_path}/c"]) == (given["known_hosts"], given["config"])
