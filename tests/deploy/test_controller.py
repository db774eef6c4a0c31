"""The controller may be one of the nodes: it is known by its boot, and nothing ever reboots it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.healthy_node import ANCHOR, PROFILE, converged
from tests.deploy.machine import Machine

OWN = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
MAY_REBOOT = PROFILE + 'PLAN = PLAN.model_copy(update={"driver": PLAN.driver.model_copy(update={"reboot": True})})\n'
ORDER = "systemctl reboot"
NAMES = (ANCHOR, "other")


def fleet(change: Callable[[Machine], object]) -> list[Machine]:
    """The controller and another node, both changed in the same way."""
    machines = [converged(name, "debian", "12", addresses(list(NAMES))) for name in NAMES]
    for machine, boot in zip(machines, (OWN, "another-boot"), strict=True):
        machine.boot_id = boot
        change(machine)
    return machines


def not_loaded(machine: Machine) -> None:
    """A driver that only a reboot loads."""
    machine.driver.pop(0)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A dry plan where both need a reboot, and the profile allows it."""
    return run(tmp_path_factory.mktemp("planned"), fleet(not_loaded), profile=MAY_REBOOT)


def test_a_plan_is_made_where_the_controller_is_a_node(tmp_path: Path) -> None:
    """Nothing to do on it is nothing to do, and no refusal."""
    actual = run(tmp_path, fleet(lambda _machine: None), profile=MAY_REBOOT)

    assert (0, {}) == (actual.status, actual.changes()), actual.errors


def test_a_reboot_that_is_due_shows_in_the_plan(planned: Run) -> None:
    """Whoever orders it: a person here, converge on the other."""
    due = ["driver | reboot needed"]

    assert (0, {ANCHOR: due, "other": due}) == (planned.status, planned.changes()), planned.errors


def test_it_never_gets_the_order(tmp_path: Path) -> None:
    """Converging says who must do it, and how it goes on."""
    (own, _) = fleet(not_loaded)
    sent = run(tmp_path, [own], mode=("-y",), profile=MAY_REBOOT).commands[ANCHOR]

    assert [] == [command for command in sent if ORDER in command]
    assert [True] == ["never reboots itself" in command for command in sent if "driver: wanted branch" in command]
