"""What a machine lacks is found out, and said as the one command that brings it."""

import os
from pathlib import Path

import pytest

from lab import host_capabilities
from lab.errors import LabError

TABLE = "# comment\n/etc/a alpha\nbeta beta-tools\nbeta-ctl beta-tools\n"


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ({"/etc/a", "beta", "beta-ctl"}, []),
        ({"/etc/a", "beta"}, ["beta-tools"]),
        (set(), ["alpha", "beta-tools"]),
    ],
)
def test_missing_packages(there: set[str], missing: list[str]) -> None:
    """A package is missing when one of its files is; it is named once."""
    assert host_capabilities.missing_packages(TABLE, there.__contains__) == missing


def test_the_table_as_shipped_is_read() -> None:
    """Each line names a file and a package; Podman is among them."""
    packages = host_capabilities.missing_packages(host_capabilities.PACKAGES.read_text(), lambda _file: False)

    assert {"podman", "runc", "netavark", "mmdebstrap"} <= set(packages)


def test_settings_for_podman() -> None:
    """The file that CONTAINERS_CONF names holds what was detected."""
    found = host_capabilities.HostCapabilities(
        "runc", "cgroupfs", "file", nofile=20000, nproc=32768, raises_limits=False
    )

    assert found.containers_conf().splitlines() == [
        "[containers]",
        'default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]',
        'log_driver = "k8s-file"',
        "[engine]",
        'runtime = "runc"',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
        "[network]",
        'network_backend = "netavark"',
    ]


def test_limits_are_not_above_this_machines_own() -> None:
    """Podman lowers its own process limit to the kernel's highest process number; a node gets no more."""
    found = host_capabilities.detect()

    assert 0 < found.nproc <= int(Path("/proc/sys/kernel/pid_max").read_text())
    assert 0 < found.nofile <= host_capabilities.MOST_FILES


def test_an_ordinary_user_gets_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab needs root, and says why."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(LabError, match="user id 1000"):
        host_capabilities.require()


def test_more_nodes_than_the_kernel_has_watches_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that lacks them boots half, and says nothing that a person would understand."""
    limit = tmp_path / "max_user_instances"
    limit.write_text("128\n")
    monkeypatch.setattr(host_capabilities, "WATCHES", limit)
    host_capabilities.require_watches(21)

    with pytest.raises(LabError, match=r"(?s)of 132 or more for 22 nodes.*128.*sysctl -w .*=256"):
        host_capabilities.require_watches(22)
