"""Breaks of the time service."""

from lab.faults.fault import Fault
from lab.faults.host import APT

MUTATIONS = (
    Fault(
        name="time-stopped",
        cause="Stopped to set the clock by hand, and forgotten.",
        node="node1",
        breaks=("systemctl stop chrony",),
        shows="! systemctl -q is-active chrony",
        reds=("time/service_runs",),
        plan=("time | service",),
        heals=True,
    ),
    Fault(
        name="time-disabled",
        cause="Another time service was tried: the next boot is without any.",
        node="node2",
        breaks=("systemctl disable chrony",),
        shows="! systemctl -q is-enabled chrony",
        reds=("time/service_runs",),
        plan=("time | service",),
        heals=True,
    ),
    Fault(
        name="time-removed",
        cause="ntpsec was installed, which replaces chrony, and removed again.",
        node="node1",
        breaks=(f"{APT} remove chrony",),
        shows="! [ -x /usr/sbin/chronyd ]",
        reds=("time/service_runs",),
        plan=("host | packages", "time | service"),
        heals=True,
    ),
)
