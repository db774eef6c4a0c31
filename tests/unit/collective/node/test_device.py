"""Where a rank may run; torch is stood in for by a namespace of the few names that are asked."""

from types import SimpleNamespace as Torch
from typing import Any

import pytest

from trueup.collective.node.device import RefusedError, device_of, every_gpu_has_bfloat16, facts_of


def without_cuda() -> Any:
    """A torch that sees no GPU, and says why when it is made to start."""

    def init() -> None:
        raise RuntimeError("Found no NVIDIA driver on your system")

    return Torch(__version__="2.0.1+cu117", cuda=Torch(is_available=lambda: False, init=init))


def with_gpus(count: int, chosen: list[int]) -> Any:
    """A torch that sees so many GPUs, and notes which one is chosen."""
    cuda = Torch(is_available=lambda: True, device_count=lambda: count, set_device=chosen.append)
    return Torch(__version__="2.0.1+cu117", cuda=cuda)


def test_nccl_without_cuda_fails_with_the_reason() -> None:
    """It never falls back to the CPU."""
    with pytest.raises(RefusedError, match=r"declares nccl.*sees no CUDA device: Found no NVIDIA driver"):
        device_of(without_cuda(), "nccl", 0, 2)


def test_fewer_gpus_than_ranks_fail() -> None:
    """Two ranks on one GPU are refused by NCCL much later, in other words."""
    with pytest.raises(RefusedError, match="2 ranks a node are declared, but torch sees 1 GPUs"):
        device_of(with_gpus(1, []), "nccl", 0, 2)


def test_rank_takes_its_own_gpu() -> None:
    """The local rank is the number of the GPU."""
    chosen: list[int] = []

    assert ("cuda:1", [1]) == (device_of(with_gpus(2, chosen), "nccl", 1, 2), chosen)


def test_gloo_runs_on_the_cpu() -> None:
    """Whatever GPUs there are."""
    assert "cpu" == device_of(without_cuda(), "gloo", 0, 2)


def facing(capability: tuple[int, int], lowest: int) -> Any:
    """A torch on a GPU of that capability, in a job whose lowest major is that one; tensors are lists."""

    def all_reduce(major: list[int], op: str) -> None:
        assert (op, major) == ("MIN", [capability[0]])
        major[0] = lowest

    properties = Torch(name="NVIDIA A100-PCIE-40GB", major=capability[0], minor=capability[1])
    return Torch(
        __version__="2.0.1+cu117",
        version=Torch(cuda="11.7"),
        tensor=lambda values, device: values,
        cuda=Torch(
            get_device_capability=lambda _: capability,
            get_device_properties=lambda _: properties,
            nccl=Torch(version=lambda: (2, 14, 3)),
        ),
        distributed=Torch(all_reduce=all_reduce, ReduceOp=Torch(MIN="MIN"), is_nccl_available=lambda: True),
    )


@pytest.mark.parametrize(("lowest", "has"), [(8, True), (7, False)])
def test_bfloat16_is_run_only_where_every_gpu_has_it(lowest: int, has: bool) -> None:
    """An A100 that trains with a V100S must not use it: one rank would fail, and the others wait."""
    assert has is every_gpu_has_bfloat16(facing((8, 0), lowest), "cuda:0")


def test_cpu_needs_no_capability() -> None:
    """There is no GPU to ask."""
    assert not every_gpu_has_bfloat16(without_cuda(), "cpu")


def test_facts_of_a_gpu_are_its_own() -> None:
    """Name, capability, and the versions that must be one on all ranks."""
    found = facts_of(facing((8, 0), 8), "nccl", "cuda:0", 1)

    assert ("2.0.1+cu117", "11.7", "2.14.3", "NVIDIA A100-PCIE-40GB", "8.0", {}) == (
        *(found["torch"], found["cuda"], found["nccl"]),
        *(found["gpu"], found["capability"], found["sha256"]),
    )
