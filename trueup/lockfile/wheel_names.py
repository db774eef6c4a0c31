"""The file name of a DeepSpeed wheel whose ops were compiled beforehand, and so for whom it is."""

from trueup.compat import gpu_models
from trueup.declaration import DeepSpeed, Env, Node


def capability(node: Node) -> str:
    """The compute capability of the node's GPUs, e.g. "8.0"."""
    return gpu_models()[node.gpu_model].capability


def architecture(of: str) -> str:
    """A compute capability as the compiler names it: "8.0" -> "sm_80"."""
    return f"sm_{of.replace('.', '')}"


def build_tag(deepspeed: DeepSpeed, env: Env, of: str) -> str:
    """What the ops are compiled for, as the build tag of a wheel (PEP 427: it begins with a digit).

    A binary op fits one torch, one CUDA and one architecture; of: the compute capability.
    """
    ops = ".".join(sorted(deepspeed.build_ops))
    return f"1_torch{env.wheels['torch']}_cu{env.cuda_build}_{architecture(of)}_{ops}"


def sdist_name(deepspeed: DeepSpeed) -> str:
    """The source distribution, as PyPI names it."""
    return f"deepspeed-{deepspeed.version}.tar.gz"


def wheel_name(deepspeed: DeepSpeed, env: Env, of: str) -> str:
    """The wheel's file name: the project's own name and version, and the build tag."""
    python = f"cp{env.python.replace('.', '')}"
    return f"deepspeed-{deepspeed.version}-{build_tag(deepspeed, env, of)}-{python}-{python}-linux_x86_64.whl"
