"""What a shell is opened on, and what a command returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from trueup.declaration import DATA_KEYS, Node

# Field of Target and of Node -> key of the inventory's host data.
_DATA_KEYS = {
    field: key
    for key, field in DATA_KEYS.items()
    if field in ("hostname", "port", "user", "key", "known_hosts", "config_file")
}


@dataclass(frozen=True)
class Target:
    """How the controller reaches one node; None leaves a setting to the user's own ssh_config."""

    name: str
    """The node's name in the inventory."""
    hostname: str
    """An address, or an alias of ssh_config."""
    port: int = 22
    """22 is likewise left to ssh_config."""
    user: str | None = None
    """The account to log in to."""
    key: str | None = None
    """The private key's path; ~ is the operator's home, as in the two paths below."""
    known_hosts: str | None = None
    """The file that pins the node's host key."""
    config_file: str | None = None
    """An ssh_config in place of the user's own."""
    sudo: bool = False
    """The whole shell runs as root."""

    @classmethod
    def of_node(cls, node: Node) -> Self:
        """Return how a declared node is reached."""
        return cls(name=node.name, **{field: getattr(node, field) for field in (*_DATA_KEYS, "sudo")})

    @classmethod
    def of_host_data(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Return how a host of pyinfra is reached, whose data are a node's before it is validated.

        Its commands ask for sudo one by one, so that the shell does not run as root.
        """
        values = {field: data[key] for field, key in _DATA_KEYS.items()}
        return cls(name=name, **{**values, "hostname": values["hostname"] or name, "port": values["port"] or 22})


@dataclass(frozen=True)
class Result:
    """A command's exit status and exact output."""

    rc: int
    """128 + n when signal n killed the command."""
    out: bytes
    """Standard output."""
    err: bytes
    """Standard error."""

    @property
    def ok(self) -> bool:
        """Tell whether the command exited with 0."""
        return self.rc == 0

    @property
    def text(self) -> str:
        """Return standard output as UTF-8; invalid bytes become \\xNN."""
        return self.out.decode("utf-8", "backslashreplace")

    @property
    def err_text(self) -> str:
        """Return standard error as UTF-8; invalid bytes become \\xNN."""
        return self.err.decode("utf-8", "backslashreplace")

    @property
    def lines(self) -> list[str]:
        """Return the lines of standard output without their newlines; only a newline ends one."""
        return _lines(self.text)

    @property
    def err_lines(self) -> list[str]:
        """Return the lines of standard error in the same way."""
        return _lines(self.err_text)


def _lines(text: str) -> list[str]:
    pieces = text.split("\n")
    return pieces if pieces[-1] else pieces[:-1]
