"""`make demo` never touches machines that are not the lab's."""

from pathlib import Path
from typing import Any

import pytest

from lab.demo import require_lab, strangers
from lab.errors import LabError
from lab.instance import Instance
from lab.paths import REPOSITORY
from trueup.declaration import Node

LAB = Instance("default", 0)


def node(**changed: Any) -> Node:
    """A node of the default lab, with changes."""
    data: dict[str, Any] = {
        "name": "node1",
        "hostname": "10.213.0.11",
        "known_hosts": str(LAB.known_hosts),
        "profile": "lab",
        "gpus": "a100-pcie-40gb x2",
        "address": "10.213.0.11",
        "interface": "eth0",
        "mirror": "http://10.213.0.1:8713",
    }
    return Node(**{**data, **changed})


def test_inventory_as_shipped_is_the_labs() -> None:
    """The repository's inventory.py is accepted."""
    require_lab(REPOSITORY / "inventory.py")


def test_node_of_the_lab_is_none_of_anybody_elses() -> None:
    """A node with the lab's name, address and host keys gives no reason to refuse."""
    found = strangers([node()], LAB)

    assert found == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "gpu7"}, "gpu7: the lab has node1, node2"),
        ({"hostname": "10.0.0.11"}, "node1.ssh_hostname: 10.0.0.11 is not the lab's 10.213.0.11"),
        ({"hostname": "10.213.0.12"}, "node1.ssh_hostname: 10.213.0.12 is not the lab's 10.213.0.11"),
        ({"address": "10.0.0.11"}, "node1.address: 10.0.0.11 is not the lab's 10.213.0.11"),
        ({"port": 2222}, "node1.ssh_port: 2222 is not the lab's 22"),
        ({"config_file": "cluster"}, "node1.ssh_config_file: cluster may lead to another machine"),
        ({"known_hosts": None}, f"node1.ssh_known_hosts_file: not the lab's {LAB.known_hosts}"),
    ],
)
def test_one_strange_trait_is_enough(changed: dict[str, Any], reason: str) -> None:
    """Each way of leading somewhere else is named."""
    found = strangers([node(**changed)], LAB)

    assert found == [reason]


def test_edited_inventory_is_refused_with_the_reason(tmp_path: Path) -> None:
    """An operator's own machine is named, and what to do instead is said."""
    text = (REPOSITORY / "inventory.py").read_text().replace("10.213.0.12", "192.0.2.12")
    edited = tmp_path / "inventory.py"
    edited.write_text(text)

    with pytest.raises(LabError, match=r"node2\.ssh_hostname: 192\.0\.2\.12 is not the lab's") as refused:
        require_lab(edited)

    assert "a fresh clone" in refused.value.remedy
