"""Faults of who reaches whom: each node alone looks well, or nearly."""

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
        inject=("sed -i '/ node1$/d' /root/.ssh/authorized_keys",),
        verify="! grep -q ' node1$' /root/.ssh/authorized_keys",
        failing_checks=("access/only_declared_keys_may_log_in[node2-root]", *to("root", "node1", "node2")),
        reasons=("the key is missing",) * 2,
        plan=("access | authorized keys of root",),
        converge_repairs=True,
    ),
    Fault(
        name="fleet-foreign-key",
        cause="A key of somebody who has left.",
        node="node1",
        inject=(
            "ssh-keygen -q -t ed25519 -N '' -C left@lab -f /root/lab-left",
            "cat /root/lab-left.pub >> /home/train/.ssh/authorized_keys && rm /root/lab-left /root/lab-left.pub",
        ),
        verify="grep -q left@lab /home/train/.ssh/authorized_keys",
        failing_checks=("access/only_declared_keys_may_log_in[node1-train]",),
        plan=("access | authorized keys of train",),
        converge_repairs=True,
    ),
    Fault(
        name="fleet-host-key-swapped",
        cause="The peer was reinstalled, and one of its host keys made anew.",
        node="node2",
        inject=(
            "rm /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_rsa_key.pub",
            "ssh-keygen -q -t rsa -N '' -C lab-new -f /etc/ssh/ssh_host_rsa_key && systemctl reload ssh",
        ),
        verify=f"! grep -qF \"$(cut -d' ' -f2 /etc/ssh/ssh_host_rsa_key.pub)\" {KNOWN}",
        failing_checks=("access/pinned_host_key_is_the_real_one[node1-node2]",),
        plan=PINNED,
        elsewhere=PINNED,
        converge_repairs=True,
    ),
    Fault(
        name="fleet-pinned-key-other",
        cause="Somebody in between offers a key of his own, and it was accepted.",
        node="node1",
        inject=(
            "ssh-keygen -q -t ed25519 -N '' -C lab -f /root/lab-host && rm /root/lab-host",
            f"k=$(cut -d' ' -f2 /root/lab-host.pub); "
            f'sed -i "s#^\\(node2,.* ssh-ed25519\\) .*#\\1 $k#" {KNOWN}; mv /root/lab-host.pub /root/lab-host.seen',
        ),
        verify=f"[ -e /root/lab-host.seen ] && grep -qF \"$(cut -d' ' -f2 /root/lab-host.seen)\" {KNOWN}",
        failing_checks=(
            "access/pinned_host_key_is_the_real_one[node1-node2]",
            *to("root", "node1", "node2"),
            *to("train", "node1", "node2"),
        ),
        reasons=(REFUSES,) * 4,
        plan=PINNED,
        converge_repairs=True,
        cleanup=("rm /root/lab-host.seen",),
    ),
    Fault(
        name="fleet-pinned-names-only",
        cause="ssh-keyscan of the names; launchers use addresses.",
        node="node2",
        inject=(f"sed -i 's/^node1,[0-9.]* /node1 /' {KNOWN}",),
        verify=f"! grep -q ^node1, {KNOWN}",
        failing_checks=(to("root", "node2", "node1")[1], to("train", "node2", "node1")[1]),
        reasons=("it is every account's file",),
        plan=PINNED,
        converge_repairs=True,
    ),
    Fault(
        name="fleet-account-not-let-in",
        cause="AllowUsers, by a hardening script.",
        node="node2",
        inject=("echo 'AllowUsers root' > /etc/ssh/sshd_config.d/05-lab.conf && systemctl reload ssh",),
        verify="sshd -T | grep -qx 'allowusers root'",
        failing_checks=to("train", "node1", "node2"),
        reasons=("by either name",),
        converge_repairs=False,
        undo=("rm /etc/ssh/sshd_config.d/05-lab.conf && systemctl reload ssh",),
    ),
    Fault(
        name="fleet-name-of-the-old-address",
        cause="The peer moved to another address, and one node's /etc/hosts did not.",
        node="node1",
        inject=("sed -i 's/^[0-9.]* node2$/10.9.9.9 node2/' /etc/hosts",),
        verify="grep -qx '10.9.9.9 node2' /etc/hosts",
        failing_checks=(
            f"{NAMES}[node1-node2]",
            to("root", "node1", "node2")[0],
            to("train", "node1", "node2")[0],
            *JOB,
        ),
        reasons=(*["nobody answers there"] * 2, *["no job is begun between nodes that miss each other"] * len(JOB)),
        plan=("access | names",),
        converge_repairs=True,
    ),
)

FAULTS = KEYS
