"""Running the deploy against made-up nodes, in a process of its own: pyinfra's command patches whoever imports it."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.healthy_node import ANCHOR, LOCK, PROFILE
from tests.deploy.machine import Machine

ROOT = Path(__file__).parents[2]
METADATA = "Metadata-Version: 2.1\nName: named\nVersion: 1\n"
ENTRY = "[pyinfra.connectors]\nnamed = tests.deploy.fake_connector:NamedFake\n"


@dataclass(frozen=True)
class Run:
    """What pyinfra gave: its exit status, both streams, and every command that it handed to a node.

    order: (node, command) as they were sent while executing.
    """

    status: int
    document: dict[str, Any] | None
    errors: str
    commands: dict[str, list[str]]
    order: list[tuple[str, str]]
    entries: list[dict[str, str]]

    def changes(self) -> dict[str, list[str]]:
        """The operations that would change a node, in order, by its name."""
        assert self.document is not None, self.errors
        actual: dict[str, list[str]] = defaultdict(list)
        for operation in self.document["plan"]:
            for host in operation["hosts_with_change"]:
                actual[host].append(operation["name"])
        return actual


def addresses(names: list[str]) -> dict[str, str]:
    """An address for each node, the same in the inventory and in a good node's files."""
    return {name: f"10.0.{index // 200}.{index % 200 + 1}" for index, name in enumerate(sorted(names))}


def run(
    folder: Path,
    machines: list[Machine],
    *,
    mode: tuple[str, ...] = ("--dry",),
    profile: str = PROFILE,
    lock: str = LOCK,
    data: dict[str, dict[str, object]] | None = None,
    site: str = "deploy/site.py",
) -> Run:
    """`pyinfra MODE --json` of the site; data: more host data by node; fake_later: answers after a reboot."""
    names = [machine.name for machine in machines]
    mesh = tuple((ANCHOR, name) for name in names if name != ANCHOR) if ANCHOR in names else ()
    (folder / "plan.lock").write_text(lock)
    (folder / "profiles.py").write_text(profile.replace("MESH", repr(mesh)))
    (folder / "inventory.py").write_text(f"nodes = {_hosts(machines, folder, data or {})!r}\n")
    info = folder / "path/named-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY)
    record = folder / "commands"
    record.write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "pyinfra", *mode, "--json", str(folder / "inventory.py"), site],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{folder / 'path'}:{ROOT}", "TRUEUP_PLAN_RECORD": str(record)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    commands: dict[str, list[str]] = defaultdict(list)
    entries = [json.loads(line) for line in record.read_text().splitlines()]
    for entry in entries:
        commands[entry["host"]].append(entry["command"])
    order = [(entry["host"], entry["command"]) for entry in entries if entry["stage"] == "Execute"]
    document = json.loads(done.stdout) if done.stdout else None
    return Run(done.returncode, document, done.stderr, commands, order, entries)


def _hosts(machines: list[Machine], folder: Path, more: dict[str, dict[str, object]]) -> list[tuple[str, object]]:
    where = addresses([machine.name for machine in machines])
    return [
        (
            f"@named/{machine.name}",
            {
                "ssh_hostname": where[machine.name],
                "profile": "plan",
                "profiles": str(folder / "profiles.py"),
                "gpus": "a100-pcie-40gb x2",
                "interface": "eth0",
                "mirror": "http://10.0.0.9:8713",
                "fake_responses": machine.responses(),
                "fake_delay": 0,
                "fake_delay_jitter": 0,
                **({"maintenance": machine.maintenance} if machine.maintenance else {}),
                **more.get(machine.name, {}),
            },
        )
        for machine in machines
    ]
