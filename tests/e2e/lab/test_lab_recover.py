"""`trueup lab up` repairs what an earlier run, or a crash of the machine, left."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest

from lab import outages
from lab.node import LabNode
from lab.podman import Podman
from tests.e2e.conftest import Pair
from tests.e2e.machines import instance, machines, node, up

# The archive's name, asked of a resolver beyond the bridge: quicker than apt, and it needs a route out as well.
RESOLVE = "getent hosts $(sed -n 's,^deb https*://\\([^/]*\\)/.*,\\1,p' /etc/apt/sources.list | head -1)"
BREAK_SSH = "rm -rf /root/.ssh && echo broken > /root/.ssh && chmod 777 /root"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two empty machines."""
    with machines("t-lab-heal") as pair:
        yield pair


def stop(pair: Pair) -> None:
    """Power off one node."""
    outages.power_off(node(pair, "node1"))


def freeze(pair: Pair) -> None:
    """Freeze one node."""
    outages.pause(node(pair, "node1"))


def drop_ssh(pair: Pair) -> None:
    """Close the node's ssh port by its own firewall."""
    outages.drop_port(node(pair, "node1"), 22)


def pull_cable(pair: Pair) -> None:
    """Take the node's link down."""
    outages.link_down(node(pair, "node1"))


def forget_host_keys(pair: Pair) -> None:
    """Lose the pinned host keys."""
    instance(pair).known_hosts.unlink()


def lose_the_bridge(pair: Pair) -> None:
    """Remove the bridge under the running nodes."""
    gateway = instance(pair).gateway
    lines = subprocess.run(["ip", "-br", "-4", "address"], text=True, capture_output=True, check=True).stdout
    bridge = next(line.split()[0] for line in lines.splitlines() if f"{gateway}/" in line)
    subprocess.run(["ip", "link", "delete", bridge], check=True)


def crash(pair: Pair) -> None:
    """End both nodes and their monitors at once, as a power cut of this machine does."""
    for name in ("node1", "node2"):
        found = node(pair, name)
        form = "{{.State.ConmonPid}} {{.State.Pid}}"
        answer = found.podman.call("inspect", f"--format={form}", found.container, step="look")
        for process in answer.split():
            os.kill(int(process), signal.SIGKILL)


@pytest.mark.parametrize("fault", [stop, freeze, drop_ssh, pull_cable, forget_host_keys, lose_the_bridge, crash])
def test_up_heals_and_keeps_the_disk(pair: Pair, fault: Callable[[Pair], None]) -> None:
    """After each fault a single `up` gives both nodes back with what was on them, and a route out."""
    node(pair, "node1").execute(f"echo {fault.__name__} > /root/mark")
    fault(pair)
    up(pair)

    assert f"{fault.__name__}\n" == pair.on("node1", "cat /root/mark").out
    assert (0, 0) == (pair.on("node2", "true").rc, pair.on("node1", RESOLVE).rc)


@pytest.mark.parametrize("command", [("rm", "--force", "{container}"), ("network", "rm", "--force", "{network}")])
def test_up_makes_anew_what_is_gone(pair: Pair, command: tuple[str, ...]) -> None:
    """A removed node or network comes back, empty."""
    found = node(pair, "node1")
    names = {"container": found.container, "network": instance(pair).network}
    found.podman.call(*(word.format(**names) for word in command), step="break it")
    up(pair)

    assert ["node1\n", "node2\n"] == [pair.on(name, "hostname").out for name in ("node1", "node2")]


def leak_lease(node: LabNode, folder: Path) -> None:
    """Kill `podman start` just after it took the node's address: the netavark that it then calls does so."""
    killer = folder / "netavark"
    killer.write_text("#!/bin/sh\nkill -KILL $PPID\n")
    killer.chmod(0o755)
    settings = folder / "containers.conf"
    own = node.instance.containers_conf.read_text()
    settings.write_text(own.replace("[engine]\n", f'[engine]\nhelper_binaries_dir = ["{folder}"]\n'))
    outages.power_off(node)
    assert not Podman(settings).ok("start", node.container)
    assert not node.podman.ok("start", node.container)


