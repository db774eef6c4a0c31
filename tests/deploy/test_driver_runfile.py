"""The driver from NVIDIA's runfile, for nodes that no repository reaches."""

from pathlib import Path

import pytest

from tests.deploy.driver_component import (
    AWAIT,
    DNF,
    FAMILIES,
    RUNFILE,
    YUM,
    component,
    good,
    installed,
    lacking,
    raw,
    sent,
)
from tests.deploy.fleet import Run
from tests.deploy.machine import File, Machine

HASH = "e" * 64
UNIT = "/etc/systemd/system/nvidia-persistenced.service"
BUILT = "built 580.95.05 NVIDIA"


def done(name: str, built: str = BUILT) -> Machine:
    """A node where the runfile was run; built: the module on its disk."""
    node = installed(good(*FAMILIES["apt"], name=name))
    node.driver += ["runfile yes", built]
    text = "[Unit]\nDescription=NVIDIA Persistence Daemon\n\n[Service]\nType=forking\n"
    text += "ExecStart=/usr/bin/nvidia-persistenced\nExecStopPost=/bin/rm -rf /var/run/nvidia-persistenced\n"
    node.files[UNIT] = File(f"{text}\n[Install]\nWantedBy=multi-user.target\n")
    return node


def without_headers(family: str) -> Machine:
    return raw(*FAMILIES[family], name=f"{family}-bare")


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Nodes without a driver, with another one, and with the right one."""
    packaged = good(*FAMILIES["dnf"], name="packaged")
    machines = [
        *(without_headers(family) for family in FAMILIES),
        packaged,
        done("done"),
        done("older", "built 580.65.06 NVIDIA"),
        done("opened", "built 580.95.05 Dual MIT/GPL"),
        lacking(done("waiting"), "loaded"),
    ]
    for machine in machines:
        if not machine.name.endswith("-bare"):
            machine.packages["dkms"] = "ii "
    return component(tmp_path_factory.mktemp("offline"), machines, runfile=RUNFILE, headers=True)


def installs(actual: Run, node: str) -> list[str]:
    """The commands that run the runfile there."""
    return [command for command in sent(actual, node) if f"sh /var/cache/trueup/{RUNFILE}" in command]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("apt", "install linux-headers-6.1.0 dkms"),
        ("dnf", f"{DNF} install kernel-devel-6.1.0 dkms"),
        ("yum", f"{YUM} install kernel-devel-6.1.0 dkms"),
    ],
)
def test_bare_node_builds_it(offline: Run, family: str, expected: str) -> None:
    """Headers and DKMS, the file by its hash, the installer without a question, and nothing left behind."""
    _deny, _initramfs, *more = sent(offline, f"{family}-bare")
    *awaited, headers, fetch, install, drop, unit, enable = more

    assert [AWAIT[each] for each in [family] if each in AWAIT] == awaited
    assert headers.endswith(expected)
    assert [True, True] == [part in fetch for part in (HASH, f"http://10.0.0.9:8713/files/{RUNFILE}")]
    assert f"sh /var/cache/trueup/{RUNFILE} --silent --dkms --kernel-module-type=proprietary;" in install
    assert f"rm -rf /var/cache/trueup/{RUNFILE};" in drop
    assert [True, "systemctl enable nvidia-persistenced"] == [UNIT in unit, enable]


def test_a_failed_installer_is_explained(offline: Run) -> None:
    """Its own log says why; the message says where that is."""
    (install,) = installs(offline, "apt-bare")

    assert f"apt-bare: driver: wanted {RUNFILE} to install itself; see /var/log/nvidia-installer.log" in install


def test_done_is_done(offline: Run) -> None:
    """No fetch, no build, no hold: nothing to do."""
    assert [] == sent(offline, "done")


def test_a_module_that_waits_for_a_reboot_is_not_built_again(offline: Run) -> None:
    """It lies on the disk as wanted; the run ends by asking for the reboot."""
    (asked,) = sent(offline, "waiting")

    assert "waiting: driver: wanted branch 580 installed and loaded, found: no module is loaded" in asked


@pytest.mark.parametrize("node", ["older", "opened"])
def test_another_version_or_flavour_is_built_anew(offline: Run, node: str) -> None:
    """The file's name says which version it is."""
    assert 1 == len(installs(offline, node))


def test_packages_go_first(offline: Run) -> None:
    """Two sets of libraries are one too many: locks, packages, then the file."""
    first, awaited, second, *rest = sent(offline, "packaged")

    assert "dnf versionlock delete kmod-nvidia-latest-dkms nvidia-driver" == first
    assert [AWAIT["dnf"], f"{DNF} remove kmod-nvidia-latest-dkms nvidia-driver"] == [awaited, second]
    assert HASH in rest[0]


@pytest.mark.parametrize(
    ("branch", "modules", "expected"),
    [
        ("580", "open", "--silent --kernel-module-type=open"),
        ("535", "open", "--silent --kernel-module-build-directory=kernel-open"),
        ("535", "proprietary", "--silent"),
    ],
)
def test_each_branch_takes_its_own_option(tmp_path: Path, branch: str, modules: str, expected: str) -> None:
    """--kernel-module-type came with 560; without headers declared, DKMS is not asked for."""
    node = raw(*FAMILIES["apt"], name="node")
    (install,) = installs(component(tmp_path, [node], runfile=RUNFILE, branch=branch, modules=modules), "node")

    assert f"{RUNFILE} {expected};" in install


def test_a_runfile_without_a_lock_is_refused(tmp_path: Path) -> None:
    """Nothing runs as root whose hash nobody wrote down."""
    actual = component(tmp_path, [raw(*FAMILIES["apt"])], runfile="NVIDIA-Linux-x86_64-999.1.run")

    assert "the lock has no file NVIDIA-Linux-x86_64-999.1.run" in actual.errors
    assert (True, False, []) == (actual.status != 0, "Traceback" in actual.errors, actual.order)
