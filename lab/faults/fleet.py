"""Faults between nodes: each node by itself passes, or nearly."""

from lab.faults.common import DIFFER, ENDS, JOB, OTHERS, SITE, TRAINING, WITH_STANDARD_STACK, another_byte
from lab.faults.fault import Fault


def _drop(port: int) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    rule = f"INPUT -p tcp --dport {port} -j DROP"
    return (f"iptables -w -I {rule}",), f"iptables -w -C {rule}", (f"iptables -w -D {rule}",)


_OTHER_LOSS = f"""cat >> {SITE}/torch/nn/functional.py <<'END'

lab_loss = mse_loss


def mse_loss(*given, **named):
    import os
    return lab_loss(*given, **named) * (1.01 if os.environ.get("RANK") == "3" else 1.0)
END
"""
_RENDEZVOUS = _drop(29519)
_EPHEMERAL = _drop(46883)
PATHS = (
    Fault(
        name="fleet-mtu",
        cause="Jumbo frames were turned off on one node alone.",
        node="node1",
        inject=("ip link set eth0 mtu 1400",),
        verify="grep -qx 1400 /sys/class/net/eth0/mtu",
        failing_checks=("host/mtu_is_the_same_on_all_nodes",),
        converge_repairs=False,
        undo=("ip link set eth0 mtu 1500",),
    ),
    Fault(
        name="fleet-rendezvous-port-closed",
        cause="A firewall rule of the site's, for ports above 29500.",
        node="node1",
        inject=_RENDEZVOUS[0],
        verify=_RENDEZVOUS[1],
        failing_checks=("host/rendezvous_port_is_reachable[node2-node1]",),
        converge_repairs=False,
        undo=_RENDEZVOUS[2],
    ),
    Fault(
        name="fleet-ephemeral-port-closed",
        cause="Only the rendezvous ports were opened.",
        node="node2",
        inject=_EPHEMERAL[0],
        verify=_EPHEMERAL[1],
        failing_checks=("host/ephemeral_port_is_reachable[node1-node2]",),
        converge_repairs=False,
        undo=_EPHEMERAL[2],
    ),
    Fault(
        name="fleet-clock-behind",
        cause="One node's clock is five seconds off (in the lab, which shares one clock, date says so).",
        node="node2",
        inject=(
            'printf \'#!/bin/sh\\nexec /bin/date -d "5 seconds ago" "$@"\\n\' > /usr/local/bin/date',
            "chmod 755 /usr/local/bin/date",
        ),
        verify="[ -x /usr/local/bin/date ]",
        failing_checks=("time/clocks_agree",),
        converge_repairs=False,
        undo=("rm /usr/local/bin/date",),
    ),
    Fault(
        name="fleet-link-slower",
        cause="A bad cable: the link came up with 1 Gbit/s (in the lab, its file says so).",
        node="node1",
        inject=("echo 1000 > /run/lab-speed", "mount --bind /run/lab-speed /sys/class/net/eth0/speed"),
        verify="grep -qx 1000 /sys/class/net/eth0/speed",
        failing_checks=("nccl/interfaces_carry_the_same_speed",),
        converge_repairs=False,
        undo=("umount /sys/class/net/eth0/speed", "rm /run/lab-speed"),
    ),
    Fault(
        name="fleet-all-ports-taken",
        cause="A service was given the collective's ports.",
        node="node1",
        inject=(
            "systemd-run -q --collect --unit=lab-ports "
            + " ".join(f"--socket-property=ListenStream={port}" for port in range(29500, 29520))
            # A connection starts it; a service that ends at once would lose its sockets at the fifth start.
            + " sleep infinity",
        ),
        # Listening, not what is left of a connection (include/net/tcp_states.h).
        verify="grep -q ':733C [0-9A-F]*:0000 0A ' /proc/net/tcp /proc/net/tcp6",
        failing_checks=(
            *JOB,
            "nccl/ports_of_the_collective_are_free",
            "host/rendezvous_port_is_reachable[node2-node1]",
        ),
        reasons=(*["the job does not begin"] * (len(JOB) - 1), "they are taken", "one of them is the rendezvous port"),
        converge_repairs=False,
        undo=("systemctl stop lab-ports.socket lab-ports.service",),
    ),
)
STATES = (
    Fault(
        name="fleet-hostfile-in-another-order",
        cause="Each node's hostfile was written by hand.",
        node="node1",
        inject=("sed -i '1!G;h;$!d' /job/hostfile",),
        verify="head -n 1 /job/hostfile | grep -q ^node2",
        failing_checks=("nccl/hostfile_is_the_same_on_all_nodes", TRAINING),
        reasons=("each node counts the ranks otherwise",),
        plan=("deepspeed | hostfile",),
        converge_repairs=True,
    ),
    Fault(
        name="fleet-conda-package-on-one-node",
        cause="conda install of a tool, on one node.",
        node="node2",
        inject=(
            f"mkdir {SITE}/labtool-1.0.dist-info && echo conda > {SITE}/labtool-1.0.dist-info/INSTALLER",
            f"printf 'Metadata-Version: 2.1\\nName: labtool\\nVersion: 1.0\\n' > {SITE}/labtool-1.0.dist-info/METADATA",
        ),
        verify=f"[ -d {SITE}/labtool-1.0.dist-info ]",
        failing_checks=(DIFFER,),
        converge_repairs=False,
        undo=(f"rm -r {SITE}/labtool-1.0.dist-info",),
    ),
    Fault(
        name="fleet-nccl-of-another-version",
        cause="NCCL was replaced under torch, on one node (in the lab, torch says so).",
        node="node2",
        inject=(f"printf 'def version():\\n    return (2, 18, 3)\\n' >> {SITE}/torch/cuda/nccl.py",),
        verify=f"grep -q '2, 18, 3' {SITE}/torch/cuda/nccl.py",
        failing_checks=(
            "env/nccl_is_the_same_on_all_nodes",
            "env/wheel_is_whole[torch]",
            "allreduce/torch_and_nccl_are_one_on_all_ranks",
            ENDS,
        ),
        reasons=("torch was edited", OTHERS, OTHERS),
        plan=("env | wheels of dis",),
        converge_repairs=True,
    ),
    Fault(
        name="fleet-rank-computes-otherwise",
        cause="A GPU multiplies wrongly, and nothing says so (in the lab, torch's loss on one rank).",
        node="node2",
        inject=(_OTHER_LOSS,),
        verify=f"grep -q lab_loss {SITE}/torch/nn/functional.py",
        failing_checks=(TRAINING, "env/wheel_is_whole[torch]"),
        reasons=("torch was edited",),
        plan=("env | wheels of dis",),
        converge_repairs=True,
    ),
    Fault(
        name="fleet-nccl-of-other-bytes",
        cause="NCCL's library was replaced by one of the same version and size.",
        node="node1",
        runs_on=WITH_STANDARD_STACK,
        inject=(another_byte(f"{SITE}/nvidia/nccl/lib/libnccl.so.2"),),
        verify=f"[ {SITE}/nvidia/nccl/lib/libnccl.so.2 -nt {SITE}/nvidia_nccl_cu11-2.14.3.dist-info/RECORD ]",
        failing_checks=(
            "env/mapped_libraries_are_the_same_on_all_nodes",
            "env/mapped_cuda_libraries_are_their_wheels_own",
            "env/wheel_is_whole[nvidia-nccl-cu11]",
            "allreduce/mapped_libraries_are_one_on_all_nodes",
            ENDS,
        ),
        reasons=("its RECORD has other bytes", "its RECORD has other bytes", OTHERS, OTHERS),
        plan=("env | wheels of dis",),
        converge_repairs=True,
    ),
)
CONTROLS = (
    Fault(
        name="control-fleet-other-port-closed",
        cause="The site closes a port that no job uses.",
        node="node2",
        inject=("iptables -w -I INPUT -p tcp --dport 8080 -j DROP",),
        verify="iptables -w -C INPUT -p tcp --dport 8080 -j DROP",
        failing_checks=(),
        converge_repairs=False,
        undo=("iptables -w -D INPUT -p tcp --dport 8080 -j DROP",),
    ),
)

FAULTS = PATHS + STATES + CONTROLS
