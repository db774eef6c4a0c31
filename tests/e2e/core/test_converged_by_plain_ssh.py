"""What an operator would type on a converged pair, by plain ssh: nothing of trueup looks here."""

import re

import pytest

from tests.e2e.conftest import Pair

DIS = "/opt/anaconda3/envs/dis"
CUDA = "/usr/local/cuda/bin"
OP = f"{DIS}/lib/python3.11/site-packages/deepspeed/ops/adam/fused_adam_op*.so"
NODES = ("node1", "node2")
ARCHITECTURES = {"node1": "sm_80", "node2": "sm_70"}
# Rows of ds_report as it prints them; dots of any number stand between the columns.
ROWS = {
    "fused_adam": r"\[YES\] \.+ \[OKAY\]",
    "async_io": r"\[NO\] \.+ \[OKAY\]",
    "deepspeed info": r"0\.14\.5, .*",
    "torch cuda version": r"11\.7",
    "nvcc version": r"11\.8",
}
# `printenv` fails for what is not set at all; an empty value would be one.
PRINT_STATE = "printenv LD_LIBRARY_PATH || echo none"
WAYS = {
    "command over ssh": PRINT_STATE,
    "login shell": f"bash -lc '{PRINT_STATE}'",
    "login shell of the training user": f"runuser -l train -c '{PRINT_STATE}'",
    "interactive shell": f"bash -ic '{PRINT_STATE}' 2>/dev/null",
    "systemd unit": f"systemd-run --quiet --wait --pipe --collect sh -c '{PRINT_STATE}'",
}


@pytest.mark.parametrize("node", NODES)
def test_torch(converged: Pair, node: str) -> None:
    """The guide's torch, as itself says."""
    done = converged.on(node, f"{DIS}/bin/python -c 'import torch; print(torch.__version__)'")

    assert (0, "2.0.1+cu117\n") == (done.rc, done.out)


@pytest.mark.parametrize(("source", "target"), [("node1", "node2"), ("node2", "node1")])
def test_mesh(converged: Pair, source: str, target: str) -> None:
    """The guide's own test of its first chapter."""
    done = converged.on(source, f"ssh -o BatchMode=yes {target} hostname")

    assert (0, f"{target}\n") == (done.rc, done.out)


@pytest.mark.parametrize("node", NODES)
def test_ds_report(converged: Pair, node: str) -> None:
    """The guide's last command; without DS_ACCELERATOR a node that has no real GPU reports the CPU's ops."""
    done = converged.on(node, f"DS_ACCELERATOR=cuda {DIS}/bin/ds_report", timeout=300)
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    missing = [name for name, row in ROWS.items() if not re.search(rf"^{name} \.+ {row}$", text, re.MULTILINE)]

    assert (0, []) == (done.rc, missing), text


@pytest.mark.parametrize("node", NODES)
def test_the_op_is_compiled_for_the_node_s_own_gpus(converged: Pair, node: str) -> None:
    """And for no other."""
    done = converged.on(node, f"{CUDA}/cuobjdump --list-elf {OP}")

    assert {ARCHITECTURES[node]} == set(re.findall(r"sm_\d+", done.out)), done.err


@pytest.mark.parametrize("node", NODES)
def test_nvcc(converged: Pair, node: str) -> None:
    """Where /usr/local/cuda leads."""
    assert "release 11.8," in converged.on(node, f"{CUDA}/nvcc --version").out


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_sets_ld_library_path(converged: Pair, node: str, way: str) -> None:
    """Nothing that a rank can be started by tells the loader where to look first."""
    done = converged.on(node, WAYS[way])

    assert (0, "none\n") == (done.rc, done.out), done.err
