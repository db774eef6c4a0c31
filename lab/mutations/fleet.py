"""Breaks that show between nodes: each node alone looks well, or nearly."""

from lab.mutations.access import to
from lab.mutations.env import DIFFER, OTHERS, SITE, another_byte
from lab.mutations.model import Mutation
from lab.mutations.nccl import JOB, TRAINING

KNOWN = "/etc/ssh/ssh_known_hosts"
PINNED = ("access | pinned host keys",)
REFUSES = "ssh refuses a key that is not the pinned one"
NAMES = "access/name_resolves_to_the_declared_address"


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
KEYS = (
    Mutation(
        name="fleet-peer-locked-out",
        cause="A line of authorized_keys was deleted with somebody's old key.",
        node="node2",
        breaks=("sed -i '/ node1$/d' /root/.ssh/authorized_keys",),
        shows="! grep -q ' node1$' /root/.ssh/authorized_keys",
        reds=("access/only_declared_keys_may_log_in[node2-root]", *to("root", "node1", "node2")),
        reasons=("the key is missing",) * 2,
        plan=("access | authorized keys of root",),
        heals=True,
    ),
    Mutation(
        name="fleet-foreign-key",
        cause="A key of somebody who has left.",
        node="node1",
        breaks=(
            "ssh-keygen -q -t ed25519 -N '' -C left@lab -f /root/lab-left",
            "cat /root/lab-left.pub >> /home/train/.ssh/authorized_keys && rm /root/lab-left /root/lab-left.pub",
        ),
        shows="grep -q left@lab /home/train/.ssh/authorized_keys",
        reds=("access/only_declared_keys_may_log_in[node1-train]",),
        plan=("access | authorized keys of train",),
        heals=True,
    ),
    Mutation(
        name="fleet-host-key-swapped",
        cause="The peer was reinstalled, and one of its host keys made anew.",
        node="node2",
        breaks=(
            "rm /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ecdsa_key.pub",
            "ssh-keygen -q -t ecdsa -N '' -C lab-new -f /etc/ssh/ssh_host_ecdsa_key && systemctl reload ssh",
        ),
        shows=f"! grep -qF \"$(cut -d' ' -f2 /etc/ssh/ssh_host_ecdsa_key.pub)\" {KNOWN}",
        reds=("access/pinned_host_key_is_the_real_one[node1-node2]",),
        plan=PINNED,
        elsewhere=PINNED,
        heals=True,
    ),
    Mutation(
        name="fleet-pinned-key-other",
        cause="Somebody in between offers a key of his own, and it was accepted.",
        node="node1",
        breaks=(
            "ssh-keygen -q -t ed25519 -N '' -C lab -f /root/lab-host && rm /root/lab-host",
            f"k=$(cut -d' ' -f2 /root/lab-host.pub); "
            f'sed -i "s#^\\(node2,.* ssh-ed25519\\) .*#\\1 $k#" {KNOWN}; mv /root/lab-host.pub /root/lab-host.seen',
        ),
        shows=f"grep -qF \"$(cut -d' ' -f2 /root/lab-host.seen)\" {KNOWN}",
        reds=(
            "access/pinned_host_key_is_the_real_one[node1-node2]",
            *to("root", "node1", "node2"),
            *to("train", "node1", "node2"),
        ),
        reasons=(REFUSES,) * 4,
        plan=PINNED,
        heals=True,
        tidies=("rm /root/lab-host.seen",),
    ),
    Mutation(
        name="fleet-pinned-names-only",
        cause="ssh-keyscan of the names; launchers use addresses.",
        node="node2",
        breaks=(f"sed -i 's/^node1,[0-9.]* /node1 /' {KNOWN}",),
        shows=f"! grep -q ^node1, {KNOWN}",
        reds=(to("root", "node2", "node1")[1], to("train", "node2", "node1")[1]),
        reasons=("it is every account's file",),
        plan=PINNED,
        heals=True,
    ),
    Mutation(
        name="fleet-account-not-let-in",
        cause="AllowUsers, by a hardening script.",
        node="node2",
        breaks=("echo 'AllowUsers root' > /etc/ssh/sshd_config.d/05-lab.conf && systemctl reload ssh",),
        shows="sshd -T | grep -qx 'allowusers root'",
        reds=to("train", "node1", "node2"),
        reasons=("by either name",),
        heals=False,
        mends=("rm /etc/ssh/sshd_config.d/05-lab.conf && systemctl reload ssh",),
    ),
    Mutation(
        name="fleet-name-of-the-old-address",
        cause="The peer moved to another address, and one node's /etc/hosts did not.",
        node="node1",
        breaks=("sed -i 's/^[0-9.]* node2$/10.9.9.9 node2/' /etc/hosts",),
        shows="grep -qx '10.9.9.9 node2' /etc/hosts",
        reds=(
            f"{NAMES}[node1-node2]",
            to("root", "node1", "node2")[0],
            to("train", "node1", "node2")[0],
        ),
        reasons=("nobody answers there",) * 2,
        plan=("access | names",),
        heals=True,
    ),
)

