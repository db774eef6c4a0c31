"""Read which boot of a node this is."""

from collections.abc import Iterable

from pyinfra.api.facts import FactBase


class BootId(FactBase[str]):
    """The kernel's own name for this boot (random(4), /proc/sys/kernel/random/boot_id)."""

    def command(self) -> str:
        """A new one at each boot, and never before it."""
        return "cat /proc/sys/kernel/random/boot_id"

    def process(self, output: Iterable[str]) -> str:
        """One line."""
        return "".join(output).strip()