def test_up_frees_an_address_that_a_removed_container_still_has(pair: Pair, tmp_path: Path) -> None:
    """A lease without a container is freed; the node is made anew, and the other keeps its boot."""
    read = "cat /proc/sys/kernel/random/boot_id"
    boot = node(pair, "node2").execute(read)
    leak_lease(node(pair, "node1"), tmp_path)
    node(pair, "node1").remove()
    up(pair)

    assert (["node1\n", boot]) == [pair.on("node1", "hostname").out, node(pair, "node2").execute(read)]


def test_up_frees_an_address_that_the_node_itself_still_has(pair: Pair, tmp_path: Path) -> None:
    """The lease of a start that was killed keeps the node off no longer, and its disk is kept."""
    node(pair, "node1").execute("echo kept > /root/mark")
    leak_lease(node(pair, "node1"), tmp_path)
    up(pair)

    assert "kept\n" == pair.on("node1", "cat /root/mark").out


def test_up_names_the_container_that_has_a_node_s_address(pair: Pair) -> None:
    """A container that is alive keeps the address; the error says which it is."""
    first = node(pair, "node1")
    image = first.podman.call("inspect", "--format={{.Image}}", first.container, step="look").strip()
    first.remove()
    arguments = (f"--network={instance(pair).network}", f"--ip={instance(pair).address('node1')}")
    other = first.podman.call("run", "--detach", *arguments, "--entrypoint=sleep", image, "300", step="take").strip()
    try:
        failed = pair.run("trueup", "lab", "up", "--no-mirror")
    finally:
        first.podman.call("rm", "--force", "--time=0", other, step="give back")
    up(pair)

    assert (1, True) == (failed.rc, other in failed.err)


@pytest.mark.parametrize("after_s", [0.5, 1.2, 2.0, 3.0])
def test_a_killed_up_is_healed_by_the_next(pair: Pair, after_s: float) -> None:
    """SIGKILL at any moment of a fresh `up` leaves nothing that the next does not finish."""
    running = pair.start("trueup", "lab", "up", "--no-mirror", "--fresh")
    sleep(after_s)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    up(pair)

    assert ["node1\n", "node2\n"] == [pair.on(name, "hostname").out for name in ("node1", "node2")]


def test_a_reboot_changes_the_boot_id_and_the_node_comes_back(pair: Pair) -> None:
    """`reboot` on a node needs no help from outside: the same node, another boot."""
    read = "cat /proc/sys/kernel/random/boot_id"
    first = pair.on("node2", f"echo kept > /root/mark; {read}").out
    pair.on("node2", "systemctl reboot")
    for _attempt in range(150):
        answer = pair.on("node2", f"{read}; cat /root/mark")
        if answer.rc == 0 and answer.out.splitlines()[0] != first.strip():
            break
        sleep(0.2)
    second, mark = answer.out.splitlines()

    assert (True, "kept") == (second != first.strip(), mark)
    assert 2 == len(pair.on("node2", "journalctl --list-boots --quiet | grep -v IDX").out.splitlines()[-2:])


def test_a_broken_home_blocks_no_login(pair: Pair) -> None:
    """The lab's key lies outside every home: neither a broken ~/.ssh nor a home open to all matters."""
    pair.on("node1", BREAK_SSH)

    assert "in\n" == pair.on("node1", "echo in").out


def test_undo_clears_every_fault_without_a_restart(pair: Pair) -> None:
    """Drops, another MTU and a slow link are gone after `undo`, and the node is still in the same boot."""
    broken = node(pair, "node2")
    boot = broken.execute("cat /proc/sys/kernel/random/boot_id")
    outages.drop_peer(broken, instance(pair).address("node1"))
    outages.lose(broken, instance(pair).gateway, 0.1)
    outages.set_mtu(broken, 1280)
    if outages.can_shape(broken):
        outages.limit_rate(broken, 1000)
    assert pair.run("trueup", "lab", "undo", "--no-mirror").rc == 0

    seen = broken.execute("iptables -S | grep -c FAULT; cat /sys/class/net/eth0/mtu; tc qdisc show dev eth0; true")
    assert ["0", "1500"] == seen.splitlines()[:2]
    assert "tbf" not in seen
    assert boot == broken.execute("cat /proc/sys/kernel/random/boot_id")
