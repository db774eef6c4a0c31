"""An inventory of two nodes, to be changed where a test needs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trueup.compat import NodeFacts
from trueup.declaration import Node
from trueup.plan import inputs
from trueup.plan.node_facts import parse_facts

SHIPPED = Path(__file__).parents[3] / "profiles.py"


@pytest.fixture
def inventory(tmp_path: Path) -> Callable[..., Path]:
    """Writes an inventory of an A100 and a V100S node, both with these keys more."""

    def written(profile: str, **more: object) -> Path:
        common = {"profile": profile, "profiles": str(SHIPPED), "interface": "eth0", "mirror": "http://m", **more}
        path = tmp_path / "inventory.py"
        path.write_text(
            f"_c = {common!r}\n"
            'a = [("@trueup/n1", {**_c, "ssh_hostname": "127.0.0.81", "gpus": "a100-pcie-40gb x2"})]\n'
            'b = [("@trueup/n2", {**_c, "ssh_hostname": "127.0.0.82", "gpus": "v100s-pcie-32gb x2"})]\n'
        )
        return path

    return written


@pytest.fixture
def a_node() -> Node:
    """A node that declares its distribution and driver."""
    return Node(
        name="n1",
        hostname="10.0.0.1",
        address="10.0.0.1",
        profile="guide",
        gpus="a100-pcie-40gb x2",
        interface="eth0",
        mirror="http://m",
        distro="rocky-9",
        driver="535.104.05",
        key="~/.ssh/id",
    )


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that say they are Rocky 9."""

    def probe(nodes: tuple[Node, ...]) -> tuple[dict[str, NodeFacts], dict[str, str]]:
        text = "id=rocky\nversion=9.4\nglibc=glibc 2.34\nmachine=x86_64\n"
        return {node.name: parse_facts(node, text) for node in nodes}, {}

    monkeypatch.setattr(inputs, "probe", probe)