PATHS = (
    Mutation(
        name="fleet-mtu",
        cause="Jumbo frames were turned off on one node alone.",
        node="node1",
        breaks=("ip link set eth0 mtu 1400",),
        shows="grep -qx 1400 /sys/class/net/eth0/mtu",
        reds=("host/mtu_is_the_same_on_all_nodes",),
        heals=False,
        mends=("ip link set eth0 mtu 1500",),
    ),
    Mutation(
        name="fleet-rendezvous-port-closed",
        cause="A firewall rule of the site's, for ports above 29500.",
        node="node1",
        breaks=_RENDEZVOUS[0],
        shows=_RENDEZVOUS[1],
        reds=("host/rendezvous_port_is_reachable[node2-node1]",),
        heals=False,
        mends=_RENDEZVOUS[2],
    ),
    Mutation(
        name="fleet-ephemeral-port-closed",
        cause="Only the rendezvous ports were opened.",
        node="node2",
        breaks=_EPHEMERAL[0],
        shows=_EPHEMERAL[1],
        reds=("host/ephemeral_port_is_reachable[node1-node2]",),
        heals=False,
        mends=_EPHEMERAL[2],
    ),
    Mutation(
        name="fleet-clock-behind",
        cause="One node's clock is five seconds off (in the lab, which shares one clock, date says so).",
        node="node2",
        breaks=(
            'printf \'#!/bin/sh\\nexec /usr/bin/date -d "5 seconds ago" "$@"\\n\' > /usr/local/bin/date',
            "chmod 755 /usr/local/bin/date",
        ),
        shows="[ -x /usr/local/bin/date ]",
        reds=("host/clocks_agree",),
        heals=False,
        mends=("rm /usr/local/bin/date",),
    ),
    Mutation(
        name="fleet-link-slower",
        cause="A bad cable: the link came up with 1 Gbit/s (in the lab, its file says so).",
        node="node1",
        breaks=("echo 1000 > /run/lab-speed", "mount --bind /run/lab-speed /sys/class/net/eth0/speed"),
        shows="grep -qx 1000 /sys/class/net/eth0/speed",
        reds=("nccl/interfaces_carry_the_same_speed",),
        heals=False,
        mends=("umount /sys/class/net/eth0/speed", "rm /run/lab-speed"),
    ),
    Mutation(
        name="fleet-all-ports-taken",
        cause="A service was given the collective's ports.",
        node="node1",
        breaks=(
            "systemd-run -q --unit=lab-ports "
            + " ".join(f"--socket-property=ListenStream={port}" for port in range(29500, 29520))
            + " true",
        ),
        shows="grep -q ':733C ' /proc/net/tcp /proc/net/tcp6",
        reds=(*JOB, "nccl/ports_of_the_collective_are_free", "host/rendezvous_port_is_reachable[node2-node1]"),
        reasons=(*["the job does not begin"] * (len(JOB) - 1), "they are taken", "one of them is the rendezvous port"),
        heals=False,
        mends=("systemctl stop lab-ports.socket",),
    ),
)

