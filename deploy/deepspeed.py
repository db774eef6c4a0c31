"""Install DeepSpeed with the declared ops, its hostfile and its launcher's environment."""

from pyinfra.api.deploy import deploy

from deploy.distro import compiler_for
from deploy.facts.cuda import LINK
from deploy.fleet_context import pyinfra_loop
from deploy.operations import deepspeed, library_overrides
from trueup.declaration import HOSTFILE, Node, Profile
from trueup.lockfile import Lock, architecture, capability, find_artifact, sdist_name, wheel_name
from trueup.platforms import Compiler, Distro


def launcher_values(compiler: Compiler) -> dict[str, str]:
    """Return CUDA_HOME, and the compiler where nvcc refuses the default one."""
    extra = {} if compiler.package is None else {"CC": compiler.cc, "CXX": compiler.cxx}
    return {"CUDA_HOME": LINK, **extra}


@deploy("deepspeed")
def apply(profile: Profile, distro: Distro, lock: Lock, site: Lock, node: Node, nodes: dict[str, Node]) -> None:
    """Remove foreign files first, so that ops are compiled against what torch loads."""
    prefix = profile.env_prefix
    compiler, gpu_capability = compiler_for(distro, profile.cuda.toolkit), capability(node)
    library_overrides.strays(name=f"strays in {profile.env.name}", env=prefix)
    deepspeed.package(
        name=f"DeepSpeed {profile.deepspeed.version}",
        deepspeed=profile.deepspeed,
        env=profile.env,
        prefix=prefix,
        architecture=architecture(gpu_capability),
        wheel=find_artifact(wheel_name(profile.deepspeed, profile.env, gpu_capability), site, lock),
        sdist=find_artifact(sdist_name(profile.deepspeed), lock),
        build=deepspeed.flags(profile.deepspeed, gpu_capability, compiler),
        uv=lock.tool("uv"),
        mirror=node.mirror,
    )
    slots = {name: peer.gpu_count for name, peer in nodes.items()}
    deepspeed.hostfile(name="hostfile", path=HOSTFILE, slots=slots)
    for account in pyinfra_loop(profile.access.accounts):
        deepspeed.launcher_environment(
            name=f".deepspeed_env of {account.name}", account=account, values=launcher_values(compiler)
        )
