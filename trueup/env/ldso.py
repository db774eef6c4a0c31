"""Find the libraries that the loader would take, for each way in which a program can be started."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from trueup.env.probe import ProbeFailed
from trueup.payload import text
from trueup.platforms import CUDA_LIBRARY
from trueup.remote_shell import Shell

LOADER_S = 60.0
_CUDA_LIBRARY = re.compile(CUDA_LIBRARY)
# The ways in which a rank is started: by a launcher over ssh, by hand after a login, in a terminal, as a service.
WAYS = ("ssh command", "login shell", "interactive shell", "systemd unit")
# A terminal on a node is opened in a session, which pam_env(8) and the login shell have prepared.
_TERMINAL = "runuser -l {account} -c {terminal} 2>/dev/null"
_WAY = {
    "ssh command": "{command}",
    "login shell": "runuser -l {account} -c {quoted}",
    "interactive shell": _TERMINAL,
    "systemd unit": "systemd-run --quiet --wait --pipe --collect {command}",
}
_LIBRARY_LINE = re.compile(r"^\s+(?:\S+ => )?(?P<path>/\S+) \(0x[0-9a-f]+\)$")


@dataclass(frozen=True)
class Loaded:
    """What one way of starting a program gives to it."""

    variables: dict[str, str]
    """Environment variables; "" where the way does not set them."""
    libraries: frozenset[str]
    """Paths that the loader would take."""

    def foreign(self, env: str) -> list[str]:
        """Return CUDA libraries that would come from outside the environment."""
        return sorted(
            path
            for path in self.libraries
            if _CUDA_LIBRARY.match(path.rpartition("/")[2]) and not path.startswith(f"{env}/")
        )


def parse(lines: Iterable[str], step: str) -> Loaded:
    """Parse the output of node/ldso.sh; other lines, such as a greeting, are ignored. Raises ProbeFailed."""
    variables: dict[str, str] = {}
    libraries: set[str] = set()
    for line in lines:
        kind, _, rest = line.partition("|")
        if kind == "var":
            name, _, value = rest.partition("|")
            variables[name] = value
        elif kind == "lib" and (match := _LIBRARY_LINE.match(rest)):
            libraries.add(match["path"])
    if "PATH" not in variables or not libraries:
        actual = f"{len(variables)} variables and {len(libraries)} libraries"
        raise ProbeFailed(step, expected="PATH and the libraries that ldd prints", actual=actual)
    return Loaded(variables, frozenset(libraries))


def loaded(shell: Shell, site: str, way: str, account: str) -> Loaded:
    """Return what torch and its libraries would be given when they are loaded that way.

    Args:
        shell: The node's shell.
        site: The environment's site-packages.
        way: One of WAYS.
        account: Who starts the program; root for an ssh command and a unit.

    Raises:
        ProbeFailed: The probe gave no answer.
        ShellError: The node did not answer.
    """
    script = text("trueup.env.node", "ldso.sh").encode()
    # On standard input, because systemd replaces every $ of a unit's command line.
    command = f"sh -s -- {quote(site)}"
    line = _WAY[way].format(
        command=command,
        quoted=quote(command),
        terminal=quote(f"bash -ic {quote(command)}"),
        account=quote(account),
    )
    step = f"{way} of {account}"
    result = shell.run(line, stdin=script, timeout=LOADER_S)
    if result.rc != 0:
        raise ProbeFailed(step, expected="exit status 0", actual=f"{result.rc}: {result.err_text[-300:]}")
    return parse(result.text.splitlines(), step)
