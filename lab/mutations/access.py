"""Breaks of accounts, keys, names and sshd's rules on one node."""

from lab.mutations.model import Mutation

SSH = "/home/train/.ssh"
KNOWN = "/etc/ssh/ssh_known_hosts"
HOSTS = "/etc/hosts"
UNTRUSTED = "sshd reads no key from a place that others may write to"
UNREADABLE = "sshd, as the account, cannot read them"
REFUSED = "ssh refuses a key that others can read"
NO_KEY = "the key is no longer the one that peers know"


def to(account: str, source: str, target: str) -> tuple[str, str]:
    """Both ways in which a node is reached from the other one."""
    edge = f"[{account}-{source}-{target}]"
    return (f"access/node_reaches_node{edge}", f"access/node_reaches_node_by_address{edge}")


MODES = (
    Mutation(
        name="access-home-open",
        cause="chmod -R o+w, so that a colleague can drop files there.",
        node="node1",
        breaks=("chmod o+w /home/train",),
        shows="[ $(( 0$(stat -c %a /home/train) & 2 )) -ne 0 ]",
        reds=("access/home_is_closed_to_other_writers[train]", *to("train", "node2", "node1")),
        reasons=(UNTRUSTED, UNTRUSTED),
        plan=("access | home of train",),
        heals=True,
    ),
    Mutation(
        name="access-home-group-writable",
        cause="A shared umask of 002.",
        node="node2",
        breaks=("chmod g+w /root",),
        shows="[ $(( 0$(stat -c %a /root) & 020 )) -ne 0 ]",
        reds=("access/home_is_closed_to_other_writers[root]",),
        plan=("access | home of root",),
        heals=True,
    ),
    Mutation(
        name="access-ssh-folder-open",
        cause="mkdir ~/.ssh by hand.",
        node="node1",
        breaks=(f"chmod 755 {SSH}",),
        shows=f"[ $(stat -c %a {SSH}) = 755 ]",
        reds=("access/ssh_folder_is_private[train]",),
        plan=("access | .ssh of train",),
        heals=True,
    ),
    Mutation(
        name="access-ssh-folder-stolen",
        cause="root copied a key there, and chowned the folder.",
        node="node2",
        breaks=(f"chown root:root {SSH}",),
        shows=f"[ $(stat -c %U {SSH}) = root ]",
        reds=(
            "access/ssh_folder_is_private[train]",
            *to("train", "node1", "node2"),
            *to("train", "node2", "node1"),
        ),
        reasons=(UNREADABLE, UNREADABLE, "ssh cannot read its key", "ssh cannot read its key"),
        plan=("access | .ssh of train",),
        heals=True,
    ),
    Mutation(
        name="access-authorized-keys-open",
        cause="The file was copied with cp.",
        node="node1",
        breaks=(f"chmod 644 {SSH}/authorized_keys",),
        shows=f"[ $(stat -c %a {SSH}/authorized_keys) = 644 ]",
        reds=("access/authorized_keys_is_private[train]",),
        plan=("access | authorized keys of train",),
        heals=True,
    ),
    Mutation(
        name="access-authorized-keys-of-root",
        cause="root edited the file with an editor that writes it anew.",
        node="node2",
        breaks=(f"chown root:root {SSH}/authorized_keys",),
        shows=f"[ $(stat -c %U {SSH}/authorized_keys) = root ]",
        reds=("access/authorized_keys_is_private[train]", *to("train", "node1", "node2")),
        reasons=(UNREADABLE, UNREADABLE),
        plan=("access | authorized keys of train",),
        heals=True,
    ),
    Mutation(
        name="access-private-key-open",
        cause="The home was restored from a backup that keeps no modes.",
        node="node1",
        breaks=(f"chmod 644 {SSH}/id_ed25519",),
        shows=f"[ $(stat -c %a {SSH}/id_ed25519) = 644 ]",
        reds=(
            "access/private_key_is_private[train]",
            "access/no_private_key_is_readable_by_others[train]",
            *to("train", "node1", "node2"),
        ),
        reasons=("it is such a key", REFUSED, REFUSED),
        plan=("access | key of train",),
        heals=True,
    ),
    Mutation(
        name="access-private-key-of-group",
        cause="chmod 640, so that a backup's group may read it.",
        node="node2",
        breaks=("chmod 640 /root/.ssh/id_ed25519",),
        shows="[ $(stat -c %a /root/.ssh/id_ed25519) = 640 ]",
        reds=(
            "access/private_key_is_private[root]",
            "access/no_private_key_is_readable_by_others[root]",
            *to("root", "node2", "node1"),
        ),
        reasons=("it is such a key", REFUSED, REFUSED),
        plan=("access | key of root",),
        heals=True,
    ),
    Mutation(
        name="access-old-key-open",
        cause="A key of an old laptop was copied there, and forgotten.",
        node="node2",
        breaks=(f"ssh-keygen -q -t ed25519 -N '' -C old -f {SSH}/old && chmod 644 {SSH}/old",),
        shows=f"[ -e {SSH}/old ]",
        reds=("access/no_private_key_is_readable_by_others[train]",),
        heals=False,
        mends=(f"rm {SSH}/old {SSH}/old.pub",),
    ),
    Mutation(
        name="access-known-hosts-open",
        cause="chmod 666, so that every user may add hosts.",
        node="node1",
        breaks=(f"chmod 666 {KNOWN}",),
        shows=f"[ $(stat -c %a {KNOWN}) = 666 ]",
        reds=("access/known_hosts_is_not_writable_by_others",),
        plan=("access | pinned host keys",),
        heals=True,
    ),
)

