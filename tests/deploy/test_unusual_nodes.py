"""Nodes that are not what their distribution should be."""

from pathlib import Path

import pytest

from tests.deploy.driver_component import DNF
from tests.deploy.fleet import Run, addresses, run
from tests.deploy.golden_text import lines
from tests.deploy.healthy_node import ANCHOR, converged
from tests.deploy.machine import Machine


def single_node(tmp_path: Path, machine: Machine, *, mode: tuple[str, ...] = ("--dry",), **data: object) -> Run:
    names = [ANCHOR, machine.name]
    return run(
        tmp_path, [converged(ANCHOR, "debian", "12", addresses(names)), machine], mode=mode, data={machine.name: data}
    )


def rocky(version: str = "9.4", name: str = "node2") -> Machine:
    return converged(name, "rocky", version, addresses([ANCHOR, name]))


def test_node_that_was_upgraded_gets_its_new_repository(tmp_path: Path) -> None:
    """Its files are still those of Rocky 8; what its os-release says now is what counts."""
    machine = rocky("8.10")
    machine.version = "9.4"

    assert ["package repository | NVIDIA's packages"] == single_node(tmp_path, machine).changes()["node2"]


def test_node_that_was_upgraded_is_not_what_was_declared(tmp_path: Path) -> None:
    """Where the inventory names a distribution, another one is not judged, and nothing is converged."""
    actual = single_node(tmp_path, rocky("9.4"), mode=("-y",), distro="rocky-8")

    assert 0 != actual.status
    assert "node2.distro: wanted rocky-8, as the inventory says, the node says rocky-9" in actual.errors
    assert [] == [each for each in actual.commands["node2"] if "mv -f" in each]


@pytest.mark.parametrize(("os_id", "version"), [("rocky", ""), ("debian", ""), ("rocky", "9x"), ("Rocky", "9.4")])
def test_release_that_says_no_version_is_refused(tmp_path: Path, os_id: str, version: str) -> None:
    """Debian's testing has none, a slip of an editor neither; nothing is guessed."""
    machine = rocky()
    machine.os_id, machine.version = os_id, version
    actual = single_node(tmp_path, machine, mode=("-y",))

    assert 0 != actual.status
    assert [] == [word for word in ("node2", f"{os_id}", "trueup/compat/tables/") if word not in actual.errors]
    assert "Traceback" not in actual.errors


def test_two_managers_on_one_node(tmp_path: Path) -> None:
    """The table decides whom to ask: apt on a Rocky is somebody's tool, and nothing of it counts."""
    machine = rocky()
    del machine.packages["chrony"]
    actual = single_node(tmp_path, machine, mode=("-y",))

    assert [] == [each for each in actual.commands["node2"] if "apt-get" in each or "dpkg-query" in each]
    assert any("dnf -y --setopt=exit_on_lock=1 install chrony" in each for each in actual.commands["node2"])


def test_database_of_rpm_that_a_kill_left_unreadable_is_rebuilt(tmp_path: Path) -> None:
    """Before anything is installed: rpm can say neither what is there nor what fits."""
    machine = rocky()
    machine.packages["the database of rpm"] = "i! "
    actual = single_node(tmp_path, machine, mode=("-y",))
    output = [line for each in actual.commands["node2"] for line in lines(each, "node2", [])]

    at = next(number for number, line in enumerate(output) if line.startswith("{ rpm --rebuilddb; } ||"))

    assert "AWAIT LOCK of dnf, 300 s" == output[at - 1]


def test_stream_that_lost_a_package_is_installed_again(tmp_path: Path) -> None:
    """dnf remove of one library takes the driver along; switch-to would find its stream right, and do nothing."""
    machine = rocky()
    machine.driver = [line for line in machine.driver if not line.startswith("package nvidia-driver ")]
    actual = single_node(tmp_path, machine, mode=("-y",))

    assert f"{DNF} module install nvidia-driver:580-dkms" in actual.commands["node2"]


def test_wrong_labels_are_drift_where_selinux_enforces(tmp_path: Path) -> None:
    """sshd reads no key below a wrongly labelled .ssh; the plan names both accounts' operations."""
    machine = rocky()
    machine.labels = ["Would relabel /root/.ssh/authorized_keys from user_home_t to ssh_home_t"]

    assert ["access | labels of root", "access | labels of train"] == single_node(tmp_path, machine).changes()["node2"]
