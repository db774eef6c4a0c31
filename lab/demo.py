"""`make demo`: bring the lab up, converge it and accept it; any other inventory is refused."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from lab.errors import LabError
from lab.instance import DEFAULT, Instance
from lab.paths import REPOSITORY
from trueup.declaration import Node, Refusal, load_fleet

INVENTORY = "inventory.py"
STEPS = (
    ("the lab", ("trueup", "lab", "up")),
    ("converge", ("pyinfra", "-y", INVENTORY, "deploy/site.py")),
    ("accept", ("pytest", "-n", "auto")),
)


def strangers(nodes: Sequence[Node], lab: Instance) -> list[str]:
    """Return why nodes are not the lab's, a line each; empty when every one of them is.

    A name, an address or a pinned host key that is not the lab's is enough; so is an ssh_config file,
    which may lead anywhere.
    """
    reasons = []
    for node in nodes:
        if node.name not in lab.node_names:
            reasons.append(f"{node.name}: the lab has {', '.join(lab.node_names)}")
            continue
        own = lab.address(node.name)
        for what, value in (("ssh_hostname", node.hostname), ("address", node.address)):
            if value != own:
                reasons.append(f"{node.name}.{what}: {value} is not the lab's {own}")
        if node.port != 22:
            reasons.append(f"{node.name}.ssh_port: {node.port} is not the lab's 22")
        if node.config_file is not None:
            reasons.append(f"{node.name}.ssh_config_file: {node.config_file} may lead to another machine")
        if node.known_hosts is None or Path(node.known_hosts).expanduser() != lab.known_hosts:
            reasons.append(f"{node.name}.ssh_known_hosts_file: not the lab's {lab.known_hosts}")
    return reasons


def require_lab(inventory: Path) -> None:
    """Raise LabError unless the inventory file names the default lab's nodes and nothing else."""
    fleet = load_fleet(inventory)
    reasons = strangers(fleet.nodes, Instance(DEFAULT, 0))
    if reasons:
        raise LabError(
            f"read {inventory.name}",
            expected="the lab's own nodes, because a demo converges no other machine",
            actual="; ".join(reasons),
            remedy="for your machines: pyinfra inventory.py deploy/site.py; for the demo: a fresh clone",
        )


def main() -> int:
    """Run the steps; the exit status of the first that fails, 2 when the inventory is refused."""
    console = Console(stderr=True, highlight=False)
    try:
        require_lab(REPOSITORY / INVENTORY)
    except (LabError, Refusal) as refused:
        console.print(str(refused), markup=False)
        return 2
    scripts = sysconfig.get_path("scripts")
    # inventory.py as shipped names the default instance, whatever the caller's environment names.
    environment = {
        **os.environ,
        "TRUEUP_LAB": DEFAULT,
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    for title, command in STEPS:
        console.rule(f"{title}: {' '.join(command)}")
        done = subprocess.run([f"{scripts}/{command[0]}", *command[1:]], cwd=REPOSITORY, env=environment, check=False)
        if done.returncode != 0:
            console.print(f"{title} failed with exit status {done.returncode}", markup=False)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
