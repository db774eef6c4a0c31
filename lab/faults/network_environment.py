"""Faults of variables, ports and the interface that NCCL and Gloo use, on one node."""

from lab.faults.common import JOB
from lab.faults.fault import Fault

ENVIRONMENT = "/etc/environment"
NET = "/sys/class/net/eth0"
_FIRST = "head -n 1 | tr -s ' ' | cut -d' ' -f4 | cut -d/ -f1"
_ADDRESS = f"a=$(ip -o -4 addr show dev eth0 | {_FIRST}); n=${{a%.*}}.0/24"
_ADDRESS_OF_LO = f"a=$(ip -o -4 addr show dev lo | grep 10.213 | {_FIRST}); n=${{a%.*}}.0/24"
AROUND = (
    Fault(
        name="nccl-environment-overrides",
        cause="A variable in /etc/environment, where nobody looks.",
        node="node1",
        inject=(f"echo NCCL_IB_DISABLE=1 >> {ENVIRONMENT}",),
        verify=f"grep -qx NCCL_IB_DISABLE=1 {ENVIRONMENT}",
        failing_checks=("nccl/environment_overrides_nothing",),
        converge_repairs=False,
        undo=(f"sed -i /^NCCL_IB_DISABLE/d {ENVIRONMENT}",),
    ),
    Fault(
        name="nccl-own-settings",
        cause="A user's ~/.nccl.conf, which NCCL reads as well.",
        node="node2",
        inject=("echo NCCL_ALGO=Ring > /home/train/.nccl.conf", "chown train: /home/train/.nccl.conf"),
        verify="[ -e /home/train/.nccl.conf ]",
        failing_checks=("nccl/account_has_no_settings_of_its_own[train]",),
        converge_repairs=False,
        undo=("rm /home/train/.nccl.conf",),
    ),
    Fault(
        name="nccl-gloo-unset",
        cause="/etc/environment was written anew by another tool.",
        node="node2",
        inject=(f"sed -i '/^# BEGIN trueup nccl/,/^# END trueup nccl/d' {ENVIRONMENT}",),
        verify=f"! grep -q GLOO {ENVIRONMENT}",
        failing_checks=("nccl/gloo_has_the_declared_interface",),
        plan=("nccl | Gloo's interface",),
        converge_repairs=True,
    ),
    Fault(
        name="nccl-gloo-loopback",
        cause="Set to lo for a test on one machine.",
        node="node1",
        inject=(f"sed -i 's/^GLOO_SOCKET_IFNAME=.*/GLOO_SOCKET_IFNAME=lo/' {ENVIRONMENT}",),
        verify=f"grep -qx GLOO_SOCKET_IFNAME=lo {ENVIRONMENT}",
        failing_checks=("nccl/gloo_has_the_declared_interface",),
        plan=("nccl | Gloo's interface",),
        converge_repairs=True,
    ),
    Fault(
        name="nccl-port-taken",
        cause="An old job still listens.",
        node="node1",
        inject=("systemd-run -q --unit=lab-port --socket-property=ListenStream=29505 true",),
        verify="grep -q ':7341 ' /proc/net/tcp /proc/net/tcp6",
        failing_checks=("nccl/ports_of_the_collective_are_free",),
        converge_repairs=False,
        undo=("systemctl stop lab-port.socket",),
    ),
    Fault(
        name="nccl-address-elsewhere",
        cause="The declared address was moved to another card.",
        node="node2",
        inject=(
            f"{_ADDRESS}; ip addr add $a/32 dev lo && ip addr del $a/24 dev eth0 && ip route add $n dev eth0 src $a && "
            "ip route replace default via ${n%.*}.1 dev eth0 src $a",
        ),
        verify="! ip -o -4 addr show dev eth0 | grep -q .",
        failing_checks=("nccl/interface_has_the_declared_address", *JOB),
        reasons=("Gloo binds to the interface",) * len(JOB),
        converge_repairs=False,
        undo=(
            f"{_ADDRESS_OF_LO}; ip route del $n dev eth0; ip addr add $a/24 dev eth0 && ip addr del $a/32 dev lo && "
            "ip route replace default via ${n%.*}.1 dev eth0",
        ),
    ),
    Fault(
        name="nccl-interface-down",
        cause="A cable came off the card (in the lab its file says so: the way in is the same card).",
        node="node2",
        inject=("echo down > /run/lab-operstate", f"mount --bind /run/lab-operstate {NET}/operstate"),
        verify=f"grep -qx down {NET}/operstate",
        failing_checks=("nccl/interface_is_up",),
        converge_repairs=False,
        undo=(f"umount {NET}/operstate", "rm /run/lab-operstate"),
    ),
)
CONTROLS = (
    Fault(
        name="control-nccl-second-address",
        cause="A storage network was put on the same card.",
        node="node1",
        inject=("ip addr add 192.168.77.1/24 dev eth0",),
        verify="ip -o addr show dev eth0 | grep -q 192.168.77.1",
        failing_checks=(),
        converge_repairs=False,
        undo=("ip addr del 192.168.77.1/24 dev eth0",),
    ),
    Fault(
        name="control-nccl-other-port",
        cause="A notebook server listens beside the collective's ports.",
        node="node2",
        inject=("systemd-run -q --unit=lab-notebook --socket-property=ListenStream=29600 true",),
        verify="grep -q ':73A0 ' /proc/net/tcp /proc/net/tcp6",
        failing_checks=(),
        converge_repairs=False,
        undo=("systemctl stop lab-notebook.socket",),
    ),
)

FAULTS = AROUND + CONTROLS
