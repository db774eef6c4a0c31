"""The environment that training runs in: one Python, and the wheels of the lock."""

from pyinfra.api.deploy import deploy

from deploy.artifact_fetch import CACHE
from deploy.operations import env, files
from trueup.declaration import Conda, Env, Node, env_prefix
from trueup.lockfile import Lock


@deploy("env")
def apply(desired: Env, conda: Conda, lock: Lock, node: Node) -> None:
    """Exact and repeatable, without the Internet."""
    prefix = env_prefix(conda.prefix, desired.name)
    env.environment(
        name=f"environment {desired.name}",
        prefix=conda.prefix,
        env=desired.name,
        python=desired.python,
        mirror=node.mirror,
    )
    env.wheels(
        name=f"wheels of {desired.name}",
        env=prefix,
        expected=lock.env_wheels(),
        others=("deepspeed",),
        uv=lock.tool("uv"),
        mirror=node.mirror,
    )
    files.absent(name="leftovers", paths=[f"{prefix}/.trueup-uv-cache", CACHE])
