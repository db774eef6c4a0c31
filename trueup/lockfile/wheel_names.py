"""Name DeepSpeed wheels with precompiled ops by their target."""

from trueup.compat import gpu_models
from trueup.declaration import DeepSpeed, Env, Node


def capability(node: Node) -> str:
    """The compute capability of the node's GPUs, e.g. "8.0"."""
    return gpu_models()[node.gpu_model].capability


def architecture(of: str) -> str:
    """A compute capability as the compiler names it: "8.0" -> "sm_80"."""
    return f"sm_{of.replace('.', '')}"


def build_tag(deepspeed: DeepSpeed, env: Env, of: str) -> str:
    """Encode the ops' target as a wheel's build tag.

    PEP 427: a build tag begins with a digit.

    A binary op fits one torch, one CUDA and one architecture; of: the compute capability.
    """
    ops = ".".join(sorted(deepspeed.build_ops))
    return f"1_torch{env.wheels['torch']}_cu{env.cuda_build}_{architecture(of)}_{ops}"


def sdist_name(deepspeed: DeepSpeed) -> str:
    """The source distribution, as PyPI names it."""
    return f"deepspeed-{deepspeed.version}.tar.gz"


def wheel_name(deepspeed: DeepSpeed, env: Env, of: str) -> str:
    """Return the wheel's file name from project name, version and build tag."""
    python = f"cp{env.python.replace('.', '')}"
    return f"deepspeed-{deepspeed.version}-{build_tag(deepspeed, env, of)}-{python}-{python}-linux_x86_64.whl"
