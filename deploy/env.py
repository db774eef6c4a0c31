"""Build the training environment: one Python, and the lockfile's wheels."""

from pyinfra.api.deploy import deploy

from deploy.artifact_fetch import CACHE
from deploy.operations import env, files
from trueup.declaration import Conda, Env, Node, env_prefix
from trueup.lockfile import Lock


@deploy("env")
def apply(desired: Env, conda: Conda, lock: Lock, node: Node) -> None:
    """Create the environment and install exactly the locked wheels, from the mirror."""
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
