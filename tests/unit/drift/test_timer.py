"""The timer's files: hardened, never two at once, quoted."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from trueup.accept import Tier
from trueup.drift.cli.schedule import overdue
from trueup.drift.timer import CannotSchedule, Machine, Plan, install, installed, remove, render, unit_quote

HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "Type=oneshot", "UMask=0077")


class Systemctl:
    """Keeps what it was asked, and answers with one status."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.asked: list[str] = []

    def __call__(self, command: Sequence[str]) -> tuple[int, str]:
        """As a process would."""
        self.asked.append(" ".join(command))
        return self.status, "said so"


def plan_in(folder: Path, **more: object) -> Plan:
    """Quick, every hour, in a project whose path has a blank and a percent sign."""
    project = folder / "my 100% fleet"
    values: dict[str, object] = {"tier": Tier.QUICK, "minutes": 60, "state": folder / "state", **more}
    return Plan(inventory=project / "inventory.py", **values)  # type: ignore[arg-type]  # the tests name the fields


def machine_in(folder: Path, systemctl: Systemctl) -> Machine:
    """A root of the test's own."""
    (folder / "run/systemd/system").mkdir(parents=True)
    return Machine(folder, systemctl)


def test_install_and_remove(tmp_path: Path) -> None:
    """Both units are written, the timer is started, and remove leaves nothing of them."""
    systemctl = Systemctl()
    machine, plan = machine_in(tmp_path, systemctl), plan_in(tmp_path)
    done = install(plan, machine)
    again = install(plan, machine)

    assert done == again == [str(path) for path in installed(machine)]
    assert ["systemctl daemon-reload", "systemctl enable --now trueup-drift-quick.timer"] == systemctl.asked[:2]
    assert done == remove(machine)
    assert [] == installed(machine)
    assert "systemctl disable --now trueup-drift-quick.timer" in systemctl.asked


def test_folder_of_metrics_that_is_not_there(tmp_path: Path) -> None:
    """systemd would not start a service that may write to what is not there; so nothing is installed."""
    machine = machine_in(tmp_path, Systemctl())
    with pytest.raises(CannotSchedule, match="expected node_exporter's folder for textfiles, found none"):
        install(plan_in(tmp_path, prometheus=tmp_path / "nowhere" / "trueup.prom"), machine)

    assert [] == installed(machine)


def test_tiers_have_timers_of_their_own(tmp_path: Path) -> None:
    """Quick every hour beside deep every week."""
    machine = machine_in(tmp_path, Systemctl())
    for tier in (Tier.QUICK, Tier.DEEP):
        install(plan_in(tmp_path, tier=tier), machine)

    assert 4 == len(installed(machine))


def test_service_is_hardened_and_timer_is_spread(tmp_path: Path) -> None:
    """No new privileges, its own folder, a deadline, a random delay."""
    plan = plan_in(tmp_path, prometheus=tmp_path / "prom" / "trueup.prom")
    service, timer = render(plan, "service"), render(plan, "timer")

    assert [] == [line for line in HARDENED if line not in service.splitlines()]
    assert f"ReadWritePaths={tmp_path}/state {tmp_path}/prom" in service
    assert "TimeoutStartSec=3240" in service
    assert "OnUnitActiveSec=60min\n" in timer
    assert "RandomizedDelaySec=360\n" in timer


def test_systemctl_that_fails_is_reported(tmp_path: Path) -> None:
    """With what it said."""
    machine = machine_in(tmp_path, Systemctl(status=1))

    with pytest.raises(CannotSchedule, match="systemctl daemon-reload: expected status 0, found 1: said so"):
        install(plan_in(tmp_path), machine)


def test_machine_without_systemd_is_refused(tmp_path: Path) -> None:
    """It says what else can run drift, and writes nothing."""
    with pytest.raises(CannotSchedule, match=r"expected a machine that systemd runs.*by your own scheduler"):
        install(plan_in(tmp_path), Machine(tmp_path))

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "quoted"), [("/a/b", "/a/b"), ("/a b", '"/a b"'), ("5%", "5%%"), ('a"b', '"a\\"b"')])
def test_unit_quote(text: str, quoted: str) -> None:
    """systemd expands no specifier in a path, and reads it as one word."""
    assert quoted == unit_quote(text)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (1000.0, ""),
        (1000.0 - 151 * 60, "was stored 151 min ago, expected one every 60 min"),
        (1000.0 + 600, "is 10 min in the future: the clock went back"),
        (None, "cannot be read"),
    ],
)
def test_dead_mans_stamp(tmp_path: Path, stored: float | None, why: str) -> None:
    """A run that did not happen is told by the age of the last one."""
    stamp = tmp_path / "stamp.json"
    stamp.write_text(json.dumps({"stored": stored}) if stored is not None else "{")
    found = overdue(stamp, 60, 1000.0)

    assert (bool(why), True) == (bool(found), why in found)


def test_no_stamp_at_all(tmp_path: Path) -> None:
    """Never is too long ago."""
    assert "no drift run was ever stored" in overdue(tmp_path / "stamp.json", 60, 0.0)
