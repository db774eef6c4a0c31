"""Faults of keys, names and sshd's rules on one node."""

from lab.faults.common import to
from lab.faults.fault import Fault

# ssh offers the key in the .pub beside the private one.
OFFERED = "ssh offers the public key, and nobody knows it"
SSH = "/home/train/.ssh"
HOSTS = "/etc/hosts"
TEXTS = (
    Fault(
        name="access-public-key-other",
        cause="A .pub was copied by hand from another machine.",
        node="node2",
        inject=(
            "ssh-keygen -q -t ed25519 -N '' -C node2 -f /root/lab-other && rm /root/lab-other",
            "mv /root/lab-other.pub /root/.ssh/id_ed25519.pub",
        ),
        verify="[ \"$(ssh-keygen -y -f /root/.ssh/id_ed25519 | cut -d' ' -f2)\" != "
        "\"$(cut -d' ' -f2 /root/.ssh/id_ed25519.pub)\" ]",
        failing_checks=("access/public_key_belongs_to_private_key[root]", *to("root", "node2", "node1")),
        reasons=(OFFERED, OFFERED),
        plan=("access | key of root",),
        converge_repairs=True,
    ),
    Fault(
        name="access-public-key-rsa",
        cause="The guide's ssh-keygen -t rsa was repeated, and half undone.",
        node="node1",
        inject=(
            "ssh-keygen -q -t rsa -N '' -C node1 -f /root/lab-rsa && rm /root/lab-rsa",
            "mv /root/lab-rsa.pub /root/.ssh/id_ed25519.pub",
        ),
        verify="grep -q ^ssh-rsa /root/.ssh/id_ed25519.pub",
        failing_checks=(
            "access/key_has_the_declared_type[root]",
            "access/public_key_belongs_to_private_key[root]",
            *to("root", "node1", "node2"),
        ),
        reasons=("a key of another type is another key", OFFERED, OFFERED),
        plan=("access | key of root",),
        converge_repairs=True,
    ),
    Fault(
        name="access-own-name-loopback",
        cause="The distribution's installer wrote 127.0.1.1, as Debian's does.",
        node="node1",
        inject=(f"sed -i '1i 127.0.1.1 node1' {HOSTS}",),
        verify=f"grep -qx '127.0.1.1 node1' {HOSTS}",
        failing_checks=("access/own_name_is_its_declared_address",),
        plan=("access | names",),
        converge_repairs=True,
    ),
    Fault(
        name="access-strict-modes-off",
        cause="A key did not work, and an answer on the Internet said: StrictModes no.",
        node="node2",
        inject=("echo 'StrictModes no' > /etc/ssh/sshd_config.d/00-lab.conf", "systemctl reload ssh"),
        verify="sshd -T | grep -qx 'strictmodes no'",
        failing_checks=("access/sshd_keeps_strict_modes",),
        converge_repairs=False,
        undo=("rm /etc/ssh/sshd_config.d/00-lab.conf", "systemctl reload ssh"),
    ),
    Fault(
        name="access-account-moved",
        cause="usermod -d, when homes moved to another disk; a link was left in the old place.",
        node="node1",
        inject=("ln -s /home/train /home/moved", "sed -i 's#:/home/train:#:/home/moved:#' /etc/passwd"),
        verify="getent passwd train | grep -q :/home/moved:",
        failing_checks=("access/account_exists_with_its_home[train]",),
        refuses="wanted home /home/train, found /home/moved",
        converge_repairs=False,
        undo=("sed -i 's#:/home/moved:#:/home/train:#' /etc/passwd", "rm /home/moved"),
    ),
)
CONTROLS = (
    Fault(
        name="control-access-home-closed",
        cause="A stricter site: homes are 700.",
        node="node1",
        inject=("chmod 700 /home/train",),
        verify="[ $(stat -c %a /home/train) = 700 ]",
        failing_checks=(),
        converge_repairs=False,
        undo=("chmod 755 /home/train",),
        # What lies open in there is closed by it.
        rebuilds=("access",),
    ),
    Fault(
        name="control-access-own-known-hosts",
        cause="Somebody logged in on another machine from here.",
        node="node2",
        inject=(f"echo 'elsewhere ssh-ed25519 AAAA' > {SSH}/known_hosts && chown train: {SSH}/known_hosts",),
        verify=f"grep -q ^elsewhere {SSH}/known_hosts",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"rm {SSH}/known_hosts",),
    ),
    Fault(
        name="control-access-other-host",
        cause="A storage server was added to /etc/hosts.",
        node="node1",
        inject=(f"sed -i '1i 10.9.9.9 storage' {HOSTS}",),
        verify=f"grep -q storage {HOSTS}",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"sed -i /storage/d {HOSTS}",),
    ),
)

FAULTS = TEXTS + CONTROLS
