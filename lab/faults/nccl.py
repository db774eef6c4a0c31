"""Breaks of the file that NCCL reads, on one node."""

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
        breaks=(f"sed -i 's/^NCCL_DEBUG=.*/NCCL_DEBUG=INFO/' {CONF}",),
        shows=f"grep -qx NCCL_DEBUG=INFO {CONF}",
        reds=("nccl/setting_is_the_declared_one[NCCL_DEBUG]", DIFFER),
        reasons=(OTHERS,),
        plan=PLAN,
        heals=True,
    ),
    Fault(
        name="nccl-interface-prefix",
        cause="Typed as in a blog: without the = it is a prefix.",
        node="node2",
        breaks=(f"sed -i 's/^NCCL_SOCKET_IFNAME=.*/NCCL_SOCKET_IFNAME=eth/' {CONF}",),
        shows=f"grep -qx NCCL_SOCKET_IFNAME=eth {CONF}",
        reds=("nccl/interface_is_the_declared_one",),
        plan=PLAN,
        heals=True,
    ),
    Fault(
        name="nccl-setting-added",
        cause="A setting of an old experiment.",
        node="node1",
        breaks=(f"echo NCCL_P2P_DISABLE=1 >> {CONF}",),
        shows=f"grep -qx NCCL_P2P_DISABLE=1 {CONF}",
        reds=("nccl/nothing_else_is_set", DIFFER),
        reasons=(OTHERS,),
        plan=PLAN,
        heals=True,
    ),
    Fault(
        name="nccl-conf-unreadable",
        cause="Written by root with a umask of 077.",
        node="node2",
        breaks=(f"chmod 600 {CONF}",),
        shows=f"[ $(stat -c %a {CONF}) = 600 ]",
        reds=("nccl/file_is_readable_by_all",),
        plan=PLAN,
        heals=True,
    ),
    Fault(
        name="nccl-conf-of-a-user",
        cause="A user was given the file, to try settings.",
        node="node1",
        breaks=(f"chown train {CONF}",),
        shows=f"[ $(stat -c %U {CONF}) = train ]",
        reds=("nccl/file_is_readable_by_all",),
        plan=PLAN,
        heals=True,
    ),
    Fault(
        name="nccl-conf-lost",
        cause="Taken for a leftover.",
        node="node2",
        breaks=(f"rm {CONF}",),
        shows=f"! [ -e {CONF} ]",
        reds=(
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
        heals=True,
    ),
)

MUTATIONS = FILE
