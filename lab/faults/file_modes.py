"""Faults of modes and owners below a home, and of the pinned keys'."""

from lab.faults.common import to
from lab.faults.fault import Fault

SSH = "/home/train/.ssh"
KNOWN = "/etc/ssh/ssh_known_hosts"
UNTRUSTED = "sshd reads no key from a place that others may write to"
UNREADABLE = "sshd, as the account, cannot read them"
REFUSED = "ssh refuses a key that others can read"
MODES = (
    Fault(
        name="access-home-open",
        cause="chmod -R o+w, so that a colleague can drop files there.",
        node="node1",
        inject=("chmod o+w /home/train",),
        verify="[ $(( 0$(stat -c %a /home/train) & 2 )) -ne 0 ]",
        failing_checks=("access/home_is_closed_to_other_writers[train]", *to("train", "node2", "node1")),
        reasons=(UNTRUSTED, UNTRUSTED),
        plan=("access | home of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-home-group-writable",
        cause="A shared umask of 002.",
        node="node2",
        inject=("chmod g+w /root",),
        verify="[ $(( 0$(stat -c %a /root) & 020 )) -ne 0 ]",
        failing_checks=("access/home_is_closed_to_other_writers[root]",),
        plan=("access | home of root",),
        converge_repairs=True,
    ),
    Fault(
        name="access-ssh-folder-open",
        cause="mkdir ~/.ssh by hand.",
        node="node1",
        inject=(f"chmod 755 {SSH}",),
        verify=f"[ $(stat -c %a {SSH}) = 755 ]",
        failing_checks=("access/ssh_folder_is_private[train]",),
        plan=("access | .ssh of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-ssh-folder-stolen",
        cause="root copied a key there, and chowned the folder.",
        node="node2",
        inject=(f"chown root:root {SSH}",),
        verify=f"[ $(stat -c %U {SSH}) = root ]",
        failing_checks=(
            "access/ssh_folder_is_private[train]",
            *to("train", "node1", "node2"),
            *to("train", "node2", "node1"),
        ),
        reasons=(UNREADABLE, UNREADABLE, "ssh cannot read its key", "ssh cannot read its key"),
        plan=("access | .ssh of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-authorized-keys-open",
        cause="The file was copied with cp.",
        node="node1",
        inject=(f"chmod 644 {SSH}/authorized_keys",),
        verify=f"[ $(stat -c %a {SSH}/authorized_keys) = 644 ]",
        failing_checks=("access/authorized_keys_is_private[train]",),
        plan=("access | authorized keys of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-authorized-keys-of-root",
        cause="root edited the file with an editor that writes it anew.",
        node="node2",
        inject=(f"chown root:root {SSH}/authorized_keys",),
        verify=f"[ $(stat -c %U {SSH}/authorized_keys) = root ]",
        failing_checks=("access/authorized_keys_is_private[train]", *to("train", "node1", "node2")),
        reasons=(UNREADABLE, UNREADABLE),
        plan=("access | authorized keys of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-private-key-open",
        cause="The home was restored from a backup that keeps no modes.",
        node="node1",
        inject=(f"chmod 644 {SSH}/id_ed25519",),
        verify=f"[ $(stat -c %a {SSH}/id_ed25519) = 644 ]",
        failing_checks=(
            "access/private_key_is_private[train]",
            "access/no_private_key_is_readable_by_others[train]",
            *to("train", "node1", "node2"),
        ),
        reasons=("it is such a key", REFUSED, REFUSED),
        plan=("access | key of train",),
        converge_repairs=True,
    ),
    Fault(
        name="access-private-key-of-group",
        cause="chmod 640, so that a backup's group may read it.",
        node="node2",
        inject=("chmod 640 /root/.ssh/id_ed25519",),
        verify="[ $(stat -c %a /root/.ssh/id_ed25519) = 640 ]",
        failing_checks=(
            "access/private_key_is_private[root]",
            "access/no_private_key_is_readable_by_others[root]",
            *to("root", "node2", "node1"),
        ),
        reasons=("it is such a key", REFUSED, REFUSED),
        plan=("access | key of root",),
        converge_repairs=True,
    ),
    Fault(
        name="access-old-key-open",
        cause="A key of an old laptop was copied there, and forgotten.",
        node="node2",
        inject=(f"ssh-keygen -q -t ed25519 -N '' -C old -f {SSH}/old && chmod 644 {SSH}/old",),
        verify=f"[ -e {SSH}/old ]",
        failing_checks=("access/no_private_key_is_readable_by_others[train]",),
        converge_repairs=False,
        undo=(f"rm {SSH}/old {SSH}/old.pub",),
    ),
    Fault(
        name="access-known-hosts-open",
        cause="chmod 666, so that every user may add hosts.",
        node="node1",
        inject=(f"chmod 666 {KNOWN}",),
        verify=f"[ $(stat -c %a {KNOWN}) = 666 ]",
        failing_checks=("access/known_hosts_is_not_writable_by_others",),
        plan=("access | pinned host keys",),
        converge_repairs=True,
    ),
)

FAULTS = MODES
