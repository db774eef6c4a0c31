"""A node's record: what its values may be."""

import pytest
from pydantic import ValidationError

from trueup.declaration.node import DATA_KEYS, Node, fields_of

DATA = {
    "ssh_hostname": "10.0.0.1",
    "profile": "guide",
    "gpus": "a100-pcie-40gb x2",
    "interface": "ens1f0",
    "mirror": "http://10.0.0.9:8713",
}
HOSTILE = ["", " ", "a b", "a\n", "a\nb", "-x", "$(x)", "`x`", "a;b", "a'b", 'a"b', "a|b", "a&b", "a\0b", "é"]


def node(**data: object) -> Node:
    return Node(name="node1", **fields_of({**DATA, **data}))


def test_gpus_are_taken_apart() -> None:
    """Model and count."""
    assert ("a100-pcie-40gb", 2) == (node().gpu_model, node().gpu_count)


def test_address_is_the_hostname_unless_it_is_declared() -> None:
    """The way of the controller need not be the way of the peers."""
    assert ("10.0.0.1", "192.168.0.1") == (node().address, node(address="192.168.0.1").address)


@pytest.mark.parametrize("key", ["ssh_hostname", "address", "interface", "gpus", "mirror", "distro", "driver"])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_value_is_refused(key: str, value: str) -> None:
    """What reaches a file or a command is one word; a line feed at the end counts, too."""
    with pytest.raises(ValidationError):
        node(**{key: value})


@pytest.mark.parametrize("name", [each for each in HOSTILE if each != "a"] + ["A", "a.b", "a_b", "a-", "x" * 64])
def test_hostile_name_is_refused(name: str) -> None:
    """A node's name is a host's label: it becomes its host name elsewhere."""
    with pytest.raises(ValidationError):
        Node(name=name, **fields_of(DATA))


@pytest.mark.parametrize("value", ["10.0.0.1", "node1.example.org", "fd00::1", "fe80::1%eth0", "::1", "alias_of_ssh"])
def test_addresses_of_every_kind(value: str) -> None:
    """IPv4, IPv6, names, and aliases of an ssh_config."""
    assert value == node(ssh_hostname=value).hostname


@pytest.mark.parametrize(("key", "value"), [("ssh_port", 0), ("ssh_port", 65536), ("ssh_port", "22"), ("_sudo", 1)])
def test_types_are_strict(key: str, value: object) -> None:
    """A string that looks like a number is a slip."""
    with pytest.raises(ValidationError):
        node(**{key: value})


def test_every_key_fills_a_field() -> None:
    """And every field but the name and the groups has its key."""
    assert set(Node.model_fields) - {"name", "groups"} == set(DATA_KEYS.values())