TEXTS = (
    Mutation(
        name="access-public-key-other",
        cause="A .pub was copied by hand from another machine.",
        node="node2",
        breaks=(
            "ssh-keygen -q -t ed25519 -N '' -C node2 -f /root/lab-other && rm /root/lab-other",
            "mv /root/lab-other.pub /root/.ssh/id_ed25519.pub",
        ),
        shows="[ \"$(ssh-keygen -y -f /root/.ssh/id_ed25519 | cut -d' ' -f2)\" != "
        "\"$(cut -d' ' -f2 /root/.ssh/id_ed25519.pub)\" ]",
        reds=("access/public_key_belongs_to_private_key[root]",),
        plan=("access | key of root",),
        heals=True,
    ),
    Mutation(
        name="access-public-key-rsa",
        cause="The guide's ssh-keygen -t rsa was repeated, and half undone.",
        node="node1",
        breaks=(
            "ssh-keygen -q -t rsa -N '' -C node1 -f /root/lab-rsa && rm /root/lab-rsa",
            "mv /root/lab-rsa.pub /root/.ssh/id_ed25519.pub",
        ),
        shows="grep -q ^ssh-rsa /root/.ssh/id_ed25519.pub",
        reds=("access/key_has_the_declared_type[root]", "access/public_key_belongs_to_private_key[root]"),
        reasons=("a key of another type is another key",),
        plan=("access | key of root",),
        heals=True,
    ),
    Mutation(
        name="access-own-name-loopback",
        cause="The distribution's installer wrote 127.0.1.1, as Debian's does.",
        node="node1",
        breaks=(f"sed -i '1i 127.0.1.1 node1' {HOSTS}",),
        shows=f"grep -qx '127.0.1.1 node1' {HOSTS}",
        reds=("access/own_name_is_its_declared_address",),
        plan=("access | names",),
        heals=True,
    ),
    Mutation(
        name="access-strict-modes-off",
        cause="A key did not work, and an answer on the Internet said: StrictModes no.",
        node="node2",
        breaks=("echo 'StrictModes no' > /etc/ssh/sshd_config.d/00-lab.conf", "systemctl reload ssh"),
        shows="sshd -T | grep -qx 'strictmodes no'",
        reds=("access/sshd_keeps_strict_modes",),
        heals=False,
        mends=("rm /etc/ssh/sshd_config.d/00-lab.conf", "systemctl reload ssh"),
    ),
    Mutation(
        name="access-account-moved",
        cause="usermod -d, when homes moved to another disk; a link was left in the old place.",
        node="node1",
        breaks=("ln -s /home/train /home/moved", "sed -i 's#:/home/train:#:/home/moved:#' /etc/passwd"),
        shows="getent passwd train | grep -q :/home/moved:",
        reds=("access/account_exists_with_its_home[train]",),
        refuses="wanted home /home/train, found /home/moved",
        heals=False,
        mends=("sed -i 's#:/home/moved:#:/home/train:#' /etc/passwd", "rm /home/moved"),
    ),
)

CONTROLS = (
    Mutation(
        name="control-access-home-closed",
        cause="A stricter site: homes are 700.",
        node="node1",
        breaks=("chmod 700 /home/train",),
        shows="[ $(stat -c %a /home/train) = 700 ]",
        reds=(),
        heals=False,
        mends=("chmod 755 /home/train",),
    ),
    Mutation(
        name="control-access-own-known-hosts",
        cause="Somebody logged in on another machine from here.",
        node="node2",
        breaks=(f"echo 'elsewhere ssh-ed25519 AAAA' > {SSH}/known_hosts && chown train: {SSH}/known_hosts",),
        shows=f"grep -q ^elsewhere {SSH}/known_hosts",
        reds=(),
        heals=False,
        mends=(f"rm {SSH}/known_hosts",),
    ),
    Mutation(
        name="control-access-other-host",
        cause="A storage server was added to /etc/hosts.",
        node="node1",
        breaks=(f"sed -i '1i 10.9.9.9 storage' {HOSTS}",),
        shows=f"grep -q storage {HOSTS}",
        reds=(),
        heals=False,
        mends=(f"sed -i /storage/d {HOSTS}",),
    ),
)

MUTATIONS = MODES + TEXTS + CONTROLS
