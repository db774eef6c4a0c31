"""Tests that every network fault is in a chain that `undo` finds."""

from collections.abc import Callable
from typing import cast

import pytest

from lab import outages
from lab.errors import LabError
from lab.instance import Instance
from lab.node import LabNode


class Scripted:
    """A node that notes scripts; answers each with the given word."""

    name = "node1"
    instance = Instance("second", 7)

    def __init__(self, answer: str = "") -> None:
        """Answer every script with that."""
        self.answer = answer
        self.scripts: list[str] = []

    def execute(self, script: str) -> str:
        """Note it."""
        self.scripts.append(script)
        return self.answer


def scripts(fault: Callable[[LabNode], None], answer: str = "") -> str:
    """What the fault runs on the node."""
    node = Scripted(answer)
    fault(cast("LabNode", node))
    return "\n".join(node.scripts)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (lambda node: outages.drop_port(node, 29500), "-p tcp --dport 29500:29500 -j DROP"),
        (lambda node: outages.drop_port(node, 123, 124, protocol="udp"), "-p udp --dport 123:124 -j DROP"),
        (lambda node: outages.drop_peer(node, "10.213.7.12"), "-d 10.213.7.12 -j DROP"),
        (lambda node: outages.drop_peer(node, "x; reboot"), "-s 'x; reboot' -j DROP"),
        (lambda node: outages.lose(node, "10.213.7.12", 0.1), "--mode random --probability 0.1000 -j DROP"),
    ],
)
def test_drops_go_to_the_labs_own_chain(fault: Callable[[LabNode], None], rule: str) -> None:
    """A firewall rule of the profile's is never mixed up with a fault; what is given is quoted."""
    script = scripts(fault)

    assert rule in script
    assert f"-A {outages.CHAIN} " in script


def test_a_kernel_without_tbf_is_said() -> None:
    """The queueing discipline is tried before it is used."""
    with pytest.raises(LabError, match="tbf"):
        scripts(lambda node: outages.limit_rate(node, 1000), "no\n")


def test_a_slow_link() -> None:
    """The rate is in Mbit/s."""
    assert "tbf rate 1000mbit " in scripts(lambda node: outages.limit_rate(node, 1000), "yes\n")


def test_clear_restores_the_route_out() -> None:
    """A link that was down has lost it."""
    assert "ip route replace default via 10.213.7.1 dev eth0" in scripts(outages.clear)
