"""Where a rank may run; torch is stood in for by a namespace of the few names that are asked."""

from types import SimpleNamespace as Torch
from typing import Any

import pytest

from trueup.collective.device import RefusedError, device_of


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
