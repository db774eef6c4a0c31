"""What a shell is opened on, and what a command gives back."""

from dataclasses import dataclass

from trueup.declaration import Node


@dataclass(frozen=True)
class Target:
    """How the controller reaches one node.

    hostname may be an alias of ssh_config. user, key, known_hosts, config_file: None means what the
    user's own ssh_config says. port 22 is likewise left to ssh_config. sudo: the whole shell runs as root.
    """

    name: str
    hostname: str
    port: int = 22
    user: str | None = None
    key: str | None = None
    known_hosts: str | None = None
    config_file: str | None = None
    sudo: bool = False


@dataclass(frozen=True)
class Result:
    """Exit status (128 + n when signal n killed the command), standard output, standard error: exact bytes."""

    rc: int
    out: bytes
    err: bytes

    @property
    def ok(self) -> bool:
        """Whether the command exited with 0."""
        return self.rc == 0

    @property
    def text(self) -> str:
        """Standard output as UTF-8; bytes that are none are shown as \\xNN."""
        return self.out.decode("utf-8", "backslashreplace")

    @property
    def err_text(self) -> str:
        """Standard error as UTF-8; bytes that are none are shown as \\xNN."""
        return self.err.decode("utf-8", "backslashreplace")


def target_of(node: Node) -> Target:
    """What the inventory does not say is left to ssh; ~ in its paths is the operator's home."""
    return Target(
        name=node.name,
        hostname=node.hostname,
        port=node.port,
        user=node.user,
        key=node.key,
        known_hosts=node.known_hosts,
        config_file=node.config_file,
        sudo=node.sudo,
    )
