"""What DeepSpeed's launcher is given; DeepSpeed itself is stood in for by the few names that are asked."""

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trueup.collective.node import deepspeed_launcher

JOB = {
    "node": "node2",
    "nodes": ["node1", "node2"],
    "bundle": "/proc/1/fd/3",
    "program": "training_job",
    "ranks_per_node": 2,
}
SETTINGS = {"master_address": "10.0.0.1", "port": 29500, "job": JOB}


class Launcher:
    """Notes the arguments that it was started with."""

    words: tuple[str, ...] = ()

    def main(self) -> None:
        """As deepspeed.launcher.launch.main."""
        self.words = tuple(sys.argv)


def named(pool: dict[str, int], include: str, _: str) -> dict[str, list[int]]:
    """As DeepSpeed 0.17 reads an inclusion: in the hostfile's order, and a node without slots is left out."""
    found = dict(node.split(":") for node in include.split("@") if ":" in node)
    return {node: [int(slot) for slot in found[node].split(",")] for node in pool if node in found}


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """deepspeed.launcher, with the hostfile's reader of DeepSpeed 0.14.5 in short."""
    found = Launcher()
    package = ModuleType("deepspeed.launcher")
    runner: Any = ModuleType("runner")
    runner.DEEPSPEED_ENVIRONMENT_PATHS = [str(tmp_path)]
    runner.DEEPSPEED_ENVIRONMENT_NAME = ".deepspeed_env"
    runner.fetch_hostfile = lambda path: (
        {line.split()[0]: int(line[-1]) for line in Path(path).read_text().splitlines()}
        if Path(path).exists()
        else None
    )
    runner.parse_inclusion_exclusion = named
    runner.encode_world_info = lambda nodes: "+".join(nodes)
    vars(package).update(launch=found, runner=runner)
    monkeypatch.setitem(sys.modules, "deepspeed", ModuleType("deepspeed"))
    monkeypatch.setitem(sys.modules, "deepspeed.launcher", package)
    settings = {**SETTINGS, "job": {**JOB, "hostfile": str(tmp_path / "hostfile")}}
    monkeypatch.setattr(sys, "argv", ["bundle", json.dumps(settings)])
    return found


def test_launcher_gets_the_hostfile_s_nodes(launcher: Launcher, tmp_path: Path) -> None:
    """And this node's place among them; a node that takes no part is left out."""
    (tmp_path / "hostfile").write_text("node1 slots=2\nnode2 slots=2\nnode3 slots=2\n")
    job = {**JOB, "hostfile": str(tmp_path / "hostfile")}
    deepspeed_launcher.main()

    assert (
        *("launch", "--world_info=node1+node2", "--node_rank=1", "--no_local_rank"),
        *(
            "--master_addr=10.0.0.1",
            "--master_port=29500",
            "/proc/1/fd/3",
            json.dumps(job),
        ),
    ) == launcher.words


def test_ranks_get_what_converge_hands_on(launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA_HOME, for an op that is compiled at run time."""
    for name in ("CUDA_HOME", "CC"):
        monkeypatch.setenv(name, "/elsewhere")
    (tmp_path / "hostfile").write_text("node1 slots=2\nnode2 slots=2\n")
    (tmp_path / ".deepspeed_env").write_text("CUDA_HOME=/usr/local/cuda\nCC=gcc-11\n")
    deepspeed_launcher.main()

    assert ("/usr/local/cuda", "gcc-11") == (os.environ["CUDA_HOME"], os.environ["CC"])
    assert launcher.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "node2: expected .*hostfile, found none"),
        ("node2 slots=2\nnode1 slots=2\n", r"found \['node2', 'node1'\]"),
        ("node1 slots=2\nnode2 slots=4\n", r"node2: expected 2 slots a node, as the profile declares, found \[2, 4\]"),
        ("node2 slots=2\n", r"expected the nodes \['node1', 'node2'\] in .*, found \['node2'\]"),
    ],
)
def test_hostfile_that_is_another_is_refused(launcher: Launcher, tmp_path: Path, text: str | None, words: str) -> None:
    """DeepSpeed itself would train on this node alone."""
    if text is not None:
        (tmp_path / "hostfile").write_text(text)

    with pytest.raises(SystemExit, match=words):
        deepspeed_launcher.main()
    assert () == launcher.words
