"""What a node says of itself, read without trust."""

import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.declaration import Node
from trueup.plan.node_facts import COMMAND, parse_facts

ROCKY = """id="rocky"
version="9.4"
glibc=glibc 2.34
machine=x86_64
cpu=AuthenticAMD
driver=NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 09:55:51 UTC 2025
gcc=11.4.1
arch_list=
"""
BARE = 'id=debian\nversion="12"\nglibc=glibc 2.36\nmachine=x86_64\ncpu=\narch_list=7.0;8.0\n'


def test_a_full_answer_is_read(a_node: Node) -> None:
    """Probed facts win over declared ones."""
    found = parse_facts(a_node, ROCKY)

    assert ("rocky-9", "2.34", "x86_64", "amd", "580.95.05", "11.4.1", None, True) == (
        found.distro,
        found.glibc,
        found.machine,
        found.cpu,
        found.driver,
        found.gcc,
        found.arch_list,
        found.probed,
    )


def test_what_the_node_does_not_have_stays_as_declared(a_node: Node) -> None:
    """No driver is loaded and no gcc installed; the environment's arch list is seen."""
    found = parse_facts(a_node, BARE)

    assert ("debian-12", "rocky-9", "535.104.05", None, "7.0;8.0") == (
        found.distro,
        found.declared_distro,
        found.driver,
        found.gcc,
        found.arch_list,
    )


@pytest.mark.parametrize("text", ["", "id=rocky\n", "glibc=2.34\nmachine=x86_64\n", "id=a\nglibc=none\nmachine=x\n"])
def test_half_an_answer_is_none(a_node: Node, text: str) -> None:
    """Without distribution, glibc or machine nothing can be judged."""
    with pytest.raises(ValueError, match="no distribution, glibc or machine"):
        parse_facts(a_node, text)


@given(text=st.text())
def test_no_answer_crashes_the_reader(text: str) -> None:
    """Whatever a node prints, the answer is facts or a ValueError."""
    node = Node(
        name="n",
        hostname="h",
        address="h",
        profile="guide",
        gpus="t4 x1",
        interface="eth0",
        mirror="http://m",
    )
    try:
        probed = parse_facts(node, text).probed
    except ValueError:
        probed = True

    assert probed


def test_the_command_runs_in_a_posix_shell(a_node: Node, run_sh: Callable[[str], str]) -> None:
    """This machine answers it too, and the answer is complete."""
    found = parse_facts(a_node, run_sh(COMMAND))

    assert found.probed
    assert found.machine


@pytest.fixture
def run_sh() -> Callable[[str], str]:
    """Runs a command in sh on this machine."""

    def run(command: str) -> str:
        return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout

    return run
