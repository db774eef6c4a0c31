"""Starts the ranks of a training step as DeepSpeed does, from the hostfile and environment that lie on this node.

Runs on a node (Python 3.8, DeepSpeed). DeepSpeed's `deepspeed` command would reach the other nodes by pdsh; here
each node is started by its own agent, and everything else is DeepSpeed's: the hostfile's reader and the launcher.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

# deepspeed/launcher/runner.py, DLTS_HOSTFILE; converge writes it.
HOSTFILE = "/job/hostfile"


def handed_on(text: str) -> dict[str, str]:
    """The variables of a .deepspeed_env, read as DeepSpeed's launcher reads it."""
    return dict(line.split("=", 1) for line in text.splitlines() if line.strip())


def included(nodes: list[str], pool: dict[str, int]) -> str:
    """The nodes with all their slots, as the launcher's --include has them; pool: slots by node, of the hostfile.

    A node that is named without its slots has none for DeepSpeed 0.17 (launcher/runner.py, parse_inclusion_exclusion).
    """
    return "@".join(f"{node}:{','.join(map(str, range(pool[node])))}" for node in nodes if node in pool)


def words(settings: dict[str, Any], world: str, position: int) -> list[str]:
    """The arguments of deepspeed.launcher.launch; world: its encoded list of nodes and slots."""
    own = [f"--world_info={world}", f"--node_rank={position}", "--no_local_rank"]
    way = [f"--master_addr={settings['master_address']}", f"--master_port={settings['port']}"]
    return [*own, *way, settings["job"]["bundle"], json.dumps(settings["job"])]


def main() -> None:
    """Read what converge wrote, then become the launcher of this node's ranks."""
    settings = json.loads(sys.argv[-1])
    job = settings["job"]
    from deepspeed.launcher import launch, runner

    for folder in runner.DEEPSPEED_ENVIRONMENT_PATHS:
        path = Path(folder) / runner.DEEPSPEED_ENVIRONMENT_NAME
        if path.is_file():
            os.environ.update(handed_on(path.read_text()))
    pool = runner.fetch_hostfile(HOSTFILE)
    if pool is None:
        raise SystemExit(f"{job['node']}: wanted {HOSTFILE}, found none: converge writes it")
    nodes = runner.parse_inclusion_exclusion(pool, included(job["nodes"], pool), "")
    if list(nodes) != job["nodes"]:
        raise SystemExit(f"{job['node']}: wanted the nodes {job['nodes']} in {HOSTFILE}, found {list(nodes)}")
    slots = {len(each) for each in nodes.values()}
    if slots != {job["ranks_per_node"]}:
        wanted = f"wanted {job['ranks_per_node']} slots a node, as the profile declares"
        raise SystemExit(f"{job['node']}: {wanted}, found {sorted(slots)} in {HOSTFILE}")
    sys.argv = ["launch", *words(settings, runner.encode_world_info(nodes), job["nodes"].index(job["node"]))]
    launch.main()
