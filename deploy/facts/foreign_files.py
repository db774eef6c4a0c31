"""Read which files of an environment no wheel brought."""

import json
from collections.abc import Iterable
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from trueup import payload

_SCRIPT = payload.text("deploy.node", "foreign_files.py")


class Strays(FactBase[list[str]]):
    """Paths of foreign CUDA libraries in torch's search path, and of Python's start-up hooks."""

    @staticmethod
    def default() -> list[str]:
        """No environment, no strays."""
        return []

    def command(self, env: str) -> str:
        """Without site: a hook must not run before it is seen."""
        python = quote(f"{env}/bin/python")
        return f"if [ -x {python} ]; then {python} -I -S -B -c {quote(_SCRIPT)}; else echo '[]'; fi"

    def process(self, output: Iterable[str]) -> list[str]:
        """One JSON list."""
        text = "".join(output)
        try:
            return [str(path) for path in json.loads(text)]
        except (ValueError, TypeError) as error:
            raise FactProcessError(f"the environment answered {text[:200]!r}; wanted a JSON list") from error
