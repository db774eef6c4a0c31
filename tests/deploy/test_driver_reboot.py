"""From installed to loaded: who is rebooted, in which order, and what is said where nobody may."""

from collections.abc import Callable

import pytest

from tests.deploy.driver_component import FAMILIES, component, good, lacking, sent
from tests.deploy.fleet import Run
from tests.deploy.machine import Machine

ORDER = "systemctl reboot"
# How it is asked for its boot id until it has finished booting.
BACK = "case "


def stale(name: str, family: str = "apt") -> Machine:
    """A driver that was updated under the loaded module."""
    node = good(*FAMILIES[family], name=name)
    node.driver = [line.replace("580.95.05  Tue", "580.65.06  Tue") for line in node.driver]
    return node


def unloaded(name: str, *more: str) -> Machine:
    """Installed, and not in the kernel; more: further lines about the driver."""
    node = lacking(good(*FAMILIES["dnf"], name=name), "loaded")
    node.driver += more
    return node


def opened(name: str) -> Machine:
    """The open modules are still loaded after their packages were changed for the proprietary ones."""
    node = good(*FAMILIES["apt"], name=name)
    node.driver[0] = node.driver[0].replace("x86_64 Kernel Module", "Open Kernel Module for x86_64")
    return node


SICK: dict[str, tuple[Callable[[str], Machine], str]] = {
    "stale": (stale, "the loaded module is 580.65.06, the installed one 580.95.05"),
    "unloaded": (unloaded, "no module is loaded"),
    "nouveau": (lambda name: unloaded(name, "nouveau yes"), "nouveau is loaded"),
    "opened": (opened, "the loaded modules are the open ones, declared are the proprietary ones"),
    "secured": (lambda name: unloaded(name, "secure 1"), "no module is loaded"),
}


@pytest.fixture(scope="module")
def forbidden(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Nobody may reboot."""
    machines = [make(name) for name, (make, _) in SICK.items()]
    return component(tmp_path_factory.mktemp("forbidden"), [*machines, good(*FAMILIES["apt"], name="fine")])


def answers_after(machine: Machine, healthy: Machine) -> dict[str, object]:
    """What it says once it was rebooted: as the healthy one, in another boot."""
    healthy.boot_id = f"after-{machine.name}"
    return {"fake_later": healthy.responses()}


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Everybody may: two come back well, one does not, and the firmware of one refuses."""
    one, two, lame = (stale(name) for name in ("one", "two", "lame"))
    later = {node.name: answers_after(node, good(*FAMILIES["apt"], name=node.name)) for node in (one, two)}
    later["lame"] = answers_after(lame, stale("lame"))
    machines = [one, two, lame, unloaded("secured", "secure 1"), good(*FAMILIES["apt"], name="fine")]
    return component(tmp_path_factory.mktemp("allowed"), machines, data=later, reboot=True)


@pytest.mark.parametrize("node", SICK)
def test_without_permission_the_run_ends_by_naming_the_node(forbidden: Run, node: str) -> None:
    """Which one, why, and what to do; nobody is rebooted."""
    asked = sent(forbidden, node)[-1]
    do = "mokutil --import" if node == "secured" else "Reboot it, or allow driver.reboot."

    assert f"{node}: driver: wanted branch 580 installed and loaded, found: {SICK[node][1]}." in asked
    assert (True, True) == (do in asked, asked.endswith(">&2; exit 1"))
    assert [] == [command for _, command in forbidden.order if ORDER in command]


def test_a_node_that_needs_none_is_not_named(forbidden: Run) -> None:
    """Nothing is asked of it."""
    assert [] == sent(forbidden, "fine")


def test_one_at_a_time(allowed: Run) -> None:
    """The next order is given once the node before has shown another boot id."""
    steps = [
        (node, "goes" if ORDER in command else "is back")
        for node, command in allowed.order
        if ORDER in command or command.startswith(BACK)
    ]

    nodes = [node for node, step in steps if step == "goes"]

    assert ["lame", "one", "two"] == sorted(nodes)
    assert [(node, step) for node in nodes for step in ("goes", "is back")] == steps


@pytest.mark.parametrize("node", ["one", "two"])
def test_back_well_is_enough(allowed: Run, node: str) -> None:
    """Nothing is asked of anybody."""
    assert ORDER in sent(allowed, node)[-1]


def test_back_as_it_was_is_said(allowed: Run) -> None:
    """A reboot in vain is not ordered at each converge without a word."""
    assert "It came back so from its reboot: see dkms status" in sent(allowed, "lame")[-1]


def test_no_reboot_where_the_firmware_refuses(allowed: Run) -> None:
    """Secure Boot is explained, and cannot be mended over ssh."""
    (asked,) = sent(allowed, "secured")

    assert "Secure Boot is on and the module is not loaded" in asked
    assert "at the console, mokutil --import" in asked


def test_no_other_node_is_rebooted(allowed: Run) -> None:
    """A good node is left alone."""
    assert [] == sent(allowed, "fine")
