"""An instance has addresses of its own, and its record is read back as it was written."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import instance as module
from lab.errors import LabError
from lab.instance import Instance, allocate, current_name, load, recorded, resized


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_default_is_where_the_shipped_inventory_says() -> None:
    """inventory.py names these very places."""
    lab = Instance("default", 0)
    found = (lab.subnet, lab.gateway, lab.address("node1"), lab.address("node2"), lab.mirror_url)

    assert found == ("10.213.0.0/24", "10.213.0.1", "10.213.0.11", "10.213.0.12", "http://10.213.0.1:8713")


def test_a_record_is_read_back() -> None:
    """What was saved is loaded; what was not is None."""
    lab = Instance("second", 7, 3)
    lab.save()

    assert (load("second"), load("third"), recorded()) == (lab, None, [lab])


def test_fields_of_another_version_are_left_out(home: Path) -> None:
    """An older or newer trueup's record still says where the nodes are."""
    lab = Instance("second", 7)
    lab.save()
    path = lab.state / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "later": 1}))

    assert load("second") == lab


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": "second"}'])
def test_a_spoilt_record_is_named(text: str) -> None:
    """It is not taken for a free network: the message names the file."""
    lab = Instance("second", 7)
    lab.save()
    (lab.state / "state.json").write_text(text)

    with pytest.raises(LabError, match=r"state\.json"):
        load("second")


def test_allocation_avoids_what_is_in_use() -> None:
    """Neither another instance's network nor one of this machine's is chosen; the default's is kept free."""
    Instance("second", 1).save()
    found = [allocate("third", 2, {2}).number, allocate("default", 2, {0}).number]

    assert found == [3, 0]


def test_a_full_machine_is_an_error() -> None:
    """All networks in use is an error with a remedy."""
    with pytest.raises(LabError, match="254 in use"):
        allocate("third", 2, range(256))


@pytest.mark.parametrize("nodes", [0, -1, 201])
def test_a_senseless_number_of_nodes_is_refused(nodes: int) -> None:
    """The range is named."""
    with pytest.raises(LabError, match="1 to 200 nodes"):
        resized(Instance("second", 1), nodes)


@pytest.mark.parametrize("name", ["../x", "A", "a b", "-a", "a" * 25, "a/b"])
def test_a_name_that_cannot_be_one_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes a folder and a container's name."""
    monkeypatch.setenv("TRUEUP_LAB", name)

    with pytest.raises(LabError, match="TRUEUP_LAB"):
        current_name()


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_is_the_default(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable is as good as none."""
    monkeypatch.delenv("TRUEUP_LAB", raising=False)
    if name is not None:
        monkeypatch.setenv("TRUEUP_LAB", name)

    assert current_name() == "default"


@given(st.integers(0, 254), st.integers(1, module.MOST_NODES))
def test_addresses_differ(number: int, nodes: int) -> None:
    """Every node has its own address, and its own hardware address, on the instance's network."""
    lab = Instance("any", number, nodes)
    addresses = {lab.address(node) for node in lab.node_names}

    assert len(addresses | {lab.gateway}) == nodes + 1
    assert all(address.startswith(f"10.213.{number}.") for address in addresses)
    assert len({lab.hardware_address(node) for node in lab.node_names}) == nodes
