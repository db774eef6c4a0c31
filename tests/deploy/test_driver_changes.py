"""A driver that is not as declared: of another branch or flavour, free, unpinned, from a runfile, or idle."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from tests.deploy.driver_component import (
    ANYHOW,
    APT,
    AWAIT,
    DNF,
    FAMILIES,
    YUM,
    component,
    good,
    installed,
    lacking,
    raw,
    sent,
)
from tests.deploy.fleet import Run
from tests.deploy.machine import Machine

PIN = f"{APT} -y {ANYHOW} install nvidia-driver-pinning-580"
INSTALL = f"{ANYHOW} install cuda-drivers-580"
SWITCH = (AWAIT["dnf"], f"{DNF} --allowerasing module switch-to nvidia-driver:580-dkms")


def of_535(machine: Machine) -> Machine:
    """The branch before, held."""
    machine.driver = [line.replace("stream 580", "stream 535") for line in machine.driver]
    names = {
        "apt": ("cuda-drivers-535", "nvidia-kernel-dkms"),
        "dnf": ("kmod-nvidia-latest-dkms", "nvidia-driver"),
        "yum": ("kmod-nvidia-branch-535", "nvidia-driver-branch-535"),
    }[machine.manager]
    return installed(machine, *(f"{name} 535.1-1" for name in names))


def of_open(machine: Machine) -> Machine:
    """The open flavour of the right branch."""
    machine.driver = [line.replace("stream 580-dkms", "stream 580-open") for line in machine.driver]
    names = {
        "apt": ("nvidia-driver-pinning-580", "nvidia-kernel-open-dkms", "nvidia-open-580"),
        "dnf": ("kmod-nvidia-open-dkms", "nvidia-driver"),
    }[machine.manager]
    return installed(machine, *(f"{name} 580.95.05-1" for name in names))


def unpinned(machine: Machine) -> Machine:
    """The right driver, and nothing that keeps it so."""
    return installed(machine, "cuda-drivers-580 580.95.05-1", "nvidia-kernel-dkms 580.95.05-1")


def from_runfile(machine: Machine) -> Machine:
    """NVIDIA's installer was here first."""
    machine.driver = [*raw(*FAMILIES["apt"]).driver, "runfile yes"]
    return machine


def idle(machine: Machine) -> Machine:
    """As Ubuntu's package starts the daemon."""
    lines = machine.driver
    machine.driver = [f"{line} --no-persistence-mode" if line.startswith("daemon") else line for line in lines]
    return machine


def not_running(machine: Machine) -> Machine:
    machine.services["nvidia-persistenced"] = ("failed", "enabled")
    return machine


def under_nouveau(machine: Machine) -> Machine:
    """The denial is there, and the last boot knew nothing of it."""
    machine.driver = [*lacking(machine, "loaded").driver, "nouveau yes"]
    return not_running(machine)


