"""Define a node's facts that every contender reads.

They are files, packages, services, users and limits.
"""

import json
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path

from trueup.remote_shell import Shell, Target

# Those whose letter and unit are the same in dash and bash: testinfra asks in the login shell, we in sh.
LIMITS = ("n", "l", "s", "v", "d", "t")


@dataclass(frozen=True)
class Fact:
    """kind: file, package, service, user or limit; wanted: as text."""

    kind: str
    name: str
    expected: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Endpoint:
    """One node, as every contender reaches it."""

    name: str
    address: str
    port: int
    user: str
    key: str
    known_hosts: str

    @property
    def target(self) -> Target:
        """As trueup's shell reaches it."""
        return Target(self.name, self.address, self.port, self.user, self.key, self.known_hosts)

    @property
    def ssh(self) -> list[str]:
        """OpenSSH's client, the host apart, with nothing of what this machine's user configured."""
        known = f"UserKnownHostsFile={self.known_hosts}"
        return ["ssh", "-F", "none", "-i", self.key, "-o", known, "-o", "BatchMode=yes", "-p", str(self.port)]


def gather(shell: Shell) -> list[Fact]:
    """What holds on the node now; a node of the lab gives at least a hundred facts."""
    files = shell.run("cd /etc && stat -c '/etc/%n %a %U' * | head -40").text.splitlines()
    packages = shell.run("dpkg-query -W -f '${Package} ${Version}\\n' | head -35").text.splitlines()
    services = shell.run("systemctl list-units --type=service --state=active --plain --no-legend").text.splitlines()
    users = shell.run("getent passwd | head -15").text.splitlines()
    limits = shell.run("; ".join(f"ulimit -{each}" for each in LIMITS)).text.splitlines()
    return [
        *(Fact("file", path, f"{int(mode, 8):o} {user}") for path, mode, user in map(str.split, files)),
        *(Fact("package", *line.split()) for line in packages),
        *(Fact("service", line.split()[0].removesuffix(".service"), "running") for line in services),
        *(Fact("user", line.split(":")[0], f"{line.split(':')[2]} {line.split(':')[5]}") for line in users),
        *(Fact("limit", each, found) for each, found in zip(LIMITS, limits, strict=True)),
    ]


def question(fact: Fact) -> str:
    """The bare question in sh; it prints what Fact.wanted holds."""
    name = shlex.quote(fact.name)
    return {
        "file": f"stat -c '%a %U' {name}",
        "package": f"dpkg-query -W -f '${{Version}}\\n' {name}",
        "service": f"systemctl is-active -q {name} && echo running",
        "user": f"getent passwd {name} | cut -d: -f3,6 --output-delimiter=' '",
        "limit": f"ulimit -{fact.name}",
    }[fact.kind]


def save(path: Path, endpoints: list[Endpoint], facts: dict[str, list[Fact]]) -> None:
    """For the suite, which runs in a process of its own."""
    saved = {
        "endpoints": [asdict(each) for each in endpoints],
        "facts": {name: [asdict(fact) for fact in known] for name, known in facts.items()},
    }
    path.write_text(json.dumps(saved))


def known(facts: dict[str, list[Fact]], node: str) -> list[Fact]:
    """The node's facts; where one node stands in for many, they are all of that one's."""
    return facts.get(node) or next(iter(facts.values()))


def load(path: Path) -> tuple[list[Endpoint], dict[str, list[Fact]]]:
    """What save() wrote."""
    saved = json.loads(path.read_text())
    facts = {name: [Fact(**fact) for fact in known] for name, known in saved["facts"].items()}
    return [Endpoint(**each) for each in saved["endpoints"]], facts
