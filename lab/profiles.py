"""The lab's own desired states: an operator's edits to profiles.py never reach the project's tests."""

from trueup.declaration import LAB, Cuda, DeepSpeed, Env

__all__ = ["LAB", "LAB_13"]

# Where Debian 13 is among the nodes: nvcc 12.4 takes its g++-13, and torch for CUDA 12.4 still has kernels for Volta.
LAB_13 = LAB.model_copy(
    update={
        "lock": "locks/lab-13.lock",
        "cuda": Cuda(toolkit="12.4"),
        "env": Env(
            name="dis",
            python="3.11",
            wheels={"torch": "2.6.0", "torchvision": "0.21.0", "torchaudio": "2.6.0", "numpy": "2.2.6"},
            cuda_build="12.4",
        ),
        "deepspeed": DeepSpeed(version="0.17.6", build_ops=("fused_adam",), zero_stage=0),
    }
)
