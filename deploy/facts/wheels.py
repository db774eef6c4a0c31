"""Read an environment's wheels, and whether their files are intact."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from trueup import payload

_SCRIPT = payload.text("deploy.node", "wheel_records.py")


@dataclass(frozen=True)
class Wheel:
    """A distribution as found; damaged names the first file that is missing or not the wheel's own."""

    version: str
    installer: str
    damaged: str | None


class InstalledWheels(FactBase[dict[str, Wheel]]):
    """Project name (PEP 503) -> what is installed; empty where there is no environment."""

    @staticmethod
    def default() -> dict[str, Wheel]:
        """No environment, no wheels."""
        return {}

    def command(self, env: str, only: str | None = None, hashed: int | None = None) -> str:
        """One process of the environment's own Python; nothing is written, not even bytecode.

        only: one project (PEP 503), None for all: twenty thousand files are hashed for these. hashed: up to which size
        in bytes a file is, whatever its time says; None for the script's own.
        """
        python = quote(f"{env}/bin/python")
        asked = (f" {quote(only)}" if only else "") + ("" if hashed is None else f" hashed={hashed:d}")
        return f"if [ -x {python} ]; then {python} -I -S -B -c {quote(_SCRIPT)}{asked}; else echo '{{}}'; fi"

    def process(self, output: Iterable[str]) -> dict[str, Wheel]:
        """One JSON object."""
        text = "".join(output)
        try:
            return {name: Wheel(**actual) for name, actual in json.loads(text).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise FactProcessError(f"the environment answered {text[:200]!r}; wanted one JSON object") from error