STATES = (
    Mutation(
        name="fleet-hostfile-in-another-order",
        cause="Each node's hostfile was written by hand.",
        node="node1",
        breaks=("sed -i '1!G;h;$!d' /job/hostfile",),
        shows="head -n 1 /job/hostfile | grep -q ^node2",
        reds=("nccl/hostfile_is_the_same_on_all_nodes", TRAINING),
        reasons=("each node counts the ranks otherwise",),
        plan=("deepspeed | hostfile",),
        heals=True,
    ),
    Mutation(
        name="fleet-conda-package-on-one-node",
        cause="conda install of a tool, on one node.",
        node="node2",
        breaks=(
            f"mkdir {SITE}/labtool-1.0.dist-info && echo conda > {SITE}/labtool-1.0.dist-info/INSTALLER",
            f"printf 'Metadata-Version: 2.1\\nName: labtool\\nVersion: 1.0\\n' > {SITE}/labtool-1.0.dist-info/METADATA",
        ),
        shows=f"[ -d {SITE}/labtool-1.0.dist-info ]",
        reds=(DIFFER,),
        heals=False,
        mends=(f"rm -r {SITE}/labtool-1.0.dist-info",),
    ),
    Mutation(
        name="fleet-nccl-of-another-version",
        cause="NCCL was replaced under torch, on one node (in the lab, torch says so).",
        node="node2",
        breaks=(f"printf 'def version():\\n    return (2, 18, 3)\\n' >> {SITE}/torch/cuda/nccl.py",),
        shows=f"grep -q '2, 18, 3' {SITE}/torch/cuda/nccl.py",
        reds=(
            "env/nccl_is_the_same_on_all_nodes",
            "env/wheel_is_whole[torch]",
            "allreduce/torch_and_nccl_are_one_on_all_ranks",
        ),
        reasons=("torch was edited", OTHERS),
        plan=("env | wheels of dis",),
        heals=True,
    ),
    Mutation(
        name="fleet-rank-computes-otherwise",
        cause="A GPU multiplies wrongly, and nothing says so (in the lab, torch's loss on one rank).",
        node="node2",
        breaks=(_OTHER_LOSS,),
        shows=f"grep -q lab_loss {SITE}/torch/nn/functional.py",
        reds=(TRAINING, "env/wheel_is_whole[torch]"),
        reasons=("torch was edited",),
        plan=("env | wheels of dis",),
        heals=True,
    ),
    Mutation(
        name="fleet-nccl-of-other-bytes",
        cause="NCCL's library was replaced by one of the same version and size.",
        node="node1",
        breaks=(another_byte(f"{SITE}/nvidia/nccl/lib/libnccl.so.2"),),
        shows=f"[ {SITE}/nvidia/nccl/lib/libnccl.so.2 -nt {SITE}/nvidia_nccl_cu11-2.14.3.dist-info/RECORD ]",
        reds=(
            "env/mapped_libraries_are_the_same_on_all_nodes",
            "env/mapped_cuda_libraries_are_their_wheels_own",
            "env/wheel_is_whole[nvidia-nccl-cu11]",
            "allreduce/mapped_libraries_are_one_on_all_nodes",
        ),
        reasons=("its RECORD has other bytes", "its RECORD has other bytes", OTHERS),
        plan=("env | wheels of dis",),
        heals=True,
    ),
)

CONTROLS = (
    Mutation(
        name="control-fleet-other-port-closed",
        cause="The site closes a port that no job uses.",
        node="node2",
        breaks=("iptables -w -I INPUT -p tcp --dport 8080 -j DROP",),
        shows="iptables -w -C INPUT -p tcp --dport 8080 -j DROP",
        reds=(),
        heals=False,
        mends=("iptables -w -D INPUT -p tcp --dport 8080 -j DROP",),
    ),
)

MUTATIONS = KEYS + PATHS + STATES + CONTROLS