APT_535 = f"{APT} -y --allow-change-held-packages remove cuda-drivers-535 nvidia-kernel-dkms"
YUM_535 = "'*:kmod-nvidia-branch-535-[0-9]*' '*:nvidia-driver-branch-535-[0-9]*'"
# By node: the family, what is wrong, and the first commands.
CASES: Mapping[str, tuple[str, object, list[str]]] = MappingProxyType(
    {
        "apt-branch": ("apt", of_535, [f"{APT} update", PIN, APT_535, f"{APT} -y {INSTALL}"]),
        "dnf-branch": ("dnf", of_535, ["dnf versionlock delete kmod-nvidia-latest-dkms nvidia-driver", *SWITCH]),
        "yum-branch": (
            "yum",
            of_535,
            [
                f"yum versionlock delete {YUM_535}",
                AWAIT["yum"],
                f"{YUM} remove kmod-nvidia-branch-535 nvidia-driver-branch-535",
                AWAIT["yum"],
                f"{YUM} install nvidia-driver-branch-580",
            ],
        ),
        "apt-flavour": ("apt", of_open, [f"{APT} update", PIN, f"{APT} -y --autoremove --purge {INSTALL}"]),
        "dnf-flavour": ("dnf", of_open, ["dnf versionlock delete kmod-nvidia-open-dkms nvidia-driver", *SWITCH]),
        # The packages are right, and the next update would leave the branch.
        "dnf-stream": (
            "dnf",
            lambda machine: lacking(machine, "stream"),
            ["dnf versionlock delete kmod-nvidia-latest-dkms nvidia-driver", *SWITCH],
        ),
        "apt-pin": ("apt", unpinned, [PIN]),
        "apt-free": (
            "apt",
            lambda machine: lacking(machine, "held"),
            ["apt-mark hold cuda-drivers-580 nvidia-driver-pinning-580 nvidia-kernel-dkms"],
        ),
        "dnf-free": (
            "dnf",
            lambda machine: lacking(machine, "held"),
            [
                AWAIT["dnf"],
                f"{DNF} install python3-dnf-plugin-versionlock",
                "dnf versionlock add kmod-nvidia-latest-dkms nvidia-driver",
            ],
        ),
        "yum-free": (
            "yum",
            lambda machine: lacking(machine, "held"),
            [
                AWAIT["yum"],
                f"{YUM} install yum-plugin-versionlock",
                "yum versionlock add kmod-nvidia-branch-580 nvidia-driver-branch-580",
            ],
        ),
        "apt-runfile": (
            "apt",
            from_runfile,
            ["nvidia-uninstall --silent", f"{APT} update", PIN, f"{APT} -y {INSTALL}"],
        ),
        "apt-daemon": ("apt", not_running, ["systemctl restart nvidia-persistenced"]),
        "apt-nouveau": (
            "apt",
            under_nouveau,
            ["if command -v update-initramfs >/dev/null; then update-initramfs -u; fi"],
        ),
        "dnf-nouveau": ("dnf", under_nouveau, ["if command -v dracut >/dev/null; then dracut -f; fi"]),
    }
)


@pytest.fixture(scope="module")
def sick(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All of them in one run, because pyinfra spends its time on starting."""
    machines = [change(good(*FAMILIES[family], name=name)) for name, (family, change, _) in CASES.items()]  # type: ignore[operator]
    return component(tmp_path_factory.mktemp("sick"), [*machines, idle(good("ubuntu", "22.04", name="idle"))])


@pytest.mark.parametrize("node", CASES)
def test_what_is_wrong_is_put_right(sick: Run, node: str) -> None:
    """Old locks first, which would hold the old driver against the new one; nothing of the old is left."""
    expected = CASES[node][2]

    assert expected == sent(sick, node)[: len(expected)]


@pytest.mark.parametrize("node", ["apt-pin", "apt-free", "dnf-free", "yum-free", "apt-daemon"])
def test_nothing_else_is_touched(sick: Run, node: str) -> None:
    """What is missing is added, and no driver is installed anew."""
    assert CASES[node][2] == sent(sick, node)


@pytest.mark.parametrize("node", ["apt-nouveau", "dnf-nouveau"])
def test_a_daemon_without_a_module_waits_for_the_reboot(sick: Run, node: str) -> None:
    """It cannot start yet, and the run must come to the reboot at its end."""
    assert [] == [command for command in sent(sick, node) if "nvidia-persistenced" in command]


def test_a_daemon_that_keeps_nothing_is_started_otherwise(sick: Run) -> None:
    """Ubuntu's unit says --no-persistence-mode: it runs, and persistence is off."""
    folder, text, *rest = sent(sick, "idle")

    assert "/etc/systemd/system/nvidia-persistenced.service.d" in folder
    assert "ExecStart=\nExecStart=/usr/bin/nvidia-persistenced --user nvpd\n" in text
    assert ["systemctl daemon-reload", "systemctl restart nvidia-persistenced"] == rest
