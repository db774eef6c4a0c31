"""The guide's contradictions, injected into a node: each fails its own check, and converge repairs all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Pair

pytestmark = pytest.mark.slow
SITE = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages"
OPS = f"{SITE}/deepspeed/ops/adam"
COMPONENTS = ("--component", "cuda", "--component", "deepspeed", "--component", "nccl")
LISTENER = (
    "import socket, time; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); "
    's.bind(("0.0.0.0", 29505)); s.listen(); time.sleep(600)'
)

# What was done -> the check that must see it, and what its message must say.
BREAKS: dict[str, tuple[str, str, str]] = {
    "another toolkit took the link": (
        (
            "mkdir -p /usr/local/cuda-12.1/bin && ln -sfn /usr/local/cuda-12.1 /usr/local/cuda.new && "
            "mv -fT /usr/local/cuda.new /usr/local/cuda"
        ),
        "cuda/link_leads_to_the_declared_toolkit",
        "cuda-12.1",
    ),
    "nvcc has no compiler that it takes": (
        "DEBIAN_FRONTEND=noninteractive apt-get -q -y remove g++-11",
        "cuda/nvcc_compiles",
        "g++-11",
    ),
    "the wheel was compiled with another torch": (
        (
            f"sed -i \"s/torch_info={{'version': '2.0'/torch_info={{'version': '2.1'/\" "
            f"{SITE}/deepspeed/git_version_info_installed.py"
        ),
        "deepspeed/wheel_was_compiled_with_this_torch",
        "2.1",
    ),
    "the op is the other node's": (
        f"rm {OPS}/fused_adam_op*.so && scp -q -o BatchMode=yes 'node2:{OPS}/fused_adam_op*.so' {OPS}/",
        "deepspeed/op_has_code_for_this_node_s_gpus[fused_adam]",
        "sm_70",
    ),
    "the hostfile names a node twice": (
        "echo 'node1 slots=2' >> /job/hostfile",
        "deepspeed/hostfile_names_no_node_twice",
        "node1",
    ),
    "a setting of an old experiment": (
        "echo NCCL_P2P_DISABLE=1 >> /etc/nccl.conf",
        "nccl/nothing_else_is_set",
        "NCCL_P2P_DISABLE",
    ),
    "a port of the collective is in use": (
        f"systemd-run --quiet --unit=old-job /opt/anaconda3/envs/dis/bin/python -c '{LISTENER}'; sleep 1",
        "nccl/ports_of_the_collective_are_free",
        "29505",
    ),
}


def accept_components(pair: Pair, folder: Path) -> dict[str, dict[str, Any]]:
    """The answers of the three components on node1, by check."""
    records = folder / "records.json"
    pair.accept(*COMPONENTS, "--node", "node1", "--results", str(records))
    return {answer["check"]: answer for answer in json.loads(records.read_text("utf-8")) if answer["node"] == "node1"}


@pytest.fixture(scope="module")
def drifted(converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """All of them at once; each is looked for in its own check. A toolkit beside the declared one is not converge's."""
    for what, (command, _, _) in BREAKS.items():
        done = converged.on("node1", command)
        assert done.rc == 0, f"{what}: {done.err}"
    yield accept_components(converged, tmp_path_factory.mktemp("drifted"))
    left = converged.on("node1", "rm -r /usr/local/cuda-12.1")
    assert left.rc == 0, left.err


@pytest.mark.parametrize("what", BREAKS)
def test_its_own_check_sees_it(drifted: dict[str, dict[str, Any]], what: str) -> None:
    """ds_report would say OKAY to most of these."""
    _, check, said = BREAKS[what]
    answer = drifted[check]

    assert ("fail", True) == (answer["outcome"], said in answer["message"]), answer["message"]


def test_converge_repairs_all(drifted: dict[str, dict[str, Any]], converged: Pair, tmp_path: Path) -> None:
    """A running job is not configuration: it is ended by hand first."""
    assert converged.on("node1", "systemctl stop old-job").rc == 0
    done = converged.converge()
    found = {check: answer["message"] for check, answer in accept_components(converged, tmp_path).items()}

    assert (0, {}) == (done.rc, {check: text for check, text in found.items() if text}), done.out
    assert {} == converged.plan()
