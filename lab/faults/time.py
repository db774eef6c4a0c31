"""Faults of the time service."""

from lab.faults.common import DEBIAN
from lab.faults.fault import Fault
from lab.faults.host import APT

FAULTS = (
    Fault(
        name="time-stopped",
        cause="Stopped to set the clock by hand, and forgotten.",
        node="node1",
        runs_on=DEBIAN,
        inject=("systemctl stop chrony",),
        verify="! systemctl -q is-active chrony",
        failing_checks=("time/service_runs",),
        plan=("time | service",),
        converge_repairs=True,
    ),
    Fault(
        name="time-disabled",
        cause="Another time service was tried: the next boot is without any.",
        node="node2",
        runs_on=DEBIAN,
        inject=("systemctl disable chrony",),
        verify="! systemctl -q is-enabled chrony",
        failing_checks=("time/service_runs",),
        plan=("time | service",),
        converge_repairs=True,
    ),
    Fault(
        name="time-removed",
        cause="ntpsec was installed, which replaces chrony, and removed again.",
        node="node1",
        runs_on=DEBIAN,
        inject=(f"{APT} remove chrony",),
        verify="! [ -x /usr/sbin/chronyd ]",
        failing_checks=("time/service_runs",),
        plan=("host | packages", "time | service"),
        converge_repairs=True,
    ),
)
