"""The node's network interfaces."""

from collections.abc import Iterable

from pyinfra.api.facts import FactBase


class Interfaces(FactBase[list[str]]):
    """Names of all interfaces, up or down."""

    def command(self) -> str:
        """The kernel's own list."""
        return "ls /sys/class/net"

    def process(self, output: Iterable[str]) -> list[str]:
        """One name a line."""
        return [line.strip() for line in output if line.strip()]
