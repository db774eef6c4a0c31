"""What DeepSpeed is told; the steps themselves run in the lab."""

import pytest

from trueup.collective.job_spec import IMPORTS, job_of, training_of
from trueup.collective.node.training_job import configuration
from trueup.declaration import LAB


@pytest.mark.parametrize(("backend", "stage", "on_cpu"), [("nccl", 2, False), ("gloo", 0, True)])
def test_gpu_uses_the_fused_optimizer(backend: str, stage: int, on_cpu: bool) -> None:
    """The op that was compiled beforehand; on the CPU torch's own Adam computes the same."""
    found = configuration(backend, stage)

    assert (stage, on_cpu) == (
        found["zero_optimization"]["stage"],
        found["optimizer"]["params"]["torch_adam"],
    )


@pytest.mark.parametrize(("backend", "accelerator"), [("nccl", "cuda"), ("gloo", "cpu")])
def test_accelerator_follows_the_backend(backend: str, accelerator: str) -> None:
    """By itself DeepSpeed takes what it finds."""
    profile = LAB.model_copy(update={"collective": LAB.collective.model_copy(update={"backend": backend})})

    assert accelerator == training_of(profile).environment["DS_ACCELERATOR"]


def test_stage_is_the_profile_s_and_the_deadline_bears_the_import() -> None:
    """DeepSpeed takes three times as long to import as torch."""
    profile = LAB.model_copy(update={"deepspeed": LAB.deepspeed.model_copy(update={"zero_stage": 2})})
    found = training_of(profile)

    assert ("training_job", 2, IMPORTS * job_of(profile).deadline_s) == (found.program, found.stage, found.deadline_s)
