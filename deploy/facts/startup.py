"""Read start-up files that name one of the loader's variables."""

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from deploy.startup_files import VARIABLES, Kind

SYSTEM: tuple[tuple[Kind, str], ...] = (
    ("pairs", "/etc/environment /etc/default/locale /etc/environment.d/*.conf"),
    ("pam", "/etc/security/pam_env.conf"),
    ("systemd", "/etc/systemd/system.conf /etc/systemd/system.conf.d/*.conf"),
    ("systemd", "/etc/systemd/user.conf /etc/systemd/user.conf.d/*.conf"),
    ("sshd", "/etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf"),
)
OWN: tuple[tuple[Kind, str], ...] = (
    ("shell", ".bashrc .bash_profile .bash_login .profile .zshenv .zprofile .zshrc .ssh/rc"),
    ("pairs", ".ssh/environment .config/environment.d/*.conf"),
    ("pam", ".pam_environment"),
)


@dataclass(frozen=True)
class StartupFile:
    """A file as found; kind as in deploy.startup_files."""

    kind: Kind
    mode: str
    user: str
    group: str
    text: str


class StartupFiles(FactBase[dict[str, StartupFile]]):
    """Real path -> file, of those that name a variable of the loader; homes: of the declared accounts."""

    @staticmethod
    def default() -> dict[str, StartupFile]:
        """No output: no such file."""
        return {}

    def command(self, shells: tuple[str, ...], homes: tuple[str, ...], env: str) -> str:
        """Links are followed: a file that a tool manages elsewhere is written there. shells: patterns, system-wide."""
        groups = [f"{kind}:{names}" for kind, names in SYSTEM] + [f"shell:{' '.join(shells)}"]
        for home in homes:
            groups += [f"{kind}:{' '.join(f'{quote(home)}/{name}' for name in names.split())}" for kind, names in OWN]
        groups.append(f"shell:{quote(env)}/etc/conda/activate.d/*.sh")
        loops = "".join(
            f'for f in {names}; do show {kind} "$f"; done; ' for kind, _, names in (g.partition(":") for g in groups)
        )
        pattern = "\\|".join(VARIABLES)
        return (
            f'show() {{ if [ -f "$2" ] && grep -q \'{pattern}\' "$2"; then r=$(readlink -f "$2"); '
            'echo "file|$1|$r|$(stat -c \'%a|%U|%G\' "$r")"; sed \'s/^/ /\' "$r"; fi; }; ' + loops
        )

    def process(self, output: Iterable[str]) -> dict[str, StartupFile]:
        """A line of facts, then the file's lines, each after a blank."""
        actual: dict[str, StartupFile] = {}
        heads: list[tuple[list[str], list[str]]] = []
        for line in output:
            if line.startswith(" ") and heads:
                heads[-1][1].append(line[1:])
            elif line.startswith("file|") and line.count("|") == 5:
                heads.append((line.split("|")[1:], []))
            else:
                raise FactProcessError(f"wanted a start-up file's head or line, found {line!r}")
        for (kind, path, mode, user, group), lines in heads:
            known = next((name for name, _ in SYSTEM + OWN if name == kind), None)
            if known is None:
                raise FactProcessError(f"wanted a kind of start-up file, found {kind!r} for {path!r}")
            actual[path] = StartupFile(known, mode, user, group, "".join(f"{line}\n" for line in lines))
        return actual
