"""The lab's way in: one key pair for the controller, and the nodes' host keys pinned."""

import subprocess
from threading import Lock

from lab.instance import Instance
from lab.podman import Podman
from trueup.files import write_atomic

ACCOUNTS = ("root", "ops")
_PINNING = Lock()  # nodes are brought up at once, and share one file
READ_HOST_KEYS = "cat /etc/ssh/ssh_host_*_key.pub"


def ensure(instance: Instance) -> None:
    """Make the key pair unless it is there, and lay its public half out as /etc/ssh/keys/<account>."""
    folder = instance.key.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = instance.key.with_suffix(".pub")
    if not (instance.key.exists() and public.exists()):
        instance.key.unlink(missing_ok=True)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "trueup-lab", "-f", str(instance.key)],
            check=True,
            capture_output=True,
            timeout=30,
        )
    authorized = instance.state / "keys"
    authorized.mkdir(exist_ok=True, mode=0o755)
    for account in ACCOUNTS:
        path = authorized / account
        path.write_text(public.read_text())
        path.chmod(0o644)


def known_hosts_lines(node: str, address: str, public_keys: str) -> list[str]:
    """Lines of a known_hosts file from the node's public host keys, one key a line."""
    keys = (line.split()[:2] for line in public_keys.splitlines() if line.strip())
    return [f"{address},{node} {kind} {key}" for kind, key in keys]


def pin(instance: Instance, node: str, podman: Podman) -> None:
    """Read a node's host keys through Podman, which needs no trust in the network, and pin them."""
    answer = podman.call("exec", instance.container(node), "sh", "-c", READ_HOST_KEYS, step="read host keys", node=node)
    lines = known_hosts_lines(node, instance.address(node), answer)
    with _PINNING:
        path = instance.known_hosts
        others = path.read_text().splitlines() if path.exists() else []
        own = f"{instance.address(node)},"
        lines += [line for line in others if not line.startswith(own)]
        write_atomic(path, "".join(f"{line}\n" for line in sorted(lines)), mode=0o644)


def ssh_command(instance: Instance, node: str, command: str, account: str = "root") -> list[str]:
    """Return the ssh call that runs command on a node with the pinned host keys and nothing of the user's own."""
    return [
        *("ssh", "-F", "none", "-i", str(instance.key)),
        *("-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes"),
        *("-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={instance.known_hosts}"),
        *("-o", "GlobalKnownHostsFile=none", "-o", "ConnectTimeout=10", "-o", "ControlPath=none"),
        f"{account}@{instance.address(node)}",
        command,
    ]
