"""Faults of the file that NCCL reads, on one node."""

from lab.faults.fault import Fault

CONF = "/etc/nccl.conf"
DIFFER = "nccl/settings_are_the_same_on_all_nodes"
OTHERS = "the other node has it not"
PLAN = ("nccl | nccl.conf",)
FILE = (
    Fault(
        name="nccl-setting-changed",
        cause="NCCL_DEBUG=INFO, to find a fault, and forgotten.",
        node="node1",
        inject=(f"sed -i 's/^NCCL_DEBUG=.*/NCCL_DEBUG=INFO/' {CONF}",),
        verify=f"grep -qx NCCL_DEBUG=INFO {CONF}",
        failing_checks=("nccl/setting_is_the_declared_one[NCCL_DEBUG]", DIFFER),
        reasons=(OTHERS,),
        plan=PLAN,
        converge_repairs=True,
    ),
    Fault(
        name="nccl-interface-prefix",
        cause="Typed as in a blog: without the = it is a prefix.",
        node="node2",
        inject=(f"sed -i 's/^NCCL_SOCKET_IFNAME=.*/NCCL_SOCKET_IFNAME=eth/' {CONF}",),
        verify=f"grep -qx NCCL_SOCKET_IFNAME=eth {CONF}",
        failing_checks=("nccl/interface_is_the_declared_one",),
        plan=PLAN,
        converge_repairs=True,
    ),
    Fault(
        name="nccl-setting-added",
        cause="A setting of an old experiment.",
        node="node1",
        inject=(f"echo NCCL_P2P_DISABLE=1 >> {CONF}",),
        verify=f"grep -qx NCCL_P2P_DISABLE=1 {CONF}",
        failing_checks=("nccl/nothing_else_is_set", DIFFER),
        reasons=(OTHERS,),
        plan=PLAN,
        converge_repairs=True,
    ),
    Fault(
        name="nccl-conf-unreadable",
        cause="Written by root with a umask of 077.",
        node="node2",
        inject=(f"chmod 600 {CONF}",),
        verify=f"[ $(stat -c %a {CONF}) = 600 ]",
        failing_checks=("nccl/file_is_readable_by_all",),
        plan=PLAN,
        converge_repairs=True,
    ),
    Fault(
        name="nccl-conf-of-a-user",
        cause="A user was given the file, to try settings.",
        node="node1",
        inject=(f"chown train {CONF}",),
        verify=f"[ $(stat -c %U {CONF}) = train ]",
        failing_checks=("nccl/file_is_readable_by_all",),
        plan=PLAN,
        converge_repairs=True,
    ),
    Fault(
        name="nccl-conf-lost",
        cause="Taken for a leftover.",
        node="node2",
        inject=(f"rm {CONF}",),
        verify=f"! [ -e {CONF} ]",
        failing_checks=(
            "nccl/setting_is_the_declared_one[NCCL_DEBUG]",
            "nccl/interface_is_the_declared_one",
            "nccl/nothing_else_is_set",
            "nccl/file_is_readable_by_all",
            DIFFER,
        ),
        reasons=(
            "it stood there",
            "what is declared is not set",
            "nobody reads what is not there",
            OTHERS,
        ),
        plan=PLAN,
        converge_repairs=True,
    ),
)

FAULTS = FILE
