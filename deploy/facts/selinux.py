"""Read SELinux labels."""

from collections.abc import Iterable
from shlex import quote

from pyinfra.api.facts import FactBase


class WrongLabels(FactBase[list[str]]):
    """What restorecon would change below a path; nothing where SELinux does not enforce."""

    @staticmethod
    def default() -> list[str]:
        """No output: none is wrong."""
        return []

    def command(self, path: str) -> str:
        """restorecon(8) with -n only tells."""
        name = quote(path)
        return (
            'if command -v getenforce >/dev/null && [ "$(getenforce)" = Enforcing ] && '
            f"[ -e {name} ]; then restorecon -R -n -v {name}; fi"
        )

    def process(self, output: Iterable[str]) -> list[str]:
        """One line a file."""
        return [line for line in output if line.strip()]
