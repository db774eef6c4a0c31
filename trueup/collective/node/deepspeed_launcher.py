"""Start the ranks of a training step as DeepSpeed does, from this node's hostfile and environment.

Runs on a node, with DeepSpeed. DeepSpeed's `deepspeed` command would reach the other nodes by pdsh; here
each node is started by its own agent, and everything else is DeepSpeed's: the hostfile's reader and the launcher.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def variables_of(text: str) -> dict[str, str]:
    """Parse a .deepspeed_env as DeepSpeed's launcher does."""
    return dict(line.split("=", 1) for line in text.splitlines() if line.strip())


def inclusion(nodes: list[str], pool: dict[str, int]) -> str:
    """Return the nodes with all their slots for the launcher's --include; pool: slots by node, of the hostfile.

    A node that is named without its slots has none for DeepSpeed 0.17 (launcher/runner.py, parse_inclusion_exclusion).
    """
    return "@".join(f"{node}:{','.join(map(str, range(pool[node])))}" for node in nodes if node in pool)


def launch_arguments(settings: dict[str, Any], world: str, position: int) -> list[str]:
    """Return the arguments of deepspeed.launcher.launch; world: its encoded list of nodes and slots."""
    own = [f"--world_info={world}", f"--node_rank={position}", "--no_local_rank"]
    rendezvous = [f"--master_addr={settings['master_address']}", f"--master_port={settings['port']}"]
    return [*own, *rendezvous, settings["job"]["bundle"], json.dumps(settings["job"])]


def main() -> None:
    """Read the files that converge wrote, then become the launcher of this node's ranks."""
    settings = json.loads(sys.argv[-1])
    job = settings["job"]
    from deepspeed.launcher import launch, runner

    for folder in runner.DEEPSPEED_ENVIRONMENT_PATHS:
        path = Path(folder) / runner.DEEPSPEED_ENVIRONMENT_NAME
        if path.is_file():
            os.environ.update(variables_of(path.read_text()))
    hostfile = job["hostfile"]
    pool = runner.fetch_hostfile(hostfile)
    if pool is None:
        raise SystemExit(f"{job['node']}: expected {hostfile}, found none: converge writes it")
    nodes = runner.parse_inclusion_exclusion(pool, inclusion(job["nodes"], pool), "")
    if list(nodes) != job["nodes"]:
        raise SystemExit(f"{job['node']}: expected the nodes {job['nodes']} in {hostfile}, found {list(nodes)}")
    slots = {len(each) for each in nodes.values()}
    if slots != {job["ranks_per_node"]}:
        expected = f"expected {job['ranks_per_node']} slots a node, as the profile declares"
        raise SystemExit(f"{job['node']}: {expected}, found {sorted(slots)} in {hostfile}")
    sys.argv = ["launch", *launch_arguments(settings, runner.encode_world_info(nodes), job["nodes"].index(job["node"]))]
    launch.main()
