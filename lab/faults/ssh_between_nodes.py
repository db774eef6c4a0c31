"""Breaks of who reaches whom: each node alone looks well, or nearly."""

from lab.faults.common import JOB, to
from lab.faults.fault import Fault

KNOWN = "/etc/ssh/ssh_known_hosts"
PINNED = ("access | pinned host keys",)
REFUSES = "ssh refuses a key that is not the pinned one"
NAMES = "access/name_resolves_to_the_declared_address"
KEYS = (
    Fault(
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
    Fault(
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
    Fault(
        name="fleet-host-key-swapped",
        cause="The peer was reinstalled, and one of its host keys made anew.",
        node="node2",
        breaks=(
            "rm /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_rsa_key.pub",
            "ssh-keygen -q -t rsa -N '' -C lab-new -f /etc/ssh/ssh_host_rsa_key && systemctl reload ssh",
        ),
        shows=f"! grep -qF \"$(cut -d' ' -f2 /etc/ssh/ssh_host_rsa_key.pub)\" {KNOWN}",
        reds=("access/pinned_host_key_is_the_real_one[node1-node2]",),
        plan=PINNED,
        elsewhere=PINNED,
        heals=True,
    ),
    Fault(
        name="fleet-pinned-key-other",
        cause="Somebody in between offers a key of his own, and it was accepted.",
        node="node1",
        breaks=(
            "ssh-keygen -q -t ed25519 -N '' -C lab -f /root/lab-host && rm /root/lab-host",
            f"k=$(cut -d' ' -f2 /root/lab-host.pub); "
            f'sed -i "s#^\\(node2,.* ssh-ed25519\\) .*#\\1 $k#" {KNOWN}; mv /root/lab-host.pub /root/lab-host.seen',
        ),
        shows=f"[ -e /root/lab-host.seen ] && grep -qF \"$(cut -d' ' -f2 /root/lab-host.seen)\" {KNOWN}",
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
    Fault(
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
    Fault(
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
    Fault(
        name="fleet-name-of-the-old-address",
        cause="The peer moved to another address, and one node's /etc/hosts did not.",
        node="node1",
        breaks=("sed -i 's/^[0-9.]* node2$/10.9.9.9 node2/' /etc/hosts",),
        shows="grep -qx '10.9.9.9 node2' /etc/hosts",
        reds=(
            f"{NAMES}[node1-node2]",
            to("root", "node1", "node2")[0],
            to("train", "node1", "node2")[0],
            *JOB,
        ),
        reasons=(*["nobody answers there"] * 2, *["no job is begun between nodes that miss each other"] * len(JOB)),
        plan=("access | names",),
        heals=True,
    ),
)

MUTATIONS = KEYS
